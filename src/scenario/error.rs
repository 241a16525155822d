//! What can be wrong with a scenario file: one clear line each.

use thiserror::Error;

/// A scenario file cannot be used. The message is one line: file, line, key, value and what is allowed.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file cannot be read as text.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: Box<str>,
        /// Why not.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{file}:{line}: {reason}")]
    Syntax {
        /// The file.
        file: Box<str>,
        /// The line, counted from 1.
        line: usize,
        /// What the TOML parser says.
        reason: String,
    },
    /// No model of that name.
    #[error("{name} is no model{}", hint(suggestion.as_deref(), allowed))]
    UnknownModel {
        /// The name, shortened.
        name: String,
        /// The models.
        allowed: String,
        /// A model whose name looks like it.
        suggestion: Option<Box<str>>,
    },
    /// A key that has no meaning there.
    #[error("{file}:{line}: {key} is not {kind}{}", hint(suggestion.as_deref(), allowed))]
    UnknownKey {
        /// The file.
        file: Box<str>,
        /// The line, counted from 1.
        line: usize,
        /// The whole key: `parameters.retailer_margn`.
        key: String,
        /// What it should be: `a parameter of huang_li`.
        kind: String,
        /// The keys that are allowed.
        allowed: String,
        /// An allowed key that looks like it.
        suggestion: Option<Box<str>>,
    },
    /// A value of the wrong type, out of range or unknown.
    #[error("{file}:{line}: {key} = {value} is not allowed: it must be {allowed}{}", meant(suggestion.as_deref()))]
    NotAllowed {
        /// The file.
        file: Box<str>,
        /// The line, counted from 1.
        line: usize,
        /// The whole key.
        key: String,
        /// The value as the file has it, shortened.
        value: String,
        /// What is allowed.
        allowed: String,
        /// An allowed value that looks like it.
        suggestion: Option<Box<str>>,
    },
    /// Keys that must be given and are not.
    #[error("{file}:{line}: missing: {}", listed(keys))]
    Missing {
        /// The file.
        file: Box<str>,
        /// The line of the table that lacks them.
        line: usize,
        /// Each key with what is allowed for it.
        keys: Vec<(String, String)>,
    },
    /// A list that names something twice.
    #[error("{file}:{line}: {key} names {value} twice: each may be named once")]
    Duplicate {
        /// The file.
        file: Box<str>,
        /// The line, counted from 1.
        line: usize,
        /// The list.
        key: String,
        /// What it names twice.
        value: String,
    },
    /// A structure that the model does not have.
    #[error("{structure} is not a structure of {model}{}", hint(suggestion.as_deref(), allowed))]
    NoSuchStructure {
        /// The name given.
        structure: String,
        /// The model.
        model: &'static str,
        /// The structures that it has.
        allowed: String,
        /// One of them that looks like it.
        suggestion: Option<Box<str>>,
    },
    /// A command for models of another kind.
    #[error("{command} is for {kind}, and {model} is not one")]
    OtherKind {
        /// The command.
        command: &'static str,
        /// The models that it is for: `games of one moment`.
        kind: &'static str,
        /// The scenario's model.
        model: &'static str,
    },
    /// Keys that cannot be given together.
    #[error("{file}:{line}: {key} = {value} does not fit: {allowed}")]
    Inconsistent {
        /// The file.
        file: Box<str>,
        /// The line, counted from 1.
        line: usize,
        /// The key that does not fit.
        key: String,
        /// Its value.
        value: String,
        /// The condition that fails.
        allowed: String,
    },
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

fn hint(suggestion: Option<&str>, allowed: &str) -> String {
    suggestion.map_or_else(|| format!("; allowed: {allowed}"), |name| meant(Some(name)))
}

fn listed(keys: &[(String, String)]) -> String {
    let all: Vec<String> = keys.iter().map(|(key, allowed)| format!("{key} ({allowed})")).collect();
    all.join(", ")
}

/// The name among `known` that `name` was most likely meant to be.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<Box<str>> {
    // A longer word is no misspelling of any name here.
    if name.len() > 64 {
        return None;
    }
    let likeness = |to: &str| strsim::normalized_damerau_levenshtein(name, to);
    known
        .into_iter()
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|first, second| first.0.total_cmp(&second.0))
        .map(|(_, known)| known.into())
}

/// Text from a file as it may stand in a one-line message: short, without line breaks or control characters.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// The whole of a text on one line.
pub(super) fn on_one_line(text: &str) -> String {
    text.trim().chars().map(plain).collect()
}

fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
