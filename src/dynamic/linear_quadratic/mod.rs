//! Linear-quadratic differential games, by matrices.
//!
//! Several players move one state x by their controls, and each maximises
//!
//! ```math
//! J_i=\int_0^Te^{-r_it}\Bigl[\tfrac12x'Q_ix+q_i'x+k_i-\tfrac12u_i'R_iu_i+\dots\Bigr]dt,\qquad
//! \dot x=Ax+\sum_jB_ju_j+d .
//! ```
//!
//! [`Agent`] is a player and has the payoff in full, [`LinearQuadratic`] the game. On an infinite horizon
//! [`feedback_nash`](LinearQuadratic::feedback_nash) finds an equilibrium in feedback policies, and with one state
//! [`all_equilibria`](LinearQuadratic::all_equilibria) finds all;
//! [`feedback_nash_until`](LinearQuadratic::feedback_nash_until) and
//! [`open_loop_nash_until`](LinearQuadratic::open_loop_nash_until) solve games that end;
//! [`cooperative`](LinearQuadratic::cooperative) and [`coalitions`](LinearQuadratic::coalitions) are games in which players
//! decide jointly. [`StepGame`] is the same in discrete time, with products of controls and with leaders.
//!
//! Two rival brands, each with a goodwill that decays, is built by advertising, and sells at the other's expense:
//!
//! ```
//! use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic};
//!
//! let rate = 0.1;
//! let first = Agent::new([[1.0], [0.0]], 1.0, rate).earns([[-0.2, 0.0], [0.0, 0.0]], &[1.0, -0.3], 0.0);
//! let second = Agent::new([[0.0], [1.0]], 1.0, rate).earns([[0.0, 0.0], [0.0, -0.2]], &[-0.3, 1.0], 0.0);
//! let game = LinearQuadratic::new([[-0.3, 0.0], [0.0, -0.3]], &[0.0, 0.0], vec![first, second])?;
//!
//! let nash = game.feedback_nash()?;
//! assert!(nash.is_bounded() && nash.residual() < 1e-14);
//! // Each player's own problem, the others' policies given, has this solution: found by another method.
//! assert!(nash.certify(&game)? < 1e-10);
//!
//! let start = [1.0, 1.0];
//! let apart: f64 = nash.values()[0].at(&start)? + nash.values()[1].at(&start)?;
//! let joint = game.cooperative()?.feedback_nash()?;
//! assert!(joint.values()[0].at(&start)? > apart);
//! // Jointly they advertise less: neither takes from the other any more.
//! assert!(joint.rest_point()?[0] < nash.rest_point()?[0]);
//! # Ok::<(), coopad::dynamic::linear_quadratic::LinearQuadraticError>(())
//! ```
//!
//! `docs/linear_quadratic.md` has the methods, a worked number and the limits. The equations are the standard ones (Başar
//! and Olsder 1999, *Dynamic Noncooperative Game Theory*; Engwerda 2005, *LQ Dynamic Optimization and Differential
//! Games*), derived anew for the general payoff; neither book was at hand.

mod discrete;
mod error;
mod feedback;
mod finite;
mod game;
mod matrix;
mod open_loop;
mod riccati;
mod scalar;

pub use discrete::{StepEquilibrium, StepGame};
pub use error::LinearQuadraticError;
pub use feedback::{FeedbackNash, Policy, Route};
pub use finite::FiniteFeedbackNash;
pub use game::{Agent, LinearQuadratic, Quadratic};
pub use matrix::Matrix;
pub(crate) use matrix::eigenvalues;
pub use open_loop::{OpenLoopNash, OpenLoopPoint};
pub(crate) use riccati::stabilising;
pub use scalar::ScalarEquilibrium;
