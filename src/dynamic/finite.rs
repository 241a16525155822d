//! Feedback equilibrium of a game that ends: policies are functions of the state and of the time.

use std::sync::Arc;

use nalgebra::{DMatrix, DVector, Dyn, LU};

use super::basis::{Basis, dot, terms};
use super::certificate::gap;
use super::collocation::{Collocation, Grid, LARGE, costates, error, foreseen};
use super::error::DynamicError;
use super::feedback::Feedback;
use super::frame::{Frame, MOST};
use super::game::DifferentialGame;
use super::markov::MarkovPerfect;
use super::moment::Moments;
use super::ode::{Settings, Trajectory, integrate, larger};
use super::played::Played;
use super::simulate::{Path, Run, Worths};
use super::told::Told;
use super::value::{VANISHING, ValueFunction, share};
use crate::equilibrium::{Equilibrium, Method, Report, Solution};
use crate::structure::Structure;

/// Times at which the system is looked at between the nodes.
const LOOKS: usize = 9;

/// A feedback equilibrium of a game with a last day: what everybody's future is worth at every state and every time.
///
/// As an [`Equilibrium`] its payoffs are those from the game's initial state over the whole horizon.
pub struct FiniteFeedback<'g, G: DifferentialGame> {
    told: Told<'g, G>,
    found: Ending,
}

/// What it is in numbers.
struct Ending {
    played: Arc<Played>,
    frame: Frame,
    basis: Basis,
    horizon: f64,
    /// The coefficients of all value functions, as functions of the time to go.
    coefficients: Trajectory,
    payoffs: Vec<f64>,
    report: Report,
}

impl Collocation {
    /// The feedback equilibrium of a game that ends at `horizon`, when `structure` is played at every moment before.
    ///
    /// The value functions solve
    ///
    /// ```math
    /// \rho_iV_i=\frac{\partial V_i}{\partial t}+H_i^*(s,\nabla V)+\tfrac12\sum_k\sigma_k^2\,\partial_k^2V_i,\qquad
    /// V_i(s,T)=\Phi_i(s),
    /// ```
    ///
    /// backwards from the end: polynomials in the states whose coefficients are integrated in time. Discount rates may be
    /// zero.
    ///
    /// # Errors
    ///
    /// A [`DynamicError`]: values that become infinite before the start is reached (no equilibrium over so long a
    /// horizon), none that polynomials resolve, no equilibrium of the stage at some state and time, a course from the initial state
    /// that leaves the region ([`DynamicError::LeavesRegion`]) or does not earn what the values say.
    pub fn solve_until<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        horizon: f64,
    ) -> Result<FiniteFeedback<'g, G>, DynamicError> {
        let (told, played) = Told::of(game, structure)?;
        Ok(FiniteFeedback { told, found: self.find_until(played, horizon)? })
    }

    fn find_until(&self, played: Arc<Played>, horizon: f64) -> Result<Ending, DynamicError> {
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(DynamicError::out_of_range("the horizon", horizon, "a positive, finite number"));
        }
        let frame = Frame::new(&played, &self.region)?;
        frame.fits_a_grid()?;
        let states = frame.states.len();
        let mut degree = 2;
        // Integration adds its own errors to those of the polynomials.
        let tolerance = self.tolerance.max(1e-9);
        let unknowns = |degree: usize| frame.basis(vec![degree; states]).count() * frame.players.len();
        let fits = |degree: usize| degree <= self.degree && unknowns(degree) <= MOST;
        let mut left = self.evaluations;
        let mut coarse = None;
        let mut before = f64::INFINITY;
        loop {
            let mut moments = played.moments(self.route)?.within(left);
            let system = Backwards::new(&mut moments, &frame, frame.basis(vec![degree; states]));
            let run = system.run(horizon, self.tolerance);
            left = moments.left();
            let (coefficients, residual) = match run {
                Ok(found) => found,
                Err(_) if left == 0 => return Err(DynamicError::spent(self.evaluations, coarse)),
                Err(error) => return Err(error),
            };
            let basis = frame.basis(vec![degree; states]);
            let steps = coefficients.times().len();
            let mut found = Ending {
                played: played.clone(),
                basis,
                horizon,
                coefficients,
                payoffs: Vec::new(),
                report: Report::found(Method::Engine, steps, residual),
                frame: frame.clone(),
            };
            if residual <= tolerance {
                let initial = found.frame.initial();
                found.payoffs = found.values(0.0).iter().map(|value| value.at(&initial)).collect();
                found.course(&initial)?;
                return Ok(found);
            }
            let last = found.values(0.0);
            let error = DynamicError::NotResolved { degree, residual, switching: Vec::new(), last };
            // Small grids cost nothing; a costly one has to promise something. Where a decision comes to a bound values have a
            // kink, and none does.
            let doublings = (1..).take_while(|doubling| fits(degree << doubling)).count();
            let costly = unknowns(2 * degree) > LARGE;
            if doublings == 0 || costly && foreseen(residual, residual / before, doublings) > tolerance {
                return Err(error);
            }
            (degree, before) = (2 * degree, residual);
            coarse = Some(error);
        }
    }
}

