//! Price and advertising with curved demand, and a cap on the manufacturer's margin (SeyedEsfahani and others 2011).
//!
//! A manufacturer sets the wholesale price `w`, spends `A` on national advertising and pays the share `t` of what a
//! retailer spends on local advertising, `a`; the retailer also sets the retail price `p`:
//!
//! ```math
//! D=(\alpha-\beta p)^{1/v}\,\bigl(k_r\sqrt a+k_m\sqrt A\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-A,\qquad \pi_r=(p-w-d)D-(1-t)\,a .
//! ```
//!
//! # The margin cap
//!
//! At a given retail price the manufacturer would raise `w` without end. Where it does not move first, its unit margin
//! is therefore capped by the retailer's, `w − c ≤ p − w − d`: the rule `margin_cap`, at 1 under `simultaneous` and
//! `retailer_leads` and at 0 under `manufacturer_leads`. The simultaneous game is then a generalised Nash game: the
//! retailer weighs its price with the wholesale price held, although the cap moves with the price.
//!
//! Without the cap, under the plain [`Structure::simultaneous`], there is one equilibrium, in which nothing is traded:
//! the manufacturer asks for all that the highest price leaves, `w = α/β − d`, so that no price below `α/β` covers the
//! retailer's costs, and nobody advertises. The formula returns this corner; the engine finds it or says that it did
//! not converge.
//!
//! # Source
//!
//! SeyedEsfahani, Biazaran and Gharakhani, "A game theoretic approach to coordinate pricing and vertical co-op
//! advertising in manufacturer-retailer supply chains", European Journal of Operational Research 211 (2011). Of the
//! paper only the abstract could be read; the model is stated from the field's literature, and all closed forms here
//! were derived for this library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{Channel, Model, SeyedEsfahani};
//! use coopad::prelude::*;
//!
//! let channel = SeyedEsfahani::example();
//! let solve = |name: &str| channel.solve(&SeyedEsfahani::structure(name).unwrap()).unwrap();
//! let (led, joint) = (solve("retailer_leads"), solve("cooperative"));
//! // The leading retailer asks for the cooperative price, and the channel earns three quarters of what it could.
//! assert!((led[SeyedEsfahani::PRICE] - joint[SeyedEsfahani::PRICE]).abs() < 1e-12 * joint[SeyedEsfahani::PRICE]);
//! assert!((led.total() - 0.75 * joint.total()).abs() < 1e-12 * joint.total());
//! // Both firms do better in it than under simultaneous moves.
//! let nash = solve("simultaneous");
//! assert!(led.payoff(Channel::Manufacturer) > nash.payoff(Channel::Manufacturer));
//! assert!(led.payoff(Channel::Retailer) > nash.payoff(Channel::Retailer));
//! ```

mod claims;

use super::price_and_advertising::{PARAMETERS, Parameters};
use super::{Channel, Measure, Model, Parameter, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// A manufacturer and a retailer that sets the price, under a margin cap. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct SeyedEsfahani(Parameters);

impl SeyedEsfahani {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE: usize = 0;
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 1;
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// The retail price `p`, the retailer's.
    pub const PRICE: usize = 3;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 4;
    /// Whether the manufacturer's unit margin is capped by the retailer's: 1 or 0, a rule of the game.
    pub const MARGIN_CAP: usize = 5;

    /// The model at these parameters.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number out of its range, [`ParameterError::Inconsistent`] where nothing can
    /// be sold above both costs.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(SeyedEsfahani(parameters))?;
        model.0.sells().map(|()| model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

/// The bounds of a decision. Under the cap those of `w` move with `p`; without it they do not.
fn bounds<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, decision: usize, x: &[T]) -> Interval<T> {
    match decision {
        SeyedEsfahani::WHOLESALE => {
            let Interval { lower, upper } = numbers.bounds(decision);
            let cap: T = x[SeyedEsfahani::MARGIN_CAP];
            // At the price that covers no more than the costs this is the production cost itself, without rounding.
            let costs = numbers.production_cost + numbers.handling_cost;
            let equal_margins = (x[SeyedEsfahani::PRICE] - costs) * 0.5 + numbers.production_cost;
            Interval::new(lower, cap * equal_margins - (cap - 1.0) * upper)
        }
        SeyedEsfahani::MARGIN_CAP => Interval::unit(),
        _ => numbers.bounds(decision),
    }
}

impl Game for SeyedEsfahani {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let mut decisions = self.0.decisions(self.0.retail_price());
        decisions.push(Decision::rule("margin_cap", Channel::Manufacturer));
        decisions
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        bounds(&self.0, decision, x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for SeyedEsfahani {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs_at_prices(x));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs_at_prices(x));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        bounds(&Parameters::from_list(p), decision, x)
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.0.conditions(x[Self::WHOLESALE], x[Self::PRICE])
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        Parameters::from_list(p).conditions(x[Self::WHOLESALE], x[Self::PRICE])
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        super::neutral_at(self, decision, Self::WHOLESALE, Parameters::from_list(p).production_cost)
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let zero = T::constant(0.0);
        let ([w, t, national, price, a], cap) = match Self::recognise(structure) {
            Some("manufacturer_leads") => (p.with_price(p.manufacturer_leads()), 0.0),
            Some("simultaneous") => (p.with_price(p.simultaneous()), 1.0),
            Some("retailer_leads") => (p.with_price(p.retailer_leads_with_price()), 1.0),
            Some("cooperative") => (p.with_price(p.cooperative()), 0.0),
            // Without the cap: no trade.
            None if structure.same_rules(&Structure::simultaneous()) => {
                let highest = p.highest_price();
                ([highest - p.handling_cost, zero, zero, highest, zero], 0.0)
            }
            _ => return None,
        };
        Some(vec![w, t, national, price, a, T::constant(cap)])
    }
}

impl Model for SeyedEsfahani {
    const NAME: &'static str = "seyed_esfahani";
    const ALIASES: &'static [&'static str] = &["seyedesfahani2011"];
    const TITLE: &'static str = "price and advertising with curved demand, one manufacturer with a capped margin, one retailer that prices";
    const SOURCE: &'static str =
        "SeyedEsfahani, Biazaran and Gharakhani 2011, European Journal of Operational Research 211";
    const PROVENANCE: &'static str = "only the paper's abstract read, model stated from the field's literature; closed forms derived for this library";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        self.0.values()
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        self.0.measures_at_prices(x)
    }

    fn structures() -> Vec<Scheme<Channel>> {
        let capped = |structure: Structure<Channel>| structure.fix(Self::MARGIN_CAP, 1.0);
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces wholesale price, rate and national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new(
                "simultaneous",
                "all at once, the manufacturer's unit margin capped by the retailer's; no support",
                capped(Structure::simultaneous()),
            ),
            Scheme::new(
                "retailer_leads",
                "the retailer announces price and local advertising, the manufacturer replies with its margin capped by \
                 the retailer's; no support",
                capped(Structure::leader(Channel::Retailer)),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        SeyedEsfahani(Parameters {
            demand_intercept: 12.0,
            demand_slope: 0.5,
            production_cost: 3.0,
            handling_cost: 1.0,
            price_curvature: 0.8,
            local_effect: 0.6,
            national_effect: 0.5,
        })
    }
}
