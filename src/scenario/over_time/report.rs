//! What scenarios report of an equilibrium over time.

use super::super::at_once::{money, outcome};
use super::super::output::over_time::{
    Evidence, OutcomeOverTime, Plan, PlayerValue, Reported, Rest, Rests, Seen,
};
use super::super::output::{Failure, Outcome, Quantity};
use super::super::registry::Playable;
use super::super::time::Time;
use super::{Found, failure, initial};
use crate::dynamic::{
    self, DifferentialGame, DynamicError, Feedback, Information, OpenLoop, SecondOrder, Stage,
    StagedFeedback, State, SteadyState, ValueFunction,
};
use crate::equilibrium::{Equilibrium, Solution};
use crate::game::{Decision, Game};
use crate::player::Player;
use crate::recorded::{Recorded, Seat};
use crate::solve::Solve;
use crate::structure::Structure;

/// The most decisions of a game that is searched over time.
const SEARCHED: usize = 12;

/// All that a scenario reports of an equilibrium.
pub(super) fn whole(playable: &Playable, found: &Found<'_>, time: &Time) -> Result<Outcome, Failure> {
    match found {
        Found::Feedback(found) => answers(playable, found, Pace::Always, time),
        Found::Until(ending, today) => answers(playable, &**today, Pace::Until(ending.horizon()), time),
        Found::Staged(found) => answers(playable, found, Pace::Stages(found.length()), time),
        Found::OpenLoop(found) => commits(playable, found),
    }
}

/// When policies answer the state.
#[derive(Clone, Copy)]
enum Pace {
    Always,
    /// At every moment before a last day.
    Until(f64),
    /// At the beginning of stages of this length.
    Stages(f64),
}

/// Policies that answer the state.
trait Policies: Equilibrium<Player = Seat> {
    fn ranges(&self) -> &[State];
    fn worths(&self) -> &[ValueFunction];
    /// Refuses a state at which nothing is known.
    fn known(&self, state: &[f64]) -> Result<(), DynamicError>;
    fn decided(&self, state: &[f64]) -> Result<Solution<Seat>, DynamicError>;
    fn game_at(&self, state: &[f64]) -> Result<Stage<'_, Recorded>, DynamicError>;
    fn rests(&self) -> Result<Vec<SteadyState<Seat>>, DynamicError>;
    fn search(&self) -> Result<dynamic::Evidence<Seat>, DynamicError>;
}

impl Policies for Feedback<'_, Recorded> {
    fn ranges(&self) -> &[State] {
        self.states()
    }

    fn worths(&self) -> &[ValueFunction] {
        self.values()
    }

    fn known(&self, state: &[f64]) -> Result<(), DynamicError> {
        self.found.inside(state)
    }

    fn decided(&self, state: &[f64]) -> Result<Solution<Seat>, DynamicError> {
        self.policy(state)
    }

    fn game_at(&self, state: &[f64]) -> Result<Stage<'_, Recorded>, DynamicError> {
        self.stage(state)
    }

    fn rests(&self) -> Result<Vec<SteadyState<Seat>>, DynamicError> {
        self.steady_states()
    }

    fn search(&self) -> Result<dynamic::Evidence<Seat>, DynamicError> {
        self.verify()
    }
}

impl Policies for StagedFeedback<'_, Recorded> {
    fn ranges(&self) -> &[State] {
        self.states()
    }

    fn worths(&self) -> &[ValueFunction] {
        self.values()
    }

    fn known(&self, state: &[f64]) -> Result<(), DynamicError> {
        self.stage(state).map(drop)
    }

    fn decided(&self, state: &[f64]) -> Result<Solution<Seat>, DynamicError> {
        self.policy(state)
    }

    fn game_at(&self, state: &[f64]) -> Result<Stage<'_, Recorded>, DynamicError> {
        self.stage(state)
    }

    fn rests(&self) -> Result<Vec<SteadyState<Seat>>, DynamicError> {
        self.steady_state().map(|rest| vec![rest])
    }

    fn search(&self) -> Result<dynamic::Evidence<Seat>, DynamicError> {
        self.verify()
    }
}

/// The game of the moment, or of the stage, at the start: solved and verified, and what that says.
fn at_start(
    playable: &Playable,
    stage: Result<Stage<'_, Recorded>, DynamicError>,
    structure: &Structure<Seat>,
) -> Result<Outcome, Failure> {
    let game = &playable.game;
    let stage = stage.map_err(|error| failure(game, &error))?;
    let at = |source| failure(game, &DynamicError::Stage { state: stage.state().to_vec(), source });
    let today = stage.solve(structure).and_then(|today| today.verify(&stage)).map_err(at)?;
    Ok(outcome(&today, playable.measures(today.profile()), None))
}

