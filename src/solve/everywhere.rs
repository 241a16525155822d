//! Best choices over everything that is possible, with what everybody replies.
//!
//! The engine follows a reply while earlier decisions move; it stays on the hill on which it stands. Here every reply is held
//! against its coalition's payoff at choices of every size, and where another hill is higher the reply moves there: a reply that
//! jumps does so where it should. Of hills alike in height a coalition stays on the one that it comes from, so that whoever moved
//! before it has the benefit of a tie.

use super::chart::{Chart, away};
use super::choice::Choices;
use super::induction::Engine;
use super::plan::Plan;
use super::search::AWAY;
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::row::{Profile, Row};

/// A choice counts as better by more than so many times what rounding can feign, and by more than this share of the size of the
/// payoff's terms: replies are exact to a step of 10⁻¹², whose square is what they lose.
const ROUNDINGS: f64 = 4.0;
pub(super) const SHARE: f64 = 1e-12;
/// How often a reply moves to a better one before it is given up: each time somebody gains, so that one coalition comes to an
/// end; several may chase each other.
pub(super) const TURNS: usize = 12;
/// Rounds in which several decisions find their best values in turn: one coalition's, and a stage's where the engine finds no reply.
pub(super) const ROUNDS: usize = 60;
const IN_TURN: usize = 12;
/// One trial in so many may have no reply.
pub(super) const UNANSWERED: usize = 4;
/// What one iteration of the engine costs, in profiles looked at on columns.
const ITERATION: usize = 100;
/// Replies within so long a step of each other are the same one, more or less exact.
const BESIDE: f64 = 0.01;

/// A search over everything that coalitions could choose instead.
pub(super) struct Everywhere<'e, 'b> {
    pub(super) engine: &'e mut Engine<'b>,
    pub(super) plan: &'b Plan,
    pub(super) choices: Choices<'b>,
    /// How many profiles may be looked at, and whether they were spent.
    pub(super) most: usize,
    /// The engine's iterations before the search.
    spent: usize,
    pub(super) thinned: bool,
    /// Whether the last reply left the hill on which it was followed.
    pub(super) jumped: bool,
    /// Trials, and those to which no reply was found.
    pub(super) trials: usize,
    pub(super) unanswered: usize,
}

/// What a coalition has somewhere, and where: everybody after it replies.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) value: f64,
    pub(super) at: Profile,
}

impl<'e, 'b> Everywhere<'e, 'b> {
    pub(super) fn new(engine: &'e mut Engine<'b>, most: usize) -> Self {
        let (plan, choices) = (engine.plan, Choices::new(engine.board));
        let spent = engine.spent;
        Everywhere {
            engine,
            plan,
            choices,
            most,
            spent,
            thinned: false,
            jumped: false,
            trials: 0,
            unanswered: 0,
        }
    }

    /// Profiles looked at so far.
    pub(super) fn seen(&self) -> usize {
        self.choices.seen
    }

    /// The work done, in profiles: what the engine does for a reply counts, too.
    pub(super) fn work(&self) -> usize {
        self.choices.seen + ITERATION * (self.engine.spent - self.spent)
    }

    /// The least gain from one profile to the other that is more than rounding.
    pub(super) fn least(&self, coalition: usize, from: &[f64], to: &[f64]) -> f64 {
        let (a, b) = (self.choices.made(coalition, from), self.choices.made(coalition, to));
        let size = if b.size < f64::INFINITY { a.size.max(b.size) } else { a.size };
        ROUNDINGS * (a.error + b.error) + SHARE * size
    }

    /// A coalition's payoff at a whole profile.
    pub(super) fn payoff(&mut self, coalition: usize, x: &[f64]) -> f64 {
        self.choices.value(coalition, x)
    }

    pub(super) fn last(&self) -> usize {
        self.plan.stages.len().saturating_sub(1)
    }

    /// The variables of a stage that a coalition chooses.
    pub(super) fn own(&self, stage: usize, coalition: usize) -> Row<usize> {
        let variables = self.plan.stages[stage].iter().enumerate();
        variables.filter(|(_, variable)| variable.coalition == coalition).map(|(at, _)| at).collect()
    }

