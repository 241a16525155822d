//! A platform and a participant that may support each other's advertising (Zhang et al. 2021).
//!
//! The platform spends `A`, the participant `a`; each effort brings revenue to both (or takes some away):
//!
//! ```math
//! \begin{aligned}
//! R_P&=r_{0P}+a_P\sqrt A+b_P\sqrt a,&\quad \pi_P&=R_P-(1-\psi)A-\phi a,\\
//! R_p&=r_{0p}+a_p\sqrt A+b_p\sqrt a,&\quad \pi_p&=R_p-(1-\phi)a-\psi A.
//! \end{aligned}
//! ```
//!
//! The platform pays the share `φ` of the participant's spend, the participant the share `ψ` of the platform's. A
//! supporter commits to its rate first, then the platform sets `A`, then the participant sets `a`. A participant
//! that set `ψ` after `A` would choose 0: commitment is essential.
//!
//! In the **joint-sales** form both earn a margin on common sales `Q = Q_0 + k_P√A + k_p√a`; the ratio of margins
//! `r = m_P/m_p` is the platform's power.
//!
//! # Source
//!
//! Zhang et al., "Value co-creation and appropriation of platform-based alliances", Industrial Marketing Management
//! (2021), doi:10.1016/j.indmarman.2021.06.001. Only the abstract could be read: the equations are a
//! **reconstruction** that agrees with it and with the field's conventions, not the paper's own.
//!
//! ```
//! use coopad::models::{Model, Partner, PlatformAlliance, alliance};
//! use coopad::prelude::*;
//!
//! let alliance = PlatformAlliance::new(alliance::ResponseMatrix::dominant_platform())?;
//! let none = alliance.solve(&PlatformAlliance::structure("no_support").unwrap())?;
//! let support = alliance.solve(&PlatformAlliance::structure("platform_supports").unwrap())?;
//! assert!(support.payoff(Partner::Participant) > none.payoff(Partner::Participant));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Model, Parameter, Range, Scheme};
use crate::claim::Claim;
use crate::equilibrium::Equilibrium;
use crate::error::{ParameterError, SolveError};
use crate::game::{Decision, Game, Interval, StaticGame};
use crate::player::Player;
use crate::recorded::{RecordError, Recorded};
use crate::response::SupportedSpend;
use crate::scalar::{Over, Scalar};
use crate::solve::{Solve, Surplus};
use crate::structure::Structure;

/// The two sides of an alliance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Partner {
    /// The platform, which leads.
    Platform,
    /// The firm that takes part in it.
    Participant,
}

impl Player for Partner {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Partner::Platform => "platform".into(),
            Partner::Participant => "participant".into(),
        }
    }
}

/// Who earns what from whose effort: revenues in money per √money of spend.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseMatrix<P = f64> {
    /// `a_P > 0`, what the platform's spend earns the platform.
    pub platform_own: P,
    /// `b_P`, what the participant's spend earns the platform; negative where it takes revenue away.
    pub platform_cross: P,
    /// `a_p`, what the platform's spend earns the participant; negative where it takes revenue away.
    pub participant_cross: P,
    /// `b_p > 0`, what the participant's spend earns the participant.
    pub participant_own: P,
    /// `r_0P`, the platform's revenue without advertising, in money.
    pub platform_base: P,
    /// `r_0p`, the participant's revenue without advertising, in money.
    pub participant_base: P,
}

/// Common sales with a margin for each: the special case `a_P = m_P k_P`, `b_P = m_P k_p`, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointSales<P = f64> {
    /// `m_P > 0`, the platform's margin, money per unit (with a commission `τ` on a price `v`: `τ v`).
    pub platform_margin: P,
    /// `m_p > 0`, the participant's margin, money per unit.
    pub participant_margin: P,
    /// `k_P > 0`, units sold per √money of the platform's spend.
    pub platform_effect: P,
    /// `k_p > 0`, units sold per √money of the participant's spend.
    pub participant_effect: P,
    /// `Q_0 ≥ 0`, units sold without advertising.
    pub base_sales: P,
}

impl<P: Scalar> JointSales<P> {
    fn from_list(v: &[P]) -> Self {
        JointSales {
            platform_margin: v[0],
            participant_margin: v[1],
            platform_effect: v[2],
            participant_effect: v[3],
            base_sales: v[4],
        }
    }

