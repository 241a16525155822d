//! Numbers that write down what is done to them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use num_traits::{Inv, One, Pow, Zero};

use super::line::{Binary, Fixed, Line, Ternary, Unary};
use super::{Formula, FormulaError, Names};
use crate::scalar::{Over, Scalar};

/// The most lines of a formula: some hundred megabytes. A network of 10,000 retailers has 10⁵.
pub(crate) const MOST_LINES: usize = 1 << 22;

/// A number that writes down what is done to it while a [`Formula`] is [recorded](Formula::record).
///
/// Constants are computed at once, what has been written down before is not written again, and what changes nothing (a
/// product with 1, a slope [at rest](Scalar::at_rest)) is left out, where that changes no bit of a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term(Kind);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// A slope that is zero by structure.
    Rest,
    Constant(f64),
    /// A line of a recording.
    Line {
        recording: u32,
        line: u32,
    },
}

use Kind::{Constant, Rest};

/// A recording under way.
struct Recording {
    number: u32,
    lines: Vec<Line>,
    known: HashMap<u128, u32, BuildHasherDefault<Mix>>,
    /// A term of another recording was used.
    foreign: bool,
}

/// Spreads the keys of lines over the table; keys are small numbers side by side, not secrets.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }
    fn write_u64(&mut self, part: u64) {
        // Multiplication by the golden ratio of 2⁶⁴ and a fold (Knuth, The Art of Computer Programming 3, section 6.4).
        let product = u128::from(self.0.rotate_left(29) ^ part) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
    fn write_u128(&mut self, key: u128) {
        self.write_u64(key as u64);
        self.write_u64((key >> 64) as u64);
    }
}

thread_local! {
    /// The recordings of this thread, one inside the other, and how many there have been.
    static RECORDINGS: RefCell<(Vec<Recording>, u32)> = const { RefCell::new((Vec::new(), 0)) };
}

/// Ends a recording however it ends: by its result or by a panic in the function that is recorded.
struct Open;

impl Drop for Open {
    fn drop(&mut self) {
        RECORDINGS.with_borrow_mut(|(open, _)| open.pop());
    }
}

impl Formula {
    /// Runs `write` once on terms, and keeps what it does to them: a formula of these inputs with one output a term
    /// returned.
    ///
    /// # Errors
    ///
    /// [`FormulaError::TooLong`] beyond some four million operations, [`FormulaError::Foreign`] where a term of another
    /// recording was used.
    ///
    /// ```
    /// use coopad::Scalar;
    /// use coopad::formula::Formula;
    ///
    /// let profit = Formula::record(["margin", "spend"], |x| vec![x[1].sqrt() * x[0] - x[1]])?;
    /// assert_eq!(profit.run(&[2.0, 9.0])?, [-3.0]);
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn record<N: Into<std::borrow::Cow<'static, str>>>(
        inputs: impl IntoIterator<Item = N>,
        write: impl FnOnce(&[Term]) -> Vec<Term>,
    ) -> Result<Formula, FormulaError> {
        Self::record_named(inputs.into_iter().map(Into::into).collect(), write)
    }

    /// The same with names that are there.
    pub(crate) fn record_named(
        inputs: Names,
        write: impl FnOnce(&[Term]) -> Vec<Term>,
    ) -> Result<Formula, FormulaError> {
        let mut once = Some(write);
        Self::recorded(inputs, &mut |terms| once.take().map_or_else(Vec::new, |write| write(terms)))
    }

    /// The same, compiled once.
    fn recorded(inputs: Names, write: &mut dyn FnMut(&[Term]) -> Vec<Term>) -> Result<Formula, FormulaError> {
        let number = RECORDINGS.with_borrow_mut(|(open, count)| {
            *count = count.wrapping_add(1);
            let known = HashMap::default();
            open.push(Recording { number: *count, lines: Vec::new(), known, foreign: false });
            *count
        });
        let guard = Open;
        let terms: Vec<Term> = (0..inputs.len()).map(|at| push(Line::Input(at as u32))).collect();
        let results = write(&terms);
        let finished = RECORDINGS.with_borrow_mut(|(open, _)| {
            // The guard takes away what is left.
            let recording = open.iter_mut().rfind(|recording| recording.number == number)?;
            let places = results.iter().map(|result| recording.place(*result)).collect::<Vec<_>>();
            let lines = std::mem::take(&mut recording.lines);
            Some((lines, places, recording.foreign))
        });
        drop(guard);
        let Some((lines, places, foreign)) = finished else { return Err(FormulaError::Foreign) };
        if foreign {
            return Err(FormulaError::Foreign);
        }
        if lines.len() >= MOST_LINES {
            return Err(FormulaError::TooLong { most: MOST_LINES });
        }
        Ok(Formula::new(inputs, lines, places))
    }
}

