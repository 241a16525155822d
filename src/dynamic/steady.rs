//! Where the states come to rest, and whether they come back there.

use nalgebra::{DMatrix, DVector};

use super::error::DynamicError;
use super::feedback::Feedback;
use super::game::{DifferentialGame, State};
use super::linear_quadratic;
use super::markov::MarkovPerfect;
use super::moment::{Moments, Route};
use super::value::ValueFunction;
use crate::equilibrium::Solution;
use crate::level::D1;
use crate::scalar::Scalar;
use crate::solve::Found;

/// Newton steps from one start.
const ITERATIONS: usize = 60;
/// A step below this share of the region's width has arrived; starts that end this close end at the same point.
const ARRIVED: f64 = 1e-13;
const SAME: f64 = 1e-7;
/// Shares of the region from which derivatives at its edge are continued are multiples of this: what that leaves out is of the
/// order of its cube.
const NEAR: f64 = 1e-4;
/// Starts along each state, and the most states of which all combinations are tried.
const STARTS: [f64; 3] = [0.1, 0.5, 0.9];
const MOST_STATES: usize = 6;

/// A point at which the states rest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SteadyState<P> {
    /// The state.
    pub state: Vec<f64>,
    /// What everybody decides there.
    pub decisions: Solution<P>,
    /// The eigenvalues of the closed loop, real and imaginary parts, a unit of time: how small departures grow. The
    /// slowest to vanish comes first.
    pub eigenvalues: Vec<[f64; 2]>,
}

/// The same in numbers.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    pub(crate) state: Vec<f64>,
    pub(crate) found: Found,
    pub(crate) eigenvalues: Vec<[f64; 2]>,
}

impl Rest {
    /// Whether the state returns after a small departure.
    pub(crate) fn is_stable(&self) -> bool {
        self.eigenvalues.iter().all(|[growth, _]| *growth < 0.0)
    }
}

impl<P> SteadyState<P> {
    /// Whether the state returns after a small departure.
    pub fn is_stable(&self) -> bool {
        self.eigenvalues.iter().all(|[growth, _]| *growth < 0.0)
    }
}

impl<G: DifferentialGame> Feedback<'_, G> {
    /// The points of the region at which the states rest, stable ones first, those close to the initial state before
    /// others; noise is left aside. Where the value functions [are quadratic](ValueFunction::quadratic), so that they
    /// hold everywhere, also points outside of the region.
    ///
    /// They are found by Newton's method on the closed loop, with exact derivatives, from the initial state and from
    /// three starts along each state; with more than six states, from three starts along the region's diagonal only.
    ///
    /// # Errors
    ///
    /// When the game of the moment cannot be solved at a point that was found.
    pub fn steady_states(&self) -> Result<Vec<SteadyState<G::Player>>, DynamicError> {
        Ok(self.found.steady_states()?.into_iter().map(|rest| self.told.rest(rest)).collect())
    }
}

impl MarkovPerfect {
    /// See [`Feedback::steady_states`].
    pub(crate) fn steady_states(&self) -> Result<Vec<Rest>, DynamicError> {
        let frame = &self.frame;
        let widths: Vec<f64> = frame.states.iter().map(|s| s.upper - s.lower).collect();
        let point = |share: f64, (state, width): (&State, &f64)| state.lower + share * width;
        let mut starts = vec![Vec::new()];
        if widths.len() > MOST_STATES {
            let diagonal =
                |share| frame.states.iter().zip(&widths).map(|range| point(share, range)).collect();
            starts = STARTS.map(diagonal).to_vec();
        } else {
            for range in frame.states.iter().zip(&widths) {
                let along =
                    |start: Vec<f64>| STARTS.map(|share| [&start[..], &[point(share, range)]].concat());
                starts = starts.into_iter().flat_map(along).collect();
            }
        }
        starts.insert(0, frame.initial());
        let mut found: Vec<(Vec<f64>, Vec<[f64; 2]>)> = Vec::new();
        let mut moments = self.played.moments(Route::Auto)?;
        let quadratic = ValueFunction::all_quadratic(&self.values);
        for start in starts {
            let rest = self.rest_from(&mut moments, start, &widths, quadratic);
            let Some(rest) = rest.filter(|rest| self.inside(rest).is_ok()) else { continue };
            let distance = |other: &[f64]| apart(&rest, other, &widths);
            if found.iter().all(|(other, _)| distance(other) > SAME) {
                let eigenvalues = eigenvalues(&self.departures(&mut moments, &rest)?);
                found.push((rest, eigenvalues));
            }
        }
        let initial = frame.initial();
        let growth = |(_, eigenvalues): &(Vec<f64>, Vec<[f64; 2]>)| eigenvalues.first().map_or(0.0, |e| e[0]);
        found.sort_by(|one, other| {
            let stable = |point| growth(point) >= 0.0;
            let near = |point: &(Vec<f64>, _)| apart(&initial, &point.0, &widths);
            stable(one).cmp(&stable(other)).then(near(one).total_cmp(&near(other)))
        });
        let whole = |(state, eigenvalues): (Vec<f64>, _)| {
            let found = self.policy(&state)?;
            Ok(Rest { state, found, eigenvalues })
        };
        found.into_iter().map(whole).collect()
    }

