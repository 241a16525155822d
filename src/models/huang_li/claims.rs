//! Claims about [`HuangLi`], C1 to C7.
//!
//! By homogeneity only three numbers matter: κ = ρ_m/ρ_r, γ and δ. With N = 1 + γ + δ, h = max(κ, 1 + γ),
//! s = max(κ − γ, 1) and u = min(κ, 1 + γ)/(1 + γ), all ratios of spends and costs between the games are products
//! of powers of these, so that the margins are sums of logarithms.

use super::{HuangLi, Parameters};
use crate::claim::{Axis, Claim, Inequality};
use crate::scalar::Scalar;

const BOX: &[Axis] = &[
    Axis { name: "kappa", lower: 0.1, upper: 10.0 },
    Axis { name: "gamma", lower: 0.05, upper: 5.0 },
    Axis { name: "delta", lower: 0.05, upper: 5.0 },
];
const LITERATURE: &str = "Huang and Li 2001 and related papers; exact conditions derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<RateRises>("C1", "the rate rises with the manufacturer's margin", LITERATURE, BOX)
        .given("kappa > 1 + gamma", |p| p[0] > 1.0 + p[1]),
    Claim::new::<RateFalls>(
        "C1b",
        "the rate falls with the exponent of local advertising, and does not depend on saturation, shortfall or the national exponent",
        LITERATURE,
        BOX,
    )
    .given("kappa > 1 + gamma", |p| p[0] > 1.0 + p[1]),
    Claim::new::<LeaderGains>("C2", "the manufacturer gains by leading", LITERATURE, BOX),
    Claim::new::<LocalRises>("C3", "its leadership raises local advertising", LITERATURE, BOX),
    Claim::new::<NationalFalls>("C3b", "its leadership lowers national advertising", LITERATURE, BOX),
    Claim::new::<FollowerGains>("C4", "the retailer gains by the manufacturer's leadership", LITERATURE, BOX)
        .only_where("kappa > 1 + gamma and (kappa − gamma)^(gamma + delta) > kappa^delta", &[1.0, 0.6, 0.4]),
    Claim::new::<JointNational>(
        "C5",
        "cooperation raises national advertising above the manufacturer-led level",
        LITERATURE,
        BOX,
    ),
    Claim::new::<JointLocal>(
        "C5b",
        "cooperation raises local advertising above the manufacturer-led level",
        LITERATURE,
        BOX,
    )
    .only_where("kappa > 1 + gamma, or kappa + 1 > ((1 + gamma)/kappa)^delta", &[0.2, 0.6, 0.4]),
    Claim::new::<JointNationalOverNash>(
        "C5c",
        "cooperation raises national advertising above the simultaneous level",
        LITERATURE,
        BOX,
    )
    .only_where("1 + kappa > kappa^(1 + gamma)", &[5.0, 0.6, 0.4]),
    Claim::new::<JointLocalOverNash>(
        "C5d",
        "cooperation raises local advertising above the simultaneous level",
        LITERATURE,
        BOX,
    )
    .only_where("(1 + kappa) kappa^delta > 1", &[0.2, 0.6, 2.0]),
    Claim::new::<JointOverLead>("C6", "joint profit is largest under cooperation: above the manufacturer-led game", LITERATURE, BOX),
    Claim::new::<JointOverNash>("C6b", "joint profit is largest under cooperation: above the simultaneous game", LITERATURE, BOX),
    Claim::new::<RatesExist>("C7", "rates exist that make both firms better off under cooperation", LITERATURE, BOX),
    Claim::new::<RatesBelowOne>("C7b", "all such rates are at most one", LITERATURE, BOX),
];

/// `N`, `h`, `s` and `u` of the note above.
fn ratios<T: Scalar>(p: &[T]) -> (T, T, T, T) {
    let (kappa, gamma, delta) = (p[0], p[1], p[2]);
    let threshold = gamma + 1.0;
    let h = kappa.max(threshold);
    let s = (kappa - gamma).max(T::constant(1.0));
    (threshold + delta, h, s, kappa.min(threshold) / threshold)
}

/// The games at the normalised parameters; saturation is small, since it cancels in every comparison.
fn normalised(p: &[f64]) -> Parameters {
    Parameters {
        saturation: 1e-3,
        shortfall: 1.0,
        local_exponent: p[1],
        national_exponent: p[2],
        manufacturer_margin: p[0],
        retailer_margin: 1.0,
    }
}

/// Profile and payoffs of one of the games.
fn played(p: &[f64], game: fn(&Parameters) -> [f64; 3]) -> ([f64; 3], [f64; 2]) {
    let numbers = normalised(p);
    let profile = game(&numbers);
    (profile, numbers.payoffs(profile[0], profile[1], profile[2]))
}

