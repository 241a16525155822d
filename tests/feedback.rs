//! Feedback equilibria of games written as a user would: values, evidence, commitment, paths, noise, an end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use common::{close, number, rows};
use coopad::dynamic::{
    Collocation, DifferentialGame, DynamicError, Feedback, Noise, Route, SolveOverTime, State,
};
use coopad::prelude::*;
use serde_json::Value;

const MANUFACTURER: &str = "manufacturer";
const RETAILER: &str = "retailer";
const RATE: usize = 0;
const EFFORT: usize = 1;

/// One retailer advertises for a market share, a manufacturer may pay a part of it (He, Prasad and Sethi 2009, given
/// margins): `ẋ = k u √(1 − x) − δx`.
#[derive(Clone, Copy)]
struct Support {
    margins: [f64; 2],
    effect: f64,
    decay: f64,
    discounts: [f64; 2],
    volatility: f64,
}

impl Support {
    fn of(params: &Value) -> Self {
        Support {
            margins: [number(&params["M"]), number(&params["m"])],
            effect: number(&params["k"]),
            decay: number(&params["delta"]),
            discounts: [number(&params["r"]); 2],
            volatility: 0.0,
        }
    }

    /// Parameters at which the manufacturer loses by its own support.
    fn usual() -> Self {
        Support { margins: [1.0, 1.0], effect: 1.0, decay: 0.1, discounts: [0.05; 2], volatility: 0.0 }
    }
}

impl Game for Support {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec![MANUFACTURER, RETAILER]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::transfer("rate", MANUFACTURER, RETAILER), Decision::new("effort", RETAILER)]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == RATE { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for Support {
    fn states(&self) -> Vec<State> {
        vec![State::new("share", 0.0, 1.0).starting_at(0.2)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-s[0] + 1.0).sqrt() * x[EFFORT] * self.effect - s[0] * self.decay;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let paid = x[RATE] * x[EFFORT].square();
        out[0] = s[0] * self.margins[0] - paid;
        out[1] = s[0] * self.margins[1] - x[EFFORT].square() + paid;
    }
    fn discount(&self, player: &'static str) -> f64 {
        self.discounts[usize::from(player == RETAILER)]
    }
    fn diffusion<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        out[0] = (s[0] * -(s[0] - 1.0)).positive_part().sqrt() * self.volatility;
    }
}

fn led() -> Structure<&'static str> {
    Structure::leader(MANUFACTURER)
}

fn unsupported() -> Structure<&'static str> {
    led().fix(RATE, 0.0)
}

#[test]
fn support_over_time_by_reference() {
    for row in rows("one_retailer_exogenous_margins", 3) {
        let game = Support::of(&row["params"]);
        let what = row["params"].to_string();
        for (structure, values) in [(led(), &row), (unsupported(), &row["no_support"])] {
            let found = game.feedback(&structure).unwrap();
            for (value, [constant, slope]) in
                found.values().iter().zip([["VM_const", "VM_slope"], ["VR_const", "VR_slope"]])
            {
                let quadratic = value.quadratic().unwrap();
                close(quadratic.constant(), number(&values[constant]), 2e-9, &what);
                close(quadratic.slope()[0], number(&values[slope]), 2e-9, &what);
            }
            for (state, effort) in values["u_at"].as_object().unwrap() {
                let policy = found.policy(&[state.parse().unwrap()]).unwrap();
                close(policy[EFFORT], number(effort), 2e-9, &what);
            }
            let rest = found.steady_states().unwrap();
            assert_eq!(rest.len(), 1);
            assert!(rest[0].is_stable());
            close(rest[0].state[0], number(&values["x_long_run"]), 2e-9, &what);
        }
        close(
            game.feedback(&led()).unwrap().policy(&[0.5]).unwrap()[RATE],
            number(&row["theta"]),
            2e-9,
            &what,
        );
    }
}

/// Under feedback leadership the manufacturer can lose by supporting; one that can bind itself never does.
#[test]
fn a_committed_leader_never_loses() {
    for row in rows("one_retailer_exogenous_margins", 3) {
        let game = Support::of(&row["params"]);
        let committed = Collocation::default().commit(&game, &led(), RATE, &[0.2]).unwrap();
        let wanted = &row["commitment_constant_theta_x0_0p2"];
        // The reference's rate was found by comparing values, good to the root of rounding.
        assert!((committed.value - number(&wanted["theta"])).abs() < 1e-7, "{}", committed.value);
        close(committed.payoff, number(&wanted["VM"]), 2e-9, "value of commitment");
        let alone = game.feedback(&unsupported()).unwrap().value(MANUFACTURER, &[0.2]);
        let feedback = game.feedback(&led()).unwrap().value(MANUFACTURER, &[0.2]);
        assert!(committed.payoff >= alone - 1e-9 && committed.payoff >= feedback - 1e-9);
    }
    let usual = Support::usual();
    let [with, without] =
        [led(), unsupported()].map(|s| usual.feedback(&s).unwrap().value(MANUFACTURER, &[0.2]));
    assert!(with < without - 0.08, "support costs its giver: {with} {without}");
    let wrong = Collocation::default().commit(&usual, &led(), 7, &[0.2]);
    assert!(matches!(wrong, Err(DynamicError::Structure(_))));
    let unlimited = Collocation::default().commit(&usual, &led(), EFFORT, &[0.2]);
    assert!(matches!(unlimited, Err(DynamicError::Parameter(_))));
}

