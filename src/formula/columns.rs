//! Formulas run on columns of points: a line at a time on a block of points, in vector registers.
//!
//! A formula is laid out once for a way of calling it: what is the same at all points is computed once a call, what is not
//! once a block. Values stand in slots of one block each, which are used again when nobody needs them any more, so that all
//! stay in the nearest cache.

use std::iter::repeat;
use std::ops::Range;
use std::slice::IterMut;

use pulp::{Arch, Simd, WithSimd};
use smallvec::SmallVec;

use super::{Binary, Fixed, Formula, FormulaError, Line, Ternary, Unary};
use crate::numeric::elementary::{self, BUNDLE, Block, LANES, each, each_two};
use crate::scalar::Scalar;

impl Formula {
    /// The outputs at many points, a column each: every input is a column of as many numbers as there are points, or one
    /// number for all of them.
    ///
    /// ```
    /// use coopad::Scalar;
    /// use coopad::formula::Formula;
    ///
    /// let profit = Formula::record(["margin", "spend"], |x| vec![x[0] * x[1].sqrt() - x[1]])?;
    /// let spends = [0.0, 1.0, 4.0, 9.0];
    /// assert_eq!(profit.columns(&[&[4.0], &spends[..]])?, [[0.0, 3.0, 4.0, 3.0]]);
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    ///
    /// A point's results depend on that point alone, not on its place, on the others or on whether a number stands in a column
    /// or for all points: points may be split over threads as one likes, with the same bits. Sums, differences, products,
    /// quotients, square roots, maxima, minima and choices are those of [`Formula::run`] on `f64` to the bit. Exponentials,
    /// logarithms, powers and hyperbolic tangents are the library's own, within one unit in the last place of the correctly
    /// rounded value; machines without fused multiply-add may differ from others in that unit.
    ///
    /// What is the same at all points is computed once. To hold inputs over many calls, [`bind`](Formula::bind) them first.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for the wrong number of inputs, [`FormulaError::Length`] where columns differ in length.
    pub fn columns<C: AsRef<[f64]>>(&self, inputs: &[C]) -> Result<Vec<Vec<f64>>, FormulaError> {
        let points =
            inputs.iter().map(|column| column.as_ref().len()).find(|length| *length != 1).unwrap_or(1);
        let mut outputs = vec![vec![0.0; points]; self.outputs()];
        self.columns_into(inputs, &mut outputs)?;
        Ok(outputs)
    }

    /// The same, put into `outputs`, whose length says how many points there are.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] for the wrong number of inputs or outputs, [`FormulaError::Length`] where columns differ in
    /// length.
    pub fn columns_into<C: AsRef<[f64]>, O: AsMut<[f64]>>(
        &self,
        inputs: &[C],
        outputs: &mut [O],
    ) -> Result<(), FormulaError> {
        let inputs: Row<&[f64]> = inputs.iter().map(AsRef::as_ref).collect();
        let mut outputs: Row<&mut [f64]> = outputs.iter_mut().map(AsMut::as_mut).collect();
        let varies: Row<bool> = inputs.iter().map(|column| column.len() != 1).collect();
        Columns::new(self, &varies).run(&inputs, &mut outputs)
    }
}

/// Inputs or outputs up to which a call allocates nothing: more than any model of the library has.
const FEW: usize = 32;

type Row<T> = SmallVec<[T; FEW]>;

/// A formula laid out for columns, with the room that it needs: made once, run many times.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    arch: Arch,
    /// Which inputs are columns; the others are one number for all points.
    varies: Row<bool>,
    outputs: usize,
    /// What is the same at all points, on a block with the same number in each lane.
    once: Layout,
    /// What is not.
    each: Layout,
    /// What is the same at all points: inputs, constants, and what the first layout hands over.
    numbers: Vec<f64>,
    /// Where the last of these stand.
    handed: Range<usize>,
    blocks: Vec<Slot>,
    /// Inputs that do not come in whole blocks: numbers for all points, the last points. And what they give.
    given: Vec<Block>,
    results: Vec<Block>,
}

/// Room for a block, at the start of a cache line: the widest registers are as long as one, and what lies across two costs
/// twice.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Slot(Block);

/// Lines as they run on a block.
#[derive(Clone, Debug)]
struct Layout {
    columns: u32,
    slots: u32,
    steps: Vec<Step>,
    /// Numbers that a slot holds in all its lanes.
    spread: Vec<(u32, u32)>,
}

