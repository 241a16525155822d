//! A game over time as one structure plays it: what every solver in time works on, whatever the game's own type.

use std::sync::{Arc, OnceLock};

use super::error::DynamicError;
use super::game::DifferentialGame;
use super::moment::{Moments, Route};
use crate::equilibrium::{Certificate, Method};
use crate::error::{SolveError, StructureError};
use crate::formula::{Formula, FormulaError, Names, Term};
use crate::recorded::{Lasting, RecordError, Recorded, Seat, by_seat, policies};
use crate::scalar::Scalar;
use crate::solve::{Found, Reaction, Turn, assemble, by_engine, certify};
use crate::structure::Structure;

/// The most operations, times the costates along which they are differentiated, of maximised Hamiltonians whose derivatives
/// are recorded.
const MOST: usize = 200_000;

/// A recorded game over time with the structure under which it is played.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) game: Recorded,
    pub(crate) lasting: Arc<Lasting>,
    pub(crate) structure: Structure<Seat>,
    /// The equilibrium of the moment, a formula of states and costates, where one is known.
    pub(crate) policies: Option<Formula>,
    /// Made when it is first asked for.
    moment: OnceLock<Result<Moment, RecordError>>,
}

/// The game of the moment. Its parameters are the states and the costates; its formulas are of these and the decisions.
#[derive(Debug)]
pub(crate) struct Moment {
    /// At the start, where the future is worth nothing.
    pub(crate) game: Recorded,
    /// The same ready to be solved at one state after another, where the structure fits it.
    reaction: Result<Reaction, RecordError>,
    pub(crate) drift: Formula,
    pub(crate) flow: Formula,
    /// Everybody's Hamiltonian at the policies, then its slopes in the costates.
    maximised: OnceLock<Option<Formula>>,
}

impl Played {
    /// A game of the caller's own, recorded.
    pub(crate) fn of<G: DifferentialGame>(
        game: &G,
        structure: &Structure<G::Player>,
    ) -> Result<Arc<Self>, DynamicError> {
        Self::recorded(game.record()?, game, structure)
    }

    /// The same where it has been recorded before.
    pub(crate) fn recorded<G: DifferentialGame>(
        recorded: Recorded,
        game: &G,
        structure: &Structure<G::Player>,
    ) -> Result<Arc<Self>, DynamicError> {
        let by_seat = by_seat(structure, &game.players(), &recorded.players);
        Self::put_together(recorded, policies(game, structure), by_seat)
    }

    fn put_together(
        game: Recorded,
        policies: Option<Formula>,
        structure: Result<Structure<Seat>, StructureError>,
    ) -> Result<Arc<Self>, DynamicError> {
        let lasting = game.lasting()?.clone();
        Ok(Arc::new(Played { game, lasting, structure: structure?, policies, moment: OnceLock::new() }))
    }

    /// The game of the moment.
    pub(crate) fn moment(&self) -> Result<&Moment, DynamicError> {
        let moment = self.moment.get_or_init(|| Moment::new(&self.game, &self.structure));
        moment.as_ref().map_err(|error| error.clone().into())
    }

    /// The game of the moment, ready to be solved at one state after another.
    pub(crate) fn moments(&self, route: Route) -> Result<Moments<'_>, DynamicError> {
        let moment = self.moment()?;
        Ok(Moments::new(self, moment, moment.reaction()?, route))
    }

    /// The game of the moment at a state.
    pub(crate) fn stage(&self, state: &[f64], costates: &[f64]) -> Result<Recorded, DynamicError> {
        let moved = self.moment()?.game.at(&[state, costates].concat());
        Ok(moved.map_err(RecordError::from)?)
    }

    /// What everybody decides at a state, by the formula where there is one: the stage's payoffs are the Hamiltonians.
    pub(crate) fn policy(&self, state: &[f64], costates: &[f64]) -> Result<Found, DynamicError> {
        let stage = self.stage(state, costates)?;
        solved(&stage, self, self.policies.as_ref())
            .map_err(|source| DynamicError::Stage { state: state.to_vec(), source })
    }

    /// Who decides what at a moment, stage by stage.
    pub(crate) fn turns(&self) -> Result<Vec<Turn>, DynamicError> {
        Ok(self.moment()?.reaction()?.turns())
    }

    /// How many states there are.
    pub(crate) fn states(&self) -> usize {
        self.lasting.states.len()
    }

    /// Every decision's typical value, or else this.
    pub(crate) fn usual(&self, otherwise: impl Fn(&crate::Decision<Seat>) -> f64) -> Vec<f64> {
        self.game
            .decisions
            .iter()
            .map(|decision| decision.typical.unwrap_or_else(|| otherwise(decision)))
            .collect()
    }

    /// What everybody earns a unit of time.
    pub(crate) fn flow(&self, state: &[f64], x: &[f64], out: &mut [f64]) {
        self.game.formulas.payoffs.fill(&[state, x].concat(), out);
    }

    /// How fast the state moves.
    pub(crate) fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        self.lasting.drift.fill(&[state, x].concat(), out);
    }

    /// What everybody gets when the game ends.
    pub(crate) fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        self.lasting.salvage.fill(state, out);
    }

    /// `½σ²` of each state.
    pub(crate) fn noise(&self, state: &[f64]) -> Vec<f64> {
        self.lasting.diffusion.written(state).into_iter().map(|s| 0.5 * s * s).collect()
    }
}

