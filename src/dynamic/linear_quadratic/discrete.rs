//! Linear-quadratic games in discrete time.

use super::error::LinearQuadraticError as Error;
use super::feedback::Policy;
use super::game::{LinearQuadratic, Quadratic, column, concave, out_of_range, size, symmetric, symmetrised};
use super::matrix::Matrix;

/// Periods before the recursion is given up.
const PERIODS: usize = 200_000;
/// A change of policies this small, as a share of them, is rounding.
const SETTLED: f64 = 1e-12;
/// Doublings of the time over which lasting policies earn, before their worth is given up: 2⁶⁴ periods.
const DOUBLINGS: usize = 64;

/// A game in discrete time, `x⁺ = Ax + Σ_j B_j u_j + d`, in which player i maximises
///
/// ```math
/// \sum_t\beta_i^t\,\tfrac12z_t'H_iz_t,\qquad z=(x,1,u_1,\dots,u_N).
/// ```
///
/// One symmetric matrix H a player holds everything: payoffs from the state, controls and their products, one's own
/// and others'. Where a source minimises a cost, give minus its matrix; where it writes no ½, twice.
///
/// ```
/// use coopad::dynamic::linear_quadratic::{Matrix, StepGame};
///
/// // One player: maximises −½(x² + u²), summed, with x⁺ = x + u. The value is −½φx² with φ = (1 + √5)/2, golden.
/// let game = StepGame::new(1.0, &[0.0], &[Matrix::from(1.0)], &[1.0], &[Matrix::diagonal(&[-1.0, 0.0, -1.0])])?;
/// let found = game.feedback_nash()?;
/// assert!((found.values()[0].curvature()[(0, 0)] + 1.618_033_988_749_895).abs() < 1e-12);
/// # Ok::<(), coopad::dynamic::linear_quadratic::LinearQuadraticError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StepGame {
    states: usize,
    /// How (x, 1, u) makes (x, 1) of the next period.
    motion: Matrix,
    /// Where the controls of each player start in (x, 1, u), and where the last ends.
    starts: Vec<usize>,
    discounts: Vec<f64>,
    forms: Vec<Matrix>,
}

/// A feedback equilibrium of a [`StepGame`].
#[derive(Clone, Debug, PartialEq)]
pub struct StepEquilibrium {
    values: Vec<Quadratic>,
    policies: Vec<Policy>,
    closed_loop: Matrix,
    drift: Matrix,
    periods: usize,
}

impl StepEquilibrium {
    /// The value functions. Without discounting (β = 1) the constant is left out, here 0: it has no limit.
    pub fn values(&self) -> &[Quadratic] {
        &self.values
    }

    /// The policies.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The matrix of the state equation under the policies.
    pub fn closed_loop(&self) -> &Matrix {
        &self.closed_loop
    }

    /// How many periods back the recursion went until policies no longer changed.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// The state that stays as it is; `None` where there is none, or more than one.
    pub fn rest_point(&self) -> Option<Vec<f64>> {
        let rest = self.closed_loop.clone().scaled(-1.0).shifted(1.0).solve(&self.drift)?;
        Some(rest.entries().to_vec())
    }
}