/// What is done next. Arguments are columns, and slots counted from the last column on.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A line's value, its constant in a place among the numbers.
    Compute(Line<u32>, Target),
    /// A column or slot is an output.
    Copy(u32, u32),
}

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
enum Target {
    Slot(u32),
    Output(u32),
}

/// Where a line's value stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Nowhere yet.
    Open,
    /// Among the numbers that are the same in all lanes.
    Number(u32),
    /// In a column or a slot.
    Block(u32),
}

impl Columns {
    /// The formula laid out for these inputs: those that vary are columns, the others one number for all points. An input of
    /// which nothing is said does not vary.
    pub(crate) fn new(formula: &Formula, varies: &[bool]) -> Self {
        let lines = formula.lines();
        let inputs = formula.inputs().len();
        let varies: Row<bool> = varies.iter().copied().chain(repeat(false)).take(inputs).collect();
        // An input's place among those of its kind: held, varying.
        let mut kinds = [0, 0];
        let rank: Row<u32> =
            varies.iter().map(|varies| post_increment(&mut kinds[usize::from(*varies)])).collect();
        let [held, varying] = kinds;
        let mut same: Vec<bool> = Vec::with_capacity(lines.len());
        for line in lines {
            same.push(match line {
                Line::Input(input) => !varies[*input as usize],
                line => line.arguments().all(|argument| same[argument as usize]),
            });
        }

        let mut places = Places {
            of: vec![Place::Open; lines.len()],
            numbers: vec![0.0; held as usize],
            spread: Vec::new(),
        };
        for (at, line) in lines.iter().enumerate() {
            match *line {
                Line::Input(input) => places.of[at] = Place::Block(rank[input as usize]),
                Line::Constant(c) => places.of[at] = Place::Number(places.number(c)),
                _ => {}
            }
        }
        let mut results: Vec<(u32, u32)> = formula.results().iter().copied().zip(0..).collect();
        results.sort_unstable();
        // What is computed once and used elsewhere.
        let mut handed = vec![false; lines.len()];
        let apart =
            lines.iter().zip(&same).filter(|(_, same)| !**same).flat_map(|(line, _)| line.arguments());
        apart.chain(formula.results().iter().copied()).for_each(|at| handed[at as usize] = true);
        let computed =
            |at: &u32| handed[*at as usize] && same[*at as usize] && places.of[*at as usize] == Place::Open;
        let handed: Vec<(u32, u32)> = (0..lines.len() as u32).filter(computed).zip(0..).collect();
        let once = places.lay_out(lines, held, &handed, |at| same[at]);

        let start = places.numbers.len();
        places.numbers.resize(start + handed.len(), 0.0);
        for (at, line) in lines.iter().enumerate() {
            if let Line::Input(input) = line
                && same[at]
            {
                places.of[at] = Place::Number(rank[*input as usize]);
            }
        }
        for (at, number) in &handed {
            places.of[*at as usize] = Place::Number(start as u32 + number);
        }
        let each = places.lay_out(lines, varying, &results, |at| !same[at]);
        let room = |blocks: usize| vec![[0.0; LANES]; blocks];
        Columns {
            arch: Arch::new(),
            varies,
            outputs: results.len(),
            blocks: vec![Slot([0.0; LANES]); once.slots.max(each.slots) as usize],
            given: room(held.max(varying) as usize),
            results: room(handed.len().max(results.len())),
            handed: start..start + handed.len(),
            once,
            each,
            numbers: places.numbers,
        }
    }

