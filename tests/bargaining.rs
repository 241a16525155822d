//! What bargaining theory says of the rules that split a gain between two parties, on random bargains.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use common::{Draws, near};
use coopad::ParameterError;
use coopad::models::{Channel, HuangLi, Model};
use coopad::prelude::*;
use coopad::solve::{Bargain, Rule, Surplus, Utility, cara_split, power_split};

const NASH: Rule = Rule::Nash { power: 0.5 };
const RULES: [Rule; 3] = [NASH, Rule::KalaiSmorodinsky, Rule::Egalitarian];
const GAMES: usize = 2_000;
/// As a share of the gain.
const EXACT: f64 = 1e-12;

fn over(gain: f64) -> Bargain {
    Bargain::over(Surplus { status_quo: [0.0; 2], gain }).unwrap()
}

fn utility(draws: &mut Draws, gain: f64) -> Utility {
    match (draws.unit() * 3.0) as usize {
        0 => Utility::Linear,
        1 => Utility::Power(draws.scale(0.1, 5.0)),
        _ => Utility::Cara(draws.scale(0.01, 100.0) / gain),
    }
}

/// A gain, two utilities, and limits that leave something to agree on.
fn bargain(draws: &mut Draws) -> (f64, [Utility; 2], [f64; 2]) {
    let gain = draws.scale(1e-3, 1e3);
    let utilities = [utility(draws, gain), utility(draws, gain)];
    let low = draws.between(-0.5, 0.8);
    let width = draws.between(0.05, 1.0) - low.min(0.0);
    let limits = if draws.unit() < 0.5 { [f64::NEG_INFINITY, f64::INFINITY] } else { [low, low + width] };
    (gain, utilities, limits.map(|limit| limit * gain))
}

fn worth(utility: Utility, gain: f64) -> f64 {
    match utility {
        Utility::Linear => gain,
        Utility::Power(exponent) => gain.powf(exponent),
        Utility::Cara(aversion) => -(-aversion * gain).exp_m1(),
        other => panic!("no formula for {other:?}"),
    }
}

/// Nobody loses, nothing is lost, and exchanging the parties exchanges the gains.
#[test]
fn rational_efficient_symmetric() {
    let mut draws = Draws(1);
    for _ in 0..GAMES {
        let (gain, [one, two], [low, high]) = bargain(&mut draws);
        let there = over(gain).with([one, two]).unwrap().limited([low, high]).unwrap();
        let back = over(gain).with([two, one]).unwrap().limited([gain - high, gain - low]).unwrap();
        for rule in RULES {
            let found = there.gain(rule).unwrap();
            assert!((0.0..=gain).contains(&found) && found >= low && found <= high, "{there:?} {found}");
            let [first, second] = there.payoffs(rule).unwrap();
            near(first + second, gain, EXACT * gain, "efficiency");
            near(
                back.gain(rule).unwrap(),
                gain - found,
                EXACT * gain,
                &format!("symmetry of {rule:?} in {there:?}"),
            );
        }
        let alike = over(gain).with([one, one]).unwrap();
        for rule in RULES {
            near(alike.gain(rule).unwrap(), 0.5 * gain, EXACT * gain, &format!("equals under {rule:?}"));
        }
    }
}

