//! Where the equilibria of a scenario lead, as data.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::Serializer;

use super::Route;
use super::output::{Failure, Quantity, by_name, by_parameter, to_json};
use super::over_time::{Found, courses, failure, initial, named};
use super::time::Simulate;
use super::{Scenario, ScenarioError};
use crate::dynamic::{Bands, DifferentialGame, DynamicError, Estimate, Feedback, Noise, PathPoint, State};
use crate::equilibrium::Equilibrium;
use crate::game::{Decision, Game};
use crate::player::Player;
use crate::recorded::{Recorded, Seat};

/// Where the equilibria of a scenario lead from its initial state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Simulated {
    /// The model's name.
    pub model: &'static str,
    /// The scenario's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The parameters, defaults filled in.
    #[serde(serialize_with = "by_parameter")]
    pub parameters: Vec<(&'static str, Vec<f64>)>,
    /// The state at time 0.
    #[serde(serialize_with = "by_name")]
    pub start: Vec<Quantity>,
    /// One entry a structure.
    pub results: Vec<Course>,
}

/// One structure of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Course {
    /// The structure's name.
    pub structure: &'static str,
    /// Where its equilibrium leads, or why that cannot be told.
    #[serde(flatten)]
    pub ran: Ran,
}

/// What came of simulating one structure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Ran {
    /// The path, in a game without noise.
    Path(Box<Trace>),
    /// Means and quantiles over many paths, in a game with noise.
    Bands(Box<Spread>),
    /// None.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// A path at some times.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Trace {
    /// The times.
    pub times: Vec<f64>,
    /// Each state at these times.
    #[serde(serialize_with = "by_series")]
    pub states: Vec<Series>,
    /// Each decision.
    #[serde(serialize_with = "by_series")]
    pub decisions: Vec<Series>,
    /// What each player earns a unit of time.
    #[serde(serialize_with = "by_series")]
    pub flows: Vec<Series>,
    /// What each player has earned to date, discounted to time 0.
    #[serde(serialize_with = "by_series")]
    pub payoffs: Vec<Series>,
}

/// What many random paths say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Spread {
    /// How many paths were drawn.
    pub paths: usize,
    /// The seed: the same one gives the same numbers.
    pub seed: u64,
    /// The longest step of time.
    pub step: f64,
    /// `euler` or `milstein`.
    pub scheme: &'static str,
    /// The times.
    pub times: Vec<f64>,
    /// The mean of each state at these times.
    #[serde(serialize_with = "by_series")]
    pub mean: Vec<Series>,
    /// The quantiles of each state.
    pub quantiles: Vec<Level>,
    /// Each player's payoff over the horizon, discounted to time 0: its mean, with the standard error of that.
    #[serde(serialize_with = "by_player")]
    pub payoffs: Vec<(String, Estimate)>,
    /// The share of steps that were cut off at the end of a state's range.
    pub clipped: f64,
}

/// The quantiles of one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Level {
    /// The level, between 0 and 1.
    pub level: f64,
    /// The quantile of each state at the times.
    #[serde(serialize_with = "by_series")]
    pub states: Vec<Series>,
}

/// A quantity at several times.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// Of what: a state, a decision, a player.
    pub name: String,
    /// The letter in formulas.
    pub symbol: String,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
    /// Its values.
    pub values: Vec<f64>,
}

fn by_series<S: Serializer>(series: &[Series], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(series.iter().map(|one| (&one.name, &one.values)))
}

