//! Evidence for a feedback equilibrium, by routes that know nothing of collocation.

use super::basis::dot;
use super::collocation::{Grid, NODES};
use super::error::DynamicError;
use super::feedback::Feedback;
use super::frame::Frame;
use super::game::{DifferentialGame, State};
use super::markov::MarkovPerfect;
use super::moment::Route;
use super::ode::{Settings, integrate};
use super::played::searched;
use super::policy::Policies;
use super::value::ValueFunction;
use crate::equilibrium::Certificate;
use crate::player::Player;
use crate::solve::Turn;

/// States along each dimension at which moments and paths are looked at, as shares of its range.
const LOOKS: [f64; 3] = [0.15, 0.5, 0.85];
/// With more states than this they are looked at together.
const MOST_STATES: usize = 3;
/// Paths are followed for this many lifetimes of a unit of discounting.
pub(crate) const LIFETIMES: f64 = 6.0;
/// A changed course differs by this share at first.
const SHARE: f64 = 0.05;
/// A gain of this share of the values refutes.
const GAIN: f64 = 1e-6;

/// Evidence that nobody gains by deviating from a feedback equilibrium.
///
/// Four routes, none of which is the solver's: at states all over the region every coalition searches the game of the
/// moment for a better choice, without derivatives; the policies are evaluated on a grid of their own, by the linear
/// equations that the worth of given policies satisfies; paths are integrated in time and what they earn is held against
/// the value functions; and from the initial state every coalition looks for a better course of its own over time, the
/// others keeping to their policies and later movers replying: each of its decisions scaled, and each shifted for a while,
/// then all of them together by the step that these changes suggest. Where noise matters to the values, paths and courses
/// say nothing and are left out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Evidence<P> {
    /// The largest gain that a search in the game of the moment found, in payoff a unit of time.
    pub regret: f64,
    /// The gain that the search's own rounding can feign.
    pub resolution: f64,
    /// The largest difference between what the policies are worth by themselves and what the value functions say, as a
    /// share of the values; none where so many states would need too large a grid, and where states grow out of the
    /// region and its equations do not settle what the policies are worth.
    pub evaluation: Option<f64>,
    /// The largest difference between what a path earns and what the value functions say, as a share of the values; none
    /// where noise matters to them.
    pub discrepancy: Option<f64>,
    /// The best change of course of each coalition at each of its turns.
    pub courses: Vec<Course<P>>,
    /// How many states were looked at.
    pub states: usize,
}

/// The best change of course over time that a coalition found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Course<P> {
    /// Who.
    pub coalition: Vec<P>,
    /// What it gains from the initial state on; 0 when no better course was found.
    pub gain: f64,
    /// The largest loss among the courses tried: that they do matter.
    pub loss: f64,
}

impl<P> Evidence<P> {
    /// Nothing yet, of so many states.
    pub(crate) fn none(states: usize) -> Self {
        let (regret, resolution, evaluation, discrepancy, courses) = (0.0, 0.0, None, None, Vec::new());
        Evidence { regret, resolution, evaluation, discrepancy, courses, states }
    }

    /// Adds what the certificate of static games found in the game of a moment.
    pub(crate) fn add(&mut self, certificate: &Certificate<usize>) {
        self.regret = self.regret.max(certificate.regret);
        self.resolution = self.resolution.max(certificate.resolution);
    }
}

impl<G: DifferentialGame> Feedback<'_, G> {
    /// Searches for somebody who would gain by deviating, by routes independent of the solver, and returns what the
    /// searches found.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Refuted`] when somebody gains more than a millionth of its own value's size, and more than rounding
    /// can feign, or when a path does not earn what the value functions say.
    pub fn verify(&self) -> Result<Evidence<G::Player>, DynamicError> {
        Ok(self.told.evidence(self.found.verify()?))
    }
}

