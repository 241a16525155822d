//! What solving a scenario gives, as data: each type is the JSON that it serialises to.

pub(super) mod over_time;

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use over_time::{AgainstOverTime, OutcomeOverTime};

use crate::analysis::{Direction, Pareto};
use crate::error::SolveError;

/// A number under a name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Quantity {
    /// Of what: a decision, a player, a parameter.
    pub name: String,
    /// The unit of measurement.
    pub unit: Cow<'static, str>,
    /// The number.
    pub value: f64,
}

/// Quantities as a JSON object; numbers that are not finite become `null`.
pub(super) fn by_name<S: Serializer>(quantities: &[Quantity], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(quantities.iter().map(|quantity| (&quantity.name, quantity.value)))
}

fn by_name_if_any<S: Serializer>(
    quantities: &Option<Vec<Quantity>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match quantities {
        Some(quantities) => by_name(quantities, serializer),
        None => serializer.serialize_none(),
    }
}

/// Parameters as a JSON object: a number, or an array with one entry a brand.
pub(super) fn by_parameter<S: Serializer>(
    parameters: &[(&'static str, Vec<f64>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let value = |values: &[f64]| match values {
        [single] => json!(single),
        several => json!(several),
    };
    serializer.collect_map(parameters.iter().map(|(name, values)| (name, value(values))))
}

/// Whether a structure has no result, or there is none at all.
fn fails(rows: &[Row]) -> bool {
    rows.is_empty() || rows.iter().any(|row| matches!(row.played, Played::Failed { .. }))
}

impl Solved {
    /// Whether a structure has no result, or there is none at all: the program then ends with exit code 1.
    pub fn failed(&self) -> bool {
        fails(&self.results)
    }
}

impl Compared {
    /// Whether a structure has no result, or there is none at all: the program then ends with exit code 1.
    pub fn failed(&self) -> bool {
        fails(&self.structures)
    }
}

/// The equilibria of a scenario, in the order of its structures.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Solved {
    /// The model's name.
    pub model: &'static str,
    /// The scenario's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The parameters, defaults filled in.
    #[serde(serialize_with = "by_parameter")]
    pub parameters: Vec<(&'static str, Vec<f64>)>,
    /// One entry a structure.
    pub results: Vec<Row>,
}

/// The equilibria of a scenario, each against one of them.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// The model's name.
    pub model: &'static str,
    /// The scenario's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The parameters, defaults filled in.
    #[serde(serialize_with = "by_parameter")]
    pub parameters: Vec<(&'static str, Vec<f64>)>,
    /// The structure that the others are held against.
    pub baseline: &'static str,
    /// One entry a structure, the baseline among them.
    pub structures: Vec<Row>,
}

/// One structure of a scenario.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The structure's name.
    pub structure: &'static str,
    /// Its equilibrium, or why there is none.
    #[serde(flatten)]
    pub played: Played,
    /// What changes from the baseline; only in a comparison, and where both have an equilibrium.
    #[serde(flatten)]
    pub against: Option<Against>,
    /// In a comparison of a game over time: what changes from other structures, state by state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<AgainstOverTime>,
}

impl Row {
    /// A row that is held against nothing.
    pub(super) fn of(structure: &'static str, played: Played) -> Self {
        Row { structure, played, against: None, comparisons: Vec::new() }
    }
}

/// What came of solving one structure.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Played {
    /// An equilibrium, verified.
    Equilibrium(Box<Outcome>),
    /// None, or none that could be found.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// A verified equilibrium. In a game over time, decisions are those at the initial state, payoffs the values from there
