//! A game's formulas as one structure plays them: payoffs of coalitions, marginal payoffs, their slopes.
//!
//! Held decisions are constants, tied ones are one number. All derivatives are formulas recorded from the payoffs', so that
//! the engine's residuals, Jacobians and lifts are runs on plain numbers; numbers of a level above run the same formulas.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::constraints::Rules;
use super::plan::{Plan, Role};
use crate::dual::Dual;
use crate::formula::{Columns, Dependence, Formula, FormulaError, Line, Term};
use crate::game::{ConditionKind, Interval};
use crate::level::Level;
use crate::recorded::{Formulas, RecordError, Recorded, Seat};
use crate::row::{Row, on_stack};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The most entries of the third derivatives that are recorded: beyond, they would be more lines than nested duals run.
const MOST_BENDS: usize = 4000;

/// From so many variables on, derivatives are recorded even for one solution: nested duals take them a pair at a time.
const MANY: usize = 5;

/// One end of a decision's range.
#[derive(Clone, Debug)]
enum End {
    Fixed(f64),
    /// A number of the profile, as it is.
    Passed(usize),
    /// A formula of the profile.
    Moving(Formula),
}

/// The formulas that one structure needs. All are formulas of the profile: parameters, then decisions.
#[derive(Debug)]
pub(crate) struct Board {
    /// The coalitions' payoffs.
    payoffs: Formula,
    /// The ends of the range of each variable, by stage.
    ends: Vec<Vec<[End; 2]>>,
    conditions: Formula,
    kinds: Vec<ConditionKind>,
    /// What limits several decisions at once.
    pub(crate) rules: Rules,
    /// The payoffs, then the marginal payoff of each variable of the last stage to its coalition.
    marginals: OnceLock<Formula>,
    /// The same, then how each marginal moves with each variable of the last stage.
    slopes: OnceLock<Formula>,
    /// The last stage's marginals, how each moves with each variable of that stage, and with each variable before it.
    crossings: OnceLock<Formula>,
    /// See [`Bends`].
    bends: OnceLock<Option<Bends>>,
    /// Whether no bound of the last stage moves with that stage's own variables.
    apart: OnceLock<bool>,
    /// Layouts for columns that nobody uses now.
    laid: Mutex<Vec<Laid>>,
    /// Each coalition's payoff alone, with what makes a profile possible.
    judged: Vec<OnceLock<Formula>>,
    /// How many coalitions there are.
    coalitions: usize,
    /// Whether first and second derivatives are worth recording, and third ones too: where the formulas serve for more than
    /// one solution.
    derived: bool,
    lasting: bool,
}

/// The derivatives with which the last stage's reply is differentiated twice: of the payoffs of whoever decides in the stage
/// before it, and of the last stage's marginal payoffs, in the variables of both stages.
#[derive(Debug)]
pub(crate) struct Bends {
    /// Values, then slopes a function, then slopes of slopes a slope.
    pub(crate) formula: Formula,
    /// The same without the slopes of slopes.
    pub(crate) first: Formula,
    /// The coalitions that decide in the stage before the last: theirs are the first functions.
    pub(crate) coalitions: Row<usize>,
    /// How many functions and variables there are.
    pub(crate) functions: usize,
    pub(crate) variables: usize,
}

/// Formulas laid out for columns on which the variables of the last two stages move, with room for their inputs and outputs.
#[derive(Debug)]
pub(crate) struct Laid {
    pub(crate) payoffs: Columns,
    /// [`Board::slopes`].
    pub(crate) slopes: Columns,
    pub(crate) inputs: Vec<f64>,
    pub(crate) outputs: Vec<f64>,
}

impl Board {
    /// The formulas for a game under a structure whose plan this is. Where the game's formulas serve many games, so do these.
    pub(crate) fn of(
        game: &Recorded,
        structure: &Structure<Seat>,
        plan: &Plan,
    ) -> Result<Arc<Board>, RecordError> {
        match &game.formulas.kept {
            None => Board::new(game, plan).map(Arc::new),
            Some(kept) => kept.get(structure, || Board::new(game, plan).map(Board::lasting)),
        }
    }

