//! The equilibrium of the moment at one state after another: what every solver in time asks for again and again.

use super::error::DynamicError;
use super::played::{Moment, Played};
use crate::dual::Dual;
use crate::error::SolveError;
use crate::formula::Formula;
use crate::level::D1;
use crate::player::Player;
use crate::row::on_stack;
use crate::scalar::Scalar;
use crate::solve::{Follower, Memory, Reaction, Turn};

/// By which way the game of the moment is solved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// By the game's formula where it has one, by the engine elsewhere.
    #[default]
    Auto,
    /// By the engine.
    Engine,
}

/// Solves the game of the moment at states and costates that follow each other closely.
pub(crate) struct Moments<'r> {
    /// How many games of the moment may be solved, and how many of them still.
    allowed: usize,
    left: usize,
    pub(crate) played: &'r Played,
    pub(crate) moment: &'r Moment,
    follower: Follower<'r>,
    /// The game's formula, where it has one and it is to be used.
    policies: Option<&'r Formula>,
    players: usize,
    states: usize,
    /// How many states and costates there are.
    given: usize,
    /// The state, the costates, the decisions.
    all: Vec<f64>,
    /// The same as numbers that move.
    moved: Vec<D1>,
    payoffs: Vec<D1>,
    direction: Vec<f64>,
    /// Room for Hamiltonians and their slopes.
    room: Vec<f64>,
}

impl<'r> Moments<'r> {
    pub(super) fn new(played: &'r Played, moment: &'r Moment, reaction: &'r Reaction, route: Route) -> Self {
        let (players, states) = (played.game.players.len(), played.states());
        let given = states * (1 + players);
        let mut all = vec![0.0; given];
        all.extend(played.game.decisions.iter().map(|decision| decision.neutral));
        let zero = D1::constant(0.0);
        Moments {
            allowed: usize::MAX,
            left: usize::MAX,
            played,
            moment,
            follower: reaction.follow(),
            policies: played.policies.as_ref().filter(|_| route == Route::Auto),
            players,
            states,
            given,
            moved: vec![zero; all.len()],
            payoffs: vec![zero; players],
            direction: vec![0.0; given],
            room: vec![0.0; players * (1 + players * states)],
            all,
        }
    }

    /// The same for so many games of the moment and no more.
    pub(crate) fn within(self, evaluations: usize) -> Self {
        Moments { allowed: evaluations, left: evaluations, ..self }
    }

    /// How many games of the moment are left.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The error of a search: that its budget is spent, where it is.
    pub(crate) fn ended(&self, error: DynamicError) -> DynamicError {
        if self.left == 0 { DynamicError::spent(self.allowed, Some(error)) } else { error }
    }

