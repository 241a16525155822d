//! Value functions of games in stages: polynomials that satisfy the Bellman system at Chebyshev points.

use std::sync::Arc;

use super::ahead::Ahead;
use super::basis::{Basis, contracted, products};
use super::collocation::{Collocation, Grid, NODES};
use super::error::DynamicError;
use super::frame::Frame;
use super::ode::larger;
use super::policy::Policies;
use super::value::{ValueFunction, share};
use crate::equilibrium::{Method, Report};
use crate::solve::Memory;

/// The residual, as a share of the payoffs, at which a system counts as solved; one that no longer shrinks is believed
/// from `STALLED` on.
const SOLVED: f64 = 1e-13;
const STALLED: f64 = 1e-9;
/// A residual below this share of the tolerance is not worth a finer grid.
const AMPLE: f64 = 0.01;
/// Most improvements of the policies, and most of them in turn that leave more than this share of the residual.
const SWEEPS: usize = 100;
const IDLE: usize = 8;
const NEARER: f64 = 0.9;
/// How much of the way to what policies are worth is taken: all of it, or less where that runs in circles.
const SHARES: [f64; 3] = [1.0, 0.5, 0.2];

/// What everybody does in a stage, and what comes of it.
pub(crate) struct Play {
    pub(crate) decisions: Vec<f64>,
    /// What everybody earns a unit of time.
    pub(crate) flows: Vec<f64>,
    /// The state at the end.
    pub(crate) next: Vec<f64>,
}

/// Plays the stages that begin at these states, each from where it was last found.
pub(crate) type Stages<'s> =
    dyn FnMut(&Arc<Ahead>, &[Vec<f64>], &mut [Memory]) -> Result<Vec<Play>, DynamicError> + 's;

/// The coefficients of each player's value function.
type Coefficients = Vec<Vec<f64>>;

/// The search for values that satisfy
///
/// ```math
/// V_i(s)=h\,f_i+e^{-\rho_ih}\,V_i(s+h\,g)
/// ```
///
/// at the equilibrium of every stage.
pub(crate) struct Recursion<'r> {
    pub(crate) stages: &'r mut Stages<'r>,
    pub(crate) frame: &'r Frame,
    pub(crate) settings: &'r Collocation,
    pub(crate) length: f64,
    pub(crate) sweeps: usize,
}

/// A solution on one grid, and its residual between the nodes.
struct Found {
    basis: Basis,
    coefficients: Coefficients,
    residual: f64,
}

