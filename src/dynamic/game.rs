//! What a differential game is: states that move, payoffs that flow.

use std::borrow::Cow;

use crate::game::{Domain, Game, Interval};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One number that the players' decisions move over time: goodwill, a market share.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The state in words: `goodwill`.
    pub name: Cow<'static, str>,
    /// The letter that stands for it in formulas: `G`.
    pub symbol: Cow<'static, str>,
    /// What it is measured in.
    pub unit: &'static str,
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
        State { symbol: name.clone(), name, unit: "none", lower, upper, initial: 0.5 * (lower + upper) }
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
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
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
pub trait DifferentialGame: Game {
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

    /// How long a stage lasts, if decisions fall at the beginning of stages and are held for them. The default is that they
    /// never rest. As with [`horizon`](Self::horizon), solvers are told;
    /// see [`feedback_in_stages`](super::SolveOverTime::feedback_in_stages).
    fn stage(&self) -> Option<f64> {
        None
    }

    /// The strength `σ(s)` of each state's noise. The default is none.
    fn diffusion(&self, state: &[f64], out: &mut [f64]) {
        let _ = state;
        out.fill(0.0);
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

    /// Whether a profile makes sense at a state: margins and sales that must not be negative.
    fn domain_at_state(&self, state: &[f64], x: &[f64]) -> Domain {
        let _ = (state, x);
        Domain::Inside
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
}