fn by_player<S: Serializer>(payoffs: &[(String, Estimate)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(payoffs.iter().map(|(player, payoff)| (player, payoff)))
}

impl Simulated {
    /// The result as JSON.
    pub fn to_json(&self) -> String {
        to_json(self)
    }

    /// Whether a structure has no result, or there is none at all: the program then ends with exit code 1.
    pub fn failed(&self) -> bool {
        let failed = |course: &Course| matches!(course.ran, Ran::Failed { .. });
        self.results.is_empty() || self.results.iter().any(failed)
    }

    /// The result as comma-separated values: a line a structure and time, structures without a result left out.
    pub fn to_csv(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for Course { structure, ran } in &self.results {
            let (times, columns) = match ran {
                Ran::Path(trace) => (&trace.times, trace.columns()),
                Ran::Bands(spread) => (&spread.times, spread.columns()),
                Ran::Failed { .. } => continue,
            };
            if lines.is_empty() {
                let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
                lines.push(format!("structure,time,{}", names.join(",")));
            }
            for (at, time) in times.iter().enumerate() {
                let cell = |(_, values): &(String, &[f64])| match values.get(at) {
                    Some(value) if value.is_finite() => value.to_string(),
                    _ => String::new(),
                };
                let cells: Vec<String> = columns.iter().map(cell).collect();
                lines.push(format!("{structure},{time},{}", cells.join(",")));
            }
        }
        lines.join("\n")
    }
}

/// Columns under their names.
type Columns<'a> = Vec<(String, &'a [f64])>;

fn columns<'a>(series: &'a [Series], name: impl Fn(&str) -> String) -> Columns<'a> {
    series.iter().map(|one| (name(&one.name), &one.values[..])).collect()
}

impl Trace {
    fn columns(&self) -> Columns<'_> {
        let mut all = columns(&self.states, str::to_owned);
        all.extend(columns(&self.decisions, str::to_owned));
        all.extend(columns(&self.flows, |player| format!("flow_of_{player}")));
        all.extend(columns(&self.payoffs, |player| format!("payoff_of_{player}")));
        all
    }
}

impl Spread {
    fn columns(&self) -> Columns<'_> {
        let mut all = columns(&self.mean, |state| format!("{state}_mean"));
        for quantile in &self.quantiles {
            all.extend(columns(&quantile.states, |state| format!("{state}_q{}", quantile.level)));
        }
        all
    }
}

impl Scenario {
    /// Where every structure leads from the initial state: the path, or means and quantiles of many where there is noise.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::OtherKind`] when the model is a game of one moment.
    pub fn simulate(&self, route: Route) -> Result<Simulated, ScenarioError> {
        let (command, kind) = ("simulate", "games over time");
        if !self.model.lasts() {
            return Err(ScenarioError::OtherKind { command, kind, model: self.model() });
        }
        let states = self.model.game.states();
        let start: Vec<f64> = states.iter().map(|state| state.initial).collect();
        Ok(Simulated {
            model: self.model(),
            title: self.title.clone(),
            parameters: self.model.parameters(),
            start: named(&states, &start),
            results: courses(&self.model, &self.structures, route, &self.time, &self.simulation),
        })
    }
}

/// The most stages that a path is followed for.
const MOST_STAGES: f64 = 1e6;

/// Where one equilibrium leads.
pub(super) fn simulate(
    found: Result<Found<'_>, Failure>,
    settings: &Simulate,
    [horizon, step]: [f64; 2],
    noisy: bool,
) -> Ran {
    let found = match found {
        Ok(found) => found,
        Err(error) => return Ran::Failed { error },
    };
    let (game, players, points) = match found {
        Found::Feedback(found) if noisy => {
            let noise = Noise { step, ..settings.noise.clone() };
            return match spread(&found, settings.points, horizon, &noise) {
                Ok(spread) => Ran::Bands(Box::new(spread)),
                Err(error) => Ran::Failed { error: failure(found.game(), &error) },
            };
        }
        Found::Feedback(found) => {
            let path = found.simulate(&initial(found.states()), horizon);
            (found.game(), found.players().to_vec(), path.and_then(|path| path.points(settings.points)))
        }
        // Random paths of a game that ends, or of one with announced courses, are not drawn: this is the path that noise
        // leaves alone.
        Found::Until(ending, today) => {
            let path = ending.simulate(&initial(today.states()));
            (today.game(), today.players().to_vec(), path.and_then(|path| path.points(settings.points)))
        }
        Found::Staged(found) => {
            let stages = (horizon / found.length()).round().clamp(1.0, MOST_STAGES) as usize;
            // A point a stage, or fewer evenly.
            let stride = stages.div_ceil(settings.points.max(2) - 1);
            let path = found.simulate(&initial(found.states()), stages);
            let points = path.map(|path| path.into_iter().step_by(stride).collect());
            (found.game(), found.players().to_vec(), points)
        }
        Found::OpenLoop(found) => {
            let points = found.points(horizon.min(found.horizon()), settings.points);
            (found.game(), found.players().to_vec(), points)
        }
    };
    match points {
        Ok(points) => Ran::Path(Box::new(trace(game, &players, &points))),
        Err(error) => Ran::Failed { error: failure(game, &error) },
    }
}

