//! Every model over time: what is recorded gives the bits of the model's own functions, compiled for `f64`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use std::fmt::Debug;

use common::Draws;
use coopad::dynamic::DifferentialGame;
use coopad::dynamic::models::*;
use coopad::models::{Entries, Model};
use coopad::prelude::*;

/// Games a model, and points a game: 10,000 points.
const GAMES: usize = 400;
const POINTS: usize = 25;

/// Another game of the model, its numbers within a third of the example's; none where they do not go together.
fn draw<M: Model>(draws: &mut Draws) -> Option<M> {
    let mut values = M::example().values();
    for (parameter, values) in M::parameters().iter().zip(&mut values) {
        if parameter.entries != Entries::Length {
            values.iter_mut().for_each(|value| *value *= draws.between(0.67, 1.33));
        }
    }
    M::from_values(&values).ok()
}

/// At ordinary points, at 0, at a bound, and where no game is ever played.
fn number(draws: &mut Draws, [lower, upper]: [f64; 2]) -> f64 {
    match draws.between(0.0, 12.0) {
        at if at < 1.0 => 0.0,
        at if at < 2.0 => lower,
        at if at < 3.0 => upper,
        at if at < 4.0 => -draws.unit(),
        at if at < 5.0 => upper * draws.scale(0.01, 100.0),
        _ => draws.between(lower, upper),
    }
}

fn recorded<M: Model + DifferentialGame + Debug>() {
    let mut draws = Draws(13);
    let games: Vec<M> = (0..10 * GAMES).filter_map(|_| draw(&mut draws)).take(GAMES).collect();
    assert_eq!(games.len(), GAMES, "{}: too few games", M::NAME);
    for game in games {
        let data = game.record().unwrap();
        let (states, decisions, players) = (game.states(), game.decisions(), game.players());
        assert_eq!(data.states(), states);
        assert_eq!(
            (data.horizon(), data.information(), data.stage()),
            (game.horizon(), game.information(), game.stage())
        );
        let discounts = players.iter().map(|&player| game.discount(player));
        assert!(
            discounts.eq(data.players().into_iter().map(|seat| data.discount(seat))),
            "discounts of {game:?}"
        );
        for _ in 0..POINTS {
            let s: Vec<f64> = states.iter().map(|s| number(&mut draws, [s.lower, s.upper])).collect();
            let x: Vec<f64> =
                decisions.iter().map(|d| number(&mut draws, [0.0, 2.0 * d.typical.unwrap_or(1.0)])).collect();
            let same = |of: &str, own: &[f64], recorded: &[f64]| {
                let bits = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                let same = own.len() == recorded.len() && own.iter().zip(recorded).all(bits);
                assert!(same, "{of} of {game:?} at {s:?}, {x:?}:\n{own:?}\n{recorded:?}");
            };
            // What a function leaves alone stays at a number that no formula gives.
            let [of_states, of_players] = [states.len(), players.len()].map(|count| vec![-7.25; count]);
            let (mut own, mut other) = (of_players.clone(), of_players.clone());
            game.flow(&s, &x, &mut own);
            data.flow(&s, &x, &mut other);
            same("flow", &own, &other);
            game.salvage(&s, &mut own);
            data.salvage(&s, &mut other);
            same("salvage", &own, &other);
            let (mut own, mut other) = (of_states.clone(), of_states);
            game.drift(&s, &x, &mut own);
            data.drift(&s, &x, &mut other);
            same("drift", &own, &other);
            game.diffusion(&s, &mut own);
            data.diffusion(&s, &mut other);
            same("diffusion", &own, &other);
            for at in 0..x.len() {
                let (own, other) = (game.bounds_at_state(&s, at, &x), data.bounds_at_state(&s, at, &x));
                same("bounds", &[own.lower, own.upper], &[other.lower, other.upper]);
            }
            let (own, other) = (game.conditions_at_state(&s, &x), data.conditions_at_state(&s, &x));
            let told = |all: &[coopad::Condition<f64>]| -> Vec<_> {
                all.iter().map(|condition| (condition.quantity.clone(), condition.kind)).collect()
            };
            assert_eq!(told(&own), told(&other));
            let values = |all: &[coopad::Condition<f64>]| -> Vec<f64> {
                all.iter().map(|condition| condition.value).collect()
            };
            same("conditions", &values(&own), &values(&other));
        }
    }
}

#[test]
fn of_channels() {
    recorded::<ChannelPricing>();
    recorded::<ChannelPricingMultiplicative>();
    recorded::<ChintaguntaJain>();
    recorded::<CompetingRetailers>();
    recorded::<GoodwillChannel>();
    recorded::<HePrasadSethi>();
    recorded::<HePrasadSethiPriced>();
    recorded::<JorgensenSigueZaccour>();
    recorded::<NationalPrivateLabel>();
    recorded::<PricingAndLeadership>();
    recorded::<ShelfSpace>();
}

#[test]
fn of_promotions_and_deals() {
    recorded::<BretonJarrarZaccour>();
    recorded::<ChutaniSethi>();
    recorded::<Deal>();
    recorded::<Interference>();
    recorded::<MyopicPromotions>();
    recorded::<Promotions>();
}

#[test]
fn of_co_creators() {
    recorded::<CoCreation>();
    recorded::<NonlinearCoCreation>();
}

#[test]
fn of_single_firms_and_rivals() {
    recorded::<Lanchester>();
    recorded::<NerloveArrow>();
    recorded::<PrasadSethi>();
    recorded::<Sethi>();
    recorded::<Sorger>();
    recorded::<StickyPrices>();
    recorded::<VidaleWolfe>();
}
