//! Value functions of games in stages: polynomials that satisfy the Bellman system at Chebyshev points.

use std::sync::Arc;

use nalgebra::{DMatrix, DVector, Dyn, LU};

use super::ahead::Ahead;
use super::basis::{Basis, contracted, products};
use super::collocation::{Collocation, Frame, Grid, NODES};
use super::error::DynamicError;
use super::ode::larger;
use super::policy::Policies;
use super::value::ValueFunction;
use crate::equilibrium::{Method, Report};
use crate::player::Player;
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
/// Most stages back from a last one.
const STAGES: usize = 4000;

/// What everybody does in a stage, and what comes of it.
pub(crate) struct Play {
    pub(crate) decisions: Vec<f64>,
    /// What everybody earns a unit of time.
    pub(crate) flows: Vec<f64>,
    /// The state at the end.
    pub(crate) next: Vec<f64>,
}

/// Plays the stages that begin at these states, each from where it was last found. This alone knows the game.
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
pub(crate) struct Recursion<'r, P> {
    pub(crate) stages: &'r mut Stages<'r>,
    pub(crate) frame: &'r Frame<P>,
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

/// How what is looked at ahead is found: for ever under today's policies, or one stage further.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Policies,
    Values,
}

impl<P: Player> Recursion<'_, P> {
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
            let fit = DMatrix::from_fn(grid.nodes.len(), grid.nodes.len(), |at, m| grid.rows[at].values[m]).lu();
            let start = match &best {
                Some(coarse) => {
                    coarse.coefficients.iter().map(|c| coarse.basis.raised(c, &grid.basis)).collect()
                }
                None => self.fitted(&fit, grid.nodes.iter().map(|node| self.worth(&usual(node)))),
            };
            let found = self
                .settle(&grid, &fit, start)
                .and_then(|coefficients| Ok((self.between(&grid.basis, &coefficients)?, coefficients)));
            degree *= 2;
            match found {
                Ok((residual, coefficients)) => {
                    let good = |found: &Found| found.residual <= self.settings.tolerance;
                    let last = best.as_ref().is_some_and(good) || residual <= AMPLE * self.settings.tolerance;
                    if best.as_ref().is_none_or(|found| residual < found.residual) {
                        best = Some(Found { basis: grid.basis, coefficients, residual });
                    }
                    if last {
                        break;
                    }
                }
                Err(_) if best.is_some() => break,
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

    /// What these flows are worth for ever.
    fn worth(&self, flows: &[f64]) -> Vec<f64> {
        flows.iter().zip(&self.frame.discounts).map(|(flow, discount)| flow / discount).collect()
    }

    fn nothing(&self, residual: f64, last: Vec<ValueFunction>) -> DynamicError {
        DynamicError::NoValue { multiple: f64::INFINITY, residual, iterations: self.sweeps, last }
    }

    fn factors(&self) -> Vec<f64> {
        self.frame.discounts.iter().map(|discount| (-discount * self.length).exp()).collect()
    }

    fn ahead(&self, basis: &Basis, coefficients: &Coefficients) -> Arc<Ahead> {
        let value = |c: &Vec<f64>| ValueFunction { basis: basis.clone(), coefficients: c.clone() };
        let values = coefficients.iter().map(value).collect();
        Arc::new(Ahead { length: self.length, factors: self.factors(), values })
    }

    /// The coefficients from everybody's values, node by node.
    fn fitted(&self, fit: &LU<f64, Dyn, Dyn>, values: impl Iterator<Item = Vec<f64>>) -> Coefficients {
        let values: Vec<Vec<f64>> = values.collect();
        let each = |player: usize| {
            let nodes = DVector::from_iterator(values.len(), values.iter().map(|at| at[player]));
            fit.solve(&nodes).unwrap_or(nodes).data.into()
        };
        (0..self.frame.players.len()).map(each).collect()
    }

    /// The system at the nodes: by improving policies, and by going back stage by stage where that does not settle.
    fn settle(
        &mut self,
        grid: &Grid,
        fit: &LU<f64, Dyn, Dyn>,
        start: Coefficients,
    ) -> Result<Coefficients, DynamicError> {
        match self.repeat(grid, fit, start.clone(), Look::Policies) {
            Ok(coefficients) => Ok(coefficients),
            Err(_) => self.repeat(grid, fit, start, Look::Values),
        }
    }

    fn repeat(
        &mut self,
        grid: &Grid,
        fit: &LU<f64, Dyn, Dyn>,
        mut coefficients: Coefficients,
        look: Look,
    ) -> Result<Coefficients, DynamicError> {
        let (h, factors) = (self.length, self.factors());
        let rates: Vec<f64> = self.frame.discounts.iter().map(|discount| (discount * h).exp_m1() / h).collect();
        let mut policies = Policies::new(grid, factors.len());
        let mut memories = vec![Memory::new(); grid.nodes.len()];
        let (most, nearer) = if look == Look::Policies { (SWEEPS, NEARER) } else { (STAGES, 1.0) };
        let (mut best, mut idle) = (f64::INFINITY, 0);
        for _ in 0..most {
            self.sweeps += 1;
            let ahead = self.ahead(&grid.basis, &coefficients);
            let plays = (self.stages)(&ahead, &grid.nodes, &mut memories)?;
            let worst = grid.nodes.iter().zip(&plays).fold(0.0, |worst, (node, play)| {
                larger(worst, self.residual(&ahead, node, play))
            });
            // Policies close in by the same share every time, be it a small one.
            idle = if worst < nearer * best { 0 } else { idle + 1 };
            best = best.min(worst);
            if worst <= SOLVED || (worst <= STALLED && idle > 2) {
                return Ok(coefficients);
            }
            if !worst.is_finite() || idle > IDLE {
                break;
            }
            if look == Look::Values {
                let values = plays.iter().map(|play| back(&ahead, play));
                coefficients = self.fitted(fit, values);
                continue;
            }
            // V = hf + βV' is ρ̂V = f/β + (V' − V)/h with ρ̂ = (1/β − 1)/h: the equations of given policies in another form.
            for (at, play) in plays.iter().enumerate() {
                let here = &grid.rows[at].values;
                let there = products(&grid.basis.continued(&play.next));
                let flows = play.flows.iter().zip(&factors).map(|(flow, factor)| flow / factor);
                policies.put(at, flows, there.iter().zip(here).map(|(there, here)| (there - here) / h));
            }
            let Some(worths) = policies.worths(&rates) else { break };
            coefficients = worths;
        }
        Err(self.nothing(best, self.ahead(&grid.basis, &coefficients).values.clone()))
    }

    /// How far a stage is from what the value functions say, a unit of time, as a share of the payoffs.
    fn residual(&self, ahead: &Ahead, state: &[f64], play: &Play) -> f64 {
        let (mut size, mut worst) = (f64::MIN_POSITIVE, 0.0_f64);
        for ((value, back), factor) in ahead.values.iter().zip(back(ahead, play)).zip(&ahead.factors) {
            let value = value.at(state);
            size = size.max((1.0 - factor) * value.abs());
            worst = larger(worst, value - back);
        }
        let flows = play.flows.iter().fold(size, |size, flow| size.max(self.length * flow.abs()));
        worst / flows
    }

    /// The largest residual at points between the nodes.
    fn between(&mut self, basis: &Basis, coefficients: &Coefficients) -> Result<f64, DynamicError> {
        let ahead = self.ahead(basis, coefficients);
        let points = basis.finer(1).nodes();
        let plays = (self.stages)(&ahead, &points, &mut vec![Memory::new(); points.len()])?;
        Ok(points.iter().zip(&plays).fold(0.0, |worst, (point, play)| {
            larger(worst, self.residual(&ahead, point, play))
        }))
    }

    /// Refuses policies that lead out of the region.
    fn stays(&mut self, ahead: &Arc<Ahead>) -> Result<(), DynamicError> {
        let points = ahead.values.first().map_or_else(Vec::new, |value| value.basis.finer(1).nodes());
        let plays = (self.stages)(ahead, &points, &mut vec![Memory::new(); points.len()])?;
        plays.iter().try_for_each(|play| self.frame.inside(&play.next))
    }
}

/// What everybody's position is worth at the beginning of a stage: `hf + βV'`.
fn back(ahead: &Ahead, play: &Play) -> Vec<f64> {
    let Some(ValueFunction { basis, .. }) = ahead.values.first() else { return Vec::new() };
    let there = basis.continued(&play.next);
    let each = ahead.values.iter().zip(&play.flows).zip(&ahead.factors);
    each.map(|((value, flow), factor)| ahead.length * flow + factor * contracted(&value.coefficients, &there))
        .collect()
}
