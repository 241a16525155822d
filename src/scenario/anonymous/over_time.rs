//! Games over time.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::OnceLock;

use super::{Face, Named, Names, Stated, by_seat, conditions, decisions, ends, lend, own, scheme, state};
use crate::dynamic::linear_quadratic::Quadratic;
use crate::dynamic::{DifferentialGame, Information, State};
use crate::game::{Condition, Decision, Game, Interval};
use crate::models::{Measure, Model};
use crate::level::{Sheet, at_any_level};
use crate::scalar::Scalar;
use crate::solve::rules::put;
use crate::structure::Structure;

/// A model's own structure behind the face; none where it has no such players.
type Rules = Option<Box<dyn Any + Send + Sync>>;

/// The formulas of a game over time, on numbers of every level.
pub(in crate::scenario) trait Lasting: Face {
    fn all_states(&self) -> Vec<State>;
    fn fill_drift(&self, sheet: Sheet<'_>);
    fn fill_flow(&self, sheet: Sheet<'_>);
    fn fill_salvage(&self, sheet: Sheet<'_>);
    fn fill_bounds_at(&self, decision: usize, sheet: Sheet<'_>);
    fn fill_diffusion(&self, sheet: Sheet<'_>);
    fn discount_of(&self, player: usize) -> f64;
    fn last_day(&self) -> Option<f64>;
    fn stage_length(&self) -> Option<f64>;
    fn known_state(&self) -> Information;
    fn fill_conditions(&self, sheet: Sheet<'_>) -> Stated;
    fn values_of(&self, structure: &Structure<usize>) -> Option<Vec<Quadratic>>;
    /// A structure for the model's own players, as [`Lasting::formula`] wants it.
    fn rules(&self, structure: &Structure<usize>) -> Rules;
    /// State, costates, decisions: whether there is a formula for these.
    fn formula(&self, rules: &Rules, sheet: Sheet<'_>) -> bool;
}

impl<M> Lasting for M
where
    M: Model<Player: Send + Sync + 'static> + DifferentialGame + Debug + Sync,
{
    fn all_states(&self) -> Vec<State> {
        self.states()
    }

    fn fill_drift(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |state, x, out| self.drift(state, x, out));
    }

    fn fill_flow(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |state, x, out| self.flow(state, x, out));
    }

    fn fill_salvage(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |state, _, out| self.salvage(state, out));
    }

    fn fill_bounds_at(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |state, x, out| put(self.bounds_at_state(state, decision, x), out));
    }

    fn fill_diffusion(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |state, _, out| self.diffusion(state, out));
    }

    fn discount_of(&self, player: usize) -> f64 {
        self.players().get(player).map_or(f64::NAN, |&player| self.discount(player))
    }

    fn last_day(&self) -> Option<f64> {
        self.horizon()
    }

    fn stage_length(&self) -> Option<f64> {
        self.stage()
    }

    fn known_state(&self) -> Information {
        self.information()
    }

    fn fill_conditions(&self, sheet: Sheet<'_>) -> Stated {
        at_any_level!(sheet, |given, x, out| state(self.conditions_at_state(given, x), out))
    }

    fn values_of(&self, structure: &Structure<usize>) -> Option<Vec<Quadratic>> {
        self.known_values(&own(self, structure)?)
    }

    fn rules(&self, structure: &Structure<usize>) -> Rules {
        Some(Box::new(own(self, structure)?))
    }

    fn formula(&self, rules: &Rules, sheet: Sheet<'_>) -> bool {
        let rules = rules.as_ref().and_then(|rules| rules.downcast_ref::<Structure<M::Player>>());
        rules.is_some_and(|rules| {
            at_any_level!(sheet, |state, costates, x| self.closed_form_at(rules, state, costates, x))
        })
    }
}

/// A game over time whose players are known by name only.
pub(in crate::scenario) struct Differential<'m> {
    face: &'m dyn Lasting,
    names: &'m [Cow<'static, str>],
    /// The first structure that a formula is asked for, with the model's own form of it: most games see one only.
    rules: OnceLock<(Structure<Named<'m>>, Rules)>,
}

impl<'m> Differential<'m> {
    pub(in crate::scenario) fn new(face: &'m dyn Lasting, names: &'m Names) -> Self {
        Differential { face, names, rules: OnceLock::new() }
    }

    /// The structure of that name, or of that name in the literature.
    pub(in crate::scenario) fn scheme(&self, name: &str) -> Option<Structure<Named<'m>>> {
        scheme(self.face, self.names, name)
    }

    /// What else is worth knowing at a profile.
    pub(in crate::scenario) fn measures(&self, x: &[f64]) -> Vec<Measure> {
        self.face.measures_at(x)
    }
}

impl<'m> Game for Differential<'m> {
    type Player = Named<'m>;

    fn players(&self) -> Vec<Named<'m>> {
        Named::all(self.names)
    }

    fn decisions(&self) -> Vec<Decision<Named<'m>>> {
        decisions(self.face, self.names)
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        ends(&[], x, |sheet| self.face.fill_bounds(decision, sheet))
    }
}

impl DifferentialGame for Differential<'_> {
    fn states(&self) -> Vec<State> {
        self.face.all_states()
    }

    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        lend(state, x, out, |sheet| self.face.fill_drift(sheet));
    }

    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        lend(state, x, out, |sheet| self.face.fill_flow(sheet));
    }

    fn discount(&self, player: Self::Player) -> f64 {
        self.face.discount_of(player.seat)
    }

    fn horizon(&self) -> Option<f64> {
        self.face.last_day()
    }

    fn stage(&self) -> Option<f64> {
        self.face.stage_length()
    }

    fn information(&self) -> Information {
        self.face.known_state()
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        lend(state, &[], out, |sheet| self.face.fill_diffusion(sheet));
    }

    fn salvage<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        lend(state, &[], out, |sheet| self.face.fill_salvage(sheet));
    }

    fn bounds_at_state<T: Scalar>(&self, state: &[T], decision: usize, x: &[T]) -> Interval<T> {
        ends(state, x, |sheet| self.face.fill_bounds_at(decision, sheet))
    }

    fn conditions_at_state<T: Scalar>(&self, state: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(state, x, |sheet| self.face.fill_conditions(sheet))
    }

    fn known_values(&self, structure: &Structure<Self::Player>) -> Option<Vec<Quadratic>> {
        self.face.values_of(&by_seat(structure)?)
    }

    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Self::Player>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let rules = || by_seat(structure).and_then(|structure| self.face.rules(&structure));
        let (first, known) = self.rules.get_or_init(|| (structure.clone(), rules()));
        let other = if first == structure { None } else { Some(rules()) };
        let mut found = false;
        lend(state, costates, x, |sheet| found = self.face.formula(other.as_ref().unwrap_or(known), sheet));
        found
    }
}
