//! Open-loop Nash equilibria on a finite horizon.

use super::error::LinearQuadraticError as Error;
use super::game::{LinearQuadratic, column, finite, inner, out_of_range, symmetrised};
use super::matrix::Matrix;
use crate::dynamic::ode::{Settings, integrate};
use std::convert::Infallible;

/// An open-loop Nash equilibrium: everybody commits to a course of controls over time.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenLoopNash<'a> {
    game: &'a LinearQuadratic,
    horizon: f64,
    start: Matrix,
    motion: Motion,
    /// How the costates at the start depend on the state.
    first: (Matrix, Matrix),
}

/// State, costates and controls at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenLoopPoint {
    /// The state.
    pub state: Vec<f64>,
    /// For each player the current value of one more unit of each state.
    pub costates: Vec<Vec<f64>>,
    /// The controls of each player.
    pub controls: Vec<Vec<f64>>,
}

/// The linear equation of state x and all costates λ, `(x, λ)' = H(x, λ) + h`; the constant stands in the last column.
#[derive(Clone, Debug, PartialEq)]
struct Motion {
    states: usize,
    costates: usize,
    matrix: Matrix,
}

/// How the two ends of an interval depend on each other, `x₁ = αx₀ + βλ₁ + f` and `λ₀ = γx₀ + δλ₁ + g`. Unlike the
/// transition from one end to the other this stays bounded however long the interval is: what decays in time is driven
/// by the start, and what grows, by the end.
#[derive(Clone, Debug)]
struct Span {
    alpha: Matrix,
    beta: Matrix,
    gamma: Matrix,
    delta: Matrix,
    f: Matrix,
    g: Matrix,
}

impl Motion {
    fn new(game: &LinearQuadratic) -> Self {
        let (n, count) = (game.states(), game.players());
        let reduced = &game.reduced;
        let all = n * (count + 1);
        let mut matrix = Matrix::zero(all + 1, all + 1);
        matrix.add_block(0, 0, 1.0, &reduced.transition);
        matrix.add_block(0, all, 1.0, &reduced.drift);
        for i in 0..count {
            let row = n * (i + 1);
            matrix.add_block(0, row, 1.0, &reduced.powers[i]);
            // λ_i' = r_iλ_i − A'λ_i − Q_ix − q_i − Σ_j M_ij'u_j, with u_j = K_jx + κ_j + G_j'λ_j.
            matrix.add_block(row, row, -1.0, &game.transition.transpose().shifted(-game.discounts[i]));
            matrix.add_block(row, 0, -1.0, &game.state_payoffs[i].curvature);
            matrix.add_block(row, all, -1.0, &game.state_payoffs[i].slope);
            for (j, part) in game.uses[i].iter().enumerate() {
                let (g, slope, intercept) = &reduced.replies[j];
                matrix.add_block(row, 0, -1.0, &part.cross.transpose_times(slope));
                matrix.add_block(row, all, -1.0, &part.cross.transpose_times(intercept));
                matrix.add_block(row, n * (j + 1), -1.0, &part.cross.transpose_times(&g.transpose()));
            }
        }
        Motion { states: n, costates: n * count, matrix }
    }

    /// A span of this length: a short one from the exponential of the motion, doubled until it is long enough.
    fn span(&self, length: f64) -> Option<Span> {
        let (n, m) = (self.states, self.costates);
        let size = self.matrix.block(0, 0, n + m, n + m).largest() * (n + m) as f64 * length;
        let doublings = if size > 1.0 { size.log2().ceil() } else { 0.0 };
        if doublings > 60.0 {
            return None;
        }
        let short = self.matrix.exponential(length * (-doublings).exp2());
        let costate = short.block(n, n, m, m);
        let delta = costate.solve(&Matrix::identity(m))?;
        let gamma = delta.times(&short.block(n, 0, m, n)).scaled(-1.0);
        let g = delta.times(&short.block(n, n + m, m, 1)).scaled(-1.0);
        let across = short.block(0, n, n, m);
        let mut span = Span {
            alpha: short.block(0, 0, n, n).plus(&across.times(&gamma)),
            beta: across.times(&delta),
            f: short.block(0, n + m, n, 1).plus(&across.times(&g)),
            gamma,
            delta,
            g,
        };
        for _ in 0..doublings as usize {
            span = span.then(&span)?;
        }
        Some(span)
    }
}

