//! Ordinary differential equations: the method of Dormand and Prince of order 8, with dense output.
//!
//! Explicit, with steps chosen so that the error estimated in each stays below a tolerance. A stiff equation costs many
//! steps, not accuracy; past the limit on steps it is refused, and said to be stiff.

mod dop853;

use dop853::{DENSE, FIFTH, NODES, ROWS, Row, STAGES, THIRD};

/// A step of fewer than this many roundings of time does not advance it.
const SMALLEST: f64 = 16.0 * f64::EPSILON;
/// How far a step may shrink or grow from one to the next, and how far it stays below what the error allows.
const SHRINK: f64 = 0.2;
const GROW: f64 = 6.0;
const CAUTION: f64 = 0.9;
/// Where a right-hand side fails, a step is cut to this.
const CUT: f64 = 0.25;
/// Steps times slopes beyond this are at the edge of stability (Hairer and Wanner's number), and so many of them in a
/// row mean a stiff equation.
const EDGE: f64 = 6.1;
const STIFF: usize = 15;
/// Numbers that a step leaves for each entry of the state: its start, and seven coefficients of dense output.
const KEPT: usize = 8;

/// How exactly to integrate, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Settings<'a> {
    /// The error of a step, relative to the entry it is in.
    pub(crate) relative: f64,
    /// The error of a step that is allowed however small the entry.
    pub(crate) absolute: f64,
    /// Where groups of entries end: an error is then relative to the largest entry of its group, as suits vectors and
    /// matrices. Entries past the last stand for themselves.
    pub(crate) groups: &'a [usize],
    /// Steps before an integration is given up, rejected ones included.
    pub(crate) steps: usize,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Settings { relative: 1e-10, absolute: 1e-12, groups: &[], steps: 100_000 }
    }
}

/// Why an integration ended before its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cause<E> {
    /// Steps became too small to advance: the solution becomes infinite about here, or it cannot be continued (its
    /// slope is infinite or jumps for ever). The last state tells which.
    BlowUp,
    /// The limit on steps was reached, by steps that stability kept small and not accuracy.
    Stiff,
    /// The limit on steps was reached.
    TooLong,
    /// The right-hand side fails from here on, however short the step.
    Failed(E),
}

/// An integration that ended before its time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stopped<E> {
    pub(crate) cause: Cause<E>,
    /// The last time reached.
    pub(crate) time: f64,
    /// The state then.
    pub(crate) state: Vec<f64>,
}

/// A solution, as a function of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trajectory {
    times: Vec<f64>,
    /// For each step its [`KEPT`] blocks of numbers, as long as the state.
    pieces: Vec<f64>,
    last: Vec<f64>,
}

impl Trajectory {
    /// Where steps start and end, in the order of integration.
    pub(crate) fn times(&self) -> &[f64] {
        &self.times
    }

    /// The state at the end.
    pub(crate) fn last(&self) -> &[f64] {
        &self.last
    }

    /// The state at a time; before the start or after the end, the state there.
    ///
    /// Between steps it is a polynomial of degree 7 that meets state and slope at both ends. Its error there can be a
    /// hundred times the tolerance of the steps: who needs 1e-11 between them asks for 1e-13.
    pub(crate) fn at(&self, time: f64, state: &mut [f64]) {
        let [first, .., end] = self.times[..] else {
            return state.copy_from_slice(&self.last);
        };
        let forward = first <= end;
        let after = self.times.partition_point(|t| if forward { *t <= time } else { *t >= time });
        let step = after.clamp(1, self.times.len() - 1) - 1;
        let (from, to) = (self.times[step], self.times[step + 1]);
        let x = ((time - from) / (to - from)).clamp(0.0, 1.0);
        let n = self.last.len();
        let piece = &self.pieces[step * KEPT * n..][..KEPT * n];
        for (i, y) in state.iter_mut().enumerate() {
            let c = |k: usize| piece[k * n + i];
            // Nested in x and 1 − x by turns.
            *y = (1..KEPT).rev().fold(0.0, |sum, k| (sum + c(k)) * if k % 2 == 1 { x } else { 1.0 - x })
                + c(0);
        }
    }
}

/// Integrates `y' = f(t, y)` from `state` at `start` to `end`, which may lie before it.
///
/// A right-hand side that fails, or is not finite, at a point where a step looks for it makes the step shorter; only
/// where that does not help is its error returned.
///
/// # Errors
///
/// [`Stopped`], with the time and the state reached.
pub(crate) fn integrate<E>(
    mut f: impl FnMut(f64, &[f64], &mut [f64]) -> Result<(), E>,
    start: f64,
    state: &[f64],
    end: f64,
    settings: &Settings<'_>,
) -> Result<Trajectory, Stopped<E>> {
    integrated(&mut f, start, state, end, settings)
}

/// A right-hand side, whatever the equation: the method is compiled once.
type Slope<'f, E> = &'f mut dyn FnMut(f64, &[f64], &mut [f64]) -> Result<(), E>;

