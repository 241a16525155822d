//! One manufacturer and two retailers whose advertising touches each other's sales (after Wang, Zhou, Min and Zhong
//! 2011).
//!
//! Retailer `i` spends `a_i` on local advertising, which sells its own units and takes some of the other's (`l ≥ 0`,
//! business stealing) or adds to them (`l < 0`, a spill-over); the manufacturer spends `A` on national advertising and
//! pays the share `t_i` of `a_i`:
//!
//! ```math
//! D_i=d_i+k_i\sqrt{a_i}-l_i\sqrt{a_j}+g_i\sqrt A,\qquad j\ne i,
//! ```
//! ```math
//! \pi_m=\rho_m(D_1+D_2)-t_1a_1-t_2a_2-A,\qquad \pi_i=\rho_iD_i-(1-t_i)a_i .
//! ```
//!
//! `l_i` is the effect **on** `i` of the other's advertising. Retailers decide apart (Cournot) or together
//! (collusion); the manufacturer leads them or moves at the same time. To the manufacturer a root of `a_i` is worth
//! `E_i = ρ_m(k_i − l_j)`, to whoever chooses it `R_i = ρ_i k_i`, or `ρ_i k_i − ρ_j l_j` under collusion: payoffs
//! separate by retailer, and [`SupportedSpend`] gives `t_i = [2E_i − R_i]⁺/(2E_i + R_i)`.
//!
//! # Source
//!
//! Wang, Zhou, Min and Zhong, "Coordination of cooperative advertising models in a one-manufacturer two-retailer supply
//! chain system", Computers and Industrial Engineering (2011). Only the abstract could be read: it gives the four
//! games, while the demand is a **reconstruction**. Closed forms, the coordinating contract and the exact conditions of
//! the claims were derived for this library; spill-overs are its extension.
//!
//! ```
//! use coopad::models::{Model, Wang};
//! use coopad::prelude::*;
//!
//! let network = Wang::example();
//! let apart = network.solve(&Wang::structure("leader_cournot").unwrap())?;
//! let together = network.solve(&Wang::structure("leader_collusion").unwrap())?;
//! assert!(together[Wang::RATE[0]] > apart[Wang::RATE[0]]); // colluding retailers are paid more …
//! assert!(together[Wang::LOCAL[0]] < apart[Wang::LOCAL[0]]); // … and advertise less
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;
mod contract;

use serde::{Deserialize, Serialize};

use super::{Measure, Model, Network, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{CommonRate, Spillovers, SquareRoot, SupportedSpend, after_supports};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

pub use contract::CostSharing;

/// The numbers of the model, pairs with one entry a retailer; see [`Wang::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `d_i`, sales without advertising, in units.
    pub base_sales: [P; 2],
    /// `k_i`, own sales per root of local advertising.
    pub local_effect: [P; 2],
    /// `l_i`, sales that `i` loses per root of the other's local advertising; negative where it gains some.
    pub competition_effect: [P; 2],
    /// `g_i`, sales of `i` per root of national advertising.
    pub national_effect: [P; 2],
    /// `ρ_m`, money per unit sold by either retailer.
    pub manufacturer_margin: P,
    /// `ρ_i`, money per unit.
    pub retailer_margin: [P; 2],
}

/// A profile `[t₁, t₂, A, a₁, a₂]`.
type Profile<T> = [T; 5];

impl<P: Scalar> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        let pair = |at: usize| [v[at], v[at + 1]];
        Parameters {
            base_sales: pair(0),
            local_effect: pair(2),
            competition_effect: pair(4),
            national_effect: pair(6),
            manufacturer_margin: v[8],
            retailer_margin: pair(9),
        }
    }

    /// How the roots of local advertising move sales.
    fn response(&self) -> Spillovers<P> {
        let [first, second] = self.competition_effect;
        Spillovers { own: self.local_effect, cross: [-second, -first] }
    }

    /// Sales of both retailers.
    pub fn sales<T: Scalar + Over<P>>(&self, national: T, local: [T; 2]) -> [T; 2] {
        let moved = self.response().sales([local[0].sqrt(), local[1].sqrt()]);
        let sales = |i: usize| {
            moved[i] + SquareRoot { effect: self.national_effect[i] }.sales(national) + self.base_sales[i]
        };
        [sales(0), sales(1)]
    }

    /// The payoffs of the manufacturer and of both retailers.
    #[inline]
    pub fn payoffs<T: Scalar + Over<P>>(&self, rates: [T; 2], national: T, local: [T; 2]) -> [T; 3] {
        let sales = self.sales(national, local);
        let retailer = |i: usize| sales[i] * self.retailer_margin[i];
        let mut payoffs = [(sales[0] + sales[1]) * self.manufacturer_margin, retailer(0), retailer(1)];
        after_supports(&mut payoffs, &rates, &local, national);
        payoffs
    }
}

