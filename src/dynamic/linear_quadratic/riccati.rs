//! The coupled Riccati equations: residual, Newton's method with the exact Jacobian, and the path that leads to the
//! solution.

use super::error::LinearQuadraticError as Error;
use super::game::{Reduced, symmetrised};
use super::matrix::{Matrix, largest};
use crate::solve::linear::Factored;

/// Newton steps at one point of the path.
const STEPS: usize = 12;
/// A step this small, relative to each player's matrix, is the last: the next would be its square.
const LAST: f64 = 1e-9;

/// `A + Σ S_jP_j`.
pub(crate) fn closed_loop(game: &Reduced, p: &[Matrix]) -> Matrix {
    let mut out = game.transition.clone();
    for (s, p) in game.powers.iter().zip(p) {
        out.add(1.0, &s.times(p));
    }
    out
}

/// `T_ij = S_jP_i − S_ijP_j + N_ij`: how the payoff of i answers to a change of the policy of j ≠ i.
pub(crate) fn influence(game: &Reduced, p: &[Matrix], i: usize, j: usize) -> Matrix {
    let mut out = game.powers[j].times(&p[i]);
    if let Some((cost, cross, _)) = &game.spillovers[i][j] {
        out.add(-1.0, &cost.times(&p[j]));
        out.add(1.0, cross);
    }
    out
}

/// What the others' policies add to the curvature of player i's payoff: `Σ_{j≠i} (P_jN_ij + N_ij'P_j − P_jS_ijP_j)`.
pub(crate) fn spilled(game: &Reduced, p: &[Matrix], i: usize, curvature: &mut Matrix) {
    for (spillover, p) in game.spillovers[i].iter().zip(p) {
        if let Some((cost, cross, _)) = spillover {
            curvature.add(1.0, &p.times(cross).plus_transpose());
            curvature.add(-1.0, &p.times(&cost.times(p)));
        }
    }
}

/// `Q_i − r_iP_i + P_iA + A'P_i − P_iS_iP_i + …` with the closed loop A: zero at an equilibrium, and the speed of P_i in
/// time to go on a finite horizon.
pub(crate) fn residual(
    game: &Reduced,
    p: &[Matrix],
    closed: &Matrix,
    i: usize,
    weight: f64,
    discount: f64,
) -> Matrix {
    let mut out = p[i].times(closed);
    out = out.plus_transpose();
    out.add(-discount, &p[i]);
    out.add(weight, &game.payoffs[i].curvature);
    out.add(-1.0, &p[i].times(&game.powers[i].times(&p[i])));
    spilled(game, p, i, &mut out);
    out
}

/// The largest residual, relative to the sizes of the terms that cancel in it.
pub(crate) fn relative_residual(game: &Reduced, p: &[Matrix]) -> f64 {
    let closed = closed_loop(game, p);
    (0..game.players())
        .map(|i| {
            let size = game.payoffs[i].curvature.largest()
                + p[i].largest()
                    * (closed.largest() + game.discounts[i] + game.powers[i].largest() * p[i].largest());
            residual(game, p, &closed, i, 1.0, game.discounts[i]).largest() / size.max(f64::MIN_POSITIVE)
        })
        .fold(0.0, f64::max)
}

/// How fast the state may grow with all payoffs finite: half the smallest discount rate; with whose it is.
pub(crate) fn limit(game: &Reduced) -> (usize, f64) {
    let mut out = (0, f64::INFINITY);
    for (i, r) in game.discounts.iter().enumerate() {
        if 0.5 * r < out.1 {
            out = (i, 0.5 * r);
        }
    }
    out
}

/// The store of Newton's method, allocated once a solve.
pub(crate) struct Newton {
    unknowns: usize,
    jacobian: Vec<f64>,
    step: Vec<f64>,
    factored: Factored,
    pub(crate) iterations: usize,
}

