//! Long-term and short-term co-op advertising in a channel (Jørgensen, Sigué and Zaccour 2000).
//!
//! Manufacturer and retailer earn the margins `π_M` and `π_R` a unit. Each advertises for the long term (`A_M`, `A_R`),
//! which builds the brand's goodwill, and for the short term (`s_M`, `s_R`), which sells at once. The manufacturer may pay
//! a share of either kind of the retailer's advertising, `φ_L` and `φ_S`:
//!
//! ```math
//! \dot G=l_MA_M+l_RA_R-\delta G,\qquad Q=(\alpha_Ms_M+\alpha_Rs_R)\sqrt G,
//! ```
//!
//! ```math
//! \begin{aligned}
//! \text{profit}_M&=\pi_MQ-\tfrac{u_M}2A_M^2-\tfrac{k_M}2s_M^2-\varphi_L\tfrac{u_R}2A_R^2-\varphi_S\tfrac{k_R}2s_R^2,\\
//! \text{profit}_R&=\pi_RQ-(1-\varphi_L)\tfrac{u_R}2A_R^2-(1-\varphi_S)\tfrac{k_R}2s_R^2 .
//! \end{aligned}
//! ```
//!
//! Short-term advertising grows with `√G`, and what it earns with `G`: values are linear, `Vᵢ = cᵢ + bᵢG`, although flows
//! are not. Under the manufacturer's leadership at every moment
//!
//! ```math
//! \varphi_S=\max\Bigl(0,\frac{2\pi_M-\pi_R}{2\pi_M+\pi_R}\Bigr),\qquad
//! \varphi_L=\max\Bigl(0,\frac{2b_M-b_R}{2b_M+b_R}\Bigr),
//! ```
//!
//! both constant over time. Both kinds of support together are best for both firms, each kind alone is better for both
//! than none: see [the claims](Model::claims).
//!
//! # Source
//!
//! Jørgensen, Sigué and Zaccour, "Dynamic cooperative advertising in a channel", Journal of Retailing 76 (2000). Only the
//! abstract could be read: two kinds of advertising by both firms, four programs (none, both, long term, short term) and
//! their order. The functional form is recalled, not verified; the solution was derived for this library, and cooperation
//! was added to it.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::JorgensenSigueZaccour;
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = JorgensenSigueZaccour::example();
//! let both = channel.feedback(&Structure::leader(Channel::Manufacturer))?;
//! // Margins of 1 and 0.8: (2·1 − 0.8)/(2·1 + 0.8).
//! let today = both.policy(&[1.0])?;
//! assert!((today[JorgensenSigueZaccour::SHORT_RATE] - 3.0 / 7.0).abs() < 1e-12);
//! let none = channel.feedback(&JorgensenSigueZaccour::no_support())?;
//! assert!(both.payoff(Channel::Manufacturer) > none.payoff(Channel::Manufacturer));
//! assert!(both.payoff(Channel::Retailer) > none.payoff(Channel::Retailer));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::super::stage::hamiltonians;
use super::linear;
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required, singles};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One of the two firms: what it earns, and its advertising.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `π`, money per unit.
    pub margin: f64,
    /// `l`, goodwill per unit of long-term effort.
    pub long_effect: f64,
    /// `u`, the cost of long-term effort: `u A²/2` a unit of time.
    pub long_cost: f64,
    /// `α`, sales per unit of short-term effort, at a goodwill of 1.
    pub short_effect: f64,
    /// `k`, the cost of short-term effort: `k s²/2` a unit of time.
    pub short_cost: f64,
}

