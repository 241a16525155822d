//! Pricing and co-op advertising in a channel over time (after Zhou and Lin 2014): the founding channel.
//!
//! A manufacturer sells to a retailer at the wholesale price `w`, advertises nationally (`u_M`) and pays the share `φ`
//! of the retailer's local advertising; the retailer sets the retail price `p` and advertises locally (`u_R`). Each
//! kind of advertising builds a goodwill of its own, which decays:
//!
//! ```math
//! \dot G_M=l_Mu_M-d_MG_M,\qquad\dot G_R=l_Ru_R-d_RG_R,
//! ```
//!
//! ```math
//! \pi_M=(w-c)D-\tfrac{k_M}2u_M^2-\varphi\tfrac{k_R}2u_R^2,\qquad\pi_R=(p-w)D-(1-\varphi)\tfrac{k_R}2u_R^2 .
//! ```
//!
//! Goodwill either adds to demand, `D = α − βp + θ_MG_M + θ_RG_R` ([`ChannelPricing`]), and prices follow it; or it
//! multiplies demand, `D = (α − βp)(s₀ + θ_MG_M + θ_RG_R)` ([`ChannelPricingMultiplicative`]), and they do not.
//!
//! Under the manufacturer's stage-wise leadership (feedback Stackelberg) the rate is
//!
//! ```math
//! \varphi=\max\Bigl(0,\frac{2\lambda_M-\lambda_R}{2\lambda_M+\lambda_R}\Bigr),\qquad
//! \lambda_i=\frac{\partial V_i}{\partial G_R},
//! ```
//!
//! exactly 3/5 where goodwill multiplies demand, and close to it where it adds to demand.
//!
//! # Source
//!
//! Zhou and Lin, "Cooperative advertising and pricing models in a dynamic marketing channel", Journal of Systems Science
//! and Systems Engineering (2014), doi:10.1007/s11518-013-5221-x. Only the abstract could be read: the equations are
//! reconstructed from it, with the two stocks of Chintagunta and Jain (1992) and the stage-wise leadership of He, Prasad
//! and Sethi (2009), both of which it cites; all solutions were derived for this library.
//!
//! ```
//! use coopad::dynamic::models::ChannelPricing;
//! use coopad::dynamic::SolveOverTime;
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//! use coopad::solve::Surplus;
//!
//! let channel = ChannelPricing::example();
//! let led = channel.feedback(&Structure::leader(Channel::Manufacturer))?;
//! let joint = channel.feedback(&Structure::cooperative())?;
//! let today = led.policy(&[1.0, 1.0])?;
//! assert!((today[ChannelPricing::PARTICIPATION] - 0.5936992151).abs() < 1e-9);
//! assert!(joint.total() > led.total());
//!
//! // The wholesale price is internal to cooperation: what it creates is shared by a bargain over the values.
//! let apart = [Channel::Manufacturer, Channel::Retailer].map(|firm| led.payoff(firm));
//! let shared = Surplus::new(joint.total(), apart).nash(0.5)?;
//! assert!(shared[0] > apart[0] && shared[1] > apart[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod coefficients;

use serde::{Deserialize, Serialize};

use self::coefficients::{Market, Rules};
use super::super::game::{DifferentialGame, State};
use super::super::linear_quadratic::Quadratic;
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// Goodwill adds to demand: `D = α − βp + θ'G`.
pub type ChannelPricing = PricedChannel<Additive>;
/// Goodwill multiplies demand: `D = (α − βp)(s₀ + θ'G)`.
pub type ChannelPricingMultiplicative = PricedChannel<Multiplicative>;

