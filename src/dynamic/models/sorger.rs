//! Two firms' advertising for market shares up to a last day (Sorger 1989).
//!
//! Each firm wins customers by the square root of how many the other has; `x` is the first firm's share:
//!
//! ```math
//! \dot x=u_1\sqrt{1-x}-u_2\sqrt x,\qquad
//! \text{profits}\quad q_1x-\tfrac{c_1}2u_1^2,\qquad q_2(1-x)-\tfrac{c_2}2u_2^2,
//! ```
//!
//! up to the time `T`, when the firms get `S₁x(T)` and `S₂(1 − x(T))`. In feedback Nash equilibrium values are linear,
//! `V₁ = A₁x + B₁` and `V₂ = A₂(1 − x) + B₂`, and
//!
//! ```math
//! \dot A_i=rA_i-q_i+\frac{A_i^2}{2c_i}+\frac{A_1A_2}{c_j},\qquad \dot B_i=rB_i-\frac{A_i^2}{2c_i},\qquad
//! A_i(T)=S_i,\quad B_i(T)=0,
//! ```
//!
//! ```math
//! u_1=\frac{A_1}{c_1}\sqrt{1-x},\qquad u_2=\frac{A_2}{c_2}\sqrt x .
//! ```
//!
//! # Source
//!
//! Sorger, "Competitive dynamic advertising: a modification of the Case game", Journal of Economic Dynamics and Control
//! 13 (1989). The paper's text was not read: the game is stated from the literature, its dynamics being those of Prasad
//! and Sethi's later one, which was read in a restatement, without churn and noise; the equations were derived here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Rival, Sorger};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = Sorger::example();
//! let [first, _] = market.value_functions(0.0)?;
//! let nash = market.feedback_until(&Structure::simultaneous(), market.numbers().horizon)?;
//! assert!((first.at(&[0.2])? - 1.207052971).abs() < 1e-8);
//! assert!((nash.payoff(Rival::First) - 1.207052971).abs() < 1e-8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::super::ode::{Settings, integrate};
use super::{Rival, SHARE, linear};
use crate::claim::Claim;
use crate::dynamic::DynamicError;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The error of a step of the integration in time, relative and absolute.
const STEP: f64 = 1e-13;

/// One firm's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `q`, money a unit of time for the whole market.
    pub margin: f64,
    /// `c`, the cost of effort: `c u²/2` a unit of time.
    pub cost: f64,
    /// `S`, money for the whole market when the game ends.
    pub salvage: f64,
}

impl Firm {
    /// The effort of a firm that has half of the market, no rival and no end in sight.
    fn typical(&self, discount: f64) -> f64 {
        let root = (discount * discount + 2.0 * self.margin / self.cost).sqrt();
        self.margin / (self.cost * (discount + root))
    }
}

/// The numbers of the model; see [`Sorger::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `T`, when the game ends.
    pub horizon: f64,
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
    /// `x(0)`, the first firm's share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm { margin: v[2 + of], cost: v[4 + of], salvage: v[6 + of] };
        Parameters {
            discount_rate: v[0],
            horizon: v[1],
            first: firm(0),
            second: firm(1),
            initial_share: v[8],
        }
    }
}

/// Two firms with a last day. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Sorger(Parameters);

impl Sorger {
    /// The first firm's effort `u₁`; it costs `c₁u₁²/2`.
    pub const FIRST: usize = 0;
    /// The second firm's effort `u₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: horizon, margins and costs positive, discount rate and salvage zero or positive,
    /// the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(Sorger(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// Both firms' values at a time in feedback Nash equilibrium, of payoffs from then on and discounted to then, as
    /// functions of the first firm's share. The equations above are integrated back from the end.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a time before 0 or after the end, [`DynamicError::BlowUp`] where the integration
    /// does not reach it.
    pub fn value_functions(&self, time: f64) -> Result<[Quadratic; 2], DynamicError> {
        let Parameters { discount_rate: r, horizon, first, second, .. } = self.0;
        if !(0.0..=horizon).contains(&time) {
            return Err(DynamicError::out_of_range(
                "the time",
                time,
                format!("from 0 to the end, {horizon}"),
            ));
        }
        let backwards = |_: f64, y: &[f64], speed: &mut [f64]| -> Result<(), Infallible> {
            let (a, won) =
                ([y[0], y[1]], [y[0] * y[0] / (2.0 * first.cost), y[1] * y[1] / (2.0 * second.cost)]);
            let both = a[0] * a[1];
            speed[0] = r * y[0] - first.margin + won[0] + both / second.cost;
            speed[1] = r * y[1] - second.margin + won[1] + both / first.cost;
            speed[2] = r * y[2] - won[0];
            speed[3] = r * y[3] - won[1];
            Ok(())
        };
        let settings = Settings { relative: STEP, absolute: STEP, ..Settings::default() };
        let end = [first.salvage, second.salvage, 0.0, 0.0];
        let found = integrate(backwards, horizon, &end, time, &settings)
            .map_err(|stopped| DynamicError::BlowUp { time: stopped.time, last: stopped.state })?;
        let y = found.last();
        Ok([linear(y[0], y[2]), linear(-y[1], y[1] + y[3])])
    }
}

impl Game for Sorger {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        let Parameters { first, second, discount_rate, .. } = self.0;
        Rival::efforts([first.typical(discount_rate), second.typical(discount_rate)])
    }
}

impl DifferentialGame for Sorger {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-state[0] + 1.0).sqrt() * x[0] - state[0].sqrt() * x[1];
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

    fn horizon(&self) -> Option<f64> {
        Some(self.0.horizon)
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
        x[0] = (own * (-state[0] + 1.0).sqrt() / first.cost).positive_part();
        x[1] = (-other * state[0].sqrt() / second.cost).positive_part();
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::NON_NEGATIVE),
    Parameter::new("horizon", "T", "time", Range::POSITIVE),
    Parameter::new("margin_1", "q1", "money per time", Range::POSITIVE),
    Parameter::new("margin_2", "q2", "money per time", Range::POSITIVE),
    Parameter::new("cost_1", "c1", "money per effort squared", Range::POSITIVE),
    Parameter::new("cost_2", "c2", "money per effort squared", Range::POSITIVE),
    Parameter::new("salvage_1", "S1", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("salvage_2", "S2", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for Sorger {
    const NAME: &'static str = "sorger";
    const ALIASES: &'static [&'static str] = &["sorger1989", "sorger_1989"];
    const TITLE: &'static str = "two firms' market shares up to a last day";
    const SOURCE: &'static str = "Sorger 1989, Journal of Economic Dynamics and Control 13";
    const PROVENANCE: &'static str = "dynamics and payoffs after a textbook's restatement, the paper's text not read; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { discount_rate, horizon, first, second, initial_share } = self.0;
        let each = |of: fn(&Firm) -> f64| [of(&first), of(&second)];
        let firms = [each(|f| f.margin), each(|f| f.cost), each(|f| f.salvage)].concat();
        singles(&[&[discount_rate, horizon], &firms[..], &[initial_share]].concat())
    }

    fn structures() -> Vec<Scheme<Rival>> {
        Rival::schemes()
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        Sorger(Parameters::from_list(&[0.1, 5.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.2]))
    }
}
