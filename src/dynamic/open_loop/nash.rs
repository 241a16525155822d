//! Everybody commits at once: states and everybody's costates.

use super::super::boundary::Problem;
use super::super::error::DynamicError;
use super::super::game::DifferentialGame;
use super::super::moment::Moments;
use super::motion::{Seat, Worth, motion, room, round_off, worths};
use crate::dual::Dual;
use crate::level::{D1, D2};
use crate::scalar::Scalar;

/// The equations of the maximum principle; the unknowns are states and everybody's costates.
pub(super) struct Nash<'m, 'r, G: DifferentialGame> {
    moments: &'m mut Moments<'r, G>,
    seats: Vec<Seat>,
    start: Vec<f64>,
    worths: Vec<Worth>,
    /// The unknowns as last asked for, and the largest so far.
    y: Vec<f64>,
    sizes: Vec<f64>,
    plain: Vec<D1>,
    moved: Vec<D2>,
    column: Vec<D1>,
    direction: Vec<f64>,
}

impl<'m, 'r, G: DifferentialGame> Nash<'m, 'r, G> {
    pub(super) fn new(moments: &'m mut Moments<'r, G>, discounts: &[f64], start: &[f64]) -> Self {
        let (game, states, players) = (moments.game, start.len(), discounts.len());
        let seats = discounts.iter().enumerate().map(|(player, &discount)| Seat { player, discount });
        let size = states * (1 + players);
        let count = room(states, moments.decisions().len(), players);
        Nash {
            moments,
            seats: seats.collect(),
            start: start.to_vec(),
            worths: worths(game, start, discounts),
            y: vec![0.0; size],
            sizes: vec![0.0; size],
            plain: vec![D1::constant(0.0); count],
            moved: vec![D2::constant(0.0); count],
            column: vec![D1::constant(0.0); size],
            direction: vec![0.0; size],
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

impl<G: DifferentialGame> Problem for Nash<'_, '_, G> {
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
        let at = self.y.split_at(self.start.len());
        motion(self.moments.game, &self.seats, at, self.moments.decisions(), &mut self.plain, speed);
        Ok(())
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        let (game, size, states) = (self.moments.game, y.len(), self.start.len());
        self.settle(y)?;
        for along in 0..size {
            self.direction[along] = 1.0;
            let moved = self.moments.along(&self.direction);
            self.direction[along] = 0.0;
            let (given, x) = moved?;
            motion(game, &self.seats, given.split_at(states), x, &mut self.moved, &mut self.column);
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
        let (room, last) = self.moved.split_at_mut(states);
        let last = &mut last[..self.seats.len()];
        jacobian.fill(0.0);
        for k in 0..states {
            for l in 0..states {
                for (at, (to, s)) in room.iter_mut().zip(y).enumerate() {
                    let moves = |which: usize| if at == which { 1.0 } else { 0.0 };
                    *to = Dual { value: Dual { value: *s, slope: moves(l) }, slope: D1::constant(moves(k)) };
                }
                self.moments.game.salvage(room, last);
                for (i, last) in last.iter().enumerate() {
                    let row = i * states + k;
                    residual[row] = y[states + row] - last.slope.value;
                    jacobian[row * size + l] = -last.slope.slope;
                    jacobian[row * size + states + row] = 1.0;
                }
            }
        }
    }
}
