//! Where support hurts its giver: both thresholds in every model of market shares, and a manufacturer that can commit.
//!
//! Thresholds were found by a script of its own, from the notes' equations.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use common::{Draws, build, close, near, number, rows};
use coopad::dynamic::models::chutani_sethi::Retailer;
use coopad::dynamic::models::{ChutaniSethi, CompetingRetailers, HePrasadSethi, HePrasadSethiPriced};
use coopad::dynamic::{Collocation, DifferentialGame};
use coopad::models::{Channel, Model, Network};
use coopad::prelude::*;

fn led() -> Structure<Channel> {
    Structure::leader(Channel::Manufacturer)
}

fn leads() -> Structure<Network> {
    Structure::leader(Network::Manufacturer)
}

fn at<M: Model>(numbers: &[f64]) -> M {
    M::from_values(&numbers.iter().map(|number| vec![*number]).collect::<Vec<_>>()).unwrap()
}

/// The manufacturer's value with rates of its choice at every moment, without support, and at these committed rates.
fn channel_values(game: &HePrasadSethi, share: f64) -> [f64; 3] {
    let held = led().fix(HePrasadSethi::PARTICIPATION, game.committed_rate(share));
    [led(), HePrasadSethi::no_support(), held].map(|structure| {
        let [manufacturer, _] = game.value_functions(&structure).unwrap();
        manufacturer.at(&[share]).unwrap()
    })
}

fn rivals_values(game: &CompetingRetailers, share: f64) -> [f64; 3] {
    let [first, second] = game.committed_rates(share);
    let held =
        leads().fix(CompetingRetailers::FIRST_RATE, first).fix(CompetingRetailers::SECOND_RATE, second);
    [leads(), CompetingRetailers::no_support(), held].map(|structure| {
        let [manufacturer, ..] = game.value_functions(&structure).unwrap();
        manufacturer.at(&[share]).unwrap()
    })
}

fn market_values(game: &ChutaniSethi) -> [f64; 3] {
    let shares = game.initial_shares();
    let held = ChutaniSethi::held(&vec![game.committed_rate(&shares).unwrap(); game.retailers()]);
    [leads(), ChutaniSethi::no_support(), held]
        .map(|structure| game.value_functions(&structure).unwrap().at(&shares).unwrap()[0])
}

#[test]
fn one_retailer() {
    let game: HePrasadSethi = at(&[1.0, 1.0, 1.0, 0.05, 0.1]);
    near(game.policy(&led()).unwrap()[HePrasadSethi::PARTICIPATION], 0.109469, 5e-7, "rate");
    let [with, without, committed] = channel_values(&game, 0.2);
    near(with - without, -0.0897, 5e-5, "what support changes");
    assert!(game.committed_rate(0.2) == 0.0 && committed == without);
    let [[_, with], [_, without]] =
        [led(), HePrasadSethi::no_support()].map(|structure| game.value_functions(&structure).unwrap());
    near(with.at(&[0.2]).unwrap() - without.at(&[0.2]).unwrap(), 0.2334, 5e-5, "what support changes");
    near(game.support_threshold(), 0.87082, 5e-6, "support");
    near(game.gain_threshold().unwrap(), 2.04345, 2e-5, "gain");
}

/// M = 2m whatever the prices: support hurts where k²m exceeds 37.458 K².
#[test]
fn prices() {
    for (factor, hurts) in [(0.99, false), (1.01, true)] {
        // ηc = 0.2, so that m = 0.04; K = 0.15.
        let k = (factor * 37.458 * 0.15_f64.powi(2) / 0.04).sqrt();
        let priced: HePrasadSethiPriced = at(&[1.0, 0.2, k, 0.05, 0.1]);
        let game = priced.at_prices(&led()).unwrap();
        assert!(game.support_threshold() < 2.0);
        assert_eq!(game.gain_threshold().unwrap() > 2.0, hurts);
        let [with, without, committed] = channel_values(&game, 0.2);
        assert!((with < without) == hurts && committed >= without);
    }
}

