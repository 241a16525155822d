//! Games over time as scenarios play them.

use serde_json::{Map, Value, json};

use super::Route;
use super::anonymous::{Differential, Lasting, parameters};
use super::at_once::{against, money, outcome};
use super::output::over_time::{
    AgainstOverTime, ChangeAt, Evidence, Held, LongRun, OutcomeOverTime, PlayerValue, Reported, Rest, Rests,
    Seen, StateByState, WhereAllGain,
};
use super::output::{Failure, Outcome, Played, Quantity, Row};
use super::registry::{Playable, Request};
use super::simulation::{Course, simulate};
use super::time::{Simulate, Time};
use crate::analysis::{Change, ComparisonError, ComparisonOverTime, Landmark};
use crate::dynamic::{
    self, Collocation, DifferentialGame, DynamicError, Feedback, FiniteFeedback, State, SteadyState,
    ValueFunction,
};
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::SolveError;
use crate::game::Game;
use crate::player::Player;
use crate::solve::Solve;
use crate::structure::Structure;

/// The most decisions of a game that is searched over time.
const SEARCHED: usize = 12;

/// A game over time, with its parameters.
#[derive(Debug)]
pub(super) struct OverTime(pub(super) Box<dyn Lasting>);

impl Playable for OverTime {
    fn parameters(&self) -> Vec<(&'static str, Vec<f64>)> {
        parameters(&*self.0)
    }

    fn over_time(&self) -> Option<&OverTime> {
        Some(self)
    }

    fn play(&self, request: &Request<'_>) -> Vec<Row> {
        let names = self.0.names();
        let games: Vec<_> = request.structures.iter().map(|_| Differential::new(&*self.0, &names)).collect();
        let attempts = request.structures.iter().zip(&games).filter_map(|(name, game)| {
            let structure = game.scheme(name)?;
            Some((*name, feedback(game, &structure, request.route, request.time)))
        });
        let attempts: Vec<_> = attempts.collect();
        let find = |name: &str| attempts.iter().find(|(other, _)| *other == name);
        let rows = attempts.iter().map(|(name, attempt)| {
            let found = attempt.as_ref().map_err(Clone::clone);
            let outcome = found.and_then(|found| Ok((found, whole(found, request.time)?)));
            let (found, outcome) = match outcome {
                Ok(both) => both,
                Err(error) => return Row::of(name, Played::Failed { error }),
            };
            let mut row = Row::of(name, Played::Equilibrium(Box::new(outcome)));
            let Some(baseline) = request.baseline else { return row };
            if let Some((_, Ok(before))) = find(baseline) {
                let (before, found) = (&before.feedback, &found.feedback);
                let change = Change::at_state(before, found, &initial(found));
                row.against = change.ok().map(|change| against(change, &found.game().decisions(), None));
            }
            // What holds state by state holds for ever, or on the first day only.
            if found.ending.is_some() {
                return row;
            }
            // Cooperation is held against everything, the others against the baseline.
            let found = &found.feedback;
            let joint = found.structure().same_rules(&Structure::cooperative());
            for &other in request.structures.iter().filter(|other| *other != name) {
                if let (true, Some((_, Ok(before)))) = (joint || other == baseline, find(other)) {
                    row.comparisons.push(held(other, &before.feedback, found, request.time));
                }
            }
            row
        });
        rows.collect()
    }
}

impl OverTime {
    /// The states.
    pub(super) fn states(&self) -> Vec<State> {
        self.0.all_states()
    }

    /// Whether the states are subject to noise.
    pub(super) fn noisy(&self) -> bool {
        let states = self.states();
        let mut strength = vec![0.0; states.len()];
        let mut noisy = |state: Vec<f64>| {
            self.0.fill_diffusion(&state, &mut strength);
            strength.iter().any(|strength| *strength != 0.0)
        };
        noisy(states.iter().map(|s| s.initial).collect())
            || noisy(states.iter().map(|s| 0.4 * s.lower + 0.6 * s.upper).collect())
    }

