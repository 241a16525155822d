//! What the engine finds, and what becomes of a failure: in numbers and names, whatever the game's own type.

use super::board::{Board, failing};
use super::certificate;
use super::constraints::{KEPT, Rule};
use super::everywhere::Everywhere;
use super::induction::{Engine, Failure};
use super::plan::{Plan, Variable};
use super::rules;
use super::search::AWAY;
use crate::equilibrium::{Caveat, Certificate, Deviation, Limit, Method, Report, Side, Solution};
use crate::error::{SolveError, StructureError};
use crate::formula::Made;
use crate::game::{ConditionKind, Decision};
use crate::player::Player;
use crate::recorded::{Constrained, Recorded, Seat, values};
use crate::structure::Structure;

/// The most variables of a later stage through which the residual of a closed form is differentiated: a dense system
/// of them is factored, each of whose entries evaluates all payoffs.
const DIFFERENTIATED: usize = 50;

/// Variables of a stage above which an equilibrium is taken as the engine has it: to look along each would take as long as to
/// find it.
const LOOKED_AT: usize = 50;
/// Profiles that may be looked at on the way to one equilibrium: some tenths of a second of work. A game with one reply that jumps
/// takes a hundredth of that.
const LOOKS: usize = 10_000_000;

/// How often a search goes on from what refutes it.
const REFUTED: usize = 3;
/// A profile with what it gives everybody.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) profile: Vec<f64>,
    pub(crate) payoffs: Vec<f64>,
    pub(crate) report: Report,
}

impl Found {
    /// The same in the words of the caller's own game.
    pub(crate) fn told<P>(
        self,
        structure: Structure<P>,
        players: Vec<P>,
        decisions: Vec<Decision<P>>,
    ) -> Solution<P> {
        let Found { profile, payoffs, report } = self;
        Solution { structure, players, decisions, profile, payoffs, report }
    }
}

/// The equilibrium of a game by the engine.
pub(crate) fn by_engine(game: &Recorded, structure: &Structure<Seat>) -> Result<Found, SolveError> {
    let plan = Plan::new(game, structure, false)?;
    let board = Board::of(game, structure, &plan)?;
    let mut engine = Engine::new(&board, &plan);
    let mut x = plan.profile.clone();
    let outcome = run(&mut engine, &mut x, false);
    finish(&mut engine, game, outcome, x)
}

/// What a search came to.
pub(crate) fn finish(
    engine: &mut Engine<'_>,
    game: &Recorded,
    outcome: Result<(), Failure>,
    mut x: Vec<f64>,
) -> Result<Found, SolveError> {
    let binding = binding(engine, &x);
    let continuum = outcome.is_ok() && engine.goes_on(&x);
    let profile = x.split_off(engine.plan.given);
    if let Err(failure) = outcome {
        return Err(explain(engine, game, failure, profile));
    }
    let mut found = assemble_at(game, &x, profile, Method::Engine)?;
    let report = &mut found.report;
    (report.iterations, report.at_kink) = (engine.iterations, engine.at_kink);
    report.at_jump = engine.at_jump.as_ref().map(|other| other[engine.plan.given..].to_vec());
    (report.binding, report.continuum) = (binding, continuum);
    report.limits = limits(engine, &[&x[..], &found.profile].concat());
    report.residual = Some(engine.replies.iter().fold(0.0, |worst: f64, r| worst.max(r.residual)));
    Ok(found)
}

/// Searches for somebody who gains by deviating from a profile, and differentiates it where that was not done.
pub(crate) fn certify(
    game: &Recorded,
    structure: &Structure<Seat>,
    found: &mut Found,
) -> Result<Certificate<usize>, SolveError> {
    let plan = Plan::new(game, structure, false)?;
    fits(&found.profile, game)?;
    let board = Board::of(game, structure, &plan)?;
    let mut x = plan.profile.clone();
    x[plan.given..].copy_from_slice(&found.profile);
    rules::kept(game, &plan, structure, &x)?;
    let certificate = certificate::search(&board, &plan, &x)?;
    let counts = |d: &&Deviation<usize>| gains(d, d.coalition.iter().map(|seat| found.payoffs[*seat]).sum());
    if let Some(worst) = certificate.deviations.iter().find(counts) {
        return Err(SolveError::Refuted {
            player: names(game, &worst.coalition),
            gain: worst.gain,
            deviation: worst.profile.clone(),
        });
    }
    if found.report.residual.is_none() && plan.stages.iter().skip(1).all(|s| s.len() <= DIFFERENTIATED) {
        // Where the engine can differentiate the profile.
        found.report.residual = Engine::new(&board, &plan).residual(&x).ok();
    }
    Ok(certificate)
}

