//! A TOML document with its line numbers: what the text says, before any model is asked.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{ScenarioError, nearest, on_one_line, shown};
use crate::models::{Entries, Range};

/// A value with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A scenario's text, and the errors that point into it.
pub(super) struct Document<'t> {
    pub(super) file: &'t str,
    text: &'t str,
}

/// A key of a table with its value.
#[derive(Clone, Copy)]
pub(super) struct Item<'d, 't> {
    /// The key in its table: `retailer_margin`.
    pub(super) key: &'d str,
    /// The line of the key.
    pub(super) line: usize,
    pub(super) value: &'d Value<'t>,
}

impl<'t> Document<'t> {
    pub(super) fn parse(file: &'t str, text: &'t str) -> Result<(Self, DeTable<'t>), ScenarioError> {
        let document = Document { file, text };
        match DeTable::parse(text) {
            Ok(table) => Ok((document, table.into_inner())),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let line = document.line(span.start);
                let found = shown(text.get(span).unwrap_or_default().trim());
                let found = if found.is_empty() { String::new() } else { format!(", found: {found}") };
                let reason = format!("{}{found}", on_one_line(error.message()));
                Err(ScenarioError::Syntax { file: file.into(), line, reason })
            }
        }
    }

    /// The line, counted from 1, of a byte of the text.
    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// The line of a value.
    pub(super) fn line_of(&self, value: &Value<'_>) -> usize {
        self.line(value.span().start)
    }

    /// A value as the file has it.
    pub(super) fn source(&self, value: &Value<'_>) -> String {
        shown(self.text.get(value.span()).unwrap_or_default())
    }

    /// The entries of a table, in the order of the text.
    pub(super) fn items<'d>(&self, table: &'d DeTable<'t>) -> Vec<Item<'d, 't>> {
        let mut entries: Vec<(&Spanned<DeString<'t>>, &Value<'t>)> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let item = |(key, value): (&'d Spanned<DeString<'t>>, &'d Value<'t>)| {
            let line = self.line(key.span().start);
            Item { key: key.get_ref().as_ref(), line, value }
        };
        entries.into_iter().map(item).collect()
    }

    pub(super) fn not_allowed(
        &self,
        key: &str,
        value: &Value<'_>,
        allowed: impl Into<String>,
    ) -> ScenarioError {
        ScenarioError::NotAllowed {
            file: self.file.into(),
            line: self.line_of(value),
            key: shown(key),
            value: self.source(value),
            allowed: allowed.into(),
            suggestion: None,
        }
    }

    pub(super) fn missing(&self, line: usize, keys: Vec<(String, String)>) -> ScenarioError {
        ScenarioError::Missing { file: self.file.into(), line, keys }
    }

    pub(super) fn table<'d>(
        &self,
        key: &str,
        value: &'d Value<'t>,
    ) -> Result<&'d DeTable<'t>, ScenarioError> {
        let table = value.get_ref().as_table();
        table.ok_or_else(|| self.not_allowed(key, value, format!("a table, [{key}]")))
    }

    pub(super) fn text<'d>(&self, key: &str, value: &'d Value<'_>) -> Result<&'d str, ScenarioError> {
        value.get_ref().as_str().ok_or_else(|| self.not_allowed(key, value, "text in quotes"))
    }

    /// One of some names.
    pub(super) fn choice(
        &self,
        key: &str,
        value: &Value<'_>,
        known: &[&'static str],
    ) -> Result<&'static str, ScenarioError> {
        self.choice_or_alias(key, value, known, &[])
    }

    /// One of some names, or of other names for them.
    pub(super) fn choice_or_alias(
        &self,
        key: &str,
        value: &Value<'_>,
        known: &[&'static str],
        aliases: &[(&'static str, &'static str)],
    ) -> Result<&'static str, ScenarioError> {
        let allowed = format!("one of {}", known.join(", "));
        let Some(given) = value.get_ref().as_str() else {
            return Err(self.not_allowed(key, value, allowed));
        };
        if let Some((_, name)) = aliases.iter().find(|(alias, name)| *alias == given && known.contains(name))
        {
            return Ok(name);
        }
        known.iter().find(|name| **name == given).copied().ok_or_else(|| ScenarioError::NotAllowed {
            file: self.file.into(),
            line: self.line_of(value),
            key: key.to_owned(),
            value: self.source(value),
            allowed,
            suggestion: nearest(given, known.iter().copied()),
        })
    }

    /// A number in a range.
    pub(super) fn number(&self, key: &str, value: &Value<'_>, range: Range) -> Result<f64, ScenarioError> {
        let number = number(value.get_ref()).filter(|number| range.contains(*number));
        number.ok_or_else(|| self.not_allowed(key, value, range.words))
    }

    /// A whole number between two others, both included.
    pub(super) fn whole(
        &self,
        key: &str,
        value: &Value<'_>,
        least: usize,
        most: usize,
    ) -> Result<usize, ScenarioError> {
        let fits = |number: &f64| number.fract() == 0.0 && *number >= least as f64 && *number <= most as f64;
        let number = number(value.get_ref()).filter(fits);
        let refuse = || self.not_allowed(key, value, format!("a whole number from {least} to {most}"));
        Ok(number.ok_or_else(refuse)? as usize)
    }

    /// Numbers in a range: an array of them, or one number for all.
    pub(super) fn numbers(
        &self,
        key: &str,
        value: &Value<'_>,
        range: Range,
        entries: Entries,
    ) -> Result<Vec<f64>, ScenarioError> {
        // A square may be written row by row.
        let rows = value.get_ref().as_array().filter(|_| entries == Entries::Square);
        let rows = rows.filter(|rows| !rows.is_empty() && rows.iter().all(|row| row.get_ref().is_array()));
        if let Some(rows) = rows {
            let row = |(at, row): (usize, &Value<'_>)| {
                self.numbers(&format!("{key}[{at}]"), row, range, Entries::List)
            };
            let all: Result<Vec<_>, _> = rows.iter().enumerate().map(row).collect();
            return all.map(|rows| rows.concat());
        }
        let fits = |length: usize| entries.count().map_or(length > 0, |count| count > 1 && count == length);
        match (value.get_ref().as_array(), entries.count()) {
            (Some(array), _) if fits(array.len()) => array
                .iter()
                .enumerate()
                .map(|(at, value)| self.number(&format!("{key}[{at}]"), value, range))
                .collect(),
            (None, count) if count == Some(1) || number(value.get_ref()).is_some() => {
                // As many as the lists that stand beside it have: the model knows.
                Ok(vec![self.number(key, value, range)?; count.unwrap_or(1)])
            }
            (_, Some(1)) => Err(self.not_allowed(key, value, range.words)),
            (_, count) => {
                let count = count.map_or_else(|| "numbers, one a retailer,".to_owned(), |n| n.to_string());
                let allowed = format!("an array of {count} or one number for all, each {}", range.words);
                Err(self.not_allowed(key, value, allowed))
            }
        }
    }

    /// Two positive numbers.
    pub(super) fn pair(&self, key: &str, value: &Value<'_>) -> Result<[f64; 2], ScenarioError> {
        match self.numbers(key, value, Range::POSITIVE, Entries::Each(2))?.as_slice() {
            [first, second] => Ok([*first, *second]),
            _ => Err(self.not_allowed(key, value, "an array of 2 positive numbers")),
        }
    }
}

/// An integer or a decimal number.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        DeValue::Integer(integer) => {
            i128::from_str_radix(integer.as_str(), integer.radix()).ok().map(|number| number as f64)
        }
        _ => None,
    }
}
