//! Games in time: what is decided now changes the state that everybody decides in later.

mod basis;
mod boundary;
mod collocation;
mod error;
mod feedback;
mod game;
pub mod linear_quadratic;
pub mod models;
mod moment;
mod open_loop;
mod stage;
mod value;

pub use collocation::Collocation;
pub use error::DynamicError;
pub use feedback::{Feedback, SolveOverTime};
pub use game::{DifferentialGame, State};
pub use moment::Route;
pub use open_loop::{Instant, MaximumPrinciple, OpenLoop};
pub use stage::Stage;
pub use value::ValueFunction;
