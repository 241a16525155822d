//! Numbers that carry their derivative.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use num_traits::{Inv, One, Pow, Zero};

use crate::scalar::{Over, Scalar, sech_squared};

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
        let value = self.value / other.value;
        Dual { value, slope: (self.slope - value * other.slope) / other.value }
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
        // The power 0 is 1 and does not move, not even at 0.
        if exponent == 0.0 {
            return Self::constant(1.0);
        }
        // One power for all levels: the lowest is taken, and each level above multiplies by the base once.
        let lower = self.value.powf(exponent - 1.0);
        let value = self.value.raised(lower, T::constant(exponent));
        Dual { value, slope: T::along(self.slope, lower * exponent) }
    }
}

impl<T: Scalar> Over<Dual<T>> for Dual<T> {
    #[inline]
    fn powf(self, exponent: Self) -> Self {
        let lower = Over::<T>::powf(self.value, exponent.value - 1.0);
        Dual {
            value: self.value.raised(lower, exponent.value),
            // Where the exponent is zero, so is the derivative, whatever a power of -1 is.
            slope: T::along(self.slope, T::along(exponent.value, lower))
                + T::along_power(exponent.slope, self.value, exponent.value, 1),
        }
    }
}

impl<T: Scalar> Scalar for Dual<T> {
    #[inline]
    fn constant(value: f64) -> Self {
        Dual { value: T::constant(value), slope: T::at_rest() }
    }
    #[inline]
    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        Dual { value, slope: T::along(self.slope, value.recip() * 0.5) }
    }
    #[inline]
    fn exp(self) -> Self {
        let value = self.value.exp();
        Dual { value, slope: self.slope * value }
    }
    #[inline]
    fn exp_m1(self) -> Self {
        Dual { value: self.value.exp_m1(), slope: self.slope * self.value.exp() }
    }
    #[inline]
    fn ln(self) -> Self {
        Dual { value: self.value.ln(), slope: T::along(self.slope, self.value.recip()) }
    }
    #[inline]
    fn ln_1p(self) -> Self {
        Dual { value: self.value.ln_1p(), slope: T::along(self.slope, (self.value + 1.0).recip()) }
    }
    #[inline]
    fn tanh(self) -> Self {
        Dual { value: self.value.tanh(), slope: self.slope * sech_squared(self.value) }
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
    fn max(self, other: Self) -> Self {
        let margin = self.value - other.value;
        Dual { value: self.value.max(other.value), slope: T::select(margin, self.slope, other.slope) }
    }
    #[inline]
    fn min(self, other: Self) -> Self {
        let margin = self.value - other.value;
        Dual { value: self.value.min(other.value), slope: T::select(margin, other.slope, self.slope) }
    }
    #[inline]
    fn at_rest() -> Self {
        Dual { value: T::at_rest(), slope: T::at_rest() }
    }
    #[inline]
    fn along(slope: Self, derivative: Self) -> Self {
        Dual {
            value: T::along(slope.value, derivative.value),
            slope: T::along(slope.slope, derivative.value) + T::along(slope.value, derivative.slope),
        }
    }
    #[inline]
    fn raised(self, lower: Self, exponent: Self) -> Self {
        // The derivative in the base alone needs no second power.
        Dual {
            value: self.value.raised(lower.value, exponent.value),
            slope: T::along(self.slope, T::along(exponent.value, lower.value))
                + T::along_power(exponent.slope, self.value, exponent.value, 1),
        }
    }
    fn power_and_log(self, exponent: Self, order: u32) -> Self {
        Dual {
            value: self.value.power_and_log(exponent.value, order),
            slope: moved_power(self, exponent, order, self.slope, exponent.slope),
        }
    }
    fn along_power(slope: Self, base: Self, exponent: Self, order: u32) -> Self {
        let Dual { value, slope: bent } = slope;
        let power = T::along_power(bent, base.value, exponent.value, order);
        Dual {
            value: T::along_power(value, base.value, exponent.value, order),
            slope: power + moved_power(base, exponent, order, value * base.slope, value * exponent.slope),
        }
    }
}

/// How `xᵉ lnⁿx` moves when `x` moves by one slope and `e` by another:
/// `d/dx xᵉ lnⁿx = e xᵉ⁻¹ lnⁿx + n xᵉ⁻¹ lnⁿ⁻¹x` and `d/de xᵉ lnⁿx = xᵉ lnⁿ⁺¹x`.
fn moved_power<T: Scalar>(base: Dual<T>, exponent: Dual<T>, order: u32, along: T, across: T) -> T {
    let (x, e) = (base.value, exponent.value);
    // Where the exponent is zero, so is the derivative, whatever a power of -1 is.
    let moved =
        T::along_power(T::along(along, e), x, e - 1.0, order) + T::along_power(across, x, e, order + 1);
    match order {
        0 => moved,
        _ => moved + T::along_power(along * f64::from(order), x, e - 1.0, order - 1),
    }
}

// The words of num-traits, so that other crates' generic code runs on these numbers.

impl<T: Scalar> Rem for Dual<T> {
    type Output = Self;
    /// The remainder. Between its jumps it moves as `self − n·other` does, `n` the whole number of times.
    fn rem(self, other: Self) -> Self {
        let value = self.value % other.value;
        let times = (self.value - value) / other.value;
        Dual { value, slope: self.slope - times * other.slope }
    }
}

impl<T: Scalar> Rem<f64> for Dual<T> {
    type Output = Self;
    fn rem(self, other: f64) -> Self {
        Dual { value: self.value % other, slope: self.slope }
    }
}

impl<T: Scalar + Zero> Zero for Dual<T> {
    fn zero() -> Self {
        Dual { value: T::zero(), slope: T::at_rest() }
    }
    /// Whether the number and all its derivatives are zero.
    fn is_zero(&self) -> bool {
        self.value.is_zero() && self.slope.is_zero()
    }
}

impl<T: Scalar + Zero + One + PartialEq> One for Dual<T> {
    fn one() -> Self {
        Dual { value: T::one(), slope: T::at_rest() }
    }
}

impl<T: Scalar> Inv for Dual<T> {
    type Output = Self;
    fn inv(self) -> Self {
        self.recip()
    }
}

impl<T: Scalar> Pow<f64> for Dual<T> {
    type Output = Self;
    fn pow(self, exponent: f64) -> Self {
        self.powf(exponent)
    }
}

impl<T: Scalar> Pow<Dual<T>> for Dual<T> {
    type Output = Self;
    fn pow(self, exponent: Self) -> Self {
        self.powf(exponent)
    }
}