/// What is reported of policies that answer the state.
fn answers(playable: &Playable, found: &impl Policies, pace: Pace, time: &Time) -> Result<Outcome, Failure> {
    let game = &playable.game;
    let start = initial(found.ranges());
    let report = found.report();
    let (horizon, stage) = match pace {
        Pace::Always => (None, None),
        Pace::Until(horizon) => (Some(horizon), None),
        Pace::Stages(length) => (None, Some(length)),
    };
    // A game that ends is not at rest before.
    let rests = if horizon.is_some() { Ok(Vec::new()) } else { found.rests() };
    let searched = horizon.is_none() && game.decisions().len() <= SEARCHED && found.ranges().len() <= 3;
    let evidence = if searched { Some(evidence(game, found)?) } else { None };
    Ok(Outcome {
        payoffs: payoffs(found, found.payoffs()),
        total: found.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        over_time: Some(Box::new(OutcomeOverTime {
            information: Information::Feedback.name(),
            initial_state: named(found.ranges(), &start),
            leaders: leaders(game, found.structure()),
            coalitions: coalitions(found),
            value_functions: value_functions(found, time),
            region: found.ranges().iter().map(|s| (s.name.to_string(), [s.lower, s.upper])).collect(),
            steady_states: match rests {
                Ok(rests) => Rests::Found(rests.iter().map(|rest| at_rest(found, rest)).collect()),
                Err(error) => Rests::Failed { error: failure(game, &error) },
            },
            at: time.states.iter().map(|state| reported(game, found, state)).collect(),
            horizon,
            stage,
            plan: None,
            evidence,
        })),
        ..at_start(playable, found.game_at(&start), found.structure())?
    })
}

/// What is reported of courses that everybody has committed to.
fn commits(playable: &Playable, found: &OpenLoop<'_, Recorded>) -> Result<Outcome, Failure> {
    let game = &playable.game;
    let failed = |error: DynamicError| failure(game, &error);
    // Somebody may have a better course though the maximum principle holds.
    found.courses().map_err(failed)?;
    let (states, report) = (found.states(), found.report());
    let (first, last) = (found.at(0.0).map_err(failed)?, found.at(found.horizon()).map_err(failed)?);
    let worths = found.players().iter().zip(first.costates.chunks(states.len().max(1)));
    let second_order = found.players().iter().map(|player| {
        let order = found.second_order(*player).map_err(failed)?;
        let name = player.name().into_owned();
        match order {
            SecondOrder::Fails { time } => Err(failed(DynamicError::NotBest { player: name, time })),
            order => Ok((name, order.name())),
        }
    });
    let stage = Stage::new(game, &first.state, &first.costates).map_err(DynamicError::from);
    let endless = found.horizon().is_infinite();
    let mut flows = vec![0.0; found.players().len()];
    game.flow(&last.state, &last.decisions, &mut flows);
    let values: Vec<f64> = found.players().iter().zip(flows).map(|(p, f)| f / game.discount(*p)).collect();
    let rest = || Rest {
        state: named(states, &last.state),
        decisions: profile(&game.decisions(), &last.decisions),
        values: payoffs(found, &values),
        stable: true,
        eigenvalues: found.eigenvalues().to_vec(),
    };
    Ok(Outcome {
        payoffs: payoffs(found, found.payoffs()),
        total: found.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        over_time: Some(Box::new(OutcomeOverTime {
            information: Information::OpenLoop.name(),
            initial_state: named(states, &initial(states)),
            leaders: leaders(game, found.structure()),
            coalitions: coalitions(found),
            value_functions: Vec::new(),
            region: Vec::new(),
            steady_states: Rests::Found(endless.then(rest).into_iter().collect()),
            at: Vec::new(),
            horizon: (!endless).then(|| found.horizon()),
            stage: None,
            plan: Some(Plan {
                costates: worths
                    .map(|(player, worths)| (player.name().into_owned(), named(states, worths)))
                    .collect(),
                final_state: named(states, &last.state),
                time_consistent: found.is_time_consistent(),
                second_order: second_order.collect::<Result<_, Failure>>()?,
            }),
            evidence: None,
        })),
        ..at_start(playable, stage, found.structure())?
    })
}

