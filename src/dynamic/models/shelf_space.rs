//! Shelf space for two brands that advertise: a specification of ours, not the papers', of Martín-Herrán and Taboubi
//! (2005) and Martín-Herrán, Taboubi and Zaccour (2005).
//!
//! Two manufacturers build the goodwill of their brands (`A₁`, `A₂`); the retailer gives the first the share `S₁` of its
//! shelf and the second `S₂ = 1 − S₁`:
//!
//! ```math
//! \dot G_i=A_i-d_iG_i,\qquad D_i=S_i\bigl(a_iG_i+b-\tfrac b2S_i\bigr),
//! ```
//!
//! ```math
//! \text{profits}\quad\pi_iD_i-\tfrac{c_i}2A_i^2,\qquad m_1D_1+m_2D_2 .
//! ```
//!
//! The shelf moves no goodwill, so that the retailer's decision does not look ahead, whatever goodwill is worth to it:
//!
//! ```math
//! S_1=\frac{m_1a_1G_1-m_2a_2G_2+m_1b}{(m_1+m_2)b}.
//! ```
//!
//! Flows are quadratic in goodwill, and [`ShelfSpace::linear_quadratic`] has the values by matrices. Who moves first at a
//! moment makes no difference. Manufacturers who commit to a course of advertising, before the retailer does, gain by it, and
//! never want to break it: what the retailer expects of the future they could not use, since the retailer does not act on
//! it. The open-loop Stackelberg equilibrium is time consistent ([`OpenLoop::is_time_consistent`](crate::dynamic::OpenLoop)).
//!
//! # Source
//!
//! Martín-Herrán and Taboubi, "Shelf-space allocation and advertising decisions in the marketing channel: a differential
//! game approach", International Game Theory Review 7 (2005); Martín-Herrán, Taboubi and Zaccour, "A time-consistent
//! open-loop Stackelberg equilibrium of shelf-space allocation", Automatica 41 (2005). Abstracts read, and that the
//! equilibrium is time consistent; the equations and the solution are ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::ShelfSpace;
//! use coopad::models::{Brands, Model};
//! use coopad::prelude::*;
//!
//! let shelf = ShelfSpace::example();
//! let nash = shelf.feedback(&Structure::simultaneous())?;
//! // The brands are alike: half of the shelf each.
//! assert!((nash.policy(&[0.5, 0.5])?[ShelfSpace::SHELF] - 0.5).abs() < 1e-12);
//! // Both manufacturers, as one, commit for ten years: they would keep their word.
//! let makers = [Brands::Manufacturer(0), Brands::Manufacturer(1)];
//! let led = ShelfSpace::manufacturers_lead().coalition(makers);
//! assert!(shelf.open_loop(&led, 10.0)?.is_time_consistent());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::affine::{Affine, earning, sum};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError};
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Brands, Model, Parameter, Range, Scheme, checked, required};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One brand: its maker, and what the retailer earns on it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// `a`, demand per unit of goodwill and of shelf.
    pub goodwill_effect: f64,
    /// `d`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `c`, the cost of advertising: `c A²/2` a unit of time.
    pub cost: f64,
    /// `π`, the maker's margin, money per unit.
    pub manufacturer_margin: f64,
    /// `m`, the retailer's margin, money per unit.
    pub retailer_margin: f64,
    /// `G(0)`.
    pub initial_goodwill: f64,
}

/// The numbers of the model; see [`ShelfSpace::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `b`, how fast demand per shelf falls with the share of it.
    pub shelf_effect: f64,
    /// The first brand.
    pub first: Brand,
    /// The second brand.
    pub second: Brand,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let brand = |of: usize| Brand {
            goodwill_effect: v[2 + of],
            decay: v[4 + of],
            cost: v[6 + of],
            manufacturer_margin: v[8 + of],
            retailer_margin: v[10 + of],
            initial_goodwill: v[12 + of],
        };
        Parameters { discount_rate: v[0], shelf_effect: v[1], first: brand(0), second: brand(1) }
    }

    fn brands(&self) -> [Brand; 2] {
        [self.first, self.second]
    }

    /// The goodwill of each brand that would give it the whole shelf, if the other had none.
    fn reach(&self) -> [f64; 2] {
        let reach = |own: Brand, other: Brand| {
            other.retailer_margin * self.shelf_effect / (own.retailer_margin * own.goodwill_effect)
        };
        [reach(self.first, self.second), reach(self.second, self.first)]
    }

    /// The first brand's share of the shelf for one who earns these margins.
    #[inline]
    fn share<T: Scalar>(&self, [first, second]: [f64; 2], state: [T; 2]) -> T {
        let total = (first + second) * self.shelf_effect;
        state[0] * (first * self.first.goodwill_effect / total)
            - state[1] * (second * self.second.goodwill_effect / total)
            + first / (first + second)
    }

    #[inline]
    fn demands<T: Scalar>(&self, state: &[T], share: T) -> [T; 2] {
        let demand = |brand: Brand, goodwill: T, share: T| {
            share * (goodwill * brand.goodwill_effect - share * (0.5 * self.shelf_effect) + self.shelf_effect)
        };
        [demand(self.first, state[0], share), demand(self.second, state[1], -share + 1.0)]
    }

    fn retail_margins(&self) -> [f64; 2] {
        self.brands().map(|brand| brand.retailer_margin)
    }
}

