//! Games in time: what is decided now changes the state that everybody decides in later.

pub mod linear_quadratic;
