//! One manufacturer and any number of retailers that it may support alike or each at its own rate (after Zhang and Xie
//! 2012).
//!
//! Retailer `i` spends `a_i` on local advertising, which sells only its own units; the manufacturer's national
//! advertising `A` sells everywhere:
//!
//! ```math
//! S_i=k_i\sqrt{a_i}+g_i\sqrt A,\qquad
//! \pi_m=\rho_m\sum S_i-\sum t_ia_i-A,\qquad \pi_i=\rho_iS_i-(1-t_i)a_i .
//! ```
//!
//! The manufacturer leads, with a rate for each retailer, `t_i = [2ρ_m − ρ_i]⁺/(2ρ_m + ρ_i)`, with one for all,
//!
//! ```math
//! t=\frac{[2\rho_m-\bar\rho]^+}{2\rho_m+\bar\rho},\qquad \bar\rho=\frac{\sum k_i^2\rho_i^2}{\sum k_i^2\rho_i},
//! ```
//!
//! or with none. A uniform rate pays retailers with margins above `ρ̄` more than a rate of their own would.
//!
//! # Large networks
//!
//! Closed forms are one pass over the retailers. The engine is not: one stage of `n` followers is a dense
//! system, and the leader differentiates through it; `docs/models/zhang_xie.md` has times. The certificate of a large
//! network is [thinned](crate::Certificate::thinned), and says so.
//!
//! # Source
//!
//! Zhang and Xie, "A game theoretical study of cooperative advertising with multiple retailers in a distribution
//! channel", Journal of Systems Science and Systems Engineering (2012). Only the abstract could be read; the demand is
//! stated from the field's literature, and the results agree with every claim of the abstract. Closed forms and the
//! exact margins of the claims were derived for this library.
//!
//! ```
//! use coopad::models::{Model, ZhangXie};
//! use coopad::prelude::*;
//!
//! let network = ZhangXie::example();
//! let uniform = network.solve(&ZhangXie::structure("uniform_rate").unwrap())?;
//! let specific = network.solve(&ZhangXie::structure("specific_rates").unwrap())?;
//! assert!(specific.payoffs()[0] > uniform.payoffs()[0]);
//!
//! // A thousand such groups of retailers: national advertising becomes what matters.
//! assert!(network.efficiency(1) > network.efficiency(1000));
//! assert!((network.efficiency(1_000_000) - network.limiting_efficiency()).abs() < 1e-5);
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::{Measure, Model, Network, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{CommonRate, SquareRoot, SupportedSpend, after_supports};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The numbers of one retailer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retailer<P = f64> {
    /// `ρ_i`, money per unit.
    pub margin: P,
    /// `k_i`, sales per root of local advertising.
    pub local_effect: P,
    /// `g_i`, sales per root of national advertising.
    pub national_effect: P,
}

/// The numbers of the model; see [`ZhangXie::new`] for what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `ρ_m`, money per unit sold by any retailer.
    pub manufacturer_margin: P,
    /// The retailers, at least one.
    pub retailers: Vec<Retailer<P>>,
}

/// Which rates the manufacturer may announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    /// One for each retailer.
    Specific,
    /// One for all.
    Uniform,
    /// None.
    Zero,
}

impl<P: Copy> Parameters<P> {
    /// From `[ρ_m, ρ…, k…, g…]`.
    fn from_list(v: &[P]) -> Self {
        let n = v.len() / 3;
        let retailer = |i: usize| Retailer {
            margin: v[1 + i],
            local_effect: v[1 + n + i],
            national_effect: v[1 + 2 * n + i],
        };
        Parameters { manufacturer_margin: v[0], retailers: (0..n).map(retailer).collect() }
    }

    /// Everybody's payoffs, the manufacturer's first, from a profile `[t…, A, a…]`.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, x: &[T], out: &mut [T]) {
        let (rates, national, local) = split(x);
        let root = national.sqrt();
        let mut all = T::constant(0.0);
        for ((retailer, &spend), revenue) in self.retailers.iter().zip(local).zip(&mut out[1..]) {
            let sales = retailer.sales(spend, root);
            *revenue = sales * retailer.margin;
            all = all + sales;
        }
        out[0] = all * self.manufacturer_margin;
        after_supports(out, rates, local, national);
    }
}

impl<P: Copy> Retailer<P> {
    /// Sales at local advertising `a` and the root of national advertising.
    #[inline]
    fn sales<T: Scalar + Over<P>>(&self, a: T, root: T) -> T {
        SquareRoot { effect: self.local_effect }.sales(a) + root * self.national_effect
    }
}

/// Rates, national and local advertising of a profile.
fn split<T: Copy>(x: &[T]) -> (&[T], T, &[T]) {
    let n = x.len() / 2;
    (&x[..n], x[n], &x[n + 1..])
}

