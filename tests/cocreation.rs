//! The linear-state form of `CoCreation`: reference rows, and the engine against the closed form.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{DIGITS, close_all, cocreation, fixture, letter, number, numbers};
use coopad::StructureError;
use coopad::dynamic::models::CoCreation;
use coopad::dynamic::models::cocreation::{Parameters, Regime};
use coopad::dynamic::{Collocation, Route, Stage};
use coopad::models::Model;
use coopad::prelude::*;
use serde_json::Value;

/// An effort's letter in the file, which counts brands from 0.
fn effort_letter(symbol: &str) -> String {
    let digits = symbol.trim_start_matches(char::is_alphabetic);
    digits.parse::<usize>().map_or_else(|_| symbol.to_owned(), |i| format!("{}{}", &symbol[..1], i - 1))
}

#[test]
fn reference_rows_of_every_regime() {
    let file = fixture("cocreation");
    let sets = file["linear"]["parameter_sets"].as_array().unwrap();
    let mut rows = 0;
    for (name, all) in file["linear"]["structures"].as_object().unwrap() {
        for row in all.as_array().unwrap() {
            let model = cocreation(&sets[row["set"].as_u64().unwrap() as usize]);
            let what = format!("{name}, set {}", row["set"]);
            let found = model.solve(&model.regime(name).unwrap()).unwrap();
            let x0 = numbers(&row["x0"]);
            let players = model.players();
            let expected =
                |of: &Value| -> Vec<f64> { players.iter().map(|p| number(&of[&letter(*p)])).collect() };
            close_all(&model.game().values(&found, &x0), &expected(&row["payoffs"]), DIGITS, &what);
            for (h, effort) in model.efforts().iter().enumerate() {
                let letter_of = effort_letter(&effort.symbol());
                close_all(&found.efforts()[h..=h], &[number(&row["efforts"][&letter_of])], DIGITS, &what);
                for (k, player) in players.iter().enumerate() {
                    // A link that nobody uses stands in the file as 0, no link not at all.
                    let rate = row["support_rates"][&letter_of][&letter(*player)].as_f64().unwrap_or(0.0);
                    close_all(&[found.rate(h, k)], &[rate], DIGITS, &what);
                }
            }
            close_all(
                &model.game().steady_state(found.efforts()).unwrap(),
                &numbers(&row["steady_state"]),
                DIGITS,
                &what,
            );
            let later = model.game().state_at(found.efforts(), &vec![1.0; x0.len()], 5.0);
            close_all(&later, &numbers(&row["state_at_t5_from_ones"]), DIGITS, &what);
            rows += 1;
        }
    }
    assert_eq!(rows, 70);
}

/// Shadow prices by elimination of the arrow, as derived on paper, and what moves them.
#[test]
fn shadow_prices_have_the_arrows_closed_form() {
    for set in fixture("cocreation")["linear"]["parameter_sets"].as_array().unwrap() {
        let model = cocreation(set);
        let p = model.numbers();
        let (nu, rho) = (model.net_voice(), p.discount_rate);
        let r = &model.game().numbers().state_income;
        let b = model.game().shadow_prices();
        let n = p.brands.len();
        let d: Vec<f64> = p.brands.iter().map(|b| rho + b.decay + b.misuse_decay * p.misuse).collect();
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 { (0..n).map(of).sum() };
        let den =
            rho + p.base_decay - nu * sum(&|i| p.brands[i].word_of_mouth * p.brands[i].attraction / d[i]);
        for k in 0..model.players().len() {
            let spoken = nu * sum(&|i| p.brands[i].word_of_mouth * r[(k, i)] / d[i]);
            let base = (r[(k, n)] + spoken) / den;
            assert!((b[(k, n)] - base).abs() <= 1e-12 * (1.0 + base.abs()));
            for i in 0..n {
                let brand = (r[(k, i)] + p.brands[i].attraction * base) / d[i];
                assert!((b[(k, i)] - brand).abs() <= 1e-12 * (1.0 + brand.abs()));
            }
        }
    }
}

