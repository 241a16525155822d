//! Hostile input, structures that do not fit, and games made for the purpose: each ends in the right typed error or
//! in an answer that is known by hand and that the certificate confirms.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use common::Draws;
use coopad::models::{
    BergerLogarithm, BergerPercentage, BergerSquareRoot, Brands, Channel, DantBerger, DualBrand, HuangLi,
    Model, Parameter, PlatformAlliance, SzmerekovskyZhang, Wang, XieNeyret, Yue, ZhangXie,
};
use coopad::prelude::*;
use coopad::solve::{Surplus, cara_split, power_split};
use coopad::{ParameterError, Side, SolveError, StructureError, Verified};

type Name = &'static str;
type Rules = Structure<Name>;

/// The engine's solution, confirmed by the certificate.
#[track_caller]
fn solved<G: StaticGame>(game: &G, structure: &Structure<G::Player>) -> Verified<G::Player> {
    let found = game.solve_numerically(structure).unwrap_or_else(|e| panic!("{}: {e}", structure.name()));
    let profile = found.profile().to_vec();
    found.verify(game).unwrap_or_else(|e| panic!("{}, {profile:?}: {e}", structure.name()))
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance * e.abs().max(1e-3), "{found:?} instead of {expected:?}");
    }
}

/// A wrong profile is taken for what it is.
#[track_caller]
fn refuted<G: StaticGame>(game: &G, structure: &Structure<G::Player>, profile: &[f64]) {
    let proposed = game.propose(structure, profile.to_vec()).unwrap();
    match proposed.verify(game) {
        Err(SolveError::Refuted { gain, deviation, .. }) => {
            assert!(gain > 0.0 && deviation.len() == profile.len());
        }
        other => panic!("{profile:?} under {} was not refuted: {other:?}", structure.name()),
    }
}

/// A game from a few closures' worth of data: two players who each choose numbers, payoffs by a function.
macro_rules! game {
    ($name:ident, players $players:expr, decisions $decisions:expr,
     bounds |$d:ident, $b:ident| $bounds:expr, payoffs |$x:ident, $out:ident| $payoffs:expr
     $(, domain |$v:ident| $domain:expr)?) => {
        struct $name;
        impl Game for $name {
            type Player = Name;
            fn players(&self) -> Vec<Name> {
                $players.to_vec()
            }
            fn decisions(&self) -> Vec<Decision<Name>> {
                $decisions.to_vec()
            }
            fn bounds<T: Scalar>(&self, $d: usize, $b: &[T]) -> Interval<T> {
                $bounds
            }
        }
        impl StaticGame for $name {
            fn payoffs<T: Scalar>(&self, $x: &[T], $out: &mut [T]) {
                $payoffs
            }
            $(fn domain(&self, $v: &[f64]) -> Domain {
                $domain
            })?
        }
    };
}

fn number<T: Scalar>(value: f64) -> T {
    T::constant(value)
}

// ---- Hostile parameters --------------------------------------------------------------------------------------

const HOSTILE: [f64; 12] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -1.0,
    -0.0,
    0.0,
    1e300,
    1e-300,
    -1e300,
    5e-324,
    f64::MAX,
    1e18,
];

/// One or two of the example's numbers replaced: an error that names the parameter, or finite results and no panic.
fn torment<M: Model + Parametric>() -> usize {
    let example = M::example().values();
    let filled: Vec<usize> = (0..example.len()).filter(|&at| !example[at].is_empty()).collect();
    let mut rejected = 0;
    let mut attempt = |values: &[Vec<f64>]| {
        let bad = |p: &Parameter, v: &[f64]| v.iter().any(|v| !p.range.contains(*v));
        let expected = M::parameters().iter().zip(values).any(|(p, v)| bad(p, v));
        match M::from_values(values) {
            Err(error) => {
                rejected += 1;
                // Each number in range, but not together: a price below its costs.
                let together = matches!(error, ParameterError::Inconsistent { .. });
                assert!(expected || together, "{values:?} was rejected: {error}");
                let named = M::parameters().iter().any(|p| error.to_string().contains(p.name));
                assert!(named, "{error}");
            }
            Ok(game) => {
                assert!(!expected, "{values:?} was accepted");
                for scheme in M::structures() {
                    let solutions =
                        [game.solve(&scheme.structure), game.solve_numerically(&scheme.structure)];
                    for solution in solutions.into_iter().flatten() {
                        let mut all = solution.profile().iter().chain(solution.payoffs());
                        assert!(all.all(|v| v.is_finite()), "{values:?}: {solution:?}");
                    }
                }
            }
        }
    };
    for &at in &filled {
        for entry in 0..example[at].len() {
            for value in HOSTILE {
                let mut values = example.clone();
                values[at][entry] = value;
                attempt(&values);
                // A second one, chosen by the first.
                let other = filled[(at + entry + 1) % filled.len()];
                for second in [1e300, 1e-300] {
                    values[other][0] = second;
                    attempt(&values);
                }
            }
        }
    }
    rejected
}

