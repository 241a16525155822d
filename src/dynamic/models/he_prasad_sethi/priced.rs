//! The same with prices: margins follow from a wholesale and a retail price.

use serde::{Deserialize, Serialize};

use super::super::super::game::{DifferentialGame, State};
use super::super::SHARE;
use super::{HePrasadSethi, PROVENANCE, Parameters, SOURCE, claims, schemes};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`HePrasadSethiPriced::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricedParameters {
    /// `η`, the share of demand lost per unit of price.
    pub price_effect: f64,
    /// `c`, money per unit.
    pub production_cost: f64,
    /// `k`, what a unit of the retailer's effort wins.
    pub effectiveness: f64,
    /// `r`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of customers lost a unit of time.
    pub decay: f64,
    /// `σ`, the strength of the noise `σ√(x(1−x))`.
    pub volatility: f64,
    /// `x(0)`, the share served at the start.
    pub initial_share: f64,
}

/// One manufacturer, one retailer and a market share that buys `1 − ηp`.
///
/// ```math
/// (w-c)(1-\eta p)x-\theta u^2,\qquad(p-w)(1-\eta p)x-(1-\theta)u^2 .
/// ```
///
/// Prices concern the present alone, and are the same at every share: under the manufacturer's leadership
/// `w = (1 + ηc)/(2η)` and `p = (3 + ηc)/(4η)`, which leaves the margins `M = (1 − ηc)²/(8η)` and `m = M/2`; together
/// `p = (1 + ηc)/(2η)` and `M + m = (1 − ηc)²/(4η)`. With them it is [`HePrasadSethi`]. At `M = 2m` the manufacturer
/// always supports.
///
/// ```
/// use coopad::dynamic::SolveOverTime;
/// use coopad::dynamic::models::HePrasadSethiPriced;
/// use coopad::models::{Channel, Model};
/// use coopad::prelude::*;
///
/// let channel = HePrasadSethiPriced::example();
/// let structure = Structure::leader(Channel::Manufacturer);
/// let now = channel.feedback(&structure)?.policy(&[0.5])?.profile().to_vec();
/// assert!((now[HePrasadSethiPriced::WHOLESALE_PRICE] - 0.6).abs() < 1e-9);
/// assert!((now[HePrasadSethiPriced::RETAIL_PRICE] - 0.8).abs() < 1e-9);
/// assert!((now[HePrasadSethiPriced::PARTICIPATION] - 0.5665147).abs() < 1e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HePrasadSethiPriced(PricedParameters);

impl HePrasadSethiPriced {
    /// The participation rate `θ`, the manufacturer's.
    pub const PARTICIPATION: usize = HePrasadSethi::PARTICIPATION;
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE_PRICE: usize = 1;
    /// The retail price `p`, the retailer's.
    pub const RETAIL_PRICE: usize = 2;
    /// The effort of local advertising `u`, the retailer's; it costs `u²`, shared.
    pub const LOCAL: usize = 3;

