//! Whether a course that satisfies the maximum principle is its player's best one, as far as second derivatives tell.

use super::super::error::DynamicError;
use super::super::game::DifferentialGame;
use super::super::linear_quadratic::{Matrix, stabilising};
use super::super::ode::{Cause, Settings, Stopped, integrate};
use super::OpenLoop;
use super::own::Own;
use super::planned::{End, Planned};
use crate::error::StructureError;
use crate::player::Player;
use crate::recorded::RecordError;

/// Most times that are looked at.
const TIMES: usize = 64;
/// Steps after which the Riccati equation is left: it takes some fifty, and more only where it is stiff.
const STEPS: usize = 2000;

/// What second derivatives say of a player's own course, given everybody else's: see [`OpenLoop::second_order`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SecondOrder {
    /// Arrow's condition holds wherever it was looked at: the course is the best of all.
    Concave,
    /// Arrow's condition fails, or cannot be decided, at this time and state; but no course close by is as good.
    Local {
        /// The time.
        time: f64,
        /// The state.
        state: Vec<f64>,
        /// The largest second derivative of the maximised Hamiltonian there, states measured by their ranges; none where the
        /// player's own maximum was not found, or lies at a bound that moves with the state.
        eigenvalue: Option<f64>,
    },
    /// A course close by is better: this time is conjugate to the end. A course that departs there, by however little, gains
    /// more than it costs.
    Fails {
        /// The time.
        time: f64,
    },
    /// Arrow's condition fails, or cannot be decided, at this time and state, and whether courses close by are better cannot
    /// be told either: a decision lies at a bound, or the Riccati equation cannot be followed.
    Undecided {
        /// The time.
        time: f64,
        /// The state.
        state: Vec<f64>,
        /// As in [`SecondOrder::Local`].
        eigenvalue: Option<f64>,
    },
    /// The player leads: no condition is known here for a course that others reply to.
    Leads,
}

impl SecondOrder {
    /// The name used in files: `concave`, `local`, `fails`, `undecided`, `leads`.
    pub fn name(&self) -> &'static str {
        match self {
            SecondOrder::Concave => "concave",
            SecondOrder::Local { .. } => "local",
            SecondOrder::Fails { .. } => "fails",
            SecondOrder::Undecided { .. } => "undecided",
            SecondOrder::Leads => "leads",
        }
    }
}

impl<G: DifferentialGame> OpenLoop<'_, G> {
    /// Whether a player's own course is its best one while everybody else keeps theirs.
    ///
    /// The maximum principle is necessary. It is sufficient by Arrow's condition: where the player's maximised Hamiltonian
    ///
    /// ```math
    /// M_i(s,t)=\max_{x_i}\,\bigl[f_i(s,x_i,x_{-i}(t))+\lambda_i(t)\cdot g(s,x_i,x_{-i}(t))\bigr]
    /// ```
    ///
    /// and the salvage value are concave in the state. Second derivatives are exact; they are looked at, at up to 64 times
    /// along the course, where the state is and at five places within each state's range. That is evidence, and
    /// proof where second derivatives are constant, as in linear-quadratic games.
    ///
    /// Where `M` is not concave and no decision is at a bound, the course is still better than all close to it if the Riccati equation of the second variation,
    ///
    /// ```math
    /// -\dot P=M_{ss}+A'P+PA+PSP-\rho P,\qquad P(T)=\nabla^2\Phi_i,\qquad S=-g_xH_{xx}^{-1}g_x',\quad A=g_s-g_xH_{xx}^{-1}H_{xs},
    /// ```
    ///
    /// has a solution all along it; it is not if `P` becomes infinite on the way. In a game that never ends, `P` starts from the
    /// stabilising solution at rest.
    ///
    /// A coalition counts as one player. What a leader could do better through the followers' replies is not looked at.
    ///
    /// ```
    /// use coopad::dynamic::models::NerloveArrow;
    /// use coopad::dynamic::{SecondOrder, SolveOverTime, models::Monopolist};
    /// use coopad::models::Model;
    /// use coopad::prelude::*;
    ///
    /// let firm = NerloveArrow::example();
    /// let plan = firm.open_loop(&Structure::simultaneous(), 10.0)?;
    /// assert_eq!(plan.second_order(Monopolist)?, SecondOrder::Concave);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DynamicError::Structure`] for a player who is not in the game, [`DynamicError::Stage`] where the game of the moment
    /// cannot be solved along the course.
    pub fn second_order(&self, player: G::Player) -> Result<SecondOrder, DynamicError> {
        let stranger = || StructureError::NoSuchPlayer { player: player.name().into_owned() };
        self.found.second_order(self.told.seat(player).ok_or_else(stranger)?)
    }
}

