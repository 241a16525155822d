//! Value functions by collocation: polynomials that satisfy the Hamilton-Jacobi-Bellman system at Chebyshev points.

use std::sync::Arc;

use nalgebra::{DMatrix, DVector};

use super::basis::{Basis, Rows, dot, terms};
use super::error::DynamicError;
use super::feedback::Feedback;
use super::frame::{Frame, MOST};
use super::game::DifferentialGame;
use super::known::checked;
use super::linear_quadratic::Quadratic;
use super::markov::MarkovPerfect;
use super::moment::{Moments, Route};
use super::ode::larger;
use super::played::Played;
use super::policy::Policies;
use super::region::Region;
use super::told::Told;
use super::value::{VANISHING, ValueFunction, share};
use crate::equilibrium::{Method, Report};
use crate::row::Row;
use crate::solve::Memory;
use crate::structure::Structure;

/// The residual, as a share of the payoffs, at which a system counts as solved; one that no longer shrinks is believed
/// from `STALLED` on.
const SOLVED: f64 = 1e-13;
const STALLED: f64 = 1e-9;
/// A residual this small, and far below the last, is gone after one more step.
const CLOSE: f64 = 1e-8;
/// The residual at which a formula is believed, if no smaller one is asked for.
const FORMULA: f64 = 1e-10;
/// Newton iterations at one discount rate.
const ITERATIONS: usize = 40;
/// A residual below this share of the tolerance is not worth a finer grid. (Policies follow from slopes, and are less exact
/// than values.)
const AMPLE: f64 = 0.01;
/// The heaviest discounting that is started from, as a multiple of the game's, and by how much it is eased at first.
const HEAVIEST: f64 = 1000.0;
const EASING: f64 = 4.0;
/// An easing below this gets nowhere.
const STUCK: f64 = 1.001;
/// Most nodes.
pub(crate) const NODES: usize = 1100;
/// From so many unknowns on, policies are improved in turn before Newton's method is tried: its equations are those of one
/// player, not of all together.
pub(crate) const LARGE: usize = 500;
/// Most improvements of the policies, and most of them in turn that leave more than this share of the residual.
const SWEEPS: usize = 100;
const IDLE: usize = 8;
const NEARER: f64 = 0.9;
/// A residual from which Newton's method arrives.
const NEAR: f64 = 1e-3;
/// Most refinements in turn that do not halve the residual.
const VAIN: usize = 2;
/// A state whose highest terms weigh less than this share of another state's needs no higher ones.
const LIGHT: f64 = 1e-2;
/// The parts of a region, as shares of its width, that are tried where values are not resolved on all of it.
const CLOSER: [f64; 3] = [0.5, 0.25, 0.125];

/// How value functions are sought: on which region, to which accuracy, by which route.
///
/// [`feedback`](super::SolveOverTime::feedback) uses the default, which suits most games.
///
/// ```
/// use coopad::dynamic::Collocation;
///
/// let finer = Collocation { tolerance: 1e-12, ..Collocation::default() };
/// assert_eq!(finer.degree, 128);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Collocation {
    /// The ranges of the states, lower end and upper end. Where empty they are the game's own or, where polynomials do not resolve
    /// the values there, a part of them that the course from the initial state does not leave.
    pub region: Vec<[f64; 2]>,
    /// The residual of the Hamilton-Jacobi-Bellman system between the nodes, as a share of the largest payoff there, at which
    /// value functions count as found; as a share of each player's own payoff it may be ten thousand times that.
    pub tolerance: f64,
    /// The highest degree in each state; games of two and more states are held to fewer by their size. A state gets
    /// higher terms only where they weigh.
    pub degree: usize,
    /// How the game of the moment is solved, and whether [value functions known by a
    /// formula](DifferentialGame::known_values) are used.
    pub route: Route,
    /// How often the game of the moment may be solved: a search that has not ended by then ends with
    /// [`DynamicError::Budget`]. It counts work and not time, so that the same game has the same end on every machine.
    pub evaluations: usize,
}

