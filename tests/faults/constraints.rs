//! Decisions that bound each other: budgets, capacities, a leader's own limits.

use coopad::analysis::{second_derivatives, sensitivities};
use coopad::prelude::*;
use coopad::{Solution, SolveError, StructureError};

type Player = &'static str;

/// A game given by functions on terms of any kind is not an object; these games are one type each, with numbers.
macro_rules! game {
    ($name:ident { $($field:ident: $kind:ty),* }, $players:expr, $decisions:expr,
     bounds |$s:ident, $d:ident, $b:ident| $bounds:expr, payoffs |$t:ident, $x:ident, $out:ident| $payoffs:expr) => {
        #[derive(Clone, Debug)]
        struct $name { $($field: $kind),* }
        impl Game for $name {
            type Player = Player;
            fn players(&self) -> Vec<Player> { $players.to_vec() }
            fn decisions(&self) -> Vec<Decision<Player>> { $decisions }
            #[allow(unused_variables, clippy::redundant_closure_call, reason = "bounds and payoffs are written as closures")]
            fn bounds<T: Scalar>(&self, $d: usize, $b: &[T]) -> Interval<T> { let $s = self; $bounds }
        }
        impl StaticGame for $name {
            #[allow(unused_variables, reason = "not every payoff looks at the game's numbers")]
            fn payoffs<T: Scalar>(&self, $x: &[T], $out: &mut [T]) { let $t = self; $payoffs }
        }
    };
}

fn n<T: Scalar>(value: f64) -> T {
    T::constant(value)
}

fn near(found: &[f64], right: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-7 * b.abs().max(1e-3);
    assert!(found.len() == right.len() && found.iter().zip(right).all(close), "{found:?}, not {right:?}");
}

fn solved<G: StaticGame<Player = Player>>(game: &G, structure: &Structure<Player>) -> Solution<Player> {
    game.solve(structure).unwrap_or_else(|error| panic!("{error}"))
}

// ---- k1: decisions of one coalition that bound each other ------------------------------------------------------------------

game!(
    Boost {},
    ["maker", "shop"],
    vec![Decision::new("boost", "maker"), Decision::new("x", "shop"), Decision::new("y", "shop")],
    bounds | s,
    d,
    b | if d == 0 { Interval::new(n(0.0), n(4.0)) } else { Interval::new(n(0.0), -b[3 - d] + 1.0) },
    payoffs | s,
    x,
    out | {
        out[0] = x[1].sqrt() * 2.0 - x[0].square() * 0.05;
        out[1] = x[1].sqrt() * (x[0] + 3.0) + x[2].sqrt() * 4.0;
    }
);

#[test]
fn a_followers_budget() {
    let found = solved(&Boost {}, &Structure::leader("maker"));
    // The shop: x = (3+b)²/((3+b)²+16); the maker's 2 √x − b²/20 at its top, by golden section on the formula.
    let (mut low, mut high) = (0.0_f64, 4.0_f64);
    let maker = |b: f64| 2.0 * ((3.0 + b).powi(2) / ((3.0 + b).powi(2) + 16.0)).sqrt() - 0.05 * b * b;
    for _ in 0..200 {
        let (a, b) = (low + 0.382 * (high - low), low + 0.618 * (high - low));
        if maker(a) < maker(b) { low = a } else { high = b }
    }
    let x = (3.0 + low).powi(2) / ((3.0 + low).powi(2) + 16.0);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
    assert!(close(found[0], low) && close(found[1], x) && close(found[2], 1.0 - x), "{:?}", found.profile());
    assert!((found.payoffs()[0] - maker(low)).abs() < 1e-9);
}

game!(
    Alone { mode: u8, budget: f64 },
    ["firm"],
    vec![Decision::new("x", "firm"), Decision::new("y", "firm")],
    bounds | s,
    d,
    b | if s.mode == 0 || d == 1 {
        Interval::new(n(0.0), -b[1 - d] + s.budget)
    } else {
        Interval::new(n(0.0), n(s.budget))
    },
    payoffs | s,
    x,
    out | {
        out[0] = x[0].sqrt() * 3.0 + x[1].sqrt() * 4.0;
    }
);

