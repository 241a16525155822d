//! A plan's limits: equilibria on kinks, exactly.
//!
//! A plan reimburses the least of three amounts: a share of the spend, an accrued fund, a cap. Where two of them meet
//! the retailer's payoff has a kink, and its best choice often lies right on it. The kinks are not smoothed. If the
//! retailer's payoff under one limit alone is `f_i`, its payoff is `min f_i`, and
//!
//! ```math
//! \max_x\min_i f_i(x)=\min_{\lambda}\max_x\sum_i\lambda_if_i(x),\qquad \lambda\ge0,\ \sum_i\lambda_i=1
//! ```
//!
//! for concave payoffs. Each game under a mixture of limits is smooth and goes to the engine. One limit alone
//! (`λ_i = 1`) is right if the others are slack there, whether payoffs are concave or not; on a kink the weights are the
//! root of one equation, that the limits with weight are equal.

use super::search::maximise;
use super::{BaseChannel, Contracted};
use crate::equilibrium::{Method, Solution};
use crate::error::SolveError;
use crate::game::{Game, Interval, StaticGame};
use crate::models::Channel;
use crate::solve::Solve;
use crate::structure::Structure;

/// Limits this close, as a share of their size, are equal on a kink.
const EQUAL: f64 = 1e-8;
/// A limit this little below those that bind is not below them.
const ROUNDING: f64 = 1e-13;

/// What limits a reimbursement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The share of the spend: `t a`.
    Rate,
    /// The accrued fund: `α P₀ + u Q`.
    Fund,
    /// The cap `K`.
    Cap,
}

const LIMITS: [Limit; 3] = [Limit::Rate, Limit::Fund, Limit::Cap];

/// An equilibrium under a plan, with the limits that bind there.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The equilibrium.
    pub solution: Solution<Channel>,
    /// The limits that are smallest, each with its weight `λ`: one with weight 1 inside a regime, two or three on a
    /// kink. Empty where the contract has no plan, and where it makes no difference (a joint decision).
    pub binding: Vec<(Limit, f64)>,
}

impl Settled {
    /// Whether two limits bind at once.
    pub fn at_kink(&self) -> bool {
        self.binding.len() > 1
    }
}

/// A profile with the weights of the limits at which it was found.
type Piece = (Vec<f64>, [f64; 3]);