/// Every regime as a structure, at one state with the values' own slopes: by formula and by the engine.
fn by_engine(model: &CoCreation, regime: &Regime, tolerance: f64) {
    let structure = model.structure_of(regime).unwrap();
    let back = model.regime_of(&structure).unwrap();
    assert_eq!((&back, back.name()), (regime, regime.name()));
    let found = model.solve(regime).unwrap();
    let state: Vec<f64> = model.states().iter().map(|s| s.initial).collect();
    let costates = model.game().shadow_prices().entries().to_vec();
    let stage = Stage::new(model, &state, &costates).unwrap();
    let formula = stage.solve_in_closed_form(&structure).unwrap();
    let engine = stage.solve_numerically(&structure).unwrap_or_else(|e| panic!("{}: {e}", regime.name()));
    let rho = model.numbers().discount_rate;
    let values: Vec<f64> = model.game().values(&found, &state).iter().map(|v| rho * v).collect();
    let scale = values.iter().fold(1.0_f64, |s, v| s.max(v.abs()));
    let mut joint = 0;
    for coalition in regime.coalitions() {
        // Inside a coalition the engine leaves open who books what; rates are booked on the first member.
        let sum = |payoffs: &[f64]| -> f64 { coalition.iter().map(|k| payoffs[*k]).sum() };
        for payoffs in [formula.payoffs(), engine.payoffs()] {
            assert!((sum(payoffs) - sum(&values)).abs() <= tolerance * scale, "{}", regime.name());
        }
        joint += coalition.len();
    }
    assert_eq!(joint, values.len());
    for (decision, (f, e)) in stage.decisions().iter().zip(formula.profile().iter().zip(engine.profile())) {
        let name = &decision.name;
        assert!((f - e).abs() <= tolerance * (1.0 + f.abs()), "{} {name}: {f} and {e}", regime.name());
    }
}

/// Two enterprises: up to 33 rates announced at once.
#[test]
fn the_engine_finds_the_same_with_two_enterprises() {
    let file = fixture("cocreation");
    let sets = file["linear"]["parameter_sets"].as_array().unwrap();
    for set in [2, 6] {
        let model = cocreation(&sets[set]);
        model.regimes().iter().for_each(|regime| by_engine(&model, regime, 1e-7));
    }
}

/// Value functions by formula, checked, and by collocation and the engine, which know nothing of it, against `a + b'x`.
#[test]
fn collocation_finds_the_values() {
    let file = fixture("cocreation");
    let model = cocreation(&file["linear"]["parameter_sets"][0]);
    for name in [
        "no_support",
        "enterprises_support_platform",
        "mesh",
        "coalition_platform_enterprises",
        "cooperative",
    ] {
        let regime = model.regime(name).unwrap();
        let (solution, structure) = (model.solve(&regime).unwrap(), model.structure_of(&regime).unwrap());
        for route in [Route::Auto, Route::Engine] {
            let found = Collocation { route, ..Collocation::default() }.solve(&model, &structure).unwrap();
            for state in [[1.0, 1.0], [5.0, 20.0]] {
                let values = model.game().values(&solution, &state);
                let (mut sums, scale) = ([0.0; 2], values.iter().fold(1.0_f64, |s, v| s.max(v.abs())));
                for (player, value) in model.players().into_iter().zip(&values) {
                    sums = [sums[0] + found.value(player, &state), sums[1] + value];
                    // Who books what inside a coalition is the same: each effort's cost is its owner's.
                    assert!((found.value(player, &state) - value).abs() <= 1e-8 * scale, "{name} {route:?}");
                }
                assert!((sums[0] - sums[1]).abs() <= 1e-8 * scale, "{name} {route:?}");
            }
            let rest = &found.steady_states().unwrap()[0];
            close_all(&rest.state, &model.game().steady_state(solution.efforts()).unwrap(), DIGITS, name);
        }
    }
}

/// Noise changes no value; the variance of the discounted payoff is that of its paths.
#[test]
fn noise_moves_the_payoff_as_the_formula_says() {
    let mut p = CoCreation::services().numbers().clone();
    p.stakeholder = None;
    p.brands.truncate(1);
    p.rivalry = vec![vec![0.0]];
    let model = CoCreation::new(p).unwrap();
    let (rho, b) = (model.numbers().discount_rate, model.game().shadow_prices());
    // dPV = e^{-ρt} b'σ dW, so that Var = ∫ e^{-2ρt} Σ(σb)² dt, by the midpoint rule.
    let sigma = model.numbers().volatility();
    for (k, variance) in model.variances().into_iter().enumerate() {
        let rate: f64 = sigma.iter().enumerate().map(|(s, sigma)| (sigma * b[(k, s)]).powi(2)).sum();
        let step = 0.01;
        let each = (0..20_000).map(|at| (-2.0 * rho * (f64::from(at) + 0.5) * step).exp() * rate * step);
        let integral: f64 = each.sum();
        assert!((integral - variance).abs() <= 1e-6 * (1.0 + variance), "{integral} {variance}");
    }
}

/// Spoils parameters.
type Change<'a> = &'a dyn Fn(&mut Parameters);

