//! What can go wrong, as data.

use thiserror::Error;

use crate::formula::FormulaError;
use crate::recorded::RecordError;

/// A parameter of a model has no meaning at the value given.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// The value is not allowed (NaN and infinities never are).
    #[error("{parameter} = {} is not allowed: it must be {allowed}", brief(*value))]
    OutOfRange {
        /// The parameter's name.
        parameter: String,
        /// The value given.
        value: f64,
        /// What is allowed, in words.
        allowed: String,
    },
    /// A parameter is missing, or holds another number of values than it needs.
    #[error("{parameter} needs {needed} value{}, {given} given", if *needed == 1 { "" } else { "s" })]
    WrongLength {
        /// The parameter's name.
        parameter: String,
        /// How many values were given.
        given: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Two parameters do not fit together.
    #[error("{parameter} = {} does not fit: {condition}", brief(*value))]
    Inconsistent {
        /// The parameter's name.
        parameter: String,
        /// The value given.
        value: f64,
        /// The condition that fails.
        condition: String,
    },
}

/// A structure does not fit the game it is applied to.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum StructureError {
    /// A decision number beyond the game's decisions.
    #[error("there is no decision number {decision}: the game has {count}")]
    NoSuchDecision {
        /// The number given.
        decision: usize,
        /// How many decisions the game has.
        count: usize,
    },
    /// A decision stands in two stages, or in two ties.
    #[error("decision number {decision} is named twice")]
    DecidedTwice {
        /// The decision.
        decision: usize,
    },
    /// A profile that does not have one entry for each decision of the game.
    #[error("the profile has {given} entries, the game {needed} decisions")]
    ProfileLength {
        /// How many entries the profile has.
        given: usize,
        /// How many decisions the game has.
        needed: usize,
    },
    /// A player who is not in the game.
    #[error("{player} is not a player of this game")]
    NoSuchPlayer {
        /// The player's name.
        player: String,
    },
    /// A player stands in two coalitions.
    #[error("{player} stands in two coalitions")]
    TwoCoalitions {
        /// The player's name.
        player: String,
    },
    /// A coalition supports an effort of its own.
    #[error("{player} cannot support effort number {effort}: its own coalition decides on it")]
    SupportsItself {
        /// The supporter.
        player: String,
        /// The effort.
        effort: usize,
    },
    /// Tied decisions must belong to one coalition and fall in one stage.
    #[error("the tied decisions {first} and {second} do not belong to one coalition in one stage")]
    CannotTie {
        /// One of the decisions.
        first: String,
        /// The other.
        second: String,
    },
    /// A decision is held at a value that it may not take.
    #[error(
        "{decision} cannot be held at {}: it must lie in [{}, {}]",
        brief(*value), brief(*lower), brief(*upper)
    )]
    FixedOutOfBounds {
        /// The decision's name.
        decision: String,
        /// The value given.
        value: f64,
        /// The smallest value allowed.
        lower: f64,
        /// The largest value allowed.
        upper: f64,
    },
    /// A profile breaks one of the game's constraints.
    #[error("the profile breaks {constraint}: it must not be negative, and is {value}")]
    ConstraintBroken {
        /// What must not be negative.
        constraint: String,
        /// Its value.
        value: f64,
    },
    /// A bound moves with a decision that is made after the one it bounds.
    #[error(
        "the bound of {decision} moves with {mover}, which is decided later; state it as a constraint that binds whoever decides on {decision}"
    )]
    BoundMovedLater {
        /// The decision that is bounded.
        decision: String,
        /// The later decision.
        mover: String,
    },
    /// A profile holds a value that the decision's range does not allow.
    #[error(
        "the profile has {decision} = {}, but it must lie in [{}, {}]: put a value from there, or widen the game's bounds",
        brief(*value), brief(*lower), brief(*upper)
    )]
    OutOfBounds {
        /// The decision's name.
        decision: String,
        /// The value in the profile.
        value: f64,
        /// The smallest value allowed, at this profile.
        lower: f64,
        /// The largest value allowed, at this profile.
        upper: f64,
    },
    /// A profile moves a decision that the structure holds.
    #[error(
        "the profile has {decision} = {}, but the structure holds it at {}: put that value, or use a structure that leaves it free",
        brief(*value), brief(*held)
    )]
    NotHeld {
        /// The decision's name.
        decision: String,
        /// The value in the profile.
        value: f64,
        /// The value at which it is held.
        held: f64,
    },
    /// A profile has different values for decisions that the structure ties.
    #[error(
        "the profile has {first} = {} and {second} = {}, but the structure ties them: put one value, or use a structure that does not tie them",
        brief(values[0]), brief(values[1])
    )]
    NotTied {
        /// One of the decisions.
        first: String,
        /// The other.
        second: String,
        /// Their values.
        values: [f64; 2],
    },
    /// Two players, decisions or parameters of a game have one name, so that nothing can be said of either by name.
    #[error("two {what} are called {name}: give each a name of its own")]
    SameName {
        /// What they are: `players`, `decisions`, `parameters`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A player, a decision or a parameter has an empty name.
    #[error("number {number} of the {what} has no name: give it one")]
    NoName {
        /// What it is one of: `players`, `decisions`, `parameters`.
        what: &'static str,
        /// Its number, counted from 0.
        number: usize,
    },
    /// A transfer from a player to the same player.
    #[error(
        "{decision} moves money from {player} to {player}: name another counterparty, or make it no transfer"
    )]
    TransferToItself {
        /// The decision's name.
        decision: String,
        /// The player at both ends.
        player: String,
    },
    /// Several decision-makers move at once with more stages after them than exact derivatives reach through.
    #[error(
        "{stages} stages of moves, and in one of the first several decide at once: only the last {limit} can be differentiated through"
    )]
    TooManyStages {
        /// How many stages the structure has after transfers and fixed decisions dropped out.
        stages: usize,
        /// How many can be solved.
        limit: usize,
    },
}