/// Each rule's own definition, by the utilities themselves.
#[test]
fn definitions() {
    let mut draws = Draws(2);
    for _ in 0..GAMES {
        let (gain, [one, two], limits) = bargain(&mut draws);
        let power = draws.between(0.05, 0.95);
        let bargain = over(gain).with([one, two]).unwrap().limited(limits).unwrap();
        let [low, high] = bargain.frontier();

        // Nash: no agreement on a fine grid has a larger product.
        let product =
            |g: f64| power * worth(one, g).max(0.0).ln() + (1.0 - power) * worth(two, gain - g).max(0.0).ln();
        let best = product(bargain.gain(Rule::Nash { power }).unwrap());
        for step in 0..=50 {
            let other = product((low + (high - low) * f64::from(step) / 50.0).min(high));
            assert!(other <= best + 1e-12 * (1.0 + best.abs()), "{bargain:?} {power}: {other} > {best}");
        }

        // Kalai-Smorodinsky: equal shares of what each could have at most.
        let g = bargain.gain(Rule::KalaiSmorodinsky).unwrap();
        let [first, second] =
            [worth(one, g) / worth(one, high), worth(two, gain - g) / worth(two, gain - low)];
        // The shares are compared where they are resolved: a step of g by one rounding moves them by this much.
        let slope = |u: Utility, g: f64, most: f64| {
            let step = 4.0 * f64::EPSILON * gain;
            (worth(u, (g + step).min(gain)) - worth(u, (g - step).max(0.0))).abs() / worth(u, most)
        };
        let rounding = slope(one, g, high) + slope(two, gain - g, gain - low) + 1e-13;
        assert!((first - second).abs() <= rounding, "{bargain:?}: {first} and {second}");

        // Egalitarian: the smaller utility is as large as it can be.
        let least = |g: f64| worth(one, g).min(worth(two, gain - g));
        // A gain is known to a few roundings of the whole: where one party gets next to nothing, that is all.
        let (g, step) = (bargain.gain(Rule::Egalitarian).unwrap(), 4.0 * f64::EPSILON * gain);
        let best = [g - step, g, g + step].map(|g| least(g.clamp(low, high))).into_iter().fold(0.0, f64::max);
        for step in 0..=50 {
            let other = least((low + (high - low) * f64::from(step) / 50.0).min(high));
            assert!(other <= best * (1.0 + 1e-11), "{bargain:?}: {other} > {best}");
        }
    }
}

/// Risk-neutral parties without limits halve the gain under every rule; a limit that does not bind changes only
/// Kalai and Smorodinsky's division.
#[test]
fn risk_neutral_rules_coincide() {
    let mut draws = Draws(3);
    for _ in 0..GAMES {
        let gain = draws.scale(1e-9, 1e9);
        for rule in RULES {
            near(over(gain).gain(rule).unwrap(), 0.5 * gain, EXACT * gain, "half");
        }
        let most = draws.between(0.5, 1.0) * gain;
        let limited = over(gain).limited([0.0, most]).unwrap();
        near(limited.gain(NASH).unwrap(), 0.5 * gain, EXACT * gain, "Nash");
        near(limited.gain(Rule::Egalitarian).unwrap(), 0.5 * gain, EXACT * gain, "egalitarian");
        let expected = most * gain / (most + gain);
        near(limited.gain(Rule::KalaiSmorodinsky).unwrap(), expected, EXACT * gain, "Kalai-Smorodinsky");
    }
}

/// The more risk averse a party is, the less it gets: with constant absolute risk aversion under every rule.
#[test]
fn risk_aversion_costs() {
    let mut draws = Draws(4);
    for _ in 0..GAMES {
        let gain = draws.scale(1e-3, 1e3);
        let [more, less] = [draws.scale(0.01, 100.0), draws.scale(0.01, 100.0)];
        let (more, less) = (more.max(less) / gain, more.min(less) / gain);
        for rule in RULES {
            let split = |first, second| {
                over(gain).with([Utility::Cara(first), Utility::Cara(second)]).unwrap().gain(rule).unwrap()
            };
            assert!(split(more, less) <= 0.5 * gain, "{rule:?} {gain} {more} {less}");
            assert!(split(1.1 * more, less) < split(more, less), "{rule:?} {gain} {more} {less}");
        }
    }
}

/// With power utilities the egalitarian rule may favour the more risk averse: a gain above one unit of money is worth
/// less to it, a gain below one unit more. The rule compares utilities, and these have no common scale.
#[test]
fn egalitarian_needs_a_common_scale() {
    let utilities = [Utility::Power(0.5), Utility::Linear];
    let split = |gain: f64, rule| over(gain).with(utilities).unwrap().gain(rule).unwrap() / gain;
    // √g = 6 − g at g = 4; √g = 0.75 − g at g = 1/4.
    near(split(6.0, Rule::Egalitarian), 4.0 / 6.0, EXACT, "above one");
    near(split(0.75, Rule::Egalitarian), 1.0 / 3.0, EXACT, "below one");
    // The other two do not depend on the unit: 1/3, and the root of √s = 1 − s.
    for gain in [6.0, 0.75] {
        near(split(gain, NASH), 1.0 / 3.0, EXACT, "Nash");
        near(split(gain, Rule::KalaiSmorodinsky), (3.0 - 5.0_f64.sqrt()) / 2.0, EXACT, "Kalai-Smorodinsky");
    }
}

