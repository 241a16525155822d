//! Games over time as scenarios play them.

mod failure;
mod report;

use serde_json::Map;

use super::Route;
use super::at_once::{against, money};
use super::output::over_time::{AgainstOverTime, ChangeAt, Held, LongRun, StateByState, WhereAllGain};
use super::output::{Against, Failure, Played, Quantity, Row};
use super::registry::{Playable, Request};
use super::simulation::{Course, simulate};
use super::time::{Simulate, Time};
use crate::analysis::{Comparison, ComparisonError, ComparisonOverTime, Landmark};
use crate::dynamic::{
    self, Collocation, DifferentialGame, DynamicError, Feedback, FiniteFeedback, Information,
    MaximumPrinciple, OpenLoop, StagedFeedback, State,
};
use crate::equilibrium::{Equilibrium, Method, Solution};
use crate::error::SolveError;
use crate::game::Game;
use crate::recorded::{Recorded, Seat};
use crate::structure::Structure;

pub(super) use failure::failure;
pub(super) use report::named;
use report::whole;

/// Every structure asked for, solved and verified, and held against the baseline if there is one.
pub(super) fn play(playable: &Playable, request: &Request<'_>) -> Vec<Row> {
    let attempts = request.structures.iter().filter_map(|name| {
        let structure = playable.structure(name)?;
        Some((*name, equilibrium(&playable.game, structure, request.route, request.time)))
    });
    let attempts: Vec<_> = attempts.collect();
    let find = |name: &str| attempts.iter().find(|(other, _)| *other == name);
    let rows = attempts.iter().map(|(name, attempt)| {
        let found = attempt.as_ref().map_err(Clone::clone);
        let outcome = found.and_then(|found| Ok((found, whole(playable, found, request.time)?)));
        let (found, outcome) = match outcome {
            Ok(both) => both,
            Err(error) => return Row::of(name, Played::Failed { error }),
        };
        let mut row = Row::of(name, Played::Equilibrium(Box::new(outcome)));
        let Some(baseline) = request.baseline else { return row };
        if let Some((_, Ok(before))) = find(baseline) {
            row.against = change(before, found);
        }
        // What holds state by state holds for ever, or on the first day only.
        let Found::Feedback(found) = found else { return row };
        // Cooperation is held against everything, the others against the baseline.
        let joint = found.structure().same_rules(&Structure::cooperative());
        for &other in request.structures.iter().filter(|other| *other != name) {
            if let (true, Some((_, Ok(Found::Feedback(before))))) = (joint || other == baseline, find(other))
            {
                row.comparisons.push(held(other, before, found, request.time));
            }
        }
        row
    });
    rows.collect()
}

/// Whether the states are subject to noise.
pub(super) fn noisy(game: &Recorded) -> bool {
    let states = game.states();
    let mut strength = vec![0.0; states.len()];
    let mut noisy = |state: Vec<f64>| {
        game.diffusion(&state, &mut strength);
        strength.iter().any(|strength| *strength != 0.0)
    };
    noisy(initial(&states)) || noisy(states.iter().map(|s| 0.4 * s.lower + 0.6 * s.upper).collect())
}

/// How long until all that comes later counts a twentieth to the most patient player.
pub(super) fn usual_horizon(game: &Recorded) -> f64 {
    let discounts = game.players.iter().map(|&player| game.discount(player));
    20.0_f64.ln() / discounts.fold(f64::INFINITY, f64::min)
}

/// Where every structure asked for leads.
pub(super) fn courses(
    playable: &Playable,
    structures: &[&'static str],
    route: Route,
    time: &Time,
    settings: &Simulate,
) -> Vec<Course> {
    let game = &playable.game;
    let spans = settings.horizon_and_step(usual_horizon(game));
    let course = |name: &&'static str| {
        let found = equilibrium(game, playable.structure(name)?, route, time);
        Some(Course { structure: name, ran: simulate(found, settings, spans, noisy(game)) })
    };
    structures.iter().filter_map(course).collect()
}

