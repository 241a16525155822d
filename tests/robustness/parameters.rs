//! Hostile parameters: an error that names them, or finite results.

use super::*;

const HOSTILE: [f64; 12] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -1.0,
    -0.0,
    0.0,
    1e300,
    1e-300,
    -1e300,
    5e-324,
    f64::MAX,
    1e18,
];

/// One or two of the example's numbers replaced: an error that names the parameter, or finite results and no panic.
fn torment<M: Model + StaticGame>() -> usize {
    let example = M::example().values();
    let filled: Vec<usize> = (0..example.len()).filter(|&at| !example[at].is_empty()).collect();
    let mut rejected = 0;
    let mut attempt = |values: &[Vec<f64>]| {
        let bad = |p: &Parameter, v: &[f64]| v.iter().any(|v| !p.range.contains(*v));
        let expected = M::parameters().iter().zip(values).any(|(p, v)| bad(p, v));
        match M::from_values(values) {
            Err(error) => {
                rejected += 1;
                // Each number in range, but not together: a price below its costs.
                let together = matches!(error, ParameterError::Inconsistent { .. });
                assert!(expected || together, "{values:?} was rejected: {error}");
                let named = M::parameters().iter().any(|p| error.to_string().contains(p.name));
                assert!(named, "{error}");
            }
            Ok(game) => {
                assert!(!expected, "{values:?} was accepted");
                for scheme in M::structures() {
                    let solutions =
                        [game.solve(&scheme.structure), game.solve_numerically(&scheme.structure)];
                    for solution in solutions.into_iter().flatten() {
                        let mut all = solution.profile().iter().chain(solution.payoffs());
                        assert!(all.all(|v| v.is_finite()), "{values:?}: {solution:?}");
                    }
                }
            }
        }
    };
    for &at in &filled {
        for entry in 0..example[at].len() {
            for value in HOSTILE {
                let mut values = example.clone();
                values[at][entry] = value;
                attempt(&values);
                // A second one, chosen by the first.
                let other = filled[(at + entry + 1) % filled.len()];
                for second in [1e300, 1e-300] {
                    values[other][0] = second;
                    attempt(&values);
                }
            }
        }
    }
    rejected
}

#[test]
fn hostile_parameters_huang_li() {
    assert!(torment::<HuangLi>() > 100);
}

#[test]
fn hostile_parameters_platform_alliance() {
    assert!(torment::<PlatformAlliance>() > 50);
}

#[test]
fn hostile_parameters_dual_brand() {
    assert!(torment::<DualBrand>() > 100);
}

#[test]
fn hostile_parameters_wang() {
    assert!(torment::<Wang>() > 100);
}

#[test]
fn hostile_parameters_zhang_xie() {
    assert!(torment::<ZhangXie>() > 100);
}

#[test]
fn hostile_parameters_of_prices_and_saturation() {
    assert!(torment::<Yue>() > 100);
    assert!(torment::<XieNeyret>() > 100);
    assert!(torment::<SzmerekovskyZhang>() > 100);
}

#[test]
fn hostile_parameters_of_allowances_and_funds() {
    assert!(torment::<BergerSquareRoot>() > 50);
    assert!(torment::<BergerLogarithm>() > 50);
    assert!(torment::<BergerPercentage>() > 50);
    assert!(torment::<DantBerger>() > 50);
}

#[test]
fn values_of_the_wrong_shape_are_errors() {
    assert!(HuangLi::from_values(&[]).is_err());
    assert!(HuangLi::from_values(&vec![vec![1.0, 2.0, 3.0]; 6]).is_err());
    assert!(DualBrand::from_values(&vec![vec![1.0; 3]; 7]).is_err());
    assert!(PlatformAlliance::from_values(&[]).is_err());
    // Both forms at once.
    let mixed: Vec<Vec<f64>> = PlatformAlliance::parameters().iter().map(|_| vec![1.0]).collect();
    assert!(PlatformAlliance::from_values(&mixed).is_err());
}

#[test]
fn hostile_bargaining() {
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(cara_split(bad, [1.0, 1.0]).is_err());
        assert!(cara_split(1.0, [bad, 1.0]).is_err());
        assert!(power_split(bad, [1.0; 2], [1.0; 2]).is_err());
        assert!(power_split(1.0, [1.0, bad], [1.0; 2]).is_err());
        assert!(power_split(1.0, [1.0; 2], [bad, 1.0]).is_err());
        assert!(Surplus::new(1.0, [0.0; 2]).nash(bad).is_err());
    }
    assert!(cara_split(1.0, [0.0, 1.0]).is_err());
    // Huge and tiny, and nothing to split: a share between nothing and everything.
    for gain in [0.0, 5e-324, 1e-300, 1.0, 1e300] {
        for aversion in [1e-300, 1e-9, 1.0, 1e9, 1e300] {
            let share = cara_split(gain, [aversion, 1.0]).unwrap();
            assert!((0.0..=gain).contains(&share), "{share} of {gain} at {aversion}");
        }
    }
}