#[test]
fn competing_retailers() {
    for (k2, support, gains) in [
        (0.001, 0.87082, [2.04344, 2.04343, 2.04343, 2.04342]),
        (0.1, 0.86721, [1.88830, 1.87373, 1.84548, 1.76744]),
        (0.3, 0.83924, [1.22287, 1.18670, 1.12613, 1.00502]),
        (0.5, 0.78854, [0.78854; 4]),
        (1.0, 0.64019, [0.64019; 4]),
    ] {
        let game: CompetingRetailers = at(&[1.0, k2, 1.0, 0.0, 1.0, 1.0, 0.05, 0.05]);
        near(game.support_thresholds()[0], support, 6e-6, "support");
        for (share, gain) in [0.0, 0.2, 0.5, 1.0].into_iter().zip(gains) {
            near(game.gain_thresholds(share).unwrap()[0], gain, 1.2e-5, "gain");
        }
        // Retailers exchanged; what the manufacturer earns on both alike changes nothing.
        let mirror: CompetingRetailers = at(&[k2, 1.0, 0.7, 1.7, 1.0, 1.0, 0.05, 0.05]);
        near(mirror.gain_thresholds(0.8).unwrap()[1], game.gain_thresholds(0.2).unwrap()[0], 1e-6, "gain");
    }
}

#[test]
fn several_retailers() {
    for (n, support, gain) in [
        (1, 0.61550, 0.91586),
        (2, 0.96244, 1.15459),
        (3, 1.33188, 1.47297),
        (5, 2.09366, 2.18509),
        (10, 4.03121, 4.07934),
        (30, 11.83326, 11.84975),
    ] {
        let game: ChutaniSethi = at(&[f64::from(n), 0.1, 0.5, 0.3, 1.0, 1.0]);
        near(game.support_threshold().unwrap(), support, 6e-6, "support");
        near(game.gain_threshold().unwrap(), gain, 2e-5, "gain");
    }
}

/// Who announces a rate once and keeps it is at least as well off as without support, and as with the rate that it would
/// set at every moment, which it could announce, too.
#[test]
fn a_committed_manufacturer_loses_nowhere() {
    let mut draws = Draws(71);
    let mut hurt = [0; 3];
    let mut hold = |kind: usize, [with, without, committed]: [f64; 3]| {
        let least = with.max(without);
        assert!(committed >= least - 1e-9 * least.abs(), "{kind}: {committed} {least}");
        hurt[kind] += usize::from(with < without - 1e-6 * without.abs());
    };
    for _ in 0..1000 {
        let national = if draws.unit() < 0.5 { draws.scale(0.1, 3.0) } else { 0.0 };
        let (margins, rate) = ([draws.scale(0.1, 10.0), draws.scale(0.1, 10.0)], draws.scale(0.02, 0.5));
        let [k, decay, cost] = [draws.scale(0.1, 3.0), draws.between(0.0, 0.5), draws.scale(0.2, 5.0)];
        let game: HePrasadSethi = at(&[margins[0], margins[1], k, rate, decay, national, cost]);
        let share = draws.unit();
        hold(0, channel_values(&game, share));
        // Without national advertising it announces less than it would set at every moment.
        let set = game.policy(&led()).unwrap()[HePrasadSethi::PARTICIPATION];
        assert!(national > 0.0 || game.committed_rate(share) <= set + 1e-7, "{:?}", game.numbers());
    }
    for _ in 0..300 {
        let mut pair = |low: f64, high: f64| [draws.scale(low, high), draws.scale(low, high)];
        let ([k1, k2], [m1, m2], [big, small]) = (pair(0.1, 2.0), pair(0.2, 3.0), pair(0.1, 5.0));
        let rates = [draws.scale(0.02, 0.3), draws.between(0.0, 0.3)];
        let game: CompetingRetailers = at(&[k1, k2, big, small, m1, m2, rates[0], rates[1]]);
        hold(1, rivals_values(&game, draws.unit()));
    }
    for _ in 0..200 {
        let of = Retailer {
            effectiveness: draws.scale(0.1, 3.0),
            decay: draws.between(0.02, 0.5),
            manufacturer_margin: draws.scale(0.1, 5.0),
            retailer_margin: draws.scale(0.1, 5.0),
            initial_share: draws.between(0.0, 0.9),
        };
        let (n, rate) = (2 + (4.0 * draws.unit()) as usize, draws.scale(0.02, 0.5));
        // Around the two thresholds, which are close to each other.
        let game = ChutaniSethi::alike(rate, of, n).unwrap();
        let [support, gain] = [game.support_threshold(), game.gain_threshold()].map(Option::unwrap);
        let manufacturer_margin = of.manufacturer_margin * draws.between(0.9 * support, 1.1 * gain);
        let game = ChutaniSethi::alike(rate, Retailer { manufacturer_margin, ..of }, n).unwrap();
        hold(2, market_values(&game));
    }
    assert!(hurt[0] > 50 && hurt[1] > 5 && hurt[2] > 10, "{hurt:?}");
}

