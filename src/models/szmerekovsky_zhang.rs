//! Advertising and pricing with a constant price elasticity (after Szmerekovsky and Zhang 2009).
//!
//! A manufacturer leads with a wholesale price `w`, national advertising `q` and the share `t` of local advertising that
//! it pays; a retailer replies with the retail price `p` and local advertising `a`:
//!
//! ```math
//! D=p^{-e}\bigl(\alpha-\beta a^{-\gamma}q^{-\delta}\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-q,\qquad \pi_r=(p-w)D-(1-t)\,a .
//! ```
//!
//! The retailer's price is `p = ew/(e−1)` whatever is advertised, so that for a given `w` the channel is [`Saturating`]
//! with the margins `(w−c)p^{-e}` and `(p−w)p^{-e}`. The wholesale price has no formula: it is searched for on top of
//! formulas, globally and to rounding (a *semi-closed* form).
//!
//! **The manufacturer pays nothing.** Let `w₀ = ec/(e−1)`, which maximises its margin times the price factor. From `w₀`
//! upwards both firms' margins per unit of advertised demand only fall, and the manufacturer loses by both: so `w* < w₀`,
//! and with it
//!
//! ```math
//! \frac mr=\frac{(e-1)(w^*-c)}{w^*}<\frac{e-1}{e}<1+\gamma\quad\Rightarrow\quad t^*=0 .
//! ```
//!
//! Instead of sharing costs it lowers its price. Without leadership there is no equilibrium in `w` at all, since at a
//! given retail price the manufacturer would raise it without end.
//!
//! # Source
//!
//! Szmerekovsky and Zhang, "Pricing and two-tier advertising with one manufacturer and one retailer", European Journal
//! of Operational Research 192 (2009), doi:10.1016/j.ejor.2007.10.005. Only the abstract could be read, whose claim (sharing costs does not work well;
//! the manufacturer had better lower its price) is proved above for this model; the demand function is stated from the
//! literature. Closed forms and the proof are this library's.
//!
//! ```
//! use coopad::models::{Channel, Model, SzmerekovskyZhang};
//! use coopad::prelude::*;
//!
//! let channel = SzmerekovskyZhang::example();
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! assert_eq!(led[SzmerekovskyZhang::PARTICIPATION], 0.0);
//! // Below ec/(e − 1) = 2.5·6/1.5.
//! assert!(led[SzmerekovskyZhang::WHOLESALE_PRICE] < 10.0);
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

/// The numbers of the model; see [`SzmerekovskyZhang::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `c`, the manufacturer's cost, money per unit.
    pub production_cost: P,
    /// `e`, per cent of demand lost per per cent of the retail price.
    pub price_elasticity: P,
    /// `α`, sales at a price of 1 when advertising is unlimited, in units of the good.
    pub saturation: P,
    /// `β`, sales short of that at one unit of money in both kinds of advertising.
    pub shortfall: P,
    /// `γ`, the exponent of local advertising.
    pub local_exponent: P,
    /// `δ`, the exponent of national advertising.
    pub national_exponent: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            production_cost: v[0],
            price_elasticity: v[1],
            saturation: v[2],
            shortfall: v[3],
            local_exponent: v[4],
            national_exponent: v[5],
        }
    }

    fn list(&self) -> [P; 6] {
        [
            self.production_cost,
            self.price_elasticity,
            self.saturation,
            self.shortfall,
            self.local_exponent,
            self.national_exponent,
        ]
    }

    /// What advertising sells at a price of 1.
    pub fn response(&self) -> Saturating<P> {
        Saturating {
            saturation: self.saturation,
            shortfall: self.shortfall,
            local_exponent: self.local_exponent,
            national_exponent: self.national_exponent,
        }
    }

    /// How the retail price scales it.
    pub fn price(&self) -> IsoelasticPrice<P> {
        IsoelasticPrice { elasticity: self.price_elasticity }
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, w: T, t: T, q: T, p: T, a: T) -> [T; 2] {
        let sales = self.price().factor(p) * self.response().sales(a, q);
        let margins = [w - self.production_cost, p - w];
        after_support(margins.map(|margin| margin * sales), t, a, q)
    }
}

/// Closed forms: `[w, t, q, p, a]`, branch-free, over any scalar. See [`Saturating`].
impl<P: Scalar> Parameters<P> {
    /// The price of a seller whose unit costs this much.
    fn monopoly(&self, cost: P) -> P {
        cost * self.price_elasticity / (self.price_elasticity - 1.0)
    }

    /// Everything else, as the retailer replies and the manufacturer foresees it, at the wholesale price `w`.
    fn led_by(&self, w: P) -> [P; 5] {
        let p = self.monopoly(w);
        let factor = self.price().factor(p);
        let margins = [(w - self.production_cost) * factor, (p - w) * factor];
        let [t, q, a] = self.response().manufacturer_leads(margins);
        [w, t, q, p, a]
    }