    /// The response matrix of these sales and margins.
    pub fn response(&self) -> ResponseMatrix<P> {
        ResponseMatrix {
            platform_own: self.platform_margin * self.platform_effect,
            platform_cross: self.platform_margin * self.participant_effect,
            participant_cross: self.participant_margin * self.platform_effect,
            participant_own: self.participant_margin * self.participant_effect,
            platform_base: self.platform_margin * self.base_sales,
            participant_base: self.participant_margin * self.base_sales,
        }
    }
}

impl ResponseMatrix {
    /// A platform that gains most of what either direction of support creates: the participant's spend earns it
    /// twice what it earns the participant (`b_P/b_p > 3/2`), and its own spend is worth supporting
    /// (`2/3 < a_P/a_p < 2`).
    pub fn dominant_platform() -> Self {
        ResponseMatrix {
            platform_own: 4.0,
            platform_cross: 6.0,
            participant_cross: 3.0,
            participant_own: 3.0,
            platform_base: 10.0,
            participant_base: 5.0,
        }
    }
}

impl<P: Copy> ResponseMatrix<P> {
    fn from_list(v: &[P]) -> Self {
        ResponseMatrix {
            platform_own: v[0],
            platform_cross: v[1],
            participant_cross: v[2],
            participant_own: v[3],
            platform_base: v[4],
            participant_base: v[5],
        }
    }

    /// The payoffs of platform and participant.
    pub fn payoffs<T: Scalar + Over<P>>(&self, phi: T, psi: T, platform: T, participant: T) -> [T; 2] {
        let (first, second) = (platform.sqrt(), participant.sqrt());
        let to_participant = phi * participant - psi * platform;
        [
            first * self.platform_own + second * self.platform_cross + self.platform_base
                - platform
                - to_participant,
            first * self.participant_cross + second * self.participant_own + self.participant_base
                - participant
                + to_participant,
        ]
    }
}

/// Closed forms: `[φ, ψ, A, a]`, branch-free, over any scalar.
impl<P: Scalar> ResponseMatrix<P> {
    fn platform_spend(&self) -> SupportedSpend<P> {
        SupportedSpend { own: self.platform_own, other: self.participant_cross }
    }

    fn participant_spend(&self) -> SupportedSpend<P> {
        SupportedSpend { own: self.participant_own, other: self.platform_cross }
    }

    /// Each pays for itself, or is supported by the other where asked.
    pub fn supported(&self, by_platform: bool, by_participant: bool) -> [P; 4] {
        let (first, second) = (self.platform_spend(), self.participant_spend());
        let (phi, a) = match by_platform {
            true => (second.rate(), second.root()),
            false => (P::constant(0.0), second.root_alone()),
        };
        let (psi, platform) = match by_participant {
            true => (first.rate(), first.root()),
            false => (P::constant(0.0), first.root_alone()),
        };
        [phi, psi, platform.square(), a.square()]
    }

    /// The joint profit is maximised; rates are internal.
    pub fn integrated(&self) -> [P; 4] {
        let (first, second) =
            (self.platform_spend().root_together(), self.participant_spend().root_together());
        [P::constant(0.0), P::constant(0.0), first.square(), second.square()]
    }
}

/// A platform and a participant. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformAlliance {
    response: ResponseMatrix,
    joint_sales: Option<JointSales>,
}

/// Sharing the profit of full integration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ProfitSharing {
    /// The joint profit `Π_C`.
    pub joint: f64,
    /// What both gain over the status quo.
    pub surplus: Surplus,
}

impl ProfitSharing {
    /// The platform's shares of joint profit that leave both at least as well off as the status quo:
    /// `[π_P⁰/Π_C, 1 − π_p⁰/Π_C]`. `None` when there is no profit to share.
    pub fn acceptable(&self) -> Option<[f64; 2]> {
        let [platform, participant] = self.surplus.status_quo;
        (self.joint > 0.0).then(|| [platform / self.joint, 1.0 - participant / self.joint])
    }
}

impl PlatformAlliance {
    /// The platform's participation rate `φ`.
    pub const PLATFORM_RATE: usize = 0;
    /// The participant's participation rate `ψ`.
    pub const PARTICIPANT_RATE: usize = 1;
    /// The platform's spend `A`.
    pub const PLATFORM_SPEND: usize = 2;
    /// The participant's spend `a`.
    pub const PARTICIPANT_SPEND: usize = 3;

