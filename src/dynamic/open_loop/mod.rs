//! Open-loop equilibrium: everybody commits to a course of decisions over time.

mod leader;
mod motion;
mod nash;
mod rest;
mod second_order;

use leader::{Leading, Led, Roles};
use motion::payoffs;
use nash::Nash;
use rest::{Rest, starts};
pub use second_order::SecondOrder;

use super::boundary::{self, Path, Problem};
use super::collocation::Frame;
use super::error::DynamicError;
use super::game::{DifferentialGame, State};
use super::moment::{Moments, Route, with_moments};
use super::simulate::PathPoint;
use crate::equilibrium::{Equilibrium, Method, Report, Solution};
use crate::solve::Reaction;
use crate::structure::Structure;

/// How open-loop equilibria are sought: to which accuracy, by which route.
///
/// [`OpenLoop::solve`] uses the default, which suits most games.
///
/// ```
/// use coopad::dynamic::MaximumPrinciple;
///
/// let coarse = MaximumPrinciple { tolerance: 1e-6, ..MaximumPrinciple::default() };
/// assert!(coarse.tolerance > MaximumPrinciple::default().tolerance);
/// ```
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
/// What comes this many times `1/ρ` later does not count for a first idea.
const LONG: f64 = 30.0;

impl MaximumPrinciple {
    /// The open-loop equilibrium of `game` on `[0, horizon]`, for ever where the horizon is infinite.
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
        if horizon.is_nan() || horizon <= 0.0 {
            return Err(DynamicError::out_of_range("the horizon", horizon, "a positive number"));
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(DynamicError::out_of_range("the tolerance", self.tolerance, "between 0 and 1"));
        }
        let frame = Frame::new(game, structure, &[])?;
        let start = frame.initial();
        self.from(game, structure, frame, &start, horizon)
    }

    /// The equilibrium from another state than the game's initial one.
    fn from<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        frame: Frame<G::Player>,
        start: &[f64],
        horizon: f64,
    ) -> Result<OpenLoop<'g, G>, DynamicError> {
        if horizon.is_finite() {
            return self.until(game, structure, frame, start, End::At(horizon));
        }
        frame.lasting()?;
        // Long enough for all that comes later not to count.
        let left = LONG / frame.discounts.iter().copied().fold(f64::INFINITY, f64::min);
        let mut first = None;
        for state in starts(&frame.states, start) {
            let discounts = &frame.discounts;
            let rest = with_course(game, structure, self.route, discounts, &state, |course| match course {
                Course::Nash(mut nash) => Rest::find(&mut nash, left),
                Course::Leading(mut leading, _) => Rest::find(&mut leading, left),
            });
            match rest
                .and_then(|rest| self.until(game, structure, frame.clone(), start, End::Rest(Box::new(rest))))
            {
                Ok(found) => return Ok(found),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or(DynamicError::StateLength { given: start.len(), needed: frame.states.len() }))
    }

    /// The equilibrium up to an end.
    fn until<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        frame: Frame<G::Player>,
        start: &[f64],
        end: End,
    ) -> Result<OpenLoop<'g, G>, DynamicError> {
        let (states, discounts) = (start.len(), &frame.discounts);
        let found = with_course(game, structure, self.route, discounts, start, |course| match course {
            Course::Nash(mut nash) => {
                let path = self.path(&mut nash, &end)?;
                let flow = |y: &[f64], out: &mut [f64]| nash.flow(y, out);
                let earned = payoffs(game, discounts, states, &path, &end, 0.0, flow)?;
                Ok((path, earned, None))
            }
            Course::Leading(mut leading, roles) => {
                let path = self.path(&mut leading, &end)?;
                let flow = |y: &[f64], out: &mut [f64]| leading.flow(y, out);
                let earned = payoffs(game, discounts, states, &path, &end, 0.0, flow)?;
                let kept = leading.is_consistent(&path, &end)?;
                Ok((path, earned, Some(Promises { leaders: roles.leaders.clone(), kept })))
            }
        });
        let (path, payoffs, promises) = found?;
        let report = Report::found(Method::Engine, path.iterations, path.residual);
        let (settings, structure) = (self.clone(), structure.clone());
        Ok(OpenLoop { game, structure, settings, frame, promises, path, end, payoffs, report })
    }

    fn path(&self, problem: &mut dyn Problem, end: &End) -> Result<Path, DynamicError> {
        let tolerance = self.tolerance.max(FINEST);
        match end {
            End::At(horizon) => boundary::solve(problem, *horizon, tolerance),
            End::Rest(rest) => rest.path(problem, tolerance),
        }
    }
}