    /// How the drift at rest moves with departures of the state, those into the region where the state rests at its edge.
    ///
    /// Just there a decision may leave its bound, and derivatives at the edge be those of the other side. Then they are continued
    /// from three points inside.
    fn departures(&self, moments: &mut Moments<'_>, rest: &[f64]) -> Result<DMatrix<f64>, DynamicError> {
        let mut inside = |share: f64| {
            let ranges = rest.iter().zip(&self.frame.states);
            let state: Vec<f64> = ranges
                .map(|(s, range)| {
                    let away = share * (range.upper - range.lower);
                    s.clamp(range.lower + away, range.upper - away)
                })
                .collect();
            let (_, slopes) = closed_loop(moments, &self.values, &state)?;
            Ok::<_, DynamicError>((slopes, moments.resting()))
        };
        let (slopes, resting) = inside(0.0)?;
        let within = |(s, range): (&f64, &State)| *s > range.lower && *s < range.upper;
        if rest.iter().zip(&self.frame.states).all(within) {
            return Ok(slopes);
        }
        let (near, resting_near) = inside(NEAR)?;
        if resting == resting_near {
            return Ok(slopes);
        }
        // The parabola through the three.
        Ok(near * 3.0 - inside(2.0 * NEAR)?.0 * 3.0 + inside(3.0 * NEAR)?.0)
    }

    /// Newton's method on the drift, kept inside the region unless values are `quadratic`.
    fn rest_from(
        &self,
        moments: &mut Moments<'_>,
        mut state: Vec<f64>,
        widths: &[f64],
        quadratic: bool,
    ) -> Option<Vec<f64>> {
        let mut before = f64::INFINITY;
        for _ in 0..ITERATIONS {
            let (drift, slopes) = closed_loop(moments, &self.values, &state).ok()?;
            let step = slopes.lu().solve(&DVector::from_vec(drift))?;
            let mut size = 0.0_f64;
            for (((s, step), width), range) in state.iter_mut().zip(&step).zip(widths).zip(&self.frame.states)
            {
                let to = *s - step.clamp(-width, *width);
                let to = if quadratic { to } else { to.clamp(range.lower, range.upper) };
                size = size.max((to - *s).abs() / width);
                *s = to;
            }
            if !size.is_finite() {
                return None;
            }
            if size <= ARRIVED || (size <= SAME * SAME.sqrt() && size >= before) {
                // What stopped at the region's edge is no rest point unless nothing moves there.
                let (drift, _) = closed_loop(moments, &self.values, &state).ok()?;
                let still = |(drift, width): (&f64, &f64)| drift.abs() <= SAME * width;
                return drift.iter().zip(widths).all(still).then_some(state);
            }
            before = size;
        }
        None
    }
}

/// How far two states are apart, in units of the region.
fn apart(one: &[f64], other: &[f64], widths: &[f64]) -> f64 {
    let each = one.iter().zip(other).zip(widths);
    each.fold(0.0, |most, ((a, b), width)| most.max((a - b).abs() / width))
}

/// The drift under the policies, and how it moves with the state: a row a state's drift, a column a state.
pub(crate) fn closed_loop(
    moments: &mut Moments<'_>,
    values: &[ValueFunction],
    state: &[f64],
) -> Result<(Vec<f64>, DMatrix<f64>), DynamicError> {
    let states = state.len();
    let costates = ValueFunction::costates(values, state);
    let bends = |value: &ValueFunction| value.may_bend().then(|| value.curvatures(state));
    let curvatures: Vec<Option<Vec<Vec<f64>>>> = values.iter().map(bends).collect();
    moments.at(state, &costates)?;
    let mut drift = vec![0.0; states];
    moments.drift(&mut drift);
    let mut slopes = DMatrix::zeros(states, states);
    let mut moved = vec![D1::constant(0.0); states];
    for column in 0..states {
        let mut direction = vec![0.0; states];
        direction[column] = 1.0;
        // The costates move as the state does.
        for curvatures in &curvatures {
            match curvatures {
                Some(rows) => direction.extend(rows.iter().map(|row| row[column])),
                None => direction.resize(direction.len() + states, 0.0),
            }
        }
        let drift = &moments.moment.drift;
        drift.fill(moments.along(&direction)?, &mut moved);
        moved.iter().enumerate().for_each(|(row, drift)| slopes[(row, column)] = drift.slope);
    }
    Ok((drift, slopes))
}

/// Real and imaginary parts, the largest real part first; no numbers where they cannot be found.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Vec<[f64; 2]> {
    let unknown = || vec![[f64::NAN; 2]; matrix.nrows()];
    let mut all = linear_quadratic::eigenvalues(matrix).unwrap_or_else(unknown);
    all.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    all
}
