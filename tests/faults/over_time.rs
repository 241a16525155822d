//! Games over time: scales that do not vanish, values that say where they hold, bounds, noise.

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, Matrix, StepGame};
use coopad::dynamic::models::{PrasadSethi, Promotions, prasad_sethi, promotions};
use coopad::dynamic::{Collocation, DynamicError, Noise};
use coopad::models::{Channel, Model};
use coopad::prelude::*;

type Name = &'static str;

fn close(found: f64, right: f64, digits: f64, what: &str) {
    assert!((found - right).abs() <= digits * right.abs().max(1.0), "{what}: {found} instead of {right}");
}

/// The regulator: somebody earns `-x² - u²` with `x' = u - 0.3 x` at a discount of 0.1, and perhaps somebody else a small share of it.
struct Regulator {
    lower: f64,
    upper: f64,
    noise: f64,
    size: f64,
    watcher: Option<f64>,
    start: f64,
}

const REGULATOR: Regulator =
    Regulator { lower: -5.0, upper: 5.0, noise: 0.0, size: 1.0, watcher: None, start: 1.0 };

impl Game for Regulator {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        if self.watcher.is_some() { vec!["one", "watcher"] } else { vec!["one"] }
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("u", "one")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }
}
impl DifferentialGame for Regulator {
    fn states(&self) -> Vec<State> {
        vec![State::new("x", self.lower, self.upper).starting_at(self.start)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] - s[0] * 0.3;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-s[0].square() - x[0].square()) * self.size;
        if let Some(share) = self.watcher {
            out[1] = -s[0].square() * share;
        }
    }
    fn discount(&self, _: Name) -> f64 {
        0.1
    }
    fn diffusion<T: Scalar>(&self, _: &[T], out: &mut [T]) {
        out.fill(T::constant(self.noise));
    }
}

/// The curvature `P` of the regulator's value `-P x² - P σ²/ρ`: `P² + 0.7 P - 1 = 0`, by hand.
fn regulated() -> f64 {
    0.5 * (-0.7 + (0.49_f64 + 4.0).sqrt())
}

#[test]
fn a_payoff_of_nothing_is_no_scale_for_errors() {
    let p = regulated();
    close(p, 0.70948, 1e-5, "the table's figure");
    for (lower, upper) in [(0.0, 5.0), (-4.9, 5.0), (-5.0, 5.0), (-2.0, 2.0), (-1e-3, 2.0), (-1e3, 1e3)] {
        for size in [1e-9, 1.0, 1e9] {
            for noise in [0.0, 0.4] {
                let game = Regulator { lower, upper, noise, size, watcher: Some(1e-3 * size), ..REGULATOR };
                let found = game.feedback(&Structure::simultaneous()).unwrap();
                let what = format!("[{lower}, {upper}] size {size} noise {noise}");
                let right = -p * (1.0 + noise * noise / 0.1) * size;
                assert!((found.payoff("one") / right - 1.0).abs() < 1e-9, "{what}: {}", found.payoff("one"));
                // The watcher's loss under the closed loop x' = -(p + 0.3) x, by hand.
                let watched = -1e-3 * size * (1.0 + noise * noise / 0.1) / (0.1 + 2.0 * (p + 0.3));
                assert!((found.payoff("watcher") / watched - 1.0).abs() < 1e-9, "{what}");
                found.verify().unwrap_or_else(|error| panic!("{what}: {error}"));
            }
        }
    }
}

#[test]
fn a_game_that_ends_has_scales_too() {
    // -q' = -1 ... by the Riccati equation integrated with small steps, apart from the library: q' = 1 - 0.7 q - q², q(0) = 0.
    let (mut q, step) = (0.0_f64, 1e-5);
    for _ in 0..300_000 {
        let rate = |q: f64| 1.0 - 0.7 * q - q * q;
        let half = q + 0.5 * step * rate(q);
        q += step * rate(half);
    }
    for (lower, upper) in [(-5.0, 5.0), (0.0, 5.0), (-4.9, 5.0)] {
        let game = Regulator { lower, upper, ..REGULATOR };
        let found = game.feedback_until(&Structure::simultaneous(), 3.0).unwrap();
        close(found.payoff("one"), -q, 1e-8, "until 3");
    }
}

