//! Claims about [`GoodwillChannel`](super::GoodwillChannel), GC1 to GC5: what support does where margins are
//! given.
//!
//! Units scale out. The retailer's margin and the strength of its advertising, `l_R²θ_R²/(k_R(ρ + d_R)²)`,
//! are 1; what remains are `m = m_M/m_R` and `e`, how strong national advertising is beside local. All
//! decisions are constant, and values of goodwill are the same in all programs, so that gains are the same at
//! every goodwill. In units of time `1/ρ`, with `s = max(0, 2m − 1)`:
//!
//! * national effort is `m`, jointly `m + 1`; local effort `1`, with support `1 + s/2`, jointly `m + 1`;
//! * support gives the manufacturer `s²/8` and the retailer `s/4`;
//! * jointly both together have `e/2 + min(m², 1/4)/2` more than with support.
//!
//! These formulas prove all five.

use super::{Goodwill, GoodwillChannel, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::models::Channel;
use crate::scalar::Scalar;
use crate::structure::Structure;

const DOMAIN: &[Axis] =
    &[Axis { name: "m_M / m_R", lower: 0.1, upper: 10.0 }, Axis { name: "e", lower: 0.05, upper: 20.0 }];

const OURS: &str = "ours, for the specification of this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Supports>("GC1", "the manufacturer supports local advertising", OURS, DOMAIN)
        .only_where("it earns more than half of what the retailer earns on a unit, 2 m_M > m_R", &[0.4, 1.0]),
    Claim::new::<BothGain>(
        "GC2",
        "support is at least as good as none for both firms, at every goodwill",
        OURS,
        DOMAIN,
    ),
    Claim::new::<ManufacturerGainsMore>(
        "GC3",
        "the manufacturer takes at least half of what support creates",
        OURS,
        DOMAIN,
    )
    .only_where("it does not support, or m_M >= 3/2 m_R", &[1.0, 1.0]),
    Claim::new::<MoreGoodwill>(
        "GC4",
        "jointly both goodwills at rest are higher than with support, which does not lower local goodwill",
        OURS,
        DOMAIN,
    ),
    Claim::new::<JointlyMore>(
        "GC5",
        "both firms together have more jointly than with support, at every goodwill",
        OURS,
        DOMAIN,
    ),
];

/// `s`, what the manufacturer's interest in local advertising exceeds half of the retailer's by, twice.
fn excess<T: Scalar>(p: &[T]) -> T {
    (p[0] * 2.0 - 1.0).positive_part()
}

/// What both firms gain by support.
fn gains<T: Scalar>(p: &[T]) -> [T; 2] {
    let s = excess(p);
    [s.square() * 0.125, s * 0.25]
}

/// What both firms together have under support, from no goodwill.
fn supported<T: Scalar>(p: &[T]) -> T {
    let [m, r] = gains(p);
    p[1] * (p[0].square() * 0.5 + p[0]) + p[0] + 0.5 + m + r
}

/// The game in these units; decays are different on purpose, and scale out.
fn channel(p: &[f64]) -> Option<GoodwillChannel> {
    let goodwill = |decay: f64, strength: f64| Goodwill {
        effectiveness: strength.sqrt(),
        decay,
        cost: 1.0,
        demand_effect: 1.0 + decay,
        initial: 0.0,
    };
    GoodwillChannel::new(Parameters {
        discount_rate: 1.0,
        base_demand: 0.0,
        manufacturer_margin: p[0],
        retailer_margin: 1.0,
        national: goodwill(0.5, p[1]),
        local: goodwill(1.0, 1.0),
    })
    .ok()
}

/// Without support, with it, jointly: what both firms have, and where both goodwills rest.
fn solved(p: &[f64]) -> Option<[([f64; 2], [f64; 2]); 3]> {
    let channel = channel(p)?;
    let of = |structure: Structure<Channel>| -> Option<([f64; 2], [f64; 2])> {
        let found = channel.feedback(&structure).ok()?;
        let rest = found.steady_states().ok()?.into_iter().next()?.state;
        let payoffs = [found.payoff(Channel::Manufacturer), found.payoff(Channel::Retailer)];
        Some((payoffs, [*rest.first()?, *rest.get(1)?]))
    };
    let leads = Structure::leader(Channel::Manufacturer);
    Some([of(GoodwillChannel::no_support())?, of(leads)?, of(Structure::cooperative())?])
}

/// What both firms gain by support in the solved games.
fn solved_gains(p: &[f64]) -> Option<[f64; 2]> {
    let [(without, _), (with, _), _] = solved(p)?;
    Some([with[0] - without[0], with[1] - without[1]])
}

struct Supports;
impl Inequality for Supports {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * 2.0 - 1.0
    }
    /// What a little support changes in a moment's worth to the manufacturer.
    fn evidence(p: &[f64]) -> Option<f64> {
        let channel = channel(p)?;
        let found = channel.feedback(&GoodwillChannel::no_support()).ok()?;
        let today = found.policy(&[0.0; 2]).ok()?;
        let effort = today[GoodwillChannel::LOCAL];
        let worth = *found.costates(&[0.0; 2]).get(1)?;
        // The retailer's effort is `effort/(1 − φ)`.
        Some(worth * effort - 0.5 * effort * effort)
    }
}

struct BothGain;
impl Inequality for BothGain {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [m, r] = gains(p);
        m.min(r)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [m, r] = solved_gains(p)?;
        Some(m.min(r))
    }
}

struct ManufacturerGainsMore;
impl Inequality for ManufacturerGainsMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [m, r] = gains(p);
        m - r
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [m, r] = solved_gains(p)?;
        Some(m - r)
    }
}

struct MoreGoodwill;
impl Inequality for MoreGoodwill {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (local, joint) = (excess(p) * 0.5 + 1.0, p[0] + 1.0);
        (local - 1.0).min(joint / local - 1.0).min(joint / p[0] - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [(_, without), (_, with), (_, joint)] = solved(p)?;
        let local = (with[1] / without[1] - 1.0).min(joint[1] / with[1] - 1.0);
        Some(local.min(joint[0] / with[0] - 1.0))
    }
}

struct JointlyMore;
impl Inequality for JointlyMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1] * 0.5 + p[0].square().min(T::constant(0.25)) * 0.5) / supported(p)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [_, (with, _), (joint, _)] = solved(p)?;
        Some((joint[0] + joint[1]) / (with[0] + with[1]) - 1.0)
    }
}
