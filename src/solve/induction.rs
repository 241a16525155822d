//! Backward induction: later stages reply to earlier ones, with exact derivatives.
//!
//! A stage is a system of first-order conditions in its own variables, given everything decided before. Its reply
//! is found on plain numbers ([`super::stage`]); where an earlier stage must differentiate through it, the reply is
//! lifted to dual numbers. Its first derivatives in the earlier decisions are found once a reply and put in place;
//! Newton steps with the plain Jacobian then make one more order exact each, since the dual parts are nilpotent.
//! This is the implicit function theorem, carried out in place. Where one stage follows and its formulas are worth
//! recording, the same is put together without duals ([`super::through`]).

use smallvec::SmallVec;

use super::board::Board;
use super::linear::{Factored, Square, put};
use super::local::Work;
use super::plan::{Plan, Variable};
use super::settings::Settings;
use crate::dual::Dual;
use crate::equilibrium::Side;
use crate::level::{D1, D2, Level};
use crate::row::{Profile, Row, on_stack};
use crate::scalar::Scalar;

/// Why a stage has no reply; small, since searches meet and forget many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failure {
    NotConverged {
        stage: usize,
        residual: f64,
    },
    Unbounded {
        stage: usize,
        variable: usize,
        value: f64,
    },
    NoEquilibrium {
        coalition: usize,
        gain: f64,
    },
    EmptyBounds {
        stage: usize,
        variable: usize,
        lower: f64,
        upper: f64,
    },
    NotFinite {
        coalition: usize,
    },
    Kink {
        stage: usize,
    },
    /// A rule, by its number, that cannot be kept.
    Infeasible {
        rule: usize,
        violation: f64,
    },
}

/// What is remembered of a stage's last reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Whether there is one.
    pub(crate) known: bool,
    /// Whether it is good enough to be compared, not to be returned.
    pub(crate) rough: bool,
    /// The values of the earlier stages' variables that it replies to.
    pub(crate) to: Row<f64>,
    /// The reply.
    pub(crate) values: Row<f64>,
    pub(crate) sides: Row<Side>,
    /// The free variables, and their first-order system, factored.
    pub(crate) free: Row<usize>,
    pub(crate) system: Factored,
    /// The rules that bind, which are part of the system, and what one more unit of each is worth.
    pub(crate) active: Row<usize>,
    pub(crate) worth: Row<f64>,
    /// Whether the system could be factored: the reply can be differentiated.
    pub(crate) smooth: bool,
    /// The reply's derivatives, a row a variable and a column an earlier variable, once they are asked for.
    pub(crate) slopes: Square,
    pub(crate) slopes_known: bool,
    pub(crate) residual: f64,
}

impl Reply {
    /// No reply yet, with room for `count` variables that reply to `before` earlier ones.
    pub(crate) fn new(count: usize, before: usize) -> Self {
        Reply {
            known: false,
            rough: false,
            to: SmallVec::from_elem(0.0, before),
            values: SmallVec::from_elem(0.0, count),
            sides: SmallVec::from_elem(Side::Free, count),
            free: SmallVec::new(),
            active: SmallVec::new(),
            worth: SmallVec::new(),
            system: Factored::default(),
            smooth: false,
            slopes: SmallVec::from_elem(0.0, count * before),
            slopes_known: false,
            residual: 0.0,
        }
    }

    /// Takes over another reply of the same stage, field by field, so that nothing is allocated.
    pub(crate) fn copy(&mut self, other: &Self) {
        put(&mut self.to, &other.to);
        put(&mut self.values, &other.values);
        put(&mut self.sides, &other.sides);
        put(&mut self.free, &other.free);
        put(&mut self.active, &other.active);
        put(&mut self.worth, &other.worth);
        put(&mut self.slopes, &other.slopes);
        self.system.copy(&other.system);
        (self.known, self.rough) = (other.known, other.rough);
        (self.smooth, self.slopes_known, self.residual) = (other.smooth, other.slopes_known, other.residual);
    }
}

/// What was shown of the last stage's variables at one profile: whether each has one hill.
#[derive(Clone, Debug, Default)]
pub(super) struct Hills {
    pub(super) at: Profile,
    pub(super) shown: Row<Option<bool>>,
}

