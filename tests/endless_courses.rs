//! Open-loop equilibria of games that never end: against formulas, the matrix route and another integrator.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use common::integrated;
use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, Matrix};
use coopad::dynamic::models::{HePrasadSethi, NerloveArrow};
use coopad::dynamic::{DifferentialGame, DynamicError, Instant, OpenLoop, SolveOverTime, State};
use coopad::models::Model;
use coopad::prelude::*;

#[track_caller]
fn close_to(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-3), "{found} is not {expected}");
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(found, expected)| close_to(*found, *expected, tolerance));
}

const FIRMS: [&str; 2] = ["first", "second"];

/// What two firms, each with one spend, have in common.
macro_rules! duopoly {
    ($game:ty, $lower:expr) => {
        impl Game for $game {
            type Player = &'static str;
            fn players(&self) -> Vec<&'static str> {
                FIRMS.to_vec()
            }
            fn decisions(&self) -> Vec<Decision<&'static str>> {
                FIRMS.map(|firm| Decision::new(format!("spend_of_{firm}"), firm).typical(0.5)).to_vec()
            }
            fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
                Interval::at_least(T::constant($lower))
            }
        }
    };
}

/// Two firms build one goodwill; the worth of goodwill per unit of margin is the same for both.
struct Goodwill {
    decay: f64,
    rate: f64,
    saturation: f64,
    start: f64,
}
duopoly!(Goodwill, f64::NEG_INFINITY);

impl Goodwill {
    const EFFECTS: [f64; 2] = [1.0, 0.8];
    const COSTS: [f64; 2] = [1.0, 1.2];
    const MARGINS: [f64; 2] = [1.0, 0.6];

    /// Goodwill at rest, the speed at which it comes there, the worth at rest and how that moves with goodwill.
    fn exact(&self) -> [f64; 4] {
        let q: f64 = (0..2).map(|i| Self::EFFECTS[i].powi(2) * Self::MARGINS[i] / Self::COSTS[i]).sum();
        let loss = self.rate + self.decay;
        let rest = q / (self.decay * loss + q * self.saturation);
        let half = (0.25 * (loss + self.decay).powi(2) + q * self.saturation).sqrt();
        let slow = 0.5 * self.rate - half;
        [rest, slow, self.decay * rest / q, (slow + self.decay) / q]
    }

    /// `∫ e^{−ρt} (a + b e^{st})(c + d e^{st}) dt` over all of time.
    fn product(&self, slow: f64, [a, b]: [f64; 2], [c, d]: [f64; 2]) -> f64 {
        a * c / self.rate + (a * d + b * c) / (self.rate - slow) + b * d / (self.rate - 2.0 * slow)
    }
}

impl DifferentialGame for Goodwill {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 20.0).starting_at(self.start)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] * Self::EFFECTS[0] + x[1] * Self::EFFECTS[1] - s[0] * self.decay;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let sales = s[0] - s[0].square() * (0.5 * self.saturation);
        (0..2).for_each(|i| out[i] = sales * Self::MARGINS[i] - x[i].square() * (0.5 * Self::COSTS[i]));
    }
    fn discount(&self, _: &'static str) -> f64 {
        self.rate
    }
    /// Never paid.
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        out.fill(s[0] * 7.0);
    }
}

