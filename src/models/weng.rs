//! Order quantity and price: a quantity discount, with and without a franchise fee (Weng 1995).
//!
//! Consumers buy `D = α − βp` a period. The retailer orders `Q` at a time; each order and each unit on stock cost both firms:
//!
//! ```math
//! \pi_m=P-cD-\frac{S_sD}{Q}-\frac{h_sQ}{2},\qquad
//! \pi_r=pD-\frac{S_bD}{Q}-\frac{h_bQ}{2}-P .
//! ```
//!
//! The payment `P` is `(c + m)D` at a margin `m`. Under the quantity discount the price of a unit is
//! `c + m + S_s/Q + h_sQ/(2D)` instead, which falls with the order quantity up to `√(2S_sD/h_s)`: the retailer bears the
//! manufacturer's order costs and orders what is best for both, `Q = √(2S_JD/h_J)` with `S_J = S_s + S_b` and
//! `h_J = h_s + h_b`. A manufacturer that chooses its margin still adds one, so that too little is sold; with the franchise
//! fee `F` it forgoes the margin, and the channel decides as one.
//!
//! Everything follows from one number, `s = √D`, the largest root of a cubic (`A = α − βc`, `g_i = √(2S_ih_i)`,
//! `e = S_s√(h_b/2S_b) + h_s√(S_b/2h_b)`):
//!
//! | game | `s³ − ν s + κ = 0` with `ν` | `κ` |
//! |---|---|---|
//! | joint, and discount with fee | `A/2` | `βg_J/4` |
//! | discount, the manufacturer choosing `m` | `A/4` | `βg_J/16` |
//! | one price, the manufacturer choosing `m` | `A/4` | `β(g_b + 2e)/16` |
//!
//! # Source
//!
//! Weng, "Channel coordination and quantity discounts", Management Science (1995): abstract, and the firms' profit functions
//! from slides about it. The form of the discount, linear demand, closed forms and claims are this library's.
//!
//! ```
//! use coopad::models::{Model, Weng};
//! use coopad::prelude::*;
//!
//! let channel = Weng::example();
//! let play = |name: &str| channel.solve(&Weng::structure(name).unwrap_or(Structure::cooperative()));
//! let (joint, discount, fee) = (play("cooperative")?, play("quantity_discount")?, play("franchise")?);
//! assert!(discount.total() < 0.8 * joint.total());
//! assert!((fee.total() - joint.total()).abs() < 1e-9 * joint.total());
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::contract::Ledger;
use crate::error::{ParameterError, SolveError};
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::LinearPrice;
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`Weng::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α`, demand at price 0, in units a period.
    pub intercept: P,
    /// `β`, units lost per unit of money.
    pub slope: P,
    /// `c`, the manufacturer's cost of a unit.
    pub production_cost: P,
    /// `S_s`, what an order costs the manufacturer.
    pub manufacturer_order_cost: P,
    /// `h_s`, what a unit on stock costs the manufacturer a period.
    pub manufacturer_holding_cost: P,
    /// `S_b`, what an order costs the retailer.
    pub retailer_order_cost: P,
    /// `h_b`, what a unit on stock costs the retailer a period.
    pub retailer_holding_cost: P,
    /// `F`, what the retailer pays a period under the franchise.
    pub franchise_fee: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            intercept: v[0],
            slope: v[1],
            production_cost: v[2],
            manufacturer_order_cost: v[3],
            manufacturer_holding_cost: v[4],
            retailer_order_cost: v[5],
            retailer_holding_cost: v[6],
            franchise_fee: v[7],
        }
    }

    /// Units sold a period at the price `p`.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(&self, p: T) -> T {
        LinearPrice { intercept: self.intercept, slope: self.slope }.factor(p)
    }

    /// The payoffs of manufacturer and retailer; `discount` and `franchise` are 0 or 1.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, [margin, discount, franchise, p, order]: [T; 5]) -> [T; 2] {
        // At the highest price sales are zero but for rounding; fewer than none would earn what ordering them saves.
        let (quantity, zero) = (self.sales(p).positive_part(), T::constant(0.0));
        let orders = quantity / order;
        let goods = quantity * self.production_cost;
        let stocking = orders * self.manufacturer_order_cost + order * self.manufacturer_holding_cost * 0.5;
        let l = Ledger {
            revenue: p * quantity,
            quantity,
            production: goods + stocking,
            handling: orders * self.retailer_order_cost + order * self.retailer_holding_cost * 0.5,
            local: zero,
            national: zero,
        };
        l.after(goods + margin * quantity + discount * stocking + franchise * self.franchise_fee)
    }
}

