//! Splitting the gain from cooperation between two parties.
//!
//! Together the parties gain a surplus `Δ` over what each has without an agreement. A [`Bargain`] says what can be
//! agreed on, a [`Rule`] what is. Nash bargaining over the gain of a channel is the usual one of the literature on co-op
//! advertising (Huang & Li 2001, Xie & Wei 2009, Aust & Buscher 2012), re-derived; the other rules are those of bargaining theory
//! (Kalai & Smorodinsky 1975, Kalai 1977).

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

    /// Payoffs under the Nash bargaining solution of risk-neutral parties with bargaining power `power` (0 to 1) of
    /// the first: the status quo plus `power · Δ` and `(1 − power) · Δ`. The symmetric solution has `power = 1/2`.
    /// A negative `Δ` is a loss shared likewise; [`Bargain`] knows other rules and utilities.
    ///
    /// # Errors
    ///
    /// When `power` is not in `[0, 1]`.
    pub fn nash(&self, power: f64) -> Result<[f64; 2], ParameterError> {
        require("power", power, (0.0..=1.0).contains(&power), SHARE)?;
        let first = power * self.gain;
        Ok([self.status_quo[0] + first, self.status_quo[1] + self.gain - first])
    }
}

/// What a gain `g ≥ 0` of money is worth to a party; nothing is worth 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Utility {
    /// Risk neutral: `u = g`.
    Linear,
    /// `u = g^λ` with this exponent `λ > 0`: 1 is risk neutral, less is more risk averse.
    Power(f64),
    /// Constant absolute risk aversion `b > 0`, per unit of money: `u = 1 − e^{−bg}`.
    Cara(f64),
}

impl Utility {
    fn check(self) -> Result<(), ParameterError> {
        match self {
            Utility::Linear => Ok(()),
            Utility::Power(exponent) => require("exponent", exponent, exponent > 0.0, "positive"),
            Utility::Cara(aversion) => require("aversion", aversion, aversion > 0.0, "positive"),
        }
    }

    /// `ln u(g)`, rising.
    fn log(self, g: f64) -> f64 {
        match self {
            Utility::Linear => g.ln(),
            Utility::Power(exponent) => exponent * g.ln(),
            Utility::Cara(aversion) => {
                let log = aversion.ln() + g.ln() + ln_mean(product(aversion, g));
                log.min(0.0)
            }
        }
    }

    /// `ln(u'/u)` at `g`, falling: how much a party presses for a little more, in Nash's product.
    fn log_pull(self, g: f64) -> f64 {
        match self {
            Utility::Linear => -g.ln(),
            Utility::Power(exponent) => exponent.ln() - g.ln(),
            Utility::Cara(aversion) => {
                let y = product(aversion, g);
                -g.ln() - y - ln_mean(y)
            }
        }
    }

    /// The log odds `ln(s/(1−s))` of the share `s = u(g)/u(g + short)` of what a party could have at most, rising in
    /// `g`. The odds resolve shares near 0 and near 1 alike, where a ratio would round to 1.
    fn log_odds(self, g: f64, short: f64) -> f64 {
        match self {
            Utility::Linear => g.ln() - short.ln(),
            Utility::Power(exponent) => {
                let most = g + short;
                let log = if short < g { (-short / most).ln_1p() } else { (g / most).ln() };
                exponent * log - (-(exponent * log).exp_m1()).ln()
            }
            Utility::Cara(aversion) => {
                let (y, rest) = (product(aversion, g), product(aversion, short));
                g.ln() - short.ln() + y + ln_mean(y) - ln_mean(rest)
            }
        }
    }
}

/// A product that stays finite, so that differences of such products are numbers.
fn product(aversion: f64, gain: f64) -> f64 {
    (aversion * gain).min(f64::MAX)
}

/// `ln((1 − e^{−y})/y)`: the mean of `e^{−s}` over `s` from 0 to `y ≥ 0`.
fn ln_mean(y: f64) -> f64 {
    if y > 0.0 { (-(-y).exp_m1() / y).ln() } else { 0.0 }
}

/// Which of the possible agreements is reached.
///
/// `u_i` is what the gain of party `i` is worth to it and `U_i` the most that it could be worth to it in an agreement
/// that the other accepts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// Nash (1950), with bargaining power of the first party: the product `u₁^μ u₂^{1−μ}` is largest.
    Nash {
        /// `μ`, from 0 to 1; 1/2 is the symmetric solution.
        power: f64,
    },
    /// Kalai and Smorodinsky (1975): both get the same share of the most that they could get, `u₁/U₁ = u₂/U₂`.
    KalaiSmorodinsky,
    /// Kalai (1977): both gain the same, `u₁ = u₂`. Where a limit keeps them from it, the one who gains less gains as
    /// much as the limit allows, and the other has the rest. The rule compares the parties' utilities: they must be
    /// measured on one scale.
    Egalitarian,
}

