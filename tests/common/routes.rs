//! Games over time by collocation, with decisions at each state by formula and by the engine.

use coopad::dynamic::{Collocation, DifferentialGame, Feedback, Route};
use coopad::prelude::*;

pub(crate) const ROUTES: [Route; 2] = [Route::Auto, Route::Engine];

/// Values as exact as rounding allows.
#[track_caller]
pub(crate) fn feedback<'g, G: DifferentialGame>(
    game: &'g G,
    structure: &Structure<G::Player>,
    route: Route,
) -> Feedback<'g, G> {
    // The residual is in value a unit of time; policies follow slopes, which are less exact.
    Collocation { route, tolerance: 1e-12, ..Collocation::default() }.solve(game, structure).unwrap()
}

/// What everybody decides at a state, by the route that found the values.
#[track_caller]
pub(crate) fn decided<G: DifferentialGame>(found: &Feedback<'_, G>, route: Route, state: &[f64]) -> Vec<f64> {
    let stage = found.stage(state).unwrap();
    let solved = match route {
        Route::Engine => stage.solve_numerically(found.structure()),
        _ => stage.solve_in_closed_form(found.structure()),
    };
    solved.unwrap().profile().to_vec()
}
