use super::*;
use std::convert::Infallible;

const FREE: Simulation<'_> = Simulation {
    start: &[1.0],
    lower: &[f64::NEG_INFINITY],
    upper: &[f64::INFINITY],
    times: &[1.0],
    step: 0.01,
    scheme: Scheme::EulerMaruyama,
    discounts: &[],
    levels: &[0.05, 0.25, 0.5, 0.75, 0.95],
    paths: 4000,
    seed: 1,
    threads: 2,
};

fn nothing(_: &[f64], out: &mut [f64]) {
    out.fill(0.0);
}

/// Paths of a drift that never fails and earns nothing.
fn paths(
    simulation: Simulation<'_>,
    drift: impl Fn(f64, f64) -> f64 + Sync,
    sigma: impl Fn(f64) -> f64 + Sync,
) -> Bands {
    let dynamics = || {
        |t: f64, s: &[f64], out: &mut [f64], _: &mut [f64]| -> Result<(), Infallible> {
            out[0] = drift(t, s[0]);
            Ok(())
        }
    };
    simulation.run(dynamics, &|s, out| out[0] = sigma(s[0]), &nothing).unwrap()
}

fn variance(sample: &[f64], mean: f64) -> f64 {
    sample.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / sample.len() as f64
}

#[test]
fn moments_of_a_process_that_returns_to_its_mean() {
    let (pull, level, sigma) = (2.0, 3.0, 0.8);
    let simulation = Simulation { times: &[0.0, 0.25, 1.0, 6.0], step: 0.005, ..FREE };
    let bands = paths(simulation, |_, s| pull * (level - s), |_| sigma);
    assert_eq!((bands.mean[0][0], bands.clipped), (1.0, 0.0));
    for (t, mean) in bands.times.iter().zip(&bands.mean) {
        let spread = sigma * sigma * -(-2.0 * pull * t).exp_m1() / (2.0 * pull);
        let exact = level - (level - 1.0) * (-pull * t).exp();
        assert!((mean[0] - exact).abs() <= 4.0 * (spread / 4000.0).sqrt(), "{t}: {mean:?} {exact}");
    }
    // In the long run: normal.
    let spread = sigma * sigma / (2.0 * pull);
    let found = variance(&bands.sample[0], level);
    assert!((found / spread - 1.0).abs() < 4.0 * (2.0_f64 / 4000.0).sqrt());
    // The standard errors of normal quantiles: √(p(1 − p)/n)/φ.
    let (z, density) = ([-1.644_853_627, -0.674_489_750, 0.0], [0.103_135_640, 0.317_776_571, 0.398_942_280]);
    for (k, (z, density)) in z.into_iter().zip(density).enumerate() {
        let p = bands.levels[k];
        let error = (p * (1.0 - p) / 4000.0 * spread).sqrt() / density;
        assert!((bands.quantiles[3][0][k] - level - z * spread.sqrt()).abs() < 4.0 * error);
        assert!((bands.quantiles[3][0][4 - k] - level + z * spread.sqrt()).abs() < 4.0 * error);
    }
}

#[test]
fn moments_of_proportional_growth() {
    let (growth, sigma): (f64, f64) = (0.1, 0.4);
    let simulation = Simulation { scheme: Scheme::Milstein, times: &[2.0], lower: &[0.0], ..FREE };
    let bands = paths(simulation, |_, s| growth * s, |s| sigma * s);
    let mean = (2.0 * growth).exp();
    let spread = mean * mean * (2.0 * sigma * sigma).exp_m1();
    assert!((bands.mean[0][0] - mean).abs() < 4.0 * (spread / 4000.0).sqrt());
    let logs: Vec<f64> = bands.sample[0].iter().map(|s| s.ln()).collect();
    let drift = 2.0 * (growth - 0.5 * sigma * sigma);
    assert!((variance(&logs, drift) / (2.0 * sigma * sigma) - 1.0).abs() < 4.0 * (2.0_f64 / 4000.0).sqrt());
}

