//! Equilibria of one game side by side.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::dynamic::DynamicError;
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::StructureError;
use crate::player::Player;
use crate::row::Row;

/// The tolerance of [`Comparison::new`]: a change of payoff below a billionth of the largest payoff is no change.
pub const DEFAULT_TOLERANCE: f64 = 1e-9;

/// Equilibria of one game, each against the same baseline.
///
/// For player `$i$` with payoff `$\pi_i^0$` in the baseline and `$\pi_i$` in another equilibrium, the gain is
/// `$\Delta_i=\pi_i-\pi_i^0$`, the value created `$\Delta$`, and the share of it that `$i$` appropriates `$s_i$`:
///
/// ```math
/// \Delta=\sum_i\Delta_i,\qquad s_i=\frac{\Delta_i}{\Delta}.
/// ```
///
/// Shares add up to 1. Somebody who gains more than is created, at the expense of others, has a share above 1, and
/// somebody who loses a negative one.
///
/// ```
/// use coopad::analysis::{Comparison, Pareto};
/// use coopad::models::{Model, PlatformAlliance, alliance};
/// use coopad::prelude::*;
///
/// let alliance = PlatformAlliance::new(alliance::ResponseMatrix::dominant_platform())?;
/// let solve = |name: &str| alliance.solve(&PlatformAlliance::structure(name).unwrap());
/// let (alone, supported) = (solve("no_support")?, solve("platform_supports")?);
///
/// let comparison = Comparison::new(&alone, &[&supported])?;
/// let change = &comparison.changes[0];
/// assert_eq!(change.pareto, Pareto::Strict);
/// // The dominant platform appropriates most of what its support creates.
/// assert!(change.share("platform").unwrap() > 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The name of the baseline's structure.
    pub baseline: String,
    /// Changes of payoff up to this share of the largest payoff, in absolute value, count as none.
    pub tolerance: f64,
    /// One entry for each other equilibrium, in the order given.
    pub changes: Vec<Change>,
}

/// What changes from the baseline to another equilibrium.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The name of the other equilibrium's structure.
    pub structure: String,
    /// The change of every decision.
    pub decisions: Vec<Entry>,
    /// The change of every player's payoff, `$\Delta_i$`.
    pub payoffs: Vec<Entry>,
    /// Who gains and who loses, by party.
    pub parties: Vec<Party>,
    /// Whether everybody is better off.
    pub pareto: Pareto,
    /// The change of the total payoff, `$\Delta$`.
    pub created: f64,
    /// Each player's share of the value created, `$s_i$`; `None` when none is created.
    pub shares: Option<Vec<Entry>>,
}

/// A number under a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Of what: a decision or a player.
    pub name: String,
    /// The number.
    pub value: f64,
}

/// Players who decide together in both equilibria, and so have one purse in both; mostly a single player.
///
/// Whether one owner of two brands gains is a question about the sum of its two accounts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Party {
    /// The names of the players.
    pub players: Vec<String>,
    /// The change of their common payoff.
    pub gain: f64,
    /// Which way it goes, beyond the tolerance.
    pub direction: Direction,
}

/// Which way a payoff changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It rises.
    Gains,
    /// It stays, within the tolerance.
    Same,
    /// It falls.
    Loses,
}

/// Whether a change makes everybody better off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pareto {
    /// Everybody gains.
    Strict,
    /// Somebody gains and nobody loses.
    Weak,
    /// Nobody's payoff changes.
    Same,
    /// Somebody loses.
    None,
}

impl Pareto {
    /// The name used in files: `strict`, `weak`, `same`, `none`.
    pub fn name(self) -> &'static str {
        match self {
            Pareto::Strict => "strict",
            Pareto::Weak => "weak",
            Pareto::Same => "same",
            Pareto::None => "none",
        }
    }
}

impl fmt::Display for Pareto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Equilibria cannot be compared.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ComparisonError {
    /// The equilibria belong to games with different players or decisions.
    #[error("'{structure}' is an equilibrium of another game than the baseline '{baseline}'")]
    OtherGame {
        /// The structure of the equilibrium that does not fit.
        structure: String,
        /// The baseline's structure.
        baseline: String,
    },
    /// A structure does not fit its own game.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// A feedback equilibrium cannot be looked at where it rests.
    #[error(transparent)]
    OverTime(#[from] DynamicError),
}

impl Comparison {
    /// Each of `others` against `baseline`, at the [`DEFAULT_TOLERANCE`].
    ///
    /// # Errors
    ///
    /// [`ComparisonError::OtherGame`] when the equilibria have different players or decisions.
    pub fn new<P: Player>(baseline: &Solution<P>, others: &[&Solution<P>]) -> Result<Self, ComparisonError> {
        Self::within(DEFAULT_TOLERANCE, baseline, others)
    }

