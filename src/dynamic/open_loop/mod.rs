//! Open-loop equilibrium: everybody commits to a course of decisions over time.

mod courses;
mod equations;
mod leader;
mod motion;
mod nash;
mod own;
mod planned;
mod rest;
mod second_order;

use planned::Planned;
pub use second_order::SecondOrder;

use super::collocation::EVALUATIONS;
use super::error::DynamicError;
use super::game::{DifferentialGame, State};
use super::moment::Route;
use super::simulate::PathPoint;
use super::told::Told;
use crate::equilibrium::{Equilibrium, Report, Solution};
use crate::solve::Found;
use crate::structure::Structure;

/// How open-loop equilibria are sought: to which accuracy, by which route.
///
/// [`OpenLoop::solve`] uses the default, which suits most games.
///
/// ```
/// use coopad::dynamic::MaximumPrinciple;
///
/// let coarse = MaximumPrinciple { tolerance: 1e-6, ..MaximumPrinciple::default() };
/// assert!(coarse.tolerance > MaximumPrinciple::default().tolerance);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MaximumPrinciple {
    /// The residual of the equations of the maximum principle between the nodes, averaged over time, as a share of their
    /// terms, at which a solution counts as found. Below 1e-13 it is rounding.
    pub tolerance: f64,
    /// How the game of the moment is solved.
    pub route: Route,
    /// How often the equations may be evaluated: a search that has not ended by then ends with [`DynamicError::Budget`].
    pub evaluations: usize,
}

impl Default for MaximumPrinciple {
    fn default() -> Self {
        MaximumPrinciple { tolerance: 1e-10, route: Route::Auto, evaluations: EVALUATIONS }
    }
}

impl MaximumPrinciple {
    /// The open-loop equilibrium of `game` on `[0, horizon]`, for ever where the horizon is infinite.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::solve`].
    pub fn solve<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        horizon: f64,
    ) -> Result<OpenLoop<'g, G>, DynamicError> {
        let (told, played) = Told::of(game, structure)?;
        Ok(OpenLoop { told, found: self.find(played, horizon)? })
    }
}

/// An open-loop equilibrium: everybody commits, at the start, to a course of decisions up to the horizon, or for ever.
#[derive(Clone, Debug)]
pub struct OpenLoop<'g, G: DifferentialGame> {
    told: Told<'g, G>,
    found: Planned,
}

/// A game at one time of an open-loop equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// The time.
    pub time: f64,
    /// The state.
    pub state: Vec<f64>,
    /// What a unit more of each state is worth to each player at this time: the first player's states first. To a coalition
    /// that leads, as a whole: its first member has the worth to all of them.
    pub costates: Vec<f64>,
    /// What it is worth to the leader that a player values each state by a unit more: the first player's states first. 0
    /// where nobody leads, and at the start.
    pub multipliers: Vec<f64>,
    /// What everybody decides, in the order of the game's decisions.
    pub decisions: Vec<f64>,
}

