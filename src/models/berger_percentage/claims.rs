//! Claims about [`BergerPercentage`](super::BergerPercentage), BE7 to BE11.
//!
//! Only `κ = ρ_m/ρ_r` and `λ` matter; base sales and effect scale out. With `x = max(κ + λ, 1)` the retailer's spend
//! answers to `x` times its own margin.

use super::Parameters;
use crate::claim::{Axis, Claim, Inequality};
use crate::dual::Dual;
use crate::level::D1;
use crate::scalar::Scalar;

const BOX: &[Axis] =
    &[Axis { name: "kappa", lower: 0.1, upper: 10.0 }, Axis { name: "lambda", lower: 0.1, upper: 0.8 }];
const LITERATURE: &str = "later literature on Berger 1972; the general power is derived for this library";

fn supports(p: &[f64]) -> bool {
    p[0] + p[1] > 1.0
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<RateRises>(
        "BE7",
        "the rate rises with the ratio of margins and depends neither on base sales nor on the effect",
        LITERATURE,
        BOX,
    )
    .given("kappa > 1 − lambda", supports),
    Claim::new::<Supports>("BE8", "the leading manufacturer pays a share of advertising", LITERATURE, BOX)
        .only_where("kappa > 1 − lambda", &[0.3, 0.5]),
    Claim::new::<LeaderGains>("BE9", "where it pays, the manufacturer gains by leading", LITERATURE, BOX)
        .given("kappa > 1 − lambda", supports),
    Claim::new::<FollowerGains>(
        "BE10",
        "where the manufacturer pays, the retailer gains too",
        LITERATURE,
        BOX,
    )
    .given("kappa > 1 − lambda", supports),
    Claim::new::<JointSpend>("BE11", "cooperation raises advertising above the led level", LITERATURE, BOX),
];

/// Without base sales, with an effect of 1.
fn normalised(p: &[f64]) -> Parameters {
    Parameters {
        manufacturer_margin: p[0],
        retailer_margin: 1.0,
        base_sales: 0.0,
        effect: 1.0,
        exponent: p[1],
    }
}

/// What leading brings a player.
fn gain(p: &[f64], player: usize) -> f64 {
    let numbers = normalised(p);
    let played = |[t, a]: [f64; 2]| numbers.payoffs(t, a)[player];
    played(numbers.manufacturer_leads()) - played(numbers.simultaneous())
}

struct RateRises;
impl Inequality for RateRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] + p[1]).square().recip()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate = |numbers: Parameters| numbers.manufacturer_leads()[0];
        let here = rate(normalised(p));
        let moved = rate(Parameters { base_sales: 7.0, effect: 3.0, ..normalised(p) });
        (moved == here).then(|| rate(normalised(&[p[0] * 1.001, p[1]])) - here)
    }
}

struct Supports;
impl Inequality for Supports {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] + p[1] - 1.0
    }
    /// What the first per cent of support brings the manufacturer, the retailer replying.
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = Parameters::from_list(&normalised(p).list().map(D1::constant));
        let rate = Dual::variable(0.0);
        let reply = numbers.spend(-(rate - 1.0).recip());
        Some(numbers.payoffs(rate, reply)[0].slope)
    }
}

struct LeaderGains;
impl Inequality for LeaderGains {
    /// `(κ/λ + 1) x^{n−1} − x^n − κ/λ` with `n = 1/(1−λ)`.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (kappa, lambda) = (p[0], p[1]);
        let power = ((kappa + lambda).ln() * lambda / -(lambda - 1.0)).exp();
        (kappa / lambda + 1.0 - kappa - lambda) * power - kappa / lambda
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p, 0))
    }
}

struct FollowerGains;
impl Inequality for FollowerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] + p[1]).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p, 1))
    }
}

struct JointSpend;
impl Inequality for JointSpend {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0].min(-(p[1] - 1.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(numbers.cooperative()[1] - numbers.manufacturer_leads()[1])
    }
}