    /// Each of `others` against `baseline`; changes of payoff up to `tolerance` times the largest payoff count as
    /// none.
    ///
    /// # Errors
    ///
    /// As [`Comparison::new`].
    pub fn within<P: Player>(
        tolerance: f64,
        baseline: &Solution<P>,
        others: &[&Solution<P>],
    ) -> Result<Self, ComparisonError> {
        let changes = others.iter().map(|other| Change::between(tolerance, baseline, other));
        Ok(Comparison {
            baseline: baseline.structure().name().to_owned(),
            tolerance,
            changes: changes.collect::<Result<_, _>>()?,
        })
    }

    /// The change to the structure of that name.
    pub fn change(&self, structure: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.structure == structure)
    }
}

impl Change {
    /// The change of one player's payoff.
    pub fn gain(&self, player: &str) -> Option<f64> {
        find(&self.payoffs, player)
    }

    /// One player's share of the value created.
    pub fn share(&self, player: &str) -> Option<f64> {
        find(self.shares.as_ref()?, player)
    }

    pub(super) fn between<P: Player>(
        tolerance: f64,
        before: &Solution<P>,
        after: &Solution<P>,
    ) -> Result<Self, ComparisonError> {
        let structure = after.structure().name().to_owned();
        let names = |of: &Solution<P>| of.decisions().iter().map(|d| d.name.clone()).collect::<Vec<_>>();
        if before.players() != after.players() || names(before) != names(after) {
            let baseline = before.structure().name().to_owned();
            return Err(ComparisonError::OtherGame { structure, baseline });
        }
        let players: Vec<String> = after.players().iter().map(|p| p.name().into_owned()).collect();
        let gains = differences(before.payoffs(), after.payoffs());
        let largest = before.payoffs().iter().chain(after.payoffs()).fold(0.0, |l: f64, p| l.max(p.abs()));
        let threshold = tolerance * largest;

        let parties: Vec<Party> = common_purses(before, after)?
            .into_iter()
            .map(|members| {
                let gain = members.iter().map(|&seat| gains[seat]).sum();
                let direction = Direction::of(gain, threshold);
                Party {
                    players: members.iter().map(|&seat| players[seat].clone()).collect(),
                    gain,
                    direction,
                }
            })
            .collect();
        let created: f64 = gains.iter().sum();
        let shares = (created > threshold && created.is_finite())
            .then(|| entries(&players, gains.iter().map(|gain| gain / created)));
        Ok(Change {
            structure,
            decisions: entries(&names(after), differences(before.profile(), after.profile())),
            payoffs: entries(&players, gains),
            pareto: verdict(&parties),
            parties,
            created,
            shares,
        })
    }
}

impl Direction {
    fn of(gain: f64, threshold: f64) -> Self {
        if gain > threshold {
            Direction::Gains
        } else if gain < -threshold {
            Direction::Loses
        } else {
            Direction::Same
        }
    }
}

/// Players, by seat, who are in one coalition before and after.
fn common_purses<P: Player>(
    before: &Solution<P>,
    after: &Solution<P>,
) -> Result<Vec<Vec<usize>>, StructureError> {
    let count = after.players().len();
    let first = homes(&before.structure().coalitions(before.players())?, count);
    let second = homes(&after.structure().coalitions(after.players())?, count);
    let mut purses: Vec<Vec<usize>> = Vec::new();
    for seat in 0..count {
        let shared =
            |purse: &&mut Vec<usize>| first[purse[0]] == first[seat] && second[purse[0]] == second[seat];
        match purses.iter_mut().find(shared) {
            Some(purse) => purse.push(seat),
            None => purses.push(vec![seat]),
        }
    }
    Ok(purses)
}

/// The coalition of each of so many seats.
fn homes(coalitions: &[Row<usize>], count: usize) -> Vec<usize> {
    let mut homes = vec![0; count];
    for (at, members) in coalitions.iter().enumerate() {
        members.iter().for_each(|&seat| homes[seat] = at);
    }
    homes
}

