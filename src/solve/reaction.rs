//! A static game's equilibrium as a function of the game's parameters, followed from one set of them to the next.

use super::board::Board;
use super::found::explain;
use super::induction::{Engine, Failure, Reply};
use super::plan::Plan;
use crate::error::SolveError;
use crate::level::{D1, Level};
use crate::recorded::{RecordError, Recorded, Seat};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A game made ready to be solved at many sets of its parameters, under one structure.
#[derive(Debug)]
pub(crate) struct Reaction {
    game: Recorded,
    board: Board,
    plan: Plan,
}

impl Reaction {
    pub(crate) fn new(game: Recorded, structure: &Structure<Seat>) -> Result<Self, RecordError> {
        let plan = Plan::new(&game, structure, true)?;
        let board = Board::new(&game, &plan)?.lasting();
        Ok(Reaction { game, board, plan })
    }

    /// Who decides what, stage by stage.
    pub(crate) fn turns(&self) -> Vec<Turn> {
        let plan = &self.plan;
        let mut turns: Vec<Turn> = Vec::new();
        for (stage, variables) in plan.stages.iter().enumerate().skip(1) {
            for variable in variables {
                let coalition = plan.coalitions[variable.coalition].to_vec();
                let decisions = variable.decisions().map(|d| d - plan.given).collect();
                match turns.iter_mut().find(|turn| turn.stage == stage && turn.coalition == coalition) {
                    Some(turn) => turn.decisions.push(decisions),
                    None => turns.push(Turn { stage, coalition, decisions: vec![decisions] }),
                }
            }
        }
        turns
    }

    pub(crate) fn follow(&self) -> Follower<'_> {
        let engine = Engine::new(&self.board, &self.plan);
        let x = self.plan.profile.clone();
        let moved = vec![D1::constant(0.0); x.len()];
        Follower { engine, game: &self.game, parameters: self.plan.given, x, moved }
    }
}

/// What one coalition decides in one stage.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// The stage, nature's being the first.
    pub(crate) stage: usize,
    /// The coalition's members, as positions in the game's players.
    pub(crate) coalition: Vec<usize>,
    /// Its decisions, those tied to each other in one list.
    pub(crate) decisions: Vec<Vec<usize>>,
}

/// What is remembered of an equilibrium, to start from it again.
pub(crate) type Memory = Vec<Reply>;

/// Follows an equilibrium while parameters move.
pub(crate) struct Follower<'r> {
    engine: Engine<'r>,
    game: &'r Recorded,
    parameters: usize,
    /// Parameters, then decisions.
    x: Vec<f64>,
    moved: Vec<D1>,
}

impl Follower<'_> {
    /// What everybody decides at these parameters. The search starts from the last equilibrium found.
    pub(crate) fn at(&mut self, parameters: &[f64]) -> Result<&[f64], SolveError> {
        self.x[..self.parameters].copy_from_slice(parameters);
        // Each equilibrium has a budget of its own.
        self.engine.spent = 0;
        let mut found = self.engine.reply(1, &mut self.x);
        if found.is_err() {
            // What could not be followed there may be found from nothing.
            self.engine.replies.iter_mut().for_each(|reply| reply.known = false);
            found = self.engine.reply(1, &mut self.x);
        }
        match found {
            Ok(()) => Ok(&self.x[self.parameters..]),
            Err(failure) => Err(self.say(failure)),
        }
    }

    /// Lets the stages after a turn reply to what `profile` says of all decisions up to it.
    pub(crate) fn after(
        &mut self,
        parameters: &[f64],
        turn: &Turn,
        profile: &mut [f64],
    ) -> Result<(), SolveError> {
        self.x[..self.parameters].copy_from_slice(parameters);
        self.x[self.parameters..].copy_from_slice(profile);
        self.engine.spent = 0;
        let replied = self.engine.reply(turn.stage + 1, &mut self.x);
        profile.copy_from_slice(&self.x[self.parameters..]);
        replied.map_err(|failure| self.say(failure))
    }

    /// Parameters and decisions, with their derivatives where [the last parameters](Self::at) move in a direction; the
    /// first entries are the parameters.
    pub(crate) fn along(&mut self, direction: &[f64]) -> Result<&[D1], SolveError> {
        self.moved.iter_mut().zip(&self.x).for_each(|(to, from)| *to = D1::constant(*from));
        self.moved.iter_mut().zip(direction).for_each(|(to, slope)| to.slope = *slope);
        self.engine.spent = 0;
        match self.engine.reply(1, &mut self.moved) {
            Ok(()) => Ok(&self.moved),
            Err(failure) => Err(self.say(failure)),
        }
    }

    /// Fills in decisions that move with parameters to any order: `all` holds the parameters, moving through
    /// [the last ones](Self::at), before the decisions.
    pub(crate) fn lift<T: Level>(&mut self, all: &mut [T]) -> Result<(), SolveError> {
        let own = self.parameters;
        all[own..].iter_mut().zip(&self.x[own..]).for_each(|(to, from)| *to = T::constant(*from));
        self.engine.spent = 0;
        self.engine.reply(1, all).map_err(|failure| self.say(failure))
    }

    /// Remembers the last equilibrium.
    pub(crate) fn keep(&self, memory: &mut Memory) {
        if memory.is_empty() {
            memory.clone_from(&self.engine.replies);
        } else {
            memory.iter_mut().zip(&self.engine.replies).for_each(|(to, from)| to.copy(from));
        }
    }

    /// Starts from a remembered equilibrium.
    pub(crate) fn recall(&mut self, memory: &Memory) {
        self.engine.replies.iter_mut().zip(memory).for_each(|(to, from)| to.copy(from));
    }

    /// Starts from what is remembered of another game of the same form: near it, but to be found anew.
    pub(crate) fn revise(&mut self, memory: &Memory) {
        self.recall(memory);
        for reply in &mut self.engine.replies {
            reply.to.fill(f64::NAN);
            reply.slopes_known = false;
        }
    }

    fn say(&self, failure: Failure) -> SolveError {
        explain(&self.engine, self.game, failure, self.x[self.parameters..].to_vec()).without_nature()
    }
}
