//! Open-loop equilibrium: everybody commits to a course of decisions over time.

use super::boundary::{self, Path, Problem};
use super::collocation::Frame;
use super::error::DynamicError;
use super::game::{DifferentialGame, State};
use super::moment::{Moments, Route, with_moments};
use super::stage::Stage;
use crate::equilibrium::{Equilibrium, Method, Report};
use crate::scalar::{D1, D2, Dual, Scalar};
use crate::structure::Structure;

/// How open-loop equilibria are sought: to which accuracy, by which route.
///
/// [`OpenLoop::solve`] uses the default, which suits most games.
#[derive(Clone, Debug, PartialEq)]
pub struct MaximumPrinciple {
    /// The residual of the equations of the maximum principle between the nodes, averaged over time, as a share of their
    /// terms, at which a solution counts as found. Below 1e-13 it is rounding.
    pub tolerance: f64,
    /// How the game of the moment is solved.
    pub route: Route,
}

impl Default for MaximumPrinciple {
    fn default() -> Self {
        MaximumPrinciple { tolerance: 1e-10, route: Route::Auto }
    }
}

/// The finest tolerance.
const FINEST: f64 = 1e-13;

impl MaximumPrinciple {
    /// The open-loop equilibrium of `game` on `[0, horizon]`.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::solve`].
    pub fn solve<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        horizon: f64,
    ) -> Result<OpenLoop<'g, G>, DynamicError> {
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(DynamicError::out_of_range("the horizon", horizon, "a positive and finite number"));
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(DynamicError::out_of_range("the tolerance", self.tolerance, "between 0 and 1"));
        }
        let frame = Frame::new(game, structure, &[])?;
        let (path, payoffs) = with_moments(game, structure, self.route, |moments| {
            let mut nash = Nash::new(moments, &frame.discounts, &frame.initial());
            let path = boundary::solve(&mut nash, horizon, self.tolerance.max(FINEST))?;
            let payoffs = nash.payoffs(&path)?;
            Ok((path, payoffs))
        })?;
        let report = Report::found(Method::Engine, path.iterations, path.residual);
        Ok(OpenLoop { game, structure: structure.clone(), route: self.route, frame, path, payoffs, report })
    }
}

/// An open-loop equilibrium: everybody commits, at the start, to a course of decisions up to the horizon.
#[derive(Clone, Debug)]
pub struct OpenLoop<'g, G: DifferentialGame> {
    game: &'g G,
    structure: Structure<G::Player>,
    route: Route,
    frame: Frame<G::Player>,
    path: Path,
    payoffs: Vec<f64>,
    report: Report,
}

/// A game at one time of an open-loop equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// The time.
    pub time: f64,
    /// The state.
    pub state: Vec<f64>,
    /// What a unit more of each state is worth to each player at this time: the first player's states first.
    pub costates: Vec<f64>,
    /// What everybody decides, in the order of the game's decisions.
    pub decisions: Vec<f64>,
}

impl<'g, G: DifferentialGame> OpenLoop<'g, G> {
    /// The open-loop equilibrium when everybody commits at time 0 to a course of decisions up to `horizon`.
    ///
    /// By the maximum principle: at every moment the decisions are the equilibrium of the [`Stage`], and each player's
    /// costates move as
    ///
    /// ```math
    /// \dot\lambda_i=\rho_i\lambda_i-\frac{\partial}{\partial s}\Bigl[f_i(s,x)+\lambda_i\cdot g(s,x)\Bigr]_{x\text{ held}},
    /// \qquad\lambda_i(T)=\nabla\Phi_i(s_T):
    /// ```
    ///
    /// everybody takes the others' decisions as functions of time, which do not answer to the state.
    ///
    /// # Errors
    ///
    /// [`DynamicError::OutOfRange`] for a horizon that is not positive and finite, [`DynamicError::Stage`] where the game
    /// of the moment has no equilibrium, [`DynamicError::NoPath`] where the equations have no solution that can be
    /// followed from short horizons to this one.
    pub fn solve(game: &'g G, structure: &Structure<G::Player>, horizon: f64) -> Result<Self, DynamicError> {
        MaximumPrinciple::default().solve(game, structure, horizon)
    }

