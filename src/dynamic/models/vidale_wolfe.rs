//! A monopolist's market share with a response that saturates (Vidale and Wolfe 1957; Sethi 1973).
//!
//! Advertising `u` wins customers in proportion to the part of the market that does not buy:
//!
//! ```math
//! \dot x=au(1-x)-bx .
//! ```
//!
//! **Quadratic cost**: the profit is `πx − u²`. The value function solves `rV = πx + a²(1−x)²V'²/4 − bxV'`, which has no
//! formula; [`SolveOverTime::feedback`](crate::dynamic::SolveOverTime::feedback) finds it. The share to which the market
//! moves does have one equation,
//!
//! ```math
//! 2u(r+b+au)=a\pi(1-x),\qquad u=\frac{bx}{a(1-x)},
//! ```
//!
//! whose sides rise and fall with `x`: one root, [`VidaleWolfe::steady_state`].
//!
//! **Linear cost**: the profit is `πx − u` with `0 ≤ u ≤ Q`, and the best policy goes as fast as it can to one share and
//! stays there, [`VidaleWolfe::most_rapid_approach`].
//!
//! # Source
//!
//! Vidale and Wolfe, "An operations-research study of sales response to advertising", Operations Research 5 (1957);
//! Sethi, "Optimal control of the Vidale-Wolfe advertising model", Operations Research 21 (1973). The papers' texts were
//! not read: the model is stated from general knowledge, the solutions were derived here.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::VidaleWolfe;
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let firm = VidaleWolfe::example();
//! let best = firm.feedback(&Structure::cooperative())?;
//! assert!((best.policy(&[0.5])?[VidaleWolfe::ADVERTISING] - 0.4501411535).abs() < 1e-9);
//! assert!(best.drift(&[firm.steady_state()])?[0].abs() < 1e-8);
//!
//! let linear = firm.most_rapid_approach(2.0)?;
//! assert!((linear.share() - 0.6298437881).abs() < 1e-9);
//! assert_eq!(linear.effort(0.1), 2.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::{Monopolist, SHARE, crossing};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`VidaleWolfe::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, the discount rate, a unit of time.
    pub discount_rate: f64,
    /// `a`, the share of the rest of the market that a unit of effort wins, a unit of time.
    pub effectiveness: f64,
    /// `b`, the share of customers who leave, a unit of time.
    pub decay: f64,
    /// `π`, money a unit of time for the whole market.
    pub margin: f64,
    /// `x(0)`, the share at the start.
    pub initial_share: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            discount_rate: v[0],
            effectiveness: v[1],
            decay: v[2],
            margin: v[3],
            initial_share: v[4],
        }
    }

    /// The effort that holds a share below 1.
    fn holding(&self, share: f64) -> f64 {
        self.decay * share / (self.effectiveness * (1.0 - share))
    }
}

/// A monopolist whose response saturates. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct VidaleWolfe(Parameters);

impl VidaleWolfe {
    /// Advertising effort `u`; it costs `u²`.
    pub const ADVERTISING: usize = 0;

    /// The model at these parameters: all positive, the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(VidaleWolfe(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The share to which the market moves when effort costs `u²`.
    pub fn steady_state(&self) -> f64 {
        let Parameters { discount_rate: r, effectiveness: a, decay: b, margin, .. } = self.0;
        crossing(0.0, 1.0, |share| {
            let effort = self.0.holding(share);
            2.0 * effort * (r + b + a * effort) - a * margin * (1.0 - share)
        })
    }

    /// The same market when effort costs `u` itself and may not exceed `most`, `Q`: as fast as possible to the share
    /// that Green's theorem picks,
    ///
    /// ```math
    /// x_s=1-\frac{2b}{\sqrt{r^2+4ab\pi}-r}\quad\text{if } a\pi>r+b,\qquad x_s=0\text{ otherwise},
    /// ```
    ///
    /// and there for ever, with effort `u_s = bx_s/(a(1−x_s))`.
    ///
    /// # Errors
    ///
    /// When `most` is not positive, or less than `u_s`: the share could not be held, and the best policy is another.
    pub fn most_rapid_approach(&self, most: f64) -> Result<MostRapidApproach, ParameterError> {
        Parameter::new("most", "Q", "effort", Range::POSITIVE).check(&[most])?;
        let Parameters { discount_rate: r, effectiveness: a, decay: b, margin, .. } = self.0;
        // As written above, with the root's conjugate.
        let root = (r * r + 4.0 * a * b * margin).sqrt();
        let share = (1.0 - (root + r) / (2.0 * a * margin)).max(0.0);
        let effort = self.0.holding(share);
        if effort <= most {
            return Ok(MostRapidApproach { market: self.0, most, share, effort });
        }
        Err(ParameterError::Inconsistent {
            parameter: "most".to_owned(),
            value: most,
            condition: format!("holding the best share {share} takes an effort of {effort}"),
        })
    }
}

