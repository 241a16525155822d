//! A small dense matrix, on the stack up to nine entries.

use std::fmt;
use std::ops::Index;

use nalgebra::{DMatrix, Schur};
use smallvec::SmallVec;

/// A matrix of real numbers, row by row.
///
/// Built from an array of rows, or row by row with [`Matrix::from_rows`]; a number stands for a matrix of one entry.
///
/// ```
/// use coopad::dynamic::linear_quadratic::Matrix;
///
/// let decay = Matrix::from([[-0.3, 0.0], [0.0, -0.4]]);
/// assert_eq!((decay.rows(), decay.columns(), decay[(1, 1)]), (2, 2, -0.4));
/// assert_eq!(Matrix::from_rows(2, 1, &[1.0, 2.0]), Some(Matrix::from([[1.0], [2.0]])));
/// ```
#[derive(PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    entries: SmallVec<[f64; INLINE]>,
}

/// Entries on the stack.
const INLINE: usize = 9;
/// Sweeps of the QR iteration an eigenvalue; two or three are usual.
const SWEEPS: usize = 30;

/// One copy of memory, which the derived one, entry by entry, is not.
impl Clone for Matrix {
    #[inline]
    fn clone(&self) -> Self {
        Matrix { rows: self.rows, columns: self.columns, entries: SmallVec::from_slice(&self.entries) }
    }

    fn clone_from(&mut self, other: &Self) {
        if self.entries.len() == other.entries.len() {
            (self.rows, self.columns) = (other.rows, other.columns);
            self.entries.copy_from_slice(&other.entries);
        } else {
            *self = other.clone();
        }
    }
}

impl Matrix {
    /// The matrix with these entries, row by row; `None` unless there are `rows · columns` of them.
    pub fn from_rows(rows: usize, columns: usize, entries: &[f64]) -> Option<Self> {
        (rows.checked_mul(columns) == Some(entries.len())).then(|| Matrix {
            rows,
            columns,
            entries: SmallVec::from_slice(entries),
        })
    }

    /// Zeros.
    #[inline]
    pub fn zero(rows: usize, columns: usize) -> Self {
        let length = rows * columns;
        let entries = if length <= INLINE {
            SmallVec::from_buf_and_len([0.0; INLINE], length)
        } else {
            SmallVec::from_elem(0.0, length)
        };
        Matrix { rows, columns, entries }
    }

    /// Ones on the diagonal, zeros elsewhere.
    pub fn identity(size: usize) -> Self {
        Matrix::zero(size, size).shifted(1.0)
    }

    /// These numbers on the diagonal, zeros elsewhere.
    pub fn diagonal(entries: &[f64]) -> Self {
        let mut matrix = Matrix::zero(entries.len(), entries.len());
        for (i, entry) in entries.iter().enumerate() {
            matrix.set(i, i, *entry);
        }
        matrix
    }

    /// One column.
    pub(crate) fn column(entries: &[f64]) -> Self {
        Matrix { rows: entries.len(), columns: 1, entries: SmallVec::from_slice(entries) }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The entries, row by row.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// The matrix with rows and columns exchanged.
    #[must_use]
    pub fn transpose(&self) -> Self {
        let mut out = Matrix::zero(self.columns, self.rows);
        for i in 0..self.rows {
            for j in 0..self.columns {
                out.entries[j * self.rows + i] = self.entries[i * self.columns + j];
            }
        }
        out
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.entries[row * self.columns + column] = value;
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        debug_assert_eq!(self.columns, other.rows);
        let mut out = Matrix::zero(self.rows, other.columns);
        for i in 0..self.rows {
            let row = &mut out.entries[i * other.columns..][..other.columns];
            for k in 0..self.columns {
                let factor = self.entries[i * self.columns + k];
                for (o, e) in row.iter_mut().zip(&other.entries[k * other.columns..]) {
                    *o += factor * e;
                }
            }
        }
        out
    }

    /// `selfᵀ · other`.
    pub(crate) fn transpose_times(&self, other: &Self) -> Self {
        debug_assert_eq!(self.rows, other.rows);
        let mut out = Matrix::zero(self.columns, other.columns);
        for k in 0..self.rows {
            for i in 0..self.columns {
                let factor = self.entries[k * self.columns + i];
                let row = &mut out.entries[i * other.columns..][..other.columns];
                for (o, e) in row.iter_mut().zip(&other.entries[k * other.columns..]) {
                    *o += factor * e;
                }
            }
        }
        out
    }

    /// `self += factor · other`.
    #[inline]
    pub(crate) fn add(&mut self, factor: f64, other: &Self) {
        debug_assert_eq!((self.rows, self.columns), (other.rows, other.columns));
        for (o, e) in self.entries.iter_mut().zip(&other.entries) {
            *o += factor * e;
        }
    }

    #[inline]
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        self.add(1.0, other);
        self
    }