/// The games of the moment that a search may solve if nothing is said: some ten seconds of work where the engine solves each. At
/// their own parameters all models of the library take less than a fiftieth.
pub(crate) const EVALUATIONS: usize = 500_000;

impl Default for Collocation {
    fn default() -> Self {
        let (region, route) = (Vec::new(), Route::Auto);
        Collocation { region, tolerance: 1e-10, degree: 128, route, evaluations: EVALUATIONS }
    }
}

impl Collocation {
    /// The feedback equilibrium of `game` when `structure` is played at every moment.
    ///
    /// # Errors
    ///
    /// As [`SolveOverTime::feedback`](super::SolveOverTime::feedback).
    pub fn solve<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
    ) -> Result<Feedback<'g, G>, DynamicError> {
        let (told, played) = Told::of(game, structure)?;
        let known = if self.route == Route::Auto { game.known_values(structure) } else { None };
        Ok(Feedback { told, found: self.find(played, known)? })
    }

    /// The equilibrium of a recorded game, with value functions that a formula gives, if one does.
    pub(crate) fn find(
        &self,
        played: Arc<Played>,
        known: Option<Vec<Quadratic>>,
    ) -> Result<MarkovPerfect, DynamicError> {
        let mut frame = Frame::new(&played, &self.region)?;
        frame.lasting()?;
        let mut moments = played.moments(self.route)?.within(self.evaluations);
        let (values, report) = match known.map(|values| checked(&mut moments, &frame, values)) {
            Some((values, residual)) if residual <= self.tolerance.max(FORMULA) => {
                (values, Report::found(Method::ClosedForm, 0, residual))
            }
            // What is wrong and cannot be replaced is shown.
            Some((last, residual)) if frame.fits_a_grid().is_err() => {
                let degree = last.iter().map(ValueFunction::degree).max().unwrap_or(0);
                return Err(DynamicError::NotResolved { degree, residual, switching: Vec::new(), last });
            }
            _ => search(&mut moments, &mut frame, self).map_err(|error| moments.ended(error))?,
        };
        Region::new(&mut moments, &frame, &values).refuse_unbounded()?;
        drop(moments);
        Ok(MarkovPerfect::new(played, frame, values, report))
    }
}

/// The value functions on the region or, where polynomials do not resolve them on the game's own, closer around the initial
/// state: somebody may stop at a bound far from where the game is ever played, and values have a kink there.
fn search(
    moments: &mut Moments<'_>,
    frame: &mut Frame,
    settings: &Collocation,
) -> Result<(Vec<ValueFunction>, Report), DynamicError> {
    let error = match Search::new(moments, frame, settings).run() {
        Err(error @ DynamicError::NotResolved { .. }) if settings.region.is_empty() => error,
        found => return found,
    };
    for share in CLOSER {
        let near = frame.around(share);
        let Ok(found) = Search::new(moments, &near, settings).run() else { continue };
        if keeps(&near, moments, &found.0) {
            *frame = near;
            return Ok(found);
        }
    }
    Err(error)
}

/// Whether the course from the initial state stays where the values hold, as long as it counts.
fn keeps(frame: &Frame, moments: &mut Moments<'_>, values: &[ValueFunction]) -> bool {
    let initial = frame.initial();
    let noisy = moments.played.noise(&initial).iter().any(|noise| *noise != 0.0);
    !noisy && Region::new(moments, frame, values).covers_course(&initial).is_ok()
}

/// What so many doublings of the degree may leave of a residual, of which the last one has left this share, where values are
/// smooth: each leaves the square of what the one before it has left.
pub(crate) fn foreseen(mut residual: f64, mut left: f64, doublings: usize) -> f64 {
    for _ in 0..doublings {
        left *= left;
        residual *= left;
    }
    residual
}

/// A basis with its nodes.
pub(crate) struct Grid {
    pub(crate) basis: Basis,
    pub(crate) nodes: Vec<Vec<f64>>,
    pub(crate) rows: Vec<Rows>,
}