/// A bargain of two parties over a surplus: the first gains `g`, the second `Δ − g`.
///
/// A gain is worth `u_i` to a party ([`Utility`]), and `g` may be limited to an interval (a participation rate between
/// 0 and 1 moves only so much money). Neither accepts a loss, so the possible agreements are those with
///
/// ```math
/// \max(0,\underline g)\le g\le\min(\Delta,\bar g),\qquad(u_1,u_2)=\bigl(u_1(g),\,u_2(\Delta-g)\bigr).
/// ```
///
/// Every rule picks one of them, so all of `Δ` is shared and nobody loses. **With risk-neutral parties, equal bargaining
/// power and no limits all rules halve the gain**; they differ where utilities bend or limits bind:
///
/// ```
/// use coopad::solve::{Bargain, Rule, Surplus, Utility};
///
/// let rules = [Rule::Nash { power: 0.5 }, Rule::KalaiSmorodinsky, Rule::Egalitarian];
/// let bargain = Bargain::over(Surplus { status_quo: [5.0, 3.0], gain: 2.0 })?;
/// for rule in rules {
///     assert!((bargain.gain(rule)? - 1.0).abs() < 1e-14);
/// }
///
/// // The first party three times as risk averse: it gets less, and how much less depends on the rule.
/// let averse = bargain.with([Utility::Cara(1.5), Utility::Cara(0.5)])?;
/// let [nash, kalai_smorodinsky, egalitarian] = rules.map(|rule| averse.gain(rule));
/// assert!(egalitarian? < kalai_smorodinsky.clone()? && kalai_smorodinsky? < nash.clone()? && nash? < 1.0);
///
/// // The first party can get at most 1.2: that binds nobody but Kalai and Smorodinsky, who share by what could be had.
/// let limited = bargain.limited([0.0, 1.2])?;
/// assert!((limited.gain(Rule::KalaiSmorodinsky)? - 1.2 * 2.0 / (1.2 + 2.0)).abs() < 1e-14);
/// assert!((limited.gain(Rule::Egalitarian)? - 1.0).abs() < 1e-14);
/// # Ok::<(), coopad::ParameterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bargain {
    surplus: Surplus,
    utilities: [Utility; 2],
    /// The smallest and the largest gain of the first party that both accept.
    frontier: [f64; 2],
}

impl Bargain {
    /// Risk-neutral parties share `surplus`, without limits.
    ///
    /// # Errors
    ///
    /// When the gain is negative or not finite: there is nothing to agree on.
    pub fn over(surplus: Surplus) -> Result<Self, ParameterError> {
        require("gain", surplus.gain, surplus.gain >= 0.0, "zero or positive")?;
        // Not -0.
        let gain = surplus.gain.abs();
        Ok(Bargain {
            surplus: Surplus { gain, ..surplus },
            utilities: [Utility::Linear; 2],
            frontier: [0.0, gain],
        })
    }

    /// What gains are worth to the first and the second party.
    ///
    /// # Errors
    ///
    /// When an exponent or a risk aversion is not positive and finite.
    pub fn with(mut self, utilities: [Utility; 2]) -> Result<Self, ParameterError> {
        for utility in utilities {
            utility.check()?;
        }
        self.utilities = utilities;
        Ok(self)
    }

    /// The first party's gain lies between `lowest` and `highest`; either may be infinite.
    ///
    /// # Errors
    ///
    /// When no gain within the limits leaves both parties at least as well off as the status quo.
    pub fn limited(mut self, [lowest, highest]: [f64; 2]) -> Result<Self, ParameterError> {
        let [low, high] = self.frontier;
        self.frontier = [lowest.max(low), highest.min(high)];
        let possible = lowest <= high && highest >= low && lowest <= highest;
        if possible {
            return Ok(self);
        }
        let condition = format!(
            "of the first party's gains from {lowest} to {highest} none leaves both parties without a loss, \
             as those from {low} to {high} do"
        );
        let value = if lowest <= high { highest } else { lowest };
        Err(ParameterError::Inconsistent { parameter: "limits".to_owned(), value, condition })
    }

    /// The smallest and the largest gain of the first party that both accept.
    pub fn frontier(&self) -> [f64; 2] {
        self.frontier
    }

