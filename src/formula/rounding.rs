//! What a formula's outputs are made of: how large the terms are that they add up, and how much of them is rounding.

use smallvec::SmallVec;

use super::{Binary, Fixed, Formula, Line, Ternary, Unary};
use crate::row::Row;

/// A number with what it is made of.
///
/// A difference of two nearly equal terms is small; what it was made of is not, and tells at which scale it means something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) value: f64,
    /// As large as it would be if nothing cancelled.
    pub(crate) size: f64,
    /// How far rounding may have moved it, the inputs taken as exact: a running error bound to first order (N. Higham,
    /// Accuracy and Stability of Numerical Algorithms, 2002, section 3.3), and by differences where a function bends.
    pub(crate) error: f64,
}

impl Made {
    fn exact(value: f64) -> Self {
        Made { value, size: value.abs(), error: 0.0 }
    }

    /// A result whose arguments' rounding moves it by `carried`.
    fn rounded(value: f64, size: f64, carried: f64) -> Self {
        Made { value, size, error: carried + f64::EPSILON * value.abs() }
    }

    fn plus(self, other: Self, value: f64) -> Self {
        Self::rounded(value, self.size + other.size, self.error + other.error)
    }

    fn times(self, other: Self) -> Self {
        let carried =
            self.value.abs() * other.error + other.value.abs() * self.error + self.error * other.error;
        Self::rounded(self.value * other.value, self.size * other.size, carried)
    }

    fn over(self, other: Self) -> Self {
        let value = self.value / other.value;
        let left = (other.value.abs() - other.error).max(0.0);
        Self::rounded(value, self.size / other.value.abs(), (self.error + value.abs() * other.error) / left)
    }

    /// A function of it: what its rounding does is seen at both ends.
    fn through(self, size: f64, f: impl Fn(f64) -> f64) -> Self {
        let value = f(self.value);
        let ends = [self.value - self.error, self.value + self.error];
        // Where an end is outside the function's domain, only the other tells.
        let carried = ends.iter().fold(0.0, |most: f64, end| most.max((f(*end) - value).abs()));
        Self::rounded(value, size, carried + f64::EPSILON * value.abs())
    }

    /// The one that was chosen, where the choice itself may be rounding.
    fn chosen(margin: Self, then: Self, otherwise: Self) -> Self {
        let (taken, left) = if margin.value > 0.0 { (then, otherwise) } else { (otherwise, then) };
        let doubtful = margin.value.abs() < margin.error;
        let gap = if doubtful { (then.value - otherwise.value).abs() + left.error } else { 0.0 };
        Made { error: taken.error + gap, ..taken }
    }
}

impl Formula {
    /// The outputs at `x` and what each is made of.
    pub(crate) fn made(&self, x: &[f64]) -> Row<Made> {
        // On the stack for formulas of ordinary length.
        let mut made: SmallVec<[Made; 96]> = SmallVec::with_capacity(self.lines().len());
        for line in self.lines() {
            let at = |place: u32| made[place as usize];
            let next = match *line {
                Line::Input(input) => Made::exact(x[input as usize]),
                Line::Constant(c) => Made::exact(c),
                Line::Unary(Unary::Neg, a) => Made { value: -at(a).value, ..at(a) },
                Line::Unary(Unary::Recip, a) => Made::exact(1.0).over(at(a)),
                Line::Unary(Unary::Sqrt, a) => at(a).through(at(a).size.sqrt(), f64::sqrt),
                Line::Unary(op, a) => at(a).through(op.of(at(a).value).abs(), |x| op.of(x)),
                Line::Binary(Binary::Add, a, b) => at(a).plus(at(b), at(a).value + at(b).value),
                Line::Binary(Binary::Sub, a, b) => at(a).plus(at(b), at(a).value - at(b).value),
                Line::Binary(Binary::Mul | Binary::Along, a, b) => at(a).times(at(b)),
                Line::Binary(Binary::Div, a, b) => at(a).over(at(b)),
                Line::Binary(Binary::Max, a, b) => {
                    Made::chosen(at(a).plus(at(b), at(a).value - at(b).value), at(a), at(b))
                }
                Line::Binary(Binary::Min, a, b) => {
                    Made::chosen(at(b).plus(at(a), at(b).value - at(a).value), at(a), at(b))
                }
                Line::Binary(op, a, b) => {
                    let y = at(b).value;
                    at(a).through(op.of(at(a).value, y).abs(), |x| op.of(x, y))
                }
                Line::Fixed(Fixed::Plus, a, c) => at(a).plus(Made::exact(c), at(a).value + c),
                Line::Fixed(Fixed::From, a, c) => at(a).plus(Made::exact(c), c - at(a).value),
                Line::Fixed(Fixed::Times, a, c) => at(a).times(Made::exact(c)),
                Line::Fixed(Fixed::Per, a, c) => at(a).over(Made::exact(c)),
                Line::Fixed(Fixed::Into, a, c) => Made::exact(c).over(at(a)),
                Line::Fixed(op @ Fixed::Power, a, c) if c > 0.0 => {
                    at(a).through(at(a).size.powf(c), |x| op.of(x, c))
                }
                Line::Fixed(op, a, c) => at(a).through(op.of(at(a).value, c).abs(), |x| op.of(x, c)),
                Line::Ternary(Ternary::Select, a, b, c) => Made::chosen(at(a), at(b), at(c)),
                Line::Ternary(..) | Line::PowerAndLog(..) => {
                    let value: f64 = line.value(|_| 0.0, |place| made[place as usize].value);
                    Made::rounded(value, value.abs(), f64::EPSILON * value.abs())
                }
            };
            made.push(next);
        }
        self.results().iter().map(|at| made[*at as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    #[test]
    fn what_cancels_is_small_and_made_of_much() {
        let formula = Formula::record(["a", "b"], |x| vec![x[0] - x[1], (x[0] - x[1]) * x[0]]).unwrap();
        let [difference, product] = formula.made(&[1e6, 1e6 - 0.25])[..] else { panic!() };
        assert_eq!((difference.value, product.value), (0.25, 0.25e6));
        assert!(difference.size > 1.9e6 && product.size > 1.9e12);
        assert!(difference.error <= 1e-16 && product.error <= 1e-9);
    }

    #[test]
    fn a_demand_that_is_zero_but_for_rounding_is_within_its_error() {
        // 3 (1 - (1/3) 3 ...) written so that it does not cancel to the bit.
        let formula = Formula::record(["a", "b"], |x| {
            let demand = x[0] - x[1] * (x[0] / x[1]);
            vec![demand, demand.max(demand * 0.0).sqrt()]
        })
        .unwrap();
        for (a, b) in [(1.0, 49.0), (0.1, 3.3), (7.7, 0.3), (1e9, 7e-3)] {
            let [demand, root] = formula.made(&[a, b])[..] else { panic!() };
            assert!(demand.value.abs() <= demand.error && demand.error <= 1e-15 * a, "{demand:?}");
            assert!(root.value <= root.error, "{root:?}");
        }
    }
}
