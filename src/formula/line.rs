//! What a formula is made of: one operation a line, on lines before it.

use crate::scalar::{Over, Scalar};

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Neg,
    Recip,
    Sqrt,
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Tanh,
}

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Max,
    Min,
    /// [`Scalar::along`]: a slope times a derivative, zero where the slope is.
    Along,
}

/// A function of a number `x` and a constant `c`, which derivatives do not look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixed {
    /// `x + c`.
    Plus,
    /// `c − x`.
    From,
    /// `x · c`.
    Times,
    /// `x / c`.
    Per,
    /// `c / x`.
    Into,
    /// `x ^ c`.
    Power,
    /// The remainder of `x / c`.
    Modulo,
}

/// A function of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ternary {
    /// [`Scalar::select`].
    Select,
    /// [`Scalar::raised`]: lower power, base, exponent.
    Raised,
}

/// One line: where its arguments stand, and what is done to them. `usize`-like places are `u32`, since formulas are
/// bounded and lines are read many times. A constant `C` is a number, or the place of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Line<C = f64> {
    Input(u32),
    Constant(C),
    Unary(Unary, u32),
    Binary(Binary, u32, u32),
    Fixed(Fixed, u32, C),
    Ternary(Ternary, u32, u32, u32),
    /// [`Scalar::power_and_log`]: base, exponent, order.
    PowerAndLog(u32, u32, u32),
}

impl Line {
    /// Where the arguments stand.
    pub(crate) fn arguments(self) -> impl Iterator<Item = u32> {
        let all = match self {
            Line::Input(_) | Line::Constant(_) => [None; 3],
            Line::Unary(_, a) | Line::Fixed(_, a, _) => [Some(a), None, None],
            Line::Binary(_, a, b) | Line::PowerAndLog(a, b, _) => [Some(a), Some(b), None],
            Line::Ternary(_, a, b, c) => [Some(a), Some(b), Some(c)],
        };
        all.into_iter().flatten()
    }

    /// Whether something holds for all arguments: [`arguments`](Line::arguments) where every instruction counts.
    #[inline]
    pub(crate) fn all(self, holds: impl Fn(u32) -> bool) -> bool {
        match self {
            Line::Input(_) | Line::Constant(_) => true,
            Line::Unary(_, a) | Line::Fixed(_, a, _) => holds(a),
            Line::Binary(_, a, b) | Line::PowerAndLog(a, b, _) => holds(a) && holds(b),
            Line::Ternary(_, a, b, c) => holds(a) && holds(b) && holds(c),
        }
    }

    /// The same line with its arguments elsewhere.
    pub(crate) fn with(self, place: impl Fn(u32) -> u32) -> Line {
        match self {
            Line::Input(_) | Line::Constant(_) => self,
            Line::Unary(op, a) => Line::Unary(op, place(a)),
            Line::Fixed(op, a, c) => Line::Fixed(op, place(a), c),
            Line::Binary(op, a, b) => Line::Binary(op, place(a), place(b)),
            Line::PowerAndLog(a, b, order) => Line::PowerAndLog(place(a), place(b), order),
            Line::Ternary(op, a, b, c) => Line::Ternary(op, place(a), place(b), place(c)),
        }
    }

    /// A number that tells lines apart. Sums and products of the same two numbers are the same, and so is whatever is no
    /// number.
    pub(crate) fn key(self) -> u128 {
        let bits = |c: f64| u128::from(if c.is_nan() { f64::NAN } else { c }.to_bits());
        let pack = |tag: u32, rest: [u32; 3]| {
            rest.iter().fold(u128::from(tag), |key, part| key << 32 | u128::from(*part))
        };
        match self {
            Line::Input(at) => pack(1, [at, 0, 0]),
            Line::Constant(c) => 2 << 96 | bits(c),
            Line::Unary(op, a) => pack(0x10 + op as u32, [a, 0, 0]),
            Line::Binary(op @ (Binary::Add | Binary::Mul), a, b) => {
                pack(0x20 + op as u32, [a.min(b), a.max(b), 0])
            }
            Line::Binary(op, a, b) => pack(0x20 + op as u32, [a, b, 0]),
            Line::Fixed(op, a, c) => u128::from(0x30 + op as u32) << 96 | u128::from(a) << 64 | bits(c),
            Line::Ternary(op, a, b, c) => pack(0x40 + op as u32, [a, b, c]),
            Line::PowerAndLog(a, b, order) => pack(0x50, [a, b, order]),
        }
    }

    /// The line's value, its arguments and the inputs looked up.
    #[inline(always)]
    pub(crate) fn value<T: Scalar>(self, input: impl Fn(u32) -> T, at: impl Fn(u32) -> T) -> T {
        match self {
            Line::Input(place) => input(place),
            Line::Constant(c) => T::constant(c),
            Line::Unary(op, a) => op.of(at(a)),
            Line::Binary(op, a, b) => op.of(at(a), at(b)),
            Line::Fixed(op, a, c) => op.of(at(a), c),
            Line::Ternary(Ternary::Select, a, b, c) => T::select(at(a), at(b), at(c)),
            Line::Ternary(Ternary::Raised, a, b, c) => at(b).raised(at(a), at(c)),
            Line::PowerAndLog(a, b, order) => at(a).power_and_log(at(b), order),
        }
    }
}

impl Unary {
    #[inline(always)]
    pub(crate) fn of<T: Scalar>(self, x: T) -> T {
        match self {
            Unary::Neg => -x,
            Unary::Recip => x.recip(),
            Unary::Sqrt => x.sqrt(),
            Unary::Exp => x.exp(),
            Unary::ExpM1 => x.exp_m1(),
            Unary::Ln => x.ln(),
            Unary::Ln1p => x.ln_1p(),
            Unary::Tanh => x.tanh(),
        }
    }
}

impl Binary {
    #[inline(always)]
    pub(crate) fn of<T: Scalar>(self, x: T, y: T) -> T {
        match self {
            Binary::Add => x + y,
            Binary::Sub => x - y,
            Binary::Mul => x * y,
            Binary::Div => x / y,
            Binary::Rem => x % y,
            Binary::Pow => Over::<T>::powf(x, y),
            Binary::Max => x.max(y),
            Binary::Min => x.min(y),
            Binary::Along => T::along(x, y),
        }
    }
}

impl Fixed {
    #[inline(always)]
    pub(crate) fn of<T: Scalar>(self, x: T, c: f64) -> T {
        match self {
            Fixed::Plus => x + c,
            Fixed::From => T::constant(c) - x,
            Fixed::Times => x * c,
            Fixed::Per => x / c,
            Fixed::Into => T::constant(c) / x,
            Fixed::Power => Over::<f64>::powf(x, c),
            Fixed::Modulo => x % c,
        }
    }
}
