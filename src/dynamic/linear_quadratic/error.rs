//! What can go wrong with a linear-quadratic game, as data.

use thiserror::Error;

/// A linear-quadratic game makes no sense, or could not be solved, and why. Players are counted from 0.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LinearQuadraticError {
    /// A matrix or a list has another size than the game.
    #[error("{what}{} is {}x{}, it should be {}x{}", of(player), given.0, given.1, needed.0, needed.1)]
    Size {
        /// Which one.
        what: &'static str,
        /// Whose; `None` for what belongs to the game.
        player: Option<usize>,
        /// Rows and columns given.
        given: (usize, usize),
        /// Rows and columns needed.
        needed: (usize, usize),
    },
    /// An entry is NaN or infinite.
    #[error("{what}{} holds {value}", of(player))]
    NotFinite {
        /// Where.
        what: &'static str,
        /// Whose.
        player: Option<usize>,
        /// The entry.
        value: f64,
    },
    /// The matrix of a quadratic form is not symmetric.
    #[error("{what}{} is not symmetric: {upper} above the diagonal, {lower} below it", of(player))]
    NotSymmetric {
        /// Which one.
        what: &'static str,
        /// Whose.
        player: Option<usize>,
        /// An entry above the diagonal.
        upper: f64,
        /// Its mirror image.
        lower: f64,
    },
    /// A player's payoff is not strictly concave in what it decides: it has no best reply.
    #[error(
        "the payoff of player {player} is not strictly concave in its own controls: a curvature of {curvature:e}"
    )]
    NotConcave {
        /// Whose payoff.
        player: usize,
        /// The pivot of the cost matrix that is not positive.
        curvature: f64,
    },
    /// A number is not in its range.
    #[error("{what}{} = {value} is not allowed: it must be {allowed}", of(player))]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// Whose.
        player: Option<usize>,
        /// The value given.
        value: f64,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// A player who is not in the game, or who stands in two coalitions or in none.
    #[error("player {player} of {players} is named {times} times where it should be once")]
    Players {
        /// The player.
        player: usize,
        /// How many players there are.
        players: usize,
        /// How often it is named.
        times: usize,
    },
    /// Players with different discount rates have no common objective.
    #[error("players who decide jointly discount alike: {first} is not {second}")]
    DifferentDiscounts {
        /// One rate.
        first: f64,
        /// Another.
        second: f64,
    },
    /// No solution with finite payoffs: the path of solutions from the game without quadratic payoffs ends before
    /// these have their full weight, and replying in turn does not settle.
    #[error(
        "no stabilising solution found: the path from the linear-state game ends at {weight:.4} of the quadratic payoffs"
    )]
    NoStabilisingSolution {
        /// The largest weight of the quadratic payoffs, from 0 to 1, for which a solution was found.
        weight: f64,
    },
    /// A player cannot keep its payoff finite, whatever it does, given what the others do.
    #[error("player {player} has no finite best reply to the others' policies")]
    NoBestReply {
        /// The player.
        player: usize,
    },
    /// The state grows so fast that a payoff does not exist.
    #[error(
        "the state grows at rate {growth:.6e}, which is not below {limit:.6e}: the payoff of player {player} diverges"
    )]
    Diverges {
        /// Whose payoff.
        player: usize,
        /// The largest real part of the closed loop's eigenvalues.
        growth: f64,
        /// What it must stay below.
        limit: f64,
    },
    /// Without discounting, a payoff that does not vanish at rest adds up to infinity.
    #[error(
        "the payoff of player {player} adds up to infinity: {flow:.6e} a unit of time at rest, undiscounted"
    )]
    InfiniteValue {
        /// Whose payoff.
        player: usize,
        /// The payoff a unit of time at rest.
        flow: f64,
    },
    /// A linear system of the solution has no unique answer.
    #[error("the conditions for {what} have no unique solution")]
    Singular {
        /// What they determine.
        what: &'static str,
    },
    /// The value functions become infinite before the start: the game has no equilibrium on this horizon.
    #[error(
        "the value functions become infinite at time {time:.6}: no feedback equilibrium on so long a horizon"
    )]
    BlowUp {
        /// When, counted from the start of the game.
        time: f64,
    },
    /// An iteration ended without meeting its tolerance.
    #[error("no convergence after {iterations} iterations: still changing by {change:.1e}")]
    NotConverged {
        /// How many.
        iterations: usize,
        /// The last relative change.
        change: f64,
    },
    /// The scan for all equilibria is for one state, at most twelve players, and own costs only.
    #[error(
        "all equilibria are found for one state, up to {players} players and no payoff from others' controls only"
    )]
    NotScalar {
        /// The largest number of players.
        players: usize,
    },
    /// A proposed or computed equilibrium is none: a player's own problem has another solution.
    #[error(
        "not an equilibrium: the best reply of player {player} differs by {difference:.3e} of its value function"
    )]
    Refuted {
        /// Whose best reply.
        player: usize,
        /// The largest relative difference between the value functions.
        difference: f64,
    },
}

fn of(player: &Option<usize>) -> String {
    player.map_or_else(String::new, |player| format!(" of player {player}"))
}