    /// The game.
    pub fn game(&self) -> &'g G {
        self.game
    }

    /// The states.
    pub fn states(&self) -> &[State] {
        &self.frame.states
    }

    /// The end of the game.
    pub fn horizon(&self) -> f64 {
        self.path.horizon()
    }

    /// States, costates and decisions at a time.
    ///
    /// # Errors
    ///
    /// [`DynamicError::OutOfRange`] for a time outside of the game.
    pub fn at(&self, time: f64) -> Result<Instant, DynamicError> {
        let horizon = self.horizon();
        if !(0.0..=horizon).contains(&time) {
            return Err(DynamicError::out_of_range("the time", time, format!("between 0 and {horizon}")));
        }
        let mut state = self.path.at(time);
        let mut costates = state.split_off(self.frame.states.len());
        round_off(&mut costates, &self.path.sizes()[state.len()..]);
        let decisions = with_moments(self.game, &self.structure, self.route, |moments| {
            Ok(moments.at(&state, &costates)?.to_vec())
        })?;
        Ok(Instant { time, state, costates, decisions })
    }

    /// The game of the moment at a time: a static game that can be solved, verified and differentiated.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::at`].
    pub fn stage(&self, time: f64) -> Result<Stage<'g, G>, DynamicError> {
        let Instant { state, costates, .. } = self.at(time)?;
        Ok(Stage::new(self.game, &state, &costates)?)
    }
}

impl<G: DifferentialGame> Equilibrium for OpenLoop<'_, G> {
    type Player = G::Player;

    fn structure(&self) -> &Structure<G::Player> {
        &self.structure
    }
    fn players(&self) -> &[G::Player] {
        &self.frame.players
    }
    fn payoffs(&self) -> &[f64] {
        &self.payoffs
    }
    fn report(&self) -> &Report {
        &self.report
    }
}

/// How fast states and costates move while these decisions are held. `room` has a number for each state, decision,
/// player and, again, state.
fn motion<G: DifferentialGame, T: Scalar>(
    game: &G,
    discounts: &[f64],
    (state, costates): (&[T], &[T]),
    x: &[T],
    room: &mut [Dual<T>],
    out: &mut [T],
) {
    let (zero, one) = (T::constant(0.0), T::constant(1.0));
    let states = state.len();
    let (moved, rest) = room.split_at_mut(states);
    let (held, rest) = rest.split_at_mut(x.len());
    let (flow, drift) = rest.split_at_mut(discounts.len());
    let lift = |to: &mut [Dual<T>], from: &[T]| {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = Dual { value: *from, slope: zero });
    };
    lift(moved, state);
    lift(held, x);
    let (speeds, prices) = out.split_at_mut(states);
    for k in 0..states {
        moved[k].slope = one;
        game.flow(moved, held, flow);
        game.drift(moved, held, drift);
        moved[k].slope = zero;
        if k == 0 {
            speeds.iter_mut().zip(&*drift).for_each(|(to, speed)| *to = speed.value);
        }
        for (i, (flow, discount)) in flow.iter().zip(discounts).enumerate() {
            let own = &costates[i * states..(i + 1) * states];
            let moving = drift.iter().zip(own).fold(flow.slope, |sum, (g, worth)| sum + *worth * g.slope);
            prices[i * states + k] = own[k] * *discount - moving;
        }
    }
}

/// A costate this small against what it is elsewhere is rounding. It is put to zero: the spend that it would pay for is too
/// small to be found.
const ROUNDING: f64 = 1e-15;

/// Puts costates that are rounding to zero.
fn round_off(costates: &mut [f64], sizes: &[f64]) {
    for (costate, size) in costates.iter_mut().zip(sizes) {
        if costate.abs() < ROUNDING * size {
            *costate = 0.0;
        }
    }
}

/// States and everybody's costates.
struct Nash<'m, 'r, G: DifferentialGame> {
    moments: &'m mut Moments<'r, G>,
    discounts: &'m [f64],
    start: Vec<f64>,
    /// For a first idea of each costate: what it is at the end, what it earns, how fast it is lost.
    worths: Vec<[f64; 3]>,
    /// The unknowns as last asked for, and the largest costates so far.
    y: Vec<f64>,
    sizes: Vec<f64>,
    plain: Vec<D1>,
    moved: Vec<D2>,
    column: Vec<D1>,
    direction: Vec<f64>,
}

impl<'m, 'r, G: DifferentialGame> Nash<'m, 'r, G> {
    fn new(moments: &'m mut Moments<'r, G>, discounts: &'m [f64], start: &[f64]) -> Self {
        let (states, players) = (start.len(), discounts.len());
        let decisions = moments.game.decisions();
        let count = 2 * states + decisions.len() + players;
        let size = states * (1 + players);
        let mut nash = Nash {
            moments,
            discounts,
            start: start.to_vec(),
            worths: vec![[0.0; 3]; states * players],
            y: vec![0.0; size],
            sizes: vec![0.0; states * players],
            plain: vec![D1::constant(0.0); count],
            moved: vec![D2::constant(0.0); count],
            column: vec![D1::constant(0.0); size],
            direction: vec![0.0; size],
        };
        let usual: Vec<f64> = decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
        nash.look_around(&usual);
        nash
    }