impl Newton {
    pub(crate) fn new(game: &Reduced) -> Self {
        let n = game.states();
        let unknowns = game.players() * n * (n + 1) / 2;
        Newton {
            unknowns,
            jacobian: vec![0.0; unknowns * unknowns],
            step: vec![0.0; unknowns],
            factored: Factored::default(),
            iterations: 0,
        }
    }

    /// From `p` to the solution at this weight of the quadratic payoffs and this addition to the discount rates. False
    /// where the steps do not shrink: such a start could end on another solution.
    fn run(&mut self, game: &Reduced, p: &mut [Matrix], weight: f64, shift: f64) -> bool {
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            self.iterations += 1;
            self.assemble(game, p, weight, shift);
            if !self.factored.factor(self.unknowns, &self.jacobian) {
                return false;
            }
            self.factored.solve(&mut self.step);
            let change = self.apply(p);
            // The first step may be of any length; from then on the method must contract.
            if !(change.is_finite() && (before == f64::INFINITY || change <= 0.7 * before)) {
                return change <= 1e-13;
            }
            if change <= LAST {
                return true;
            }
            before = if before == f64::INFINITY { change.max(1.0) } else { change };
        }
        false
    }

    /// Jacobian and right-hand side. The derivative of equation i in P_j is `E ↦ ET + T'E` with `T = T_ij`, and
    /// `T_ii = A − ½r_i`, since a player's own policy is optimal.
    fn assemble(&mut self, game: &Reduced, p: &[Matrix], weight: f64, shift: f64) {
        let (n, count) = (game.states(), game.players());
        let half = n * (n + 1) / 2;
        let closed = closed_loop(game, p);
        self.jacobian.fill(0.0);
        for i in 0..count {
            let discount = game.discounts[i] + shift;
            let equation = residual(game, p, &closed, i, weight, discount);
            for (at, (a, b)) in pairs(n).enumerate() {
                self.step[i * half + at] = -equation[(a, b)];
            }
            for j in 0..count {
                let t =
                    if i == j { closed.clone().shifted(-0.5 * discount) } else { influence(game, p, i, j) };
                for (at, (k, l)) in pairs(n).enumerate() {
                    let column = j * half + at;
                    let mut put = |row: usize, other: usize, value: f64| {
                        // (ET)_{row,other}, and its mirror image where the two fall on one entry.
                        let value = if row == other { 2.0 * value } else { value };
                        let row = i * half + place(n, row.min(other), row.max(other));
                        self.jacobian[row * self.unknowns + column] += value;
                    };
                    for b in 0..n {
                        put(k, b, t[(l, b)]);
                        if k != l {
                            put(l, b, t[(k, b)]);
                        }
                    }
                }
            }
        }
    }

    /// Takes the step; its largest size relative to a player's matrix.
    fn apply(&self, p: &mut [Matrix]) -> f64 {
        let n = p.first().map_or(0, Matrix::rows);
        let half = n * (n + 1) / 2;
        let mut change: f64 = 0.0;
        for (p, step) in p.iter_mut().zip(self.step.chunks_exact(half)) {
            for ((a, b), step) in pairs(n).zip(step) {
                let value = p[(a, b)] + step;
                p.set(a, b, value);
                p.set(b, a, value);
            }
            let (step, size) = (largest(step), p.largest());
            if step > 0.0 {
                change = change.max(step / size);
            } else if step.is_nan() || !p.is_finite() {
                return f64::NAN;
            }
        }
        change
    }
}

/// The entries on and above the diagonal, row by row.
fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |a| (a..n).map(move |b| (a, b)))
}

fn place(n: usize, a: usize, b: usize) -> usize {
    a * n - a * (a + 1) / 2 + b
}

