//! Open-loop equilibria in numbers: how they are found, and what they say of each time.

use std::cell::Cell;
use std::sync::Arc;

use super::super::boundary::{self, Path, Problem};
use super::super::error::DynamicError;
use super::super::frame::{Frame, SLACK};
use super::super::game::State;
use super::super::played::Played;
use super::super::simulate::{PathPoint, spread};
use super::equations::{Course, Equations};
use super::motion::payoffs;
use super::rest::{Rest, starts};
use super::{Instant, MaximumPrinciple};
use crate::equilibrium::{Caveat, Method, Report};

/// What the residual may leave open of a state, as a share of its range.
const BORNE: f64 = 1e-3;
/// The finest tolerance.
const FINEST: f64 = 1e-13;
/// What comes this many times `1/ρ` later does not count for a first idea.
const LONG: f64 = 30.0;

/// What an [`OpenLoop`](super::OpenLoop) is in numbers.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) played: Arc<Played>,
    equations: Arc<Equations>,
    settings: MaximumPrinciple,
    pub(super) frame: Frame,
    /// Where one coalition committed first, and not everybody at once.
    pub(super) promises: Option<Promises>,
    pub(super) path: Path,
    pub(super) end: End,
    pub(super) payoffs: Vec<f64>,
    pub(super) report: Report,
}

/// What a leader committed to.
#[derive(Clone, Debug)]
pub(super) struct Promises {
    /// The leading coalition's members, as positions among the players.
    pub(super) leaders: Vec<usize>,
    /// Whether it would keep them.
    pub(super) kept: bool,
}

/// How a course ends: at a time, or at rest, where it stays for ever.
#[derive(Clone, Debug)]
pub(super) enum End {
    At(f64),
    Rest(Box<Rest>),
}

/// A game whose equations are to be solved, from one start or another.
pub(super) struct Task<'t> {
    settings: &'t MaximumPrinciple,
    played: &'t Arc<Played>,
    equations: &'t Arc<Equations>,
    frame: &'t Frame,
    /// How many evaluations are left.
    left: Cell<usize>,
}

/// A problem whose equations are evaluated so many times and no more.
struct Counted<'p> {
    problem: &'p mut dyn Problem,
    left: &'p Cell<usize>,
}

impl Counted<'_> {
    fn count(&self) -> Result<(), DynamicError> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| DynamicError::spent(0, None))?;
        self.left.set(left);
        Ok(())
    }
}

impl Problem for Counted<'_> {
    fn start(&self) -> &[f64] {
        self.problem.start()
    }

    fn size(&self) -> usize {
        self.problem.size()
    }

    fn guess(&mut self, time: f64, left: f64, y: &mut [f64]) {
        self.problem.guess(time, left, y);
    }

    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
        self.count()?;
        self.problem.speed(y, speed)
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        self.count()?;
        self.problem.tangent(y, speed, jacobian)
    }

    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
        self.problem.end(y, residual, jacobian);
    }
}

impl MaximumPrinciple {
    pub(super) fn find(&self, played: Arc<Played>, horizon: f64) -> Result<Planned, DynamicError> {
        if horizon.is_nan() || horizon <= 0.0 {
            return Err(DynamicError::out_of_range("the horizon", horizon, "a positive number"));
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(DynamicError::out_of_range("the tolerance", self.tolerance, "between 0 and 1"));
        }
        let frame = Frame::new(&played, &[])?;
        let start = frame.initial();
        let equations = Arc::new(Equations::new(&played, self.route, &frame.discounts, &start)?);
        let left = Cell::new(self.evaluations);
        Task { settings: self, played: &played, equations: &equations, frame: &frame, left }
            .from(&start, horizon)
    }

    fn path(&self, problem: &mut dyn Problem, end: &End) -> Result<Path, DynamicError> {
        let tolerance = self.tolerance.max(FINEST);
        match end {
            End::At(horizon) => boundary::solve(problem, *horizon, tolerance),
            End::Rest(rest) => rest.path(problem, tolerance),
        }
    }
}