/// The numbers of the model; see [`JorgensenSigueZaccour::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// The manufacturer.
    pub manufacturer: Firm,
    /// The retailer.
    pub retailer: Firm,
    /// `G(0)`, the goodwill at the start.
    pub initial_goodwill: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm {
            margin: v[2 + of],
            long_effect: v[4 + of],
            long_cost: v[6 + of],
            short_effect: v[8 + of],
            short_cost: v[10 + of],
        };
        Parameters {
            discount_rate: v[0],
            decay: v[1],
            manufacturer: firm(0),
            retailer: firm(1),
            initial_goodwill: v[12],
        }
    }

    fn both(&self, of: impl Fn(&Firm) -> f64) -> [f64; 2] {
        [of(&self.manufacturer), of(&self.retailer)]
    }

    fn joint_margin(&self) -> f64 {
        self.manufacturer.margin + self.retailer.margin
    }

    /// What a unit of goodwill is worth to both together under cooperation.
    fn joint_worth(&self) -> f64 {
        let [m, r] = self.both(|firm| firm.short_effect * firm.short_effect / firm.short_cost);
        0.5 * self.joint_margin() * self.joint_margin() * (m + r) / (self.discount_rate + self.decay)
    }

    /// Goodwill well above any that is kept up: cooperation keeps up the most.
    fn reach(&self) -> f64 {
        let [m, r] = self.both(|firm| firm.long_effect * firm.long_effect / firm.long_cost);
        let kept = self.joint_worth() * (m + r) / self.decay;
        3.0 * kept.max(self.initial_goodwill).max(f64::MIN_POSITIVE)
    }
}

/// A channel with two kinds of advertising. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct JorgensenSigueZaccour(Parameters);

impl JorgensenSigueZaccour {
    /// The rate `φ_L` at which the manufacturer supports the retailer's long-term advertising.
    pub const LONG_RATE: usize = 0;
    /// The rate `φ_S` at which the manufacturer supports the retailer's short-term advertising.
    pub const SHORT_RATE: usize = 1;
    /// The manufacturer's long-term effort `A_M`.
    pub const NATIONAL_LONG: usize = 2;
    /// The manufacturer's short-term effort `s_M`.
    pub const NATIONAL_SHORT: usize = 3;
    /// The retailer's long-term effort `A_R`.
    pub const LOCAL_LONG: usize = 4;
    /// The retailer's short-term effort `s_R`.
    pub const LOCAL_SHORT: usize = 5;

    /// The model at these parameters: rates, costs and margins positive, effects and goodwill zero or positive.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(JorgensenSigueZaccour(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The manufacturer leads at every moment and supports long-term advertising alone.
    pub fn long_term_support() -> Structure<Channel> {
        Structure::leader(Channel::Manufacturer).fix(Self::SHORT_RATE, 0.0).named("long_term_support")
    }

    /// The manufacturer leads at every moment and supports short-term advertising alone.
    pub fn short_term_support() -> Structure<Channel> {
        Structure::leader(Channel::Manufacturer).fix(Self::LONG_RATE, 0.0).named("short_term_support")
    }

    /// The manufacturer leads at every moment but pays for nobody's advertising but its own.
    pub fn no_support() -> Structure<Channel> {
        Self::long_term_support().fix(Self::LONG_RATE, 0.0).named("no_support")
    }

    /// The values of manufacturer and retailer, linear in goodwill. `None` under rules other than the manufacturer's
    /// leadership, with rates of its choice or given ones, and cooperation.
    ///
    /// Short-term decisions do not depend on what goodwill is worth, so slopes come first: with `qᵢ` what firm `i` earns
    /// by short-term advertising at a goodwill of 1,
    ///
    /// ```math
    /// b_i=\frac{q_i}{r+\delta},\qquad q_M=\frac{\pi_M^2\alpha_M^2}{2k_M}+\frac{(2\pi_M+\pi_R)^2\alpha_R^2}{8k_R},\qquad
    /// q_R=\frac{\pi_M\pi_R\alpha_M^2}{k_M}+\frac{\pi_R(2\pi_M+\pi_R)\alpha_R^2}{4k_R},
    /// ```
    ///
    /// the second terms `π_Mπ_Rα_R²/k_R` and `π_R²α_R²/(2k_R)` where short-term advertising is not supported. The
    /// constants are what long-term advertising earns in the same way, with `b` for `π`, `l` for `α`, `u` for `k` and `r`
    /// for `r + δ`.
    ///
    /// ```
    /// use coopad::dynamic::models::JorgensenSigueZaccour;
    /// use coopad::models::Model;
    ///
    /// let none = JorgensenSigueZaccour::no_support();
    /// let values = JorgensenSigueZaccour::example().value_functions(&none);
    /// let [manufacturer, retailer] = values.ok_or("no formula")?;
    /// assert!((manufacturer.slope()[0] - (0.18 + 0.4) / 0.3).abs() < 1e-12);
    /// assert!((retailer.slope()[0] - (0.288 + 0.16) / 0.3).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value_functions(&self, structure: &Structure<Channel>) -> Option<[Quadratic; 2]> {
        let Parameters { discount_rate, decay, .. } = self.0;
        let (mut x, mut earned) = ([0.0; 6], [0.0; 2]);
        if !self.closed_form_at(structure, &[1.0], &[0.0; 2], &mut x) {
            return None;
        }
        self.flow(&[1.0], &x, &mut earned);
        let slopes = earned.map(|earned| earned / (discount_rate + decay));
        self.closed_form_at(structure, &[0.0], &slopes, &mut x);
        hamiltonians(self, &[0.0], &slopes, &x, &mut earned);
        let [m, r] = earned.map(|earned| earned / discount_rate);
        Some([linear(slopes[0], m), linear(slopes[1], r)])
    }

    /// The goodwill to which long-term advertising leads, `(l_M A_M + l_R A_R)/δ`; `None` as for
    /// [`JorgensenSigueZaccour::value_functions`].
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<f64> {
        let slopes = self.value_functions(structure)?.map(|value| value.slope()[0]);
        let mut x = [0.0; 6];
        self.closed_form_at(structure, &[0.0], &slopes, &mut x);
        let mut built = [0.0];
        self.drift(&[0.0], &x, &mut built);
        Some(built[0] / self.0.decay)
    }
}