    /// The outputs at these inputs: a column each with as many numbers as there are points, or one number where the input
    /// does not vary.
    pub(crate) fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), FormulaError> {
        let points = self.check(inputs, outputs)?;
        let Columns { arch, varies, once, each, numbers, blocks, given, results, handed, .. } = self;
        let of_kind = |kind| {
            inputs.iter().zip(&*varies).filter(move |(_, varies)| **varies == kind).map(|(column, _)| *column)
        };
        for (number, column) in numbers.iter_mut().zip(of_kind(false)) {
            *number = column[0];
        }
        if handed.start < handed.end {
            given.iter_mut().zip(&*numbers).for_each(|(block, number)| block[..BUNDLE].fill(*number));
            once.spread(numbers, blocks, BUNDLE);
            run_aside((*arch, BUNDLE), once, numbers, blocks, given, results);
            numbers[handed.clone()].iter_mut().zip(&*results).for_each(|(number, block)| *number = block[0]);
        }

        let rest = points % LANES;
        let lanes = rest.next_multiple_of(BUNDLE);
        each.spread(numbers, blocks, if points < LANES { lanes } else { LANES });
        let (whole, last): (Row<&[Block]>, Row<&[f64]>) = of_kind(true).map(<[f64]>::as_chunks).unzip();
        let (mut whole_out, last_out): (Row<IterMut<'_, Block>>, Row<&mut [f64]>) = outputs
            .iter_mut()
            .map(|column| column.as_chunks_mut())
            .map(|(whole, last)| (whole.iter_mut(), last))
            .unzip();
        for block in 0..points / LANES {
            let columns: Row<&Block> = whole.iter().map(|column| &column[block]).collect();
            let mut out: Row<&mut Block> = whole_out.iter_mut().flat_map(Iterator::next).collect();
            let lanes = LANES;
            arch.dispatch(Pass { layout: each, numbers, columns: &columns, blocks, out: &mut out, lanes });
        }
        if rest > 0 {
            for (block, last) in given.iter_mut().zip(&last) {
                // The lanes that are left repeat the last point: nothing out of the ordinary happens there.
                block[..rest].copy_from_slice(last);
                block[rest..lanes].fill(last[rest - 1]);
            }
            run_aside((*arch, lanes), each, numbers, blocks, given, results);
            last_out
                .into_iter()
                .zip(&*results)
                .for_each(|(last, block)| last.copy_from_slice(&block[..rest]));
        }
        Ok(())
    }

    /// The same for tables: rows of [`BUNDLE`] numbers, one for each input and output, of which the first `count` are points. False
    /// where the tables do not fit.
    pub(crate) fn run_table(&mut self, count: usize, inputs: &[f64], outputs: &mut [f64]) -> bool {
        let points = count.min(BUNDLE);
        let (inputs, outputs) = (inputs.as_chunks::<BUNDLE>().0, outputs.as_chunks_mut::<BUNDLE>().0);
        let column = |(row, varies): (_, &bool)| -> &[f64] {
            let row: &[f64; BUNDLE] = row;
            &row[..if *varies { points } else { 1 }]
        };
        let inputs: Row<&[f64]> = inputs.iter().zip(&self.varies).map(column).collect();
        let mut outputs: Row<&mut [f64]> =
            outputs.iter_mut().take(self.outputs).map(|row| &mut row[..points]).collect();
        self.run(&inputs, &mut outputs).is_ok()
    }

    /// How many points there are.
    fn check(&self, inputs: &[&[f64]], outputs: &[&mut [f64]]) -> Result<usize, FormulaError> {
        let count = |what, given, needed| {
            if given == needed { Ok(()) } else { Err(FormulaError::Count { what, given, needed }) }
        };
        count("inputs", inputs.len(), self.varies.len())?;
        count("outputs", outputs.len(), self.outputs)?;
        let of_inputs =
            || inputs.iter().zip(&self.varies).find(|(_, varies)| **varies).map(|(column, _)| column.len());
        let points = outputs.first().map(|column| column.len()).or_else(of_inputs).unwrap_or(1);
        let needed = self.varies.iter().map(|varies| if *varies { points } else { 1 });
        let odd =
            inputs.iter().map(|column| column.len()).zip(needed).position(|(given, needed)| given != needed);
        if let Some(at) = odd {
            return Err(FormulaError::Length { what: "input", at, given: inputs[at].len(), points });
        }
        match outputs.iter().position(|column| column.len() != points) {
            Some(at) => Err(FormulaError::Length { what: "output", at, given: outputs[at].len(), points }),
            None => Ok(points),
        }
    }
}

/// Runs on the first lanes of blocks of the layout's own. It uses as many of them as it has columns and outputs.
fn run_aside(
    (arch, lanes): (Arch, usize),
    layout: &Layout,
    numbers: &[f64],
    blocks: &mut [Slot],
    given: &[Block],
    results: &mut [Block],
) {
    let columns: Row<&Block> = given.iter().take(layout.columns as usize).collect();
    let mut out: Row<&mut Block> = results.iter_mut().collect();
    arch.dispatch(Pass { layout, numbers, columns: &columns, blocks, out: &mut out, lanes });
}

