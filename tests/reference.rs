//! Reference values computed by others (`fixtures/README.md`), against closed form and engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use std::path::Path;

use common::{DIGITS, build, close, close_row, fixture, number, numbers};
use coopad::models::{DualBrand, HuangLi, Model, PlatformAlliance, dual_brand};
use coopad::prelude::*;
use coopad::solve::{cara_split, power_split};
use coopad::{Method, Solution};
use serde_json::Value;

/// `expected` as named in the row: a decision's symbol, `a` for both of `a1` and `a2`.
fn decisions<P: Player>(solution: &Solution<P>, key: &str, expected: &Value) -> Vec<(f64, f64)> {
    let value = |symbol: &str| {
        let at = solution.decisions().iter().position(|d| d.symbol == symbol);
        solution.profile()[at.unwrap_or_else(|| panic!("no decision {symbol}"))]
    };
    match expected {
        Value::Array(_) => numbers(expected)
            .into_iter()
            .enumerate()
            .map(|(i, e)| (value(&format!("{key}{}", i + 1)), e))
            .collect(),
        _ => vec![(value(key), number(expected))],
    }
}

/// The payoff of a player, of both makers of two brands, or of everybody.
fn payoff<P: Player>(solution: &Solution<P>, key: &str) -> f64 {
    let name = match key {
        "total" | "pi_total" => "",
        "pi_m" => "manufacturer",
        "pi_r" => "retailer",
        name => name,
    };
    let players = solution.players().iter().zip(solution.payoffs());
    let found: Vec<f64> = players.filter(|(p, _)| p.name().starts_with(name)).map(|(_, v)| *v).collect();
    assert!(!found.is_empty(), "no player {key}");
    found.iter().sum()
}

fn check<M: Model + StaticGame>(structure: &str, row: &Value) {
    let game: M = build(&row["params"], &[]);
    let structure = M::structure(structure).unwrap();
    let formula = game.solve_in_closed_form(&structure).unwrap();
    let engine = game.solve_numerically(&structure).unwrap();
    for (solution, method) in [(formula, Method::ClosedForm), (engine, Method::Engine)] {
        assert_eq!(solution.report().method, method);
        let what = format!("{} {} {} {row}", M::NAME, structure.name(), method.name());
        let expected = row["decisions"].as_object().unwrap();
        let pairs: Vec<_> = expected.iter().flat_map(|(k, v)| decisions(&solution, k, v)).collect();
        close_row(&pairs, DIGITS, &what);
        let expected = row["payoffs"].as_object().unwrap();
        let pairs: Vec<_> = expected.iter().map(|(k, v)| (payoff(&solution, k), number(v))).collect();
        close_row(&pairs, DIGITS, &what);
    }
}

/// Every row of every game of the named parts; `name` turns a game into our structure.
fn check_parts<M: Model + StaticGame>(parts: [&str; 2], name: fn(&str) -> &str) -> usize {
    let file = fixture("foundations");
    let mut checked = 0;
    for part in parts {
        for (game, list) in file[part].as_object().unwrap() {
            for row in list.as_array().unwrap() {
                check::<M>(name(game), row);
                checked += 1;
            }
        }
    }
    checked
}

#[test]
fn platform_alliance() {
    let checked =
        check_parts::<PlatformAlliance>(["A_platform_joint_sales", "A_platform_response_matrix"], |game| {
            match game {
                "bilateral_support" => "bilateral",
                "integrated_profit_sharing" => "integrated",
                same => same,
            }
        });
    assert_eq!(checked, 55);
}

#[test]
fn dual_brand() {
    let checked = check_parts::<DualBrand>(
        ["B_dual_brand_common_margins", "B_dual_brand_heterogeneous_margins"],
        |game| if game == "stackelberg" { "brand_rates" } else { game },
    );
    assert_eq!(checked, 44);
}

