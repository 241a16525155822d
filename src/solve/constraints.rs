//! What limits several decisions at once, as one structure has it: which coalitions keep it, and at which stage.
//!
//! A game's [constraints](crate::Constraint) are kept by whom they bind. So are bounds that move with other decisions of their
//! own stage: the room between the decision and its bound must not be negative. Where the ends of several coalitions' ranges
//! leave the same room they share one limit.

use std::borrow::Cow;

use super::look::points;
use super::plan::{Plan, Role};
use crate::error::StructureError;
use crate::formula::{Dependence, Formula, Names, Term};
use crate::game::Interval;
use crate::recorded::{Constrained, RecordError, Recorded};
use crate::row::Row;
use crate::scalar::Scalar;

/// Points at which the room that two bounds leave is compared, and how near the values must be: rounding of a sum.
const PROBES: usize = 4;
const ALIKE: f64 = 1e-11;
/// A rule counts as kept where it is short by no more than this share of its terms: solutions are exact to some 1e-12.
pub(super) const KEPT: f64 = 1e-10;

/// A quantity that must not be negative where coalitions choose at one stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// What must not be negative, and its unit.
    pub(crate) quantity: Cow<'static, str>,
    pub(crate) unit: Cow<'static, str>,
    /// The stage, and the coalitions that keep the rule there: several share it, with one multiplier.
    pub(crate) stage: usize,
    pub(crate) coalitions: Row<usize>,
    /// Whether it depends on what is decided later: then it is kept through the replies.
    pub(crate) through_replies: bool,
}

/// All rules of a game under a structure.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) each: Vec<Rule>,
    /// Their values, an output a rule: a formula of the profile. None where there are no rules.
    pub(crate) formula: Option<Formula>,
    /// The same, then each rule's slopes in what is chosen, and which numbers that is.
    slopes: Option<Formula>,
    moved: Vec<usize>,
    /// Which ends of which variables' ranges have become rules, two a variable.
    pub(crate) turned: Vec<bool>,
}

/// What is written of a profile, held and tied decisions in their places.
type Write<'w> = &'w dyn Fn(&[Term]) -> Vec<Term>;

impl Rules {
    /// The rules of a game. `ranges` holds the ends of the variables' ranges, two a variable, where any of them moves;
    /// `placed` gives a profile as the structure has it.
    pub(crate) fn new(
        game: &Recorded,
        plan: &Plan,
        ranges: Option<&Formula>,
        placed: Write<'_>,
    ) -> Result<Self, RecordError> {
        let moving =
            ranges.is_some_and(|ranges| (0..ranges.outputs()).any(|end| ranges.constant(end).is_none()));
        if game.formulas.constraints.is_none() && !moving {
            return Ok(Rules::default());
        }
        let names = game.formulas.payoffs.names();
        let spots = spots(plan);
        let mut all = Rules::default();
        let mut parts: Vec<(Formula, Vec<usize>)> = Vec::new();
        if let Some(ranges) = ranges.filter(|_| moving) {
            parts.push(all.turn_bounds(game, plan, ranges, &spots)?);
        }
        if let Some(constrained) = &game.formulas.constraints {
            parts.push(all.take(plan, constrained, names, &spots, placed)?);
        }
        if all.each.is_empty() {
            return Ok(all);
        }
        let formula = Formula::record_named(names.clone(), &mut |x| {
            let mut values = Vec::new();
            for (formula, outputs) in &parts {
                let written = formula.written(x);
                values.extend(outputs.iter().map(|output| written[*output]));
            }
            values
        })?;
        all.moved = spots.iter().map(|spot| spot.decision).collect();
        all.slopes = Some(formula.derivative(&all.moved)?);
        all.formula = Some(formula.named(all.each.iter().map(|rule| rule.quantity.clone())));
        Ok(all)
    }

