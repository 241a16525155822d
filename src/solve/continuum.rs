//! Whether an equilibrium is one of a continuum.
//!
//! Where the first-order conditions of the first movers are singular, equilibria may go on in some direction: only a sum of efforts
//! counts, or a split is arbitrary. Along that direction a step is taken and brought back to the conditions as far as they are
//! regular. If they hold there too, a tenth of the way to something else, the equilibrium is not alone; a top that is merely flat
//! (`-x⁴`) fails that.

use nalgebra::{DMatrix, DVector};

use super::induction::{Engine, Failure};
use crate::dual::Dual;
use crate::equilibrium::Side;
use crate::level::D1;
use crate::row::Profile;
use crate::scalar::Scalar;

/// A singular value below this share of the largest is none.
const SINGULAR: f64 = 1e-9;
/// How far the step goes, in units of the decisions' sizes, and how often it is brought back.
const STEP: f64 = 0.1;
const BACK: usize = 4;
/// Conditions hold where what a decision's own size of movement would gain is less than this share of the payoff: a flat top of the
/// fourth order leaves 1e-3 of it.
const HOLDS: f64 = 1e-8;

impl Engine<'_> {
    /// Whether equilibria go on from the one in `x`.
    pub(super) fn goes_on(&mut self, x: &[f64]) -> bool {
        if !self.flat || self.plan.stages.is_empty() || self.limited(0) {
            return false;
        }
        self.continued(x).unwrap_or(false)
    }

    fn continued(&mut self, x: &[f64]) -> Result<bool, Failure> {
        let stage = &self.plan.stages[0];
        let free: Vec<usize> = (0..stage.len()).filter(|v| self.replies[0].sides[*v] == Side::Free).collect();
        let size = |v: &usize| {
            let decision = stage[*v].decision;
            let usual = self.plan.decisions[decision].typical.unwrap_or(0.0).abs();
            Some(x[decision].abs().max(usual)).filter(|size| *size > 0.0).unwrap_or(1.0)
        };
        if free.len() < 2 {
            return Ok(false);
        }
        let sizes: Vec<f64> = free.iter().map(size).collect();
        let parts = self.conditions_around(&free, &sizes, x)?.0.svd(true, true);
        let (values, Some(bases)) = (parts.singular_values.clone(), parts.v_t.clone()) else {
            return Ok(false);
        };
        let largest = values.max();
        if largest == 0.0 {
            return Ok(false);
        }
        let Ok(back) = parts.pseudo_inverse(SINGULAR * largest) else { return Ok(false) };
        for (at, _) in values.iter().enumerate().filter(|(_, value)| **value <= SINGULAR * largest) {
            for step in [STEP, -STEP] {
                let mut there: Profile = Profile::from_slice(x);
                let mut left = bases.row(at).transpose() * step;
                let mut holds = false;
                for _ in 0..=BACK {
                    for ((&v, size), by) in free.iter().zip(&sizes).zip(left.iter()) {
                        let to = there[stage[v].decision] + by * size;
                        stage[v].set(&mut there, to);
                    }
                    if !self.inside(&there) {
                        break;
                    }
                    let (_, conditions) = self.conditions_around(&free, &sizes, &there)?;
                    holds = conditions.iter().all(|condition| condition.abs() <= HOLDS);
                    left = -(&back * conditions);
                }
                if holds {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The conditions of the first movers' free variables, in units of sizes and payoffs, and how they move with each.
    fn conditions_around(
        &mut self,
        free: &[usize],
        sizes: &[f64],
        x: &[f64],
    ) -> Result<(DMatrix<f64>, DVector<f64>), Failure> {
        let (stage, n) = (&self.plan.stages[0], free.len());
        let scale = self.board.judged(stage[0].coalition).made(x)[0].size.max(f64::MIN_POSITIVE);
        let (mut jacobian, mut conditions) = (DMatrix::zeros(n, n), DVector::zeros(n));
        for (column, (&v, size)) in free.iter().zip(sizes).enumerate() {
            let mut moved: Vec<D1> = x.iter().map(|&value| D1::constant(value)).collect();
            stage[v].set(&mut moved, Dual { value: x[stage[v].decision], slope: *size });
            for (row, (&other, size)) in free.iter().zip(sizes).enumerate() {
                let condition = self.condition(0, other, &moved)?;
                conditions[row] = condition.value * size / scale;
                jacobian[(row, column)] = condition.slope * size / scale;
            }
        }
        Ok((jacobian, conditions))
    }
}
