//! One stage: a box-constrained variational inequality, solved by a safeguarded active-set Newton method.
//!
//! Each coalition maximises its payoff in its own variables, given the others'. Variables with one finite bound are
//! moved in the logarithm of their distance from it, in which power and square-root responses are close to linear;
//! variables between two bounds in units of that distance. A Newton step is taken where every coalition's own
//! Hessian is negative definite and the step is short; elsewhere each coalition climbs its own payoff. A variable
//! rests at a bound as long as its marginal payoff pushes outwards. What is found is a candidate: [`super::search`]
//! starts the iteration and decides whether to believe it.

use super::chart::{Chart, away};
use super::induction::{Engine, Failure, Reply};
use super::local::{Work, to_charts};
use crate::equilibrium::Side;
use crate::game::{Interval, StaticGame};

/// A step below this, in units of each variable's scale, ends the iteration.
const STEP: f64 = 1e-12;
/// A step below this that no longer shrinks is at the limit of rounding.
const STALLED: f64 = 1e-8;
/// A step below this will do for a reply that is only compared with others: the error left is its square.
const ROUGH: f64 = 1e-3;
/// A step above this, in units of each variable's scale, is one from afar.
const AFAR: f64 = 0.05;
/// The share of a range that a step to its end may cross at once.
const SHORT: f64 = 0.05;
/// Iterations from one start.
const ITERATIONS: usize = 80;
/// A payoff better by less than this share counts as the same.
const SAME: f64 = 1e-10;
/// A variable this small against its start may be on its way to its bound.
const NEAR: f64 = 0.02;

