//! Claims about [`DantBerger`](super::DantBerger), DB1 to DB6.
//!
//! Only `κ = E_m/E_r` matters, the ratio of what √money in the fund is worth to each.

use super::Parameters;
use crate::claim::{Axis, Claim, Inequality};
use crate::scalar::Scalar;

const BOX: &[Axis] = &[Axis { name: "kappa", lower: 0.1, upper: 10.0 }];
const SOURCE: &str = "Dant and Berger 1996 (abstract); exact conditions derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<JointFund>("DB1", "the fund is larger when it is determined jointly", SOURCE, BOX),
    Claim::new::<JointProfit>(
        "DB2",
        "joint profit is larger when the fund is determined jointly",
        SOURCE,
        BOX,
    ),
    Claim::new::<LeaderGains>("DB3", "the franchisor does not lose by leading", SOURCE, BOX),
    Claim::new::<LedFund>("DB4", "its leadership does not raise the fund", SOURCE, BOX),
    Claim::new::<FollowerLoses>("DB5", "the franchisee does not gain by its leadership", SOURCE, BOX),
    Claim::new::<LeaderPays>("DB6", "the leading franchisor pays into the fund", SOURCE, BOX)
        .only_where("kappa > 2", &[1.5]),
];

fn normalised(p: &[f64]) -> Parameters {
    Parameters {
        franchisor_margin: p[0],
        franchisee_margin: 1.0,
        base_sales: 0.0,
        effect: 1.0,
        perception: 1.0,
    }
}

type Game = fn(&Parameters) -> [f64; 2];

fn fund(p: &[f64], game: Game) -> f64 {
    game(&normalised(p)).iter().sum()
}

fn played(p: &[f64], game: Game) -> [f64; 2] {
    let numbers = normalised(p);
    let [f, a] = game(&numbers);
    numbers.payoffs(f, a)
}

/// `then` for `1 < κ ≤ 2`, where leadership changes anything, and 0 elsewhere.
fn between<T: Scalar>(kappa: T, then: T) -> T {
    let none = T::constant(0.0);
    T::select(kappa - 1.0, T::select(kappa - 2.0, none, then), none)
}

struct JointFund;
impl Inequality for JointFund {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0].min(T::constant(1.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(fund(p, Parameters::cooperative) - fund(p, Parameters::simultaneous))
    }
}

struct JointProfit;
impl Inequality for JointProfit {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0].min(T::constant(1.0)).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |game: Game| played(p, game).iter().sum::<f64>();
        Some(total(Parameters::cooperative) - total(Parameters::simultaneous))
    }
}

struct LeaderGains;
impl Inequality for LeaderGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        between(p[0], p[0] * -(p[0] - 2.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::franchisor_leads)[0] - played(p, Parameters::simultaneous)[0])
    }
}

struct LedFund;
impl Inequality for LedFund {
    fn margin<T: Scalar>(p: &[T]) -> T {
        between(p[0], p[0].square() - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(fund(p, Parameters::simultaneous) - fund(p, Parameters::franchisor_leads))
    }
}

struct FollowerLoses;
impl Inequality for FollowerLoses {
    fn margin<T: Scalar>(p: &[T]) -> T {
        between(p[0], p[0] * 2.0 - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::simultaneous)[1] - played(p, Parameters::franchisor_leads)[1])
    }
}

struct LeaderPays;
impl Inequality for LeaderPays {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] - 2.0
    }
    /// What the best contribution of its own earns it more than none.
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let alone = (0.5 * p[0]).powi(2);
        Some(numbers.payoffs(alone, 0.0)[0] - numbers.payoffs(0.0, 0.25)[0])
    }
}
