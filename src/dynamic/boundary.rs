//! Two-point boundary-value problems: differential equations some of whose unknowns are given at the start, the others at
//! the end.
//!
//! On each piece of time the unknowns are polynomials that satisfy the equations at Gauss's eight points. A Newton step
//! eliminates a piece's inner unknowns first, which leaves a linear map from its start to its end; the maps are then
//! strung together from the start on, by elimination with row exchanges. Nothing that grows with the length of the
//! horizon is ever formed, since what grows forwards is carried backwards from the end.

use super::error::DynamicError;
use super::ode::larger;

/// Gauss points a piece.
const POINTS: usize = 8;
/// Where the residual is looked at between them, on [0, 1]: at the ends and in the middle of a piece it is largest, as
/// Legendre's polynomial of that (even) degree is. Not quite at the ends, since decisions may leave their bounds there.
const BETWEEN: [f64; 3] = [5e-4, 0.5, 1.0 - 5e-4];
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
/// The exponent over which Gauss's rule integrates an exponential exactly: its error is `4^16 (8!)^4 / (17 (16!)^3)`, 1e-13.
const CHANGE: f64 = 4.0;

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

/// The solution: a polynomial on each piece of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    size: usize,
    /// Where the pieces end, after a 0.
    times: Vec<f64>,
    /// The unknowns at these times.
    knots: Vec<f64>,
    /// The speeds at the Gauss points: of each unknown in the first piece, then in the next.
    speeds: Vec<[f64; POINTS]>,
    /// The mean residual between the Gauss points, as a share of the equations' terms.
    pub(crate) residual: f64,
    /// Newton iterations.
    pub(crate) iterations: usize,
}

