//! Prices, advertising and who leads, over time: this library's own specification of a question that Jørgensen and Zaccour
//! (1999) and Jørgensen, Sigué and Zaccour (2001) ask.
//!
//! A manufacturer sets the wholesale price `w` and a retailer its margin `m`; each advertises (`A_M`, `A_R`) for one brand
//! whose goodwill multiplies demand:
//!
//! ```math
//! \dot G=l_MA_M+l_RA_R-\delta G,\qquad D=\bigl(\alpha-\beta(w+m)\bigr)G^\kappa,
//! ```
//!
//! ```math
//! \text{profit}_M=(w-c)D-\tfrac{u_M}2A_M^2,\qquad\text{profit}_R=mD-\tfrac{u_R}2A_R^2 .
//! ```
//!
//! Prices do not depend on goodwill. With `X = α − βc`, and `f` what trade earns a unit of `G^κ`:
//!
//! | | `w − c` | `m` | `f_M` | `f_R` |
//! |---|---|---|---|---|
//! | simultaneous | `X/(3β)` | `X/(3β)` | `X²/(9β)` | `X²/(9β)` |
//! | manufacturer leads | `X/(2β)` | `X/(4β)` | `X²/(8β)` | `X²/(16β)` |
//! | retailer leads | `X/(4β)` | `X/(2β)` | `X²/(16β)` | `X²/(8β)` |
//! | cooperative | 0 | `X/(2β)` | | `X²/(4β)` together |
//!
//! For `κ = 1` values are linear in goodwill, `Vᵢ' = fᵢ/(r + δ)`. For `κ < 1` they are no polynomials: collocation finds
//! them on a region around the goodwill that is kept up.
//!
//! # Source
//!
//! The papers were not read, and what they specify is not known to us: the equations are ours, and so is the solution.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{PricingAndLeadership, pricing_and_leadership};
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//!
//! // Goodwill that works by its square root.
//! let numbers = *PricingAndLeadership::example().numbers();
//! let channel =
//!     PricingAndLeadership::new(pricing_and_leadership::Parameters { goodwill_power: 0.5, ..numbers })?;
//! let led = channel.feedback(&Structure::leader(Channel::Manufacturer))?;
//! let lasting = &led.steady_states()?[0];
//! assert!((lasting.state[0] - 3.692984479).abs() < 1e-7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::super::stage::hamiltonians;
use super::linear;
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`PricingAndLeadership::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `l_M`, goodwill per unit of the manufacturer's advertising.
    pub manufacturer_effect: f64,
    /// `l_R`, goodwill per unit of the retailer's advertising.
    pub retailer_effect: f64,
    /// `u_M`, the cost of the manufacturer's advertising: `u A²/2` a unit of time.
    pub manufacturer_cost: f64,
    /// `u_R`, the cost of the retailer's advertising.
    pub retailer_cost: f64,
    /// `α`, demand at price 0 and a goodwill of 1.
    pub base_demand: f64,
    /// `β`, demand lost per unit of price at a goodwill of 1.
    pub price_effect: f64,
    /// `c`, money per unit.
    pub production_cost: f64,
    /// `κ`, from above 0 to 1: demand grows as `G^κ`.
    pub goodwill_power: f64,
    /// `G(0)`, the goodwill at the start.
    pub initial_goodwill: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            discount_rate: v[0],
            decay: v[1],
            manufacturer_effect: v[2],
            retailer_effect: v[3],
            manufacturer_cost: v[4],
            retailer_cost: v[5],
            base_demand: v[6],
            price_effect: v[7],
            production_cost: v[8],
            goodwill_power: v[9],
            initial_goodwill: v[10],
        }
    }

    /// `α − βc`, demand at cost and a goodwill of 1.
    fn surplus(&self) -> f64 {
        self.base_demand - self.price_effect * self.production_cost
    }

    /// Whether demand is proportional to goodwill.
    fn is_proportional(&self) -> bool {
        self.goodwill_power == 1.0
    }

    /// The goodwill that both together keep up: where it earns as much as it costs,
    /// `G^{2−κ} = (l_M²/u_M + l_R²/u_R) κf/(δ(r + δ))`.
    fn kept(&self) -> f64 {
        let power = |effect: f64, cost: f64| effect * effect / cost;
        let strength = power(self.manufacturer_effect, self.manufacturer_cost)
            + power(self.retailer_effect, self.retailer_cost);
        let earned = 0.25 * self.surplus() * self.surplus() / self.price_effect;
        let level =
            strength * self.goodwill_power * earned / (self.decay * (self.discount_rate + self.decay));
        level.powf(1.0 / (2.0 - self.goodwill_power))
    }
}

/// A channel that sets prices and builds goodwill, under any leadership. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct PricingAndLeadership(Parameters);

impl PricingAndLeadership {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE_PRICE: usize = 0;
    /// The manufacturer's advertising `A_M`.
    pub const NATIONAL: usize = 1;
    /// The retailer's margin `m`: the retail price is `w + m`.
    pub const RETAIL_MARGIN: usize = 2;
    /// The retailer's advertising `A_R`.
    pub const LOCAL: usize = 3;

    /// The model at these parameters: rates, costs of advertising, base demand, price effect and initial goodwill positive,
    /// effects and production cost zero or positive, `0 < κ ≤ 1`, and demand at cost positive, `α > βc`.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(PricingAndLeadership(parameters))?;
        if model.0.surplus() > 0.0 {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "base_demand".to_owned(),
            value: model.0.base_demand,
            condition:
                "demand at production cost must be positive: base_demand > price_effect · production_cost"
                    .to_owned(),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The values of manufacturer and retailer where demand is proportional to goodwill, linear in it. `None` for `κ < 1`,
    /// and under rules other than simultaneous play, either firm's leadership and cooperation.
    ///
    /// ```math
    /// V_i=\frac{f_iG}{r+\delta}+c_i,\qquad rc_i=\frac{l_i^2V_i'^2}{2u_i}+\frac{l_j^2V_i'V_j'}{u_j} .
    /// ```
    ///
    /// ```
    /// use coopad::dynamic::models::PricingAndLeadership;
    /// use coopad::models::Model;
    /// use coopad::prelude::*;
    ///
    /// let channel = PricingAndLeadership::example();
    /// let [manufacturer, _] = channel.value_functions(&Structure::simultaneous()).ok_or("no formula")?;
    /// // X = 3 − 0.5: trade earns 2.5²/9 a unit of goodwill.
    /// assert!((manufacturer.slope()[0] - 6.25 / 9.0 / 0.3).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value_functions(&self, structure: &Structure<Channel>) -> Option<[Quadratic; 2]> {
        let Parameters { discount_rate, decay, .. } = self.0;
        let (mut x, mut earned) = ([0.0; 4], [0.0; 2]);
        if !self.0.is_proportional() || !self.closed_form_at(structure, &[1.0], &[0.0; 2], &mut x) {
            return None;
        }
        self.flow(&[1.0], &x, &mut earned);
        let slopes = earned.map(|earned| earned / (discount_rate + decay));
        self.closed_form_at(structure, &[0.0], &slopes, &mut x);
        hamiltonians(self, &[0.0], &slopes, &x, &mut earned);
        let [m, r] = earned.map(|earned| earned / discount_rate);
        Some([linear(slopes[0], m), linear(slopes[1], r)])
    }

    /// The goodwill at which everything rests; `None` as for [`PricingAndLeadership::value_functions`]. For `κ < 1`
    /// [`Feedback::steady_states`](crate::dynamic::Feedback::steady_states) finds it.
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<f64> {
        let slopes = self.value_functions(structure)?.map(|value| value.slope()[0]);
        let (mut x, mut built) = ([0.0; 4], [0.0]);
        self.closed_form_at(structure, &[0.0], &slopes, &mut x);
        self.drift(&[0.0], &x, &mut built);
        Some(built[0] / self.0.decay)
    }

    /// `G^κ`.
    #[inline]
    fn reach<T: Scalar>(&self, goodwill: T) -> T {
        if self.0.is_proportional() { goodwill } else { goodwill.powf(self.0.goodwill_power) }
    }
}

