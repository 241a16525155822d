//! Searches that once did not end, or ended with nonsense: they have a budget, counted in work, and say so where it is spent.

use coopad::dynamic::models::{BretonJarrarZaccour, Deal, Lanchester, NerloveArrow, Rival, Sorger, deal};
use coopad::dynamic::{Collocation, DynamicError, MaximumPrinciple, OpenLoop, SolveOverTime};
use coopad::models::Model;
use coopad::prelude::*;

use super::over_time::Duo;

/// A bound that is met on the way to the last day: values have a kink that polynomials do not resolve. The search ends, and says so.
#[test]
fn a_last_day_under_a_bound_has_an_end() {
    for most in [1.0, 0.7] {
        match (Duo { most, noise: 0.0 }).feedback_until(&Structure::simultaneous(), 10.0) {
            Err(DynamicError::NotResolved { residual, degree, .. }) => {
                assert!(residual > 1e-9 && degree >= 2, "{residual} at degree {degree}");
            }
            Err(DynamicError::Budget { .. }) => {}
            other => panic!("{:?}", other.map(|found| found.payoffs().to_vec())),
        }
    }
}

fn spent<T>(found: Result<T, DynamicError>, allowed: usize) {
    match found.map(|_| ()) {
        Err(error @ DynamicError::Budget { evaluations, .. }) => {
            assert_eq!(evaluations, allowed);
            assert!(error.to_string().contains("`evaluations`"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

/// Every search over time stops at its budget, and at the same place every time.
#[test]
fn every_search_over_time_has_a_budget() {
    let structure = Structure::simultaneous();
    for evaluations in [1, 10, 50] {
        let settings = Collocation { evaluations, ..Collocation::default() };
        let market = Lanchester::example();
        spent(settings.solve(&market, &structure), evaluations);
        let once = settings.solve(&market, &structure).map(|found| found.payoffs().to_vec());
        assert_eq!(once, settings.solve(&market, &structure).map(|found| found.payoffs().to_vec()));
        spent(
            settings.solve_until(&Duo { most: 1.0, noise: 0.0 }, &Structure::simultaneous(), 10.0),
            evaluations,
        );
        let led = Structure::leader(Rival::First);
        spent(settings.solve_in_stages(&BretonJarrarZaccour::example(), &led, 0.25), evaluations);
        let settings = MaximumPrinciple { evaluations, ..MaximumPrinciple::default() };
        spent(settings.solve(&Deal::example(), &structure, 5.0), evaluations);
        spent(
            settings.solve(&NerloveArrow::example(), &Structure::simultaneous(), f64::INFINITY),
            evaluations,
        );
    }
    // What suffices changes nothing.
    let enough = Collocation { evaluations: 20_000, ..Collocation::default() };
    let market = Lanchester::example();
    let (one, other) = (enough.solve(&market, &structure).unwrap(), market.feedback(&structure).unwrap());
    assert_eq!(one.payoffs(), other.payoffs());
}

fn duel(salvage: [f64; 2], effectiveness: f64) -> Deal {
    let numbers = *Deal::example().numbers();
    let firm = |firm: deal::Firm, salvage| deal::Firm { salvage, effectiveness, ..firm };
    let (first, second) = (firm(numbers.first, salvage[0]), firm(numbers.second, salvage[1]));
    Deal::new(deal::Parameters { first, second, ..numbers }).unwrap()
}

/// What the first firm has if its effort is `held` and the other keeps to the plan, by the midpoint rule.
fn earns(game: &Deal, plan: &OpenLoop<'_, Deal>, held: f64) -> f64 {
    const STEPS: usize = 4000;
    let p = game.numbers();
    let h = p.horizon / STEPS as f64;
    let speed = |x: [f64; 2], other: f64| {
        let free = 1.0 - x[0] - x[1];
        [
            p.first.effectiveness * held * free - p.first.decay * x[0],
            p.second.effectiveness * other * free - p.second.decay * x[1],
        ]
    };
    let (mut x, mut earned) = ([p.first.initial_share, p.second.initial_share], 0.0);
    for step in 0..STEPS {
        let other = plan.at(h * (step as f64 + 0.5)).unwrap().decisions[1];
        let half = speed(x, other);
        let middle = [x[0] + 0.5 * h * half[0], x[1] + 0.5 * h * half[1]];
        let full = speed(middle, other);
        x = [x[0] + h * full[0], x[1] + h * full[1]];
        earned += h * (p.first.margin * middle[0] - held * held);
    }
    earned + p.first.salvage * x[0]
}

/// Salvage values far beyond the margins: what is verified earns no less than a constant effort, and no share is below nothing or
/// above everything. (The file had a share of -1.6e17, and payoffs of -1e43, called verified.)
#[test]
fn far_beyond_what_rounding_bears_is_not_verified() {
    let mut verified = 0;
    let sizes = [[1.0, 1.0], [1e2, 1.0], [1e2, 1e2], [1e4, 1e4], [1e12, 1.0], [1e20, 1.0], [1e20, 1e20]];
    for both in sizes {
        for structure in [Structure::simultaneous(), Structure::cooperative()] {
            let game = duel(both, 1.0);
            let Ok(plan) = game.open_loop(&structure, 5.0) else { continue };
            let Ok(evidence) = plan.verify() else { continue };
            let what = format!("{both:?}, {}", structure.name());
            verified += 1;
            assert!(!evidence.courses.is_empty(), "{what}: {:?}", plan.payoffs());
            assert!(evidence.courses.iter().all(|course| course.gain == 0.0 && course.loss > 0.0), "{what}");
            let end = plan.at(5.0).unwrap().state;
            assert!(end.iter().all(|share| (-1e-6..=1.0 + 1e-6).contains(share)), "{what}: {end:?}");
            if structure.name() == "simultaneous" {
                for held in [0.0, 0.3, 1.0, 3.0] {
                    let (has, gets) = (plan.payoffs()[0], earns(&game, &plan, held));
                    assert!(gets <= has + 1e-3 * has.abs().max(gets.abs()), "{what}: {gets} beats {has}");
                }
            }
        }
    }
    assert!(verified >= 4, "{verified}");
}

/// Right courses stand: those of the models that are known for them.
#[test]
fn right_courses_are_not_refuted() {
    for effectiveness in [0.3, 1.0, 3.0] {
        for salvage in [0.0, 0.5, 1.0] {
            let game = duel([salvage, 1.0], effectiveness);
            for structure in [Structure::simultaneous(), Structure::cooperative()] {
                game.open_loop(&structure, 5.0).unwrap().verify().unwrap();
            }
        }
    }
    for horizon in [1.0, 10.0] {
        let firm = NerloveArrow::example();
        let evidence = firm.open_loop(&Structure::simultaneous(), horizon).unwrap().verify().unwrap();
        assert_eq!(evidence.courses.len(), 1);
        let market = Sorger::example();
        market.open_loop(&Structure::simultaneous(), horizon).unwrap().verify().unwrap();
    }
}
