//! Claims about [`Yue`](super::Yue), YU1 to YU3.
//!
//! The list price and the shortfall are units of money and of the good. What is left of `α` is told by the share of
//! saturation sales that are missed when the manufacturer leads without a cut.

use super::Parameters;
use crate::claim::{Axis, Claim, Inequality};
use crate::dual::Dual;
use crate::level::D1;
use crate::scalar::Scalar;

const BOX: &[Axis] = &[
    Axis { name: "rho_m/P", lower: 0.05, upper: 0.55 },
    Axis { name: "rho_r/P", lower: 0.05, upper: 0.4 },
    Axis { name: "e", lower: 1.2, upper: 8.0 },
    Axis { name: "gamma", lower: 0.1, upper: 2.0 },
    Axis { name: "delta", lower: 0.1, upper: 2.0 },
    Axis { name: "share missed", lower: 0.001, upper: 0.2 },
];
const LITERATURE: &str = "Yue, Austin, Wang and Huang 2006; exact conditions derived for this library";

fn worth_cutting(p: &[f64]) -> bool {
    p[2] * (p[0] + p[1]) > 1.0
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<JointCut>("YU1", "cooperation cuts the consumers' price", LITERATURE, BOX)
        .only_where("e (rho_m + rho_r) > P", &[0.3, 0.2, 1.5, 0.6, 0.4, 0.1]),
    Claim::new::<JointCutsMore>(
        "YU2",
        "where it cuts the price at all, cooperation cuts it more than the leading manufacturer",
        LITERATURE,
        BOX,
    )
    .given("e (rho_m + rho_r) > P", worth_cutting),
    Claim::new::<JointProfit>(
        "YU3",
        "joint profit is larger under cooperation than under leadership",
        LITERATURE,
        BOX,
    ),
];

/// The channel at a point of the box.
fn normalised<T: Scalar>(p: &[T]) -> Parameters<T> {
    let mut numbers = Parameters {
        list_price: T::constant(1.0),
        manufacturer_margin: p[0],
        retailer_margin: p[1],
        price_elasticity: p[2],
        saturation: T::constant(0.0),
        shortfall: T::constant(1.0),
        local_exponent: p[3],
        national_exponent: p[4],
    };
    // Without saturation, sales are what is missed of it.
    let [_, q, a] = numbers.response().manufacturer_leads([p[0], p[1]]);
    numbers.saturation = -numbers.response().sales(a, q) / p[5];
    numbers
}

fn joint<T: Scalar>([manufacturer, retailer]: [T; 2]) -> T {
    manufacturer + retailer
}

struct JointCut;
impl Inequality for JointCut {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[2] * (p[0] + p[1]) - 1.0
    }
    /// What the first cent of a cut brings, at the advertising of cooperation.
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let [_, t, q, a] = numbers.cooperative();
        let [t, q, a] = [t, q, a].map(D1::constant);
        Some(joint(numbers.payoffs(Dual::variable(0.0), t, q, a)).slope)
    }
}

struct JointCutsMore;
impl Inequality for JointCutsMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        numbers.cooperative()[0] - numbers.manufacturer_leads()[0]
    }
    /// What the leader would lose by going over to the cooperative cut (or, if that is not to be had, to the last that
    /// leaves it anything).
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        let [led, ..] = numbers.manufacturer_leads();
        let joint = numbers.cooperative()[0].min(0.999 * p[0]);
        Some(numbers.leader_earns(led) - numbers.leader_earns(joint))
    }
}

struct JointProfit;
impl Inequality for JointProfit {
    /// As a share of what unlimited advertising would earn together.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let numbers = normalised(p);
        let profit = |[d, t, q, a]: [T; 4]| joint(numbers.payoffs(d, t, q, a));
        let together = numbers.cooperative();
        let most = numbers.saturation * joint(numbers.margins(together[0]));
        (profit(together) - profit(numbers.manufacturer_leads())) / most
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = normalised(p);
        // Both at the leader's cut: what better advertising alone brings, then what the better cut adds.
        let [d, t, q, a] = numbers.manufacturer_leads();
        let [m, r] = numbers.margins(d);
        let [_, better_q, better_a] = numbers.response().cooperative(m + r);
        let by_advertising =
            joint(numbers.payoffs(d, t, better_q, better_a)) - joint(numbers.payoffs(d, t, q, a));
        let [c, t, q, a] = numbers.cooperative();
        let by_cut = joint(numbers.payoffs(c, t, q, a)) - joint(numbers.payoffs(d, t, better_q, better_a));
        Some(by_advertising + by_cut)
    }
}