#[test]
fn what_cannot_be_solved_is_refused() {
    let good = CoCreation::services().numbers().clone();
    let refused = |change: &dyn Fn(&mut Parameters)| {
        let mut p = good.clone();
        change(&mut p);
        CoCreation::new(p).unwrap_err().to_string()
    };
    let cases: [(Change<'_>, &str); 9] = [
        (&|p| p.discount_rate = 0.0, "discount_rate"),
        (&|p| p.brands[1].study_cost = -1.0, "study_cost[1]"),
        (&|p| p.capability_cost[2] = f64::NAN, "capability_cost[2]"),
        (&|p| p.binding = 0.0, "binding"),
        (&|p| p.misuse = 1.5, "misuse"),
        (&|p| p.brands[0].commission = 1.0, "commission[0]"),
        (&|p| p.brands[0].word_of_mouth = 10.0, "flywheel_gain"),
        (&|p| p.rivalry = vec![vec![0.0]], "rivalry"),
        (&|p| p.brands.clear(), "enterprises"),
    ];
    for (change, parameter) in cases {
        let message = refused(change);
        assert!(message.contains(parameter), "{message}");
    }
    let model = CoCreation::services();
    let game = model.game();
    let structure_errors = [
        game.regime("twice", &[vec![0, 1], vec![1, 2]], &[]).unwrap_err(),
        game.regime("unknown", &[vec![0, 9]], &[]).unwrap_err(),
        game.regime("no effort", &[], &[(0, 99)]).unwrap_err(),
        game.regime("own effort", &[], &[(0, 0)]).unwrap_err(),
        game.regime("its coalition's effort", &[vec![0, 1]], &[(0, 3)]).unwrap_err(),
        game.solve(
            &cocreation(&fixture("cocreation")["linear"]["parameter_sets"][0]).regime("mesh").unwrap(),
        )
        .unwrap_err(),
    ];
    let kinds = structure_errors.map(|error| match error {
        StructureError::TwoCoalitions { .. } => 0,
        StructureError::NoSuchPlayer { .. } => 1,
        StructureError::NoSuchDecision { .. } => 2,
        StructureError::SupportsItself { .. } => 3,
        StructureError::ProfileLength { .. } => 4,
        other => panic!("{other}"),
    });
    assert_eq!(kinds, [0, 1, 2, 3, 3, 4]);
    // As far as scenario files: too many enterprises, and lists of different lengths.
    let mut values = model.values();
    values[0] = vec![1e6];
    assert!(CoCreation::from_values(&values).is_err());
    assert_eq!(CoCreation::from_values(&model.values()).unwrap(), model);
}

#[test]
fn what_should_be_known_is_said() {
    let quantities = |model: &CoCreation| -> Vec<String> {
        let alone = model.game().solve(&model.game().alone()).unwrap();
        model.caveats(&alone).iter().map(|caveat| caveat.quantity.to_string()).collect()
    };
    let with = |change: &dyn Fn(&mut Parameters)| {
        let mut p = CoCreation::ecommerce().numbers().clone();
        p.rivalry = vec![vec![0.0; 2]; 2];
        change(&mut p);
        CoCreation::new(p).unwrap()
    };
    assert_eq!(quantities(&with(&|_| ())), [""; 0]);
    // Rivalry so strong that advertising empties the other brand.
    let war = with(&|p| {
        p.rivalry = vec![vec![0.0, 30.0], vec![30.0, 0.0]];
        // Or else nobody would advertise: the other's brand brings participants to both.
        p.brands.iter_mut().for_each(|b| b.attraction = 0.0);
    });
    assert_eq!(quantities(&war), ["the lowest state at rest", "the least worth of an effort"]);
    let loss = with(&|p| p.brands[0].unit_cost = 2.0);
    assert!(quantities(&loss).iter().any(|quantity| quantity == "the lowest enterprise margin"));
    // A flywheel that grows, but more slowly than the future is discounted.
    let growing = with(&|p| {
        p.misuse = 0.0;
        p.brands.iter_mut().for_each(|b| (b.word_of_mouth, b.attraction) = (0.3, 0.15));
    });
    assert!(growing.flywheel_gain(0.0) > 1.0 && growing.flywheel_gain(0.1) < 1.0);
    assert_eq!(quantities(&growing)[0], "the decay of brands and base together");
}

#[test]
fn the_engine_finds_the_same_at_a_state() {
    let file = fixture("cocreation");
    let sets = file["linear"]["parameter_sets"].as_array().unwrap();
    for set in [0, 1, 5] {
        let model = cocreation(&sets[set]);
        model.regimes().iter().for_each(|regime| by_engine(&model, regime, 1e-7));
    }
}