struct RateRises;
impl Inequality for RateRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] - p[1]).square().recip()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate = |kappa: f64| played(&[kappa, p[1], p[2]], Parameters::manufacturer_leads).0[0];
        Some(rate(p[0] * 1.001) - rate(p[0]))
    }
}

struct RateFalls;
impl Inequality for RateFalls {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] - p[1]).square().recip()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate =
            |gamma: f64, delta: f64| played(&[p[0], gamma, delta], Parameters::manufacturer_leads).0[0];
        let moved = rate(p[1], p[2] * 2.0) - rate(p[1], p[2]);
        (moved == 0.0).then(|| rate(p[1] * 0.999, p[2]) - rate(p[1], p[2]))
    }
}

struct LeaderGains;
impl Inequality for LeaderGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (n, h, s, _) = ratios(p);
        n * ((p[2] + 1.0) / n).ln() + (p[1] + 1.0) * h.ln() - s.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::manufacturer_leads).1[0] - played(p, Parameters::simultaneous).1[0])
    }
}

struct LocalRises;
impl Inequality for LocalRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (_, h, s, _) = ratios(p);
        s.ln() + p[2] * h.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::manufacturer_leads).0[2] - played(p, Parameters::simultaneous).0[2])
    }
}

struct NationalFalls;
impl Inequality for NationalFalls {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (_, h, s, _) = ratios(p);
        (p[1] + 1.0) * h.ln() - s.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::simultaneous).0[1] - played(p, Parameters::manufacturer_leads).0[1])
    }
}

struct FollowerGains;
impl Inequality for FollowerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (_, h, s, _) = ratios(p);
        (p[1] + p[2]) * s.ln() - p[2] * h.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::manufacturer_leads).1[1] - played(p, Parameters::simultaneous).1[1])
    }
}

struct JointNational;
impl Inequality for JointNational {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (_, _, s, u) = ratios(p);
        (p[0] + 1.0).ln() - s.ln() - (p[1] + 1.0) * u.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::cooperative).0[1] - played(p, Parameters::manufacturer_leads).0[1])
    }
}

struct JointLocal;
impl Inequality for JointLocal {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (_, _, s, u) = ratios(p);
        (p[0] + 1.0).ln() - s.ln() + p[2] * u.ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::cooperative).0[2] - played(p, Parameters::manufacturer_leads).0[2])
    }
}

struct JointNationalOverNash;
impl Inequality for JointNationalOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] + 1.0).ln() - (p[1] + 1.0) * p[0].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::cooperative).0[1] - played(p, Parameters::simultaneous).0[1])
    }
}

struct JointLocalOverNash;
impl Inequality for JointLocalOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] + 1.0).ln() + p[2] * p[0].ln()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p, Parameters::cooperative).0[2] - played(p, Parameters::simultaneous).0[2])
    }
}

/// `ln` of the total cost of the manufacturer-led game over that of cooperation.
fn cost_of_leading<T: Scalar>(p: &[T]) -> T {
    let (n, _, s, u) = ratios(p);
    let local = ((p[0] + 1.0).ln() - s.ln() + p[2] * u.ln()) / n;
    (u + (p[1] + 1.0) / (n * s)).ln() - local
}

struct JointOverLead;
impl Inequality for JointOverLead {
    fn margin<T: Scalar>(p: &[T]) -> T {
        cost_of_leading(p)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |game| played(p, game).1.iter().sum::<f64>();
        Some(total(Parameters::cooperative) - total(Parameters::manufacturer_leads))
    }
}

struct JointOverNash;
impl Inequality for JointOverNash {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let n = p[1] + p[2] + 1.0;
        let local = ((p[0] + 1.0).ln() + p[2] * p[0].ln()) / n;
        ((p[0] * (p[2] + 1.0) + p[1] + 1.0) / n).ln() - local
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |game| played(p, game).1.iter().sum::<f64>();
        Some(total(Parameters::cooperative) - total(Parameters::simultaneous))
    }
}

struct RatesExist;
impl Inequality for RatesExist {
    fn margin<T: Scalar>(p: &[T]) -> T {
        cost_of_leading(p)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rates = HuangLi(normalised(p)).pareto_rates(played(p, Parameters::manufacturer_leads).1).ok()?;
        Some(rates.highest - rates.lowest)
    }
}

struct RatesBelowOne;
impl Inequality for RatesBelowOne {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (n, _, s, u) = ratios(p);
        let local = ((p[0] + 1.0).ln() - s.ln() + p[2] * u.ln()) / n;
        p[1] + p[0] / (p[0] + 1.0) + p[2] - u * n * (-local).exp()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rates = HuangLi(normalised(p)).pareto_rates(played(p, Parameters::manufacturer_leads).1).ok()?;
        Some(1.0 - rates.highest)
    }
}