#[test]
fn goodwill_by_formula() {
    for (decay, rate, saturation, start) in
        [(0.2, 0.05, 0.1, 1.0), (0.01, 2.0, 0.1, 1.0), (0.2, 0.05, 0.1, 15.0), (0.3, 0.1, 0.0, 0.0)]
    {
        let game = Goodwill { decay, rate, saturation, start };
        let found = game.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
        let [rest, slow, worth, slope] = game.exact();
        let from = start - rest;
        assert_eq!(found.horizon(), f64::INFINITY);
        for time in [0.0, 0.3, 2.0, 7.0, 40.0, 1e3, f64::INFINITY] {
            let Instant { state, costates, decisions, .. } = found.at(time).unwrap();
            let away = from * (slow * time).exp();
            close_to(state[0], rest + away, 1e-9);
            for i in 0..2 {
                let worth = Goodwill::MARGINS[i] * (worth + slope * away);
                close_to(costates[i], worth, 1e-9);
                close_to(decisions[i], Goodwill::EFFECTS[i] / Goodwill::COSTS[i] * worth, 1e-9);
            }
        }
        let slowest = found.eigenvalues().iter().filter(|e| e[0] < 0.0).collect::<Vec<_>>();
        assert_eq!((found.eigenvalues().len(), slowest.len()), (3, 1));
        close_to(slowest[0][0], slow, 1e-10);
        let one = [1.0, 0.0];
        let goodwill = [rest, from];
        for i in 0..2 {
            let scale = Goodwill::EFFECTS[i] / Goodwill::COSTS[i] * Goodwill::MARGINS[i];
            let spend = [scale * worth, scale * slope * from];
            let sales =
                game.product(slow, goodwill, one) - 0.5 * saturation * game.product(slow, goodwill, goodwill);
            let cost = 0.5 * Goodwill::COSTS[i] * game.product(slow, spend, spend);
            close_to(found.payoffs()[i], Goodwill::MARGINS[i] * sales - cost, 1e-9);
        }
    }
}

/// Who decides alone commits to what the feedback formula does.
#[test]
fn nerlove_arrow() {
    let firm = NerloveArrow::example();
    let found = firm.open_loop(&Structure::cooperative(), f64::INFINITY).unwrap();
    let value = firm.value_function();
    let start = firm.numbers().initial_goodwill;
    close_to(found.total(), value.at(&[start]).unwrap(), 1e-9);
    close_to(found.at(f64::INFINITY).unwrap().state[0], firm.steady_state(), 1e-9);
    for time in [0.0, 1.0, 10.0] {
        let Instant { state, costates, .. } = found.at(time).unwrap();
        close_to(costates[0], value.slope()[0] + value.curvature()[(0, 0)] * state[0], 1e-9);
    }
}

/// Two goodwills that spill over, `s' = As + Σ B_i x_i`, with everybody earning on both.
struct Pair;
duopoly!(Pair, f64::NEG_INFINITY);

impl Pair {
    const MOTION: [[f64; 2]; 2] = [[-0.3, 0.05], [0.1, -0.25]];
    const EFFECTS: [[f64; 2]; 2] = [[1.0, 0.2], [0.1, 0.8]];
    const SLOPES: [[f64; 2]; 2] = [[1.0, -0.2], [0.3, 0.9]];
    const CURVATURES: [[[f64; 2]; 2]; 2] = [[[-0.2, 0.05], [0.05, -0.1]], [[-0.1, 0.02], [0.02, -0.3]]];
    const RATES: [f64; 2] = [0.05, 0.12];
    const START: [f64; 2] = [1.0, 3.0];
}

impl DifferentialGame for Pair {
    fn states(&self) -> Vec<State> {
        [0, 1].map(|k| State::new(FIRMS[k], 0.0, 10.0).starting_at(Self::START[k])).to_vec()
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        for (k, out) in out.iter_mut().enumerate() {
            let moved = s[0] * Self::MOTION[k][0] + s[1] * Self::MOTION[k][1];
            *out = moved + x[0] * Self::EFFECTS[0][k] + x[1] * Self::EFFECTS[1][k];
        }
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        for i in 0..2 {
            let curvature = Self::CURVATURES[i];
            let earned = s[0] * Self::SLOPES[i][0] + s[1] * Self::SLOPES[i][1];
            let own = s[0].square() * (0.5 * curvature[0][0]) + s[1].square() * (0.5 * curvature[1][1]);
            out[i] = earned + own + s[0] * s[1] * curvature[0][1] - x[i].square() * 0.5;
        }
    }
    fn discount(&self, player: &'static str) -> f64 {
        Self::RATES[usize::from(player != FIRMS[0])]
    }
}

