//! Two advertisers that touch each other's sales.

use crate::scalar::{Over, Scalar};

/// Two firms, or two brands, each advertised: a root of effort for one sells units of its own and adds to the other's
/// sales (a spill-over) or takes from them (business stealing, where `cross` is negative):
///
/// ```math
/// S_i=e_i\,r_i+c_j\,r_j,\qquad r_i=\sqrt{a_i},\quad j\ne i .
/// ```
///
/// ```
/// use coopad::response::Spillovers;
///
/// let stealing = Spillovers { own: [2.0, 3.0], cross: [-0.5, -1.0] };
/// assert_eq!(stealing.sales([1.0, 2.0]), [0.0, 5.5]); // 2·1 − 1·2, 3·2 − 0.5·1
/// assert_eq!(stealing.earned([10.0, 4.0]), [18.0, 2.0]); // 2·10 − 0.5·4, 3·4 − 1·10
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spillovers<P = f64> {
    /// `e_i`, own sales per root of effort for `i`.
    pub own: [P; 2],
    /// `c_i`, the **other's** sales per root of effort for `i`.
    pub cross: [P; 2],
}

impl<P: Copy> Spillovers<P> {
    /// What these roots of effort sell.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(&self, roots: [T; 2]) -> [T; 2] {
        let of = |i: usize, j: usize| roots[i] * self.own[i] + roots[j] * self.cross[j];
        [of(0, 1), of(1, 0)]
    }
}

impl<P: Scalar> Spillovers<P> {
    /// What a root of effort for each of the two earns somebody with these margins on their sales, in money.
    pub fn earned(&self, margins: [P; 2]) -> [P; 2] {
        let by = |i: usize, j: usize| self.own[i] * margins[i] + self.cross[i] * margins[j];
        [by(0, 1), by(1, 0)]
    }

    /// The same for two that count their own sales only.
    pub fn earned_alone(&self, margins: [P; 2]) -> [P; 2] {
        [self.own[0] * margins[0], self.own[1] * margins[1]]
    }
}