impl Planned {
    fn second_order(&self, at: usize) -> Result<SecondOrder, DynamicError> {
        if self.promises.as_ref().is_some_and(|promises| promises.leaders.contains(&at)) {
            return Ok(SecondOrder::Leads);
        }
        let turn = self.played.turns()?.into_iter().find(|turn| turn.coalition.contains(&at));
        // Who decides nothing can do nothing better.
        let Some(turn) = turn else { return Ok(SecondOrder::Concave) };
        let own = Own::new(&self.played, self.frame.states.clone(), turn).map_err(RecordError::from)?;
        let (mut inside, mut doubt) = (true, None);
        for time in self.times()? {
            let now = self.at(time)?;
            // Once there is a doubt, what is left to know is whether bounds play a part.
            let places = if doubt.is_none() { own.places(&now.state) } else { vec![now.state.clone()] };
            for (place, state) in places.into_iter().enumerate() {
                let found = own.maximised(&now, &state);
                if place == 0 {
                    inside &= found.as_ref().is_some_and(|found| found.inside);
                }
                let eigenvalue = found.map(|found| own.excess(&found.direct, &found.gained, found.payoff));
                if doubt.is_none() && eigenvalue != Some(None) {
                    doubt = Some((time, state, eigenvalue.flatten()));
                }
            }
        }
        if let (None, End::At(horizon)) = (&doubt, &self.end) {
            let last = self.at(*horizon)?.state;
            let convex = |state: &Vec<f64>| own.salvage(state).1.is_some();
            let state = own.places(&last).into_iter().find(convex);
            doubt = state.map(|state| (*horizon, state.clone(), own.salvage(&state).1));
        }
        let Some((time, state, eigenvalue)) = doubt else { return Ok(SecondOrder::Concave) };
        let varied = if inside { self.second_variation(&own, at) } else { Err(None) };
        Ok(match varied {
            Ok(()) => SecondOrder::Local { time, state, eigenvalue },
            Err(Some(time)) => SecondOrder::Fails { time },
            Err(None) => SecondOrder::Undecided { time, state, eigenvalue },
        })
    }

    /// Times at which the course is looked at.
    fn times(&self) -> Result<Vec<f64>, DynamicError> {
        let mut times = Vec::new();
        self.path.visit(0.0, 0.0, &mut |time, _, _| {
            times.push(time);
            Ok(())
        })?;
        let stride = times.len().div_ceil(TIMES).max(1);
        let last = self.path.horizon();
        Ok(times.into_iter().step_by(stride).chain(std::iter::once(last)).collect())
    }

    /// Follows the Riccati equation of the second variation back from the end; fails where it becomes infinite, without a
    /// time where it cannot be followed.
    fn second_variation(&self, own: &Own<'_>, player: usize) -> Result<(), Option<f64>> {
        let (n, discount, horizon) = (own.states(), self.frame.discounts[player], self.path.horizon());
        let end = self.at(self.horizon()).map_err(|_| None)?;
        let last = match self.end {
            End::At(_) => own.salvage(&end.state).0,
            // What is left at rest is worth as much as in a linear-quadratic problem.
            End::Rest(_) => {
                let rest = own.maximised(&end, &end.state).ok_or(None)?;
                let transition = rest.motion.clone().shifted(-0.5 * discount);
                stabilising(&transition, &rest.power, &rest.curvature()).ok_or(None)?
            }
        };
        let speed = |time: f64, p: &[f64], out: &mut [f64]| -> Result<(), ()> {
            let now = self.at(time.clamp(0.0, horizon)).map_err(drop)?;
            let here = own.maximised(&now, &now.state).ok_or(())?;
            let p = Matrix::from_rows(n, n, p).ok_or(())?;
            let mut speed = p.times(&here.motion).plus_transpose().plus(&here.curvature());
            speed.add(1.0, &p.times(&here.power.times(&p)));
            speed.add(-discount, &p);
            out.iter_mut().zip(speed.entries()).for_each(|(out, speed)| *out = -speed);
            Ok(())
        };
        let settings = Settings { relative: 1e-8, absolute: 0.0, groups: &[n * n], steps: STEPS };
        match integrate(speed, horizon, last.entries(), 0.0, &settings) {
            Ok(_) => Ok(()),
            Err(Stopped { cause: Cause::BlowUp, time, .. }) => Err(Some(time)),
            Err(_) => Err(None),
        }
    }
}
