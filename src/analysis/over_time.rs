//! Feedback equilibria of one game over time side by side, state by state.

use serde::Serialize;

use super::compare::{Change, ComparisonError, DEFAULT_TOLERANCE, Entry, Pareto, entries};
use crate::dynamic::{DifferentialGame, Feedback, MarkovPerfect, Rest};
use crate::equilibrium::Solution;
use crate::recorded::Seat;
use crate::solve::Found;

/// The most states of which all combinations are looked at.
const MOST_STATES: usize = 6;

/// Two feedback equilibria of one game: who gains by moving from one to the other, at which states.
///
/// Over time a gain depends on where the game stands. Player `$i$` gains `$\Delta_i(s)=V_i(s)-V_i^0(s)$` if the structure
/// changes while the state is `$s$`; what that creates, and who appropriates it, is as in a
/// [`Comparison`](super::Comparison), from the values at that state.
///
/// ```
/// use coopad::analysis::{ComparisonOverTime, Pareto};
/// use coopad::dynamic::SolveOverTime;
/// use coopad::dynamic::models::ChannelPricing;
/// use coopad::models::{Channel, Model};
/// use coopad::prelude::*;
///
/// let channel = ChannelPricing::example();
/// let alone = channel.feedback(&ChannelPricing::no_support())?;
/// let led = channel.feedback(&Structure::leader(Channel::Manufacturer))?;
///
/// let comparison = ComparisonOverTime::new(&alone, &led)?;
/// // Support is an improvement for both today, and wherever goodwill may stand.
/// assert_eq!(comparison.landmarks[0].change.pareto, Pareto::Strict);
/// assert_eq!(comparison.region.share(), 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComparisonOverTime {
    /// The name of the baseline's structure.
    pub baseline: String,
    /// The name of the other structure.
    pub structure: String,
    /// The changes at states that matter: the initial one first, then where either equilibrium rests, then the centre and
    /// the corners of the region; of more than six states, the lowest and the highest corner only.
    pub landmarks: Vec<Landmark>,
    /// What changes in the long run; `None` unless both equilibria have a stable steady state.
    pub at_rest: Option<AtRest>,
    /// Where everybody gains.
    pub region: Region,
}

/// What changes at one state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Landmark {
    /// Which state it is.
    pub place: Place,
    /// The state.
    pub state: Vec<f64>,
    /// What changes there; payoffs are the values from there on. Decisions are left out where the game of the moment has
    /// no solution, as it may at the very edge of a region.
    pub change: Change,
}

/// Why a state matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// Where the game starts.
    Initial,
    /// Where the baseline rests: its first stable steady state.
    BaselineAtRest,
    /// Where the other equilibrium rests.
    AtRest,
    /// The middle of the region.
    Centre,
    /// A corner of the region.
    Corner,
}

impl Place {
    /// The name used in files: `initial`, `baseline_at_rest`, `at_rest`, `centre`, `corner`.
    pub fn name(self) -> &'static str {
        match self {
            Place::Initial => "initial",
            Place::BaselineAtRest => "baseline_at_rest",
            Place::AtRest => "at_rest",
            Place::Centre => "centre",
            Place::Corner => "corner",
        }
    }
}

/// What changes in the long run: from the state at which the baseline rests to the one at which the other rests.
///
/// This is not the change at one state. A cooperative retail price, say, lies below the led one at every state, but can
/// rest above it, since cooperation builds more goodwill.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AtRest {
    /// Where the baseline rests.
    pub from: Vec<f64>,
    /// Where the other rests.
    pub to: Vec<f64>,
    /// The change of every decision from there to here.
    pub decisions: Vec<Entry>,
}

/// Where in a region everybody gains, on a grid of states; of more than six states, on lines: the region's diagonal, and
/// one along each state with the others in the middle of their ranges.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Region {
    /// The lower and the upper end of each state.
    pub ends: Vec<[f64; 2]>,
    /// How many states were looked at.
    pub states: usize,
    /// At how many of them value is created, so that everybody could gain if it were shared.
    pub creating: usize,
    /// Those at which everybody gains.
    pub everybody_gains: Vec<Vec<f64>>,
    /// Each player's smallest gain over the grid.
    pub least_gains: Vec<Entry>,
}

impl Region {
    /// The share of the grid's states at which everybody gains.
    pub fn share(&self) -> f64 {
        self.everybody_gains.len() as f64 / self.states as f64
    }
}