#[test]
fn hostile_parameters_huang_li() {
    assert!(torment::<HuangLi>() > 100);
}

#[test]
fn hostile_parameters_platform_alliance() {
    assert!(torment::<PlatformAlliance>() > 50);
}

#[test]
fn hostile_parameters_dual_brand() {
    assert!(torment::<DualBrand>() > 100);
}

#[test]
fn hostile_parameters_wang() {
    assert!(torment::<Wang>() > 100);
}

#[test]
fn hostile_parameters_zhang_xie() {
    assert!(torment::<ZhangXie>() > 100);
}

#[test]
fn hostile_parameters_of_prices_and_saturation() {
    assert!(torment::<Yue>() > 100);
    assert!(torment::<XieNeyret>() > 100);
    assert!(torment::<SzmerekovskyZhang>() > 100);
}

#[test]
fn hostile_parameters_of_allowances_and_funds() {
    assert!(torment::<BergerSquareRoot>() > 50);
    assert!(torment::<BergerLogarithm>() > 50);
    assert!(torment::<BergerPercentage>() > 50);
    assert!(torment::<DantBerger>() > 50);
}

#[test]
fn values_of_the_wrong_shape_are_errors() {
    assert!(HuangLi::from_values(&[]).is_err());
    assert!(HuangLi::from_values(&vec![vec![1.0, 2.0, 3.0]; 6]).is_err());
    assert!(DualBrand::from_values(&vec![vec![1.0; 3]; 7]).is_err());
    assert!(PlatformAlliance::from_values(&[]).is_err());
    // Both forms at once.
    let mixed: Vec<Vec<f64>> = PlatformAlliance::parameters().iter().map(|_| vec![1.0]).collect();
    assert!(PlatformAlliance::from_values(&mixed).is_err());
}

#[test]
fn hostile_bargaining() {
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(cara_split(bad, [1.0, 1.0]).is_err());
        assert!(cara_split(1.0, [bad, 1.0]).is_err());
        assert!(power_split(bad, [1.0; 2], [1.0; 2]).is_err());
        assert!(power_split(1.0, [1.0, bad], [1.0; 2]).is_err());
        assert!(power_split(1.0, [1.0; 2], [bad, 1.0]).is_err());
        assert!(Surplus::new(1.0, [0.0; 2]).nash(bad).is_err());
    }
    assert!(cara_split(1.0, [0.0, 1.0]).is_err());
    // Huge and tiny, and nothing to split: a share between nothing and everything.
    for gain in [0.0, 5e-324, 1e-300, 1.0, 1e300] {
        for aversion in [1e-300, 1e-9, 1.0, 1e9, 1e300] {
            let share = cara_split(gain, [aversion, 1.0]).unwrap();
            assert!((0.0..=gain).contains(&share), "{share} of {gain} at {aversion}");
        }
    }
}

// ---- Structures that do not fit ------------------------------------------------------------------------------

#[test]
fn structures_that_do_not_fit_are_typed_errors() {
    use Brands::{Manufacturer, Retailer};
    let game = DualBrand::example();
    let error = |structure: Structure<Brands>| match game.solve(&structure) {
        Err(SolveError::Structure(error)) => error,
        other => panic!("{structure:?}: {other:?}"),
    };
    let plain = Structure::<Brands>::simultaneous;
    assert_eq!(error(plain().fix(6, 0.0)), StructureError::NoSuchDecision { decision: 6, count: 6 });
    assert_eq!(error(plain().tie([0, 17])), StructureError::NoSuchDecision { decision: 17, count: 6 });
    let sequence = Structure::sequence([vec![0, 9], vec![2]]);
    assert_eq!(error(sequence), StructureError::NoSuchDecision { decision: 9, count: 6 });

    let missing = error(plain().coalition([Manufacturer(2), Retailer]));
    assert_eq!(missing, StructureError::NoSuchPlayer { player: "manufacturer_3".into() });
    let twice = error(plain().coalition([Manufacturer(0), Retailer]).coalition([Retailer]));
    assert_eq!(twice, StructureError::TwoCoalitions { player: "retailer".into() });
    let self_twice = error(plain().coalition([Retailer, Retailer]));
    assert_eq!(self_twice, StructureError::TwoCoalitions { player: "retailer".into() });

    // Tied: two owners, two stages, two ties.
    assert!(matches!(error(plain().tie([0, 1])), StructureError::CannotTie { .. }));
    let owner = Structure::sequence([vec![0], vec![2, 3], vec![1]])
        .coalition([Manufacturer(0), Manufacturer(1)])
        .tie([0, 1]);
    assert!(matches!(error(owner), StructureError::CannotTie { .. }));
    assert_eq!(error(plain().tie([2, 3]).tie([3])), StructureError::DecidedTwice { decision: 3 });
    assert_eq!(error(plain().tie([2, 2])), StructureError::DecidedTwice { decision: 2 });
    let sequence = Structure::sequence([vec![0, 2], vec![2, 3]]);
    assert_eq!(error(sequence), StructureError::DecidedTwice { decision: 2 });

    for value in [-0.1, 1.5, f64::NAN, f64::INFINITY] {
        let StructureError::FixedOutOfBounds { decision, lower, upper, .. } = error(plain().fix(0, value))
        else {
            panic!("a rate of {value}");
        };
        assert_eq!((decision.as_str(), lower, upper), ("participation_rate_1", 0.0, 1.0));
    }
    // A leader that is not in the game.
    let nobody = game.solve(&Structure::leader(Manufacturer(7)));
    assert_eq!(
        nobody.err(),
        Some(SolveError::Structure(StructureError::NoSuchPlayer { player: "manufacturer_8".into() }))
    );
}