/// With a strong rival the committed rate is the higher one: what is promised for ever keeps the rival down.
#[test]
fn commitment_can_raise_the_rate() {
    let game: CompetingRetailers = at(&[1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.05, 0.05]);
    let [set, ..] = game.policy(&leads()).unwrap();
    let [announced, _] = game.committed_rates(0.2);
    assert!(announced > set + 0.2, "{announced} {set}");
    let [with, without, committed] = rivals_values(&game, 0.2);
    assert!(committed > with + 0.3 && with > without + 0.7);
}

/// The rates by formula against the search over games solved by collocation.
#[test]
fn committed_rates_by_collocation() {
    fn searched<G: DifferentialGame>(game: &G, structure: &Structure<G::Player>, start: &[f64]) -> [f64; 2] {
        let found = Collocation::default().commit(game, structure, 0, start).unwrap();
        [found.value, found.payoff]
    }
    let hold = |[rate, payoff]: [f64; 2], by_formula: f64, value: f64| {
        near(rate, by_formula, 1e-7, "rate");
        close(payoff, value, 1e-8, "payoff");
    };
    let game: HePrasadSethi = at(&[1.5, 1.0, 1.0, 0.05, 0.1, 0.5]);
    hold(searched(&game, &led(), &[0.2]), game.committed_rate(0.2), channel_values(&game, 0.2)[2]);
    let game: CompetingRetailers = at(&[1.0, 0.5, 1.0, 0.0, 1.0, 1.0, 0.05, 0.05]);
    let structure = leads().fix(CompetingRetailers::SECOND_RATE, 0.0);
    hold(searched(&game, &structure, &[0.2]), game.committed_rates(0.2)[0], rivals_values(&game, 0.2)[2]);
    let game: ChutaniSethi = at(&[1.0, 0.1, 0.5, 0.3, 1.5, 1.0, 0.2]);
    hold(searched(&game, &leads(), &[0.2]), game.committed_rate(&[0.2]).unwrap(), market_values(&game)[2]);
}

/// The reference's rates were found by comparing values, good to the root of rounding.
#[test]
fn committed_rates_of_the_reference() {
    for family in ["one_retailer_exogenous_margins", "one_retailer_with_national_ad"] {
        for row in rows(family, 3) {
            let game: HePrasadSethi = build(&row["params"], &[]);
            let wanted = &row["commitment_constant_theta_x0_0p2"];
            near(game.committed_rate(0.2), number(&wanted["theta"]), 2e-7, "rate");
            close(channel_values(&game, 0.2)[2], number(&wanted["VM"]), 2e-9, "value");
        }
    }
}