#[test]
fn a_budget_alone() {
    for mode in [0, 1] {
        for budget in [1.0, 1e-6, 1e-3, 40.0, 1e6, 1e9] {
            let found = solved(&Alone { mode, budget }, &Structure::simultaneous());
            near(found.profile(), &[0.36 * budget, 0.64 * budget]);
            let limit = &found.report().limits[0];
            assert!(limit.binds && !limit.one_of_many());
            // 5 √budget: one more unit is worth 2.5/√budget.
            assert!((limit.worth * budget.sqrt() - 2.5).abs() < 1e-6, "{limit}");
        }
    }
}

game!(
    Held {},
    ["firm"],
    vec![Decision::new("x", "firm"), Decision::new("y", "firm")],
    bounds | s,
    d,
    b | if d == 1 { Interval::new(b[0], n(1.0)) } else { Interval::unit() },
    payoffs | s,
    x,
    out | {
        out[0] = -(x[0] - 0.6).square() - (x[1] - 0.2).square() + 1.0;
    }
);

#[test]
fn a_bound_from_below() {
    near(solved(&Held {}, &Structure::simultaneous()).profile(), &[0.4, 0.4]);
}

game!(
    Beside {},
    ["a", "b"],
    vec![Decision::new("x", "a"), Decision::new("y", "a"), Decision::new("z", "b")],
    bounds | s,
    d,
    b | if d == 1 { Interval::new(b[0], n(1.0)) } else { Interval::unit() },
    payoffs | s,
    x,
    out | {
        out[0] = -(x[0] - 0.6).square() - (x[1] - 0.2).square() + 1.0;
        out[1] = -(x[2] - 0.5).square() + 1.0;
    }
);

#[test]
fn a_bound_from_below_beside_others() {
    near(solved(&Beside {}, &Structure::simultaneous()).profile(), &[0.4, 0.4, 0.5]);
}

// ---- k2: a bound that a later mover moves ----------------------------------------------------------------------------------

game!(
    Later {},
    ["one", "two"],
    vec![Decision::new("x1", "one"), Decision::new("x2", "two")],
    bounds | s,
    d,
    b | if d == 0 { Interval::new(n(0.0), -b[1] + 1.0) } else { Interval::unit() },
    payoffs | s,
    x,
    out | {
        out[0] = x[0];
        out[1] = -(x[1] - x[0] * 0.5).square();
    }
);

#[test]
fn a_bound_that_a_later_mover_moves() {
    let refused = Later {}.solve(&Structure::leader("one"));
    let right = StructureError::BoundMovedLater { decision: "x1".into(), mover: "x2".into() };
    assert_eq!(refused, Err(right.into()));
    // Where the second is held, or moves first (to a third, half of what it leaves), there is nothing to refuse.
    near(solved(&Later {}, &Structure::leader("one").fix(1, 0.25)).profile(), &[0.75, 0.25]);
    near(solved(&Later {}, &Structure::leader("two")).profile(), &[2.0 / 3.0, 1.0 / 3.0]);
}

// ---- k3: a shared capacity -------------------------------------------------------------------------------------------------

game!(
    Capacity { cap: f64 },
    ["a", "b", "c"],
    vec![
        Decision::new("qa", "a").typical(1.0),
        Decision::new("qb", "b").typical(1.0),
        Decision::new("qc", "c").typical(1.0)
    ],
    bounds | s,
    d,
    b | {
        let others = (0..3).filter(|j| *j != d).fold(n(s.cap), |left, j| left - b[j]);
        Interval::new(n(0.0), others)
    },
    payoffs | s,
    x,
    out | {
        let price = -(x[0] + x[1] + x[2]) + 20.0;
        for i in 0..3 {
            out[i] = price * x[i];
        }
    }
);

#[test]
fn a_shared_capacity() {
    for cap in [1e-3, 0.5, 1.0, 2.0, 3.0, 14.0] {
        let found = solved(&Capacity { cap }, &Structure::simultaneous());
        near(found.profile(), &[cap / 3.0; 3]);
        let limit = &found.report().limits[0];
        // 20 − cap − cap/3 is what one more unit is worth to each.
        assert!(found.report().limits.len() == 1 && limit.one_of_many(), "{limit}");
        assert!((limit.worth - (20.0 - cap * 4.0 / 3.0)).abs() < 1e-6, "{limit}");
    }
    let found = solved(&Capacity { cap: 75.0 }, &Structure::simultaneous());
    near(found.profile(), &[5.0; 3]);
    assert!(!found.report().limits[0].binds);
}

