//! What a coalition could choose instead in an earlier stage: trials, everybody after it replying with best choices.

use super::alternatives::POLISHED;
use super::chart::{Chart, away, spread};
use super::everywhere::{Everywhere, Found, UNANSWERED};
use super::look::{hills, points};
use super::plan::Variable;
use super::search::AWAY;
use crate::row::{Profile, Row};

/// A reply that has closed this share of its gap between two profiles does not jump there.
const CONTINUOUS: f64 = 1e-6;
/// Trials of an earlier stage's decisions at once, for each of them.
const TRIALS: usize = 16;

impl Everywhere<'_, '_> {
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
    pub(super) fn mostly_unanswered(&self) -> bool {
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
                let found = self.climb(stage, coalition, start, &here);
                if found.value > best.value {
                    best = found;
                }
            }
        }
        if own.len() > 1 && best.value - here.value > self.least(coalition, x, &best.at) {
            best = self.climb(stage, coalition, best, &here);
        }
        best
    }

    /// The top of the hill on which a trial stands: by Newton's method where that leads up, else by payoffs alone. Where replies may
    /// jump, Newton's method stays on one branch of them and may come home past a better choice at the jump: then payoffs alone are
    /// followed, too.
    fn climb(&mut self, stage: usize, coalition: usize, start: Found, home: &Found) -> Found {
        if self.engine.one_decides(stage) {
            let mut at = start.at.clone();
            self.start_from(stage, &mut at);
            if self.engine.newton(stage, &mut at, AWAY).is_ok() {
                let value = self.outcome(stage, coalition, &mut at);
                let new = value - home.value > self.least(coalition, &home.at, &at);
                if value >= start.value && (new || self.smooth(&at)) {
                    return Found { value, at };
                }
            }
        }
        self.compass(stage, coalition, start, home)
    }

    /// A trial of all of a coalition's variables at once: close by first, small steps of mixed sign, then at choices of every size.
    pub(super) fn trial(&self, stage: usize, own: &[usize], trial: usize, x: &mut Profile) -> Option<()> {
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
    pub(super) fn try_along(
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
            let [.., before, after] = &ends[..] else { continue };
            if self.jumped || self.comes_or_goes(before, after) {
                // What somebody replies jumps between this point and the last: the best may stand right there.
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

    /// Both sides of where a reply jumps between two profiles, as near as numbers tell; where it turns out to go on from one to the
    /// other, near enough to see that.
    pub(super) fn jump(
        &mut self,
        (stage, coalition, variable): (usize, usize, usize),
        before: &[f64],
        after: &[f64],
    ) -> [Found; 2] {
        let decision = self.plan.stages[stage][variable].decision;
        let no = f64::NEG_INFINITY;
        let mut sides = [before, after].map(|at| Found { value: no, at: Profile::from_slice(at) });
        let replies: Row<usize> = self.plan.stages[self.last()].iter().map(|own| own.decision).collect();
        let goes_on = |sides: &[Found; 2]| {
            let gap = |low: &[f64], high: &[f64], at: usize| (low[at] - high[at]).abs();
            replies
                .iter()
                .all(|&at| gap(&sides[0].at, &sides[1].at, at) <= CONTINUOUS * gap(before, after, at))
        };
        for _ in 0..100 {
            if goes_on(&sides) {
                break;
            }
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
            // However the engine came to it: it is the one of the two replies that it is nearer to.
            let left = self.apart(&at, &sides[0].at) > self.apart(&at, &sides[1].at);
            sides[usize::from(left)] = Found { value, at };
        }
        sides
    }

    /// At which ends of their ranges the last stage's variables rest, and how many limits each coalition there touches.
    fn rests(&self, x: &[f64]) -> Row<usize> {
        let last = self.last();
        let rests = |(variable, own): (usize, &Variable)| {
            let bounds = self.choices.board().bounds(last, variable, x);
            usize::from(x[own.decision] <= bounds.lower) + 2 * usize::from(x[own.decision] >= bounds.upper)
        };
        let limits = |coalition| self.choices.limits(coalition, &[], x).len();
        let all = self.plan.stages[last].iter().enumerate().map(rests);
        all.chain(self.coalitions(last).into_iter().map(limits)).collect()
    }

    /// Whether a reply of the last stage comes to rest between two profiles, or leaves its rest, and may jump there: its hill may end
    /// before another takes over, and the engine steps from one to the other unseen.
    fn comes_or_goes(&mut self, before: &[f64], after: &[f64]) -> bool {
        self.rests(before) != self.rests(after) && !(self.smooth(before) && self.smooth(after))
    }

    /// Whether formulas show one hill for everything that is decided last: then no reply jumps.
    fn smooth(&mut self, x: &[f64]) -> bool {
        (0..self.plan.last().len()).all(|variable| self.engine.one_hill(variable, x))
    }

    /// How far the last stage's replies are apart: the sum of differences, as shares.
    fn apart(&self, a: &[f64], b: &[f64]) -> f64 {
        let decisions = self.plan.stages[self.last()].iter().map(|variable| variable.decision);
        let each = decisions.filter(|at| a[*at] != b[*at]);
        each.map(|at| (a[at] - b[at]).abs() / a[at].abs().max(b[at].abs())).sum()
    }

    /// The best between two points on both sides of the start, by golden section, with a parabola where it behaves: the top
    /// may be one of a smooth hill or stand at a jump.
    pub(super) fn section(
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
    pub(super) fn compass(&mut self, stage: usize, coalition: usize, start: Found, home: &Found) -> Found {
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
}