#[test]
fn evidence_for_an_equilibrium_and_against_others() {
    let game = Support::usual();
    let found = game.feedback(&led()).unwrap();
    let evidence = found.verify().unwrap();
    assert!(evidence.regret < 1e-9 && evidence.evaluation.unwrap() < 1e-10, "{evidence:?}");
    assert!(evidence.discrepancy.unwrap() < 1e-8, "{evidence:?}");
    assert_eq!(evidence.courses.len(), 2);
    // The courses tried do matter: some lose much more than any gains.
    assert!(evidence.courses.iter().all(|course| course.gain < 1e-4 * course.loss), "{evidence:?}");

    // Values of another game: paths do not earn them.
    let other = Support { margins: [1.3, 1.0], ..game };
    let values = other.feedback(&led()).unwrap().values().to_vec();
    let planted = Feedback::propose(&game, &led(), values).unwrap();
    assert!(matches!(planted.verify(), Err(DynamicError::Refuted { .. })));

    // What everybody earns without support is right for the game without it, and no equilibrium of the game with it.
    let without = game.feedback(&unsupported()).unwrap();
    assert!(without.verify().is_ok());
    let planted = Feedback::propose(&game, &led(), without.values().to_vec()).unwrap();
    assert!(matches!(planted.verify(), Err(DynamicError::Refuted { .. })));
    assert!(Feedback::propose(&game, &led(), without.values()[..1].to_vec()).is_err());
}

/// Players who decide separately and whose efforts enter payoffs and drift as sums of their own terms: the follower's
/// choice does not depend on the leader's, so that leading makes no difference (Rubio 2006).
#[test]
fn leadership_does_not_matter_in_separable_games() {
    let game = Rivals { salvage: 0.0, discount: 0.2 };
    let nash = game.feedback(&Structure::simultaneous()).unwrap();
    let led = game.feedback(&Structure::leader("first")).unwrap();
    for state in [0.1, 0.4, 0.9] {
        for player in ["first", "second"] {
            close(led.value(player, &[state]), nash.value(player, &[state]), 1e-10, player);
        }
    }
    assert!(nash.degree() > 2 && nash.values()[0].quadratic().is_none());
}

/// Two rivals for market shares: `ẋ = u₁√(1 − x) − u₂√x` with an end (Sorger 1989), or Lanchester's `u₁(1 − x) − u₂x`.
struct Rivals {
    salvage: f64,
    discount: f64,
}

impl Game for Rivals {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["first", "second"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::new("u1", "first"), Decision::new("u2", "second")]
    }
}

impl DifferentialGame for Rivals {
    fn states(&self) -> Vec<State> {
        vec![State::new("share", 0.0, 1.0).starting_at(0.2)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-s[0] + 1.0) * x[0] - s[0] * x[1];
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        (out[0], out[1]) = (s[0] - x[0].square() * 0.5, -s[0] + 1.0 - x[1].square() * 0.5);
    }
    fn discount(&self, _: &'static str) -> f64 {
        self.discount
    }
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        (out[0], out[1]) = (s[0] * self.salvage, (-s[0] + 1.0) * self.salvage);
    }
}

/// Over a long time a game that ends begins as one that lasts; paths earn what the values say, salvage included.
#[test]
fn a_game_that_ends() {
    let game = Rivals { salvage: 0.5, discount: 0.5 };
    let nash = Structure::simultaneous();
    let ending = game.feedback_until(&nash, 40.0).unwrap();
    let lasting = game.feedback(&nash).unwrap();
    for state in [0.1, 0.5, 0.8] {
        for (one, other) in ending.values(0.0).iter().zip(lasting.values()) {
            close(one.at(&[state]), other.at(&[state]), 1e-8, "long horizon");
        }
    }
    let short = game.feedback_until(&nash, 3.0).unwrap();
    let path = short.simulate(&[0.2]).unwrap();
    let end = path.state(3.0);
    let salvage = [0.5 * end[0], 0.5 * (1.0 - end[0])].map(|s| s * (-0.5_f64 * 3.0).exp());
    for ((earned, salvage), value) in path.payoffs().iter().zip(salvage).zip(short.payoffs()) {
        close(earned + salvage, *value, 1e-8, "earned on a path");
    }
    // At the end a share is worth its salvage.
    let last = short.policy(3.0, &[0.3]).unwrap();
    close(last[0], 0.5 * 0.7, 1e-9, "last effort");
    close(last[1], 0.5 * 0.3, 1e-9, "last effort");
    assert!(game.feedback_until(&nash, f64::NAN).is_err());
    assert!(game.feedback_until(&nash, -1.0).is_err());
}