impl Game for PricingAndLeadership {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let margin = p.surplus() / (3.0 * p.price_effect);
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, effect: f64, cost: f64| {
            // Half of what keeps up the joint goodwill alone, less where advertising is weak.
            let typical = 0.5 * p.decay * p.kept() * effect
                / cost
                / (p.manufacturer_effect.powi(2) / p.manufacturer_cost
                    + p.retailer_effect.powi(2) / p.retailer_cost);
            let typical = if typical.is_finite() { typical } else { 0.0 };
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(typical)
        };
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(p.production_cost)
                .typical(p.production_cost + margin),
            effort("national_advertising", "A_M", Manufacturer, p.manufacturer_effect, p.manufacturer_cost),
            Decision::new("retail_margin", Retailer).symbol("m").unit("money per unit").typical(margin),
            effort("local_advertising", "A_R", Retailer, p.retailer_effect, p.retailer_cost),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let lower = if decision == Self::WHOLESALE_PRICE { self.0.production_cost } else { 0.0 };
        Interval::at_least(T::constant(lower))
    }
}

impl DifferentialGame for PricingAndLeadership {
    /// From 0 where values are linear; else from a tenth of the goodwill that both together keep up (or less, if the game
    /// starts lower) to three times as much.
    fn states(&self) -> Vec<State> {
        let (kept, initial) = (self.0.kept().max(f64::MIN_POSITIVE), self.0.initial_goodwill);
        let (lower, upper) = if self.0.is_proportional() {
            (0.0, 3.0 * kept.max(initial))
        } else {
            ((0.1 * kept).min(0.5 * initial), (3.0 * kept).max(2.0 * initial))
        };
        let goodwill = State::new("goodwill", lower, upper).symbol("G").unit("goodwill");
        vec![goodwill.starting_at(initial)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let built = x[Self::NATIONAL] * p.manufacturer_effect + x[Self::LOCAL] * p.retailer_effect;
        out[0] = built - state[0] * p.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let (margin, price) =
            (x[Self::WHOLESALE_PRICE] - p.production_cost, x[Self::WHOLESALE_PRICE] + x[Self::RETAIL_MARGIN]);
        let demand = (-price * p.price_effect + p.base_demand) * self.reach(state[0]);
        out[0] = margin * demand - x[Self::NATIONAL].square() * (0.5 * p.manufacturer_cost);
        out[1] = x[Self::RETAIL_MARGIN] * demand - x[Self::LOCAL].square() * (0.5 * p.retailer_cost);
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    fn conditions_at_state<T: Scalar>(&self, _: &[T], x: &[T]) -> Vec<Condition<T>> {
        let price = x[Self::WHOLESALE_PRICE] + x[Self::RETAIL_MARGIN];
        vec![Condition::require("demand", -(price * self.0.price_effect - self.0.base_demand))]
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let p = &self.0;
        let (joint, alone) = (costates[0] + costates[1], [costates[0], costates[1]]);
        let same = |rules: Structure<Channel>| structure.same_rules(&rules);
        // Margins in units of X/β.
        let (margins, worths) = if same(Structure::simultaneous()) {
            ([1.0 / 3.0, 1.0 / 3.0], alone)
        } else if same(Structure::leader(Channel::Manufacturer)) {
            ([0.5, 0.25], alone)
        } else if same(Structure::leader(Channel::Retailer)) {
            ([0.25, 0.5], alone)
        } else if same(Structure::cooperative()) {
            ([0.0, 0.5], [joint, joint])
        } else {
            return false;
        };
        let unit = p.surplus() / p.price_effect;
        x[Self::WHOLESALE_PRICE] = T::constant(p.production_cost + margins[0] * unit);
        x[Self::NATIONAL] = (worths[0] * (p.manufacturer_effect / p.manufacturer_cost)).positive_part();
        x[Self::RETAIL_MARGIN] = T::constant(margins[1] * unit);
        x[Self::LOCAL] = (worths[1] * (p.retailer_effect / p.retailer_cost)).positive_part();
        true
    }
}

/// Above 0, and 1 at most.
const POWER: Range =
    Range { lower: 0.0, closed: false, below: 1.0 + f64::EPSILON, words: "a number above 0, 1 at most" };
const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::POSITIVE),
    Parameter::new("manufacturer_effect", "lM", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("retailer_effect", "lR", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("manufacturer_cost", "uM", "money per effort squared", Range::POSITIVE),
    Parameter::new("retailer_cost", "uR", "money per effort squared", Range::POSITIVE),
    Parameter::new("base_demand", "al", "units per time, at goodwill 1", Range::POSITIVE),
    Parameter::new("price_effect", "be", "units per time per money, at goodwill 1", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("goodwill_power", "kap", "none", POWER).or(1.0),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::POSITIVE).or(1.0),
];

impl Model for PricingAndLeadership {
    const NAME: &'static str = "pricing_and_leadership";
    const TITLE: &'static str =
        "prices, advertising and goodwill over time, one manufacturer, one retailer, either may lead";
    const SOURCE: &'static str =
        "a question of Jorgensen and Zaccour 1999, Jorgensen, Sigue and Zaccour 2001";
    const PROVENANCE: &'static str = "papers not read: the specification is ours; solution derived here";

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
            p.manufacturer_effect,
            p.retailer_effect,
            p.manufacturer_cost,
            p.retailer_cost,
            p.base_demand,
            p.price_effect,
            p.production_cost,
            p.goodwill_power,
            p.initial_goodwill,
        ])
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "simultaneous",
                "both decide for themselves at every moment",
                Structure::simultaneous(),
            ),
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces its price and advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new(
                "retailer_leads",
                "at every moment the retailer announces its margin and advertising, the manufacturer replies",
                Structure::leader(Channel::Retailer),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        PricingAndLeadership(Parameters::from_list(&[0.1, 0.2, 1.0, 0.6, 1.0, 1.5, 3.0, 1.0, 0.5, 1.0, 1.0]))
    }
}
