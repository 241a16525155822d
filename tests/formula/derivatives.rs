//! Derivatives as formulas, against dual numbers; dual numbers, against another crate's.

use coopad::formula::Formula;
use coopad::{Dual, Over, Scalar};
use num_dual::{Dual3_64, DualNum, HyperHyperDual64};

use crate::random::{Draws, Random};

type D1 = Dual<f64>;
type D2 = Dual<D1>;
type D3 = Dual<D2>;

const FUNCTIONS: u64 = 4_000;

/// `x` moving along up to three directions.
fn moving(x: f64, [first, second, third]: [f64; 3]) -> D3 {
    let d1 = |value, slope| Dual { value, slope };
    let still = d1(0.0, 0.0);
    Dual {
        value: Dual { value: d1(x, first), slope: d1(second, 0.0) },
        slope: Dual { value: d1(third, 0.0), slope: still },
    }
}

/// To rounding: what is known, and the sums of second derivatives, are computed in another order. Where a run on dual numbers gives
/// no number it multiplied by what is infinite a zero that a formula leaves out.
fn near(formula: f64, run: f64, scale: f64) -> bool {
    formula == run
        || !run.is_finite()
        || !scale.is_finite()
        || (formula - run).abs() <= 1e-10 * scale.max(run.abs())
}

/// `x` with inputs `first` and `second` moving, each along a direction of its own.
fn along(x: &[f64], first: usize, second: usize) -> Vec<D2> {
    let slope = |at, input| f64::from(u8::from(at == input));
    let of = |(at, x): (usize, &f64)| Dual {
        value: Dual { value: *x, slope: slope(at, first) },
        slope: Dual { value: slope(at, second), slope: 0.0 },
    };
    x.iter().enumerate().map(of).collect()
}

