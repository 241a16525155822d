//! Claims of the games with two goodwills and of the game in stages that are decided by solving games:
//! margins against the reference and by other means, counterexamples, small samples.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::Draws;
use coopad::Claim;
use coopad::claim::Decided;
use coopad::dynamic::models::{BretonJarrarZaccour, ChintaguntaJain, NationalPrivateLabel, ShelfSpace};
use coopad::dynamic::{Collocation, OpenLoop, Route};
use coopad::models::{Channel, Model};
use coopad::prelude::*;
use serde_json::Value;

/// All of them, each with how many points of its domain are looked at: what they cost differs by orders of
/// magnitude.
fn claims() -> impl Iterator<Item = (&'static Claim, usize)> {
    let each = |claims: &'static [Claim], points: usize| claims.iter().map(move |claim| (claim, points));
    each(ChintaguntaJain::claims(), 100)
        .chain(each(NationalPrivateLabel::claims(), 15))
        .chain(each(ShelfSpace::claims(), 2))
        .chain(each(BretonJarrarZaccour::claims(), 3))
        .filter(|(claim, _)| claim.decided != Decided::ByFormula)
}

fn claim(id: &str) -> &'static Claim {
    claims().find(|(claim, _)| claim.id == id).unwrap().0
}

fn accuracy(claim: &Claim) -> f64 {
    match claim.decided {
        Decided::BySolving { accuracy } => accuracy,
        other => panic!("{}: {other:?}", claim.id),
    }
}

#[track_caller]
fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} for {wanted}");
}

/// A point of the claim's domain at which it is made.
fn draw(claim: &Claim, draws: &mut Draws) -> Vec<f64> {
    for _ in 0..100 {
        let axes = claim.domain.iter();
        let p: Vec<f64> = axes.map(|axis| draws.between(axis.lower, axis.upper)).collect();
        if claim.covers(&p) {
            return p;
        }
    }
    panic!("{}: hardly a point meets the condition", claim.id);
}

#[test]
fn the_claims_are_the_ones_we_know() {
    let ids: Vec<_> = claims().map(|(claim, _)| claim.id).collect();
    let known = "CJ1 CJ2 CJ3 CJ4 NPL2 NPL3 NPL4 NPL5 SS1 SS2 SS3 BJZ1 BJZ2 BJZ3 BJZ4";
    assert_eq!(ids.join(" "), known);
    let false_ones: Vec<_> =
        claims().filter(|(claim, _)| claim.counterexample.is_some()).map(|(claim, _)| claim.id).collect();
    assert_eq!(false_ones, ["CJ3", "CJ4", "NPL4", "NPL5", "SS2", "BJZ4"]);
    for (claim, _) in claims() {
        let middle: Vec<f64> = claim.domain.iter().map(|axis| 0.5 * (axis.lower + axis.upper)).collect();
        assert!(claim.gradient(&middle).is_empty());
        assert!(claim.margin(&middle[1..]).is_nan() && claim.evidence(&[]).is_none() && !claim.covers(&[]));
        // No game has a negative parameter in the first place.
        let wild: Vec<f64> = middle.iter().map(|value| -value).collect();
        assert!(claim.margin(&wild).is_nan() && claim.evidence(&wild).is_none() && !claim.covers(&wild));
    }
}

#[test]
fn samples_have_no_counterexample() {
    let mut draws = Draws(77);
    for (claim, points) in claims().filter(|(claim, _)| claim.counterexample.is_none()) {
        for _ in 0..points {
            let p = draw(claim, &mut draws);
            let margin = claim.margin(&p);
            assert!(margin >= -accuracy(claim), "{}: {margin:e} at {p:?}", claim.id);
        }
    }
}

#[test]
fn counterexamples_refute() {
    for (claim, _) in claims() {
        let Some(point) = claim.counterexample else { continue };
        assert!(claim.covers(point), "{}: not covered", claim.id);
        let margin = claim.margin(point);
        assert!(margin < -10.0 * accuracy(claim), "{}: {margin:e}", claim.id);
    }
}

