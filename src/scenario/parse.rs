//! From a document to a scenario: what its keys mean to the model that it names.

use toml::de::DeTable;

use super::Scenario;
use super::bargaining::{RULES, TERMS, Terms};
use super::document::{Document, Item};
use super::error::{ScenarioError, nearest, shown};
use super::registry::{self, MODELS, Playable, Registered, Unplayable};
use super::time::{self, Simulate, Time};
use crate::error::{ParameterError, brief};
use crate::models::{Entries, Parameter, Range};

const KEYS: &[&str] =
    &["model", "title", "structures", "baseline", "parameters", "bargaining", "time", "simulate"];
/// The keys of every model's file; the tables after them are for some models.
const COMMON: usize = 5;

pub(super) fn scenario(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let (document, table) = Document::parse(file, text)?;
    let items = document.items(&table);
    for item in &items {
        if !KEYS.contains(&item.key) {
            let suggestion = nearest(item.key, KEYS.iter().copied());
            return Err(unknown(&document, item, "", "a key of scenario files", KEYS, suggestion));
        }
    }
    let find = |key: &str| items.iter().find(|item| item.key == key);

    let names = registry::names();
    let Some(named) = find("model") else {
        return Err(document.missing(1, vec![("model".to_owned(), format!("one of {}", names.join(", ")))]));
    };
    let name = document.choice_or_alias("model", named.value, &names, &registry::aliases())?;
    let Some(model) = MODELS.iter().find(|model| model.name == name) else {
        return Err(document.not_allowed("model", named.value, format!("one of {}", names.join(", "))));
    };

    let title = find("title").map(|item| document.text("title", item.value)).transpose()?.map(str::to_owned);
    let structures = match find("structures") {
        Some(item) => structures(&document, item, model)?,
        None => (model.structures)(),
    };
    let baseline = match (find("baseline"), structures.first()) {
        (Some(item), _) => {
            document.choice_or_alias("baseline", item.value, &structures, &(model.structure_aliases)())?
        }
        (None, Some(first)) => first,
        (None, None) => "",
    };
    let terms = match find("bargaining") {
        Some(item) => terms(&document, item, model)?,
        None => model.terms(),
    };
    let model = match find("parameters") {
        Some(item) => {
            let table = document.table("parameters", item.value)?;
            game(&document, item.line, table, model)?
        }
        None => game(&document, 1, &DeTable::new(), model)?,
    };
    let (mut time, mut simulation) = (Time::default(), Simulate::default());
    for item in items.iter().filter(|item| matches!(item.key, "time" | "simulate")) {
        if !model.lasts() {
            let kind = format!("a table for {name}: it is a game of one moment");
            return Err(unknown(&document, item, "", kind, &KEYS[..=COMMON], None));
        }
        match item.key {
            "time" => time = time::time(&document, item, &model.game)?,
            _ => simulation = time::simulate(&document, item, &model)?,
        }
    }
    Ok(Scenario { title, model, structures, baseline, terms, time, simulation })
}

pub(super) fn unknown(
    document: &Document<'_>,
    item: &Item<'_, '_>,
    prefix: &str,
    kind: impl Into<String>,
    allowed: &[&str],
    suggestion: Option<Box<str>>,
) -> ScenarioError {
    ScenarioError::UnknownKey {
        file: document.file.into(),
        line: item.line,
        key: format!("{prefix}{}", shown(item.key)),
        kind: kind.into(),
        allowed: allowed.join(", "),
        suggestion,
    }
}

fn structures(
    document: &Document<'_>,
    item: &Item<'_, '_>,
    model: &Registered,
) -> Result<Vec<&'static str>, ScenarioError> {
    let known = (model.structures)();
    let given = item.value.get_ref().as_array().filter(|array| !array.is_empty()).ok_or_else(|| {
        let allowed = format!("a list of one or more of {}", known.join(", "));
        document.not_allowed("structures", item.value, allowed)
    })?;
    let mut chosen = Vec::new();
    for value in given {
        let name = document.choice_or_alias("structures", value, &known, &(model.structure_aliases)())?;
        if chosen.contains(&name) {
            return Err(ScenarioError::Duplicate {
                file: document.file.into(),
                line: document.line_of(value),
                key: "structures".to_owned(),
                value: name.to_owned(),
            });
        }
        chosen.push(name);
    }
    Ok(chosen)
}

