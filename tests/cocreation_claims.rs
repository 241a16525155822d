//! Claims about `CoCreation`: margins agree with solved games, unconditional ones hold on their whole domain, conditional
//! ones fail at their counterexamples. The theorems that need a whole game are checked on the reference's games and presets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Draws, cocreation_games};
use coopad::Claim;
use coopad::dynamic::models::CoCreation;
use coopad::dynamic::models::cocreation::{Parameters, Regime};
use coopad::models::Model;

const POINTS: usize = 2000;

/// A point of the claim's domain.
fn point(claim: &Claim, draws: &mut Draws) -> Vec<f64> {
    loop {
        let p: Vec<f64> = claim.domain.iter().map(|axis| draws.between(axis.lower, axis.upper)).collect();
        if claim.covers(&p) {
            return p;
        }
    }
}

/// Where the conditional claims hold, in the words of the page on the model.
fn condition(id: &str, p: &[f64]) -> bool {
    let part = |x: f64| x.max(0.0);
    match (id, p) {
        ("CCS2", &[b, a, m]) => m >= 0.0 || 2.0 * a <= b,
        ("CCS3", &[b, a]) => a > 1.5 * b,
        ("CCS4", &[b, a, m]) => a + b + m >= (3.0 * b + 2.0 * a) / 4.0 || 2.0 * a <= b,
        ("CCO2", &[o, m1, m2]) => (part(o + m1) - o) * (o + m1 + m2 - (part(o + m1) + o) / 2.0) >= 0.0,
        ("CCK4", &[o, m1, m2]) => part(o + m1 + m2).powi(2) >= part(o + m1).powi(2) + 2.0 * o * m2,
        ("CCK5b", &[_, x, y, z]) => 2.0 * (x * x + y * y + z * z) >= (x + y + z).powi(2),
        ("CCA5", &[tau, more, p, e, x]) => {
            let t = tau + 0.5 * more;
            p * p * (3.0 * t - 1.0) + e * e * (2.0 - 3.0 * t) >= e * x
        }
        _ => panic!("{id}"),
    }
}

#[test]
fn margins_agree_with_solved_games() {
    let mut draws = Draws(11);
    for claim in CoCreation::claims() {
        let (mut held, mut failed) = (0, 0);
        for _ in 0..POINTS {
            let p = point(claim, &mut draws);
            let (margin, evidence) = (claim.margin(&p), claim.evidence(&p).unwrap());
            let size = 1e-9 * (1.0 + p.iter().fold(0.0_f64, |size, v| size.max(v * v)));
            if margin.abs() > size || evidence.abs() > size {
                assert_eq!(margin > 0.0, evidence > 0.0, "{} at {p:?}: {margin} and {evidence}", claim.id);
            }
            if claim.holds_where.is_some() && margin.abs() > size {
                assert_eq!(margin > 0.0, condition(claim.id, &p), "{} at {p:?}", claim.id);
            }
            held += usize::from(margin >= -size);
            failed += usize::from(margin < -size);
        }
        match claim.counterexample {
            None => assert_eq!(failed, 0, "{}", claim.id),
            Some(p) => {
                assert!(claim.covers(p), "{}", claim.id);
                assert!(claim.margin(p) < 0.0 && claim.evidence(p).unwrap() < 0.0, "{}", claim.id);
                assert!(held > 0 && failed > 0, "{}: {held} {failed}", claim.id);
            }
        }
        assert!(claim.gradient(&point(claim, &mut draws)).iter().all(|slope| slope.is_finite()));
    }
    assert_eq!(CoCreation::claims().len(), 15);
}

/// The games of the reference in which no effort hurts anybody, and those in which some do.
fn games() -> (Vec<CoCreation>, Vec<CoCreation>) {
    let unhurt = |p: &mut Parameters| p.rivalry.iter_mut().flatten().for_each(|lost| *lost = 0.0);
    let presets = [CoCreation::ecommerce(), CoCreation::manufacturing(), CoCreation::services()];
    let presets = presets.map(|preset| {
        let mut p = preset.numbers().clone();
        unhurt(&mut p);
        CoCreation::new(p).unwrap()
    });
    cocreation_games().into_iter().chain(presets).partition(|model| model.game().least_worth() >= 0.0)
}

