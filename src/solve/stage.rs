//! One stage: a box-constrained variational inequality, solved by a safeguarded active-set Newton method.
//!
//! Each coalition maximises its payoff in its own variables, given the others'. Variables with one finite bound are
//! moved in the logarithm of their distance from it, in which power and square-root responses are close to linear;
//! variables between two bounds in units of that distance. A Newton step is taken where every coalition's own
//! Hessian is negative definite and the step is short; elsewhere each coalition climbs its own payoff. A variable
//! rests at a bound as long as its marginal payoff pushes outwards. What is found is a candidate: [`super::search`]
//! starts the iteration and decides whether to believe it.

use super::chart::{Chart, away};
use super::induction::{Engine, Failure};
use super::linear::put;
use super::local::Work;
use super::plan::Variable;
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::row::{Profile, Row, on_stack};

/// A step below this that no longer shrinks is at the limit of rounding.
pub(super) const STALLED: f64 = 1e-8;
/// A step below this will do for a reply that is only compared with others: the error left is its square.
pub(super) const ROUGH: f64 = 1e-3;
/// A step this many times shorter than the last one is close enough for the Jacobian to be kept.
const CLOSE: f64 = 0.01;
/// Steps with one Jacobian before it is found anew.
const KEPT: usize = 3;
/// A step above this, in units of each variable's scale, is one from afar.
const AFAR: f64 = 0.05;
/// The share of a range that a step to its end may cross at once.
const SHORT: f64 = 0.05;
/// A payoff better by less than this share counts as the same.
const SAME: f64 = 1e-10;
/// A residual above this, as a share of the payoff, is looked at again.
pub(super) const DOUBTFUL: f64 = 1e-6;
/// A variable that has shrunk to this share of its start, and goes on by such steps of its logarithm, may be on its way
/// to its bound: with a quadratic cost alone each step is a half.
const SHRINKING: f64 = -0.4;
const NEAR: f64 = 0.02;

/// What an iteration remembers from one step to the next.
struct Course {
    /// The size of the last step; infinite before there is one.
    before: f64,
    /// The share of a climbing step that is taken: those of several coalitions may overshoot each other.
    damping: f64,
    /// Newton steps that led away, in a row, and the climbing steps that followed them.
    astray: u32,
    /// Which variable made the longest part of the last climbing step, and whether upwards.
    headed: Option<(usize, bool)>,
    /// Variables released from their bounds so far.
    released: usize,
}