/// Axioms of the rules on nested frontiers.
#[test]
fn independence_and_monotonicity() {
    let mut draws = Draws(5);
    for _ in 0..GAMES {
        let (gain, utilities, _) = bargain(&mut draws);
        let [low, high, wider] = {
            let mut limits = [draws.between(0.0, 1.0), draws.between(0.0, 1.0), draws.between(0.0, 1.0)];
            limits.sort_by(f64::total_cmp);
            limits.map(|limit| limit * gain)
        };
        let within = |limits| over(gain).with(utilities).unwrap().limited(limits).unwrap();
        // Nash: what was not chosen does not matter (independence of irrelevant alternatives).
        let free = within([low, wider]).gain(NASH).unwrap();
        if free <= high {
            near(within([low, high]).gain(NASH).unwrap(), free, EXACT * gain, "independence");
        }
        // Kalai and Smorodinsky: a larger best gain of the first party, the second's unchanged, does not hurt it.
        let [narrow, wide] =
            [[low, high], [low, wider]].map(|limits| within(limits).gain(Rule::KalaiSmorodinsky).unwrap());
        assert!(wide >= narrow - 1e-14 * gain, "{utilities:?} {low} {high} {wider}: {wide} < {narrow}");
        // Egalitarian: more to share hurts nobody.
        let more = over(1.5 * gain).with(utilities).unwrap().gain(Rule::Egalitarian).unwrap();
        let less = over(gain).with(utilities).unwrap().gain(Rule::Egalitarian).unwrap();
        let rounding = 1e-14 * gain;
        assert!(
            more >= less - rounding && 1.5 * gain - more >= gain - less - rounding,
            "{utilities:?} {gain}"
        );
    }
    // Kalai and Smorodinsky's division does depend on what is not chosen: 1/2 of 1, then 3/4·1/(3/4 + 1).
    let limited = over(1.0).limited([0.0, 0.75]).unwrap().gain(Rule::KalaiSmorodinsky).unwrap();
    near(limited, 3.0 / 7.0, EXACT, "dependence");
}

/// Nash and Kalai-Smorodinsky do not depend on the units of utility; no rule with money utilities on that of money.
#[test]
fn units_of_money_do_not_matter() {
    let mut draws = Draws(6);
    for _ in 0..GAMES {
        let (gain, _, _) = bargain(&mut draws);
        let [one, two] = [draws.scale(0.01, 100.0) / gain, draws.scale(0.01, 100.0) / gain];
        let unit = draws.scale(1e-6, 1e6);
        for rule in RULES {
            let split = |unit: f64| {
                let utilities = [Utility::Cara(one / unit), Utility::Cara(two / unit)];
                over(gain * unit).with(utilities).unwrap().gain(rule).unwrap() / unit
            };
            near(split(unit), split(1.0), EXACT * gain, &format!("{rule:?}"));
        }
    }
}

#[test]
fn short_forms_are_nash_bargains() {
    let mut draws = Draws(7);
    for _ in 0..GAMES {
        let gain = draws.scale(1e-3, 1e3);
        let aversion = [draws.scale(0.01, 100.0), draws.scale(0.01, 100.0)];
        let found = cara_split(gain, aversion).unwrap();
        // The first-order condition, b₁/(e^{b₁g} − 1) = b₂/(e^{b₂(Δ−g)} − 1), where it does not overflow.
        let pull = |b: f64, g: f64| b / (b * g).exp_m1();
        let [first, second] = [pull(aversion[0], found), pull(aversion[1], gain - found)];
        let steep = 1e-14 * gain * aversion[0].max(aversion[1]) + 1e-12;
        if first > 1e-300 {
            assert!((first / second - 1.0).abs() <= 10.0 * steep, "{gain} {aversion:?}: {first} {second}");
        }
        let (exponents, powers) =
            ([draws.scale(0.1, 10.0), draws.scale(0.1, 10.0)], [draws.unit() + 0.01, draws.unit() + 0.01]);
        let [one, two] = [exponents[0] * powers[0], exponents[1] * powers[1]];
        near(power_split(gain, exponents, powers).unwrap(), gain * one / (one + two), EXACT * gain, "power");
    }
}

