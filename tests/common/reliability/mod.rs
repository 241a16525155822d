//! Random games with answers by brute force: none of the library's own solvers, derivatives or searches has a part in them.

mod budgets;
mod capacity;
mod hill;
mod jumps;
#[path = "../splitmix.rs"]
mod splitmix;

use std::fmt::Debug;
use std::time::Instant;

use coopad::prelude::*;
use coopad::{Solution, SolveError};

pub(crate) use budgets::Budgets;
pub(crate) use capacity::Capacity;
pub(crate) use hill::Media;
pub(crate) use jumps::Jump;

type Name = &'static str;

/// A gain counts from this share of the payoff on.
const COUNTS: f64 = 1e-6;
/// What brute force itself may be wrong by, as a share of the payoff: between this and what counts a profile may pass or not.
const EXACT: f64 = 1e-9;

/// Games of one kind, and who is right in them.
pub(crate) trait Family: StaticGame<Player = Name> + Debug {
    const NAME: &'static str;
    fn draw(draw: &mut Draw) -> Self;
    fn structure(&self) -> Structure<Name>;
    /// What somebody could gain by a choice of its own, everybody after it replying with its best, as a share of what it has;
    /// the most over everybody.
    fn regret(&self, x: &[f64]) -> f64;
    /// Whether it is the equilibrium that is asked for, where there are several.
    fn is_the_one(&self, _: &[f64]) -> bool {
        true
    }
    /// Profiles that are wrong in a way of their own: other branches of replies, other hills.
    fn others(&self, right: &[f64], draw: &mut Draw) -> Vec<Vec<f64>>;
}

/// A gain as a share of what there is; what may be rounding of a payoff's `terms` is none.
fn share(gain: f64, has: f64, terms: f64) -> f64 {
    if gain <= 1e-11 * terms { 0.0 } else { gain / has.abs().max((has + gain).abs()) }
}

/// The most that whoever replies or a leader could gain; the leader with the reply as it is and with the one that it prefers.
/// Where only these differ whoever replies is indifferent, and the leader would gain by a move as small as one likes, but not by
/// none: that is no answer, and no number; put forward it is neither held to be refuted nor to pass.
fn where_tied(replies: f64, [as_it_is, preferred]: [f64; 2]) -> f64 {
    if as_it_is > COUNTS && preferred.max(replies) <= COUNTS { f64::NAN } else { as_it_is.max(replies) }
}

/// What came of a number of games.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) games: usize,
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) refuted: usize,
    pub(crate) errors: Vec<(String, usize)>,
    /// What each solution, and each verification, took in microseconds.
    pub(crate) solving: Vec<f64>,
    pub(crate) verifying: Vec<f64>,
    /// Profiles put forward: that are no equilibria, those of them that passed; right ones, those of them that were refuted.
    pub(crate) bad: usize,
    pub(crate) passed: usize,
    pub(crate) good: usize,
    pub(crate) accused: usize,
    /// What went wrong, in words.
    pub(crate) notes: Vec<String>,
}

impl Tally {
    pub(crate) fn count(&mut self, error: &SolveError) {
        let text = format!("{error:?}");
        let kind: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
        match self.errors.iter_mut().find(|(name, _)| *name == kind) {
            Some((_, count)) => *count += 1,
            None => self.errors.push((kind, 1)),
        }
    }
}

#[allow(dead_code, reason = "the test has no use for times")]
pub(crate) fn median(times: &mut [f64]) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

/// Solves and verifies `games` random games, and puts forward `profiles` more of each.
pub(crate) fn survey<F: Family>(seed: u64, games: usize, profiles: usize) -> Tally {
    let (mut draw, mut tally) = (Draw(seed), Tally::default());
    for number in 0..games {
        let game = F::draw(&mut draw);
        tally.games += 1;
        let begun = Instant::now();
        let solved = game.solve(&game.structure());
        tally.solving.push(begun.elapsed().as_secs_f64() * 1e6);
        let found = match solved {
            Ok(found) => found,
            Err(error) => {
                tally.count(&error);
                tally.notes.push(format!("{number} unsolved: {error}, {game:?}"));
                continue;
            }
        };
        let x = found.profile();
        let regret = game.regret(x);
        let right = regret <= COUNTS && game.is_the_one(x);
        if right {
            tally.right += 1;
        } else {
            tally.wrong += 1;
            tally.notes.push(format!("{number} wrong by {regret:e}: {x:?}, {game:?}"));
        }
        let begun = Instant::now();
        let verified = found.clone().verify(&game);
        tally.verifying.push(begun.elapsed().as_secs_f64() * 1e6);
        if let Err(error) = verified {
            tally.refuted += 1;
            tally.notes.push(format!("{number} refuted: {error}, {x:?}, {game:?}"));
        }
        if right {
            put_forward(&game, &found, profiles, (&mut draw, &mut tally));
        }
    }
    tally
}

