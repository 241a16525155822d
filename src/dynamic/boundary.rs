//! Two-point boundary-value problems: differential equations some of whose unknowns are given at the start, the others at
//! the end.
//!
//! On each piece of time the unknowns are polynomials that satisfy the equations at Gauss's eight points. A Newton step
//! eliminates a piece's inner unknowns first, which leaves a linear map from its start to its end; the maps are then
//! strung together from the start on, by elimination with row exchanges. Nothing that grows with the length of the
//! horizon is ever formed, since what grows forwards is carried backwards from the end.

mod elimination;
mod path;

use elimination::{back, eliminate};
pub(crate) use path::Path;
use path::{POINTS, Rule, dot};

use super::error::DynamicError;
use super::ode::larger;

/// Pieces at first; most pieces; into how many one is divided at most.
const FIRST: usize = 2;
const MOST: usize = 4096;
const PARTS: f64 = 16.0;
/// Newton iterations on one mesh, the residual that counts as solved, and as solved on the first mesh.
const ITERATIONS: usize = 40;
const ROUGH: f64 = 1e-3;
const SOLVED: f64 = 1e-13;
/// A Newton step is cut down to this share at least.
const SHORTEST: f64 = 1e-3;
/// Refinements of the mesh.
const ROUNDS: usize = 60;
/// By how much the horizon is stretched at first where it cannot be solved at once, and a stretch that gets nowhere.
const STRETCH: f64 = 2.0;
const STUCK: f64 = 1.01;
/// Below this a number is nothing.
const NOTHING: f64 = 1e-290;
/// The first horizon that is tried where the whole one cannot be solved, and the last one.
const SHORT: f64 = 0.125;
const TINY: f64 = 1e-4;

/// What a boundary-value problem is made of: `y' = f(y)`, the first unknowns given at the start, conditions at the end.
pub(crate) trait Problem {
    /// The unknowns that are given at the start, which come first.
    fn start(&self) -> &[f64];
    /// How many unknowns there are.
    fn size(&self) -> usize;
    /// A first idea of all unknowns at a time, so long before the end.
    fn guess(&mut self, time: f64, left: f64, y: &mut [f64]);
    /// `f(y)`.
    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError>;
    /// `f(y)` and its derivatives, row by row.
    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError>;
    /// What must vanish at the end, as many numbers as are not given at the start, and its derivatives, row by row.
    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]);
}

/// Solves a problem up to `horizon`, to this mean residual. One piece of code for all games: what it costs to evaluate the
/// equations is far more than an indirect call.
pub(crate) fn solve(problem: &mut dyn Problem, horizon: f64, tolerance: f64) -> Result<Path, DynamicError> {
    let mut search = Search::new(problem, tolerance);
    let first = match search.guessed(horizon) {
        Ok(path) => return Ok(path),
        Err(error) => error,
    };
    // Short horizons are easy; a solution is then stretched.
    let mut length = SHORT * horizon;
    let mut path = loop {
        match search.guessed(length) {
            Ok(path) => break path,
            Err(_) if length > TINY * horizon => length *= SHORT,
            Err(_) => return Err(first),
        }
    };
    let (mut factor, mut reached) = (STRETCH, length);
    while reached < horizon {
        let longer = (reached * factor).min(horizon);
        match search.refine(path.stretched(longer / reached)) {
            Ok(found) => (path, reached) = (found, longer),
            Err(error) => {
                factor = factor.sqrt();
                if factor < STUCK {
                    return Err(match error {
                        DynamicError::NoPath { residual, iterations, .. } => {
                            let last = path.knots[..path.size].to_vec();
                            DynamicError::NoPath { residual, iterations, reached, last }
                        }
                        other => other,
                    });
                }
            }
        }
    }
    Ok(path)
}

struct Search<'p> {
    problem: &'p mut dyn Problem,
    tolerance: f64,
    rule: Rule,
    iterations: usize,
    /// The sizes by which residuals are measured: an equation's terms, at their largest.
    scales: Vec<f64>,
    /// Room for Newton's step.
    room: Room,
}

