//! Prepared once, solved many times.

use std::sync::Arc;

use super::board::Board;
use super::found::{Found, assemble_at, finish, run};
use super::induction::Engine;
use super::plan::Plan;
use super::rules;
use super::settings::Settings;
use crate::equilibrium::{Method, Solution};
use crate::error::SolveError;
use crate::formula::{Formula, FormulaError};
use crate::game::{Decision, StaticGame};
use crate::player::Player;
use crate::recorded::{Recorded, by_seat, values};
use crate::structure::Structure;

/// Points that follow one another in [`Prepared::solve_many`], each from where the last was found. A block starts anew, so that
/// results do not depend on who solves which block.
const BLOCK: usize = 64;

/// A game under one structure, made ready to be solved at any parameters: its formulas and their derivatives are there.
///
/// [`Solve::prepare`](crate::Solve::prepare) makes it. A closed form is used where it is a straight formula
/// ([`StaticGame::closed_form_at`]); where it is a function alone, the engine is used.
///
/// ```
/// use coopad::models::{Channel, HuangLi, Model};
/// use coopad::prelude::*;
///
/// let channel = HuangLi::example();
/// let led = channel.prepare(&Structure::leader(Channel::Manufacturer))?;
/// let mut parameters: Vec<f64> = channel.arguments().into_iter().map(|(_, value)| value).collect();
/// parameters[5] = 9.0; // the retailer's margin
/// let found = led.solve_at(&parameters)?;
/// // t = 1 − 1/(κ − γ) with κ = 20/9 and γ = 0.6.
/// assert!((found[HuangLi::PARTICIPATION] - (1.0 - 1.0 / (20.0 / 9.0 - 0.6))).abs() < 1e-12);
/// # Ok::<(), coopad::SolveError>(())
/// ```
#[derive(Debug)]
pub struct Prepared<P> {
    game: Recorded,
    structure: Structure<P>,
    players: Vec<P>,
    decisions: Vec<Decision<P>>,
    plan: Plan,
    board: Arc<Board>,
    /// The equilibrium as a formula of the parameters, where the game knows one.
    formula: Option<Formula>,
    settings: Settings,
}

