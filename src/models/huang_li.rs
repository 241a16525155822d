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

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::{ParameterError, SolveError};
use crate::game::{Decision, Domain, Game, Interval, StaticGame};
use crate::player::Player;
use crate::scalar::{Over, Scalar};
use crate::solve::{Solve, Surplus};
use crate::structure::Structure;

/// The two firms of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Makes the good, advertises nationally, may support local advertising.
    Manufacturer,
    /// Sells the good and advertises locally.
    Retailer,
}

impl Player for Channel {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Channel::Manufacturer => "manufacturer".into(),
            Channel::Retailer => "retailer".into(),
        }
    }
}

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
    /// Sales at local advertising `a` and national advertising `q`.
    pub fn sales<T: Scalar + Over<P>>(&self, a: T, q: T) -> T {
        let exponent = a.ln() * self.local_exponent + q.ln() * self.national_exponent;
        -((-exponent).exp() * self.shortfall - self.saturation)
    }

    /// The payoffs of manufacturer and retailer.
    pub fn payoffs<T: Scalar + Over<P>>(&self, t: T, q: T, a: T) -> [T; 2] {
        let sales = self.sales(a, q);
        let paid = t * a;
        [sales * self.manufacturer_margin - paid - q, sales * self.retailer_margin - a + paid]
    }
}

/// Closed forms: `[t, q, a]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// `a = (βγR · w^{-δ})^{1/N}` and `q = w a`, in logarithms: `R` is the margin that local advertising answers to.
    fn spends(&self, margin: P, ratio: P) -> (P, P) {
        let (gamma, delta) = (self.local_exponent, self.national_exponent);
        let log = (self.shortfall * gamma * margin).ln() - delta * ratio.ln();
        let a = (log / (gamma + delta + 1.0)).exp();
        (ratio * a, a)
    }

    /// The manufacturer announces `t` and `q`; the retailer replies with `a`.
    ///
    /// ```math
    /// t=\frac{[\rho_m-(1+\gamma)\rho_r]^+}{\max(\rho_m-\gamma\rho_r,\rho_r)},\quad
    /// \frac qa=\frac{\delta\min(\rho_m,(1+\gamma)\rho_r)}{\gamma(1+\gamma)\rho_r}
    /// ```
    pub fn manufacturer_leads(&self) -> [P; 3] {
        let (m, r, gamma) = (self.manufacturer_margin, self.retailer_margin, self.local_exponent);
        let threshold = (gamma + 1.0) * r;
        let answered = (m - gamma * r).max(r);
        let ratio = self.national_exponent * m.min(threshold) / (gamma * threshold);
        let (q, a) = self.spends(answered, ratio);
        [(m - threshold).positive_part() / answered, q, a]
    }

    /// Everybody decides at once: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self) -> [P; 3] {
        let (m, r, gamma) = (self.manufacturer_margin, self.retailer_margin, self.local_exponent);
        let (q, a) = self.spends(r, self.national_exponent * m / (gamma * r));
        [P::constant(0.0), q, a]
    }

    /// Joint profit is maximised; `t` is internal.
    pub fn cooperative(&self) -> [P; 3] {
        let joint = self.manufacturer_margin + self.retailer_margin;
        let (q, a) = self.spends(joint, self.national_exponent / self.local_exponent);
        [P::constant(0.0), q, a]
    }

    /// The retailer announces `a`; the manufacturer replies with `q` (and `t = 0`).
    pub fn retailer_leads(&self) -> [P; 3] {
        let (m, r, gamma) = (self.manufacturer_margin, self.retailer_margin, self.local_exponent);
        let more = self.national_exponent + 1.0;
        let (q, a) = self.spends(r / more, self.national_exponent * more * m / (gamma * r));
        [P::constant(0.0), q, a]
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
        let model = HuangLi(parameters);
        for (parameter, values) in PARAMETERS.iter().zip(model.values()) {
            parameter.check(&values)?;
        }
        Ok(model)
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
        vec![Channel::Manufacturer, Channel::Retailer]
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        // Where joint marginal revenue meets marginal cost if both spends are equal: the order of magnitude.
        let margin = p.manufacturer_margin + p.retailer_margin;
        let typical = ((p.shortfall * margin).ln() / (1.0 + p.local_exponent + p.national_exponent)).exp();
        let typical = typical.clamp(1e-100, 1e100);
        vec![
            Decision::transfer("participation_rate", Manufacturer, Retailer)
                .symbol("t")
                .unit("share of spend"),
            Decision::new("national_advertising", Manufacturer).symbol("q").typical(typical),
            Decision::new("local_advertising", Retailer).symbol("a").typical(typical),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl StaticGame for HuangLi {
    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs(x[Self::PARTICIPATION], x[Self::NATIONAL], x[Self::LOCAL]));
    }

    fn domain(&self, x: &[f64]) -> Domain {
        Domain::expect("sales", self.0.sales(x[Self::LOCAL], x[Self::NATIONAL]))
    }

    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        let is = |other: Structure<Channel>| structure.same_rules(&other);
        let profile = if is(Structure::leader(Channel::Manufacturer)) {
            self.0.manufacturer_leads()
        } else if is(Structure::simultaneous()) {
            self.0.simultaneous()
        } else if is(Structure::cooperative()) {
            self.0.cooperative()
        } else if is(Structure::leader(Channel::Retailer)) {
            self.0.retailer_leads()
        } else {
            return None;
        };
        Some(Ok(profile.to_vec()))
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
    const TITLE: &'static str =
        "national and local advertising with saturating sales, one manufacturer, one retailer";
    const SOURCE: &'static str = "Huang and Li 2001, doi:10.1016/S0377-2217(00)00155-5";
    const PROVENANCE: &'static str =
        "model stated from the field's literature, the paper's text not read; closed forms derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        let v = super::required(PARAMETERS, values)?;
        HuangLi::new(Parameters {
            saturation: v[0][0],
            shortfall: v[1][0],
            local_exponent: v[2][0],
            national_exponent: v[3][0],
            manufacturer_margin: v[4][0],
            retailer_margin: v[5][0],
        })
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let all = [
            p.saturation,
            p.shortfall,
            p.local_exponent,
            p.national_exponent,
            p.manufacturer_margin,
            p.retailer_margin,
        ];
        all.iter().map(|&v| vec![v]).collect()
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
