//! Functions of two goodwills: affine ones, and what products of them earn.

use crate::dynamic::linear_quadratic::Agent;

/// The constant, then the slope in each goodwill.
pub(crate) type Affine = [f64; 3];

/// The weighted sum of two affine functions.
pub(crate) fn sum(a: f64, x: Affine, b: f64, y: Affine) -> Affine {
    std::array::from_fn(|k| a * x[k] + b * y[k])
}

/// `agent`, earning the sum of these products of two affine functions a unit of time.
pub(crate) fn earning(agent: Agent, products: &[[Affine; 2]]) -> Agent {
    let (mut curvature, mut slope, mut constant) = ([[0.0; 2]; 2], [0.0; 2], 0.0);
    for [x, y] in products {
        constant += x[0] * y[0];
        for i in 0..2 {
            slope[i] += x[0] * y[1 + i] + x[1 + i] * y[0];
            for j in 0..2 {
                curvature[i][j] += x[1 + i] * y[1 + j] + x[1 + j] * y[1 + i];
            }
        }
    }
    agent.earns(curvature, &slope, constant)
}
