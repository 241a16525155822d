//! What is special about a retail price beside two kinds of advertising: what happens without the margin cap, and how
//! cooperation is paid for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::Draws;
use coopad::models::price_and_advertising::Parameters;
use coopad::models::{AustBuscher, Channel, Model, SeyedEsfahani, XieWei};
use coopad::prelude::*;
use coopad::{ParameterError, SolveError};

/// Without the cap no trade is left when both decide at once, nor when the retailer commits to its price first: the
/// retailer's margin is all gone, or the engine says that it found nothing. Never trade at a negative margin.
#[test]
fn without_the_cap_nothing_is_traded() {
    let mut draws = Draws(3);
    for set in 0..40 {
        let game = draws.seyed_esfahani();
        let largest = game.solve(&Structure::cooperative()).unwrap().total();
        for structure in [Structure::simultaneous(), Structure::leader(Channel::Retailer)] {
            match game.solve_numerically(&structure) {
                Ok(found) => {
                    let traded = found.payoffs().iter().any(|p| p.abs() > 1e-9 * largest);
                    assert!(!traded, "set {set} {}: {game:?}\n{found:?}", structure.name());
                }
                Err(SolveError::Structure(error)) => panic!("{error}"),
                Err(_) => {}
            }
        }
        let corner = game.solve_in_closed_form(&Structure::simultaneous()).unwrap();
        assert_eq!(corner.payoffs(), [0.0, 0.0]);
        assert!(corner.verify(&game).unwrap().certificate().regret <= 1e-12 * largest);
        // Xie and Wei have no such game.
        let plain = XieWei::new(*game.numbers()).unwrap();
        let unknown = plain.solve_in_closed_form(&Structure::simultaneous());
        assert!(matches!(unknown, Err(SolveError::NoClosedForm { .. })));
    }
}

/// The capped simultaneous game is Aust and Buscher's, in which nothing is capped; so is the manufacturer-led one.
#[test]
fn a_cap_and_a_margin_come_to_the_same() {
    let mut draws = Draws(5);
    for _ in 0..100 {
        let capped = draws.seyed_esfahani();
        let by_margin = AustBuscher::new(*capped.numbers()).unwrap();
        for name in ["simultaneous", "manufacturer_leads"] {
            let one = capped.solve_numerically(&SeyedEsfahani::structure(name).unwrap()).unwrap();
            let other = by_margin.solve_numerically(&AustBuscher::structure(name).unwrap()).unwrap();
            let margin =
                one[SeyedEsfahani::PRICE] - one[SeyedEsfahani::WHOLESALE] - capped.numbers().handling_cost;
            let [close, same] = [other[AustBuscher::MARGIN], other.total()];
            assert!((margin - close).abs() <= 1e-7 * close, "{name}: {margin} and {close}");
            assert!((one.total() - same).abs() <= 1e-9 * same, "{name}: {} and {same}", one.total());
        }
    }
}

#[test]
fn transfers_hand_over_what_they_say() {
    let mut draws = Draws(9);
    for _ in 0..100 {
        let game = draws.seyed_esfahani();
        let before = game.solve(&Structure::leader(Channel::Manufacturer)).unwrap();
        let joint = game.solve(&Structure::cooperative()).unwrap();
        let status_quo = [before.payoffs()[0], before.payoffs()[1]];
        let transfers = game.numbers().pareto_transfers(status_quo);
        let gain = transfers.surplus.gain;
        assert!(gain > 0.0 && (joint.total() - before.total() - gain).abs() <= 1e-12 * joint.total());
        for rate in [0.0, 0.4, 1.0] {
            let [lowest, highest] = transfers.wholesale_prices(rate);
            assert!(lowest < highest);
            for (wholesale, share) in
                [(lowest, 0.0), (transfers.wholesale_price(rate, 0.3 * gain), 0.3), (highest, 1.0)]
            {
                let mut profile = joint.profile().to_vec();
                (profile[SeyedEsfahani::WHOLESALE], profile[SeyedEsfahani::PARTICIPATION]) =
                    (wholesale, rate);
                let mut payoffs = [f64::NAN; 2];
                game.payoffs(&profile, &mut payoffs);
                let expected = [status_quo[0] + share * gain, status_quo[1] + (1.0 - share) * gain];
                for (found, expected) in payoffs.into_iter().zip(expected) {
                    assert!((found - expected).abs() <= 1e-10 * joint.total(), "{found} and {expected}");
                }
            }
        }
    }
}