#[test]
fn schemes_have_their_strong_orders() {
    let (growth, volatility) = (0.05, 0.6);
    let finest = 512;
    // The mean distance of paths from S₀ exp((g − σ²/2)t + σW), on one Wiener process for all step lengths.
    let distances = |scheme: Scheme| -> Vec<f64> {
        let plan = Simulation { scheme, ..FREE };
        let diffusion = |s: &[f64], out: &mut [f64]| out[0] = volatility * s[0];
        let mut sums = vec![0.0; 5];
        for number in 0..400 {
            let mut normals = Normals::new(11, number);
            let root = (1.0 / f64::from(finest)).sqrt();
            let moves: Vec<f64> = (0..finest).map(|_| root * normals.draw()).collect();
            let wiener: f64 = moves.iter().sum();
            let exact = (growth - 0.5 * volatility * volatility + volatility * wiener).exp();
            for (k, sum) in sums.iter_mut().enumerate() {
                let mut stepper = Stepper::new(&plan, &diffusion);
                for part in moves.chunks(2 << k) {
                    let drift = [growth * stepper.state[0]];
                    stepper.advance(
                        (2 << k) as f64 / f64::from(finest),
                        &drift,
                        &[part.iter().sum()],
                        &mut normals,
                    );
                }
                *sum += (stepper.state[0] - exact).abs() / 400.0;
            }
        }
        sums
    };
    let order = |d: &[f64]| (d[4] / d[0]).log2() / 4.0;
    let euler = order(&distances(Scheme::EulerMaruyama));
    assert!((euler - 0.5).abs() < 0.1, "{euler}");
    let milstein = order(&distances(Scheme::Milstein));
    assert!((milstein - 1.0).abs() < 0.1, "{milstein}");
}

#[test]
fn threads_do_not_change_a_bit() {
    // A right-hand side that remembers, as one with a warm start does.
    let dynamics = || {
        let mut calls = 0.0;
        move |t: f64, s: &[f64], out: &mut [f64], flow: &mut [f64]| -> Result<(), Infallible> {
            calls += 1.0;
            (out[0], out[1]) = (s[1] - s[0] + 1e-3 * calls, t.sin() - s[1]);
            (flow[0], flow[1]) = (s[0], s[0] * s[1]);
            Ok(())
        }
    };
    let run = |threads: usize, seed: u64| {
        let simulation = Simulation {
            start: &[1.0, 0.5],
            lower: &[0.0, -1.0],
            upper: &[1.5, 1.0],
            times: &[0.5, 2.0],
            scheme: Scheme::Milstein,
            discounts: &[0.1, 0.2],
            paths: 203,
            threads,
            seed,
            ..FREE
        };
        let sigma = |s: &[f64], out: &mut [f64]| (out[0], out[1]) = (0.5 * s[0].sqrt(), 0.3);
        simulation.run(dynamics, &sigma, &nothing).unwrap()
    };
    let alone = run(1, 5);
    for threads in [0, 2, 5, 500] {
        assert_eq!(run(threads, 5), alone);
    }
    assert_ne!(run(1, 6).mean, alone.mean);
}

#[test]
fn paths_stay_within_bounds() {
    let within = Simulation { start: &[0.5], lower: &[0.0], upper: &[1.0], times: &[5.0], ..FREE };
    // Without noise down to the bound, in half of the steps, and along it.
    let still = paths(Simulation { times: &[1.0], paths: 3, ..within }, |_, _| -1.0, |_| 0.0);
    assert!(still.sample[0] == [0.0; 3] && (still.clipped - 0.5).abs() < 0.011);
    for scheme in [Scheme::EulerMaruyama, Scheme::Milstein] {
        let wild = Simulation { scheme, paths: 200, ..within };
        let wild = paths(wild, |_, s| 0.5 - s, |s| 3.0 * (s * (1.0 - s)).sqrt());
        assert!(wild.sample[0].iter().all(|s| (0.0..=1.0).contains(s)) && wild.clipped == 0.0);
        // The mean stays where the drift has it, however often paths touch a bound.
        let error = (variance(&wild.sample[0], 0.5) / 200.0).sqrt();
        assert!((wild.mean[0][0] - 0.5).abs() < 4.0 * error, "{:?} {error}", wild.mean);
    }
    // A Wiener process reflected at 0 has the mean √(2t/π), the cut one less by 0.58 √h.
    let reflected = Simulation { start: &[0.0], lower: &[0.0], step: 0.0025, ..FREE };
    let mean = paths(reflected, |_, _| 0.0, |_| 1.0).mean[0][0];
    let error = ((1.0 - std::f64::consts::FRAC_2_PI) / 4000.0).sqrt();
    assert!((mean - std::f64::consts::FRAC_2_PI.sqrt() + 0.0291).abs() < 4.0 * error);
}