/// How demand depends on goodwill.
pub trait Demand: Copy + std::fmt::Debug + PartialEq {
    /// The model's name in scenario files.
    const NAME: &'static str;
    /// The model in a sentence.
    const TITLE: &'static str;
    /// The form as the list of numbers after the common ones has it.
    fn from_list(list: &[f64]) -> Self;
    /// Its own numbers.
    fn values(self) -> Vec<f64>;
    /// The parameters of the model, its own last.
    fn parameters() -> &'static [Parameter];
    /// Demand as `a − b p`: its value at price 0 and how much of it a unit of price costs, when goodwill adds `pull`.
    fn line<T: Scalar>(self, base: f64, slope: f64, pull: T) -> [T; 2];
    /// What trade is worth at demand `surplus` at cost, in units of `1/β` and before it is shared: `f₀`, `f` and `Φ` of
    /// `f₀ + f·pull + ½Φ·pull²`.
    fn flow<T: Scalar>(self, surplus: T) -> [T; 3];
    /// The propositions about the model.
    fn claims() -> &'static [Claim];
}

/// `D = α − βp + θ'G`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Additive;

/// `D = (α − βp)(s₀ + θ'G)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Multiplicative {
    /// `s₀`, reach without goodwill.
    pub base_reach: f64,
}

impl Demand for Additive {
    const NAME: &'static str = "channel_pricing";
    const TITLE: &'static str =
        "prices and two goodwills over time, one manufacturer, one retailer; goodwill adds to demand";
    fn from_list(_: &[f64]) -> Self {
        Additive
    }
    fn values(self) -> Vec<f64> {
        Vec::new()
    }
    fn parameters() -> &'static [Parameter] {
        &PARAMETERS[..COMMON]
    }
    #[inline]
    fn line<T: Scalar>(self, base: f64, slope: f64, pull: T) -> [T; 2] {
        [pull + base, T::constant(slope)]
    }
    fn flow<T: Scalar>(self, surplus: T) -> [T; 3] {
        [surplus.square(), surplus * 2.0, T::constant(2.0)]
    }
    fn claims() -> &'static [Claim] {
        claims::ADDITIVE
    }
}

impl Demand for Multiplicative {
    const NAME: &'static str = "channel_pricing_multiplicative";
    const TITLE: &'static str =
        "prices and two goodwills over time, one manufacturer, one retailer; goodwill multiplies demand";
    fn from_list(list: &[f64]) -> Self {
        Multiplicative { base_reach: list[0] }
    }
    fn values(self) -> Vec<f64> {
        vec![self.base_reach]
    }
    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }
    #[inline]
    fn line<T: Scalar>(self, base: f64, slope: f64, pull: T) -> [T; 2] {
        let reach = pull + self.base_reach;
        [reach * base, reach * slope]
    }
    fn flow<T: Scalar>(self, surplus: T) -> [T; 3] {
        let square = surplus.square();
        [square * self.base_reach, square, T::constant(0.0)]
    }
    fn claims() -> &'static [Claim] {
        claims::MULTIPLICATIVE
    }
}

/// One kind of advertising and the goodwill that it builds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goodwill {
    /// `l`, goodwill per unit of effort.
    pub effectiveness: f64,
    /// `d`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `k`, the cost of effort: `k u²/2` a unit of time.
    pub cost: f64,
    /// `θ`, demand (or reach) per unit of goodwill.
    pub demand_effect: f64,
    /// `G(0)`, the goodwill at the start.
    pub initial: f64,
}

/// The numbers of the model; see [`PricedChannel::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<D> {
    /// `ρ`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `α`, demand (per unit of reach) at price 0.
    pub base_demand: f64,
    /// `β`, demand (per unit of reach) lost per unit of price.
    pub price_effect: f64,
    /// `c`, money per unit.
    pub production_cost: f64,
    /// National advertising and its goodwill.
    pub national: Goodwill,
    /// Local advertising and its goodwill.
    pub local: Goodwill,
    /// How demand depends on goodwill.
    pub form: D,
}

impl<D: Demand> Parameters<D> {
    fn from_list(v: &[f64]) -> Self {
        let goodwill = |of: usize| Goodwill {
            effectiveness: v[4 + of],
            decay: v[6 + of],
            cost: v[8 + of],
            demand_effect: v[10 + of],
            initial: v[12 + of],
        };
        Parameters {
            discount_rate: v[0],
            base_demand: v[1],
            price_effect: v[2],
            production_cost: v[3],
            national: goodwill(0),
            local: goodwill(1),
            form: D::from_list(&v[14..]),
        }
    }

