//! The certificate: nobody gains by deviating, as far as a search without derivatives can tell.
//!
//! Nothing here knows a first-order condition, a Jacobian or the engine's replies. Each coalition, at each stage at
//! which it moves, is searched for a better choice over the whole range of its decisions: a low-discrepancy spread
//! first, then a compass from the best points found. Later stages reply to each trial, by line searches on the
//! payoffs themselves.

use smallvec::SmallVec;

use super::board::Board;
use super::chart::{Chart, away, spread};
use super::plan::Plan;
use crate::equilibrium::{Certificate, Deviation};
use crate::formula::{Formula, FormulaError};
use crate::game::Interval;
use crate::row::Row;

/// Points spread over the range of each decision of a deviation.
const SPREAD: usize = 48;
/// Points from which a compass is started.
const POLISHED: usize = 2;
/// Points of the whole range at which a line search first looks.
const LOOKS: usize = 7;
/// Rounds of line searches after which a reply of several decisions is taken as it is.
const ROUNDS: usize = 60;
/// Rounds between two leaps to where they lead.
const SETTLING: usize = 4;
/// Payoffs of single players that one coalition's search may look at, a quarter of them in the spread. Games of ordinary size
/// stay far below; a large one is searched at fewer points, and the certificate says so.
const BUDGET: usize = 9_000_000;
/// Variables of the last stage above which only those reply to a trial whose own problem it changes.
const MANY: usize = 50;

/// Searches every coalition's deviations from a profile, players by their seats.
pub(crate) fn search(
    board: &Board,
    plan: &Plan,
    profile: &[f64],
) -> Result<Certificate<usize>, FormulaError> {
    let payoffs = (0..plan.coalitions.len()).map(|coalition| board.alone(coalition));
    let payoffs = payoffs.collect::<Result<Vec<_>, _>>()?;
    // A coalition's payoff costs as much as those of so many single players: by what its formula has to do.
    let players: usize = plan.coalitions.iter().map(SmallVec::len).sum();
    let all: usize = payoffs.iter().map(|formula| formula.operations().max(1)).sum();
    let cost = |formula: &Formula| (players * formula.operations()).div_ceil(all.max(1)).max(1);
    let costs = payoffs.iter().map(cost).collect();
    let mut search =
        Search { board, plan, payoffs, costs, evaluations: 0, work: 0, thinned: false, settled: None };
    let mut deviations = Vec::new();
    for stage in 0..plan.stages.len() {
        for coalition in 0..plan.coalitions.len() {
            let moves: Row<usize> = (0..plan.stages[stage].len())
                .filter(|&v| plan.stages[stage][v].coalition == coalition)
                .collect();
            if moves.is_empty() {
                continue;
            }
            let payoff = search.payoff(coalition, profile);
            // What the same profile is worth with replies found by this search: its own rounding.
            let mut replied: Row<f64> = SmallVec::from_slice(profile);
            let again = search.value(stage, coalition, &mut replied);
            let noise = if again.is_finite() { (again - payoff).abs() } else { 0.0 };
            search.settle(stage, profile);
            let (best, at) = search.deviate(stage, coalition, &moves, profile);
            let gain = if best > payoff { best - payoff } else { 0.0 };
            deviations.push(Deviation {
                stage: stage + 1,
                coalition: plan.coalitions[coalition].to_vec(),
                gain,
                resolution: noise.max(4.0 * f64::EPSILON * payoff.abs()),
                profile: if gain > 0.0 { &at[..] } else { profile }[plan.given..].to_vec(),
            });
        }
    }
    let regret = deviations.iter().fold(0.0, |worst: f64, d| worst.max(d.gain));
    let resolution = deviations.iter().fold(0.0, |worst: f64, d| worst.max(d.resolution));
    let Search { evaluations, thinned, .. } = search;
    Ok(Certificate { regret, resolution, deviations, evaluations, thinned })
}

