//! A parameter is a decision that nature takes before everybody else.
//!
//! The engine differentiates replies exactly in whatever was decided before. With the parameters as the decisions of a
//! first stage of their own, sensitivities of an equilibrium are derivatives of a reply like any other: stage 0 is
//! nature's, the game's own stages follow, and the first of these replies on dual numbers that move along a parameter.

use std::borrow::Cow;

use super::induction::{Engine, Failure};
use super::plan::{Cast, Plan, Row, STAGE_LIMIT, Variable};
use super::reaction::Reaction;
use super::{explain, fits};
use crate::equilibrium::{Side, Solution};
use crate::error::{SolveError, StructureError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::player::Player;
use crate::dual::Dual;
use crate::level::{D1, D2, Level};
use crate::scalar::Scalar;
use crate::structure::{Coalitions, Order, Structure};

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

/// Who decides, where nature does too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat<P> {
    Nature,
    Player(P),
}

impl<P: Player> Player for Seat<P> {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Seat::Nature => "nature".into(),
            Seat::Player(player) => player.name(),
        }
    }
}

/// A game with its parameters as nature's decisions, before its own.
pub(super) struct Nature<'g, G: StaticGame> {
    game: &'g G,
    arguments: Vec<(String, f64)>,
    /// Decisions that nobody takes and that stand at a neutral value which moves with the parameters.
    neutral: Vec<usize>,
}

impl<'g, G: StaticGame> Nature<'g, G> {
    pub(super) fn of(game: &'g G) -> Self {
        Nature { game, arguments: game.arguments(), neutral: Vec::new() }
    }

    /// How many parameters there are.
    pub(super) fn count(&self) -> usize {
        self.arguments.len()
    }

    /// Hands over the parameters and the game's own decisions.
    #[inline]
    fn apart<T: Scalar, R>(&self, x: &[T], work: impl FnOnce(&[T], &[T]) -> R) -> R {
        let (parameters, own) = x.split_at(self.arguments.len());
        let mut placed = Row::new();
        if !self.neutral.is_empty() {
            placed.extend_from_slice(own);
            for &decision in &self.neutral {
                placed[decision] = self.game.neutral_at(parameters, decision);
            }
        }
        work(parameters, if placed.is_empty() { own } else { &placed })
    }

    /// Finds the decisions that move with the parameters although nobody takes them.
    pub(super) fn find_neutral(&mut self, plan: &Plan, structure: &Structure<G::Player>) {
        let count = self.arguments.len();
        let mut taken: Vec<bool> = vec![false; plan.decisions.len()];
        for decision in plan.stages.iter().flatten().flat_map(Variable::decisions) {
            taken[decision] = true;
        }
        structure.fixed.iter().for_each(|(decision, _)| taken[count + decision] = true);
        let moving = |(at, (_, value)): (usize, &(String, f64))| Dual {
            value: *value,
            slope: 1.0 + 0.618 * at as f64,
        };
        let parameters: Vec<D1> = self.arguments.iter().enumerate().map(moving).collect();
        let moves = |&d: &usize| self.game.neutral_at(&parameters, d).slope != 0.0;
        self.neutral = (0..taken.len() - count).filter(|d| !taken[count + d]).filter(moves).collect();
    }
}

impl<G: StaticGame> Game for Nature<'_, G> {
    type Player = Seat<G::Player>;

    fn players(&self) -> Vec<Self::Player> {
        self.game.players().into_iter().map(Seat::Player).chain([Seat::Nature]).collect()
    }

    fn decisions(&self) -> Vec<Decision<Self::Player>> {
        let nature = self
            .arguments
            .iter()
            .map(|(name, value)| Decision::new(name.clone(), Seat::Nature).typical(*value));
        let own = self.game.decisions().into_iter().map(|d| Decision {
            name: d.name,
            symbol: d.symbol,
            owner: Seat::Player(d.owner),
            counterparty: d.counterparty.map(Seat::Player),
            unit: d.unit,
            neutral: d.neutral,
            typical: d.typical,
            chosen: d.chosen,
        });
        nature.chain(own).collect()
    }

    #[inline]
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision.checked_sub(self.arguments.len()) {
            None => Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY)),
            Some(own) => self.apart(x, |p, x| self.game.bounds_at(p, own, x)),
        }
    }
}

