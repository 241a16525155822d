//! Games with two goodwills: reference values by matrices and by both routes of collocation, random games, the shelf's
//! time-consistent leadership, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{DIGITS, Draws, ROUTES, build, close, decided, feedback, number, numbers, rows};
use coopad::ParameterError;
use coopad::dynamic::linear_quadratic::LinearQuadratic;
use coopad::dynamic::models::{
    ChintaguntaJain, NationalPrivateLabel, ShelfSpace, chintagunta_jain, national_private_label, shelf_space,
};
use coopad::dynamic::{Collocation, DifferentialGame, OpenLoop, Route, SolveOverTime, State};
use coopad::models::{Brands, Model};
use coopad::prelude::*;
use serde_json::Value;

/// Values, rest point and decisions against a reference of the players whose `z'Vz` it has, `z = (G₁, G₂, 1)`.
fn against_reference<G: DifferentialGame>(
    game: &G,
    matrices: &LinearQuadratic,
    efforts: [usize; 2],
    wanted: &Value,
) {
    let nash = matrices.feedback_nash().unwrap();
    let matrix = |i: usize, row: usize, column: usize| number(&wanted["V_matrix_z"][i][row][column]);
    for i in 0..2 {
        let value = &nash.values()[i];
        for row in 0..2 {
            close(value.slope()[row], 2.0 * matrix(i, row, 2), DIGITS, "slope");
            for column in 0..2 {
                let entry = value.curvature()[(row, column)];
                close(entry, 2.0 * matrix(i, row, column), DIGITS, "curvature");
            }
        }
        close(value.constant(), matrix(i, 2, 2), DIGITS, "constant");
    }
    let start = numbers(&wanted["G0"]);
    for route in ROUTES {
        let found = feedback(game, &Structure::simultaneous(), route);
        for (value, payoff) in found.values().iter().zip(numbers(&wanted["payoffs_at_G0"])) {
            close(value.at(&start), payoff, DIGITS, &format!("{route:?}: payoff"));
        }
        let rest = numbers(&wanted["G_ss"]);
        for drift in found.drift(&rest).unwrap() {
            assert!(drift.abs() < 1e-9, "{route:?}: {drift} at rest");
        }
        for (state, controls) in wanted["controls_at"].as_object().unwrap() {
            let state: Vec<f64> = serde_json::from_str(state).unwrap();
            let x = decided(&found, route, &state);
            for (effort, wanted) in efforts.into_iter().zip(numbers(controls)) {
                close(x[effort], wanted, DIGITS, &format!("{route:?}: effort at {state:?}"));
            }
        }
    }
}

#[test]
fn chintagunta_jain_reference() {
    for row in rows("chintagunta_jain_1992", 2) {
        let game: ChintaguntaJain = build(&row["nash"]["params"], &[]);
        let matrices = game.linear_quadratic().unwrap();
        against_reference(&game, &matrices, [0, 1], &row["nash"]);
        let (wanted, start) = (&row["coordinated"], [1.0, 1.0]);
        let total = number(&wanted["total_payoff_at_1_1"]);
        let joint = matrices.cooperative().unwrap().feedback_nash().unwrap();
        close(joint.values()[0].at(&start).unwrap(), total, DIGITS, "joint value by matrices");
        for route in ROUTES {
            let found = feedback(&game, &Structure::cooperative(), route);
            close(found.total(), total, DIGITS, &format!("{route:?}: joint value"));
            let x = found.policy(&start).unwrap();
            for (firm, policy) in wanted["policy_K_z"].as_array().unwrap().iter().enumerate() {
                close(x[firm], numbers(policy).iter().sum(), DIGITS, &format!("{route:?}: joint effort"));
            }
        }
        assert!(total > numbers(&row["nash"]["payoffs_at_G0"]).iter().sum());
    }
}

#[test]
fn national_private_label_reference() {
    type Game = NationalPrivateLabel;
    for row in rows("national_private_label", 2) {
        let game: Game = build(&row["params"], &[]);
        let matrices = game.linear_quadratic().unwrap();
        against_reference(&game, &matrices, [Game::NATIONAL, Game::PRIVATE], &row);
        for route in ROUTES {
            let found = feedback(&game, &Structure::simultaneous(), route);
            let x = found.policy(&[1.0, 1.0]).unwrap();
            let prices = [Game::WHOLESALE_PRICE, Game::RETAIL_MARGIN, Game::LABEL_PRICE];
            for (price, name) in prices.into_iter().zip(["w", "n", "pS"]) {
                close(x[price], number(&row["static_at_1_1"][name]), DIGITS, name);
            }
        }
    }
}