game!(Chain, players ["a", "b"],
decisions (0..8).map(|i| Decision::new(format!("x{i}"), ["a", "b"][i % 2])).collect::<Vec<_>>(),
bounds |_d, _b| Interval::new(number(0.0), number(1.0)),
payoffs |x, out| {
    out[0] = x[0] - x[0].square();
    out[1] = x[1] - x[1].square();
});

#[test]
fn several_at_once_before_more_stages_than_derivatives_reach_is_an_error() {
    let stages = Structure::sequence([vec![0, 1], vec![2], vec![3], vec![4], vec![5]]);
    let error = Chain.solve(&stages.clone().fix(6, 0.0).fix(7, 0.0)).unwrap_err();
    assert_eq!(error, SolveError::Structure(StructureError::TooManyStages { stages: 5, limit: 4 }));
    // Fixed decisions take no stage.
    assert!(Chain.solve(&stages.fix(4, 0.0).fix(5, 0.0).fix(6, 0.0).fix(7, 0.0)).is_ok());
}

// Firms choose quantities one after the other; each takes half of the demand that those before it leave, whatever
// follows: 1/2, 1/4, 1/8, ...
game!(Queue, players ["1", "2", "3", "4", "5"],
decisions (0..5).map(|i| Decision::new(format!("q{i}"), ["1", "2", "3", "4", "5"][i])).collect::<Vec<_>>(),
bounds |_d, _b| Interval::new(number(0.0), number(1.0)),
payoffs |x, out| {
    let price = -(x[0] + x[1] + x[2] + x[3] + x[4]) + 1.0;
    for (out, &quantity) in out.iter_mut().zip(x) {
        *out = quantity * price;
    }
});

#[test]
fn five_firms_one_after_the_other() {
    let structure = Structure::sequence((0..5).map(|d| vec![d]));
    let found = Queue.solve(&structure).unwrap();
    for (firm, quantity) in found.profile().iter().enumerate() {
        let half = 0.5_f64.powi(firm as i32 + 1);
        // The first of five stages is climbed without derivatives.
        assert!((quantity - half).abs() < 1e-7 * half, "{:?}", found.profile());
    }
    assert!(!found.report().at_kink);
    let four = Queue.solve(&structure.fix(0, 0.5)).unwrap();
    for (firm, quantity) in four.profile().iter().enumerate() {
        assert!((quantity - 0.5_f64.powi(firm as i32 + 1)).abs() < 1e-12, "{:?}", four.profile());
    }
}

#[test]
fn nothing_left_to_decide() {
    let game = HuangLi::example();
    let held = Structure::simultaneous().fix(0, 0.25).fix(1, 50.0).fix(2, 40.0);
    let found = game.solve(&held).unwrap().verify(&game).unwrap();
    assert_eq!(found.profile(), [0.25, 50.0, 40.0]);
    assert_eq!(found.certificate().deviations.len(), 0);
}

