//! Claims about [`PlatformAlliance`], A1 to A6.
//!
//! In the joint-sales form payoffs are of degree two in the margins and in the effects: with m_p = k_p = 1 only the
//! power ratio r = m_P/m_p and λ = (k_P/k_p)² are left. Margins are written as products and sums of squares.

use super::{JointSales, Partner, PlatformAlliance, ProfitSharing, ResponseMatrix};
use crate::claim::{Axis, Claim, Inequality};
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;
use crate::solve::{Solve, Surplus};

const POWER: &[Axis] = &[Axis { name: "r", lower: 0.05, upper: 50.0 }];
const POWER_AND_WEIGHT: &[Axis] = &[POWER[0], Axis { name: "lambda", lower: 0.01, upper: 100.0 }];
const POWER_AND_RATE: &[Axis] = &[POWER[0], Axis { name: "phi", lower: 0.01, upper: 0.99 }];
const ABSTRACT: &str = "Zhang et al. 2021, abstract; inequality derived for this library";
const OURS: &str = "derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<PlatformGains>("A1", "the platform gains by supporting", ABSTRACT, POWER)
        .given("r > 1/2", |p| p[0] > 0.5),
    Claim::new::<ParticipantGains>("A1b", "the participant gains by being supported", ABSTRACT, POWER)
        .given("r > 1/2", |p| p[0] > 0.5),
    Claim::new::<SupportingParticipantGains>("A2", "the participant gains by supporting", ABSTRACT, POWER)
        .given("r < 2", |p| p[0] < 2.0),
    Claim::new::<SupportedPlatformGains>("A2b", "the platform gains by being supported", ABSTRACT, POWER)
        .given("r < 2", |p| p[0] < 2.0),
    Claim::new::<PlatformTakesMore>(
        "A3",
        "when the platform supports, most of the gain goes to the platform",
        ABSTRACT,
        POWER,
    )
    .given("r > 1/2", |p| p[0] > 0.5)
    .only_where("r > 3/2", &[1.0]),
    Claim::new::<SupportedPlatformTakesMore>(
        "A3b",
        "when the participant supports, most of the gain goes to the platform",
        ABSTRACT,
        POWER,
    )
    .given("r < 2", |p| p[0] < 2.0)
    .only_where("r > 2/3", &[0.5]),
    Claim::new::<PlatformSupportCreates>(
        "A4",
        "the platform's support does not lower total profit, with or without the participant's",
        ABSTRACT,
        POWER,
    ),
    Claim::new::<ParticipantSupportCreates>(
        "A4b",
        "the participant's support does not lower total profit, with or without the platform's",
        ABSTRACT,
        POWER_AND_WEIGHT,
    ),
    Claim::new::<IntegrationCreates>(
        "A4c",
        "integration creates more than bilateral support",
        ABSTRACT,
        POWER_AND_WEIGHT,
    ),
    Claim::new::<SharesExist>(
        "A5",
        "some share of joint profit leaves both better off than no support",
        ABSTRACT,
        POWER_AND_WEIGHT,
    ),
    Claim::new::<RateWindow>("A6", "a platform that pays a given rate phi gains by it", OURS, POWER_AND_RATE)
        .only_where("phi < 1 − 1/(2r)", &[1.0, 0.8]),
];

/// Payoffs under support at power ratio `r` and weight `λ`.
fn supported(r: f64, lambda: f64, by_platform: bool, by_participant: bool) -> [f64; 2] {
    let response = normalised(r, lambda);
    let [phi, psi, platform, participant] = response.supported(by_platform, by_participant);
    response.payoffs(phi, psi, platform, participant)
}

fn normalised(r: f64, lambda: f64) -> ResponseMatrix {
    let sales = JointSales {
        platform_margin: r,
        participant_margin: 1.0,
        platform_effect: lambda.sqrt(),
        participant_effect: 1.0,
        base_sales: 0.0,
    };
    sales.response()
}

