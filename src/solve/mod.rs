//! Solving static games: closed form where there is one, the engine elsewhere.

mod alternatives;
pub(crate) mod bargaining;
mod board;
mod certificate;
mod chart;
mod choice;
mod complementarity;
mod confirm;
mod constraints;
mod continuum;
mod crowd;
pub(crate) mod derivatives;
mod everywhere;
mod found;
mod induction;
pub(crate) mod linear;
mod local;
mod look;
mod many;
mod plan;
mod prepared;
mod reaction;
mod rules;
mod search;
mod settings;
mod stage;
mod through;
mod through_rules;
mod trials;

pub use bargaining::{Bargain, Rule, Surplus, Utility, cara_split, power_split};
use found::keeps;
pub(crate) use found::{Found, assemble, by_engine, certify};
pub use prepared::Prepared;
pub(crate) use reaction::{Follower, Memory, Reaction, Turn};
pub use settings::Settings;

use crate::equilibrium::{Certificate, Deviation, Method, Solution, Verified};
use crate::error::SolveError;
use crate::game::StaticGame;
use crate::player::Player;
use crate::recorded::by_seat;
use crate::structure::Structure;

/// What every static game can do.
pub trait Solve: StaticGame + Sized {
    /// The equilibrium under `structure`: by the model's closed form where it has one, by the engine elsewhere.
    ///
    /// # Errors
    ///
    /// A [`SolveError`] that says what failed, with the last profile reached. Nothing that did not converge is
    /// returned as a solution.
    fn solve(&self, structure: &Structure<Self::Player>) -> Result<Solution<Self::Player>, SolveError> {
        match self.closed_form(structure) {
            Some(profile) => put_forward(self, structure, profile?, Method::ClosedForm),
            None => self.solve_numerically(structure),
        }
    }

    /// The equilibrium under `structure` by the closed form only.
    ///
    /// # Errors
    ///
    /// [`SolveError::NoClosedForm`] where the model knows none.
    fn solve_in_closed_form(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        let none = || SolveError::NoClosedForm { structure: structure.name().to_owned() };
        let profile = self.closed_form(structure).ok_or_else(none)??;
        put_forward(self, structure, profile, Method::ClosedForm)
    }

    /// The equilibrium under `structure` by the engine, whatever closed form there may be.
    ///
    /// # Errors
    ///
    /// As [`Solve::solve`].
    fn solve_numerically(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        let game = self.record()?;
        let players = self.players();
        let found = by_engine(&game, &by_seat(structure, &players, &game.players)?)?;
        Ok(typed(self, structure, found))
    }

    /// The game under `structure`, made ready to be solved many times: at other parameters, from a start of the caller's own, at
    /// many points.
    ///
    /// # Errors
    ///
    /// When the structure does not fit the game, or its formulas cannot be recorded.
    fn prepare(&self, structure: &Structure<Self::Player>) -> Result<Prepared<Self::Player>, SolveError> {
        Prepared::new(self, structure)
    }

    /// A profile of the caller's own, put forward as the equilibrium under `structure`; [`Solution::verify`] tells
    /// whether it is one.
    ///
    /// # Errors
    ///
    /// When the profile has the wrong length, its payoffs are not finite, or it breaks a rule of play: a bound
    /// ([`StructureError::OutOfBounds`](crate::StructureError::OutOfBounds)), a fixed value or a tie of the structure.
    fn propose(
        &self,
        structure: &Structure<Self::Player>,
        profile: Vec<f64>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        put_forward(self, structure, profile, Method::Proposed)
    }
}

impl<G: StaticGame> Solve for G {}

impl<P: Player> Solution<P> {
    /// Searches, without derivatives, for a coalition that would gain by deviating at its stage, later stages
    /// replying, and returns the solution with what the search found.
    ///
    /// # Errors
    ///
    /// [`SolveError::Refuted`] when somebody gains more than a millionth of the payoffs' size, and ten times what
    /// rounding can feign.
    pub fn verify<G: StaticGame<Player = P>>(self, game: &G) -> Result<Verified<P>, SolveError> {
        let Solution { structure, players, decisions, profile, payoffs, report } = self;
        let recorded = game.record()?;
        let mut found = Found { profile, payoffs, report };
        let rules = by_seat(&structure, &players, &recorded.players)?;
        let certificate = certify(&recorded, &rules, &mut found)?;
        let named = |d: Deviation<usize>| Deviation {
            stage: d.stage,
            coalition: d.coalition.into_iter().map(|seat| players[seat]).collect(),
            gain: d.gain,
            resolution: d.resolution,
            profile: d.profile,
        };
        let Certificate { regret, resolution, deviations, evaluations, thinned } = certificate;
        let deviations = deviations.into_iter().map(named).collect();
        let certificate = Certificate { regret, resolution, deviations, evaluations, thinned };
        let Found { profile, payoffs, report } = found;
        Ok(Verified {
            solution: Solution { structure, players, decisions, profile, payoffs, report },
            certificate,
        })
    }
}

/// A profile as a solution of a game of the caller's own type.
fn put_forward<G: StaticGame>(
    game: &G,
    structure: &Structure<G::Player>,
    profile: Vec<f64>,
    method: Method,
) -> Result<Solution<G::Player>, SolveError> {
    let recorded = game.record()?;
    let rules = by_seat(structure, &game.players(), &recorded.players)?;
    let found = assemble(&recorded, profile, method)?;
    keeps(&recorded, &rules, &found.profile)?;
    Ok(typed(game, structure, found))
}

/// What was found, in the words of the caller's own game.
fn typed<G: StaticGame>(game: &G, structure: &Structure<G::Player>, found: Found) -> Solution<G::Player> {
    found.told(structure.clone(), game.players(), game.decisions())
}
