//! A game as data: what every solver plays, whatever the game's own type.

mod beside;
mod constrained;
mod instant;
mod kept;
mod lasting;
mod seat;
mod source;
mod stored;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use beside::{Beside, policies};
pub(crate) use constrained::Constrained;
pub(crate) use instant::{moment_names, price};
pub(crate) use kept::Kept;
pub(crate) use lasting::Lasting;
pub use seat::Seat;
pub(crate) use seat::{by_seat, seated, seats};
use source::{Cast, Source};

use crate::error::{SolveError, StructureError};
use crate::formula::{Dependence, Formula, FormulaError, Names, Term};
use crate::game::{Condition, ConditionKind, Constraint, Decision, Game, Interval, StaticGame};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A game as data: its players and decisions by name, its formulas [recorded](crate::formula).
///
/// [`StaticGame::record`](crate::StaticGame::record) gives it. It is a game itself, not generic, and can be cloned, sent to
/// another thread, stored and read again; games of all kinds stand side by side in one list.
///
/// ```
/// use coopad::models::{Channel, HuangLi, Model, PlatformAlliance};
/// use coopad::prelude::*;
///
/// let games = [HuangLi::example().record()?, PlatformAlliance::example().record()?];
/// for game in &games {
///     let leader = game.players()[0];
///     let found = game.solve(&Structure::leader(leader))?;
///     assert!(found.payoff(leader) > 0.0);
/// }
///
/// // Stored and read again, it is the same game.
/// let stored = serde_json::to_string(&games[0])?;
/// assert_eq!(serde_json::from_str::<coopad::Recorded>(&stored)?, games[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A closed form that needs numerics inside (a root found by iteration) cannot be recorded. [`Recorded::beside`] keeps the
/// game's own type beside its data, functions included; stored and read again, the game is what was recorded, and the engine
/// solves it.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub(crate) players: Arc<[Seat]>,
    pub(crate) decisions: Arc<[Decision<Seat>]>,
    /// The parameters, each with its value.
    pub(crate) parameters: Arc<[(String, f64)]>,
    pub(crate) formulas: Arc<Formulas>,
    /// What a game over time has beyond a game of one moment.
    pub(crate) lasting: Option<Arc<Lasting>>,
    /// The game's own functions.
    pub(crate) own: Option<Arc<dyn Beside>>,
}

impl PartialEq for Recorded {
    /// Whether the data are the same; functions beside them are not compared.
    fn eq(&self, other: &Self) -> bool {
        self.players == other.players
            && self.decisions == other.decisions
            && self.parameters == other.parameters
            && self.formulas == other.formulas
            && self.lasting == other.lasting
    }
}

/// A game's formulas. The inputs of each are the parameters, then, but for neutral values, the decisions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Formulas {
    /// Everybody's payoff.
    pub(crate) payoffs: Formula,
    /// The lower end of every decision's range and its upper end, the first decision's first.
    pub(crate) bounds: Formula,
    /// What must not be negative; the outputs are named by the quantities.
    pub(crate) conditions: Formula,
    pub(crate) kinds: Vec<ConditionKind>,
    /// What limits several decisions at once; none where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) constraints: Option<Constrained>,
    /// Every decision's neutral value.
    pub(crate) neutral: Formula,
    /// Where formulas serve many games: what solvers have made of them.
    #[serde(skip)]
    pub(crate) kept: Option<Kept>,
}

impl PartialEq for Formulas {
    /// Whether the formulas are the same; what was made of them follows from that.
    fn eq(&self, other: &Self) -> bool {
        self.payoffs == other.payoffs
            && self.bounds == other.bounds
            && self.conditions == other.conditions
            && self.kinds == other.kinds
            && self.constraints == other.constraints
            && self.neutral == other.neutral
    }
}

/// The parameters' values alone.
pub(crate) fn values(parameters: &[(String, f64)]) -> Vec<f64> {
    parameters.iter().map(|(_, value)| *value).collect()
}

impl Recorded {
    /// Records a game, its arguments as inputs.
    pub(crate) fn of<G: StaticGame>(game: &G) -> Result<Self, RecordError> {
        Self::from_source(game)
    }

