//! Elementary functions on blocks of numbers, written so that the compiler vectorises them.
//!
//! Every kernel is a loop over a [`Block`], or the first bundles of one, with no branch inside, made for the widest registers of the machine when
//! it is called from within [`pulp::Arch::dispatch`]; `S` says for which. Kernels are always inlined, since a function
//! of its own would lose the registers that its caller was made for: call each from one place.
//!
//! A lane's result depends on that lane's input alone, not on its place or its neighbours, and is within one unit in
//! the last place of the correctly rounded value. Machines with and without fused multiply-add may differ in that
//! unit. Lanes out of a kernel's range (zeros, infinities, NaN, negative bases, results near overflow or underflow)
//! leave it as NaN, and the scalar function of `std` puts them right one by one.

use pulp::Simd;

/// Points in a block: few enough that the live slots of a formula stay in the nearest cache, a kilobyte each, and many
/// enough that what is done once a block costs little.
pub(crate) const LANES: usize = 128;

/// One number a point.
pub(crate) type Block = [f64; LANES];

/// Lanes that are always computed together: kernels take whole bundles. As many as fill the widest registers twice.
pub(crate) const BUNDLE: usize = 16;

/// `e^x`.
#[inline(always)]
pub(crate) fn exp<S: Simd>(x: &[f64], out: &mut [f64]) {
    map(x, out, exp_lane::<S>, f64::exp);
}

/// `e^x - 1`, accurate near zero too.
#[inline(always)]
pub(crate) fn exp_m1<S: Simd>(x: &[f64], out: &mut [f64]) {
    map(x, out, exp_m1_lane::<S>, f64::exp_m1);
}

/// The natural logarithm.
#[inline(always)]
pub(crate) fn ln<S: Simd>(x: &[f64], out: &mut [f64]) {
    map(x, out, ln_lane::<S>, f64::ln);
}

/// `ln(1 + x)`, accurate near zero too.
#[inline(always)]
pub(crate) fn ln_1p<S: Simd>(x: &[f64], out: &mut [f64]) {
    map(x, out, ln_1p_lane::<S>, f64::ln_1p);
}

/// The hyperbolic tangent.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(x: &[f64], out: &mut [f64]) {
    map(x, out, tanh_lane::<S>, f64::tanh);
}

/// The square root, which the hardware rounds correctly.
#[inline(always)]
pub(crate) fn sqrt(x: &[f64], out: &mut [f64]) {
    each(x, out, f64::sqrt);
}

/// `base` to the power `exponent`, for all bases that [`f64::powf`] takes.
#[inline(always)]
pub(crate) fn pow<S: Simd>(base: &[f64], exponent: &[f64], out: &mut [f64]) {
    let mut missing = false;
    each_two(base, exponent, out, |base, exponent| {
        let power = pow_lane::<S>(base, exponent);
        missing |= power.is_nan();
        power
    });
    if missing {
        amend_pow(base, exponent, out);
    }
}

/// Puts a function of each number in place, a bundle at a time: of a loop of known length the compiler makes vector instructions
/// alone.
#[inline(always)]
pub(crate) fn each(x: &[f64], out: &mut [f64], mut f: impl FnMut(f64) -> f64) {
    for (out, x) in out.as_chunks_mut::<BUNDLE>().0.iter_mut().zip(x.as_chunks::<BUNDLE>().0) {
        for (to, x) in out.iter_mut().zip(x) {
            *to = f(*x);
        }
    }
}

/// The same of two numbers.
#[inline(always)]
pub(crate) fn each_two(x: &[f64], y: &[f64], out: &mut [f64], mut f: impl FnMut(f64, f64) -> f64) {
    let both = x.as_chunks::<BUNDLE>().0.iter().zip(y.as_chunks::<BUNDLE>().0);
    for (out, (x, y)) in out.as_chunks_mut::<BUNDLE>().0.iter_mut().zip(both) {
        for ((to, x), y) in out.iter_mut().zip(x).zip(y) {
            *to = f(*x, *y);
        }
    }
}

/// Runs `lane` on all lanes, and `scalar` where that gave NaN. The compiler vectorises a flag that gathers over
/// the whole block; a search that stops at the first NaN it would not.
#[inline(always)]
fn map(x: &[f64], out: &mut [f64], lane: impl Fn(f64) -> f64, scalar: fn(f64) -> f64) {
    let mut missing = false;
    each(x, out, |x| {
        let value = lane(x);
        missing |= value.is_nan();
        value
    });
    if missing {
        amend(x, out, scalar);
    }
}