/// What everybody earns a unit of time, of all unknowns.
type Flow<'f> = &'f mut dyn FnMut(&[f64], &mut [f64]) -> Result<(), DynamicError>;

/// How a course ends: at a time, or at rest, where it stays for ever.
#[derive(Clone, Debug)]
enum End {
    At(f64),
    Rest(Box<Rest>),
}

/// The equations of one structure.
enum Course<'m, 'r, G: DifferentialGame> {
    Nash(Nash<'m, 'r, G>),
    Leading(Leading<'m, 'r, G>, &'m Roles),
}

/// Makes the equations for a structure ready for `work`.
fn with_course<G: DifferentialGame, R>(
    game: &G,
    structure: &Structure<G::Player>,
    route: Route,
    discounts: &[f64],
    start: &[f64],
    work: impl FnOnce(Course<'_, '_, G>) -> Result<R, DynamicError>,
) -> Result<R, DynamicError> {
    with_moments(game, structure, route, |moments| match first_movers(structure, moments)? {
        None => work(Course::Nash(Nash::new(moments, discounts, start))),
        Some(leaders) => {
            let led = Led::new(game, Roles::new(leaders, discounts), start);
            let reaction = Reaction::of(&led, structure)?;
            work(Course::Leading(Leading::new(&led, reaction.follow(), discounts), &led.roles))
        }
    })
}

/// Who commits before the others, if anybody does.
fn first_movers<G: DifferentialGame>(
    structure: &Structure<G::Player>,
    moments: &Moments<'_, G>,
) -> Result<Option<Vec<usize>>, DynamicError> {
    let turns = moments.turns();
    let opening = turns.iter().map(|turn| turn.stage).min();
    let (first, later): (Vec<_>, Vec<_>) = turns.iter().partition(|turn| Some(turn.stage) == opening);
    let at_once = later.windows(2).all(|pair| pair[0].stage == pair[1].stage);
    match first[..] {
        _ if later.is_empty() => Ok(None),
        [leader] if at_once && later.iter().all(|turn| turn.coalition != leader.coalition) => {
            Ok(Some(leader.coalition.clone()))
        }
        _ => Err(DynamicError::NoCommitment { structure: structure.name().to_owned() }),
    }
}

/// An open-loop equilibrium: everybody commits, at the start, to a course of decisions up to the horizon, or for ever.
#[derive(Clone, Debug)]
pub struct OpenLoop<'g, G: DifferentialGame> {
    game: &'g G,
    structure: Structure<G::Player>,
    settings: MaximumPrinciple,
    frame: Frame<G::Player>,
    /// Where one coalition committed first, and not everybody at once.
    promises: Option<Promises>,
    path: Path,
    end: End,
    payoffs: Vec<f64>,
    report: Report,
}

/// What a leader committed to.
#[derive(Clone, Debug)]
struct Promises {
    /// The leading coalition's members, as positions among the players.
    leaders: Vec<usize>,
    /// Whether it would keep them.
    kept: bool,
}

/// A game at one time of an open-loop equilibrium.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// The time.
    pub time: f64,
    /// The state.
    pub state: Vec<f64>,
    /// What a unit more of each state is worth to each player at this time: the first player's states first. To a coalition
    /// that leads, as a whole: its first member has the worth to all of them.
    pub costates: Vec<f64>,
    /// What it is worth to the leader that a player values each state by a unit more: the first player's states first. 0
    /// where nobody leads, and at the start.
    pub multipliers: Vec<f64>,
    /// What everybody decides, in the order of the game's decisions.
    pub decisions: Vec<f64>,
}

