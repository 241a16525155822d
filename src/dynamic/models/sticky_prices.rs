//! Two firms that sell at a price which adjusts slowly (Fershtman and Kamien 1987).
//!
//! The price moves towards the one that demand would pay for what the firms sell now:
//!
//! ```math
//! \dot p=s\,(a-u_1-u_2-p),\qquad \text{profits}\quad pu_i-cu_i-\tfrac12u_i^2 .
//! ```
//!
//! As long as the firms sell, values are `Vᵢ = Kp²/2 − Ep + g` and sales `uᵢ = (1 − sK)p + sE − c` in feedback Nash
//! equilibrium, where
//!
//! ```math
//! K=\frac{r+6s-\sqrt{(r+6s)^2-12s^2}}{6s^2},\qquad E=\frac{c(1-2sK)-saK}{r+3s-3s^2K} .
//! ```
//!
//! A cartel has the joint value of the same form and `uᵢ = (1 − sK)p + sE − c` with
//!
//! ```math
//! K=\frac{r+6s-\sqrt{(r+6s)^2-16s^2}}{4s^2},\qquad E=\frac{2c(1-sK)-saK}{r+3s-2s^2K} .
//! ```
//!
//! Below the price `(c − sE)/(1 − sK)` nobody sells and the price recovers. Prices are looked at from there, the higher
//! of the two, up to `a`.
//!
//! # Source
//!
//! Fershtman and Kamien, "Dynamic duopolistic competition with sticky prices", Econometrica 55 (1987). The paper's text was
//! not read: the statement is the literature's and agrees with the `K` and `E` known from there; the cartel was derived
//! here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Rival, StickyPrices};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = StickyPrices::example();
//! let nash = market.feedback(&Structure::simultaneous())?;
//! assert!((nash.value(Rival::First, &[0.8]) - 0.717170242).abs() < 1e-8);
//! assert!((market.steady_state(&Structure::simultaneous()).unwrap_or(f64::NAN) - 0.4887511203).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Rival, SHARE};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`StickyPrices::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `s`, how fast the price adjusts, a unit of time.
    pub adjustment: f64,
    /// `a`, the price at which nothing is bought.
    pub choke_price: f64,
    /// `c`, money for the first unit sold; the cost is `cu + u²/2`.
    pub cost: f64,
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `p(0)/a`, the price at the start as a share of the choke price.
    pub initial_price: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            adjustment: v[0],
            choke_price: v[1],
            cost: v[2],
            discount_rate: v[3],
            initial_price: v[4],
        }
    }

    /// `K` and `E`, of each firm's value in Nash equilibrium or of the cartel's.
    fn coefficients(&self, together: bool) -> [f64; 2] {
        let Parameters { adjustment: s, choke_price: a, cost: c, discount_rate: r, .. } = *self;
        let rate = r + 6.0 * s;
        // The roots without cancellation.
        let bend = |square: f64| 1.0 / (rate + (rate * rate - square * s * s).sqrt());
        if together {
            let k = 4.0 * bend(16.0);
            [k, (2.0 * c * (1.0 - s * k) - s * a * k) / (r + 3.0 * s - 2.0 * s * s * k)]
        } else {
            let k = 2.0 * bend(12.0);
            [k, (c * (1.0 - 2.0 * s * k) - s * a * k) / (r + 3.0 * s - 3.0 * s * s * k)]
        }
    }

    /// Slope and intercept of everybody's sales in the price.
    fn sales(&self, together: bool) -> [f64; 2] {
        let [k, e] = self.coefficients(together);
        [1.0 - self.adjustment * k, self.adjustment * e - self.cost]
    }

    /// The price below which nobody sells, under one rule or the other.
    fn idle(&self) -> f64 {
        let price = |together: bool| {
            let [slope, intercept] = self.sales(together);
            -intercept / slope
        };
        price(false).max(price(true))
    }
}

/// Two firms and a slow price. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct StickyPrices(Parameters);