/// A game could not be solved, and why.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SolveError {
    /// The structure does not fit the game.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// The game could not be recorded.
    #[error(transparent)]
    Record(RecordError),
    /// A setting is not a number that it may be: a tolerance that is not positive, no iteration at all.
    #[error(transparent)]
    Setting(#[from] ParameterError),
    /// The game says that it has parameters, but none of its formulas depends on any: derivatives would be 0 without meaning it.
    #[error(
        "no formula of the game depends on any of its arguments ({}): write its payoffs over them in payoffs_at",
        parameters.join(", ")
    )]
    IdleParameters {
        /// The parameters' names.
        parameters: Vec<String>,
    },
    /// The iteration ended without meeting its tolerance.
    #[error(
        "no convergence in stage {stage} after {iterations} iterations: residual {residual:.1e} at {}",
        numbers(last)
    )]
    NotConverged {
        /// The stage, counted from 1.
        stage: usize,
        /// The last profile reached.
        last: Vec<f64>,
        /// The largest scaled first-order residual there.
        residual: f64,
        /// Iterations spent.
        iterations: usize,
    },
    /// A decision-maker's payoff grows without bound: its problem has no solution.
    #[error("the payoff of {player} grows without bound in {decision} (reached {value:.1e})")]
    Unbounded {
        /// Who gains without bound.
        player: String,
        /// The decision that runs away.
        decision: String,
        /// How far it was followed.
        value: f64,
        /// The last profile reached.
        last: Vec<f64>,
    },
    /// The first-order conditions have solutions, but at each somebody would rather deviate.
    #[error(
        "no equilibrium found: at every candidate {player} gains by moving away (last gain {gain:.3e} at {})",
        numbers(last)
    )]
    NoEquilibrium {
        /// Who would deviate.
        player: String,
        /// By how much it would gain.
        gain: f64,
        /// The last candidate.
        last: Vec<f64>,
    },
    /// A decision has no admissible value: its lower bound lies above its upper bound.
    #[error("{decision} has no admissible value: its bounds are [{lower}, {upper}]")]
    EmptyBounds {
        /// The decision's name.
        decision: String,
        /// The lower bound.
        lower: f64,
        /// The upper bound.
        upper: f64,
    },
    /// Constraints and bounds leave no room: nothing that can be decided keeps them all.
    #[error("{constraint} cannot be kept: it is {violation:.6e} short at best, at {}", numbers(last))]
    Infeasible {
        /// What must not be negative.
        constraint: String,
        /// How much is missing where the least is.
        violation: f64,
        /// The profile there.
        last: Vec<f64>,
    },
    /// The equilibrium conditions hold only where the model makes no sense.
    #[error("the solution lies outside the model's domain: {quantity} = {value:.6e} is negative")]
    OutsideDomain {
        /// What must not be negative.
        quantity: String,
        /// Its value there.
        value: f64,
        /// The profile.
        last: Vec<f64>,
    },
    /// A payoff or a derivative is not a number.
    #[error("the payoff of {player} is not finite at {}", numbers(last))]
    NotFinite {
        /// Whose payoff.
        player: String,
        /// Where.
        last: Vec<f64>,
    },
    /// A reply has a kink exactly where a stage before it would have to be differentiated.
    #[error("the reply in stage {stage} is not differentiable at {}", numbers(last))]
    Kink {
        /// The stage, counted from 1.
        stage: usize,
        /// The profile.
        last: Vec<f64>,
    },
    /// A proposed or computed profile is no equilibrium: somebody gains by deviating.
    #[error("not an equilibrium: {player} gains {gain:.6e} by moving to {}", numbers(deviation))]
    Refuted {
        /// Who gains.
        player: String,
        /// How much.
        gain: f64,
        /// The better profile, later stages' replies included.
        deviation: Vec<f64>,
    },
    /// A profile does not meet the first-order conditions that it should: it cannot be differentiated.
    #[error(
        "not an equilibrium: first-order conditions move {decision} from {value:.6e} towards {towards:.6e}"
    )]
    NotStationary {
        /// The decision's name.
        decision: String,
        /// Its value.
        value: f64,
        /// Where the conditions move it.
        towards: f64,
    },
    /// Derivatives of an equilibrium were asked for that nested dual numbers do not reach.
    #[error("derivatives of order {order} reach through {limit} stages of moves, the structure has {stages}")]
    TooDeep {
        /// The order of the derivatives.
        order: usize,
        /// How many stages the structure has after transfers and fixed decisions dropped out.
        stages: usize,
        /// How many derivatives of this order reach through.
        limit: usize,
    },
    /// No closed form is known for this structure, and only the closed form was asked for.
    #[error("no closed form is known for the structure '{structure}'")]
    NoClosedForm {
        /// The structure's name.
        structure: String,
    },
}

