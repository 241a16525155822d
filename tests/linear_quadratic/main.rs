//! Linear-quadratic games: reference values computed by others (`fixtures/README.md`), each game against its own
//! equations put down again here, and input that must be refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

#[path = "../common/mod.rs"]
mod common;
mod reference;

use common::{close_to, close_to_all};
use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError, Matrix, StepGame};
use proptest::prelude::*;

fn scalar(a: f64, s: &[f64], q: &[f64], discounts: &[f64]) -> LinearQuadratic {
    let agents = s.iter().zip(q).zip(discounts);
    let agents = agents.map(|((s, q), r)| Agent::new(s.sqrt(), 1.0, *r).earns(-q, &[0.0], 0.0)).collect();
    LinearQuadratic::new(a, &[0.0], agents).unwrap()
}

/// The two-state game of three players from the reference file's family, with affine terms, own cross terms and a cost
/// that one player bears for another.
fn mixed() -> LinearQuadratic {
    let agents = vec![
        Agent::new([[1.0], [0.5]], 1.0, 0.1)
            .earns([[-1.0, 0.1], [0.1, -1.0]], &[1.0, 0.5], 0.3)
            .gains([[0.2, -0.1]], &[0.4])
            .bears(1, 0.3, [[0.1, 0.2]], &[-0.2]),
        Agent::new([[0.2], [1.0]], 1.5, 0.2).earns([[-2.0, 0.0], [0.0, -0.5]], &[0.3, 1.0], 0.0),
        Agent::new([[0.7, 0.1], [-0.3, 0.4]], [[0.8, 0.1], [0.1, 1.2]], 0.15)
            .earns([[-1.0, -0.3], [-0.3, -0.8]], &[0.0, 0.7], 1.0)
            .bears(0, 0.2, [[0.0, 0.1]], &[0.3]),
    ];
    LinearQuadratic::new([[0.1, 0.2], [-0.1, -0.3]], &[0.3, -0.1], agents).unwrap()
}

/// A player's controls at a state.
type Rule<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;

/// The payoff of each player from `start` when everybody follows a rule, by Runge and Kutta's method on state and
/// payoffs, everything put down here again from the game's definition.
fn simulate(rules: &[Rule; 3], start: [f64; 2], horizon: f64) -> [f64; 3] {
    let discounts = [0.1, 0.2, 0.15];
    let flow = |t: f64, y: [f64; 5]| {
        let x = [y[0], y[1]];
        let (u, v, w) = (rules[0](&x)[0], rules[1](&x)[0], rules[2](&x));
        let pay = [
            -0.5 * x[0] * x[0] + 0.1 * x[0] * x[1] - 0.5 * x[1] * x[1] + x[0] + 0.5 * x[1] + 0.3
                - 0.5 * u * u
                + u * (0.2 * x[0] - 0.1 * x[1] + 0.4)
                - 0.15 * v * v
                + v * (0.1 * x[0] + 0.2 * x[1] - 0.2),
            -x[0] * x[0] - 0.25 * x[1] * x[1] + 0.3 * x[0] + x[1] - 0.75 * v * v,
            -0.5 * x[0] * x[0] - 0.3 * x[0] * x[1] - 0.4 * x[1] * x[1] + 0.7 * x[1] + 1.0
                - 0.4 * w[0] * w[0]
                - 0.1 * w[0] * w[1]
                - 0.6 * w[1] * w[1]
                - 0.1 * u * u
                + u * (0.1 * x[1] + 0.3),
        ];
        [
            0.1 * x[0] + 0.2 * x[1] + u + 0.2 * v + 0.7 * w[0] + 0.1 * w[1] + 0.3,
            -0.1 * x[0] - 0.3 * x[1] + 0.5 * u + v - 0.3 * w[0] + 0.4 * w[1] - 0.1,
            pay[0] * (-discounts[0] * t).exp(),
            pay[1] * (-discounts[1] * t).exp(),
            pay[2] * (-discounts[2] * t).exp(),
        ]
    };
    let steps = (horizon / 0.01).ceil() as usize;
    let h = horizon / steps as f64;
    let mut y = [start[0], start[1], 0.0, 0.0, 0.0];
    let along = |y: [f64; 5], k: [f64; 5], h: f64| std::array::from_fn(|i| y[i] + h * k[i]);
    for step in 0..steps {
        let t = step as f64 * h;
        let a = flow(t, y);
        let b = flow(t + 0.5 * h, along(y, a, 0.5 * h));
        let c = flow(t + 0.5 * h, along(y, b, 0.5 * h));
        let d = flow(t + h, along(y, c, h));
        y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
    }
    [y[2], y[3], y[4]]
}

