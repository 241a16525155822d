//! Recorded games in files: written with a version, checked when they are read.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::seat::{names_differ, told_apart};
use super::{Constrained, Formulas, Lasting, RecordError, Recorded, Seat};
use crate::formula::Formula;
use crate::game::Decision;

/// The version of stored games that is written, and the only one so far.
const VERSION: u32 = 1;

/// A game as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    players: Vec<String>,
    decisions: Vec<StoredDecision>,
    parameters: Vec<(String, f64)>,
    formulas: Formulas,
    /// What a game over time has besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lasting: Option<Lasting>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDecision {
    name: String,
    symbol: String,
    owner: usize,
    counterparty: Option<usize>,
    unit: String,
    neutral: f64,
    typical: Option<f64>,
    chosen: bool,
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let decision = |d: &Decision<Seat>| StoredDecision {
            name: d.name.to_string(),
            symbol: d.symbol.to_string(),
            owner: d.owner.number,
            counterparty: d.counterparty.map(Seat::number),
            unit: d.unit.to_string(),
            neutral: d.neutral,
            typical: d.typical,
            chosen: d.chosen,
        };
        let stored = Stored {
            version: VERSION,
            players: self.players.iter().map(|seat| seat.name.to_owned()).collect(),
            decisions: self.decisions.iter().map(decision).collect(),
            parameters: self.parameters.to_vec(),
            formulas: Formulas::clone(&self.formulas),
            lasting: self.lasting.as_deref().cloned(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Recorded::try_from(Stored::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Stored> for Recorded {
    type Error = RecordError;

    fn try_from(stored: Stored) -> Result<Self, RecordError> {
        let Stored { version, players, decisions, parameters, formulas, lasting } = stored;
        if version != VERSION {
            return Err(RecordError::Version { version, known: VERSION });
        }
        let damaged = |problem: &str| RecordError::Damaged { problem: problem.to_owned() };
        let all = parameters.len() + decisions.len();
        let fits = |formula: &Formula, inputs: usize, outputs: usize, what: &str| {
            let fit = formula.inputs().len() == inputs && formula.outputs() == outputs;
            if fit { Ok(()) } else { Err(damaged(&format!("inputs or outputs of the {what}"))) }
        };
        fits(&formulas.payoffs, all, players.len(), "payoffs")?;
        fits(&formulas.bounds, all, 2 * decisions.len(), "bounds")?;
        fits(&formulas.conditions, all, formulas.kinds.len(), "conditions")?;
        if let Some(Constrained { formula, bonds }) = &formulas.constraints {
            fits(formula, all, bonds.len(), "constraints")?;
            if bonds.iter().flat_map(|bond| &bond.seats).any(|seat| *seat >= players.len()) {
                return Err(damaged("a constraint's player"));
            }
        }
        fits(&formulas.neutral, parameters.len(), decisions.len(), "neutral values")?;
        if let Some(lasting) = &lasting {
            let states = lasting.states.len();
            if parameters.len() != states || lasting.discounts.len() != players.len() {
                return Err(damaged("states or discount rates"));
            }
            fits(&lasting.drift, all, states, "drift")?;
            fits(&lasting.diffusion, states, states, "noise")?;
            fits(&lasting.salvage, states, players.len(), "salvage")?;
        }
        let seats: Arc<[Seat]> = players.iter().enumerate().map(|(at, name)| Seat::new(at, name)).collect();
        let seat = |at: usize| seats.get(at).copied().ok_or_else(|| damaged("a decision's player"));
        let decision = |d: StoredDecision| {
            Ok(Decision {
                name: d.name.into(),
                symbol: d.symbol.into(),
                owner: seat(d.owner)?,
                counterparty: d.counterparty.map(seat).transpose()?,
                unit: d.unit.into(),
                neutral: d.neutral,
                typical: d.typical,
                chosen: d.chosen,
            })
        };
        let decisions = decisions.into_iter().map(decision).collect::<Result<Vec<_>, RecordError>>()?;
        told_apart(&decisions)?;
        names_differ("players", seats.iter().map(|seat| seat.name))?;
        names_differ("parameters", parameters.iter().map(|(name, _)| name.as_str()))?;
        Ok(Recorded {
            decisions: decisions.into(),
            parameters: parameters.into(),
            formulas: Arc::new(formulas),
            lasting: lasting.map(Arc::new),
            own: None,
            players: seats,
        })
    }
}