    /// The alliance with this response matrix: own effects positive, everything finite.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn new(response: ResponseMatrix) -> Result<Self, ParameterError> {
        Self::checked(PlatformAlliance { response, joint_sales: None })
    }

    /// The alliance with common sales: margins and effects positive, base sales not negative.
    ///
    /// # Errors
    ///
    /// [`ParameterError::OutOfRange`] for a number that is not.
    pub fn from_joint_sales(sales: JointSales) -> Result<Self, ParameterError> {
        Self::checked(PlatformAlliance { response: sales.response(), joint_sales: Some(sales) })
    }

    fn checked(model: Self) -> Result<Self, ParameterError> {
        super::checked(model)
    }

    /// The response matrix.
    pub fn response(&self) -> &ResponseMatrix {
        &self.response
    }

    /// The response matrix if the parameters of this form were `p`.
    fn response_at<P: Scalar>(&self, p: &[P]) -> ResponseMatrix<P> {
        match self.joint_sales {
            Some(_) => JointSales::from_list(p).response(),
            None => ResponseMatrix::from_list(p),
        }
    }

    /// Profit sharing under full integration, against the equilibrium of `status_quo`.
    ///
    /// Both pool revenue and cost, and the platform takes a share of the joint profit. Both objectives are then
    /// positive multiples of it, so any share leads to the best spends.
    ///
    /// # Errors
    ///
    /// When the status quo cannot be solved.
    pub fn profit_sharing(&self, status_quo: &Structure<Partner>) -> Result<ProfitSharing, SolveError> {
        let before = self.solve(status_quo)?;
        let joint = self.solve(&Structure::cooperative())?.total();
        let status_quo = [before.payoff(Partner::Platform), before.payoff(Partner::Participant)];
        Ok(ProfitSharing { joint, surplus: Surplus::new(joint, status_quo) })
    }

    /// The paper's order of moves: rates, then the platform's spend, then the participant's.
    fn order() -> Structure<Partner> {
        Structure::sequence([
            vec![Self::PLATFORM_RATE, Self::PARTICIPANT_RATE],
            vec![Self::PLATFORM_SPEND],
            vec![Self::PARTICIPANT_SPEND],
        ])
    }

    fn supports(by_platform: bool, by_participant: bool) -> Structure<Partner> {
        let order = Self::order();
        let order = if by_platform { order } else { order.fix(Self::PLATFORM_RATE, 0.0) };
        if by_participant { order } else { order.fix(Self::PARTICIPANT_RATE, 0.0) }
    }
}

impl Game for PlatformAlliance {
    type Player = Partner;

    fn players(&self) -> Vec<Partner> {
        vec![Partner::Platform, Partner::Participant]
    }

    fn decisions(&self) -> Vec<Decision<Partner>> {
        use Partner::{Participant, Platform};
        let r = &self.response;
        let typical = |own: f64, other: f64| (0.5 * own.abs().max(other.abs())).powi(2).clamp(1e-100, 1e100);
        vec![
            Decision::transfer("platform_rate", Platform, Participant).symbol("phi").unit("share of spend"),
            Decision::transfer("participant_rate", Participant, Platform)
                .symbol("psi")
                .unit("share of spend"),
            Decision::new("platform_advertising", Platform)
                .symbol("A")
                .typical(typical(r.platform_own, r.participant_cross)),
            Decision::new("participant_advertising", Participant)
                .symbol("a")
                .typical(typical(r.participant_own, r.platform_cross)),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let rate = decision == Self::PLATFORM_RATE || decision == Self::PARTICIPANT_RATE;
        if rate { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        super::named(self)
    }
}

impl StaticGame for PlatformAlliance {
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::once(self)
    }

    #[inline]
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.response.payoffs(x[0], x[1], x[2], x[3]));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.response_at(p).payoffs(x[0], x[1], x[2], x[3]));
    }

    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Partner>) -> Option<Vec<T>> {
        let response = self.response_at(p);
        for (by_platform, by_participant) in [(false, false), (true, false), (false, true), (true, true)] {
            if structure.same_rules(&Self::supports(by_platform, by_participant)) {
                return Some(response.supported(by_platform, by_participant).to_vec());
            }
        }
        structure.same_rules(&Structure::cooperative()).then(|| response.integrated().to_vec())
    }
}

