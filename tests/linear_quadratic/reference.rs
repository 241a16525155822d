//! Reference values computed by others (`fixtures/README.md`).

use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, Matrix, StepGame};
use serde_json::Value;

use super::scalar;
use crate::common::{DIGITS, close_to, close_to_all, fixture, number, numbers, rows};

fn matrix(value: &Value) -> Matrix {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Matrix::from_rows(rows.len(), rows[0].len(), &rows.concat()).unwrap()
}

fn times(factor: f64, matrix: &Matrix) -> Matrix {
    let entries: Vec<f64> = matrix.entries().iter().map(|e| factor * e).collect();
    Matrix::from_rows(matrix.rows(), matrix.columns(), &entries).unwrap()
}

fn nerlove_arrow(p: &Value) -> LinearQuadratic {
    let [r, delta, lam, c, b, e, pi] =
        ["r", "delta", "lam", "c", "b", "e", "pi"].map(|name| number(&p[name]));
    let firm = Agent::new(lam, c, r).earns(-pi * e, &[pi * b], 0.0);
    LinearQuadratic::new(-delta, &[0.0], vec![firm]).unwrap()
}

#[test]
fn one_firm_and_its_goodwill() {
    for row in rows("nerlove_arrow", 2) {
        let found = nerlove_arrow(&row["params"]).feedback_nash().unwrap();
        let value = &found.values()[0];
        close_to(-value.curvature()[(0, 0)], number(&row["K"]), DIGITS);
        close_to(value.slope()[0], number(&row["B"]), DIGITS);
        close_to(value.constant(), number(&row["A"]), DIGITS);
        close_to(found.rest_point().unwrap()[0], number(&row["G_ss"]), DIGITS);
        for (state, expected) in row["V_at"].as_object().unwrap() {
            close_to(value.at(&[state.parse().unwrap()]).unwrap(), number(expected), DIGITS);
        }
        for (state, expected) in row["a_at"].as_object().unwrap() {
            close_to(found.policies()[0].at(&[state.parse().unwrap()]).unwrap()[0], number(expected), DIGITS);
        }
    }
}

/// With the infinite horizon's value as salvage a finite horizon of any length changes nothing, and one player's
/// open-loop plan is its feedback policy along the path.
#[test]
fn one_firm_on_a_finite_horizon() {
    for row in rows("nerlove_arrow", 2) {
        let p = &row["params"];
        let [r, delta, lam, c, b, e, pi] =
            ["r", "delta", "lam", "c", "b", "e", "pi"].map(|name| number(&p[name]));
        let [k, slope, constant] = ["K", "B", "A"].map(|name| number(&row[name]));
        let firm = Agent::new(lam, c, r).earns(-pi * e, &[pi * b], 0.0).salvages(-k, &[slope], constant);
        let game = LinearQuadratic::new(-delta, &[0.0], vec![firm]).unwrap();
        for horizon in [0.5, 20.0, 1000.0] {
            let plan = game.open_loop_nash_until(horizon, &[1.0]).unwrap();
            let ended = game.feedback_nash_until(horizon).unwrap();
            for part in [0.0, 0.3, 1.0] {
                let point = plan.at(part * horizon).unwrap();
                close_to(point.costates[0][0], slope - k * point.state[0], 1e-8);
                let rate = delta + lam * lam / c * k;
                let rest = number(&row["G_ss"]);
                close_to(point.state[0], rest + (1.0 - rest) * (-rate * part * horizon).exp(), 1e-8);
                let values = ended.values(part * horizon).unwrap();
                close_to(-values[0].curvature()[(0, 0)], k, 1e-8);
                close_to(values[0].constant(), constant, 1e-8);
            }
            if horizon < 100.0 {
                close_to(plan.payoffs().unwrap()[0], number(&row["V_at"]["1"]), 1e-8);
            }
        }
    }
}

