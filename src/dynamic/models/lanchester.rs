//! Two firms' advertising for market shares: Lanchester's equations of combat (Kimball 1957; Case 1979).
//!
//! Each firm wins customers in proportion to what it does and to how many the other has; `x` is the first firm's share:
//!
//! ```math
//! \dot x=k_1u_1(1-x)-k_2u_2x,\qquad
//! \text{profits}\quad q_1x-\tfrac{c_1}2u_1^2,\qquad q_2(1-x)-\tfrac{c_2}2u_2^2 .
//! ```
//!
//! In feedback Nash equilibrium, with `A = k₁²(1−x)²/c₁` and `B = k₂²x²/c₂`,
//!
//! ```math
//! rV_1=q_1x+\tfrac A2V_1'^2+BV_1'V_2',\qquad rV_2=q_2(1-x)+\tfrac B2V_2'^2+AV_1'V_2',
//! ```
//!
//! which has no formula; [`SolveOverTime::feedback`](crate::dynamic::SolveOverTime::feedback) finds it. No condition at
//! the ends is needed, since the share moves inwards from both. The firms' efforts do not meet in any term, so that it
//! makes no difference who moves first at each moment (Rubio 2006).
//!
//! One owner of both would advertise for one of them only, and less and less as it nears the whole market: the value is
//! not analytic there, and polynomials of the usual degree seldom resolve it.
//!
//! Where the game ends each firm may be paid for its share then, `S₁x(T)` and `S₂(1 − x(T))`.
//!
//! # Source
//!
//! Kimball, "Some industrial applications of military operations research methods", Operations Research 5 (1957); Case,
//! "Economics and the Competitive Process" (1979). Neither was read: the model is stated from general knowledge, the
//! equations were derived here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::Lanchester;
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = Lanchester::example();
//! let nash = market.feedback(&Structure::simultaneous())?;
//! let today = nash.policy(&[0.5])?;
//! assert!((today[Lanchester::FIRST] - 0.3033882894).abs() < 1e-8);
//! assert!((nash.steady_states()?[0].state[0] - 0.3942547023).abs() < 1e-8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Rival, SHARE};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One firm's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `k`, the share of the other firm's customers that a unit of effort wins, a unit of time.
    pub effectiveness: f64,
    /// `q`, money a unit of time for the whole market.
    pub margin: f64,
    /// `c`, the cost of effort: `c u²/2` a unit of time.
    pub cost: f64,
    /// `S`, money for the whole market when the game ends.
    pub salvage: f64,
}

impl Firm {
    /// The effort of a firm that has half of the market and no rival.
    fn typical(&self, discount: f64) -> f64 {
        let power = self.effectiveness * self.effectiveness / self.cost;
        let worth = 2.0 * self.margin / (discount + (discount * discount + 2.0 * power * self.margin).sqrt());
        0.5 * self.effectiveness * worth / self.cost
    }
}

/// The numbers of the model; see [`Lanchester::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
    /// `x(0)`, the first firm's share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm =
            |of: usize| Firm { effectiveness: v[of], margin: v[2 + of], cost: v[4 + of], salvage: v[7 + of] };
        Parameters { discount_rate: v[6], first: firm(0), second: firm(1), initial_share: v[9] }
    }
}

/// Two firms at war for customers. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Lanchester(Parameters);

impl Lanchester {
    /// The first firm's effort `u₁`; it costs `c₁u₁²/2`.
    pub const FIRST: usize = 0;
    /// The second firm's effort `u₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: effectiveness, margins and costs positive, salvage and discount rate zero or
    /// positive (positive where the game never ends), the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(Lanchester(parameters))
    }

    /// The model at parameters that somebody else checks.
    pub(super) fn unchecked(parameters: Parameters) -> Self {
        Lanchester(parameters)
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for Lanchester {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        let Parameters { first, second, discount_rate, .. } = self.0;
        Rival::efforts([first.typical(discount_rate), second.typical(discount_rate)])
    }
}

impl DifferentialGame for Lanchester {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, .. } = self.0;
        let rest = -state[0] + 1.0;
        out[0] = rest * x[0] * first.effectiveness - state[0] * x[1] * second.effectiveness;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, .. } = self.0;
        out[0] = state[0] * first.margin - x[0].square() * (0.5 * first.cost);
        out[1] = (-state[0] + 1.0) * second.margin - x[1].square() * (0.5 * second.cost);
    }

    fn discount(&self, _: Rival) -> f64 {
        self.0.discount_rate
    }

    fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = state[0] * self.0.first.salvage;
        out[1] = (-state[0] + 1.0) * self.0.second.salvage;
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Parameters { first, second, .. } = self.0;
        let Some([own, other]) = Rival::worths(structure, costates) else { return false };
        x[0] = (own * (-state[0] + 1.0) * (first.effectiveness / first.cost)).positive_part();
        x[1] = (-other * state[0] * (second.effectiveness / second.cost)).positive_part();
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("effectiveness_1", "k1", "per effort per time", Range::POSITIVE),
    Parameter::new("effectiveness_2", "k2", "per effort per time", Range::POSITIVE),
    Parameter::new("margin_1", "q1", "money per time", Range::POSITIVE),
    Parameter::new("margin_2", "q2", "money per time", Range::POSITIVE),
    Parameter::new("cost_1", "c1", "money per effort squared", Range::POSITIVE),
    Parameter::new("cost_2", "c2", "money per effort squared", Range::POSITIVE),
    Parameter::new("discount_rate", "r", "per time", Range::NON_NEGATIVE),
    Parameter::new("salvage_1", "S1", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("salvage_2", "S2", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for Lanchester {
    const NAME: &'static str = "lanchester";
    const TITLE: &'static str =
        "two firms' market shares over time, each winning in proportion to the other's";
    const SOURCE: &'static str = "Kimball 1957, Operations Research 5; Case 1979";
    const PROVENANCE: &'static str = "stated from general knowledge; equations derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { discount_rate, first, second, initial_share } = self.0;
        let each = |of: fn(&Firm) -> f64| [of(&first), of(&second)];
        let firms = [each(|f| f.effectiveness), each(|f| f.margin), each(|f| f.cost)].concat();
        singles(&[&firms[..], &[discount_rate], &each(|f| f.salvage), &[initial_share]].concat())
    }

    fn structures() -> Vec<Scheme<Rival>> {
        vec![Scheme::new(
            "simultaneous",
            "both decide for themselves at every moment",
            Structure::simultaneous(),
        )]
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        Lanchester(Parameters::from_list(&[0.5, 0.8, 1.0, 1.5, 0.7, 1.2, 0.3, 0.0, 0.0, 0.5]))
    }
}