/// Solves a problem up to `horizon`, to this mean residual.
pub(crate) fn solve<P: Problem>(problem: &mut P, horizon: f64, tolerance: f64) -> Result<Path, DynamicError> {
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

/// Gauss's rule and its polynomials.
struct Rule {
    /// Points and weights on [0, 1].
    points: [f64; POINTS],
    weights: [f64; POINTS],
    /// `∫₀^τ ℓ_j` at each point, a row a point.
    inner: [[f64; POINTS]; POINTS],
    /// `∫₀^τ ℓ_j` and `ℓ_j` at the points between.
    between: [[[f64; POINTS]; 2]; 3],
}

/// Positive points of Gauss and Legendre's rule on [−1, 1], with their weights.
const GAUSS: [(f64, f64); POINTS / 2] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// Legendre's polynomials up to the degree `POINTS` on [0, 1].
fn legendre(tau: f64) -> [f64; POINTS + 1] {
    let z = 2.0 * tau - 1.0;
    let mut p = [1.0; POINTS + 1];
    p[1] = z;
    for k in 1..POINTS {
        let order = k as f64;
        p[k + 1] = ((2.0 * order + 1.0) * z * p[k] - order * p[k - 1]) / (order + 1.0);
    }
    p
}

impl Rule {
    fn new() -> Self {
        let (mut points, mut weights) = ([0.0; POINTS], [0.0; POINTS]);
        for (at, (z, w)) in GAUSS.into_iter().enumerate() {
            let (left, right) = (POINTS / 2 - 1 - at, POINTS / 2 + at);
            (points[left], points[right]) = (0.5 - 0.5 * z, 0.5 + 0.5 * z);
            (weights[left], weights[right]) = (0.5 * w, 0.5 * w);
        }
        let nothing = [0.0; POINTS];
        let mut rule = Rule { points, weights, inner: [nothing; POINTS], between: [[nothing; 2]; 3] };
        rule.inner = points.map(|tau| rule.integrals(tau));
        rule.between = BETWEEN.map(|tau| [rule.integrals(tau), rule.values(tau)]);
        rule
    }

    /// `ℓ_j(τ) = w_j Σ_k (2k + 1) P_k(τ_j) P_k(τ)`.
    fn values(&self, tau: f64) -> [f64; POINTS] {
        let here = legendre(tau);
        self.expand(|k| (2 * k + 1) as f64 * here[k])
    }

    /// `∫₀^τ ℓ_j`; on [0, 1] the integral of `P_k` is `(P_{k+1} − P_{k−1}) / (4k + 2)`.
    fn integrals(&self, tau: f64) -> [f64; POINTS] {
        let here = legendre(tau);
        self.expand(|k| if k == 0 { tau } else { 0.5 * (here[k + 1] - here[k - 1]) })
    }

    fn expand(&self, factor: impl Fn(usize) -> f64) -> [f64; POINTS] {
        let factors: [f64; POINTS] = std::array::from_fn(factor);
        std::array::from_fn(|j| {
            let there = legendre(self.points[j]);
            self.weights[j] * factors.iter().zip(&there).map(|(f, p)| f * p).sum::<f64>()
        })
    }
}

impl Path {
    /// The end of the horizon.
    pub(crate) fn horizon(&self) -> f64 {
        self.times.last().copied().unwrap_or(0.0)
    }

    /// How many pieces there are.
    pub(crate) fn pieces(&self) -> usize {
        self.times.len() - 1
    }

    fn length(&self, piece: usize) -> f64 {
        self.times[piece + 1] - self.times[piece]
    }

    fn knot(&self, at: usize) -> &[f64] {
        &self.knots[at * self.size..(at + 1) * self.size]
    }

    /// The unknowns at the end.
    pub(crate) fn last(&self) -> &[f64] {
        self.knot(self.pieces())
    }

    /// The largest values of the unknowns.
    pub(crate) fn sizes(&self) -> Vec<f64> {
        let mut sizes = vec![0.0; self.size];
        for knot in self.knots.chunks_exact(self.size) {
            sizes.iter_mut().zip(knot).for_each(|(size, y): (&mut f64, _)| *size = size.max(y.abs()));
        }
        sizes
    }

    /// The unknowns at a time within the horizon.
    pub(crate) fn at(&self, time: f64) -> Vec<f64> {
        // The last piece that starts by then.
        let piece = self.times[1..self.pieces()].partition_point(|start| *start <= time);
        let rule = Rule::new();
        let mut y = vec![0.0; self.size];
        let tau = (time - self.times[piece]) / self.length(piece);
        self.value(piece, &rule.integrals(tau), &mut y);
        y
    }

    /// Each unknown's speeds in a piece.
    fn courses(&self, piece: usize) -> &[[f64; POINTS]] {
        &self.speeds[piece * self.size..(piece + 1) * self.size]
    }

    /// The unknowns in a piece, from the integrals of the polynomials.
    fn value(&self, piece: usize, integrals: &[f64; POINTS], y: &mut [f64]) {
        let (length, known) = (self.length(piece), self.knot(piece).iter().zip(self.courses(piece)));
        y.iter_mut().zip(known).for_each(|(y, (knot, course))| *y = knot + length * dot(integrals, course));
    }

    /// The polynomials' slopes in a piece, from the values of Lagrange's polynomials.
    fn slope(&self, piece: usize, values: &[f64; POINTS], slope: &mut [f64]) {
        slope.iter_mut().zip(self.courses(piece)).for_each(|(y, course)| *y = dot(values, course));
    }

    /// Visits the Gauss points of all pieces, or of what lies after a time: time, weight, unknowns. Pieces in which a factor
    /// that decays at this rate would change much are cut into parts, each with points of its own.
    pub(crate) fn visit(
        &self,
        from: f64,
        rate: f64,
        mut work: impl FnMut(f64, f64, &[f64]) -> Result<(), DynamicError>,
    ) -> Result<(), DynamicError> {
        let rule = Rule::new();
        let mut y = vec![0.0; self.size];
        for piece in 0..self.pieces() {
            let (start, length) = (self.times[piece], self.length(piece));
            // The share of the piece that lies before.
            let before = ((from - start) / length).max(0.0);
            if before >= 1.0 {
                continue;
            }
            let left = 1.0 - before;
            let parts = (rate * length * left / CHANGE).ceil().clamp(1.0, MOST as f64);
            for part in 0..parts as usize {
                let (first, share) = (before + left * part as f64 / parts, left / parts);
                for point in 0..POINTS {
                    let tau = first + share * rule.points[point];
                    if share == 1.0 {
                        self.value(piece, &rule.inner[point], &mut y);
                    } else {
                        self.value(piece, &rule.integrals(tau), &mut y);
                    }
                    work(start + length * tau, length * share * rule.weights[point], &y)?;
                }
            }
        }
        Ok(())
    }

    /// The same course in more time.
    fn stretched(&self, factor: f64) -> Path {
        let mut path = self.clone();
        path.times.iter_mut().for_each(|time| *time *= factor);
        path.speeds.as_flattened_mut().iter_mut().for_each(|speed| *speed /= factor);
        path
    }

    /// The same course with each piece divided into so many.
    fn divided(&self, parts: &[usize], rule: &Rule) -> Path {
        let size = self.size;
        let (mut times, mut knots) = (vec![0.0], Vec::new());
        let mut speeds = Vec::with_capacity(parts.iter().sum::<usize>() * size);
        let mut row = vec![0.0; size];
        for (piece, &parts) in parts.iter().enumerate() {
            let (start, length) = (self.times[piece], self.length(piece));
            let part = 1.0 / parts as f64;
            for at in 0..parts {
                let from = at as f64 * part;
                self.value(piece, &rule.integrals(from), &mut row);
                knots.extend_from_slice(&row);
                let values = rule.points.map(|tau| rule.values(from + part * tau));
                speeds.extend(self.courses(piece).iter().map(|course| values.map(|at| dot(&at, course))));
                times.push(if at + 1 == parts {
                    self.times[piece + 1]
                } else {
                    start + length * (from + part)
                });
            }
        }
        knots.extend_from_slice(self.last());
        Path { size, times, knots, speeds, ..*self }
    }
}

struct Search<'p, P> {
    problem: &'p mut P,
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

/// Makes the first columns of a matrix upper triangular, by row operations with exchanges; the rest of the columns come
/// along, and what is left below the diagonal means nothing. Two columns at a time, which halves the passes over the rows.
/// False where the matrix is singular or not finite.
fn eliminate(matrix: &mut [f64], width: usize, columns: usize) -> bool {
    let mut below = matrix;
    let mut pivot = Pivot::default();
    below.chunks_exact(width).for_each(|row| pivot.see(row[0]));
    let mut k = 0;
    while k < columns {
        if !pivot.bring(below, width) {
            return false;
        }
        let (top, rest) = below.split_at_mut(width);
        let inverse = 1.0 / top[k];
        let next = k + 1;
        for row in rest.chunks_exact_mut(width) {
            row[k] *= inverse;
            row[next] -= row[k] * top[next];
            pivot.see(row[next]);
        }
        if next == columns {
            for row in rest.chunks_exact_mut(width) {
                let factor = row[k];
                row[next + 1..]
                    .iter_mut()
                    .zip(&top[next + 1..])
                    .for_each(|(to, above)| *to -= factor * above);
            }
            return true;
        }
        if !pivot.bring(rest, width) {
            return false;
        }
        let (second, rest) = rest.split_at_mut(width);
        let (top, factor) = (&top[next + 1..], second[k]);
        second[next + 1..].iter_mut().zip(top).for_each(|(to, above)| *to -= factor * above);
        let (inverse, second) = (1.0 / second[next], &second[next + 1..]);
        for row in rest.chunks_exact_mut(width) {
            let (first, other) = (row[k], row[next] * inverse);
            if first != 0.0 || other != 0.0 {
                let above = top.iter().zip(second);
                row[next + 1..].iter_mut().zip(above).for_each(|(to, (a, b))| *to -= first * a + other * b);
            }
            pivot.see(row[next + 1]);
        }
        (below, k) = (rest, k + 2);
    }
    true
}

/// The row with the largest entry in a column, among rows seen one after the other.
#[derive(Default)]
struct Pivot {
    rows: usize,
    best: usize,
    largest: f64,
}

impl Pivot {
    #[inline]
    fn see(&mut self, entry: f64) {
        if entry.abs() > self.largest {
            (self.best, self.largest) = (self.rows, entry.abs());
        }
        self.rows += 1;
    }

    /// Brings that row to the front of those seen, and starts anew; false where it has nothing to divide by.
    fn bring(&mut self, rows: &mut [f64], width: usize) -> bool {
        let Pivot { best, largest, .. } = std::mem::take(self);
        if best > 0 {
            let (top, rest) = rows.split_at_mut(width);
            top.swap_with_slice(&mut rest[(best - 1) * width..best * width]);
        }
        largest > 0.0 && largest.is_finite()
    }
}

impl<'p, P: Problem> Search<'p, P> {
    fn new(problem: &'p mut P, tolerance: f64) -> Self {
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

/// A sum over the Gauss points.
#[inline]
fn dot(a: &[f64; POINTS], b: &[f64; POINTS]) -> f64 {
    // In pairs, which a machine takes at once.
    let pair = |k: usize| a[k] * b[k] + a[k + 4] * b[k + 4];
    (pair(0) + pair(2)) + (pair(1) + pair(3))
}

/// A sum of products, in four sums that a machine takes at once.
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let ((a, rest), (b, other)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    let left: f64 = rest.iter().zip(other).map(|(a, b)| a * b).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + left
}

/// Solves a system that is upper triangular, with several right-hand sides; `solution` holds one solution after the other.
/// False where one is not finite.
fn back(matrix: &[f64], width: usize, solution: &mut [f64]) -> bool {
    let rows = matrix.len() / width;
    for (k, row) in matrix.chunks_exact(width).enumerate().rev() {
        let inverse = 1.0 / row[k];
        for (side, own) in solution.chunks_exact_mut(rows).enumerate() {
            own[k] = (row[rows + side] - inner(&row[k + 1..rows], &own[k + 1..])) * inverse;
        }
    }
    solution.iter().all(|entry| entry.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{BETWEEN, Problem, Rule, solve};
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

    #[test]
    fn the_rule_integrates_polynomials() {
        let rule = Rule::new();
        // ∫₀^τ s⁷ ds = τ⁸/8, and s⁷ itself, from values at the points.
        let at = |row: &[f64]| row.iter().zip(rule.points).map(|(r, s)| r * s.powi(7)).sum::<f64>();
        for (row, tau) in rule.inner.iter().zip(rule.points) {
            assert!((at(row) - tau.powi(8) / 8.0).abs() < 1e-15);
        }
        for ([integral, value], tau) in rule.between.iter().zip(BETWEEN) {
            assert!((at(integral) - tau.powi(8) / 8.0).abs() < 1e-15);
            assert!((at(value) - tau.powi(7)).abs() < 1e-13);
        }
        assert!((at(&rule.weights) - 0.125).abs() < 1e-15);
    }
}