/// The file's matrices minimise `x'Qx + u'Ru`.
#[test]
fn coupled_riccati_equations() {
    for row in rows("ct_feedback_nash", 2) {
        let r = number(&row["r"]);
        let parts = |name: &str| row[name].as_array().unwrap().iter().map(matrix).collect::<Vec<_>>();
        let (effects, states, costs) = (parts("B"), parts("Q"), parts("R"));
        let n = effects[0].rows();
        let agents = (0..effects.len()).map(|i| {
            Agent::new(effects[i].clone(), costs[i].clone(), r).earns(
                times(-1.0, &states[i]),
                &vec![0.0; n],
                0.0,
            )
        });
        let game = LinearQuadratic::new(matrix(&row["A"]), &vec![0.0; n], agents.collect()).unwrap();
        let found = game.feedback_nash().unwrap();
        for (value, expected) in found.values().iter().zip(parts("P")) {
            close_to_all(value.curvature().entries(), times(-1.0, &expected).entries(), 1e-9);
        }
        close_to_all(found.closed_loop().entries(), matrix(&row["closed_loop"]).entries(), 1e-9);
        assert!(found.residual() < 1e-14 && found.is_bounded());
        assert!(found.certify(&game).unwrap() < 1e-10);
        // The limit of long horizons.
        let long = game.feedback_nash_until(200.0).unwrap().values(0.0).unwrap();
        for (value, expected) in long.iter().zip(parts("P")) {
            close_to_all(value.curvature().entries(), times(-1.0, &expected).entries(), 1e-9);
        }
    }
}

#[test]
fn all_equilibria_of_one_state() {
    for row in rows("scalar_all_equilibria", 3) {
        let (s, q) = (numbers(&row["s"]), numbers(&row["q"]));
        let found = scalar(number(&row["a"]), &s, &q, &vec![0.0; s.len()]).all_equilibria().unwrap();
        let found: Vec<_> = found.into_iter().filter(|e| e.growth < 0.0).collect();
        let expected = row["equilibria"].as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for row in expected {
            // A solution at the edge is known to half the digits.
            let edge = row["edge"].as_bool().unwrap_or(false);
            let tolerance = if edge { 1e-6 } else { 1e-9 };
            let k = numbers(&row["k"]);
            let hit = found
                .iter()
                .find(|e| e.curvatures.iter().zip(&k).all(|(p, k)| (p + k).abs() <= tolerance * k.abs()));
            let hit = hit.unwrap_or_else(|| panic!("{k:?} is not among {found:?}"));
            close_to(-hit.growth, number(&row["lam"]), tolerance);
            assert_eq!(hit.degenerate, edge);
            if !edge {
                let plus: Vec<bool> = numbers(&row["signs"]).iter().map(|s| *s > 0.0).collect();
                assert_eq!(hit.plus, plus);
            }
        }
    }
}

/// `p' = s(a − p − u₁ − u₂)`, payoffs `pu − cu − u²/2`.
#[test]
fn sticky_price() {
    for row in rows("fershtman_kamien_1987_sticky_price", 2) {
        let [s, a, c, r] = ["s", "a", "c", "r"].map(|name| number(&row["params"][name]));
        let firm = || Agent::new(-s, 1.0, r).gains(1.0, &[-c]);
        let game = LinearQuadratic::new(-s, &[s * a], vec![firm(), firm()]).unwrap();
        let found = game.feedback_nash().unwrap();
        for (value, policy) in found.values().iter().zip(found.policies()) {
            close_to(value.curvature()[(0, 0)], number(&row["K"]), DIGITS);
            close_to(-value.slope()[0], number(&row["E"]), DIGITS);
            close_to(value.constant(), number(&row["g"]), DIGITS);
            close_to(policy.slope()[(0, 0)], number(&row["u_slope"]), DIGITS);
            close_to(policy.intercept()[0], number(&row["u_const"]), DIGITS);
            close_to(value.at(&[0.8 * a]).unwrap(), number(&row["V_at_0p8a"]), DIGITS);
        }
        close_to(found.rest_point().unwrap()[0], number(&row["p_ss"]), DIGITS);
        assert!(found.certify(&game).unwrap() < 1e-9);
    }
}

