//! Claims about [`DualBrand`](super::DualBrand), B1 to B7.
//!
//! "Paper mode": common margins and β_i > γ_i. With ρ_r = 1 what is left is κ = ρ_m/ρ_r and x_i = β_i − γ_i. Outside
//! it a brand is described by its net returns: R = 1 and M.

use super::{Parameters, Profile};
use crate::claim::{Axis, Claim, Inequality};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;

const PAPER: &[Axis] = &[
    Axis { name: "kappa", lower: 0.05, upper: 20.0 },
    Axis { name: "x1", lower: 0.05, upper: 5.0 },
    Axis { name: "x2", lower: 0.05, upper: 5.0 },
];
const ONE_BRAND: &[Axis] = &[Axis { name: "M", lower: -10.0, upper: 10.0 }];
const RIVALS: &[Axis] = &[
    Axis { name: "kappa", lower: 0.05, upper: 20.0 },
    Axis { name: "beta", lower: 0.05, upper: 5.0 },
    Axis { name: "gamma", lower: 0.0, upper: 5.0 },
];
const ABSTRACT: &str = "Chen and Wen 2013, abstract; inequality derived for this library";
const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<BothAdvertised>("B1", "both brands are advertised", ABSTRACT, PAPER),
    Claim::new::<RateFollowsMargins>(
        "B2",
        "the rate rises with the maker's margin and falls with the retailer's",
        ABSTRACT,
        PAPER,
    )
    .given("kappa > 1/2", |p| p[0] > 0.5),
    Claim::new::<SpendFollowsEffects>(
        "B3",
        "spends rise with the stimulating effect and fall with the competition effect; rates do not move",
        ABSTRACT,
        PAPER,
    ),
    Claim::new::<SpendFollowsMaker>(
        "B4",
        "spends are more sensitive to the maker's margin than to the retailer's",
        ABSTRACT,
        PAPER,
    )
    .given("kappa > 1/2", |p| p[0] > 0.5),
    Claim::new::<RateFollowsMaker>(
        "B4b",
        "the rate is more sensitive to the maker's margin than to the retailer's",
        ABSTRACT,
        PAPER,
    )
    .given("kappa > 1/2", |p| p[0] > 0.5)
    .only_where("kappa <= 1", &[2.0, 1.0, 1.0]),
    Claim::new::<JointSpend>("B5", "cooperation raises total spend", ABSTRACT, PAPER),
    Claim::new::<JointProfit>("B5b", "cooperation raises total profit", ABSTRACT, PAPER),
    Claim::new::<JointSpendOfBrand>(
        "B5c",
        "cooperation raises the spend on a brand whatever its net returns",
        "the paper's claim outside its common margins",
        ONE_BRAND,
    )
    .only_where("M >= 0", &[-0.5]),
    Claim::new::<JointProfitOfBrand>(
        "B5d",
        "cooperation raises the profit from a brand whatever its net returns",
        "the paper's claim outside its common margins",
        ONE_BRAND,
    ),
    Claim::new::<MakerGains>("B6", "the owner gains by supporting", OURS, PAPER)
        .given("kappa > 1/2", |p| p[0] > 0.5),
    Claim::new::<RetailerGains>("B6b", "the retailer gains by being supported", OURS, PAPER)
        .given("kappa > 1/2", |p| p[0] > 0.5),
    Claim::new::<RivalsPayMore>("B7", "rival owners pay at least the rates of a common owner", OURS, RIVALS)
        .given("beta > gamma", |p| p[1] > p[2]),
];

/// Common margins `(κ, 1)`, net effects `x`, the competition effect half of it.
fn paper(p: &[f64]) -> Parameters {
    Parameters {
        base_sales: [0.0, 0.0],
        stimulating_effect: [1.5 * p[1], 1.5 * p[2]],
        competition_effect: [0.5 * p[1], 0.5 * p[2]],
        manufacturer_margin: [p[0], p[0]],
        retailer_margin: [1.0, 1.0],
        effort_cost: [1.0, 1.0],
        national_effect: [0.0, 0.0],
    }
}

/// The owner's support at these common margins instead.
fn supported(p: &[f64], maker: f64, retailer: f64) -> Profile<f64> {
    let mut numbers = paper(p);
    numbers.manufacturer_margin = [maker; 2];
    numbers.retailer_margin = [retailer; 2];
    numbers.brand_rates(false)
}

/// The payoffs of the common owner and of the retailer.
fn payoffs(p: &Parameters, x: Profile<f64>) -> [f64; 2] {
    let [first, second, retailer] = p.payoffs([x[0], x[1]], [x[2], x[3]], [x[4], x[5]]);
    [first + second, retailer]
}

/// A single brand with retailer's return 1 and owner's return `m`.
fn brand(m: f64) -> SupportedSpend<f64> {
    SupportedSpend { own: 1.0, other: m }
}

struct BothAdvertised;
impl Inequality for BothAdvertised {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let root = (p[0] * 2.0).max(T::constant(1.0)) + 1.0;
        (p[1].min(p[2]) * root * 0.25).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let x = paper(p).brand_rates(false);
        Some(x[2].min(x[3]))
    }
}