    fn from_source(game: &dyn Source) -> Result<Self, RecordError> {
        let Cast { players, decisions } = game.cast()?;
        let parameters = game.parameters();
        seat::names_differ("parameters", parameters.iter().map(|(name, _)| name.as_str()))?;
        let given: Names = parameters.iter().map(|(name, _)| Cow::Owned(name.clone())).collect();
        let own = decisions.iter().map(|decision| decision.name.clone());
        let all: Names = given.iter().cloned().chain(own).collect();
        let count = parameters.len();
        let payoffs = Formula::record_named(all.clone(), &mut |x| {
            let mut out = vec![Term::constant(0.0); players.len()];
            game.payoffs(&x[..count], &x[count..], &mut out);
            out
        })?;
        let bounds = Formula::record_named(all.clone(), &mut |x| {
            let ends = |decision| {
                let Interval { lower, upper } = game.bounds(&x[..count], decision, &x[count..]);
                [lower, upper]
            };
            (0..decisions.len()).flat_map(ends).collect()
        })?;
        let constraints =
            Constrained::record(all.clone(), &mut |x| game.constraints(&x[..count], &x[count..]))?;
        let (conditions, kinds) = conditions(all, &mut |x| game.conditions(&x[..count], &x[count..]))?;
        let neutral = Formula::record_named(given, &mut |p| {
            (0..decisions.len()).map(|decision| game.neutral(p, decision)).collect()
        })?;
        let formulas = Formulas {
            payoffs: payoffs.named(players.iter().map(|seat| seat.name)),
            bounds,
            conditions,
            kinds,
            constraints,
            neutral,
            kept: None,
        };
        Ok(Recorded {
            players,
            decisions: decisions.into(),
            parameters: parameters.into(),
            formulas: Arc::new(formulas),
            lasting: None,
            own: None,
        })
    }

    /// The same game with its own type beside it: closed forms that are functions, and not formulas, are used where it is
    /// solved.
    #[must_use]
    pub fn beside<G: StaticGame<Player: Send + Sync> + Send + Sync + 'static>(mut self, game: G) -> Self {
        self.own = Some(Arc::new(beside::AtOnce(game)));
        self
    }

    /// The game itself: it is data already. (Both traits of games have this method; here is no doubt which is meant.)
    ///
    /// # Errors
    ///
    /// None.
    pub fn record(&self) -> Result<Self, RecordError> {
        Ok(self.clone())
    }

    /// Whether functions stand beside the data.
    pub fn has_functions(&self) -> bool {
        self.own.is_some()
    }

    /// Everybody's payoff, a formula of the [parameters](Game::arguments) and then the decisions.
    pub fn payoff_formula(&self) -> &Formula {
        &self.formulas.payoffs
    }

    /// The lower and the upper end of each decision's range, the first decision's first: a formula of the parameters and
    /// then the decisions.
    pub fn bound_formula(&self) -> &Formula {
        &self.formulas.bounds
    }

    /// The quantities that must not be negative: a formula of the parameters and then the decisions.
    pub fn condition_formula(&self) -> &Formula {
        &self.formulas.conditions
    }

    /// The quantities that limit several decisions at once, where there are any: a formula of the parameters and then the
    /// decisions. Whom each binds is in [`StaticGame::constraints`].
    pub fn constraint_formula(&self) -> Option<&Formula> {
        self.formulas.constraints.as_ref().map(|constraints| &constraints.formula)
    }

    /// The same game at other values of its parameters.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] where there are not as many as the game has.
    pub fn at(&self, values: &[f64]) -> Result<Self, FormulaError> {
        let (given, needed) = (values.len(), self.parameters.len());
        if given != needed {
            return Err(FormulaError::Count { what: "parameters", given, needed });
        }
        let named = self.parameters.iter().zip(values);
        let parameters = named.map(|((name, _), value)| (name.clone(), *value)).collect();
        // The functions beside know the game's own numbers only.
        Ok(Recorded { parameters, own: None, ..self.clone() })
    }

    /// Refuses a game that says it has parameters, but whose formulas know none of them: whoever wrote it forgot to write its
    /// payoffs over them.
    pub(crate) fn depends_on_parameters(&self) -> Result<(), SolveError> {
        let Formulas { payoffs, bounds, conditions, neutral, .. } = &*self.formulas;
        let idle = |formula: &Formula, input: usize| {
            formula.dependences(input).iter().all(|dependence| *dependence == Dependence::None)
        };
        let unused =
            |input| [payoffs, bounds, conditions, neutral].iter().all(|formula| idle(formula, input));
        if self.parameters.is_empty() || !(0..self.parameters.len()).all(unused) {
            return Ok(());
        }
        let parameters = self.parameters.iter().map(|(name, _)| name.clone()).collect();
        Err(SolveError::IdleParameters { parameters })
    }

    /// The parameters' own values, then these numbers.
    fn with_parameters<T: Scalar>(&self, x: &[T]) -> Vec<T> {
        self.parameters.iter().map(|(_, value)| T::constant(*value)).chain(x.iter().copied()).collect()
    }

    fn bounds_of<T: Scalar>(&self, all: &[T], decision: usize) -> Interval<T> {
        let nothing = T::constant(f64::NAN);
        let mut ends = vec![nothing; 2 * self.decisions.len()];
        fill_safely(&self.formulas.bounds, all, &mut ends);
        match ends.get(2 * decision..2 * decision + 2) {
            Some(&[lower, upper]) => Interval { lower, upper },
            _ => Interval { lower: nothing, upper: nothing },
        }
    }

    fn conditions_of<T: Scalar>(&self, all: &[T]) -> Vec<Condition<T>> {
        let mut values = vec![T::constant(f64::NAN); self.formulas.kinds.len()];
        fill_safely(&self.formulas.conditions, all, &mut values);
        let quantity = |at| Cow::Owned(self.formulas.conditions.output(at).into_owned());
        let each = values.into_iter().zip(&self.formulas.kinds).enumerate();
        each.map(|(at, (value, kind))| Condition { quantity: quantity(at), value, kind: *kind }).collect()
    }
}

