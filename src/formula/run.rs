//! Running a formula: the lines in order, each value in a slot that is used again when nobody needs it any more.

use super::{Binary, Fixed, Formula, FormulaError, Line, Ternary, Unary};
use crate::scalar::{Over, Scalar};

/// A formula's lines as they run: inputs are in the first slots, and every line knows the slots of its arguments and its
/// own.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    inputs: usize,
    /// The inputs that are in the first slots, where most of them serve nothing: one player's payoff in a game of a thousand
    /// reads five numbers of the profile. `None` if all are.
    read: Option<Vec<u32>>,
    pub(crate) steps: Vec<Step>,
    /// How many slots there are, the inputs' included.
    pub(crate) slots: usize,
    outputs: usize,
}

/// Up to so many inputs are copied as they stand: that takes some eight vectors of the machine.
const MANY_INPUTS: usize = 32;

/// What is done next: an operation, the slots of its arguments, its constant, and where the value goes. One flat word an
/// operation, so that running is one jump a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    op: Op,
    a: u32,
    b: u32,
    c: u32,
    to: u32,
    constant: f64,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    /// The slot's value is an output.
    Deliver,
    Constant,
    Neg,
    Recip,
    Sqrt,
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Tanh,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Max,
    Min,
    Along,
    Plus,
    From,
    Times,
    Per,
    Into,
    Power,
    Modulo,
    Select,
    Raised,
    /// The order is in the place of a third slot.
    PowerAndLog,
}

impl Step {
    /// A line whose arguments stand in slots, its value to go to one.
    fn compute(line: Line, to: u32) -> Self {
        let nothing = Step { op: Op::Constant, a: 0, b: 0, c: 0, to, constant: 0.0 };
        match line {
            // Inputs are in their slots: nothing computes them.
            Line::Input(a) => Step { op: Op::Plus, a, constant: -0.0, ..nothing },
            Line::Constant(constant) => Step { constant, ..nothing },
            Line::Unary(op, a) => Step { op: op.into(), a, ..nothing },
            Line::Binary(op, a, b) => Step { op: op.into(), a, b, ..nothing },
            Line::Fixed(op, a, constant) => Step { op: op.into(), a, constant, ..nothing },
            Line::Ternary(Ternary::Select, a, b, c) => Step { op: Op::Select, a, b, c, ..nothing },
            Line::Ternary(Ternary::Raised, a, b, c) => Step { op: Op::Raised, a, b, c, ..nothing },
            Line::PowerAndLog(a, b, c) => Step { op: Op::PowerAndLog, a, b, c, ..nothing },
        }
    }

    fn deliver(a: u32, to: u32) -> Self {
        Step { op: Op::Deliver, a, b: 0, c: 0, to, constant: 0.0 }
    }
}

impl From<Unary> for Op {
    fn from(op: Unary) -> Self {
        match op {
            Unary::Neg => Op::Neg,
            Unary::Recip => Op::Recip,
            Unary::Sqrt => Op::Sqrt,
            Unary::Exp => Op::Exp,
            Unary::ExpM1 => Op::ExpM1,
            Unary::Ln => Op::Ln,
            Unary::Ln1p => Op::Ln1p,
            Unary::Tanh => Op::Tanh,
        }
    }
}

impl From<Binary> for Op {
    fn from(op: Binary) -> Self {
        match op {
            Binary::Add => Op::Add,
            Binary::Sub => Op::Sub,
            Binary::Mul => Op::Mul,
            Binary::Div => Op::Div,
            Binary::Rem => Op::Rem,
            Binary::Pow => Op::Pow,
            Binary::Max => Op::Max,
            Binary::Min => Op::Min,
            Binary::Along => Op::Along,
        }
    }
}

impl From<Fixed> for Op {
    fn from(op: Fixed) -> Self {
        match op {
            Fixed::Plus => Op::Plus,
            Fixed::From => Op::From,
            Fixed::Times => Op::Times,
            Fixed::Per => Op::Per,
            Fixed::Into => Op::Into,
            Fixed::Power => Op::Power,
            Fixed::Modulo => Op::Modulo,
        }
    }
}

