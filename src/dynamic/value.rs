//! What a player's future is worth, as a function of the state.

use std::fmt;

use super::basis::{Basis, dot, terms};
use super::linear_quadratic::Quadratic;
use super::ode::larger;

/// A term this small against the largest is rounding.
const NOTHING: f64 = 1e-9;

/// Where a value, or a payoff, passes through zero it is no scale: then this share of the terms that make it up is. (An error of
/// 1e-10 of this is 1e-12 of the terms, which is still four digits above their rounding.)
pub(crate) const VANISHING: f64 = 1e-2;

/// What an error may be of a payoff of one's own, where it is this share of the largest: a tolerance of 1e-10 then leaves every
/// player, however small, six digits.
const SMALL: f64 = 1e-4;
/// A payoff below this share of the largest is rounding.
const NOTHING_OF_ALL: f64 = 1e-10;

/// The largest of these errors, each with the size of its own payoff: as a share of the largest size and, weighed by [`SMALL`], of
/// its own.
pub(crate) fn share(sized: &[(f64, f64)]) -> f64 {
    let largest = sized.iter().fold(f64::MIN_POSITIVE, |most, (_, own)| most.max(own.abs()));
    let scale = |own: f64| (own.abs().max(NOTHING_OF_ALL * largest) / SMALL).min(largest);
    sized.iter().fold(0.0, |worst, (error, own)| larger(worst, error / scale(*own)))
}

/// What a player's future is worth as a function of the state: a polynomial in each state on a box, or, where a formula
/// is known, a quadratic function on all of space.
///
/// ```
/// use coopad::dynamic::ValueFunction;
/// use coopad::dynamic::linear_quadratic::Quadratic;
///
/// // A hundred states of worth 2 each: no box, no grid.
/// let value = ValueFunction::from(Quadratic::affine(&[2.0; 100], 1.0)?);
/// assert_eq!(value.at(&[1.0; 100]), 201.0);
/// assert!(value.covers(&[1e6; 100]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ValueFunction {
    form: Form,
}

#[derive(Clone, PartialEq)]
enum Form {
    /// A sum of Chebyshev products.
    Polynomial { basis: Basis, coefficients: Vec<f64> },
    /// A formula, and whether it bends anywhere.
    Known { quadratic: Quadratic, bends: bool },
}

/// The box and the degrees; hundreds of coefficients tell a reader nothing.
impl fmt::Debug for ValueFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ValueFunction");
        match &self.form {
            Form::Polynomial { basis: Basis { lower, upper, degrees }, .. } => {
                out.field("lower", lower).field("upper", upper).field("degrees", degrees);
            }
            Form::Known { .. } => {
                out.field("states", &self.states()).field("degree", &self.degree());
            }
        }
        out.finish_non_exhaustive()
    }
}

impl From<Quadratic> for ValueFunction {
    /// The function that this formula gives, everywhere.
    fn from(quadratic: Quadratic) -> Self {
        let bends = quadratic.curvature.largest() != 0.0;
        ValueFunction { form: Form::Known { quadratic, bends } }
    }
}

impl ValueFunction {
    pub(crate) fn polynomial(basis: Basis, coefficients: Vec<f64>) -> Self {
        ValueFunction { form: Form::Polynomial { basis, coefficients } }
    }

    /// How many states there are.
    pub(crate) fn states(&self) -> usize {
        match &self.form {
            Form::Polynomial { basis, .. } => basis.states(),
            Form::Known { quadratic, .. } => quadratic.slope().len(),
        }
    }

    /// The highest degree in any state.
    pub(crate) fn degree(&self) -> usize {
        match &self.form {
            Form::Polynomial { basis, .. } => basis.degree(),
            Form::Known { bends, .. } => 1 + usize::from(*bends),
        }
    }

    /// The box and the degrees, if there are any.
    pub(crate) fn basis(&self) -> Option<&Basis> {
        match &self.form {
            Form::Polynomial { basis, .. } => Some(basis),
            Form::Known { .. } => None,
        }
    }

    /// The coefficients of the products of the basis, if there are any.
    pub(crate) fn coefficients(&self) -> &[f64] {
        match &self.form {
            Form::Polynomial { coefficients, .. } => coefficients,
            Form::Known { .. } => &[],
        }
    }

    /// The value at a state; NaN for a state with the wrong number of entries.
    pub fn at(&self, state: &[f64]) -> f64 {
        match &self.form {
            Form::Polynomial { .. } => self.partial(state, &[]),
            _ if state.len() != self.states() => f64::NAN,
            Form::Known { quadratic, .. } => {
                // The slope at the origin and the one here, half and half.
                let slopes = self.slopes(state);
                let mean = slopes.iter().zip(quadratic.slope()).map(|(here, there)| 0.5 * (here + there));
                quadratic.constant + mean.zip(state).map(|(slope, s)| slope * s).sum::<f64>()
            }
        }
    }

    /// What a unit more of each state is worth: the costates `∂V/∂s`.
    pub fn slopes(&self, state: &[f64]) -> Vec<f64> {
        let states = self.states();
        match &self.form {
            Form::Polynomial { .. } => (0..states).map(|k| self.partial(state, &[k])).collect(),
            Form::Known { .. } if state.len() != states => vec![f64::NAN; states],
            Form::Known { quadratic, bends: false } => quadratic.slope().to_vec(),
            Form::Known { quadratic, bends: true } => {
                let rows = quadratic.curvature.entries().chunks_exact(states.max(1));
                rows.zip(quadratic.slope()).map(|(row, slope)| slope + dot(row, state)).collect()
            }
        }
    }

