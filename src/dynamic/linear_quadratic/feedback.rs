//! Feedback Nash equilibria on an infinite horizon.

use super::error::LinearQuadraticError as Error;
use super::game::{LinearQuadratic, Quadratic, Reduced, column, inner, out_of_range};
use super::matrix::Matrix;
use super::riccati::{
    Newton, best_reply, closed_loop, follow, influence, limit, polish, relative_residual, reply_in_turn,
};

/// How an equilibrium was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// Along the path from the linear-state game, on which it is the limit of games of less curvature.
    Path,
    /// By best replies in turn, polished by Newton's method: another start may end on another equilibrium.
    Replies,
    /// By the scan of [`all_equilibria`](LinearQuadratic::all_equilibria).
    Scan,
}

/// A decision rule that is affine in the state, `u = Kx + κ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub(crate) slope: Matrix,
    /// A column.
    pub(crate) intercept: Matrix,
}

impl Policy {
    /// K: a row a control, a column a state.
    pub fn slope(&self) -> &Matrix {
        &self.slope
    }

    /// κ, the controls at the origin.
    pub fn intercept(&self) -> &[f64] {
        self.intercept.entries()
    }

    /// The controls at a state.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError::Size`](Error::Size) when the state has another number of entries.
    pub fn at(&self, state: &[f64]) -> Result<Vec<f64>, Error> {
        let x = column("the state", state, self.slope.columns())?;
        Ok(self.slope.times(&x).plus(&self.intercept).entries().to_vec())
    }
}

/// A feedback Nash equilibrium: policies that are best replies to each other from every state at every time.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedbackNash {
    pub(crate) values: Vec<Quadratic>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) closed_loop: Matrix,
    pub(crate) drift: Matrix,
    pub(crate) growth: f64,
    pub(crate) residual: f64,
    pub(crate) iterations: usize,
    pub(crate) route: Route,
}

impl FeedbackNash {
    /// The value functions `V_i(x) = ½x'P_ix + b_i'x + a_i`, one a player.
    pub fn values(&self) -> &[Quadratic] {
        &self.values
    }

    /// The policies `u_i = R_i⁻¹(B_i'(P_ix + b_i) + M_ix + m_i)`, one a player.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The matrix of the state equation under the policies.
    pub fn closed_loop(&self) -> &Matrix {
        &self.closed_loop
    }

    /// The constant of the state equation under the policies.
    pub fn drift(&self) -> &[f64] {
        self.drift.entries()
    }

    /// The largest real part of the closed loop's eigenvalues: below half of every discount rate, so that payoffs are
    /// finite.
    pub fn growth(&self) -> f64 {
        self.growth
    }

    /// Whether the state stays bounded and settles, `growth() < 0`. Discounting allows equilibria where it does not.
    pub fn is_bounded(&self) -> bool {
        self.growth < 0.0
    }

    /// The largest residual of the Riccati equations, relative to their terms.
    pub fn residual(&self) -> f64 {
        self.residual
    }

    /// Newton steps spent.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// How it was found.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Where the state settles.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError::OutOfRange`](Error::OutOfRange) where it does not settle.
    pub fn rest_point(&self) -> Result<Vec<f64>, Error> {
        if !self.is_bounded() {
            return Err(out_of_range(
                "the growth of the state",
                None,
                self.growth,
                "negative for a rest point",
            ));
        }
        let rest = self.closed_loop.solve(&self.drift.clone().scaled(-1.0));
        Ok(rest.ok_or(Error::Singular { what: "the rest point" })?.entries().to_vec())
    }

    /// The state at a time ≥ 0, from where the game starts.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError`](Error): a start of another size, a time that is negative or not finite, a state too
    /// large to be written.
    pub fn state(&self, start: &[f64], time: f64) -> Result<Vec<f64>, Error> {
        let n = self.closed_loop.rows();
        let x = column("the start", start, n)?;
        if !(time >= 0.0 && time.is_finite()) {
            return Err(out_of_range("the time", None, time, "finite and not negative"));
        }
        let mut motion = Matrix::zero(n + 1, n + 1);
        motion.add_block(0, 0, 1.0, &self.closed_loop);
        motion.add_block(0, n, 1.0, &self.drift);
        let flow = motion.exponential(time);
        let state = flow.block(0, 0, n, n).times(&x).plus(&flow.block(0, n, n, 1));
        super::game::finite(state.entries(), "the state", None)?;
        Ok(state.entries().to_vec())
    }

