//! Advertising and pricing with saturating sales (after Xie and Neyret 2009).
//!
//! A manufacturer chooses a wholesale price `w`, national advertising `q` and the share `t` of local advertising that it
//! pays; a retailer chooses the retail price `p` and local advertising `a`. Demand falls with the price in a straight
//! line and saturates in advertising:
//!
//! ```math
//! D=(\alpha-\beta p)\bigl(A_0-Ba^{-\gamma}q^{-\delta}\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-q,\qquad \pi_r=(p-w-d)D-(1-t)\,a .
//! ```
//!
//! With `a_0 = α − β(c+d)`, prices are measured from costs in units of `a_0/β`:  `w = c + w'a_0/β`,
//! `p = c + d + p'a_0/β`. Given prices the channel is [`Saturating`] with the margins `K w'(1−p')` and
//! `K(p'−w')(1−p')`, `K = a_0²/β`.
//!
//! # The margin cap
//!
//! At simultaneous moves the manufacturer would raise `w` without end, since the retail price is not its to choose; when
//! the retailer moves first it would leave it nothing. The literature therefore caps its margin at the retailer's,
//! `w − c ≤ p − w − d`, in these two games: [`XieNeyret::MARGIN_CAP`] is 1 there and 0 elsewhere. Since the cap moves with
//! the other firm's price, the simultaneous game is a *generalised* Nash game: each differentiates with the other's
//! decision held fixed.
//!
//! | structure | `w'` | `p'` | margins | advertising |
//! |---|---|---|---|---|
//! | `simultaneous` | 1/3 | 2/3 | `K/9`, `K/9` | [`Saturating::simultaneous`] |
//! | `retailer_leads` | 1/4 | 1/2 | `K/8`, `K/8` | [`Saturating::retailer_leads`] |
//! | `cooperative` | internal | 1/2 | together `K/4` | [`Saturating::cooperative`] |
//! | `manufacturer_leads` | searched for | `(1+w')/2` | `Kw'(1−w')/2`, `K(1−w')²/4` | [`Saturating::manufacturer_leads`] |
//!
//! The leading manufacturer's `w'` has no formula: it is searched for on top of formulas, globally and to rounding (a
//! *semi-closed* form).
//!
//! # Source
//!
//! Xie and Neyret, "Co-op advertising and pricing models in manufacturer-retailer supply chains", Computers & Industrial
//! Engineering 56 (2009). The paper's text could not be read: the model is stated from the literature. Closed forms were
//! derived for this library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{Channel, Model, XieNeyret};
//! use coopad::prelude::*;
//!
//! let channel = XieNeyret::example();
//! let price = |name: &str| {
//!     let structure = XieNeyret::structure(name).unwrap();
//!     channel.solve(&structure).map(|found| found[XieNeyret::RETAIL_PRICE])
//! };
//! assert_eq!(price("cooperative")?, price("retailer_leads")?);
//! assert!(price("retailer_leads")? < price("simultaneous")?);
//! assert!(price("simultaneous")? < price("manufacturer_leads")?);
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::peak::{peak, still};
use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::{ParameterError, SolveError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{LinearPrice, Saturating, after_support};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`XieNeyret::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α`, the price factor of demand at price 0; a pure number.
    pub price_intercept: P,
    /// `β`, what one unit of money takes from it.
    pub price_slope: P,
    /// `c`, the manufacturer's cost, money per unit.
    pub production_cost: P,
    /// `d`, the retailer's cost, money per unit.
    pub handling_cost: P,
    /// `A₀`, sales at a price factor of 1 when advertising is unlimited, in units of the good.
    pub saturation: P,
    /// `B`, sales short of saturation at one unit of money in both kinds of advertising.
    pub shortfall: P,
    /// `γ`, the exponent of local advertising.
    pub local_exponent: P,
    /// `δ`, the exponent of national advertising.
    pub national_exponent: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            price_intercept: v[0],
            price_slope: v[1],
            production_cost: v[2],
            handling_cost: v[3],
            saturation: v[4],
            shortfall: v[5],
            local_exponent: v[6],
            national_exponent: v[7],
        }
    }

    fn list(&self) -> [P; 8] {
        [
            self.price_intercept,
            self.price_slope,
            self.production_cost,
            self.handling_cost,
            self.saturation,
            self.shortfall,
            self.local_exponent,
            self.national_exponent,
        ]
    }

    /// What advertising sells at a price factor of 1.
    pub fn response(&self) -> Saturating<P> {
        Saturating {
            saturation: self.saturation,
            shortfall: self.shortfall,
            local_exponent: self.local_exponent,
            national_exponent: self.national_exponent,
        }
    }

    /// How the retail price scales it.
    pub fn price(&self) -> LinearPrice<P> {
        LinearPrice { intercept: self.price_intercept, slope: self.price_slope }
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, w: T, t: T, q: T, p: T, a: T) -> [T; 2] {
        let sales = self.price().factor(p) * self.response().sales(a, q);
        let margins = [w - self.production_cost, p - w - self.handling_cost];
        after_support(margins.map(|margin| margin * sales), t, a, q)
    }
}

