//! Claims about [`StoreBrand`](super::StoreBrand), KZ1 to KZ12. The market size scales out: v = 1.
//!
//! A margin compares payoffs by the closed forms over any scalar; its evidence comes from payoffs of solved profiles,
//! or, where a rate is fixed by hand, from both sides of it. What is said to hold everywhere was sampled on its domain.

use super::{Additive, Demand, KarrayZaccour, KarrayZaccourAdditive, Model, Preset, Raju, StoreBrand};
use crate::claim::{Axis, Claim, Inequality};
use crate::equilibrium::Equilibrium;
use crate::models::Channel;
use crate::scalar::Scalar;
use crate::solve::Solve;

const SHARED: &[Axis] =
    &[Axis { name: "psi", lower: 0.02, upper: 2.0 }, Axis { name: "theta", lower: 0.05, upper: 0.97 }];
/// Where the games with support have equilibria.
const SUPPORTED: &[Axis] =
    &[Axis { name: "psi", lower: 0.02, upper: 2.0 }, Axis { name: "theta", lower: 0.05, upper: 0.8 }];
const ALONE: &[Axis] = &[Axis { name: "theta", lower: 0.05, upper: 1.1 }];
const ADDED: &[Axis] = &[
    Axis { name: "mu", lower: 0.1, upper: 1.0 },
    Axis { name: "psi", lower: 0.05, upper: 0.6 },
    Axis { name: "theta", lower: 0.05, upper: 0.8 },
];
const ABSTRACT: &str = "Karray and Zaccour 2006, abstract, on a reconstructed demand";
const OURS: &str = "derived for this library";

pub(super) const RAJU: &[Claim] = &[
    Claim::new::<RetailerGainsByBrand>("KZ1", "the store brand raises the retailer's profit", ABSTRACT, SHARED),
    Claim::new::<ChannelGainsByBrand>("KZ2", "the store brand raises the profit of both together", ABSTRACT, SHARED),
    Claim::new::<ManufacturerLosesByBrand>("KZ3", "the store brand lowers the manufacturer's profit", ABSTRACT, SHARED)
        .only_where(
            "(D² y − e)² (2 − theta²) <= D² y + psi e, with D = (1 + 2 psi)/(2 + 2 psi), y = 1/(2 D − theta²), e = psi/(4 + 4 psi)",
            &[0.05, 0.95],
        ),
    Claim::new::<ManufacturerGainsBySupport>(
        "KZ4",
        "against a store brand the manufacturer does not lose by support",
        ABSTRACT,
        SUPPORTED,
    ),
    Claim::new::<BrandLowersRate>("KZ5", "the rate against a store brand is at most 1/3, that without one", OURS, SUPPORTED),
    Claim::new::<ThereIsSupport>("KZ6", "the manufacturer supports against a store brand", OURS, SUPPORTED).only_where(
        "(1 + 2 psi)² > psi (2 psi + 3)(1 + 2 psi − (1 + psi) theta²)",
        &[2.0, 0.1],
    ),
    Claim::new::<RetailerAccepts>("KZ7", "the retailer gains by support for the national brand", ABSTRACT, SUPPORTED)
        .only_where(
            "N² y + (1/2 + g w)²/(2b) is not smaller under the leader's rate than without support",
            &[0.1, 0.5],
        ),
    Claim::new::<RetailerLosesAlone>("KZ8", "without a store brand the retailer loses by support", ABSTRACT, ALONE),
    Claim::new::<ChannelLosesAlone>("KZ9", "without a store brand both together lose by support", OURS, ALONE),
];

pub(super) const ADDITIVE: &[Claim] = &[
    Claim::new::<AddedRetailer>(
        "KZ10",
        "a store brand with buyers of its own raises the retailer's profit",
        OURS,
        ADDED,
    ),
    Claim::new::<AddedManufacturer>(
        "KZ11",
        "a store brand with buyers of its own does not lower the manufacturer's profit",
        OURS,
        ADDED,
    ),
    Claim::new::<AddedRate>(
        "KZ12",
        "the rate beside such a store brand is at most 1/3, that without one",
        OURS,
        ADDED,
    ),
];

/// Demand at v = 1 without or with the store brand.
fn shared<T: Scalar>(p: &[T], sold: f64) -> Demand<T> {
    Raju::demand(&[T::constant(1.0), p[0], p[1]], T::constant(sold))
}

fn added<T: Scalar>(p: &[T], sold: f64) -> Demand<T> {
    Additive::demand(&[T::constant(1.0), p[0], p[1], p[2]], T::constant(sold))
}

/// Payoffs without support, and with the leader's rate.
fn unsupported<T: Scalar>(demand: Demand<T>) -> [T; 2] {
    demand.payoffs(demand.leader(T::constant(1.0)))
}
fn supported<T: Scalar>(demand: Demand<T>) -> [T; 2] {
    demand.payoffs(demand.leader(demand.lift()))
}

fn total<T: Scalar>([first, second]: [T; 2]) -> T {
    first + second
}

/// What manufacturer and retailer gain from one solved game to another.
fn gains<D: Preset>(numbers: D, from: &str, to: &str) -> Option<[f64; 2]> {
    let game = StoreBrand::new(numbers).ok()?;
    let solve = |name: &str| game.solve(&StoreBrand::<D>::structure(name)?).ok();
    let (from, to) = (solve(from)?, solve(to)?);
    Some([Channel::Manufacturer, Channel::Retailer].map(|who| to.payoff(who) - from.payoff(who)))
}