    /// What goodwill adds to demand or to reach, `θ'G`.
    #[inline]
    fn pull<T: Scalar>(&self, goodwill: &[T]) -> T {
        goodwill[0] * self.national.demand_effect + goodwill[1] * self.local.demand_effect
    }

    /// `α − βc`, demand at cost.
    fn surplus(&self) -> f64 {
        self.base_demand - self.price_effect * self.production_cost
    }

    /// The numbers on which the value functions depend.
    fn market(&self) -> Market<f64> {
        let both = |of: fn(&Goodwill) -> f64| [of(&self.national), of(&self.local)];
        Market {
            discount: self.discount_rate,
            flow: self.form.flow(self.surplus()).map(|part| part / self.price_effect),
            decay: both(|g| g.decay),
            power: both(|g| g.effectiveness * g.effectiveness / g.cost),
            effect: both(|g| g.demand_effect),
        }
    }

    /// Goodwill well above any that the joint optimum keeps up: three times what it would be if it did not feed on
    /// itself.
    fn reach(&self, goodwill: &Goodwill) -> f64 {
        let Goodwill { effectiveness, decay, cost, demand_effect, initial } = *goodwill;
        let worth = 0.25 * self.form.flow(self.surplus())[1] / self.price_effect * demand_effect.abs();
        let kept = effectiveness * effectiveness * worth / (cost * (self.discount_rate + decay) * decay);
        3.0 * kept.max(initial).max(f64::MIN_POSITIVE)
    }
}

/// A channel with prices and two goodwills. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct PricedChannel<D>(Parameters<D>);

impl<D: Demand> PricedChannel<D> {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE_PRICE: usize = 0;
    /// The participation rate `φ`, the manufacturer's.
    pub const PARTICIPATION: usize = 1;
    /// The effort of national advertising `u_M`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// The retail price `p`, the retailer's.
    pub const RETAIL_PRICE: usize = 3;
    /// The effort of local advertising `u_R`, the retailer's.
    pub const LOCAL: usize = 4;

    /// The model at these parameters: rates, costs and slopes positive, production cost, demand effects, reach and
    /// goodwill zero or positive, and demand at cost positive, `α > βc`.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters<D>) -> Result<Self, ParameterError> {
        let model = checked(PricedChannel(parameters))?;
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
    pub fn numbers(&self) -> &Parameters<D> {
        &self.0
    }

    /// The manufacturer leads at every moment but pays for nobody's advertising but its own.
    pub fn no_support() -> Structure<Channel> {
        Structure::leader(Channel::Manufacturer).fix(Self::PARTICIPATION, 0.0).named("no_support")
    }

    /// The value functions by the coefficients of their powers, without any search: the manufacturer's and the
    /// retailer's where the manufacturer leads, with or without support, the joint one where both decide together.
    /// `None` for other structures, and where no value functions exist: payoffs are unbounded, or goodwill grows at half
    /// the discount rate or faster.
    ///
    /// With `σ_M = 1/8`, `σ_R = 1/16` (`1/4` together), `s = l²/k` and `Φ = 2θθ'/β` (0 where goodwill multiplies demand),
    /// the coefficients of `V_i = a_i + b_i'G + G'P_iG/2` obey, for instance under leadership,
    ///
    /// ```math
    /// (\rho+d_j+d_k)P_{M,jk}=\sigma_M\Phi_{jk}+s_MP_{M,jM}P_{M,kM}
    /// +\tfrac{s_R}4(2P_M+P_R)_{jR}(2P_M+P_R)_{kR},
    /// ```
    ///
    /// which Newton's method solves from `P = 0`; `b` then follows from linear equations and `a` from a formula.
    ///
    /// ```
    /// use coopad::dynamic::SolveOverTime;
    /// use coopad::dynamic::models::ChannelPricing;
    /// use coopad::models::{Channel, Model};
    /// use coopad::prelude::*;
    ///
    /// let channel = ChannelPricing::example();
    /// let led = Structure::leader(Channel::Manufacturer);
    /// let values = channel.value_coefficients(&led).ok_or("no value functions")?;
    /// assert!((values[0].constant() - 277.8892827).abs() < 1e-6);
    /// let searched = channel.feedback(&led)?.payoff(Channel::Manufacturer);
    /// assert!((values[0].at(&[1.0, 1.0])? - searched).abs() < 1e-9 * searched);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value_coefficients(&self, structure: &Structure<Channel>) -> Option<Vec<Quadratic>> {
        let rules = if structure.same_rules(&Structure::cooperative()) {
            Rules::Together
        } else if structure.same_rules(&Structure::leader(Channel::Manufacturer)) {
            Rules::Led
        } else if structure.same_rules(&Self::no_support()) {
            Rules::Unsupported
        } else {
            return None;
        };
        let found = self.0.market().solved(rules)?;
        let value = |i: usize| {
            let [national, local] = found.curvature.map(|column| column[i].to_vec());
            Quadratic::of(&[national, local], &found.slope[i], found.constant[i])
        };
        let values = if rules == Rules::Together { 1 } else { 2 };
        Some((0..values).map(value).collect())
    }
}