impl ComparisonOverTime {
    /// The points of the grid along each state, unless [told otherwise](ComparisonOverTime::on_grid).
    pub const POINTS: usize = 5;
    /// The most points along each state.
    pub const MOST_POINTS: usize = 25;

    /// `other` against `baseline`, changes within the [`DEFAULT_TOLERANCE`] counting as none, over the region on which
    /// both are known.
    ///
    /// # Errors
    ///
    /// [`ComparisonError::OtherGame`] when they belong to games with other players, decisions or states, or share no
    /// region; [`ComparisonError::OverTime`] when a steady state was found at which the game of the moment has no
    /// solution.
    pub fn new<G: DifferentialGame>(
        baseline: &Feedback<'_, G>,
        other: &Feedback<'_, G>,
    ) -> Result<Self, ComparisonError> {
        Self::on_grid(Self::POINTS, baseline, other)
    }

    /// The same, with the region seen on a grid (or, with more than six states, on lines) of so many points along each
    /// state, ends included: between 2 and [`MOST_POINTS`](Self::MOST_POINTS).
    ///
    /// # Errors
    ///
    /// As [`ComparisonOverTime::new`].
    pub fn on_grid<G: DifferentialGame>(
        points: usize,
        baseline: &Feedback<'_, G>,
        other: &Feedback<'_, G>,
    ) -> Result<Self, ComparisonError> {
        Self::between(points, &baseline.found, &other.found)
    }

    fn between(points: usize, baseline: &MarkovPerfect, other: &MarkovPerfect) -> Result<Self, ComparisonError> {
        let ends = common_region(baseline, other)?;
        let (from, to) = (resting_point(baseline)?, resting_point(other)?);
        let mut places = vec![(Place::Initial, baseline.frame.initial())];
        places.extend(from.iter().map(|rest| (Place::BaselineAtRest, rest.state.clone())));
        places.extend(to.iter().map(|rest| (Place::AtRest, rest.state.clone())));
        places.push((Place::Centre, ends.iter().map(|[lower, upper]| 0.5 * (lower + upper)).collect()));
        places.extend(corners(&ends).into_iter().map(|corner| (Place::Corner, corner)));
        let landmark = |(place, state): (Place, Vec<f64>)| {
            let change = change_at(baseline, other, &state)?;
            Ok(Landmark { place, state, change })
        };
        Ok(ComparisonOverTime {
            baseline: baseline.played.structure.name().to_owned(),
            structure: other.played.structure.name().to_owned(),
            landmarks: places.into_iter().map(landmark).collect::<Result<_, ComparisonError>>()?,
            at_rest: from.zip(to).map(|(from, to)| AtRest::between(other, &from, &to)),
            region: Region::on(ends, points.clamp(2, Self::MOST_POINTS), baseline, other)?,
        })
    }
}

impl Change {
    /// What changes between two feedback equilibria of one game at a state; payoffs are the values from there on.
    /// Decisions are left out where the game of the moment has no solution.
    ///
    /// # Errors
    ///
    /// [`ComparisonError::OtherGame`] when they belong to games with other players or decisions.
    pub fn at_state<G: DifferentialGame>(
        baseline: &Feedback<'_, G>,
        other: &Feedback<'_, G>,
        state: &[f64],
    ) -> Result<Self, ComparisonError> {
        change_at(&baseline.found, &other.found, state)
    }
}

/// See [`Change::at_state`].
fn change_at(
    baseline: &MarkovPerfect,
    other: &MarkovPerfect,
    state: &[f64],
) -> Result<Change, ComparisonError> {
    let [before, after] = [baseline, other].map(|found| valued(found, state));
    let decided = |found: &MarkovPerfect, valued: &Solution<Seat>| {
        let (policy, payoffs) = (found.policy(state).ok()?, valued.payoffs.clone());
        Some(told(found, Found { payoffs, ..policy }))
    };
    match (decided(baseline, &before), decided(other, &after)) {
        (Some(before), Some(after)) => Change::between(DEFAULT_TOLERANCE, &before, &after),
        _ => Change::between(DEFAULT_TOLERANCE, &before, &after),
    }
}

/// The values at a state as payoffs, without decisions.
fn valued(found: &MarkovPerfect, state: &[f64]) -> Solution<Seat> {
    let payoffs = found.values.iter().map(|value| value.at(state)).collect();
    let valued = told(found, Found { profile: Vec::new(), payoffs, report: found.report.clone() });
    Solution { decisions: Vec::new(), ..valued }
}

