//! Static games made of a game over time: that of a moment, of a stage, of a leader's plan.
//!
//! They are put together from recorded formulas, and run no code of the game's own.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Formulas, Lasting, RecordError, Recorded, Seat};
use crate::dynamic::State;
use crate::formula::{Formula, FormulaError, Names, Term};
use crate::game::Condition;
use crate::scalar::Scalar;

/// What is written of parameters and decisions.
type Write<'w, R> = &'w dyn Fn(&[Term], &[Term]) -> Vec<R>;

/// The names of states and costates: the first player's costates first.
pub(crate) fn moment_names(states: &[State], players: &[Seat]) -> Vec<Cow<'static, str>> {
    let mut names: Vec<Cow<'static, str>> = states.iter().map(|state| state.name.clone()).collect();
    for player in players {
        let worth = |state: &State| format!("worth_of_{}_to_{}", state.name, player.name).into();
        names.extend(states.iter().map(worth));
    }
    names
}

/// `H`: adds what moving the states is worth, `costates` holding what each is worth to each player.
#[inline]
pub(crate) fn price<T: Scalar>(drift: &[T], costates: &[T], out: &mut [T]) {
    for (payoff, worth) in out.iter_mut().zip(costates.chunks_exact(drift.len().max(1))) {
        for (&drift, &worth) in drift.iter().zip(worth) {
            *payoff = *payoff + drift * worth;
        }
    }
}

impl Lasting {
    /// A formula of states and decisions as one of parameters, the first of which are the states, and decisions.
    pub(crate) fn restated(
        &self,
        formula: &Formula,
        inputs: &Names,
        given: usize,
    ) -> Result<Formula, FormulaError> {
        let own = Formula::record_named(inputs.clone(), &mut |y| self.at_state(formula, y.split_at(given)))?;
        Ok(own.with_outputs(formula.output_names().clone()))
    }

    /// What a formula of states and decisions does to these parameters and decisions.
    pub(crate) fn at_state<T: Scalar>(&self, formula: &Formula, (given, x): (&[T], &[T])) -> Vec<T> {
        formula.written(&[&given[..self.states.len()], x].concat())
    }
}

impl Recorded {
    /// What a game over time has beyond a game of one moment.
    pub(crate) fn lasting(&self) -> Result<&Arc<Lasting>, RecordError> {
        let damaged = || RecordError::Damaged { problem: "a game over time has states".to_owned() };
        self.lasting.as_ref().ok_or_else(damaged)
    }

    /// The static game with these parameters, the first of which are the states, and with payoffs that are written from the
    /// parameters and the decisions. Bounds and conditions are this game's own, then `more`.
    pub(crate) fn instant(
        &self,
        parameters: Vec<(String, f64)>,
        payoffs: Write<'_, Term>,
        more: Write<'_, Condition<Term>>,
    ) -> Result<Recorded, RecordError> {
        let (lasting, count) = (self.lasting()?, parameters.len());
        let given: Names = parameters.iter().map(|(name, _)| Cow::Owned(name.clone())).collect();
        let own = self.decisions.iter().map(|decision| decision.name.clone());
        let all: Names = given.iter().cloned().chain(own).collect();
        let mut written = |y: &[Term]| {
            let (given, x) = y.split_at(count);
            payoffs(given, x)
        };
        let Formulas { bounds, conditions, kinds, .. } = &*self.formulas;
        let mut kinds = kinds.clone();
        let mut quantities = conditions.output_names().to_vec();
        let conditions = Formula::record_named(all.clone(), &mut |y| {
            let (given, x) = y.split_at(count);
            let mut values = lasting.at_state(conditions, (given, x));
            for Condition { quantity, value, kind } in more(given, x) {
                quantities.push(quantity);
                kinds.push(kind);
                values.push(value);
            }
            values
        })?;
        let mut neutral = |_: &[Term]| self.decisions.iter().map(|d| Term::constant(d.neutral)).collect();
        let formulas = Formulas {
            payoffs: Formula::record_named(all.clone(), &mut written)?
                .named(self.players.iter().map(|seat| seat.name)),
            bounds: lasting.restated(bounds, &all, count)?,
            conditions: conditions.named(quantities),
            kinds,
            constraints: None,
            neutral: Formula::record_named(given, &mut neutral)?,
            kept: None,
        };
        Ok(Recorded {
            players: self.players.clone(),
            decisions: self.decisions.clone(),
            parameters: parameters.into(),
            formulas: Arc::new(formulas),
            lasting: None,
            own: None,
        })
    }

    /// The game of the moment, `given` these states and costates: payoffs are the Hamiltonians.
    pub(crate) fn moment(&self, given: &[f64]) -> Result<Recorded, RecordError> {
        let lasting = self.lasting()?;
        let names = moment_names(&lasting.states, &self.players);
        let parameters = names.into_iter().map(Cow::into_owned).zip(given.iter().copied()).collect();
        let payoffs = |given: &[Term], x: &[Term]| {
            let mut all = lasting.at_state(&self.formulas.payoffs, (given, x));
            let drift = lasting.at_state(&lasting.drift, (given, x));
            price(&drift, &given[drift.len()..], &mut all);
            all
        };
        self.instant(parameters, &payoffs, &|_, _| Vec::new())
    }
}