    /// How long until all that comes later counts a twentieth to the most patient player.
    pub(super) fn horizon(&self) -> f64 {
        let discounts = (0..self.0.names().len()).map(|player| self.0.discount_of(player));
        20.0_f64.ln() / discounts.fold(f64::INFINITY, f64::min)
    }

    /// Where every structure asked for leads.
    pub(super) fn simulate(
        &self,
        structures: &[&'static str],
        route: Route,
        time: &Time,
        settings: &Simulate,
    ) -> Vec<Course> {
        let names = self.0.names();
        let spans = settings.horizon_and_step(self.horizon());
        let course = |name: &&'static str| {
            let game = Differential::new(&*self.0, &names);
            let structure = game.scheme(name)?;
            let found = feedback(&game, &structure, route, time);
            Some(Course { structure: name, ran: simulate(found, settings, spans, self.noisy()) })
        };
        structures.iter().filter_map(course).collect()
    }
}

/// A feedback equilibrium: as it stands on the first day, and over time where there is a last one.
pub(super) struct Found<'g, G: DifferentialGame> {
    pub(super) feedback: Feedback<'g, G>,
    pub(super) ending: Option<FiniteFeedback<'g, G>>,
}

/// The feedback equilibrium by the route asked for, known at the initial state.
fn feedback<'m, G: DifferentialGame>(
    model: &'m G,
    structure: &Structure<G::Player>,
    route: Route,
    time: &Time,
) -> Result<Found<'m, G>, Failure> {
    let route = match route {
        Route::Auto => dynamic::Route::Auto,
        Route::Engine => dynamic::Route::Engine,
        Route::ClosedForm => {
            return Err(Failure::from(&SolveError::NoClosedForm { structure: structure.name().to_owned() }));
        }
    };
    let mut settings = Collocation { region: time.region.clone(), route, ..Collocation::default() };
    settings.tolerance = time.tolerance.unwrap_or(settings.tolerance);
    let found = match time.horizon.or(model.horizon()) {
        None => settings.solve(model, structure).map(|feedback| Found { feedback, ending: None }),
        Some(horizon) => settings.solve_until(model, structure, horizon).and_then(|ending| {
            let feedback = ending.at(0.0)?;
            Ok(Found { feedback, ending: Some(ending) })
        }),
    };
    let known = found.and_then(|found| found.feedback.inside(&initial(&found.feedback)).map(|()| found));
    known.map_err(|error| failure(model, &error))
}

/// Where the game starts.
pub(super) fn initial<G: DifferentialGame>(found: &Feedback<'_, G>) -> Vec<f64> {
    found.states().iter().map(|state| state.initial).collect()
}

/// All that a scenario reports of a feedback equilibrium.
fn whole(whole: &Found<'_, Differential<'_>>, time: &Time) -> Result<Outcome, Failure> {
    let Found { feedback: found, ending } = whole;
    let model = found.game();
    let start = initial(found);
    let at_start = |source| failure(model, &DynamicError::Stage { state: start.clone(), source });
    let stage = found.stage(&start).map_err(|error| failure(model, &error))?;
    let today = stage.solve(found.structure()).and_then(|today| today.verify(&stage)).map_err(at_start)?;
    let report = found.report();
    // A game that ends is not at rest before.
    let rests = if ending.is_some() { Ok(Vec::new()) } else { found.steady_states() };
    let searched = ending.is_none() && model.decisions().len() <= SEARCHED && found.states().len() <= 3;
    let evidence = if searched { Some(evidence(found)?) } else { None };
    Ok(Outcome {
        payoffs: payoffs(found, found.payoffs()),
        total: found.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        over_time: Some(Box::new(OutcomeOverTime {
            initial_state: named(found.states(), &start),
            leaders: leaders(model, found.structure()),
            coalitions: coalitions(found),
            value_functions: value_functions(found, time),
            steady_states: match rests {
                Ok(rests) => Rests::Found(rests.iter().map(|rest| at_rest(found, rest)).collect()),
                Err(error) => Rests::Failed { error: failure(model, &error) },
            },
            at: time.states.iter().map(|state| reported(found, state)).collect(),
            horizon: ending.as_ref().map(FiniteFeedback::horizon),
            evidence,
        })),
        ..outcome(&today, model.measures(today.profile()), None)
    })
}