impl Recursion<'_> {
    /// Degree 2, which is exact where values are quadratic, and its doubles until the system holds between the nodes.
    /// `usual` is what everybody earns a unit of time at a state if all decide as usual.
    pub(crate) fn run(
        mut self,
        usual: &dyn Fn(&[f64]) -> Vec<f64>,
    ) -> Result<(Arc<Ahead>, Report), DynamicError> {
        self.frame.lasting()?;
        let states = self.frame.states.len();
        let (mut best, mut failure): (Option<Found>, Option<DynamicError>) = (None, None);
        let mut degree = 2;
        while degree <= self.settings.degree.max(2) {
            let basis = self.frame.basis(vec![degree; states]);
            if degree > 2 && basis.count() > NODES {
                break;
            }
            let grid = Grid::new(basis);
            let start = match &best {
                Some(coarse) => {
                    coarse.coefficients.iter().map(|c| coarse.basis.raised(c, &grid.basis)).collect()
                }
                None => self.usual(&grid, usual)?,
            };
            let found = self
                .settle(&grid, &start)
                .and_then(|coefficients| Ok((self.between(&grid.basis, &coefficients)?, coefficients)));
            degree *= 2;
            let good = |found: &Found| found.residual <= self.settings.tolerance;
            match found {
                Ok((residual, coefficients)) => {
                    let last = best.as_ref().is_some_and(good) || residual <= AMPLE * self.settings.tolerance;
                    if best.as_ref().is_none_or(|found| residual < found.residual) {
                        best = Some(Found { basis: grid.basis, coefficients, residual });
                    }
                    if last {
                        break;
                    }
                    failure = None;
                }
                Err(_) if best.as_ref().is_some_and(good) => break,
                // A coarse polynomial may have no solution where a finer one has; two failures are enough.
                Err(error) => {
                    if failure.replace(error).is_some() {
                        break;
                    }
                }
            }
        }
        let Some(Found { basis, coefficients, residual }) = best else {
            return Err(failure.unwrap_or_else(|| self.nothing(f64::INFINITY, Vec::new())));
        };
        let ahead = self.ahead(&basis, &coefficients);
        self.stays(&ahead)?;
        if residual <= self.settings.tolerance {
            return Ok((ahead, Report::found(Method::Engine, self.sweeps, residual)));
        }
        let last = ahead.values.clone();
        Err(DynamicError::NotResolved { degree: basis.degree(), residual, switching: Vec::new(), last })
    }

    fn nothing(&self, residual: f64, last: Vec<ValueFunction>) -> DynamicError {
        DynamicError::NoValue { multiple: f64::INFINITY, residual, iterations: self.sweeps, last }
    }

    fn factors(&self) -> Vec<f64> {
        self.frame.discounts.iter().map(|discount| (-discount * self.length).exp()).collect()
    }

    fn ahead(&self, basis: &Basis, coefficients: &Coefficients) -> Arc<Ahead> {
        let value = |c: &Vec<f64>| ValueFunction::polynomial(basis.clone(), c.clone());
        let values = coefficients.iter().map(value).collect();
        Arc::new(Ahead { length: self.length, factors: self.factors(), values, basis: basis.clone() })
    }

    /// What usual decisions are worth if they leave the state where it is.
    fn usual(&self, grid: &Grid, flow: &dyn Fn(&[f64]) -> Vec<f64>) -> Result<Coefficients, DynamicError> {
        let mut policies = Policies::new(grid, self.frame.players.len());
        for (at, node) in grid.nodes.iter().enumerate() {
            policies.put(at, flow(node).into_iter(), std::iter::empty());
        }
        policies.worths(&self.frame.discounts).ok_or_else(|| self.nothing(f64::INFINITY, Vec::new()))
    }

    /// The system at the nodes, by improving policies.
    fn settle(&mut self, grid: &Grid, start: &Coefficients) -> Result<Coefficients, DynamicError> {
        let mut failure = None;
        for share in SHARES {
            match self.improve(grid, start.clone(), share) {
                Ok(coefficients) => return Ok(coefficients),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| self.nothing(f64::INFINITY, Vec::new())))
    }

    /// Policy iteration: what today's policies are worth, a share of the way there, the policies that this suggests, and
    /// again.
    fn improve(
        &mut self,
        grid: &Grid,
        mut coefficients: Coefficients,
        share: f64,
    ) -> Result<Coefficients, DynamicError> {
        let (h, factors) = (self.length, self.factors());
        let rates: Vec<f64> =
            self.frame.discounts.iter().map(|discount| (discount * h).exp_m1() / h).collect();
        let mut policies = Policies::new(grid, factors.len());
        let mut memories = vec![Memory::new(); grid.nodes.len()];
        let (mut best, mut idle) = (f64::INFINITY, 0);
        let mut nearest = self.ahead(&grid.basis, &coefficients);
        for _ in 0..SWEEPS {
            self.sweeps += 1;
            let ahead = self.ahead(&grid.basis, &coefficients);
            let plays = (self.stages)(&ahead, &grid.nodes, &mut memories)?;
            let worst = self.residual(&ahead, &grid.nodes, &plays);
            // Policies close in by the same share every time, be it a small one, but may first lead away.
            idle = if worst < NEARER * best { 0 } else { idle + 1 };
            if worst < best {
                (best, nearest) = (worst, ahead.clone());
            }
            if best <= SOLVED || idle > IDLE || !worst.is_finite() {
                break;
            }
            // V = hf + βV' is ρ̂V = f/β + (V' − V)/h with ρ̂ = (1/β − 1)/h: the equations of given policies in another form.
            for (at, play) in plays.iter().enumerate() {
                let here = &grid.rows[at].values;
                let there = products(&grid.basis.continued(&play.next));
                let flows = play.flows.iter().zip(&factors).map(|(flow, factor)| flow / factor);
                policies.put(at, flows, there.iter().zip(here).map(|(there, here)| (there - here) / h));
            }
            let Some(worths) = policies.worths(&rates) else { break };
            let all = coefficients.iter_mut().flatten().zip(worths.iter().flatten());
            all.for_each(|(c, worth)| *c += share * (worth - *c));
        }
        if best <= STALLED {
            return Ok(nearest.values.iter().map(|value| value.coefficients().to_vec()).collect());
        }
        Err(self.nothing(best, nearest.values.clone()))
    }

    /// How far stages are from what the value functions say, a unit of time, as a share of the payoffs.
    fn residual(&self, ahead: &Ahead, states: &[Vec<f64>], plays: &[Play]) -> f64 {
        let mut sized = vec![(0.0, 0.0); ahead.values.len()];
        for (state, play) in states.iter().zip(plays) {
            let there = ahead.basis.continued(&play.next);
            let each = ahead.values.iter().zip(&play.flows).zip(&ahead.factors);
            for (((value, flow), factor), (worst, size)) in each.zip(&mut sized) {
                let (now, then) = (value.at(state), contracted(value.coefficients(), &there));
                *size = larger(larger(*size, (1.0 - factor) * now), self.length * flow);
                *worst = larger(*worst, now - self.length * flow - factor * then);
            }
        }
        share(&sized)
    }

    /// The largest residual at points between the nodes.
    fn between(&mut self, basis: &Basis, coefficients: &Coefficients) -> Result<f64, DynamicError> {
        let ahead = self.ahead(basis, coefficients);
        let points = basis.finer(1).nodes();
        let plays = (self.stages)(&ahead, &points, &mut vec![Memory::new(); points.len()])?;
        Ok(self.residual(&ahead, &points, &plays))
    }

    /// Refuses policies that lead out of the region, from points all over it or from its edge: beyond, the future would be
    /// anybody's guess, and with it the values inside.
    fn stays(&mut self, ahead: &Arc<Ahead>) -> Result<(), DynamicError> {
        let points = ahead.basis.finer(1).nodes();
        let plays = (self.stages)(ahead, &points, &mut vec![Memory::new(); points.len()])?;
        plays.iter().try_for_each(|play| self.frame.inside(&play.next))?;
        for (_, state) in self.frame.sides() {
            // At the very edge the game may be degenerate: then nothing is said.
            let Ok(plays) = (self.stages)(ahead, &[state], &mut [Memory::new()]) else { continue };
            plays.iter().try_for_each(|play| self.frame.inside(&play.next))?;
        }
        Ok(())
    }
}
