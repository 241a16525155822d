//! Open-loop equilibria: reference values computed by others (`fixtures/README.md`), games with an exact answer, other
//! routes to the same one, and input that must be refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

#[path = "../common/mod.rs"]
mod common;

use common::{close_to, close_to_all, integrated, number, numbers, rows};
use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic};
use coopad::dynamic::{DifferentialGame, DynamicError, Instant, MaximumPrinciple, OpenLoop, Route, State};
use coopad::prelude::*;
use serde_json::Value;

fn named<const N: usize>(value: &Value, names: [&str; N]) -> [f64; N] {
    names.map(|name| number(&value[name]))
}

const FIRMS: [&str; 2] = ["first", "second"];

/// What two firms, each with one spend, have in common.
macro_rules! duopoly {
    ($game:ty) => {
        impl Game for $game {
            type Player = &'static str;
            fn players(&self) -> Vec<&'static str> {
                FIRMS.to_vec()
            }
            fn decisions(&self) -> Vec<Decision<&'static str>> {
                FIRMS.map(|firm| Decision::new(format!("spend_of_{firm}"), firm).typical(0.5)).to_vec()
            }
            fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
                self.range()
            }
        }
    };
}

mod leading;
mod reference;
mod refused;

/// Two firms build one goodwill; after the games that boundary-value solvers are compared on.
struct Goodwill {
    effects: [f64; 2],
    costs: [f64; 2],
    margins: [f64; 2],
    pull: f64,
    saturation: f64,
    decay: f64,
    rate: f64,
    salvage: [f64; 2],
}
duopoly!(Goodwill);

impl Goodwill {
    const EXAMPLE: Goodwill = Goodwill {
        effects: [1.0, 0.8],
        costs: [1.0, 1.2],
        margins: [1.0, 0.6],
        pull: 1.0,
        saturation: 0.1,
        decay: 0.2,
        rate: 0.05,
        salvage: [0.5, 0.3],
    };
    const START: f64 = 1.0;

    fn range<T: Scalar>(&self) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }

    /// Goodwill and the costate per unit of margin, which is the same for both firms if the salvage per unit of margin is:
    /// `G' = qℓ − δG`, `ℓ' = (ρ + δ)ℓ − θ + εG`. One exponential from each end, so that no horizon is too long.
    fn exact(&self, horizon: f64, time: f64) -> [f64; 2] {
        let Goodwill { effects: b, costs: c, margins: m, pull, saturation, decay, rate, salvage } = *self;
        let q: f64 = (0..2).map(|i| b[i] * b[i] * m[i] / c[i]).sum();
        let loss = rate + decay;
        let rest = q * pull / (decay * loss + q * saturation);
        let half = (0.25 * (loss + decay) * (loss + decay) + q * saturation).sqrt();
        let [slow, fast] = [0.5 * rate - half, 0.5 * rate + half];
        // G = rest + A e^{slow t} + B e^{fast (t − T)}, ℓ = (G' + δG)/q.
        let [first, last] = [(slow + decay) / q, (fast + decay) / q];
        let [from, to] = [Self::START - rest, salvage[0] / m[0] - decay * rest / q];
        let [down, up] = [(slow * horizon).exp(), (-fast * horizon).exp()];
        // A + B up = from, first down A + last B = to.
        let b_end = (to - first * down * from) / (last - first * down * up);
        let a = from - b_end * up;
        let [a, b_end] = [a * (slow * time).exp(), b_end * (fast * (time - horizon)).exp()];
        [rest + a + b_end, decay * rest / q + first * a + last * b_end]
    }
}

impl DifferentialGame for Goodwill {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 20.0).starting_at(Self::START)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] * self.effects[0] + x[1] * self.effects[1] - s[0] * self.decay;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let sales = s[0] * self.pull - s[0].square() * (0.5 * self.saturation);
        (0..2).for_each(|i| out[i] = sales * self.margins[i] - x[i].square() * (0.5 * self.costs[i]));
    }
    fn discount(&self, _: &'static str) -> f64 {
        self.rate
    }
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        (0..2).for_each(|i| out[i] = s[0] * self.salvage[i]);
    }
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<&'static str>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        (0..2).for_each(|i| x[i] = costates[i] * (self.effects[i] / self.costs[i]));
        structure.same_rules(&Structure::simultaneous())
    }
}

#[test]
fn goodwill_on_any_horizon() {
    let game = Goodwill::EXAMPLE;
    for horizon in [0.01, 1.0, 10.0, 20.0, 50.0, 100.0, 1000.0] {
        for route in [Route::Auto, Route::Engine] {
            let settings = MaximumPrinciple { route, ..MaximumPrinciple::default() };
            let found = settings.solve(&game, &Structure::simultaneous(), horizon).unwrap();
            for part in [0.0, 0.13, 0.5, 0.9, 1.0] {
                let Instant { state, costates, decisions, .. } = found.at(part * horizon).unwrap();
                let [goodwill, worth] = game.exact(horizon, part * horizon);
                close_to(state[0], goodwill, 1e-9);
                for i in 0..2 {
                    close_to(costates[i], game.margins[i] * worth, 1e-9);
                    close_to(decisions[i], game.effects[i] / game.costs[i] * game.margins[i] * worth, 1e-9);
                }
            }
            if horizon == 1000.0 {
                break; // The engine has been seen at work.
            }
        }
    }
}

