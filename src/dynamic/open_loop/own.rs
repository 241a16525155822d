//! A coalition's own problem while all others keep their courses: its Hamiltonian, maximised at any state.

use super::super::game::State;
use super::super::linear_quadratic::Matrix;
use super::super::played::Played;
use super::Instant;
use crate::dual::Dual;
use crate::formula::{Formula, FormulaError, Names, Term};
use crate::game::Interval;
use crate::level::{D1, D2};
use crate::scalar::Scalar;
use crate::solve::Turn;
use crate::solve::linear::ascent;

/// Where each state is looked at within its range: not at the very ends, where a game may be degenerate; where there are
/// many states, all of them at once.
const PLACES: [f64; 5] = [0.02, 0.25, 0.5, 0.75, 0.98];
const MANY: usize = 3;
/// A second derivative below this share of its terms is none.
const FLAT: f64 = 1e-9;
/// Newton steps to a player's own maximum, a step that has arrived, and the least share of one that is tried.
const ITERATIONS: usize = 60;
const ARRIVED: f64 = 1e-10;
const SHORTEST: f64 = 1e-9;
/// A change by this share of a Hamiltonian is rounding.
const ROUNDING: f64 = 1e-13;

/// A coalition's own problem while all others keep their courses.
pub(super) struct Own<'g> {
    played: &'g Played,
    states: Vec<State>,
    members: Vec<usize>,
    /// Its decisions, those tied to each other in one list.
    tied: Vec<Vec<usize>>,
    /// Its Hamiltonian with its slopes in own decisions and states, then the slopes of each of these: a formula of own
    /// decisions and states, what the states are worth to it, and all decisions.
    hamiltonian: Formula,
    /// The states' speeds, then how they depend on own decisions and states, of the same.
    drift: Formula,
}

/// A Hamiltonian's derivatives in own decisions, then states.
struct Derivatives {
    gradient: Vec<f64>,
    hessian: Matrix,
    /// How the states' speeds depend on both.
    drift: Matrix,
}

/// A maximised Hamiltonian at one state.
pub(super) struct Maximised {
    /// Its second derivatives, as the sum of what the state does itself and what the decisions that follow it do.
    pub(super) direct: Matrix,
    pub(super) gained: Matrix,
    /// Its size.
    pub(super) payoff: f64,
    /// Whether no decision was at a bound.
    pub(super) inside: bool,
    /// How the states' speeds move with the state while the decisions follow, and with the costate.
    pub(super) motion: Matrix,
    pub(super) power: Matrix,
}

impl Maximised {
    pub(super) fn curvature(&self) -> Matrix {
        self.direct.clone().plus(&self.gained)
    }
}

impl<'g> Own<'g> {
    pub(super) fn new(played: &'g Played, states: Vec<State>, turn: Turn) -> Result<Self, FormulaError> {
        let Turn { coalition: members, decisions: tied, .. } = turn;
        let (own, n) = (tied.len(), states.len());
        let names: Names = (0..own + 2 * n + played.game.decisions.len()).map(|at| format!("at_{at}").into()).collect();
        let held = |all: &[Term]| {
            let (moving, rest) = all.split_at(own + n);
            let mut held = [&moving[own..], &rest[n..]].concat();
            for (tied, value) in tied.iter().zip(moving) {
                tied.iter().for_each(|decision| held[n + decision] = *value);
            }
            held
        };
        let drift = Formula::record_named(names.clone(), |all| played.lasting.drift.written(&held(all)))?;
        let hamiltonian = Formula::record_named(names, |all| {
            let flow = played.game.formulas.payoffs.written(&held(all));
            let earned = members.iter().fold(Term::at_rest(), |sum, member| sum + flow[*member]);
            let drift = played.lasting.drift.written(&held(all));
            vec![drift.iter().zip(&all[own + n..]).fold(earned, |sum, (drift, worth)| sum + *drift * *worth)]
        })?;
        let along: Vec<usize> = (0..own + n).collect();
        let hamiltonian = hamiltonian.derivative(&along)?.derivative(&along)?;
        let drift = drift.derivative(&along)?;
        Ok(Own { played, states, members, tied, hamiltonian, drift })
    }

    pub(super) fn states(&self) -> usize {
        self.states.len()
    }

    /// The state itself, then the states to look at.
    pub(super) fn places(&self, state: &[f64]) -> Vec<Vec<f64>> {
        let at = |k: usize, share: f64| {
            let State { lower, upper, .. } = self.states[k];
            lower + share * (upper - lower)
        };
        let count = self.states.len();
        let mut grid: Vec<Vec<f64>> = if count > MANY {
            PLACES.iter().map(|share| (0..count).map(|k| at(k, *share)).collect()).collect()
        } else {
            let longer = |rows: Vec<Vec<f64>>, k: usize| {
                let more = |row: Vec<f64>| PLACES.map(|share| [&row[..], &[at(k, share)]].concat());
                rows.into_iter().flat_map(more).collect()
            };
            (0..count).fold(vec![Vec::new()], longer)
        };
        grid.insert(0, state.to_vec());
        grid
    }