    /// Bounds that move with decisions of their own stage become rules. Returns the formula of the room that each leaves, and
    /// the outputs that are rules.
    fn turn_bounds(
        &mut self,
        game: &Recorded,
        plan: &Plan,
        ranges: &Formula,
        spots: &[Spot],
    ) -> Result<(Formula, Vec<usize>), RecordError> {
        let names = game.formulas.payoffs.names();
        // Ranges are those of decisions; nature's parameters have none.
        let own: Vec<&Spot> = spots.iter().filter(|spot| spot.decision >= plan.given).collect();
        self.turned = vec![false; 2 * own.len()];
        let mut own_mover = vec![false; 2 * own.len()];
        let depends: Vec<Vec<Dependence>> =
            own.iter().map(|spot| ranges.dependences(spot.decision)).collect();
        let name = |spot: &Spot| game.decisions[spot.decision - plan.given].name.clone();
        for end in 0..2 * own.len() {
            let bounded = own[end / 2];
            for (mover, depends) in own.iter().zip(&depends) {
                if depends[end] == Dependence::None {
                    continue;
                }
                if mover.stage > bounded.stage {
                    let (decision, mover) = (name(bounded).into_owned(), name(mover).into_owned());
                    return Err(StructureError::BoundMovedLater { decision, mover }.into());
                }
                self.turned[end] |= mover.stage == bounded.stage;
                own_mover[end] |= mover.stage == bounded.stage && mover.coalition == bounded.coalition;
            }
        }
        let rooms: Vec<usize> = (0..2 * own.len()).filter(|end| self.turned[*end]).collect();
        // Who moves a range before it is chosen from, last, must leave something of it.
        let empties: Vec<bool> =
            (0..own.len()).map(|at| can_be_empty(plan, &own, &depends, ranges, at)).collect();
        let before = |at: usize| {
            let all = own.iter().zip(&depends);
            let moves = all.filter(|(spot, depends)| spot.stage < own[at].stage && moves_range(depends, at));
            (at, moves.map(|(spot, _)| *spot).collect::<Vec<&Spot>>())
        };
        let left: Vec<(usize, Vec<&Spot>)> = (0..own.len())
            .filter(|at| empties[*at])
            .map(before)
            .filter(|(_, movers)| !movers.is_empty())
            .collect();
        let formula = Formula::record_named(names.clone(), &mut |x| {
            let ends = ranges.written(x);
            let room = |&end: &usize| {
                let value = x[own[end / 2].decision];
                if end % 2 == 0 { value - ends[end] } else { ends[end] - value }
            };
            let left = left.iter().map(|(at, _)| ends[2 * at + 1] - ends[2 * at]);
            rooms.iter().map(room).chain(left).collect()
        })?;
        let probes: Vec<Vec<f64>> = (0..PROBES).map(|probe| formula.written(&random(plan, probe))).collect();
        let alike = |a: usize, b: usize| {
            probes.iter().all(|values| {
                let (a, b) = (values[a], values[b]);
                (a - b).abs() <= ALIKE * (a.abs() + b.abs())
            })
        };
        let mut outputs: Vec<usize> = Vec::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for (output, &end) in rooms.iter().enumerate() {
            let spot = own[end / 2];
            let same = |at: &usize| self.each[*at].stage == spot.stage && alike(outputs[*at], output);
            match (0..outputs.len()).find(same) {
                Some(at) => {
                    members[at].push(end);
                    let rule = &mut self.each[at];
                    rule.quantity = format!("{}, {}", rule.quantity, name(spot)).into();
                    if !rule.coalitions.contains(&spot.coalition) {
                        rule.coalitions.push(spot.coalition);
                    }
                }
                None => {
                    outputs.push(output);
                    members.push(vec![end]);
                    self.each.push(Rule {
                        quantity: format!("{} bound of {}", ["lower", "upper"][end % 2], name(spot)).into(),
                        unit: game.decisions[spot.decision - plan.given].unit.clone(),
                        stage: spot.stage,
                        coalitions: Row::from_iter([spot.coalition]),
                        through_replies: false,
                    });
                }
            }
        }
        // An end that only rivals move is given to whom it bounds, and stays a bound where it always leaves something.
        for at in (0..outputs.len()).rev() {
            let given = self.each[at].coalitions.len() < 2 && !members[at].iter().any(|end| own_mover[*end]);
            if given && !members[at].iter().any(|end| empties[end / 2]) {
                members[at].iter().for_each(|end| self.turned[*end] = false);
                outputs.remove(at);
                self.each.remove(at);
            }
        }
        for (output, (at, movers)) in left.iter().enumerate() {
            let stage = movers.iter().map(|spot| spot.stage).max().unwrap_or(0);
            outputs.push(rooms.len() + output);
            self.each.push(Rule {
                quantity: format!("what is left of the range of {}", name(own[*at])).into(),
                unit: game.decisions[own[*at].decision - plan.given].unit.clone(),
                stage,
                coalitions: coalitions(movers.iter().copied().filter(|spot| spot.stage == stage)),
                through_replies: false,
            });
        }
        Ok((formula, outputs))
    }

