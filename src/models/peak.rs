//! The best point of an interval, for a leader whose game has formulas for everything but one number.

use crate::dual::Dual;
use crate::game::Interval;
use crate::scalar::Scalar;

/// A number with its first two derivatives along the number searched for.
pub(super) type Along<T> = Dual<Dual<T>>;

/// Cells of the grid that is looked at first.
const CELLS: usize = 64;
/// Halvings of the best cell: to the last bit of a number in it.
const HALVINGS: usize = 52;
/// Newton steps after that. They change the value by rounding only, but each makes one more order of its derivatives in
/// the parameters exact (the first two at least), which halving cannot see.
const STEPS: usize = 2;

/// A parameter, which does not move with the number searched for.
pub(super) fn still<T: Scalar>(value: T) -> Along<T> {
    let zero = T::constant(0.0);
    Dual { value: Dual { value, slope: zero }, slope: Dual { value: zero, slope: zero } }
}

/// The number searched for, at `value`.
pub(super) fn moving<T: Scalar>(value: T) -> Along<T> {
    let one = T::constant(1.0);
    Dual { value: Dual { value, slope: one }, slope: Dual { value: one, slope: T::constant(0.0) } }
}

/// Where in the interval `payoff` is largest: the best point of a fixed grid, then the root of the exact derivative in
/// the cell beside it to which the payoff rises; an end where the payoff falls from it inwards.
///
/// The payoff needs one derivative; the second may jump. It need not be a number at the interval's upper end. No branch
/// is taken on a value, so that the answer carries its derivatives in whatever `T` moves with.
pub(super) fn peak<T: Scalar>(interval: Interval<T>, payoff: impl Fn(Along<T>) -> Along<T>) -> T {
    let Interval { lower, upper } = interval;
    let at = |k: usize| lower + (upper - lower) * (k.min(CELLS) as f64 / CELLS as f64);
    let slope = |x: T| payoff(moving(x)).value.slope;
    // The best grid point with its neighbours; comparison with NaN keeps what there is.
    let value = |x: T| payoff(moving(x)).value.value;
    let mut best = (value(lower), lower, lower, at(1));
    for k in 1..=CELLS {
        let (here, x) = (value(at(k)), at(k));
        let better = here - best.0;
        best = (
            T::select(better, here, best.0),
            T::select(better, at(k - 1), best.1),
            T::select(better, x, best.2),
            T::select(better, at(k + 1), best.3),
        );
    }
    let (_, before, here, after) = best;
    let rising = slope(here);
    let (low, high) = (T::select(rising, here, before), T::select(rising, after, here));
    let (mut left, mut right) = (low, high);
    for _ in 0..HALVINGS {
        let middle = (left + right) * 0.5;
        let rising = slope(middle);
        left = T::select(rising, middle, left);
        right = T::select(rising, right, middle);
    }
    let mut found = (left + right) * 0.5;
    for _ in 0..STEPS {
        let there = payoff(moving(found));
        let (slope, curvature) = (there.value.slope, there.slope.slope);
        let moved = T::select(-curvature, found - slope / curvature, found);
        // Of equal numbers `max` and `min` keep the second: an end stays the end, derivatives included.
        found = moved.max(low).min(high);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak_of(f: impl Fn(Along<f64>) -> Along<f64>) -> f64 {
        peak(Interval::new(0.0, 2.0), f)
    }

    #[test]
    fn inside_at_either_end_and_across_a_jump_of_the_second_derivative() {
        assert!((peak_of(|x| x.ln() - x * 3.0) - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(peak_of(|x| -x), 0.0);
        assert_eq!(peak_of(|x| x), 2.0);
        let bent = |x: Along<f64>| x - (x - 1.0).positive_part().square() * 4.0;
        assert!((peak_of(bent) - 1.125).abs() < 1e-15);
        // Two peaks: the higher one, by however little.
        for (tilt, expected) in [(1e-6, 2.0), (-1e-6, 0.0)] {
            assert_eq!(peak_of(|x| (x - 1.0).square() + x * tilt), expected);
        }
    }

    #[test]
    fn derivatives_in_a_parameter() {
        // The peak of  c ln x − x  is c: slope 1, curvature 0.
        let c = Dual { value: Dual::variable(0.7), slope: Dual::constant(1.0) };
        let found = peak(Interval::new(Dual::constant(0.0), Dual::constant(2.0)), |x| x.ln() * still(c) - x);
        assert!((found.value.value - 0.7).abs() < 1e-15 && (found.value.slope - 1.0).abs() < 1e-13);
        assert!(found.slope.slope.abs() < 1e-12);
    }
}