/// The system in time at one degree.
struct Backwards<'m, 'r> {
    moments: &'m mut Moments<'r>,
    frame: &'m Frame,
    grid: Grid,
    noises: Vec<Vec<f64>>,
    /// From values at the nodes to coefficients.
    fit: LU<f64, Dyn, Dyn>,
}

impl<'m, 'r> Backwards<'m, 'r> {
    fn new(moments: &'m mut Moments<'r>, frame: &'m Frame, basis: Basis) -> Self {
        let grid = Grid::new(basis);
        let count = grid.nodes.len();
        let fit = DMatrix::from_fn(count, count, |at, m| grid.rows[at].values[m]).lu();
        let noises = grid.nodes.iter().map(|node| moments.played.noise(node)).collect();
        Backwards { moments, frame, grid, noises, fit }
    }

    /// Coefficients of all players from values at the nodes, one player after the other.
    fn fitted(&self, values: &[f64]) -> Vec<f64> {
        let fit = |nodes: &[f64]| self.fit.solve(&DVector::from_column_slice(nodes));
        let count = self.grid.nodes.len();
        values
            .chunks(count)
            .flat_map(|nodes| fit(nodes).map_or_else(|| nodes.to_vec(), |c| c.data.into()))
            .collect()
    }

    fn run(mut self, horizon: f64, tolerance: f64) -> Result<(Trajectory, f64), DynamicError> {
        let (players, count) = (self.frame.players.len(), self.grid.nodes.len());
        let mut salvage = vec![0.0; players * count];
        let mut at_node = vec![0.0; players];
        for (at, node) in self.grid.nodes.iter().enumerate() {
            self.moments.played.salvage(node, &mut at_node);
            at_node.iter().enumerate().for_each(|(player, value)| salvage[player * count + at] = *value);
        }
        let last = self.fitted(&salvage);
        let groups: Vec<usize> = (1..=players).map(|player| player * count).collect();
        let settings =
            Settings { relative: 1e-2 * tolerance, absolute: 1e-14, groups: &groups, ..Settings::default() };
        let mut rates = vec![0.0; players * count];
        let trajectory = integrate(
            |_, y: &[f64], out: &mut [f64]| -> Result<(), DynamicError> {
                for at in 0..count {
                    let all: Vec<&[f64]> = y.chunks(count).collect();
                    let rate = self.rate_at(at, &all)?;
                    rate.iter().enumerate().for_each(|(player, rate)| rates[player * count + at] = *rate);
                }
                out.copy_from_slice(&self.fitted(&rates));
                Ok(())
            },
            0.0,
            &last,
            horizon,
            &settings,
        )
        .map_err(|stopped| stopped.over_time(0))?;
        let residual = self.between(&trajectory, horizon)?;
        Ok((trajectory, residual))
    }

    /// How fast everybody's value grows with the time to go, at a node.
    fn rate_at(&mut self, at: usize, coefficients: &[&[f64]]) -> Result<Vec<f64>, DynamicError> {
        let (node, rows) = (&self.grid.nodes[at], &self.grid.rows[at]);
        rate(self.moments, self.frame, node, rows, &self.noises[at], coefficients)
    }

    /// The largest difference, between the nodes, of how fast values grow from how fast they should, as a share of the
    /// flows.
    fn between(&mut self, trajectory: &Trajectory, horizon: f64) -> Result<f64, DynamicError> {
        let count = self.grid.nodes.len();
        let finer = self.grid.basis.finer(1);
        let points: Vec<_> =
            finer.nodes().into_iter().map(|point| (self.grid.basis.at(&point), point)).collect();
        let mut y = vec![0.0; count * self.frame.players.len()];
        let mut worst = 0.0_f64;
        for look in 0..LOOKS {
            trajectory.at(horizon * look as f64 / (LOOKS - 1) as f64, &mut y);
            let all: Vec<&[f64]> = y.chunks(count).collect();
            let mut rates = vec![0.0; y.len()];
            for at in 0..count {
                let rate = self.rate_at(at, &all)?;
                rate.iter().enumerate().for_each(|(player, rate)| rates[player * count + at] = *rate);
            }
            let slopes = self.fitted(&rates);
            for (rows, point) in &points {
                let noise = self.moments.played.noise(point);
                let wanted = rate(self.moments, self.frame, point, rows, &noise, &all)?;
                let mut flows = vec![0.0; wanted.len()];
                self.moments.flow(&mut flows);
                let each = wanted.iter().zip(&flows).zip(slopes.chunks(count));
                let sized = each.map(|((wanted, flow), slopes)| {
                    let vanishing = VANISHING * terms(&rows.values, slopes);
                    (wanted - dot(&rows.values, slopes), wanted.abs().max(flow.abs()).max(vanishing))
                });
                worst = larger(worst, share(&sized.collect::<Vec<_>>()));
            }
        }
        Ok(worst)
    }
}