#[test]
fn open_loop_and_feedback_differ_on_a_finite_horizon() {
    for row in rows("lq_open_loop_vs_feedback_finite", 2) {
        let p = &row["params"];
        let (q, horizon, start) = (numbers(&p["q"]), number(&p["T"]), number(&p["x0"]));
        let game = scalar(number(&p["a"]), &numbers(&p["s"]), &q, &[0.0, 0.0]);
        let plan = game.open_loop_nash_until(horizon, &[start]).unwrap();
        // Here costates belong to a cost, there to a payoff.
        let costates: Vec<f64> = plan.at(0.0).unwrap().costates.iter().map(|l| -l[0]).collect();
        close_to_all(&costates, &numbers(&row["costate0"]), 1e-9);
        close_to(plan.at(horizon).unwrap().state[0], number(&row["x_T"]), DIGITS);
        let values = game.feedback_nash_until(horizon).unwrap().values(0.0).unwrap();
        let k: Vec<f64> = values.iter().map(|v| -v.curvature()[(0, 0)]).collect();
        close_to_all(&k, &numbers(&row["feedback_k0"]), 1e-9);
    }
}

/// The slopes of Sorger's value functions obey the Riccati equations of a game with one state, payoffs `½q x²`
/// and no motion of its own.
#[test]
fn market_shares_on_a_finite_horizon() {
    for row in rows("sorger_1989_finite_horizon", 2) {
        let p = &row["params"];
        let [r, horizon] = ["r", "T"].map(|name| number(&p[name]));
        let firm = |q: &str, c: &str, s: &str| {
            Agent::new(1.0, 2.0 * number(&p[c]), r).earns(-number(&p[q]), &[0.0], 0.0).salvages(
                -number(&p[s]),
                &[0.0],
                0.0,
            )
        };
        let game =
            LinearQuadratic::new(0.0, &[0.0], vec![firm("q1", "c1", "S1"), firm("q2", "c2", "S2")]).unwrap();
        let found = game.feedback_nash_until(horizon).unwrap();
        for (time, expected) in [(0.0, "A_at_0"), (0.5 * horizon, "A_at_half")] {
            let slopes: Vec<f64> =
                found.values(time).unwrap().iter().map(|v| -v.curvature()[(0, 0)]).collect();
            close_to_all(&slopes, &numbers(&row[expected]), 1e-9);
        }
    }
}

/// Likewise those of Prasad and Sethi on an infinite one.
#[test]
fn market_shares_on_an_infinite_horizon() {
    for row in rows("prasad_sethi_2004", 3) {
        let p = &row["params"];
        let delta = number(&p["delta"]);
        let firm = |k: &str, c: &str, pi: &str, rho: &str| {
            let k = number(&p[k]);
            Agent::new(k, 4.0 * number(&p[c]), number(&p[rho])).earns(-number(&p[pi]), &[0.0], 0.0)
        };
        let firms = vec![firm("k1", "c1", "pi1", "rho1"), firm("k2", "c2", "pi2", "rho2")];
        let game = LinearQuadratic::new(-delta, &[0.0], firms).unwrap();
        let found = game.feedback_nash().unwrap();
        let slopes: Vec<f64> = found.values().iter().map(|v| -v.curvature()[(0, 0)]).collect();
        // The equations are `W_ib_i + R_ib_i² + 2R_jb_ib_j`, with R_i = k_i²/(4c_i).
        close_to_all(&slopes, &numbers(&row["beta"]), 1e-9);
    }
}

fn quadratic(m: &Value) -> (Matrix, Vec<f64>, f64) {
    let m = matrix(m);
    let curvature = Matrix::from([[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]]);
    (times(2.0, &curvature), vec![2.0 * m[(0, 2)], 2.0 * m[(1, 2)]], m[(2, 2)])
}

