//! A stage whose followers reply once: its derivatives through their reply, by formulas on plain numbers.
//!
//! Let the last stage's free variables `y` solve `M(x, y) = 0`. Then `y' = −M_y⁻¹M_x`, and with `λ = −M_y⁻ᵀU_y` the reduced
//! payoff of whoever moves before has the slopes `U_x + U_y y'` and the slopes of slopes
//!
//! ```math
//! W_{xx}+W_{xy}y'+y'^\top W_{yx}+y'^\top W_{yy}y',\qquad W=U+\lambda\cdot M .
//! ```
//!
//! No second derivative of the reply is formed: `λ` is the adjoint of the replies (Bryson and Ho, Applied Optimal Control,
//! 1975, section 1.3, for one level). What it takes, payoffs and marginals with their first and second derivatives, is one
//! run of one formula.

use smallvec::SmallVec;

use super::board::Bends;
use super::induction::{Engine, Failure};
use super::linear::{Factored, Square, reshape};
use super::local::{Work, room_for};
use crate::equilibrium::Side;
use crate::row::{Profile, Row};

/// How the last stage's reply moves at one point.
struct Moving {
    /// The free variables of the last stage, as places among the variables of both stages.
    free: Row<usize>,
    system: Factored,
    /// `y'`, a row a free variable, a column a variable of the stage before.
    slopes: Square,
}