#[test]
fn paths_with_and_without_noise() {
    let quiet = Support::usual();
    let found = quiet.feedback(&led()).unwrap();
    let path = found.simulate(&[0.2], 100.0).unwrap();
    let rest = found.steady_states().unwrap()[0].state[0];
    close(path.state(100.0)[0], rest, 1e-8, "where the path ends");
    let points = path.points(11).unwrap();
    assert_eq!((points[0].time, points[10].time, points[0].state[0]), (0.0, 100.0, 0.2));
    let early = path.at(&[0.0, 1.0, 2.0, 4.0]).unwrap();
    assert!(early.windows(2).all(|pair| pair[0].state[0] < pair[1].state[0]));
    assert!(points[0].payoffs.iter().all(|earned| *earned == 0.0));
    assert!(found.simulate(&[1.0, 2.0], 5.0).is_err());
    assert!(found.simulate(&[f64::NAN], 5.0).is_err());
    assert!(found.simulate(&[0.2], f64::INFINITY).is_err());

    // Values are linear in the share: noise changes neither policies nor expected values.
    let noisy = Support { volatility: 0.25, ..quiet };
    let same = noisy.feedback(&led()).unwrap();
    for (noisy, quiet) in same.payoffs().iter().zip(found.payoffs()) {
        close(*noisy, *quiet, 1e-14, "what noise adds to a linear value");
    }
    let noise = Noise { paths: 60, step: 0.05, ..Noise::default() };
    let bands = |threads: usize| {
        let noise = Noise { threads, ..noise.clone() };
        same.simulate_noise(&[0.2], &[1.0, 10.0, 60.0], &noise).unwrap()
    };
    let one = bands(1);
    assert_eq!(one, bands(3));
    let expected = path.state(10.0)[0];
    assert!((one.mean[1][0] - expected).abs() < 0.05, "{:?} {expected}", one.mean);
    let earned = &one.payoffs[0];
    let wanted = path.payoffs()[0];
    assert!(
        (earned.mean - wanted).abs() < 5.0 * earned.standard_error + 0.05 * wanted,
        "{earned:?} {wanted}"
    );
}

#[test]
fn both_routes_agree_and_hostile_games_are_refused() {
    let game = Support::usual();
    let engine = Collocation { route: Route::Engine, ..Collocation::default() };
    let (one, other) = (game.feedback(&led()).unwrap(), engine.solve(&game, &led()).unwrap());
    for (a, b) in one.payoffs().iter().zip(other.payoffs()) {
        close(*a, *b, 1e-11, "route");
    }
    for discounts in [[0.0, 0.05], [-0.1, 0.05], [f64::NAN, 0.05], [f64::INFINITY, 0.05]] {
        let broken = Support { discounts, ..game };
        let refused = broken.feedback(&led());
        assert!(matches!(refused, Err(DynamicError::Parameter(_))), "{discounts:?}");
    }
    let apart = Support { discounts: [0.05, 0.08], ..game };
    assert!(matches!(
        apart.feedback(&Structure::cooperative()),
        Err(DynamicError::DifferentDiscounts { .. })
    ));
    assert!(apart.feedback(&led()).is_ok());
    let empty = Collocation { region: vec![[1.0, 0.0]], ..Collocation::default() };
    assert!(matches!(empty.solve(&game, &led()), Err(DynamicError::Parameter(_))));
    let wrong = Collocation { region: vec![[0.0, 1.0]; 3], ..Collocation::default() };
    assert!(matches!(wrong.solve(&game, &led()), Err(DynamicError::StateLength { .. })));
    for broken in [f64::NAN, f64::INFINITY] {
        assert!(Support { effect: broken, ..game }.feedback(&led()).is_err());
        assert!(Support { margins: [broken, 1.0], ..game }.feedback(&led()).is_err());
    }
    let found = game.feedback(&led()).unwrap();
    assert!(found.policy(&[0.1, 0.2]).is_err());
    assert!(found.values()[0].at(&[]).is_nan());
    assert!(found.value("nobody", &[0.2]).is_nan());
    assert!(game.feedback(&Structure::leader("nobody")).is_err());
}
