//! The equilibrium of the moment at one state after another: what every solver in time asks for again and again.

use super::error::DynamicError;
use super::game::DifferentialGame;
use super::stage::{Stage, hamiltonians};
use crate::error::SolveError;
use crate::player::Player;
use crate::dual::Dual;
use crate::level::D1;
use crate::scalar::Scalar;
use crate::solve::{Follower, Memory, Reaction, Turn};
use crate::structure::Structure;

/// By which way the game of the moment is solved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// By the game's formula where it has one, by the engine elsewhere.
    #[default]
    Auto,
    /// By the engine.
    Engine,
}

/// What solvers ask of the game of the moment, whatever the game: they are compiled once for all games.
pub(crate) trait Moment {
    /// What everybody decides at this state, when this is what it is worth to them.
    fn solve(&mut self, state: &[f64], costates: &[f64]) -> Result<&[f64], DynamicError>;
    /// Everybody's Hamiltonian there.
    fn hamiltonians(&self, out: &mut [f64]);
    /// How fast the state moves there.
    fn drift(&self, out: &mut [f64]);
    /// What everybody earns a unit of time there.
    fn flow(&self, out: &mut [f64]);
    /// How everybody's Hamiltonian moves with each costate.
    fn slopes(&mut self, out: &mut [f64]) -> Result<(), DynamicError>;
    /// Remembers the last equilibrium.
    fn keep(&self, memory: &mut Memory);
    /// Starts from a remembered equilibrium.
    fn recall(&mut self, memory: &Memory);
    /// `½σ²` of each state.
    fn noise(&self, state: &[f64]) -> Vec<f64>;
    /// What everybody earns a unit of time if all decide as usual.
    fn usual_flow(&self, state: &[f64], out: &mut [f64]);
    /// What everybody gets when the game ends.
    fn salvage(&self, state: &[f64], out: &mut [f64]);
    /// Each decision's name, and whether it rests at a bound.
    fn resting(&self) -> Vec<(String, bool)>;
}

/// Solves the game of the moment at states and costates that follow each other closely.
pub(crate) struct Moments<'r, G: DifferentialGame> {
    pub(crate) game: &'r G,
    structure: &'r Structure<G::Player>,
    follower: Follower<'r>,
    /// Whether the game has a formula.
    pub(crate) formula: bool,
    pub(crate) players: usize,
    pub(crate) states: usize,
    /// The state, then the costates.
    given: Vec<f64>,
    x: Vec<f64>,
    moved: Vec<D1>,
    moved_x: Vec<D1>,
    payoffs: Vec<D1>,
}