impl Grid {
    pub(crate) fn new(basis: Basis) -> Self {
        let nodes = basis.nodes();
        let rows = nodes.iter().map(|node| basis.at(node)).collect();
        Grid { basis, nodes, rows }
    }
}

struct Search<'s, 'r> {
    moments: &'s mut Moments<'r>,
    frame: &'s Frame,
    settings: &'s Collocation,
    /// The equilibrium of the moment last found at each node.
    memories: Vec<Memory>,
    iterations: usize,
    /// The residual at which the last search ended.
    left: f64,
}

/// The coefficients of each player's value function.
type Coefficients = Vec<Vec<f64>>;

/// A solution on one grid, and its residual between the nodes.
struct Found {
    grid: Grid,
    coefficients: Coefficients,
    residual: f64,
}

impl<'s, 'r> Search<'s, 'r> {
    fn new(moments: &'s mut Moments<'r>, frame: &'s Frame, settings: &'s Collocation) -> Self {
        Search { moments, frame, settings, memories: Vec::new(), iterations: 0, left: f64::INFINITY }
    }

    /// Degree 2, which is exact where values are quadratic, and its doubles where they weigh until the system holds
    /// between the nodes.
    fn run(mut self) -> Result<(Vec<ValueFunction>, Report), DynamicError> {
        self.frame.fits_a_grid()?;
        let mut found: Option<Found> = None;
        let mut failure = None;
        let mut next = Some(vec![2; self.frame.states.len()]);
        let mut vain = 0;
        while let Some(degrees) = next {
            let grid = Grid::new(self.frame.basis(degrees));
            self.memories = vec![Memory::new(); grid.nodes.len()];
            let coefficients = match self.solve(&grid, found.as_ref()) {
                Ok(coefficients) => coefficients,
                Err(_) if found.as_ref().is_some_and(|coarse| coarse.residual <= self.settings.tolerance) => {
                    break;
                }
                // Nor will a still costlier grid do what a costly one did not: what is known is the coarse solution.
                Err(_) if found.is_some() && self.large(&grid.basis) => break,
                Err(error) => {
                    found = None;
                    // A coarse polynomial may have no solution where a finer one has; two failures are enough.
                    if failure.replace(error).is_some() {
                        break;
                    }
                    next = self.doubled(&grid.basis, |_| true);
                    continue;
                }
            };
            let residual = self.between(&grid.basis, &coefficients)?;
            let coarse = found.replace(Found { grid, coefficients, residual });
            if residual <= AMPLE * self.settings.tolerance {
                break;
            }
            // Good enough already, and the finer one was to be better still: rounding may be all that is left.
            let coarse_residual = coarse.as_ref().map_or(f64::INFINITY, |coarse| coarse.residual);
            if let Some(coarse) = coarse.filter(|coarse| coarse.residual <= self.settings.tolerance) {
                if coarse.residual < residual {
                    found = Some(coarse);
                }
                break;
            }
            vain = if residual > 0.5 * coarse_residual { vain + 1 } else { 0 };
            // Small grids cost nothing; costly ones have to promise something.
            next = found.as_ref().and_then(|found| {
                let degrees = self.finer(found, vain > 0)?;
                let costly = self.large(&self.frame.basis(degrees.clone()));
                let promising = vain < VAIN && self.promises(found, &degrees, residual / coarse_residual);
                (!costly || promising).then_some(degrees)
            });
        }
        let Some(Found { grid, coefficients, residual }) = found else {
            return Err(failure.unwrap_or_else(|| self.nothing()));
        };
        if residual <= self.settings.tolerance {
            let report = Report::found(Method::Engine, self.iterations, residual);
            return Ok((values(&grid.basis, coefficients), report));
        }
        let switching = self.switching(&grid, &coefficients)?;
        let (degree, last) = (grid.basis.degree(), values(&grid.basis, coefficients));
        Err(DynamicError::NotResolved { degree, residual, switching, last })
    }