impl Program {
    pub(crate) fn new(inputs: usize, lines: &[Line], results: &[u32]) -> Self {
        // Until where each line's value is needed, and which outputs it is.
        let mut last: Vec<usize> = vec![0; lines.len()];
        for (at, line) in lines.iter().enumerate() {
            line.arguments().for_each(|argument| last[argument as usize] = at);
        }
        let mut wanted: Vec<(u32, u32)> =
            results.iter().zip(0..).map(|(line, output)| (*line, output)).collect();
        wanted.sort_unstable();
        let mut wanted = wanted.into_iter().peekable();
        let mut slot: Vec<u32> = vec![0; lines.len()];
        let mut free: Vec<u32> = Vec::new();
        let read = sparse(inputs, lines);
        let kept = read.as_ref().map_or(inputs, Vec::len);
        let mut slots = kept as u32;
        let mut inputs_seen = 0..slots;
        let mut steps = Vec::with_capacity(lines.len() + results.len());
        for (at, line) in lines.iter().enumerate() {
            if let Line::Input(input) = line {
                slot[at] = if read.is_some() { inputs_seen.next().unwrap_or_default() } else { *input };
            } else {
                let moved = line.with(|argument| slot[argument as usize]);
                // An argument that is needed for the last time leaves its slot to the line itself: values are read before
                // one is written. Inputs stay.
                for argument in line.arguments().map(|argument| argument as usize) {
                    if last[argument] == at && slot[argument] >= kept as u32 {
                        free.push(slot[argument]);
                        // Once, even where the line has it twice.
                        last[argument] = usize::MAX;
                    }
                }
                slot[at] = free.pop().unwrap_or_else(|| {
                    slots += 1;
                    slots - 1
                });
                steps.push(Step::compute(moved, slot[at]));
            }
            while let Some((_, output)) = wanted.next_if(|(line, _)| *line as usize == at) {
                steps.push(Step::deliver(slot[at], output));
            }
            if last[at] == 0 && !matches!(line, Line::Input(_)) {
                // Delivered, and needed nowhere else.
                free.push(slot[at]);
            }
        }
        Program { inputs, read, steps, slots: slots as usize, outputs: results.len() }
    }

    /// Runs on `slots`, whose first entries are the inputs; there are as many as the program has slots.
    #[inline]
    fn run_on<T: Scalar>(&self, slots: &mut [T], out: &mut [T]) {
        for step in &self.steps {
            // Read where they are needed: a dual number is a copy of many.
            let (x, y) = (|| slots[step.a as usize], || slots[step.b as usize]);
            let c = step.constant;
            let value = match step.op {
                Op::Deliver => {
                    out[step.to as usize] = x();
                    continue;
                }
                Op::Constant => T::constant(c),
                Op::Neg => -x(),
                Op::Recip => x().recip(),
                Op::Sqrt => x().sqrt(),
                Op::Exp => x().exp(),
                Op::ExpM1 => x().exp_m1(),
                Op::Ln => x().ln(),
                Op::Ln1p => x().ln_1p(),
                Op::Tanh => x().tanh(),
                Op::Add => x() + y(),
                Op::Sub => x() - y(),
                Op::Mul => x() * y(),
                Op::Div => x() / y(),
                Op::Rem => x() % y(),
                Op::Pow => Over::<T>::powf(x(), y()),
                Op::Max => x().max(y()),
                Op::Min => x().min(y()),
                Op::Along => T::along(x(), y()),
                Op::Plus => x() + c,
                Op::From => T::constant(c) - x(),
                Op::Times => x() * c,
                Op::Per => x() / c,
                Op::Into => T::constant(c) / x(),
                Op::Power => Over::<f64>::powf(x(), c),
                Op::Modulo => x() % c,
                Op::Select => T::select(x(), y(), slots[step.c as usize]),
                Op::Raised => y().raised(x(), slots[step.c as usize]),
                Op::PowerAndLog => x().power_and_log(y(), step.c),
            };
            slots[step.to as usize] = value;
        }
    }

    /// Runs at `x`, which has at least as many entries as there are inputs, and fills `out`, which has at least as many as
    /// there are outputs.
    pub(crate) fn run<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let zero = T::constant(0.0);
        let (mut few, mut some, mut more, mut many);
        // Filling slots costs as much as some of the work done in them: a few sizes, the largest for the second derivatives of
        // ordinary games.
        let slots: &mut [T] = match self.slots {
            0..=12 => {
                few = [zero; 12];
                &mut few
            }
            13..=32 => {
                some = [zero; 32];
                &mut some
            }
            33..=96 => {
                more = [zero; 96];
                &mut more
            }
            slots => {
                many = vec![zero; slots];
                &mut many
            }
        };
        match &self.read {
            None => slots[..self.inputs].copy_from_slice(&x[..self.inputs]),
            Some(read) => slots.iter_mut().zip(read).for_each(|(slot, at)| *slot = x[*at as usize]),
        }
        self.run_on(slots, out);
    }
}

/// The inputs that the lines read, in the lines' order, where they are few of the many that there are.
fn sparse(inputs: usize, lines: &[Line]) -> Option<Vec<u32>> {
    let read =
        lines.iter().filter_map(|line| if let Line::Input(input) = line { Some(*input) } else { None });
    // To copy all is the faster as long as it takes few vectors.
    (inputs > MANY_INPUTS && 2 * read.clone().count() < inputs).then(|| read.collect())
}

impl Formula {
    /// The outputs at these inputs, on any kind of number.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for the wrong number of inputs.
    pub fn run<T: Scalar>(&self, x: &[T]) -> Result<Vec<T>, FormulaError> {
        let mut out = vec![T::constant(0.0); self.outputs()];
        self.run_into(x, &mut out)?;
        Ok(out)
    }

