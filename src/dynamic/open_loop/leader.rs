//! A coalition commits first: the leader plans with the followers' costates as states of its own.

use super::super::boundary::{Path, Problem};
use super::super::error::DynamicError;
use super::super::played::Played;
use super::motion::{Seat, Worth, motion, round_off, worths};
use super::planned::End;
use crate::dual::Dual;
use crate::formula::{Formula, Term};
use crate::level::{D1, D2, D3};
use crate::recorded::RecordError;
use crate::scalar::Scalar;
use crate::solve::{Follower, Reaction};

/// A change this small is none.
const CONSISTENT: f64 = 1e-8;
/// Shares of the horizon at which it is looked at what depends on what. (At the very end costates may be 0.)
const LOOKS: [f64; 3] = [0.1, 0.45, 0.8];

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
pub(super) struct Led {
    pub(super) roles: Roles,
    states: usize,
    reaction: Reaction,
    /// The leader's Hamiltonian, of the parameters and the decisions.
    hamiltonian: Formula,
}

impl Led {
    pub(super) fn new(played: &Played, roles: Roles, start: &[f64]) -> Result<Self, RecordError> {
        let (states, players) = (start.len(), played.game.players.len());
        let mut given = start.to_vec();
        given.resize(2 * states * (1 + roles.followers.len()), 0.0);
        let parameters = given.iter().enumerate().map(|(at, value)| (format!("unknown_{at}"), *value));
        // The leader's place among the payoffs.
        let place = roles.leaders.first().copied().unwrap_or(0);
        let payoffs = |p: &[Term], x: &[Term]| {
            let [state, multipliers, costates, own] = parts(p, states, states * roles.followers.len());
            let dot =
                |a: &[Term], b: &[Term]| a.iter().zip(b).fold(Term::at_rest(), |sum, (a, b)| sum + *a * *b);
            let (speeds, flow) = motion(played, &roles.followers, (state, costates), x);
            let (drift, prices) = speeds.split_at(states);
            let mut out = vec![Term::at_rest(); players];
            for (seat, worth) in roles.followers.iter().zip(costates.chunks_exact(states)) {
                out[seat.player] = flow[seat.player] + dot(worth, drift);
            }
            let earned = roles.leaders.iter().fold(Term::at_rest(), |sum, &leader| sum + flow[leader]);
            out[place] = earned + dot(own, drift) + dot(multipliers, prices);
            out
        };
        let game = played.game.instant(parameters.collect(), &payoffs, &|_, _| Vec::new())?;
        let hamiltonian = game.formulas.payoffs.only(place)?;
        Ok(Led { roles, states, reaction: Reaction::new(game, &played.structure)?, hamiltonian })
    }

    /// How many costates the followers have.
    fn width(&self) -> usize {
        self.states * self.roles.followers.len()
    }

    /// How many unknowns there are.
    fn size(&self) -> usize {
        2 * (self.states + self.width())
    }
}

/// States, `μ`, `λ` and `ψ`, `width` being how many costates the followers have.
fn parts<T>(y: &[T], states: usize, width: usize) -> [&[T]; 4] {
    let (state, rest) = y.split_at(states);
    let (multipliers, rest) = rest.split_at(width);
    let (costates, own) = rest.split_at(width);
    [state, multipliers, costates, own]
}

/// The equations of the maximum principle for the leader. All derivatives are those of its maximised Hamiltonian, which
/// moves with a follower's reply but, the leader being at its optimum, not with its own decisions.
pub(super) struct Leading<'m> {
    played: &'m Played,
    pub(super) led: &'m Led,
    follower: Follower<'m>,
    start: Vec<f64>,
    worths: Vec<Worth>,
    /// The unknowns as last asked for, and the largest so far.
    y: Vec<f64>,
    sizes: Vec<f64>,
    x: Vec<f64>,
    /// Unknowns and decisions that move.
    once: Vec<D1>,
    twice: Vec<D2>,
    slopes: Vec<f64>,
    curves: Vec<f64>,
    state: Vec<D3>,
    last: Vec<D3>,
}

impl<'m> Leading<'m> {
    pub(super) fn new(played: &'m Played, led: &'m Led, discounts: &[f64], start: &[f64]) -> Self {
        let (size, decisions) = (led.size(), played.game.decisions.len());
        let mut given = start.to_vec();
        given.resize(led.states + led.width(), 0.0);
        Leading {
            played,
            led,
            follower: led.reaction.follow(),
            start: given,
            worths: worths(played, start, discounts),
            y: vec![0.0; size],
            sizes: vec![0.0; size],
            x: vec![0.0; decisions],
            once: vec![D1::constant(0.0); size + decisions],
            twice: vec![D2::constant(0.0); size + decisions],
            slopes: vec![0.0; size],
            curves: vec![0.0; size * size],
            state: vec![D3::constant(0.0); led.states],
            last: vec![D3::constant(0.0); discounts.len()],
        }
    }

