//! Finding the right solution of a stage: starts, scans, and a climb without derivatives.
//!
//! A reply moves on from the last one by Newton's method. The first one, and the first stage's equilibrium, are
//! searched for: from several starts, each candidate held against a scan of every coalition's own choices, so that a
//! local optimum, a minimum or a spurious stationary point is not returned. Where one decision-maker's optimum lies on
//! a kink, or more stages follow than can be differentiated through, a compass climbs on payoffs alone.

use smallvec::SmallVec;

use super::chart::{Chart, away, spread};
use super::induction::{Engine, Failure, Reply};
use super::linear::put;
use super::local::FEW;
use super::many::TOGETHER;
use super::plan::{STAGE_LIMIT, Variable};
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::row::{Profile, Row};

/// A variable this many times its start has run away.
pub(super) const AWAY: f64 = 1e14;

/// Points of a scan along the only variable of a stage.
const POINTS: usize = 12;
/// Another hill that comes this near the candidate's height, as a share of it, is climbed; halvings on the way up.
const HILL: f64 = 0.1;
const CLIMBS: usize = 8;

/// What a scan looks for, and what it has seen.
struct Sight {
    /// Whose gain, over which payoff at the candidate.
    coalition: usize,
    payoff: f64,
    /// The size by which gains are measured.
    scale: f64,
    /// The least gain that counts, as a share of the payoff.
    tolerance: f64,
    /// The later stages' replies to the candidate.
    kept: Option<Reply>,
    /// The largest gain, and where it is made.
    better: Option<f64>,
    there: Profile,
}

/// Profiles that a scan looks at.
type Trials = SmallVec<[Profile; TOGETHER]>;

/// Points along one variable.
struct Line {
    variable: usize,
    bounds: Interval<f64>,
    chart: Chart,
    centre: f64,
    points: usize,
    /// Which trial the first of them is.
    first: usize,
}

impl Line {
    /// The value at a place among the points.
    fn at(&self, place: f64) -> f64 {
        self.chart.spread(place / self.points as f64, self.centre, self.bounds)
    }
}