struct Search<'g> {
    board: &'g Board,
    plan: &'g Plan,
    /// Each coalition's payoff alone.
    payoffs: Vec<Formula>,
    costs: Vec<usize>,
    evaluations: usize,
    /// Single players' payoffs looked at.
    work: usize,
    /// Whether a search ended because its budget was spent.
    thinned: bool,
    /// The profile from which deviations start, in a game of many followers.
    settled: Option<Settled>,
}

/// What everybody in the last stage chooses, and how it sees that choice: its payoff there and on both sides of it.
struct Settled {
    values: Vec<f64>,
    seen: Vec<Option<[f64; 3]>>,
}

/// How decisions of one stage moved in the last round.
#[derive(Default)]
struct Steps {
    from: Row<f64>,
    last: Row<f64>,
    taken: usize,
}

impl Search<'_> {
    /// A coalition's payoff at a whole profile; `-∞` where the profile is no possible outcome.
    fn payoff(&mut self, coalition: usize, x: &[f64]) -> f64 {
        self.evaluations += 1;
        self.work += self.costs[coalition];
        let mut payoff = [0.0];
        self.payoffs[coalition].fill(x, &mut payoff);
        let [payoff] = payoff;
        if payoff.is_nan() || !self.board.inside(x) { f64::NEG_INFINITY } else { payoff }
    }

    /// A coalition's payoff when `stage` and all before it are as in `x`; later stages reply, and `x` holds it all.
    fn value(&mut self, stage: usize, coalition: usize, x: &mut [f64]) -> f64 {
        for later in stage + 1..self.plan.stages.len() {
            if !self.respond(later, x) {
                return f64::NEG_INFINITY;
            }
        }
        self.payoff(coalition, x)
    }

    /// A variable, its bounds and its chart at `x`; `None` when it has no admissible value.
    fn chart(&self, stage: usize, variable: usize, x: &[f64]) -> Option<(usize, Interval<f64>, Chart)> {
        let bounds = self.board.bounds(stage, variable, x);
        let decision = self.plan.stages[stage][variable].decision;
        let typical = self.plan.decisions[decision].typical.unwrap_or(1.0);
        (bounds.lower <= bounds.upper).then(|| (decision, bounds, Chart::new(bounds, typical)))
    }

    fn assign(&self, stage: usize, variable: usize, x: &mut [f64], value: f64) {
        self.plan.stages[stage][variable].set(x, value);
    }

    /// Whether anybody moves after a stage.
    fn replied_to(&self, stage: usize) -> bool {
        stage + 1 < self.plan.stages.len()
    }

    /// Remembers how many followers see the profile from which a coalition of an earlier stage deviates.
    fn settle(&mut self, stage: usize, profile: &[f64]) {
        self.settled = None;
        let last = self.plan.stages.len() - 1;
        let count = self.plan.stages[last].len();
        if stage < last && count > MANY {
            let mut x: Row<f64> = SmallVec::from_slice(profile);
            let seen = (0..count).map(|variable| self.look_around(last, variable, &mut x)).collect();
            let values = self.plan.stages[last].iter().map(|v| profile[v.decision]).collect();
            self.settled = Some(Settled { values, seen });
        }
    }

    /// A coalition's payoff at its variable's value and on both sides of it, in the last stage.
    fn look_around(&mut self, stage: usize, variable: usize, x: &mut [f64]) -> Option<[f64; 3]> {
        let (decision, bounds, chart) = self.chart(stage, variable, x)?;
        let coalition = self.plan.stages[stage][variable].coalition;
        let here = x[decision];
        let origin = if chart.curved() && away(here, bounds) == 0.0 {
            chart.go_from_bound(self.plan.decisions[decision].typical.unwrap_or(1.0), bounds)
        } else {
            here
        };
        let seen = [here, chart.go(origin, 0.05, bounds), chart.go(origin, -0.05, bounds)].map(|value| {
            self.assign(stage, variable, x, value);
            self.payoff(coalition, x)
        });
        self.assign(stage, variable, x, here);
        Some(seen)
    }

    /// Whether a trial leaves a follower's problem as it was, to the last bit of what it sees around its choice.
    fn unconcerned(&mut self, stage: usize, variable: usize, x: &mut [f64]) -> bool {
        let decision = self.plan.stages[stage][variable].decision;
        let before = match &self.settled {
            Some(s) if stage + 1 == self.plan.stages.len() && s.values[variable] == x[decision] => {
                s.seen[variable]
            }
            _ => return false,
        };
        before.is_some() && self.look_around(stage, variable, x) == before
    }

    /// Everybody of a stage replies: each variable in turn to the best value for its coalition, until none moves.
    fn respond(&mut self, stage: usize, x: &mut [f64]) -> bool {
        let count = self.plan.stages[stage].len();
        let mut steps = Steps::default();
        for round in 0..ROUNDS {
            let mut moved: f64 = 0.0;
            for variable in 0..count {
                if self.unconcerned(stage, variable, x) {
                    continue;
                }
                match self.improve(stage, variable, x, round == 0) {
                    Some(change) => moved = moved.max(change),
                    None => return false,
                }
            }
            // A single variable has found its best value; several must settle among themselves.
            if moved < 1e-10 || (count == 1 && round == 0) {
                return true;
            }
            self.hasten(stage, x, &mut steps);
        }
        true
    }

    /// Rounds that close in by the same share each time are cut short: where decisions depend strongly on each other, that
    /// share is close to one.
    fn hasten(&self, stage: usize, x: &mut [f64], steps: &mut Steps) {
        let variables = &self.plan.stages[stage];
        let now: Row<f64> = variables.iter().map(|variable| x[variable.decision]).collect();
        let step: Row<f64> = now.iter().zip(&steps.from).map(|(now, before)| now - before).collect();
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let share = product(&step, &steps.last) / product(&steps.last, &steps.last);
        steps.from = now;
        steps.last = step;
        steps.taken += 1;
        let closing = steps.taken.is_multiple_of(SETTLING) && share > 0.0 && share < 1.0;
        if !closing {
            return;
        }
        for (at, variable) in variables.iter().enumerate() {
            let bounds = self.board.bounds(stage, at, x);
            let to = steps.from[at] + steps.last[at] * share / (1.0 - share);
            if to >= bounds.lower && to <= bounds.upper {
                variable.set(x, to);
            }
        }
        *steps = Steps::default();
    }

    /// Moves one variable to its coalition's best value along it, and tells how far it went in its chart. A `wide`
    /// search looks over the whole range first: a payoff may have several hills.
    fn improve(&mut self, stage: usize, variable: usize, x: &mut [f64], wide: bool) -> Option<f64> {
        let (decision, bounds, chart) = self.chart(stage, variable, x)?;
        let before = x[decision];
        let start = before.clamp(bounds.lower, bounds.upper);
        let typical = self.plan.decisions[decision].typical.unwrap_or(1.0);
        // From the bound itself a logarithmic chart does not lead away: look at typical values too.
        let origin = if chart.curved() && away(start, bounds) == 0.0 {
            chart.go_from_bound(typical, bounds)
        } else {
            start
        };
        // Where nobody replies a trial changes nothing else: the profile itself serves, and is not copied.
        let mut copy: Row<f64> = if self.replied_to(stage) { SmallVec::from_slice(x) } else { Row::new() };
        let trial = if copy.is_empty() { &mut *x } else { &mut copy[..] };
        let coalition = self.plan.stages[stage][variable].coalition;
        let mut at = |search: &mut Self, step: f64| {
            search.assign(stage, variable, trial, chart.go(origin, step, bounds));
            search.value(stage, coalition, trial)
        };
        // Bracket the best value by doubling steps away from the start, both ways, as far as the range goes.
        let [lowest, highest] = chart.ends(origin, bounds);
        let bounded = lowest.is_finite() && highest.is_finite();
        let reach = if chart.curved() { 40.0 } else { 1e12 };
        let first = 0.05 * chart.reach();
        let mut middle = (0.0, at(self, 0.0));
        if wide {
            let [from, to] = if bounded { [lowest, highest] } else { [-7.5, 7.5] };
            for k in 0..LOOKS {
                let step = from + (to - from) * k as f64 / (LOOKS - 1) as f64;
                let value = at(self, step);
                if value > middle.1 {
                    middle = (step, value);
                }
            }
        }
        let [first_left, first_right] = [lowest.max(middle.0 - first), highest.min(middle.0 + first)];
        let mut left = (first_left, at(self, first_left));
        let mut right = (first_right, at(self, first_right));
        let mut stride = first;
        while (left.1 > middle.1 || right.1 > middle.1) && stride < reach {
            stride *= 2.0;
            if right.1 > left.1 {
                left = middle;
                middle = right;
                let step = highest.min(right.0 + stride);
                right = (step, at(self, step));
            } else {
                right = middle;
                middle = left;
                let step = lowest.max(left.0 - stride);
                left = (step, at(self, step));
            }
        }
        // Still rising there, and not towards a bound: no best value.
        let rising = right.1 > middle.1 || (!chart.curved() && left.1 > middle.1);
        if middle.1 == f64::NEG_INFINITY || (!bounded && stride >= reach && rising) {
            self.assign(stage, variable, x, before);
            return None;
        }
        // Golden section with a parabola where it behaves.
        for _ in 0..80 {
            let width = right.0 - left.0;
            if width < 1e-9 {
                break;
            }
            let slope_left = (middle.1 - left.1) / (middle.0 - left.0);
            let slope_right = (right.1 - middle.1) / (right.0 - middle.0);
            let parabola = 0.5 * (left.0 + middle.0) - slope_left * 0.5 * width / (slope_right - slope_left);
            let inside = parabola > left.0 + 0.02 * width && parabola < right.0 - 0.02 * width;
            let fresh = (parabola - middle.0).abs() > 1e-3 * width;
            let step = if inside && fresh {
                parabola
            } else if right.0 - middle.0 > middle.0 - left.0 {
                middle.0 + 0.381_966 * (right.0 - middle.0)
            } else {
                middle.0 - 0.381_966 * (middle.0 - left.0)
            };
            let tried = (step, at(self, step));
            if tried.1 >= middle.1 {
                if step > middle.0 {
                    left = middle;
                } else {
                    right = middle;
                }
                middle = tried;
            } else if step > middle.0 {
                right = tried;
            } else {
                left = tried;
            }
        }
        // The parabola through well-separated points places a smooth maximum beyond the square root of rounding.
        let h = 1e-3 * chart.reach();
        let f: [f64; 5] = std::array::from_fn(|k| at(self, middle.0 + (k as f64 - 2.0) * h));
        let slope = (f[0] - 8.0 * f[1] + 8.0 * f[3] - f[4]) / 12.0;
        let curve = (-f[0] + 16.0 * f[1] - 30.0 * f[2] + 16.0 * f[3] - f[4]) / 12.0;
        let correction = -slope / curve;
        let mut best = middle;
        if curve < 0.0 && correction.abs() < 0.5 {
            let polished = (middle.0 + correction * h).clamp(lowest, highest);
            let value = at(self, polished);
            if value >= middle.1 - 1e-14 * middle.1.abs() {
                best = (polished, value);
            }
        }
        let mut value = chart.go(origin, best.0, bounds);
        // A bound is as good as any point: the logarithm never reaches it.
        for bound in [bounds.lower, bounds.upper] {
            if bound.is_finite() {
                let trial = if copy.is_empty() { &mut *x } else { &mut copy[..] };
                self.assign(stage, variable, trial, bound);
                if self.value(stage, coalition, trial) >= best.1 {
                    value = bound;
                    break;
                }
            }
        }
        self.assign(stage, variable, x, value);
        let rate = chart.rate(start, bounds).abs().max(f64::MIN_POSITIVE);
        Some((value - start).abs() / rate.max(chart.rate(value, bounds).abs()))
    }

    /// The best choice found for a coalition at a stage, and what it is worth.
    fn deviate(
        &mut self,
        stage: usize,
        coalition: usize,
        moves: &[usize],
        profile: &[f64],
    ) -> (f64, Row<f64>) {
        let started = self.work;
        let mut found: Vec<(f64, Row<f64>)> = Vec::new();
        let trials = SPREAD * moves.len() + 8;
        for trial in 0..trials {
            if self.work - started > BUDGET / 4 {
                self.thinned = true;
                break;
            }
            let mut x: Row<f64> = SmallVec::from_slice(profile);
            let mut possible = true;
            for (dimension, &variable) in moves.iter().enumerate() {
                let Some((decision, bounds, chart)) = self.chart(stage, variable, &x) else {
                    possible = false;
                    break;
                };
                let typical = self.plan.decisions[decision].typical.unwrap_or(1.0);
                let here = x[decision].clamp(bounds.lower, bounds.upper);
                let centre =
                    if away(here, bounds) == 0.0 { chart.go_from_bound(typical, bounds) } else { here };
                let value = match trial {
                    // Close by first: small steps of mixed sign.
                    1..8 => {
                        let sign = if (trial + dimension) % 2 == 0 { 1.0 } else { -1.0 };
                        chart.go(centre, sign * 0.1_f64.powi(trial as i32 / 2), bounds)
                    }
                    0 => bounds.lower.max(f64::MIN),
                    _ => chart.spread(spread(trial, dimension), centre, bounds),
                };
                self.assign(stage, variable, &mut x, value);
            }
            if possible {
                let value = self.value(stage, coalition, &mut x);
                keep_best(&mut found, value, x);
            }
        }
        let here = (self.payoff(coalition, profile), SmallVec::from_slice(profile));
        if self.settled.is_some() {
            // What is left of the budget goes to single steps from the profile itself, to which few followers reply.
            found.insert(0, here);
        } else {
            keep_best(&mut found, here.0, here.1);
        }
        let mut best = (f64::NEG_INFINITY, SmallVec::from_slice(profile));
        for (value, x) in found {
            if value.is_finite() {
                let polished = self.compass(stage, coalition, moves, (value, x), started + BUDGET);
                if polished.0 > best.0 {
                    best = polished;
                }
            }
        }
        best
    }

    /// Steps along each of a coalition's variables, shorter whenever none gains, until the work is `most`.
    fn compass(
        &mut self,
        stage: usize,
        coalition: usize,
        moves: &[usize],
        (mut value, mut x): (f64, Row<f64>),
        most: usize,
    ) -> (f64, Row<f64>) {
        let mut pace = 0.25;
        // Between trials the same as `x`; where nobody replies a trial has changed one variable alone.
        let mut trial = x.clone();
        let replied = self.replied_to(stage);
        let copy = |search: &Self, variable: usize, to: &mut Row<f64>, from: &Row<f64>| {
            if replied {
                to.copy_from_slice(from);
            } else {
                search.assign(stage, variable, to, from[search.plan.stages[stage][variable].decision]);
            }
        };
        for _ in 0..400 {
            if pace < 1e-7 {
                break;
            }
            let mut gained = false;
            for &variable in moves {
                if self.work > most {
                    self.thinned = true;
                    return (value, x);
                }
                for sign in [1.0, -1.0] {
                    let Some((decision, bounds, chart)) = self.chart(stage, variable, &trial) else {
                        continue;
                    };
                    let to = chart.go(trial[decision], sign * pace, bounds);
                    if to == trial[decision] {
                        continue;
                    }
                    self.assign(stage, variable, &mut trial, to);
                    let there = self.value(stage, coalition, &mut trial);
                    if there > value {
                        (value, gained) = (there, true);
                        copy(self, variable, &mut x, &trial);
                        break;
                    }
                    copy(self, variable, &mut trial, &x);
                }
            }
            pace *= if gained { 1.2 } else { 0.35 };
            pace = f64::min(pace, 1.0);
        }
        (value, x)
    }
}

/// Adds a point to the best few, unless it is none of them; of equally good ones the first counts.
fn keep_best(found: &mut Vec<(f64, Row<f64>)>, value: f64, x: Row<f64>) {
    let rank = found.iter().take_while(|(other, _)| other.total_cmp(&value).is_ge()).count();
    if rank < POLISHED {
        found.insert(rank, (value, x));
        found.truncate(POLISHED);
    }
}