fn gain(r: f64, lambda: f64, support: (bool, bool), over: (bool, bool)) -> [f64; 2] {
    let with = supported(r, lambda, support.0, support.1);
    let without = supported(r, lambda, over.0, over.1);
    [with[0] - without[0], with[1] - without[1]]
}

const NONE: (bool, bool) = (false, false);
const PLATFORM: (bool, bool) = (true, false);
const PARTICIPANT: (bool, bool) = (false, true);
const BOTH: (bool, bool) = (true, true);

struct PlatformGains;
impl Inequality for PlatformGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] * 2.0 - 1.0).square() / 16.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p[0], 1.0, PLATFORM, NONE)[0])
    }
}

struct ParticipantGains;
impl Inequality for ParticipantGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] * 2.0 - 1.0) / 8.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p[0], 1.0, PLATFORM, NONE)[1])
    }
}

struct SupportingParticipantGains;
impl Inequality for SupportingParticipantGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] - 2.0).square() / 16.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p[0], 1.0, PARTICIPANT, NONE)[1])
    }
}

struct SupportedPlatformGains;
impl Inequality for SupportedPlatformGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(p[0] - 2.0) * p[0] / 8.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gain(p[0], 1.0, PARTICIPANT, NONE)[0])
    }
}

struct PlatformTakesMore;
impl Inequality for PlatformTakesMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] - 1.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [platform, participant] = gain(p[0], 1.0, PLATFORM, NONE);
        Some(platform - participant)
    }
}

struct SupportedPlatformTakesMore;
impl Inequality for SupportedPlatformTakesMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * 3.0 - 2.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [platform, participant] = gain(p[0], 1.0, PARTICIPANT, NONE);
        Some(platform - participant)
    }
}

struct PlatformSupportCreates;
impl Inequality for PlatformSupportCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let rise = (p[0] * 2.0 - 1.0).positive_part() * 0.25;
        rise * p[0].min((p[0] * 2.0 + 1.0) * 0.25)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let alone: f64 = gain(p[0], 1.0, PLATFORM, NONE).iter().sum();
        let beside: f64 = gain(p[0], 1.0, BOTH, PARTICIPANT).iter().sum();
        Some(alone.min(beside))
    }
}

struct ParticipantSupportCreates;
impl Inequality for ParticipantSupportCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let rise = (-(p[0] - 2.0)).positive_part() * 0.25;
        p[1] * rise * (p[0] + 2.0) * 0.25
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let alone: f64 = gain(p[0], p[1], PARTICIPANT, NONE).iter().sum();
        let beside: f64 = gain(p[0], p[1], BOTH, PLATFORM).iter().sum();
        Some(alone.min(beside))
    }
}

/// The joint profit of integration.
fn integrated(p: &[f64]) -> f64 {
    let response = normalised(p[0], p[1]);
    let [phi, psi, platform, participant] = response.integrated();
    response.payoffs(phi, psi, platform, participant).iter().sum()
}

struct IntegrationCreates;
impl Inequality for IntegrationCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let half = T::constant(0.5);
        (p[0].min(half) * 0.5).square() + p[1] * half.min(p[0] * 0.25).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(integrated(p) - supported(p[0], p[1], true, true).iter().sum::<f64>())
    }
}

struct SharesExist;
impl Inequality for SharesExist {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0].square() + p[1]) * 0.25
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let status_quo = supported(p[0], p[1], false, false);
        let joint = integrated(p);
        let shares = ProfitSharing { joint, surplus: Surplus::new(joint, status_quo) }.acceptable()?;
        Some(shares[1] - shares[0])
    }
}

struct RateWindow;
impl Inequality for RateWindow {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * 2.0 * (-p[1] + 1.0) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let alliance = PlatformAlliance { response: normalised(p[0], 1.0), joint_sales: None };
        let paying = |rate: f64| {
            let structure = PlatformAlliance::order()
                .fix(PlatformAlliance::PLATFORM_RATE, rate)
                .fix(PlatformAlliance::PARTICIPANT_RATE, 0.0);
            Some(alliance.solve(&structure).ok()?.payoff(Partner::Platform))
        };
        Some(paying(p[1])? - paying(0.0)?)
    }
}
