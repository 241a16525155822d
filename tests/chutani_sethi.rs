//! A market that any number of retailers fill together: reference values by formula and by both routes of collocation, one
//! retailer against the model that has only one, a hundred against the game of the moment, thresholds, hostile input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{DIGITS, Draws, ROUTES, build, close, close_all, decided, feedback, number, numbers, rows};
use coopad::ParameterError;
use coopad::dynamic::models::chutani_sethi::{Parameters, Retailer, Values};
use coopad::dynamic::models::{ChutaniSethi, HePrasadSethi, he_prasad_sethi};
use coopad::dynamic::{Collocation, Route, Stage};
use coopad::models::{Channel, Model, Network};
use coopad::prelude::*;
use serde_json::Value;

fn led() -> Structure<Network> {
    Structure::leader(Network::Manufacturer)
}

/// The file has the retailers first.
fn manufacturer_first(mut all: Vec<f64>) -> Vec<f64> {
    all.rotate_right(1);
    all
}

fn held_values(values: &Values, row: &Value, what: &str) {
    let constants = manufacturer_first([numbers(&row["V_i_const"]), numbers(&row["VM_const"])].concat());
    close_all(values.constants(), &constants, DIGITS, what);
    let rows = row["V_i_slopes"].as_array().unwrap().iter();
    for (found, wanted) in values.slopes().zip([&row["VM_slopes"]].into_iter().chain(rows)) {
        close_all(found, &numbers(wanted), DIGITS, what);
    }
}

#[test]
fn reference_by_formula() {
    for row in rows("chutani_sethi_2012", 4) {
        let (game, what): (ChutaniSethi, _) = (build(&row["params"], &[]), row["params"].to_string());
        let n = game.retailers();
        let start = vec![0.2 / n as f64; n];
        let payoffs = |row: &Value| manufacturer_first(numbers(&row["payoffs_at_0p2_total"]));
        let policy = game.policy(&led()).unwrap();
        close_all(&policy[..n], &numbers(&row["theta"]), DIGITS, &what);
        for (total, efforts) in row["u_at_total_share"].as_object().unwrap() {
            let root = (1.0 - total.parse::<f64>().unwrap()).sqrt();
            let found: Vec<f64> = policy[n..].iter().map(|effort| effort * root).collect();
            close_all(&found, &numbers(efforts), DIGITS, &what);
        }
        let values = game.value_functions(&led()).unwrap();
        held_values(&values, &row, &what);
        close_all(&values.at(&start).unwrap(), &payoffs(&row), DIGITS, &what);
        close_all(&game.steady_state(&led()).unwrap(), &numbers(&row["steady_state"]), DIGITS, &what);

        let alone = game.value_functions(&ChutaniSethi::no_support()).unwrap();
        held_values(&alone, &row["no_support"], &what);
        close_all(&alone.at(&start).unwrap(), &payoffs(&row["no_support"]), DIGITS, &what);

        let equal = ChutaniSethi::equal_rate();
        let rate = number(&row["common_rate"]["theta"]);
        let found = game.policy(&equal).unwrap();
        found[..n].iter().for_each(|found| close(*found, rate, DIGITS, &what));
        let values = game.value_functions(&equal).unwrap();
        close_all(&values.at(&start).unwrap(), &payoffs(&row["common_rate"]), DIGITS, &what);

        let joint = game.value_functions(&Structure::cooperative()).unwrap();
        let sums = |of: &dyn Fn(&[f64]) -> f64| joint.slopes().map(of).sum::<f64>();
        let integrated = &row["integrated"];
        close(joint.constants().iter().sum(), number(&integrated["const"]), DIGITS, &what);
        for (j, wanted) in numbers(&integrated["slopes"]).into_iter().enumerate() {
            close(sums(&|row| row[j]), wanted, DIGITS, &what);
        }
        let total: f64 = joint.at(&start).unwrap().iter().sum();
        close(total, number(&integrated["value_at_0p2_total"]), DIGITS, &what);
    }
}

