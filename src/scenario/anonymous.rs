//! Models whose players are known by name only.
//!
//! A model has players of a type of its own, and everything that is generic over it is compiled anew for each model. What
//! scenarios ask is compiled once: they see every model through a face without types, and play a game whose players are
//! their seats. Only a model's formulas are compiled for each.

mod at_once;
mod over_time;
mod seats;

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

pub(super) use at_once::{OneShot, Static};
pub(super) use over_time::{Differential, Lasting};

use crate::game::{Condition, ConditionKind, Decision, Interval};
use crate::models::{Measure, Model, Parameter};
use crate::player::Player;
use crate::level::{D1, D2, D3, D4, D5, Level, Sheet, at_any_level};
use crate::scalar::Scalar;
use crate::solve::rules::put;
use crate::structure::Structure;

/// What players are called, by seat.
pub(super) type Names = Vec<Cow<'static, str>>;

/// A player by its seat, under its name.
#[derive(Clone, Copy)]
pub(super) struct Named<'n> {
    pub(super) seat: usize,
    names: &'n [Cow<'static, str>],
}

impl<'n> Named<'n> {
    /// Everybody, in the order of their seats.
    fn all(names: &'n [Cow<'static, str>]) -> Vec<Self> {
        (0..names.len()).map(|seat| Named { seat, names }).collect()
    }

    /// Who sits there.
    fn at(names: &'n [Cow<'static, str>], seat: usize) -> Option<Self> {
        (seat < names.len()).then_some(Named { seat, names })
    }
}

impl PartialEq for Named<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.seat == other.seat
    }
}

impl Eq for Named<'_> {}

impl fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Player for Named<'_> {
    fn name(&self) -> Cow<'static, str> {
        self.names.get(self.seat).cloned().unwrap_or_default()
    }
}

/// What every model tells about itself, players by their seats.
pub(super) trait Face: fmt::Debug + Sync {
    fn parameters(&self) -> &'static [Parameter];
    fn values(&self) -> Vec<Vec<f64>>;
    fn names(&self) -> Names;
    fn decisions_by_seat(&self) -> Vec<Decision<usize>>;
    /// The structure of that name, or of that name in the literature.
    fn scheme_by_seat(&self, name: &str) -> Option<Structure<usize>>;
    fn measures_at(&self, x: &[f64]) -> Vec<Measure>;
    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>);
}

impl<M: Model + fmt::Debug + Sync> Face for M {
    fn parameters(&self) -> &'static [Parameter] {
        M::parameters()
    }

    fn values(&self) -> Vec<Vec<f64>> {
        Model::values(self)
    }

    fn names(&self) -> Names {
        self.players().iter().map(Player::name).collect()
    }

    fn decisions_by_seat(&self) -> Vec<Decision<usize>> {
        let players = self.players();
        let all = self.decisions().into_iter();
        all.filter_map(|decision| decision.for_players(|player| seat(&players, player))).collect()
    }

    fn scheme_by_seat(&self, name: &str) -> Option<Structure<usize>> {
        let players = self.players();
        self.scheme(name)?.for_players(|player| seat(&players, player))
    }

    fn measures_at(&self, x: &[f64]) -> Vec<Measure> {
        self.measures(x)
    }

    fn fill_bounds(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| put(self.bounds(decision, x), out));
    }
}

/// The parameters that a model has values for, by name.
pub(super) fn parameters<F: Face + ?Sized>(face: &F) -> Vec<(&'static str, Vec<f64>)> {
    let named = face.parameters().iter().map(|parameter| parameter.name).zip(face.values());
    named.filter(|(_, values)| !values.is_empty()).collect()
}

fn seat<P: Player>(players: &[P], player: &P) -> Option<usize> {
    players.iter().position(|other| other == player)
}

