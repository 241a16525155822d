//! What a coalition has from choices of its own, many at a time: its payoff on columns.

use super::board::Board;
use crate::formula::{Columns, Made};
use crate::row::Row;

/// Ways of moving decisions for which a layout is kept.
const KEPT: usize = 64;

/// Everybody's payoffs, ready to be looked at at many choices.
pub(super) struct Choices<'b> {
    board: &'b Board,
    laid: Vec<Laid>,
    /// Room for the results, a column each.
    results: Vec<Vec<f64>>,
    /// How many profiles have been looked at.
    pub(super) seen: usize,
}

/// A coalition's payoff laid out for some decisions that move.
struct Laid {
    coalition: usize,
    moved: Row<usize>,
    columns: Columns,
}

impl<'b> Choices<'b> {
    pub(super) fn new(board: &'b Board) -> Self {
        Choices { board, laid: Vec::new(), results: Vec::new(), seen: 0 }
    }

    /// A coalition's payoff at a profile; `-∞` where the profile is no possible outcome.
    pub(super) fn value(&mut self, coalition: usize, x: &[f64]) -> f64 {
        self.seen += 1;
        let formula = self.board.judged(coalition);
        let mut out: Row<f64> = Row::from_elem(0.0, formula.outputs());
        formula.fill(x, &mut out);
        judged(out[0], &out[1..])
    }

    /// The same at as many profiles as the columns have numbers: these decisions are as the columns have them, all others as in
    /// `x`.
    pub(super) fn values(
        &mut self,
        coalition: usize,
        x: &[f64],
        moved: &[usize],
        choices: &[&[f64]],
    ) -> Vec<f64> {
        let count = choices.first().map_or(0, |column| column.len());
        self.seen += count;
        let formula = self.board.judged(coalition);
        let known = self.laid.iter().position(|laid| laid.coalition == coalition && laid.moved[..] == *moved);
        let at = known.unwrap_or_else(|| {
            let varies: Vec<bool> = (0..x.len()).map(|decision| moved.contains(&decision)).collect();
            if self.laid.len() == KEPT {
                self.laid.clear();
            }
            let columns = Columns::new(formula, &varies);
            self.laid.push(Laid { coalition, moved: moved.into(), columns });
            self.laid.len() - 1
        });
        let column = |decision: usize| match moved.iter().position(|other| *other == decision) {
            Some(place) => choices[place],
            None => &x[decision..=decision],
        };
        let inputs: Vec<&[f64]> = (0..x.len()).map(column).collect();
        self.results.resize(self.results.len().max(formula.outputs()), Vec::new());
        let results = &mut self.results[..formula.outputs()];
        results.iter_mut().for_each(|result| result.resize(count, 0.0));
        let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(|result| &mut result[..count]).collect();
        if self.laid[at].columns.run(&inputs, &mut outputs).is_err() {
            return vec![f64::NEG_INFINITY; count];
        }
        let Some((payoffs, conditions)) = outputs.split_first() else { return Vec::new() };
        let holds = |at: usize| conditions.iter().all(|column| column[at] >= 0.0);
        let value = |(at, payoff): (usize, &f64)| judged(if holds(at) { *payoff } else { f64::NAN }, &[]);
        payoffs.iter().enumerate().map(value).collect()
    }

    /// What a coalition's payoff at a profile is made of.
    pub(super) fn made(&self, coalition: usize, x: &[f64]) -> Made {
        self.board.judged(coalition).made(x)[0]
    }

    pub(super) fn board(&self) -> &'b Board {
        self.board
    }
}

/// A payoff that counts: what is no number, or beyond all numbers as at a pole, is nobody's to have.
fn judged(payoff: f64, conditions: &[f64]) -> f64 {
    let possible = payoff < f64::INFINITY && conditions.iter().all(|condition| *condition >= 0.0);
    if possible { payoff } else { f64::NEG_INFINITY }
}
