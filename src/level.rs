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
            $crate::level::Sheet::Plain($given, $x, $out) => $work,
            $crate::level::Sheet::First($given, $x, $out) => $work,
            $crate::level::Sheet::Second($given, $x, $out) => $work,
            $crate::level::Sheet::Third($given, $x, $out) => $work,
            $crate::level::Sheet::Fourth($given, $x, $out) => $work,
            $crate::level::Sheet::Fifth($given, $x, $out) => $work,
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
    fn vanishes(self) -> bool {
        self == 0.0
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
            fn vanishes(self) -> bool {
                self.value.vanishes() && self.slope.vanishes()
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
    fn vanishes(self) -> bool {
        self.value.vanishes() && self.slope.vanishes()
    }
    fn sheet<'a>(given: &'a [D5], x: &'a [D5], out: &'a mut [D5]) -> Sheet<'a> {
        Sheet::Fifth(given, x, out)
    }
}
