//! What a Newton step knows of a point: marginal payoffs, their Jacobian, and what pushes against a bound.

use smallvec::SmallVec;

use super::chart::{Chart, away};
use super::induction::{Engine, Failure};
use super::linear::{Factored, Square, ascent, reshape};
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::level::D1;
use crate::row::{Profile, Row, on_stack};
use crate::scalar::Scalar;

/// A payoff of less than this share of what it is made of is no measure.
const NOTHING: f64 = 1e-9;
/// Coalitions up to which it is asked what a payoff is made of.
pub(super) const FEW: usize = 50;

/// A variable of the stage, as it stands during the iteration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) side: Side,
    pub(super) bounds: Interval<f64>,
    /// Its distance from its bound where the iteration began.
    pub(super) origin: f64,
}

/// A free variable at one point of the iteration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Free {
    pub(super) variable: usize,
    pub(super) marginal: f64,
    pub(super) chart: Chart,
    /// The variable's change per unit of its chart, and the marginal payoff there.
    pub(super) rate: f64,
    pub(super) gradient: f64,
}

/// The numbers of one stage's Newton iteration: on the stack for games of ordinary size.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// An entry a variable.
    pub(super) places: Row<Place>,
    /// The rest holds an entry, a row or a matrix of the free variables.
    pub(super) free: Row<Free>,
    pub(super) jacobian: Square,
    pub(super) hessian: Square,
    pub(super) step: Row<f64>,
    pub(super) system: Factored,
    /// Whether a variable rests at a bound that moves with the free ones.
    pub(super) follows: bool,
    /// The largest payoff at the point, and the largest marginal in charts as a share of it.
    pub(super) payoff: f64,
    pub(super) residual: f64,
}

impl Work {
    /// The places of the stage's variables before any is looked at.
    pub(super) fn begin(&mut self, sides: &[Side]) {
        let nowhere = Interval::new(0.0, 0.0);
        self.places.clear();
        self.step.clear();
        self.places.extend(sides.iter().map(|&side| Place { side, bounds: nowhere, origin: 1.0 }));
        self.residual = f64::INFINITY;
    }

    /// Lists the variables that are free.
    pub(super) fn gather(&mut self) {
        self.free.clear();
        for (variable, place) in self.places.iter().enumerate() {
            if place.side == Side::Free {
                let chart = Chart::new(place.bounds, place.origin);
                self.free.push(Free { variable, marginal: 0.0, chart, rate: 0.0, gradient: 0.0 });
            }
        }
    }

    /// The size of the payoffs, by which marginals are measured.
    pub(super) fn scale(&self) -> f64 {
        self.payoff.abs().max(f64::MIN_POSITIVE)
    }

    /// The length of the step, in units of each variable's chart.
    pub(super) fn size(&self) -> f64 {
        self.step.iter().fold(0.0, |size: f64, s| size.max(s.abs()))
    }

    /// Whether every variable's step is one that its chart trusts.
    pub(super) fn trusted(&self) -> bool {
        self.step.iter().zip(&self.free).all(|(s, f)| s.abs() <= f.chart.reach())
    }

    /// The marginal payoffs and their Jacobian in the charts of the free variables.
    pub(super) fn measure(&mut self, value: impl Fn(usize) -> f64) {
        let n = self.free.len();
        let mut worst: f64 = 0.0;
        let places = &self.places[..];
        for free in &mut self.free {
            let (place, at) = (&places[free.variable], value(free.variable));
            let bounds = place.bounds;
            if !bounds.lower.is_finite() && !bounds.upper.is_finite() {
                // Steps grow with what has been reached: an optimum at a thousand is not a thousand steps away.
                free.chart = Chart::new(bounds, place.origin.max(at.abs()));
            }
            free.rate = free.chart.rate(at, bounds);
            free.gradient = free.marginal * free.rate;
            free.chart = free.chart.towards(free.marginal);
            worst = worst.max(free.gradient.abs());
        }
        reshape(&mut self.hessian, n);
        let (free, jacobian, hessian) =
            (&self.free[..n], &self.jacobian[..n * n], &mut self.hessian[..n * n]);
        for (i, row) in free.iter().enumerate() {
            for (j, column) in free.iter().enumerate() {
                hessian[i * n + j] = jacobian[i * n + j] * (row.rate * column.rate);
            }
            hessian[i * n + i] += row.chart.bend() * row.gradient;
        }
        self.residual = worst / self.scale();
    }
}

/// Room for so many numbers, which grows and is used again.
pub(super) fn room_for(room: &mut Vec<f64>, count: usize) -> &mut [f64] {
    if room.len() < count {
        room.resize(count, 0.0);
    }
    &mut room[..count]
}

