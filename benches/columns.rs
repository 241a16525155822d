//! Closed forms on ten thousand points: recorded and run on columns, against the models' own code compiled for one point at a
//! time, from rows of numbers and from columns. One thread.

use std::hint::black_box;

use coopad::formula::{Formula, FormulaError, Term};
use coopad::models::price_and_advertising::Parameters as Priced;
use coopad::models::{Channel, HuangLi, Model, XieWei, huang_li};
use coopad::prelude::*;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const POINTS: usize = 10_000;

/// Numbers between 0 and 1, the fractional parts of multiples of an irrational one: the same in every run.
fn column(at: usize, [from, to]: [f64; 2], points: usize) -> Vec<f64> {
    let step = (at as f64 + 2.0).sqrt();
    (0..points).map(|point| from + (to - from) * (point as f64 * step).fract()).collect()
}

/// A game's closed form where the manufacturer leads, then the payoffs in it, at parameters made of the formula's inputs.
fn led<G: StaticGame<Player = Channel>>(
    game: &G,
    inputs: usize,
    parameters: impl Fn(&[Term]) -> Vec<Term>,
) -> Result<Formula, FormulaError> {
    Formula::record((0..inputs).map(|at| format!("x{at}")), |x| {
        let p = parameters(x);
        let mut all = game.closed_form_at(&p, &Structure::leader(Channel::Manufacturer)).unwrap_or_default();
        let mut payoffs = [Term::constant(0.0); 2];
        game.payoffs_at(&p, &all, &mut payoffs);
        all.extend(payoffs);
        all
    })
}

/// What one point gives by compiled code, `N` outputs from the inputs in a row.
fn compare<const I: usize, const N: usize>(
    c: &mut Criterion,
    name: &str,
    formula: Result<Formula, FormulaError>,
    columns: &[Vec<f64>],
    point: impl Fn(&[f64; I]) -> [f64; N],
) {
    let Ok(formula) = formula else { return };
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(POINTS as u64));
    let mut outputs = vec![vec![0.0; POINTS]; N];
    group.bench_function("columns", |b| {
        b.iter(|| formula.columns_into(black_box(columns), black_box(&mut outputs)));
    });
    let row = |columns: &[Vec<f64>], at: usize| -> [f64; I] {
        std::array::from_fn(|input| columns[input].get(at).copied().unwrap_or(columns[input][0]))
    };
    let mut rows: Vec<[f64; I]> = (0..POINTS).map(|at| row(columns, at)).collect();
    let mut results = vec![[0.0; N]; POINTS];
    group.bench_function("compiled, rows", |b| {
        b.iter(|| {
            for (result, row) in black_box(&mut results).iter_mut().zip(black_box(&mut rows)) {
                *result = point(row);
            }
        });
    });
    group.bench_function("compiled, columns", |b| {
        b.iter(|| {
            let (columns, outputs) = (black_box(columns), black_box(&mut outputs));
            for at in 0..POINTS {
                let result = point(&row(columns, at));
                outputs.iter_mut().zip(result).for_each(|(column, result)| column[at] = result);
            }
        });
    });
    group.finish();
}

fn columns(c: &mut Criterion) {
    let ranges = [[800.0, 1200.0], [300.0, 500.0], [0.3, 0.9], [0.2, 0.6], [5.0, 30.0], [4.0, 12.0]];
    let given: Vec<Vec<f64>> =
        ranges.into_iter().enumerate().map(|(at, range)| column(at, range, POINTS)).collect();
    compare(c, "huang_li", led(&HuangLi::example(), 6, <[Term]>::to_vec), &given, |x: &[f64; 6]| {
        let numbers = huang_li::Parameters {
            saturation: x[0],
            shortfall: x[1],
            local_exponent: x[2],
            national_exponent: x[3],
            manufacturer_margin: x[4],
            retailer_margin: x[5],
        };
        let [t, q, a] = numbers.manufacturer_leads();
        let [manufacturer, retailer] = numbers.payoffs(t, q, a);
        [t, q, a, manufacturer, retailer]
    });

    let game = XieWei::example();
    let priced = |x: &[f64; 7]| {
        let numbers = Priced {
            demand_intercept: x[0],
            demand_slope: x[1],
            production_cost: x[2],
            handling_cost: x[3],
            price_curvature: x[4],
            local_effect: x[5],
            national_effect: x[6],
        };
        let led = numbers.manufacturer_leads();
        let w = numbers.production_cost + led.manufacturer_margin;
        let price = w + numbers.handling_cost + led.retailer_margin;
        let decisions = [w, led.participation_rate, led.national_advertising, price, led.local_advertising];
        let mut payoffs = [0.0; 2];
        game.payoffs_at(x, &decisions, &mut payoffs);
        let ([w, t, national, price, a], [manufacturer, retailer]) = (decisions, payoffs);
        [w, t, national, price, a, manufacturer, retailer]
    };
    // A straight demand curve, said by a number for all points.
    let ranges = [[80.0, 120.0], [1.0, 3.0], [1.0, 8.0], [0.5, 3.0], [1.0, 1.0], [0.5, 1.5], [0.5, 1.5]];
    let size = |range: [f64; 2]| if range[0] == range[1] { 1 } else { POINTS };
    let given: Vec<Vec<f64>> =
        ranges.into_iter().enumerate().map(|(at, range)| column(at, range, size(range))).collect();
    compare(c, "xie_wei", led(&game, 7, <[Term]>::to_vec), &given, priced);

    // The same in its units, two effects alone: everything else is known when it is compiled, or recorded.
    let unit = |x: &[Term]| {
        let [zero, one] = [0.0, 1.0].map(Term::constant);
        vec![one, one, zero, zero, one, x[0], x[1]]
    };
    compare(c, "xie_wei in units", led(&game, 2, unit), &given[5..], |x: &[f64; 2]| {
        priced(&[1.0, 1.0, 0.0, 0.0, 1.0, x[0], x[1]])
    });
}

criterion_group!(benches, columns);
criterion_main!(benches);
