//! Claims about [`PricingAndLeadership`](super::PricingAndLeadership) with `κ = 1`, PL1 to PL3: two margins on one price are
//! too many, and leading makes it worse.
//!
//! Units scale out. Trade is measured in `X²/β`, advertising so that the retailer's is as strong as 1, `l_R²/u_R = 1`; what
//! remains are the strength of the manufacturer's, `e = (l_M²/u_M)/(l_R²/u_R)`, and goodwill, measured so that what both
//! have together is proportional to
//!
//! ```math
//! (f_M+f_R)\,g+e\,f_M\bigl(\tfrac12f_M+f_R\bigr)+f_R\bigl(\tfrac12f_R+f_M\bigr),\qquad
//! \text{jointly}\quad f\,g+\tfrac12(1+e)f^2 .
//! ```
//!
//! All are proved: the retail margin is `X/(2β)`, `2X/(3β)` or `3X/(4β)`; each coefficient of `g`, `e` and 1 in the values is
//! larger jointly than simultaneously, and there than under either leader; and the leaders' totals differ by `3(e − 1)/512`.

use super::{Parameters, PricingAndLeadership};
use crate::claim::{Axis, Claim, Inequality};
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::models::Channel;
use crate::scalar::Scalar;
use crate::structure::Structure;

const DOMAIN: &[Axis] =
    &[Axis { name: "e", lower: 0.02, upper: 50.0 }, Axis { name: "g", lower: 0.02, upper: 100.0 }];

const OURS: &str = "ours, for the specification of this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<PriceOrder>(
        "PL1",
        "the retail price is lowest jointly, and higher under either leader than simultaneously",
        OURS,
        DOMAIN,
    ),
    Claim::new::<TotalOrder>(
        "PL2",
        "both firms together have most jointly, and less under either leader than simultaneously, at every goodwill",
        OURS,
        DOMAIN,
    ),
    Claim::new::<BetterLeader>(
        "PL3",
        "both firms together have more if the manufacturer leads than if the retailer does",
        OURS,
        DOMAIN,
    )
    .only_where("the manufacturer's advertising is at least as strong, e >= 1", &[0.5, 1.0]),
];

/// What trade earns a unit of goodwill, by structure.
const NASH: [f64; 2] = [1.0 / 9.0, 1.0 / 9.0];
const MANUFACTURER: [f64; 2] = [1.0 / 8.0, 1.0 / 16.0];
const RETAILER: [f64; 2] = [1.0 / 16.0, 1.0 / 8.0];
const JOINT: f64 = 0.25;

/// What both have together if each advertises for itself.
fn total<T: Scalar>(p: &[T], [m, r]: [f64; 2]) -> T {
    p[1] * (m + r) + p[0] * (m * (0.5 * m + r)) + r * (0.5 * r + m)
}

fn joint<T: Scalar>(p: &[T]) -> T {
    p[1] * JOINT + (p[0] + 1.0) * (0.5 * JOINT * JOINT)
}

/// Simultaneous, manufacturer first, retailer first, joint: the retail price and what both have together, in solved games.
fn solved(p: &[f64]) -> Option<[[f64; 2]; 4]> {
    // r = δ = 1 and X = β = 1: values are f G/2 and a quarter of the rest, so that G = g/2.
    let list = [1.0, 1.0, p[0].sqrt(), 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.5 * p[1]];
    let channel = PricingAndLeadership::new(Parameters::from_list(&list)).ok()?;
    let of = |structure: Structure<Channel>| -> Option<[f64; 2]> {
        let found = channel.feedback(&structure).ok()?;
        let now = found.policy(&[0.5 * p[1]]).ok()?;
        let price = now[PricingAndLeadership::WHOLESALE_PRICE] + now[PricingAndLeadership::RETAIL_MARGIN];
        Some([price, 4.0 * found.total()])
    };
    Some([
        of(Structure::simultaneous())?,
        of(Structure::leader(Channel::Manufacturer))?,
        of(Structure::leader(Channel::Retailer))?,
        of(Structure::cooperative())?,
    ])
}

struct PriceOrder;
impl Inequality for PriceOrder {
    fn margin<T: Scalar>(_: &[T]) -> T {
        let [joint, nash, led] = [0.5, 2.0 / 3.0, 0.75];
        T::constant((nash / joint - 1.0_f64).min(led / nash - 1.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [nash, first, second, joint] = solved(p)?.map(|[price, _]| price);
        Some((nash / joint - 1.0).min(first.min(second) / nash - 1.0))
    }
}

struct TotalOrder;
impl Inequality for TotalOrder {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let nash = total(p, NASH);
        let led = total(p, MANUFACTURER).max(total(p, RETAILER));
        (joint(p) / nash - 1.0).min(nash / led - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [nash, first, second, joint] = solved(p)?.map(|[_, total]| total);
        Some((joint / nash - 1.0).min(nash / first.max(second) - 1.0))
    }
}

struct BetterLeader;
impl Inequality for BetterLeader {
    fn margin<T: Scalar>(p: &[T]) -> T {
        total(p, MANUFACTURER) / total(p, RETAILER) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [_, first, second, _] = solved(p)?.map(|[_, total]| total);
        Some(first / second - 1.0)
    }
}
