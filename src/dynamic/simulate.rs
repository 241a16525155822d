//! Paths: where the policies lead, and what everybody earns on the way.

use std::marker::PhantomData;

use super::error::DynamicError;
use super::feedback::Feedback;
use super::frame::Frame;
use super::game::DifferentialGame;
use super::markov::MarkovPerfect;
use super::moment::{Moments, Route};
use super::noise::{Bands, NoiseError, Scheme, Simulation};
use super::ode::{Cause, Settings, Stopped, Trajectory, integrate};
use super::played::Played;

/// Most times at which a path is kept.
const MOST: usize = 10_000_000;

/// What a unit more of each state is worth to each player at a time and a state: the first player's states first.
pub(crate) type Worths<'f> = Box<dyn Fn(f64, &[f64]) -> Vec<f64> + 'f>;

/// A path without noise, from a start to a horizon, as a function of time.
///
/// It is integrated by a method of order 8 with steps chosen for a relative error of 10⁻¹⁰, and known between its steps
/// as well.
pub struct Path<'f, G: DifferentialGame> {
    run: Run<'f>,
    game: PhantomData<&'f G>,
}

/// The same in numbers.
pub(crate) struct Run<'f> {
    played: &'f Played,
    frame: &'f Frame,
    worths: Worths<'f>,
    /// States, then payoffs to date.
    trajectory: Trajectory,
}

/// A path at one time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PathPoint {
    /// The time since the start.
    pub time: f64,
    /// The state.
    pub state: Vec<f64>,
    /// What everybody decides.
    pub decisions: Vec<f64>,
    /// What each player earns a unit of time.
    pub flows: Vec<f64>,
    /// What each player has earned since the start, discounted to the start.
    pub payoffs: Vec<f64>,
}

impl<'f, G: DifferentialGame> Path<'f, G> {
    pub(crate) fn told(run: Run<'f>) -> Self {
        Path { run, game: PhantomData }
    }

    /// The times between which the integration stepped.
    pub fn times(&self) -> &[f64] {
        self.run.times()
    }

    /// The time at which the path ends.
    pub fn horizon(&self) -> f64 {
        self.run.horizon()
    }

    /// The state at a time; before the start or after the end, the state there.
    pub fn state(&self, time: f64) -> Vec<f64> {
        self.run.state(time)
    }

    /// What each player has earned by the end, discounted to the start.
    pub fn payoffs(&self) -> &[f64] {
        self.run.payoffs()
    }

    /// The path at these times.
    ///
    /// # Errors
    ///
    /// When one of them is not on the path, and when the game of the moment cannot be solved at one of them.
    pub fn at(&self, times: &[f64]) -> Result<Vec<PathPoint>, DynamicError> {
        self.run.at(times)
    }

    /// The path at `count` times, evenly spread, both ends included; at least two, at most ten million.
    ///
    /// # Errors
    ///
    /// As [`Path::at`].
    pub fn points(&self, count: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.run.points(count)
    }
}

impl<'f> Run<'f> {
    pub(crate) fn new(
        played: &'f Played,
        frame: &'f Frame,
        worths: Worths<'f>,
        start: &[f64],
        horizon: f64,
    ) -> Result<Self, DynamicError> {
        let states = frame.states.len();
        if start.len() != states {
            return Err(DynamicError::StateLength { given: start.len(), needed: states });
        }
        if let Some(at) = start.iter().position(|value| !value.is_finite()) {
            let name = format!("the start of {}", frame.states[at].name);
            return Err(DynamicError::out_of_range(name, start[at], "a finite number"));
        }
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(DynamicError::out_of_range("the horizon", horizon, "a positive, finite number"));
        }
        let from = [start, &vec![0.0; frame.players.len()]].concat();
        let settings = Settings { groups: &[states], ..Settings::default() };
        let mut moments = played.moments(Route::Auto)?;
        let slope = |time: f64, y: &[f64], out: &mut [f64]| -> Result<(), DynamicError> {
            let (state, _) = y.split_at(states);
            moments.at(state, &worths(time, state))?;
            moments.accrue(&frame.discounts, time, out);
            Ok(())
        };
        let trajectory = integrate(slope, 0.0, &from, horizon, &settings);
        let trajectory = trajectory.map_err(|stopped| stopped.over_time(states))?;
        Ok(Run { played, frame, worths, trajectory })
    }

    pub(crate) fn times(&self) -> &[f64] {
        self.trajectory.times()
    }

    fn horizon(&self) -> f64 {
        self.times().last().copied().unwrap_or(0.0)
    }

    pub(crate) fn state(&self, time: f64) -> Vec<f64> {
        let mut y = vec![0.0; self.trajectory.last().len()];
        self.trajectory.at(time, &mut y);
        y.truncate(self.frame.states.len());
        y
    }

    pub(crate) fn payoffs(&self) -> &[f64] {
        &self.trajectory.last()[self.frame.states.len()..]
    }

    fn at(&self, times: &[f64]) -> Result<Vec<PathPoint>, DynamicError> {
        let horizon = self.horizon();
        if let Some(&time) = times.iter().find(|time| !(0.0..=horizon).contains(*time)) {
            return Err(DynamicError::out_of_range("the time", time, format!("between 0 and {horizon}")));
        }
        let states = self.frame.states.len();
        let mut moments = self.played.moments(Route::Auto)?;
        let point = |&time: &f64| {
            let mut y = vec![0.0; self.trajectory.last().len()];
            self.trajectory.at(time, &mut y);
            let payoffs = y.split_off(states);
            let decisions = moments.at(&y, &(self.worths)(time, &y))?.to_vec();
            let mut flows = vec![0.0; payoffs.len()];
            moments.flow(&mut flows);
            Ok(PathPoint { time, state: y, decisions, flows, payoffs })
        };
        times.iter().map(point).collect()
    }

    fn points(&self, count: usize) -> Result<Vec<PathPoint>, DynamicError> {
        self.at(&spread(self.horizon(), count)?)
    }
}