/// Goodwill of one firm; the sum of its squares costs on average what noise keeps up, and nobody can do anything about it.
struct Wander {
    noise: f64,
    income: f64,
}
impl Game for Wander {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("effort", "firm").typical(1.0)]
    }
}
impl DifferentialGame for Wander {
    fn states(&self) -> Vec<State> {
        vec![State::new("stock", -2.0, 2.0).starting_at(0.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], _: &[T], out: &mut [T]) {
        out[0] = -s[0] * 0.5;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = -s[0].square() - (x[0] - 1.0).square() + self.income;
    }
    fn discount(&self, _: Name) -> f64 {
        0.2
    }
    fn diffusion<T: Scalar>(&self, _: &[T], out: &mut [T]) {
        out[0] = T::constant(self.noise);
    }
}

#[test]
fn what_noise_costs_where_nothing_flows() {
    for income in [0.0, 1.0, 1e-6] {
        for noise in [0.0, 0.1, 0.6] {
            let game = Wander { noise, income };
            let found = game.feedback(&Structure::simultaneous()).unwrap();
            // V = income/ρ − (s² + σ²/ρ)/(ρ + 2κ).
            let right = income / 0.2 - noise * noise / 0.2 / 1.2;
            assert!(
                (found.payoff("firm") - right).abs() < 1e-9,
                "{} instead of {right}",
                found.payoff("firm")
            );
            found.verify().unwrap();
        }
    }
}

/// Two firms steer a stock that may grow by itself: `x' = a x + u + v`, costs `x² + u²/2` and `x²/2 + v²`.
struct Growing {
    rate: f64,
    lower: f64,
    upper: f64,
}
impl Game for Growing {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["1", "2"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("u", "1"), Decision::new("v", "2")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }
}
impl DifferentialGame for Growing {
    fn states(&self) -> Vec<State> {
        vec![State::new("x", self.lower, self.upper).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0] * self.rate + x[0] + x[1];
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = -s[0].square() - x[0].square() * 0.5;
        out[1] = -s[0].square() * 0.5 - x[1].square();
    }
    fn discount(&self, _: Name) -> f64 {
        0.2
    }
}

#[test]
fn of_many_solutions_the_one_that_holds_states_back() {
    for rate in [-1.5, -0.3, 0.05, 0.3, 1.0, 2.0, 5.0] {
        let agents = vec![
            Agent::new(1.0, 1.0, 0.2).earns(-2.0, &[0.0], 0.0),
            Agent::new(1.0, 2.0, 0.2).earns(-1.0, &[0.0], 0.0),
        ];
        let matrices = LinearQuadratic::new(rate, &[0.0], agents).unwrap().feedback_nash().unwrap();
        for (lower, upper) in [(-2.0, 2.0), (-2.0, 2.1), (-3.0, 3.0), (0.0, 3.0)] {
            let game = Growing { rate, lower, upper };
            let found = game.feedback(&Structure::simultaneous());
            let found = found.unwrap_or_else(|error| panic!("{rate} on [{lower}, {upper}]: {error}"));
            for (seat, player) in ["1", "2"].into_iter().enumerate() {
                let right = matrices.values()[seat].at(&[1.0]).unwrap();
                close(found.payoff(player), right, 1e-8, &format!("{rate} on [{lower}, {upper}]"));
            }
            found.verify().unwrap();
        }
    }
}

/// Capital that cannot be sold: values are found on a part of the game's own range.
struct Irreversible;
impl Game for Irreversible {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("i", "firm").typical(0.3)]
    }
}
impl DifferentialGame for Irreversible {
    fn states(&self) -> Vec<State> {
        vec![State::new("k", 0.0, 5.0).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, k: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] - k[0] * 0.1;
    }
    fn flow<T: Scalar>(&self, k: &[T], x: &[T], out: &mut [T]) {
        out[0] = (k[0] * 3.0 - k[0].square() * 0.5) * 0.2 - x[0] - x[0].square() * 0.5;
    }
    fn discount(&self, _: Name) -> f64 {
        0.05
    }
}

