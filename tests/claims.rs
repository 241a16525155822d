//! Every claim that a formula decides, sampled over its domain by one harness, and the identities behind some of them. Those
//! decided by solving games are in `claims_by_solving.rs` and `nonlinear_cocreation_claims.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::Claim;
use coopad::claim::Decided;
use coopad::dynamic::models::{
    ChannelPricing, ChannelPricingMultiplicative, ChutaniSethi, CompetingRetailers, GoodwillChannel,
    HePrasadSethi, HePrasadSethiPriced, Interference, JorgensenSigueZaccour, NationalPrivateLabel,
    PrasadSethi, PricingAndLeadership, Promotions, ShelfSpace,
};
use coopad::models::alliance::JointSales;
use coopad::models::dual_brand::Parameters;
use coopad::models::{
    AustBuscher, BergerLogarithm, BergerPercentage, BergerSquareRoot, Brands, DantBerger, DualBrand, HuangLi,
    JeulandShugan, KarrayZaccour, KarrayZaccourAdditive, Kunter, Model, Partner, PlatformAlliance,
    SeyedEsfahani, SzmerekovskyZhang, Wang, Weng, XieNeyret, XieWei, Yue, ZhangXie,
};
use coopad::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// How many points of a claim's domain are looked at, and at how many of them games are solved.
const POINTS: usize = 2000;
/// The same about games over time, in which a margin takes as long as solving a static game, and a solve milliseconds.
const POINTS_OVER_TIME: usize = 400;
const SOLVES_OVER_TIME: usize = 30;

/// The same points on every run and machine; nothing is written to disk.
fn runner(cases: usize) -> TestRunner {
    let config = Config { cases: cases as u32, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn every_claim() -> Vec<&'static Claim> {
    [
        PlatformAlliance::claims(),
        DualBrand::claims(),
        HuangLi::claims(),
        BergerSquareRoot::claims(),
        BergerLogarithm::claims(),
        BergerPercentage::claims(),
        DantBerger::claims(),
        Yue::claims(),
        XieWei::claims(),
        XieNeyret::claims(),
        SzmerekovskyZhang::claims(),
        SeyedEsfahani::claims(),
        AustBuscher::claims(),
        Kunter::claims(),
        KarrayZaccour::claims(),
        KarrayZaccourAdditive::claims(),
        Wang::claims(),
        ZhangXie::claims(),
        JeulandShugan::claims(),
        Weng::claims(),
    ]
    .into_iter()
    .flatten()
    .chain(claims_over_time())
    .collect()
}

fn claims_over_time() -> impl Iterator<Item = &'static Claim> {
    [
        ChannelPricing::claims(),
        ChannelPricingMultiplicative::claims(),
        JorgensenSigueZaccour::claims(),
        PricingAndLeadership::claims(),
        HePrasadSethi::claims(),
        HePrasadSethiPriced::claims(),
        CompetingRetailers::claims(),
        ChutaniSethi::claims(),
        Promotions::claims(),
        PrasadSethi::claims(),
        GoodwillChannel::claims(),
        Interference::claims(),
        NationalPrivateLabel::claims(),
        ShelfSpace::claims(),
    ]
    .into_iter()
    .flatten()
    .filter(|claim| claim.decided == Decided::ByFormula)
}

fn over_time(claim: &Claim) -> bool {
    claims_over_time().any(|c| c.id == claim.id)
}

fn samples(claim: &Claim) -> usize {
    if over_time(claim) { POINTS_OVER_TIME } else { POINTS }
}

fn solves(claim: &Claim) -> usize {
    if over_time(claim) { SOLVES_OVER_TIME } else { POINTS }
}

/// Points of the claim's domain: evenly in the logarithm where the axis is positive.
fn points(claim: &'static Claim) -> impl Strategy<Value = Vec<f64>> {
    let unit = proptest::collection::vec(0.0..1.0, claim.domain.len());
    let point = unit.prop_map(|unit: Vec<f64>| {
        let axes = claim.domain.iter().zip(unit);
        let value = |axis: &coopad::claim::Axis, u: f64| match axis.lower > 0.0 {
            true => axis.lower * (axis.upper / axis.lower).powf(u),
            false => axis.lower + (axis.upper - axis.lower) * u,
        };
        axes.map(|(axis, u)| value(axis, u).clamp(axis.lower, axis.upper)).collect::<Vec<f64>>()
    });
    point.prop_filter("the side condition", |p| claim.covers(p))
}