impl Recording {
    /// Writes a line down, unless it is there.
    fn push(&mut self, line: Line) -> Kind {
        let place = match self.known.entry(line.key()) {
            std::collections::hash_map::Entry::Occupied(known) => *known.get(),
            // What has grown too long is of no use: it stays as long as it is.
            std::collections::hash_map::Entry::Vacant(_) if self.lines.len() >= MOST_LINES => 0,
            std::collections::hash_map::Entry::Vacant(free) => {
                let place = self.lines.len() as u32;
                self.lines.push(line);
                *free.insert(place)
            }
        };
        Kind::Line { recording: self.number, line: place }
    }

    /// Where a term stands in this recording; constants are written down.
    fn place(&mut self, term: Term) -> u32 {
        let kind = match term.0 {
            Rest => self.push(Line::Constant(0.0)),
            Constant(c) => self.push(Line::Constant(c)),
            line @ Kind::Line { .. } => line,
        };
        match kind {
            Kind::Line { recording, line } if recording == self.number => line,
            _ => {
                self.foreign = true;
                0
            }
        }
    }
}

/// Lets the innermost recording write a line of these terms.
fn write<const N: usize>(terms: [Term; N], line: impl FnOnce([u32; N]) -> Line) -> Term {
    RECORDINGS.with_borrow_mut(|(open, _)| match open.last_mut() {
        Some(recording) => {
            let places = terms.map(|term| recording.place(term));
            Term(recording.push(line(places)))
        }
        // A term that has outlived its recording.
        None => Term(Constant(f64::NAN)),
    })
}

fn push(line: Line) -> Term {
    write([], |[]| line)
}

fn unary(op: Unary, x: Term) -> Term {
    match x.0 {
        Constant(c) => Term(Constant(op.of(c))),
        Rest => Term(Constant(op.of(0.0))),
        Kind::Line { .. } => write([x], |[a]| Line::Unary(op, a)),
    }
}

fn fixed(op: Fixed, x: Term, c: f64) -> Term {
    match x.0 {
        Constant(x) => Term(Constant(op.of(x, c))),
        Rest => Term(Constant(op.of(0.0, c))),
        Kind::Line { .. } => write([x], |[a]| Line::Fixed(op, a, c)),
    }
}

/// A function of two numbers, neither of which is known; both if they are.
fn binary(op: Binary, x: Term, y: Term) -> Term {
    match (x.known(), y.known()) {
        (Some(x), Some(y)) => Term(Constant(op.of(x, y))),
        _ => write([x, y], |[a, b]| Line::Binary(op, a, b)),
    }
}

impl Term {
    /// The number, if it is known.
    fn known(self) -> Option<f64> {
        match self.0 {
            Constant(c) => Some(c),
            Rest => Some(0.0),
            Kind::Line { .. } => None,
        }
    }

    /// Whether the term is known to be this very number, zeros told apart by their signs.
    fn is(self, number: f64) -> bool {
        matches!(self.0, Constant(c) if c.to_bits() == number.to_bits())
    }

