//! Claims about [`HePrasadSethi`](super::HePrasadSethi), HP1 to HP4, and about
//! [`HePrasadSethiPriced`](super::HePrasadSethiPriced), HP5 and HP6.
//!
//! Units scale out: the retailer's margin is 1, and so is `K = r + δ`. What remains is the ratio of margins `M/m`, and how
//! strong either kind of advertising is, `k²m/K²` and `qm/K²` with `q = k_M²/c_M`. Since `rα = M − KA` and `rβ = m − KB`,
//! with support and without, a firm gains by support at every share or at none: where its slope falls.
//!
//! HP1, HP5 and HP6 are proved, HP2 and HP3 without national advertising; the rest survived searches for counterexamples.

use super::super::{still, vanishing};
use super::{Channel, HePrasadSethi, HePrasadSethiPriced, Parameters, PricedParameters, Structure};
use crate::claim::{Axis, Claim, Inequality, axis};
use crate::dynamic::SolveOverTime;
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;

const RATIO: Axis = axis("M / m", 0.1, 10.0);
const LOCAL: Axis = axis("k^2 m / K^2", 0.05, 2000.0);
const NATIONAL: Axis = axis("q m / K^2", 0.01, 200.0);

const PLAIN: &[Axis] = &[RATIO, LOCAL];
const BOTH: &[Axis] = &[RATIO, LOCAL, NATIONAL];
const PRICED: &[Axis] = &[LOCAL];

const OURS: &str = "derived for this library";
const ABSTRACT: &str = "Ezimadu and Nwozo 2017, abstract, on a reconstructed model";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Pays>("HP1", "support pays the manufacturer, at every share", OURS, PLAIN).only_where(
        "M/m at or above the second threshold, s²(1 + 2z)/(8(1 + z)), or without support",
        &[1.0, 400.0 / 9.0],
    ),
    Claim::new::<RetailerGains>("HP2", "support pays the retailer, at every share", OURS, BOTH),
    Claim::new::<LocalRises>("HP3", "support raises local advertising, at every share", ABSTRACT, BOTH),
    Claim::new::<NationalFalls>("HP4", "support lowers national advertising, at every share", ABSTRACT, BOTH)
        .only_where("where support pays the manufacturer", &[1.0, 400.0 / 9.0, 100.0 / 9.0]),
];

pub(super) const PRICED_CLAIMS: &[Claim] = &[
    Claim::new::<Supports>("HP5", "with linear demand the manufacturer supports", OURS, PRICED),
    Claim::new::<PricedPays>(
        "HP6",
        "with linear demand support pays the manufacturer, at every share",
        OURS,
        PRICED,
    )
    .only_where("k²m <= 37.458 K²", &[50.0]),
];

/// The ratios of margins above which the manufacturer supports, and above which it gains by that; without national
/// advertising.
fn thresholds<T: Scalar>(local: T) -> [T; 2] {
    let z = ((local + 1.0).sqrt() - 1.0) * 0.5;
    // (√(1 + 2z + 5z²) + z − 1)/z, without the cancellation.
    let root = (z.square() * 5.0 + z * 2.0 + 1.0).sqrt();
    let s = (z * 5.0 + 2.0) / (root + 1.0) + 1.0;
    let common = (z * 2.0 + 1.0) / (z + 1.0);
    [common * 0.5, s.square() * common * 0.125]
}

/// The positive root of `power b²/4 + y b = margin`.
fn root<T: Scalar>(power: T, y: T, margin: T) -> T {
    margin * 2.0 / (y + (y.square() + power * margin).sqrt())
}

/// `B` at `S = 2A + B`, with support: the lesser root of `qB²/4 − (1 + k²S/8 + qS/4)B + 1 = 0`.
fn retailer<T: Scalar>(sum: T, [local, national]: [T; 2]) -> T {
    let y = (local * 0.125 + national * 0.25) * sum + 1.0;
    (y + (y.square() - national).positive_part().sqrt()).recip() * 2.0
}

/// The slopes `A` and `B` with support and without, and local effort, as multiples of `k/2`.
struct Slopes<T> {
    led: [T; 2],
    alone: [T; 2],
    efforts: [T; 2],
}