/// The searches' findings; a failure where somebody gains.
fn evidence<G: DifferentialGame>(found: &Feedback<'_, G>) -> Result<Evidence, Failure> {
    match found.verify() {
        Ok(dynamic::Evidence { states, regret, resolution, evaluation, discrepancy, courses }) => {
            let gain = courses.iter().map(|course| course.gain).reduce(f64::max);
            Ok(Evidence::Found { states, regret, resolution, evaluation, discrepancy, gain })
        }
        Err(error @ DynamicError::Refuted { .. }) => Err(failure(found.game(), &error)),
        Err(error) => Ok(Evidence::Failed { error: failure(found.game(), &error) }),
    }
}

/// Who moves first.
fn leaders<G: DifferentialGame>(game: &G, structure: &Structure<G::Player>) -> Vec<String> {
    let (players, decisions) = (game.players(), game.decisions());
    let owners: Vec<G::Player> = decisions.iter().map(|decision| decision.owner).collect();
    let stages = structure.stages(&players, &owners).unwrap_or_default();
    let moving: Vec<_> = stages.iter().filter(|stage| !stage.is_empty()).collect();
    let (Some(first), true) = (moving.first(), moving.len() > 1) else { return Vec::new() };
    let first = |player: &&G::Player| first.iter().any(|&at| owners.get(at) == Some(*player));
    players.iter().filter(first).map(|player| player.name().into_owned()).collect()
}

fn coalitions<G: DifferentialGame>(found: &Feedback<'_, G>) -> Vec<Vec<String>> {
    let players = found.players();
    let name = |&at: &usize| players.get(at).map(|player| player.name().into_owned());
    let all = found.structure().coalitions(players).unwrap_or_default();
    all.iter().map(|members| members.iter().filter_map(name).collect()).collect()
}

fn value_functions<G: DifferentialGame>(found: &Feedback<'_, G>, time: &Time) -> Vec<(String, PlayerValue)> {
    let names: Vec<String> = found.states().iter().map(|state| state.name.to_string()).collect();
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
            degree: found.degree(),
            values: {
                let start = [initial(found)];
                // Where the value is not known it is no number.
                let known = |state: &Vec<f64>| found.inside(state).map_or(f64::NAN, |()| value.at(state));
                start.iter().chain(&time.states).map(known).collect()
            },
        },
    };
    let players = found.players().iter().map(|player| player.name().into_owned());
    players.zip(found.values().iter().map(shape)).collect()
}

fn at_rest<G: DifferentialGame>(found: &Feedback<'_, G>, rest: &SteadyState<G::Player>) -> Rest {
    let values: Vec<f64> = found.values().iter().map(|value| value.at(&rest.state)).collect();
    Rest {
        state: named(found.states(), &rest.state),
        decisions: decided(&rest.decisions),
        values: payoffs(found, &values),
        stable: rest.is_stable(),
        eigenvalues: rest.eigenvalues.clone(),
    }
}

fn reported<G: DifferentialGame>(found: &Feedback<'_, G>, state: &[f64]) -> Reported {
    let seen = found.inside(state).and_then(|()| found.policy(state));
    Reported {
        state: named(found.states(), state),
        seen: match seen {
            Ok(policy) => {
                let values: Vec<f64> = found.values().iter().map(|value| value.at(state)).collect();
                Seen::Known { decisions: decided(&policy), values: payoffs(found, &values) }
            }
            Err(error) => Seen::Failed { error: failure(found.game(), &error) },
        },
    }
}

