//! Solving static games: closed form where there is one, the engine elsewhere.

pub(crate) mod bargaining;
mod certificate;
mod chart;
mod induction;
pub(crate) mod linear;
mod local;
pub(crate) mod nature;
mod plan;
mod reaction;
pub(crate) mod rules;
mod search;
mod stage;

pub use bargaining::{Bargain, Rule, Surplus, Utility, cara_split, power_split};
pub(crate) use plan::{Row, on_stack};
pub(crate) use reaction::{Follower, Memory, Reaction, Turn};

use induction::{Engine, Failure, Reply};
use plan::{Cast, Plan};
use rules::{Domain, Rules};

use crate::equilibrium::{Caveat, Deviation, Method, Report, Side, Solution, Verified};
use crate::error::{SolveError, StructureError};
use crate::game::{Decision, StaticGame};
use crate::player::Player;
use crate::structure::Structure;

/// The most variables of a later stage through which the residual of a closed form is differentiated: a dense system
/// of them is factored, each of whose entries evaluates all payoffs.
const DIFFERENTIATED: usize = 50;

/// What every static game can do.
pub trait Solve: StaticGame + Sized {
    /// The equilibrium under `structure`: by the model's closed form where it has one, by the engine elsewhere.
    ///
    /// # Errors
    ///
    /// A [`SolveError`] that says what failed, with the last profile reached. Nothing that did not converge is
    /// returned as a solution.
    fn solve(&self, structure: &Structure<Self::Player>) -> Result<Solution<Self::Player>, SolveError> {
        match self.closed_form(structure) {
            Some(profile) => assemble(self, structure, Cast::of(self), profile?, Method::ClosedForm),
            None => self.solve_numerically(structure),
        }
    }

    /// The equilibrium under `structure` by the closed form only.
    ///
    /// # Errors
    ///
    /// [`SolveError::NoClosedForm`] where the model knows none.
    fn solve_in_closed_form(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        let none = || SolveError::NoClosedForm { structure: structure.name().to_owned() };
        let profile = self.closed_form(structure).ok_or_else(none)??;
        assemble(self, structure, Cast::of(self), profile, Method::ClosedForm)
    }

    /// The equilibrium under `structure` by the engine, whatever closed form there may be.
    ///
    /// # Errors
    ///
    /// As [`Solve::solve`].
    fn solve_numerically(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        let cast = Cast::of(self);
        let mut plan = Plan::new(self, &cast, structure)?;
        let mut x = std::mem::take(&mut plan.profile);
        let mut engine = Engine::new(self, &plan);
        if let Err(failure) = run(&mut engine, &mut x) {
            return Err(explain(&engine, &cast, failure, x));
        }
        let (iterations, at_kink, replies) = (engine.iterations, engine.at_kink, engine.replies);
        let binding = binding(&plan, &replies);
        let mut solution = assemble(self, structure, cast, x, Method::Engine)?;
        let report = &mut solution.report;
        (report.iterations, report.at_kink, report.binding) = (iterations, at_kink, binding);
        report.residual = Some(replies.iter().fold(0.0, |worst: f64, r| worst.max(r.residual)));
        Ok(solution)
    }

    /// A profile of the caller's own, put forward as the equilibrium under `structure`; [`Solution::verify`] tells
    /// whether it is one.
    ///
    /// # Errors
    ///
    /// When the profile has the wrong length or its payoffs are not finite.
    fn propose(
        &self,
        structure: &Structure<Self::Player>,
        profile: Vec<f64>,
    ) -> Result<Solution<Self::Player>, SolveError> {
        assemble(self, structure, Cast::of(self), profile, Method::Proposed)
    }
}

impl<G: StaticGame> Solve for G {}

impl<P: Player> Solution<P> {
    /// Searches, without derivatives, for a coalition that would gain by deviating at its stage, later stages
    /// replying, and returns the solution with what the search found.
    ///
    /// # Errors
    ///
    /// [`SolveError::Refuted`] when somebody gains more than a millionth of the payoffs' size, and ten times what
    /// rounding can feign.
    pub fn verify<G: StaticGame<Player = P>>(self, game: &G) -> Result<Verified<P>, SolveError> {
        let cast = Cast::of(game);
        let plan = Plan::new(game, &cast, &self.structure)?;
        fits(&self.profile, &cast.decisions)?;
        let certificate = certificate::certify(game, &plan, &cast.players, &self.profile);
        let scale = self.payoffs.iter().fold(0.0, |s: f64, p| s.max(p.abs()));
        let counts = |d: &&Deviation<P>| d.gain > 1e-6 * scale + 10.0 * d.resolution;
        if let Some(worst) = certificate.deviations.iter().find(counts) {
            return Err(SolveError::Refuted {
                player: names(&worst.coalition),
                gain: worst.gain,
                deviation: worst.profile.clone(),
            });
        }
        let mut solution = self;
        if solution.report.residual.is_none() && plan.stages.iter().skip(1).all(|s| s.len() <= DIFFERENTIATED)
        {
            // Where the engine can differentiate the profile.
            solution.report.residual = Engine::new(game, &plan).residual(&solution.profile).ok();
        }
        Ok(Verified { solution, certificate })
    }
}

