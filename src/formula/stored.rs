//! Formulas written to a file and read again: a list of lines of text, each checked when it is read.
//!
//! A constant is written as the shortest decimal that reads back to the same bits, so that no format's numbers come between.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::term::MOST_LINES;
use super::{Binary, Fixed, Formula, FormulaError, Line, Ternary, Unary};

/// The version that is written, and the only one so far.
const VERSION: u32 = 1;
/// The highest power of a logarithm: a derivative adds one, and more would only take time.
const MOST_LOGS: u32 = 64;

/// A formula as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    inputs: Vec<String>,
    outputs: Vec<String>,
    /// One operation each, on the numbers of lines before it: `times 3 0.5`.
    lines: Vec<String>,
    /// The numbers of the lines that are the outputs.
    results: Vec<u32>,
}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names =
            |names: &[std::borrow::Cow<'static, str>]| names.iter().map(ToString::to_string).collect();
        let stored = Stored {
            version: VERSION,
            inputs: names(self.inputs()),
            outputs: names(self.output_names()),
            lines: self.lines().iter().map(|line| written(*line)).collect(),
            results: self.results().to_vec(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Formula::try_from(Stored::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Stored> for Formula {
    type Error = FormulaError;

    fn try_from(stored: Stored) -> Result<Self, FormulaError> {
        let Stored { version, inputs, outputs, lines, results } = stored;
        if version != VERSION {
            return Err(FormulaError::Version { version, known: VERSION });
        }
        if lines.len().max(inputs.len()).max(results.len()) >= MOST_LINES {
            return Err(FormulaError::TooLong { most: MOST_LINES });
        }
        if outputs.len() > results.len() {
            let (given, needed) = (outputs.len(), results.len());
            return Err(FormulaError::Count { what: "names of outputs", given, needed });
        }
        let count = lines.len();
        if let Some(&at) = results.iter().find(|result| **result as usize >= count) {
            return Err(FormulaError::NoSuch { what: "line", at: at as usize, count });
        }
        let read = |(at, text): (usize, &String)| {
            let damaged = |problem| FormulaError::Damaged { line: at, text: text.clone(), problem };
            read(text, at, inputs.len()).map_err(damaged)
        };
        let lines = lines.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(Formula::new(inputs, lines, results).named(outputs))
    }
}

const UNARY: [(&str, Unary); 8] = [
    ("neg", Unary::Neg),
    ("recip", Unary::Recip),
    ("sqrt", Unary::Sqrt),
    ("exp", Unary::Exp),
    ("exp_m1", Unary::ExpM1),
    ("ln", Unary::Ln),
    ("ln_1p", Unary::Ln1p),
    ("tanh", Unary::Tanh),
];

const BINARY: [(&str, Binary); 9] = [
    ("add", Binary::Add),
    ("sub", Binary::Sub),
    ("mul", Binary::Mul),
    ("div", Binary::Div),
    ("rem", Binary::Rem),
    ("pow", Binary::Pow),
    ("max", Binary::Max),
    ("min", Binary::Min),
    ("along", Binary::Along),
];

const FIXED: [(&str, Fixed); 7] = [
    ("plus", Fixed::Plus),
    ("from", Fixed::From),
    ("times", Fixed::Times),
    ("per", Fixed::Per),
    ("into", Fixed::Into),
    ("power", Fixed::Power),
    ("modulo", Fixed::Modulo),
];

const TERNARY: [(&str, Ternary); 2] = [("select", Ternary::Select), ("raised", Ternary::Raised)];

/// The word for an operation; every operation has one.
fn word<T: PartialEq>(list: &[(&'static str, T)], op: &T) -> &'static str {
    list.iter().find(|(_, other)| other == op).map_or("", |(word, _)| word)
}

fn written(line: Line) -> String {
    match line {
        Line::Input(at) => format!("input {at}"),
        Line::Constant(c) => format!("constant {c:?}"),
        Line::Unary(op, a) => format!("{} {a}", word(&UNARY, &op)),
        Line::Binary(op, a, b) => format!("{} {a} {b}", word(&BINARY, &op)),
        Line::Fixed(op, a, c) => format!("{} {a} {c:?}", word(&FIXED, &op)),
        Line::Ternary(op, a, b, c) => format!("{} {a} {b} {c}", word(&TERNARY, &op)),
        Line::PowerAndLog(a, b, order) => format!("power_and_log {a} {b} {order}"),
    }
}

/// Reads line number `at` of a formula of so many inputs.
fn read(text: &str, at: usize, inputs: usize) -> Result<Line, &'static str> {
    let mut words = text.split(' ');
    let op = words.next().unwrap_or_default();
    let mut next = || words.next().ok_or("has too few numbers");
    let whole =
        |word: &str| word.parse::<u32>().map_err(|_| "has something else where a line's number should be");
    let place = |word: &str| {
        let place = whole(word)?;
        if (place as usize) < at { Ok(place) } else { Err("refers to a line that does not stand before it") }
    };
    let number = |word: &str| word.parse::<f64>().map_err(|_| "has something else where a number should be");
    fn known<T: Copy>(list: &[(&str, T)], op: &str) -> Option<T> {
        list.iter().find(|(word, _)| *word == op).map(|(_, op)| *op)
    }
    let line = if op == "input" {
        let input = whole(next()?)?;
        if input as usize >= inputs {
            return Err("refers to an input that the formula does not have");
        }
        Line::Input(input)
    } else if op == "constant" {
        Line::Constant(number(next()?)?)
    } else if op == "power_and_log" {
        let (base, exponent, order) = (place(next()?)?, place(next()?)?, whole(next()?)?);
        if order > MOST_LOGS {
            return Err("has too high a power of a logarithm");
        }
        Line::PowerAndLog(base, exponent, order)
    } else if let Some(op) = known(&UNARY, op) {
        Line::Unary(op, place(next()?)?)
    } else if let Some(op) = known(&BINARY, op) {
        Line::Binary(op, place(next()?)?, place(next()?)?)
    } else if let Some(op) = known(&FIXED, op) {
        Line::Fixed(op, place(next()?)?, number(next()?)?)
    } else if let Some(op) = known(&TERNARY, op) {
        Line::Ternary(op, place(next()?)?, place(next()?)?, place(next()?)?)
    } else {
        return Err("names no operation that is known here");
    };
    if words.next().is_some() { Err("has something after its end") } else { Ok(line) }
}