#[cold]
#[inline(never)]
fn amend(x: &[f64], out: &mut [f64], scalar: fn(f64) -> f64) {
    for (to, x) in out.iter_mut().zip(x) {
        if to.is_nan() {
            *to = scalar(*x);
        }
    }
}

#[cold]
#[inline(never)]
fn amend_pow(base: &[f64], exponent: &[f64], out: &mut [f64]) {
    for ((to, base), exponent) in out.iter_mut().zip(base).zip(exponent) {
        if to.is_nan() {
            *to = base.powf(*exponent);
        }
    }
}

/// Whether code for `S` has fused multiply-add; elsewhere `mul_add` is a call of the C library, many times slower than
/// the rest of a kernel.
const fn fuses<S: Simd>() -> bool {
    !S::IS_SCALAR && cfg!(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))
}

/// `a b + c`, in one rounding or two.
#[inline(always)]
fn multiply_add<S: Simd>(a: f64, b: f64, c: f64) -> f64 {
    if const { fuses::<S>() } { a.mul_add(b, c) } else { a * b + c }
}

/// The product and its rounding error. Without fused multiply-add, Dekker's product ("A floating-point technique for
/// extending the available precision", 1971): halves of 26 and 27 bits have exact products.
#[inline(always)]
fn two_product<S: Simd>(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    if const { fuses::<S>() } {
        return (product, a.mul_add(b, -product));
    }
    let upper = |x: f64| f64::from_bits(x.to_bits() & !0x7ff_ffff);
    let (a_upper, b_upper) = (upper(a), upper(b));
    let (a_lower, b_lower) = (a - a_upper, b - b_upper);
    let error = (a_upper * b_upper - product) + a_upper * b_lower + a_lower * b_upper + a_lower * b_lower;
    (product, error)
}

/// The sum and its rounding error, where `larger` is not the smaller one in magnitude, or is zero (Dekker 1971).
#[inline(always)]
fn two_sum(larger: f64, smaller: f64) -> (f64, f64) {
    let sum = larger + smaller;
    (sum, (larger - sum) + smaller)
}

/// The sum and its rounding error, for numbers of any order (Knuth, The Art of Computer Programming, 4.2.2).
#[inline(always)]
fn two_sum_any(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `coefficients[0] + x coefficients[1] + …` by Horner's rule, but for two chains of every second coefficient after the
/// first: each step waits for the one before, and two chains wait half as long. The first coefficient is added last,
/// so that what the chains lose is smaller by a factor `x`.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let square = x * x;
    let chain = |last: usize| {
        let before = (2 - last % 2..last).step_by(2).rev();
        before.fold(coefficients[last], |sum, at| multiply_add::<S>(sum, square, coefficients[at]))
    };
    let (highest, second) = (chain(N - 1), chain(N - 2));
    let (first, other) = if N.is_multiple_of(2) { (highest, second) } else { (second, highest) };
    multiply_add::<S>(multiply_add::<S>(other, x, first), x, coefficients[0])
}

/// `ln 2` in two parts (FreeBSD, `e_log.c`). The first has 32 bits, so that its products with exponents are exact.
const LN_2: (f64, f64) = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10);

/// Added to a number below 2^51 in magnitude and taken away again, rounds it to an integer, which meanwhile stands in
/// the lowest bits: there the spacing of numbers is one. There is no wide conversion to integers before AVX-512.
const ROUNDING: f64 = 1.5 * (1_u64 << 52) as f64;

/// Exponents up to this one in magnitude have an `e^x` that a scale of normal numbers reaches: 708 / ln 2 = 1021.4.
const REACH: f64 = 708.0;

/// `(e^r - 1 - r) / r² = 1/2 + r/6 + r²/24 + …` for `|r| <= ln 2 / 2`: a least-squares fit at Chebyshev nodes in 50
/// digits, one coefficient rounded after the other and the rest fitted again, the first set to 1/2. Times `r²`, it
/// errs by 2^-63.4 of `e^r` and by 2^-60.3 of `r`.
const EXP: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_85,
    0.041_666_666_666_666_526,
    0.008_333_333_333_315_996,
    0.001_388_888_888_896_798,
    0.000_198_412_698_985_056_95,
    2.480_158_715_532_619_6e-5,
    2.755_723_305_055_218_4e-6,
    2.755_741_763_128_99e-7,
    2.511_258_934_906_928_8e-8,
    2.087_108_416_554_513_4e-9,
];

