//! Goodwill of a monopolist (after Nerlove and Arrow 1962).
//!
//! A firm builds goodwill `G` by advertising `a`, and goodwill decays:
//!
//! ```math
//! \dot G=\lambda a-\delta G,\qquad \text{profit}=\pi\bigl(bG-\tfrac e2G^2\bigr)-\tfrac c2a^2 .
//! ```
//!
//! The linear-quadratic version has the value function `V = −KG²/2 + BG + A` with, for `q = λ²/c`,
//!
//! ```math
//! K=\frac{2\pi e}{r+2\delta+\sqrt{(r+2\delta)^2+4q\pi e}},\qquad B=\frac{\pi b}{r+\delta+qK},\qquad A=\frac{qB^2}{2r},
//! ```
//!
//! and the policy `a = (λ/c)(B − KG)`, positive up to goodwill of `B/K`. Goodwill tends to
//!
//! ```math
//! G_{ss}=\frac{qB}{\delta+qK}=\frac{\pi bq}{\delta(r+\delta)+q\pi e} .
//! ```
//!
//! The authors' own rule, for advertising that costs what is spent on it, is [`goodwill_to_sales`].
//!
//! # Source
//!
//! Nerlove and Arrow, "Optimal advertising policy under dynamic conditions", Economica 29 (1962). The paper's text was
//! not read: the model is stated from general knowledge, and the linear-quadratic version is ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Monopolist, NerloveArrow};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let firm = NerloveArrow::example();
//! let best = firm.feedback(&Structure::cooperative())?;
//! let formula = firm.value_function().at(&[5.0])?;
//! assert!((best.value(Monopolist, &[5.0]) - formula).abs() < 1e-8);
//! assert!((firm.steady_state() - 12.5).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::Monopolist;
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`NerloveArrow::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, the discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `λ`, goodwill per unit of advertising.
    pub effectiveness: f64,
    /// `c`, the cost of advertising: `c a²/2` a unit of time.
    pub cost: f64,
    /// `b`, sales per unit of goodwill when there is little of it.
    pub demand_effect: f64,
    /// `e`, how fast a unit of goodwill loses its effect on sales: they are `bG − eG²/2`.
    pub saturation: f64,
    /// `π`, money per unit sold.
    pub margin: f64,
    /// `G(0)`, the goodwill at the start.
    pub initial_goodwill: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            discount_rate: v[0],
            decay: v[1],
            effectiveness: v[2],
            cost: v[3],
            demand_effect: v[4],
            saturation: v[5],
            margin: v[6],
            initial_goodwill: v[7],
        }
    }

    /// `q = λ²/c`.
    fn power(&self) -> f64 {
        self.effectiveness * self.effectiveness / self.cost
    }

    /// `K` and `B`.
    fn coefficients(&self) -> [f64; 2] {
        let (q, curved) = (self.power(), self.margin * self.saturation);
        let rate = self.discount_rate + 2.0 * self.decay;
        let bend = 2.0 * curved / (rate + (rate * rate + 4.0 * q * curved).sqrt());
        [bend, self.margin * self.demand_effect / (self.discount_rate + self.decay + q * bend)]
    }
}

/// A monopolist with goodwill. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct NerloveArrow(Parameters);

impl NerloveArrow {
    /// Advertising `a`.
    pub const ADVERTISING: usize = 0;

    /// The model at these parameters: all positive but `saturation` and `initial_goodwill`, which may be zero; the firm
    /// still advertises at its initial goodwill, `G(0) ≤ B/K`.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(NerloveArrow(parameters))?;
        let [bend, slope] = model.0.coefficients();
        let initial = model.0.initial_goodwill;
        if bend * initial <= slope {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "initial_goodwill".to_owned(),
            value: initial,
            condition: format!("the firm does not advertise above goodwill of B/K = {}", slope / bend),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// `V = −KG²/2 + BG + A`, for goodwill up to `B/K`, where advertising ends.
    pub fn value_function(&self) -> Quadratic {
        let [bend, slope] = self.0.coefficients();
        let constant = self.0.power() * slope * slope / (2.0 * self.0.discount_rate);
        Quadratic::of(&[vec![-bend]], &[slope], constant)
    }

    /// The goodwill to which the firm moves.
    pub fn steady_state(&self) -> f64 {
        let p = &self.0;
        let q = p.power();
        let kept = p.decay * (p.discount_rate + p.decay) + q * p.margin * p.saturation;
        p.margin * p.demand_effect * q / kept
    }

    /// Goodwill up to which the value is looked at: beyond the steady state, but not where advertising ends.
    fn reach(&self) -> f64 {
        let [bend, slope] = self.0.coefficients();
        let steady = self.steady_state();
        let inside = if bend > 0.0 { 0.5 * (steady + slope / bend) } else { f64::INFINITY };
        inside.min(3.0 * steady).max(self.0.initial_goodwill)
    }
}

/// Nerlove and Arrow's rule: what a long-run optimal stock of goodwill is worth as a share of sales revenue,
///
/// ```math
/// \frac{G^*}{pS}=\frac{\beta}{\eta\,(r+\delta)},
/// ```
///
/// when a unit of goodwill costs a unit of money. `goodwill_elasticity` is `β`, by how many per cent sales rise with one
/// per cent of goodwill; `price_elasticity` is `η`, by how many per cent they fall with one per cent of price;
/// `discount_rate` is `r` and `decay` is `δ`, a unit of time, and revenue `pS` is counted in that unit of time. All are
/// positive.
///
/// # Errors
///
/// For a number that is not positive and finite.
///
/// ```
/// let ratio = coopad::dynamic::models::nerlove_arrow::goodwill_to_sales(0.1, 2.0, 0.05, 0.2)?;
/// assert!((ratio - 0.2).abs() < 1e-12);
/// # Ok::<(), coopad::ParameterError>(())
/// ```
pub fn goodwill_to_sales(
    goodwill_elasticity: f64,
    price_elasticity: f64,
    discount_rate: f64,
    decay: f64,
) -> Result<f64, ParameterError> {
    let named = [
        ("goodwill_elasticity", "beta", goodwill_elasticity),
        ("price_elasticity", "eta", price_elasticity),
        ("discount_rate", "r", discount_rate),
        ("decay", "delta", decay),
    ];
    for (name, symbol, value) in named {
        Parameter::new(name, symbol, "none", Range::POSITIVE).check(&[value])?;
    }
    Ok(goodwill_elasticity / (price_elasticity * (discount_rate + decay)))
}