/// Holds profiles beside a right one against the library's evidence.
fn put_forward<F: Family>(
    game: &F,
    found: &Solution<Name>,
    profiles: usize,
    (draw, tally): (&mut Draw, &mut Tally),
) {
    let x = found.profile();
    let mut all = game.others(x, draw);
    all.truncate(profiles / 2);
    while all.len() < profiles {
        let mut at = x.to_vec();
        let decision = (draw.unit() * x.len() as f64) as usize;
        let by = draw.decades(-2.0, 3.0_f64.log10());
        let usual = found.decisions()[decision].typical.unwrap_or(1.0);
        let from = at[decision];
        at[decision] = match from {
            0.0 => by * usual,
            _ if draw.unit() < 0.5 => from * (1.0 + by),
            _ => from * (1.0 - by.min(1.0)),
        };
        let range = game.bounds(decision, &at);
        at[decision] = at[decision].clamp(range.lower, range.upper.max(range.lower));
        if at != x {
            all.push(at);
        }
    }
    for at in all {
        let regret = game.regret(&at);
        let put = game.propose(&game.structure(), at.clone()).and_then(|put| put.verify(game));
        if regret > COUNTS {
            tally.bad += 1;
            if put.is_ok() {
                tally.passed += 1;
                tally.notes.push(format!(
                    "passed, though {regret:e} is to be gained: {at:?} beside {x:?}, {game:?}"
                ));
            }
        } else if regret < EXACT {
            tally.good += 1;
            if let Err(error) = put {
                tally.accused += 1;
                tally.notes.push(format!("accused, though right ({regret:e}): {error}, {at:?}, {game:?}"));
            }
        }
    }
}

/// Draws of SplitMix64.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn unit(&mut self) -> f64 {
        (splitmix::next(&mut self.0) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Ten to a power between these.
    pub(crate) fn decades(&mut self, low: f64, high: f64) -> f64 {
        10_f64.powf(self.between(low, high))
    }

    pub(crate) fn count(&mut self, least: usize, most: usize) -> usize {
        least + (self.unit() * (most + 1 - least) as f64) as usize
    }
}

/// The top of a hill between two places, by golden section.
fn golden([mut low, mut high]: [f64; 2], value: &mut dyn FnMut(f64) -> f64) -> [f64; 2] {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut at_a, mut at_b) = (value(a), value(b));
    for _ in 0..90 {
        if high - low <= 1e-13 * high.abs() {
            break;
        }
        if at_a < at_b {
            (low, a, at_a) = (a, b, at_b);
            b = low + RATIO * (high - low);
            at_b = value(b);
        } else {
            (high, b, at_b) = (b, a, at_a);
            a = high - RATIO * (high - low);
            at_a = value(a);
        }
    }
    if at_a > at_b { [a, at_a] } else { [b, at_b] }
}

/// The best of a function on a grid of rising points, closed in on around its three best local tops. Where the function jumps
/// between two points, `jumps` tells, both sides are looked at.
fn best_of(points: &[f64], value: &mut dyn FnMut(f64) -> f64) -> [f64; 2] {
    let values: Vec<f64> = points.iter().map(|at| value(*at)).collect();
    let last = points.len() - 1;
    let mut tops: Vec<usize> = (0..=last)
        .filter(|&k| (k == 0 || values[k] >= values[k - 1]) && (k == last || values[k] >= values[k + 1]))
        .collect();
    tops.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let mut best = [points[0], f64::NEG_INFINITY];
    for top in tops.into_iter().take(3) {
        let inside = golden([points[top.saturating_sub(1)], points[(top + 1).min(last)]], value);
        for found in [[points[top], values[top]], inside] {
            if found[1] > best[1] {
                best = found;
            }
        }
    }
    best
}