/// Solves the first stage, and checks that the later replies hold globally.
fn run(engine: &mut Engine<'_>, x: &mut [f64]) -> Result<(), Failure> {
    engine.reply(0, x)?;
    if !engine.replies_stand(x)? {
        engine.careful = true;
        engine.replies.iter_mut().for_each(|reply| reply.known = false);
        engine.reply(0, x)?;
    }
    Ok(())
}

/// The decisions that rest on a bound, in their order.
fn binding(plan: &Plan, replies: &[Reply]) -> Vec<(usize, Side)> {
    let mut binding = Vec::new();
    for (variables, reply) in plan.stages.iter().zip(replies) {
        for (variable, &side) in variables.iter().zip(&reply.sides) {
            if side != Side::Free {
                binding.extend(variable.decisions().map(|d| (d, side)));
            }
        }
    }
    binding.sort_by_key(|(decision, _)| *decision);
    binding
}

/// Whether a profile has one entry a decision.
fn fits<P>(profile: &[f64], decisions: &[Decision<P>]) -> Result<(), StructureError> {
    let (given, needed) = (profile.len(), decisions.len());
    if given == needed { Ok(()) } else { Err(StructureError::ProfileLength { given, needed }) }
}

/// A solution from a profile: payoffs by the game's own formula, domain checked.
fn assemble<P: Player>(
    game: &dyn Rules,
    structure: &Structure<P>,
    cast: Cast<P>,
    profile: Vec<f64>,
    method: Method,
) -> Result<Solution<P>, SolveError> {
    let Cast { players, decisions } = cast;
    fits(&profile, &decisions)?;
    let mut payoffs = vec![f64::NAN; players.len()];
    game.payoffs(&profile, &mut payoffs);
    if let Some(seat) = payoffs.iter().position(|p| !p.is_finite()) {
        let player = players.get(seat).map_or_else(String::new, |p| p.name().into_owned());
        return Err(SolveError::NotFinite { player, last: profile });
    }
    let mut caveats = Vec::new();
    match game.domain_of(&profile) {
        Domain::Inside => {}
        Domain::Doubtful { quantity, value } => caveats.push(Caveat { quantity, value }),
        Domain::Outside { quantity, value } => {
            return Err(SolveError::OutsideDomain { quantity: quantity.into_owned(), value, last: profile });
        }
    }
    let report =
        Report { method, iterations: 0, residual: None, binding: Vec::new(), at_kink: false, caveats };
    Ok(Solution { structure: structure.clone(), players, decisions, profile, payoffs, report })
}

/// The engine's failure in the game's own words.
fn explain<P: Player>(engine: &Engine<'_>, cast: &Cast<P>, failure: Failure, last: Vec<f64>) -> SolveError {
    let plan = engine.plan;
    let decision = |stage: usize, variable: usize| {
        let number = plan.stages[stage][variable].decision;
        cast.decisions[number].name.clone().into_owned()
    };
    let coalition = |coalition: usize| {
        let members: Vec<_> = plan.coalitions[coalition].iter().map(|&p| cast.players[p]).collect();
        names(&members)
    };
    match failure {
        Failure::NotConverged { stage, residual } => {
            SolveError::NotConverged { stage: stage + 1, last, residual, iterations: engine.iterations }
        }
        Failure::Unbounded { stage, variable, value } => {
            let player = coalition(plan.stages[stage][variable].coalition);
            SolveError::Unbounded { player, decision: decision(stage, variable), value, last }
        }
        Failure::NoEquilibrium { coalition: who, gain } => {
            SolveError::NoEquilibrium { player: coalition(who), gain, last }
        }
        Failure::EmptyBounds { stage, variable, lower, upper } => {
            SolveError::EmptyBounds { decision: decision(stage, variable), lower, upper }
        }
        Failure::NotFinite { player } => {
            SolveError::NotFinite { player: cast.players[player].name().into_owned(), last }
        }
        Failure::Kink { stage } => SolveError::Kink { stage: stage + 1, last },
    }
}

/// Several players in one phrase.
fn names<P: Player>(players: &[P]) -> String {
    let names: Vec<_> = players.iter().map(|p| p.name()).collect();
    names.join(" and ")
}
