//! Two goodwills in a channel, one built by each firm: a specification of ours, not the paper's, after Chintagunta and
//! Jain (1992).
//!
//! Manufacturer and retailer each build a goodwill with the consumers by efforts `u_M` and `u_R`; sales are concave in each
//! goodwill, and the two may help or hinder each other:
//!
//! ```math
//! \dot G_1=u_M-d_1G_1,\qquad\dot G_2=u_R-d_2G_2,\qquad
//! S=a_1G_1+a_2G_2-\tfrac12e_1G_1^2-\tfrac12e_2G_2^2+\kappa G_1G_2,
//! ```
//!
//! ```math
//! \text{profits}\quad\pi_MS-\tfrac{c_M}2u_M^2,\qquad\pi_RS-\tfrac{c_R}2u_R^2 .
//! ```
//!
//! The game is linear-quadratic: [`ChintaguntaJain::linear_quadratic`] has it by matrices, with values, policies and the
//! rest point, uncoordinated and coordinated. Coordination earns more in total.
//!
//! # Source
//!
//! Chintagunta and Jain, "A dynamic model of channel member strategies for marketing expenditures", Marketing Science 11
//! (1992). The abstract was read: two goodwills, uncoordinated against coordinated spending. The sales function and the
//! solution are ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::ChintaguntaJain;
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let channel = ChintaguntaJain::example();
//! let apart = channel.feedback(&Structure::simultaneous())?;
//! let matrices = channel.linear_quadratic()?.feedback_nash()?;
//! assert!((apart.payoffs()[0] - matrices.values()[0].at(&[1.0, 1.0])?).abs() < 1e-8);
//! let together = channel.feedback(&Structure::cooperative())?;
//! assert!(together.total() > apart.total());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError};
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One of the two firms: what it earns, its effort and the goodwill that it builds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `π`, money per unit.
    pub margin: f64,
    /// `c`, the cost of effort: `c u²/2` a unit of time.
    pub cost: f64,
    /// `d`, the share of its goodwill lost a unit of time.
    pub decay: f64,
    /// `a`, sales per unit of its goodwill.
    pub goodwill_sales: f64,
    /// `e`, how fast its goodwill's effect fades: sales fall by `e G²/2`.
    pub saturation: f64,
    /// `G(0)`.
    pub initial_goodwill: f64,
}

impl Firm {
    /// Goodwill, up to where more of it would sell less.
    fn state(&self, name: &'static str, symbol: &'static str) -> State {
        let reach = (self.goodwill_sales / self.saturation).max(self.initial_goodwill);
        State::new(name, 0.0, reach).symbol(symbol).unit("goodwill").starting_at(self.initial_goodwill)
    }
}

/// The numbers of the model; see [`ChintaguntaJain::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// The manufacturer.
    pub manufacturer: Firm,
    /// The retailer.
    pub retailer: Firm,
    /// `κ`, sales per unit of both goodwills; negative where they replace each other.
    pub interaction: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm {
            margin: v[1 + of],
            cost: v[3 + of],
            decay: v[5 + of],
            goodwill_sales: v[7 + of],
            saturation: v[9 + of],
            initial_goodwill: v[12 + of],
        };
        Parameters { discount_rate: v[0], manufacturer: firm(0), retailer: firm(1), interaction: v[11] }
    }

    fn firms(&self) -> [Firm; 2] {
        [self.manufacturer, self.retailer]
    }
}

/// A channel with a goodwill a firm. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct ChintaguntaJain(Parameters);

impl ChintaguntaJain {
    /// The manufacturer's effort `u_M`.
    pub const MANUFACTURER: usize = 0;
    /// The retailer's effort `u_R`.
    pub const RETAILER: usize = 1;

    /// The model at these parameters: the interaction any number, goodwill at the start zero or positive, all else
    /// positive.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(ChintaguntaJain(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The game by matrices: the manufacturer is player 0, the retailer player 1. It holds where both make an effort; the
    /// effort of a firm can end at a goodwill of its own well above the one that sells most.
    ///
    /// # Errors
    ///
    /// As [`LinearQuadratic::new`], for numbers too large for its matrices.
    pub fn linear_quadratic(&self) -> Result<LinearQuadratic, LinearQuadraticError> {
        let p = &self.0;
        let [m, r] = p.firms();
        let agent = |firm: Firm, effect: [[f64; 1]; 2]| {
            let [across, pi] = [firm.margin * p.interaction, firm.margin];
            let curvature = [[-pi * m.saturation, across], [across, -pi * r.saturation]];
            let slope = [pi * m.goodwill_sales, pi * r.goodwill_sales];
            Agent::new(effect, firm.cost, p.discount_rate).earns(curvature, &slope, 0.0)
        };
        let agents = vec![agent(m, [[1.0], [0.0]]), agent(r, [[0.0], [1.0]])];
        LinearQuadratic::new([[-m.decay, 0.0], [0.0, -r.decay]], &[0.0; 2], agents)
    }
}

