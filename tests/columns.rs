//! Formulas on columns of points against the same formulas on a point at a time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::Draws;
use coopad::formula::{Formula, FormulaError, Term};
use coopad::models::*;
use coopad::models::{HuangLi, Model};
use coopad::prelude::*;

/// More than two blocks, and some points beyond.
const POINTS: usize = 300;

/// Payoffs at random parameters and decisions around the example's. They may cancel: differences are held against the
/// largest of the column.
fn payoffs<M: Model + StaticGame>() {
    let game = M::example().record().unwrap();
    let formula = game.payoff_formula();
    let mut draws = Draws(11);
    let parameters = game.arguments().into_iter().map(|(_, value)| value);
    let decisions = game.decisions().into_iter().map(|decision| decision.typical.unwrap_or(0.5));
    let centres = parameters.chain(decisions);
    let columns: Vec<Vec<f64>> =
        centres.map(|centre| (0..POINTS).map(|_| centre * draws.between(0.8, 1.25)).collect()).collect();
    let results = formula.columns(&columns).unwrap();
    let sizes: Vec<f64> =
        results.iter().map(|column| column.iter().fold(0.0, |size: f64, x| size.max(x.abs()))).collect();
    for at in 0..POINTS {
        let x: Vec<f64> = columns.iter().map(|column| column[at]).collect();
        for (output, expected) in formula.run(&x).unwrap().into_iter().enumerate() {
            let result = results[output][at];
            let near = (result - expected).abs() <= 1e-14 * sizes[output];
            let same = near || result.is_nan() && expected.is_nan();
            assert!(same, "{} output {output} at {x:?}: {result:e}, not {expected:e}", M::NAME);
        }
    }
}

#[test]
fn payoffs_of_all_models() {
    payoffs::<PlatformAlliance>();
    payoffs::<DualBrand>();
    payoffs::<HuangLi>();
    payoffs::<BergerSquareRoot>();
    payoffs::<BergerLogarithm>();
    payoffs::<BergerPercentage>();
    payoffs::<DantBerger>();
    payoffs::<Yue>();
    payoffs::<XieWei>();
    payoffs::<XieNeyret>();
    payoffs::<SzmerekovskyZhang>();
    payoffs::<SeyedEsfahani>();
    payoffs::<AustBuscher>();
    payoffs::<Kunter>();
    payoffs::<KarrayZaccour>();
    payoffs::<KarrayZaccourAdditive>();
    payoffs::<Wang>();
    payoffs::<ZhangXie>();
    payoffs::<JeulandShugan>();
    payoffs::<Weng>();
}

/// A closed form and the payoffs in it, of the parameters.
fn led<G: StaticGame<Player = Channel>>(game: &G) -> Formula {
    let names = game.arguments().into_iter().map(|(name, _)| name);
    let leader = Structure::leader(Channel::Manufacturer);
    let recorded = Formula::record(names, |p| {
        let mut all = game.closed_form_at(p, &leader).unwrap();
        let mut payoffs = [Term::constant(0.0); 2];
        game.payoffs_at(p, &all, &mut payoffs);
        all.extend(payoffs);
        all
    });
    recorded.unwrap()
}

/// Huang and Li's closed form in columns, against the model at a point.
#[test]
fn closed_forms() {
    let formula = led(&HuangLi::example());
    let mut draws = Draws(5);
    let games: Vec<HuangLi> = (0..POINTS).map(|_| draws.huang_li()).collect();
    let of = |game: &HuangLi, at: usize| game.arguments()[at].1;
    let columns: Vec<Vec<f64>> = (0..6).map(|at| games.iter().map(|game| of(game, at)).collect()).collect();
    let results = formula.columns(&columns).unwrap();
    for (at, game) in games.iter().enumerate() {
        let [t, q, a] = game.numbers().manufacturer_leads();
        let payoffs = game.numbers().payoffs(t, q, a);
        // Rates and payoffs of the size of one and of sales; spends are powers of small exponents.
        for (result, expected, size) in [
            (results[0][at], t, 1.0),
            (results[1][at], q, q),
            (results[2][at], a, a),
            (results[3][at], payoffs[0], payoffs[0].abs() + q + a),
            (results[4][at], payoffs[1], payoffs[1].abs() + a),
        ] {
            assert!((result - expected).abs() <= 1e-13 * size, "{game:?}: {result:e}, not {expected:e}");
        }
    }
}

