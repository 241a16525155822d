//! A manufacturer's national brand against the retailer's private label: a specification of ours, not a paper's, of the
//! question of Karray and Martín-Herrán (2009).
//!
//! The manufacturer sells the national brand to the retailer at `w` and advertises it (`A_M`); the retailer adds the margin
//! `n`, sells its own label at `p_S` and advertises that (`A_R`). Each firm's advertising builds the goodwill of its brand and
//! harms the other's, and demands are linear:
//!
//! ```math
//! \dot G_N=A_M-\theta A_R-d_NG_N,\qquad\dot G_S=A_R-\theta A_M-d_SG_S,
//! ```
//!
//! ```math
//! D_N=I_N-b(w+n)+\psi p_S,\quad D_S=I_S-bp_S+\psi(w+n),\qquad I_j=\alpha_j+\gamma_jG_j,
//! ```
//!
//! ```math
//! \text{profits}\quad wD_N-\tfrac{c_M}2A_M^2,\qquad nD_N+p_SD_S-\tfrac{c_R}2A_R^2 .
//! ```
//!
//! Prices move no goodwill. If all is decided at once they are
//!
//! ```math
//! w=\frac{I_N}{3b},\qquad p_S=\frac{bI_S+\psi I_N}{2(b^2-\psi^2)},\qquad n=\frac{I_N/3+\psi p_S}b,
//! ```
//!
//! so that flows are quadratic in goodwill, and [`NationalPrivateLabel::linear_quadratic`] has the values by matrices.
//!
//! # Source
//!
//! Karray and Martín-Herrán, "A dynamic model for advertising and pricing competition between national and store brands",
//! European Journal of Operational Research 193 (2009). The paper was not read beyond its opening; equations and solution
//! are ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::NationalPrivateLabel;
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let channel = NationalPrivateLabel::example();
//! let found = channel.feedback(&Structure::simultaneous())?;
//! let today = found.policy(&[1.0, 1.0])?;
//! // Demand for the national brand at price 0 is 1 + 0.5·1, and b = 1.
//! assert!((today[NationalPrivateLabel::WHOLESALE_PRICE] - 0.5).abs() < 1e-9);
//! let matrices = channel.linear_quadratic()?.feedback_nash()?;
//! assert!((found.payoffs()[1] - matrices.values()[1].at(&[1.0, 1.0])?).abs() < 1e-8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::affine::{Affine, earning, sum};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError};
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One brand, and the advertising of the firm that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// `α`, demand without goodwill at prices of 0.
    pub base_demand: f64,
    /// `γ`, demand per unit of goodwill.
    pub goodwill_effect: f64,
    /// `d`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `c`, the cost of advertising: `c A²/2` a unit of time.
    pub cost: f64,
    /// `G(0)`.
    pub initial_goodwill: f64,
}

impl Brand {
    /// Goodwill, to three times where it doubles demand.
    fn state(&self, name: &'static str, symbol: &'static str) -> State {
        let reach = 3.0 * (self.base_demand / self.goodwill_effect).max(self.initial_goodwill);
        State::new(name, 0.0, reach).symbol(symbol).unit("goodwill").starting_at(self.initial_goodwill)
    }

    /// `I`, demand at prices of 0.
    #[inline]
    fn intercept<T: Scalar>(&self, goodwill: T) -> T {
        goodwill * self.goodwill_effect + self.base_demand
    }
}

/// The numbers of the model; see [`NationalPrivateLabel::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// The manufacturer's brand.
    pub national: Brand,
    /// The retailer's brand.
    pub private: Brand,
    /// `b`, demand lost per unit of a brand's own price.
    pub price_effect: f64,
    /// `ψ`, demand won per unit of the other brand's price.
    pub cross_price_effect: f64,
    /// `θ`, goodwill that a unit of advertising takes from the other brand.
    pub interference: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let brand = |of: usize| Brand {
            base_demand: v[1 + of],
            goodwill_effect: v[3 + of],
            decay: v[5 + of],
            cost: v[7 + of],
            initial_goodwill: v[12 + of],
        };
        Parameters {
            discount_rate: v[0],
            national: brand(0),
            private: brand(1),
            price_effect: v[9],
            cross_price_effect: v[10],
            interference: v[11],
        }
    }

    /// `b² − ψ²`.
    fn steepness(&self) -> f64 {
        (self.price_effect - self.cross_price_effect) * (self.price_effect + self.cross_price_effect)
    }

    /// `w`, `n` and `p_S` at given demands at prices of 0.
    #[inline]
    fn prices<T: Scalar>(&self, national: T, private: T) -> [T; 3] {
        let (b, psi) = (self.price_effect, self.cross_price_effect);
        let label = (private * b + national * psi) / (2.0 * self.steepness());
        [national / (3.0 * b), (national / 3.0 + label * psi) / b, label]
    }

    /// `D_N` and `D_S`.
    #[inline]
    fn demands<T: Scalar>(&self, state: &[T], [w, n, label]: [T; 3]) -> [T; 2] {
        let (b, psi) = (self.price_effect, self.cross_price_effect);
        [
            self.national.intercept(state[0]) - (w + n) * b + label * psi,
            self.private.intercept(state[1]) - label * b + (w + n) * psi,
        ]
    }
}

