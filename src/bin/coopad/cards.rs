//! The models for people.

use std::fmt::Write;

use coopad::scenario::{Catalogue, ModelCard, ParameterCard};

use crate::numbers::{number, table, text};

pub(crate) fn catalogue(catalogue: &Catalogue) -> String {
    let cards: Vec<String> = catalogue.models.iter().map(card).collect();
    cards.join("\n\n")
}

fn card(model: &ModelCard) -> String {
    let mut out = format!("{}: {}\n", model.name, model.title);
    let _ = writeln!(out, "source: {}", model.source);
    let _ = writeln!(out, "provenance: {}", model.provenance);
    let _ = writeln!(out, "players: {}", model.players.join(", "));

    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut parameters = table(words(&["parameter", "symbol", "unit", "allowed", "if left out"]));
    for parameter in &model.parameters {
        let left_out = match parameter.default {
            Some(default) => number(default),
            None if parameter.required => "required".to_owned(),
            None => "counted".to_owned(),
        };
        let allowed = allowed(parameter);
        parameters.add_row([parameter.name, parameter.symbol, parameter.unit, &allowed, &left_out]);
    }
    out.push_str(&text(parameters, false));
    out.push('\n');

    let mut decisions = table(words(&["decision", "symbol", "unit", "owner"]));
    for decision in &model.decisions {
        decisions.add_row([&decision.name, &decision.symbol, decision.unit, &decision.owner]);
    }
    out.push_str(&text(decisions, false));
    out.push('\n');

    let mut structures = table(words(&["structure", "meaning"]));
    for structure in &model.structures {
        structures.add_row([structure.name, structure.meaning]);
    }
    out.push_str(&text(structures, false));
    out
}

fn allowed(parameter: &ParameterCard) -> String {
    let each = match parameter.entries {
        Some(1) => String::new(),
        Some(count) => format!(", one for each of {count}"),
        None => ", one for each retailer".to_owned(),
    };
    let form = if parameter.form.is_empty() { String::new() } else { format!(" (form {})", parameter.form) };
    format!("{}{each}{form}", parameter.range)
}
