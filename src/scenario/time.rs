//! What a scenario file says about time: the tables `[time]` and `[simulate]`.

use toml::de::DeTable;

use super::document::{Document, Item, Value};
use super::error::{ScenarioError, nearest};
use super::over_time::{noisy, usual_horizon};
use super::parse::unknown;
use super::registry::Playable;
use crate::analysis::ComparisonOverTime;
use crate::dynamic::{DifferentialGame, Information, Noise, State};
use crate::error::brief;
use crate::models::{Entries, Range};
use crate::recorded::Recorded;

const TIME: &[&str] =
    &["information", "states", "region", "tolerance", "evaluations", "points", "horizon", "stage"];
/// What states, a region and points say is for policies that answer the state.
const FEEDBACK: &[&str] = &["states", "region", "points", "stage"];
const SIMULATE: &[&str] = &["horizon", "points"];
const NOISE: &[&str] = &["horizon", "points", "paths", "seed", "step", "scheme", "quantiles"];

/// The largest budget of a search: an hour of work and more.
const MOST_EVALUATIONS: usize = 1_000_000_000;
/// The finest and the coarsest tolerance.
const TOLERANCES: [f64; 2] = [1e-12, 0.01];
/// The most states that are reported.
const MOST_STATES: usize = 1000;
/// The most times of output, paths, and steps of all paths together.
const MOST_POINTS: usize = 100_001;
const MOST_PATHS: usize = 1_000_000;
const MOST_STEPS: f64 = 1e9;
/// The most states that are kept: times of output by paths.
const MOST_LOOKS: usize = 10_000_000;
/// Steps of a random path, unless the scenario says how long they are.
const STEPS: f64 = 2000.0;
/// The quantiles that a list may name.
const MOST_QUANTILES: usize = 99;

/// The table `[time]`, defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Time {
    /// What the players know of the state while they play; `None` when the model says so.
    pub(super) information: Option<Information>,
    /// States at which decisions and values are reported.
    pub(super) states: Vec<Vec<f64>>,
    /// The ranges of the states; empty for the model's own.
    pub(super) region: Vec<[f64; 2]>,
    /// The residual at which value functions count as found.
    pub(super) tolerance: Option<f64>,
    /// How many games of the moment a search may solve.
    pub(super) evaluations: Option<usize>,
    /// The points along each state at which comparisons look.
    pub(super) points: usize,
    /// How long decisions are held; `None` when the model says so, be it not at all.
    pub(super) stage: Option<f64>,
    /// When the game ends; `None` when the model says so, be it never.
    pub(super) horizon: Option<f64>,
}

impl Default for Time {
    fn default() -> Self {
        let points = ComparisonOverTime::POINTS;
        Time {
            information: None,
            states: Vec::new(),
            region: Vec::new(),
            tolerance: None,
            evaluations: None,
            points,
            stage: None,
            horizon: None,
        }
    }
}

/// The table `[simulate]`, defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Simulate {
    /// How long; `None` until all that comes later counts a twentieth.
    pub(super) horizon: Option<f64>,
    /// How many times of output, both ends included.
    pub(super) points: usize,
    /// The longest step of random paths; `None` for a two-thousandth of the horizon.
    pub(super) step: Option<f64>,
    /// The rest about the random paths of a game with noise.
    pub(super) noise: Noise,
}

impl Default for Simulate {
    fn default() -> Self {
        Simulate { horizon: None, points: 21, step: None, noise: Noise::default() }
    }
}

impl Simulate {
    /// How long, and the longest step, given what is usual for the game.
    pub(super) fn horizon_and_step(&self, usual: f64) -> [f64; 2] {
        let horizon = self.horizon.unwrap_or(usual);
        [horizon, self.step.unwrap_or(horizon / STEPS)]
    }
}