impl MarkovPerfect {
    fn verify(&self) -> Result<Evidence<usize>, DynamicError> {
        let mut states = looks(&self.frame.states);
        states.extend(Some(self.frame.initial()).filter(|initial| self.inside(initial).is_ok()));
        let mut evidence = Evidence::none(states.len());
        evidence.evaluation = self.evaluate(&states)?;
        for state in &states {
            let policies = self.played.policies.as_ref();
            evidence.add(&searched(&self.stage(state)?, &self.played, policies, state)?);
        }
        if states.iter().any(|state| self.noise_matters(state)) {
            return Ok(evidence);
        }
        let mut discrepancy = 0.0_f64;
        for state in &states {
            let (earned, rest) = self.earn(state, None)?;
            // What is earned within the horizon, and the value of where it ends.
            let all: Vec<f64> = earned.iter().zip(&rest).map(|(earned, rest)| earned + rest).collect();
            discrepancy = discrepancy.max(gap(&self.frame, &self.values, state, &all)?);
        }
        evidence.discrepancy = Some(discrepancy);
        let start = self.frame.initial();
        for turn in &self.played.turns()? {
            let course = self.best_course(turn, &start)?;
            let sizes = ValueFunction::sizes(&self.values, &start);
            let size: f64 = course.coalition.iter().map(|&member| sizes[member]).sum();
            if course.gain > GAIN * size {
                let names: Vec<_> =
                    course.coalition.iter().map(|&seat| self.frame.players[seat].name()).collect();
                let (player, gain) = (names.join(" and "), course.gain);
                return Err(DynamicError::Refuted { player, gain, state: start });
            }
            evidence.courses.push(course);
        }
        Ok(evidence)
    }

    /// Whether noise adds to anybody's value at a state.
    fn noise_matters(&self, state: &[f64]) -> bool {
        let noise = self.played.noise(state);
        let adds = |(value, size): (&ValueFunction, f64)| {
            let bends = value.curvatures(state);
            noise.iter().enumerate().any(|(k, noise)| (noise * bends[k][k]).abs() > 1e-12 * size)
        };
        self.values.iter().zip(ValueFunction::sizes(&self.values, state)).any(adds)
    }

