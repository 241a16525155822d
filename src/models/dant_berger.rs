//! A franchise's advertising fund (after Dant and Berger 1996).
//!
//! A franchisor pays `f` and a franchisee `a` into one fund `A = f + a`, which sells:
//!
//! ```math
//! S(A)=s_0+b\sqrt A,\qquad \pi_m=\rho_mS-f,\qquad \pi_r=\rho_rS_r-a,\qquad S_r=s_0+\nu b\sqrt A .
//! ```
//!
//! The franchisor's margin `ρ_m` holds its royalty. `ν` is the franchisee's *perception*: what it expects of advertising
//! per unit that the franchisor expects. Each acts on its own expectation, and the payoffs are those expected. Write
//! `E_m = ρ_m b` and `E_r = ρ_r νb` for what √money in the fund is worth to each.
//!
//! | structure | `f` | `a` |
//! |---|---|---|
//! | `simultaneous` | `(E_m/2)²` if `E_m > E_r` | `(E_r/2)²` if `E_r > E_m` |
//! | `franchisor_leads` | `(E_m/2)²` if `E_m > 2E_r` | `(E_r/2)²` otherwise |
//! | `cooperative` | internal | the fund is `((E_m+E_r)/2)²` |
//!
//! and 0 elsewhere.
//!
//! **Free riding.** A contribution replaces the other's one for one, so that at simultaneous moves whoever gains more
//! pays for everything and the other for nothing. With `E_m = E_r` *every* split of the same fund is an equilibrium; the
//! even one is returned by the formula, some other one perhaps by the engine.
//!
//! **A jump.** A franchisor that moves first and gains more, but not twice as much, pays nothing and leaves the smaller
//! fund to the franchisee. At `E_m = 2E_r` both choices earn it the same, its contribution jumps from 0 to `(E_m/2)²`, and
//! 0 is returned. Within a per mille of that point a numerical search may return the other choice.
//!
//! In the stochastic version sales have a random term of mean 0 besides: parties that do not mind risk decide the same.
//! Under cooperation only the fund matters, and it is written as the franchisee's payment.
//!
//! # Source
//!
//! Dant and Berger, "Modelling cooperative advertising decisions in franchising", Journal of the Operational Research
//! Society 47 (1996). Only the abstract could be read (joint determination beats individual optimisation, with certain
//! and with random sales and with differing perceptions); this formal version and its closed forms are this library's.
//! For a share of the franchisee's spend instead of a fund see [`berger_percentage`](super::berger_percentage).
//!
//! ```
//! use coopad::models::{DantBerger, Franchise, Model};
//! use coopad::prelude::*;
//!
//! let franchise = DantBerger::example();
//! let [at_once, led, together] = ["simultaneous", "franchisor_leads", "cooperative"]
//!     .map(|name| franchise.solve(&DantBerger::structure(name).unwrap()).unwrap());
//! // The franchisor gains half as much again: alone it would pay, by moving first it need not.
//! assert!(at_once[DantBerger::FRANCHISOR] > 0.0 && led[DantBerger::FRANCHISOR] == 0.0);
//! assert!(led.payoff(Franchise::Franchisor) > at_once.payoff(Franchise::Franchisor));
//! assert!(led.total() < at_once.total() && at_once.total() < together.total());
//! ```

mod claims;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, StaticGame};
use crate::player::Player;
use crate::recorded::{RecordError, Recorded};
use crate::response::SquareRoot;
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The two firms of a franchise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Franchise {
    /// Owns the brand and earns a margin and a royalty on what is sold.
    Franchisor,
    /// Sells under the brand.
    Franchisee,
}

impl Player for Franchise {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Franchise::Franchisor => "franchisor".into(),
            Franchise::Franchisee => "franchisee".into(),
        }
    }
}

/// The numbers of the model; see [`DantBerger::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `ρ_m`, the franchisor's margin and royalty, money per unit sold.
    pub franchisor_margin: P,
    /// `ρ_r`, money per unit sold.
    pub franchisee_margin: P,
    /// `s_0`, sales without advertising, in units of the good.
    pub base_sales: P,
    /// `b`, what the franchisor expects advertising to sell, units per √money.
    pub effect: P,
    /// `ν`, what the franchisee expects of it per unit that the franchisor expects.
    pub perception: P,
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            franchisor_margin: v[0],
            franchisee_margin: v[1],
            base_sales: v[2],
            effect: v[3],
            perception: v[4],
        }
    }

    fn list(&self) -> [P; 5] {
        [self.franchisor_margin, self.franchisee_margin, self.base_sales, self.effect, self.perception]
    }

    /// The payoffs that franchisor and franchisee expect.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, f: T, a: T) -> [T; 2] {
        let sold = SquareRoot { effect: self.effect }.sales(f + a);
        [
            (sold + self.base_sales) * self.franchisor_margin - f,
            (sold * self.perception + self.base_sales) * self.franchisee_margin - a,
        ]
    }
}

