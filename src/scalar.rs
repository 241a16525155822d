//! The numbers that a formula runs on.
//!
//! A payoff or a closed form is written once, generic over [`Scalar`], and then runs on `f64` for values and on
//! [`Dual`] numbers, nested as deep as the derivative needs, for exact derivatives. The trait has no ordering:
//! a formula that switches uses [`Scalar::max`], [`Scalar::min`] or [`Scalar::select`], which a lane of a
//! vector register or an outward-rounded interval can do as well.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Arithmetic of a [`Scalar`] with another kind of number `P`: the scalar itself, or a plain `f64` parameter.
///
/// A model writes its payoffs over parameters `P` and decisions `T: Scalar + Over<P>`, so that the engine pays
/// for derivatives in the decisions only (`P = f64`) and sensitivities run the same text with `P = T`. Write the
/// scalar first: `x * margin`, not `margin * x`.
pub trait Over<P>:
    Sized + Add<P, Output = Self> + Sub<P, Output = Self> + Mul<P, Output = Self> + Div<P, Output = Self>
{
    /// `self` raised to the power `exponent`, for `self > 0` (and `self = 0` where the power exists).
    fn powf(self, exponent: P) -> Self;
}

/// A number on which payoffs and closed forms run: `f64`, or a [`Dual`] of any depth.
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
pub trait Scalar: Copy + Debug + Neg<Output = Self> + Over<f64> + Over<Self> + 'static {
    /// The number `value`, with all derivatives zero.
    fn constant(value: f64) -> Self;
    /// The square root; at an exact zero that does not move, its derivative is zero.
    fn sqrt(self) -> Self;
    /// The exponential.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The reciprocal `1 / self`.
    fn recip(self) -> Self;
    /// `then` where `margin > 0`, `otherwise` elsewhere. Both are computed.
    fn select(margin: Self, then: Self, otherwise: Self) -> Self;
    /// Whether the number and all its derivatives are exactly zero.
    fn vanishes(self) -> bool;
    /// Whether the number and all its derivatives are finite.
    fn is_finite(self) -> bool;

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
}

impl Over<f64> for f64 {
    fn powf(self, exponent: f64) -> f64 {
        f64::powf(self, exponent)
    }
}

impl Scalar for f64 {
    fn constant(value: f64) -> f64 {
        value
    }
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    fn ln(self) -> f64 {
        f64::ln(self)
    }
    fn recip(self) -> f64 {
        f64::recip(self)
    }
    fn select(margin: f64, then: f64, otherwise: f64) -> f64 {
        if margin > 0.0 { then } else { otherwise }
    }
    fn vanishes(self) -> bool {
        self == 0.0
    }
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
}

/// A number with its derivative in one direction: `value + slope·ε`, `ε² = 0`.
///
/// Nested, `Dual<Dual<f64>>` carries a mixed second derivative (a hyper-dual number), `Dual<Dual<Dual<f64>>>` a
/// third one. Derivatives are exact to rounding.
///
/// ```
/// use coopad::{Dual, Scalar};
///
/// // d²(x³)/dx² at x = 2 is 12.
/// let x = Dual { value: Dual::variable(2.0), slope: Dual::constant(1.0) };
/// assert_eq!((x * x * x).slope.slope, 12.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<T> {
    /// The number.
    pub value: T,
    /// Its derivative.
    pub slope: T,
}

impl Dual<f64> {
    /// The variable itself: slope one.
    pub fn variable(value: f64) -> Self {
        Dual { value, slope: 1.0 }
    }
}

impl<T: Scalar> Add for Dual<T> {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl<T: Scalar> Sub for Dual<T> {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

impl<T: Scalar> Mul for Dual<T> {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Dual { value: self.value * other.value, slope: self.slope * other.value + self.value * other.slope }
    }
}

impl<T: Scalar> Div for Dual<T> {
    type Output = Self;
    #[inline]
    fn div(self, other: Self) -> Self {
        let inverse = other.value.recip();
        let value = self.value * inverse;
        Dual { value, slope: (self.slope - value * other.slope) * inverse }
    }
}

impl<T: Scalar> Neg for Dual<T> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Dual { value: -self.value, slope: -self.slope }
    }
}

