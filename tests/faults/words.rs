//! Words that are true: what breaks a rule is refused by name, and what cannot be told apart is no game.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::analysis::{second_derivatives, sensitivities};
use coopad::dynamic::{DifferentialGame, State};
use coopad::models::{Channel, HuangLi, Model};
use coopad::prelude::*;
use coopad::{ParameterError, Settings, SolveError, StructureError};

type Name = &'static str;
type Rules = Structure<Name>;

/// Any players and decisions, each in its range; everybody likes every decision of its own to be near 0.3.
#[derive(Clone)]
struct Cast {
    players: Vec<Name>,
    decisions: Vec<Decision<Name>>,
    ranges: Vec<[f64; 2]>,
}

impl Cast {
    fn two(ranges: [[f64; 2]; 2]) -> Self {
        let decisions = vec![Decision::new("x", "one"), Decision::new("y", "two")];
        Cast { players: vec!["one", "two"], decisions, ranges: ranges.to_vec() }
    }
}

impl Game for Cast {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        self.players.clone()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        self.decisions.clone()
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let [lower, upper] = self.ranges[decision];
        Interval::new(T::constant(lower), T::constant(upper))
    }
}

impl StaticGame for Cast {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        for (player, out) in self.players.iter().zip(out) {
            let own = self.decisions.iter().zip(x).filter(|(decision, _)| decision.owner == *player);
            *out = own.fold(T::constant(0.0), |sum, (_, x)| sum - (*x - 0.3).square());
        }
    }
}

impl DifferentialGame for Cast {
    fn states(&self) -> Vec<State> {
        vec![State::new("s", 0.0, 1.0).starting_at(0.5)]
    }
    fn drift<T: Scalar>(&self, state: &[T], _: &[T], out: &mut [T]) {
        out[0] = -state[0];
    }
    fn flow<T: Scalar>(&self, _: &[T], x: &[T], out: &mut [T]) {
        StaticGame::payoffs(self, x, out);
    }
    fn discount(&self, _: Name) -> f64 {
        0.1
    }
}

/// The error with which a profile is refused.
#[track_caller]
fn refused(game: &Cast, structure: &Rules, profile: [f64; 2]) -> StructureError {
    match game.propose(structure, profile.to_vec()) {
        Err(SolveError::Structure(error)) => error,
        other => panic!("{profile:?} under {}: {other:?}", structure.name()),
    }
}

// ---- a1: profiles outside of the rules ----------------------------------------------------------------------------

#[test]
fn a_profile_that_breaks_a_bound_is_refused_by_name() {
    for [lower, upper] in
        [[0.0, 1.0], [-5.0, 1e-9], [0.0, f64::INFINITY], [1e9, 2e9], [f64::NEG_INFINITY, 0.0]]
    {
        let game = Cast::two([[0.0, 1.0], [lower, upper]]);
        for structure in
            [Rules::simultaneous(), Rules::leader("one"), Rules::leader("two"), Rules::cooperative()]
        {
            let size = lower.abs().min(1e10).max(upper.abs().min(1e10));
            let outside = [lower - 1e-9 * size, upper + 1e-9 * size, lower - 3.0 * size, upper + 3.0 * size];
            for y in outside.into_iter().filter(|y| y.is_finite() && !(lower..=upper).contains(y)) {
                let expected = StructureError::OutOfBounds { decision: "y".into(), value: y, lower, upper };
                assert_eq!(refused(&game, &structure, [0.3, y]), expected);
            }
            // The ends themselves, and what rounding makes of them, are allowed.
            let ends = [lower, upper, lower * (1.0 + 1e-15), upper * (1.0 + 1e-15)];
            for y in ends.into_iter().filter(|y| y.is_finite()) {
                assert!(game.propose(&structure, vec![0.3, y]).is_ok(), "{y} in [{lower}, {upper}]");
            }
        }
    }
}

/// The second decision may be at most the first one.
struct Stairs;
impl Game for Stairs {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["one"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "one"), Decision::new("y", "one")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        Interval::new(T::constant(0.0), if decision == 0 { T::constant(1.0) } else { x[0] })
    }
}
impl StaticGame for Stairs {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = x[1] - x[0].square();
    }
}

#[test]
fn bounds_that_move_are_taken_where_they_are() {
    let rules = Rules::simultaneous();
    assert!(Stairs.propose(&rules, vec![0.5, 0.5]).is_ok());
    let error = Stairs.propose(&rules, vec![0.5, 0.75]).map(|_| ()).unwrap_err();
    let expected = StructureError::OutOfBounds { decision: "y".into(), value: 0.75, lower: 0.0, upper: 0.5 };
    assert_eq!(error, SolveError::Structure(expected));
    assert!(error.to_string().contains("y = 0.75") && error.to_string().contains("[0, 0.5]"), "{error}");
}

