//! Claims about [`SeyedEsfahani`], in `v` and `k = (k_m/k_r)²`; everything else scales out.
//!
//! A unit of advertising response earns the firms `n = w'u^{1/v}` and `m = m'u^{1/v}` (with `u = 1 − p'`), `g` together
//! under cooperation. Under the manufacturer's leadership and under simultaneous moves `w' = 1 − (v + 1)u`, so that
//! which `u` is smaller, `v(3 + 4k)` against 3, decides on prices and national advertising alike. Joint profit short of
//! the best spends at these prices is the square of what the spender does not earn.

use super::SeyedEsfahani;
use crate::claim::{Claim, Inequality};
use crate::equilibrium::{Equilibrium, Solution};
use crate::models::price_and_advertising::normalised::{self, BOX};
use crate::models::{Channel, Model};
use crate::scalar::Scalar;
use crate::solve::Solve;

const LITERATURE: &str =
    "SeyedEsfahani and others 2011, Aust and Buscher 2012; exact conditions derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Supports>("SE1", "the leading manufacturer supports local advertising", LITERATURE, BOX),
    Claim::new::<CheaperThanLed>("SE2", "the retail price is lower under cooperation than when the manufacturer leads", LITERATURE, BOX),
    Claim::new::<CheaperThanNash>(
        "SE2b",
        "the retail price is lower under cooperation, and when the retailer leads, than under simultaneous moves",
        LITERATURE,
        BOX,
    ),
    Claim::new::<LocalOverLed>("SE3", "cooperation raises local advertising above the manufacturer-led level", LITERATURE, BOX),
    Claim::new::<NationalOverLed>("SE3b", "cooperation raises national advertising above the manufacturer-led level", LITERATURE, BOX),
    Claim::new::<SpendsOverNash>("SE3c", "cooperation raises both spends above the simultaneous level", LITERATURE, BOX),
    Claim::new::<JointOverLed>("SE4", "joint profit is largest under cooperation: above the manufacturer-led game", LITERATURE, BOX),
    Claim::new::<JointOverNash>("SE4b", "joint profit is largest under cooperation: above the simultaneous game", LITERATURE, BOX),
    Claim::new::<LeaderGains>("SE5", "the manufacturer gains by leading", LITERATURE, BOX),
    Claim::new::<RetailerLeads<0>>("SE5b", "the retailer gains by leading", LITERATURE, BOX),
    Claim::new::<RetailerLeads<1>>("SE6", "the manufacturer gains by the retailer's leadership", LITERATURE, BOX),
    Claim::new::<RetailerLeads<2>>("SE6b", "joint profit gains by the retailer's leadership", LITERATURE, BOX),
    Claim::new::<LocalRises>("SE7", "the manufacturer's leadership raises local advertising", LITERATURE, BOX),
    Claim::new::<Dearer<{ SeyedEsfahani::PRICE }>>("SE8", "the manufacturer's leadership raises the retail price", LITERATURE, BOX)
        .only_where("v(3 + 4k) > 3", &[0.5, 0.25]),
    Claim::new::<Dearer<{ SeyedEsfahani::NATIONAL }>>("SE8b", "the manufacturer's leadership raises national advertising", LITERATURE, BOX)
        .only_where("v(3 + 4k) > 3", &[0.5, 0.25]),
    Claim::new::<Dearer<{ SeyedEsfahani::WHOLESALE }>>("SE8c", "the manufacturer's leadership raises the wholesale price", LITERATURE, BOX)
        .only_where("v(3 + 4k) > 3", &[0.5, 0.25]),
    Claim::new::<CheaperSupply>("SE8d", "the retailer's leadership lowers the wholesale price", LITERATURE, BOX),
    Claim::new::<ManufacturerPrefersToLead>("SE9", "the manufacturer earns more leading than following", LITERATURE, BOX)
        .only_where(
            "(2w' + m')²/4 + kw'² > (2 + k) v²/(4 (v + 1)²) ((v + 1)u)^{−2/v} in the game that it leads: for v above a \
             threshold that falls from 2 at k = 0 to 1 as k grows",
            &[1.0, 1.0],
        ),
    Claim::new::<RetailerPrefersToLead>("SE9b", "the retailer earns more leading than following", LITERATURE, BOX)
        .only_where(
            "(1 + 2k) v²/(2 (v + 1)²) ((v + 1)u)^{−2/v} > m'(2w' + m' + 4kw') in the game that the manufacturer leads: \
             always for v ≥ 2, otherwise for k above a threshold",
            &[1.0, 0.1],
        ),
    Claim::new::<JointGainsByLead>("SE9c", "joint profit gains by the manufacturer's leadership", LITERATURE, BOX)
        .only_where(
            "(1 + k)(w' + m')² − (1/4 + k) m'² > 3(1 + k) v²/(2v + 1)² ((2v + 1)u)^{−2/v} in the game that it leads: for k \
             below a threshold",
            &[1.0, 4.0],
        ),
];

