//! Evidence for courses that everybody has committed to: what simple other courses would earn.

use super::super::certificate::{Course, Evidence};
use super::super::error::DynamicError;
use super::super::game::DifferentialGame;
use super::super::ode::{Settings, integrate};
use super::planned::{End, Planned};
use super::{OpenLoop, SecondOrder};
use crate::player::Player;
use crate::solve::Turn;

/// Own courses by these factors, and constants of these sizes, of what is usual and of 1: what is usual may be beyond all measure
/// where a parameter is.
const FACTORS: [f64; 3] = [0.0, 0.5, 2.0];
const SIZES: [f64; 6] = [1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0];
/// A gain refutes by this share of what is earned either way: other courses are integrated more finely than that, but simply.
const GAIN: f64 = 1e-4;
const FINE: f64 = 1e-6;
/// Steps after which another course is left: one that takes more is stiff.
const STEPS: usize = 500;

/// Another course of one's own: a value for a decision where the course has this one.
type Change<'c> = &'c dyn Fn(usize, f64) -> f64;

impl<G: DifferentialGame> OpenLoop<'_, G> {
    /// Searches for somebody who would gain by another course, everybody else keeping theirs: own courses scaled, and constants of
    /// all sizes, along which the states stay in their ranges. They are integrated in time on their own; nothing of the maximum
    /// principle is believed.
    ///
    /// A leader, to whom others reply, is not searched, nor is a game that never ends: [`Evidence::courses`] has those who are.
    /// Courses close by are looked at by [`OpenLoop::second_order`].
    ///
    /// # Errors
    ///
    /// [`DynamicError::Refuted`] when somebody gains more than a ten-thousandth of what is earned either way,
    /// [`DynamicError::NotBest`] when somebody has a better course close by.
    pub fn verify(&self) -> Result<Evidence<G::Player>, DynamicError> {
        for player in &self.told.players {
            if let SecondOrder::Fails { time } = self.second_order(*player)? {
                return Err(DynamicError::NotBest { player: player.name().into_owned(), time });
            }
        }
        self.courses()
    }

    /// What other courses of everybody's own, not close by, would earn.
    pub(crate) fn courses(&self) -> Result<Evidence<G::Player>, DynamicError> {
        Ok(self.told.evidence(self.found.courses()?))
    }
}

impl Planned {
    fn courses(&self) -> Result<Evidence<usize>, DynamicError> {
        let mut evidence = Evidence::none(0);
        let End::At(horizon) = self.end else { return Ok(evidence) };
        let leads = |turn: &Turn| {
            let leaders = self.promises.as_ref().map(|promises| &promises.leaders);
            leaders.is_some_and(|leaders| turn.coalition.iter().any(|member| leaders.contains(member)))
        };
        for turn in self.played.turns()?.iter().filter(|turn| !leads(turn)) {
            let has: f64 = turn.coalition.iter().map(|member| self.payoffs[*member]).sum();
            let usual = self.played.usual(|_| 1.0);
            let scaled = FACTORS.map(|factor| self.earns(turn, horizon, &|_, own| factor * own));
            let part = SIZES.map(|size| self.earns(turn, horizon, &|decision, _| size * usual[decision]));
            let plain = SIZES.map(|size| self.earns(turn, horizon, &|_, _| size));
            let mut course = Course { coalition: turn.coalition.clone(), gain: 0.0, loss: 0.0 };
            let mut followed = false;
            for gets in scaled.into_iter().chain(part).chain(plain).flatten() {
                followed = true;
                if gets - has > GAIN * has.abs().max(gets.abs()) {
                    course.gain = course.gain.max(gets - has);
                }
                course.loss = course.loss.max(has - gets);
            }
            if course.gain > 0.0 {
                let names = turn.coalition.iter().map(|member| self.played.game.players[*member].name());
                let player = names.collect::<Vec<_>>().join(" and ");
                let (gain, state) = (course.gain, self.frame.initial());
                return Err(DynamicError::Refuted { player, gain, state });
            }
            // Who could not be followed on any other course has not been searched.
            if followed {
                evidence.courses.push(course);
            }
        }
        Ok(evidence)
    }

    /// What a coalition earns on another course of its own; none where the states leave their ranges, or it cannot be followed.
    fn earns(&self, turn: &Turn, horizon: f64, change: Change<'_>) -> Option<f64> {
        let states = self.frame.states.len();
        let discount = *turn.coalition.first().and_then(|first| self.frame.discounts.get(*first))?;
        let task = self.task();
        let mut plan = task.course(&self.frame.initial()).ok()?;
        let mut flows = vec![0.0; self.payoffs.len()];
        let all = |flows: &[f64]| turn.coalition.iter().map(|member| flows[*member]).sum::<f64>();
        let inside = |state: &[f64]| self.frame.inside(state).is_ok();
        let speed = |time: f64, y: &[f64], out: &mut [f64]| -> Result<(), ()> {
            let state = &y[..states];
            if !inside(state) {
                return Err(());
            }
            let mut x = plan.decisions(&self.unknowns(time.clamp(0.0, horizon))).map_err(drop)?;
            let ends = self.played.lasting.at_state(&self.played.game.formulas.bounds, (state, &x));
            for tied in &turn.decisions {
                for &decision in tied {
                    let to = change(decision, x[decision]);
                    x[decision] = to.max(ends[2 * decision]).min(ends[2 * decision + 1]);
                }
            }
            let (drift, earned) = out.split_at_mut(states);
            self.played.drift(state, &x, drift);
            self.played.flow(state, &x, &mut flows);
            earned[0] = (-discount * time).exp() * all(&flows);
            Ok(())
        };
        let start = [self.frame.initial(), vec![0.0]].concat();
        let settings = Settings { relative: FINE, absolute: FINE * FINE, groups: &[], steps: STEPS };
        let course = integrate(speed, 0.0, &start, horizon, &settings).ok()?;
        let (state, earned) = course.last().split_at(states);
        let mut last = vec![0.0; self.payoffs.len()];
        self.played.salvage(state, &mut last);
        let total = earned[0] + (-discount * horizon).exp() * all(&last);
        (inside(state) && total.is_finite()).then_some(total)
    }
}
