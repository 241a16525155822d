//! Best choices far away, on several stages, on scales of all sizes.

use coopad::SolveError;
use coopad::prelude::*;

type Name = &'static str;

const NAMES: [Name; 6] = ["1", "2", "3", "4", "5", "6"];

/// Quantities, price `intercept - total`, no cost.
struct Quantities {
    firms: usize,
    intercept: f64,
}

impl Game for Quantities {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        NAMES[..self.firms].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        NAMES[..self.firms].iter().map(|name| Decision::new(*name, *name)).collect()
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl StaticGame for Quantities {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = x.iter().fold(T::constant(self.intercept), |price, x| price - *x);
        out.iter_mut().zip(x).for_each(|(out, x)| *out = price * *x);
    }
}

fn in_turn(firms: usize) -> Structure<Name> {
    Structure::sequence((0..firms).map(|firm| vec![firm]))
}

/// In turn each takes half of what is left; nothing binds.
#[test]
fn scales_do_not_matter_and_nothing_binds() {
    for firms in 2..=4 {
        for power in [-9, -6, -3, 0, 3, 6, 9, 12] {
            let intercept = 9.0 * 10_f64.powi(power);
            let game = Quantities { firms, intercept };
            let what = format!("{firms} firms, intercept {intercept:e}");
            let nash = game.solve(&Structure::simultaneous()).unwrap_or_else(|e| panic!("{what}: {e}"));
            let each = intercept / (firms + 1) as f64;
            assert!(
                nash.profile().iter().all(|x| (x - each).abs() <= 1e-9 * each),
                "{what}: {:?}",
                nash.profile()
            );
            let found = game.solve(&in_turn(firms)).unwrap_or_else(|e| panic!("{what}: {e}"));
            for (k, x) in found.profile().iter().enumerate() {
                let wanted = intercept * 0.5_f64.powi(k as i32 + 1);
                assert!((x - wanted).abs() <= 1e-8 * wanted, "{what}: {:?}", found.profile());
            }
            assert_eq!(found.report().binding, [], "{what}");
            found.verify(&game).unwrap_or_else(|e| panic!("{what}: {e}"));
        }
    }
}

/// One decision without bounds, far from where anybody would start.
struct Parabola {
    top: f64,
    height: f64,
}

impl Game for Parabola {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["1"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "1")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }
}

impl StaticGame for Parabola {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = -(x[0] - self.top).square() + self.height;
    }
}

#[test]
fn a_smooth_top_far_away_is_no_kink() {
    for top in [0.0, 1e-6, 1.0, -30.0, 1e4, -1e5, 1e6, 1e8] {
        for height in [0.0, 1.0, -7.0] {
            let game = Parabola { top, height };
            let found =
                game.solve(&Structure::simultaneous()).unwrap_or_else(|e| panic!("{top} {height}: {e}"));
            assert!((found[0] - top).abs() <= 1e-9 * top.abs().max(1.0), "{top} {height}: {}", found[0]);
            assert!(!found.report().at_kink, "{top} {height}");
            assert!(found.report().residual.unwrap() < 1e-6, "{top} {height}: {:?}", found.report());
            found.verify(&game).unwrap();
        }
    }
}

/// Two that want to meet their own lines: payoffs are zero where both do.
struct Lines;

impl Game for Lines {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["1", "2"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "1"), Decision::new("y", "2")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(-10.0), T::constant(10.0))
    }
}

impl StaticGame for Lines {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = -(x[0] - x[1] * 3.0 - 1.0).square();
        out[1] = -(x[1] + x[0] * 3.0 - 1.0).square();
    }
}

#[test]
fn a_residual_is_small_where_payoffs_are_zero() {
    let found = Lines.solve(&Structure::simultaneous()).unwrap();
    assert!((found[0] - 0.4).abs() < 1e-9 && (found[1] + 0.2).abs() < 1e-9);
    assert!(found.report().residual.unwrap() < 1e-8, "{:?}", found.report());
    found.verify(&Lines).unwrap();
    // By hand, and not by the engine.
    let right = Lines.propose(&Structure::simultaneous(), vec![0.4, -0.2]).unwrap().verify(&Lines).unwrap();
    assert!(right.report().residual.unwrap() < 1e-8, "{:?}", right.report());
}

/// Matching pennies with distances: no equilibrium. With what is at stake.
struct Pennies(f64);

impl Game for Pennies {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["m", "r"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "m"), Decision::new("y", "r")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::unit()
    }
}

impl StaticGame for Pennies {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = -(x[0] - x[1]).square() * self.0;
        out[1] = (x[0] - x[1]).square() * self.0;
    }
}

#[test]
fn a_gain_is_one_that_can_be_made() {
    for stake in [1.0, 10.0, 1e6, 1e-6] {
        match Pennies(stake).solve(&Structure::simultaneous()) {
            Err(SolveError::NoEquilibrium { gain, .. }) => {
                assert!((0.0..=stake).contains(&gain), "{stake}: {gain}")
            }
            other => panic!("{stake}: {other:?}"),
        }
    }
}

/// A contest: shares by powers of what everybody spends.
struct Contest {
    firms: usize,
    decisiveness: f64,
    prize: f64,
}