    /// The manufacturer announces `w`, `t` and `q`; the retailer replies with `p` and `a`. `w` is searched for.
    pub fn manufacturer_leads(&self) -> [P; 5] {
        let along = Parameters::from_list(&self.list().map(still));
        let earned = |share| {
            let [w, t, q, p, a] = along.led_by(along.wholesale(share));
            along.payoffs(w, t, q, p, a)[0]
        };
        // At a margin of nothing there is no advertising and no formula.
        let inside = Interval::new(P::constant(1e-9), P::constant(1.0 - 1e-9));
        self.led_by(self.wholesale(peak(inside, earned)))
    }

    /// All wholesale prices above cost on the unit interval, `w₀` in the middle.
    fn wholesale(&self, share: P) -> P {
        let usual = self.monopoly(self.production_cost) - self.production_cost;
        self.production_cost - usual * share / (share - 1.0)
    }

    /// Joint profit is maximised; `w` and `t` are internal.
    pub fn cooperative(&self) -> [P; 5] {
        let w = self.production_cost;
        let p = self.monopoly(w);
        let [t, q, a] = self.response().cooperative((p - w) * self.price().factor(p));
        [w, t, q, p, a]
    }
}

/// A leading manufacturer and a retailer under a constant price elasticity. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct SzmerekovskyZhang(Parameters);

impl SzmerekovskyZhang {
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

    /// The model at these parameters: all positive and finite, the elasticity above 1.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(SzmerekovskyZhang(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for SzmerekovskyZhang {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let n = &self.0;
        // Prices when advertising sells without end; spends where joint marginal revenue meets marginal cost.
        let w = n.monopoly(n.production_cost);
        let margin = (w - n.production_cost) * n.price().factor(w);
        let typical = n.response().usual_spend(margin);
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(n.production_cost)
                .typical(w),
            Channel::participation_rate(),
            Decision::new("national_advertising", Manufacturer).symbol("q").typical(typical),
            Decision::new("retail_price", Retailer).symbol("p").unit("money per unit").typical(n.monopoly(w)),
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

/// A negative margin on negative sales would look profitable.
fn conditions<P: Copy, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    let margin = x[SzmerekovskyZhang::RETAIL_PRICE] - x[SzmerekovskyZhang::WHOLESALE_PRICE];
    let sales = numbers.response().sales(x[SzmerekovskyZhang::LOCAL], x[SzmerekovskyZhang::NATIONAL]);
    vec![Condition::require("sales", sales), Condition::require("retailer margin", margin)]
}

impl StaticGame for SzmerekovskyZhang {
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

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        match decision {
            Self::WHOLESALE_PRICE | Self::RETAIL_PRICE => Interval::at_least(p[0]),
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

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        super::neutral_at(self, decision, Self::WHOLESALE_PRICE, p[0])
    }

    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => self.0.manufacturer_leads(),
            "cooperative" => self.0.cooperative(),
            _ => return None,
        };
        Some(Ok(profile.to_vec()))
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("production_cost", "c", "money per unit", Range::POSITIVE),
    Parameter::new("price_elasticity", "e", "none", Range::ABOVE_ONE),
    Parameter::new("saturation", "alpha", "units sold", Range::POSITIVE),
    Parameter::new("shortfall", "beta", "units sold", Range::POSITIVE),
    Parameter::new("local_exponent", "gamma", "none", Range::POSITIVE),
    Parameter::new("national_exponent", "delta", "none", Range::POSITIVE),
];

impl Model for SzmerekovskyZhang {
    const NAME: &'static str = "szmerekovsky_zhang";
    const ALIASES: &'static [&'static str] = &["szmerekovsky_zhang2009"];
    const TITLE: &'static str = "prices and advertising of a leading manufacturer and a retailer, constant elasticity, saturating advertising";
    const SOURCE: &'static str = "Szmerekovsky and Zhang 2009, doi:10.1016/j.ejor.2007.10.005";
    const PROVENANCE: &'static str =
        "abstract read; demand function stated from the literature; closed forms and proof derived here";

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
        let n = &self.0;
        let (w, price) = (x[Self::WHOLESALE_PRICE], x[Self::RETAIL_PRICE]);
        let sales = n.price().factor(price) * n.response().sales(x[Self::LOCAL], x[Self::NATIONAL]);
        vec![
            Measure::new("sales", "D", "units", sales),
            Measure::new("manufacturer_margin", "rho_m", "money per unit", w - n.production_cost),
            Measure::new("retailer_margin", "rho_r", "money per unit", price - w),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces wholesale price, rate and national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        SzmerekovskyZhang(Parameters {
            production_cost: 6.0,
            price_elasticity: 2.5,
            saturation: 200_000.0,
            shortfall: 60_000.0,
            local_exponent: 0.6,
            national_exponent: 0.4,
        })
    }
}
