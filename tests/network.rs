//! Networks of one manufacturer and several retailers: the coordinating contract, many retailers, lists of parameters;
//! and the store brand's known answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::{Draws, close};
use coopad::models::karray_zaccour::{Additive, Raju};
use coopad::models::wang::CostSharing;
use coopad::models::zhang_xie::Retailer;
use coopad::models::{Channel, KarrayZaccour, KarrayZaccourAdditive, Model, Network, Wang, ZhangXie};
use coopad::prelude::*;
use coopad::{ParameterError, SolveError};

// ---- Wang: the two-sided contract --------------------------------------------------------------------------------

/// The three firms under the terms of a contract: nobody chooses them any more.
struct UnderContract<'w> {
    network: &'w Wang,
    terms: CostSharing,
    split: f64,
}

impl Game for UnderContract<'_> {
    type Player = Network;
    fn players(&self) -> Vec<Network> {
        self.network.players()
    }
    fn decisions(&self) -> Vec<Decision<Network>> {
        self.network.decisions().split_off(Wang::NATIONAL)
    }
}

impl StaticGame for UnderContract<'_> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        // Written from the definition, not by the library's `CostSharing::payoffs`.
        let (p, [s1, s2]) = (self.network.numbers(), self.terms.shares(self.split));
        let [t1, t2] = self.terms.rates;
        let (national, a1, a2) = (x[0], x[1], x[2]);
        let [d1, d2] = p.sales(national, [a1, a2]);
        out[0] = (d1 + d2) * p.manufacturer_margin - a1 * t1 - a2 * t2 - national * (1.0 - s1 - s2);
        out[1] = d1 * p.retailer_margin[0] - a1 * (1.0 - t1) - national * s1;
        out[2] = d2 * p.retailer_margin[1] - a2 * (1.0 - t2) - national * s2;
    }
}

#[test]
fn the_cost_sharing_contract_coordinates() {
    let mut draws = Draws(11);
    let (mut coordinated, mut fees) = (0, 0);
    for set in 0..300 {
        let network = draws.wang();
        let joint = network.solve(&Structure::cooperative()).unwrap();
        let Some(terms) = network.cost_sharing() else {
            // A retailer that should not advertise: no finite rate makes it.
            assert!(Wang::LOCAL.iter().any(|&a| joint[a] == 0.0));
            continue;
        };
        coordinated += 1;
        fees += usize::from(terms.rates.iter().any(|t| *t < 0.0));
        assert!(terms.rates.iter().all(|t| *t < 1.0) && (0.0..1.0).contains(&terms.national_share));
        let split = draws.unit();
        let game = UnderContract { network: &network, terms, split };
        let played = game.solve(&Structure::simultaneous()).unwrap();
        let wanted = &joint.profile()[Wang::NATIONAL..];
        let largest = wanted.iter().fold(0.0, |l: f64, x| l.max(*x));
        for (found, wanted) in played.profile().iter().zip(wanted) {
            assert!((found - wanted).abs() <= 1e-8 * wanted.max(1e-6 * largest), "set {set}: {network:?}");
        }
        // Lump sums divide the gain as agreed, whatever the split of national advertising.
        let status_quo = draws.wang().numbers().payoffs([0.0; 2], 1.0, [1.0; 2]);
        let weights = [0.5, 0.3, 0.2];
        let sums = terms.lump_sums(network.numbers(), split, status_quo, weights).unwrap();
        let gain = joint.total() - status_quo.iter().sum::<f64>();
        let received = [-sums[0] - sums[1], sums[0], sums[1]];
        for i in 0..3 {
            let found = played.payoffs()[i] + received[i] - status_quo[i];
            assert!((found - weights[i] * gain).abs() <= 1e-7 * joint.total().abs().max(gain.abs()));
        }
    }
    assert!(
        coordinated > 150 && fees > 10 && coordinated < 300,
        "{coordinated} coordinated, {fees} with a fee"
    );
    let terms = Wang::example().cost_sharing().unwrap();
    for weights in [[0.0; 3], [-1.0, 1.0, 1.0], [f64::NAN, 1.0, 1.0]] {
        assert!(terms.lump_sums(Wang::example().numbers(), 0.5, [0.0; 3], weights).is_none());
    }
}

// ---- Zhang and Xie: many retailers -------------------------------------------------------------------------------