impl Game for ChintaguntaJain {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, firm: Firm| {
            let worth = firm.margin * firm.goodwill_sales / (self.0.discount_rate + firm.decay);
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(0.5 * worth / firm.cost)
        };
        let [m, r] = self.0.firms();
        vec![
            effort("manufacturer_effort", "u_M", Channel::Manufacturer, m),
            effort("retailer_effort", "u_R", Channel::Retailer, r),
        ]
    }
}

impl DifferentialGame for ChintaguntaJain {
    fn states(&self) -> Vec<State> {
        let [m, r] = self.0.firms();
        vec![m.state("manufacturer_goodwill", "G1"), r.state("retailer_goodwill", "G2")]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let [m, r] = self.0.firms();
        out[0] = x[0] - state[0] * m.decay;
        out[1] = x[1] - state[1] * r.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let firms = self.0.firms();
        let alone = |i: usize| {
            let firm = firms[i];
            state[i] * firm.goodwill_sales - state[i].square() * (0.5 * firm.saturation)
        };
        let sales = alone(0) + alone(1) + state[0] * state[1] * self.0.interaction;
        for (i, firm) in firms.iter().enumerate() {
            out[i] = sales * firm.margin - x[i].square() * (0.5 * firm.cost);
        }
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let [m, r] = self.0.firms();
        let worths = if structure.same_rules(&Structure::simultaneous()) {
            [costates[0], costates[3]]
        } else if structure.same_rules(&Structure::cooperative()) {
            [costates[0] + costates[2], costates[1] + costates[3]]
        } else {
            return false;
        };
        x[0] = (worths[0] / m.cost).positive_part();
        x[1] = (worths[1] / r.cost).positive_part();
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("manufacturer_margin", "piM", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "piR", "money per unit", Range::POSITIVE),
    Parameter::new("manufacturer_cost", "cM", "money per effort squared", Range::POSITIVE),
    Parameter::new("retailer_cost", "cR", "money per effort squared", Range::POSITIVE),
    Parameter::new("manufacturer_decay", "d1", "per time", Range::POSITIVE),
    Parameter::new("retailer_decay", "d2", "per time", Range::POSITIVE),
    Parameter::new("manufacturer_sales", "a1", "units per goodwill", Range::POSITIVE),
    Parameter::new("retailer_sales", "a2", "units per goodwill", Range::POSITIVE),
    Parameter::new("manufacturer_saturation", "e1", "units per goodwill squared", Range::POSITIVE),
    Parameter::new("retailer_saturation", "e2", "units per goodwill squared", Range::POSITIVE),
    Parameter::new("interaction", "kap", "units per goodwill squared", Range::FINITE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).each(2).or(1.0),
];

impl Model for ChintaguntaJain {
    const NAME: &'static str = "chintagunta_jain";
    const ALIASES: &'static [&'static str] = &["chintagunta_jain1992", "chintagunta_jain_1992"];
    const TITLE: &'static str = "two goodwills over time, one built by the manufacturer, one by the retailer";
    const SOURCE: &'static str = "after Chintagunta and Jain 1992, Marketing Science 11";
    const PROVENANCE: &'static str = "abstract read; the specification is ours, solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let firms = self.0.firms();
        let both = |of: fn(&Firm) -> f64| firms.iter().map(|firm| vec![of(firm)]).collect::<Vec<_>>();
        let mut values = vec![vec![self.0.discount_rate]];
        for of in [
            |f: &Firm| f.margin,
            |f: &Firm| f.cost,
            |f: &Firm| f.decay,
            |f: &Firm| f.goodwill_sales,
            |f: &Firm| f.saturation,
        ] {
            values.extend(both(of));
        }
        values.push(vec![self.0.interaction]);
        values.push(firms.iter().map(|firm| firm.initial_goodwill).collect());
        values
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "simultaneous",
                "each firm decides for itself at every moment",
                Structure::simultaneous(),
            )
            .also(&["nash", "uncoordinated"]),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 1.0, 0.7, 1.0, 1.0, 0.3, 0.4, 1.0, 0.8, 0.2, 0.3, 0.05, 1.0, 1.0];
        ChintaguntaJain(Parameters::from_list(&list))
    }
}