/// The searches' findings; a failure where somebody gains.
fn evidence(game: &Recorded, found: &impl Policies) -> Result<Evidence, Failure> {
    match found.search() {
        Ok(dynamic::Evidence { states, regret, resolution, evaluation, discrepancy, courses }) => {
            let gain = courses.iter().map(|course| course.gain).reduce(f64::max);
            Ok(Evidence::Found { states, regret, resolution, evaluation, discrepancy, gain })
        }
        Err(error @ DynamicError::Refuted { .. }) => Err(failure(game, &error)),
        Err(error) => Ok(Evidence::Failed { error: failure(game, &error) }),
    }
}

/// Who moves first.
fn leaders(game: &Recorded, structure: &Structure<Seat>) -> Vec<String> {
    let (players, decisions) = (game.players(), game.decisions());
    let owners: Vec<Seat> = decisions.iter().map(|decision| decision.owner).collect();
    let stages = structure.stages(&players, &owners).unwrap_or_default();
    let moving: Vec<_> = stages.iter().filter(|stage| !stage.is_empty()).collect();
    let (Some(first), true) = (moving.first(), moving.len() > 1) else { return Vec::new() };
    let first = |player: &&Seat| first.iter().any(|&at| owners.get(at) == Some(*player));
    players.iter().filter(first).map(|player| player.name().into_owned()).collect()
}

fn coalitions<E: Equilibrium>(found: &E) -> Vec<Vec<String>> {
    let players = found.players();
    let name = |&at: &usize| players.get(at).map(|player| player.name().into_owned());
    let all = found.structure().coalitions(players).unwrap_or_default();
    all.iter().map(|members| members.iter().filter_map(name).collect()).collect()
}

fn value_functions(found: &impl Policies, time: &Time) -> Vec<(String, PlayerValue)> {
    let names: Vec<String> = found.ranges().iter().map(|state| state.name.to_string()).collect();
    let row = |values: &[f64]| -> Vec<Quantity> {
        names.iter().zip(values).map(|(name, &value)| money(name.clone(), value)).collect()
    };
    let shape = |value: &ValueFunction| match value.quadratic() {
        Some(quadratic) => PlayerValue::Quadratic {
            constant: quadratic.constant(),
            slopes: row(quadratic.slope()),
            curvature: {
                let rows = quadratic.curvature().entries().chunks(names.len().max(1)).map(row);
                names.iter().cloned().zip(rows).collect()
            },
        },
        None => PlayerValue::Polynomial {
            degree: value.degree(),
            values: {
                let start = [initial(found.ranges())];
                // Where the value is not known it is no number.
                let known = |state: &Vec<f64>| found.known(state).map_or(f64::NAN, |()| value.at(state));
                start.iter().chain(&time.states).map(known).collect()
            },
        },
    };
    let players = found.players().iter().map(|player| player.name().into_owned());
    players.zip(found.worths().iter().map(shape)).collect()
}

fn at_rest(found: &impl Policies, rest: &SteadyState<Seat>) -> Rest {
    let values: Vec<f64> = found.worths().iter().map(|value| value.at(&rest.state)).collect();
    Rest {
        state: named(found.ranges(), &rest.state),
        decisions: decided(&rest.decisions),
        values: payoffs(found, &values),
        stable: rest.is_stable(),
        eigenvalues: rest.eigenvalues.clone(),
    }
}

fn reported(game: &Recorded, found: &impl Policies, state: &[f64]) -> Reported {
    let seen = found.known(state).and_then(|()| found.decided(state));
    Reported {
        state: named(found.ranges(), state),
        seen: match seen {
            Ok(policy) => {
                let values: Vec<f64> = found.worths().iter().map(|value| value.at(state)).collect();
                Seen::Known { decisions: decided(&policy), values: payoffs(found, &values) }
            }
            Err(error) => Seen::Failed { error: failure(game, &error) },
        },
    }
}

/// A state by the names of its entries.
pub(in crate::scenario) fn named(states: &[State], values: &[f64]) -> Vec<Quantity> {
    let one = |(state, &value): (&State, &f64)| Quantity {
        name: state.name.to_string(),
        unit: state.unit.clone(),
        value,
    };
    states.iter().zip(values).map(one).collect()
}

fn decided<P: Player>(policy: &Solution<P>) -> Vec<Quantity> {
    profile(policy.decisions(), policy.profile())
}

fn profile<P>(decisions: &[Decision<P>], values: &[f64]) -> Vec<Quantity> {
    let both = decisions.iter().zip(values);
    both.map(|(d, &value)| Quantity { name: d.name.to_string(), unit: d.unit.clone(), value }).collect()
}

fn payoffs<E: Equilibrium>(found: &E, values: &[f64]) -> Vec<Quantity> {
    found.players().iter().zip(values).map(|(player, &value)| money(player.name(), value)).collect()
}