fn many(count: usize) -> ZhangXie {
    let mut draws = Draws(5);
    let mut retailer = || Retailer {
        margin: draws.scale(0.5, 8.0),
        local_effect: draws.scale(0.5, 3.0),
        national_effect: draws.between(0.0, 1.0),
    };
    let retailers = (0..count).map(|_| retailer()).collect();
    ZhangXie::new(coopad::models::zhang_xie::Parameters { manufacturer_margin: 2.0, retailers }).unwrap()
}

/// A thousand retailers: closed forms, and a certificate that says that it was thinned.
#[test]
fn a_thousand_retailers() {
    let network = many(1000);
    for scheme in ZhangXie::structures() {
        let solution = network.solve(&scheme.structure).unwrap();
        let verified = solution.verify(&network).unwrap();
        let certificate = verified.certificate();
        assert!(certificate.thinned, "{}", scheme.name);
        assert!(certificate.regret <= 1e-9 * verified.total(), "{}", scheme.name);
        // Everybody was asked: the manufacturer, and each retailer where it decides alone.
        let movers = if scheme.name == "cooperative" { 1 } else { 1001 };
        assert_eq!(certificate.deviations.len(), movers, "{}", scheme.name);
    }
}

/// Thinned or not, the certificate refutes what is no equilibrium.
#[test]
fn a_large_network_is_not_certified_blindly() {
    let network = many(300);
    let structure = ZhangXie::structure("specific_rates").unwrap();
    let mut profile = network.solve(&structure).unwrap().profile().to_vec();
    profile[300] *= 1.5; // national advertising
    let wrong = network.propose(&structure, profile.clone()).unwrap().verify(&network);
    assert!(matches!(wrong, Err(SolveError::Refuted { .. })), "{:?}", wrong.map(|v| v.certificate().regret));
    profile[300] /= 1.5;
    profile[600] *= 2.0; // the last retailer's local advertising
    let wrong = network.propose(&structure, profile).unwrap().verify(&network);
    assert!(matches!(wrong, Err(SolveError::Refuted { .. })));
}

#[test]
fn small_networks_are_searched_in_full() {
    let network = many(5);
    for scheme in ZhangXie::structures() {
        let verified = network.solve(&scheme.structure).unwrap().verify(&network).unwrap();
        assert!(!verified.certificate().thinned && verified.report().residual.is_some());
    }
}

#[test]
fn the_engine_solves_twenty_retailers() {
    let network = many(20);
    for name in ["specific_rates", "uniform_rate", "no_support"] {
        let structure = ZhangXie::structure(name).unwrap();
        let (formula, engine) =
            (network.solve(&structure).unwrap(), network.solve_numerically(&structure).unwrap());
        for (x, y) in formula.profile().iter().zip(engine.profile()) {
            close(*y, *x, 1e-7, name);
        }
    }
}

/// e(n) by the formula of the notes, and from solved games; its limit 1 − σ².
#[test]
fn efficiency_falls_to_its_limit() {
    let mut draws = Draws(3);
    for _ in 0..200 {
        let manufacturer = draws.scale(0.5, 5.0);
        let retailer = Retailer {
            margin: draws.scale(0.2, 1.9) * manufacturer,
            local_effect: draws.scale(0.2, 5.0),
            national_effect: draws.scale(0.2, 5.0),
        };
        let one = ZhangXie::symmetric(manufacturer, retailer, 1).unwrap();
        let sigma2 = (retailer.margin / (manufacturer + retailer.margin)).powi(2);
        let (k2, g2) = (retailer.local_effect.powi(2), retailer.national_effect.powi(2));
        for n in [1, 2, 7, 40] {
            let weight = n as f64 * g2;
            let expected = (k2 * (1.0 - sigma2 / 4.0) + weight * (1.0 - sigma2)) / (k2 + weight);
            close(one.efficiency(n), expected, 1e-12, "e(n)");
            let network = ZhangXie::symmetric(manufacturer, retailer, n).unwrap();
            let total = |name: &str| network.solve(&ZhangXie::structure(name).unwrap()).unwrap().total();
            close(total("specific_rates") / total("cooperative"), expected, 1e-12, "solved games");
            close(network.efficiency(1), expected, 1e-12, "n retailers, one copy");
        }
        close(one.limiting_efficiency(), 1.0 - sigma2, 1e-12, "limit");
        assert!(one.efficiency(1) > one.efficiency(2) && one.efficiency(40) > one.limiting_efficiency());
        let error = one.efficiency(1_000_000_000) - one.limiting_efficiency();
        assert!((0.0..1e-5).contains(&error), "{error}");
    }
    let local =
        ZhangXie::symmetric(1.0, Retailer { margin: 1.0, local_effect: 1.0, national_effect: 0.0 }, 3);
    let local = local.unwrap();
    assert_eq!(local.limiting_efficiency(), local.efficiency(9));
}