impl<G: StaticGame> Engine<'_, G> {
    pub(crate) fn bounds_at(
        &self,
        stage: usize,
        variable: usize,
        x: &[f64],
    ) -> Result<Interval<f64>, Failure> {
        let bounds = self.plan.bounds(self.game, &self.plan.stages[stage][variable], x);
        let Interval { lower, upper } = bounds;
        // NaN bounds are empty too.
        if lower <= upper { Ok(bounds) } else { Err(Failure::EmptyBounds { stage, variable, lower, upper }) }
    }

    /// Newton's method from `x` and the sides in the stage's reply. On success `x` holds the stage's equilibrium
    /// candidate, and the reply remembers it.
    pub(crate) fn newton(&mut self, stage: usize, x: &mut [f64], runaway: f64) -> Result<(), Failure> {
        // Taken out so that the engine can be used beside them, and put back whatever happens.
        let mut work = std::mem::take(&mut self.work[stage]);
        let mut reply = std::mem::replace(&mut self.replies[stage], Reply::new(0, 0));
        let result = self.iterate(stage, x, runaway, &mut work, &mut reply);
        self.work[stage] = work;
        reply.known = result.is_ok();
        reply.slopes_known = false;
        if result.is_ok() {
            let before = self.plan.stages[..stage].iter().flatten();
            before.zip(&mut reply.to).for_each(|(v, to)| *to = x[v.decisions[0]]);
            let own = self.plan.stages[stage].iter();
            own.zip(&mut reply.values).for_each(|(v, value)| *value = x[v.decisions[0]]);
        }
        self.replies[stage] = reply;
        result
    }

    fn iterate(
        &mut self,
        stage: usize,
        x: &mut [f64],
        runaway: f64,
        work: &mut Work,
        reply: &mut Reply,
    ) -> Result<(), Failure> {
        let plan = self.plan;
        let variables = &plan.stages[stage];
        let count = variables.len();
        let optimum = self.one_decides(stage);
        let sides = &mut reply.sides;
        let mut before = f64::INFINITY;
        // Climbing steps of several coalitions may overshoot each other; Newton's may lead astray.
        let mut damping: f64 = 1.0;
        let mut astray = 0;
        let mut headed = None;
        let mut released_so_far = 0;
        reply.residual = f64::INFINITY;
        for iteration in 0..ITERATIONS {
            if stage == 0 {
                self.iterations += 1;
            }
            for variable in 0..count {
                let b = self.bounds_at(stage, variable, x)?;
                work.bounds[variable] = b;
                if b.lower == b.upper {
                    sides[variable] = Side::Lower;
                }
                let value = match sides[variable] {
                    Side::Lower => b.lower,
                    Side::Upper => b.upper,
                    Side::Free | Side::Idle => x[variables[variable].decisions[0]].clamp(b.lower, b.upper),
                };
                self.assign(stage, variable, x, value);
                if iteration == 0 {
                    // A start at the end of a range rests there until it is looked at.
                    if sides[variable] == Side::Free && b.lower.is_finite() && b.upper.is_finite() {
                        if value == b.lower {
                            sides[variable] = Side::Lower;
                        } else if value == b.upper {
                            sides[variable] = Side::Upper;
                        }
                    }
                    let length = away(value, b);
                    work.origin[variable] = if length > 0.0 { length } else { 1.0 };
                }
            }

            // Variables at rest: still pushed outwards? From afar, what has come to rest is left there.
            let look = iteration == 0 || before <= AFAR || before == f64::INFINITY;
            let mut released = false;
            for variable in 0..count {
                let (side, b) = (sides[variable], work.bounds[variable]);
                if !look || side == Side::Free || b.lower == b.upper {
                    continue;
                }
                let push = self.push(stage, variable, x, b, side)?;
                let inwards = match side {
                    Side::Lower => push > 0.0,
                    Side::Upper => push < 0.0,
                    _ => push != 0.0,
                };
                if inwards && released_so_far < 4 * count {
                    released_so_far += 1;
                    released = true;
                    sides[variable] = Side::Free;
                    // Where the marginal is finite at the bound, the step can start from the bound itself.
                    let chart = Chart::new(b, work.origin[variable]);
                    if chart.curved() || !push.is_finite() {
                        let length = if chart.curved() { work.origin[variable] } else { b.upper - b.lower };
                        let inside = match side {
                            Side::Lower => b.lower + 1e-3 * length,
                            Side::Upper => b.upper - 1e-3 * length,
                            _ => x[variables[variable].decisions[0]],
                        };
                        self.assign(stage, variable, x, inside);
                    }
                }
            }

            reply.free.clear();
            reply.free.extend((0..count).filter(|&v| sides[v] == Side::Free));
            let free = &reply.free[..];
            let n = free.len();
            if n == 0 && !look {
                before = 0.0;
                continue;
            }
            if n == 0 {
                (reply.residual, reply.smooth) = (0.0, true);
                reply.rough = stage > 0 && self.rough;
                return Ok(());
            }
            let payoff = self.local(stage, x, free, sides, work)?;
            let mut finite = work.jacobian.iter().all(|h| h.is_finite());
            // A marginal that is infinite at a bound: step inside and look again.
            for &variable in free {
                if !work.marginal[variable].is_finite() {
                    finite = false;
                    let decision = variables[variable].decisions[0];
                    let b = work.bounds[variable];
                    let chart = Chart::new(b, work.origin[variable]);
                    let inside = if chart.curved() {
                        chart.go(x[decision], 0.5, b)
                    } else {
                        x[decision] + 0.01 * (chart.spread(0.5, x[decision], b) - x[decision])
                    };
                    self.assign(stage, variable, x, inside);
                }
            }
            if !finite {
                continue;
            }

            // Without any effect: held at the neutral value.
            let mut idle = false;
            for (at, &variable) in free.iter().enumerate() {
                let row = &work.jacobian[at * n..(at + 1) * n];
                if work.marginal[variable] == 0.0 && row.iter().all(|h| *h == 0.0) {
                    let b = work.bounds[variable];
                    sides[variable] = Side::Idle;
                    let neutral = plan.decisions[variables[variable].decisions[0]].neutral;
                    self.assign(stage, variable, x, neutral.clamp(b.lower, b.upper));
                    idle = true;
                }
            }
            if idle {
                continue;
            }

            let scale = payoff.abs().max(f64::MIN_POSITIVE);
            reply.residual = to_charts(work, free, |v| x[variables[v].decisions[0]]) / scale;

            // The climbing step of each coalition, and Newton's step for all.
            let concave = self.climb_step(stage, free, work);
            let mut newton = false;
            if concave && (optimum || n == 1) {
                // They are one and the same.
                newton = work.step.iter().zip(&work.charts).all(|(s, c)| s.abs() <= c.reach());
            } else if concave && astray < 3 && work.system.factor(n, &work.hessian) {
                work.full.clear();
                work.full.extend(work.gradient.iter().map(|g| -g));
                work.system.solve(&mut work.full);
                let trusted = |(s, c): (&f64, &Chart)| s.abs() <= c.reach();
                if work.full.iter().zip(&work.charts).all(trusted) {
                    std::mem::swap(&mut work.step, &mut work.full);
                    newton = true;
                }
            }
            let Work { step, charts, bounds, hessian, .. } = &mut *work;
            // Shorten as a whole for one decision-maker (the direction matters), each for itself otherwise.
            if optimum {
                let over = step.iter().zip(&*charts).fold(1.0, |o: f64, (s, c)| o.max(s.abs() / c.reach()));
                step.iter_mut().for_each(|s| *s /= over);
            } else if !newton {
                step.iter_mut().zip(&*charts).for_each(|(s, c)| *s = s.clamp(-c.reach(), c.reach()));
            }
            let size = step.iter().fold(0.0, |size: f64, s| size.max(s.abs()));
            let close = match stage {
                // Nobody differentiates the first stage, and Newton's error after a step is its square.
                0 if size < 0.01 * before => STALLED,
                0 => STEP,
                _ if self.rough => ROUGH,
                _ => STEP,
            };
            let arrived = newton && (size <= close || (size <= STALLED && size > 0.3 * before));
            // Where the payoff is flat in some direction there are many optima: this is one, and it has no derivatives.
            let flat = !newton && size <= STEP && (0..n).all(|i| hessian[i * n + i] <= 0.0);
            if (arrived || flat) && look && !released {
                for (at, &variable) in free.iter().enumerate() {
                    let value = x[variables[variable].decisions[0]];
                    let moved = charts[at].go(value, step[at], bounds[variable]);
                    self.assign(stage, variable, x, moved);
                }
                // What rests at a bound that moves with the last step goes along.
                for (variable, &side) in sides.iter().enumerate() {
                    let Interval { lower, upper } = self.bounds_at(stage, variable, x)?;
                    match side {
                        Side::Lower => self.assign(stage, variable, x, lower),
                        Side::Upper => self.assign(stage, variable, x, upper),
                        Side::Free | Side::Idle => {}
                    }
                }
                reply.rough = stage > 0 && self.rough;
                reply.smooth = arrived && reply.system.factor(n, &work.jacobian);
                return Ok(());
            }
            if !optimum {
                let grows = size > 0.9 * before;
                if newton {
                    astray = if grows { astray + 1 } else { 0 };
                } else {
                    astray = if astray > 6 || astray == 0 { 0 } else { astray + 1 };
                    // Replies overshoot each other when they turn back; one that keeps going may be running away.
                    let longest = (0..n).fold(0, |l, at| if step[at].abs() > step[l].abs() { at } else { l });
                    let heading = Some((free[longest], step[longest] > 0.0));
                    let overshot = grows && heading != headed;
                    headed = heading;
                    damping = if overshot { (0.6 * damping).max(0.05) } else { (1.5 * damping).min(1.0) };
                    step.iter_mut().for_each(|s| *s *= damping);
                }
            }
            before = size;

            work.here.copy_from_slice(x);
            let last = stage + 1 == plan.stages.len();
            let mut share = 1.0;
            loop {
                for (at, &variable) in free.iter().enumerate() {
                    let value = work.here[variables[variable].decisions[0]];
                    let b = work.bounds[variable];
                    let mut to = work.charts[at].go(value, share * work.step[at], b);
                    // A first step to a bound stops short of it: at the bound itself (all of a spend paid for) later
                    // stages may have no reply. From close by, the next one arrives.
                    let arrives = (to == b.lower || to == b.upper) && !work.charts[at].curved();
                    if !last && arrives && (to - value).abs() > SHORT * (b.upper - b.lower) {
                        to = value + 0.95 * (to - value);
                    }
                    self.assign(stage, variable, x, to);
                }
                let there = if optimum && share * size >= 1e-5 {
                    // One decision-maker climbs; near the top, where its payoff is flat, the step is trusted.
                    let found = self.payoff(stage, variables[0].coalition, x);
                    found.is_ok_and(|found| found >= payoff - SAME * scale) && self.inside(x)
                } else {
                    // Not to where later stages have no reply (all of a spend paid for).
                    last || self.reply(stage + 1, x).is_ok()
                };
                if there {
                    break;
                }
                share *= 0.4;
                if share < 1e-6 {
                    return Err(Failure::Kink { stage });
                }
            }

            for (at, &variable) in free.iter().enumerate() {
                let (b, value) = (work.bounds[variable], x[variables[variable].decisions[0]]);
                // Landed on a bound: rests there until pushed inwards.
                if value <= b.lower {
                    sides[variable] = Side::Lower;
                } else if value >= b.upper {
                    sides[variable] = Side::Upper;
                } else if work.charts[at].curved()
                    && work.step[at] <= -0.9
                    && away(value, b) < NEAR * work.origin[variable]
                {
                    // Shrinking fast towards a bound that the logarithm never reaches: is it the bound?
                    let side = if b.lower.is_finite() { Side::Lower } else { Side::Upper };
                    let push = self.push(stage, variable, x, b, side).unwrap_or(0.0);
                    if if side == Side::Lower { push < 0.0 } else { push > 0.0 } {
                        sides[variable] = side;
                    }
                }
                // An earlier reply may have been close to zero: coming back from there is no running away.
                let usual = plan.decisions[variables[variable].decisions[0]].typical.unwrap_or(1.0).abs();
                if away(value, b) > runaway * work.origin[variable].max(usual) {
                    return Err(Failure::Unbounded { stage, variable, value });
                }
            }
        }
        Err(Failure::NotConverged { stage, residual: reply.residual })
    }
}