/// Follows the solution from the linear-state game (quadratic payoffs of weight 0, where all P_i vanish) to the game.
/// Where the state would grow too fast by itself, discounting starts high and falls to its level on the way.
///
/// # Errors
///
/// The weight at which the path ends.
pub(crate) fn follow(game: &Reduced, newton: &mut Newton) -> Result<Vec<Matrix>, f64> {
    let n = game.states();
    let (_, limit) = limit(game);
    let own = game.transition.growth().ok_or(0.0)?;
    let scale = game.transition.largest() + limit;
    let excess = own - limit;
    let start = if excess < -1e-3 * scale { 0.0 } else { 2.0 * (excess + scale.max(f64::MIN_POSITIVE)) };
    let mut p = vec![Matrix::zero(n, n); game.players()];
    let mut trial = p.clone();
    let (mut weight, mut stride) = (0.0, 1.0_f64);
    while weight < 1.0 {
        let next = (weight + stride).min(1.0);
        let shift = start * (1.0 - next);
        trial.clone_from_slice(&p);
        let solved = newton.run(game, &mut trial, next, shift)
            && closed_loop(game, &trial).growth().is_some_and(|growth| growth < limit + 0.5 * shift);
        if solved {
            p.clone_from_slice(&trial);
            weight = next;
            stride *= 2.0;
        } else {
            stride = 0.25 * stride.min(1.0 - weight);
            if stride < 1e-7 {
                return Err(weight);
            }
        }
    }
    Ok(p)
}

/// Newton's method at full weight from a point found otherwise.
pub(crate) fn polish(game: &Reduced, newton: &mut Newton, mut p: Vec<Matrix>) -> Option<Vec<Matrix>> {
    newton.run(game, &mut p, 1.0, 0.0).then_some(p)
}

/// Every player in turn, some rounds, replies to the others' policies.
///
/// # Errors
///
/// [`Error::NoBestReply`], or [`Error::NotConverged`].
pub(crate) fn reply_in_turn(game: &Reduced, mut p: Vec<Matrix>) -> Result<Vec<Matrix>, Error> {
    const ROUNDS: usize = 200;
    let mut change = f64::INFINITY;
    for _ in 0..ROUNDS {
        change = 0.0_f64;
        for i in 0..game.players() {
            let reply = best_reply(game, &p, i).ok_or(Error::NoBestReply { player: i })?;
            let difference = reply.clone().minus(&p[i]).largest();
            change = change.max(difference / reply.largest().max(f64::MIN_POSITIVE));
            p[i] = reply;
        }
        if change <= 1e-6 {
            return Ok(p);
        }
    }
    Err(Error::NotConverged { iterations: ROUNDS, change })
}

/// The value matrix of player i's own problem when the others keep their policies.
pub(crate) fn best_reply(game: &Reduced, p: &[Matrix], i: usize) -> Option<Matrix> {
    let mut transition = game.transition.clone();
    for (j, p) in p.iter().enumerate().filter(|(j, _)| *j != i) {
        transition.add(1.0, &game.powers[j].times(p));
    }
    let mut curvature = game.payoffs[i].curvature.clone();
    spilled(game, p, i, &mut curvature);
    stabilising(&transition.shifted(-0.5 * game.discounts[i]), &game.powers[i], &curvature)
}

/// The stabilising solution of `Q + PA + A'P + PSP = 0` by the matrix sign function of the Hamiltonian matrix
/// `[A, S; −Q, −A']`: nothing of Newton's method on the coupled equations is used.
pub(crate) fn stabilising(a: &Matrix, s: &Matrix, q: &Matrix) -> Option<Matrix> {
    let n = a.rows();
    let mut hamiltonian = Matrix::zero(2 * n, 2 * n);
    hamiltonian.add_block(0, 0, 1.0, a);
    hamiltonian.add_block(0, n, 1.0, s);
    hamiltonian.add_block(n, 0, -1.0, q);
    hamiltonian.add_block(n, n, -1.0, &a.transpose());
    let p = symmetrised(&hamiltonian.stable_graph(n)?);
    let closed = a.clone().plus(&s.times(&p));
    // A Hamiltonian with eigenvalues on the imaginary axis leaves something that is no solution.
    let error = p.times(&closed).plus_transpose().minus(&p.times(&s.times(&p))).plus(q);
    let size = q.largest() + p.largest() * (a.largest() + s.largest() * p.largest());
    (closed.growth()? < 0.0 && error.largest() <= 1e-7 * size).then_some(p)
}