/// Values, policies and resting point as `feedback` finds them: by the formula, checked, or by collocation and the engine,
/// which know nothing of it.
fn by_collocation(game: &ChutaniSethi, structure: &Structure<Network>, route: Route, tolerance: f64) {
    let what = format!("{}, {route:?}, {:?}", structure.name(), game.numbers());
    let found = feedback(game, structure, route);
    let (formula, policy) = (game.value_functions(structure).unwrap(), game.policy(structure).unwrap());
    let n = game.retailers();
    for share in [0.0, 0.1, 0.3] {
        let state: Vec<f64> = (0..n).map(|i| share / (i + 1) as f64).collect();
        let (found_at, wanted) = (found.values().iter().map(|v| v.at(&state)), formula.at(&state).unwrap());
        let found_at: Vec<f64> = found_at.collect();
        if structure.same_rules(&Structure::cooperative()) {
            close(found_at.iter().sum(), wanted.iter().sum(), tolerance, &what);
        } else {
            close_all(&found_at, &wanted, tolerance, &what);
        }
        let root = (1.0 - state.iter().sum::<f64>()).sqrt();
        let wanted = policy.iter().enumerate().map(|(at, x)| if at < n { *x } else { x * root });
        close_all(&decided(&found, route, &state), &wanted.collect::<Vec<_>>(), 10.0 * tolerance, &what);
    }
    let rests = found.steady_states().unwrap();
    assert!(rests.len() == 1 && rests[0].is_stable(), "{what}: {rests:?}");
    close_all(&rests[0].state, &game.steady_state(structure).unwrap(), 10.0 * tolerance, &what);
}

#[test]
fn two_retailers_by_collocation() {
    for row in rows("chutani_sethi_2012", 4).iter().filter(|row| numbers(&row["params"]["k"]).len() == 2) {
        let game: ChutaniSethi = build(&row["params"], &[]);
        for scheme in ChutaniSethi::structures() {
            for route in ROUTES {
                by_collocation(&game, &scheme.structure, route, DIGITS);
            }
        }
    }
}

#[test]
fn three_retailers_by_collocation() {
    let row = &rows("chutani_sethi_2012", 4)[2];
    for scheme in ChutaniSethi::structures() {
        for route in ROUTES {
            by_collocation(&build(&row["params"], &[]), &scheme.structure, route, DIGITS);
        }
    }
}

fn random(draws: &mut Draws, n: usize) -> Parameters {
    let mut retailer = || Retailer {
        effectiveness: draws.scale(0.1, 3.0),
        decay: draws.between(0.02, 0.5),
        manufacturer_margin: if draws.unit() < 0.1 { 0.0 } else { draws.scale(0.1, 5.0) },
        retailer_margin: draws.scale(0.1, 5.0),
        initial_share: 0.5 * draws.unit() / n as f64,
    };
    let retailers = (0..n).map(|_| retailer()).collect();
    Parameters { discount_rate: draws.scale(0.02, 0.5), retailers }
}

#[test]
fn random_pairs() {
    let mut draws = Draws(2012);
    for _ in 0..25 {
        let game = ChutaniSethi::new(random(&mut draws, 2)).unwrap();
        let held = ChutaniSethi::held(&[draws.between(0.0, 0.8), draws.between(0.0, 0.8)]);
        let schemes = ChutaniSethi::structures().into_iter().map(|scheme| scheme.structure);
        schemes.chain([held]).for_each(|structure| by_collocation(&game, &structure, Route::Engine, 1e-8));
    }
}

/// With any number of retailers the game of the moment, solved by its own lemma, pays `rV` at any shares.
#[test]
fn values_satisfy_the_equation_of_the_moment() {
    let mut draws = Draws(100);
    let mut supported = 0;
    for n in [1, 2, 3, 5, 10, 30, 100] {
        for _ in 0..20 {
            let game = ChutaniSethi::new(random(&mut draws, n)).unwrap();
            let state: Vec<f64> = (0..n).map(|_| draws.unit() / n as f64).collect();
            for scheme in ChutaniSethi::structures() {
                let structure = scheme.structure;
                let values = game.value_functions(&structure).unwrap();
                let slopes: Vec<f64> = values.slopes().flatten().copied().collect();
                let stage = Stage::new(&game, &state, &slopes).unwrap();
                let now = stage.solve_in_closed_form(&structure).unwrap();
                let policy = game.policy(&structure).unwrap();
                close_all(&now.profile()[..n], &policy[..n], 1e-9, "rates");
                supported += policy[..n].iter().filter(|rate| **rate > 0.01).count();
                let r = game.numbers().discount_rate;
                let worth: Vec<f64> = values.at(&state).unwrap().iter().map(|value| r * value).collect();
                // Together, what is best for all pays the sum; single values follow from the same policies.
                let size = worth.iter().fold(0.0_f64, |size, worth| size.max(worth.abs()));
                for (found, wanted) in now.payoffs().iter().zip(&worth) {
                    assert!(
                        (found - wanted).abs() <= 1e-10 * size,
                        "{n} {scheme}: {found} {wanted}",
                        scheme = structure.name()
                    );
                }
            }
        }
    }
    assert!(supported > 500, "{supported}");
}

