//! A game of your own: a brewery and a pub advertise together.
//!
//! The brewery may pay a share of the pub's posters. Who should move first, and is an agreement worth it?
//!
//! ```text
//! cargo run --example own_game
//! ```

use coopad::prelude::*;

struct Campaign;

impl Game for Campaign {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["brewery", "pub"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![
            Decision::transfer("share of posters", "brewery", "pub"),
            Decision::new("television", "brewery"),
            Decision::new("posters", "pub"),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl StaticGame for Campaign {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let (share, television, posters) = (x[0], x[1], x[2]);
        let noticed = television.sqrt() * 0.1 + posters.sqrt() * 0.2;
        let pints = -((-noticed).exp() - 1.0) * 100.0;
        out[0] = pints * 3.0 - television - share * posters;
        out[1] = pints * 2.0 - posters + share * posters;
    }
}

fn main() -> Result<(), coopad::SolveError> {
    let header = ["", "share", "television", "posters", "brewery", "pub", "total", "regret"];
    println!("{}", header.map(|word| format!("{word:>12}")).concat());
    for structure in [
        Structure::leader("brewery"),
        Structure::leader("pub"),
        Structure::simultaneous(),
        Structure::cooperative(),
    ] {
        let equilibrium = Campaign.solve(&structure)?.verify(&Campaign)?;
        let mut line = format!("{:<13}", structure.name());
        for number in equilibrium.profile().iter().chain(equilibrium.payoffs()).chain([&equilibrium.total()])
        {
            line += &format!("{number:>12.3}");
        }
        println!("{line}{:>12.0e}", equilibrium.certificate().regret);
    }
    println!(
        "\nregret: the most that anybody was found to gain by another decision, everybody later replying"
    );
    Ok(())
}
