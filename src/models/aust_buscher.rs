//! Price and advertising with curved demand, when the retailer chooses its margin (Aust and Buscher 2012).
//!
//! A manufacturer sets the wholesale price `w`, spends `A` on national advertising and pays the share `t` of what a
//! retailer spends on local advertising, `a`. The retailer sets its unit margin `m`, so that the retail price
//! `p = w + m + d` follows the wholesale price:
//!
//! ```math
//! D=(\alpha-\beta p)^{1/v}\,\bigl(k_r\sqrt a+k_m\sqrt A\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-A,\qquad \pi_r=mD-(1-t)\,a .
//! ```
//!
//! A higher wholesale price now costs sales even when both decide at once, and no cap on it is needed. Simultaneous
//! moves give the point of [`SeyedEsfahani`](super::SeyedEsfahani)'s capped game, and under a leading manufacturer a
//! margin is as good as a price; only the game that the retailer leads is another.
//!
//! # Source
//!
//! Aust and Buscher, "Vertical cooperative advertising and pricing decisions in a manufacturer-retailer supply chain: a
//! game-theoretic approach", European Journal of Operational Research 223 (2012). Of the paper only the abstract could
//! be read; the model is stated from the field's literature, and all closed forms here were derived for this library
//! and checked by independent numerics.
//!
//! ```
//! use coopad::models::{AustBuscher, Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = AustBuscher::example();
//! let nash = channel.solve(&Structure::simultaneous())?;
//! let margin = nash[AustBuscher::WHOLESALE] - channel.numbers().production_cost;
//! assert!((nash[AustBuscher::MARGIN] - margin).abs() < 1e-12 * margin); // equal margins
//! // (k_m/k_r)² = 0.69 is below v = 1.25, and so the leading retailer asks for more.
//! let led = channel.solve(&Structure::leader(Channel::Retailer))?;
//! assert!(led[AustBuscher::MARGIN] > nash[AustBuscher::MARGIN]);
//! # Ok::<(), coopad::SolveError>(())
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

/// A manufacturer and a retailer that sets its margin. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct AustBuscher(Parameters);

impl AustBuscher {
    /// The wholesale price `w`, the manufacturer's.
    pub const WHOLESALE: usize = 0;
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 1;
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// The retail margin `m`, the retailer's.
    pub const MARGIN: usize = 3;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 4;

    /// The model at these parameters.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number out of its range, [`ParameterError::Inconsistent`] where nothing can
    /// be sold above both costs.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(AustBuscher(parameters))?;
        model.0.sells().map(|()| model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

/// `p = w + m + d`.
#[inline]
fn retail_price<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> T {
    x[AustBuscher::WHOLESALE] + x[AustBuscher::MARGIN] + numbers.handling_cost
}

fn bounds<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, decision: usize) -> Interval<T> {
    match decision {
        AustBuscher::MARGIN => Interval::new(T::constant(0.0), T::constant(0.0) + numbers.widest_markup()),
        _ => numbers.bounds(decision),
    }
}

#[inline]
fn payoffs<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> [T; 2] {
    let (w, m) = (x[AustBuscher::WHOLESALE], x[AustBuscher::MARGIN]);
    let spends = [x[AustBuscher::PARTICIPATION], x[AustBuscher::NATIONAL], x[AustBuscher::LOCAL]];
    numbers.payoffs([w - numbers.production_cost, m], retail_price(numbers, x), spends)
}

impl Game for AustBuscher {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let margin = Decision::new("retail_margin", Channel::Retailer).symbol("m");
        self.0.decisions(margin.typical(self.0.typical_margin()))
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        bounds(&self.0, decision)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for AustBuscher {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&payoffs(&self.0, x));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&payoffs(&Parameters::from_list(p), x));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        bounds(&Parameters::from_list(p), decision)
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.0.conditions(x[Self::WHOLESALE], retail_price(&self.0, x))
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        let numbers = Parameters::from_list(p);
        numbers.conditions(x[Self::WHOLESALE], retail_price(&numbers, x))
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        super::neutral_at(self, decision, Self::WHOLESALE, Parameters::from_list(p).production_cost)
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let outcome = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads(),
            "simultaneous" => p.simultaneous(),
            "retailer_leads" => p.retailer_leads_with_margin(),
            "cooperative" => p.cooperative(),
            _ => return None,
        };
        Some(p.with_margin(outcome).to_vec())
    }
}

impl Model for AustBuscher {
    const NAME: &'static str = "aust_buscher";
    const ALIASES: &'static [&'static str] = &["aust_buscher2012"];
    const TITLE: &'static str =
        "price and advertising with curved demand, one manufacturer, one retailer that sets its margin";
    const SOURCE: &'static str = "Aust and Buscher 2012, European Journal of Operational Research 223";
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
        let p = retail_price(&self.0, x);
        vec![
            Measure::new("retail_price", "p", "money per unit", p),
            self.0.sold(p, x[Self::NATIONAL], x[Self::LOCAL]),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces wholesale price, rate and national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("simultaneous", "all at once; no support", Structure::simultaneous()),
            Scheme::new(
                "retailer_leads",
                "the retailer announces margin and local advertising, the manufacturer replies; no support",
                Structure::leader(Channel::Retailer),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        AustBuscher(Parameters {
            demand_intercept: 10.0,
            demand_slope: 0.8,
            production_cost: 2.0,
            handling_cost: 0.5,
            price_curvature: 1.25,
            local_effect: 0.6,
            national_effect: 0.5,
        })
    }
}