    /// The line that the innermost recording wrote for it.
    fn line(self) -> Option<Line> {
        let Kind::Line { recording, line } = self.0 else { return None };
        RECORDINGS.with_borrow(|(open, _)| {
            let last = open.last().filter(|last| last.number == recording)?;
            last.lines.get(line as usize).copied()
        })
    }
}

impl Add for Term {
    type Output = Term;
    fn add(self, other: Term) -> Term {
        match (self.0, other.0) {
            (Rest, _) => other,
            (_, Rest) => self,
            (Constant(c), Kind::Line { .. }) => other + c,
            (Kind::Line { .. }, Constant(c)) => self + c,
            _ => binary(Binary::Add, self, other),
        }
    }
}

impl Sub for Term {
    type Output = Term;
    fn sub(self, other: Term) -> Term {
        match (self.0, other.0) {
            (_, Rest) => self,
            (Rest, _) => -other,
            (Constant(c), Kind::Line { .. }) => fixed(Fixed::From, other, c),
            (Kind::Line { .. }, Constant(c)) => self - c,
            _ => binary(Binary::Sub, self, other),
        }
    }
}

impl Mul for Term {
    type Output = Term;
    fn mul(self, other: Term) -> Term {
        match (self.0, other.0) {
            (Rest, _) | (_, Rest) => Term(Rest),
            (Constant(c), Kind::Line { .. }) => other * c,
            (Kind::Line { .. }, Constant(c)) => self * c,
            _ => binary(Binary::Mul, self, other),
        }
    }
}

impl Div for Term {
    type Output = Term;
    fn div(self, other: Term) -> Term {
        match (self.0, other.0) {
            (Rest, _) => Term(Rest),
            (Constant(c), Kind::Line { .. }) => fixed(Fixed::Into, other, c),
            (Kind::Line { .. }, Constant(c)) => self / c,
            _ => binary(Binary::Div, self, other),
        }
    }
}

impl Rem for Term {
    type Output = Term;
    fn rem(self, other: Term) -> Term {
        match (self.0, other.0) {
            (Kind::Line { .. }, Constant(c)) => self % c,
            _ => binary(Binary::Rem, self, other),
        }
    }
}

impl Neg for Term {
    type Output = Term;
    fn neg(self) -> Term {
        match (self.0, self.line()) {
            (Rest, _) => self,
            (Kind::Line { recording, .. }, Some(Line::Unary(Unary::Neg, line))) => {
                Term(Kind::Line { recording, line })
            }
            _ => unary(Unary::Neg, self),
        }
    }
}

impl Add<f64> for Term {
    type Output = Term;
    fn add(self, c: f64) -> Term {
        // x + (−0) is x, to the bit; x + 0 is not where x is −0.
        if c.to_bits() == (-0.0_f64).to_bits() { self } else { fixed(Fixed::Plus, self, c) }
    }
}

impl Sub<f64> for Term {
    type Output = Term;
    fn sub(self, c: f64) -> Term {
        self + -c
    }
}

impl Mul<f64> for Term {
    type Output = Term;
    fn mul(self, c: f64) -> Term {
        match self.0 {
            Rest => self,
            _ if c == 1.0 => self,
            _ if c == -1.0 => -self,
            _ => fixed(Fixed::Times, self, c),
        }
    }
}

impl Div<f64> for Term {
    type Output = Term;
    fn div(self, c: f64) -> Term {
        match self.0 {
            Rest => self,
            _ if c == 1.0 => self,
            _ => fixed(Fixed::Per, self, c),
        }
    }
}

impl Rem<f64> for Term {
    type Output = Term;
    fn rem(self, c: f64) -> Term {
        fixed(Fixed::Modulo, self, c)
    }
}

impl Over<f64> for Term {
    fn powf(self, exponent: f64) -> Term {
        // The power 1 is the number itself, and the power 0 is 1, whatever the number.
        if exponent == 1.0 {
            self
        } else if exponent == 0.0 {
            Term(Constant(1.0))
        } else {
            fixed(Fixed::Power, self, exponent)
        }
    }
}