fn post_increment(count: &mut u32) -> u32 {
    *count += 1;
    *count - 1
}

/// Where lines' values stand while they are laid out, and the numbers that are the same in all lanes.
struct Places {
    of: Vec<Place>,
    numbers: Vec<f64>,
    /// The slots of numbers that some operation takes from a slot.
    spread: Vec<Option<u32>>,
}

impl Places {
    fn number(&mut self, number: f64) -> u32 {
        self.numbers.push(number);
        self.numbers.len() as u32 - 1
    }

    /// Lays out the lines that are `mine` and stand nowhere yet. `wanted` are lines and the outputs that they are, in the
    /// lines' order.
    fn lay_out(
        &mut self,
        lines: &[Line],
        columns: u32,
        mut wanted: &[(u32, u32)],
        mine: impl Fn(usize) -> bool,
    ) -> Layout {
        // Until where each line's value is needed.
        let mut last: Vec<usize> = vec![0; lines.len()];
        for (at, line) in lines.iter().enumerate().filter(|(at, _)| mine(*at)) {
            line.arguments().for_each(|argument| last[argument as usize] = at);
        }
        let mut layout =
            Layout { columns, slots: 0, steps: Vec::with_capacity(lines.len()), spread: Vec::new() };
        self.spread.clear();
        let mut free: Vec<u32> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let outputs;
            (outputs, wanted) = wanted.split_at(wanted.partition_point(|(line, _)| *line as usize <= at));
            let mut copies = outputs;
            if mine(at) && self.of[at] == Place::Open {
                let moved = self.moved(*line, &mut layout);
                if let ([(_, output)], 0) = (outputs, last[at]) {
                    layout.steps.push(Step::Compute(moved, Target::Output(*output)));
                    copies = &[];
                } else {
                    // Taken before those of arguments are free: it is none of them.
                    let slot = free.pop().unwrap_or_else(|| post_increment(&mut layout.slots));
                    self.of[at] = Place::Block(columns + slot);
                    layout.steps.push(Step::Compute(moved, Target::Slot(slot)));
                }
            }
            for (_, output) in copies {
                let from = self.block(at as u32, &mut layout);
                layout.steps.push(Step::Copy(from, *output));
            }
            if mine(at) {
                // Needed for the last time, or for nothing but outputs.
                let done = line.arguments().chain([at as u32]);
                let mut done: SmallVec<[u32; 4]> = done.filter(|line| last[*line as usize] <= at).collect();
                done.sort_unstable();
                done.dedup();
                free.extend(done.into_iter().filter_map(|line| match self.of[line as usize] {
                    Place::Block(place) => place.checked_sub(columns),
                    _ => None,
                }));
            }
        }
        layout
    }

    /// The block with a line's value.
    fn block(&mut self, line: u32, layout: &mut Layout) -> u32 {
        match self.of[line as usize] {
            Place::Number(number) => self.spread(number, layout),
            Place::Block(place) => place,
            // Not so: arguments stand before what uses them.
            Place::Open => 0,
        }
    }

    /// A block with a number in all its lanes. Nothing else ever stands in its slot.
    fn spread(&mut self, number: u32, layout: &mut Layout) -> u32 {
        self.spread.resize(self.numbers.len(), None);
        let slot = *self.spread[number as usize].get_or_insert_with(|| {
            let slot = post_increment(&mut layout.slots);
            layout.spread.push((number, slot));
            slot
        });
        layout.columns + slot
    }

    /// The line with its arguments where their values stand. What is the same in all lanes stays a number where that can be.
    fn moved(&mut self, line: Line, layout: &mut Layout) -> Line<u32> {
        use Place::{Block, Number};
        let of = |at: u32| self.of[at as usize];
        match line {
            Line::Binary(op, a, b) => match (op, of(a), of(b)) {
                (Binary::Add, Block(x), Number(c)) | (Binary::Add, Number(c), Block(x)) => {
                    Line::Fixed(Fixed::Plus, x, c)
                }
                (Binary::Mul, Block(x), Number(c)) | (Binary::Mul, Number(c), Block(x)) => {
                    Line::Fixed(Fixed::Times, x, c)
                }
                (Binary::Sub, Number(c), Block(x)) => Line::Fixed(Fixed::From, x, c),
                (Binary::Div, Block(x), Number(c)) => Line::Fixed(Fixed::Per, x, c),
                (Binary::Div, Number(c), Block(x)) => Line::Fixed(Fixed::Into, x, c),
                _ => Line::Binary(op, self.block(a, layout), self.block(b, layout)),
            },
            Line::Fixed(op, a, c) => {
                let a = self.block(a, layout);
                // Powers that one correctly rounded operation gives, and a quotient that a product gives to the bit: that by
                // a power of two.
                let inverse = 1.0 / c;
                let two_to_some_power = c.to_bits().trailing_zeros() >= 52 && inverse.is_normal();
                match op {
                    Fixed::Power if c == 2.0 => Line::Binary(Binary::Mul, a, a),
                    Fixed::Power if c == -1.0 => Line::Unary(Unary::Recip, a),
                    Fixed::Per if two_to_some_power => Line::Fixed(Fixed::Times, a, self.number(inverse)),
                    Fixed::Power | Fixed::Modulo => {
                        let op = if op == Fixed::Power { Binary::Pow } else { Binary::Rem };
                        let number = self.number(c);
                        Line::Binary(op, a, self.spread(number, layout))
                    }
                    op => Line::Fixed(op, a, self.number(c)),
                }
            }
            Line::Unary(op, a) => Line::Unary(op, self.block(a, layout)),
            Line::Ternary(op, a, b, c) => {
                Line::Ternary(op, self.block(a, layout), self.block(b, layout), self.block(c, layout))
            }
            Line::PowerAndLog(a, b, order) => {
                Line::PowerAndLog(self.block(a, layout), self.block(b, layout), order)
            }
            // Not so: these are not computed.
            Line::Input(_) | Line::Constant(_) => Line::Input(0),
        }
    }
}