/// Closed forms: `[f, a]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// `E_m` and `E_r`: what √money in the fund is worth to each.
    fn worth(&self) -> [P; 2] {
        let perceived = self.effect * self.perception;
        [self.franchisor_margin * self.effect, self.franchisee_margin * perceived]
    }

    /// Both decide at once: whoever gains more pays for everything; both the same when they gain the same.
    pub fn simultaneous(&self) -> [P; 2] {
        let [m, r] = self.worth();
        let (none, fund) = (P::constant(0.0), (m.max(r) * 0.5).square());
        let even = fund * 0.5;
        let (more, less) = (m - r, r - m);
        [
            P::select(more, fund, P::select(less, none, even)),
            P::select(less, fund, P::select(more, none, even)),
        ]
    }

    /// The franchisor announces `f`; the franchisee tops the fund up with `a`.
    pub fn franchisor_leads(&self) -> [P; 2] {
        let [m, r] = self.worth();
        let (none, pays) = (P::constant(0.0), m - r * 2.0);
        [P::select(pays, (m * 0.5).square(), none), P::select(pays, none, (r * 0.5).square())]
    }

    /// Joint profit is maximised; who pays is internal, and written as the franchisee.
    pub fn cooperative(&self) -> [P; 2] {
        let [m, r] = self.worth();
        [P::constant(0.0), ((m + r) * 0.5).square()]
    }
}

/// A franchisor and a franchisee with one advertising fund. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct DantBerger(Parameters);

impl DantBerger {
    /// The franchisor's contribution `f`.
    pub const FRANCHISOR: usize = 0;
    /// The franchisee's contribution `a`.
    pub const FRANCHISEE: usize = 1;

    /// The model at these parameters: all finite, base sales not negative, the rest positive.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(DantBerger(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for DantBerger {
    type Player = Franchise;

    fn players(&self) -> Vec<Franchise> {
        vec![Franchise::Franchisor, Franchise::Franchisee]
    }

    fn decisions(&self) -> Vec<Decision<Franchise>> {
        let [m, r] = self.0.worth();
        // What each would pay alone; of the one who gains less, next to nothing is to be expected.
        let fund = |own: f64, other: f64| {
            let alone = (0.5 * own).powi(2).clamp(1e-100, 1e100);
            if own < other { 0.01 * alone } else { alone }
        };
        vec![
            Decision::new("franchisor_contribution", Franchise::Franchisor).symbol("f").typical(fund(m, r)),
            Decision::new("franchisee_contribution", Franchise::Franchisee).symbol("a").typical(fund(r, m)),
        ]
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for DantBerger {
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

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Franchise>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let profile = match Self::recognise(structure)? {
            "simultaneous" => p.simultaneous(),
            "franchisor_leads" => p.franchisor_leads(),
            "cooperative" => p.cooperative(),
            _ => return None,
        };
        Some(profile.to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("franchisor_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("franchisee_margin", "rho_r", "money per unit", Range::POSITIVE),
    Parameter::new("base_sales", "s0", "units sold", Range::NON_NEGATIVE),
    Parameter::new("effect", "b", "units per √money", Range::POSITIVE),
    Parameter::new("perception", "nu", "none", Range::POSITIVE).or(1.0),
];

impl Model for DantBerger {
    const NAME: &'static str = "dant_berger";
    const ALIASES: &'static [&'static str] = &["dant_berger1996"];
    const TITLE: &'static str = "a franchise's advertising fund, paid by franchisor and franchisee";
    const SOURCE: &'static str = "after Dant and Berger 1996, Journal of the Operational Research Society 47";
    const PROVENANCE: &'static str = "abstract read; formal version and closed forms derived here";

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
        let fund = x[Self::FRANCHISOR] + x[Self::FRANCHISEE];
        let sales = SquareRoot { effect: self.0.effect }.sales(fund) + self.0.base_sales;
        vec![Measure::new("fund", "A", "money", fund), Measure::new("sales", "S", "units", sales)]
    }

    fn structures() -> Vec<Scheme<Franchise>> {
        vec![
            Scheme::new(
                "simultaneous",
                "both decide at once: whoever gains more pays for everything",
                Structure::simultaneous(),
            ),
            Scheme::new(
                "franchisor_leads",
                "the franchisor announces its contribution, the franchisee tops the fund up",
                Structure::leader(Franchise::Franchisor),
            ),
            Scheme::new(
                "cooperative",
                "joint profit is maximised; the fund is written as the franchisee's",
                Structure::cooperative().fix(Self::FRANCHISOR, 0.0),
            ),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        DantBerger(Parameters {
            franchisor_margin: 6.0,
            franchisee_margin: 4.0,
            base_sales: 200.0,
            effect: 5.0,
            perception: 1.0,
        })
    }
}
