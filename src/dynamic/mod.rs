//! Games in time: what is decided now changes the state that everybody decides in later.

pub mod linear_quadratic;
#[allow(dead_code, reason = "the simulation of games will use it")]
mod noise;
#[allow(dead_code, reason = "the simulation of games will use it")]
mod ode;

pub use noise::{Bands, Estimate};