fn slopes<T: Scalar>(p: &[T]) -> Slopes<T> {
    let (ratio, local, national) = (p[0], p[1], p[2]);
    let one = T::constant(1.0);
    let [r, l, n] = [still(ratio), still(local), still(national)];
    let alone = vanishing(T::constant(0.0), root(local, one, one), |b| {
        b * (l * b * 0.25 + n * root(n, l * b * 0.5 + 1.0, r) * 0.5 + 1.0) - 1.0
    });
    let alone = [root(national, local * alone * 0.5 + 1.0, ratio), alone];
    let brink = root(local + national, one, one);
    let supports = ratio - brink * ((local * 0.5 + national * 0.125) * brink + 1.0) * 0.5;
    let total = ratio * 2.0 + 1.0;
    let sum = vanishing(brink * 2.0, total, |sum| {
        let b = retailer(sum, [l, n]);
        sum * (l * (sum + b) * 0.125 + 1.0) + n * (sum - b) * (sum + b) * 0.125 - still(total)
    });
    let b = retailer(sum, [local, national]);
    let led = [(sum - b) * 0.5, b];
    Slopes {
        led: [0, 1].map(|at| T::select(supports, led[at], alone[at])),
        alone,
        efforts: [T::select(supports, sum * 0.5, alone[1]), alone[1]],
    }
}

/// Values at a share, and efforts, with support and without, in the solved game.
struct Told {
    values: [f64; 2],
    national: f64,
    local: f64,
}

fn told(p: &[f64], share: f64) -> Option<[Told; 2]> {
    let game = HePrasadSethi::new(Parameters {
        manufacturer_margin: p[0],
        retailer_margin: 1.0,
        effectiveness: p[1].sqrt(),
        discount_rate: 0.4,
        decay: 0.6,
        national_effectiveness: p.get(2).copied().unwrap_or(0.0).sqrt(),
        national_cost: 1.0,
        volatility: 0.0,
        initial_share: share,
    })
    .ok()?;
    let tell = |structure: Structure<Channel>| {
        let found = game.feedback(&structure).ok()?;
        let x = found.policy(&[share]).ok()?;
        Some(Told {
            values: [found.payoffs()[0], found.payoffs()[1]],
            national: x[HePrasadSethi::NATIONAL],
            local: x[HePrasadSethi::LOCAL],
        })
    };
    Some([tell(Structure::leader(Channel::Manufacturer))?, tell(HePrasadSethi::no_support())?])
}

fn gain(of: [f64; 2]) -> f64 {
    of[0] / of[1] - 1.0
}

struct Pays;
impl Inequality for Pays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [support, gain] = thresholds(p[1]);
        T::select(p[0] - support, p[0] / gain - 1.0, T::constant(0.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [with, without] = told(p, 0.2)?;
        Some(gain([with.values[0], without.values[0]]))
    }
}

struct RetailerGains;
impl Inequality for RetailerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let found = slopes(p);
        found.alone[1] / found.led[1] - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [with, without] = told(p, 0.2)?;
        Some(gain([with.values[1], without.values[1]]))
    }
}

struct LocalRises;
impl Inequality for LocalRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [with, without] = slopes(p).efforts;
        with / without - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [with, without] = told(p, 0.2)?;
        Some(gain([with.local, without.local]))
    }
}

struct NationalFalls;
impl Inequality for NationalFalls {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let found = slopes(p);
        found.alone[0] / found.led[0] - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [with, without] = told(p, 0.2)?;
        Some(gain([without.national, with.national]))
    }
}

/// Rate and the manufacturer's gain in the solved game with prices, at the strength that is left by them.
fn priced(p: &[f64]) -> Option<[f64; 2]> {
    // At ηc = 0 the retailer's margin is 1/(16η).
    let game = HePrasadSethiPriced::new(PricedParameters {
        price_effect: 1.0 / 16.0,
        production_cost: 0.0,
        effectiveness: p[0].sqrt(),
        discount_rate: 0.4,
        decay: 0.6,
        volatility: 0.0,
        initial_share: 0.2,
    })
    .ok()?;
    let led = game.feedback(&Structure::leader(Channel::Manufacturer)).ok()?;
    let alone = game.feedback(&HePrasadSethiPriced::no_support()).ok()?;
    let rate = led.policy(&[0.2]).ok()?[HePrasadSethiPriced::PARTICIPATION];
    Some([rate, gain([led.payoffs()[0], alone.payoffs()[0]])])
}

struct Supports;
impl Inequality for Supports {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -thresholds(p[0])[0] + 2.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(priced(p)?[0])
    }
}

struct PricedPays;
impl Inequality for PricedPays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -thresholds(p[0])[1] + 2.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(priced(p)?[1])
    }
}
