//! What the end of a stage is worth, in a game whose decisions fall at the beginning of stages.

use super::basis::{Basis, contracted};
use super::frame::SLACK;
use super::value::ValueFunction;
use crate::formula::Term;
use crate::game::Condition;
use crate::recorded::{RecordError, Recorded};
use crate::row::on_stack;
use crate::scalar::Scalar;

/// What the end of a stage is worth to everybody.
#[derive(Clone, Debug)]
pub(crate) struct Ahead {
    /// How long the stage lasts.
    pub(crate) length: f64,
    /// What a payoff at its end is worth at its beginning, to each player.
    pub(crate) factors: Vec<f64>,
    /// On which all values are found.
    pub(crate) basis: Basis,
    pub(crate) values: Vec<ValueFunction>,
}

impl Ahead {
    /// Where the state stands at the end of the stage.
    pub(crate) fn next<T: Scalar>(&self, state: &[T], drift: &[T], out: &mut [T]) {
        for ((to, &from), &drift) in out.iter_mut().zip(state).zip(drift) {
            *to = from + drift * self.length;
        }
    }

    /// Adds what moving the state by the end of the stage is worth, a unit of time: `β(V(s') − V(s))/h`.
    pub(crate) fn price<T: Scalar>(&self, state: &[T], drift: &[T], out: &mut [T]) {
        on_stack(state.len(), T::constant(0.0), |next: &mut [T]| {
            self.next(state, drift, next);
            let (here, there) = (self.basis.continued(state), self.basis.continued(next));
            for ((payoff, value), factor) in out.iter_mut().zip(&self.values).zip(&self.factors) {
                let gain = contracted(value.coefficients(), &there) - contracted(value.coefficients(), &here);
                *payoff = *payoff + gain * (factor / self.length);
            }
        });
    }

    /// The stage ends within the region: beyond, nothing is known of what the future is worth.
    pub(crate) fn condition<T: Scalar>(&self, state: &[T], drift: &[T]) -> Condition<T> {
        let Basis { lower, upper, .. } = &self.basis;
        let least = on_stack(state.len(), T::constant(0.0), |next: &mut [T]| {
            self.next(state, drift, next);
            let ends = next.iter().zip(lower.iter().zip(upper));
            let room =
                ends.map(|(&s, (&lower, &upper))| (s - lower).min(-(s - upper)) + SLACK * (upper - lower));
            room.fold(T::constant(f64::INFINITY), Scalar::min)
        });
        Condition::require("what is left to the region's edge", least)
    }

    /// The game of a stage as a static one whose parameters are the state, `limited` to stages that end within the region.
    pub(crate) fn staged(&self, game: &Recorded, start: &[f64], limited: bool) -> Result<Recorded, RecordError> {
        let lasting = game.lasting()?;
        let names = lasting.states.iter().map(|state| state.name.to_string());
        let payoffs = |state: &[Term], x: &[Term]| {
            let mut all = lasting.at_state(&game.formulas.payoffs, (state, x));
            self.price(state, &lasting.at_state(&lasting.drift, (state, x)), &mut all);
            all
        };
        let more = |state: &[Term], x: &[Term]| {
            let limit = |_| self.condition(state, &lasting.at_state(&lasting.drift, (state, x)));
            Some(()).filter(|()| limited).map(limit).into_iter().collect()
        };
        game.instant(names.zip(start.iter().copied()).collect(), &payoffs, &more)
    }
}
