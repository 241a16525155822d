//! Two substitute brands at one retailer, each advertised by it with the maker's support (Chen and Wen 2013).
//!
//! The retailer spends `a_i` on local advertising of brand `i`; the maker of the brand pays the share `t_i` of it.
//! Advertising a brand stimulates its own sales and takes some of the other's:
//!
//! ```math
//! S_i=\alpha_i+\beta_i\sqrt{a_i/c_i}-\gamma_j\sqrt{a_j/c_j}+\nu_i\sqrt{A_i},\qquad j\ne i,
//! ```
//! ```math
//! \pi_{m,i}=\rho_{m,i}S_i-t_ia_i-A_i,\qquad \pi_r=\sum_i\bigl[\rho_{r,i}S_i-(1-t_i)a_i\bigr].
//! ```
//!
//! `c_i` is what one unit of effort costs (1 when spends are in money already) and `ν_i` the effect of the maker's
//! national advertising `A_i` (0 in the paper). The paper's manufacturer owns both brands: here it is the coalition
//! of two makers. Without that coalition the makers are **rivals**, each counting only its own brand's sales.
//!
//! With the net marginal returns `M_i` (to whoever sets `t_i`) and `R_i` (to the retailer) payoffs separate by brand,
//! and [`SupportedSpend`] gives each rate: `t_i = (2M_i − R_i)/(2M_i + R_i)`. For a common owner
//! `M_i = (β_i ρ_{m,i} − γ_i ρ_{m,j})/√c_i`, for rivals `M_i = β_i ρ_{m,i}/√c_i`.
//! Where `R_i ≤ 0` the retailer does not advertise brand `i` at any rate, and the rate jumps from near 1 to 0.
//!
//! # Source
//!
//! Chen and Wen, "Vertical cooperative advertising with substitute brands", Journal of Applied Mathematics (2013),
//! doi:10.1155/2013/480401. Only the abstract could be read: the equations are a **reconstruction**. National
//! advertising, the cost of effort and rival owners are extensions of this library.
//!
//! ```
//! use coopad::models::{Brands, DualBrand, Model, dual_brand};
//! use coopad::prelude::*;
//!
//! let brands = DualBrand::new(dual_brand::Parameters {
//!     manufacturer_margin: [3.0, 3.0], retailer_margin: [2.0, 2.0], ..DualBrand::example().numbers().clone()
//! })?;
//! let support = brands.solve(&DualBrand::structure("brand_rates").unwrap())?;
//! assert!((support[DualBrand::RATE[0]] - 0.5).abs() < 1e-12); // common margins: (2·3 − 2)/(2·3 + 2)
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::player::Player;
use crate::recorded::{RecordError, Recorded};
use crate::response::{CommonRate, Spillovers, SquareRoot, SupportedSpend};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// The firms around two brands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Brands {
    /// The maker of a brand, 0 or 1.
    Manufacturer(usize),
    /// The retailer that sells both.
    Retailer,
}

impl Player for Brands {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Brands::Manufacturer(brand) => format!("manufacturer_{}", brand + 1).into(),
            Brands::Retailer => "retailer".into(),
        }
    }
}

/// The numbers of the model, one entry a brand; see [`DualBrand::new`] for what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α_i`, sales without advertising, in units.
    pub base_sales: [P; 2],
    /// `β_i`, own sales per root of effort.
    pub stimulating_effect: [P; 2],
    /// `γ_i`, sales of the other brand lost per root of effort for brand `i`.
    pub competition_effect: [P; 2],
    /// `ρ_{m,i}`, the maker's margin, money per unit.
    pub manufacturer_margin: [P; 2],
    /// `ρ_{r,i}`, the retailer's margin, money per unit.
    pub retailer_margin: [P; 2],
    /// `c_i`, money per unit of effort.
    pub effort_cost: [P; 2],
    /// `ν_i`, own sales per root of national advertising.
    pub national_effect: [P; 2],
}

/// A profile `[t₁, t₂, a₁, a₂, A₁, A₂]`.
type Profile<T> = [T; 6];

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        let pair = |at: usize| [v[2 * at], v[2 * at + 1]];
        Parameters {
            base_sales: pair(0),
            stimulating_effect: pair(1),
            competition_effect: pair(2),
            manufacturer_margin: pair(3),
            retailer_margin: pair(4),
            effort_cost: pair(5),
            national_effect: pair(6),
        }
    }
}

impl<P: Scalar> Parameters<P> {
    /// How efforts move sales.
    fn response(&self) -> Spillovers<P> {
        let [first, second] = self.competition_effect;
        Spillovers { own: self.stimulating_effect, cross: [-first, -second] }
    }

    /// Sales of both brands.
    pub fn sales<T: Scalar + Over<P>>(&self, spend: [T; 2], national: [T; 2]) -> [T; 2] {
        let effort = [(spend[0] / self.effort_cost[0]).sqrt(), (spend[1] / self.effort_cost[1]).sqrt()];
        let moved = self.response().sales(effort);
        let sales = |i: usize| {
            let national = SquareRoot { effect: self.national_effect[i] }.sales(national[i]);
            moved[i] + national + self.base_sales[i]
        };
        [sales(0), sales(1)]
    }