impl<G: StaticGame> StaticGame for Nature<'_, G> {
    /// Nature wants nothing: its payoff, the last, is 0.
    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        if let Some((nature, players)) = out.split_last_mut() {
            *nature = T::constant(0.0);
            self.apart(x, |p, x| self.game.payoffs_at(p, x, players));
        }
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        let (parameters, own) = x.split_at(self.arguments.len());
        self.game.conditions_at(parameters, own)
    }
}

/// The same rules after a stage of nature's `count` decisions.
pub(super) fn after_nature<P: Player>(
    structure: &Structure<P>,
    cast: &Cast<P>,
    count: usize,
) -> Result<Structure<Seat<P>>, StructureError> {
    let shifted = |list: &[usize]| list.iter().map(|d| d + count).collect::<Vec<_>>();
    let owners: Vec<P> = cast.decisions.iter().map(|d| d.owner).collect();
    let own = structure.stages(&cast.players, &owners)?;
    let seats = |players: &[P]| players.iter().copied().map(Seat::Player).collect::<Vec<_>>();
    let groups = match &structure.coalitions {
        Coalitions::Grand => vec![seats(&cast.players)],
        Coalitions::Groups(groups) => groups.iter().map(|group| seats(group)).collect(),
    };
    let nature: Vec<usize> = (0..count).collect();
    Ok(Structure {
        name: structure.name.clone(),
        order: Order::Stages([nature].into_iter().chain(own.iter().map(|s| shifted(s))).collect()),
        coalitions: Coalitions::Groups(groups),
        fixed: structure.fixed.iter().map(|&(decision, value)| (decision + count, value)).collect(),
        tied: structure.tied.iter().map(|tie| shifted(tie)).collect(),
        transfers: structure.transfers,
    })
}

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

/// The first derivatives of an equilibrium in all parameters.
pub(crate) fn first_order<G: StaticGame>(
    game: &G,
    solution: &Solution<G::Player>,
) -> Result<FirstOrder, SolveError> {
    if game.arguments().is_empty() {
        // Nature has nothing to decide.
        let rows = |count: usize| vec![Vec::new(); count];
        let (decisions, payoffs) = (rows(solution.profile.len()), rows(solution.payoffs.len()));
        return Ok(FirstOrder { decisions, payoffs });
    }
    at_solution(game, solution, 1, |point, weak| point.first_order(weak))
}