fn integrated<E>(
    f: Slope<'_, E>,
    start: f64,
    state: &[f64],
    end: f64,
    settings: &Settings<'_>,
) -> Result<Trajectory, Stopped<E>> {
    let mut work = Work::new(state);
    let mut out = Trajectory { times: vec![start], pieces: Vec::new(), last: state.to_vec() };
    let stopped = |cause, out: Trajectory, time| Err(Stopped { cause, time, state: out.last });
    if start == end {
        return Ok(out);
    }
    if let Err(why) = work.evaluate(f, 0, start) {
        return stopped(why.map_or(Cause::BlowUp, Cause::Failed), out, start);
    }
    let (mut t, mut failure, mut rejected) = (start, None, false);
    let mut step = work.first_step(f, &out.last, start, end, settings);
    for _ in 0..settings.steps {
        let left = end - t;
        let is_last = 1.01 * step.abs() >= left.abs();
        let next = if is_last { end } else { t + step };
        // What is added to the time, not what was meant to be.
        let h = next - t;
        let smallest = SMALLEST * t.abs().max(f64::EPSILON * (end - start).abs());
        if step.abs() <= smallest && !is_last || h == 0.0 {
            return stopped(failure.map_or(Cause::BlowUp, Cause::Failed), out, t);
        }
        let tried = work.advance(f, &out.last, t, h, settings);
        let tried = tried.and_then(|error| {
            // An error that is not a number is too large.
            let accepted = error <= 1.0;
            if accepted {
                work.complete(f, &out.last, t, next, h)?;
            }
            Ok((error, accepted))
        });
        match tried {
            Ok((error, true)) => {
                work.keep(next, h, &mut out);
                (t, failure) = (next, None);
                if is_last {
                    return Ok(out);
                }
                step = h * factor(error).clamp(SHRINK, if rejected { 1.0 } else { GROW });
                rejected = false;
            }
            Ok((error, _)) => {
                step = h * factor(error).max(SHRINK);
                rejected = true;
            }
            Err(why) => {
                step = h * CUT;
                (failure, rejected) = (why, true);
            }
        }
    }
    stopped(if work.edges >= STIFF { Cause::Stiff } else { Cause::TooLong }, out, t)
}

/// By how much a step of this error, in tolerances, would have to change to meet its tolerance.
fn factor(error: f64) -> f64 {
    CAUTION * error.powf(-1.0 / 8.0)
}

/// Why there is no slope at a point: an error, or a number that is none.
type Failure<E> = Option<E>;

/// What a step works with.
struct Work {
    size: usize,
    /// The slopes of all stages, one after the other.
    slopes: Vec<f64>,
    /// The point of the last stage evaluated.
    point: Vec<f64>,
    /// The end of the step.
    next: Vec<f64>,
    scale: Vec<f64>,
    /// Steps at the edge of stability, and steps since the last.
    edges: usize,
    calm: usize,
}

impl Work {
    fn new(state: &[f64]) -> Self {
        let size = state.len();
        Work {
            size,
            slopes: vec![0.0; STAGES * size],
            point: state.to_vec(),
            next: state.to_vec(),
            scale: vec![1.0; size],
            edges: 0,
            calm: 0,
        }
    }

    /// The slope of a stage, at `point`.
    fn evaluate<E>(&mut self, f: Slope<'_, E>, stage: usize, time: f64) -> Result<(), Failure<E>> {
        if !self.point.iter().all(|v| v.is_finite()) {
            return Err(None);
        }
        let slope = &mut self.slopes[stage * self.size..][..self.size];
        f(time, &self.point, slope).map_err(Some)?;
        if slope.iter().all(|v| v.is_finite()) { Ok(()) } else { Err(None) }
    }

    /// A weighted sum of slopes, for one entry.
    fn sum(&self, row: Row, entry: usize) -> f64 {
        row.iter().map(|(stage, weight)| weight * self.slopes[stage * self.size + entry]).sum()
    }

    fn place(&mut self, stage: usize, y: &[f64], h: f64) {
        for (i, y) in y.iter().enumerate() {
            self.point[i] = y + h * self.sum(ROWS[stage], i);
        }
    }

    /// What an error in each entry is measured in.
    fn measure(&mut self, y: &[f64], settings: &Settings<'_>) {
        for (scale, (y, next)) in self.scale.iter_mut().zip(y.iter().zip(&self.next)) {
            *scale = y.abs().max(next.abs());
        }
        let mut from = 0;
        for &to in settings.groups {
            let group = &mut self.scale[from..to];
            let largest = group.iter().fold(0.0, |a: f64, b| a.max(*b));
            group.fill(largest);
            from = to;
        }
        for scale in &mut self.scale {
            *scale = (settings.absolute + settings.relative * *scale).max(f64::MIN_POSITIVE);
        }
    }

