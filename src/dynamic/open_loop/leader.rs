//! A coalition commits first: the leader plans with the followers' costates as states of its own.

use super::super::boundary::{Path, Problem};
use super::super::error::DynamicError;
use super::super::game::DifferentialGame;
use super::End;
use super::motion::{Seat, Worth, motion, room, round_off, worths};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::dual::Dual;
use crate::level::{D1, D2, D3};
use crate::scalar::Scalar;
use crate::row::on_stack;
use crate::solve::Follower;

/// A change this small is none.
const CONSISTENT: f64 = 1e-8;

/// Who commits first and who replies.
#[derive(Clone, Debug)]
pub(super) struct Roles {
    /// The leading coalition's members, as positions among the players, and their common discount rate.
    pub(super) leaders: Vec<usize>,
    pub(super) rate: f64,
    /// Everybody else.
    pub(super) followers: Vec<Seat>,
}

impl Roles {
    pub(super) fn new(leaders: Vec<usize>, discounts: &[f64]) -> Self {
        let follows = |player: &usize| !leaders.contains(player);
        let seat = |player: usize| Seat { player, discount: discounts[player] };
        let followers = (0..discounts.len()).filter(follows).map(seat).collect();
        let rate = leaders.first().map_or(0.0, |leader| discounts[*leader]);
        Roles { leaders, rate, followers }
    }
}

/// The game of the moment when one coalition has committed first.
///
/// The followers maximise their Hamiltonians. The leader's has the followers' costates as further states, each with a price
/// `μ`: what it is worth to the leader that a follower values a state by a unit more,
///
/// ```math
/// \mathcal H=f_L+\psi\cdot g+\sum_i\mu_i\cdot\dot\lambda_i .
/// ```
///
/// The parameters are the states `s`, all `μ`, the followers' `λ`, and `ψ`.
#[derive(Debug)]
pub(super) struct Led<'g, G> {
    pub(super) game: &'g G,
    pub(super) roles: Roles,
    pub(super) states: usize,
    decisions: usize,
    players: usize,
    given: Vec<f64>,
}

impl<'g, G: DifferentialGame> Led<'g, G> {
    pub(super) fn new(game: &'g G, roles: Roles, start: &[f64]) -> Self {
        let states = start.len();
        let mut given = start.to_vec();
        given.resize(2 * states * (1 + roles.followers.len()), 0.0);
        let (players, decisions) = (game.players().len(), game.decisions().len());
        Led { game, roles, states, decisions, players, given }
    }

    /// How many costates the followers have.
    fn width(&self) -> usize {
        self.states * self.roles.followers.len()
    }

    /// States, `μ`, `λ` and `ψ`.
    pub(super) fn parts<'y, T>(&self, y: &'y [T]) -> [&'y [T]; 4] {
        let (state, rest) = y.split_at(self.states);
        let (multipliers, rest) = rest.split_at(self.width());
        let (costates, own) = rest.split_at(self.width());
        [state, multipliers, costates, own]
    }

    /// The leader's place among the payoffs.
    fn seat(&self) -> usize {
        self.roles.leaders.first().copied().unwrap_or(0)
    }
}

impl<G: DifferentialGame> Game for Led<'_, G> {
    type Player = G::Player;

    fn players(&self) -> Vec<G::Player> {
        self.game.players()
    }

    fn decisions(&self) -> Vec<Decision<G::Player>> {
        self.game.decisions()
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        let given: Vec<T> = self.given.iter().map(|value| T::constant(*value)).collect();
        self.bounds_at(&given, decision, x)
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        self.given.iter().enumerate().map(|(at, value)| (format!("unknown_{at}"), *value)).collect()
    }
}

impl<G: DifferentialGame> StaticGame for Led<'_, G> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let given: Vec<T> = self.given.iter().map(|value| T::constant(*value)).collect();
        self.payoffs_at(&given, x, out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let [state, multipliers, costates, own] = self.parts(p);
        let zero = T::constant(0.0);
        let dot = |a: &[T], b: &[T]| a.iter().zip(b).fold(zero, |sum, (a, b)| sum + *a * *b);
        let count = room(self.states, self.decisions, self.players);
        on_stack(self.states + self.width(), zero, |speeds: &mut [T]| {
            on_stack(count, Dual::constant(0.0), |room: &mut [Dual<T>]| {
                let flow = motion(self.game, &self.roles.followers, (state, costates), x, room, speeds);
                let (drift, prices) = speeds.split_at(self.states);
                out.fill(zero);
                for (seat, worth) in self.roles.followers.iter().zip(costates.chunks_exact(self.states)) {
                    out[seat.player] = flow[seat.player].value + dot(worth, drift);
                }
                let earned = self.roles.leaders.iter().fold(zero, |sum, &l| sum + flow[l].value);
                out[self.seat()] = earned + dot(own, drift) + dot(multipliers, prices);
            });
        });
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        self.game.bounds_at_state(&p[..self.states], decision, x)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        self.game.conditions_at_state(&p[..self.states], x)
    }
}