/// Reads `[time]`.
pub(super) fn time(
    document: &Document<'_>,
    item: &Item<'_, '_>,
    game: &Recorded,
) -> Result<Time, ScenarioError> {
    let mut time = Time::default();
    let states = game.states();
    let table = document.table("time", item.value)?;
    for item in document.items(table) {
        let key = format!("time.{}", item.key);
        match item.key {
            "information" => {
                let all = [Information::Feedback, Information::OpenLoop];
                let name = document.choice(&key, item.value, &all.map(Information::name))?;
                time.information = all.into_iter().find(|information| information.name() == name);
            }
            "states" => time.states = reported(document, &key, item.value, &states)?,
            "region" => time.region = region(document, &key, item.value, &states)?,
            "tolerance" => {
                let [finest, coarsest] = TOLERANCES;
                let range = Range { lower: finest, closed: true, below: coarsest, words: "" };
                let tolerance = document.number(&key, item.value, range);
                let allowed = format!("a number from {finest:e} to {coarsest}");
                time.tolerance =
                    Some(tolerance.map_err(|_| document.not_allowed(&key, item.value, allowed))?);
            }
            "evaluations" => {
                time.evaluations = Some(document.whole(&key, item.value, 1, MOST_EVALUATIONS)?);
            }
            "points" => time.points = document.whole(&key, item.value, 2, ComparisonOverTime::MOST_POINTS)?,
            "stage" => time.stage = Some(document.number(&key, item.value, Range::POSITIVE)?),
            "horizon" => time.horizon = Some(document.number(&key, item.value, Range::POSITIVE)?),
            _ => return Err(not_a_key(document, &item, "time", TIME)),
        }
    }
    let items = document.items(table);
    let announced = time.information.unwrap_or(game.information()) == Information::OpenLoop;
    if let Some(item) = items.iter().find(|item| announced && FEEDBACK.contains(&item.key)) {
        let kind = "a key of [time] where nobody sees the state (information is open_loop)";
        return Err(unknown(
            document,
            item,
            "time.",
            kind,
            &["information", "tolerance", "evaluations", "horizon"],
            None,
        ));
    }
    let staged = time.stage.or(game.stage()).is_some();
    if let Some(item) = items.iter().find(|item| staged && item.key == "horizon") {
        let kind = "a key of [time] where decisions fall in stages: such a game never ends";
        return Err(unknown(document, item, "time.", kind, &TIME[..TIME.len() - 2], None));
    }
    Ok(time)
}

/// Reads `[simulate]`.
pub(super) fn simulate(
    document: &Document<'_>,
    item: &Item<'_, '_>,
    Playable { known, game, .. }: &Playable,
) -> Result<Simulate, ScenarioError> {
    let (mut settings, noisy) = (Simulate::default(), noisy(game));
    let table = document.table("simulate", item.value)?;
    for item in document.items(table) {
        let key = format!("simulate.{}", item.key);
        match item.key {
            "horizon" => settings.horizon = Some(document.number(&key, item.value, Range::POSITIVE)?),
            "points" => settings.points = document.whole(&key, item.value, 2, MOST_POINTS)?,
            key if NOISE.contains(&key) && !noisy => {
                let model = known.name;
                let kind = format!("a key of [simulate] for {model}, which has no noise at these parameters");
                return Err(unknown(document, &item, "simulate.", kind, SIMULATE, None));
            }
            "paths" => settings.noise.paths = document.whole(&key, item.value, 1, MOST_PATHS)?,
            "seed" => settings.noise.seed = document.whole(&key, item.value, 0, u32::MAX as usize)? as u64,
            "step" => settings.step = Some(document.number(&key, item.value, Range::POSITIVE)?),
            "scheme" => {
                let scheme = document.choice(&key, item.value, &["euler", "milstein"])?;
                settings.noise.milstein = scheme == "milstein";
            }
            "quantiles" => settings.noise.quantiles = quantiles(document, &key, item.value)?,
            _ => return Err(not_a_key(document, &item, "simulate", NOISE)),
        }
    }
    let ([horizon, step], paths) = (settings.horizon_and_step(usual_horizon(game)), settings.noise.paths);
    let items = document.items(table);
    let refuse = |key: &str, value: f64, allowed: String| {
        let given = items.iter().find(|item| item.key == key);
        Err(ScenarioError::Inconsistent {
            file: document.file.into(),
            line: given.unwrap_or(item).line,
            key: format!("simulate.{key}"),
            value: given.map_or_else(|| brief(value), |item| document.source(item.value)),
            allowed,
        })
    };
    if noisy && horizon / step * paths as f64 > MOST_STEPS {
        let allowed = format!("all paths together may take at most {MOST_STEPS:e} steps");
        return refuse("step", step, allowed);
    }
    if noisy && settings.points.saturating_mul(paths) > MOST_LOOKS {
        let allowed = format!("points times paths may be at most {MOST_LOOKS}");
        return refuse("paths", paths as f64, allowed);
    }
    Ok(settings)
}

fn not_a_key(
    document: &Document<'_>,
    item: &Item<'_, '_>,
    table: &str,
    known: &'static [&'static str],
) -> ScenarioError {
    let suggestion = nearest(item.key, known.iter().copied());
    unknown(document, item, &format!("{table}."), format!("a key of [{table}]"), known, suggestion)
}

