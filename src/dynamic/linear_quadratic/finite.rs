//! Feedback Nash equilibria on a finite horizon.

use super::error::LinearQuadraticError as Error;
use super::feedback::{Policy, constant_flow, policies};
use super::game::{LinearQuadratic, Quadratic, Reduced, out_of_range, symmetrised};
use super::matrix::Matrix;
use super::riccati::{closed_loop, influence, residual};
use crate::dynamic::ode::{Cause, Settings, Stopped, Trajectory, integrate};
use std::convert::Infallible;

/// The local error of an integration step is relative, to the largest entry of a group.
const SETTINGS: Settings<'_> = Settings { relative: 1e-13, absolute: 0.0, groups: &[], steps: 100_000 };

/// The feedback Nash equilibrium of a game that ends: value functions and policies at every time.
#[derive(Clone, Debug, PartialEq)]
pub struct FiniteFeedbackNash {
    game: Reduced,
    horizon: f64,
    /// The numbers of all value functions by time to go.
    path: Trajectory,
}

impl FiniteFeedbackNash {
    /// How long the game lasts.
    pub fn horizon(&self) -> f64 {
        self.horizon
    }

    /// The value functions at a time, of payoffs from then on, discounted to then.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](Error::OutOfRange) for a time outside the game.
    pub fn values(&self, time: f64) -> Result<Vec<Quadratic>, Error> {
        if !(0.0..=self.horizon).contains(&time) {
            return Err(out_of_range("the time", None, time, "between 0 and the horizon"));
        }
        let mut y = self.path.last().to_vec();
        self.path.at(self.horizon - time, &mut y);
        Ok(unpack(&self.game, &y))
    }

    /// The policies at a time.
    ///
    /// # Errors
    ///
    /// As [`values`](Self::values).
    pub fn policies(&self, time: f64) -> Result<Vec<Policy>, Error> {
        Ok(policies(&self.game, &self.values(time)?))
    }
}

fn stopped(why: Stopped<Infallible>, horizon: f64) -> Error {
    match why.cause {
        Cause::BlowUp => Error::BlowUp { time: horizon - why.time },
        Cause::Stiff | Cause::TooLong => {
            Error::NotConverged { iterations: SETTINGS.steps, change: 1.0 - why.time / horizon }
        }
        Cause::Failed(never) => match never {},
    }
}

/// Everybody's curvature row by row, then everybody's slope, then everybody's constant.
fn pack(values: &[Quadratic]) -> Vec<f64> {
    let curvatures = values.iter().flat_map(|v| v.curvature.entries());
    let slopes = values.iter().flat_map(|v| v.slope.entries());
    curvatures.chain(slopes).copied().chain(values.iter().map(|v| v.constant)).collect()
}

/// Where curvatures, slopes and constants end.
fn groups(game: &Reduced) -> [usize; 3] {
    let (n, count) = (game.states(), game.players());
    [count * n * n, count * (n * n + n), count * (n * n + n + 1)]
}

fn unpack(game: &Reduced, y: &[f64]) -> Vec<Quadratic> {
    let n = game.states();
    let [slopes, constants, _] = groups(game);
    let curvature = |i: usize| Matrix::from_rows(n, n, &y[i * n * n..][..n * n]);
    let part = |i: usize| Quadratic {
        // An asymmetry of rounding would grow: the equations keep a matrix symmetric, but do not make it so.
        curvature: curvature(i).map_or_else(|| Matrix::zero(n, n), |p| symmetrised(&p)),
        slope: Matrix::column(&y[slopes + i * n..][..n]),
        constant: y[constants + i],
    };
    (0..game.players()).map(part).collect()
}

/// The Hamilton-Jacobi equations in time to go.
fn speed(game: &Reduced, y: &[f64], out: &mut [f64]) {
    let n = game.states();
    let values = unpack(game, y);
    let p: Vec<Matrix> = values.iter().map(|v| v.curvature.clone()).collect();
    let b: Vec<Matrix> = values.iter().map(|v| v.slope.clone()).collect();
    let closed = closed_loop(game, &p);
    let mut drift = game.drift.clone();
    for (s, b) in game.powers.iter().zip(&b) {
        drift.add(1.0, &s.times(b));
    }
    let [slopes, constants, _] = groups(game);
    for i in 0..game.players() {
        let r = game.discounts[i];
        out[i * n * n..][..n * n].copy_from_slice(residual(game, &p, &closed, i, 1.0, r).entries());
        // A'b_i + P_i(d + Σ_j S_jb_j) + q_i − r_ib_i; the term of one's own control stands in A and in the drift.
        let mut slope = closed.transpose_times(&b[i]).plus(&game.payoffs[i].slope);
        slope.add(-r, &b[i]);
        slope.add(1.0, &p[i].times(&game.drift));
        for j in (0..game.players()).filter(|j| *j != i) {
            slope.add(1.0, &influence(game, &p, i, j).transpose_times(&b[j]));
            if let Some((_, _, gain)) = &game.spillovers[i][j] {
                slope.add(1.0, &p[j].times(gain));
            }
        }
        out[slopes + i * n..][..n].copy_from_slice(slope.entries());
        out[constants + i] = constant_flow(game, &b, &drift, i) - r * values[i].constant;
    }
}

impl LinearQuadratic {
    /// The feedback Nash equilibrium of the game that ends at `horizon`, when each player receives its salvage value:
    /// the coupled Riccati equations backwards in time,
    ///
    /// ```math
    /// -\dot P_i=Q_i-r_iP_i+P_i\bar A+\bar A'P_i-P_iS_iP_i,\qquad P_i(T)=\text{salvage},
    /// ```
    ///
    /// by a Runge-Kutta method of order 8 that keeps its local error below 1e-13 of the largest curvature, slope and constant; between its steps values
    /// are interpolated, to about 1e-11.
    ///
    /// # Errors
    ///
    /// [`BlowUp`](Error::BlowUp) where a value function becomes infinite before the start: then the game has no such
    /// equilibrium. [`OutOfRange`](Error::OutOfRange) for a horizon that is not positive and finite.
    pub fn feedback_nash_until(&self, horizon: f64) -> Result<FiniteFeedbackNash, Error> {
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(out_of_range("the horizon", None, horizon, "positive and finite"));
        }
        let game = &self.reduced;
        let f = |_: f64, y: &[f64], out: &mut [f64]| {
            speed(game, y, out);
            Ok(())
        };
        let settings = Settings { groups: &groups(game), ..SETTINGS };
        let path = integrate(f, 0.0, &pack(&self.salvages), horizon, &settings)
            .map_err(|why| stopped(why, horizon))?;
        Ok(FiniteFeedbackNash { game: game.clone(), horizon, path })
    }
}
