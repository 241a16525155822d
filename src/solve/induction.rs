//! Backward induction: later stages reply to earlier ones, with exact derivatives.
//!
//! A stage is a system of first-order conditions in its own variables, given everything decided before. Its reply
//! is found on plain numbers ([`super::stage`]); where an earlier stage must differentiate through it, the reply is
//! lifted to dual numbers by Newton steps with the plain Jacobian. Each such step makes one more order of the
//! derivative exact (the dual parts are nilpotent), which is the implicit function theorem carried out in place.

use smallvec::SmallVec;

use super::linear::Factored;
use super::plan::{Plan, Row};
use crate::equilibrium::Side;
use crate::game::{Domain, StaticGame};
use crate::scalar::{D2, Level};

/// Why a stage has no reply; small, since searches meet and forget many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failure {
    NotConverged { stage: usize, residual: f64 },
    Unbounded { stage: usize, variable: usize, value: f64 },
    NoEquilibrium { coalition: usize, gain: f64 },
    EmptyBounds { stage: usize, variable: usize, lower: f64, upper: f64 },
    NotFinite { player: usize },
    Kink { stage: usize },
}

/// What is remembered of a stage's last reply.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// The earlier decisions that it replies to; empty before the first reply.
    pub(crate) to: Row<f64>,
    pub(crate) known: bool,
    pub(crate) values: Row<f64>,
    pub(crate) sides: Row<Side>,
    /// The free variables' first-order system, factored.
    pub(crate) system: Option<Factored>,
    pub(crate) residual: f64,
}

/// The numerical engine for one game under one structure.
pub(crate) struct Engine<'g, G: StaticGame> {
    pub(crate) game: &'g G,
    pub(crate) plan: Plan<G::Player>,
    pub(crate) replies: SmallVec<[Reply; 4]>,
    /// Iterations of the first stage.
    pub(crate) iterations: usize,
    /// Whether every reply of a later stage is searched for globally, not only the first.
    pub(crate) careful: bool,
    pub(crate) at_kink: bool,
}

impl<'g, G: StaticGame> Engine<'g, G> {
    pub(crate) fn new(game: &'g G, plan: Plan<G::Player>) -> Self {
        let replies = plan.stages.iter().map(|_| Reply::default()).collect();
        Engine { game, plan, replies, iterations: 0, careful: false, at_kink: false }
    }

    /// Fills stage `stage` of `x` and all later ones with their replies to what is decided before.
    pub(crate) fn reply<T: Level>(&mut self, stage: usize, x: &mut [T]) -> Result<(), Failure> {
        if stage >= self.plan.stages.len() {
            return Ok(());
        }
        let mut plain: Row<f64> = x.iter().map(|v| v.real()).collect();
        self.settle(stage, &mut plain)?;
        if T::ORDER == 0 {
            for (to, from) in x.iter_mut().zip(&plain) {
                *to = T::constant(*from);
            }
            return Ok(());
        }
        let count = self.plan.stages[stage].len();
        for variable in 0..count {
            self.assign(stage, variable, x, T::constant(self.replies[stage].values[variable]));
        }
        let free: Row<usize> = (0..count).filter(|&v| self.replies[stage].sides[v] == Side::Free).collect();
        self.follow_bounds(stage, x);
        if !free.is_empty() {
            for _ in 0..T::ORDER {
                let mut step: Row<T> = SmallVec::new();
                for &variable in &free {
                    step.push(self.condition(stage, variable, x)?);
                }
                let Some(system) = &self.replies[stage].system else { return Err(Failure::Kink { stage }) };
                system.solve(&mut step);
                for (&variable, step) in free.iter().zip(&step) {
                    let moved = x[self.plan.stages[stage][variable].decisions[0]] - *step;
                    self.assign(stage, variable, x, moved);
                }
                self.follow_bounds(stage, x);
            }
        }
        self.reply(stage + 1, x)
    }

    /// Everybody's payoffs when `stage` and all before it are as in `x`, later stages replying.
    #[inline]
    pub(crate) fn outcome<T: Level>(&mut self, stage: usize, x: &mut [T]) -> Result<Row<T>, Failure> {
        self.reply(stage + 1, x)?;
        let mut payoffs: Row<T> = SmallVec::from_elem(T::constant(0.0), self.plan.players.len());
        self.game.payoffs(x, &mut payoffs);
        Ok(payoffs)
    }

    /// The payoff of `coalition` as a plain number; an error outside the model's domain, so that searches stay in.
    pub(crate) fn payoff(&mut self, stage: usize, coalition: usize, x: &mut [f64]) -> Result<f64, Failure> {
        let payoffs = self.outcome(stage, x)?;
        let payoff = self.plan.joint(coalition, &payoffs);
        if payoff.is_nan() || payoff == f64::INFINITY || matches!(self.game.domain(x), Domain::Outside { .. })
        {
            return Err(Failure::NotFinite { player: self.plan.coalitions[coalition][0] });
        }
        Ok(payoff)
    }

