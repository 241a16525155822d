//! What a Newton step knows of a point: marginal payoffs, their Jacobian, and what pushes against a bound.

use smallvec::SmallVec;

use super::chart::{Chart, away};
use super::induction::{Engine, Failure};
use super::linear::{Factored, ascent};
use super::plan::{Row, on_stack};
use crate::equilibrium::Side;
use crate::game::{Interval, StaticGame};
use crate::scalar::{D1, Scalar};

/// The arrays of one stage's Newton iteration, made once a solve.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(super) bounds: Vec<Interval<f64>>,
    /// A marginal payoff and a length a variable.
    pub(super) marginal: Vec<f64>,
    pub(super) origin: Vec<f64>,
    /// The rest holds an entry, a row or a matrix of the free variables.
    pub(super) jacobian: Vec<f64>,
    pub(super) hessian: Vec<f64>,
    pub(super) charts: Vec<Chart>,
    pub(super) rates: Vec<f64>,
    pub(super) gradient: Vec<f64>,
    pub(super) step: Vec<f64>,
    pub(super) full: Vec<f64>,
    /// The profile before a step.
    pub(super) here: Vec<f64>,
    pub(super) system: Factored,
}

impl Work {
    pub(crate) fn new(count: usize, decisions: usize) -> Self {
        let row = || Vec::with_capacity(count);
        let matrix = || Vec::with_capacity(count * count);
        Work {
            bounds: vec![Interval::new(0.0, 0.0); count],
            marginal: vec![0.0; count],
            origin: vec![1.0; count],
            jacobian: matrix(),
            hessian: matrix(),
            charts: Vec::with_capacity(count),
            rates: row(),
            gradient: row(),
            step: row(),
            full: row(),
            here: vec![0.0; decisions],
            system: Factored::with_capacity(count),
        }
    }
}