/// Closed forms: `[m, discount, franchise, p, Q]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// `A = α − βc`, sales at the price of production.
    fn reach(&self) -> P {
        self.intercept - self.slope * self.production_cost
    }

    /// `S_J` and `h_J`.
    fn together(&self) -> [P; 2] {
        [
            self.manufacturer_order_cost + self.retailer_order_cost,
            self.manufacturer_holding_cost + self.retailer_holding_cost,
        ]
    }

    /// What the manufacturer's costs grow with √sales at the retailer's order quantity.
    fn passed_on(&self) -> P {
        let orders = (self.retailer_holding_cost / self.retailer_order_cost * 0.5).sqrt();
        let stock = (self.retailer_order_cost / self.retailer_holding_cost * 0.5).sqrt();
        self.manufacturer_order_cost * orders + self.manufacturer_holding_cost * stock
    }

    /// The profile at `s` = √sales, for who bears the costs `[S, h]` of ordering and chooses `Q`.
    fn profile(&self, s: P, [order, holding]: [P; 2], margin: P, [discount, franchise]: [f64; 2]) -> [P; 5] {
        let price = (self.intercept - s.square()) / self.slope;
        let quantity = s * (order / holding * 2.0).sqrt();
        [margin, P::constant(discount), P::constant(franchise), price, quantity]
    }

    /// The margin at which a retailer with order costs `g √D` sells `s²`.
    fn margin(&self, s: P, g: P) -> P {
        (self.reach() - s.square() * 2.0) / self.slope - g / (s * 2.0)
    }

    /// Joint profit is maximised; also what the retailer decides under the discount at no margin.
    pub fn joint(&self, rules: [f64; 2]) -> [P; 5] {
        let costs = self.together();
        let s = largest_root(self.reach() * 0.5, self.slope * hold(costs) * 0.25);
        self.profile(s, costs, P::constant(0.0), rules)
    }

    /// The manufacturer announces its margin on top of the discount.
    pub fn quantity_discount(&self) -> [P; 5] {
        let costs = self.together();
        let s = largest_root(self.reach() * 0.25, self.slope * hold(costs) * 0.0625);
        self.profile(s, costs, self.margin(s, hold(costs)), [1.0, 0.0])
    }

    /// The manufacturer announces its margin, one price for all quantities.
    pub fn manufacturer_leads(&self) -> [P; 5] {
        let costs = [self.retailer_order_cost, self.retailer_holding_cost];
        let burden = hold(costs) + self.passed_on() * 2.0;
        let s = largest_root(self.reach() * 0.25, self.slope * burden * 0.0625);
        self.profile(s, costs, self.margin(s, hold(costs)), [0.0, 0.0])
    }
}

/// `√(2Sh)`: the least cost of ordering and holding stock, per √sales.
fn hold<P: Scalar>([order, holding]: [P; 2]) -> P {
    (order * holding * 2.0).sqrt()
}

/// The largest root of `s³ − ν s + κ`, for `κ` small enough that there is one: Newton's steps from `√ν` fall to it.
fn largest_root<P: Scalar>(nu: P, kappa: P) -> P {
    (0..40).fold(nu.sqrt(), |s, _| {
        let square = s.square();
        (s * square * 2.0 - kappa) / (square * 3.0 - nu)
    })
}

/// A channel that orders and stocks. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Weng(Parameters);

impl Weng {
    /// The margin `m` on a unit, the manufacturer's.
    pub const MARGIN: usize = 0;
    /// Whether the quantity discount holds, 0 or 1: a rule of the game.
    pub const DISCOUNT: usize = 1;
    /// Whether the franchise fee is paid, 0 or 1: a rule of the game.
    pub const FRANCHISE: usize = 2;
    /// The retail price `p`, the retailer's.
    pub const PRICE: usize = 3;
    /// The order quantity `Q`, the retailer's.
    pub const ORDER: usize = 4;

