//! Two firms that win the market's free customers, and each other's, up to a last day (Deal 1979; Deal, Sethi and Thompson
//! 1979).
//!
//! The firms have the shares `x₁` and `x₂` of all possible customers, `X = x₁ + x₂`; the rest is free. Effort wins free
//! customers, as in Vidale and Wolfe's equation; the firm that makes more of it than its rival also wins customers who are
//! taken; all are forgetful:
//!
//! ```math
//! \dot x_i=b_iu_i(1-X)+e_i(u_i-u_j)X-a_ix_i,\qquad
//! J_i=w_ie^{-\rho_iT}x_i(T)+\int_0^T\bigl(c_ix_i-u_i^2\bigr)e^{-\rho_it}\,dt .
//! ```
//!
//! Deal's game has `e = 0`. Its open-loop Nash equilibrium follows from the maximum principle, with `λᵢⱼ` what a unit of `xⱼ`
//! is worth to firm `i`, and `gᵢ = −bᵢuᵢ + eᵢ(uᵢ − uⱼ)`:
//!
//! ```math
//! u_i=\tfrac12\max\bigl(0,\ \lambda_{ii}(b_i(1-X)+e_iX)-\lambda_{ij}e_jX\bigr),
//! ```
//!
//! ```math
//! \dot\lambda_{ii}=\rho_i\lambda_{ii}-c_i-\lambda_{ii}(g_i-a_i)-\lambda_{ij}g_j,\quad
//! \dot\lambda_{ij}=\rho_i\lambda_{ij}-\lambda_{ii}g_i-\lambda_{ij}(g_j-a_j),\quad
//! \lambda_{ii}(T)=w_i,\ \lambda_{ij}(T)=0 .
//! ```
//!
//! There is no formula; [`SolveOverTime::open_loop`](crate::dynamic::SolveOverTime::open_loop) finds it, and
//! [`SolveOverTime::feedback_until`](crate::dynamic::SolveOverTime::feedback_until) the equilibrium of firms that answer the
//! shares.
//!
//! # Source
//!
//! Deal, "Optimizing advertising expenditures in a dynamic duopoly", Operations Research 27 (1979); Deal, Sethi and
//! Thompson, "A bilinear-quadratic differential game in advertising" (1979). The game was read in a restatement of the
//! second; Deal's own figures could not be read. The equations were derived here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Deal, Rival};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = Deal::example();
//! let plan = market.open_loop(&Structure::simultaneous(), market.numbers().horizon)?;
//! assert!((plan.payoff(Rival::First) - 1.811368555).abs() < 1e-9);
//! assert!((plan.at(5.0)?.state[0] - 0.390051384).abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, Information, State};
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
    /// `a`, the share of its customers who leave the market, a unit of time.
    pub decay: f64,
    /// `b`, the share of free customers that a unit of effort wins, a unit of time.
    pub effectiveness: f64,
    /// `e`, the share of all customers who are taken that a unit of effort above the rival's wins, a unit of time.
    pub attack: f64,
    /// `c`, money a unit of time for the whole market.
    pub margin: f64,
    /// `w`, money for the whole market when the game ends.
    pub salvage: f64,
    /// `x(0)`, its share at the start.
    pub initial_share: f64,
}

/// The numbers of the model; see [`Deal::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `ρ`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `T`, when the game ends.
    pub horizon: f64,
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm {
            decay: v[2 + of],
            effectiveness: v[4 + of],
            attack: v[6 + of],
            margin: v[8 + of],
            salvage: v[10 + of],
            initial_share: v[12 + of],
        };
        Parameters { discount_rate: v[0], horizon: v[1], first: firm(0), second: firm(1) }
    }

    fn firms(&self) -> [Firm; 2] {
        [self.first, self.second]
    }
}

/// Two firms and a market that is partly free. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Deal(Parameters);

impl Deal {
    /// The first firm's effort `u₁`; it costs `u₁²`.
    pub const FIRST: usize = 0;
    /// The second firm's effort `u₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: effectiveness, margins and horizon positive, decay, attack, salvage and the discount rate zero
    /// or positive, shares at the start from 0 to 1 and together not above 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        let model = checked(Deal(parameters))?;
        let [first, second] = parameters.firms().map(|firm| firm.initial_share);
        if first + second <= 1.0 {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "initial_share_2".to_owned(),
            value: second,
            condition: format!("both shares are not above 1 together; the first is {first}"),
        })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }
}

