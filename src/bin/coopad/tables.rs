//! Results for people: structures as columns, then what they mean in words.

use std::borrow::Cow;
use std::fmt::Write;

use coopad::analysis::{Direction, Pareto};
use coopad::scenario::{
    Against, Agreement, Bargains, Compared, Outcome, Played, Quantity, Row, Solved, Split,
};

use crate::numbers::{brief, number, percent, signed, table, text};
use crate::over_time;
use crate::over_time::evidence;

pub(crate) fn solved(solved: &Solved) -> String {
    let mut out = heading(solved.model, solved.title.as_deref());
    out.push_str(&levels(&solved.results, None));
    out.push_str(&notes(&solved.results));
    out.push_str(&over_time::courses(&solved.results));
    out
}

pub(crate) fn compared(compared: &Compared) -> String {
    let mut out = heading(compared.model, compared.title.as_deref());
    out.push_str(&levels(&compared.structures, Some(compared.baseline)));
    out.push_str(&notes(&compared.structures));
    out.push_str(&over_time::courses(&compared.structures));
    let others: Vec<(&Row, &Against)> = compared
        .structures
        .iter()
        .filter(|row| row.structure != compared.baseline)
        .filter_map(|row| Some((row, row.against.as_ref()?)))
        .collect();
    if !others.is_empty() {
        let _ = writeln!(out, "\nChange against {}:", compared.baseline);
        out.push_str(&changes(&others));
        let _ = writeln!(out, "\nReading, against {}:", compared.baseline);
        for (row, against) in &others {
            let _ = writeln!(out, "- {}", reading(row, against));
        }
    }
    out.push_str(&over_time::comparisons(&compared.structures));
    out
}

pub(crate) fn heading(model: &str, title: Option<&str>) -> String {
    // Control characters in a title would speak to the terminal.
    let title = title.map(|title| title.chars().filter(|c| !c.is_control()).collect::<String>());
    title.map_or_else(|| format!("{model}\n"), |title| format!("{title} ({model})\n"))
}

pub(crate) fn outcome(row: &Row) -> Option<&Outcome> {
    match &row.played {
        Played::Equilibrium(outcome) => Some(outcome),
        Played::Failed { .. } => None,
    }
}

/// Decisions, payoffs and totals, a column a structure.
fn levels(rows: &[Row], baseline: Option<&str>) -> String {
    let mut header = vec![String::new()];
    header.extend(rows.iter().map(|row| match baseline {
        Some(name) if name == row.structure => format!("{name} (baseline)"),
        _ => row.structure.to_owned(),
    }));
    let outcomes: Vec<Option<&Outcome>> = rows.iter().map(outcome).collect();
    let mut levels = table(header);
    let mut hidden = 0;
    for block in [
        Block { prefix: "", of: |outcome| &outcome.decisions },
        Block { prefix: "", of: |outcome| &outcome.measures },
        Block { prefix: "payoff of ", of: |outcome| &outcome.payoffs },
    ] {
        let (shown, out) = shown(outcomes.iter().flatten().map(|outcome| (block.of)(outcome)));
        hidden += out;
        for (name, unit) in shown {
            let mut cells = vec![format!("{}{} [{unit}]", block.prefix, label(&name, rows))];
            cells.extend(outcomes.iter().map(|outcome| cell(outcome.map(|o| (block.of)(o)), &name, number)));
            levels.add_row(cells);
        }
    }
    let mut cells = vec!["total [money]".to_owned()];
    cells.extend(outcomes.iter().map(|o| o.map_or_else(|| "error".to_owned(), |o| number(o.total))));
    levels.add_row(cells);
    text(levels, true) + "\n" + &left_out(hidden)
}

/// What is said of rows that are not shown.
fn left_out(hidden: usize) -> String {
    if hidden > 0 { format!("Not shown: {hidden} decisions that are 0 everywhere.\n") } else { String::new() }
}

/// One group of rows.
struct Block {
    prefix: &'static str,
    of: fn(&Outcome) -> &Vec<Quantity>,
}

/// Names and units that occur in any of the lists, in their order.
fn names<'a>(lists: impl Iterator<Item = &'a Vec<Quantity>>) -> Vec<(String, Cow<'static, str>)> {
    let mut names: Vec<(String, Cow<'static, str>)> = Vec::new();
    for quantity in lists.flatten() {
        if !names.iter().any(|(name, _)| *name == quantity.name) {
            names.push((quantity.name.clone(), quantity.unit.clone()));
        }
    }
    names
}

/// Lists longer than this are shown without what is 0 in all of them.
const LONG: usize = 12;

/// Names and units of what is worth a row, and how many are left out.
pub(crate) fn shown<'a>(
    lists: impl Iterator<Item = &'a Vec<Quantity>> + Clone,
) -> (Vec<(String, Cow<'static, str>)>, usize) {
    let all = names(lists.clone());
    let some =
        |name: &str| lists.clone().flatten().any(|quantity| quantity.name == name && quantity.value != 0.0);
    let count = all.len();
    let shown: Vec<_> = all.into_iter().filter(|(name, _)| count <= LONG || some(name)).collect();
    let hidden = count - shown.len();
    (shown, hidden)
}

/// A name, marked where it stands for the sum of several players.
fn label<'a>(name: &str, rows: impl IntoIterator<Item = &'a Row>) -> String {
    let is_sum = rows.into_iter().filter_map(outcome).any(|outcome| outcome.owner == Some(name));
    format!("{name}{}", if is_sum { " (sum)" } else { "" })
}