    /// The game's own constraints, kept at every stage at which somebody whom they bind decides on them.
    fn take(
        &mut self,
        plan: &Plan,
        constrained: &Constrained,
        names: &Names,
        spots: &[Spot],
        placed: Write<'_>,
    ) -> Result<(Formula, Vec<usize>), RecordError> {
        let Constrained { formula, bonds } = constrained;
        let own = Formula::record_named(names.clone(), &mut |x| formula.written(&placed(x)))?;
        let depends: Vec<Vec<Dependence>> = spots.iter().map(|spot| own.dependences(spot.decision)).collect();
        let mut outputs = Vec::new();
        for (output, bond) in bonds.iter().enumerate() {
            let bound = |coalition: usize| {
                let members = &plan.coalitions[coalition];
                !members.is_empty()
                    && (bond.seats.is_empty() || members.iter().any(|m| bond.seats.contains(m)))
            };
            let moves: Vec<&Spot> = spots
                .iter()
                .zip(&depends)
                .filter(|(_, depends)| depends[output] != Dependence::None)
                .map(|(spot, _)| spot)
                .collect();
            // Who has a say: by a decision of its own that it depends on, or by the replies to one.
            let end = moves.iter().map(|spot| spot.stage).max().unwrap_or(0);
            let says = |spot: &&Spot| {
                let direct = || moves.iter().any(|other| other.decision == spot.decision);
                bound(spot.coalition) && !moves.is_empty() && (spot.stage < end || direct())
            };
            // Whoever is bound last keeps it, so that those before need not.
            let Some(last) = spots.iter().filter(says).map(|spot| spot.stage).max() else { continue };
            let here = spots.iter().filter(says).filter(|spot| spot.stage == last);
            outputs.push(output);
            self.each.push(Rule {
                quantity: Cow::Owned(formula.output(output).into_owned()),
                unit: bond.unit.clone().into(),
                stage: last,
                coalitions: coalitions(here),
                through_replies: end > last,
            });
        }
        Ok((own, outputs))
    }

    /// The rules that a coalition keeps, by their numbers.
    pub(crate) fn kept_by(&self, coalition: usize) -> Row<usize> {
        let all = self.each.iter().enumerate();
        all.filter(|(_, rule)| rule.coalitions.contains(&coalition)).map(|(at, _)| at).collect()
    }

    /// The values of all rules, each with what it may be short by and still count as kept: a share of how far it moves when
    /// all that it depends on does.
    pub(crate) fn nearly(&self, x: &[Term]) -> Vec<Term> {
        let Some(slopes) = &self.slopes else { return Vec::new() };
        let (count, moved) = (self.each.len(), &self.moved);
        let all = slopes.written(x);
        let size = |rule: usize| {
            let terms = moved.iter().enumerate().map(|(at, d)| all[count + rule * moved.len() + at] * x[*d]);
            terms.map(|term| term.max(-term)).reduce(|a, b| a + b).unwrap_or(Term::at_rest())
        };
        (0..count).map(|rule| all[rule] + size(rule) * KEPT).collect()
    }

