//! Products of Chebyshev polynomials on a box.

use crate::scalar::Scalar;

/// Products of Chebyshev polynomials up to some degree in each state, on a box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Basis {
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    /// The highest degree in each state.
    pub(crate) degrees: Vec<usize>,
}

/// The polynomials of one state at one point: values, first and second derivatives.
type Line = [Vec<f64>; 3];

impl Basis {
    /// How many states there are.
    pub(crate) fn states(&self) -> usize {
        self.lower.len()
    }

    /// How many products there are; the largest number where there are more.
    pub(crate) fn count(&self) -> usize {
        self.degrees.iter().fold(1, |count: usize, degree| count.saturating_mul(degree + 1))
    }

    /// The highest degree in any state.
    pub(crate) fn degree(&self) -> usize {
        self.degrees.iter().copied().max().unwrap_or(0)
    }

    /// The same box with this many degrees more in every state.
    pub(crate) fn finer(&self, more: usize) -> Self {
        Basis { degrees: self.degrees.iter().map(|degree| degree + more).collect(), ..self.clone() }
    }

    /// The degree in each state of the product number `at`.
    pub(crate) fn orders(&self, mut at: usize) -> Vec<usize> {
        let mut orders = vec![0; self.degrees.len()];
        for (order, degree) in orders.iter_mut().zip(&self.degrees).rev() {
            *order = at % (degree + 1);
            at /= degree + 1;
        }
        orders
    }

    /// The Chebyshev points of the box, as many as products.
    pub(crate) fn nodes(&self) -> Vec<Vec<f64>> {
        let line = |k: usize| -> Vec<f64> {
            let points = self.degrees[k] + 1;
            let angle = |j: usize| std::f64::consts::PI * (2 * j + 1) as f64 / (2 * points) as f64;
            let (centre, half) = self.scale(k);
            (0..points).map(|j| centre - half * angle(j).cos()).collect()
        };
        let mut nodes = vec![Vec::new()];
        for k in 0..self.lower.len() {
            let line = line(k);
            nodes = nodes
                .into_iter()
                .flat_map(|node| line.iter().map(move |&s| [node.as_slice(), &[s]].concat()))
                .collect();
        }
        nodes
    }

    fn scale(&self, k: usize) -> (f64, f64) {
        (0.5 * (self.lower[k] + self.upper[k]), 0.5 * (self.upper[k] - self.lower[k]))
    }

    fn line(&self, k: usize, s: f64) -> Line {
        let (centre, half) = self.scale(k);
        let z = (s - centre) / half;
        let (mut t, mut d, mut c) = (vec![1.0, z], vec![0.0, 1.0], vec![0.0, 0.0]);
        for n in 2..=self.degrees[k].max(1) {
            // T_n = 2 z T_{n−1} − T_{n−2}, differentiated as it stands.
            t.push(2.0 * z * t[n - 1] - t[n - 2]);
            d.push(2.0 * t[n - 1] + 2.0 * z * d[n - 1] - d[n - 2]);
            c.push(4.0 * d[n - 1] + 2.0 * z * c[n - 1] - c[n - 2]);
        }
        d.iter_mut().for_each(|d| *d /= half);
        c.iter_mut().for_each(|c| *c /= half * half);
        [t, d, c]
    }

    /// Every product at `state`, or its derivative: `orders` says how often to differentiate along each state.
    fn products(&self, lines: &[Line], orders: impl Fn(usize) -> usize) -> Vec<f64> {
        let mut products = vec![1.0];
        for (k, line) in lines.iter().enumerate() {
            let factors = &line[orders(k)][..=self.degrees[k]];
            products = products.iter().flat_map(|p| factors.iter().map(move |f| p * f)).collect();
        }
        products
    }

    /// Every product's derivative at `state` along these states, one after the other: two at most.
    pub(crate) fn derivative(&self, state: &[f64], along: &[usize]) -> Vec<f64> {
        let lines: Vec<Line> = state.iter().enumerate().map(|(k, &s)| self.line(k, s)).collect();
        self.products(&lines, |k| along.iter().filter(|&&l| l == k).count())
    }

    /// The products at `state`: their values, their derivatives along each state, their second derivatives.
    pub(crate) fn at(&self, state: &[f64]) -> Rows {
        let lines: Vec<Line> = state.iter().enumerate().map(|(k, &s)| self.line(k, s)).collect();
        let along = |order: usize| -> Vec<Vec<f64>> {
            (0..state.len()).map(|k| self.products(&lines, |j| if j == k { order } else { 0 })).collect()
        };
        Rows { values: self.products(&lines, |_| 0), slopes: along(1), curvatures: along(2) }
    }