/// Very averse parties: the exponentials underflow, the split does not.
#[test]
fn extreme_aversions() {
    for rule in RULES {
        for size in [1e2, 1e4, 1e8, 1e15, 1e19, 1e21, 1e300] {
            let split = |gain: f64, one: f64, two: f64| {
                over(gain).with([Utility::Cara(one), Utility::Cara(two)]).unwrap().gain(rule).unwrap()
            };
            near(split(10.0, size, size), 5.0, EXACT * 10.0, &format!("{rule:?} {size:e}"));
            near(split(1e-10, size, size), 5e-11, EXACT * 1e-10, &format!("{rule:?} {size:e}"));
            let skewed = split(1.0, 3.0 * size, size);
            let far = 10.0 / size;
            assert!((skewed - 0.25).abs() <= far.max(1e-12), "{rule:?} {size:e}: {skewed}");
        }
        // Hardly averse: risk neutral.
        for size in [1e-300, 1e-100, 1e-17] {
            let found = over(3.0).with([Utility::Cara(size), Utility::Linear]).unwrap().gain(rule).unwrap();
            if rule != Rule::Egalitarian {
                near(found, 1.5, EXACT * 3.0, &format!("{rule:?} {size:e}"));
            }
        }
        for gain in [0.0, 5e-324, 1e-300, 1e300, f64::MAX] {
            for one in [Utility::Linear, Utility::Power(1e-9), Utility::Power(1e9), Utility::Cara(1e300)] {
                for two in [Utility::Linear, Utility::Power(7.0), Utility::Cara(1e-300)] {
                    let found = over(gain).with([one, two]).unwrap().gain(rule).unwrap();
                    assert!((0.0..=gain).contains(&found), "{rule:?} {gain:e} {one:?} {two:?}: {found}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_a_bargain_is_a_typed_error() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            Bargain::over(Surplus { status_quo: [0.0; 2], gain: bad }),
            Err(ParameterError::OutOfRange { .. })
        ));
        for utility in [Utility::Power(bad), Utility::Cara(bad)] {
            assert!(over(1.0).with([Utility::Linear, utility]).is_err());
        }
        assert!(over(1.0).gain(Rule::Nash { power: bad }).is_err());
    }
    assert!(over(1.0).with([Utility::Power(0.0), Utility::Linear]).is_err());
    let nothing = [[1.5, 2.0], [-2.0, -0.5], [0.6, 0.4], [f64::NAN, 1.0], [0.0, f64::NAN]];
    for limits in nothing {
        let error = over(1.0).limited(limits).unwrap_err();
        assert!(matches!(error, ParameterError::Inconsistent { .. }), "{limits:?}: {error}");
    }
    // A single agreement.
    for rule in RULES {
        assert_eq!(over(1.0).limited([0.25, 0.25]).unwrap().gain(rule).unwrap(), 0.25);
        assert_eq!(over(1.0).limited([-3.0, 0.0]).unwrap().gain(rule).unwrap(), 0.0);
    }
    assert_eq!(over(1.0).gain(Rule::Nash { power: 0.0 }).unwrap(), 0.0);
    assert_eq!(over(1.0).gain(Rule::Nash { power: 1.0 }).unwrap(), 1.0);
}

/// A rate between 0 and 1 limits what a channel can agree on: the retailer cannot be made to pay.
#[test]
fn rates_limit_a_channel() {
    let game = HuangLi::example();
    let before = game.solve(&Structure::simultaneous()).unwrap();
    let rates =
        game.pareto_rates([before.payoff(Channel::Manufacturer), before.payoff(Channel::Retailer)]).unwrap();
    for rate in [-0.3, 0.0, 0.4, 1.0] {
        near(rates.rate(rates.gain(rate)), rate, EXACT, "rate");
    }
    let bargain = Bargain::over(rates.surplus).unwrap();
    let [none, all] = [rates.gain(1.0), rates.gain(0.0)];
    let limited = bargain.limited([none, all]).unwrap();
    for rule in RULES {
        let rate = rates.rate(limited.gain(rule).unwrap());
        assert!((-1e-12..=1.0).contains(&rate) && rate <= rates.highest + 1e-12, "{rule:?}: {rate}");
    }
}
