//! What a coalition could choose instead in the last stage: to which nobody replies, so that all choices are columns.

use super::chart::{away, spread};
use super::constraints::KEPT;
use super::everywhere::{Everywhere, Found, ROUNDS, SHARE};
use super::look::{POINTS, hills, points, ten_to};
use crate::game::Interval;
use crate::row::{Profile, Row};

/// Columns with which a top is closed in on: each narrows its place sixty-four times.
const ZOOMS: usize = 4;
/// Factors of all of a coalition's decisions: four a decade, as along one.
const FACTORS: usize = 64;
/// Points of all of a coalition's decisions at once, and of those the best from which is climbed.
const TOGETHER: usize = 512;
pub(super) const POLISHED: usize = 2;
/// A reply with a first-order gain of less than this share of the payoff stands on the top of its hill.
const EXACT: f64 = 1e-6;
/// How far inside its limits a choice must be to count, in the size of their terms: three times what they let pass.
const INSIDE: f64 = 3.0 * KEPT;

impl Everywhere<'_, '_> {
    /// A better choice of a coalition's in the last stage, where there is one. Where it `stands` on the top of a hill, only
    /// other hills are looked at.
    pub(super) fn better(&mut self, coalition: usize, x: &[f64], stands: bool) -> Option<Found> {
        let last = self.last();
        let here = self.choices.value(coalition, x);
        let own = self.own(last, coalition);
        let mut best = Found { value: here, at: Profile::from_slice(x) };
        let exact = self.engine.replies[last].residual <= EXACT;
        for &variable in &own {
            // Where the formula's own operations show that there is no other hill, there is nothing to look for.
            let alone = stands
                && exact
                && self.room(last, variable, x).is_some_and(|(decision, bounds, _)| {
                    self.choices.board().judged(coalition).has_one_hill(decision, x, bounds, false)
                });
            if !alone {
                self.look_along(coalition, variable, x, stands && exact, &mut best);
            }
        }
        if own.len() > 1 {
            self.look_along_all(coalition, &own, x, &mut best);
            self.look_along_limits(coalition, &own, x, &mut best);
        }
        if best.value > here {
            self.put_back(coalition, &own, &mut best);
        }
        (best.value > here && best.value - here > self.least(coalition, x, &best.at)).then_some(best)
    }

    /// Looks along one variable of the last stage, and closes in on the hills that may be higher than the best found.
    pub(super) fn look_along(
        &mut self,
        coalition: usize,
        variable: usize,
        x: &[f64],
        stands: bool,
        best: &mut Found,
    ) -> Option<()> {
        let last = self.last();
        let (decision, bounds, typical) = self.room(last, variable, x)?;
        let here = x[decision];
        let mut points = points(bounds, here.clamp(bounds.lower, bounds.upper), typical, true);
        self.choices.add_jumps(coalition, decision, x, &mut points);
        let values = self.choices.values(coalition, x, &[decision], &[&points]);
        for hill in hills(&points, &values) {
            let own = points[hill.at] == here;
            let most = if own && stands { values[hill.at] } else { hill.most };
            if most <= best.value {
                continue;
            }
            let sides = [hill.at.saturating_sub(1), (hill.at + 1).min(points.len() - 1)].map(|at| points[at]);
            let (at, value) = self.top((coalition, decision), x, (points[hill.at], values[hill.at]), sides);
            if value > best.value {
                best.value = value;
                best.at.copy_from_slice(x);
                self.assign(last, variable, &mut best.at, at);
            }
        }
        Some(())
    }

