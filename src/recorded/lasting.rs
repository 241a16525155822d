//! What a recorded game over time has beyond a game of one moment.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::source::{Card, Cast, LastingSource};
use super::{Formulas, RecordError, Recorded, Seat, beside};
use crate::dynamic::linear_quadratic::Quadratic;
use crate::dynamic::{DifferentialGame, Information, State};
use crate::formula::{Formula, Names, Term};
use crate::game::{Condition, Interval};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The formulas of a game over time. The inputs of each are the states, then, but for noise and salvage, the decisions; so are
/// those of its [`Formulas`], which hold bounds and conditions. Its payoffs are what flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lasting {
    pub(crate) states: Vec<State>,
    /// How fast each state moves.
    pub(crate) drift: Formula,
    /// The strength of each state's noise.
    pub(crate) diffusion: Formula,
    /// What each player gets for the last state.
    pub(crate) salvage: Formula,
    /// By seat.
    pub(crate) discounts: Vec<f64>,
    pub(crate) horizon: Option<f64>,
    pub(crate) information: Information,
    pub(crate) stage: Option<f64>,
}

/// What a formula of state and decisions does to terms.
type WriteAll<'w> = &'w dyn Fn(&[Term], &[Term], &mut [Term]);

impl Recorded {
    /// Records a game over time. Its parameters, as a game of the moment at the initial state, are the states.
    pub(crate) fn over_time<G: DifferentialGame>(game: &G) -> Result<Self, RecordError> {
        Self::from_lasting_source(game)
    }

    fn from_lasting_source(game: &dyn LastingSource) -> Result<Self, RecordError> {
        let Cast { players, decisions } = game.cast()?;
        let Card { states, discounts, horizon, information, stage } = game.card();
        let given: Names = states.iter().map(|state| state.name.clone()).collect();
        let own = decisions.iter().map(|decision| decision.name.clone());
        let all: Names = given.iter().cloned().chain(own).collect();
        let count = states.len();
        let nothing = Term::constant(0.0);
        let of_all = |size: usize, write: WriteAll<'_>| {
            Formula::record_named(all.clone(), &mut |x| {
                let mut out = vec![nothing; size];
                write(&x[..count], &x[count..], &mut out);
                out
            })
        };
        let of_state = |size: usize, write: &dyn Fn(&[Term], &mut [Term])| {
            Formula::record_named(given.clone(), &mut |state| {
                let mut out = vec![nothing; size];
                write(state, &mut out);
                out
            })
        };
        let flow = of_all(players.len(), &|state, x, out| game.flow(state, x, out))?;
        let drift = of_all(count, &|state, x, out| game.drift(state, x, out))?;
        let bounds = of_all(2 * decisions.len(), &|state, x, out| {
            for (decision, ends) in out.chunks_exact_mut(2).enumerate() {
                let Interval { lower, upper } = game.bounds(state, decision, x);
                ends.copy_from_slice(&[lower, upper]);
            }
        })?;
        let (conditions, kinds) =
            super::conditions(all.clone(), &mut |x| game.conditions(&x[..count], &x[count..]))?;
        let neutral = of_state(decisions.len(), &|_, out| {
            out.iter_mut().zip(&decisions).for_each(|(out, d)| *out = Term::constant(d.neutral));
        })?;
        let lasting = Lasting {
            drift: drift.named(given.iter().cloned()),
            diffusion: of_state(count, &|state, out| game.diffusion(state, out))?
                .named(given.iter().cloned()),
            salvage: of_state(players.len(), &|state, out| game.salvage(state, out))?,
            discounts,
            horizon,
            information,
            stage,
            states,
        };
        let formulas = Formulas {
            payoffs: flow.named(players.iter().map(|seat| seat.name)),
            bounds,
            conditions,
            kinds,
            constraints: None,
            neutral,
            kept: None,
        };
        let start = lasting.states.iter().map(|state| (state.name.to_string(), state.initial)).collect();
        Ok(Recorded {
            players,
            decisions: decisions.into(),
            parameters: start,
            formulas: Arc::new(formulas),
            lasting: Some(Arc::new(lasting)),
            own: None,
        })
    }

    /// The same game over time with its own type beside it: what it knows by functions is used where it is solved.
    #[must_use]
    pub fn beside_over_time<G: DifferentialGame<Player: Send + Sync> + Send + Sync + 'static>(
        mut self,
        game: G,
    ) -> Self {
        self.own = Some(Arc::new(beside::OverTime(game)));
        self
    }

    /// How fast each state moves, a formula of the states and then the decisions; none in a game of one moment.
    pub fn drift_formula(&self) -> Option<&Formula> {
        self.lasting.as_ref().map(|lasting| &lasting.drift)
    }
}

impl DifferentialGame for Recorded {
    fn states(&self) -> Vec<State> {
        self.lasting.as_ref().map_or_else(Vec::new, |lasting| lasting.states.clone())
    }

    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        if let Some(lasting) = &self.lasting {
            super::fill_safely(&lasting.drift, &[state, x].concat(), out);
        }
    }

    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        super::fill_safely(&self.formulas.payoffs, &[state, x].concat(), out);
    }

    fn discount(&self, player: Seat) -> f64 {
        let discounts = self.lasting.as_ref().map(|lasting| &lasting.discounts);
        discounts.and_then(|discounts| discounts.get(player.number())).copied().unwrap_or(f64::NAN)
    }

    fn horizon(&self) -> Option<f64> {
        self.lasting.as_ref()?.horizon
    }

    fn information(&self) -> Information {
        self.lasting.as_ref().map_or_else(Information::default, |lasting| lasting.information)
    }

    fn stage(&self) -> Option<f64> {
        self.lasting.as_ref()?.stage
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        if let Some(lasting) = &self.lasting {
            super::fill_safely(&lasting.diffusion, state, out);
        }
    }

    fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        if let Some(lasting) = &self.lasting {
            super::fill_safely(&lasting.salvage, state, out);
        }
    }

    fn bounds_at_state<T: Scalar>(&self, state: &[T], decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_of(&[state, x].concat(), decision)
    }

    fn conditions_at_state<T: Scalar>(&self, state: &[T], x: &[T]) -> Vec<Condition<T>> {
        self.conditions_of(&[state, x].concat())
    }

    fn known_values(&self, structure: &Structure<Seat>) -> Option<Vec<Quadratic>> {
        self.own.as_ref()?.known_values(structure)
    }

    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Seat>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let formula = self.own.as_ref().and_then(|own| own.policies(structure));
        formula.is_some_and(|formula| formula.run_into(&[state, costates].concat(), x).is_ok())
    }

    fn record(&self) -> Result<Recorded, RecordError> {
        Ok(self.clone())
    }
}
