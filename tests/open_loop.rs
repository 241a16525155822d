//! Open-loop equilibria: reference values computed by others (`fixtures/README.md`), games with an exact answer, other
//! routes to the same one, and input that must be refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic};
use coopad::dynamic::{DifferentialGame, DynamicError, Instant, MaximumPrinciple, OpenLoop, Route, State};
use coopad::prelude::*;
use serde_json::Value;

fn rows(family: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("fixtures/dynamic.json")).unwrap();
    file[family].as_array().unwrap().clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn numbers<const N: usize>(value: &Value, names: [&str; N]) -> [f64; N] {
    names.map(|name| number(&value[name]))
}

#[track_caller]
fn close_to(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-3), "{found} is not {expected}");
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let size = expected.iter().fold(0.0, |s: f64, e| s.max(e.abs()));
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance * size, "{found:?} is not {expected:?}");
    }
}

/// Runge and Kutta's rule of order four.
fn integrated<const N: usize>(
    speed: impl Fn([f64; N]) -> [f64; N],
    mut y: [f64; N],
    time: f64,
    steps: usize,
) -> [f64; N] {
    let h = time / steps as f64;
    let moved = |y: [f64; N], k: [f64; N], h: f64| -> [f64; N] { std::array::from_fn(|i| y[i] + h * k[i]) };
    for _ in 0..steps {
        let a = speed(y);
        let b = speed(moved(y, a, 0.5 * h));
        let c = speed(moved(y, b, 0.5 * h));
        let d = speed(moved(y, c, h));
        y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
    }
    y
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

mod reference {
    use super::*;

    /// Two firms draw each other's customers; the costates are those of each firm's own share.
    struct Lanchester {
        k: [f64; 2],
        q: [f64; 2],
        c: [f64; 2],
        s: [f64; 2],
        r: f64,
        start: f64,
    }
    duopoly!(Lanchester);

    impl Lanchester {
        fn range<T: Scalar>(&self) -> Interval<T> {
            Interval::at_least(T::constant(0.0))
        }
    }

    impl DifferentialGame for Lanchester {
        fn states(&self) -> Vec<State> {
            vec![State::new("share", 0.0, 1.0).starting_at(self.start)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            let other = -s[0] + 1.0;
            out[0] = x[0] * self.k[0] * other - x[1] * self.k[1] * s[0];
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = s[0] * self.q[0] - x[0].square() * (0.5 * self.c[0]);
            out[1] = (-s[0] + 1.0) * self.q[1] - x[1].square() * (0.5 * self.c[1]);
        }
        fn discount(&self, _: &'static str) -> f64 {
            self.r
        }
        fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
            out[0] = s[0] * self.s[0];
            out[1] = (-s[0] + 1.0) * self.s[1];
        }
    }

    impl Lanchester {
        /// State and own costates at the start, integrated backwards from the end by Runge and Kutta's rule.
        fn backwards(&self, horizon: f64, last: f64) -> [f64; 3] {
            let speed = |[x, l, m]: [f64; 3]| {
                let (u, v) = (self.k[0] * l * (1.0 - x) / self.c[0], self.k[1] * m * x / self.c[1]);
                let pull = self.r + self.k[0] * u + self.k[1] * v;
                [self.k[0] * u * (1.0 - x) - self.k[1] * v * x, pull * l - self.q[0], pull * m - self.q[1]]
            };
            integrated(speed, [last, self.s[0], self.s[1]], -horizon, 4000)
        }
    }

    #[test]
    fn lanchester() {
        // Both costates of the second row obey one equation and end at one value, but differ by 1e-8 in the file; shooting
        // (below) says that both are wrong by some 4e-8.
        for (row, exact) in rows("lanchester_open_loop").iter().zip([1e-9, 1e-7]) {
            let p = &row["params"];
            let [k1, k2, q1, q2, c1, c2] = numbers(p, ["k1", "k2", "q1", "q2", "c1", "c2"]);
            let [r, horizon, s1, s2, start] = numbers(p, ["r", "T", "S1", "S2", "x0"]);
            let game = Lanchester { k: [k1, k2], q: [q1, q2], c: [c1, c2], s: [s1, s2], r, start };
            let found = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
            let first = found.at(0.0).unwrap();
            let own = [first.costates[0], -first.costates[1]];
            all_close(&own, &list(&row["costates_0"]), exact);
            all_close(&first.decisions, &list(&row["u_at"]["0"]), exact);
            for (time, name) in [(0.5 * horizon, "T/2"), (horizon, "T")] {
                let Instant { state, decisions, .. } = found.at(time).unwrap();
                close_to(state[0], number(&row["x_at"][name]), exact);
                let expected = list(&row["u_at"][name]);
                decisions.iter().zip(&expected).for_each(|(u, e)| assert!((u - e).abs() < exact));
            }
            all_close(found.payoffs(), &list(&row["payoffs"]), 1e-7);
            // The state at the end by bisection, down to its last digit; between what is left the start is all but linear.
            let last = found.at(horizon).unwrap().state[0];
            let mut ends = [last - 1e-9, last + 1e-9];
            while ends[1] - ends[0] > 4.0 * f64::EPSILON * last {
                let middle = 0.5 * (ends[0] + ends[1]);
                ends[usize::from(game.backwards(horizon, middle)[0] > start)] = middle;
            }
            let [from, to] = ends.map(|end| game.backwards(horizon, end));
            let part = (start - from[0]) / (to[0] - from[0]);
            assert!((0.0..=1.0).contains(&part));
            for i in 0..2 {
                close_to(own[i], from[1 + i] + part * (to[1 + i] - from[1 + i]), 1e-8);
            }
        }
    }

    /// `x' = ax + Σ√s_i u_i`, costs `½q_ix² + ½u_i²`.
    struct Regulator {
        a: f64,
        q: [f64; 2],
        s: [f64; 2],
        start: f64,
    }
    duopoly!(Regulator);

    impl Regulator {
        fn range<T: Scalar>(&self) -> Interval<T> {
            Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
        }
    }

    impl DifferentialGame for Regulator {
        fn states(&self) -> Vec<State> {
            vec![State::new("deviation", -1.0, 2.0).starting_at(self.start)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = s[0] * self.a + x[0] * self.s[0].sqrt() + x[1] * self.s[1].sqrt();
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            (0..2).for_each(|i| out[i] = -(s[0].square() * self.q[i] + x[i].square()) * 0.5);
        }
        fn discount(&self, _: &'static str) -> f64 {
            0.0
        }
    }

    /// Against the file, and the whole course against the matrix route.
    #[test]
    fn linear_quadratic() {
        for row in rows("lq_open_loop_vs_feedback_finite") {
            let p = &row["params"];
            let [a, horizon, start] = numbers(p, ["a", "T", "x0"]);
            let (q, s) = (list(&p["q"]), list(&p["s"]));
            let game = Regulator { a, q: [q[0], q[1]], s: [s[0], s[1]], start };
            let found = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
            let expected: Vec<f64> = list(&row["costate0"]).iter().map(|c| -c).collect();
            all_close(&found.at(0.0).unwrap().costates, &expected, 1e-9);
            let last = found.at(horizon).unwrap().state[0];
            assert!((last - number(&row["x_T"])).abs() < 1e-10);
            let agents =
                (0..2).map(|i| Agent::new(s[i].sqrt(), 1.0, 0.0).earns(-q[i], &[0.0], 0.0)).collect();
            let matrices = LinearQuadratic::new(a, &[0.0], agents).unwrap();
            let plan = matrices.open_loop_nash_until(horizon, &[start]).unwrap();
            for part in [0.0, 0.21, 0.5, 0.83, 1.0] {
                let (here, there) = (found.at(part * horizon).unwrap(), plan.at(part * horizon).unwrap());
                assert!((here.state[0] - there.state[0]).abs() < 1e-9);
                for (a, b) in here.costates.iter().zip(there.costates.concat()) {
                    assert!((a - b).abs() < 1e-9);
                }
                for (a, b) in here.decisions.iter().zip(there.controls.concat()) {
                    assert!((a - b).abs() < 1e-9);
                }
            }
            all_close(found.payoffs(), &plan.payoffs().unwrap(), 1e-9);
        }
    }
}

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
    all_close(found.payoffs(), &last[3..5], 1e-9);
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

mod leading {
    use super::*;

    /// A leader and a follower spend `v` and `u` on one goodwill, `G' = av + bu − δG`.
    #[derive(Clone, Copy)]
    struct Pair {
        /// `a` and `b`.
        effects: [f64; 2],
        /// Of `½cv²` and `½cu²`.
        costs: [f64; 2],
        /// `πG − ½εG²` for each.
        margins: [f64; 2],
        saturation: [f64; 2],
        /// `m u` for the leader.
        gain: f64,
        /// `η uv + χ uG` for the follower.
        support: f64,
        synergy: f64,
        decay: f64,
        rates: [f64; 2],
        /// `SG − ½hG²` for each.
        salvage: [[f64; 2]; 2],
    }
    duopoly!(Pair);

    impl Pair {
        const EXAMPLE: Pair = Pair {
            effects: [1.0, 0.8],
            costs: [1.0, 1.4],
            margins: [1.0, 0.7],
            saturation: [0.1, 0.15],
            gain: 0.3,
            support: 0.2,
            synergy: 0.1,
            decay: 0.25,
            rates: [0.05, 0.08],
            salvage: [[0.4, 0.05], [0.3, 0.08]],
        };
        const START: f64 = 0.8;

        fn range<T: Scalar>(&self) -> Interval<T> {
            Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
        }

        /// What both decide, given goodwill, the follower's costate, the leader's and its multiplier, by hand: the follower
        /// sets `cu = bλ + ηv + χG`, and a unit of `u` is worth `w = m + bψ − χμ` to the leader.
        fn decisions(&self, [g, lambda, psi, mu]: [f64; 4]) -> [f64; 2] {
            let worth = self.gain + self.effects[1] * psi - self.synergy * mu;
            let v = (self.effects[0] * psi + worth * self.support / self.costs[1]) / self.costs[0];
            [v, (self.effects[1] * lambda + self.support * v + self.synergy * g) / self.costs[1]]
        }

        /// The equations of the maximum principle, by hand.
        fn speed(&self, y: [f64; 4]) -> [f64; 4] {
            let ([g, lambda, psi, mu], [v, u]) = (y, self.decisions(y));
            let ([a, b], [_, c]) = (self.effects, self.costs);
            let worth = self.gain + b * psi - self.synergy * mu;
            let own = self.margins[0] - self.saturation[0] * g - self.decay * psi;
            let through = self.saturation[1] * mu + worth * self.synergy / c;
            let loss = self.rates[1] + self.decay;
            [
                a * v + b * u - self.decay * g,
                loss * lambda - self.margins[1] + self.saturation[1] * g - self.synergy * u,
                self.rates[0] * psi - own - through,
                self.rates[0] * mu - loss * mu - worth * b / c,
            ]
        }

        /// Goodwill, both costates and the multiplier at a time: the equations are affine, so that the end is the start times
        /// an exponential, and the conditions at both are linear.
        fn exact(&self, horizon: f64, time: f64) -> [f64; 4] {
            let constant = self.speed([0.0; 4]);
            let mut matrix = [[0.0; 5]; 5];
            for k in 0..4 {
                let mut unit = [0.0; 4];
                unit[k] = 1.0;
                let moved = self.speed(unit);
                (0..4).for_each(|row| matrix[row][k] = moved[row] - constant[row]);
                matrix[k][4] = constant[k];
            }
            let end = |start: [f64; 4], time: f64| -> [f64; 4] {
                let e = exponential(&matrix, time);
                std::array::from_fn(|row| e[row][4] + (0..4).map(|k| e[row][k] * start[k]).sum::<f64>())
            };
            // λ = S − hG and ψ = S − hG + h_Fμ at the end.
            let misses = |lambda: f64, psi: f64| {
                let [g, lambda, psi, mu] = end([Self::START, lambda, psi, 0.0], horizon);
                let [[s, h], [sf, hf]] = self.salvage;
                [lambda - sf + hf * g, psi - s + h * g - hf * mu]
            };
            let [none, first, second] = [misses(0.0, 0.0), misses(1.0, 0.0), misses(0.0, 1.0)];
            let [a, c] = [first[0] - none[0], first[1] - none[1]];
            let [b, d] = [second[0] - none[0], second[1] - none[1]];
            let lambda = (b * none[1] - d * none[0]) / (a * d - b * c);
            let psi = (c * none[0] - a * none[1]) / (a * d - b * c);
            end([Self::START, lambda, psi, 0.0], time)
        }
    }

    /// `e^{Mt}` by Taylor's series and squaring.
    fn exponential(matrix: &[[f64; 5]; 5], time: f64) -> [[f64; 5]; 5] {
        let times = |a: &[[f64; 5]; 5], b: &[[f64; 5]; 5]| -> [[f64; 5]; 5] {
            std::array::from_fn(|i| std::array::from_fn(|j| (0..5).map(|k| a[i][k] * b[k][j]).sum()))
        };
        let small = matrix.map(|row| row.map(|entry| entry * time / 1024.0));
        let mut sum: [[f64; 5]; 5] =
            std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
        let mut term = sum;
        for order in 1..12 {
            term = times(&term, &small).map(|row| row.map(|entry| entry / f64::from(order)));
            (0..25).for_each(|at| sum[at / 5][at % 5] += term[at / 5][at % 5]);
        }
        (0..10).for_each(|_| sum = times(&sum, &sum));
        sum
    }

    impl DifferentialGame for Pair {
        fn states(&self) -> Vec<State> {
            vec![State::new("goodwill", 0.0, 20.0).starting_at(Self::START)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = x[0] * self.effects[0] + x[1] * self.effects[1] - s[0] * self.decay;
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            for i in 0..2 {
                let sales = s[0] * self.margins[i] - s[0].square() * (0.5 * self.saturation[i]);
                out[i] = sales - x[i].square() * (0.5 * self.costs[i]);
            }
            out[0] = out[0] + x[1] * self.gain;
            out[1] = out[1] + x[1] * (x[0] * self.support + s[0] * self.synergy);
        }
        fn discount(&self, player: &'static str) -> f64 {
            self.rates[usize::from(player != FIRMS[0])]
        }
        fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
            for (out, [slope, curvature]) in out.iter_mut().zip(self.salvage) {
                *out = s[0] * slope - s[0].square() * (0.5 * curvature);
            }
        }
    }

    #[test]
    fn against_the_exponential() {
        let game = Pair::EXAMPLE;
        for horizon in [1.0, 6.0] {
            let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), horizon).unwrap();
            for part in [0.0, 0.3, 0.71, 1.0] {
                let now = found.at(part * horizon).unwrap();
                let y = game.exact(horizon, part * horizon);
                let [g, lambda, psi, mu] = y;
                close_to(now.state[0], g, 1e-9);
                all_close(&now.costates, &[psi, lambda], 1e-9);
                assert!((now.multipliers[1] - mu).abs() < 1e-9 && now.multipliers[0] == 0.0);
                all_close(&now.decisions, &game.decisions(y), 1e-9);
            }
            // The payoffs, with what they are made of integrated by another rule.
            let speed = |all: [f64; 7]| {
                let (y, t) = ([all[0], all[1], all[2], all[3]], all[6]);
                let ([v, u], [moved, l, p, m]) = (game.decisions(y), game.speed(y));
                let mut flow = [0.0; 2];
                game.flow(&[y[0]], &[v, u], &mut flow);
                let [f, h] = [0, 1].map(|i| (-game.rates[i] * t).exp() * flow[i]);
                [moved, l, p, m, f, h, 1.0]
            };
            let [g, lambda, psi, mu] = game.exact(horizon, 0.0);
            let last = integrated(speed, [g, lambda, psi, mu, 0.0, 0.0, 0.0], horizon, 4000);
            let mut salvage = [0.0; 2];
            game.salvage(&[last[0]], &mut salvage);
            let expected = [0, 1].map(|i| last[4 + i] + (-game.rates[i] * horizon).exp() * salvage[i]);
            all_close(found.payoffs(), &expected, 1e-9);
            // Leading is worth something; so would be breaking the promises.
            let nash = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
            assert!(found.payoff(FIRMS[0]) > nash.payoff(FIRMS[0]));
            assert!(!found.is_time_consistent() && nash.is_time_consistent());
            assert_eq!(nash.temptation(0.5 * horizon).unwrap(), 0.0);
            assert!(found.temptation(0.5 * horizon).unwrap() > 1e-4);
            assert!(found.temptation(0.0).unwrap().abs() < 1e-9);
        }
    }

    /// The leader's own best course beats others that it could commit to, the follower replying to them.
    #[test]
    fn no_better_course() {
        let (game, horizon) = (Pair::EXAMPLE, 6.0);
        let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), horizon).unwrap();
        let mut best = found.payoff(FIRMS[0]);
        let steps = 600;
        let h = horizon / f64::from(steps);
        let grid: Vec<f64> = (0..=2 * steps).map(|k| 0.5 * h * f64::from(k)).collect();
        let course: Vec<f64> = grid.iter().map(|&t| found.at(t).unwrap().decisions[0]).collect();
        // The follower's problem is affine too: its costate at the start from two trials.
        let earns = |bump: &dyn Fn(f64) -> f64| {
            let run = |lambda: f64| {
                let speed = |y: [f64; 3], at: usize| {
                    let v = course[at] + bump(grid[at] / horizon);
                    let u = (game.effects[1] * y[1] + game.support * v + game.synergy * y[0]) / game.costs[1];
                    let mut flow = [0.0; 2];
                    game.flow(&[y[0]], &[v, u], &mut flow);
                    let loss = game.rates[1] + game.decay;
                    let price = loss * y[1] - game.margins[1] + game.saturation[1] * y[0] - game.synergy * u;
                    let mut drift = [0.0];
                    game.drift(&[y[0]], &[v, u], &mut drift);
                    [drift[0], price, (-game.rates[0] * grid[at]).exp() * flow[0]]
                };
                let mut y = [Pair::START, lambda, 0.0];
                for k in 0..steps as usize {
                    let moved =
                        |k: [f64; 3], h: f64| -> [f64; 3] { std::array::from_fn(|i| y[i] + h * k[i]) };
                    let a = speed(y, 2 * k);
                    let b = speed(moved(a, 0.5 * h), 2 * k + 1);
                    let c = speed(moved(b, 0.5 * h), 2 * k + 1);
                    let d = speed(moved(c, h), 2 * k + 2);
                    y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
                }
                let mut salvage = [0.0; 2];
                game.salvage(&[y[0]], &mut salvage);
                let [slope, curvature] = game.salvage[1];
                let miss = y[1] - slope + curvature * y[0];
                (miss, y[2] + (-game.rates[0] * horizon).exp() * salvage[0])
            };
            let [(from, _), (to, _)] = [run(0.0), run(1.0)];
            run(from / (from - to)).1
        };
        close_to(earns(&|_| 0.0), best, 1e-9);
        best += 1e-9;
        for size in [0.1, -0.1, 0.01, -0.01] {
            assert!(earns(&|_| size) < best);
            assert!(earns(&|t| size * t) < best);
            assert!(earns(&|t| size * (1.0 - t)) < best);
            assert!(earns(&|t| size * (3.0 * t).sin()) < best);
        }
    }

    /// A follower who cannot move the state, or who values it whatever happens, makes no promise worth breaking.
    #[test]
    fn consistent_plans() {
        let still = Pair { effects: [1.0, 0.0], ..Pair::EXAMPLE };
        let linear = Pair { saturation: [0.1, 0.0], synergy: 0.0, ..Pair::EXAMPLE };
        let linear = Pair { salvage: [[0.4, 0.05], [0.3, 0.0]], ..linear };
        for game in [still, linear] {
            let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), 6.0).unwrap();
            assert!(found.is_time_consistent());
            assert!(found.temptation(3.0).unwrap().abs() < 1e-8);
        }
    }

    /// A manufacturer pays a share of a retailer's spend on a goodwill that both sell from.
    struct Support;

    impl Game for Support {
        type Player = &'static str;
        fn players(&self) -> Vec<&'static str> {
            vec!["manufacturer", "retailer"]
        }
        fn decisions(&self) -> Vec<Decision<&'static str>> {
            vec![
                Decision::transfer("rate", "manufacturer", "retailer"),
                Decision::new("national", "manufacturer").typical(1.0),
                Decision::new("local", "retailer").typical(1.0),
            ]
        }
        fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
            if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
        }
    }

    impl DifferentialGame for Support {
        fn states(&self) -> Vec<State> {
            vec![State::new("goodwill", 0.0, 10.0).starting_at(0.5)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = x[1] * 0.6 + x[2] - s[0] * 0.3;
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            let (sales, cost) = (s[0] - s[0].square() * 0.06, x[2].square() * 0.5);
            out[0] = sales * 1.5 - x[1].square() * 0.5 - x[0] * cost;
            out[1] = sales - cost + x[0] * cost;
        }
        fn discount(&self, _: &'static str) -> f64 {
            0.1
        }
    }

    #[test]
    fn cost_sharing() {
        let horizon = 4.0;
        let led = OpenLoop::solve(&Support, &Structure::leader("manufacturer"), horizon).unwrap();
        let alone = Structure::leader("manufacturer").no_transfers();
        let alone = OpenLoop::solve(&Support, &alone, horizon).unwrap();
        let together = OpenLoop::solve(&Support, &Structure::cooperative(), horizon).unwrap();
        assert!(led.at(0.0).unwrap().decisions[0] > 0.05);
        assert!(led.payoff("manufacturer") > alone.payoff("manufacturer"));
        assert!(together.total() > led.total());
        assert!(!led.is_time_consistent());
        assert!(led.temptation(0.5 * horizon).unwrap() > 0.0);
        // Nobody commits between others, or both before and after them.
        for stages in [vec![vec![1], vec![2], vec![0]], vec![vec![1], vec![0, 2]]] {
            let refused = OpenLoop::solve(&Support, &Structure::sequence(stages), horizon);
            assert!(matches!(refused, Err(DynamicError::NoCommitment { .. })));
        }
    }
}

