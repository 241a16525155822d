//! A stage whose choices are limited by rules: from inside along the central path, then Newton's method on what binds.
//!
//! Every coalition maximises its payoff plus a barrier, `μ Σ ln` of the room that each bound and rule leaves; a rule that several
//! coalitions share has one multiplier for all. Newton steps on choices and multipliers together follow the solution while the
//! barrier vanishes: this starts inside, where power responses have slopes, and needs no guess of what binds. Once that shows, the
//! first-order conditions of what is free and the rules that bind are one smooth system, which Newton's method makes exact; it
//! is also what earlier stages differentiate through. A candidate counts only where each coalition's payoff bends down along
//! everything that the binding rules leave it.

#![allow(
    clippy::needless_range_loop,
    reason = "rules, variables and their matrices are walked by the same numbers"
)]

use super::chart::{Chart, spread};
use super::induction::{Engine, Failure};
use super::linear::{Factored, ascent};
use super::plan::Variable;
use crate::equilibrium::Side;
use crate::game::Interval;
use crate::level::D2;
use crate::row::{Profile, Row, on_stack};
use crate::scalar::Scalar;

/// The most Newton steps from one start: the path takes some thirty.
const STEPS: usize = 300;
/// The share of the room to a bound or a rule that one step may use up, and how far a step may grow a distance to a bound that is
/// alone, or change a free number in units of its size.
const USED: f64 = 0.99;
const GROWTH: f64 = 20.0;
/// Where the barrier starts, as a share of what the choices' marginal payoffs are worth, from where binding rules are guessed, and
/// where it ends.
const OUTSET: f64 = 0.1;
const TELLING: f64 = 1e-2;
const VANISHED: f64 = 1e-13;
/// A multiplier that carries this share of the marginal payoffs that it balances belongs to something that binds.
const CARRIES: f64 = 0.03;
/// Newton steps on what binds.
const EXACT_STEPS: usize = 40;
/// How far inside a half-line a variable begins that is pushed away from its end, in units of its size: it grows from there.
const RELEASED: f64 = 1e-3;
/// What is left of a condition that holds but for rounding, in units of its terms.
const ROUNDING: f64 = 1e-9;
/// A gain below this share of the payoff is none.
const SAME: f64 = 1e-9;
/// Steps towards the inside, and the share of the rules' sizes that is asked for there.
const INWARDS: usize = 120;
const ROOM: f64 = 0.1;
/// Points at which one coalition's choices are looked at, and of them the best from which it starts.
const LOOKS: usize = 96;
const BEST: usize = 4;

/// Whose choices are found at a stage, everything else given.
pub(super) struct Problem {
    stage: usize,
    /// Those of the stage's variables that have room.
    pub(super) own: Row<usize>,
    bounds: Row<Interval<f64>>,
    coalitions: Row<usize>,
    /// The rules, by their numbers, and which variables each binds: a row a rule.
    pub(super) rules: Row<usize>,
    binds: Vec<bool>,
    /// Whether one coalition decides.
    one: bool,
    /// A size of each free number where nothing else tells one.
    typical: Row<f64>,
}

/// Payoffs, rules and their derivatives at a point.
#[derive(Default)]
pub(super) struct Around {
    payoffs: Row<f64>,
    /// Of each variable to its coalition, and how it moves with each variable.
    pub(super) marginals: Vec<f64>,
    pub(super) hessian: Vec<f64>,
    /// Of each rule.
    pub(super) values: Vec<f64>,
    pub(super) jacobian: Vec<f64>,
    bends: Vec<f64>,
}

/// A solution: where the variables rest, which rules bind and what their room is worth.
pub(super) struct Exact {
    pub(super) sides: Row<Side>,
    pub(super) active: Row<usize>,
    pub(super) worth: Row<f64>,
    pub(super) residual: f64,
    /// The system of the free variables and the active rules, where it is regular.
    pub(super) system: Option<Factored>,
    pub(super) free: Row<usize>,
}

/// A point with the multipliers of its rules and bounds.
struct Duals {
    rules: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Problem {
    pub(super) fn variable<'p>(&self, engine: &Engine<'p>, at: usize) -> &'p Variable {
        &engine.plan.stages[self.stage][self.own[at]]
    }

    fn coalition(&self, at: usize) -> usize {
        self.coalitions[at]
    }

    pub(super) fn binds(&self, rule: usize, at: usize) -> bool {
        self.binds[rule * self.own.len() + at]
    }

    /// What one unit of a variable's chart is.
    pub(super) fn length(&self, at: usize, value: f64) -> f64 {
        let b = self.bounds[at];
        let length = match (b.lower.is_finite(), b.upper.is_finite()) {
            (true, true) => b.upper - b.lower,
            (true, false) => value - b.lower,
            (false, true) => b.upper - value,
            (false, false) => value.abs().max(self.typical[at]),
        };
        length.max(f64::MIN_POSITIVE)
    }

    /// The first-order conditions of free variables and of the rules that bind: their Jacobian, and what is left of them, with the sign
    /// that a step has.
    pub(super) fn first_order(
        &self,
        around: &Around,
        free: &[usize],
        on: &[usize],
        worth: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let (n, size) = (self.own.len(), free.len() + on.len());
        let (mut matrix, mut step) = (vec![0.0; size * size], vec![0.0; size]);
        for (row, &i) in free.iter().enumerate() {
            step[row] = -around.marginals[i];
            for (column, &j) in free.iter().enumerate() {
                matrix[row * size + column] = around.hessian[i * n + j];
            }
            for (at, &k) in on.iter().enumerate().filter(|(_, k)| self.binds(**k, i)) {
                step[row] -= worth[k] * around.jacobian[k * n + i];
                matrix[row * size + free.len() + at] = around.jacobian[k * n + i];
                for (column, &j) in free.iter().enumerate() {
                    matrix[row * size + column] += worth[k] * around.bends[(k * n + i) * n + j];
                }
            }
        }
        for (at, &k) in on.iter().enumerate() {
            step[free.len() + at] = -around.values[k];
            for (column, &j) in free.iter().enumerate() {
                matrix[(free.len() + at) * size + column] = around.jacobian[k * n + j];
            }
        }
        (matrix, step)
    }

    /// The size of a rule's terms: how far it moves when each variable does by its length.
    pub(super) fn size(&self, rule: usize, around: &Around, lengths: &[f64]) -> f64 {
        let n = self.own.len();
        let row = &around.jacobian[rule * n..(rule + 1) * n];
        row.iter()
            .zip(lengths)
            .map(|(slope, length)| (slope * length).abs())
            .sum::<f64>()
            .max(f64::MIN_POSITIVE)
    }
}

