//! Rules that a game or a profile breaks, and what is said of them.
