//! What one kind of advertising sells.

use crate::scalar::{Over, Scalar};

/// Sales rise with the square root of the spend, `k √a`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SquareRoot<P = f64> {
    /// `k`, units sold per √money.
    pub effect: P,
}

impl<P: Copy> SquareRoot<P> {
    /// Units sold by a spend of `a ≥ 0` money.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(self, a: T) -> T {
        a.sqrt() * self.effect
    }
}

/// Sales rise with a power of the spend, `k a^λ`, concave for `0 < λ < 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power<P = f64> {
    /// `k`, units sold per money^λ.
    pub effect: P,
    /// `λ`.
    pub exponent: P,
}

impl<P: Copy> Power<P> {
    /// Units sold by a spend of `a ≥ 0` money.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(self, a: T) -> T {
        a.powf(self.exponent) * self.effect
    }
}

/// Sales rise with the logarithm of the spend, `k ln(1 + a)`: finite returns on the first unit of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logarithm<P = f64> {
    /// `k`, units sold per unit of `ln(1 + a)`.
    pub effect: P,
}

impl<P: Copy> Logarithm<P> {
    /// Units sold by a spend of `a ≥ 0` money.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(self, a: T) -> T {
        (a + 1.0).ln() * self.effect
    }
}
