//! Feedback equilibrium in discrete stages: everybody decides at the beginning of a stage, and is held to it.

use super::certificate::Evidence;
use super::collocation::Collocation;
use super::error::DynamicError;
use super::game::{DifferentialGame, State};
use super::simulate::PathPoint;
use super::stage::Stage;
use super::stages::Staged;
use super::steady::SteadyState;
use super::told::Told;
use super::value::ValueFunction;
use crate::equilibrium::{Equilibrium, Report, Solution};
use crate::structure::Structure;

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
    told: Told<'g, G>,
    found: Staged,
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
        let (told, played) = Told::of(game, structure)?;
        Ok(StagedFeedback { told, found: Staged::find(self, played, length)? })
    }
}

impl<'g, G: DifferentialGame> StagedFeedback<'g, G> {
    /// The game.
    pub fn game(&self) -> &'g G {
        self.told.game
    }

    /// The states, with the ranges on which the value functions were found.
    pub fn states(&self) -> &[State] {
        &self.found.frame.states
    }

    /// How long a stage lasts.
    pub fn length(&self) -> f64 {
        self.found.ahead.length
    }

    /// The value functions at the beginning of a stage, one a player.
    pub fn values(&self) -> &[ValueFunction] {
        &self.found.ahead.values
    }

    /// What a player's future is worth at a state; NaN for somebody who is not in the game, for a state of the wrong
    /// length, and outside of the region.
    pub fn value(&self, player: G::Player, state: &[f64]) -> f64 {
        let seat = self.told.seat(player).filter(|_| self.found.frame.inside(state).is_ok());
        seat.and_then(|seat| self.values().get(seat)).map_or(f64::NAN, |value| value.at(state))
    }

    /// The game of the stage that begins at a state: a static game that can be solved, verified and differentiated. Its
    /// payoffs are `f + e^{−ρh}(V(s') − V(s))/h`, everybody's gain a unit of time; it may not end outside of the region.
    ///
    /// # Errors
    ///
    /// When the state has the wrong length, or lies outside of the region.
    pub fn stage(&self, state: &[f64]) -> Result<Stage<'g, G>, DynamicError> {
        Ok(Stage::told(self.told.game, self.found.stage(state)?, Some(self.found.ahead.clone())))
    }

    /// What everybody decides in the stage that begins at a state. The payoffs of this solution are what everybody's
    /// position is worth a unit of time, `V(1 − e^{−ρh})/h`.
    ///
    /// # Errors
    ///
    /// As [`StagedFeedback::stage`], and [`DynamicError::Stage`] when the game cannot be solved there.
    pub fn policy(&self, state: &[f64]) -> Result<Solution<G::Player>, DynamicError> {
        Ok(self.told.solution(self.found.policy(state)?))
    }

    /// Where the stage that begins at a state ends.
    ///
    /// # Errors
    ///
    /// As [`StagedFeedback::policy`].
    pub fn next(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.found.next(state)
    }

    /// The path from `start` through so many stages: the beginning of each, with what is decided there, and of the one
    /// after. Payoffs are discounted to the start.
    ///
    /// # Errors
    ///
    /// When the path begins or ends a stage outside of the region, and when a stage cannot be solved on it.
    pub fn simulate(&self, start: &[f64], stages: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.found.simulate(start, stages)
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
        Ok(self.told.rest(self.found.steady_state()?))
    }

    /// Searches for somebody who would gain by deviating in one stage, at states all over the region, without derivatives;
    /// and holds what paths earn from there, with the value of where they lead, against the value functions.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Refuted`] when somebody gains more than a millionth of the payoffs' size, and more than rounding
    /// can feign, or when a path does not earn what the value functions say.
    pub fn verify(&self) -> Result<Evidence<G::Player>, DynamicError> {
        Ok(self.told.evidence(self.found.verify()?))
    }
}

impl<G: DifferentialGame> Equilibrium for StagedFeedback<'_, G> {
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
