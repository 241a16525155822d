//! How a retail price scales demand.

use crate::scalar::{Over, Scalar};

/// Demand falls in a straight line, `α − β p`; negative beyond the price `α/β`, which a game must exclude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearPrice<P = f64> {
    /// `α`, demand at price 0.
    pub intercept: P,
    /// `β`, demand lost per unit of money.
    pub slope: P,
}

impl<P: Copy> LinearPrice<P> {
    /// The factor at price `p`.
    #[inline]
    pub fn factor<T: Scalar + Over<P>>(self, p: T) -> T {
        -(p * self.slope - self.intercept)
    }
}

/// Demand falls by `e` per cent when the price rises by one, `p^{-e}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IsoelasticPrice<P = f64> {
    /// `e`, above 1 for a finite monopoly price.
    pub elasticity: P,
}

impl<P: Copy> IsoelasticPrice<P> {
    /// The factor at price `p > 0`.
    #[inline]
    pub fn factor<T: Scalar + Over<P>>(self, p: T) -> T {
        p.powf(self.elasticity).recip()
    }
}

/// Demand falls in a curve, `(α − β p)^{1/v}`: convex for `v < 1`, straight for `v = 1`, concave for `v > 1`.
///
/// Beyond the price `α/β` nothing is sold: the base is cut off at 0, since for some `v` a negative one would look like
/// demand. At that price itself the derivative is the one from below, so that a search that lands there is sent back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvedPrice<P = f64> {
    /// `α`.
    pub intercept: P,
    /// `β`, per unit of money.
    pub slope: P,
    /// `v > 0`.
    pub curvature: P,
}

impl<P: Scalar> CurvedPrice<P> {
    /// The factor at price `p`.
    #[inline]
    pub fn factor<T: Scalar + Over<P>>(self, p: T) -> T {
        let base = -(p * self.slope - self.intercept);
        T::constant(0.0).max(base).powf(self.curvature.recip())
    }
}