/// The equations of the maximum principle for the leader. All derivatives are those of its maximised Hamiltonian, which
/// moves with a follower's reply but, the leader being at its optimum, not with its own decisions.
pub(super) struct Leading<'m, 'r, G: DifferentialGame> {
    led: &'m Led<'r, G>,
    follower: Follower<'m>,
    start: Vec<f64>,
    worths: Vec<Worth>,
    /// The unknowns as last asked for, and the largest so far.
    y: Vec<f64>,
    sizes: Vec<f64>,
    x: Vec<f64>,
    /// Unknowns and decisions that move, and payoffs.
    once: Vec<D1>,
    twice: Vec<D2>,
    slopes: Vec<f64>,
    curves: Vec<f64>,
    last: Vec<D3>,
}

impl<'m, 'r, G: DifferentialGame> Leading<'m, 'r, G> {
    pub(super) fn new(led: &'m Led<'r, G>, follower: Follower<'m>, discounts: &[f64]) -> Self {
        let size = led.given.len();
        let count = size + led.decisions + led.players;
        Leading {
            led,
            follower,
            start: led.given[..led.states + led.width()].to_vec(),
            worths: worths(led.game, &led.given[..led.states], discounts),
            y: vec![0.0; size],
            sizes: vec![0.0; size],
            x: vec![0.0; led.decisions],
            once: vec![D1::constant(0.0); count],
            twice: vec![D2::constant(0.0); count],
            slopes: vec![0.0; size],
            curves: vec![0.0; size * size],
            last: vec![D3::constant(0.0); led.states + led.players],
        }
    }

    /// States, `μ`, `λ` and `ψ`.
    pub(super) fn parts<'y>(&self, y: &'y [f64]) -> [&'y [f64]; 4] {
        self.led.parts(y)
    }

    /// Whether nothing would change if the leader forgot its promises: without `μ` everything else moves, and ends, as it
    /// does with it.
    pub(super) fn is_consistent(&mut self, path: &Path, end: &End) -> Result<bool, DynamicError> {
        let (size, states, width) = (self.y.len(), self.led.states, self.led.width());
        let (mut changes, mut scales) = (vec![0.0_f64; size], vec![0.0_f64; size]);
        let (mut with, mut without) = (vec![0.0; size], vec![0.0; size]);
        path.visit(0.0, 0.0, &mut |_, _, y| {
            self.speed(y, &mut with)?;
            let mut free = y.to_vec();
            free[states..states + width].fill(0.0);
            self.speed(&free, &mut without)?;
            for k in 0..size {
                changes[k] = changes[k].max((with[k] - without[k]).abs());
                scales[k] = scales[k].max(with[k].abs() + y[k].abs() / path.horizon());
            }
            Ok(())
        })?;
        let others = (0..states).chain(states + width..size);
        if others.into_iter().any(|k| changes[k] > CONSISTENT * scales[k]) {
            return Ok(false);
        }
        // At rest nothing else is asked for.
        if let End::Rest(_) = end {
            return Ok(true);
        }
        let rows = width + states;
        let (mut kept, mut forgotten) = (vec![0.0; rows], vec![0.0; rows]);
        let mut slopes = vec![0.0; rows * size];
        let mut last = path.last().to_vec();
        self.end(&last, &mut kept, &mut slopes);
        last[states..states + width].fill(0.0);
        self.end(&last, &mut forgotten, &mut slopes);
        let sizes = path.sizes();
        let ends = |row: usize| (kept[row] - forgotten[row]).abs() > CONSISTENT * sizes[states + width + row];
        Ok(!(0..rows).any(ends))
    }

    fn failed(&self, source: crate::SolveError) -> DynamicError {
        DynamicError::Stage { state: self.y[..self.led.states].to_vec(), source }
    }

    fn settle(&mut self, y: &[f64]) -> Result<(), DynamicError> {
        self.y.copy_from_slice(y);
        self.sizes.iter_mut().zip(y).for_each(|(size, y)| *size = size.max(y.abs()));
        let states = self.led.states;
        round_off(&mut self.y[states..], &self.sizes[states..]);
        match self.follower.at(&self.y) {
            Ok(decisions) => self.x.copy_from_slice(decisions),
            Err(source) => return Err(self.failed(source)),
        }
        Ok(())
    }

    /// What everybody earns a unit of time.
    pub(super) fn flow(&mut self, y: &[f64], out: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        self.led.game.flow(&y[..self.led.states], &self.x, out);
        Ok(())
    }

    /// What everybody decides.
    pub(super) fn decisions(&mut self, y: &[f64]) -> Result<Vec<f64>, DynamicError> {
        self.settle(y)?;
        Ok(self.x.clone())
    }

    /// The unknown that an unknown is the price of, or that is its price; whether it moves by the slope in that one or
    /// against it.
    fn partner(&self, unknown: usize) -> (usize, f64) {
        let (states, width) = (self.led.states, self.led.width());
        let size = 2 * (states + width);
        if unknown < states {
            (size - states + unknown, 1.0)
        } else if unknown < states + width {
            (unknown + width, -1.0)
        } else if unknown < size - states {
            (unknown - width, 1.0)
        } else {
            (unknown - (size - states), -1.0)
        }
    }

    /// The speeds, from the slopes of the Hamiltonian; prices grow at the leader's discount rate besides.
    fn speeds(&self, speed: &mut [f64]) {
        for (unknown, speed) in speed.iter_mut().enumerate() {
            let (partner, sign) = self.partner(unknown);
            let growth = if sign < 0.0 { self.led.roles.rate * self.y[unknown] } else { 0.0 };
            *speed = growth + sign * self.slopes[partner];
        }
    }
}

