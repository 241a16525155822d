//! What a game's own type knows that is no formula.

use std::fmt;

use super::{Seat, moment_names, seats};
use crate::dynamic::DifferentialGame;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::SolveError;
use crate::formula::{Formula, Names, Term};
use crate::game::StaticGame;
use crate::player::Player;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// Functions of a game's own type, for seats.
pub(crate) trait Beside: Send + Sync {
    /// [`StaticGame::closed_form`].
    fn closed_form(&self, structure: &Structure<Seat>) -> Option<Result<Vec<f64>, SolveError>> {
        let _ = structure;
        None
    }
    /// [`DifferentialGame::closed_form_at`] as a formula of states and costates.
    fn policies(&self, structure: &Structure<Seat>) -> Option<Formula> {
        let _ = structure;
        None
    }
    /// [`DifferentialGame::known_values`].
    fn known_values(&self, structure: &Structure<Seat>) -> Option<Vec<Quadratic>> {
        let _ = structure;
        None
    }
}

impl fmt::Debug for dyn Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("functions")
    }
}

/// A game of one moment.
pub(super) struct AtOnce<G>(pub(super) G);

impl<G: StaticGame + Send + Sync> Beside for AtOnce<G> {
    fn closed_form(&self, structure: &Structure<Seat>) -> Option<Result<Vec<f64>, SolveError>> {
        self.0.closed_form(&own(&self.0.players(), structure)?)
    }
}

/// A game over time.
pub(super) struct OverTime<G>(pub(super) G);

impl<G: DifferentialGame + Send + Sync> Beside for OverTime<G> {
    fn policies(&self, structure: &Structure<Seat>) -> Option<Formula> {
        policies(&self.0, &own(&self.0.players(), structure)?)
    }
    fn known_values(&self, structure: &Structure<Seat>) -> Option<Vec<Quadratic>> {
        self.0.known_values(&own(&self.0.players(), structure)?)
    }
}

/// The same rules for a game's own players; none where there is no such player.
fn own<P: Player>(players: &[P], structure: &Structure<Seat>) -> Option<Structure<P>> {
    structure.with_players(|seat| players.get(seat.number()).copied().ok_or(())).ok()
}

/// The equilibrium of the moment as a formula of states and costates, where one is known.
pub(crate) fn policies<G: DifferentialGame>(game: &G, structure: &Structure<G::Player>) -> Option<Formula> {
    let mut neutral = Vec::new();
    for decision in game.decisions() {
        neutral.push(Term::constant(decision.neutral));
    }
    let states = game.states();
    let names = moment_names(&states, &seats(&game.players()));
    written(names.into(), states.len(), &neutral, &|state, costates, x| {
        game.closed_form_at(structure, state, costates, x)
    })
}

/// Fills the decisions of a moment with a closed form of states and costates, and says whether there is one.
type ClosedForm<'f> = &'f dyn Fn(&[Term], &[Term], &mut [Term]) -> bool;

fn written(names: Names, states: usize, neutral: &[Term], write: ClosedForm<'_>) -> Option<Formula> {
    let mut known = false;
    let formula = Formula::record_named(names, &mut |given| {
        let (state, costates) = given.split_at(states);
        let mut x = neutral.to_vec();
        known = write(state, costates, &mut x);
        x
    });
    formula.ok().filter(|_| known)
}