#[test]
fn shelf_space_reference() {
    for row in rows("shelf_space_mht_2005", 2) {
        let game: ShelfSpace = build(&row["params"], &[]);
        let matrices = game.linear_quadratic().unwrap();
        against_reference(&game, &matrices, [ShelfSpace::FIRST, ShelfSpace::SECOND], &row);
        let rest = matrices.feedback_nash().unwrap().rest_point().unwrap();
        let found = feedback(&game, &ShelfSpace::manufacturers_lead(), Route::Engine);
        close(
            found.policy(&rest).unwrap()[ShelfSpace::SHELF],
            number(&row["S1_at_ss"]),
            DIGITS,
            "shelf at rest",
        );
    }
}

/// Half of the shelf's demand at unequal margins, by payoffs alone: no other share of it earns the retailer more.
#[test]
fn the_retailers_shelf_is_its_best() {
    let game: ShelfSpace = build(&rows("shelf_space_mht_2005", 2)[1]["params"], &[]);
    let earned = |share: f64| {
        let mut flows = [0.0; 3];
        game.flow(&[0.4, 0.5], &[0.0, 0.0, share], &mut flows);
        flows[2]
    };
    let mut x = [0.0; 3];
    assert!(game.closed_form_at(&Structure::simultaneous(), &[0.4, 0.5], &[0.0; 6], &mut x));
    let ours = earned(x[ShelfSpace::SHELF]);
    for k in 0..=1000 {
        assert!(earned(f64::from(k) / 1000.0) <= ours);
    }
    // What the reference has there.
    let theirs = (0.8 * 0.4 - 0.7 * 0.5 + 3.0) / (1.8 * 3.0);
    assert!(earned(theirs) < ours - 1e-3);
}

/// By matrices against the engine at every state of the range, where nobody stands at a corner.
fn agree<G: DifferentialGame>(game: &G, matrices: &LinearQuadratic, what: &str) -> bool {
    let Ok(nash) = matrices.feedback_nash() else { return false };
    let states = game.states();
    let corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
    let at = |corner: [usize; 2]| [0, 1].map(|k| [states[k].lower, states[k].upper][corner[k]]);
    let inside = |corner: [usize; 2]| {
        let state = at(corner);
        let mut all = nash.policies().iter().take(2).flat_map(|policy| policy.at(&state).unwrap());
        all.all(|effort| effort > 0.0)
    };
    if !corners.into_iter().all(inside) {
        return false;
    }
    for route in ROUTES {
        let found = Collocation { route, ..Collocation::default() };
        let found = found.solve(game, &Structure::simultaneous()).unwrap_or_else(|e| panic!("{e}: {what}"));
        for (value, formula) in found.values().iter().zip(nash.values()) {
            for corner in corners {
                let state = at(corner);
                close(value.at(&state), formula.at(&state).unwrap(), 1e-7, what);
            }
        }
    }
    true
}