/// Solves the first stage, and checks that the later replies hold globally. An engine that has found an equilibrium at other
/// parameters starts from there; where `near` is said, from `x`.
///
/// Where the formulas do not show that nothing else can be better, what the engine has found is held against everything
/// ([`Everywhere::confirm`]).
pub(crate) fn run(engine: &mut Engine<'_>, x: &mut [f64], near: bool) -> Result<(), Failure> {
    let mut outcome = follow(engine, x, near);
    engine.at_jump = None;
    if let Err(Failure::NotConverged { stage, .. }) = outcome
        && stage > 0
    {
        outcome = stops_at_a_kink(engine, stage, x).unwrap_or(outcome);
    }
    let plan = engine.plan;
    let large = plan.stages.iter().any(|stage| stage.len() > LOOKED_AT);
    // What a choice before the last stage may gain by a rule's tolerance is not told from what it gains; and of the many equilibria
    // with a shared rule, choices of each for itself lead to another than the one asked for.
    let beyond = |rule: &Rule| rule.stage + 1 < plan.stages.len() || rule.coalitions.len() > 1;
    let limited = engine.board.rules.each.iter().any(beyond);
    let nature = |stage: &[Variable]| stage.iter().any(|variable| variable.decision < plan.given);
    if plan.stages.is_empty() || large || limited || nature(&plan.stages[0]) {
        return outcome;
    }
    if outcome.is_ok() && Everywhere::new(engine, LOOKS).clear(x) {
        return outcome;
    }
    // What evidence refutes is where the search goes on.
    let mut found = Ok(());
    for _ in 0..REFUTED {
        Everywhere::new(engine, LOOKS).confirm(x, std::mem::replace(&mut outcome, Ok(())))?;
        keeps_rules(engine, x)?;
        found = refuted(engine, x);
        if found.is_ok() {
            break;
        }
    }
    found
}

/// Refuses a profile that its own certificate refutes; `x` then holds the better one.
fn refuted(engine: &Engine<'_>, x: &mut [f64]) -> Result<(), Failure> {
    let (board, plan) = (engine.board, engine.plan);
    let Ok(certificate) = certificate::search(board, plan, x) else { return Ok(()) };
    let mut payoffs = vec![0.0; plan.coalitions.len()];
    board.payoffs(&*x, &mut payoffs);
    for (coalition, has) in payoffs.into_iter().enumerate() {
        let own = certificate.deviations.iter().filter(|d| d.coalition[..] == plan.coalitions[coalition][..]);
        if let Some(better) = own.into_iter().find(|deviation| gains(deviation, has)) {
            x[plan.given..].copy_from_slice(&better.profile);
            return Err(Failure::NoEquilibrium { coalition, gain: better.gain });
        }
    }
    Ok(())
}

/// Whether a deviation's gain counts by the size of what those have who make it.
fn gains(deviation: &Deviation<usize>, has: f64) -> bool {
    deviation.gain > 1e-6 * has.abs().max((has + deviation.gain).abs()) + 10.0 * deviation.resolution
}

/// Refuses a profile that breaks a rule: where a rival leaves nothing of somebody's range, what is best there is no equilibrium.
fn keeps_rules(engine: &Engine<'_>, x: &[f64]) -> Result<(), Failure> {
    let Some(formula) = &engine.board.rules.formula else { return Ok(()) };
    let broken =
        engine.board.rules.each.iter().zip(formula.made(x)).find(|(_, made)| !keeps_but_for_rounding(made));
    broken.map_or(Ok(()), |(rule, made)| {
        Err(Failure::NotConverged { stage: rule.stage, residual: -made.value / made.size })
    })
}

