//! What equilibria mean: who gains by moving from one to another, what the gain is worth, and how it can be shared
//! among three or more (feature `coalitions`).

#[cfg(feature = "coalitions")]
mod coalitions;
mod compare;

#[cfg(feature = "coalitions")]
pub use coalitions::{
    CoalitionError, CoalitionGame, Convention, MOST_PARTIES, MOST_PARTIES_IN_PARTITIONS, Nucleolus,
    Objection, Partition, PartitionFunction, TOLERANCE,
};
pub use compare::{Change, Comparison, ComparisonError, DEFAULT_TOLERANCE, Direction, Entry, Pareto, Party};