#[test]
fn a_solution_of_another_game_is_an_error() {
    // Both have players named by strings; the second has more decisions.
    let found = Kinked.solve(&Rules::leader("leader")).unwrap();
    match found.verify(&Quantities) {
        Err(SolveError::Structure(_)) => {}
        other => panic!("{other:?}"),
    }
    let found = Greedy.propose(&Rules::simultaneous(), vec![1.0, 1.0]).unwrap();
    match found.verify(&Queue) {
        Err(SolveError::Structure(StructureError::ProfileLength { given: 2, needed: 5 })) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn profiles_of_the_wrong_length_are_errors() {
    let game = HuangLi::example();
    for profile in [vec![], vec![0.5; 2], vec![0.5; 4], vec![f64::NAN; 3], vec![0.5, 0.0, f64::INFINITY]] {
        assert!(game.propose(&Structure::simultaneous(), profile.clone()).is_err(), "{profile:?}");
    }
}

// ---- Games without an answer ---------------------------------------------------------------------------------

game!(Greedy, players ["a", "b"], decisions [Decision::new("x", "a"), Decision::new("y", "b")],
bounds |_d, _b| Interval::at_least(number(0.0)),
payoffs |x, out| {
    out[0] = x[0] * 2.0 + x[1].sqrt();
    out[1] = x[1].sqrt() - x[1];
});

#[test]
fn a_payoff_without_bound() {
    for structure in [Rules::simultaneous(), Rules::leader("a"), Rules::leader("b"), Rules::cooperative()] {
        match Greedy.solve(&structure) {
            Err(SolveError::Unbounded { player, decision, value, last }) => {
                assert!(player.contains('a') && decision == "x", "{player}, {decision}");
                assert!(value > 1e6 && last.len() == 2);
            }
            other => panic!("{}: {other:?}", structure.name()),
        }
    }
}

game!(Pursuit, players ["hunter", "hare"], decisions [Decision::new("x", "hunter"), Decision::new("y", "hare")],
bounds |_d, _b| Interval::unit(),
payoffs |x, out| {
    let distance = (x[0] - x[1]).square();
    out[0] = distance;
    out[1] = -distance;
});

#[test]
fn no_equilibrium_in_pure_strategies() {
    match Pursuit.solve(&Rules::simultaneous()) {
        Err(SolveError::NoEquilibrium { gain, last, .. }) => assert!(gain > 0.0 && last.len() == 2),
        other => panic!("{other:?}"),
    }
    // With an order of moves there is one. The hare, moving second, is where the hunter is: any x will do.
    let second = solved(&Pursuit, &Rules::leader("hunter"));
    assert!(second.payoffs()[0].abs() < 1e-9);
    // The hunter, moving second, keeps at least half of the range away: the hare stays in the middle.
    let first = solved(&Pursuit, &Rules::leader("hare"));
    close(&[first[1], first.payoffs()[0]], &[0.5, 0.25], 1e-6);
}

game!(Broken, players ["a", "b"], decisions [Decision::new("x", "a"), Decision::new("y", "b")],
bounds |_d, _b| Interval::unit(),
payoffs |x, out| {
    out[0] = x[0] - x[0].square();
    out[1] = (x[1] - 2.0).ln() * x[0];
});

#[test]
fn a_payoff_that_is_not_a_number() {
    for structure in [Rules::simultaneous(), Rules::leader("a"), Rules::leader("b"), Rules::cooperative()] {
        match Broken.solve(&structure) {
            Err(SolveError::NotFinite { last, .. }) => assert_eq!(last.len(), 2),
            other => panic!("{}: {other:?}", structure.name()),
        }
    }
}

game!(Squeezed, players ["a", "b"], decisions [Decision::new("x", "a"), Decision::new("y", "b")],
bounds |d, b| if d == 0 { Interval::unit() } else { Interval::new(b[0] + 2.0, number(1.0)) },
payoffs |x, out| {
    out[0] = x[0] - x[0].square();
    out[1] = x[1] - x[1].square();
});

#[test]
fn bounds_that_exclude_each_other() {
    for structure in [Rules::simultaneous(), Rules::leader("a"), Rules::cooperative()] {
        match Squeezed.solve(&structure) {
            Err(SolveError::EmptyBounds { decision, lower, upper }) => {
                assert!(decision == "y" && lower > upper, "{decision} in [{lower}, {upper}]");
            }
            other => panic!("{}: {other:?}", structure.name()),
        }
    }
}

// ---- Leaders with hard problems ------------------------------------------------------------------------------

// The follower replies y = x/2; the leader's x² − 0.3 y − 0.4 x = x² − 0.55 x is convex: a corner is best, and of
// the two, x = 1 (0.45) beats x = 0 (0).
game!(Convex, players ["leader", "follower"],
decisions [Decision::new("x", "leader"), Decision::new("y", "follower")],
bounds |_d, _b| Interval::unit(),
payoffs |x, out| {
    out[0] = x[0].square() - x[1] * 0.3 - x[0] * 0.4;
    out[1] = -(x[1] - x[0] * 0.5).square();
});

#[test]
fn a_convex_leaders_problem_ends_in_the_better_corner() {
    let found = solved(&Convex, &Rules::leader("leader"));
    close(found.profile(), &[1.0, 0.5], 1e-10);
    close(found.payoffs(), &[0.45, 0.0], 1e-10);
    assert!(found.report().binding.contains(&(0, Side::Upper)));
    refuted(&Convex, &Rules::leader("leader"), &[0.0, 0.0]);
}

// The follower replies y = x. The leader earns e^(−20 (x − 0.2)²) + 1.5 e^(−40 (y − 0.85)²): a hill near the usual
// starts and a higher one far from them, which the follower's reply brings about.
game!(TwoHills, players ["leader", "follower"],
decisions [Decision::new("x", "leader"), Decision::new("y", "follower")],
bounds |_d, _b| Interval::unit(),
payoffs |x, out| {
    let near = (-(x[0] - 0.2).square() * 20.0).exp();
    let far = (-(x[1] - 0.85).square() * 40.0).exp();
    out[0] = near + far * 1.5;
    out[1] = -(x[1] - x[0]).square();
});

#[test]
fn the_higher_of_two_hills() {
    let found = solved(&TwoHills, &Rules::leader("leader"));
    // The near hill's slope at 0.85 over the far one's curvature moves the top by 40 · 0.65 · 2.1e-4 / 120.
    assert!((found[0] - 0.85).abs() < 1e-4 && (found[1] - found[0]).abs() < 1e-9, "{:?}", found.profile());
    // The near hill's top, with the follower replying correctly.
    refuted(&TwoHills, &Rules::leader("leader"), &[0.2, 0.2]);
}

// The same with a far hill five times narrower than the solver's scan is fine.
game!(NarrowHill, players ["leader", "follower"],
decisions [Decision::new("x", "leader"), Decision::new("y", "follower")],
bounds |_d, _b| Interval::unit(),
payoffs |x, out| {
    let near = (-(x[0] - 0.2).square() * 20.0).exp();
    let far = (-(x[1] - 0.85).square() * 200.0).exp();
    out[0] = near + far * 1.5;
    out[1] = -(x[1] - x[0]).square();
});

/// What the solver may miss does not pass verification.
#[test]
fn a_narrow_hill_is_seen_by_the_certificate() {
    let found = NarrowHill.solve(&Rules::leader("leader")).unwrap();
    if (found[0] - 0.85).abs() > 1e-4 {
        match found.verify(&NarrowHill) {
            Err(SolveError::Refuted { gain, deviation, .. }) => {
                assert!(gain > 0.49 && (deviation[0] - 0.85).abs() < 0.01, "{gain} at {deviation:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    refuted(&NarrowHill, &Rules::leader("leader"), &[0.2, 0.2]);
}

#[test]
fn a_narrow_hill_is_found_by_the_solver() {
    let found = solved(&NarrowHill, &Rules::leader("leader"));
    assert!((found[0] - 0.85).abs() < 1e-4, "{:?}", found.profile());
}

// The follower maximises −(y − (x − 1))² over y ≥ 0: y = max(x − 1, 0). The leader earns x − x²/4 − 2 y: rising up to
// the kink at x = 1 (slope 1/2) and falling after it (slope 1/2 − 2), so that x = 1, y = 0 and 3/4.
game!(Kinked, players ["leader", "follower"],
decisions [Decision::new("x", "leader"), Decision::new("y", "follower")],
bounds |d, _b| if d == 0 { Interval::new(number(0.0), number(3.0)) } else { Interval::at_least(number(0.0)) },
payoffs |x, out| {
    out[0] = x[0] - x[0].square() * 0.25 - x[1] * 2.0;
    out[1] = -(x[1] - x[0] + 1.0).square();
});

#[test]
fn a_kink_made_by_the_followers_corner() {
    let found = solved(&Kinked, &Rules::leader("leader"));
    assert!((found[0] - 1.0).abs() < 1e-7 && found[1].abs() < 1e-7, "{:?}", found.profile());
    assert!((found.payoffs()[0] - 0.75).abs() < 1e-7);
    assert!(found.report().at_kink);
    refuted(&Kinked, &Rules::leader("leader"), &[0.5, 0.0]);
    refuted(&Kinked, &Rules::leader("leader"), &[2.0, 1.0]);
}

/// At the edge between support and none the leader's problem has its kink at the optimum itself.
#[test]
fn a_rate_at_its_corner_in_huang_li() {
    let game = HuangLi::new(coopad::models::huang_li::Parameters {
        // κ = 1.6 = 1 + γ exactly: the edge between support and none.
        manufacturer_margin: 12.8,
        ..*HuangLi::example().numbers()
    })
    .unwrap();
    let structure = Structure::leader(Channel::Manufacturer);
    let found = game.solve_numerically(&structure).unwrap();
    let formula = game.solve_in_closed_form(&structure).unwrap();
    assert!(found[HuangLi::PARTICIPATION].abs() < 1e-6, "{:?}", found.profile());
    assert!((found.payoffs()[0] / formula.payoffs()[0] - 1.0).abs() < 1e-10);
    found.verify(&game).unwrap();
}

// Saturating sales, the second player leading: where it spends a lot the first one's reply is next to nothing, and has
// to come back by twenty orders of magnitude.
game!(Saturating, players ["first", "second"], decisions [Decision::new("x", "first"), Decision::new("y", "second")],
bounds |_d, _b| Interval::at_least(number(0.0)),
payoffs |x, out| {
    let sales = -((-(x[0].sqrt() * 0.1 + x[1].sqrt() * 0.2)).exp() - 1.0) * 100.0;
    out[0] = sales * 3.0 - x[0];
    out[1] = sales * 2.0 - x[1];
});

#[test]
fn a_reply_that_comes_back_from_next_to_nothing() {
    let found = solved(&Saturating, &Rules::leader("second"));
    // The reply solves 15 e^(−0.1 √x − 0.2 √y) = √x.
    let (x, y) = (found[0], found[1]);
    close(&[15.0 * (-0.1 * x.sqrt() - 0.2 * y.sqrt()).exp()], &[x.sqrt()], 1e-9);
}

// ---- Generalised Nash: a bound that the other player moves ---------------------------------------------------

// SeyedEsfahani et al., v = 1, c = d = 0, α = β = 1: demand (1 − p)(√a + √A); the manufacturer may not take a larger
// unit margin than the retailer's, w ≤ p − w, and the retailer's price covers the wholesale price.
game!(EqualMargins, players ["manufacturer", "retailer"],
    decisions [
        Decision::transfer("wholesale price", "manufacturer", "retailer").typical(0.2),
        Decision::new("national", "manufacturer").typical(0.01),
        Decision::new("price", "retailer").typical(0.6),
        Decision::new("local", "retailer").typical(0.01),
    ],
    bounds |d, b| match d {
        0 => Interval::new(number(0.0), b[2] * 0.5),
        2 => Interval::new(b[0], number(1.0)),
        _ => Interval::at_least(number(0.0)),
    },
    payoffs |x, out| {
        let demand = (-x[2] + 1.0) * (x[3].sqrt() + x[1].sqrt());
        out[0] = x[0] * demand - x[1];
        out[1] = (x[2] - x[0]) * demand - x[3];
    },
    domain |x| Domain::require("sales", 1.0 - x[2]).and(Domain::require("retailer's margin", x[2] - x[0])));

#[test]
fn margins_bound_by_each_other() {
    let found = solved(&EqualMargins, &Rules::simultaneous());
    // w' = m' = v/(2v+1), p' = 2v/(2v+1); √a = n/2, √A = n/2 with n = w'(1 − p').
    let n: f64 = 1.0 / 3.0 * (1.0 - 2.0 / 3.0);
    close(found.profile(), &[1.0 / 3.0, n * n / 4.0, 2.0 / 3.0, n * n / 4.0], 1e-9);
    close(found.payoffs(), &[0.75 * n * n, 0.75 * n * n], 1e-9);
    assert!(found.report().binding.contains(&(0, Side::Upper)));
    // Another game's answer: the constraint substituted first, p = 2w, which the manufacturer would set to 1/4.
    let spend = (0.25_f64 * 0.5 / 2.0).powi(2);
    refuted(&EqualMargins, &Rules::simultaneous(), &[0.25, spend, 0.5, spend]);
}

// ---- One manufacturer, two retailers -------------------------------------------------------------------------

/// Wang et al. 2011 with unequal retailers.
struct TwoRetailers {
    base: [f64; 2],
    own: [f64; 2],
    stolen: [f64; 2],
    national: [f64; 2],
    maker: f64,
    margin: [f64; 2],
}

impl Game for TwoRetailers {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["manufacturer", "retailer 1", "retailer 2"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![
            Decision::transfer("rate 1", "manufacturer", "retailer 1"),
            Decision::transfer("rate 2", "manufacturer", "retailer 2"),
            Decision::new("national", "manufacturer"),
            Decision::new("local 1", "retailer 1"),
            Decision::new("local 2", "retailer 2"),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < 2 { Interval::unit() } else { Interval::at_least(number(0.0)) }
    }
}

impl StaticGame for TwoRetailers {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let demand = |i: usize, j: usize| {
            x[3 + i].sqrt() * self.own[i] - x[3 + j].sqrt() * self.stolen[i]
                + x[2].sqrt() * self.national[i]
                + self.base[i]
        };
        let (first, second) = (demand(0, 1), demand(1, 0));
        out[0] = (first + second) * self.maker - x[0] * x[3] - x[1] * x[4] - x[2];
        out[1] = first * self.margin[0] - x[3] + x[0] * x[3];
        out[2] = second * self.margin[1] - x[4] + x[1] * x[4];
    }
}

impl TwoRetailers {
    /// The known answer: `[t₁, t₂, A, a₁, a₂]`.
    fn answer(&self, collusion: bool, uniform: bool) -> [f64; 5] {
        let returns = |i: usize, j: usize| {
            let e = self.maker * (self.own[i] - self.stolen[j]);
            let harm = if collusion { self.margin[j] * self.stolen[j] } else { 0.0 };
            (e, f64::max(self.margin[i] * self.own[i] - harm, 0.0))
        };
        let [(e1, r1), (e2, r2)] = [returns(0, 1), returns(1, 0)];
        let rate = |e: f64, r: f64| if r > 0.0 { ((2.0 * e - r) / (2.0 * e + r)).max(0.0) } else { 0.0 };
        let (t1, t2) = match uniform {
            true => {
                let x = (e1 * r1 + e2 * r2) / (r1 * r1 + r2 * r2) + 0.5;
                let t = (1.0 - 1.0 / x).max(0.0);
                (t, t)
            }
            false => (rate(e1, r1), rate(e2, r2)),
        };
        let spend = |r: f64, t: f64| (r / (2.0 * (1.0 - t))).powi(2);
        let national = (self.maker * (self.national[0] + self.national[1]) / 2.0).powi(2);
        [t1, t2, national, spend(r1, t1), spend(r2, t2)]
    }

    fn rules(collusion: bool, uniform: bool) -> Rules {
        let rules = Rules::leader("manufacturer");
        let rules = if collusion { rules.coalition(["retailer 1", "retailer 2"]) } else { rules };
        if uniform { rules.tie([0, 1]) } else { rules }
    }
}

#[test]
fn a_leader_over_two_unequal_retailers() {
    let mut draws = Draws(11);
    let mut corners = 0;
    for set in 0..25 {
        let mut pair = |low: f64, high: f64| [draws.between(low, high), draws.between(low, high)];
        let own = pair(1.0, 4.0);
        let game = TwoRetailers {
            base: pair(5.0, 20.0),
            own,
            // Up to most of the other's effect: weak supporters, and colluding retailers who do not advertise.
            stolen: [pair(0.0, 0.9)[0] * own[1], pair(0.0, 0.9)[1] * own[0]],
            national: pair(0.5, 2.0),
            maker: pair(0.5, 4.0)[0],
            margin: pair(0.5, 4.0),
        };
        for (collusion, uniform) in [(false, false), (false, true), (true, false), (true, true)] {
            let rules = TwoRetailers::rules(collusion, uniform);
            let expected = game.answer(collusion, uniform);
            corners += usize::from(expected.contains(&0.0));
            let found = game.solve(&rules).unwrap_or_else(|e| panic!("set {set} {collusion} {uniform}: {e}"));
            for (at, (f, e)) in found.profile().iter().zip(expected).enumerate() {
                assert!(
                    (f - e).abs() <= 1e-8 * e.max(1e-3),
                    "set {set}, collusion {collusion}, uniform {uniform}, decision {at}: {:?} instead of {expected:?}",
                    found.profile()
                );
            }
            if set < 3 {
                found.verify(&game).unwrap();
            }
        }
    }
    assert!(corners > 10, "only {corners} of the games end in a corner");
}

// ---- Prices and advertising together -------------------------------------------------------------------------

// Demand (1 − p)(√a + √A); the manufacturer sets w, A, t, the retailer p, a.
game!(FiveDecisions, players ["manufacturer", "retailer"],
decisions [
    Decision::transfer("wholesale price", "manufacturer", "retailer"),
    Decision::new("national", "manufacturer"),
    Decision::transfer("rate", "manufacturer", "retailer"),
    Decision::new("price", "retailer"),
    Decision::new("local", "retailer"),
],
bounds |d, b| match d {
    0 | 2 => Interval::unit(),
    3 => Interval::new(b[0], number(1.0)),
    _ => Interval::at_least(number(0.0)),
},
payoffs |x, out| {
    let demand = (-x[3] + 1.0) * (x[4].sqrt() + x[1].sqrt());
    out[0] = x[0] * demand - x[1] - x[2] * x[4];
    out[1] = (x[3] - x[0]) * demand - x[4] + x[2] * x[4];
});

#[test]
fn the_five_decision_game() {
    let leads = Rules::leader("manufacturer");
    let found = solved(&FiveDecisions, &leads);
    // Computed elsewhere to about ten digits.
    let expected = [0.4161249695, 0.0036894988, 0.4806248475, 0.7080624848, 0.0067318945];
    for (f, e) in found.profile().iter().zip(expected) {
        assert!((f - e).abs() < 2e-10, "{:?}", found.profile());
    }
    assert!((found.payoffs()[0] - 0.010421393312286).abs() < 1e-13, "{:?}", found.payoffs());

    // Together: p = 1/2, √a = √A = 1/8, and 1/32 to share; wholesale price and rate drop out.
    let together = solved(&FiveDecisions, &Rules::cooperative());
    close(together.profile(), &[0.0, 1.0 / 64.0, 0.0, 0.5, 1.0 / 64.0], 1e-9);
    assert!((together.total() - 1.0 / 32.0).abs() < 1e-12);

    // Planted: a wrong rate with the retailer replying correctly, √a = (1 − w)²/(8 (1 − t)), and a wrong retailer.
    let x = found.profile();
    let reply = |w: f64, t: f64| [(1.0 + w) / 2.0, ((1.0 - w).powi(2) / (8.0 * (1.0 - t))).powi(2)];
    close(&reply(x[0], x[2]), &x[3..], 1e-8);
    for rate in [0.0, 0.4, 0.55] {
        let [price, local] = reply(x[0], rate);
        refuted(&FiveDecisions, &leads, &[x[0], x[1], rate, price, local]);
    }
    for wholesale in [0.3, 0.5] {
        let [price, local] = reply(wholesale, x[2]);
        refuted(&FiveDecisions, &leads, &[wholesale, x[1], x[2], price, local]);
    }
    refuted(&FiveDecisions, &leads, &[x[0], x[1], x[2], x[3] * 1.05, x[4]]);
    refuted(&FiveDecisions, &leads, &[x[0], x[1], x[2], x[3], x[4] * 1.3]);
    refuted(&FiveDecisions, &leads, &[x[0], x[1] * 2.0, x[2], x[3], x[4]]);
}

#[test]
fn planted_profiles_in_huang_li() {
    let game = HuangLi::example();
    let leads = Structure::leader(Channel::Manufacturer);
    let x = game.solve(&leads).unwrap().profile().to_vec();
    let p = game.numbers();
    // The retailer's reply: γ β ρ_r a^(−γ−1) q^(−δ) = 1 − t.
    let reply = |t: f64, q: f64| {
        let gain =
            p.local_exponent * p.shortfall * p.retailer_margin / ((1.0 - t) * q.powf(p.national_exponent));
        gain.powf(1.0 / (1.0 + p.local_exponent))
    };
    close(&[reply(x[0], x[1])], &x[2..], 1e-12);
    game.propose(&leads, x.clone()).unwrap().verify(&game).unwrap();
    for t in [0.0, 0.35, 0.6] {
        refuted(&game, &leads, &[t, x[1], reply(t, x[1])]);
    }
    refuted(&game, &leads, &[x[0], x[1] * 1.2, reply(x[0], x[1] * 1.2)]);
    refuted(&game, &leads, &[x[0], x[1], x[2] * 1.1]);
    refuted(&game, &leads, &[x[0], x[1], x[2] * 0.9]);
    // The leader's equilibrium is none of the simultaneous game, nor the other way round.
    refuted(&game, &Structure::simultaneous(), &x);
    let nash = game.solve(&Structure::simultaneous()).unwrap().profile().to_vec();
    refuted(&game, &leads, &nash);
    refuted(&game, &Structure::cooperative(), &nash);
}

// ---- Three stages --------------------------------------------------------------------------------------------

// Stackelberg quantities: inverse demand 1 − x − y − z, no cost. By hand, last mover first: z = (1 − x − y)/2,
// y = (1 − x)/2, x = 1/2; hence 1/2, 1/4, 1/8.
game!(Quantities, players ["first", "second", "third"],
    decisions [Decision::new("x", "first"), Decision::new("y", "second"), Decision::new("z", "third")],
    bounds |_d, _b| Interval::at_least(number(0.0)),
    payoffs |x, out| {
        let price = -(x[0] + x[1] + x[2]) + 1.0;
        for i in 0..3 {
            out[i] = x[i] * price;
        }
    },
    domain |x| Domain::require("price", 1.0 - x[0] - x[1] - x[2]));

#[test]
fn three_stages() {
    let order = Rules::sequence([vec![0], vec![1], vec![2]]);
    let found = solved(&Quantities, &order);
    close(found.profile(), &[0.5, 0.25, 0.125], 1e-9);
    close(found.payoffs(), &[1.0 / 16.0, 1.0 / 32.0, 1.0 / 64.0], 1e-9);
    // All at once: 1/4 each. A leader over two: 1/2, then 1/6 each.
    close(solved(&Quantities, &Rules::simultaneous()).profile(), &[0.25; 3], 1e-9);
    close(solved(&Quantities, &Rules::leader("first")).profile(), &[0.5, 1.0 / 6.0, 1.0 / 6.0], 1e-9);
    // A merger of the last two replies with a total of (1 − x)/2, in any split: no one reply to differentiate.
    let merged = Quantities.solve(&Rules::leader("first").coalition(["second", "third"]));
    assert!(matches!(merged, Err(SolveError::Kink { stage: 2, .. })), "{merged:?}");
    // Planted: a wrong first mover, everybody else replying; a wrong second; a wrong third.
    refuted(&Quantities, &order, &[0.4, 0.3, 0.15]);
    refuted(&Quantities, &order, &[0.5, 0.2, 0.15]);
    refuted(&Quantities, &order, &[0.5, 0.25, 0.2]);
}

#[test]
fn four_stages() {
    // The alliance with each decision a stage of its own; rates first, so that nothing changes but the order.
    let game = PlatformAlliance::example();
    let order = Structure::sequence([vec![1], vec![0], vec![2], vec![3]]);
    let found = game.solve_numerically(&order).unwrap();
    let together = game.solve(&PlatformAlliance::structure("bilateral").unwrap()).unwrap();
    close(found.profile(), together.profile(), 1e-9);
}