impl Task<'_> {
    fn counted<'p>(&'p self, course: &'p mut Course<'_>) -> Counted<'p> {
        Counted { problem: course.problem(), left: &self.left }
    }

    pub(super) fn course(&self, start: &[f64]) -> Result<Course<'_>, DynamicError> {
        self.equations.course(self.played, self.settings.route, &self.frame.discounts, start)
    }

    /// The equilibrium from a state, the game's initial one or another.
    fn from(&self, start: &[f64], horizon: f64) -> Result<Planned, DynamicError> {
        self.found(start, horizon).map_err(|error| {
            let spent = self.left.get() == 0;
            if spent { DynamicError::spent(self.settings.evaluations, Some(error)) } else { error }
        })
    }

    fn found(&self, start: &[f64], horizon: f64) -> Result<Planned, DynamicError> {
        if horizon.is_finite() {
            return self.until(start, End::At(horizon));
        }
        self.frame.lasting()?;
        // Long enough for all that comes later not to count.
        let left = LONG / self.frame.slowest();
        let mut first = None;
        for state in starts(&self.frame.states, start) {
            let rest =
                self.course(&state).and_then(|mut course| Rest::find(&mut self.counted(&mut course), left));
            match rest.and_then(|rest| self.until(start, End::Rest(Box::new(rest)))) {
                Ok(found) => return Ok(found),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let needed = self.frame.states.len();
        Err(first.unwrap_or(DynamicError::StateLength { given: start.len(), needed }))
    }

    /// The equilibrium up to an end.
    fn until(&self, start: &[f64], end: End) -> Result<Planned, DynamicError> {
        let discounts = &self.frame.discounts;
        let mut course = self.course(start)?;
        let path = self.settings.path(&mut self.counted(&mut course), &end)?;
        self.bears(&path, start.len(), &mut course)?;
        let earned = payoffs(self.played, discounts, start.len(), &path, &end, 0.0, &mut course)?;
        let promises = match &mut course {
            Course::Nash(_) => None,
            Course::Leading(leading) => {
                let kept = leading.is_consistent(&path, &end)?;
                Some(Promises { leaders: leading.led.roles.leaders.clone(), kept })
            }
        };
        let (played, equations) = (self.played.clone(), self.equations.clone());
        let (settings, frame) = (self.settings.clone(), self.frame.clone());
        let caveats = self.caveats(start, &path)?;
        let report = Report { caveats, ..Report::found(Method::Engine, path.iterations, path.residual) };
        Ok(Planned { played, equations, settings, frame, promises, path, end, payoffs: earned, report })
    }

    /// Refuses a course whose residual says nothing of the states: it is a share of the equations' terms, and where these are huge
    /// (an effort that a salvage value of 10²⁰ asks for) it may be more than a state's range.
    fn bears(&self, path: &Path, states: usize, course: &mut Course<'_>) -> Result<(), DynamicError> {
        let mut moved = vec![0.0; states];
        path.visit(0.0, 0.0, &mut |_, weight, y| {
            let at = [&y[..states], &course.decisions(y)?].concat();
            let drift = self.played.lasting.drift.made(&at);
            moved.iter_mut().zip(drift).for_each(|(moved, made)| *moved += weight * made.size);
            Ok(())
        })?;
        let lost = self
            .frame
            .states
            .iter()
            .zip(&moved)
            .map(|(range, moved)| path.residual.max(f64::EPSILON) * moved / (range.upper - range.lower));
        match lost.fold(0.0, f64::max) {
            lost if lost <= BORNE => Ok(()),
            residual => {
                let (iterations, reached, last) = (path.iterations, path.horizon(), path.at(0.0));
                Err(DynamicError::NoPath { residual, iterations, reached, last })
            }
        }
    }

    /// What a course leaves out of account: that states have ranges, and noise.
    fn caveats(&self, start: &[f64], path: &Path) -> Result<Vec<Caveat>, DynamicError> {
        let states = start.len();
        let (mut least, mut most) = (start.to_vec(), start.to_vec());
        let mut see = |y: &[f64]| {
            for ((least, most), s) in least.iter_mut().zip(&mut most).zip(&y[..states]) {
                (*least, *most) = (least.min(*s), most.max(*s));
            }
        };
        path.visit(0.0, 0.0, &mut |_, _, y| {
            see(y);
            Ok(())
        })?;
        see(path.last());
        let mut caveats = Vec::new();
        for (State { name, lower, upper, .. }, (least, most)) in
            self.frame.states.iter().zip(least.into_iter().zip(most))
        {
            let slack = SLACK * (upper - lower);
            let mut beware = |quantity: String, value: f64| {
                if value < -slack {
                    caveats.push(Caveat { quantity: quantity.into(), value });
                }
            };
            beware(
                format!("what the least {name} on the course leaves to the lower end of its range, {lower}"),
                least - lower,
            );
            beware(
                format!(
                    "what the largest {name} on the course leaves to the upper end of its range, {upper}"
                ),
                upper - most,
            );
        }
        let noise = self.played.noise(start);
        for (State { name, .. }, strength) in self.frame.states.iter().zip(noise) {
            if strength != 0.0 {
                let quantity =
                    format!("minus the noise of {name}, which a course announced in advance leaves out");
                caveats.push(Caveat { quantity: quantity.into(), value: -(2.0 * strength).sqrt() });
            }
        }
        Ok(caveats)
    }
}

impl Planned {
    pub(super) fn task(&self) -> Task<'_> {
        let Planned { played, equations, settings, frame, .. } = self;
        Task { settings, played, equations, frame, left: Cell::new(settings.evaluations) }
    }

    pub(super) fn horizon(&self) -> f64 {
        match &self.end {
            End::At(horizon) => *horizon,
            End::Rest(_) => f64::INFINITY,
        }
    }

    pub(super) fn eigenvalues(&self) -> &[[f64; 2]] {
        match &self.end {
            End::At(_) => &[],
            End::Rest(rest) => &rest.eigenvalues,
        }
    }

    /// All unknowns at a time.
    pub(super) fn unknowns(&self, time: f64) -> Vec<f64> {
        match &self.end {
            End::Rest(rest) if time > self.path.horizon() => rest.y.clone(),
            _ => self.path.at(time),
        }
    }

    pub(super) fn at(&self, time: f64) -> Result<Instant, DynamicError> {
        let horizon = self.horizon();
        if !(0.0..=horizon).contains(&time) {
            return Err(DynamicError::out_of_range("the time", time, format!("between 0 and {horizon}")));
        }
        let y = self.unknowns(time);
        let states = self.frame.states.len();
        let task = self.task();
        let mut course = task.course(&y[..states])?;
        let decisions = course.decisions(&y)?;
        let all = states * self.frame.discounts.len();
        let (mut costates, mut multipliers) = (vec![0.0; all], vec![0.0; all]);
        match course {
            Course::Nash(_) => costates.copy_from_slice(&y[states..]),
            Course::Leading(leading) => {
                let (roles, [_, prices, worths, own]) = (&leading.led.roles, leading.parts(&y));
                for (at, seat) in roles.followers.iter().enumerate() {
                    let (from, to) = (at * states..(at + 1) * states, seat.player * states);
                    costates[to..to + states].copy_from_slice(&worths[from.clone()]);
                    multipliers[to..to + states].copy_from_slice(&prices[from]);
                }
                if let Some(first) = roles.leaders.first() {
                    costates[first * states..(first + 1) * states].copy_from_slice(own);
                }
            }
        }
        Ok(Instant { time, state: y[..states].to_vec(), costates, multipliers, decisions })
    }

    pub(super) fn temptation(&self, time: f64) -> Result<f64, DynamicError> {
        let horizon = self.horizon();
        if !(0.0..horizon).contains(&time) {
            let allowed = format!("at least 0 and before {horizon}");
            return Err(DynamicError::out_of_range("the time", time, allowed));
        }
        let Some(promises) = &self.promises else { return Ok(0.0) };
        let y = self.unknowns(time);
        let (start, left) = (&y[..self.frame.states.len()], horizon - time);
        let kept = self.remaining(&[time])?.concat();
        let afresh = self.task().from(start, left)?;
        Ok(promises.leaders.iter().map(|&leader| afresh.payoffs[leader] - kept[leader]).sum())
    }

    /// What everybody still gets from each of these times on, valued then.
    fn remaining(&self, times: &[f64]) -> Result<Vec<Vec<f64>>, DynamicError> {
        let Planned { played, frame, path, end, .. } = self;
        let (states, discounts, task) = (frame.states.len(), &frame.discounts, self.task());
        let mut course = task.course(&frame.initial())?;
        let from =
            |time: &f64| payoffs(played, discounts, states, path, end, time.min(path.horizon()), &mut course);
        times.iter().map(from).collect()
    }

    pub(super) fn points(&self, horizon: f64, count: usize) -> Result<Vec<PathPoint>, DynamicError> {
        if !(horizon > 0.0 && horizon.is_finite() && horizon <= self.horizon()) {
            let allowed = format!("positive, finite and at most {}", self.horizon());
            return Err(DynamicError::out_of_range("the horizon", horizon, allowed));
        }
        let times = spread(horizon, count)?;
        let remaining = self.remaining(&times)?;
        let point = |(&time, remaining): (&f64, Vec<f64>)| {
            let Instant { state, decisions, .. } = self.at(time)?;
            let mut flows = vec![0.0; self.payoffs.len()];
            self.played.flow(&state, &decisions, &mut flows);
            let all = self.payoffs.iter().zip(remaining).zip(&self.frame.discounts);
            let payoffs = all.map(|((whole, left), rho)| whole - (-rho * time).exp() * left).collect();
            Ok(PathPoint { time, state, decisions, flows, payoffs })
        };
        times.iter().zip(remaining).map(point).collect()
    }
}
