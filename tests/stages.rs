//! Games in discrete stages: against linear-quadratic games in steps, formulas, a search by brute force on a grid, and the
//! games without stages that they tend to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, StepEquilibrium, StepGame};
use coopad::dynamic::models::{
    BretonJarrarZaccour, ChintaguntaJain, GoodwillChannel, HePrasadSethi, Lanchester, NerloveArrow,
    PrasadSethi, Rival, Sethi, breton_jarrar_zaccour, he_prasad_sethi, nerlove_arrow, prasad_sethi, sethi,
};
use coopad::dynamic::{Collocation, DifferentialGame, DynamicError, SolveOverTime, StagedFeedback, State};
use coopad::models::{Channel, Model};
use coopad::prelude::*;
use serde_json::Value;

mod common;

const RIVALS: [Rival; 2] = [Rival::First, Rival::Second];

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-3), "{found} is not {expected}");
}

/// `x' = ax + u₁ + u₂`, payoffs `b_ix − ½c_ix² − ½u_i²`, efforts of either sign.
#[derive(Debug)]
struct Affine {
    drift: f64,
    slopes: [f64; 2],
    curvatures: [f64; 2],
    discount: f64,
    range: [f64; 2],
}

/// The game behind `rubio_coincidence_step_limit` (see `linear_quadratic.rs`).
const RUBIO: Affine =
    Affine { drift: -0.3, slopes: [1.0, 1.5], curvatures: [0.2, 0.1], discount: 0.1, range: [0.0, 10.0] };

impl Game for Affine {
    type Player = Rival;
    fn players(&self) -> Vec<Rival> {
        RIVALS.to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Rival>> {
        vec![Decision::new("u1", Rival::First), Decision::new("u2", Rival::Second)]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(f64::NEG_INFINITY), T::constant(f64::INFINITY))
    }
}

impl DifferentialGame for Affine {
    fn states(&self) -> Vec<State> {
        vec![State::new("x", self.range[0], self.range[1])]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = x[0] + x[1] + s[0] * self.drift;
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        for i in 0..2 {
            out[i] = s[0] * self.slopes[i] - s[0].square() * (0.5 * self.curvatures[i]) - x[i].square() * 0.5;
        }
    }
    fn discount(&self, _: Rival) -> f64 {
        self.discount
    }
}

impl Affine {
    fn in_steps(&self, length: f64) -> StepGame {
        let firm =
            |i: usize| Agent::new(1.0, 1.0, self.discount).earns(-self.curvatures[i], &[self.slopes[i]], 0.0);
        LinearQuadratic::new(self.drift, &[0.0], vec![firm(0), firm(1)]).unwrap().in_steps(length).unwrap()
    }
}

/// Values and policies of a game of one or two states and one decision a player, against matrices.
fn against<G: DifferentialGame>(
    found: &StagedFeedback<'_, G>,
    wanted: &StepEquilibrium,
    states: &[Vec<f64>],
) {
    for state in states {
        let policy = found.policy(state).unwrap();
        for (i, (value, line)) in wanted.values().iter().zip(wanted.policies()).enumerate() {
            let slopes = state.iter().enumerate().map(|(k, s)| line.slope()[(0, k)] * s);
            close(policy[i], slopes.sum::<f64>() + line.intercept()[0], 1e-9);
            close(found.values()[i].at(state), value.at(state).unwrap(), 1e-9);
        }
    }
    let rest = found.steady_state().unwrap();
    for (found, wanted) in rest.state.iter().zip(wanted.rest_point().unwrap()) {
        close(*found, wanted, 1e-9);
    }
    assert!(rest.is_stable());
    let evidence = found.verify().unwrap();
    assert!(evidence.regret < 1e-6 && evidence.discrepancy.unwrap() < 1e-9, "{evidence:?}");
}

/// Both firms' figures halve from one stage length to the next.
#[track_caller]
fn halves(figures: &[[f64; 2]], tolerance: f64) {
    for pair in figures.windows(2) {
        for (longer, shorter) in pair[0].iter().zip(pair[1]) {
            assert!((longer / shorter - 2.0).abs() < tolerance, "{figures:?}");
        }
    }
}

