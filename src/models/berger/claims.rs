//! Claims about [`Berger`](super::Berger), BE1 to BE6.
//!
//! The joint margin `k − r` is the unit of money. With the square root the effect is the unit of the good too.

use super::{Parameters, Shape};
use crate::claim::{Axis, Claim, Inequality};
use crate::dual::Dual;
use crate::level::D1;
use crate::response::{Logarithm, SquareRoot};
use crate::scalar::Scalar;

const ROOT_BOX: &[Axis] = &[
    Axis { name: "(c−r)/(k−r)", lower: 0.05, upper: 0.95 },
    Axis { name: "s0/(b²(k−r))", lower: 0.01, upper: 1.0 },
];
const LOG_BOX: &[Axis] = &[
    Axis { name: "(c−r)/(k−r)", lower: 0.05, upper: 0.95 },
    Axis { name: "b(k−r)", lower: 1.1, upper: 100.0 },
    Axis { name: "s0/b", lower: 0.01, upper: 5.0 },
];
const SOURCE: &str = "Berger 1972; exact conditions derived for this library";

pub(super) const SQUARE_ROOT: &[Claim] = &[
    Claim::new::<RootSpend>("BE1", "cooperation raises advertising above the led level", SOURCE, ROOT_BOX),
    Claim::new::<RootTotal>("BE2", "joint profit is larger under cooperation", SOURCE, ROOT_BOX),
    Claim::new::<RootGrant>("BE3", "the leading manufacturer grants an allowance", SOURCE, ROOT_BOX)
        .only_where("(c − r) − (k − c) > 2 s0/b²", &[0.4, 0.1]),
];

pub(super) const LOGARITHM: &[Claim] = &[
    Claim::new::<LogSpend>("BE4", "cooperation raises advertising above the led level", SOURCE, LOG_BOX),
    Claim::new::<LogTotal>("BE5", "joint profit is larger under cooperation", SOURCE, LOG_BOX),
    Claim::new::<LogGrant>(
        "BE6",
        "the leading manufacturer grants an allowance to a retailer that advertises without one",
        SOURCE,
        LOG_BOX,
    )
    .given("b(k − c) > 1", |p| (1.0 - p[0]) * p[1] > 1.0)
    .only_where("(k − r)/(k − c) > 1 + s0/b + ln(b(k − c))", &[0.4, 5.0, 1.0]),
];

fn root<T: Scalar>(p: &[T]) -> Parameters<T> {
    let one = T::constant(1.0);
    Parameters {
        production_cost: T::constant(0.0),
        wholesale_price: p[0],
        retail_price: one,
        base_sales: p[1],
        effect: one,
    }
}

fn logarithm<T: Scalar>(p: &[T]) -> Parameters<T> {
    Parameters {
        production_cost: T::constant(0.0),
        wholesale_price: p[0],
        retail_price: T::constant(1.0),
        base_sales: p[1] * p[2],
        effect: p[1],
    }
}

/// How much more is spent together than under leadership.
fn more_spent<R: Shape>(numbers: &Parameters) -> f64 {
    numbers.cooperative::<R>()[1] - numbers.manufacturer_leads::<R>()[1]
}

/// How much more is earned together than under leadership.
fn more_earned<R: Shape>(numbers: &Parameters) -> f64 {
    let total = |[x, a]: [f64; 2]| numbers.payoffs::<R, f64>(x, a).iter().sum::<f64>();
    total(numbers.cooperative::<R>()) - total(numbers.manufacturer_leads::<R>())
}

/// What the first cent of an allowance brings the manufacturer, the retailer replying.
fn first_cent<R: Shape>(numbers: &Parameters) -> f64 {
    let along = Parameters::from_list(&numbers.list().map(D1::constant));
    let allowance = Dual::variable(0.0);
    let spend = R::spend(along.effect, along.retailer_margin() + allowance);
    along.payoffs::<R, D1>(allowance, spend)[0].slope
}

struct RootSpend;
impl Inequality for RootSpend {
    /// What the allowance leaves of the manufacturer's margin: advertising answers to the rest.
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0].min(p[1] + 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(more_spent::<SquareRoot>(&root(p)))
    }
}

struct RootTotal;
impl Inequality for RootTotal {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0].min(p[1] + 0.5).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(more_earned::<SquareRoot>(&root(p)))
    }
}

struct RootGrant;
impl Inequality for RootGrant {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * 2.0 - 1.0 - p[1] * 2.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(first_cent::<SquareRoot>(&root(p)))
    }
}

struct LogSpend;
impl Inequality for LogSpend {
    /// What the allowance leaves of the manufacturer's margin: advertising answers to the rest.
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] - logarithm(p).manufacturer_leads::<Logarithm>()[0]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(more_spent::<Logarithm>(&logarithm(p)))
    }
}

struct LogTotal;
impl Inequality for LogTotal {
    /// With `v` the share of the joint margin that advertising answers to: `v − 1 − ln v`.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let allowance = logarithm(p).manufacturer_leads::<Logarithm>()[0];
        let answered = (allowance - p[0] + 1.0).max(p[1].recip());
        answered - 1.0 - answered.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(more_earned::<Logarithm>(&logarithm(p)))
    }
}

struct LogGrant;
impl Inequality for LogGrant {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let left = -(p[0] - 1.0);
        left.recip() - 1.0 - p[2] - (p[1] * left).ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(first_cent::<Logarithm>(&logarithm(p)))
    }
}