/// Closed forms `[t₁, t₂, A, a₁, a₂]`, branch-free, over any scalar. `together` says whether the retailers collude.
impl<P: Scalar> Parameters<P> {
    /// Local advertising of each retailer as it and the manufacturer see it.
    fn spends(&self, together: bool) -> [SupportedSpend<P>; 2] {
        let response = self.response();
        let own = response.earned_alone(self.retailer_margin);
        let own = if together { response.earned(self.retailer_margin) } else { own };
        let other = response.earned([self.manufacturer_margin; 2]);
        [0, 1].map(|i| SupportedSpend { own: own[i], other: other[i] })
    }

    /// What a root of national advertising earns at these margins on the two retailers' sales.
    fn national_return(&self, margins: [P; 2]) -> P {
        self.national_effect[0] * margins[0] + self.national_effect[1] * margins[1]
    }

    /// `√A = ρ_m(g₁ + g₂)/2`, whatever the retailers do.
    fn national(&self) -> P {
        (self.national_return([self.manufacturer_margin; 2]) * 0.5).square()
    }

    /// The manufacturer announces a rate for each retailer and national advertising; the retailers reply.
    pub fn leader(&self, together: bool) -> Profile<P> {
        let [first, second] = self.spends(together);
        [first.rate(), second.rate(), self.national(), first.root().square(), second.root().square()]
    }

    /// The same with one rate for both. See [`CommonRate`].
    pub fn leader_uniform(&self, together: bool) -> Profile<P> {
        let [first, second] = self.spends(together);
        let common = CommonRate::of([first, second]);
        let (rate, spend) = (common.rate, |spend| common.root(spend).square());
        [rate, rate, self.national(), spend(first), spend(second)]
    }

    /// Everybody decides at once: no support, since it then only costs the manufacturer money.
    pub fn simultaneous(&self, together: bool) -> Profile<P> {
        let [first, second] = self.spends(together);
        let zero = P::constant(0.0);
        [zero, zero, self.national(), first.root_alone().square(), second.root_alone().square()]
    }

    /// The sum of all payoffs is maximised; rates are internal.
    pub fn cooperative(&self) -> Profile<P> {
        let [first, second] = self.spends(true);
        let joint = self.retailer_margin.map(|margin| margin + self.manufacturer_margin);
        let national = (self.national_return(joint) * 0.5).square();
        let zero = P::constant(0.0);
        [zero, zero, national, first.root_together().square(), second.root_together().square()]
    }
}

/// A manufacturer and two retailers. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Wang(Parameters);

impl Wang {
    /// The participation rates `t₁, t₂`, the manufacturer's.
    pub const RATE: [usize; 2] = [0, 1];
    /// National advertising `A`, the manufacturer's.
    pub const NATIONAL: usize = 2;
    /// Local advertising `a₁, a₂`, each its retailer's.
    pub const LOCAL: [usize; 2] = [3, 4];

    /// The model at these parameters: local effects and margins positive, base sales and national effects zero or
    /// positive, competition effects of either sign; all finite.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(Wang(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

/// Both retailers, as a coalition.
fn retailers() -> [Network; 2] {
    [Network::Retailer(0), Network::Retailer(1)]
}

impl Game for Wang {
    type Player = Network;

    fn players(&self) -> Vec<Network> {
        vec![Network::Manufacturer, Network::Retailer(0), Network::Retailer(1)]
    }