impl<G: StaticGame> Engine<'_, G> {
    /// A marginal payoff at a bound, taken just inside where the bound itself has none.
    pub(super) fn push(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[f64],
        b: Interval<f64>,
        side: Side,
    ) -> Result<f64, Failure> {
        let mut at: Row<f64> = SmallVec::from_slice(x);
        let current = x[self.plan.stages[stage][variable].decisions[0]];
        let typical = self.plan.decisions[self.plan.stages[stage][variable].decisions[0]].typical;
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
            match self.marginal(stage, variable, &at) {
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
        seen.ok_or(Failure::NotFinite { player: self.first_player(stage, variable) })
    }

    pub(super) fn first_player(&self, stage: usize, variable: usize) -> usize {
        self.plan.coalitions[self.plan.stages[stage][variable].coalition][0]
    }

    /// Marginal payoffs and their Jacobian over the free variables, moving bounds eliminated; the largest payoff.
    pub(super) fn local(
        &mut self,
        stage: usize,
        x: &[f64],
        free: &[usize],
        sides: &[Side],
        work: &mut Work,
    ) -> Result<f64, Failure> {
        let n = free.len();
        work.jacobian.clear();
        work.jacobian.resize(n * n, 0.0);
        let mut payoff: f64 = 0.0;
        for i in 0..n {
            for j in i..n {
                let pair = self.pair(stage, free[i], free[j], x)?;
                if i == j {
                    // An infinite marginal can be stepped away from; an infinite payoff is no place to start.
                    if !pair.payoff.is_finite() {
                        return Err(Failure::NotFinite { player: self.first_player(stage, free[i]) });
                    }
                    work.marginal[free[i]] = pair.marginal;
                    payoff = if pair.payoff.abs() > payoff.abs() { pair.payoff } else { payoff };
                }
                work.jacobian[i * n + j] = pair.cross;
                work.jacobian[j * n + i] = pair.other_cross;
            }
        }
        for (pinned, &side) in sides.iter().enumerate() {
            if matches!(side, Side::Lower | Side::Upper) {
                self.follow(stage, x, free, (pinned, side), work)?;
            }
        }
        Ok(payoff)
    }

    /// Where a bound moves with the free variables, the variable that rests there follows it.
    fn follow(
        &mut self,
        stage: usize,
        x: &[f64],
        free: &[usize],
        (k, side): (usize, Side),
        work: &mut Work,
    ) -> Result<(), Failure> {
        let n = free.len();
        // A bound that does not move when all move at unrelated speeds moves with none of them.
        let variables = &self.plan.stages[stage];
        let moves = on_stack(x.len(), D1::constant(0.0), |raised: &mut [D1]| {
            for (to, from) in raised.iter_mut().zip(x) {
                to.value = *from;
            }
            for (at, &variable) in free.iter().enumerate() {
                for &decision in &variables[variable].decisions {
                    raised[decision].slope = 1.0 + 0.618 * at as f64;
                }
            }
            let bounds = self.plan.bounds(self.game, &variables[k], raised);
            (if side == Side::Upper { bounds.upper } else { bounds.lower }).slope != 0.0
        });
        if !moves {
            return Ok(());
        }
        let along: Row<f64> = free.iter().map(|&j| self.bound_along(stage, k, side, j, x).slope).collect();
        let own = self.marginal(stage, k, x)?;
        let curve = self.pair(stage, k, k, x)?.cross;
        let mut cross: Row<(f64, f64)> = SmallVec::new();
        for &i in free {
            let pair = self.pair(stage, i, k, x)?;
            cross.push((pair.cross, pair.other_cross));
        }
        for i in 0..n {
            let linked = self.linked(stage, free[i], k, side);
            for j in 0..n {
                work.jacobian[i * n + j] += cross[i].0 * along[j];
                if linked {
                    work.jacobian[i * n + j] += along[i] * (cross[j].1 + curve * along[j]);
                }
            }
            if linked {
                work.marginal[free[i]] += along[i] * own;
            }
        }
        Ok(())
    }

    /// Each coalition's own climbing step; true when every own Hessian is negative definite.
    pub(super) fn climb_step(&self, stage: usize, free: &[usize], work: &mut Work) -> bool {
        let n = free.len();
        let variables = &self.plan.stages[stage];
        let owner = |at: usize| variables[free[at]].coalition;
        work.step.clear();
        work.step.extend_from_slice(&work.gradient);
        if self.one_decides(stage) {
            return ascent(n, &work.hessian, &mut work.step);
        }
        let mut concave = true;
        for first in 0..n {
            if (0..first).any(|at| owner(at) == owner(first)) {
                continue;
            }
            let own: Row<usize> = (first..n).filter(|&at| owner(at) == owner(first)).collect();
            let size = own.len();
            on_stack(size * size, 0.0, |block: &mut [f64]| {
                on_stack(size, 0.0, |step: &mut [f64]| {
                    for (row, &i) in own.iter().enumerate() {
                        step[row] = work.gradient[i];
                        for (column, &j) in own.iter().enumerate() {
                            let both = work.hessian[i * n + j] + work.hessian[j * n + i];
                            block[row * size + column] = 0.5 * both;
                        }
                    }
                    concave &= ascent(size, block, step);
                    for (&i, s) in own.iter().zip(step.iter()) {
                        work.step[i] = *s;
                    }
                });
            });
        }
        concave
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
}

/// The marginal payoffs and their Jacobian in the charts of the free variables; the largest marginal there.
pub(super) fn to_charts(work: &mut Work, free: &[usize], value: impl Fn(usize) -> f64) -> f64 {
    let n = free.len();
    work.charts.clear();
    work.rates.clear();
    work.gradient.clear();
    for &variable in free {
        let mut chart = Chart::new(work.bounds[variable], work.origin[variable]);
        let rate = chart.rate(value(variable), work.bounds[variable]);
        if matches!(chart, Chart::AboveLower) && work.marginal[variable] < 0.0 {
            chart = Chart::RootAboveLower;
        }
        work.charts.push(chart);
        work.rates.push(rate);
        work.gradient.push(work.marginal[variable] * rate);
    }
    work.hessian.clear();
    work.hessian.extend_from_slice(&work.jacobian);
    for i in 0..n {
        for j in 0..n {
            work.hessian[i * n + j] *= work.rates[i] * work.rates[j];
        }
        work.hessian[i * n + i] += work.charts[i].bend() * work.gradient[i];
    }
    work.gradient.iter().fold(0.0, |worst, g| worst.max(g.abs()))
}