/// Decisions by who owns them.
fn decisions<'n>(face: &dyn Face, names: &'n [Cow<'static, str>]) -> Vec<Decision<Named<'n>>> {
    let all = face.decisions_by_seat().into_iter();
    all.filter_map(|decision| decision.for_players(|&seat| Named::at(names, seat))).collect()
}

/// The structure of that name.
fn scheme<'n>(face: &dyn Face, names: &'n [Cow<'static, str>], name: &str) -> Option<Structure<Named<'n>>> {
    face.scheme_by_seat(name)?.for_players(|&seat| Named::at(names, seat))
}

/// The same rules for seats.
fn by_seat(structure: &Structure<Named<'_>>) -> Option<Structure<usize>> {
    structure.for_players(|player| Some(player.seat))
}

/// The same rules for a model's own players.
fn own<M: Model>(model: &M, structure: &Structure<usize>) -> Option<Structure<M::Player>> {
    let players = model.players();
    structure.for_players(|&seat| players.get(seat).copied())
}

/// The bounds of a decision, by a formula of both ends.
fn ends<T: Scalar>(given: &[T], x: &[T], work: impl FnMut(Sheet<'_>)) -> Interval<T> {
    let mut ends = [T::constant(0.0); 2];
    lend(given, x, &mut ends, work);
    Interval::new(ends[0], ends[1])
}

/// What conditions are about and mean, their values left out.
pub(super) type Stated = Vec<(Cow<'static, str>, ConditionKind)>;

/// The conditions' values into an answer that may be too short for them, and what they are about.
fn state<T: Copy>(conditions: Vec<Condition<T>>, out: &mut [T]) -> Stated {
    out.iter_mut().zip(&conditions).for_each(|(to, from)| *to = from.value);
    conditions.into_iter().map(|condition| (condition.quantity, condition.kind)).collect()
}

/// A game's conditions, by a formula of their values that also says what they are about.
fn conditions<T: Scalar>(
    given: &[T],
    x: &[T],
    mut work: impl FnMut(Sheet<'_>) -> Stated,
) -> Vec<Condition<T>> {
    let mut values: SmallVec<[T; 4]> = SmallVec::from_elem(T::constant(f64::NAN), 4);
    let mut stated = Vec::new();
    lend(given, x, &mut values, |sheet| stated = work(sheet));
    if stated.len() > values.len() {
        values.resize(stated.len(), T::constant(f64::NAN));
        lend(given, x, &mut values, |sheet| stated = work(sheet));
    }
    let all = stated.into_iter().zip(values);
    all.map(|((quantity, kind), value)| Condition { quantity, value, kind }).collect()
}

/// Lends numbers to a formula behind a face. The engine's own numbers are all that ever come here.
fn lend<T: Scalar>(given: &[T], x: &[T], out: &mut [T], mut work: impl FnMut(Sheet<'_>)) {
    let lent = lend_as::<T, f64>(given, x, out, &mut work)
        || lend_as::<T, D1>(given, x, out, &mut work)
        || lend_as::<T, D2>(given, x, out, &mut work)
        || lend_as::<T, D3>(given, x, out, &mut work)
        || lend_as::<T, D4>(given, x, out, &mut work)
        || lend_as::<T, D5>(given, x, out, &mut work);
    if !lent {
        out.fill(T::constant(f64::NAN));
    }
}

/// Lends numbers that are of this level, and says whether they are.
fn lend_as<T: Scalar, L: Level>(
    given: &[T],
    x: &[T],
    out: &mut [T],
    work: &mut dyn FnMut(Sheet<'_>),
) -> bool {
    if TypeId::of::<T>() != TypeId::of::<L>() {
        return false;
    }
    let take = |to: &mut [L], from: &[T]| to.iter_mut().zip(from).for_each(|(to, from)| copy(from, to));
    let zero = L::constant(0.0);
    let mut all: SmallVec<[L; 32]> = SmallVec::from_elem(zero, given.len() + x.len() + out.len());
    let (own_given, rest) = all.split_at_mut(given.len());
    let (own_x, answer) = rest.split_at_mut(x.len());
    take(own_given, given);
    take(own_x, x);
    take(answer, out);
    work(L::sheet(own_given, own_x, answer));
    out.iter_mut().zip(answer).for_each(|(to, from)| copy(from, to));
    true
}

/// Copies a number to a place of the same type, known or not.
#[inline]
fn copy<A: Any, B: Copy + 'static>(from: &A, to: &mut B) {
    if let Some(from) = (from as &dyn Any).downcast_ref() {
        *to = *from;
    }
}
