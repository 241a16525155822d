//! Where a course without end comes to rest, and the one course that leads there.

use nalgebra::DMatrix;

use super::super::boundary::{self, Path, Problem};
use super::super::error::DynamicError;
use super::super::game::State;
use super::super::linear_quadratic::Matrix;
use super::super::ode::larger;
use super::super::steady::eigenvalues;

/// Newton steps, and the share that a step is cut down to at least.
const ITERATIONS: usize = 100;
const SHORTEST: f64 = 1e-6;
/// A speed below this share of its terms is none, or below the second where steps no longer lower it.
const STILL: f64 = 1e-14;
const STALLED: f64 = 1e-11;
/// Growth below this share of the fastest is neither growth nor decay.
const FLAT: f64 = 1e-10;
/// What a graph of the decaying courses may leave of their equation.
const INVARIANT: f64 = 1e-8;
/// How often the end is put off until the course is at rest there.
const ROUNDS: usize = 8;
/// Where the search starts in each state's range, if it does not succeed from the initial state.
const STARTS: [f64; 3] = [0.5, 0.1, 0.9];
/// Below this a number is nothing.
const NOTHING: f64 = 1e-290;

/// A point at which states and costates rest, and how the courses that lead there come in.
#[derive(Clone, Debug)]
pub(super) struct Rest {
    /// The unknowns.
    pub(super) y: Vec<f64>,
    /// How departures grow, real and imaginary parts: what decays slowest first among what decays, after what grows.
    pub(super) eigenvalues: Vec<[f64; 2]>,
    /// How the unknowns that are not given at the start follow from those that are, on courses that come in.
    graph: Matrix,
    /// How the unknowns that are given at the start move on them.
    motion: Matrix,
}

/// States to look for a rest point from, one after the other.
pub(super) fn starts(states: &[State], initial: &[f64]) -> Vec<Vec<f64>> {
    let within =
        |share: f64| states.iter().map(|state| state.lower + share * (state.upper - state.lower)).collect();
    std::iter::once(initial.to_vec()).chain(STARTS.map(within)).collect()
}

impl Rest {
    /// The rest point that Newton's method leads to from the problem's first idea so long before the end.
    pub(super) fn find(problem: &mut dyn Problem, left: f64) -> Result<Rest, DynamicError> {
        let (size, given) = (problem.size(), problem.start().len());
        let mut y = vec![0.0; size];
        problem.guess(0.0, left, &mut y);
        let jacobian = settle(problem, &mut y)?;
        let columns = jacobian.transpose();
        let eigenvalues = eigenvalues(&DMatrix::from_column_slice(size, size, columns.entries()));
        let fastest = eigenvalues.iter().fold(0.0, |most: f64, [re, im]| most.max(re.hypot(*im)));
        let decaying = eigenvalues.iter().filter(|[growth, _]| *growth < -FLAT * fastest).count();
        let growing = eigenvalues.iter().filter(|[growth, _]| *growth > FLAT * fastest).count();
        let saddle =
            if decaying == given && growing == size - given { entry(&jacobian, given) } else { None };
        match saddle {
            Some((graph, motion)) => Ok(Rest { y, eigenvalues, graph, motion }),
            None => Err(DynamicError::NoSaddle { decaying, needed: given, eigenvalues, last: y }),
        }
    }

    /// The course from the problem's start to this point, up to a time from which on it is at rest, to this tolerance.
    pub(super) fn path(&self, problem: &mut dyn Problem, tolerance: f64) -> Result<Path, DynamicError> {
        let decay = -self.motion.growth().unwrap_or(f64::NAN);
        let mut horizon = -tolerance.ln() / decay;
        let mut rounds = 0;
        loop {
            let path = boundary::solve(&mut Endless { problem, rest: self }, horizon, tolerance)?;
            let parts = path.last().iter().zip(&self.y).zip(path.sizes());
            let away =
                parts.fold(0.0, |most, ((y, rest), size)| larger(most, (y - rest) / size.max(NOTHING)));
            if away <= tolerance {
                return Ok(path);
            }
            if rounds == ROUNDS || !away.is_finite() {
                let last = path.at(0.0);
                let iterations = path.iterations;
                return Err(DynamicError::NoPath { residual: away, iterations, reached: horizon, last });
            }
            rounds += 1;
            horizon += (away / tolerance).ln().max(1.0) / decay;
        }
    }
}

/// A problem whose end is to be at rest: there, to first order, the course is one of those that come in.
struct Endless<'p> {
    problem: &'p mut dyn Problem,
    rest: &'p Rest,
}

