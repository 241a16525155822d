//! A share of the retailer's advertising, paid by the manufacturer: Berger's problem as later work puts it.
//!
//! A retailer spends `a` on advertising, of which the manufacturer pays the share `t`. Sales rise with a concave power:
//!
//! ```math
//! S(a)=s_0+b\,a^\lambda,\qquad \pi_m=\rho_mS-t\,a,\qquad \pi_r=\rho_rS-(1-t)\,a .
//! ```
//!
//! With `κ = ρ_m/ρ_r`, for every `0 < λ < 1`:
//!
//! ```math
//! t^*=\Bigl[1-\frac1{\kappa+\lambda}\Bigr]^+,\qquad
//! a=\bigl(b\lambda\max(\rho_m+\lambda\rho_r,\rho_r)\bigr)^{1/(1-\lambda)},
//! ```
//!
//! whatever `s_0` and `b` are; with the square root `t* = (2ρ_m − ρ_r)/(2ρ_m + ρ_r)`. The less advertising saturates
//! (the larger `λ`), the smaller may the manufacturer's margin be at which it pays anything: `κ > 1 − λ`.
//!
//! # Source
//!
//! The percentage form is the later literature's restatement of Berger, "Vertical cooperative advertising ventures",
//! Journal of Marketing Research 9 (1972); the paper itself has an [allowance per unit](super::berger). The rate for a
//! general power was derived for this library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{BergerPercentage, Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = BergerPercentage::example();
//! let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! assert!((led[BergerPercentage::PARTICIPATION] - 0.5).abs() < 1e-12); // 1 − 1/(3/2 + 1/2)
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{Power, after_support};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of the model; see [`BergerPercentage::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `ρ_m`, money per unit sold.
    pub manufacturer_margin: P,
    /// `ρ_r`, money per unit sold.
    pub retailer_margin: P,
    /// `s_0`, sales without advertising, in units of the good.
    pub base_sales: P,
    /// `b`, units sold per money^λ.
    pub effect: P,
    /// `λ`, between 0 and 1.
    pub exponent: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            manufacturer_margin: v[0],
            retailer_margin: v[1],
            base_sales: v[2],
            effect: v[3],
            exponent: v[4],
        }
    }

    fn list(&self) -> [P; 5] {
        [self.manufacturer_margin, self.retailer_margin, self.base_sales, self.effect, self.exponent]
    }

    fn sales<T: Scalar + Over<P>>(&self, a: T) -> T {
        Power { effect: self.effect, exponent: self.exponent }.sales(a) + self.base_sales
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, t: T, a: T) -> [T; 2] {
        let sales = self.sales(a);
        let revenues = [sales * self.manufacturer_margin, sales * self.retailer_margin];
        after_support(revenues, t, a, T::constant(0.0))
    }
}

/// Closed forms: `[t, a]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// The spend that answers to `margin`: `(bλ·margin)^{1/(1−λ)}`.
    fn spend(&self, margin: P) -> P {
        let log = (self.effect * self.exponent * margin).ln();
        (-log / (self.exponent - 1.0)).exp()
    }

    /// The manufacturer announces `t`; the retailer replies with `a`.
    pub fn manufacturer_leads(&self) -> [P; 2] {
        let own = self.retailer_margin;
        let answered = (self.manufacturer_margin + self.exponent * own).max(own);
        [(answered - own) / answered, self.spend(answered)]
    }

    /// Both decide at once: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self) -> [P; 2] {
        [P::constant(0.0), self.spend(self.retailer_margin)]
    }

    /// Joint profit is maximised; `t` is internal.
    pub fn cooperative(&self) -> [P; 2] {
        [P::constant(0.0), self.spend(self.manufacturer_margin + self.retailer_margin)]
    }
}

/// A manufacturer that pays a share of a retailer's advertising. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct BergerPercentage(Parameters);

impl BergerPercentage {
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 0;
    /// Advertising `a`, the retailer's.
    pub const ADVERTISING: usize = 1;

    /// The model at these parameters: all finite, base sales not negative, the rest positive, the exponent below 1.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(BergerPercentage(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for BergerPercentage {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let p = &self.0;
        let typical = p.spend(p.retailer_margin.max(0.5 * p.manufacturer_margin)).clamp(1e-100, 1e100);
        vec![
            Channel::participation_rate(),
            Decision::new("advertising", Channel::Retailer).symbol("a").typical(typical),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for BergerPercentage {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[0], x[1]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1]));
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads(),
            "simultaneous" => p.simultaneous(),
            "cooperative" => p.cooperative(),
            _ => return None,
        };
        Some(profile.to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "rho_r", "money per unit", Range::POSITIVE),
    Parameter::new("base_sales", "s0", "units sold", Range::NON_NEGATIVE),
    Parameter::new("effect", "b", "units per money^lambda", Range::POSITIVE),
    Parameter::new("exponent", "lambda", "none", Range::FRACTION).or(0.5),
];

impl Model for BergerPercentage {
    const NAME: &'static str = "berger_percentage";
    const ALIASES: &'static [&'static str] = &["berger_percentage_sqrt"];
    const TITLE: &'static str =
        "a share of a retailer's advertising, paid by the manufacturer, power response";
    const SOURCE: &'static str = "after Berger 1972, Journal of Marketing Research 9";
    const PROVENANCE: &'static str =
        "restated by later literature as a percentage; the rate for a general power derived here";

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
        vec![Measure::new("sales", "S", "units", self.0.sales(x[Self::ADVERTISING]))]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces its share, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("simultaneous", "both decide at once; no support", Structure::simultaneous()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        BergerPercentage(Parameters {
            manufacturer_margin: 12.0,
            retailer_margin: 8.0,
            base_sales: 100.0,
            effect: 5.0,
            exponent: 0.5,
        })
    }
}
