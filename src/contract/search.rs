//! A search without derivatives over a few numbers.

use crate::game::Interval;

/// Points looked at before the best of them are climbed from.
const POINTS: usize = 24;
/// Climbs.
const CLIMBS: usize = 2;
/// The pace at which a climb ends.
const FINEST: f64 = 1e-12;

/// The largest value of `f` found within the ranges, with where it is; `None` where `f` has no value anywhere.
///
/// A poll around the best point in a basis that turns from round to round, so that no ridge is parallel to it for long;
/// open ranges are looked at over some decades around the typical values.
pub(super) fn maximise(
    ranges: &[Interval<f64>],
    typical: &[f64],
    mut f: impl FnMut(&[f64]) -> Option<f64>,
) -> Option<(Vec<f64>, f64)> {
    let count = ranges.len();
    let clamp = |at: usize, value: f64| value.max(ranges[at].lower).min(ranges[at].upper);
    let place = |point: usize, at: usize| {
        let share = (0.5 + point as f64 * 0.754_877_666_246_692_7_f64.powi(at as i32 + 1)).fract();
        let Interval { lower, upper } = ranges[at];
        if lower.is_finite() && upper.is_finite() {
            lower + share * (upper - lower)
        } else if point == 0 {
            clamp(at, typical[at])
        } else {
            clamp(at, typical[at] * (14.0 * (share - 0.5)).exp())
        }
    };
    let points = if count == 0 { 1 } else { POINTS * count };
    let mut seen: Vec<(f64, Vec<f64>)> = Vec::new();
    for point in 0..points {
        let y: Vec<f64> = (0..count).map(|at| place(point, at)).collect();
        if let Some(value) = f(&y) {
            seen.push((value, y));
        }
    }
    seen.sort_by(|a, b| b.0.total_cmp(&a.0));
    seen.truncate(if count == 0 { 0 } else { CLIMBS }.max(1));
    let mut best: Option<(f64, Vec<f64>)> = None;
    for (mut value, mut y) in seen {
        let mut pace = 0.1;
        let mut round = 0;
        while pace > FINEST && count > 0 && round < 2000 {
            round += 1;
            let mut gained = false;
            for direction in basis(count, round).iter().flat_map(|d| [(d, 1.0), (d, -1.0)]) {
                let (along, sign) = direction;
                let length = |at: usize| {
                    let Interval { lower, upper } = ranges[at];
                    let width = upper - lower;
                    if width.is_finite() { width } else { y[at].abs().max(1e-3 * typical[at].abs()) }
                };
                let to: Vec<f64> =
                    (0..count).map(|at| clamp(at, y[at] + sign * pace * along[at] * length(at))).collect();
                if let Some(found) = f(&to)
                    && found > value
                {
                    (value, y, gained) = (found, to, true);
                    break;
                }
            }
            pace *= if gained { 1.6 } else { 0.5 };
            pace = f64::min(pace, 0.25);
        }
        if best.as_ref().is_none_or(|(most, _)| value > *most) {
            best = Some((value, y));
        }
    }
    best.map(|(value, y)| (y, value))
}

/// An orthonormal basis: the axes in the first round and every fourth, mirrored elsewhere.
fn basis(count: usize, round: usize) -> Vec<Vec<f64>> {
    let turned = round % 4 != 1 && count > 1;
    let mirror: Vec<f64> = (0..count)
        .map(|at| (0.5 + round as f64 * 0.754_877_666_246_692_7_f64.powi(at as i32 + 1)).fract() - 0.5)
        .collect();
    let square: f64 = mirror.iter().map(|m| m * m).sum();
    let entry = |i: usize, j: usize| {
        let axis = if i == j { 1.0 } else { 0.0 };
        if turned && square > 0.0 { axis - 2.0 * mirror[i] * mirror[j] / square } else { axis }
    };
    (0..count).map(|i| (0..count).map(|j| entry(i, j)).collect()).collect()
}