    /// What the policies are worth, found as polynomials of a higher degree from the linear equations
    /// `ρV = f + g·∇V + ½Σσ²∂²V` of given policies, held against the values at these states.
    fn evaluate(&self, states: &[Vec<f64>]) -> Result<Option<f64>, DynamicError> {
        let finer = |more: usize| {
            // What a formula gives is exact at degree 2.
            let known = || self.frame.basis(vec![2; self.frame.states.len()]);
            Some(self.values.first()?.basis().cloned().unwrap_or_else(known).finer(more))
        };
        let basis = [3, 1].into_iter().filter_map(finer).find(|basis| basis.count() <= NODES);
        let Some(basis) = basis else { return Ok(None) };
        let grid = Grid::new(basis);
        let players = self.frame.players.len();
        let mut policies = Policies::new(&grid, players);
        let mut moments = self.played.moments(Route::Auto)?;
        let (mut leaves, mut drift) = (false, vec![0.0; grid.basis.states()]);
        for (at, node) in grid.nodes.iter().enumerate() {
            moments.at(node, &self.costates(node))?;
            policies.record(at, &moments);
            moments.drift(&mut drift);
            leaves |= leads_out(&grid, node, &drift);
        }
        let nothing = || vec![vec![f64::NAN; grid.nodes.len()]; players];
        let worths = policies.worths(&self.frame.discounts).unwrap_or_else(nothing);
        let mut largest = 0.0_f64;
        for state in states {
            let values = grid.basis.at(state).values;
            let all: Vec<f64> = worths.iter().map(|coefficients| dot(&values, coefficients)).collect();
            match gap(&self.frame, &self.values, state, &all) {
                Ok(gap) => largest = largest.max(gap),
                // What happens on the grid does not tell what policies are worth that lead out of it.
                Err(_) if leaves => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(largest))
    }

    /// What everybody earns from `start` on within some lifetimes of discounting, and the discounted value of where that
    /// leads, if one coalition changes its course: its decision number `n` is scaled by `1 + change[n][0]` and shifted
    /// by `change[n][1]` times a usual value, for a while.
    fn earn(
        &self,
        start: &[f64],
        course: Option<(&Turn, &[[f64; 2]])>,
    ) -> Result<(Vec<f64>, Vec<f64>), DynamicError> {
        let (states, players) = (start.len(), self.frame.players.len());
        let slowest = self.frame.slowest();
        let horizon = LIFETIMES / slowest;
        let usual = self.played.usual(|_| 1.0);
        let from = [start, &vec![0.0; players]].concat();
        let settings =
            Settings { relative: 1e-10, absolute: 1e-12, groups: &[states], ..Settings::default() };
        let mut moments = self.played.moments(Route::Auto)?;
        let slope = |time: f64, y: &[f64], out: &mut [f64]| -> Result<(), DynamicError> {
            let state = &y[..states];
            self.inside(state)?;
            moments.at(state, &self.costates(state))?;
            if let Some((turn, change)) = course {
                let fades = (-4.0 * slowest * time).exp();
                moments.deviate(turn, &mut |number, value| {
                    let [scale, shift] = change[number];
                    let typical = turn.decisions[number].first().map_or(1.0, |&decision| usual[decision]);
                    value * (1.0 + scale) + shift * typical * fades
                })?;
            }
            moments.accrue(&self.frame.discounts, time, out);
            Ok(())
        };
        let trajectory = integrate(slope, 0.0, &from, horizon, &settings);
        let trajectory = trajectory.map_err(|stopped| stopped.over_time(states))?;
        let (end, earned) = trajectory.last().split_at(states);
        let worth = |(value, discount): (&ValueFunction, &f64)| (-discount * horizon).exp() * value.at(end);
        Ok((earned.to_vec(), self.values.iter().zip(&self.frame.discounts).map(worth).collect()))
    }

    /// The best change of course that a coalition finds from `start` on.
    fn best_course(&self, turn: &Turn, start: &[f64]) -> Result<Course<usize>, DynamicError> {
        let payoff = |change: &[[f64; 2]]| -> Result<f64, DynamicError> {
            let (earned, rest) = self.earn(start, Some((turn, change)))?;
            Ok(turn.coalition.iter().map(|&member| earned[member] + rest[member]).sum())
        };
        let nothing = vec![[0.0; 2]; turn.decisions.len()];
        let usual = payoff(&nothing)?;
        let (mut gain, mut loss) = (0.0_f64, 0.0_f64);
        let mut together = nothing.clone();
        for number in 0..turn.decisions.len() {
            for kind in 0..2 {
                let mut there = [usual; 2];
                for (side, sign) in there.iter_mut().zip([1.0, -1.0]) {
                    let mut change = nothing.clone();
                    change[number][kind] = sign * SHARE;
                    // A course that leads where values are unknown, or where nobody has a reply, is none.
                    if let Ok(found) = payoff(&change) {
                        *side = found;
                        gain = gain.max(found - usual);
                        loss = loss.max(usual - found);
                    }
                }
                // The top of the parabola through the three.
                let (slope, bend) = (there[0] - there[1], there[0] + there[1] - 2.0 * usual);
                if bend < 0.0 {
                    together[number][kind] = (-0.5 * slope / bend).clamp(-1.0, 1.0) * SHARE;
                }
            }
        }
        if let Ok(found) = payoff(&together) {
            gain = gain.max(found - usual);
        }
        Ok(Course { coalition: turn.coalition.clone(), gain, loss })
    }
}

/// The largest difference of what a player's position is worth at a state from its value, as a share of this; an error when it
/// is too large.
pub(crate) fn gap(
    frame: &Frame,
    values: &[ValueFunction],
    state: &[f64],
    worths: &[f64],
) -> Result<f64, DynamicError> {
    let mut largest = 0.0_f64;
    let sizes = ValueFunction::sizes(values, state);
    for (((worth, value), size), player) in worths.iter().zip(values).zip(sizes).zip(&*frame.players) {
        let gap = (worth - value.at(state)).abs() / size;
        // A difference that is not a number is too large.
        if gap.is_nan() || gap > GAIN {
            let player = player.name().into_owned();
            return Err(DynamicError::Refuted { player, gain: gap * size, state: state.to_vec() });
        }
        largest = largest.max(gap);
    }
    Ok(largest)
}

/// States all over the region, or along its diagonal where they would be too many.
pub(crate) fn looks(ranges: &[State]) -> Vec<Vec<f64>> {
    let point = |range: &State, share: f64| range.lower + share * (range.upper - range.lower);
    if ranges.len() > MOST_STATES {
        return LOOKS.map(|share| ranges.iter().map(|range| point(range, share)).collect()).to_vec();
    }
    ranges.iter().fold(vec![Vec::new()], |looks, range| {
        let along = |look: Vec<f64>| LOOKS.map(|share| [&look[..], &[point(range, share)]].concat());
        looks.into_iter().flat_map(along).collect()
    })
}

/// Whether the state moves out of the grid at one of its outermost nodes.
fn leads_out(grid: &Grid, node: &[f64], drift: &[f64]) -> bool {
    let (Some(first), Some(last)) = (grid.nodes.first(), grid.nodes.last()) else { return false };
    let ends = node.iter().zip(first.iter().zip(last)).zip(drift);
    ends.into_iter().any(|((s, (low, high)), drift)| s == low && *drift < 0.0 || s == high && *drift > 0.0)
}
