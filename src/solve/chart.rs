//! The coordinates in which a decision is moved.

use crate::game::Interval;

/// How a variable is measured while it moves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chart {
    /// In units of a fixed length.
    Linear(f64),
    /// In the logarithm of the distance from the lower bound: for the way up, where a payoff grows like a power.
    AboveLower,
    /// In the square root of that distance: for the way down, where costs rule. A square-root response less a linear
    /// cost is a parabola in it, and one step arrives; in the logarithm each step would only shrink by `e`.
    RootAboveLower,
    /// In the logarithm of the distance from the upper bound.
    BelowUpper,
}

impl Chart {
    pub(crate) fn new(bounds: Interval<f64>, typical: f64) -> Self {
        match (bounds.lower.is_finite(), bounds.upper.is_finite()) {
            (true, true) => Chart::Linear((bounds.upper - bounds.lower).max(f64::MIN_POSITIVE)),
            (true, false) => Chart::AboveLower,
            (false, true) => Chart::BelowUpper,
            (false, false) => Chart::Linear(typical.abs().max(1.0)),
        }
    }

    /// The chart for the way that the marginal payoff points.
    pub(crate) fn towards(self, marginal: f64) -> Self {
        if matches!(self, Chart::AboveLower) && marginal < 0.0 { Chart::RootAboveLower } else { self }
    }

    /// The variable's change per unit of the chart, at `x`.
    pub(crate) fn rate(self, x: f64, bounds: Interval<f64>) -> f64 {
        match self {
            Chart::Linear(length) => length,
            Chart::AboveLower | Chart::RootAboveLower => x - bounds.lower,
            Chart::BelowUpper => x - bounds.upper,
        }
    }

    /// Where the variable goes by a step of `step` in the chart.
    pub(crate) fn go(self, x: f64, step: f64, bounds: Interval<f64>) -> f64 {
        match self {
            Chart::Linear(length) => (x + length * step).clamp(bounds.lower, bounds.upper),
            Chart::AboveLower => bounds.lower + (x - bounds.lower) * step.exp(),
            Chart::RootAboveLower => bounds.lower + (x - bounds.lower) * (1.0 + 0.5 * step).powi(2),
            Chart::BelowUpper => bounds.upper + (x - bounds.upper) * step.exp(),
        }
    }

    /// The steps from `x` to both ends of the range.
    pub(crate) fn ends(self, x: f64, bounds: Interval<f64>) -> [f64; 2] {
        match self {
            Chart::Linear(length) => [(bounds.lower - x) / length, (bounds.upper - x) / length],
            _ => [f64::NEG_INFINITY, f64::INFINITY],
        }
    }

    /// The longest step that is trusted.
    pub(crate) fn reach(self) -> f64 {
        match self {
            Chart::Linear(_) => 0.5,
            Chart::RootAboveLower => 1.6,
            _ => 2.0,
        }
    }

    /// A point inside an open range, as far from its bound as `typical` is from zero.
    pub(crate) fn go_from_bound(self, typical: f64, bounds: Interval<f64>) -> f64 {
        match self {
            Chart::Linear(_) if bounds.lower.is_finite() => 0.5 * (bounds.lower + bounds.upper),
            Chart::Linear(_) => typical,
            Chart::AboveLower | Chart::RootAboveLower => bounds.lower + typical.abs().max(f64::MIN_POSITIVE),
            Chart::BelowUpper => bounds.upper - typical.abs().max(f64::MIN_POSITIVE),
        }
    }

    /// The second derivative of the variable in the chart, per its rate.
    pub(crate) fn bend(self) -> f64 {
        match self {
            Chart::Linear(_) => 0.0,
            Chart::RootAboveLower => 0.5,
            Chart::AboveLower | Chart::BelowUpper => 1.0,
        }
    }

    /// Whether the chart ends before it reaches the bound.
    pub(crate) fn curved(self) -> bool {
        !matches!(self, Chart::Linear(_))
    }

    /// The point at the share `at` (0 to 1) of the variable's range; decades around `x` where the range is open.
    pub(crate) fn spread(self, at: f64, x: f64, bounds: Interval<f64>) -> f64 {
        match self {
            Chart::Linear(_) if bounds.lower.is_finite() => bounds.lower + at * (bounds.upper - bounds.lower),
            Chart::Linear(length) => x + length * 20.0 * (at - 0.5),
            _ => self.go(x, (at - 0.5) * 14.0, bounds),
        }
    }
}

/// How far a value lies from its finite bound, or from zero.
pub(crate) fn away(value: f64, b: Interval<f64>) -> f64 {
    if b.lower.is_finite() {
        value - b.lower
    } else if b.upper.is_finite() {
        b.upper - value
    } else {
        value.abs()
    }
}

/// A point of a low-discrepancy sequence in the unit interval: multiples of powers of an irrational number, which
/// spread evenly in every dimension.
pub(crate) fn spread(index: usize, dimension: usize) -> f64 {
    // The reciprocals of 1.3247…^(k+1), the plastic number's powers, stay apart for the first few dimensions; the
    // square root of a shifted index keeps later ones from repeating.
    let ratio = 0.754_877_666_246_692_7_f64.powi(dimension as i32 % 5 + 1) + (dimension / 5) as f64 * 0.137_1;
    (0.5 + index as f64 * ratio).fract()
}