/// Against the matrix route, whose end is too far away to be felt.
#[test]
fn linear_quadratic() {
    let agent = |i: usize| {
        let effect = Pair::EFFECTS[i].map(|entry| [entry]);
        Agent::new(effect, 1.0, Pair::RATES[i]).earns(Pair::CURVATURES[i], &Pair::SLOPES[i], 0.0)
    };
    let matrices =
        LinearQuadratic::new(Matrix::from(Pair::MOTION), &[0.0, 0.0], vec![agent(0), agent(1)]).unwrap();
    let long = matrices.open_loop_nash_until(400.0, &Pair::START).unwrap();
    let found = Pair.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
    for time in [0.0, 0.5, 3.0, 11.0, 50.0, 150.0] {
        let (here, there) = (found.at(time).unwrap(), long.at(time).unwrap());
        all_close(&here.state, &there.state, 1e-9);
        all_close(&here.costates, &there.costates.concat(), 1e-9);
        all_close(&here.decisions, &there.controls.concat(), 1e-9);
    }
    assert_eq!(found.eigenvalues().iter().filter(|e| e[0] < 0.0).count(), 2);
    // What the two ways leave out after 400 years is below 1e-8 of it, at the smaller rate.
    all_close(found.payoffs(), &long.payoffs().unwrap(), 1e-7);
}

/// Payoffs linear in the state: the costates are constants, and committing makes no difference.
#[test]
fn linear_states() {
    struct Linear;
    duopoly!(Linear, 0.0);
    impl DifferentialGame for Linear {
        fn states(&self) -> Vec<State> {
            vec![State::new("goodwill", 0.0, 50.0).starting_at(4.0)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = x[0] + x[1] * 0.5 - s[0] * 0.2;
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = s[0] * 2.0 - x[0].square() * 0.5;
            out[1] = s[0] - x[1].square();
        }
        fn discount(&self, _: &'static str) -> f64 {
            0.1
        }
    }
    for structure in [Structure::simultaneous(), Structure::leader(FIRMS[0])] {
        let found = Linear.open_loop(&structure, f64::INFINITY).unwrap();
        let feedback = Linear.feedback(&structure).unwrap();
        for time in [0.0, 5.0, 60.0] {
            let Instant { costates, decisions, .. } = found.at(time).unwrap();
            all_close(&costates, &[2.0 / 0.3, 1.0 / 0.3], 1e-9);
            all_close(&decisions, &[2.0 / 0.3, 0.25 / 0.3], 1e-9);
        }
        all_close(found.payoffs(), feedback.payoffs(), 1e-9);
        assert!(found.is_time_consistent());
        assert!(found.temptation(3.0).unwrap().abs() < 1e-8);
    }
}

/// Two firms win customers whom nobody serves yet.
struct Sethi;
duopoly!(Sethi, 0.0);

impl Sethi {
    fn speed([x, l, m, _, _, t]: [f64; 6]) -> [f64; 6] {
        let reach = (1.0 - x).sqrt();
        let (u, v) = (0.3 * l * reach, 0.2 * m * reach);
        let push = 0.6 * u + 0.4 * v;
        let loss = 0.15 + push / (2.0 * reach);
        let kept = (-0.05 * t).exp();
        let moved = push * reach - 0.1 * x;
        [moved, loss * l - 1.0, loss * m - 0.7, kept * (x - u * u), kept * (0.7 * x - v * v), 1.0]
    }
}

impl DifferentialGame for Sethi {
    fn states(&self) -> Vec<State> {
        vec![State::new("share", 0.0, 1.0).starting_at(0.2)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = (x[0] * 0.6 + x[1] * 0.4) * (-s[0] + 1.0).sqrt() - s[0] * 0.1;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0] - x[0].square();
        out[1] = s[0] * 0.7 - x[1].square();
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.05
    }
}

#[test]
fn sethi_by_another_integrator() {
    let found = Sethi.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
    let all = |time: f64, earned: [f64; 2]| {
        let Instant { state, costates, .. } = found.at(time).unwrap();
        [state[0], costates[0], costates[1], earned[0], earned[1], time]
    };
    let rest = all(f64::INFINITY, [0.0; 2]);
    let still = Sethi::speed([rest[0], rest[1], rest[2], 0.0, 0.0, 0.0]);
    still[..3].iter().for_each(|speed| assert!(speed.abs() < 1e-12, "{still:?}"));
    // Backwards, since forwards errors grow, and in pieces; what is earned beyond, at rest.
    let mut earned = [0.0; 2];
    for piece in 0..30 {
        let (from, to) = (3.0 * f64::from(piece), 3.0 * f64::from(piece + 1));
        let back = integrated(Sethi::speed, all(to, [0.0; 2]), -3.0, 1000);
        all_close(&back[..3], &all(from, [0.0; 2])[..3], 1e-9);
        (0..2).for_each(|i| earned[i] -= back[3 + i]);
    }
    let reach = 1.0 - rest[0];
    let tail = [rest[0] - (0.3 * rest[1]).powi(2) * reach, 0.7 * rest[0] - (0.2 * rest[2]).powi(2) * reach];
    for i in 0..2 {
        close_to(found.payoffs()[i], earned[i] + (-0.05_f64 * 90.0).exp() * tail[i] / 0.05, 1e-9);
    }
}

/// A leader pays on both firms' goodwill, a follower's synergy makes its plan inconsistent.
struct Led;
duopoly!(Led, f64::NEG_INFINITY);

impl Led {
    const START: f64 = 0.8;

    /// Goodwill, the follower's costate, the leader's, its multiplier, and what both earn; by hand: the follower sets
    /// `1.4u = 0.8λ + 0.2v + 0.1G`, and a unit of `u` is worth `w = 0.3 + 0.8ψ − 0.1μ` to the leader.
    fn speed([g, lambda, psi, mu, _, _, t]: [f64; 7]) -> [f64; 7] {
        let worth = 0.3 + 0.8 * psi - 0.1 * mu;
        let v = psi + worth * 0.2 / 1.4;
        let u = (0.8 * lambda + 0.2 * v + 0.1 * g) / 1.4;
        let mut flow = [0.0; 2];
        Led.flow(&[g], &[v, u], &mut flow);
        [
            v + 0.8 * u - 0.25 * g,
            0.33 * lambda - 0.7 + 0.15 * g - 0.1 * u,
            0.05 * psi - (1.0 - 0.1 * g - 0.25 * psi) - (0.15 * mu + worth * 0.1 / 1.4),
            0.05 * mu - 0.33 * mu - worth * 0.8 / 1.4,
            (-0.05 * t).exp() * flow[0],
            (-0.08 * t).exp() * flow[1],
            1.0,
        ]
    }
}

impl DifferentialGame for Led {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 20.0).starting_at(Self::START)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] + x[1] * 0.8 - s[0] * 0.25;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0] - s[0].square() * 0.05 - x[0].square() * 0.5 + x[1] * 0.3;
        out[1] = s[0] * 0.7 - s[0].square() * 0.075 - x[1].square() * 0.7 + x[1] * (x[0] * 0.2 + s[0] * 0.1);
    }
    fn discount(&self, player: &'static str) -> f64 {
        if player == FIRMS[0] { 0.05 } else { 0.08 }
    }
}

