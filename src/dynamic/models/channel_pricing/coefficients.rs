//! The value functions of a [`PricedChannel`](super::PricedChannel) by the coefficients of their powers.
//!
//! Values are quadratic, `V_i = a_i + b_i'G + G'P_iG/2` (linear where goodwill multiplies demand). In the
//! Hamilton-Jacobi-Bellman equations advertising adds a quadratic form of the costates, `½B_i(λ, λ)`, and trade
//! `σ_i(f₀ + f'G + G'ΦG/2)`. With `λ = b + G_Mp_M + G_Rp_R`,
//! comparing powers of `G` leaves
//!
//! ```math
//! (\rho+d_j+d_k)P_{i,jk}=\sigma_i\Phi_{jk}+B_i(p_j,p_k),\qquad(\rho+d_j)b_{ij}=\sigma_if_j+B_i(p_j,b),\qquad
//! \rho a_i=\sigma_if_0+\tfrac12B_i(b,b) .
//! ```
//!
//! No coefficient of `B` is negative under the three structures, so that the right-hand sides rise with `P` and are
//! convex. Newton's method from `P = 0` therefore climbs to the least solution, the one that is connected to heavy
//! discounting; its matrices have positive diagonals and nothing positive beside them, and are eliminated without pivots.
//! Nothing is compared, and everything runs over any scalar.

use crate::scalar::Scalar;

/// Newton steps: enough for all digits, unless the solution is about to cease to exist.
const STEPS: usize = 20;
/// The residual, as a share of the largest coefficient, from which a solution is no solution.
const SOLVED: f64 = 1e-13;

/// What the value functions depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Market<T> {
    /// `ρ`.
    pub(super) discount: T,
    /// What trade is worth, before it is shared: `f₀ + f·pull + ½Φ·pull²`, where goodwill pulls `θ'G`.
    pub(super) flow: [T; 3],
    /// `d`, national and local.
    pub(super) decay: [T; 2],
    /// `l²/k`: the goodwill gained a unit of time where a unit of it is worth one.
    pub(super) power: [T; 2],
    /// `θ`.
    pub(super) effect: [T; 2],
}

/// Who decides what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// The manufacturer leads and pays a share of local advertising.
    Led,
    /// It leads and pays nothing.
    Unsupported,
    /// Both decide together: the first value is their joint one, the second is 0.
    Together,
}

/// A number for each player and each goodwill: the worth of goodwill.
type Costates<T> = [[T; 2]; 2];

impl Rules {
    /// `σ`, what of it each gets.
    pub(super) fn shares(self) -> [f64; 2] {
        match self {
            Rules::Together => [0.25, 0.0],
            Rules::Led | Rules::Unsupported => [0.125, 0.0625],
        }
    }

    /// What makes each kind of advertising worth its while: effort is this times `l/k`.
    pub(super) fn drive<T: Scalar>(self, [manufacturer, retailer]: &Costates<T>) -> [T; 2] {
        match self {
            Rules::Led => [manufacturer[0], manufacturer[1] + retailer[1] * 0.5],
            Rules::Unsupported => [manufacturer[0], retailer[1]],
            Rules::Together => *manufacturer,
        }
    }

    /// `B_i(x, y)`, what advertising adds to each player's payoff.
    fn pairing<T: Scalar>(self, [s, t]: [T; 2], x: &Costates<T>, y: &Costates<T>) -> [T; 2] {
        let ([x_m, x_r], [y_m, y_r]) = (x, y);
        let (drive_x, drive_y) = (self.drive(x)[1], self.drive(y)[1]);
        let (own, beside) = (s * x_m[0] * y_m[0], s * (x_r[0] * y_m[0] + x_m[0] * y_r[0]));
        match self {
            Rules::Led => {
                [own + t * drive_x * drive_y, beside + t * (x_r[1] * drive_y + drive_x * y_r[1]) * 0.5]
            }
            Rules::Unsupported => {
                [own + t * (x_m[1] * y_r[1] + x_r[1] * y_m[1]), beside + t * x_r[1] * y_r[1]]
            }
            Rules::Together => [own + t * x_m[1] * y_m[1], T::constant(0.0)],
        }
    }
}