#[test]
fn random_games() {
    let mut draws = Draws(1992);
    let mut compared = [0; 3];
    for _ in 0..15 {
        let mut firm = || chintagunta_jain::Firm {
            margin: draws.scale(0.3, 3.0),
            cost: draws.scale(0.5, 5.0),
            decay: draws.scale(0.1, 1.0),
            goodwill_sales: draws.scale(0.3, 3.0),
            saturation: draws.scale(0.1, 1.0),
            initial_goodwill: draws.between(0.0, 1.0),
        };
        let (manufacturer, retailer) = (firm(), firm());
        let interaction = draws.between(-0.05, 0.05);
        let discount_rate = draws.scale(0.03, 0.3);
        let numbers = chintagunta_jain::Parameters { discount_rate, manufacturer, retailer, interaction };
        let game = ChintaguntaJain::new(numbers).unwrap();
        compared[0] += usize::from(agree(&game, &game.linear_quadratic().unwrap(), &format!("{numbers:?}")));

        let mut brand = || national_private_label::Brand {
            base_demand: draws.scale(0.5, 3.0),
            goodwill_effect: draws.scale(0.2, 0.6),
            decay: draws.scale(0.3, 1.0),
            cost: draws.scale(2.0, 6.0),
            initial_goodwill: draws.between(0.0, 1.0),
        };
        let (national, private) = (brand(), brand());
        let numbers = national_private_label::Parameters {
            discount_rate: draws.scale(0.03, 0.3),
            national,
            private,
            price_effect: draws.between(0.8, 1.5),
            cross_price_effect: draws.between(0.0, 0.4),
            interference: draws.between(0.0, 0.3),
        };
        let game = NationalPrivateLabel::new(numbers).unwrap();
        compared[1] += usize::from(agree(&game, &game.linear_quadratic().unwrap(), &format!("{numbers:?}")));

        let mut brand = || shelf_space::Brand {
            goodwill_effect: draws.scale(0.5, 1.5),
            decay: draws.scale(0.4, 1.0),
            cost: draws.scale(2.0, 6.0),
            manufacturer_margin: draws.scale(0.5, 1.5),
            retailer_margin: draws.scale(0.5, 1.5),
            initial_goodwill: draws.between(0.0, 0.3),
        };
        let (first, second) = (brand(), brand());
        let (discount_rate, shelf_effect) = (draws.scale(0.05, 0.3), draws.between(2.0, 5.0));
        let numbers = shelf_space::Parameters { discount_rate, shelf_effect, first, second };
        let game = ShelfSpace::new(numbers).unwrap();
        compared[2] += usize::from(agree(&game, &game.linear_quadratic().unwrap(), &format!("{numbers:?}")));
    }
    assert!(compared.iter().all(|count| *count >= 5), "{compared:?}");
}

/// The retailer does not act on what it expects, so that manufacturers who lead it have nothing to promise; a manufacturer
/// who leads its rival has.
#[test]
fn shelf_leadership_is_time_consistent() {
    let game: ShelfSpace = build(&rows("shelf_space_mht_2005", 2)[1]["params"], &[]);
    let makers = [Brands::Manufacturer(0), Brands::Manufacturer(1)];
    let led = ShelfSpace::manufacturers_lead().coalition(makers);
    let plan = OpenLoop::solve(&game, &led, 12.0).unwrap();
    assert!(plan.is_time_consistent());
    assert!(plan.temptation(5.0).unwrap().abs() < 1e-8);
    for time in [1.0, 6.0, 11.0] {
        // What the retailer expects is worth nothing to the leaders.
        assert!(plan.at(time).unwrap().multipliers.iter().all(|multiplier| multiplier.abs() < 1e-9));
    }
    // A plan that need not be broken is the best policy: what is best at every moment and every goodwill.
    let policy = game.feedback_until(&led, 12.0).unwrap();
    for (planned, found) in plan.payoffs().iter().zip(policy.payoffs()) {
        close(*planned, *found, 1e-8, "payoff of the plan");
    }
    let first = Structure::sequence([vec![ShelfSpace::FIRST], vec![ShelfSpace::SECOND, ShelfSpace::SHELF]]);
    let over_rival = OpenLoop::solve(&game, &first, 12.0).unwrap();
    assert!(!over_rival.is_time_consistent());
    assert!(over_rival.temptation(5.0).unwrap() > 1e-9);
}

/// At every moment, too, it makes no difference whether the manufacturers move first.
#[test]
fn shelf_leadership_at_every_moment_changes_nothing() {
    let game: ShelfSpace = build(&rows("shelf_space_mht_2005", 2)[1]["params"], &[]);
    let nash = feedback(&game, &Structure::simultaneous(), Route::Engine);
    let led = feedback(&game, &ShelfSpace::manufacturers_lead(), Route::Engine);
    for (one, other) in nash.payoffs().iter().zip(led.payoffs()) {
        close(*one, *other, 1e-8, "payoff");
    }
}

fn refuses<M: Model>() {
    let example = M::example().values();
    for at in 0..example.len() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut values = example.clone();
            values[at] = vec![value];
            let refused = matches!(M::from_values(&values), Err(ParameterError::OutOfRange { .. }));
            assert!(refused, "{}: {value} for number {at}", M::NAME);
        }
    }
}

/// Large, small and none: whatever comes, it comes without a panic.
fn endures<M: Model>(solve: impl Fn(&M)) {
    let example = M::example().values();
    for at in 0..example.len() {
        for value in [0.0, 1e-300, 1e-9, 1e9, 1e300] {
            let mut values = example.clone();
            values[at] = vec![value];
            if let Ok(game) = M::from_values(&values) {
                solve(&game);
            }
        }
    }
}