    /// The model at these parameters, all but the fee positive, and such that an integrated channel earns something.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not; [`ParameterError::Inconsistent`] where the costs eat up all
    /// of the profit at every price: where `βg_J > (2A/3)√(A/3)`.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(Weng(parameters))?;
        let p = &model.0;
        let reach = p.reach();
        let earns = p.slope * hold(p.together()) < 2.0 / 3.0 * reach * (reach / 3.0).sqrt();
        if !earns {
            return Err(ParameterError::Inconsistent {
                parameter: "production_cost".to_owned(),
                value: p.production_cost,
                condition: "at these order and holding costs no price earns a profit".to_owned(),
            });
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for Weng {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let [.., price, order] = p.joint([0.0; 2]);
        vec![
            Decision::transfer("manufacturer_margin", Manufacturer, Retailer)
                .symbol("m")
                .unit("money per unit")
                .typical(0.25 * p.reach() / p.slope),
            Decision::rule("quantity_discount", Manufacturer).symbol("discount"),
            Decision::rule("franchise", Manufacturer).symbol("franchise"),
            Decision::new("retail_price", Retailer).symbol("p").unit("money per unit").typical(price),
            Decision::new("order_quantity", Retailer).symbol("Q").unit("units").typical(order),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        bounds(
            T::constant(self.0.reach() / self.0.slope),
            T::constant(self.0.intercept / self.0.slope),
            decision,
        )
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

/// No margin and no price at which nothing can be sold.
fn bounds<T: Scalar>(margin: T, price: T, decision: usize) -> Interval<T> {
    let zero = T::constant(0.0);
    match decision {
        Weng::MARGIN => Interval::new(zero, margin),
        Weng::PRICE => Interval::new(zero, price),
        Weng::ORDER => Interval::at_least(zero),
        _ => Interval::unit(),
    }
}

impl StaticGame for Weng {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs([x[0], x[1], x[2], x[3], x[4]]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs([x[0], x[1], x[2], x[3], x[4]]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        let p = Parameters::from_list(p);
        bounds(p.reach() / p.slope, p.intercept / p.slope, decision)
    }

    /// Where both firms earn something; a channel in which one would rather not trade is left to the engine.
    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let p = &self.0;
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads(),
            "quantity_discount" => p.quantity_discount(),
            "franchise" => p.joint([1.0; 2]),
            "cooperative" => return Some(Ok(p.joint([0.0; 2]).to_vec())),
            _ => return None,
        };
        let trade = p.payoffs(profile);
        let fee = profile[Self::FRANCHISE] * p.franchise_fee;
        (trade[0] - fee >= 0.0 && trade[1] + fee >= 0.0).then(|| Ok(profile.to_vec()))
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("intercept", "alpha", "units", Range::POSITIVE),
    Parameter::new("slope", "beta", "units per money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::POSITIVE),
    Parameter::new("manufacturer_order_cost", "S_s", "money per order", Range::POSITIVE),
    Parameter::new("manufacturer_holding_cost", "h_s", "money per unit and period", Range::POSITIVE),
    Parameter::new("retailer_order_cost", "S_b", "money per order", Range::POSITIVE),
    Parameter::new("retailer_holding_cost", "h_b", "money per unit and period", Range::POSITIVE),
    Parameter::new("franchise_fee", "F", "money per period", Range::FINITE).or(0.0),
];

impl Model for Weng {
    const NAME: &'static str = "weng";
    const ALIASES: &'static [&'static str] = &["weng1995"];
    const TITLE: &'static str = "retail price and order quantity, a quantity discount and a franchise fee";
    const SOURCE: &'static str = "Weng 1995, Management Science";
    const PROVENANCE: &'static str = "abstract, and profit functions from slides; form of the discount, linear demand and closed forms are ours";

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
            p.manufacturer_order_cost,
            p.manufacturer_holding_cost,
            p.retailer_order_cost,
            p.retailer_holding_cost,
            p.franchise_fee,
        ])
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        vec![Measure::new("sales", "D", "units", self.0.sales(x[Self::PRICE]))]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        let led = Structure::leader(Channel::Manufacturer);
        let franchise = Structure::simultaneous().fix(Self::MARGIN, 0.0).fix(Self::FRANCHISE, 1.0);
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces its margin, one price for all quantities; the retailer replies",
                led.clone(),
            ),
            Scheme::new(
                "quantity_discount",
                "the manufacturer announces its margin on top of a discount; the retailer replies",
                led.fix(Self::DISCOUNT, 1.0),
            ),
            Scheme::new(
                "franchise",
                "the discount at no margin and a franchise fee; the retailer decides",
                franchise.fix(Self::DISCOUNT, 1.0),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        Weng(Parameters {
            intercept: 1000.0,
            slope: 50.0,
            production_cost: 8.0,
            manufacturer_order_cost: 60.0,
            manufacturer_holding_cost: 0.2,
            retailer_order_cost: 20.0,
            retailer_holding_cost: 1.0,
            franchise_fee: 800.0,
        })
    }
}
