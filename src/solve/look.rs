//! Where a decision is looked at, and what a row of payoffs says of hills.
//!
//! Points are of every size: a spend of 10⁻⁹ is looked at as one of 10⁹ is. What is usual for a decision makes the points denser
//! there; it never decides where they end.

use std::sync::LazyLock;

use super::chart::away;
use crate::game::Interval;

/// Points along one decision: a block of columns.
pub(super) const POINTS: usize = 128;

/// Decades on both sides of 1 at which a decision without an upper end is looked at.
const DECADES: i32 = 12;

/// Parts of a decade or an octave of which points are whole multiples: halves, thirds, quarters and eighths of one.
const PARTS: i32 = 24;

/// Powers of 10 by such parts from 10⁻¹³ to 10¹³, and powers of 2 up to 2: points are made by the thousand.
static TENS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let exponents = -13 * PARTS..=13 * PARTS;
    exponents.map(|parts| 10_f64.powf(f64::from(parts) / f64::from(PARTS))).collect()
});
static TWOS: LazyLock<Vec<f64>> =
    LazyLock::new(|| (0..=PARTS).map(|parts| 2_f64.powf(f64::from(parts) / f64::from(PARTS))).collect());

/// 10 to the power `count / each`, where `each` is one of the parts that a decade is cut into.
pub(super) fn ten_to(count: i32, each: i32) -> f64 {
    let parts = count * (PARTS / each);
    let known = usize::try_from(parts + 13 * PARTS).ok().and_then(|at| TENS.get(at));
    known.copied().unwrap_or_else(|| 10_f64.powf(f64::from(parts) / f64::from(PARTS)))
}

/// Points over a range, in order, at most [`POINTS`]: four a decade where `dense`, else about one.
///
/// The value as it is is among them, and so are the ends of the range where there are any.
pub(super) fn points(bounds: Interval<f64>, here: f64, typical: Option<f64>, dense: bool) -> Vec<f64> {
    let (lower, upper) = (bounds.lower, bounds.upper);
    let mut all = Vec::with_capacity(POINTS);
    let each = if dense { 4 } else { 1 };
    all.push(here);
    match (lower.is_finite(), upper.is_finite()) {
        (true, true) => {
            let length = upper - lower;
            all.extend([lower, upper]);
            let inner = if dense { 32 } else { 12 };
            all.extend((1..inner).map(|k| lower + length * f64::from(k) / f64::from(inner)));
            // Towards both ends by decades: what is small beside the range may be all that matters.
            let (low, high) = if dense { (36, 21) } else { (6, 4) };
            let per = if dense { 3 } else { 1 };
            all.extend((1..=low).map(|k| lower + length * 0.1 * ten_to(-k, per)));
            all.extend((1..=high).map(|k| upper - length * 0.1 * ten_to(-k, per)));
            let near = if dense { 8 } else { 2 };
            for k in 1..=near {
                let step = 0.5 * length * 4_f64.powi(-k);
                all.extend([here - step, here + step]);
            }
        }
        (false, false) => {
            all.push(0.0);
            let per = if dense { 2 } else { 1 };
            let steps = if dense { DECADES * per } else { DECADES / 2 };
            for k in -steps..=steps {
                let size = ten_to(k, per);
                all.extend([size, -size]);
            }
            around(&mut all, here, here.abs(), each);
        }
        (finite, _) => {
            let (end, sign) = if finite { (lower, 1.0) } else { (upper, -1.0) };
            all.push(end);
            let steps = DECADES * each;
            all.extend((-steps..=steps).map(|k| end + sign * ten_to(k, each)));
            let from = away(here, bounds);
            if from > 0.0 {
                let finer: usize = if dense { 8 } else { 2 };
                for factor in TWOS.iter().step_by(PARTS as usize / finer).skip(1) {
                    all.extend([end + sign * from * factor, end + sign * from / factor]);
                }
            }
        }
    }
    if let Some(usual) = typical.filter(|usual| usual.is_finite() && *usual != 0.0) {
        around(&mut all, usual, away(usual, bounds).abs(), each);
    }
    all.retain(|x| *x >= lower && *x <= upper);
    all.sort_unstable_by(f64::total_cmp);
    all.dedup();
    all.truncate(POINTS);
    all
}