/// The equilibrium of the game of a moment, or of a stage, at its own parameters.
pub(crate) fn solved(
    stage: &Recorded,
    played: &Played,
    policies: Option<&Formula>,
) -> Result<Found, SolveError> {
    match policies {
        Some(formula) => {
            let given: Vec<f64> = stage.parameters.iter().map(|(_, value)| *value).collect();
            assemble(stage, formula.written(&given), Method::ClosedForm)
        }
        None => by_engine(stage, &played.structure),
    }
}

/// The same, and what a search for somebody who gains by deviating finds.
pub(crate) fn searched(
    stage: &Recorded,
    played: &Played,
    policies: Option<&Formula>,
    state: &[f64],
) -> Result<Certificate<usize>, DynamicError> {
    let at = |source| DynamicError::Stage { state: state.to_vec(), source };
    let mut found = solved(stage, played, policies).map_err(at)?;
    certify(stage, &played.structure, &mut found).map_err(|error| match error {
        SolveError::Refuted { player, gain, .. } => {
            DynamicError::Refuted { player, gain, state: state.to_vec() }
        }
        source => at(source),
    })
}

impl Moment {
    fn new(game: &Recorded, structure: &Structure<Seat>) -> Result<Self, RecordError> {
        let lasting = game.lasting()?;
        let mut given: Vec<f64> = lasting.states.iter().map(|state| state.initial).collect();
        given.resize(given.len() * (1 + game.players.len()), 0.0);
        let moment = game.moment(&given)?;
        let names = moment.formulas.payoffs.names();
        Ok(Moment {
            drift: lasting.restated(&lasting.drift, names, given.len())?,
            flow: lasting.restated(&game.formulas.payoffs, names, given.len())?,
            reaction: Reaction::new(moment.clone(), structure),
            game: moment,
            maximised: OnceLock::new(),
        })
    }

    /// The game ready to be solved at one state after another.
    pub(crate) fn reaction(&self) -> Result<&Reaction, DynamicError> {
        self.reaction.as_ref().map_err(|error| error.clone().into())
    }

    /// Everybody's Hamiltonian: a formula of states, costates and decisions.
    pub(crate) fn hamiltonians(&self) -> &Formula {
        &self.game.formulas.payoffs
    }

    /// A formula of states, costates and decisions where the decisions are these policies: one of states and costates.
    pub(crate) fn at_policies(formula: &Formula, policies: &Formula) -> Result<Formula, FormulaError> {
        let names: Names = policies.names().clone();
        Formula::record_named(names, &mut |given: &[Term]| {
            formula.written(&[given, &policies.written(given)].concat())
        })
    }

    /// The formula of the Hamiltonians at these policies and of their slopes in the costates; none where it would be long.
    pub(crate) fn maximised(&self, policies: &Formula, states: usize) -> Option<&Formula> {
        let maximised = self.maximised.get_or_init(|| {
            let values = Self::at_policies(self.hamiltonians(), policies).ok()?;
            let costates: Vec<usize> = (states..values.inputs().len()).collect();
            let short = values.operations() * costates.len() <= MOST;
            if short { values.derivative(&costates).ok() } else { None }
        });
        maximised.as_ref()
    }
}
