//! An allowance per unit sold, spent on advertising by the retailer (Berger 1972).
//!
//! A manufacturer makes a good at the cost `r` and sells it at `c` to a retailer, who sells it at `k` and advertises for
//! `A`. The manufacturer grants the allowance `X ≥ 0` on each unit sold:
//!
//! ```math
//! \pi_m=(c-r-X)\,S(A),\qquad \pi_r=(k-c+X)\,S(A)-A .
//! ```
//!
//! The retailer answers with `S'(A) = 1/(k−c+X)`, and together they would choose `S'(A) = 1/(k−r)`. Two responses:
//!
//! | type | `S(A)` | wanted allowance | `A` at the retailer's margin `u` |
//! |---|---|---|---|
//! | [`BergerSquareRoot`] | `s_0 + b√A` | `½((c−r)−(k−c)) − s_0/b²` | `(bu/2)²` |
//! | [`BergerLogarithm`] | `s_0 + b ln(1+A)` | `(k−r)/z − (k−c)` | `max(bu − 1, 0)` |
//!
//! with `z` the root of `z + ln z = 1 + s_0/b + ln(b(k−r))`, that is Lambert's `W₀(b(k−r)e^{1+s_0/b})`. A wanted
//! allowance below 0 is none.
//!
//! **A jump.** With the logarithm a retailer whose margin is small (`b(k−c) ≤ 1`) does not advertise by itself, and a
//! small allowance is paid for nothing. The manufacturer then compares no allowance with the wanted one; where both
//! earn it the same the allowance jumps from 0 to a positive number, and none is reported.
//!
//! # Source
//!
//! Berger, "Vertical cooperative advertising ventures", Journal of Marketing Research 9 (1972). Its objective functions
//! and optimality conditions were read in the paper, except for an exponent that is illegible in the scan: in the
//! manufacturer's condition `(k−r)S'³ − S'² + S S'' = 0` the 3 is derived. Both closed forms were derived for this
//! library and checked by independent numerics.
//!
//! ```
//! use coopad::models::{BergerLogarithm, BergerSquareRoot, Channel, Model};
//! use coopad::prelude::*;
//!
//! let led = BergerSquareRoot::example().solve(&Structure::leader(Channel::Manufacturer))?;
//! // ½((8 − 2) − (10 − 8)) − 4/2²
//! assert!((led[BergerSquareRoot::ALLOWANCE] - 1.0).abs() < 1e-12);
//! let led = BergerLogarithm::example().solve(&Structure::leader(Channel::Manufacturer))?;
//! assert!(led[BergerLogarithm::ALLOWANCE] > 0.0);
//! # Ok::<(), coopad::SolveError>(())
//! ```

mod claims;

use std::fmt::Debug;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::recorded::{RecordError, Recorded};
use crate::response::{Logarithm, SquareRoot};
use crate::scalar::{Over, Scalar};
use crate::structure::Structure;

/// Berger's game with sales `s_0 + b√A`.
pub type BergerSquareRoot = Berger<SquareRoot>;
/// Berger's game with sales `s_0 + b ln(1 + A)`.
pub type BergerLogarithm = Berger<Logarithm>;

/// The numbers of the model; see [`Berger::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `r`, the manufacturer's cost, money per unit.
    pub production_cost: P,
    /// `c`, what the retailer pays, money per unit.
    pub wholesale_price: P,
    /// `k`, what consumers pay, money per unit.
    pub retail_price: P,
    /// `s_0`, sales without advertising, in units of the good.
    pub base_sales: P,
    /// `b`, units sold per √money, or per unit of `ln(1 + money)`.
    pub effect: P,
}

/// A shape of sales in advertising, with the formulas that follow from it: the two that [`Berger`] is known for.
pub trait Shape: Copy + Debug + PartialEq + 'static {
    /// The name in scenario files.
    const NAME: &'static str;
    /// Other names that scenario files may use.
    const ALIASES: &'static [&'static str];
    /// The model in a sentence.
    const TITLE: &'static str;
    /// The propositions about the model.
    const CLAIMS: &'static [Claim];
    /// A worked example.
    const EXAMPLE: Parameters;

    /// Units that a spend of `A` sells.
    fn sales<P: Copy, T: Scalar + Over<P>>(effect: P, spend: T) -> T;
    /// The spend of somebody who earns `margin` a unit: where `S' = 1/margin`, or nothing.
    fn spend<P: Scalar>(effect: P, margin: P) -> P;
    /// The retailer's margin at which the manufacturer earns most, if the retailer advertises there.
    fn wanted<P: Scalar>(numbers: &Parameters<P>) -> P;
}