fn trace(game: &Recorded, players: &[Seat], points: &[PathPoint]) -> Trace {
    let column = |of: &dyn Fn(&PathPoint) -> &Vec<f64>, at: usize| -> Vec<f64> {
        points.iter().map(|point| of(point).get(at).copied().unwrap_or(f64::NAN)).collect()
    };
    let decisions = game.decisions();
    let decision = |(at, d): (usize, &Decision<Seat>)| Series {
        name: d.name.to_string(),
        symbol: d.symbol.to_string(),
        unit: d.unit.clone(),
        values: column(&|point| &point.decisions, at),
    };
    let earned = |unit: &'static str, of: &dyn Fn(&PathPoint) -> &Vec<f64>| -> Vec<Series> {
        let players = players.iter().map(|player| player.name().into_owned()).enumerate();
        players
            .map(|(at, name)| Series {
                symbol: name.clone(),
                name,
                unit: unit.into(),
                values: column(of, at),
            })
            .collect()
    };
    Trace {
        times: points.iter().map(|point| point.time).collect(),
        states: states(&game.states(), |at| column(&|point| &point.state, at)),
        decisions: decisions.iter().enumerate().map(decision).collect(),
        flows: earned("money a unit of time", &|point| &point.flows),
        payoffs: earned("money", &|point| &point.payoffs),
    }
}

fn spread(
    found: &Feedback<'_, Recorded>,
    points: usize,
    horizon: f64,
    noise: &Noise,
) -> Result<Spread, DynamicError> {
    let last = points.max(2) - 1;
    let times: Vec<f64> = (0..=last).map(|k| horizon * k as f64 / last as f64).collect();
    let Bands { times, mean, levels, quantiles, payoffs, clipped, .. } =
        found.simulate_noise(&initial(found.states()), &times, noise)?;
    let entry = |list: &[f64], at: usize| list.get(at).copied().unwrap_or(f64::NAN);
    let level = |(number, level): (usize, f64)| Level {
        level,
        states: states(found.states(), |at| {
            quantiles.iter().map(|now| now.get(at).map_or(f64::NAN, |q| entry(q, number))).collect()
        }),
    };
    let players = found.players().iter().map(|player| player.name().into_owned());
    Ok(Spread {
        paths: noise.paths,
        seed: noise.seed,
        step: noise.step,
        scheme: if noise.milstein { "milstein" } else { "euler" },
        mean: states(found.states(), |at| mean.iter().map(|now| entry(now, at)).collect()),
        quantiles: levels.into_iter().enumerate().map(level).collect(),
        payoffs: players.zip(payoffs).collect(),
        times,
        clipped,
    })
}

fn states(states: &[State], values: impl Fn(usize) -> Vec<f64>) -> Vec<Series> {
    let one = |(at, state): (usize, &State)| Series {
        name: state.name.to_string(),
        symbol: state.symbol.to_string(),
        unit: state.unit.clone(),
        values: values(at),
    };
    states.iter().enumerate().map(one).collect()
}