impl SolveError {
    /// The kind of error in one word, as results in JSON have it: the variant in snake case.
    pub fn kind(&self) -> &'static str {
        match self {
            SolveError::Structure(_) => "structure",
            SolveError::Record(_) => "record",
            SolveError::Setting(_) => "setting",
            SolveError::IdleParameters { .. } => "idle_parameters",
            SolveError::NotConverged { .. } => "not_converged",
            SolveError::Unbounded { .. } => "unbounded",
            SolveError::NoEquilibrium { .. } => "no_equilibrium",
            SolveError::EmptyBounds { .. } => "empty_bounds",
            SolveError::Infeasible { .. } => "infeasible",
            SolveError::OutsideDomain { .. } => "outside_domain",
            SolveError::NotFinite { .. } => "not_finite",
            SolveError::Kink { .. } => "kink",
            SolveError::Refuted { .. } => "refuted",
            SolveError::NotStationary { .. } => "not_stationary",
            SolveError::TooDeep { .. } => "too_deep",
            SolveError::NoClosedForm { .. } => "no_closed_form",
        }
    }
}

impl From<RecordError> for SolveError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Structure(error) => SolveError::Structure(error),
            other => SolveError::Record(other),
        }
    }
}

impl From<FormulaError> for SolveError {
    fn from(error: FormulaError) -> Self {
        SolveError::Record(RecordError::Formula(error))
    }
}

/// A number in a message: very large and very small ones by their power of ten.
pub(crate) fn brief(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-6..1e16).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// A profile in a message: the numbers, at most eight of them.
fn numbers(profile: &[f64]) -> String {
    let number = |value: &f64| {
        if value.abs() < 1e12 || !value.is_finite() { format!("{value:.6}") } else { format!("{value:.6e}") }
    };
    let shown: Vec<String> = profile.iter().take(8).map(number).collect();
    let more = if profile.len() > 8 { ", …" } else { "" };
    format!("({}{more})", shown.join(", "))
}