#[test]
fn beyond_the_region_found_nothing_is_said() {
    let found = Irreversible.feedback(&Structure::cooperative()).unwrap();
    let upper = found.states()[0].upper;
    assert!(upper < 4.5, "the kink lies within {upper}");
    assert!(found.value("firm", &[4.5]).is_nan());
    assert!(found.costates(&[4.5]).iter().all(|worth| worth.is_nan()));
    for error in [
        found.policy(&[4.5]).map(|_| ()).unwrap_err(),
        found.stage(&[4.5]).map(|_| ()).unwrap_err(),
        found.drift(&[4.5]).map(|_| ()).unwrap_err(),
        found.simulate(&[4.5], 10.0).map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, DynamicError::LeavesRegion { value, .. } if value == 4.5), "{error}");
    }
    // Inside everything is as it was.
    assert!(found.value("firm", &[1.0]).is_finite() && found.policy(&[2.0]).is_ok());
}

/// Two goodwills, a manufacturer and a retailer whose effort is limited.
pub(super) struct Duo {
    pub(super) most: f64,
    pub(super) noise: f64,
}
impl Game for Duo {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("u", "maker"), Decision::new("v", "shop")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        if decision == 1 && self.most.is_finite() {
            Interval::new(zero, T::constant(self.most))
        } else {
            Interval::at_least(zero)
        }
    }
}
impl DifferentialGame for Duo {
    fn states(&self) -> Vec<State> {
        vec![State::new("brand", 0.0, 20.0).starting_at(2.0), State::new("local", 0.0, 12.0).starting_at(0.5)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] - s[0] * 0.1;
        out[1] = x[1] + s[0] * 0.05 - s[1] * 0.2;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let sales = s[0] + s[1] * 0.8 - (s[0].square() + s[1].square() + s[0] * s[1]) * 0.02;
        out[0] = sales - x[0].square() * 0.5;
        out[1] = sales * 0.7 - x[1].square() * 0.5;
    }
    fn discount(&self, _: Name) -> f64 {
        0.1
    }
    fn diffusion<T: Scalar>(&self, _: &[T], out: &mut [T]) {
        out.fill(T::constant(self.noise));
    }
}

#[test]
fn a_region_without_the_start_does_not_hold_there() {
    let simultaneous = Structure::simultaneous();
    for noise in [0.0, 0.3] {
        for most in [0.8, 0.6] {
            let game = Duo { most, noise };
            for region in [vec![[8.0, 20.0], [4.0, 12.0]], vec![[12.0, 18.0], [5.5, 8.0]]] {
                let how = Collocation { region: region.clone(), ..Collocation::default() };
                let error = how.solve(&game, &simultaneous).map(|found| found.payoffs().to_vec());
                let refused = matches!(
                    error,
                    Err(DynamicError::LeavesRegion { .. } | DynamicError::NotResolved { .. })
                );
                assert!(refused, "{most} {noise} {region:?}: {error:?}");
            }
        }
    }
    // Where no bound ever presses, what is found on a part of the region holds everywhere.
    let game = Duo { most: f64::INFINITY, noise: 0.0 };
    let whole = game.feedback(&simultaneous).unwrap();
    let how = Collocation { region: vec![[8.0, 20.0], [4.0, 12.0]], ..Collocation::default() };
    let part = how.solve(&game, &simultaneous).unwrap();
    for player in ["maker", "shop"] {
        close(part.payoff(player), whole.payoff(player), 1e-8, player);
    }
    part.verify().unwrap();
}