impl StepGame {
    /// A game from its state equation, the players' effects B, discount factors β and payoff matrices H.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError`](Error): sizes that do not fit, entries that are not finite, a form that is not
    /// symmetric, discount factors outside (0, 1].
    pub fn new(
        transition: impl Into<Matrix>,
        drift: &[f64],
        effects: &[Matrix],
        discounts: &[f64],
        forms: &[Matrix],
    ) -> Result<Self, Error> {
        let transition = transition.into();
        let n = transition.rows();
        size(&transition, (n, n), "the matrix of the state equation", None)?;
        let drift = column("the drift", drift, n)?;
        let count = effects.len();
        if count == 0 {
            return Err(out_of_range("the number of players", None, 0.0, "at least 1"));
        }
        column("the list of discount factors", discounts, count)?;
        if forms.len() != count {
            let (given, needed) = ((forms.len(), 1), (count, 1));
            return Err(Error::Size { what: "the list of payoff matrices", player: None, given, needed });
        }
        let mut starts = vec![n + 1];
        for effect in effects {
            starts.push(starts.last().copied().unwrap_or(0) + effect.columns());
        }
        let width = starts.last().copied().unwrap_or(0);
        let mut motion = Matrix::zero(n + 1, width);
        motion.add_block(0, 0, 1.0, &transition);
        motion.add_block(0, n, 1.0, &drift);
        motion.set(n, n, 1.0);
        for (i, effect) in effects.iter().enumerate() {
            size(effect, (n, effect.columns()), "the effect matrix", Some(i))?;
            motion.add_block(0, starts[i], 1.0, effect);
            symmetric(&forms[i], width, "the payoff matrix", i)?;
            if !(discounts[i] > 0.0 && discounts[i] <= 1.0) {
                return Err(out_of_range("the discount factor", Some(i), discounts[i], "above 0, at most 1"));
            }
        }
        Ok(StepGame { states: n, motion, starts, discounts: discounts.to_vec(), forms: forms.to_vec() })
    }

    /// The feedback Nash equilibrium: the limit of finite horizons without salvage, one period back at a time.
    ///
    /// Policies may settle long before the value functions do. Where they stand still, the value functions are those of
    /// playing them for ever, found by doubling the time over which they earn, and the policies must be best against these too.
    ///
    /// # Errors
    ///
    /// [`NotConcave`](Error::NotConcave) where somebody's payoff has no maximum in a period,
    /// [`NotConverged`](Error::NotConverged) where policies, or what they are worth, do not settle.
    pub fn feedback_nash(&self) -> Result<StepEquilibrium, Error> {
        self.solve(None)
    }

    /// The feedback Stackelberg equilibrium: in every period `leader` decides before the others.
    ///
    /// # Errors
    ///
    /// As [`feedback_nash`](Self::feedback_nash), and [`Players`](Error::Players) for an unknown leader.
    pub fn feedback_stackelberg(&self, leader: usize) -> Result<StepEquilibrium, Error> {
        let players = self.forms.len();
        if leader >= players {
            return Err(Error::Players { player: leader, players, times: 0 });
        }
        self.solve(Some(leader))
    }

    fn solve(&self, leader: Option<usize>) -> Result<StepEquilibrium, Error> {
        let n = self.states;
        let z = n + 1;
        let mut values = vec![Matrix::zero(z, z); self.forms.len()];
        let mut rule = Matrix::zero(self.motion.columns() - z, z);
        let (mut change, mut quiet, mut look) = (f64::INFINITY, 0, 0);
        for period in 1..=PERIODS {
            let stage = self.stage(&values);
            let next = self.decide(&stage, leader)?;
            let before = change;
            change = apart(&next, &rule);
            rule = next;
            let all = self.followed(&rule);
            for (value, stage) in values.iter_mut().zip(&stage) {
                *value = symmetrised(&all.transpose_times(&stage.times(&all)));
            }
            // Nothing changes, or nothing but rounding, for as long as it takes a control to show in every state.
            quiet = if change <= 2e-15 || (change <= 1e-13 && change >= before) { quiet + 1 } else { 0 };
            // Where lasting policies are not best yet, they are looked at again after as many periods once more.
            if (quiet > n + 1 && period >= look) || (change <= SETTLED && period == PERIODS) {
                look = 2 * period;
                if let Some(values) = self.lasting(&rule) {
                    let best = self.decide(&self.stage(&values), leader)?;
                    if apart(&best, &rule) <= SETTLED {
                        return Ok(self.finish(values, &rule, period));
                    }
                }
            }
            // The constant decides nothing, and grows without bound where nothing is discounted.
            for value in &mut values {
                value.set(n, n, 0.0);
            }
            if !values.iter().all(Matrix::is_finite) {
                break;
            }
        }
        Err(Error::NotConverged { iterations: PERIODS, change })
    }

