//! How states and costates move while decisions are held, and what a course of them earns.

use super::super::boundary::Path;
use super::super::error::DynamicError;
use super::super::played::Played;
use super::equations::Course;
use super::planned::End;
use crate::dual::Dual;
use crate::formula::Term;
use crate::level::D1;
use crate::scalar::Scalar;

/// A player whose costates are followed: its position among the players, its discount rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) player: usize,
    pub(super) discount: f64,
}

/// How fast the states and the costates of these players move while the decisions `x` are held,
///
/// ```math
/// \dot s=g,\qquad\dot\lambda_i=\rho_i\lambda_i-\partial_sf_i-\lambda_i\,\partial_sg,
/// ```
///
/// and what everybody earns a unit of time, as terms of the recording under way.
pub(super) fn motion(
    played: &Played,
    seats: &[Seat],
    (state, costates): (&[Term], &[Term]),
    x: &[Term],
) -> (Vec<Term>, Vec<Term>) {
    let states = state.len();
    let at_rest = |value: &Term| Dual { value: *value, slope: Term::at_rest() };
    let mut held: Vec<Dual<Term>> = state.iter().chain(x).map(at_rest).collect();
    let mut speeds = vec![Term::at_rest(); states * (1 + seats.len())];
    let mut earned = Vec::new();
    for k in 0..states {
        held[k].slope = Term::constant(1.0);
        let flow = played.game.formulas.payoffs.written(&held);
        let drift = played.lasting.drift.written(&held);
        held[k].slope = Term::at_rest();
        for (at, seat) in seats.iter().enumerate() {
            let own = &costates[at * states..(at + 1) * states];
            let earned = flow[seat.player].slope;
            let moving = drift.iter().zip(own).fold(earned, |sum, (g, worth)| sum + *worth * g.slope);
            speeds[states + at * states + k] = own[k] * seat.discount - moving;
        }
        speeds.iter_mut().zip(&drift).for_each(|(to, speed)| *to = speed.value);
        earned = flow.iter().map(|flow| flow.value).collect();
    }
    (speeds, earned)
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
pub(super) fn worths(played: &Played, start: &[f64], discounts: &[f64]) -> Vec<Worth> {
    let (states, players) = (start.len(), discounts.len());
    let usual = played.usual(|decision| decision.neutral);
    let mut all: Vec<D1> = start.iter().chain(&usual).map(|value| D1::constant(*value)).collect();
    let (mut flow, mut last) = (vec![D1::constant(0.0); players], vec![D1::constant(0.0); players]);
    let mut drift = vec![D1::constant(0.0); states];
    let mut worths = vec![Worth::default(); players * states];
    for k in 0..states {
        all[k].slope = 1.0;
        played.game.formulas.payoffs.fill(&all, &mut flow);
        played.lasting.drift.fill(&all, &mut drift);
        played.lasting.salvage.fill(&all, &mut last);
        all[k].slope = 0.0;
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

/// Everybody's payoff on a course from a time on, discounted to it.
pub(super) fn payoffs(
    played: &Played,
    discounts: &[f64],
    states: usize,
    path: &Path,
    end: &End,
    from: f64,
    course: &mut Course<'_>,
) -> Result<Vec<f64>, DynamicError> {
    let mut earned = vec![0.0; discounts.len()];
    let mut sums = vec![0.0; discounts.len()];
    let fastest = discounts.iter().copied().fold(0.0, f64::max);
    path.visit(from, fastest, &mut |time, weight, y| {
        course.flow(y, &mut earned)?;
        for ((sum, earned), discount) in sums.iter_mut().zip(&earned).zip(discounts) {
            *sum += weight * (-discount * (time - from)).exp() * earned;
        }
        Ok(())
    })?;
    match end {
        End::At(_) => played.salvage(&path.last()[..states], &mut earned),
        End::Rest(rest) => {
            course.flow(&rest.y, &mut earned)?;
            earned.iter_mut().zip(discounts).for_each(|(earned, discount)| *earned /= discount);
        }
    }
    let left = (path.horizon() - from).max(0.0);
    for ((sum, last), discount) in sums.iter_mut().zip(&earned).zip(discounts) {
        *sum += (-discount * left).exp() * last;
    }
    Ok(sums)
}