#[test]
fn values_are_what_the_policies_earn() {
    let game = mixed();
    let found = game.feedback_nash().unwrap();
    let start = [1.0, -0.5];
    let [p, q, r] = [0, 1, 2].map(|i| found.policies()[i].clone());
    let (u, v, w) =
        (|x: &[f64]| p.at(x).unwrap(), |x: &[f64]| q.at(x).unwrap(), |x: &[f64]| r.at(x).unwrap());
    let horizon = 250.0;
    let base = simulate(&[&u, &v, &w], start, horizon);
    for (value, earned) in found.values().iter().zip(base) {
        close_to(value.at(&start).unwrap(), earned, 1e-8);
    }
    // Nobody gains by a rule of its own, tilted or shifted.
    for (tilt, shift) in [(1.1, 0.0), (0.9, 0.0), (1.0, 0.05), (1.0, -0.05)] {
        let bend = |u: Vec<f64>| u.into_iter().map(|u| tilt * u + shift).collect::<Vec<_>>();
        let (u2, v2, w2) = (|x: &[f64]| bend(u(x)), |x: &[f64]| bend(v(x)), |x: &[f64]| bend(w(x)));
        assert!(simulate(&[&u2, &v, &w], start, horizon)[0] < base[0]);
        assert!(simulate(&[&u, &v2, &w], start, horizon)[1] < base[1]);
        assert!(simulate(&[&u, &v, &w2], start, horizon)[2] < base[2]);
    }
    assert!(found.certify(&game).unwrap() < 1e-9);
    // A long finite horizon begins like an infinite one; a state at a time, and at rest.
    let long = game.feedback_nash_until(300.0).unwrap().values(0.0).unwrap();
    for (finite, infinite) in long.iter().zip(found.values()) {
        close_to_all(finite.curvature().entries(), infinite.curvature().entries(), 1e-9);
        close_to_all(finite.slope(), infinite.slope(), 1e-9);
        close_to(finite.constant(), infinite.constant(), 1e-8);
    }
    close_to_all(&found.state(&start, 500.0).unwrap(), &found.rest_point().unwrap(), 1e-9);
}

#[test]
fn open_loop_payoffs_and_deviations() {
    // One player: the plan is the policy, and the payoff its value.
    let game = mixed().coalitions(&[vec![0], vec![1], vec![2]]).unwrap();
    assert_eq!(game, mixed());
    let agent = Agent::new([[1.0], [0.5]], 1.0, 0.1)
        .earns([[-1.0, 0.1], [0.1, -1.0]], &[1.0, 0.5], 0.3)
        .gains([[0.2, -0.1]], &[0.4])
        .salvages([[-0.2, 0.0], [0.0, -0.4]], &[0.1, 0.2], 0.7);
    let alone = LinearQuadratic::new([[0.1, 0.2], [-0.1, -0.3]], &[0.3, -0.1], vec![agent]).unwrap();
    let start = [1.0, -0.5];
    for horizon in [1.0, 7.0, 40.0] {
        let plan = alone.open_loop_nash_until(horizon, &start).unwrap();
        let rule = alone.feedback_nash_until(horizon).unwrap();
        close_to(plan.payoffs().unwrap()[0], rule.values(0.0).unwrap()[0].at(&start).unwrap(), 1e-10);
        for part in [0.0, 0.5, 1.0] {
            let point = plan.at(part * horizon).unwrap();
            let control = rule.policies(part * horizon).unwrap()[0].at(&point.state).unwrap();
            close_to_all(&point.controls[0], &control, 1e-9);
        }
    }
}