    /// The decisions that rest at a bound at some nodes and not at others.
    fn switching(&mut self, grid: &Grid, coefficients: &Coefficients) -> Result<Vec<String>, DynamicError> {
        let mut switching: Vec<(String, [bool; 2])> = Vec::new();
        for (node, rows) in grid.nodes.iter().zip(&grid.rows) {
            self.moments.at(node, &costates(rows, coefficients))?;
            let resting = self.moments.resting();
            switching.resize(resting.len(), (String::new(), [false; 2]));
            for ((name, seen), (decision, resting)) in switching.iter_mut().zip(resting) {
                *name = decision;
                seen[usize::from(resting)] = true;
            }
        }
        Ok(switching.into_iter().filter(|(_, seen)| *seen == [true; 2]).map(|(name, _)| name).collect())
    }

    /// The degrees to try after those of a solution that does not resolve the values: higher in the states whose highest
    /// terms weigh.
    fn finer(&self, Found { grid, coefficients, .. }: &Found, misled: bool) -> Option<Vec<usize>> {
        let states = self.frame.states.len();
        let mut tails = vec![0.0_f64; states];
        for c in coefficients {
            tails.iter_mut().zip(grid.basis.tails(c)).for_each(|(most, tail)| *most = most.max(tail));
        }
        let largest = tails.iter().copied().fold(0.0, f64::max);
        // What helped little was in the wrong states.
        let heavy = |share: f64| self.doubled(&grid.basis, |k| misled || tails[k] >= share * largest);
        heavy(LIGHT).or_else(|| heavy(1.0))
    }

    /// Whether the finest grid of this kind could reach the tolerance if values were smooth: the next doubling then leaves the
    /// square of what the last has left of the residual. Where values have a kink, each leaves the same share.
    fn promises(&self, found: &Found, next: &[usize], left: f64) -> bool {
        let risen: Vec<bool> =
            next.iter().zip(&found.grid.basis.degrees).map(|(new, old)| new > old).collect();
        let mut doublings = 0;
        let mut finest = Some(next.to_vec());
        while let Some(degrees) = finest {
            doublings += 1;
            finest = self.doubled(&self.frame.basis(degrees), |k| risen[k]);
        }
        foreseen(found.residual, left, doublings) <= self.settings.tolerance
    }

    fn large(&self, basis: &Basis) -> bool {
        basis.count() * self.frame.players.len() > LARGE
    }

    /// Twice the degrees in the chosen states, if so many nodes can be handled.
    fn doubled(&self, basis: &Basis, chosen: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
        let higher = |(k, degree): (usize, &usize)| if chosen(k) { 2 * degree } else { *degree };
        let degrees: Vec<usize> = basis.degrees.iter().enumerate().map(higher).collect();
        let allowed = degrees.iter().all(|degree| *degree <= self.settings.degree.max(2));
        (allowed && self.frame.basis(degrees.clone()).count() <= NODES).then_some(degrees)
    }

    /// The system at the nodes of a grid: from the solution on a coarser one where that serves, else from heavy
    /// discounting, else by improving policies.
    fn solve(&mut self, grid: &Grid, coarse: Option<&Found>) -> Result<Coefficients, DynamicError> {
        let large = self.large(&grid.basis);
        if let Some(Found { grid: coarse, coefficients, .. }) = coarse {
            let raised = |c: &Vec<f64>| coarse.basis.raised(c, &grid.basis);
            let mut trial: Coefficients = coefficients.iter().map(raised).collect();
            if large && self.improve(grid, &mut trial).is_ok() {
                return Ok(trial);
            }
            // Newton's method takes over from policies that close in too slowly, not from those that do not.
            if (!large || self.left <= NEAR) && self.newton(grid, &mut trial, 1.0).is_ok() {
                return Ok(trial);
            }
            self.memories.iter_mut().for_each(Memory::clear);
        }
        let followed = if large { Err(self.nothing()) } else { self.follow_bounded(grid) };
        let Err(error @ DynamicError::NoValue { .. }) = followed else { return followed };
        self.memories.iter_mut().for_each(Memory::clear);
        let mut trial = self.usual(grid, 1.0)?;
        self.improve(grid, &mut trial).map_err(|_| error)?;
        Ok(trial)
    }

