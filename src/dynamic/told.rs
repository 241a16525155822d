//! The words in which results are told: a game of the caller's own, its players, the structure in their names.

use std::sync::Arc;

use super::certificate::{Course, Evidence};
use super::error::DynamicError;
use super::game::DifferentialGame;
use super::played::Played;
use super::steady::{Rest, SteadyState};
use crate::equilibrium::Solution;
use crate::solve::Found;
use crate::structure::Structure;

/// The caller's own game, under a structure for its players.
#[derive(Debug)]
pub(crate) struct Told<'g, G: DifferentialGame> {
    pub(crate) game: &'g G,
    pub(crate) structure: Structure<G::Player>,
    /// By seat.
    pub(crate) players: Vec<G::Player>,
}

impl<G: DifferentialGame> Clone for Told<'_, G> {
    /// The game itself need not be one that can be cloned.
    fn clone(&self) -> Self {
        Told { game: self.game, structure: self.structure.clone(), players: self.players.clone() }
    }
}

impl<'g, G: DifferentialGame> Told<'g, G> {
    /// The words, and the same game recorded.
    pub(crate) fn of(game: &'g G, structure: &Structure<G::Player>) -> Result<(Self, Arc<Played>), DynamicError> {
        let played = Played::of(game, structure)?;
        Ok((Told { game, structure: structure.clone(), players: game.players() }, played))
    }

    /// A player's seat.
    pub(crate) fn seat(&self, player: G::Player) -> Option<usize> {
        self.players.iter().position(|other| *other == player)
    }

    /// A solution of the game of a moment.
    pub(crate) fn solution(&self, found: Found) -> Solution<G::Player> {
        found.told(self.structure.clone(), self.players.clone(), self.game.decisions())
    }

    pub(crate) fn rest(&self, rest: Rest) -> SteadyState<G::Player> {
        let Rest { state, found, eigenvalues } = rest;
        SteadyState { state, decisions: self.solution(found), eigenvalues }
    }

    pub(crate) fn evidence(&self, evidence: Evidence<usize>) -> Evidence<G::Player> {
        let Evidence { regret, resolution, evaluation, discrepancy, courses, states } = evidence;
        let course = |Course { coalition, gain, loss }: Course<usize>| {
            let coalition = coalition.into_iter().map(|seat| self.players[seat]).collect();
            Course { coalition, gain, loss }
        };
        let courses = courses.into_iter().map(course).collect();
        Evidence { regret, resolution, evaluation, discrepancy, courses, states }
    }
}
