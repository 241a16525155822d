//! A game as the engine sees it: numbers in, numbers out.
//!
//! The engine is compiled once, for every game: it reaches a game's formulas through [`Rules`], at whatever depth of
//! nested duals. Only the formulas themselves are compiled for each game.

use std::borrow::Cow;

use crate::game::{Condition, ConditionKind, Interval, StaticGame};
use crate::level::{Level, Sheet, at_any_level};

/// Whether a profile makes sense: the first of the worst conditions that do not hold.
#[derive(Clone, Debug)]
pub(crate) enum Domain {
    Inside,
    Doubtful { quantity: Cow<'static, str>, value: f64 },
    Outside { quantity: Cow<'static, str>, value: f64 },
}

impl Domain {
    fn of(conditions: Vec<Condition<f64>>) -> Self {
        let mut found = Domain::Inside;
        for condition in conditions.into_iter().filter(|condition| !condition.holds()) {
            let Condition { quantity, value, kind } = condition;
            match kind {
                ConditionKind::Required => return Domain::Outside { quantity, value },
                ConditionKind::Expected if matches!(found, Domain::Inside) => {
                    found = Domain::Doubtful { quantity, value };
                }
                ConditionKind::Expected => {}
            }
        }
        found
    }
}

/// A game's formulas on numbers of every level.
pub(crate) trait Rules {
    /// Everybody's payoffs.
    fn fill_payoffs(&self, sheet: Sheet<'_>);
    /// The lower and the upper bound of a decision.
    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>);
    /// What [`StaticGame::conditions`] say of a profile.
    fn domain_of(&self, x: &[f64]) -> Domain;
}

impl<G: StaticGame> Rules for G {
    fn fill_payoffs(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| self.payoffs(x, out));
    }

    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| put(self.bounds(decision, x), out));
    }

    fn domain_of(&self, x: &[f64]) -> Domain {
        Domain::of(self.conditions(x))
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