/// Two brands on one shelf. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfSpace(Parameters);

impl ShelfSpace {
    /// Advertising `A₁` of the first brand, its maker's.
    pub const FIRST: usize = 0;
    /// Advertising `A₂` of the second brand, its maker's.
    pub const SECOND: usize = 1;
    /// The first brand's share `S₁` of the shelf, the retailer's decision.
    pub const SHELF: usize = 2;

    /// The model at these parameters: all positive but goodwill at the start, which may be zero, and is not above what
    /// would give the brand the whole shelf, `m_jb/(m_ia_i)`.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(ShelfSpace(parameters))?;
        for (at, (brand, reach)) in parameters.brands().iter().zip(parameters.reach()).enumerate() {
            if brand.initial_goodwill > reach {
                return Err(ParameterError::Inconsistent {
                    parameter: format!("initial_goodwill[{at}]"),
                    value: brand.initial_goodwill,
                    condition: format!("the brand would have the whole shelf above {reach}"),
                });
            }
        }
        Ok(model)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// At every moment both manufacturers announce their advertising, the retailer then fills the shelf.
    pub fn manufacturers_lead() -> Structure<Brands> {
        Structure::sequence([vec![Self::FIRST, Self::SECOND], vec![Self::SHELF]]).named("manufacturers_lead")
    }

    /// The game by matrices, the shelf already filled: the manufacturers are players 0 and 1, the retailer, who moves
    /// nothing, player 2. It holds where both brands are on the shelf and both manufacturers advertise.
    ///
    /// # Errors
    ///
    /// As [`LinearQuadratic::new`], for numbers too large for its matrices.
    pub fn linear_quadratic(&self) -> Result<LinearQuadratic, LinearQuadraticError> {
        let p = &self.0;
        let b = p.shelf_effect;
        let constant = p.share(p.retail_margins(), [0.0; 2]);
        let slope = |state: [f64; 2]| p.share(p.retail_margins(), state) - constant;
        let first: Affine = [constant, slope([1.0, 0.0]), slope([0.0, 1.0])];
        let shares = [first, sum(1.0, [1.0, 0.0, 0.0], -1.0, first)];
        // Demand is the share times this.
        let per_shelf: [Affine; 2] = std::array::from_fn(|i| {
            let mut pull = [b, 0.0, 0.0];
            pull[1 + i] = p.brands()[i].goodwill_effect;
            sum(1.0, pull, -0.5 * b, shares[i])
        });
        let earned = |margin: f64, i: usize| [sum(margin, shares[i], 0.0, shares[i]), per_shelf[i]];
        let [one, two] = p.brands();
        let agent = |effect: [[f64; 1]; 2], cost: f64, earned: &[[Affine; 2]]| {
            earning(Agent::new(effect, cost, p.discount_rate), earned)
        };
        let agents = vec![
            agent([[1.0], [0.0]], one.cost, &[earned(one.manufacturer_margin, 0)]),
            agent([[0.0], [1.0]], two.cost, &[earned(two.manufacturer_margin, 1)]),
            agent([[0.0], [0.0]], 1.0, &[earned(one.retailer_margin, 0), earned(two.retailer_margin, 1)]),
        ];
        LinearQuadratic::new([[-one.decay, 0.0], [0.0, -two.decay]], &[0.0; 2], agents)
    }
}

impl Game for ShelfSpace {
    type Player = Brands;

    fn players(&self) -> Vec<Brands> {
        vec![Brands::Manufacturer(0), Brands::Manufacturer(1), Brands::Retailer]
    }