/// Leading makes a difference that halves with the stage (Rubio 2006; the notes' four figures).
#[test]
fn affine_duopoly() {
    let file: Value = serde_json::from_str(include_str!("fixtures/dynamic.json")).unwrap();
    let rows = file["rubio_coincidence_step_limit"].as_array().unwrap();
    let states: Vec<Vec<f64>> = [0.0, 2.0, 5.0, 9.0].map(|x| vec![x]).to_vec();
    for (length, published) in [(0.4, 0.0329), (0.2, 0.0175), (0.1, 0.00898), (0.05, 0.00454)] {
        let steps = RUBIO.in_steps(length);
        let both = RUBIO.feedback_in_stages(&Structure::simultaneous(), length).unwrap();
        against(&both, &steps.feedback_nash().unwrap(), &states);
        let led = RUBIO.feedback_in_stages(&Structure::leader(Rival::First), length).unwrap();
        against(&led, &steps.feedback_stackelberg(0).unwrap(), &states);
        // Policies are straight lines.
        let line = |found: &StagedFeedback<'_, Affine>, i: usize| {
            let at = |x: f64| found.policy(&[x]).unwrap()[i];
            [at(0.0), (at(10.0) - at(0.0)) / 10.0]
        };
        let mut gap = 0.0_f64;
        for i in 0..2 {
            let (both, led) = (line(&both, i), line(&led, i));
            gap = gap.max((both[0] - led[0]).abs()).max((both[1] - led[1]).abs());
            let Some(row) = rows.iter().find(|row| row["h"] == length) else { continue };
            for (line, name) in [(both, "nash"), (led, "stackelberg")] {
                close(line[1], row[name][0][i].as_f64().unwrap(), 1e-8);
                close(line[0], row[name][1][i].as_f64().unwrap(), 1e-8);
            }
        }
        assert!((gap - published).abs() < 0.6e-4, "{gap} at {length}");
    }
}

#[test]
fn two_states() {
    let channel = ChintaguntaJain::example();
    let steps = channel.linear_quadratic().unwrap().in_steps(0.5).unwrap();
    let states = [vec![1.0, 1.0], vec![2.0, 0.5], vec![0.3, 2.5]];
    let both = channel.feedback_in_stages(&Structure::simultaneous(), 0.5).unwrap();
    against(&both, &steps.feedback_nash().unwrap(), &states);
    let led = channel.feedback_in_stages(&Structure::leader(Channel::Manufacturer), 0.5).unwrap();
    against(&led, &steps.feedback_stackelberg(0).unwrap(), &states);
}

#[test]
fn one_firm_and_its_goodwill() {
    let game = NerloveArrow::example();
    let nerlove_arrow::Parameters { discount_rate, decay, effectiveness, cost, .. } = *game.numbers();
    let nerlove_arrow::Parameters { demand_effect, saturation, margin, .. } = *game.numbers();
    let firm = Agent::new(effectiveness, cost, discount_rate);
    let firm = firm.earns(-margin * saturation, &[margin * demand_effect], 0.0);
    let steps = LinearQuadratic::new(-decay, &[0.0], vec![firm]).unwrap().in_steps(0.5).unwrap();
    let found = game.feedback_in_stages(&Structure::cooperative(), 0.5).unwrap();
    against(&found, &steps.feedback_nash().unwrap(), &[vec![1.0], vec![8.0], vec![15.0]]);
}