impl Span {
    /// This interval, then another.
    fn then(&self, next: &Span) -> Option<Span> {
        // The state in between: x = (I − βγ)⁻¹(αx₀ + β(δλ₂ + g) + f).
        let n = self.alpha.rows();
        let between = Matrix::identity(n).minus(&self.beta.times(&next.gamma));
        let between = between.solve(&Matrix::identity(n))?;
        let alpha = between.times(&self.alpha);
        let beta = between.times(&self.beta.times(&next.delta));
        let f = between.times(&self.f.clone().plus(&self.beta.times(&next.g)));
        Some(Span {
            alpha: next.alpha.times(&alpha),
            beta: next.alpha.times(&beta).plus(&next.beta),
            f: next.alpha.times(&f).plus(&next.f),
            gamma: self.delta.times(&next.gamma.times(&alpha)).plus(&self.gamma),
            delta: self.delta.times(&next.gamma.times(&beta).plus(&next.delta)),
            g: self.g.clone().plus(&self.delta.times(&next.g.clone().plus(&next.gamma.times(&f)))),
        })
    }

    /// The span from its start to the horizon, where `λ = Sx + s`: what remains is `λ₀ = Γx₀ + g`.
    fn close(&self, curvature: &Matrix, slope: &Matrix) -> Option<(Matrix, Matrix)> {
        let n = self.alpha.rows();
        let end = Matrix::identity(n).minus(&self.beta.times(curvature));
        let alpha = end.solve(&self.alpha)?;
        let f = end.solve(&self.f.clone().plus(&self.beta.times(slope)))?;
        let gamma = self.gamma.clone().plus(&self.delta.times(&curvature.times(&alpha)));
        let last = curvature.times(&f).plus(slope);
        Some((gamma, self.g.clone().plus(&self.delta.times(&last))))
    }
}

impl LinearQuadratic {
    /// The open-loop Nash equilibrium of the game that starts from `start` and ends at `horizon`: the maximum principle,
    ///
    /// ```math
    /// u_j=R_j^{-1}(B_j'\lambda_j+M_jx+m_j),\qquad
    /// \dot\lambda_i=r_i\lambda_i-A'\lambda_i-Q_ix-q_i-\sum_jM_{ij}'u_j,\qquad \lambda_i(T)=S_ix(T)+s_i,
    /// ```
    ///
    /// a linear two-point problem. It is put together from short intervals by doubling, in a form in which nothing grows
    /// with their length, so that long horizons cost no accuracy.
    ///
    /// # Errors
    ///
    /// [`Singular`](Error::Singular) where the conditions do not determine the costates,
    /// [`NoBestReply`](Error::NoBestReply) where a player gains without bound on so long a horizon (its payoff is convex in
    /// the state), [`Size`](Error::Size), [`NotFinite`](Error::NotFinite) and [`OutOfRange`](Error::OutOfRange) for start and
    /// horizon.
    pub fn open_loop_nash_until(&self, horizon: f64, start: &[f64]) -> Result<OpenLoopNash<'_>, Error> {
        if !(horizon > 0.0 && horizon.is_finite()) {
            return Err(out_of_range("the horizon", None, horizon, "positive and finite"));
        }
        let start = column("the start", start, self.states())?;
        for player in 0..self.players() {
            self.check_concave(player, horizon)?;
        }
        let motion = Motion::new(self);
        let first = ahead(self, &motion, horizon)?;
        let solution = OpenLoopNash { game: self, horizon, start, motion, first };
        solution.point(0.0)?;
        Ok(solution)
    }

    /// The conditions of the maximum principle are those of a maximum if the player's own Riccati equation has a
    /// solution on the whole horizon, as it always has where nothing is convex in the state.
    fn check_concave(&self, player: usize, horizon: f64) -> Result<(), Error> {
        let part = &self.uses[player][player];
        let (_, slope, _) = &self.reduced.replies[player];
        let transition = self.transition.clone().plus(&self.effects[player].times(slope));
        let curvature =
            self.state_payoffs[player].curvature.clone().plus(&slope.transpose_times(&part.cross));
        let last = &self.salvages[player].curvature;
        let convex = |m: &Matrix| m.growth().is_none_or(|largest| largest > 1e-14 * m.largest());
        if !convex(&curvature) && !convex(last) {
            return Ok(());
        }
        let n = self.states();
        let (power, r) = (&self.reduced.powers[player], self.discounts[player]);
        let speed = |_: f64, y: &[f64], out: &mut [f64]| -> Result<(), Infallible> {
            let p = Matrix::from_rows(n, n, y).map_or_else(|| Matrix::zero(n, n), |p| symmetrised(&p));
            let mut speed = p.times(&transition).plus_transpose().plus(&curvature);
            speed.add(-r, &p);
            speed.add(1.0, &p.times(&power.times(&p)));
            out.copy_from_slice(speed.entries());
            Ok(())
        };
        let settings = Settings { relative: 1e-9, absolute: 0.0, groups: &[n * n], ..Settings::default() };
        integrate(speed, 0.0, last.entries(), horizon, &settings)
            .map(|_| ())
            .map_err(|_| Error::NoBestReply { player })
    }
}