    fn decisions(&self) -> Vec<Decision<Brands>> {
        let effort = |i: usize, symbol: &'static str| {
            let brand = self.0.brands()[i];
            let worth =
                brand.manufacturer_margin * brand.goodwill_effect / (self.0.discount_rate + brand.decay);
            Decision::new(format!("advertising_{}", i + 1), Brands::Manufacturer(i))
                .symbol(symbol)
                .unit("effort")
                .typical(0.5 * worth / brand.cost)
        };
        let shelf = Decision::new("shelf_share", Brands::Retailer).symbol("S1").unit("share of the shelf");
        vec![effort(0, "A1"), effort(1, "A2"), shelf.typical(0.5)]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::SHELF { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for ShelfSpace {
    fn states(&self) -> Vec<State> {
        let all = self.0.brands().into_iter().zip(self.0.reach()).enumerate();
        all.map(|(i, (brand, reach))| {
            let state = State::new(format!("goodwill_{}", i + 1), 0.0, reach);
            state.symbol(format!("G{}", i + 1)).unit("goodwill").starting_at(brand.initial_goodwill)
        })
        .collect()
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        for (i, brand) in self.0.brands().iter().enumerate() {
            out[i] = x[i] - state[i] * brand.decay;
        }
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let [first, second] = self.0.brands();
        let demands = self.0.demands(state, x[Self::SHELF]);
        out[0] = demands[0] * first.manufacturer_margin - x[0].square() * (0.5 * first.cost);
        out[1] = demands[1] * second.manufacturer_margin - x[1].square() * (0.5 * second.cost);
        out[2] = demands[0] * first.retailer_margin + demands[1] * second.retailer_margin;
    }

    fn discount(&self, _: Brands) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Brands>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let p = &self.0;
        let same = |rules: Structure<Brands>| structure.same_rules(&rules);
        let (margins, worths) = if same(Structure::simultaneous()) || same(Self::manufacturers_lead()) {
            (p.retail_margins(), [costates[0], costates[3]])
        } else if same(Structure::cooperative()) {
            let joint = |at: usize| costates[at] + costates[2 + at] + costates[4 + at];
            (p.brands().map(|brand| brand.manufacturer_margin + brand.retailer_margin), [joint(0), joint(1)])
        } else {
            return false;
        };
        x[Self::FIRST] = (worths[0] / p.first.cost).positive_part();
        x[Self::SECOND] = (worths[1] / p.second.cost).positive_part();
        let share = p.share(margins, [state[0], state[1]]);
        x[Self::SHELF] = share.max(T::constant(0.0)).min(T::constant(1.0));
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("shelf_effect", "b", "units per time", Range::POSITIVE),
    Parameter::new("goodwill_effect_1", "a1", "units per goodwill", Range::POSITIVE),
    Parameter::new("goodwill_effect_2", "a2", "units per goodwill", Range::POSITIVE),
    Parameter::new("decay_1", "d1", "per time", Range::POSITIVE),
    Parameter::new("decay_2", "d2", "per time", Range::POSITIVE),
    Parameter::new("cost_1", "c1", "money per effort squared", Range::POSITIVE),
    Parameter::new("cost_2", "c2", "money per effort squared", Range::POSITIVE),
    Parameter::new("manufacturer_margin_1", "pi1", "money per unit", Range::POSITIVE),
    Parameter::new("manufacturer_margin_2", "pi2", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin_1", "m1", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin_2", "m2", "money per unit", Range::POSITIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).each(2).or(0.5),
];

impl Model for ShelfSpace {
    const NAME: &'static str = "shelf_space";
    const TITLE: &'static str = "two advertised brands on one retailer's shelf, over time";
    const SOURCE: &'static str =
        "after Martin-Herran and Taboubi 2005; Martin-Herran, Taboubi and Zaccour 2005, Automatica 41";
    const PROVENANCE: &'static str = "abstracts read; the specification is ours, solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let brands = self.0.brands();
        let single = |value: f64| vec![value];
        let mut values = [self.0.discount_rate, self.0.shelf_effect].map(single).to_vec();
        for of in [
            |brand: &Brand| brand.goodwill_effect,
            |brand: &Brand| brand.decay,
            |brand: &Brand| brand.cost,
            |brand: &Brand| brand.manufacturer_margin,
            |brand: &Brand| brand.retailer_margin,
        ] {
            values.extend(brands.iter().map(of).map(single));
        }
        values.push(brands.iter().map(|brand| brand.initial_goodwill).collect());
        values
    }

    fn structures() -> Vec<Scheme<Brands>> {
        vec![
            Scheme::new("simultaneous", "everybody decides alone at every moment", Structure::simultaneous()),
            Scheme::new(
                "manufacturers_lead",
                "at every moment both manufacturers announce their advertising, the retailer then fills the shelf",
                Self::manufacturers_lead(),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 4.0, 1.0, 1.0, 0.5, 0.5, 3.0, 3.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5];
        ShelfSpace(Parameters::from_list(&list))
    }
}
