//! Derivatives by nested duals, against another crate's and against derivatives by hand.

mod common;

use common::close_to;
use coopad::{Dual, Over, Scalar};
use num_dual::{Dual64, DualNum, HyperDual64};

type D1 = Dual<f64>;
type D2 = Dual<D1>;
type D3 = Dual<D2>;

fn d1(value: f64, slope: f64) -> D1 {
    Dual { value, slope }
}

/// `x` moving along both directions of a second derivative.
fn twice(x: f64) -> D2 {
    Dual { value: d1(x, 1.0), slope: d1(1.0, 0.0) }
}

/// `x` moving along all three directions of a third derivative.
fn thrice(x: f64) -> D3 {
    Dual { value: twice(x), slope: Dual { value: d1(1.0, 0.0), slope: d1(0.0, 0.0) } }
}

/// Two composite functions of two variables, in our vocabulary and in the other crate's.
const OURS: [fn(D2, D2) -> D2; 2] = [
    |x, y| ((x * y).sqrt() + (-(x / y)).exp() * 3.0).ln() * x.powf(0.7) - y.recip() + x.square() * y / 2.0,
    |x, y| (y * 0.5 + 1.0).powf(x * 0.3) / (x + y.powf(-1.4)).sqrt() - (x - y * 2.0 - 0.1).exp(),
];
const THEIRS: [fn(HyperDual64, HyperDual64) -> HyperDual64; 2] = [
    |x, y| ((x * y).sqrt() + (-(x / y)).exp() * 3.0).ln() * x.powf(0.7) - y.recip() + x * x * y / 2.0,
    |x, y| (y * 0.5 + 1.0).powd(x * 0.3) / (x + y.powf(-1.4)).sqrt() - (x - y * 2.0 - 0.1).exp(),
];

#[test]
fn second_derivatives_agree_with_num_dual() {
    for (ours, theirs) in OURS.into_iter().zip(THEIRS) {
        for (x, y) in [(0.3, 0.8), (1.0, 1.0), (2.5, 0.4), (7.0, 11.0), (1e-3, 2.0)] {
            // First direction x, second direction y: mixed. Both directions x: pure.
            let mixed = (
                Dual { value: d1(x, 1.0), slope: d1(0.0, 0.0) },
                Dual { value: d1(y, 0.0), slope: d1(1.0, 0.0) },
            );
            let pure = (twice(x), D2::constant(y));
            let other_mixed = (HyperDual64::new(x, 1.0, 0.0, 0.0), HyperDual64::new(y, 0.0, 1.0, 0.0));
            let other_pure = (HyperDual64::new(x, 1.0, 1.0, 0.0), HyperDual64::from(y));
            for (a, b) in [(mixed, other_mixed), (pure, other_pure)] {
                let (f, g) = (ours(a.0, a.1), theirs(b.0, b.1));
                close_to(f.value.value, g.re, 1e-12);
                close_to(f.value.slope, g.eps1, 1e-12);
                close_to(f.slope.value, g.eps2, 1e-12);
                close_to(f.slope.slope / g.eps1eps2, 1.0, 1e-12);
            }
        }
    }
}

#[test]
fn first_derivatives_agree_with_num_dual() {
    type Pair = (fn(D1) -> D1, fn(Dual64) -> Dual64);
    let functions: [Pair; 8] = [
        (Scalar::sqrt, |x| x.sqrt()),
        (Scalar::exp, |x| x.exp()),
        (Scalar::ln, |x| x.ln()),
        (Scalar::recip, |x| x.recip()),
        (Scalar::square, |x| x * x),
        (|x| Over::<f64>::powf(x, -2.3), |x| x.powf(-2.3)),
        (|x| x.powf(x), |x| x.powd(x)),
        (|x| (x - 2.0) / (x + 1.0) * 3.0 / 4.0, |x| (x - 2.0) / (x + 1.0) * 3.0 / 4.0),
    ];
    for (ours, theirs) in functions {
        for x in [1e-6, 0.3, 1.0, 4.2, 1e3_f64.ln(), 120.0] {
            let (f, g) = (ours(D1::variable(x)), theirs(Dual64::new(x, 1.0)));
            assert!(f.value.is_finite() && f.slope.is_finite());
            assert!((f.value - g.re).abs() <= 1e-13 * g.re.abs(), "{f:?} instead of {g:?}");
            assert!((f.slope - g.eps).abs() <= 1e-12 * g.eps.abs(), "{f:?} instead of {g:?}");
        }
    }
}