/// The answers of B1s in the notes: 3 ± 2√2 and (6 + √48)/6; five for three players.
#[test]
fn several_equilibria() {
    let found = scalar(3.0, &[1.0, 1.0], &[1.0, 1.0], &[0.0, 0.0]).all_equilibria().unwrap();
    let (stable, rest): (Vec<_>, Vec<_>) = found.iter().partition(|e| e.stabilising().is_some());
    assert_eq!(stable.len(), 3);
    let mut firsts: Vec<f64> = stable.iter().map(|e| -e.curvatures[0]).collect();
    firsts.sort_by(f64::total_cmp);
    let root = 2.0 * 2.0_f64.sqrt();
    close_to_all(&firsts, &[3.0 - root, (6.0 + 48.0_f64.sqrt()) / 6.0, 3.0 + root], 1e-12);
    // The others solve the equations too, but the state explodes.
    assert!(!rest.is_empty());
    for other in rest {
        assert!(matches!(other.defect(), Some(LinearQuadraticError::Diverges { .. })), "{other:?}");
        for (p, q) in [(0, 1), (1, 0)].map(|(i, j)| (other.curvatures[i], other.curvatures[j])) {
            close_to(-1.0 + 6.0 * p + p * p + 2.0 * p * q, 0.0, 1e-8);
        }
    }
    let three = scalar(3.0, &[1.0; 3], &[0.5, 0.8, 1.0], &[0.0; 3]).all_equilibria().unwrap();
    assert_eq!(three.iter().filter(|e| e.stabilising().is_some()).count(), 5);
    // The path from high discounting leads to one of them, and it is certified.
    let game = scalar(3.0, &[1.0, 1.0], &[1.0, 1.0], &[0.0, 0.0]);
    let chosen = game.feedback_nash().unwrap();
    assert!(chosen.certify(&game).unwrap() < 1e-9);
}

/// By hand: `3k² + 2k − 1 = 0`, so k = 1/3, and the state falls at rate 5/3.
#[test]
fn worked_number() {
    let found = scalar(-1.0, &[1.0, 1.0], &[1.0, 1.0], &[0.0, 0.0]).feedback_nash().unwrap();
    for value in found.values() {
        close_to(value.curvature()[(0, 0)], -1.0 / 3.0, 1e-14);
    }
    close_to(found.growth(), -5.0 / 3.0, 1e-14);
}

#[test]
fn no_equilibrium_is_an_error() {
    // A state that nobody can stabilise, and that costs.
    let agents =
        || vec![Agent::new([[1.0], [0.0]], 1.0, 0.1).earns([[-1.0, 0.0], [0.0, -1.0]], &[0.0, 0.0], 0.0)];
    let game = LinearQuadratic::new([[-1.0, 0.0], [0.0, 0.3]], &[0.0, 0.0], agents()).unwrap();
    assert!(matches!(game.feedback_nash(), Err(LinearQuadraticError::NoStabilisingSolution { .. })));
    // Slower than discounting it does no harm to payoffs, but it is not bounded.
    let game = LinearQuadratic::new([[-1.0, 0.0], [0.0, 0.04]], &[0.0, 0.0], agents()).unwrap();
    let found = game.feedback_nash().unwrap();
    assert!(!found.is_bounded() && (found.growth() - 0.04).abs() < 1e-12);
    assert!(found.rest_point().is_err());
    // Revenue that rises with the square of goodwill, too fast: beyond q s = (a − r/2)² no solution is real.
    let convex = |q: f64| scalar(-0.5, &[1.0], &[-q], &[0.1]);
    let edge: f64 = 0.55 * 0.55;
    assert!(convex(0.99 * edge).feedback_nash().is_ok());
    match convex(1.01 * edge).feedback_nash() {
        Err(LinearQuadraticError::NoStabilisingSolution { weight }) => close_to(weight, 1.0 / 1.01, 1e-4),
        other => panic!("{other:?}"),
    }
    // Explosive on a finite horizon: −p' = 2 + p², p(T) = 0 is infinite π/(2√2) before the end.
    let game = scalar(0.0, &[1.0], &[-2.0], &[0.0]);
    let ahead = std::f64::consts::PI / 8.0_f64.sqrt();
    assert!(
        game.feedback_nash_until(0.99 * ahead).is_ok()
            && game.open_loop_nash_until(0.99 * ahead, &[1.0]).is_ok()
    );
    match game.feedback_nash_until(3.0) {
        Err(LinearQuadraticError::BlowUp { time }) => close_to(time, 3.0 - ahead, 1e-9),
        other => panic!("{other:?}"),
    }
    let refused = game.open_loop_nash_until(3.0, &[1.0]);
    assert!(matches!(refused, Err(LinearQuadraticError::NoBestReply { player: 0 })), "{refused:?}");
    // Undiscounted payoffs that do not vanish at rest.
    let agent = Agent::new(1.0, 1.0, 0.0).earns(-1.0, &[1.0], 0.0);
    let game = LinearQuadratic::new(-1.0, &[0.0], vec![agent]).unwrap();
    assert!(matches!(game.feedback_nash(), Err(LinearQuadraticError::InfiniteValue { player: 0, .. })));
}

