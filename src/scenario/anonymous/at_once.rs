//! Games of one moment.

use std::borrow::Cow;
use std::fmt::Debug;

use super::{
    Face, Named, Names, Stated, by_seat, conditions, decisions, ends, lend, own, scheme, seat, state,
};
use crate::error::SolveError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::level::{Sheet, at_any_level};
use crate::scalar::Scalar;
use crate::scenario::bargaining::{Presented, Solver, Terms};
use crate::scenario::output::Agreement;
use crate::solve::rules::put;
use crate::structure::Structure;

/// The formulas of a game of one moment, on numbers of every level.
pub(in crate::scenario) trait Static: Face {
    fn fill_payoffs(&self, sheet: Sheet<'_>);
    fn fill_conditions(&self, sheet: Sheet<'_>) -> Stated;
    fn formula(&self, structure: &Structure<usize>) -> Option<Result<Vec<f64>, SolveError>>;

    fn named_arguments(&self) -> Vec<(String, f64)>;
    fn fill_payoffs_at(&self, sheet: Sheet<'_>);
    fn fill_bounds_at(&self, decision: usize, sheet: Sheet<'_>);
    fn fill_conditions_at(&self, sheet: Sheet<'_>) -> Stated;
    fn fill_neutral_at(&self, decision: usize, sheet: Sheet<'_>);

    /// The same model at other values, if they are allowed.
    fn moved(&self, values: &[Vec<f64>]) -> Option<Box<dyn Static>>;
    fn owner_by_seat(&self, structure: &str) -> Option<(&'static str, Vec<usize>)>;
    fn agreed(&self, structure: &str, terms: &Terms, solve: Solver<'_>) -> Option<Agreement>;
}

impl<M: Presented + Debug + Sync + 'static> Static for M {
    fn fill_payoffs(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |_, x, out| self.payoffs(x, out));
    }

    fn fill_conditions(&self, sheet: Sheet<'_>) -> Stated {
        at_any_level!(sheet, |_, x, out| state(self.conditions(x), out))
    }

    fn formula(&self, structure: &Structure<usize>) -> Option<Result<Vec<f64>, SolveError>> {
        self.closed_form(&own(self, structure)?)
    }

    fn named_arguments(&self) -> Vec<(String, f64)> {
        self.arguments()
    }

    fn fill_payoffs_at(&self, sheet: Sheet<'_>) {
        at_any_level!(sheet, |p, x, out| self.payoffs_at(p, x, out));
    }

    fn fill_bounds_at(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |p, x, out| put(self.bounds_at(p, decision, x), out));
    }

    fn fill_conditions_at(&self, sheet: Sheet<'_>) -> Stated {
        at_any_level!(sheet, |p, x, out| state(self.conditions_at(p, x), out))
    }

    fn fill_neutral_at(&self, decision: usize, sheet: Sheet<'_>) {
        at_any_level!(sheet, |p, _, out| out.fill(self.neutral_at(p, decision)));
    }

    fn moved(&self, values: &[Vec<f64>]) -> Option<Box<dyn Static>> {
        M::from_values(values).ok().map(|model| Box::new(model) as Box<dyn Static>)
    }

    fn owner_by_seat(&self, structure: &str) -> Option<(&'static str, Vec<usize>)> {
        let players = self.players();
        let (name, members) = M::owner(structure)?;
        Some((name, members.iter().filter_map(|member| seat(&players, member)).collect()))
    }

    fn agreed(&self, structure: &str, terms: &Terms, solve: Solver<'_>) -> Option<Agreement> {
        self.agreement(structure, terms, solve)
    }
}

/// A game of one moment whose players are known by name only.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct OneShot<'m> {
    pub(in crate::scenario) face: &'m dyn Static,
    names: &'m [Cow<'static, str>],
}

impl<'m> OneShot<'m> {
    pub(in crate::scenario) fn new(face: &'m dyn Static, names: &'m Names) -> Self {
        OneShot { face, names }
    }

    /// The structure of that name, or of that name in the literature.
    pub(in crate::scenario) fn scheme(&self, name: &str) -> Option<Structure<Named<'m>>> {
        scheme(self.face, self.names, name)
    }

    /// The firm that owns several players under a structure, and these.
    pub(in crate::scenario) fn owner(&self, structure: &str) -> Option<(&'static str, Vec<Named<'m>>)> {
        let (name, members) = self.face.owner_by_seat(structure)?;
        Some((name, members.into_iter().filter_map(|seat| Named::at(self.names, seat)).collect()))
    }
}

impl<'m> Game for OneShot<'m> {
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

    fn arguments(&self) -> Vec<(String, f64)> {
        self.face.named_arguments()
    }
}

impl StaticGame for OneShot<'_> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        lend(&[], x, out, |sheet| self.face.fill_payoffs(sheet));
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        lend(p, x, out, |sheet| self.face.fill_payoffs_at(sheet));
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        ends(p, x, |sheet| self.face.fill_bounds_at(decision, sheet))
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        conditions(&[], x, |sheet| self.face.fill_conditions(sheet))
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        conditions(p, x, |sheet| self.face.fill_conditions_at(sheet))
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        let mut neutral = [T::constant(0.0)];
        lend(p, &[], &mut neutral, |sheet| self.face.fill_neutral_at(decision, sheet));
        neutral[0]
    }

    fn closed_form(&self, structure: &Structure<Self::Player>) -> Option<Result<Vec<f64>, SolveError>> {
        self.face.formula(&by_seat(structure)?)
    }
}
