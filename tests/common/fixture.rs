//! Reference values of `fixtures/*.json`, and models at the parameters they give.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use coopad::models::Model;
use serde_json::Value;

/// Reference values have ten digits.
pub(crate) const DIGITS: f64 = 1e-9;

/// A file of reference values.
pub(crate) fn fixture(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let text = fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The rows of a family of games over time, of which there must be `count`.
#[track_caller]
pub(crate) fn rows(family: &str, count: usize) -> Vec<Value> {
    let Value::Array(rows) = fixture("dynamic")[family].take() else { panic!("no rows of {family}") };
    assert_eq!(rows.len(), count, "rows of {family}");
    rows
}

#[track_caller]
pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The numbers of a list, row by row where it is a matrix; of one number, that.
#[track_caller]
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        one => vec![number(one)],
    }
}

/// The model at parameters named by symbol; `k_i` may come as `k_0`, `k_1`, … Names that are no parameters of it must be
/// those in `besides`.
#[track_caller]
pub(crate) fn build<M: Model>(params: &Value, besides: &[&str]) -> M {
    let params = params.as_object().unwrap();
    let mut unused: BTreeSet<&str> = params.keys().map(String::as_str).collect();
    let mut take = |name: &str| {
        unused.remove(name);
        params.get(name).map(numbers)
    };
    let mut values = Vec::new();
    for parameter in M::parameters() {
        let given = match (take(parameter.symbol), parameter.symbol.strip_suffix("_i")) {
            (None, Some(letter)) => (0..).map_while(|i| take(&format!("{letter}_{i}"))).flatten().collect(),
            (given, _) => given.unwrap_or_default(),
        };
        values.push(given);
    }
    assert_eq!(unused, besides.iter().copied().collect(), "no parameters of {}", M::NAME);
    M::from_values(&values).unwrap()
}

/// A table by state, `{"0.1": 15.0}` or `{"0.1": [15.0, 3.0]}`: each state and its numbers.
pub(crate) fn table(value: &Value) -> Vec<(f64, Vec<f64>)> {
    let lines = value.as_object().unwrap().iter();
    lines.map(|(state, entries)| (state.parse().unwrap(), numbers(entries))).collect()
}