impl<D: Demand> Game for PricedChannel<D> {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let choke = p.base_demand / p.price_effect;
        let price = |share: f64| p.production_cost + share * (choke - p.production_cost);
        let effort =
            |goodwill: &Goodwill| goodwill.decay * p.reach(goodwill) / (9.0 * goodwill.effectiveness);
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(p.production_cost)
                .typical(price(0.5)),
            Decision::transfer("participation_rate", Manufacturer, Retailer)
                .symbol("phi")
                .unit("share of spend"),
            Decision::new("national_advertising", Manufacturer)
                .symbol("u_M")
                .unit("effort")
                .typical(effort(&p.national)),
            Decision::new("retail_price", Retailer)
                .symbol("p")
                .unit("money per unit")
                .neutral(p.production_cost)
                .typical(price(0.75)),
            Decision::new("local_advertising", Retailer)
                .symbol("u_R")
                .unit("effort")
                .typical(effort(&p.local)),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision {
            Self::WHOLESALE_PRICE => Interval::at_least(T::constant(self.0.production_cost)),
            Self::PARTICIPATION => Interval::unit(),
            Self::RETAIL_PRICE => Interval::at_least(x[Self::WHOLESALE_PRICE]),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }
}

impl<D: Demand> DifferentialGame for PricedChannel<D> {
    fn states(&self) -> Vec<State> {
        let state = |name: &'static str, symbol: &'static str, goodwill: &Goodwill| {
            State::new(name, 0.0, self.0.reach(goodwill))
                .symbol(symbol)
                .unit("goodwill")
                .starting_at(goodwill.initial)
        };
        vec![
            state("national_goodwill", "G_M", &self.0.national),
            state("local_goodwill", "G_R", &self.0.local),
        ]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { national, local, .. } = &self.0;
        out[0] = x[Self::NATIONAL] * national.effectiveness - state[0] * national.decay;
        out[1] = x[Self::LOCAL] * local.effectiveness - state[1] * local.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let (wholesale, rate, price) =
            (x[Self::WHOLESALE_PRICE], x[Self::PARTICIPATION], x[Self::RETAIL_PRICE]);
        let [base, slope] = p.form.line(p.base_demand, p.price_effect, p.pull(state));
        let demand = base - slope * price;
        let national = x[Self::NATIONAL].square() * (0.5 * p.national.cost);
        let local = x[Self::LOCAL].square() * (0.5 * p.local.cost);
        out[0] = (wholesale - p.production_cost) * demand - national - rate * local;
        out[1] = (price - wholesale) * demand - local + rate * local;
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    fn conditions_at_state<T: Scalar>(&self, state: &[T], x: &[T]) -> Vec<Condition<T>> {
        let [base, slope] = self.0.form.line(self.0.base_demand, self.0.price_effect, self.0.pull(state));
        vec![Condition::require("demand", base - slope * x[Self::RETAIL_PRICE])]
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
        let [base, slope] = p.form.line(p.base_demand, p.price_effect, p.pull(state));
        let (cost, choke) = (p.production_cost, base / slope);
        let zero = T::constant(0.0);
        // Local advertising is supported spending: what it is worth to each, in units of the root of half its cost.
        let unit = p.local.effectiveness / (0.5 * p.local.cost).sqrt();
        let per_root = 1.0 / (0.5 * p.local.cost).sqrt();
        let local = SupportedSpend { own: costates[3] * unit, other: costates[1] * unit };
        let worth = p.national.effectiveness / p.national.cost;
        let (price, national, rate, root) = if structure.same_rules(&Structure::cooperative()) {
            (0.5, costates[0] + costates[2], zero, local.root_together())
        } else if structure.same_rules_but(Self::PARTICIPATION, &Structure::leader(Channel::Manufacturer)) {
            match structure.held(Self::PARTICIPATION) {
                None => (0.75, costates[0], local.rate(), local.root()),
                // A rate of any size, given to both.
                Some(rate) => (0.75, costates[0], T::constant(rate), local.root_alone() / (1.0 - rate)),
            }
        } else {
            return false;
        };
        let wholesale = if price == 0.5 { T::constant(cost) } else { (choke + cost) * 0.5 };
        x[Self::WHOLESALE_PRICE] = wholesale;
        x[Self::PARTICIPATION] = rate;
        x[Self::NATIONAL] = (national * worth).positive_part();
        x[Self::RETAIL_PRICE] = (choke - cost) * price + cost;
        x[Self::LOCAL] = root * per_root;
        true
    }
}

/// How many parameters every form has.
const COMMON: usize = 13;
const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "rho", "per time", Range::POSITIVE),
    Parameter::new("base_demand", "alpha", "units per time", Range::POSITIVE),
    Parameter::new("price_effect", "beta", "units per time per money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("national_effectiveness", "l_M", "goodwill per effort", Range::POSITIVE),
    Parameter::new("local_effectiveness", "l_R", "goodwill per effort", Range::POSITIVE),
    Parameter::new("national_decay", "d_M", "per time", Range::POSITIVE),
    Parameter::new("local_decay", "d_R", "per time", Range::POSITIVE),
    Parameter::new("national_cost", "k_M", "money per effort squared", Range::POSITIVE),
    Parameter::new("local_cost", "k_R", "money per effort squared", Range::POSITIVE),
    Parameter::new("national_demand_effect", "th_M", "units per goodwill", Range::NON_NEGATIVE),
    Parameter::new("local_demand_effect", "th_R", "units per goodwill", Range::NON_NEGATIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).each(2).or(0.0),
    Parameter::new("base_reach", "s0", "none", Range::NON_NEGATIVE),
];