/// Values are linear in the share: `λ = hπ + βλ(1 − hδ) − h(βλr)²/4`, from the Bellman equation by hand, in which
/// `u = βλr√(1−x)/2`.
#[test]
fn one_firm_and_its_share() {
    let numbers = *Sethi::example().numbers();
    let game = Sethi::new(sethi::Parameters { volatility: 0.0, ..numbers }).unwrap();
    let sethi::Parameters { discount_rate, decay, effectiveness: r, margin, .. } = numbers;
    for h in [0.1, 0.5, 1.0] {
        let beta = (-discount_rate * h).exp();
        let (mut slope, mut constant) = (0.0, 0.0);
        for _ in 0..20_000 {
            let gain = h * (beta * slope * r).powi(2) / 4.0;
            (slope, constant) =
                (h * margin + beta * slope * (1.0 - h * decay) - gain, beta * constant + gain);
        }
        let found = game.feedback_in_stages(&Structure::cooperative(), h).unwrap();
        for x in [0.0, 0.3, 0.9] {
            close(found.values()[0].at(&[x]), slope * x + constant, 1e-10);
            close(found.policy(&[x]).unwrap()[0], 0.5 * beta * slope * r * (1.0 - x).sqrt(), 1e-8);
        }
        let a = 0.5 * beta * slope * r * r;
        let rest = found.steady_state().unwrap();
        close(rest.state[0], a / (a + decay), 1e-9);
        close(rest.eigenvalues[0][0], (1.0 - h * (a + decay)).ln() / h, 1e-8);
    }
}

/// Values are linear in the share whatever the stage, so that it makes no difference who leads. With
/// `e_i = β_ib_ik_i²/(2c_i)` the Bellman equations give, by hand,
/// `b_i = hπ_i + h(β_ib_ik_i)²/(4c_i) + β_ib_i(1 − h(e₁ + e₂ + 2δ))`, `(1−β_i)a_i = β_ib_ih(e_i + δ) − h(β_ib_ik_i)²/(4c_i)`.
#[test]
fn leading_is_nothing_where_values_are_linear() {
    let numbers = *PrasadSethi::example().numbers();
    let game = PrasadSethi::new(prasad_sethi::Parameters { volatility: 0.0, ..numbers }).unwrap();
    let (firms, churn, h) = ([numbers.first, numbers.second], numbers.churn, 0.5);
    let beta = firms.map(|firm| (-firm.discount_rate * h).exp());
    let gain = |i: usize, b: f64| h * (beta[i] * b * firms[i].effectiveness).powi(2) / (4.0 * firms[i].cost);
    let pull = |i: usize, b: f64| beta[i] * b * firms[i].effectiveness.powi(2) / (2.0 * firms[i].cost);
    let mut b = [0.0; 2];
    for _ in 0..20_000 {
        let stays = 1.0 - h * (pull(0, b[0]) + pull(1, b[1]) + 2.0 * churn);
        b = [0, 1].map(|i| h * firms[i].margin + gain(i, b[i]) + beta[i] * b[i] * stays);
    }
    let a = [0, 1].map(|i| (beta[i] * b[i] * h * (pull(i, b[i]) + churn) - gain(i, b[i])) / (1.0 - beta[i]));
    let structures =
        [Structure::simultaneous(), Structure::leader(Rival::First), Structure::leader(Rival::Second)];
    for structure in structures {
        let found = game.feedback_in_stages(&structure, h).unwrap();
        for x in [0.1, 0.5, 0.8] {
            close(found.values()[0].at(&[x]), a[0] + b[0] * x, 1e-9);
            close(found.values()[1].at(&[x]), a[1] + b[1] * (1.0 - x), 1e-9);
        }
    }
}

/// Shorter stages: values tend to those of the game without stages, at first order.
#[test]
fn ever_shorter_stages() {
    let market = Lanchester::example();
    let limit = market.feedback(&Structure::simultaneous()).unwrap();
    for structure in [Structure::simultaneous(), Structure::leader(Rival::Second)] {
        let off = [0.08, 0.04, 0.02, 0.01].map(|length| {
            let found = market.feedback_in_stages(&structure, length).unwrap();
            RIVALS.map(|player| found.value(player, &[0.4]) - limit.value(player, &[0.4]))
        });
        halves(&off, 0.06);
        // Twice the last minus the one before: what is left is of second order.
        for i in 0..2 {
            assert!((2.0 * off[3][i] - off[2][i]).abs() < 1e-4, "{off:?}");
        }
    }
    // A rate of support: it multiplies the square of what it supports.
    let numbers = *HePrasadSethi::example().numbers();
    let market = HePrasadSethi::new(he_prasad_sethi::Parameters { volatility: 0.0, ..numbers }).unwrap();
    let leads = Structure::leader(Channel::Manufacturer);
    let limit = market.feedback(&leads).unwrap();
    let off = [0.1, 0.05, 0.025].map(|length| {
        let found = market.feedback_in_stages(&leads, length).unwrap();
        [0, 1].map(|i| found.payoffs()[i] - limit.payoffs()[i])
    });
    halves(&off, 0.06);
    // And with a goodwill each.
    let channel = GoodwillChannel::example();
    let leads = Structure::leader(Channel::Manufacturer);
    let limit = channel.feedback(&leads).unwrap();
    let off = [0.1, 0.05, 0.025].map(|length| {
        let found = channel.feedback_in_stages(&leads, length).unwrap();
        [0, 1].map(|i| found.payoffs()[i] - limit.payoffs()[i])
    });
    halves(&off, 0.06);
}

