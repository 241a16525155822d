//! One stage: a box-constrained variational inequality, solved by a safeguarded active-set Newton method.
//!
//! Each coalition maximises its payoff in its own variables, given the others'. Variables with one finite bound are
//! moved in the logarithm of their distance from it, in which power and square-root responses are close to linear;
//! variables between two bounds in units of that distance. A Newton step is taken where every coalition's own
//! Hessian is negative definite and the step is short; elsewhere each coalition climbs its own payoff. A variable
//! rests at a bound as long as its marginal payoff pushes outwards. Candidates are then held against a scan of each
//! coalition's own choices, so that a local optimum, a minimum or a spurious stationary point is not returned.

use smallvec::SmallVec;

use super::chart::{Chart, away, spread};
use super::induction::{Engine, Failure, Reply};
use super::linear::{Factored, ascent};
use super::plan::Row;
use crate::equilibrium::Side;
use crate::game::{Interval, StaticGame};

/// A step below this, in units of each variable's scale, ends the iteration.
const STEP: f64 = 1e-12;
/// A step below this that no longer shrinks is at the limit of rounding.
const STALLED: f64 = 1e-8;
/// Iterations from one start.
const ITERATIONS: usize = 80;
/// Starts: the typical point first, then points spread over the decisions' ranges.
const STARTS: usize = 6;
/// A payoff better by less than this share counts as the same.
const SAME: f64 = 1e-10;
/// A variable this many times its start has run away: from a start of its own, and from an earlier reply.
const AWAY: f64 = 1e14;
const AWAY_FROM_REPLY: f64 = 1e7;

