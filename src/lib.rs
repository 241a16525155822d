//! Co-op advertising games: who pays for whose advertising in a channel or an alliance, what everybody then does, and
//! who gains.
//!
//! A game is players, decisions and payoffs; a [`Structure`] says who decides together, in which order, what is held
//! fixed and what is tied. Any game can be solved under any structure, by a closed form where the model knows one and
//! by the engine elsewhere, and what is found carries its evidence.
//!
//! # Quick start
//!
//! A game of the literature:
//!
//! ```
//! use coopad::models::{Channel, HuangLi, Model};
//! use coopad::prelude::*;
//!
//! let channel = HuangLi::example();
//! let nash = channel.solve(&Structure::simultaneous())?;
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! assert!(led[HuangLi::PARTICIPATION] > 0.0 && nash[HuangLi::PARTICIPATION] == 0.0);
//! assert!(led.payoff(Channel::Retailer) > nash.payoff(Channel::Retailer));
//!
//! // Does anybody gain by deviating? A search that knows no first-order condition.
//! let led = led.verify(&channel)?;
//! assert!(led.certificate().regret <= 1e-9 * led.total());
//! # Ok::<(), coopad::SolveError>(())
//! ```
//!
//! A game of your own implements [`Game`] and [`StaticGame`]; [`StaticGame`] has a complete one in twenty lines, and
//! `examples/own_game.rs` solves another under four structures.
//!
//! # Map
//!
//! | where | what |
//! |---|---|
//! | [`Scalar`], [`Over`], [`Dual`] | the numbers that a formula runs on; a payoff is written once over all of them. They speak num-traits: `Zero`, `One`, `Inv`, `Pow`, `NumOps` |
//! | [`formula`] | formulas as data: recorded, run on numbers and columns, derived, printed, stored |
//! | [`Player`], [`Decision`], [`Game`], [`StaticGame`], [`Interval`], [`Condition`], [`ConditionKind`], [`Constraint`] | what a game is |
//! | [`Recorded`], [`Seat`] | a game as data, whatever its own type |
//! | [`Structure`] | the rules of play, as a value |
//! | [`Solve`], [`solve`] | solving, verifying; splitting a surplus between two parties |
//! | [`Prepared`], [`Settings`] | one game under one structure at any parameters; how hard the engine tries |
//! | [`Solution`], [`Verified`], [`Report`], [`Limit`], [`Certificate`], [`Equilibrium`] | what is found, with its evidence |
//! | [`models`], [`response`] | the games of the literature, and the pieces they are made of |
//! | [`contract`] | any channel under any contract: plans with caps, sharing, fees; which terms coordinate |
//! | [`dynamic`] | games over time: feedback and open-loop equilibria, paths, noise; models of the literature |
//! | [`claim`], [`Claim`] | propositions as objects: a margin, a domain, a true condition, a counterexample |
//! | `analysis` | equilibria side by side, over time at every state: changes, Pareto verdict, value created and who appropriates it; sensitivities and their signs |
//! | `analysis` (feature `coalitions`) | the coalition game: what every group is worth, Shapley value, nucleolus, core |
//! | `scenario` (feature) | scenario files: a model, its parameters, the structures to solve |
//! | [`SolveError`], [`StructureError`], [`ParameterError`], [`RecordError`] | what can go wrong, as data |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | (default) | everything above but `scenario` and the coalition game |
//! | `coalitions` | the coalition game of a game, solved by the crate `coopgame` |
//! | `scenario` | scenario files in TOML, results in JSON |
//! | `cli` | the `coopad` program: `solve`, `compare`, `sensitivities`, `coalitions`, `simulate`, `models`; turns `scenario` and `coalitions` on |
//!
//! Features only add; none changes a type or a result. The smallest Rust is 1.89.
//!
//! # How the engine works
//!
//! A game's formulas are recorded ([`StaticGame::record`]): run once on terms that write down what is done to them. What comes out
//! gives the bits of the functions that were recorded, its derivatives are formulas again, and structural zeros are not
//! computed. The engine plays that data; no part of it is compiled for a game.
//!
//! Stages are solved from the last to the first. In a stage every coalition maximises its joint payoff within bounds,
//! given the others' choices: a box-constrained variational inequality, solved by a safeguarded active-set Newton
//! method from several fixed starts. A candidate is then held against a scan of each coalition's own choices, and, unless the
//! formulas show that no payoff has a second hill, against everything that each coalition could choose, at all scales: so that a
//! minimum, a poor local optimum or a reply that should have jumped is not returned. Marginal payoffs and their slopes in the last stage are runs of
//! recorded derivatives. Where the stage before it differentiates through its reply, models, prepared games and games over
//! time put that together from formulas by the adjoint of the replies; elsewhere the reply is lifted to dual numbers by Newton
//! steps, each of which makes one more order of its derivatives exact. No finite difference of an inexact reply enters
//! anywhere. The chain of dual numbers is five deep, which is enough for the last **four stages**; a stage before those is
//! climbed on payoffs alone if one coalition decides it, and refused otherwise ([`StructureError::TooManyStages`]). Where one decision-maker of the first stage has its optimum on a kink
//! (a reply changes regime there), the same climb takes over and [`Report::at_kink`] says so; where a reply jumps right there,
//! [`Report::at_jump`] has the other one.
//!
//! # Accuracy
//!
//! * A recorded formula gives the bits of the function it was recorded from, on `f64`. On columns exponentials, logarithms,
//!   powers and hyperbolic tangents are within one unit in the last place of the correctly rounded value.
//! * First and second derivatives, and those of replies, are exact to rounding.
//! * Engine and closed form agree to 1e-8, relative, on ten thousand random games over every structure of every model,
//!   corners included; this is tested. [`Report::residual`] tells how well the conditions hold in a given case.
//! * An optimum on a kink is found by comparing payoffs: its decisions are right to about the square root of rounding
//!   where the payoff is flat, its payoffs to rounding.
//! * The certificate is a global search, not a proof: it can miss a narrow better choice. [`Certificate::resolution`]
//!   tells what rounding may feign, and a gain of that size means nothing.
//! * Where a game has several equilibria, one is found; nothing says that it is the only one.
//!
//! Nothing that failed to converge is returned as `Ok`.
//!
//! # Determinism
//!
//! No clocks or hash orders, and random numbers only in paths under noise, from a seed: the same program gives the same
//! bits for the same input, on any number of threads. Across
//! platforms and compilers results may differ in the last places, since the system's `exp`, `ln` and `powf` do.
//!
//! # Formulas
//!
//! Formulas in these pages are TeX. With a local copy of KaTeX beside the pages (`docs/katex.sh`) they are typeset;
//! without it, and without a network, they stay readable as source.

