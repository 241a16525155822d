//! Claims about [`ZhangXie`](super::ZhangXie), ZX1 to ZX7, over three retailers.
//!
//! With ρ_m = 1, support multiplies the root of retailer `i`'s spend by `x_i = 1/(1 − t_i)`: its own rate gives
//! `max(1, h_i)` with `h_i = 1/ρ_i + 1/2`, one rate `max(1, h)` with `h` the mean of the `h_i` under the weights
//! `w_i = (k_iρ_i)²/4`, and cooperation `h_i + 1/2`. All margins are sums of squares or of products in these.

use super::{Parameters, Rates, Retailer, ZhangXie};
use crate::claim::{Axis, Claim, Inequality};
use crate::scalar::Scalar;

const THREE: &[Axis] = &[
    Axis { name: "rho_1", lower: 0.1, upper: 5.0 },
    Axis { name: "rho_2", lower: 0.1, upper: 5.0 },
    Axis { name: "rho_3", lower: 0.1, upper: 5.0 },
    Axis { name: "k_2", lower: 0.2, upper: 2.0 },
    Axis { name: "k_3", lower: 0.2, upper: 2.0 },
];
const ONE: &[Axis] =
    &[Axis { name: "rho", lower: 0.1, upper: 5.0 }, Axis { name: "k", lower: 0.2, upper: 5.0 }];
const ABSTRACT: &str = "Zhang and Xie 2012, abstract; inequality derived for this library";
const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<SpecificOverUniform>(
        "ZX1",
        "the manufacturer gains by specific rates over one rate",
        ABSTRACT,
        THREE,
    ),
    Claim::new::<UniformOverNone>("ZX1b", "the manufacturer gains by one rate over none", ABSTRACT, THREE),
    Claim::new::<ChannelSpecific>(
        "ZX2",
        "all firms together earn more under specific rates than under one",
        ABSTRACT,
        THREE,
    ),
    Claim::new::<ChannelUniform>(
        "ZX2b",
        "all firms together earn more under one rate than under none",
        ABSTRACT,
        THREE,
    ),
    Claim::new::<JointIsLargest>("ZX3", "all firms together earn most under cooperation", ABSTRACT, THREE),
    Claim::new::<RetailersGain>(
        "ZX4",
        "every retailer gains by its specific rate over none",
        ABSTRACT,
        THREE,
    ),
    Claim::new::<FreeRide>(
        "ZX5",
        "one rate pays retailers with margins above the mean of the notes more than their specific rates, and the others less",
        ABSTRACT,
        THREE,
    ),
    Claim::new::<RetailersLikeSpecific>(
        "ZX6",
        "retailers together earn at least as much under specific rates as under one; the same where all are supported",
        OURS,
        THREE,
    ),
    Claim::new::<EfficiencyFalls>(
        "ZX7",
        "the more retailers alike, the less of the cooperative profit specific rates reach",
        OURS,
        ONE,
    ),
];

/// Three retailers without national advertising, which is the same under all rates.
fn game(p: &[f64]) -> Parameters {
    let retailer = |margin: f64, local_effect: f64| Retailer { margin, local_effect, national_effect: 0.0 };
    Parameters {
        manufacturer_margin: 1.0,
        retailers: vec![retailer(p[0], 1.0), retailer(p[1], p[3]), retailer(p[2], p[4])],
    }
}

/// Everybody's payoffs under a form of the game.
fn played(p: &[f64], form: fn(&Parameters) -> Vec<f64>) -> [f64; 4] {
    let numbers = game(p);
    let mut out = [0.0; 4];
    numbers.payoffs(&form(&numbers), &mut out);
    out
}

fn specific(p: &Parameters) -> Vec<f64> {
    p.leader(Rates::Specific)
}
fn uniform(p: &Parameters) -> Vec<f64> {
    p.leader(Rates::Uniform)
}
fn none(p: &Parameters) -> Vec<f64> {
    p.leader(Rates::Zero)
}

/// `(w_i, h_i)` of the note above.
fn retailers<T: Scalar>(p: &[T]) -> [(T, T); 3] {
    let one = T::constant(1.0);
    [(p[0], one), (p[1], p[3]), (p[2], p[4])].map(|(rho, k)| ((k * rho).square() * 0.25, rho.recip() + 0.5))
}

fn sum<T: Scalar>(p: &[T], of: impl Fn(T, T) -> T) -> T {
    retailers(p).into_iter().fold(T::constant(0.0), |sum, (w, h)| sum + of(w, h))
}

