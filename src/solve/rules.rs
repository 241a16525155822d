//! A game as the engine sees it: numbers in, numbers out.
//!
//! The engine is compiled once, for every game: it reaches a game's formulas through [`Rules`], at whatever depth of
//! nested duals. Only the formulas themselves are compiled for each game.

use crate::game::{Domain, Interval, StaticGame};
use crate::scalar::{Level, Sheet, at_any_level};

/// A game's formulas on numbers of every level.
pub(crate) trait Rules {
    /// Everybody's payoffs.
    fn fill_payoffs(&self, sheet: Sheet<'_>);
    /// The lower and the upper bound of a decision.
    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>);
    /// [`StaticGame::domain`].
    fn domain_of(&self, x: &[f64]) -> Domain;
    /// [`StaticGame::payoff_alone`].
    fn payoff_of(&self, player: usize, x: &[f64]) -> Option<f64>;
}

impl<G: StaticGame> Rules for G {
    fn fill_payoffs(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| self.payoffs(x, out));
    }

    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| put(self.bounds(decision, x), out));
    }

    fn domain_of(&self, x: &[f64]) -> Domain {
        self.domain(x)
    }

    fn payoff_of(&self, player: usize, x: &[f64]) -> Option<f64> {
        self.payoff_alone(player, x)
    }
}

/// Both ends into an answer of two.
pub(crate) fn put<T: Copy>(bounds: Interval<T>, out: &mut [T]) {
    if let [lower, upper] = out {
        (*lower, *upper) = (bounds.lower, bounds.upper);
    }
}

impl dyn Rules + '_ {
    /// Everybody's payoffs at `x`.
    #[inline]
    pub(crate) fn payoffs<T: Level>(&self, x: &[T], out: &mut [T]) {
        self.fill_payoffs(T::sheet(&[], x, out));
    }

    /// The values that a decision may take at `x`.
    #[inline]
    pub(crate) fn bounds<T: Level>(&self, decision: usize, x: &[T]) -> Interval<T> {
        let mut ends = [T::constant(0.0); 2];
        self.fill_bounds(decision, T::sheet(&[], x, &mut ends));
        Interval { lower: ends[0], upper: ends[1] }
    }
}
