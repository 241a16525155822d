use super::*;
use std::convert::Infallible;
use std::f64::consts::PI;
use std::time::{Duration, Instant};

const TIGHT: Settings<'_> = Settings { relative: 1e-12, absolute: 1e-12, groups: &[], steps: 100_000 };

/// An equation that never fails.
fn solve(
    f: impl Fn(f64, &[f64], &mut [f64]),
    start: f64,
    state: &[f64],
    end: f64,
) -> Result<Trajectory, Stopped<Infallible>> {
    let f = |t: f64, y: &[f64], out: &mut [f64]| {
        f(t, y, out);
        Ok(())
    };
    integrate(f, start, state, end, &TIGHT)
}

/// The largest distance from an exact solution at many times, on steps and between.
fn distance(path: &Trajectory, exact: impl Fn(f64) -> Vec<f64>) -> f64 {
    let (start, end) = (path.times()[0], path.times()[path.times().len() - 1]);
    let mut state = vec![0.0; path.last().len()];
    let mut worst: f64 = 0.0;
    for k in 0..=10_000 {
        let t = start + (end - start) * f64::from(k) / 10_000.0;
        path.at(t, &mut state);
        worst = state.iter().zip(exact(t)).fold(worst, |m, (a, b)| m.max((a - b).abs()));
    }
    worst
}

/// A rooted tree: its order, its density, and its elementary weight at every stage.
type Tree = (usize, f64, [f64; STAGES]);

/// All rooted trees up to an order: a root, and a multiset of smaller trees on it.
fn trees(order: usize) -> Vec<Tree> {
    fn grow(smaller: &[Tree], from: usize, left: usize, part: Tree, found: &mut Vec<Tree>) {
        if left == 0 {
            found.push((part.0, part.1 * part.0 as f64, part.2));
        }
        for (k, tree) in smaller.iter().enumerate().skip(from).filter(|(_, tree)| tree.0 <= left) {
            let weight = |i: usize| ROWS[i].iter().map(|(j, a)| a * tree.2[*j]).sum::<f64>();
            let joined = std::array::from_fn(|i| part.2[i] * weight(i));
            grow(smaller, k, left - tree.0, (part.0 + tree.0, part.1 * tree.1, joined), found);
        }
    }
    let mut all = Vec::new();
    for n in 1..=order {
        let mut found = Vec::new();
        grow(&all, 0, n - 1, (1, 1.0, [1.0; STAGES]), &mut found);
        all.append(&mut found);
    }
    all
}

#[test]
fn the_coefficients_meet_the_order_conditions() {
    let all = trees(8);
    assert_eq!(all.len(), 1 + 1 + 2 + 4 + 9 + 20 + 48 + 115);
    for (node, row) in NODES.iter().zip(ROWS) {
        assert!((node - row.iter().map(|(_, a)| a).sum::<f64>()).abs() < 1e-14);
    }
    let mut of_order_6: f64 = 0.0;
    for (order, density, weights) in all {
        let sum = |row: Row| row.iter().map(|(j, b)| b * weights[*j]).sum::<f64>();
        assert!((sum(ROWS[12]) - 1.0 / density).abs() < 1e-14);
        if order <= 5 {
            assert!(sum(FIFTH).abs() < 1e-14);
        } else if order == 6 {
            of_order_6 = of_order_6.max(sum(FIFTH).abs());
        }
        assert!(order > 3 || (sum(THIRD) - 1.0 / density).abs() < 1e-14);
        // The dense output of a unit step, from the same numbers as in `keep`.
        let (change, first, end) = (sum(ROWS[12]), weights[0], weights[12]);
        let mut pieces = vec![0.0, change, first - change, 2.0 * change - first - end];
        pieces.extend(DENSE.map(sum));
        let path = Trajectory { times: vec![0.0, 1.0], pieces, last: vec![change] };
        for x in [0.1, 0.35, 0.5, 0.8] {
            let mut y = [0.0];
            path.at(x, &mut y);
            assert!(order > 7 || (y[0] - x.powi(order as i32) / density).abs() < 1e-13);
        }
    }
    assert!(of_order_6 > 1e-6, "the estimate would see no error");
}