impl<'g, G: DifferentialGame> OpenLoop<'g, G> {
    /// The open-loop equilibrium when everybody commits at time 0 to a course of decisions up to `horizon`.
    ///
    /// By the maximum principle: at every moment the decisions are the equilibrium of the [`Stage`](super::Stage), and each player's
    /// costates move as
    ///
    /// ```math
    /// \dot\lambda_i=\rho_i\lambda_i-\frac{\partial}{\partial s}\Bigl[f_i(s,x)+\lambda_i\cdot g(s,x)\Bigr]_{x\text{ held}},
    /// \qquad\lambda_i(T)=\nabla\Phi_i(s_T):
    /// ```
    ///
    /// everybody takes the others' decisions as functions of time, which do not answer to the state.
    ///
    /// Where one coalition leads it commits first, to all of its course, and the followers commit in reply to it
    /// (open-loop Stackelberg). The leader plans with the followers' costates as further states: it maximises
    ///
    /// ```math
    /// \mathcal H=f_L+\psi\cdot g+\sum_i\mu_i\cdot\dot\lambda_i,\qquad\dot\mu_i=\rho_L\mu_i-\frac{\partial\mathcal H}{\partial\lambda_i},
    /// \qquad\mu_i(0)=0,
    /// ```
    ///
    /// and keeps promises that it would rather break later: see [`OpenLoop::is_time_consistent`].
    ///
    /// # Without end
    ///
    /// Where `horizon` is `f64::INFINITY` the course is the one that leads to rest: to a point at which states and costates
    /// (and, under a leader, its prices) stand still, and around which exactly as many directions decay as unknowns are given
    /// at the start. There is then one course that leads there from the states close by. It is solved up to a time at which it is
    /// at rest up to the tolerance, and payoffs include all that comes later. Salvage values are never paid. Rest points
    /// are sought from the initial state, and where no course leads to the one found, from three others in the range of the
    /// states; where there are several, the equilibrium found is one of several.
    ///
    /// A decision at a bound is held there: where [`bounds_at_state`](DifferentialGame::bounds_at_state) move with the state,
    /// what moving such a bound is worth is not in the costates of its owner. The conditions are necessary ones; they are
    /// sufficient where the maximised Hamiltonians are concave in the state.
    ///
    /// ```
    /// use coopad::dynamic::{DifferentialGame, OpenLoop, State};
    /// use coopad::prelude::*;
    ///
    /// /// A firm builds goodwill by advertising.
    /// struct Goodwill;
    ///
    /// impl Game for Goodwill {
    ///     type Player = &'static str;
    ///     fn players(&self) -> Vec<&'static str> { vec!["firm"] }
    ///     fn decisions(&self) -> Vec<Decision<&'static str>> { vec![Decision::new("advertising", "firm")] }
    /// }
    /// impl DifferentialGame for Goodwill {
    ///     fn states(&self) -> Vec<State> { vec![State::new("goodwill", 0.0, 10.0)] }
    ///     fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) { out[0] = x[0] - s[0] * 0.2; }
    ///     fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) { out[0] = s[0] * 2.0 - x[0].square() * 0.5; }
    ///     fn discount(&self, _: &'static str) -> f64 { 0.1 }
    /// }
    ///
    /// // Five years are left: a unit of goodwill earns 2 a year, less what is lost to decay and discounting.
    /// let plan = OpenLoop::solve(&Goodwill, &Structure::simultaneous(), 5.0)?;
    /// let worth = 2.0 / 0.3 * (1.0 - (-0.3_f64 * 5.0).exp());
    /// assert!((plan.at(0.0)?.decisions[0] - worth).abs() < 1e-9);
    ///
    /// // For ever: the costate stands still at 2 / 0.3, and goodwill tends to what that pays for.
    /// let plan = OpenLoop::solve(&Goodwill, &Structure::simultaneous(), f64::INFINITY)?;
    /// let rest = plan.at(f64::INFINITY)?;
    /// assert!((rest.state[0] - 2.0 / 0.3 / 0.2).abs() < 1e-9);
    /// assert!((plan.eigenvalues()[0][0] - 0.3).abs() < 1e-9 && (plan.eigenvalues()[1][0] + 0.2).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a horizon that is not positive, or that is infinite where somebody does not discount,
    /// [`DynamicError::NoCommitment`] for a structure of more than two stages, or with a first stage that several decide,
    /// [`DynamicError::Stage`] where the game of the moment has no equilibrium, [`DynamicError::NoPath`] where the
    /// equations have no solution that can be followed from short horizons to this one. For a game that never ends,
    /// [`DynamicError::NoRest`] where no point of rest was found, [`DynamicError::NoSaddle`] where other than as many
    /// directions decay there as must.
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

