//! Numbers that write down what is done to them.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::sync::atomic::{AtomicU32, Ordering};

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
///
/// A term belongs to its recording, on its thread. In another one it is an error there; after the end of all, what is
/// computed from it is no number.
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
    keys: Vec<u128>,
    /// Where lines stand, found by their keys: a power of two of places, at most half of them taken, the others [`FREE`].
    table: Vec<u32>,
    /// A term of another recording was used.
    foreign: bool,
}

const FREE: u32 = u32::MAX;

/// Spreads keys, small numbers side by side and no secrets, over a table: by the golden ratio of 2⁶⁴ and a fold (Knuth, The
/// Art of Computer Programming 3, section 6.4).
fn spread(key: u128) -> usize {
    let fold = |part: u64| {
        let product = u128::from(part) * 0x9E37_79B9_7F4A_7C15;
        (product >> 64) as u64 ^ product as u64
    };
    fold(fold(key as u64).rotate_left(29) ^ (key >> 64) as u64) as usize
}

/// How many recordings there have been, on all threads: a term of another thread's recording is foreign, too.
static COUNT: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// The recordings of this thread, one inside the other.
    static RECORDINGS: RefCell<Vec<Recording>> = const { RefCell::new(Vec::new()) };
}

/// Ends a recording however it ends: by its result or by a panic in the function that is recorded.
struct Open;

impl Drop for Open {
    fn drop(&mut self) {
        RECORDINGS.with_borrow_mut(Vec::pop);
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
        let mut write = Some(write);
        let inputs = inputs.into_iter().map(Into::into).collect();
        Self::record_named(inputs, &mut |x| write.take().map_or_else(Vec::new, |write| write(x)))
    }