/// One stock, `x' = u - decay x`; the best course from 0.5 leads to about 10.
struct Climb {
    range: [f64; 2],
    start: f64,
    roots: bool,
}
impl Game for Climb {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["one"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("u", "one")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(0.0), T::constant(5.0))
    }
}
impl DifferentialGame for Climb {
    fn states(&self) -> Vec<State> {
        vec![State::new("x", self.range[0], self.range[1]).starting_at(self.start)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] - s[0] * if self.roots { 0.3 } else { 0.1 };
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let earned = if self.roots { s[0].sqrt() } else { s[0] * 5.0 - s[0].square().square() * 0.001 };
        out[0] = earned - x[0].square() * 0.5;
    }
    fn discount(&self, _: Name) -> f64 {
        0.1
    }
}

#[test]
fn a_game_that_ends_beyond_its_region_is_refused() {
    let simultaneous = Structure::simultaneous();
    for upper in [0.6, 1.0, 2.0] {
        let narrow = Climb { range: [0.0, upper], start: 0.5, roots: false };
        let error = narrow.feedback_until(&simultaneous, 5.0).map(|found| found.payoffs().to_vec());
        assert!(error.is_err(), "{upper}: {error:?}");
    }
    // Open loop, whose states have no region, found 103.62 by its two-point problem.
    let wide = Climb { range: [0.0, 30.0], start: 0.5, roots: false };
    if let Ok(found) = wide.feedback_until(&simultaneous, 5.0) {
        close(found.payoff("one"), 103.62, 1e-4, "until 5");
    }
}

#[test]
fn a_start_outside_the_range_is_refused() {
    for start in [9.0, -1.0, 5.1] {
        let game = Climb { range: [0.1, 5.0], start, roots: true };
        let error = game.feedback(&Structure::simultaneous()).map(|found| found.payoffs().to_vec());
        assert!(matches!(error, Err(DynamicError::LeavesRegion { .. })), "{start}: {error:?}");
    }
    let game = Climb { range: [0.1, 5.0], start: 1.0, roots: true };
    game.feedback(&Structure::simultaneous()).unwrap();
}

#[test]
fn under_noise_evidence_says_what_did_not_run() {
    let game = Regulator { noise: 0.4, ..REGULATOR };
    let found = game.feedback(&Structure::simultaneous()).unwrap();
    let evidence = found.verify().unwrap();
    assert!(evidence.discrepancy.is_none() && evidence.courses.is_empty(), "{evidence:?}");
    assert!(evidence.evaluation.is_some());
    let bands =
        found.simulate_noise(&[1.0], &[10.0], &Noise { paths: 100, step: 0.05, ..Noise::default() }).unwrap();
    assert!(bands.payoffs[0].mean.is_finite());
}