/// So many times, evenly spread, both ends included.
pub(crate) fn spread(horizon: f64, count: usize) -> Result<Vec<f64>, DynamicError> {
    if count > MOST {
        let allowed = format!("at most {MOST}: more would not be kept");
        return Err(DynamicError::out_of_range("the number of times", count as f64, allowed));
    }
    let last = count.max(2) - 1;
    Ok((0..=last).map(|k| horizon * k as f64 / last as f64).collect())
}

impl<E: Into<DynamicError>> Stopped<E> {
    /// What stopped an integration whose first entries are the states.
    pub(crate) fn over_time(self, states: usize) -> DynamicError {
        let Stopped { cause, time, mut state } = self;
        match cause {
            Cause::Failed(error) => error.into(),
            Cause::BlowUp | Cause::Stiff | Cause::TooLong => {
                state.truncate(states);
                DynamicError::BlowUp { time, last: state }
            }
        }
    }
}

/// How many random paths to draw, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// How many paths.
    pub paths: usize,
    /// The seed: the same one gives the same paths, bit for bit, on any number of threads.
    pub seed: u64,
    /// The longest step of time.
    pub step: f64,
    /// Milstein's scheme instead of Euler and Maruyama's: paths right to first order in the step instead of its root.
    pub milstein: bool,
    /// Which quantiles of the states to report, between 0 and 1.
    pub quantiles: Vec<f64>,
    /// How many threads share the work; 0 for as many as the machine has.
    pub threads: usize,
}

impl Default for Noise {
    fn default() -> Self {
        let quantiles = vec![0.05, 0.25, 0.5, 0.75, 0.95];
        Noise { paths: 1000, seed: 1, step: 0.01, milstein: false, quantiles, threads: 0 }
    }
}

impl<'g, G: DifferentialGame> Feedback<'g, G> {
    /// The path from `start` for a time of `horizon`, noise left aside.
    ///
    /// # Errors
    ///
    /// When the start or the horizon makes no sense, when the path leaves the region in which the value functions are
    /// known, and when the game of the moment cannot be solved on it.
    pub fn simulate(&self, start: &[f64], horizon: f64) -> Result<Path<'_, G>, DynamicError> {
        Ok(Path::told(self.found.simulate(start, horizon)?))
    }

    /// What many random paths from `start` say at these `times`, increasing, the last of which is the end: means and
    /// quantiles of the states, everybody's mean payoff with its standard error, the states at the end.
    ///
    /// States stay in their ranges. Close to a bound at which the noise vanishes steps lead to points within, with the mean and the
    /// variance that they should have: means are right to first order in the step. Another step that overshoots a bound is
    /// cut off there, as [`Bands::clipped`] tells. What is earned after the end does not count.
    ///
    /// # Errors
    ///
    /// When a number makes no sense, and when the game of the moment cannot be solved on a path.
    pub fn simulate_noise(&self, start: &[f64], times: &[f64], noise: &Noise) -> Result<Bands, DynamicError>
    where
        G: Sync,
        G::Player: Sync,
    {
        self.found.simulate_noise(start, times, noise)
    }
}

impl MarkovPerfect {
    fn simulate(&self, start: &[f64], horizon: f64) -> Result<Run<'_>, DynamicError> {
        self.inside(start)?;
        let worths: Worths<'_> = Box::new(|_, state| self.costates(state));
        let run = Run::new(&self.played, &self.frame, worths, start, horizon)?;
        run.times().iter().try_for_each(|&time| self.inside(&run.state(time)))?;
        Ok(run)
    }

    fn simulate_noise(&self, start: &[f64], times: &[f64], noise: &Noise) -> Result<Bands, DynamicError> {
        let states = &self.frame.states;
        if start.len() != states.len() {
            return Err(DynamicError::StateLength { given: start.len(), needed: states.len() });
        }
        let ends = |end: fn(&super::State) -> f64| states.iter().map(end).collect::<Vec<f64>>();
        let (lower, upper) = (ends(|state| state.lower), ends(|state| state.upper));
        let every = std::thread::available_parallelism().map_or(1, usize::from);
        let simulation = Simulation {
            start,
            lower: &lower,
            upper: &upper,
            times,
            step: noise.step,
            scheme: if noise.milstein { Scheme::Milstein } else { Scheme::EulerMaruyama },
            discounts: &self.frame.discounts,
            levels: &noise.quantiles,
            paths: noise.paths,
            seed: noise.seed,
            threads: if noise.threads == 0 { every } else { noise.threads },
        };
        let moment = self.played.moment()?;
        let reaction = moment.reaction()?;
        let dynamics = || {
            let mut moments = Moments::new(&self.played, moment, reaction, Route::Auto);
            move |_: f64, state: &[f64], drift: &mut [f64], flow: &mut [f64]| -> Result<(), DynamicError> {
                moments.at(state, &self.costates(state))?;
                moments.drift(drift);
                moments.flow(flow);
                Ok(())
            }
        };
        let diffusion = |state: &[f64], out: &mut [f64]| self.played.lasting.diffusion.fill(state, out);
        let nothing = |_: &[f64], out: &mut [f64]| out.fill(0.0);
        simulation.run(dynamics, &diffusion, &nothing).map_err(|error| match error {
            NoiseError::Parameter(error) => error.into(),
            NoiseError::Failed { error, .. } => error,
            NoiseError::NotFinite { time, state, .. } => DynamicError::BlowUp { time, last: state },
        })
    }
}
