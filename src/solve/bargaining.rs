//! Splitting the gain from cooperation between two parties.
//!
//! Together the parties gain a surplus `Δ` over what each has without an agreement. A bargaining rule names what
//! each receives of it; the rules here are those of Section 1.2 of the static canon (Huang & Li 2001, Xie & Wei
//! 2009, Aust & Buscher 2012), re-derived.

use serde::Serialize;

use crate::error::ParameterError;

/// What two parties gain by cooperating, over a status quo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Surplus {
    /// What the parties have without an agreement.
    pub status_quo: [f64; 2],
    /// The gain of both together, `Δ`. Negative when the status quo is better.
    pub gain: f64,
}

impl Surplus {
    /// The surplus of a joint payoff `together` over a status quo.
    pub fn new(together: f64, status_quo: [f64; 2]) -> Self {
        Surplus { status_quo, gain: together - status_quo[0] - status_quo[1] }
    }

    /// Payoffs under the Nash bargaining solution with bargaining power `power` (0 to 1) of the first party:
    /// the status quo plus `power · Δ` and `(1 − power) · Δ`. The symmetric solution has `power = 1/2`.
    ///
    /// # Errors
    ///
    /// When `power` is not in `[0, 1]`.
    pub fn nash(&self, power: f64) -> Result<[f64; 2], ParameterError> {
        if !(0.0..=1.0).contains(&power) {
            let allowed = "between 0 and 1".to_owned();
            return Err(ParameterError::OutOfRange { parameter: "power".to_owned(), value: power, allowed });
        }
        let first = power * self.gain;
        Ok([self.status_quo[0] + first, self.status_quo[1] + self.gain - first])
    }
}

/// The first party's gain when both maximise `u₁^{μ₁} u₂^{μ₂}` with power utilities `uᵢ = gᵢ^{λᵢ}`:
///
/// ```math
/// g_1 = \frac{\lambda_1 \mu_1}{\lambda_1 \mu_1 + \lambda_2 \mu_2}\,\Delta
/// ```
///
/// `gain` is the surplus `Δ ≥ 0` in money; `exponents` are the `λᵢ > 0` (1 is risk neutral, less is more risk
/// averse), `powers` the bargaining powers `μᵢ > 0`.
///
/// # Errors
///
/// When a number is out of its range.
///
/// ```
/// // Equal powers, first party more risk averse: it gets less than half.
/// let g = coopad::solve::power_split(10.0, [0.5, 1.0], [0.5, 0.5])?;
/// assert!((g - 10.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), coopad::ParameterError>(())
/// ```
pub fn power_split(gain: f64, exponents: [f64; 2], powers: [f64; 2]) -> Result<f64, ParameterError> {
    require("gain", gain, gain >= 0.0, "zero or positive")?;
    for value in exponents {
        require("exponent", value, value > 0.0, "positive")?;
    }
    for value in powers {
        require("power", value, value > 0.0, "positive")?;
    }
    let (first, second) = (exponents[0] * powers[0], exponents[1] * powers[1]);
    Ok(gain * first / (first + second))
}

/// The first party's gain under symmetric Nash bargaining with constant absolute risk aversion,
/// `uᵢ = 1 − exp(−bᵢ gᵢ)`: the one root in `(0, Δ)` of
///
/// ```math
/// \frac{b_1}{e^{b_1 g} - 1} = \frac{b_2}{e^{b_2(\Delta - g)} - 1}
/// ```
///
/// The left side falls and the right side rises in `g`, so the root is unique; equal aversions give `Δ/2`, and the
/// more risk-averse party gets less. `gain` is in money, `aversion` in 1/money.
///
/// # Errors
///
/// When a number is out of its range.
///
/// ```
/// let g = coopad::solve::cara_split(2.0, [1.0, 1.0])?;
/// assert!((g - 1.0).abs() < 1e-12);
/// # Ok::<(), coopad::ParameterError>(())
/// ```
pub fn cara_split(gain: f64, aversion: [f64; 2]) -> Result<f64, ParameterError> {
    require("gain", gain, gain >= 0.0, "zero or positive")?;
    for value in aversion {
        require("aversion", value, value > 0.0, "positive")?;
    }
    let [b1, b2] = aversion;
    // b₁(1 − e^{−b₂h})e^{…} cleared of overflow: compare b₁ e^{−b₁g}/(1 − e^{−b₁g}) with its counterpart.
    let pull = |b: f64, g: f64| b * (-b * g).exp() / -(-b * g).exp_m1();
    let (mut low, mut high) = (0.0, gain);
    // Bisection: monotone, bounded, and exact to the last bit after at most some 1100 halvings.
    while low < high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if pull(b1, middle) > pull(b2, gain - middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(0.5 * (low + high))
}

fn require(parameter: &str, value: f64, holds: bool, allowed: &str) -> Result<(), ParameterError> {
    if holds && value.is_finite() {
        return Ok(());
    }
    Err(ParameterError::OutOfRange { parameter: parameter.to_owned(), value, allowed: allowed.to_owned() })
}
