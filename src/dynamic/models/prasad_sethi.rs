//! Two firms' advertising for market shares under uncertainty (Prasad and Sethi 2004).
//!
//! Each firm wins customers from the other, customers churn, and all of it is noisy; `x` is the first firm's share:
//!
//! ```math
//! dx=\bigl(k_1u_1\sqrt{1-x}-k_2u_2\sqrt x-\delta(2x-1)\bigr)dt+\sigma\sqrt{x(1-x)}\,dz,
//! ```
//!
//! ```math
//! \text{profits}\quad \pi_1x-c_1u_1^2,\qquad \pi_2(1-x)-c_2u_2^2 .
//! ```
//!
//! In feedback Nash equilibrium values are linear, `V₁ = α₁ + β₁x` and `V₂ = α₂ + β₂(1 − x)`, so that noise changes
//! neither policies nor values. With `Rᵢ = kᵢ²/(4cᵢ)` and `Wᵢ = ρᵢ + 2δ`
//!
//! ```math
//! \pi_1=W_1\beta_1+R_1\beta_1^2+2R_2\beta_1\beta_2,\qquad \pi_2=W_2\beta_2+R_2\beta_2^2+2R_1\beta_1\beta_2,\qquad
//! \rho_i\alpha_i=R_i\beta_i^2+\delta\beta_i,
//! ```
//!
//! ```math
//! u_1=\frac{k_1\beta_1}{2c_1}\sqrt{1-x},\qquad u_2=\frac{k_2\beta_2}{2c_2}\sqrt x .
//! ```
//!
//! **There is one such equilibrium.** The first equation gives `β₁ = 2π₁/(Y + √(Y² + 4R₁π₁))` with `Y = W₁ + 2R₂β₂`, and
//! then `β₁β₂` rises with `β₂`, since `2R₂β₂ < √(Y² + 4R₁π₁)`: the right side of the second equation rises from 0 and
//! takes the value `π₂` once.
//!
//! The expected share tends to `x̄ = (A₁ + δ)/(A₁ + A₂ + 2δ)` at the rate `A₁ + A₂ + 2δ`, with `Aᵢ = kᵢ²βᵢ/(2cᵢ)`.
//!
//! # Source
//!
//! Prasad and Sethi, "Competitive advertising under uncertainty: a stochastic differential game approach", Journal of
//! Optimization Theory and Applications 123 (2004). Dynamics and payoffs were read in a textbook's restatement; the
//! solution, and that it is the only one of this form, was derived here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{PrasadSethi, Rival};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = PrasadSethi::example();
//! let nash = market.feedback(&Structure::simultaneous())?;
//! let [first, second] = market.value_functions();
//! assert!((nash.value(Rival::First, &[0.1]) - first.at(&[0.1])?).abs() < 1e-8);
//! assert!((nash.value(Rival::Second, &[0.1]) - second.at(&[0.1])?).abs() < 1e-8);
//! assert!((market.steady_state() - 0.3441707419).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Rival, SHARE, crossing, linear};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One firm's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `ρ`, the discount rate, a unit of time.
    pub discount_rate: f64,
    /// `k`, what a unit of effort wins.
    pub effectiveness: f64,
    /// `c`, the cost of effort: `c u²` a unit of time.
    pub cost: f64,
    /// `π`, money a unit of time for the whole market.
    pub margin: f64,
}

impl Firm {
    /// `R = k²/(4c)`.
    fn power(&self) -> f64 {
        self.effectiveness * self.effectiveness / (4.0 * self.cost)
    }
}

/// The numbers of the model; see [`PrasadSethi::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
    /// `δ`, the share of either firm's customers who go to the other, a unit of time.
    pub churn: f64,
    /// `σ`, the strength of the noise `σ√(x(1−x))`.
    pub volatility: f64,
    /// `x(0)`, the first firm's share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm {
            discount_rate: v[of],
            effectiveness: v[2 + of],
            cost: v[4 + of],
            margin: v[6 + of],
        };
        Parameters { first: firm(0), second: firm(1), churn: v[8], volatility: v[9], initial_share: v[10] }
    }

    fn firms(&self) -> [Firm; 2] {
        [self.first, self.second]
    }

    /// `β₁` and `β₂`, what the whole market is worth to each.
    pub(super) fn slopes(&self) -> [f64; 2] {
        let [first, second] = self.firms();
        let [r1, r2] = [first.power(), second.power()];
        let [w1, w2] = self.firms().map(|firm| firm.discount_rate + 2.0 * self.churn);
        // The positive root of r b² + y b = margin, without cancellation.
        let root = |r: f64, y: f64, margin: f64| 2.0 * margin / (y + (y * y + 4.0 * r * margin).sqrt());
        let reply = |b2: f64| root(r1, w1 + 2.0 * r2 * b2, first.margin);
        let excess = |b2: f64| (w2 + 2.0 * r1 * reply(b2)) * b2 + r2 * b2 * b2 - second.margin;
        let b2 = crossing(0.0, root(r2, w2, second.margin), excess);
        [reply(b2), b2]
    }

    /// `A₁` and `A₂`, the rates at which the firms win the other's customers.
    fn pulls(&self) -> [f64; 2] {
        let ([first, second], [b1, b2]) = (self.firms(), self.slopes());
        [2.0 * first.power() * b1, 2.0 * second.power() * b2]
    }
}