impl Engine<'_> {
    /// Makes ready for another search: what is remembered was found at other parameters. Tells whether the search is over:
    /// where it starts near an equilibrium, and finds it.
    pub(crate) fn begin(&mut self, x: &mut [f64], near: bool) -> bool {
        let Some(first) = self.replies.first() else { return true };
        let warm = near || first.known;
        if first.known && !near {
            self.recall(0, x);
        }
        for reply in &mut self.replies {
            reply.to.fill(f64::NAN);
            (reply.slopes_known, reply.rough) = (false, false);
        }
        (self.careful, self.at_kink, self.iterations, self.spent) = (false, false, 0, 0);
        self.replies[0].known = false;
        if near {
            self.replies[0].sides.fill(Side::Free);
        }
        let found = warm
            && !self.deep(0)
            && self.newton(0, x, AWAY).is_ok()
            && matches!(self.scan(0, x), Ok(None))
            && self.reply(1, x).is_ok()
            && matches!(self.replies_stand(x), Ok(true));
        if !found {
            self.replies.iter_mut().for_each(|reply| reply.known = false);
        }
        found
    }

    /// Fills stage `stage` and all later ones of `x` with their replies.
    pub(crate) fn settle(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        if self.replies[stage].known {
            if self.remembers(stage, x) {
                self.recall(stage, x);
                return self.reply(stage + 1, x);
            }
            if !self.careful && !self.deep(stage) {
                self.foresee(stage, x);
                match self.newton(stage, x, AWAY) {
                    Ok(()) => return self.reply(stage + 1, x),
                    Err(unbounded @ Failure::Unbounded { .. }) => {
                        self.replies[stage].known = false;
                        return Err(unbounded);
                    }
                    Err(_) => {}
                }
            }
        }
        self.replies[stage].known = false;
        self.search(stage, x)?;
        self.reply(stage + 1, x)
    }

    pub(super) fn recall(&self, stage: usize, x: &mut [f64]) {
        for (variable, &value) in self.replies[stage].values.iter().enumerate() {
            self.assign(stage, variable, x, value);
        }
    }

    /// A start for a new reply from the last one: moved along its derivatives where they are known, in everybody's
    /// charts, in which power responses are straight lines.
    pub(super) fn foresee(&self, stage: usize, x: &mut [f64]) {
        self.recall(stage, x);
        let reply = &self.replies[stage];
        if !reply.slopes_known {
            return;
        }
        let columns = reply.to.len();
        for &variable in &reply.free {
            let Ok(b) = self.bounds_at(stage, variable, x) else { return };
            let value = reply.values[variable];
            let chart = Chart::new(b, value);
            let mut step = 0.0;
            for (column, (before, at)) in self.places(stage).enumerate() {
                let slope = reply.slopes[variable * columns + column];
                let moved = &self.plan.stages[before][at];
                let (from, to) = (reply.to[column], x[moved.decision]);
                if slope != 0.0 && from != to {
                    let bounds = self.board.bounds(before, at, x);
                    let (was, is) = (away(from, bounds), away(to, bounds));
                    let curved = Chart::new(bounds, from).curved() && was > 0.0 && is > 0.0;
                    step += slope * if curved { (is / was).ln() * was } else { to - from };
                }
            }
            let step = step / chart.rate(value, b);
            if step.is_finite() {
                let reach = 4.0 * chart.reach();
                self.assign(stage, variable, x, chart.go(value, step.clamp(-reach, reach), b));
            }
        }
    }

    /// The stage's equilibrium from scratch: several starts, each candidate held against a scan.
    fn search(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        if self.limited(stage) {
            return self.search_rules(stage, x);
        }
        if self.deep(stage) {
            return self.climb_from_starts(stage, x);
        }
        let mut failure = Failure::NotConverged { stage, residual: f64::INFINITY };
        let mut best: Profile = SmallVec::new();
        for start in 0..self.settings.starts.max(1) {
            self.start(stage, x, start)?;
            // A better point found by the scan is the next start, a few times over.
            for _ in 0..4 {
                self.replies[stage].sides.fill(Side::Free);
                match self.newton(stage, x, AWAY) {
                    Ok(()) => match self.scan(stage, x) {
                        Ok(None) => return Ok(()),
                        Ok(Some((coalition, gain))) => {
                            failure = Failure::NoEquilibrium { coalition, gain };
                            best = SmallVec::from_slice(x);
                        }
                        // No payoff at the candidate itself: from another start there may be.
                        Err(error) => {
                            failure = error;
                            break;
                        }
                    },
                    // What grows without bound from one start does so from all.
                    Err(unbounded @ Failure::Unbounded { .. }) if self.one_decides(stage) => {
                        return Err(unbounded);
                    }
                    Err(error) => {
                        // A run-away says more than a later failure to converge.
                        if !matches!(failure, Failure::Unbounded { .. } | Failure::NoEquilibrium { .. }) {
                            failure = error;
                        }
                        break;
                    }
                }
            }
            if matches!(failure, Failure::EmptyBounds { .. }) {
                return Err(failure);
            }
        }
        if stage == 0 && self.one_decides(stage) && !matches!(failure, Failure::Unbounded { .. }) {
            if best.is_empty() {
                self.start(stage, x, 0)?;
            } else {
                x.copy_from_slice(&best);
            }
            return self.climb(stage, x).map_err(|_| failure);
        }
        Err(failure)
    }

    /// Whether more stages follow than nested derivatives reach through.
    pub(super) fn deep(&self, stage: usize) -> bool {
        self.plan.stages.len() - stage > STAGE_LIMIT
    }

    /// The best of a few climbs. The later stages' replies are exact; only the climb's own choice is as good as
    /// comparing payoffs can make it.
    fn climb_from_starts(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        let coalition = self.plan.stages[stage][0].coalition;
        let mut best: Option<(f64, Profile)> = None;
        let mut failure = Failure::NotConverged { stage, residual: f64::INFINITY };
        for start in 0..3 {
            self.start(stage, x, start)?;
            let climbed = self.climb(stage, x).and_then(|()| self.payoff(stage, coalition, x));
            match climbed {
                Ok(payoff) if best.as_ref().is_none_or(|(most, _)| payoff > *most) => {
                    best = Some((payoff, SmallVec::from_slice(x)));
                }
                Ok(_) => {}
                Err(error) => failure = error,
            }
        }
        let (_, found) = best.ok_or(failure)?;
        x.copy_from_slice(&found);
        self.rest_at(stage, x)
    }

    /// Whether a single coalition chooses the whole stage.
    pub(crate) fn one_decides(&self, stage: usize) -> bool {
        let variables = &self.plan.stages[stage];
        variables.iter().all(|v| v.coalition == variables[0].coalition)
    }

    /// Start number `start`: typical values first, then a low-discrepancy spread over the ranges.
    pub(super) fn start(&mut self, stage: usize, x: &mut [f64], start: usize) -> Result<(), Failure> {
        for variable in 0..self.plan.stages[stage].len() {
            let decision = self.plan.stages[stage][variable].decision;
            let typical = self.plan.decisions[decision].typical;
            let bounds = self.bounds_at(stage, variable, x)?;
            let inner = match (bounds.lower.is_finite(), bounds.upper.is_finite()) {
                (true, true) => 0.5 * (bounds.lower + bounds.upper),
                (true, false) => bounds.lower + 1.0,
                (false, true) => bounds.upper - 1.0,
                (false, false) => 0.0,
            };
            let inside = typical.filter(|t| *t > bounds.lower && *t < bounds.upper).unwrap_or(inner);
            let chosen = &self.plan.decisions[decision];
            let last = stage + 1 == self.plan.stages.len();
            let value = if start == 0 && typical.is_none() && chosen.transfer && last {
                // Money that nobody replies to only costs its owner.
                chosen.neutral.clamp(bounds.lower, bounds.upper)
            } else if start == 0 {
                inside
            } else {
                let at = spread(start, variable);
                Chart::new(bounds, inside).spread(0.02 + 0.96 * at, inside, bounds)
            };
            self.assign(stage, variable, x, value);
        }
        Ok(())
    }

    /// Looks along each coalition's own variables for a better choice. Where one is found, `x` holds it, and who
    /// gains how much is returned.
    fn scan(&mut self, stage: usize, x: &mut [f64]) -> Result<Option<(usize, f64)>, Failure> {
        if self.limited(stage) {
            return self.better(stage, x);
        }
        // The fewer the variables, the denser: each point may cost the replies of later stages.
        let points = (POINTS / self.plan.stages[stage].len()).clamp(4, POINTS);
        let here: Profile = SmallVec::from_slice(x);
        // Each point is looked at from the reply to the candidate itself, whose derivatives lead most of the way.
        self.reply(stage + 1, x)?;
        let mut sight = Sight {
            coalition: 0,
            payoff: 0.0,
            scale: 1.0,
            tolerance: (10.0 * self.replies[stage].residual).clamp(1e-9, 1e-6),
            kept: self.keep_reply(stage + 1, x),
            better: None,
            there: here.clone(),
        };
        for coalition in 0..self.plan.coalitions.len() {
            let own = |v: &&Variable| v.coalition == coalition;
            let moves = self.plan.stages[stage].iter().filter(own).count();
            if moves == 0 {
                continue;
            }
            let mut trials: Trials = SmallVec::new();
            let mut lines: Row<Line> = SmallVec::new();
            for variable in 0..self.plan.stages[stage].len() {
                let own = self.plan.stages[stage][variable].coalition == coalition;
                if own && !self.shown(stage, variable, &here) {
                    lines.push(self.line(stage, variable, points, &here, &mut trials)?);
                }
            }
            if moves > 1 {
                // All of its own at once: a market in which nobody sells anything is not left by one decision alone.
                let mut all = Profile::from_slice(&here);
                self.start(stage, &mut all, 0)?;
                let mut trial = Profile::from_slice(&here);
                self.plan.stages[stage].iter().filter(own).for_each(|v| v.set(&mut trial, all[v.decision]));
                trials.push(trial);
            }
            if trials.is_empty() {
                continue;
            }
            x.copy_from_slice(&here);
            (sight.coalition, sight.payoff) = (coalition, self.payoff(stage, coalition, x)?);
            sight.scale = self.scale(coalition, sight.payoff, x);
            let mut gains: SmallVec<[f64; TOGETHER]> = SmallVec::new();
            for trials in trials.chunks(TOGETHER) {
                let replied = stage + 2 == self.plan.stages.len();
                if let Some(kept) = &sight.kept {
                    self.replies[stage + 1].copy(kept);
                }
                let known = if replied { self.outcomes(coalition, trials) } else { [f64::NAN; TOGETHER] };
                for (trial, known) in trials.iter().zip(known) {
                    let gain = (known - sight.payoff) / sight.scale;
                    // What gains, or is not known, is looked at by itself.
                    gains.push(if gain <= sight.tolerance {
                        gain
                    } else {
                        x.copy_from_slice(trial);
                        self.look(stage, x, &mut sight)
                    });
                }
            }
            for line in &lines {
                let gains = &gains[line.first..line.first + points];
                self.climb_hills(stage, line, gains, &here, x, &mut sight);
            }
            if sight.better.is_some() {
                break;
            }
        }
        x.copy_from_slice(if sight.better.is_some() { &sight.there } else { &here });
        // In payoff units.
        Ok(sight.better.map(|gain| (sight.coalition, gain * sight.scale)))
    }

    /// Points along one variable, added to the trials.
    fn line(
        &self,
        stage: usize,
        variable: usize,
        points: usize,
        here: &[f64],
        trials: &mut Trials,
    ) -> Result<Line, Failure> {
        let decision = self.plan.stages[stage][variable].decision;
        let bounds = self.bounds_at(stage, variable, here)?;
        let typical = self.plan.decisions[decision].typical.unwrap_or(1.0);
        let chart = Chart::new(bounds, typical);
        // From a bound at which a logarithm ends, look around the typical value.
        let centre = if chart.curved() && chart.rate(here[decision], bounds) == 0.0 {
            chart.go_from_bound(typical, bounds)
        } else {
            here[decision]
        };
        let line = Line { variable, bounds, chart, centre, points, first: trials.len() };
        let mut add = |value: f64| {
            let mut trial = Profile::from_slice(here);
            self.assign(stage, variable, &mut trial, value);
            trials.push(trial);
        };
        (0..points).for_each(|k| add(line.at(k as f64 + 0.5)));
        // A transfer that is not worth making may have its best value beside the first of these points.
        let neutral = self.plan.decisions[decision].neutral.clamp(bounds.lower, bounds.upper);
        if !chart.curved() && here[decision] != neutral {
            add(neutral);
        }
        Ok(line)
    }

    /// Climbs other hills along a line than the candidate's if they come near its height.
    fn climb_hills(
        &mut self,
        stage: usize,
        line: &Line,
        gains: &[f64],
        here: &[f64],
        x: &mut [f64],
        sight: &mut Sight,
    ) {
        let own = here[self.plan.stages[stage][line.variable].decision];
        for k in 1..gains.len().saturating_sub(1) {
            let [before, top, after] = [gains[k - 1], gains[k], gains[k + 1]];
            let (left, right) = (line.at(k as f64 - 0.5), line.at(k as f64 + 1.5));
            let hill = top > before && top >= after && top > -HILL;
            if !hill || (left..=right).contains(&own) {
                continue;
            }
            // Its top, by halves of the finer side.
            let (mut middle, mut reach, mut best) = (k as f64 + 0.5, 0.5, top);
            for _ in 0..CLIMBS {
                for m in [middle - reach, middle + reach] {
                    x.copy_from_slice(here);
                    self.assign(stage, line.variable, x, line.at(m));
                    let gain = self.look(stage, x, sight);
                    if gain > best {
                        (best, middle) = (gain, m);
                    }
                }
                reach *= 0.5;
            }
        }
    }

    /// Whether the formula shows that a variable to which nobody replies stands on the only hill along it.
    fn shown(&mut self, stage: usize, variable: usize, x: &[f64]) -> bool {
        stage + 1 == self.plan.stages.len()
            && self.plan.coalitions.len() <= FEW
            && self.replies[stage].sides[variable] == Side::Free
            && self.one_hill(variable, x)
    }

    /// Whether the formula shows that a variable of the last stage has no other hill than that on which `x` stands.
    pub(super) fn one_hill(&mut self, variable: usize, x: &[f64]) -> bool {
        let last = self.plan.stages.len() - 1;
        if self.hills.at[..] != *x {
            self.hills.shown.clear();
            self.hills.shown.resize(self.plan.stages[last].len(), None);
            put(&mut self.hills.at, x);
        }
        if let Some(shown) = self.hills.shown[variable] {
            return shown;
        }
        let own = &self.plan.stages[last][variable];
        let shown = self.bounds_at(last, variable, x).is_ok_and(|bounds| {
            self.board.judged(own.coalition).has_one_hill(own.decision, x, bounds, false)
        });
        self.hills.shown[variable] = Some(shown);
        shown
    }

    /// What the coalition in sight gains at `x`, as a share of its payoff; remembered where it is the most so far.
    fn look(&mut self, stage: usize, x: &mut [f64], sight: &mut Sight) -> f64 {
        if let Some(kept) = &sight.kept {
            self.replies[stage + 1].copy(kept);
        }
        let scale = sight.scale;
        let gain = |found: Result<f64, Failure>| {
            found.map_or(f64::NEG_INFINITY, |found| (found - sight.payoff) / scale)
        };
        self.rough = true;
        let mut found = gain(self.payoff(stage, sight.coalition, x));
        self.rough = false;
        if found > sight.tolerance {
            found = gain(self.payoff(stage, sight.coalition, x));
        }
        if found > sight.tolerance && sight.better.is_none_or(|most| found > most) && self.inside(x) {
            sight.better = Some(found);
            sight.there.copy_from_slice(x);
        }
        found
    }

    /// A stage's reply with its derivatives, set aside while the one that is remembered moves on; `None` after the
    /// last stage.
    fn keep_reply(&mut self, stage: usize, x: &[f64]) -> Option<Reply> {
        if !self.replies.get(stage)?.slopes_known {
            // Without derivatives the searches that follow start from the plain reply.
            let _ = self.differentiate(stage, x);
        }
        self.replies.get(stage).cloned()
    }

    /// A search without derivatives for one decision-maker whose optimum lies on a kink: a compass that turns into
    /// the directions in which it has just gained, until its step is below rounding.
    pub(super) fn climb(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        let count = self.plan.stages[stage].len();
        let coalition = self.plan.stages[stage][0].coalition;
        let mut payoff = self.payoff(stage, coalition, x)?;
        let mut here: Profile = SmallVec::from_slice(x);
        let mut pace = 0.25;
        let mut drift: Row<f64> = SmallVec::from_elem(0.0, count);
        let mut rounds = 0;
        // Above many stages payoffs tell no more than the square root of rounding.
        let finest = if self.deep(stage) { 1e-9 } else { 1e-13 };
        while pace > finest && rounds < 2000 {
            rounds += 1;
            self.iterations += usize::from(stage == 0);
            let mut moved: Row<f64> = SmallVec::from_elem(0.0, count);
            for direction in 0..2 * count + 1 {
                let mut step: Row<f64> = SmallVec::from_elem(0.0, count);
                match direction.checked_sub(2 * count) {
                    Some(_) => step.copy_from_slice(&drift),
                    None => step[direction / 2] = if direction % 2 == 0 { pace } else { -pace },
                }
                let mut trial = here.clone();
                for (variable, step) in step.iter().enumerate() {
                    let decision = self.plan.stages[stage][variable].decision;
                    let b = self.bounds_at(stage, variable, &here)?;
                    let chart = Chart::new(b, self.plan.decisions[decision].typical.unwrap_or(1.0));
                    let to = chart.go(here[decision], *step, b);
                    self.assign(stage, variable, &mut trial, to);
                }
                if let Ok(found) = self.payoff(stage, coalition, &mut trial)
                    && found > payoff
                    && self.inside(&trial)
                {
                    payoff = found;
                    here = trial;
                    moved.iter_mut().zip(&step).for_each(|(m, s)| *m += s);
                }
            }
            if moved.iter().all(|m| *m == 0.0) {
                pace *= 0.5;
                drift.iter_mut().for_each(|d| *d *= 0.5);
            } else {
                drift = moved;
            }
        }
        x.copy_from_slice(&here);
        if pace > finest {
            return Err(Failure::NotConverged { stage, residual: pace });
        }
        self.at_kink |= !self.deep(stage);
        self.replies[stage].residual = pace;
        self.rest_at(stage, x)
    }

    /// Makes what is in `x` the stage's reply, with no derivatives.
    pub(super) fn rest_at(&mut self, stage: usize, x: &[f64]) -> Result<(), Failure> {
        for variable in 0..self.plan.stages[stage].len() {
            let b = self.bounds_at(stage, variable, x)?;
            let value = x[self.plan.stages[stage][variable].decision];
            let reply = &mut self.replies[stage];
            reply.values[variable] = value;
            reply.sides[variable] = match value {
                v if v <= b.lower => Side::Lower,
                v if v >= b.upper => Side::Upper,
                _ => Side::Free,
            };
        }
        let before = self.earlier(stage);
        let reply = &mut self.replies[stage];
        before.zip(&mut reply.to).for_each(|(v, to)| *to = x[v.decision]);
        // What rests at bounds alone moves as they do.
        reply.free.clear();
        reply.free.extend((0..reply.sides.len()).filter(|at| reply.sides[*at] == Side::Free));
        reply.smooth = reply.free.is_empty();
        (reply.known, reply.rough, reply.slopes_known) = (true, false, false);
        Ok(())
    }

    /// Looks at each later stage's reply for a better choice that the warm start may have missed.
    pub(crate) fn replies_stand(&mut self, x: &[f64]) -> Result<bool, Failure> {
        for stage in 1..self.plan.stages.len() {
            let mut at: Profile = SmallVec::from_slice(x);
            if self.scan(stage, &mut at)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
