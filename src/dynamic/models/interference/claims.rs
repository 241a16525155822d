//! Claims about [`Interference`](super::Interference), IF1 to IF4, where both firms sell for ever.
//!
//! Units scale out: each goodwill is measured in what it earns, so that a unit is worth 1 to its owner,
//! `πβ/(r + δ) = 1`. What remains are how much goodwill the advertising of either builds, `s_i = γ_ia_i*`,
//! with `s₁ = 1`; how much of the rival's each unit of it destroys, `h_i`; and how fast demand that is all
//! gone comes back by itself, `b_i = δα_i/β_i`. Where no demand is left firms have, in units of time `1/r`
//! and with `j` for the rival,
//!
//! ```math
//! b_i+\tfrac12s_i-h_js_j,\qquad\text{jointly together}\quad b_1+b_2+\tfrac12s_1(1-h_1)^2+\tfrac12s_2(1-h_2)^2,
//! ```
//!
//! and, jointly, advertise `1 − h_i` times as much; goodwill adds its own worth to each. So joint play is
//! worth `½s₁h₁² + ½s₂h₂²` more. All are proved. That a firm advertises the same with a rival as without, and
//! whether or not it answers goodwill, are equalities, for which there are tests.

use super::{Firm, Interference, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::dynamic::SolveOverTime;
use crate::dynamic::models::Rival;
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;
use crate::structure::Structure;

const DOMAIN: &[Axis] = &[
    Axis { name: "s_2 / s_1", lower: 0.2, upper: 5.0 },
    Axis { name: "h_1", lower: 0.02, upper: 0.9 },
    Axis { name: "h_2", lower: 0.02, upper: 0.9 },
    Axis { name: "b_1", lower: 0.02, upper: 5.0 },
    Axis { name: "b_2", lower: 0.02, upper: 5.0 },
];

const OURS: &str = "ours, for the specification of this library";

const fn claim<I: Inequality>(id: &'static str, statement: &'static str) -> Claim {
    Claim::new::<I>(id, statement, OURS, DOMAIN)
        .given("both firms sell for ever, alone and jointly", both_sell)
}

pub(super) const CLAIMS: &[Claim] = &[
    claim::<LessAdvertising>("IF1", "both firms advertise less jointly than each for itself"),
    claim::<MoreTogether>("IF2", "both firms together have more jointly, at every goodwill"),
    claim::<InterferenceHurts>("IF3", "interference makes both firms worse off, at every goodwill"),
    claim::<AdvertisingPays>(
        "IF4",
        "both firms have more if both advertise, each for itself, than if nobody does, at every goodwill",
    )
    .only_where(
        "the rival destroys at most half of what a firm builds, h_j s_j <= s_i / 2, for both",
        &[1.0, 0.8, 0.8, 2.0, 2.0],
    ),
];

/// How much goodwill each firm's advertising builds.
fn built<T: Scalar>(p: &[T]) -> [T; 2] {
    [T::constant(1.0), p[0]]
}

/// What both have without demand, each for itself.
fn alone<T: Scalar>(p: &[T]) -> [T; 2] {
    let s = built(p);
    [0, 1].map(|i| p[3 + i] + s[i] * 0.5 - s[1 - i] * p[2 - i])
}

/// Whether neither firm would rather leave a market in which it has no demand left, nor both together have it
/// leave.
fn both_sell(p: &[f64]) -> bool {
    let (s, alone) = (built(p), alone(p));
    (0..2).all(|i| {
        let kept = [1.0 - p[1 + i], 1.0 - p[2 - i]];
        let freed = s[1 - i] * (1.0 - kept[1] * kept[1]);
        alone[i] >= 0.0 && 2.0 * p[3 + i] + s[i] * kept[0] * kept[0] >= freed
    })
}

/// The market in these units, or without interference.
fn market(p: &[f64], interference: bool) -> Option<Interference> {
    let s = built(p);
    // r = δ = 1, so that a unit of goodwill is worth π/2 = 1; a firm's advertising is 1 and costs 2·s/2.
    let firm = |i: usize| Firm {
        effectiveness: s[i],
        interference: if interference { p[1 + i] * s[i] } else { 0.0 },
        base_demand: p[3 + i],
        goodwill_effect: 1.0,
        margin: 2.0,
        cost: s[i],
        initial_goodwill: 0.0,
    };
    Interference::new(Parameters { discount_rate: 1.0, decay: 1.0, first: firm(0), second: firm(1) }).ok()
}

/// Each firm's advertising today, and what it has, in the solved game.
fn solved(market: &Interference, structure: &Structure<Rival>) -> Option<[[f64; 2]; 2]> {
    let found = market.feedback(structure).ok()?;
    let today = found.policy(&[0.0; 2]).ok()?;
    let payoffs = [found.payoff(Rival::First), found.payoff(Rival::Second)];
    Some([[today[Interference::FIRST], today[Interference::SECOND]], payoffs])
}

struct LessAdvertising;
impl Inequality for LessAdvertising {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1].min(p[2])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let market = market(p, true)?;
        let [alone, _] = solved(&market, &Structure::simultaneous())?;
        let [joint, _] = solved(&market, &Structure::cooperative())?;
        Some((1.0 - joint[0] / alone[0]).min(1.0 - joint[1] / alone[1]))
    }
}

struct MoreTogether;
impl Inequality for MoreTogether {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1].square() + p[0] * p[2].square()) * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let market = market(p, true)?;
        let total = |structure: &Structure<Rival>| Some(market.feedback(structure).ok()?.total());
        Some(total(&Structure::cooperative())? - total(&Structure::simultaneous())?)
    }
}

struct InterferenceHurts;
impl Inequality for InterferenceHurts {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] * p[2]).min(p[1])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [_, with] = solved(&market(p, true)?, &Structure::simultaneous())?;
        let [_, without] = solved(&market(p, false)?, &Structure::simultaneous())?;
        Some((without[0] - with[0]).min(without[1] - with[1]))
    }
}

struct AdvertisingPays;
impl Inequality for AdvertisingPays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [first, second] = alone(p);
        (first - p[3]).min(second - p[4])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let market = market(p, true)?;
        let none = Structure::simultaneous().fix(Interference::FIRST, 0.0).fix(Interference::SECOND, 0.0);
        let [_, with] = solved(&market, &Structure::simultaneous())?;
        let [_, without] = solved(&market, &none)?;
        Some((with[0] - without[0]).min(with[1] - without[1]))
    }
}