impl<C: BaseChannel> Contracted<C> {
    /// The equilibrium under `structure`, with the limits of the plan that bind there.
    ///
    /// Exact on kinks for one stage of moves, and for a leading manufacturer, whose own decisions are then searched for
    /// on payoffs alone (right to about the square root of rounding where its payoff is flat) unless its optimum lies
    /// within one regime. Other structures, and contracts without limits, go to the engine as they are.
    ///
    /// [`Solution::verify`] searches along one decision at a time where later stages reply: where price and spend are both
    /// chosen after a leader, it may stop short of the best reply on a ridge, and its resolution says so.
    ///
    /// # Errors
    ///
    /// As [`Solve::solve`]. [`SolveError::NoEquilibrium`] where no regime has one: when both decide at once, a
    /// manufacturer whose advertising fills the fund may prefer either side of every kink.
    ///
    /// ```
    /// use coopad::contract::{Contract, Contracted, FixedPrice, Limit};
    /// use coopad::prelude::*;
    /// use coopad::response::SquareRoot;
    ///
    /// let none = SquareRoot { effect: 0.0 };
    /// let channel = FixedPrice {
    ///     price: 10.0, production_cost: 2.0, handling_cost: 0.0, base_sales: 0.0,
    ///     local: SquareRoot { effect: 2.0 }, national: none,
    /// };
    /// // Half of the spend up to 10: the retailer would spend 36 with half paid and 9 with nothing paid, and stops
    /// // exactly where the cap is reached.
    /// let contract = Contract::new().wholesale_price(7.0).participation(0.5).cap(10.0);
    /// let settled = Contracted::new(channel, contract)?.settle(&Structure::simultaneous())?;
    /// assert!((settled.solution[FixedPrice::LOCAL] - 20.0).abs() < 1e-9);
    /// assert_eq!(settled.binding.iter().map(|b| b.0).collect::<Vec<_>>(), [Limit::Rate, Limit::Cap]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settle(&self, structure: &Structure<Channel>) -> Result<Settled, SolveError> {
        match self.by_pieces(structure) {
            Some(settled) => settled,
            None => {
                let solution = self.solve_numerically(structure)?;
                Ok(Settled { solution, binding: Vec::new() })
            }
        }
    }

    /// As [`Contracted::settle`]; `None` where the engine can take the game as it is, or must.
    pub(super) fn by_pieces(&self, structure: &Structure<Channel>) -> Option<Result<Settled, SolveError>> {
        let players = self.players();
        let decisions = self.decisions();
        let owners: Vec<Channel> = decisions.iter().map(|d| d.owner).collect();
        let neutral: Vec<f64> = decisions.iter().map(|d| d.neutral).collect();
        let limited = self.present(&neutral).len() > 1;
        if !limited || structure.coalitions(&players).ok()?.len() < 2 || !structure.tied.is_empty() {
            return None;
        }
        let is_free = |d: &usize| structure.fixed.iter().all(|(fixed, _)| fixed != d);
        let stages = structure.stages(&players, &owners).ok()?.into_iter();
        let mut stages: Vec<Vec<usize>> =
            stages.map(|stage| stage.into_iter().filter(is_free).collect()).collect();
        stages.retain(|stage| !stage.is_empty());
        let of = |stage: &[usize], player: Channel| stage.iter().all(|&d| owners[d] == player);
        match &stages[..] {
            [] => None,
            [together] => {
                let alone = of(together, Channel::Retailer) || of(together, Channel::Manufacturer);
                let settled = self.piece(structure, !alone).and_then(|piece| self.settled(structure, piece));
                Some(settled)
            }
            [first, second] if of(first, Channel::Manufacturer) && of(second, Channel::Retailer) => {
                Some(self.led(structure, first).and_then(|piece| self.settled(structure, piece)))
            }
            _ => None,
        }
    }

    fn settled(&self, structure: &Structure<Channel>, (x, weights): Piece) -> Result<Settled, SolveError> {
        let mut solution = self.propose(structure, x)?;
        let weighted = LIMITS.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0);
        let settled: Vec<(Limit, f64)> = weighted.collect();
        (solution.report.method, solution.report.at_kink) = (Method::Engine, settled.len() > 1);
        Ok(Settled { solution, binding: settled })
    }

    /// The game in which the limits are mixed, not compared: smooth.
    fn mixed(&self, weights: [f64; 3]) -> Self {
        Contracted { weights: Some(weights), ..self.clone() }
    }

    /// The limits that the contract has, by number.
    fn present(&self, x: &[f64]) -> Vec<usize> {
        let limits = self.limits_at(x);
        (0..3).filter(|&limit| limits[limit].is_some()).collect()
    }

    fn limits_at(&self, x: &[f64]) -> [Option<f64>; 3] {
        let (physical, open) = x.split_at(self.physical);
        self.contract.limits(&self.base.ledger(physical), open)
    }

    /// The equilibrium of one stage. With several deciders each candidate is verified: what is best for the retailer
    /// on a kink need not be for the manufacturer.
    fn piece(&self, structure: &Structure<Channel>, verify: bool) -> Result<Piece, SolveError> {
        let mut failure = None;
        let mut accept = |x: &[f64], weights: [f64; 3]| {
            let limits = self.limits_at(x);
            let of = |weighted: bool| {
                let values =
                    limits.iter().zip(weights).filter(move |(_, weight)| (*weight != 0.0) == weighted);
                values.filter_map(|(limit, _)| *limit)
            };
            let least = of(true).fold(f64::INFINITY, f64::min);
            let together = of(true).all(|limit| limit - least <= EQUAL * least.abs());
            let slack = of(false).all(|limit| least - limit <= ROUNDING * least.abs());
            if !(together && slack) {
                return false;
            }
            if verify {
                let checked = self.propose(structure, x.to_vec()).and_then(|found| found.verify(self));
                if let Err(error) = checked {
                    failure = Some(error);
                    return false;
                }
            }
            true
        };
        let solve = |weights: [f64; 3]| {
            self.mixed(weights).solve_numerically(structure).map(|solution| solution.profile().to_vec())
        };
        let neutral: Vec<f64> = self.decisions().iter().map(|d| d.neutral).collect();
        let present = self.present(&neutral);
        let mut last = None;
        for &limit in &present {
            let weights = [0, 1, 2].map(|at| if at == limit { 1.0 } else { 0.0 });
            match solve(weights) {
                Ok(x) if accept(&x, weights) => return Ok((x, weights)),
                Ok(_) => {}
                Err(error) => last = Some(error),
            }
        }
        for (at, &i) in present.iter().enumerate() {
            for &j in &present[at + 1..] {
                let pair = |share: f64| {
                    [0, 1, 2].map(|at| {
                        if at == i {
                            share
                        } else if at == j {
                            1.0 - share
                        } else {
                            0.0
                        }
                    })
                };
                if let Some((x, weights)) = self.balance((i, j), pair, &solve)
                    && accept(&x, weights)
                {
                    return Ok((x, weights));
                }
            }
        }
        if let [i, j, k] = present[..] {
            // The third limit's weight from outside, the other two balanced within.
            let inner = |outer: f64| {
                let triple = |share: f64| {
                    [0, 1, 2].map(|at| {
                        if at == k {
                            outer
                        } else if at == i {
                            share * (1.0 - outer)
                        } else {
                            (1.0 - share) * (1.0 - outer)
                        }
                    })
                };
                self.balance((i, j), triple, &solve)
            };
            let gap = |outer: f64| {
                let (x, weights) = inner(outer)?;
                let limits = self.limits_at(&x);
                Some((limits[k]? - limits[i]?, (x, weights)))
            };
            if let Some((x, weights)) = root(gap)
                && accept(&x, weights)
            {
                return Ok((x, weights));
            }
        }
        let stuck =
            SolveError::NoEquilibrium { player: "retailer".to_owned(), gain: f64::NAN, last: neutral };
        Err(failure.or(last).unwrap_or(stuck))
    }

    /// The mixture, of a family that moves weight from limit `j` to limit `i` as its argument goes from 0 to 1, at which
    /// the two are equal.
    fn balance(
        &self,
        (i, j): (usize, usize),
        mixture: impl Fn(f64) -> [f64; 3],
        solve: &impl Fn([f64; 3]) -> Result<Vec<f64>, SolveError>,
    ) -> Option<Piece> {
        root(|share| {
            let weights = mixture(share);
            let x = solve(weights).ok()?;
            let limits = self.limits_at(&x);
            Some((limits[i]? - limits[j]?, (x, weights)))
        })
    }

    /// The manufacturer's best decisions, the retailer replying on whatever kink.
    fn led(&self, structure: &Structure<Channel>, leads: &[usize]) -> Result<Piece, SolveError> {
        let decisions = self.decisions();
        let start: Vec<f64> = decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
        let ranges: Vec<Interval<f64>> = leads.iter().map(|&d| self.bounds(d, &start)).collect();
        let typical: Vec<f64> = leads.iter().map(|&d| decisions[d].typical.unwrap_or(1.0)).collect();
        let mut failure = None;
        let mut reply = |y: &[f64]| {
            let held = leads.iter().zip(y).fold(structure.clone(), |held, (&d, &value)| held.fix(d, value));
            self.piece(&held, false).map_err(|error| failure = Some(error)).ok()
        };
        let worth = |x: &[f64]| {
            let mut payoffs = [f64::NAN; 2];
            self.payoffs(x, &mut payoffs);
            payoffs[0]
        };
        let found =
            maximise(&ranges, &typical, |y| reply(y).map(|(x, _)| worth(&x)).filter(|w| w.is_finite()));
        let best = found.and_then(|(y, _)| reply(&y));
        let Some((x, weights)) = best else {
            let stuck =
                SolveError::NoEquilibrium { player: "manufacturer".to_owned(), gain: f64::NAN, last: start };
            return Err(failure.unwrap_or(stuck));
        };
        // Within one regime the game is smooth, and the engine's decisions are exact.
        if weights.iter().filter(|weight| **weight > 0.0).count() == 1
            && let Ok(exact) = self.mixed(weights).solve_numerically(structure)
        {
            let exact = exact.profile().to_vec();
            let y: Vec<f64> = leads.iter().map(|&d| exact[d]).collect();
            let same = |(reached, regime): &Piece| {
                *regime == weights && worth(reached) >= worth(&x) - 1e-10 * worth(&x).abs()
            };
            if let Some(piece) = reply(&y).filter(same) {
                return Ok(piece);
            }
        }
        Ok((x, weights))
    }
}

