//! A retailer with a store brand beside the manufacturer's, and support for advertising (after Karray and Zaccour 2006).
//!
//! The manufacturer sells a national brand at the wholesale price `w` and may pay the share `t` of the retailer's
//! advertising for it. The retailer chooses both retail prices and the advertising **effort** `a`, which costs `a²/2`
//! in money; production costs nothing. Demands are linear:
//!
//! ```math
//! q_n=a_n-b\,p_n+g\,p_s+\theta a,\qquad q_s=a_s-b\,p_s+g\,p_n,
//! ```
//! ```math
//! \pi_m=w\,q_n-t\frac{a^2}2,\qquad \pi_r=(p_n-w)q_n+p_sq_s-(1-t)\frac{a^2}2 .
//! ```
//!
//! Two demands of this family are models: [`KarrayZaccour`], in which the two brands share the market that the national
//! brand had alone ([`Raju`]), and [`KarrayZaccourAdditive`], in which the store brand brings a market of its own
//! ([`Additive`]). Whether the store brand is sold is a [rule](crate::Decision::rule) of the game that structures fix:
//! without it the national brand faces `q_n = v − p_n + θa`.
//!
//! # Closed forms
//!
//! With `D = b − g²/b`, `Φ = a_n + g a_s/b` and `y = 1/(2D − θ²/(1 − t))`, the retailer's margin is `y(Φ − Dw)`. The
//! leader's rate solves an equation that turns out to be linear in `y`, so that it is explicit ([`Demand::lift`]); without
//! a store brand it is `t = 1/3` whatever the numbers.
//!
//! # Where there is an equilibrium
//!
//! The retailer's profit is concave where `θ²/(1 − t) < 2D`, which `new` requires at `t = 0`. A strong effect of
//! advertising (without a store brand `θ² ≥ 4/3`) can still make the leader want ever more support, up to the rate at
//! which the retailer's reply ceases to exist: the games with support then have no equilibrium, and solving them is an
//! error. (The engine alone may stop at that rate, short of the supremum by rounding; it then says so in a caveat.)
//!
//! # Source
//!
//! Karray and Zaccour, "Could co-op advertising be a manufacturer's counterstrategy to store brands?", Journal of
//! Business Research 59 (2006). Only the abstract could be read: the demand is a **reconstruction**, chosen because it
//! reproduces every claim of the abstract; its form after entry follows Raju, Sethuraman and Dhar (1995). Closed forms
//! and the conditions of the claims were derived for this library.
//!
//! ```
//! use coopad::models::{KarrayZaccour, Model, karray_zaccour::Raju};
//! use coopad::prelude::*;
//!
//! let shelf = KarrayZaccour::new(Raju { market_size: 10.0, cross_price_effect: 0.3, advertising_effect: 0.6 })?;
//! let solve = |name: &str| shelf.solve(&KarrayZaccour::structure(name).unwrap());
//! assert!((solve("no_store_brand_coop")?[KarrayZaccour::RATE] - 1.0 / 3.0).abs() < 1e-12);
//! // A store brand makes support less generous, not superfluous.
//! assert!((0.1..0.3).contains(&solve("store_brand_coop")?[KarrayZaccour::RATE]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod presets;

use std::fmt;

