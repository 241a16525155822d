//! Value functions known by a formula: against the engine where there are few states, against the Hamilton-Jacobi-Bellman
//! system, written out here, where there are many; formulas that are wrong; what many states cost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use common::Draws;
use coopad::Method;
use coopad::analysis::{ComparisonOverTime, Place};
use coopad::dynamic::linear_quadratic::{LinearQuadraticError, Quadratic};
use coopad::dynamic::models::chutani_sethi::{Parameters as Market, Retailer};
use coopad::dynamic::models::cocreation::Brand;
use coopad::dynamic::models::{ChutaniSethi, CoCreation};
use coopad::dynamic::{Collocation, DynamicError, Feedback, Route};
use coopad::models::{Model, Network};
use coopad::prelude::*;

fn market(draws: &mut Draws, n: usize) -> ChutaniSethi {
    let mut retailer = || Retailer {
        effectiveness: draws.scale(0.1, 3.0),
        decay: draws.between(0.02, 0.5),
        manufacturer_margin: draws.scale(0.1, 5.0),
        retailer_margin: draws.scale(0.1, 5.0),
        initial_share: 0.5 * draws.unit() / n as f64,
    };
    let retailers = (0..n).map(|_| retailer()).collect();
    ChutaniSethi::new(Market { discount_rate: draws.scale(0.02, 0.5), retailers }).unwrap()
}

fn led() -> Structure<Network> {
    Structure::leader(Network::Manufacturer)
}

/// Enterprises of many kinds, from those of a preset.
fn platform(draws: &mut Draws, n: usize) -> CoCreation {
    let mut p = CoCreation::services().numbers().clone();
    let brand = p.brands[0].clone();
    let mut drawn = || Brand {
        decay: draws.between(0.2, 0.6),
        brand_sales: draws.between(0.5, 1.5),
        price: draws.between(0.8, 1.6),
        commission: draws.between(0.05, 0.4),
        word_of_mouth: draws.between(0.0, 0.2 / n as f64),
        interaction_effect: draws.between(0.2, 0.8),
        engagement_effect: draws.between(0.2, 0.8),
        ..brand.clone()
    };
    p.brands = (0..n).map(|_| drawn()).collect();
    p.rivalry =
        (0..n).map(|i| (0..n).map(|j| if i == j { 0.0 } else { 0.05 / n as f64 }).collect()).collect();
    CoCreation::new(p).unwrap()
}

fn reported<G: DifferentialGame>(found: &Feedback<'_, G>, method: Method) {
    assert_eq!(found.report().method, method);
    assert!(found.report().residual.unwrap() <= 1e-10);
}

/// `max |ρV − f − g·∇V|` at a state, as a share of the payoffs: no solver is asked for anything but decisions.
fn residual<G: DifferentialGame>(game: &G, found: &Feedback<'_, G>, state: &[f64]) -> f64 {
    let policy = found.policy(state).unwrap();
    let (players, states) = (game.players(), state.len());
    let (mut drift, mut flow) = (vec![0.0; states], vec![0.0; players.len()]);
    game.drift(state, policy.profile(), &mut drift);
    game.flow(state, policy.profile(), &mut flow);
    let (mut worst, mut size) = (0.0_f64, f64::MIN_POSITIVE);
    for (player, (value, flow)) in players.into_iter().zip(found.values().iter().zip(&flow)) {
        let moved: f64 = value.slopes(state).iter().zip(&drift).map(|(slope, drift)| slope * drift).sum();
        let worth = game.discount(player) * value.at(state);
        worst = worst.max((worth - flow - moved).abs());
        size = size.max(worth.abs());
    }
    worst / size
}

