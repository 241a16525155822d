//! A plan that both sides accept: a game of your own, built from bricks, under a real plan's terms.
//!
//! A watchmaker sells to a jeweller at 250. Its co-op plan reimburses a share of leaflets, at most what has accrued
//! from purchases, at most 4000, and a fifth is never claimed. Which rate and which accrual leave both better off?
//!
//! ```text
//! cargo run --example plan
//! ```

use coopad::contract::{BaseChannel, Contract, Contracted, Ledger, Settled};
use coopad::models::Channel;
use coopad::prelude::*;
use coopad::response::{LinearPrice, Logarithm};

#[derive(Clone)]
struct Jeweller;

impl BaseChannel for Jeweller {
    fn decisions(&self) -> Vec<Decision<Channel>> {
        let ours = |name, typical| Decision::new(name, Channel::Retailer).typical(typical);
        vec![ours("retail_price", 380.0), ours("leaflets", 5000.0)]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(0.0), T::constant([500.0, 1e6][decision]))
    }
    fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T> {
        let (price, local, national) = (x[0], x[1], T::constant(0.0));
        let drawn = Logarithm { effect: 0.5 }.sales(local / 100.0) + 1.0;
        let quantity = LinearPrice { intercept: 500.0, slope: 1.0 }.factor(price) * drawn;
        let (production, handling) = (quantity * 50.0, quantity * 10.0);
        Ledger { revenue: price * quantity, quantity, production, handling, local, national }
    }
}

fn play(rate: f64, accrual: f64) -> Result<Settled, Box<dyn std::error::Error>> {
    let terms = Contract::new().wholesale_price(250.0).participation(rate).accrual(accrual);
    let game = Contracted::new(Jeweller, terms.cap(4000.0).claim_rate(0.8))?;
    Ok(game.settle(&Structure::simultaneous())?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let before = play(0.0, 0.0)?.solution;
    let mut agreed = (0.0, String::from("no plan that both accept"));
    println!(" rate  accrual    price  leaflets   maker    shop  limited by");
    for rate in [0.2, 0.4, 0.6, 0.8, 1.0] {
        for accrual in [0.01, 0.02, 0.03, 0.04, 0.05] {
            let Settled { solution, binding } = play(rate, accrual)?;
            let gain = |player| solution.payoff(player) - before.payoff(player);
            let [maker, shop] = [Channel::Manufacturer, Channel::Retailer].map(gain);
            let (price, leaflets) = (solution[0], solution[1]);
            let limits: Vec<String> = binding.iter().map(|(limit, _)| format!("{limit:?}")).collect();
            let line =
                format!("{rate:5.2} {accrual:8.2} {price:8.2} {leaflets:9.0} {maker:+7.0} {shop:+7.0}");
            println!("{line}  {}", limits.join(" and "));
            // Nash's bargain: the largest product of gains.
            if maker > 0.0 && shop > 0.0 && maker * shop > agreed.0 {
                agreed = (maker * shop, line);
            }
        }
    }
    println!("agreed:\n{}", agreed.1);
    Ok(())
}