    /// The end of the game; infinite where it never ends.
    pub fn horizon(&self) -> f64 {
        match &self.end {
            End::At(horizon) => *horizon,
            End::Rest(_) => f64::INFINITY,
        }
    }

    /// How small departures from the point of rest grow, where the game never ends: the eigenvalues of the equations of
    /// states and costates there, real and imaginary parts, a unit of time, the largest growth first. As many decay as
    /// unknowns are given at the start; the slowest of them says how long the way to rest takes. Empty where the game ends.
    pub fn eigenvalues(&self) -> &[[f64; 2]] {
        match &self.end {
            End::At(_) => &[],
            End::Rest(rest) => &rest.eigenvalues,
        }
    }

    /// All unknowns at a time.
    fn unknowns(&self, time: f64) -> Vec<f64> {
        match &self.end {
            End::Rest(rest) if time > self.path.horizon() => rest.y.clone(),
            _ => self.path.at(time),
        }
    }

    /// States, costates and decisions at a time; at `f64::INFINITY`, where the game never ends, those at rest.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a time outside of the game.
    pub fn at(&self, time: f64) -> Result<Instant, DynamicError> {
        let horizon = self.horizon();
        if !(0.0..=horizon).contains(&time) {
            return Err(DynamicError::out_of_range("the time", time, format!("between 0 and {horizon}")));
        }
        let y = self.unknowns(time);
        let states = self.frame.states.len();
        let discounts = &self.frame.discounts;
        let all = states * discounts.len();
        let (route, start) = (self.settings.route, &y[..states]);
        with_course(self.game, &self.structure, route, discounts, start, |course| match course {
            Course::Nash(mut nash) => {
                let decisions = nash.decisions(&y)?;
                let (state, costates) = (y[..states].to_vec(), y[states..].to_vec());
                Ok(Instant { time, state, costates, multipliers: vec![0.0; all], decisions })
            }
            Course::Leading(mut leading, roles) => {
                let decisions = leading.decisions(&y)?;
                let [state, prices, worths, own] = leading.parts(&y);
                let (mut costates, mut multipliers) = (vec![0.0; all], vec![0.0; all]);
                for (at, seat) in roles.followers.iter().enumerate() {
                    let (from, to) = (at * states..(at + 1) * states, seat.player * states);
                    costates[to..to + states].copy_from_slice(&worths[from.clone()]);
                    multipliers[to..to + states].copy_from_slice(&prices[from]);
                }
                if let Some(first) = roles.leaders.first() {
                    costates[first * states..(first + 1) * states].copy_from_slice(own);
                }
                Ok(Instant { time, state: state.to_vec(), costates, multipliers, decisions })
            }
        })
    }

    /// What everybody decides at the start, with what everybody gets over the whole game.
    ///
    /// # Errors
    ///
    /// As [`OpenLoop::at`].
    pub fn opening(&self) -> Result<Solution<G::Player>, DynamicError> {
        Ok(Solution {
            structure: self.structure.clone(),
            players: self.frame.players.clone(),
            decisions: self.game.decisions(),
            profile: self.at(0.0)?.decisions,
            payoffs: self.payoffs.clone(),
            report: self.report.clone(),
        })
    }

