//! Derivatives of an equilibrium in the parameters of its game.
//!
//! A parameter is a decision that nature takes before everybody else. The engine differentiates replies exactly in whatever
//! was decided before: with the parameters as the decisions of a first stage of their own, sensitivities of an equilibrium are
//! derivatives of a reply like any other. Stage 0 is nature's, the game's own stages follow, and the first of these replies on
//! dual numbers that move along a parameter. A parameter is an input of the recorded formulas as a decision is.

use super::board::Board;
use super::found::{explain, fits};
use super::induction::{Engine, Failure};
use super::plan::{Plan, Role, STAGE_LIMIT, Variable};
use crate::dual::Dual;
use crate::equilibrium::Side;
use crate::error::SolveError;
use crate::level::{D1, D2, Level};
use crate::recorded::{Recorded, Seat};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A multiplier or a distance from a bound below this share of its scale is none.
const WEAK: f64 = 1e-9;
/// A given equilibrium may be this far off, as a share of each decision's scale.
const OFF: f64 = 1e-5;
/// Derivatives that differ by less than this share are the same.
const SAME: f64 = 1e-7;
/// No number moves by this many per cent when a parameter moves by one.
const STEEP: f64 = 1e10;
/// Most decisions that may rest weakly on their bounds at once: each doubles the active sets to be tried.
const MOST_WEAK: usize = 8;

/// First derivatives from the left and from the right: a row a decision or a payoff, a column a parameter.
pub(crate) struct FirstOrder {
    pub(crate) decisions: Vec<Vec<[f64; 2]>>,
    pub(crate) payoffs: Vec<Vec<[f64; 2]>>,
}

/// Second derivatives: a row a decision or a payoff, a column a pair of parameters, in the order of [`pairs`].
pub(crate) struct SecondOrder {
    pub(crate) decisions: Vec<Vec<f64>>,
    pub(crate) payoffs: Vec<Vec<f64>>,
}

/// The pairs of `count` parameters, each once, the first not after the second.
pub(crate) fn pairs(count: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..count).flat_map(move |second| (0..=second).map(move |first| [first, second]))
}

/// An equilibrium that is to be differentiated: of which game, under which rules, at which profile.
pub(crate) struct Given<'s> {
    pub(crate) game: &'s Recorded,
    pub(crate) structure: &'s Structure<Seat>,
    pub(crate) profile: &'s [f64],
    /// Whether it stands on a kink.
    pub(crate) at_kink: bool,
}

/// The first derivatives of an equilibrium in all parameters.
pub(crate) fn first_order(given: &Given<'_>) -> Result<FirstOrder, SolveError> {
    if given.game.parameters.is_empty() {
        // Nature has nothing to decide.
        let rows = |count: usize| vec![Vec::new(); count];
        let (decisions, payoffs) = (rows(given.profile.len()), rows(given.game.players.len()));
        return Ok(FirstOrder { decisions, payoffs });
    }
    at_solution(given, 1, |point, weak| point.first_order(weak))
}

/// The second derivatives of an equilibrium in all pairs of parameters.
pub(crate) fn second_order(given: &Given<'_>) -> Result<SecondOrder, SolveError> {
    if given.game.parameters.is_empty() {
        let rows = |count: usize| vec![Vec::new(); count];
        let (decisions, payoffs) = (rows(given.profile.len()), rows(given.game.players.len()));
        return Ok(SecondOrder { decisions, payoffs });
    }
    at_solution(given, 2, |point, weak| {
        // At a corner about to open there are four second derivatives, or none.
        if weak.is_empty() { point.second_order() } else { Err(point.kink(1)) }
    })
}

/// A decision of the game's first stage that rests on a bound, or just beside it, without being pressed against it.
#[derive(Clone, Copy, Debug)]
struct Weak {
    variable: usize,
    side: Side,
    /// The bound's distance to the other one, or what is typical.
    length: f64,
}

/// A rule of the game's first stage that is at its limit, or just beside it, and worth nothing.
#[derive(Clone, Copy, Debug)]
struct Slack {
    rule: usize,
    /// The size of its terms.
    size: f64,
}

