//! Powers, where they are awkward: at 0, with exponents that are inputs.

use coopad::formula::Formula;
use coopad::{Dual, Over, Scalar};

type D3 = Dual<Dual<Dual<f64>>>;

fn thrice(x: f64) -> D3 {
    let d1 = |value, slope| Dual { value, slope };
    Dual {
        value: Dual { value: d1(x, 1.0), slope: d1(1.0, 0.0) },
        slope: Dual { value: d1(1.0, 0.0), slope: d1(0.0, 0.0) },
    }
}

/// The value and three derivatives in the base, by nested duals and by formulas, exponents known and not.
fn orders(base: f64, exponent: f64) -> [[f64; 4]; 4] {
    let of = |run: D3| {
        [run.value.value.value, run.value.value.slope, run.value.slope.slope, run.slope.slope.slope]
    };
    let direct = of(Over::<f64>::powf(thrice(base), exponent));
    let input = of(Over::<D3>::powf(thrice(base), D3::constant(exponent)));
    let formulas = |f: Formula, x: &[f64]| {
        let mut f = f;
        let mut all = [f.run(x).unwrap()[0]; 4];
        for order in &mut all[1..] {
            f = f.derivative(&[f.inputs().len() - 1]).unwrap();
            *order = f.run(x).unwrap()[f.outputs() - 1];
            f = f.only(f.outputs() - 1).unwrap();
        }
        all
    };
    let known = Formula::record(["x"], |x| vec![x[0].powf(exponent)]).unwrap();
    let unknown = Formula::record(["e", "x"], |x| vec![Over::<_>::powf(x[1], x[0])]).unwrap();
    [direct, input, formulas(known, &[base]), formulas(unknown, &[exponent, base])]
}

#[test]
fn powers_at_zero_have_the_derivatives_they_have() {
    let inf = f64::INFINITY;
    for (exponent, wanted) in [
        (0.0, [1.0, 0.0, 0.0, 0.0]),
        (1.0, [0.0, 1.0, 0.0, 0.0]),
        (2.0, [0.0, 0.0, 2.0, 0.0]),
        (3.0, [0.0, 0.0, 0.0, 6.0]),
        (4.0, [0.0; 4]),
        (3.5, [0.0; 4]),
        (0.5, [0.0, inf, -inf, inf]),
        (1.5, [0.0, 0.0, inf, -inf]),
        (-1.0, [inf, -inf, inf, -inf]),
        (-0.5, [inf, -inf, inf, -inf]),
    ] {
        for found in orders(0.0, exponent) {
            assert_eq!(found, wanted, "0^{exponent}");
        }
    }
}

#[test]
fn powers_elsewhere_have_the_derivatives_they_have() {
    for exponent in [0.0, -0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, -1.5, 7.25_f64] {
        for base in [1e-3, 0.5, 1.0, 3.0, 250.0_f64] {
            let mut factor = 1.0;
            let mut wanted = [0.0; 4];
            for (order, wanted) in wanted.iter_mut().enumerate() {
                *wanted = factor * if factor == 0.0 { 0.0 } else { base.powf(exponent - order as f64) };
                factor *= exponent - order as f64;
            }
            for found in orders(base, exponent) {
                let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-13 * b.abs();
                assert!(found.iter().zip(&wanted).all(close), "{base}^{exponent}: {found:?} {wanted:?}");
            }
        }
    }
    // Negative bases have whole powers.
    for found in orders(-2.0, 3.0) {
        assert_eq!(found, [-8.0, 12.0, -12.0, 6.0]);
    }
}

#[test]
fn derivatives_in_the_exponent_have_limits_at_zero() {
    let power = Formula::record(["x", "e"], |x| vec![Over::<_>::powf(x[0], x[1])]).unwrap();
    let all = power.derivative(&[0, 1]).unwrap().derivative(&[0, 1]).unwrap();
    // Value, slopes; then the second derivatives.
    let at = |x: f64, e: f64| {
        let all = all.run(&[x, e]).unwrap();
        ([all[0], all[1], all[2]], [all[5], all[6], all[7], all[8]])
    };
    assert_eq!(at(0.0, 2.5), ([0.0; 3], [0.0; 4]));
    assert_eq!(at(0.0, 2.0), ([0.0; 3], [2.0, 0.0, 0.0, 0.0]));
    let (x, e) = (1.7_f64, 2.3_f64);
    let log = x.ln();
    let lower = x.powf(e - 1.0);
    let wanted = [
        e * (e - 1.0) * x.powf(e - 2.0),
        lower + e * lower * log,
        lower + e * lower * log,
        x.powf(e) * log * log,
    ];
    let ([value, along_x, along_e], bends) = at(x, e);
    for (found, wanted) in [value, along_x, along_e].iter().zip([x.powf(e), e * lower, x.powf(e) * log]) {
        assert!((found - wanted).abs() <= 1e-14 * wanted, "{found} {wanted}");
    }
    for (found, wanted) in bends.iter().zip(wanted) {
        assert!((found - wanted).abs() <= 1e-14 * wanted, "{found} {wanted}");
    }
    // Twenty derivatives of a logarithm's power can be recorded, stored and read.
    let mut high = power;
    for _ in 0..20 {
        let all = high.derivative(&[1]).unwrap();
        high = all.only(1).unwrap();
    }
    let back: Formula = serde_json::from_str(&serde_json::to_string(&high).unwrap()).unwrap();
    assert_eq!(back, high);
    assert!((high.run(&[2.0, 3.0]).unwrap()[0] / (8.0 * 2.0_f64.ln().powi(20)) - 1.0).abs() < 1e-13);
}