impl Game for Deal {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        // What a customer is worth for some years, in a market half of which is free.
        let typical = |firm: Firm| {
            let worth = firm.margin / (self.0.discount_rate + firm.decay + firm.effectiveness) + firm.salvage;
            0.25 * firm.effectiveness * worth
        };
        Rival::efforts(self.0.firms().map(typical))
    }
}

impl DifferentialGame for Deal {
    fn states(&self) -> Vec<State> {
        let share = |name: &'static str, symbol: &'static str, firm: Firm| {
            let share = State::new(name, 0.0, 1.0).symbol(symbol).unit("share of the market");
            share.starting_at(firm.initial_share)
        };
        vec![share("share_1", "x1", self.0.first), share("share_2", "x2", self.0.second)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let taken = state[0] + state[1];
        let free = -taken + 1.0;
        for (i, firm) in self.0.firms().iter().enumerate() {
            let ahead = x[i] - x[1 - i];
            out[i] = free * x[i] * firm.effectiveness + taken * ahead * firm.attack - state[i] * firm.decay;
        }
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        for (i, firm) in self.0.firms().iter().enumerate() {
            out[i] = state[i] * firm.margin - x[i].square();
        }
    }

    fn discount(&self, _: Rival) -> f64 {
        self.0.discount_rate
    }

    fn horizon(&self) -> Option<f64> {
        Some(self.0.horizon)
    }

    fn information(&self) -> Information {
        Information::OpenLoop
    }

    fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        for (i, firm) in self.0.firms().iter().enumerate() {
            out[i] = state[i] * firm.salvage;
        }
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(together) = Rival::together(structure) else { return false };
        let [first, second] = self.0.firms();
        let taken = state[0] + state[1];
        let free = -taken + 1.0;
        let worth = |own: usize, share: usize| {
            let alone = costates[2 * own + share];
            if together { alone + costates[2 * (1 - own) + share] } else { alone }
        };
        let effort = |i: usize, own: Firm, other: Firm| {
            let won = free * own.effectiveness + taken * own.attack;
            let gain = worth(i, i) * won - worth(i, 1 - i) * taken * other.attack;
            gain.positive_part() * 0.5
        };
        x[0] = effort(0, first, second);
        x[1] = effort(1, second, first);
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "rho", "per time", Range::NON_NEGATIVE),
    Parameter::new("horizon", "T", "time", Range::POSITIVE),
    Parameter::new("decay_1", "a1", "per time", Range::NON_NEGATIVE),
    Parameter::new("decay_2", "a2", "per time", Range::NON_NEGATIVE),
    Parameter::new("effectiveness_1", "b1", "per effort per time", Range::POSITIVE),
    Parameter::new("effectiveness_2", "b2", "per effort per time", Range::POSITIVE),
    Parameter::new("attack_1", "e1", "per effort per time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("attack_2", "e2", "per effort per time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("margin_1", "c1", "money per time", Range::POSITIVE),
    Parameter::new("margin_2", "c2", "money per time", Range::POSITIVE),
    Parameter::new("salvage_1", "w1", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("salvage_2", "w2", "money", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share_1", "x10", "share of the market", SHARE).or(0.2),
    Parameter::new("initial_share_2", "x20", "share of the market", SHARE).or(0.2),
];

impl Model for Deal {
    const NAME: &'static str = "deal";
    const ALIASES: &'static [&'static str] = &["deal1979", "deal_1979", "deal_sethi_thompson1979"];
    const TITLE: &'static str = "two firms that win free customers and each other's, over time";
    const SOURCE: &'static str = "Deal 1979, Operations Research 27; with attacks on the rival's customers Deal, Sethi and Thompson 1979";
    const PROVENANCE: &'static str =
        "read in a restatement; equations derived here, Deal's own figures not read";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let [first, second] = self.0.firms();
        let each = |of: fn(&Firm) -> f64| [of(&first), of(&second)];
        let firms = [
            each(|f| f.decay),
            each(|f| f.effectiveness),
            each(|f| f.attack),
            each(|f| f.margin),
            each(|f| f.salvage),
            each(|f| f.initial_share),
        ];
        singles(&[&[self.0.discount_rate, self.0.horizon], firms.as_flattened()].concat())
    }

    fn structures() -> Vec<Scheme<Rival>> {
        Rival::schemes()
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        let list = [0.0, 5.0, 0.1, 0.1, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.2, 0.2];
        Deal(Parameters::from_list(&list))
    }
}
