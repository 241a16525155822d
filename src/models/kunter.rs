//! Sharing costs and revenue in one proportion (Kunter 2012, the proportional special case).
//!
//! A retailer sets the retail price `p` and local advertising `a`, a manufacturer national advertising `A`:
//!
//! ```math
//! D=(\alpha-\beta p)\,(k_r\sqrt a+k_m\sqrt A).
//! ```
//!
//! The contract gives the manufacturer the share `φ` of revenue and of the cost of local advertising, the retailer the
//! share `1 − φ` of the cost of national advertising, at the wholesale price `w = (1 − φ)c`. Each firm then has its share
//! of the channel's profit,
//!
//! ```math
//! \pi_m=\varphi\,\Pi,\qquad \pi_r=(1-\varphi)\,\Pi,\qquad
//! \Pi=(p-c)D-a-A,
//! ```
//!
//! and decides as an integrated channel would, whoever moves first:
//!
//! ```math
//! p=\frac{\alpha+\beta c}{2\beta},\quad G=\frac{(\alpha-\beta c)^2}{4\beta},\quad
//! \sqrt a=\frac{k_rG}{2},\quad \sqrt A=\frac{k_mG}{2}.
//! ```
//!
//! # Source
//!
//! Kunter, "Coordination via cost and revenue sharing in manufacturer-retailer channels", European Journal of Operational
//! Research (2012); abstract only. The abstract also claims coordination without removing double marginalisation, which
//! needs the paper's more general contract, not read: this is the proportional special case only, derived for this
//! library, with the square-root demand of the library's other channels. For other demands and other contracts use
//! [`contract`](crate::contract).
//!
//! ```
//! use coopad::models::{Channel, Kunter, Model};
//! use coopad::prelude::*;
//!
//! let channel = Kunter::example();
//! let joint = channel.solve(&Structure::cooperative())?;
//! let nash = channel.solve_numerically(&Structure::simultaneous())?;
//! assert!((nash.total() - joint.total()).abs() < 1e-9 * joint.total());
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
use crate::response::{LinearPrice, SquareRoot};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`Kunter::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α`, the price factor of demand at price 0.
    pub intercept: P,
    /// `β`, what it loses per unit of money.
    pub slope: P,
    /// `k_r`, units sold per √money of local advertising and unit of the price factor.
    pub local_effect: P,
    /// `k_m`, likewise for national advertising.
    pub national_effect: P,
    /// `c`, money per unit, below the choke price `α/β`.
    pub production_cost: P,
    /// `φ`, the manufacturer's share of revenue and of local advertising, between 0 and 1.
    pub revenue_share: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            intercept: v[0],
            slope: v[1],
            local_effect: v[2],
            national_effect: v[3],
            production_cost: v[4],
            revenue_share: v[5],
        }
    }

    /// What flows in the channel.
    #[inline]
    pub fn ledger<T: Scalar + Over<P>>(&self, p: T, a: T, national: T) -> Ledger<T> {
        let drawn = SquareRoot { effect: self.local_effect }.sales(a)
            + SquareRoot { effect: self.national_effect }.sales(national);
        let quantity = LinearPrice { intercept: self.intercept, slope: self.slope }.factor(p) * drawn;
        Ledger {
            revenue: p * quantity,
            quantity,
            production: quantity * self.production_cost,
            handling: T::constant(0.0),
            local: a,
            national,
        }
    }

    /// The payoffs of manufacturer and retailer: `w D` at `w = (1 − φ)c`, `φ` of revenue, `1 − φ` of `A`, less `φ` of `a`.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, p: T, a: T, national: T) -> [T; 2] {
        let l = self.ledger(p, a, national);
        let upstream = l.production + l.national;
        l.after((l.revenue - l.local - upstream) * self.revenue_share + upstream)
    }
}

/// The closed form: `[p, a, A]`, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// What the channel decides, under every structure.
    pub fn joint(&self) -> [P; 3] {
        let reach = self.intercept - self.slope * self.production_cost;
        let gain = reach.square() / (self.slope * 4.0);
        let price = self.production_cost + reach / (self.slope * 2.0);
        let spend = |effect: P| (effect * gain * 0.5).square();
        [price, spend(self.local_effect), spend(self.national_effect)]
    }
}

/// A channel that shares its costs and revenue in one proportion. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Kunter(Parameters);

impl Kunter {
    /// The retail price `p`, the retailer's.
    pub const PRICE: usize = 0;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 1;
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 2;

    /// The model at these parameters, all of them positive and finite.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not, and a share of 1 or more;
    /// [`ParameterError::Inconsistent`] for a production cost that no price covers.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = super::checked(Kunter(parameters))?;
        let p = &model.0;
        if p.production_cost * p.slope >= p.intercept {
            return Err(ParameterError::Inconsistent {
                parameter: "production_cost".to_owned(),
                value: p.production_cost,
                condition: format!("it must be below {}, where demand ends", p.intercept / p.slope),
            });
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for Kunter {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let [price, local, national] = self.0.joint();
        vec![
            Decision::new("retail_price", Retailer).symbol("p").unit("money per unit").typical(price),
            Decision::new("local_advertising", Retailer).symbol("a").typical(0.5 * local),
            Decision::new("national_advertising", Manufacturer).symbol("A").typical(0.5 * national),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        match decision {
            Self::PRICE => Interval::new(zero, T::constant(self.0.intercept / self.0.slope)),
            _ => Interval::at_least(zero),
        }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for Kunter {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[Self::PRICE], x[Self::LOCAL], x[Self::NATIONAL]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1], x[2]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        if decision == Self::PRICE { Interval::new(zero, p[0] / p[1]) } else { Interval::at_least(zero) }
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        Self::recognise(structure).map(|_| Parameters::from_list(p).joint().to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("intercept", "alpha", "units of demand", Range::POSITIVE),
    Parameter::new("slope", "beta", "units of demand per money", Range::POSITIVE),
    Parameter::new("local_effect", "k_r", "units per root money", Range::POSITIVE),
    Parameter::new("national_effect", "k_m", "units per root money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::POSITIVE),
    Parameter::new("revenue_share", "phi", "share of revenue", Range::FRACTION),
];

impl Model for Kunter {
    const NAME: &'static str = "kunter";
    const ALIASES: &'static [&'static str] = &["kunter2012"];
    const TITLE: &'static str = "price and advertising, costs and revenue shared in one proportion";
    const SOURCE: &'static str = "Kunter 2012, European Journal of Operational Research";
    const PROVENANCE: &'static str = "abstract only; the proportional special case of its contract, derived here with a square-root demand";

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
            p.local_effect,
            p.national_effect,
            p.production_cost,
            p.revenue_share,
        ])
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let p = &self.0;
        let sales = p.ledger(x[Self::PRICE], x[Self::LOCAL], x[Self::NATIONAL]).quantity;
        let wholesale = (1.0 - p.revenue_share) * p.production_cost;
        vec![
            Measure::new("sales", "D", "units", sales),
            Measure::new("wholesale_price", "w", "money per unit", wholesale),
        ]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new("simultaneous", "both decide at once", Structure::simultaneous()),
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces national advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new(
                "retailer_leads",
                "the retailer announces price and local advertising, the manufacturer replies",
                Structure::leader(Channel::Retailer),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        Kunter(Parameters {
            intercept: 10.0,
            slope: 1.0,
            local_effect: 0.2,
            national_effect: 0.3,
            production_cost: 2.0,
            revenue_share: 0.4,
        })
    }
}