    /// The rules of a stage, by their numbers.
    pub(crate) fn of_stage(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.each.iter().enumerate().filter(move |(_, rule)| rule.stage == stage).map(|(at, _)| at)
    }
}

/// Who chooses a number, and when.
struct Spot {
    decision: usize,
    stage: usize,
    coalition: usize,
}

/// Whether what others decide before, or beside it, can leave nothing of a variable's range: as far as points of every size in the
/// ranges of one of them tell, those of the rest being usual or at their ends.
fn can_be_empty(
    plan: &Plan,
    own: &[&Spot],
    depends: &[Vec<Dependence>],
    ranges: &Formula,
    at: usize,
) -> bool {
    let others = |spot: &Spot| spot.stage < own[at].stage || spot.coalition != own[at].coalition;
    let movers: Vec<usize> = (0..own.len())
        .filter(|&mover| others(own[mover]))
        .filter(|&mover| moves_range(&depends[mover], at))
        .collect();
    let endless =
        [2 * at, 2 * at + 1].into_iter().any(|end| ranges.constant(end).is_some_and(f64::is_infinite));
    if movers.is_empty() || endless {
        return false;
    }
    let ends = |x: &[f64], at: usize| {
        let ends = ranges.written(x);
        Interval::new(ends[2 * at], ends[2 * at + 1])
    };
    // The others as they usually are, at their lower ends and at their upper ends.
    let bases = [0, 1, 2].map(|base| {
        let mut x = plan.profile.clone();
        for &mover in &movers {
            let Interval { lower, upper } = ends(&x, mover);
            let to = [x[own[mover].decision], lower, upper][base];
            if to.is_finite() {
                x[own[mover].decision] = to;
            }
        }
        x
    });
    bases.iter().any(|base| {
        movers.iter().any(|&mover| {
            let decision = own[mover].decision;
            let bounds = ends(base, mover);
            let mut x = base.clone();
            points(bounds, base[decision], None, true).into_iter().any(|value| {
                x[decision] = value;
                let Interval { lower, upper } = ends(&x, at);
                // Less than nothing, and not by rounding.
                upper.is_finite() && lower.is_finite() && upper - lower < -ALIKE * (upper.abs() + lower.abs())
            })
        })
    })
}

/// Whether what the ends of all ranges depend on in this way moves one of those of a variable.
fn moves_range(depends: &[Dependence], at: usize) -> bool {
    depends[2 * at..2 * at + 2].iter().any(|depends| *depends != Dependence::None)
}

/// The coalitions that choose these numbers, each once.
fn coalitions<'s>(spots: impl Iterator<Item = &'s Spot>) -> Row<usize> {
    let mut coalitions: Row<usize> = spots.map(|spot| spot.coalition).collect();
    coalitions.sort_unstable();
    coalitions.dedup();
    coalitions
}

fn spots(plan: &Plan) -> Vec<Spot> {
    let stages = plan.stages.iter().enumerate();
    let spot = |(stage, variable): (usize, &super::plan::Variable)| Spot {
        decision: variable.decision,
        stage,
        coalition: variable.coalition,
    };
    stages
        .flat_map(|(stage, variables)| variables.iter().map(move |variable| (stage, variable)))
        .map(spot)
        .collect()
}

/// A profile at which nothing is alike by accident: the same ones every time.
fn random(plan: &Plan, probe: usize) -> Vec<f64> {
    let mut x = plan.profile.clone();
    for (decision, role) in plan.roles.iter().enumerate() {
        if let Role::Chosen(at) = *role {
            x[plan.given + decision] = 0.1 + 2.0 * super::chart::spread(7 * probe + 3, at);
        }
    }
    x
}