/// Everything that a Newton step needs, allocated once a mesh. Unknowns are measured by their sizes here.
#[derive(Default)]
struct Room {
    /// The largest values of the unknowns.
    sizes: Vec<f64>,
    /// What the equations leave at the Gauss points, and their derivatives there.
    residuals: Vec<[f64; POINTS]>,
    jacobians: Vec<f64>,
    /// The same at the end.
    end: Vec<f64>,
    end_jacobian: Vec<f64>,
    /// One piece's inner system with its right-hand sides.
    inner: Vec<f64>,
    /// How each piece's speeds depend on its start, one unknown after the other, and what they are besides.
    replies: Vec<f64>,
    /// The rows at work, and those that determine each knot from the next.
    front: Vec<f64>,
    rows: Vec<f64>,
    /// The step.
    knots: Vec<f64>,
    speeds: Vec<[f64; POINTS]>,
    y: Vec<f64>,
    speed: Vec<f64>,
}

impl Room {
    fn fit(&mut self, size: usize, given: usize, pieces: usize) {
        let (points, all) = (pieces * POINTS * size, POINTS * size);
        for (row, count) in [
            (&mut self.sizes, size),
            (&mut self.jacobians, points * size),
            (&mut self.end, size - given),
            (&mut self.end_jacobian, (size - given) * size),
            (&mut self.inner, all * (all + size + 1)),
            (&mut self.replies, points * (size + 1)),
            (&mut self.front, (given + size) * (2 * size + 1)),
            (&mut self.rows, pieces * size * (2 * size + 1)),
            (&mut self.knots, (pieces + 1) * size),
            (&mut self.y, size),
            (&mut self.speed, size),
        ] {
            row.resize(count, 0.0);
        }
        self.residuals.resize(pieces * size, [0.0; POINTS]);
        self.speeds.resize(pieces * size, [0.0; POINTS]);
    }
}

/// How far the equations are from holding, as a share of their terms.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    worst: f64,
    mean: f64,
}

impl Size {
    const INFINITE: Size = Size { worst: f64::INFINITY, mean: f64::INFINITY };

    fn count(&mut self, share: f64) {
        self.mean += share * share;
        // NaN is the worst.
        self.worst = if share > self.worst || share.is_nan() { share } else { self.worst };
    }
}

impl<'p> Search<'p> {
    fn new(problem: &'p mut dyn Problem, tolerance: f64) -> Self {
        let scales = vec![0.0; problem.size()];
        Search { problem, tolerance, rule: Rule::new(), iterations: 0, scales, room: Room::default() }
    }

    fn guessed(&mut self, horizon: f64) -> Result<Path, DynamicError> {
        let size = self.problem.size();
        let times: Vec<f64> = (0..=FIRST).map(|at| horizon * at as f64 / FIRST as f64).collect();
        let mut knots = vec![0.0; (FIRST + 1) * size];
        for (time, knot) in times.iter().zip(knots.chunks_exact_mut(size)) {
            self.problem.guess(*time, horizon - time, knot);
        }
        let given = self.problem.start().len();
        knots[..given].copy_from_slice(self.problem.start());
        let mut speeds = Vec::with_capacity(FIRST * size);
        for piece in 0..FIRST {
            let length = times[piece + 1] - times[piece];
            let (from, to) = (&knots[piece * size..], &knots[(piece + 1) * size..]);
            speeds.extend(from.iter().zip(to).take(size).map(|(from, to)| [(to - from) / length; POINTS]));
        }
        self.refine(Path { size, times, knots, speeds, residual: f64::INFINITY, iterations: 0 })
    }

    /// Newton's method on finer and finer meshes, until the equations hold between the Gauss points.
    fn refine(&mut self, mut path: Path) -> Result<Path, DynamicError> {
        // The first mesh need not be solved finely, unless it turns out to be fine enough.
        let finest = (0.1 * self.tolerance).max(SOLVED);
        let mut goal = finest.max(ROUGH);
        for _ in 0..ROUNDS {
            let left = self.newton(&mut path, goal)?;
            let shares = self.between(&path)?;
            path.residual = shares.iter().sum();
            path.iterations = self.iterations;
            goal = finest;
            if path.residual <= self.tolerance {
                if left <= self.tolerance {
                    return Ok(path);
                }
                continue;
            }
            let fair = self.tolerance / shares.len() as f64;
            let divide = |share: &f64| {
                let parts = (1.1 * (share / fair).powf(1.0 / POINTS as f64)).ceil();
                if *share <= fair { 1 } else { parts.clamp(2.0, PARTS) as usize }
            };
            let parts: Vec<usize> = shares.iter().map(divide).collect();
            if parts.iter().sum::<usize>() > MOST {
                break;
            }
            path = path.divided(&parts, &self.rule);
        }
        Err(self.failure(&path, path.residual))
    }