    /// States, `μ`, `λ` and `ψ`.
    pub(super) fn parts<'y>(&self, y: &'y [f64]) -> [&'y [f64]; 4] {
        parts(y, self.led.states, self.led.width())
    }

    /// Whether nothing would change if the leader forgot its promises: without `μ` everybody decides the same, and all other
    /// unknowns that decisions hang on move, and end, as they do with it.
    pub(super) fn is_consistent(&mut self, path: &Path, end: &End) -> Result<bool, DynamicError> {
        let (size, states, width) = (self.y.len(), self.led.states, self.led.width());
        let matters = self.matter(path)?;
        let (mut changes, mut scales) = (vec![0.0_f64; size], vec![0.0_f64; size]);
        let (mut with, mut without) = (vec![0.0; size], vec![0.0; size]);
        let mut decided = true;
        path.visit(0.0, 0.0, &mut |_, _, y| {
            self.speed(y, &mut with)?;
            let x = self.x.clone();
            let mut free = y.to_vec();
            free[states..states + width].fill(0.0);
            self.speed(&free, &mut without)?;
            let same = |(a, b): (&f64, &f64)| (a - b).abs() <= CONSISTENT * (1.0 + a.abs());
            decided &= x.iter().zip(&self.x).all(same);
            for k in 0..size {
                changes[k] = changes[k].max((with[k] - without[k]).abs());
                scales[k] = scales[k].max(with[k].abs() + y[k].abs() / path.horizon());
            }
            Ok(())
        })?;
        let mut others = (0..states).chain(states + width..size).filter(|&k| matters[k]);
        if !decided || others.any(|k| changes[k] > CONSISTENT * scales[k]) {
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
        Ok(!(0..rows).filter(|row| matters[states + width + row]).any(ends))
    }

    /// The unknowns that decisions hang on, at once or through others, `μ` left aside: what a state that the leader cannot move is
    /// worth to it, for one, changes nothing.
    fn matter(&mut self, path: &Path) -> Result<Vec<bool>, DynamicError> {
        let (size, states, width) = (self.y.len(), self.led.states, self.led.width());
        let mut matters = vec![false; size];
        let mut moves = vec![false; size * size];
        let (mut speed, mut jacobian) = (vec![0.0; size], vec![0.0; size * size]);
        for look in LOOKS {
            let y = path.at(look * path.horizon());
            self.tangent(&y, &mut speed, &mut jacobian)?;
            for (row, moves) in jacobian.chunks_exact(size).zip(moves.chunks_exact_mut(size)) {
                let terms = || row.iter().zip(&y).map(|(slope, y)| (slope * y).abs());
                let least = CONSISTENT * terms().sum::<f64>();
                moves.iter_mut().zip(terms()).for_each(|(moves, term)| *moves |= term > least);
            }
            for (along, matters) in matters.iter_mut().enumerate() {
                self.move_along(along)?;
                let mut moved = self.once[size..]
                    .iter()
                    .map(|x| (x.slope * self.y[along]).abs() > CONSISTENT * x.value.abs());
                *matters |= moved.any(|moved| moved);
            }
        }
        let others = || (0..states).chain(states + width..size);
        loop {
            let more: Vec<usize> = others()
                .filter(|&k| !matters[k] && others().any(|row| matters[row] && moves[row * size + k]))
                .collect();
            if more.is_empty() {
                return Ok(matters);
            }
            more.into_iter().for_each(|k| matters[k] = true);
        }
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

    /// Unknowns and decisions as numbers that move along one unknown from where they have been settled.
    fn move_along(&mut self, along: usize) -> Result<(), DynamicError> {
        self.once.iter_mut().zip(&self.y).for_each(|(to, from)| *to = D1::constant(*from));
        self.once[along].slope = 1.0;
        self.follower.lift(&mut self.once).map_err(|source| self.failed(source))
    }

    /// What everybody earns a unit of time.
    pub(super) fn flow(&mut self, y: &[f64], out: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        self.played.flow(&y[..self.led.states], &self.x, out);
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

impl Problem for Leading<'_> {
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
        let mut found = [D1::constant(0.0)];
        for along in 0..y.len() {
            self.move_along(along)?;
            self.led.hamiltonian.fill(&self.once, &mut found);
            self.slopes[along] = found[0].slope;
        }
        self.speeds(speed);
        Ok(())
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        self.settle(y)?;
        let (size, mut found) = (y.len(), [D2::constant(0.0)]);
        for first in 0..size {
            for second in first..size {
                self.twice.iter_mut().zip(&self.y).for_each(|(to, from)| *to = D2::constant(*from));
                self.twice[first].value.slope = 1.0;
                self.twice[second].slope.value = 1.0;
                if let Err(source) = self.follower.lift(&mut self.twice) {
                    return Err(self.failed(source));
                }
                self.led.hamiltonian.fill(&self.twice, &mut found);
                let D2 { value, slope } = found[0];
                self.slopes[first] = value.slope;
                self.curves[first * size + second] = slope.slope;
                self.curves[second * size + first] = slope.slope;
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
        let [_, multipliers, costates, own] = parts(y, states, width);
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
                    for (at, (to, s)) in self.state.iter_mut().zip(y).enumerate() {
                        let moves = |which: usize| if at == which { 1.0 } else { 0.0 };
                        let slope = D1::constant(moves(l));
                        let value = Dual { value: Dual { value: *s, slope: moves(m) }, slope };
                        *to = Dual { value, slope: D2::constant(moves(k)) };
                    }
                    self.played.salvage(&self.state, &mut self.last);
                    // The slope along k, with its slope along l, each with its slope along m.
                    for (at, seat) in followers.iter().enumerate() {
                        let D2 { value, slope } = self.last[seat.player].slope;
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
                        let D1 { value, slope } = self.last[*leader].slope.value;
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
