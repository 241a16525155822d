//! Open-loop equilibria: reference values computed by others (`fixtures/README.md`), games with an exact answer, other
//! routes to the same one, and input that must be refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic};
use coopad::dynamic::{
    DifferentialGame, DynamicError, Instant, MaximumPrinciple, OpenLoop, Route, SolveOverTime, State,
};
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

    #[test]
    fn lanchester() {
        for row in rows("lanchester_open_loop") {
            let p = &row["params"];
            let [k1, k2, q1, q2, c1, c2] = numbers(p, ["k1", "k2", "q1", "q2", "c1", "c2"]);
            let [r, horizon, s1, s2, start] = numbers(p, ["r", "T", "S1", "S2", "x0"]);
            let game = Lanchester { k: [k1, k2], q: [q1, q2], c: [c1, c2], s: [s1, s2], r, start };
            let found = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
            let first = found.at(0.0).unwrap();
            // The file's second costate is that of the second firm's own share. Both obey one equation, l' = (r + k₁u₁ + k₂u₂)l
            // − q, and end at one value: where the file has two different numbers, they are wrong by as much.
            let expected = list(&row["costates_0"]);
            let exact = 1e-9 + (expected[0] - expected[1]).abs();
            all_close(&[first.costates[0], -first.costates[1]], &expected, exact);
            all_close(&first.decisions, &list(&row["u_at"]["0"]), exact);
            assert!((first.costates[0] + first.costates[1]).abs() < 1e-9);
            for (time, name) in [(0.5 * horizon, "T/2"), (horizon, "T")] {
                let Instant { state, decisions, .. } = found.at(time).unwrap();
                close_to(state[0], number(&row["x_at"][name]), exact);
                let expected = list(&row["u_at"][name]);
                decisions.iter().zip(&expected).for_each(|(u, e)| assert!((u - e).abs() < exact));
            }
            all_close(found.payoffs(), &list(&row["payoffs"]), 1e-7);
        }
    }

    /// Deal (1979), with the direct attack on the rival's customers of Deal, Sethi and Thompson.
    struct Deal {
        a: [f64; 2],
        b: [f64; 2],
        c: [f64; 2],
        e: [f64; 2],
        w: [f64; 2],
        rho: f64,
        start: [f64; 2],
    }
    duopoly!(Deal);

    impl Deal {
        fn range<T: Scalar>(&self) -> Interval<T> {
            Interval::at_least(T::constant(0.0))
        }
    }

    impl DifferentialGame for Deal {
        fn states(&self) -> Vec<State> {
            [0, 1].map(|i| State::new(format!("sales_of_{}", FIRMS[i]), 0.0, 1.0).starting_at(self.start[i])).to_vec()
        }
        fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            let all = s[0] + s[1];
            for i in 0..2 {
                let free = (-all + 1.0) * x[i] * self.b[i];
                out[i] = free + (x[i] - x[1 - i]) * all * self.e[i] - s[i] * self.a[i];
            }
        }
        fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
            (0..2).for_each(|i| out[i] = s[i] * self.c[i] - x[i].square());
        }
        fn discount(&self, _: &'static str) -> f64 {
            self.rho
        }
        fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
            (0..2).for_each(|i| out[i] = s[i] * self.w[i]);
        }
    }

    #[test]
    fn deal() {
        for row in rows("deal_1979_open_loop") {
            let p = &row["params"];
            let pair = |name: &str| [1, 2].map(|i| number(&p[format!("{name}{i}")]));
            let [rho, horizon] = numbers(p, ["rho", "T"]);
            let game = Deal {
                a: pair("a"),
                b: pair("b"),
                c: pair("c"),
                e: pair("e"),
                w: pair("w"),
                rho,
                start: numbers(p, ["x10", "x20"]),
            };
            let found = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
            let costates = numbers(&row["initial_costates"], ["l11", "l12", "l21", "l22"]);
            all_close(&found.at(0.0).unwrap().costates, &costates, 1e-9);
            for (time, name) in [(0.0, "0"), (0.5 * horizon, "T/2"), (horizon, "T")] {
                let Instant { state, decisions, .. } = found.at(time).unwrap();
                all_close(&decisions, &list(&row["u_at"][name]), 1e-9);
                if time > 0.0 {
                    all_close(&state, &list(&row["x_at"][name]), 1e-9);
                }
            }
            all_close(found.payoffs(), &list(&row["payoffs"]), 1e-9);
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
            let agents = (0..2).map(|i| Agent::new(s[i].sqrt(), 1.0, 0.0).earns(-q[i], &[0.0], 0.0)).collect();
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