    fn failure(&self, path: &Path, residual: f64) -> DynamicError {
        let last = path.knots[..path.size].to_vec();
        DynamicError::NoPath { residual, iterations: self.iterations, reached: 0.0, last }
    }

    /// Newton's method on one mesh, to this residual; returns what is left.
    fn newton(&mut self, path: &mut Path, goal: f64) -> Result<f64, DynamicError> {
        self.room.fit(path.size, self.problem.start().len(), path.pieces());
        let mut before = f64::INFINITY;
        for _ in 0..ITERATIONS {
            self.iterations += 1;
            let here = self.linearise(path)?;
            if here.worst <= goal || (here.worst <= self.tolerance && here.worst > 0.5 * before) {
                return Ok(here.worst);
            }
            before = here.worst;
            if !here.worst.is_finite() || !self.step(path) {
                return Err(self.failure(path, here.worst));
            }
            let mut share = 1.0;
            self.go(path, share);
            loop {
                let there = self.residual(path);
                if there.worst <= goal {
                    return Ok(there.worst);
                }
                if there.mean <= (1.0 - 0.1 * share) * here.mean || there.worst <= self.tolerance {
                    break;
                }
                self.go(path, -0.5 * share);
                share *= 0.5;
                if share < SHORTEST {
                    return Err(self.failure(path, here.worst));
                }
            }
        }
        Err(self.failure(path, before))
    }

    /// Residuals and derivatives at all Gauss points and at the end, and the scales of both.
    fn linearise(&mut self, path: &Path) -> Result<Size, DynamicError> {
        let (size, room) = (path.size, &mut self.room);
        room.sizes = path.sizes();
        room.sizes.iter_mut().filter(|size| **size < NOTHING).for_each(|size| *size = 1.0);
        self.scales.fill(NOTHING);
        let jacobians = room.jacobians.chunks_exact_mut(size * size);
        for (point, jacobian) in jacobians.enumerate() {
            path.value(point / POINTS, &self.rule.inner[point % POINTS], &mut room.y);
            self.problem.tangent(&room.y, &mut room.speed, jacobian)?;
            for (k, row) in jacobian.chunks_exact_mut(size).enumerate() {
                let (mut terms, own) = (room.speed[k].abs(), 1.0 / room.sizes[k]);
                for ((slope, y), size) in row.iter_mut().zip(&room.y).zip(&room.sizes) {
                    terms += (*slope * y).abs();
                    *slope *= size * own;
                }
                self.scales[k] = self.scales[k].max(terms);
            }
            left(path, point, &room.speed, &mut room.residuals);
        }
        Ok(self.measure(path))
    }

    /// The sizes of the residuals; infinite where the equations cannot be evaluated.
    fn residual(&mut self, path: &Path) -> Size {
        let room = &mut self.room;
        for point in 0..path.pieces() * POINTS {
            path.value(point / POINTS, &self.rule.inner[point % POINTS], &mut room.y);
            if self.problem.speed(&room.y, &mut room.speed).is_err() {
                return Size::INFINITE;
            }
            // What stood still at the last point may move by now.
            let moved = self.scales.iter_mut().zip(&room.speed);
            moved.for_each(|(scale, speed)| *scale = scale.max(speed.abs()));
            left(path, point, &room.speed, &mut room.residuals);
        }
        self.measure(path)
    }

    fn measure(&mut self, path: &Path) -> Size {
        let (size, room, mut found) = (path.size, &mut self.room, Size::default());
        for (residuals, scale) in room.residuals.iter().zip(self.scales.iter().cycle()) {
            let share = 1.0 / scale;
            residuals.iter().for_each(|residual| found.count((residual * share).abs()));
        }
        found.mean /= (room.residuals.len() * POINTS) as f64;
        self.problem.end(path.last(), &mut room.end, &mut room.end_jacobian);
        for (residual, row) in room.end.iter().zip(room.end_jacobian.chunks_exact_mut(size)) {
            row.iter_mut().zip(&room.sizes).for_each(|(slope, size)| *slope *= size);
            let terms = row.iter().fold(0.0, |most: f64, term| most.max(term.abs()));
            found.count(residual.abs() / terms.max(NOTHING));
        }
        found.mean = found.mean.sqrt();
        found
    }

