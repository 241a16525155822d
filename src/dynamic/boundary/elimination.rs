//! Systems of linear equations, in place.

/// Makes the first columns of a matrix upper triangular, by row operations with exchanges; the rest of the columns come
/// along, and what is left below the diagonal means nothing. Two columns at a time, which halves the passes over the rows.
/// False where the matrix is singular or not finite.
pub(super) fn eliminate(matrix: &mut [f64], width: usize, columns: usize) -> bool {
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
pub(super) fn back(matrix: &[f64], width: usize, solution: &mut [f64]) -> bool {
    let rows = matrix.len() / width;
    for (k, row) in matrix.chunks_exact(width).enumerate().rev() {
        let inverse = 1.0 / row[k];
        for (side, own) in solution.chunks_exact_mut(rows).enumerate() {
            own[k] = (row[rows + side] - inner(&row[k + 1..rows], &own[k + 1..])) * inverse;
        }
    }
    solution.iter().all(|entry| entry.is_finite())
}
