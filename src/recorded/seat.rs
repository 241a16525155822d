//! Players of recorded games: seats under names.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::StructureError;
use crate::game::Decision;
use crate::player::Player;
use crate::structure::Structure;

/// A player of a [`Recorded`](crate::Recorded) game: a seat under a name.
///
/// Names are kept for as long as the program runs, each once, so that a player stays a small value that can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seat {
    pub(super) number: usize,
    pub(super) name: &'static str,
}

impl Seat {
    /// The player at this place among the game's players, counted from 0.
    pub fn new(number: usize, name: &str) -> Self {
        Seat { number, name: kept(name) }
    }

    /// Its place among the game's players.
    pub fn number(self) -> usize {
        self.number
    }
}

/// A name that stays.
fn kept(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let new: &'static str = Box::leak(name.into());
    names.insert(new);
    new
}

impl Player for Seat {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }
}

// What follows is compiled for every kind of player: loops, where each chain of adapters would be a dozen functions.

/// The seats of a game's own players.
pub(crate) fn seats<P: Player>(players: &[P]) -> Arc<[Seat]> {
    let mut seats = Vec::with_capacity(players.len());
    for player in players {
        seats.push(Seat::new(seats.len(), &player.name()));
    }
    seats.into()
}

/// The seat of one of a game's own players.
fn seat_of<P: Player>(player: &P, players: &[P], seats: &[Seat]) -> Result<Seat, StructureError> {
    for (other, seat) in players.iter().zip(seats) {
        if other == player {
            return Ok(*seat);
        }
    }
    Err(StructureError::NoSuchPlayer { player: player.name().into_owned() })
}

/// A game's own decisions, their players by seat.
pub(crate) fn seated<P: Player>(
    decisions: Vec<Decision<P>>,
    players: &[P],
    seats: &[Seat],
) -> Result<Vec<Decision<Seat>>, StructureError> {
    let mut seated = Vec::with_capacity(decisions.len());
    for decision in decisions {
        seated.push(decision.with_players(|player| seat_of(player, players, seats))?);
    }
    Ok(seated)
}

/// The same rules for seats.
pub(crate) fn by_seat<P: Player>(
    structure: &Structure<P>,
    players: &[P],
    seats: &[Seat],
) -> Result<Structure<Seat>, StructureError> {
    structure.with_players(|player| seat_of(player, players, seats))
}

/// Refuses decisions that cannot be told from one another by name, and transfers that go nowhere.
pub(super) fn told_apart(decisions: &[Decision<Seat>]) -> Result<(), StructureError> {
    names_differ("decisions", decisions.iter().map(|decision| &*decision.name))?;
    match decisions.iter().find(|decision| decision.counterparty == Some(decision.owner)) {
        None => Ok(()),
        Some(decision) => Err(StructureError::TransferToItself {
            decision: decision.name.clone().into_owned(),
            player: decision.owner.name.to_owned(),
        }),
    }
}

/// Refuses names that are empty or given twice.
pub(super) fn names_differ<'n>(
    what: &'static str,
    names: impl Iterator<Item = &'n str>,
) -> Result<(), StructureError> {
    let mut seen = BTreeSet::new();
    for (number, name) in names.enumerate() {
        if name.trim().is_empty() {
            return Err(StructureError::NoName { what, number });
        }
        if !seen.insert(name) {
            return Err(StructureError::SameName { what, name: name.to_owned() });
        }
    }
    Ok(())
}