/// All that may come off its limit when a parameter moves.
#[derive(Debug, Default)]
struct Corner {
    bounds: Vec<Weak>,
    rules: Vec<Slack>,
}

impl Corner {
    fn len(&self) -> usize {
        self.bounds.len() + self.rules.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Weak {
    fn inwards(self) -> f64 {
        if self.side == Side::Upper { -1.0 } else { 1.0 }
    }
}

/// An equilibrium with the engine around it.
struct Point<'p> {
    engine: Engine<'p>,
    game: &'p Recorded,
    /// Parameters, then decisions.
    x: Vec<f64>,
    /// How many parameters.
    count: usize,
}

impl SolveError {
    /// The same error with the game's own stages counted from 1, not from nature's.
    pub(super) fn without_nature(mut self) -> Self {
        if let SolveError::NotConverged { stage, .. } | SolveError::Kink { stage, .. } = &mut self {
            *stage = stage.saturating_sub(1);
        }
        self
    }
}

/// Checks that the derivatives of that order can be had, puts the engine at the solution, and lets `work` differentiate.
fn at_solution<R>(
    given: &Given<'_>,
    order: usize,
    work: impl FnOnce(&mut Point<'_>, &Corner) -> Result<R, SolveError>,
) -> Result<R, SolveError> {
    let game = given.game;
    fits(given.profile, game)?;
    let plan = Plan::new(game, given.structure, true)?;
    let (stages, limit) = (plan.stages.len() - 1, STAGE_LIMIT + 1 - order);
    if stages > limit {
        return Err(SolveError::TooDeep { order, stages, limit });
    }
    if given.at_kink {
        return Err(SolveError::Kink { stage: 2, last: given.profile.to_vec() });
    }
    let board = Board::new(game, &plan)?;
    let count = plan.given;
    let mut x = plan.profile.clone();
    x[count..].copy_from_slice(given.profile);
    let mut point = Point { engine: Engine::new(&board, &plan), game, x, count };
    let weak = point.stand()?;
    work(&mut point, &weak)
}

/// The decision that stands for a variable: one decision, or the first of those tied to it.
fn decision(variable: &Variable) -> usize {
    variable.decision
}

impl Point<'_> {
    /// The engine's failure in the game's own words: stages and decisions without nature's.
    fn say(&self, failure: Failure) -> SolveError {
        explain(&self.engine, self.game, failure, self.own()).without_nature()
    }

    fn kink(&self, stage: usize) -> SolveError {
        SolveError::Kink { stage, last: self.own() }
    }

    fn own(&self) -> Vec<f64> {
        self.x[self.count..].to_vec()
    }

    /// The largest payoff.
    fn scale(&self) -> f64 {
        let payoffs = self.game.formulas.payoffs.written(&self.x);
        payoffs.iter().fold(f64::MIN_POSITIVE, |most, payoff| most.max(payoff.abs()))
    }

    /// Makes the given profile the reply of every stage to the parameters, rounded off by Newton steps, and lists what
    /// rests weakly at a limit in the first stage.
    fn stand(&mut self) -> Result<Corner, SolveError> {
        let given = self.x.clone();
        let largest = given[self.count..].iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let (mut corner, mut later) = (Corner::default(), Vec::new());
        for stage in (1..self.engine.plan.stages.len()).rev() {
            let variables = &self.engine.plan.stages[stage];
            let mut sides = Vec::with_capacity(variables.len());
            for (at, variable) in variables.iter().enumerate() {
                let bounds = self.engine.bounds_at(stage, at, &self.x).map_err(|f| self.say(f))?;
                let value = self.x[decision(variable)];
                // A formula puts a decision on a bound that moves with others up to rounding.
                let slack = 8.0 * f64::EPSILON * value.abs();
                sides.push(match value {
                    value if value <= bounds.lower + slack => Side::Lower,
                    value if value >= bounds.upper - slack => Side::Upper,
                    _ => Side::Free,
                });
            }
            let slack = if self.engine.limited(stage) {
                self.stand_on_rules(stage, &sides).map_err(|f| self.say(f))?
            } else {
                self.rest(stage, &sides).map_err(|f| self.say(f))?;
                self.engine.lift(stage, &mut self.x, 2).map_err(|f| self.say(f))?;
                self.rest(stage, &sides).map_err(|f| self.say(f))?;
                Vec::new()
            };
            self.engine.reply(stage + 1, &mut self.x).map_err(|f| self.say(f))?;
            for (at, variable) in variables.iter().enumerate() {
                let (from, to) = (given[decision(variable)], self.x[decision(variable)]);
                let scale = from.abs().max(1e-6 * largest).max(WEAK * self.length(stage, at)?);
                if (to - from).abs() > OFF * scale || !to.is_finite() {
                    return Err(self.moved(variable, from, to));
                }
                if let Some(found) = self.weak(stage, at)? {
                    if stage > 1 { later.push((stage, found)) } else { corner.bounds.push(found) }
                }
            }
            if stage > 1 && !slack.is_empty() {
                return Err(self.kink(stage));
            }
            corner.rules.extend(slack);
        }
        for (stage, found) in later {
            if !self.stays(stage, found, &corner.bounds)? {
                // Whoever moves before sees the reply change regime here.
                return Err(self.kink(stage));
            }
        }
        if corner.len() > MOST_WEAK { Err(self.kink(1)) } else { Ok(corner) }
    }

    /// The same in a stage that rules limit: those at their limit bind if they are worth something. Lists those that are worth
    /// nothing.
    fn stand_on_rules(&mut self, stage: usize, sides: &[Side]) -> Result<Vec<Slack>, Failure> {
        let given = self.x.clone();
        let rooms = self.engine.rooms(stage, &mut self.x)?;
        let at_limit = rooms.into_iter().filter(|(_, room, size)| *room <= WEAK * size);
        let mut binding: Vec<Slack> = at_limit.map(|(rule, _, size)| Slack { rule, size }).collect();
        loop {
            let active: Vec<usize> = binding.iter().map(|slack| slack.rule).collect();
            self.x.copy_from_slice(&given);
            self.engine.rest_on_rules(stage, &mut self.x, sides, &active)?;
            let scale = self.scale();
            let reply = &self.engine.replies[stage];
            let worths = reply.worth.clone();
            let worth = |slack: &Slack| {
                let at = reply.active.iter().position(|rule| *rule == slack.rule);
                at.map_or(0.0, |at| worths[at]) * slack.size / scale
            };
            // What holds back nobody lets them go: then this is no equilibrium, or another rule holds them.
            let useless = binding.iter().position(|slack| worth(slack) < -WEAK);
            match useless {
                Some(at) => {
                    binding.remove(at);
                }
                None => return Ok(binding.iter().filter(|slack| worth(slack) <= WEAK).copied().collect()),
            }
        }
    }

    /// Makes what is in `x` the reply of the first stage with these active bounds and, where rules limit it, these active rules.
    fn rest_first(&mut self, sides: &[Side], active: &[usize]) -> Result<(), Failure> {
        if self.engine.limited(1) {
            let mut x = self.x.clone();
            return self.engine.rest_on_rules(1, &mut x, sides, active);
        }
        self.rest(1, sides)
    }

    /// A variable's marginal payoff at its bound, with what the rules that bind add to it.
    fn push(&mut self, stage: usize, variable: usize, side: Side) -> Result<f64, Failure> {
        let bounds = self.engine.bounds_at(stage, variable, &self.x)?;
        let x = self.x.clone();
        if self.engine.limited(stage) {
            let worth = self.engine.replies[stage].worth.clone();
            return self.engine.rule_condition((stage, variable), &x, &worth);
        }
        self.engine.push(stage, variable, &x, bounds, side)
    }

    fn moved(&self, variable: &Variable, value: f64, towards: f64) -> SolveError {
        let name = self.game.decisions[decision(variable) - self.count].name.clone().into_owned();
        SolveError::NotStationary { decision: name, value, towards }
    }

    /// The length by which a variable's movements are measured.
    fn length(&self, stage: usize, variable: usize) -> Result<f64, SolveError> {
        let bounds = self.engine.bounds_at(stage, variable, &self.x).map_err(|f| self.say(f))?;
        let length = bounds.upper - bounds.lower;
        let number = decision(&self.engine.plan.stages[stage][variable]);
        let typical = self.engine.plan.decisions[number].typical.unwrap_or(1.0).abs();
        Ok(if length.is_finite() { length } else { typical.max(self.x[number].abs()) })
    }

    /// Makes what is in `x` the reply of `stage`, with these active bounds; its first-order system is factored anew.
    fn rest(&mut self, stage: usize, sides: &[Side]) -> Result<(), Failure> {
        let plan = self.engine.plan;
        let variables = &plan.stages[stage];
        self.engine.replies[stage].sides.copy_from_slice(sides);
        let mut free: Vec<usize> = (0..sides.len()).filter(|&v| sides[v] == Side::Free).collect();
        // Where marginal payoffs are one formula, one run has them all.
        let moving = |v| [false, true].into_iter().any(|upper| self.engine.board.moves(stage, v, upper));
        let together = self.engine.recorded(stage) && !(0..variables.len()).any(moving);
        loop {
            let n = free.len();
            self.engine.replies[stage].free.clear();
            self.engine.replies[stage].free.extend(free.iter().copied());
            let mut idle = vec![true; n];
            let mut jacobian = vec![0.0; n * n];
            for (column, &variable) in free.iter().enumerate() {
                let mut moved: Vec<D1> = self.x.iter().map(|&value| D1::constant(value)).collect();
                let value = Dual::variable(self.x[decision(&variables[variable])]);
                self.engine.assign(stage, variable, &mut moved, value);
                self.engine.follow_bounds(stage, &mut moved);
                let all =
                    if together { self.engine.board.marginals(plan).written(&moved) } else { Vec::new() };
                for (row, &other) in free.iter().enumerate() {
                    let condition = match all.get(plan.coalitions.len() + other) {
                        Some(marginal) => *marginal,
                        None => self.engine.condition(stage, other, &moved)?,
                    };
                    jacobian[row * n + column] = condition.slope;
                    idle[row] &= condition.vanishes();
                }
            }
            // Without any effect a decision has no condition: it stays where it is.
            if idle.contains(&true) {
                let held = free.iter().zip(&idle).filter(|(_, idle)| **idle);
                held.for_each(|(&v, _)| self.engine.replies[stage].sides[v] = Side::Idle);
                free.retain(|&v| self.engine.replies[stage].sides[v] == Side::Free);
                continue;
            }
            let reply = &mut self.engine.replies[stage];
            reply.smooth = reply.system.factor(n, &jacobian);
            (reply.known, reply.rough, reply.slopes_known) = (true, false, false);
            let before = plan.stages[..stage].iter().flatten();
            before.zip(reply.to.iter_mut()).for_each(|(v, to)| *to = self.x[decision(v)]);
            variables.iter().zip(reply.values.iter_mut()).for_each(|(v, to)| *to = self.x[decision(v)]);
            return Ok(());
        }
    }

    /// Whether a variable rests on or just beside a bound without being pressed against it.
    fn weak(&mut self, stage: usize, variable: usize) -> Result<Option<Weak>, SolveError> {
        let bounds = self.engine.bounds_at(stage, variable, &self.x).map_err(|f| self.say(f))?;
        if bounds.lower == bounds.upper {
            return Ok(None);
        }
        let length = self.length(stage, variable)?;
        let own = &self.engine.plan.stages[stage][variable];
        let value = self.x[decision(own)];
        for (bound, side) in [(bounds.lower, Side::Lower), (bounds.upper, Side::Upper)] {
            if (value - bound).abs() > WEAK * length || !bound.is_finite() {
                continue;
            }
            let weak = Weak { variable, side, length };
            let push = self.push(stage, variable, side).map_err(|f| self.say(f))?;
            let pressure = push * weak.inwards() * length / self.scale();
            let limited = self.engine.limited(stage);
            let slight = pressure.abs() <= WEAK && (limited || self.slight(stage, weak, push)?);
            self.engine.reply(stage + 1, &mut self.x).map_err(|f| self.say(f))?;
            if slight && !self.idle(stage, variable)? {
                return Ok(Some(weak));
            }
            if pressure > OFF && self.engine.replies[stage].sides[variable] == side {
                let inside = if side == Side::Lower { bounds.upper } else { bounds.lower };
                return Err(self.moved(own, value, inside));
            }
        }
        Ok(None)
    }

    /// Whether a marginal payoff at a bound is nothing against what it is made of: against how it moves when any number that is
    /// given or decided moves by its own size. A length that is tiny, or somebody's large payoff, does not make it so.
    fn slight(&mut self, stage: usize, weak: Weak, push: f64) -> Result<bool, SolveError> {
        let own = &self.engine.plan.stages[stage][weak.variable];
        let bound = self.x[decision(own)];
        // At the bound itself the marginal may be undefined (a root of 0, times 0): then just inside.
        for near in [0.0, 1e-7] {
            let mut size = 0.0;
            for at in 0..self.x.len() {
                let mut moved: Vec<D1> = self.x.iter().map(|&value| D1::constant(value)).collect();
                own.set(&mut moved, D1::constant(bound + weak.inwards() * near * weak.length));
                moved[at].slope = moved[at].value.abs();
                if moved[at].slope != 0.0 {
                    let marginal = self.engine.marginal(stage, weak.variable, &moved);
                    size += marginal.map_err(|f| self.say(f))?.slope.abs();
                }
            }
            if size.is_finite() {
                return Ok(push.abs() <= WEAK * size);
            }
        }
        Ok(true)
    }

    /// Whether a later decision that rests on its bound without pressure stays there all the same: what would bring pressure is
    /// itself pressed against a bound, and the only way it could go presses harder. A rate paid on a spend of 0 is such a decision.
    fn stays(&mut self, stage: usize, weak: Weak, others: &[Weak]) -> Result<bool, SolveError> {
        let plan = self.engine.plan;
        let constant = |x: &[f64]| x.iter().map(|&value| D1::constant(value)).collect::<Vec<_>>();
        for parameter in 0..self.count {
            let mut moved = constant(&self.x);
            moved[parameter].slope = 1.0;
            let marginal = self.engine.marginal(stage, weak.variable, &moved);
            if marginal.map_err(|f| self.say(f))?.slope != 0.0 {
                return Ok(false);
            }
        }
        for before in 1..=stage {
            for (at, variable) in plan.stages[before].iter().enumerate() {
                if (before, at) == (stage, weak.variable) {
                    continue;
                }
                let mut moved = constant(&self.x);
                variable.decisions().for_each(|d| moved[d].slope = 1.0);
                let marginal = self.engine.marginal(stage, weak.variable, &moved);
                let slope = marginal.map_err(|f| self.say(f))?.slope;
                let pinned = before > 1 || others.iter().all(|other| other.variable != at);
                let presses = match self.engine.replies[before].sides[at] {
                    Side::Lower => slope * weak.inwards() < 0.0,
                    Side::Upper => slope * weak.inwards() > 0.0,
                    Side::Free | Side::Idle => false,
                };
                if slope != 0.0 && !(pinned && presses) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether a decision matters to nobody who takes it, and would not if everything decided so far moved a little.
    fn idle(&mut self, stage: usize, variable: usize) -> Result<bool, SolveError> {
        let mut moved: Vec<D1> = self.x.iter().map(|&value| D1::constant(value)).collect();
        let before = self.engine.plan.stages[..=stage].iter().flatten();
        for (at, earlier) in before.enumerate() {
            earlier.decisions().for_each(|d| moved[d].slope = 1.0 + 0.618 * at as f64);
        }
        Ok(self.engine.marginal(stage, variable, &moved).map_err(|f| self.say(f))?.vanishes())
    }

    /// Everybody's decisions and payoffs on dual numbers that move along one parameter.
    fn along(&mut self, column: usize) -> Result<(Vec<D1>, Vec<D1>), Failure> {
        let mut moved: Vec<D1> = self.x.iter().map(|&value| D1::constant(value)).collect();
        moved[column].slope = 1.0;
        self.engine.reply(1, &mut moved)?;
        let payoffs = self.settled(&mut moved);
        Ok((moved, payoffs))
    }

    /// Puts what stands at its neutral value where that now is, and finds everybody's payoffs.
    fn settled<T: Scalar>(&self, moved: &mut [T]) -> Vec<T> {
        let roles = &self.engine.plan.roles;
        if roles.contains(&Role::Neutral) {
            let neutral = self.game.formulas.neutral.written(&moved[..self.count]);
            for (decision, role) in roles.iter().enumerate() {
                if *role == Role::Neutral {
                    moved[self.count + decision] = neutral[decision];
                }
            }
        }
        self.game.formulas.payoffs.written(moved)
    }

    /// Derivatives from both sides. Where decisions rest weakly on their bounds, every set of those that come off is
    /// tried, and in each direction the one is kept in which what comes off moves inwards and what stays is pressed on.
    fn first_order(&mut self, corner: &Corner) -> Result<FirstOrder, SolveError> {
        let columns = self.count;
        let rows = self.x.len() - columns;
        let players = self.game.players.len();
        let mut found: Vec<[Option<Vec<f64>>; 2]> = vec![[None, None]; columns];
        let scale = self.scale();
        let sides: Vec<Side> = self.first_stage_sides();
        // What a number's derivatives are measured by.
        let mut sizes: Vec<f64> = self.x[columns..].iter().map(|value| value.abs()).collect();
        for weak in &corner.bounds {
            for decision in self.engine.plan.stages[1][weak.variable].decisions() {
                sizes[decision - columns] = sizes[decision - columns].max(weak.length);
            }
        }
        sizes.resize(rows + players, scale);
        let active = self.engine.replies.get(1).map_or_else(Vec::new, |reply| reply.active.to_vec());
        for off in 0..1usize << corner.len() {
            if !corner.is_empty() {
                let mut tried = sides.clone();
                for (at, weak) in corner.bounds.iter().enumerate() {
                    tried[weak.variable] = if off >> at & 1 == 1 { Side::Free } else { weak.side };
                }
                let mut active = active.clone();
                for (at, slack) in corner.rules.iter().enumerate() {
                    active.retain(|rule| *rule != slack.rule);
                    if off >> (corner.bounds.len() + at) & 1 == 0 {
                        active.push(slack.rule);
                    }
                }
                if self.rest_first(&tried, &active).is_err() || !self.engine.replies[1].smooth {
                    continue;
                }
            }
            for (column, found) in found.iter_mut().enumerate() {
                let (moved, payoffs) = match self.along(column) {
                    Ok(replied) => replied,
                    Err(failure) if corner.is_empty() => return Err(self.say(failure)),
                    Err(_) => continue,
                };
                let all = moved[columns..].iter().chain(&payoffs).map(|number| number.slope);
                let slopes: Vec<f64> = all.collect();
                // Where a payoff is flat the system is singular but for rounding.
                let steep = |(slope, size): (&f64, &f64)| slope.abs() * self.size(column) > STEEP * size;
                let lost =
                    |(slope, size): (&f64, &f64)| !slope.is_finite() || (*size > 0.0 && steep((slope, size)));
                if slopes.iter().zip(&sizes).any(lost) {
                    continue;
                }
                for (side, direction) in [-1.0, 1.0].into_iter().enumerate() {
                    if !self.consistent(corner, off, &moved, column, direction, scale) {
                        continue;
                    }
                    match &found[side] {
                        Some(other) if !self.same(other, &slopes, column, &sizes) => {
                            return Err(self.kink(1));
                        }
                        Some(_) => {}
                        None => found[side] = Some(slopes.clone()),
                    }
                }
            }
        }
        let mut result = FirstOrder { decisions: vec![Vec::new(); rows], payoffs: vec![Vec::new(); players] };
        for (column, sides) in found.into_iter().enumerate() {
            let [Some(mut left), Some(right)] = sides else { return Err(self.kink(1)) };
            if self.same(&left, &right, column, &sizes) {
                left.clone_from(&right);
            }
            let both = left.into_iter().zip(right).map(|(left, right)| [left, right]);
            let all = result.decisions.iter_mut().chain(&mut result.payoffs);
            all.zip(both).for_each(|(row, both)| row.push(both));
        }
        Ok(result)
    }

    fn first_stage_sides(&self) -> Vec<Side> {
        self.engine.replies.get(1).map_or_else(Vec::new, |reply| reply.sides.to_vec())
    }

    /// Whether two lists of derivatives are the same but for rounding.
    fn same(&self, one: &[f64], other: &[f64], column: usize, sizes: &[f64]) -> bool {
        let parameter = self.size(column);
        one.iter()
            .zip(other)
            .zip(sizes)
            .all(|((a, b), size)| (a - b).abs() <= SAME * (a.abs().max(b.abs()) + 1e-3 * size / parameter))
    }

    /// By what a parameter's movements are measured.
    fn size(&self, column: usize) -> f64 {
        if self.x[column] == 0.0 { 1.0 } else { self.x[column].abs() }
    }

    /// Whether the reply with these weak decisions off their bounds, and these rules not binding, holds when the parameter moves that
    /// way.
    fn consistent(
        &mut self,
        corner: &Corner,
        off: usize,
        moved: &[D1],
        column: usize,
        direction: f64,
        payoff: f64,
    ) -> bool {
        let towards = direction * self.size(column);
        let worths = if self.engine.limited(1) {
            let Ok(worths) = self.engine.worths(1, moved) else { return false };
            Some(worths)
        } else {
            None
        };
        let bounds = corner.bounds.iter().enumerate().all(|(at, weak)| {
            let variable = &self.engine.plan.stages[1][weak.variable];
            if off >> at & 1 == 1 {
                let bounds = self.engine.board.bounds(1, weak.variable, moved);
                let bound = if weak.side == Side::Upper { bounds.upper } else { bounds.lower };
                let apart = moved[decision(variable)].slope - bound.slope;
                apart * weak.inwards() * towards / weak.length >= -WEAK
            } else {
                let condition = match &worths {
                    Some(worths) => self.engine.rule_condition((1, weak.variable), moved, worths),
                    None => self.engine.condition(1, weak.variable, moved),
                };
                let pressure = |c: D1| c.slope * weak.inwards() * towards * weak.length / payoff;
                condition.is_ok_and(|condition| pressure(condition) <= WEAK)
            }
        });
        let mut rules = corner.rules.iter().enumerate();
        bounds
            && rules.all(|(at, slack)| {
                if off >> (corner.bounds.len() + at) & 1 == 1 {
                    let room = self.engine.room(1, slack.rule, moved);
                    return room.is_ok_and(|room| room.slope * towards / slack.size >= -WEAK);
                }
                let place = self.engine.replies[1].active.iter().position(|rule| *rule == slack.rule);
                let worth = place.zip(worths.as_ref()).map_or(0.0, |(at, worths)| worths[at].slope);
                worth * slack.size * towards / payoff >= -WEAK
            })
    }

    fn second_order(&mut self) -> Result<SecondOrder, SolveError> {
        let columns = self.count;
        let rows = self.x.len() - columns;
        let players = self.game.players.len();
        let mut result =
            SecondOrder { decisions: vec![Vec::new(); rows], payoffs: vec![Vec::new(); players] };
        for [first, second] in pairs(columns) {
            let mut moved: Vec<D2> = self.x.iter().map(|&value| D2::constant(value)).collect();
            moved[first].value.slope = 1.0;
            moved[second].slope.value = 1.0;
            self.engine.reply(1, &mut moved).map_err(|f| self.say(f))?;
            let payoffs = self.settled(&mut moved);
            let all = moved[columns..].iter().chain(&payoffs).map(|number| number.slope.slope);
            let lists = result.decisions.iter_mut().chain(&mut result.payoffs);
            lists.zip(all).for_each(|(row, slope)| row.push(slope));
        }
        let all = result.decisions.iter().chain(&result.payoffs).flatten();
        if all.clone().all(|slope| slope.is_finite()) { Ok(result) } else { Err(self.kink(1)) }
    }
}