/// `e^(x + low)` as `scale (1 + r + rest)`, for a low part that is small beside `x`: the argument is reduced by the
/// nearest multiple of `ln 2`, and what rounding takes from `r` goes to the rest.
#[inline(always)]
fn exponential<S: Simd>(x: f64, low: f64) -> (f64, f64, f64) {
    let rounded = multiply_add::<S>(x, std::f64::consts::LOG2_E, ROUNDING);
    let k = rounded - ROUNDING;
    let (r, lost) = two_sum(multiply_add::<S>(-k, LN_2.0, x), multiply_add::<S>(-k, LN_2.1, low));
    let rest = multiply_add::<S>(r * r, polynomial::<S, 11>(r, EXP), lost);
    // The exponent field of 2^k: the higher bits of the integer, those of `ROUNDING` among them, are shifted out.
    let scale = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    (scale, r, rest)
}

/// `e^(x + low)`, or NaN out of reach.
#[inline(always)]
fn exp_in_two<S: Simd>(x: f64, low: f64) -> f64 {
    let (scale, r, rest) = exponential::<S>(x, low);
    let (sum, lost) = two_sum(1.0, r);
    let result = scale * (sum + (lost + rest));
    if x.abs() <= REACH { result } else { f64::NAN }
}

#[inline(always)]
fn exp_lane<S: Simd>(x: f64) -> f64 {
    // Minus zero is what the compiler may leave out of a sum.
    exp_in_two::<S>(x, -0.0)
}

/// `e^x - 1` as a sum of two, the second one small.
#[inline(always)]
fn exp_m1_in_two<S: Simd>(x: f64) -> (f64, f64) {
    let (scale, r, rest) = exponential::<S>(x, -0.0);
    let (whole, one) = two_sum_any(scale, -1.0);
    let (sum, lost) = two_sum(whole, scale * r);
    (sum, lost + multiply_add::<S>(scale, rest, one))
}

#[inline(always)]
fn exp_m1_lane<S: Simd>(x: f64) -> f64 {
    let (high, low) = exp_m1_in_two::<S>(x);
    // The sign is that of `x`, of minus zero too.
    let result = (high + low).copysign(x);
    if x.abs() <= REACH { result } else { f64::NAN }
}

#[inline(always)]
fn tanh_lane<S: Simd>(x: f64) -> f64 {
    // tanh |x| = -m / (2 + m) with m = e^(-2|x|) - 1. Beyond 22 it rounds to one. NaN passes.
    let size = if x.abs() > 22.0 { 22.0 } else { x.abs() };
    let (high, low) = exp_m1_in_two::<S>(-2.0 * size);
    let (m, m_low) = two_sum(high, low);
    let (sum, lost) = two_sum(2.0, m);
    // The quotient, and its remainder over the divisor.
    let reciprocal = 1.0 / sum;
    let quotient = m * reciprocal;
    let (product, error) = two_product::<S>(quotient, sum);
    let remainder = ((m - product) - error) + (m_low - quotient * (lost + m_low));
    multiply_add::<S>(remainder, reciprocal, quotient).copysign(x)
}

/// `(ln(1 + f) / s - 2 - 2 s² / 3) / s⁴` as a polynomial in `s²`, where `s = f / (2 + f)` and `1 + f` is between
/// `1/√2` and `√2`: the series is `2/5 + 2 s²/7 + 2 s⁴/9 + …`, the coefficients a Remez fit in 60 digits, rounded one
/// after the other. It errs by 2^-66.3 of `ln(1 + f)`.
const LN: [f64; 7] = [
    0.400_000_000_000_022_56,
    0.285_714_285_700_996_55,
    0.222_222_225_199_006_9,
    0.181_817_843_696_590_85,
    0.153_867_571_906_926_43,
    0.132_568_215_022_894_4,
    0.131_962_898_894_449_87,
];

/// 2/3, and what rounding takes from it.
const TWO_THIRDS: (f64, f64) = (0.666_666_666_666_666_6, 3.700_743_415_417_188e-17);

/// `x = 2^k (1 + f)` with `1 + f` between `1/√2` and `√2`, for normal `x > 0`. Gives `k` and `f`.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    /// The bits of `1/√2`.
    const START: u64 = 0x3fe6_a09e_667f_3bcd;
    /// Keeps `k` positive, so that a shift without sign will do: there is no wide one with sign before AVX-512.
    const BIAS: u64 = 1024;
    /// 2^52. A smaller integer put in its lowest bits is added to it.
    const UNITS: f64 = (1_u64 << 52) as f64;
    let above = x.to_bits().wrapping_sub(START);
    let biased = above.wrapping_add(BIAS << 52) >> 52;
    let k = f64::from_bits(UNITS.to_bits() | biased) - (UNITS + BIAS as f64);
    let fraction = f64::from_bits(x.to_bits().wrapping_sub(above & (0xfff << 52)));
    (k, fraction - 1.0)
}

