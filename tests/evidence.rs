//! Every model over time under every structure of its literature: nobody gains by deviating, and paths earn what the values
//! say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::dynamic::models::{
    ChannelPricing, ChannelPricingMultiplicative, ChintaguntaJain, ChutaniSethi, CompetingRetailers,
    GoodwillChannel, HePrasadSethi, HePrasadSethiPriced, Interference, JorgensenSigueZaccour, Lanchester,
    MyopicPromotions, NationalPrivateLabel, NerloveArrow, PrasadSethi, PricingAndLeadership, Promotions,
    Sethi, ShelfSpace, StickyPrices, VidaleWolfe,
};
use coopad::dynamic::{DifferentialGame, DynamicError};
use coopad::models::Model;
use coopad::prelude::*;

fn holds<M: Model + DifferentialGame>() {
    let game = M::example();
    for scheme in M::structures() {
        let what = format!("{} {}", M::NAME, scheme.name);
        let found = match game.feedback(&scheme.structure) {
            // Firms with discount rates of their own have no lasting joint optimum.
            Err(DynamicError::DifferentDiscounts { .. }) => continue,
            found => found.unwrap_or_else(|error| panic!("{what}: {error}")),
        };
        let evidence = found.verify().unwrap_or_else(|error| panic!("{what}: {error}"));
        let size = found.payoffs().iter().fold(0.0_f64, |size, payoff| size.max(payoff.abs()));
        assert!(evidence.evaluation.unwrap() < 1e-8, "{what}: {evidence:?}");
        assert!(evidence.discrepancy.is_none_or(|gap| gap < 1e-7), "{what}: {evidence:?}");
        assert!(evidence.courses.iter().all(|course| course.gain <= 1e-7 * size), "{what}: {evidence:?}");
    }
}

#[test]
fn goodwill_channels() {
    holds::<ChannelPricing>();
    holds::<ChannelPricingMultiplicative>();
    holds::<GoodwillChannel>();
    holds::<JorgensenSigueZaccour>();
    holds::<PricingAndLeadership>();
}

#[test]
fn promotions() {
    holds::<Promotions>();
    holds::<MyopicPromotions>();
}

#[test]
fn two_goodwills() {
    holds::<ChintaguntaJain>();
    holds::<NationalPrivateLabel>();
    holds::<ShelfSpace>();
    holds::<Interference>();
}

#[test]
fn market_share_channels() {
    holds::<HePrasadSethi>();
    holds::<HePrasadSethiPriced>();
    holds::<CompetingRetailers>();
    holds::<ChutaniSethi>();
}

#[test]
fn firms_without_a_channel() {
    holds::<NerloveArrow>();
    holds::<Sethi>();
    holds::<VidaleWolfe>();
    holds::<PrasadSethi>();
    holds::<Lanchester>();
    holds::<StickyPrices>();
}