#[test]
fn a_leader_without_end() {
    let found = Led.open_loop(&Structure::leader(FIRMS[0]), f64::INFINITY).unwrap();
    let all = |time: f64| {
        let Instant { state, costates, multipliers, .. } = found.at(time).unwrap();
        [state[0], costates[1], costates[0], multipliers[1], 0.0, 0.0, time]
    };
    assert!(all(0.0)[3].abs() < 1e-12);
    let [g, lambda, psi, mu, ..] = all(f64::INFINITY);
    let still = Led::speed([g, lambda, psi, mu, 0.0, 0.0, 0.0]);
    still[..4].iter().for_each(|speed| assert!(speed.abs() < 1e-11, "{still:?}"));
    assert!(mu.abs() > 0.1);
    // Eigenvalues come in pairs about half of the leader's rate.
    let growth: Vec<f64> = found.eigenvalues().iter().map(|e| e[0]).collect();
    (0..4).for_each(|k| close_to(growth[k] + growth[3 - k], 0.05, 1e-8));
    // Backwards, in pieces; what is earned beyond, at rest.
    let mut earned = [0.0; 2];
    for piece in 0..80 {
        let (from, to) = (3.0 * f64::from(piece), 3.0 * f64::from(piece + 1));
        let back = integrated(Led::speed, all(to), -3.0, 1000);
        all_close(&back[..4], &all(from)[..4], 1e-9);
        (0..2).for_each(|i| earned[i] -= back[4 + i]);
    }
    let tail = Led::speed([g, lambda, psi, mu, 0.0, 0.0, 240.0]);
    for (i, rate) in [0.05, 0.08].into_iter().enumerate() {
        close_to(found.payoffs()[i], earned[i] + tail[4 + i] / rate, 1e-9);
    }
    // Leading is worth something; so would be breaking the promises, but not before they bind.
    let nash = Led.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
    assert!(found.payoff(FIRMS[0]) > nash.payoff(FIRMS[0]));
    assert!(!found.is_time_consistent() && nash.is_time_consistent());
    assert!(found.temptation(0.0).unwrap().abs() < 1e-7);
    assert!(found.temptation(5.0).unwrap() > 1e-4);
    assert!(found.temptation(1e4).unwrap() > 1e-4);
    // A long horizon comes close.
    let long = Led.open_loop(&Structure::leader(FIRMS[0]), 150.0).unwrap();
    close_to(long.at(3.0).unwrap().state[0], found.at(3.0).unwrap().state[0], 1e-9);
}

