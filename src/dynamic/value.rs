//! What a player's future is worth, as a function of the state.

use std::fmt;

use super::basis::{Basis, dot};
use super::linear_quadratic::Quadratic;

/// A term this small against the largest is rounding.
const NOTHING: f64 = 1e-9;

/// What a player's future is worth as a function of the state: a polynomial in each state, on a box.
#[derive(Clone, PartialEq)]
pub struct ValueFunction {
    pub(crate) basis: Basis,
    pub(crate) coefficients: Vec<f64>,
}

/// The box and the degrees; hundreds of coefficients tell a reader nothing.
impl fmt::Debug for ValueFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Basis { lower, upper, degrees } = &self.basis;
        let mut out = f.debug_struct("ValueFunction");
        out.field("lower", lower).field("upper", upper).field("degrees", degrees).finish_non_exhaustive()
    }
}

impl ValueFunction {
    /// The value at a state; NaN for a state with the wrong number of entries.
    pub fn at(&self, state: &[f64]) -> f64 {
        self.partial(state, &[])
    }

    /// What a unit more of each state is worth: the costates `∂V/∂s`.
    pub fn slopes(&self, state: &[f64]) -> Vec<f64> {
        (0..self.basis.states()).map(|k| self.partial(state, &[k])).collect()
    }

    /// The second derivatives `∂²V/∂s∂s'`, a row a state.
    pub fn curvatures(&self, state: &[f64]) -> Vec<Vec<f64>> {
        let states = self.basis.states();
        (0..states).map(|k| (0..states).map(|l| self.partial(state, &[k, l])).collect()).collect()
    }

    /// Whether the state lies in the box on which the value was found. Outside of it a value is an extrapolation, exact
    /// only where the function [is quadratic](Self::quadratic).
    pub fn covers(&self, state: &[f64]) -> bool {
        let Basis { lower, upper, .. } = &self.basis;
        let mut ends = state.iter().zip(lower.iter().zip(upper));
        state.len() == lower.len() && ends.all(|(s, (lower, upper))| (lower..=upper).contains(&s))
    }

    /// The same function as `½s'Ps + b's + a`, if it is quadratic or simpler.
    pub fn quadratic(&self) -> Option<Quadratic> {
        let states = self.basis.states();
        let largest = self.coefficients.iter().fold(0.0_f64, |most, c| most.max(c.abs()));
        let order = |at: usize| self.basis.orders(at).iter().sum::<usize>();
        let higher = self.coefficients.iter().enumerate().filter(|(at, _)| order(*at) > 2);
        if higher.fold(0.0_f64, |most, (_, c)| most.max(c.abs())) > NOTHING * largest {
            return None;
        }
        // Without the higher terms, which the origin, when it lies outside of the box, would magnify.
        let coefficients = self.coefficients.iter().enumerate();
        let coefficients = coefficients.map(|(at, c)| if order(at) > 2 { 0.0 } else { *c }).collect();
        let plain = ValueFunction { basis: self.basis.clone(), coefficients };
        let origin = vec![0.0; states];
        Some(Quadratic::of(&plain.curvatures(&origin), &plain.slopes(&origin), plain.at(&origin)))
    }

    /// The derivative along these states, one after the other.
    fn partial(&self, state: &[f64], along: &[usize]) -> f64 {
        if state.len() != self.basis.states() {
            return f64::NAN;
        }
        dot(&self.basis.derivative(state, along), &self.coefficients)
    }
}
