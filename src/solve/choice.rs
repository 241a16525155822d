//! What a coalition has from choices of its own, many at a time: its payoff on columns.

use super::board::Board;
use crate::formula::{Columns, Made};
use crate::level::D1;
use crate::row::{Profile, Row};
use crate::scalar::Scalar;

/// A limit is touched where what is left of it is less than this share of what it is made of.
const TOUCHING: f64 = 1e-6;
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

    /// Adds the two numbers next to each other between which the coalition's payoff jumps along a decision, wherever it does so
    /// between two of the points, which are in order.
    pub(super) fn add_jumps(&self, coalition: usize, decision: usize, x: &[f64], points: &mut Vec<f64>) {
        let Some(switches) = self.board.judged(coalition).switches(decision) else { return };
        let mut at: Profile = Profile::from_slice(x);
        let mut margins = vec![0.0; switches.outputs()];
        let mut positive = |point: f64, switch: usize| {
            at[decision] = point;
            switches.fill(&at, &mut margins);
            margins[switch] > 0.0
        };
        let mut jumps = Vec::new();
        for switch in 0..switches.outputs() {
            for pair in points.windows(2) {
                let (mut low, mut high) = (pair[0], pair[1]);
                let side = positive(low, switch);
                if positive(high, switch) == side {
                    continue;
                }
                loop {
                    let middle = low + 0.5 * (high - low);
                    if !(middle > low && middle < high) {
                        break;
                    }
                    if positive(middle, switch) == side { low = middle } else { high = middle }
                }
                jumps.extend([low, high]);
            }
        }
        points.extend(jumps);
        points.sort_unstable_by(f64::total_cmp);
        points.dedup();
    }

    /// What limits a coalition where it stands: what is left of each limit, and how that moves with each of these decisions.
    pub(super) fn limits(&self, coalition: usize, decisions: &[usize], x: &[f64]) -> Vec<(Made, Row<f64>)> {
        let formula = self.board.judged(coalition);
        if formula.outputs() == 1 {
            return Vec::new();
        }
        let made = formula.made(x);
        let on = |at: &usize| made[*at].value.abs() <= TOUCHING * made[*at].size;
        let on: Vec<usize> = (1..formula.outputs()).filter(on).collect();
        let mut rows: Vec<(Made, Row<f64>)> = on.iter().map(|at| (made[*at], Row::new())).collect();
        if on.is_empty() {
            return rows;
        }
        let mut raised: Vec<D1> = x.iter().map(|value| D1::constant(*value)).collect();
        let mut out = vec![D1::constant(0.0); formula.outputs()];
        for &decision in decisions {
            raised[decision].slope = 1.0;
            formula.fill(&raised, &mut out);
            raised[decision].slope = 0.0;
            rows.iter_mut().zip(&on).for_each(|((_, row), at)| row.push(out[*at].slope));
        }
        rows
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
