//! Feedback equilibrium: everybody's policy is a function of the state.

use super::collocation::{Collocation, Frame};
use super::error::DynamicError;
use super::finite::FiniteFeedback;
use super::game::{DifferentialGame, State};
use super::open_loop::OpenLoop;
use super::stage::Stage;
use super::staged::StagedFeedback;
use super::value::ValueFunction;
use crate::equilibrium::{Equilibrium, Method, Report, Solution};
use crate::error::ParameterError;
use crate::solve::Solve;
use crate::structure::Structure;

/// A feedback equilibrium: a value function a player, and with it everybody's policy at every state.
///
/// As an [`Equilibrium`] its payoffs are those from the game's initial state; [`Feedback::value`] has them from any.
#[derive(Clone, Debug)]
pub struct Feedback<'g, G: DifferentialGame> {
    pub(crate) game: &'g G,
    pub(crate) structure: Structure<G::Player>,
    pub(crate) frame: Frame<G::Player>,
    pub(crate) values: Vec<ValueFunction>,
    /// Whether the values hold outside of the region too: whether all are quadratic.
    pub(crate) everywhere: bool,
    payoffs: Vec<f64>,
    pub(crate) report: Report,
}

impl<'g, G: DifferentialGame> Feedback<'g, G> {
    pub(crate) fn new(
        game: &'g G,
        structure: Structure<G::Player>,
        frame: Frame<G::Player>,
        values: Vec<ValueFunction>,
        report: Report,
    ) -> Result<Self, DynamicError> {
        let initial = frame.initial();
        let payoffs = values.iter().map(|value| value.at(&initial)).collect();
        let everywhere = !frame.cut && values.iter().all(|value| value.quadratic().is_some());
        Ok(Feedback { game, structure, frame, values, everywhere, payoffs, report })
    }

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
        let frame = Frame::new(game, structure, &[])?;
        let (given, needed) = (values.len(), frame.players.len());
        if given != needed {
            let parameter = "value functions".to_owned();
            return Err(ParameterError::WrongLength { parameter, given, needed }.into());
        }
        let needed = frame.states.len();
        if let Some(other) = values.iter().find(|value| value.states() != needed) {
            return Err(DynamicError::StateLength { given: other.states(), needed });
        }
        let report = Report::found(Method::Proposed, 0, f64::NAN);
        Feedback::new(game, structure.clone(), frame, values, Report { residual: None, ..report })
    }

    /// The game.
    pub fn game(&self) -> &'g G {
        self.game
    }

    /// The states, with the ranges on which the value functions were found.
    pub fn states(&self) -> &[State] {
        &self.frame.states
    }

    /// The value functions, one a player.
    pub fn values(&self) -> &[ValueFunction] {
        &self.values
    }

    /// The highest degree of the value functions in any state.
    pub fn degree(&self) -> usize {
        self.values.first().map_or(0, ValueFunction::degree)
    }

    /// What a player's future is worth at a state; NaN for somebody who is not in the game, or a state of the wrong
    /// length.
    pub fn value(&self, player: G::Player, state: &[f64]) -> f64 {
        let at = self.frame.players.iter().position(|p| *p == player);
        at.and_then(|at| self.values.get(at)).map_or(f64::NAN, |value| value.at(state))
    }

    /// What a unit more of each state is worth to each player: the first player's states first.
    pub fn costates(&self, state: &[f64]) -> Vec<f64> {
        ValueFunction::costates(&self.values, state)
    }

    /// The game of the moment at a state: a static game that can be solved, verified and differentiated.
    ///
    /// # Errors
    ///
    /// When the state has the wrong length.
    pub fn stage(&self, state: &[f64]) -> Result<Stage<'g, G>, DynamicError> {
        let (given, needed) = (state.len(), self.frame.states.len());
        if given != needed {
            return Err(DynamicError::StateLength { given, needed });
        }
        Ok(Stage::new(self.game, state, &self.costates(state))?)
    }

    /// What everybody decides at a state. The payoffs of this solution are what everybody's position is worth a unit of
    /// time, `ρV` (less what noise adds).
    ///
    /// # Errors
    ///
    /// [`DynamicError::Stage`] when the game of the moment cannot be solved there.
    pub fn policy(&self, state: &[f64]) -> Result<Solution<G::Player>, DynamicError> {
        let at = |source| DynamicError::Stage { state: state.to_vec(), source };
        self.stage(state)?.solve(&self.structure).map_err(at)
    }

    /// How fast the state moves under the policies.
    ///
    /// # Errors
    ///
    /// As [`Feedback::policy`].
    pub fn drift(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        let policy = self.policy(state)?;
        let mut drift = vec![0.0; state.len()];
        self.game.drift(state, policy.profile(), &mut drift);
        Ok(drift)
    }
}

impl<G: DifferentialGame> Equilibrium for Feedback<'_, G> {
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