    /// Holds every player against its own problem: given the others' policies, is this its value function? The answer
    /// is the largest relative difference, found by another method (the sign function of each player's Hamiltonian
    /// matrix) than the equilibrium was.
    ///
    /// A best reply is one among policies that keep the player's own payoff finite.
    ///
    /// # Errors
    ///
    /// [`Refuted`](Error::Refuted) if a best reply differs by more than a millionth,
    /// [`NoBestReply`](Error::NoBestReply) if there is none, [`Size`](Error::Size) for another game's equilibrium.
    pub fn certify(&self, game: &LinearQuadratic) -> Result<f64, Error> {
        let reduced = &game.reduced;
        let (given, needed) = (self.values.len(), reduced.players());
        if given != needed {
            return Err(Error::Size {
                what: "the list of values",
                player: None,
                given: (given, 1),
                needed: (needed, 1),
            });
        }
        let n = reduced.states();
        let p: Vec<Matrix> = self.values.iter().map(|v| v.curvature.clone()).collect();
        super::game::size(&self.closed_loop, (n, n), "the closed loop", None)?;
        let mut worst: f64 = 0.0;
        for player in 0..needed {
            let reply = best_reply(reduced, &p, player).ok_or(Error::NoBestReply { player })?;
            // The slope, then, by the player's own linear equation.
            let b = reply_slope(reduced, &self.values, player, &reply)?;
            let mut difference = 0.0_f64;
            for (ours, theirs) in [(&self.values[player].curvature, &reply), (&self.values[player].slope, &b)]
            {
                let size = ours.largest().max(theirs.largest()).max(f64::MIN_POSITIVE);
                difference = difference.max(ours.clone().minus(theirs).largest() / size);
            }
            // A matrix that vanishes has no relative error.
            let scale = p.iter().map(Matrix::largest).fold(0.0, f64::max);
            if reply.largest() <= 1e-12 * scale && self.values[player].curvature.largest() <= 1e-12 * scale {
                difference = 0.0;
            }
            if difference.is_nan() || difference > 1e-6 {
                return Err(Error::Refuted { player, difference });
            }
            worst = worst.max(difference);
        }
        Ok(worst)
    }
}

/// The slope of player i's value function in its own problem, the others keeping their policies.
fn reply_slope(game: &Reduced, values: &[Quadratic], i: usize, p: &Matrix) -> Result<Matrix, Error> {
    let mut transition = game.transition.clone();
    let mut drift = game.drift.clone();
    let mut earned = game.payoffs[i].slope.clone();
    for (j, value) in values.iter().enumerate().filter(|(j, _)| *j != i) {
        transition.add(1.0, &game.powers[j].times(&value.curvature));
        drift.add(1.0, &game.powers[j].times(&value.slope));
        if let Some((cost, cross, gain)) = &game.spillovers[i][j] {
            earned.add(1.0, &cross.transpose_times(&value.slope));
            earned.add(1.0, &value.curvature.times(gain));
            earned.add(-1.0, &value.curvature.times(&cost.times(&value.slope)));
        }
    }
    transition.add(1.0, &game.powers[i].times(p));
    earned.add(1.0, &p.times(&drift));
    let system = transition.transpose().scaled(-1.0).shifted(game.discounts[i]);
    system.solve(&earned).ok_or(Error::Singular { what: "the slope of a best reply" })
}

