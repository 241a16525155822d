//! Differential equations by a rule of their own.

/// Runge and Kutta's rule of order four.
pub(crate) fn integrated<const N: usize>(
    speed: impl Fn([f64; N]) -> [f64; N],
    mut y: [f64; N],
    time: f64,
    steps: usize,
) -> [f64; N] {
    let h = time / steps as f64;
    let moved = |y: [f64; N], k: [f64; N], h: f64| -> [f64; N] { std::array::from_fn(|i| y[i] + h * k[i]) };
    for _ in 0..steps {
        let a = speed(y);
        let b = speed(moved(y, a, 0.5 * h));
        let c = speed(moved(y, b, 0.5 * h));
        let d = speed(moved(y, c, h));
        y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
    }
    y
}