/// One retailer is the channel of He, Prasad and Sethi: everything by other equations.
#[test]
fn one_retailer_is_the_channel() {
    let mut draws = Draws(1);
    for _ in 0..200 {
        let mut numbers = random(&mut draws, 1);
        numbers.retailers[0].manufacturer_margin = draws.scale(0.1, 10.0);
        let (game, of) = (ChutaniSethi::new(numbers.clone()).unwrap(), numbers.retailers[0]);
        let channel = HePrasadSethi::new(he_prasad_sethi::Parameters {
            manufacturer_margin: of.manufacturer_margin,
            retailer_margin: of.retailer_margin,
            effectiveness: of.effectiveness,
            discount_rate: numbers.discount_rate,
            decay: of.decay,
            ..*HePrasadSethi::example().numbers()
        })
        .unwrap();
        let leads = Structure::leader(Channel::Manufacturer);
        let held = leads.clone().fix(HePrasadSethi::PARTICIPATION, 0.4);
        for (many, one) in [
            (led(), leads.clone()),
            (ChutaniSethi::equal_rate(), leads),
            (ChutaniSethi::no_support(), HePrasadSethi::no_support()),
            (ChutaniSethi::held(&[0.4]), held),
        ] {
            let [rate, _, effort] = channel.policy(&one).unwrap();
            close_all(&game.policy(&many).unwrap(), &[rate, effort], 1e-9, many.name());
            let wanted = channel.value_functions(&one).unwrap().map(|value| value.at(&[0.3]).unwrap());
            close_all(&game.value_functions(&many).unwrap().at(&[0.3]).unwrap(), &wanted, 1e-9, many.name());
        }
        let ratio = of.manufacturer_margin / of.retailer_margin;
        close(game.support_threshold().unwrap() * ratio, channel.support_threshold(), 1e-9, "support");
        // Found where a difference of values vanishes, which is known to fewer digits.
        close(game.gain_threshold().unwrap() * ratio, channel.gain_threshold().unwrap(), 1e-6, "gain");
    }
}

fn alike(margins: [f64; 2], [k, r, delta]: [f64; 3], n: usize) -> ChutaniSethi {
    let [manufacturer_margin, retailer_margin] = margins;
    let of =
        Retailer { effectiveness: k, decay: delta, manufacturer_margin, retailer_margin, initial_share: 0.2 };
    ChutaniSethi::alike(r, of, n).unwrap()
}

#[test]
fn the_more_retailers_the_lower_the_rate() {
    // Three digits were noted for these.
    for (n, wanted) in [(1, 0.809), (2, 0.629), (3, 0.522), (5, 0.368), (8, 0.197)] {
        let rate = alike([5.0, 1.0], [0.5, 0.1, 0.3], n).policy(&led()).unwrap()[0];
        assert!((rate - wanted).abs() < 6e-4, "{n}: {rate}");
    }
}

