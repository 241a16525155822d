//! What games over time add to the tables for people: where they rest, and who gains at which states.

use std::fmt::Write;

use coopad::scenario::{
    AgainstOverTime, ChangeAt, Evidence, Held, Outcome, OutcomeOverTime, Plan, Quantity, Reported, Rest,
    Rests, Row, Seen, StateByState,
};

use crate::numbers::{brief, digits, number, percent, signed, table, text};
use crate::tables::{cell, outcome, shown};

/// Where every structure starts and rests, and what happens at the states that the scenario asks for.
pub(crate) fn courses(rows: &[Row]) -> String {
    let solved: Vec<(&Row, &Outcome, &OutcomeOverTime)> = rows
        .iter()
        .filter_map(|row| outcome(row).and_then(|o| Some((row, o, o.over_time.as_deref()?))))
        .collect();
    let Some((_, _, first)) = solved.first() else { return String::new() };
    let mut out = format!("That is today, at {}; payoffs are from there on.\n", point(&first.initial_state));
    if let Some(length) = first.stage {
        let _ = writeln!(
            out,
            "Decisions fall at the beginning of stages of {} and are held for them.",
            number(length)
        );
    }

    let rests: Vec<Option<&Rest>> =
        solved.iter().map(|(_, _, course)| course.steady_states.stable()).collect();
    if rests.iter().any(Option::is_some) {
        out.push_str("\nWhere each comes to rest:\n");
        let header =
            [String::new()].into_iter().chain(solved.iter().map(|(row, ..)| row.structure.to_owned()));
        let mut levels = table(header.collect());
        let lists: [(&str, List); 3] =
            [("", |rest| &rest.state), ("", |rest| &rest.decisions), ("value to ", |rest| &rest.values)];
        for (prefix, of) in lists {
            for (name, unit) in shown(rests.iter().flatten().map(|rest| of(rest))).0 {
                let mut cells = vec![format!("{prefix}{name} [{unit}]")];
                cells.extend(rests.iter().map(|rest| cell(rest.map(of), &name, number)));
                levels.add_row(cells);
            }
        }
        let mut cells = vec!["slowest return [per time]".to_owned()];
        let slowest = |rest: &Rest| rest.eigenvalues.first().map_or_else(String::new, |e| number(-e[0]));
        cells.extend(rests.iter().map(|rest| rest.map_or_else(|| "-".to_owned(), slowest)));
        levels.add_row(cells);
        out.push_str(&text(levels, true));
        out.push('\n');
    }
    for (row, _, course) in &solved {
        let rests = match course.horizon {
            Some(horizon) => format!("the game ends after {}", number(horizon)),
            None => stability(&course.steady_states),
        };
        let _ = writeln!(out, "{}: {}; {rests}.", row.structure, moves(course));
        if let Some(plan) = &course.plan {
            let _ = writeln!(out, "{}", planned(plan, course.horizon.is_some()));
        }
    }
    for at in 0..first.at.len() {
        let all: Vec<(&str, &Reported)> =
            solved.iter().filter_map(|(row, _, course)| Some((row.structure, course.at.get(at)?))).collect();
        out.push_str(&asked_for(&all));
    }
    out
}

/// What the searches over time and over the region found, over all structures.
pub(crate) fn evidence(solved: &[&Outcome]) -> String {
    let (mut states, mut regret, mut gap, mut gain) = (0, 0.0_f64, 0.0_f64, None::<f64>);
    let mut out = String::new();
    for found in solved.iter().filter_map(|outcome| outcome.over_time.as_ref()?.evidence.as_ref()) {
        match found {
            Evidence::Found { states: looks, regret: r, evaluation, discrepancy, gain: g, .. } => {
                states = states.max(*looks);
                regret = regret.max(*r);
                gap = gap.max(evaluation.unwrap_or(0.0)).max(discrepancy.unwrap_or(0.0));
                gain = g.map_or(gain, |g| Some(g.max(gain.unwrap_or(0.0))));
            }
            Evidence::Failed { error } => {
                let _ = writeln!(out, "Not searched for gains at other states: {}.", error.message);
            }
        }
    }
    if states > 0 {
        let _ = writeln!(
            out,
            "The same at {states} states: {}{}. Policies are worth what is said here to {}.",
            brief(regret),
            gain.map_or_else(String::new, |gain| format!(
                "; by another course from today on: {}",
                brief(gain)
            )),
            brief(gap)
        );
    }
    out
}

