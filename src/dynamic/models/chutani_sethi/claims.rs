//! Claims about [`ChutaniSethi`](super::ChutaniSethi), CS1 to CS3, for retailers alike.
//!
//! Units scale out: a retailer's margin is 1, and so is `K = r + δ`. What remains is `M/m` and `μ = k²m/K²`. With
//! `t(w) = μ(1 + (n−1)w)/(2 + (2n−1)w)`, which falls in `w`, the pull without support is where `w = t`, a quadratic equation,
//! and with it where `2w − t + nw² = μM/m`, whose left side rises. The manufacturer's empty market is worth `nw²/μ` then,
//! and `nw(M/m)/(1 + nw)` without support.
//!
//! CS2 and CS3 are proved by that; CS1 survived a search for counterexamples.

use super::super::{still, vanishing};
use super::{ChutaniSethi, Network, Retailer, Structure};
use crate::claim::{Axis, Claim, Inequality};
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;

const DOMAIN: &[Axis] = &[
    Axis { name: "M / m", lower: 0.1, upper: 10.0 },
    Axis { name: "k^2 m / K^2", lower: 0.05, upper: 50.0 },
];

/// Where support begins and comes to pay.
const BRINK: &[Axis] =
    &[Axis { name: "M / m", lower: 0.5, upper: 2.5 }, Axis { name: "k^2 m / K^2", lower: 0.5, upper: 5.0 }];

const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Falls>("CS1", "the more retailers alike, one to three, the lower the rate", OURS, DOMAIN),
    Claim::new::<Pays>(
        "CS2",
        "support of two retailers alike pays the manufacturer, at all shares",
        OURS,
        BRINK,
    )
    .only_where("nw² >= μ(M/m)·nw₀/(1 + nw₀) with the pulls w with and w₀ without support", &[1.0, 1.5625]),
    Claim::new::<RetailersGain>(
        "CS3",
        "support of two retailers alike pays them, at all shares",
        OURS,
        DOMAIN,
    ),
];

/// The pull of each retailer without support, the positive root of `(2n−1)w² + (2 − (n−1)μ)w = μ`.
fn alone<T: Scalar>(mu: T, n: f64) -> T {
    let y = -mu * (n - 1.0) + 2.0;
    let root = (y.square() + mu * (4.0 * (2.0 * n - 1.0))).sqrt();
    // Either form of the root cancels for one sign of y.
    T::select(y, mu * 2.0 / (root + y), (root - y) / (2.0 * (2.0 * n - 1.0)))
}

/// What the pull `w` would be without the support that it takes.
fn unsupported<T: Scalar>(w: T, mu: T, n: f64) -> T {
    mu * (w * (n - 1.0) + 1.0) / (w * (2.0 * n - 1.0) + 2.0)
}

/// The pull with support, where there is some.
fn led<T: Scalar>(p: &[T], n: f64) -> T {
    let (least, [ratio, mu]) = (alone(p[1], n), [p[0], p[1]].map(still));
    let most = p[0] * p[1] + p[1];
    vanishing(least, most, |w| w * 2.0 - unsupported(w, mu, n) + w.square() * n - ratio * mu)
}

/// By how much the ratio of margins exceeds the one at which support begins, `w(1 + nw)/μ`.
fn beyond<T: Scalar>(p: &[T], n: f64) -> T {
    let w = alone(p[1], n);
    p[0] - w * (w * n + 1.0) / p[1]
}

fn rate<T: Scalar>(p: &[T], n: f64) -> T {
    let w = led(p, n);
    T::select(beyond(p, n), -unsupported(w, p[1], n) / w + 1.0, T::constant(0.0))
}

fn market(p: &[f64], n: usize) -> Option<ChutaniSethi> {
    let of = Retailer {
        effectiveness: p[1].sqrt(),
        decay: 0.6,
        manufacturer_margin: p[0],
        retailer_margin: 1.0,
        initial_share: 0.3,
    };
    ChutaniSethi::alike(0.4, of, n).ok()
}

/// The rate in the solved game.
fn solved(p: &[f64], n: usize) -> Option<f64> {
    let game = market(p, n)?;
    let found = game.feedback(&Structure::leader(Network::Manufacturer)).ok()?;
    Some(found.policy(&game.initial_shares()).ok()?[0])
}

/// What support changes in everybody's value in the solved game of two retailers, as a share of it.
fn gain(p: &[f64], player: usize) -> Option<f64> {
    let game = market(p, 2)?;
    let led = game.feedback(&Structure::leader(Network::Manufacturer)).ok()?;
    let alone = game.feedback(&ChutaniSethi::no_support()).ok()?;
    Some(led.payoffs()[player] / alone.payoffs()[player] - 1.0)
}

struct Falls;
impl Inequality for Falls {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (rate(p, 1.0) - rate(p, 2.0)).min(rate(p, 2.0) - rate(p, 3.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some((solved(p, 1)? - solved(p, 2)?).min(solved(p, 2)? - solved(p, 3)?))
    }
}

struct Pays;
impl Inequality for Pays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // The pull at which the manufacturer is as well off as without support: it gains where the pull is larger.
        let without = alone(p[1], 2.0);
        let even = (p[0] * p[1] * without / (without * 2.0 + 1.0)).sqrt();
        let gain = p[0] * p[1] - even.square() * 2.0 - even * 2.0 + unsupported(even, p[1], 2.0);
        T::select(beyond(p, 2.0), gain, T::constant(0.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gain(p, 0)
    }
}

struct RetailersGain;
impl Inequality for RetailersGain {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // C = m − Kb rises as b, and with it t, falls.
        let without = alone(p[1], 2.0);
        let with = unsupported(led(p, 2.0), p[1], 2.0);
        T::select(beyond(p, 2.0), without / with - 1.0, T::constant(0.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gain(p, 1)
    }
}