fn verdict(parties: &[Party]) -> Pareto {
    let any = |direction| parties.iter().any(|party| party.direction == direction);
    match (any(Direction::Gains), any(Direction::Same), any(Direction::Loses)) {
        (_, _, true) => Pareto::None,
        (true, false, false) => Pareto::Strict,
        (true, true, false) => Pareto::Weak,
        (false, _, false) => Pareto::Same,
    }
}

fn differences(before: &[f64], after: &[f64]) -> Vec<f64> {
    before.iter().zip(after).map(|(before, after)| after - before).collect()
}

pub(super) fn entries(names: &[impl ToString], values: impl IntoIterator<Item = f64>) -> Vec<Entry> {
    names.iter().zip(values).map(|(name, value)| Entry { name: name.to_string(), value }).collect()
}

fn find(entries: &[Entry], name: &str) -> Option<f64> {
    entries.iter().find(|entry| entry.name == name).map(|entry| entry.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{Decision, Game, Interval, StaticGame};
    use crate::scalar::Scalar;
    use crate::solve::Solve;
    use crate::structure::Structure;

    /// Payoffs are the decisions themselves.
    struct Plain;
    impl Game for Plain {
        type Player = &'static str;
        fn players(&self) -> Vec<&'static str> {
            vec!["a", "b", "c"]
        }
        fn decisions(&self) -> Vec<Decision<&'static str>> {
            self.players().into_iter().map(|p| Decision::new(p, p)).collect()
        }
        fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
            Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
        }
    }
    impl StaticGame for Plain {
        fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
            out.copy_from_slice(x);
        }
    }

    fn at(structure: Structure<&'static str>, payoffs: [f64; 3]) -> Solution<&'static str> {
        Plain.propose(&structure, payoffs.to_vec()).unwrap()
    }

    fn change(before: [f64; 3], after: [f64; 3]) -> Change {
        let alone = Structure::simultaneous;
        Comparison::new(&at(alone(), before), &[&at(alone(), after)]).unwrap().changes.remove(0)
    }

    #[test]
    fn verdicts() {
        let from = [1.0, 2.0, -4.0];
        assert_eq!(change(from, [2.0, 3.0, -3.0]).pareto, Pareto::Strict);
        assert_eq!(change(from, [2.0, 2.0, -4.0]).pareto, Pareto::Weak);
        assert_eq!(change(from, from).pareto, Pareto::Same);
        assert_eq!(change(from, [9.0, 9.0, -4.1]).pareto, Pareto::None);
        // Below a billionth of the largest payoff nothing has changed.
        assert_eq!(change(from, [1.0 + 1e-9, 2.0 - 1e-9, -4.0]).pareto, Pareto::Same);
        assert_eq!(change([0.0; 3], [0.0; 3]).pareto, Pareto::Same);
    }

    #[test]
    fn value_created_and_shares() {
        let gain = change([1.0, 2.0, 3.0], [4.0, 2.0, 2.0]);
        assert_eq!(gain.created, 2.0);
        assert_eq!(gain.share("a"), Some(1.5));
        assert_eq!(gain.share("b"), Some(0.0));
        assert_eq!(gain.share("c"), Some(-0.5));
        assert_eq!(gain.gain("c"), Some(-1.0));
        // Nothing created, nothing to share.
        assert_eq!(change([1.0, 2.0, 3.0], [2.0, 1.0, 3.0]).shares, None);
        assert_eq!(change([1.0, 2.0, 3.0], [1.0, 2.0, 2.0]).shares, None);
    }

    #[test]
    fn one_purse_in_both_is_one_party() {
        let owned = || Structure::simultaneous().coalition(["a", "b"]);
        let before = at(owned(), [5.0, 5.0, 5.0]);
        let after = at(owned(), [4.0, 8.0, 6.0]);
        let integrated = at(Structure::cooperative(), [4.0, 8.0, 6.0]);
        let apart = at(Structure::simultaneous(), [4.0, 8.0, 6.0]);
        let comparison = Comparison::new(&before, &[&after, &integrated, &apart]).unwrap();
        let verdicts: Vec<_> = comparison.changes.iter().map(|c| (c.pareto, c.parties.len())).collect();
        assert_eq!(verdicts, [(Pareto::Strict, 2), (Pareto::Strict, 2), (Pareto::None, 3)]);
    }
}