fn constants(model: &CoCreation, regime: &Regime) -> Vec<f64> {
    model.solve(regime).unwrap().constants().to_vec()
}

fn sum(all: &[f64]) -> f64 {
    all.iter().sum()
}

/// S2, S5, O1 to O3 and K1 on whole games. Values differ between regimes by the same at every state.
#[test]
fn creation_ordering() {
    let (kind, rough) = games();
    assert!(kind.len() >= 6 && rough.len() >= 3, "{} {}", kind.len(), rough.len());
    for model in kind.iter().chain(&rough) {
        let of = |name: &str| constants(model, &model.regime(name).unwrap());
        let (none, full) = (of("no_support"), of("cooperative"));
        let size = 1e-10 * full.iter().fold(1.0_f64, |size, a| size.max(a.abs()));
        for regime in model.regimes() {
            let found = constants(model, &regime);
            assert!(sum(&full) >= sum(&found) - size, "O1 {}", regime.name());
            if model.game().least_worth() < 0.0 {
                continue;
            }
            assert!(sum(&found) >= sum(&none) - size, "O2 {}", regime.name());
            let groups = regime.coalitions();
            for (k, (after, before)) in found.iter().zip(&none).enumerate() {
                let alone = groups.iter().any(|group| group[..] == [k]);
                // S2 where nobody decides together, O3 for those who look on.
                assert!(!alone || after >= &(before - size), "{}: player {k}", regime.name());
            }
        }
        if model.game().least_worth() >= 0.0 {
            let mesh = sum(&of("mesh"));
            for one in
                ["platform_supports_both", "enterprises_support_platform", "enterprises_support_community"]
            {
                assert!(mesh >= sum(&of(one)) - size, "S5 {one}");
            }
            let joined = sum(&of("coalition_platform_enterprises"));
            assert!(
                joined >= sum(&of("bilateral")) - size
                    && joined >= sum(&of("platform_supports_enterprises")) - size
            );
        }
    }
}

/// A1, A2 and A4 on whole games: the commission moves shares, not the size of the whole.
#[test]
fn power_and_the_commission() {
    let (kind, _) = games();
    for model in &kind {
        let at = |commission: f64| {
            let mut p = model.numbers().clone();
            for brand in &mut p.brands {
                (brand.commission, brand.unit_cost) = (commission, 0.3 * brand.price);
            }
            CoCreation::new(p).unwrap()
        };
        let total = |commission: f64, regime: &str| {
            let model = at(commission);
            sum(&constants(&model, &model.regime(regime).unwrap()))
        };
        let whole = total(0.0, "cooperative");
        let mut rates: Vec<f64> = Vec::new();
        for step in 0..=12 {
            let commission = f64::from(step) * 0.05;
            assert!((total(commission, "cooperative") - whole).abs() <= 1e-10 * whole.abs(), "A1");
            let [low, middle, high] = [0.0, 0.025, 0.05].map(|more| total(commission + more, "no_support"));
            assert!(middle >= 0.5 * (low + high) - 1e-10 * whole.abs(), "A2");
            let model = at(commission);
            let led = model.solve(&model.regime("platform_supports_enterprises").unwrap()).unwrap();
            let now: Vec<f64> = (3..3 + 3 * model.enterprises()).map(|h| led.rate(h, 0)).collect();
            assert!(
                rates.is_empty() || now.iter().zip(&rates).all(|(now, before)| now >= &(before - 1e-12)),
                "A4"
            );
            rates = now;
        }
    }
}

/// K3 and K5: one mind makes the game convex; three stay by themselves, many do not.
#[test]
fn sharing_and_staying() {
    let (kind, rough) = games();
    for model in kind.iter().chain(&rough) {
        let game = model.game();
        if game.of_one_mind() {
            assert_eq!(game.is_convex(), Some(true), "K3");
            let gains = game.agreement(&game.shapley_gains().unwrap()).unwrap();
            assert!(gains.survives_break_up(), "K6");
        }
        let whole: f64 = game.created().max(1.0);
        if game.least_worth() >= 0.0 && game.players() == 3 {
            assert!(game.stability_room() >= -1e-10 * whole, "K5");
        }
        if game.least_worth() >= 0.0 && game.players() >= 5 {
            assert!(game.stability_room() < 0.0, "K5");
        }
    }
}
