//! Feedback equilibrium: everybody's policy is a function of the state.

use super::collocation::Collocation;
use super::error::DynamicError;
use super::finite::FiniteFeedback;
use super::game::{DifferentialGame, State};
use super::markov::MarkovPerfect;
use super::open_loop::OpenLoop;
use super::stage::Stage;
use super::staged::StagedFeedback;
use super::told::Told;
use super::value::ValueFunction;
use crate::equilibrium::{Equilibrium, Report, Solution};
use crate::structure::Structure;

/// A feedback equilibrium: a value function a player, and with it everybody's policy at every state.
///
/// As an [`Equilibrium`] its payoffs are those from the game's initial state; [`Feedback::value`] has them from any.
#[derive(Clone, Debug)]
pub struct Feedback<'g, G: DifferentialGame> {
    pub(super) told: Told<'g, G>,
    pub(crate) found: MarkovPerfect,
}

impl<'g, G: DifferentialGame> Feedback<'g, G> {
    /// Value functions of the caller's own, put forward as those of the feedback equilibrium under `structure`;
    /// [`Feedback::verify`] tells whether they are.
    ///
    /// # Errors
    ///
    /// When there is not one value function a player, or they are of other states.
    pub fn propose(
        game: &'g G,
        structure: &Structure<G::Player>,
        values: Vec<ValueFunction>,
    ) -> Result<Self, DynamicError> {
        let (told, played) = Told::of(game, structure)?;
        Ok(Feedback { told, found: MarkovPerfect::propose(played, values)? })
    }

    /// The game.
    pub fn game(&self) -> &'g G {
        self.told.game
    }

    /// The states, with the ranges on which the value functions were found.
    pub fn states(&self) -> &[State] {
        &self.found.frame.states
    }

    /// The value functions, one a player.
    pub fn values(&self) -> &[ValueFunction] {
        &self.found.values
    }

    /// The highest degree of the value functions in any state.
    pub fn degree(&self) -> usize {
        self.values().first().map_or(0, ValueFunction::degree)
    }

    /// What a player's future is worth at a state; NaN for somebody who is not in the game, for a state of the wrong length, and
    /// outside of the region on which the values were found (quadratic ones are held against the equations at such a state, and on the
    /// course from there, and are told where they hold).
    pub fn value(&self, player: G::Player, state: &[f64]) -> f64 {
        self.told.seat(player).map_or(f64::NAN, |seat| self.found.value(seat, state))
    }

    /// What a unit more of each state is worth to each player: the first player's states first. NaN where [`Feedback::policy`] is
    /// an error.
    pub fn costates(&self, state: &[f64]) -> Vec<f64> {
        match self.found.inside(state) {
            Ok(()) => self.found.costates(state),
            Err(_) => vec![f64::NAN; self.values().len() * self.states().len()],
        }
    }

    /// The game of the moment at a state: a static game that can be solved, verified and differentiated.
    ///
    /// # Errors
    ///
    /// When the state has the wrong length, or lies where the values do not hold ([`DynamicError::LeavesRegion`]).
    pub fn stage(&self, state: &[f64]) -> Result<Stage<'g, G>, DynamicError> {
        Ok(Stage::told(self.told.game, self.found.stage(state)?, None))
    }

    /// What everybody decides at a state. The payoffs of this solution are what everybody's position is worth a unit of
    /// time, `ρV` (less what noise adds).
    ///
    /// # Errors
    ///
    /// [`DynamicError::Stage`] when the game of the moment cannot be solved there, [`DynamicError::LeavesRegion`] where the values do not
    /// hold.
    pub fn policy(&self, state: &[f64]) -> Result<Solution<G::Player>, DynamicError> {
        Ok(self.told.solution(self.found.policy(state)?))
    }

    /// How fast the state moves under the policies.
    ///
    /// # Errors
    ///
    /// As [`Feedback::policy`].
    pub fn drift(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.found.drift(state)
    }
}

impl<G: DifferentialGame> Equilibrium for Feedback<'_, G> {
    type Player = G::Player;

    fn structure(&self) -> &Structure<G::Player> {
        &self.told.structure
    }
    fn players(&self) -> &[G::Player] {
        &self.told.players
    }
    fn payoffs(&self) -> &[f64] {
        &self.found.payoffs
    }
    fn report(&self) -> &Report {
        &self.found.report
    }
}

/// What every differential game can do.
pub trait SolveOverTime: DifferentialGame + Sized {
    /// The feedback equilibrium when `structure` is played at every moment, for ever: feedback Nash, feedback
    /// Stackelberg (the leader moves first at every moment and commits to nothing beyond it), cooperation.
    ///
    /// The value functions solve the Hamilton-Jacobi-Bellman system
    ///
    /// ```math
    /// \rho_iV_i(s)=H_i^*\bigl(s,\nabla V(s)\bigr)+\tfrac12\sum_k\sigma_k(s)^2\,\partial_k^2V_i(s),
    /// ```
    ///
    /// where `H*` are the equilibrium payoffs of the [`Stage`]. They are sought as polynomials that satisfy it at
    /// Chebyshev points of the states' ranges, quadratic ones first. Newton's method follows them from heavy discounting,
    /// where the future hardly counts and there is one solution, down to the game's own discount rates: of several
    /// equilibria, the one that is connected to it. Where polynomials do not resolve them on all of these ranges, they
    /// are sought closer around the course from the initial state; [`Feedback::states`] has the ranges on which they were found.
    ///
    /// # Errors
    ///
    /// A [`DynamicError`]: no value functions at these discount rates, none that polynomials resolve, no equilibrium of
    /// the stage at some state, states that grow faster than discounting allows.
    fn feedback(&self, structure: &Structure<Self::Player>) -> Result<Feedback<'_, Self>, DynamicError> {
        Collocation::default().solve(self, structure)
    }

    /// The feedback equilibrium of the game if it ends at `horizon`, its [salvage](DifferentialGame::salvage) paid then.
    ///
    /// # Errors
    ///
    /// As [`Collocation::solve_until`].
    fn feedback_until(
        &self,
        structure: &Structure<Self::Player>,
        horizon: f64,
    ) -> Result<FiniteFeedback<'_, Self>, DynamicError> {
        Collocation::default().solve_until(self, structure, horizon)
    }

    /// The feedback equilibrium when decisions fall at the beginning of stages of this `length`, in units of time, and are
    /// held for it: `structure` is played at every beginning, for ever.
    ///
    /// # Errors
    ///
    /// As [`Collocation::solve_in_stages`].
    fn feedback_in_stages(
        &self,
        structure: &Structure<Self::Player>,
        length: f64,
    ) -> Result<StagedFeedback<'_, Self>, DynamicError> {
        Collocation::default().solve_in_stages(self, structure, length)
    }

    /// The open-loop equilibrium of the game if it ends at `horizon`, which may be infinite: everybody commits to a course
    /// over time.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::solve`].
    fn open_loop(
        &self,
        structure: &Structure<Self::Player>,
        horizon: f64,
    ) -> Result<OpenLoop<'_, Self>, DynamicError> {
        OpenLoop::solve(self, structure, horizon)
    }
}

impl<G: DifferentialGame> SolveOverTime for G {}