    pub(crate) fn new(game: &Recorded, plan: &Plan) -> Result<Self, RecordError> {
        let Formulas { payoffs, bounds, conditions, kinds, neutral, .. } = &*game.formulas;
        let names = payoffs.names();
        let formula = |write: &dyn Fn(&[Term]) -> Vec<Term>| {
            Formula::record_named(names.clone(), &mut |x| write(&placed(plan, neutral, x)))
        };
        // Where everybody decides everything alone, the game's own formulas serve as they are.
        let untouched = plan.roles.iter().enumerate().all(|(d, role)| *role == Role::Chosen(plan.given + d));
        let singles = plan.coalitions.iter().enumerate().all(|(at, members)| members[..] == [at]);
        let joint = if untouched && singles {
            payoffs.clone()
        } else {
            formula(&|x| {
                let all = payoffs.written(x);
                let sum = |members: &Row<usize>| {
                    members.iter().map(|seat| all[*seat]).reduce(|a, b| a + b).unwrap_or(Term::at_rest())
                };
                plan.coalitions.iter().map(sum).collect()
            })?
        };
        let fixed = (0..bounds.outputs()).all(|end| bounds.constant(end).is_some());
        let tied = plan.stages.iter().flatten().any(|variable| !variable.tied.is_empty());
        // Of tied decisions the narrowest range counts.
        let variables = || plan.stages.iter().flatten().filter(|variable| variable.decision >= plan.given);
        let narrowest = || {
            formula(&|x| {
                let ends = bounds.written(x);
                let range = |variable: &super::plan::Variable| {
                    let each = variable.decisions().map(|d| [2 * (d - plan.given), 2 * (d - plan.given) + 1]);
                    let each = each.map(|[lower, upper]| [ends[lower], ends[upper]]);
                    let both = each.reduce(|[a, b], [lower, upper]| [lower.max(a), b.min(upper)]);
                    both.unwrap_or([Term::at_rest(); 2])
                };
                variables().flat_map(range).collect()
            })
        };
        let ranges = if fixed && !tied { None } else { Some(narrowest()?) };
        let own: Vec<usize> = variables().map(|variable| variable.decision - plan.given).collect();
        let rules = Rules::new(game, plan, ranges.as_ref(), &|x| placed(plan, neutral, x))?;
        let mut taken = 0;
        let mut end = || {
            let at: usize = taken;
            taken += 1;
            if rules.turned.get(at).is_some_and(|turned| *turned) {
                return Ok(End::Fixed(if at.is_multiple_of(2) { f64::NEG_INFINITY } else { f64::INFINITY }));
            }
            let (formula, at) = match &ranges {
                Some(ranges) => (ranges, at),
                None => (bounds, 2 * own[at / 2] + at % 2),
            };
            match (formula.constant(at), formula.passed_on(at)) {
                (Some(fixed), _) => Ok(End::Fixed(fixed)),
                (_, Some(place)) => Ok(End::Passed(place)),
                _ => formula.only(at).map(End::Moving),
            }
        };
        let mut ends = Vec::with_capacity(plan.stages.len());
        for stage in &plan.stages {
            let mut own = Vec::with_capacity(stage.len());
            for variable in stage {
                // A parameter may be anything.
                let parameter = variable.decision < plan.given;
                own.push(if parameter {
                    [End::Fixed(f64::NEG_INFINITY), End::Fixed(f64::INFINITY)]
                } else {
                    [end()?, end()?]
                });
            }
            ends.push(own);
        }
        Ok(Board {
            payoffs: joint,
            ends,
            conditions: if kinds.is_empty() || untouched {
                conditions.clone()
            } else {
                formula(&|x| conditions.written(x))?
            },
            kinds: kinds.clone(),
            rules,
            marginals: OnceLock::new(),
            slopes: OnceLock::new(),
            crossings: OnceLock::new(),
            bends: OnceLock::new(),
            apart: OnceLock::new(),
            laid: Mutex::default(),
            judged: plan.coalitions.iter().map(|_| OnceLock::new()).collect(),
            coalitions: plan.coalitions.len(),
            derived: plan.stages.iter().map(Vec::len).sum::<usize>() >= MANY,
            lasting: false,
        })
    }

