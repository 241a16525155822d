//! The last stage's replies by Newton's method alone: one at a time, or those to many trials at once on columns.
//!
//! Most replies are close to one that is known, and what rests on a bound stays there. Then a reply takes a formula's run and a step
//! in everybody's charts, a few times over, and nothing of what the iteration of [`super::stage`] minds besides. A scan's trials have
//! their replies together: columns take a step for all of them with one run of the formula. What does not come to rest in this way,
//! on a top for whoever decides, is left to that iteration.

use smallvec::SmallVec;

use super::board::Laid;
use super::chart::Chart;
use super::induction::Engine;
use super::linear::{ascent, put, reshape};
use super::local::{Work, room_for};
use super::stage::{DOUBTFUL, ROUGH, STALLED};
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::numeric::elementary::BUNDLE;
use crate::row::{Profile, Row};

/// Trials that are looked at together: as many as columns compute at once.
pub(super) const TOGETHER: usize = BUNDLE;
/// Steps in which replies have to come to rest.
const STEPS: usize = 10;

/// Which variables of a stage rest, which are free, and the ranges of these, point by point.
#[derive(Default)]
struct Standing {
    sides: Row<Side>,
    free: Row<usize>,
    ranges: SmallVec<[Interval<f64>; 2 * TOGETHER]>,
}

/// Some points, each of whose numbers stands so far from the next one's.
#[derive(Clone, Copy)]
struct Points {
    count: usize,
    stride: usize,
    /// A step within which a point rests.
    enough: f64,
}

/// Where a point's way to its reply stands.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    On,
    /// It has come to rest, with this first-order gain left before the last step.
    Rests(f64),
    Lost,
}