/// A firm's best reply over time to a policy of the other's, in Lanchester's market in stages: values on an even grid with
/// cubics between its points, efforts by golden sections, from nothing back stage by stage. (For one firm after the other: with
/// both at once the recursion magnifies ripples of a fine grid, since one firm's gain is the other's loss.)
mod brute {
    const POINTS: usize = 61;

    pub(super) fn highest(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        let (mut a, mut b) = (low, high);
        let (mut x, mut y) = (b - golden * (b - a), a + golden * (b - a));
        let (mut fx, mut fy) = (f(x), f(y));
        for _ in 0..34 {
            if fx >= fy {
                (b, y, fy) = (y, x, fx);
                x = b - golden * (b - a);
                fx = f(x);
            } else {
                (a, x, fx) = (x, y, fy);
                y = a + golden * (b - a);
                fy = f(y);
            }
        }
        0.5 * (a + b)
    }

    /// The cubic through the four points around `x`.
    pub(super) fn between(values: &[f64], x: f64) -> f64 {
        let at = x * (values.len() - 1) as f64;
        let first = (at.floor() as usize).saturating_sub(1).min(values.len() - 4);
        let t = at - first as f64;
        let [a, b, c, d] = [0, 1, 2, 3].map(|k| values[first + k]);
        let (p, q, r, s) = (t, t - 1.0, t - 2.0, t - 3.0);
        -a * q * r * s / 6.0 + b * p * r * s / 2.0 - c * p * q * s / 2.0 + d * p * q * r / 6.0
    }

    /// The best that can be had at every point: `stage` says what a stage earns, and where it ends, from `x` by an effort.
    pub(super) fn best(beta: f64, stages: usize, stage: impl Fn(f64, f64) -> (f64, f64)) -> Vec<f64> {
        let points: Vec<f64> = (0..POINTS).map(|at| at as f64 / (POINTS - 1) as f64).collect();
        let mut values = vec![0.0; POINTS];
        for _ in 0..stages {
            let payoff = |x: f64, effort: f64| {
                let (earned, next) = stage(x, effort);
                if (0.0..=1.0).contains(&next) {
                    earned + beta * between(&values, next)
                } else {
                    f64::NEG_INFINITY
                }
            };
            values =
                points.iter().map(|&x| payoff(x, highest(0.0, 1.2, |effort| payoff(x, effort)))).collect();
        }
        values
    }
}