/// The coefficients of two value functions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coefficients<T> {
    /// `a`.
    pub(super) constant: [T; 2],
    /// `b`.
    pub(super) slope: Costates<T>,
    /// `P`, by the goodwill that moves: `p_M` and `p_R`.
    pub(super) curvature: [Costates<T>; 2],
}

/// `P_MM`, `P_MR` and `P_RR` of the first player, then of the second, as `p_M` and `p_R`.
fn columns<T: Scalar>(unknown: &[T; 6]) -> [Costates<T>; 2] {
    let [a, b, c, d, e, f] = *unknown;
    [[[a, b], [d, e]], [[b, c], [e, f]]]
}

/// The pairs of goodwills in that order.
const PAIRS: [[usize; 2]; 3] = [[0, 0], [0, 1], [1, 1]];

impl<T: Scalar> Market<T> {
    /// The coefficients of the least solution, which means something only where there is one.
    pub(super) fn coefficients(&self, rules: Rules) -> Coefficients<T> {
        let curvature = self.curvature(rules);
        let slope = self.slope(rules, &curvature);
        let advertising = rules.pairing(self.power, &slope, &slope);
        let shares = rules.shares();
        let constant = [0, 1].map(|i| (self.flow[0] * shares[i] + advertising[i] * 0.5) / self.discount);
        Coefficients { constant, slope, curvature }
    }

    fn curvature(&self, rules: Rules) -> [Costates<T>; 2] {
        let trade = self.trade(rules);
        let mut found = [T::constant(0.0); 6];
        for _ in 0..STEPS {
            // x = trade + advertising(x, x), made linear at `found`.
            let here = columns(&found);
            let now = self.advertising(rules, &here, &here);
            let matrix =
                unit_columns(|unit| self.advertising(rules, &here, &columns(unit)).map(|entry| entry * 2.0));
            found = remain(matrix, std::array::from_fn(|at| trade[at] - now[at]));
        }
        columns(&found)
    }

    /// What trade adds to `P`.
    fn trade(&self, rules: Rules) -> [T; 6] {
        by_player(PAIRS.map(|[j, k]| {
            let flow = self.flow[2] * self.effect[j] * self.effect[k] / self.decline([j, k]);
            rules.shares().map(|share| flow * share)
        }))
    }

    /// What advertising adds to `P`, half of it from `x` with `y`, half from `y` with `x`.
    fn advertising(&self, rules: Rules, x: &[Costates<T>; 2], y: &[Costates<T>; 2]) -> [T; 6] {
        by_player(PAIRS.map(|[j, k]| {
            let one = rules.pairing(self.power, &x[j], &y[k]);
            let other = rules.pairing(self.power, &y[j], &x[k]);
            [0, 1].map(|i| (one[i] + other[i]) * 0.5 / self.decline([j, k]))
        }))
    }

    fn decline(&self, [j, k]: [usize; 2]) -> T {
        self.discount + self.decay[j] + self.decay[k]
    }

    fn slope(&self, rules: Rules, curvature: &[Costates<T>; 2]) -> Costates<T> {
        let shares = rules.shares();
        let decline = self.decay.map(|decay| decay + self.discount);
        let costates = |x: &[T; 4]| [[x[0], x[1]], [x[2], x[3]]];
        let matrix = unit_columns(|unit| {
            let of = |j: usize| {
                rules.pairing(self.power, &curvature[j], &costates(unit)).map(|entry| entry / decline[j])
            };
            let [m, r] = [of(0), of(1)];
            [m[0], r[0], m[1], r[1]]
        });
        let trade = |i: usize, j: usize| self.flow[1] * self.effect[j] * shares[i] / decline[j];
        costates(&remain(matrix, [trade(0, 0), trade(0, 1), trade(1, 0), trade(1, 1)]))
    }

    /// The goodwill that the policies keep up.
    pub(super) fn rest(&self, rules: Rules, values: &Coefficients<T>) -> [T; 2] {
        let kept = |costates: &Costates<T>| -> [T; 2] {
            let drive = rules.drive(costates);
            [0, 1].map(|j| self.power[j] * drive[j] / self.decay[j])
        };
        let [national, local] = [kept(&values.curvature[0]), kept(&values.curvature[1])];
        remain([[national[0], local[0]], [national[1], local[1]]], kept(&values.slope))
    }
}