    /// The Hamiltonian at a state.
    fn hamiltonian(&self, worth: &[f64], state: &[f64], x: &[f64]) -> f64 {
        let (mut flow, mut drift) = (vec![0.0; self.played.game.players.len()], vec![0.0; state.len()]);
        self.played.flow(state, x, &mut flow);
        self.played.drift(state, x, &mut drift);
        let moved: f64 = drift.iter().zip(worth).map(|(drift, worth)| drift * worth).sum();
        self.members.iter().map(|member| flow[*member]).sum::<f64>() + moved
    }

    fn derivatives(&self, worth: &[f64], state: &[f64], x: &[f64]) -> Derivatives {
        let (n, own) = (state.len(), self.tied.len());
        let size = own + n;
        let moving = self.tied.iter().map(|tied| tied.first().map_or(f64::NAN, |decision| x[*decision]));
        let all: Vec<f64> = moving.chain([state, worth, x].concat()).collect();
        let (values, speeds) = (self.hamiltonian.written(&all), self.drift.written(&all));
        let mut found = Derivatives {
            gradient: values[1..=size].to_vec(),
            hessian: Matrix::zero(size, size),
            drift: Matrix::zero(n, size),
        };
        // The value and the gradient, the gradient again, the gradient's rows.
        let rows = values[1 + 2 * size..].chunks_exact(size);
        for (first, row) in rows.enumerate() {
            for second in first..size {
                found.hessian.set(first, second, row[second]);
                found.hessian.set(second, first, row[second]);
            }
        }
        for (k, row) in speeds[n..].chunks_exact(size).enumerate() {
            row.iter().enumerate().for_each(|(at, slope)| found.drift.set(k, at, *slope));
        }
        found
    }

    /// What a unit more of each state is worth to the coalition.
    fn worth(&self, now: &Instant) -> Vec<f64> {
        let n = self.states.len();
        let all = self.members.iter().map(|member| &now.costates[member * n..(member + 1) * n]);
        all.fold(vec![0.0; n], |sum, own| sum.iter().zip(own).map(|(a, b)| a + b).collect())
    }

    /// The Hamiltonian at a state, maximised in own decisions; none where there is no maximum that is found, or it lies at
    /// a bound that moves with the state.
    pub(super) fn maximised(&self, now: &Instant, state: &[f64]) -> Option<Maximised> {
        let worth = self.worth(now);
        let own = self.tied.len();
        let mut x = now.decisions.clone();
        for _ in 0..ITERATIONS {
            let here = self.derivatives(&worth, state, &x);
            if !here.hessian.is_finite() || !here.gradient.iter().all(|slope| slope.is_finite()) {
                return None;
            }
            let mut free = Vec::new();
            let mut inside = true;
            for (at, tied) in self.tied.iter().enumerate() {
                let still = (0..own + state.len()).all(|other| here.hessian[(at, other)] == 0.0);
                let slope = here.gradient[at];
                if still && slope == 0.0 {
                    // It has no effect.
                    continue;
                }
                let bounds = self.bounds(state, *tied.first()?, &x);
                let value = x[*tied.first()?];
                if (slope <= 0.0 && value <= bounds.lower) || (slope >= 0.0 && value >= bounds.upper) {
                    inside = false;
                    if self.bounds_move(state, *tied.first()?, &x) {
                        return None;
                    }
                } else {
                    free.push(at);
                }
            }
            let count = free.len();
            let entries: Vec<f64> =
                free.iter().flat_map(|a| free.iter().map(|b| here.hessian[(*a, *b)])).collect();
            let mut step: Vec<f64> = free.iter().map(|at| here.gradient[*at]).collect();
            let concave = count == 0 || ascent(count, &entries, &mut step);
            let before = self.hamiltonian(&worth, state, &x);
            let moved = |share: f64| {
                let mut there = x.clone();
                let mut far = 0.0_f64;
                for (at, step) in free.iter().zip(&step) {
                    let Some(&first) = self.tied[*at].first() else { continue };
                    let bounds = self.bounds(state, first, &x);
                    let to = (x[first] + share * step).max(bounds.lower).min(bounds.upper);
                    far = far.max((to - x[first]).abs() / (1.0 + x[first].abs()));
                    self.tied[*at].iter().for_each(|decision| there[*decision] = to);
                }
                (there, far)
            };
            let mut share = 1.0;
            let (mut there, far) = moved(share);
            if far <= ARRIVED {
                let found = self.condense(&here, &free)?;
                return concave.then_some(Maximised { payoff: before.abs(), inside, ..found });
            }
            // Not a number is no improvement.
            let least = before - ROUNDING * before.abs();
            let improves = |there: &[f64]| self.hamiltonian(&worth, state, there) >= least;
            while !improves(&there) {
                share *= 0.5;
                if share < SHORTEST {
                    return None;
                }
                there = moved(share).0;
            }
            x = there;
        }
        None
    }

