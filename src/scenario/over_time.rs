//! Games over time behind the face that all scenarios share, and what their results add to those of a game of one
//! moment.

use std::fmt::Debug;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::Route;
use super::output::{Against, Failure, Outcome, Played, Quantity, Row, by_name};
use super::registry::{Playable, Request, against, money, outcome, parameters};
use super::simulation::{Course, simulate};
use super::time::{Simulate, Time};
use crate::analysis::{Change, ComparisonError, ComparisonOverTime, Landmark};
use crate::dynamic::{
    self, Collocation, DifferentialGame, DynamicError, Feedback, FiniteFeedback, State, SteadyState,
    ValueFunction,
};
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::SolveError;
use crate::models::Model;
use crate::player::Player;
use crate::solve::Solve;
use crate::structure::Structure;

/// The most decisions of a game that is searched over time.
const SEARCHED: usize = 12;

/// What a feedback equilibrium has beyond its decisions and payoffs at the initial state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutcomeOverTime {
    /// Where the game starts: the state of the decisions and payoffs beside this.
    #[serde(serialize_with = "by_name")]
    pub initial_state: Vec<Quantity>,
    /// Who moves first at every moment; empty where all move at once.
    pub leaders: Vec<String>,
    /// Who decides together: every player is in one of these.
    pub coalitions: Vec<Vec<String>>,
    /// What everybody's future is worth as a function of the state, one entry a player.
    #[serde(serialize_with = "by_player")]
    pub value_functions: Vec<(String, PlayerValue)>,
    /// Where the states rest, stable points first.
    pub steady_states: Rests,
    /// The states that the scenario asks for.
    pub at: Vec<Reported>,
    /// When the game ends; `null` for one that does not. Decisions and values are then those of the first day.
    pub horizon: Option<f64>,
    /// What searching for somebody who would gain by deviating found; `null` for a game that ends, and for one of more
    /// than three states or twelve decisions, where it would take minutes.
    pub evidence: Option<Evidence>,
}

/// Evidence for a feedback equilibrium, by routes other than the solver's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Evidence {
    /// Nobody was found to gain.
    #[non_exhaustive]
    Found {
        /// How many states were looked at.
        states: usize,
        /// The largest gain found in the game of any of these moments, in payoff a unit of time.
        regret: f64,
        /// The gain that the search's own rounding can feign.
        resolution: f64,
        /// The largest difference of what the policies are worth by themselves from the value functions, as a share of
        /// the values; `null` where the grid would be too large or states grow out of it.
        evaluation: Option<f64>,
        /// The same of what paths earn; `null` where noise matters.
        discrepancy: Option<f64>,
        /// The most that any coalition gains by another course over time.
        gain: Option<f64>,
    },
    /// A search could not be made.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// What a player's future is worth as a function of the state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PlayerValue {
    /// `V(s) = constant + slopes·s + ½ s·curvature·s`, at all states.
    #[non_exhaustive]
    Quadratic {
        /// The value at state zero.
        constant: f64,
        /// The slopes at state zero, by state.
        #[serde(serialize_with = "by_name")]
        slopes: Vec<Quantity>,
        /// The second derivatives, by state and state.
        #[serde(serialize_with = "by_state")]
        curvature: Vec<(String, Vec<Quantity>)>,
    },
    /// A polynomial in each state, on the region.
    #[non_exhaustive]
    Polynomial {
        /// Its degree in each state.
        degree: usize,
        /// Its values at the initial state and at the states that the scenario asks for.
        values: Vec<f64>,
    },
}

/// The steady states of an equilibrium, or why they cannot be told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Rests {
    /// All that were found.
    Found(Vec<Rest>),
    /// At one of them the game of the moment has no solution.
    Failed {
        /// Why.
        error: Failure,
    },
}

impl Rests {
    /// The first stable one.
    pub fn stable(&self) -> Option<&Rest> {
        match self {
            Rests::Found(all) => all.iter().find(|rest| rest.stable),
            Rests::Failed { .. } => None,
        }
    }
}

/// A point at which the states rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Rest {
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// What everybody decides there.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
    /// What the future is worth there, to each player.
    #[serde(serialize_with = "by_name")]
    pub values: Vec<Quantity>,
    /// Whether the state returns there after a small departure.
    pub stable: bool,
    /// The eigenvalues of the closed loop, real and imaginary parts, a unit of time; the slowest first.
    pub eigenvalues: Vec<[f64; 2]>,
}

/// A state that the scenario asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reported {
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// What happens there, or why that cannot be told.
    #[serde(flatten)]
    pub seen: Seen,
}

/// Decisions and values at a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Seen {
    /// They are known.
    Known {
        /// What everybody decides.
        #[serde(serialize_with = "by_name")]
        decisions: Vec<Quantity>,
        /// What the future is worth to each player.
        #[serde(serialize_with = "by_name")]
        values: Vec<Quantity>,
    },
    /// They are not.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// What changes from another structure, state by state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AgainstOverTime {
    /// The other structure.
    pub baseline: &'static str,
    /// What changes, or why that cannot be told.
    #[serde(flatten)]
    pub held: Held,
}

/// What came of holding one feedback equilibrium against another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Held {
    /// What changes.
    Compared(Box<StateByState>),
    /// They cannot be compared.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// The changes at the states that matter, and where everybody gains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StateByState {
    /// At the initial state, where either equilibrium rests, at the centre and the corners of the region.
    pub at: Vec<ChangeAt>,
    /// In the long run, each equilibrium at its own steady state; `null` where one has none that is stable.
    pub at_rest: Option<LongRun>,
    /// Over the region.
    pub region: WhereAllGain,
}