/// Nobody could earn more, over all stages, than the value functions say: a single firm's problem by brute force, the rival
/// keeping to its policy, or replying to it where the firm leads.
#[test]
fn brute_force() {
    let firm = |effectiveness, margin| breton_jarrar_zaccour::Firm { effectiveness, margin };
    let (k, q, h) = ([0.9, 0.7], [1.4, 2.0], 0.8);
    let numbers = breton_jarrar_zaccour::Parameters {
        discount_rate: 0.7,
        stage: h,
        first: firm(k[0], q[0]),
        second: firm(k[1], q[1]),
        initial_share: 0.5,
    };
    let game = BretonJarrarZaccour::new(numbers).unwrap();
    let beta = (-0.7 * h).exp();
    let stage = |i: usize, x: f64, u: [f64; 2]| {
        let next = x + h * (k[0] * u[0] * (1.0 - x) - k[1] * u[1] * x);
        (h * (q[i] * [x, 1.0 - x][i] - u[i] * u[i]), next)
    };
    for leader in [None, Some(0), Some(1)] {
        let structure = leader.map_or_else(Structure::simultaneous, |i| Structure::leader(RIVALS[i]));
        let found = game.feedback_in_stages(&structure, h).unwrap();
        let value = |i: usize, x: f64| found.values()[i].at(&[x]);
        for i in 0..2 {
            let policies: Vec<[f64; 2]> = (0..=60)
                .map(|at| {
                    let path = found.simulate(&[at as f64 / 60.0], 0).unwrap();
                    [path[0].decisions[0], path[0].decisions[1]]
                })
                .collect();
            // The rival's value, on a grid so fine that cubics lose nothing.
            let ahead: Vec<f64> = (0..=960).map(|at| value(1 - i, at as f64 / 960.0)).collect();
            let values = brute::best(beta, 34, |x, effort| {
                let mut u = policies[(x * 60.0).round() as usize];
                u[i] = effort;
                if leader == Some(i) {
                    u[1 - i] = brute::highest(0.0, 1.2, |reply| {
                        u[1 - i] = reply;
                        let (earned, next) = stage(1 - i, x, u);
                        if (0.0..=1.0).contains(&next) {
                            earned + beta * brute::between(&ahead, next)
                        } else {
                            -1e9
                        }
                    });
                }
                stage(i, x, u)
            });
            for x in [0.0, 0.1, 0.35, 0.5, 0.8, 1.0] {
                close(brute::between(&values, x), value(i, x), 1e-6);
            }
        }
    }
}

/// In a stage whoever leads gains by it, given what the future is worth, and does more where the follower's value is
/// convex. To be expected to lead in all stages need not be a gain.
#[test]
fn leading() {
    let game = BretonJarrarZaccour::example();
    let length = game.stage().unwrap();
    assert_eq!(length, 0.5);
    let both = game.feedback_in_stages(&Structure::simultaneous(), length).unwrap();
    for (leader, follower) in [(0, 1), (1, 0)] {
        let leads = Structure::leader(RIVALS[leader]);
        for x in [0.2, 0.4, 0.6, 0.8] {
            let stage = both.stage(&[x]).unwrap();
            let (nash, led) = (both.policy(&[x]).unwrap(), stage.solve(&leads).unwrap());
            assert!(led.payoffs()[leader] > nash.payoffs()[leader]);
            let end = both.next(&[x]).unwrap();
            let bends = both.values()[follower].curvatures(&end)[0][0];
            assert!((led[leader] - nash[leader]) * bends > 0.0, "{x}: {bends}");
            // The slope of the reply, at `nash`.
            let reply = |more: f64| {
                let given = Structure::simultaneous().fix(leader, nash[leader] + more);
                stage.solve(&given).unwrap()[follower]
            };
            let slope = (reply(1e-4) - reply(-1e-4)) / 2e-4;
            let share = [1.0 - x, x][follower];
            let h_beta = 0.5 * (-0.3_f64 * 0.5).exp();
            let wins = [0.5, 0.8][follower] * share;
            let wanted = -h_beta * 0.5 * 0.8 * x * (1.0 - x) * bends / (2.0 - h_beta * wins * wins * bends);
            close(slope, wanted, 1e-5);
        }
        let led = game.feedback_in_stages(&leads, length).unwrap();
        assert!(led.payoff(RIVALS[leader]) < both.payoff(RIVALS[leader]));
        // Where decisions move at every instant it is all the same.
        let [moving, at_once] =
            [leads, Structure::simultaneous()].map(|structure| game.feedback(&structure).unwrap());
        for i in 0..2 {
            close(moving.payoffs()[i], at_once.payoffs()[i], 1e-9);
        }
    }
}

/// Leader and follower differ from simultaneous moves by a term of the order of the stage.
#[test]
fn the_gap_vanishes_with_the_stage() {
    let game = BretonJarrarZaccour::example();
    let gaps = [0.08, 0.04, 0.02].map(|length| {
        let both = game.feedback_in_stages(&Structure::simultaneous(), length).unwrap();
        let led = game.feedback_in_stages(&Structure::leader(Rival::First), length).unwrap();
        let [both, led] = [both, led].map(|found| found.policy(&[0.5]).unwrap());
        [0, 1].map(|i| led[i] - both[i])
    });
    halves(&gaps, 0.1);
}