/// Makes the game of the moment ready for `work` to solve it many times.
pub(crate) fn with_moments<G: DifferentialGame, R>(
    game: &G,
    structure: &Structure<G::Player>,
    route: Route,
    work: impl FnOnce(&mut Moments<'_, G>) -> Result<R, DynamicError>,
) -> Result<R, DynamicError> {
    let stage = Stage::at_start(game)?;
    let reaction = Reaction::of(&stage, structure)?;
    work(&mut Moments::new(game, structure, &reaction, route))
}

impl<'r, G: DifferentialGame> Moments<'r, G> {
    pub(crate) fn new(
        game: &'r G,
        structure: &'r Structure<G::Player>,
        reaction: &'r Reaction,
        route: Route,
    ) -> Self {
        let start: Vec<f64> = game.states().iter().map(|state| state.initial).collect();
        let (players, states) = (game.players().len(), start.len());
        let mut x: Vec<f64> = game.decisions().iter().map(|decision| decision.neutral).collect();
        let nothing = vec![0.0; players * states];
        let formula = route == Route::Auto && game.closed_form_at(structure, &start, &nothing, &mut x);
        let zero = D1::constant(0.0);
        Moments {
            game,
            structure,
            follower: reaction.follow(),
            formula,
            players,
            states,
            given: vec![0.0; states * (1 + players)],
            moved: vec![zero; states * (1 + players)],
            moved_x: vec![zero; x.len()],
            payoffs: vec![zero; players],
            x,
        }
    }
}

impl<G: DifferentialGame> Moments<'_, G> {
    /// What everybody decides at this state, when this is what it is worth to them.
    pub(crate) fn at(&mut self, state: &[f64], costates: &[f64]) -> Result<&[f64], DynamicError> {
        self.given[..self.states].copy_from_slice(state);
        self.given[self.states..].copy_from_slice(costates);
        if self.formula {
            self.game.closed_form_at(self.structure, state, costates, &mut self.x);
            if self.x.iter().all(|decision| decision.is_finite()) {
                return Ok(&self.x);
            }
            let player = self.game.players().iter().map(|player| player.name().into_owned()).next();
            let source = SolveError::NotFinite { player: player.unwrap_or_default(), last: self.x.clone() };
            return Err(DynamicError::Stage { state: state.to_vec(), source });
        }
        match self.follower.at(&self.given) {
            Ok(x) => self.x.copy_from_slice(x),
            Err(source) => return Err(DynamicError::Stage { state: state.to_vec(), source }),
        }
        Ok(&self.x)
    }

    /// Who decides what, stage by stage.
    pub(crate) fn turns(&self) -> Vec<Turn> {
        self.follower.turns()
    }

    /// What everybody decides where [`Moments::at`] has just been, if a coalition decides otherwise at its turn: `change`
    /// says how. Whoever moves later replies to it.
    pub(crate) fn deviate(
        &mut self,
        turn: &Turn,
        mut change: impl FnMut(usize, f64) -> f64,
    ) -> Result<(), DynamicError> {
        for (number, tied) in turn.decisions.iter().enumerate() {
            let state = &self.given[..self.states];
            let Some(&first) = tied.first() else { continue };
            let bounds = self.game.bounds_at_state(state, first, &self.x);
            let to = change(number, self.x[first]).max(bounds.lower).min(bounds.upper);
            tied.iter().for_each(|&decision| self.x[decision] = to);
        }
        let replied = self.follower.after(&self.given, turn, &mut self.x);
        replied.map_err(|source| DynamicError::Stage { state: self.given[..self.states].to_vec(), source })
    }

    /// Everybody's Hamiltonian where [`Moments::at`] has just been.
    pub(crate) fn hamiltonians(&self, out: &mut [f64]) {
        let (state, costates) = self.given.split_at(self.states);
        hamiltonians(self.game, state, costates, &self.x, out);
    }

    /// What everybody decides where [`Moments::at`] has just been.
    pub(crate) fn decisions(&self) -> &[f64] {
        &self.x
    }

    /// How fast the state moves where [`Moments::at`] has just been.
    pub(crate) fn drift(&self, out: &mut [f64]) {
        self.game.drift(&self.given[..self.states], &self.x, out);
    }

    /// What everybody earns a unit of time where [`Moments::at`] has just been.
    pub(crate) fn flow(&self, out: &mut [f64]) {
        self.game.flow(&self.given[..self.states], &self.x, out);
    }

    /// How fast the state moves, then what everybody earns a unit of time, discounted from `time` to the start, where
    /// [`Moments::at`] has just been.
    pub(crate) fn accrue(&self, discounts: &[f64], time: f64, out: &mut [f64]) {
        let (drift, flows) = out.split_at_mut(self.states);
        self.drift(drift);
        self.flow(flows);
        for (flow, discount) in flows.iter_mut().zip(discounts) {
            *flow *= (-discount * time).exp();
        }
    }

    /// State and costates, then decisions, as numbers that move in a direction from where [`Moments::at`] has just been.
    pub(crate) fn along(&mut self, direction: &[f64]) -> Result<(&[D1], &[D1]), DynamicError> {
        for ((to, value), slope) in self.moved.iter_mut().zip(&self.given).zip(direction) {
            *to = Dual { value: *value, slope: *slope };
        }
        if self.formula {
            let (state, costates) = self.moved.split_at(self.states);
            self.game.closed_form_at(self.structure, state, costates, &mut self.moved_x);
            return Ok((&self.moved, &self.moved_x));
        }
        let smooth = self.follower.along(direction).map(|all| {
            let own = all.len() - self.moved_x.len();
            self.moved_x.copy_from_slice(&all[own..]);
        });
        if smooth.is_err() {
            self.difference(direction)?;
        }
        Ok((&self.moved, &self.moved_x))
    }

    /// Where the equilibrium changes regime, its slope from one side.
    fn difference(&mut self, direction: &[f64]) -> Result<(), DynamicError> {
        let (given, here) = (self.given.clone(), self.x.clone());
        let size = given.iter().zip(direction).filter(|(_, d)| **d != 0.0).map(|(g, d)| g.abs() / d.abs());
        let step = 1e-6 * size.fold(1e-3, f64::max);
        let there: Vec<f64> = given.iter().zip(direction).map(|(g, d)| g + step * d).collect();
        let (state, costates) = there.split_at(self.states);
        self.at(state, costates)?;
        for ((to, here), there) in self.moved_x.iter_mut().zip(&here).zip(&self.x) {
            *to = Dual { value: *here, slope: (there - here) / step };
        }
        (self.given, self.x) = (given, here);
        Ok(())
    }

    /// How everybody's Hamiltonian moves with each costate: a row a player, a column a costate.
    pub(crate) fn slopes(&mut self, out: &mut [f64]) -> Result<(), DynamicError> {
        let columns = self.players * self.states;
        let mut direction = vec![0.0; self.given.len()];
        for column in 0..columns {
            direction[self.states + column] = 1.0;
            self.along(&direction)?;
            direction[self.states + column] = 0.0;
            let (state, costates) = self.moved.split_at(self.states);
            hamiltonians(self.game, state, costates, &self.moved_x, &mut self.payoffs);
            for (row, payoff) in self.payoffs.iter().enumerate() {
                out[row * columns + column] = payoff.slope;
            }
        }
        Ok(())
    }
}