#![forbid(unsafe_code)]

pub mod analysis;
pub mod claim;
pub mod contract;
mod dual;
pub mod dynamic;
mod equilibrium;
mod error;
pub mod formula;
mod game;
mod level;
pub mod models;
mod numeric;
mod player;
mod recorded;
pub mod response;
mod row;
mod scalar;
#[cfg(feature = "scenario")]
pub mod scenario;
pub mod solve;
mod structure;

pub use claim::Claim;
pub use dual::Dual;
pub use equilibrium::{
    Caveat, Certificate, Deviation, Equilibrium, Limit, Method, Report, Side, Solution, Verified,
};
pub use error::{ParameterError, SolveError, StructureError};
pub use game::{Condition, ConditionKind, Constraint, Decision, Game, Interval, StaticGame};
pub use player::Player;
pub use recorded::{RecordError, Recorded, Seat};
pub use scalar::{Over, Scalar};
pub use solve::{Prepared, Settings, Solve};
pub use structure::Structure;

/// Everything a program needs to define and solve a game.
pub mod prelude {
    pub use crate::dynamic::{DifferentialGame, SolveOverTime, State};
    pub use crate::{
        Condition, ConditionKind, Constraint, Decision, Equilibrium, Game, Interval, Over, Player, Scalar,
        Solve, StaticGame, Structure,
    };
}

/// The code of the README and the guide, tested with the documentation.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/guide.md")]
    struct Guide;
    #[cfg(feature = "coalitions")]
    #[doc = include_str!("../docs/splitting.md")]
    struct Splitting;
    #[doc = include_str!("../docs/differential_games.md")]
    struct DifferentialGames;
    #[doc = include_str!("../docs/linear_quadratic.md")]
    struct LinearQuadratic;
    #[doc = include_str!("../docs/open_loop.md")]
    struct OpenLoop;
}
