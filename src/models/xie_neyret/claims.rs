//! Claims about [`XieNeyret`](super::XieNeyret), XN1 to XN5.
//!
//! Prices are measured from costs, money and the good in units that make `K = B = 1`. What is left of `A₀` is told by the
//! share `σ` of saturation sales that are missed at a wholesale price that the claim turns on, the manufacturer
//! leading. There the leader's marginal profit is, with `S` and `V_r` for sales and for what the retailer's margin is
//! worth to the leader,
//!
//! ```math
//! V'(w')=\tfrac12(1-2w')S-\tfrac12(1-w')V_r ,
//! ```
//!
//! a multiple of a polynomial in `γ` and `σ`.

use super::Parameters;
use crate::claim::{Axis, Claim, Inequality};
use crate::scalar::Scalar;

const BOX: &[Axis] = &[
    Axis { name: "gamma", lower: 0.1, upper: 2.0 },
    Axis { name: "delta", lower: 0.1, upper: 2.0 },
    Axis { name: "share missed", lower: 0.001, upper: 0.3 },
];
/// Wide in the share: from next to nothing missed to where one of the firms no longer earns anything.
const WIDE: &[Axis] = &[
    Axis { name: "gamma", lower: 0.1, upper: 2.0 },
    Axis { name: "delta", lower: 0.02, upper: 1.0 },
    Axis { name: "share missed", lower: 0.1, upper: 0.9 },
];
const LITERATURE: &str = "Xie and Neyret 2009 and related papers; exact conditions derived for this library";

/// At the prices at which the share is missed the retailer and the leading manufacturer both earn something.
fn both_earn(p: &[f64]) -> bool {
    let (gamma, delta, missed) = (p[0], p[1], p[2]);
    missed * (1.0 + gamma) < 1.0 && missed * (1.0 + gamma + delta) < 1.0 + gamma
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<NashPrice>(
        "XN1",
        "the retail price is higher at simultaneous moves than under cooperation or the retailer's leadership",
        LITERATURE,
        BOX,
    ),
    Claim::new::<LedPrice>(
        "XN2",
        "the retail price is higher under the manufacturer's leadership than at simultaneous moves",
        LITERATURE,
        WIDE,
    )
    .given("both firms earn something at the simultaneous game's prices", both_earn)
    .only_where("share missed < (1 + gamma)/(1 + 3 gamma)", &[0.4, 0.05, 0.68]),
    Claim::new::<JointOverLed>(
        "XN3",
        "joint profit is largest under cooperation: above the manufacturer-led game",
        LITERATURE,
        BOX,
    ),
    Claim::new::<JointOverNash>(
        "XN3b",
        "joint profit is largest under cooperation: above the simultaneous game",
        LITERATURE,
        BOX,
    ),
    Claim::new::<JointOverFollowed>(
        "XN3c",
        "joint profit is largest under cooperation: above the retailer-led game",
        LITERATURE,
        BOX,
    ),
    Claim::new::<ManufacturerGains>("XN4", "the manufacturer gains by leading", LITERATURE, BOX),
    Claim::new::<RetailerGains>("XN4b", "the retailer gains by leading", LITERATURE, BOX),
    Claim::new::<Support>(
        "XN5",
        "the leading manufacturer supports local advertising where gamma < 1",
        LITERATURE,
        WIDE,
    )
    .given("gamma < 1, and both firms earn something where support sets in", |p| p[0] < 1.0 && both_earn(p))
    .only_where("share missed < (1 − gamma)/(1 + gamma)", &[0.6, 0.4, 0.3]),
    Claim::new::<NoSupport>("XN5b", "and does not support it where gamma >= 1", LITERATURE, BOX)
        .given("gamma >= 1", |p| p[0] >= 1.0),
];

/// The channel in which the share `p[2]` is missed at the wholesale price `w'`.
fn missing<T: Scalar>(p: &[T], wholesale: T) -> Parameters<T> {
    let mut numbers = Parameters {
        price_intercept: T::constant(1.0),
        price_slope: T::constant(1.0),
        production_cost: T::constant(0.0),
        handling_cost: T::constant(0.0),
        saturation: T::constant(0.0),
        shortfall: T::constant(1.0),
        local_exponent: p[0],
        national_exponent: p[1],
    };
    // Without saturation, sales are what is missed of it.
    let [_, _, q, _, a] = numbers.led_by(wholesale);
    numbers.saturation = -numbers.response().sales(a, q) / p[2];
    numbers
}