    pub(super) fn coalitions(&self, stage: usize) -> Row<usize> {
        let mut all: Row<usize> = self.plan.stages[stage].iter().map(|variable| variable.coalition).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A variable's decision, its range at `x` and what is usual for it; `None` where nothing is in the range.
    pub(super) fn room(
        &self,
        stage: usize,
        variable: usize,
        x: &[f64],
    ) -> Option<(usize, Interval<f64>, Option<f64>)> {
        let bounds = self.choices.board().bounds(stage, variable, x);
        let decision = self.plan.stages[stage][variable].decision;
        (bounds.lower <= bounds.upper).then(|| (decision, bounds, self.plan.decisions[decision].typical))
    }

    pub(super) fn assign(&self, stage: usize, variable: usize, x: &mut [f64], value: f64) {
        self.plan.stages[stage][variable].set(x, value);
    }

    /// Remembers the replies that are in `x` as those from which others are followed: as the engine has them where it comes to
    /// the same ones, else as they are. At a tie the engine's way may lead to the other reply.
    pub(super) fn stand(&mut self, x: &[f64]) {
        for stage in 1..self.plan.stages.len() {
            let mut at: Profile = Profile::from_slice(x);
            self.start_from(stage, &mut at);
            let own: Row<usize> = (0..self.plan.stages[stage].len()).collect();
            if self.engine.newton(stage, &mut at, AWAY).is_err() || !self.near(stage, &own, &at, x, BESIDE) {
                let _ = self.engine.rest_at(stage, x);
            }
        }
    }

    /// Best replies of this stage and all after it; false where none is found.
    pub(super) fn respond(&mut self, stage: usize, x: &mut [f64]) -> bool {
        if stage >= self.plan.stages.len() {
            return true;
        }
        let last = self.last();
        if self.engine.reply(stage, x).is_err() && !(stage == last && self.in_turn(x)) {
            return false;
        }
        for _ in 0..TURNS {
            let mut moved = false;
            for coalition in self.coalitions(last) {
                let Some(better) = self.better(coalition, x, true) else { continue };
                (moved, self.jumped) = (true, true);
                self.move_to(coalition, x, better);
                if stage < last && !self.follow(stage, x) {
                    return false;
                }
            }
            if !moved {
                return true;
            }
        }
        false
    }

    /// Earlier replies, after the last stage's has moved to another hill.
    pub(super) fn follow(&mut self, stage: usize, x: &mut [f64]) -> bool {
        (stage..self.last()).rev().all(|earlier| self.engine.newton(earlier, x, AWAY).is_ok())
            && self.engine.reply(stage, x).is_ok()
    }

    /// Makes the last stage's reply the one on a better hill: to its top where it is smooth there, else as near as payoffs tell.
    pub(super) fn move_to(&mut self, coalition: usize, x: &mut [f64], better: Found) {
        let last = self.last();
        let alone = self.coalitions(last).len() == 1;
        let mut at = better.at.clone();
        self.start_from(last, &mut at);
        if self.engine.newton(last, &mut at, AWAY).is_ok() {
            let value = self.choices.value(coalition, &at);
            if !alone || value >= better.value - self.least(coalition, &better.at, &at) {
                x.copy_from_slice(&at);
                return;
            }
        }
        x.copy_from_slice(&better.at);
        let _ = self.engine.rest_at(last, x);
    }

    /// Makes the engine begin a stage from what is in `x`.
    pub(super) fn start_from(&mut self, stage: usize, x: &mut [f64]) {
        for variable in 0..self.plan.stages[stage].len() {
            let Some((decision, bounds, _)) = self.room(stage, variable, x) else { continue };
            self.engine.replies[stage].sides[variable] = match x[decision] {
                value if value <= bounds.lower => Side::Lower,
                value if value >= bounds.upper => Side::Upper,
                _ => Side::Free,
            };
        }
    }

    /// The last stage's best replies in turn, on payoffs alone, until nobody moves: where the engine finds none.
    pub(super) fn in_turn(&mut self, x: &mut [f64]) -> bool {
        let last = self.last();
        let begun = Profile::from_slice(x);
        for _ in 0..IN_TURN {
            let mut moved = false;
            for coalition in self.coalitions(last) {
                if let Some(better) = self.better(coalition, x, false) {
                    moved = true;
                    x.copy_from_slice(&better.at);
                }
            }
            if !moved {
                return self.engine.rest_at(last, x).is_ok();
            }
            if self.ran_away(&begun, x) {
                return false;
            }
        }
        false
    }

    /// Whether somebody of the last stage has run away from where it began: further rounds would only lead further.
    fn ran_away(&self, begun: &[f64], x: &[f64]) -> bool {
        let last = self.last();
        (0..self.plan.stages[last].len()).any(|variable| {
            let Some((decision, bounds, typical)) = self.room(last, variable, x) else { return false };
            let usual = typical.unwrap_or(1.0).abs();
            away(x[decision], bounds).abs() > AWAY * away(begun[decision], bounds).abs().max(usual)
        })
    }

    /// Everybody of the last stage moves half the way to a best choice at once, a few times over: from alike starts those who are
    /// alike stay so. Where it leads is a start.
    pub(super) fn at_once(&mut self, x: &mut [f64]) {
        let last = self.last();
        for _ in 0..ROUNDS {
            let before = Profile::from_slice(x);
            let mut moved = false;
            for coalition in self.coalitions(last) {
                let Some(better) = self.better(coalition, &before, false) else { continue };
                moved = true;
                for variable in self.own(last, coalition) {
                    let decision = self.plan.stages[last][variable].decision;
                    self.assign(last, variable, x, 0.5 * (before[decision] + better.at[decision]));
                }
            }
            if !moved {
                break;
            }
        }
    }

    /// Whether two profiles are within so long a step of each other in all of these variables.
    pub(super) fn near(&self, stage: usize, own: &[usize], a: &[f64], b: &[f64], pace: f64) -> bool {
        own.iter().all(|&variable| {
            let Some((decision, bounds, typical)) = self.room(stage, variable, a) else { return false };
            let chart = Chart::new(bounds, typical.unwrap_or(1.0));
            let rate = chart.rate(a[decision], bounds).abs().max(chart.rate(b[decision], bounds).abs());
            (a[decision] - b[decision]).abs() <= pace.min(0.1) * rate
        })
    }
}