impl<G: StaticGame> Engine<'_, G> {
    /// Fills stage `stage` and all later ones of `x` with their replies.
    pub(crate) fn settle(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        let to = self.decided_before(stage, x);
        if self.replies[stage].known && self.replies[stage].to == to {
            self.recall(stage, x);
            return self.reply(stage + 1, x);
        }
        if self.replies[stage].known && !self.careful {
            self.recall(stage, x);
            let sides = self.replies[stage].sides.clone();
            match self.newton(stage, x, sides, AWAY_FROM_REPLY) {
                Ok(reply) => {
                    self.remember(stage, to, reply);
                    return self.reply(stage + 1, x);
                }
                Err(unbounded @ Failure::Unbounded { .. }) => return Err(unbounded),
                Err(_) => {}
            }
        }
        let reply = self.search(stage, x)?;
        self.remember(stage, to, reply);
        self.reply(stage + 1, x)
    }

    /// What the stage replies to: the values decided in the stages before it.
    fn decided_before(&self, stage: usize, x: &[f64]) -> Row<f64> {
        self.plan.stages[..stage].iter().flatten().map(|v| x[v.decisions[0]]).collect()
    }

    fn recall(&self, stage: usize, x: &mut [f64]) {
        for (variable, &value) in self.replies[stage].values.iter().enumerate() {
            self.assign(stage, variable, x, value);
        }
    }

    fn remember(&mut self, stage: usize, to: Row<f64>, reply: Reply) {
        self.replies[stage] = Reply { to, known: true, ..reply };
    }

    /// The stage's equilibrium from scratch: several starts, each candidate held against a scan.
    fn search(&mut self, stage: usize, x: &mut [f64]) -> Result<Reply, Failure> {
        let count = self.plan.stages[stage].len();
        let mut failure = Failure::NotConverged { stage, residual: f64::INFINITY };
        let mut best: Row<f64> = SmallVec::new();
        for start in 0..STARTS {
            self.start(stage, x, start)?;
            // A better point found by the scan is the next start, a few times over.
            for _ in 0..4 {
                let sides: Row<Side> = SmallVec::from_elem(Side::Free, count);
                match self.newton(stage, x, sides, AWAY) {
                    Ok(reply) => match self.scan(stage, x, reply.residual)? {
                        None => return Ok(reply),
                        Some((coalition, gain)) => {
                            failure = Failure::NoEquilibrium { coalition, gain };
                            best = SmallVec::from_slice(x);
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

    /// Whether a single coalition chooses the whole stage.
    fn one_decides(&self, stage: usize) -> bool {
        let variables = &self.plan.stages[stage];
        variables.iter().all(|v| v.coalition == variables[0].coalition)
    }

    /// Start number `start`: typical values first, then a low-discrepancy spread over the ranges.
    fn start(&mut self, stage: usize, x: &mut [f64], start: usize) -> Result<(), Failure> {
        for variable in 0..self.plan.stages[stage].len() {
            let decision = self.plan.stages[stage][variable].decisions[0];
            let typical = self.plan.decisions[decision].typical;
            let bounds = self.bounds_at(stage, variable, x)?;
            let inner = match (bounds.lower.is_finite(), bounds.upper.is_finite()) {
                (true, true) => 0.5 * (bounds.lower + bounds.upper),
                (true, false) => bounds.lower + 1.0,
                (false, true) => bounds.upper - 1.0,
                (false, false) => 0.0,
            };
            let inside = typical.filter(|t| *t > bounds.lower && *t < bounds.upper).unwrap_or(inner);
            let value = if start == 0 {
                inside
            } else {
                let at = spread(start, variable);
                Chart::new(bounds, inside).spread(0.02 + 0.96 * at, inside, bounds)
            };
            self.assign(stage, variable, x, value);
        }
        Ok(())
    }

    fn bounds_at(&self, stage: usize, variable: usize, x: &[f64]) -> Result<Interval<f64>, Failure> {
        let bounds = self.plan.bounds(self.game, &self.plan.stages[stage][variable], x);
        let Interval { lower, upper } = bounds;
        // NaN bounds are empty too.
        if lower <= upper { Ok(bounds) } else { Err(Failure::EmptyBounds { stage, variable, lower, upper }) }
    }

    /// Newton's method from `x`; on success `x` holds the stage's equilibrium candidate.
    fn newton(
        &mut self,
        stage: usize,
        x: &mut [f64],
        mut sides: Row<Side>,
        runaway: f64,
    ) -> Result<Reply, Failure> {
        let count = self.plan.stages[stage].len();
        let optimum = self.one_decides(stage);
        let mut bounds: Row<Interval<f64>> = SmallVec::from_elem(Interval::new(0.0, 0.0), count);
        let mut marginal: Row<f64> = SmallVec::from_elem(0.0, count);
        let mut before = f64::INFINITY;
        // Climbing steps of several coalitions may overshoot each other; Newton's may lead astray.
        let mut damping: f64 = 1.0;
        let mut astray = 0;
        let mut headed = None;
        let mut residual = f64::INFINITY;
        let mut unpinned = 0;
        let mut origin: Row<f64> = SmallVec::new();
        for iteration in 0..ITERATIONS {
            if stage == 0 {
                self.iterations += 1;
            }
            for variable in 0..count {
                let decision = self.plan.stages[stage][variable].decisions[0];
                let b = self.bounds_at(stage, variable, x)?;
                bounds[variable] = b;
                if b.lower == b.upper {
                    sides[variable] = Side::Lower;
                }
                let value = match sides[variable] {
                    Side::Lower => b.lower,
                    Side::Upper => b.upper,
                    Side::Free | Side::Idle => x[decision].clamp(b.lower, b.upper),
                };
                self.assign(stage, variable, x, value);
            }
            if iteration == 0 {
                let variables = self.plan.stages[stage].iter();
                origin = variables.zip(&bounds).map(|(v, b)| away(x[v.decisions[0]], *b)).collect();
                origin.iter_mut().for_each(|o| *o = if *o > 0.0 { *o } else { 1.0 });
            }

            // Variables at rest: still pushed outwards?
            let mut released = false;
            for variable in 0..count {
                let side = sides[variable];
                if side == Side::Free {
                    continue;
                }
                let b = bounds[variable];
                if b.lower == b.upper {
                    continue;
                }
                let push = self.push(stage, variable, x, b, side)?;
                marginal[variable] = push;
                let inwards = match side {
                    Side::Lower => push > 0.0,
                    Side::Upper => push < 0.0,
                    _ => push != 0.0,
                };
                if inwards && unpinned < 4 * count {
                    unpinned += 1;
                    released = true;
                    sides[variable] = Side::Free;
                    let length = if b.upper.is_finite() && b.lower.is_finite() {
                        1e-3 * (b.upper - b.lower)
                    } else {
                        1e-3 * origin[variable]
                    };
                    // From a bound where the marginal is finite the step can start at the bound itself.
                    let chart = Chart::new(b, origin[variable]);
                    if chart.curved() || !push.is_finite() {
                        let inside = match side {
                            Side::Lower => b.lower + length,
                            Side::Upper => b.upper - length,
                            _ => x[self.plan.stages[stage][variable].decisions[0]],
                        };
                        self.assign(stage, variable, x, inside);
                    }
                }
            }

            let free: Row<usize> = (0..count).filter(|&v| sides[v] == Side::Free).collect();
            let n = free.len();
            if n == 0 {
                return Ok(self.candidate(stage, x, sides, None, 0.0));
            }
            let Local { payoff, jacobian, finite } = self.local(stage, x, &free, &sides, &mut marginal)?;
            if !finite {
                // A marginal that is infinite at a bound: step inside and look again.
                for &variable in &free {
                    if !marginal[variable].is_finite() {
                        let b = bounds[variable];
                        let decision = self.plan.stages[stage][variable].decisions[0];
                        let chart = Chart::new(b, origin[variable]);
                        let inside = if chart.curved() {
                            chart.go(x[decision], 0.5, b)
                        } else {
                            x[decision] + 0.01 * (chart.spread(0.5, x[decision], b) - x[decision])
                        };
                        if inside == x[decision] {
                            return Err(Failure::NotFinite { player: self.first_player(stage, variable) });
                        }
                        self.assign(stage, variable, x, inside);
                    }
                }
                continue;
            }

            // Without any effect: held at the neutral value.
            let mut idle = false;
            for (at, &variable) in free.iter().enumerate() {
                let decision = self.plan.stages[stage][variable].decisions[0];
                let row = &jacobian[at * n..(at + 1) * n];
                if marginal[variable] == 0.0 && row.iter().all(|h| *h == 0.0) {
                    let b = bounds[variable];
                    sides[variable] = Side::Idle;
                    let neutral = self.plan.decisions[decision].neutral;
                    self.assign(stage, variable, x, neutral.clamp(b.lower, b.upper));
                    idle = true;
                }
            }
            if idle {
                continue;
            }

            // To the charts.
            let mut gradient: Row<f64> = SmallVec::new();
            let mut rates: Row<f64> = SmallVec::new();
            let mut charts: Row<Chart> = SmallVec::new();
            for &variable in &free {
                let decision = self.plan.stages[stage][variable].decisions[0];
                let chart = Chart::new(bounds[variable], origin[variable]);
                let rate = chart.rate(x[decision], bounds[variable]);
                charts.push(chart);
                rates.push(rate);
                gradient.push(marginal[variable] * rate);
            }
            let mut hessian: SmallVec<[f64; 36]> = jacobian.clone();
            for i in 0..n {
                for j in 0..n {
                    hessian[i * n + j] *= rates[i] * rates[j];
                }
                if charts[i].curved() {
                    hessian[i * n + i] += gradient[i];
                }
            }
            let scale = payoff.abs().max(f64::MIN_POSITIVE);
            residual = gradient.iter().fold(0.0, |worst: f64, g| worst.max(g.abs())) / scale;

            // The climbing step of each coalition, and Newton's step for all.
            let mut climb = gradient.clone();
            let concave = self.climb_step(stage, &free, &hessian, &mut climb);
            let mut step = climb;
            let mut newton = false;
            if concave && astray < 3 {
                if let Some(system) = Factored::new(n, &hessian) {
                    let mut full: Row<f64> = gradient.iter().map(|g| -g).collect();
                    system.solve(&mut full);
                    let trusted = |(s, c): (&f64, &Chart)| s.abs() <= c.reach();
                    if full.iter().all(|s| s.is_finite()) && full.iter().zip(&charts).all(trusted) {
                        step = full;
                        newton = true;
                    }
                }
            }
            // Shorten as a whole for one decision-maker (the direction matters), each for itself otherwise.
            if optimum {
                let over = step.iter().zip(&charts).fold(1.0, |o: f64, (s, c)| o.max(s.abs() / c.reach()));
                step.iter_mut().for_each(|s| *s /= over);
            } else if !newton {
                step.iter_mut().zip(&charts).for_each(|(s, c)| *s = s.clamp(-c.reach(), c.reach()));
            }
            let size = step.iter().fold(0.0, |size: f64, s| size.max(s.abs()));
            if newton && !released && (size <= STEP || (size <= STALLED && size > 0.3 * before)) {
                let system = Factored::new(n, &jacobian);
                for (at, &variable) in free.iter().enumerate() {
                    let decision = self.plan.stages[stage][variable].decisions[0];
                    let moved = charts[at].go(x[decision], step[at], bounds[variable]);
                    self.assign(stage, variable, x, moved);
                }
                return Ok(self.candidate(stage, x, sides, system, residual));
            }
            if !optimum {
                let grows = size > 0.9 * before;
                if newton {
                    astray = if grows { astray + 1 } else { 0 };
                } else {
                    astray = if astray > 6 {
                        0
                    } else if astray > 0 {
                        astray + 1
                    } else {
                        0
                    };
                    // A variable that keeps going as far as it may has not overshot: it may be running away.
                    let longest = (0..n).fold(0, |l, at| if step[at].abs() > step[l].abs() { at } else { l });
                    let full = step[longest].abs() >= charts[longest].reach();
                    let heading = full.then_some((free[longest], step[longest] > 0.0));
                    let onwards = full && heading == headed;
                    headed = heading;
                    let overshot = grows && !onwards;
                    damping = if overshot { (0.6 * damping).max(0.05) } else { (1.5 * damping).min(1.0) };
                    step.iter_mut().for_each(|s| *s *= damping);
                }
            }
            before = size;

            let here: Row<f64> = SmallVec::from_slice(x);
            let mut share = 1.0;
            loop {
                for (at, &variable) in free.iter().enumerate() {
                    let decision = self.plan.stages[stage][variable].decisions[0];
                    let moved = charts[at].go(here[decision], share * step[at], bounds[variable]);
                    self.assign(stage, variable, x, moved);
                }
                let last = stage + 1 == self.plan.stages.len();
                let there = if optimum && share * size >= 1e-5 {
                    // One decision-maker climbs; near the top, where its payoff is flat, the step is trusted.
                    let coalition = self.plan.stages[stage][0].coalition;
                    self.payoff(stage, coalition, x).is_ok_and(|there| there >= payoff - SAME * scale)
                } else {
                    // Not to where later stages have no reply (all of a spend paid for).
                    last || self.outcome(stage, x).is_ok()
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
                let decision = self.plan.stages[stage][variable].decisions[0];
                let (b, value) = (bounds[variable], x[decision]);
                // Landed on a bound: rests there until pushed inwards.
                if value <= b.lower {
                    sides[variable] = Side::Lower;
                } else if value >= b.upper {
                    sides[variable] = Side::Upper;
                } else if charts[at].curved() && step[at] <= -0.9 {
                    // Shrinking fast towards a bound that the logarithm never reaches: is it the bound?
                    let side =
                        if matches!(charts[at], Chart::AboveLower) { Side::Lower } else { Side::Upper };
                    let push = self.push(stage, variable, x, b, side).unwrap_or(0.0);
                    if if side == Side::Lower { push < 0.0 } else { push > 0.0 } {
                        sides[variable] = side;
                    }
                }
                // An earlier reply may have been close to zero: coming back from there is no running away.
                let decision = self.plan.stages[stage][variable].decisions[0];
                let usual = self.plan.decisions[decision].typical.unwrap_or(1.0).abs();
                if away(value, b) > runaway * origin[variable].max(usual) {
                    return Err(Failure::Unbounded { stage, variable, value });
                }
            }
        }
        Err(Failure::NotConverged { stage, residual })
    }

    /// A marginal payoff at a bound, taken just inside where the bound itself has none.
    fn push(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[f64],
        b: Interval<f64>,
        side: Side,
    ) -> Result<f64, Failure> {
        let mut at: Row<f64> = SmallVec::from_slice(x);
        let current = x[self.plan.stages[stage][variable].decisions[0]];
        let length = if b.lower.is_finite() && b.upper.is_finite() {
            b.upper - b.lower
        } else {
            away(current, b).max(1.0)
        };
        let (bound, inside) = match side {
            Side::Lower => (b.lower, b.lower + 1e-7 * length),
            Side::Upper => (b.upper, b.upper - 1e-7 * length),
            Side::Free | Side::Idle => (current, current),
        };
        self.assign(stage, variable, &mut at, bound);
        match self.marginal(stage, variable, &at) {
            Ok(push) if !push.is_nan() => return Ok(push),
            _ => {}
        }
        self.assign(stage, variable, &mut at, inside);
        let push = self.marginal(stage, variable, &at)?;
        if push.is_nan() {
            return Err(Failure::NotFinite { player: self.first_player(stage, variable) });
        }
        Ok(push)
    }

    fn first_player(&self, stage: usize, variable: usize) -> usize {
        self.plan.coalitions[self.plan.stages[stage][variable].coalition][0]
    }

    /// Marginal payoffs and their Jacobian over the free variables, moving bounds eliminated.
    fn local(
        &mut self,
        stage: usize,
        x: &[f64],
        free: &[usize],
        sides: &[Side],
        marginal: &mut [f64],
    ) -> Result<Local, Failure> {
        let n = free.len();
        let mut jacobian: SmallVec<[f64; 36]> = SmallVec::from_elem(0.0, n * n);
        let mut payoff: f64 = 0.0;
        for i in 0..n {
            for j in i..n {
                let pair = self.pair(stage, free[i], free[j], x)?;
                if i == j {
                    // An infinite marginal can be stepped away from; an infinite payoff is no place to start.
                    if !pair.payoff.is_finite() {
                        return Err(Failure::NotFinite { player: self.first_player(stage, free[i]) });
                    }
                    marginal[free[i]] = pair.marginal;
                    payoff = if pair.payoff.abs() > payoff.abs() { pair.payoff } else { payoff };
                }
                jacobian[i * n + j] = pair.cross;
                jacobian[j * n + i] = pair.other_cross;
            }
        }
        let pinned: Row<usize> =
            (0..sides.len()).filter(|&v| matches!(sides[v], Side::Lower | Side::Upper)).collect();
        for &k in &pinned {
            let along: Row<f64> =
                free.iter().map(|&j| self.bound_along(stage, k, sides[k], j, x).slope).collect();
            if along.iter().all(|b| *b == 0.0) {
                continue;
            }
            // The bound moves with the free variables: the variable follows it.
            let own = self.marginal(stage, k, x)?;
            let curve = self.pair(stage, k, k, x)?.cross;
            let mut cross: Row<(f64, f64)> = SmallVec::new();
            for &i in free {
                let pair = self.pair(stage, i, k, x)?;
                cross.push((pair.cross, pair.other_cross));
            }
            for i in 0..n {
                let linked = self.linked(stage, free[i], k, sides[k]);
                for j in 0..n {
                    jacobian[i * n + j] += cross[i].0 * along[j];
                    if linked {
                        jacobian[i * n + j] += along[i] * (cross[j].1 + curve * along[j]);
                    }
                }
                if linked {
                    marginal[free[i]] += along[i] * own;
                }
            }
        }
        let finite = free.iter().all(|&v| marginal[v].is_finite()) && jacobian.iter().all(|h| h.is_finite());
        Ok(Local { payoff, jacobian, finite })
    }

    /// Replaces the gradient by each coalition's own climbing step; true when every own Hessian is negative definite.
    fn climb_step(&self, stage: usize, free: &[usize], hessian: &[f64], gradient: &mut [f64]) -> bool {
        let n = free.len();
        let owner = |at: usize| self.plan.stages[stage][free[at]].coalition;
        let mut concave = true;
        for first in 0..n {
            if (0..first).any(|at| owner(at) == owner(first)) {
                continue;
            }
            let own: Row<usize> = (first..n).filter(|&at| owner(at) == owner(first)).collect();
            let mut block: SmallVec<[f64; 36]> = SmallVec::new();
            for &i in &own {
                block.extend(own.iter().map(|&j| 0.5 * (hessian[i * n + j] + hessian[j * n + i])));
            }
            let mut step: Row<f64> = own.iter().map(|&i| gradient[i]).collect();
            concave &= ascent(own.len(), &block, &mut step);
            for (&i, &s) in own.iter().zip(&step) {
                gradient[i] = s;
            }
        }
        concave
    }

    fn candidate(
        &self,
        stage: usize,
        x: &[f64],
        sides: Row<Side>,
        system: Option<Factored>,
        residual: f64,
    ) -> Reply {
        let values = self.plan.stages[stage].iter().map(|v| x[v.decisions[0]]).collect();
        Reply { to: SmallVec::new(), known: true, values, sides, system, residual }
    }

    /// Looks along each coalition's own variables for a better choice. Where one is found, `x` holds it, and who
    /// gains how much is returned.
    fn scan(&mut self, stage: usize, x: &mut [f64], residual: f64) -> Result<Option<(usize, f64)>, Failure> {
        const POINTS: [f64; 6] = [0.04, 0.24, 0.42, 0.58, 0.76, 0.96];
        let here: Row<f64> = SmallVec::from_slice(x);
        let mut better: Option<(usize, f64)> = None;
        let mut there: Row<f64> = here.clone();
        let tolerance = (10.0 * residual).clamp(1e-9, 1e-6);
        for coalition in 0..self.plan.coalitions.len() {
            if !self.plan.stages[stage].iter().any(|v| v.coalition == coalition) {
                continue;
            }
            x.copy_from_slice(&here);
            let payoff = self.payoff(stage, coalition, x)?;
            let scale = payoff.abs().max(f64::MIN_POSITIVE);
            for variable in 0..self.plan.stages[stage].len() {
                if self.plan.stages[stage][variable].coalition != coalition {
                    continue;
                }
                let decision = self.plan.stages[stage][variable].decisions[0];
                let b = self.bounds_at(stage, variable, &here)?;
                let typical = self.plan.decisions[decision].typical.unwrap_or(1.0);
                let chart = Chart::new(b, typical);
                // From a bound at which a logarithm ends, look around the typical value.
                let centre = if chart.curved() && chart.rate(here[decision], b) == 0.0 {
                    typical
                } else {
                    here[decision]
                };
                for at in POINTS {
                    x.copy_from_slice(&here);
                    self.assign(stage, variable, x, chart.spread(at, centre, b));
                    if let Ok(found) = self.payoff(stage, coalition, x) {
                        let gain = (found - payoff) / scale;
                        if gain > tolerance && better.is_none_or(|(_, g)| gain > g) {
                            better = Some((coalition, gain));
                            there.copy_from_slice(x);
                        }
                    }
                }
            }
            if better.is_some() {
                break;
            }
        }
        x.copy_from_slice(if better.is_some() { &there } else { &here });
        Ok(better)
    }

    /// A search without derivatives for one decision-maker whose optimum lies on a kink: a compass that turns into
    /// the directions in which it has just gained, until its step is below rounding.
    fn climb(&mut self, stage: usize, x: &mut [f64]) -> Result<Reply, Failure> {
        let count = self.plan.stages[stage].len();
        let coalition = self.plan.stages[stage][0].coalition;
        let mut payoff = self.payoff(stage, coalition, x)?;
        let mut here: Row<f64> = SmallVec::from_slice(x);
        let mut pace = 0.25;
        let mut drift: Row<f64> = SmallVec::from_elem(0.0, count);
        let mut rounds = 0;
        while pace > 1e-13 && rounds < 2000 {
            rounds += 1;
            self.iterations += 1;
            let mut moved: Row<f64> = SmallVec::from_elem(0.0, count);
            for direction in 0..2 * count + 1 {
                let mut step: Row<f64> = SmallVec::from_elem(0.0, count);
                match direction.checked_sub(2 * count) {
                    Some(_) => step.copy_from_slice(&drift),
                    None => step[direction / 2] = if direction % 2 == 0 { pace } else { -pace },
                }
                let mut trial = here.clone();
                for (variable, step) in step.iter().enumerate() {
                    let decision = self.plan.stages[stage][variable].decisions[0];
                    let b = self.bounds_at(stage, variable, &here)?;
                    let chart = Chart::new(b, self.plan.decisions[decision].typical.unwrap_or(1.0));
                    let to = chart.go(here[decision], *step, b);
                    self.assign(stage, variable, &mut trial, to);
                }
                if let Ok(found) = self.payoff(stage, coalition, &mut trial)
                    && found > payoff
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
        if pace > 1e-13 {
            return Err(Failure::NotConverged { stage, residual: pace });
        }
        self.at_kink = true;
        let mut sides: Row<Side> = SmallVec::new();
        for variable in 0..count {
            let b = self.bounds_at(stage, variable, x)?;
            let value = x[self.plan.stages[stage][variable].decisions[0]];
            sides.push(if value <= b.lower {
                Side::Lower
            } else if value >= b.upper {
                Side::Upper
            } else {
                Side::Free
            });
        }
        Ok(self.candidate(stage, x, sides, None, pace))
    }

    /// The largest scaled first-order gain left at a profile, over all stages.
    pub(crate) fn residual(&mut self, profile: &[f64]) -> Result<f64, Failure> {
        let mut worst: f64 = 0.0;
        for stage in 0..self.plan.stages.len() {
            for variable in 0..self.plan.stages[stage].len() {
                let mut x: Row<f64> = SmallVec::from_slice(profile);
                let coalition = self.plan.stages[stage][variable].coalition;
                let payoff = self.payoff(stage, coalition, &mut x)?;
                let value = profile[self.plan.stages[stage][variable].decisions[0]];
                let b = self.bounds_at(stage, variable, profile)?;
                let (side, at_bound) = match value {
                    v if v <= b.lower => (Side::Lower, true),
                    v if v >= b.upper => (Side::Upper, true),
                    _ => (Side::Free, false),
                };
                let push = self.push(stage, variable, profile, b, side)?;
                if at_bound && (push < 0.0) == (side == Side::Lower) {
                    continue;
                }
                let rate = Chart::new(b, value).rate(value, b);
                worst = worst.max((push * rate).abs() / payoff.abs().max(f64::MIN_POSITIVE));
            }
        }
        Ok(worst)
    }

    /// Looks at each later stage's reply for a better choice that the warm start may have missed.
    pub(crate) fn replies_stand(&mut self, x: &[f64]) -> Result<bool, Failure> {
        for stage in 1..self.plan.stages.len() {
            let mut at: Row<f64> = SmallVec::from_slice(x);
            let residual = self.replies[stage].residual;
            if self.scan(stage, &mut at, residual)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What Newton's method knows of a point.
struct Local {
    payoff: f64,
    jacobian: SmallVec<[f64; 36]>,
    finite: bool,
}