#[test]
fn a_wrong_equilibrium_is_refuted() {
    let found = scalar(-1.0, &[1.0, 1.0], &[1.0, 1.0], &[0.0, 0.0]).feedback_nash().unwrap();
    let other = scalar(-1.0, &[1.0, 1.0], &[1.0, 1.01], &[0.0, 0.0]);
    assert!(matches!(found.certify(&other), Err(LinearQuadraticError::Refuted { player: 1, .. })));
    let third = scalar(-1.0, &[1.0; 3], &[1.0; 3], &[0.0; 3]);
    assert!(matches!(found.certify(&third), Err(LinearQuadraticError::Size { .. })));
}

#[test]
fn hostile_input_is_refused() {
    use LinearQuadraticError as E;
    let agent = || Agent::new(1.0, 1.0, 0.1).earns(-1.0, &[0.0], 0.0);
    let new = |a: Matrix, d: &[f64], agents| LinearQuadratic::new(a, d, agents).unwrap_err();
    let one = || Matrix::from(-1.0);
    assert!(matches!(new(one(), &[0.0], vec![]), E::OutOfRange { .. }));
    assert!(matches!(new(Matrix::zero(0, 0), &[], vec![agent()]), E::OutOfRange { .. }));
    assert!(matches!(new(Matrix::zero(1, 2), &[0.0], vec![agent()]), E::Size { .. }));
    assert!(matches!(new(one(), &[0.0, 1.0], vec![agent()]), E::Size { .. }));
    assert!(matches!(new(one(), &[f64::NAN], vec![agent()]), E::NotFinite { .. }));
    assert!(matches!(new(f64::INFINITY.into(), &[0.0], vec![agent()]), E::NotFinite { .. }));
    for discount in [-0.1, f64::NAN, f64::INFINITY] {
        let bad = Agent::new(1.0, 1.0, discount);
        assert!(matches!(new(one(), &[0.0], vec![bad]), E::OutOfRange { player: Some(0), .. }));
    }
    for cost in [0.0, -1.0] {
        assert!(matches!(
            new(one(), &[0.0], vec![Agent::new(1.0, cost, 0.1)]),
            E::NotConcave { player: 0, .. }
        ));
    }
    let wide = Agent::new([[1.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]], 0.1);
    assert!(matches!(new(one(), &[0.0], vec![agent(), wide]), E::NotConcave { player: 1, .. }));
    let skew = Agent::new([[1.0, 1.0]], [[1.0, 0.2], [0.1, 1.0]], 0.1);
    assert!(matches!(new(one(), &[0.0], vec![skew]), E::NotSymmetric { .. }));
    let tall = Agent::new([[1.0], [1.0]], 1.0, 0.1);
    assert!(matches!(new(one(), &[0.0], vec![tall]), E::Size { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().earns([[1.0, 0.0]], &[0.0], 0.0)]), E::Size { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().earns(1.0, &[0.0], f64::NAN)]), E::NotFinite { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().gains(1.0, &[])]), E::Size { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().bears(1, 1.0, 0.0, &[0.0])]), E::Players { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().bears(0, 1.0, 0.0, &[0.0])]), E::Players { .. }));
    assert!(matches!(new(one(), &[0.0], vec![agent().salvages(1.0, &[0.0, 0.0], 0.0)]), E::Size { .. }));

    let game = LinearQuadratic::new(-1.0, &[0.0], vec![agent(), Agent::new(1.0, 1.0, 0.2)]).unwrap();
    assert!(matches!(game.cooperative(), Err(E::DifferentDiscounts { .. })));
    for partition in [vec![vec![0]], vec![vec![0, 1], vec![1]], vec![vec![0], vec![1], vec![7]]] {
        assert!(matches!(game.coalitions(&partition), Err(E::Players { .. })), "{partition:?}");
    }
    for horizon in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(game.feedback_nash_until(horizon), Err(E::OutOfRange { .. })));
        assert!(matches!(game.open_loop_nash_until(horizon, &[1.0]), Err(E::OutOfRange { .. })));
        assert!(matches!(game.in_steps(horizon), Err(E::OutOfRange { .. })));
    }
    assert!(matches!(game.open_loop_nash_until(1.0, &[1.0, 2.0]), Err(E::Size { .. })));
    assert!(matches!(game.open_loop_nash_until(1.0, &[f64::NAN]), Err(E::NotFinite { .. })));
    let found = game.feedback_nash().unwrap();
    assert!(found.values()[0].at(&[]).is_err() && found.policies()[0].at(&[1.0, 2.0]).is_err());
    assert!(found.state(&[1.0], -1.0).is_err() && found.state(&[], 1.0).is_err());
    let finite = game.feedback_nash_until(1.0).unwrap();
    assert!(finite.values(1.1).is_err() && finite.policies(f64::NAN).is_err());
    assert!(matches!(mixed().all_equilibria(), Err(E::NotScalar { .. })));
    let step = |beta: f64| {
        StepGame::new(1.0, &[0.0], &[Matrix::from(1.0)], &[beta], &[Matrix::diagonal(&[-1.0, 0.0, -1.0])])
    };
    assert!(step(0.0).is_err() && step(1.1).is_err() && step(f64::NAN).is_err());
    assert!(matches!(step(0.9).unwrap().feedback_stackelberg(1), Err(E::Players { .. })));
    let convex =
        StepGame::new(1.0, &[0.0], &[Matrix::from(1.0)], &[0.9], &[Matrix::diagonal(&[1.0, 0.0, -1.0])]);
    assert!(matches!(convex.unwrap().feedback_nash(), Err(E::NotConcave { player: 0, .. })));
}