/// Values, slopes and policies by formula and by the engine, which knows no formula.
fn by_both_routes<G: DifferentialGame>(game: &G, structure: &Structure<G::Player>, states: &[Vec<f64>]) {
    let what = structure.name();
    let [formula, engine] = [Route::Auto, Route::Engine].map(|route| {
        Collocation { route, tolerance: 1e-12, ..Collocation::default() }
            .solve(game, structure)
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    });
    reported(&formula, Method::ClosedForm);
    reported(&engine, Method::Engine);
    let close = |a: f64, b: f64, size: f64| assert!((a - b).abs() <= 1e-9 * size, "{what}: {a} and {b}");
    for state in states {
        let size = formula.values().iter().fold(1.0_f64, |size, value| size.max(value.at(state).abs()));
        for (known, found) in formula.values().iter().zip(engine.values()) {
            close(known.at(state), found.at(state), size);
            known.slopes(state).iter().zip(found.slopes(state)).for_each(|(a, b)| close(*a, b, size));
            assert!(known.curvatures(state).iter().flatten().all(|bend| *bend == 0.0));
        }
        let decided = formula.policy(state).unwrap();
        let searched = engine.stage(state).unwrap().solve_numerically(structure).unwrap();
        let pairs = decided.profile().iter().zip(searched.profile());
        pairs.for_each(|(a, b)| assert!((a - b).abs() <= 1e-7 * (1.0 + a.abs()), "{what}: {a} and {b}"));
    }
    let [known, found] = [&formula, &engine].map(|of| of.steady_states().unwrap());
    assert_eq!((known.len(), found.len()), (1, 1), "{what}");
    let pairs = known[0].state.iter().zip(&found[0].state);
    pairs.for_each(|(a, b)| close(*a, *b, 10.0 * (1.0 + a.abs())));
}

#[test]
fn two_states_by_formula_and_by_engine() {
    let mut draws = Draws(5);
    for _ in 0..2 {
        let game = market(&mut draws, 2);
        let held = ChutaniSethi::held(&[0.3, 0.5]);
        let schemes = ChutaniSethi::structures().into_iter().map(|scheme| scheme.structure).chain([held]);
        // Joint optima leave open who books what: their sum is compared in the model's own tests.
        for structure in schemes.filter(|structure| !structure.same_rules(&Structure::cooperative())) {
            by_both_routes(&game, &structure, &[vec![0.0, 0.1], vec![0.3, 0.05]]);
        }
    }
    let game = platform(&mut draws, 1);
    for name in ["no_support", "enterprises_support_platform"] {
        let structure = CoCreation::structure_of(&game, &game.regime(name).unwrap()).unwrap();
        by_both_routes(&game, &structure, &[vec![1.0, 1.0], vec![4.0, 9.0]]);
    }
}

#[test]
fn many_retailers_satisfy_the_system_at_random_states() {
    let mut draws = Draws(2012);
    for n in [10, 30, 100] {
        let game = market(&mut draws, n);
        for scheme in ChutaniSethi::structures() {
            let found = game.feedback(&scheme.structure).unwrap();
            reported(&found, Method::ClosedForm);
            for _ in 0..5 {
                let state: Vec<f64> = (0..n).map(|_| draws.unit() / n as f64).collect();
                let left = residual(&game, &found, &state);
                assert!(left < 1e-10, "{n} {}: {left:e}", scheme.structure.name());
            }
            assert_eq!(found.degree(), 1);
            assert!(found.values()[0].covers(&vec![1.0; n]) && found.values()[0].at(&[0.1]).is_nan());
        }
    }
}

