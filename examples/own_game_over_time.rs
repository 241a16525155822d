//! A differential game of one's own: a retailer advertises to build goodwill, which decays, and a manufacturer may pay a
//! share of it. Who pays what at every moment, where does goodwill go, and who gains?

use coopad::prelude::*;

/// Each unit of goodwill sells a unit; the manufacturer earns 3 on it, the retailer 1.
struct Campaign;

impl Game for Campaign {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["manufacturer", "retailer"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::transfer("rate", "manufacturer", "retailer"), Decision::new("effort", "retailer")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for Campaign {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 200.0).starting_at(10.0)]
    }
    fn drift<T: Scalar>(&self, goodwill: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[1] - goodwill[0] * 0.2;
    }
    fn flow<T: Scalar>(&self, goodwill: &[T], x: &[T], out: &mut [T]) {
        (out[0], out[1]) =
            (goodwill[0] * 3.0 - x[0] * x[1].square(), goodwill[0] - x[1].square() * (-x[0] + 1.0));
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for structure in [Structure::simultaneous(), Structure::leader("manufacturer"), Structure::cooperative()]
    {
        let found = Campaign.feedback(&structure)?;
        println!(
            "{}: payoffs {:.1?}, regret {:.0e}",
            structure.name(),
            found.payoffs(),
            found.verify()?.regret
        );
        println!("  rate and effort {:.3?}", found.policy(&[10.0])?.profile());
        println!("  goodwill after 5 years {:.2?}", found.simulate(&[10.0], 5.0)?.state(5.0));
    }
    Ok(())
}