    /// What everybody decides at this state, when this is what it is worth to them.
    pub(crate) fn at(&mut self, state: &[f64], costates: &[f64]) -> Result<&[f64], DynamicError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| DynamicError::spent(self.allowed, None))?;
        let (given, x) = self.all.split_at_mut(self.given);
        given[..self.states].copy_from_slice(state);
        given[self.states..].copy_from_slice(costates);
        if let Some(policies) = self.policies {
            policies.fill(given, x);
            if x.iter().all(|decision| decision.is_finite()) {
                return Ok(x);
            }
            let player = self.played.game.players.first().map(|seat| seat.name().into_owned());
            let source = SolveError::NotFinite { player: player.unwrap_or_default(), last: x.to_vec() };
            return Err(DynamicError::Stage { state: state.to_vec(), source });
        }
        match self.follower.at(given) {
            Ok(found) => x.copy_from_slice(found),
            Err(source) => return Err(DynamicError::Stage { state: state.to_vec(), source }),
        }
        Ok(x)
    }

    /// What everybody decides where [`Moments::at`] has just been, if a coalition decides otherwise at its turn: `change`
    /// says how. Whoever moves later replies to it.
    pub(crate) fn deviate(
        &mut self,
        turn: &Turn,
        change: &mut dyn FnMut(usize, f64) -> f64,
    ) -> Result<(), DynamicError> {
        for (number, tied) in turn.decisions.iter().enumerate() {
            let Some(&first) = tied.first() else { continue };
            let to = self.bounded(first, change(number, self.decisions()[first]));
            tied.iter().for_each(|&decision| self.all[self.given + decision] = to);
        }
        let (given, x) = self.all.split_at_mut(self.given);
        let replied = self.follower.after(given, turn, x);
        replied.map_err(|source| DynamicError::Stage { state: self.all[..self.states].to_vec(), source })
    }

    /// A value of a decision, or the end of its range beyond which it lies.
    fn bounded(&self, decision: usize, value: f64) -> f64 {
        self.with_bounds(|ends| value.max(ends[2 * decision]).min(ends[2 * decision + 1]))
    }

    /// Lends the ends of all decisions' ranges, the lower end of the first one first.
    fn with_bounds<R>(&self, work: impl FnOnce(&[f64]) -> R) -> R {
        let bounds = &self.moment.game.formulas.bounds;
        on_stack(bounds.outputs(), 0.0, |ends: &mut [f64]| {
            bounds.fill(&self.all, ends);
            work(ends)
        })
    }

    /// Everybody's Hamiltonian where [`Moments::at`] has just been.
    pub(crate) fn hamiltonians(&self, out: &mut [f64]) {
        self.moment.hamiltonians().fill(&self.all, out);
    }

    /// State, costates and decisions where [`Moments::at`] has just been.
    pub(crate) fn all(&self) -> &[f64] {
        &self.all
    }

    /// What everybody decides where [`Moments::at`] has just been.
    pub(crate) fn decisions(&self) -> &[f64] {
        &self.all[self.given..]
    }

    /// How fast the state moves where [`Moments::at`] has just been.
    pub(crate) fn drift(&self, out: &mut [f64]) {
        self.moment.drift.fill(&self.all, out);
    }

    /// What everybody earns a unit of time where [`Moments::at`] has just been.
    pub(crate) fn flow(&self, out: &mut [f64]) {
        self.moment.flow.fill(&self.all, out);
    }

    /// How fast the state moves, then what everybody earns a unit of time, discounted from `time` to the start, where
    /// [`Moments::at`] has just been.
    pub(crate) fn accrue(&self, discounts: &[f64], time: f64, out: &mut [f64]) {
        let (drift, flows) = out.split_at_mut(self.states);
        self.drift(drift);
        self.flow(flows);
        for (flow, discount) in flows.iter_mut().zip(discounts) {
            *flow *= (-discount * time).exp();
        }
    }

    /// The policies by formula, if they are used.
    pub(crate) fn policies(&self) -> Option<&'r Formula> {
        self.policies
    }

    /// State, costates and decisions as numbers that move in a direction from where [`Moments::at`] has just been.
    pub(crate) fn along(&mut self, direction: &[f64]) -> Result<&[D1], DynamicError> {
        let (given, x) = self.moved.split_at_mut(self.given);
        for ((to, value), slope) in given.iter_mut().zip(&self.all).zip(direction) {
            *to = Dual { value: *value, slope: *slope };
        }
        if let Some(policies) = self.policies {
            policies.fill(given, x);
            return Ok(&self.moved);
        }
        let smooth = self.follower.along(direction).map(|all| x.copy_from_slice(&all[self.given..]));
        if smooth.is_err() {
            self.difference(direction)?;
        }
        Ok(&self.moved)
    }

    /// Where the equilibrium changes regime, its slope from one side.
    fn difference(&mut self, direction: &[f64]) -> Result<(), DynamicError> {
        let here = self.all.clone();
        let (given, x) = here.split_at(self.given);
        let size = given.iter().zip(direction).filter(|(_, d)| **d != 0.0).map(|(g, d)| g.abs() / d.abs());
        let step = 1e-6 * size.fold(1e-3, f64::max);
        let there: Vec<f64> = given.iter().zip(direction).map(|(g, d)| g + step * d).collect();
        let (state, costates) = there.split_at(self.states);
        self.at(state, costates)?;
        let moved = self.moved[self.given..].iter_mut().zip(x).zip(&self.all[self.given..]);
        moved.for_each(|((to, here), there)| *to = Dual { value: *here, slope: (there - here) / step });
        self.all = here;
        Ok(())
    }

    /// How everybody's Hamiltonian moves with each costate: a row a player, a column a costate.
    pub(crate) fn slopes(&mut self, out: &mut [f64]) -> Result<(), DynamicError> {
        if let Some(formula) = self.policies.and_then(|policies| self.moment.maximised(policies, self.states))
        {
            formula.fill(&self.all[..self.given], &mut self.room);
            out.copy_from_slice(&self.room[self.players..]);
            return Ok(());
        }
        let columns = self.players * self.states;
        let mut direction = std::mem::take(&mut self.direction);
        let mut moved = Ok(());
        for column in 0..columns {
            direction[self.states + column] = 1.0;
            moved = self.along(&direction).map(|_| ());
            direction[self.states + column] = 0.0;
            if moved.is_err() {
                break;
            }
            self.moment.hamiltonians().fill(&self.moved, &mut self.payoffs);
            for (row, payoff) in self.payoffs.iter().enumerate() {
                out[row * columns + column] = payoff.slope;
            }
        }
        self.direction = direction;
        moved
    }

    /// Remembers the last equilibrium.
    pub(crate) fn keep(&self, memory: &mut Memory) {
        if self.policies.is_none() {
            self.follower.keep(memory);
        }
    }

    /// Starts from a remembered equilibrium.
    pub(crate) fn recall(&mut self, memory: &Memory) {
        self.follower.recall(memory);
    }

    /// Each decision's name, and whether it rests at a bound.
    pub(crate) fn resting(&self) -> Vec<(String, bool)> {
        self.with_bounds(|ends| {
            let at_bound = |(x, ends): (&f64, &[f64])| *x <= ends[0] || *x >= ends[1];
            let names = self.played.game.decisions.iter().map(|decision| decision.name.clone().into_owned());
            names.zip(self.decisions().iter().zip(ends.chunks_exact(2)).map(at_bound)).collect()
        })
    }
}
