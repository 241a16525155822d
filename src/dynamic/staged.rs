//! Feedback equilibrium in discrete stages: everybody decides at the beginning of a stage, and is held to it.

use std::sync::Arc;

use nalgebra::{DMatrix, DVector};

use super::ahead::Ahead;
use super::certificate::{Evidence, GAIN, LIFETIMES, looks};
use super::collocation::{Collocation, Frame};
use super::error::DynamicError;
use super::game::{DifferentialGame, State};
use super::moment::noise;
use super::ode::larger;
use super::recursion::{Play, Recursion};
use super::simulate::PathPoint;
use super::stage::Stage;
use super::steady::{SteadyState, eigenvalues};
use super::value::ValueFunction;
use crate::equilibrium::{Equilibrium, Report, Solution};
use crate::player::Player;
use crate::level::D1;
use crate::solve::{Follower, Memory, Reaction, Solve};
use crate::structure::Structure;

/// Most stages that evidence follows a path for, and most that a path is followed to rest.
const FOLLOWED: usize = 500;
const PATIENCE: usize = 100_000;
/// So many stages lie between two of Newton's steps towards rest.
const PACE: usize = 20;
/// A stage that moves the state by less than this share of its region leaves it where it is; if all the stages to come
/// would not move it further than this either.
const RESTS: f64 = 1e-13;
const NEAR: f64 = 1e-8;

/// A feedback equilibrium of a game in stages: a value function a player, and with it everybody's policy at the beginning
/// of every stage.
///
/// In a stage of length `h` that begins at `s`, decisions are taken once, under the structure, and held:
///
/// ```math
/// V_i(s)=h\,f_i(s,x)+e^{-\rho_ih}\,V_i(s'),\qquad s'=s+h\,g(s,x),
/// ```
///
/// with `x` the equilibrium of the static game in which every player's payoff is the right-hand side. What flows in a stage
/// counts at its beginning; as `h → 0` this is the equilibrium of [`feedback`](super::SolveOverTime::feedback). Where
/// decisions move at every instant and efforts meet in no term, it makes no difference who leads; held for a stage they
/// meet in `V(s')`, unless values are linear.
///
/// As an [`Equilibrium`] its payoffs are those from the game's initial state.
///
/// ```
/// use coopad::dynamic::SolveOverTime;
/// use coopad::dynamic::models::{Lanchester, Rival};
/// use coopad::models::Model;
/// use coopad::prelude::*;
///
/// let market = Lanchester::example();
/// let led = market.feedback_in_stages(&Structure::leader(Rival::First), 0.25)?;
/// assert!(led.verify()?.regret < 1e-6);
/// let year = led.simulate(&[0.5], 4)?;
/// assert!((year[4].time - 1.0).abs() < 1e-12);
/// # Ok::<(), coopad::dynamic::DynamicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StagedFeedback<'g, G: DifferentialGame> {
    game: &'g G,
    structure: Structure<G::Player>,
    frame: Frame<G::Player>,
    ahead: Arc<Ahead>,
    payoffs: Vec<f64>,
    report: Report,
}

impl Collocation {
    /// The feedback equilibrium when `structure` is played at the beginning of every stage of this `length`, for ever; see
    /// [`StagedFeedback`].
    ///
    /// The value functions are sought as polynomials that satisfy the Bellman system at Chebyshev points of the region,
    /// quadratic ones first, by policy iteration from what usual decisions earn: policies are valued for ever, by linear
    /// equations, and improved; where this runs in circles, by a part of the way at a time. The stage is always solved by the
    /// engine, whatever the [`route`](Self::route).
    ///
    /// # Errors
    ///
    /// A [`DynamicError`]: a length that is not a positive number, a state with noise (there is none in stages), policies
    /// that do not settle ([`NoValue`](DynamicError::NoValue)), values that polynomials do not resolve
    /// ([`NotResolved`](DynamicError::NotResolved)), no equilibrium of a stage at some state, a stage that ends outside of
    /// the region ([`LeavesRegion`](DynamicError::LeavesRegion)): it is too long, so that decisions held for it overshoot,
    /// or the region too small.
    pub fn solve_in_stages<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        length: f64,
    ) -> Result<StagedFeedback<'g, G>, DynamicError> {
        if !(length > 0.0 && length.is_finite()) {
            return Err(DynamicError::out_of_range(
                "the length of a stage",
                length,
                "a positive, finite number",
            ));
        }
        let frame = Frame::new(game, structure, &self.region)?;
        let mut stages = |ahead: &Arc<Ahead>, states: &[Vec<f64>], memories: &mut [Memory]| {
            with_follower(game, structure, ahead, |follower| {
                let each = states.iter().zip(memories).map(|(state, memory)| {
                    if !memory.is_empty() {
                        follower.revise(memory);
                    }
                    let play = play(game, ahead, follower, state)?;
                    follower.keep(memory);
                    Ok(play)
                });
                each.collect()
            })
        };
        let decisions = game.decisions();
        let usual: Vec<f64> = decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
        let flow = |state: &[f64]| {
            let mut flow = vec![0.0; frame.players.len()];
            game.flow(state, &usual, &mut flow);
            flow
        };
        let recursion = Recursion { stages: &mut stages, frame: &frame, settings: self, length, sweeps: 0 };
        let (ahead, report) = recursion.run(&flow)?;
        let initial = frame.initial();
        let payoffs = ahead.values.iter().map(|value| value.at(&initial)).collect();
        Ok(StagedFeedback { game, structure: structure.clone(), frame, ahead, payoffs, report })
    }
}