    /// The polynomials of each state, for numbers of any kind. Outside of the box each goes on along its tangent at the
    /// edge: a polynomial itself would say nothing there, and much of it.
    pub(crate) fn continued<T: Scalar>(&self, state: &[T]) -> Vec<Vec<T>> {
        let constant = |value: f64| T::constant(value);
        let line = |(k, &s): (usize, &T)| {
            let (centre, half) = self.scale(k);
            let z = (s - centre) / half;
            let inside = z.max(constant(-1.0)).min(constant(1.0));
            let beyond = z - inside;
            // T_n and its derivative nU_{n−1}, by the same recursion.
            let (mut t, mut u) = ([constant(1.0), inside], [constant(0.0), constant(1.0)]);
            let next = |[before, last]: [T; 2]| [last, inside * last * 2.0 - before];
            (0..=self.degrees[k])
                .map(|n| {
                    let here = t[0] + beyond * u[0] * n as f64;
                    (t, u) = (next(t), next(u));
                    here
                })
                .collect()
        };
        state.iter().enumerate().map(line).collect()
    }

    /// The coefficients of the same function in `finer`, a basis of degrees as high or higher.
    pub(crate) fn raised(&self, coefficients: &[f64], finer: &Basis) -> Vec<f64> {
        let mut raised = vec![0.0; finer.count()];
        for (at, &coefficient) in coefficients.iter().enumerate() {
            let orders = self.orders(at).into_iter().zip(&finer.degrees);
            raised[orders.fold(0, |target, (order, degree)| target * (degree + 1) + order)] = coefficient;
        }
        raised
    }

    /// How much the highest orders of each state weigh, as a share of a function's largest coefficient.
    pub(crate) fn tails(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut tails = vec![0.0_f64; self.degrees.len()];
        let largest = coefficients.iter().fold(f64::MIN_POSITIVE, |most, c| most.max(c.abs()));
        for (at, coefficient) in coefficients.iter().enumerate() {
            for ((tail, order), &degree) in tails.iter_mut().zip(self.orders(at)).zip(&self.degrees) {
                // Even functions have every second coefficient only; a term of order 1 is no tail.
                if order >= degree.saturating_sub(1).max(2) {
                    *tail = tail.max(coefficient.abs() / largest);
                }
            }
        }
        tails
    }
}

/// All products of a basis at one state.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) values: Vec<f64>,
    /// One list a state.
    pub(crate) slopes: Vec<Vec<f64>>,
    /// One list a state.
    pub(crate) curvatures: Vec<Vec<f64>>,
}

/// Every product of one polynomial a state.
pub(crate) fn products(lines: &[Vec<f64>]) -> Vec<f64> {
    lines.iter().fold(vec![1.0], |products, line| {
        products.iter().flat_map(|p| line.iter().map(move |f| p * f)).collect()
    })
}

/// The sum of these multiples of [`products`], one state after the other.
pub(crate) fn contracted<T: Scalar>(coefficients: &[f64], lines: &[Vec<T>]) -> T {
    let nothing = T::constant(0.0);
    match lines {
        [] => nothing,
        [line] => line.iter().zip(coefficients).fold(nothing, |sum, (&f, &c)| sum + f * c),
        [line, rest @ ..] => {
            let blocks = coefficients.chunks_exact(coefficients.len() / line.len());
            line.iter().zip(blocks).fold(nothing, |sum, (&f, block)| sum + f * contracted(block, rest))
        }
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The size of the terms that [`dot`] adds up.
pub(crate) fn terms(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}

#[cfg(test)]
mod tests {
    use super::{Basis, dot};

    #[test]
    fn derivatives_of_a_polynomial() {
        // f = s₀² s₁ on [0, 4] × [−1, 3], fitted by hand in the basis: s₀ = 2 + 2z, s₁ = 1 + 2y.
        let basis = Basis { lower: vec![0.0, -1.0], upper: vec![4.0, 3.0], degrees: vec![2, 2] };
        // s₀² = 6 + 8 T₁ + 2 T₂; times (1 + 2 T₁(y)).
        let coefficients = [6.0, 12.0, 0.0, 8.0, 16.0, 0.0, 2.0, 4.0, 0.0];
        let rows = basis.at(&[3.0, 2.0]);
        assert!((dot(&rows.values, &coefficients) - 18.0).abs() < 1e-13);
        assert!((dot(&rows.slopes[0], &coefficients) - 12.0).abs() < 1e-13);
        assert!((dot(&rows.slopes[1], &coefficients) - 9.0).abs() < 1e-13);
        assert!((dot(&rows.curvatures[0], &coefficients) - 4.0).abs() < 1e-13);
        let raised = Basis { degrees: vec![5, 3], ..basis.clone() };
        let higher = basis.raised(&coefficients, &raised);
        assert!((dot(&raised.at(&[3.0, 2.0]).values, &higher) - 18.0).abs() < 1e-12);
        assert_eq!(basis.nodes().len(), basis.count());
        assert_eq!(raised.nodes().len(), 24);
        assert_eq!(raised.orders(7), [1, 3]);
        // s₁ enters with order 1 only.
        assert_eq!(basis.tails(&coefficients), [0.25, 0.0]);
    }
}