impl<P: Player> Prepared<P> {
    pub(super) fn new<G: StaticGame<Player = P>>(
        game: &G,
        structure: &Structure<P>,
    ) -> Result<Self, SolveError> {
        let recorded = game.record()?;
        let (players, decisions) = (game.players(), game.decisions());
        let rules = by_seat(structure, &players, &recorded.players)?;
        let plan = Plan::new(&recorded, &rules, false)?;
        let board = match &recorded.formulas.kept {
            None => Arc::new(Board::new(&recorded, &plan)?.lasting()),
            Some(_) => Board::of(&recorded, &rules, &plan)?,
        };
        let mut known = false;
        let names = recorded.parameters.iter().map(|(name, _)| name.clone());
        let formula = Formula::record(names, |p| {
            let profile = game.closed_form_at(p, structure);
            known = profile.is_some();
            profile.unwrap_or_default()
        });
        let formula = formula.ok().filter(|_| known);
        let settings = Settings::default();
        Ok(Prepared {
            game: recorded,
            structure: structure.clone(),
            players,
            decisions,
            plan,
            board,
            formula,
            settings,
        })
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The game as data.
    pub fn game(&self) -> &Recorded {
        &self.game
    }

    /// The equilibrium as a formula of the parameters, where the game knows a straight one.
    pub fn closed_form(&self) -> Option<&Formula> {
        self.formula.as_ref()
    }

    /// The equilibrium at the game's own parameters.
    ///
    /// # Errors
    ///
    /// As [`Solve::solve`](crate::Solve::solve).
    pub fn solve(&self) -> Result<Solution<P>, SolveError> {
        self.solve_at(&values(&self.game.parameters))
    }

    /// The equilibrium at these values of the game's [arguments](crate::Game::arguments).
    ///
    /// # Errors
    ///
    /// As [`Solve::solve`](crate::Solve::solve), and [`SolveError::Record`] for the wrong number of values.
    pub fn solve_at(&self, parameters: &[f64]) -> Result<Solution<P>, SolveError> {
        self.solved(&mut self.engine(), parameters, None)
    }

    /// The same, the search starting from the profile `start`: quicker where it is near, and where there are several
    /// equilibria the one near it. The engine is used even where a closed form is known.
    ///
    /// # Errors
    ///
    /// As [`Prepared::solve_at`], and [`StructureError::ProfileLength`](crate::StructureError::ProfileLength).
    pub fn solve_from(&self, parameters: &[f64], start: &[f64]) -> Result<Solution<P>, SolveError> {
        self.solved(&mut self.engine(), parameters, Some(start))
    }

    /// The equilibria at many points: each entry of `points` holds the values of all arguments, and each row of the result
    /// has its own error. Points are solved in blocks of 64, each point of a block from where the last was found; threads
    /// share the blocks, and their number changes no bit.
    pub fn solve_many(&self, points: &[Vec<f64>]) -> Vec<Result<Solution<P>, SolveError>>
    where
        P: Send + Sync,
    {
        let blocks: Vec<&[Vec<f64>]> = points.chunks(BLOCK).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(blocks.len());
        let share = |thread: usize| -> Vec<(usize, Vec<_>)> {
            let own = blocks.iter().enumerate().skip(thread).step_by(threads.max(1));
            own.map(|(at, block)| (at, self.block(block))).collect()
        };
        let mut rows: Vec<Vec<_>> = (0..blocks.len()).map(|_| Vec::new()).collect();
        let mut place =
            |found: Vec<(usize, Vec<_>)>| found.into_iter().for_each(|(at, block)| rows[at] = block);
        if threads < 2 {
            place(share(0));
        } else {
            std::thread::scope(|scope| {
                let all: Vec<_> = (0..threads).map(|thread| scope.spawn(move || share(thread))).collect();
                // A thread that panicked leaves its rows empty; none does, since solving does not panic.
                all.into_iter().filter_map(|thread| thread.join().ok()).for_each(&mut place);
            });
        }
        rows.into_iter().flatten().collect()
    }

    fn block(&self, points: &[Vec<f64>]) -> Vec<Result<Solution<P>, SolveError>> {
        let mut engine = self.engine();
        points.iter().map(|point| self.solved(&mut engine, point, None)).collect()
    }

    fn engine(&self) -> Engine<'_> {
        let mut engine = Engine::new(&self.board, &self.plan);
        engine.settings = self.settings;
        engine
    }

    fn solved(
        &self,
        engine: &mut Engine<'_>,
        parameters: &[f64],
        start: Option<&[f64]>,
    ) -> Result<Solution<P>, SolveError> {
        let (given, needed) = (parameters.len(), self.plan.given);
        if given != needed {
            return Err(FormulaError::Count { what: "parameters", given, needed }.into());
        }
        self.settings.checked()?;
        let found = match &self.formula {
            Some(formula) if self.settings.closed_form && start.is_none() => {
                let profile = formula.written(parameters);
                let found = assemble_at(&self.game, parameters, profile, Method::ClosedForm)?;
                let x = [parameters, &found.profile].concat();
                rules::kept(&self.game, &self.plan, &self.structure, &x)?;
                found
            }
            _ => self.searched(engine, parameters, start)?,
        };
        let Found { profile, payoffs, report } = found;
        Ok(Solution {
            structure: self.structure.clone(),
            players: self.players.clone(),
            decisions: self.decisions.clone(),
            profile,
            payoffs,
            report,
        })
    }

    fn searched(
        &self,
        engine: &mut Engine<'_>,
        parameters: &[f64],
        start: Option<&[f64]>,
    ) -> Result<Found, SolveError> {
        let mut x = self.plan.profile.clone();
        x[..parameters.len()].copy_from_slice(parameters);
        self.plan.settle_neutral(&self.game, &mut x);
        if let Some(start) = start {
            super::found::fits(start, &self.game)?;
            self.plan.place(start, &mut x);
        }
        let outcome = run(engine, &mut x, start.is_some());
        finish(engine, &self.game, outcome, x)
    }
}