#[test]
fn a_profile_that_moves_what_is_held_is_refused_by_name() {
    let game = Cast::two([[0.0, 1.0]; 2]);
    for held in [0.0, 0.2, 1.0] {
        for base in [Rules::simultaneous(), Rules::leader("one"), Rules::cooperative()] {
            let structure = base.fix(0, held);
            for value in [0.3, 1.0 - held, held + 1e-9, held - 1e-9] {
                if (0.0..=1.0).contains(&value) && value != held {
                    let expected = StructureError::NotHeld { decision: "x".into(), value, held };
                    assert_eq!(refused(&game, &structure, [value, 0.3]), expected);
                }
            }
            let right = game.propose(&structure, vec![held, 0.3]).unwrap();
            assert!(right.verify(&game).is_ok());
        }
    }
    // A rule of the game that nobody chooses stands where it is neutral.
    let mut ruled = Cast::two([[0.0, 1.0]; 2]);
    ruled.decisions[1] = Decision::rule("y", "two");
    let expected = StructureError::NotHeld { decision: "y".into(), value: 1.0, held: 0.0 };
    assert_eq!(refused(&ruled, &Rules::simultaneous(), [0.3, 1.0]), expected);
    // So does support where nobody supports anybody.
    let mut supported = Cast::two([[0.0, 1.0]; 2]);
    supported.decisions[1] = Decision::transfer("y", "two", "one");
    let expected = StructureError::NotHeld { decision: "y".into(), value: 0.3, held: 0.0 };
    assert_eq!(refused(&supported, &Rules::simultaneous().no_transfers(), [0.3, 0.3]), expected);
    // Inside a coalition support changes nothing that the coalition has: any will do.
    assert!(supported.propose(&Rules::cooperative(), vec![0.3, 0.9]).is_ok());
}

#[test]
fn a_profile_that_parts_what_is_tied_is_refused_by_name() {
    let game = Cast::two([[0.0, 1.0]; 2]);
    let tied = Rules::cooperative().tie([0, 1]);
    for values in [[0.3, 0.4], [0.0, 1.0], [0.3, 0.3 + 1e-9], [0.0, 1e-12]] {
        let expected = StructureError::NotTied { first: "x".into(), second: "y".into(), values };
        assert_eq!(refused(&game, &tied, values), expected);
    }
    assert!(game.propose(&tied, vec![0.3, 0.3]).and_then(|right| right.verify(&game)).is_ok());
}

#[test]
fn the_solution_of_one_game_is_no_profile_of_a_narrower_one() {
    let wide = Cast::two([[0.0, 1.0]; 2]);
    let narrow = Cast::two([[0.5, 1.0], [0.0, 1.0]]);
    let found = wide.solve(&Rules::simultaneous()).unwrap();
    let refused = found.verify(&narrow).map(|_| ()).unwrap_err();
    assert!(
        matches!(&refused, SolveError::Structure(StructureError::OutOfBounds { decision, lower, .. })
            if decision == "x" && *lower == 0.5),
        "{refused}"
    );
}

// ---- a4: names ----------------------------------------------------------------------------------------------------

/// By every route the cast is refused.
#[track_caller]
fn no_game(game: &Cast, expected: &StructureError) {
    let rules = Rules::simultaneous();
    let typed = SolveError::Structure(expected.clone());
    assert_eq!(game.solve(&rules).map(|_| ()).unwrap_err(), typed);
    assert_eq!(game.solve_numerically(&rules).map(|_| ()).unwrap_err(), typed);
    assert_eq!(game.prepare(&rules).map(|_| ()).unwrap_err(), typed);
    assert_eq!(game.propose(&rules, vec![0.3; game.decisions.len()]).map(|_| ()).unwrap_err(), typed);
    let recorded = StaticGame::record(game).map(|_| ()).unwrap_err();
    assert_eq!(SolveError::from(recorded), typed);
    let over_time = DifferentialGame::record(game).map(|_| ()).unwrap_err();
    assert_eq!(SolveError::from(over_time), typed);
    let feedback = game.feedback(&rules).map(|_| ()).unwrap_err();
    assert_eq!(feedback.to_string(), expected.to_string());
}

#[test]
fn names_that_cannot_be_told_apart() {
    let good = Cast::two([[0.0, 1.0]; 2]);
    assert!(good.solve(&Rules::simultaneous()).is_ok());
    let twice = |what, name: &str| StructureError::SameName { what, name: name.into() };

    let players = Cast { players: vec!["one", "one"], ..good.clone() };
    no_game(&players, &twice("players", "one"));
    let third = Cast { players: vec!["one", "two", "one"], ..good.clone() };
    no_game(&third, &twice("players", "one"));

    let decided = |decisions: Vec<Decision<Name>>| {
        let ranges = vec![[0.0, 1.0]; decisions.len()];
        Cast { decisions, ranges, ..good.clone() }
    };
    no_game(&decided(vec![Decision::new("x", "one"), Decision::new("x", "two")]), &twice("decisions", "x"));
    no_game(&decided(vec![Decision::new("x", "one"), Decision::new("x", "one")]), &twice("decisions", "x"));

    let unnamed = |what, number| StructureError::NoName { what, number };
    no_game(&decided(vec![Decision::new("x", "one"), Decision::new("", "two")]), &unnamed("decisions", 1));
    no_game(&Cast { players: vec!["one", "two", " "], ..good.clone() }, &unnamed("players", 2));

    let itself = decided(vec![Decision::new("x", "one"), Decision::transfer("t", "two", "two")]);
    no_game(&itself, &StructureError::TransferToItself { decision: "t".into(), player: "two".into() });
}