    /// The same, to be used many times.
    pub(crate) fn lasting(mut self) -> Self {
        (self.derived, self.lasting) = (true, true);
        self
    }

    /// Whether derivatives are recorded. For a game that is solved once, nested duals on its payoffs cost less than recording.
    pub(crate) fn is_derived(&self) -> bool {
        self.derived
    }

    /// Whether the formulas serve for more than one solution.
    pub(crate) fn is_lasting(&self) -> bool {
        self.lasting
    }

    /// Everybody's payoffs, by coalition.
    #[inline]
    pub(crate) fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.payoffs.fill(x, out);
    }

    /// The formula of a coalition's payoff alone.
    pub(crate) fn alone(&self, coalition: usize) -> Result<Formula, FormulaError> {
        self.payoffs.only(coalition)
    }

    /// The formula of a coalition's payoff, and after it of what must not be negative for a profile to be possible, the rules
    /// that the coalition keeps among it.
    pub(crate) fn judged(&self, coalition: usize) -> &Formula {
        self.judged[coalition].get_or_init(|| {
            let required = |(_, kind): &(usize, &ConditionKind)| **kind == ConditionKind::Required;
            let required: Vec<usize> =
                self.kinds.iter().enumerate().filter(required).map(|(at, _)| at).collect();
            let kept = self.rules.kept_by(coalition);
            let formula = if required.is_empty() && kept.is_empty() {
                self.alone(coalition)
            } else {
                Formula::record_named(self.payoffs.names().clone(), &mut |x| {
                    let conditions = self.conditions.written(x);
                    let payoff = self.payoffs.written(x)[coalition];
                    let conditions = required.iter().map(|at| conditions[*at]);
                    let rules = self.rules.nearly(x);
                    std::iter::once(payoff)
                        .chain(conditions)
                        .chain(kept.iter().map(|rule| rules[*rule]))
                        .collect()
                })
            };
            recorded(formula, 1 + required.len() + kept.len())
        })
    }

    /// The values that a variable may take.
    #[inline]
    pub(crate) fn bounds<T: Level>(&self, stage: usize, variable: usize, x: &[T]) -> Interval<T> {
        let end = |end: &End| match end {
            End::Fixed(value) => T::constant(*value),
            End::Passed(place) => x[*place],
            End::Moving(formula) => {
                let mut out = [T::constant(0.0)];
                formula.fill(x, &mut out);
                out[0]
            }
        };
        let [lower, upper] = &self.ends[stage][variable];
        Interval { lower: end(lower), upper: end(upper) }
    }

    /// Whether an end of a variable's range moves with anything.
    pub(crate) fn moves(&self, stage: usize, variable: usize, upper: bool) -> bool {
        !matches!(self.ends[stage][variable][usize::from(upper)], End::Fixed(_))
    }

    /// The first condition that a possible profile must meet and that does not hold at `x`, or else the first that fails at
    /// all; with its value.
    pub(crate) fn failing(&self, x: &[f64]) -> Option<(usize, ConditionKind, f64)> {
        if self.kinds.is_empty() {
            return None;
        }
        on_stack(self.kinds.len(), 0.0, |values: &mut [f64]| {
            self.conditions.fill(x, values);
            failing(&self.kinds, values)
        })
    }

    /// Whether `x` is a possible outcome.
    pub(crate) fn inside(&self, x: &[f64]) -> bool {
        // What is only expected keeps nothing out.
        !self.kinds.contains(&ConditionKind::Required)
            || !matches!(self.failing(x), Some((_, ConditionKind::Required, _)))
    }

    /// The formula of the payoffs and of the last stage's marginal payoffs.
    pub(crate) fn marginals(&self, plan: &Plan) -> &Formula {
        self.marginals.get_or_init(|| {
            let mut write = |x: &[Term]| {
                let mut all = self.payoffs.written(x);
                all.extend(self.marginals_of(plan, x));
                all
            };
            recorded(
                Formula::record_named(self.payoffs.names().clone(), &mut write),
                self.coalitions + plan.last().len(),
            )
        })
    }

    /// The last stage's marginal payoffs on any terms.
    fn marginals_of<T: Scalar>(&self, plan: &Plan, x: &[T]) -> Vec<T> {
        let mut moved: Vec<Dual<T>> = x.iter().map(|x| Dual { value: *x, slope: T::at_rest() }).collect();
        let mut marginals = Vec::with_capacity(plan.last().len());
        for variable in plan.last() {
            moved[variable.decision].slope = T::constant(1.0);
            marginals.push(self.payoffs.written(&moved)[variable.coalition].slope);
            moved[variable.decision].slope = T::at_rest();
        }
        marginals
    }

    /// The formula of the same and of the marginals' slopes in the last stage's variables.
    pub(crate) fn slopes(&self, plan: &Plan) -> &Formula {
        self.slopes.get_or_init(|| {
            let (count, last) = (self.coalitions, plan.last());
            let mut write = |x: &[Term]| {
                let mut moved: Vec<Dual<Term>> =
                    x.iter().map(|x| Dual { value: *x, slope: Term::at_rest() }).collect();
                let n = last.len();
                let mut all = vec![Term::at_rest(); count + n + n * n];
                let marginals = self.marginals(plan);
                if n == 0 {
                    all = marginals.written(x);
                }
                for (column, variable) in last.iter().enumerate() {
                    moved[variable.decision].slope = Term::constant(1.0);
                    let values = marginals.written(&moved);
                    moved[variable.decision].slope = Term::at_rest();
                    for (row, value) in values.iter().enumerate() {
                        all[row] = value.value;
                        if row >= count {
                            all[count + n + (row - count) * n + column] = value.slope;
                        }
                    }
                }
                all
            };
            let n = last.len();
            recorded(Formula::record_named(self.payoffs.names().clone(), &mut write), count + n + n * n)
        })
    }

    /// The formula of how the last stage's marginals move: with that stage's variables, then with those before it; a row a
    /// marginal.
    pub(crate) fn crossings(&self, plan: &Plan) -> &Formula {
        self.crossings.get_or_init(|| {
            let last = plan.last();
            let before = plan.stages[..plan.stages.len().saturating_sub(1)].iter().flatten();
            let along: Vec<usize> = last.iter().chain(before).map(|variable| variable.decision).collect();
            let marginals = self.marginals(plan);
            let mut write = |x: &[Term]| {
                let mut moved: Vec<Dual<Term>> =
                    x.iter().map(|x| Dual { value: *x, slope: Term::at_rest() }).collect();
                let mut all = vec![Term::at_rest(); last.len() * along.len()];
                for (column, &decision) in along.iter().enumerate() {
                    moved[decision].slope = Term::constant(1.0);
                    let values = marginals.written(&moved);
                    moved[decision].slope = Term::at_rest();
                    for (row, value) in values[self.coalitions..].iter().enumerate() {
                        all[row * along.len() + column] = value.slope;
                    }
                }
                all
            };
            let outputs = last.len() * along.len();
            recorded(Formula::record_named(self.payoffs.names().clone(), &mut write), outputs)
        })
    }

    /// How many numbers a profile has.
    pub(crate) fn inputs(&self) -> usize {
        self.payoffs.inputs().len()
    }

    /// Whether no bound of the last stage moves with that stage's own variables.
    pub(crate) fn bounds_apart(&self, plan: &Plan) -> bool {
        *self.apart.get_or_init(|| {
            let own = |decision: usize| plan.last().iter().any(|variable| variable.decision == decision);
            let apart = |end: &End| match end {
                End::Fixed(_) => true,
                End::Passed(place) => !own(*place),
                End::Moving(formula) => plan.last().iter().all(|variable| {
                    formula.dependences(variable.decision).iter().all(|kind| *kind == Dependence::None)
                }),
            };
            self.ends.last().is_none_or(|stage| stage.iter().flatten().all(apart))
        })
    }

    /// The payoffs and [their slopes](Board::slopes) on columns, for the time being.
    pub(crate) fn lend(&self, plan: &Plan) -> Laid {
        let spare = self.laid.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| {
            let mut varies = vec![false; self.inputs()];
            let late = plan.stages.iter().rev().take(2).flatten();
            late.for_each(|variable| varies[variable.decision] = true);
            let [payoffs, slopes] =
                [&self.payoffs, self.slopes(plan)].map(|formula| Columns::new(formula, &varies));
            Laid { payoffs, slopes, inputs: Vec::new(), outputs: Vec::new() }
        })
    }

    /// What was lent.
    pub(crate) fn take_back(&self, laid: Laid) {
        self.laid.lock().unwrap_or_else(PoisonError::into_inner).push(laid);
    }

    /// The derivatives with which replies of the last stage are differentiated twice; none where there are too many.
    pub(crate) fn bends(&self, plan: &Plan) -> Option<&Bends> {
        if !self.lasting {
            return None;
        }
        let bends = self.bends.get_or_init(|| {
            let [.., before, last] = &plan.stages[..] else { return None };
            let mut coalitions: Row<usize> = before.iter().map(|variable| variable.coalition).collect();
            coalitions.sort_unstable();
            coalitions.dedup();
            let variables: Vec<usize> = before.iter().chain(last).map(|variable| variable.decision).collect();
            let (functions, count) = (coalitions.len() + last.len(), variables.len());
            if functions * count * count > MOST_BENDS {
                return None;
            }
            let marginals = self.marginals(plan);
            let own = Formula::record_named(self.payoffs.names().clone(), &mut |x| {
                let all = marginals.written(x);
                let payoffs = coalitions.iter().map(|coalition| all[*coalition]);
                payoffs.chain(all[self.coalitions..].iter().copied()).collect()
            });
            let first = own.ok()?.derivative(&variables).ok()?;
            let formula = first.derivative(&variables).ok()?;
            Some(Bends { formula, first, coalitions, functions, variables: count })
        });
        bends.as_ref()
    }
}

