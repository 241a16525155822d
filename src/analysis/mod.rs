//! What equilibria mean: who gains by moving from one to another, and what the gain is worth.

mod compare;

pub use compare::{Change, Comparison, ComparisonError, DEFAULT_TOLERANCE, Direction, Entry, Pareto, Party};
