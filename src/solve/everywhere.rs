//! Best choices over everything that is possible, with what everybody replies.
//!
//! The engine follows a reply while earlier decisions move; it stays on the hill on which it stands. Here every reply is held
//! against its coalition's payoff at choices of every size, and where another hill is higher the reply moves there: a reply that
//! jumps does so where it should. Of hills alike in height a coalition stays on the one that it comes from, so that whoever moved
//! before it has the benefit of a tie.

use super::chart::{Chart, away, spread};
use super::choice::Choices;
use super::induction::{Engine, Failure};
use super::look::{POINTS, hills, points};
use super::plan::Plan;
use super::search::AWAY;
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::row::{Profile, Row};

/// A choice counts as better by more than so many times what rounding can feign, and by more than this share of the size of the
/// payoff's terms: replies are exact to a step of 10⁻¹², whose square is what they lose.
const ROUNDINGS: f64 = 4.0;
const SHARE: f64 = 1e-12;
/// How often a reply moves to a better one before it is given up: each time somebody gains, so that one coalition comes to an
/// end; several may chase each other.
const TURNS: usize = 12;
/// Columns with which a top is closed in on: each narrows its place sixty-four times.
const ZOOMS: usize = 4;
/// Rounds in which several decisions find their best values in turn: one coalition's, and a stage's where the engine finds no reply.
const ROUNDS: usize = 60;
const IN_TURN: usize = 12;
/// Points of all of a coalition's decisions at once, and of those the best from which is climbed.
const TOGETHER: usize = 512;
const POLISHED: usize = 2;
/// Trials of an earlier stage's decisions at once, for each of them.
const TRIALS: usize = 16;
/// How far on the way to the ends of what is decided before a reply is looked at: a hill that comes up does so beside another.
const SHARES: [f64; 7] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0];
/// Profiles looked at where the engine has found nothing: most such games have no equilibrium.
const RESCUE: usize = 300_000;
/// One trial in so many may have no reply.
const UNANSWERED: usize = 4;
/// A reply with a first-order gain of less than this share of the payoff stands on the top of its hill.
const EXACT: f64 = 1e-6;
/// What one iteration of the engine costs, in profiles looked at on columns.
const ITERATION: usize = 100;
/// Replies within so long a step of each other are the same one, more or less exact.
const BESIDE: f64 = 0.01;
/// The engine's own equilibrium is better by no less than this share of the payoff.
const SAME: f64 = 1e-11;
/// Two replies whose payoffs differ by less than this share of their terms' size are alike: a jump is found to a step of 10⁻¹¹.
const TIED: f64 = 1e-9;