#[test]
fn third_derivatives_by_hand() {
    let third = |f: fn(D3) -> D3, x: f64| f(thrice(x)).slope.slope.slope;
    let x: f64 = 1.7;
    close_to(third(|x| x * x * x * x, x), 24.0 * x, 1e-12);
    close_to(third(Scalar::sqrt, x), 0.375 * f64::powf(x, -2.5), 1e-12);
    close_to(third(Scalar::exp, x), x.exp(), 1e-12);
    close_to(third(Scalar::ln, x), 2.0 * x.powi(-3), 1e-12);
    close_to(third(Scalar::recip, x), -6.0 * x.powi(-4), 1e-12);
    close_to(third(|x| Over::<f64>::powf(x, 2.4), x), 2.4 * 1.4 * 0.4 * f64::powf(x, -0.6), 1e-12);
    // (x eˣ)''' = (x + 3) eˣ, and (e^(x²))''' = (8x³ + 12x) e^(x²).
    close_to(third(|x| x * x.exp(), x), (x + 3.0) * x.exp(), 1e-12);
    close_to(third(|x| x.square().exp(), x), (8.0 * x.powi(3) + 12.0 * x) * (x * x).exp(), 1e-12);
    // (1/(1+x²))''' = 24 x (1 − x²)/(1+x²)⁴.
    close_to(
        third(|x| (x.square() + 1.0).recip(), x),
        24.0 * x * (1.0 - x * x) / (1.0 + x * x).powi(4),
        1e-12,
    );
    close_to(
        third(|x| D3::constant(1.0) / (x.square() + 1.0), x),
        24.0 * x * (1.0 - x * x) / (1.0 + x * x).powi(4),
        1e-12,
    );
}

#[test]
fn each_derivative_sits_in_its_own_direction() {
    // f = x³y² with x along the first and third direction, y along the second.
    let x = Dual { value: D2::constant(2.0), slope: D2::constant(0.0) };
    let mut x: D3 = x;
    x.value.value.slope = 1.0;
    x.slope.value.value = 1.0;
    let mut y: D3 = D3::constant(3.0);
    y.value.slope.value = 1.0;
    let f = x * x * x * y * y;
    close_to(f.value.value.value, 72.0, 1e-12);
    close_to(f.value.value.slope, 3.0 * 4.0 * 9.0, 1e-12); // f_x
    close_to(f.value.slope.value, 8.0 * 6.0, 1e-12); // f_y
    close_to(f.slope.value.value, 3.0 * 4.0 * 9.0, 1e-12); // f_x again
    close_to(f.value.slope.slope, 3.0 * 4.0 * 6.0, 1e-12); // f_xy
    close_to(f.slope.value.slope, 6.0 * 2.0 * 9.0, 1e-12); // f_xx
    close_to(f.slope.slope.slope, 6.0 * 2.0 * 6.0, 1e-12); // f_xxy
}

/// A spend held at 0 contributes nothing; one that moves away from 0 has an infinite marginal return.
#[test]
fn a_resting_zero_has_no_infinite_derivative() {
    assert_eq!(D1::constant(0.0).sqrt(), D1::constant(0.0));
    assert_eq!(D3::constant(0.0).sqrt(), D3::constant(0.0));
    assert_eq!(D1::variable(0.0).sqrt().slope, f64::INFINITY);
    // √a · x at a = 0 is flat in x.
    let product = D1::constant(0.0).sqrt() * D1::variable(5.0);
    assert_eq!((product.value, product.slope), (0.0, 0.0));
    assert_eq!(Over::<f64>::powf(D1::constant(0.0), 0.5), D1::constant(0.0));
}

#[test]
fn powers_at_zero() {
    let power = |exponent: f64| Over::<f64>::powf(D1::variable(0.0), exponent);
    assert_eq!((power(2.0).value, power(2.0).slope), (0.0, 0.0));
    assert_eq!((power(1.0).value, power(1.0).slope), (0.0, 1.0));
    assert_eq!((power(0.5).value, power(0.5).slope), (0.0, f64::INFINITY));
    assert_eq!(power(-1.0).value, f64::INFINITY);
    // Second derivatives of x² and x³ at 0.
    assert_eq!(Over::<f64>::powf(twice(0.0), 2.0).slope.slope, 2.0);
    assert_eq!(Over::<f64>::powf(twice(0.0), 3.0).slope.slope, 0.0);
    // x⁰ is 1 with slope 0, everywhere.
    assert_eq!((power(0.0).value, Over::<f64>::powf(D1::variable(3.0), 0.0).slope), (1.0, 0.0));
}

#[test]
fn ties_take_the_documented_side() {
    let (a, b) = (d1(1.0, 10.0), d1(1.0, 20.0));
    assert_eq!(a.max(b).slope, 20.0); // the derivatives of `other`
    assert_eq!(b.max(a).slope, 10.0);
    assert_eq!(a.min(b).slope, 10.0); // the derivatives of `self`
    assert_eq!(D1::variable(0.0).positive_part().slope, 0.0);
    assert_eq!(D1::select(d1(0.0, 5.0), a, b), b); // not above zero: otherwise
    assert_eq!(D1::select(d1(f64::MIN_POSITIVE, 0.0), a, b), a);
    assert_eq!(D1::select(d1(f64::NAN, 0.0), a, b), b);
    assert_eq!((f64::select(0.0, 1.0, 2.0), Scalar::max(3.0, 4.0), Scalar::min(3.0, 4.0)), (2.0, 4.0, 3.0));
    // The branch that is not taken may be anything.
    let root = D1::select(d1(-1.0, 1.0), d1(-1.0, 1.0).sqrt(), d1(0.0, 0.0));
    assert_eq!(root, d1(0.0, 0.0));
}