// ---- k7: a leader's own limit through the reply ----------------------------------------------------------------------------

/// [`RoomAt`] a slope of a half.
fn room(cap: f64) -> RoomAt {
    RoomAt { slope: 0.5, cap }
}

#[test]
fn a_leaders_own_limit() {
    for cap in [1e-4, 1.0, 2.0, 4.0] {
        let found = solved(&room(cap), &Structure::leader("up"));
        near(found.profile(), &[2.0 * cap, cap]);
        let limit = &found.report().limits[0];
        assert!(limit.binds && (limit.worth - 2.0).abs() < 1e-7, "{limit}");
    }
    near(solved(&room(7.0), &Structure::leader("up")).profile(), &[10.0, 5.0]);
    let refused = room(-1.0).solve(&Structure::leader("up"));
    assert!(
        matches!(&refused, Err(SolveError::Infeasible { constraint, violation, .. })
            if constraint == "room" && (violation - 1.0).abs() < 1e-2),
        "{refused:?}"
    );
}

#[test]
fn a_profile_that_breaks_a_constraint() {
    let refused = room(1.0).propose(&Structure::leader("up"), vec![3.0, 1.5]);
    let right = StructureError::ConstraintBroken { constraint: "room".into(), value: -0.5 };
    assert_eq!(refused, Err(right.into()));
}

// ---- The kinds, wider ------------------------------------------------------------------------------------------------------

/// A maker before rivals with a budget each: sales `Σ w √x` of each, less what the others draw away.
#[derive(Clone, Debug)]
struct Rivals {
    budgets: Vec<f64>,
    worths: Vec<Vec<f64>>,
    /// Slopes of Hill responses; none is a square root.
    slope: Option<f64>,
}

impl Rivals {
    fn media(&self) -> usize {
        self.worths[0].len()
    }
}

impl Game for Rivals {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        ["a", "b"][..self.budgets.len()].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        let media = ["1", "2", "3", "4"];
        let own =
            |player| media[..self.media()].iter().map(move |m| Decision::new(format!("{player}{m}"), player));
        self.players().into_iter().flat_map(own).collect()
    }
}

impl StaticGame for Rivals {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let count = self.media();
        for (rival, worths) in self.worths.iter().enumerate() {
            let own = &x[rival * count..(rival + 1) * count];
            out[rival] = own.iter().zip(worths).fold(n(0.0), |sum, (x, worth)| {
                let response = match self.slope {
                    None => x.sqrt(),
                    Some(slope) => x.powf(slope) / (x.powf(slope) + 1.0),
                };
                sum + response * *worth
            });
        }
        if let [a, b] = out {
            let (first, second) = (x[0], x[count]);
            *a = *a - first * second * 0.01;
            *b = *b - first * second * 0.01;
        }
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        let count = self.media();
        let budget = |(rival, player): (usize, Player)| {
            let spent = x[rival * count..(rival + 1) * count]
                .iter()
                .fold(n(self.budgets[rival]), |left, x| left - *x);
            Constraint::new(format!("budget of {player}"), spent).binding(player)
        };
        self.players().into_iter().enumerate().map(budget).collect()
    }
}

/// The best split of a budget over concave responses with derivatives `slope(medium, x)`: equal marginals, by bisection.
fn split(budget: f64, count: usize, slope: &dyn Fn(usize, f64) -> f64) -> (Vec<f64>, f64) {
    let spend = |price: f64| -> Vec<f64> {
        (0..count)
            .map(|medium| {
                let (mut low, mut high) = (0.0, budget);
                for _ in 0..200 {
                    let middle = 0.5 * (low + high);
                    if slope(medium, middle) > price { low = middle } else { high = middle }
                }
                low
            })
            .collect()
    };
    let (mut low, mut high) = (-40.0_f64, 40.0_f64);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if spend(middle.exp()).iter().sum::<f64>() > budget { low = middle } else { high = middle }
    }
    (spend(low.exp()), low.exp())
}