fn told(equilibrium: &MarkovPerfect, found: Found) -> Solution<Seat> {
    let played = &equilibrium.played;
    found.told(played.structure.clone(), played.game.players.to_vec(), played.game.decisions.to_vec())
}

/// The first stable steady state.
fn resting_point(found: &MarkovPerfect) -> Result<Option<Rest>, ComparisonError> {
    Ok(found.steady_states()?.into_iter().find(Rest::is_stable))
}

/// Where both equilibria are known.
fn common_region(baseline: &MarkovPerfect, other: &MarkovPerfect) -> Result<Vec<[f64; 2]>, ComparisonError> {
    let (first, second) = (&baseline.frame.states, &other.frame.states);
    let both = || first.iter().zip(second);
    let ends: Vec<[f64; 2]> = both().map(|(a, b)| [a.lower.max(b.lower), a.upper.min(b.upper)]).collect();
    let alike = first.len() == second.len() && both().all(|(a, b)| a.name == b.name);
    if alike && ends.iter().all(|[lower, upper]| lower < upper) {
        return Ok(ends);
    }
    Err(ComparisonError::OtherGame {
        structure: other.played.structure.name().to_owned(),
        baseline: baseline.played.structure.name().to_owned(),
    })
}

/// All corners of a region, or the lowest and the highest one.
fn corners(ends: &[[f64; 2]]) -> Vec<Vec<f64>> {
    if ends.len() > MOST_STATES { diagonal(ends, 2) } else { grid(ends, 2) }
}

/// So many evenly spread states from the lowest corner to the highest.
fn diagonal(ends: &[[f64; 2]], points: usize) -> Vec<Vec<f64>> {
    let at = |at: usize| {
        let share = at as f64 / (points - 1) as f64;
        ends.iter().map(|[lower, upper]| lower + share * (upper - lower)).collect()
    };
    (0..points).map(at).collect()
}

/// The diagonal, and lines along each state through the centre.
fn lines(ends: &[[f64; 2]], points: usize) -> Vec<Vec<f64>> {
    let centre: Vec<f64> = ends.iter().map(|[lower, upper]| 0.5 * (lower + upper)).collect();
    let diagonal = diagonal(ends, points);
    let along = |k: usize| {
        let centre = &centre;
        diagonal.iter().map(move |state| {
            let mut line = centre.clone();
            line[k] = state[k];
            line
        })
    };
    let all: Vec<Vec<f64>> = (0..ends.len()).flat_map(along).collect();
    [diagonal.clone(), all].concat()
}

/// All states with one of so many evenly spread values of each.
fn grid(ends: &[[f64; 2]], points: usize) -> Vec<Vec<f64>> {
    let mut states = vec![Vec::new()];
    for [lower, upper] in ends {
        let along = |state: Vec<f64>| {
            (0..points).map(move |at| {
                let share = at as f64 / (points - 1) as f64;
                [&state[..], &[lower + share * (upper - lower)]].concat()
            })
        };
        states = states.into_iter().flat_map(along).collect();
    }
    states
}

impl AtRest {
    fn between(equilibrium: &MarkovPerfect, from: &Rest, to: &Rest) -> Self {
        let names: Vec<_> = equilibrium.played.game.decisions.iter().map(|d| d.name.clone()).collect();
        let profiles = from.found.profile.iter().zip(&to.found.profile);
        AtRest {
            from: from.state.clone(),
            to: to.state.clone(),
            decisions: entries(&names, profiles.map(|(from, to)| to - from)),
        }
    }
}

impl Region {
    fn on(
        ends: Vec<[f64; 2]>,
        points: usize,
        baseline: &MarkovPerfect,
        other: &MarkovPerfect,
    ) -> Result<Self, ComparisonError> {
        let states = if ends.len() > MOST_STATES { lines(&ends, points) } else { grid(&ends, points) };
        let (everybody_gains, least_gains) = (Vec::new(), Vec::new());
        let mut region = Region { ends, states: states.len(), creating: 0, everybody_gains, least_gains };
        for state in states {
            let [before, after] = [baseline, other].map(|found| valued(found, &state));
            let change = Change::between(DEFAULT_TOLERANCE, &before, &after)?;
            region.creating += usize::from(change.shares.is_some());
            if change.pareto == Pareto::Strict {
                region.everybody_gains.push(state);
            }
            if region.least_gains.is_empty() {
                region.least_gains = change.payoffs;
            } else {
                let both = region.least_gains.iter_mut().zip(&change.payoffs);
                both.for_each(|(least, gain)| least.value = least.value.min(gain.value));
            }
        }
        Ok(region)
    }
}