impl<T: Scalar> Add<f64> for Dual<T> {
    type Output = Self;
    #[inline]
    fn add(self, other: f64) -> Self {
        Dual { value: self.value + other, ..self }
    }
}

impl<T: Scalar> Sub<f64> for Dual<T> {
    type Output = Self;
    #[inline]
    fn sub(self, other: f64) -> Self {
        Dual { value: self.value - other, ..self }
    }
}

impl<T: Scalar> Mul<f64> for Dual<T> {
    type Output = Self;
    #[inline]
    fn mul(self, other: f64) -> Self {
        Dual { value: self.value * other, slope: self.slope * other }
    }
}

impl<T: Scalar> Div<f64> for Dual<T> {
    type Output = Self;
    #[inline]
    fn div(self, other: f64) -> Self {
        Dual { value: self.value / other, slope: self.slope / other }
    }
}

impl<T: Scalar> Over<f64> for Dual<T> {
    #[inline]
    fn powf(self, exponent: f64) -> Self {
        // One power a level: x^n = x^(n-1)·x. Where x^(n-1) overflows (x = 0, n < 1) the value is taken directly.
        let lower = self.value.powf(exponent - 1.0);
        let value = if lower.is_finite() { lower * self.value } else { self.value.powf(exponent) };
        Dual { value, slope: along(self.slope, lower * exponent) }
    }
}

impl<T: Scalar> Over<Dual<T>> for Dual<T> {
    #[inline]
    fn powf(self, exponent: Self) -> Self {
        let power = (exponent * self.ln()).exp();
        // A spend held at 0 stays there; through its logarithm it would be no number.
        if self.vanishes() { Self::select(exponent, self, power) } else { power }
    }
}

impl<T: Scalar> Scalar for Dual<T> {
    #[inline]
    fn constant(value: f64) -> Self {
        Dual { value: T::constant(value), slope: T::constant(0.0) }
    }
    #[inline]
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        Dual { value, slope: along(self.slope, value.recip() * 0.5) }
    }
    #[inline]
    fn exp(self) -> Self {
        let value = self.value.exp();
        Dual { value, slope: self.slope * value }
    }
    #[inline]
    fn ln(self) -> Self {
        Dual { value: self.value.ln(), slope: along(self.slope, self.value.recip()) }
    }
    #[inline]
    fn recip(self) -> Self {
        let value = self.value.recip();
        Dual { value, slope: -(self.slope * value * value) }
    }
    #[inline]
    fn select(margin: Self, then: Self, otherwise: Self) -> Self {
        Dual {
            value: T::select(margin.value, then.value, otherwise.value),
            slope: T::select(margin.value, then.slope, otherwise.slope),
        }
    }
    #[inline]
    fn vanishes(self) -> bool {
        self.value.vanishes() && self.slope.vanishes()
    }
    #[inline]
    fn is_finite(self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
}

/// The chain rule `slope · derivative`, in which a number that does not move stays so even where the derivative
/// is infinite: the square root of a spend held at 0 has slope 0, not 0·∞.
#[inline]
fn along<T: Scalar>(slope: T, derivative: T) -> T {
    if slope.vanishes() { slope } else { slope * derivative }
}

/// The nested duals that the engine uses: each level knows the one above, and the last is its own.
///
/// An engine that is generic over its number and differentiates itself would never stop instantiating; the
/// chain ends at [`D5`], which bounds the number of stages that can be solved by exact derivatives
/// (`STAGE_LIMIT` in the plan).
pub(crate) trait Level: Scalar {
    /// The level above: `Dual<Self>`, or `Self` at the last level.
    type Up: Level;
    /// How often `Self` has been differentiated.
    const ORDER: usize;
    /// The plain value below all derivatives.
    fn real(self) -> f64;
    /// The numbers themselves where they are plain; `None` where they carry derivatives.
    fn plain(_: &mut [Self]) -> Option<&mut [f64]> {
        None
    }
    /// The number as one of the level above, moving with `slope` in the new direction.
    fn raise(self, slope: f64) -> Self::Up;
    /// The derivative in the newest direction.
    fn fall(up: Self::Up) -> Self;
    /// Numbers of this level in two lists, with room for an answer.
    fn sheet<'a>(given: &'a [Self], x: &'a [Self], out: &'a mut [Self]) -> Sheet<'a>;
}