/// on, and what is verified is the game of the moment there.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// What everybody decides.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
    /// What everybody earns. Where one firm owns several players of the model, an entry with the firm's name holds
    /// their sum.
    #[serde(serialize_with = "by_name")]
    pub payoffs: Vec<Quantity>,
    /// The firm that owns several players, if there is one: its entry among the payoffs is their sum.
    #[serde(skip)]
    pub owner: Option<&'static str>,
    /// What else follows from the decisions: sales, prices that are no decisions.
    #[serde(serialize_with = "by_name", skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Quantity>,
    /// The sum over players, each counted once.
    pub total: f64,
    /// `closed_form` or `engine`.
    pub method: &'static str,
    /// The largest first-order residual, as a share of the largest payoff; over time, that of the
    /// Hamilton-Jacobi-Bellman system.
    pub residual: Option<f64>,
    /// Newton iterations; 0 for a closed form.
    pub iterations: usize,
    /// The largest gain found for any coalition that deviates at its stage, in payoff units; over time, for a moment at
    /// the initial state, in payoff a unit of time.
    pub regret: f64,
    /// The gain below which that search cannot tell an improvement from its own rounding.
    pub resolution: f64,
    /// Whether the certificate's search was thinned out because the game is large.
    pub thinned: bool,
    /// Whether the first mover's optimum lies where a later reply changes regime; only from the engine.
    pub at_kink: bool,
    /// Where a later reply jumps right there: the decisions with the other reply, which is worth as much to whoever makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_jump: Option<Map<String, Value>>,
    /// Whether it is one of a continuum of equilibria; left out where it is not known to be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub continuum: bool,
    /// Decisions at a bound or without effect (`lower`, `upper`, `idle`); only from the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<Map<String, Value>>,
    /// What limits several decisions at once, and what its room is worth; only from the engine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limited>,
    /// Quantities that should not be negative and are.
    #[serde(serialize_with = "by_name")]
    pub caveats: Vec<Quantity>,
    /// How the gain from cooperation can be shared, where the structure is cooperative and the model says how.
    #[serde(flatten)]
    pub agreement: Option<Agreement>,
    /// The rest of a feedback equilibrium, in a game over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_time: Option<Box<OutcomeOverTime>>,
}

/// What limits several decisions at once.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Limited {
    /// What must not be negative.
    pub name: String,
    /// What it is measured in.
    pub unit: String,
    /// Its value.
    pub value: f64,
    /// Whether it binds.
    pub binds: bool,
    /// What one more unit of it is worth to whoever keeps it.
    pub worth: f64,
    /// Whether several share it, so that the equilibrium is one of many.
    pub one_of_many: bool,
}

/// Ways to share the gain from cooperation over a status quo.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Agreement {
    /// Participation rates that leave both firms of a channel better off.
    #[non_exhaustive]
    ParetoRates {
        /// The structure that holds without an agreement.
        status_quo: &'static str,
        /// The rate at which the retailer is indifferent.
        lowest: f64,
        /// The rate at which the manufacturer is indifferent.
        highest: f64,
        /// The joint gain.
        surplus: f64,
        /// The rate that halves the gain.
        equal_split: f64,
        /// Nash bargaining with the scenario's `power`.
        #[serde(skip_serializing_if = "Option::is_none")]
        nash_split: Option<Split>,
        /// Nash bargaining with power utilities, by the scenario's `exponents` and `powers`.
        #[serde(skip_serializing_if = "Option::is_none")]
        power_split: Option<Split>,
        /// Nash bargaining with constant absolute risk aversion, by the scenario's `aversion`.
        #[serde(skip_serializing_if = "Option::is_none")]
        cara_split: Option<Split>,
        /// By the scenario's `rules`, within its `limits` of the rate.
        #[serde(skip_serializing_if = "Option::is_none")]
        bargains: Option<Bargains>,
    },
    /// Shares of the joint profit of an alliance.
    #[non_exhaustive]
    ProfitSharing {
        /// The structure that holds without an agreement.
        status_quo: &'static str,
        /// The joint profit.
        joint: f64,
        /// The joint gain.
        surplus: f64,
        /// The platform's shares of the joint profit that leave both at least as well off.
        acceptable: Option<[f64; 2]>,
        /// Payoffs under Nash bargaining with the scenario's `power`.
        nash: Option<NashPayoffs>,
        /// By the scenario's `rules`, within its `limits` of the platform's share.
        #[serde(skip_serializing_if = "Option::is_none")]
        bargains: Option<Bargains>,
    },
    /// The status quo cannot be solved.
    #[serde(rename = "agreement")]
    #[non_exhaustive]
    Unknown {
        /// The structure that holds without an agreement.
        status_quo: &'static str,
        /// Why.
        error: Failure,
    },
}

/// What the rules of a scenario lead to.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Bargains {
    /// Each rule with each pair of utilities: linear ones, and those that the scenario gives.
    Agreed(Vec<Bargained>),
    /// The limits leave nothing that both would accept.
    None {
        /// Why, in words.
        error: String,
    },
}

