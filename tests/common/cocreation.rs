//! `CoCreation` from the parameter sets of its reference file.

use coopad::dynamic::models::{CoCreation, CoCreator};
use coopad::models::Model;
use serde_json::Value;

use super::fixture::{fixture, numbers};

/// The games of the reference.
pub(crate) fn cocreation_games() -> Vec<CoCreation> {
    let file = fixture("cocreation");
    file["linear"]["parameter_sets"].as_array().unwrap().iter().map(cocreation).collect()
}

/// A player's letter in the reference.
pub(crate) fn letter(player: CoCreator) -> String {
    match player {
        CoCreator::Platform => "P".to_owned(),
        CoCreator::Enterprise(i) => format!("E{i}"),
        CoCreator::Community => "C".to_owned(),
        CoCreator::Stakeholder => "S".to_owned(),
    }
}

/// The model at parameters named by symbol, as the file has them.
pub(crate) fn cocreation(params: &Value) -> CoCreation {
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
            "S" => vec![f64::from(u8::from(stakeholder))],
            // Given without a stakeholder too, whom they would concern.
            "xi_S" | "c_g" | "alpha_g" if !stakeholder => Vec::new(),
            symbol => params.get(symbol).map_or(Vec::new(), numbers),
        }
    };
    let values: Vec<Vec<f64>> = CoCreation::parameters().iter().map(given).collect();
    CoCreation::from_values(&values).unwrap()
}
