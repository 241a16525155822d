//! Everything that can go wrong in a game over time.

use thiserror::Error;

use super::value::ValueFunction;
use crate::error::{ParameterError, SolveError, StructureError};
use crate::recorded::RecordError;

/// Why a game over time has no solution that can be returned.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DynamicError {
    /// The structure does not fit the game.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// The game could not be recorded.
    #[error(transparent)]
    Record(RecordError),
    /// A state with the wrong number of entries.
    #[error("the state has {given} entries, the game {needed} states")]
    StateLength {
        /// How many entries were given.
        given: usize,
        /// How many states the game has.
        needed: usize,
    },
    /// A number that is not finite, or not in the range that it must lie in.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// Players of one coalition discount differently, so that what is best for both together changes with time alone.
    #[error(
        "{players} decide together but discount at {first} and {second}: their joint optimum would not last"
    )]
    DifferentDiscounts {
        /// The coalition.
        players: String,
        /// One rate.
        first: f64,
        /// Another one.
        second: f64,
    },
    /// The game of the moment has no equilibrium at some state.
    #[error("at the state {state:?}: {source}")]
    Stage {
        /// The state.
        state: Vec<f64>,
        /// Why.
        source: SolveError,
    },
    /// Following the value functions from heavy discounting, they cease to exist before the game's own discount rates
    /// are reached: payoffs are unbounded, or no equilibrium is connected to the one in which the future hardly counts.
    #[error("no value functions: {}(residual {residual:e} after {iterations} iterations)", followed(*multiple))]
    NoValue {
        /// The least multiple of the discount rates at which there are value functions; infinite if at none.
        multiple: f64,
        /// The smallest residual that was reached below it.
        residual: f64,
        /// Newton iterations altogether.
        iterations: usize,
        /// The value functions at that multiple.
        last: Vec<ValueFunction>,
    },
    /// Polynomials of the highest degree tried do not satisfy the Hamilton-Jacobi-Bellman system, or in stages Bellman's,
    /// everywhere.
    #[error(
        "value functions of degree {degree} leave a residual of {residual:e} of the payoffs{}",
        kinks(switching)
    )]
    NotResolved {
        /// The highest degree in any state.
        degree: usize,
        /// The largest residual found between the nodes.
        residual: f64,
        /// The decisions that rest at a bound in part of the region and not in the rest of it: there value functions may
        /// have a kink, which polynomials do not follow.
        switching: Vec<String>,
        /// The value functions of that degree.
        last: Vec<ValueFunction>,
    },
    /// Under the policies found, states grow as fast as discounting allows, or faster: payoffs would be unbounded.
    #[error(
        "states grow at the rate {growth}, not below {limit}, as discounting demands: no stabilising solution"
    )]
    Explosive {
        /// The closed loop's growth rate.
        growth: f64,
        /// The rate that it must stay below: half the discount rate, and the whole of it where a formula says
        /// that values are linear.
        limit: f64,
        /// The value functions found.
        last: Vec<ValueFunction>,
    },
    /// The state leaves the region in which the value functions are known: the policies at its edge lead out of it, a stage
    /// ends outside, or a state outside was asked for.
    #[error("{state} leaves its region [{lower}, {upper}] at {value}")]
    LeavesRegion {
        /// The state's name.
        state: String,
        /// Where it is.
        value: f64,
        /// The region's lower end.
        lower: f64,
        /// The region's upper end.
        upper: f64,
    },
    /// An integration in time could not be carried on.
    #[error("the solution ceases to exist, or to be computable, at time {time}")]
    BlowUp {
        /// The time.
        time: f64,
        /// The state there.
        last: Vec<f64>,
    },
    /// A boundary-value problem did not converge.
    #[error(
        "no open-loop solution: residual {residual:e} after {iterations} iterations, up to the horizon {reached}"
    )]
    NoPath {
        /// The residual.
        residual: f64,
        /// Newton iterations.
        iterations: usize,
        /// The longest horizon that was solved.
        reached: f64,
        /// States and costates at the start, as last found.
        last: Vec<f64>,
    },
    /// States and costates were not found to come to rest anywhere: a course without end has nowhere to lead.
    #[error(
        "states and costates come to rest nowhere that was found: residual {residual:e} after {iterations} iterations"
    )]
    NoRest {
        /// The largest speed, as a share of what it is made of.
        residual: f64,
        /// Newton iterations.
        iterations: usize,
        /// States and costates as last found.
        last: Vec<f64>,
    },
    /// States and costates can rest at a point, but no one course leads there from the states close by: other than as many
    /// directions decay as there are unknowns given at the start, or these unknowns do not tell them apart.
    #[error("no one course leads to rest at {last:?}: {}", directions(*decaying, *needed, eigenvalues))]
    NoSaddle {
        /// How many directions decay.
        decaying: usize,
        /// How many must.
        needed: usize,
        /// The growth of departures, real and imaginary parts, a unit of time.
        eigenvalues: Vec<[f64; 2]>,
        /// States and costates at the point.
        last: Vec<f64>,
    },
    /// A structure under which nobody, or several at once, could commit first to a whole course of decisions.
    #[error(
        "no open-loop equilibrium under '{structure}': either everybody commits at once, or one coalition before all others"
    )]
    NoCommitment {
        /// The structure's name.
        structure: String,
    },
    /// A search looked at the game of the moment as often as its settings allow, and had not ended.
    #[error(
        "the search ended after {evaluations} games of the moment, as many as its settings allow: more `evaluations` may help{}",
        so_far(reached.as_deref())
    )]
    Budget {
        /// How many games of the moment were looked at.
        evaluations: usize,
        /// What the search had come to; none where it had come to nothing.
        reached: Option<Box<DynamicError>>,
    },
    /// Somebody has a better course close by: a course that departs at this time, by however little, gains more than it costs.
    #[error("{player} has a better course close by, which departs at time {time}")]
    NotBest {
        /// Who.
        player: String,
        /// The time, conjugate to the end.
        time: f64,
    },
    /// Somebody gains by deviating: it is no equilibrium.
    #[error("{player} gains {gain} by deviating at the state {state:?}")]
    Refuted {
        /// Who.
        player: String,
        /// How much, in payoff a unit of time where the deviation is one of a moment.
        gain: f64,
        /// Where.
        state: Vec<f64>,
    },
}