    /// What everybody maximises in a period, these being the values of the next: forms of (x, 1, u).
    fn stage(&self, values: &[Matrix]) -> Vec<Matrix> {
        let each = values.iter().zip(&self.discounts).zip(&self.forms);
        let stage = |((value, beta), form): ((&Matrix, &f64), &Matrix)| {
            self.motion.transpose_times(&value.times(&self.motion)).scaled(*beta).plus(form)
        };
        each.map(stage).collect()
    }

    /// How (x, 1) makes (x, 1, u) by these policies.
    fn followed(&self, rule: &Matrix) -> Matrix {
        let z = self.states + 1;
        let mut all = Matrix::zero(self.motion.columns(), z);
        all.add_block(0, 0, 1.0, &Matrix::identity(z));
        all.add_block(z, 0, 1.0, rule);
        all
    }

    /// What these policies are worth for ever, the constant being that of one period: `V = W + βM'VM`, as the sum of
    /// `(√β M')ᵗ W (√β M)ᵗ` over twice as many periods at a time (R. A. Smith 1968, doi:10.1137/0116017). None where it does not
    /// settle.
    fn lasting(&self, rule: &Matrix) -> Option<Vec<Matrix>> {
        let n = self.states;
        let all = self.followed(rule);
        let motion = self.motion.times(&all);
        let worth = |(form, beta): (&Matrix, &f64)| {
            let earned = symmetrised(&all.transpose_times(&form.times(&all)));
            let (mut worth, mut step) = (earned.clone(), motion.clone().scaled(beta.sqrt()));
            for _ in 0..DOUBLINGS {
                worth.set(n, n, 0.0);
                let more = step.transpose_times(&worth.times(&step));
                let next = symmetrised(&worth.clone().plus(&more));
                let settled = more.block(0, 0, n, n + 1).largest()
                    <= f64::EPSILON * next.block(0, 0, n, n + 1).largest();
                worth = next;
                if settled {
                    worth.set(n, n, 0.0);
                    let ahead = motion.transpose_times(&worth.times(&motion));
                    return Some(earned.plus(&symmetrised(&ahead.scaled(*beta))));
                }
                if !worth.is_finite() {
                    return None;
                }
                step = step.times(&step);
            }
            None
        };
        self.forms.iter().zip(&self.discounts).map(worth).collect()
    }

    fn controls(&self, player: usize) -> std::ops::Range<usize> {
        self.starts[player]..self.starts[player + 1]
    }

    /// Everybody's controls as functions of (x, 1): each player's first-order condition in its own stage payoff; the
    /// leader's with the others' replies.
    fn decide(&self, stage: &[Matrix], leader: Option<usize>) -> Result<Matrix, Error> {
        let (z, width) = (self.states + 1, self.motion.columns());
        let mut conditions = Matrix::zero(width - z, width);
        for (i, form) in stage.iter().enumerate() {
            let own = self.controls(i);
            conditions.add_block(own.start - z, 0, 1.0, &form.block(own.start, 0, own.len(), width));
            if leader != Some(i) {
                check(i, &form.block(own.start, own.start, own.len(), own.len()))?;
            }
        }
        if let Some(leader) = leader {
            let own = self.controls(leader);
            // Replies to the leader's controls, as rows of (x, 1, u); the leader's own are the identity.
            let mut followers = conditions.block(0, z, width - z, width - z);
            let mut rhs = Matrix::zero(width - z, own.len());
            for (at, row) in own.clone().enumerate() {
                for column in 0..width - z {
                    followers.set(row - z, column, f64::from(u8::from(column == row - z)));
                }
                rhs.set(row - z, at, 1.0);
            }
            let turn = followers.solve(&rhs).ok_or(Error::Singular { what: "the followers' replies" })?;
            let form = stage[leader].block(z, 0, width - z, width);
            let row = turn.transpose_times(&form);
            check(leader, &row.block(0, z, own.len(), width - z).times(&turn))?;
            let before = conditions.block(own.start - z, 0, own.len(), width);
            conditions.add_block(own.start - z, 0, 1.0, &row.minus(&before));
        }
        let rhs = conditions.block(0, 0, width - z, z).scaled(-1.0);
        conditions
            .block(0, z, width - z, width - z)
            .solve(&rhs)
            .ok_or(Error::Singular { what: "the policies" })
    }