impl<D: Demand> Model for PricedChannel<D> {
    const NAME: &'static str = D::NAME;
    const TITLE: &'static str = D::TITLE;
    const SOURCE: &'static str = "Zhou and Lin 2014";
    const PROVENANCE: &'static str =
        "model reconstructed from the abstract, the paper's text not read; solutions derived here";

    fn parameters() -> &'static [Parameter] {
        D::parameters()
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(D::parameters(), values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { discount_rate, base_demand, price_effect, production_cost, national, local, form } =
            self.0;
        let single = |value: f64| vec![value];
        let both = |of: fn(&Goodwill) -> f64| [vec![of(&national)], vec![of(&local)]];
        [discount_rate, base_demand, price_effect, production_cost]
            .map(single)
            .into_iter()
            .chain(both(|g| g.effectiveness))
            .chain(both(|g| g.decay))
            .chain(both(|g| g.cost))
            .chain(both(|g| g.demand_effect))
            .chain([vec![national.initial, local.initial]])
            .chain(form.values().into_iter().map(single))
            .collect()
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces its price, rate and advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("no_support", "the same without a participation rate", Self::no_support()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        D::claims()
    }

    fn example() -> Self {
        let both = [0.8, 0.6, 0.2, 0.3, 2.0, 1.5, 0.2, 0.25, 1.0, 1.0];
        let list = [&[0.05, 12.0, 1.0, 2.0][..], &both, &[1.0][..]].concat();
        PricedChannel(Parameters::from_list(&list))
    }
}
