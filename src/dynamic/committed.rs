//! A leader that announces a term once and keeps it.

use super::collocation::Collocation;
use super::error::DynamicError;
use super::feedback::Feedback;
use super::game::DifferentialGame;
use super::markov::MarkovPerfect;
use super::moment::Route;
use super::played::Played;
use crate::error::StructureError;
use crate::player::Player;
use crate::recorded::Recorded;
use crate::row::Row;
use crate::structure::Structure;

/// Values of the term at which the payoff is looked at first.
const POINTS: usize = 24;
/// Golden-section steps around the best of them.
const NARROWINGS: usize = 24;
/// The share of the range over which the payoff's slope is measured, and secant steps to where it vanishes.
const SPAN: f64 = 2e-3;
const SECANTS: usize = 8;
/// Payoffs that differ by less than this share of them are too alike to be compared.
const ALIKE: f64 = 1e-11;

/// An equilibrium in which one player announces a constant term at the start, a participation rate say, and keeps it
/// for ever; everything else is decided moment by moment.
///
/// Under feedback leadership the leader sets the term anew at every moment, which can leave it worse off than none at
/// all: everybody foresees what it will do later. A leader that can bind itself never does worse than with any constant
/// term, none included.
#[derive(Clone, Debug)]
pub struct Committed<'g, G: DifferentialGame> {
    /// The decision that is announced, by its number.
    pub decision: usize,
    /// Its value.
    pub value: f64,
    /// What its owner's position is worth at the start.
    pub payoff: f64,
    /// The feedback equilibrium given the term.
    pub feedback: Feedback<'g, G>,
}

impl Collocation {
    /// The constant value of `decision` that is best for its owner from `start` on, everything else being decided moment
    /// by moment under `structure`.
    ///
    /// The payoff is looked at over the whole of the decision's range, its ends included, and the best value is refined
    /// by where the payoff's slope vanishes (right to about 10⁻⁹ of the range). Values at which the rest of the game has
    /// no equilibrium, as when all of a spend is paid for, count as no choice.
    ///
    /// # Errors
    ///
    /// When the decision does not exist or has no finite range, when `start` has the wrong length, and when the game has
    /// no equilibrium at any value.
    pub fn commit<'g, G: DifferentialGame>(
        &self,
        game: &'g G,
        structure: &Structure<G::Player>,
        decision: usize,
        start: &[f64],
    ) -> Result<Committed<'g, G>, DynamicError> {
        let (recorded, players) = (game.record()?, game.players());
        let held = |value: f64| {
            let held = structure.clone().fix(decision, value);
            let known = if self.route == Route::Auto { game.known_values(&held) } else { None };
            self.find(Played::recorded(recorded.clone(), game, &held)?, known)
        };
        let coalitions = structure.coalitions(&players)?;
        let (value, payoff) = commit(&recorded, &coalitions, decision, start, &held)?;
        let chosen = &recorded.decisions[decision];
        let name = format!("{} commits to {}", chosen.owner.name(), chosen.name);
        let feedback = self.solve(game, &structure.clone().named(name).fix(decision, value))?;
        Ok(Committed { decision, value, payoff, feedback })
    }
}

/// The best value of a decision, and what its owner's coalition then has: `solve` finds the equilibrium where it is held.
fn commit(
    game: &Recorded,
    coalitions: &[Row<usize>],
    decision: usize,
    start: &[f64],
    solve: &dyn Fn(f64) -> Result<MarkovPerfect, DynamicError>,
) -> Result<(f64, f64), DynamicError> {
    let (lasting, count) = (game.lasting()?, game.decisions.len());
    let chosen = game.decisions.get(decision).ok_or(StructureError::NoSuchDecision { decision, count })?;
    let (given, needed) = (start.len(), lasting.states.len());
    if given != needed {
        return Err(DynamicError::StateLength { given, needed });
    }
    let usual: Vec<f64> = game.decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
    let ends = lasting.at_state(&game.formulas.bounds, (start, &usual));
    let (lower, upper) = (ends[2 * decision], ends[2 * decision + 1]);
    let width = upper - lower;
    if !width.is_finite() {
        let quantity = format!("the upper end of {}", chosen.name);
        return Err(DynamicError::out_of_range(quantity, upper, "a finite number"));
    }
    let owner = chosen.owner.number();
    let coalition = coalitions.iter().find(|members| members.contains(&owner));
    let members = || coalition.into_iter().flatten();
    let mut last = None;
    let mut at = |share: f64| -> f64 {
        match solve(lower + share * width) {
            Ok(found) => members().map(|&member| found.values[member].at(start)).sum(),
            Err(error) => {
                last = Some(error);
                f64::NEG_INFINITY
            }
        }
    };
    let share = best(&mut at);
    let payoff = at(share);
    let value = lower + share * width;
    match last {
        Some(error) if payoff == f64::NEG_INFINITY => Err(error),
        _ => Ok((value, payoff)),
    }
}

/// Where a function on [0, 1] is largest: by a scan, a narrowing around its best point, and the root of its slope.
pub(crate) fn best(at: &mut dyn FnMut(f64) -> f64) -> f64 {
    let points: Vec<(f64, f64)> =
        (0..=POINTS).map(|k| k as f64 / POINTS as f64).map(|share| (share, at(share))).collect();
    let (mut middle, mut top) =
        points.iter().fold((0.0, f64::NEG_INFINITY), |b, p| if p.1 > b.1 { *p } else { b });
    let mut reach = 1.0 / POINTS as f64;
    for _ in 0..NARROWINGS {
        reach *= 0.6;
        for share in [middle - reach, middle + reach].map(|share| share.clamp(0.0, 1.0)) {
            let found = at(share);
            if found > top {
                (middle, top) = (share, found);
            }
        }
    }
    // Values near the top are too alike to be compared; slopes are not.
    let mut slope = |share: f64| {
        let mut side = |steps: f64| at(share + steps * SPAN);
        (8.0 * (side(1.0) - side(-1.0)) - (side(2.0) - side(-2.0))) / (12.0 * SPAN)
    };
    let inside = |share: f64| share > 2.0 * SPAN && share < 1.0 - 2.0 * SPAN;
    if !inside(middle) {
        return middle;
    }
    let (mut one, mut other) = (middle - SPAN, middle);
    let (mut before, mut here) = (slope(one), slope(other));
    for _ in 0..SECANTS {
        let step = here * (other - one) / (here - before);
        if !step.is_finite() || step.abs() > SPAN || !inside(other - step) {
            break;
        }
        (one, before) = (other, here);
        other -= step;
        here = slope(other);
        if step.abs() < 1e-12 {
            break;
        }
    }
    // Where payoffs turn sharply, next to an end say, differences over the span mislead: what is worse is not taken.
    let as_good = |payoff: f64| payoff >= top - ALIKE * top.abs();
    let found = (other - middle).abs() < SPAN && here.is_finite() && as_good(at(other));
    if found { other } else { middle }
}
