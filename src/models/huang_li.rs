//! Brand investment and local advertising with saturating sales (Huang and Li 2001).
//!
//! A manufacturer spends `q` on national advertising and pays the share `t` of what a retailer spends on local
//! advertising, `a`. Sales saturate:
//!
//! ```math
//! S(a,q)=\alpha-\beta a^{-\gamma}q^{-\delta},\qquad
//! \pi_m=\rho_m S-t\,a-q,\qquad \pi_r=\rho_r S-(1-t)\,a .
//! ```
//!
//! With `κ = ρ_m/ρ_r` the leading manufacturer supports local advertising exactly when `κ > 1 + γ`:
//!
//! ```math
//! t^*=\frac{\kappa-\gamma-1}{\kappa-\gamma}.
//! ```
//!
//! # Source
//!
//! Huang and Li, "Co-op advertising models in manufacturer-retailer supply chains: a game theory approach", European
//! Journal of Operational Research 135 (2001), doi:10.1016/S0377-2217(00)00155-5; Huang, Li and Mahajan (2002);
//! Li, Huang, Zhu and Chau (2002). The model is stated from the field's literature; the papers' text could not be
//! read, and all closed forms here were derived for this library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{Channel, HuangLi, huang_li};
//! use coopad::prelude::*;
//!
//! let channel = HuangLi::new(huang_li::Parameters {
//!     saturation: 1000.0, shortfall: 400.0, local_exponent: 0.6, national_exponent: 0.4,
//!     manufacturer_margin: 20.0, retailer_margin: 8.0,
//! })?;
//! let equilibrium = channel.solve(&Structure::leader(Channel::Manufacturer))?;
//! assert!((equilibrium[HuangLi::PARTICIPATION] - 9.0 / 19.0).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::{ParameterError, SolveError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{Saturating, after_support};
use crate::scalar::{Over, Scalar};
use crate::solve::{Solve, Surplus};
use crate::structure::Structure;

/// The numbers of the model; see [`HuangLi::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α`, sales when advertising is unlimited, in units of the good.
    pub saturation: P,
    /// `β`, sales short of saturation at one unit of money in both kinds of advertising.
    pub shortfall: P,
    /// `γ`, the exponent of local advertising.
    pub local_exponent: P,
    /// `δ`, the exponent of national advertising.
    pub national_exponent: P,
    /// `ρ_m`, money per unit sold.
    pub manufacturer_margin: P,
    /// `ρ_r`, money per unit sold.
    pub retailer_margin: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            saturation: v[0],
            shortfall: v[1],
            local_exponent: v[2],
            national_exponent: v[3],
            manufacturer_margin: v[4],
            retailer_margin: v[5],
        }
    }

    /// The sales response.
    pub fn response(&self) -> Saturating<P> {
        Saturating {
            saturation: self.saturation,
            shortfall: self.shortfall,
            local_exponent: self.local_exponent,
            national_exponent: self.national_exponent,
        }
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, t: T, q: T, a: T) -> [T; 2] {
        let sales = self.response().sales(a, q);
        after_support([sales * self.manufacturer_margin, sales * self.retailer_margin], t, a, q)
    }
}

/// Closed forms: `[t, q, a]`, branch-free, over any scalar. See [`Saturating`].
impl<P: Scalar> Parameters<P> {
    fn margins(&self) -> [P; 2] {
        [self.manufacturer_margin, self.retailer_margin]
    }

    /// The manufacturer announces `t` and `q`; the retailer replies with `a`.
    pub fn manufacturer_leads(&self) -> [P; 3] {
        self.response().manufacturer_leads(self.margins())
    }

    /// Everybody decides at once: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self) -> [P; 3] {
        self.response().simultaneous(self.margins())
    }

    /// Joint profit is maximised; `t` is internal.
    pub fn cooperative(&self) -> [P; 3] {
        self.response().cooperative(self.manufacturer_margin + self.retailer_margin)
    }

    /// The retailer announces `a`; the manufacturer replies with `q` (and `t = 0`).
    pub fn retailer_leads(&self) -> [P; 3] {
        self.response().retailer_leads(self.margins())
    }
}

/// A manufacturer and a retailer with saturating sales. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct HuangLi(Parameters);

/// The participation rates at which cooperation leaves both firms at least as well off as a status quo.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParetoRates {
    /// The rate at which the retailer is indifferent; negative when it would have to pay the manufacturer.
    pub lowest: f64,
    /// The rate at which the manufacturer is indifferent.
    pub highest: f64,
    /// The joint gain over the status quo, `Δ = (highest − lowest) · a`.
    pub surplus: Surplus,
    /// Local advertising under cooperation.
    pub local_advertising: f64,
}