/// Whether a quantity that must not be negative is not, but for rounding. (What is no number is not kept.)
fn keeps_but_for_rounding(made: &Made) -> bool {
    // What is found by Newton's method is as exact as its last step.
    made.value >= -(10.0 * made.error + KEPT * made.size)
}

/// Whether a later stage fails to converge since its best choice lies on a kink: then a climb on payoffs alone ends.
fn stops_at_a_kink(engine: &mut Engine<'_>, stage: usize, x: &[f64]) -> Option<Result<(), Failure>> {
    let mut at = x.to_vec();
    let begun = engine.one_decides(stage) && engine.start(stage, &mut at, 0).is_ok();
    (begun && engine.climb(stage, &mut at).is_ok()).then_some(Err(Failure::Kink { stage }))
}

/// The engine alone.
fn follow(engine: &mut Engine<'_>, x: &mut [f64], near: bool) -> Result<(), Failure> {
    if engine.begin(x, near) {
        return Ok(());
    }
    engine.reply(0, x)?;
    if !engine.replies_stand(x)? {
        engine.careful = true;
        engine.replies.iter_mut().for_each(|reply| reply.known = false);
        engine.reply(0, x)?;
    }
    if engine.at_kink {
        smooth_after_all(engine, x);
    }
    Ok(())
}

/// Where a climb on payoffs alone has ended, Newton's method may begin: a smooth top far from every start is no kink.
fn smooth_after_all(engine: &mut Engine<'_>, x: &mut [f64]) {
    let coalition = engine.plan.stages[0][0].coalition;
    let mut at = x.to_vec();
    let height = engine.payoff(0, coalition, &mut at);
    engine.replies[0].sides.fill(Side::Free);
    let arrived = engine.newton(0, &mut at, AWAY).and_then(|()| engine.payoff(0, coalition, &mut at));
    if let (Ok(height), Ok(arrived)) = (height, arrived)
        && arrived >= height
    {
        x.copy_from_slice(&at);
        engine.at_kink = false;
    } else {
        // The climb had come to rest here.
        let _ = engine.reply(1, x);
        let _ = engine.rest_at(0, x);
    }
}

/// The decisions that rest on a bound or have no effect, in their order. The profile tells which rest; a remembered reply may be
/// one to something else that was tried.
fn binding(engine: &Engine<'_>, x: &[f64]) -> Vec<(usize, Side)> {
    let plan = engine.plan;
    let mut binding = Vec::new();
    for (stage, (variables, reply)) in plan.stages.iter().zip(&engine.replies).enumerate() {
        for (at, variable) in variables.iter().enumerate() {
            let bounds = engine.board.bounds(stage, at, x);
            let side = match x[variable.decision] {
                _ if reply.sides[at] == Side::Idle => Side::Idle,
                value if value <= bounds.lower => Side::Lower,
                value if value >= bounds.upper => Side::Upper,
                _ => continue,
            };
            binding.extend(variable.decisions().map(|d| (d - plan.given, side)));
        }
    }
    binding.sort_by_key(|(decision, _)| *decision);
    binding
}

/// What limits several decisions at once, and what its room is worth.
fn limits(engine: &Engine<'_>, x: &[f64]) -> Vec<Limit> {
    let rules = &engine.board.rules;
    let Some(formula) = &rules.formula else { return Vec::new() };
    let each = rules.each.iter().zip(formula.written(x)).enumerate();
    let limit = |(number, (rule, value)): (usize, (&Rule, f64))| {
        let reply = &engine.replies[rule.stage];
        let at = reply.active.iter().position(|active| *active == number);
        Limit {
            quantity: rule.quantity.clone(),
            unit: rule.unit.clone(),
            stage: rule.stage + 1,
            coalitions: rule.coalitions.iter().map(|at| engine.plan.coalitions[*at].to_vec()).collect(),
            value,
            binds: at.is_some(),
            worth: at.map_or(0.0, |at| reply.worth[at]),
        }
    };
    each.map(limit).collect()
}