    /// What each state is worth if it never moves but for its own decay, and everybody decides as usual.
    fn look_around(&mut self, usual: &[f64]) {
        let (game, states, players) = (self.moments.game, self.start.len(), self.discounts.len());
        let mut state: Vec<D1> = self.start.iter().map(|s| D1::constant(*s)).collect();
        let x: Vec<D1> = usual.iter().map(|x| D1::constant(*x)).collect();
        let (mut flow, mut last) = (vec![D1::constant(0.0); players], vec![D1::constant(0.0); players]);
        let mut drift = vec![D1::constant(0.0); states];
        for k in 0..states {
            state[k].slope = 1.0;
            game.flow(&state, &x, &mut flow);
            game.drift(&state, &x, &mut drift);
            game.salvage(&state, &mut last);
            state[k].slope = 0.0;
            for i in 0..players {
                let known = |number: f64| if number.is_finite() { number } else { 0.0 };
                let loss = known(self.discounts[i] - drift[k].slope).max(0.0);
                self.worths[i * states + k] = [known(last[i].slope), known(flow[i].slope), loss];
            }
        }
    }

    /// Solves the game of the moment.
    fn settle(&mut self, y: &[f64]) -> Result<(), DynamicError> {
        self.y.copy_from_slice(y);
        let (state, costates) = self.y.split_at_mut(self.start.len());
        for (size, costate) in self.sizes.iter_mut().zip(&*costates) {
            *size = size.max(costate.abs());
        }
        round_off(costates, &self.sizes);
        self.moments.at(state, costates).map(|_| ())
    }

    /// Everybody's payoff, discounted to the start.
    fn payoffs(&mut self, path: &Path) -> Result<Vec<f64>, DynamicError> {
        let (states, discounts) = (self.start.len(), self.discounts);
        let mut flow = vec![0.0; discounts.len()];
        let mut sums = vec![0.0; discounts.len()];
        path.visit(|time, weight, y| {
            self.settle(y)?;
            self.moments.flow(&mut flow);
            for ((sum, flow), discount) in sums.iter_mut().zip(&flow).zip(discounts) {
                *sum += weight * (-discount * time).exp() * flow;
            }
            Ok(())
        })?;
        let mut last = vec![0.0; discounts.len()];
        self.moments.game.salvage(&path.last()[..states], &mut last);
        for ((sum, last), discount) in sums.iter_mut().zip(&last).zip(discounts) {
            *sum += (-discount * path.horizon()).exp() * last;
        }
        Ok(sums)
    }
}

impl<G: DifferentialGame> Problem for Nash<'_, '_, G> {
    fn start(&self) -> &[f64] {
        &self.start
    }

    fn size(&self) -> usize {
        self.column.len()
    }

    fn guess(&mut self, left: f64, y: &mut [f64]) {
        let (state, costates) = y.split_at_mut(self.start.len());
        state.copy_from_slice(&self.start);
        for (costate, [last, earns, loss]) in costates.iter_mut().zip(&self.worths) {
            let kept = (-loss * left).exp();
            let earning = if loss * left > 1e-8 { (1.0 - kept) / loss } else { left };
            *costate = last * kept + earns * earning;
        }
    }

    fn speed(&mut self, y: &[f64], speed: &mut [f64]) -> Result<(), DynamicError> {
        let game = self.moments.game;
        self.settle(y)?;
        let at = self.y.split_at(self.start.len());
        motion(game, self.discounts, at, self.moments.decisions(), &mut self.plain, speed);
        Ok(())
    }

    fn tangent(&mut self, y: &[f64], speed: &mut [f64], jacobian: &mut [f64]) -> Result<(), DynamicError> {
        let (game, size, states) = (self.moments.game, y.len(), self.start.len());
        self.settle(y)?;
        for along in 0..size {
            self.direction[along] = 1.0;
            let moved = self.moments.along(&self.direction);
            self.direction[along] = 0.0;
            let (given, x) = moved?;
            motion(game, self.discounts, given.split_at(states), x, &mut self.moved, &mut self.column);
            for (k, entry) in self.column.iter().enumerate() {
                jacobian[k * size + along] = entry.slope;
                speed[k] = entry.value;
            }
        }
        Ok(())
    }

    fn end(&mut self, y: &[f64], residual: &mut [f64], jacobian: &mut [f64]) {
        let (game, size, states) = (self.moments.game, y.len(), self.start.len());
        let players = self.discounts.len();
        let (room, last) = self.moved.split_at_mut(states);
        jacobian.fill(0.0);
        for k in 0..states {
            for l in 0..states {
                for (at, (to, s)) in room.iter_mut().zip(y).enumerate() {
                    let moves = |which: usize| if at == which { 1.0 } else { 0.0 };
                    *to = Dual { value: Dual { value: *s, slope: moves(l) }, slope: D1::constant(moves(k)) };
                }
                let last = &mut last[..players];
                game.salvage(room, last);
                for (i, last) in last.iter().enumerate() {
                    let row = i * states + k;
                    residual[row] = y[states + row] - last.slope.value;
                    jacobian[row * size + l] = -last.slope.slope;
                    jacobian[row * size + states + row] = 1.0;
                }
            }
        }
    }
}
