//! Claims about [`CompetingRetailers`](super::CompetingRetailers), CR1 to CR6.
//!
//! Units scale out: the first retailer's margin is 1, and so is `K = r + 2δ`. What remains is how much more the manufacturer
//! earns on its share, `(M₁ − M₂)/m₁`, the second one's margin `m₂/m₁`, and how strong either's advertising is, `k_i²m₁/K²`;
//! for values churn, in multiples of `K`, and the share. What the manufacturer earns on both shares alike changes nothing.
//!
//! CR1 is proved in the model's page; the rest survived searches for counterexamples.

use super::super::{still, vanishing};
use super::{CompetingRetailers, Network, Parameters, Retailer, Structure};
use crate::claim::{Axis, Claim, Inequality, axis};
use crate::dual::Dual;
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;

const INTEREST: Axis = axis("(M_1 - M_2) / m_1", 0.1, 10.0);
const RIVAL: Axis = axis("m_2 / m_1", 0.1, 10.0);
const OWN: Axis = axis("k_1^2 m_1 / K^2", 0.05, 500.0);
const OTHER: Axis = axis("k_2^2 m_1 / K^2", 0.05, 500.0);
const CHURN: Axis = axis("delta / K", 0.0, 0.45);
const SHARE: Axis = axis("x", 0.0, 1.0);

const RATES: &[Axis] = &[INTEREST, RIVAL, OWN, OTHER];
const EITHER: &[Axis] = &[axis("(M_1 - M_2) / m_1", -10.0, 10.0), RIVAL, OWN, OTHER];
const VALUES: &[Axis] = &[INTEREST, RIVAL, OWN, OTHER, CHURN, SHARE];
/// Rivals who hardly advertise.
const WEAK: &[Axis] = &[
    axis("(M_1 - M_2) / m_1", 0.5, 3.0),
    RIVAL,
    axis("k_1^2 m_1 / K^2", 5.0, 500.0),
    axis("k_2^2 m_1 / K^2", 0.05, 5.0),
    CHURN,
    SHARE,
];

const ABSTRACT: &str = "Savaskan and Sethi 2020, abstract, on a reconstructed model";
const LITERATURE: &str = "He, Krishnamoorthy, Prasad and Sethi 2011, abstract, on a reconstructed model";
const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<AtMostOne>("CR1", "at most one retailer is supported", ABSTRACT, EITHER),
    Claim::new::<Competition>(
        "CR2",
        "the rate under competition is at least that without a rival",
        LITERATURE,
        RATES,
    ),
    Claim::new::<Moves<0>>("CR3a", "the rate rises with the manufacturer's margin", OURS, RATES),
    Claim::new::<Moves<1>>("CR3b", "the rate rises with the rival's margin", OURS, RATES),
    Claim::new::<Moves<2>>("CR3c", "the rate falls with the retailer's effectiveness", OURS, RATES),
    Claim::new::<Moves<3>>("CR3d", "the rate rises with the rival's effectiveness", OURS, RATES),
    Claim::new::<Moves<4>>("CR3e", "the rate falls with the retailer's margin", OURS, RATES),
    Claim::new::<Moves<5>>("CR3f", "the rate rises with the discount rate and with churn", OURS, RATES),
    Claim::new::<Pays>("CR4", "support pays the manufacturer", OURS, WEAK).only_where(
        "where rΔα_M + rΔBx >= 0, that is against strong rivals, or far enough above the threshold; no simpler condition is known",
        &[1.6851 / 1.5339, 0.6849 / 1.5339, 21.501, 0.1222, 0.3522, 0.3],
    ),
    Claim::new::<SupportedGains>("CR5", "support pays the supported retailer", OURS, VALUES),
    Claim::new::<RivalLoses>("CR6", "support of one retailer hurts the other", OURS, VALUES),
];

/// One market in these units: `B`, `b₁`, `b₂` and `S = b₁/(1 − θ₁)·2`, with support of the first retailer and without.
struct Slopes<T> {
    led: [T; 4],
    alone: [T; 4],
}

fn root<T: Scalar>(power: T, y: T, margin: T) -> T {
    margin * 2.0 / (y + (y.square() + power * margin).sqrt())
}

fn slopes<T: Scalar>(p: &[T]) -> Slopes<T> {
    let (interest, rival, own, other) = (p[0], p[1], p[2], p[3]);
    let one = T::constant(1.0);
    let [m, k1, k2] = [rival, own, other].map(still);
    let reply = |b2, k1: Dual<T>, k2| root(k1, k2 * b2 * 0.5 + 1.0, still(one));
    let b2 = vanishing(T::constant(0.0), root(other, one, rival), |b2| {
        (k1 * reply(b2, k1, k2) * 0.5 + 1.0) * b2 + k2 * b2.square() * 0.25 - m
    });
    let b1 = root(own, other * b2 * 0.5 + 1.0, one);
    let b = interest / ((own * b1 + other * b2) * 0.5 + 1.0);
    let alone = [b, b1, b2, b1 * 2.0];
    let supports = interest - (own * b1.square() * 0.125 + 0.5);
    let total = interest * 2.0 + 1.0;
    let excess = |sum: Dual<T>| {
        let b2 = root(k2, k1 * sum * 0.25 + 1.0, m);
        let b1 = (k1 * sum * 0.125 + k2 * b2 * 0.5 + 1.0).recip();
        sum * (k1 * (sum + b1) * 0.125 + k2 * b2 * 0.5 + 1.0) - still(total)
    };
    let sum = vanishing(b1 * 2.0, total, excess);
    let b2 = root(other, own * sum * 0.25 + 1.0, rival);
    let b1 = (own * sum * 0.125 + other * b2 * 0.5 + 1.0).recip();
    let led = [(sum - b1) * 0.5, b1, b2, sum];
    Slopes { led: [0, 1, 2, 3].map(|at| T::select(supports, led[at], alone[at])), alone }
}

