//! Second-order conditions of open-loop equilibria: games whose conjugate points are known, and games that are concave.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError};
use coopad::dynamic::{DifferentialGame, DynamicError, SecondOrder, SolveOverTime, State};
use coopad::prelude::*;

/// A firm moves a stock, `s' = x − δs`, and earns `½qs² − ½x²` and `½hs²` for the last of it: more stock makes stock more
/// valuable.
struct Growing {
    q: f64,
    decay: f64,
    rate: f64,
    salvage: f64,
    least: f64,
}

impl Growing {
    const PLAIN: Growing = Growing { q: 1.0, decay: 0.0, rate: 0.0, salvage: 0.0, least: f64::NEG_INFINITY };
    const WIDTH: f64 = 4.0;
}

impl Game for Growing {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::new("spend", "firm")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(self.least))
    }
}

impl DifferentialGame for Growing {
    fn states(&self) -> Vec<State> {
        vec![State::new("stock", -2.0, 2.0).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] - s[0] * self.decay;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0].square() * (0.5 * self.q) - x[0].square() * 0.5;
    }
    fn discount(&self, _: &'static str) -> f64 {
        self.rate
    }
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        out[0] = s[0].square() * (0.5 * self.salvage);
    }
}

fn verdict(game: &Growing, horizon: f64) -> SecondOrder {
    game.open_loop(&Structure::simultaneous(), horizon).unwrap().second_order("firm").unwrap()
}

/// Without decay `P = √q tan(√q(T − t))`: infinite a quarter of a turn before the end.
#[test]
fn conjugate_points() {
    for q in [1.0, 0.25_f64] {
        let quarter = std::f64::consts::FRAC_PI_2 / q.sqrt();
        let game = Growing { q, ..Growing::PLAIN };
        for share in [0.5, 0.9, 1.2, 1.7] {
            let horizon = share * quarter;
            let matrices =
                LinearQuadratic::new(0.0, &[0.0], vec![Agent::new(1.0, 1.0, 0.0).earns(q, &[0.0], 0.0)])
                    .unwrap();
            let known = matrices.open_loop_nash_until(horizon, &[1.0]);
            match verdict(&game, horizon) {
                SecondOrder::Local { eigenvalue: Some(eigenvalue), .. } => {
                    assert!(share < 1.0 && known.is_ok());
                    assert!((eigenvalue - q * Growing::WIDTH.powi(2)).abs() < 1e-9);
                }
                SecondOrder::Fails { time } => {
                    assert!(share > 1.0 && (time - (horizon - quarter)).abs() < 1e-3, "{time}");
                    assert!(matches!(known, Err(LinearQuadraticError::NoBestReply { player: 0 })));
                }
                other => panic!("{share}: {other:?}"),
            }
        }
    }
}

/// A stock that is worth more than twice as much twice as large, at the end only: `P' = −P²`, `P(T) = h`, infinite `1/h`
/// before the end.
#[test]
fn a_convex_end() {
    let game = Growing { q: 0.0, salvage: 0.5, ..Growing::PLAIN };
    assert!(matches!(verdict(&game, 1.9), SecondOrder::Local { time, .. } if time == 1.9));
    match verdict(&game, 3.0) {
        SecondOrder::Fails { time } => assert!((time - 1.0).abs() < 1e-3, "{time}"),
        other => panic!("{other:?}"),
    }
}

/// A game without end comes to rest where decay outweighs what convexity adds; the matrix route finds a maximum there.
#[test]
fn without_end() {
    for q in [0.01, 0.29] {
        let game = Growing { q, decay: 0.5, rate: 0.1, ..Growing::PLAIN };
        match verdict(&game, f64::INFINITY) {
            SecondOrder::Local { eigenvalue: Some(eigenvalue), .. } => {
                assert!((eigenvalue - q * Growing::WIDTH.powi(2)).abs() < 1e-9);
            }
            other => panic!("{other:?}"),
        }
        let agent = Agent::new(1.0, 1.0, 0.1).earns(q, &[0.0], 0.0);
        let matrices = LinearQuadratic::new(-0.5, &[0.0], vec![agent]).unwrap();
        let value = matrices.feedback_nash().unwrap().values()[0].at(&[1.0]).unwrap();
        let found = game.open_loop(&Structure::simultaneous(), f64::INFINITY).unwrap();
        assert!((found.payoff("firm") / value - 1.0).abs() < 1e-9);
    }
}

#[test]
fn undecided() {
    // A decision at its bound: what the Riccati equation says of free ones does not hold.
    let held = Growing { least: 0.9, ..Growing::PLAIN };
    assert!(matches!(verdict(&held, 1.0), SecondOrder::Undecided { eigenvalue: Some(_), .. }));
    let concave = Growing { q: -0.01, decay: 0.5, rate: 0.1, ..Growing::PLAIN };
    assert_eq!(verdict(&concave, f64::INFINITY), SecondOrder::Concave);
    let found = concave.open_loop(&Structure::simultaneous(), 1.0).unwrap();
    assert!(matches!(found.second_order("nobody"), Err(DynamicError::Structure(_))));
}

/// Two firms win customers whom nobody serves yet: each one's maximised Hamiltonian is linear in what it does itself, and
/// concave by what the other does.
struct Sethi;

impl Game for Sethi {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["first", "second"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        ["first", "second"].map(|firm| Decision::new(firm, firm).typical(0.5)).to_vec()
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
fn concave() {
    for horizon in [5.0, f64::INFINITY] {
        for structure in [Structure::simultaneous(), Structure::cooperative()] {
            let found = Sethi.open_loop(&structure, horizon).unwrap();
            for firm in ["first", "second"] {
                assert_eq!(found.second_order(firm).unwrap(), SecondOrder::Concave);
            }
        }
    }
    let led = Sethi.open_loop(&Structure::leader("first"), 5.0).unwrap();
    assert_eq!(led.second_order("first").unwrap(), SecondOrder::Leads);
    assert_eq!(led.second_order("second").unwrap(), SecondOrder::Concave);
}
