//! What a formula's operations tell of its shape along one input: whether it can have more than one hill.
//!
//! Along a line through a point, all other inputs being numbers, a value is written as a number, a straight and a square part and
//! multiples of the lines that bend otherwise. Sums and multiples of these are exact, so that what cancels is gone. The
//! rules for what bends are those of disciplined convex programming (M. Grant, S. Boyd and Y. Ye 2006,
//! doi:10.1007/0-387-30528-9_7). With them go products: what is log-concave where it is positive has one hill there, and so has its
//! product with another such factor (S. Boyd and L. Vandenberghe, Convex Optimization, 2004, section 3.5). A formula of which
//! nothing is told may have one hill all the same.

use smallvec::SmallVec;

use super::{Binary, Fixed, Formula, Line, Ternary, Unary};
use crate::game::Interval;

/// What is left of two terms that cancel, as a share of them: rounding.
const CANCELLED: f64 = 1e-14;
/// So many lines that bend are told apart in a sum; of more it is known how all bend together.
const APART: usize = 4;

/// What is known of a line that bends.
#[derive(Clone, Copy, Debug, Default)]
struct Bend {
    concave: bool,
    convex: bool,
    /// Whether no other hill is as high as the one there.
    one_hill: bool,
}

/// So many times what each of some lines has changed by.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: usize,
    lines: [u32; APART],
    times: [f64; APART],
}

impl Sum {
    fn each(&self) -> impl Iterator<Item = (u32, f64)> {
        self.lines[..self.count].iter().copied().zip(self.times)
    }

    /// The sum and so many times another line; `None` where it holds no more.
    fn and(mut self, line: u32, times: f64) -> Option<Self> {
        if let Some(at) = self.lines[..self.count].iter().position(|other| *other == line) {
            self.times[at] = added(self.times[at], times);
            if self.times[at] == 0.0 {
                self.count -= 1;
                self.lines[at] = self.lines[self.count];
                self.times[at] = self.times[self.count];
            }
            return Some(self);
        }
        *self.lines.get_mut(self.count)? = line;
        self.times[self.count] = times;
        self.count += 1;
        Some(self)
    }
}

/// A sum, what is left of two terms that cancel being nothing.
fn added(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum.abs() <= CANCELLED * (a.abs() + b.abs()) { 0.0 } else { sum }
}

/// A line's value along the input: at a distance `d` from the point `value + slope d + square d²` and so many times what each of
/// some lines has changed by.
#[derive(Clone, Copy, Debug)]
struct Shape {
    value: f64,
    slope: f64,
    square: f64,
    bends: Sum,
    /// Whether it may be negative somewhere.
    negative: bool,
    /// Whether it is log-concave wherever it is positive.
    log_concave: bool,
    /// The exponent where it is a positive number times a power of a straight line; 0 where it is not.
    power: f64,
    /// Where the line is one that bends, how.
    own: Bend,
}

impl Shape {
    fn constant(value: f64) -> Self {
        let (slope, square, bends, own) = (0.0, 0.0, Sum::default(), Bend::default());
        Shape { value, slope, square, bends, negative: value < 0.0, log_concave: true, power: 0.0, own }
    }

    fn is_straight(&self) -> bool {
        self.square == 0.0 && self.bends.count == 0
    }

    fn is_constant(&self) -> bool {
        self.slope == 0.0 && self.is_straight()
    }

    fn times_number(&self, c: f64) -> Self {
        if c == 0.0 || self.is_constant() {
            return Shape::constant(self.value * c);
        }
        let straight = self.is_straight();
        Shape {
            value: self.value * c,
            slope: self.slope * c,
            square: self.square * c,
            bends: Sum { times: self.bends.times.map(|times| times * c), ..self.bends },
            negative: self.negative || c < 0.0,
            log_concave: straight || (c > 0.0 && self.log_concave),
            power: if c > 0.0 || straight { self.power } else { 0.0 },
            own: self.own,
        }
    }
}

/// The shapes of a formula's lines, one after the other.
struct Shapes<'f> {
    lines: &'f [Line],
    here: f64,
    range: Interval<f64>,
    /// Whether what is said holds wherever the value is positive, or at the point alone.
    anywhere: bool,
    /// Those of the lines before.
    of: &'f [Shape],
}

