//! Hostile input, structures that do not fit, and games made for the purpose: each ends in the right typed error or
//! in an answer that is known by hand and that the certificate confirms.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

#[path = "../common/mod.rs"]
mod common;

use common::{Draws, close_to_all};
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
     $(, conditions |$v:ident| $conditions:expr)?) => {
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
            $(fn conditions<T: Scalar>(&self, $v: &[T]) -> Vec<Condition<T>> {
                $conditions
            })?
        }
    };
}

fn number<T: Scalar>(value: f64) -> T {
    T::constant(value)
}

mod parameters;
mod structures;
mod two_retailers;

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
    close_to_all(&[first[1], first.payoffs()[0]], &[0.5, 0.25], 1e-6);
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
            // The range is limited by what others decide: at best one is missing, of y's bound or of what a leader has to leave.
            Err(SolveError::Infeasible { constraint, violation, .. }) => {
                let what = format!("{constraint} misses {violation}");
                assert!(
                    ["lower bound of y", "what is left of the range of y"].contains(&constraint.as_str()),
                    "{what}"
                );
                assert!((0.9..2.5).contains(&violation), "{what}");
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
    close_to_all(found.profile(), &[1.0, 0.5], 1e-10);
    close_to_all(found.payoffs(), &[0.45, 0.0], 1e-10);
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
    close_to_all(&[15.0 * (-0.1 * x.sqrt() - 0.2 * y.sqrt()).exp()], &[x.sqrt()], 1e-9);
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
    conditions |x| vec![Condition::require("sales", -(x[2] - 1.0)), Condition::require("margin", x[2] - x[0])]);

#[test]
fn margins_bound_by_each_other() {
    let found = solved(&EqualMargins, &Rules::simultaneous());
    // w' = m' = v/(2v+1), p' = 2v/(2v+1); √a = n/2, √A = n/2 with n = w'(1 − p').
    let n: f64 = 1.0 / 3.0 * (1.0 - 2.0 / 3.0);
    close_to_all(found.profile(), &[1.0 / 3.0, n * n / 4.0, 2.0 / 3.0, n * n / 4.0], 1e-9);
    close_to_all(found.payoffs(), &[0.75 * n * n, 0.75 * n * n], 1e-9);
    assert!(found.report().binding.contains(&(0, Side::Upper)));
    // Another game's answer: the constraint substituted first, p = 2w, which the manufacturer would set to 1/4.
    let spend = (0.25_f64 * 0.5 / 2.0).powi(2);
    refuted(&EqualMargins, &Rules::simultaneous(), &[0.25, spend, 0.5, spend]);
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
    close_to_all(together.profile(), &[0.0, 1.0 / 64.0, 0.0, 0.5, 1.0 / 64.0], 1e-9);
    assert!((together.total() - 1.0 / 32.0).abs() < 1e-12);

    // Planted: a wrong rate with the retailer replying correctly, √a = (1 − w)²/(8 (1 − t)), and a wrong retailer.
    let x = found.profile();
    let reply = |w: f64, t: f64| [(1.0 + w) / 2.0, ((1.0 - w).powi(2) / (8.0 * (1.0 - t))).powi(2)];
    close_to_all(&reply(x[0], x[2]), &x[3..], 1e-8);
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
    close_to_all(&[reply(x[0], x[1])], &x[2..], 1e-12);
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
    conditions |x| vec![Condition::require("price", -(x[0] - 1.0) - x[1] - x[2])]);

#[test]
fn three_stages() {
    let order = Rules::sequence([vec![0], vec![1], vec![2]]);
    let found = solved(&Quantities, &order);
    close_to_all(found.profile(), &[0.5, 0.25, 0.125], 1e-9);
    close_to_all(found.payoffs(), &[1.0 / 16.0, 1.0 / 32.0, 1.0 / 64.0], 1e-9);
    // All at once: 1/4 each. A leader over two: 1/2, then 1/6 each.
    close_to_all(solved(&Quantities, &Rules::simultaneous()).profile(), &[0.25; 3], 1e-9);
    close_to_all(solved(&Quantities, &Rules::leader("first")).profile(), &[0.5, 1.0 / 6.0, 1.0 / 6.0], 1e-9);
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
    close_to_all(found.profile(), together.profile(), 1e-9);
}