/// Closed forms: `[w, t, q, p, a]`, branch-free, over any scalar. See [`Saturating`].
impl<P: Scalar> Parameters<P> {
    /// `a_0/β`, the highest price above costs at which anything is sold.
    fn room(&self) -> P {
        self.price_intercept / self.price_slope - self.production_cost - self.handling_cost
    }

    /// `K = a_0²/β`: what both earn per unit sold, times the price factor, is `K` times a number below 1/4.
    fn scale(&self) -> P {
        self.room().square() * self.price_slope
    }

    fn profile(&self, wholesale: P, retail: P, [t, q, a]: [P; 3]) -> [P; 5] {
        let room = self.room();
        let price = retail * room + self.production_cost + self.handling_cost;
        [wholesale * room + self.production_cost, t, q, price, a]
    }

    /// Everything else, as the retailer replies and the manufacturer foresees it, at the wholesale price `w'`.
    fn led_by(&self, wholesale: P) -> [P; 5] {
        // The margin that is left, shared evenly between the retailer's margin and the price factor.
        let left = -(wholesale - 1.0);
        let scale = self.scale();
        let margins = [scale * wholesale * left * 0.5, scale * left.square() * 0.25];
        self.profile(wholesale, (wholesale + 1.0) * 0.5, self.response().manufacturer_leads(margins))
    }

    /// The manufacturer announces `w`, `t` and `q`; the retailer replies with `p` and `a`. `w` is searched for.
    pub fn manufacturer_leads(&self) -> [P; 5] {
        let along = Parameters::from_list(&self.list().map(still));
        let earned = |wholesale| {
            let [w, t, q, p, a] = along.led_by(wholesale);
            along.payoffs(w, t, q, p, a)[0]
        };
        // At a margin of nothing there is no advertising and no formula.
        let inside = Interval::new(P::constant(1e-9), P::constant(1.0 - 1e-9));
        self.led_by(peak(inside, earned))
    }

    /// Everybody decides at once, under the cap: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self) -> [P; 5] {
        let each = self.scale() / 9.0;
        let third = P::constant(1.0) / 3.0;
        self.profile(third, third * 2.0, self.response().simultaneous([each, each]))
    }

    /// Joint profit is maximised; `w` and `t` are internal.
    pub fn cooperative(&self) -> [P; 5] {
        let spends = self.response().cooperative(self.scale() * 0.25);
        self.profile(P::constant(0.0), P::constant(0.5), spends)
    }

    /// The retailer announces `p` and `a`; the manufacturer replies with `w` at its cap and `q` (and `t = 0`).
    pub fn retailer_leads(&self) -> [P; 5] {
        let each = self.scale() * 0.125;
        self.profile(P::constant(0.25), P::constant(0.5), self.response().retailer_leads([each, each]))
    }
}

/// A manufacturer and a retailer that set prices and advertise. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct XieNeyret(Parameters);

impl XieNeyret {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE_PRICE: usize = 0;
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 1;
    /// National advertising `q`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// The retail price `p`, the retailer's.
    pub const RETAIL_PRICE: usize = 3;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 4;
    /// Whether the manufacturer's margin may not exceed the retailer's: a rule, 0 or 1.
    pub const MARGIN_CAP: usize = 5;