/// A search over everything that coalitions could choose instead.
pub(super) struct Everywhere<'e, 'b> {
    engine: &'e mut Engine<'b>,
    plan: &'b Plan,
    choices: Choices<'b>,
    /// How many profiles may be looked at, and whether they were spent.
    most: usize,
    /// The engine's iterations before the search.
    spent: usize,
    pub(super) thinned: bool,
    /// Whether the last reply left the hill on which it was followed.
    jumped: bool,
    /// Trials, and those to which no reply was found.
    trials: usize,
    unanswered: usize,
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
    fn work(&self) -> usize {
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

    fn last(&self) -> usize {
        self.plan.stages.len().saturating_sub(1)
    }

    /// The variables of a stage that a coalition chooses.
    pub(super) fn own(&self, stage: usize, coalition: usize) -> Row<usize> {
        let variables = self.plan.stages[stage].iter().enumerate();
        variables.filter(|(_, variable)| variable.coalition == coalition).map(|(at, _)| at).collect()
    }

    fn coalitions(&self, stage: usize) -> Row<usize> {
        let mut all: Row<usize> = self.plan.stages[stage].iter().map(|variable| variable.coalition).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A variable's decision, its range at `x` and what is usual for it; `None` where nothing is in the range.
    fn room(&self, stage: usize, variable: usize, x: &[f64]) -> Option<(usize, Interval<f64>, Option<f64>)> {
        let bounds = self.choices.board().bounds(stage, variable, x);
        let decision = self.plan.stages[stage][variable].decision;
        (bounds.lower <= bounds.upper).then(|| (decision, bounds, self.plan.decisions[decision].typical))
    }

    fn assign(&self, stage: usize, variable: usize, x: &mut [f64], value: f64) {
        self.plan.stages[stage][variable].set(x, value);
    }

    // ---- Replies ---------------------------------------------------------------------------------------------------

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
    fn follow(&mut self, stage: usize, x: &mut [f64]) -> bool {
        (stage..self.last()).rev().all(|earlier| self.engine.newton(earlier, x, AWAY).is_ok())
            && self.engine.reply(stage, x).is_ok()
    }

    /// Makes the last stage's reply the one on a better hill: to its top where it is smooth there, else as near as payoffs tell.
    fn move_to(&mut self, coalition: usize, x: &mut [f64], better: Found) {
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
    fn start_from(&mut self, stage: usize, x: &mut [f64]) {
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
    fn in_turn(&mut self, x: &mut [f64]) -> bool {
        let last = self.last();
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
        }
        false
    }

    // ---- What the engine has found ----------------------------------------------------------------------------------

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
        let shown = |at: &[f64], variable: usize, anywhere: bool| {
            let Some((decision, bounds, _)) = self.room(last, variable, at) else { return true };
            let payoff = self.choices.board().judged(self.plan.stages[last][variable].coalition);
            payoff.has_one_hill(decision, at, bounds, anywhere)
        };
        let ends = [0, 1].map(|side| self.towards(side, 1.0, x));
        let doubtful = |variable: &usize| {
            !shown(x, *variable, false) || (last > 0 && ends.iter().any(|end| !shown(end, *variable, true)))
        };
        let doubtful: Row<usize> = (0..count).filter(doubtful).collect();
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
        let mut failure = Failure::NotConverged { stage: 0, residual: f64::NAN };
        for _ in 0..TURNS {
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
                if gain > self.least(coalition, x, &found.at) && gain > SAME * before.abs() {
                    failure = Failure::NoEquilibrium { coalition, gain };
                    next = Some((coalition, found));
                    break;
                }
            }
            let Some((coalition, found)) = next else {
                self.look_for_ties(x);
                // Where most trials have no reply, that nothing better was seen says nothing.
                let unseen = (self.thinned && outcome.is_err()) || self.mostly_unanswered();
                return if unseen { outcome } else { Ok(()) };
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

    // ---- The last stage: columns -----------------------------------------------------------------------------------

    /// A better choice of a coalition's in the last stage, where there is one. Where it `stands` on the top of a hill, only
    /// other hills are looked at.
    fn better(&mut self, coalition: usize, x: &[f64], stands: bool) -> Option<Found> {
        let last = self.last();
        let here = self.choices.value(coalition, x);
        let own = self.own(last, coalition);
        let mut best = Found { value: here, at: Profile::from_slice(x) };
        let exact = self.engine.replies[last].residual <= EXACT;
        for &variable in &own {
            // Where the formula's own operations show that there is no other hill, there is nothing to look for.
            let alone = stands
                && exact
                && self.room(last, variable, x).is_some_and(|(decision, bounds, _)| {
                    self.choices.board().judged(coalition).has_one_hill(decision, x, bounds, false)
                });
            if !alone {
                self.look_along(coalition, variable, x, stands && exact, &mut best);
            }
        }
        if own.len() > 1 {
            self.look_along_all(coalition, &own, x, &mut best);
            self.look_along_limits(coalition, &own, x, &mut best);
        }
        (best.value > here && best.value - here > self.least(coalition, x, &best.at)).then_some(best)
    }

    /// Looks along one variable of the last stage, and closes in on the hills that may be higher than the best found.
    fn look_along(
        &mut self,
        coalition: usize,
        variable: usize,
        x: &[f64],
        stands: bool,
        best: &mut Found,
    ) -> Option<()> {
        let last = self.last();
        let (decision, bounds, typical) = self.room(last, variable, x)?;
        let here = x[decision];
        let mut points = points(bounds, here.clamp(bounds.lower, bounds.upper), typical, true);
        self.choices.add_jumps(coalition, decision, x, &mut points);
        let values = self.choices.values(coalition, x, &[decision], &[&points]);
        for hill in hills(&points, &values) {
            let own = points[hill.at] == here;
            let most = if own && stands { values[hill.at] } else { hill.most };
            if most <= best.value {
                continue;
            }
            let sides = [hill.at.saturating_sub(1), (hill.at + 1).min(points.len() - 1)].map(|at| points[at]);
            let (at, value) = self.top((coalition, decision), x, (points[hill.at], values[hill.at]), sides);
            if value > best.value {
                best.value = value;
                best.at.copy_from_slice(x);
                self.assign(last, variable, &mut best.at, at);
            }
        }
        Some(())
    }

    /// The top of a hill between two points: where, and how high.
    fn top(
        &mut self,
        (coalition, decision): (usize, usize),
        x: &[f64],
        mut top: (f64, f64),
        [mut left, mut right]: [f64; 2],
    ) -> (f64, f64) {
        let mut column = [0.0; POINTS];
        for zoom in 0..ZOOMS {
            let length = right - left;
            if length <= 4.0 * f64::EPSILON * top.0.abs() {
                break;
            }
            for (k, point) in column.iter_mut().enumerate() {
                *point = left + length * (k as f64 / (POINTS - 1) as f64);
            }
            let values = self.choices.values(coalition, x, &[decision], &[&column]);
            let most = (0..POINTS).fold(0, |most, k| if values[k] > values[most] { k } else { most });
            if values[most] > top.1 {
                top = (column[most], values[most]);
            }
            // Where the hill is smooth, five points place its top beyond what rounding lets payoffs tell.
            if zoom > 0 && (2..POINTS - 2).contains(&most) {
                let f = &values[most - 2..=most + 2];
                let slope = (f[0] - 8.0 * f[1] + 8.0 * f[3] - f[4]) / 12.0;
                let curve = (-f[0] + 16.0 * f[1] - 30.0 * f[2] + 16.0 * f[3] - f[4]) / 12.0;
                let step = -slope / curve;
                if curve < 0.0 && step.abs() <= 1.0 {
                    let at = column[most] + step * length / (POINTS - 1) as f64;
                    let [value] = self.choices.values(coalition, x, &[decision], &[&[at]])[..] else { break };
                    let foreseen = values[most] + 0.5 * slope * step;
                    let rounding = 4.0 * f64::EPSILON * value.abs();
                    if (value - foreseen).abs() <= 1e-3 * (foreseen - values[most]).abs() + rounding {
                        return (at, value.max(top.1));
                    }
                }
            }
            left = column[most.saturating_sub(1)];
            right = column[(most + 1).min(POINTS - 1)];
        }
        top
    }

    /// All of a coalition's variables of the last stage by one factor: what is worth nothing by itself may be together.
    fn look_along_all(&mut self, coalition: usize, own: &[usize], x: &[f64], best: &mut Found) -> Option<()> {
        let last = self.last();
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(own.len());
        let mut moved: Row<usize> = Row::new();
        for &variable in own {
            let (decision, bounds, typical) = self.room(last, variable, x)?;
            let base = match away(x[decision], bounds) {
                0.0 => typical.map_or(1.0, |usual| away(usual, bounds).abs()),
                base => base,
            };
            let factor = |k: usize| 10_f64.powf((k as f64 - 64.0) / 8.0);
            let value = |k: usize| match (bounds.lower.is_finite(), bounds.upper.is_finite()) {
                (true, _) => (bounds.lower + base * factor(k)).min(bounds.upper),
                (false, true) => bounds.upper - base * factor(k),
                (false, false) => x[decision] * factor(k),
            };
            columns.push((0..POINTS).map(value).collect());
            moved.push(decision);
        }
        self.look_at(coalition, &moved, &columns, x, best);
        Some(())
    }

    /// Looks along what limits several of a coalition's decisions at once: more of one and so much less of another that the limit
    /// is kept. One decision alone cannot move there.
    fn look_along_limits(
        &mut self,
        coalition: usize,
        own: &[usize],
        x: &[f64],
        best: &mut Found,
    ) -> Option<()> {
        let last = self.last();
        let mut rooms: Row<(usize, Interval<f64>)> = Row::new();
        for &variable in own {
            let (decision, bounds, _) = self.room(last, variable, x)?;
            rooms.push((decision, bounds));
        }
        let decisions: Row<usize> = rooms.iter().map(|(decision, _)| *decision).collect();
        for slopes in self.choices.limits(coalition, &decisions, x) {
            for (i, j) in (0..own.len()).flat_map(|i| (0..own.len()).map(move |j| (i, j))) {
                let rate = slopes[i] / slopes[j];
                if i == j || !rate.is_finite() || rate == 0.0 {
                    continue;
                }
                let [(give, less), (take, more)] = [rooms[i], rooms[j]];
                // As far as both ranges go; a hair inside, for rounding.
                let step = if rate > 0.0 { x[take] - more.lower } else { more.upper - x[take] };
                let most = (less.upper - x[give]).min(step / rate.abs());
                if !(most > 0.0 && most.is_finite()) {
                    continue;
                }
                let amount = |k: usize| most * 10_f64.powf((k as f64 - (POINTS - 1) as f64) / 16.0);
                let first = (0..POINTS).map(|k| x[give] + amount(k)).collect();
                let second = |k| (x[take] - rate * amount(k) * (1.0 + SHARE)).clamp(more.lower, more.upper);
                let columns = [first, (0..POINTS).map(second).collect()];
                self.look_at(coalition, &[give, take], &columns, x, best);
            }
        }
        Some(())
    }

    /// Looks at columns of choices of a coalition's own.
    fn look_at(
        &mut self,
        coalition: usize,
        moved: &[usize],
        columns: &[Vec<f64>],
        x: &[f64],
        best: &mut Found,
    ) -> Vec<f64> {
        let choices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let values = self.choices.values(coalition, x, moved, &choices);
        let most = (0..values.len()).fold(0, |most, k| if values[k] > values[most] { k } else { most });
        if values.get(most).is_some_and(|value| *value > best.value) {
            best.value = values[most];
            best.at.copy_from_slice(x);
            self.take(moved, columns, most, &mut best.at);
        }
        values
    }

    /// Puts the numbers of one place of the columns into `x`, tied decisions alike.
    fn take(&self, moved: &[usize], columns: &[Vec<f64>], at: usize, x: &mut [f64]) {
        for variable in self.plan.stages.iter().flatten() {
            if let Some(place) = moved.iter().position(|decision| *decision == variable.decision) {
                variable.set(x, columns[place][at]);
            }
        }
    }

    /// The best that a coalition finds in the last stage, over all of its variables.
    fn last_choice(&mut self, coalition: usize, x: &[f64]) -> Found {
        let last = self.last();
        let own = self.own(last, coalition);
        let mut best = Found { value: self.choices.value(coalition, x), at: Profile::from_slice(x) };
        let mut starts: Vec<Found> = vec![best.clone()];
        if own.len() > 1 {
            let ranges: Option<Vec<(usize, Vec<f64>)>> = own
                .iter()
                .map(|&variable| {
                    let (decision, bounds, typical) = self.room(last, variable, x)?;
                    let here = x[decision].clamp(bounds.lower, bounds.upper);
                    Some((decision, points(bounds, here, typical, true)))
                })
                .collect();
            if let Some(ranges) = ranges {
                let column = |(dimension, (_, points)): (usize, &(usize, Vec<f64>))| {
                    let place =
                        |k| points[(spread(k, dimension) * points.len() as f64) as usize % points.len()];
                    (0..TOGETHER).map(place).collect::<Vec<f64>>()
                };
                let columns: Vec<Vec<f64>> = ranges.iter().enumerate().map(column).collect();
                let moved: Row<usize> = ranges.iter().map(|(decision, _)| *decision).collect();
                let mut seen = best.clone();
                let values = self.look_at(coalition, &moved, &columns, x, &mut seen);
                let mut order: Vec<usize> =
                    (0..values.len()).filter(|k| values[*k] > f64::NEG_INFINITY).collect();
                order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
                for &k in order.iter().take(POLISHED) {
                    let mut at = Profile::from_slice(x);
                    self.take(&moved, &columns, k, &mut at);
                    starts.push(Found { value: values[k], at });
                }
            }
        }
        let home = best.clone();
        for mut start in starts {
            for round in 0..ROUNDS {
                if round > 0 && start.value <= home.value && self.near(last, &own, &start.at, x, 0.1) {
                    break;
                }
                match self.better(coalition, &start.at, false) {
                    Some(better) => start = better,
                    None => break,
                }
            }
            if start.value > best.value {
                best = start;
            }
        }
        best
    }

    // ---- Earlier stages: trials, everybody after them replying ------------------------------------------------------

    /// What a coalition has when `stage` and all before it are as in `x`; replies are put in.
    pub(super) fn outcome(&mut self, stage: usize, coalition: usize, x: &mut [f64]) -> f64 {
        if self.work() > self.most {
            self.thinned = true;
            return f64::NEG_INFINITY;
        }
        self.jumped = false;
        self.trials += 1;
        if self.respond(stage + 1, x) {
            return self.choices.value(coalition, x);
        }
        self.unanswered += 1;
        f64::NEG_INFINITY
    }

    /// Whether so many trials had no reply that what was seen says little.
    fn mostly_unanswered(&self) -> bool {
        UNANSWERED * self.unanswered > self.trials
    }

    /// The best that a coalition finds at a stage at which it moves, starting from a profile.
    pub(super) fn choose(&mut self, stage: usize, coalition: usize, x: &[f64]) -> Found {
        if stage == self.last() {
            return self.last_choice(coalition, x);
        }
        let own = self.own(stage, coalition);
        let mut best = Found { value: self.choices.value(coalition, x), at: Profile::from_slice(x) };
        // Whether the best so far is higher than what is here; and what would be.
        let here = best.clone();
        for &variable in &own {
            self.try_along(stage, coalition, variable, &here, &mut best);
        }
        if own.len() > 1 {
            let mut tried: Vec<Found> = Vec::new();
            for trial in 0..TRIALS * own.len() {
                let mut at = here.at.clone();
                if self.trial(stage, &own, trial, &mut at).is_some() {
                    let value = self.outcome(stage, coalition, &mut at);
                    tried.push(Found { value, at });
                }
            }
            tried.sort_by(|a, b| b.value.total_cmp(&a.value));
            if self.mostly_unanswered() {
                tried.clear();
            }
            for start in tried.into_iter().take(POLISHED).filter(|start| start.value > f64::NEG_INFINITY) {
                let found = self.compass(stage, coalition, start, &here);
                if found.value > best.value {
                    best = found;
                }
            }
        }
        if best.value > here.value && own.len() > 1 {
            let from = best.clone();
            best = self.compass(stage, coalition, from, &here);
        }
        best
    }

    /// A trial of all of a coalition's variables at once: close by first, small steps of mixed sign, then at choices of every size.
    fn trial(&self, stage: usize, own: &[usize], trial: usize, x: &mut Profile) -> Option<()> {
        for (dimension, &variable) in own.iter().enumerate() {
            let (decision, bounds, typical) = self.room(stage, variable, x)?;
            let here = x[decision].clamp(bounds.lower, bounds.upper);
            let value = if trial < 8 {
                let sign = if (trial >> (dimension % 3)).is_multiple_of(2) { 1.0 } else { -1.0 };
                let chart = Chart::new(bounds, typical.unwrap_or(1.0));
                let usual = typical.unwrap_or(1.0);
                let from = if away(here, bounds) == 0.0 { chart.go_from_bound(usual, bounds) } else { here };
                chart.go(from, sign * 0.03, bounds)
            } else {
                let points = points(bounds, here, typical, true);
                points[(spread(trial, dimension) * points.len() as f64) as usize % points.len()]
            };
            self.assign(stage, variable, x, value);
        }
        Some(())
    }

    /// Tries points along one variable of an earlier stage, and climbs the hills that may be higher than the best found.
    fn try_along(
        &mut self,
        stage: usize,
        coalition: usize,
        variable: usize,
        here: &Found,
        best: &mut Found,
    ) -> Option<()> {
        let (decision, bounds, typical) = self.room(stage, variable, &here.at)?;
        let value_here = here.at[decision].clamp(bounds.lower, bounds.upper);
        let mut points = points(bounds, value_here, typical, false);
        // Close by, three points tell whether the profile stands on a top.
        let close = 1e-3 * Chart::new(bounds, typical.unwrap_or(1.0)).rate(value_here, bounds).abs();
        if close > 0.0 {
            points.extend([value_here - close, value_here + close]);
            points.retain(|x| *x >= bounds.lower && *x <= bounds.upper);
            points.sort_unstable_by(f64::total_cmp);
            points.dedup();
        }
        let mut ends: Vec<Profile> = Vec::with_capacity(points.len());
        let mut values = Vec::with_capacity(points.len());
        for &point in &points {
            let mut at = here.at.clone();
            self.assign(stage, variable, &mut at, point);
            values.push(self.outcome(stage, coalition, &mut at));
            ends.push(at);
            if self.jumped && ends.len() > 1 {
                // What somebody replies jumps between this point and the last: the best may stand right there.
                let [.., before, after] = &ends[..] else { continue };
                for found in self.jump((stage, coalition, variable), before, after) {
                    if found.value > best.value {
                        *best = found;
                    }
                }
            }
        }
        for hill in hills(&points, &values).collect::<Row<_>>() {
            let own = points[hill.at] == value_here;
            if (if own { hill.height } else { hill.most }) <= best.value {
                continue;
            }
            let sides = [hill.at.saturating_sub(1), (hill.at + 1).min(points.len() - 1)].map(|at| points[at]);
            if own && hill.height - here.value <= self.least(coalition, &here.at, &ends[hill.at]) {
                continue;
            }
            let start = Found { value: values[hill.at], at: ends[hill.at].clone() };
            let found = self.section((stage, coalition, variable), start, sides, best.value);
            if found.value > best.value {
                *best = found;
            }
        }
        Some(())
    }

    /// Both sides of where a reply jumps between two profiles, as near as numbers tell.
    fn jump(
        &mut self,
        (stage, coalition, variable): (usize, usize, usize),
        before: &[f64],
        after: &[f64],
    ) -> [Found; 2] {
        let decision = self.plan.stages[stage][variable].decision;
        let no = f64::NEG_INFINITY;
        let mut sides = [before, after].map(|at| Found { value: no, at: Profile::from_slice(at) });
        for _ in 0..100 {
            let [low, high] = [sides[0].at[decision], sides[1].at[decision]];
            // Halves of the distance, or of the ratio where they are of different sizes.
            let middle =
                if low > 0.0 && high > 4.0 * low { (low * high).sqrt() } else { low + 0.5 * (high - low) };
            if !(middle > low && middle < high) || high - low <= 1e-14 * high.abs() {
                break;
            }
            let mut at = sides[0].at.clone();
            self.stand(&at);
            self.assign(stage, variable, &mut at, middle);
            let value = self.outcome(stage, coalition, &mut at);
            sides[usize::from(self.jumped)] = Found { value, at };
        }
        sides
    }

    /// The best between two points on both sides of the start, by golden section, with a parabola where it behaves: the top
    /// may be one of a smooth hill or stand at a jump.
    fn section(
        &mut self,
        (stage, coalition, variable): (usize, usize, usize),
        start: Found,
        [left, right]: [f64; 2],
        beaten: f64,
    ) -> Found {
        let decision = self.plan.stages[stage][variable].decision;
        let mut best = start;
        let place = best.at[decision];
        let no = f64::NEG_INFINITY;
        let (mut left, mut middle, mut right) = ((left, no), (place, best.value), (right, no));
        for round in 0..80 {
            let width = right.0 - left.0;
            if width <= 1e-11 * middle.0.abs().max(right.0.abs()) || width <= f64::MIN_POSITIVE {
                break;
            }
            // A hill that stays below what is found is left.
            if round == 24 && best.value < beaten {
                break;
            }
            let slopes =
                [(middle.1 - left.1) / (middle.0 - left.0), (right.1 - middle.1) / (right.0 - middle.0)];
            let parabola = 0.5 * (left.0 + middle.0) - slopes[0] * 0.5 * width / (slopes[1] - slopes[0]);
            let inside = parabola > left.0 + 0.02 * width && parabola < right.0 - 0.02 * width;
            let fresh = (parabola - middle.0).abs() > 1e-3 * width;
            let to = if inside && fresh && round % 3 != 2 {
                parabola
            } else if right.0 - middle.0 > middle.0 - left.0 {
                middle.0 + 0.381_966 * (right.0 - middle.0)
            } else {
                middle.0 - 0.381_966 * (middle.0 - left.0)
            };
            let mut at = best.at.clone();
            self.assign(stage, variable, &mut at, to);
            let value = self.outcome(stage, coalition, &mut at);
            if value > middle.1 {
                if to > middle.0 {
                    left = middle
                } else {
                    right = middle
                }
                middle = (to, value);
                best = Found { value, at };
            } else if to > middle.0 {
                right = (to, value);
            } else {
                left = (to, value);
            }
        }
        best
    }

    /// Steps along each of a coalition's variables and where they have just led, shorter whenever none gains. It ends early where
    /// it comes home: to the profile from which everybody started.
    fn compass(&mut self, stage: usize, coalition: usize, start: Found, home: &Found) -> Found {
        let own = self.own(stage, coalition);
        let mut best = start;
        let mut drift: Row<f64> = Row::from_elem(0.0, own.len());
        let mut pace = 0.25;
        for _ in 0..200 {
            if pace < 1e-7 {
                break;
            }
            let mut moved: Row<f64> = Row::from_elem(0.0, own.len());
            let mut gained = false;
            for direction in 0..2 * own.len() + 1 {
                let mut step: Row<f64> = Row::from_elem(0.0, own.len());
                match direction.checked_sub(2 * own.len()) {
                    Some(_) if drift.iter().all(|d| *d == 0.0) => continue,
                    Some(_) => step.copy_from_slice(&drift),
                    None => step[direction / 2] = if direction % 2 == 0 { pace } else { -pace },
                }
                let mut at = best.at.clone();
                for (&variable, step) in own.iter().zip(&step) {
                    let Some((decision, bounds, typical)) = self.room(stage, variable, &at) else { continue };
                    let chart = Chart::new(bounds, typical.unwrap_or(1.0));
                    let to = chart.go(at[decision], *step, bounds);
                    self.assign(stage, variable, &mut at, to);
                }
                if at[..] == best.at[..] {
                    continue;
                }
                let value = self.outcome(stage, coalition, &mut at);
                if value > best.value {
                    best = Found { value, at };
                    moved.iter_mut().zip(&step).for_each(|(m, s)| *m += s);
                    gained = true;
                }
            }
            drift = moved;
            pace = if gained { f64::min(1.2 * pace, 1.0) } else { 0.35 * pace };
            if best.value <= home.value && self.near(stage, &own, &best.at, &home.at, 4.0 * pace) {
                break;
            }
        }
        best
    }

    /// Whether two profiles are within so long a step of each other in all of these variables.
    fn near(&self, stage: usize, own: &[usize], a: &[f64], b: &[f64], pace: f64) -> bool {
        own.iter().all(|&variable| {
            let Some((decision, bounds, typical)) = self.room(stage, variable, a) else { return false };
            let chart = Chart::new(bounds, typical.unwrap_or(1.0));
            let rate = chart.rate(a[decision], bounds).abs().max(chart.rate(b[decision], bounds).abs());
            (a[decision] - b[decision]).abs() <= pace.min(0.1) * rate
        })
    }
}