/// `θ₁`.
fn rate<T: Scalar>(p: &[T]) -> T {
    let [_, b1, _, sum] = slopes(p).led;
    (sum - b1 * 2.0) / sum
}

/// The market in these units, at churn `δ` and a share.
fn market(p: &[f64], churn: f64, share: f64) -> Option<CompetingRetailers> {
    let retailer = |power: f64, interest: f64, margin: f64| Retailer {
        effectiveness: power.sqrt(),
        manufacturer_margin: interest.max(0.0),
        retailer_margin: margin,
    };
    CompetingRetailers::new(Parameters {
        first: retailer(p[2], p[0], 1.0),
        second: retailer(p[3], -p[0], p[1]),
        discount_rate: 1.0 - 2.0 * churn,
        churn,
        volatility: 0.0,
        initial_share: share,
    })
    .ok()
}

/// Both rates in the solved game.
fn rates(p: &[f64]) -> Option<[f64; 2]> {
    let game = market(p, 0.2, 0.5)?;
    let found = game.feedback(&Structure::leader(Network::Manufacturer)).ok()?;
    let now = found.policy(&[0.5]).ok()?;
    Some([now[CompetingRetailers::FIRST_RATE], now[CompetingRetailers::SECOND_RATE]])
}

/// What support changes in everybody's value, as a share of it.
fn gains(p: &[f64]) -> Option<[f64; 3]> {
    let game = market(p, p[4], p[5])?;
    let led = game.feedback(&Structure::leader(Network::Manufacturer)).ok()?;
    let alone = game.feedback(&CompetingRetailers::no_support()).ok()?;
    Some([0, 1, 2].map(|at| led.payoffs()[at] / alone.payoffs()[at] - 1.0))
}

struct AtMostOne;
impl Inequality for AtMostOne {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // Retailers exchanged, in units of the second one's margin.
        let mirrored = [-p[0] / p[1], p[1].recip(), p[3] * p[1], p[2] * p[1]];
        -rate(p).min(rate(&mirrored))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [first, second] = rates(p)?;
        Some(-first.min(second))
    }
}

/// A rival too weak to matter.
const NOBODY: f64 = 1e-12;

struct Competition;
impl Inequality for Competition {
    fn margin<T: Scalar>(p: &[T]) -> T {
        rate(p) - rate(&[p[0], p[1], p[2], T::constant(NOBODY)])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(rates(p)?[0] - rates(&[p[0], p[1], p[2], NOBODY])?[0])
    }
}

/// The first number that is one per cent higher: interest, the rival's margin, own and the rival's strength, the retailer's
/// margin, what fades.
struct Moves<const WHAT: usize>;
impl<const WHAT: usize> Moves<WHAT> {
    const MORE: f64 = 1.01;

    fn raised<T: Scalar>(p: &[T]) -> [T; 4] {
        let more = |power: i32| Self::MORE.powi(power);
        let factors = match WHAT {
            0 => [more(1), 1.0, 1.0, 1.0],
            1 => [1.0, more(1), 1.0, 1.0],
            2 => [1.0, 1.0, more(2), 1.0],
            3 => [1.0, 1.0, 1.0, more(2)],
            4 => [more(-1), more(-1), more(1), more(1)],
            _ => [1.0, 1.0, more(-2), more(-2)],
        };
        [0, 1, 2, 3].map(|at| p[at] * factors[at])
    }

    fn direction() -> f64 {
        if WHAT == 2 || WHAT == 4 { -1.0 } else { 1.0 }
    }
}
impl<const WHAT: usize> Inequality for Moves<WHAT> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (rate(&Self::raised(p)) - rate(p)) * Self::direction()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some((rates(&Self::raised(p))?[0] - rates(p)?[0]) * Self::direction())
    }
}

struct Pays;
impl Inequality for Pays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let Slopes { led, alone } = slopes(p);
        let (own, churn, discount, share) = (p[2], p[4], -p[4] * 2.0 + 1.0, p[5]);
        // What an empty first share is worth a unit of time, and the slope.
        let [with, without] = [
            own * led[3].square() * 0.0625 + churn * led[0],
            own * alone[0] * alone[1] * 0.5 + churn * alone[0],
        ];
        let supported = led[3] - led[1] * 2.0;
        let at = |flow: T, slope: T| flow + discount * slope * share;
        T::select(supported, at(with, led[0]) / at(without, alone[0]) - 1.0, T::constant(0.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p)?[0])
    }
}

struct SupportedGains;
impl Inequality for SupportedGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let Slopes { led, alone } = slopes(p);
        let at =
            |[_, b1, _, sum]: [T; 4]| p[2] * b1 * sum * 0.125 + p[4] * b1 + (-p[4] * 2.0 + 1.0) * b1 * p[5];
        at(led) / at(alone) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p)?[1])
    }
}

struct RivalLoses;
impl Inequality for RivalLoses {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let Slopes { led, alone } = slopes(p);
        alone[2] / led[2] - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(-gains(p)?[2])
    }
}