/// How the costates depend on the state this long before the end, `λ = Γx + g`.
fn ahead(game: &LinearQuadratic, motion: &Motion, length: f64) -> Result<(Matrix, Matrix), Error> {
    let n = motion.states;
    let mut curvature = Matrix::zero(motion.costates, n);
    let mut slope = Matrix::zero(motion.costates, 1);
    for (i, salvage) in game.salvages.iter().enumerate() {
        curvature.add_block(i * n, 0, 1.0, &salvage.curvature);
        slope.add_block(i * n, 0, 1.0, &salvage.slope);
    }
    motion.span(length).and_then(|span| span.close(&curvature, &slope)).ok_or(SINGULAR)
}

const SINGULAR: Error = Error::Singular { what: "the open-loop costates" };

impl OpenLoopNash<'_> {
    /// How long the game lasts.
    pub fn horizon(&self) -> f64 {
        self.horizon
    }

    /// State, costates and controls at a time.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](Error::OutOfRange) for a time outside the game.
    pub fn at(&self, time: f64) -> Result<OpenLoopPoint, Error> {
        let (x, lambda) = self.point(time)?;
        let n = self.motion.states;
        let costates: Vec<Matrix> = (0..self.game.players()).map(|i| lambda.block(i * n, 0, n, 1)).collect();
        let controls = self.controls(&x, &costates);
        let list = |column: &Matrix| column.entries().to_vec();
        Ok(OpenLoopPoint {
            state: list(&x),
            costates: costates.iter().map(list).collect(),
            controls: controls.iter().map(list).collect(),
        })
    }

    fn controls(&self, x: &Matrix, costates: &[Matrix]) -> Vec<Matrix> {
        let replies = self.game.reduced.replies.iter().zip(costates);
        replies
            .map(|((g, slope, intercept), costate)| {
                g.transpose_times(costate).plus(&slope.times(x)).plus(intercept)
            })
            .collect()
    }

    fn point(&self, time: f64) -> Result<(Matrix, Matrix), Error> {
        if !(0.0..=self.horizon).contains(&time) {
            return Err(out_of_range("the time", None, time, "between 0 and the horizon"));
        }
        // What is to come says how the costates depend on the state now; what went before, where that state is.
        let (x, lambda) = if time == 0.0 {
            let (gamma, g) = &self.first;
            (self.start.clone(), gamma.times(&self.start).plus(g))
        } else {
            let (gamma, g) = ahead(self.game, &self.motion, self.horizon - time)?;
            let past = self.motion.span(time).ok_or(SINGULAR)?;
            let now = Matrix::identity(self.motion.states).minus(&past.beta.times(&gamma));
            let rhs = past.alpha.times(&self.start).plus(&past.beta.times(&g)).plus(&past.f);
            let x = now.solve(&rhs).ok_or(SINGULAR)?;
            let lambda = gamma.times(&x).plus(&g);
            (x, lambda)
        };
        finite(x.entries(), "the state", None)?;
        finite(lambda.entries(), "the costates", None)?;
        Ok((x, lambda))
    }

    /// Everybody's payoff, discounted to the start: the integral by Gauss and Legendre's rule of sixteen points on pieces
    /// over which the motion changes little.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError`](Error) where a point cannot be computed.
    pub fn payoffs(&self) -> Result<Vec<f64>, Error> {
        let game = self.game;
        let count = game.players();
        let rate = self.motion.matrix.largest() + game.discounts.iter().copied().fold(0.0, f64::max);
        let pieces = (self.horizon * rate).ceil().clamp(1.0, 1e6) as usize;
        let length = self.horizon / pieces as f64;
        let mut sums = vec![0.0; count];
        for piece in 0..pieces {
            for (node, weight) in GAUSS.iter().flat_map(|(x, w)| [(-x, w), (*x, w)]) {
                let time = length * (piece as f64 + 0.5 + 0.5 * node);
                let (x, lambda) = self.point(time)?;
                let n = self.motion.states;
                let costates: Vec<Matrix> = (0..count).map(|i| lambda.block(i * n, 0, n, 1)).collect();
                let controls = self.controls(&x, &costates);
                for (i, sum) in sums.iter_mut().enumerate() {
                    let mut flow = game.state_payoffs[i].value(&x);
                    for (part, u) in game.uses[i].iter().zip(&controls) {
                        flow += inner(u, &part.cross.times(&x)) + inner(u, &part.gain);
                        flow -= 0.5 * inner(u, &part.cost.times(u));
                    }
                    *sum += 0.5 * length * weight * (-game.discounts[i] * time).exp() * flow;
                }
            }
        }
        let (last, _) = self.point(self.horizon)?;
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += (-game.discounts[i] * self.horizon).exp() * game.salvages[i].value(&last);
        }
        Ok(sums)
    }
}

/// Positive nodes and weights of the rule with sixteen points on [−1, 1].
const GAUSS: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];
