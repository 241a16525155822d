//! The nested duals that the engine differentiates itself with.

use crate::dual::Dual;
use crate::scalar::Scalar;

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
    /// Whether the number and all its derivatives are exactly zero.
    fn vanishes(self) -> bool;
}

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
    fn vanishes(self) -> bool {
        self == 0.0
    }
}

macro_rules! level {
    ($level:ty, $up:ty, $order:literal) => {
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
            fn vanishes(self) -> bool {
                self.value.vanishes() && self.slope.vanishes()
            }
        }
    };
}

level!(D1, D2, 1);
level!(D2, D3, 2);
level!(D3, D4, 3);
level!(D4, D5, 4);

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
    fn vanishes(self) -> bool {
        self.value.vanishes() && self.slope.vanishes()
    }
}