#[test]
fn paths() {
    let game = BretonJarrarZaccour::example();
    let found = game.feedback_in_stages(&Structure::leader(Rival::Second), 0.5).unwrap();
    let path = found.simulate(&[0.7], 100).unwrap();
    assert_eq!(path.len(), 101);
    let [k, q] = [[0.5, 0.8], [1.0, 1.5]];
    let (mut x, mut earned) = (0.7, [0.0; 2]);
    for (stage, point) in path.iter().enumerate() {
        close(point.time, 0.5 * stage as f64, 1e-12);
        close(point.state[0], x, 1e-12);
        let u = [point.decisions[0], point.decisions[1]];
        for i in 0..2 {
            close(point.payoffs[i], earned[i], 1e-12);
            let flow = q[i] * [x, 1.0 - x][i] - u[i] * u[i];
            close(point.flows[i], flow, 1e-12);
            earned[i] += 0.5 * (-0.3 * point.time).exp() * flow;
        }
        x += 0.5 * (k[0] * u[0] * (1.0 - x) - k[1] * u[1] * x);
    }
    let end = path.last().unwrap();
    for (i, player) in RIVALS.into_iter().enumerate() {
        let rest = (-0.3 * end.time).exp() * found.value(player, &end.state);
        close(end.payoffs[i] + rest, found.value(player, &[0.7]), 1e-9);
    }
    let rest = found.steady_state().unwrap();
    assert!((end.state[0] - rest.state[0]).abs() < 1e-8);
    close(found.next(&rest.state).unwrap()[0], rest.state[0], 1e-12);
    let near = |off: f64| found.next(&[rest.state[0] + off]).unwrap()[0];
    let shrinks = (near(1e-5) - near(-1e-5)) / 2e-5;
    close(rest.eigenvalues[0][0], shrinks.ln() / 0.5, 1e-6);
    let evidence = found.verify().unwrap();
    assert!(evidence.regret < 1e-6 && evidence.discrepancy.unwrap() < 1e-9, "{evidence:?}");
}

#[test]
fn what_is_refused() {
    let market = Lanchester::example();
    let both = Structure::simultaneous();
    for length in [0.0, -0.5, f64::NAN, f64::INFINITY] {
        let refused = market.feedback_in_stages(&both, length).unwrap_err();
        assert!(matches!(refused, DynamicError::Parameter(_)), "{refused}");
    }
    // A stage of two units of time: efforts held for it carry the share beyond the whole market.
    let long = market.feedback_in_stages(&both, 2.0).unwrap_err();
    assert!(matches!(long, DynamicError::LeavesRegion { .. }), "{long}");
    let longest = market.feedback_in_stages(&both, 1e3).unwrap_err();
    assert!(!matches!(longest, DynamicError::Parameter(_)), "{longest}");
    // A region too small for where policies lead.
    let narrow = Collocation { region: vec![[0.6, 0.9]], ..Collocation::default() };
    let narrow = narrow.solve_in_stages(&market, &both, 0.25).unwrap_err();
    assert!(matches!(narrow, DynamicError::LeavesRegion { .. }), "{narrow}");
    let noisy = Sethi::example().feedback_in_stages(&Structure::cooperative(), 0.25).unwrap_err();
    assert!(matches!(noisy, DynamicError::Parameter(_)), "{noisy}");
    let patient = Affine { discount: 0.0, ..RUBIO };
    let patient = patient.feedback_in_stages(&both, 0.25).unwrap_err();
    assert!(matches!(patient, DynamicError::Parameter(_)), "{patient}");
    let coarse = Collocation { degree: 4, ..Collocation::default() };
    let coarse = coarse.solve_in_stages(&market, &both, 0.25).unwrap_err();
    let DynamicError::NotResolved { degree: 4, last, .. } = coarse else { panic!("{coarse}") };
    assert!((last[0].at(&[0.5]) - 1.2786).abs() < 0.05);

    let found = market.feedback_in_stages(&both, 0.25).unwrap();
    for state in [vec![], vec![0.5, 0.5]] {
        assert!(matches!(found.policy(&state), Err(DynamicError::StateLength { .. })));
        assert!(matches!(found.simulate(&state, 3), Err(DynamicError::StateLength { .. })));
        assert!(found.value(Rival::First, &state).is_nan());
    }
    for state in [1.5, -0.1, f64::NAN] {
        assert!(matches!(found.next(&[state]), Err(DynamicError::LeavesRegion { .. })));
        assert!(matches!(found.stage(&[state]).unwrap_err(), DynamicError::LeavesRegion { .. }));
        assert!(matches!(found.simulate(&[state], 3), Err(DynamicError::LeavesRegion { .. })));
    }
    // One owner of both firms neglects the first for ever: the share decays ever more slowly.
    let owner = market.feedback_in_stages(&Structure::cooperative(), 0.25).unwrap();
    assert!(matches!(owner.steady_state(), Err(DynamicError::NoRest { .. })));
}

