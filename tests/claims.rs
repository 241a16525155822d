//! Every claim of every model, sampled over its domain by one harness, and the identities behind some of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::Claim;
use coopad::models::alliance::JointSales;
use coopad::models::dual_brand::Parameters;
use coopad::models::{
    Brands, DualBrand, HuangLi, JeulandShugan, Kunter, Model, Partner, PlatformAlliance, Weng,
};
use coopad::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const POINTS: usize = 2000;

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
        Kunter::claims(),
        JeulandShugan::claims(),
        Weng::claims(),
        // Further models.
    ]
    .into_iter()
    .flatten()
    .collect()
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
        let outcome = runner(POINTS).run(&points(claim), |p| test(claim, &p));
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
        let decided = std::cell::Cell::new(0);
        let outcome = runner(POINTS).run(&points(claim), |p| {
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
        let decided = decided.get() as f64 / POINTS as f64;
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
        "KU3" => p[2] > 0.5,
        "JS3" => p[2] >= 0.5,
        "JS4" => p[2] <= 0.75,
        "C5d" => (1.0 + kappa) * kappa.powf(delta) > 1.0,
        _ => panic!("the condition of claim {id} is not known to this test"),
    }
}

#[test]
fn conditional_claims_hold_exactly_where_they_say() {
    for claim in every_claim().into_iter().filter(|c| c.holds_where.is_some()) {
        let (holds, fails) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let outcome = runner(POINTS).run(&points(claim), |p| {
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
        let least = POINTS / 50;
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
    assert_eq!(count, 12);
}

/// The exact gradient against central differences, away from the kinks of `min` and `max`.
#[test]
fn gradients_are_those_of_the_margins() {
    for claim in every_claim() {
        let (compared, kinks) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
        let outcome = runner(POINTS / 4).run(&points(claim), |p| {
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
