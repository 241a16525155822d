//! The coalition game behind a game: worths by hand, solutions of known games, and what can go wrong.
#![cfg(feature = "coalitions")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use common::{Draws, close_to_all};
use coopad::SolveError;
use coopad::analysis::{CoalitionError, CoalitionGame, MOST_PARTIES, PartitionFunction};
use coopad::models::{DualBrand, HuangLi, Model, Network, dual_brand};
use coopad::prelude::*;

fn rivals() -> Structure<coopad::models::Brands> {
    DualBrand::structure("rival_owners").unwrap()
}

/// A manufacturer that leads with a rate for each retailer and national advertising; retailers with their own sales
/// `k√a + g√A` (Zhang and Xie 2012 write the model so).
struct Retailers {
    margin: f64,
    /// Margin, effect of local and of national advertising of each.
    each: Vec<[f64; 3]>,
}

impl Retailers {
    fn base(&self) -> Structure<Network> {
        Structure::leader(Network::Manufacturer)
    }
}

impl Game for Retailers {
    type Player = Network;
    fn players(&self) -> Vec<Network> {
        let retailers = (0..self.each.len()).map(Network::Retailer);
        [Network::Manufacturer].into_iter().chain(retailers).collect()
    }
    fn decisions(&self) -> Vec<Decision<Network>> {
        let n = self.each.len();
        let rate = |i| Decision::transfer(format!("rate_{i}"), Network::Manufacturer, Network::Retailer(i));
        let local = |i| Decision::new(format!("local_{i}"), Network::Retailer(i)).typical(1.0);
        let national = Decision::new("national", Network::Manufacturer).typical(1.0);
        (0..n).map(rate).chain((0..n).map(local)).chain([national]).collect()
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < self.each.len() { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl StaticGame for Retailers {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let n = self.each.len();
        out[0] = -x[2 * n];
        for (i, [margin, local, national]) in self.each.iter().copied().enumerate() {
            let (rate, spend) = (x[i], x[n + i]);
            let sales = spend.sqrt() * local + x[2 * n].sqrt() * national;
            out[0] = out[0] + sales * self.margin - rate * spend;
            out[1 + i] = sales * margin - spend + rate * spend;
        }
    }
}

/// Each earns by its own spend alone, and a little by everybody else's.
struct Neighbours {
    strength: Vec<f64>,
    spill: f64,
}

impl Game for Neighbours {
    type Player = Network;
    fn players(&self) -> Vec<Network> {
        (0..self.strength.len()).map(Network::Retailer).collect()
    }
    fn decisions(&self) -> Vec<Decision<Network>> {
        let spend =
            |player: Network| Decision::new(format!("spend of {}", player.name()), player).typical(1.0);
        self.players().into_iter().map(spend).collect()
    }
}

impl StaticGame for Neighbours {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let all = x.iter().fold(T::constant(0.0), |sum, spend| sum + spend.sqrt());
        for (i, strength) in self.strength.iter().enumerate() {
            out[i] = x[i].sqrt() * (strength - self.spill) + all * self.spill - x[i];
        }
    }
}

fn neighbours(strength: &[f64], spill: f64) -> Neighbours {
    Neighbours { strength: strength.to_vec(), spill }
}

// ---- Worths ------------------------------------------------------------------------------------------------------

/// Two rival makers and a retailer, every equilibrium by hand.
#[test]
fn dual_brand_by_hand() {
    let game = DualBrand::example();
    let dual_brand::Parameters {
        base_sales: alpha,
        stimulating_effect: beta,
        competition_effect: gamma,
        manufacturer_margin: maker,
        retailer_margin: retailer,
        ..
    } = game.numbers().clone();
    // Roots of spends and rates, to payoffs of both makers and the retailer.
    let payoffs = |root: [f64; 2], rate: [f64; 2]| {
        let sales = |i: usize, j: usize| alpha[i] + beta[i] * root[i] - gamma[j] * root[j];
        let sales = [sales(0, 1), sales(1, 0)];
        let paid = [rate[0] * root[0] * root[0], rate[1] * root[1] * root[1]];
        let make = |i: usize| maker[i] * sales[i] - paid[i];
        let sell = |i: usize| retailer[i] * sales[i] - root[i] * root[i] + paid[i];
        [make(0), make(1), sell(0) + sell(1)]
    };
    // What a supporter with return m and a spender with return r make of it: root and rate.
    let supported = |m: f64, r: f64| {
        if 2.0 * m > r { ((2.0 * m + r) / 4.0, (2.0 * m - r) / (2.0 * m + r)) } else { (r / 2.0, 0.0) }
    };
    let own = |i: usize| beta[i] * retailer[i] - gamma[i] * retailer[1 - i];
    let both = |m: [f64; 2]| {
        let [(first, t1), (second, t2)] = [supported(m[0], own(0)), supported(m[1], own(1))];
        payoffs([first, second], [t1, t2])
    };
    let apart = both([beta[0] * maker[0], beta[1] * maker[1]]);
    let owner = both([0, 1].map(|i: usize| beta[i] * maker[i] - gamma[i] * maker[1 - i]));
    // Maker i joins the retailer: it pays for its brand together with it, the other maker supports its own.
    let joined = |i: usize| {
        let j = 1 - i;
        let mine = (beta[i] * (maker[i] + retailer[i]) - gamma[i] * retailer[j]) / 2.0;
        let (theirs, rate) =
            supported(beta[j] * maker[j], beta[j] * retailer[j] - gamma[j] * (maker[i] + retailer[i]));
        let (mut root, mut rates) = ([0.0; 2], [0.0; 2]);
        (root[i], root[j], rates[j]) = (mine, theirs, rate);
        payoffs(root, rates)
    };
    let together = {
        let margin = [maker[0] + retailer[0], maker[1] + retailer[1]];
        payoffs([0, 1].map(|i: usize| (beta[i] * margin[i] - gamma[i] * margin[1 - i]) / 2.0), [0.0; 2])
    };
    let (first, second) = (joined(0), joined(1));
    let worths = [
        apart[0],
        apart[1],
        owner[0] + owner[1],
        apart[2],
        first[0] + first[2],
        second[1] + second[2],
        together.iter().sum(),
    ];

    let found = CoalitionGame::new(&game, &rivals()).unwrap();
    // A maker that joins the retailer hurts the other: the parts then have more than the whole can replace.
    assert!(first[1] < apart[1] && worths[5 - 1] + worths[1] > worths[6]);
    assert!(!found.is_superadditive() && found.core_is_empty().unwrap());
    let by_hand = CoalitionGame::from_worths(found.parties().to_vec(), &worths).unwrap();
    for (members, worth) in found.worths() {
        close_to_all(&[worth], &[by_hand.worth(&members).unwrap()], 1e-10);
    }
    close_to_all(&found.shapley(), &by_hand.shapley(), 1e-9);
    close_to_all(&found.nucleolus().unwrap().payoffs, &by_hand.nucleolus().unwrap().payoffs, 1e-9);

    // The Shapley value of three, by its definition.
    let v = |members: &[usize]| by_hand.worth(members).unwrap();
    let value = |i: usize, j: usize, k: usize| {
        (2.0 * v(&[i]) + v(&[i, j]) - v(&[j]) + v(&[i, k]) - v(&[k]) + 2.0 * (v(&[0, 1, 2]) - v(&[j, k])))
            / 6.0
    };
    close_to_all(&by_hand.shapley(), &[value(0, 1, 2), value(1, 0, 2), value(2, 0, 1)], 1e-13);

    // Partitions hold the same worths, and the externality on whoever stays outside.
    let function = PartitionFunction::new(&game, &rivals()).unwrap();
    let (all, alone) = (vec![0, 1, 2], |i: usize| vec![i]);
    close_to_all(&[function.worth(&all, std::slice::from_ref(&all)).unwrap()], &[v(&all)], 1e-12);
    for i in 0..3 {
        let (j, k) = ((i + 1) % 3, (i + 2) % 3);
        assert_eq!(function.worth(&[i], &[alone(2), alone(1), alone(0)]), found.worth(&[i]));
        assert_eq!(function.worth(&[k, j], &[vec![j, k], alone(i)]), found.worth(&[j, k]));
    }
    close_to_all(&[function.worth(&[2], &[vec![0, 1], alone(2)]).unwrap()], &[owner[2]], 1e-10);
    close_to_all(&[function.worth(&[1], &[alone(1), vec![0, 2]]).unwrap()], &[first[1]], 1e-10);
    assert_eq!(function.worth(&[1], &[vec![0, 1], alone(2)]), None);
}

/// A manufacturer and its retailers: coalitions by hand, and equal retailers get the same.
#[test]
fn manufacturer_and_retailers_by_hand() {
    let game = Retailers { margin: 3.0, each: vec![[2.0, 1.5, 0.7], [2.5, 1.0, 0.4]] };
    let found = CoalitionGame::new(&game, &game.base()).unwrap();
    let [one, two] = [game.each[0], game.each[1]];
    let m = game.margin;
    // Supported spend of one retailer: root (2m + ρ)k/4 at the rate (2m − ρ)/(2m + ρ).
    let supported = |[rho, k, _]: [f64; 3]| {
        let (root, rate) = (k * (2.0 * m + rho) / 4.0, (2.0 * m - rho) / (2.0 * m + rho));
        (m * k * root - rate * root * root, rho * k * root - (1.0 - rate) * root * root)
    };
    let national = |margins: [f64; 2]| (margins[0] * one[2] + margins[1] * two[2]) / 2.0;
    let alone = national([m, m]);
    let [(m1, r1), (m2, r2)] = [supported(one), supported(two)];
    let joint = |[rho, k, _]: [f64; 3]| (k * (m + rho) / 2.0).powi(2);
    let with = |here: [f64; 3], margins: [f64; 2], there: f64| {
        let root = national(margins);
        let earned = margins[0] * one[2] + margins[1] * two[2];
        joint(here) + earned * root - root * root + there
    };
    let expected = [
        m1 + m2 + m * (one[2] + two[2]) * alone - alone * alone,
        r1 + one[0] * one[2] * alone,
        with(one, [m + one[0], m], m2),
        r2 + two[0] * two[2] * alone,
        with(two, [m, m + two[0]], m1),
        r1 + r2 + (one[0] * one[2] + two[0] * two[2]) * alone,
        with(one, [m + one[0], m + two[0]], joint(two)),
    ];
    let by_hand = CoalitionGame::from_worths(found.parties().to_vec(), &expected).unwrap();
    for (members, worth) in by_hand.worths() {
        close_to_all(&[found.worth(&members).unwrap()], &[worth], 1e-9);
    }

    let equals = Retailers { margin: 3.0, each: vec![[2.0, 1.5, 0.7]; 3] };
    let found = CoalitionGame::new(&equals, &equals.base()).unwrap();
    let total = found.together();
    for payoffs in [found.shapley(), found.nucleolus().unwrap().payoffs] {
        close_to_all(&[payoffs.iter().sum()], &[total], 1e-12);
        close_to_all(&payoffs[2..], &[payoffs[1]; 2], 1e-9);
    }
    assert!(found.is_superadditive());
}

/// The parties are those who decide together under the base: one owner of two brands is one.
#[test]
fn an_owner_is_one_party() {
    let game = DualBrand::example();
    let base = DualBrand::structure("brand_rates").unwrap();
    let found = CoalitionGame::new(&game, &base).unwrap();
    assert_eq!(found.parties(), ["manufacturer_1 and manufacturer_2", "retailer"]);
    let payoffs = game.solve(&base).unwrap();
    close_to_all(&found.alone(), &[payoffs.payoffs()[0] + payoffs.payoffs()[1], payoffs.payoffs()[2]], 1e-12);
    close_to_all(&[found.together()], &[game.solve(&Structure::cooperative()).unwrap().total()], 1e-12);
    // Two parties: both solutions halve the gain.
    let half = (found.together() - found.alone().iter().sum::<f64>()) / 2.0;
    let expected = [found.alone()[0] + half, found.alone()[1] + half];
    close_to_all(&found.shapley(), &expected, 1e-12);
    close_to_all(&found.nucleolus().unwrap().payoffs, &expected, 1e-12);
}

/// Nobody's business touches another's: everybody gets what it has, and the core is that point.
#[test]
fn additive_game() {
    let game = neighbours(&[1.0, 2.0, 3.0, 4.0], 0.0);
    let found = CoalitionGame::new(&game, &Structure::simultaneous()).unwrap();
    let alone = [0.25, 1.0, 2.25, 4.0];
    close_to_all(&found.alone(), &alone, 1e-12);
    close_to_all(&found.shapley(), &alone, 1e-10);
    close_to_all(&found.nucleolus().unwrap().payoffs, &alone, 1e-9);
    assert!(!found.core_is_empty().unwrap() && found.in_core(&alone) && found.is_superadditive());
    assert!(!found.in_core(&[0.35, 0.9, 2.25, 4.0]));
    assert!(!found.in_core(&[0.25, 1.0, 2.25]) && !found.in_core(&[f64::NAN; 4]));
    let objection = found.objection(&[0.35, 0.9, 2.25, 4.0]).unwrap();
    assert!(objection.coalition.contains(&1) && !objection.coalition.contains(&0));
    close_to_all(&[objection.excess], &[0.1], 1e-9);
    assert_eq!(found.objection(&[1.0]), None);
}

/// Spending that helps everybody: γ lets the others go on helping, α does not.
#[test]
fn alpha_expects_the_worst() {
    let game = neighbours(&[1.0, 2.0, 1.5], 0.5);
    let base = Structure::simultaneous();
    let (gamma, alpha) =
        (CoalitionGame::new(&game, &base).unwrap(), CoalitionGame::pessimistic(&game, &base).unwrap());
    for (members, worth) in alpha.worths() {
        let help = game.spill * (members.len() - 1) as f64;
        let expected: f64 = members.iter().map(|&i| ((game.strength[i] + help) / 2.0).powi(2)).sum();
        close_to_all(&[worth], &[expected], 1e-8);
        assert!(worth <= gamma.worth(&members).unwrap() + 1e-9);
    }
    close_to_all(&[alpha.together()], &[gamma.together()], 1e-12);
    // Where the others' advertising takes sales away, the threat has no end.
    let endless = CoalitionGame::pessimistic(&DualBrand::example(), &rivals());
    assert!(matches!(endless, Err(CoalitionError::Unsolved { .. })), "{endless:?}");
    let saturating = CoalitionGame::pessimistic(&HuangLi::example(), &Structure::simultaneous());
    assert!(matches!(saturating, Err(CoalitionError::Unsolved { .. })), "{saturating:?}");
}

// ---- Solutions ---------------------------------------------------------------------------------------------------

#[test]
fn known_games() {
    let game = |worths: &[f64]| CoalitionGame::from_worths(["a", "b", "c"], worths).unwrap();
    // Two of three decide: nobody can be kept from a better offer.
    let majority = game(&[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    assert!(majority.core_is_empty().unwrap() && majority.is_superadditive());
    close_to_all(&[majority.least_excess().unwrap()], &[1.0 / 3.0], 1e-9);
    close_to_all(&majority.shapley(), &[1.0 / 3.0; 3], 1e-12);
    close_to_all(&majority.nucleolus().unwrap().payoffs, &[1.0 / 3.0; 3], 1e-12);
    // One left glove and two right ones: the core gives the left all, the Shapley value two thirds.
    let gloves = game(&[0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    close_to_all(&gloves.shapley(), &[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0], 1e-12);
    close_to_all(&gloves.nucleolus().unwrap().payoffs, &[1.0, 0.0, 0.0], 1e-9);
    assert!(!gloves.core_is_empty().unwrap() && gloves.in_core(&[1.0, 0.0, 0.0]));
    assert!(!gloves.in_core(&gloves.shapley()));
    // Ferguson's example: (8/3, 2/3, 5/3), exactly certified.
    let ferguson = game(&[-1.0, 0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    let nucleolus = ferguson.nucleolus().unwrap();
    assert!(nucleolus.certified);
    close_to_all(&nucleolus.payoffs, &[8.0 / 3.0, 2.0 / 3.0, 5.0 / 3.0], 1e-15);
    // More alone than together.
    let apart = game(&[1.0, 1.0, 2.0, 1.0, 2.0, 2.0, 2.5]);
    assert_eq!(apart.nucleolus(), Err(CoalitionError::NoImputation));
    assert!(!apart.is_superadditive() && apart.core_is_empty().unwrap());
}

/// What holds for every game: on random brands with rival makers, and on random retailers of one manufacturer.
#[test]
fn general_properties() {
    let mut draws = Draws(77);
    let mut with_core = [0; 2];
    for _ in 0..40 {
        with_core[0] += usize::from(has_core(&draws.dual_brand(), &rivals()));
        let each = (0..3).map(|_| [draws.scale(0.5, 5.0), draws.scale(0.5, 5.0), draws.between(0.0, 2.0)]);
        let game = Retailers { margin: 3.0, each: each.collect() };
        with_core[1] += usize::from(has_core(&game, &game.base()));
    }
    // Rival makers are hurt when one of them joins the retailer; retailers with their own sales are not.
    assert!(with_core[0] < 40 && with_core[1] == 40, "{with_core:?}");
}

fn has_core<G: StaticGame>(game: &G, base: &Structure<G::Player>) -> bool {
    let found = CoalitionGame::new(game, base).unwrap();
    let (total, alone) = (found.together(), found.alone());
    let slack = 1e-7 * total.abs();
    assert!(total >= alone.iter().sum::<f64>() - slack, "{found:?}");
    let (shapley, nucleolus) = (found.shapley(), found.nucleolus().unwrap());
    close_to_all(&[shapley.iter().sum()], &[total], 1e-12);
    close_to_all(&[nucleolus.payoffs.iter().sum()], &[total], 1e-12);
    assert!(nucleolus.payoffs.iter().zip(&alone).all(|(x, v)| *x >= v - slack), "{found:?}");
    // The nucleolus minimises the largest excess, so it is in the core where there is one.
    let core = !found.core_is_empty().unwrap();
    assert_eq!(core, found.in_core(&nucleolus.payoffs), "{found:?} {nucleolus:?}");
    // Deterministic.
    assert_eq!(found, CoalitionGame::new(game, base).unwrap());
    core
}

/// Ten parties whose worths are equal but for the rounding of their equilibria.
#[test]
fn ten_equal_parties() {
    let game = neighbours(&[1.0; 10], 0.1);
    let found = CoalitionGame::new(&game, &Structure::simultaneous()).unwrap();
    let each = found.together() / 10.0;
    close_to_all(&found.shapley(), &[each; 10], 1e-9);
    close_to_all(&found.nucleolus().unwrap().payoffs, &[each; 10], 1e-6);
}

// ---- Errors ------------------------------------------------------------------------------------------------------

/// Alone each of `a` and `b` stops at 2; together they gain without end.
struct Runaway;

impl Game for Runaway {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["a", "b", "c"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        self.players().into_iter().map(|p| Decision::new(p, p).typical(1.0)).collect()
    }
}
impl StaticGame for Runaway {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = x[0] + x[0] * x[1] * 1.5 - x[0].square();
        out[1] = x[1] + x[0] * x[1] * 1.5 - x[1].square();
        out[2] = x[2] - x[2].square();
    }
}

#[test]
fn a_structure_without_equilibrium_is_named() {
    let base = Structure::simultaneous();
    for error in [
        CoalitionGame::new(&Runaway, &base).unwrap_err(),
        PartitionFunction::new(&Runaway, &base).unwrap_err(),
    ] {
        match error {
            CoalitionError::Unsolved { partition, source: SolveError::Unbounded { .. } } => {
                assert!(partition == "{a, b} {c}" || partition == "{a, b, c}", "{partition}");
            }
            other => panic!("{other:?}"),
        }
    }
    // A rate that two makers share cannot be when they part.
    let tied = Structure::sequence([vec![0, 1], vec![2, 3]]).tie([0, 1]);
    let error = CoalitionGame::new(&DualBrand::example(), &tied).unwrap_err();
    assert!(matches!(error, CoalitionError::Unsolved { source: SolveError::Structure(_), .. }), "{error:?}");
}

#[test]
fn numbers_of_parties_and_worths_are_checked() {
    let many = neighbours(&[1.0; 11], 0.0);
    let base = Structure::simultaneous();
    let expected = CoalitionError::Parties { parties: 11, most: MOST_PARTIES };
    assert_eq!(CoalitionGame::new(&many, &base).unwrap_err(), expected);
    assert_eq!(CoalitionGame::pessimistic(&many, &base).unwrap_err(), expected);
    let seven = PartitionFunction::new(&neighbours(&[1.0; 7], 0.0), &base).unwrap_err();
    assert_eq!(seven, CoalitionError::Parties { parties: 7, most: 6 });
    let one = CoalitionGame::new(&DualBrand::example(), &Structure::cooperative()).unwrap_err();
    assert_eq!(one, CoalitionError::Parties { parties: 1, most: MOST_PARTIES });
    let stranger = Structure::simultaneous().coalition([Network::Manufacturer]);
    assert!(CoalitionGame::new(&neighbours(&[1.0; 2], 0.0), &stranger).is_err());

    for worths in [&[1.0, 2.0][..], &[1.0, 2.0, f64::NAN], &[1.0; 7]] {
        let error = CoalitionGame::from_worths(["a", "b"], worths).unwrap_err();
        assert!(matches!(error, CoalitionError::Worths { needed: 3, .. }), "{error:?}");
    }
    assert!(CoalitionGame::from_worths(vec![String::new(); 64], &[]).is_err());
    let game = CoalitionGame::from_worths(["a", "b"], &[1.0, 2.0, 4.0]).unwrap();
    assert_eq!((game.worth(&[]), game.worth(&[1]), game.worth(&[2])), (Some(0.0), Some(2.0), None));
    let counts: Vec<usize> = (2..=5)
        .map(|n| PartitionFunction::new(&neighbours(&vec![1.0; n], 0.0), &base).unwrap().partitions().len())
        .collect();
    assert_eq!(counts, [2, 5, 15, 52]);
}
