//! Formulas as data: recorded once, run on anything.
//!
//! A function over [`Scalar`] cannot branch on values. So it can be *recorded*: run once on [`Term`]s, which write down
//! what is done to them. What comes out is a [`Formula`], and from then on it is data: it runs on any [`Scalar`] and on
//! columns of points, its derivatives are formulas again, it prints itself, it can be stored and sent.
//!
//! ```
//! use coopad::Scalar;
//! use coopad::formula::{Dependence, Formula};
//!
//! /// A retailer's profit: margin times sales, less the part of its advertising that nobody else pays.
//! fn profit<T: Scalar>(margin: T, rate: T, spend: T) -> T {
//!     margin * spend.sqrt() - (-(rate - 1.0)) * spend
//! }
//!
//! let profit = Formula::record(["margin", "rate", "spend"], |x| vec![profit(x[0], x[1], x[2])])?.named(["profit"]);
//! assert_eq!(profit.to_string(), "profit = margin*sqrt(spend) - -(rate - 1)*spend");
//! assert_eq!(profit.run(&[2.0, 0.5, 16.0])?, [0.0]);
//!
//! // Its slopes are a formula, after its value.
//! let slopes = profit.derivative(&[2])?;
//! assert_eq!(slopes.run(&[2.0, 0.5, 16.0])?, [0.0, 2.0 * 0.125 - 0.5]);
//!
//! // At a margin of 2 it is a formula of rate and spend.
//! let here = profit.bind(&[2.0])?;
//! assert_eq!(here.run(&[0.5, 16.0])?, [0.0]);
//! assert_eq!(profit.dependence(0, 0)?, Dependence::Linear);
//! # Ok::<(), coopad::formula::FormulaError>(())
//! ```
//!
//! # What is kept
//!
//! * On `f64` a formula gives the bits that the recorded function gives: the order of operations is kept, and only what
//!   changes no bit of a number is left out (constants are computed once, shared terms are shared, unused ones dropped).
//! * On [columns](Formula::columns) of points sums, products, quotients and roots are the same bits; exponentials, logarithms and
//!   powers are the library's own, which may differ from the system's in the last place.
//! * Slopes that are zero by structure vanish while a derivative is recorded: they are not computed.
//! * Sizes are bounded (some four million operations), and what is read from outside is checked line by line.
//! * With serde a formula is its version, its names and a line of text an operation. It is read again as it was, in any format;
//!   another version, or a line that cannot be, is an error.

mod columns;
mod derive;
mod line;
mod rounding;
mod run;
mod shape;
mod stored;
mod term;
mod text;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use columns::Columns;
pub use derive::Dependence;
pub(crate) use line::{Binary, Fixed, Line, Ternary, Unary};
#[allow(unused_imports, reason = "a result's type")]
pub(crate) use rounding::Made;
pub(crate) use run::Program;
pub use term::Term;

#[allow(unused_imports, reason = "for the documentation")]
use crate::scalar::Scalar;