    /// The first party's gain under `rule`; the second's is the rest of the surplus. Right to rounding, about
    /// `1e-15 Δ`.
    ///
    /// # Errors
    ///
    /// When a bargaining power is not in `[0, 1]`.
    pub fn gain(&self, rule: Rule) -> Result<f64, ParameterError> {
        use Utility::{Cara, Linear, Power};
        let total = self.surplus.gain;
        let [first, second] = self.utilities;
        let [low, high] = self.frontier;
        let exponents = match (first, second) {
            (Linear, Linear) => Some([1.0, 1.0]),
            (Power(one), Linear) => Some([one, 1.0]),
            (Linear, Power(two)) => Some([1.0, two]),
            (Power(one), Power(two)) => Some([one, two]),
            _ => None,
        };
        // Every condition balances what falls in the first party's gain with what rises. Where both are so averse that
        // only the exponents e^{−bg} count, all three say the same.
        let far = match (first, second) {
            (Cara(one), Cara(two)) if one.min(two) * total > 1e20 => Some(total * relative([two, one])),
            _ => None,
        };
        let gain = match rule {
            Rule::Nash { power } => {
                require("power", power, (0.0..=1.0).contains(&power), SHARE)?;
                let odds = power.ln() - (1.0 - power).ln();
                match (exponents, far) {
                    _ if power == 0.0 => low,
                    _ if power == 1.0 => high,
                    (Some([one, two]), _) => total * relative([one * power, two * (1.0 - power)]),
                    (None, Some(far)) => far,
                    (None, None) => {
                        root(low, high, |g| odds + first.log_pull(g) > second.log_pull(total - g))
                    }
                }
            }
            // u₁/U₁ against u₂/U₂, where U is had at the ends of the frontier.
            Rule::KalaiSmorodinsky => far.unwrap_or_else(|| {
                root(low, high, |g| first.log_odds(g, high - g) < second.log_odds(total - g, g - low))
            }),
            Rule::Egalitarian => match (first, second) {
                (Linear, Linear) => 0.5 * total,
                // Equal where b₁g₁ = b₂g₂, however flat the utilities are there.
                (Cara(one), Cara(two)) => total * relative([two, one]),
                _ => root(low, high, |g| first.log(g) < second.log(total - g)),
            },
        };
        Ok(gain.max(low).min(high))
    }

    /// Payoffs of both under `rule`: the status quo plus each one's gain.
    ///
    /// # Errors
    ///
    /// As [`Bargain::gain`].
    pub fn payoffs(&self, rule: Rule) -> Result<[f64; 2], ParameterError> {
        let gain = self.gain(rule)?;
        let [first, second] = self.surplus.status_quo;
        Ok([first + gain, second + (self.surplus.gain - gain)])
    }
}

/// Where `more` turns from true to false between `low` and `high`: bisection, to the last bit.
fn root(mut low: f64, mut high: f64, more: impl Fn(f64) -> bool) -> f64 {
    // Some 1100 halvings at most, down to the smallest number; some 55 for a root that is not small.
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return middle;
        }
        if more(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The first party's gain when both maximise `u₁^{μ₁} u₂^{μ₂}` with power utilities `uᵢ = gᵢ^{λᵢ}`:
///
/// ```math
/// g_1 = \frac{\lambda_1 \mu_1}{\lambda_1 \mu_1 + \lambda_2 \mu_2}\,\Delta
/// ```
///
/// `gain` is the surplus `Δ ≥ 0` in money; `exponents` are the `λᵢ > 0` (1 is risk neutral, less is more risk
/// averse), `powers` the bargaining powers `μᵢ > 0`. A short form of [`Bargain::gain`] under [`Rule::Nash`].
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
    for value in powers {
        require("power", value, value > 0.0, "positive")?;
    }
    Bargain::over(Surplus { status_quo: [0.0; 2], gain })?
        .with(exponents.map(Utility::Power))?
        .gain(Rule::Nash { power: relative(powers) })
}

/// The first party's gain under symmetric Nash bargaining with constant absolute risk aversion,
/// `uᵢ = 1 − exp(−bᵢ gᵢ)`: the one root in `(0, Δ)` of
///
/// ```math
/// \frac{b_1}{e^{b_1 g} - 1} = \frac{b_2}{e^{b_2(\Delta - g)} - 1}
/// ```
///
/// The left side falls and the right side rises in `g`, so the root is unique; equal aversions give `Δ/2`, and the
/// more risk-averse party gets less. `gain` is in money, `aversion` in 1/money. A short form of [`Bargain::gain`] under
/// [`Rule::Nash`].
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
    Bargain::over(Surplus { status_quo: [0.0; 2], gain })?
        .with(aversion.map(Utility::Cara))?
        .gain(Rule::Nash { power: 0.5 })
}

/// The first of two positive weights as a share of both.
pub(crate) fn relative([first, second]: [f64; 2]) -> f64 {
    1.0 / (1.0 + second / first)
}

const SHARE: &str = "between 0 and 1";

fn require(parameter: &str, value: f64, holds: bool, allowed: &str) -> Result<(), ParameterError> {
    if holds && value.is_finite() {
        return Ok(());
    }
    Err(ParameterError::OutOfRange { parameter: parameter.to_owned(), value, allowed: allowed.to_owned() })
}