/// The equilibrium that belongs to these value matrices: slopes, constants, policies, and the checks.
pub(crate) fn complete(
    game: &Reduced,
    p: Vec<Matrix>,
    iterations: usize,
    route: Route,
) -> Result<FeedbackNash, Error> {
    let (n, count) = (game.states(), game.players());
    let closed = closed_loop(game, &p);
    let growth = closed.growth().ok_or(Error::Singular { what: "the closed loop's eigenvalues" })?;
    let (player, limit) = limit(game);
    if growth.is_nan() || growth >= limit {
        return Err(Error::Diverges { player, growth, limit });
    }
    // (r_i − A')b_i − Σ_{j≠i} T_ij'b_j = q_i + P_id + Σ_{j≠i} P_jn_ij.
    let mut system = Matrix::zero(n * count, n * count);
    let mut rhs = Matrix::zero(n * count, 1);
    let back = closed.transpose().scaled(-1.0);
    for i in 0..count {
        system.add_block(i * n, i * n, 1.0, &back.clone().shifted(game.discounts[i]));
        rhs.add_block(i * n, 0, 1.0, &game.payoffs[i].slope);
        rhs.add_block(i * n, 0, 1.0, &p[i].times(&game.drift));
        for j in (0..count).filter(|j| *j != i) {
            system.add_block(i * n, j * n, -1.0, &influence(game, &p, i, j).transpose());
            if let Some((_, _, gain)) = &game.spillovers[i][j] {
                rhs.add_block(i * n, 0, 1.0, &p[j].times(gain));
            }
        }
    }
    // A game without affine terms has none, even where the system is singular.
    let slopes = if rhs.largest() == 0.0 { Some(rhs) } else { system.solve(&rhs) };
    let slopes = slopes.ok_or(Error::Singular { what: "the value functions' slopes" })?;
    let slopes: Vec<Matrix> = (0..count).map(|i| slopes.block(i * n, 0, n, 1)).collect();
    let mut drift = game.drift.clone();
    for (s, b) in game.powers.iter().zip(&slopes) {
        drift.add(1.0, &s.times(b));
    }
    let residual = relative_residual(game, &p);
    let mut values = Vec::with_capacity(count);
    for (i, curvature) in p.into_iter().enumerate() {
        let flow = constant_flow(game, &slopes, &drift, i);
        let size = game.payoffs[i].constant.abs() + inner(&slopes[i], &slopes[i]).sqrt() * drift.largest();
        let constant = match game.discounts[i] {
            r if r > 0.0 => flow / r,
            _ if flow.abs() <= 1e-12 * size => 0.0,
            _ => return Err(Error::InfiniteValue { player: i, flow }),
        };
        values.push(Quadratic { curvature, slope: slopes[i].clone(), constant });
    }
    let policies = policies(game, &values);
    Ok(FeedbackNash { values, policies, closed_loop: closed, drift, growth, residual, iterations, route })
}

/// `r_ia_i` at an equilibrium: the part of the Hamilton-Jacobi equation that does not depend on the state.
pub(crate) fn constant_flow(game: &Reduced, slopes: &[Matrix], drift: &Matrix, i: usize) -> f64 {
    let own = game.powers[i].times(&slopes[i]);
    let mut flow = game.payoffs[i].constant + inner(&slopes[i], drift) - 0.5 * inner(&slopes[i], &own);
    for (spillover, b) in game.spillovers[i].iter().zip(slopes) {
        if let Some((cost, _, gain)) = spillover {
            flow += inner(gain, b) - 0.5 * inner(b, &cost.times(b));
        }
    }
    flow
}

pub(crate) fn policies(game: &Reduced, values: &[Quadratic]) -> Vec<Policy> {
    let replies = game.replies.iter().zip(values);
    replies
        .map(|((g, slope, intercept), value)| Policy {
            slope: g.transpose_times(&value.curvature).plus(slope),
            intercept: g.transpose_times(&value.slope).plus(intercept),
        })
        .collect()
}

impl LinearQuadratic {
    /// The feedback Nash equilibrium on an infinite horizon that continues the one of the linear-state game: quadratic
    /// payoffs are raised from nothing to their full weight, and a solution of the coupled Riccati equations
    ///
    /// ```math
    /// 0=Q_i-r_iP_i+P_i\bar A+\bar A'P_i-P_iS_iP_i,\qquad \bar A=A+\sum_jS_jP_j,\qquad S_j=B_jR_j^{-1}B_j'
    /// ```
    ///
    /// is followed by Newton's method with the exact Jacobian (cross terms and spillovers add theirs). Where the path
    /// ends early, best replies in turn are tried; with one state, all equilibria.
    ///
    /// Several equilibria are common: [`all_equilibria`](Self::all_equilibria) finds them for one state.
    ///
    /// # Errors
    ///
    /// [`NoStabilisingSolution`](Error::NoStabilisingSolution) where nothing was found,
    /// [`InfiniteValue`](Error::InfiniteValue) without discounting, where payoffs do not vanish at rest.
    pub fn feedback_nash(&self) -> Result<FeedbackNash, Error> {
        let game = &self.reduced;
        let mut newton = Newton::new(game);
        let weight = match follow(game, &mut newton) {
            Ok(p) => return complete(game, p, newton.iterations, Route::Path),
            Err(weight) => weight,
        };
        if let Ok(all) = self.all_equilibria() {
            let stable = all.into_iter().filter_map(|found| found.stabilising().cloned());
            // Of several, the one in which the state settles fastest.
            let fastest = stable.min_by(|a, b| a.growth.total_cmp(&b.growth));
            return fastest.ok_or(Error::NoStabilisingSolution { weight });
        }
        let zero = vec![Matrix::zero(game.states(), game.states()); game.players()];
        reply_in_turn(game, zero)
            .ok()
            .and_then(|p| polish(game, &mut newton, p))
            .and_then(|p| complete(game, p, newton.iterations, Route::Replies).ok())
            .ok_or(Error::NoStabilisingSolution { weight })
    }
}