/// Whatever the market and the stage: an equilibrium that stands, or an error that says why there is none.
#[test]
fn random_markets() {
    let mut draws = common::Draws(7);
    let mut solved = 0;
    for _ in 0..12 {
        let mut firm = || breton_jarrar_zaccour::Firm {
            effectiveness: draws.scale(0.1, 1.5),
            margin: draws.scale(0.3, 4.0),
        };
        let (first, second) = (firm(), firm());
        let (discount_rate, stage) = (draws.scale(0.1, 1.0), draws.scale(0.05, 2.0));
        let numbers =
            breton_jarrar_zaccour::Parameters { discount_rate, stage, first, second, initial_share: 0.5 };
        let game = BretonJarrarZaccour::new(numbers).unwrap();
        for structure in
            [Structure::simultaneous(), Structure::leader(Rival::First), Structure::cooperative()]
        {
            match game.feedback_in_stages(&structure, stage) {
                Ok(found) => {
                    found.verify().unwrap();
                    solved += 1;
                }
                Err(error) => println!("{numbers:?}, {}: {error}", structure.name()),
            }
        }
    }
    assert!(solved >= 35, "{solved} of 36");
}

#[test]
fn parameters() {
    let example = BretonJarrarZaccour::example();
    assert_eq!(BretonJarrarZaccour::from_values(&example.values()).unwrap(), example);
    let numbers = *example.numbers();
    for stage in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(BretonJarrarZaccour::new(breton_jarrar_zaccour::Parameters { stage, ..numbers }).is_err());
    }
    let impatient = breton_jarrar_zaccour::Parameters { discount_rate: 0.0, ..numbers };
    assert!(BretonJarrarZaccour::new(impatient).is_err());
    assert_eq!(Lanchester::example().stage(), None);
}

/// Where everybody's best policies lead in circles (each overdoes what the other does too little of) a part of the way
/// leads there.
#[test]
fn policies_in_circles() {
    let states: Vec<Vec<f64>> = [-0.9, 0.2, 0.7].map(|x| vec![x]).to_vec();
    for (drift, curvature) in [(0.5, 0.05), (1.0, 0.2), (3.0, 1.0)] {
        let (slopes, curvatures) = ([0.0; 2], [curvature; 2]);
        let game = Affine { drift, slopes, curvatures, discount: 0.1, range: [-1.0, 1.0] };
        for length in [0.05, 0.5] {
            let steps = game.in_steps(length);
            let both = game.feedback_in_stages(&Structure::simultaneous(), length).unwrap();
            against(&both, &steps.feedback_nash().unwrap(), &states);
            let led = game.feedback_in_stages(&Structure::leader(Rival::First), length).unwrap();
            against(&led, &steps.feedback_stackelberg(0).unwrap(), &states);
        }
    }
    // Values are quadratic here too, but lead out of the region, to where there would be no end of them.
    let game =
        Affine { drift: 1.0, slopes: [0.0; 2], curvatures: [0.01; 2], discount: 0.1, range: [-1.0, 1.0] };
    let wild = game.feedback_in_stages(&Structure::simultaneous(), 0.05).unwrap_err();
    assert!(matches!(wild, DynamicError::LeavesRegion { .. }), "{wild}");
}