/// The condition that fails worst, of two alike the first.
pub(crate) fn failing(kinds: &[ConditionKind], values: &[f64]) -> Option<(usize, ConditionKind, f64)> {
    // What is no number does not hold.
    let fails = |(at, (kind, value)): (usize, (&ConditionKind, &f64))| {
        let holds = *value >= 0.0;
        (!holds).then_some((at, *kind, *value))
    };
    let mut all = kinds.iter().zip(values).enumerate().filter_map(fails);
    let first = all.next()?;
    let required = |found: &(usize, ConditionKind, f64)| found.1 == ConditionKind::Required;
    if required(&first) { Some(first) } else { all.find(required).or(Some(first)) }
}

/// The profile as the structure has it: held decisions at their values, tied ones as one.
fn placed(plan: &Plan, neutral: &Formula, x: &[Term]) -> Vec<Term> {
    let given = plan.given;
    // What is held at nothing is nothing by structure: a share paid of a spend that is no number is none.
    let held = |value: f64| if value == 0.0 { Term::at_rest() } else { Term::constant(value) };
    let mut all = x.to_vec();
    let mut neutrals = Vec::new();
    for (decision, role) in plan.roles.iter().enumerate() {
        all[given + decision] = match *role {
            Role::Chosen(at) => x[at],
            Role::Held(value) => held(value),
            Role::Neutral => match neutral.constant(decision) {
                Some(value) => held(value),
                None => {
                    if neutrals.is_empty() {
                        neutrals = neutral.written(&x[..given]);
                    }
                    neutrals[decision]
                }
            },
        };
    }
    all
}

/// A formula that may have grown too long: then nothing in it is a number, and whoever runs it says so.
fn recorded(formula: Result<Formula, FormulaError>, outputs: usize) -> Formula {
    let nothing = |_| {
        let lines = vec![Line::Constant(f64::NAN)];
        Formula::new(Arc::new([]), lines, vec![0; outputs])
    };
    formula.unwrap_or_else(nothing)
}
