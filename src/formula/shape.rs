//! What a formula's operations tell of its shape along one input: whether it can have more than one hill.
//!
//! The rules are those of disciplined convex programming (M. Grant, S. Boyd and Y. Ye 2006, doi:10.1007/0-387-30528-9_7), on a line
//! through a point: all other inputs are numbers. With them go products: what is log-concave where it is positive has one hill
//! there, and so has its product with another such factor (S. Boyd and L. Vandenberghe, Convex Optimization, 2004, section 3.5).
//! A formula of which nothing is told may have one hill all the same.

use super::{Binary, Fixed, Formula, Line, Ternary, Unary};
use crate::game::Interval;

/// What is known of a line's value along the input.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// At the point.
    value: f64,
    /// How it moves with the input, where it is straight.
    slope: Option<f64>,
    concave: bool,
    convex: bool,
    /// Whether it may be negative somewhere.
    negative: bool,
    /// Whether it is log-concave wherever it is positive.
    log_concave: bool,
    /// Whether, a constant apart, it is concave or positive at the point and log-concave wherever it is positive: then no other
    /// hill is as high as the one there.
    one_hill: bool,
}

impl Shape {
    /// Of which nothing is known.
    fn unknown(value: f64) -> Self {
        let no = false;
        Shape { value, slope: None, concave: no, convex: no, negative: true, log_concave: no, one_hill: no }
    }

    fn constant(value: f64) -> Self {
        Shape::straight(value, 0.0, value < 0.0)
    }

    fn straight(value: f64, slope: f64, negative: bool) -> Self {
        let yes = true;
        Shape { value, slope: Some(slope), concave: yes, convex: yes, negative, log_concave: yes, one_hill: yes }
    }

    fn is_constant(self) -> bool {
        self.slope == Some(0.0)
    }

    /// The same with another value, bent one way; a concave number is log-concave where it is positive.
    fn bent(value: f64, concave: bool, convex: bool, negative: bool) -> Self {
        Shape { concave, convex, negative, log_concave: concave, one_hill: concave, ..Shape::unknown(value) }
    }

    /// With the knowledge that it is log-concave where it is positive.
    fn or_log_concave(self, log_concave: bool) -> Self {
        let log_concave = self.log_concave || log_concave;
        Shape { log_concave, one_hill: self.one_hill || (log_concave && self.value > 0.0), ..self }
    }

    fn times_number(self, c: f64) -> Self {
        if c == 0.0 || self.is_constant() {
            return Shape::constant(self.value * c);
        }
        let value = self.value * c;
        let slope = self.slope.map(|slope| slope * c);
        if c > 0.0 {
            return Shape { value, slope, ..self };
        }
        // What is nowhere negative is nowhere positive now. A straight line stays what it is.
        let straight = slope.is_some();
        Shape {
            value,
            slope,
            concave: self.convex,
            convex: self.concave,
            negative: true,
            log_concave: straight || self.convex,
            one_hill: straight || self.convex,
        }
    }

    fn plus(self, other: Self) -> Self {
        let value = self.value + other.value;
        let slope = self.slope.zip(other.slope).map(|(a, b)| a + b);
        let concave = self.concave && other.concave;
        let kept = |constant: Self, moving: Self| constant.is_constant() && moving.one_hill;
        Shape {
            value,
            slope,
            concave,
            convex: self.convex && other.convex,
            negative: self.negative || other.negative,
            log_concave: concave,
            one_hill: concave || kept(self, other) || kept(other, self),
        }
    }

    fn times(self, other: Self) -> Self {
        if self.is_constant() {
            return other.times_number(self.value);
        }
        if other.is_constant() {
            return self.times_number(other.value);
        }
        let value = self.value * other.value;
        if let (Some(a), Some(b)) = (self.slope, other.slope) {
            // A parabola.
            return Shape::bent(value, a * b < 0.0, a * b > 0.0, true);
        }
        // Two negative factors would make a second positive stretch.
        let both = self.negative && other.negative;
        let negative = self.negative || other.negative;
        Shape { negative, ..Shape::unknown(value) }.or_log_concave(self.log_concave && other.log_concave && !both)
    }