/// What the first party gains under one rule, and what brings it about.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Bargained {
    /// `nash`, `kalai_smorodinsky` or `egalitarian`.
    pub rule: &'static str,
    /// `linear`, `power` (by `exponents` and `powers`) or `cara` (by `aversion`).
    pub utilities: &'static str,
    /// The first party's gain.
    pub gain: f64,
    /// The participation rate that brings it about, where that is bargained over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// The first party's share of joint profit, where that is bargained over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// What the manufacturer gains under a bargaining rule, and the participation rate that brings it about.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Split {
    /// The manufacturer's gain.
    pub gain: f64,
    /// The participation rate.
    pub rate: f64,
}

/// What the partners of an alliance receive under Nash bargaining.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NashPayoffs {
    /// The platform's payoff.
    pub platform: f64,
    /// The participant's payoff.
    pub participant: f64,
}

/// What changes from the baseline to a structure.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Against {
    /// The differences.
    pub change: Differences,
    /// Whether everybody is better off.
    pub pareto: Pareto,
    /// Who gains and who loses. Players with one owner in both structures are one party.
    pub parties: Vec<PartyChange>,
    /// The change of the total payoff.
    pub created: f64,
    /// Each player's share of it; `null` when nothing is created. A common owner's share stands beside those of its
    /// brands, as in [`Outcome::payoffs`].
    #[serde(serialize_with = "by_name_if_any")]
    pub shares: Option<Vec<Quantity>>,
}

/// Differences of decisions and payoffs.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Differences {
    /// Of every decision.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
    /// Of every payoff; see [`Outcome::payoffs`].
    #[serde(serialize_with = "by_name")]
    pub payoffs: Vec<Quantity>,
}

/// How one party fares.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct PartyChange {
    /// The party's name.
    pub name: String,
    /// The change of its payoff.
    pub gain: f64,
    /// Which way it goes, beyond rounding.
    pub direction: Direction,
}

/// Why a structure has no result.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of error: the variant of [`SolveError`] in snake case.
    pub kind: &'static str,
    /// The error in words.
    pub message: String,
    /// The error's data: the last profile reached, residual, …
    #[serde(flatten)]
    pub data: Map<String, Value>,
}

impl From<&SolveError> for Failure {
    fn from(error: &SolveError) -> Self {
        let data = match error {
            SolveError::NotConverged { stage, last, residual, iterations } => {
                json!({ "stage": stage, "last": last, "residual": residual, "iterations": iterations })
            }
            SolveError::Unbounded { player, decision, value, last } => {
                json!({ "player": player, "decision": decision, "value": value, "last": last })
            }
            SolveError::NoEquilibrium { player, gain, last } => {
                json!({ "player": player, "gain": gain, "last": last })
            }
            SolveError::EmptyBounds { decision, lower, upper } => {
                json!({ "decision": decision, "lower": lower, "upper": upper })
            }
            SolveError::Infeasible { constraint, violation, last } => {
                json!({ "constraint": constraint, "violation": violation, "last": last })
            }
            SolveError::OutsideDomain { quantity, value, last } => {
                json!({ "quantity": quantity, "value": value, "last": last })
            }
            SolveError::NotFinite { player, last } => json!({ "player": player, "last": last }),
            SolveError::Kink { stage, last } => json!({ "stage": stage, "last": last }),
            SolveError::Refuted { player, gain, deviation } => {
                json!({ "player": player, "gain": gain, "deviation": deviation })
            }
            SolveError::NotStationary { decision, value, towards } => {
                json!({ "decision": decision, "value": value, "towards": towards })
            }
            SolveError::TooDeep { order, stages, limit } => {
                json!({ "order": order, "stages": stages, "limit": limit })
            }
            SolveError::IdleParameters { parameters } => json!({ "parameters": parameters }),
            // Their messages say all that they hold: the structure is named beside them.
            SolveError::Structure(_)
            | SolveError::Record(_)
            | SolveError::Setting(_)
            | SolveError::NoClosedForm { .. } => json!({}),
        };
        let kind = error.kind();
        let data = if let Value::Object(data) = data { data } else { Map::new() };
        Failure { kind, message: error.to_string(), data }
    }
}

/// The result as indented JSON.
pub(super) fn to_json(result: &impl Serialize) -> String {
    // Only maps with keys that are no strings fail to serialise, and there are none.
    serde_json::to_string_pretty(result).unwrap_or_default()
}