/// Value functions `z'Pz`, policies `Kz` with z = (G₁, G₂, 1).
#[track_caller]
fn two_goodwills(game: &LinearQuadratic, row: &Value) {
    let found = game.feedback_nash().unwrap();
    for (value, expected) in found.values().iter().zip(row["V_matrix_z"].as_array().unwrap()) {
        let (curvature, slope, constant) = quadratic(expected);
        close_to_all(value.curvature().entries(), curvature.entries(), 1e-9);
        close_to_all(value.slope(), &slope, 1e-9);
        close_to(value.constant(), constant, 1e-9);
    }
    for (policy, expected) in found.policies().iter().zip(row["policy_K_z"].as_array().unwrap()) {
        let k = matrix(expected);
        let ours = [policy.slope().entries(), policy.intercept()].concat();
        close_to_all(&ours, k.entries(), 1e-9);
    }
    close_to_all(&found.rest_point().unwrap(), &numbers(&row["G_ss"]), 1e-9);
    let start = numbers(&row["G0"]);
    let payoffs: Vec<f64> = found.values().iter().map(|v| v.at(&start).unwrap()).collect();
    close_to_all(&payoffs, &numbers(&row["payoffs_at_G0"]), 1e-9);
    assert!(found.certify(game).unwrap() < 1e-9);
}

#[test]
fn two_goodwills_of_one_channel() {
    for row in rows("chintagunta_jain_1992", 2) {
        let p = &row["nash"]["params"];
        let get = |name: &str| number(&p[name]);
        let firm = |pi: &str, c: &str, effect: [[f64; 1]; 2]| {
            let pi = get(pi);
            let curvature = [[-pi * get("e1"), pi * get("kap")], [pi * get("kap"), -pi * get("e2")]];
            Agent::new(effect, get(c), get("r")).earns(curvature, &[pi * get("a1"), pi * get("a2")], 0.0)
        };
        let firms = vec![firm("piM", "cM", [[1.0], [0.0]]), firm("piR", "cR", [[0.0], [1.0]])];
        let decay = Matrix::diagonal(&[-get("d1"), -get("d2")]);
        let game = LinearQuadratic::new(decay, &[0.0, 0.0], firms).unwrap();
        two_goodwills(&game, &row["nash"]);
        let joint = game.cooperative().unwrap();
        let found = joint.feedback_nash().unwrap();
        let expected = &row["coordinated"];
        close_to(
            found.values()[0].at(&[1.0, 1.0]).unwrap(),
            number(&expected["total_payoff_at_1_1"]),
            DIGITS,
        );
        let k = matrix(&expected["policy_K_z"]);
        let policy = &found.policies()[0];
        for i in 0..2 {
            close_to(policy.intercept()[i], k[(i, 2)], 1e-9);
            close_to(policy.slope()[(i, 0)], k[(i, 0)], 1e-9);
            close_to(policy.slope()[(i, 1)], k[(i, 1)], 1e-9);
        }
        assert!(found.certify(&joint).unwrap() < 1e-9);
    }
}

/// The retailer's rule `S₁ = αG₁ − βG₂ + σ` put into the makers' payoffs `π_iS_i(a_iG_i + b − bS_i/2) − c_iu_i²/2`.
#[test]
fn shelf_space() {
    for row in rows("shelf_space_mht_2005", 2) {
        let p = &row["params"];
        let get = |name: &str| number(&p[name]);
        let [a1, a2, b, m1, m2] = ["a1", "a2", "b", "m1", "m2"].map(get);
        let rule = [m1 * a1, -m2 * a2, m1 * b].map(|x| x / ((m1 + m2) * b));
        let other = [-rule[0], -rule[1], 1.0 - rule[2]];
        let firm = |s: [f64; 3], a: [f64; 2], pi: f64, c: f64, effect: [[f64; 1]; 2]| {
            // s(aG + b − bs/2) as a quadratic function of (G₁, G₂, 1).
            let linear = [a[0] - 0.5 * b * s[0], a[1] - 0.5 * b * s[1], b - 0.5 * b * s[2]];
            let form = |i: usize, j: usize| pi * (s[i] * linear[j] + s[j] * linear[i]);
            Agent::new(effect, c, get("r")).earns(
                [[form(0, 0), form(0, 1)], [form(1, 0), form(1, 1)]],
                &[form(0, 2), form(1, 2)],
                0.5 * form(2, 2),
            )
        };
        let firms = vec![
            firm(rule, [a1, 0.0], get("pi1"), get("c1"), [[1.0], [0.0]]),
            firm(other, [0.0, a2], get("pi2"), get("c2"), [[0.0], [1.0]]),
        ];
        let decay = Matrix::diagonal(&[-get("d1"), -get("d2")]);
        let game = LinearQuadratic::new(decay, &[0.0, 0.0], firms).unwrap();
        two_goodwills(&game, &row);
    }
}