/// Closed forms `[t…, A, a…]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// Local advertising as each retailer and the manufacturer see it.
    fn spends(&self) -> impl Iterator<Item = SupportedSpend<P>> {
        let spend = |r: &Retailer<P>| SupportedSpend {
            own: r.local_effect * r.margin,
            other: r.local_effect * self.manufacturer_margin,
        };
        self.retailers.iter().map(spend)
    }

    /// Half of what a root of national advertising earns at a margin for each retailer: its best root.
    fn national_root(&self, margin: impl Fn(&Retailer<P>) -> P) -> P {
        let earned = self.retailers.iter().map(|r| r.national_effect * margin(r));
        earned.fold(P::constant(0.0), |sum, one| sum + one) * 0.5
    }

    fn profile(rates: Vec<P>, national_root: P, roots: impl Iterator<Item = P>) -> Vec<P> {
        let spends = roots.map(Scalar::square);
        rates.into_iter().chain([national_root.square()]).chain(spends).collect()
    }

    /// The manufacturer announces rates and national advertising; the retailers reply.
    pub fn leader(&self, rates: Rates) -> Vec<P> {
        let national = self.national_root(|_| self.manufacturer_margin);
        let zeros = || vec![P::constant(0.0); self.retailers.len()];
        match rates {
            Rates::Specific => {
                let rates = self.spends().map(SupportedSpend::rate).collect();
                Self::profile(rates, national, self.spends().map(SupportedSpend::root))
            }
            Rates::Uniform => {
                let common = CommonRate::of(self.spends());
                let rates = vec![common.rate; self.retailers.len()];
                Self::profile(rates, national, self.spends().map(|spend| common.root(spend)))
            }
            Rates::Zero => Self::profile(zeros(), national, self.spends().map(SupportedSpend::root_alone)),
        }
    }

    /// The sum of all payoffs is maximised; rates are internal.
    pub fn cooperative(&self) -> Vec<P> {
        let national = self.national_root(|r| r.margin + self.manufacturer_margin);
        let zeros = vec![P::constant(0.0); self.retailers.len()];
        Self::profile(zeros, national, self.spends().map(SupportedSpend::root_together))
    }

    /// `[local, national]` parts of everybody's profit together, under specific rates and under cooperation.
    fn parts(&self) -> [[P; 2]; 2] {
        let earns = |best: P, root: P| (best * 2.0 - root) * root;
        let zero = P::constant(0.0);
        let local = |root: fn(SupportedSpend<P>) -> P| {
            self.spends().fold(zero, |sum, s| sum + earns(s.root_together(), root(s)))
        };
        let best = self.national_root(|r| r.margin + self.manufacturer_margin);
        let led = self.national_root(|_| self.manufacturer_margin);
        [
            [local(SupportedSpend::root), earns(best, led)],
            [local(SupportedSpend::root_together), earns(best, best)],
        ]
    }
}

/// A manufacturer and its retailers. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct ZhangXie(Parameters);

impl ZhangXie {
    /// The model at these parameters: margins and local effects positive, national effects zero or positive, all
    /// finite; at least one retailer.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a number out of range, or when there is no retailer.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        if parameters.retailers.is_empty() {
            let parameter = "retailer_margin".to_owned();
            return Err(ParameterError::WrongLength { parameter, given: 0, needed: 1 });
        }
        super::checked(ZhangXie(parameters))
    }

    /// `count` retailers alike.
    ///
    /// # Errors
    ///
    /// As [`ZhangXie::new`].
    pub fn symmetric(
        manufacturer_margin: f64,
        retailer: Retailer,
        count: usize,
    ) -> Result<Self, ParameterError> {
        Self::new(Parameters { manufacturer_margin, retailers: vec![retailer; count] })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// How many retailers there are.
    pub fn retailers(&self) -> usize {
        self.0.retailers.len()
    }

    /// The share of the cooperative profit that all firms together reach under specific rates, if there were `copies`
    /// of each retailer. For one retailer with `2ρ_m > ρ_r` and `σ = ρ_r/(ρ_m + ρ_r)`:
    ///
    /// ```math
    /// e(n)=\frac{k^2(1-\sigma^2/4)+n\,g^2(1-\sigma^2)}{k^2+n\,g^2}.
    /// ```
    ///
    /// Local profits grow with the number of retailers, national ones with its square, and no support reaches national
    /// advertising: efficiency falls to [`ZhangXie::limiting_efficiency`].
    pub fn efficiency(&self, copies: usize) -> f64 {
        let n = copies as f64;
        let [led, joint] = self.0.parts().map(|[local, national]| local + n * national);
        led / joint
    }

    /// The efficiency of infinitely many copies: that of national advertising alone, `1 − σ²` for retailers alike
    /// (of local advertising where there is no national one).
    pub fn limiting_efficiency(&self) -> f64 {
        let [led, joint] = self.0.parts();
        let part = if joint[1] > 0.0 { 1 } else { 0 };
        led[part] / joint[part]
    }
}