impl Game for JorgensenSigueZaccour {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let p = &self.0;
        let rate = |name: &'static str, symbol: &'static str| {
            Decision::transfer(name, Manufacturer, Retailer).symbol(symbol).unit("share of spend")
        };
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, joint: f64| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(0.5 * joint)
        };
        let [long_m, long_r] = p.both(|firm| firm.long_effect * p.joint_worth() / firm.long_cost);
        let root = (p.reach() / 3.0).sqrt();
        let [short_m, short_r] = p.both(|firm| firm.short_effect * p.joint_margin() * root / firm.short_cost);
        vec![
            rate("long_term_rate", "phi_L"),
            rate("short_term_rate", "phi_S"),
            effort("national_long_term", "A_M", Manufacturer, long_m),
            effort("national_short_term", "s_M", Manufacturer, short_m),
            effort("local_long_term", "A_R", Retailer, long_r),
            effort("local_short_term", "s_R", Retailer, short_r),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        match decision {
            Self::LONG_RATE | Self::SHORT_RATE => Interval::unit(),
            _ => Interval::at_least(T::constant(0.0)),
        }
    }
}

impl DifferentialGame for JorgensenSigueZaccour {
    fn states(&self) -> Vec<State> {
        let goodwill = State::new("goodwill", 0.0, self.0.reach()).symbol("G").unit("goodwill");
        vec![goodwill.starting_at(self.0.initial_goodwill)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let [m, r] = self.0.both(|firm| firm.long_effect);
        out[0] = x[Self::NATIONAL_LONG] * m + x[Self::LOCAL_LONG] * r - state[0] * self.0.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { manufacturer, retailer, .. } = &self.0;
        let pull = x[Self::NATIONAL_SHORT] * manufacturer.short_effect
            + x[Self::LOCAL_SHORT] * retailer.short_effect;
        let sales = pull * state[0].sqrt();
        let cost = |decision: usize, cost: f64| x[decision].square() * (0.5 * cost);
        let national = cost(Self::NATIONAL_LONG, manufacturer.long_cost)
            + cost(Self::NATIONAL_SHORT, manufacturer.short_cost);
        let (long, short) =
            (cost(Self::LOCAL_LONG, retailer.long_cost), cost(Self::LOCAL_SHORT, retailer.short_cost));
        let paid = x[Self::LONG_RATE] * long + x[Self::SHORT_RATE] * short;
        out[0] = sales * manufacturer.margin - national - paid;
        out[1] = sales * retailer.margin - long - short + paid;
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Parameters { manufacturer, retailer, .. } = &self.0;
        let together = structure.same_rules(&Structure::cooperative());
        if !together {
            let led = Structure::leader(Channel::Manufacturer);
            let led = match structure.held(Self::SHORT_RATE) {
                None => led,
                Some(rate) => led.fix(Self::SHORT_RATE, rate),
            };
            if !structure.same_rules_but(Self::LONG_RATE, &led) {
                return false;
            }
        }
        let root = state[0].sqrt();
        let margin = if together { self.0.joint_margin() } else { manufacturer.margin };
        let worth = if together { costates[0] + costates[1] } else { costates[0] };
        x[Self::NATIONAL_LONG] =
            (worth * (manufacturer.long_effect / manufacturer.long_cost)).positive_part();
        x[Self::NATIONAL_SHORT] = root * (margin * manufacturer.short_effect / manufacturer.short_cost);
        // The retailer's advertising is supported spending: what it is worth to each, in units of the root of its cost.
        let supported = |rate: usize, [other, own]: [T; 2], effect: f64, cost: f64| {
            let scale = (0.5 * cost).sqrt();
            let unit = effect / scale;
            let spend = SupportedSpend { own: own * unit, other: other * unit };
            let (rate, root) = match structure.held(rate) {
                _ if together => (T::constant(0.0), spend.root_together()),
                None => (spend.rate(), spend.root()),
                Some(rate) => (T::constant(rate), spend.root_alone() / (1.0 - rate)),
            };
            (rate, root / scale)
        };
        (x[Self::LONG_RATE], x[Self::LOCAL_LONG]) =
            supported(Self::LONG_RATE, [costates[0], costates[1]], retailer.long_effect, retailer.long_cost);
        let sold = [root * manufacturer.margin, root * retailer.margin];
        (x[Self::SHORT_RATE], x[Self::LOCAL_SHORT]) =
            supported(Self::SHORT_RATE, sold, retailer.short_effect, retailer.short_cost);
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::POSITIVE),
    Parameter::new("manufacturer_margin", "piM", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "piR", "money per unit", Range::POSITIVE),
    Parameter::new("manufacturer_long_effect", "lM", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("retailer_long_effect", "lR", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("manufacturer_long_cost", "uM", "money per effort squared", Range::POSITIVE),
    Parameter::new("retailer_long_cost", "uR", "money per effort squared", Range::POSITIVE),
    Parameter::new(
        "manufacturer_short_effect",
        "alM",
        "units per effort, at goodwill 1",
        Range::NON_NEGATIVE,
    ),
    Parameter::new("retailer_short_effect", "alR", "units per effort, at goodwill 1", Range::NON_NEGATIVE),
    Parameter::new("manufacturer_short_cost", "kM", "money per effort squared", Range::POSITIVE),
    Parameter::new("retailer_short_cost", "kR", "money per effort squared", Range::POSITIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).or(1.0),
];

impl Model for JorgensenSigueZaccour {
    const NAME: &'static str = "jorgensen_sigue_zaccour";
    const ALIASES: &'static [&'static str] = &["jorgensen_sigue_zaccour2000", "jorgensen_sigue_zaccour_2000"];
    const TITLE: &'static str =
        "long-term and short-term advertising over time, one manufacturer, one retailer, two rates";
    const SOURCE: &'static str = "Jorgensen, Sigue and Zaccour 2000";
    const PROVENANCE: &'static str = "abstract read; the functional form is recalled, not verified; solution derived here, cooperation added";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let firms: [fn(&Firm) -> f64; 5] =
            [|f| f.margin, |f| f.long_effect, |f| f.long_cost, |f| f.short_effect, |f| f.short_cost];
        let firms = firms.map(|of| p.both(of));
        singles(&[&[p.discount_rate, p.decay][..], firms.as_flattened(), &[p.initial_goodwill]].concat())
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces both rates and its advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            )
            .also(&["stackelberg", "full_support", "both"]),
            Scheme::new(
                "long_term_support",
                "the same with support for long-term advertising alone",
                Self::long_term_support(),
            )
            .also(&["long"]),
            Scheme::new(
                "short_term_support",
                "the same with support for short-term advertising alone",
                Self::short_term_support(),
            )
            .also(&["short"]),
            Scheme::new("no_support", "the same without participation rates", Self::no_support()).also(&["none"]),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 0.2, 1.0, 0.8, 1.0, 0.5, 1.0, 1.5, 0.6, 1.0, 1.0, 2.0, 1.0];
        JorgensenSigueZaccour(Parameters::from_list(&list))
    }
}