impl Shape for SquareRoot {
    const NAME: &'static str = "berger_square_root";
    const ALIASES: &'static [&'static str] = &["berger1972_sqrt"];
    const TITLE: &'static str =
        "an allowance per unit sold for a retailer that advertises, square-root response";
    const CLAIMS: &'static [Claim] = claims::SQUARE_ROOT;
    const EXAMPLE: Parameters = Parameters {
        production_cost: 2.0,
        wholesale_price: 8.0,
        retail_price: 10.0,
        base_sales: 4.0,
        effect: 2.0,
    };

    fn sales<P: Copy, T: Scalar + Over<P>>(effect: P, spend: T) -> T {
        SquareRoot { effect }.sales(spend)
    }

    fn spend<P: Scalar>(effect: P, margin: P) -> P {
        (effect * margin * 0.5).square()
    }

    fn wanted<P: Scalar>(numbers: &Parameters<P>) -> P {
        numbers.joint_margin() * 0.5 - numbers.base_sales / numbers.effect.square()
    }
}

impl Shape for Logarithm {
    const NAME: &'static str = "berger_logarithm";
    const ALIASES: &'static [&'static str] = &["berger1972_log"];
    const TITLE: &'static str =
        "an allowance per unit sold for a retailer that advertises, logarithmic response";
    const CLAIMS: &'static [Claim] = claims::LOGARITHM;
    const EXAMPLE: Parameters = Parameters {
        production_cost: 2.0,
        wholesale_price: 9.0,
        retail_price: 10.0,
        base_sales: 4.0,
        effect: 5.0,
    };

    fn sales<P: Copy, T: Scalar + Over<P>>(effect: P, spend: T) -> T {
        Logarithm { effect }.sales(spend)
    }

    fn spend<P: Scalar>(effect: P, margin: P) -> P {
        (effect * margin - 1.0).positive_part()
    }

    fn wanted<P: Scalar>(numbers: &Parameters<P>) -> P {
        let joint = numbers.joint_margin();
        let scaled = (numbers.effect * joint).ln() + numbers.base_sales / numbers.effect + 1.0;
        joint / omega(scaled)
    }
}

/// The root `z ≥ 1` of `z + ln z = y`, for `y ≥ 1`: `W₀(e^y)` without the overflow of `e^y`; 1 for smaller `y`.
///
/// Newton's method from `z = y`. The function is concave, so that all steps but the first come from below; five reach
/// rounding from anywhere. Since they run on any [`Scalar`], the root's derivatives come with it.
fn omega<P: Scalar>(y: P) -> P {
    let y = y.max(P::constant(1.0));
    (0..6).fold(y, |z, _| z * ((y - z.ln() + 1.0) / (z + 1.0)))
}

impl<P: Copy> Parameters<P> {
    fn from_list(v: &[P]) -> Self {
        Parameters {
            production_cost: v[0],
            wholesale_price: v[1],
            retail_price: v[2],
            base_sales: v[3],
            effect: v[4],
        }
    }

    fn list(&self) -> [P; 5] {
        [self.production_cost, self.wholesale_price, self.retail_price, self.base_sales, self.effect]
    }

    fn sales<R: Shape, T: Scalar + Over<P>>(&self, spend: T) -> T {
        R::sales(self.effect, spend) + self.base_sales
    }

    /// The payoffs of manufacturer and retailer.
    #[inline]
    pub fn payoffs<R: Shape, T: Scalar + Over<P>>(&self, allowance: T, spend: T) -> [T; 2] {
        let sales = self.sales::<R, T>(spend);
        [
            -(allowance - self.wholesale_price + self.production_cost) * sales,
            (allowance + self.retail_price - self.wholesale_price) * sales - spend,
        ]
    }
}

/// Closed forms: `[X, A]`, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// `k − r`, what both earn per unit.
    fn joint_margin(&self) -> P {
        self.retail_price - self.production_cost
    }

    /// `k − c`, what the retailer earns per unit without an allowance.
    fn retailer_margin(&self) -> P {
        self.retail_price - self.wholesale_price
    }

    /// The manufacturer announces `X`; the retailer replies with `A`.
    pub fn manufacturer_leads<R: Shape>(&self) -> [P; 2] {
        let none = P::constant(0.0);
        let wanted = (R::wanted(self) - self.retailer_margin()).positive_part();
        let reply = |allowance| R::spend(self.effect, self.retailer_margin() + allowance);
        let earned = |allowance| self.payoffs::<R, P>(allowance, reply(allowance))[0];
        // To a retailer that advertises anyway the wanted allowance is best; to another it must be worth it.
        let granted = P::select(earned(wanted) - earned(none), wanted, none);
        let granted = P::select(reply(none), wanted, granted);
        [granted, reply(granted)]
    }

    /// Both decide at once: no allowance, since `X` then only costs the manufacturer money.
    pub fn simultaneous<R: Shape>(&self) -> [P; 2] {
        [P::constant(0.0), R::spend(self.effect, self.retailer_margin())]
    }

    /// Joint profit is maximised; `X` is internal.
    pub fn cooperative<R: Shape>(&self) -> [P; 2] {
        [P::constant(0.0), R::spend(self.effect, self.joint_margin())]
    }
}