/// One firm, `s' = growth·s + push + x`, earns `s − ½x²`.
struct Lone {
    growth: f64,
    push: f64,
    rate: f64,
}

impl Game for Lone {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::new("spend", "firm")]
    }
}

impl DifferentialGame for Lone {
    fn states(&self) -> Vec<State> {
        vec![State::new("stock", 0.0, 10.0).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0] * self.growth + x[0] + self.push;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0] - x[0].square() * 0.5;
    }
    fn discount(&self, _: &'static str) -> f64 {
        self.rate
    }
}

#[test]
fn refused() {
    let solve = |growth, push, rate| {
        let game = Lone { growth, push, rate };
        let found = OpenLoop::solve(&game, &Structure::simultaneous(), f64::INFINITY);
        found.map(|found| found.payoffs().to_vec())
    };
    assert!(solve(-0.1, 1.0, 0.1).is_ok());
    assert!(matches!(solve(-0.1, 1.0, 0.0), Err(DynamicError::Parameter(_))));
    // What grows of itself stays nowhere; what only ever grows rests nowhere.
    match solve(0.02, -20.0, 0.1) {
        Err(DynamicError::NoSaddle { decaying: 0, needed: 1, ref eigenvalues, ref last }) => {
            assert_eq!((eigenvalues.len(), last.len()), (2, 2));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(solve(0.0, 1.0, 0.1), Err(DynamicError::NoRest { .. })));
    for time in [-1.0, f64::NAN] {
        let game = Lone { growth: -0.1, push: 0.0, rate: 0.1 };
        let found = game.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
        assert!(matches!(found.at(time), Err(DynamicError::Parameter(_))));
        assert!(matches!(found.temptation(time), Err(DynamicError::Parameter(_))));
    }
}

/// A game that starts at rest stays there.
#[test]
fn at_rest() {
    let rest = Goodwill { decay: 0.2, rate: 0.05, saturation: 0.1, start: 1.0 }.exact()[0];
    let game = Goodwill { decay: 0.2, rate: 0.05, saturation: 0.1, start: rest };
    let found = game.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
    let (first, last) = (found.at(0.0).unwrap(), found.at(f64::INFINITY).unwrap());
    all_close(&first.decisions, &last.decisions, 1e-12);
    let mut flow = [0.0; 2];
    game.flow(&[rest], &last.decisions, &mut flow);
    all_close(found.payoffs(), &flow.map(|flow| flow / 0.05), 1e-10);
}

/// A channel in which the leader cannot move the follower: decay rates come in equal pairs, and costates at their rest stay
/// there.
#[test]
fn no_support() {
    let channel = HePrasadSethi::example();
    let structure = HePrasadSethi::structure("no_support").unwrap();
    let found = channel.open_loop(&structure, f64::INFINITY).unwrap();
    let feedback = channel.feedback(&structure).unwrap();
    all_close(found.payoffs(), feedback.payoffs(), 1e-9);
    assert!(found.is_time_consistent());
    assert!(found.temptation(2.0).unwrap().abs() < 1e-8);
}
