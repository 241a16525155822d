//! Numerical tools that know nothing of games.

pub(crate) mod elementary;