/// A point's results are the same alone, among others, at any place, in a piece of the columns, and with numbers for all points
/// in place of columns.
#[test]
fn points_know_nothing_of_each_other() {
    let formula = led(&AustBuscher::example());
    let mut draws = Draws(3);
    let own = AustBuscher::example().arguments();
    let mut columns: Vec<Vec<f64>> =
        own.iter().map(|(_, value)| (0..POINTS).map(|_| value * draws.between(0.9, 1.1)).collect()).collect();
    columns[4].fill(own[4].1);
    let bits = |columns: Vec<Vec<f64>>| -> Vec<Vec<u64>> {
        columns.into_iter().map(|column| column.into_iter().map(f64::to_bits).collect()).collect()
    };
    let whole = bits(formula.columns(&columns).unwrap());
    for (start, length) in [(0, 1), (0, 127), (0, 128), (0, 129), (1, 256), (7, 257), (299, 1), (150, 3)] {
        let part: Vec<&[f64]> = columns.iter().map(|column| &column[start..start + length]).collect();
        for (piece, whole) in bits(formula.columns(&part).unwrap()).iter().zip(&whole) {
            assert_eq!(piece, &whole[start..start + length], "{length} points from {start}");
        }
    }
    let mut held = columns.clone();
    held[4].truncate(1);
    assert_eq!(bits(formula.columns(&held).unwrap()), whole);
}

#[test]
fn derivatives_run_on_columns() {
    let profit =
        Formula::record(["margin", "exponent", "spend"], |x| vec![x[0] * x[2].powf(x[1]) - x[2]]).unwrap();
    let slopes = profit.derivative(&[1, 2]).unwrap().derivative(&[2]).unwrap();
    let spends: Vec<f64> = (0..POINTS).map(|at| at as f64 * 0.25).collect();
    let columns = slopes.columns(&[&[3.0], &[0.6], &spends[..]]).unwrap();
    for (at, spend) in spends.iter().enumerate() {
        for (column, expected) in columns.iter().zip(slopes.run(&[3.0, 0.6, *spend]).unwrap()) {
            let (result, expected): (f64, f64) = (column[at], expected);
            let near = (result - expected).abs() <= 1e-14 * expected.abs();
            assert!(
                near || result == expected || result.is_nan() && expected.is_nan(),
                "{spend}: {result:e}, not {expected:e}"
            );
        }
    }
}

#[test]
fn columns_that_do_not_fit() {
    let formula = Formula::record(["x", "y"], |x| vec![x[0] + x[1], x[0]]).unwrap();
    let three = [1.0, 2.0, 3.0];
    assert_eq!(
        formula.columns(&[&three]).unwrap_err(),
        FormulaError::Count { what: "inputs", given: 1, needed: 2 }
    );
    assert_eq!(
        formula.columns(&[&three[..], &three[..2]]).unwrap_err(),
        FormulaError::Length { what: "input", at: 1, given: 2, points: 3 }
    );
    assert_eq!(
        formula.columns_into(&[&three, &three], &mut [[0.0; 3]]).unwrap_err(),
        FormulaError::Count { what: "outputs", given: 1, needed: 2 }
    );
    let mut uneven = [vec![0.0; 3], vec![0.0; 4]];
    assert_eq!(
        formula.columns_into(&[&three, &three], &mut uneven).unwrap_err(),
        FormulaError::Length { what: "output", at: 1, given: 4, points: 3 }
    );
    // No points, one point, numbers for all points alone.
    assert_eq!(formula.columns(&[&three[..0], &[1.0]]).unwrap(), [[0.0; 0], [0.0; 0]]);
    assert_eq!(formula.columns(&[&[2.0], &[1.0]]).unwrap(), [[3.0], [2.0]]);
    let mut outputs = [[0.0; 3]; 2];
    formula.columns_into(&[&[2.0], &[1.0]], &mut outputs).unwrap();
    assert_eq!(outputs, [[3.0; 3], [2.0; 3]]);
    // Nothing comes out of no outputs.
    let nothing = Formula::record(["x"], |_| Vec::new()).unwrap();
    assert_eq!(nothing.columns(&[&three]).unwrap(), Vec::<Vec<f64>>::new());
}