/// What inputs or outputs are called.
pub(crate) type Names = Arc<[Cow<'static, str>]>;

/// A function of some numbers, as data. See the [module](self). Copies share what they are made of.
#[derive(Clone)]
pub struct Formula(Arc<Written>);

/// What a formula is made of.
struct Written {
    inputs: Names,
    outputs: Names,
    lines: Vec<Line>,
    /// The lines that are the outputs.
    results: Vec<u32>,
    /// The same in the order and the places in which it runs.
    program: Program,
}

/// What can be wrong with a formula, or with what it is given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FormulaError {
    /// More operations than a formula may have.
    #[error("the formula has more than {most} operations; split it, or solve it in parts")]
    TooLong {
        /// The most.
        most: usize,
    },
    /// A term of another recording was used.
    #[error("a term of another recording was used; use only the terms that the recording hands in")]
    Foreign,
    /// The wrong number of inputs, outputs or names.
    #[error("{given} {what} given where the formula has {needed}")]
    Count {
        /// Of what.
        what: &'static str,
        /// How many were given.
        given: usize,
        /// How many there are.
        needed: usize,
    },
    /// A column that has neither as many numbers as there are points nor one for all of them.
    #[error("{what} number {at}, counted from 0, has {given} numbers where there are {points} points")]
    Length {
        /// Whether of the inputs or of the outputs.
        what: &'static str,
        /// Which of them.
        at: usize,
        /// How many numbers it has.
        given: usize,
        /// How many points there are.
        points: usize,
    },
    /// Input or output number `at` of what has only `count` of them.
    #[error("there is no {what} number {at}: the formula has {count}, counted from 0")]
    NoSuch {
        /// Of what.
        what: &'static str,
        /// The number asked for.
        at: usize,
        /// How many there are.
        count: usize,
    },
    /// A stored formula that cannot be one.
    #[error("line {line} of the stored formula, {text:?}, {problem}")]
    Damaged {
        /// The line, counted from 0.
        line: usize,
        /// The line itself.
        text: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A stored formula of a version that is not known here.
    #[error("the stored formula has version {version}; this library reads version {known}")]
    Version {
        /// Its version.
        version: u32,
        /// The version that is read.
        known: u32,
    },
}

impl Formula {
    /// A formula of these lines, of which only those are kept that its results depend on.
    pub(crate) fn new(inputs: Names, lines: Vec<Line>, results: Vec<u32>) -> Self {
        let (lines, results) = used(&lines, &results);
        let program = Program::new(inputs.len(), &lines, &results);
        Formula(Arc::new(Written { inputs, outputs: Arc::new([]), lines, results, program }))
    }

    /// The same formula, its outputs under these names; those without one keep their numbers, and names beyond the last
    /// output are left out.
    #[must_use]
    pub fn named<N: Into<Cow<'static, str>>>(self, outputs: impl IntoIterator<Item = N>) -> Self {
        let count = self.outputs();
        self.with_outputs(outputs.into_iter().take(count).map(Into::into).collect())
    }

    pub(crate) fn with_outputs(mut self, outputs: Names) -> Self {
        match Arc::get_mut(&mut self.0) {
            Some(own) => own.outputs = outputs,
            None => {
                let Written { inputs, lines, results, program, .. } = &*self.0;
                let (inputs, lines) = (inputs.clone(), lines.clone());
                let (results, program) = (results.clone(), program.clone());
                self.0 = Arc::new(Written { inputs, outputs, lines, results, program });
            }
        }
        self
    }

    /// The inputs' names, in their order.
    pub fn inputs(&self) -> &[Cow<'static, str>] {
        &self.0.inputs
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.0.results.len()
    }

    /// The name of an output; its number where it has none.
    pub fn output(&self, at: usize) -> Cow<'_, str> {
        match self.0.outputs.get(at) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("output_{at}")),
        }
    }

    /// How many operations there are, constants included.
    pub fn operations(&self) -> usize {
        self.0.lines.iter().filter(|line| !matches!(line, Line::Input(_))).count()
    }

    pub(crate) fn names(&self) -> &Names {
        &self.0.inputs
    }

    pub(crate) fn output_names(&self) -> &Names {
        &self.0.outputs
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.0.lines
    }

    /// The lines that are the outputs.
    pub(crate) fn results(&self) -> &[u32] {
        &self.0.results
    }

    pub(crate) fn program(&self) -> &Program {
        &self.0.program
    }

    /// An output that is an input as it is: which.
    pub(crate) fn passed_on(&self, output: usize) -> Option<usize> {
        match self.0.lines[self.0.results[output] as usize] {
            Line::Input(at) => Some(at as usize),
            _ => None,
        }
    }

    /// An output's value where it depends on nothing.
    pub(crate) fn constant(&self, output: usize) -> Option<f64> {
        match self.0.lines[self.0.results[output] as usize] {
            Line::Constant(c) => Some(c),
            _ => None,
        }
    }
}

/// The lines that results depend on, in their order.
fn used(lines: &[Line], results: &[u32]) -> (Vec<Line>, Vec<u32>) {
    const UNUSED: u32 = u32::MAX;
    let mut place: Vec<u32> = vec![UNUSED; lines.len()];
    results.iter().for_each(|&result| place[result as usize] = 0);
    for (at, line) in lines.iter().enumerate().rev() {
        if place[at] != UNUSED {
            line.arguments().for_each(|argument| place[argument as usize] = 0);
        }
    }
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if place[at] != UNUSED {
            // Arguments stand before: their new places are known.
            let moved = line.with(|argument| place[argument as usize]);
            place[at] = kept.len() as u32;
            kept.push(moved);
        }
    }
    (kept, results.iter().map(|result| place[*result as usize]).collect())
}

impl PartialEq for Formula {
    /// Whether both do the same to inputs of the same names.
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        let same = |(a, b): (&Line, &Line)| a.key() == b.key() && a.arguments().eq(b.arguments());
        one.inputs == other.inputs
            && one.outputs == other.outputs
            && one.results == other.results
            && one.lines.len() == other.lines.len()
            && one.lines.iter().zip(&other.lines).all(same)
    }
}

impl std::fmt::Debug for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Formula({self})")
    }
}