/// Two firms and a noisy market share. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct PrasadSethi(Parameters);

impl PrasadSethi {
    /// The first firm's effort `u₁`; it costs `c₁u₁²`.
    pub const FIRST: usize = 0;
    /// The second firm's effort `u₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: the firms' numbers positive, churn and volatility zero or positive, the initial
    /// share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(PrasadSethi(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// Both firms' values in feedback Nash equilibrium, as functions of the first firm's share.
    pub fn value_functions(&self) -> [Quadratic; 2] {
        let ([first, second], [b1, b2]) = (self.0.firms(), self.0.slopes());
        let constant = |firm: Firm, b: f64| (firm.power() * b + self.0.churn) * b / firm.discount_rate;
        [linear(b1, constant(first, b1)), linear(-b2, constant(second, b2) + b2)]
    }

    /// The first firm's share to which the market moves in feedback Nash equilibrium, on average where there is noise.
    pub fn steady_state(&self) -> f64 {
        let ([a1, a2], churn) = (self.0.pulls(), self.0.churn);
        (a1 + churn) / (a1 + a2 + 2.0 * churn)
    }

    /// The first firm's expected share after `time` in feedback Nash equilibrium, from its initial one.
    pub fn expected_share(&self, time: f64) -> f64 {
        let [a1, a2] = self.0.pulls();
        let steady = self.steady_state();
        steady + (self.0.initial_share - steady) * (-(a1 + a2 + 2.0 * self.0.churn) * time).exp()
    }
}

impl Game for PrasadSethi {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        let ([first, second], [b1, b2]) = (self.0.firms(), self.0.slopes());
        let half = |firm: Firm, b: f64| 0.25 * firm.effectiveness * b / firm.cost;
        Rival::efforts([half(first, b1), half(second, b2)])
    }
}

impl DifferentialGame for PrasadSethi {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, churn, .. } = self.0;
        let (share, rest) = (state[0], -state[0] + 1.0);
        out[0] = rest.sqrt() * x[0] * first.effectiveness - share.sqrt() * x[1] * second.effectiveness
            + (rest - share) * churn;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, .. } = self.0;
        out[0] = state[0] * first.margin - x[0].square() * first.cost;
        out[1] = (-state[0] + 1.0) * second.margin - x[1].square() * second.cost;
    }

    fn discount(&self, player: Rival) -> f64 {
        match player {
            Rival::First => self.0.first.discount_rate,
            Rival::Second => self.0.second.discount_rate,
        }
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = (state[0] * -(state[0] - 1.0)).positive_part().sqrt() * self.0.volatility;
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Parameters { first, second, .. } = self.0;
        let Some([own, other]) = Rival::worths(structure, costates) else { return false };
        let effort = |worth: T, open: T, firm: Firm| {
            (worth * open.sqrt() * (0.5 * firm.effectiveness / firm.cost)).positive_part()
        };
        x[0] = effort(own, -state[0] + 1.0, first);
        x[1] = effort(-other, state[0], second);
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate_1", "rho1", "per time", Range::POSITIVE),
    Parameter::new("discount_rate_2", "rho2", "per time", Range::POSITIVE),
    Parameter::new("effectiveness_1", "k1", "per effort per time", Range::POSITIVE),
    Parameter::new("effectiveness_2", "k2", "per effort per time", Range::POSITIVE),
    Parameter::new("cost_1", "c1", "money per effort squared", Range::POSITIVE),
    Parameter::new("cost_2", "c2", "money per effort squared", Range::POSITIVE),
    Parameter::new("margin_1", "pi1", "money per time", Range::POSITIVE),
    Parameter::new("margin_2", "pi2", "money per time", Range::POSITIVE),
    Parameter::new("churn", "delta", "per time", Range::NON_NEGATIVE),
    Parameter::new("volatility", "sigma", "per root time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for PrasadSethi {
    const NAME: &'static str = "prasad_sethi";
    const ALIASES: &'static [&'static str] = &["prasad_sethi2004", "prasad_sethi_2004"];
    const TITLE: &'static str = "two firms' market shares over time, with noise";
    const SOURCE: &'static str = "Prasad and Sethi 2004, Journal of Optimization Theory and Applications 123";
    const PROVENANCE: &'static str =
        "dynamics and payoffs read in a textbook's restatement, not in the paper; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { first, second, churn, volatility, initial_share } = self.0;
        let each = |of: fn(&Firm) -> f64| [of(&first), of(&second)];
        let firms =
            [each(|f| f.discount_rate), each(|f| f.effectiveness), each(|f| f.cost), each(|f| f.margin)];
        singles(&[&firms.concat()[..], &[churn, volatility, initial_share]].concat())
    }

    fn structures() -> Vec<Scheme<Rival>> {
        Rival::schemes()
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.2, 0.15, 0.6, 0.6, 2.0, 1.0, 3.0, 2.5, 0.05, 0.1, 0.5];
        PrasadSethi(Parameters::from_list(&list))
    }
}