struct RateFollowsMargins;
impl Inequality for RateFollowsMargins {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] * 2.0 + 1.0).square().recip() * 4.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate = |maker: f64, retailer: f64| supported(p, maker, retailer)[0];
        let here = rate(p[0], 1.0);
        Some((rate(p[0] * 1.001, 1.0) - here).min(here - rate(p[0], 1.001)))
    }
}

struct SpendFollowsEffects;
impl Inequality for SpendFollowsEffects {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1] * ((p[0] * 2.0).max(T::constant(1.0)) + 1.0).square() * 0.125
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let here = paper(p);
        let mut stronger = here.clone();
        stronger.stimulating_effect[0] *= 1.001;
        let mut rougher = here.clone();
        rougher.competition_effect[0] *= 1.001;
        let [x, up, down] = [&here, &stronger, &rougher].map(|numbers| numbers.brand_rates(false));
        let still = (up[0] - x[0]).abs() < 1e-12 && (down[0] - x[0]).abs() < 1e-12;
        still.then(|| (up[2] - x[2]).min(x[2] - down[2]))
    }
}

struct SpendFollowsMaker;
impl Inequality for SpendFollowsMaker {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[1].square() * (p[0] * 2.0 + 1.0) * 0.125
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let spend = |maker: f64, retailer: f64| supported(p, maker, retailer)[2];
        let (here, step) = (spend(p[0], 1.0), 1e-4);
        Some((spend(p[0] + step, 1.0) - here) - (spend(p[0], 1.0 + step * 0.999) - here))
    }
}

struct RateFollowsMaker;
impl Inequality for RateFollowsMaker {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(p[0] - 1.0) * 4.0 / (p[0] * 2.0 + 1.0).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate = |maker: f64, retailer: f64| supported(p, maker, retailer)[0];
        let step = 1e-5;
        let by_maker = rate(p[0] + step, 1.0) - rate(p[0] - step, 1.0);
        let by_retailer = rate(p[0], 1.0 + step) - rate(p[0], 1.0 - step);
        Some(by_maker.abs() - by_retailer.abs())
    }
}

/// How far cooperation raises the root of the spend on a brand with net effect `x`.
fn rise<T: Scalar>(kappa: T, x: T) -> T {
    x * (kappa * 0.5).min(T::constant(0.25))
}

struct JointSpend;
impl Inequality for JointSpend {
    fn margin<T: Scalar>(p: &[T]) -> T {
        rise(p[0], p[1]) + rise(p[0], p[2])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let (joint, lead) = (paper(p).cooperative(), paper(p).brand_rates(false));
        Some(joint[2] + joint[3] - lead[2] - lead[3])
    }
}

struct JointProfit;
impl Inequality for JointProfit {
    fn margin<T: Scalar>(p: &[T]) -> T {
        rise(p[0], p[1]).square() + rise(p[0], p[2]).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = paper(p);
        let total = |x: Profile<f64>| payoffs(&numbers, x).iter().sum::<f64>();
        Some(total(numbers.cooperative()) - total(numbers.brand_rates(false)))
    }
}

struct JointSpendOfBrand;
impl Inequality for JointSpendOfBrand {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let supported = ((p[0] * 2.0).max(T::constant(1.0)) + 1.0) * 0.25;
        (p[0] + 1.0).positive_part() * 0.5 - supported
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(brand(p[0]).root_together().powi(2) - brand(p[0]).root().powi(2))
    }
}

struct JointProfitOfBrand;
impl Inequality for JointProfitOfBrand {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let d = (p[0] * 0.5).min(T::constant(0.25));
        let negative = ((p[0] + 1.0) * 0.5).min(T::constant(0.0));
        (d - negative) * (d + negative)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |root: f64| (p[0] + 1.0) * root - root * root;
        Some(total(brand(p[0]).root_together()) - total(brand(p[0]).root()))
    }
}

struct MakerGains;
impl Inequality for MakerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1].square() + p[2].square()) * (p[0] * 2.0 - 1.0).square() / 16.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = paper(p);
        Some(payoffs(&numbers, numbers.brand_rates(false))[0] - payoffs(&numbers, numbers.no_support())[0])
    }
}

struct RetailerGains;
impl Inequality for RetailerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1].square() + p[2].square()) * (p[0] * 2.0 - 1.0) / 8.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = paper(p);
        Some(payoffs(&numbers, numbers.brand_rates(false))[1] - payoffs(&numbers, numbers.no_support())[1])
    }
}

struct RivalsPayMore;
impl Inequality for RivalsPayMore {
    // The rate rises with its setter's pull max(2M, R): the difference of the two pulls. It is zero where neither pays.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let alone = p[0] * 2.0 * p[1] - p[1] + p[2];
        (p[0] * p[2] * 2.0).min(alone.positive_part())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let mut numbers = paper(&[p[0], 1.0, 1.0]);
        numbers.stimulating_effect = [p[1]; 2];
        numbers.competition_effect = [p[2]; 2];
        Some(numbers.brand_rates(true)[0] - numbers.brand_rates(false)[0])
    }
}