use super::{Channel, Measure, Model, Parameter, Scheme};
use crate::claim::Claim;
use crate::error::{ParameterError, SolveError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{LinearPrice, after_support};
use crate::scalar::Scalar;
use crate::structure::Structure;

pub use presets::{Additive, Raju};

/// The brands share one market. See the [module](self).
pub type KarrayZaccour = StoreBrand<Raju>;
/// The store brand brings a market of its own. See the [module](self).
pub type KarrayZaccourAdditive = StoreBrand<Additive>;

/// A demand of the family as the parameters of a model: what differs between the two.
pub trait Preset: Copy + fmt::Debug + PartialEq + 'static {
    /// The model's name in scenario files, with other names for it.
    const NAMES: (&'static str, &'static [&'static str]);
    /// The model in a sentence.
    const TITLE: &'static str;
    /// The parameters, the effect of advertising last.
    const PARAMETERS: &'static [Parameter];
    /// The propositions.
    const CLAIMS: &'static [Claim];
    /// A worked example.
    const EXAMPLE: Self;

    /// The parameters as a list; what lies beyond them is 0.
    fn list(&self) -> [f64; 4];
    /// The parameters from a list that has one number for each of them.
    fn from_list(v: &[f64]) -> Self;
    /// Demand at these parameters before (`sold` = 0) and after entry of the store brand (`sold` = 1).
    fn demand<P: Scalar>(v: &[P], sold: P) -> Demand<P>;
}

/// Linear demand for a national and a store brand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand<P = f64> {
    /// `a_n`, units of the national brand at prices 0.
    pub national: P,
    /// `a_s`, units of the store brand at prices 0.
    pub store: P,
    /// `b`, units lost per unit of money on a brand's own price.
    pub own: P,
    /// `g < b`, units gained per unit of money on the other's price.
    pub cross: P,
    /// `θ`, units of the national brand per unit of effort.
    pub advertising: P,
    /// 1 where the store brand is sold, otherwise 0.
    pub sold: P,
}

/// A profile `[w, t, p_n, p_s, a]`.
type Profile<T> = [T; 5];

impl<T: Scalar> Demand<T> {
    /// Units of both brands sold.
    #[inline]
    pub fn sales(&self, national_price: T, store_price: T, effort: T) -> [T; 2] {
        let line = |intercept: T, price: T| LinearPrice { intercept, slope: self.own }.factor(price);
        let national =
            line(self.national, national_price) + store_price * self.cross + effort * self.advertising;
        [national, (line(self.store, store_price) + national_price * self.cross) * self.sold]
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs(&self, [w, t, national_price, store_price, effort]: Profile<T>) -> [T; 2] {
        let [national, store] = self.sales(national_price, store_price, effort);
        let retailer = (national_price - w) * national + store_price * store;
        after_support([w * national, retailer], t, effort.square() * 0.5, T::constant(0.0))
    }

    /// `D = b − g²/b`, how national sales fall in their price when the store brand's price follows.
    pub fn slope(&self) -> T {
        (self.own - self.cross) * (self.own + self.cross) / self.own
    }

    /// `Φ = a_n + g a_s/b`, national sales at price 0 when the store brand's price follows.
    fn reach(&self) -> T {
        self.national + self.cross * self.store / self.own
    }

    /// `1/y = 2D − θ² L`, positive where the retailer's profit is concave; `L = 1/(1 − t)`.
    fn concavity(&self, lift: T) -> T {
        self.slope() * 2.0 - self.advertising.square() * lift
    }

    /// The highest rate at which the retailer's profit is concave, excluded: `1 − θ²/(2D)`.
    fn highest_rate(&self) -> T {
        -(self.advertising.square() / (self.slope() * 2.0) - 1.0)
    }

    /// `L = 1/(1 − t)` at the leader's best rate. With `B = Φg²/b + D g a_s/(2b)`:
    ///
    /// ```math
    /// L=\max\Bigl(1,\ \frac{\tfrac32\Phi D^2+2\Phi Dg^2/b-BD}{\Phi(\theta^2g^2/b+D^2)+B(2D-\tfrac32\theta^2)}\Bigr).
    /// ```
    ///
    /// There is an equilibrium only where `θ²L < 2D`.
    pub fn lift(&self) -> T {
        let (d, reach, theta) = (self.slope(), self.reach(), self.advertising.square());
        let across = self.cross.square() / self.own;
        let more = self.rest();
        let over = reach * d.square() * 1.5 + d * (reach * across * 2.0 - more);
        let under = reach * (theta * across + d.square()) + more * (d * 2.0 - theta * 1.5);
        (over / under).max(T::constant(1.0))
    }

    /// `B` of [`Demand::lift`].
    fn rest(&self) -> T {
        let half = self.slope() * self.cross * self.store / (self.own * 2.0);
        self.reach() * self.cross.square() / self.own + half
    }

    /// The leader's best wholesale price with the retailer's reply, when it pays the share `t = 1 − 1/L`.
    pub fn leader(&self, lift: T) -> Profile<T> {
        let (d, reach) = (self.slope(), self.reach());
        let y = self.concavity(lift).recip();
        // What support costs, per N²/2.
        let cost = (y * self.advertising).square() * lift * (lift - 1.0);
        let under = d.square() * y * 2.0 + self.cross.square() / self.own + cost * d.square();
        let lost = self.cross * self.store / (self.own * 2.0);
        let w = (d * y * reach - lost + cost * d * reach) / under;
        // Φ − Dw, without the cancellation.
        let net = (reach * d.square() * y + self.rest()) / under;
        self.reply(w, lift, y * net)
    }

    /// Everybody together: the retailer that pays no wholesale price.
    pub fn cooperative(&self) -> Profile<T> {
        let (zero, one) = (T::constant(0.0), T::constant(1.0));
        self.reply(zero, one, self.reach() / self.concavity(one))
    }

    fn reply(&self, w: T, lift: T, margin: T) -> Profile<T> {
        let store_price = (self.store + (margin * 2.0 + w) * self.cross) / (self.own * 2.0);
        [w, (lift - 1.0) / lift, w + margin, store_price, self.advertising * margin * lift]
    }
}

/// A manufacturer and a retailer that may sell a store brand. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct StoreBrand<D>(D);

impl<D: Preset> StoreBrand<D> {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE_PRICE: usize = 0;
    /// The participation rate `t`, the manufacturer's.
    pub const RATE: usize = 1;
    /// The retail price of the national brand `p_n`.
    pub const NATIONAL_PRICE: usize = 2;
    /// The retail price of the store brand `p_s`; 0 where it is not sold.
    pub const STORE_PRICE: usize = 3;
    /// The retailer's advertising effort `a`.
    pub const EFFORT: usize = 4;
    /// Whether the store brand is sold: a rule, 0 or 1.
    pub const STORE_BRAND: usize = 5;

    /// The model at these parameters.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not finite or too small, and
    /// [`ParameterError::Inconsistent`] where `b ≤ g` or `θ² ≥ 2(b − g²/b)`, with or without the store brand.
    pub fn new(parameters: D) -> Result<Self, ParameterError> {
        let model = super::checked(StoreBrand(parameters))?;
        let theta = model.demand(0.0).advertising;
        for sold in [0.0, 1.0] {
            let demand = model.demand(sold);
            let allowed = 2.0 * demand.slope();
            if demand.own <= demand.cross {
                return Err(ParameterError::Inconsistent {
                    parameter: "cross_price_effect".to_owned(),
                    value: demand.cross,
                    condition: format!("it must lie below the effect of a brand's own price, {}", demand.own),
                });
            }
            if theta.powi(2) >= allowed {
                return Err(ParameterError::Inconsistent {
                    parameter: "advertising_effect".to_owned(),
                    value: theta,
                    condition: format!(
                        "its square must lie below {allowed} for the retailer's profit to be concave at the prices' effects given"
                    ),
                });
            }
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &D {
        &self.0
    }

    /// Demand without (`sold` = 0) or with the store brand (`sold` = 1).
    pub fn demand(&self, sold: f64) -> Demand {
        D::demand(&self.0.list(), sold)
    }

    /// Bounds of a decision under a demand: prices cover the wholesale price, which leaves the retailer something to
    /// sell, and the rate keeps the reply concave.
    fn within<T: Scalar>(decision: usize, demand: impl FnOnce(T) -> Demand<T>, x: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        match decision {
            Self::RATE => Interval::new(zero, demand(x[Self::STORE_BRAND]).highest_rate()),
            Self::WHOLESALE_PRICE => {
                let demand = demand(x[Self::STORE_BRAND]);
                Interval::new(zero, demand.reach() / demand.slope())
            }
            Self::NATIONAL_PRICE => Interval::at_least(x[Self::WHOLESALE_PRICE]),
            Self::STORE_BRAND => Interval::unit(),
            _ => Interval::at_least(zero),
        }
    }

    fn led(&self, sold: f64, support: bool) -> Result<Profile<f64>, SolveError> {
        let demand = self.demand(sold);
        let lift = if support { demand.lift() } else { 1.0 };
        let concavity = demand.concavity(lift);
        if concavity > 0.0 {
            return Ok(demand.leader(lift));
        }
        // The leader's profit rises all the way to the rate at which the reply ceases to exist.
        let without = demand.leader(1.0);
        let near = demand.leader(1.0 + 0.999_999 * (2.0 * demand.slope() / demand.advertising.powi(2) - 1.0));
        let gain = demand.payoffs(near)[0] - demand.payoffs(without)[0];
        let last = without.iter().copied().chain([sold]).collect();
        Err(SolveError::NoEquilibrium { player: "manufacturer".to_owned(), gain, last })
    }
}

impl<D: Preset> Game for StoreBrand<D> {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        // Sizes are those of the game with a store brand and no support.
        let [w, _, national, store, effort] = self.demand(1.0).leader(1.0);
        let transfer = |name: &'static str| Decision::transfer(name, Manufacturer, Retailer);
        let own = |name: &'static str| Decision::new(name, Retailer);
        let money = "money per unit";
        vec![
            transfer("wholesale_price").symbol("w").unit(money).typical(w),
            transfer("participation_rate").symbol("t").unit("share of spend"),
            own("national_brand_price").symbol("pn").unit(money).typical(national),
            own("store_brand_price").symbol("ps").unit(money).typical(store),
            own("advertising_effort").symbol("a").unit("root money").typical(effort),
            Decision::rule("store_brand", Retailer).symbol("e"),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        Self::within(decision, |sold| D::demand(&self.0.list().map(T::constant), sold), x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl<D: Preset> StaticGame for StoreBrand<D> {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.payoffs_at(&self.0.list().map(T::constant), x, out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let demand = D::demand(p, x[Self::STORE_BRAND]);
        out.copy_from_slice(&demand.payoffs([x[0], x[1], x[2], x[3], x[4]]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        Self::within(decision, |sold| D::demand(p, sold), x)
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.conditions_at(&self.0.list().map(T::constant), x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        let demand = D::demand(p, x[Self::STORE_BRAND]);
        let [national, store] = demand.sales(x[2], x[3], x[4]);
        // Sales of nothing may be negative by rounding.
        let rounding = D::demand(p, T::constant(0.0)).national * 1e-9;
        // At the highest rate the retailer no longer has one best reply: there is no equilibrium that close to it.
        let highest = demand.highest_rate();
        vec![
            Condition::require("sales of the national brand", national + rounding),
            Condition::require("sales of the store brand", store + rounding),
            Condition::expect("distance from the highest rate", highest - x[Self::RATE] - 1e-6),
        ]
    }

    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let (sold, profile) = match Self::recognise(structure)? {
            "no_store_brand" => (0.0, self.led(0.0, false)),
            "no_store_brand_coop" => (0.0, self.led(0.0, true)),
            "store_brand" => (1.0, self.led(1.0, false)),
            "store_brand_coop" => (1.0, self.led(1.0, true)),
            "no_store_brand_cooperative" => (0.0, Ok(self.demand(0.0).cooperative())),
            "store_brand_cooperative" => (1.0, Ok(self.demand(1.0).cooperative())),
            _ => return None,
        };
        Some(profile.map(|profile| profile.into_iter().chain([sold]).collect()))
    }
}

impl<D: Preset> Model for StoreBrand<D> {
    const NAME: &'static str = D::NAMES.0;
    const ALIASES: &'static [&'static str] = D::NAMES.1;
    const TITLE: &'static str = D::TITLE;
    const SOURCE: &'static str = "Karray and Zaccour 2006, Journal of Business Research 59";
    const PROVENANCE: &'static str =
        "only the abstract read; the demand is a reconstruction; closed forms derived here";

    fn parameters() -> &'static [Parameter] {
        D::PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(D::from_list(&super::required(D::PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        self.0.list().iter().take(D::PARAMETERS.len()).map(|&value| vec![value]).collect()
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let [national, store] = self.demand(x[Self::STORE_BRAND]).sales(x[2], x[3], x[4]);
        vec![
            Measure::new("national_brand_sales", "q_n", "units", national),
            Measure::new("store_brand_sales", "q_s", "units", store),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        let sold = |structure: Structure<Channel>, sold: f64| structure.fix(Self::STORE_BRAND, sold);
        let led = |brand: f64| sold(Structure::leader(Channel::Manufacturer), brand);
        let joint = |brand: f64| sold(Structure::cooperative(), brand);
        vec![
            Scheme::new(
                "no_store_brand",
                "no store brand; the manufacturer announces the wholesale price, no support",
                led(0.0).fix(Self::RATE, 0.0),
            ),
            Scheme::new(
                "no_store_brand_coop",
                "no store brand; the manufacturer announces the wholesale price and a rate",
                led(0.0),
            ),
            Scheme::new(
                "store_brand",
                "the retailer sells a store brand too; the wholesale price is announced, no support",
                led(1.0).fix(Self::RATE, 0.0),
            ),
            Scheme::new(
                "store_brand_coop",
                "the retailer sells a store brand too; the wholesale price and a rate are announced",
                led(1.0),
            ),
            Scheme::new(
                "no_store_brand_cooperative",
                "no store brand; joint profit is maximised",
                joint(0.0),
            ),
            Scheme::new(
                "store_brand_cooperative",
                "joint profit is maximised with a store brand",
                joint(1.0),
            ),
        ]
    }

    fn claims() -> &'static [Claim] {
        D::CLAIMS
    }

    fn example() -> Self {
        StoreBrand(D::EXAMPLE)
    }
}