/// The formula of a game's conditions, its outputs named by their quantities, and what each means where it fails.
fn conditions(
    inputs: Names,
    write: &mut dyn FnMut(&[Term]) -> Vec<Condition<Term>>,
) -> Result<(Formula, Vec<ConditionKind>), FormulaError> {
    let (mut kinds, mut quantities) = (Vec::new(), Vec::new());
    let formula = Formula::record_named(inputs, &mut |x| {
        let each = write(x).into_iter().map(|Condition { quantity, value, kind }| {
            kinds.push(kind);
            quantities.push(quantity);
            value
        });
        each.collect()
    })?;
    Ok((formula.named(quantities), kinds))
}

/// Runs a formula where the numbers may not fit, since callers of a game's own methods may hand in anything: then nothing is
/// a number.
fn fill_safely<T: Scalar>(formula: &Formula, x: &[T], out: &mut [T]) {
    if formula.run_into(x, out).is_err() {
        out.fill(T::constant(f64::NAN));
    }
}

impl Game for Recorded {
    type Player = Seat;

    fn players(&self) -> Vec<Seat> {
        self.players.to_vec()
    }

    fn decisions(&self) -> Vec<Decision<Seat>> {
        self.decisions.to_vec()
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_of(&self.with_parameters(x), decision)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        self.parameters.to_vec()
    }
}

impl StaticGame for Recorded {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        fill_safely(&self.formulas.payoffs, &self.with_parameters(x), out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        fill_safely(&self.formulas.payoffs, &[p, x].concat(), out);
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_of(&[p, x].concat(), decision)
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.conditions_of(&self.with_parameters(x))
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        self.conditions_of(&[p, x].concat())
    }

    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Seat>> {
        self.constraints_of(&self.with_parameters(x))
    }

    fn constraints_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Constraint<T, Seat>> {
        self.constraints_of(&[p, x].concat())
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        let mut all = vec![T::constant(f64::NAN); self.decisions.len()];
        fill_safely(&self.formulas.neutral, p, &mut all);
        all.get(decision).copied().unwrap_or(T::constant(f64::NAN))
    }

    fn closed_form(&self, structure: &Structure<Seat>) -> Option<Result<Vec<f64>, SolveError>> {
        self.own.as_ref()?.closed_form(structure)
    }

    fn record(&self) -> Result<Recorded, RecordError> {
        Ok(self.clone())
    }
}

/// Why a game could not be recorded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// One of its formulas could not.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// A decision belongs to somebody who is not in the game.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// What was read does not fit together.
    #[error("the stored game does not fit together: {problem}")]
    Damaged {
        /// What does not fit.
        problem: String,
    },
    /// A stored game of a version that is not known here.
    #[error("the stored game has version {version}; this library reads version {known}")]
    Version {
        /// Its version.
        version: u32,
        /// The version that is read.
        known: u32,
    },
}