/// The model at the parameters of a table that begins on `line`.
fn game(
    document: &Document<'_>,
    line: usize,
    table: &DeTable<'_>,
    model: &'static Registered,
) -> Result<Playable, ScenarioError> {
    let parameters = (model.parameters)();
    let names: Vec<&'static str> = parameters.iter().map(|parameter| parameter.name).collect();
    let items = document.items(table);
    let mut values = vec![Vec::new(); parameters.len()];
    let mut form: Option<(&Parameter, usize)> = None;
    for item in &items {
        let Some(at) = names.iter().position(|name| *name == item.key) else {
            let kind = format!("a parameter of {}", model.name);
            return Err(unknown(document, item, "parameters.", kind, &names, meant(item.key, parameters)));
        };
        let parameter = &parameters[at];
        let key = format!("parameters.{}", parameter.name);
        values[at] = document.numbers(&key, item.value, parameter.range, parameter.entries)?;
        match form {
            Some((first, first_line)) if parameter.form != first.form => {
                return Err(ScenarioError::Inconsistent {
                    file: document.file.into(),
                    line: item.line,
                    key,
                    value: document.source(item.value),
                    allowed: format!(
                        "it belongs to the form {}, but {} on line {first_line} to the form {}; give one form only",
                        parameter.form, first.name, first.form
                    ),
                });
            }
            _ => form = form.or(Some((parameter, item.line))),
        }
    }

    let missing = missing(parameters, form.map(|(first, _)| first.form), &values);
    if !missing.is_empty() {
        return Err(document.missing(line, missing));
    }
    let playable = model.at(&values).map_err(|error| {
        let error = match error {
            Unplayable::Parameter(error) => error,
            Unplayable::Record(error) => {
                let (file, key, value) = (document.file.into(), "model".to_owned(), model.name.to_owned());
                return ScenarioError::Inconsistent { file, line, key, value, allowed: error.to_string() };
            }
        };
        let (key, value, allowed) = match error {
            ParameterError::OutOfRange { parameter, value, allowed } => (parameter, value, allowed),
            ParameterError::Inconsistent { parameter, value, condition } => (parameter, value, condition),
            ParameterError::WrongLength { parameter, given, needed } => {
                (parameter, given as f64, format!("{needed} numbers are needed, {given} given"))
            }
        };
        let item = items.iter().find(|item| key.starts_with(item.key));
        ScenarioError::Inconsistent {
            file: document.file.into(),
            line: item.map_or(line, |item| item.line),
            key: format!("parameters.{key}"),
            // As the file has it, where the whole of it is meant.
            value: item
                .filter(|item| item.key == key)
                .map_or_else(|| brief(value), |item| document.source(item.value)),
            allowed,
        }
    })?;
    match endless(&playable) {
        None => Ok(playable),
        Some(allowed) => {
            let item = culprit(&items, &values, model);
            Err(ScenarioError::Inconsistent {
                file: document.file.into(),
                line: item.map_or(line, |item| item.line),
                key: item.map_or("parameters".to_owned(), |item| format!("parameters.{}", item.key)),
                value: item.map_or("what is given".to_owned(), |item| document.source(item.value)),
                allowed,
            })
        }
    }
}

/// What of a game over time is not finite at its parameters, though each of them is: a range that a formula gives a state.
fn endless(playable: &Playable) -> Option<String> {
    let states = &playable.game.lasting.as_ref()?.states;
    states.iter().find_map(|state| {
        let ends = [("lower end", state.lower), ("upper end", state.upper), ("start", state.initial)];
        let (what, value) = ends.into_iter().find(|(_, value)| !value.is_finite())?;
        Some(format!("with it the {what} of {}, which follows from the parameters, is {value}", state.name))
    })
}

/// The parameter that makes a game endless: without its extreme value the game is not.
fn culprit<'i, 'd, 't>(
    items: &'i [Item<'d, 't>],
    values: &[Vec<f64>],
    model: &'static Registered,
) -> Option<&'i Item<'d, 't>> {
    let moderate = |value: f64| value.signum() * value.abs().powf(0.125);
    items.iter().find(|item| {
        let mut others = values.to_vec();
        let named = (model.parameters)().iter().zip(&mut others);
        let own = named.filter(|(parameter, _)| parameter.name == item.key).flat_map(|(_, values)| values);
        own.for_each(|value| *value = moderate(*value));
        model.at(&others).is_ok_and(|playable| endless(&playable).is_none())
    })
}

/// What a key that is no parameter was meant to be: a parameter by its symbol, one spelt alike, or a key of the
/// whole file that slipped below `[parameters]`.
fn meant(key: &str, parameters: &'static [Parameter]) -> Option<Box<str>> {
    let by_symbol = parameters.iter().find(|parameter| parameter.symbol == key);
    by_symbol
        .map(|parameter| parameter.name.into())
        .or_else(|| KEYS.contains(&key).then(|| format!("{key}, above [parameters]").into()))
        .or_else(|| nearest(key, parameters.iter().map(|parameter| parameter.name)))
}

