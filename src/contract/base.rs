//! Two channels ready for a contract.

use super::{BaseChannel, Ledger};
use crate::game::{Decision, Interval};
use crate::models::Channel;
use crate::response::{LinearPrice, SquareRoot};
use crate::scalar::Scalar;

/// Demand falls linearly in the retail price and rises with the square roots of both kinds of advertising:
///
/// ```math
/// Q=(\alpha-\beta p)\,(s_0+k_r\sqrt a+k_m\sqrt A).
/// ```
///
/// The retailer decides `p` and `a`, the manufacturer `A`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearPriced {
    /// `α − βp`.
    pub price: LinearPrice,
    /// `s₀`, the factor without advertising.
    pub base: f64,
    /// `k_r √a`.
    pub local: SquareRoot,
    /// `k_m √A`.
    pub national: SquareRoot,
    /// `c`, money per unit, the manufacturer's.
    pub production_cost: f64,
    /// `d`, money per unit, the retailer's.
    pub handling_cost: f64,
}

impl LinearPriced {
    /// The retail price `p`, the retailer's.
    pub const PRICE: usize = 0;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 1;
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 2;
}

impl BaseChannel for LinearPriced {
    fn decisions(&self) -> Vec<Decision<Channel>> {
        let costs = self.production_cost + self.handling_cost;
        let choke = self.price.intercept / self.price.slope;
        let margin = 0.5 * (choke - costs) * self.price.factor(0.5 * (choke + costs));
        vec![
            Decision::new("retail_price", Channel::Retailer)
                .symbol("p")
                .unit("money per unit")
                .typical(0.5 * (choke + costs)),
            local(margin, self.local),
            national(margin, self.national),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        match decision {
            Self::PRICE => Interval::new(zero, T::constant(self.price.intercept / self.price.slope)),
            _ => Interval::at_least(zero),
        }
    }

    fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T> {
        let (price, local, national) = (x[Self::PRICE], x[Self::LOCAL], x[Self::NATIONAL]);
        let drawn = self.local.sales(local) + self.national.sales(national) + self.base;
        let quantity = self.price.factor(price) * drawn;
        Ledger {
            revenue: price * quantity,
            quantity,
            production: quantity * self.production_cost,
            handling: quantity * self.handling_cost,
            local,
            national,
        }
    }
}

/// The retail price is given, and sales rise with the square roots of both kinds of advertising:
///
/// ```math
/// Q=s_0+k_r\sqrt a+k_m\sqrt A.
/// ```
///
/// The retailer decides `a`, the manufacturer `A`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPrice {
    /// `p`, money per unit.
    pub price: f64,
    /// `c`, money per unit, the manufacturer's.
    pub production_cost: f64,
    /// `d`, money per unit, the retailer's.
    pub handling_cost: f64,
    /// `s₀`, units sold without advertising.
    pub base_sales: f64,
    /// `k_r √a`.
    pub local: SquareRoot,
    /// `k_m √A`.
    pub national: SquareRoot,
}

impl FixedPrice {
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 0;
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 1;
}

impl BaseChannel for FixedPrice {
    fn decisions(&self) -> Vec<Decision<Channel>> {
        let margin = self.price - self.production_cost - self.handling_cost;
        vec![local(margin, self.local), national(margin, self.national)]
    }

    fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T> {
        let (local, national) = (x[Self::LOCAL], x[Self::NATIONAL]);
        let quantity = self.local.sales(local) + self.national.sales(national) + self.base_sales;
        Ledger {
            revenue: quantity * self.price,
            quantity,
            production: quantity * self.production_cost,
            handling: quantity * self.handling_cost,
            local,
            national,
        }
    }
}

fn local(margin: f64, response: SquareRoot) -> Decision<Channel> {
    Decision::new("local_advertising", Channel::Retailer).symbol("a").typical(worth(margin, response))
}

fn national(margin: f64, response: SquareRoot) -> Decision<Channel> {
    Decision::new("national_advertising", Channel::Manufacturer).symbol("A").typical(worth(margin, response))
}

/// What the channel would spend, `(margin · k / 2)²`.
fn worth(margin: f64, response: SquareRoot) -> f64 {
    let spend = (0.5 * margin * response.effect).powi(2);
    if spend > 0.0 { spend.clamp(1e-100, 1e100) } else { 1.0 }
}