impl Problem for Endless<'_> {
    fn start(&self) -> &[f64] {
        self.problem.start()
    }

    fn size(&self) -> usize {
        self.problem.size()
    }

    /// The course of the equations made linear at the rest point.
    fn guess(&mut self, time: f64, _: f64, y: &mut [f64]) {
        let Rest { y: rest, graph, motion, .. } = self.rest;
        let start = self.problem.start();
        let away: Vec<f64> = start.iter().zip(rest).map(|(start, rest)| start - rest).collect();
        let known = motion.exponential(time).times(&Matrix::column(&away));
        let all = [known.entries(), graph.times(&known).entries()].concat();
        y.iter_mut().zip(rest).zip(all).for_each(|((y, rest), away)| *y = rest + away);
    }

    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
        self.problem.speed(y, speed)
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        self.problem.tangent(y, speed, jacobian)
    }

    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
        let Rest { y: rest, graph, .. } = self.rest;
        let (size, given) = (y.len(), graph.columns());
        let away = |k: usize| y[k] - rest[k];
        let rows =
            residual.iter_mut().zip(jacobian.chunks_exact_mut(size)).zip(graph.entries().chunks(given));
        for (k, ((residual, row), slopes)) in rows.enumerate() {
            row.fill(0.0);
            row[given + k] = 1.0;
            row.iter_mut().zip(slopes).for_each(|(to, slope)| *to = -slope);
            *residual = row.iter().enumerate().map(|(k, slope)| slope * away(k)).sum();
        }
    }
}

/// Newton's method on the speeds; returns their derivatives where they vanish.
fn settle(problem: &mut dyn Problem, y: &mut [f64]) -> Result<Matrix, DynamicError> {
    let size = y.len();
    let (mut speed, mut slopes) = (vec![0.0; size], vec![0.0; size * size]);
    let (mut scales, mut there) = (vec![0.0; size], vec![0.0; size]);
    let mean = |speed: &[f64], scales: &[f64]| -> f64 {
        speed.iter().zip(scales).map(|(speed, scale)| (speed / scale).powi(2)).sum()
    };
    let mut worst = f64::INFINITY;
    for iterations in 0..ITERATIONS {
        let failed =
            |residual: f64, y: &[f64]| Err(DynamicError::NoRest { residual, iterations, last: y.to_vec() });
        problem.tangent(y, &mut speed, &mut slopes)?;
        for ((scale, speed), row) in scales.iter_mut().zip(&speed).zip(slopes.chunks_exact(size)) {
            let terms = row.iter().zip(&*y).map(|(slope, y)| (slope * y).abs());
            *scale = NOTHING + speed.abs() + terms.sum::<f64>();
        }
        let before = worst;
        worst = speed.iter().zip(&scales).fold(0.0, |worst, (speed, scale)| larger(worst, speed / scale));
        let (Some(jacobian), true) = (Matrix::from_rows(size, size, &slopes), worst.is_finite()) else {
            return failed(worst, y);
        };
        if worst <= STILL || (worst <= STALLED && worst > 0.5 * before) {
            return Ok(jacobian);
        }
        let Some(step) = jacobian.solve(&Matrix::column(&speed)) else { return failed(worst, y) };
        let here = mean(&speed, &scales);
        let mut share = 1.0;
        loop {
            there.iter_mut().zip(&*y).zip(step.entries()).for_each(|((to, y), step)| *to = y - share * step);
            let known = problem.speed(&there, &mut speed).is_ok();
            if known && (mean(&speed, &scales) < (1.0 - 0.1 * share) * here || worst <= STALLED) {
                break;
            }
            share *= 0.5;
            if share < SHORTEST {
                return failed(worst, y);
            }
        }
        y.copy_from_slice(&there);
    }
    Err(DynamicError::NoRest { residual: worst, iterations: ITERATIONS, last: y.to_vec() })
}

/// How the other unknowns follow from the first ones on courses that come in, and how the first ones move there.
fn entry(jacobian: &Matrix, given: usize) -> Option<(Matrix, Matrix)> {
    let free = jacobian.rows() - given;
    let graph = jacobian.stable_graph(given)?;
    let motion =
        jacobian.block(0, 0, given, given).plus(&jacobian.block(0, given, given, free).times(&graph));
    let replies =
        jacobian.block(given, 0, free, given).plus(&jacobian.block(given, given, free, free).times(&graph));
    // Of the whole: a graph may be no more than rounding itself.
    let size = jacobian.largest() * (1.0 + graph.largest());
    let error = replies.minus(&graph.times(&motion)).largest();
    (motion.growth()? < 0.0 && error <= INVARIANT * size).then_some((graph, motion))
}