    /// The top of a hill between two points: where, and how high.
    pub(super) fn top(
        &mut self,
        (coalition, decision): (usize, usize),
        x: &[f64],
        mut top: (f64, f64),
        [mut left, mut right]: [f64; 2],
    ) -> (f64, f64) {
        let mut column = [0.0; POINTS];
        for zoom in 0..ZOOMS {
            let length = right - left;
            if length <= 4.0 * f64::EPSILON * top.0.abs() {
                break;
            }
            for (k, point) in column.iter_mut().enumerate() {
                *point = left + length * (k as f64 / (POINTS - 1) as f64);
            }
            let values = self.choices.values(coalition, x, &[decision], &[&column]);
            let most = (0..POINTS).fold(0, |most, k| if values[k] > values[most] { k } else { most });
            if values[most] > top.1 {
                top = (column[most], values[most]);
            }
            // Where the hill is smooth, five points place its top beyond what rounding lets payoffs tell.
            if zoom > 0 && (2..POINTS - 2).contains(&most) {
                let f = &values[most - 2..=most + 2];
                let slope = (f[0] - 8.0 * f[1] + 8.0 * f[3] - f[4]) / 12.0;
                let curve = (-f[0] + 16.0 * f[1] - 30.0 * f[2] + 16.0 * f[3] - f[4]) / 12.0;
                let step = -slope / curve;
                if curve < 0.0 && step.abs() <= 1.0 {
                    let at = column[most] + step * length / (POINTS - 1) as f64;
                    let [value] = self.choices.values(coalition, x, &[decision], &[&[at]])[..] else { break };
                    let foreseen = values[most] + 0.5 * slope * step;
                    let rounding = 4.0 * f64::EPSILON * value.abs();
                    if (value - foreseen).abs() <= 1e-3 * (foreseen - values[most]).abs() + rounding {
                        return (at, value.max(top.1));
                    }
                }
            }
            left = column[most.saturating_sub(1)];
            right = column[(most + 1).min(POINTS - 1)];
        }
        top
    }

    /// All of a coalition's variables of the last stage by one factor: what is worth nothing by itself may be together.
    pub(super) fn look_along_all(
        &mut self,
        coalition: usize,
        own: &[usize],
        x: &[f64],
        best: &mut Found,
    ) -> Option<()> {
        let last = self.last();
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(own.len());
        let mut moved: Row<usize> = Row::new();
        for &variable in own {
            let (decision, bounds, typical) = self.room(last, variable, x)?;
            let base = match away(x[decision], bounds) {
                0.0 => typical.map_or(1.0, |usual| away(usual, bounds).abs()),
                base => base,
            };
            let factor = |k: usize| ten_to(k as i32 - FACTORS as i32 / 2, 4);
            let value = |k: usize| match (bounds.lower.is_finite(), bounds.upper.is_finite()) {
                (true, _) => (bounds.lower + base * factor(k)).min(bounds.upper),
                (false, true) => bounds.upper - base * factor(k),
                (false, false) => x[decision] * factor(k),
            };
            columns.push((0..FACTORS).map(value).collect());
            moved.push(decision);
        }
        self.look_at(coalition, &moved, &columns, x, best);
        Some(())
    }

    /// Looks along what limits several of a coalition's decisions at once: more of one and so much less of another that the limit
    /// is kept. One decision alone cannot move there.
    pub(super) fn look_along_limits(
        &mut self,
        coalition: usize,
        own: &[usize],
        x: &[f64],
        best: &mut Found,
    ) -> Option<()> {
        let last = self.last();
        let mut rooms: Row<(usize, Interval<f64>)> = Row::new();
        for &variable in own {
            let (decision, bounds, _) = self.room(last, variable, x)?;
            rooms.push((decision, bounds));
        }
        let decisions: Row<usize> = rooms.iter().map(|(decision, _)| *decision).collect();
        for (_, slopes) in self.choices.limits(coalition, &decisions, x) {
            for (i, j) in (0..own.len()).flat_map(|i| (0..own.len()).map(move |j| (i, j))) {
                let rate = slopes[i] / slopes[j];
                if i == j || !rate.is_finite() || rate == 0.0 {
                    continue;
                }
                let [(give, less), (take, more)] = [rooms[i], rooms[j]];
                // As far as both ranges go; a hair inside, for rounding.
                let step = if rate > 0.0 { x[take] - more.lower } else { more.upper - x[take] };
                let most = (less.upper - x[give]).min(step / rate.abs());
                if !(most > 0.0 && most.is_finite()) {
                    continue;
                }
                let amount = |k: usize| most * 10_f64.powf((k as f64 - (POINTS - 1) as f64) / 16.0);
                let first = (0..POINTS).map(|k| x[give] + amount(k)).collect();
                let second = |k| (x[take] - rate * amount(k) * (1.0 + SHARE)).clamp(more.lower, more.upper);
                let columns = [first, (0..POINTS).map(second).collect()];
                self.look_at(coalition, &[give, take], &columns, x, best);
            }
        }
        Some(())
    }