    /// No value functions were found.
    fn nothing(&self) -> DynamicError {
        let (multiple, residual, iterations) = (f64::INFINITY, self.left, self.iterations);
        DynamicError::NoValue { multiple, residual, iterations, last: Vec::new() }
    }

    /// Policy iteration: what today's policies are worth, the policies that this suggests, and again.
    fn improve(&mut self, grid: &Grid, coefficients: &mut Coefficients) -> Result<(), DynamicError> {
        let players = self.frame.players.len();
        let mut policies = Policies::new(grid, players);
        let mut payoffs = vec![0.0; players];
        let (mut best, mut idle) = (f64::INFINITY, 0);
        for _ in 0..SWEEPS {
            self.iterations += 1;
            let mut worst = 0.0_f64;
            for (at, (node, rows)) in grid.nodes.iter().zip(&grid.rows).enumerate() {
                self.moment(at, node, &costates(rows, coefficients))?;
                policies.record(at, self.moments);
                self.moments.hamiltonians(&mut payoffs);
                let noise = self.moments.played.noise(node);
                worst = larger(worst, self.residual(rows, coefficients, &payoffs, &noise));
            }
            // Policies close in by the same share every time, be it a small one.
            idle = if worst < NEARER * best { 0 } else { idle + 1 };
            best = best.min(worst);
            if worst <= SOLVED || (worst <= STALLED && idle > 2) {
                return Ok(());
            }
            if !worst.is_finite() || idle > IDLE {
                break;
            }
            let Some(worths) = policies.worths(&self.frame.discounts) else { break };
            *coefficients = worths;
        }
        self.left = best;
        Err(self.nothing())
    }

    /// The game of the moment at node number `at`, from where it was last found.
    fn moment(&mut self, at: usize, node: &[f64], costates: &[f64]) -> Result<(), DynamicError> {
        if !self.memories[at].is_empty() {
            self.moments.recall(&self.memories[at]);
        }
        self.moments.at(node, costates)?;
        self.moments.keep(&mut self.memories[at]);
        Ok(())
    }

    /// The largest residual at a state, as a [`share`] of the payoffs there.
    fn residual(&self, rows: &Rows, coefficients: &Coefficients, payoffs: &[f64], noise: &[f64]) -> f64 {
        let each = payoffs.iter().zip(coefficients).zip(&self.frame.discounts);
        let sized = |((payoff, c), discount): ((&f64, &Vec<f64>), &f64)| {
            (error(*discount, rows, c, *payoff, noise), size(*discount, rows, c, *payoff))
        };
        share(&each.map(sized).collect::<Row<_>>())
    }

    /// The quadratic values of heavy discounting keep the growth of the states within what is discounted, and so do all that
    /// are connected to them. Where Newton's method leaps to others, which do not, steps are made smaller, and only where that fails
    /// is it followed wherever it goes.
    fn follow_bounded(&mut self, grid: &Grid) -> Result<Coefficients, DynamicError> {
        if grid.basis.degree() == 2
            && let Ok(followed) = self.follow(grid, true)
        {
            return Ok(followed);
        }
        self.memories.iter_mut().for_each(Memory::clear);
        self.follow(grid, false)
    }

