//! Everybody commits at once: states and everybody's costates.

use super::super::boundary::Problem;
use super::super::error::DynamicError;
use super::super::moment::Moments;
use super::super::played::{Moment, Played};
use super::motion::{Seat, Worth, motion, round_off, worths};
use crate::dual::Dual;
use crate::formula::{Formula, FormulaError};
use crate::level::{D1, D2};
use crate::scalar::Scalar;

/// The most operations, times the unknowns along which they are differentiated, of equations whose derivatives are recorded.
const MOST: usize = 200_000;

/// The equations of the maximum principle as formulas.
#[derive(Debug)]
pub(super) struct Equations {
    /// The speeds of states and costates, of these and the decisions.
    speeds: Formula,
    /// The speeds, then how each moves with each unknown, where the decisions follow a formula.
    tangent: Option<Formula>,
}

impl Equations {
    pub(super) fn new(played: &Played, moments: &Moments<'_>, discounts: &[f64]) -> Result<Self, FormulaError> {
        let seats = discounts.iter().enumerate().map(|(player, &discount)| Seat { player, discount });
        let seats: Vec<Seat> = seats.collect();
        let (states, size) = (played.states(), played.states() * (1 + seats.len()));
        let speeds = Formula::record_named(moments.moment.hamiltonians().names().clone(), |all| {
            let (given, x) = all.split_at(size);
            motion(played, &seats, given.split_at(states), x).0
        })?;
        let unknowns: Vec<usize> = (0..size).collect();
        let tangent = moments.policies().and_then(|policies| {
            let followed = Moment::at_policies(&speeds, policies).ok()?;
            let short = followed.operations() * size <= MOST;
            if short { followed.derivative(&unknowns).ok() } else { None }
        });
        Ok(Equations { speeds, tangent })
    }
}

/// The equations of the maximum principle; the unknowns are states and everybody's costates.
pub(super) struct Nash<'m> {
    moments: Moments<'m>,
    equations: &'m Equations,
    start: Vec<f64>,
    worths: Vec<Worth>,
    /// The unknowns as last asked for, and the largest so far.
    y: Vec<f64>,
    sizes: Vec<f64>,
    column: Vec<D1>,
    direction: Vec<f64>,
    /// Room for the speeds and their slopes.
    room: Vec<f64>,
    state: Vec<D2>,
    last: Vec<D2>,
}

impl<'m> Nash<'m> {
    pub(super) fn new(moments: Moments<'m>, equations: &'m Equations, discounts: &[f64], start: &[f64]) -> Self {
        let (states, players) = (start.len(), discounts.len());
        let size = states * (1 + players);
        Nash {
            worths: worths(moments.played, start, discounts),
            moments,
            equations,
            start: start.to_vec(),
            y: vec![0.0; size],
            sizes: vec![0.0; size],
            column: vec![D1::constant(0.0); size],
            direction: vec![0.0; size],
            room: vec![0.0; size * (1 + size)],
            state: vec![D2::constant(0.0); states],
            last: vec![D2::constant(0.0); players],
        }
    }

    /// Solves the game of the moment.
    fn settle(&mut self, y: &[f64]) -> Result<(), DynamicError> {
        self.y.copy_from_slice(y);
        self.sizes.iter_mut().zip(y).for_each(|(size, y)| *size = size.max(y.abs()));
        let states = self.start.len();
        round_off(&mut self.y[states..], &self.sizes[states..]);
        let (state, costates) = self.y.split_at(states);
        self.moments.at(state, costates).map(|_| ())
    }

    /// What everybody earns a unit of time.
    pub(super) fn flow(&mut self, y: &[f64], out: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        self.moments.flow(out);
        Ok(())
    }

    /// What everybody decides.
    pub(super) fn decisions(&mut self, y: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.settle(y)?;
        Ok(self.moments.decisions().to_vec())
    }
}

impl Problem for Nash<'_> {
    fn start(&self) -> &[f64] {
        &self.start
    }

    fn size(&self) -> usize {
        self.y.len()
    }

    fn guess(&mut self, _: f64, left: f64, y: &mut [f64]) {
        let (state, costates) = y.split_at_mut(self.start.len());
        state.copy_from_slice(&self.start);
        costates.iter_mut().zip(&self.worths).for_each(|(costate, worth)| *costate = worth.before(left));
    }

    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        self.equations.speeds.fill(self.moments.all(), speed);
        Ok(())
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        let size = y.len();
        self.settle(y)?;
        if let Some(tangent) = &self.equations.tangent {
            tangent.fill(&self.y, &mut self.room);
            speed.copy_from_slice(&self.room[..size]);
            jacobian.copy_from_slice(&self.room[size..]);
            return Ok(());
        }
        for along in 0..size {
            self.direction[along] = 1.0;
            let moved = self.moments.along(&self.direction);
            self.direction[along] = 0.0;
            self.equations.speeds.fill(moved?, &mut self.column);
            for (k, entry) in self.column.iter().enumerate() {
                jacobian[k * size + along] = entry.slope;
                speed[k] = entry.value;
            }
        }
        Ok(())
    }

    /// The costates are the slopes of what is got for the last state.
    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
        let (size, states) = (y.len(), self.start.len());
        jacobian.fill(0.0);
        for k in 0..states {
            for l in 0..states {
                for (at, (to, s)) in self.state.iter_mut().zip(y).enumerate() {
                    let moves = |which: usize| if at == which { 1.0 } else { 0.0 };
                    *to = Dual { value: Dual { value: *s, slope: moves(l) }, slope: D1::constant(moves(k)) };
                }
                self.moments.played.salvage(&self.state, &mut self.last);
                for (i, last) in self.last.iter().enumerate() {
                    let row = i * states + k;
                    residual[row] = y[states + row] - last.slope.value;
                    jacobian[row * size + l] = -last.slope.slope;
                    jacobian[row * size + states + row] = 1.0;
                }
            }
        }
    }
}