    /// The model at these parameters: all finite, costs not negative, the rest positive, and `c + d < α/β`.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] or [`ParameterError::Inconsistent`] for numbers that are not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(XieNeyret(parameters))?;
        if parameters.room() > 0.0 {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "price_intercept".to_owned(),
            value: parameters.price_intercept,
            condition: "at a price that covers both costs something must be sold".to_owned(),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for XieNeyret {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        // Prices between the games'.
        let [w, _, _, retail, _] = p.simultaneous();
        let typical = p.response().usual_spend(p.scale() * 0.125);
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(p.production_cost)
                .typical(w),
            Channel::participation_rate(),
            Decision::new("national_advertising", Manufacturer).symbol("q").typical(typical),
            Decision::new("retail_price", Retailer).symbol("p").unit("money per unit").typical(retail),
            Decision::new("local_advertising", Retailer).symbol("a").typical(typical),
            Decision::rule("margin_cap", Manufacturer),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_at(&self.0.list().map(T::constant), decision, x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

/// A negative margin on negative sales would look profitable.
fn conditions<P: Copy, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    let margin = x[XieNeyret::RETAIL_PRICE] - x[XieNeyret::WHOLESALE_PRICE] - numbers.handling_cost;
    let sales = numbers.response().sales(x[XieNeyret::LOCAL], x[XieNeyret::NATIONAL]);
    vec![Condition::require("sales", sales), Condition::require("retailer margin", margin)]
}

impl StaticGame for XieNeyret {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[0], x[1], x[2], x[3], x[4]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1], x[2], x[3], x[4]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let Parameters { price_intercept, price_slope, production_cost: cost, handling_cost, .. } =
            Parameters::from_list(p);
        let choke = price_intercept / price_slope;
        match decision {
            Self::WHOLESALE_PRICE => {
                // Half of what the retail price leaves; without the cap, up to where nobody would buy.
                let even = (x[Self::RETAIL_PRICE] + cost - handling_cost) * 0.5;
                let highest = choke - handling_cost;
                let cap = x[Self::MARGIN_CAP];
                Interval::new(cost, cap * even - (cap - 1.0) * highest)
            }
            Self::RETAIL_PRICE => Interval::new(cost + handling_cost, choke),
            Self::PARTICIPATION | Self::MARGIN_CAP => Interval::unit(),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&self.0, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(&Parameters::from_list(p), x)
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        super::neutral_at(self, decision, Self::WHOLESALE_PRICE, Parameters::from_list(p).production_cost)
    }

    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let (profile, cap) = match Self::recognise(structure)? {
            "manufacturer_leads" => (self.0.manufacturer_leads(), 0.0),
            "simultaneous" => (self.0.simultaneous(), 1.0),
            "retailer_leads" => (self.0.retailer_leads(), 1.0),
            "cooperative" => (self.0.cooperative(), 0.0),
            _ => return None,
        };
        Some(Ok(profile.into_iter().chain([cap]).collect()))
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("price_intercept", "alpha", "none", Range::POSITIVE),
    Parameter::new("price_slope", "beta", "per money per unit", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("handling_cost", "d", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("saturation", "A0", "units sold", Range::POSITIVE),
    Parameter::new("shortfall", "B", "units sold", Range::POSITIVE),
    Parameter::new("local_exponent", "gamma", "none", Range::POSITIVE),
    Parameter::new("national_exponent", "delta", "none", Range::POSITIVE),
];

impl Model for XieNeyret {
    const NAME: &'static str = "xie_neyret";
    const ALIASES: &'static [&'static str] = &["xie_neyret2009"];
    const TITLE: &'static str = "prices and advertising of a manufacturer and a retailer, linear in the price, saturating in advertising";
    const SOURCE: &'static str = "Xie and Neyret 2009, Computers & Industrial Engineering 56";
    const PROVENANCE: &'static str =
        "model stated from the literature, the paper's text not read; closed forms derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        super::singles(&self.0.list())
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let p = &self.0;
        let (w, price) = (x[Self::WHOLESALE_PRICE], x[Self::RETAIL_PRICE]);
        let sales = p.price().factor(price) * p.response().sales(x[Self::LOCAL], x[Self::NATIONAL]);
        vec![
            Measure::new("sales", "D", "units", sales),
            Measure::new("manufacturer_margin", "rho_m", "money per unit", w - p.production_cost),
            Measure::new("retailer_margin", "rho_r", "money per unit", price - w - p.handling_cost),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces wholesale price, rate and national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new(
                "simultaneous",
                "both decide at once, the manufacturer's margin capped at the retailer's; no support",
                Structure::simultaneous().fix(Self::MARGIN_CAP, 1.0),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
            Scheme::new(
                "retailer_leads",
                "the retailer announces retail price and local advertising, the manufacturer replies with a margin \
                 capped at the retailer's; no support",
                Structure::leader(Channel::Retailer).fix(Self::MARGIN_CAP, 1.0),
            ),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        XieNeyret(Parameters {
            price_intercept: 3.0,
            price_slope: 0.1,
            production_cost: 8.0,
            handling_cost: 2.0,
            saturation: 300.0,
            shortfall: 120.0,
            local_exponent: 0.6,
            national_exponent: 0.4,
        })
    }
}
