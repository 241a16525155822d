//! A leader that commits.

use super::*;

/// A leader and a follower spend `v` and `u` on one goodwill, `G' = av + bu − δG`.
#[derive(Clone, Copy)]
struct Pair {
    /// `a` and `b`.
    effects: [f64; 2],
    /// Of `½cv²` and `½cu²`.
    costs: [f64; 2],
    /// `πG − ½εG²` for each.
    margins: [f64; 2],
    saturation: [f64; 2],
    /// `m u` for the leader.
    gain: f64,
    /// `η uv + χ uG` for the follower.
    support: f64,
    synergy: f64,
    decay: f64,
    rates: [f64; 2],
    /// `SG − ½hG²` for each.
    salvage: [[f64; 2]; 2],
}
duopoly!(Pair);

impl Pair {
    const EXAMPLE: Pair = Pair {
        effects: [1.0, 0.8],
        costs: [1.0, 1.4],
        margins: [1.0, 0.7],
        saturation: [0.1, 0.15],
        gain: 0.3,
        support: 0.2,
        synergy: 0.1,
        decay: 0.25,
        rates: [0.05, 0.08],
        salvage: [[0.4, 0.05], [0.3, 0.08]],
    };
    const START: f64 = 0.8;

    fn range<T: Scalar>(&self) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }

    /// What both decide, given goodwill, the follower's costate, the leader's and its multiplier, by hand: the follower
    /// sets `cu = bλ + ηv + χG`, and a unit of `u` is worth `w = m + bψ − χμ` to the leader.
    fn decisions(&self, [g, lambda, psi, mu]: [f64; 4]) -> [f64; 2] {
        let worth = self.gain + self.effects[1] * psi - self.synergy * mu;
        let v = (self.effects[0] * psi + worth * self.support / self.costs[1]) / self.costs[0];
        [v, (self.effects[1] * lambda + self.support * v + self.synergy * g) / self.costs[1]]
    }

    /// The equations of the maximum principle, by hand.
    fn speed(&self, y: [f64; 4]) -> [f64; 4] {
        let ([g, lambda, psi, mu], [v, u]) = (y, self.decisions(y));
        let ([a, b], [_, c]) = (self.effects, self.costs);
        let worth = self.gain + b * psi - self.synergy * mu;
        let own = self.margins[0] - self.saturation[0] * g - self.decay * psi;
        let through = self.saturation[1] * mu + worth * self.synergy / c;
        let loss = self.rates[1] + self.decay;
        [
            a * v + b * u - self.decay * g,
            loss * lambda - self.margins[1] + self.saturation[1] * g - self.synergy * u,
            self.rates[0] * psi - own - through,
            self.rates[0] * mu - loss * mu - worth * b / c,
        ]
    }

    /// Goodwill, both costates and the multiplier at a time: the equations are affine, so that the end is the start times
    /// an exponential, and the conditions at both are linear.
    fn exact(&self, horizon: f64, time: f64) -> [f64; 4] {
        let constant = self.speed([0.0; 4]);
        let mut matrix = [[0.0; 5]; 5];
        for k in 0..4 {
            let mut unit = [0.0; 4];
            unit[k] = 1.0;
            let moved = self.speed(unit);
            (0..4).for_each(|row| matrix[row][k] = moved[row] - constant[row]);
            matrix[k][4] = constant[k];
        }
        let end = |start: [f64; 4], time: f64| -> [f64; 4] {
            let e = exponential(&matrix, time);
            std::array::from_fn(|row| e[row][4] + (0..4).map(|k| e[row][k] * start[k]).sum::<f64>())
        };
        // λ = S − hG and ψ = S − hG + h_Fμ at the end.
        let misses = |lambda: f64, psi: f64| {
            let [g, lambda, psi, mu] = end([Self::START, lambda, psi, 0.0], horizon);
            let [[s, h], [sf, hf]] = self.salvage;
            [lambda - sf + hf * g, psi - s + h * g - hf * mu]
        };
        let [none, first, second] = [misses(0.0, 0.0), misses(1.0, 0.0), misses(0.0, 1.0)];
        let [a, c] = [first[0] - none[0], first[1] - none[1]];
        let [b, d] = [second[0] - none[0], second[1] - none[1]];
        let lambda = (b * none[1] - d * none[0]) / (a * d - b * c);
        let psi = (c * none[0] - a * none[1]) / (a * d - b * c);
        end([Self::START, lambda, psi, 0.0], time)
    }
}

