//! Where value functions hold: on the region on which they were found and, quadratic ones, wherever else the equations hold too.

use super::error::DynamicError;
use super::frame::Frame;
use super::known::residual;
use super::moment::Moments;
use super::ode::{Cause, Settings, Stopped, integrate};
use super::steady::{closed_loop, eigenvalues};
use super::value::ValueFunction;

/// The residual at which quadratic values hold at a state outside of their region, as a share of each payoff: a bound that comes to
/// press there leaves far more, the rounding of what was found by a grid less.
const HOLDS: f64 = 1e-7;
/// For how many discount times a course counts: what comes later is worth e⁻³⁰ of what is earned today.
const COUNTS: f64 = 30.0;
/// Most steps of a course. (One that settles needs some dozens.)
const STEPS: usize = 2000;
/// How far noise takes a state from its course, in standard deviations of what it adds up to: further once in 10⁹ times.
const FAR: f64 = 6.0;
/// A drift this small, as a share of the region's width, leads nowhere.
const STILL: f64 = 1e-7;

/// Value functions on a region.
pub(crate) struct Region<'a, 'r> {
    moments: &'a mut Moments<'r>,
    frame: &'a Frame,
    values: &'a [ValueFunction],
    /// Whether all values are quadratic: then they may hold outside of the region too.
    quadratic: bool,
}

impl<'a, 'r> Region<'a, 'r> {
    pub(crate) fn new(moments: &'a mut Moments<'r>, frame: &'a Frame, values: &'a [ValueFunction]) -> Self {
        let quadratic = ValueFunction::all_quadratic(values);
        Region { moments, frame, values, quadratic }
    }

    /// Refuses a state at which the values do not hold.
    pub(crate) fn covers(&mut self, state: &[f64]) -> Result<(), DynamicError> {
        let outside = self.frame.inside(state);
        if outside.is_ok() || !self.quadratic || state.len() != self.frame.states.len() {
            return outside;
        }
        match residual(self.moments, self.frame, self.values, state) {
            Ok(error) if error <= HOLDS => Ok(()),
            _ => outside,
        }
    }

    /// Refuses a state from which the course, or noise around it, leads to where the values do not hold: what it is worth follows
    /// from what is earned there.
    pub(crate) fn covers_course(&mut self, start: &[f64]) -> Result<(), DynamicError> {
        self.covers(start)?;
        let horizon = COUNTS / self.frame.slowest();
        let drift = |_: f64, state: &[f64], drift: &mut [f64]| {
            self.covers(state)?;
            self.drift(state, drift)
        };
        let settings = Settings { steps: STEPS, relative: 1e-6, absolute: 1e-9, ..Settings::default() };
        let last = match integrate(drift, 0.0, start, horizon, &settings) {
            Ok(course) => course.last().to_vec(),
            Err(Stopped { cause: Cause::Failed(error), .. }) => return Err(error),
            // As far as it was followed, it has not left.
            Err(Stopped { state, .. }) => state,
        };
        [start, &last].into_iter().try_for_each(|state| self.covers_around(state))
    }

    /// Refuses a state around which noise leads to where quadratic values do not hold. (What it does to others at the edge of their
    /// region is settled by their equations there.)
    fn covers_around(&mut self, state: &[f64]) -> Result<(), DynamicError> {
        if !self.quadratic {
            return Ok(());
        }
        let noise = self.moments.played.noise(state);
        for (k, (strength, range)) in noise.iter().zip(&self.frame.states).enumerate() {
            // ½σ² over the slowest rate at which it is forgotten, or no longer counts.
            let far = FAR * (strength / self.frame.slowest()).sqrt();
            for (edge, to) in [(range.lower, state[k] - far), (range.upper, state[k] + far)] {
                let mut there = state.to_vec();
                there[k] = edge;
                // Where it vanishes at the edge it does not lead beyond.
                let contained = self.moments.played.noise(&there)[k] == 0.0;
                there[k] = if contained { to.clamp(range.lower, range.upper) } else { to };
                self.covers(&there)?;
            }
        }
        Ok(())
    }

    fn drift(&mut self, state: &[f64], drift: &mut [f64]) -> Result<(), DynamicError> {
        self.moments.at(state, &ValueFunction::costates(self.values, state))?;
        self.moments.drift(drift);
        Ok(())
    }

    /// How fast states grow under quadratic values, and the rate that they must stay below, for what lies ahead to be worth less and
    /// less: half the discount rate or, where a formula says that all values are linear, the discount rate itself. (What is found on a
    /// grid is linear up to rounding only, which growth magnifies.) Nothing where values are not quadratic.
    pub(crate) fn growth(&mut self) -> Result<Option<(f64, f64)>, DynamicError> {
        if !self.quadratic {
            return Ok(None);
        }
        let share = if self.values.iter().any(ValueFunction::may_bend) { 0.5 } else { 1.0 };
        let (_, slopes) = closed_loop(self.moments, self.values, &self.frame.centre())?;
        let growth = eigenvalues(&slopes).first().map_or(0.0, |e| e[0]);
        Ok(Some((growth, share * self.frame.slowest())))
    }

    /// Refuses values under which payoffs would be unbounded, or that are not pinned down: states must not outgrow what is
    /// discounted, and must not be led out of where the values hold. Beyond, the future would be anybody's guess, and with it the
    /// values inside.
    pub(crate) fn refuse_unbounded(&mut self) -> Result<(), DynamicError> {
        if let Some((growth, limit)) = self.growth()? {
            let bounded = growth < limit;
            if !bounded {
                return Err(DynamicError::Explosive { growth, limit, last: self.values.to_vec() });
            }
        }
        let (frame, initial) = (self.frame, self.frame.initial());
        // So many states that no grid fits have values by a formula, which has been looked at all over the region.
        if frame.fits_a_grid().is_err() {
            return self.covers(&initial).and_then(|()| self.covers_around(&initial));
        }
        let (mut drift, mut within) = (vec![0.0; frame.states.len()], true);
        for (at, state) in frame.sides() {
            // At the very edge the game of the moment may be degenerate: then nothing is said.
            if self.drift(&state, &mut drift).is_err() {
                continue;
            }
            let range = &frame.states[at];
            let outwards = if state[at] == range.lower { -drift[at] } else { drift[at] };
            if outwards > STILL * (range.upper - range.lower) {
                within = false;
                if !self.quadratic {
                    return Err(frame.leaves(at, state[at]));
                }
                self.covers_course(&state)?;
            }
        }
        // In one state the edges tell whether its course stays.
        if within && frame.states.len() == 1 {
            self.covers(&initial).and_then(|()| self.covers_around(&initial))
        } else {
            self.covers_course(&initial)
        }
    }
}
