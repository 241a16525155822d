//! Sensitivities against central differences of whole equilibria, solved anew at every step.

use coopad::analysis::sensitivities;
use coopad::models::Model;
use coopad::prelude::*;
use coopad::{Method, Solution, SolveError};

/// The steps of a difference, as a share of the parameter. By the first the fourth-order formula is off by some 1e-12 of
/// the fifth derivative, and loses three to four digits of the solutions; the second is for solutions known less well.
const STEPS: [f64; 2] = [1e-3, 8e-3];
/// How far a derivative may be off, as a share of the larger of itself and of number over parameter.
const TOLERANCE: f64 = 1e-6;

/// What was compared, and what could not be.
#[derive(Default)]
pub(crate) struct Differences {
    held: usize,
    compared: usize,
    /// Where differences at two steps disagree among themselves: a corner lies between.
    blurred: usize,
    /// Where there are no derivatives.
    kinks: usize,
}

impl Differences {
    /// Every derivative of every decision and payoff of an equilibrium.
    pub(crate) fn hold<M: Model + StaticGame>(
        &mut self,
        game: &M,
        solution: &Solution<M::Player>,
        what: &str,
    ) {
        self.held += 1;
        let exact = match sensitivities(game, solution) {
            Ok(exact) => exact,
            Err(SolveError::Kink { .. }) => {
                self.kinks += 1;
                return;
            }
            Err(error) => panic!("{what}\n{error}"),
        };
        let values = game.values();
        let entries = values.iter().enumerate().flat_map(|(at, list)| (0..list.len()).map(move |k| (at, k)));
        for (column, (at, k)) in entries.enumerate() {
            let value = values[at][k];
            assert_eq!(value, exact.parameters[column].value, "{what}");
            let length = if value == 0.0 { 1.0 } else { value.abs() };
            let solved = |step: f64| -> Option<Vec<f64>> {
                let mut moved = values.clone();
                moved[at][k] += step;
                let game = M::from_values(&moved).ok()?;
                let solution = match solution.report().method {
                    Method::ClosedForm => game.solve_in_closed_form(solution.structure()),
                    _ => game.solve_numerically(solution.structure()),
                };
                let solution = solution.ok()?;
                Some([solution.profile(), solution.payoffs()].concat())
            };
            let difference = |h: f64| -> Option<Vec<f64>> {
                let [a, b, c, d] = [solved(-2.0 * h)?, solved(-h)?, solved(h)?, solved(2.0 * h)?];
                let at = |i: usize| (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * h);
                Some((0..a.len()).map(at).collect())
            };
            // A difference at two steps; at the end of a parameter's range there is none.
            let two = |step: f64| Some([difference(step * length)?, difference(0.5 * step * length)?]);
            let Some(fine) = two(STEPS[0]) else { continue };
            let mut coarse = None;
            let largest = exact.payoffs.iter().fold(0.0, |most: f64, row| most.max(row.value.abs()));
            let rows = exact.decisions.iter().map(|row| (row, row.value.abs()));
            let rows = rows.chain(exact.payoffs.iter().map(|row| (row, largest)));
            let spends = exact.decisions.iter().fold(0.0, |most: f64, row| most.max(row.value.abs()));
            for (number, (row, size)) in rows.enumerate() {
                let slope = row.to[column].slope;
                let scale = |slope: f64| slope.abs().max((size + 1e-6 * spends) / length);
                let agreed = |[wide, narrow]: &[Vec<f64>; 2]| {
                    let (wide, narrow) = (wide[number], narrow[number]);
                    ((wide - narrow).abs() <= 0.1 * TOLERANCE * scale(narrow)).then_some(narrow)
                };
                let coarse = || agreed(coarse.get_or_insert_with(|| two(STEPS[1])).as_ref()?);
                let Some(narrow) = agreed(&fine).or_else(coarse) else {
                    self.blurred += 1;
                    continue;
                };
                self.compared += 1;
                let close = |slope: f64| (slope - narrow).abs() <= TOLERANCE * scale(narrow);
                assert!(
                    close(slope.left) && close(slope.right),
                    "{what}\nd {}/d {}: {slope:?}, by differences {narrow:e}",
                    row.name,
                    exact.parameters[column].name
                );
            }
        }
    }

    /// Of the games that have an equilibrium nearly everything must have been compared.
    pub(crate) fn suffice(&self, what: &str) {
        let Differences { held, compared, blurred, kinks } = *self;
        let enough = held == 0 || compared > 20 * blurred;
        assert!(
            enough,
            "{what}: {held} games, {kinks} without derivatives; {compared} compared, {blurred} not"
        );
    }
}