impl Engine<'_> {
    /// Whether rules limit a stage's choices.
    pub(crate) fn limited(&self, stage: usize) -> bool {
        self.board.rules.of_stage(stage).next().is_some()
    }

    /// The stage's equilibrium near `x`: that with the same rules binding as in the last reply, else the one at the end of the
    /// path that starts there.
    pub(super) fn follow_rules(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        let problem = self.problem(stage, None, x)?;
        if self.replies[stage].known {
            let mut near: Profile = Profile::from_slice(x);
            if let Some(exact) = self.resume(&problem, &mut near)? {
                x.copy_from_slice(&near);
                return self.keep(&problem, x, exact);
            }
        }
        self.enter(&problem, x)?;
        let exact = self.path(&problem, x)?;
        self.keep(&problem, x, exact)
    }

    /// The stage's equilibrium from scratch.
    pub(super) fn search_rules(&mut self, stage: usize, x: &mut [f64]) -> Result<(), Failure> {
        let problem = self.problem(stage, None, x)?;
        if self.deep(stage) {
            return Err(Failure::NotConverged { stage, residual: f64::INFINITY });
        }
        let mut failure = Failure::NotConverged { stage, residual: f64::INFINITY };
        for start in 0..self.settings.starts.max(1) {
            self.start(stage, x, start)?;
            if let Err(error) = self.enter(&problem, x) {
                failure = error;
                continue;
            }
            if problem.one {
                match self.best(&problem, x) {
                    Ok(exact) => return self.keep(&problem, x, exact),
                    Err(error) => failure = error,
                }
                continue;
            }
            // Where somebody has a better choice, the path starts again from there, a few times over.
            for _ in 0..4 {
                let exact = match self.path(&problem, x) {
                    Ok(exact) => exact,
                    Err(error) => {
                        failure = error;
                        break;
                    }
                };
                match self.better(stage, x)? {
                    None => return self.keep(&problem, x, exact),
                    Some((coalition, gain)) => failure = Failure::NoEquilibrium { coalition, gain },
                }
            }
        }
        Err(failure)
    }

    /// Whose choices are found: all of a stage's, or those of one coalition.
    pub(super) fn problem(
        &self,
        stage: usize,
        only: Option<usize>,
        x: &mut [f64],
    ) -> Result<Problem, Failure> {
        let variables = &self.plan.stages[stage];
        let (mut own, mut bounds, mut coalitions, mut typical) =
            (Row::new(), Row::new(), Row::new(), Row::new());
        for (at, variable) in variables.iter().enumerate() {
            if only.is_some_and(|only| only != variable.coalition) {
                continue;
            }
            let b = self.bounds_at(stage, at, x)?;
            if b.lower == b.upper {
                variable.set(x, b.lower);
                continue;
            }
            own.push(at);
            bounds.push(b);
            coalitions.push(variable.coalition);
            typical.push(
                self.plan.decisions[variable.decision].typical.map_or(1.0, f64::abs).max(f64::MIN_POSITIVE),
            );
        }
        let all = &self.board.rules;
        let limits = |rule: &usize| only.is_none_or(|only| all.each[*rule].coalitions.contains(&only));
        let rules: Row<usize> = all.of_stage(stage).filter(limits).collect();
        let binds = rules
            .iter()
            .flat_map(|rule| {
                coalitions.iter().map(move |coalition| all.each[*rule].coalitions.contains(coalition))
            })
            .collect();
        let one = coalitions.windows(2).all(|pair| pair[0] == pair[1]);
        Ok(Problem { stage, own, bounds, coalitions, rules, binds, one, typical })
    }

    /// Payoffs of coalitions and values of the problem's rules at `x`, later stages replying.
    fn plain(&mut self, problem: &Problem, x: &mut [f64], around: &mut Around) -> Result<(), Failure> {
        let coalitions = self.plan.coalitions.len();
        around.payoffs.resize(coalitions, 0.0);
        let mut payoffs = std::mem::take(&mut around.payoffs);
        let outcome = self.outcome(problem.stage, x, &mut payoffs);
        around.payoffs = payoffs;
        outcome?;
        around.values.clear();
        if let Some(formula) = &self.board.rules.formula {
            let all = formula.written(&*x);
            around.values.extend(problem.rules.iter().map(|rule| all[*rule]));
        }
        Ok(())
    }

    /// The same with all first and second derivatives.
    pub(super) fn around(
        &mut self,
        problem: &Problem,
        x: &[f64],
        around: &mut Around,
    ) -> Result<(), Failure> {
        let (n, m, coalitions) = (problem.own.len(), problem.rules.len(), self.plan.coalitions.len());
        self.spent += 1;
        if self.spent > self.settings.budget {
            return Err(Failure::NotConverged { stage: problem.stage, residual: f64::INFINITY });
        }
        around.payoffs.resize(coalitions, 0.0);
        around.marginals.resize(n, 0.0);
        around.hessian.resize(n * n, 0.0);
        around.values.resize(m, 0.0);
        around.jacobian.resize(m * n, 0.0);
        around.bends.resize(m * n * n, 0.0);
        let board = self.board;
        let zero = D2::constant(0.0);
        for i in 0..n {
            for j in 0..=i {
                on_stack(x.len(), zero, |raised: &mut [D2]| {
                    raised.iter_mut().zip(x).for_each(|(to, from)| to.value.value = *from);
                    problem.variable(self, i).decisions().for_each(|d| raised[d].value.slope = 1.0);
                    problem.variable(self, j).decisions().for_each(|d| raised[d].slope.value = 1.0);
                    on_stack(coalitions, zero, |payoffs: &mut [D2]| {
                        self.outcome(problem.stage, raised, payoffs)?;
                        around.payoffs.iter_mut().zip(&*payoffs).for_each(|(to, p)| *to = p.value.value);
                        let [first, second] = [i, j].map(|at| payoffs[problem.coalition(at)]);
                        around.marginals[i] = first.value.slope;
                        around.hessian[i * n + j] = first.slope.slope;
                        around.hessian[j * n + i] = second.slope.slope;
                        Ok(())
                    })?;
                    if let Some(formula) = &board.rules.formula {
                        let all = formula.written(&*raised);
                        for (k, rule) in problem.rules.iter().enumerate() {
                            let value = all[*rule];
                            around.values[k] = value.value.value;
                            around.jacobian[k * n + i] = value.value.slope;
                            around.bends[(k * n + i) * n + j] = value.slope.slope;
                            around.bends[(k * n + j) * n + i] = value.slope.slope;
                        }
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    // ---- Inside ------------------------------------------------------------------------------------------------------

    /// Moves the problem's variables inside their bounds and rules, or as far as it goes.
    fn enter(&mut self, problem: &Problem, x: &mut [f64]) -> Result<(), Failure> {
        let n = problem.own.len();
        for at in 0..n {
            let (variable, b) = (problem.variable(self, at), problem.bounds[at]);
            let value = x[variable.decision];
            let inside = match (b.lower.is_finite(), b.upper.is_finite()) {
                (true, true) => {
                    value.clamp(b.lower + 1e-3 * (b.upper - b.lower), b.upper - 1e-3 * (b.upper - b.lower))
                }
                (true, false) if value > b.lower => value,
                (true, false) => b.lower + problem.typical[at],
                (false, true) if value < b.upper => value,
                (false, true) => b.upper - problem.typical[at],
                _ => value,
            };
            variable.set(x, inside);
        }
        let (mut around, mut trial_at) = (Around::default(), Around::default());
        let mut best: Option<(f64, usize, Profile)> = None;
        let mut damping = 1e-6;
        for _ in 0..INWARDS {
            self.around(problem, x, &mut around)?;
            let lengths = self.lengths(problem, x);
            let sizes: Vec<f64> =
                (0..around.values.len()).map(|k| problem.size(k, &around, &lengths)).collect();
            let short = |values: &[f64]| -> Vec<f64> {
                values.iter().zip(&sizes).map(|(value, size)| (ROOM - value / size).max(0.0)).collect()
            };
            let lacks = short(&around.values);
            if lacks.iter().any(|lack| lack.is_nan()) {
                return Err(Failure::NotFinite { coalition: problem.coalitions[0] });
            }
            let total = |lacks: &[f64]| lacks.iter().map(|lack| lack * lack).sum::<f64>();
            let worst = around.values.iter().enumerate().fold((0, f64::INFINITY), |worst, (k, value)| {
                let share = value / sizes[k];
                if share < worst.1 { (k, share) } else { worst }
            });
            if best.as_ref().is_none_or(|(share, ..)| worst.1 > *share) {
                best = Some((worst.1, worst.0, Profile::from_slice(x)));
            }
            if total(&lacks) == 0.0 {
                break;
            }
            // Least squares in units of the lengths, damped.
            let mut moved = false;
            for _ in 0..12 {
                let mut matrix = vec![0.0; n * n];
                let mut step = vec![0.0; n];
                for (k, lack) in lacks.iter().enumerate().filter(|(_, lack)| **lack > 0.0) {
                    let row: Vec<f64> =
                        (0..n).map(|i| around.jacobian[k * n + i] * lengths[i] / sizes[k]).collect();
                    for i in 0..n {
                        step[i] += row[i] * lack;
                        (0..n).for_each(|j| matrix[i * n + j] -= row[i] * row[j]);
                    }
                }
                (0..n).for_each(|i| matrix[i * n + i] -= damping);
                ascent(n, &matrix, &mut step);
                let mut trial: Profile = Profile::from_slice(x);
                for at in 0..n {
                    let variable = problem.variable(self, at);
                    let value = x[variable.decision];
                    variable.set(&mut trial, within(value, step[at] * lengths[at], problem.bounds[at], 1.0));
                }
                if self.plain(problem, &mut trial, &mut trial_at).is_ok()
                    && total(&short(&trial_at.values)) < total(&lacks)
                {
                    x.copy_from_slice(&trial);
                    damping = (0.1 * damping).max(1e-9);
                    moved = true;
                    break;
                }
                damping *= 10.0;
            }
            if !moved {
                break;
            }
        }
        match best {
            Some((share, rule, at)) => {
                x.copy_from_slice(&at);
                if share > 0.0 {
                    return Ok(());
                }
                self.plain(problem, x, &mut around)?;
                let violation = -around.values[rule];
                Err(Failure::Infeasible { rule: problem.rules[rule], violation })
            }
            None => Ok(()),
        }
    }

    // ---- The path ----------------------------------------------------------------------------------------------------

    /// Follows the path from a point inside to a solution.
    fn path(&mut self, problem: &Problem, x: &mut [f64]) -> Result<Exact, Failure> {
        let (n, m, stage) = (problem.own.len(), problem.rules.len(), problem.stage);
        let (mut around, mut trial_at) = (Around::default(), Around::default());
        self.around(problem, x, &mut around)?;
        let mut long = self.lengths(problem, x);
        // What the choices of each coalition are worth.
        let coalitions = self.plan.coalitions.len();
        let mut stakes = vec![0.0_f64; coalitions];
        for i in 0..n {
            let stake = &mut stakes[problem.coalition(i)];
            let bend = (around.hessian[i * n + i] * long[i] * long[i]).abs();
            *stake = stake.max((around.marginals[i] * long[i]).abs()).max(bend);
        }
        for stake in &mut stakes {
            *stake = if stake.is_finite() && *stake > 0.0 { *stake } else { 1.0 };
        }
        let of_rule: Vec<f64> = problem
            .rules
            .iter()
            .map(|rule| {
                let bound = self.board.rules.each[*rule].coalitions.iter();
                bound.map(|coalition| stakes[*coalition]).fold(f64::INFINITY, f64::min)
            })
            .collect();
        let mut share = OUTSET;
        let rooms = |x: &[f64], i: usize, engine: &Self| {
            let (value, b) = (x[problem.variable(engine, i).decision], problem.bounds[i]);
            [value - b.lower, b.upper - value]
        };
        let mut duals = Duals { rules: vec![0.0; m], lower: vec![0.0; n], upper: vec![0.0; n] };
        for i in 0..n {
            let [below, above] = rooms(x, i, self);
            let stake = share * stakes[problem.coalition(i)];
            (duals.lower[i], duals.upper[i]) = (stake / below, stake / above);
        }
        for k in 0..m {
            duals.rules[k] = share * of_rule[k] / around.values[k];
        }
        let (mut since, mut least, mut damping) = (0, f64::INFINITY, 1.0);
        for _ in 0..STEPS {
            self.iterations += usize::from(stage == 0);
            // How well the conditions hold.
            let mut error: f64 = 0.0;
            for i in 0..n {
                let mut sum = around.marginals[i] + duals.lower[i] - duals.upper[i];
                let [below, above] = rooms(x, i, self);
                let stake = stakes[problem.coalition(i)];
                for k in 0..m {
                    if problem.binds(k, i) {
                        sum += duals.rules[k] * around.jacobian[k * n + i];
                    }
                }
                error = error.max((sum * long[i]).abs() / stake);
                for (dual, room) in [(duals.lower[i], below), (duals.upper[i], above)] {
                    if room.is_finite() {
                        error = error.max((dual * room / stake - share).abs());
                    }
                }
            }
            for k in 0..m {
                error = error.max((duals.rules[k] * around.values[k] / of_rule[k] - share).abs());
            }
            since += 1;
            if error < 0.9 * least {
                (least, since) = (error, 0);
            } else if since > 8 && !problem.one {
                damping = (0.5 * damping).max(1e-3_f64);
                since = 0;
            }
            if error <= 2.0 * share || (since > 12 && problem.one) {
                if share <= TELLING {
                    let mut exact: Profile = Profile::from_slice(x);
                    if let Some(found) = self.exact(problem, &mut exact, Guess::Path(&duals, &around))? {
                        x.copy_from_slice(&exact);
                        return Ok(found);
                    }
                }
                if share <= VANISHED {
                    break;
                }
                share = (0.2 * share).min(share.powf(1.5)).max(VANISHED);
                (since, least, damping) = (0, f64::INFINITY, 1.0_f64.min(2.0 * damping));
            }
            // The step.
            let mut gradient = vec![0.0; n];
            let mut matrix = vec![0.0; n * n];
            for i in 0..n {
                let stake = share * stakes[problem.coalition(i)];
                let [below, above] = rooms(x, i, self);
                gradient[i] = around.marginals[i] + stake / below - stake / above;
                for j in 0..n {
                    matrix[i * n + j] = around.hessian[i * n + j];
                }
                matrix[i * n + i] -= duals.lower[i] / below + duals.upper[i] / above;
                for k in (0..m).filter(|k| problem.binds(*k, i)) {
                    let slope = around.jacobian[k * n + i];
                    gradient[i] += share * of_rule[k] / around.values[k] * slope;
                    for j in 0..n {
                        matrix[i * n + j] += duals.rules[k] * around.bends[(k * n + i) * n + j]
                            - duals.rules[k] / around.values[k] * slope * around.jacobian[k * n + j];
                    }
                }
            }
            if gradient.iter().chain(&matrix).any(|entry| !entry.is_finite()) {
                return Err(Failure::NotFinite { coalition: problem.coalitions[0] });
            }
            let step = self.uphill(problem, &matrix, &gradient);
            // How far it may go.
            let merit = |x: &[f64], at: &Around, engine: &Self| {
                let mut sum = at.payoffs[problem.coalitions[0]];
                for i in 0..n {
                    let stake = share * stakes[problem.coalition(i)];
                    for room in rooms(x, i, engine).into_iter().filter(|room| room.is_finite()) {
                        sum += stake * room.ln();
                    }
                }
                at.values
                    .iter()
                    .zip(&of_rule)
                    .fold(sum, |sum, (value, stake)| sum + share * stake * value.ln())
            };
            let here = merit(x, &around, self);
            let rise: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
            let mut length = damping;
            let mut taken = false;
            for _ in 0..40 {
                let mut trial: Profile = Profile::from_slice(x);
                for i in 0..n {
                    let variable = problem.variable(self, i);
                    let to =
                        within(x[variable.decision], length * step[i], problem.bounds[i], problem.typical[i]);
                    variable.set(&mut trial, to);
                }
                let inside = self.plain(problem, &mut trial, &mut trial_at).is_ok()
                    && trial_at
                        .values
                        .iter()
                        .zip(&around.values)
                        .all(|(to, from)| *to >= (1.0 - USED) * from)
                    && trial_at.payoffs.iter().all(|payoff| payoff.is_finite());
                let rounding = 1e-13 * here.abs().max(stakes[problem.coalitions[0]]);
                let good = inside
                    && (!problem.one
                        || merit(&trial, &trial_at, self) >= here + 1e-4 * length * rise - rounding);
                if good {
                    for i in 0..n {
                        let decision = problem.variable(self, i).decision;
                        let moved = trial[decision] - x[decision];
                        let [below, above] = rooms(x, i, self);
                        let stake = share * stakes[problem.coalition(i)];
                        let change = stake / below - duals.lower[i] - duals.lower[i] / below * moved;
                        duals.lower[i] = (duals.lower[i] + change).max((1.0 - USED) * duals.lower[i]);
                        let change = stake / above - duals.upper[i] + duals.upper[i] / above * moved;
                        duals.upper[i] = (duals.upper[i] + change).max((1.0 - USED) * duals.upper[i]);
                    }
                    for k in 0..m {
                        let moved: f64 = (0..n)
                            .map(|i| {
                                let decision = problem.variable(self, i).decision;
                                around.jacobian[k * n + i] * (trial[decision] - x[decision])
                            })
                            .sum();
                        let (dual, value) = (duals.rules[k], around.values[k]);
                        let change = share * of_rule[k] / value - dual - dual / value * moved;
                        duals.rules[k] = (dual + change).max((1.0 - USED) * dual);
                    }
                    x.copy_from_slice(&trial);
                    taken = true;
                    break;
                }
                length *= 0.5;
            }
            if !taken {
                // The barrier's top to rounding, or a kink: nothing better is near.
                since = 13;
                if !problem.one || share <= VANISHED {
                    break;
                }
                share = (0.2 * share).max(VANISHED);
            }
            self.around(problem, x, &mut around)?;
            long = self.lengths(problem, x);
            for i in 0..n {
                let (value, b) = (x[problem.variable(self, i).decision], problem.bounds[i]);
                let far = super::search::AWAY * problem.typical[i].max(1.0);
                if value.abs() > far && !(b.lower.is_finite() && b.upper.is_finite()) {
                    return Err(Failure::Unbounded { stage, variable: problem.own[i], value });
                }
            }
            // Multipliers that have lost touch with the barrier are brought back.
            for i in 0..n {
                let [below, above] = rooms(x, i, self);
                let stake = share * stakes[problem.coalition(i)];
                duals.lower[i] = in_touch(duals.lower[i], stake / below);
                duals.upper[i] = in_touch(duals.upper[i], stake / above);
            }
            for k in 0..m {
                duals.rules[k] = in_touch(duals.rules[k], share * of_rule[k] / around.values[k]);
            }
        }
        // Where the path gets lost, what seems to bind may still be what does.
        let mut exact: Profile = Profile::from_slice(x);
        if let Some(found) = self.exact(problem, &mut exact, Guess::Path(&duals, &around))? {
            x.copy_from_slice(&exact);
            return Ok(found);
        }
        Err(Failure::NotConverged { stage, residual: least })
    }

    /// A Newton step where every coalition's own problem bends down, else one by which each climbs.
    fn uphill(&self, problem: &Problem, matrix: &[f64], gradient: &[f64]) -> Vec<f64> {
        let n = gradient.len();
        let mut step = gradient.to_vec();
        if problem.one {
            // The same for both triangles, whatever rounding made of them.
            let even: Vec<f64> =
                (0..n * n).map(|at| 0.5 * (matrix[at] + matrix[at % n * n + at / n])).collect();
            ascent(n, &even, &mut step);
            return step;
        }
        let mut concave = true;
        let mut coalitions = problem.coalitions.clone();
        coalitions.sort_unstable();
        coalitions.dedup();
        for coalition in coalitions {
            let own: Row<usize> = (0..n).filter(|at| problem.coalitions[*at] == coalition).collect();
            let block: Vec<f64> = own
                .iter()
                .flat_map(|i| own.iter().map(move |j| 0.5 * (matrix[i * n + j] + matrix[j * n + i])))
                .collect();
            let mut part: Vec<f64> = own.iter().map(|i| gradient[*i]).collect();
            concave &= ascent(own.len(), &block, &mut part);
            own.iter().zip(part).for_each(|(i, part)| step[*i] = part);
        }
        let mut system = Factored::default();
        if concave && system.factor(n, matrix) {
            let mut newton: Vec<f64> = gradient.iter().map(|g| -g).collect();
            system.solve(&mut newton);
            if newton.iter().all(|s| s.is_finite()) {
                return newton;
            }
        }
        step
    }

    // ---- What binds --------------------------------------------------------------------------------------------------

    /// The solution with the same variables at rest and the same rules binding as in the last reply, from `x`; none where they
    /// differ.
    fn resume(&mut self, problem: &Problem, x: &mut [f64]) -> Result<Option<Exact>, Failure> {
        let reply = &self.replies[problem.stage];
        let (sides, active, worth) = (reply.sides.clone(), reply.active.clone(), reply.worth.clone());
        self.exact(problem, x, Guess::Reply(&sides, &active, &worth))
    }

    /// Newton's method on the first-order conditions of free variables and the rules that bind, from a guess of which do; what
    /// does not hold changes the guess. None where that leads nowhere.
    fn exact(
        &mut self,
        problem: &Problem,
        x: &mut [f64],
        guess: Guess<'_>,
    ) -> Result<Option<Exact>, Failure> {
        let (n, m) = (problem.own.len(), problem.rules.len());
        let mut sides: Vec<Side> = vec![Side::Free; n];
        let mut active = vec![false; m];
        let mut worth = vec![0.0; m];
        match guess {
            Guess::Path(duals, around) => {
                for i in 0..n {
                    // Where a payoff has its top the marginal vanishes, and how it bends tells the scale.
                    let length = problem.length(i, x[problem.variable(self, i).decision]);
                    let mut size = around.marginals[i].abs().max((around.hessian[i * n + i] * length).abs());
                    for k in (0..m).filter(|k| problem.binds(*k, i)) {
                        size = size.max((duals.rules[k] * around.jacobian[k * n + i]).abs());
                    }
                    size = size.max(duals.lower[i]).max(duals.upper[i]);
                    if duals.lower[i] > CARRIES * size {
                        sides[i] = Side::Lower;
                    } else if duals.upper[i] > CARRIES * size {
                        sides[i] = Side::Upper;
                    }
                    for k in (0..m).filter(|k| problem.binds(*k, i)) {
                        active[k] |= (duals.rules[k] * around.jacobian[k * n + i]).abs() > CARRIES * size;
                    }
                }
                worth.copy_from_slice(&duals.rules);
            }
            Guess::Reply(known, rules, worths) => {
                problem.own.iter().zip(&mut sides).for_each(|(at, side)| *side = known[*at]);
                for (rule, value) in rules.iter().zip(worths) {
                    if let Some(k) = problem.rules.iter().position(|other| other == rule) {
                        (active[k], worth[k]) = (true, *value);
                    }
                }
            }
        }
        let mut around = Around::default();
        for _ in 0..3 + 2 * (n + m) {
            let free: Row<usize> = (0..n).filter(|i| sides[*i] == Side::Free).collect();
            let on: Row<usize> = (0..m).filter(|k| active[*k]).collect();
            if on.len() > free.len() {
                return Ok(None);
            }
            for i in 0..n {
                let b = problem.bounds[i];
                match sides[i] {
                    Side::Lower => problem.variable(self, i).set(x, b.lower),
                    Side::Upper => problem.variable(self, i).set(x, b.upper),
                    _ => {}
                }
            }
            let size = free.len() + on.len();
            let mut system = Factored::default();
            let (mut before, mut arrived, mut crossed) = (f64::INFINITY, false, None);
            for _ in 0..EXACT_STEPS {
                self.around(problem, x, &mut around)?;
                let (matrix, mut step) = problem.first_order(&around, &free, &on, &worth);
                if !system.factor(size, &matrix) {
                    return Ok(None);
                }
                system.solve(&mut step);
                if step.iter().any(|s| !s.is_finite()) {
                    return Ok(None);
                }
                let mut longest: f64 = 0.0;
                let mut past: Option<(f64, usize, Side)> = None;
                for (&i, s) in free.iter().zip(&step) {
                    let (value, b) = (x[problem.variable(self, i).decision], problem.bounds[i]);
                    let length = problem.length(i, value);
                    longest = longest.max(s.abs() / length);
                    let (room, side) = if *s < 0.0 {
                        (value - b.lower, Side::Lower)
                    } else {
                        (b.upper - value, Side::Upper)
                    };
                    let crosses = s.abs() >= room;
                    if crosses && past.is_none_or(|(share, ..)| room / s.abs() < share) {
                        past = Some((room / s.abs(), i, side));
                    }
                }
                let close = self.settings.tolerance;
                if past.is_none() && (longest <= close || (longest <= 1e-8 && longest > 0.3 * before)) {
                    move_by(self, problem, x, &free, &step, 1.0);
                    on.iter().zip(&step[free.len()..]).for_each(|(k, s)| worth[*k] += s);
                    arrived = true;
                    break;
                }
                // A half-line's end is met by many steps: one that leads past it may lead back.
                if let Some((share, i, side)) = past
                    && (share < 1e-2 || longest < 0.5)
                {
                    crossed = Some((i, side));
                    break;
                }
                if longest > 1e3 {
                    return Ok(None);
                }
                if let Some((share, ..)) = past {
                    move_by(self, problem, x, &free, &step, 0.9 * share);
                } else {
                    move_by(self, problem, x, &free, &step, (0.9_f64 / longest).min(1.0));
                }
                let share = past.map_or((0.9_f64 / longest).min(1.0), |(share, ..)| 0.9 * share);
                on.iter().zip(&step[free.len()..]).for_each(|(k, s)| worth[*k] += share * s);
                before = longest;
            }
            if let Some((i, side)) = crossed {
                sides[i] = side;
                continue;
            }
            if !arrived {
                return Ok(None);
            }
            self.around(problem, x, &mut around)?;
            let lengths = self.lengths(problem, x);
            // A rule that is broken binds, one that holds back nobody does not, a variable that is pushed inwards is free.
            let broken = (0..m)
                .filter(|k| !active[*k])
                .map(|k| (around.values[k] / problem.size(k, &around, &lengths), k));
            if let Some((_, k)) =
                broken.filter(|(value, _)| *value < -1e-12).min_by(|a, b| a.0.total_cmp(&b.0))
            {
                (active[k], worth[k]) = (true, 0.0);
                continue;
            }
            let scale = |k: usize| {
                let each = (0..n).filter(|i| problem.binds(k, *i) && around.jacobian[k * n + i] != 0.0);
                each.map(|i| (around.marginals[i] / around.jacobian[k * n + i]).abs()).fold(0.0, f64::max)
            };
            if let Some(&k) = on.iter().find(|k| worth[**k] < -ROUNDING * scale(**k)) {
                (active[k], worth[k]) = (false, 0.0);
                continue;
            }
            let push = |i: usize| {
                let rules = on.iter().filter(|k| problem.binds(**k, i));
                rules.fold(around.marginals[i], |sum, k| sum + worth[*k] * around.jacobian[k * n + i])
            };
            // An infinite slope at an end: nobody rests there.
            if (0..n).any(|i| sides[i] != Side::Free && !push(i).is_finite()) {
                return Ok(None);
            }
            let inwards = (0..n).find(|&i| match sides[i] {
                Side::Lower => push(i) > ROUNDING * around.marginals[i].abs(),
                Side::Upper => push(i) < -ROUNDING * around.marginals[i].abs(),
                _ => false,
            });
            if let Some(i) = inwards {
                // In the chart of a half-line nothing moves from its end: it begins inside.
                let (variable, b) = (problem.variable(self, i), problem.bounds[i]);
                match (sides[i], b.lower.is_finite() && b.upper.is_finite()) {
                    (Side::Lower, false) => variable.set(x, b.lower + RELEASED * problem.typical[i]),
                    (Side::Upper, false) => variable.set(x, b.upper - RELEASED * problem.typical[i]),
                    _ => {}
                }
                sides[i] = Side::Free;
                continue;
            }
            if !self.bends_down(problem, &around, &free, &on, &worth, &lengths) {
                return Ok(None);
            }
            let payoff = around.payoffs.iter().fold(0.0, |most: f64, payoff| most.max(payoff.abs()));
            let residual = free.iter().map(|&i| (push(i) * lengths[i]).abs()).fold(0.0, f64::max);
            let mut all: Row<Side> = Row::from_elem(Side::Lower, self.plan.stages[problem.stage].len());
            problem.own.iter().zip(&sides).for_each(|(at, side)| all[*at] = *side);
            let strict = on.iter().all(|k| worth[*k] > ROUNDING * scale(*k));
            return Ok(Some(Exact {
                sides: all,
                active: on.iter().map(|k| problem.rules[*k]).collect(),
                worth: on.iter().map(|k| worth[*k]).collect(),
                residual: residual / payoff.max(f64::MIN_POSITIVE),
                system: strict.then_some(system),
                free: free.iter().map(|i| problem.own[*i]).collect(),
            }));
        }
        Ok(None)
    }

    /// Whether every coalition's payoff bends down along what the binding rules leave it: with a great weight on them.
    fn bends_down(
        &self,
        problem: &Problem,
        around: &Around,
        free: &[usize],
        on: &[usize],
        worth: &[f64],
        lengths: &[f64],
    ) -> bool {
        let n = problem.own.len();
        let mut coalitions: Row<usize> = free.iter().map(|i| problem.coalition(*i)).collect();
        coalitions.sort_unstable();
        coalitions.dedup();
        coalitions.into_iter().all(|coalition| {
            let own: Row<usize> =
                free.iter().copied().filter(|i| problem.coalition(*i) == coalition).collect();
            let on: Row<usize> = on.iter().copied().filter(|k| problem.binds(*k, own[0])).collect();
            let size = own.len();
            let mut matrix: Vec<f64> = Vec::with_capacity(size * size);
            for &i in &own {
                for &j in &own {
                    let bend = |k: &usize| worth[*k] * around.bends[(k * n + i) * n + j];
                    let sum = around.hessian[i * n + j] + on.iter().map(bend).sum::<f64>();
                    matrix.push(sum * lengths[i] * lengths[j]);
                }
            }
            let most = matrix.iter().fold(f64::MIN_POSITIVE, |most: f64, h| most.max(h.abs()));
            for &k in &on {
                let norm =
                    own.iter().map(|i| (around.jacobian[k * n + i] * lengths[*i]).powi(2)).sum::<f64>();
                if norm == 0.0 {
                    continue;
                }
                for (row, &i) in own.iter().enumerate() {
                    for (column, &j) in own.iter().enumerate() {
                        let product = around.jacobian[k * n + i] * around.jacobian[k * n + j];
                        matrix[row * size + column] -= 1e6 * most * product * lengths[i] * lengths[j] / norm;
                    }
                }
            }
            // What is flat but for rounding is no minimum.
            (0..size).for_each(|at| matrix[at * size + at] -= 1e-10 * most);
            ascent(size, &matrix, &mut vec![1.0; size])
        })
    }

    /// Makes a solution the stage's reply.
    pub(super) fn keep(&mut self, problem: &Problem, x: &[f64], exact: Exact) -> Result<(), Failure> {
        let stage = problem.stage;
        let (earlier, own) = (self.earlier(stage), &self.plan.stages[stage]);
        let reply = &mut self.replies[stage];
        earlier.zip(&mut reply.to).for_each(|(v, to)| *to = x[v.decision]);
        own.iter().zip(&mut reply.values).for_each(|(v, value)| *value = x[v.decision]);
        let Exact { sides, active, worth, residual, system, free } = exact;
        reply.smooth = system.is_some();
        reply.system = system.unwrap_or_default();
        (reply.sides, reply.active, reply.worth, reply.free) = (sides, active, worth, free);
        (reply.known, reply.rough, reply.slopes_known, reply.residual) = (true, false, false, residual);
        Ok(())
    }

    // ---- Everywhere --------------------------------------------------------------------------------------------------

    /// One coalition's best choice, from a point inside: the best of what the paths from there and from the best points of a look
    /// around lead to.
    fn best(&mut self, problem: &Problem, x: &mut [f64]) -> Result<Exact, Failure> {
        let inside: Profile = Profile::from_slice(x);
        let coalition = problem.coalitions[0];
        let mut starts: Vec<(f64, Profile)> = vec![(f64::INFINITY, inside.clone())];
        starts.extend(self.look_around(problem, &inside)?);
        let mut best: Option<(f64, Profile, Exact)> = None;
        let mut failure = Failure::NotConverged { stage: problem.stage, residual: f64::INFINITY };
        for (_, mut at) in starts {
            match self.path(problem, &mut at) {
                Ok(exact) => {
                    let payoff = self.payoff(problem.stage, coalition, &mut at)?;
                    if self.inside(&at)
                        && best.as_ref().is_none_or(|(most, ..)| payoff > most + SAME * most.abs())
                    {
                        best = Some((payoff, at, exact));
                    }
                }
                Err(error) => failure = error,
            }
        }
        let (_, at, exact) = best.ok_or(failure)?;
        x.copy_from_slice(&at);
        Ok(exact)
    }

    /// The best points of a look over one coalition's choices: along rays from a point inside, up to the rules.
    fn look_around(&mut self, problem: &Problem, inside: &[f64]) -> Result<Vec<(f64, Profile)>, Failure> {
        let n = problem.own.len();
        let coalition = problem.coalitions[0];
        let mut around = Around::default();
        let mut seen: Vec<(f64, Profile)> = Vec::new();
        let subsets = if n <= 5 { 1_usize << n } else { 0 };
        for look in 0..LOOKS + subsets {
            let mut far: Profile = Profile::from_slice(inside);
            for i in 0..n {
                let (variable, b) = (problem.variable(self, i), problem.bounds[i]);
                let value = inside[variable.decision];
                let chart = Chart::new(b, problem.typical[i]);
                let to = match look.checked_sub(LOOKS) {
                    None => chart.spread(0.01 + 0.98 * spread(look, i), value, b),
                    // All that can be had of some, next to nothing of the others.
                    Some(subset) if subset >> i & 1 == 1 => chart.spread(0.999, value, b),
                    Some(_) => chart.spread(0.001, value, b),
                };
                variable.set(&mut far, to);
            }
            // As far along the way as the rules allow, by halves, and three quarters of that.
            let (mut lo, mut hi) = (0.0, 1.0);
            // What becomes less does so first, where that is allowed: a budget goes to the others.
            let mut base: Profile = Profile::from_slice(inside);
            let mut point = |engine: &mut Self, base: &Profile, share: f64| {
                let mut at: Profile = base.clone();
                for i in 0..n {
                    let variable = problem.variable(engine, i);
                    let from = base[variable.decision];
                    variable.set(&mut at, from + share * (far[variable.decision] - from));
                }
                let fits = engine.plain(problem, &mut at, &mut around).is_ok()
                    && around.values.iter().all(|value| *value > 0.0);
                (fits, around.payoffs.get(coalition).copied().unwrap_or(f64::NAN), at)
            };
            for i in 0..n {
                let variable = problem.variable(self, i);
                variable.set(&mut base, inside[variable.decision].min(far[variable.decision]));
            }
            if !point(self, &base, 0.0).0 {
                base.copy_from_slice(inside);
            }
            if !point(self, &base, 1.0).0 {
                for _ in 0..24 {
                    let middle = 0.5 * (lo + hi);
                    if point(self, &base, middle).0 { lo = middle } else { hi = middle }
                }
            } else {
                lo = 1.0;
            }
            for share in [0.97 * lo, 0.5 * lo] {
                let (fits, payoff, at) = point(self, &base, share);
                if fits && payoff.is_finite() {
                    seen.push((payoff, at));
                }
            }
        }
        seen.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Vec<(f64, Profile)> = Vec::new();
        for (payoff, at) in seen {
            let same = |other: &Profile| {
                (0..n).all(|i| {
                    let decision = problem.variable(self, i).decision;
                    let length = problem.length(i, other[decision]);
                    (at[decision] - other[decision]).abs() < 0.3 * length
                })
            };
            if best.iter().any(|(_, other)| same(other)) {
                continue;
            }
            best.push((payoff, at));
            if best.len() == BEST {
                break;
            }
        }
        Ok(best)
    }

    /// Looks for a coalition that has a better choice at an equilibrium candidate of several; where one is found, `x` holds it.
    pub(super) fn better(&mut self, stage: usize, x: &mut [f64]) -> Result<Option<(usize, f64)>, Failure> {
        let mut coalitions: Row<usize> = self.plan.stages[stage].iter().map(|v| v.coalition).collect();
        coalitions.sort_unstable();
        coalitions.dedup();
        for coalition in coalitions {
            let mut at: Profile = Profile::from_slice(x);
            let problem = self.problem(stage, Some(coalition), &mut at)?;
            if problem.own.is_empty() {
                continue;
            }
            let has = self.payoff(stage, coalition, &mut at)?;
            if self.enter(&problem, &mut at).is_err() || self.best(&problem, &mut at).is_err() {
                continue;
            }
            let found = self.payoff(stage, coalition, &mut at)?;
            let gain = found - has;
            if gain > 1e-7 * self.scale(coalition, has, x) && self.inside(&at) {
                // Everybody's choices inside again, from there.
                let all = self.problem(stage, None, &mut at)?;
                self.enter(&all, &mut at)?;
                x.copy_from_slice(&at);
                return Ok(Some((coalition, gain)));
            }
        }
        Ok(None)
    }
}

/// What is thought to bind.
enum Guess<'g> {
    Path(&'g Duals, &'g Around),
    Reply(&'g [Side], &'g [usize], &'g [f64]),
}

/// Where a step leads from `value`: never to a bound, nor far beyond what is known.
fn within(value: f64, step: f64, b: Interval<f64>, typical: f64) -> f64 {
    let (below, above) = (value - b.lower, b.upper - value);
    let mut step = step.clamp(-USED * below, USED * above);
    let far = match (below.is_finite(), above.is_finite()) {
        (true, true) => return value + step,
        (true, false) => GROWTH * below,
        (false, true) => GROWTH * above,
        (false, false) => GROWTH * value.abs().max(typical),
    };
    step = step.clamp(-far, far);
    value + step
}

/// A multiplier not too far from what the barrier makes of it.
fn in_touch(dual: f64, central: f64) -> f64 {
    dual.clamp(1e-4 * central, 1e4 * central)
}

/// Moves the free variables of a problem by a share of a step.
fn move_by(engine: &Engine<'_>, problem: &Problem, x: &mut [f64], free: &[usize], step: &[f64], share: f64) {
    for (&i, step) in free.iter().zip(step) {
        let (variable, b) = (problem.variable(engine, i), problem.bounds[i]);
        variable.set(x, (x[variable.decision] + share * step).clamp(b.lower, b.upper));
    }
}