/// Prices are set each moment: the maker's margin is w = I_N/3b, the private label's price
/// p = (bI_S + ψI_N)/(2(b² − ψ²)), the retailer's margin n = w + ψp/b; flows bw² and bnw + p(bp − ψn).
#[test]
fn national_brand_and_private_label() {
    for row in rows("national_private_label", 2) {
        let get = |name: &str| number(&row["params"][name]);
        let [b, psi, th] = ["b", "psi", "th"].map(get);
        // Functions of (G_N, G_S, 1).
        let i_n = [get("gN"), 0.0, get("aN")];
        let i_s = [0.0, get("gS"), get("aS")];
        let w = i_n.map(|i| i / (3.0 * b));
        let p: [f64; 3] = std::array::from_fn(|k| (b * i_s[k] + psi * i_n[k]) / (2.0 * (b * b - psi * psi)));
        let n: [f64; 3] = std::array::from_fn(|k| w[k] + psi * p[k] / b);
        let at_one = |line: [f64; 3]| line.iter().sum::<f64>();
        for (line, name) in [(w, "w"), (n, "n"), (p, "pS")] {
            close_to(at_one(line), number(&row["static_at_1_1"][name]), DIGITS);
        }
        let rest: [f64; 3] = std::array::from_fn(|k| b * p[k] - psi * n[k]);
        let firm = |effect: [[f64; 1]; 2], cost: f64, products: &[([f64; 3], [f64; 3])]| {
            let form =
                |i: usize, j: usize| products.iter().map(|(x, y)| x[i] * y[j] + x[j] * y[i]).sum::<f64>();
            let curvature = [[form(0, 0), form(0, 1)], [form(1, 0), form(1, 1)]];
            Agent::new(effect, cost, get("r")).earns(curvature, &[form(0, 2), form(1, 2)], 0.5 * form(2, 2))
        };
        let bw = w.map(|w| b * w);
        let firms = vec![
            firm([[1.0], [-th]], get("cM"), &[(w, bw)]),
            firm([[-th], [1.0]], get("cR"), &[(n, bw), (p, rest)]),
        ];
        let decay = Matrix::diagonal(&[-get("dN"), -get("dS")]);
        let game = LinearQuadratic::new(decay, &[0.0, 0.0], firms).unwrap();
        two_goodwills(&game, &row);
    }
}

/// The lecture's form: stage payoff `x'Rx + u_i'Qu_i + 2u_j'M_iu_i + 2W_iu_i` with z = (x₁, x₂, 1); its matrices are
/// those of a payoff here.
#[test]
fn judd_in_discrete_time() {
    let delta = 0.98;
    let b1 = Matrix::from([[1.0, 1.0], [0.0, -0.5]]);
    let b2 = Matrix::from([[0.0, -0.5], [1.0, 1.0]]);
    let form = |first: bool| {
        // (x₁, x₂, 1, u₁₁, u₁₂, u₂₁, u₂₂)
        let mut h = [[0.0; 7]; 7];
        let (own, mine, theirs) = if first { (0, 3, 5) } else { (1, 5, 3) };
        h[own][own] = -0.5;
        (h[own][2], h[2][own]) = (1.0, 1.0);
        h[2][2] = -1.0;
        (h[mine][mine], h[mine + 1][mine + 1]) = (-1.5, -1.0);
        // W_i has only the row of the constant.
        for (k, w) in [-5.0, 12.5].into_iter().enumerate() {
            (h[2][mine + k], h[mine + k][2]) = (w, w);
        }
        (h[mine + 1][theirs + 1], h[theirs + 1][mine + 1]) = (0.25, 0.25);
        times(2.0, &Matrix::from(h))
    };
    let game = StepGame::new(
        [[delta, 0.0], [0.0, delta]],
        &[-25.0 * delta, -25.0 * delta],
        &[times(delta, &b1), times(delta, &b2)],
        &[1.0, 1.0],
        &[form(true), form(false)],
    )
    .unwrap();
    let found = game.feedback_nash().unwrap();
    let file = fixture("dynamic");
    let published = &file["published"]["quantecon_judd_nnash"];
    for (policy, name) in found.policies().iter().zip(["F1", "F2"]) {
        // There u = −Fz.
        let f = matrix(&published[name]);
        for i in 0..2 {
            let ours = [policy.slope()[(i, 0)], policy.slope()[(i, 1)], policy.intercept()[i]];
            let theirs = [-f[(i, 0)], -f[(i, 1)], -f[(i, 2)]];
            close_to_all(&ours, &theirs, 1e-11);
        }
    }
    close_to_all(&found.rest_point().unwrap(), &numbers(&published["xbar"]), 1e-10);
}