/// What changes at one state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangeAt {
    /// Which state: `initial`, `baseline_at_rest`, `at_rest`, `centre`, `corner`.
    pub place: &'static str,
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// The change; payoffs are the values from there on.
    #[serde(flatten)]
    pub against: Against,
}

/// What changes in the long run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LongRun {
    /// The change of every state.
    #[serde(serialize_with = "by_name")]
    pub states: Vec<Quantity>,
    /// The change of every decision.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
}

/// Where in the region everybody gains, on a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WhereAllGain {
    /// The ends of the region, by state.
    #[serde(serialize_with = "ends_by_state")]
    pub ends: Vec<(String, [f64; 2])>,
    /// How many states were looked at.
    pub states: usize,
    /// At how many of them value is created.
    pub creating: usize,
    /// The share of them at which everybody gains.
    pub share: f64,
    /// Each player's smallest gain over them.
    #[serde(serialize_with = "by_name")]
    pub least_gains: Vec<Quantity>,
    /// The states at which everybody gains, entries in the order of `ends`.
    pub everybody_gains: Vec<Vec<f64>>,
}

fn by_player<S: Serializer>(values: &[(String, PlayerValue)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(player, value)| (player, value)))
}

fn ends_by_state<S: Serializer>(ends: &[(String, [f64; 2])], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(ends.iter().map(|(state, ends)| (state, ends)))
}

fn by_state<S: Serializer>(rows: &[(String, Vec<Quantity>)], serializer: S) -> Result<S::Ok, S::Error> {
    /// A row of a matrix.
    #[derive(Serialize)]
    struct OneRow<'a>(#[serde(serialize_with = "by_name")] &'a [Quantity]);
    let mut map = serializer.serialize_map(Some(rows.len()))?;
    for (state, row) in rows {
        map.serialize_entry(state, &OneRow(row))?;
    }
    map.end()
}

/// What only games over time can be asked.
pub(super) trait Lasting {
    /// The states.
    fn states(&self) -> Vec<State>;
    /// Whether the states are subject to noise.
    fn noisy(&self) -> bool;
    /// How long until all that comes later counts a twentieth to the most patient player.
    fn horizon(&self) -> f64;
    /// Where every structure asked for leads.
    fn simulate(
        &self,
        structures: &[&'static str],
        route: Route,
        time: &Time,
        settings: &Simulate,
    ) -> Vec<Course>;
}

/// A model over time with its parameters.
#[derive(Debug)]
pub(super) struct OverTime<M>(pub(super) M);

impl<M> Playable for OverTime<M>
where
    M: Model<Player: Sync> + DifferentialGame + Debug + Sync,
{
    fn parameters(&self) -> Vec<(&'static str, Vec<f64>)> {
        parameters(&self.0)
    }

    fn over_time(&self) -> Option<&dyn Lasting> {
        Some(self)
    }

    fn play(&self, request: &Request<'_>) -> Vec<Row> {
        let attempt = |name: &&'static str| {
            let structure = self.0.scheme(name)?;
            Some((*name, feedback(&self.0, &structure, request.route, request.time)))
        };
        let attempts: Vec<_> = request.structures.iter().filter_map(attempt).collect();
        let find = |name: &str| attempts.iter().find(|(other, _)| *other == name);
        let row = |(name, attempt): &(&'static str, Result<Found<'_, M>, Failure>)| {
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
                row.against = change.ok().map(|change| against(change, &self.0.decisions(), None));
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
        };
        attempts.iter().map(row).collect()
    }
}

impl<M> Lasting for OverTime<M>
where
    M: Model<Player: Sync> + DifferentialGame + Debug + Sync,
{
    fn states(&self) -> Vec<State> {
        self.0.states()
    }

    fn noisy(&self) -> bool {
        let states = self.0.states();
        let mut strength = vec![0.0; states.len()];
        let mut noisy = |state: Vec<f64>| {
            self.0.diffusion(&state, &mut strength);
            strength.iter().any(|strength| *strength != 0.0)
        };
        noisy(states.iter().map(|s| s.initial).collect())
            || noisy(states.iter().map(|s| 0.4 * s.lower + 0.6 * s.upper).collect())
    }

    fn horizon(&self) -> f64 {
        let discounts = self.0.players().into_iter().map(|player| self.0.discount(player));
        20.0_f64.ln() / discounts.fold(f64::INFINITY, f64::min)
    }

    fn simulate(
        &self,
        structures: &[&'static str],
        route: Route,
        time: &Time,
        settings: &Simulate,
    ) -> Vec<Course> {
        let spans = settings.horizon_and_step(self.horizon());
        let course = |name: &&'static str| {
            let structure = self.0.scheme(name)?;
            let found = feedback(&self.0, &structure, route, time);
            Some(Course { structure: name, ran: simulate(found, settings, spans, self.noisy()) })
        };
        structures.iter().filter_map(course).collect()
    }
}

/// A feedback equilibrium: as it stands on the first day, and over time where there is a last one.
pub(super) struct Found<'m, M: DifferentialGame> {
    pub(super) feedback: Feedback<'m, M>,
    pub(super) ending: Option<FiniteFeedback<'m, M>>,
}

/// The feedback equilibrium by the route asked for, known at the initial state.
fn feedback<'m, M: Model + DifferentialGame>(
    model: &'m M,
    structure: &Structure<M::Player>,
    route: Route,
    time: &Time,
) -> Result<Found<'m, M>, Failure> {
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
fn whole<M: Model + DifferentialGame>(whole: &Found<'_, M>, time: &Time) -> Result<Outcome, Failure> {
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
