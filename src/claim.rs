//! Propositions as objects: what is claimed, where, and the inequality that decides it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::formula::{Formula, Term};
use crate::level::D1;
use crate::scalar::Scalar;

/// One axis of a claim's domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The parameter, as in the formulas.
    pub name: &'static str,
    /// The smallest value considered.
    pub lower: f64,
    /// The largest value considered.
    pub upper: f64,
}

/// An axis, as a line of a domain.
pub(crate) const fn axis(name: &'static str, lower: f64, upper: f64) -> Axis {
    Axis { name, lower, upper }
}

/// The inequality behind a claim, written once over any [`Scalar`].
pub trait Inequality {
    /// The margin: `≥ 0` exactly where the claim holds. Parameters come in the order of the claim's axes.
    ///
    /// It is written in the form that can be proved over a box: products, sums of squares and differences of
    /// logarithms, with `min` and `max` for changes of regime.
    fn margin<T: Scalar>(p: &[T]) -> T;

    /// The same statement, computed from solved games: payoffs or decisions that the claim compares. Its sign, not
    /// its size, agrees with the margin's. `None` where the games cannot be solved.
    fn evidence(p: &[f64]) -> Option<f64>;
}

/// A statement about solved games for whose margin there is no formula: value functions that are found on a grid, say.
pub trait Experiment {
    /// By how much the statement holds at `p`, up to the solver's accuracy: from games solved for the purpose. `None` where
    /// they have no solution. Parameters come in the order of the claim's axes.
    fn margin(p: &[f64]) -> Option<f64>;
}

/// What decides a claim.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Decided {
    /// A formula over any [`Scalar`], an [`Inequality`]: its gradient is exact, it can be bounded over boxes, and a margin
    /// costs microseconds to milliseconds. Solved games are evidence of their own.
    ByFormula,
    /// Games solved at every point, an [`Experiment`]: a margin costs tenths of a second, so that samples are small; there
    /// is no gradient and no form over boxes, and the margin is its own evidence.
    BySolving {
        /// A margin closer to zero than this says nothing.
        accuracy: f64,
    },
}

/// A proposition about a model, with the domain on which it is made and the inequality that decides it.
///
/// The margin is non-negative exactly where the claim holds. A claim that a paper states without the condition it
/// needs is kept with its true condition ([`Claim::holds_where`]), and a parameter set on which the unconditional
/// statement fails is kept as data ([`Claim::counterexample`]).
///
/// ```
/// use coopad::models::{HuangLi, Model};
///
/// for claim in HuangLi::claims() {
///     println!("{}: {}", claim.id, claim.statement);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// The claim's number in the project's notes: `A1`.
    pub id: &'static str,
    /// What is claimed.
    pub statement: &'static str,
    /// Where the claim comes from.
    pub source: &'static str,
    /// The box on which it is made.
    pub domain: &'static [Axis],
    /// The side condition on the domain, in words; empty when there is none.
    pub condition: &'static str,
    /// When the claim is not true on its whole domain: where it is.
    pub holds_where: Option<&'static str>,
    /// Parameters in the domain at which the unconditional statement fails. A claim with a counterexample and without a
    /// [condition](Claim::holds_where) is false, and where it is true is not known.
    pub counterexample: Option<&'static [f64]>,
    /// What decides it.
    pub decided: Decided,
    within: fn(&[f64]) -> bool,
    margin: Margin,
    evidence: fn(&[f64]) -> Option<f64>,
}

/// How a claim's margin is computed.
#[derive(Clone, Copy, Debug)]
enum Margin {
    /// By a formula, which is recorded when it is first asked for: it is compiled for terms alone.
    Formula(fn(&[Term]) -> Term),
    /// From solved games.
    Solved,
}

impl Claim {
    /// A claim decided by `I`, said to hold on the whole of `domain`.
    pub const fn new<I: Inequality>(
        id: &'static str,
        statement: &'static str,
        source: &'static str,
        domain: &'static [Axis],
    ) -> Self {
        Claim {
            id,
            statement,
            source,
            domain,
            condition: "",
            holds_where: None,
            counterexample: None,
            decided: Decided::ByFormula,
            within: everywhere,
            margin: Margin::Formula(I::margin::<Term>),
            evidence: I::evidence,
        }
    }

