//! Allocations of an engine solve: as many as its structure needs, however long Newton's method takes.
//!
//! The counter is another crate's global allocator, which counts by thread; this package itself forbids `unsafe`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod common;

use std::collections::BTreeMap;

use common::Draws;
use coopad::models::{Channel, HuangLi};
use coopad::prelude::*;

/// Clearly different numbers of iterations, one number of allocations, among games whose reports hold equally many
/// entries (decisions at a bound, caveats).
#[track_caller]
fn constant<G: StaticGame>(games: &[G], structure: &Structure<G::Player>) {
    let mut counts: BTreeMap<(usize, usize), Vec<(usize, u64)>> = BTreeMap::new();
    // What is kept once a process, names and a model's formulas, is no part of a solution.
    games[0].solve_numerically(structure).unwrap();
    for game in games {
        let mut solution = None;
        let allocations = allocation_counter::measure(|| solution = game.solve_numerically(structure).ok());
        let solution = solution.unwrap();
        let report = solution.report();
        let entries = counts.entry((report.binding.len(), report.caveats.len())).or_default();
        entries.push((report.iterations, allocations.count_total));
    }
    let largest = counts.values().max_by_key(|group| group.len()).unwrap();
    let iterations = || largest.iter().map(|(iterations, _)| *iterations);
    let (least, most) = (iterations().min().unwrap(), iterations().max().unwrap());
    assert!(most >= least + 3, "{}: only {least} to {most} iterations", structure.name());
    for group in counts.values() {
        assert!(group[0].1 > 0, "the counter counts nothing");
        assert!(group.iter().all(|(_, count)| *count == group[0].1), "{}: {group:?}", structure.name());
    }
}

fn channels() -> Vec<HuangLi> {
    let mut draws = Draws(3);
    (0..60).map(|_| draws.huang_li()).collect()
}

#[test]
fn three_decisions() {
    constant(&channels(), &Structure::simultaneous());
    constant(&channels(), &Structure::leader(Channel::Manufacturer));
    constant(&channels(), &Structure::leader(Channel::Retailer));
    constant(&channels(), &Structure::cooperative());
}

/// Five decisions: `n` firms, each with a quantity and each with its own cost.
struct Five {
    cost: [f64; 5],
}

impl Game for Five {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["a", "b", "c", "d", "e"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        self.players().into_iter().map(|firm| Decision::new(firm, firm).typical(0.1)).collect()
    }
}

impl StaticGame for Five {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let total = x[0] + x[1] + x[2] + x[3] + x[4];
        for firm in 0..5 {
            out[firm] = x[firm].sqrt() * (total + 1.0).recip() - x[firm] * self.cost[firm];
        }
    }
}

#[test]
fn five_decisions() {
    let mut draws = Draws(5);
    let games: Vec<Five> =
        (0..60).map(|_| Five { cost: std::array::from_fn(|_| draws.scale(0.01, 100.0)) }).collect();
    constant(&games, &Structure::simultaneous());
    constant(&games, &Structure::leader("a"));
}