/// The file gives policies, not the game. Nine parameters fitted to its sixteen numbers came out round to six digits, and
/// at the round values all sixteen hold: `x' = −0.3x + u₁ + u₂`, payoffs `x − 0.1x² − ½u₁²` and
/// `1.5x − 0.05x² − ½u₂²`, rate 0.1, player 1 leading.
#[test]
fn leading_in_steps() {
    let firm = |slope: f64, curvature: f64| Agent::new(1.0, 1.0, 0.1).earns(-curvature, &[slope], 0.0);
    let game = LinearQuadratic::new(-0.3, &[0.0], vec![firm(1.0, 0.2), firm(1.5, 0.1)]).unwrap();
    for row in rows("rubio_coincidence_step_limit", 2) {
        let steps = game.in_steps(number(&row["h"])).unwrap();
        let mut gap: f64 = 0.0;
        let both = [steps.feedback_nash().unwrap(), steps.feedback_stackelberg(0).unwrap()];
        for i in 0..2 {
            let found = both.each_ref().map(|e| {
                let policy = &e.policies()[i];
                [policy.slope()[(0, 0)], policy.intercept()[0]]
            });
            for (k, line) in ["nash", "stackelberg"].into_iter().zip(found) {
                close_to(line[0], number(&row[k][0][i]), 1e-9);
                close_to(line[1], number(&row[k][1][i]), 1e-9);
            }
            gap = gap.max((found[0][0] - found[1][0]).abs()).max((found[0][1] - found[1][1]).abs());
        }
        close_to(gap, number(&row["max_diff"]), 1e-7);
    }
}

/// Two firms adjust their outputs: payoff `(a₀ − a₁(q₁ + q₂))q_i − γu_i²`, `q_i⁺ = q_i + u_i`.
#[test]
fn duopoly_in_discrete_time() {
    let file = fixture("dynamic");
    let row = &file["quantecon_discrete"]["duopoly"];
    let [a0, a1, beta, gamma] = ["a0", "a1", "beta", "gamma"].map(|name| number(&row["params"][name]));
    let form = |own: usize| {
        let mut h = [[0.0; 5]; 5];
        h[own][own] = -2.0 * a1;
        (h[0][1], h[1][0]) = (-a1, -a1);
        (h[own][2], h[2][own]) = (a0, a0);
        h[3 + own][3 + own] = -2.0 * gamma;
        Matrix::from(h)
    };
    let effects = [Matrix::from([[1.0], [0.0]]), Matrix::from([[0.0], [1.0]])];
    let game = StepGame::new(Matrix::identity(2), &[0.0, 0.0], &effects, &[beta, beta], &[form(0), form(1)])
        .unwrap();
    let found = game.feedback_nash().unwrap();
    for (policy, name) in found.policies().iter().zip(["F1", "F2"]) {
        // There u = −F(1, q₁, q₂).
        let ours = [-policy.intercept()[0], -policy.slope()[(0, 0)], -policy.slope()[(0, 1)]];
        close_to_all(&ours, &numbers(&row[name]), 1e-9);
    }
}