impl Layout {
    /// Puts numbers into the slots that hold them in all lanes, or so many.
    fn spread(&self, numbers: &[f64], blocks: &mut [Slot], lanes: usize) {
        self.spread
            .iter()
            .for_each(|(number, slot)| blocks[*slot as usize].0[..lanes].fill(numbers[*number as usize]));
    }
}

/// One block's run through a layout.
struct Pass<'a, 'b> {
    layout: &'a Layout,
    numbers: &'a [f64],
    columns: &'a [&'b Block],
    blocks: &'a mut [Slot],
    out: &'a mut [&'b mut Block],
    /// How many lanes there are, whole bundles.
    lanes: usize,
}

impl WithSimd for Pass<'_, '_> {
    type Output = ();

    /// Made once for every kind of vector registers. Operations are loops that the compiler turns into their instructions.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Pass { layout, numbers, columns, blocks, out, lanes } = self;
        let lanes = lanes.min(LANES);
        for step in &layout.steps {
            let (line, target) = match *step {
                Step::Compute(line, target) => (line, target),
                Step::Copy(from, output) => {
                    let slot = from as usize;
                    let from = columns.get(slot).copied().unwrap_or_else(|| &blocks[slot - columns.len()].0);
                    out[output as usize][..lanes].copy_from_slice(&from[..lanes]);
                    continue;
                }
            };
            // The slot that is written is none of those that are read.
            let (below, out, above): (&[Slot], &mut Block, &[Slot]) = match target {
                Target::Output(output) => (blocks, &mut *out[output as usize], &[]),
                Target::Slot(slot) => {
                    let (below, rest) = blocks.split_at_mut(slot as usize);
                    let Some((out, above)) = rest.split_first_mut() else { continue };
                    (below, &mut out.0, above)
                }
            };
            let at = |place: u32| {
                let place = place as usize;
                let Some(slot) = place.checked_sub(columns.len()) else { return &columns[place][..lanes] };
                &below.get(slot).unwrap_or_else(|| &above[slot - below.len() - 1]).0[..lanes]
            };
            compute::<S>(line, numbers, at, &mut out[..lanes]);
        }
    }
}