/// `H − ρV + ½Σσ²V''` for every player at a state.
fn rate(
    moments: &mut Moments<'_>,
    frame: &Frame,
    state: &[f64],
    rows: &super::basis::Rows,
    noise: &[f64],
    coefficients: &[&[f64]],
) -> Result<Vec<f64>, DynamicError> {
    moments.at(state, &costates(rows, coefficients))?;
    let mut rates = vec![0.0; coefficients.len()];
    moments.hamiltonians(&mut rates);
    for ((rate, c), discount) in rates.iter_mut().zip(coefficients).zip(&frame.discounts) {
        *rate = -error(*discount, rows, c, *rate, noise);
    }
    Ok(rates)
}

impl Ending {
    fn values(&self, time: f64) -> Vec<ValueFunction> {
        let mut all = vec![0.0; self.coefficients.last().len()];
        self.coefficients.at(self.horizon - time, &mut all);
        let value = |c: &[f64]| ValueFunction::polynomial(self.basis.clone(), c.to_vec());
        all.chunks(self.basis.count()).map(value).collect()
    }

    /// The equilibrium at one time, as if its values lasted.
    fn at(&self, time: f64) -> MarkovPerfect {
        let (frame, report) = (self.frame.clone(), self.report.clone());
        MarkovPerfect::new(self.played.clone(), frame, self.values(time), report)
    }

    /// The path from `start` to the end. It stays in the region, beyond which nothing is known of the future, and earns what the
    /// value functions say; quadratic ones may hold outside too: they do where it earns that.
    fn course(&self, start: &[f64]) -> Result<Run<'_>, DynamicError> {
        let worths: Worths<'_> = Box::new(|time, state| ValueFunction::costates(&self.values(time), state));
        let run = Run::new(&self.played, &self.frame, worths, start, self.horizon)?;
        let inside = run.times().iter().try_for_each(|&time| self.frame.inside(&run.state(time)));
        let values = self.values(0.0);
        let noisy = |&time: &f64| self.played.noise(&run.state(time)).iter().any(|noise| *noise != 0.0);
        if run.times().iter().any(noisy) {
            return inside.map(|()| run);
        }
        if !ValueFunction::all_quadratic(&values) {
            inside.clone()?;
        }
        let mut last = vec![0.0; values.len()];
        self.played.salvage(&run.state(self.horizon), &mut last);
        let all = run.payoffs().iter().zip(&last).zip(&self.frame.discounts);
        let worth = |((earned, last), discount): ((&f64, &f64), &f64)| {
            earned + (-discount * self.horizon).exp() * last
        };
        // Where the course has left the region that is what is wrong.
        let earned = gap(&self.frame, &values, start, &all.map(worth).collect::<Vec<_>>());
        earned.or_else(|error| inside.and(Err(error)))?;
        Ok(run)
    }
}

impl<'g, G: DifferentialGame> FiniteFeedback<'g, G> {
    /// When the game ends.
    pub fn horizon(&self) -> f64 {
        self.found.horizon
    }

    /// The value functions at a time after the start, one a player; those at the ends before the start and after the
    /// end.
    pub fn values(&self, time: f64) -> Vec<ValueFunction> {
        self.found.values(time)
    }

    /// The equilibrium at one time, as if the values of that time lasted: its policies are those of that time.
    ///
    /// # Errors
    ///
    /// None that the game itself did not already give.
    pub fn at(&self, time: f64) -> Result<Feedback<'g, G>, DynamicError> {
        Ok(Feedback { told: self.told.clone(), found: self.found.at(time) })
    }

    /// What everybody decides at a time and a state.
    ///
    /// # Errors
    ///
    /// As [`Feedback::policy`].
    pub fn policy(&self, time: f64, state: &[f64]) -> Result<Solution<G::Player>, DynamicError> {
        Ok(self.told.solution(self.found.at(time).policy(state)?))
    }

    /// The path from `start` to the end, noise left aside.
    ///
    /// # Errors
    ///
    /// As [`Feedback::simulate`]; and [`DynamicError::Refuted`] when the path does not earn what the value functions say.
    pub fn simulate(&self, start: &[f64]) -> Result<Path<'_, G>, DynamicError> {
        Ok(Path::told(self.found.course(start)?))
    }
}

impl<G: DifferentialGame> Equilibrium for FiniteFeedback<'_, G> {
    type Player = G::Player;

    fn structure(&self) -> &Structure<G::Player> {
        &self.told.structure
    }
    fn players(&self) -> &[G::Player] {
        &self.told.players
    }
    fn payoffs(&self) -> &[f64] {
        &self.found.payoffs
    }
    fn report(&self) -> &Report {
        &self.found.report
    }
}