#[test]
fn lists_and_their_length() {
    let lists = |n: &[f64], margins: &[f64], effects: &[f64]| {
        ZhangXie::from_values(&[n.to_vec(), vec![2.0], margins.to_vec(), effects.to_vec(), vec![1.0]])
    };
    assert_eq!(lists(&[], &[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0]).unwrap().retailers(), 3);
    // One number stands for all, in any list; a length alone makes retailers alike.
    assert_eq!(lists(&[], &[1.0, 2.0, 3.0], &[1.0]).unwrap().retailers(), 3);
    assert_eq!(lists(&[4.0], &[1.0], &[1.0]).unwrap().retailers(), 4);
    assert_eq!(lists(&[], &[1.0], &[1.0]).unwrap().retailers(), 1);
    let wrong_length = |given, needed| move |error: ParameterError| matches!(error, ParameterError::WrongLength { given: g, needed: n, .. } if (g, n) == (given, needed));
    assert!(lists(&[2.0], &[1.0, 2.0, 3.0], &[1.0]).is_err_and(wrong_length(3, 2)));
    assert!(lists(&[], &[1.0, 2.0, 3.0], &[1.0, 2.0]).is_err_and(wrong_length(2, 3)));
    assert!(lists(&[], &[], &[1.0]).is_err_and(wrong_length(0, 1)));
    for n in [0.0, -1.0, 2.5, f64::NAN, f64::INFINITY, 1e12] {
        let error = lists(&[n], &[1.0], &[1.0]).unwrap_err();
        assert!(error.to_string().contains("retailers"), "{error}");
    }
    let negative = lists(&[], &[1.0, -2.0], &[1.0]).unwrap_err();
    assert!(negative.to_string().contains("retailer_margin[1]"), "{negative}");
    let nobody = coopad::models::zhang_xie::Parameters { manufacturer_margin: 1.0, retailers: Vec::new() };
    assert!(ZhangXie::new(nobody).is_err());
    let example = ZhangXie::example();
    assert_eq!(ZhangXie::from_values(&example.values()).unwrap(), example);
    assert_eq!(example.arguments().len(), 10);
}

/// Ties and drops of all transfers are the same as those by number.
#[test]
fn transfers_as_a_whole() {
    let network = many(3);
    let led = || Structure::leader(Network::Manufacturer);
    let pairs = [
        (led().tie_transfers(), led().tie([0, 1, 2])),
        (led().no_transfers(), led().fix(0, 0.0).fix(1, 0.0).fix(2, 0.0)),
    ];
    for (whole, single) in pairs {
        let whole = network.solve_numerically(&whole).unwrap();
        assert_eq!(whole.profile(), network.solve_numerically(&single).unwrap().profile());
    }
    // A tie by number goes before.
    let both = network.solve_numerically(&led().tie([0, 1]).tie_transfers()).unwrap();
    assert!(both[0] == both[1] && both[1] != both[2]);
}

// ---- Karray and Zaccour ------------------------------------------------------------------------------------------

/// t = 1/3 without a store brand, whatever the numbers; by formula and by engine.
#[test]
fn a_third_without_a_store_brand() {
    let structure = KarrayZaccour::structure("no_store_brand_coop").unwrap();
    let mut draws = Draws(9);
    for _ in 0..50 {
        let advertising_effect = draws.scale(0.02, 1.15);
        let numbers =
            Raju { market_size: draws.scale(1.0, 50.0), cross_price_effect: 2.0, advertising_effect };
        let game = KarrayZaccour::new(numbers).unwrap();
        close(game.solve(&structure).unwrap()[KarrayZaccour::RATE], 1.0 / 3.0, 1e-14, "formula");
        // Flat in the rate where advertising does little: the engine has the root of rounding.
        let tolerance = 1e-10 / advertising_effect.powi(2);
        let engine = game.solve_numerically(&structure).unwrap();
        close(engine[KarrayZaccour::RATE], 1.0 / 3.0, tolerance, "engine");
    }
}