/// An equilibrium over time.
pub(super) enum Found<'g> {
    Feedback(Feedback<'g, Recorded>),
    /// With a last day, and as it stands on the first.
    Until(Box<FiniteFeedback<'g, Recorded>>, Box<Feedback<'g, Recorded>>),
    Staged(StagedFeedback<'g, Recorded>),
    OpenLoop(OpenLoop<'g, Recorded>),
}

impl Found<'_> {
    /// What everybody decides at the start, with what everybody's whole future is worth there.
    fn opening(&self) -> Result<Solution<Seat>, DynamicError> {
        match self {
            Found::Feedback(today) => opening(today),
            Found::Until(_, today) => opening(today),
            Found::Staged(found) => {
                let policy = found.policy(&initial(found.states()))?;
                Ok(Solution { payoffs: found.payoffs().to_vec(), ..policy })
            }
            Found::OpenLoop(found) => found.opening(),
        }
    }

    /// Refuses a start outside of the region on which values are known.
    fn starts_inside(self) -> Result<Self, DynamicError> {
        match &self {
            Found::Feedback(today) => today.found.inside(&initial(today.states()))?,
            Found::Until(_, today) => today.found.inside(&initial(today.states()))?,
            Found::Staged(found) => drop(found.stage(&initial(found.states()))?),
            Found::OpenLoop(_) => {}
        }
        Ok(self)
    }
}

/// What everybody decides at the start, with what the future is worth there.
fn opening(today: &Feedback<'_, Recorded>) -> Result<Solution<Seat>, DynamicError> {
    let policy = today.policy(&initial(today.states()))?;
    Ok(Solution { payoffs: today.payoffs().to_vec(), ..policy })
}

/// What moving from one equilibrium to another changes at the initial state.
fn change(before: &Found<'_>, after: &Found<'_>) -> Option<Against> {
    let (before, after) = (before.opening().ok()?, after.opening().ok()?);
    let change = Comparison::new(&before, &[&after]).ok()?.changes.pop()?;
    Some(against(change, after.decisions(), None))
}

/// The equilibrium by the route asked for, known at the initial state.
fn equilibrium<'g>(
    game: &'g Recorded,
    structure: &Structure<Seat>,
    route: Route,
    time: &Time,
) -> Result<Found<'g>, Failure> {
    let (horizon, stage) = (time.horizon.or(game.horizon()), time.stage.or(game.stage()));
    let information = time.information.unwrap_or(game.information());
    let unknown = || Failure::from(&SolveError::NoClosedForm { structure: structure.name().to_owned() });
    let formula = route == Route::ClosedForm;
    // Formulas are known for feedback without an end, at every moment.
    let endless = information == Information::Feedback && horizon.is_none() && stage.is_none();
    if formula && !(endless && game.known_values(structure).is_some()) {
        return Err(unknown());
    }
    let route = if route == Route::Engine { dynamic::Route::Engine } else { dynamic::Route::Auto };
    let mut settings = Collocation { region: time.region.clone(), route, ..Collocation::default() };
    settings.tolerance = time.tolerance.unwrap_or(settings.tolerance);
    settings.evaluations = time.evaluations.unwrap_or(settings.evaluations);
    let found = match information {
        Information::OpenLoop => {
            let mut settings = MaximumPrinciple { route, ..MaximumPrinciple::default() };
            settings.tolerance = time.tolerance.unwrap_or(settings.tolerance);
            settings.evaluations = time.evaluations.unwrap_or(settings.evaluations);
            settings.solve(game, structure, horizon.unwrap_or(f64::INFINITY)).map(Found::OpenLoop)
        }
        Information::Feedback => match (horizon, stage) {
            (Some(horizon), _) => settings.solve_until(game, structure, horizon).and_then(|ending| {
                let today = ending.at(0.0)?;
                Ok(Found::Until(Box::new(ending), Box::new(today)))
            }),
            (None, Some(length)) => settings.solve_in_stages(game, structure, length).map(Found::Staged),
            (None, None) => match settings.solve(game, structure) {
                // A formula that did not stand the check was replaced by a search.
                Ok(found) if formula && found.report().method != Method::ClosedForm => return Err(unknown()),
                found => found.map(Found::Feedback),
            },
        },
    };
    found.and_then(Found::starts_inside).map_err(|error| failure(game, &error))
}

/// Where the game starts.
pub(super) fn initial(states: &[State]) -> Vec<f64> {
    states.iter().map(|state| state.initial).collect()
}

/// One feedback equilibrium against another.
fn held(
    baseline: &'static str,
    before: &Feedback<'_, Recorded>,
    after: &Feedback<'_, Recorded>,
    time: &Time,
) -> AgainstOverTime {
    let game = after.game();
    let comparison = ComparisonOverTime::on_grid(time.points, before, after);
    let held = match comparison {
        Ok(comparison) => Held::Compared(Box::new(state_by_state(game, comparison))),
        Err(ComparisonError::OverTime(error)) => Held::Failed { error: failure(game, &error) },
        Err(error) => Held::Failed {
            error: Failure { kind: "not_comparable", message: error.to_string(), data: Map::new() },
        },
    };
    AgainstOverTime { baseline, held }
}

fn state_by_state(game: &Recorded, comparison: ComparisonOverTime) -> StateByState {
    let (states, decisions) = (game.states(), game.decisions());
    let change = |Landmark { place, state, change }: Landmark| ChangeAt {
        place: place.name(),
        state: named(&states, &state),
        against: against(change, &decisions, None),
    };
    let region = comparison.region;
    StateByState {
        at: comparison.landmarks.into_iter().map(change).collect(),
        at_rest: comparison.at_rest.map(|rest| {
            let moved: Vec<f64> = rest.from.iter().zip(&rest.to).map(|(from, to)| to - from).collect();
            let units = decisions.iter().map(|decision| decision.unit.clone());
            let decisions = rest.decisions.into_iter().zip(units);
            LongRun {
                states: named(&states, &moved),
                decisions: decisions
                    .map(|(entry, unit)| Quantity { name: entry.name, unit, value: entry.value })
                    .collect(),
            }
        }),
        region: WhereAllGain {
            states: region.states,
            creating: region.creating,
            share: region.share(),
            ends: states.iter().map(|state| state.name.to_string()).zip(region.ends).collect(),
            least_gains: region.least_gains.into_iter().map(|gain| money(gain.name, gain.value)).collect(),
            everybody_gains: region.everybody_gains,
        },
    }
}
