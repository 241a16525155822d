//! All feedback Nash equilibria of a game with one state.

use super::error::LinearQuadraticError as Error;
use super::feedback::{FeedbackNash, Route, complete};
use super::game::{LinearQuadratic, Reduced};
use super::matrix::Matrix;

/// More players have too many sign vectors.
const PLAYERS: usize = 12;

/// A solution of the coupled Riccati equations of a game with one state.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalarEquilibrium {
    /// The curvature `p_i` of each player's value function `½p_ix² + b_ix + a_i`.
    pub curvatures: Vec<f64>,
    /// For each player the sign of the root in `−s_ip_i = μ_i ± √(μ_i² + s_iq_i)`: true for plus.
    pub plus: Vec<bool>,
    /// The rate at which the state grows.
    pub growth: f64,
    /// Whether two solutions, or the two roots of some player, coincide here: the edge of existence. Such a solution
    /// is known to half the digits.
    pub degenerate: bool,
    solution: Result<FeedbackNash, Error>,
}

impl ScalarEquilibrium {
    /// The equilibrium, if its payoffs are finite; otherwise this is a solution of the equations only.
    pub fn stabilising(&self) -> Option<&FeedbackNash> {
        self.solution.as_ref().ok()
    }

    /// Why it is no equilibrium.
    pub fn defect(&self) -> Option<&Error> {
        self.solution.as_ref().err()
    }
}

/// One branch: a choice of root for every player, on the growth rates where payoffs are finite (or, for the other
/// branch of the same equations, where none is).
struct Branch<'a> {
    game: &'a Reduced,
    /// −1 for the lower root.
    signs: Vec<f64>,
}

impl Branch<'_> {
    /// `μ_i = λ + r_i/2` and the discriminant's root, `√(μ_i² + s_iq_i)`.
    fn root(&self, i: usize, lambda: f64) -> (f64, f64) {
        let mu = lambda + 0.5 * self.game.discounts[i];
        let c = self.game.powers[i][(0, 0)] * self.game.payoffs[i].curvature[(0, 0)];
        (mu, (mu * mu + c).max(0.0).sqrt())
    }

    /// The excess of λ = −growth over what the players' roots make it: zero at a solution.
    fn excess(&self, lambda: f64) -> f64 {
        let sum: f64 = (0..self.signs.len()).map(|i| self.feedback(i, lambda)).sum();
        lambda + self.game.transition[(0, 0)] - sum
    }

    /// `−s_ip_i`, without cancellation.
    fn feedback(&self, i: usize, lambda: f64) -> f64 {
        let (mu, root) = self.root(i, lambda);
        let c = self.game.powers[i][(0, 0)] * self.game.payoffs[i].curvature[(0, 0)];
        let same = mu.signum() == self.signs[i];
        if same || mu == 0.0 { mu + self.signs[i] * root } else { -c / (mu - self.signs[i] * root) }
    }

    /// Bounds of the excess and of its slope over an interval on which every discriminant is not negative and no μ
    /// changes sign.
    fn bounds(&self, from: f64, to: f64) -> ([f64; 2], [f64; 2]) {
        let mut value = [from + self.game.transition[(0, 0)], to + self.game.transition[(0, 0)]];
        let mut slope = [1.0, 1.0];
        for (i, sign) in self.signs.iter().enumerate() {
            // −s_ip_i = μ ± root and its slope 1 ± μ/root: each part is monotone in λ.
            let ((m0, h0), (m1, h1)) = (self.root(i, from), self.root(i, to));
            let hull =
                |x: f64, y: f64| if *sign > 0.0 { [x.min(y), x.max(y)] } else { [-x.max(y), -x.min(y)] };
            let (root, turn) = (hull(h0, h1), hull(ratio(m0, h0), ratio(m1, h1)));
            value = [value[0] - m1 - root[1], value[1] - m0 - root[0]];
            slope = [slope[0] - 1.0 - turn[1], slope[1] - 1.0 - turn[0]];
        }
        (value, slope)
    }

    /// All zeros in an interval: halved until the bounds exclude one or show that there is at most one.
    fn zeros(&self, from: f64, to: f64, found: &mut Vec<(f64, bool)>) {
        let scale = 1.0 + from.abs().max(to.abs());
        let (value, slope) = self.bounds(from, to);
        if value[0] > 1e-13 * scale || value[1] < -1e-13 * scale {
            return;
        }
        let (low, high) = (self.excess(from), self.excess(to));
        // What the slope allows: sharper where the function is nearly tangent to zero.
        let width = to - from;
        if low + slope[0].min(0.0) * width > 1e-13 * scale || low + slope[1].max(0.0) * width < -1e-13 * scale
        {
            return;
        }
        if slope[0] > 0.0 || slope[1] < 0.0 {
            if low * high <= 0.0 {
                found.push((self.bisect(from, to, low), false));
            }
            return;
        }
        let middle = 0.5 * (from + to);
        if width <= 1e-12 * scale || middle <= from || middle >= to {
            // Too narrow to tell: a double zero, or the edge where a root ends.
            if low * high < 0.0 {
                found.push((self.bisect(from, to, low), true));
            } else if low.abs().min(high.abs()) <= 1e-12 * scale {
                found.push((if low.abs() <= high.abs() { from } else { to }, true));
            }
            return;
        }
        self.zeros(from, middle, found);
        self.zeros(middle, to, found);
    }

    fn bisect(&self, mut from: f64, mut to: f64, low: f64) -> f64 {
        for _ in 0..200 {
            let middle = 0.5 * (from + to);
            if middle <= from || middle >= to {
                break;
            }
            if self.excess(middle) * low > 0.0 { from = middle } else { to = middle }
        }
        if self.excess(from).abs() <= self.excess(to).abs() { from } else { to }
    }
}