impl<G: DifferentialGame> Moment for Moments<'_, G> {
    fn solve(&mut self, state: &[f64], costates: &[f64]) -> Result<&[f64], DynamicError> {
        self.at(state, costates)
    }

    fn hamiltonians(&self, out: &mut [f64]) {
        Moments::hamiltonians(self, out);
    }

    fn drift(&self, out: &mut [f64]) {
        Moments::drift(self, out);
    }

    fn flow(&self, out: &mut [f64]) {
        Moments::flow(self, out);
    }

    fn slopes(&mut self, out: &mut [f64]) -> Result<(), DynamicError> {
        Moments::slopes(self, out)
    }

    fn keep(&self, memory: &mut Memory) {
        if !self.formula {
            self.follower.keep(memory);
        }
    }

    fn recall(&mut self, memory: &Memory) {
        self.follower.recall(memory);
    }

    fn noise(&self, state: &[f64]) -> Vec<f64> {
        noise(self.game, state)
    }

    fn usual_flow(&self, state: &[f64], out: &mut [f64]) {
        let decisions = self.game.decisions();
        let usual: Vec<f64> = decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
        self.game.flow(state, &usual, out);
    }

    fn salvage(&self, state: &[f64], out: &mut [f64]) {
        self.game.salvage(state, out);
    }

    fn resting(&self) -> Vec<(String, bool)> {
        let at_bound = |(decision, &x): (usize, &f64)| {
            let bounds = self.game.bounds_at_state(&self.given[..self.states], decision, &self.x);
            x <= bounds.lower || x >= bounds.upper
        };
        let names = self.game.decisions().into_iter().map(|decision| decision.name.into_owned());
        names.zip(self.x.iter().enumerate().map(at_bound)).collect()
    }
}

/// `½σ²` of each state.
pub(crate) fn noise<G: DifferentialGame>(game: &G, state: &[f64]) -> Vec<f64> {
    let mut strength = vec![0.0; state.len()];
    game.diffusion(state, &mut strength);
    strength.iter().map(|s| 0.5 * s * s).collect()
}