#[test]
fn thresholds_of_retailers_alike() {
    let mut draws = Draws(7);
    for _ in 0..60 {
        let n = 1 + (draws.unit() * 8.0) as usize;
        let numbers = [draws.scale(0.1, 3.0), draws.scale(0.02, 0.5), draws.between(0.02, 0.5)];
        let m = draws.scale(0.1, 5.0);
        let at = |ratio: f64| alike([ratio * m, m], numbers, n);
        let rate = |ratio: f64| at(ratio).policy(&led()).unwrap()[0];
        let [support, gain] = [at(1.0).support_threshold().unwrap(), at(1.0).gain_threshold().unwrap()];
        assert_eq!(rate(0.999 * support), 0.0);
        assert!(rate(1.001 * support) > 0.0 && rate(1.001 * support) < 1e-2);
        // The notes' condition, b of the game without support by bisection.
        let [k, r, delta] = numbers;
        let (fading, count) = (r + delta, n as f64);
        let (mut low, mut high) = (0.0, m / fading);
        for _ in 0..200 {
            let b = 0.5 * (low + high);
            let flow = m - fading * b;
            let excess = 0.25 * (b * k).powi(2) - flow * (1.0 + (count - 1.0) * k * k * b / (2.0 * fading));
            if excess < 0.0 { low = b } else { high = b }
        }
        close(support, 0.5 * low * (fading + 0.5 * count * k * k * low) / m, 1e-9, "threshold");
        let gains = |ratio: f64| {
            let game = at(ratio);
            let [with, without] = [led(), ChutaniSethi::no_support()].map(|structure| {
                game.value_functions(&structure).unwrap().at(&game.initial_shares()).unwrap()[0]
            });
            (with - without) / without
        };
        assert!(gain > support);
        assert!(gains(0.5 * (support + gain)) < 0.0, "{numbers:?} {n} {support} {gain}");
        assert!([1.05, 2.0, 10.0].iter().all(|factor| gains(factor * gain) > 0.0), "{numbers:?} {n}");
    }
}

/// Two retailers at M = m: they are supported a little, and the manufacturer pays for it.
#[test]
fn support_can_hurt_its_giver() {
    let game = alike([1.0, 1.0], [0.5, 0.1, 0.3], 2);
    let [with, without] = [led(), ChutaniSethi::no_support()]
        .map(|structure| game.value_functions(&structure).unwrap().at(&game.initial_shares()).unwrap());
    assert!((game.policy(&led()).unwrap()[0] - 0.0205).abs() < 5e-5);
    assert!((with[0] - without[0] + 0.0034).abs() < 5e-5, "{}", with[0] - without[0]);
    assert!(with[1] > without[1]);
    // Bound to a rate of its choice it supports nobody, and loses nothing.
    assert!(game.committed_rate(&game.initial_shares()).unwrap() < 1e-6);
}

fn pair(r: f64, first: [f64; 4], second: [f64; 4]) -> ChutaniSethi {
    let of = |[effectiveness, decay, manufacturer_margin, retailer_margin]: [f64; 4]| Retailer {
        effectiveness,
        decay,
        manufacturer_margin,
        retailer_margin,
        initial_share: 0.0,
    };
    ChutaniSethi::new(Parameters { discount_rate: r, retailers: vec![of(first), of(second)] }).unwrap()
}

/// With support and without, everybody's value of an empty market.
fn with_and_without(game: &ChutaniSethi) -> [Vec<f64>; 2] {
    [led(), ChutaniSethi::no_support()]
        .map(|structure| game.value_functions(&structure).unwrap().constants().to_vec())
}