    /// Stages 2 to 12 and the end of the step; its error in tolerances.
    fn advance<E>(
        &mut self,
        f: Slope<'_, E>,
        y: &[f64],
        t: f64,
        h: f64,
        settings: &Settings<'_>,
    ) -> Result<f64, Failure<E>> {
        for (stage, node) in NODES.iter().enumerate().take(12).skip(1) {
            self.place(stage, y, h);
            self.evaluate(f, stage, t + node * h)?;
        }
        let (mut fifth, mut third): (f64, f64) = (0.0, 0.0);
        for (i, y) in y.iter().enumerate() {
            self.next[i] = y + h * self.sum(ROWS[12], i);
        }
        self.measure(y, settings);
        for (i, scale) in self.scale.iter().enumerate() {
            fifth = larger(fifth, self.sum(FIFTH, i) / scale);
            third = larger(third, (self.sum(ROWS[12], i) - self.sum(THIRD, i)) / scale);
        }
        // The estimate of order 5, made smaller where that of order 3 says that both are much too large.
        Ok(if fifth == 0.0 { 0.0 } else { h.abs() * fifth * (fifth / fifth.hypot(0.1 * third)) })
    }

    /// The slope at the end of the step, and the stages of its dense output.
    fn complete<E>(
        &mut self,
        f: Slope<'_, E>,
        y: &[f64],
        t: f64,
        next: f64,
        h: f64,
    ) -> Result<(), Failure<E>> {
        // The last stage stands at the end of the step too: from the two, how steep the slope is.
        let apart = self.next.iter().zip(&self.point).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
        self.point.copy_from_slice(&self.next);
        self.evaluate(f, 12, next)?;
        let (last, end) = (&self.slopes[11 * self.size..][..self.size], &self.slopes[12 * self.size..]);
        let change = last.iter().zip(end).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
        if h.abs() * change > EDGE * apart {
            (self.edges, self.calm) = (self.edges + 1, 0);
        } else {
            self.calm += 1;
            if self.calm >= 6 {
                self.edges = 0;
            }
        }
        for (stage, node) in NODES.iter().enumerate().skip(13) {
            self.place(stage, y, h);
            self.evaluate(f, stage, t + node * h)?;
        }
        Ok(())
    }

    /// Takes the step into a trajectory, and makes its end the start of the next.
    fn keep(&mut self, next: f64, h: f64, out: &mut Trajectory) {
        let (n, y) = (self.size, &out.last);
        let (first, end) = (&self.slopes[..n], &self.slopes[12 * n..][..n]);
        let change = || self.next.iter().zip(y).map(|(a, b)| a - b);
        out.pieces.extend(y);
        out.pieces.extend(change());
        out.pieces.extend(change().zip(first).map(|(c, f)| h * f - c));
        out.pieces.extend(change().zip(first.iter().zip(end)).map(|(c, (f, g))| 2.0 * c - h * (f + g)));
        for row in DENSE {
            out.pieces.extend((0..n).map(|i| h * self.sum(row, i)));
        }
        out.times.push(next);
        out.last.copy_from_slice(&self.next);
        self.slopes.copy_within(12 * n..13 * n, 0);
    }

    /// A first step, by Hairer, Nørsett and Wanner's rule: the slope and its change over a very short step.
    fn first_step<E>(
        &mut self,
        f: Slope<'_, E>,
        y: &[f64],
        start: f64,
        end: f64,
        settings: &Settings<'_>,
    ) -> f64 {
        let span = end - start;
        let n = self.size;
        // What starts at zero is measured by where its slope leads.
        for (next, slope) in self.next.iter_mut().zip(&self.slopes[..n]) {
            *next = 1e-3 * span * slope;
        }
        self.measure(y, settings);
        let (scale, slopes) = (&self.scale, &self.slopes);
        let level = y.iter().zip(scale).fold(0.0, |m, (v, s)| larger(m, v / s));
        let speed = slopes[..n].iter().zip(scale).fold(0.0, |m, (v, s)| larger(m, v / s));
        let short = if level < 1e-5 || speed < 1e-5 { 1e-6 * span.abs() } else { 0.01 * level / speed };
        let short = short.min(span.abs());
        let signed = short.copysign(span);
        for ((p, y), slope) in self.point.iter_mut().zip(y).zip(&self.slopes[..n]) {
            *p = y + signed * slope;
        }
        if self.evaluate(f, 1, start + signed).is_err() {
            return signed;
        }
        let (first, second) = self.slopes.split_at(n);
        let bend = first.iter().zip(second).zip(&self.scale);
        let bend = bend.fold(0.0, |m, ((a, b), s)| larger(m, (b - a) / s)) / short;
        let fastest = larger(speed, bend);
        let step = if fastest > 0.0 { (0.01 / fastest).powf(1.0 / 8.0) } else { short };
        step.clamp(1e-3 * short, 100.0 * short).min(span.abs()).copysign(span)
    }
}

/// The larger size; not a number if either is not.
pub(crate) fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b.abs() { a } else { b.abs() }
}

#[cfg(test)]
mod tests;