impl Engine<'_> {
    /// What a coalition has in each of at most [`TOGETHER`] trials, which differ from the profile to which the last stage's
    /// remembered reply is in the stage before: replies are put in, roughly. NaN where this way of looking does not tell.
    pub(super) fn outcomes(&mut self, coalition: usize, trials: &[Profile]) -> [f64; TOGETHER] {
        let mut found = [f64::NAN; TOGETHER];
        let (board, plan) = (self.board, self.plan);
        let last = plan.stages.len() - 1;
        if trials.is_empty()
            || !board.is_lasting()
            || !self.replies[last].known
            || !self.follows_plainly(last)
        {
            return found;
        }
        let mut laid = board.lend(plan);
        let Laid { payoffs, slopes, inputs, outputs } = &mut laid;
        let points = Points { count: trials.len().min(TOGETHER), stride: TOGETHER, enough: ROUGH };
        let inputs = room_for(inputs, board.inputs() * TOGETHER);
        let slopes_of = board.slopes(plan).outputs();
        let outputs = room_for(outputs, slopes_of * TOGETHER);
        let mut ways = [Way::On; TOGETHER];
        let mut standing = Standing { sides: self.replies[last].sides.clone(), ..Standing::default() };
        for (at, trial) in trials.iter().enumerate().take(TOGETHER) {
            let mut x: Profile = SmallVec::from_slice(trial);
            self.foresee(last, &mut x);
            if !self.stand_on(last, &mut x, &mut standing) {
                ways[at] = Way::Lost;
            }
            x.iter().enumerate().for_each(|(number, value)| inputs[number * TOGETHER + at] = *value);
        }
        let mut work = self.spare.pop().unwrap_or_default();
        let mut run = |x: &[f64], out: &mut [f64]| slopes.run_table(points.count, x, out);
        self.steps_alone(last, points, (inputs, outputs), &standing, (&mut ways, &mut work), &mut run);
        self.spare.push(work);
        if payoffs.run_table(points.count, inputs, outputs) {
            for ((found, way), payoff) in found.iter_mut().zip(ways).zip(&outputs[coalition * TOGETHER..]) {
                if matches!(way, Way::Rests(_)) && *payoff < f64::INFINITY {
                    *found = *payoff;
                }
            }
        }
        board.take_back(laid);
        found
    }

    /// The last stage's equilibrium from what is in `x` and the sides in its reply, which then remembers it; false where it takes more
    /// to find it.
    pub(super) fn newton_alone(&mut self, stage: usize, x: &mut [f64], work: &mut Work) -> bool {
        let plan = self.plan;
        if stage + 1 != plan.stages.len() || !self.follows_plainly(stage) {
            return false;
        }
        let mut at: Profile = SmallVec::from_slice(x);
        let mut standing = Standing { sides: self.replies[stage].sides.clone(), ..Standing::default() };
        self.begin_at_ends(stage, &at, &mut standing.sides);
        if !self.stand_on(stage, &mut at, &mut standing) {
            return false;
        }
        let formula = self.board.slopes(plan);
        let mut room = std::mem::take(&mut self.room);
        let out = room_for(&mut room, formula.outputs());
        let mut way = [Way::On];
        let enough = if stage > 0 && self.rough { ROUGH } else { self.settings.tolerance };
        let most = self.settings.iterations.min(self.settings.budget.saturating_sub(self.spent));
        let mut steps = 0;
        let mut run = |x: &[f64], out: &mut [f64]| {
            let goes_on = steps < most;
            if goes_on {
                steps += 1;
                formula.fill(x, out);
            }
            goes_on
        };
        self.steps_alone(
            stage,
            Points { count: 1, stride: 1, enough },
            (&mut at, out),
            &standing,
            (&mut way, work),
            &mut run,
        );
        self.spent += steps;
        self.iterations += if stage == 0 { steps } else { 0 };
        // Where payoffs are nearly zero, the iteration knows how large a marginal payoff is.
        let rests = if let [Way::Rests(residual)] = way
            && (residual <= DOUBTFUL || enough == ROUGH)
            && self.inside(&at)
        {
            x.copy_from_slice(&at);
            self.remember_reply(stage, x, &standing, residual, (&room, work));
            true
        } else {
            false
        };
        self.room = room;
        rests
    }

    /// What begins at the end of a range rests there until it is pushed away.
    fn begin_at_ends(&self, stage: usize, x: &[f64], sides: &mut [Side]) {
        for (at, (side, variable)) in sides.iter_mut().zip(&self.plan.stages[stage]).enumerate() {
            let (bounds, value) = (self.board.bounds(stage, at, x), x[variable.decision]);
            let both = bounds.lower.is_finite() && bounds.upper.is_finite();
            if bounds.lower == bounds.upper || (*side == Side::Free && both && value <= bounds.lower) {
                *side = Side::Lower;
            } else if *side == Side::Free && both && value >= bounds.upper {
                *side = Side::Upper;
            }
        }
    }

    /// Remembers a reply.
    fn remember_reply(
        &mut self,
        stage: usize,
        x: &mut [f64],
        standing: &Standing,
        residual: f64,
        (out, work): (&[f64], &mut Work),
    ) {
        let (plan, earlier) = (self.plan, self.earlier(stage));
        let (own, reply) = (&plan.stages[stage], &mut self.replies[stage]);
        own.iter().for_each(|variable| variable.set(x, x[variable.decision]));
        own.iter().zip(&mut reply.values).for_each(|(v, value)| *value = x[v.decision]);
        earlier.zip(&mut reply.to).for_each(|(v, to)| *to = x[v.decision]);
        put(&mut reply.sides, &standing.sides);
        put(&mut reply.free, &standing.free);
        let n = reply.free.len();
        let jacobian = &mut work.jacobian;
        reshape(jacobian, n);
        let slopes = &out[plan.coalitions.len() + own.len()..];
        for (i, row) in reply.free.iter().enumerate() {
            for (j, column) in reply.free.iter().enumerate() {
                jacobian[i * n + j] = slopes[row * own.len() + column];
            }
        }
        reply.smooth = stage > 0 && reply.system.factor(n, jacobian);
        (reply.known, reply.slopes_known, reply.residual) = (true, false, residual);
        reply.rough = stage > 0 && self.rough;
        // What it rests on is a top, not a ridge.
        self.flat &= stage > 0;
    }

    /// Whether the last stage's reply can be followed by Newton's method alone: nothing in that stage moves its bounds.
    fn follows_plainly(&self, last: usize) -> bool {
        self.recorded(last) && !self.limited(last) && self.board.bounds_apart(self.plan)
    }

    /// Puts what rests on a bound where that bound is, and notes what is free and its ranges; false where something is outside of
    /// its range, or where curvatures alone do not tell what is a top.
    fn stand_on(&self, last: usize, x: &mut [f64], standing: &mut Standing) -> bool {
        let Standing { sides, free, ranges } = standing;
        let mut within = true;
        free.clear();
        for (at, side) in sides.iter().enumerate() {
            let (bounds, decision) = (self.board.bounds(last, at, x), self.plan.stages[last][at].decision);
            match side {
                Side::Lower => x[decision] = bounds.lower,
                Side::Upper => x[decision] = bounds.upper,
                Side::Free => {
                    free.push(at);
                    ranges.push(bounds);
                }
                Side::Idle => {}
            }
            let (value, strictly) = (x[decision], *side == Side::Free);
            within &= value >= bounds.lower && value <= bounds.upper;
            within &= !strictly || (value > bounds.lower && value < bounds.upper);
        }
        // Either one coalition decides it, or each has one free variable: then a curvature tells whether that stands on a top.
        let owner = |at: usize| self.plan.stages[last][at].coalition;
        let apart = |(i, at): (usize, &usize)| free[..i].iter().all(|before| owner(*before) != owner(*at));
        within && (self.one_decides(last) || free.iter().enumerate().all(apart))
    }

    /// Newton's method at all points until each rests, or is lost. `run` is that of the formula of
    /// payoffs, marginals and slopes, on the points' numbers and into the room for its outputs.
    fn steps_alone(
        &self,
        last: usize,
        points: Points,
        (x, out): (&mut [f64], &mut [f64]),
        standing: &Standing,
        (ways, work): (&mut [Way], &mut Work),
        run: &mut dyn FnMut(&[f64], &mut [f64]) -> bool,
    ) {
        let (plan, alone) = (self.plan, self.one_decides(last));
        let (variables, Points { count, stride, enough }) = (&plan.stages[last], points);
        let Standing { sides, free, ranges } = standing;
        let (coalitions, all, n) = (plan.coalitions.len(), variables.len(), free.len());
        // The iteration's own room: whichever of the two finds a reply, as much is allocated.
        reshape(&mut work.hessian, n);
        work.step.resize(n, 0.0);
        let mut charted: Row<(Chart, f64)> = Row::from_elem((Chart::AboveLower, 0.0), n);
        let (hessian, step, charts) = (&mut work.hessian[..], &mut work.step[..], &mut charted[..]);
        let system = &mut work.system;
        let mut before = [f64::INFINITY; TOGETHER];
        for _ in 0..STEPS {
            if !ways[..count].contains(&Way::On) || !run(x, out) {
                break;
            }
            for at in 0..count {
                if ways[at] != Way::On {
                    continue;
                }
                let output = |output: usize| out[output * stride + at];
                let marginal = |variable: usize| output(coalitions + variable);
                // What rests goes on to do so where nothing pushes it away.
                let stays = |(variable, side): (usize, &Side)| match side {
                    Side::Free => true,
                    Side::Idle => marginal(variable) == 0.0,
                    Side::Lower => marginal(variable) <= 0.0,
                    Side::Upper => marginal(variable) >= 0.0,
                };
                ways[at] = Way::Lost;
                if !sides.iter().enumerate().all(stays) {
                    continue;
                }
                let bounds = &ranges[at * n..][..n];
                let (mut gain, mut payoff, mut finite): (f64, f64, bool) = (0.0, 0.0, true);
                for (i, &variable) in free.iter().enumerate() {
                    let value = x[variables[variable].decision * stride + at];
                    let chart = Chart::new(bounds[i], value).towards(marginal(variable));
                    let rate = chart.rate(value, bounds[i]);
                    charts[i] = (chart, rate);
                    step[i] = marginal(variable) * rate;
                    gain = gain.max(step[i].abs());
                    let own = output(variables[variable].coalition);
                    finite &= own.is_finite();
                    payoff = payoff.max(own.abs());
                }
                for (i, (chart, rate)) in charts.iter().enumerate() {
                    for (j, (_, other)) in charts.iter().enumerate() {
                        hessian[i * n + j] =
                            output(coalitions + all + free[i] * all + free[j]) * (rate * other);
                    }
                    hessian[i * n + i] += chart.bend() * step[i];
                }
                let concave = if alone {
                    ascent(n, hessian, step)
                } else if system.factor(n, hessian) {
                    step.iter_mut().for_each(|step| *step = -*step);
                    system.solve(step);
                    (0..n).all(|i| hessian[i * n + i] < 0.0)
                } else {
                    continue;
                };
                let reaches = step.iter().zip(&*charts).map(|(step, (chart, _))| step.abs() / chart.reach());
                let over = reaches.fold(1.0, f64::max);
                let mut size: f64 = 0.0;
                let mut inside = true;
                for (i, &variable) in free.iter().enumerate() {
                    let value = &mut x[variables[variable].decision * stride + at];
                    *value = charts[i].0.go(*value, step[i] / over, bounds[i]);
                    // At an end of a range, and where nothing is a number, it takes more to know what to do.
                    inside &= *value > bounds[i].lower && *value < bounds[i].upper;
                    size = size.max(step[i].abs());
                }
                if !(inside && finite) {
                    continue;
                }
                let close = size <= enough || (size <= STALLED && size > 0.3 * before[at]);
                before[at] = size;
                ways[at] = if close && concave && over == 1.0 {
                    Way::Rests(gain / payoff.max(f64::MIN_POSITIVE))
                } else {
                    Way::On
                };
            }
        }
    }
}