    /// One over it.
    fn inverse(self) -> Self {
        let value = self.value.recip();
        if self.is_constant() {
            return Shape::constant(value);
        }
        Shape::bent(value, false, self.concave && !self.negative && self.value > 0.0, self.negative)
    }

    fn over(self, other: Self) -> Self {
        if other.is_constant() {
            return self.times_number(other.value.recip());
        }
        if self.is_constant() {
            return other.inverse().times_number(self.value);
        }
        let value = self.value / other.value;
        match (self.slope, other.slope) {
            // A hyperbola: where the denominator keeps its sign, it bends one way.
            (Some(a), Some(b)) if !other.negative && other.value > 0.0 => {
                let turn = (a * other.value - self.value * b) * b;
                Shape::bent(value, turn >= 0.0, turn <= 0.0, self.negative)
            }
            _ => Shape::unknown(value),
        }
    }

    /// `x / (x + c)` of it: concave and rising in what is not negative.
    fn saturated(self, c: f64) -> Option<Self> {
        (c > 0.0 && self.concave && !self.negative)
            .then(|| Shape::bent(self.value / (self.value + c), true, false, false))
    }

    /// A concave rising function of it that is not below zero where `positive`.
    fn risen(self, value: f64, negative: bool) -> Self {
        if self.is_constant() { Shape::constant(value) } else { Shape::bent(value, self.concave, false, negative) }
    }

    fn power(self, exponent: f64) -> Self {
        let value = self.value.powf(exponent);
        if self.is_constant() || exponent == 0.0 {
            return Shape::constant(value);
        }
        if exponent == 1.0 {
            return self;
        }
        // A root of what is negative is no number, and nobody's choice; a whole power of it is one.
        let whole = exponent.fract() == 0.0;
        let below = self.negative && whole;
        if exponent < 0.0 {
            return Shape::bent(value, false, self.concave && !below, below);
        }
        let parabola = exponent == 2.0 && self.slope.is_some();
        let concave = exponent < 1.0 && self.concave;
        let convex = parabola || (exponent > 1.0 && self.convex && !below);
        Shape::bent(value, concave, convex, below).or_log_concave(self.log_concave && !below)
    }

    fn raised_to_e(self, value: f64, negative: bool) -> Self {
        if self.is_constant() {
            return Shape::constant(value);
        }
        Shape::bent(value, false, self.convex, negative).or_log_concave(self.concave && !negative)
    }

    fn larger(self, other: Self) -> Self {
        let value = self.value.max(other.value);
        if self.is_constant() && other.is_constant() {
            return Shape::constant(value);
        }
        let negative = self.negative && other.negative;
        // The positive part of what is log-concave where it is positive.
        let part = |zero: Self, moving: Self| zero.is_constant() && zero.value == 0.0 && moving.log_concave;
        let bent = Shape::bent(value, false, self.convex && other.convex, negative);
        bent.or_log_concave(part(self, other) || part(other, self))
    }

    fn smaller(self, other: Self) -> Self {
        let value = self.value.min(other.value);
        if self.is_constant() && other.is_constant() {
            return Shape::constant(value);
        }
        let concave = self.concave && other.concave;
        let bent = Shape::bent(value, concave, false, self.negative || other.negative);
        bent.or_log_concave(self.log_concave && other.log_concave)
    }
}

