//! Games prepared once and solved many times, against games solved one by one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Draws, close_all};
use coopad::formula::FormulaError;
use coopad::models::{Channel, HuangLi, Model, PlatformAlliance, Weng};
use coopad::prelude::*;
use coopad::{RecordError, Recorded, Settings, SolveError, StructureError};

fn values<M: Game>(game: &M) -> Vec<f64> {
    game.arguments().into_iter().map(|(_, value)| value).collect()
}

/// At every set of parameters what the game at these parameters gives, by formula and by the engine.
fn agrees<M: Model<Player: Send + Sync> + StaticGame>(prototype: &M, others: Vec<M>) {
    for scheme in M::structures() {
        let prepared = prototype.prepare(&scheme.structure).unwrap();
        let engine = Settings { closed_form: false, ..Settings::default() };
        let searched = prototype.prepare(&scheme.structure).unwrap().with(engine);
        let points: Vec<Vec<f64>> = others.iter().map(values).collect();
        let many = searched.solve_many(&points);
        assert_eq!(many.len(), points.len());
        for ((other, point), row) in others.iter().zip(&points).zip(many) {
            let wanted = other.solve(&scheme.structure);
            let found = [prepared.solve_at(point), searched.solve_at(point), row];
            for (route, found) in found.into_iter().enumerate() {
                match (&wanted, found) {
                    (Ok(wanted), Ok(found)) => {
                        let what = format!("{} {} route {route} {point:?}", M::NAME, scheme.name);
                        close_all(found.payoffs(), wanted.payoffs(), 1e-8, &what);
                    }
                    (Err(_), Err(_)) => {}
                    (wanted, found) => panic!("{} route {route}\n{wanted:?}\n{found:?}", scheme.name),
                }
            }
        }
    }
}

#[test]
fn prepared_games_agree_with_games_of_their_own() {
    let mut draws = Draws(21);
    agrees(&HuangLi::example(), (0..150).map(|_| draws.huang_li()).collect());
    agrees(&PlatformAlliance::example(), (0..150).map(|_| draws.alliance()).collect());
}

/// A wholesale price that is neutral at production cost moves with the cost although nobody decides it.
#[test]
fn neutral_values_move_with_the_parameters() {
    let joint = Weng::structure("cooperative").unwrap();
    let mut point = values(&Weng::example());
    point[2] *= 1.1;
    let moved = Weng::from_values(&point.iter().map(|value| vec![*value]).collect::<Vec<_>>()).unwrap();
    let engine = Settings { closed_form: false, ..Settings::default() };
    let found = Weng::example().prepare(&joint).unwrap().with(engine).solve_at(&point).unwrap();
    let wanted = moved.solve_numerically(&joint).unwrap();
    close_all(found.profile(), wanted.profile(), 1e-8, "joint optimum at a higher cost");
}

/// Two runs of many points give the same bits, whoever solves which block.
#[test]
fn the_same_bits_again() {
    let mut draws = Draws(5);
    let points: Vec<Vec<f64>> = (0..300).map(|_| values(&draws.huang_li())).collect();
    let led = Structure::leader(Channel::Manufacturer);
    let engine = Settings { closed_form: false, ..Settings::default() };
    let prepared = HuangLi::example().prepare(&led).unwrap().with(engine);
    let bits = || -> Vec<Option<Vec<u64>>> {
        let all = prepared.solve_many(&points).into_iter();
        all.map(|row| row.ok().map(|found| found.profile().iter().map(|x| x.to_bits()).collect())).collect()
    };
    let first = bits();
    assert!(first.iter().filter(|row| row.is_some()).count() > 290);
    assert_eq!(first, bits());
    // A block starts anew: its first point is what it is alone.
    let alone = prepared.solve_at(&points[64]).unwrap();
    let alone: Vec<u64> = alone.profile().iter().map(|x| x.to_bits()).collect();
    assert_eq!(first[64].as_ref(), Some(&alone));
}

#[test]
fn starts_budgets_and_wrong_numbers() {
    let channel = HuangLi::example();
    let led = Structure::leader(Channel::Manufacturer);
    let prepared = channel.prepare(&led).unwrap();
    let (point, wanted) = (values(&channel), channel.solve(&led).unwrap());
    let near: Vec<f64> = wanted.profile().iter().map(|x| 1.01 * x).collect();
    let found = prepared.solve_from(&point, &near).unwrap();
    close_all(found.profile(), wanted.profile(), 1e-8, "from a start nearby");
    let short = prepared.solve_at(&point[1..]).unwrap_err();
    let count = FormulaError::Count { what: "parameters", given: 5, needed: 6 };
    assert_eq!(short, SolveError::Record(RecordError::Formula(count)));
    let fits = StructureError::ProfileLength { given: 1, needed: 3 };
    assert_eq!(prepared.solve_from(&point, &[1.0]).unwrap_err(), SolveError::Structure(fits));
    assert!(prepared.solve_at(&[f64::NAN; 6]).is_err());
    let poor = Settings { budget: 2, closed_form: false, ..Settings::default() };
    let spent = channel.prepare(&led).unwrap().with(poor).solve().unwrap_err();
    assert!(matches!(spent, SolveError::NotConverged { .. } | SolveError::NoEquilibrium { .. }), "{spent}");
}

/// Games of all kinds in one list, stored and read again.
#[test]
fn recorded_games_stand_side_by_side() {
    let games = vec![HuangLi::example().record().unwrap(), PlatformAlliance::example().record().unwrap()];
    for game in games {
        let leads = Structure::leader(game.players()[0]);
        let stored = serde_json::to_string(&game).unwrap();
        let read: Recorded = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, game);
        let (one, other) = (game.solve(&leads).unwrap(), read.solve(&leads).unwrap());
        close_all(other.profile(), one.profile(), 1e-10, "read again");
        let thread = std::thread::spawn(move || read.solve(&leads).unwrap().total());
        assert!((thread.join().unwrap() - one.total()).abs() <= 1e-10 * one.total().abs());
        // A stored game that does not fit together is refused.
        let damaged = stored.replacen("\"version\":1", "\"version\":9", 1);
        assert!(serde_json::from_str::<Recorded>(&damaged).is_err());
        let damaged = stored.replacen("\"owner\":0", "\"owner\":7", 1);
        assert!(serde_json::from_str::<Recorded>(&damaged).is_err());
    }
}