#[test]
fn budgets_over_media() {
    let worths = [3.0, 4.0, 0.5, 2.0];
    for count in 2..=4 {
        for budget in [1e-3, 1.0, 30.0, 1e5] {
            let game = Rivals { budgets: vec![budget], worths: vec![worths[..count].to_vec()], slope: None };
            let found = solved(&game, &Structure::simultaneous());
            let (right, price) = split(budget, count, &|medium, x| 0.5 * worths[medium] / x.sqrt());
            near(found.profile(), &right);
            assert!((found.report().limits[0].worth / price - 1.0).abs() < 1e-6);
            // Saturating responses, concave: slope 1 and below.
            for hill in [0.5, 0.9] {
                let game = Rivals { slope: Some(hill), ..game.clone() };
                let found = solved(&game, &Structure::simultaneous());
                let slope = |medium: usize, x: f64| {
                    worths[medium] * hill * x.powf(hill - 1.0) / (x.powf(hill) + 1.0).powi(2)
                };
                near(found.profile(), &split(budget, count, &slope).0);
            }
        }
    }
}

#[test]
fn budgets_of_rivals() {
    for budget in [0.5, 2.0, 20.0] {
        let worths = vec![vec![3.0, 4.0, 1.0], vec![2.0, 1.0, 2.0]];
        let game = Rivals { budgets: vec![budget, 2.0 * budget], worths: worths.clone(), slope: None };
        let found = solved(&game, &Structure::simultaneous());
        // Best replies in turn.
        let mut right = [vec![0.1; 3], vec![0.1; 3]];
        for _ in 0..200 {
            for rival in 0..2 {
                let other = right[1 - rival][0];
                let slope = |medium: usize, x: f64| {
                    0.5 * worths[rival][medium] / x.sqrt() - if medium == 0 { 0.01 * other } else { 0.0 }
                };
                right[rival] = split(game.budgets[rival], 3, &slope).0;
            }
        }
        near(found.profile(), &right.concat());
        assert!(found.report().limits.iter().all(|limit| limit.binds && !limit.one_of_many()));
    }
}

/// Quantities under one capacity, costs of each firm its own.
#[derive(Clone, Debug)]
struct Quantities {
    cap: f64,
    costs: Vec<f64>,
}

impl Game for Quantities {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        ["a", "b", "c", "d", "e"][..self.costs.len()].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        self.players().into_iter().map(|player| Decision::new(format!("q{player}"), player)).collect()
    }
}

impl StaticGame for Quantities {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = x.iter().fold(n(20.0), |price: T, q| price - *q);
        out.iter_mut().zip(x).zip(&self.costs).for_each(|((out, q), cost)| *out = (price - *cost) * *q);
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        vec![Constraint::new("capacity", x.iter().fold(n(self.cap), |left, q| left - *q)).unit("pieces")]
    }
}

#[test]
fn capacities_of_many() {
    let costs = [1.0, 3.0, 2.0, 9.0, 4.0];
    for count in 2..=5 {
        for cap in [0.01, 1.0, 4.0, 9.0, 100.0] {
            let game = Quantities { cap, costs: costs[..count].to_vec() };
            let found = solved(&game, &Structure::simultaneous());
            // Each makes 20 − Q − c − λ, or nothing: bisection on Q for each λ, and on λ.
            let made = |worth: f64| {
                let (mut low, mut high) = (0.0, 20.0);
                let each =
                    |all: f64| costs[..count].iter().map(move |cost| (20.0 - all - cost - worth).max(0.0));
                for _ in 0..200 {
                    let middle = 0.5 * (low + high);
                    if each(middle).sum::<f64>() > middle { low = middle } else { high = middle }
                }
                each(low).collect::<Vec<f64>>()
            };
            let (mut low, mut high) = (0.0, 40.0);
            if made(0.0).iter().sum::<f64>() > cap {
                for _ in 0..200 {
                    let middle = 0.5 * (low + high);
                    if made(middle).iter().sum::<f64>() > cap { low = middle } else { high = middle }
                }
            }
            near(found.profile(), &made(low));
            let limit = &found.report().limits[0];
            assert!((limit.worth - low).abs() < 1e-6 && limit.one_of_many() == (low > 0.0), "{limit}");
        }
    }
}

#[test]
fn evidence_with_constraints() {
    let simultaneous = Structure::simultaneous();
    let alone = Alone { mode: 0, budget: 1.0 };
    assert!(solved(&alone, &simultaneous).verify(&alone).is_ok());
    let poor = alone.propose(&simultaneous, vec![0.5, 0.5]).and_then(|found| found.verify(&alone));
    assert!(matches!(poor, Err(SolveError::Refuted { .. })), "{poor:?}");
    let boost = Boost {};
    assert!(solved(&boost, &Structure::leader("maker")).verify(&boost).is_ok());
    let capacity = Capacity { cap: 1.0 };
    assert!(solved(&capacity, &simultaneous).verify(&capacity).is_ok());
    // Any split of it is an equilibrium.
    let own = capacity.propose(&simultaneous, vec![0.2, 0.3, 0.5]).and_then(|found| found.verify(&capacity));
    assert!(own.is_ok(), "{own:?}");
    let room = room(1.0);
    assert!(solved(&room, &Structure::leader("up")).verify(&room).is_ok());
}

