//! Errors of games over time as scenarios report them.

use serde_json::{Map, Value, json};

use super::super::output::Failure;
use crate::dynamic::{DynamicError, ValueFunction};
use crate::player::Player;
use crate::recorded::Recorded;

/// An error of a game over time as a scenario reports it.
pub(in crate::scenario) fn failure(game: &Recorded, error: &DynamicError) -> Failure {
    let value = |value: &ValueFunction| match value.quadratic() {
        Some(q) => {
            json!({ "constant": q.constant(), "slopes": q.slope(), "curvature": q.curvature().entries() })
        }
        None => json!(null),
    };
    // The value functions by player, entries in the order of the states.
    let values = |last: &[ValueFunction]| -> Value {
        let players = game.players.iter().map(|player| player.name().into_owned());
        players.zip(last.iter().map(value)).collect::<Map<_, _>>().into()
    };
    let (kind, data) = match error {
        DynamicError::Structure(_) => ("structure", json!({})),
        DynamicError::Record(_) => ("record", json!({})),
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
        DynamicError::Budget { evaluations, reached } => {
            let reached = reached.as_ref().map(|reached| {
                let Failure { kind, message, data } = failure(game, reached);
                json!({ "kind": kind, "message": message, "data": data })
            });
            ("budget", json!({ "evaluations": evaluations, "reached": reached }))
        }
        DynamicError::NotBest { player, time } => ("not_best", json!({ "player": player, "time": time })),
        DynamicError::Refuted { player, gain, state } => {
            ("refuted", json!({ "player": player, "gain": gain, "state": state }))
        }
    };
    let data = if let Value::Object(data) = data { data } else { Map::new() };
    Failure { kind, message: error.to_string(), data }
}