/// Two brands, of a manufacturer and its retailer. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct NationalPrivateLabel(Parameters);

impl NationalPrivateLabel {
    /// The wholesale price `w` of the national brand; it costs nothing to make.
    pub const WHOLESALE_PRICE: usize = 0;
    /// Advertising of the national brand `A_M`, the manufacturer's.
    pub const NATIONAL: usize = 1;
    /// The retailer's margin `n` on the national brand.
    pub const RETAIL_MARGIN: usize = 2;
    /// The price `p_S` of the private label, the retailer's.
    pub const LABEL_PRICE: usize = 3;
    /// Advertising of the private label `A_R`, the retailer's.
    pub const PRIVATE: usize = 4;

    /// The model at these parameters: interference and the effect of the other's price zero or positive, the latter below
    /// the effect of the own price; goodwill at the start zero or positive, all else positive.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(NationalPrivateLabel(parameters))?;
        let Parameters { price_effect, cross_price_effect, .. } = parameters;
        if cross_price_effect < price_effect {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "cross_price_effect".to_owned(),
            value: cross_price_effect,
            condition: format!("it is below the effect of the own price, {price_effect}"),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The game by matrices if all is decided at once, prices already set: the manufacturer is player 0, the retailer
    /// player 1. It holds where both advertise. Profits grow with the square of goodwill, so that a cheap enough brand
    /// feeds on itself: then there is no stabilising solution.
    ///
    /// # Errors
    ///
    /// As [`LinearQuadratic::new`], for numbers too large for its matrices.
    pub fn linear_quadratic(&self) -> Result<LinearQuadratic, LinearQuadraticError> {
        let p = &self.0;
        let [national, private]: [Affine; 2] = [
            [p.national.base_demand, p.national.goodwill_effect, 0.0],
            [p.private.base_demand, 0.0, p.private.goodwill_effect],
        ];
        let b = p.price_effect;
        let at = |k: usize| p.prices(national[k], private[k]);
        let [w, n, label]: [Affine; 3] = std::array::from_fn(|price| std::array::from_fn(|k| at(k)[price]));
        // The first-order conditions give demands: b w for the national brand, b p_S − ψ n for the label.
        let sold = [sum(b, w, 0.0, w), sum(b, label, -p.cross_price_effect, n)];
        let theta = p.interference;
        let agent = |effect: [[f64; 1]; 2], cost: f64, earned: &[[Affine; 2]]| {
            earning(Agent::new(effect, cost, p.discount_rate), earned)
        };
        let agents = vec![
            agent([[1.0], [-theta]], p.national.cost, &[[w, sold[0]]]),
            agent([[-theta], [1.0]], p.private.cost, &[[n, sold[0]], [label, sold[1]]]),
        ];
        LinearQuadratic::new([[-p.national.decay, 0.0], [0.0, -p.private.decay]], &[0.0; 2], agents)
    }
}

impl Game for NationalPrivateLabel {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let [w, n, label] = p.prices(p.national.base_demand, p.private.base_demand);
        let price = |name: &'static str, symbol: &'static str, typical: f64| {
            Decision::new(name, Retailer).symbol(symbol).unit("money per unit").typical(typical)
        };
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, brand: Brand, margin: f64| {
            let worth = margin * brand.goodwill_effect / (p.discount_rate + brand.decay);
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(0.5 * worth / brand.cost)
        };
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .typical(w),
            effort("national_advertising", "A_M", Manufacturer, p.national, w),
            price("retail_margin", "n", n),
            price("label_price", "p_S", label),
            effort("label_advertising", "A_R", Retailer, p.private, label),
        ]
    }
}