/// Two media whose responses start slowly: everything in one of them.
#[derive(Clone, Debug)]
struct Slow {
    budget: f64,
}

impl Game for Slow {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        vec![Decision::new("x", "firm"), Decision::new("y", "firm"), Decision::new("z", "firm")]
    }
}

impl Slow {
    const WORTHS: [f64; 3] = [1.0, 1.2, 0.9];
}

impl StaticGame for Slow {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let each = x.iter().zip(Self::WORTHS);
        out[0] = each.fold(n(0.0), |sum, (x, worth)| sum + x.square() / (x.square() + 1.0) * worth);
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        vec![Constraint::new("budget", x.iter().fold(n(self.budget), |left, x| left - *x))]
    }
}

#[test]
fn budgets_over_media_that_start_slowly() {
    for budget in [0.1, 0.5, 1.0, 1.7, 2.5, 4.0, 30.0] {
        let found = solved(&Slow { budget }, &Structure::simultaneous());
        // Dynamic programming on a grid.
        let worth = |medium: usize, x: f64| Slow::WORTHS[medium] * x * x / (x * x + 1.0);
        let grid = 2000;
        let share = |at: usize| budget * at as f64 / grid as f64;
        let two: Vec<f64> = (0..=grid)
            .map(|all| {
                (0..=all).map(|own| worth(0, share(own)) + worth(1, share(all - own))).fold(0.0, f64::max)
            })
            .collect();
        let best = (0..=grid).map(|own| two[own] + worth(2, share(grid - own))).fold(0.0, f64::max);
        assert!(
            found.payoffs()[0] >= best - 1e-12,
            "{budget}: {:?} has {:?}, not {best}",
            found.profile(),
            found.payoffs()
        );
    }
}

// ---- Sensitivities through what binds --------------------------------------------------------------------------------------

/// Two media share a budget: `a √x + b √y - c (x + y)` with `x + y <= budget`, all numbers parameters.
#[derive(Clone, Debug)]
struct Media {
    a: f64,
    b: f64,
    cost: f64,
    budget: f64,
}
impl Game for Media {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        vec![Decision::new("x", "firm"), Decision::new("y", "firm")]
    }
    fn arguments(&self) -> Vec<(String, f64)> {
        vec![
            ("a".into(), self.a),
            ("b".into(), self.b),
            ("cost".into(), self.cost),
            ("budget".into(), self.budget),
        ]
    }
}
impl StaticGame for Media {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let p = [self.a, self.b, self.cost, self.budget].map(T::constant);
        self.payoffs_at(&p, x, out);
    }
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0].sqrt() * p[0] + x[1].sqrt() * p[1] - (x[0] + x[1]) * p[2];
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        self.constraints_at(&[self.a, self.b, self.cost, self.budget].map(T::constant), x)
    }
    fn constraints_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Constraint<T, Player>> {
        vec![Constraint::new("budget", p[3] - x[0] - x[1]).binding("firm")]
    }
}