/// One of the lists of numbers that belong to a steady state.
type List = fn(&Rest) -> &Vec<Quantity>;

/// Decisions and values at one state, a column a structure.
fn asked_for(all: &[(&str, &Reported)]) -> String {
    let Some((_, first)) = all.first() else { return String::new() };
    let mut out = format!("\nAt {}:\n", point(&first.state));
    let header = [String::new()].into_iter().chain(all.iter().map(|(structure, _)| (*structure).to_owned()));
    let mut levels = table(header.collect());
    let lists = |seen: &Seen| match seen {
        Seen::Known { decisions, values } => Some([decisions.clone(), values.clone()]),
        Seen::Failed { .. } => None,
    };
    let known: Vec<Option<[Vec<Quantity>; 2]>> =
        all.iter().map(|(_, reported)| lists(&reported.seen)).collect();
    if known.iter().any(Option::is_some) {
        for (prefix, list) in [("", 0), ("value to ", 1)] {
            for (name, unit) in shown(known.iter().flatten().map(|lists| &lists[list])).0 {
                let mut cells = vec![format!("{prefix}{name} [{unit}]")];
                cells.extend(
                    known.iter().map(|lists| cell(lists.as_ref().map(|lists| &lists[list]), &name, number)),
                );
                levels.add_row(cells);
            }
        }
        out.push_str(&text(levels, true));
        out.push('\n');
    }
    for (structure, reported) in all {
        if let Seen::Failed { error } = &reported.seen {
            let _ = writeln!(out, "{structure}: no result there: {}", error.message);
        }
    }
    out
}

/// Where courses lead that everybody has committed to, and how good they are known to be.
fn planned(plan: &Plan, ends: bool) -> String {
    let lead = if ends { "the game ends" } else { "it comes to rest" };
    let orders = plan.second_order.iter().map(|(player, order)| {
        let known = match *order {
            "concave" => "its course is the best of all",
            "local" => "no course close by is as good",
            "fails" => "a course close by is better",
            "leads" => "no second-order condition is known for a leader",
            _ => "whether another course is better cannot be told",
        };
        format!("{player}: {known}")
    });
    let kept = if plan.time_consistent { "" } else { "; the leader would rather break its word later" };
    let orders: Vec<String> = orders.collect();
    format!(
        "  Everybody has committed to a course; {lead} at {}{kept}. {}.",
        point(&plan.final_state),
        orders.join("; ")
    )
}

fn moves(course: &OutcomeOverTime) -> String {
    match (course.leaders.as_slice(), course.coalitions.as_slice()) {
        ([], [all]) if all.len() > 1 => format!("{} decide together", all.join(" and ")),
        ([], [_]) => "nobody else is there".to_owned(),
        ([], _) if course.stage.is_some() => "all decide at once in every stage".to_owned(),
        ([], _) => "all move at once".to_owned(),
        (leaders, _) if course.plan.is_some() => {
            format!("{} commits to its course first", leaders.join(" and "))
        }
        (leaders, _) if course.stage.is_some() => format!("{} leads in every stage", leaders.join(" and ")),
        (leaders, _) => format!("{} leads at every moment", leaders.join(" and ")),
    }
}

fn stability(rests: &Rests) -> String {
    let all = match rests {
        Rests::Found(all) => all,
        Rests::Failed { error } => return format!("its steady states cannot be told: {}", error.message),
    };
    let unstable: Vec<String> =
        all.iter().filter(|rest| !rest.stable).map(|rest| point(&rest.state)).collect();
    let stable = all.len() - unstable.len();
    let mut words = match (stable, unstable.len()) {
        (0, 0) => "no steady state found".to_owned(),
        (0, _) => "no stable steady state found".to_owned(),
        (1, _) => "one stable steady state".to_owned(),
        _ => format!("{stable} stable steady states, of which the one closest to the start is shown"),
    };
    if !unstable.is_empty() {
        let _ = write!(words, ", unstable at {}", unstable.join(" and at "));
    }
    words
}

