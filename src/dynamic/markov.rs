//! What a feedback equilibrium is in numbers: a value function a seat (a Markov perfect equilibrium).

use std::sync::Arc;

use super::error::DynamicError;
use super::frame::Frame;
use super::moment::Route;
use super::played::Played;
use super::region::Region;
use super::value::ValueFunction;
use crate::equilibrium::{Method, Report};
use crate::error::ParameterError;
use crate::recorded::Recorded;
use crate::solve::Found;

/// Value functions of a recorded game, and with them policies.
#[derive(Clone, Debug)]
pub(crate) struct MarkovPerfect {
    pub(crate) played: Arc<Played>,
    pub(crate) frame: Frame,
    pub(crate) values: Vec<ValueFunction>,
    pub(crate) payoffs: Vec<f64>,
    pub(crate) report: Report,
}

impl MarkovPerfect {
    pub(crate) fn new(played: Arc<Played>, frame: Frame, values: Vec<ValueFunction>, report: Report) -> Self {
        let initial = frame.initial();
        let payoffs = values.iter().map(|value| value.at(&initial)).collect();
        MarkovPerfect { played, frame, values, payoffs, report }
    }

    /// See [`Feedback::propose`](super::Feedback::propose).
    pub(crate) fn propose(played: Arc<Played>, values: Vec<ValueFunction>) -> Result<Self, DynamicError> {
        let frame = Frame::new(&played, &[])?;
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
        Ok(MarkovPerfect::new(played, frame, values, Report { residual: None, ..report }))
    }

    /// What a unit more of each state is worth to each player: the first player's states first.
    pub(crate) fn costates(&self, state: &[f64]) -> Vec<f64> {
        ValueFunction::costates(&self.values, state)
    }

    /// The game of the moment at a state.
    pub(crate) fn stage(&self, state: &[f64]) -> Result<Recorded, DynamicError> {
        self.inside(state)?;
        self.played.stage(state, &self.costates(state))
    }

    /// What everybody decides at a state.
    pub(crate) fn policy(&self, state: &[f64]) -> Result<Found, DynamicError> {
        self.inside(state)?;
        self.played.policy(state, &self.costates(state))
    }

    /// How fast the state moves under the policies.
    pub(crate) fn drift(&self, state: &[f64]) -> Result<Vec<f64>, DynamicError> {
        let policy = self.policy(state)?;
        let mut drift = vec![0.0; state.len()];
        self.played.drift(state, &policy.profile, &mut drift);
        Ok(drift)
    }

    /// Refuses a state outside of the region, unless quadratic value functions hold there too.
    pub(crate) fn inside(&self, state: &[f64]) -> Result<(), DynamicError> {
        self.frame.inside(state).or_else(|_| {
            let mut moments = self.played.moments(Route::Auto)?;
            Region::new(&mut moments, &self.frame, &self.values).covers(state)
        })
    }

    /// What a seat's future is worth at a state; NaN outside of the region, unless quadratic value functions hold there, and from
    /// there on, too.
    pub(crate) fn value(&self, seat: usize, state: &[f64]) -> f64 {
        let known = self.frame.inside(state).or_else(|_| {
            let mut moments = self.played.moments(Route::Auto)?;
            Region::new(&mut moments, &self.frame, &self.values).covers_course(state)
        });
        if known.is_ok() { self.values[seat].at(state) } else { f64::NAN }
    }
}
