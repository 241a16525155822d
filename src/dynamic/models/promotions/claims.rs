//! A claim about [`Promotions`](super::Promotions), PRO1: support of promotions that sell the more the better the brand is
//! known, and do it no harm, is good for both firms.
//!
//! With `s_P = s_G = s_GG = μ = 0` units scale out: what remains are `m = π_M/π_R` and `e`, the share of the strength
//! `4qκ/(r + 2δ)²` at which values cease to exist under support. At a rate that is chosen, a promotion is `P = (1 + p)/2` in
//! units of what the retailer does alone, `p = max(2m, 1)`, and
//!
//! ```math
//! a_M\propto\frac{w}{1+\sqrt{1-w\,e/w_1}},\quad w=P(2m+1-P),\qquad a_R\propto\frac{P}{\sqrt{1-w\,e/w_1}},
//! ```
//!
//! where `w₁` is `w` under support. Proved: `w` is largest at the `P` that the manufacturer chooses, and at least as large as
//! without, `w = 2m`; both coefficients increase in `w` and in `P`.

use super::{Parameters, Promotions};
use crate::claim::{Axis, Claim, Inequality};
use crate::models::Channel;
use crate::scalar::Scalar;
use crate::structure::Structure;

const DOMAIN: &[Axis] =
    &[Axis { name: "pi_M / pi_R", lower: 0.1, upper: 10.0 }, Axis { name: "e", lower: 0.01, upper: 0.99 }];

pub(super) const CLAIMS: &[Claim] = &[Claim::new::<BothGain>(
    "PRO1",
    "supported promotions are at least as good for both firms as promotions alone, at every goodwill",
    "Jorgensen, Taboubi and Zaccour 2001, abstract, on our sales function",
    DOMAIN,
)];

/// Under support and without: the retailer's promotion in units of what it does alone, and `w`.
fn promoted<T: Scalar>(m: T) -> [[T; 2]; 2] {
    let pull = (m * 2.0).max(T::constant(1.0));
    let [led, alone] = [(pull + 1.0) * 0.5, T::constant(1.0)];
    [led, alone].map(|promotion| [promotion, promotion * (m * 2.0 + 1.0 - promotion)])
}

struct BothGain;
impl Inequality for BothGain {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let all = promoted(p[0]);
        let of = |[promotion, w]: [T; 2]| {
            let root = (-(w * p[1]) / all[0][1] + 1.0).sqrt();
            [w / (root + 1.0), promotion / root]
        };
        let [with, without] = all.map(of);
        (with[0] / without[0] - 1.0).min(with[1] / without[1] - 1.0)
    }

    fn evidence(p: &[f64]) -> Option<f64> {
        // r + 2δ = 1 and q = v = π_R = 1: 4κ = 4 s_PG² w.
        let [[_, w], _] = promoted(p[0]);
        let channel = Promotions::new(Parameters {
            discount_rate: 0.2,
            decay: 0.4,
            advertising_effect: 1.0,
            promotion_effect: 0.0,
            advertising_cost: 1.0,
            promotion_cost: 1.0,
            manufacturer_margin: p[0],
            retailer_margin: 1.0,
            base_sales: 0.0,
            promotion_sales: 0.0,
            goodwill_sales: 0.0,
            interaction: (0.25 * p[1] / w).sqrt(),
            saturation: 0.0,
            initial_goodwill: 1.0,
        })
        .ok()?;
        let curvatures = |structure: Structure<Channel>| -> Option<[f64; 2]> {
            let values = channel.value_functions(&structure)?.ok()?;
            Some(values.map(|value| value.curvature()[(0, 0)]))
        };
        let with = curvatures(Structure::leader(Channel::Manufacturer))?;
        let without = curvatures(Structure::simultaneous())?;
        Some((with[0] / without[0] - 1.0).min(with[1] / without[1] - 1.0))
    }
}