pub(crate) fn cell(list: Option<&Vec<Quantity>>, name: &str, show: fn(f64) -> String) -> String {
    let found = list.and_then(|list| list.iter().find(|quantity| quantity.name == name));
    found.map_or_else(|| "-".to_owned(), |quantity| show(quantity.value))
}

/// One list of a change.
type List = fn(&Against) -> Option<&Vec<Quantity>>;
/// How its numbers are shown.
type Show = fn(f64) -> String;

/// Changes of decisions and payoffs, value created, verdict and shares, a column a structure.
fn changes(others: &[(&Row, &Against)]) -> String {
    let mut header = vec![String::new()];
    header.extend(others.iter().map(|(row, _)| row.structure.to_owned()));
    let mut changes = table(header);
    let lists: [(&str, List, Show); 3] = [
        ("", |against| Some(&against.change.decisions), signed),
        ("payoff of ", |against| Some(&against.change.payoffs), signed),
        ("share of ", |against| against.shares.as_ref(), percent),
    ];
    for (prefix, of, show) in lists {
        if prefix == "share of " {
            let mut cells = vec!["value created [money]".to_owned()];
            cells.extend(others.iter().map(|(_, against)| signed(against.created)));
            changes.add_row(cells);
        }
        for (name, unit) in shown(others.iter().filter_map(|(_, against)| of(against))).0 {
            let unit = if prefix == "share of " { String::new() } else { format!(" [{unit}]") };
            let mut cells =
                vec![format!("{prefix}{}{unit}", label(&name, others.iter().map(|(row, _)| *row)))];
            cells.extend(others.iter().map(|(row, against)| match rounding(row, against, &name) {
                true => show(0.0),
                false => cell(of(against), &name, show),
            }));
            changes.add_row(cells);
        }
    }
    let mut cells = vec!["Pareto improvement".to_owned()];
    cells.extend(others.iter().map(|(_, against)| against.pareto.name().to_owned()));
    changes.add_row(cells);
    text(changes, true) + "\n"
}

/// Whether the change of a decision is nothing but rounding of what it changes to.
fn rounding(row: &Row, against: &Against, name: &str) -> bool {
    let value = |list: &Vec<Quantity>| list.iter().find(|q| q.name == name).map(|q| q.value);
    let level = outcome(row).and_then(|outcome| value(&outcome.decisions));
    let change = value(&against.change.decisions);
    level.zip(change).is_some_and(|(level, change)| change.abs() <= 1e-14 * level.abs())
}

/// Who gains, the verdict, the value created and who takes it, in words.
fn reading(row: &Row, against: &Against) -> String {
    let who = |direction: Direction| {
        let names: Vec<&str> =
            against.parties.iter().filter(|p| p.direction == direction).map(|p| p.name.as_str()).collect();
        match names.as_slice() {
            [single] => format!("{single} {}", if direction == Direction::Loses { "loses" } else { "gains" }),
            several => {
                format!(
                    "{} {}",
                    several.join(" and "),
                    if direction == Direction::Loses { "lose" } else { "gain" }
                )
            }
        }
    };
    let verdict = match against.pareto {
        Pareto::Strict => "everybody gains (a strict Pareto improvement)".to_owned(),
        Pareto::Weak => format!("{}, nobody loses (a weak Pareto improvement)", who(Direction::Gains)),
        Pareto::Same => "nobody's payoff changes".to_owned(),
        Pareto::None if against.parties.iter().any(|p| p.direction == Direction::Gains) => {
            format!("{}, {} (no Pareto improvement)", who(Direction::Gains), who(Direction::Loses))
        }
        Pareto::None => format!("{} (no Pareto improvement)", who(Direction::Loses)),
    };
    let mut reading = format!("{}: {verdict}", row.structure);
    if against.shares.is_some() {
        let taken: Vec<String> = against
            .parties
            .iter()
            .map(|party| format!("{} {}", party.name, percent(party.gain / against.created)))
            .collect();
        let _ = write!(
            reading,
            "; value created {} money, of which {}",
            number(against.created),
            taken.join(", ")
        );
        if against.pareto == Pareto::None {
            reading.push_str("; the gain is large enough to compensate those who lose");
        }
    } else if against.pareto == Pareto::None {
        let _ = write!(reading, "; value destroyed {} money", number(against.created.abs()));
    }
    reading + "."
}

