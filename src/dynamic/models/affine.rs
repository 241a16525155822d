//! Functions of two goodwills: affine ones, and what products of them earn.

use crate::dynamic::game::State;
use crate::dynamic::linear_quadratic::{Agent, FeedbackNash};

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

/// Both efforts at these goodwills.
pub(crate) fn efforts(found: &FeedbackNash, goodwill: &[f64]) -> Option<[f64; 2]> {
    let mut all = Vec::new();
    for policy in found.policies() {
        all.extend(policy.at(goodwill).ok()?);
    }
    all.try_into().ok()
}

/// Whether both efforts are made in the whole range of goodwill, so that nobody stands at a corner there: efforts
/// are affine, and the range's own corners decide.
pub(crate) fn inside(found: &FeedbackNash, range: &[State]) -> bool {
    let [first, second] = range else { return false };
    let corners = [first.lower, first.upper].into_iter().flat_map(|g| [[g, second.lower], [g, second.upper]]);
    let made = |at: [f64; 2]| efforts(found, &at).is_some_and(|efforts| efforts.iter().all(|e| *e > 0.0));
    corners.into_iter().all(made)
}