impl Engine<'_> {
    /// Whether nothing in a stage rests at a bound that moves.
    pub(super) fn rests_still(&self, stage: usize) -> bool {
        let moves = |(at, side): (usize, &Side)| match side {
            Side::Free | Side::Idle => false,
            side => self.board.moves(stage, at, *side == Side::Upper),
        };
        !self.replies[stage].sides.iter().enumerate().any(moves)
    }

    /// The first derivatives of the last stage's reply in everything before, from one formula.
    pub(super) fn cross(&mut self, stage: usize, x: &[f64]) -> Result<(), Failure> {
        let plan = self.plan;
        let (rows, columns) = (plan.stages[stage].len(), self.replies[stage].to.len());
        let formula = self.board.crossings(plan);
        formula.fill(x, room_for(&mut self.room, formula.outputs()));
        let reply = &mut self.replies[stage];
        if !reply.free.is_empty() && !reply.smooth {
            return Err(Failure::Kink { stage });
        }
        reply.slopes.iter_mut().for_each(|slope| *slope = 0.0);
        let n = reply.free.len();
        let mut system = Factored::default();
        let mut jacobian = Square::new();
        reshape(&mut jacobian, n);
        for (i, &row) in reply.free.iter().enumerate() {
            for (j, &column) in reply.free.iter().enumerate() {
                jacobian[i * n + j] = self.room[row * (rows + columns) + column];
            }
        }
        if n > 0 && !system.factor(n, &jacobian) {
            return Err(Failure::Kink { stage });
        }
        let mut moved: Row<f64> = SmallVec::from_elem(0.0, n);
        for column in 0..columns {
            for (to, &row) in moved.iter_mut().zip(&reply.free) {
                *to = -self.room[row * (rows + columns) + rows + column];
            }
            if moved.iter().any(|slope| *slope != 0.0) {
                system.solve(&mut moved);
                for (slope, &row) in moved.iter().zip(&reply.free) {
                    reply.slopes[row * columns + column] = *slope;
                }
            }
        }
        reply.slopes_known = true;
        Ok(())
    }

    /// Marginal payoffs and their Jacobian over the free variables of the stage before the last; false where the formulas do
    /// not serve.
    pub(super) fn through(&mut self, stage: usize, x: &[f64], work: &mut Work) -> Result<bool, Failure> {
        if self.limited(stage + 1) {
            return Ok(false);
        }
        let Some(bends) = self.board.bends(self.plan) else { return Ok(false) };
        let mut at: Profile = SmallVec::from_slice(x);
        self.reply(stage + 1, &mut at)?;
        if !self.rests_still(stage + 1) {
            return Ok(false);
        }
        let mut room = std::mem::take(&mut self.room);
        let all = room_for(&mut room, bends.formula.outputs());
        bends.formula.fill(&at, all);
        let done = self.put_together(stage, bends, all, work);
        self.room = room;
        done?;
        // Where the search goes next, the reply is foreseen along its slopes.
        if !self.replies[stage + 1].slopes_known {
            self.cross(stage + 1, &at)?;
        }
        Ok(true)
    }

    fn put_together(
        &mut self,
        stage: usize,
        bends: &Bends,
        room: &[f64],
        work: &mut Work,
    ) -> Result<(), Failure> {
        let (functions, variables) = (bends.functions, bends.variables);
        let (values, rest) = room.split_at(functions);
        let (slopes, second) = (&rest[..functions * variables], &rest[functions * variables..]);
        // Deriving the formula twice gives the slopes of the values again before those of the slopes.
        let second = &second[functions * variables..];
        let own = self.plan.stages[stage].len();
        let moving = self.moving(stage, bends, slopes)?;
        self.remember_slopes(stage, &moving);
        let n = work.free.len();
        reshape(&mut work.jacobian, n);
        let mut largest: f64 = 0.0;
        let mut bend: SmallVec<[f64; 32]> = SmallVec::from_elem(0.0, variables * variables);
        for (function, &coalition) in bends.coalitions.iter().enumerate() {
            let is_own = |at: &usize| self.plan.stages[stage][work.free[*at].variable].coalition == coalition;
            let rows: Row<usize> = (0..n).filter(is_own).collect();
            if rows.is_empty() {
                continue;
            }
            let payoff = values[function];
            if !payoff.is_finite() {
                return Err(Failure::NotFinite { coalition });
            }
            if payoff.abs() > largest.abs() {
                largest = payoff;
            }
            let slope = &slopes[function * variables..(function + 1) * variables];
            let mut adjoint: Row<f64> = moving.free.iter().map(|y| -slope[*y]).collect();
            moving.system.solve_transposed(&mut adjoint);
            // W's slopes of slopes: the payoff's, and the marginals' by what they are worth.
            let of = |function: usize| {
                &second[function * variables * variables..(function + 1) * variables * variables]
            };
            bend.copy_from_slice(of(function));
            for (&y, &worth) in moving.free.iter().zip(&adjoint) {
                if worth != 0.0 {
                    let marginal = of(bends.coalitions.len() + y - own);
                    bend.iter_mut().zip(marginal).for_each(|(bend, marginal)| *bend += worth * marginal);
                }
            }
            for &i in &rows {
                let first = work.free[i].variable;
                let mut marginal = slope[first];
                for (at, &y) in moving.free.iter().enumerate() {
                    marginal += slope[y] * moving.slopes[at * own + first];
                }
                work.free[i].marginal = marginal;
                // The row of W in the direction in which the first variable and the replies to it move.
                let along = |column: usize| {
                    let replies = moving.free.iter().enumerate();
                    replies.fold(bend[first * variables + column], |sum, (at, &y)| {
                        sum + moving.slopes[at * own + first] * bend[y * variables + column]
                    })
                };
                let replies: Row<f64> = moving.free.iter().map(|y| along(*y)).collect();
                for j in 0..n {
                    let second = work.free[j].variable;
                    let mut entry = along(second);
                    for (at, reply) in replies.iter().enumerate() {
                        entry += reply * moving.slopes[at * own + second];
                    }
                    work.jacobian[i * n + j] = entry;
                }
            }
        }
        work.payoff = largest;
        Ok(())
    }

    /// Where nothing but the stage's own variables lies before the last stage, the reply's derivatives are all there.
    fn remember_slopes(&mut self, stage: usize, moving: &Moving) {
        if stage > 0 {
            return;
        }
        let own = self.plan.stages[stage].len();
        let reply = &mut self.replies[stage + 1];
        reply.slopes.iter_mut().for_each(|slope| *slope = 0.0);
        for (at, &variable) in reply.free.iter().enumerate() {
            reply.slopes[variable * own..][..own].copy_from_slice(&moving.slopes[at * own..][..own]);
        }
        reply.slopes_known = true;
    }

    /// How the last stage's reply moves with the variables of the stage before it.
    fn moving(&self, stage: usize, bends: &Bends, slopes: &[f64]) -> Result<Moving, Failure> {
        let own = self.plan.stages[stage].len();
        let reply = &self.replies[stage + 1];
        let free: Row<usize> = reply.free.iter().map(|at| own + at).collect();
        let n = free.len();
        if n > 0 && !reply.smooth {
            return Err(Failure::Kink { stage: stage + 1 });
        }
        let marginal = |y: usize| {
            let function = bends.coalitions.len() + y - own;
            &slopes[function * bends.variables..(function + 1) * bends.variables]
        };
        let mut jacobian = Square::new();
        for &y in &free {
            jacobian.extend(free.iter().map(|other| marginal(y)[*other]));
        }
        let mut system = Factored::default();
        if n > 0 && !system.factor(n, &jacobian) {
            return Err(Failure::Kink { stage: stage + 1 });
        }
        let mut moved: Square = SmallVec::from_elem(0.0, n * own);
        let mut column: Row<f64> = SmallVec::from_elem(0.0, n);
        for x in 0..own {
            column.iter_mut().zip(&free).for_each(|(to, y)| *to = -marginal(*y)[x]);
            if column.iter().any(|slope| *slope != 0.0) {
                system.solve(&mut column);
                column.iter().enumerate().for_each(|(at, slope)| moved[at * own + x] = *slope);
            }
        }
        Ok(Moving { free, system, slopes: moved })
    }

    /// The marginal payoff of a stage's variable on plain numbers.
    pub(super) fn marginal_here(&mut self, stage: usize, variable: usize, x: &[f64]) -> Result<f64, Failure> {
        let mut one = [0.0];
        if self.first_slopes(stage, &[variable], x, &mut one)? {
            return Ok(one[0]);
        }
        self.marginal(stage, variable, x)
    }

    /// Those of all free variables.
    pub(super) fn marginals_here(&mut self, stage: usize, x: &[f64], work: &mut Work) -> Result<(), Failure> {
        let variables: Row<usize> = work.free.iter().map(|free| free.variable).collect();
        let mut all: Row<f64> = SmallVec::from_elem(0.0, variables.len());
        let done = self.first_slopes(stage, &variables, x, &mut all)?;
        for (free, marginal) in work.free.iter_mut().zip(all) {
            free.marginal = if done { marginal } else { self.marginal(stage, free.variable, x)? };
        }
        Ok(())
    }

    /// The marginal payoffs of these variables by one run of a formula; false where none serves.
    fn first_slopes(
        &mut self,
        stage: usize,
        variables: &[usize],
        x: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Failure> {
        let plan = self.plan;
        if self.recorded(stage) {
            let formula = self.board.marginals(plan);
            let all = room_for(&mut self.room, formula.outputs());
            formula.fill(x, all);
            out.iter_mut().zip(variables).for_each(|(to, at)| *to = all[plan.coalitions.len() + at]);
            return Ok(true);
        }
        if stage + 2 != plan.stages.len() || self.limited(stage + 1) {
            return Ok(false);
        }
        let Some(bends) = self.board.bends(plan) else { return Ok(false) };
        let mut at: Profile = SmallVec::from_slice(x);
        self.reply(stage + 1, &mut at)?;
        if !self.rests_still(stage + 1) {
            return Ok(false);
        }
        let mut room = std::mem::take(&mut self.room);
        let all = room_for(&mut room, bends.first.outputs());
        bends.first.fill(&at, all);
        let slopes = &all[bends.functions..];
        let found = self.moving(stage, bends, slopes).map(|moving| {
            let own = plan.stages[stage].len();
            for (to, &variable) in out.iter_mut().zip(variables) {
                let coalition = plan.stages[stage][variable].coalition;
                let function = bends.coalitions.iter().position(|other| *other == coalition).unwrap_or(0);
                let slope = &slopes[function * bends.variables..(function + 1) * bends.variables];
                let replies = moving.free.iter().enumerate();
                *to = replies.fold(slope[variable], |sum, (at, &y)| {
                    sum + slope[y] * moving.slopes[at * own + variable]
                });
            }
        });
        self.room = room;
        found.map(|()| true)
    }
}
