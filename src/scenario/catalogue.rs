//! What the models are: parameters, decisions, players, structures, claims and source, as data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::error::{ScenarioError, nearest, shown};
use super::output::to_json;
use super::registry::{MODELS, names};
use crate::dynamic::{DifferentialGame, State};
use crate::models::{Measure, Model, Parameter};
use crate::player::Player;

/// All models that scenario files can name.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Catalogue {
    /// One card a model.
    pub models: Vec<ModelCard>,
}

impl Catalogue {
    /// All models.
    pub fn new() -> Self {
        Catalogue { models: MODELS.iter().map(|model| (model.describe)()).collect() }
    }

    /// The model of that name, or of that name in the literature.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::UnknownModel`] when there is none.
    pub fn only(name: &str) -> Result<Self, ScenarioError> {
        let model = MODELS.iter().find(|model| model.name == name || model.aliases.contains(&name));
        let model = model.ok_or_else(|| ScenarioError::UnknownModel {
            name: shown(name),
            allowed: names().join(", "),
            suggestion: nearest(name, names()),
        })?;
        Ok(Catalogue { models: vec![(model.describe)()] })
    }

    /// The catalogue as JSON.
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::new()
    }
}

/// A model's card: what can be put into a scenario file, and what comes out.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ModelCard {
    /// The name in scenario files.
    pub name: &'static str,
    /// Other names that scenario files may use.
    pub aliases: &'static [&'static str],
    /// The model in a sentence.
    pub title: &'static str,
    /// The parameters.
    pub parameters: Vec<ParameterCard>,
    /// The states that the decisions move, in a game over time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<MeasureCard>,
    /// The decisions.
    pub decisions: Vec<DecisionCard>,
    /// What else is reported: sales, prices that are no decisions.
    pub measures: Vec<MeasureCard>,
    /// The players.
    pub players: Vec<String>,
    /// The structures.
    pub structures: Vec<StructureCard>,
    /// The propositions about the model.
    pub claims: Vec<ClaimCard>,
    /// Authors, year, DOI.
    pub source: &'static str,
    /// How far the equations could be checked against the source.
    pub provenance: &'static str,
}

/// A parameter on a model's card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ParameterCard {
    /// The letter in formulas and reference files.
    pub symbol: &'static str,
    /// The key in scenario files.
    pub name: &'static str,
    /// What it is measured in.
    pub unit: &'static str,
    /// What is allowed.
    pub range: &'static str,
    /// How many numbers it holds; `None` for one a retailer, as many as there are.
    pub entries: Option<usize>,
    /// Whether it must be given.
    pub required: bool,
    /// The value when it is left out, if it has one.
    pub default: Option<f64>,
    /// The form of the model that it belongs to; empty when there is only one.
    pub form: &'static str,
}

/// A decision on a model's card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DecisionCard {
    /// The letter in formulas.
    pub symbol: String,
    /// The name in results.
    pub name: String,
    /// Who chooses it.
    pub owner: String,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
}

/// A reported number, or a state, on a model's card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MeasureCard {
    /// The letter in formulas.
    pub symbol: Cow<'static, str>,
    /// The name in results.
    pub name: Cow<'static, str>,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
}

/// A structure on a model's card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StructureCard {
    /// The name in scenario files.
    pub name: &'static str,
    /// Other names that the literature gives it, understood in scenario files.
    pub aliases: &'static [&'static str],
    /// What it means, in a sentence.
    pub meaning: &'static str,
}

/// A proposition on a model's card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ClaimCard {
    /// Its number.
    pub id: &'static str,
    /// What is claimed.
    pub statement: &'static str,
    /// Where the claim comes from.
    pub source: &'static str,
    /// The side condition under which it is made; empty when there is none.
    pub condition: &'static str,
    /// Where it holds, when not wherever it is made.
    pub holds_where: Option<&'static str>,
    /// A point at which it fails, by the names of its domain's axes; `None` when it holds wherever it is made.
    pub counterexample: Option<BTreeMap<&'static str, f64>>,
}

/// The card of a game over time.
pub(super) fn describe_over_time<M: Model + DifferentialGame>() -> ModelCard {
    let state = |state: State| MeasureCard { symbol: state.symbol, name: state.name, unit: state.unit };
    ModelCard { states: M::example().states().into_iter().map(state).collect(), ..describe::<M>() }
}

pub(super) fn describe<M: Model>() -> ModelCard {
    let example = M::example();
    let parameter = |p: &Parameter| ParameterCard {
        symbol: p.symbol,
        name: p.name,
        unit: p.unit,
        range: p.range.words,
        entries: p.entries.count(),
        required: p.required(),
        default: p.default,
        form: p.form,
    };
    let decisions = example.decisions().into_iter().map(|d| DecisionCard {
        symbol: d.symbol.into_owned(),
        name: d.name.into_owned(),
        owner: d.owner.name().into_owned(),
        unit: d.unit,
    });
    let neutral: Vec<f64> = example.decisions().iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
    let measures = example.measures(&neutral);
    let measure =
        |m: Measure| MeasureCard { symbol: m.symbol.into(), name: m.name.into(), unit: m.unit.into() };
    let structures = M::structures().into_iter();
    let claims = M::claims().iter();
    ModelCard {
        name: M::NAME,
        aliases: M::ALIASES,
        title: M::TITLE,
        parameters: M::parameters().iter().map(parameter).collect(),
        states: Vec::new(),
        decisions: decisions.collect(),
        measures: measures.into_iter().map(measure).collect(),
        players: example.players().iter().map(|player| player.name().into_owned()).collect(),
        structures: structures
            .map(|s| StructureCard { name: s.name, aliases: s.aliases, meaning: s.meaning })
            .collect(),
        claims: claims
            .map(|c| ClaimCard {
                id: c.id,
                statement: c.statement,
                source: c.source,
                condition: c.condition,
                holds_where: c.holds_where,
                counterexample: c
                    .counterexample
                    .map(|point| c.domain.iter().map(|axis| axis.name).zip(point.iter().copied()).collect()),
            })
            .collect(),
        source: M::SOURCE,
        provenance: M::PROVENANCE,
    }
}