impl Engine<'_> {
    pub(crate) fn bounds_at(
        &self,
        stage: usize,
        variable: usize,
        x: &[f64],
    ) -> Result<Interval<f64>, Failure> {
        let bounds = self.board.bounds(stage, variable, x);
        let Interval { lower, upper } = bounds;
        // NaN bounds are empty too.
        if lower <= upper { Ok(bounds) } else { Err(Failure::EmptyBounds { stage, variable, lower, upper }) }
    }

    /// Newton's method from `x` and the sides in the stage's reply. On success `x` holds the stage's equilibrium
    /// candidate, and the reply remembers it.
    pub(crate) fn newton(&mut self, stage: usize, x: &mut [f64], runaway: f64) -> Result<(), Failure> {
        if self.limited(stage) {
            return self.follow_rules(stage, x);
        }
        let mut work = self.spare.pop().unwrap_or_default();
        if self.newton_alone(stage, x, &mut work) {
            self.spare.push(work);
            return Ok(());
        }
        work.begin(&self.replies[stage].sides);
        let result = self.iterate(stage, x, runaway, &mut work);
        if result.is_ok() && work.residual > DOUBTFUL {
            // Where payoffs are nearly zero, what they are made of tells how large a marginal payoff is.
            let size = |own: &Variable| self.board.judged(own.coalition).made(x)[0].size;
            let size = self.plan.stages[stage].iter().map(size).fold(work.scale(), f64::max);
            work.residual *= work.scale() / size;
        }
        let result = self.settled(stage, x, result, &work);
        self.spare.push(work);
        result
    }

    /// Remembers what an iteration has come to.
    fn settled(
        &mut self,
        stage: usize,
        x: &[f64],
        result: Result<bool, Failure>,
        work: &Work,
    ) -> Result<(), Failure> {
        let (earlier, own) = (self.earlier(stage), &self.plan.stages[stage]);
        let reply = &mut self.replies[stage];
        (reply.known, reply.slopes_known, reply.residual) = (result.is_ok(), false, work.residual);
        reply.rough = stage > 0 && self.rough;
        let regular = result?;
        self.flat = if stage == 0 { !regular } else { self.flat };
        // Nobody differentiates the first stage.
        reply.smooth = stage > 0 && regular && reply.system.factor(work.free.len(), &work.jacobian);
        earlier.zip(&mut reply.to).for_each(|(v, to)| *to = x[v.decision]);
        own.iter().zip(&mut reply.values).for_each(|(v, value)| *value = x[v.decision]);
        work.places.iter().zip(&mut reply.sides).for_each(|(place, side)| *side = place.side);
        reply.free.clear();
        reply.free.extend(work.free.iter().map(|f| f.variable));
        Ok(())
    }

    /// Iterates to a candidate; true where it is regular, so that it can be differentiated.
    fn iterate(
        &mut self,
        stage: usize,
        x: &mut [f64],
        runaway: f64,
        work: &mut Work,
    ) -> Result<bool, Failure> {
        let optimum = self.one_decides(stage);
        let mut course = Course { before: f64::INFINITY, damping: 1.0, astray: 0, headed: None, released: 0 };
        for iteration in 0..self.settings.iterations {
            self.spent += 1;
            if self.spent > self.settings.budget {
                break;
            }
            self.iterations += usize::from(stage == 0);
            self.place(stage, x, work, iteration == 0)?;
            // From afar, what has come to rest is left there.
            let look = course.before <= AFAR || course.before == f64::INFINITY;
            let released = look && self.release(stage, x, work, &mut course)?;
            work.gather();
            if work.free.is_empty() {
                if look {
                    self.worth_a_number(stage, x)?;
                    work.residual = 0.0;
                    return Ok(true);
                }
                course.before = 0.0;
                continue;
            }
            self.local(stage, x, work)?;
            if self.leave_infinite_marginals(stage, x, work) || self.put_idle_aside(stage, x, work) {
                continue;
            }
            work.measure(|variable| x[self.plan.stages[stage][variable].decision]);
            let newton = choose_step(self.climb_step(stage, work), optimum, course.astray, work);
            let size = work.size();
            if let Some(regular) = self.arrived(stage, newton, size, course.before, work)
                && !released
            {
                if look || !self.release(stage, x, work, &mut course)? {
                    self.go(stage, x, 1.0, work);
                    self.take_along(stage, x, work)?;
                    return Ok(regular);
                }
                course.before = size;
                continue;
            }
            let quick = newton && course.before.is_finite() && size <= CLOSE * course.before;
            if !optimum {
                course.correct(newton, size, work);
            }
            course.before = size;
            let whole = self.advance(stage, x, optimum, size, work)?;
            let rests = self.land(stage, x, runaway, work)?;
            // Nobody differentiates the first stage: the last Jacobian serves for the steps that are left.
            let serves = stage == 0 && quick && whole && !rests && !work.follows;
            if serves && self.polish(x, size, work) && !self.release(stage, x, work, &mut course)? {
                self.take_along(stage, x, work)?;
                return Ok(true);
            }
        }
        Err(Failure::NotConverged { stage, residual: work.residual })
    }

    /// A corner at which a payoff is no number is no candidate.
    fn worth_a_number(&mut self, stage: usize, x: &[f64]) -> Result<(), Failure> {
        let plan = self.plan;
        on_stack(plan.coalitions.len(), 0.0, |payoffs: &mut [f64]| {
            let mut at: Profile = Profile::new();
            put(&mut at, x);
            self.outcome(stage, &mut at, payoffs)?;
            let fails = |v: &&super::plan::Variable| payoffs[v.coalition].is_nan();
            match plan.stages[stage].iter().find(fails) {
                Some(variable) => Err(Failure::NotFinite { coalition: variable.coalition }),
                None => Ok(()),
            }
        })
    }

    /// Puts every variable between its bounds as they now are, or on the one where it rests.
    fn place(&self, stage: usize, x: &mut [f64], work: &mut Work, first: bool) -> Result<(), Failure> {
        for (number, (variable, place)) in self.plan.stages[stage].iter().zip(&mut work.places).enumerate() {
            let b = self.bounds_at(stage, number, x)?;
            place.bounds = b;
            if b.lower == b.upper {
                place.side = Side::Lower;
            }
            let value = match place.side {
                Side::Lower => b.lower,
                Side::Upper => b.upper,
                Side::Free | Side::Idle => x[variable.decision].clamp(b.lower, b.upper),
            };
            variable.set(x, value);
            if first {
                // A start at the end of a range rests there until it is looked at.
                if place.side == Side::Free && b.lower.is_finite() && b.upper.is_finite() {
                    if value == b.lower {
                        place.side = Side::Lower;
                    } else if value == b.upper {
                        place.side = Side::Upper;
                    }
                }
                let length = away(value, b);
                place.origin = if length > 0.0 { length } else { 1.0 };
            }
        }
        Ok(())
    }

    /// What rests at a bound that moves with the last step goes along.
    fn take_along(&self, stage: usize, x: &mut [f64], work: &mut Work) -> Result<(), Failure> {
        if work.free.len() == work.places.len() { Ok(()) } else { self.place(stage, x, work, false) }
    }

    /// Looks at the variables at rest: those that are pushed inwards are released. Tells whether any was.
    fn release(
        &mut self,
        stage: usize,
        x: &mut [f64],
        work: &mut Work,
        course: &mut Course,
    ) -> Result<bool, Failure> {
        let mut released = false;
        let most = 4 * work.places.len();
        for (number, place) in work.places.iter_mut().enumerate() {
            let (side, b) = (place.side, place.bounds);
            if side == Side::Free || b.lower == b.upper {
                continue;
            }
            let push = self.push(stage, number, x, b, side)?;
            let inwards = match side {
                Side::Lower => push > 0.0,
                Side::Upper => push < 0.0,
                _ => push != 0.0,
            };
            if !inwards || course.released >= most {
                continue;
            }
            course.released += 1;
            released = true;
            place.side = Side::Free;
            // Where the marginal is finite at the bound, the step can start from the bound itself.
            let chart = Chart::new(b, place.origin);
            if chart.curved() || !push.is_finite() {
                let length = if chart.curved() { place.origin } else { b.upper - b.lower };
                let variable = &self.plan.stages[stage][number];
                let inside = match side {
                    Side::Lower => b.lower + 1e-3 * length,
                    Side::Upper => b.upper - 1e-3 * length,
                    _ => x[variable.decision],
                };
                variable.set(x, inside);
            }
        }
        Ok(released)
    }

    /// Moves variables whose marginal payoff is infinite, as it may be at a bound, inside. Tells whether the point
    /// is to be looked at again.
    fn leave_infinite_marginals(&self, stage: usize, x: &mut [f64], work: &Work) -> bool {
        let mut finite = work.jacobian.iter().all(|h| h.is_finite());
        for free in work.free.iter().filter(|f| !f.marginal.is_finite()) {
            finite = false;
            let variable = &self.plan.stages[stage][free.variable];
            let (value, b) = (x[variable.decision], work.places[free.variable].bounds);
            let inside = if free.chart.curved() {
                free.chart.go(value, 0.5, b)
            } else {
                value + 0.01 * (free.chart.spread(0.5, value, b) - value)
            };
            variable.set(x, inside);
        }
        !finite
    }

    /// Holds variables without any effect at their neutral values. Tells whether there are any.
    fn put_idle_aside(&self, stage: usize, x: &mut [f64], work: &mut Work) -> bool {
        let mut idle = false;
        for (free, row) in work.free.iter().zip(work.jacobian.chunks_exact(work.free.len())) {
            if free.marginal == 0.0 && row.iter().all(|h| *h == 0.0) {
                let variable = &self.plan.stages[stage][free.variable];
                let place = &mut work.places[free.variable];
                let neutral = self.plan.decisions[variable.decision].neutral;
                variable.set(x, neutral.clamp(place.bounds.lower, place.bounds.upper));
                place.side = Side::Idle;
                idle = true;
            }
        }
        idle
    }

    /// Whether the step is the last one: `Some(true)` at a regular solution, `Some(false)` where the payoff is flat
    /// in some direction, so that there are many optima, of which this is one without derivatives.
    fn arrived(&self, stage: usize, newton: bool, size: f64, before: f64, work: &Work) -> Option<bool> {
        let close = match stage {
            // Nobody differentiates the first stage, and Newton's error after a step is its square.
            0 if size < CLOSE * before => STALLED,
            0 => self.settings.tolerance,
            _ if self.rough => ROUGH,
            _ => self.settings.tolerance,
        };
        if newton {
            return (size <= close || (size <= STALLED && size > 0.3 * before)).then_some(true);
        }
        let n = work.free.len();
        (size <= self.settings.tolerance && (0..n).all(|i| work.hessian[i * n + i] <= 0.0)).then_some(false)
    }

    /// Moves the free variables by a share of the step.
    fn go(&self, stage: usize, x: &mut [f64], share: f64, work: &Work) {
        let (variables, places) = (&self.plan.stages[stage][..], &work.places[..]);
        for (free, step) in work.free.iter().zip(&work.step) {
            let variable = &variables[free.variable];
            let to = free.chart.go(x[variable.decision], share * step, places[free.variable].bounds);
            variable.set(x, to);
        }
    }

    /// Takes the step, or as much of it as does not lower a single decision-maker's payoff and leaves later stages a
    /// reply. Tells whether it was taken whole.
    fn advance(
        &mut self,
        stage: usize,
        x: &mut [f64],
        optimum: bool,
        size: f64,
        work: &Work,
    ) -> Result<bool, Failure> {
        let variables = &self.plan.stages[stage];
        let last = stage + 1 == self.plan.stages.len();
        let mut here: Profile = Profile::new();
        put(&mut here, x);
        let mut share = 1.0;
        loop {
            self.go(stage, x, share, work);
            // A first step to a bound stops short of it: at the bound itself (all of a spend paid for) later
            // stages may have no reply. From close by, the next one arrives.
            for free in work.free.iter().filter(|f| !last && !f.chart.curved()) {
                let (variable, b) = (&variables[free.variable], work.places[free.variable].bounds);
                let (from, to) = (here[variable.decision], x[variable.decision]);
                if (to == b.lower || to == b.upper) && (to - from).abs() > SHORT * (b.upper - b.lower) {
                    variable.set(x, from + 0.95 * (to - from));
                }
            }
            let there = if optimum && share * size >= 1e-5 {
                // One decision-maker climbs; near the top, where its payoff is flat, the step is trusted.
                let found = self.payoff(stage, variables[0].coalition, x);
                found.is_ok_and(|found| found >= work.payoff - SAME * work.scale()) && self.inside(x)
            } else {
                // Not to where later stages have no reply (all of a spend paid for).
                last || self.reply(stage + 1, x).is_ok()
            };
            if there {
                return Ok(share == 1.0);
            }
            x.copy_from_slice(&here);
            share *= 0.4;
            if share < 1e-6 {
                return Err(Failure::Kink { stage });
            }
        }
    }

    /// Lets variables that have reached a bound rest there. Tells whether any does.
    fn land(&mut self, stage: usize, x: &[f64], runaway: f64, work: &mut Work) -> Result<bool, Failure> {
        let mut rests = false;
        for (free, step) in work.free.iter().zip(&work.step) {
            let decision = self.plan.stages[stage][free.variable].decision;
            let place = &mut work.places[free.variable];
            let (b, value) = (place.bounds, x[decision]);
            if value <= b.lower {
                place.side = Side::Lower;
            } else if value >= b.upper {
                place.side = Side::Upper;
            } else if free.chart.curved() && *step <= SHRINKING && away(value, b) < NEAR * place.origin {
                // Shrinking fast towards a bound that the logarithm never reaches: is it the bound?
                let side = if b.lower.is_finite() { Side::Lower } else { Side::Upper };
                let push = self.push(stage, free.variable, x, b, side).unwrap_or(f64::NAN);
                // Pushed outwards, or not at all: it has shrunk all the way here.
                if if side == Side::Lower { push <= 0.0 } else { push >= 0.0 } {
                    place.side = side;
                }
            }
            rests |= place.side != Side::Free;
            // An earlier reply may have been close to zero: coming back from there is no running away.
            let usual = self.plan.decisions[decision].typical.unwrap_or(1.0).abs();
            if away(value, b) > runaway * place.origin.max(usual) {
                return Err(Failure::Unbounded { stage, variable: free.variable, value });
            }
        }
        Ok(rests)
    }

    /// Steps to the solution of the first stage with the Jacobian that is there: only marginal payoffs are found
    /// anew. False, with nothing lost but the time, where that does not close in fast.
    fn polish(&mut self, x: &mut [f64], mut before: f64, work: &mut Work) -> bool {
        if !work.system.factor(work.free.len(), &work.jacobian) {
            return false;
        }
        for _ in 0..KEPT {
            self.iterations += 1;
            let mut residual: f64 = 0.0;
            if self.marginals_here(0, x, work).is_err() {
                return false;
            }
            for (free, step) in work.free.iter_mut().zip(&mut work.step) {
                let marginal = free.marginal;
                let bounds = work.places[free.variable].bounds;
                free.rate = free.chart.rate(x[self.plan.stages[0][free.variable].decision], bounds);
                residual = residual.max((marginal * free.rate).abs());
                *step = marginal;
            }
            work.system.solve(&mut work.step);
            let sizes = work.step.iter().zip(&work.free).map(|(s, f)| (s / f.rate).abs());
            let size = sizes.fold(0.0, |size: f64, s| if s > size || s.is_nan() { s } else { size });
            if size.is_nan() || size > 0.1 * before {
                return false;
            }
            for (free, step) in work.free.iter().zip(&work.step) {
                let variable = &self.plan.stages[0][free.variable];
                let to = x[variable.decision] - step;
                let inside = self.bounds_at(0, free.variable, x).is_ok_and(|b| to > b.lower && to < b.upper);
                if !inside {
                    return false;
                }
                variable.set(x, to);
            }
            work.residual = residual / work.scale();
            // The next one would be shorter by as much again.
            if size <= STALLED && size * (size / before) <= self.settings.tolerance {
                return true;
            }
            before = size;
        }
        false
    }
}

