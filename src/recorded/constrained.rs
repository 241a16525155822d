//! Constraints as data: one formula, and whom each of its outputs binds.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{RecordError, Recorded, Seat, fill_safely};
use crate::error::StructureError;
use crate::formula::{Formula, Names, Term};
use crate::game::Constraint;
use crate::scalar::Scalar;

/// What limits several decisions at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Constrained {
    /// What must not be negative; the outputs are named by the quantities.
    pub(crate) formula: Formula,
    /// Of each output.
    pub(crate) bonds: Vec<Bond>,
}

/// Whom a constraint binds, and what it is measured in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bond {
    /// The players by seat; none is all.
    pub(crate) seats: Vec<usize>,
    pub(crate) unit: String,
}

/// A game's constraints on terms, players by seat.
pub(super) type Written = Result<Vec<Constraint<Term, usize>>, StructureError>;

impl Constrained {
    /// Records a game's constraints; none where it has none.
    pub(super) fn record(
        inputs: Names,
        write: &mut dyn FnMut(&[Term]) -> Written,
    ) -> Result<Option<Self>, RecordError> {
        let (mut bonds, mut quantities, mut refused) = (Vec::new(), Vec::new(), None);
        let formula = Formula::record_named(inputs, &mut |x| {
            let all = write(x).unwrap_or_else(|error| {
                refused = Some(error);
                Vec::new()
            });
            let each = all.into_iter().map(|Constraint { quantity, value, unit, players }| {
                bonds.push(Bond { seats: players, unit: unit.into_owned() });
                quantities.push(quantity);
                value
            });
            each.collect()
        })?;
        match refused {
            Some(error) => Err(error.into()),
            None if bonds.is_empty() => Ok(None),
            None => Ok(Some(Constrained { formula: formula.named(quantities), bonds })),
        }
    }
}

impl Recorded {
    pub(super) fn constraints_of<T: Scalar>(&self, all: &[T]) -> Vec<Constraint<T, Seat>> {
        let Some(Constrained { formula, bonds }) = &self.formulas.constraints else { return Vec::new() };
        let mut values = vec![T::constant(f64::NAN); bonds.len()];
        fill_safely(formula, all, &mut values);
        let each = values.into_iter().zip(bonds).enumerate();
        let constraint = |(at, (value, bond)): (usize, (T, &Bond))| Constraint {
            quantity: Cow::Owned(formula.output(at).into_owned()),
            value,
            unit: bond.unit.clone().into(),
            players: bond.seats.iter().filter_map(|seat| self.players.get(*seat)).copied().collect(),
        };
        each.map(constraint).collect()
    }
}
