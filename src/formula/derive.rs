//! Formulas of formulas: bound to numbers, one output alone, derivatives; what depends on what.

use std::borrow::Cow;

use super::{Binary, Fixed, Formula, FormulaError, Line, Names, Term, Ternary, Unary};
use crate::dual::Dual;
use crate::scalar::Scalar;

/// How an output depends on an input.
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
    /// The formula with its first inputs at these numbers: what no longer varies is computed.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for more numbers than there are inputs.
    pub fn bind(&self, values: &[f64]) -> Result<Formula, FormulaError> {
        let (given, needed) = (values.len(), self.inputs().len());
        if given > needed {
            return Err(FormulaError::Count { what: "numbers", given, needed });
        }
        let left: Names = self.inputs()[given..].iter().cloned().collect();
        let bound = Formula::record_named(left, |rest| {
            let all: Vec<Term> = values.iter().map(|v| Term::constant(*v)).chain(rest.iter().copied()).collect();
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
    /// those of the second, and so on. Twice gives second derivatives.
    ///
    /// # Errors
    ///
    /// [`FormulaError::NoSuch`] where there is no such input, [`FormulaError::TooLong`] where derivatives would be more than
    /// a formula may hold.
    pub fn derivative(&self, along: &[usize]) -> Result<Formula, FormulaError> {
        let (count, outputs) = (self.inputs().len(), self.outputs());
        if let Some(&at) = along.iter().find(|at| **at >= count) {
            return Err(FormulaError::NoSuch { what: "input", at, count });
        }
        let recorded = Formula::record_named(self.names().clone(), |x| {
            let mut moved: Vec<Dual<Term>> = x.iter().map(|x| Dual { value: *x, slope: Term::at_rest() }).collect();
            let mut all = vec![Term::at_rest(); outputs * (1 + along.len())];
            if along.is_empty() {
                all = self.written(x);
            }
            for (column, &input) in along.iter().enumerate() {
                moved[input].slope = Term::constant(1.0);
                for (row, result) in self.written(&moved).into_iter().enumerate() {
                    all[row] = result.value;
                    all[outputs + row * along.len() + column] = result.slope;
                }
                moved[input].slope = Term::at_rest();
            }
            all
        })?;
        if self.output_names().is_empty() {
            return Ok(recorded);
        }
        let slope = |row: usize, input: &usize| format!("d {} / d {}", self.output(row), self.inputs()[*input]);
        let own = (0..outputs).map(|row| self.output(row).into_owned());
        let slopes = (0..outputs).flat_map(|row| along.iter().map(move |input| slope(row, input)));
        Ok(recorded.named(own.chain(slopes).collect::<Vec<_>>()))
    }

    /// How an output depends on an input.
    ///
    /// # Errors
    ///
    /// [`FormulaError::NoSuch`] where there is no such output or input.
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
                Line::Input(at) => if *at as usize == input { Linear } else { None },
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
