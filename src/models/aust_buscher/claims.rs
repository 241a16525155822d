//! Claims about [`AustBuscher`], in `v` and `k = (k_m/k_r)²`; everything else scales out.
//!
//! Only the game that the retailer leads is not one of [`SeyedEsfahani`](crate::models::SeyedEsfahani)'s, whose claims
//! about the other three hold here as they stand. In it `w' = vu` and `m' = 1 − (v + 1)u`, as under simultaneous moves,
//! and `u < 1/(2v + 1)`, the room under these, exactly where `k < v`: that alone decides whether the retailer uses its
//! lead to take more or to leave more.

use super::AustBuscher;
use crate::claim::{Claim, Inequality};
use crate::equilibrium::{Equilibrium, Solution};
use crate::models::price_and_advertising::normalised::{self, BOX};
use crate::models::{Channel, Model};
use crate::scalar::Scalar;
use crate::solve::Solve;

const LITERATURE: &str =
    "Aust and Buscher 2012 and related papers; exact conditions derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<CheaperTogether>("AB1", "the retail price is lower under cooperation than when the retailer leads", LITERATURE, BOX),
    Claim::new::<LocalOverLed>("AB2", "cooperation raises local advertising above the retailer-led level", LITERATURE, BOX),
    Claim::new::<NationalOverLed>("AB2b", "cooperation raises national advertising above the retailer-led level", LITERATURE, BOX),
    Claim::new::<JointOverLed>("AB3", "joint profit is largest under cooperation: above the retailer-led game", LITERATURE, BOX),
    Claim::new::<LeaderGains>("AB4", "the retailer gains by leading", LITERATURE, BOX),
    Claim::new::<Takes<0>>("AB5", "the retailer's leadership raises its margin and the retail price", LITERATURE, BOX)
        .only_where("k < v", &[0.5, 1.0]),
    Claim::new::<Takes<1>>("AB5b", "the retailer's leadership lowers the wholesale price", LITERATURE, BOX)
        .only_where("k < v", &[0.5, 1.0]),
    Claim::new::<Leaves<0>>("AB6", "the manufacturer gains by the retailer's leadership", LITERATURE, BOX)
        .only_where("k > v", &[1.0, 0.5]),
    Claim::new::<Leaves<1>>("AB6b", "joint profit gains by the retailer's leadership", LITERATURE, BOX)
        .only_where("k > v", &[1.0, 0.5]),
    Claim::new::<ManufacturerPrefersToLead>("AB7", "the manufacturer earns more leading than following", LITERATURE, BOX)
        .only_where(
            "π_m of the manufacturer-led game exceeds that of the retailer-led one: for k below a threshold that rises \
             with v, everywhere for v ≥ 2",
            &[1.0, 4.0],
        ),
    Claim::new::<RetailerPrefersToLead>("AB7b", "the retailer earns more leading than following", LITERATURE, BOX)
        .only_where(
            "π_r of the retailer-led game exceeds that of the manufacturer-led one: for k above a threshold that falls \
             with v, everywhere for v ≥ 2",
            &[1.0, 0.1],
        ),
];

fn played(p: &[f64], structure: &str) -> Option<Solution<Channel>> {
    let game = AustBuscher(normalised::parameters(p[0], p[1]));
    game.solve(&AustBuscher::structure(structure)?).ok()
}

/// What `number` is under one structure less what it is under another.
fn more(p: &[f64], [one, other]: [&str; 2], number: impl Fn(&Solution<Channel>) -> f64) -> Option<f64> {
    Some(number(&played(p, one)?) - number(&played(p, other)?))
}

const JOINT_LED: [&str; 2] = ["cooperative", "retailer_leads"];
const LED_NASH: [&str; 2] = ["retailer_leads", "simultaneous"];

/// `[n, m]` when the retailer leads.
fn led<T: Scalar>(p: &[T]) -> [T; 2] {
    normalised::revenues(p[0], normalised::parameters(p[0], p[1]).retailer_leads_with_margin())
}