/// Retailers who differ: unsupported ones do not gain by others' support. Not claimed, for lack of truth: that all together
/// gain, and that supported ones do.
#[test]
fn retailers_who_differ() {
    let mut draws = Draws(490);
    let (mut seen, mut wasteful, mut sorry) = (0, 0, 0);
    for _ in 0..500 {
        let game = ChutaniSethi::new(random(&mut draws, 2)).unwrap();
        let rates = game.policy(&led()).unwrap();
        if rates[0].max(rates[1]) < 1e-3 {
            continue;
        }
        seen += 1;
        let [with, without] = with_and_without(&game);
        for (i, rate) in rates[..2].iter().enumerate() {
            let gain = with[i + 1] / without[i + 1] - 1.0;
            assert!(*rate > 0.0 || gain < 1e-12, "{:?}: {gain}", game.numbers());
            sorry += usize::from(*rate > 1e-3 && gain < -1e-6);
        }
        wasteful += usize::from(with.iter().sum::<f64>() < (1.0 - 1e-6) * without.iter().sum::<f64>());
    }
    assert!(seen > 200 && wasteful > 10 && sorry > 3, "{seen} {wasteful} {sorry}");
    // Found by a script of its own. A manufacturer lets the better retailer be crowded out:
    let game = pair(0.2, [1.05, 0.06, 0.29, 4.39], [2.5, 0.27, 3.28, 0.22]);
    close_all(&game.policy(&led()).unwrap()[..2], &[0.0, 0.928_397_12], 1e-8, "rates");
    let [with, without] = with_and_without(&game);
    let total = |all: &[f64]| all.iter().sum::<f64>();
    close(total(&with) / total(&without) - 1.0, -0.228_035_04, 1e-7, "efficiency");
    // A supported retailer that loses by the support that the other one gets:
    let game = pair(0.35, [2.29, 0.17, 4.14, 0.29], [0.8, 0.36, 3.77, 0.35]);
    assert!(game.policy(&led()).unwrap()[1] > 0.1);
    let [with, without] = with_and_without(&game);
    close(0.35 * (with[2] - without[2]), -0.006_378_861_3, 1e-7, "loss");
    // By collocation, too.
    let values = [led(), ChutaniSethi::no_support()].map(|structure| {
        let engine = Collocation { route: Route::Engine, ..Collocation::default() };
        let found = engine.solve(&game, &structure).unwrap();
        found.values()[2].at(&[0.0, 0.0])
    });
    close(0.35 * (values[0] - values[1]), -0.006_378_861_3, 1e-7, "loss by collocation");
}

/// Everything but the slopes grows with the number of retailers, and the slopes with its square.
#[test]
fn memory_grows_with_the_slopes() {
    let peak = |n: usize| {
        let game = alike([5.0, 1.0], [0.5, 0.1, 0.3], n);
        let structure = led();
        allocation_counter::measure(|| assert!(game.value_functions(&structure).is_some())).bytes_max
    };
    for n in [10, 30, 100] {
        let slopes = 8 * n * (n + 1);
        assert!(peak(n) < (slopes + 400 * n) as u64, "{n}: {} bytes", peak(n));
    }
}

#[test]
fn hostile_input() {
    let good = ChutaniSethi::example().values();
    assert_eq!(ChutaniSethi::from_values(&good).unwrap().values(), good);
    for (at, parameter) in ChutaniSethi::parameters().iter().enumerate().skip(1) {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            let mut values = good.clone();
            values[at][0] = bad;
            let error = ChutaniSethi::from_values(&values).unwrap_err();
            assert!(
                matches!(&error, ParameterError::OutOfRange { parameter: name, .. } if name.starts_with(parameter.name))
            );
        }
    }
    let mut full = good.clone();
    full[6] = vec![0.5, 0.5];
    assert!(matches!(ChutaniSethi::from_values(&full), Err(ParameterError::Inconsistent { .. })));
    let nobody = Parameters { discount_rate: 0.1, retailers: Vec::new() };
    assert!(matches!(ChutaniSethi::new(nobody), Err(ParameterError::WrongLength { .. })));
    let game = ChutaniSethi::example();
    assert!(game.policy(&Structure::simultaneous()).is_none());
    assert!(game.policy(&ChutaniSethi::held(&[0.2])).is_none());
    assert!(game.policy(&ChutaniSethi::held(&[0.2, 1.0])).is_none());
    assert!(game.committed_rate(&[0.1]).is_none() && game.gain_threshold().is_none());
    assert!(game.value_functions(&led()).unwrap().at(&[0.1]).is_none());
    // Numbers at the ends of their range: finite or nothing.
    for extreme in [1e-300, 1e-30, 1e30, 1e300] {
        for at in 1..6 {
            let mut values = good.clone();
            values[at][0] = extreme;
            let game = ChutaniSethi::from_values(&values).unwrap();
            for scheme in ChutaniSethi::structures() {
                if let Some(policy) = game.policy(&scheme.structure) {
                    assert!(policy.iter().all(|x| x.is_finite() && *x >= 0.0), "{values:?} {policy:?}");
                    assert!(policy[..2].iter().all(|rate| *rate <= 1.0));
                }
                let _ =
                    (game.steady_state(&scheme.structure), game.gain_threshold(), game.support_threshold());
            }
        }
    }
}