    /// The marginal payoff of a variable to the coalition that chooses it, replies of later stages included.
    pub(crate) fn marginal<T: Level>(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[T],
    ) -> Result<T, Failure> {
        let Variables { decisions, coalition } = self.variable(stage, variable);
        let mut raised: Row<T::Up> = x.iter().map(|v| v.raise(0.0)).collect();
        for &decision in &decisions {
            raised[decision] = x[decision].raise(1.0);
        }
        let payoffs = self.outcome(stage, &mut raised)?;
        Ok(T::fall(self.plan.joint(coalition, &payoffs)))
    }

    /// The first-order condition of a free variable. Where its coalition holds another variable at a bound that
    /// moves with this one, the bound's movement counts.
    fn condition<T: Level>(&mut self, stage: usize, variable: usize, x: &[T]) -> Result<T, Failure> {
        let mut condition = self.marginal(stage, variable, x)?;
        for pinned in 0..self.plan.stages[stage].len() {
            let side = self.replies[stage].sides[pinned];
            if self.linked(stage, variable, pinned, side) {
                let slope = T::fall(self.bound_along(stage, pinned, side, variable, x));
                if !slope.vanishes() {
                    condition = condition + self.marginal(stage, pinned, x)? * slope;
                }
            }
        }
        Ok(condition)
    }

    /// Whether `pinned` stands at a bound and belongs to the coalition that chooses `variable`.
    pub(crate) fn linked(&self, stage: usize, variable: usize, pinned: usize, side: Side) -> bool {
        let variables = &self.plan.stages[stage];
        pinned != variable
            && matches!(side, Side::Lower | Side::Upper)
            && variables[pinned].coalition == variables[variable].coalition
    }

    /// The bound that `pinned` stands at, with its derivative along `variable`.
    pub(crate) fn bound_along<T: Level>(
        &self,
        stage: usize,
        pinned: usize,
        side: Side,
        variable: usize,
        x: &[T],
    ) -> T::Up {
        let variables = &self.plan.stages[stage];
        let mut raised: Row<T::Up> = x.iter().map(|v| v.raise(0.0)).collect();
        for &decision in &variables[variable].decisions {
            raised[decision] = x[decision].raise(1.0);
        }
        let bounds = self.plan.bounds(self.game, &variables[pinned], &raised);
        if side == Side::Upper { bounds.upper } else { bounds.lower }
    }

    /// Puts the variables that stand at a bound where the bound now is.
    fn follow_bounds<T: Level>(&self, stage: usize, x: &mut [T]) {
        for (variable, &side) in self.replies[stage].sides.iter().enumerate() {
            if matches!(side, Side::Lower | Side::Upper) {
                let bounds = self.plan.bounds(self.game, &self.plan.stages[stage][variable], x);
                self.assign(
                    stage,
                    variable,
                    x,
                    if side == Side::Upper { bounds.upper } else { bounds.lower },
                );
            }
        }
    }

    #[inline]
    pub(crate) fn assign<T: Level>(&self, stage: usize, variable: usize, x: &mut [T], value: T) {
        for &decision in &self.plan.stages[stage][variable].decisions {
            x[decision] = value;
        }
    }

    #[inline]
    pub(crate) fn variable(&self, stage: usize, variable: usize) -> Variables {
        let variable = &self.plan.stages[stage][variable];
        Variables { decisions: variable.decisions.clone(), coalition: variable.coalition }
    }

    /// The second derivatives that a Newton step needs: the marginal payoffs of two variables to their owners, and
    /// how each moves with the other.
    pub(crate) fn pair(&mut self, stage: usize, i: usize, j: usize, x: &[f64]) -> Result<Pair, Failure> {
        let (first, second) = (self.variable(stage, i), self.variable(stage, j));
        let mut raised: Row<D2> = x.iter().map(|v| v.raise(0.0).raise(0.0)).collect();
        for &decision in &first.decisions {
            raised[decision].value.slope = 1.0;
        }
        for &decision in &second.decisions {
            raised[decision].slope.value = 1.0;
        }
        let payoffs = self.outcome(stage, &mut raised)?;
        let own: D2 = self.plan.joint(first.coalition, &payoffs);
        let other: D2 = if second.coalition == first.coalition {
            own
        } else {
            self.plan.joint(second.coalition, &payoffs)
        };
        Ok(Pair {
            payoff: own.value.value,
            marginal: own.value.slope,
            cross: own.slope.slope,
            other_cross: other.slope.slope,
        })
    }
}

/// A variable's decisions and owner, free of the plan's borrow.
pub(crate) struct Variables {
    pub(crate) decisions: SmallVec<[usize; 2]>,
    pub(crate) coalition: usize,
}

/// What one second-order evaluation tells of two variables.
pub(crate) struct Pair {
    /// The payoff of the first variable's coalition.
    pub(crate) payoff: f64,
    /// Its derivative in the first variable.
    pub(crate) marginal: f64,
    /// The mixed derivative of that payoff.
    pub(crate) cross: f64,
    /// The mixed derivative of the second variable's coalition's payoff.
    pub(crate) other_cross: f64,
}