impl Game for Contest {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        NAMES[..self.firms].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        NAMES[..self.firms].iter().map(|name| Decision::new(*name, *name)).collect()
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl StaticGame for Contest {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let total = x.iter().fold(T::constant(1e-12), |total, x| total + x.powf(self.decisiveness));
        for (out, x) in out.iter_mut().zip(x) {
            *out = x.powf(self.decisiveness) / total * self.prize - *x;
        }
    }
}

#[test]
fn contests_are_found_or_refused() {
    // By hand: everybody spends prize r (n - 1)/n², and nobody would rather spend nothing while r (n - 1)/n <= 1.
    for (firms, decisiveness) in [(2, 0.5), (3, 1.0), (5, 1.2), (4, 1.3), (6, 1.1)] {
        for prize in [10.0, 1e-3, 1e5] {
            let game = Contest { firms, decisiveness, prize };
            let n = firms as f64;
            let each = prize * decisiveness * (n - 1.0) / (n * n);
            let what = format!("{firms} {decisiveness} {prize}");
            let nash = Structure::simultaneous();
            let right = game.propose(&nash, vec![each; firms]).unwrap();
            right.verify(&game).unwrap_or_else(|e| panic!("{what}: {e}"));
            match game.solve(&nash) {
                Ok(found) => {
                    found
                        .clone()
                        .verify(&game)
                        .unwrap_or_else(|e| panic!("{what}: {e} {:?}", found.profile()));
                    assert!(
                        found.profile().iter().all(|x| (x - each).abs() < 1e-7 * each),
                        "{what} {:?}",
                        found.profile()
                    );
                }
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }
}

/// Two leaders, and a follower that stops at a kink.
struct Kinked;

impl Game for Kinked {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["one", "two", "low"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x1", "one"), Decision::new("x2", "two"), Decision::new("y", "low")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < 2 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl StaticGame for Kinked {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = -(x[0] * 0.5) - x[2];
        out[1] = x[1] * 0.5 + x[2];
        out[2] = -(x[2] * (x[0] + x[1] - 1.0)) - x[2].square() * 0.5;
    }
}

#[test]
fn a_kink_in_the_middle_is_told_or_solved() {
    // The middle mover stops on the kink, x1 = 1 - x2; whoever is first takes 1.
    match Kinked.solve(&Structure::sequence([vec![1], vec![0], vec![2]])) {
        Ok(found) => {
            let wanted = [0.0, 1.0, 0.0];
            assert!(
                found.profile().iter().zip(wanted).all(|(x, y)| (x - y).abs() < 1e-6),
                "{:?}",
                found.profile()
            );
        }
        Err(SolveError::Kink { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    let at_once = Kinked.solve(&Structure::sequence([vec![0, 1], vec![2]]));
    assert!(
        matches!(at_once, Err(SolveError::NoEquilibrium { .. } | SolveError::Kink { .. })),
        "{at_once:?}"
    );
}

/// A payoff that grows without end.
struct Endless;

impl Game for Endless {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["1"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "1")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl StaticGame for Endless {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = x[0].sqrt();
    }
}

#[test]
fn what_grows_without_end_is_said_to() {
    let found = Endless.solve(&Structure::simultaneous());
    assert!(matches!(found, Err(SolveError::Unbounded { .. })), "{found:?}");
}

/// What only a sum of efforts decides: `√(x + y)` shared, less a cost of the sum (of `x` and `y` each where `alone` is said).
struct SumOfEfforts {
    worths: [f64; 2],
    alone: bool,
    flat: bool,
}
impl Game for SumOfEfforts {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["a", "b"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::new("x", "a"), Decision::new("y", "b")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(-50.0), T::constant(50.0))
    }
}
impl StaticGame for SumOfEfforts {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        if self.flat {
            out[0] = -(x[0] - 1.0).square().square();
            out[1] = -(x[1] - 2.0).square().square();
            return;
        }
        let sum = x[0] + x[1];
        for (player, out) in out.iter_mut().enumerate() {
            *out = sum * self.worths[player] - sum.square() * (0.5 * self.worths[player]);
            if self.alone {
                *out = *out - x[player].square();
            }
        }
    }
}

#[test]
fn a_continuum_of_equilibria_is_said_to_be_one() {
    let game = SumOfEfforts { worths: [1.0, 3.0], alone: false, flat: false };
    for structure in [Structure::simultaneous(), Structure::cooperative()] {
        let found = game.solve(&structure).unwrap();
        assert!((found[0] + found[1] - 1.0).abs() < 1e-6, "{:?}", found.profile());
        assert!(found.report().continuum, "{}: {:?}", structure.name(), found.report());
        found.verify(&game).unwrap();
    }
    // Who bears a cost of one's own decides alone; a flat top is one top.
    for other in
        [SumOfEfforts { alone: true, ..game }, SumOfEfforts { flat: true, alone: true, worths: [1.0, 1.0] }]
    {
        let found = other.solve(&Structure::simultaneous()).unwrap();
        assert!(!found.report().continuum, "{:?}", found.profile());
    }
}
