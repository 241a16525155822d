//! Through a stage whose choices are limited by rules: what the equilibrium there is as a function of what was decided before.
//!
//! The rules that bind stand beside the first-order conditions of the free variables, their multipliers beside the choices: one
//! smooth system, differentiated like that of a stage without rules.

use super::complementarity::{Around, Exact, Problem};
use super::induction::{Engine, Failure};
use super::linear::Factored;
use crate::equilibrium::Side;
use crate::level::{D1, Level};
use crate::row::{Row, on_stack};
use crate::scalar::Scalar;

/// Newton steps that round off a profile which is an equilibrium to some digits.
const ROUND_OFF: usize = 3;

impl Engine<'_> {
    /// A variable's marginal payoff and what the rules that bind its coalition add, these being worth so much, at any level.
    pub(super) fn rule_condition<T: Level>(
        &mut self,
        (stage, variable): (usize, usize),
        x: &[T],
        worth: &[T],
    ) -> Result<T, Failure> {
        let board = self.board;
        let chosen = &self.plan.stages[stage][variable];
        let zero = T::Up::constant(0.0);
        on_stack(x.len(), zero, |raised: &mut [T::Up]| {
            raised.iter_mut().zip(x).for_each(|(to, from)| *to = from.raise(0.0));
            chosen.decisions().for_each(|d| raised[d] = x[d].raise(1.0));
            let marginal = on_stack(self.plan.coalitions.len(), zero, |payoffs: &mut [T::Up]| {
                self.outcome(stage, raised, payoffs)?;
                Ok(T::fall(payoffs[chosen.coalition]))
            })?;
            let Some(formula) = &board.rules.formula else { return Ok(marginal) };
            let rules = formula.written(&*raised);
            let bound = self.replies[stage]
                .active
                .iter()
                .zip(worth)
                .filter(|(rule, _)| board.rules.each[**rule].coalitions.contains(&chosen.coalition));
            Ok(bound.fold(marginal, |sum, (rule, worth)| sum + *worth * T::fall(rules[*rule])))
        })
    }

    /// The conditions of a limited stage's reply at any level: of the free variables, then of the rules that bind.
    fn rule_conditions<T: Level>(
        &mut self,
        stage: usize,
        x: &[T],
        worth: &[T],
        out: &mut [T],
    ) -> Result<(), Failure> {
        let board = self.board;
        let Some(formula) = &board.rules.formula else { return Ok(()) };
        let (free, active) = (self.replies[stage].free.clone(), self.replies[stage].active.clone());
        for (at, &variable) in free.iter().enumerate() {
            out[at] = self.rule_condition((stage, variable), x, worth)?;
        }
        on_stack(x.len(), T::constant(0.0), |all: &mut [T]| {
            all.copy_from_slice(x);
            self.reply(stage + 1, all)?;
            let rules = formula.written(&*all);
            active.iter().zip(&mut out[free.len()..]).for_each(|(rule, out)| *out = rules[*rule]);
            Ok(())
        })
    }

    /// Newton steps on choices and multipliers together: each makes one more order of the dual parts exact.
    pub(super) fn lift_rules<T: Level>(&mut self, stage: usize, x: &mut [T]) -> Result<(), Failure> {
        let plan = self.plan;
        self.follow_bounds(stage, x);
        let (free, bound) = (self.replies[stage].free.clone(), self.replies[stage].active.len());
        if free.is_empty() {
            return Ok(());
        }
        if !self.replies[stage].smooth {
            return Err(Failure::Kink { stage });
        }
        let mut worth: Row<T> = self.replies[stage].worth.iter().map(|worth| T::constant(*worth)).collect();
        on_stack(free.len() + bound, T::constant(0.0), |step: &mut [T]| {
            for _ in 0..T::ORDER {
                self.rule_conditions(stage, x, &worth, step)?;
                self.replies[stage].system.solve(step);
                for (&at, step) in free.iter().zip(&*step) {
                    let variable = &plan.stages[stage][at];
                    let to = x[variable.decision] - *step;
                    variable.set(x, to);
                }
                worth.iter_mut().zip(&step[free.len()..]).for_each(|(worth, step)| *worth = *worth - *step);
            }
            Ok(())
        })
    }

    /// The rules of a stage, each with the room that it leaves and the size of its terms.
    pub(super) fn rooms(&mut self, stage: usize, x: &mut [f64]) -> Result<Vec<(usize, f64, f64)>, Failure> {
        let problem = self.problem(stage, None, x)?;
        let mut around = Around::default();
        self.around(&problem, x, &mut around)?;
        let lengths = self.lengths(&problem, x);
        let room = |(k, rule): (usize, &usize)| (*rule, around.values[k], problem.size(k, &around, &lengths));
        Ok(problem.rules.iter().enumerate().map(room).collect())
    }

    /// What one unit of each variable's chart is.
    pub(super) fn lengths(&self, problem: &Problem, x: &[f64]) -> Vec<f64> {
        (0..problem.own.len()).map(|at| problem.length(at, x[problem.variable(self, at).decision])).collect()
    }

    /// Makes what is in `x`, rounded off by Newton steps, the reply of a limited stage, with these active bounds and rules. What has no
    /// effect on anything is idle.
    pub(super) fn rest_on_rules(
        &mut self,
        stage: usize,
        x: &mut [f64],
        sides: &[Side],
        active: &[usize],
    ) -> Result<(), Failure> {
        let problem = self.problem(stage, None, x)?;
        let (n, m) = (problem.own.len(), problem.rules.len());
        let mut around = Around::default();
        self.around(&problem, x, &mut around)?;
        let mut all: Row<Side> = Row::from_slice(sides);
        let on: Row<usize> = (0..m).filter(|k| active.contains(&problem.rules[*k])).collect();
        for (at, &variable) in problem.own.iter().enumerate() {
            let moves = |k: &usize| problem.binds(*k, at) && around.jacobian[*k * n + at] != 0.0;
            let idle = around.marginals[at] == 0.0
                && around.hessian[at * n..(at + 1) * n].iter().all(|bend| *bend == 0.0)
                && !(0..m).any(|k| moves(&k));
            if idle && all[variable] == Side::Free {
                all[variable] = Side::Idle;
            }
        }
        let free: Row<usize> = (0..n).filter(|at| all[problem.own[*at]] == Side::Free).collect();
        let mut system = Factored::default();
        let mut worth = vec![0.0; m];
        let carried: Vec<f64> = free.iter().map(|i| around.marginals[*i]).collect();
        let rows = |around: &Around| -> Vec<Vec<f64>> {
            let slope =
                |k: usize, i: usize| if problem.binds(k, i) { around.jacobian[k * n + i] } else { 0.0 };
            on.iter().map(|&k| free.iter().map(|&i| slope(k, i)).collect()).collect()
        };
        let balance = balance(&rows(&around), &carried).ok_or(Failure::Kink { stage })?;
        on.iter().zip(&balance).for_each(|(k, value)| worth[*k] = *value);
        let mut regular = free.is_empty() && on.is_empty();
        for _ in 0..if free.is_empty() { 0 } else { ROUND_OFF } {
            let (matrix, mut step) = problem.first_order(&around, &free, &on, &worth);
            regular = system.factor(step.len(), &matrix);
            if !regular {
                break;
            }
            system.solve(&mut step);
            for (&i, step) in free.iter().zip(&step) {
                let variable = problem.variable(self, i);
                variable.set(x, x[variable.decision] + step);
            }
            on.iter().zip(&step[free.len()..]).for_each(|(k, step)| worth[*k] += step);
            self.around(&problem, x, &mut around)?;
        }
        let exact = Exact {
            sides: all,
            active: on.iter().map(|k| problem.rules[*k]).collect(),
            worth: on.iter().map(|k| worth[*k]).collect(),
            residual: 0.0,
            system: regular.then_some(system),
            free: free.iter().map(|i| problem.own[*i]).collect(),
        };
        self.keep(&problem, x, exact)
    }

    /// What the binding rules of a stage are worth, as numbers that move as `x` does.
    pub(super) fn worths(&mut self, stage: usize, x: &[D1]) -> Result<Row<D1>, Failure> {
        let (free, active) = (self.replies[stage].free.clone(), self.replies[stage].active.clone());
        let mut worth: Row<D1> = self.replies[stage].worth.iter().map(|worth| D1::constant(*worth)).collect();
        let mut carried = Vec::with_capacity(free.len());
        for &variable in &free {
            carried.push(self.rule_condition((stage, variable), x, &worth)?.slope);
        }
        let mut rows = vec![vec![0.0; free.len()]; active.len()];
        for (column, &variable) in free.iter().enumerate() {
            let chosen = &self.plan.stages[stage][variable];
            let mut moved: Vec<D1> = x.iter().map(|number| D1::constant(number.value)).collect();
            chosen.decisions().for_each(|d| moved[d].slope = 1.0);
            self.reply(stage + 1, &mut moved)?;
            let Some(formula) = &self.board.rules.formula else { continue };
            let rules = formula.written(&moved);
            for (row, rule) in rows.iter_mut().zip(&active) {
                if self.board.rules.each[*rule].coalitions.contains(&chosen.coalition) {
                    row[column] = rules[*rule].slope;
                }
            }
        }
        let slopes = balance(&rows, &carried).ok_or(Failure::Kink { stage })?;
        worth.iter_mut().zip(slopes).for_each(|(worth, slope)| worth.slope = slope);
        Ok(worth)
    }

    /// The room that a rule leaves, as a number that moves as `x` does.
    pub(super) fn room(&mut self, stage: usize, rule: usize, x: &[D1]) -> Result<D1, Failure> {
        let mut all = x.to_vec();
        self.reply(stage + 1, &mut all)?;
        let values = self.board.rules.formula.as_ref().map(|formula| formula.written(&all));
        Ok(values.map_or(D1::constant(0.0), |values| values[rule]))
    }
}

/// The multipliers whose rows add up to minus what is carried, by least squares; none where rows hang together.
fn balance(rows: &[Vec<f64>], carried: &[f64]) -> Option<Vec<f64>> {
    let count = rows.len();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let matrix: Vec<f64> =
        rows.iter().flat_map(|row| rows.iter().map(move |other| dot(row, other))).collect();
    let mut multipliers: Vec<f64> = rows.iter().map(|row| -dot(row, carried)).collect();
    let mut system = Factored::default();
    if count > 0 && !system.factor(count, &matrix) {
        return None;
    }
    if count > 0 {
        system.solve(&mut multipliers);
    }
    Some(multipliers)
}