    /// The slopes of all these functions, one after the other. Products that they share are computed once.
    pub(crate) fn costates(values: &[Self], state: &[f64]) -> Vec<f64> {
        let mut costates = Vec::with_capacity(values.len() * state.len());
        let mut shared: Option<(&Basis, Vec<Vec<f64>>)> = None;
        for value in values {
            let (basis, coefficients) = match &value.form {
                Form::Polynomial { basis, coefficients } if state.len() == basis.states() => {
                    (basis, coefficients)
                }
                _ => {
                    costates.extend(value.slopes(state));
                    continue;
                }
            };
            let rows = match shared.take() {
                Some((other, rows)) if other == basis => rows,
                _ => (0..state.len()).map(|k| basis.derivative(state, &[k])).collect(),
            };
            costates.extend(rows.iter().map(|row| dot(row, coefficients)));
            shared = Some((basis, rows));
        }
        costates
    }

    /// The second derivatives `∂²V/∂s∂s'`, a row a state.
    pub fn curvatures(&self, state: &[f64]) -> Vec<Vec<f64>> {
        let states = self.states();
        match &self.form {
            Form::Polynomial { .. } => {
                (0..states).map(|k| (0..states).map(|l| self.partial(state, &[k, l])).collect()).collect()
            }
            Form::Known { .. } if state.len() != states => vec![vec![f64::NAN; states]; states],
            Form::Known { quadratic, .. } => {
                quadratic.curvature.entries().chunks_exact(states.max(1)).map(<[f64]>::to_vec).collect()
            }
        }
    }

    /// Whether the state lies in the box on which the value was found. Outside of it a value is an extrapolation, exact
    /// only where the function [is quadratic](Self::quadratic). A value known by a formula has no box: it covers every
    /// state.
    pub fn covers(&self, state: &[f64]) -> bool {
        match &self.form {
            Form::Polynomial { basis: Basis { lower, upper, .. }, .. } => {
                let mut ends = state.iter().zip(lower.iter().zip(upper));
                state.len() == lower.len() && ends.all(|(s, (lower, upper))| (lower..=upper).contains(&s))
            }
            Form::Known { .. } => state.len() == self.states(),
        }
    }

    /// The same function as `½s'Ps + b's + a`, if it is quadratic or simpler.
    pub fn quadratic(&self) -> Option<Quadratic> {
        let (basis, coefficients) = match &self.form {
            Form::Known { quadratic, .. } => return Some(quadratic.clone()),
            Form::Polynomial { basis, coefficients } => (basis, coefficients),
        };
        let order = |at: usize| basis.orders(at).iter().sum::<usize>();
        let largest = coefficients.iter().fold(0.0_f64, |most, c| most.max(c.abs()));
        let higher = coefficients.iter().enumerate().filter(|(at, _)| order(*at) > 2);
        if higher.fold(0.0_f64, |most, (_, c)| most.max(c.abs())) > NOTHING * largest {
            return None;
        }
        // Without the higher terms, which the origin, when it lies outside of the box, would magnify.
        let simple = |(at, c): (usize, &f64)| if order(at) > 2 { 0.0 } else { *c };
        let plain =
            ValueFunction::polynomial(basis.clone(), coefficients.iter().enumerate().map(simple).collect());
        let origin = vec![0.0; self.states()];
        Some(Quadratic::of(&plain.curvatures(&origin), &plain.slopes(&origin), plain.at(&origin)))
    }

    /// The size of the terms that make up the value at a state: what its rounding, and errors of its, are measured by where the value
    /// itself passes through zero.
    pub(crate) fn terms(&self, state: &[f64]) -> f64 {
        match &self.form {
            Form::Polynomial { basis, coefficients } if state.len() == basis.states() => {
                terms(&basis.derivative(state, &[]), coefficients)
            }
            Form::Polynomial { .. } => f64::NAN,
            Form::Known { quadratic, .. } => {
                let slopes = self.slopes(state);
                let means = slopes
                    .iter()
                    .zip(quadratic.slope())
                    .map(|(here, there)| 0.5 * (here.abs() + there.abs()));
                means.zip(state).fold(quadratic.constant.abs(), |size, (slope, s)| size + slope * s.abs())
            }
        }
    }

    /// What errors in these values at a state are measured by: each by the value itself, by [`VANISHING`] of its terms, by [`SMALL`] of
    /// the largest.
    pub(crate) fn sizes(values: &[Self], state: &[f64]) -> Vec<f64> {
        let all: Vec<f64> = values.iter().map(|value| value.at(state)).collect();
        let least = all.iter().fold(f64::MIN_POSITIVE, |least, value| least.max(SMALL * value.abs()));
        let terms = values.iter().map(|value| VANISHING * value.terms(state));
        all.iter().zip(terms).map(|(value, terms)| value.abs().max(terms).max(least)).collect()
    }

    /// Whether all of these are quadratic or simpler.
    pub(crate) fn all_quadratic(values: &[Self]) -> bool {
        values.iter().all(|value| value.quadratic().is_some())
    }

    /// Whether it may bend: it is linear where it does not.
    pub(crate) fn may_bend(&self) -> bool {
        !matches!(&self.form, Form::Known { bends: false, .. })
    }

    /// A polynomial's derivative along these states, one after the other.
    fn partial(&self, state: &[f64], along: &[usize]) -> f64 {
        match &self.form {
            Form::Polynomial { basis, coefficients } if state.len() == basis.states() => {
                dot(&basis.derivative(state, along), coefficients)
            }
            _ => f64::NAN,
        }
    }
}
