//! What equilibria mean: who gains by moving from one to another, what the gain is worth, and how everything moves with
//! the parameters.

mod compare;
mod sensitivity;

pub use compare::{Change, Comparison, ComparisonError, DEFAULT_TOLERANCE, Direction, Entry, Pareto, Party};
pub use sensitivity::{
    Bends, ComparativeStatics, Response, SecondDerivatives, Sensitivities, Sensitivity, Sided, Sign, Signs,
    around, comparative_statics, second_derivatives, sensitivities,
};