#[test]
fn exact_solutions_are_met_on_steps_and_between() {
    let growth = solve(|_, y, out| out[0] = 0.3 * y[0], 1.0, &[2.0], 11.0).unwrap();
    assert!(distance(&growth, |t| vec![2.0 * (0.3 * (t - 1.0)).exp()]) < 1e-9 * 2.0 * 3.0_f64.exp());

    // A hundred periods.
    let turn = |_: f64, y: &[f64], out: &mut [f64]| (out[0], out[1]) = (y[1], -y[0]);
    let circle = solve(turn, 0.0, &[0.0, 1.0], 200.0 * PI).unwrap();
    assert!(distance(&circle, |t| vec![t.sin(), t.cos()]) < 1e-9);

    // The market share of a monopoly without decay, driven by √(1 − x): x = 1 − (1 − t/4)².
    let share = solve(|_, y, out| out[0] = 0.5 * (1.0 - y[0]).sqrt(), 0.0, &[0.0], 3.9).unwrap();
    assert!(distance(&share, |t| vec![1.0 - (1.0 - t / 4.0).powi(2)]) < 1e-11);
}

#[test]
fn the_tolerance_is_met_on_steps_and_nearly_between() {
    // The logistic curve driven by time.
    let f = |t: f64, y: &[f64], out: &mut [f64]| -> Result<(), Infallible> {
        out[0] = 2.0 * t * y[0] * (1.0 - y[0]);
        Ok(())
    };
    let exact = |t: f64| 1.0 / (1.0 + 9.0 * (-t * t).exp());
    for tolerance in [1e-8, 1e-10, 1e-12, 1e-13] {
        let settings = Settings { relative: tolerance, absolute: tolerance, ..TIGHT };
        let path = integrate(f, 0.0, &[0.1], 3.0, &settings).unwrap();
        assert!((path.last()[0] - exact(3.0)).abs() < 2.0 * tolerance);
        assert!(distance(&path, |t| vec![exact(t)]) < 100.0 * tolerance);
        assert!(path.times().len() < 60);
    }
}

#[test]
fn time_runs_backwards_too() {
    let f = |t: f64, y: &[f64], out: &mut [f64]| out[0] = t.cos() - y[0] + t.sin();
    let back = solve(f, 5.0, &[5.0_f64.sin()], 0.0).unwrap();
    assert!(back.times().windows(2).all(|t| t[1] < t[0]) && back.times()[back.times().len() - 1] == 0.0);
    assert!(distance(&back, |t| vec![t.sin()]) < 1e-10);
    let nowhere = solve(f, 5.0, &[1.0], 5.0).unwrap();
    let mut state = [0.0];
    nowhere.at(2.0, &mut state);
    assert_eq!((nowhere.times(), state), (&[5.0][..], [1.0]));
}

#[test]
fn a_blow_up_is_found_where_it_is() {
    let stopped = solve(|_, y, out| out[0] = y[0] * y[0], 0.0, &[0.5], 10.0).unwrap_err();
    assert_eq!(stopped.cause, Cause::BlowUp);
    assert!((stopped.time - 2.0).abs() < 1e-6 && stopped.state[0] > 1e6);
    let stopped = solve(|_, y, out| out[0] = y[0] * y[0], 0.0, &[-1.0], -10.0).unwrap_err();
    assert!((stopped.time + 1.0).abs() < 1e-6 && stopped.state[0] < -1e6);
    // At time 0, where steps can become very short.
    let stopped = solve(|_, y, out| out[0] = y[0] * y[0], -1.0, &[1.0], 1.0).unwrap_err();
    assert!(stopped.time.abs() < 1e-6 && stopped.cause == Cause::BlowUp);
    // An exponential beyond all numbers.
    let stopped = solve(|_, y, out| out[0] = y[0], 0.0, &[1.0], 1e4).unwrap_err();
    assert!((stopped.time - f64::MAX.ln()).abs() < 10.0 && stopped.cause == Cause::BlowUp);
    let stopped = solve(|_, _, out| out[0] = f64::NAN, 0.0, &[1.0], 1.0).unwrap_err();
    assert_eq!((stopped.cause, stopped.time), (Cause::BlowUp, 0.0));
}