/// A state in words: `goodwill = 1`.
fn point(state: &[Quantity]) -> String {
    let each: Vec<String> = state.iter().map(|q| format!("{} = {}", q.name, number(q.value))).collect();
    each.join(", ")
}

/// Every comparison, state by state.
pub(crate) fn comparisons(rows: &[Row]) -> String {
    let all =
        rows.iter().flat_map(|row| row.comparisons.iter().map(|comparison| (row.structure, comparison)));
    all.map(|(structure, comparison)| one(structure, comparison)).collect()
}

fn one(structure: &str, AgainstOverTime { baseline, held, .. }: &AgainstOverTime) -> String {
    let compared = match held {
        Held::Compared(compared) => compared,
        Held::Failed { error } => {
            return format!("\n{structure} against {baseline}: cannot be compared: {}\n", error.message);
        }
    };
    let Some(first) = compared.at.first() else { return String::new() };
    let states: Vec<&str> = first.state.iter().map(|quantity| quantity.name.as_str()).collect();
    let mut out = format!("\nGains of {structure} over {baseline} at ({}):\n", states.join(", "));
    let mut header = vec![String::new()];
    header.extend(first.against.change.payoffs.iter().map(|gain| gain.name.clone()));
    header.extend(["created".to_owned()]);
    if first.against.change.payoffs.len() > 1 {
        header.extend(["shares".to_owned(), "Pareto".to_owned()]);
    }
    let mut gains = table(header);
    for change in &compared.at {
        gains.add_row(gained(change));
    }
    out.push_str(&text(gains, true));
    out.push('\n');
    out.push_str(&over_the_region(compared));
    out.push_str(&prices(structure, first, compared));
    out
}

fn gained(ChangeAt { place, state, against, .. }: &ChangeAt) -> Vec<String> {
    let place = match *place {
        "initial" => "today",
        "at_rest" => "at its own rest",
        "baseline_at_rest" => "at the other's rest",
        other => other,
    };
    let entries: Vec<String> = state.iter().map(|quantity| digits(quantity.value, 4)).collect();
    let mut cells = vec![format!("{place} ({})", entries.join(", "))];
    cells.extend(against.change.payoffs.iter().map(|gain| signed(gain.value)));
    cells.push(signed(against.created));
    if against.change.payoffs.len() > 1 {
        let shares = against.shares.as_ref().map(|shares| {
            let each: Vec<String> = shares.iter().map(|share| percent(share.value)).collect();
            each.join(" : ")
        });
        cells.push(shares.unwrap_or_else(|| "-".to_owned()));
        cells.push(against.pareto.name().to_owned());
    }
    cells
}

fn over_the_region(compared: &StateByState) -> String {
    let region = &compared.region;
    let ends: Vec<String> = region
        .ends
        .iter()
        .map(|(state, [lower, upper])| format!("{state} {} to {}", number(*lower), number(*upper)))
        .collect();
    let least: Vec<String> =
        region.least_gains.iter().map(|gain| format!("{} {}", gain.name, signed(gain.value))).collect();
    let mut out = format!("Everybody gains at {} of {} states", region.everybody_gains.len(), region.states);
    if region.creating > region.everybody_gains.len() {
        let _ = write!(out, ", and could at {} if what is created were shared", region.creating);
    }
    let _ = writeln!(out, ":\n{}. Smallest gains: {}.", ends.join(", "), least.join(", "));
    out
}

/// What becomes of retail prices: at the same state, and in the long run.
fn prices(structure: &str, today: &ChangeAt, compared: &StateByState) -> String {
    let mut out = String::new();
    for price in today.against.change.decisions.iter().filter(|d| d.name.starts_with("retail_price")) {
        let _ = write!(out, "{} under {structure}: {} at today's state", price.name, signed(price.value));
        let rest = compared.at_rest.as_ref();
        let later = rest.and_then(|rest| rest.decisions.iter().find(|decision| decision.name == price.name));
        if let Some(later) = later {
            let _ = write!(out, ", {} in the long run, each at rest", signed(later.value));
        }
        out.push_str(".\n");
    }
    out
}