impl Game for NerloveArrow {
    type Player = Monopolist;

    fn players(&self) -> Vec<Monopolist> {
        vec![Monopolist]
    }

    fn decisions(&self) -> Vec<Decision<Monopolist>> {
        let typical = self.0.decay * self.steady_state() / self.0.effectiveness;
        vec![Decision::new("advertising", Monopolist).symbol("a").unit("effort").typical(typical)]
    }
}

impl DifferentialGame for NerloveArrow {
    fn states(&self) -> Vec<State> {
        let goodwill = State::new("goodwill", 0.0, self.reach()).symbol("G").unit("goodwill");
        vec![goodwill.starting_at(self.0.initial_goodwill)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] * self.0.effectiveness - state[0] * self.0.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { demand_effect, saturation, margin, cost, .. } = self.0;
        let sales = state[0] * demand_effect - state[0].square() * (0.5 * saturation);
        out[0] = sales * margin - x[0].square() * (0.5 * cost);
    }

    fn discount(&self, _: Monopolist) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Monopolist>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        x[0] = (costates[0] * (self.0.effectiveness / self.0.cost)).positive_part();
        Monopolist::is_free(structure)
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::POSITIVE),
    Parameter::new("effectiveness", "lam", "goodwill per effort", Range::POSITIVE),
    Parameter::new("cost", "c", "money per effort squared", Range::POSITIVE),
    Parameter::new("demand_effect", "b", "units per goodwill", Range::POSITIVE),
    Parameter::new("saturation", "e", "units per goodwill squared", Range::NON_NEGATIVE),
    Parameter::new("margin", "pi", "money per unit", Range::POSITIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).or(0.0),
];

impl Model for NerloveArrow {
    const NAME: &'static str = "nerlove_arrow";
    const TITLE: &'static str = "a monopolist's goodwill over time";
    const SOURCE: &'static str = "Nerlove and Arrow 1962, Economica 29";
    const PROVENANCE: &'static str =
        "stated from general knowledge; the linear-quadratic version and its solution are ours";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        singles(&[
            p.discount_rate,
            p.decay,
            p.effectiveness,
            p.cost,
            p.demand_effect,
            p.saturation,
            p.margin,
            p.initial_goodwill,
        ])
    }

    fn structures() -> Vec<Scheme<Monopolist>> {
        vec![Scheme::new("monopoly", "the firm maximises its profit", Structure::cooperative())]
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        NerloveArrow(Parameters::from_list(&[0.1, 0.2, 1.0, 1.0, 2.0, 0.1, 1.0, 0.0]))
    }
}
