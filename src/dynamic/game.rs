//! What a differential game is: states that move, payoffs that flow.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::linear_quadratic::Quadratic;
use crate::game::{Condition, Game, Interval};
use crate::recorded::{RecordError, Recorded};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One number that the players' decisions move over time: goodwill, a market share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The state in words: `goodwill`.
    pub name: Cow<'static, str>,
    /// The letter that stands for it in formulas: `G`.
    pub symbol: Cow<'static, str>,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
    /// The smallest value of interest.
    pub lower: f64,
    /// The largest value of interest.
    pub upper: f64,
    /// Where it starts.
    pub initial: f64,
}

impl State {
    /// A state that is looked at between `lower` and `upper`, where value functions are found and checked, and that
    /// starts half way.
    pub fn new(name: impl Into<Cow<'static, str>>, lower: f64, upper: f64) -> Self {
        let name = name.into();
        State {
            symbol: name.clone(),
            name,
            unit: "none".into(),
            lower,
            upper,
            initial: 0.5 * (lower + upper),
        }
    }

    /// Where it starts.
    #[must_use]
    pub fn starting_at(mut self, initial: f64) -> Self {
        self.initial = initial;
        self
    }

    /// The letter used in formulas.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<Cow<'static, str>>) -> Self {
        self.symbol = symbol.into();
        self
    }

    /// The unit of measurement.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'static, str>>) -> Self {
        self.unit = unit.into();
        self
    }
}

/// What players know of the state while they play: the information structure of a game over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Information {
    /// They see it at every moment, and decide as functions of it.
    #[default]
    Feedback,
    /// They saw it at the start, and have committed to a course of decisions since.
    OpenLoop,
}

impl Information {
    /// The name used in files: `feedback`, `open_loop`.
    pub fn name(self) -> &'static str {
        match self {
            Information::Feedback => "feedback",
            Information::OpenLoop => "open_loop",
        }
    }
}

/// A game over time: decisions move states, and payoffs flow while they move.
///
/// ```math
/// \max_{x_i}\;\mathbb E\Bigl[\int_0^Te^{-\rho_it}\,f_i(s,x)\,dt+e^{-\rho_iT}\,\Phi_i(s_T)\Bigr],\qquad
/// ds_k=g_k(s,x)\,dt+\sigma_k(s)\,dW_k .
/// ```
///
/// Players, decisions and bounds are those of a [`Game`]; at every state the game of the moment is a static one, played
/// under the same [`Structure`] (see [`Stage`](super::Stage)).
pub trait DifferentialGame: Game + Sized {
    /// The states, each with the range in which it is looked at and the value from which it starts.
    fn states(&self) -> Vec<State>;

