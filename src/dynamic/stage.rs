//! The game of the moment: a static game at a state, in which moving the state has a price.

use std::sync::Arc;

use super::ahead::Ahead;
use super::game::DifferentialGame;
use crate::error::{SolveError, StructureError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded, moment_names, price, seats};
use crate::row::on_stack;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A differential game at one state, given what each state is worth to each player.
///
/// ```math
/// H_i(x)=f_i(s,x)+\sum_k\lambda_{ik}\,g_k(s,x),\qquad \lambda_{ik}=\partial V_i/\partial s_k .
/// ```
///
/// It is an ordinary [`StaticGame`]: it can be solved under any structure, verified, and differentiated in the state and
/// the costates, which are its parameters.
///
/// ```
/// use coopad::dynamic::{DifferentialGame, Stage, State};
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
/// // A unit of goodwill is worth 6: advertise until the last unit costs as much.
/// let now = Stage::new(&Goodwill, &[1.0], &[6.0])?.solve(&Structure::cooperative())?;
/// assert!((now[0] - 6.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stage<'g, G> {
    game: &'g G,
    /// The state, then the costates: the first player's first.
    given: Vec<f64>,
    /// How many states there are.
    states: usize,
    /// The decisions' neutral values.
    neutral: Vec<f64>,
    /// What the end of the stage is worth, in a game in stages: its parameters are the state alone.
    ahead: Option<Arc<Ahead>>,
    /// The same as data, where it is at hand.
    recorded: Option<Recorded>,
}

impl<'g, G: DifferentialGame> Stage<'g, G> {
    /// The game at `state`. `costates` holds what a unit more of each state is worth to each player: the first player's
    /// states first.
    ///
    /// # Errors
    ///
    /// When either has the wrong length.
    pub fn new(game: &'g G, state: &[f64], costates: &[f64]) -> Result<Self, StructureError> {
        let (players, states) = (game.players().len(), game.states().len());
        let (given, needed) = (state.len() + costates.len(), states * (1 + players));
        if state.len() != states || given != needed {
            return Err(StructureError::ProfileLength { given, needed });
        }
        let neutral = neutral(game);
        Ok(Stage { game, given: [state, costates].concat(), states, neutral, ahead: None, recorded: None })
    }

    /// The game that has been recorded as this one, where it belongs to a whole stage with what its end is worth.
    pub(crate) fn told(game: &'g G, recorded: Recorded, ahead: Option<Arc<Ahead>>) -> Self {
        let given = recorded.parameters.iter().map(|(_, value)| *value).collect();
        Stage {
            game,
            given,
            states: game.states().len(),
            neutral: neutral(game),
            ahead,
            recorded: Some(recorded),
        }
    }

    /// The state.
    pub fn state(&self) -> &[f64] {
        &self.given[..self.states]
    }

    /// What a unit more of each state is worth to each player: the first player's states first. None in a game
    /// [in stages](super::StagedFeedback), where it depends on where the stage ends.
    pub fn costates(&self) -> &[f64] {
        &self.given[self.states..]
    }
}

/// The decisions' neutral values.
fn neutral<G: DifferentialGame>(game: &G) -> Vec<f64> {
    game.decisions().iter().map(|decision| decision.neutral).collect()
}

/// `H`: what flows, and what moving the state is worth.
#[inline]
pub(crate) fn hamiltonians<G: DifferentialGame, T: Scalar>(
    game: &G,
    state: &[T],
    costates: &[T],
    x: &[T],
    out: &mut [T],
) {
    on_stack(state.len(), T::constant(0.0), |drift: &mut [T]| {
        game.flow(state, x, out);
        game.drift(state, x, drift);
        price(drift, costates, out);
    });
}

impl<G: DifferentialGame> Game for Stage<'_, G> {
    type Player = G::Player;

    fn players(&self) -> Vec<G::Player> {
        self.game.players()
    }

    fn decisions(&self) -> Vec<Decision<G::Player>> {
        self.game.decisions()
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.lifted(|given: &[T]| self.bounds_at(given, decision, x))
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        let names = moment_names(&self.game.states(), &seats(&self.game.players()));
        names.into_iter().map(std::borrow::Cow::into_owned).zip(self.given.iter().copied()).collect()
    }
}

impl<G: DifferentialGame> Stage<'_, G> {
    /// State and costates as numbers of another kind.
    fn lifted<T: Scalar, R>(&self, work: impl FnOnce(&[T]) -> R) -> R {
        on_stack(self.given.len(), T::constant(0.0), |given: &mut [T]| {
            given.iter_mut().zip(&self.given).for_each(|(to, from)| *to = T::constant(*from));
            work(given)
        })
    }
}

impl<G: DifferentialGame> StaticGame for Stage<'_, G> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.lifted(|given: &[T]| self.payoffs_at(given, x, out));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let (state, costates) = p.split_at(self.states);
        on_stack(self.states, T::constant(0.0), |drift: &mut [T]| {
            self.game.flow(state, x, out);
            self.game.drift(state, x, drift);
            match &self.ahead {
                None => price(drift, costates, out),
                Some(ahead) => ahead.price(state, drift, out),
            }
        });
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        self.game.bounds_at_state(&p[..self.states], decision, x)
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.lifted(|given: &[T]| {
            let state = &given[..self.states];
            let mut conditions = self.game.conditions_at_state(state, x);
            if let Some(ahead) = &self.ahead {
                on_stack(self.states, T::constant(0.0), |drift: &mut [T]| {
                    self.game.drift(state, x, drift);
                    conditions.push(ahead.condition(state, drift));
                });
            }
            conditions
        })
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        self.game.conditions_at_state(&p[..self.states], x)
    }

    fn neutral_at<T: Scalar>(&self, _: &[T], decision: usize) -> T {
        T::constant(self.neutral.get(decision).copied().unwrap_or(0.0))
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<G::Player>) -> Option<Vec<T>> {
        if self.ahead.is_some() {
            return None;
        }
        let (state, costates) = p.split_at(self.states);
        let mut x: Vec<T> = self.neutral.iter().map(|neutral| T::constant(*neutral)).collect();
        self.game.closed_form_at(structure, state, costates, &mut x).then_some(x)
    }

    fn closed_form(&self, structure: &Structure<G::Player>) -> Option<Result<Vec<f64>, SolveError>> {
        self.closed_form_at(&self.given, structure).map(Ok)
    }

    fn record(&self) -> Result<Recorded, RecordError> {
        match &self.recorded {
            Some(recorded) => Ok(recorded.clone()),
            None => self.game.record()?.moment(&self.given),
        }
    }
}