/// Numbers of one level in two lists, with room for an answer: what a formula needs to know of its level.
#[cfg_attr(
    any(test, not(feature = "scenario")),
    allow(dead_code, reason = "scenarios alone have formulas of two lists")
)]
pub(crate) enum Sheet<'a> {
    Plain(&'a [f64], &'a [f64], &'a mut [f64]),
    First(&'a [D1], &'a [D1], &'a mut [D1]),
    Second(&'a [D2], &'a [D2], &'a mut [D2]),
    Third(&'a [D3], &'a [D3], &'a mut [D3]),
    Fourth(&'a [D4], &'a [D4], &'a mut [D4]),
    Fifth(&'a [D5], &'a [D5], &'a mut [D5]),
}

/// Runs a formula on a sheet's numbers, whatever their level. A closure cannot be generic, hence a macro.
macro_rules! at_any_level {
    ($sheet:expr, |$given:pat_param, $x:pat_param, $out:pat_param| $work:expr) => {
        match $sheet {
            $crate::scalar::Sheet::Plain($given, $x, $out) => $work,
            $crate::scalar::Sheet::First($given, $x, $out) => $work,
            $crate::scalar::Sheet::Second($given, $x, $out) => $work,
            $crate::scalar::Sheet::Third($given, $x, $out) => $work,
            $crate::scalar::Sheet::Fourth($given, $x, $out) => $work,
            $crate::scalar::Sheet::Fifth($given, $x, $out) => $work,
        }
    };
}
pub(crate) use at_any_level;

pub(crate) type D1 = Dual<f64>;
pub(crate) type D2 = Dual<D1>;
pub(crate) type D3 = Dual<D2>;
pub(crate) type D4 = Dual<D3>;
pub(crate) type D5 = Dual<D4>;

impl Level for f64 {
    type Up = D1;
    const ORDER: usize = 0;
    fn real(self) -> f64 {
        self
    }
    fn plain(x: &mut [f64]) -> Option<&mut [f64]> {
        Some(x)
    }
    fn raise(self, slope: f64) -> D1 {
        Dual { value: self, slope }
    }
    fn fall(up: D1) -> f64 {
        up.slope
    }
    fn sheet<'a>(given: &'a [f64], x: &'a [f64], out: &'a mut [f64]) -> Sheet<'a> {
        Sheet::Plain(given, x, out)
    }
}

macro_rules! level {
    ($level:ty, $up:ty, $order:literal, $sheet:ident) => {
        impl Level for $level {
            type Up = $up;
            const ORDER: usize = $order;
            fn real(self) -> f64 {
                self.value.real()
            }
            fn raise(self, slope: f64) -> $up {
                Dual { value: self, slope: <$level>::constant(slope) }
            }
            fn fall(up: $up) -> $level {
                up.slope
            }
            fn sheet<'a>(given: &'a [$level], x: &'a [$level], out: &'a mut [$level]) -> Sheet<'a> {
                Sheet::$sheet(given, x, out)
            }
        }
    };
}

level!(D1, D2, 1, First);
level!(D2, D3, 2, Second);
level!(D3, D4, 3, Third);
level!(D4, D5, 4, Fourth);

impl Level for D5 {
    type Up = D5;
    const ORDER: usize = 5;
    fn real(self) -> f64 {
        self.value.real()
    }
    // Never called: a plan has no more stages than the chain can differentiate.
    fn raise(self, _slope: f64) -> D5 {
        self
    }
    fn fall(up: D5) -> D5 {
        up
    }
    fn sheet<'a>(given: &'a [D5], x: &'a [D5], out: &'a mut [D5]) -> Sheet<'a> {
        Sheet::Fifth(given, x, out)
    }
}
