//! Price and advertising in a channel that the manufacturer leads, against cooperation (Xie and Wei 2009).
//!
//! A manufacturer sets the wholesale price `w`, spends `A` on national advertising and pays the share `t` of what a
//! retailer spends on local advertising, `a`; the retailer also sets the retail price `p`:
//!
//! ```math
//! D=(\alpha-\beta p)^{1/v}\,\bigl(k_r\sqrt a+k_m\sqrt A\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-A,\qquad \pi_r=(p-w-d)D-(1-t)\,a .
//! ```
//!
//! Demand is a straight line in the price, `v = 1`, as in the paper, unless another `price_curvature` is given. The
//! leading manufacturer always supports local advertising, and on the straight line the rate lies between a third and
//! three fifths, whatever the numbers.
//!
//! # Source
//!
//! Xie and Wei, "Coordinating advertising and pricing in a manufacturer-retailer channel", European Journal of
//! Operational Research 197 (2009). The model is stated from the field's literature; the paper's text could not be
//! read, and all closed forms here were derived for this library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{Channel, Model, XieWei};
//! use coopad::prelude::*;
//!
//! let channel = XieWei::example();
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! let joint = channel.solve(&Structure::cooperative())?;
//! assert!(led[XieWei::PARTICIPATION] > 1.0 / 3.0 && led[XieWei::PARTICIPATION] < 3.0 / 5.0);
//! assert!(joint[XieWei::PRICE] < led[XieWei::PRICE] && joint[XieWei::LOCAL] > led[XieWei::LOCAL]);
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use super::price_and_advertising::{PARAMETERS, Parameters};
use super::{Channel, Measure, Model, Parameter, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A leading manufacturer and a retailer that sets the price. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct XieWei(Parameters);

impl XieWei {
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

    /// The model at these parameters; the paper's own has `price_curvature` 1.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number out of its range, [`ParameterError::Inconsistent`] where nothing can
    /// be sold above both costs.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(XieWei(parameters))?;
        model.0.sells().map(|()| model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for XieWei {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        self.0.decisions(self.0.retail_price())
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        self.0.bounds(decision)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for XieWei {
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

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        Parameters::from_list(p).bounds(decision)
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
        let outcome = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads(),
            "cooperative" => p.cooperative(),
            _ => return None,
        };
        Some(p.with_price(outcome).to_vec())
    }
}

impl Model for XieWei {
    const NAME: &'static str = "xie_wei";
    const ALIASES: &'static [&'static str] = &["xie_wei2009"];
    const TITLE: &'static str = "price and advertising, one leading manufacturer, one retailer that prices";
    const SOURCE: &'static str = "Xie and Wei 2009, European Journal of Operational Research 197";
    const PROVENANCE: &'static str = "model stated from the field's literature, the paper's text not read; closed forms derived for this library";

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
        XieWei(Parameters {
            demand_intercept: 100.0,
            demand_slope: 2.0,
            production_cost: 8.0,
            handling_cost: 2.0,
            price_curvature: 1.0,
            local_effect: 0.6,
            national_effect: 0.45,
        })
    }
}
