//! Gauss's rule, and a course over time that is a polynomial on each piece.

use super::super::error::DynamicError;

/// Gauss points a piece.
pub(super) const POINTS: usize = 8;
/// Where the residual is looked at between them, on [0, 1]: at the ends and in the middle of a piece it is largest, as
/// Legendre's polynomial of that (even) degree is. Not quite at the ends, since decisions may leave their bounds there.
const BETWEEN: [f64; 3] = [5e-4, 0.5, 1.0 - 5e-4];
/// The exponent over which Gauss's rule integrates an exponential exactly: its error is `4^16 (8!)^4 / (17 (16!)^3)`, 1e-13.
const CHANGE: f64 = 4.0;
/// Most parts of a piece.
const PARTS: f64 = 4096.0;

/// The solution: a polynomial on each piece of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub(super) size: usize,
    /// Where the pieces end, after a 0.
    pub(super) times: Vec<f64>,
    /// The unknowns at these times.
    pub(super) knots: Vec<f64>,
    /// The speeds at the Gauss points: of each unknown in the first piece, then in the next.
    pub(super) speeds: Vec<[f64; POINTS]>,
    /// The mean residual between the Gauss points, as a share of the equations' terms.
    pub(crate) residual: f64,
    /// Newton iterations.
    pub(crate) iterations: usize,
}

/// What is done at a point: time, weight, unknowns.
type Visitor<'v> = &'v mut dyn FnMut(f64, f64, &[f64]) -> Result<(), DynamicError>;

/// Gauss's rule and its polynomials.
pub(super) struct Rule {
    /// Points and weights on [0, 1].
    pub(super) points: [f64; POINTS],
    pub(super) weights: [f64; POINTS],
    /// `∫₀^τ ℓ_j` at each point, a row a point.
    pub(super) inner: [[f64; POINTS]; POINTS],
    /// `∫₀^τ ℓ_j` and `ℓ_j` at the points between.
    pub(super) between: [[[f64; POINTS]; 2]; 3],
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
    pub(super) fn new() -> Self {
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
    pub(super) fn values(&self, tau: f64) -> [f64; POINTS] {
        let here = legendre(tau);
        self.expand(|k| (2 * k + 1) as f64 * here[k])
    }

    /// `∫₀^τ ℓ_j`; on [0, 1] the integral of `P_k` is `(P_{k+1} − P_{k−1}) / (4k + 2)`.
    pub(super) fn integrals(&self, tau: f64) -> [f64; POINTS] {
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

    pub(super) fn length(&self, piece: usize) -> f64 {
        self.times[piece + 1] - self.times[piece]
    }

    pub(super) fn knot(&self, at: usize) -> &[f64] {
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
    pub(super) fn courses(&self, piece: usize) -> &[[f64; POINTS]] {
        &self.speeds[piece * self.size..(piece + 1) * self.size]
    }

    /// The unknowns in a piece, from the integrals of the polynomials.
    pub(super) fn value(&self, piece: usize, integrals: &[f64; POINTS], y: &mut [f64]) {
        let (length, known) = (self.length(piece), self.knot(piece).iter().zip(self.courses(piece)));
        y.iter_mut().zip(known).for_each(|(y, (knot, course))| *y = knot + length * dot(integrals, course));
    }

    /// The polynomials' slopes in a piece, from the values of Lagrange's polynomials.
    pub(super) fn slope(&self, piece: usize, values: &[f64; POINTS], slope: &mut [f64]) {
        slope.iter_mut().zip(self.courses(piece)).for_each(|(y, course)| *y = dot(values, course));
    }

    /// Visits the Gauss points of all pieces, or of what lies after a time: time, weight, unknowns. Pieces in which a factor
    /// that decays at this rate would change much are cut into parts, each with points of its own.
    pub(crate) fn visit(&self, from: f64, rate: f64, work: Visitor<'_>) -> Result<(), DynamicError> {
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
            let parts = (rate * length * left / CHANGE).ceil().clamp(1.0, PARTS);
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
    pub(super) fn stretched(&self, factor: f64) -> Path {
        let mut path = self.clone();
        path.times.iter_mut().for_each(|time| *time *= factor);
        path.speeds.as_flattened_mut().iter_mut().for_each(|speed| *speed /= factor);
        path
    }

    /// The same course with each piece divided into so many.
    pub(super) fn divided(&self, parts: &[usize], rule: &Rule) -> Path {
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

/// A sum over the Gauss points.
#[inline]
pub(super) fn dot(a: &[f64; POINTS], b: &[f64; POINTS]) -> f64 {
    // In pairs, which a machine takes at once.
    let pair = |k: usize| a[k] * b[k] + a[k + 4] * b[k + 4];
    (pair(0) + pair(2)) + (pair(1) + pair(3))
}

#[cfg(test)]
mod tests {
    use super::{BETWEEN, Rule};

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