#[test]
fn periods_wait_for_values_not_for_policies_alone() {
    // Nobody can do anything: x⁺ = x, payoff -x²/2, so V'' = -1/(1 - β).
    for beta in [0.5, 0.9, 0.999, 0.999_999] {
        let payoff = Matrix::diagonal(&[-1.0, 0.0, -1.0]);
        let still = StepGame::new(1.0, &[0.0], &[Matrix::from(0.0)], &[beta], &[payoff]).unwrap();
        let found = still.feedback_nash().unwrap();
        close(found.values()[0].curvature()[(0, 0)], -1.0 / (1.0 - beta), 1e-9, "a state that stays");
    }
    // Goodwill (0.7 g + u, worth 2 g, cost u²/2) beside an income z⁺ = keep z + 1 that nobody moves: V_z = 1/(1 - β keep),
    // V_g = 2/(1 - 0.7 β).
    for (beta, keep) in [(0.99, 0.999), (0.99, 0.5), (0.999_9, 0.999_9)] {
        let payoff = Matrix::from([
            [0.0, 0.0, 2.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
            [2.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, -1.0],
        ]);
        let effects = [Matrix::from([[1.0], [0.0]])];
        let both =
            StepGame::new(Matrix::diagonal(&[0.7, keep]), &[0.0, 1.0], &effects, &[beta], &[payoff]).unwrap();
        let found = both.feedback_nash().unwrap();
        let slope = found.values()[0].slope();
        close(slope[0], 2.0 / (1.0 - 0.7 * beta), 1e-9, "goodwill");
        close(slope[1], 1.0 / (1.0 - beta * keep), 1e-9, "income");
        // The constant: what u = βV_g adds for ever, and the income's own growth.
        let u = beta * slope[0];
        let constant = (beta * (slope[0] * u + slope[1]) - 0.5 * u * u) / (1.0 - beta);
        close(found.values()[0].at(&[0.0, 0.0]).unwrap(), constant, 1e-9, "constant");
    }
    // What grows faster than it is discounted is worth no number.
    let payoff = Matrix::diagonal(&[-1.0, 0.0, -1.0]);
    let grows = StepGame::new(1.1, &[0.0], &[Matrix::from(0.0)], &[0.9], &[payoff]).unwrap();
    assert!(grows.feedback_nash().is_err());
}

#[test]
fn at_the_edge_of_its_range_a_state_leaves_inwards() {
    let numbers = promotions::Parameters {
        discount_rate: 0.1,
        decay: 0.5,
        advertising_effect: 1.0,
        promotion_effect: 0.0,
        advertising_cost: 8.0,
        promotion_cost: 4.0,
        manufacturer_margin: 1.0,
        retailer_margin: 0.8,
        base_sales: 0.0,
        promotion_sales: 0.0,
        goodwill_sales: 0.0,
        interaction: 0.8,
        saturation: 0.0,
        ..*Promotions::example().numbers()
    };
    let game = Promotions::new(numbers).unwrap();
    // By paths from 1e-3, integrated for a time of 10.
    for (structure, right) in
        [(Structure::simultaneous(), -0.470_096), (Structure::leader(Channel::Manufacturer), -0.4631)]
    {
        let found = game.feedback(&structure).unwrap();
        let rest = &found.steady_states().unwrap()[0];
        assert!(rest.state[0].abs() < 1e-9, "{rest:?}");
        let path = found.simulate(&[1e-5], 10.0).unwrap();
        let decay = (path.state(10.0)[0] / 1e-5).ln() / 10.0;
        assert!((decay - right).abs() < 1e-4, "{decay}");
        assert!((rest.eigenvalues[0][0] - decay).abs() < 1e-4, "{:?} instead of {decay}", rest.eigenvalues);
    }
}

/// A state that grows whatever is done.
struct Grows;
impl Game for Grows {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["one"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("u", "one")]
    }
}
impl DifferentialGame for Grows {
    fn states(&self) -> Vec<State> {
        vec![State::new("x", -2.0, 2.0).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], _: &[T], out: &mut [T]) {
        out[0] = s[0] * 0.5;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = -s[0].square() * 0.1 - x[0].square();
    }
    fn discount(&self, _: Name) -> f64 {
        0.1
    }
}

#[test]
fn no_saddle_says_why() {
    let error = Grows.open_loop(&Structure::simultaneous(), f64::INFINITY).map(|_| ()).unwrap_err();
    assert!(matches!(error, DynamicError::NoSaddle { decaying: 1, needed: 1, .. }), "{error}");
    assert!(error.to_string().contains("moves away from rest whatever is decided"), "{error}");
}

