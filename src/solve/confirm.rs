//! What the engine has found, held against everything: a candidate at which somebody has something better is where the search
//! goes on.

use super::everywhere::{Everywhere, Found, TURNS};
use super::induction::Failure;
use super::look::{hills, points};
use super::search::AWAY;
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::row::{Profile, Row};

/// How far on the way to the ends of what is decided before a reply is looked at: a hill that comes up does so beside another.
const SHARES: [f64; 7] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0];
/// Profiles looked at where the engine has found nothing: most such games have no equilibrium.
const RESCUE: usize = 300_000;
/// The engine's own equilibrium is better by no less than this share of the payoff.
const SAME: f64 = 1e-11;
/// Two replies whose payoffs differ by less than this share of their terms' size are alike: a jump is found to a step of 10⁻¹¹.
const TIED: f64 = 1e-9;

impl Everywhere<'_, '_> {
    /// Whether the engine's equilibrium needs no second look: along no decision of the last stage is there another hill, at
    /// the equilibrium and at the ends of what may be decided before. That is shown by the formulas' operations, or seen. Along
    /// decisions of earlier stages the engine has looked itself.
    pub(super) fn clear(&mut self, x: &[f64]) -> bool {
        let last = self.last();
        let variables = &self.plan.stages[last];
        if variables
            .iter()
            .any(|own| self.choices.board().judged(own.coalition).switches(own.decision).is_some())
        {
            return false;
        }
        let count = variables.len();
        // One hill or many, nobody stands on top of one who is pushed away from a bound.
        for variable in 0..count {
            let Some((decision, bounds, _)) = self.room(last, variable, x) else { continue };
            let side = match x[decision] {
                value if bounds.lower < bounds.upper && value <= bounds.lower => Side::Lower,
                value if bounds.lower < bounds.upper && value >= bounds.upper => Side::Upper,
                _ => continue,
            };
            let inwards = if side == Side::Lower { 1.0 } else { -1.0 };
            if self.engine.push(last, variable, x, bounds, side).is_ok_and(|push| push * inwards > 0.0) {
                return false;
            }
        }
        let here: Row<bool> = (0..count).map(|variable| self.engine.one_hill(variable, x)).collect();
        let board = self.choices.board();
        let shown = |at: &[f64], variable: usize| {
            let Some((decision, bounds, _)) = self.room(last, variable, at) else { return true };
            let payoff = board.judged(self.plan.stages[last][variable].coalition);
            payoff.has_one_hill(decision, at, bounds, true)
        };
        let ends = [0, 1].map(|side| self.towards(side, 1.0, x));
        let doubtful = |variable: &usize| {
            !here[*variable] || (last > 0 && ends.iter().any(|end| !shown(end, *variable)))
        };
        let doubtful: Row<usize> = (0..count).filter(doubtful).collect();
        if doubtful.is_empty() {
            return true;
        }
        let mut rests: Row<Option<bool>> = Row::from_elem(None, doubtful.len());
        for share in SHARES {
            for side in 0..if share == 0.0 { 1 } else { 2 } {
                let at = self.towards(side, share, x);
                for (&variable, rests) in doubtful.iter().zip(&mut rests) {
                    let Some((decision, bounds, typical)) = self.room(last, variable, &at) else { continue };
                    let here = at[decision].clamp(bounds.lower, bounds.upper);
                    let points = points(bounds, here, typical, true);
                    let coalition = self.plan.stages[last][variable].coalition;
                    let values = self.choices.values(coalition, &at, &[decision], &[&points]);
                    let mut hills = hills(&points, &values);
                    let Some(hill) = hills.next() else { continue };
                    // Where it rests on a bound here and not there, it may have jumped in between.
                    let on_bound = points[hill.at] == bounds.lower || points[hill.at] == bounds.upper;
                    // At the equilibrium it stands on that hill.
                    let sides = [hill.at.saturating_sub(1), (hill.at + 1).min(points.len() - 1)];
                    let off = share == 0.0 && !(points[sides[0]]..=points[sides[1]]).contains(&here);
                    if off || hills.next().is_some() || *rests.get_or_insert(on_bound) != on_bound {
                        return false;
                    }
                }
            }
            if last == 0 {
                break;
            }
        }
        true
    }

    /// The profile with everything that is decided before the last stage moved by a share of the way to one end of its range.
    fn towards(&self, side: usize, share: f64, x: &[f64]) -> Profile {
        let mut at = Profile::from_slice(x);
        for (stage, variables) in self.plan.stages[..self.last()].iter().enumerate() {
            for (variable, own) in variables.iter().enumerate() {
                let Interval { lower, upper } = self.choices.board().bounds(stage, variable, x);
                let end = if side == 0 { lower } else { upper };
                if end.is_finite() && share > 0.0 {
                    own.set(&mut at, x[own.decision] + share * (end - x[own.decision]));
                }
            }
        }
        at
    }

    /// Holds what the engine has come to against everything, and moves on to whatever is better, until nothing is. `x` then is an
    /// equilibrium as far as a search can tell.
    pub(super) fn confirm(&mut self, x: &mut [f64], outcome: Result<(), Failure>) -> Result<(), Failure> {
        // The search tries everything itself: one start of the engine's will do.
        let starts = std::mem::replace(&mut self.engine.settings.starts, 1);
        let confirmed = self.improve(x, outcome);
        self.engine.settings.starts = starts;
        confirmed
    }

