//! Which terms make a decentralised channel decide as an integrated one: computed, not asserted.

use thiserror::Error;

use super::search::maximise;
use super::{BaseChannel, Clause, Contract, Contracted};
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::{ParameterError, SolveError};
use crate::game::Interval;
use crate::models::Channel;
use crate::solve::Solve;
use crate::solve::linear::Factored;
use crate::structure::Structure;

/// An efficiency this close to 1 is first best.
const FIRST_BEST: f64 = 1e-9;
/// Decisions this close to the first best, as a share of them, need no further search.
const CLOSE: f64 = 1e-10;
/// Starts, and steps from each.
const STARTS: usize = 6;
const STEPS: usize = 60;
/// The length of a difference, as a share of a term's range.
const DIFFERENCE: f64 = 1e-6;

/// Why terms could not be found.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CoordinationError {
    /// A term is not allowed.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A game could not be solved.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// The contract has no open term of that kind.
    #[error("the contract has no open term {}", .0.name())]
    NotOpen(Clause),
}

/// A contract whose terms were found, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreed {
    /// The contract, all terms fixed.
    pub contract: Contract,
    /// The values found for the open terms, in the contract's order.
    pub terms: Vec<(Clause, f64)>,
    /// What everybody then decides.
    pub solution: Solution<Channel>,
    /// Total payoff as a share of the first best.
    pub efficiency: f64,
}

impl Agreed {
    /// Whether the total is the first best's, to 10⁻⁹.
    pub fn is_first_best(&self) -> bool {
        (self.efficiency - 1.0).abs() <= FIRST_BEST
    }

    /// The value found for an open term.
    pub fn term(&self, clause: Clause) -> Option<f64> {
        self.terms.iter().find(|(of, _)| *of == clause).map(|(_, value)| *value)
    }
}

/// The search for terms under which a channel's decentralised decisions are those of an integrated one.
///
/// The first best maximises the channel's profit. Decentralised decisions follow from the terms by the engine (or by
/// pieces, where a plan has limits); the open terms are moved, by the Levenberg-Marquardt method from several starts, until
/// the decisions meet the first best. Where they cannot, the terms that make the total largest are returned, with the
/// [efficiency](Agreed::efficiency) they reach: a computed answer to "does this kind of contract coordinate?".
///
/// ```
/// use coopad::contract::{Clause, Contract, Coordination, LinearPriced};
/// use coopad::models::Channel;
/// use coopad::prelude::*;
/// use coopad::response::{LinearPrice, SquareRoot};
///
/// let channel = LinearPriced {
///     price: LinearPrice { intercept: 10.0, slope: 1.0 }, base: 1.0,
///     local: SquareRoot { effect: 0.2 }, national: SquareRoot { effect: 0.3 },
///     production_cost: 2.0, handling_cost: 0.0,
/// };
/// let contract = Contract::new()
///     .wholesale_price(0.0..=8.0)
///     .participation(0.0..=0.99)
///     .national_share(0.0..=0.99)
///     .revenue_share(0.05..=0.95);
/// let search = Coordination::new(channel, contract, Structure::simultaneous())?;
/// // For a revenue share of 40 %: w = 0.6 c, t = 0.4, s = 0.6.
/// let agreed = search.at(Clause::RevenueShare, 0.4)?;
/// assert!(agreed.is_first_best());
/// assert!((agreed.term(Clause::WholesalePrice).unwrap_or(f64::NAN) - 1.2).abs() < 1e-6);
/// # Ok::<(), coopad::contract::CoordinationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Coordination<C> {
    base: C,
    contract: Contract,
    structure: Structure<Channel>,
    first_best: Solution<Channel>,
}

impl<C: BaseChannel> Coordination<C> {
    /// A search over the open terms of `contract`, when the channel's own decisions fall as in `structure`.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a term that is not allowed, or an infinite range; [`SolveError`] where the integrated
    /// channel has no optimum.
    pub fn new(
        base: C,
        contract: Contract,
        structure: Structure<Channel>,
    ) -> Result<Self, CoordinationError> {
        Contracted::new(base.clone(), contract.clone())?;
        let first_best = Contracted::new(base.clone(), Contract::new())?.solve(&Structure::cooperative())?;
        Ok(Coordination { base, contract, structure, first_best })
    }

    /// What an integrated channel would decide.
    pub fn first_best(&self) -> &Solution<Channel> {
        &self.first_best
    }

    /// The best terms, all open ones moved.
    ///
    /// # Errors
    ///
    /// Where no terms give a solvable game.
    pub fn best(&self) -> Result<Agreed, CoordinationError> {
        self.search(&self.contract, None)
    }

    /// The best terms with one open term held.
    ///
    /// # Errors
    ///
    /// As [`Coordination::best`], and [`CoordinationError::NotOpen`].
    pub fn at(&self, clause: Clause, value: f64) -> Result<Agreed, CoordinationError> {
        self.held(clause, value, None)
    }