/// `e^{Mt}` by Taylor's series and squaring.
fn exponential(matrix: &[[f64; 5]; 5], time: f64) -> [[f64; 5]; 5] {
    let times = |a: &[[f64; 5]; 5], b: &[[f64; 5]; 5]| -> [[f64; 5]; 5] {
        std::array::from_fn(|i| std::array::from_fn(|j| (0..5).map(|k| a[i][k] * b[k][j]).sum()))
    };
    let small = matrix.map(|row| row.map(|entry| entry * time / 1024.0));
    let mut sum: [[f64; 5]; 5] =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
    let mut term = sum;
    for order in 1..12 {
        term = times(&term, &small).map(|row| row.map(|entry| entry / f64::from(order)));
        (0..25).for_each(|at| sum[at / 5][at % 5] += term[at / 5][at % 5]);
    }
    (0..10).for_each(|_| sum = times(&sum, &sum));
    sum
}

impl DifferentialGame for Pair {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 20.0).starting_at(Self::START)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] * self.effects[0] + x[1] * self.effects[1] - s[0] * self.decay;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        for i in 0..2 {
            let sales = s[0] * self.margins[i] - s[0].square() * (0.5 * self.saturation[i]);
            out[i] = sales - x[i].square() * (0.5 * self.costs[i]);
        }
        out[0] = out[0] + x[1] * self.gain;
        out[1] = out[1] + x[1] * (x[0] * self.support + s[0] * self.synergy);
    }
    fn discount(&self, player: &'static str) -> f64 {
        self.rates[usize::from(player != FIRMS[0])]
    }
    fn salvage<T: Scalar>(&self, s: &[T], out: &mut [T]) {
        for (out, [slope, curvature]) in out.iter_mut().zip(self.salvage) {
            *out = s[0] * slope - s[0].square() * (0.5 * curvature);
        }
    }
}

#[test]
fn against_the_exponential() {
    let game = Pair::EXAMPLE;
    for horizon in [1.0, 6.0] {
        let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), horizon).unwrap();
        for part in [0.0, 0.3, 0.71, 1.0] {
            let now = found.at(part * horizon).unwrap();
            let y = game.exact(horizon, part * horizon);
            let [g, lambda, psi, mu] = y;
            close_to(now.state[0], g, 1e-9);
            close_to_all(&now.costates, &[psi, lambda], 1e-9);
            assert!((now.multipliers[1] - mu).abs() < 1e-9 && now.multipliers[0] == 0.0);
            close_to_all(&now.decisions, &game.decisions(y), 1e-9);
        }
        // The payoffs, with what they are made of integrated by another rule.
        let speed = |all: [f64; 7]| {
            let (y, t) = ([all[0], all[1], all[2], all[3]], all[6]);
            let ([v, u], [moved, l, p, m]) = (game.decisions(y), game.speed(y));
            let mut flow = [0.0; 2];
            game.flow(&[y[0]], &[v, u], &mut flow);
            let [f, h] = [0, 1].map(|i| (-game.rates[i] * t).exp() * flow[i]);
            [moved, l, p, m, f, h, 1.0]
        };
        let [g, lambda, psi, mu] = game.exact(horizon, 0.0);
        let last = integrated(speed, [g, lambda, psi, mu, 0.0, 0.0, 0.0], horizon, 4000);
        let mut salvage = [0.0; 2];
        game.salvage(&[last[0]], &mut salvage);
        let expected = [0, 1].map(|i| last[4 + i] + (-game.rates[i] * horizon).exp() * salvage[i]);
        close_to_all(found.payoffs(), &expected, 1e-9);
        // Leading is worth something; so would be breaking the promises.
        let nash = OpenLoop::solve(&game, &Structure::simultaneous(), horizon).unwrap();
        assert!(found.payoff(FIRMS[0]) > nash.payoff(FIRMS[0]));
        assert!(!found.is_time_consistent() && nash.is_time_consistent());
        assert_eq!(nash.temptation(0.5 * horizon).unwrap(), 0.0);
        assert!(found.temptation(0.5 * horizon).unwrap() > 1e-4);
        assert!(found.temptation(0.0).unwrap().abs() < 1e-9);
    }
}

