//! A search without derivatives over a few numbers.

use crate::game::Interval;

/// Points looked at before the best of them are climbed from.
const POINTS: usize = 24;
/// Points climbed from, how often a climb is taken up again, and all its rounds together.
const CLIMBS: usize = 2;
const CLIMBS_AGAIN: usize = 12;
const ROUNDS: usize = 2000;
/// The pace at which a climb ends.
const FINEST: f64 = 1e-12;

/// The largest value of `f` found within the ranges, with where it is; `None` where `f` has no value anywhere.
///
/// A poll around the best point, along the axes and along bases that turn from round to round, so that no ridge stays
/// hidden between them; open ranges are looked at over some decades around the typical values.
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
    let mut seen: Vec<(f64, Vec<f64>)> = Vec::new();
    for point in 0..POINTS * count {
        let y: Vec<f64> = (0..count).map(|at| place(point, at)).collect();
        if let Some(value) = f(&y) {
            seen.push((value, y));
        }
    }
    seen.sort_by(|a, b| b.0.total_cmp(&a.0));
    seen.truncate(CLIMBS);
    let mut best: Option<(f64, Vec<f64>)> = None;
    let length = |at: usize, y: &[f64]| {
        let width = ranges[at].upper - ranges[at].lower;
        if width.is_finite() { width } else { y[at].abs().max(1e-3 * typical[at].abs()) }
    };
    for (mut value, mut y) in seen {
        let mut round = 0;
        // A climb that ends on a ridge is taken up again with long steps, until that brings nothing.
        for _ in 0..CLIMBS_AGAIN {
            let before = value;
            let mut pace = 0.1;
            while pace > FINEST && round < ROUNDS {
                round += 1;
                let mut gained = false;
                for along in directions(count, round) {
                    let to: Vec<f64> =
                        (0..count).map(|at| clamp(at, y[at] + pace * along[at] * length(at, &y))).collect();
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
            if value - before <= 1e-14 * value.abs() || count == 1 {
                break;
            }
        }
        if best.as_ref().is_none_or(|(most, _)| value > *most) {
            best = Some((value, y));
        }
    }
    best.map(|(value, y)| (y, value))
}

/// Both ways along the axes, and along two bases that turn from round to round.
fn directions(count: usize, round: usize) -> Vec<Vec<f64>> {
    let bases = if count > 1 { 3 } else { 1 };
    let mut all = Vec::with_capacity(2 * count * bases);
    for basis in 0..bases {
        // A mirror image of the axes, by a vector that comes close to every direction in time.
        let turn = (2 * round + basis) as f64;
        let mirror: Vec<f64> = (0..count)
            .map(|at| (0.5 + turn * 0.754_877_666_246_692_7_f64.powi(at as i32 + 1)).fract() - 0.5)
            .collect();
        let square: f64 = mirror.iter().map(|m| m * m).sum();
        for axis in 0..count {
            let entry = |at: usize| {
                let own = if at == axis { 1.0 } else { 0.0 };
                let turned = basis > 0 && square > 0.0;
                if turned { own - 2.0 * mirror[axis] * mirror[at] / square } else { own }
            };
            let along: Vec<f64> = (0..count).map(entry).collect();
            all.push(along.iter().map(|entry| -entry).collect());
            all.push(along);
        }
    }
    all
}