/// Accuracy follows the tolerance.
#[test]
fn tolerance() {
    let game = Goodwill::EXAMPLE;
    for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
        let settings = MaximumPrinciple { tolerance, ..MaximumPrinciple::default() };
        let found = settings.solve(&game, &Structure::simultaneous(), 10.0).unwrap();
        assert!(found.report().residual.unwrap() <= tolerance);
        let [_, worth] = game.exact(10.0, 0.0);
        close_to(found.at(0.0).unwrap().costates[0], worth, tolerance);
    }
}

/// Two firms win customers whom nobody serves yet; both earn on the same sales.
struct Sethi;
duopoly!(Sethi);

impl Sethi {
    const EFFECTS: [f64; 2] = [0.6, 0.4];
    const MARGINS: [f64; 2] = [1.0, 0.7];
    const DECAY: f64 = 0.1;
    const RATE: f64 = 0.05;

    fn range<T: Scalar>(&self) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl DifferentialGame for Sethi {
    fn states(&self) -> Vec<State> {
        vec![State::new("share", 0.0, 1.0).starting_at(0.2)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let reach = (-s[0] + 1.0).sqrt();
        out[0] = (x[0] * Self::EFFECTS[0] + x[1] * Self::EFFECTS[1]) * reach - s[0] * Self::DECAY;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        (0..2).for_each(|i| out[i] = s[0] * Self::MARGINS[i] - x[i].square());
    }
    fn discount(&self, _: &'static str) -> f64 {
        Self::RATE
    }
}

/// From the start that was found, another integrator arrives at the end, with the payoffs.
#[test]
fn sethi_by_another_integrator() {
    let horizon = 10.0;
    let found = OpenLoop::solve(&Sethi, &Structure::simultaneous(), horizon).unwrap();
    // State, costates, payoffs, time.
    let speed = |[x, l, m, _, _, t]: [f64; 6]| {
        let reach = (1.0 - x).sqrt();
        let (u, v) = (0.5 * Sethi::EFFECTS[0] * l * reach, 0.5 * Sethi::EFFECTS[1] * m * reach);
        let push = Sethi::EFFECTS[0] * u + Sethi::EFFECTS[1] * v;
        let loss = Sethi::RATE + Sethi::DECAY + push / (2.0 * reach);
        let kept = (-Sethi::RATE * t).exp();
        let [a, b] = Sethi::MARGINS;
        let moved = push * reach - Sethi::DECAY * x;
        [moved, loss * l - a, loss * m - b, kept * (a * x - u * u), kept * (b * x - v * v), 1.0]
    };
    let Instant { state, costates, .. } = found.at(0.0).unwrap();
    let last = integrated(speed, [state[0], costates[0], costates[1], 0.0, 0.0, 0.0], horizon, 20_000);
    assert!(last[1].abs() < 1e-8 && last[2].abs() < 1e-8, "{last:?}");
    close_to(found.at(horizon).unwrap().state[0], last[0], 1e-9);
    close_to_all(found.payoffs(), &last[3..5], 1e-9);
}

/// Who decides alone finds the same course whether committed to it or free to answer the state.
#[test]
fn together_nothing_is_lost_by_committing() {
    let game = Goodwill::EXAMPLE;
    let Goodwill { effects, costs, margins, pull, saturation, decay, rate, salvage } = Goodwill::EXAMPLE;
    let both = margins[0] + margins[1];
    // Both spends weighed with their costs are one control.
    let effect = (0..2).map(|i| effects[i] * effects[i] / costs[i]).sum::<f64>().sqrt();
    let channel = Agent::new(effect, 1.0, rate).earns(-both * saturation, &[both * pull], 0.0).salvages(
        0.0,
        &[salvage[0] + salvage[1]],
        0.0,
    );
    let matrices = LinearQuadratic::new(-decay, &[0.0], vec![channel]).unwrap();
    for horizon in [2.0, 15.0] {
        let found = OpenLoop::solve(&game, &Structure::cooperative(), horizon).unwrap();
        let value = matrices.feedback_nash_until(horizon).unwrap().values(0.0).unwrap();
        close_to(found.total(), value[0].at(&[Goodwill::START]).unwrap(), 1e-9);
        let Instant { costates, .. } = found.at(0.0).unwrap();
        let slope = value[0].curvature()[(0, 0)] * Goodwill::START + value[0].slope()[0];
        close_to(costates[0] + costates[1], slope, 1e-9);
    }
}