impl Shapes<'_> {
    fn concave(&self, shape: &Shape) -> bool {
        self.bent(shape, 1.0)
    }

    fn convex(&self, shape: &Shape) -> bool {
        self.bent(shape, -1.0)
    }

    fn bent(&self, shape: &Shape, sign: f64) -> bool {
        sign * shape.square <= 0.0
            && shape.bends.each().all(|(line, times)| {
                let Bend { concave, convex, .. } = self.of[line as usize].own;
                if sign * times > 0.0 { concave } else { convex }
            })
    }

    /// The line that stands next, as one that bends.
    fn bending(
        &self,
        value: f64,
        (concave, convex): (bool, bool),
        negative: bool,
        log_concave: bool,
    ) -> Shape {
        let line = self.of.len() as u32;
        let log_concave = log_concave || concave;
        let one_hill = concave || (log_concave && (value > 0.0 || self.anywhere));
        let own = Bend { concave, convex, one_hill };
        let bends = Sum::default().and(line, 1.0).unwrap_or_default();
        Shape { bends, negative, log_concave, own, ..Shape::constant(value) }
    }

    fn unknown(&self, value: f64) -> Shape {
        self.bending(value, (false, false), true, false)
    }

    fn plus(&self, a: &Shape, b: &Shape) -> Shape {
        let (value, negative) = (a.value + b.value, a.negative || b.negative);
        let bends = b.bends.each().try_fold(a.bends, |sum, (line, times)| sum.and(line, times));
        let Some(bends) = bends else {
            let concave = self.concave(a) && self.concave(b);
            return self.bending(value, (concave, self.convex(a) && self.convex(b)), negative, false);
        };
        let mut both = Shape {
            slope: added(a.slope, b.slope),
            square: added(a.square, b.square),
            bends,
            negative,
            log_concave: false,
            ..Shape::constant(value)
        };
        if both.is_straight() {
            // Both ends tell whether it is negative anywhere; at least as much is as rounding may hide.
            let end = |to: f64| {
                if both.slope == 0.0 { both.value } else { both.value + both.slope * (to - self.here) }
            };
            let least = end(self.range.lower).min(end(self.range.upper));
            both.negative = least.is_nan() || least < 0.0;
            both.power = 1.0;
        }
        both.log_concave = self.concave(&both);
        both
    }

    fn times(&self, a: &Shape, b: &Shape) -> Shape {
        if a.is_constant() {
            return b.times_number(a.value);
        }
        if b.is_constant() {
            return a.times_number(b.value);
        }
        if a.is_straight() && b.is_straight() {
            let square = a.slope * b.slope;
            return Shape {
                value: a.value * b.value,
                slope: a.value * b.slope + b.value * a.slope,
                square,
                negative: true,
                log_concave: square < 0.0,
                ..Shape::constant(0.0)
            };
        }
        // Two negative factors would make a second positive stretch.
        let product = a.log_concave && b.log_concave && !(a.negative && b.negative);
        let mut shape = self.bending(a.value * b.value, (false, false), a.negative || b.negative, product);
        // A product of powers of two straight lines is level in one place only.
        let powers = a.power != 0.0 && b.power != 0.0;
        if powers && (self.anywhere || (a.value > 0.0 && b.value > 0.0)) {
            shape.own.one_hill = true;
        }
        shape
    }

    /// One over it.
    fn inverse(&self, a: &Shape) -> Shape {
        let value = a.value.recip();
        if a.is_constant() {
            return Shape::constant(value);
        }
        let convex = (self.concave(a) || a.power > 0.0) && !a.negative && a.value > 0.0;
        let mut shape = self.bending(value, (false, convex), a.negative, false);
        shape.power = -a.power;
        shape
    }

    fn over(&self, (above, below): (u32, u32)) -> Shape {
        let [a, b] = [above, below].map(|at| self.of[at as usize]);
        if b.is_constant() {
            return a.times_number(b.value.recip());
        }
        if a.is_constant() {
            return self.inverse(&b).times_number(a.value);
        }
        let value = a.value / b.value;
        if let Some(within) = self.saturated(above, below) {
            return self.bending(value, (within, false), false, false);
        }
        if a.is_straight() && b.is_straight() && !b.negative && b.value > 0.0 {
            // A hyperbola: where the denominator keeps its sign, it bends one way.
            let turn = (a.slope * b.value - a.value * b.slope) * b.slope;
            return self.bending(value, (turn >= 0.0, turn <= 0.0), a.negative, false);
        }
        self.unknown(value)
    }

    /// `a s / (b s + c)` with positive numbers `a`, `b`, `c`, which is concave and rising in a concave `s` that is not negative.
    fn saturated(&self, above: u32, below: u32) -> Option<bool> {
        let at = |place: u32| &self.of[place as usize];
        // What moves in a product with a number.
        let base = |place: u32| match self.lines[place as usize] {
            Line::Binary(Binary::Mul, a, b) if at(a).is_constant() => b,
            Line::Binary(Binary::Mul | Binary::Div, a, b) if at(b).is_constant() => a,
            Line::Fixed(Fixed::Times | Fixed::Per, a, _) => a,
            _ => place,
        };
        let (moving, added) = match self.lines[below as usize] {
            Line::Fixed(Fixed::Plus, a, c) => (a, c),
            Line::Binary(Binary::Add, a, b) if at(a).is_constant() => (b, at(a).value),
            Line::Binary(Binary::Add, a, b) if at(b).is_constant() => (a, at(b).value),
            _ => return None,
        };
        let within = |place: u32| self.concave(at(place)) && !at(place).negative && !at(place).is_constant();
        (base(above) == base(moving) && added > 0.0 && within(above) && within(moving)).then_some(true)
    }

    /// A concave rising function of it.
    fn risen(&self, a: &Shape, value: f64, negative: bool) -> Shape {
        if a.is_constant() {
            return Shape::constant(value);
        }
        let concave = self.concave(a);
        self.bending(value, (concave, false), negative, false)
    }

    fn power(&self, a: &Shape, exponent: f64) -> Shape {
        let value = a.value.powf(exponent);
        if a.is_constant() || exponent == 0.0 {
            return Shape::constant(value);
        }
        if exponent == 1.0 {
            return *a;
        }
        if exponent == 2.0 && a.is_straight() {
            return self.times(a, a);
        }
        // A root of what is negative is no number, and nobody's choice; a whole power of it is one.
        let below = a.negative && exponent.fract() == 0.0;
        let (concave, convex) = (self.concave(a), self.convex(a));
        let mut shape = if exponent < 0.0 {
            self.bending(value, (false, concave && !below), below, false)
        } else {
            let bends = (exponent < 1.0 && concave, exponent > 1.0 && convex && !below);
            self.bending(value, bends, below, a.log_concave && !below)
        };
        shape.power = if below { 0.0 } else { a.power * exponent };
        shape
    }

    fn raised_to_e(&self, a: &Shape, value: f64, negative: bool) -> Shape {
        if a.is_constant() {
            return Shape::constant(value);
        }
        let (concave, convex) = (self.concave(a), self.convex(a));
        self.bending(value, (false, convex), negative, concave && !negative)
    }

    fn larger(&self, a: &Shape, b: &Shape) -> Shape {
        let value = a.value.max(b.value);
        if a.is_constant() && b.is_constant() {
            return Shape::constant(value);
        }
        // The positive part of what is log-concave where it is positive.
        let part =
            |zero: &Shape, moving: &Shape| zero.is_constant() && zero.value == 0.0 && moving.log_concave;
        let convex = self.convex(a) && self.convex(b);
        self.bending(value, (false, convex), a.negative && b.negative, part(a, b) || part(b, a))
    }

    fn smaller(&self, a: &Shape, b: &Shape) -> Shape {
        let value = a.value.min(b.value);
        if a.is_constant() && b.is_constant() {
            return Shape::constant(value);
        }
        let concave = self.concave(a) && self.concave(b);
        self.bending(value, (concave, false), a.negative || b.negative, a.log_concave && b.log_concave)
    }

    fn next(&self, line: Line) -> Shape {
        let at = |place: u32| self.of[place as usize];
        match line {
            Line::Input(_) => {
                let negative = self.range.lower < 0.0;
                Shape { slope: 1.0, negative, power: 1.0, ..Shape::constant(self.here) }
            }
            Line::Unary(Unary::Neg, a) => self.plus(&Shape::constant(0.0), &at(a).times_number(-1.0)),
            Line::Unary(Unary::Recip, a) => self.inverse(&at(a)),
            Line::Unary(Unary::Sqrt, a) => self.power(&at(a), 0.5),
            Line::Unary(op @ Unary::Exp, a) => self.raised_to_e(&at(a), op.of(at(a).value), false),
            Line::Unary(op @ Unary::ExpM1, a) => self.raised_to_e(&at(a), op.of(at(a).value), at(a).negative),
            Line::Unary(op @ (Unary::Ln | Unary::Ln1p), a) => self.risen(&at(a), op.of(at(a).value), true),
            Line::Unary(op @ Unary::Tanh, a) if !at(a).negative => {
                self.risen(&at(a), op.of(at(a).value), false)
            }
            Line::Unary(op, a) => self.unknown(op.of(at(a).value)),
            Line::Binary(Binary::Add, a, b) => self.plus(&at(a), &at(b)),
            Line::Binary(Binary::Sub, a, b) => self.plus(&at(a), &at(b).times_number(-1.0)),
            Line::Binary(Binary::Mul, a, b) => self.times(&at(a), &at(b)),
            Line::Binary(Binary::Div, a, b) => self.over((a, b)),
            Line::Binary(Binary::Pow, a, b) if at(b).is_constant() => self.power(&at(a), at(b).value),
            Line::Binary(Binary::Max, a, b) => self.larger(&at(a), &at(b)),
            Line::Binary(Binary::Min, a, b) => self.smaller(&at(a), &at(b)),
            Line::Binary(op, a, b) => self.unknown(op.of(at(a).value, at(b).value)),
            Line::Fixed(Fixed::Plus, a, c) => self.plus(&at(a), &Shape::constant(c)),
            Line::Fixed(Fixed::From, a, c) => self.plus(&Shape::constant(c), &at(a).times_number(-1.0)),
            Line::Fixed(Fixed::Times, a, c) => at(a).times_number(c),
            Line::Fixed(Fixed::Per, a, c) => at(a).times_number(c.recip()),
            Line::Fixed(Fixed::Into, a, c) => self.inverse(&at(a)).times_number(c),
            Line::Fixed(Fixed::Power, a, c) => self.power(&at(a), c),
            Line::Fixed(op, a, c) => self.unknown(op.of(at(a).value, c)),
            Line::Ternary(Ternary::Select, a, b, c) if at(a).is_constant() => {
                if at(a).value > 0.0 {
                    at(b)
                } else {
                    at(c)
                }
            }
            _ => self.unknown(line.value(|_| f64::NAN, |place| self.of[place as usize].value)),
        }
    }
}

