//! Small dense systems, factored once and solved for numbers of any depth.

use smallvec::SmallVec;

use crate::row::Row;
use crate::scalar::Scalar;

/// A square matrix, row by row; on the stack for games of ordinary size.
pub(crate) type Square = SmallVec<[f64; 16]>;

/// From so many unknowns on zeros are passed over in solving: small systems have none, and are solved without looking.
const LARGE: usize = 16;

/// A square matrix in LU form with partial pivoting; its storage is used again for the next one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Factored {
    size: usize,
    entries: Square,
    pivots: Row<usize>,
}

impl Factored {
    /// Takes over another system, without allocating.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.size = other.size;
        put(&mut self.entries, &other.entries);
        put(&mut self.pivots, &other.pivots);
    }

    /// Factors the matrix, given row by row; false when it is singular or not finite.
    pub(crate) fn factor(&mut self, size: usize, matrix: &[f64]) -> bool {
        self.size = size;
        put(&mut self.entries, &matrix[..size * size]);
        self.pivots.clear();
        let mut below = &mut self.entries[..];
        for k in 0..size {
            // Rows from `k` on are left; the largest entry of their column `k` goes to the front.
            let column = below.chunks_exact(size).map(|row| row[k].abs()).enumerate();
            let (best, _) = column.fold((0, -1.0), |best, (at, h)| if h > best.1 { (at, h) } else { best });
            self.pivots.push(k + best);
            let (top, rest) = below.split_at_mut(size);
            if best > 0 {
                top.swap_with_slice(&mut rest[(best - 1) * size..best * size]);
            }
            let pivot = top[k];
            if pivot == 0.0 || !pivot.is_finite() {
                return false;
            }
            for row in rest.chunks_exact_mut(size) {
                let factor = row[k] / pivot;
                row[k] = factor;
                // Many followers who meet in no term have a system of zeros but for its diagonal.
                if factor == 0.0 {
                    continue;
                }
                for (entry, above) in row.iter_mut().zip(&*top).skip(k + 1) {
                    *entry -= factor * above;
                }
            }
            below = rest;
        }
        true
    }

    /// Replaces the right-hand side by the solution.
    pub(crate) fn solve<T: Scalar>(&self, rhs: &mut [T]) {
        let n = self.size;
        if n == 0 {
            return;
        }
        for (k, &pivot) in self.pivots.iter().enumerate() {
            rhs.swap(k, pivot);
        }
        let rows = || self.entries.chunks_exact(n).enumerate();
        let large = n > LARGE;
        let less = |sum: T, (x, entry): (&T, &f64)| {
            if large && *entry == 0.0 { sum } else { sum - *x * *entry }
        };
        for (at, row) in rows() {
            let known = rhs[..at].iter().zip(row);
            rhs[at] = known.fold(rhs[at], less);
        }
        for (at, row) in rows().rev() {
            let known = rhs[at + 1..n].iter().zip(&row[at + 1..]);
            rhs[at] = known.fold(rhs[at], less) / row[at];
        }
    }
}

impl Factored {
    /// The same for the transposed matrix.
    pub(crate) fn solve_transposed(&self, rhs: &mut [f64]) {
        let n = self.size;
        // With A = PᵀLU: first Uᵀ, then Lᵀ, then the pivots back.
        for at in 0..n {
            rhs[at] /= self.entries[at * n + at];
            for below in at + 1..n {
                rhs[below] -= self.entries[at * n + below] * rhs[at];
            }
        }
        for at in (0..n).rev() {
            for before in 0..at {
                rhs[before] -= self.entries[at * n + before] * rhs[at];
            }
        }
        for (k, &pivot) in self.pivots.iter().enumerate().rev() {
            rhs.swap(k, pivot);
        }
    }
}

/// Room for an `n` by `n` matrix that is about to be filled.
pub(crate) fn reshape(matrix: &mut Square, n: usize) {
    if matrix.len() != n * n {
        matrix.resize(n * n, 0.0);
    }
}

/// Puts a row in place of another, in the storage that is there.
pub(crate) fn put<A: smallvec::Array<Item: Copy>>(row: &mut SmallVec<A>, from: &[A::Item]) {
    if row.len() == from.len() {
        row.copy_from_slice(from);
    } else {
        row.clear();
        row.extend_from_slice(from);
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
    let mut storage = Square::new();
    put(&mut storage, hessian);
    let l = &mut storage[..size * size];
    let mut shift = 0.0;
    loop {
        for (to, from) in l.iter_mut().zip(hessian) {
            *to = -from;
        }
        if shift > 0.0 {
            for i in 0..size {
                l[i * size + i] += shift * curvature(hessian[i * size + i], gradient[i]);
            }
        }
        if cholesky(size, l) {
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
                gradient[i] /= curvature(hessian[i * size + i], gradient[i]);
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
