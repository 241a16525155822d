//! Formulas of formulas: bound to numbers, one output alone, derivatives; what depends on what.

use std::borrow::Cow;

use super::term::MOST_LINES;
use super::{Binary, Fixed, Formula, FormulaError, Line, Names, Term, Ternary, Unary};
use crate::dual::Dual;
use crate::scalar::Scalar;

/// How an output depends on an input, as far as the operations tell: an output that is linear by cancellation alone
/// (`x·x/x`) is [`Other`](Dependence::Other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    /// Not at all.
    None,
    /// Linearly, with coefficients that may depend on other inputs: the second derivative is zero.
    Linear,
    /// In another way.
    Other,
}

impl Formula {
    /// The formula with its first inputs at these numbers: what no longer varies is computed. It gives the bits that a run
    /// with these numbers gives.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for more numbers than there are inputs.
    ///
    /// ```
    /// use coopad::formula::Formula;
    ///
    /// let sum = Formula::record(["a", "b", "x"], |x| vec![x[0] * x[1] + x[2]])?.named(["sum"]);
    /// assert_eq!(sum.bind(&[2.0, 3.0])?.to_string(), "sum = x + 6");
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn bind(&self, values: &[f64]) -> Result<Formula, FormulaError> {
        let (given, needed) = (values.len(), self.inputs().len());
        if given > needed {
            return Err(FormulaError::Count { what: "numbers", given, needed });
        }
        let left: Names = self.inputs()[given..].iter().cloned().collect();
        let bound = Formula::record_named(left, &mut |rest| {
            let all: Vec<Term> =
                values.iter().map(|v| Term::constant(*v)).chain(rest.iter().copied()).collect();
            self.written(&all)
        })?;
        Ok(bound.with_outputs(self.output_names().clone()))
    }

    /// What the formula does to these terms, in the recording under way.
    pub(crate) fn written<T: Scalar>(&self, x: &[T]) -> Vec<T> {
        let mut out = vec![T::constant(0.0); self.outputs()];
        self.fill(x, &mut out);
        out
    }

    /// One output alone; what only others need is dropped.
    ///
    /// # Errors
    ///
    /// [`FormulaError::NoSuch`] where there is no such output.
    ///
    /// ```
    /// use coopad::formula::Formula;
    ///
    /// let both = Formula::record(["x"], |x| vec![x[0] + 1.0, x[0] * 2.0])?;
    /// assert_eq!(both.only(1)?.run(&[5.0])?, [10.0]);
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn only(&self, output: usize) -> Result<Formula, FormulaError> {
        let count = self.outputs();
        let Some(result) = self.results().get(output) else {
            return Err(FormulaError::NoSuch { what: "output", at: output, count });
        };
        let alone = Formula::new(self.names().clone(), self.lines().to_vec(), vec![*result]);
        let name: Option<Cow<'static, str>> = self.output_names().get(output).cloned();
        Ok(alone.with_outputs(name.into_iter().collect()))
    }

