//! Who gets the value as the commission rises? A service platform that is good at what it does, two brands, their community
//! and a supplier.
//!
//! The commission moves money from enterprises to the platform. Two things do not follow from that: that it changes what all
//! could make together, and that the platform's fair share of it grows.

use coopad::dynamic::models::CoCreation;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let market = |percent: u32| {
        let mut parameters = CoCreation::services().numbers().clone();
        parameters.capability_cost = parameters.capability_cost.map(|cost| 0.3 * cost);
        for brand in &mut parameters.brands {
            brand.commission = f64::from(percent) / 100.0;
        }
        CoCreation::new(parameters)
    };
    println!(
        "What a unit of every effort is worth to everybody, at a commission of 15 % (*: who decides on it):\n"
    );
    println!("{}\n", market(15)?.value_of_effort());

    println!("                 all        all    platform    platform   enterprises   platform pays of");
    println!("commission     alone   together       alone    credited      credited      co-creation 1");
    for percent in (0..=60).step_by(10) {
        let market = market(percent)?;
        let (game, start) = (market.game(), [1.0; 3]);
        let alone = game.values(&game.solve(&game.alone())?, &start);
        let together = game.values(&game.solve(&game.together())?, &start);
        let credited = game.shapley(&start).ok_or("too many players")?;
        let led = market.regime("platform_supports_enterprises").ok_or("no such regime")?;
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        println!(
            "{percent:>8} % {:>9.2} {:>10.2} {:>11.2} {:>11.2} {:>13.2} {:>16.1} %",
            sum(&alone),
            sum(&together),
            alone[0],
            credited[0],
            sum(&credited[1..3]),
            100.0 * market.solve(&led)?.rate(3, 0),
        );
    }
    println!(
        "\nFirst surprise: what all make together does not depend on the commission; it only moves shares."
    );
    println!(
        "Second surprise: the platform's payoff alone rises all the way, what it is credited with does not."
    );
    println!("The more it earns by itself, the more it would do anyway, and that is not credited.");
    Ok(())
}