impl From<RecordError> for DynamicError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Structure(error) => DynamicError::Structure(error),
            other => DynamicError::Record(other),
        }
    }
}

impl DynamicError {
    /// The budget is spent, and this is why the search was not over.
    pub(crate) fn spent(evaluations: usize, reached: Option<DynamicError>) -> Self {
        let unfinished = |error: &DynamicError| !matches!(error, DynamicError::Budget { .. });
        DynamicError::Budget { evaluations, reached: reached.filter(unfinished).map(Box::new) }
    }

    /// An error for a number out of range.
    pub(crate) fn out_of_range(quantity: impl Into<String>, value: f64, allowed: impl Into<String>) -> Self {
        let (parameter, allowed) = (quantity.into(), allowed.into());
        DynamicError::Parameter(ParameterError::OutOfRange { parameter, value, allowed })
    }
}

fn so_far(reached: Option<&DynamicError>) -> String {
    reached.map_or_else(String::new, |reached| format!("; so far: {reached}"))
}

fn followed(multiple: f64) -> String {
    if multiple.is_finite() {
        format!("they can be followed down to discount rates {multiple} times the game's and no further ")
    } else {
        String::new()
    }
}

/// Why no one course leads to rest.
fn directions(decaying: usize, needed: usize, eigenvalues: &[[f64; 2]]) -> String {
    if decaying != needed {
        return format!(
            "{decaying} directions decay there, {needed} must, one for each unknown given at the start"
        );
    }
    let growing = eigenvalues.iter().filter(|[growth, _]| *growth > 0.0).count();
    if growing + decaying < eigenvalues.len() {
        let still = eigenvalues.len() - growing - decaying;
        return format!(
            "as many directions decay there as unknowns are given at the start, but {still} neither decay nor grow"
        );
    }
    format!(
        "the {decaying} directions that decay there do not start from every state: some state, or what it is worth, moves away from \
         rest whatever is decided"
    )
}

fn kinks(switching: &[String]) -> String {
    match switching {
        [] => String::new(),
        names => format!("; {} at a bound in part of the region: a smaller one may serve", names.join(", ")),
    }
}
