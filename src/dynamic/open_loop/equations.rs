//! The equations of the maximum principle for one structure: everybody commits at once, or one coalition first.

use super::super::boundary::Problem;
use super::super::error::DynamicError;
use super::super::moment::Route;
use super::super::played::Played;
use super::leader::{Leading, Led, Roles};
use super::nash::{self, Nash};
use crate::recorded::RecordError;
use crate::solve::Turn;

/// The equations as formulas.
#[derive(Debug)]
pub(super) enum Equations {
    AtOnce(nash::Equations),
    Led(Led),
}

/// The equations, ready to be solved from a start.
pub(super) enum Course<'m> {
    Nash(Nash<'m>),
    Leading(Leading<'m>),
}

impl Equations {
    pub(super) fn new(
        played: &Played,
        route: Route,
        discounts: &[f64],
        start: &[f64],
    ) -> Result<Self, DynamicError> {
        Ok(match first_movers(&played.turns()?) {
            Some(first) if first.is_empty() => {
                let moments = played.moments(route)?;
                Equations::AtOnce(nash::Equations::new(played, &moments, discounts).map_err(RecordError::from)?)
            }
            Some(leaders) => Equations::Led(Led::new(played, Roles::new(leaders, discounts), start)?),
            None => return Err(DynamicError::NoCommitment { structure: played.structure.name().to_owned() }),
        })
    }

    pub(super) fn course<'m>(
        &'m self,
        played: &'m Played,
        route: Route,
        discounts: &[f64],
        start: &[f64],
    ) -> Result<Course<'m>, DynamicError> {
        Ok(match self {
            Equations::AtOnce(equations) => {
                Course::Nash(Nash::new(played.moments(route)?, equations, discounts, start))
            }
            Equations::Led(led) => Course::Leading(Leading::new(played, led, discounts, start)),
        })
    }
}

impl Course<'_> {
    pub(super) fn problem(&mut self) -> &mut dyn Problem {
        match self {
            Course::Nash(nash) => nash,
            Course::Leading(leading) => leading,
        }
    }

    /// What everybody earns a unit of time, given all unknowns.
    pub(super) fn flow(&mut self, y: &[f64], out: &mut [f64]) -> Result<(), DynamicError> {
        match self {
            Course::Nash(nash) => nash.flow(y, out),
            Course::Leading(leading) => leading.flow(y, out),
        }
    }

    /// What everybody decides, given all unknowns.
    pub(super) fn decisions(&mut self, y: &[f64]) -> Result<Vec<f64>, DynamicError> {
        match self {
            Course::Nash(nash) => nash.decisions(y),
            Course::Leading(leading) => leading.decisions(y),
        }
    }
}

/// Who commits before the others: nobody, or one coalition; none where the order of moves is another.
fn first_movers(turns: &[Turn]) -> Option<Vec<usize>> {
    let opening = turns.iter().map(|turn| turn.stage).min();
    let (first, later): (Vec<_>, Vec<_>) = turns.iter().partition(|turn| Some(turn.stage) == opening);
    let at_once = later.windows(2).all(|pair| pair[0].stage == pair[1].stage);
    match first[..] {
        _ if later.is_empty() => Some(Vec::new()),
        [leader] if at_once && later.iter().all(|turn| turn.coalition != leader.coalition) => {
            Some(leader.coalition.clone())
        }
        _ => None,
    }
}