/// Where a function that rises from negative to positive on `[0, 1]` is zero, with what it found there. Where it has no
/// value (the payoff is unbounded under that mixture) the root is looked for elsewhere.
fn root<X>(mut f: impl FnMut(f64) -> Option<(f64, X)>) -> Option<X> {
    let (mut low, mut high) = (0.0, 1.0);
    let (mut below, mut above) = (f(low).map(|v| v.0), f(high).map(|v| v.0));
    if below.is_some_and(|v| v > 0.0) || above.is_some_and(|v| v < 0.0) {
        return None;
    }
    let mut best: Option<(f64, X)> = None;
    let mut last = 0;
    for step in 0..200 {
        // The secant, with Illinois' halving of the end that stays; halving the interval now and then, and where an end
        // has no value.
        let middle = match (below, above) {
            (Some(b), Some(a)) if a > b && step % 4 != 3 => low + (high - low) * (-b / (a - b)),
            _ => 0.5 * (low + high),
        };
        if !(middle > low && middle < high) {
            break;
        }
        match f(middle) {
            None if below.is_none() => low = middle,
            None => high = middle,
            Some((value, found)) => {
                if value <= 0.0 {
                    (low, below) = (middle, Some(value));
                    if last == -1 {
                        above = above.map(|a| 0.5 * a);
                    }
                    last = -1;
                } else {
                    (high, above) = (middle, Some(value));
                    if last == 1 {
                        below = below.map(|b| 0.5 * b);
                    }
                    last = 1;
                }
                if best.as_ref().is_none_or(|(least, _)| value.abs() < *least) {
                    best = Some((value.abs(), found));
                }
                if value == 0.0 {
                    break;
                }
            }
        }
    }
    best.map(|(_, found)| found)
}

