//! The models over time: one file each, with its parameters, dynamics, payoffs, closed forms, claims and source.

mod affine;
pub mod breton_jarrar_zaccour;
pub mod channel_pricing;
pub mod chintagunta_jain;
pub mod chutani_sethi;
pub mod cocreation;
pub mod competing_retailers;
pub mod deal;
mod firms;
pub mod goodwill_channel;
pub mod he_prasad_sethi;
pub mod interference;
pub mod jorgensen_sigue_zaccour;
pub mod lanchester;
pub mod national_private_label;
pub mod nerlove_arrow;
pub mod nonlinear_cocreation;
pub mod prasad_sethi;
pub mod pricing_and_leadership;
pub mod promotions;
pub mod sethi;
pub mod shelf_space;
pub mod sorger;
pub mod sticky_prices;
pub mod vidale_wolfe;

pub use breton_jarrar_zaccour::BretonJarrarZaccour;
pub use channel_pricing::{ChannelPricing, ChannelPricingMultiplicative};
pub use chintagunta_jain::ChintaguntaJain;
pub use chutani_sethi::ChutaniSethi;
pub use cocreation::{CoCreation, CoCreator};
pub use competing_retailers::CompetingRetailers;
pub use deal::Deal;
pub use firms::{Monopolist, Rival};
pub use goodwill_channel::GoodwillChannel;
pub use he_prasad_sethi::{HePrasadSethi, HePrasadSethiPriced};
pub use interference::Interference;
pub use jorgensen_sigue_zaccour::JorgensenSigueZaccour;
pub use lanchester::Lanchester;
pub use national_private_label::NationalPrivateLabel;
pub use nerlove_arrow::NerloveArrow;
pub use nonlinear_cocreation::NonlinearCoCreation;
pub use prasad_sethi::PrasadSethi;
pub use pricing_and_leadership::PricingAndLeadership;
pub use promotions::{MyopicPromotions, Promotions};
pub use sethi::Sethi;
pub use shelf_space::ShelfSpace;
pub use sorger::Sorger;
pub use sticky_prices::StickyPrices;
pub use vidale_wolfe::VidaleWolfe;

use crate::dual::Dual;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::models::Range;
use crate::scalar::Scalar;

/// A share of the market, 0 and 1 included.
pub(crate) const SHARE: Range =
    Range { lower: 0.0, closed: true, below: 1.0 + f64::EPSILON, words: "a number from 0 to 1" };

/// `slope · s + constant`, of one state.
pub(crate) fn linear(slope: f64, constant: f64) -> Quadratic {
    Quadratic::of(&[vec![0.0]], &[slope], constant)
}

/// What the flow `f₀ + f₁s` is worth for ever when the state moves by `g₀ − g₁s`: a linear function of the state.
pub(crate) fn forever([f0, f1]: [f64; 2], [g0, g1]: [f64; 2], discount: f64) -> Quadratic {
    let slope = f1 / (discount + g1);
    linear(slope, (f0 + slope * g0) / discount)
}

/// Where `f`, negative at `low`, becomes positive on the way to `high`: bisection, to the last bit.
pub(crate) fn crossing(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = low + 0.5 * (high - low);
        // Neighbours, or not a number.
        if !(low < middle && middle < high) {
            return middle;
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
}

/// A number that does not move with the one searched for.
pub(crate) fn still<T: Scalar>(value: T) -> Dual<T> {
    Dual { value, slope: T::constant(0.0) }
}

/// [`crossing`] over any scalar, for claims: halvings, then Newton steps, which carry derivatives in whatever `T` moves
/// with.
pub(crate) fn vanishing<T: Scalar>(low: T, high: T, f: impl Fn(Dual<T>) -> Dual<T>) -> T {
    let (mut low, mut high) = (low, high);
    for _ in 0..60 {
        let middle = (low + high) * 0.5;
        let above = f(still(middle)).value;
        (low, high) = (T::select(above, low, middle), T::select(above, middle, high));
    }
    let mut root = (low + high) * 0.5;
    for _ in 0..2 {
        let here = f(Dual { value: root, slope: T::constant(1.0) });
        root = root - here.value / here.slope;
    }
    root
}