/// `g` under cooperation.
fn together<T: Scalar>(p: &[T]) -> T {
    normalised::revenues(p[0], normalised::parameters(p[0], p[1]).cooperative())[1]
}

/// `u < 1/(v + 1)`, cleared of denominators: `√((v + 1 − kv)² + 4(v + 1)k²) + v + 1 > k(v + 2)`.
struct CheaperTogether;
impl Inequality for CheaperTogether {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (v, k) = (p[0], p[1]);
        let more = v + 1.0;
        ((more - k * v).square() + more * k.square() * 4.0).sqrt() - k * (v + 2.0) + more
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised::parameters(p[0], p[1]);
        let price = |s: &Solution<Channel>| -super::retail_price(&numbers, s.profile());
        more(p, JOINT_LED, price)
    }
}

/// `g > m`.
struct LocalOverLed;
impl Inequality for LocalOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        together(p).ln() - led(p)[1].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s[AustBuscher::LOCAL])
    }
}

/// `g > n`.
struct NationalOverLed;
impl Inequality for NationalOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        together(p).ln() - led(p)[0].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s[AustBuscher::NATIONAL])
    }
}

/// The price costs `(1 + k)(g² − (n + m)²)/4`, local advertising `n²/4`, national advertising `km²/4`.
struct JointOverLed;
impl Inequality for JointOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (g, [n, m]) = (together(p), led(p));
        let spends = (n.square() + p[1] * m.square()) * 0.25;
        normalised::joint(p[1], g) - normalised::joint(p[1], n + m) + spends
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, JOINT_LED, |s| s.total())
    }
}

/// `m²/4 + kmn/2` against `(1 + 2k)n²/4`, the same of the simultaneous game; equal at `k = v`.
struct LeaderGains;
impl Inequality for LeaderGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let ([n, m], k) = (led(p), p[1]);
        let [before, _] = normalised::revenues(p[0], normalised::parameters(p[0], k).simultaneous());
        (m.square() + k * m * n * 2.0) * 0.25 - before.square() * (k * 2.0 + 1.0) * 0.25
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| s.payoff(Channel::Retailer))
    }
}

/// `u < 1/(2v + 1)`. `WHAT`: margin and retail price, or the wholesale price.
struct Takes<const WHAT: usize>;
impl<const WHAT: usize> Inequality for Takes<WHAT> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] - p[1]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = AustBuscher(normalised::parameters(p[0], p[1]));
        match WHAT {
            0 => {
                let margin = more(p, LED_NASH, |s| s[AustBuscher::MARGIN])?;
                let price = more(p, LED_NASH, |s| super::retail_price(numbers.numbers(), s.profile()))?;
                // Of one sign, or the claim is ill put.
                (margin * price >= 0.0).then_some(price)
            }
            _ => more(p, LED_NASH, |s| -s[AustBuscher::WHOLESALE]),
        }
    }
}

/// `WHOSE`: the manufacturer's payoff, or both together.
struct Leaves<const WHOSE: usize>;
impl<const WHOSE: usize> Inequality for Leaves<WHOSE> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1] - p[0]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, LED_NASH, |s| if WHOSE == 0 { s.payoff(Channel::Manufacturer) } else { s.total() })
    }
}

/// The payoffs of both firms when the manufacturer leads, and when the retailer leads.
fn both_leads<T: Scalar>(p: &[T]) -> [[T; 2]; 2] {
    let numbers = normalised::parameters(p[0], p[1]);
    [numbers.manufacturer_leads(), numbers.retailer_leads_with_margin()]
        .map(|outcome| normalised::payoffs(&numbers, outcome))
}

struct ManufacturerPrefersToLead;
impl Inequality for ManufacturerPrefersToLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [leading, following] = both_leads(p);
        leading[0].ln() - following[0].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["manufacturer_leads", "retailer_leads"], |s| s.payoff(Channel::Manufacturer))
    }
}

struct RetailerPrefersToLead;
impl Inequality for RetailerPrefersToLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [following, leading] = both_leads(p);
        leading[1].ln() - following[1].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        more(p, ["retailer_leads", "manufacturer_leads"], |s| s.payoff(Channel::Retailer))
    }
}
