//! Games over time as scenarios play them.

use serde_json::{Map, Value, json};

use super::Route;
use super::anonymous::{Differential, Lasting, Named, parameters};
use super::at_once::{against, money, outcome};
use super::output::over_time::{
    AgainstOverTime, ChangeAt, Evidence, Held, LongRun, OutcomeOverTime, Plan, PlayerValue, Reported, Rest,
    Rests, Seen, StateByState, WhereAllGain,
};
use super::output::{Against, Failure, Outcome, Played, Quantity, Row};
use super::registry::{Playable, Request};
use super::simulation::{Course, simulate};
use super::time::{Simulate, Time};
use crate::analysis::{Change, Comparison, ComparisonError, ComparisonOverTime, Landmark};
use crate::dynamic::{
    self, Collocation, DifferentialGame, DynamicError, Feedback, FiniteFeedback, Information,
    MaximumPrinciple, OpenLoop, Stage, State, SteadyState, ValueFunction,
};
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::SolveError;
use crate::game::{Decision, Game};
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
            Some((*name, equilibrium(game, &structure, request.route, request.time)))
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
                row.against = change(before, found);
            }
            // What holds state by state holds for ever, or on the first day only.
            let Found::Feedback(found) = found else { return row };
            // Cooperation is held against everything, the others against the baseline.
            let joint = found.structure().same_rules(&Structure::cooperative());
            for &other in request.structures.iter().filter(|other| *other != name) {
                if let (true, Some((_, Ok(Found::Feedback(before))))) =
                    (joint || other == baseline, find(other))
                {
                    row.comparisons.push(held(other, before, found, request.time));
                }
            }
            row
        });
        rows.collect()
    }
}

impl OverTime {
    /// What the players know of the state, unless the scenario says otherwise.
    pub(super) fn information(&self) -> Information {
        self.0.known_state()
    }

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
            let found = equilibrium(&game, &structure, route, time);
            Some(Course { structure: name, ran: simulate(found, settings, spans, self.noisy()) })
        };
        structures.iter().filter_map(course).collect()
    }
}

/// An equilibrium over time.
pub(super) enum Found<'g, G: DifferentialGame> {
    Feedback(Feedback<'g, G>),
    /// With a last day, and as it stands on the first.
    Until(FiniteFeedback<'g, G>, Feedback<'g, G>),
    OpenLoop(OpenLoop<'g, G>),
}

impl<G: DifferentialGame> Found<'_, G> {
    /// The feedback equilibrium as it stands at the start, where the state is seen.
    fn today(&self) -> Option<&Feedback<'_, G>> {
        match self {
            Found::Feedback(today) | Found::Until(_, today) => Some(today),
            Found::OpenLoop(_) => None,
        }
    }
}

/// What moving from one equilibrium to another changes at the initial state.
fn change<G: DifferentialGame>(before: &Found<'_, G>, after: &Found<'_, G>) -> Option<Against> {
    let change = match (before, after) {
        (Found::OpenLoop(before), Found::OpenLoop(after)) => {
            let (before, after) = (before.opening().ok()?, after.opening().ok()?);
            Comparison::new(&before, &[&after]).map(|mut all| all.changes.pop())
        }
        _ => {
            let (before, after) = (before.today()?, after.today()?);
            Change::at_state(before, after, &initial(after.states())).map(Some)
        }
    };
    let decisions = match after {
        Found::OpenLoop(after) => after.game().decisions(),
        after => after.today()?.game().decisions(),
    };
    Some(against(change.ok()??, &decisions, None))
}

/// The equilibrium by the route asked for, known at the initial state.
fn equilibrium<'m, G: DifferentialGame>(
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
    let horizon = time.horizon.or(model.horizon());
    let found = match (time.information.unwrap_or(model.information()), horizon) {
        (Information::Feedback, None) => settings.solve(model, structure).map(Found::Feedback),
        (Information::Feedback, Some(horizon)) => {
            let ending = settings.solve_until(model, structure, horizon);
            ending
                .and_then(|ending| Ok((ending.at(0.0)?, ending)))
                .map(|(today, ending)| Found::Until(ending, today))
        }
        (Information::OpenLoop, horizon) => {
            let mut settings = MaximumPrinciple { route, ..MaximumPrinciple::default() };
            settings.tolerance = time.tolerance.unwrap_or(settings.tolerance);
            settings.solve(model, structure, horizon.unwrap_or(f64::INFINITY)).map(Found::OpenLoop)
        }
    };
    let inside =
        |found: &Found<'_, G>| found.today().map_or(Ok(()), |today| today.inside(&initial(today.states())));
    let known = found.and_then(|found| inside(&found).map(|()| found));
    known.map_err(|error| failure(model, &error))
}

