//! Co-op advertising games.

pub mod analysis;
pub mod claim;
mod equilibrium;
mod error;
mod game;
pub mod models;
mod player;
pub mod response;
mod scalar;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod solve;
mod structure;

pub use claim::Claim;
pub use equilibrium::{
    Caveat, Certificate, Deviation, Equilibrium, Method, Report, Side, Solution, Verified,
};
pub use error::{ParameterError, SolveError, StructureError};
pub use game::{Decision, Domain, Game, Interval, StaticGame};
pub use player::Player;
pub use scalar::{Dual, Over, Scalar};
pub use solve::Solve;
pub use structure::Structure;

/// Everything a program needs to define and solve a game.
pub mod prelude {
    pub use crate::{
        Decision, Domain, Equilibrium, Game, Interval, Over, Player, Scalar, Solve, StaticGame, Structure,
    };
}
