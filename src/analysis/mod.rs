//! What equilibria mean: who gains by moving from one to another, over time at which states, how everything moves with
//! the parameters, and how the gain can be shared among three or more (feature `coalitions`).

#[cfg(feature = "coalitions")]
mod coalitions;
mod compare;
mod over_time;
pub(crate) mod sensitivity;

#[cfg(feature = "coalitions")]
pub use coalitions::{
    CoalitionError, CoalitionGame, Convention, MOST_PARTIES, MOST_PARTIES_IN_PARTITIONS, Nucleolus,
    Objection, Partition, PartitionFunction, TOLERANCE,
};
pub use compare::{Change, Comparison, ComparisonError, DEFAULT_TOLERANCE, Direction, Entry, Pareto, Party};
pub use over_time::{AtRest, ComparisonOverTime, Landmark, Place, Region};
pub use sensitivity::{
    Bends, ComparativeStatics, Response, SecondDerivatives, Sensitivities, Sensitivity, Sided, Sign, Signs,
    around, comparative_statics, second_derivatives, sensitivities,
};