    /// The formula and its derivatives: all outputs, then the slopes of the first output along each of these inputs, then
    /// those of the second, and so on: that of output `i` along `along[j]` is output `outputs + i · along.len() + j`. Twice
    /// gives second derivatives. Slopes that are zero whatever the inputs are stay zero where others are infinite.
    ///
    /// # Errors
    ///
    /// [`FormulaError::NoSuch`] where there is no such input, [`FormulaError::TooLong`] where derivatives would be more than
    /// a formula may hold.
    ///
    /// ```
    /// use coopad::formula::Formula;
    ///
    /// let product = Formula::record(["x", "y"], |x| vec![x[0] * x[1]])?.named(["p"]);
    /// let slopes = product.derivative(&[0, 1])?;
    /// assert_eq!(slopes.run(&[2.0, 3.0])?, [6.0, 3.0, 2.0]);
    /// assert_eq!(slopes.output(2), "d p / d y");
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn derivative(&self, along: &[usize]) -> Result<Formula, FormulaError> {
        let (count, outputs) = (self.inputs().len(), self.outputs());
        if let Some(&at) = along.iter().find(|at| **at >= count) {
            return Err(FormulaError::NoSuch { what: "input", at, count });
        }
        // Before memory is asked for.
        if outputs.saturating_mul(1 + along.len()) >= MOST_LINES {
            return Err(FormulaError::TooLong { most: MOST_LINES });
        }
        let recorded = Formula::record_named(self.names().clone(), &mut |x| {
            let at_rest = |value: Term| Dual { value, slope: Term::at_rest() };
            // Once with nothing moving; then, for each input, only what moves with it.
            let mut still: Vec<Dual<Term>> = Vec::with_capacity(self.lines().len());
            for line in self.lines() {
                let value = line.value(|input| at_rest(x[input as usize]), |at| still[at as usize]);
                still.push(at_rest(value.value));
            }
            let mut all: Vec<Term> =
                self.results().iter().map(|result| still[*result as usize].value).collect();
            all.resize(outputs * (1 + along.len()), Term::at_rest());
            let mut moved: Vec<Dual<Term>> = Vec::with_capacity(still.len());
            for (column, &input) in along.iter().enumerate() {
                moved.clear();
                for (at, line) in self.lines().iter().enumerate() {
                    moved.push(match line {
                        Line::Input(own) if *own as usize == input => {
                            Dual { value: x[input], slope: Term::constant(1.0) }
                        }
                        _ if line.arguments().all(|argument| moved[argument as usize].slope.rests()) => {
                            still[at]
                        }
                        _ => line.value(|own| at_rest(x[own as usize]), |at| moved[at as usize]),
                    });
                }
                for (row, result) in self.results().iter().enumerate() {
                    all[outputs + row * along.len() + column] = moved[*result as usize].slope;
                }
            }
            all
        })?;
        if self.output_names().is_empty() {
            return Ok(recorded);
        }
        let slope =
            |row: usize, input: &usize| format!("d {} / d {}", self.output(row), self.inputs()[*input]);
        let own = (0..outputs).map(|row| self.output(row).into_owned());
        let slopes = (0..outputs).flat_map(|row| along.iter().map(move |input| slope(row, input)));
        Ok(recorded.named(own.chain(slopes).collect::<Vec<_>>()))
    }

    /// How an output depends on an input, as far as the operations tell.
    ///
    /// # Errors
    ///
    /// [`FormulaError::NoSuch`] where there is no such output or input.
    ///
    /// ```
    /// use coopad::Scalar;
    /// use coopad::formula::{Dependence, Formula};
    ///
    /// let profit = Formula::record(["rate", "spend"], |x| vec![x[1].sqrt() - x[0] * x[1]])?;
    /// assert_eq!(profit.dependence(0, 0)?, Dependence::Linear);
    /// assert_eq!(profit.dependence(0, 1)?, Dependence::Other);
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn dependence(&self, output: usize, input: usize) -> Result<Dependence, FormulaError> {
        let (outputs, inputs) = (self.outputs(), self.inputs().len());
        if output >= outputs {
            return Err(FormulaError::NoSuch { what: "output", at: output, count: outputs });
        }
        if input >= inputs {
            return Err(FormulaError::NoSuch { what: "input", at: input, count: inputs });
        }
        Ok(self.dependences(input)[output])
    }

    /// How all outputs depend on an input.
    pub(crate) fn dependences(&self, input: usize) -> Vec<Dependence> {
        use Dependence::{Linear, None, Other};
        let mut kinds: Vec<Dependence> = Vec::with_capacity(self.lines().len());
        for line in self.lines() {
            let of = |at: &u32| kinds[*at as usize];
            let bent = |kind: Dependence| if kind == None { None } else { Other };
            kinds.push(match line {
                Line::Input(at) => {
                    if *at as usize == input {
                        Linear
                    } else {
                        None
                    }
                }
                Line::Constant(_) => None,
                Line::Unary(Unary::Neg, a) => of(a),
                Line::Unary(_, a) => bent(of(a)),
                Line::Binary(Binary::Add | Binary::Sub, a, b) => of(a).max(of(b)),
                Line::Binary(Binary::Mul | Binary::Along, a, b) => match (of(a), of(b)) {
                    (None, kind) | (kind, None) => kind,
                    _ => Other,
                },
                Line::Binary(Binary::Div, a, b) => of(a).max(bent(of(b))),
                Line::Binary(_, a, b) | Line::PowerAndLog(a, b, _) => bent(of(a).max(of(b))),
                Line::Fixed(Fixed::Plus | Fixed::From | Fixed::Times | Fixed::Per, a, _) => of(a),
                Line::Fixed(_, a, _) => bent(of(a)),
                // Which of two is chosen does not depend on it: then the worse of both.
                Line::Ternary(Ternary::Select, a, b, c) if of(a) == None => of(b).max(of(c)),
                Line::Ternary(_, a, b, c) => bent(of(a).max(of(b)).max(of(c))),
            });
        }
        self.results().iter().map(|result| kinds[*result as usize]).collect()
    }
}