impl Formula {
    /// Whether the first output is shown by its operations to have no hill, along this input over this range, as high as the one
    /// on which `x` stands; the other inputs are as in `x`. What is asked `anywhere` is whether that holds wherever on the hill `x`
    /// may stand.
    pub(crate) fn has_one_hill(&self, input: usize, x: &[f64], range: Interval<f64>, anywhere: bool) -> bool {
        let Some(&result) = self.results().first() else { return false };
        let lines = &self.lines()[..=result as usize];
        // On the stack for formulas of ordinary length.
        let mut of: SmallVec<[Shape; 64]> = SmallVec::with_capacity(lines.len());
        for line in lines {
            let shapes = Shapes { lines, here: x[input], range, anywhere, of: &of };
            let at = |place: u32| &shapes.of[place as usize];
            let still = match *line {
                Line::Input(place) => place as usize != input,
                line => line.all(|argument| at(argument).is_constant()),
            };
            // Most lines do not move with one input.
            let next = if still {
                Shape::constant(line.value(|place| x[place as usize], |place| at(place).value))
            } else {
                shapes.next(*line)
            };
            of.push(next);
        }
        let shapes = Shapes { lines, here: x[input], range, anywhere, of: &of };
        let Some(shape) = shapes.of.last() else { return false };
        if shapes.concave(shape) {
            return true;
        }
        // A constant apart, a positive multiple of a line with one hill.
        let alone = shape.slope == 0.0 && shape.square == 0.0;
        let hill = |(line, times): (u32, f64)| times > 0.0 && shapes.of[line as usize].own.one_hill;
        alone && shape.bends.count == 1 && shape.bends.each().all(hill)
    }
}