    /// How fast each state moves, `g(s, x)`, a unit of time.
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]);

    /// What each player earns a unit of time, `f(s, x)`, in the order of [`Game::players`].
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]);

    /// A player's discount rate `ρ_i`, a unit of time; positive where the game never ends.
    fn discount(&self, player: Self::Player) -> f64;

    /// When the game ends, if it has a last day of its own. The default is never. Solvers are told how long the game
    /// lasts; this tells whoever asks them, scenario files say, what to tell.
    fn horizon(&self) -> Option<f64> {
        None
    }

    /// What the players know of the state while they play, in the solution that the game is known for. The default is all
    /// of it. As [`DifferentialGame::horizon`], for whoever asks solvers.
    fn information(&self) -> Information {
        Information::Feedback
    }

    /// How long a stage lasts, if decisions fall at the beginning of stages and are held for them. The default is that they
    /// never rest. As with [`horizon`](Self::horizon), solvers are told;
    /// see [`feedback_in_stages`](super::SolveOverTime::feedback_in_stages).
    fn stage(&self) -> Option<f64> {
        None
    }

    /// The strength `σ(s)` of each state's noise. The default is none.
    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        let _ = state;
        out.fill(T::constant(0.0));
    }

    /// What each player gets for the state in which the game ends, `Φ(s)`, if it ends. The default is nothing.
    fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        let _ = state;
        out.fill(T::constant(0.0));
    }

    /// [`Game::bounds`] at a state. The default is for bounds that do not depend on it.
    fn bounds_at_state<T: Scalar>(&self, state: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let _ = state;
        self.bounds(decision, x)
    }

    /// What must not be negative where a profile makes sense at a state: margins, sales. The default is nothing.
    fn conditions_at_state<T: Scalar>(&self, state: &[T], x: &[T]) -> Vec<Condition<T>> {
        let _ = (state, x);
        Vec::new()
    }

    /// Everybody's value function in the feedback equilibrium of the game without end under `structure`, in the order of
    /// [`Game::players`], where a formula is known: `½s'Ps + p's + k` at all states. The default is none.
    ///
    /// Collocation looks for value functions on grids, which more than six or seven states do not allow; a formula has no
    /// such limit. It is not believed blindly: where it does not satisfy the Hamilton-Jacobi-Bellman system at states all
    /// over the region, value functions are sought as if there were none.
    ///
    /// ```
    /// use coopad::dynamic::linear_quadratic::Quadratic;
    /// use coopad::prelude::*;
    ///
    /// /// A firm with a goodwill in each of twenty places: a unit earns 2 a unit of time and fades.
    /// struct Places;
    ///
    /// impl Game for Places {
    ///     type Player = &'static str;
    ///     fn players(&self) -> Vec<&'static str> { vec!["firm"] }
    ///     fn decisions(&self) -> Vec<Decision<&'static str>> {
    ///         (0..20).map(|at| Decision::new(format!("advertising_{at}"), "firm")).collect()
    ///     }
    /// }
    /// impl DifferentialGame for Places {
    ///     fn states(&self) -> Vec<State> {
    ///         (0..20).map(|at| State::new(format!("goodwill_{at}"), 0.0, 50.0).starting_at(0.0)).collect()
    ///     }
    ///     fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
    ///         out.iter_mut().enumerate().for_each(|(at, out)| *out = x[at] - s[at] * 0.3);
    ///     }
    ///     fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
    ///         let each = s.iter().zip(x).map(|(s, x)| *s * 2.0 - x.square() * 0.5);
    ///         out[0] = each.fold(T::constant(0.0), |sum, one| sum + one);
    ///     }
    ///     fn discount(&self, _: &'static str) -> f64 { 0.1 }
    ///     /// A unit is worth 2/(0.1 + 0.3) = 5, so that 5 are spent on it, 12.5 a unit of time earned in each place.
    ///     fn known_values(&self, _: &Structure<&'static str>) -> Option<Vec<Quadratic>> {
    ///         Some(vec![Quadratic::affine(&[5.0; 20], 20.0 * 12.5 / 0.1).ok()?])
    ///     }
    /// }
    ///
    /// let found = Places.feedback(&Structure::cooperative())?;
    /// assert!((found.payoff("firm") - 2500.0).abs() < 1e-9);
    /// assert!((found.steady_states()?[0].state[7] - 5.0 / 0.3).abs() < 1e-9);
    /// # Ok::<(), coopad::dynamic::DynamicError>(())
    /// ```
    fn known_values(&self, structure: &Structure<Self::Player>) -> Option<Vec<Quadratic>> {
        let _ = structure;
        None
    }

    /// Fills `x` with the equilibrium of the moment under `structure` where a formula for it is known, and says whether
    /// it did. `costates` holds the worth of each state to each player, the first player's first. Elsewhere, the
    /// default, the engine solves the [`Stage`](super::Stage).
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Self::Player>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let _ = (structure, state, costates, x);
        false
    }

    /// The game as data: its formulas recorded. What every solver plays.
    ///
    /// # Errors
    ///
    /// A [`RecordError`] where a formula is too long, or a decision belongs to nobody in the game.
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::over_time(self)
    }
}
