//! Value functions known by a formula: they are not searched for, but checked.

use super::error::DynamicError;
use super::frame::Frame;
use super::linear_quadratic::Quadratic;
use super::moment::Moments;
use super::ode::larger;
use super::value::{VANISHING, ValueFunction, share};

/// A formula's value functions, and the largest residual of the Hamilton-Jacobi-Bellman system that they leave, as a share
/// of the payoffs: infinite for functions that do not fit the game.
///
/// It is looked at in the centre of the region, at the initial state, in two opposite corners, in corners that put any two
/// of up to 128 states at different ends, and at both ends of up to sixteen states: at less than fifty states, however
/// many the game has.
pub(crate) fn checked(
    moments: &mut Moments<'_>,
    frame: &Frame,
    values: Vec<Quadratic>,
) -> (Vec<ValueFunction>, f64) {
    let values: Vec<ValueFunction> = values.into_iter().map(ValueFunction::from).collect();
    let fits = values.iter().all(|value| value.states() == frame.states.len());
    if !fits || values.len() != frame.players.len() {
        return (values, f64::INFINITY);
    }
    let (inner, edges) = looks(frame);
    let mut worst = 0.0_f64;
    for state in &inner {
        worst = larger(worst, residual(moments, frame, &values, state).unwrap_or(f64::INFINITY));
    }
    for state in &edges {
        // At the very edge the game of the moment may be degenerate: then nothing is said.
        worst = larger(worst, residual(moments, frame, &values, state).unwrap_or(0.0));
    }
    (values, worst)
}

/// `max |ρV − H − ½Σσ²∂²V|` over the players, as a share of the payoffs.
pub(crate) fn residual(
    moments: &mut Moments<'_>,
    frame: &Frame,
    values: &[ValueFunction],
    state: &[f64],
) -> Result<f64, DynamicError> {
    moments.at(state, &ValueFunction::costates(values, state))?;
    let mut payoffs = vec![0.0; values.len()];
    moments.hamiltonians(&mut payoffs);
    let noise = moments.played.noise(state);
    let each = values.iter().zip(&payoffs).zip(&frame.discounts);
    let sized = each.map(|((value, payoff), discount)| {
        let bent: f64 = if !value.may_bend() || noise.iter().all(|noise| *noise == 0.0) {
            0.0
        } else {
            let bends = value.curvatures(state);
            noise.iter().zip(bends.iter().enumerate()).map(|(noise, (k, row))| noise * row[k]).sum()
        };
        let size = payoff.abs().max(VANISHING * discount * value.terms(state));
        (discount * value.at(state) - payoff - bent, size)
    });
    Ok(share(&sized.collect::<Vec<_>>()))
}

/// States inside the region, and at its edge.
fn looks(frame: &Frame) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let states = &frame.states;
    let corner = |up: &dyn Fn(usize) -> bool| -> Vec<f64> {
        states.iter().enumerate().map(|(k, s)| if up(k) { s.upper } else { s.lower }).collect()
    };
    let mut edges = vec![corner(&|_| false), corner(&|_| true)];
    edges.extend((0..7).take_while(|bit| states.len() >> bit > 0).map(|bit| corner(&|k| k >> bit & 1 == 1)));
    edges.extend(frame.sides().into_iter().map(|(_, side)| side));
    (vec![frame.centre(), frame.initial()], edges)
}
