//! Random games against brute force: nothing wrong is an answer, nothing right is refuted, nothing wrong passes.
//!
//! `benches/reliability.rs` plays more of them; docs/reliability.md says what came out.

#[path = "../common/reliability/mod.rs"]
mod families;

use families::{Budgets, Capacity, Family, Jump, Media, survey};

/// Plays some games of a family; few may end in a typed error.
fn holds<F: Family>(seed: u64, games: usize, profiles: usize) {
    let tally = survey::<F>(seed, games, profiles);
    let clean = [tally.wrong, tally.refuted, tally.passed, tally.accused] == [0; 4];
    assert!(clean && 20 * tally.right >= 19 * games, "{}:\n{}", F::NAME, tally.notes.join("\n"));
    println!(
        "{}: {} of {games} right, {} bad refuted, {} good passed",
        F::NAME,
        tally.right,
        tally.bad,
        tally.good
    );
}

#[test]
fn hill_responses() {
    holds::<Media>(1973, 40, 4);
}

#[test]
fn fixed_costs_and_tiers() {
    holds::<Jump>(11, 12, 4);
}

#[test]
fn shared_capacities() {
    holds::<Capacity>(11, 200, 6);
}

#[test]
fn budgets_over_media() {
    holds::<Budgets>(11, 20, 2);
}

#[test]
fn a_small_medium_beside_a_large_one() {
    holds::<Media>(11, 9, 0);
}