fn played(p: &[f64], structure: &str) -> Option<Solution<Channel>> {
    let game = SeyedEsfahani(normalised::parameters(p[0], p[1]));
    game.solve(&SeyedEsfahani::structure(structure)?).ok()
}

/// What `number` is under one structure less what it is under another.
fn more(p: &[f64], [one, other]: [&str; 2], number: impl Fn(&Solution<Channel>) -> f64) -> Option<f64> {
    Some(number(&played(p, one)?) - number(&played(p, other)?))
}

const JOINT_LED: [&str; 2] = ["cooperative", "manufacturer_leads"];
const JOINT_NASH: [&str; 2] = ["cooperative", "simultaneous"];
const LED_NASH: [&str; 2] = ["manufacturer_leads", "simultaneous"];

/// `[n, m]` when the manufacturer leads.
fn led<T: Scalar>(p: &[T]) -> [T; 2] {
    normalised::revenues(p[0], normalised::parameters(p[0], p[1]).manufacturer_leads())
}

/// `n = m` under simultaneous moves.
fn nash<T: Scalar>(p: &[T]) -> T {
    normalised::revenues(p[0], normalised::parameters(p[0], p[1]).simultaneous())[0]
}

/// `g` under cooperation.
fn together<T: Scalar>(p: &[T]) -> T {
    normalised::revenues(p[0], normalised::parameters(p[0], p[1]).cooperative())[1]
}

/// `√((v + 2)² + 4(v + 1)²k(1 + k))`.
fn root<T: Scalar>([v, k]: [T; 2]) -> T {
    ((v + 2.0).square() + (v + 1.0).square() * k * (k + 1.0) * 4.0).sqrt()
}

/// `t > 0`, cleared of denominators.
struct Supports;
impl Inequality for Supports {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (v, k) = (p[0], p[1]);
        v * (k * 2.0 + 1.0) + (root([v, k]) - 2.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, "manufacturer_leads")?[SeyedEsfahani::PARTICIPATION])
    }
}

/// `u < 1/(v + 1)`, cleared of denominators.
struct CheaperThanLed;
impl Inequality for CheaperThanLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (v, k) = (p[0], p[1]);
        v + k * (v + 1.0) * 2.0 + root([v, k])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| -s[SeyedEsfahani::PRICE])
    }
}

/// `1/(v + 1) > 1/(2v + 1)`.
struct CheaperThanNash;
impl Inequality for CheaperThanNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] / ((p[0] + 1.0) * (p[0] * 2.0 + 1.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let price = |s: &Solution<Channel>| -s[SeyedEsfahani::PRICE];
        Some(more(p, JOINT_NASH, price)?.min(more(p, ["retailer_leads", "simultaneous"], price)?))
    }
}

/// `g > n + m/2`.
struct LocalOverLed;
impl Inequality for LocalOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [n, m] = led(p);
        together(p).ln() - (n + m * 0.5).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s[SeyedEsfahani::LOCAL])
    }
}

/// `g > n`.
struct NationalOverLed;
impl Inequality for NationalOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        together(p).ln() - led(p)[0].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s[SeyedEsfahani::NATIONAL])
    }
}

/// `g > n`.
struct SpendsOverNash;
impl Inequality for SpendsOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0].recip() + 1.0) * (p[0] / (p[0] + 1.0) + 1.0).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let local = more(p, JOINT_NASH, |s| s[SeyedEsfahani::LOCAL])?;
        Some(local.min(more(p, JOINT_NASH, |s| s[SeyedEsfahani::NATIONAL])?))
    }
}