/// What a firm does whose effort costs `u` itself: everything or nothing until the best share is reached, then what holds
/// it. See [`VidaleWolfe::most_rapid_approach`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MostRapidApproach {
    market: Parameters,
    most: f64,
    share: f64,
    effort: f64,
}

impl MostRapidApproach {
    /// The share `x_s` that is approached; 0 where advertising does not pay.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// The effort `u_s` that holds it.
    pub fn holding_effort(&self) -> f64 {
        self.effort
    }

    /// The effort at a share from 0 to 1.
    pub fn effort(&self, share: f64) -> f64 {
        if share < self.share {
            self.most
        } else if share > self.share {
            0.0
        } else {
            self.effort
        }
    }

    /// How long it takes from a share to the best one; infinite where that is approached but not reached.
    pub fn time(&self, share: f64) -> f64 {
        if share == self.share {
            return 0.0;
        }
        let [rate, tended] = self.course(share);
        ((share - tended) / (self.share - tended)).abs().ln() / rate
    }

    /// What the market is worth from a share on:
    ///
    /// ```math
    /// V=(\pi x_e-u)\frac{1-e^{-rT}}r+\pi(x-x_e)\frac{1-e^{-(r+k)T}}{r+k}+e^{-rT}\,\frac{\pi x_s-u_s}r,
    /// ```
    ///
    /// where the share tends to `x_e = au/k` at the rate `k = au + b` until it reaches `x_s` at the time `T`.
    pub fn value(&self, share: f64) -> f64 {
        let Parameters { discount_rate: r, margin, .. } = self.market;
        let ([rate, tended], time, effort) = (self.course(share), self.time(share), self.effort(share));
        let until = |rate: f64| -(-rate * time).exp_m1() / rate;
        let held = (margin * self.share - self.effort) / r;
        (margin * tended - effort) * until(r)
            + margin * (share - tended) * until(r + rate)
            + (-r * time).exp() * held
    }

    /// `k` and `x_e`: how fast the share moves, and to where, from a share.
    fn course(&self, share: f64) -> [f64; 2] {
        let won = self.market.effectiveness * self.effort(share);
        let rate = won + self.market.decay;
        [rate, won / rate]
    }
}

impl Game for VidaleWolfe {
    type Player = Monopolist;

    fn players(&self) -> Vec<Monopolist> {
        vec![Monopolist]
    }

    fn decisions(&self) -> Vec<Decision<Monopolist>> {
        let typical = self.0.holding(self.steady_state());
        vec![Decision::new("advertising", Monopolist).symbol("u").unit("effort").typical(typical)]
    }
}

impl DifferentialGame for VidaleWolfe {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = (-state[0] + 1.0) * x[0] * self.0.effectiveness - state[0] * self.0.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = state[0] * self.0.margin - x[0].square();
    }

    fn discount(&self, _: Monopolist) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Monopolist>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let rest = -state[0] + 1.0;
        x[0] = (costates[0] * rest * (0.5 * self.0.effectiveness)).positive_part();
        Monopolist::is_free(structure)
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("effectiveness", "a", "per effort per time", Range::POSITIVE),
    Parameter::new("decay", "b", "per time", Range::POSITIVE),
    Parameter::new("margin", "pi", "money per time", Range::POSITIVE),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for VidaleWolfe {
    const NAME: &'static str = "vidale_wolfe";
    const TITLE: &'static str = "a monopolist's market share over time, the response saturating";
    const SOURCE: &'static str =
        "Vidale and Wolfe 1957, Operations Research 5; Sethi 1973, Operations Research 21";
    const PROVENANCE: &'static str = "stated from general knowledge; solutions derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        singles(&[p.discount_rate, p.effectiveness, p.decay, p.margin, p.initial_share])
    }

    fn structures() -> Vec<Scheme<Monopolist>> {
        vec![Scheme::new("monopoly", "the firm maximises its profit", Structure::cooperative())]
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        VidaleWolfe(Parameters::from_list(&[0.1, 1.0, 0.1, 1.0, 0.1]))
    }
}