/// A firm answers the other's goodwill by more effort exactly where goodwills help each other.
#[test]
fn efforts_answer_by_the_sign_of_the_interaction() {
    let (claim, mut draws, mut seen) = (claim("CJ4"), Draws(78), [0; 2]);
    for _ in 0..200 {
        let p = draw(claim, &mut draws);
        let margin = claim.margin(&p);
        assert_eq!(margin > 0.0, p[11] > 0.0, "{margin:e} at {p:?}");
        seen[usize::from(margin > 0.0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}

/// Coordination in two channels of the reference, which has joint and separate values.
#[test]
fn coordination_by_the_reference() {
    let file: Value = serde_json::from_str(include_str!("fixtures/dynamic.json")).unwrap();
    for row in file["chintagunta_jain_1992"].as_array().unwrap() {
        let params = row["nash"]["params"].as_object().unwrap();
        let number = |value: &Value| value.as_f64().unwrap();
        let mut p: Vec<f64> =
            claim("CJ1").domain[..12].iter().map(|axis| params.get(axis.name).map_or(0.0, number)).collect();
        p.extend([1.0, 1.0]);
        let joint = number(&row["coordinated"]["total_payoff_at_1_1"]);
        let alone: f64 = row["nash"]["payoffs_at_G0"].as_array().unwrap().iter().map(number).sum();
        close(claim("CJ1").margin(&p), joint / alone - 1.0, 1e-8);
    }
}

/// The counterexamples that matrices found, by collocation with the engine at every goodwill.
#[test]
fn counterexamples_by_the_engine() {
    let engine = || Collocation { route: Route::Engine, tolerance: 1e-10, ..Collocation::default() };
    fn game<M: Model>(p: &[f64]) -> M {
        let mut values: Vec<Vec<f64>> = p[..12].iter().map(|value| vec![*value]).collect();
        values.push(p[12..].to_vec());
        M::from_values(&values).unwrap()
    }
    let p = claim("CJ3").counterexample.unwrap();
    let channel: ChintaguntaJain = game(p);
    let effort = |structure: Structure<Channel>| {
        let found = engine().solve(&channel, &structure).unwrap();
        found.policy(&p[12..]).unwrap()[ChintaguntaJain::MANUFACTURER]
    };
    let [joint, alone] = [Structure::cooperative(), Structure::simultaneous()].map(effort);
    assert!(joint < alone);
    close(joint / alone - 1.0, claim("CJ3").margin(p), 1e-6);

    let p = claim("NPL4").counterexample.unwrap();
    let channel: NationalPrivateLabel = game(p);
    let effort = |structure: Structure<Channel>| {
        let found = engine().solve(&channel, &structure).unwrap();
        found.policy(&p[12..]).unwrap()[NationalPrivateLabel::PRIVATE]
    };
    let [joint, alone] = [Structure::cooperative(), Structure::simultaneous()].map(effort);
    assert!(joint > alone);
    close(1.0 - joint / alone, claim("NPL4").margin(p), 1e-6);

    let p = claim("NPL5").counterexample.unwrap();
    let manufacturer = |harm: f64| {
        let mut p = p.to_vec();
        p[11] += harm;
        let channel: NationalPrivateLabel = game(&p);
        engine().solve(&channel, &Structure::simultaneous()).unwrap().payoff(Channel::Manufacturer)
    };
    let [before, after] = [0.0, 0.05].map(manufacturer);
    assert!(after > before);
    close(1.0 - after / before, claim("NPL5").margin(p), 1e-6);
}

/// Multipliers, the other way to tell whether a plan is kept.
#[test]
fn plans_of_the_shelf_by_their_multipliers() {
    let p = claim("SS2").counterexample.unwrap();
    let mut values: Vec<Vec<f64>> = p[..12].iter().map(|value| vec![*value]).collect();
    values.push(p[12..14].to_vec());
    let shelf = ShelfSpace::from_values(&values).unwrap();
    let rival = Structure::sequence([vec![ShelfSpace::FIRST], vec![ShelfSpace::SECOND, ShelfSpace::SHELF]]);
    assert!(!OpenLoop::solve(&shelf, &rival, p[14]).unwrap().is_time_consistent());
    assert!(claim("SS2").margin(p) < 0.0 && claim("SS1").margin(p) > 0.0);
}

/// The worked numbers of the page, six digits.
#[test]
fn leading_all_stages_by_the_worked_numbers() {
    let claim = claim("BJZ4");
    let p = claim.counterexample.unwrap();
    assert_eq!(BretonJarrarZaccour::example().values().concat(), p);
    let margin = (1.25741_f64 / 1.25788 - 1.0).min(2.98938 / 2.99041 - 1.0);
    close(claim.margin(p), margin, 1e-5);
}