#[test]
fn a_budget_that_binds_is_differentiated_through() {
    for (a, b, cost, budget) in
        [(3.0, 4.0, 0.0, 1.0), (3.0, 4.0, 0.2, 2.0), (0.5, 5.0, 0.1, 9.0), (300.0, 4.0, 1.0, 50.0)]
    {
        let game = Media { a, b, cost, budget };
        let found = sensitivities(&game, &solved(&game, &Structure::simultaneous())).unwrap();
        let slope =
            |decision, parameter| found.of_decision(decision, parameter).unwrap().slope.value().unwrap();
        // x = B a²/(a² + b²), payoff √(B(a² + b²)) - cB.
        let sum = a * a + b * b;
        near(&[slope("x", "budget"), slope("y", "budget")], &[a * a / sum, b * b / sum]);
        let across = 2.0 * budget * a * b / (sum * sum);
        near(&[slope("x", "a"), slope("y", "a")], &[across * b, -across * b]);
        near(&[slope("x", "cost")], &[0.0]);
        let worth = |parameter| found.of_payoff("firm", parameter).unwrap().slope.value().unwrap();
        near(&[worth("budget"), worth("cost")], &[0.5 * (sum / budget).sqrt() - cost, -budget]);
        near(&[worth("a")], &[(budget / sum).sqrt() * a]);
        let second = second_derivatives(&game, &solved(&game, &Structure::simultaneous())).unwrap();
        let bend = second.of_payoff("firm", "budget", "budget").unwrap();
        near(&[bend], &[-0.25 * (sum / budget).sqrt() / budget]);
    }
    // A budget that is not used up is as good as none: x = (a/2c)².
    let game = Media { a: 3.0, b: 4.0, cost: 1.0, budget: 7.0 };
    let found = sensitivities(&game, &solved(&game, &Structure::simultaneous())).unwrap();
    let slope = |parameter| found.of_decision("x", parameter).unwrap().slope.value().unwrap();
    near(&[slope("budget"), slope("a"), slope("cost")], &[0.0, 1.5, -4.5]);
}

#[test]
fn where_a_budget_comes_to_bind_there_are_two_derivatives() {
    // Just used up: (a² + b²)/4c² = 6.25.
    let game = Media { a: 3.0, b: 4.0, cost: 1.0, budget: 6.25 };
    let solution = game.propose(&Structure::simultaneous(), vec![2.25, 4.0]).unwrap();
    let found = sensitivities(&game, &solution).unwrap();
    let slope = |decision, parameter| {
        let slope = found.of_decision(decision, parameter).unwrap().slope;
        [slope.left, slope.right]
    };
    near(&slope("x", "budget"), &[9.0 / 25.0, 0.0]);
    // A dearer medium leaves money over; a cheaper one does not let spend more.
    near(&slope("x", "cost"), &[0.0, -4.5]);
    // As a falls, x falls by itself; as it rises, the other medium has to give: x = B a²/(a² + b²).
    near(&slope("x", "a"), &[1.5, 2.0 * 6.25 * 3.0 * 16.0 / 625.0]);
    near(&slope("y", "a"), &[0.0, -2.0 * 6.25 * 3.0 * 16.0 / 625.0]);
    // The payoff is smooth there.
    near(&[found.of_payoff("firm", "budget").unwrap().slope.value().unwrap()], &[0.0]);
}

/// Rivals who share a capacity: `x_i (A - Σ x) - c_i x_i` with `Σ x <= capacity`, the numbers parameters.
#[derive(Clone, Debug)]
struct SharedCapacity {
    choke: f64,
    costs: [f64; 2],
    capacity: f64,
    led: bool,
}
impl Game for SharedCapacity {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        vec!["a", "b"]
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        vec![Decision::new("x", "a"), Decision::new("y", "b")]
    }
    fn arguments(&self) -> Vec<(String, f64)> {
        vec![("choke".into(), self.choke), ("cost".into(), self.costs[0]), ("capacity".into(), self.capacity)]
    }
}
impl StaticGame for SharedCapacity {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.payoffs_at(&[self.choke, self.costs[0], self.capacity].map(T::constant), x, out);
    }
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let price = p[0] - x[0] - x[1];
        (out[0], out[1]) = (x[0] * (price - p[1]), x[1] * (price - self.costs[1]));
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        self.constraints_at(&[self.choke, self.costs[0], self.capacity].map(T::constant), x)
    }
    fn constraints_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Constraint<T, Player>> {
        let room = Constraint::new("capacity", p[2] - x[0] - x[1]);
        vec![if self.led { room.binding("b") } else { room.binding("a").binding("b") }]
    }
}

#[test]
fn what_rivals_share_and_what_a_follower_keeps() {
    let game = SharedCapacity { choke: 10.0, costs: [1.0, 2.0], capacity: 4.0, led: false };
    let found = sensitivities(&game, &solved(&game, &Structure::simultaneous())).unwrap();
    let slope = |decision, parameter| found.of_decision(decision, parameter).unwrap().slope.value().unwrap();
    // Equal multipliers: x - y = c_b - c_a, x + y = capacity.
    near(&[slope("x", "capacity"), slope("y", "capacity")], &[0.5, 0.5]);
    near(&[slope("x", "cost"), slope("y", "cost")], &[-0.5, 0.5]);
    near(&[slope("x", "choke")], &[0.0]);
    // Where b alone keeps it and follows, a's room is b's loss: y = capacity - x, and a sells at a price that does not move:
    // a's profit x (choke - capacity - cost) grows until b is out.
    let game = SharedCapacity { led: true, ..game };
    let led = game.solve(&Structure::leader("a"));
    if let Ok(led) = led {
        let found = sensitivities(&game, &led);
        assert!(found.is_ok() || matches!(found, Err(SolveError::Kink { .. })), "{found:?}");
    }
}