    #[inline]
    pub(crate) fn minus(mut self, other: &Self) -> Self {
        self.add(-1.0, other);
        self
    }

    #[inline]
    pub(crate) fn scaled(mut self, factor: f64) -> Self {
        for entry in &mut self.entries {
            *entry *= factor;
        }
        self
    }

    /// `self + value · I`.
    #[inline]
    pub(crate) fn shifted(mut self, value: f64) -> Self {
        for i in 0..self.rows {
            self.entries[i * self.columns + i] += value;
        }
        self
    }

    /// `self + selfᵀ`.
    pub(crate) fn plus_transpose(mut self) -> Self {
        for i in 0..self.rows {
            for j in i..self.columns {
                let sum = self[(i, j)] + self[(j, i)];
                self.set(i, j, sum);
                self.set(j, i, sum);
            }
        }
        self
    }

    pub(crate) fn block(&self, row: usize, column: usize, rows: usize, columns: usize) -> Self {
        let mut out = Matrix::zero(rows, columns);
        for i in 0..rows {
            let from = (row + i) * self.columns + column;
            out.entries[i * columns..][..columns].copy_from_slice(&self.entries[from..from + columns]);
        }
        out
    }

    /// Adds `block` to the part that starts at `(row, column)`.
    pub(crate) fn add_block(&mut self, row: usize, column: usize, factor: f64, block: &Self) {
        for i in 0..block.rows {
            for j in 0..block.columns {
                self.entries[(row + i) * self.columns + column + j] +=
                    factor * block.entries[i * block.columns + j];
            }
        }
    }

    pub(crate) fn largest(&self) -> f64 {
        largest(&self.entries)
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.entries.iter().all(|e| e.is_finite())
    }

    /// The solution of `self · X = rhs` by elimination with row pivots; `None` where the matrix is singular, to the
    /// last digit, or anything is not finite.
    pub(crate) fn solve(&self, rhs: &Self) -> Option<Self> {
        let (n, width) = (self.rows, rhs.columns);
        let (mut a, mut x) = (self.clone(), rhs.clone());
        for k in 0..n {
            let mut best = k;
            for row in k + 1..n {
                if a.entries[row * n + k].abs() > a.entries[best * n + k].abs() {
                    best = row;
                }
            }
            if best != k {
                for column in 0..n {
                    a.entries.swap(k * n + column, best * n + column);
                }
                for column in 0..width {
                    x.entries.swap(k * width + column, best * width + column);
                }
            }
            let pivot = a.entries[k * n + k];
            if pivot == 0.0 || !pivot.is_finite() {
                return None;
            }
            for row in k + 1..n {
                let factor = a.entries[row * n + k] / pivot;
                for column in k + 1..n {
                    let above = a.entries[k * n + column];
                    a.entries[row * n + column] -= factor * above;
                }
                for column in 0..width {
                    let above = x.entries[k * width + column];
                    x.entries[row * width + column] -= factor * above;
                }
            }
        }
        for row in (0..n).rev() {
            for column in 0..width {
                let mut value = x.entries[row * width + column];
                for k in row + 1..n {
                    value -= a.entries[row * n + k] * x.entries[k * width + column];
                }
                x.entries[row * width + column] = value / a.entries[row * n + row];
            }
        }
        x.is_finite().then_some(x)
    }

    /// The largest real part of an eigenvalue; `None` if the eigenvalues cannot be found.
    pub(crate) fn growth(&self) -> Option<f64> {
        if !self.is_finite() {
            return None;
        }
        match self.entries.as_slice() {
            [] => Some(f64::NEG_INFINITY),
            [a] => Some(*a),
            [a, b, c, d] => {
                let (mean, half) = (0.5 * (a + d), 0.5 * (a - d));
                Some(mean + (half * half + b * c).max(0.0).sqrt())
            }
            entries => {
                let matrix = DMatrix::from_row_slice(self.rows, self.columns, entries);
                eigenvalues(&matrix)?.into_iter().map(|[real, _]| real).reduce(f64::max)
            }
        }
    }