/// Where the game starts.
pub(super) fn initial(states: &[State]) -> Vec<f64> {
    states.iter().map(|state| state.initial).collect()
}

/// All that a scenario reports of an equilibrium.
fn whole(found: &Found<'_, Differential<'_>>, time: &Time) -> Result<Outcome, Failure> {
    match found {
        Found::Feedback(found) => answers(found, None, time),
        Found::Until(ending, today) => answers(today, Some(ending.horizon()), time),
        Found::OpenLoop(found) => commits(found),
    }
}

/// The game of the moment at the start, solved and verified, and what that says.
fn at_start<'m>(
    game: &Differential<'m>,
    structure: &Structure<Named<'m>>,
    state: &[f64],
    costates: &[f64],
) -> Result<Outcome, Failure> {
    let stage = Stage::new(game, state, costates).map_err(|error| failure(game, &error.into()))?;
    let at = |source| failure(game, &DynamicError::Stage { state: state.to_vec(), source });
    let today = stage.solve(structure).and_then(|today| today.verify(&stage)).map_err(at)?;
    Ok(outcome(&today, game.measures(today.profile()), None))
}

/// What is reported of policies that answer the state.
fn answers(
    found: &Feedback<'_, Differential<'_>>,
    horizon: Option<f64>,
    time: &Time,
) -> Result<Outcome, Failure> {
    let model = found.game();
    let start = initial(found.states());
    let report = found.report();
    // A game that ends is not at rest before.
    let rests = if horizon.is_some() { Ok(Vec::new()) } else { found.steady_states() };
    let searched = horizon.is_none() && model.decisions().len() <= SEARCHED && found.states().len() <= 3;
    let evidence = if searched { Some(evidence(found)?) } else { None };
    Ok(Outcome {
        payoffs: payoffs(found, found.payoffs()),
        total: found.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        over_time: Some(Box::new(OutcomeOverTime {
            information: Information::Feedback.name(),
            initial_state: named(found.states(), &start),
            leaders: leaders(model, found.structure()),
            coalitions: coalitions(found),
            value_functions: value_functions(found, time),
            steady_states: match rests {
                Ok(rests) => Rests::Found(rests.iter().map(|rest| at_rest(found, rest)).collect()),
                Err(error) => Rests::Failed { error: failure(model, &error) },
            },
            at: time.states.iter().map(|state| reported(found, state)).collect(),
            horizon,
            plan: None,
            evidence,
        })),
        ..at_start(model, found.structure(), &start, &found.costates(&start))?
    })
}

/// What is reported of courses that everybody has committed to.
fn commits(found: &OpenLoop<'_, Differential<'_>>) -> Result<Outcome, Failure> {
    let game = found.game();
    let failed = |error: DynamicError| failure(game, &error);
    let (states, report) = (found.states(), found.report());
    let (first, last) = (found.at(0.0).map_err(failed)?, found.at(found.horizon()).map_err(failed)?);
    let worths = found.players().iter().zip(first.costates.chunks(states.len().max(1)));
    let second_order = found.players().iter().map(|player| {
        let order = found.second_order(*player).map_err(failed)?;
        Ok((player.name().into_owned(), order.name()))
    });
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
            initial_state: named(states, &first.state),
            leaders: leaders(game, found.structure()),
            coalitions: coalitions(found),
            value_functions: Vec::new(),
            steady_states: Rests::Found(endless.then(rest).into_iter().collect()),
            at: Vec::new(),
            horizon: (!endless).then(|| found.horizon()),
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
        ..at_start(game, found.structure(), &first.state, &first.costates)?
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

fn coalitions<E: Equilibrium>(found: &E) -> Vec<Vec<String>> {
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
                let start = [initial(found.states())];
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
    profile(policy.decisions(), policy.profile())
}

fn profile<P>(decisions: &[Decision<P>], values: &[f64]) -> Vec<Quantity> {
    let both = decisions.iter().zip(values);
    both.map(|(d, &value)| Quantity { name: d.name.to_string(), unit: d.unit, value }).collect()
}

fn payoffs<E: Equilibrium>(found: &E, values: &[f64]) -> Vec<Quantity> {
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