    /// The same with names that are there. Compiled once: `write` is called once.
    pub(crate) fn record_named(
        inputs: Names,
        write: &mut dyn FnMut(&[Term]) -> Vec<Term>,
    ) -> Result<Formula, FormulaError> {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let (lines, keys, table) = (Vec::with_capacity(64), Vec::with_capacity(64), vec![FREE; 128]);
        RECORDINGS
            .with_borrow_mut(|open| open.push(Recording { number, lines, keys, table, foreign: false }));
        let guard = Open;
        let terms: Vec<Term> = (0..inputs.len()).map(|at| push(Line::Input(at as u32))).collect();
        let results = write(&terms);
        let finished = RECORDINGS.with_borrow_mut(|open| {
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
        if lines.len().max(places.len()) >= MOST_LINES {
            return Err(FormulaError::TooLong { most: MOST_LINES });
        }
        Ok(Formula::new(inputs, lines, places))
    }
}

impl Recording {
    /// Writes a line down, unless it is there.
    fn push(&mut self, line: Line) -> Kind {
        let key = line.key();
        let at = self.search(key);
        let line = match self.table[at] {
            // What has grown too long is of no use: it stays as long as it is.
            FREE if self.lines.len() >= MOST_LINES => 0,
            FREE => {
                let place = self.lines.len() as u32;
                self.table[at] = place;
                self.lines.push(line);
                self.keys.push(key);
                if self.lines.len() * 2 > self.table.len() {
                    self.widen();
                }
                place
            }
            place => place,
        };
        Kind::Line { recording: self.number, line }
    }

    /// The place in the table of the line with this key, or the free one where it belongs.
    fn search(&self, key: u128) -> usize {
        let mask = self.table.len() - 1;
        let mut at = spread(key) & mask;
        loop {
            match self.table[at] {
                FREE => return at,
                place if self.keys[place as usize] == key => return at,
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn widen(&mut self) {
        self.table = vec![FREE; self.table.len() * 4];
        for place in 0..self.keys.len() {
            let at = self.search(self.keys[place]);
            self.table[at] = place as u32;
        }
    }

    /// Where a term stands in this recording; constants are written down.
    fn place(&mut self, term: Term) -> u32 {
        let kind = match term.0 {
            Rest => self.push(Line::Constant(0.0)),
            Constant(c) => self.push(Line::Constant(c)),
            line @ Kind::Line { .. } => line,
        };
        match kind {
            // Numbers of recordings come again after four billion: such a term may stand nowhere here.
            Kind::Line { recording, line }
                if recording == self.number && (line as usize) < self.lines.len() =>
            {
                line
            }
            _ => {
                self.foreign = true;
                0
            }
        }
    }
}

/// Lets the innermost recording write a line, whose arguments are these terms by their numbers.
fn write(terms: &[Term], line: Line) -> Term {
    RECORDINGS.with_borrow_mut(|open| match open.last_mut() {
        Some(recording) => {
            let mut places = [0; 3];
            places.iter_mut().zip(terms).for_each(|(place, term)| *place = recording.place(*term));
            Term(recording.push(line.with(|argument| places[argument as usize])))
        }
        // A term that has outlived its recording.
        None => Term(Constant(f64::NAN)),
    })
}

fn push(line: Line) -> Term {
    write(&[], line)
}

fn unary(op: Unary, x: Term) -> Term {
    match x.0 {
        Constant(c) => Term(Constant(op.of(c))),
        Rest => Term(Constant(op.of(0.0))),
        Kind::Line { .. } => write(&[x], Line::Unary(op, 0)),
    }
}

fn fixed(op: Fixed, x: Term, c: f64) -> Term {
    match x.0 {
        Constant(x) => Term(Constant(op.of(x, c))),
        Rest => Term(Constant(op.of(0.0, c))),
        Kind::Line { .. } => write(&[x], Line::Fixed(op, 0, c)),
    }
}

/// A function of two numbers, neither of which is known; both if they are.
fn binary(op: Binary, x: Term, y: Term) -> Term {
    match (x.known(), y.known()) {
        (Some(x), Some(y)) => Term(Constant(op.of(x, y))),
        _ => write(&[x, y], Line::Binary(op, 0, 1)),
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

    /// Whether both are the same to the bit: the same line, or numbers that no operation tells apart.
    fn same(self, other: Term) -> bool {
        match (self.0, other.0) {
            (Constant(a), Constant(b)) => a.to_bits() == b.to_bits(),
            (one, other) => one == other,
        }
    }

    /// Whether it is a slope that is zero by structure.
    pub(super) fn rests(self) -> bool {
        matches!(self.0, Rest)
    }

    /// The line that the innermost recording wrote for it.
    fn line(self) -> Option<Line> {
        let Kind::Line { recording, line } = self.0 else { return None };
        RECORDINGS.with_borrow(|open| {
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
            None if then.same(otherwise) => then,
            None => write(&[margin, then, otherwise], Line::Ternary(Ternary::Select, 0, 1, 2)),
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
    fn along(slope: Term, derivative: Term) -> Term {
        match slope.0 {
            Rest => slope,
            Constant(0.0) => slope,
            // A slope that is known to move.
            Constant(c) => derivative * c,
            Kind::Line { .. } => match derivative.0 {
                Rest => Term(Rest),
                // A slope of zero stays as it is, its sign included, under such a derivative.
                Constant(c) if c.is_finite() && c.is_sign_positive() => slope * c,
                derivative => binary(Binary::Along, slope, Term(derivative)),
            },
        }
    }
    fn raised(self, lower: Term, exponent: Term) -> Term {
        match (lower.known(), self.known(), exponent.known()) {
            (Some(lower), Some(base), Some(exponent)) => Term(Constant(base.raised(lower, exponent))),
            // The power 1 of anything is the thing itself.
            (Some(1.0), _, Some(1.0)) => self,
            _ => write(&[lower, self, exponent], Line::Ternary(Ternary::Raised, 0, 1, 2)),
        }
    }
    fn along_power(slope: Term, base: Term, exponent: Term, order: u32) -> Term {
        // What does not move needs no power.
        if slope.rests() { slope } else { Term::along(slope, base.power_and_log(exponent, order)) }
    }
    fn power_and_log(self, exponent: Term, order: u32) -> Term {
        match (self.known(), exponent.known()) {
            (Some(base), Some(exponent)) => Term(Constant(base.power_and_log(exponent, order))),
            _ if order == 0 => Over::<Term>::powf(self, exponent),
            _ => write(&[self, exponent], Line::PowerAndLog(0, 1, order)),
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