#[inline(always)]
fn compute<'a, S: Simd>(line: Line<u32>, numbers: &[f64], at: impl Fn(u32) -> &'a [f64], out: &mut [f64]) {
    match line {
        Line::Unary(op, a) => {
            let x = at(a);
            match op {
                Unary::Neg => each(x, out, |x| -x),
                Unary::Recip => each(x, out, |x| 1.0 / x),
                Unary::Sqrt => elementary::sqrt(x, out),
                Unary::Exp => elementary::exp::<S>(x, out),
                Unary::ExpM1 => elementary::exp_m1::<S>(x, out),
                Unary::Ln => elementary::ln::<S>(x, out),
                Unary::Ln1p => elementary::ln_1p::<S>(x, out),
                Unary::Tanh => elementary::tanh::<S>(x, out),
            }
        }
        Line::Binary(op, a, b) => {
            let (x, y) = (at(a), at(b));
            match op {
                Binary::Add => each_two(x, y, out, |x, y| x + y),
                Binary::Sub => each_two(x, y, out, |x, y| x - y),
                Binary::Mul => each_two(x, y, out, |x, y| x * y),
                Binary::Div => each_two(x, y, out, |x, y| x / y),
                Binary::Max => each_two(x, y, out, |x, y| Binary::Max.of(x, y)),
                Binary::Min => each_two(x, y, out, |x, y| Binary::Min.of(x, y)),
                Binary::Along => each_two(x, y, out, |x, y| Binary::Along.of(x, y)),
                // The first power is the number itself, as the kernel would find.
                Binary::Pow if y.iter().all(|y| *y == 1.0) => out.copy_from_slice(x),
                Binary::Pow => elementary::pow::<S>(x, y, out),
                Binary::Rem => each_two(x, y, out, remainder),
            }
        }
        Line::Fixed(op, a, c) => {
            let (x, c) = (at(a), numbers[c as usize]);
            match op {
                Fixed::Plus => each(x, out, |x| x + c),
                Fixed::From => each(x, out, |x| c - x),
                Fixed::Times => each(x, out, |x| x * c),
                Fixed::Per => each(x, out, |x| x / c),
                Fixed::Into => each(x, out, |x| c / x),
                // Laid out as powers and remainders of two blocks.
                Fixed::Power | Fixed::Modulo => {}
            }
        }
        Line::Ternary(Ternary::Select, a, b, c) => {
            let (then, otherwise) = (at(b).as_chunks::<BUNDLE>().0, at(c).as_chunks::<BUNDLE>().0);
            let choices = at(a).as_chunks::<BUNDLE>().0.iter().zip(then.iter().zip(otherwise));
            for (out, (margin, (then, otherwise))) in out.as_chunks_mut::<BUNDLE>().0.iter_mut().zip(choices)
            {
                for (lane, to) in out.iter_mut().enumerate() {
                    // By bits: of a choice the compiler makes one between places, and reads one number at a time.
                    let chosen = u64::from(margin[lane] > 0.0).wrapping_neg();
                    *to = f64::from_bits(then[lane].to_bits() & chosen | otherwise[lane].to_bits() & !chosen);
                }
            }
        }
        Line::Ternary(Ternary::Raised, lower, base, exponent) => {
            let (lower, base) = (at(lower), at(base));
            let mut infinite = false;
            each_two(lower, base, out, |lower, base| {
                infinite |= !lower.is_finite();
                lower * base
            });
            if infinite {
                raise([lower, base, at(exponent)], out);
            }
        }
        Line::PowerAndLog(base, exponent, order) => power_and_log(at(base), at(exponent), order, out),
        // Never computed.
        Line::Input(_) | Line::Constant(_) => {}
    }
}

/// A call of the C library, whatever the registers.
#[inline(never)]
fn remainder(x: f64, y: f64) -> f64 {
    x % y
}

/// Powers whose lower power is not finite, where the product says nothing.
#[cold]
#[inline(never)]
fn raise([lower, base, exponent]: [&[f64]; 3], out: &mut [f64]) {
    for lane in 0..out.len() {
        if !lower[lane].is_finite() {
            out[lane] = base[lane].powf(exponent[lane]);
        }
    }
}