    fn improve(&mut self, x: &mut [f64], outcome: Result<(), Failure>) -> Result<(), Failure> {
        let alone = self.engine.one_decides(0);
        if let Err(failure) = outcome {
            // Where a later stage has many replies, or none that can be differentiated, the engine's word stands.
            let hopeless = match failure {
                Failure::Kink { stage } => stage > 0,
                Failure::NotConverged { .. } | Failure::NoEquilibrium { .. } => false,
                Failure::Unbounded { .. } | Failure::EmptyBounds { .. } | Failure::NotFinite { .. } => true,
                Failure::Infeasible { .. } => true,
            };
            let coalition = self.plan.stages[0][0].coalition;
            x.copy_from_slice(&self.plan.profile);
            if hopeless || self.engine.spent > self.engine.settings.budget {
                return Err(failure);
            }
            let begun = if self.last() == 0 {
                // Settled or not, it is a start.
                self.in_turn(x);
                true
            } else {
                alone && self.outcome(0, coalition, x) > f64::NEG_INFINITY
            };
            if !begun {
                return Err(failure);
            }
            self.go_to(coalition, x, Found { value: f64::NEG_INFINITY, at: Profile::from_slice(x) });
            self.most = self.most.min(self.work() + RESCUE);
        }
        let residual = self.engine.replies[0].residual;
        let mut failure = outcome.err().unwrap_or(Failure::NotConverged { stage: 0, residual });
        for turn in 0..TURNS {
            let mut next: Option<(usize, Found)> = None;
            self.jumped = false;
            if !self.respond(1, x) {
                return Err(failure);
            }
            if self.jumped {
                // A reply stands on another hill than the one that the leader counted on.
                let coalition = self.plan.stages[0][0].coalition;
                next = Some((coalition, Found { value: f64::NEG_INFINITY, at: Profile::from_slice(x) }));
            }
            for coalition in self.coalitions(0) {
                let before = self.choices.value(coalition, x);
                let found = self.choose(0, coalition, x);
                let gain = found.value - before;
                // What is no possible profile is left for any that is.
                let possible = before > f64::NEG_INFINITY;
                let counts = gain > self.least(coalition, x, &found.at) && gain > SAME * before.abs();
                if (!possible && found.value > before) || (possible && counts) {
                    failure = Failure::NoEquilibrium { coalition, gain };
                    next = Some((coalition, found));
                    break;
                }
            }
            let Some((coalition, found)) = next else {
                // Where somebody has no possible choice, that nobody finds a better one says nothing.
                if self.coalitions(0).iter().any(|who| self.choices.value(*who, x) == f64::NEG_INFINITY) {
                    return Err(failure);
                }
                self.look_for_ties(x);
                // Where most trials have no reply, that nothing better was seen says nothing.
                let unseen = (self.thinned && outcome.is_err()) || self.mostly_unanswered();
                return if unseen { outcome } else { Ok(()) };
            };
            let among_many = !alone && self.last() == 0 && turn == 0;
            let found = if among_many {
                // One who moves alone leads to a lopsided equilibrium where there is an even one: all move first.
                let mut at = Profile::from_slice(&self.plan.profile);
                self.at_once(&mut at);
                Found { value: f64::NEG_INFINITY, at }
            } else {
                found
            };
            self.go_to(coalition, x, found);
        }
        Err(failure)
    }

    /// Goes to a better choice in the first stage: to the engine's equilibrium beside it where there is one that is no worse for
    /// whoever chose it, else to the choice itself, which stands on a kink or a jump.
    fn go_to(&mut self, coalition: usize, x: &mut [f64], found: Found) {
        let mut at = found.at.clone();
        self.stand(&at);
        self.start_from(0, &mut at);
        let alone = self.engine.one_decides(0);
        if self.engine.newton(0, &mut at, AWAY).is_ok() && self.respond(1, &mut at) {
            let value = self.choices.value(coalition, &at);
            if !alone || value >= found.value - self.least(coalition, &found.at, &at) {
                self.engine.at_kink = false;
                x.copy_from_slice(&at);
                return;
            }
        }
        x.copy_from_slice(&found.at);
        self.stand(x);
        let _ = self.engine.rest_at(0, x);
        self.engine.at_kink = true;
    }

    /// Where the first stage stands on a kink: whether somebody of the last one is indifferent between two replies there.
    fn look_for_ties(&mut self, x: &[f64]) {
        self.engine.at_jump = None;
        if !self.engine.at_kink || self.plan.stages.len() < 2 {
            return;
        }
        let last = self.last();
        for coalition in self.coalitions(last) {
            let here = self.choices.value(coalition, x);
            let size = self.choices.made(coalition, x).size;
            for &variable in &self.own(last, coalition) {
                let Some((decision, bounds, typical)) = self.room(last, variable, x) else { continue };
                let mut points = points(bounds, x[decision], typical, true);
                self.choices.add_jumps(coalition, decision, x, &mut points);
                let values = self.choices.values(coalition, x, &[decision], &[&points]);
                for hill in hills(&points, &values) {
                    let near = [hill.at.saturating_sub(1), (hill.at + 1).min(points.len() - 1)];
                    if (points[near[0]]..=points[near[1]]).contains(&x[decision]) {
                        continue;
                    }
                    let start = (points[hill.at], values[hill.at]);
                    let (at, value) = self.top((coalition, decision), x, start, near.map(|at| points[at]));
                    if (value - here).abs() <= TIED * size {
                        let mut other = Profile::from_slice(x);
                        self.assign(last, variable, &mut other, at);
                        self.engine.at_jump = Some(other.to_vec());
                        return;
                    }
                }
            }
        }
    }
}