/// A state, or a list of them.
fn reported(
    document: &Document<'_>,
    key: &str,
    value: &Value<'_>,
    states: &[State],
) -> Result<Vec<Vec<f64>>, ScenarioError> {
    match value.get_ref().as_array() {
        None => Ok(vec![state(document, key, value, states)?]),
        Some(list) if list.len() > MOST_STATES => {
            Err(document.not_allowed(key, value, format!("a list of at most {MOST_STATES} states")))
        }
        Some(list) => list
            .iter()
            .enumerate()
            .map(|(at, value)| state(document, &format!("{key}[{at}]"), value, states))
            .collect(),
    }
}

/// The entries of a table whose keys are states.
fn by_state<'d, 't>(
    document: &Document<'t>,
    key: &str,
    value: &'d Value<'t>,
    states: &[State],
    entry: &str,
) -> Result<Vec<(usize, Item<'d, 't>)>, ScenarioError> {
    let table: &DeTable<'t> = value.get_ref().as_table().ok_or_else(|| {
        let example = states.first().map_or("", |state| state.name.as_ref());
        document.not_allowed(key, value, format!("a table of states, {{ {example} = {entry} }}"))
    })?;
    let find = |item: Item<'d, 't>| match states.iter().position(|state| state.name == item.key) {
        Some(at) => Ok((at, item)),
        None => {
            let names: Vec<&str> = states.iter().map(|state| state.name.as_ref()).collect();
            let by_symbol = states.iter().find(|state| state.symbol == item.key);
            let likeness = |name: &str| strsim::normalized_damerau_levenshtein(item.key, name);
            let alike = || states.iter().find(|state| item.key.len() <= 64 && likeness(&state.name) >= 0.6);
            let meant = by_symbol.or_else(alike).map(|state| state.name.as_ref().into());
            Err(unknown(document, &item, &format!("{key}."), "a state of the model", &names, meant))
        }
    };
    document.items(table).into_iter().map(find).collect()
}

/// A state: what is left out stands at its initial value.
fn state(
    document: &Document<'_>,
    key: &str,
    value: &Value<'_>,
    states: &[State],
) -> Result<Vec<f64>, ScenarioError> {
    let mut state: Vec<f64> = states.iter().map(|state| state.initial).collect();
    for (at, item) in by_state(document, key, value, states, "1.0")? {
        let number = document.number(&format!("{key}.{}", item.key), item.value, Range::FINITE)?;
        state.iter_mut().skip(at).take(1).for_each(|entry| *entry = number);
    }
    Ok(state)
}

/// The ranges of the states: what is left out keeps the model's.
fn region(
    document: &Document<'_>,
    key: &str,
    value: &Value<'_>,
    states: &[State],
) -> Result<Vec<[f64; 2]>, ScenarioError> {
    let mut region: Vec<[f64; 2]> = states.iter().map(|state| [state.lower, state.upper]).collect();
    for (at, item) in by_state(document, key, value, states, "[0.0, 1.0]")? {
        let key = format!("{key}.{}", item.key);
        let ends = document.numbers(&key, item.value, Range::FINITE, Entries::Each(2))?;
        let ([lower, upper], Some(state)) = (ends[..].try_into().unwrap_or([f64::NAN; 2]), states.get(at))
        else {
            continue;
        };
        if !(lower <= state.initial && state.initial <= upper && lower < upper) {
            let allowed = format!("two numbers, the smaller one first, with {} between them", state.initial);
            return Err(document.not_allowed(&key, item.value, allowed));
        }
        region.iter_mut().skip(at).take(1).for_each(|ends| *ends = [lower, upper]);
    }
    Ok(region)
}

fn quantiles(document: &Document<'_>, key: &str, value: &Value<'_>) -> Result<Vec<f64>, ScenarioError> {
    let allowed =
        || format!("a list of 1 to {MOST_QUANTILES} numbers between 0 and 1, the smaller ones first");
    let refuse = || document.not_allowed(key, value, allowed());
    let list = value.get_ref().as_array().ok_or_else(refuse)?;
    let range = Range { lower: 0.0, closed: true, below: f64::INFINITY, words: "" };
    let numbers: Result<Vec<f64>, _> = list.iter().map(|value| document.number(key, value, range)).collect();
    let numbers = numbers.map_err(|_| refuse())?;
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    if !rising
        || numbers.is_empty()
        || numbers.len() > MOST_QUANTILES
        || numbers.iter().any(|level| *level > 1.0)
    {
        return Err(refuse());
    }
    Ok(numbers)
}