/// Players whose controls do not meet in payoffs or motion: in continuous time leading is worth nothing, and in steps of
/// length h the two equilibria differ in proportion to h.
#[test]
fn leading_is_worth_a_step() {
    let firm = |effect, slope: f64| Agent::new(effect, 1.0, 0.1).earns(-0.3, &[slope], 0.0);
    let game = LinearQuadratic::new(-0.2, &[0.1], vec![firm(1.0, 1.0), firm(0.5, 2.0)]).unwrap();
    let limit = game.feedback_nash().unwrap();
    let gap = |step: f64| {
        let game = game.in_steps(step).unwrap();
        let (nash, led) = (game.feedback_nash().unwrap(), game.feedback_stackelberg(0).unwrap());
        let pairs = nash.policies().iter().zip(led.policies());
        let gap = pairs
            .map(|(a, b)| {
                (a.slope()[(0, 0)] - b.slope()[(0, 0)]).abs().max((a.intercept()[0] - b.intercept()[0]).abs())
            })
            .fold(0.0, f64::max);
        (gap, (led.policies()[0].slope()[(0, 0)] - limit.policies()[0].slope()[(0, 0)]).abs())
    };
    let gaps = [0.02, 0.01, 0.005].map(gap);
    for pair in gaps.windows(2) {
        for (long, short) in [(pair[0].0, pair[1].0), (pair[0].1, pair[1].1)] {
            assert!(short > 0.0 && (long / short - 2.0).abs() < 0.06, "{gaps:?}");
        }
    }
}