    /// The largest second derivative of a payoff of this size that has these two parts, states measured by their ranges,
    /// where it is positive.
    pub(super) fn excess(&self, direct: &Matrix, gained: &Matrix, payoff: f64) -> Option<f64> {
        let width = |k: usize| self.states[k].upper - self.states[k].lower;
        let (mut sum, mut size) = (direct.clone().plus(gained), 0.0_f64);
        for row in 0..sum.rows() {
            for column in 0..sum.columns() {
                let scale = width(row) * width(column);
                size = size.max(scale * (direct[(row, column)].abs() + gained[(row, column)].abs()));
                sum.set(row, column, scale * sum[(row, column)]);
            }
        }
        let largest = sum.growth().unwrap_or(f64::NAN);
        (largest.is_nan() || largest > FLAT * size + ROUNDING * payoff).then_some(largest)
    }

    fn bounds<T: Scalar>(&self, state: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let ends = self.played.lasting.at_state(&self.played.game.formulas.bounds, (state, x));
        Interval { lower: ends[2 * decision], upper: ends[2 * decision + 1] }
    }

    fn bounds_move(&self, state: &[f64], decision: usize, x: &[f64]) -> bool {
        let x: Vec<D1> = x.iter().map(|x| D1::constant(*x)).collect();
        (0..state.len()).any(|along| {
            let slope = |k: usize| if k == along { 1.0 } else { 0.0 };
            let state: Vec<D1> =
                state.iter().enumerate().map(|(k, s)| Dual { value: *s, slope: slope(k) }).collect();
            let bounds = self.bounds(&state, decision, &x);
            bounds.lower.slope != 0.0 || bounds.upper.slope != 0.0
        })
    }

    /// Lets the free decisions follow the state.
    fn condense(&self, here: &Derivatives, free: &[usize]) -> Option<Maximised> {
        let (n, own, count) = (self.states.len(), self.tied.len(), free.len());
        let pick = |from: &Matrix, row: usize| {
            let entries: Vec<f64> = free.iter().map(|at| from[(row, *at)]).collect();
            Matrix::from_rows(1, count, &entries)
        };
        let rows = |from: &Matrix, first: usize| -> Option<Matrix> {
            let mut out = Matrix::zero(n, count);
            (0..n).try_for_each(|k| pick(from, first + k).map(|row| out.add_block(k, 0, 1.0, &row)))?;
            Some(out)
        };
        let (cross, effects) = (rows(&here.hessian, own)?, rows(&here.drift, 0)?);
        let mut inner = Matrix::zero(count, count);
        for (a, at) in free.iter().enumerate() {
            free.iter().enumerate().for_each(|(b, other)| inner.set(a, b, -here.hessian[(*at, *other)]));
        }
        let solve = |rhs: Matrix| if count == 0 { Some(rhs) } else { inner.solve(&rhs) };
        let replies = solve(cross.transpose())?;
        let direct = here.hessian.block(own, own, n, n);
        let gained = cross.times(&replies);
        let power = effects.times(&solve(effects.transpose())?);
        let motion = here.drift.block(0, own, n, n).plus(&effects.times(&replies));
        Some(Maximised { direct, gained, payoff: 0.0, inside: true, motion, power })
    }

    /// The salvage value's second derivatives, and the largest where it is one.
    pub(super) fn salvage(&self, state: &[f64]) -> (Matrix, Option<f64>) {
        let n = state.len();
        let mut found = Matrix::zero(n, n);
        let mut last = vec![D2::constant(0.0); self.played.game.players.len()];
        for first in 0..n {
            for second in 0..n {
                let moves = |at: usize, which: usize| if at == which { 1.0 } else { 0.0 };
                let lift = |(at, value): (usize, &f64)| Dual {
                    value: Dual { value: *value, slope: moves(at, first) },
                    slope: D1::constant(moves(at, second)),
                };
                let state: Vec<D2> = state.iter().enumerate().map(lift).collect();
                self.played.salvage(&state, &mut last);
                let sum = self.members.iter().map(|member| last[*member].slope.slope).sum();
                found.set(first, second, sum);
            }
        }
        let excess = self.excess(&found, &Matrix::zero(n, n), 0.0);
        (found, excess)
    }
}