    /// Puts a choice inside the limits that it touches, all decisions by the same share of their way back: what a limit lets pass
    /// as rounding is nobody's to gain.
    fn put_back(&mut self, coalition: usize, own: &[usize], found: &mut Found) -> Option<()> {
        let last = self.last();
        let decisions: Row<usize> = own.iter().map(|own| self.plan.stages[last][*own].decision).collect();
        for (left, slopes) in self.choices.limits(coalition, &decisions, &found.at) {
            let lacks = INSIDE * left.size - left.value;
            let mut ways: Row<f64> = Row::new();
            for (&variable, slope) in own.iter().zip(&slopes) {
                let (decision, bounds, _) = self.room(last, variable, &found.at)?;
                let here = found.at[decision];
                let end = if *slope > 0.0 { bounds.upper } else { bounds.lower };
                let far = here.abs().max(1.0).copysign(*slope);
                ways.push(if *slope == 0.0 { 0.0 } else { if end.is_finite() { end - here } else { far } });
            }
            let most: f64 = ways.iter().zip(&slopes).map(|(way, slope)| way * slope).sum();
            if lacks <= 0.0 || most <= 0.0 {
                continue;
            }
            for ((&variable, &decision), way) in own.iter().zip(&decisions).zip(&ways) {
                let to = found.at[decision] + way * (lacks / most).min(1.0);
                self.assign(last, variable, &mut found.at, to);
            }
        }
        found.value = self.choices.value(coalition, &found.at);
        Some(())
    }

    /// Looks at columns of choices of a coalition's own.
    pub(super) fn look_at(
        &mut self,
        coalition: usize,
        moved: &[usize],
        columns: &[Vec<f64>],
        x: &[f64],
        best: &mut Found,
    ) -> Vec<f64> {
        let choices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let values = self.choices.values(coalition, x, moved, &choices);
        let most = (0..values.len()).fold(0, |most, k| if values[k] > values[most] { k } else { most });
        if values.get(most).is_some_and(|value| *value > best.value) {
            best.value = values[most];
            best.at.copy_from_slice(x);
            self.take(moved, columns, most, &mut best.at);
        }
        values
    }

    /// Puts the numbers of one place of the columns into `x`, tied decisions alike.
    pub(super) fn take(&self, moved: &[usize], columns: &[Vec<f64>], at: usize, x: &mut [f64]) {
        for variable in self.plan.stages.iter().flatten() {
            if let Some(place) = moved.iter().position(|decision| *decision == variable.decision) {
                variable.set(x, columns[place][at]);
            }
        }
    }

    /// The best that a coalition finds in the last stage, over all of its variables.
    pub(super) fn last_choice(&mut self, coalition: usize, x: &[f64]) -> Found {
        let last = self.last();
        let own = self.own(last, coalition);
        let mut best = Found { value: self.choices.value(coalition, x), at: Profile::from_slice(x) };
        let mut starts: Vec<Found> = vec![best.clone()];
        if own.len() > 1 {
            let ranges: Option<Vec<(usize, Vec<f64>)>> = own
                .iter()
                .map(|&variable| {
                    let (decision, bounds, typical) = self.room(last, variable, x)?;
                    let here = x[decision].clamp(bounds.lower, bounds.upper);
                    Some((decision, points(bounds, here, typical, true)))
                })
                .collect();
            if let Some(ranges) = ranges {
                let column = |(dimension, (_, points)): (usize, &(usize, Vec<f64>))| {
                    let place =
                        |k| points[(spread(k, dimension) * points.len() as f64) as usize % points.len()];
                    (0..TOGETHER).map(place).collect::<Vec<f64>>()
                };
                let columns: Vec<Vec<f64>> = ranges.iter().enumerate().map(column).collect();
                let moved: Row<usize> = ranges.iter().map(|(decision, _)| *decision).collect();
                let mut seen = best.clone();
                let values = self.look_at(coalition, &moved, &columns, x, &mut seen);
                let mut order: Vec<usize> =
                    (0..values.len()).filter(|k| values[*k] > f64::NEG_INFINITY).collect();
                order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
                for &k in order.iter().take(POLISHED) {
                    let mut at = Profile::from_slice(x);
                    self.take(&moved, &columns, k, &mut at);
                    let mut start = Found { value: values[k], at };
                    self.put_back(coalition, &own, &mut start);
                    starts.push(start);
                }
            }
        }
        let home = best.clone();
        for mut start in starts {
            for round in 0..ROUNDS {
                if round > 0 && start.value <= home.value && self.near(last, &own, &start.at, x, 0.1) {
                    break;
                }
                match self.better(coalition, &start.at, false) {
                    Some(better) => start = better,
                    None => break,
                }
            }
            if start.value > best.value {
                best = start;
            }
        }
        best
    }
}
