//! Brand investment, local advertising and a price cut for consumers (after Yue, Austin, Wang and Huang 2006).
//!
//! A channel with saturating sales ([`huang_li`](super::huang_li)) in which the manufacturer also hands consumers the
//! share `d` of the list price `P`, and demand answers with the elasticity `e > 1`:
//!
//! ```math
//! S(a,q,d)=(1-d)^{-e}\bigl(\alpha-\beta a^{-\gamma}q^{-\delta}\bigr),\qquad
//! \pi_m=(\rho_m-Pd)S-t\,a-q,\qquad \pi_r=\rho_rS-(1-t)\,a .
//! ```
//!
//! For a given cut the channel is [`Saturating`] with the margins `(ρ_m − Pd)(1−d)^{-e}` and `ρ_r(1−d)^{-e}`. The cut
//! itself is
//!
//! ```math
//! d^c=\Bigl[\frac{e(\rho_m+\rho_r)-P}{P(e-1)}\Bigr]^+\ \text{together},\qquad
//! d^n=\Bigl[\frac{e\rho_m-P}{P(e-1)}\Bigr]^+\ \text{at simultaneous moves or in reply to the retailer.}
//! ```
//!
//! A leading manufacturer's cut has no formula: one number is searched for on top of formulas, globally and to rounding
//! (a *semi-closed* form). It lies between the two above, as far as the retailer earns anything.
//!
//! # Source
//!
//! Yue, Austin, Wang and Huang, "Coordination of cooperative advertising in a two-level supply chain when manufacturer
//! offers discount", European Journal of Operational Research 168 (2006). The paper's text could not be read: the model
//! is stated from the literature, with low confidence in the exact form of demand. Closed forms were derived for this
//! library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{Channel, Model, Yue};
//! use coopad::prelude::*;
//!
//! let channel = Yue::example();
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! let joint = channel.solve(&Structure::cooperative())?;
//! assert!(joint[Yue::PRICE_CUT] > led[Yue::PRICE_CUT] && led[Yue::PRICE_CUT] > 0.0);
//! assert!(joint.total() > led.total());
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
use crate::response::{IsoelasticPrice, Saturating, after_support};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`Yue::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `P`, what consumers pay without a cut, money per unit.
    pub list_price: P,
    /// `ρ_m`, money per unit sold, before the cut.
    pub manufacturer_margin: P,
    /// `ρ_r`, money per unit sold.
    pub retailer_margin: P,
    /// `e`, per cent of sales gained per per cent of the price cut.
    pub price_elasticity: P,
    /// `α`, sales at the list price when advertising is unlimited, in units of the good.
    pub saturation: P,
    /// `β`, sales short of saturation at one unit of money in both kinds of advertising.
    pub shortfall: P,
    /// `γ`, the exponent of local advertising.
    pub local_exponent: P,
    /// `δ`, the exponent of national advertising.
    pub national_exponent: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            list_price: v[0],
            manufacturer_margin: v[1],
            retailer_margin: v[2],
            price_elasticity: v[3],
            saturation: v[4],
            shortfall: v[5],
            local_exponent: v[6],
            national_exponent: v[7],
        }
    }

    fn list(&self) -> [P; 8] {
        [
            self.list_price,
            self.manufacturer_margin,
            self.retailer_margin,
            self.price_elasticity,
            self.saturation,
            self.shortfall,
            self.local_exponent,
            self.national_exponent,
        ]
    }

    /// The sales response at the list price.
    pub fn response(&self) -> Saturating<P> {
        Saturating {
            saturation: self.saturation,
            shortfall: self.shortfall,
            local_exponent: self.local_exponent,
            national_exponent: self.national_exponent,
        }
    }

    /// What each firm earns at the cut `d` per unit that would have been sold without it.
    #[inline]
    fn margins<T: Scalar + Over<P>>(&self, d: T) -> [T; 2] {
        let gained = IsoelasticPrice { elasticity: self.price_elasticity }.factor(-(d - 1.0));
        [-(d * self.list_price - self.manufacturer_margin) * gained, gained * self.retailer_margin]
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, d: T, t: T, q: T, a: T) -> [T; 2] {
        let sales = self.response().sales(a, q);
        after_support(self.margins(d).map(|margin| sales * margin), t, a, q)
    }
}

/// Closed forms: `[d, t, q, a]`, branch-free, over any scalar. See [`Saturating`].
impl<P: Scalar> Parameters<P> {
    /// The cut that is best for whoever earns `margin` a unit and pays for it.
    fn cut(&self, margin: P) -> P {
        let price = self.list_price;
        ((self.price_elasticity * margin - price) / (price * (self.price_elasticity - 1.0))).positive_part()
    }

    /// What the leading manufacturer earns if it announces the cut `d`.
    fn leader_earns(&self, d: P) -> P {
        let [t, q, a] = self.response().manufacturer_leads(self.margins(d));
        self.payoffs(d, t, q, a)[0]
    }

    /// The manufacturer announces `d`, `t` and `q`; the retailer replies with `a`. The cut is searched for.
    pub fn manufacturer_leads(&self) -> [P; 4] {
        let along = Parameters::from_list(&self.list().map(still));
        // At a margin of nothing there is no advertising and no formula.
        let whole = self.manufacturer_margin / self.list_price * (1.0 - 1e-9);
        let d = peak(Interval::new(P::constant(0.0), whole), |d| along.leader_earns(d));
        let [t, q, a] = self.response().manufacturer_leads(self.margins(d));
        [d, t, q, a]
    }

    /// Everybody decides at once: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self) -> [P; 4] {
        let d = self.cut(self.manufacturer_margin);
        let [t, q, a] = self.response().simultaneous(self.margins(d));
        [d, t, q, a]
    }

    /// Joint profit is maximised; `t` is internal.
    pub fn cooperative(&self) -> [P; 4] {
        let d = self.cut(self.manufacturer_margin + self.retailer_margin);
        let [m, r] = self.margins(d);
        let [t, q, a] = self.response().cooperative(m + r);
        [d, t, q, a]
    }

    /// The retailer announces `a`; the manufacturer replies with `d` and `q` (and `t = 0`).
    pub fn retailer_leads(&self) -> [P; 4] {
        let d = self.cut(self.manufacturer_margin);
        let [t, q, a] = self.response().retailer_leads(self.margins(d));
        [d, t, q, a]
    }
}

/// A manufacturer that can cut the consumers' price, and a retailer. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Yue(Parameters);

impl Yue {
    /// The price cut `d`, the manufacturer's: a share of the list price.
    pub const PRICE_CUT: usize = 0;
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 1;
    /// National advertising `q`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 3;

    /// The model at these parameters: all positive and finite, the elasticity above 1, the margins together below the
    /// list price.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] or [`ParameterError::Inconsistent`] for numbers that are not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let Parameters { list_price, manufacturer_margin, retailer_margin, .. } = parameters;
        let model = super::checked(Yue(parameters))?;
        if manufacturer_margin + retailer_margin < list_price {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "list_price".to_owned(),
            value: list_price,
            condition: "it must exceed the two margins together".to_owned(),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for Yue {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let typical = p.response().usual_spend(p.manufacturer_margin + p.retailer_margin);
        // Far beyond its own cut the manufacturer loses on every unit and would rather sell none: no place to start.
        let cut = p.cut(p.manufacturer_margin);
        vec![
            Decision::new("price_cut", Manufacturer)
                .symbol("d")
                .unit("share of list price")
                .typical(if cut > 0.0 { cut } else { 0.1 * p.manufacturer_margin / p.list_price }),
            Channel::participation_rate(),
            Decision::new("national_advertising", Manufacturer).symbol("q").typical(typical),
            Decision::new("local_advertising", Retailer).symbol("a").typical(typical),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_at(&self.0.list().map(T::constant), decision, x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

/// Where nothing is sold a cut without end would look profitable.
fn conditions<P: Copy, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    vec![Condition::require("sales", numbers.response().sales(x[Yue::LOCAL], x[Yue::NATIONAL]))]
}

impl StaticGame for Yue {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[0], x[1], x[2], x[3]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1], x[2], x[3]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        match decision {
            // The channel as a whole never sells below its costs.
            Self::PRICE_CUT => Interval::new(T::constant(0.0), (p[1] + p[2]) / p[0]),
            Self::PARTICIPATION => Interval::unit(),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&self.0, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(&Parameters::from_list(p), x)
    }

    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => self.0.manufacturer_leads(),
            "simultaneous" => self.0.simultaneous(),
            "retailer_leads" => self.0.retailer_leads(),
            "cooperative" => self.0.cooperative(),
            _ => return None,
        };
        Some(Ok(profile.to_vec()))
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("list_price", "P", "money per unit", Range::POSITIVE),
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "rho_r", "money per unit", Range::POSITIVE),
    Parameter::new("price_elasticity", "e", "none", Range::ABOVE_ONE),
    Parameter::new("saturation", "alpha", "units sold", Range::POSITIVE),
    Parameter::new("shortfall", "beta", "units sold", Range::POSITIVE),
    Parameter::new("local_exponent", "gamma", "none", Range::POSITIVE),
    Parameter::new("national_exponent", "delta", "none", Range::POSITIVE),
];

impl Model for Yue {
    const NAME: &'static str = "yue";
    const ALIASES: &'static [&'static str] = &["yue2006"];
    const TITLE: &'static str = "a manufacturer that advertises, supports and cuts the consumers' price, and a retailer, saturating sales";
    const SOURCE: &'static str =
        "Yue, Austin, Wang and Huang 2006, European Journal of Operational Research 168";
    const PROVENANCE: &'static str = "model stated from the literature with low confidence in the exact demand, the paper's text not read; \
         closed forms derived here";

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
        let cut = x[Self::PRICE_CUT];
        let gained = (1.0 - cut).powf(-self.0.price_elasticity);
        let sales = gained * self.0.response().sales(x[Self::LOCAL], x[Self::NATIONAL]);
        let price = self.0.list_price * (1.0 - cut);
        vec![
            Measure::new("sales", "S", "units", sales),
            Measure::new("consumer_price", "p", "money per unit", price),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces cut, rate and national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("simultaneous", "both decide at once; no support", Structure::simultaneous()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
            Scheme::new(
                "retailer_leads",
                "the retailer announces its local advertising, the manufacturer replies; no support",
                Structure::leader(Channel::Retailer),
            ),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        Yue(Parameters {
            list_price: 50.0,
            manufacturer_margin: 20.0,
            retailer_margin: 8.0,
            price_elasticity: 2.8,
            saturation: 1000.0,
            shortfall: 400.0,
            local_exponent: 0.6,
            national_exponent: 0.4,
        })
    }
}