/// Whether a profile has one entry a decision.
pub(crate) fn fits(profile: &[f64], game: &Recorded) -> Result<(), StructureError> {
    let (given, needed) = (profile.len(), game.decisions.len());
    if given == needed { Ok(()) } else { Err(StructureError::ProfileLength { given, needed }) }
}

/// Refuses a profile, one entry a decision, that breaks a rule of play.
pub(super) fn keeps(
    game: &Recorded,
    structure: &Structure<Seat>,
    profile: &[f64],
) -> Result<(), StructureError> {
    let plan = Plan::new(game, structure, false)?;
    let mut x = plan.profile.clone();
    x[plan.given..].copy_from_slice(profile);
    rules::kept(game, &plan, structure, &x)
}

/// A profile with its payoffs by the game's own formula, conditions checked.
pub(crate) fn assemble(game: &Recorded, profile: Vec<f64>, method: Method) -> Result<Found, SolveError> {
    fits(&profile, game)?;
    assemble_at(game, &values(&game.parameters), profile, method)
}

/// The same at parameters of the caller's own.
pub(crate) fn assemble_at(
    game: &Recorded,
    parameters: &[f64],
    profile: Vec<f64>,
    method: Method,
) -> Result<Found, SolveError> {
    let x = [parameters, &profile].concat();
    let payoffs = game.formulas.payoffs.written(&x);
    if let Some(seat) = payoffs.iter().position(|p| !p.is_finite()) {
        return Err(SolveError::NotFinite { player: names(game, &[seat]), last: profile });
    }
    constraints_hold(game, &x)?;
    let mut caveats = Vec::new();
    let quantity = |at: usize| game.formulas.conditions.output(at).into_owned();
    match failing(&game.formulas.kinds, &game.formulas.conditions.written(&x)) {
        None => {}
        Some((at, ConditionKind::Expected, value)) => {
            caveats.push(Caveat { quantity: quantity(at).into(), value })
        }
        Some((at, ConditionKind::Required, value)) => {
            return Err(SolveError::OutsideDomain { quantity: quantity(at), value, last: profile });
        }
    }
    Ok(Found { profile, payoffs, report: Report { caveats, ..Report::of(method) } })
}

/// Whether a profile keeps the game's constraints, but for rounding.
fn constraints_hold(game: &Recorded, x: &[f64]) -> Result<(), StructureError> {
    let Some(Constrained { formula, .. }) = &game.formulas.constraints else { return Ok(()) };
    match formula.made(x).iter().enumerate().find(|(_, made)| !keeps_but_for_rounding(made)) {
        None => Ok(()),
        Some((at, made)) => {
            let constraint = formula.output(at).into_owned();
            Err(StructureError::ConstraintBroken { constraint, value: made.value })
        }
    }
}

/// The engine's failure in the game's own words.
pub(crate) fn explain(engine: &Engine<'_>, game: &Recorded, failure: Failure, last: Vec<f64>) -> SolveError {
    let plan = engine.plan;
    let decision = |stage: usize, variable: usize| {
        let number = plan.stages[stage][variable].decision;
        match number.checked_sub(plan.given) {
            Some(own) => game.decisions[own].name.clone().into_owned(),
            None => game.parameters[number].0.clone(),
        }
    };
    let coalition = |coalition: usize| names(game, &plan.coalitions[coalition]);
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
        Failure::NotFinite { coalition: who } => SolveError::NotFinite { player: coalition(who), last },
        Failure::Infeasible { rule, violation } => {
            let constraint = engine.board.rules.each[rule].quantity.clone().into_owned();
            SolveError::Infeasible { constraint, violation, last }
        }
        Failure::Kink { stage } => SolveError::Kink { stage: stage + 1, last },
    }
}

/// Several players in one phrase.
fn names(game: &Recorded, seats: &[usize]) -> String {
    let names: Vec<_> = seats.iter().map(|&seat| game.players[seat].name()).collect();
    names.join(" and ")
}