/// Newton's step where every coalition's own Hessian is negative definite and the step is short enough to be
/// trusted, the climbing step, cut to what is trusted, elsewhere. True for Newton's.
fn choose_step(concave: bool, optimum: bool, astray: u32, work: &mut Work) -> bool {
    let n = work.free.len();
    if optimum || n == 1 {
        // They are one and the same. Shortened as a whole for one decision-maker, since the direction matters.
        let newton = concave && work.trusted();
        let reaches = work.step.iter().zip(&work.free).map(|(s, f)| s.abs() / f.chart.reach());
        let over = reaches.fold(1.0, f64::max);
        work.step.iter_mut().for_each(|s| *s /= over);
        return newton;
    }
    if concave && astray < 3 && work.system.factor(n, &work.hessian) {
        let mut climb: Row<f64> = Row::new();
        put(&mut climb, &work.step);
        work.step.iter_mut().zip(&work.free).for_each(|(s, f)| *s = -f.gradient);
        work.system.solve(&mut work.step);
        if work.trusted() {
            return true;
        }
        put(&mut work.step, &climb);
    }
    for (step, free) in work.step.iter_mut().zip(&work.free) {
        *step = step.clamp(-free.chart.reach(), free.chart.reach());
    }
    false
}

impl Course {
    /// Where several decide: gives up Newton's steps that lead away for a while, and damps climbing steps that
    /// overshoot each other.
    fn correct(&mut self, newton: bool, size: f64, work: &mut Work) {
        let grows = size > 0.9 * self.before;
        if newton {
            self.astray = if grows { self.astray + 1 } else { 0 };
            return;
        }
        self.astray = if self.astray > 6 || self.astray == 0 { 0 } else { self.astray + 1 };
        // Replies overshoot each other when they turn back; one that keeps going may be running away.
        let step = &work.step;
        let longest = (0..step.len()).fold(0, |l, at| if step[at].abs() > step[l].abs() { at } else { l });
        let heading = Some((work.free[longest].variable, step[longest] > 0.0));
        let overshot = grows && heading != self.headed;
        self.headed = heading;
        self.damping = if overshot { (0.6 * self.damping).max(0.05) } else { (1.5 * self.damping).min(1.0) };
        work.step.iter_mut().for_each(|s| *s *= self.damping);
    }
}
