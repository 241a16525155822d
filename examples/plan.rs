//! A plan that both sides accept: a game of your own, built from bricks, under a real plan's terms.
//!
//! A watchmaker sells to a jeweller at 250. Its co-op plan reimburses a share of leaflets, at most what has accrued
//! from purchases, at most 4000, and a fifth is never claimed. Which rate and which accrual should they agree on, if
//! neither is to lose against having no plan? The pair that makes the product of their gains largest (Nash).
//!
//! ```text
//! cargo run --example plan
//! ```

use coopad::contract::{BaseChannel, Contract, Contracted, Ledger};
use coopad::models::Channel::{self, Manufacturer, Retailer};
use coopad::prelude::*;
use coopad::response::{LinearPrice, Logarithm};

#[derive(Clone)]
struct Jeweller;

impl BaseChannel for Jeweller {
    fn decisions(&self) -> Vec<Decision<Channel>> {
        let price = Decision::new("retail_price", Retailer).typical(380.0);
        vec![price, Decision::new("leaflets", Retailer).typical(5000.0)]
    }
    fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T> {
        let drawn = Logarithm { effect: 0.5 }.sales(x[1] / 100.0) + 1.0;
        let quantity = LinearPrice { intercept: 500.0, slope: 1.0 }.factor(x[0]) * drawn;
        let (revenue, production, handling) = (x[0] * quantity, quantity * 50.0, quantity * 10.0);
        Ledger { revenue, quantity, production, handling, local: x[1], national: T::constant(0.0) }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settle = |rate: f64, accrual: f64| {
        let plan = Contract::new().wholesale_price(250.0).participation(rate).accrual(accrual);
        Contracted::new(Jeweller, plan.cap(4000.0).claim_rate(0.8))
            .map(|g| g.settle(&Structure::simultaneous()))
    };
    let before = settle(0.0, 0.0)??.solution;
    let mut agreed = (0.0, [0.0; 2], [0.0; 2]);
    for (rate, accrual) in (0..=20).flat_map(|r| (0..=12).map(move |a| (0.05 * r as f64, 0.005 * a as f64))) {
        let after = settle(rate, accrual)??.solution;
        let gains = [Manufacturer, Retailer].map(|firm| (after.payoff(firm) - before.payoff(firm)).max(0.0));
        if gains[0] * gains[1] > agreed.0 {
            agreed = (gains[0] * gains[1], [100.0 * rate, 100.0 * accrual], gains);
        }
    }
    let (product, [rate, accrual], [maker, shop]) = agreed;
    assert!(product > 0.0, "no plan makes both better off");
    println!("Agreed: {rate:.0} % of leaflets, up to {accrual:.1} % of purchases.");
    println!("The watchmaker gains {maker:.0} and the jeweller {shop:.0} over having no plan.");
    Ok(())
}
