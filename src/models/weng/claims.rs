//! Claims about [`Weng`], WE1 to WE3, at `α = 100`, `β = 1` and order costs at which everybody trades.

use super::{Parameters, Weng, hold};
use crate::claim::{Axis, Claim, Inequality};
use crate::equilibrium::{Equilibrium, Solution};
use crate::models::{Channel, Model};
use crate::scalar::Scalar;
use crate::solve::Solve;

const BOX: &[Axis] = &[
    Axis { name: "c", lower: 5.0, upper: 50.0 },
    Axis { name: "S_s", lower: 0.1, upper: 1.0 },
    Axis { name: "h_s", lower: 1.0, upper: 10.0 },
    Axis { name: "S_b", lower: 0.1, upper: 1.0 },
    Axis { name: "h_b", lower: 1.0, upper: 10.0 },
];
const SOURCE: &str = "Weng 1995 (abstract); the discount's form and the derivation are this library's";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<NotEnough>("WE1", "a quantity discount alone is not jointly optimal", SOURCE, BOX),
    Claim::new::<FeesExist>(
        "WE2",
        "with a discount and a franchise fee both can be better off than under one price",
        SOURCE,
        BOX,
    ),
    Claim::new::<MoreSold>("WE3", "a quantity discount raises sales", SOURCE, BOX),
];

fn normalised<T: Scalar>(p: &[T]) -> Parameters<T> {
    Parameters {
        intercept: T::constant(100.0),
        slope: T::constant(1.0),
        production_cost: p[0],
        manufacturer_order_cost: p[1],
        manufacturer_holding_cost: p[2],
        retailer_order_cost: p[3],
        retailer_holding_cost: p[4],
        franchise_fee: T::constant(0.0),
    }
}

fn total<T: Scalar>(p: &[T], profile: [T; 5]) -> T {
    let [manufacturer, retailer] = normalised(p).payoffs(profile);
    manufacturer + retailer
}

fn played(p: &[f64], structure: &str) -> Option<Solution<Channel>> {
    Weng(normalised(p)).solve(&Weng::structure(structure)?).ok()
}

fn gain(p: &[f64], from: &str, to: &str) -> Option<f64> {
    Some(played(p, to)?.total() - played(p, from)?.total())
}

struct NotEnough;
impl Inequality for NotEnough {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        total(p, numbers.joint([0.0; 2])) - total(p, numbers.quantity_discount())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gain(p, "quantity_discount", "cooperative")
    }
}

struct FeesExist;
impl Inequality for FeesExist {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        total(p, numbers.joint([0.0; 2])) - total(p, numbers.manufacturer_leads())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gain(p, "manufacturer_leads", "franchise")
    }
}

struct MoreSold;
impl Inequality for MoreSold {
    /// The cubics of both games differ in `κ` only, and the smaller one has the larger root: `g_b + 2e ≥ g_J`.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        let retailers = [numbers.retailer_order_cost, numbers.retailer_holding_cost];
        hold(retailers) + numbers.passed_on() * 2.0 - hold(numbers.together())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let price = |structure: &str| Some(played(p, structure)?[Weng::PRICE]);
        Some(price("manufacturer_leads")? - price("quantity_discount")?)
    }
}