/// The numerical engine for one game under one structure.
pub(crate) struct Engine<'g> {
    pub(crate) board: &'g Board,
    pub(crate) plan: &'g Plan,
    pub(crate) replies: Vec<Reply>,
    /// Iterations of the first stage.
    pub(crate) iterations: usize,
    /// Whether every reply of a later stage is searched for globally, not only the first.
    pub(crate) careful: bool,
    /// Whether rough replies of later stages will do.
    pub(crate) rough: bool,
    pub(crate) at_kink: bool,
    /// Whether the first stage was last settled where some direction is flat.
    pub(super) flat: bool,
    /// The profile with another reply of the last stage, where somebody there is indifferent between two.
    pub(crate) at_jump: Option<Vec<f64>>,
    pub(crate) settings: Settings,
    /// Iterations of all stages, replies included.
    pub(crate) spent: usize,
    pub(super) hills: Hills,
    /// Room for derivatives, and for iterations that are not under way.
    pub(super) room: Vec<f64>,
    #[allow(
        clippy::vec_box,
        reason = "taken out and put back once an iteration: a pointer moves, not a kilobyte"
    )]
    pub(super) spare: Vec<Box<Work>>,
}

impl<'g> Engine<'g> {
    pub(crate) fn new(board: &'g Board, plan: &'g Plan) -> Self {
        let mut before = 0;
        let mut replies = Vec::with_capacity(plan.stages.len());
        for stage in &plan.stages {
            replies.push(Reply::new(stage.len(), before));
            before += stage.len();
        }
        Engine {
            board,
            plan,
            replies,
            iterations: 0,
            careful: false,
            rough: false,
            at_kink: false,
            flat: false,
            at_jump: None,
            settings: Settings::default(),
            spent: 0,
            hills: Hills::default(),
            room: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Fills stage `stage` of `x` and all later ones with their replies to what is decided before.
    pub(crate) fn reply<T: Level>(&mut self, stage: usize, x: &mut [T]) -> Result<(), Failure> {
        if stage >= self.plan.stages.len() {
            return Ok(());
        }
        if let Some(plain) = T::plain(x) {
            return self.settle(stage, plain);
        }
        // A single first derivative is lifted on its own; deeper numbers share all of them.
        let single = T::ORDER == 1;
        if !(self.remembers(stage, x) && (single || self.replies[stage].slopes_known)) {
            on_stack(x.len(), 0.0, |plain: &mut [f64]| {
                for (to, from) in plain.iter_mut().zip(x.iter()) {
                    *to = from.real();
                }
                self.settle(stage, plain)?;
                let enough = single || self.replies[stage].slopes_known || self.limited(stage);
                if enough { Ok(()) } else { self.differentiate(stage, plain) }
            })?;
        }
        let exact = self.predict(stage, x);
        self.lift(stage, x, T::ORDER - exact)?;
        self.reply(stage + 1, x)
    }

    /// Whether the remembered reply is to the very decisions in `x`, and good enough.
    pub(crate) fn remembers<T: Level>(&self, stage: usize, x: &[T]) -> bool {
        let reply = &self.replies[stage];
        reply.known
            && (self.rough || !reply.rough)
            && self.earlier(stage).zip(&reply.to).all(|(v, to)| x[v.decision].real() == *to)
    }

    /// The variables of the stages before `stage`, in whose order a reply counts its columns.
    pub(crate) fn earlier(&self, stage: usize) -> impl Iterator<Item = &'g Variable> + use<'g> {
        self.plan.stages[..stage].iter().flatten()
    }

    /// The same as stages and places in them.
    pub(super) fn places(&self, stage: usize) -> impl Iterator<Item = (usize, usize)> + use<'g> {
        let stages = self.plan.stages[..stage].iter().enumerate();
        stages.flat_map(|(stage, variables)| (0..variables.len()).map(move |at| (stage, at)))
    }

    /// The reply's first derivatives in the earlier variables.
    pub(crate) fn differentiate(&mut self, stage: usize, plain: &[f64]) -> Result<(), Failure> {
        let plan = self.plan;
        if self.recorded(stage) && self.rests_still(stage) && !self.limited(stage) {
            return self.cross(stage, plain);
        }
        let columns = self.replies[stage].to.len();
        for (column, moved) in self.earlier(stage).enumerate() {
            on_stack(plain.len(), D1::constant(0.0), |x: &mut [D1]| {
                for (to, from) in x.iter_mut().zip(plain) {
                    *to = D1::constant(*from);
                }
                for decision in moved.decisions() {
                    x[decision].slope = 1.0;
                }
                self.lift(stage, x, 1)?;
                for (row, variable) in plan.stages[stage].iter().enumerate() {
                    self.replies[stage].slopes[row * columns + column] = x[variable.decision].slope;
                }
                Ok(())
            })?;
        }
        self.replies[stage].slopes_known = true;
        Ok(())
    }

    /// Puts the reply in place, to first order where its derivatives are known, but for the variables at bounds,
    /// which the lift puts there. Returns the order to which it is exact.
    fn predict<T: Level>(&self, stage: usize, x: &mut [T]) -> usize {
        let reply = &self.replies[stage];
        if !reply.slopes_known {
            for (variable, value) in self.plan.stages[stage].iter().zip(&reply.values) {
                variable.set(x, T::constant(*value));
            }
            return 0;
        }
        let (to, slopes) = (&reply.to[..], &reply.slopes[..]);
        let variables = &self.plan.stages[stage];
        for (variable, value) in variables.iter().zip(&reply.values) {
            variable.set(x, T::constant(*value));
        }
        // Column by column: of many earlier decisions mostly one has moved.
        for (column, (moved, to)) in self.earlier(stage).zip(to).enumerate() {
            let step = x[moved.decision] - *to;
            // What does not move moves nothing, even where its slope is no number (a root at 0).
            if step.vanishes() {
                continue;
            }
            for (row, variable) in variables.iter().enumerate() {
                let slope = slopes[row * reply.to.len() + column];
                if slope != 0.0 {
                    let value = x[variable.decision] + step * slope;
                    variable.set(x, value);
                }
            }
        }
        1
    }

    /// Newton steps with the plain Jacobian: each makes one more order of the dual parts exact.
    pub(crate) fn lift<T: Level>(&mut self, stage: usize, x: &mut [T], steps: usize) -> Result<(), Failure> {
        let plan = self.plan;
        if steps > 0 && self.limited(stage) {
            return self.lift_rules(stage, x);
        }
        let free = self.replies[stage].free.len();
        self.follow_bounds(stage, x);
        if free == 0 || steps == 0 {
            return Ok(());
        }
        if !self.replies[stage].smooth {
            return Err(Failure::Kink { stage });
        }
        on_stack(free, T::constant(0.0), |step: &mut [T]| {
            for _ in 0..steps {
                self.all_conditions(stage, x, step)?;
                self.replies[stage].system.solve(step);
                for (at, step) in step.iter().enumerate() {
                    let variable = &plan.stages[stage][self.replies[stage].free[at]];
                    let to = x[variable.decision] - *step;
                    variable.set(x, to);
                }
                self.follow_bounds(stage, x);
            }
            Ok(())
        })
    }

    /// The coalitions' payoffs when `stage` and all before it are as in `x`, later stages replying.
    #[inline]
    pub(crate) fn outcome<T: Level>(
        &mut self,
        stage: usize,
        x: &mut [T],
        payoffs: &mut [T],
    ) -> Result<(), Failure> {
        self.reply(stage + 1, x)?;
        self.board.payoffs(x, payoffs);
        Ok(())
    }

    /// The payoff of `coalition` as a plain number.
    pub(crate) fn payoff(&mut self, stage: usize, coalition: usize, x: &mut [f64]) -> Result<f64, Failure> {
        on_stack(self.plan.coalitions.len(), 0.0, |payoffs: &mut [f64]| {
            self.outcome(stage, x, payoffs)?;
            let payoff = payoffs[coalition];
            if payoff.is_nan() || payoff == f64::INFINITY {
                return Err(Failure::NotFinite { coalition });
            }
            Ok(payoff)
        })
    }

    /// Whether a payoff found at `x` counts: a search must not follow it out of the model's domain.
    pub(crate) fn inside(&self, x: &[f64]) -> bool {
        self.board.inside(x)
    }

    /// The marginal payoff of a variable to the coalition that chooses it, replies of later stages included.
    pub(crate) fn marginal<T: Level>(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[T],
    ) -> Result<T, Failure> {
        let plan = self.plan;
        let coalitions = plan.coalitions.len();
        if self.recorded(stage) {
            // Nobody replies: the formula has it, at the level at hand.
            let marginals = self.board.marginals(plan);
            return on_stack(marginals.outputs(), T::constant(0.0), |out: &mut [T]| {
                marginals.fill(x, out);
                Ok(out[coalitions + variable])
            });
        }
        let variable = &plan.stages[stage][variable];
        let zero = T::Up::constant(0.0);
        on_stack(x.len(), zero, |raised: &mut [T::Up]| {
            raise(x, variable, raised);
            on_stack(coalitions, zero, |payoffs: &mut [T::Up]| {
                self.outcome(stage, raised, payoffs)?;
                Ok(T::fall(payoffs[variable.coalition]))
            })
        })
    }

    /// Whether a stage's marginal payoffs are formulas: nobody replies to it, and the formulas are worth recording.
    pub(super) fn recorded(&self, stage: usize) -> bool {
        stage + 1 == self.plan.stages.len() && self.board.is_derived()
    }

    /// The first-order conditions of all free variables of a stage.
    fn all_conditions<T: Level>(
        &mut self,
        stage: usize,
        x: &[T],
        conditions: &mut [T],
    ) -> Result<(), Failure> {
        let plan = self.plan;
        let sides = &self.replies[stage].sides;
        let follows = (0..sides.len()).any(|at| self.board.moves(stage, at, sides[at] == Side::Upper));
        if !self.recorded(stage) || follows {
            for (at, condition) in conditions.iter_mut().enumerate() {
                let variable = self.replies[stage].free[at];
                *condition = self.condition(stage, variable, x)?;
            }
            return Ok(());
        }
        let marginals = self.board.marginals(plan);
        on_stack(marginals.outputs(), T::constant(0.0), |out: &mut [T]| {
            marginals.fill(x, out);
            for (condition, &variable) in conditions.iter_mut().zip(&self.replies[stage].free) {
                *condition = out[plan.coalitions.len() + variable];
            }
        });
        Ok(())
    }

    /// The first-order condition of a free variable. Where its coalition holds another variable at a bound that
    /// moves with this one, the bound's movement counts.
    pub(crate) fn condition<T: Level>(
        &mut self,
        stage: usize,
        variable: usize,
        x: &[T],
    ) -> Result<T, Failure> {
        let mut condition = self.marginal(stage, variable, x)?;
        for pinned in 0..self.plan.stages[stage].len() {
            let side = self.replies[stage].sides[pinned];
            let moves = self.board.moves(stage, pinned, side == Side::Upper);
            if moves && self.linked(stage, variable, pinned, side) {
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
        on_stack(x.len(), T::Up::constant(0.0), |raised: &mut [T::Up]| {
            raise(x, &variables[variable], raised);
            let bounds = self.board.bounds(stage, pinned, raised);
            if side == Side::Upper { bounds.upper } else { bounds.lower }
        })
    }

    /// Puts the variables that stand at a bound where the bound now is.
    pub(crate) fn follow_bounds<T: Level>(&self, stage: usize, x: &mut [T]) {
        let each = self.plan.stages[stage].iter().zip(&self.replies[stage].sides);
        for (at, (variable, &side)) in each.enumerate() {
            if matches!(side, Side::Lower | Side::Upper) {
                let bounds = self.board.bounds(stage, at, x);
                variable.set(x, if side == Side::Upper { bounds.upper } else { bounds.lower });
            }
        }
    }

    #[inline]
    pub(crate) fn assign<T: Level>(&self, stage: usize, variable: usize, x: &mut [T], value: T) {
        self.plan.stages[stage][variable].set(x, value);
    }

    /// The second derivatives that a Newton step needs: the marginal payoffs of two variables to their owners, and
    /// how each moves with the other.
    pub(crate) fn pair(&mut self, stage: usize, i: usize, j: usize, x: &[f64]) -> Result<Pair, Failure> {
        let plan = self.plan;
        let (first, second) = (&plan.stages[stage][i], &plan.stages[stage][j]);
        let zero = D2::constant(0.0);
        on_stack(x.len(), zero, |raised: &mut [D2]| {
            for (to, from) in raised.iter_mut().zip(x) {
                to.value.value = *from;
            }
            for decision in first.decisions() {
                raised[decision].value.slope = 1.0;
            }
            for decision in second.decisions() {
                raised[decision].slope.value = 1.0;
            }
            on_stack(plan.coalitions.len(), zero, |payoffs: &mut [D2]| {
                self.outcome(stage, raised, payoffs)?;
                let Dual { value, slope } = payoffs[first.coalition];
                let other_cross = payoffs[second.coalition].slope.slope;
                Ok(Pair { payoff: value.value, marginal: value.slope, cross: slope.slope, other_cross })
            })
        })
    }
}

/// The numbers of one level up, moving along this variable.
fn raise<T: Level>(x: &[T], along: &Variable, raised: &mut [T::Up]) {
    for (to, from) in raised.iter_mut().zip(x) {
        *to = from.raise(0.0);
    }
    for decision in along.decisions() {
        raised[decision] = x[decision].raise(1.0);
    }
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