    /// The payoffs of both makers and of the retailer.
    pub fn payoffs<T: Scalar + Over<P>>(&self, rate: [T; 2], spend: [T; 2], national: [T; 2]) -> [T; 3] {
        let sales = self.sales(spend, national);
        let paid = [rate[0] * spend[0], rate[1] * spend[1]];
        let maker = |i: usize| sales[i] * self.manufacturer_margin[i] - paid[i] - national[i];
        let retailer = |i: usize| sales[i] * self.retailer_margin[i] - spend[i] + paid[i];
        [maker(0), maker(1), retailer(0) + retailer(1)]
    }
}

/// Closed forms, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// Effort for each brand as the retailer and its supporter see it, per √money.
    fn efforts(&self, rivals: bool) -> [SupportedSpend<P>; 2] {
        let response = self.response();
        let own = response.earned(self.retailer_margin);
        let maker = self.manufacturer_margin;
        let other = if rivals { response.earned_alone(maker) } else { response.earned(maker) };
        let effort = |i: usize| {
            let root = self.effort_cost[i].sqrt();
            SupportedSpend { own: own[i] / root, other: other[i] / root }
        };
        [effort(0), effort(1)]
    }

    /// National advertising at the margin that pays for it: `A = (ν ρ / 2)²`.
    fn national(&self, margin: [P; 2]) -> [P; 2] {
        let spend = |i: usize| (self.national_effect[i] * margin[i] * 0.5).square();
        [spend(0), spend(1)]
    }

    /// No support: rates at 0.
    pub fn no_support(&self) -> Profile<P> {
        let efforts = self.efforts(false);
        let spend = |i: usize| efforts[i].root_alone().square();
        let [first, second] = self.national(self.manufacturer_margin);
        [P::constant(0.0), P::constant(0.0), spend(0), spend(1), first, second]
    }

    /// A rate for each brand, set by a common owner or by rival owners.
    pub fn brand_rates(&self, rivals: bool) -> Profile<P> {
        let efforts = self.efforts(rivals);
        let [first, second] = self.national(self.manufacturer_margin);
        let spend = |i: usize| efforts[i].root().square();
        [efforts[0].rate(), efforts[1].rate(), spend(0), spend(1), first, second]
    }

    /// One rate for both brands, set by a common owner. See [`CommonRate`].
    pub fn uniform_rate(&self) -> Profile<P> {
        let efforts = self.efforts(false);
        let common = CommonRate::of(efforts);
        let (rate, spend) = (common.rate, |i: usize| common.root(efforts[i]).square());
        let [first, second] = self.national(self.manufacturer_margin);
        [rate, rate, spend(0), spend(1), first, second]
    }

    /// The joint profit is maximised; rates are internal.
    pub fn cooperative(&self) -> Profile<P> {
        let efforts = self.efforts(false);
        let spend = |i: usize| efforts[i].root_together().square();
        let both = |i: usize| self.manufacturer_margin[i] + self.retailer_margin[i];
        let [first, second] = self.national([both(0), both(1)]);
        [P::constant(0.0), P::constant(0.0), spend(0), spend(1), first, second]
    }
}

/// Two makers and a retailer. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct DualBrand(Parameters);

impl DualBrand {
    /// The participation rates `t₁, t₂`, each its maker's.
    pub const RATE: [usize; 2] = [0, 1];
    /// Local advertising `a₁, a₂`, the retailer's.
    pub const LOCAL: [usize; 2] = [2, 3];
    /// National advertising `A₁, A₂`, each its maker's.
    pub const NATIONAL: [usize; 2] = [4, 5];

    /// The model at these parameters: stimulating effects, margins and effort costs positive; base sales,
    /// competition and national effects zero or positive; all finite.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        super::checked(DualBrand(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The makers announce rates and national advertising; the retailer replies.
    fn makers_lead() -> Structure<Brands> {
        let [first, second] = [Self::RATE, Self::NATIONAL];
        Structure::sequence([[first, second].concat(), Self::LOCAL.to_vec()])
    }

    /// The same with both brands in one hand.
    fn owner_leads() -> Structure<Brands> {
        Self::makers_lead().coalition([Brands::Manufacturer(0), Brands::Manufacturer(1)])
    }
}

impl Game for DualBrand {
    type Player = Brands;

    fn players(&self) -> Vec<Brands> {
        vec![Brands::Manufacturer(0), Brands::Manufacturer(1), Brands::Retailer]
    }

