//! Equilibria of games in stages, in numbers: how they are found, played, followed to rest and verified.

use std::sync::{Arc, OnceLock};

use nalgebra::{DMatrix, DVector};

use super::ahead::Ahead;
use super::certificate::{Evidence, LIFETIMES, gap, looks};
use super::collocation::Collocation;
use super::error::DynamicError;
use super::frame::Frame;
use super::ode::larger;
use super::played::{Played, searched, solved};
use super::recursion::{Play, Recursion};
use super::simulate::PathPoint;
use super::steady::{Rest, eigenvalues};
use super::value::ValueFunction;
use crate::equilibrium::Report;
use crate::level::D1;
use crate::recorded::{RecordError, Recorded};
use crate::solve::{Follower, Found, Memory, Reaction};

/// Most stages that evidence follows a path for, and most that a path is followed to rest.
const FOLLOWED: usize = 500;
const PATIENCE: usize = 100_000;
/// So many stages lie between two of Newton's steps towards rest.
const PACE: usize = 20;
/// A stage that moves the state by less than this share of its region leaves it where it is; if all the stages to come
/// would not move it further than this either.
const RESTS: f64 = 1e-13;
const NEAR: f64 = 1e-8;

/// What a [`StagedFeedback`](super::StagedFeedback) is in numbers.
#[derive(Clone, Debug)]
pub(super) struct Staged {
    played: Arc<Played>,
    pub(super) frame: Frame,
    pub(super) ahead: Arc<Ahead>,
    pub(super) payoffs: Vec<f64>,
    pub(super) report: Report,
    games: Arc<Games>,
}

/// The game of a stage, each made when it is first asked for.
#[derive(Debug, Default)]
struct Games {
    /// Among stages that end within the region: what is solved and verified at a state.
    limited: OnceLock<Result<Recorded, RecordError>>,
    /// Among all stages, to be played at one state after another.
    free: OnceLock<Result<Reaction, RecordError>>,
}

/// The game of a stage with this ahead, ready to be played.
fn prepared(played: &Played, ahead: &Ahead) -> Result<Reaction, RecordError> {
    Reaction::new(ahead.staged(&played.game, &start(played), false)?, &played.structure)
}

fn start(played: &Played) -> Vec<f64> {
    played.lasting.states.iter().map(|state| state.initial).collect()
}

/// What everybody does in the stage that begins at a state.
fn play(
    played: &Played,
    ahead: &Ahead,
    follower: &mut Follower<'_>,
    state: &[f64],
) -> Result<Play, DynamicError> {
    if let Some(strength) = played.noise(state).into_iter().find(|strength| *strength != 0.0) {
        return Err(DynamicError::out_of_range("the noise of a state", strength, "0 in stages"));
    }
    let found = follower.at(state);
    let decisions = found.map_err(|source| DynamicError::Stage { state: state.to_vec(), source })?.to_vec();
    let (mut flows, mut drift) = (vec![0.0; ahead.values.len()], vec![0.0; state.len()]);
    played.flow(state, &decisions, &mut flows);
    played.drift(state, &decisions, &mut drift);
    let mut next = vec![0.0; state.len()];
    ahead.next(state, &drift, &mut next);
    Ok(Play { decisions, flows, next })
}

impl Staged {
    /// See [`Collocation::solve_in_stages`].
    pub(super) fn find(
        settings: &Collocation,
        played: Arc<Played>,
        length: f64,
    ) -> Result<Self, DynamicError> {
        if !(length > 0.0 && length.is_finite()) {
            return Err(DynamicError::out_of_range(
                "the length of a stage",
                length,
                "a positive, finite number",
            ));
        }
        let frame = Frame::new(&played, &settings.region)?;
        let mut left = settings.evaluations;
        let spent = || DynamicError::spent(settings.evaluations, None);
        let mut stages = |ahead: &Arc<Ahead>, states: &[Vec<f64>], memories: &mut [Memory]| {
            let reaction = prepared(&played, ahead)?;
            let mut follower = reaction.follow();
            let each = states.iter().zip(memories).map(|(state, memory)| {
                left = left.checked_sub(1).ok_or_else(spent)?;
                if !memory.is_empty() {
                    follower.revise(memory);
                }
                let play = play(&played, ahead, &mut follower, state)?;
                follower.keep(memory);
                Ok(play)
            });
            each.collect()
        };
        let usual = played.usual(|decision| decision.neutral);
        let flow = |state: &[f64]| {
            let mut flow = vec![0.0; frame.players.len()];
            played.flow(state, &usual, &mut flow);
            flow
        };
        let recursion = Recursion { stages: &mut stages, frame: &frame, settings, length, sweeps: 0 };
        let found = recursion.run(&flow);
        let (ahead, report) = found.map_err(|error| {
            if left == 0 { DynamicError::spent(settings.evaluations, Some(error)) } else { error }
        })?;
        let initial = frame.initial();
        frame.inside(&initial)?;
        let payoffs = ahead.values.iter().map(|value| value.at(&initial)).collect();
        Ok(Staged { played, frame, ahead, payoffs, report, games: Arc::default() })
    }

    /// The game of the stage that begins at a state, which may not end outside of the region.
    pub(super) fn stage(&self, state: &[f64]) -> Result<Recorded, DynamicError> {
        self.frame.inside(state)?;
        let limited = || self.ahead.staged(&self.played.game, state, true);
        let stage = self.games.limited.get_or_init(limited).as_ref().map_err(Clone::clone)?;
        Ok(stage.at(state).map_err(RecordError::from)?)
    }