#[test]
fn a_leader_through_its_own_limit() {
    let game = RoomAt { slope: 0.5, cap: 1.0 };
    let found = sensitivities(&game, &solved(&game, &Structure::leader("up"))).unwrap();
    let slope = |decision, parameter| found.of_decision(decision, parameter).unwrap().slope.value().unwrap();
    // y = slope x <= cap: x = cap/slope.
    near(&[slope("x", "cap"), slope("x", "slope")], &[2.0, -4.0]);
    near(&[slope("y", "cap"), slope("y", "slope")], &[1.0, 0.0]);
}

/// A leader that keeps what its follower does within a cap, the numbers parameters.
#[derive(Clone, Debug)]
struct RoomAt {
    slope: f64,
    cap: f64,
}
impl Game for RoomAt {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        vec!["up", "low"]
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        vec![Decision::new("x", "up"), Decision::new("y", "low")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == 0 { Interval::new(n(0.0), n(10.0)) } else { Interval::at_least(n(0.0)) }
    }
    fn arguments(&self) -> Vec<(String, f64)> {
        vec![("slope".into(), self.slope), ("cap".into(), self.cap)]
    }
}
impl StaticGame for RoomAt {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.payoffs_at(&[self.slope, self.cap].map(T::constant), x, out);
    }
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0];
        out[1] = -(x[1] - x[0] * p[0]).square();
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Player>> {
        self.constraints_at(&[self.slope, self.cap].map(T::constant), x)
    }
    fn constraints_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Constraint<T, Player>> {
        vec![Constraint::new("room", p[1] - x[1]).binding("up")]
    }
}

/// Two sellers at a price that both depress; what b may sell is what a leaves of a capacity, and a does not care.
#[derive(Clone, Debug)]
struct Leftover {
    capacity: f64,
    typical: Option<f64>,
}
impl Game for Leftover {
    type Player = Player;
    fn players(&self) -> Vec<Player> {
        vec!["a", "b"]
    }
    fn decisions(&self) -> Vec<Decision<Player>> {
        let decision = |name: &'static str, player| {
            let decision = Decision::new(name, player);
            if let Some(usual) = self.typical { decision.typical(usual) } else { decision }
        };
        vec![decision("x", "a"), decision("y", "b")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        if decision == 0 { Interval::at_least(n(0.0)) } else { Interval::new(n(0.0), -x[0] + self.capacity) }
    }
}
impl StaticGame for Leftover {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = -x[0] - x[1] + 9.0;
        (out[0], out[1]) = (x[0] * price, x[1] * price);
    }
}

#[test]
fn a_range_that_another_moves_is_never_empty_where_there_is_room() {
    for typical in [None, Some(0.1), Some(20.0)] {
        for capacity in [3.0, 4.0, 4.6, 5.0, 5.5, 6.0, 9.0] {
            let game = Leftover { capacity, typical };
            // By hand: a replies (9 - y)/2; b takes what is left, or its own (9 - x)/2.
            let [x, y] = [9.0 - capacity, 2.0 * capacity - 9.0];
            let at_once = game.solve(&Structure::simultaneous());
            if capacity >= 6.0 {
                near(at_once.unwrap().profile(), &[3.0, 3.0]);
            } else if capacity > 4.5 {
                near(at_once.unwrap().verify(&game).unwrap().profile(), &[x, y]);
            } else {
                assert!(
                    at_once.is_err() && !matches!(at_once, Err(SolveError::EmptyBounds { .. })),
                    "{at_once:?}"
                );
            }
            // A leader has to leave b something of its range, if nothing: it takes all, unless it is more than it wants.
            let led = game.solve(&Structure::leader("a")).unwrap().verify(&game).unwrap();
            near(led.profile(), &if capacity < 9.0 { [capacity, 0.0] } else { [4.5, 2.25] });
        }
    }
}