    fn finish(&self, values: Vec<Matrix>, rule: &Matrix, periods: usize) -> StepEquilibrium {
        let n = self.states;
        let z = n + 1;
        let motion = self
            .motion
            .block(0, 0, z, z)
            .plus(&self.motion.block(0, z, z, self.motion.columns() - z).times(rule));
        let values = values.iter().zip(&self.discounts).map(|(value, beta)| Quadratic {
            curvature: value.block(0, 0, n, n),
            slope: value.block(0, n, n, 1),
            constant: if *beta < 1.0 { 0.5 * value[(n, n)] / (1.0 - beta) } else { 0.0 },
        });
        let policies = (0..self.forms.len()).map(|i| {
            let own = self.controls(i);
            Policy {
                slope: rule.block(own.start - z, 0, own.len(), n),
                intercept: rule.block(own.start - z, n, own.len(), 1),
            }
        });
        StepEquilibrium {
            values: values.collect(),
            policies: policies.collect(),
            closed_loop: motion.block(0, 0, n, n),
            drift: motion.block(0, n, n, 1),
            periods,
        }
    }
}

/// How far policies are from others, as a share of them.
fn apart(rule: &Matrix, other: &Matrix) -> f64 {
    rule.clone().minus(other).largest() / rule.largest().max(f64::MIN_POSITIVE)
}

/// Minus the curvature in one's own controls must be positive definite.
fn check(player: usize, curvature: &Matrix) -> Result<(), Error> {
    concave(player, &symmetrised(curvature).scaled(-1.0))
}

impl LinearQuadratic {
    /// The game in steps of length `step`, within which nobody can react: Euler's state equation, payoffs times the
    /// step, discount factors `e^(−r·step)`.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](Error::OutOfRange) for a step that is not positive and finite.
    pub fn in_steps(&self, step: f64) -> Result<StepGame, Error> {
        if !(step > 0.0 && step.is_finite()) {
            return Err(out_of_range("the step", None, step, "positive and finite"));
        }
        let n = self.states();
        let transition = self.transition.clone().scaled(step).shifted(1.0);
        let drift = self.drift.clone().scaled(step);
        let effects: Vec<Matrix> = self.effects.iter().map(|b| b.clone().scaled(step)).collect();
        let discounts: Vec<f64> = self.discounts.iter().map(|r| (-r * step).exp()).collect();
        let width = n + 1 + effects.iter().map(Matrix::columns).sum::<usize>();
        let forms = self.state_payoffs.iter().zip(&self.uses).map(|(earned, uses)| {
            let mut form = Matrix::zero(width, width);
            form.add_block(0, 0, 1.0, &earned.curvature);
            form.add_block(0, n, 1.0, &earned.slope);
            form.add_block(n, 0, 1.0, &earned.slope.transpose());
            form.set(n, n, 2.0 * earned.constant);
            let mut at = n + 1;
            for part in uses {
                form.add_block(at, at, -1.0, &part.cost);
                form.add_block(at, 0, 1.0, &part.cross);
                form.add_block(0, at, 1.0, &part.cross.transpose());
                form.add_block(at, n, 1.0, &part.gain);
                form.add_block(n, at, 1.0, &part.gain.transpose());
                at += part.cost.rows();
            }
            form.scaled(step)
        });
        StepGame::new(transition, drift.entries(), &effects, &discounts, &forms.collect::<Vec<_>>())
    }
}
