//! `CoCreation` from the parameter sets of its reference file.

use std::fs;
use std::path::Path;

use coopad::dynamic::models::CoCreation;
use coopad::models::{Entries, Model};
use serde_json::Value;

/// The reference file.
pub(crate) fn cocreation_reference() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cocreation.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The model at parameters named by symbol, as the file has them.
pub(crate) fn cocreation(params: &Value) -> CoCreation {
    let numbers = |value: &Value| -> Vec<f64> {
        fn gather(value: &Value, into: &mut Vec<f64>) {
            match value {
                Value::Array(all) => all.iter().for_each(|value| gather(value, into)),
                Value::Bool(yes) => into.push(f64::from(u8::from(*yes))),
                other => into.push(other.as_f64().unwrap()),
            }
        }
        let mut into = Vec::new();
        gather(value, &mut into);
        into
    };
    let stakeholder = params["S"] == true;
    let given = |parameter: &coopad::models::Parameter| -> Vec<f64> {
        let brands = params["n"].as_u64().unwrap() as usize;
        match parameter.symbol {
            "sigma_B" => params.get("sigma").map_or(Vec::new(), |all| numbers(all)[..brands].to_vec()),
            "sigma_N" => params.get("sigma").map_or(Vec::new(), |all| numbers(all)[brands..].to_vec()),
            symbol if symbol.starts_with("lamB") || symbol.starts_with("lamQ") => {
                let (name, row) = symbol.split_at(4);
                numbers(&params[name][row.parse::<usize>().unwrap()])
            }
            // Given without a stakeholder too, whom they would concern.
            "xi_S" | "c_g" | "alpha_g" if !stakeholder => Vec::new(),
            symbol => params.get(symbol).map_or(Vec::new(), numbers),
        }
    };
    let values: Vec<Vec<f64>> = CoCreation::parameters()
        .iter()
        .map(|parameter| {
            let given = given(parameter);
            assert!(parameter.entries != Entries::List || given.len() < 2 || !given.is_empty());
            given
        })
        .collect();
    CoCreation::from_values(&values).unwrap()
}