/// Rates and splits of the gain from cooperation over the manufacturer-led game. The file's gains are differences
/// of payoffs of twelve digits: nine are left.
#[test]
fn bargaining() {
    let file = fixture("static");
    let rows = file["bargaining"].as_array().unwrap();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let close = |found: f64, expected: &Value, what: &str| close(found, number(expected), 1e-8, what);
        let game: HuangLi = build(&row["params"], &[]);
        let before = game.solve(&HuangLi::structure("manufacturer_leads").unwrap()).unwrap();
        let rates = game.pareto_rates([before.payoffs()[0], before.payoffs()[1]]).unwrap();
        let gain = rates.surplus.gain;
        close(gain, &row["surplus"], "surplus");
        close(rates.lowest, &row["t_min"], "t_min");
        close(rates.highest, &row["t_max"], "t_max");
        close(rates.rate(gain / 2.0), &row["t_equal_split"], "t_equal_split");

        let of = |block: &str, key: &str| number(&row[block][key]);
        let cara = cara_split(gain, [of("cara", "b_m"), of("cara", "b_r")]).unwrap();
        close(cara, &row["cara"]["gain_m"], "cara gain");
        close(rates.rate(cara), &row["cara"]["t"], "cara t");
        let exponents = [of("power", "lambda_m"), of("power", "lambda_r")];
        let power = power_split(gain, exponents, [of("power", "mu_m"), of("power", "mu_r")]).unwrap();
        close(power, &row["power"]["gain_m"], "power gain");
        close(rates.rate(power), &row["power"]["t"], "power t");
    }
}

/// Rates of the two rival makers on real estimates, for three shares of cost in the wholesale price, with and
/// without cross effects.
#[test]
fn orange_juice() {
    let file = &fixture("orange_juice")["h_dual_brand"];
    // Columns: constant, feature of Tropicana, feature of Minute Maid, price of each.
    let [tropicana, minute_maid] = ["h1_tropicana", "h1_minute_maid"].map(|brand| numbers(&file[brand]["b"]));
    let margins = &file["h3_margins_per_carton"];
    let [retail, wholesale, price] =
        ["retail_margin", "wholesale", "price"].map(|key| numbers(&margins[key]));
    let base = |b: &[f64]| b[0] + b[3] * price[0] + b[4] * price[1];

    for (share, cost) in [("0.5", 0.5), ("0.6", 0.6), ("0.7", 0.7)] {
        let expected = &file[format!("h4_phi_cost_{share}")];
        for (cross, suffix) in [(1.0, ""), (0.0, "_ignoring_cross")] {
            let game = DualBrand::new(dual_brand::Parameters {
                base_sales: [base(&tropicana), base(&minute_maid)],
                stimulating_effect: [tropicana[1], minute_maid[2]],
                // What one brand's feature takes from the other.
                competition_effect: [-minute_maid[1] * cross, -tropicana[2] * cross],
                manufacturer_margin: [(1.0 - cost) * wholesale[0], (1.0 - cost) * wholesale[1]],
                retailer_margin: [retail[0], retail[1]],
                // The rates do not depend on it.
                effort_cost: [7.0, 7.0],
                national_effect: [0.0, 0.0],
            })
            .unwrap();
            let structure = DualBrand::structure("rival_owners").unwrap();
            let formula = game.solve_in_closed_form(&structure).unwrap();
            let engine = game.solve_numerically(&structure).unwrap();
            for (brand, name) in [(0, "trop"), (1, "mm")] {
                let rate = number(&expected[format!("phi_{name}{suffix}")]);
                for solution in [&formula, &engine] {
                    let found = solution[DualBrand::RATE[brand]];
                    assert!((found - rate).abs() <= 1e-9, "{name} at {share}: {found} instead of {rate}");
                }
            }
        }
    }
}

/// Every part of the fixture stands in the original; of a list that was filtered, every row.
fn stands_in(fixture: &Value, original: &Value) -> bool {
    match (fixture, original) {
        (Value::Object(fixture), Value::Object(original)) => {
            fixture.iter().all(|(key, part)| original.get(key).is_some_and(|there| stands_in(part, there)))
        }
        (Value::Array(some), Value::Array(all)) => some == all || some.iter().all(|row| all.contains(row)),
        (part, there) => part == there,
    }
}

/// Where the folder that the fixtures were copied from lies beside the project, they must still equal it.
#[test]
fn fixtures_equal_their_source() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    if !source.is_dir() {
        println!("skipped: the reference folder is not there");
        return;
    }
    // A path from the root stands for itself.
    let original = |name: &str| fixture(source.canonicalize().unwrap().join(name).to_str().unwrap());
    for (copy, name) in [
        ("foundations", "foundations"),
        ("static", "static"),
        ("dynamic", "dynamic"),
        ("orange_juice", "calibration"),
    ] {
        assert!(stands_in(&fixture(copy), &original(name)), "{copy} differs from {name}");
    }
    let (ours, all) = (fixture("static"), original("static"));
    for list in ["entries", "bargaining"] {
        let count = |file: &Value| file[list].as_array().unwrap().len();
        assert_eq!(count(&ours), count(&all), "rows were added to static.json");
    }
}