#[test]
fn costs_above_every_price_are_no_channel() {
    let sound = *XieWei::example().numbers();
    for wrong in [
        Parameters { production_cost: 60.0, ..sound },
        Parameters { handling_cost: 42.0, ..sound },
        Parameters { demand_intercept: 1e300, demand_slope: 1e-300, ..sound },
    ] {
        let found =
            [XieWei::new(wrong).err(), SeyedEsfahani::new(wrong).err(), AustBuscher::new(wrong).err()];
        for error in found {
            assert!(matches!(error, Some(ParameterError::Inconsistent { .. })), "{error:?}");
        }
    }
    for wrong in [
        Parameters { price_curvature: 0.0, ..sound },
        Parameters { local_effect: f64::NAN, ..sound },
        Parameters { handling_cost: -1.0, ..sound },
    ] {
        assert!(matches!(SeyedEsfahani::new(wrong), Err(ParameterError::OutOfRange { .. })));
    }
}

/// Absurd but allowed numbers: a result or a typed error, no panic.
#[test]
fn extremes_do_not_panic() {
    let sound = *XieWei::example().numbers();
    for strange in [
        Parameters { price_curvature: 1e-300, ..sound },
        Parameters { price_curvature: 1e300, ..sound },
        Parameters { local_effect: 1e200, ..sound },
        Parameters { national_effect: 1e-200, ..sound },
        Parameters { demand_intercept: 1e-300, demand_slope: 1e-305, ..sound },
        Parameters { production_cost: 50.0 - 2.0 - 1e-13, ..sound },
    ] {
        let (a, b, c) = (XieWei::new(strange), SeyedEsfahani::new(strange), AustBuscher::new(strange));
        for scheme in XieWei::structures() {
            let _ = a
                .as_ref()
                .map(|game| (game.solve(&scheme.structure), game.solve_numerically(&scheme.structure)));
        }
        for scheme in SeyedEsfahani::structures() {
            let _ = b
                .as_ref()
                .map(|game| (game.solve(&scheme.structure), game.solve_numerically(&scheme.structure)));
        }
        for scheme in AustBuscher::structures() {
            let _ = c
                .as_ref()
                .map(|game| (game.solve(&scheme.structure), game.solve_numerically(&scheme.structure)));
        }
    }
}

/// The formulas over parameters of any kind are the ones that the engine runs.
#[test]
fn parametric_formulas_are_the_same() {
    fn check<M: Model + StaticGame>(game: &M, what: &str) {
        let numbers: Vec<f64> = game.arguments().into_iter().map(|(_, value)| value).collect();
        for scheme in M::structures() {
            let found = game.solve(&scheme.structure).unwrap();
            let x = found.profile();
            let mut payoffs = [f64::NAN; 2];
            game.payoffs_at(&numbers, x, &mut payoffs);
            assert_eq!(payoffs, found.payoffs(), "{what} {}", scheme.name);
            for decision in 0..x.len() {
                assert_eq!(
                    game.bounds_at(&numbers, decision, x),
                    game.bounds(decision, x),
                    "{what} {decision}"
                );
            }
        }
    }
    let mut draws = Draws(11);
    for _ in 0..50 {
        check(&draws.xie_wei(), "xie_wei");
        check(&draws.seyed_esfahani(), "seyed_esfahani");
        check(&draws.aust_buscher(), "aust_buscher");
    }
}