#[test]
fn hostile_input() {
    refuses::<ChintaguntaJain>();
    refuses::<NationalPrivateLabel>();
    refuses::<ShelfSpace>();
    endures(|game: &ChintaguntaJain| drop(game.linear_quadratic().map(|game| game.feedback_nash())));
    endures(|game: &NationalPrivateLabel| drop(game.linear_quadratic().map(|game| game.feedback_nash())));
    endures(|game: &ShelfSpace| drop(game.linear_quadratic().map(|game| game.feedback_nash())));
    let mut numbers = *NationalPrivateLabel::example().numbers();
    numbers.cross_price_effect = numbers.price_effect;
    assert!(matches!(NationalPrivateLabel::new(numbers), Err(ParameterError::Inconsistent { .. })));
    let mut numbers = *ShelfSpace::example().numbers();
    numbers.second.initial_goodwill = 4.1;
    assert!(matches!(ShelfSpace::new(numbers), Err(ParameterError::Inconsistent { .. })));
}

/// Cheap advertising of brands that earn with the square of their goodwill: no finite values.
#[test]
fn brands_that_feed_on_themselves() {
    let mut numbers = *NationalPrivateLabel::example().numbers();
    (numbers.national.cost, numbers.private.cost) = (0.05, 0.05);
    let game = NationalPrivateLabel::new(numbers).unwrap();
    assert!(game.linear_quadratic().unwrap().feedback_nash().is_err());
    let coarse = Collocation { degree: 2, ..Collocation::default() };
    assert!(coarse.solve(&game, &Structure::simultaneous()).is_err());
}

/// Efforts that stop far from where the game is played: values are quadratic around the course, and have a kink elsewhere.
/// Payoffs by coupled Riccati equations, computed by others.
#[test]
fn values_closer_around_the_course() {
    let firm = |[margin, cost, decay, goodwill_sales, saturation]: [f64; 5]| chintagunta_jain::Firm {
        margin,
        cost,
        decay,
        goodwill_sales,
        saturation,
        initial_goodwill: 1.0,
    };
    let games = [
        (
            [0.10904176834905317, -0.0890090211822273],
            [
                0.7272692760070423,
                1.7560901924570003,
                0.2011236305033382,
                1.0814839921638835,
                0.399294803569908,
            ],
            [
                1.2341431048015936,
                1.3276844633720573,
                0.39930364385238337,
                1.0764371442230172,
                0.15907868330033517,
            ],
            [17.9983864823, 25.5823783165],
        ),
        (
            [0.15235271895348654, -0.0613486933070817],
            [
                1.1864079751107737,
                1.5440393215370674,
                0.288741445495136,
                0.7069631154381544,
                0.31391491404598093,
            ],
            [
                0.8351035633787902,
                1.1786428519481595,
                0.2654620390697423,
                0.9975662884949381,
                0.1653591953936847,
            ],
            [17.2910825191, 9.8457514827],
        ),
        (
            [0.16728367782248882, -0.04703179433312839],
            [
                0.807976597910457,
                0.8900081513615151,
                0.43787579713371666,
                0.698789720202888,
                0.3671793345705593,
            ],
            [
                1.1336720968029224,
                1.7805075654070632,
                0.4784463000916713,
                1.3476928869872835,
                0.12316631916013758,
            ],
            [12.6368681902, 12.5408549801],
        ),
    ];
    for ([discount_rate, interaction], manufacturer, retailer, wanted) in games {
        let [manufacturer, retailer] = [manufacturer, retailer].map(firm);
        let numbers = chintagunta_jain::Parameters { discount_rate, manufacturer, retailer, interaction };
        let game = ChintaguntaJain::new(numbers).unwrap();
        let found = game.feedback(&Structure::simultaneous()).unwrap();
        for (payoff, wanted) in found.payoffs().iter().zip(wanted) {
            close(*payoff, wanted, DIGITS, "payoff");
        }
        let ends =
            |states: &[State]| states.iter().map(|state| [state.lower, state.upper]).collect::<Vec<_>>();
        let (own, region) = (ends(found.states()), ends(&game.states()));
        assert!(own[1][1] < region[1][1], "{own:?} of {region:?}");
        // Nothing is claimed beyond, and a region that is asked for is kept.
        assert!(found.simulate(&[region[0][1], region[1][1]], 1.0).is_err());
        let asked = Collocation { region, ..Collocation::default() };
        assert!(asked.solve(&game, &Structure::simultaneous()).is_err());
    }
}