    fn decisions(&self) -> Vec<Decision<Brands>> {
        let p = &self.0;
        let name = |word: &str, brand: usize| format!("{word}_{}", brand + 1);
        let rate = |i: usize| {
            Decision::transfer(name("participation_rate", i), Brands::Manufacturer(i), Brands::Retailer)
                .symbol(format!("t{}", i + 1))
                .unit("share of spend")
        };
        let size = |x: f64| x.powi(2).clamp(1e-100, 1e100);
        let local = |i: usize| {
            let earned = p.stimulating_effect[i] * (p.manufacturer_margin[i] + p.retailer_margin[i]) * 0.25;
            Decision::new(name("local_advertising", i), Brands::Retailer)
                .symbol(format!("a{}", i + 1))
                .typical(size(earned / p.effort_cost[i].sqrt()))
        };
        let national = |i: usize| {
            Decision::new(name("national_advertising", i), Brands::Manufacturer(i))
                .symbol(format!("A{}", i + 1))
                .typical(size(p.national_effect[i] * p.manufacturer_margin[i] * 0.5).max(1e-6))
        };
        vec![rate(0), rate(1), local(0), local(1), national(0), national(1)]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if Self::RATE.contains(&decision) { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

fn conditions<P: Scalar, T: Scalar + Over<P>>(numbers: &Parameters<P>, x: &[T]) -> Vec<Condition<T>> {
    let [first, second] = numbers.sales([x[2], x[3]], [x[4], x[5]]);
    vec![Condition::expect("sales of brand 1", first), Condition::expect("sales of brand 2", second)]
}

impl StaticGame for DualBrand {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs([x[0], x[1]], [x[2], x[3]], [x[4], x[5]]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs([x[0], x[1]], [x[2], x[3]], [x[4], x[5]]));
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&self.0, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(&Parameters::from_list(p), x)
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Brands>) -> Option<Vec<T>> {
        type Form<T> = fn(&Parameters<T>) -> Profile<T>;
        let forms: [Form<T>; 5] = [
            Parameters::no_support,
            |p| p.brand_rates(false),
            Parameters::uniform_rate,
            Parameters::cooperative,
            |p| p.brand_rates(true),
        ];
        let known = Self::structures();
        let at = known.iter().position(|scheme| structure.same_rules(&scheme.structure))?;
        forms.get(at).map(|form| form(&Parameters::from_list(p)).to_vec())
    }
}

const ROOT: &str = "units per root of effort";
const PARAMETERS: &[Parameter] = &[
    Parameter::new("base_sales", "alpha", "units", Range::NON_NEGATIVE).each(2),
    Parameter::new("stimulating_effect", "beta", ROOT, Range::POSITIVE).each(2),
    Parameter::new("competition_effect", "gamma", ROOT, Range::NON_NEGATIVE).each(2),
    Parameter::new("manufacturer_margin", "rho_m", "money per unit", Range::POSITIVE).each(2),
    Parameter::new("retailer_margin", "rho_r", "money per unit", Range::POSITIVE).each(2),
    Parameter::new("effort_cost", "c", "money per unit of effort", Range::POSITIVE).each(2).or(1.0),
    Parameter::new("national_effect", "nu", "units per root money", Range::NON_NEGATIVE).each(2).or(0.0),
];

impl Model for DualBrand {
    const NAME: &'static str = "dual_brand";
    const TITLE: &'static str = "two substitute brands advertised by one retailer, one owner or two rivals";
    const SOURCE: &'static str = "Chen and Wen 2013, doi:10.1155/2013/480401";
    const PROVENANCE: &'static str = "reconstruction from the abstract; rival owners, national advertising and effort costs are our extensions";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&super::required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let all = [
            p.base_sales,
            p.stimulating_effect,
            p.competition_effect,
            p.manufacturer_margin,
            p.retailer_margin,
            p.effort_cost,
            p.national_effect,
        ];
        all.iter().map(|v| v.to_vec()).collect()
    }

    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let [first, second] = self.0.sales([x[2], x[3]], [x[4], x[5]]);
        vec![Measure::new("sales_1", "S1", "units", first), Measure::new("sales_2", "S2", "units", second)]
    }

    fn structures() -> Vec<Scheme<Brands>> {
        let [first, second] = Self::RATE;
        vec![
            Scheme::new(
                "no_support",
                "the retailer pays for all local advertising",
                Self::owner_leads().fix(first, 0.0).fix(second, 0.0),
            ),
            Scheme::new(
                "brand_rates",
                "one owner of both brands announces a rate for each, the retailer replies",
                Self::owner_leads(),
            )
            .also(&["stackelberg"]),
            Scheme::new(
                "uniform_rate",
                "one owner of both brands announces a single rate, the retailer replies",
                Self::owner_leads().tie(Self::RATE),
            ),
            Scheme::new(
                "cooperative",
                "joint profit of owners and retailer is maximised",
                Structure::cooperative(),
            ),
            Scheme::new(
                "rival_owners",
                "each brand's own maker announces its rate, the retailer replies (our extension)",
                Self::makers_lead(),
            ),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        DualBrand(Parameters {
            base_sales: [20.0, 15.0],
            stimulating_effect: [3.0, 2.5],
            competition_effect: [0.5, 0.6],
            manufacturer_margin: [2.0, 2.0],
            retailer_margin: [1.5, 1.5],
            effort_cost: [1.0, 1.0],
            national_effect: [0.0, 0.0],
        })
    }
}
