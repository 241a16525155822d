//! The coalition game of a scenario: who could make what with whom, and how to share the whole.

use std::cell::Cell;

use serde::Serialize;
use serde_json::{Value, json};

use super::at_once::solve;
use super::output::{Failure, Quantity, by_name};
use super::registry::Playable;
use super::{Route, Scenario, ScenarioError};
use crate::analysis::{CoalitionError, CoalitionGame, Convention, MOST_PARTIES, PartitionFunction};
use crate::equilibrium::Equilibrium;
use crate::recorded::Seat;
use crate::structure::Structure;

/// What is asked about the coalitions of a scenario's model.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Question {
    /// The structure that names the parties and the order of moves.
    base: &'static str,
    convention: Convention,
    /// Whether every partition is wanted.
    partitions: bool,
    route: Route,
}

/// The coalition game of a scenario, with its solutions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Coalitions {
    /// The model's name.
    pub model: &'static str,
    /// The scenario's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The structure whose coalitions are the parties and whose order of moves is kept.
    pub base: &'static str,
    /// What a coalition expects of those outside: `gamma` or `alpha`.
    pub convention: &'static str,
    /// The game and its solutions, or why there are none.
    #[serde(flatten)]
    pub result: Divided,
}

/// What came of building the coalition game.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Divided {
    /// The game and its solutions.
    Solved(Box<Division>),
    /// None.
    Failed {
        /// Why; an equilibrium that does not exist is named by its `partition`.
        error: Failure,
    },
}

/// Worths of coalitions, and what they say about sharing the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Division {
    /// The parties.
    pub parties: Vec<String>,
    /// What every coalition is worth, smaller ones first.
    pub worths: Vec<Worth>,
    /// What all parties make together.
    pub together: f64,
    /// What each has alone.
    #[serde(serialize_with = "by_name")]
    pub alone: Vec<Quantity>,
    /// What all gain by cooperating over being alone.
    pub created: f64,
    /// The Shapley value.
    #[serde(serialize_with = "by_name")]
    pub shapley: Vec<Quantity>,
    /// Whether it lies in the core.
    pub shapley_in_core: bool,
    /// The nucleolus.
    #[serde(serialize_with = "by_name")]
    pub nucleolus: Vec<Quantity>,
    /// Whether the nucleolus is certified in exact arithmetic.
    pub nucleolus_certified: bool,
    /// Whether no division leaves every coalition content.
    pub core_empty: bool,
    /// The smallest shortfall that some coalition must bear: above 0 the core is empty, below 0 it has room.
    pub least_excess: f64,
    /// Whether no two coalitions lose by joining.
    pub superadditive: bool,
    /// The largest gain found for any deviation in any equilibrium solved; `null` for the convention `alpha`.
    pub regret: Option<f64>,
    /// Every partition of the parties with its coalitions' worths; only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<Vec<Worth>>>,
}

/// What a coalition is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Worth {
    /// The parties of the coalition.
    pub coalition: Vec<String>,
    /// Its worth, in money.
    pub worth: f64,
}

impl Scenario {
    /// The coalition game of the scenario's model around one of its structures (`None`: the baseline), every
    /// equilibrium verified, with Shapley value, nucleolus and core. See [`CoalitionGame`].
    ///
    /// # Errors
    ///
    /// [`ScenarioError::NoSuchStructure`] for a structure that the model does not have, [`ScenarioError::OtherKind`] for
    /// a game over time.
    pub fn coalitions(
        &self,
        base: Option<&str>,
        convention: Convention,
        partitions: bool,
        route: Route,
    ) -> Result<Coalitions, ScenarioError> {
        let game = self.at_once("coalitions")?;
        let base = base.map_or(Ok(self.baseline), |name| self.structure_named(name))?;
        let result = match division(game, &Question { base, convention, partitions, route }) {
            Ok(division) => Divided::Solved(Box::new(division)),
            Err(error) => Divided::Failed { error: Failure::from(&error) },
        };
        let title = self.title.clone();
        Ok(Coalitions { model: self.model(), title, base, convention: convention.name(), result })
    }
}