    /// From heavy discounting, where the future hardly counts and there is one solution, down to the game's; where it is asked for,
    /// along `bounded` values only.
    fn follow(&mut self, grid: &Grid, bounded: bool) -> Result<Coefficients, DynamicError> {
        let mut coefficients = self.usual(grid, HEAVIEST)?;
        let (mut reached, mut easing, mut multiple) = (f64::INFINITY, EASING, HEAVIEST);
        loop {
            let mut trial = coefficients.clone();
            let mut found = self.newton(grid, &mut trial, multiple);
            if bounded && found.is_ok() {
                found = self.grows_slowly(grid, &trial, multiple);
            }
            match found {
                Ok(()) => {
                    coefficients = trial;
                    reached = multiple;
                    if multiple == 1.0 {
                        return Ok(coefficients);
                    }
                }
                Err(error) if reached.is_infinite() => return Err(error),
                Err(error) => {
                    easing = easing.sqrt();
                    if easing < STUCK {
                        return Err(match error {
                            DynamicError::NoValue { residual, iterations, .. } => DynamicError::NoValue {
                                multiple: reached,
                                residual,
                                iterations,
                                last: values(&grid.basis, coefficients),
                            },
                            other => other,
                        });
                    }
                    // What was remembered on the way to a failure is no start.
                    self.memories.iter_mut().for_each(Memory::clear);
                }
            }
            multiple = (reached / easing).max(1.0);
        }
    }

    /// Refuses quadratic values under which states outgrow what is discounted at `multiple` times the discount rates.
    fn grows_slowly(&mut self, grid: &Grid, trial: &Coefficients, multiple: f64) -> Result<(), DynamicError> {
        let values = values(&grid.basis, trial.clone());
        match Region::new(self.moments, self.frame, &values).growth() {
            Ok(Some((growth, limit))) if growth >= multiple * limit => Err(self.nothing()),
            _ => Ok(()),
        }
    }

    /// Where values start, all discount rates times `multiple`: what flows now, if everybody decides as usual, for ever.
    fn usual(&mut self, grid: &Grid, multiple: f64) -> Result<Coefficients, DynamicError> {
        let (players, count) = (self.frame.players.len(), grid.nodes.len());
        let mut flows = DMatrix::zeros(count, players);
        let mut flow = vec![0.0; players];
        let usual = self.moments.played.usual(|decision| decision.neutral);
        for (at, node) in grid.nodes.iter().enumerate() {
            self.moments.played.flow(node, &usual, &mut flow);
            for (player, (flow, discount)) in flow.iter().zip(&self.frame.discounts).enumerate() {
                flows[(at, player)] = flow / (discount * multiple);
            }
        }
        let basis = DMatrix::from_fn(count, count, |at, m| grid.rows[at].values[m]);
        let coefficients = basis.lu().solve(&flows).unwrap_or(flows);
        Ok(coefficients.column_iter().map(|column| column.iter().copied().collect()).collect())
    }

    /// Newton's method at the nodes, all discount rates times `multiple`.
    fn newton(
        &mut self,
        grid: &Grid,
        coefficients: &mut Coefficients,
        multiple: f64,
    ) -> Result<(), DynamicError> {
        let size = self.frame.players.len() * grid.nodes.len();
        let iterations = if size <= MOST { ITERATIONS } else { 0 };
        let mut best = f64::INFINITY;
        for _ in 0..iterations {
            self.iterations += 1;
            let (residual, jacobian, worst) = self.system(grid, coefficients, multiple)?;
            if !worst.is_finite() {
                break;
            }
            let settled = worst <= SOLVED || (worst <= STALLED && worst > 0.5 * best);
            // Newton's error is squared by every step: after this one there is nothing left to see.
            let closing = worst <= CLOSE && worst <= CLOSE.sqrt() * best;
            best = best.min(worst);
            if settled {
                return Ok(());
            }
            let Some(step) = jacobian.lu().solve(&residual) else { break };
            let all = coefficients.iter_mut().flatten();
            all.zip(step.iter().take(size)).for_each(|(c, step)| *c -= step);
            if closing {
                return Ok(());
            }
        }
        self.left = best;
        Err(self.nothing())
    }