#[test]
fn the_first_failure_is_the_one_reported() {
    let run = |threads: usize| {
        let dynamics = || {
            |_: f64, s: &[f64], out: &mut [f64], _: &mut [f64]| {
                out[0] = 0.0;
                if s[0] > 2.5 { Err("too high") } else { Ok(()) }
            }
        };
        Simulation { threads, ..FREE }.run(dynamics, &|_, out| out[0] = 1.0, &nothing).unwrap_err()
    };
    let first = run(1);
    assert!(matches!(&first, NoiseError::Failed { path, state, error: "too high", .. }
        if *path > 0 && state[0] > 2.5));
    assert!((2..6).all(|threads| run(threads) == first));
    let dynamics = || {
        |_: f64, s: &[f64], out: &mut [f64], _: &mut [f64]| -> Result<(), Infallible> {
            out[0] = s[0] * s[0] * s[0];
            Ok(())
        }
    };
    let run = Simulation { times: &[50.0], ..FREE }.run(dynamics, &nothing, &nothing);
    assert!(matches!(run, Err(NoiseError::NotFinite { path: 0, time, .. }) if time < 2.0));
}

#[test]
fn senseless_simulations_are_refused() {
    let refused = |simulation: Simulation<'_>| {
        let dynamics = || |_: f64, _: &[f64], _: &mut [f64], _: &mut [f64]| Ok::<(), Infallible>(());
        matches!(simulation.run(dynamics, &nothing, &nothing), Err(NoiseError::Parameter(_)))
    };
    assert!(!refused(Simulation { paths: 1, ..FREE }));
    for step in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12] {
        assert!(refused(Simulation { step, ..FREE }));
    }
    for times in [&[][..], &[1.0, 0.5], &[-1.0], &[f64::INFINITY], &[f64::NAN]] {
        assert!(refused(Simulation { times, ..FREE }));
    }
    for start in [&[1.0, 2.0][..], &[f64::NAN], &[-1.0]] {
        assert!(refused(Simulation { start, lower: &[0.0], ..FREE }));
    }
    assert!(refused(Simulation { levels: &[1.1], ..FREE }));
    assert!(refused(Simulation { discounts: &[f64::NAN], ..FREE }));
    assert!(refused(Simulation { paths: 0, ..FREE }) && refused(Simulation { paths: usize::MAX, ..FREE }));
}

/// One manufacturer and one retailer with market shares after Sethi (margins 1 and 1, response 1, discount 0.05, decay
/// 0.1, start 0.2), the manufacturer paying a share of the advertising: value functions are linear in the share, noise
/// or not. The reference values are from the closed form, checked by collocation.
#[test]
fn a_channel_earns_its_value_functions() {
    let slopes = 3.680_983_165_514_592;
    let share = 0.109_469_411_213_502;
    let dynamics = || {
        move |_: f64, x: &[f64], drift: &mut [f64], flow: &mut [f64]| -> Result<(), Infallible> {
            let untapped = (1.0 - x[0]).sqrt();
            let effort = 0.25 * slopes * untapped;
            drift[0] = effort * untapped - 0.1 * x[0];
            flow[0] = x[0] - share * effort * effort;
            flow[1] = x[0] - (1.0 - share) * effort * effort;
            Ok(())
        }
    };
    let simulation = Simulation {
        start: &[0.2],
        lower: &[0.0],
        upper: &[1.0],
        times: &[300.0],
        step: 0.02,
        scheme: Scheme::Milstein,
        discounts: &[0.05, 0.05],
        paths: 300,
        seed: 2009,
        ..FREE
    };
    let sigma = |x: &[f64], out: &mut [f64]| out[0] = 0.25 * (x[0] * (1.0 - x[0])).sqrt();
    let bands = simulation.run(dynamics, &sigma, &nothing).unwrap();
    for (payoff, exact) in bands.payoffs.iter().zip([17.141_243_24, 15.410_760_65]) {
        assert!((payoff.mean - exact).abs() < 4.0 * payoff.standard_error, "{payoff:?} {exact}");
        assert!(payoff.standard_error < 2e-3 * exact);
    }
    // Without noise: what remains is the bias of finite steps, of the order of discount rate times step.
    let still = Simulation { paths: 1, ..simulation }.run(dynamics, &nothing, &nothing).unwrap();
    for (payoff, exact) in still.payoffs.iter().zip([17.141_243_24, 15.410_760_65]) {
        assert!((payoff.mean - exact).abs() < 1e-3 && payoff.standard_error.is_infinite());
    }
    // What is left out of the game at the end is not lost if the value function stands there.
    let rest = |x: &[f64], out: &mut [f64]| {
        out[0] = 16.937_046_33 + 1.020_984_556 * x[0];
        out[1] = 15.082_957_84 + 1.639_014_053 * x[0];
    };
    let short = Simulation { times: &[5.0], paths: 2000, ..simulation }.run(dynamics, &sigma, &rest).unwrap();
    for (payoff, exact) in short.payoffs.iter().zip([17.141_243_24, 15.410_760_65]) {
        assert!((payoff.mean - exact).abs() < 4.0 * payoff.standard_error, "{payoff:?} {exact}");
    }
}
