//! Claims about [`JorgensenSigueZaccour`](super::JorgensenSigueZaccour), JSZ1 to JSZ4: the more kinds of advertising are
//! supported, the better for both firms.
//!
//! Units scale out. The retailer's margin and the strength of its advertising are 1, `α_R²/k_R = 1` and `l_R²/u_R = 1`;
//! what remains are the manufacturer's margin `m = π_M/π_R`, the strengths of its advertising, `a = (α_M²/k_M)/(α_R²/k_R)`
//! and `e = (l_M²/u_M)/(l_R²/u_R)`, and goodwill, measured so that values are proportional to `q_i g + y_i`, where `q_i` is
//! what short-term advertising earns a unit of goodwill and `y_i` what long-term advertising earns if goodwill is worth
//! `q_i`. How fast goodwill decays makes no difference.
//!
//! All are proved: support raises both `q` (by `(2m − 1)²/8` and `(2m − 1)/4` where `2m > 1`), support at the same `q`
//! raises both `y` in the same way, and both `y`, with support or without, increase in both `q`.

use super::{Firm, JorgensenSigueZaccour, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::models::Channel;
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

const DOMAIN: &[Axis] = &[
    Axis { name: "pi_M / pi_R", lower: 0.1, upper: 10.0 },
    Axis { name: "a", lower: 0.02, upper: 50.0 },
    Axis { name: "e", lower: 0.02, upper: 50.0 },
    Axis { name: "g", lower: 0.0, upper: 100.0 },
];

const ABSTRACT: &str = "Jorgensen, Sigue and Zaccour 2000, abstract, on a recalled model";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Better<LONG, NONE>>(
        "JSZ1",
        "long-term support is at least as good for both firms as none, at every goodwill",
        ABSTRACT,
        DOMAIN,
    ),
    Claim::new::<Better<SHORT, NONE>>(
        "JSZ2",
        "short-term support is at least as good for both firms as none, at every goodwill",
        ABSTRACT,
        DOMAIN,
    ),
    Claim::new::<Better<BOTH, LONG>>(
        "JSZ3",
        "both kinds of support are at least as good for both firms as long-term support, at every goodwill",
        ABSTRACT,
        DOMAIN,
    ),
    Claim::new::<Better<BOTH, SHORT>>(
        "JSZ4",
        "both kinds of support are at least as good for both firms as short-term support, at every goodwill",
        ABSTRACT,
        DOMAIN,
    ),
];

// What is supported.
const NONE: u8 = 0;
const LONG: u8 = 1;
const SHORT: u8 = 2;
const BOTH: u8 = LONG | SHORT;

/// What the manufacturer and the retailer earn by advertising of which a unit is worth `worth` to each: their own,
/// `strength` times as strong as the retailer's, and the retailer's.
fn earned<T: Scalar>(worth: [T; 2], strength: T, supported: bool) -> [T; 2] {
    let [m, r] = worth;
    // An effort `x` costs x²/2, so that its root is x/√2.
    let spend = SupportedSpend { own: r * std::f64::consts::SQRT_2, other: m * std::f64::consts::SQRT_2 };
    let (rate, root) =
        if supported { (spend.rate(), spend.root()) } else { (T::constant(0.0), spend.root_alone()) };
    let cost = root.square();
    let local = [spend.other * root - rate * cost, spend.own * root - cost + rate * cost];
    [m.square() * strength * 0.5 + local[0], m * r * strength + local[1]]
}

/// The values of both firms, in units that both programs share.
fn values<T: Scalar>(p: &[T], support: u8) -> [T; 2] {
    let short = earned([p[0], T::constant(1.0)], p[1], support & SHORT != 0);
    let long = earned(short, p[2], support & LONG != 0);
    [short[0] * p[3] + long[0], short[1] * p[3] + long[1]]
}

/// The values of both firms in the solved game.
fn solved(p: &[f64], support: u8) -> Option<[f64; 2]> {
    let firm = |margin: f64, short: f64, long: f64| Firm {
        margin,
        long_effect: long.sqrt(),
        long_cost: 1.0,
        short_effect: short.sqrt(),
        short_cost: 1.0,
    };
    // Values are q G/(r + δ) + y/(r(r + δ)²).
    let game = JorgensenSigueZaccour::new(Parameters {
        discount_rate: 1.0,
        decay: 1.0,
        manufacturer: firm(p[0], p[1], p[2]),
        retailer: firm(1.0, 1.0, 1.0),
        initial_goodwill: 0.5 * p[3],
    })
    .ok()?;
    let structure = match support {
        NONE => JorgensenSigueZaccour::no_support(),
        LONG => JorgensenSigueZaccour::long_term_support(),
        SHORT => JorgensenSigueZaccour::short_term_support(),
        _ => Structure::leader(Channel::Manufacturer),
    };
    let found = game.feedback(&structure).ok()?;
    Some([found.payoff(Channel::Manufacturer), found.payoff(Channel::Retailer)])
}

/// By how much the first is larger, as a share; the smaller of both firms'.
fn ahead<T: Scalar>(more: [T; 2], less: [T; 2]) -> T {
    (more[0] / less[0] - 1.0).min(more[1] / less[1] - 1.0)
}

struct Better<const MORE: u8, const LESS: u8>;
impl<const MORE: u8, const LESS: u8> Inequality for Better<MORE, LESS> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        ahead(values(p, MORE), values(p, LESS))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(ahead(solved(p, MORE)?, solved(p, LESS)?))
    }
}