/// The price costs `(1 + k)(g² − (n + m)²)/4`, local advertising `m²/16`, national advertising `km²/4`.
struct JointOverLed;
impl Inequality for JointOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (g, [n, m]) = (together(p), led(p));
        let spends = m.square() * (p[1] * 4.0 + 1.0) / 16.0;
        normalised::joint(p[1], g) - normalised::joint(p[1], n + m) + spends
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s.total())
    }
}

/// The price costs `(1 + k)(g² − 4n²)/4`, the spends `(1 + k)n²/4`.
struct JointOverNash;
impl Inequality for JointOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (g, n) = (together(p), nash(p));
        normalised::joint(p[1], g) - normalised::joint(p[1], n * 2.0) + normalised::joint(p[1], n)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_NASH, |s| s.total())
    }
}

struct LeaderGains;
impl Inequality for LeaderGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let ([n, m], before) = (led(p), nash(p));
        let after = (n * 2.0 + m).square() + p[1] * n.square() * 4.0;
        after.ln() - (before.square() * (p[1] + 2.0) * 4.0).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| s.payoff(Channel::Manufacturer))
    }
}

/// Under the retailer's leadership every payoff is that of simultaneous moves times `(g/2n)²`.
///
/// `WHOSE`: the retailer's payoff, the manufacturer's, or both together.
struct RetailerLeads<const WHOSE: usize>;
impl<const WHOSE: usize> Inequality for RetailerLeads<WHOSE> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let v = p[0];
        let (wide, narrow) = ((v * 2.0 + 1.0).ln(), (v + 1.0).ln());
        wide - narrow - 2f64.ln() + (wide - narrow) / v
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["retailer_leads", "simultaneous"], |s| match WHOSE {
            0 => s.payoff(Channel::Retailer),
            1 => s.payoff(Channel::Manufacturer),
            _ => s.total(),
        })
    }
}

/// `2n + m > 2n` of the simultaneous game.
struct LocalRises;
impl Inequality for LocalRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [n, m] = led(p);
        (n + m * 0.5).ln() - nash(p).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| s[SeyedEsfahani::LOCAL])
    }
}

/// `u < 1/(2v + 1)`: prices, and `n` as well, which falls with `u` there.
struct Dearer<const DECISION: usize>;
impl<const DECISION: usize> Inequality for Dearer<DECISION> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * (p[1] * 4.0 + 3.0) - 3.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| s[DECISION])
    }
}

/// `v/(2v + 1) > v/(2v + 2)`.
struct CheaperSupply;
impl Inequality for CheaperSupply {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] / ((p[0] * 2.0 + 1.0) * (p[0] + 1.0) * 2.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["simultaneous", "retailer_leads"], |s| s[SeyedEsfahani::WHOLESALE])
    }
}

/// `(2n + m)²/16 + kn²/4 > g²(2 + k)/16`.
struct ManufacturerPrefersToLead;
impl Inequality for ManufacturerPrefersToLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let ([n, m], g) = (led(p), together(p));
        let leading = (n * 2.0 + m).square() + p[1] * n.square() * 4.0;
        leading.ln() - (g.square() * (p[1] + 2.0)).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["manufacturer_leads", "retailer_leads"], |s| s.payoff(Channel::Manufacturer))
    }
}

/// `g²(1 + 2k)/16 > m(2n + m)/8 + kmn/2`.
struct RetailerPrefersToLead;
impl Inequality for RetailerPrefersToLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let ([n, m], g) = (led(p), together(p));
        let following = m * (n * 2.0 + m + p[1] * n * 4.0) * 2.0;
        (g.square() * (p[1] * 2.0 + 1.0)).ln() - following.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["retailer_leads", "manufacturer_leads"], |s| s.payoff(Channel::Retailer))
    }
}

struct JointGainsByLead;
impl Inequality for JointGainsByLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let ([n, m], k) = (led(p), p[1]);
        let after = normalised::joint(k, n + m) * 4.0 - m.square() * (k + 0.25);
        after.ln() - (normalised::joint(k, nash(p)) * 12.0).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| s.total())
    }
}