impl Game for ZhangXie {
    type Player = Network;

    fn players(&self) -> Vec<Network> {
        let retailers = (0..self.retailers()).map(Network::Retailer);
        [Network::Manufacturer].into_iter().chain(retailers).collect()
    }

    fn decisions(&self) -> Vec<Decision<Network>> {
        let p = &self.0;
        let size = |x: f64| x.powi(2).clamp(1e-100, 1e100);
        let n = self.retailers();
        let rates = (0..n).map(|i| Network::participation_rate(i).symbol(format!("t{i}")));
        let national = p.national_root(|_| p.manufacturer_margin);
        let national = Decision::new("national_advertising", Network::Manufacturer)
            .symbol("A")
            .typical(size(national).max(1e-6));
        let local = p.spends().enumerate().map(|(i, spend)| {
            let typical = size(0.5 * spend.root_together());
            Network::local_advertising(i).symbol(format!("a{i}")).typical(typical)
        });
        rates.chain([national]).chain(local).collect()
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < self.retailers() { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for ZhangXie {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.0.payoffs(x, out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        Parameters::from_list(p).payoffs(x, out);
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Network>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        Some(match Self::recognise(structure)? {
            "specific_rates" => p.leader(Rates::Specific),
            "uniform_rate" => p.leader(Rates::Uniform),
            "no_support" => p.leader(Rates::Zero),
            "cooperative" => p.cooperative(),
            _ => return None,
        })
    }
}

const ROOT: &str = "units per root money";
const PARAMETERS: &[Parameter] = &[
    Parameter::new("retailers", "n", "number", Range::POSITIVE).length(),
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "rho_i", "money per unit", Range::POSITIVE).list(),
    Parameter::new("local_effect", "k_i", ROOT, Range::POSITIVE).list(),
    Parameter::new("national_effect", "g_i", ROOT, Range::NON_NEGATIVE).list(),
];

impl Model for ZhangXie {
    const NAME: &'static str = "zhang_xie";
    const ALIASES: &'static [&'static str] = &["zhang_xie2012"];
    const TITLE: &'static str = "any number of retailers under one rate for all, or a rate for each";
    const SOURCE: &'static str = "Zhang and Xie 2012, Journal of Systems Science and Systems Engineering";
    const PROVENANCE: &'static str = "abstract read, demand stated from the field's literature; closed forms derived here agree with every claim of the abstract";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        // The number of retailers has been held against the lists, and is known from them.
        let lists = super::required(PARAMETERS, values)?;
        Self::new(Parameters::from_list(&lists.get(1..).unwrap_or_default().concat()))
    }

    /// Without the number of retailers, which the lists tell.
    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let list = |of: fn(&Retailer) -> f64| p.retailers.iter().map(of).collect();
        vec![
            Vec::new(),
            vec![p.manufacturer_margin],
            list(|r| r.margin),
            list(|r| r.local_effect),
            list(|r| r.national_effect),
        ]
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let (_, national, local) = split(x);
        let sales = self.0.retailers.iter().zip(local).map(|(r, &a)| r.sales(a, national.sqrt()));
        vec![Measure::new("sales", "S", "units", sales.sum())]
    }

    fn structures() -> Vec<Scheme<Network>> {
        let leader = || Structure::leader(Network::Manufacturer);
        vec![
            Scheme::new(
                "specific_rates",
                "the manufacturer announces a rate for each retailer, the retailers reply",
                leader(),
            )
            .also(&["stackelberg_specific_t"]),
            Scheme::new(
                "uniform_rate",
                "the manufacturer announces one rate for all retailers, they reply",
                leader().tie_transfers(),
            )
            .also(&["stackelberg_uniform_t"]),
            Scheme::new(
                "no_support",
                "the manufacturer announces national advertising only, the retailers reply",
                leader().no_transfers(),
            )
            .also(&["stackelberg_no_coop"]),
            Scheme::new("cooperative", "the profit of all firms is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let retailer =
            |margin, local_effect, national_effect| Retailer { margin, local_effect, national_effect };
        ZhangXie(Parameters {
            manufacturer_margin: 3.0,
            retailers: vec![retailer(4.0, 6.0, 1.0), retailer(2.0, 5.0, 1.5), retailer(1.0, 4.0, 0.5)],
        })
    }
}
