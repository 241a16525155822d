//! How equilibria move with the parameters, for people: a table of numbers and a table of signs for each structure.

use std::fmt::Write;

use coopad::analysis::{Response, Sided, Sign, Signs};
use coopad::scenario::{Differentiated, Moved, Movements};

use crate::numbers::{number, signed, table, text};
use crate::tables::heading;

pub(crate) fn differentiated(found: &Differentiated, elasticities: bool) -> String {
    let mut out = heading(found.model, found.title.as_deref());
    for moving in &found.results {
        match &moving.moved {
            Moved::Differentiated(movements) => {
                let kind = if elasticities { "elasticities, per cent per per cent" } else { "derivatives" };
                let _ = writeln!(out, "\n{}: {kind}", moving.structure);
                out.push_str(&numbers(movements, &found.symbols, elasticities));
                if !movements.here.smooth() {
                    let _ = writeln!(
                        out,
                        "* At a corner: a falling parameter / a rising one, a decision leaves its bound on one side only."
                    );
                }
                let _ = writeln!(out, "\n{}: signs", moving.structure);
                out.push_str(&signs(movements, &found.symbols));
            }
            Moved::Failed { error } => {
                let _ = writeln!(out, "\n{}: no result: {}", moving.structure, error.message);
            }
        }
    }
    let all = found.results.iter().find_map(|moving| match &moving.moved {
        Moved::Differentiated(movements) => Some(&movements.here.parameters),
        Moved::Failed { .. } => None,
    });
    if let Some(parameters) = all {
        let pairs = found.symbols.iter().zip(parameters);
        let legend: Vec<String> = pairs.map(|(symbol, p)| format!("{symbol} {}", p.name)).collect();
        let _ = writeln!(out, "\nParameters: {}.", legend.join(", "));
        let _ = writeln!(
            out,
            "Signs in brackets: where they differ over {} parameter sets between 1/{spread} and {spread} times these.",
            found.sample.draws,
            spread = number(found.sample.spread)
        );
    }
    out
}

fn header(symbols: &[String]) -> Vec<String> {
    [String::new()].into_iter().chain(symbols.iter().cloned()).collect()
}

fn numbers(movements: &Movements, symbols: &[String], elasticities: bool) -> String {
    let (here, signs) = (&movements.here, &movements.signs);
    let mut numbers = table(header(symbols));
    let mut add = |prefix: &str, row: &Response, signs: &Signs| {
        let cells = row.to.iter().zip(&signs.to).map(|(s, sign)| match sign {
            // Rounding is no movement.
            Sign::Zero if !elasticities || s.elasticity.is_some() => "0".to_owned(),
            _ => cell(if elasticities { s.elasticity } else { Some(s.slope) }),
        });
        let all: Vec<String> = [format!("{prefix}{}", row.name)].into_iter().chain(cells).collect();
        numbers.add_row(all);
    };
    here.decisions.iter().zip(&signs.decisions).for_each(|(row, signs)| add("", row, signs));
    here.payoffs.iter().zip(&signs.payoffs).for_each(|(row, signs)| add("payoff of ", row, signs));
    add("", &here.total, &signs.total);
    text(numbers, true) + "\n"
}

/// A number; both at a corner, marked; a dash where there is none.
fn cell(sided: Option<Sided>) -> String {
    match sided {
        None => "-".to_owned(),
        Some(sided) if sided.smooth() => signed(sided.right),
        Some(Sided { left, right }) => format!("{} / {} *", signed(left), signed(right)),
    }
}

fn signs(movements: &Movements, symbols: &[String]) -> String {
    let (here, around) = (&movements.signs, &movements.around);
    let mut signs = table(header(symbols));
    let mut add = |prefix: &str, here: &Signs, around: &Signs| {
        let cell = |(here, around): (&Sign, &Sign)| {
            if here == around {
                here.symbol().to_owned()
            } else {
                format!("{} ({})", here.symbol(), around.symbol())
            }
        };
        let cells = here.to.iter().zip(&around.to).map(cell);
        let all: Vec<String> = [format!("{prefix}{}", here.name)].into_iter().chain(cells).collect();
        signs.add_row(all);
    };
    here.decisions.iter().zip(&around.decisions).for_each(|(here, around)| add("", here, around));
    here.payoffs.iter().zip(&around.payoffs).for_each(|(here, around)| add("payoff of ", here, around));
    add("", &here.total, &around.total);
    let mut out = text(signs, true) + "\n";
    if around.left_out > 0 {
        let reasons = around.left_out_because.iter().map(|(reason, games)| format!("{games} {reason}"));
        let _ = writeln!(
            out,
            "{} of {} parameter sets left out: no equilibrium, or none with derivatives ({}).",
            around.left_out,
            around.games + around.left_out,
            reasons.collect::<Vec<_>>().join(", ")
        );
    }
    out
}