    /// The best terms for `points` values of one open term, spread evenly over its range: where the rest coordinates,
    /// that term only divides the profit, and this is the frontier of payoffs.
    ///
    /// # Errors
    ///
    /// [`CoordinationError::NotOpen`]; points at which no terms give a solvable game carry their own error.
    #[allow(clippy::type_complexity, reason = "a list of values, each with what came of it")]
    pub fn frontier(
        &self,
        clause: Clause,
        points: usize,
    ) -> Result<Vec<(f64, Result<Agreed, CoordinationError>)>, CoordinationError> {
        let Interval { lower, upper } = self.range(clause)?;
        let mut start: Option<Vec<f64>> = None;
        let mut point = |at: usize| {
            let value = lower + (upper - lower) * at as f64 / points.saturating_sub(1).max(1) as f64;
            let agreed = self.held(clause, value, start.as_deref());
            if let Ok(agreed) = &agreed {
                let others = agreed.terms.iter().filter(|(of, _)| *of != clause);
                start = Some(others.map(|(_, value)| *value).collect());
            }
            (value, agreed)
        };
        Ok((0..points).map(&mut point).collect())
    }

    /// The values of one open term, the others being the best for each, at which both firms have at least the status quo
    /// payoffs `[manufacturer, retailer]`; `None` where there are none. Each firm's payoff is taken to be monotone in the
    /// term; where it is affine the ends are exact, elsewhere they are roots.
    ///
    /// # Errors
    ///
    /// As [`Coordination::at`].
    pub fn acceptable(
        &self,
        clause: Clause,
        status_quo: [f64; 2],
    ) -> Result<Option<Interval<f64>>, CoordinationError> {
        let range = self.range(clause)?;
        let gains = |value: f64| -> Result<[f64; 2], CoordinationError> {
            let payoffs = self.at(clause, value)?.solution;
            let payoffs = payoffs.payoffs();
            Ok([payoffs[0] - status_quo[0], payoffs[1] - status_quo[1]])
        };
        let middle = 0.5 * (range.lower + range.upper);
        let [low, mid, high] = [gains(range.lower)?, gains(middle)?, gains(range.upper)?];
        let mut both = range;
        for seat in [0, 1] {
            let (l, m, h) = (low[seat], mid[seat], high[seat]);
            if l >= 0.0 && h >= 0.0 {
                continue;
            }
            if l < 0.0 && h < 0.0 {
                return Ok(None);
            }
            let affine = (l + h - 2.0 * m).abs() <= 1e-9 * (l.abs() + h.abs());
            let (mut from, mut to) = (range.lower, range.upper);
            let end = if affine {
                from + (to - from) * (l / (l - h))
            } else {
                // Bisection: the sign at the lower end is known.
                for _ in 0..60 {
                    let half = 0.5 * (from + to);
                    if half <= from || half >= to {
                        break;
                    }
                    if (gains(half)?[seat] >= 0.0) == (l >= 0.0) {
                        from = half;
                    } else {
                        to = half;
                    }
                }
                0.5 * (from + to)
            };
            if l < 0.0 {
                both.lower = both.lower.max(end);
            } else {
                both.upper = both.upper.min(end);
            }
        }
        Ok((both.lower <= both.upper).then_some(both))
    }

    fn range(&self, clause: Clause) -> Result<Interval<f64>, CoordinationError> {
        let open = self.contract.open();
        let found = open.iter().find(|(of, _)| *of == clause).map(|(_, range)| *range);
        found.ok_or(CoordinationError::NotOpen(clause))
    }

    fn held(&self, clause: Clause, value: f64, start: Option<&[f64]>) -> Result<Agreed, CoordinationError> {
        let Interval { lower, upper } = self.range(clause)?;
        if !(lower..=upper).contains(&value) {
            let allowed = format!("between {lower} and {upper}");
            let parameter = clause.name().to_owned();
            return Err(ParameterError::OutOfRange { parameter, value, allowed }.into());
        }
        let mut agreed = self.search(&self.contract.clone().with(clause, value), start)?;
        let all = self.contract.open().into_iter();
        let value_of = |(of, _): (Clause, _)| {
            (of, if of == clause { value } else { agreed.term(of).unwrap_or(f64::NAN) })
        };
        agreed.terms = all.map(value_of).collect();
        Ok(agreed)
    }

    fn play(&self, contract: &Contract, terms: &[f64]) -> Result<Solution<Channel>, CoordinationError> {
        Ok(Contracted::new(self.base.clone(), contract.at(terms))?.settle(&self.structure)?.solution)
    }

    /// How far the decisions are from the first best, each as a share of it.
    fn distance(&self, played: &Solution<Channel>) -> Vec<f64> {
        let best = self.first_best.profile().iter().zip(self.first_best.decisions());
        let each = best.zip(played.profile()).map(|((best, decision), x)| {
            let scale = if *best != 0.0 { best.abs() } else { decision.typical.unwrap_or(1.0).abs() };
            (x - best) / scale
        });
        each.collect()
    }

