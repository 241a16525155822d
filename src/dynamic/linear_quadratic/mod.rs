//! Linear-quadratic differential games, by matrices.

mod discrete;
mod error;
mod feedback;
mod finite;
mod game;
mod matrix;
mod ode;
mod open_loop;
mod riccati;
mod scalar;

pub use discrete::{StepEquilibrium, StepGame};
pub use error::LinearQuadraticError;
pub use feedback::{FeedbackNash, Policy, Route};
pub use finite::FiniteFeedbackNash;
pub use game::{Agent, LinearQuadratic, Quadratic};
pub use matrix::Matrix;
pub use open_loop::{OpenLoopNash, OpenLoopPoint};
pub use scalar::ScalarEquilibrium;
