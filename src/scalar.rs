//! The numbers that a formula runs on.
//!
//! A payoff or a closed form is written once, generic over [`Scalar`]. It then runs on `f64` for values, on
//! [`Dual`](crate::Dual) numbers, nested as deep as the derivative needs, for exact derivatives, and on
//! [`Term`](crate::formula::Term)s, which write down what is done to them. The trait has no ordering: a formula that
//! switches uses [`Scalar::max`], [`Scalar::min`] or [`Scalar::select`], which a lane of a vector register or an
//! outward-rounded interval can do as well. So a formula cannot branch on values, and what is written down once holds
//! everywhere.

use std::fmt::Debug;
use std::ops::Neg;

use num_traits::NumOps;

/// Arithmetic of a [`Scalar`] with another kind of number `P`: the scalar itself, or a plain `f64` parameter.
///
/// A model writes its payoffs over parameters `P` and decisions `T: Scalar + Over<P>`, so that
/// [`payoffs`](crate::StaticGame::payoffs) at the game's own numbers (`P = f64`) and
/// [`payoffs_at`](crate::StaticGame::payoffs_at) any others (`P = T`) are one text. Write the scalar first: `x * margin`, not
/// `margin * x`.
pub trait Over<P>: Sized + NumOps<P, Self> {
    /// `self` raised to the power `exponent`, for `self > 0` (and `self = 0` where the power exists).
    fn powf(self, exponent: P) -> Self;
}

/// A number on which payoffs and closed forms run: `f64`, a [`Dual`](crate::Dual) of any depth, a
/// [`Term`](crate::formula::Term).
///
/// ```
/// use coopad::{Dual, Scalar};
///
/// fn sales<T: Scalar>(spend: T) -> T {
///     spend.sqrt() * 3.0 + 1.0
/// }
/// let s = sales(Dual::variable(4.0));
/// assert_eq!((s.value, s.slope), (7.0, 0.75));
/// ```
///
/// The last five methods are what derivatives are made of. They have defaults, so that a number of another crate needs
/// the functions alone.
pub trait Scalar: Copy + Debug + Neg<Output = Self> + Over<f64> + Over<Self> + 'static {
    /// The number `value`, with all derivatives zero.
    fn constant(value: f64) -> Self;
    /// The square root; at an exact zero that does not move, its derivative is zero.
    fn sqrt(self) -> Self;
    /// The exponential.
    fn exp(self) -> Self;
    /// `exp(self) - 1`, without cancellation near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// `ln(1 + self)`, without cancellation near 0.
    fn ln_1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The reciprocal `1 / self`.
    fn recip(self) -> Self;
    /// `then` where `margin > 0`, `otherwise` elsewhere. Both are computed.
    fn select(margin: Self, then: Self, otherwise: Self) -> Self;

    /// The larger of the two; where they are equal, the derivatives of `other`.
    fn max(self, other: Self) -> Self {
        Self::select(self - other, self, other)
    }
    /// The smaller of the two; where they are equal, the derivatives of `self`.
    fn min(self, other: Self) -> Self {
        Self::select(self - other, other, self)
    }
    /// `max(self, 0)`, as in the papers' `[x]⁺`.
    fn positive_part(self) -> Self {
        self.max(Self::constant(0.0))
    }
    /// `self * self`.
    fn square(self) -> Self {
        self * self
    }

    /// A slope of exactly zero: of a number that does not move. Unlike the constant 0 it vanishes from formulas.
    fn at_rest() -> Self {
        Self::constant(0.0)
    }
    /// The chain rule `slope · derivative`. A number that does not move stays so even where the derivative is infinite:
    /// the square root of a spend held at 0 has slope 0, not 0·∞. The default is the product.
    fn along(slope: Self, derivative: Self) -> Self {
        slope * derivative
    }
    /// `self` raised to the power `exponent`, given `lower`, `self` raised to one less: one power serves all derivatives.
    /// Where `lower` is infinite (at 0, below the first power) the power is taken directly.
    fn raised(self, lower: Self, exponent: Self) -> Self {
        let _ = exponent;
        lower * self
    }
    /// `self` raised to the power `exponent`, times the `order`-th power of its logarithm: the derivatives of a power in
    /// its exponent. At 0 it is 0 for a positive exponent, as its limit is.
    fn power_and_log(self, exponent: Self, order: u32) -> Self {
        let log = self.ln();
        (0..order).fold(Over::<Self>::powf(self, exponent), |product, _| product * log)
    }
    /// The chain rule for that: `slope` times [`power_and_log`](Scalar::power_and_log), which need not be computed for an
    /// exponent that does not move.
    fn along_power(slope: Self, base: Self, exponent: Self, order: u32) -> Self {
        Self::along(slope, base.power_and_log(exponent, order))
    }
}

impl Over<f64> for f64 {
    #[inline]
    fn powf(self, exponent: f64) -> f64 {
        f64::powf(self, exponent)
    }
}

impl Scalar for f64 {
    #[inline]
    fn constant(value: f64) -> f64 {
        value
    }
    #[inline]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    #[inline]
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    #[inline]
    fn exp_m1(self) -> f64 {
        f64::exp_m1(self)
    }
    #[inline]
    fn ln(self) -> f64 {
        f64::ln(self)
    }
    #[inline]
    fn ln_1p(self) -> f64 {
        f64::ln_1p(self)
    }
    #[inline]
    fn tanh(self) -> f64 {
        f64::tanh(self)
    }
    #[inline]
    fn recip(self) -> f64 {
        f64::recip(self)
    }
    #[inline]
    fn select(margin: f64, then: f64, otherwise: f64) -> f64 {
        if margin > 0.0 { then } else { otherwise }
    }
    #[inline]
    fn along(slope: f64, derivative: f64) -> f64 {
        if slope == 0.0 { slope } else { slope * derivative }
    }
    #[inline]
    fn raised(self, lower: f64, exponent: f64) -> f64 {
        if lower.is_finite() { lower * self } else { f64::powf(self, exponent) }
    }
    #[inline]
    fn power_and_log(self, exponent: f64, order: u32) -> f64 {
        if self == 0.0 && exponent > 0.0 && order > 0 {
            return 0.0;
        }
        let log = f64::ln(self);
        (0..order).fold(f64::powf(self, exponent), |product, _| product * log)
    }
    #[inline]
    fn along_power(slope: f64, base: f64, exponent: f64, order: u32) -> f64 {
        if slope == 0.0 { slope } else { slope * base.power_and_log(exponent, order) }
    }
}

/// The square of the hyperbolic secant, `1/cosh²`, the derivative of the hyperbolic tangent: `4e/(1 + e)²` with
/// `e = exp(−2|x|)`, which neither overflows nor cancels. It is the same function of `e` and of `1/e`, so that it is
/// smooth where `|x|` is not.
pub(crate) fn sech_squared<T: Scalar>(x: T) -> T {
    let e = (x.max(-x) * -2.0).exp();
    e * 4.0 / (e + 1.0).square()
}