mod refused {
    use super::*;

    #[test]
    fn horizons() {
        for horizon in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            let found = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), horizon);
            assert!(matches!(found, Err(DynamicError::Parameter(_))), "{horizon}");
        }
        let found = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), 1.0).unwrap();
        for time in [-1e-9, 1.0 + 1e-9, f64::NAN, f64::INFINITY] {
            assert!(matches!(found.at(time), Err(DynamicError::Parameter(_))), "{time}");
        }
        for tolerance in [0.0, -1.0, f64::NAN, 1.0, f64::INFINITY] {
            let settings = MaximumPrinciple { tolerance, ..MaximumPrinciple::default() };
            let found = settings.solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), 1.0);
            assert!(matches!(found, Err(DynamicError::Parameter(_))), "{tolerance}");
        }
    }

    #[test]
    fn games_that_make_no_sense() {
        let nan = Goodwill { decay: f64::NAN, ..Goodwill::EXAMPLE };
        assert!(OpenLoop::solve(&nan, &Structure::simultaneous(), 5.0).is_err());
        let discount = Goodwill { rate: f64::NAN, ..Goodwill::EXAMPLE };
        assert!(OpenLoop::solve(&discount, &Structure::simultaneous(), 5.0).is_err());
        let stranger = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::leader("nobody"), 5.0);
        assert!(matches!(stranger, Err(DynamicError::Structure(_))));
    }

    /// `s' = s² + u + v`, from 1: left alone, it is infinite at time 1.
    struct Explosive;
    duopoly!(Explosive);

    impl Explosive {
        fn range<T: Scalar>(&self) -> Interval<T> {
            Interval::at_least(T::constant(0.0))
        }
    }

    impl DifferentialGame for Explosive {
        fn states(&self) -> Vec<State> {
            vec![State::new("heat", 0.0, 2.0).starting_at(1.0)]
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            out[0] = s[0].square() + x[0] + x[1];
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            (0..2).for_each(|i| out[i] = s[0] - x[i].square());
        }
        fn discount(&self, _: &'static str) -> f64 {
            0.1
        }
    }

    #[test]
    fn explosions() {
        let found = OpenLoop::solve(&Explosive, &Structure::simultaneous(), 3.0);
        match found {
            Err(DynamicError::NoPath { reached, ref last, .. }) => {
                assert!(reached < 1.0 && !last.is_empty(), "{reached}");
            }
            Err(DynamicError::Stage { .. }) => {}
            other => panic!("{:?}", other.map(|found| found.payoffs().to_vec())),
        }
        let short = OpenLoop::solve(&Explosive, &Structure::simultaneous(), 0.2).unwrap();
        assert!(short.payoffs().iter().all(|payoff| payoff.is_finite()));
    }
}