/// Errors, caveats, bargains and how the equilibria were found.
fn notes(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let outcome = match &row.played {
            Played::Failed { error } => {
                let _ = writeln!(out, "{}: no result: {}", row.structure, error.message);
                continue;
            }
            Played::Equilibrium(outcome) => outcome,
        };
        for caveat in &outcome.caveats {
            let value = number(caveat.value);
            let _ = writeln!(out, "{}: beware: {} = {value} is negative", row.structure, caveat.name);
        }
        if outcome.continuum {
            let _ = writeln!(out, "{}: one of a continuum of equilibria", row.structure);
        }
        if let Some(agreement) = &outcome.agreement {
            let _ = writeln!(out, "{}: {}", row.structure, bargain(agreement));
        }
    }
    let solved: Vec<&Outcome> = rows.iter().filter_map(outcome).collect();
    if !solved.is_empty() {
        let mut methods: Vec<&str> = solved.iter().map(|outcome| outcome.method).collect();
        methods.sort_unstable();
        methods.dedup();
        let regret = solved.iter().fold(0.0, |worst: f64, outcome| worst.max(outcome.regret));
        let resolution = solved.iter().fold(0.0, |worst: f64, outcome| worst.max(outcome.resolution));
        if solved.iter().any(|outcome| outcome.over_time.is_some()) {
            let residual = solved.iter().filter_map(|o| o.residual).fold(0.0, f64::max);
            let announced = |outcome: &&Outcome| outcome.over_time.as_ref().is_some_and(|o| o.plan.is_some());
            let holding = if solved.iter().any(announced) {
                "Courses satisfy the maximum principle to"
            } else {
                "Value functions hold to"
            };
            let _ = writeln!(
                out,
                "{holding} {} of the payoffs; verified: nobody gains more than {} a unit of time by",
                brief(residual),
                brief(regret)
            );
            let _ = writeln!(out, "deviating today (rounding of the check: {}).", brief(resolution));
            out.push_str(&evidence(&solved));
            return out;
        }
        let _ = writeln!(
            out,
            "Found by {}; verified: nobody gains more than {} by deviating (rounding of the check: {}).",
            methods.join(" and ").replace("closed_form", "closed form"),
            brief(regret),
            brief(resolution)
        );
        if solved.iter().any(|outcome| outcome.thinned) {
            let _ =
                writeln!(out, "The game is large: that search was thinned out to stay within its budget.");
        }
    }
    out
}

fn bargain(agreement: &Agreement) -> String {
    match agreement {
        Agreement::ParetoRates {
            status_quo,
            lowest,
            highest,
            surplus,
            equal_split,
            nash_split,
            power_split,
            cara_split,
            bargains,
            ..
        } => {
            let mut out = format!(
                "participation rates from {} to {} leave both better off than {status_quo} (joint gain {}); {} halves the gain",
                number(*lowest),
                number(*highest),
                number(*surplus),
                number(*equal_split)
            );
            let rules: [(&str, &Option<Split>); 3] = [
                ("bargaining power", nash_split),
                ("power utilities", power_split),
                ("constant risk aversion", cara_split),
            ];
            for (rule, split) in rules {
                if let Some(split) = split {
                    let _ = write!(
                        out,
                        "; by {rule} the rate is {} (the manufacturer gains {})",
                        number(split.rate),
                        number(split.gain)
                    );
                }
            }
            out + &by_rules(bargains.as_ref(), "the manufacturer")
        }
        Agreement::ProfitSharing { status_quo, joint, surplus, acceptable, nash, bargains, .. } => {
            let mut out = format!("joint profit {}, {} above {status_quo}", number(*joint), number(*surplus));
            if let Some([lowest, highest]) = acceptable {
                let _ = write!(
                    out,
                    "; both accept a platform's share from {} to {}",
                    percent(*lowest),
                    percent(*highest)
                );
            }
            if let Some(nash) = nash {
                let _ = write!(
                    out,
                    "; by Nash bargaining the platform receives {}, the participant {}",
                    number(nash.platform),
                    number(nash.participant)
                );
            }
            out + &by_rules(bargains.as_ref(), "the platform")
        }
        Agreement::Unknown { status_quo, error, .. } => {
            format!("no bargain, since {status_quo} has no result: {}", error.message)
        }
        _ => String::new(),
    }
}

/// What each bargaining rule leads to.
fn by_rules(bargains: Option<&Bargains>, party: &str) -> String {
    let mut out = String::new();
    match bargains {
        Some(Bargains::Agreed(all)) => {
            for found in all {
                let rule = found.rule.replace('_', "-");
                let _ = write!(
                    out,
                    "; {rule} ({} utilities): {party} gains {}",
                    found.utilities,
                    number(found.gain)
                );
                if let Some(rate) = found.rate {
                    let _ = write!(out, " at the rate {}", number(rate));
                }
                if let Some(share) = found.share {
                    let _ = write!(out, " with the share {}", percent(share));
                }
            }
        }
        Some(Bargains::None { error }) => {
            let _ = write!(out, "; no agreement within the limits: {error}");
        }
        None => {}
    }
    out
}