/// A manufacturer that grants an allowance, and a retailer that advertises. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Berger<R>(Parameters, PhantomData<R>);

impl<R: Shape> Berger<R> {
    /// The allowance `X` per unit sold, the manufacturer's.
    pub const ALLOWANCE: usize = 0;
    /// Advertising `A`, the retailer's.
    pub const ADVERTISING: usize = 1;

    /// The model at these parameters: all finite, cost and base sales not negative, the effect positive, and each price
    /// above the one before: `r < c < k`.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] or [`ParameterError::Inconsistent`] for numbers that are not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let Parameters { production_cost, wholesale_price, retail_price, .. } = parameters;
        let model = super::checked(Berger(parameters, PhantomData))?;
        let below = |parameter: &str, value: f64, condition: &str| {
            let (parameter, condition) = (parameter.to_owned(), condition.to_owned());
            Err(ParameterError::Inconsistent { parameter, value, condition })
        };
        if wholesale_price <= production_cost {
            return below("wholesale_price", wholesale_price, "it must exceed the production cost");
        }
        if retail_price <= wholesale_price {
            return below("retail_price", retail_price, "it must exceed the wholesale price");
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl<R: Shape> Game for Berger<R> {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        // The wanted allowance if nothing were sold without advertising, and what is spent then.
        let margin = 0.5 * p.joint_margin();
        let spend = R::spend(p.effect, margin);
        let allowance = margin - p.retailer_margin();
        vec![
            Decision::transfer("allowance", Manufacturer, Retailer)
                .symbol("X")
                .unit("money per unit")
                .typical(if allowance > 0.0 { allowance } else { 0.1 * margin }),
            Decision::new("advertising", Retailer).symbol("A").typical(if spend > 0.0 { spend } else { 1.0 }),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_at(&self.0.list().map(T::constant), decision, x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl<R: Shape> StaticGame for Berger<R> {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.0.payoffs::<R, T>(x[0], x[1]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&Parameters::from_list(p).payoffs::<R, T>(x[0], x[1]));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, _: &[T]) -> Interval<T> {
        let zero = T::constant(0.0);
        // Nobody hands back more than it earns.
        if decision == Self::ALLOWANCE { Interval::new(zero, p[1] - p[0]) } else { Interval::at_least(zero) }
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Channel>) -> Option<Vec<T>> {
        let p = Parameters::from_list(p);
        let profile = match Self::recognise(structure)? {
            "manufacturer_leads" => p.manufacturer_leads::<R>(),
            "simultaneous" => p.simultaneous::<R>(),
            "cooperative" => p.cooperative::<R>(),
            _ => return None,
        };
        Some(profile.to_vec())
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("production_cost", "r", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("wholesale_price", "c", "money per unit", Range::POSITIVE),
    Parameter::new("retail_price", "k", "money per unit", Range::POSITIVE),
    Parameter::new("base_sales", "s0", "units sold", Range::NON_NEGATIVE),
    Parameter::new("effect", "b", "units sold", Range::POSITIVE),
];

impl<R: Shape> Model for Berger<R> {
    const NAME: &'static str = R::NAME;
    const ALIASES: &'static [&'static str] = R::ALIASES;
    const TITLE: &'static str = R::TITLE;
    const SOURCE: &'static str = "Berger 1972, Journal of Marketing Research 9";
    const PROVENANCE: &'static str =
        "objectives and conditions read in the paper; responses chosen and closed forms derived here";

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
        vec![Measure::new("sales", "S", "units", self.0.sales::<R, f64>(x[Self::ADVERTISING]))]
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "the manufacturer announces its allowance, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            )
            .also(&["stackelberg_manufacturer", "stackelberg", "stackelberg_allowance"]),
            Scheme::new("simultaneous", "both decide at once; no allowance", Structure::simultaneous()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        R::CLAIMS
    }

    fn example() -> Self {
        Berger(R::EXAMPLE, PhantomData)
    }
}

#[cfg(test)]
mod tests {
    use super::omega;
    use crate::dual::Dual;

    #[test]
    fn omega_solves_its_equation_everywhere() {
        for y in [1.0, 1.0 + 1e-12, 1.5, 2.0, 5.0, 30.0, 710.0, 1e6, 1e300] {
            let z = omega(y);
            assert!((z + f64::ln(z) - y).abs() <= 4.0 * f64::EPSILON * y, "{y}: {z}");
            // dz/dy = z/(1 + z).
            let slope = omega(Dual::variable(y)).slope;
            assert!((slope - z / (1.0 + z)).abs() < 1e-14 || y == 1.0, "{y}: {slope}");
        }
        // W₀(1·e) = 1, W₀(e^e·e) = e.
        assert!((omega(std::f64::consts::E + 1.0) - std::f64::consts::E).abs() < 1e-15);
    }
}