    /// The Hamilton-Jacobi-Bellman system at the nodes: residuals, their derivatives in the coefficients, and the
    /// largest residual as a share of the payoffs.
    fn system(
        &mut self,
        grid: &Grid,
        coefficients: &Coefficients,
        multiple: f64,
    ) -> Result<(DVector<f64>, DMatrix<f64>, f64), DynamicError> {
        let (players, states) = (self.frame.players.len(), self.frame.states.len());
        let (count, columns) = (grid.nodes.len(), players * states);
        let mut residual = DVector::zeros(players * count);
        let mut jacobian = DMatrix::zeros(players * count, players * count);
        let (mut payoffs, mut slopes) = (vec![0.0; players], vec![0.0; players * columns]);
        let mut worst = 0.0_f64;
        for (at, (node, rows)) in grid.nodes.iter().zip(&grid.rows).enumerate() {
            self.moment(at, node, &costates(rows, coefficients))?;
            self.moments.hamiltonians(&mut payoffs);
            self.moments.slopes(&mut slopes)?;
            let noise = self.moments.played.noise(node);
            let mut sized = Row::new();
            for i in 0..players {
                let (row, discount) = (i * count + at, self.frame.discounts[i] * multiple);
                let error = error(discount, rows, &coefficients[i], payoffs[i], &noise);
                for m in 0..count {
                    let curved: f64 = noise.iter().zip(&rows.curvatures).map(|(n, c)| n * c[m]).sum();
                    jacobian[(row, i * count + m)] += discount * rows.values[m] - curved;
                }
                for (column, &slope) in slopes[i * columns..(i + 1) * columns].iter().enumerate() {
                    let (j, k) = (column / states, column % states);
                    if slope != 0.0 {
                        for (m, along) in rows.slopes[k].iter().enumerate() {
                            jacobian[(row, j * count + m)] -= slope * along;
                        }
                    }
                }
                residual[row] = error;
                sized.push((error, size(discount, rows, &coefficients[i], payoffs[i])));
            }
            worst = larger(worst, share(&sized));
        }
        Ok((residual, jacobian, worst))
    }

    /// The largest residual, as a share of the payoffs, at points between the nodes.
    fn between(&mut self, basis: &Basis, coefficients: &Coefficients) -> Result<f64, DynamicError> {
        let mut payoffs = vec![0.0; self.frame.players.len()];
        let mut worst = 0.0_f64;
        for point in basis.finer(1).nodes() {
            let rows = basis.at(&point);
            self.moments.at(&point, &costates(&rows, coefficients))?;
            self.moments.hamiltonians(&mut payoffs);
            let noise = self.moments.played.noise(&point);
            worst = larger(worst, self.residual(&rows, coefficients, &payoffs, &noise));
        }
        Ok(worst)
    }
}

/// `ρV − H − ½Σσ²V''` for one player.
pub(crate) fn error(discount: f64, rows: &Rows, coefficients: &[f64], payoff: f64, noise: &[f64]) -> f64 {
    let curved: f64 = noise.iter().zip(&rows.curvatures).map(|(n, row)| n * dot(row, coefficients)).sum();
    discount * dot(&rows.values, coefficients) - payoff - curved
}

/// What an error in a player's equation at a state is measured by: its payoff there, or [`VANISHING`] of the terms that make up its
/// value.
fn size(discount: f64, rows: &Rows, coefficients: &[f64], payoff: f64) -> f64 {
    payoff.abs().max(VANISHING * discount * terms(&rows.values, coefficients))
}

/// What a unit more of each state is worth to each player: the first player's states first.
pub(crate) fn costates(rows: &Rows, coefficients: &[impl AsRef<[f64]>]) -> Vec<f64> {
    coefficients.iter().flat_map(|c| rows.slopes.iter().map(move |row| dot(row, c.as_ref()))).collect()
}

fn values(basis: &Basis, coefficients: Coefficients) -> Vec<ValueFunction> {
    let value = |coefficients| ValueFunction::polynomial(basis.clone(), coefficients);
    coefficients.into_iter().map(value).collect()
}