    pub(super) fn policy(&self, state: &[f64]) -> Result<Found, DynamicError> {
        let found = solved(&self.stage(state)?, &self.played, None);
        found.map_err(|source| DynamicError::Stage { state: state.to_vec(), source })
    }

    pub(super) fn next(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.frame.inside(state)?;
        Ok(self.play(&mut self.follow()?, state)?.next)
    }

    /// The game of the stage, ready to be played at one state after another.
    fn follow(&self) -> Result<Follower<'_>, DynamicError> {
        let free = self.games.free.get_or_init(|| prepared(&self.played, &self.ahead));
        Ok(free.as_ref().map_err(Clone::clone)?.follow())
    }

    fn play(&self, follower: &mut Follower<'_>, state: &[f64]) -> Result<Play, DynamicError> {
        play(&self.played, &self.ahead, follower, state)
    }

    fn length(&self) -> f64 {
        self.ahead.length
    }

    pub(super) fn simulate(&self, start: &[f64], stages: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.frame.inside(start)?;
        let follower = &mut self.follow()?;
        let (mut state, mut payoffs) = (start.to_vec(), vec![0.0; self.payoffs.len()]);
        let mut path = Vec::new();
        for stage in 0..=stages {
            self.frame.inside(&state)?;
            let Play { decisions, flows, next } = self.play(follower, &state)?;
            let time = stage as f64 * self.length();
            let earned = flows.iter().zip(&self.frame.discounts);
            let earned = earned.map(|(flow, discount)| self.length() * flow * (-discount * time).exp());
            let later = payoffs.iter().zip(earned).map(|(payoff, more)| payoff + more).collect();
            path.push(PathPoint { time, state, decisions, flows, payoffs });
            (state, payoffs) = (next, later);
        }
        Ok(path)
    }

    pub(super) fn steady_state(&self) -> Result<Rest, DynamicError> {
        let initial = self.frame.initial();
        self.frame.inside(&initial)?;
        let (state, slopes, residual, iterations) = self.come_to_rest(&mut self.follow()?, initial)?;
        let growth = |[re, im]: [f64; 2]| [re.hypot(im).ln() / self.length(), im.atan2(re) / self.length()];
        let mut eigenvalues: Vec<[f64; 2]> = eigenvalues(&slopes).into_iter().map(growth).collect();
        eigenvalues.sort_by(|one, other| other[0].total_cmp(&one[0]));
        let slowest = eigenvalues.first().map_or(0.0, |e| e[0]);
        // Departures shrink by the share e^{growth·h} a stage.
        if residual <= NEAR * -(slowest * self.length()).exp_m1() {
            return Ok(Rest { found: self.policy(&state)?, state, eigenvalues });
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
            let next = self.play(follower, &state)?.next;
            self.frame.inside(&next)?;
            let residual = self.apart(&state, &next);
            stage += 1;
            if residual <= RESTS || stage == PATIENCE {
                return Ok((state.clone(), self.departures(follower, &state)?, residual, stage));
            }
            if stage % PACE == 0 {
                let trial = self.newton(follower, &state, &next)?;
                if let Some(trial) = trial.filter(|trial| self.frame.inside(trial).is_ok()) {
                    let after = self.play(follower, &trial)?.next;
                    if self.apart(&trial, &after) < 0.5 * residual {
                        state = trial;
                        continue;
                    }
                }
            }
            state = next;
        }
    }

    pub(super) fn verify(&self) -> Result<Evidence<usize>, DynamicError> {
        let initial = self.frame.initial();
        let mut states = looks(&self.frame.states);
        states.extend(Some(initial).filter(|initial| self.frame.inside(initial).is_ok()));
        let mut evidence = Evidence::none(states.len());
        let slowest = self.frame.slowest();
        let stages = ((LIFETIMES / (slowest * self.length())).ceil() as usize).clamp(1, FOLLOWED);
        let mut discrepancy = 0.0_f64;
        for state in &states {
            evidence.add(&searched(&self.stage(state)?, &self.played, None, state)?);
            let path = self.simulate(state, stages)?;
            let Some(end) = path.last() else { continue };
            let all = end.payoffs.iter().zip(&self.frame.discounts).zip(&self.ahead.values);
            let worth = |((earned, discount), value): ((&f64, &f64), &ValueFunction)| {
                earned + (-discount * end.time).exp() * value.at(&end.state)
            };
            let worths: Vec<f64> = all.map(worth).collect();
            discrepancy = discrepancy.max(gap(&self.frame, &self.ahead.values, state, &worths)?);
        }
        evidence.discrepancy = Some(discrepancy);
        Ok(evidence)
    }

    /// How far two states are apart, as a share of the region.
    fn apart(&self, one: &[f64], other: &[f64]) -> f64 {
        let each = self.frame.states.iter().zip(one.iter().zip(other));
        each.fold(0.0, |most, (range, (a, b))| larger(most, (a - b) / (range.upper - range.lower)))
    }

    /// How the end of the stage just played moves with its beginning.
    fn departures(&self, follower: &mut Follower<'_>, state: &[f64]) -> Result<DMatrix<f64>, DynamicError> {
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
            self.played.drift(given, x, &mut drift);
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