/// Whether a number is positive, normal and finite.
#[inline(always)]
#[allow(clippy::manual_range_contains, reason = "`contains` is made of `&&`, which branches")]
fn ordinary(x: f64) -> bool {
    (x >= f64::MIN_POSITIVE) & (x <= f64::MAX)
}

/// `ln x + low`, for ordinary `x`. As in FreeBSD's `e_log.c`, `ln(1 + f) = f - f²/2 + s (f²/2 + R)` where
/// `s R = ln(1 + f) - 2 s`, with the sum of the leading terms kept in two parts.
#[inline(always)]
fn logarithm<S: Simd>(x: f64, low: f64) -> f64 {
    let (k, f) = split(x);
    let s = f / (2.0 + f);
    let z = s * s;
    let r = z * multiply_add::<S>(z, polynomial::<S, 7>(z, LN), TWO_THIRDS.0);
    let half_square = 0.5 * f * f;
    let (sum, lost) = two_sum(k * LN_2.0, f);
    let correction = multiply_add::<S>(s, half_square + r, multiply_add::<S>(k, LN_2.1, low));
    sum + (lost + (correction - half_square))
}

#[inline(always)]
fn ln_lane<S: Simd>(x: f64) -> f64 {
    let result = logarithm::<S>(x, -0.0);
    if ordinary(x) { result } else { f64::NAN }
}

#[inline(always)]
fn ln_1p_lane<S: Simd>(x: f64) -> f64 {
    // What the sum loses moves the logarithm by its ratio to the sum.
    let (sum, lost) = two_sum_any(1.0, x);
    let result = logarithm::<S>(sum, lost / sum).copysign(x);
    if ordinary(sum) { result } else { f64::NAN }
}

/// `ln x` as a sum of two that errs by some 2^-64 of it, for ordinary `x`: as `2 s + 2 s³/3 + …`, where all but the
/// terms from `s⁵` on are products and sums of pairs.
#[inline(always)]
fn logarithm_in_two<S: Simd>(x: f64) -> (f64, f64) {
    let (k, f) = split(x);
    // s = f / (2 + f), from a reciprocal and the remainder.
    let (divisor, divisor_low) = two_sum(2.0, f);
    let reciprocal = 1.0 / divisor;
    let s = f * reciprocal;
    let (product, error) = two_product::<S>(s, divisor);
    let s_low = reciprocal * (((f - product) - error) - s * divisor_low);
    // z = s².
    let (z, error) = two_product::<S>(s, s);
    let z_low = multiply_add::<S>(2.0 * s, s_low, error);
    // a = 2/3 + 2 z/5 + …, then b = z a, whose slope is a + 2 z/5 + 2 · 2 z²/7 + …, then c = s b.
    let terms = z * polynomial::<S, 7>(z, LN);
    let (a, lost) = two_sum(TWO_THIRDS.0, terms);
    let (b, error) = two_product::<S>(z, a);
    let b_low = error + multiply_add::<S>(z, lost + TWO_THIRDS.1, z_low * (a + terms));
    let (c, error) = two_product::<S>(s, b);
    let c_low = error + multiply_add::<S>(s, b_low, s_low * b);
    // k ln 2 + 2 s + c.
    let (series, series_lost) = two_sum(2.0 * s, c);
    let (sum, lost) = two_sum(k * LN_2.0, series);
    let low = multiply_add::<S>(k, LN_2.1, multiply_add::<S>(2.0, s_low, c_low));
    (sum, lost + (series_lost + low))
}