fn raju(p: &[f64]) -> Raju {
    Raju { market_size: 1.0, cross_price_effect: p[0], advertising_effect: p[1] }
}

fn additive(p: &[f64]) -> Additive {
    let [store_brand_size, cross_price_effect, advertising_effect] = [p[0], p[1], p[2]];
    Additive { market_size: 1.0, store_brand_size, cross_price_effect, advertising_effect }
}

/// Entry without support.
fn by_entry(p: &[f64]) -> Option<[f64; 2]> {
    gains(raju(p), "no_store_brand", "store_brand")
}

/// Support beside a store brand.
fn by_support(p: &[f64]) -> Option<[f64; 2]> {
    gains(raju(p), "store_brand", "store_brand_coop")
}

/// Support without a store brand; the cross-price effect plays no part.
fn by_support_alone(p: &[f64]) -> Option<[f64; 2]> {
    gains(raju(&[2.0, p[0]]), "no_store_brand", "no_store_brand_coop")
}

struct RetailerGainsByBrand;
impl Inequality for RetailerGainsByBrand {
    fn margin<T: Scalar>(p: &[T]) -> T {
        unsupported(shared(p, 1.0))[1] - unsupported(shared(p, 0.0))[1]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_entry(p).map(|[_, retailer]| retailer)
    }
}

struct ChannelGainsByBrand;
impl Inequality for ChannelGainsByBrand {
    fn margin<T: Scalar>(p: &[T]) -> T {
        total(unsupported(shared(p, 1.0))) - total(unsupported(shared(p, 0.0)))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_entry(p).map(total)
    }
}

struct ManufacturerLosesByBrand;
impl Inequality for ManufacturerLosesByBrand {
    fn margin<T: Scalar>(p: &[T]) -> T {
        unsupported(shared(p, 0.0))[0] - unsupported(shared(p, 1.0))[0]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_entry(p).map(|[manufacturer, _]| -manufacturer)
    }
}

struct ManufacturerGainsBySupport;
impl Inequality for ManufacturerGainsBySupport {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let demand = shared(p, 1.0);
        supported(demand)[0] - unsupported(demand)[0]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_support(p).map(|[manufacturer, _]| manufacturer)
    }
}

struct BrandLowersRate;
impl Inequality for BrandLowersRate {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // 1/(1 − t) against 3/2.
        -(shared(p, 1.0).lift() - 1.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let game = KarrayZaccour::new(raju(p)).ok()?;
        let rate =
            |name: &str| game.solve(&KarrayZaccour::structure(name)?).ok().map(|x| x[KarrayZaccour::RATE]);
        Some(rate("no_store_brand_coop")? - rate("store_brand_coop")?)
    }
}

struct ThereIsSupport;
impl Inequality for ThereIsSupport {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (psi, theta) = (p[0], p[1].square());
        let wide = psi * 2.0 + 1.0;
        wide.square() - psi * (psi * 2.0 + 3.0) * (wide - (psi + 1.0) * theta)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        // The first bit of support.
        let demand = shared(p, 1.0);
        let at = |lift: f64| demand.payoffs(demand.leader(lift))[0];
        Some(at(1.0 + 1e-6) - at(1.0))
    }
}

struct RetailerAccepts;
impl Inequality for RetailerAccepts {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let demand = shared(p, 1.0);
        supported(demand)[1] - unsupported(demand)[1]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_support(p).map(|[_, retailer]| retailer)
    }
}

struct RetailerLosesAlone;
impl Inequality for RetailerLosesAlone {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let s = p[0].square();
        let (lost, rest) = (s * -1.0 + 2.0, (s * -2.25 + 4.0).square());
        s * (s * -0.9375 + 2.0) / (lost * rest * 8.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_support_alone(p).map(|[_, retailer]| -retailer)
    }
}

struct ChannelLosesAlone;
impl Inequality for ChannelLosesAlone {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let demand = shared(&[T::constant(2.0), p[0]], 0.0);
        total(unsupported(demand)) - total(supported(demand))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        by_support_alone(p).map(|gains| -total(gains))
    }
}

struct AddedRetailer;
impl Inequality for AddedRetailer {
    fn margin<T: Scalar>(p: &[T]) -> T {
        unsupported(added(p, 1.0))[1] - unsupported(added(p, 0.0))[1]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gains(additive(p), "no_store_brand", "store_brand").map(|[_, retailer]| retailer)
    }
}

struct AddedManufacturer;
impl Inequality for AddedManufacturer {
    fn margin<T: Scalar>(p: &[T]) -> T {
        unsupported(added(p, 1.0))[0] - unsupported(added(p, 0.0))[0]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gains(additive(p), "no_store_brand", "store_brand").map(|[manufacturer, _]| manufacturer)
    }
}

struct AddedRate;
impl Inequality for AddedRate {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(added(p, 1.0).lift() - 1.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let game = KarrayZaccourAdditive::new(additive(p)).ok()?;
        let rate = |name: &str| {
            game.solve(&KarrayZaccourAdditive::structure(name)?).ok().map(|x| x[KarrayZaccourAdditive::RATE])
        };
        Some(rate("no_store_brand_coop")? - rate("store_brand_coop")?)
    }
}
