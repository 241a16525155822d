//! What a game's own type is asked for while it is recorded: the thin part that is compiled for each game. The rest is
//! compiled once.

use super::constrained::Written;
use super::seat::{names_differ, told_apart};
use super::{RecordError, Seat, seated, seats};
use crate::dynamic::{DifferentialGame, Information, State};
use crate::error::StructureError;
use crate::formula::Term;
use crate::game::{Condition, Constraint, Decision, Interval, StaticGame};
use crate::player::Player;

/// A game's players, by name, and decisions, by seat.
pub(super) struct Cast {
    pub(super) players: std::sync::Arc<[Seat]>,
    pub(super) decisions: Vec<Decision<Seat>>,
}

fn cast<P: Player>(players: &[P], decisions: Vec<Decision<P>>) -> Result<Cast, RecordError> {
    let seats = seats(players);
    // A player is found by itself: two that are the same would be one.
    names_differ("players", seats.iter().map(|seat| seat.name))?;
    let decisions = seated(decisions, players, &seats)?;
    told_apart(&decisions)?;
    Ok(Cast { players: seats, decisions })
}

/// The formulas of a game of one moment, run on terms.
pub(super) trait Source {
    fn cast(&self) -> Result<Cast, RecordError>;
    fn parameters(&self) -> Vec<(String, f64)>;
    fn payoffs(&self, p: &[Term], x: &[Term], out: &mut [Term]);
    fn bounds(&self, p: &[Term], decision: usize, x: &[Term]) -> Interval<Term>;
    fn conditions(&self, p: &[Term], x: &[Term]) -> Vec<Condition<Term>>;
    fn constraints(&self, p: &[Term], x: &[Term]) -> Written;
    fn neutral(&self, p: &[Term], decision: usize) -> Term;
}

impl<G: StaticGame> Source for G {
    fn cast(&self) -> Result<Cast, RecordError> {
        cast(&self.players(), self.decisions())
    }
    fn parameters(&self) -> Vec<(String, f64)> {
        self.arguments()
    }
    fn payoffs(&self, p: &[Term], x: &[Term], out: &mut [Term]) {
        self.payoffs_at(p, x, out);
    }
    fn bounds(&self, p: &[Term], decision: usize, x: &[Term]) -> Interval<Term> {
        self.bounds_at(p, decision, x)
    }
    fn conditions(&self, p: &[Term], x: &[Term]) -> Vec<Condition<Term>> {
        self.conditions_at(p, x)
    }
    fn constraints(&self, p: &[Term], x: &[Term]) -> Written {
        let players = self.players();
        let seat = |player: G::Player| {
            let at = players.iter().position(|other| *other == player);
            at.ok_or_else(|| StructureError::NoSuchPlayer { player: player.name().into_owned() })
        };
        let by_seat = |Constraint { quantity, value, unit, players }: Constraint<Term, G::Player>| {
            let players = players.into_iter().map(seat).collect::<Result<_, _>>()?;
            Ok(Constraint { quantity, value, unit, players })
        };
        self.constraints_at(p, x).into_iter().map(by_seat).collect()
    }
    fn neutral(&self, p: &[Term], decision: usize) -> Term {
        self.neutral_at(p, decision)
    }
}

/// What a game over time says of itself apart from its formulas.
pub(super) struct Card {
    pub(super) states: Vec<State>,
    pub(super) discounts: Vec<f64>,
    pub(super) horizon: Option<f64>,
    pub(super) information: Information,
    pub(super) stage: Option<f64>,
}

/// The formulas of a game over time, run on terms.
pub(super) trait LastingSource {
    fn cast(&self) -> Result<Cast, RecordError>;
    fn card(&self) -> Card;
    fn flow(&self, state: &[Term], x: &[Term], out: &mut [Term]);
    fn drift(&self, state: &[Term], x: &[Term], out: &mut [Term]);
    fn diffusion(&self, state: &[Term], out: &mut [Term]);
    fn salvage(&self, state: &[Term], out: &mut [Term]);
    fn bounds(&self, state: &[Term], decision: usize, x: &[Term]) -> Interval<Term>;
    fn conditions(&self, state: &[Term], x: &[Term]) -> Vec<Condition<Term>>;
}

impl<G: DifferentialGame> LastingSource for G {
    fn cast(&self) -> Result<Cast, RecordError> {
        cast(&self.players(), self.decisions())
    }
    fn card(&self) -> Card {
        Card {
            states: self.states(),
            discounts: self.players().into_iter().map(|player| self.discount(player)).collect(),
            horizon: self.horizon(),
            information: self.information(),
            stage: self.stage(),
        }
    }
    fn flow(&self, state: &[Term], x: &[Term], out: &mut [Term]) {
        DifferentialGame::flow(self, state, x, out);
    }
    fn drift(&self, state: &[Term], x: &[Term], out: &mut [Term]) {
        DifferentialGame::drift(self, state, x, out);
    }
    fn diffusion(&self, state: &[Term], out: &mut [Term]) {
        DifferentialGame::diffusion(self, state, out);
    }
    fn salvage(&self, state: &[Term], out: &mut [Term]) {
        DifferentialGame::salvage(self, state, out);
    }
    fn bounds(&self, state: &[Term], decision: usize, x: &[Term]) -> Interval<Term> {
        self.bounds_at_state(state, decision, x)
    }
    fn conditions(&self, state: &[Term], x: &[Term]) -> Vec<Condition<Term>> {
        self.conditions_at_state(state, x)
    }
}
