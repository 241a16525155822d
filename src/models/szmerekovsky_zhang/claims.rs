//! Claims about [`SzmerekovskyZhang`](super::SzmerekovskyZhang), SZ1 to SZ4.
//!
//! The cost and the shortfall are units of money and of the good. What is left of `α` is told by the share of what the
//! leader would earn of unlimited advertising at `w₀ = ec/(e−1)` that it loses there to advertising and to sales missed.

use super::Parameters;
use crate::claim::{Axis, Claim, Inequality};
use crate::scalar::Scalar;

const BOX: &[Axis] = &[
    Axis { name: "e", lower: 1.1, upper: 8.0 },
    Axis { name: "gamma", lower: 0.05, upper: 3.0 },
    Axis { name: "delta", lower: 0.05, upper: 3.0 },
    Axis { name: "share lost", lower: 0.001, upper: 0.9 },
];
const LITERATURE: &str = "Szmerekovsky and Zhang 2009 (abstract); proved for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<NoSupport>(
        "SZ1",
        "the leading manufacturer pays nothing of local advertising",
        LITERATURE,
        BOX,
    ),
    Claim::new::<LowerPrice>(
        "SZ2",
        "its wholesale price lies below ec/(e − 1), which would be best if advertising sold without end",
        LITERATURE,
        BOX,
    ),
    Claim::new::<RetailPrice>("SZ3", "the retail price is higher than under cooperation", LITERATURE, BOX),
    Claim::new::<JointProfit>("SZ4", "joint profit is larger under cooperation", LITERATURE, BOX),
];

/// The channel at a point of the box.
fn normalised<T: Scalar>(p: &[T]) -> Parameters<T> {
    let mut numbers = Parameters {
        production_cost: T::constant(1.0),
        price_elasticity: p[0],
        saturation: T::constant(0.0),
        shortfall: T::constant(1.0),
        local_exponent: p[1],
        national_exponent: p[2],
    };
    // Without saturation, the payoff is what is lost.
    let w = numbers.monopoly(numbers.production_cost);
    let lost = -leader_earns(&numbers, w);
    let margin = (w - numbers.production_cost) * numbers.price().factor(numbers.monopoly(w));
    numbers.saturation = lost / (margin * p[3]);
    numbers
}

/// The leader's payoff at the wholesale price `w`.
fn leader_earns<T: Scalar>(numbers: &Parameters<T>, w: T) -> T {
    let [w, t, q, p, a] = numbers.led_by(w);
    numbers.payoffs(w, t, q, p, a)[0]
}

struct NoSupport;
impl Inequality for NoSupport {
    /// At `w₀`, which `w*` stays below, the margins' ratio is `(e−1)/e`: short of `1 + γ` by this much.
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1] + p[0].recip()
    }
    /// How far the ratio stays below the threshold at `w*`; negative if anything were paid.
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let [w, t, ..] = numbers.manufacturer_leads();
        let ratio = (p[0] - 1.0) * (w - numbers.production_cost) / w;
        Some(if t > 0.0 { -t } else { 1.0 + p[1] - ratio })
    }
}

struct LowerPrice;
impl Inequality for LowerPrice {
    /// At `w₀` the leader's own margin is at its best, and each per cent more for the retailer saves it the share
    /// `γ/(1+γ+δ)` of a per cent of its costs: it gains by lowering the price.
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1] / (p[1] + p[2] + 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(numbers.monopoly(numbers.production_cost) - numbers.manufacturer_leads()[0])
    }
}

struct RetailPrice;
impl Inequality for RetailPrice {
    /// Selling at cost earns the leader nothing; at `w₀` it keeps what is not lost.
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(p[3] - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(numbers.manufacturer_leads()[3] - numbers.cooperative()[3])
    }
}

struct JointProfit;
impl Inequality for JointProfit {
    /// As a share of what unlimited advertising would earn together.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        let total = |[w, t, q, p, a]: [T; 5]| {
            let [manufacturer, retailer] = numbers.payoffs(w, t, q, p, a);
            manufacturer + retailer
        };
        let together = numbers.cooperative();
        let price = together[3];
        let most = numbers.saturation * (price - numbers.production_cost) * numbers.price().factor(price);
        (total(together) - total(numbers.manufacturer_leads())) / most
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let total = |[w, t, q, p, a]: [f64; 5]| numbers.payoffs(w, t, q, p, a).iter().sum::<f64>();
        Some(total(numbers.cooperative()) - total(numbers.manufacturer_leads()))
    }
}
