//! How far an answer can be trusted: random games of four families against brute force.
//!
//! `cargo bench --bench reliability` solves and verifies a hundred games of each family and puts forward ten profiles beside each
//! right answer; `COOPAD_GAMES` sets another number of games, `COOPAD_PROFILES` of profiles, `-- NAME` takes one family, and
//! `COOPAD_NOTES` prints every game that went wrong. What it counts is in docs/reliability.md.

#[path = "../tests/common/reliability/mod.rs"]
mod reliability;

use reliability::{Budgets, Capacity, Family, Jump, Media, median, survey};

fn main() {
    println!(
        "{:<24}{:>7}{:>7}{:>7}{:>9}{:>12}{:>12}{:>8}{:>8}{:>8}{:>9}  errors",
        "family",
        "games",
        "right",
        "wrong",
        "refuted",
        "solve µs",
        "verify µs",
        "bad",
        "passed",
        "good",
        "accused"
    );
    family::<Media>(1);
    family::<Jump>(2);
    family::<Capacity>(3);
    family::<Budgets>(4);
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// One line of the table.
fn family<F: Family>(seed: u64) {
    let mut names = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    if names.peek().is_some() && !names.any(|name| F::NAME.contains(&name)) {
        return;
    }
    let seed = number("COOPAD_SEED", 1972) as u64 + seed;
    let mut tally = survey::<F>(seed, number("COOPAD_GAMES", 100), number("COOPAD_PROFILES", 10));
    println!(
        "{:<24}{:>7}{:>7}{:>7}{:>9}{:>12.0}{:>12.0}{:>8}{:>8}{:>8}{:>9}  {:?}",
        F::NAME,
        tally.games,
        tally.right,
        tally.wrong,
        tally.refuted,
        median(&mut tally.solving),
        median(&mut tally.verifying),
        tally.bad,
        tally.passed,
        tally.good,
        tally.accused,
        tally.errors
    );
    if std::env::var("COOPAD_NOTES").is_ok() {
        tally.notes.iter().for_each(|note| println!("  {note}"));
    }
}
