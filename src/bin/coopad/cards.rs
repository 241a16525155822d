//! The models for people.

use std::fmt::Write;

use coopad::scenario::{Catalogue, ModelCard, ParameterCard};

use crate::numbers::{number, table, text};

/// A line a model.
pub(crate) fn list(catalogue: &Catalogue) -> String {
    let mut list = table(words(&["model", "what it is", "source"]));
    for model in &catalogue.models {
        list.add_row([model.name, model.title, model.source]);
    }
    let hint = "`coopad models NAME` shows a model's parameters, decisions and structures.";
    format!("{}\n\n{hint}", text(list, false))
}

pub(crate) fn cards(catalogue: &Catalogue) -> String {
    let cards: Vec<String> = catalogue.models.iter().map(card).collect();
    cards.join("\n\n")
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn card(model: &ModelCard) -> String {
    let mut out = format!("{}: {}\n", model.name, model.title);
    let _ = writeln!(out, "source: {}", model.source);
    let _ = writeln!(out, "provenance: {}", model.provenance);
    let _ = writeln!(out, "players: {}", model.players.join(", "));

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
        decisions.add_row([&decision.name, &decision.symbol, decision.unit.as_ref(), &decision.owner]);
    }
    out.push_str(&text(decisions, false));
    out.push('\n');

    if !model.states.is_empty() {
        let mut states = table(words(&["state", "symbol", "unit"]));
        for state in &model.states {
            states.add_row([state.name.as_ref(), state.symbol.as_ref(), &state.unit]);
        }
        out.push_str(&text(states, false));
        out.push('\n');
    }

    let mut structures = table(words(&["structure", "meaning"]));
    for structure in &model.structures {
        structures.add_row([structure.name, structure.meaning]);
    }
    out.push_str(&text(structures, false));
    if !model.measures.is_empty() {
        let measures: Vec<String> =
            model.measures.iter().map(|m| format!("{} ({}) [{}]", m.name, m.symbol, m.unit)).collect();
        let _ = write!(out, "\nalso reported: {}", measures.join(", "));
    }
    if !model.aliases.is_empty() {
        let _ = write!(out, "\nother names: {}", model.aliases.join(", "));
    }
    out
}

fn allowed(parameter: &ParameterCard) -> String {
    let each = match parameter.entries {
        Some(1) => String::new(),
        Some(count) => format!(", one for each of {count}"),
        None => ", one for each firm, however many".to_owned(),
    };
    let form = if parameter.form.is_empty() { String::new() } else { format!(" (form {})", parameter.form) };
    format!("{}{each}{form}", parameter.range)
}