/// At θ² ≥ 4/3 the leader wants ever more support: no equilibrium. The engine fails, or says where it stopped.
#[test]
fn strong_advertising_has_no_equilibrium_with_support() {
    let numbers = Raju { market_size: 10.0, cross_price_effect: 2.0, advertising_effect: 1.2 };
    let game = KarrayZaccour::new(numbers).unwrap();
    let structure = KarrayZaccour::structure("no_store_brand_coop").unwrap();
    match game.solve(&structure) {
        Err(SolveError::NoEquilibrium { gain, .. }) => assert!(gain > 0.0),
        other => panic!("{other:?}"),
    }
    if let Ok(stopped) = game.solve_numerically(&structure) {
        assert_eq!(stopped.report().caveats[0].quantity, "distance from the highest rate");
        let highest = 1.0 - 1.44 / 2.0;
        assert!((highest - stopped[KarrayZaccour::RATE]).abs() < 1e-6);
    }
    assert!(game.solve(&KarrayZaccour::structure("no_store_brand").unwrap()).is_ok());
}

/// Brands so alike that the retailer's prices move together: searches that change one price at a time are slow to find
/// the reply, and must not take a leader's deviation for a gain. The equilibrium by exact replies, computed by others.
#[test]
fn brands_nearly_alike_are_not_refuted() {
    let game = KarrayZaccourAdditive::new(Additive {
        market_size: 5.0,
        store_brand_size: 2.0,
        cross_price_effect: 0.8,
        advertising_effect: 0.758946638440411,
    });
    let game = game.unwrap();
    let found = game.solve(&KarrayZaccourAdditive::structure("store_brand").unwrap()).unwrap();
    close(found.payoff(Channel::Manufacturer), 50.510246, 1e-8, "payoff");
    assert!(found.verify(&game).unwrap().certificate().regret < 1e-6);
}

#[test]
fn profits_that_are_not_concave_are_refused() {
    let raju = |psi, theta| {
        KarrayZaccour::new(Raju { market_size: 1.0, cross_price_effect: psi, advertising_effect: theta })
    };
    assert!(raju(0.0, 0.99).is_ok());
    assert!(matches!(raju(0.0, 1.0), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(raju(0.5, f64::NAN), Err(ParameterError::OutOfRange { .. })));
    let additive = |psi, theta| {
        KarrayZaccourAdditive::new(Additive {
            market_size: 1.0,
            store_brand_size: 1.0,
            cross_price_effect: psi,
            advertising_effect: theta,
        })
    };
    assert!(additive(0.9, 0.6).is_ok());
    assert!(matches!(additive(0.9, 0.62), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(additive(1.0, 0.1), Err(ParameterError::Inconsistent { .. })));
    assert!(matches!(additive(f64::INFINITY, 0.1), Err(ParameterError::OutOfRange { .. })));
    // Beyond rounding the brands are one and the same.
    assert!(matches!(raju(1e200, 0.1), Err(ParameterError::Inconsistent { .. })));
}

/// Any numbers: an error, or a game whose solutions are finite.
#[test]
fn hostile_parameters_karray_zaccour() {
    fn torment<M: Model + StaticGame>() -> usize {
        let hostile = [f64::NAN, f64::INFINITY, -1.0, -0.0, 0.0, 1e300, 1e-300, 5e-324, 1e18, 1e8];
        let example = M::example().values();
        let mut rejected = 0;
        for first in 0..example.len() {
            for second in 0..example.len() {
                for (value, other) in hostile.iter().flat_map(|v| hostile.iter().map(move |w| (*v, *w))) {
                    let mut values = example.clone();
                    values[second][0] = other;
                    values[first][0] = value;
                    let Ok(game) = M::from_values(&values) else {
                        rejected += 1;
                        continue;
                    };
                    for scheme in M::structures() {
                        if let Ok(solution) = game.solve(&scheme.structure) {
                            let mut all = solution.profile().iter().chain(solution.payoffs());
                            assert!(all.all(|v| v.is_finite()), "{values:?}: {solution:?}");
                        }
                        if first == second && value == other {
                            let _ = game.solve_numerically(&scheme.structure);
                        }
                    }
                }
            }
        }
        rejected
    }
    assert!(torment::<KarrayZaccour>() > 100);
    assert!(torment::<KarrayZaccourAdditive>() > 100);
}