/// The leader's own best course beats others that it could commit to, the follower replying to them.
#[test]
fn no_better_course() {
    let (game, horizon) = (Pair::EXAMPLE, 6.0);
    let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), horizon).unwrap();
    let mut best = found.payoff(FIRMS[0]);
    let steps = 600;
    let h = horizon / f64::from(steps);
    let grid: Vec<f64> = (0..=2 * steps).map(|k| 0.5 * h * f64::from(k)).collect();
    let course: Vec<f64> = grid.iter().map(|&t| found.at(t).unwrap().decisions[0]).collect();
    // The follower's problem is affine too: its costate at the start from two trials.
    let earns = |bump: &dyn Fn(f64) -> f64| {
        let run = |lambda: f64| {
            let speed = |y: [f64; 3], at: usize| {
                let v = course[at] + bump(grid[at] / horizon);
                let u = (game.effects[1] * y[1] + game.support * v + game.synergy * y[0]) / game.costs[1];
                let mut flow = [0.0; 2];
                game.flow(&[y[0]], &[v, u], &mut flow);
                let loss = game.rates[1] + game.decay;
                let price = loss * y[1] - game.margins[1] + game.saturation[1] * y[0] - game.synergy * u;
                let mut drift = [0.0];
                game.drift(&[y[0]], &[v, u], &mut drift);
                [drift[0], price, (-game.rates[0] * grid[at]).exp() * flow[0]]
            };
            let mut y = [Pair::START, lambda, 0.0];
            for k in 0..steps as usize {
                let moved = |k: [f64; 3], h: f64| -> [f64; 3] { std::array::from_fn(|i| y[i] + h * k[i]) };
                let a = speed(y, 2 * k);
                let b = speed(moved(a, 0.5 * h), 2 * k + 1);
                let c = speed(moved(b, 0.5 * h), 2 * k + 1);
                let d = speed(moved(c, h), 2 * k + 2);
                y = std::array::from_fn(|i| y[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
            }
            let mut salvage = [0.0; 2];
            game.salvage(&[y[0]], &mut salvage);
            let [slope, curvature] = game.salvage[1];
            let miss = y[1] - slope + curvature * y[0];
            (miss, y[2] + (-game.rates[0] * horizon).exp() * salvage[0])
        };
        let [(from, _), (to, _)] = [run(0.0), run(1.0)];
        run(from / (from - to)).1
    };
    close_to(earns(&|_| 0.0), best, 1e-9);
    best += 1e-9;
    for size in [0.1, -0.1, 0.01, -0.01] {
        assert!(earns(&|_| size) < best);
        assert!(earns(&|t| size * t) < best);
        assert!(earns(&|t| size * (1.0 - t)) < best);
        assert!(earns(&|t| size * (3.0 * t).sin()) < best);
    }
}

/// A follower who cannot move the state, or who values it whatever happens, makes no promise worth breaking.
#[test]
fn consistent_plans() {
    let still = Pair { effects: [1.0, 0.0], ..Pair::EXAMPLE };
    let linear = Pair { saturation: [0.1, 0.0], synergy: 0.0, ..Pair::EXAMPLE };
    let linear = Pair { salvage: [[0.4, 0.05], [0.3, 0.0]], ..linear };
    for game in [still, linear] {
        let found = OpenLoop::solve(&game, &Structure::leader(FIRMS[0]), 6.0).unwrap();
        assert!(found.is_time_consistent());
        assert!(found.temptation(3.0).unwrap().abs() < 1e-8);
    }
}

/// A manufacturer pays a share of a retailer's spend on a goodwill that both sell from.
struct Support;

impl Game for Support {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["manufacturer", "retailer"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![
            Decision::transfer("rate", "manufacturer", "retailer"),
            Decision::new("national", "manufacturer").typical(1.0),
            Decision::new("local", "retailer").typical(1.0),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for Support {
    fn states(&self) -> Vec<State> {
        vec![State::new("goodwill", 0.0, 10.0).starting_at(0.5)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[1] * 0.6 + x[2] - s[0] * 0.3;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        let (sales, cost) = (s[0] - s[0].square() * 0.06, x[2].square() * 0.5);
        out[0] = sales * 1.5 - x[1].square() * 0.5 - x[0] * cost;
        out[1] = sales - cost + x[0] * cost;
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
}

#[test]
fn cost_sharing() {
    let horizon = 4.0;
    let led = OpenLoop::solve(&Support, &Structure::leader("manufacturer"), horizon).unwrap();
    let alone = Structure::leader("manufacturer").no_transfers();
    let alone = OpenLoop::solve(&Support, &alone, horizon).unwrap();
    let together = OpenLoop::solve(&Support, &Structure::cooperative(), horizon).unwrap();
    assert!(led.at(0.0).unwrap().decisions[0] > 0.05);
    assert!(led.payoff("manufacturer") > alone.payoff("manufacturer"));
    assert!(together.total() > led.total());
    assert!(!led.is_time_consistent());
    assert!(led.temptation(0.5 * horizon).unwrap() > 0.0);
    // Nobody commits between others, or both before and after them.
    for stages in [vec![vec![1], vec![2], vec![0]], vec![vec![1], vec![0, 2]]] {
        let refused = OpenLoop::solve(&Support, &Structure::sequence(stages), horizon);
        assert!(matches!(refused, Err(DynamicError::NoCommitment { .. })));
    }
}
