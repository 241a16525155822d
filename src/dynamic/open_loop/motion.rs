//! How states and costates move while decisions are held, and what a course of them earns.

use super::super::boundary::Path;
use super::super::error::DynamicError;
use super::super::game::DifferentialGame;
use super::End;
use crate::dual::Dual;
use crate::level::D1;
use crate::scalar::Scalar;

/// A player whose costates are followed: its position among the players, its discount rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) player: usize,
    pub(super) discount: f64,
}

/// How much room [`motion`] needs.
pub(super) fn room(states: usize, decisions: usize, players: usize) -> usize {
    2 * states + decisions + players
}

/// Fills in how fast the states and the costates of these players move while the decisions `x` are held,
///
/// ```math
/// \dot s=g,\qquad\dot\lambda_i=\rho_i\lambda_i-\partial_sf_i-\lambda_i\,\partial_sg,
/// ```
///
/// and returns what everybody earns a unit of time.
#[inline]
pub(super) fn motion<'r, G: DifferentialGame, T: Scalar>(
    game: &G,
    seats: &[Seat],
    (state, costates): (&[T], &[T]),
    x: &[T],
    room: &'r mut [Dual<T>],
    out: &mut [T],
) -> &'r [Dual<T>] {
    let (zero, one) = (T::constant(0.0), T::constant(1.0));
    let states = state.len();
    let (moved, rest) = room.split_at_mut(states);
    let (drift, rest) = rest.split_at_mut(states);
    let (held, flow) = rest.split_at_mut(x.len());
    let lift = |to: &mut [Dual<T>], from: &[T]| {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = Dual { value: *from, slope: zero });
    };
    lift(moved, state);
    lift(held, x);
    let (speeds, prices) = out.split_at_mut(states);
    for k in 0..states {
        moved[k].slope = one;
        game.flow(moved, held, flow);
        game.drift(moved, held, drift);
        moved[k].slope = zero;
        for (at, seat) in seats.iter().enumerate() {
            let own = &costates[at * states..(at + 1) * states];
            let earned = flow[seat.player].slope;
            let moving = drift.iter().zip(own).fold(earned, |sum, (g, worth)| sum + *worth * g.slope);
            prices[at * states + k] = own[k] * seat.discount - moving;
        }
    }
    speeds.iter_mut().zip(&*drift).for_each(|(to, speed)| *to = speed.value);
    flow
}

/// A first idea of a costate: what the state is worth at the end, what it earns, how fast it is lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Worth {
    last: f64,
    earns: f64,
    loss: f64,
}

impl Worth {
    /// The costate so long before the end if the state never moves but for its own decay.
    pub(super) fn before(self, left: f64) -> f64 {
        let kept = (-self.loss * left).exp();
        let earning = if self.loss * left > 1e-8 { (1.0 - kept) / self.loss } else { left };
        self.last * kept + self.earns * earning
    }
}

/// What each state is worth to each player if it stays where it starts and everybody decides as usual.
pub(super) fn worths<G: DifferentialGame>(game: &G, start: &[f64], discounts: &[f64]) -> Vec<Worth> {
    let (states, players) = (start.len(), discounts.len());
    let mut state: Vec<D1> = start.iter().map(|s| D1::constant(*s)).collect();
    let usual = |d: &crate::Decision<G::Player>| D1::constant(d.typical.unwrap_or(d.neutral));
    let x: Vec<D1> = game.decisions().iter().map(usual).collect();
    let (mut flow, mut last) = (vec![D1::constant(0.0); players], vec![D1::constant(0.0); players]);
    let mut drift = vec![D1::constant(0.0); states];
    let mut worths = vec![Worth::default(); players * states];
    for k in 0..states {
        state[k].slope = 1.0;
        game.flow(&state, &x, &mut flow);
        game.drift(&state, &x, &mut drift);
        game.salvage(&state, &mut last);
        state[k].slope = 0.0;
        for (i, discount) in discounts.iter().enumerate() {
            // A root at 0 has no slope.
            let known = |number: f64| if number.is_finite() { number } else { 0.0 };
            let loss = known(discount - drift[k].slope).max(0.0);
            worths[i * states + k] = Worth { last: known(last[i].slope), earns: known(flow[i].slope), loss };
        }
    }
    worths
}

/// A costate this small against what it is elsewhere is rounding. It is put to zero: the spend that it would pay for is
/// too small to be found.
const ROUNDING: f64 = 1e-15;

/// Puts unknowns that are rounding to zero.
pub(super) fn round_off(y: &mut [f64], sizes: &[f64]) {
    for (y, size) in y.iter_mut().zip(sizes) {
        if y.abs() < ROUNDING * size {
            *y = 0.0;
        }
    }
}

/// Everybody's payoff from a time on, discounted to it: `flow` fills in what is earned a unit of time, given all unknowns.
pub(super) fn payoffs<G: DifferentialGame>(
    game: &G,
    discounts: &[f64],
    states: usize,
    path: &Path,
    end: &End,
    from: f64,
    mut flow: impl FnMut(&[f64], &mut [f64]) -> Result<(), DynamicError>,
) -> Result<Vec<f64>, DynamicError> {
    let mut earned = vec![0.0; discounts.len()];
    let mut sums = vec![0.0; discounts.len()];
    let fastest = discounts.iter().copied().fold(0.0, f64::max);
    path.visit(from, fastest, &mut |time, weight, y| {
        flow(y, &mut earned)?;
        for ((sum, earned), discount) in sums.iter_mut().zip(&earned).zip(discounts) {
            *sum += weight * (-discount * (time - from)).exp() * earned;
        }
        Ok(())
    })?;
    match end {
        End::At(_) => game.salvage(&path.last()[..states], &mut earned),
        End::Rest(rest) => {
            flow(&rest.y, &mut earned)?;
            earned.iter_mut().zip(discounts).for_each(|(earned, discount)| *earned /= discount);
        }
    }
    let left = (path.horizon() - from).max(0.0);
    for ((sum, last), discount) in sums.iter_mut().zip(&earned).zip(discounts) {
        *sum += (-discount * left).exp() * last;
    }
    Ok(sums)
}
