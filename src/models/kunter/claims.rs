//! Claims about [`Kunter`], KU1 to KU4.
//!
//! The normalised channel has `α = β = 1` and `k_r = 1`: `c` below 1, `k = (k_m/k_r)²` and `φ` matter. Shared in one
//! proportion everything is first best; KU2 to KU4 say what the same channel loses under half of the contract.

use super::{Kunter, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::contract::{Contract, Contracted, LinearPriced};
use crate::equilibrium::Equilibrium;
use crate::models::{Channel, Model};
use crate::response::{LinearPrice, SquareRoot};
use crate::scalar::Scalar;
use crate::solve::Solve;
use crate::structure::Structure;

const BOX: &[Axis] = &[
    Axis { name: "c", lower: 0.05, upper: 0.9 },
    Axis { name: "k", lower: 0.05, upper: 5.0 },
    Axis { name: "phi", lower: 0.05, upper: 0.95 },
];
const SOURCE: &str = "Kunter 2012 (abstract), the proportional special case; derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<Both>("KU1", "both firms profit, for every share", SOURCE, BOX),
    Claim::new::<Revenue>(
        "KU2",
        "revenue sharing without cost sharing loses profit: it leaves advertising too low",
        SOURCE,
        BOX,
    ),
    Claim::new::<Majority>("KU3", "the manufacturer has the larger payoff", SOURCE, BOX)
        .only_where("phi > 1/2", &[0.2, 1.0, 0.4]),
    Claim::new::<Rises>("KU4", "the manufacturer's payoff rises with its share of revenue", SOURCE, BOX),
];

fn normalised(p: &[f64]) -> Parameters {
    Parameters {
        intercept: 1.0,
        slope: 1.0,
        local_effect: 1.0,
        national_effect: p[1].sqrt(),
        production_cost: p[0],
        revenue_share: p[2],
    }
}

fn payoffs(p: &[f64]) -> Option<[f64; 2]> {
    let solution = Kunter(normalised(p)).solve(&Structure::simultaneous()).ok()?;
    Some([solution.payoff(Channel::Manufacturer), solution.payoff(Channel::Retailer)])
}

/// The joint profit `(1 + k)G²/4` with `G = (1 − c)²/4`.
fn joint<T: Scalar>(p: &[T]) -> T {
    let gain = (-(p[0] - 1.0)).square() * 0.25;
    (p[1] + 1.0) * gain.square() * 0.25
}

struct Both;
impl Inequality for Both {
    fn margin<T: Scalar>(p: &[T]) -> T {
        joint(p) * p[2].min(-(p[2] - 1.0))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        payoffs(p).map(|[m, r]| m.min(r))
    }
}

struct Revenue;
impl Inequality for Revenue {
    /// Each firm's marginal revenue is its share of G: √a = k_r(1 − φ)G/2 and √A = k_m φ G/2, so that the loss is
    /// `(φ² + k(1 − φ)²)G²/4`.
    fn margin<T: Scalar>(p: &[T]) -> T {
        let other = -(p[2] - 1.0);
        let gain = (-(p[0] - 1.0)).square() * 0.25;
        (p[2].square() + p[1] * other.square()) * gain.square() * 0.25
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let model = Kunter(normalised(p));
        let n = model.numbers();
        let channel = LinearPriced {
            price: LinearPrice { intercept: n.intercept, slope: n.slope },
            base: 0.0,
            local: SquareRoot { effect: n.local_effect },
            national: SquareRoot { effect: n.national_effect },
            production_cost: n.production_cost,
            handling_cost: 0.0,
        };
        let share = n.revenue_share;
        let contract =
            Contract::new().wholesale_price((1.0 - share) * n.production_cost).revenue_share(share);
        let game = Contracted::new(channel, contract).ok()?;
        let half = game.solve_numerically(&Structure::simultaneous()).ok()?;
        let whole = model.solve(&Kunter::structure("simultaneous")?).ok()?;
        Some((whole.total() - half.total()) / whole.total())
    }
}

struct Majority;
impl Inequality for Majority {
    fn margin<T: Scalar>(p: &[T]) -> T {
        joint(p) * (p[2] * 2.0 - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        payoffs(p).map(|[m, r]| m - r)
    }
}

struct Rises;
impl Inequality for Rises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        joint(p)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let more = [p[0], p[1], p[2] * 1.001];
        Some(payoffs(&more)?[0] - payoffs(p)?[0])
    }
}
