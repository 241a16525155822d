//! Value co-creation on a market that saturates: reference values by formula and by engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Draws, ROUTES, build, fixture, number, numbers};
use coopad::dynamic::models::{CoCreator, NonlinearCoCreation, nonlinear_cocreation::Parameters};
use coopad::dynamic::{Collocation, DynamicError, Feedback, Route};
use coopad::models::Model;
use coopad::prelude::*;

const STRUCTURES: [&str; 4] = ["nash", "leader", "support", "full"];

fn solve<'g>(
    game: &'g NonlinearCoCreation,
    structure: &str,
    route: Route,
) -> Feedback<'g, NonlinearCoCreation> {
    let structure = NonlinearCoCreation::structure(structure).unwrap();
    Collocation { route, tolerance: 1e-10, ..Collocation::default() }
        .solve(game, &structure)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn largest(pairs: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    pairs.into_iter().fold(0.0, |most, (found, wanted)| most.max((found - wanted).abs()))
}

#[test]
fn values_policies_and_rest_points_by_reference() {
    let file = fixture("cocreation");
    let reference = &file["nonlinear"];
    let sets = reference["parameter_sets"].as_array().unwrap();
    let mut rows = 0;
    for structure in STRUCTURES {
        for row in reference["structures"][structure].as_array().unwrap() {
            rows += 1;
            let game: NonlinearCoCreation = build(&sets[row["set"].as_u64().unwrap() as usize], &[]);
            let found = solve(&game, structure, Route::Auto);
            let what = format!("{structure} {}", row["set"]);
            // The reference is as good as its own two finer grids agree, either of which may be the better one.
            let own = 2.0 * number(&row["grid_convergence"]["max_abs_fine_vs_other"]).max(1e-9);
            for values in row["values"].as_array().unwrap() {
                let state = numbers(&values["state"]);
                let wanted = ["P", "E", "C"].map(|player| number(&values[player]));
                let gap = largest(found.values().iter().map(|value| value.at(&state)).zip(wanted));
                assert!(gap <= own, "{what} at {state:?}: {gap:e}");
            }
            let rest = &found.steady_states().unwrap()[0];
            assert!(rest.is_stable());
            let gap = largest(rest.state.iter().copied().zip(numbers(&row["steady_state"])));
            assert!(gap <= own, "{what}: rest point {gap:e}");
            let today = found.policy(&[1.0, 0.3]).unwrap();
            let controls = ["c", "s", "a", "z", "u", "y"].map(|key| &row["controls_at_1_0p3"][key]);
            let rates = ["z", "u", "y"].map(|key| &row["rates_at_1_0p3"][key]);
            let wanted = rates.into_iter().chain(controls).map(|value| value.as_f64().unwrap());
            // Policies follow slopes, which are less exact than values.
            let gap = largest(today.profile().iter().copied().zip(wanted));
            assert!(gap <= 100.0 * own, "{what}: policies {gap:e}");
        }
    }
    assert_eq!(rows, 16);
}

#[test]
fn the_engine_finds_the_same() {
    let game = build(&fixture("cocreation")["nonlinear"]["parameter_sets"][0], &[]);
    for structure in STRUCTURES {
        let found = ROUTES.map(|route| solve(&game, structure, route));
        for state in [[0.2, 0.1], [1.0, 0.3], [4.0, 0.9]] {
            let [formula, engine] = found.each_ref().map(|found| found.values().iter().map(|v| v.at(&state)));
            let gap = largest(formula.zip(engine));
            assert!(gap < 1e-8, "{structure} at {state:?}: {gap:e}");
        }
    }
}

/// Without the brand's pull on the base, values are linear in the brand: `wθ/(ρ + δ)` a unit.
#[test]
fn no_attraction_no_curvature_in_the_brand() {
    let example = NonlinearCoCreation::example();
    let game = NonlinearCoCreation::new(Parameters { attraction: 0.0, ..*example.numbers() }).unwrap();
    for structure in STRUCTURES {
        let found = solve(&game, structure, Route::Auto);
        for state in [[0.5, 0.1], [3.0, 0.8]] {
            let wanted = [0.5, 0.7, 0.3].map(|margin| margin * 0.5 / 0.4);
            let gap = largest(found.values().iter().map(|value| value.slopes(&state)[0]).zip(wanted));
            assert!(gap < 1e-8, "{structure}: {gap:e}");
        }
    }
}

/// Moving first without rates can hurt the platform: what is decided again at every moment is no commitment.
#[test]
fn leadership_without_rates_can_hurt_the_platform() {
    let file = fixture("cocreation");
    let row = &file["counterexamples"]["leadership_without_rates_hurts_platform"];
    let game = build(&row["params"], &[]);
    let [nash, leader] = ["nash", "leader"].map(|structure| solve(&game, structure, Route::Auto));
    let states = row["states"].as_array().unwrap().iter().map(numbers);
    for (state, wanted) in states.zip(row["leader_minus_nash"].as_array().unwrap()) {
        let gains =
            leader.values().iter().zip(nash.values()).map(|(led, nash)| led.at(&state) - nash.at(&state));
        let gains: Vec<f64> = gains.collect();
        assert!(gains[0] < 0.0 && gains[1] > 0.0 && gains[2] > 0.0);
        assert!(largest(gains.into_iter().zip(numbers(wanted))) < 2e-8);
    }
}