/// Some points around a value, by shares of its size.
fn around(all: &mut Vec<f64>, value: f64, size: f64, each: i32) {
    let size = if size > 0.0 { size } else { 1.0 };
    all.push(value);
    for k in 1..=each {
        let step = size * 2_f64.powi(-k);
        all.extend([value - step, value + step]);
    }
}

/// A hill in a row of payoffs: the point next to its top, and how high the top may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hill {
    pub(super) at: usize,
    /// The height of a parabola through the point and its neighbours, or that of the point itself.
    pub(super) height: f64,
    /// What the height may be at most, if the hill is not much steeper on one side than the points around it show: half as much
    /// above the point as its neighbours lie below it.
    pub(super) most: f64,
}

/// The hills of a row of payoffs, in order.
pub(super) fn hills<'a>(points: &'a [f64], values: &'a [f64]) -> impl Iterator<Item = Hill> + 'a {
    let last = values.len().saturating_sub(1);
    let no = f64::NEG_INFINITY;
    (0..values.len()).filter_map(move |at| {
        let top = values[at];
        let before = if at == 0 { no } else { values[at - 1] };
        let after = if at == last { no } else { values[at + 1] };
        if !(top > before || at == 0) || top < after || top == no {
            return None;
        }
        let (mut height, mut most) = (top, top);
        if before > no && after > no {
            // Newton's divided differences: the parabola through three points, and where it is highest.
            let (a, b, c) = (points[at - 1], points[at], points[at + 1]);
            let (left, right) = ((top - before) / (b - a), (after - top) / (c - b));
            let bend = (right - left) / (c - a);
            if bend < 0.0 {
                let slope = left + bend * (b - a);
                height = top - 0.25 * slope * slope / bend;
            }
            most = height.max(top + 0.5 * (top - before.min(after)));
        } else if at > 0 && at < last && before.max(after) > no {
            // What is possible ends before the next point: at most as high there as the slope from the other side leads.
            let (near, far, other) =
                if after > no { (at + 1, at - 1, after) } else { (at - 1, at + 1, before) };
            most = top + (top - other) * ((points[far] - points[at]) / (points[at] - points[near]));
        }
        Some(Hill { at, height, most })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_looked_at() {
        let rooms = [(0.0, f64::INFINITY), (0.0, 1.0), (f64::NEG_INFINITY, f64::INFINITY), (-3.0, 1e9)];
        for (lower, upper) in rooms {
            for here in [0.0, 1e-7, 0.3, 1.0] {
                for typical in [None, Some(0.5), Some(1e6)] {
                    let all = points(Interval { lower, upper }, here, typical, true);
                    assert!(
                        all.len() <= POINTS && all.contains(&here),
                        "{lower} {upper} {here}: {}",
                        all.len()
                    );
                    assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
                    assert!(all.iter().all(|x| *x >= lower && *x <= upper));
                    let few = points(Interval { lower, upper }, here, typical, false);
                    assert!(few.len() <= 48 && few.contains(&here), "{}", few.len());
                }
            }
        }
        let all = points(Interval { lower: 0.0, upper: f64::INFINITY }, 5.0, None, true);
        assert!(all[1] <= 1e-12 && all[all.len() - 1] >= 1e12);
    }

    #[test]
    fn a_hill_is_as_high_as_its_parabola() {
        let points = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        // 5 - (x - 1.3)² and then up again towards an end.
        let values = points.map(|x: f64| if x < 4.0 { 5.0 - (x - 1.3).powi(2) } else { x });
        let found: Vec<Hill> = hills(&points, &values).collect();
        assert_eq!(found.iter().map(|hill| hill.at).collect::<Vec<_>>(), [1, 5]);
        assert!((found[0].height - 5.0).abs() < 1e-12 && found[1].height == 5.0);
    }
}