/// Makes the game of a stage ready for `work` to solve it at many states.
fn with_follower<G: DifferentialGame, R>(
    game: &G,
    structure: &Structure<G::Player>,
    ahead: &Arc<Ahead>,
    work: impl FnOnce(&mut Follower<'_>) -> Result<R, DynamicError>,
) -> Result<R, DynamicError> {
    let start: Vec<f64> = game.states().iter().map(|state| state.initial).collect();
    let stage = Stage::before(game, &start, ahead.clone())?;
    let reaction = Reaction::of(&stage, structure)?;
    work(&mut reaction.follow())
}

/// What everybody does in the stage that begins at a state.
fn play<G: DifferentialGame>(
    game: &G,
    ahead: &Ahead,
    follower: &mut Follower<'_>,
    state: &[f64],
) -> Result<Play, DynamicError> {
    if let Some(strength) = noise(game, state).into_iter().find(|strength| *strength != 0.0) {
        return Err(DynamicError::out_of_range("the noise of a state", strength, "0 in stages"));
    }
    let found = follower.at(state);
    let decisions = found.map_err(|source| DynamicError::Stage { state: state.to_vec(), source })?.to_vec();
    let (mut flows, mut drift) = (vec![0.0; ahead.values.len()], vec![0.0; state.len()]);
    game.flow(state, &decisions, &mut flows);
    game.drift(state, &decisions, &mut drift);
    let mut next = vec![0.0; state.len()];
    ahead.next(state, &drift, &mut next);
    Ok(Play { decisions, flows, next })
}

impl<'g, G: DifferentialGame> StagedFeedback<'g, G> {
    /// The game.
    pub fn game(&self) -> &'g G {
        self.game
    }

    /// The states, with the ranges on which the value functions were found.
    pub fn states(&self) -> &[State] {
        &self.frame.states
    }

    /// How long a stage lasts.
    pub fn length(&self) -> f64 {
        self.ahead.length
    }

    /// The value functions at the beginning of a stage, one a player.
    pub fn values(&self) -> &[ValueFunction] {
        &self.ahead.values
    }

    /// What a player's future is worth at a state; NaN for somebody who is not in the game, or a state of the wrong
    /// length.
    pub fn value(&self, player: G::Player, state: &[f64]) -> f64 {
        let at = self.frame.players.iter().position(|p| *p == player);
        at.and_then(|at| self.values().get(at)).map_or(f64::NAN, |value| value.at(state))
    }

    /// The game of the stage that begins at a state: a static game that can be solved, verified and differentiated. Its
    /// payoffs are `f + e^{−ρh}(V(s') − V(s))/h`, everybody's gain a unit of time; it may not end outside of the region.
    ///
    /// # Errors
    ///
    /// When the state has the wrong length, or lies outside of the region.
    pub fn stage(&self, state: &[f64]) -> Result<Stage<'g, G>, DynamicError> {
        self.frame.inside(state)?;
        Stage::before(self.game, state, self.ahead.clone())
    }

    /// What everybody decides in the stage that begins at a state. The payoffs of this solution are what everybody's
    /// position is worth a unit of time, `V(1 − e^{−ρh})/h`.
    ///
    /// # Errors
    ///
    /// As [`StagedFeedback::stage`], and [`DynamicError::Stage`] when the game cannot be solved there.
    pub fn policy(&self, state: &[f64]) -> Result<Solution<G::Player>, DynamicError> {
        let at = |source| DynamicError::Stage { state: state.to_vec(), source };
        self.stage(state)?.solve(&self.structure).map_err(at)
    }

    /// Where the stage that begins at a state ends.
    ///
    /// # Errors
    ///
    /// As [`StagedFeedback::policy`].
    pub fn next(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.frame.inside(state)?;
        self.follow(|follower| Ok(play(self.game, &self.ahead, follower, state)?.next))
    }

    /// The path from `start` through so many stages: the beginning of each, with what is decided there, and of the one
    /// after. Payoffs are discounted to the start.
    ///
    /// # Errors
    ///
    /// When the path begins or ends a stage outside of the region, and when a stage cannot be solved on it.
    pub fn simulate(&self, start: &[f64], stages: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.frame.inside(start)?;
        self.follow(|follower| {
            let (mut state, mut payoffs) = (start.to_vec(), vec![0.0; self.payoffs.len()]);
            let mut path = Vec::new();
            for stage in 0..=stages {
                self.frame.inside(&state)?;
                let Play { decisions, flows, next } = play(self.game, &self.ahead, follower, &state)?;
                let time = stage as f64 * self.length();
                let earned = flows.iter().zip(&self.frame.discounts);
                let earned = earned.map(|(flow, discount)| self.length() * flow * (-discount * time).exp());
                let later = payoffs.iter().zip(earned).map(|(payoff, more)| payoff + more).collect();
                path.push(PathPoint { time, state, decisions, flows, payoffs });
                (state, payoffs) = (next, later);
            }
            Ok(path)
        })
    }

    /// Where the path from the initial state comes to rest: followed stage by stage, with one of Newton's steps now and
    /// then where that leaves less to go. Its eigenvalues are those of a stage as growth a unit of time, `ln μ/h`.
    ///
    /// # Errors
    ///
    /// [`DynamicError::NoRest`] when the path comes to rest nowhere, at no stable point, or so slowly that the point cannot
    /// be told; [`DynamicError::LeavesRegion`] when the initial state lies outside of the region; and as
    /// [`StagedFeedback::policy`].
    pub fn steady_state(&self) -> Result<SteadyState<G::Player>, DynamicError> {
        let initial = self.frame.initial();
        self.frame.inside(&initial)?;
        let (state, slopes, residual, iterations) =
            self.follow(|follower| self.come_to_rest(follower, initial))?;
        let growth = |[re, im]: [f64; 2]| [re.hypot(im).ln() / self.length(), im.atan2(re) / self.length()];
        let mut eigenvalues: Vec<[f64; 2]> = eigenvalues(&slopes).into_iter().map(growth).collect();
        eigenvalues.sort_by(|one, other| other[0].total_cmp(&one[0]));
        let slowest = eigenvalues.first().map_or(0.0, |e| e[0]);
        // Departures shrink by the share e^{growth·h} a stage.
        if residual <= NEAR * -(slowest * self.length()).exp_m1() {
            return Ok(SteadyState { decisions: self.policy(&state)?, state, eigenvalues });
        }
        Err(DynamicError::NoRest { residual, iterations, last: state })
    }

    /// The last state of the path from `state`, how the next depends on it, how far that is as a share of the region, and
    /// how many stages the path has.
    fn come_to_rest(
        &self,
        follower: &mut Follower<'_>,
        mut state: Vec<f64>,
    ) -> Result<(Vec<f64>, DMatrix<f64>, f64, usize), DynamicError> {
        let mut stage = 0;
        loop {
            let next = play(self.game, &self.ahead, follower, &state)?.next;
            self.frame.inside(&next)?;
            let residual = self.apart(&state, &next);
            stage += 1;
            if residual <= RESTS || stage == PATIENCE {
                return Ok((state.clone(), self.departures(follower, &state)?, residual, stage));
            }
            if stage % PACE == 0 {
                let trial = self.newton(follower, &state, &next)?;
                if let Some(trial) = trial.filter(|trial| self.frame.inside(trial).is_ok()) {
                    let after = play(self.game, &self.ahead, follower, &trial)?.next;
                    if self.apart(&trial, &after) < 0.5 * residual {
                        state = trial;
                        continue;
                    }
                }
            }
            state = next;
        }
    }

    /// Searches for somebody who would gain by deviating in one stage, at states all over the region, without derivatives;
    /// and holds what paths earn from there, with the value of where they lead, against the value functions.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Refuted`] when somebody gains more than a millionth of the payoffs' size, and more than rounding
    /// can feign, or when a path does not earn what the value functions say.
    pub fn verify(&self) -> Result<Evidence<G::Player>, DynamicError> {
        let initial = self.frame.initial();
        let mut states = looks(&self.frame.states);
        states.extend(Some(initial).filter(|initial| self.frame.inside(initial).is_ok()));
        let mut evidence = Evidence {
            regret: 0.0,
            resolution: 0.0,
            evaluation: None,
            discrepancy: None,
            courses: Vec::new(),
            states: states.len(),
        };
        let slowest = self.frame.discounts.iter().copied().fold(f64::INFINITY, f64::min);
        let stages = ((LIFETIMES / (slowest * self.length())).ceil() as usize).clamp(1, FOLLOWED);
        let all = states.iter().flat_map(|state| self.values().iter().map(|value| value.at(state).abs()));
        let size = all.fold(f64::MIN_POSITIVE, f64::max);
        let mut discrepancy = 0.0_f64;
        for state in &states {
            evidence.search(&self.stage(state)?, &self.structure)?;
            let path = self.simulate(state, stages)?;
            let Some(end) = path.last() else { continue };
            let each = self.frame.players.iter().zip(&self.frame.discounts).zip(self.values());
            for (((player, discount), value), earned) in each.zip(&end.payoffs) {
                let gap = earned + (-discount * end.time).exp() * value.at(&end.state) - value.at(state);
                // A difference that is not a number is too large.
                if gap.is_nan() || gap.abs() > GAIN * size {
                    let player = player.name().into_owned();
                    return Err(DynamicError::Refuted { player, gain: gap.abs(), state: state.clone() });
                }
                discrepancy = discrepancy.max(gap.abs() / size);
            }
        }
        evidence.discrepancy = Some(discrepancy);
        Ok(evidence)
    }

    fn follow<R>(
        &self,
        work: impl FnOnce(&mut Follower<'_>) -> Result<R, DynamicError>,
    ) -> Result<R, DynamicError> {
        with_follower(self.game, &self.structure, &self.ahead, work)
    }

    /// How far two states are apart, as a share of the region.
    fn apart(&self, one: &[f64], other: &[f64]) -> f64 {
        let each = self.frame.states.iter().zip(one.iter().zip(other));
        each.fold(0.0, |most, (range, (a, b))| larger(most, (a - b) / (range.upper - range.lower)))
    }

    /// How the end of the stage just played moves with its beginning.
    fn departures(
        &self,
        follower: &mut Follower<'_>,
        state: &[f64],
    ) -> Result<DMatrix<f64>, DynamicError> {
        let states = state.len();
        let mut slopes = DMatrix::zeros(states, states);
        let mut drift = vec![D1::variable(0.0); states];
        let mut next = drift.clone();
        for column in 0..states {
            let mut direction = vec![0.0; states];
            direction[column] = 1.0;
            let moved = follower.along(&direction);
            let moved = moved.map_err(|source| DynamicError::Stage { state: state.to_vec(), source })?;
            let (given, x) = moved.split_at(states);
            self.game.drift(given, x, &mut drift);
            self.ahead.next(given, &drift, &mut next);
            next.iter().enumerate().for_each(|(row, next)| slopes[(row, column)] = next.slope);
        }
        Ok(slopes)
    }

    /// One step of Newton's method from the stage just played, which ends at `next`; none where it has no direction.
    fn newton(
        &self,
        follower: &mut Follower<'_>,
        state: &[f64],
        next: &[f64],
    ) -> Result<Option<Vec<f64>>, DynamicError> {
        let states = state.len();
        let left = DMatrix::identity(states, states) - self.departures(follower, state)?;
        let moved = DVector::from_iterator(states, next.iter().zip(state).map(|(next, s)| next - s));
        Ok(left.lu().solve(&moved).map(|step| state.iter().zip(&step).map(|(s, step)| s + step).collect()))
    }
}

impl<G: DifferentialGame> Equilibrium for StagedFeedback<'_, G> {
    type Player = G::Player;

    fn structure(&self) -> &Structure<G::Player> {
        &self.structure
    }
    fn players(&self) -> &[G::Player] {
        &self.frame.players
    }
    fn payoffs(&self) -> &[f64] {
        &self.payoffs
    }
    fn report(&self) -> &Report {
        &self.report
    }
}
