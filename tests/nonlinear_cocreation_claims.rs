//! Claims about `NonlinearCoCreation`: margins by the reference's values, the counterexample, small samples (each margin solves
//! two to four games; the counts of the notes, 200 draws, are not repeated here).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::{Draws, fixture, near, number};
use coopad::Claim;
use coopad::claim::Decided;
use coopad::dynamic::models::NonlinearCoCreation;
use coopad::models::Model;
use serde_json::Value;

/// Points of its domain at which a claim is looked at.
const POINTS: usize = 2;

fn claim(id: &str) -> &'static Claim {
    NonlinearCoCreation::claims().iter().find(|claim| claim.id == id).unwrap()
}

fn accuracy(claim: &Claim) -> f64 {
    match claim.decided {
        Decided::BySolving { accuracy } => accuracy,
        other => panic!("{}: {other:?}", claim.id),
    }
}

/// A reference file's parameters as the first axes of a claim, which have their letters.
fn parameters(claim: &Claim, params: &Value) -> Vec<f64> {
    let of = |name: &str| match name.split_once('_') {
        Some((list @ ("w" | "xi"), player)) => {
            params[list][["P", "E", "C"].iter().position(|p| *p == player).unwrap()].as_f64()
        }
        _ => params[name].as_f64(),
    };
    claim.domain.iter().map_while(|axis| of(axis.name)).collect()
}

#[test]
fn margins_are_those_of_the_reference() {
    let file = fixture("cocreation");
    let nonlinear = &file["nonlinear"];
    let row = |structure: &str| {
        let rows = nonlinear["structures"][structure].as_array().unwrap();
        rows.iter().find(|row| row["set"].as_u64() == Some(0)).unwrap()
    };
    let state = [1.0, 0.3];
    let values = |structure: &str| -> [f64; 3] {
        let rows = row(structure)["values"].as_array().unwrap();
        let there = |row: &&Value| row["state"][0] == state[0] && row["state"][1] == state[1];
        let found = rows.iter().find(there).unwrap();
        ["P", "E", "C"].map(|player| number(&found[player]))
    };
    let rest = |structure: &str| [0, 1].map(|k| row(structure)["steady_state"][k].as_f64().unwrap());
    let [nash, leader, support, full] = ["nash", "leader", "support", "full"].map(values);
    let least = |all: Vec<f64>| all.into_iter().fold(f64::INFINITY, f64::min);
    let gains = |from: [f64; 3], to: [f64; 3]| least((0..3).map(|k| to[k] - from[k]).collect());
    let totals = [nash, leader, support, full].map(|values| values.iter().sum::<f64>());
    let rests = ["nash", "support", "full"].map(rest);
    let rise = |k: usize| least(rests.windows(2).map(|pair| pair[1][k] - pair[0][k]).collect());
    let intelligence = |structure: &str| row(structure)["controls_at_1_0p3"]["s"].as_f64().unwrap();
    let room = ["nash", "leader", "support", "full"].map(|name| rest(name)[1].min(1.0 - rest(name)[1]));
    for (id, wanted) in [
        ("NC1", gains(leader, support)),
        ("NC1b", gains(nash, support)),
        ("NC2", least(totals.windows(2).map(|pair| pair[1] - pair[0]).collect())),
        ("NC3", rise(0).min(rise(1))),
        ("NC4", leader[0] - nash[0]),
        ("NC5", intelligence("leader") - intelligence("nash")),
        ("NC5d", least(room.to_vec())),
    ] {
        let claim = claim(id);
        let p = [parameters(claim, &nonlinear["parameter_sets"][0]), state.to_vec()].concat();
        assert!(id != "NC1" || claim.covers(&p), "{id}");
        near(claim.margin(&p), wanted, 1e-6, id);
        assert_eq!(claim.evidence(&p), Some(claim.margin(&p)), "{id}");
    }
}

#[test]
fn leading_without_rates_can_hurt() {
    let file = fixture("cocreation");
    let row = &file["counterexamples"]["leadership_without_rates_hurts_platform"];
    let claim = claim("NC4");
    let p = claim.counterexample.unwrap();
    assert_eq!(p, [parameters(claim, &row["params"]), vec![0.2, 0.1]].concat());
    assert!(claim.covers(p) && claim.holds_where.is_none());
    near(claim.margin(p), number(&row["leader_minus_nash"][0][0]), 1e-7, "loss");
    assert!(claim.margin(p) < -accuracy(claim));
}

#[test]
fn small_samples_have_no_counterexample() {
    let mut draws = Draws(63);
    for claim in NonlinearCoCreation::claims().iter().filter(|claim| claim.counterexample.is_none()) {
        let (mut seen, mut skipped) = (0, 0);
        while seen < POINTS {
            let p: Vec<f64> = claim.domain.iter().map(|axis| draws.between(axis.lower, axis.upper)).collect();
            // Games that polynomials do not resolve say nothing; they must stay few.
            let margin = if claim.covers(&p) { claim.margin(&p) } else { f64::NAN };
            if margin.is_nan() {
                skipped += 1;
                assert!(skipped < 4 * POINTS, "{}: hardly a point tells anything", claim.id);
                continue;
            }
            seen += 1;
            assert!(margin >= -accuracy(claim), "{}: {margin:e} at {p:?}", claim.id);
        }
        println!("{}: {skipped} of {} skipped", claim.id, seen + skipped);
    }
}

#[test]
fn what_a_claim_without_a_formula_says_of_itself() {
    let claims = NonlinearCoCreation::claims();
    assert_eq!(claims.len(), 11);
    for claim in claims {
        assert!(accuracy(claim) > 0.0);
        let point: Vec<f64> = claim.domain.iter().map(|axis| 0.5 * (axis.lower + axis.upper)).collect();
        // There is no gradient, and none is made up.
        assert!(claim.gradient(&point).is_empty());
        for wrong in [&point[1..], &[]] {
            assert!(claim.margin(wrong).is_nan() && claim.evidence(wrong).is_none() && !claim.covers(wrong));
        }
    }
    // Discount rates must be positive: no games, no margin.
    let mut wild = claim("NC4").counterexample.unwrap().to_vec();
    wild[0] = -0.1;
    assert!(
        claims[0].margin(&wild).is_nan() && claims[0].evidence(&wild).is_none() && !claims[0].covers(&wild)
    );
}