#[test]
fn stored_games_are_held_to_the_same() {
    let stored = serde_json::to_string(&StaticGame::record(&Cast::two([[0.0, 1.0]; 2])).unwrap()).unwrap();
    assert!(serde_json::from_str::<coopad::Recorded>(&stored).is_ok());
    for (from, to) in [("[\"one\",\"two\"]", "[\"one\",\"one\"]"), ("\"name\":\"y\"", "\"name\":\"x\"")] {
        assert!(stored.contains(from), "{stored}");
        let error = serde_json::from_str::<coopad::Recorded>(&stored.replacen(from, to, 1)).unwrap_err();
        assert!(error.to_string().contains("are called"), "{error}");
    }
}

// ---- Settings that are no numbers ---------------------------------------------------------------------------------

#[test]
fn settings_that_mean_nothing_are_refused() {
    let game = Cast::two([[0.0, 1.0]; 2]);
    let good = Settings::default();
    let bad = [
        ("tolerance", Settings { tolerance: f64::NAN, ..good }),
        ("tolerance", Settings { tolerance: f64::INFINITY, ..good }),
        ("tolerance", Settings { tolerance: -1e-12, ..good }),
        ("tolerance", Settings { tolerance: 0.0, ..good }),
        // With it every start would be an equilibrium.
        ("tolerance", Settings { tolerance: 1e10, ..good }),
        ("iterations", Settings { iterations: 0, ..good }),
        ("starts", Settings { starts: 0, ..good }),
        ("budget", Settings { budget: 0, ..good }),
    ];
    for (name, settings) in bad {
        let prepared = game.prepare(&Rules::simultaneous()).unwrap().with(settings);
        for outcome in [prepared.solve(), prepared.solve_from(&[], &[0.1, 0.1])] {
            assert!(
                matches!(&outcome, Err(SolveError::Setting(ParameterError::OutOfRange { parameter, .. }))
                    if parameter == name),
                "{settings:?}: {outcome:?}"
            );
        }
        assert!(prepared.solve_many(&[vec![], vec![]]).iter().all(Result::is_err));
        // A closed form does not ask for them, and is held to them all the same.
        let known = HuangLi::example();
        let known = known.prepare(&Structure::leader(Channel::Manufacturer)).unwrap().with(settings);
        assert!(matches!(known.solve(), Err(SolveError::Setting(_))));
    }
}

// ---- Derivatives that would mean nothing --------------------------------------------------------------------------

/// A shop that says it has a margin; whether its payoff is written over it, or its bound.
struct Shop {
    written: bool,
    bounded: bool,
}

impl Game for Shop {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("spend", "shop")]
    }
    fn arguments(&self) -> Vec<(String, f64)> {
        vec![("margin".into(), 6.0)]
    }
}

impl StaticGame for Shop {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = x[0].sqrt() * 6.0 - x[0];
    }
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let margin = if self.written { p[0] } else { T::constant(6.0) };
        out[0] = x[0].sqrt() * margin - x[0];
    }
    fn bounds_at<T: Scalar>(&self, p: &[T], _: usize, _: &[T]) -> Interval<T> {
        let upper = if self.bounded { p[0] } else { T::constant(f64::INFINITY) };
        Interval::new(T::constant(0.0), upper)
    }
}

#[test]
fn a_game_whose_parameters_do_nothing_is_told_so() {
    let forgotten = Shop { written: false, bounded: false };
    let found = forgotten.solve(&Rules::simultaneous()).unwrap();
    let expected = SolveError::IdleParameters { parameters: vec!["margin".into()] };
    assert_eq!(sensitivities(&forgotten, &found).unwrap_err(), expected);
    assert_eq!(second_derivatives(&forgotten, &found).unwrap_err(), expected);
    assert!(expected.to_string().contains("(margin)") && expected.to_string().contains("payoffs_at"));

    // One that moves only the end of a range is a parameter: spend = 6 is pressed against it, and follows.
    let bounded = Shop { written: false, bounded: true };
    let found = sensitivities(&bounded, &bounded.solve(&Rules::simultaneous()).unwrap()).unwrap();
    assert_eq!(found.of_decision("spend", "margin").and_then(|s| s.slope.value()), Some(1.0));
    // (margin / 2)² moves by margin / 2.
    let written = Shop { written: true, bounded: false };
    let found = sensitivities(&written, &written.solve(&Rules::simultaneous()).unwrap()).unwrap();
    let slope = found.of_decision("spend", "margin").and_then(|s| s.slope.value()).unwrap();
    assert!((slope - 3.0).abs() < 1e-9, "{slope}");
}