/// The parameters of the form in use that must be given and are not, with what is allowed.
fn missing(parameters: &[Parameter], form: Option<&str>, values: &[Vec<f64>]) -> Vec<(String, String)> {
    let needed = |form: &str| -> Vec<&Parameter> {
        let given = parameters.iter().zip(values).filter(|(_, values)| values.is_empty());
        given.map(|(p, _)| p).filter(|p| p.form == form && p.required()).collect()
    };
    let mut forms: Vec<&str> = parameters.iter().map(|parameter| parameter.form).collect();
    forms.dedup();
    let only = if let [only] = forms.as_slice() { Some(*only) } else { None };
    if let Some(form) = form.or(only) {
        let key = |parameter: &Parameter| format!("parameters.{}", parameter.name);
        return needed(form).into_iter().map(|p| (key(p), p.range.words.to_owned())).collect();
    }
    let either: Vec<String> = forms
        .iter()
        .map(|form| {
            let names: Vec<_> = needed(form).iter().map(|parameter| parameter.name).collect();
            format!("of the form {form}: {}", names.join(", "))
        })
        .collect();
    vec![("parameters".to_owned(), either.join("; or "))]
}

fn terms(document: &Document<'_>, item: &Item<'_, '_>, model: &Registered) -> Result<Terms, ScenarioError> {
    let table = document.table("bargaining", item.value)?;
    if model.status_quo.is_empty() {
        let kind = format!("a table for {}: its notes state no bargain", model.name);
        return Err(unknown(document, item, "", kind, &KEYS[..COMMON], None));
    }
    let mut terms = model.terms();
    let (mut exponents, mut powers) = (None, None);
    for term in document.items(table) {
        let key = format!("bargaining.{}", term.key);
        match term.key {
            known if !TERMS.contains(&known) => {
                let kind = format!("a key of [bargaining] for {}", model.name);
                let suggestion = nearest(term.key, TERMS.iter().copied());
                return Err(unknown(document, &term, "bargaining.", kind, TERMS, suggestion));
            }
            "status_quo" => terms.status_quo = document.choice(&key, term.value, model.status_quo)?,
            "power" => {
                let power = document.number(&key, term.value, Range::NON_NEGATIVE).ok().filter(|p| *p <= 1.0);
                let power = power.ok_or_else(|| document.not_allowed(&key, term.value, "between 0 and 1"))?;
                terms.power = Some(power);
            }
            "exponents" => exponents = Some(document.pair(&key, term.value)?),
            "powers" => powers = Some(document.pair(&key, term.value)?),
            "rules" => terms.rules = rules(document, &key, term)?,
            "limits" => {
                let limits = document.numbers(&key, term.value, Range::FINITE, Entries::Each(2))?;
                let [lowest, highest] = [0, 1].map(|at: usize| limits.get(at).copied().unwrap_or(f64::NAN));
                if lowest.partial_cmp(&highest).is_none_or(std::cmp::Ordering::is_gt) {
                    return Err(document.not_allowed(&key, term.value, "two numbers, the smaller one first"));
                }
                terms.limits = Some([lowest, highest]);
            }
            _ => terms.aversion = Some(document.pair(&key, term.value)?),
        }
    }
    terms.utilities = match (exponents, powers) {
        (Some(exponents), Some(powers)) => Some((exponents, powers)),
        (None, None) => None,
        (given, _) => {
            let other = if given.is_some() { "powers" } else { "exponents" };
            let allowed = "an array of 2 positive numbers; exponents and powers come together".to_owned();
            return Err(document.missing(item.line, vec![(format!("bargaining.{other}"), allowed)]));
        }
    };
    Ok(terms)
}

/// Which bargaining rules a list names.
fn rules(
    document: &Document<'_>,
    key: &str,
    item: Item<'_, '_>,
) -> Result<[bool; RULES.len()], ScenarioError> {
    let given = item.value.get_ref().as_array().filter(|array| !array.is_empty()).ok_or_else(|| {
        let allowed = format!("a list of one or more of {}", RULES.join(", "));
        document.not_allowed(key, item.value, allowed)
    })?;
    let mut named = [false; RULES.len()];
    for value in given {
        let rule = document.choice(key, value, &RULES)?;
        RULES.iter().zip(&mut named).filter(|(name, _)| **name == rule).for_each(|(_, named)| *named = true);
    }
    Ok(named)
}
