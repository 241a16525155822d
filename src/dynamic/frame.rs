//! What every solver in time checks first: players with their discount rates, states with their ranges.

use std::sync::Arc;

use super::basis::Basis;
use super::error::DynamicError;
use super::game::State;
use super::played::Played;
use crate::player::Player;
use crate::recorded::Seat;

/// Most unknowns of Newton's method.
pub(crate) const MOST: usize = 2500;
/// How far, as a share of its width, a state may stand outside of its region: what rounding adds at the edge.
pub(crate) const SLACK: f64 = 1e-9;
/// The states whose ends are looked at one by one: as many, evenly chosen.
const SIDES: usize = 16;

/// What every solver in time checks first: players with their discount rates, states with their ranges.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) players: Arc<[Seat]>,
    pub(crate) discounts: Vec<f64>,
    pub(crate) states: Vec<State>,
}

impl Frame {
    pub(crate) fn new(played: &Played, region: &[[f64; 2]]) -> Result<Self, DynamicError> {
        let (players, mut states) = (played.game.players.clone(), played.lasting.states.clone());
        if !region.is_empty() && region.len() != states.len() || states.is_empty() {
            return Err(DynamicError::StateLength { given: region.len(), needed: states.len() });
        }
        for (state, [lower, upper]) in states.iter_mut().zip(region) {
            (state.lower, state.upper) = (*lower, *upper);
        }
        for State { name, lower, upper, initial, .. } in &states {
            if !(upper > lower && (upper - lower).is_finite()) {
                let allowed = format!("a finite number above the range's lower end, {lower}");
                return Err(DynamicError::out_of_range(format!("the upper end of {name}"), *upper, allowed));
            }
            if !initial.is_finite() {
                let quantity = format!("the initial value of {name}");
                return Err(DynamicError::out_of_range(quantity, *initial, "a finite number"));
            }
        }
        let discounts = played.lasting.discounts.clone();
        for (player, &rate) in players.iter().zip(&discounts) {
            if !(rate >= 0.0 && rate.is_finite()) {
                let quantity = format!("the discount rate of {}", player.name());
                return Err(DynamicError::out_of_range(quantity, rate, "zero or a positive number"));
            }
        }
        for members in played.structure.coalitions(&players)? {
            if let Some(pair) = members.windows(2).find(|pair| discounts[pair[0]] != discounts[pair[1]]) {
                let names: Vec<_> = members.iter().map(|&member| players[member].name()).collect();
                return Err(DynamicError::DifferentDiscounts {
                    players: names.join(" and "),
                    first: discounts[pair[0]],
                    second: discounts[pair[1]],
                });
            }
        }
        Ok(Frame { players, discounts, states })
    }

    /// The part of the region that is this share of its width to either side of the initial state.
    pub(crate) fn around(&self, share: f64) -> Self {
        let mut near = self.clone();
        for State { lower, upper, initial, .. } in &mut near.states {
            let reach = share * (*upper - *lower);
            (*lower, *upper) = (lower.max(*initial - reach), upper.min(*initial + reach));
        }
        near
    }

    /// Everybody's discount rate is positive: the game may last for ever.
    pub(crate) fn lasting(&self) -> Result<(), DynamicError> {
        match self.players.iter().zip(&self.discounts).find(|(_, rate)| **rate == 0.0) {
            None => Ok(()),
            Some((player, rate)) => {
                let quantity = format!("the discount rate of {}", player.name());
                Err(DynamicError::out_of_range(
                    quantity,
                    *rate,
                    "a positive number where the game never ends",
                ))
            }
        }
    }

    /// Whether so many states have a grid of three points each that can be handled.
    pub(crate) fn fits_a_grid(&self) -> Result<(), DynamicError> {
        let count = self.states.len();
        if self.basis(vec![2; count]).count() <= MOST {
            return Ok(());
        }
        let allowed = "at most 7 where value functions are not known by a formula";
        Err(DynamicError::out_of_range("the number of states", count as f64, allowed))
    }

    /// Refuses a state outside of the region.
    pub(crate) fn inside(&self, state: &[f64]) -> Result<(), DynamicError> {
        if state.len() != self.states.len() {
            return Err(DynamicError::StateLength { given: state.len(), needed: self.states.len() });
        }
        for (at, (range, &value)) in self.states.iter().zip(state).enumerate() {
            let slack = SLACK * (range.upper - range.lower);
            if !(value >= range.lower - slack && value <= range.upper + slack) {
                return Err(self.leaves(at, value));
            }
        }
        Ok(())
    }

    /// State number `at` is at a value outside of the region, or about to leave it there.
    pub(crate) fn leaves(&self, at: usize, value: f64) -> DynamicError {
        let State { name, lower, upper, .. } = &self.states[at];
        DynamicError::LeavesRegion { state: name.clone().into_owned(), value, lower: *lower, upper: *upper }
    }

    /// The lowest discount rate.
    pub(crate) fn slowest(&self) -> f64 {
        self.discounts.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The middles of the region's sides, each with the state at whose end it is: of up to [`SIDES`] states.
    pub(crate) fn sides(&self) -> Vec<(usize, Vec<f64>)> {
        let stride = self.states.len().div_ceil(SIDES).max(1);
        let ranges = self.states.iter().enumerate().step_by(stride);
        let side = |(k, end): (usize, f64)| {
            let mut side = self.centre();
            side[k] = end;
            (k, side)
        };
        ranges.flat_map(|(k, range)| [(k, range.lower), (k, range.upper)]).map(side).collect()
    }

    pub(crate) fn centre(&self) -> Vec<f64> {
        self.states.iter().map(|state| 0.5 * (state.lower + state.upper)).collect()
    }

    pub(crate) fn initial(&self) -> Vec<f64> {
        self.states.iter().map(|state| state.initial).collect()
    }

    pub(crate) fn basis(&self, degrees: Vec<usize>) -> Basis {
        let ends = |end: fn(&State) -> f64| self.states.iter().map(end).collect();
        Basis { lower: ends(|state| state.lower), upper: ends(|state| state.upper), degrees }
    }
}