/// Coalitions of one change nothing; jointly players earn at least what they earn apart, and what two players bear for
/// each other is not lost in the sum.
#[test]
fn coalitions() {
    let agent = |effect: f64| Agent::new(effect, 1.0, 0.1).earns(-0.5, &[1.0], 0.2);
    let game =
        LinearQuadratic::new(-0.3, &[0.0], vec![agent(1.0).bears(1, 0.25, 0.1, &[0.3]), agent(0.6)]).unwrap();
    assert_eq!(game.coalitions(&[vec![0], vec![1]]).unwrap(), game);
    let apart = game.feedback_nash().unwrap();
    let joint = game.cooperative().unwrap().feedback_nash().unwrap();
    for x in [-1.0, 0.0, 2.0] {
        let sum: f64 = apart.values().iter().map(|v| v.at(&[x]).unwrap()).sum();
        assert!(joint.values()[0].at(&[x]).unwrap() > sum);
    }
    // By hand: one player with costs 1 and 1.25, the second's gain 0.1x + 0.3, twice the payoff from the state.
    let same = Agent::new([[1.0, 0.6]], [[1.0, 0.0], [0.0, 1.25]], 0.1)
        .earns(-1.0, &[2.0], 0.4)
        .gains([[0.0], [0.1]], &[0.0, 0.3]);
    let same = LinearQuadratic::new(-0.3, &[0.0], vec![same]).unwrap().feedback_nash().unwrap();
    close_to(joint.values()[0].at(&[1.5]).unwrap(), same.values()[0].at(&[1.5]).unwrap(), 1e-12);
}

/// Newton's method allocates nothing: as many allocations whatever it takes. And a player without any control is one.
#[test]
fn allocations_do_not_depend_on_iterations() {
    let games = [0.001, 0.1, 1.0, 5.0].map(|curvature| {
        let agent = |effect: [[f64; 1]; 2]| {
            Agent::new(effect, 1.0, 0.1).earns([[-curvature, 0.0], [0.0, -curvature]], &[1.0, 0.5], 0.0)
        };
        let idle = Agent::new(Matrix::zero(2, 0), Matrix::zero(0, 0), 0.1).earns(
            [[-1.0, 0.0], [0.0, 0.0]],
            &[1.0, 0.0],
            0.0,
        );
        let agents = vec![agent([[1.0], [0.1]]), agent([[0.1], [1.0]]), idle];
        LinearQuadratic::new([[-0.3, 0.0], [0.0, -0.4]], &[0.0, 0.0], agents).unwrap()
    });
    let counts = games.each_ref().map(|game| {
        let mut found = None;
        let allocations = allocation_counter::measure(|| found = game.feedback_nash().ok()).count_total;
        (found.unwrap().iterations(), allocations)
    });
    assert!(counts[0].0 + 2 <= counts[3].0, "{counts:?}");
    assert!(
        counts[0].1 > 0 && counts.iter().all(|(_, allocations)| *allocations == counts[0].1),
        "{counts:?}"
    );
    let found = games[0].feedback_nash().unwrap();
    assert!(
        found.policies()[2].at(&[1.0, 1.0]).unwrap().is_empty() && found.certify(&games[0]).unwrap() < 1e-9
    );
}

