//! A monopolist's market share under uncertainty (after Sethi 1983).
//!
//! Advertising `u` wins customers from the part of the market that does not buy, customers forget, and both are noisy:
//!
//! ```math
//! dx=\bigl(ru\sqrt{1-x}-\delta x\bigr)dt+\sigma\sqrt{x(1-x)}\,dz,\qquad \text{profit}=\pi x-u^2 .
//! ```
//!
//! The value function is linear, `V = λx + λ²r²/(4ρ)`, so that noise changes neither the policy nor the value:
//!
//! ```math
//! \lambda=\frac{2\pi}{\rho+\delta+\sqrt{(\rho+\delta)^2+r^2\pi}},\qquad u=\tfrac{r\lambda}2\sqrt{1-x} .
//! ```
//!
//! The expected share tends to `x̄ = a/(a + δ)` at the rate `a + δ`, with `a = r²λ/2`.
//!
//! # Source
//!
//! Sethi, "Deterministic and stochastic optimization of a dynamic advertising model", Optimal Control Applications and
//! Methods 4 (1983). Dynamics, payoff and value function were read in a restatement; this form of the noise, one of
//! those that vanish at both ends, is ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Monopolist, Sethi};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let firm = Sethi::example();
//! let best = firm.feedback(&Structure::cooperative())?;
//! let formula = firm.value_function().at(&[0.5])?;
//! assert!((best.value(Monopolist, &[0.5]) - formula).abs() < 1e-8);
//! assert!((best.policy(&[0.5])?[Sethi::ADVERTISING] - 0.6089514651).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Monopolist, SHARE, linear};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`Sethi::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `ρ`, the discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of customers who forget, a unit of time.
    pub decay: f64,
    /// `r`, what a unit of effort wins.
    pub effectiveness: f64,
    /// `π`, money a unit of time for the whole market.
    pub margin: f64,
    /// `σ`, the strength of the noise `σ√(x(1−x))`.
    pub volatility: f64,
    /// `x(0)`, the share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            discount_rate: v[0],
            decay: v[1],
            effectiveness: v[2],
            margin: v[3],
            volatility: v[4],
            initial_share: v[5],
        }
    }

    /// `λ`, what the whole market is worth.
    fn slope(&self) -> f64 {
        let (rate, r) = (self.discount_rate + self.decay, self.effectiveness);
        2.0 * self.margin / (rate + (rate * rate + r * r * self.margin).sqrt())
    }

    /// `a = r²λ/2`, the rate at which the rest of the market is won.
    fn pull(&self) -> f64 {
        0.5 * self.effectiveness * self.effectiveness * self.slope()
    }
}

/// A monopolist with a noisy market share. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Sethi(Parameters);

impl Sethi {
    /// Advertising effort `u`; it costs `u²`.
    pub const ADVERTISING: usize = 0;

    /// The model at these parameters: discount rate, effectiveness and margin positive, decay and volatility zero or
    /// positive, the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(Sethi(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// `V = λx + λ²r²/(4ρ)`.
    pub fn value_function(&self) -> Quadratic {
        let (p, slope) = (&self.0, self.0.slope());
        linear(slope, (slope * p.effectiveness).powi(2) / (4.0 * p.discount_rate))
    }

    /// The share to which the market moves, on average where there is noise.
    pub fn steady_state(&self) -> f64 {
        let pull = self.0.pull();
        pull / (pull + self.0.decay)
    }

    /// The expected share after `time`, if the firm starts from its initial share.
    pub fn expected_share(&self, time: f64) -> f64 {
        let steady = self.steady_state();
        steady + (self.0.initial_share - steady) * (-(self.0.pull() + self.0.decay) * time).exp()
    }
}

impl Game for Sethi {
    type Player = Monopolist;

    fn players(&self) -> Vec<Monopolist> {
        vec![Monopolist]
    }

    fn decisions(&self) -> Vec<Decision<Monopolist>> {
        let typical = 0.25 * self.0.effectiveness * self.0.slope();
        vec![Decision::new("advertising", Monopolist).symbol("u").unit("effort").typical(typical)]
    }
}

impl DifferentialGame for Sethi {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let rest = (-state[0] + 1.0).sqrt();
        out[0] = rest * x[0] * self.0.effectiveness - state[0] * self.0.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = state[0] * self.0.margin - x[0].square();
    }

    fn discount(&self, _: Monopolist) -> f64 {
        self.0.discount_rate
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = (state[0] * -(state[0] - 1.0)).positive_part().sqrt() * self.0.volatility;
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Monopolist>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let rest = (-state[0] + 1.0).sqrt();
        x[0] = (costates[0] * rest * (0.5 * self.0.effectiveness)).positive_part();
        Monopolist::is_free(structure)
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "rho", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::NON_NEGATIVE),
    Parameter::new("effectiveness", "r", "per effort per time", Range::POSITIVE),
    Parameter::new("margin", "pi", "money per time", Range::POSITIVE),
    Parameter::new("volatility", "sigma", "per root time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for Sethi {
    const NAME: &'static str = "sethi";
    const ALIASES: &'static [&'static str] = &["sethi1983", "sethi_1983"];
    const TITLE: &'static str = "a monopolist's market share over time, with noise";
    const SOURCE: &'static str = "Sethi 1983, Optimal Control Applications and Methods 4";
    const PROVENANCE: &'static str =
        "dynamics, payoff and value function read in a restatement, not in the paper";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        singles(&[p.discount_rate, p.decay, p.effectiveness, p.margin, p.volatility, p.initial_share])
    }

    fn structures() -> Vec<Scheme<Monopolist>> {
        vec![Scheme::new("monopoly", "the firm maximises its profit", Structure::cooperative())]
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        Sethi(Parameters::from_list(&[0.05, 0.1, 1.0, 1.0, 0.1, 0.5]))
    }
}