impl DifferentialGame for NationalPrivateLabel {
    fn states(&self) -> Vec<State> {
        vec![self.0.national.state("national_goodwill", "G_N"), self.0.private.state("label_goodwill", "G_S")]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        out[0] = x[Self::NATIONAL] - x[Self::PRIVATE] * p.interference - state[0] * p.national.decay;
        out[1] = x[Self::PRIVATE] - x[Self::NATIONAL] * p.interference - state[1] * p.private.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let prices = [x[Self::WHOLESALE_PRICE], x[Self::RETAIL_MARGIN], x[Self::LABEL_PRICE]];
        let [national, private] = p.demands(state, prices);
        out[0] = prices[0] * national - x[Self::NATIONAL].square() * (0.5 * p.national.cost);
        out[1] =
            prices[1] * national + prices[2] * private - x[Self::PRIVATE].square() * (0.5 * p.private.cost);
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    fn conditions_at_state<T: Scalar>(&self, state: &[T], x: &[T]) -> Vec<Condition<T>> {
        let prices = [x[Self::WHOLESALE_PRICE], x[Self::RETAIL_MARGIN], x[Self::LABEL_PRICE]];
        let [national, private] = self.0.demands(state, prices);
        vec![Condition::require("demand", national.min(private))]
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let p = &self.0;
        let intercepts = [p.national.intercept(state[0]), p.private.intercept(state[1])];
        let together = structure.same_rules(&Structure::cooperative());
        let (prices, worths) = if together {
            let twice = 2.0 * p.steepness();
            let price = |own: T, other: T| (own * p.price_effect + other * p.cross_price_effect) / twice;
            let [national, label] =
                [price(intercepts[0], intercepts[1]), price(intercepts[1], intercepts[0])];
            let joint = [costates[0] + costates[2], costates[1] + costates[3]];
            ([T::constant(0.0), national, label], [joint, joint])
        } else if structure.same_rules(&Structure::simultaneous()) {
            let own = |at: usize| [costates[at], costates[at + 1]];
            (p.prices(intercepts[0], intercepts[1]), [own(0), own(2)])
        } else {
            return false;
        };
        let [m, r] = worths;
        [x[Self::WHOLESALE_PRICE], x[Self::RETAIL_MARGIN], x[Self::LABEL_PRICE]] = prices;
        x[Self::NATIONAL] = ((m[0] - m[1] * p.interference) / p.national.cost).positive_part();
        x[Self::PRIVATE] = ((r[1] - r[0] * p.interference) / p.private.cost).positive_part();
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("national_base_demand", "aN", "units per time", Range::POSITIVE),
    Parameter::new("label_base_demand", "aS", "units per time", Range::POSITIVE),
    Parameter::new("national_goodwill_effect", "gN", "units per goodwill", Range::POSITIVE),
    Parameter::new("label_goodwill_effect", "gS", "units per goodwill", Range::POSITIVE),
    Parameter::new("national_decay", "dN", "per time", Range::POSITIVE),
    Parameter::new("label_decay", "dS", "per time", Range::POSITIVE),
    Parameter::new("manufacturer_cost", "cM", "money per effort squared", Range::POSITIVE),
    Parameter::new("retailer_cost", "cR", "money per effort squared", Range::POSITIVE),
    Parameter::new("price_effect", "b", "units per money", Range::POSITIVE),
    Parameter::new("cross_price_effect", "psi", "units per money", Range::NON_NEGATIVE),
    Parameter::new("interference", "th", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).each(2).or(1.0),
];

impl Model for NationalPrivateLabel {
    const NAME: &'static str = "national_private_label";
    const TITLE: &'static str =
        "a national brand and the retailer's private label: prices and advertising, over time";
    const SOURCE: &'static str =
        "after Karray and Martin-Herran 2009, European Journal of Operational Research 193";
    const PROVENANCE: &'static str =
        "not read beyond the opening; the specification is ours, solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let brands = [p.national, p.private];
        let single = |value: f64| vec![value];
        let mut values = vec![single(p.discount_rate)];
        for of in [
            |brand: &Brand| brand.base_demand,
            |brand: &Brand| brand.goodwill_effect,
            |brand: &Brand| brand.decay,
            |brand: &Brand| brand.cost,
        ] {
            values.extend(brands.iter().map(of).map(single));
        }
        values.extend([p.price_effect, p.cross_price_effect, p.interference].map(single));
        values.push(brands.iter().map(|brand| brand.initial_goodwill).collect());
        values
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "simultaneous",
                "each firm decides for itself at every moment",
                Structure::simultaneous(),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 1.0, 0.8, 0.5, 0.4, 0.4, 0.5, 3.0, 3.0, 1.0, 0.3, 0.2, 1.0, 1.0];
        NationalPrivateLabel(Parameters::from_list(&list))
    }
}