    fn search(&self, contract: &Contract, start: Option<&[f64]>) -> Result<Agreed, CoordinationError> {
        let open = contract.open();
        let ranges: Vec<Interval<f64>> = open.iter().map(|(_, range)| *range).collect();
        let agreed = |terms: Vec<f64>| -> Result<Agreed, CoordinationError> {
            let solution = self.play(contract, &terms)?;
            let efficiency = solution.total() / self.first_best.total();
            let terms_found = open.iter().zip(&terms).map(|((clause, _), &value)| (*clause, value)).collect();
            Ok(Agreed { contract: contract.at(&terms), terms: terms_found, solution, efficiency })
        };
        if open.is_empty() {
            return agreed(Vec::new());
        }
        let mut closest: Option<(f64, Vec<f64>)> = None;
        for at in 0..STARTS {
            let spread = |variable: usize, range: &Interval<f64>| {
                let share = (0.5 + at as f64 * 0.754_877_666_246_692_7_f64.powi(variable as i32 + 1)).fract();
                range.lower + share * (range.upper - range.lower)
            };
            let from = match start {
                Some(start) if at == 0 => start.to_vec(),
                _ => ranges.iter().enumerate().map(|(v, range)| spread(v, range)).collect(),
            };
            let (distance, terms) = self.approach(contract, &ranges, from);
            if closest.as_ref().is_none_or(|(least, _)| distance < *least) {
                closest = Some((distance, terms));
            }
            if closest.as_ref().is_some_and(|(least, _)| *least <= CLOSE) {
                break;
            }
        }
        let close = closest.map(|(_, terms)| agreed(terms));
        if let Some(Ok(close)) = &close
            && close.is_first_best()
        {
            return Ok(close.clone());
        }
        // No terms of this kind coordinate: those that make the total largest.
        let typical: Vec<f64> = ranges.iter().map(|range| 0.5 * (range.lower + range.upper)).collect();
        let total = |terms: &[f64]| self.play(contract, terms).ok().map(|played| played.total());
        let most = maximise(&ranges, &typical, total).map(|(terms, _)| agreed(terms));
        match (close, most) {
            (Some(Ok(close)), Some(Ok(most))) => {
                Ok(if most.efficiency > close.efficiency { most } else { close })
            }
            (_, Some(found)) | (Some(found), None) => found,
            (None, None) => agreed(typical),
        }
    }

    /// Levenberg-Marquardt on the distance of the decisions from the first best, within the terms' ranges.
    fn approach(&self, contract: &Contract, ranges: &[Interval<f64>], from: Vec<f64>) -> (f64, Vec<f64>) {
        let count = ranges.len();
        let residual = |terms: &[f64]| self.play(contract, terms).ok().map(|played| self.distance(&played));
        let size = |r: &[f64]| r.iter().map(|r| r * r).sum::<f64>().sqrt();
        let width = |at: usize| ranges[at].upper - ranges[at].lower;
        let mut terms = from;
        let Some(mut here) = residual(&terms) else { return (f64::INFINITY, terms) };
        let mut damping = 1e-6;
        let mut system = Factored::default();
        for _ in 0..STEPS {
            if size(&here) <= 1e-3 * CLOSE {
                break;
            }
            // Differences, in shares of the ranges; inwards from the upper end.
            let mut columns: Vec<Vec<f64>> = Vec::with_capacity(count);
            for at in 0..count {
                let inwards = if terms[at] + DIFFERENCE * width(at) > ranges[at].upper { -1.0 } else { 1.0 };
                let mut moved = terms.clone();
                moved[at] += inwards * DIFFERENCE * width(at);
                let Some(there) = residual(&moved) else { return (size(&here), terms) };
                let slope = |(to, from): (&f64, &f64)| (to - from) / (inwards * DIFFERENCE);
                columns.push(there.iter().zip(&here).map(slope).collect());
            }
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let mut improved = false;
            while damping < 1e12 {
                let mut matrix = vec![0.0; count * count];
                let mut step = vec![0.0; count];
                for i in 0..count {
                    step[i] = -product(&columns[i], &here);
                    for j in 0..count {
                        matrix[i * count + j] = product(&columns[i], &columns[j]);
                    }
                }
                let largest = (0..count).fold(f64::MIN_POSITIVE, |l, i| l.max(matrix[i * count + i]));
                for i in 0..count {
                    matrix[i * count + i] += damping * matrix[i * count + i].max(1e-9 * largest);
                }
                if !system.factor(count, &matrix) {
                    damping *= 10.0;
                    continue;
                }
                system.solve(&mut step);
                let to: Vec<f64> = (0..count)
                    .map(|at| (terms[at] + step[at] * width(at)).clamp(ranges[at].lower, ranges[at].upper))
                    .collect();
                match residual(&to).filter(|there| size(there) < size(&here)) {
                    Some(there) => {
                        improved = size(&there) < 0.999 * size(&here);
                        (terms, here) = (to, there);
                        damping = (0.1 * damping).max(1e-14);
                        break;
                    }
                    None => damping *= 10.0,
                }
            }
            if !improved {
                break;
            }
        }
        (size(&here), terms)
    }
}