/// Firms that each move their own goodwills alone: nothing that one does moves what the other expects.
struct Apart {
    states: usize,
    coupled: f64,
}
impl Game for Apart {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["1", "2"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        (0..self.states).map(|i| Decision::new(format!("u{i}"), ["1", "2"][i % 2]).typical(1.0)).collect()
    }
}
impl DifferentialGame for Apart {
    fn states(&self) -> Vec<State> {
        (0..self.states).map(|i| State::new(format!("x{i}"), 0.0, 5.0).starting_at(1.0)).collect()
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        (0..self.states).for_each(|i| out[i] = x[i] - s[i] * 0.4);
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let all = s.iter().fold(T::constant(1.0), |sum, s| sum + *s);
        for (player, earned) in out.iter_mut().enumerate() {
            let each = s.iter().enumerate();
            let apart =
                each.fold(T::constant(0.0), |sum, (i, s)| sum + (*s + 1.0).ln() * (1.0 + 0.1 * i as f64));
            *earned = apart + all.ln() * self.coupled;
            (player..self.states).step_by(2).for_each(|i| *earned = *earned - x[i].square() * 0.5);
        }
    }
    fn discount(&self, _: Name) -> f64 {
        0.2
    }
}

#[test]
fn a_leader_who_moves_nothing_that_others_expect_keeps_its_word() {
    for horizon in [10.0, f64::INFINITY] {
        let game = Apart { states: 2, coupled: 0.0 };
        let plan = game.open_loop(&Structure::leader("1"), horizon).unwrap();
        assert!(plan.temptation(2.0).unwrap().abs() < 1e-9);
        assert!(plan.is_time_consistent(), "until {horizon}");
        // Where its own goodwill is a substitute for the other's, it would.
        let game = Apart { states: 2, coupled: 3.0 };
        let plan = game.open_loop(&Structure::leader("1"), horizon).unwrap();
        assert!(!plan.is_time_consistent(), "until {horizon}");
        assert!(plan.temptation(2.0).unwrap() > 1e-6);
    }
}

#[test]
fn courses_out_of_the_range_of_a_state_and_noise_are_caveats() {
    // The firm of `Climb` leads its stock to about 10.
    for (upper, leaves) in [(30.0, false), (1.0, true)] {
        let game = Climb { range: [0.0, upper], start: 0.5, roots: false };
        let plan = game.open_loop(&Structure::simultaneous(), 5.0).unwrap();
        close(plan.payoff("one"), 103.62, 1e-4, "open loop");
        let caveats = &plan.report().caveats;
        assert_eq!(!caveats.is_empty(), leaves, "{caveats:?}");
        assert_eq!(&plan.opening().unwrap().report().caveats, caveats);
        if leaves {
            let most =
                plan.points(5.0, 400).unwrap().iter().fold(0.0_f64, |most, point| most.max(point.state[0]));
            assert!(caveats[0].quantity.contains("largest x"), "{caveats:?}");
            assert!((caveats[0].value - (upper - most)).abs() < 1e-2 * most, "{caveats:?} {most}");
        }
    }
    let game = Regulator { noise: 0.4, ..REGULATOR };
    let plan = game.open_loop(&Structure::simultaneous(), 3.0).unwrap();
    let caveat = &plan.report().caveats[0];
    assert!(caveat.quantity.contains("noise of x") && (caveat.value + 0.4).abs() < 1e-12, "{caveat:?}");
}

#[test]
fn steps_times_and_counts_that_make_no_sense() {
    let game = Climb { range: [0.0, 30.0], start: 0.5, roots: true };
    let game = Climb { range: [0.1, 5.0], ..game };
    let found = game.feedback(&Structure::simultaneous()).unwrap();
    for step in [f64::INFINITY, f64::NAN, 0.0, -1.0] {
        let noise = Noise { paths: 2, step, ..Noise::default() };
        let error = found.simulate_noise(&[1.0], &[1.0], &noise).map(|bands| bands.mean).unwrap_err();
        assert!(matches!(error, DynamicError::Parameter(_)), "{step}: {error}");
    }
    // A step longer than the time takes the time in one.
    let noise = Noise { paths: 2, step: 1e300, ..Noise::default() };
    assert!(found.simulate_noise(&[1.0], &[1.0], &noise).unwrap().payoffs[0].mean > 0.0);
    let path = found.simulate(&[1.0], 5.0).unwrap();
    for times in [vec![5.0, 7.0], vec![-1.0], vec![f64::NAN]] {
        assert!(matches!(path.at(&times), Err(DynamicError::Parameter(_))), "{times:?}");
    }
    assert!(matches!(path.points(usize::MAX), Err(DynamicError::Parameter(_))));
    let plan = game.open_loop(&Structure::simultaneous(), 5.0).unwrap();
    assert!(matches!(plan.points(5.0, usize::MAX), Err(DynamicError::Parameter(_))));
}