/// What holds on the draws of the model's notes where no rate switches within the region (N1 to N3, N5).
#[test]
fn support_is_good_for_all_three_on_regular_draws() {
    let mut draws = Draws(7);
    let (mut regular, mut irregular) = (0, 0);
    while regular < 12 {
        let game = drawn(&mut draws);
        let solved = STRUCTURES.map(|structure| {
            let structure = NonlinearCoCreation::structure(structure).unwrap();
            Collocation { tolerance: 1e-7, ..Collocation::default() }.solve(&game, &structure)
        });
        let [Ok(nash), Ok(leader), Ok(support), Ok(full)] = solved else {
            irregular += 1;
            assert!(irregular < 24, "hardly a draw is regular");
            continue;
        };
        regular += 1;
        for state in [[0.2, 0.1], [1.0, 0.3], [2.5, 0.6], [4.0, 0.9]] {
            let values = |found: &Feedback<'_, _>| -> [f64; 3] {
                [0, 1, 2].map(|player| found.values()[player].at(&state))
            };
            let [nash, leader, support, full] = [&nash, &leader, &support, &full].map(values);
            for player in 0..3 {
                assert!(support[player] > leader[player].max(nash[player]) - 1e-5, "{game:?}");
            }
            let totals = [nash, leader, support, full].map(|values| values.iter().sum::<f64>());
            assert!(totals.is_sorted_by(|less, more| *less < more + 1e-5), "{game:?}: {totals:?}");
        }
        let rests = [&nash, &support, &full].map(|found| found.steady_states().unwrap().swap_remove(0).state);
        for state in 0..2 {
            assert!(rests.is_sorted_by(|less, more| less[state] <= more[state] + 1e-6), "{game:?}");
        }
        let intelligence = [&nash, &leader]
            .map(|found| found.policy(&[1.0, 0.3]).unwrap()[NonlinearCoCreation::INTELLIGENCE]);
        assert!(intelligence[1] >= intelligence[0]);
    }
}

fn drawn(draws: &mut Draws) -> NonlinearCoCreation {
    let mut between = |lower: f64, upper: f64| draws.between(lower, upper);
    let parameters = Parameters {
        discount_rate: between(0.06, 0.15),
        brand_decay: between(0.2, 0.5),
        base_decay: between(0.15, 0.4),
        binding: between(0.6, 1.0),
        misuse: between(0.0, 0.3),
        misuse_harm: between(0.5, 2.0),
        word_of_mouth: between(0.0, 0.2),
        attraction: between(0.0, 0.08),
        imitation: between(0.0, 0.15),
        amplification: between(0.05, 0.4),
        brand_effects: [between(0.2, 0.7), between(0.2, 0.6), between(0.2, 0.6)],
        base_effects: [between(0.2, 0.7), between(0.05, 0.4), between(0.05, 0.4)],
        capability_costs: [between(0.7, 2.0), between(1.5, 3.0), between(0.7, 2.0)],
        interaction_cost: between(0.7, 2.0),
        coordination_cost: between(0.0, 2.0),
        advertising_cost: between(0.7, 2.0),
        engagement_cost: between(0.7, 2.0),
        engagement_pleasure: between(0.0, 0.2),
        base_sales: between(0.1, 1.0),
        brand_sales: between(0.3, 0.7),
        participant_sales: between(0.2, 0.8),
        matching: between(0.1, 0.5),
        margins: [between(0.4, 0.9), between(0.2, 0.8), between(0.2, 0.6)],
        participant_incomes: [between(0.0, 0.3), between(0.0, 0.3), between(0.0, 0.3)],
        greatest_brand: 8.0,
        initial_brand: 1.0,
        initial_base: 0.3,
    };
    NonlinearCoCreation::new(parameters).unwrap()
}

#[test]
fn hostile_numbers_and_intelligence_that_pays_for_itself() {
    let example = *NonlinearCoCreation::example().numbers();
    assert!(NonlinearCoCreation::new(Parameters { binding: 0.0, ..example }).is_err());
    assert!(NonlinearCoCreation::new(Parameters { misuse: 1.5, ..example }).is_err());
    assert!(NonlinearCoCreation::new(Parameters { margins: [0.5, f64::NAN, 0.3], ..example }).is_err());
    // Intelligence that pays for ever more of itself: nothing is best.
    let game = NonlinearCoCreation::new(Parameters { amplification: 4.0, ..example }).unwrap();
    for structure in ["support", "full"] {
        let structure = NonlinearCoCreation::structure(structure).unwrap();
        let refused = game.feedback(&structure).map(|_| ()).unwrap_err();
        assert!(matches!(refused, DynamicError::NoValue { .. } | DynamicError::Stage { .. }), "{refused}");
    }
    // Nothing is sold where the base is empty and the community hardly cares: support switches on within the region.
    let game = NonlinearCoCreation::new(Parameters { coordination_cost: 40.0, ..example }).unwrap();
    let support = Structure::leader(CoCreator::Platform);
    match game.feedback(&support) {
        Ok(found) => println!("{:?}", found.report()),
        Err(error) => println!("{error}"),
    }
}