impl StickyPrices {
    /// What the first firm sells, `u₁`.
    pub const FIRST: usize = 0;
    /// What the second firm sells, `u₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: adjustment, choke price and discount rate positive, cost zero or positive and below
    /// the choke price, the initial price from the one at which the firms begin to sell up to the choke price.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(StickyPrices(parameters))?;
        let p = model.0;
        let inconsistent = |parameter: &str, value: f64, condition: String| {
            Err(ParameterError::Inconsistent { parameter: parameter.to_owned(), value, condition })
        };
        if p.cost >= p.choke_price {
            return inconsistent("cost", p.cost, format!("the choke price {} is higher", p.choke_price));
        }
        let idle = p.idle() / p.choke_price;
        if p.initial_price < idle {
            let condition = format!("below a share of {idle} of the choke price nobody sells");
            return inconsistent("initial_price", p.initial_price, condition);
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// Both firms' values, of prices at which they sell, in feedback Nash equilibrium or as halves of a cartel; `None`
    /// under other rules.
    pub fn value_functions(&self, structure: &Structure<Rival>) -> Option<[Quadratic; 2]> {
        let together = Rival::together(structure)?;
        let Parameters { adjustment: s, choke_price: a, cost: c, discount_rate: r, .. } = self.0;
        let ([k, e], [_, u]) = (self.0.coefficients(together), self.0.sales(together));
        // The Hamilton-Jacobi-Bellman equation at the price 0, as if sales of `u` went on there.
        let (share, constant) = if together {
            (0.5, u * u - s * a * e)
        } else {
            (1.0, -c * u - 0.5 * u * u - s * e * (a - 2.0 * u))
        };
        let value = || Quadratic::of(&[vec![share * k]], &[-share * e], share * constant / r);
        Some([value(), value()])
    }

    /// The price that lasts in feedback Nash equilibrium or under a cartel; `None` under other rules.
    pub fn steady_state(&self, structure: &Structure<Rival>) -> Option<f64> {
        let [slope, intercept] = self.0.sales(Rival::together(structure)?);
        Some((self.0.choke_price - 2.0 * intercept) / (1.0 + 2.0 * slope))
    }
}

impl Game for StickyPrices {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        let typical = (self.0.choke_price - self.0.cost) / 3.0;
        let sales = |name: &'static str, symbol: &'static str, owner: Rival| {
            Decision::new(name, owner).symbol(symbol).unit("units per time").typical(typical)
        };
        vec![sales("quantity_1", "u1", Rival::First), sales("quantity_2", "u2", Rival::Second)]
    }
}

impl DifferentialGame for StickyPrices {
    fn states(&self) -> Vec<State> {
        let choke = self.0.choke_price;
        let price = State::new("price", self.0.idle(), choke).symbol("p").unit("money per unit");
        vec![price.starting_at(self.0.initial_price * choke)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-(x[0] + x[1] + state[0]) + self.0.choke_price) * self.0.adjustment;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        for (profit, &sold) in out.iter_mut().zip(x) {
            *profit = (state[0] - self.0.cost) * sold - sold.square() * 0.5;
        }
    }

    fn discount(&self, _: Rival) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(worths) = Rival::worths(structure, costates) else { return false };
        for (sold, worth) in x.iter_mut().zip(worths) {
            *sold = (state[0] - self.0.cost - worth * self.0.adjustment).positive_part();
        }
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("adjustment", "s", "per time", Range::POSITIVE),
    Parameter::new("choke_price", "a", "money per unit", Range::POSITIVE),
    Parameter::new("cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("initial_price", "p0", "share of the choke price", SHARE).or(1.0),
];

impl Model for StickyPrices {
    const NAME: &'static str = "sticky_prices";
    const ALIASES: &'static [&'static str] = &["fershtman_kamien1987", "fershtman_kamien_1987"];
    const TITLE: &'static str = "two firms that sell at a price which adjusts slowly";
    const SOURCE: &'static str = "Fershtman and Kamien 1987, Econometrica 55";
    const PROVENANCE: &'static str =
        "statement and solution from the literature, the paper's text not read; the cartel derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        singles(&[p.adjustment, p.choke_price, p.cost, p.discount_rate, p.initial_price])
    }

    fn structures() -> Vec<Scheme<Rival>> {
        Rival::schemes()
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        StickyPrices(Parameters::from_list(&[1.0, 1.0, 0.1, 0.1, 1.0]))
    }
}