#[test]
fn many_enterprises_satisfy_the_system_at_random_states() {
    let mut draws = Draws(31);
    for n in [5, 10] {
        let game = platform(&mut draws, n);
        for regime in game.regimes() {
            let structure = game.structure_of(&regime).unwrap();
            let found = game.feedback(&structure).unwrap();
            reported(&found, Method::ClosedForm);
            let solution = game.solve(&regime).unwrap();
            for _ in 0..3 {
                let state: Vec<f64> = (0..=n).map(|_| draws.between(0.0, 10.0)).collect();
                let left = residual(&game, &found, &state);
                assert!(left < 1e-10, "{n} {}: {left:e}", regime.name());
                let policy = found.policy(&state).unwrap();
                let efforts = &policy.profile()[policy.profile().len() - solution.efforts().len()..];
                let pairs = efforts.iter().zip(solution.efforts());
                pairs.for_each(|(a, b)| assert!((a - b).abs() <= 1e-12 * (1.0 + b), "{a} {b}"));
            }
            if !regime.name().starts_with("platform_supports") {
                continue;
            }
            let rest = found.steady_states().unwrap();
            let wanted = game.game().steady_state(solution.efforts()).unwrap();
            let pairs = rest[0].state.iter().zip(&wanted);
            assert!(rest.len() == 1 && rest[0].is_stable());
            pairs.for_each(|(a, b)| assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{a} {b}"));
        }
    }
}

/// Rest points, paths, noise and comparisons with a hundred states.
#[test]
fn a_hundred_states_are_handled() {
    let n = 100;
    let game = market(&mut Draws(100), n);
    let [alone, found] = [ChutaniSethi::no_support(), led()].map(|rules| game.feedback(&rules).unwrap());
    let rest = found.steady_states().unwrap();
    assert!(rest.len() == 1 && rest[0].is_stable());
    let wanted = game.steady_state(&led()).unwrap();
    rest[0].state.iter().zip(&wanted).for_each(|(a, b)| assert!((a - b).abs() <= 1e-9, "{a} {b}"));

    let start = game.initial_shares();
    let path = found.simulate(&start, 20.0).unwrap();
    let end = path.state(20.0);
    let rate = game.numbers().discount_rate;
    for ((value, earned), now) in found.values().iter().zip(path.payoffs()).zip(found.payoffs()) {
        let all = earned + (-20.0 * rate).exp() * value.at(&end);
        assert!((all - now).abs() <= 1e-8 * now.abs().max(1.0), "{all} {now}");
    }

    let comparison = ComparisonOverTime::on_grid(3, &alone, &found).unwrap();
    assert_eq!(comparison.landmarks.iter().filter(|at| at.place == Place::Corner).count(), 2);
    assert_eq!(comparison.region.states, 3 * (n + 1));
    let [with, without] = [&led(), &ChutaniSethi::no_support()]
        .map(|structure| game.value_functions(structure).unwrap().at(&start).unwrap());
    for (gain, (with, without)) in
        comparison.landmarks[0].change.payoffs.iter().zip(with.iter().zip(&without))
    {
        assert!((gain.value - (with - without)).abs() <= 1e-12 * with.abs().max(1.0));
    }
}

/// States that grow at a rate between half the discount rate and the whole of it.
#[test]
fn a_flywheel_that_grows_below_the_discount_rate() {
    let mut p = CoCreation::services().numbers().clone();
    p.brands.truncate(1);
    p.rivalry = vec![vec![0.0]];
    p.stakeholder = None;
    p.misuse = 0.0;
    (p.brands[0].word_of_mouth, p.brands[0].attraction) = (0.36, 0.36);
    let game = CoCreation::new(p).unwrap();
    let (growth, rate) = (game.game().growth(), game.numbers().discount_rate);
    assert!(growth > 0.5 * rate && growth < rate, "{growth} {rate}");
    let regime = game.regime("platform_supports_both").unwrap();
    let structure = game.structure_of(&regime).unwrap();
    let wanted = game.game().values(&game.solve(&regime).unwrap(), &[1.0, 1.0]);
    let found = game.feedback(&structure).unwrap();
    reported(&found, Method::ClosedForm);
    found.payoffs().iter().zip(&wanted).for_each(|(a, b)| assert!((a - b).abs() <= 1e-12 * b, "{a} {b}"));
    assert!(found.steady_states().unwrap().iter().all(|rest| !rest.is_stable()));
    // What is earned in time, the path's far end at its value, which counts for less and less.
    let ends = [60.0, 120.0].map(|horizon| {
        let path = found.simulate(&[1.0, 1.0], horizon).unwrap();
        for ((value, earned), wanted) in found.values().iter().zip(path.payoffs()).zip(&wanted) {
            let all = earned + (-horizon * rate).exp() * value.at(&path.state(horizon));
            assert!((all - wanted).abs() <= 1e-8 * wanted, "{all} {wanted}");
        }
        (-horizon * rate).exp() * found.values()[0].at(&path.state(horizon))
    });
    assert!(ends[1] < 0.5 * ends[0] && ends[1] > 0.0, "{ends:?}");
    // On a grid nothing is exactly linear: what grows so fast is refused.
    let engine = Collocation { route: Route::Engine, ..Collocation::default() };
    let refused = engine.solve(&game, &structure).map(|_| ()).unwrap_err();
    assert!(matches!(refused, DynamicError::Explosive { .. }), "{refused}");
}

/// Goodwill in some places, each built by advertising; a formula that its author may have got wrong.
struct Places {
    count: usize,
    slope: f64,
    constant: f64,
}

impl Game for Places {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        (0..self.count).map(|at| Decision::new(format!("advertising_{at}"), "firm")).collect()
    }
}