/// One feedback equilibrium against another.
fn held<G: DifferentialGame>(
    baseline: &'static str,
    before: &Feedback<'_, G>,
    after: &Feedback<'_, G>,
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

fn state_by_state<G: DifferentialGame>(game: &G, comparison: ComparisonOverTime) -> StateByState {
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
            let units = decisions.iter().map(|decision| decision.unit);
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

/// A state by the names of its entries.
pub(super) fn named(states: &[State], values: &[f64]) -> Vec<Quantity> {
    let one =
        |(state, &value): (&State, &f64)| Quantity { name: state.name.to_string(), unit: state.unit, value };
    states.iter().zip(values).map(one).collect()
}

fn decided<P: Player>(policy: &Solution<P>) -> Vec<Quantity> {
    let both = policy.decisions().iter().zip(policy.profile());
    both.map(|(d, &value)| Quantity { name: d.name.to_string(), unit: d.unit, value }).collect()
}

fn payoffs<G: DifferentialGame>(found: &Feedback<'_, G>, values: &[f64]) -> Vec<Quantity> {
    found.players().iter().zip(values).map(|(player, &value)| money(player.name(), value)).collect()
}

/// An error of a game over time as a scenario reports it.
pub(super) fn failure<G: DifferentialGame>(game: &G, error: &DynamicError) -> Failure {
    let players: Vec<String> = game.players().iter().map(|player| player.name().into_owned()).collect();
    reported_failure(&players, error)
}

fn reported_failure(players: &[String], error: &DynamicError) -> Failure {
    let value = |value: &ValueFunction| match value.quadratic() {
        Some(q) => {
            json!({ "constant": q.constant(), "slopes": q.slope(), "curvature": q.curvature().entries() })
        }
        None => json!(null),
    };
    // The value functions by player, entries in the order of the states.
    let values = |last: &[ValueFunction]| -> Value {
        players.iter().cloned().zip(last.iter().map(value)).collect::<Map<_, _>>().into()
    };
    let (kind, data) = match error {
        DynamicError::Structure(_) => ("structure", json!({})),
        DynamicError::StateLength { given, needed } => {
            ("state_length", json!({ "given": given, "needed": needed }))
        }
        DynamicError::Parameter(_) => ("parameter", json!({})),
        DynamicError::DifferentDiscounts { players, first, second } => {
            ("different_discounts", json!({ "players": players, "first": first, "second": second }))
        }
        DynamicError::Stage { state, source } => {
            let cause = Failure::from(source);
            let mut data = cause.data;
            data.insert("state".to_owned(), json!(state));
            (cause.kind, Value::Object(data))
        }
        DynamicError::NoValue { multiple, residual, iterations, last } => (
            "no_value",
            json!({
                "multiple": multiple, "residual": residual, "iterations": iterations, "last": values(last),
            }),
        ),
        DynamicError::NotResolved { degree, residual, switching, last } => {
            let switching = json!(switching);
            (
                "not_resolved",
                json!({ "degree": degree, "residual": residual, "switching": switching, "last": values(last) }),
            )
        }
        DynamicError::Explosive { growth, limit, last } => {
            ("explosive", json!({ "growth": growth, "limit": limit, "last": values(last) }))
        }
        DynamicError::LeavesRegion { state, value, lower, upper } => {
            ("leaves_region", json!({ "state": state, "value": value, "lower": lower, "upper": upper }))
        }
        DynamicError::BlowUp { time, last } => ("blow_up", json!({ "time": time, "last": last })),
        DynamicError::NoPath { residual, iterations, reached, last } => (
            "no_path",
            json!({ "residual": residual, "iterations": iterations, "reached": reached, "last": last }),
        ),
        DynamicError::NoRest { residual, iterations, last } => {
            ("no_rest", json!({ "residual": residual, "iterations": iterations, "last": last }))
        }
        DynamicError::NoSaddle { decaying, needed, eigenvalues, last } => (
            "no_saddle",
            json!({ "decaying": decaying, "needed": needed, "eigenvalues": eigenvalues, "last": last }),
        ),
        DynamicError::NoCommitment { structure } => ("no_commitment", json!({ "structure": structure })),
        DynamicError::Refuted { player, gain, state } => {
            ("refuted", json!({ "player": player, "gain": gain, "state": state }))
        }
    };
    let data = if let Value::Object(data) = data { data } else { Map::new() };
    Failure { kind, message: error.to_string(), data }
}