    /// Newton's step; false where it is not determined.
    fn step(&mut self, path: &Path) -> bool {
        let (size, given, pieces) = (path.size, self.problem.start().len(), path.pieces());
        let room = &mut self.room;
        let (all, width) = (POINTS * size, 2 * size + 1);
        let inner_width = all + size + 1;
        // What is given at the start does not move.
        room.front.fill(0.0);
        (0..given).for_each(|k| room.front[k * width + k] = 1.0);
        for piece in 0..pieces {
            let length = path.length(piece);
            // Speeds: δK_j = J_j (δy + h Σ a_jl δK_l) + r_j, those of one unknown after those of another.
            for (row, entries) in room.inner.chunks_exact_mut(inner_width).enumerate() {
                let (k, point) = (row / POINTS, row % POINTS);
                let jacobian = &room.jacobians[((piece * POINTS + point) * size + k) * size..][..size];
                let (own, rest) = entries.split_at_mut(all);
                for (block, slope) in own.as_chunks_mut::<POINTS>().0.iter_mut().zip(jacobian) {
                    let share = -length * slope;
                    *block = self.rule.inner[point].map(|a| share * a);
                }
                own[row] += 1.0;
                rest[..size].copy_from_slice(jacobian);
                rest[size] = room.residuals[piece * size + k][point] / room.sizes[k];
            }
            let replies = &mut room.replies[piece * all * (size + 1)..(piece + 1) * all * (size + 1)];
            if !eliminate(&mut room.inner, inner_width, all) || !back(&room.inner, inner_width, replies) {
                return false;
            }
            // The end of the piece: δy' = δy + h Σ b_j δK_j, below what is known of its start.
            let (_, fresh) = room.front.split_at_mut(given * width);
            for (k, entries) in fresh.chunks_exact_mut(width).enumerate() {
                entries[size..].fill(0.0);
                let moved = |side: usize| {
                    let speeds = replies[side * all + k * POINTS..].first_chunk();
                    length * speeds.map_or(0.0, |speeds| dot(&self.rule.weights, speeds))
                };
                entries[..size].iter_mut().enumerate().for_each(|(side, to)| *to = -moved(side));
                entries[2 * size] = moved(size);
                entries[k] -= 1.0;
                entries[size + k] = 1.0;
            }
            if !eliminate(&mut room.front, width, size) {
                return false;
            }
            room.rows[piece * size * width..(piece + 1) * size * width]
                .copy_from_slice(&room.front[..size * width]);
            // What is left says something of the next knot alone.
            for k in 0..given {
                let from = (size + k) * width;
                room.front.copy_within(from + size..from + 2 * size, k * width);
                room.front[k * width + 2 * size] = room.front[from + 2 * size];
                room.front[k * width + size..k * width + 2 * size].fill(0.0);
            }
        }
        // The end: what came forwards, and the conditions there.
        for (k, row) in room.end_jacobian.chunks_exact(size).enumerate() {
            let entries = &mut room.front[(given + k) * width..(given + k + 1) * width];
            let largest = row.iter().fold(NOTHING, |most: f64, entry| most.max(entry.abs()));
            entries.fill(0.0);
            entries.iter_mut().zip(row).for_each(|(to, slope)| *to = slope / largest);
            entries[2 * size] = -room.end[k] / largest;
        }
        let front = &mut room.front[..size * width];
        if !eliminate(front, width, size) {
            return false;
        }
        for piece in (0..=pieces).rev() {
            let (before, after) = room.knots.split_at_mut((piece + 1) * size);
            let (knot, next) = (&mut before[piece * size..], &after[..size.min(after.len())]);
            let rows = if piece == pieces { &*front } else { &room.rows[piece * size * width..] };
            for k in (0..size).rev() {
                let row = &rows[k * width..(k + 1) * width];
                let known = |from: &[f64], by: &[f64]| from.iter().zip(by).map(|(a, b)| a * b).sum::<f64>();
                let rest = known(&row[k + 1..size], &knot[k + 1..]) + known(&row[size..2 * size], next);
                knot[k] = (row[2 * size] - rest) / row[k];
            }
        }
        for (at, speeds) in room.speeds.iter_mut().enumerate() {
            let (piece, k) = (at / size, at % size);
            let columns = room.replies[piece * all * (size + 1)..].chunks_exact(all);
            let moves = room.knots[piece * size..][..size].iter().chain(&[1.0]);
            *speeds = [0.0; POINTS];
            for (column, by) in columns.zip(moves) {
                let share = by * room.sizes[k];
                let column = &column[k * POINTS..][..POINTS];
                speeds.iter_mut().zip(column).for_each(|(to, reply)| *to += share * reply);
            }
        }
        room.knots.chunks_exact_mut(size).for_each(|knot| {
            knot.iter_mut().zip(&room.sizes).for_each(|(step, size)| *step *= size);
        });
        true
    }