/// The retailer's exact reply to a plan, where sales rise with the square root of the spend and margins are fixed:
///
/// ```math
/// \max_a\; R\sqrt a-a+\rho\min(t\,a,\;f_0+f_1\sqrt a,\;K).
/// ```
///
/// ```
/// use coopad::contract::{Limit, LimitedSupport};
///
/// // Half of the spend, up to a cap of 10.
/// let plan = LimitedSupport { own: 6.0, rate: 0.5, fund: None, cap: Some(10.0), claims: 1.0 };
/// let (spend, binding) = plan.reply().unwrap_or_default();
/// assert!((spend - 20.0).abs() < 1e-12);
/// assert_eq!(binding, [Limit::Rate, Limit::Cap]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitedSupport {
    /// `R`, money per √money: the retailer's margin times the effect of the spend.
    pub own: f64,
    /// `t`, the reimbursement rate, 0 to 1.
    pub rate: f64,
    /// `[f₀, f₁]`, the accrued fund at no spend and its growth with √spend; both at least 0.
    pub fund: Option<[f64; 2]>,
    /// `K ≥ 0`.
    pub cap: Option<f64>,
    /// `ρ`, the share of claims that is made, 0 to 1.
    pub claims: f64,
}

impl LimitedSupport {
    /// The spend, with the limits that bind: one inside a regime, two on a kink.
    ///
    /// | regime | √a |
    /// |---|---|
    /// | rate | `R / (2(1 − ρt))` |
    /// | fund | `(R + ρf₁) / 2` |
    /// | cap | `R / 2` |
    /// | rate meets fund | `(f₁ + √(f₁² + 4tf₀)) / (2t)` |
    /// | rate meets cap | `√(K/t)` |
    /// | fund meets cap | `(K − f₀) / f₁` |
    ///
    /// The payoff is concave in √a, so the first regime, in the order in which they come as the spend grows, whose
    /// optimum or upper end is not past it. `None` where the spend is unbounded: all of it is paid for, without a limit.
    pub fn reply(&self) -> Option<(f64, Vec<Limit>)> {
        let [start, growth] = self.fund.unwrap_or([f64::INFINITY, 0.0]);
        let cap = self.cap.unwrap_or(f64::INFINITY);
        let own = self.own.max(0.0);
        let to_fund = match self.fund {
            Some(_) => (growth + (growth * growth + 4.0 * self.rate * start).sqrt()) / (2.0 * self.rate),
            None => f64::INFINITY,
        };
        let to_cap = (cap / self.rate).sqrt();
        let uncapped = own / (2.0 * (1.0 - self.claims * self.rate)).max(0.0);
        if self.rate == 0.0 || uncapped <= to_fund.min(to_cap) {
            let found = uncapped.is_finite().then_some((uncapped * uncapped, vec![Limit::Rate]));
            return found;
        }
        let root = |root: f64, binding: &[Limit]| Some((root * root, binding.to_vec()));
        let alone = 0.5 * own;
        if to_cap <= to_fund {
            return match alone > to_cap {
                true => root(alone, &[Limit::Cap]),
                false => root(to_cap, &[Limit::Rate, Limit::Cap]),
            };
        }
        let accruing = 0.5 * (own + self.claims * growth);
        let full = if growth > 0.0 { (cap - start) / growth } else { f64::INFINITY };
        if accruing <= to_fund {
            root(to_fund, &[Limit::Rate, Limit::Fund])
        } else if accruing <= full {
            root(accruing, &[Limit::Fund])
        } else if alone <= full {
            root(full, &[Limit::Fund, Limit::Cap])
        } else {
            root(alone, &[Limit::Cap])
        }
    }
}