/// At the simultaneous game's prices.
fn normalised<T: Scalar>(p: &[T]) -> Parameters<T> {
    missing(p, T::constant(1.0) / 3.0)
}

/// The wholesale price below which the leader supports: where its margin is `1 + γ` times the retailer's.
fn threshold<T: Scalar>(p: &[T]) -> T {
    (p[0] + 1.0) / (p[0] + 3.0)
}

/// The payoffs of manufacturer and retailer in one of the games.
fn played<T: Scalar>(numbers: &Parameters<T>, game: fn(&Parameters<T>) -> [T; 5]) -> [T; 2] {
    let [w, t, q, p, a] = game(numbers);
    numbers.payoffs(w, t, q, p, a)
}

/// What cooperation earns more than another game, as a share of what unlimited advertising would earn.
fn gained<T: Scalar>(p: &[T], game: fn(&Parameters<T>) -> [T; 5]) -> T {
    let numbers = normalised(p);
    let total = |[m, r]: [T; 2]| m + r;
    let gained = total(played(&numbers, Parameters::cooperative)) - total(played(&numbers, game));
    gained * 4.0 / (numbers.saturation * numbers.scale())
}

struct NashPrice;
impl Inequality for NashPrice {
    /// 2/3 against 1/2 of what the costs leave, whatever the parameters.
    fn margin<T: Scalar>(_: &[T]) -> T {
        T::constant(2.0 / 3.0 - 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let lower = numbers.cooperative()[3].max(numbers.retailer_leads()[3]);
        Some(numbers.simultaneous()[3] - lower)
    }
}

struct LedPrice;
impl Inequality for LedPrice {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] + 1.0 - p[2] * (p[0] * 3.0 + 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(numbers.manufacturer_leads()[3] - numbers.simultaneous()[3])
    }
}

struct JointOverLed;
impl Inequality for JointOverLed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        gained(p, Parameters::manufacturer_leads)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gained(p, Parameters::manufacturer_leads))
    }
}

struct JointOverNash;
impl Inequality for JointOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        gained(p, Parameters::simultaneous)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gained(p, Parameters::simultaneous))
    }
}

struct JointOverFollowed;
impl Inequality for JointOverFollowed {
    fn margin<T: Scalar>(p: &[T]) -> T {
        gained(p, Parameters::retailer_leads)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gained(p, Parameters::retailer_leads))
    }
}

struct ManufacturerGains;
impl Inequality for ManufacturerGains {
    /// Already with the simultaneous game's prices: by leading in advertising alone.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        let [w, t, q, price, a] = numbers.led_by(T::constant(1.0) / 3.0);
        let led = numbers.payoffs(w, t, q, price, a)[0];
        (led - played(&numbers, Parameters::simultaneous)[0]) / numbers.saturation
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(
            played(&numbers, Parameters::manufacturer_leads)[0]
                - played(&numbers, Parameters::simultaneous)[0],
        )
    }
}

struct RetailerGains;
impl Inequality for RetailerGains {
    /// Already at the simultaneous game's prices.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        let each = numbers.scale() / 9.0;
        let third = T::constant(1.0) / 3.0;
        let spends = numbers.response().retailer_leads([each, each]);
        let [w, t, q, price, a] = numbers.profile(third, third * 2.0, spends);
        let led = numbers.payoffs(w, t, q, price, a)[1];
        (led - played(&numbers, Parameters::simultaneous)[1]) / numbers.saturation
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        Some(played(&numbers, Parameters::retailer_leads)[1] - played(&numbers, Parameters::simultaneous)[1])
    }
}

/// How far the wholesale price goes beyond where support sets in.
fn beyond(p: &[f64]) -> f64 {
    // A share is missed at the threshold here, and the price factor of costs is 1: w = w'.
    let threshold = threshold(p);
    missing(p, threshold).manufacturer_leads()[0] - threshold
}

struct Support;
impl Inequality for Support {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(p[0] + p[2] * (p[0] + 1.0) - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(beyond(p))
    }
}

struct NoSupport;
impl Inequality for NoSupport {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] + p[2] * (p[0] + 1.0) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(-beyond(p))
    }
}