fn ratio(mu: f64, root: f64) -> f64 {
    if root > 0.0 { mu / root } else { mu.signum() * f64::INFINITY }
}

impl LinearQuadratic {
    /// All solutions of the coupled Riccati equations of a game with one state, those with finite payoffs first, then
    /// by growth rate.
    ///
    /// With λ = −growth and μ_i = λ + r_i/2, each player's equation is a quadratic one in its own curvature,
    /// `−s_ip_i = μ_i ± √(μ_i² + s_iq_i)`, and one equation in λ remains for each vector of signs. Its zeros are isolated by
    /// bounds of the function and its slope, so that none is missed but where two fall together within rounding.
    ///
    /// # Errors
    ///
    /// [`NotScalar`](Error::NotScalar) for more states, more than twelve players, or payoffs from others' controls.
    pub fn all_equilibria(&self) -> Result<Vec<ScalarEquilibrium>, Error> {
        let game = &self.reduced;
        let count = game.players();
        if game.states() != 1 || count > PLAYERS || game.spillovers.iter().flatten().any(Option::is_some) {
            return Err(Error::NotScalar { players: PLAYERS });
        }
        let strength = |i: usize| game.powers[i][(0, 0)];
        let products: Vec<f64> =
            (0..count).map(|i| strength(i) * game.payoffs[i].curvature[(0, 0)]).collect();
        // Beyond it the excess is λ times an odd number plus what cannot outweigh it.
        let sizes = game.discounts.iter().sum::<f64>() + products.iter().map(|c| c.abs().sqrt()).sum::<f64>();
        let reach = 2.0 * (game.transition[(0, 0)].abs() + 2.0 * sizes) + f64::MIN_POSITIVE;
        // Where a μ changes sign or a discriminant does.
        let mut ends = vec![-reach, reach];
        for (r, c) in game.discounts.iter().zip(&products) {
            let half = (-c).max(0.0).sqrt();
            ends.extend([-0.5 * r - half, -0.5 * r + half]);
        }
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let mut out: Vec<ScalarEquilibrium> = Vec::new();
        for code in 0..1_usize << count {
            // A player whose control does nothing has one root, the lower.
            if (0..count).any(|i| code >> i & 1 == 1 && strength(i) == 0.0) {
                continue;
            }
            let signs = (0..count).map(|i| if code >> i & 1 == 1 { 1.0 } else { -1.0 }).collect();
            let branch = Branch { game, signs };
            let mut zeros = Vec::new();
            for pair in ends.windows(2) {
                let middle = 0.5 * (pair[0] + pair[1]);
                let real = (0..count).all(|i| {
                    let mu = middle + 0.5 * game.discounts[i];
                    mu * mu + products[i] >= 0.0
                });
                if real {
                    branch.zeros(pair[0], pair[1], &mut zeros);
                }
            }
            for (lambda, double) in zeros {
                if let Some(mut found) = branch.equilibrium(lambda, &products) {
                    found.degenerate |= double;
                    let same = |other: &ScalarEquilibrium| {
                        // Roots that coincide are found to half the digits.
                        let tolerance = if other.degenerate || found.degenerate { 1e-5 } else { 1e-10 };
                        let size = 1e-300 + super::matrix::largest(&found.curvatures);
                        let mut pairs = other.curvatures.iter().zip(&found.curvatures);
                        pairs.all(|(x, y)| (x - y).abs() <= tolerance * size)
                    };
                    if !out.iter().any(same) {
                        out.push(found);
                    }
                }
            }
        }
        out.sort_by(|a, b| {
            (a.solution.is_err(), a.growth)
                .partial_cmp(&(b.solution.is_err(), b.growth))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        Ok(out)
    }
}

impl Branch<'_> {
    fn equilibrium(&self, lambda: f64, products: &[f64]) -> Option<ScalarEquilibrium> {
        let game = self.game;
        let mut degenerate = false;
        let mut curvatures = Vec::with_capacity(products.len());
        for (i, product) in products.iter().enumerate() {
            let (mu, root) = self.root(i, lambda);
            degenerate |= root <= 1e-6 * mu.abs() && *product != 0.0;
            let (s, q) = (game.powers[i][(0, 0)], game.payoffs[i].curvature[(0, 0)]);
            curvatures.push(if s > 0.0 {
                -self.feedback(i, lambda) / s
            } else if mu != 0.0 {
                0.5 * q / mu
            } else {
                return None;
            });
        }
        let p: Vec<Matrix> = curvatures.iter().map(|p| Matrix::from(*p)).collect();
        Some(ScalarEquilibrium {
            plus: self.signs.iter().map(|s| *s > 0.0).collect(),
            growth: super::riccati::closed_loop(game, &p)[(0, 0)],
            degenerate,
            solution: complete(game, p, 0, Route::Scan),
            curvatures,
        })
    }
}