    /// Takes a share of the step.
    fn go(&self, path: &mut Path, share: f64) {
        path.knots.iter_mut().zip(&self.room.knots).for_each(|(y, step)| *y += share * step);
        let speeds = path.speeds.as_flattened_mut().iter_mut().zip(self.room.speeds.as_flattened());
        speeds.for_each(|(y, step)| *y += share * step);
    }

    /// Each piece's share in the mean residual, which lies between the Gauss points.
    fn between(&mut self, path: &Path) -> Result<Vec<f64>, DynamicError> {
        let mut shares = Vec::with_capacity(path.pieces());
        let room = &mut self.room;
        for piece in 0..path.pieces() {
            let mut worst = 0.0_f64;
            for [integrals, values] in &self.rule.between {
                path.value(piece, integrals, &mut room.y);
                self.problem.speed(&room.y, &mut room.speed)?;
                path.slope(piece, values, &mut room.y);
                for ((speed, slope), scale) in room.speed.iter().zip(&room.y).zip(&self.scales) {
                    worst = larger(worst, (speed - slope) / scale);
                }
            }
            shares.push(worst * path.length(piece) / path.horizon());
        }
        Ok(shares)
    }
}

/// What the equations leave at a Gauss point.
fn left(path: &Path, point: usize, speed: &[f64], residuals: &mut [[f64; POINTS]]) {
    let (piece, point) = (point / POINTS, point % POINTS);
    let all = residuals[piece * path.size..].iter_mut().zip(path.courses(piece)).zip(speed);
    all.for_each(|((left, course), speed)| left[point] = speed - course[point]);
}

#[cfg(test)]
mod tests {
    use super::{Problem, solve};
    use crate::dynamic::DynamicError;

    /// Bratu: `y'' = −e^y`, `y(0) = 0 = y(1)`.
    struct Bratu;

    impl Problem for Bratu {
        fn start(&self) -> &[f64] {
            &[0.0]
        }
        fn size(&self) -> usize {
            2
        }
        fn guess(&mut self, _: f64, _: f64, y: &mut [f64]) {
            y.fill(0.0);
        }
        fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
            speed.copy_from_slice(&[y[1], -y[0].exp()]);
            Ok(())
        }
        fn tangent(
            &mut self,
            y: &[f64],
            speed: &mut [f64],
            jacobian: &mut [f64],
        ) -> Result<(), DynamicError> {
            jacobian.copy_from_slice(&[0.0, 1.0, -y[0].exp(), 0.0]);
            self.speed(y, speed)
        }
        fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
            residual[0] = y[0];
            jacobian.copy_from_slice(&[1.0, 0.0]);
        }
    }

    #[test]
    fn the_lower_branch_of_bratu() {
        let path = solve(&mut Bratu, 1.0, 1e-11).expect("a solution");
        // y = −2 ln(cosh((t − ½)θ/2) / cosh(θ/4)), θ = √2 cosh(θ/4).
        let mut theta = 1.5_f64;
        (0..100).for_each(|_| theta = 2.0_f64.sqrt() * (theta / 4.0).cosh());
        for time in [0.0, 0.1, 0.5, 0.77, 1.0] {
            let exact = -2.0 * (((time - 0.5) * theta / 2.0).cosh() / (theta / 4.0).cosh()).ln();
            assert!((path.at(time)[0] - exact).abs() < 1e-11, "at {time}");
        }
    }
}