/// `h`, the weighted mean.
fn mean<T: Scalar>(p: &[T]) -> T {
    sum(p, |w, h| w * h) / sum(p, |w, _| w)
}

struct SpecificOverUniform;
impl Inequality for SpecificOverUniform {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let one = T::constant(1.0);
        let common = mean(p).max(one);
        let short = |h: T| (-(h - 1.0)).positive_part();
        sum(p, |w, h| w * ((common - h.max(one)).square() + (common - 1.0) * short(h) * 2.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, specific)[0] - played(p, uniform)[0])
    }
}

struct UniformOverNone;
impl Inequality for UniformOverNone {
    fn margin<T: Scalar>(p: &[T]) -> T {
        sum(p, |w, _| w) * (mean(p) - 1.0).positive_part().square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, uniform)[0] - played(p, none)[0])
    }
}

fn total(payoffs: [f64; 4]) -> f64 {
    payoffs.iter().sum()
}

struct ChannelSpecific;
impl Inequality for ChannelSpecific {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let h = mean(p);
        let over = |x: T| (x - 1.0).positive_part();
        let short = |x: T| (-(x - 1.0)).positive_part();
        // One rate above none, and none at all.
        let supported = sum(p, |w, own| w * ((own - h).square() + own * short(own)));
        let unsupported = sum(p, |w, own| w * own * over(own));
        T::select(h - 1.0, supported, unsupported)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(total(played(p, specific)) - total(played(p, uniform)))
    }
}

struct ChannelUniform;
impl Inequality for ChannelUniform {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let h = mean(p);
        sum(p, |w, _| w) * h * (h - 1.0).positive_part()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(total(played(p, uniform)) - total(played(p, none)))
    }
}

struct JointIsLargest;
impl Inequality for JointIsLargest {
    fn margin<T: Scalar>(p: &[T]) -> T {
        sum(p, |w, h| w * (h - 0.5).min(T::constant(0.5)).square())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(total(played(p, Parameters::cooperative)) - total(played(p, specific)))
    }
}

struct RetailersGain;
impl Inequality for RetailersGain {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [first, second, third] = retailers(p).map(|(w, h)| w * (h - 1.0).positive_part());
        first.min(second).min(third)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let (with, without) = (played(p, specific), played(p, none));
        Some((1..4).map(|i| with[i] - without[i]).fold(f64::INFINITY, f64::min))
    }
}

struct FreeRide;
impl Inequality for FreeRide {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let one = T::constant(1.0);
        let h = mean(p);
        let [first, second, third] = retailers(p).map(|(_, own)| (h - own) * (h.max(one) - own.max(one)));
        first.min(second).min(third)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = game(p);
        let (own, common) = (specific(&numbers), uniform(&numbers));
        let weight = |r: &Retailer| r.local_effect.powi(2) * r.margin;
        let all: f64 = numbers.retailers.iter().map(weight).sum();
        let mean = numbers.retailers.iter().map(|r| weight(r) * r.margin).sum::<f64>() / all;
        let pays = |i: usize| (numbers.retailers[i].margin - mean) * (common[i] - own[i]);
        Some((0..3).map(pays).fold(f64::INFINITY, f64::min))
    }
}

struct RetailersLikeSpecific;
impl Inequality for RetailersLikeSpecific {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let supported = sum(p, |w, h| w * (-(h - 1.0)).positive_part());
        let unsupported = sum(p, |w, h| w * (h - 1.0).positive_part());
        T::select(mean(p) - 1.0, supported, unsupported)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let retailers = |payoffs: [f64; 4]| payoffs[1..].iter().sum::<f64>();
        Some(retailers(played(p, specific)) - retailers(played(p, uniform)))
    }
}

struct EfficiencyFalls;
impl Inequality for EfficiencyFalls {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // What is lost of the national part less what is lost of the local part, both as roots.
        let share = p[0] / (p[0] + 1.0);
        let local = (share * 0.5).min(-(share - 1.0));
        (share - local) * (share + local)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let retailer = Retailer { margin: p[0], local_effect: p[1], national_effect: 1.0 };
        let network = ZhangXie::symmetric(1.0, retailer, 1).ok()?;
        let falls = |n: usize| network.efficiency(n) - network.efficiency(n + 1);
        Some(falls(1).min(falls(10)))
    }
}