#[test]
fn noise_at_the_bounds_of_a_share_keeps_its_mean() {
    // Advertising squared and the drift are linear in the share, so that means are exact, by the table: firm_1 earns 2.7838 over five
    // years, the share ends at 0.9348.
    let firm =
        |effectiveness| prasad_sethi::Firm { discount_rate: 0.1, effectiveness, cost: 1.0, margin: 1.0 };
    let numbers = prasad_sethi::Parameters {
        first: firm(1.0),
        second: firm(0.3),
        churn: 0.01,
        volatility: 1.0,
        initial_share: 0.5,
    };
    let game = PrasadSethi::new(numbers).unwrap();
    let found = game.feedback(&Structure::simultaneous()).unwrap();
    for (step, milstein, bias) in [(0.01, false, 0.0), (0.01, true, 0.0), (0.1, false, 0.05)] {
        let noise = Noise { paths: 2000, seed: 3, step, milstein, ..Noise::default() };
        let bands = found.simulate_noise(&[0.5], &[1.0, 5.0], &noise).unwrap();
        let earned = bands.payoffs[0];
        assert!(
            (earned.mean - 2.7838).abs() < 3.0 * earned.standard_error + bias,
            "{step} {milstein}: {earned:?}"
        );
        let sample = &bands.sample[0];
        let spread = sample.iter().map(|s| (s - 0.9348).powi(2)).sum::<f64>() / sample.len() as f64;
        let error = (spread / sample.len() as f64).sqrt();
        assert!(
            (bands.mean[1][0] - 0.9348).abs() < 3.0 * error + bias,
            "{step} {milstein}: {:?}",
            bands.mean
        );
    }
}

#[test]
fn where_nothing_moves_everything_is_found() {
    let alone = Structure::simultaneous();
    let game = Regulator { start: 0.0, ..REGULATOR };
    let found = game.feedback(&alone).unwrap();
    assert!(found.payoff("one").abs() < 1e-9);
    found.verify().unwrap();
    assert!(game.feedback_until(&alone, 3.0).unwrap().payoff("one").abs() < 1e-9);
    let staged = game.feedback_in_stages(&alone, 0.5).unwrap();
    assert!(staged.payoff("one").abs() < 1e-9);
    staged.verify().unwrap();
    for horizon in [3.0, f64::INFINITY] {
        let plan = game.open_loop(&alone, horizon).unwrap();
        assert!(plan.payoff("one").abs() < 1e-9 && plan.at(1.0).unwrap().decisions[0].abs() < 1e-9);
    }
}

#[test]
fn stages_and_last_days_refuse_starts_outside_too() {
    let alone = Structure::simultaneous();
    for start in [9.0, -1.0] {
        let game = Climb { range: [0.1, 5.0], start, roots: true };
        let until = game.feedback_until(&alone, 2.0).map(|found| found.payoffs().to_vec());
        assert!(until.is_err(), "{until:?}");
        let staged = game.feedback_in_stages(&alone, 0.5).map(|found| found.payoffs().to_vec());
        assert!(matches!(staged, Err(DynamicError::LeavesRegion { .. })), "{staged:?}");
    }
    let game = Climb { range: [0.1, 5.0], start: 1.0, roots: true };
    let staged = game.feedback_in_stages(&alone, 0.5).unwrap();
    assert!(staged.value("one", &[1.0]).is_finite() && staged.value("one", &[9.0]).is_nan());
}