impl ParetoRates {
    /// The rate that gives the manufacturer `gain` of the surplus: `t_max − gain / a`.
    pub fn rate(&self, gain: f64) -> f64 {
        self.highest - gain / self.local_advertising
    }

    /// The manufacturer's gain at a rate: `(t_max − rate) · a`. Rates between 0 and 1 limit a
    /// [`Bargain`](crate::solve::Bargain) over the surplus to gains between `gain(1)` and `gain(0)`.
    pub fn gain(&self, rate: f64) -> f64 {
        (self.highest - rate) * self.local_advertising
    }
}

impl HuangLi {
    /// The participation rate `t`, the manufacturer's.
    pub const PARTICIPATION: usize = 0;
    /// National advertising `q`, the manufacturer's.
    pub const NATIONAL: usize = 1;
    /// Local advertising `a`, the retailer's.
    pub const LOCAL: usize = 2;

    /// The model at these parameters, all of them positive and finite.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(HuangLi(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The rates at which cooperation makes both firms at least as well off as the status quo payoffs
    /// `[manufacturer, retailer]`:
    ///
    /// ```math
    /// t_{\min}=1-\frac{\rho_rS^c-\pi_r^0}{a^c},\qquad t_{\max}=\frac{\rho_mS^c-q^c-\pi_m^0}{a^c}.
    /// ```
    ///
    /// # Errors
    ///
    /// When the cooperative solution overflows.
    pub fn pareto_rates(&self, status_quo: [f64; 2]) -> Result<ParetoRates, SolveError> {
        let joint = self.solve(&Structure::cooperative())?;
        let (q, a) = (joint[Self::NATIONAL], joint[Self::LOCAL]);
        let [manufacturer, retailer] = self.0.payoffs(0.0, q, a);
        Ok(ParetoRates {
            lowest: (status_quo[1] - retailer) / a,
            highest: (manufacturer - status_quo[0]) / a,
            surplus: Surplus::new(manufacturer + retailer, status_quo),
            local_advertising: a,
        })
    }
}

impl Game for HuangLi {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let typical = p.response().usual_spend(p.manufacturer_margin + p.retailer_margin);
        vec![
            Channel::participation_rate(),
            Decision::new("national_advertising", Manufacturer).symbol("q").typical(typical),
            Decision::new("local_advertising", Retailer).symbol("a").typical(typical),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

fn conditions<P: Copy, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    vec![Condition::expect("sales", numbers.response().sales(x[HuangLi::LOCAL], x[HuangLi::NATIONAL]))]
}

impl StaticGame for HuangLi {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[Self::PARTICIPATION], x[Self::NATIONAL], x[Self::LOCAL]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs(x[0], x[1], x[2]));
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&self.0, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(&Parameters::from_list(p), x)
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let is = |other: Structure<Channel>| structure.same_rules(&other);
        let profile = if is(Structure::leader(Channel::Manufacturer)) {
            p.manufacturer_leads()
        } else if is(Structure::simultaneous()) {
            p.simultaneous()
        } else if is(Structure::cooperative()) {
            p.cooperative()
        } else if is(Structure::leader(Channel::Retailer)) {
            p.retailer_leads()
        } else {
            return None;
        };
        Some(profile.to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("saturation", "alpha", "units sold", Range::POSITIVE),
    Parameter::new("shortfall", "beta", "units sold", Range::POSITIVE),
    Parameter::new("local_exponent", "gamma", "none", Range::POSITIVE),
    Parameter::new("national_exponent", "delta", "none", Range::POSITIVE),
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "rho_r", "money per unit", Range::POSITIVE),
];

impl Model for HuangLi {
    const NAME: &'static str = "huang_li";
    const ALIASES: &'static [&'static str] = &["huang_li2001"];
    const TITLE: &'static str =
        "national and local advertising with saturating sales, one manufacturer, one retailer";
    const SOURCE: &'static str = "Huang and Li 2001, doi:10.1016/S0377-2217(00)00155-5";
    const PROVENANCE: &'static str =
        "model stated from the field's literature, the paper's text not read; closed forms derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        super::singles(&[
            p.saturation,
            p.shortfall,
            p.local_exponent,
            p.national_exponent,
            p.manufacturer_margin,
            p.retailer_margin,
        ])
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let sales = self.0.response().sales(x[Self::LOCAL], x[Self::NATIONAL]);
        vec![Measure::new("sales", "S", "units", sales)]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces its rate and national advertising, the retailer replies",
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
        HuangLi(Parameters {
            saturation: 1000.0,
            shortfall: 400.0,
            local_exponent: 0.6,
            national_exponent: 0.4,
            manufacturer_margin: 20.0,
            retailer_margin: 8.0,
        })
    }
}