impl Over<Term> for Term {
    fn powf(self, exponent: Term) -> Term {
        match exponent.known() {
            Some(known) => Over::<f64>::powf(self, known),
            None => binary(Binary::Pow, self, exponent),
        }
    }
}

impl Scalar for Term {
    fn constant(value: f64) -> Term {
        Term(Constant(value))
    }
    fn sqrt(self) -> Term {
        unary(Unary::Sqrt, self)
    }
    fn exp(self) -> Term {
        unary(Unary::Exp, self)
    }
    fn exp_m1(self) -> Term {
        unary(Unary::ExpM1, self)
    }
    fn ln(self) -> Term {
        unary(Unary::Ln, self)
    }
    fn ln_1p(self) -> Term {
        unary(Unary::Ln1p, self)
    }
    fn tanh(self) -> Term {
        unary(Unary::Tanh, self)
    }
    fn recip(self) -> Term {
        unary(Unary::Recip, self)
    }
    fn select(margin: Term, then: Term, otherwise: Term) -> Term {
        match margin.known() {
            Some(known) if known > 0.0 => then,
            Some(_) => otherwise,
            None if then == otherwise => then,
            None => write([margin, then, otherwise], |[a, b, c]| Line::Ternary(Ternary::Select, a, b, c)),
        }
    }
    fn max(self, other: Term) -> Term {
        binary(Binary::Max, self, other)
    }
    fn min(self, other: Term) -> Term {
        binary(Binary::Min, self, other)
    }
    fn at_rest() -> Term {
        Term(Rest)
    }
    fn along(slope: Term, derivative: impl FnOnce() -> Term) -> Term {
        match slope.0 {
            Rest => slope,
            Constant(0.0) => slope,
            // A slope that is known to move.
            Constant(c) => derivative() * c,
            Kind::Line { .. } => match derivative().0 {
                Rest => Term(Rest),
                // No finite derivative makes a number of a slope at rest.
                Constant(c) if c.is_finite() => slope * c,
                derivative => binary(Binary::Along, slope, Term(derivative)),
            },
        }
    }
    fn raised(self, lower: Term, exponent: Term) -> Term {
        match (self.known(), exponent.known()) {
            // The power 1 of anything is the thing itself.
            (_, Some(1.0)) => self,
            (None, _) => write([lower, self, exponent], |[a, b, c]| Line::Ternary(Ternary::Raised, a, b, c)),
            (Some(base), Some(exponent)) => Term(Constant(f64::powf(base, exponent))),
            (Some(_), None) => Over::<Term>::powf(self, exponent),
        }
    }
    fn power_and_log(self, exponent: Term, order: u32) -> Term {
        match (self.known(), exponent.known()) {
            (Some(base), Some(exponent)) => Term(Constant(base.power_and_log(exponent, order))),
            _ if order == 0 => Over::<Term>::powf(self, exponent),
            _ => write([self, exponent], |[a, b]| Line::PowerAndLog(a, b, order)),
        }
    }
}

impl Zero for Term {
    fn zero() -> Term {
        Term(Constant(0.0))
    }
    /// Whether the term is known to be zero, whatever the inputs are.
    fn is_zero(&self) -> bool {
        self.known() == Some(0.0)
    }
}

impl One for Term {
    fn one() -> Term {
        Term(Constant(1.0))
    }
    /// Whether the term is known to be one, whatever the inputs are.
    fn is_one(&self) -> bool {
        self.is(1.0)
    }
}

impl Inv for Term {
    type Output = Term;
    fn inv(self) -> Term {
        self.recip()
    }
}

impl Pow<f64> for Term {
    type Output = Term;
    fn pow(self, exponent: f64) -> Term {
        self.powf(exponent)
    }
}

impl Pow<Term> for Term {
    type Output = Term;
    fn pow(self, exponent: Term) -> Term {
        self.powf(exponent)
    }
}