impl<G: DifferentialGame> Problem for Leading<'_, '_, G> {
    fn start(&self) -> &[f64] {
        &self.start
    }

    fn size(&self) -> usize {
        self.y.len()
    }

    fn guess(&mut self, _: f64, left: f64, y: &mut [f64]) {
        let (states, width) = (self.led.states, self.led.width());
        let Roles { leaders, followers, .. } = &self.led.roles;
        y[..states + width].copy_from_slice(&self.start);
        for k in 0..states {
            let worth = |player: usize| self.worths[player * states + k].before(left);
            for (at, seat) in followers.iter().enumerate() {
                y[states + width + at * states + k] = worth(seat.player);
            }
            y[states + 2 * width + k] = leaders.iter().map(|leader| worth(*leader)).sum();
        }
    }

    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        let (size, count) = (y.len(), y.len() + self.led.decisions);
        for along in 0..size {
            let (all, payoffs) = self.once.split_at_mut(count);
            all.iter_mut().zip(&self.y).for_each(|(to, from)| *to = D1::constant(*from));
            all[along].slope = 1.0;
            if let Err(source) = self.follower.lift(all) {
                return Err(self.failed(source));
            }
            let (given, x) = all.split_at(size);
            self.led.payoffs_at(given, x, payoffs);
            self.slopes[along] = payoffs[self.led.seat()].slope;
        }
        self.speeds(speed);
        Ok(())
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        let (size, count) = (y.len(), y.len() + self.led.decisions);
        for first in 0..size {
            for second in first..size {
                let (all, payoffs) = self.twice.split_at_mut(count);
                all.iter_mut().zip(&self.y).for_each(|(to, from)| *to = D2::constant(*from));
                all[first].value.slope = 1.0;
                all[second].slope.value = 1.0;
                if let Err(source) = self.follower.lift(all) {
                    return Err(self.failed(source));
                }
                let (given, x) = all.split_at(size);
                self.led.payoffs_at(given, x, payoffs);
                let found = payoffs[self.led.seat()];
                self.slopes[first] = found.value.slope;
                self.curves[first * size + second] = found.slope.slope;
                self.curves[second * size + first] = found.slope.slope;
            }
        }
        self.speeds(speed);
        for (unknown, row) in jacobian.chunks_exact_mut(size).enumerate() {
            let (partner, sign) = self.partner(unknown);
            let curves = &self.curves[partner * size..(partner + 1) * size];
            row.iter_mut().zip(curves).for_each(|(to, curve)| *to = sign * curve);
            if sign < 0.0 {
                row[unknown] += self.led.roles.rate;
            }
        }
        Ok(())
    }

    /// Costates are the slopes of what is got for the last state, the leader's less what it loses as the followers' move
    /// with that state.
    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
        let (size, states, width) = (y.len(), self.led.states, self.led.width());
        let Roles { leaders, followers, .. } = &self.led.roles;
        let [_, multipliers, costates, own] = self.led.parts(y);
        let (state, last) = self.last.split_at_mut(states);
        jacobian.fill(0.0);
        residual[..width].copy_from_slice(costates);
        residual[width..].copy_from_slice(own);
        for row in 0..width + states {
            jacobian[row * size + states + width + row] = 1.0;
        }
        for k in 0..states {
            let row = width + k;
            for l in 0..states {
                for m in 0..states {
                    for (at, (to, s)) in state.iter_mut().zip(y).enumerate() {
                        let moves = |which: usize| if at == which { 1.0 } else { 0.0 };
                        let slope = D1::constant(moves(l));
                        let value = Dual { value: Dual { value: *s, slope: moves(m) }, slope };
                        *to = Dual { value, slope: D2::constant(moves(k)) };
                    }
                    self.led.game.salvage(state, last);
                    // The slope along k, with its slope along l, each with its slope along m.
                    for (at, seat) in followers.iter().enumerate() {
                        let D2 { value, slope } = last[seat.player].slope;
                        let (own, price) = (at * states + k, at * states + l);
                        if l == 0 && m == 0 {
                            residual[own] -= value.value;
                        }
                        if l == 0 {
                            jacobian[own * size + m] -= value.slope;
                        }
                        if m == 0 {
                            residual[row] += slope.value * multipliers[price];
                            jacobian[row * size + states + price] += slope.value;
                        }
                        jacobian[row * size + m] += slope.slope * multipliers[price];
                    }
                    for leader in leaders {
                        let D1 { value, slope } = last[*leader].slope.value;
                        if l == 0 && m == 0 {
                            residual[row] -= value;
                        }
                        if l == 0 {
                            jacobian[row * size + m] -= slope;
                        }
                    }
                }
            }
        }
    }
}