#[inline(always)]
fn pow_lane<S: Simd>(base: f64, exponent: f64) -> f64 {
    let (ln, ln_low) = logarithm_in_two::<S>(base);
    let (product, error) = two_product::<S>(exponent, ln);
    let result = exp_in_two::<S>(product, multiply_add::<S>(exponent, ln_low, error));
    if ordinary(base) { result } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use pulp::{Arch, Simd, WithSimd};

    use super::{Block, LANES};

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Function {
        Exp,
        ExpM1,
        Ln,
        Ln1p,
        Tanh,
        Sqrt,
        Pow,
    }
    use Function::{Exp, ExpM1, Ln, Ln1p, Pow, Sqrt, Tanh};

    const ALL: [Function; 7] = [Exp, ExpM1, Ln, Ln1p, Tanh, Sqrt, Pow];

    /// A function on one block; the second argument is an exponent, which the other functions ignore.
    struct Run<'a>(Function, &'a Block, &'a Block);

    impl WithSimd for Run<'_> {
        type Output = Block;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> Block {
            let Run(function, x, y) = self;
            let mut out = [0.0; LANES];
            match function {
                Exp => super::exp::<S>(x, &mut out),
                ExpM1 => super::exp_m1::<S>(x, &mut out),
                Ln => super::ln::<S>(x, &mut out),
                Ln1p => super::ln_1p::<S>(x, &mut out),
                Tanh => super::tanh::<S>(x, &mut out),
                Sqrt => super::sqrt(x, &mut out),
                Pow => super::pow::<S>(x, y, &mut out),
            }
            out
        }
    }

    fn scalar(function: Function, x: f64, y: f64) -> f64 {
        match function {
            Exp => x.exp(),
            ExpM1 => x.exp_m1(),
            Ln => x.ln(),
            Ln1p => x.ln_1p(),
            Tanh => x.tanh(),
            Sqrt => x.sqrt(),
            Pow => x.powf(y),
        }
    }

    /// The results of every level that this machine has.
    fn levels(function: Function, x: &Block, y: &Block) -> Vec<Block> {
        let run = || Run(function, x, y);
        let mut results = vec![Simd::vectorize(pulp::Scalar, run()), Arch::new().dispatch(run())];
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        results.extend(pulp::x86::V3::try_new().map(|simd| Simd::vectorize(simd, run())));
        results
    }

    /// Every level's results for any number of arguments, block by block.
    fn results(function: Function, arguments: &[(f64, f64)]) -> Vec<Vec<f64>> {
        let blocks = arguments.chunks(LANES).map(|chunk| {
            let mut block = ([1.0; LANES], [1.0; LANES]);
            for (lane, &(x, y)) in chunk.iter().enumerate() {
                (block.0[lane], block.1[lane]) = (x, y);
            }
            let by_level = levels(function, &block.0, &block.1);
            by_level.into_iter().map(|block| block[..chunk.len()].to_vec()).collect::<Vec<_>>()
        });
        let joined = blocks.reduce(|mut all, block| {
            all.iter_mut().zip(block).for_each(|(all, block)| all.extend(block));
            all
        });
        joined.unwrap()
    }

    /// Unevaluated sums of two numbers, some 100 bits, for references: plain and slow, and nothing of the kernels.
    mod pair {
        pub(super) type Pair = (f64, f64);

        /// `ln 2`.
        const LN_2: Pair = (std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

        fn exact_sum(a: f64, b: f64) -> Pair {
            let sum = a + b;
            let part = sum - a;
            (sum, (a - (sum - part)) + (b - part))
        }
        pub(super) fn add(a: Pair, b: Pair) -> Pair {
            let (high, low) = exact_sum(a.0, b.0);
            let (next, rest) = exact_sum(a.1, b.1);
            let (high, low) = exact_sum(high, low + next);
            exact_sum(high, low + rest)
        }
        pub(super) fn multiply(a: Pair, b: Pair) -> Pair {
            let high = a.0 * b.0;
            exact_sum(high, a.0.mul_add(b.0, -high) + (a.0 * b.1 + a.1 * b.0))
        }
        pub(super) fn divide(a: Pair, b: Pair) -> Pair {
            let first = a.0 / b.0;
            let rest = add(a, multiply((-first, 0.0), b));
            let second = rest.0 / b.0;
            let rest = add(rest, multiply((-second, 0.0), b));
            add(exact_sum(first, second), (rest.0 / b.0, 0.0))
        }
        /// `e^x - 1` for `|x| < 1`, without loss near zero: a series for `x / 2^9`, then doubled.
        fn exp_m1_small(x: Pair) -> Pair {
            let x = (x.0 / 512.0, x.1 / 512.0);
            let term = |sum, n| multiply(divide(x, (f64::from(n), 0.0)), add((1.0, 0.0), sum));
            let mut result = (1..=11).rev().fold((0.0, 0.0), term);
            for _ in 0..9 {
                result = multiply(result, add((2.0, 0.0), result));
            }
            result
        }
        pub(super) fn exp(x: Pair) -> Pair {
            let k = (x.0 / LN_2.0).round();
            let result = add((1.0, 0.0), exp_m1_small(add(x, multiply((-k, 0.0), LN_2))));
            // In two steps: 2^k may be out of range where the result is not.
            let (half, rest) = ((k / 2.0).floor().exp2(), (k - (k / 2.0).floor()).exp2());
            (result.0 * half * rest, result.1 * half * rest)
        }
        pub(super) fn exp_m1(x: Pair) -> Pair {
            if x.0.abs() < 0.5 { exp_m1_small(x) } else { add(exp(x), (-1.0, 0.0)) }
        }
        /// `ln(1 + x)` for `1 + x` between 1/2 and 2: a step of Newton's method from a rounded value.
        pub(super) fn ln_1p(x: Pair) -> Pair {
            let guess = x.0.ln_1p();
            let inverse = exp_m1((-guess, 0.0));
            let gap = add(add(x, inverse), multiply(x, inverse));
            add((guess, 0.0), add(gap, multiply(gap, (-gap.0 / 2.0, 0.0))))
        }
        pub(super) fn ln(x: Pair) -> Pair {
            // Subnormal numbers have an exponent of their own.
            let k = if x.0 < f64::MIN_POSITIVE { -1060.0 } else { x.0.log2().round().min(1023.0) };
            let (half, rest) = ((-k / 2.0).floor().exp2(), (-k - (-k / 2.0).floor()).exp2());
            let fraction = (x.0 * half * rest, x.1 * half * rest);
            if fraction.0 < 0.5 {
                return add(ln((fraction.0 * 2f64.powi(80), 0.0)), multiply((k - 80.0, 0.0), LN_2));
            }
            add(ln_1p(add(fraction, (-1.0, 0.0))), multiply((k, 0.0), LN_2))
        }
        pub(super) fn tanh(x: f64) -> Pair {
            let m = exp_m1((2.0 * x, 0.0));
            divide(m, add(m, (2.0, 0.0)))
        }
    }

    fn reference(function: Function, x: f64, y: f64) -> pair::Pair {
        match function {
            Exp => pair::exp((x, 0.0)),
            ExpM1 => pair::exp_m1((x, 0.0)),
            Ln => pair::ln((x, 0.0)),
            Ln1p if x.abs() < 0.5 => pair::ln_1p((x, 0.0)),
            Ln1p => pair::ln(pair::add((1.0, 0.0), (x, 0.0))),
            Tanh => pair::tanh(x),
            Sqrt => (x.sqrt(), 0.0),
            Pow => pair::exp(pair::multiply((y, 0.0), pair::ln((x, 0.0)))),
        }
    }

    /// Numbers between 0 and 1 (splitmix64).
    fn random() -> impl FnMut() -> f64 {
        let mut state = 20_261_201_u64;
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Arguments over each function's whole range, with more where it is delicate.
    fn samples(function: Function, count: usize) -> Vec<(f64, f64)> {
        let mut random = random();
        let mut between = move |low: f64, high: f64| low + (high - low) * random();
        let one = |at: usize, between: &mut dyn FnMut(f64, f64) -> f64| {
            let sign = if between(-1.0, 1.0) < 0.0 { -1.0 } else { 1.0 };
            let small = between(-60.0, -1.0).exp2();
            match (function, at % 4) {
                (Exp, 0) => (between(-708.0, 709.7), 0.0),
                (Exp | ExpM1 | Ln1p | Tanh, 1) => (sign * small, 0.0),
                (Exp, _) => (between(-1.0, 1.0), 0.0),
                (ExpM1, 0) => (between(-50.0, 709.7), 0.0),
                (ExpM1, _) => (between(-1.2, 1.2), 0.0),
                (Ln | Sqrt, 0) => (between(-1070.0, 1023.9).exp2(), 0.0),
                (Ln, 1) => (1.0 + sign * small, 0.0),
                (Ln | Sqrt, _) => (between(0.5, 2.0), 0.0),
                (Ln1p, 0) => (between(0.0, 1000.0).exp2(), 0.0),
                (Ln1p, _) => (between(-0.9, 1.2), 0.0),
                (Tanh, 0) => (between(-19.0, 19.0), 0.0),
                (Tanh, _) => (between(-1.0, 1.0), 0.0),
                (Pow, 0) => (between(0.0, 100.0), between(-10.0, 10.0)),
                (Pow, 1) => (between(-1000.0, 1000.0).exp2(), between(-0.7, 0.7)),
                (Pow, 2) => {
                    // The result is anywhere in its range, for a base that may be very near one.
                    let base = 1.0 + sign * small;
                    (base, if base == 1.0 { sign } else { between(-690.0, 709.0) / base.ln() })
                }
                (Pow, _) => {
                    let base = between(0.70, 1.42);
                    (base, sign * between(600.0, 690.0) / base.ln())
                }
            }
        };
        (0..count).map(|at| one(at, &mut between)).collect()
    }

    /// The largest error, in units in the last place, that two searches found over two million points each against
    /// MPFR, rounded up: one over the whole range, and one where the first had found the worst. One and a half keep a
    /// result within a unit of the correctly rounded value.
    fn bound(function: Function) -> f64 {
        match function {
            Exp => 0.7,
            ExpM1 => 1.1,
            Ln => 0.9,
            Ln1p => 0.9,
            Tanh => 0.8,
            Sqrt => 0.5,
            Pow => 0.8,
        }
    }

    /// The spacing of numbers at the size of `x`.
    fn spacing(x: f64) -> f64 {
        let x = x.abs();
        f64::from_bits(x.to_bits() + 1) - x
    }

    fn steps(a: f64, b: f64) -> u64 {
        if a.is_sign_negative() == b.is_sign_negative() {
            a.to_bits().abs_diff(b.to_bits())
        } else {
            u64::MAX
        }
    }

    /// Compares every level's results with references: within a step of the correctly rounded value, and within
    /// the bound.
    fn compare(function: Function, arguments: &[(f64, f64)]) {
        let references: Vec<_> = arguments.iter().map(|&(x, y)| reference(function, x, y)).collect();
        for results in results(function, arguments) {
            for ((result, reference), argument) in results.iter().zip(&references).zip(arguments) {
                let error = ((result - reference.0) - reference.1).abs() / spacing(reference.0);
                let near = steps(*result, reference.0) <= 1 && error <= bound(function);
                // Where `std` answers, the C library's word counts.
                let ours = reference.0.is_normal() && reference.0.abs() < 1e307;
                assert!(
                    near || !ours,
                    "{function:?} at {argument:?}: {result:e}, not {reference:?}, {error} units"
                );
            }
        }
    }

    #[test]
    fn within_a_unit_of_the_correctly_rounded_value() {
        for function in ALL.into_iter().filter(|f| *f != Sqrt) {
            compare(function, &samples(function, 4096));
        }
    }

    /// The largest errors found, with MPFR's correctly rounded values.
    #[test]
    fn the_worst_arguments_found() {
        let worst: [(Function, f64, f64, f64); 21] = [
            (Exp, 707.366_626_817_821, 0.0, 1.604_806_628_517_296_3e307),
            (Exp, 450.199_440_333_059_2, 0.0, 3.304_704_962_324_356e195),
            (Exp, -291.457_335_861_574_6, 0.0, 2.640_507_011_868_495_7e-127),
            (ExpM1, 0.346_792_256_485_068_5, 0.0, 0.414_522_836_898_685_35),
            (ExpM1, 0.355_458_114_924_037_67, 0.0, 0.426_834_158_602_192_15),
            (ExpM1, 0.351_432_997_385_468_74, 0.0, 0.421_102_526_390_894_24),
            (ExpM1, 0.353_568_541_734_636_25, 0.0, 0.424_140_596_673_021_9),
            (Ln, 1.410_471_206_058_334, 0.0, 0.343_923_837_255_327_1),
            (Ln, 0.703_710_247_698_897_3, 0.0, -0.351_388_587_519_536_44),
            (Ln, 1.400_174_374_136_541_3, 0.0, 0.336_596_781_819_810_06),
            (Ln1p, -0.294_849_196_369_814_9, 0.0, -0.349_343_593_186_045_96),
            (Ln1p, -0.293_670_224_308_051_45, 0.0, -0.347_673_046_168_655_1),
            (Ln1p, 0.398_244_745_792_513_8, 0.0, 0.335_217_697_010_024_74),
            (Tanh, -0.179_751_381_123_779_86, 0.0, -0.177_840_122_986_857_78),
            (Tanh, -0.174_919_285_952_462_64, 0.0, -0.173_156_864_955_020_97),
            (Tanh, 0.184_715_180_220_405_6, 0.0, 0.182_642_652_529_433_57),
            (Tanh, 0.176_579_843_234_296_7, 0.0, 0.174_767_168_748_044),
            (Pow, 0.708_235_985_892_273_8, 2_042.349_827_708_893_4, 1.025_753_875_981_457_6e-306),
            (Pow, 0.682_319_092_441_659_8, 1_834.107_090_130_414_7, 3.275_972_505_898_401_4e-305),
            (Pow, 1.406_285_619_536_257_4, -2_044.022_631_506_302, 2.159_443_215_417_156_3e-303),
            (Pow, 0.724_341_172_069_493_3, 1_913.770_987_738_965_2, 9.189_777_629_995_773e-269),
        ];
        for (function, x, y, rounded) in worst {
            assert_eq!(reference(function, x, y).0, rounded, "reference of {function:?} at {x:?}, {y:?}");
            compare(function, &[(x, y)]);
        }
    }

    const SPECIAL: [f64; 30] = [
        0.0,
        f64::from_bits(1),
        1e-310,
        f64::MIN_POSITIVE,
        1e-300,
        1e-20,
        f64::EPSILON,
        0.25,
        0.5,
        std::f64::consts::FRAC_1_SQRT_2,
        1.0 - f64::EPSILON / 2.0,
        1.0,
        1.0 + f64::EPSILON,
        std::f64::consts::SQRT_2,
        2.0,
        3.0,
        10.0,
        22.0,
        708.0,
        708.5,
        709.78,
        709.79,
        745.1,
        745.2,
        1023.0,
        9_007_199_254_740_991.0,
        1e300,
        f64::MAX,
        f64::INFINITY,
        f64::NAN,
    ];

    fn alike(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    }

    /// Zeros with their signs, infinities, NaN, negative bases and results out of the normal range are those of
    /// `std`, and so are results that are exact.
    #[test]
    fn special_values_are_those_of_std() {
        let signed: Vec<f64> = SPECIAL.iter().flat_map(|x| [*x, -*x]).collect();
        for function in ALL {
            let other = if function == Pow { &signed[..] } else { &[1.0] };
            let arguments: Vec<_> = signed.iter().flat_map(|x| other.iter().map(|y| (*x, *y))).collect();
            for results in results(function, &arguments) {
                for (result, &(x, y)) in results.iter().zip(&arguments) {
                    let expected = scalar(function, x, y);
                    let ordinary = expected.is_normal() && expected.abs() != 1.0;
                    // Two libraries that each err by a unit at most.
                    let near = ordinary && steps(*result, expected) <= 2;
                    let right = alike(*result, expected) || near;
                    assert!(right, "{function:?} at {x:e}, {y:e}: {result:e}, not {expected:e}");
                }
            }
        }
    }

    #[test]
    fn exact_powers_are_exact() {
        let mut arguments: Vec<_> = (0..=22).map(|n| (10.0, f64::from(n))).collect();
        arguments.extend((-1000..1000).map(|n| (2.0, f64::from(n))));
        arguments.extend((1..400).map(|n| (f64::from(n), 3.0)));
        let expected: Vec<_> = arguments.iter().map(|(x, y)| x.powi(*y as i32)).collect();
        for results in results(Pow, &arguments) {
            assert_eq!(results, expected);
        }
        // The first power is the base, nothing to the power is one, and the half is near the root.
        for power in [1.0, 0.0, 0.5] {
            let arguments: Vec<_> = samples(Ln, 2048).iter().map(|(x, _)| (*x, power)).collect();
            for results in results(Pow, &arguments) {
                for (result, (x, _)) in results.iter().zip(&arguments) {
                    let (expected, apart) = if power == 1.0 {
                        (*x, 0)
                    } else if power == 0.0 {
                        (1.0, 0)
                    } else {
                        (x.sqrt(), 1)
                    };
                    assert!(steps(*result, expected) <= apart, "{x:e} to the power {power}: {result:e}");
                }
            }
        }
    }

    /// A lane's result is the same wherever it stands, and whether its neighbours are special or not.
    #[test]
    fn lanes_do_not_know_their_neighbours() {
        for function in ALL {
            let arguments = samples(function, LANES);
            let together = results(function, &arguments);
            for (at, &argument) in arguments.iter().enumerate() {
                let mut moved = [(f64::NAN, -1.0); LANES];
                moved[(at * 37 + 11) % LANES] = argument;
                for (level, results) in results(function, &moved).iter().enumerate() {
                    let (here, there) = (together[level][at], results[(at * 37 + 11) % LANES]);
                    assert_eq!(
                        here.to_bits(),
                        there.to_bits(),
                        "{function:?} at {argument:?}, level {level}"
                    );
                }
            }
        }
    }

    /// The widest level of this machine gives what the level below gives, to the bit: both have fused multiply-add.
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    #[test]
    fn fused_levels_agree() {
        if pulp::x86::V3::try_new().is_none() {
            return;
        }
        for function in ALL {
            let results = results(function, &samples(function, 1024));
            assert_eq!(results[1], results[2], "{function:?}");
        }
    }
}