/// The second derivatives of an equilibrium in all pairs of parameters.
pub(crate) fn second_order<G: StaticGame>(
    game: &G,
    solution: &Solution<G::Player>,
) -> Result<SecondOrder, SolveError> {
    if game.arguments().is_empty() {
        let rows = |count: usize| vec![Vec::new(); count];
        let (decisions, payoffs) = (rows(solution.profile.len()), rows(solution.payoffs.len()));
        return Ok(SecondOrder { decisions, payoffs });
    }
    at_solution(game, solution, 2, |point, weak| {
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

impl Weak {
    fn inwards(self) -> f64 {
        if self.side == Side::Upper { -1.0 } else { 1.0 }
    }
}

/// An equilibrium with the engine around it.
struct Point<'p, 'g, G: StaticGame> {
    engine: Engine<'p>,
    nature: &'p Nature<'g, G>,
    cast: &'p Cast<Seat<G::Player>>,
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
fn at_solution<G: StaticGame, R>(
    game: &G,
    solution: &Solution<G::Player>,
    order: usize,
    work: impl FnOnce(&mut Point<'_, '_, G>, &[Weak]) -> Result<R, SolveError>,
) -> Result<R, SolveError> {
    let players = Cast::of(game);
    fits(&solution.profile, &players.decisions)?;
    let own = Plan::new(game, &players, &solution.structure)?;
    let (stages, limit) = (own.stages.len(), STAGE_LIMIT + 1 - order);
    if stages > limit {
        return Err(SolveError::TooDeep { order, stages, limit });
    }
    if solution.report.at_kink {
        return Err(SolveError::Kink { stage: 2, last: solution.profile.clone() });
    }
    let Reaction { nature, cast, plan } = Reaction::new(game, &solution.structure)?;
    let count = nature.count();
    let mut x: Vec<f64> = nature.arguments.iter().map(|(_, value)| *value).collect();
    x.extend_from_slice(&solution.profile);
    let mut point = Point { engine: Engine::new(&nature, &plan), nature: &nature, cast: &cast, x, count };
    let weak = point.stand()?;
    work(&mut point, &weak)
}

/// The decision that stands for a variable: one decision, or the first of those tied to it.
fn decision(variable: &Variable) -> usize {
    variable.decision
}

impl<G: StaticGame> Point<'_, '_, G> {
    /// The engine's failure in the game's own words: stages and decisions without nature's.
    fn say(&self, failure: Failure) -> SolveError {
        explain(&self.engine, self.cast, failure, self.own()).without_nature()
    }

    fn kink(&self, stage: usize) -> SolveError {
        SolveError::Kink { stage, last: self.own() }
    }

    fn own(&self) -> Vec<f64> {
        self.x[self.count..].to_vec()
    }

    /// The largest payoff.
    fn scale(&self) -> f64 {
        let mut payoffs = vec![0.0; self.engine.plan.players];
        self.engine.game.payoffs(&self.x, &mut payoffs);
        payoffs.iter().fold(f64::MIN_POSITIVE, |most, payoff| most.max(payoff.abs()))
    }

    /// Makes the given profile the reply of every stage to the parameters, rounded off by Newton steps, and lists what
    /// rests weakly on a bound in the first stage.
    fn stand(&mut self) -> Result<Vec<Weak>, SolveError> {
        let given = self.x.clone();
        let largest = given[self.count..].iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let mut weak = Vec::new();
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
            self.rest(stage, &sides).map_err(|f| self.say(f))?;
            self.engine.lift(stage, &mut self.x, 2).map_err(|f| self.say(f))?;
            self.rest(stage, &sides).map_err(|f| self.say(f))?;
            self.engine.reply(stage + 1, &mut self.x).map_err(|f| self.say(f))?;
            for (at, variable) in variables.iter().enumerate() {
                let (from, to) = (given[decision(variable)], self.x[decision(variable)]);
                let scale = from.abs().max(1e-6 * largest).max(WEAK * self.length(stage, at)?);
                if (to - from).abs() > OFF * scale || !to.is_finite() {
                    return Err(self.moved(variable, from, to));
                }
                if let Some(found) = self.weak(stage, at)? {
                    if stage > 1 {
                        // Whoever moves before sees the reply change regime here.
                        return Err(self.kink(stage));
                    }
                    weak.push(found);
                }
            }
        }
        if weak.len() > MOST_WEAK { Err(self.kink(1)) } else { Ok(weak) }
    }

    fn moved(&self, variable: &Variable, value: f64, towards: f64) -> SolveError {
        let name = self.cast.decisions[decision(variable)].name.clone().into_owned();
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
                for (row, &other) in free.iter().enumerate() {
                    let condition = self.engine.condition(stage, other, &moved)?;
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
            let x = self.x.clone();
            let push = self.engine.push(stage, variable, &x, bounds, side);
            let pressure = push.map_err(|f| self.say(f))? * weak.inwards() * length / self.scale();
            self.engine.reply(stage + 1, &mut self.x).map_err(|f| self.say(f))?;
            if pressure.abs() <= WEAK && !self.idle(stage, variable)? {
                return Ok(Some(weak));
            }
            if pressure > OFF && self.engine.replies[stage].sides[variable] == side {
                let inside = if side == Side::Lower { bounds.upper } else { bounds.lower };
                return Err(self.moved(own, value, inside));
            }
        }
        Ok(None)
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
        let mut payoffs = vec![D1::constant(0.0); self.engine.plan.players];
        self.engine.game.payoffs(&moved, &mut payoffs);
        for &decision in &self.nature.neutral {
            moved[self.count + decision] = self.nature.game.neutral_at(&moved[..self.count], decision);
        }
        Ok((moved, payoffs))
    }

    /// Derivatives from both sides. Where decisions rest weakly on their bounds, every set of those that come off is
    /// tried, and in each direction the one is kept in which what comes off moves inwards and what stays is pressed on.
    fn first_order(&mut self, weak: &[Weak]) -> Result<FirstOrder, SolveError> {
        let columns = self.count;
        let rows = self.x.len() - columns;
        let players = self.engine.plan.players - 1;
        let mut found: Vec<[Option<Vec<f64>>; 2]> = vec![[None, None]; columns];
        let scale = self.scale();
        let sides: Vec<Side> = self.first_stage_sides();
        // What a number's derivatives are measured by.
        let mut sizes: Vec<f64> = self.x[columns..].iter().map(|value| value.abs()).collect();
        for corner in weak {
            for decision in self.engine.plan.stages[1][corner.variable].decisions() {
                sizes[decision - columns] = sizes[decision - columns].max(corner.length);
            }
        }
        sizes.resize(rows + players, scale);
        for off in 0..1usize << weak.len() {
            if !weak.is_empty() {
                let mut tried = sides.clone();
                for (at, corner) in weak.iter().enumerate() {
                    tried[corner.variable] = if off >> at & 1 == 1 { Side::Free } else { corner.side };
                }
                if self.rest(1, &tried).is_err() || !self.engine.replies[1].smooth {
                    continue;
                }
            }
            for (column, found) in found.iter_mut().enumerate() {
                let (moved, payoffs) = match self.along(column) {
                    Ok(replied) => replied,
                    Err(failure) if weak.is_empty() => return Err(self.say(failure)),
                    Err(_) => continue,
                };
                let all = moved[columns..].iter().chain(&payoffs[..players]).map(|number| number.slope);
                let slopes: Vec<f64> = all.collect();
                // Where a payoff is flat the system is singular but for rounding.
                let steep = |(slope, size): (&f64, &f64)| slope.abs() * self.size(column) > STEEP * size;
                let lost =
                    |(slope, size): (&f64, &f64)| !slope.is_finite() || (*size > 0.0 && steep((slope, size)));
                if slopes.iter().zip(&sizes).any(lost) {
                    continue;
                }
                for (side, direction) in [-1.0, 1.0].into_iter().enumerate() {
                    if !self.consistent(weak, off, &moved, column, direction, scale) {
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

    /// Whether the reply with these weak decisions off their bounds holds when the parameter moves that way.
    fn consistent(
        &mut self,
        weak: &[Weak],
        off: usize,
        moved: &[D1],
        column: usize,
        direction: f64,
        payoff: f64,
    ) -> bool {
        let towards = direction * self.size(column);
        weak.iter().enumerate().all(|(at, corner)| {
            let variable = &self.engine.plan.stages[1][corner.variable];
            if off >> at & 1 == 1 {
                let bounds = self.engine.plan.bounds(self.engine.game, variable, moved);
                let bound = if corner.side == Side::Upper { bounds.upper } else { bounds.lower };
                let apart = moved[decision(variable)].slope - bound.slope;
                apart * corner.inwards() * towards / corner.length >= -WEAK
            } else {
                let condition = self.engine.condition(1, corner.variable, moved);
                let pressure = |c: D1| c.slope * corner.inwards() * towards * corner.length / payoff;
                condition.is_ok_and(|condition| pressure(condition) <= WEAK)
            }
        })
    }

    fn second_order(&mut self) -> Result<SecondOrder, SolveError> {
        let columns = self.count;
        let rows = self.x.len() - columns;
        let players = self.engine.plan.players - 1;
        let mut result =
            SecondOrder { decisions: vec![Vec::new(); rows], payoffs: vec![Vec::new(); players] };
        for [first, second] in pairs(columns) {
            let mut moved: Vec<D2> = self.x.iter().map(|&value| D2::constant(value)).collect();
            moved[first].value.slope = 1.0;
            moved[second].slope.value = 1.0;
            self.engine.reply(1, &mut moved).map_err(|f| self.say(f))?;
            let mut payoffs = vec![D2::constant(0.0); players + 1];
            self.engine.game.payoffs(&moved, &mut payoffs);
            for &decision in &self.nature.neutral {
                moved[columns + decision] = self.nature.game.neutral_at(&moved[..columns], decision);
            }
            let all = moved[columns..].iter().chain(&payoffs[..players]).map(|number| number.slope.slope);
            let lists = result.decisions.iter_mut().chain(&mut result.payoffs);
            lists.zip(all).for_each(|(row, slope)| row.push(slope));
        }
        let all = result.decisions.iter().chain(&result.payoffs).flatten();
        if all.clone().all(|slope| slope.is_finite()) { Ok(result) } else { Err(self.kink(1)) }
    }
}