impl Coalitions {
    /// The result as JSON.
    pub fn to_json(&self) -> String {
        super::output::to_json(self)
    }

    /// Whether there is no result: the program then ends with exit code 1.
    pub fn failed(&self) -> bool {
        matches!(self.result, Divided::Failed { .. })
    }
}

/// The coalition game around a structure, with its solutions.
fn division(playable: &Playable, question: &Question) -> Result<Division, CoalitionError> {
    let game = &playable.game;
    let Some(base) = playable.structure(question.base) else {
        return Err(CoalitionError::Parties { parties: 0, most: MOST_PARTIES });
    };
    let regret = Cell::new(0.0_f64);
    let payoffs = |structure: &Structure<Seat>| {
        let verified = solve(game, structure, question.route)?.verify(game)?;
        regret.set(regret.get().max(verified.certificate().regret));
        Ok(verified.payoffs().to_vec())
    };
    let worths = match question.convention {
        Convention::Gamma => CoalitionGame::by(game, base, &payoffs)?,
        Convention::Alpha => CoalitionGame::pessimistic(game, base)?,
    };
    let parties = worths.parties();
    let worth = |members: &[usize], worth: f64| Worth {
        coalition: members.iter().map(|&party| parties[party].clone()).collect(),
        worth,
    };
    let partitions = question.partitions.then(|| PartitionFunction::by(game, base, &payoffs)).transpose()?;
    let partitions = partitions.map(|function| {
        let each = function.partitions().iter().map(|partition| {
            partition.coalitions.iter().zip(&partition.worths).map(|(c, &w)| worth(c, w)).collect()
        });
        each.collect()
    });
    let named = |values: Vec<f64>| -> Vec<Quantity> {
        let each = parties.iter().zip(values);
        each.map(|(name, value)| Quantity { name: name.clone(), unit: "money".into(), value }).collect()
    };
    let (shapley, nucleolus, alone) = (worths.shapley(), worths.nucleolus()?, worths.alone());
    Ok(Division {
        worths: worths.worths().iter().map(|(members, value)| worth(members, *value)).collect(),
        together: worths.together(),
        created: worths.together() - alone.iter().sum::<f64>(),
        alone: named(alone),
        shapley_in_core: worths.in_core(&shapley),
        shapley: named(shapley),
        nucleolus_certified: nucleolus.certified,
        nucleolus: named(nucleolus.payoffs),
        core_empty: worths.core_is_empty()?,
        least_excess: worths.least_excess()?,
        superadditive: worths.is_superadditive(),
        regret: (question.convention == Convention::Gamma).then(|| regret.get()),
        partitions,
        parties: parties.to_vec(),
    })
}

impl From<&CoalitionError> for Failure {
    fn from(error: &CoalitionError) -> Self {
        let (kind, data) = match error {
            CoalitionError::Unsolved { partition, source } => {
                let cause = Failure::from(source);
                let mut data = cause.data;
                data.insert("partition".to_owned(), Value::from(partition.as_str()));
                return Failure { kind: cause.kind, message: error.to_string(), data };
            }
            CoalitionError::Parties { parties, most } => {
                ("parties", json!({ "parties": parties, "most": most }))
            }
            CoalitionError::Interdependent { coalition, decision } => {
                ("interdependent", json!({ "coalition": coalition, "decision": decision }))
            }
            CoalitionError::Worths { .. } => ("worths", json!({})),
            CoalitionError::NoImputation => ("no_imputation", json!({})),
            CoalitionError::Numerical { solution } => ("numerical", json!({ "solution": solution })),
        };
        let data = if let Value::Object(data) = data { data } else { serde_json::Map::new() };
        Failure { kind, message: error.to_string(), data }
    }
}