/// Runs `test` at points of every claim's domain.
fn at_points(test: impl Fn(&Claim, &[f64]) -> Result<(), TestCaseError>) {
    for claim in every_claim() {
        let outcome = runner(samples(claim)).run(&points(claim), |p| test(claim, &p));
        outcome.unwrap_or_else(|error| panic!("{}: {}\n{error}", claim.id, claim.statement));
    }
}

#[test]
fn the_claims_are_the_ones_we_know() {
    let mut ids: Vec<_> = every_claim().iter().map(|c| c.id).collect();
    let count = ids.len();
    assert!(count >= 37);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "two claims share a number");
}

/// What the margin says, the solved games say: the same sign, wherever both are clear of rounding.
#[test]
fn margin_and_evidence_agree() {
    for claim in every_claim() {
        let (solves, decided) = (solves(claim), std::cell::Cell::new(0));
        let outcome = runner(solves).run(&points(claim), |p| {
            let margin = claim.margin(&p);
            let Some(evidence) = claim.evidence(&p) else {
                return Err(TestCaseError::fail(format!("no evidence at {p:?}")));
            };
            prop_assert!(margin.is_finite() && evidence.is_finite());
            if margin == 0.0 {
                // Where the claim holds with equality, the games differ by rounding.
                decided.set(decided.get() + 1);
                prop_assert!(evidence.abs() < 1e-10, "margin 0, evidence {evidence:e} at {p:?}");
            } else if margin.abs() > 1e-9 && evidence.abs() > 1e-11 {
                decided.set(decided.get() + 1);
                prop_assert!(
                    (margin > 0.0) == (evidence > 0.0),
                    "margin {margin:e}, evidence {evidence:e} at {p:?}"
                );
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {}\n{error}", claim.id, claim.statement));
        let decided = decided.get() as f64 / solves as f64;
        assert!(decided > 0.9, "{}: only {decided} of the points tell anything", claim.id);
    }
}

#[test]
fn unconditional_claims_hold_everywhere() {
    at_points(|claim, p| {
        if claim.holds_where.is_none() {
            prop_assert!(claim.margin(p) >= -1e-12, "margin {:e} at {p:?}", claim.margin(p));
        }
        Ok(())
    });
}

/// The conditions as our notes on the models state them (`holds_where` is their wording), by claim.
fn true_condition(id: &str, p: &[f64]) -> bool {
    let kappa = p[0];
    let (gamma, delta) = (p.get(1).copied().unwrap_or(f64::NAN), p.get(2).copied().unwrap_or(f64::NAN));
    match id {
        "A3" => p[0] > 1.5,
        "A3b" => p[0] > 2.0 / 3.0,
        "A6" => p[1] < 1.0 - 1.0 / (2.0 * p[0]),
        "B4b" => kappa <= 1.0,
        "B5c" => p[0] >= 0.0,
        "C4" => kappa > 1.0 + gamma && (kappa - gamma).powf(gamma + delta) > kappa.powf(delta),
        "C5b" => kappa > 1.0 + gamma || kappa + 1.0 > ((1.0 + gamma) / kappa).powf(delta),
        "C5c" => 1.0 + kappa > kappa.powf(1.0 + gamma),
        "PL3" => p[0] >= 1.0,
        "KU3" => p[2] > 0.5,
        "JS3" => p[2] >= 0.5,
        "JS4" => p[2] <= 0.75,
        "C5d" => (1.0 + kappa) * kappa.powf(delta) > 1.0,
        "SE8" | "SE8b" | "SE8c" => p[0] * (3.0 + 4.0 * p[1]) > 3.0,
        "SE9" => price_and_advertising(p)[0][0] > price_and_advertising(p)[2][0],
        "SE9b" => price_and_advertising(p)[2][1] > price_and_advertising(p)[0][1],
        "SE9c" => {
            let [led, nash, ..] = price_and_advertising(p);
            led[0] + led[1] > nash[0] + nash[1]
        }
        "AB5" | "AB5b" => p[1] < p[0],
        "AB6" | "AB6b" => p[1] > p[0],
        "AB7" => price_and_advertising(p)[0][0] > price_and_advertising(p)[3][0],
        "AB7b" => price_and_advertising(p)[3][1] > price_and_advertising(p)[0][1],
        "WA3" => wang_pays_more(p),
        "WA5d" => p[0] >= 2.0 || (1.0 - p[1]) * (2.0 + p[0]).powi(2) <= 8.0 * p[0],
        "WA8" => 2.0 * (1.0 - p[1]) >= p[0] * p[1],
        "WA8b" => 2.0 * (1.0 - p[1]) <= p[0] || 2.0 * (1.0 - p[1]) + p[0] >= 4.0 * p[0] * p[1],
        "WA8c" => {
            let (rho, kept) = (p[0], 1.0 - p[1]);
            rho + rho.max(2.0 * kept) <= kept * (4.0 + 3.0 * rho - rho.max(2.0))
        }
        "KZ3" => {
            let (psi, s) = (p[0], p[1] * p[1]);
            let (d, e) = ((1.0 + 2.0 * psi) / (2.0 + 2.0 * psi), psi / (4.0 + 4.0 * psi));
            let y = 1.0 / (2.0 * d - s);
            (d * d * y - e).powi(2) * (2.0 - s) <= d * d * y + psi * e
        }
        "KZ6" => {
            let (psi, s) = (p[0], p[1] * p[1]);
            (1.0 + 2.0 * psi).powi(2) > psi * (2.0 * psi + 3.0) * (1.0 + 2.0 * psi - (1.0 + psi) * s)
        }
        "KZ7" => retailer_accepts(p[0], p[1]),
        "WA9" => p[1] * (1.0 + p[0]) <= 1.0,
        "YU1" => p[2] * (p[0] + p[1]) > 1.0,
        "XN2" => p[2] < (1.0 + p[0]) / (1.0 + 3.0 * p[0]),
        "XN5" => p[2] < (1.0 - p[0]) / (1.0 + p[0]),
        "BE3" => p[0] - (1.0 - p[0]) > 2.0 * p[1],
        "BE6" => 1.0 / (1.0 - p[0]) > 1.0 + p[2] + (p[1] * (1.0 - p[0])).ln(),
        "BE8" => p[0] > 1.0 - p[1],
        "DB6" => p[0] > 2.0,
        "ZL4b" => 2.0 / (2.0 - p[2] - p[3]) <= 1.5 * led_channel(p, None).0,
        "ZL7m" => led_channel(p, None).0 <= 4.0 / 3.0,
        "ZL7n" => p[2] + p[3] <= 1.0,
        "ZL7q" => rate_rises(p, Raised::LocalEffectiveness),
        "ZL7r" => rate_rises(p, Raised::PriceEffect),
        "ZL7s" => rate_rises(p, Raised::Discount),
        "ZL7t" => rate_rises(p, Raised::LocalDecay),
        "HP1" => {
            let [alone, led] = shares(p[0], [p[1], 0.0]);
            led <= alone
        }
        "HP4" => {
            let [alone, led] = shares(p[0], [p[1], p[2]]);
            led <= alone
        }
        "HP6" => p[0] <= 37.458,
        "CR4" => rivals_pay(p),
        "CS2" => two_alike_pay(p[0], p[1]),
        "GC1" => 2.0 * p[0] > 1.0,
        "GC3" => p[0] >= 1.5,
        "IF4" => 2.0 * p[2] * p[0] <= 1.0 && 2.0 * p[1] <= p[0],
        "SS4" => (p[1] > p[2]) == (p[0] * (2.0 * p[1] + 1.0) > 2.0 * p[2] + 1.0),
        _ => panic!("the condition of claim {id} is not known to this test"),
    }
}

/// The payoffs of SeyedEsfahani's and Aust and Buscher's games at `[v, k]` as our notes have them (smaller roots of
/// quadratics, `n` and `m` of given prices): manufacturer-led, simultaneous, retailer-led with the price, retailer-led
/// with the margin.
fn price_and_advertising(p: &[f64]) -> [[f64; 2]; 4] {
    let (v, k) = (p[0], p[1]);
    let revenues = |w: f64, m: f64| [w, m].map(|margin| margin * (1.0 - w - m).powf(1.0 / v));
    let unsupported = |[n, m]: [f64; 2]| [n * m / 2.0 + k * n * n / 4.0, m * m / 4.0 + k * m * n / 2.0];
    let (a, b) = (
        (v + 1.0) * ((v + 2.0).powi(2) + 4.0 * k * (v + 1.0).powi(2)),
        2.0 * (v + 2.0) * (v + 2.0 + 2.0 * k * (v + 1.0)),
    );
    let u = (b - (b * b - 16.0 * a * (1.0 + k)).sqrt()) / (2.0 * a);
    let [n, m] = revenues(1.0 - (v + 1.0) * u, v * u);
    let led = [(2.0 * n + m).powi(2) / 16.0 + k * n * n / 4.0, m * (2.0 * n + m) / 8.0 + k * m * n / 2.0];
    let equal = |share: f64| unsupported(revenues(share, share));
    let l = 2.0 * k * v - v * (v + 1.0) + k * v * v;
    let quadratic = (v + 1.0).powi(2) - l * (v + 1.0) - k * v * v * (v + 1.0);
    let linear = l - 2.0 * (v + 1.0);
    let u = 2.0 / (-linear + (linear * linear - 4.0 * quadratic).sqrt());
    let margin = unsupported(revenues(v * u, 1.0 - (v + 1.0) * u));
    [led, equal(v / (2.0 * v + 1.0)), equal(v / (2.0 * (v + 1.0))), margin]
}

/// What is one per cent higher.
#[derive(Clone, Copy, PartialEq)]
enum Raised {
    Discount,
    PriceEffect,
    LocalDecay,
    LocalEffectiveness,
}

fn rate_rises(p: &[f64], raised: Raised) -> bool {
    led_channel(p, Some(raised)).1 > led_channel(p, None).1
}

/// The channel over time under leadership, at `[d_M, d_R, e_M, e_R]`: demand at cost at rest, in multiples of what it is
/// without goodwill, and the rate there. Our notes' equations for the coefficients of the value functions, repeated until
/// nothing moves.
fn led_channel(p: &[f64], raised: Option<Raised>) -> (f64, f64) {
    let factor = |which: Raised| -> f64 { if raised == Some(which) { 1.01 } else { 1.0 } };
    let mut s = [0, 1].map(|j| p[2 + j] * p[j] * (1.0 + p[j]));
    s[1] *= factor(Raised::LocalEffectiveness).powi(2);
    let (rho, beta) = (factor(Raised::Discount), factor(Raised::PriceEffect));
    let d = [p[0], p[1] * factor(Raised::LocalDecay)];
    let (mut p_m, mut p_r) = ([[0.0_f64; 2]; 2], [[0.0_f64; 2]; 2]);
    let (mut b_m, mut b_r, mut g) = ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
    for _ in 0..2000 {
        let q = [0, 1].map(|j| [0, 1].map(|k| 2.0 * p_m[j][k] + p_r[j][k]));
        let (old_m, old_r) = (p_m, p_r);
        for (j, k) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let decline = rho + d[j] + d[k];
            let national = s[0] * (old_r[j][0] * old_m[0][k] + old_m[j][0] * old_r[0][k]);
            let local = s[1] / 4.0 * (old_r[j][1] * q[1][k] + q[j][1] * old_r[1][k]);
            p_m[j][k] =
                (0.25 / beta + s[0] * old_m[j][0] * old_m[0][k] + s[1] / 4.0 * q[j][1] * q[1][k]) / decline;
            p_r[j][k] = (0.125 / beta + national + local) / decline;
        }
        let pull = 2.0 * b_m[1] + b_r[1];
        let (before_m, before_r) = (b_m, b_r);
        for j in [0, 1] {
            let decline = rho + d[j];
            b_m[j] = (0.25 / beta + s[0] * old_m[j][0] * before_m[0] + s[1] / 4.0 * q[j][1] * pull) / decline;
            let national = s[0] * (old_r[j][0] * before_m[0] + old_m[j][0] * before_r[0]);
            b_r[j] = (0.125 / beta + national + s[1] / 4.0 * (old_r[j][1] * pull + q[j][1] * before_r[1]))
                / decline;
        }
        let worth = |b: f64, p: [f64; 2]| b + p[0] * g[0] + p[1] * g[1];
        let (own, other) = (worth(b_r[1], p_r[1]), worth(b_m[1], p_m[1]));
        g = [s[0] * worth(b_m[0], p_m[0]) / d[0], s[1] * (other + own / 2.0) / d[1]];
    }
    let worth = |b: f64, p: [f64; 2]| b + p[0] * g[0] + p[1] * g[1];
    let (own, other) = (worth(b_r[1], p_r[1]), worth(b_m[1], p_m[1]));
    (1.0 + g[0] + g[1], (2.0 * other - own) / (2.0 * other + own))
}

/// The manufacturer's slope without support and with it, at `M/m` and the strengths of local and national advertising: the
/// notes' equations, repeated until nothing moves. Support pays where it falls.
fn shares(ratio: f64, [local, national]: [f64; 2]) -> [f64; 2] {
    let settle = |next: &dyn Fn([f64; 2]) -> [f64; 2]| {
        let mut at = [0.1, 0.1];
        for _ in 0..20_000 {
            let to = next(at);
            at = [0, 1].map(|k| 0.8 * at[k] + 0.2 * to[k]);
        }
        at
    };
    let [a, b] = settle(&|[a, b]| {
        let one = 1.0 + local * b / 2.0 + national * a / 4.0;
        [ratio / one, 1.0 / (1.0 + local * b / 4.0 + national * a / 2.0)]
    });
    if 2.0 * a <= b {
        return [a; 2];
    }
    let [sum, own] = settle(&|[sum, b]| {
        let a = 0.5 * (sum - b);
        let one = 1.0 + local * (sum + b) / 8.0 + national * a * (a + b) / (2.0 * sum);
        [(2.0 * ratio + 1.0) / one, 1.0 / (1.0 + local * sum / 8.0 + national * a / 2.0)]
    });
    [a, 0.5 * (sum - own)]
}

/// Competing retailers at `[(M₁ − M₂)/m₁, m₂/m₁, k₁²m₁/K², k₂²m₁/K², δ/K, x]`: whether the manufacturer is better off with
/// support, by the notes' equations, repeated until nothing moves.
fn rivals_pay(p: &[f64]) -> bool {
    let (interest, margin, own, other, churn, share) = (p[0], p[1], p[2], p[3], p[4], p[5]);
    let settle = |next: &dyn Fn([f64; 3]) -> [f64; 3]| {
        let mut at = [0.1; 3];
        for _ in 0..20_000 {
            let to = next(at);
            at = [0, 1, 2].map(|k| 0.8 * at[k] + 0.2 * to[k]);
        }
        at
    };
    let [b1, _, b] = settle(&|[b1, b2, _]| {
        let by = [1.0 + own * b1 / 4.0 + other * b2 / 2.0, 1.0 + other * b2 / 4.0 + own * b1 / 2.0];
        [1.0 / by[0], margin / by[1], interest / (1.0 + (own * b1 + other * b2) / 2.0)]
    });
    if 2.0 * b <= b1 {
        return true;
    }
    let value = |flow: f64, b: f64| flow + churn * b + (1.0 - 2.0 * churn) * b * share;
    let without = value(own * b * b1 / 2.0, b);
    let [b1, _, sum] = settle(&|[b1, b2, sum]| {
        let by = [1.0 + own * sum / 8.0 + other * b2 / 2.0, 1.0 + other * b2 / 4.0 + own * sum / 4.0];
        let one = 1.0 + own * (sum + b1) / 8.0 + other * b2 / 2.0;
        [1.0 / by[0], margin / by[1], (2.0 * interest + 1.0) / one]
    });
    value(own * sum * sum / 16.0, 0.5 * (sum - b1)) >= without
}

/// Two retailers alike at `M/m` and `k²m/K²`: whether support raises the manufacturer's value of an empty market, from the
/// notes' equations for given slopes `B`, the retailers' by bisection.
fn two_alike_pay(ratio: f64, power: f64) -> bool {
    // The retailer's slope where each wins customers at the rate y(b): b + b y/(2(1 + y)) = 1.
    let reply = |pull: &dyn Fn(f64) -> f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..100 {
            let b = 0.5 * (low + high);
            let y = pull(b);
            if b + b * y / (2.0 * (1.0 + y)) < 1.0 { low = b } else { high = b }
        }
        low
    };
    let b = reply(&|b| 0.5 * power * b);
    let worth = ratio / (1.0 + power * b);
    if 2.0 * worth <= b {
        return true;
    }
    // r α_M + B = M, at the slope B that makes it so.
    let (mut low, mut high) = (0.0, ratio);
    for _ in 0..100 {
        let slope = 0.5 * (low + high);
        let b = reply(&|b| 0.25 * power * (2.0 * slope + b).max(2.0 * b));
        let flow = 2.0 * power * (2.0 * slope + b).powi(2) / 16.0;
        if flow + slope < ratio { low = slope } else { high = slope }
    }
    low <= worth
}

/// The notes' own formulas: w(y), and the root of F(y) by bisection.
fn retailer_accepts(psi: f64, theta: f64) -> bool {
    let (b, g, s) = (0.5 * (1.0 + psi), 0.5 * psi, theta * theta);
    let dl = b - g * g / b;
    let phi = 0.5 + 0.5 * g / b;
    let h = |y: f64| (2.0 * dl * y - 1.0).powi(2) / s - 2.0 * dl * y * y + y;
    let w = |y: f64| {
        (dl * y * phi - 0.25 * g / b + h(y) * dl * phi) / (2.0 * dl * dl * y + g * g / b + h(y) * dl * dl)
    };
    let f = |y: f64| {
        let n = phi - dl * w(y);
        w(y) * dl - 0.5 * n * (4.0 * dl * (2.0 * dl * y - 1.0) / s - 4.0 * dl * y + 1.0)
    };
    let retailer = |y: f64| {
        let n = phi - dl * w(y);
        0.5 * y * n * n + (0.5 + g * w(y)).powi(2) / (4.0 * b)
    };
    let lowest = 1.0 / (2.0 * dl - s);
    if f(lowest) <= 0.0 {
        return true;
    }
    let (mut low, mut high) = (lowest, 2.0 * lowest);
    while f(high) > 0.0 {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    retailer(low) >= retailer(lowest)
}

fn wang_pays_more(p: &[f64]) -> bool {
    let holds = |rho: f64, k: f64, other_rho: f64, stolen: f64| {
        rho * k > other_rho * stolen || 2.0 * (k - stolen) <= rho * k
    };
    holds(p[0], 1.0, p[1], p[4]) && holds(p[1], p[2], p[0], p[3])
}

#[test]
fn conditional_claims_hold_exactly_where_they_say() {
    for claim in every_claim().into_iter().filter(|c| c.holds_where.is_some()) {
        let (holds, fails) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let outcome = runner(samples(claim)).run(&points(claim), |p| {
            let margin = claim.margin(&p);
            let count = if margin >= 0.0 { &holds } else { &fails };
            count.set(count.get() + 1);
            prop_assert!(
                margin.abs() < 1e-9 || (margin > 0.0) == true_condition(claim.id, &p),
                "margin {margin:e} at {p:?}"
            );
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {}\n{error}", claim.id, claim.statement));
        let least = samples(claim) / 50;
        assert!(holds.get() > least && fails.get() > least, "{}: {holds:?} and {fails:?}", claim.id);
    }
}

#[test]
fn counterexamples_refute_the_unconditional_claim() {
    let mut count = 0;
    for claim in every_claim() {
        assert_eq!(claim.counterexample.is_some(), claim.holds_where.is_some(), "{}", claim.id);
        if let Some(point) = claim.counterexample {
            count += 1;
            assert!(claim.covers(point), "{}: {point:?} is outside the domain", claim.id);
            assert!(claim.margin(point) < 0.0, "{}: margin {}", claim.id, claim.margin(point));
            assert!(claim.evidence(point).unwrap() < 0.0, "{}: evidence", claim.id);
        }
    }
    assert_eq!(count, 57);
}

/// The exact gradient against central differences, away from the kinks of `min` and `max`.
#[test]
fn gradients_are_those_of_the_margins() {
    for claim in every_claim() {
        let (compared, kinks) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let outcome = runner(samples(claim) / 4).run(&points(claim), |p| {
            let gradient = claim.gradient(&p);
            prop_assert_eq!(gradient.len(), p.len());
            for (axis, exact) in gradient.into_iter().enumerate() {
                let h = 1e-5 * p[axis].abs().max(1e-2);
                let at = |step: f64| {
                    let mut moved = p.clone();
                    moved[axis] += step;
                    claim.margin(&moved)
                };
                let (left, here, right) = (at(-h), at(0.0), at(h));
                let (before, after) = ((here - left) / h, (right - here) / h);
                // One-sided differences that disagree: a kink within the step.
                if (before - after).abs() > 1e-3 * (before.abs() + after.abs()) + 1e-7 {
                    kinks.set(kinks.get() + 1);
                    continue;
                }
                compared.set(compared.get() + 1);
                let central = (right - left) / (2.0 * h);
                let tolerance = 1e-6 * exact.abs() + 1e-9 * (1.0 + here.abs()) / p[axis].abs().max(1e-2);
                prop_assert!(
                    (central - exact).abs() <= tolerance,
                    "axis {axis}: exact {exact:e}, difference {central:e} at {p:?}"
                );
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {}\n{error}", claim.id, claim.statement));
        assert!(compared.get() > 20 * kinks.get(), "{}: {compared:?}, kinks {kinks:?}", claim.id);
    }
}

#[test]
fn points_of_the_wrong_length_are_no_points() {
    for claim in every_claim() {
        let long = vec![1.0; claim.domain.len() + 1];
        for wrong in [&[][..], &long] {
            assert!(!claim.covers(wrong) && claim.margin(wrong).is_nan());
            assert!(claim.gradient(wrong).is_empty() && claim.evidence(wrong).is_none());
        }
        assert!(!claim.covers(&vec![f64::NAN; claim.domain.len()]), "{}: NaN", claim.id);
    }
}

// ---- Claims that are equalities ----------------------------------------------------------------------------------

fn brands(margins: ([f64; 2], [f64; 2]), stimulating: [f64; 2], competition: [f64; 2]) -> DualBrand {
    DualBrand::new(Parameters {
        base_sales: [10.0; 2],
        stimulating_effect: stimulating,
        competition_effect: competition,
        manufacturer_margin: margins.0,
        retailer_margin: margins.1,
        effort_cost: [1.0; 2],
        national_effect: [0.0; 2],
    })
    .unwrap()
}

fn same(found: f64, expected: f64, what: &str) -> Result<(), TestCaseError> {
    let close = (found - expected).abs() <= 1e-11 * expected.abs().max(1e-3);
    prop_assert!(close, "{what}: {found:e} instead of {expected:e}");
    Ok(())
}

/// Net effects `β − γ > 0` of both brands.
fn effects() -> impl Strategy<Value = ([f64; 2], [f64; 2])> {
    let net = [0.05..5.0, 0.05..5.0];
    let competition = [0.0..2.0, 0.0..2.0];
    (net, competition)
        .prop_map(|(net, competition)| ([net[0] + competition[0], net[1] + competition[1]], competition))
}

fn structure(name: &str) -> Structure<Brands> {
    DualBrand::structure(name).unwrap()
}

/// B1: the spends on the brands stand in the ratio of the squared net effects, with and without cooperation,
/// whatever the margins.
#[test]
fn spends_stand_in_the_ratio_of_net_effects() {
    let strategy = (effects(), 0.1..20.0, 0.1..20.0);
    let outcome = runner(300).run(&strategy, |((beta, gamma), maker, retailer)| {
        let game = brands(([maker; 2], [retailer; 2]), beta, gamma);
        let expected = ((beta[0] - gamma[0]) / (beta[1] - gamma[1])).powi(2);
        for name in ["brand_rates", "cooperative"] {
            let x = game.solve(&structure(name)).unwrap();
            same(x[DualBrand::LOCAL[0]] / x[DualBrand::LOCAL[1]], expected, name)?;
        }
        Ok(())
    });
    outcome.unwrap();
}

/// B2: with common margins, and with margins in a common proportion κ, both rates are (2κ − 1)/(2κ + 1) or 0.
#[test]
fn proportional_margins_give_one_rate() {
    let strategy = (effects(), 0.1..20.0_f64, [0.5..4.0, 0.5..4.0]);
    let outcome = runner(300).run(&strategy, |((beta, gamma), kappa, retailer)| {
        for retailer in [retailer, [retailer[0]; 2]] {
            let game = brands((retailer.map(|r| kappa * r), retailer), beta, gamma);
            let x = game.solve(&structure("brand_rates")).unwrap();
            for brand in [0, 1] {
                // With unequal margins a brand may not be worth advertising: its rate is 0 then.
                if x[DualBrand::LOCAL[brand]] > 1e-9 {
                    let expected = ((2.0 * kappa - 1.0) / (2.0 * kappa + 1.0)).max(0.0);
                    same(x[DualBrand::RATE[brand]], expected, "rate")?;
                }
            }
            prop_assert!(x[DualBrand::LOCAL[0]] + x[DualBrand::LOCAL[1]] > 0.0);
        }
        Ok(())
    });
    outcome.unwrap();
}

/// B4: where the maker supports, a spend answers to the maker's margin twice as strongly as to the retailer's.
#[test]
fn spends_answer_twice_as_strongly_to_the_maker() {
    let strategy = (effects(), 0.55..10.0, 0.5..4.0);
    let outcome = runner(300).run(&strategy, |((beta, gamma), kappa, retailer)| {
        let maker = kappa * retailer;
        let spend = |maker: f64, retailer: f64| {
            let game = brands(([maker; 2], [retailer; 2]), beta, gamma);
            game.solve(&structure("brand_rates")).unwrap()[DualBrand::LOCAL[0]]
        };
        // The spend is quadratic in the margins: central differences are exact up to rounding.
        let h = 0.02 * retailer;
        let by_maker = spend(maker + h, retailer) - spend(maker - h, retailer);
        let by_retailer = spend(maker, retailer + h) - spend(maker, retailer - h);
        same(by_maker / by_retailer, 2.0, "ratio")
    });
    outcome.unwrap();
}

/// A3: of what support creates, the supporter's share is its rate.
#[test]
fn the_supporters_share_of_the_gain_is_its_rate() {
    let strategy = (0.05..20.0, 0.1..5.0, [0.1..5.0, 0.1..5.0], 0.0..5.0);
    let supported = std::cell::Cell::new(0);
    let outcome = runner(300).run(&strategy, |(power, margin, effect, base)| {
        let game = PlatformAlliance::from_joint_sales(JointSales {
            platform_margin: power * margin,
            participant_margin: margin,
            platform_effect: effect[0],
            participant_effect: effect[1],
            base_sales: base,
        })
        .unwrap();
        let solve = |name: &str| game.solve(&PlatformAlliance::structure(name).unwrap()).unwrap();
        let none = solve("no_support");
        for (name, supporter, decision) in [
            ("platform_supports", Partner::Platform, PlatformAlliance::PLATFORM_RATE),
            ("participant_supports", Partner::Participant, PlatformAlliance::PARTICIPANT_RATE),
        ] {
            let with = solve(name);
            let rate = with[decision];
            let (gain, total) =
                (with.payoff(supporter) - none.payoff(supporter), with.total() - none.total());
            // As differences of payoffs the gains are known to some digits only.
            let noise = 1e-13 * none.total().abs();
            prop_assert!(
                (gain - rate * total).abs() <= noise,
                "{name}: {gain:e} of {total:e} at rate {rate}"
            );
            supported.set(supported.get() + usize::from(total > 1e3 * noise));
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(supported.get() > 200, "too few of the games have support: {supported:?}");
}

/// Under the capped retailer-led game of SeyedEsfahani the price is the cooperative one, each spend a quarter of the
/// cooperative one, and the channel earns three quarters of what it could.
#[test]
fn a_capped_retailer_led_channel_earns_three_quarters() {
    let strategy = (0.2..4.0, 0.05..4.0, [0.5..20.0, 0.1..5.0, 0.0..0.4, 0.0..0.4, 0.1..3.0]);
    let outcome = runner(300).run(&strategy, |(v, national, [highest, slope, c, d, effect])| {
        let game = SeyedEsfahani::new(coopad::models::price_and_advertising::Parameters {
            demand_intercept: highest * slope,
            demand_slope: slope,
            production_cost: c * highest,
            handling_cost: d * highest,
            price_curvature: v,
            local_effect: effect,
            national_effect: national * effect,
        })
        .unwrap();
        let solve = |name: &str| game.solve_numerically(&SeyedEsfahani::structure(name).unwrap()).unwrap();
        let (led, joint) = (solve("retailer_leads"), solve("cooperative"));
        let close = |found: f64, expected: f64, what: &str| {
            prop_assert!(
                (found - expected).abs() <= 1e-8 * expected.abs(),
                "{what}: {found:e}, {expected:e}"
            );
            Ok(())
        };
        close(led[SeyedEsfahani::PRICE], joint[SeyedEsfahani::PRICE], "price")?;
        close(4.0 * led[SeyedEsfahani::LOCAL], joint[SeyedEsfahani::LOCAL], "local advertising")?;
        close(4.0 * led[SeyedEsfahani::NATIONAL], joint[SeyedEsfahani::NATIONAL], "national advertising")?;
        close(led.total(), 0.75 * joint.total(), "joint profit")
    });
    outcome.unwrap();
}