impl Formula {
    /// Whether the first output is shown by its operations to have no hill, along this input over this range, as high as the one
    /// on which `x` stands; the other inputs are as in `x`.
    pub(crate) fn has_one_hill(&self, input: usize, x: &[f64], range: Interval<f64>) -> bool {
        let Some(&result) = self.results().first() else { return false };
        let mut shapes: Vec<Shape> = Vec::with_capacity(result as usize + 1);
        for line in &self.lines()[..=result as usize] {
            let at = |place: u32| shapes[place as usize];
            let next = match *line {
                Line::Input(place) if place as usize == input => {
                    let value = x[input];
                    Shape::straight(value, 1.0, range.lower < 0.0)
                }
                Line::Input(place) => Shape::constant(x[place as usize]),
                Line::Constant(c) => Shape::constant(c),
                Line::Unary(Unary::Neg, a) => at(a).times_number(-1.0),
                Line::Unary(Unary::Recip, a) => at(a).inverse(),
                Line::Unary(Unary::Sqrt, a) => at(a).power(0.5),
                Line::Unary(op @ Unary::Exp, a) => at(a).raised_to_e(op.of(at(a).value), false),
                Line::Unary(op @ Unary::ExpM1, a) => at(a).raised_to_e(op.of(at(a).value), at(a).negative),
                Line::Unary(op @ (Unary::Ln | Unary::Ln1p), a) => at(a).risen(op.of(at(a).value), true),
                Line::Unary(op @ Unary::Tanh, a) if !at(a).negative => at(a).risen(op.of(at(a).value), false),
                Line::Unary(op, a) => Shape::unknown(op.of(at(a).value)),
                Line::Binary(Binary::Add, a, b) => straightened(at(a).plus(at(b)), x[input], range),
                Line::Binary(Binary::Sub, a, b) => {
                    straightened(at(a).plus(at(b).times_number(-1.0)), x[input], range)
                }
                Line::Binary(Binary::Mul, a, b) => at(a).times(at(b)),
                Line::Binary(Binary::Div, a, b) => {
                    let saturated = match self.lines()[b as usize] {
                        Line::Fixed(Fixed::Plus, of, c) if of == a => at(a).saturated(c),
                        Line::Binary(Binary::Add, p, q) if p == a && at(q).is_constant() => {
                            at(a).saturated(at(q).value)
                        }
                        Line::Binary(Binary::Add, p, q) if q == a && at(p).is_constant() => {
                            at(a).saturated(at(p).value)
                        }
                        _ => None,
                    };
                    saturated.unwrap_or_else(|| at(a).over(at(b)))
                }
                Line::Binary(Binary::Pow, a, b) if at(b).is_constant() => at(a).power(at(b).value),
                Line::Binary(Binary::Max, a, b) => at(a).larger(at(b)),
                Line::Binary(Binary::Min, a, b) => at(a).smaller(at(b)),
                Line::Binary(op, a, b) => Shape::unknown(op.of(at(a).value, at(b).value)),
                Line::Fixed(Fixed::Plus, a, c) => {
                    straightened(at(a).plus(Shape::constant(c)), x[input], range)
                }
                Line::Fixed(Fixed::From, a, c) => {
                    straightened(Shape::constant(c).plus(at(a).times_number(-1.0)), x[input], range)
                }
                Line::Fixed(Fixed::Times, a, c) => at(a).times_number(c),
                Line::Fixed(Fixed::Per, a, c) => at(a).times_number(c.recip()),
                Line::Fixed(Fixed::Into, a, c) => at(a).inverse().times_number(c),
                Line::Fixed(Fixed::Power, a, c) => at(a).power(c),
                Line::Fixed(op, a, c) => Shape::unknown(op.of(at(a).value, c)),
                Line::Ternary(Ternary::Select, a, b, c) if at(a).is_constant() => {
                    if at(a).value > 0.0 { at(b) } else { at(c) }
                }
                _ => Shape::unknown(line.value(|_| f64::NAN, |place| shapes[place as usize].value)),
            };
            shapes.push(next);
        }
        shapes.last().is_some_and(|shape| shape.one_hill)
    }
}

/// Of a straight line both ends tell whether it is negative anywhere.
fn straightened(shape: Shape, here: f64, range: Interval<f64>) -> Shape {
    let Some(slope) = shape.slope.filter(|slope| *slope != 0.0) else { return shape };
    let end = |to: f64| shape.value + slope * (to - here);
    // At least as much is negative as rounding may hide.
    let least = end(range.lower).min(end(range.upper));
    Shape { negative: !(least >= 0.0), ..shape }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Term;
    use crate::scalar::Scalar;

    fn told(write: impl FnOnce(&[Term]) -> Term, x: f64) -> bool {
        let formula = Formula::record(["x", "m"], |x| vec![write(x)]).unwrap();
        formula.has_one_hill(0, &[x, 3.0], Interval { lower: 0.0, upper: f64::INFINITY })
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