#[test]
fn failures_beyond_the_solution_do_not_matter() {
    // Steps that reach past x = 1 have no slope.
    let f = |_: f64, y: &[f64], out: &mut [f64]| {
        out[0] = 1.0 - y[0];
        if y[0] > 1.0 { Err("outside") } else { Ok(()) }
    };
    let path = integrate(f, 0.0, &[0.0], 20.0, &TIGHT).unwrap();
    assert!(distance(&path, |t| vec![-(-t).exp_m1()]) < 1e-11);
    // Here the solution itself gets there.
    let f = |_: f64, y: &[f64], out: &mut [f64]| {
        out[0] = 1.0;
        if y[0] > 1.0 { Err("outside") } else { Ok(()) }
    };
    let stopped = integrate(f, 0.0, &[0.0], 20.0, &TIGHT).unwrap_err();
    assert_eq!(stopped.cause, Cause::Failed("outside"));
    assert!((stopped.time - 1.0).abs() < 1e-12 && stopped.state[0] <= 1.0);
    assert_eq!(integrate(f, 0.0, &[2.0], 20.0, &TIGHT).unwrap_err().time, 0.0);
}

#[test]
fn stiff_equations_are_solved_slowly_or_refused() {
    let clock = Instant::now();
    let (rate, start) = (1000.0, 0.5);
    let f = |t: f64, y: &[f64], out: &mut [f64]| out[0] = -rate * (y[0] - t.cos());
    let decay = solve(f, 0.0, &[start], 10.0).unwrap();
    let settled = |t: f64| (rate * rate * t.cos() + rate * t.sin()) / (1.0 + rate * rate);
    let exact = |t: f64| vec![settled(t) + (start - settled(0.0)) * (-rate * t).exp()];
    assert!(distance(&decay, exact) < 1e-10);

    // Robertson's reactions to t = 4: the values that stiff solvers print there.
    let robertson = |_: f64, y: &[f64], out: &mut [f64]| {
        let (slow, fast, quick) = (0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]);
        (out[0], out[1], out[2]) = (fast - slow, slow - fast - quick, quick);
    };
    let path = solve(robertson, 0.0, &[1.0, 0.0, 0.0], 4.0).unwrap();
    for (y, known) in path.last().iter().zip([0.905_518_678_6, 2.240_475_688e-5, 0.094_458_916_60]) {
        assert!((y - known).abs() < 1e-8, "{y} {known}");
    }

    // Van der Pol's oscillator, mild and far too stiff.
    let van_der_pol = |m: f64| {
        move |_: f64, y: &[f64], out: &mut [f64]| {
            (out[0], out[1]) = (y[1], m * (1.0 - y[0] * y[0]) * y[1] - y[0]);
        }
    };
    assert!(solve(van_der_pol(10.0), 0.0, &[2.0, 0.0], 20.0).is_ok());
    let stopped = solve(van_der_pol(1e5), 0.0, &[2.0, 0.0], 1e5).unwrap_err();
    assert_eq!(stopped.cause, Cause::Stiff);
    assert!(clock.elapsed() < Duration::from_secs(20));
    // Fast, and not stiff.
    let turn = |_: f64, y: &[f64], out: &mut [f64]| (out[0], out[1]) = (1e6 * y[1], -1e6 * y[0]);
    assert_eq!(solve(turn, 0.0, &[0.0, 1.0], 100.0).unwrap_err().cause, Cause::TooLong);
}

#[test]
fn groups_are_measured_together() {
    // An entry that is rounding beside its neighbour does not hold up the integration of the two.
    let f = |t: f64, y: &[f64], out: &mut [f64]| -> Result<(), Infallible> {
        (out[0], out[1]) = (y[0], 1e-17 * (1e3 * t).cos());
        Ok(())
    };
    let together = Settings { absolute: 0.0, groups: &[2], ..TIGHT };
    let path = integrate(f, 0.0, &[1.0, 2e-20], 1.0, &together).unwrap();
    let apart = integrate(f, 0.0, &[1.0, 2e-20], 1.0, &Settings { groups: &[], ..together }).unwrap();
    assert!((path.last()[0] - 1.0_f64.exp()).abs() < 1e-12);
    assert!(10 * path.times().len() < apart.times().len());
}