impl DifferentialGame for Places {
    fn states(&self) -> Vec<State> {
        (0..self.count).map(|at| State::new(format!("goodwill_{at}"), 0.0, 50.0)).collect()
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out.iter_mut().enumerate().for_each(|(at, out)| *out = x[at] - s[at] * 0.3);
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let each = s.iter().zip(x).map(|(s, x)| *s * 2.0 - x.square() * 0.5);
        out[0] = each.fold(T::constant(0.0), |sum, one| sum + one);
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
    fn known_values(&self, _: &Structure<&'static str>) -> Option<Vec<Quadratic>> {
        let constant = self.constant * self.count as f64;
        Some(vec![Quadratic::affine(&vec![self.slope; self.count], constant).ok()?])
    }
}

/// A unit is worth 2/(0.1 + 0.3) = 5; 5 are spent on it; what is built earns 12.5 a unit of time for ever.
#[test]
fn a_wrong_formula_is_not_believed() {
    let alone = Structure::simultaneous();
    let right = Places { count: 12, slope: 5.0, constant: 125.0 };
    let found = right.feedback(&alone).unwrap();
    reported(&found, Method::ClosedForm);
    assert!((found.payoff("firm") - 12.0 * (5.0 * 25.0 + 125.0)).abs() < 1e-9);
    for (slope, constant) in [(5.1, 125.0), (5.0, 124.0), (0.0, 0.0)] {
        // Where a grid can be had, the answer is the right one all the same.
        let few = Places { count: 2, slope, constant };
        let found = few.feedback(&alone).unwrap();
        reported(&found, Method::Engine);
        assert!((found.payoff("firm") - 2.0 * (5.0 * 25.0 + 125.0)).abs() < 1e-7);
        let many = Places { count: 12, slope, constant };
        match many.feedback(&alone) {
            Err(DynamicError::NotResolved { residual, last, .. }) => {
                assert!(residual > 1e-4 && last.len() == 1);
            }
            other => panic!("{:?}", other.map(|found| found.values()[0].at(&[1.0; 12]))),
        }
    }
    // No grid for so many states: an error at once, on a horizon too.
    let engine = Collocation { route: Route::Engine, ..Collocation::default() };
    let refused =
        |error: DynamicError| assert!(error.to_string().contains("the number of states"), "{error}");
    for count in [12, 100] {
        let many = Places { count, slope: 5.0, constant: 125.0 };
        refused(engine.solve(&many, &alone).map(|_| ()).unwrap_err());
        refused(many.feedback_until(&alone, 1.0).map(|_| ()).unwrap_err());
    }
}

#[test]
fn quadratic_functions_of_ones_own() {
    let bowl = Quadratic::new([[2.0, 1.0], [1.0, 4.0]], &[1.0, -1.0], 3.0).unwrap();
    let value = coopad::dynamic::ValueFunction::from(bowl.clone());
    // ½(2·1 + 2·1·2 + 4·4) + 1 − 2 + 3.
    assert_eq!((value.at(&[1.0, 2.0]), bowl.at(&[1.0, 2.0]).unwrap()), (13.0, 13.0));
    assert_eq!(value.slopes(&[1.0, 2.0]), [5.0, 8.0]);
    assert_eq!(value.curvatures(&[0.0, 0.0]), [[2.0, 1.0], [1.0, 4.0]]);
    assert_eq!(value.quadratic(), Some(bowl));
    assert!(value.at(&[1.0]).is_nan() && !value.covers(&[1.0]));
    assert!(value.slopes(&[1.0]).iter().chain(value.curvatures(&[1.0]).iter().flatten()).all(|d| d.is_nan()));
    let skew = Quadratic::new([[2.0, 1.0], [0.0, 4.0]], &[1.0, -1.0], 3.0);
    assert!(matches!(skew, Err(LinearQuadraticError::NotSymmetric { player: None, .. })));
    assert!(matches!(Quadratic::new(1.0, &[1.0, 2.0], 0.0), Err(LinearQuadraticError::Size { .. })));
    assert!(matches!(Quadratic::affine(&[f64::NAN], 0.0), Err(LinearQuadraticError::NotFinite { .. })));
}