/// Rare: derivatives of powers in their exponents.
#[inline(never)]
fn power_and_log(base: &[f64], exponent: &[f64], order: u32, out: &mut [f64]) {
    each_two(base, exponent, out, |base, exponent| base.power_and_log(exponent, order));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between 0 and 1 (splitmix64).
    fn random() -> impl FnMut() -> f64 {
        let mut state = 7_u64;
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    fn names(count: usize) -> super::super::Names {
        (0..count).map(|at| format!("x{at}").into()).collect()
    }

    const UNARY: [Unary; 8] = [
        Unary::Neg,
        Unary::Recip,
        Unary::Sqrt,
        Unary::Exp,
        Unary::ExpM1,
        Unary::Ln,
        Unary::Ln1p,
        Unary::Tanh,
    ];
    const BINARY: [Binary; 9] = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Div,
        Binary::Rem,
        Binary::Pow,
        Binary::Max,
        Binary::Min,
        Binary::Along,
    ];
    const FIXED: [Fixed; 7] =
        [Fixed::Plus, Fixed::From, Fixed::Times, Fixed::Per, Fixed::Into, Fixed::Power, Fixed::Modulo];
    const CONSTANTS: [f64; 13] =
        [2.0, 3.0, -1.0, 1.0, 0.0, 0.5, 0.3, -4.0, 0.125, 1e300, 1e-320, -0.7, f64::NAN];

    /// Every operation on lines 0 to 2, and on the constant.
    fn operations(c: f64) -> Vec<Line> {
        let mut all: Vec<Line> = UNARY.iter().map(|op| Line::Unary(*op, 0)).collect();
        all.extend(BINARY.iter().map(|op| Line::Binary(*op, 0, 1)));
        all.extend(FIXED.iter().map(|op| Line::Fixed(*op, 0, c)));
        all.push(Line::Ternary(Ternary::Select, 0, 1, 2));
        all.push(Line::Ternary(Ternary::Raised, 0, 1, 2));
        all.extend((0..3).map(|order| Line::PowerAndLog(0, 1, order)));
        all
    }

    fn alike(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
    }

    /// Whether an operation's results are those on `f64` to the bit.
    fn exact(line: Line) -> bool {
        match line {
            Line::Unary(op, _) => matches!(op, Unary::Neg | Unary::Recip | Unary::Sqrt),
            Line::Binary(op, ..) => op != Binary::Pow,
            Line::Fixed(op, ..) => op != Fixed::Power,
            _ => true,
        }
    }

    const SPECIAL: [f64; 22] = [
        0.0,
        -0.0,
        f64::from_bits(1),
        -1e-310,
        f64::MIN_POSITIVE,
        1e-200,
        -1e-9,
        0.3,
        0.5,
        -0.5,
        1.0,
        -1.0,
        1.5,
        2.0,
        -3.0,
        800.0,
        -800.0,
        1e200,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];

    /// Every operation on all triples of special numbers, columns and numbers for all points alike.
    #[test]
    fn operations_are_those_on_numbers() {
        let pick = |divide: usize| move |at: usize| SPECIAL[at / divide % SPECIAL.len()];
        let points = SPECIAL.len().pow(3);
        let columns = [484, 22, 1].map(|divide| (0..points).map(pick(divide)).collect::<Vec<_>>());
        for line in CONSTANTS.into_iter().flat_map(operations) {
            let inputs = [Line::Input(0), Line::Input(1), Line::Input(2)];
            let formula = Formula::new(names(3), [&inputs[..], &[line]].concat(), vec![3]);
            let results = formula.columns(&columns).unwrap().remove(0);
            for (at, result) in results.iter().enumerate() {
                let x = [&columns[0], &columns[1], &columns[2]].map(|column| column[at]);
                let expected: f64 = line.value(|_| 0.0, |place| x[place as usize]);
                // Two libraries that each err by a unit at most, and powers taken as products.
                let steps = result.to_bits().abs_diff(expected.to_bits());
                let near = !exact(line) && expected.is_finite() && expected.abs() != 1.0 && steps <= 2;
                assert!(alike(*result, expected) || near, "{line:?} at {x:?}: {result:e}, not {expected:e}");
            }
            // A block of points with each of the inputs a number for all of them.
            for held in 0..8 {
                let part = 3000..3000 + LANES / 2;
                for at in part.clone().step_by(21) {
                    let given: Vec<&[f64]> = (0..3)
                        .map(|input| match held >> input & 1 {
                            0 => &columns[input][part.clone()],
                            _ => &columns[input][at..=at],
                        })
                        .collect();
                    let all: Vec<Vec<f64>> = given
                        .iter()
                        .map(
                            |column| {
                                if column.len() == 1 { vec![column[0]; LANES / 2] } else { column.to_vec() }
                            },
                        )
                        .collect();
                    let (one, other) = (formula.columns(&given).unwrap(), formula.columns(&all).unwrap());
                    let same = one[0].iter().cycle().zip(&other[0]).all(|(a, b)| alike(*a, *b));
                    assert!(same, "{line:?} held {held:b}");
                }
            }
        }
    }

    /// A random formula of so many lines and inputs, its lines of any kind.
    fn formula(lines: usize, inputs: usize, random: &mut impl FnMut() -> f64) -> Formula {
        let mut all: Vec<Line> = (0..inputs as u32).map(Line::Input).collect();
        for at in inputs..lines {
            let mut below = |count: usize| ((random() * count as f64) as usize).min(count - 1);
            let constant = CONSTANTS[below(CONSTANTS.len() - 1)];
            let choices = operations(constant);
            let line = match below(10) {
                0 => Line::Constant(constant),
                _ => choices[below(choices.len())],
            };
            // Rather late lines, so that formulas are deep.
            let places = [0; 3].map(|_: u32| {
                let reach = 1 + below(at);
                (at - 1 - below(reach)) as u32
            });
            all.push(line.with(|argument| places[argument as usize]));
        }
        let results =
            (0..3).map(|_| ((0.5 + 0.5 * random()) * lines as f64) as u32).chain([0, lines as u32 - 1]);
        let results = results.map(|result| result.min(lines as u32 - 1)).collect();
        Formula::new(names(inputs), all, results)
    }

    /// A formula gives what its lines give one by one, whatever stands in columns, to the bit.
    #[test]
    fn formulas_are_their_lines() {
        let mut random = random();
        for set in 0..300 {
            let inputs = 1 + set % 5;
            let formula = formula(inputs + 2 + set % 40, inputs, &mut random);
            let points = 1 + set * 7 % (3 * LANES);
            let columns: Vec<Vec<f64>> = (0..inputs)
                .map(|_| {
                    let length = if random() < 0.3 { 1 } else { points };
                    (0..length).map(|_| 3.0 * random() - 0.5).collect()
                })
                .collect();
            let mut values: Vec<Vec<f64>> = Vec::new();
            for (at, line) in formula.lines().iter().enumerate() {
                values.push(match *line {
                    Line::Input(input) => columns[input as usize].clone(),
                    Line::Constant(c) => vec![c],
                    line => {
                        let lines = (0..at as u32).map(Line::Input).chain([line]).collect();
                        let single = Formula::new(names(at), lines, vec![at as u32]);
                        single.columns(&values).unwrap().remove(0)
                    }
                });
            }
            let mut results = vec![vec![0.0; points]; formula.outputs()];
            formula.columns_into(&columns, &mut results).unwrap();
            for (result, line) in results.iter().zip(formula.results()) {
                let expected = values[*line as usize].iter().cycle();
                let same = result.iter().zip(expected).all(|(a, b)| alike(*a, *b));
                assert!(same, "set {set}, line {line}: {formula:?}\n{result:?}");
            }
        }
    }

    /// Held inputs may change from call to call; nothing of a call stays behind, and nothing is allocated.
    #[test]
    fn room_is_used_again() {
        let mut random = random();
        for set in 0..60 {
            let formula = formula(30, 4, &mut random);
            let mut columns = Columns::new(&formula, &[true, false, set % 2 == 0]);
            for points in [5, 2 * LANES + 3, LANES, 1] {
                let mut given: Vec<Vec<f64>> =
                    (0..4).map(|_| (0..points).map(|_| 2.0 * random()).collect()).collect();
                given[1].truncate(1);
                given[3].truncate(1);
                given[2].truncate(if set % 2 == 0 { points } else { 1 });
                let mut results = vec![vec![0.0; points]; formula.outputs()];
                let inputs: Vec<&[f64]> = given.iter().map(Vec::as_slice).collect();
                let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
                let allocated = allocation_counter::measure(|| columns.run(&inputs, &mut outputs).unwrap());
                assert_eq!(allocated.count_total, 0);
                let mut expected = vec![vec![0.0; points]; formula.outputs()];
                formula.columns_into(&given, &mut expected).unwrap();
                for (result, expected) in results.iter().flatten().zip(expected.iter().flatten()) {
                    assert!(alike(*result, *expected));
                }
            }
        }
    }
}
