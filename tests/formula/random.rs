//! Random functions over any number, of everything that a formula can do.

use coopad::{Over, Scalar};

use crate::splitmix;

/// Draws of SplitMix64.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn next(&mut self) -> u64 {
        splitmix::next(&mut self.0)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1_u64 << 53) as f64)
    }

    pub(crate) fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Numbers with which arithmetic has exceptions.
pub(crate) const SPECIAL: [f64; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    -2.5,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    1e-7,
    1e300,
    709.9,
    -745.2,
    1.0 + f64::EPSILON,
];

/// Numbers of an ordinary size.
const ORDINARY: [f64; 10] = [0.3, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0, -0.25, 0.0, 2.5];

#[derive(Clone, Copy, Debug)]
enum Step {
    Constant(f64),
    One(usize, usize),
    Two(usize, usize, usize),
    Fixed(usize, usize, f64),
    Select(usize, usize, usize),
    Raised(usize, usize, usize),
    PowerAndLog(usize, usize, u32),
}

const ONES: usize = 10;
const TWOS: usize = 9;
const FIXEDS: usize = 6;
/// Among the functions of two numbers.
const POWER: usize = 5;

/// A function: steps on what stands before, inputs first, and which of them are outputs.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    pub(crate) inputs: usize,
    steps: Vec<Step>,
    outputs: Vec<usize>,
}

impl Random {
    /// Any function at all, with special constants.
    pub(crate) fn wild(draws: &mut Draws) -> Self {
        Self::drawn(draws, &SPECIAL, true)
    }

    /// A function such as people write: ordinary constants, none of the methods that derivatives alone are made of, and no
    /// powers of two numbers one of which is known (what is known is used when they are recorded, and rounds otherwise).
    pub(crate) fn ordinary(draws: &mut Draws) -> Self {
        Self::drawn(draws, &ORDINARY, false)
    }

    fn drawn(draws: &mut Draws, constants: &[f64], all: bool) -> Self {
        let inputs = draws.below(4) + usize::from(!all);
        let count = 1 + draws.below(25);
        let mut steps = vec![Step::Constant(draws.of(constants))];
        let mut known: Vec<bool> = vec![false; inputs];
        for at in inputs + 1..inputs + count {
            known.push(match steps[at - 1 - inputs] {
                Step::Constant(_) => true,
                Step::One(_, a) | Step::Fixed(_, a, _) => known[a],
                Step::Two(_, a, b) | Step::PowerAndLog(a, b, _) => known[a] && known[b],
                Step::Select(a, b, c) | Step::Raised(a, b, c) => known[a] && known[b] && known[c],
            });
            // Mostly what is new, so that functions are deep.
            let mut any =
                || if draws.below(2) == 0 { at - 1 - draws.below(at.min(3)) } else { draws.below(at) };
            let (a, b, c) = (any(), any(), any());
            steps.push(match draws.below(if all { 20 } else { 17 }) {
                0 => Step::Constant(draws.of(constants)),
                1..=5 => Step::One(draws.below(ONES), a),
                6..=11 => match draws.below(TWOS - usize::from(!all)) {
                    POWER if (known[a] || known[b]) && !all => Step::One(0, a),
                    op => Step::Two(op, a, b),
                },
                12..=15 => {
                    Step::Fixed(draws.below(FIXEDS - usize::from(known[a] && !all)), a, draws.of(constants))
                }
                16 | 17 => Step::Select(a, b, c),
                18 => Step::Raised(a, b, c),
                _ => Step::PowerAndLog(a, b, draws.below(4) as u32),
            });
        }
        let places = inputs + steps.len();
        let outputs = (0..1 + draws.below(4)).map(|_| places - 1 - draws.below(places.min(6))).collect();
        Random { inputs, steps, outputs }
    }

    /// Whether it has operations that derivatives alone are made of.
    pub(crate) fn of_derivatives(&self) -> bool {
        let own = |step: &Step| matches!(step, Step::Raised(..) | Step::PowerAndLog(..) | Step::Two(8, ..));
        self.steps.iter().any(own)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        (0..self.inputs).map(|at| format!("x{at}")).collect()
    }

    pub(crate) fn run<T: Scalar>(&self, x: &[T]) -> Vec<T> {
        let mut all = x.to_vec();
        for step in &self.steps {
            all.push(match *step {
                Step::Constant(c) => T::constant(c),
                Step::One(op, a) => one(op, all[a]),
                Step::Two(op, a, b) => two(op, all[a], all[b]),
                Step::Fixed(op, a, c) => fixed(op, all[a], c),
                Step::Select(a, b, c) => T::select(all[a], all[b], all[c]),
                Step::Raised(a, b, c) => all[a].raised(all[b], all[c]),
                Step::PowerAndLog(a, b, order) => all[a].power_and_log(all[b], order),
            });
        }
        self.outputs.iter().map(|output| all[*output]).collect()
    }

    /// A point at which to run: of ordinary numbers, or of anything.
    pub(crate) fn point(&self, draws: &mut Draws, special: bool) -> Vec<f64> {
        let mut number = || match draws.below(3) {
            0 if special => draws.of(&SPECIAL),
            0 => draws.of(&ORDINARY),
            _ => draws.between(-2.0, 4.0),
        };
        (0..self.inputs).map(|_| number()).collect()
    }
}

fn one<T: Scalar>(op: usize, x: T) -> T {
    match op {
        0 => -x,
        1 => x.recip(),
        2 => x.sqrt(),
        3 => x.exp(),
        4 => x.exp_m1(),
        5 => x.ln(),
        6 => x.ln_1p(),
        7 => x.tanh(),
        8 => x.square(),
        _ => x.positive_part(),
    }
}

fn two<T: Scalar>(op: usize, x: T, y: T) -> T {
    match op {
        0 => x + y,
        1 => x - y,
        2 => x * y,
        3 => x / y,
        4 => x % y,
        POWER => Over::<T>::powf(x, y),
        6 => x.max(y),
        7 => x.min(y),
        _ => T::along(x, y),
    }
}

fn fixed<T: Scalar>(op: usize, x: T, c: f64) -> T {
    match op {
        0 => x + c,
        1 => x - c,
        2 => x * c,
        3 => x / c,
        4 => x % c,
        _ => Over::<f64>::powf(x, c),
    }
}

/// Whether both are the same to the bit, or no numbers both.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

pub(crate) fn all_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(*a, *b))
}
