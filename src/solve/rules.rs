//! Whether a profile keeps the rules of play: bounds, fixed values, ties.

use super::plan::{Plan, Role};
use crate::error::StructureError;
use crate::recorded::Recorded;
use crate::structure::{Structure, Transfers};

/// Units in the last place by which a value may miss what it must be: a formula that puts a decision on its bound takes a few
/// dozen roundings to it.
const ROUNDINGS: f64 = 64.0;

/// Refuses a profile that breaks a rule: `x` holds the parameters, then the profile.
///
/// A transfer inside a coalition is none of the rules': whatever it is, it changes nothing that the coalition has.
pub(super) fn kept<P>(
    game: &Recorded,
    plan: &Plan,
    structure: &Structure<P>,
    x: &[f64],
) -> Result<(), StructureError> {
    let (decisions, profile) = (&game.decisions, &x[plan.given..]);
    let name = |at: usize| decisions[at].name.clone().into_owned();
    let off = |value: f64, other: f64| {
        let slack = ROUNDINGS * f64::EPSILON * value.abs().max(other.abs());
        let gap = (value - other).abs();
        // What is no number is off.
        gap.is_nan() || gap > slack
    };
    let neutral = game.formulas.neutral.written(&x[..plan.given]);
    for (at, role) in plan.roles.iter().enumerate() {
        let value = profile[at];
        let dropped_out = decisions[at].chosen && structure.transfers != Transfers::Neutral;
        let held = match *role {
            Role::Held(held) => held,
            Role::Neutral if !dropped_out => neutral[at],
            Role::Chosen(first) if first != plan.given + at && off(value, x[first]) => {
                let first = first - plan.given;
                let values = [profile[first], value];
                return Err(StructureError::NotTied { first: name(first), second: name(at), values });
            }
            _ => continue,
        };
        if off(value, held) {
            return Err(StructureError::NotHeld { decision: name(at), value, held });
        }
    }
    let ends = game.formulas.bounds.written(x);
    for (at, ends) in ends.chunks_exact(2).enumerate() {
        let (lower, upper, value) = (ends[0], ends[1], profile[at]);
        // Beside an end at 0 the other end, or what is usual, says what rounding is.
        let sizes = [lower, upper, decisions[at].typical.unwrap_or(0.0)];
        let finite = sizes.into_iter().filter(|size| size.is_finite());
        let slack = ROUNDINGS * f64::EPSILON * finite.fold(0.0, |most: f64, size| most.max(size.abs()));
        if !(value >= lower - slack && value <= upper + slack) {
            return Err(StructureError::OutOfBounds { decision: name(at), value, lower, upper });
        }
    }
    Ok(())
}