#[test]
fn derivatives_are_what_dual_numbers_give() {
    let mut compared = 0;
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::ordinary(&mut draws);
        let formula = Formula::record(function.names(), |x| function.run(x)).unwrap();
        // In any order, and one of them twice.
        let inputs: Vec<usize> = (0..function.inputs).rev().chain([0]).collect();
        let (m, n) = (formula.outputs(), inputs.len());
        let first = formula.derivative(&inputs).unwrap();
        assert_eq!(first.outputs(), m * (1 + n));
        let second = first.derivative(&inputs).unwrap();
        for _ in 0..4 {
            let at = function.point(&mut draws, false);
            let all = second.run(&at).unwrap();
            for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let x = along(&at, inputs[i], inputs[j]);
                let recorded = formula.run(&x).unwrap();
                for (row, run) in function.run(&x).iter().enumerate() {
                    let slope = m + row * n + i;
                    let bend = all[m * (1 + n) + slope * n + j];
                    let (value, slope) = (all[row], all[slope]);
                    let again =
                        [recorded[row].value.value, recorded[row].value.slope, recorded[row].slope.slope];
                    let run = [run.value.value, run.value.slope, run.slope.slope];
                    let scale = run[0].abs() + run[1].abs();
                    for ours in [[value, slope, bend], again] {
                        let fits = (0..3)
                            .all(|order| near(ours[order], run[order], if order == 2 { scale } else { 0.0 }));
                        assert!(fits, "{seed} at {at:?}: {ours:?}, {run:?}\n{formula}");
                    }
                    compared += usize::from(run[2].is_finite() && run[2] != 0.0);
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[test]
fn zeros_by_structure_are_not_computed() {
    let profit =
        Formula::record(["margin", "rate", "spend"], |x| vec![x[0] * x[2].sqrt() - x[1] * x[2]]).unwrap();
    let slopes = profit.derivative(&[0, 1, 2]).unwrap();
    // d/d rate = −spend, d²/d rate² = 0, whatever the spend is.
    let bends = slopes.derivative(&[1]).unwrap();
    let at = bends.run(&[1.0, 0.5, f64::INFINITY]).unwrap();
    assert_eq!((bends.outputs(), at[4 + 2]), (8, 0.0));
    assert_eq!(slopes.operations(), 9, "{slopes}");
    // A spend that is held at nothing does not move, although its square root's slope is infinite there.
    let held = Formula::record(["x", "y"], |x| vec![(x[0] * x[1]).sqrt() + x[1].ln() * x[0]]).unwrap();
    assert_eq!(held.derivative(&[0]).unwrap().run(&[1.0, 0.0]).unwrap()[1], f64::NEG_INFINITY);
    assert_eq!(held.run(&[D1::variable(1.0), D1::constant(0.0)]).unwrap()[0].slope, f64::NEG_INFINITY);
    let root = Formula::record(["x", "y"], |x| vec![(x[0] * x[1]).sqrt()]).unwrap().derivative(&[0]).unwrap();
    assert_eq!(root.run(&[1.0, 0.0]).unwrap(), [0.0, 0.0]);
}

#[test]
fn derivatives_name_what_they_are() {
    let sum = Formula::record(["x", "y"], |x| vec![x[0] * x[1], x[0]]).unwrap();
    assert_eq!(sum.derivative(&[0]).unwrap().output(2), "output_2");
    let named = sum.named(["product"]).derivative(&[1, 0]).unwrap();
    let names: Vec<_> = (0..6).map(|at| named.output(at).into_owned()).collect();
    let wanted =
        ["product", "output_1", "d product / d y", "d product / d x", "d output_1 / d y", "d output_1 / d x"];
    assert_eq!(names, wanted);
    assert_eq!(named.run(&[2.0, 3.0]).unwrap(), [6.0, 2.0, 2.0, 3.0, 0.0, 1.0]);
}

/// The same function in both vocabularies.
macro_rules! both {
    ($($name:literal: |$x:ident| $ours:expr, $theirs:expr;)*) => {
        [$(($name, (|$x| $ours) as fn(D3) -> D3, (|$x| $theirs) as fn(Dual3_64) -> Dual3_64),)*]
    };
}

#[test]
fn three_orders_agree_with_num_dual() {
    let functions = both! {
        "sqrt": |x| x.sqrt(), x.sqrt();
        "exp": |x| x.exp(), x.exp();
        "exp_m1": |x| x.exp_m1(), x.exp_m1();
        "ln": |x| x.ln(), x.ln();
        "ln_1p": |x| x.ln_1p(), x.ln_1p();
        "tanh": |x| x.tanh(), x.tanh();
        "recip": |x| x.recip(), x.recip();
        "square": |x| x.square(), x.powi(2);
        "power": |x| x.powf(2.7), x.powf(2.7);
        "negative power": |x| x.powf(-0.3), x.powf(-0.3);
        "power of itself": |x| Over::<D3>::powf(x, x), x.powd(x);
        "power with it as exponent": |x| Over::<D3>::powf(D3::constant(1.7), x), Dual3_64::from(1.7).powd(x);
        "tanh of a product": |x| (x * x * -0.3 + 0.1).tanh(), (x * x * -0.3 + 0.1).tanh();
        "composite": |x| ((x.ln_1p() * x.tanh()).exp_m1() / x).sqrt(), ((x.ln_1p() * x.tanh()).exp_m1() / x).sqrt();
        "difference": |x| (x.exp() - x.powf(3.0)) / (x + 2.0), (x.exp() - x.powf(3.0)) / (x + 2.0);
    };
    let close = |a: f64, b: f64| (a - b).abs() <= 2e-12 * b.abs().max(1.0);
    for (name, ours, theirs) in functions {
        for x in [1e-3, 0.1, 0.5, 1.0, 1.7, 3.0, 12.0] {
            let (f, g) = (ours(moving(x, [1.0; 3])), theirs(Dual3_64::from_re(x).derivative()));
            let ours = [f.value.value.value, f.value.value.slope, f.value.slope.slope, f.slope.slope.slope];
            // Third derivatives of roots are large at small numbers.
            let size = 1.0_f64.max(g.v3.abs());
            let fits = close(ours[0], g.re) && close(ours[1], g.v1) && close(ours[2], g.v2);
            assert!(fits && close(ours[3] / size, g.v3 / size), "{name} at {x}: {ours:?}, {g:?}");
        }
    }
}

#[test]
fn tanh_neither_overflows_nor_cancels() {
    for x in [0.0, -0.0, 1e-300, -0.5, 20.0, -20.0, 400.0, -1e300, f64::INFINITY, f64::NEG_INFINITY] {
        let along = D2::tanh(Dual { value: Dual::variable(x), slope: Dual { value: 1.0, slope: 0.0 } });
        let sech = 1.0 / x.cosh();
        assert_eq!(along.value.value.to_bits(), x.tanh().to_bits());
        assert!((along.value.slope - sech * sech).abs() <= 4e-16 * (sech * sech), "{x}: {along:?}");
        let second = -2.0 * sech * sech * x.tanh();
        assert!(
            (along.slope.slope - second).abs() <= 1e-15 * sech * sech.max(f64::MIN_POSITIVE),
            "{x}: {along:?} {second}"
        );
    }
    assert!(D1::variable(f64::NAN).tanh().slope.is_nan());
}

#[test]
fn mixed_third_derivatives_agree_with_num_dual() {
    fn ours<T: Scalar>(x: &[T]) -> T {
        let power = Over::<T>::powf(x[0] * 0.5 + 1.0, x[1] * x[2]);
        power / (x[0] * x[1].sqrt() + x[2]).tanh() - (x[2] / x[1]).ln_1p() * x[0].exp_m1()
            + x[1].powf(-1.4) * x[2]
    }
    fn theirs(x: [HyperHyperDual64; 3]) -> HyperHyperDual64 {
        let power = (x[0] * 0.5 + 1.0).powd(x[1] * x[2]);
        power / (x[0] * x[1].sqrt() + x[2]).tanh() - (x[2] / x[1]).ln_1p() * x[0].exp_m1()
            + x[1].powf(-1.4) * x[2]
    }
    let formula = Formula::record(["x", "y", "z"], |x| vec![ours(x)]).unwrap();
    let third = [0, 1, 2].into_iter().fold(formula, |f, input| {
        let all = f.derivative(&[input]).unwrap();
        all.only(all.outputs() - 1).unwrap()
    });
    for [x, y, z] in [[0.3, 0.8, 1.1], [1.0, 1.0, 1.0], [2.5, 0.4, 0.2], [4.0, 3.0, 2.0]] {
        let run = ours(&[moving(x, [1.0, 0.0, 0.0]), moving(y, [0.0, 1.0, 0.0]), moving(z, [0.0, 0.0, 1.0])]);
        let mut other = [x, y, z].map(HyperHyperDual64::from);
        (other[0].eps1, other[1].eps2, other[2].eps3) = (1.0, 1.0, 1.0);
        let other = theirs(other).eps1eps2eps3;
        let recorded = third.run(&[x, y, z]).unwrap()[0];
        for value in [run.slope.slope.slope, recorded] {
            assert!((value - other).abs() <= 1e-11 * other.abs().max(1.0), "{value} {other}");
        }
    }
}