    /// A claim for which there is no formula, decided to this accuracy by the games that `E` solves.
    pub const fn by_solving<E: Experiment>(
        id: &'static str,
        statement: &'static str,
        source: &'static str,
        domain: &'static [Axis],
        accuracy: f64,
    ) -> Self {
        Claim {
            id,
            statement,
            source,
            domain,
            condition: "",
            holds_where: None,
            counterexample: None,
            decided: Decided::BySolving { accuracy },
            within: everywhere,
            margin: Margin::Solved,
            evidence: E::margin,
        }
    }

    /// Restricts the domain by a side condition.
    #[must_use]
    pub const fn given(mut self, condition: &'static str, within: fn(&[f64]) -> bool) -> Self {
        self.condition = condition;
        self.within = within;
        self
    }

    /// Marks a claim that holds only on part of its domain, with a point at which it fails.
    #[must_use]
    pub const fn only_where(mut self, condition: &'static str, counterexample: &'static [f64]) -> Self {
        self.holds_where = Some(condition);
        self.counterexample = Some(counterexample);
        self
    }

    /// Marks a claim that is false, with a point at which it fails, where no condition is known under which it holds.
    #[must_use]
    pub const fn refuted_at(mut self, counterexample: &'static [f64]) -> Self {
        self.counterexample = Some(counterexample);
        self
    }

    /// Whether `p` lies in the domain and meets the side condition, for which games may have to be solved.
    pub fn covers(&self, p: &[f64]) -> bool {
        p.len() == self.domain.len()
            && p.iter().zip(self.domain).all(|(v, axis)| (axis.lower..=axis.upper).contains(v))
            && (self.within)(p)
    }

    /// The margin at `p`: non-negative where the claim holds. NaN for a point of the wrong length, and where the games that
    /// would [decide](Claim::decided) it have no solution.
    pub fn margin(&self, p: &[f64]) -> f64 {
        let value = match self.margin {
            Margin::Formula(margin) => self.formula(margin).and_then(|formula| formula.run(p).ok()?.pop()),
            Margin::Solved => self.evidence(p),
        };
        value.unwrap_or(f64::NAN)
    }

    /// The margin's exact gradient at `p`; empty for a point of the wrong length, and for a claim that is
    /// [decided by solving games](Decided::BySolving).
    pub fn gradient(&self, p: &[f64]) -> Vec<f64> {
        let Margin::Formula(margin) = self.margin else { return Vec::new() };
        let Some(formula) = self.formula(margin).filter(|_| p.len() == self.domain.len()) else {
            return Vec::new();
        };
        let mut point: Vec<D1> = p.iter().map(|&value| D1 { value, slope: 0.0 }).collect();
        let mut along = |axis: usize| {
            point[axis].slope = 1.0;
            let margin = formula.run(&point).ok().and_then(|margin| margin.first().copied());
            point[axis].slope = 0.0;
            margin.map_or(f64::NAN, |margin| margin.slope)
        };
        (0..p.len()).map(&mut along).collect()
    }

    /// The margin as a formula of the domain's axes; none where it is too long to be recorded.
    fn formula(&self, margin: fn(&[Term]) -> Term) -> Option<Formula> {
        // Functions that the compiler has found to be the same may share an address: they share their formula too.
        static RECORDED: Mutex<BTreeMap<(usize, usize), Formula>> = Mutex::new(BTreeMap::new());
        let key = (margin as usize, self.domain.len());
        let known = |all: &BTreeMap<_, Formula>| all.get(&key).cloned();
        if let Some(known) = known(&RECORDED.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Some(known);
        }
        let axes = self.domain.iter().map(|axis| axis.name.into()).collect();
        let formula = Formula::record_named(axes, &mut |p| vec![margin(p)]).ok()?;
        RECORDED.lock().unwrap_or_else(PoisonError::into_inner).insert(key, formula.clone());
        Some(formula)
    }

    /// What solved games say at `p`: the same sign as the margin.
    pub fn evidence(&self, p: &[f64]) -> Option<f64> {
        if p.len() == self.domain.len() { (self.evidence)(p) } else { None }
    }
}

fn everywhere(_: &[f64]) -> bool {
    true
}
