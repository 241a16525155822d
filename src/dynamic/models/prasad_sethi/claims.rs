//! Claims about [`PrasadSethi`](super::PrasadSethi), PS1 and PS2, for firms that discount alike.
//!
//! Units scale out: the first firm's margin is 1, and so is `W = ρ + 2δ`. What remains is `π₂/π₁` and how strong either's
//! advertising is, `R_iπ₁/W²` with `R_i = k_i²/(4c_i)`.
//!
//! PS1 is proved: with `a_i = R_iβ_i` the equations of the values are `R_iπ_i = a_i(W + a_i) + 2a₁a₂`, so that
//! `(a₁ − a₂)(W + a₁ + a₂) = R₁π₁ − R₂π₂`, and the long-run share exceeds 1/2 where `a₁ > a₂`. PS2 survived a search for
//! counterexamples.

use super::super::vanishing;
use super::{Firm, Parameters, PrasadSethi, Structure};
use crate::claim::{Axis, Claim, Inequality};
use crate::dual::Dual;
use crate::dynamic::SolveOverTime;
use crate::dynamic::models::still;
use crate::scalar::Scalar;

const DOMAIN: &[Axis] = &[
    Axis { name: "pi_2 / pi_1", lower: 0.1, upper: 10.0 },
    Axis { name: "R_1 pi_1 / W^2", lower: 0.05, upper: 100.0 },
    Axis { name: "R_2 pi_1 / W^2", lower: 0.05, upper: 100.0 },
];

const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Larger>(
        "PS1",
        "of two firms that discount alike the one with the larger k²π/c holds the larger share in the long run",
        OURS,
        DOMAIN,
    ),
    Claim::new::<Stronger>(
        "PS2",
        "a more effective rival lowers what the market is worth to a firm",
        OURS,
        DOMAIN,
    ),
];

/// What a customer is worth to the first firm, `β₁W/π₁`.
fn worth<T: Scalar>(p: &[T]) -> T {
    let [margin, first, second] = [p[0], p[1], p[2]].map(still);
    let one = still(T::constant(1.0));
    let root =
        |r: Dual<T>, y: Dual<T>, margin: Dual<T>| margin * 2.0 / (y + (y.square() + r * margin * 4.0).sqrt());
    let reply = |other: Dual<T>| root(first, second * other * 2.0 + 1.0, one);
    let other = vanishing(T::constant(0.0), root(second, one, margin).value, |other| {
        (first * reply(other) * 2.0 + 1.0) * other + second * other.square() - margin
    });
    reply(still(other)).value
}

/// The game in these units.
fn market(p: &[f64]) -> Option<PrasadSethi> {
    let firm = |power: f64, margin: f64| Firm {
        discount_rate: 0.6,
        effectiveness: 2.0 * power.sqrt(),
        cost: 1.0,
        margin,
    };
    PrasadSethi::new(Parameters {
        first: firm(p[1], 1.0),
        second: firm(p[2], p[0]),
        churn: 0.2,
        volatility: 0.0,
        initial_share: 0.5,
    })
    .ok()
}

struct Larger;
impl Inequality for Larger {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1] - p[2] * p[0]).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let game = market(p)?;
        let found = game.feedback(&Structure::simultaneous()).ok()?;
        let share = found.steady_states().ok()?.first()?.state[0];
        Some((p[1] - p[2] * p[0]) * (share - 0.5))
    }
}

struct Stronger;
impl Stronger {
    /// With the rival one per cent more effective.
    fn raised<T: Scalar>(p: &[T]) -> [T; 3] {
        [p[0], p[1], p[2] * 1.01_f64.powi(2)]
    }
}
impl Inequality for Stronger {
    fn margin<T: Scalar>(p: &[T]) -> T {
        worth(p) / worth(&Self::raised(p)) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let slope = |p: &[f64]| {
            let game = market(p)?;
            let found = game.feedback(&Structure::simultaneous()).ok()?;
            found.values().first()?.slopes(&[0.5]).first().copied()
        };
        Some(slope(p)? / slope(&Self::raised(p))? - 1.0)
    }
}