impl<'g, G: DifferentialGame> OpenLoop<'g, G> {
    /// The open-loop equilibrium when everybody commits at time 0 to a course of decisions up to `horizon`.
    ///
    /// By the maximum principle: at every moment the decisions are the equilibrium of the [`Stage`](super::Stage), and each player's
    /// costates move as
    ///
    /// ```math
    /// \dot\lambda_i=\rho_i\lambda_i-\frac{\partial}{\partial s}\Bigl[f_i(s,x)+\lambda_i\cdot g(s,x)\Bigr]_{x\text{ held}},
    /// \qquad\lambda_i(T)=\nabla\Phi_i(s_T):
    /// ```
    ///
    /// everybody takes the others' decisions as functions of time, which do not answer to the state.
    ///
    /// Where one coalition leads it commits first, to all of its course, and the followers commit in reply to it
    /// (open-loop Stackelberg). The leader plans with the followers' costates as further states: it maximises
    ///
    /// ```math
    /// \mathcal H=f_L+\psi\cdot g+\sum_i\mu_i\cdot\dot\lambda_i,\qquad\dot\mu_i=\rho_L\mu_i-\frac{\partial\mathcal H}{\partial\lambda_i},
    /// \qquad\mu_i(0)=0,
    /// ```
    ///
    /// and keeps promises that it would rather break later: see [`OpenLoop::is_time_consistent`].
    ///
    /// # Without end
    ///
    /// Where `horizon` is `f64::INFINITY` the course is the one that leads to rest: to a point at which states and costates
    /// (and, under a leader, its prices) stand still, and around which exactly as many directions decay as unknowns are given
    /// at the start. There is then one course that leads there from the states close by. It is solved up to a time at which it is
    /// at rest up to the tolerance, and payoffs include all that comes later. Salvage values are never paid. Rest points
    /// are sought from the initial state, and where no course leads to the one found, from three others in the range of the
    /// states; where there are several, the equilibrium found is one of several.
    ///
    /// A decision at a bound is held there: where [`bounds_at_state`](DifferentialGame::bounds_at_state) move with the state,
    /// what moving such a bound is worth is not in the costates of its owner. The conditions are necessary ones; they are
    /// sufficient where the maximised Hamiltonians are concave in the state.
    ///
    /// ```
    /// use coopad::dynamic::{DifferentialGame, OpenLoop, State};
    /// use coopad::prelude::*;
    ///
    /// /// A firm builds goodwill by advertising.
    /// struct Goodwill;
    ///
    /// impl Game for Goodwill {
    ///     type Player = &'static str;
    ///     fn players(&self) -> Vec<&'static str> { vec!["firm"] }
    ///     fn decisions(&self) -> Vec<Decision<&'static str>> { vec![Decision::new("advertising", "firm")] }
    /// }
    /// impl DifferentialGame for Goodwill {
    ///     fn states(&self) -> Vec<State> { vec![State::new("goodwill", 0.0, 10.0)] }
    ///     fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) { out[0] = x[0] - s[0] * 0.2; }
    ///     fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) { out[0] = s[0] * 2.0 - x[0].square() * 0.5; }
    ///     fn discount(&self, _: &'static str) -> f64 { 0.1 }
    /// }
    ///
    /// // Five years are left: a unit of goodwill earns 2 a year, less what is lost to decay and discounting.
    /// let plan = OpenLoop::solve(&Goodwill, &Structure::simultaneous(), 5.0)?;
    /// let worth = 2.0 / 0.3 * (1.0 - (-0.3_f64 * 5.0).exp());
    /// assert!((plan.at(0.0)?.decisions[0] - worth).abs() < 1e-9);
    ///
    /// // For ever: the costate stands still at 2 / 0.3, and goodwill tends to what that pays for.
    /// let plan = OpenLoop::solve(&Goodwill, &Structure::simultaneous(), f64::INFINITY)?;
    /// let rest = plan.at(f64::INFINITY)?;
    /// assert!((rest.state[0] - 2.0 / 0.3 / 0.2).abs() < 1e-9);
    /// assert!((plan.eigenvalues()[0][0] - 0.3).abs() < 1e-9 && (plan.eigenvalues()[1][0] + 0.2).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # What is left out
    ///
    /// The equations know no ranges of the states, and no noise. Where the course leaves a range, or the game has noise, the
    /// [report](Equilibrium::report) has a [caveat](crate::Caveat) that says so.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a horizon that is not positive, or that is infinite where somebody does not discount,
    /// [`DynamicError::NoCommitment`] for a structure of more than two stages, or with a first stage that several decide,
    /// [`DynamicError::Stage`] where the game of the moment has no equilibrium, [`DynamicError::NoPath`] where the
    /// equations have no solution that can be followed from short horizons to this one. For a game that never ends,
    /// [`DynamicError::NoRest`] where no point of rest was found, [`DynamicError::NoSaddle`] where other than as many
    /// directions decay there as must.
    pub fn solve(game: &'g G, structure: &Structure<G::Player>, horizon: f64) -> Result<Self, DynamicError> {
        MaximumPrinciple::default().solve(game, structure, horizon)
    }

    /// The game.
    pub fn game(&self) -> &'g G {
        self.told.game
    }

    /// The states.
    pub fn states(&self) -> &[State] {
        &self.found.frame.states
    }

    /// The end of the game; infinite where it never ends.
    pub fn horizon(&self) -> f64 {
        self.found.horizon()
    }

    /// How small departures from the point of rest grow, where the game never ends: the eigenvalues of the equations of
    /// states and costates there, real and imaginary parts, a unit of time, the largest growth first. As many decay as
    /// unknowns are given at the start; the slowest of them says how long the way to rest takes. Empty where the game ends.
    pub fn eigenvalues(&self) -> &[[f64; 2]] {
        self.found.eigenvalues()
    }

    /// States, costates and decisions at a time; at `f64::INFINITY`, where the game never ends, those at rest.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a time outside of the game.
    pub fn at(&self, time: f64) -> Result<Instant, DynamicError> {
        self.found.at(time)
    }

    /// What everybody decides at the start, with what everybody gets over the whole game.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::at`].
    pub fn opening(&self) -> Result<Solution<G::Player>, DynamicError> {
        let (payoffs, report) = (self.found.payoffs.clone(), self.found.report.clone());
        Ok(self.told.solution(Found { profile: self.at(0.0)?.decisions, payoffs, report }))
    }

    /// Whether planning afresh later on would change nothing. For an open-loop Nash equilibrium this is always so. For a
    /// leader's plan it is where the [multipliers](Instant::multipliers) vanish or move nothing: where what followers expect
    /// of the future does not matter to the leader, or the leader cannot change it.
    pub fn is_time_consistent(&self) -> bool {
        self.found.promises.as_ref().is_none_or(|promises| promises.kept)
    }

    /// What the leader would gain by breaking its word at a time, in payoff from then on, valued at that time: the
    /// followers are surprised, and all of them plan afresh for the rest of the game. 0 where nobody leads.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a time that is not before the end, and as [`OpenLoop::solve`] for the rest of the
    /// game.
    pub fn temptation(&self, time: f64) -> Result<f64, DynamicError> {
        self.found.temptation(time)
    }

    /// The game at `count` times, evenly spread from the start to `horizon`, both ends included; at least two.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a horizon that is not positive and finite, or beyond the end of the game;
    /// [`DynamicError::Stage`] where the game of the moment cannot be solved.
    pub fn points(&self, horizon: f64, count: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.found.points(horizon, count)
    }
}

impl<G: DifferentialGame> Equilibrium for OpenLoop<'_, G> {
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