impl Engine<'_> {
    /// A marginal payoff at a bound, taken just inside where the bound itself has none.
    pub(super) fn push(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[f64],
        b: Interval<f64>,
        side: Side,
    ) -> Result<f64, Failure> {
        let mut at: Profile = SmallVec::from_slice(x);
        let current = x[self.plan.stages[stage][variable].decision];
        let typical = self.plan.decisions[self.plan.stages[stage][variable].decision].typical;
        let length = match away(current, b) {
            _ if b.lower.is_finite() && b.upper.is_finite() => b.upper - b.lower,
            here if here > 0.0 => here.min(typical.unwrap_or(1.0).abs()),
            _ => typical.unwrap_or(1.0).abs(),
        };
        let inwards = match side {
            Side::Lower => 1.0,
            Side::Upper => -1.0,
            Side::Free | Side::Idle => 0.0,
        };
        let bound = match side {
            Side::Lower => b.lower,
            Side::Upper => b.upper,
            Side::Free | Side::Idle => current,
        };
        // At the bound itself the marginal may be undefined (an infinite gain less an infinite loss): then just inside,
        // and, if that pushes outwards, much closer, since the solution may be that small.
        let mut seen = None;
        for near in [0.0, 1e-7, 1e-21] {
            self.assign(stage, variable, &mut at, bound + inwards * near * length);
            match self.marginal_here(stage, variable, &at) {
                Ok(push) if push.is_nan() => {}
                Ok(push) => {
                    seen = Some(push);
                    if near == 0.0 || push * inwards > 0.0 {
                        break;
                    }
                }
                Err(failure) if near > 0.0 && seen.is_none() => return Err(failure),
                Err(_) => {}
            }
        }
        seen.ok_or(Failure::NotFinite { coalition: self.owner(stage, variable) })
    }

    /// The size by which a coalition's gains at `x` are measured: its payoff's, or, where that is next to nothing beside what it
    /// is made of, the size of that.
    pub(super) fn scale(&self, coalition: usize, payoff: f64, x: &[f64]) -> f64 {
        // In a large game to record everybody's payoff alone would take longer than to solve it.
        if payoff != 0.0 && self.plan.coalitions.len() > FEW {
            return payoff.abs();
        }
        let size = self.board.judged(coalition).made(x)[0].size;
        if payoff.abs() > NOTHING * size { payoff.abs() } else { size.max(f64::MIN_POSITIVE) }
    }

    pub(super) fn owner(&self, stage: usize, variable: usize) -> usize {
        self.plan.stages[stage][variable].coalition
    }

    /// Marginal payoffs and their Jacobian over the free variables, moving bounds eliminated; the largest payoff.
    pub(super) fn local(&mut self, stage: usize, x: &[f64], work: &mut Work) -> Result<(), Failure> {
        if self.recorded(stage) {
            self.alone(stage, x, work)?;
        } else if stage + 2 != self.plan.stages.len() || !self.through(stage, x, work)? {
            self.nested(stage, x, work)?;
        }
        work.follows = false;
        for pinned in 0..work.places.len() {
            let side = work.places[pinned].side;
            if matches!(side, Side::Lower | Side::Upper) && self.bound_moves(stage, pinned, side, x, work) {
                work.follows = true;
                self.follow(stage, x, (pinned, side), work)?;
            }
        }
        Ok(())
    }

    /// The same where nobody replies: one run of a formula.
    fn alone(&mut self, stage: usize, x: &[f64], work: &mut Work) -> Result<(), Failure> {
        let plan = self.plan;
        let (coalitions, all, n) = (plan.coalitions.len(), plan.stages[stage].len(), work.free.len());
        let formula = self.board.slopes(plan);
        let room = room_for(&mut self.room, formula.outputs());
        formula.fill(x, room);
        let (payoffs, rest) = room.split_at(coalitions);
        let (marginals, slopes) = rest.split_at(all);
        reshape(&mut work.jacobian, n);
        let mut largest: f64 = 0.0;
        for free in &mut work.free {
            let coalition = plan.stages[stage][free.variable].coalition;
            let payoff = payoffs[coalition];
            // An infinite marginal can be stepped away from; an infinite payoff is no place to start.
            if !payoff.is_finite() {
                return Err(Failure::NotFinite { coalition });
            }
            free.marginal = marginals[free.variable];
            if payoff.abs() > largest.abs() {
                largest = payoff;
            }
        }
        for (i, row) in work.free.iter().enumerate() {
            for (j, column) in work.free.iter().enumerate() {
                work.jacobian[i * n + j] = slopes[row.variable * all + column.variable];
            }
        }
        work.payoff = largest;
        Ok(())
    }

    /// The same by nested duals, a pair of variables at a time: through any number of stages.
    fn nested(&mut self, stage: usize, x: &[f64], work: &mut Work) -> Result<(), Failure> {
        let n = work.free.len();
        reshape(&mut work.jacobian, n);
        let (free, jacobian) = (&mut work.free[..n], &mut work.jacobian[..n * n]);
        let mut payoff: f64 = 0.0;
        for i in 0..n {
            let first = free[i].variable;
            for j in i..n {
                let pair = self.pair(stage, first, free[j].variable, x)?;
                if i == j {
                    if !pair.payoff.is_finite() {
                        return Err(Failure::NotFinite { coalition: self.owner(stage, first) });
                    }
                    free[i].marginal = pair.marginal;
                    if pair.payoff.abs() > payoff.abs() {
                        payoff = pair.payoff;
                    }
                }
                jacobian[i * n + j] = pair.cross;
                jacobian[j * n + i] = pair.other_cross;
            }
        }
        work.payoff = payoff;
        Ok(())
    }

    /// Whether a bound moves with the free variables: one that stays when all move at unrelated speeds moves with
    /// none of them.
    fn bound_moves(&self, stage: usize, pinned: usize, side: Side, x: &[f64], work: &Work) -> bool {
        let variables = &self.plan.stages[stage];
        if !self.board.moves(stage, pinned, side == Side::Upper) {
            return false;
        }
        on_stack(x.len(), D1::constant(0.0), |raised: &mut [D1]| {
            for (to, from) in raised.iter_mut().zip(x) {
                to.value = *from;
            }
            for (at, free) in work.free.iter().enumerate() {
                for decision in variables[free.variable].decisions() {
                    raised[decision].slope = 1.0 + 0.618 * at as f64;
                }
            }
            let bounds = self.board.bounds(stage, pinned, raised);
            (if side == Side::Upper { bounds.upper } else { bounds.lower }).slope != 0.0
        })
    }

    /// Where a bound moves with the free variables, the variable that rests there follows it.
    fn follow(
        &mut self,
        stage: usize,
        x: &[f64],
        (k, side): (usize, Side),
        work: &mut Work,
    ) -> Result<(), Failure> {
        let n = work.free.len();
        let free = &mut work.free[..];
        let along: Row<f64> =
            free.iter().map(|j| self.bound_along(stage, k, side, j.variable, x).slope).collect();
        let own = self.marginal_here(stage, k, x)?;
        let curve = self.pair(stage, k, k, x)?.cross;
        let mut cross: Row<(f64, f64)> = SmallVec::new();
        for i in &*free {
            let pair = self.pair(stage, i.variable, k, x)?;
            cross.push((pair.cross, pair.other_cross));
        }
        for i in 0..n {
            let linked = self.linked(stage, free[i].variable, k, side);
            for j in 0..n {
                work.jacobian[i * n + j] += cross[i].0 * along[j];
                if linked {
                    work.jacobian[i * n + j] += along[i] * (cross[j].1 + curve * along[j]);
                }
            }
            if linked {
                free[i].marginal += along[i] * own;
            }
        }
        Ok(())
    }

    /// Each coalition's own climbing step; true when every own Hessian is negative definite.
    pub(super) fn climb_step(&self, stage: usize, work: &mut Work) -> bool {
        let n = work.free.len();
        let (free, hessian) = (&work.free[..n], &work.hessian[..n * n]);
        work.step.resize(n, 0.0);
        let step = &mut work.step[..n];
        step.iter_mut().zip(free).for_each(|(s, f)| *s = f.gradient);
        if self.one_decides(stage) {
            return ascent(n, hessian, step);
        }
        let variables = &self.plan.stages[stage][..];
        let owner = |at: usize| variables[free[at].variable].coalition;
        let mut concave = true;
        for first in 0..n {
            if (0..first).any(|at| owner(at) == owner(first)) {
                continue;
            }
            if !(first + 1..n).any(|at| owner(at) == owner(first)) {
                let alone = first * n + first;
                concave &= ascent(1, &hessian[alone..=alone], &mut step[first..=first]);
                continue;
            }
            let own: Row<usize> = (first..n).filter(|&at| owner(at) == owner(first)).collect();
            let mut block = Square::new();
            for &i in &own {
                block.extend(own.iter().map(|&j| 0.5 * (hessian[i * n + j] + hessian[j * n + i])));
            }
            let mut part: Row<f64> = own.iter().map(|&i| free[i].gradient).collect();
            concave &= ascent(own.len(), &block, &mut part);
            for (&i, s) in own.iter().zip(&part) {
                step[i] = *s;
            }
        }
        concave
    }

    /// The largest scaled first-order gain left at a profile, over all stages.
    pub(crate) fn residual(&mut self, profile: &[f64]) -> Result<f64, Failure> {
        let mut worst: f64 = 0.0;
        for stage in 0..self.plan.stages.len() {
            for variable in 0..self.plan.stages[stage].len() {
                let mut x: Profile = SmallVec::from_slice(profile);
                let coalition = self.plan.stages[stage][variable].coalition;
                let payoff = self.payoff(stage, coalition, &mut x)?;
                let value = profile[self.plan.stages[stage][variable].decision];
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
                worst = worst.max((push * rate).abs() / self.scale(coalition, payoff, &x));
            }
        }
        Ok(worst)
    }
}