    /// Whether planning afresh later on would change nothing. For an open-loop Nash equilibrium this is always so. For a
    /// leader's plan it is where the [multipliers](Instant::multipliers) vanish or move nothing: where what followers expect
    /// of the future does not matter to the leader, or the leader cannot change it.
    pub fn is_time_consistent(&self) -> bool {
        self.promises.as_ref().is_none_or(|promises| promises.kept)
    }

    /// What the leader would gain by breaking its word at a time, in payoff from then on, valued at that time: the
    /// followers are surprised, and all of them plan afresh for the rest of the game. 0 where nobody leads.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a time that is not before the end, and as [`OpenLoop::solve`] for the rest of the
    /// game.
    pub fn temptation(&self, time: f64) -> Result<f64, DynamicError> {
        let horizon = self.horizon();
        if !(0.0..horizon).contains(&time) {
            let allowed = format!("at least 0 and before {horizon}");
            return Err(DynamicError::out_of_range("the time", time, allowed));
        }
        let Some(promises) = &self.promises else { return Ok(0.0) };
        let y = self.unknowns(time);
        let (start, left) = (&y[..self.frame.states.len()], horizon - time);
        let kept = self.remaining(&[time])?.concat();
        let afresh = self.settings.from(self.game, &self.structure, self.frame.clone(), start, left)?;
        Ok(promises.leaders.iter().map(|&leader| afresh.payoffs[leader] - kept[leader]).sum())
    }

    /// What everybody still gets from each of these times on, valued then.
    fn remaining(&self, times: &[f64]) -> Result<Vec<Vec<f64>>, DynamicError> {
        let (states, discounts, path, end) =
            (self.frame.states.len(), &self.frame.discounts, &self.path, &self.end);
        let start = self.frame.initial();
        let each = |flow: Flow<'_>| {
            let from = |time: &f64| {
                payoffs(self.game, discounts, states, path, end, time.min(path.horizon()), &mut *flow)
            };
            times.iter().map(from).collect()
        };
        with_course(self.game, &self.structure, self.settings.route, discounts, &start, |course| match course
        {
            Course::Nash(mut nash) => each(&mut |y, out| nash.flow(y, out)),
            Course::Leading(mut leading, _) => each(&mut |y, out| leading.flow(y, out)),
        })
    }

    /// The game at `count` times, evenly spread from the start to `horizon`, both ends included; at least two.
    ///
    /// # Errors
    ///
    /// [`DynamicError::Parameter`] for a horizon that is not positive and finite, or beyond the end of the game;
    /// [`DynamicError::Stage`] where the game of the moment cannot be solved.
    pub fn points(&self, horizon: f64, count: usize) -> Result<Vec<PathPoint>, DynamicError> {
        if !(horizon > 0.0 && horizon.is_finite() && horizon <= self.horizon()) {
            let allowed = format!("positive, finite and at most {}", self.horizon());
            return Err(DynamicError::out_of_range("the horizon", horizon, allowed));
        }
        let last = count.max(2) - 1;
        let times: Vec<f64> = (0..=last).map(|k| horizon * k as f64 / last as f64).collect();
        let remaining = self.remaining(&times)?;
        let point = |(&time, remaining): (&f64, Vec<f64>)| {
            let Instant { state, decisions, .. } = self.at(time)?;
            let mut flows = vec![0.0; self.payoffs.len()];
            self.game.flow(&state, &decisions, &mut flows);
            let all = self.payoffs.iter().zip(remaining).zip(&self.frame.discounts);
            let payoffs = all.map(|((whole, left), rho)| whole - (-rho * time).exp() * left).collect();
            Ok(PathPoint { time, state, decisions, flows, payoffs })
        };
        times.iter().zip(remaining).map(point).collect()
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
