//! Where support hurts its giver: a manufacturer that sets its rate at every moment beside one that commits to it. A table of
//! comma-separated values; with the argument `all` in steps fine enough for a figure.

use std::error::Error;

use coopad::dynamic::models::{ChutaniSethi, CompetingRetailers, HePrasadSethi, HePrasadSethiPriced};
use coopad::models::{Channel, Model, Network};
use coopad::prelude::*;

/// Thresholds, then rate and gains of manufacturer and retailer without commitment and with it.
fn row<G: DifferentialGame>(
    (name, ratio, [support, gain]): (&str, f64, [f64; 2]),
    game: &G,
    [none, led, held]: [Structure<G::Player>; 3],
) -> Result<(), Box<dyn Error>> {
    let without = game.feedback(&none)?;
    print!("{name:<20}, {ratio:5.2}, {support:7.5}, {gain:7.5}");
    for structure in [led, held] {
        let with = game.feedback(&structure)?;
        let start: Vec<f64> = with.states().iter().map(|state| state.initial).collect();
        let [m, r] = [0, 1].map(|player| with.payoffs()[player] - without.payoffs()[player]);
        print!(", {:7.5}, {m:8.5}, {r:8.5}", with.policy(&start)?[0]);
    }
    println!();
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("model, M/m, support, gain, rate, manufacturer, retailer, committed, manufacturer, retailer");
    let all = std::env::args().any(|argument| argument == "all");
    let ratios =
        if all { (10..=80).map(|step| f64::from(step) / 20.0).collect() } else { vec![1.0, 1.5, 2.5] };
    let (channel, network) =
        (Structure::leader(Channel::Manufacturer), Structure::leader(Network::Manufacturer));
    for ratio in ratios {
        for (name, k) in [("one retailer", 0.0), ("national advertising", 0.5)] {
            let game = HePrasadSethi::from_values(&[ratio, 1.0, 1.0, 0.05, 0.1, k].map(|p| vec![p]))?;
            let thresholds = [game.support_threshold(), game.gain_threshold().ok_or("gain")?];
            let held = channel.clone().fix(0, game.committed_rate(0.2));
            row((name, ratio, thresholds), &game, [HePrasadSethi::no_support(), channel.clone(), held])?;
        }
        for (name, k) in [("weak outsider", 0.1), ("equal outsider", 1.0)] {
            let numbers = [1.0, k, ratio, 0.0, 1.0, 1.0, 0.05, 0.05, 0.0, 0.2];
            let game = CompetingRetailers::from_values(&numbers.map(|p| vec![p]))?;
            let ([first, second], [gain, _]) =
                (game.committed_rates(0.2), game.gain_thresholds(0.2).ok_or("gain")?);
            let held = network.clone().fix(0, first).fix(1, second);
            let structures = [CompetingRetailers::no_support(), network.clone(), held];
            row((name, ratio, [game.support_thresholds()[0], gain]), &game, structures)?;
        }
        let game = ChutaniSethi::from_values(&[2.0, 0.1, 0.5, 0.3, ratio, 1.0, 0.1].map(|p| vec![p]))?;
        let factors = game.support_threshold().zip(game.gain_threshold()).ok_or("gain")?;
        let held = ChutaniSethi::held(&[game.committed_rate(&[0.1, 0.1]).ok_or("rate")?; 2]);
        let structures = [ChutaniSethi::no_support(), network.clone(), held];
        row(
            ("two retailers", ratio, [factors.0, factors.1].map(|factor| factor * ratio)),
            &game,
            structures,
        )?;
    }
    // Prices leave the margins at M = 2m: what varies is how effective advertising is.
    for k in [1.0, 4.0, 8.0] {
        let game = HePrasadSethiPriced::from_values(&[1.0, 0.2, k, 0.05, 0.1].map(|p| vec![p]))?;
        let left = game.at_prices(&channel).ok_or("prices")?;
        let thresholds = [left.support_threshold(), left.gain_threshold().ok_or("gain")?];
        let held = channel.clone().fix(0, left.committed_rate(0.2));
        let structures = [HePrasadSethiPriced::no_support(), channel.clone(), held];
        row((&format!("prices k = {k}"), 2.0, thresholds), &game, structures)?;
    }
    Ok(())
}
