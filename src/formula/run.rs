//! Running a formula: the lines in order, each value in a slot that is used again when nobody needs it any more.

use smallvec::SmallVec;

use super::{Formula, FormulaError, Line};
use crate::scalar::Scalar;

/// A formula's lines as they run: inputs are in the first slots, and every line knows the slots of its arguments and its
/// own.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    inputs: usize,
    pub(crate) steps: Vec<Step>,
    /// How many slots there are, the inputs' included.
    pub(crate) slots: usize,
    outputs: usize,
}

/// What is done next.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// A line's value goes to a slot.
    Compute(Line, u32),
    /// A slot's value is an output.
    Deliver(u32, u32),
}

impl Program {
    pub(crate) fn new(inputs: usize, lines: &[Line], results: &[u32]) -> Self {
        // Until where each line's value is needed, and which outputs it is.
        let mut last: Vec<usize> = vec![0; lines.len()];
        for (at, line) in lines.iter().enumerate() {
            line.arguments().for_each(|argument| last[argument as usize] = at);
        }
        let mut wanted: Vec<(u32, u32)> = results.iter().zip(0..).map(|(line, output)| (*line, output)).collect();
        wanted.sort_unstable();
        let mut wanted = wanted.into_iter().peekable();
        let mut slot: Vec<u32> = vec![0; lines.len()];
        let mut free: Vec<u32> = Vec::new();
        let mut slots = inputs as u32;
        let mut steps = Vec::with_capacity(lines.len() + results.len());
        for (at, line) in lines.iter().enumerate() {
            if let Line::Input(input) = line {
                slot[at] = *input;
            } else {
                let moved = line.with(|argument| slot[argument as usize]);
                // An argument that is needed for the last time leaves its slot to the line itself: values are read before
                // one is written. Inputs stay.
                let mut done: SmallVec<[u32; 3]> =
                    line.arguments().filter(|argument| last[*argument as usize] == at).collect();
                done.sort_unstable();
                done.dedup();
                let own = done.iter().map(|argument| slot[*argument as usize]);
                free.extend(own.filter(|slot| *slot >= inputs as u32));
                slot[at] = free.pop().unwrap_or_else(|| {
                    slots += 1;
                    slots - 1
                });
                steps.push(Step::Compute(moved, slot[at]));
            }
            while let Some((_, output)) = wanted.next_if(|(line, _)| *line as usize == at) {
                steps.push(Step::Deliver(slot[at], output));
            }
            if last[at] == 0 && !matches!(line, Line::Input(_)) {
                // Delivered, and needed nowhere else.
                free.push(slot[at]);
            }
        }
        Program { inputs, steps, slots: slots as usize, outputs: results.len() }
    }

    /// Runs on `slots`, whose first entries are the inputs; there are as many as the program has slots.
    #[inline]
    fn run_on<T: Scalar>(&self, slots: &mut [T], out: &mut [T]) {
        for step in &self.steps {
            match *step {
                Step::Compute(line, to) => {
                    let at = |slot: u32| slots[slot as usize];
                    let value = line.value(at, at);
                    slots[to as usize] = value;
                }
                Step::Deliver(from, to) => out[to as usize] = slots[from as usize],
            }
        }
    }

    /// Runs at `x`, which has at least as many entries as there are inputs, and fills `out`, which has at least as many as
    /// there are outputs.
    pub(crate) fn run<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let zero = T::constant(0.0);
        let (mut few, mut some, mut many);
        // Filling slots costs as much as some of the work done in them: a few sizes.
        let slots: &mut [T] = match self.slots {
            0..=12 => {
                few = [zero; 12];
                &mut few
            }
            13..=32 => {
                some = [zero; 32];
                &mut some
            }
            slots => {
                many = vec![zero; slots];
                &mut many
            }
        };
        slots[..self.inputs].copy_from_slice(&x[..self.inputs]);
        self.run_on(slots, out);
    }
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
