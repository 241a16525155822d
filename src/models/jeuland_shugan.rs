//! A quantity discount that coordinates a channel's price (Jeuland and Shugan 1983).
//!
//! A manufacturer sells at cost `c` through a retailer with handling cost `d`; consumers buy `D = α − βp`. With a single
//! wholesale price a leading manufacturer adds a margin, the retailer another one. Under the discount the price of a unit
//! falls with the number bought, along the demand curve:
//!
//! ```math
//! T(D)=k_1\,[p(D)-c-d]+c+\frac{k_2}{D},\qquad
//! \pi_m=k_1\Pi+k_2,\quad \pi_r=(1-k_1)\Pi-k_2,\quad \Pi=(p-c-d)D .
//! ```
//!
//! The retailer's profit is then an increasing affine function of the channel's, and it picks the joint optimum
//! `p = (α/β + c + d)/2` by itself; `k₁` and `k₂` divide the profit.
//!
//! # Source
//!
//! Jeuland and Shugan, "Managing Channel Profits", Marketing Science 2 (1983); abstract only. The schedule is the one known
//! from the literature, restated with linear demand; closed forms and claims were derived for this library.
//!
//! ```
//! use coopad::models::{Channel, JeulandShugan, Model};
//! use coopad::prelude::*;
//!
//! let channel = JeulandShugan::example();
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! let discount = channel.solve(&JeulandShugan::discount())?;
//! // A third more for the channel, whatever the numbers.
//! assert!((discount.total() / led.total() - 4.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::contract::Ledger;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::LinearPrice;
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`JeulandShugan::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α`, demand at price 0, in units.
    pub intercept: P,
    /// `β`, units lost per unit of money.
    pub slope: P,
    /// `c`, the manufacturer's cost of a unit.
    pub production_cost: P,
    /// `d`, the retailer's.
    pub handling_cost: P,
    /// `k₁`, the manufacturer's share of the margin, between 0 and 1.
    pub margin_share: P,
    /// `k₂`, a sum that the retailer pays besides; negative when it receives one.
    pub fixed_fee: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            intercept: v[0],
            slope: v[1],
            production_cost: v[2],
            handling_cost: v[3],
            margin_share: v[4],
            fixed_fee: v[5],
        }
    }

    /// Units sold at the price `p`.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(&self, p: T) -> T {
        LinearPrice { intercept: self.intercept, slope: self.slope }.factor(p)
    }

    /// The payoffs of manufacturer and retailer at the wholesale price `w`, or, where `discount` is 1, under the discount.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, w: T, discount: T, p: T) -> [T; 2] {
        let (quantity, zero) = (self.sales(p), T::constant(0.0));
        let l = Ledger {
            revenue: p * quantity,
            quantity,
            production: quantity * self.production_cost,
            handling: quantity * self.handling_cost,
            local: zero,
            national: zero,
        };
        let single = w * quantity;
        let schedule = l.profit() * self.margin_share + l.production + self.fixed_fee;
        l.after(single + discount * (schedule - single))
    }
}

/// Closed forms: `[w, discount, p]`, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// Half of the way from the unit costs to the price at which demand ends.
    fn half(&self) -> P {
        let costs = self.production_cost + self.handling_cost;
        (self.intercept / self.slope - costs) * 0.5
    }

    /// A single wholesale price: both add a margin.
    pub fn manufacturer_leads(&self) -> [P; 3] {
        let half = self.half();
        let costs = self.production_cost + self.handling_cost;
        [self.production_cost + half, P::constant(0.0), costs + half * 1.5]
    }

    /// The price that is best for the channel; the wholesale price makes no difference and stands at cost.
    pub fn joint(&self, discount: f64) -> [P; 3] {
        let costs = self.production_cost + self.handling_cost;
        [self.production_cost, P::constant(discount), costs + self.half()]
    }
}

/// A channel with a single wholesale price or a quantity discount. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct JeulandShugan(Parameters);

impl JeulandShugan {
    /// The wholesale price `w`, the manufacturer's; without effect under the discount.
    pub const WHOLESALE: usize = 0;
    /// Whether the discount holds, 0 or 1: a rule of the game.
    pub const DISCOUNT: usize = 1;
    /// The retail price `p`, the retailer's.
    pub const PRICE: usize = 2;

    /// The model at these parameters: intercept and slope positive, costs at least 0, a margin share between 0 and 1.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not; [`ParameterError::Inconsistent`] for costs that no price
    /// covers.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(JeulandShugan(parameters))?;
        let p = &model.0;
        if p.half() <= 0.0 {
            let end = p.intercept / p.slope;
            return Err(ParameterError::Inconsistent {
                parameter: "production_cost".to_owned(),
                value: p.production_cost,
                condition: format!("with the handling cost it must be below {end}, where demand ends"),
            });
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The structure under which the discount holds and the retailer sets its price.
    pub fn discount() -> Structure<Channel> {
        Structure::simultaneous().fix(Self::DISCOUNT, 1.0)
    }
}

impl Game for JeulandShugan {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let [wholesale, _, price] = self.0.manufacturer_leads();
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(self.0.production_cost)
                .typical(wholesale),
            Decision::rule("quantity_discount", Manufacturer).symbol("discount"),
            Decision::new("retail_price", Retailer).symbol("p").unit("money per unit").typical(price),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let p = &self.0;
        bounds(T::constant(p.production_cost), T::constant(p.intercept / p.slope), decision)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

/// No price below cost or beyond the end of demand.
fn bounds<T: Scalar>(cost: T, end: T, decision: usize) -> Interval<T> {
    match decision {
        JeulandShugan::WHOLESALE => Interval::new(cost, end),
        JeulandShugan::DISCOUNT => Interval::unit(),
        _ => Interval::new(T::constant(0.0), end),
    }
}

impl StaticGame for JeulandShugan {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[Self::WHOLESALE], x[Self::DISCOUNT], x[Self::PRICE]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1], x[2]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        bounds(p[2], p[0] / p[1], decision)
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        super::neutral_at(self, decision, Self::WHOLESALE, p[2])
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads(),
            "quantity_discount" => p.joint(1.0),
            "cooperative" => p.joint(0.0),
            _ => return None,
        };
        Some(profile.to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("intercept", "alpha", "units", Range::POSITIVE),
    Parameter::new("slope", "beta", "units per money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("handling_cost", "d", "money per unit", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("margin_share", "k_1", "share of margin", Range::FRACTION),
    Parameter::new("fixed_fee", "k_2", "money", Range::FINITE).or(0.0),
];

impl Model for JeulandShugan {
    const NAME: &'static str = "jeuland_shugan";
    const ALIASES: &'static [&'static str] = &["jeuland_shugan1983"];
    const TITLE: &'static str = "a retail price, under a single wholesale price or a quantity discount";
    const SOURCE: &'static str = "Jeuland and Shugan 1983, Marketing Science 2";
    const PROVENANCE: &'static str = "abstract only; the discount restated from the literature with linear demand, closed forms derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        super::singles(&[
            p.intercept,
            p.slope,
            p.production_cost,
            p.handling_cost,
            p.margin_share,
            p.fixed_fee,
        ])
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        vec![Measure::new("sales", "D", "units", self.0.sales(x[Self::PRICE]))]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces one wholesale price, the retailer its price",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new(
                "quantity_discount",
                "the discount holds, the retailer sets its price",
                Self::discount(),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        JeulandShugan(Parameters {
            intercept: 100.0,
            slope: 5.0,
            production_cost: 6.0,
            handling_cost: 2.0,
            margin_share: 0.6,
            fixed_fee: 0.0,
        })
    }
}