impl Market<f64> {
    /// The coefficients, where the least solution exists and payoffs are finite under it.
    pub(super) fn solved(&self, rules: Rules) -> Option<Coefficients<f64>> {
        let found = self.coefficients(rules);
        let trade = self.trade(rules);
        let again = self.advertising(rules, &found.curvature, &found.curvature);
        let [[[a, b], [d, e]], [[_, c], [_, f]]] = found.curvature;
        let entries = [a, b, c, d, e, f];
        let largest = entries.iter().fold(0.0_f64, |most, entry| most.max(entry.abs()));
        let mut all = entries.iter().zip(trade).zip(again);
        let holds = all.all(|((entry, trade), again)| (entry - trade - again).abs() <= SOLVED * largest);
        let numbers = found.constant.iter().chain(found.slope.iter().flatten());
        let finite = largest.is_finite() && numbers.into_iter().all(|number| number.is_finite());
        (holds && finite && self.growth(rules, &found) < 0.5 * self.discount).then_some(found)
    }

    /// How fast the fastest combination of goodwills grows under the policies.
    fn growth(&self, rules: Rules, values: &Coefficients<f64>) -> f64 {
        let [m, r] = [0, 1].map(|k| rules.drive(&values.curvature[k]));
        let (a, d) = (self.power[0] * m[0] - self.decay[0], self.power[1] * r[1] - self.decay[1]);
        let (b, c) = (self.power[0] * r[0], self.power[1] * m[1]);
        0.5 * (a + d) + (0.25 * (a - d) * (a - d) + b * c).max(0.0).sqrt()
    }
}

impl<T: Scalar> Coefficients<T> {
    /// What a unit more of each goodwill is worth to each player.
    pub(super) fn costates(&self, goodwill: [T; 2]) -> Costates<T> {
        let at = |i: usize, j: usize| {
            self.slope[i][j] + self.curvature[0][i][j] * goodwill[0] + self.curvature[1][i][j] * goodwill[1]
        };
        [[at(0, 0), at(0, 1)], [at(1, 0), at(1, 1)]]
    }

    /// What the future is worth to each player.
    pub(super) fn values(&self, goodwill: [T; 2]) -> [T; 2] {
        let costates = self.costates(goodwill);
        [0, 1].map(|i| {
            let half = |j: usize| (self.slope[i][j] + costates[i][j]) * goodwill[j] * 0.5;
            self.constant[i] + half(0) + half(1)
        })
    }
}

/// Three entries of two players, the first player's first.
fn by_player<T: Copy>([a, b, c]: [[T; 2]; 3]) -> [T; 6] {
    [a[0], b[0], c[0], a[1], b[1], c[1]]
}

/// The matrix whose columns `map` makes of the unit vectors.
fn unit_columns<T: Scalar, const N: usize>(map: impl Fn(&[T; N]) -> [T; N]) -> [[T; N]; N] {
    let number = |yes: bool| T::constant(if yes { 1.0 } else { 0.0 });
    let columns: [[T; N]; N] = std::array::from_fn(|at| map(&std::array::from_fn(|row| number(row == at))));
    std::array::from_fn(|row| std::array::from_fn(|column| columns[column][row]))
}

/// What remains of `x = matrix·x + given`: elimination without pivots, for matrices of small positive entries.
fn remain<T: Scalar, const N: usize>(matrix: [[T; N]; N], mut given: [T; N]) -> [T; N] {
    let mut left: [[T; N]; N] = matrix.map(|row| row.map(|entry| -entry));
    for (at, row) in left.iter_mut().enumerate() {
        row[at] = row[at] + 1.0;
    }
    for pivot in 0..N {
        let inverse = left[pivot][pivot].recip();
        let (above, value) = (left[pivot], given[pivot]);
        for row in pivot + 1..N {
            let factor = left[row][pivot] * inverse;
            for column in pivot..N {
                left[row][column] = left[row][column] - factor * above[column];
            }
            given[row] = given[row] - factor * value;
        }
    }
    for row in (0..N).rev() {
        let mut value = given[row];
        for column in row + 1..N {
            value = value - left[row][column] * given[column];
        }
        given[row] = value / left[row][row];
    }
    given
}
