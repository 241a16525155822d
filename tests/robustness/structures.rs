//! Structures and solutions that do not fit a game.

use super::*;

#[test]
fn structures_that_do_not_fit_are_typed_errors() {
    use Brands::{Manufacturer, Retailer};
    let game = DualBrand::example();
    let error = |structure: Structure<Brands>| match game.solve(&structure) {
        Err(SolveError::Structure(error)) => error,
        other => panic!("{structure:?}: {other:?}"),
    };
    let plain = Structure::<Brands>::simultaneous;
    assert_eq!(error(plain().fix(6, 0.0)), StructureError::NoSuchDecision { decision: 6, count: 6 });
    assert_eq!(error(plain().tie([0, 17])), StructureError::NoSuchDecision { decision: 17, count: 6 });
    let sequence = Structure::sequence([vec![0, 9], vec![2]]);
    assert_eq!(error(sequence), StructureError::NoSuchDecision { decision: 9, count: 6 });

    let missing = error(plain().coalition([Manufacturer(2), Retailer]));
    assert_eq!(missing, StructureError::NoSuchPlayer { player: "manufacturer_3".into() });
    let twice = error(plain().coalition([Manufacturer(0), Retailer]).coalition([Retailer]));
    assert_eq!(twice, StructureError::TwoCoalitions { player: "retailer".into() });
    let self_twice = error(plain().coalition([Retailer, Retailer]));
    assert_eq!(self_twice, StructureError::TwoCoalitions { player: "retailer".into() });

    // Tied: two owners, two stages, two ties.
    assert!(matches!(error(plain().tie([0, 1])), StructureError::CannotTie { .. }));
    let owner = Structure::sequence([vec![0], vec![2, 3], vec![1]])
        .coalition([Manufacturer(0), Manufacturer(1)])
        .tie([0, 1]);
    assert!(matches!(error(owner), StructureError::CannotTie { .. }));
    assert_eq!(error(plain().tie([2, 3]).tie([3])), StructureError::DecidedTwice { decision: 3 });
    assert_eq!(error(plain().tie([2, 2])), StructureError::DecidedTwice { decision: 2 });
    let sequence = Structure::sequence([vec![0, 2], vec![2, 3]]);
    assert_eq!(error(sequence), StructureError::DecidedTwice { decision: 2 });

    for value in [-0.1, 1.5, f64::NAN, f64::INFINITY] {
        let StructureError::FixedOutOfBounds { decision, lower, upper, .. } = error(plain().fix(0, value))
        else {
            panic!("a rate of {value}");
        };
        assert_eq!((decision.as_str(), lower, upper), ("participation_rate_1", 0.0, 1.0));
    }
    // A leader that is not in the game.
    let nobody = game.solve(&Structure::leader(Manufacturer(7)));
    assert_eq!(
        nobody.err(),
        Some(SolveError::Structure(StructureError::NoSuchPlayer { player: "manufacturer_8".into() }))
    );
}

game!(Chain, players ["a", "b"],
decisions (0..8).map(|i| Decision::new(format!("x{i}"), ["a", "b"][i % 2])).collect::<Vec<_>>(),
bounds |_d, _b| Interval::new(number(0.0), number(1.0)),
payoffs |x, out| {
    out[0] = x[0] - x[0].square();
    out[1] = x[1] - x[1].square();
});

#[test]
fn several_at_once_before_more_stages_than_derivatives_reach_is_an_error() {
    let stages = Structure::sequence([vec![0, 1], vec![2], vec![3], vec![4], vec![5]]);
    let error = Chain.solve(&stages.clone().fix(6, 0.0).fix(7, 0.0)).unwrap_err();
    assert_eq!(error, SolveError::Structure(StructureError::TooManyStages { stages: 5, limit: 4 }));
    // Fixed decisions take no stage.
    assert!(Chain.solve(&stages.fix(4, 0.0).fix(5, 0.0).fix(6, 0.0).fix(7, 0.0)).is_ok());
}

// Firms choose quantities one after the other; each takes half of the demand that those before it leave, whatever
// follows: 1/2, 1/4, 1/8, ...
game!(Queue, players ["1", "2", "3", "4", "5"],
decisions (0..5).map(|i| Decision::new(format!("q{i}"), ["1", "2", "3", "4", "5"][i])).collect::<Vec<_>>(),
bounds |_d, _b| Interval::new(number(0.0), number(1.0)),
payoffs |x, out| {
    let price = -(x[0] + x[1] + x[2] + x[3] + x[4]) + 1.0;
    for (out, &quantity) in out.iter_mut().zip(x) {
        *out = quantity * price;
    }
});

#[test]
fn five_firms_one_after_the_other() {
    let structure = Structure::sequence((0..5).map(|d| vec![d]));
    let found = Queue.solve(&structure).unwrap();
    for (firm, quantity) in found.profile().iter().enumerate() {
        let half = 0.5_f64.powi(firm as i32 + 1);
        // The first of five stages is climbed without derivatives.
        assert!((quantity - half).abs() < 1e-7 * half, "{:?}", found.profile());
    }
    assert!(!found.report().at_kink);
    let four = Queue.solve(&structure.fix(0, 0.5)).unwrap();
    for (firm, quantity) in four.profile().iter().enumerate() {
        assert!((quantity - 0.5_f64.powi(firm as i32 + 1)).abs() < 1e-12, "{:?}", four.profile());
    }
}

#[test]
fn nothing_left_to_decide() {
    let game = HuangLi::example();
    let held = Structure::simultaneous().fix(0, 0.25).fix(1, 50.0).fix(2, 40.0);
    let found = game.solve(&held).unwrap().verify(&game).unwrap();
    assert_eq!(found.profile(), [0.25, 50.0, 40.0]);
    assert_eq!(found.certificate().deviations.len(), 0);
}

#[test]
fn a_solution_of_another_game_is_an_error() {
    // Both have players named by strings; the second has more decisions.
    let found = Kinked.solve(&Rules::leader("leader")).unwrap();
    match found.verify(&Quantities) {
        Err(SolveError::Structure(_)) => {}
        other => panic!("{other:?}"),
    }
    let found = Greedy.propose(&Rules::simultaneous(), vec![1.0, 1.0]).unwrap();
    match found.verify(&Queue) {
        Err(SolveError::Structure(StructureError::ProfileLength { given: 2, needed: 5 })) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn profiles_of_the_wrong_length_are_errors() {
    let game = HuangLi::example();
    for profile in [vec![], vec![0.5; 2], vec![0.5; 4], vec![f64::NAN; 3], vec![0.5, 0.0, f64::INFINITY]] {
        assert!(game.propose(&Structure::simultaneous(), profile.clone()).is_err(), "{profile:?}");
    }
}