const RATE: &str = "money per root money";
const MATRIX: &str = "response_matrix";
const JOINT: &str = "joint_sales";
const PARAMETERS: &[Parameter] = &[
    Parameter::new("platform_own", "aP", RATE, Range::POSITIVE).of(MATRIX),
    Parameter::new("platform_cross", "bP", RATE, Range::FINITE).of(MATRIX),
    Parameter::new("participant_cross", "ap", RATE, Range::FINITE).of(MATRIX),
    Parameter::new("participant_own", "bp", RATE, Range::POSITIVE).of(MATRIX),
    Parameter::new("platform_base", "r0P", "money", Range::FINITE).or(0.0).of(MATRIX),
    Parameter::new("participant_base", "r0p", "money", Range::FINITE).or(0.0).of(MATRIX),
    Parameter::new("platform_margin", "m_P", "money per unit", Range::POSITIVE).of(JOINT),
    Parameter::new("participant_margin", "m_p", "money per unit", Range::POSITIVE).of(JOINT),
    Parameter::new("platform_effect", "k_P", "units per root money", Range::POSITIVE).of(JOINT),
    Parameter::new("participant_effect", "k_p", "units per root money", Range::POSITIVE).of(JOINT),
    Parameter::new("base_sales", "Q0", "units", Range::NON_NEGATIVE).or(0.0).of(JOINT),
];
/// Where the parameters of the joint-sales form begin.
const JOINT_FROM: usize = 6;

impl Model for PlatformAlliance {
    const NAME: &'static str = "platform_alliance";
    const TITLE: &'static str = "a platform and a participant that may support each other's advertising";
    const SOURCE: &'static str = "Zhang et al. 2021, doi:10.1016/j.indmarman.2021.06.001";
    const PROVENANCE: &'static str =
        "reconstruction from the abstract and the field's conventions; the paper's equations were not read";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        let given = |at: usize| values.get(at).is_some_and(|v| !v.is_empty());
        let (matrix, joint) = PARAMETERS.split_at(JOINT_FROM);
        if (JOINT_FROM..PARAMETERS.len()).any(given) {
            if let Some(at) = (0..JOINT_FROM).find(|&at| given(at)) {
                return Err(ParameterError::Inconsistent {
                    parameter: PARAMETERS[at].name.to_owned(),
                    value: values[at][0],
                    condition: format!("parameters of the forms {MATRIX} and {JOINT} are mixed"),
                });
            }
            let v = super::required(joint, values.get(JOINT_FROM..).unwrap_or_default())?;
            return Self::from_joint_sales(JointSales::from_list(&v.concat()));
        }
        Self::new(ResponseMatrix::from_list(&super::required(matrix, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let r = &self.response;
        let nothing = |count| std::iter::repeat_n(Vec::new(), count);
        match &self.joint_sales {
            None => super::singles(&[
                r.platform_own,
                r.platform_cross,
                r.participant_cross,
                r.participant_own,
                r.platform_base,
                r.participant_base,
            ])
            .into_iter()
            .chain(nothing(PARAMETERS.len() - JOINT_FROM))
            .collect(),
            Some(s) => {
                let numbers = super::singles(&[
                    s.platform_margin,
                    s.participant_margin,
                    s.platform_effect,
                    s.participant_effect,
                    s.base_sales,
                ]);
                nothing(JOINT_FROM).chain(numbers).collect()
            }
        }
    }

    fn structures() -> Vec<Scheme<Partner>> {
        vec![
            Scheme::new("no_support", "each pays for its own advertising", Self::supports(false, false)),
            Scheme::new(
                "platform_supports",
                "the platform commits to a share of the participant's spend",
                Self::supports(true, false),
            ),
            Scheme::new(
                "participant_supports",
                "the participant commits to a share of the platform's spend",
                Self::supports(false, true),
            ),
            Scheme::new(
                "bilateral",
                "each commits to a share of the other's spend (our extension)",
                Self::supports(true, true),
            )
            .also(&["bilateral_support"]),
            Scheme::new(
                "integrated",
                "joint profit is maximised, then shared; payoffs are before sharing",
                Structure::cooperative(),
            )
            .also(&["cooperative", "integrated_profit_sharing"]),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        PlatformAlliance { response: ResponseMatrix::dominant_platform(), joint_sales: None }
    }
}
