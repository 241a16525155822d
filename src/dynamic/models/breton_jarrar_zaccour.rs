//! Two firms' advertising for market shares, decided at the beginning of each stage by one of them first (Breton, Jarrar
//! and Zaccour 2006).
//!
//! The firms fight for customers as in [`Lanchester`]'s model; `x` is the first firm's share, `u_i` the root of what firm i
//! spends a unit of time:
//!
//! ```math
//! x_{t+1}=x_t+h\bigl(k_1u_1(1-x_t)-k_2u_2x_t\bigr),\qquad
//! \text{profits}\quad h\,(q_1x-u_1^2),\qquad h\,(q_2(1-x)-u_2^2),
//! ```
//!
//! `h` being the length of a stage, for which what is spent is held. When decisions can move at every instant the order of
//! moves makes no difference, since the efforts meet in no term. Held for a stage, they meet where it ends: firm 2's reply
//! to firm 1's effort is
//!
//! ```math
//! \frac{du_2}{du_1}=-\frac{h\,\beta\,k_1k_2\,x(1-x)\,V_2''(x')}{2-h\,\beta\,k_2^2x^2\,V_2''(x')},\qquad \beta=e^{-rh},
//! ```
//!
//! so that the leader does more than under simultaneous moves where the follower's value is convex in the share, less
//! where it is concave, and the two equilibria differ by a term of the order of `h`. No formula is known for the values;
//! [`feedback_in_stages`](crate::dynamic::SolveOverTime::feedback_in_stages) finds them.
//!
//! # Source
//!
//! Breton, Jarrar and Zaccour, "A note on feedback sequential equilibria in a Lanchester model with empirical application",
//! Management Science 52(5) (2006), 804-811. The abstract was read: Lanchester's model of a duopoly, sequential play,
//! feedback Stackelberg equilibrium by an algorithm, an application to colas. The equations above are a reconstruction: the
//! root of spending after the empirical literature on Lanchester's model, the way of discounting, and everything said
//! about the solution are this library's. The paper's own parameters could not be read; those of
//! [`example`](crate::models::Model::example) are made up.
//!
//! ```
//! use coopad::dynamic::models::{BretonJarrarZaccour, Rival};
//! use coopad::dynamic::{DifferentialGame, SolveOverTime};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = BretonJarrarZaccour::example();
//! let length = market.stage().unwrap_or(1.0);
//! let both = market.feedback_in_stages(&Structure::simultaneous(), length)?;
//! let led = market.feedback_in_stages(&Structure::leader(Rival::First), length)?;
//! // In every stage the first firm gains by leading it; to be expected to lead all of them costs it something.
//! let gain = led.payoff(Rival::First) / both.payoff(Rival::First) - 1.0;
//! assert!(gain < 0.0 && gain > -0.01);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Lanchester, Rival, SHARE, lanchester};
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
}

/// The numbers of the model; see [`BretonJarrarZaccour::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `h`, how long a stage lasts, in units of time.
    pub stage: f64,
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
    /// `x(0)`, the first firm's share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm { effectiveness: v[of], margin: v[2 + of] };
        Parameters { discount_rate: v[4], stage: v[5], first: firm(0), second: firm(1), initial_share: v[6] }
    }

    /// The same market when decisions move at every instant.
    fn market(&self) -> lanchester::Parameters {
        // Effort costs its square.
        let firm = |Firm { effectiveness, margin }| lanchester::Firm {
            effectiveness,
            margin,
            cost: 2.0,
            salvage: 0.0,
        };
        let Parameters { discount_rate, first, second, initial_share, .. } = *self;
        lanchester::Parameters { discount_rate, first: firm(first), second: firm(second), initial_share }
    }
}

/// Two firms at war for customers, stage by stage. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct BretonJarrarZaccour {
    numbers: Parameters,
    market: Lanchester,
}

impl BretonJarrarZaccour {
    /// The first firm's effort `u₁`; it costs `u₁²`.
    pub const FIRST: usize = Lanchester::FIRST;
    /// The second firm's effort `u₂`.
    pub const SECOND: usize = Lanchester::SECOND;

    /// The model at these parameters: all positive, the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(BretonJarrarZaccour {
            numbers: parameters,
            market: Lanchester::unchecked(parameters.market()),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.numbers
    }

    /// The same market when decisions move at every instant: the limit of ever shorter stages.
    pub fn market(&self) -> &Lanchester {
        &self.market
    }
}

impl Game for BretonJarrarZaccour {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        self.market.players()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        self.market.decisions()
    }
}

impl DifferentialGame for BretonJarrarZaccour {
    fn states(&self) -> Vec<State> {
        self.market.states()
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        self.market.drift(state, x, out);
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        self.market.flow(state, x, out);
    }

    fn discount(&self, player: Rival) -> f64 {
        self.market.discount(player)
    }

    fn stage(&self) -> Option<f64> {
        Some(self.numbers.stage)
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        self.market.closed_form_at(structure, state, costates, x)
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("effectiveness_1", "k1", "per effort per time", Range::POSITIVE),
    Parameter::new("effectiveness_2", "k2", "per effort per time", Range::POSITIVE),
    Parameter::new("margin_1", "q1", "money per time", Range::POSITIVE),
    Parameter::new("margin_2", "q2", "money per time", Range::POSITIVE),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("stage", "h", "time", Range::POSITIVE),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for BretonJarrarZaccour {
    const NAME: &'static str = "breton_jarrar_zaccour";
    const TITLE: &'static str = "two firms' market shares in stages, one of them deciding first in each";
    const SOURCE: &'static str = "Breton, Jarrar and Zaccour 2006, Management Science 52(5)";
    const PROVENANCE: &'static str = "abstract read; equations reconstructed, solution by this library";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { discount_rate, stage, first, second, initial_share } = self.numbers;
        singles(&[
            first.effectiveness,
            second.effectiveness,
            first.margin,
            second.margin,
            discount_rate,
            stage,
            initial_share,
        ])
    }

    fn structures() -> Vec<Scheme<Rival>> {
        let leads = |name, words, leader| Scheme::new(name, words, Structure::leader(leader));
        vec![
            Scheme::new(
                "simultaneous",
                "both decide at once at the beginning of every stage",
                Structure::simultaneous(),
            ),
            leads("first_leads", "the first firm decides before the second, in every stage", Rival::First),
            leads("second_leads", "the second firm decides before the first, in every stage", Rival::Second),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let numbers = Parameters::from_list(&[0.5, 0.8, 1.0, 1.5, 0.3, 0.5, 0.5]);
        BretonJarrarZaccour { numbers, market: Lanchester::unchecked(numbers.market()) }
    }
}