    /// The outputs at these inputs, put into `out`.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for the wrong number of inputs or outputs.
    pub fn run_into<T: Scalar>(&self, x: &[T], out: &mut [T]) -> Result<(), FormulaError> {
        let program = self.program();
        let fits = |what, given, needed| {
            if given == needed { Ok(()) } else { Err(FormulaError::Count { what, given, needed }) }
        };
        fits("inputs", x.len(), program.inputs)?;
        fits("outputs", out.len(), program.outputs)?;
        program.run(x, out);
        Ok(())
    }

    /// The same where the counts are known to fit.
    #[inline]
    pub(crate) fn fill<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.program().run(x, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Term;

    fn recorded(write: impl FnOnce(&[Term]) -> Vec<Term>) -> Formula {
        Formula::record(["x", "y"], write).unwrap()
    }

    #[test]
    fn outputs_may_repeat_be_inputs_be_constants_and_be_used_again() {
        let formula = recorded(|x| {
            let (sum, product) = (x[0] + x[1], x[0] * x[1]);
            vec![sum, x[1], sum, Term::constant(7.0), sum * product, x[1], product, Term::constant(7.0), x[0]]
        });
        assert_eq!(formula.run(&[2.0, 3.0]).unwrap(), [5.0, 3.0, 5.0, 7.0, 30.0, 3.0, 6.0, 7.0, 2.0]);
    }

    #[test]
    fn a_line_may_take_the_slot_of_its_own_arguments() {
        // The same argument twice, and both arguments for the last time.
        let formula = recorded(|x| {
            let (a, b) = (x[0].exp(), x[1].exp());
            let square = (a - b) * (a - b);
            vec![square / (square + 1.0) - b * b, Term::select(a, b, a)]
        });
        let (a, b) = (0.5_f64.exp(), 0.25_f64.exp());
        let square = (a - b) * (a - b);
        assert_eq!(formula.run(&[0.5, 0.25]).unwrap(), [square / (square + 1.0) - b * b, b]);
    }

    #[test]
    fn slots_are_used_again() {
        let chain = recorded(|x| vec![(0..10_000).fold(x[0], |sum, at| (sum * x[1]).tanh() + f64::from(at))]);
        assert!(chain.operations() > 20_000);
        assert_eq!(chain.program().slots, 3);
        // What is delivered and needed no more leaves its slot, too.
        let wide = recorded(|x| (0..1_000).map(|at| (x[0] * f64::from(at)).exp()).collect());
        assert_eq!(wide.program().slots, 3);
        let out = wide.run(&[0.001, 0.0]).unwrap();
        assert!(out.iter().enumerate().all(|(at, out)| *out == (0.001 * at as f64).exp()));
        // What is needed at the end stays.
        let kept = recorded(|x| {
            let all: Vec<Term> = (0..100).map(|at| (x[0] * f64::from(at)).exp()).collect();
            let sum = all.iter().fold(x[1], |sum, one| sum + *one);
            vec![all.iter().fold(sum, |product, one| product * *one)]
        });
        assert!((102..105).contains(&kept.program().slots), "{}", kept.program().slots);
        let all = (0..100).map(|at| (0.001 * f64::from(at)).exp());
        let sum = all.clone().fold(0.5, |sum, one| sum + one);
        assert_eq!(kept.run(&[0.001, 0.5]).unwrap(), [all.fold(sum, |product, one| product * one)]);
    }

    #[test]
    fn of_many_inputs_only_those_that_are_read_take_a_slot() {
        let names: Vec<String> = (0..1_000).map(|at| format!("x{at}")).collect();
        let formula = Formula::record(names, |x| vec![x[700] * x[3] - x[999], x[3]]).unwrap();
        assert!(formula.program().slots <= 4, "{}", formula.program().slots);
        let x: Vec<f64> = (0..1_000).map(f64::from).collect();
        assert_eq!(formula.run(&x).unwrap(), [700.0 * 3.0 - 999.0, 3.0]);
    }

    #[test]
    fn no_two_living_values_share_a_slot() {
        // A number that no step writes over before its last use: run on what was written, step by step.
        let formula = recorded(|x| {
            let mut all = x.to_vec();
            for at in 0..200_usize {
                let (a, b) = (all[at * 7 % all.len()], all[at * 13 % all.len()]);
                all.push(if at % 3 == 0 { a - b } else { (a * b).tanh() });
            }
            all.into_iter().step_by(11).collect()
        });
        let mut values: Vec<f64> = Vec::new();
        for line in formula.lines() {
            let value = line.value(|input| [0.3, 0.9][input as usize], |at| values[at as usize]);
            values.push(value);
        }
        let wanted: Vec<f64> = formula.results().iter().map(|result| values[*result as usize]).collect();
        assert_eq!(formula.run(&[0.3, 0.9]).unwrap(), wanted);
    }
}
