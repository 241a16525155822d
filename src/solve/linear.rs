//! Small dense systems, factored once and solved for numbers of any depth.

use smallvec::SmallVec;

use crate::scalar::Scalar;

/// A square matrix in LU form with partial pivoting; its storage is used again for the next one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Factored {
    size: usize,
    entries: Vec<f64>,
    pivots: Vec<usize>,
}

impl Factored {
    /// Room for systems of up to `size` unknowns.
    pub(crate) fn with_capacity(size: usize) -> Self {
        Factored { size: 0, entries: Vec::with_capacity(size * size), pivots: Vec::with_capacity(size) }
    }

    /// Takes over another system, without allocating.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.size = other.size;
        self.entries.clone_from(&other.entries);
        self.pivots.clone_from(&other.pivots);
    }

    /// Factors the matrix, given row by row; false when it is singular or not finite.
    pub(crate) fn factor(&mut self, size: usize, matrix: &[f64]) -> bool {
        self.size = size;
        self.entries.clear();
        self.entries.extend_from_slice(matrix);
        self.pivots.clear();
        let entries = &mut self.entries[..size * size];
        for k in 0..size {
            let mut best = k;
            for row in k + 1..size {
                if entries[row * size + k].abs() > entries[best * size + k].abs() {
                    best = row;
                }
            }
            let pivot = entries[best * size + k];
            if pivot == 0.0 || !pivot.is_finite() {
                return false;
            }
            self.pivots.push(best);
            if best != k {
                for column in 0..size {
                    entries.swap(k * size + column, best * size + column);
                }
            }
            for row in k + 1..size {
                let factor = entries[row * size + k] / pivot;
                entries[row * size + k] = factor;
                for column in k + 1..size {
                    let above = entries[k * size + column];
                    entries[row * size + column] -= factor * above;
                }
            }
        }
        true
    }

    /// Replaces the right-hand side by the solution.
    pub(crate) fn solve<T: Scalar>(&self, rhs: &mut [T]) {
        let n = self.size;
        for (k, &pivot) in self.pivots.iter().enumerate() {
            rhs.swap(k, pivot);
        }
        for row in 0..n {
            for column in 0..row {
                rhs[row] = rhs[row] - rhs[column] * self.entries[row * n + column];
            }
        }
        for row in (0..n).rev() {
            for column in row + 1..n {
                rhs[row] = rhs[row] - rhs[column] * self.entries[row * n + column];
            }
            rhs[row] = rhs[row] / self.entries[row * n + row];
        }
    }
}

/// Solves `(μ|D| − H) d = e`, where `D` is the diagonal of `H`, with the smallest shift `μ ≥ 0` of a short list that
/// makes the matrix positive definite: an ascent direction for a payoff with gradient `e` and Hessian `H`. Puts `d`
/// in place of `e`, and tells whether no shift was needed, which is to say that `H` is negative definite.
///
/// The shift is relative to each variable's own curvature, since variables may differ by many orders of magnitude.
pub(crate) fn ascent(size: usize, hessian: &[f64], gradient: &mut [f64]) -> bool {
    // Where a curvature vanishes, the gradient tells the scale: a step of a thousand, which the caller cuts.
    let curvature = |h: f64, g: f64| h.abs().max(1e-3 * g.abs()).max(f64::MIN_POSITIVE);
    if let ([curve], [slope]) = (hessian, &mut *gradient) {
        *slope /= curvature(*curve, *slope);
        return *curve < 0.0;
    }
    let scale: SmallVec<[f64; 8]> =
        (0..size).map(|i| curvature(hessian[i * size + i], gradient[i])).collect();
    let mut shift = 0.0;
    loop {
        let mut l: SmallVec<[f64; 36]> = hessian.iter().map(|h| -h).collect();
        for i in 0..size {
            l[i * size + i] += shift * scale[i];
        }
        if cholesky(size, &mut l) {
            for i in 0..size {
                for k in 0..i {
                    gradient[i] -= l[i * size + k] * gradient[k];
                }
                gradient[i] /= l[i * size + i];
            }
            for i in (0..size).rev() {
                for k in i + 1..size {
                    gradient[i] -= l[k * size + i] * gradient[k];
                }
                gradient[i] /= l[i * size + i];
            }
            return shift == 0.0;
        }
        shift = if shift == 0.0 { 1e-3 } else { 4.0 * shift };
        if shift > 1e9 {
            // Not a matrix to trust (not finite, or flat in some direction): each variable for itself.
            for i in 0..size {
                gradient[i] /= scale[i];
            }
            return false;
        }
    }
}

/// The lower Cholesky factor in place; false when the matrix is not positive definite.
fn cholesky(size: usize, a: &mut [f64]) -> bool {
    for j in 0..size {
        let before = a[j * size + j];
        let mut diagonal = before;
        for k in 0..j {
            diagonal -= a[j * size + k] * a[j * size + k];
        }
        // The floor keeps a flat direction (rounding noise) from passing as concave.
        if diagonal.is_nan() || diagonal <= 1e-13 * before.abs() {
            return false;
        }
        let root = diagonal.sqrt();
        a[j * size + j] = root;
        for i in j + 1..size {
            let mut entry = a[i * size + j];
            for k in 0..j {
                entry -= a[i * size + k] * a[j * size + k];
            }
            a[i * size + j] = entry / root;
        }
    }
    true
}