    fn decisions(&self) -> Vec<Decision<Network>> {
        let p = &self.0;
        let size = |x: f64| x.powi(2).clamp(1e-100, 1e100);
        let rate = |i: usize| Network::participation_rate(i).symbol(format!("t{}", i + 1));
        let local = |i: usize| {
            let earned = p.local_effect[i] * (p.manufacturer_margin + p.retailer_margin[i]) * 0.25;
            Network::local_advertising(i).symbol(format!("a{}", i + 1)).typical(size(earned))
        };
        let national = Decision::new("national_advertising", Network::Manufacturer)
            .symbol("A")
            .typical(p.national().clamp(1e-6, 1e100));
        vec![rate(0), rate(1), national, local(0), local(1)]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if Self::RATE.contains(&decision) { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

fn conditions<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    let [first, second] = numbers.sales(x[2], [x[3], x[4]]);
    vec![Condition::expect("sales of retailer 1", first), Condition::expect("sales of retailer 2", second)]
}

impl StaticGame for Wang {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs([x[0], x[1]], x[2], [x[3], x[4]]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs([x[0], x[1]], x[2], [x[3], x[4]]));
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&self.0, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(&Parameters::from_list(p), x)
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Network>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let profile = match Self::recognise(structure)? {
            "leader_cournot" => p.leader(false),
            "leader_collusion" => p.leader(true),
            "leader_cournot_uniform" => p.leader_uniform(false),
            "leader_collusion_uniform" => p.leader_uniform(true),
            "simultaneous_cournot" => p.simultaneous(false),
            "simultaneous_collusion" => p.simultaneous(true),
            "cooperative" => p.cooperative(),
            _ => return None,
        };
        Some(profile.to_vec())
    }
}

const ROOT: &str = "units per root money";
const PARAMETERS: &[Parameter] = &[
    Parameter::new("base_sales_1", "d1", "units", Range::NON_NEGATIVE),
    Parameter::new("base_sales_2", "d2", "units", Range::NON_NEGATIVE),
    Parameter::new("local_effect_1", "k1", ROOT, Range::POSITIVE),
    Parameter::new("local_effect_2", "k2", ROOT, Range::POSITIVE),
    Parameter::new("competition_effect_1", "l1", ROOT, Range::FINITE),
    Parameter::new("competition_effect_2", "l2", ROOT, Range::FINITE),
    Parameter::new("national_effect_1", "g1", ROOT, Range::NON_NEGATIVE),
    Parameter::new("national_effect_2", "g2", ROOT, Range::NON_NEGATIVE),
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin_1", "rho_1", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin_2", "rho_2", "money per unit", Range::POSITIVE),
];

impl Model for Wang {
    const NAME: &'static str = "wang";
    const ALIASES: &'static [&'static str] = &["wang2011"];
    const TITLE: &'static str =
        "two retailers, rivals or colluding, whose advertising touches each other's sales";
    const SOURCE: &'static str = "Wang, Zhou, Min and Zhong 2011, Computers and Industrial Engineering";
    const PROVENANCE: &'static str = "structures from the abstract, demand a reconstruction; closed forms and contract derived here, spill-overs our extension";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let pairs = [p.base_sales, p.local_effect, p.competition_effect, p.national_effect];
        super::singles(&[&pairs.concat()[..], &[p.manufacturer_margin], &p.retailer_margin].concat())
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let [first, second] = self.0.sales(x[2], [x[3], x[4]]);
        vec![Measure::new("sales_1", "D1", "units", first), Measure::new("sales_2", "D2", "units", second)]
    }

    fn structures() -> Vec<Scheme<Network>> {
        let leader = || Structure::leader(Network::Manufacturer);
        vec![
            Scheme::new(
                "leader_cournot",
                "the manufacturer announces a rate for each retailer, each replies for itself",
                leader(),
            )
            .also(&["stackelberg_cournot"]),
            Scheme::new(
                "leader_collusion",
                "the manufacturer announces a rate for each retailer, they reply together",
                leader().coalition(retailers()),
            )
            .also(&["stackelberg_collusion"]),
            Scheme::new(
                "leader_cournot_uniform",
                "the manufacturer announces one rate for both, each retailer replies for itself",
                leader().tie(Self::RATE),
            )
            .also(&["stackelberg_cournot_uniform_t"]),
            Scheme::new(
                "leader_collusion_uniform",
                "the manufacturer announces one rate for both retailers, they reply together",
                leader().coalition(retailers()).tie(Self::RATE),
            )
            .also(&["stackelberg_collusion_uniform_t"]),
            Scheme::new(
                "simultaneous_cournot",
                "all three decide at once, each for itself; no support",
                Structure::simultaneous(),
            )
            .also(&["nash_cournot"]),
            Scheme::new(
                "simultaneous_collusion",
                "the manufacturer and the two retailers together decide at once; no support",
                Structure::simultaneous().coalition(retailers()),
            )
            .also(&["nash_collusion"]),
            Scheme::new("cooperative", "the profit of all three is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        Wang(Parameters {
            base_sales: [40.0, 30.0],
            local_effect: [5.0, 4.0],
            competition_effect: [1.0, 1.5],
            national_effect: [2.0, 1.5],
            manufacturer_margin: 3.0,
            retailer_margin: [3.0, 2.5],
        })
    }
}
