//! Claims about [`JeulandShugan`], JS1 to JS4, at `α = β = 1` and no fixed fee.
//!
//! With `h = (1 − c − d)/2` the channel earns `h²` under the discount, of which the manufacturer has the share `k₁`; under
//! one wholesale price it has `h²/2` and the retailer `h²/4`.

use super::{JeulandShugan, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::equilibrium::{Equilibrium, Solution};
use crate::models::Channel;
use crate::scalar::Scalar;
use crate::solve::Solve;
use crate::structure::Structure;

const BOX: &[Axis] = &[
    Axis { name: "c", lower: 0.05, upper: 0.45 },
    Axis { name: "d", lower: 0.05, upper: 0.45 },
    Axis { name: "k_1", lower: 0.05, upper: 0.95 },
];
const SOURCE: &str = "Jeuland and Shugan 1983 (abstract); conditions derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Channels>("JS1", "the discount raises the channel's profit", SOURCE, BOX),
    Claim::new::<Price>("JS2", "the discount lowers the retail price", SOURCE, BOX),
    Claim::new::<Manufacturers>("JS3", "the manufacturer gains by the discount without a fee", SOURCE, BOX)
        .only_where("k_1 >= 1/2", &[0.2, 0.1, 0.3]),
    Claim::new::<Retailers>("JS4", "the retailer gains by the discount without a fee", SOURCE, BOX)
        .only_where("k_1 <= 3/4", &[0.2, 0.1, 0.9]),
];

/// One wholesale price, and the discount.
fn played(p: &[f64]) -> Option<[Solution<Channel>; 2]> {
    let model = JeulandShugan(Parameters {
        intercept: 1.0,
        slope: 1.0,
        production_cost: p[0],
        handling_cost: p[1],
        margin_share: p[2],
        fixed_fee: 0.0,
    });
    let single = model.solve(&Structure::leader(Channel::Manufacturer)).ok()?;
    Some([single, model.solve(&JeulandShugan::discount()).ok()?])
}

fn half<T: Scalar>(p: &[T]) -> T {
    -(p[0] + p[1] - 1.0) * 0.5
}

struct Channels;
impl Inequality for Channels {
    fn margin<T: Scalar>(p: &[T]) -> T {
        half(p).square() * 0.25
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        played(p).map(|[single, discount]| discount.total() - single.total())
    }
}

struct Price;
impl Inequality for Price {
    fn margin<T: Scalar>(p: &[T]) -> T {
        half(p) * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        played(p).map(|[single, discount]| single[JeulandShugan::PRICE] - discount[JeulandShugan::PRICE])
    }
}

struct Manufacturers;
impl Inequality for Manufacturers {
    fn margin<T: Scalar>(p: &[T]) -> T {
        half(p).square() * (p[2] - 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let payoff = |s: &Solution<Channel>| s.payoff(Channel::Manufacturer);
        played(p).map(|[single, discount]| payoff(&discount) - payoff(&single))
    }
}

struct Retailers;
impl Inequality for Retailers {
    fn margin<T: Scalar>(p: &[T]) -> T {
        half(p).square() * -(p[2] - 0.75)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let payoff = |s: &Solution<Channel>| s.payoff(Channel::Retailer);
        played(p).map(|[single, discount]| payoff(&discount) - payoff(&single))
    }
}