/// Ten states and five players.
#[test]
fn a_large_game() {
    let mut seed = 7_u64;
    let mut draw = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
    };
    let n = 10;
    let mut a: Vec<f64> = (0..n * n).map(|_| 0.2 * draw()).collect();
    (0..n).for_each(|i| a[i * n + i] -= 0.6);
    let agents = (0..5).map(|_| {
        let effect: Vec<f64> = (0..n).map(|_| 2.0 * draw()).collect();
        let weights: Vec<f64> = (0..n).map(|_| draw() - 0.5).collect();
        Agent::new(Matrix::from_rows(n, 1, &effect).unwrap(), 1.0, 0.1).earns(
            Matrix::diagonal(&weights),
            &vec![0.3; n],
            0.0,
        )
    });
    let game =
        LinearQuadratic::new(Matrix::from_rows(n, n, &a).unwrap(), &vec![0.1; n], agents.collect()).unwrap();
    let found = game.feedback_nash().unwrap();
    assert!(found.residual() < 1e-13 && found.certify(&game).unwrap() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Stable games with payoffs concave in the state: solved, stable, and every policy a best reply.
    #[test]
    fn random_stable_games(
        n in 1_usize..4,
        players in 1_usize..4,
        numbers in prop::collection::vec(-1.0..1.0_f64, 120),
    ) {
        let mut numbers = numbers.into_iter();
        let mut take = |k: usize| numbers.by_ref().take(k).collect::<Vec<f64>>();
        let mut a = take(n * n);
        (0..n).for_each(|i| a[i * n + i] -= 0.2 + n as f64);
        let agents = (0..players).map(|_| {
            let half = Matrix::from_rows(n, n, &take(n * n)).unwrap();
            let square = (0..n * n).map(|at| {
                let (i, j) = (at / n, at % n);
                -(0..n).map(|k| half[(i, k)] * half[(j, k)]).sum::<f64>()
            });
            let weights = Matrix::from_rows(n, n, &square.collect::<Vec<_>>()).unwrap();
            let effect = Matrix::from_rows(n, 1, &take(n)).unwrap();
            let rest = take(2);
            Agent::new(effect, 1.1 + rest[0], 0.06 + 0.05 * rest[1]).earns(weights, &take(n), 0.5)
        });
        let agents: Vec<Agent> = agents.collect();
        let game = LinearQuadratic::new(Matrix::from_rows(n, n, &a).unwrap(), &take(n), agents).unwrap();
        let found = game.feedback_nash().unwrap();
        prop_assert!(found.residual() < 1e-12);
        prop_assert!(found.growth() < 0.0);
        prop_assert!(found.certify(&game).unwrap() < 1e-8);
        let long = game.feedback_nash_until(60.0).unwrap().values(0.0).unwrap();
        for (finite, infinite) in long.iter().zip(found.values()) {
            for (x, y) in finite.curvature().entries().iter().zip(infinite.curvature().entries()) {
                prop_assert!((x - y).abs() < 1e-9);
            }
        }
    }

    /// Two states that may explode, payoffs that may be convex: there need not be an equilibrium, but what is returned is
    /// one.
    #[test]
    fn random_wild_games(
        a in prop::array::uniform4(-2.0..2.0_f64),
        effects in prop::array::uniform4(-1.0..1.0_f64),
        weights in prop::array::uniform6(-1.0..0.4_f64),
        r in 0.0..0.3_f64,
    ) {
        let agent = |i: usize| {
            let [x, y, z] = [0, 1, 2].map(|k| weights[3 * i + k]);
            Agent::new([[effects[2 * i]], [effects[2 * i + 1]]], 1.0, r).earns([[x, z], [z, y]], &[0.0, 0.0], 0.0)
        };
        let game =
            LinearQuadratic::new([[a[0], a[1]], [a[2], a[3]]], &[0.0, 0.0], vec![agent(0), agent(1)]).unwrap();
        match game.feedback_nash() {
            Ok(found) => {
                prop_assert!(found.growth() < 0.5 * r);
                prop_assert!(found.residual() < 1e-10);
                prop_assert!(found.certify(&game).is_ok(), "{:?}", found.certify(&game));
            }
            Err(error) => {
                prop_assert!(matches!(error, LinearQuadraticError::NoStabilisingSolution { .. }), "{error}");
            }
        }
    }

    /// One state, any motion, up to four players: every solution of the scan solves the equations written down here,
    /// and whatever the path finds is among them.
    #[test]
    fn random_scalar_games(
        a in -2.0..3.0_f64,
        r in 0.0..0.5_f64,
        weights in prop::collection::vec((0.1..2.0_f64, -0.3..2.0_f64), 1..5),
    ) {
        let (s, q): (Vec<f64>, Vec<f64>) = weights.into_iter().unzip();
        let game = scalar(a, &s, &q, &vec![r; s.len()]);
        let all = game.all_equilibria().unwrap();
        for found in &all {
            let closed = a + s.iter().zip(&found.curvatures).map(|(s, p)| s * p).sum::<f64>();
            for ((s, q), p) in s.iter().zip(&q).zip(&found.curvatures) {
                let size = q.abs() + p.abs() * (1.0 + closed.abs()) + s * p * p;
                let residual = -q - r * p + 2.0 * p * closed - s * p * p;
                prop_assert!(residual.abs() <= 1e-8 * size, "{residual}");
            }
            prop_assert_eq!(found.stabilising().is_some(), closed < 0.5 * r);
        }
        match game.feedback_nash() {
            Ok(found) => {
                let p: Vec<f64> = found.values().iter().map(|v| v.curvature()[(0, 0)]).collect();
                let known = |e: &[f64]| e.iter().zip(&p).all(|(x, y)| (x - y).abs() <= 1e-6 * (1.0 + y.abs()));
                prop_assert!(all.iter().any(|e| known(&e.curvatures)), "{p:?}");
            }
            Err(_) => prop_assert!(all.iter().all(|e| e.stabilising().is_none())),
        }
    }
}