    /// The model at these parameters: price effect, effectiveness and discount rate positive; production cost, decay and
    /// volatility zero or positive; the initial share from 0 to 1; and demand at cost positive, `ηc < 1`.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: PricedParameters) -> Result<Self, ParameterError> {
        let model = checked(HePrasadSethiPriced(parameters))?;
        if parameters.price_effect * parameters.production_cost < 1.0 {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "production_cost".to_owned(),
            value: parameters.production_cost,
            condition: "demand at production cost must be positive: price_effect · production_cost < 1"
                .to_owned(),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &PricedParameters {
        &self.0
    }

    /// The manufacturer leads at every moment but pays for nobody's advertising.
    pub fn no_support() -> Structure<Channel> {
        HePrasadSethi::no_support()
    }

    /// Wholesale and retail price, the same at every moment and every share; together the firms trade at cost. `None`
    /// under rules other than the manufacturer's leadership, with a rate of its choice or a given one, and cooperation.
    pub fn prices(&self, structure: &Structure<Channel>) -> Option<[f64; 2]> {
        let cost = self.0.production_cost;
        let part = |share: f64| cost + share * (1.0 / self.0.price_effect - cost);
        if structure.same_rules(&Structure::cooperative()) {
            Some([cost, part(0.5)])
        } else {
            let led = Structure::leader(Channel::Manufacturer);
            structure.same_rules_but(Self::PARTICIPATION, &led).then(|| [part(0.5), part(0.75)])
        }
    }

    /// The game that is left at these prices.
    ///
    /// `None` as for [`HePrasadSethiPriced::prices`]. Together the firms trade at cost: the whole margin is then the
    /// retailer's.
    pub fn at_prices(&self, structure: &Structure<Channel>) -> Option<HePrasadSethi> {
        let p = &self.0;
        let [wholesale, retail] = self.prices(structure)?;
        let demand = 1.0 - p.price_effect * retail;
        Some(HePrasadSethi(Parameters {
            manufacturer_margin: (wholesale - p.production_cost) * demand,
            retailer_margin: (retail - wholesale) * demand,
            effectiveness: p.effectiveness,
            discount_rate: p.discount_rate,
            decay: p.decay,
            national_effectiveness: 0.0,
            national_cost: 1.0,
            volatility: p.volatility,
            initial_share: p.initial_share,
        }))
    }

    /// The values of manufacturer and retailer, linear in the share; `None` as for [`HePrasadSethiPriced::prices`], and
    /// at a given rate that is not below 1.
    pub fn value_functions(&self, structure: &Structure<Channel>) -> Option<[Quadratic; 2]> {
        self.at_prices(structure)?.value_functions(structure)
    }

    /// The share to which the market moves; `None` as for [`HePrasadSethiPriced::value_functions`].
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<f64> {
        self.at_prices(structure)?.steady_state(structure)
    }
}

impl Game for HePrasadSethiPriced {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let (cost, choke) = (self.0.production_cost, 1.0 / self.0.price_effect);
        let price = |share: f64| cost + share * (choke - cost);
        let joint = self.at_prices(&Structure::cooperative()).map_or(0.0, |game| game.0.joint());
        let effort = (0.25 * self.0.effectiveness * joint).max(f64::MIN_POSITIVE);
        vec![
            Channel::participation_rate().symbol("theta"),
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(cost)
                .typical(price(0.5)),
            Decision::new("retail_price", Retailer)
                .symbol("p")
                .unit("money per unit")
                .neutral(cost)
                .typical(price(0.75)),
            Decision::new("local_advertising", Retailer).symbol("u").unit("effort").typical(effort),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision {
            Self::PARTICIPATION => Interval::unit(),
            Self::WHOLESALE_PRICE => Interval::at_least(T::constant(self.0.production_cost)),
            Self::RETAIL_PRICE => Interval::at_least(x[Self::WHOLESALE_PRICE]),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }
}

impl DifferentialGame for HePrasadSethiPriced {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let won = (-state[0] + 1.0).sqrt() * x[Self::LOCAL] * self.0.effectiveness;
        out[0] = won - state[0] * self.0.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (wholesale, retail) = (x[Self::WHOLESALE_PRICE], x[Self::RETAIL_PRICE]);
        let sold = (-retail * self.0.price_effect + 1.0) * state[0];
        let spend = x[Self::LOCAL].square();
        let paid = x[Self::PARTICIPATION] * spend;
        out[0] = (wholesale - self.0.production_cost) * sold - paid;
        out[1] = (retail - wholesale) * sold - spend + paid;
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = (state[0] * -(state[0] - 1.0)).positive_part().sqrt() * self.0.volatility;
    }

    fn conditions_at_state<T: Scalar>(&self, _: &[T], x: &[T]) -> Vec<Condition<T>> {
        vec![Condition::require("demand", -(x[Self::RETAIL_PRICE] * self.0.price_effect - 1.0))]
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some((game, [wholesale, retail])) = self.at_prices(structure).zip(self.prices(structure)) else {
            return false;
        };
        let mut rest = [T::constant(0.0); 3];
        let known = game.closed_form_at(structure, state, costates, &mut rest);
        x[Self::PARTICIPATION] = rest[HePrasadSethi::PARTICIPATION];
        x[Self::WHOLESALE_PRICE] = T::constant(wholesale);
        x[Self::RETAIL_PRICE] = T::constant(retail);
        x[Self::LOCAL] = rest[HePrasadSethi::LOCAL];
        known
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("price_effect", "eta", "share of demand per money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("effectiveness", "k", "per effort per time", Range::POSITIVE),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::NON_NEGATIVE),
    Parameter::new("volatility", "sigma", "per root time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.2),
];

impl Model for HePrasadSethiPriced {
    const NAME: &'static str = "he_prasad_sethi_priced";
    const TITLE: &'static str = "prices and a market share over time, one manufacturer, one retailer";
    const SOURCE: &'static str = SOURCE;
    const PROVENANCE: &'static str = PROVENANCE;

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        let list = required(PARAMETERS, values)?.concat();
        Self::new(PricedParameters {
            price_effect: list[0],
            production_cost: list[1],
            effectiveness: list[2],
            discount_rate: list[3],
            decay: list[4],
            volatility: list[5],
            initial_share: list[6],
        })
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let prices = [p.price_effect, p.production_cost];
        let share = [p.effectiveness, p.discount_rate, p.decay, p.volatility, p.initial_share];
        singles(&[&prices[..], &share].concat())
    }

    fn structures() -> Vec<Scheme<Channel>> {
        schemes()
    }

    fn claims() -> &'static [Claim] {
        claims::PRICED_CLAIMS
    }

    fn example() -> Self {
        HePrasadSethiPriced(PricedParameters {
            price_effect: 1.0,
            production_cost: 0.2,
            effectiveness: 1.0,
            discount_rate: 0.05,
            decay: 0.1,
            volatility: 0.25,
            initial_share: 0.2,
        })
    }
}