    /// How the other entries of `y` follow from the first `count` on the decaying solutions of `y' = self · y`,
    /// `y₂ = X y₁`, by the matrix sign function: `(sign + I)(I; X) = 0`. `None` where it cannot be found; if other than
    /// `count` directions decay, or these do not determine the others, what is found means nothing.
    pub(crate) fn stable_graph(&self, count: usize) -> Option<Self> {
        let (size, unit) = (self.rows, Matrix::identity(self.rows));
        let mut sign = self.clone();
        for _ in 0..100 {
            let inverse = sign.solve(&unit)?;
            // The scale at which matrix and inverse are alike large; at the limit it is 1.
            let scale = (inverse.frobenius() / sign.frobenius()).sqrt();
            let next = sign.clone().scaled(0.5 * scale).plus(&inverse.scaled(0.5 / scale));
            let change = next.clone().minus(&sign).largest() / next.largest();
            sign = next;
            if !change.is_finite() {
                return None;
            }
            if change <= 1e-14 * size as f64 {
                break;
            }
        }
        // More equations than unknowns, solved by orthogonal elimination.
        let (w, rest) = (sign.shifted(1.0), size - count);
        let equations = DMatrix::from_fn(size, rest, |i, j| w[(i, count + j)]);
        let mut rhs = DMatrix::from_fn(size, count, |i, j| -w[(i, j)]);
        let qr = equations.qr();
        qr.q_tr_mul(&mut rhs);
        let graph = qr.r().solve_upper_triangular(&rhs.rows(0, rest).into_owned())?;
        Matrix::from_rows(rest, count, graph.transpose().as_slice())
    }

    fn frobenius(&self) -> f64 {
        self.entries.iter().map(|e| e * e).sum::<f64>().sqrt()
    }

    /// `exp(self · time)`: Taylor's series after halving the time until the matrix is small.
    pub(crate) fn exponential(&self, time: f64) -> Self {
        let scaled = self.clone().scaled(time);
        let size = scaled.largest() * scaled.rows as f64;
        let halvings = if size > 0.5 { (size / 0.5).log2().ceil().min(1000.0) as i32 } else { 0 };
        let scaled = scaled.scaled(0.5_f64.powi(halvings));
        let mut term = Matrix::identity(self.rows);
        let mut sum = term.clone();
        for order in 1..20 {
            term = term.times(&scaled).scaled(1.0 / f64::from(order));
            sum.add(1.0, &term);
            if term.largest() <= 1e-18 * sum.largest() {
                break;
            }
        }
        for _ in 0..halvings {
            sum = sum.times(&sum);
        }
        sum
    }
}

/// The largest size; NaN if there is one.
/// The real and imaginary parts of all eigenvalues, in no order; `None` where the QR iteration finds none.
///
/// Where many eigenvalues are the same, what is left between them is rounding that no iteration removes: then a little more
/// of it counts as nothing.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Option<Vec<[f64; 2]>> {
    let found = |factor: f64| Schur::try_new(matrix.clone(), factor * f64::EPSILON, SWEEPS * matrix.nrows());
    let schur = [1.0, 1e2, 1e4].into_iter().find_map(found)?;
    Some(schur.complex_eigenvalues().iter().map(|e| [e.re, e.im]).collect())
}

pub(crate) fn largest(entries: &[f64]) -> f64 {
    entries.iter().fold(0.0, |size: f64, e| if e.abs() > size || e.is_nan() { e.abs() } else { size })
}

impl<const R: usize, const C: usize> From<[[f64; C]; R]> for Matrix {
    fn from(rows: [[f64; C]; R]) -> Self {
        Matrix { rows: R, columns: C, entries: rows.iter().flatten().copied().collect() }
    }
}

impl From<f64> for Matrix {
    fn from(entry: f64) -> Self {
        Matrix::from([[entry]])
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    /// # Panics
    ///
    /// Beyond the last row or column, as slices do.
    fn index(&self, (row, column): (usize, usize)) -> &f64 {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        &self.entries[row * self.columns + column]
    }
}

impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries((0..self.rows).map(|i| &self.entries[i * self.columns..][..self.columns]))
            .finish()
    }
}
