//! Ordinary differential equations of any order of accuracy: the midpoint rule, extrapolated.

/// Columns of the extrapolation table; the last is right to order twice that.
const COLUMNS: usize = 8;
/// Steps before an integration is given up.
const STEPS: usize = 100_000;

/// Where an integration ended, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stopped {
    /// Steps became too small to advance, or the solution too large: it becomes infinite about here.
    BlowUp(f64),
    /// Too many steps.
    TooLong(f64),
}

/// Integrates `y' = f(y)` from 0 to `end` by Gragg's method with adaptive steps; `each(t, y, step)` sees the start of
/// every accepted step. Errors are measured against the largest entry of their group; `groups` holds the groups' ends.
pub(crate) fn integrate(
    f: impl Fn(&[f64], &mut [f64]),
    groups: &[usize],
    y: &mut [f64],
    end: f64,
    tolerance: f64,
    mut each: impl FnMut(f64, &[f64]),
) -> Result<(), Stopped> {
    let size = y.len();
    let mut slope = vec![0.0; size];
    let mut store = Store::new(size);
    let mut t = 0.0;
    f(y, &mut slope);
    // A first step in which nothing changes by more than its size.
    let (level, speed) = (norm(y).max(1e-3 * norm(&slope)), norm(&slope));
    let mut step = if speed > 0.0 { (0.1 * level / speed).min(end) } else { 0.1 * end };
    each(0.0, y);
    for _ in 0..STEPS {
        if t >= end {
            return Ok(());
        }
        step = step.min(end - t);
        if step <= 1e-13 * end.min(t.max(1e-300)) && step < end - t {
            return Err(Stopped::BlowUp(t));
        }
        f(y, &mut slope);
        match store.extrapolate(&f, groups, y, &slope, step, tolerance) {
            Some(columns) => {
                y.copy_from_slice(&store.table[columns - 1]);
                t = if step >= end - t { end } else { t + step };
                each(t, y);
                step *= match columns {
                    0..=4 => 3.0,
                    5 => 2.0,
                    6 => 1.4,
                    7 => 1.0,
                    _ => 0.8,
                };
            }
            None => step *= 0.3,
        }
    }
    Err(Stopped::TooLong(t))
}

fn norm(y: &[f64]) -> f64 {
    super::matrix::largest(y)
}

/// The columns of a step's table, its last row only.
struct Store {
    table: Vec<Vec<f64>>,
    before: Vec<f64>,
    now: Vec<f64>,
    slope: Vec<f64>,
}

impl Store {
    fn new(size: usize) -> Self {
        let zero = vec![0.0; size];
        Store { table: vec![zero.clone(); COLUMNS], before: zero.clone(), now: zero.clone(), slope: zero }
    }

    /// One step; the number of columns that met the tolerance, of which the last holds the result.
    fn extrapolate(
        &mut self,
        f: &impl Fn(&[f64], &mut [f64]),
        groups: &[usize],
        y: &[f64],
        slope: &[f64],
        step: f64,
        tolerance: f64,
    ) -> Option<usize> {
        for row in 0..COLUMNS {
            let parts = 2 * (row + 1);
            let h = step / parts as f64;
            // Gragg's midpoint rule: its error has even powers of h only.
            self.before.copy_from_slice(y);
            for ((now, y), s) in self.now.iter_mut().zip(y).zip(slope) {
                *now = y + h * s;
            }
            for _ in 1..parts {
                f(&self.now, &mut self.slope);
                for ((before, now), s) in self.before.iter_mut().zip(&mut self.now).zip(&self.slope) {
                    (*before, *now) = (*now, *before + 2.0 * h * s);
                }
            }
            // Neville's scheme in h², in place: table[k] goes from the row before to this one.
            let mut entering = self.now.clone();
            let mut change: f64 = 0.0;
            if !norm(&entering).is_finite() {
                return None;
            }
            for k in 0..=row {
                std::mem::swap(&mut self.table[k], &mut entering);
                if k < row {
                    let ratio = parts as f64 / (2 * (row - k)) as f64;
                    let factor = 1.0 / (ratio * ratio - 1.0);
                    let (newer, older) = (&self.table[k], &mut entering);
                    for (new, old) in newer.iter().zip(older.iter_mut()) {
                        *old = new + factor * (new - *old);
                    }
                    if k + 1 == row {
                        let mut from = 0;
                        for &to in groups {
                            let scale =
                                norm(&y[from..to]).max(norm(&entering[from..to])).max(f64::MIN_POSITIVE);
                            for (better, good) in entering[from..to].iter().zip(&newer[from..to]) {
                                change = change.max((better - good).abs() / scale);
                            }
                            from = to;
                        }
                    }
                }
            }
            if row >= 2 && change <= tolerance {
                return Some(row + 1);
            }
            // Hopeless: the rest of the table will not do.
            if row >= 3 && change > 1e3 {
                return None;
            }
        }
        None
    }
}