impl Formula {
    /// What choices between two values turn on, where that moves with this input: the outputs jump where one of these changes its
    /// sign. `None` where none does.
    pub(crate) fn switches(&self, input: usize) -> Option<Formula> {
        let chooses = |line: &Line| matches!(line, Line::Ternary(Ternary::Select, ..));
        if !self.lines().iter().any(chooses) {
            return None;
        }
        let mut moves: Vec<bool> = Vec::with_capacity(self.lines().len());
        let mut margins: Vec<u32> = Vec::new();
        for line in self.lines() {
            match *line {
                Line::Ternary(Ternary::Select, margin, ..) if moves[margin as usize] => margins.push(margin),
                _ => {}
            }
            let own = matches!(*line, Line::Input(place) if place as usize == input);
            moves.push(own || line.arguments().any(|argument| moves[argument as usize]));
        }
        margins.sort_unstable();
        margins.dedup();
        (!margins.is_empty()).then(|| Formula::new(self.names().clone(), self.lines().to_vec(), margins))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Term;
    use crate::scalar::{Over, Scalar};

    fn told(write: impl FnOnce(&[Term]) -> Term, x: f64) -> bool {
        let formula = Formula::record(["x", "m"], |x| vec![write(x)]).unwrap();
        formula.has_one_hill(0, &[x, 3.0], Interval { lower: 0.0, upper: f64::INFINITY }, false)
    }

    #[test]
    fn what_has_one_hill_is_told() {
        assert!(told(|x| x[1] * x[0].sqrt() - x[0], 1.0));
        assert!(told(|x| x[1] * (x[0] + 1.0).ln() - x[0] * x[1].recip(), 1.0));
        assert!(told(|x| x[1] * x[0] / (x[0] + 2.0) - x[0].square(), 1.0));
        assert!(told(|x| x[1] * x[0].powf(0.7) / (x[0].powf(0.7) + 2.0) - x[0], 1.0));
        assert!(told(|x| (x[0] - 1.0) * (-x[0] + 9.0) - 4.0, 3.0));
        // Price times demand, a power of it, less a cost that does not move.
        assert!(told(|x| (x[0] - 1.0) * (-x[0] + 9.0).powf(1.7) * x[1] - x[1], 3.0));
        assert!(told(|x| (x[0] - 1.0) * (-x[0] * 0.3).exp() - 7.0, 3.0));
        assert!(told(|x| (x[0] - 1.0) * (-x[0] + 9.0).positive_part().powf(0.4), 3.0));
        assert!(told(|x| -(x[0] - 5.0).square(), 3.0));
        // What cancels, and what is more on one side.
        assert!(told(|x| x[0].sqrt() * 2.0 - x[0].sqrt() - x[0] * x[1], 3.0));
        assert!(told(
            |x| {
                let sales = x[0].sqrt() * x[1];
                sales - (sales - x[0] * 0.3) * 0.4 - x[0]
            },
            3.0
        ));
        // A constant elasticity of demand.
        assert!(told(|x| (x[0] - 1.0) * x[0].powf(-1.7) * x[1] - x[1], 3.0));
        assert!(told(|x| (x[0] - 1.0) * x[0].powf(1.7).recip() - x[1], 3.0));
    }

    #[test]
    fn what_may_have_two_is_not() {
        // An S-shaped response, and a fixed cost.
        assert!(!told(|x| x[1] * x[0].square() / (x[0].square() + 2.0) - x[0], 1.0));
        assert!(!told(|x| x[1] * x[0].sqrt() - x[0] - Term::select(x[0], x[1], x[1] * 0.0), 1.0));
        // Three straight factors rise again; so does a convex gain.
        assert!(!told(|x| (x[0] - 1.0) * (-x[0] + 9.0) * (-x[0] + 5.0), 3.0));
        assert!(!told(|x| x[0].square() * x[1] - x[0], 3.0));
        // At a loss nothing is said of where there is a gain.
        assert!(!told(|x| (x[0] - 1.0) * (-x[0] + 9.0).powf(1.7), 0.5));
        // A square root's cost.
        assert!(!told(|x| x[0] - x[0].sqrt() * x[1], 3.0));
    }
}
