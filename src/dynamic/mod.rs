//! Games in time: what is decided now changes the state that everybody decides in later.

mod basis;
mod boundary;
mod certificate;
mod collocation;
mod committed;
mod error;
mod feedback;
mod finite;
mod game;
mod known;
pub mod linear_quadratic;
pub mod models;
mod moment;
mod noise;
mod ode;
mod open_loop;
mod policy;
mod simulate;
mod stage;
mod steady;
mod value;

pub use certificate::{Course, Evidence};
pub use collocation::Collocation;
pub use committed::Committed;
pub use error::DynamicError;
pub use feedback::{Feedback, SolveOverTime};
pub use finite::FiniteFeedback;
pub use game::{DifferentialGame, Information, State};
pub use moment::Route;
pub use noise::{Bands, Estimate};
pub use open_loop::{Instant, MaximumPrinciple, OpenLoop, SecondOrder};
pub use simulate::{Noise, Path, PathPoint};
pub use stage::Stage;
pub use steady::SteadyState;
pub use value::ValueFunction;
