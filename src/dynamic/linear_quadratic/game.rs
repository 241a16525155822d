//! The game: a linear state equation, and for each player a quadratic payoff.

use super::error::LinearQuadraticError as Error;
use super::matrix::Matrix;

/// A quadratic function of the state, `½x'Px + p'x + k`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadratic {
    pub(crate) curvature: Matrix,
    /// A column.
    pub(crate) slope: Matrix,
    pub(crate) constant: f64,
}

impl Quadratic {
    /// The function with this second derivative `P`, symmetric, this slope `p` and value `k` at the origin.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError`](Error) for matrices that do not fit together, a `P` that is not symmetric, and numbers
    /// that are not finite.
    pub fn new(curvature: impl Into<Matrix>, slope: &[f64], constant: f64) -> Result<Self, Error> {
        let quadratic = Quadratic { curvature: curvature.into(), slope: Matrix::column(slope), constant };
        quadratic.check("the quadratic function", None, slope.len())?;
        Ok(quadratic)
    }

    /// `p'x + k`.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError::NotFinite`](Error::NotFinite) for a number that is not finite.
    pub fn affine(slope: &[f64], constant: f64) -> Result<Self, Error> {
        Quadratic::new(Matrix::zero(slope.len(), slope.len()), slope, constant)
    }

    pub(crate) fn zero(states: usize) -> Self {
        Quadratic { curvature: Matrix::zero(states, states), slope: Matrix::zero(states, 1), constant: 0.0 }
    }

    /// From the second derivatives, a row a state, the slopes and the value at the origin.
    pub(crate) fn of(curvature: &[Vec<f64>], slope: &[f64], constant: f64) -> Self {
        let mut quadratic = Quadratic { constant, ..Quadratic::zero(slope.len()) };
        for (row, (entries, slope)) in curvature.iter().zip(slope).enumerate() {
            quadratic.slope.set(row, 0, *slope);
            entries.iter().enumerate().for_each(|(at, entry)| quadratic.curvature.set(row, at, *entry));
        }
        quadratic
    }

    /// P, symmetric.
    pub fn curvature(&self) -> &Matrix {
        &self.curvature
    }

    /// p, the slope at the origin.
    pub fn slope(&self) -> &[f64] {
        self.slope.entries()
    }

    /// k, the value at the origin.
    pub fn constant(&self) -> f64 {
        self.constant
    }

    /// The value at a state.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError::Size`](Error::Size) when the state has another number of entries.
    pub fn at(&self, state: &[f64]) -> Result<f64, Error> {
        Ok(self.value(&column("the state", state, self.slope.rows())?))
    }

    pub(crate) fn value(&self, x: &Matrix) -> f64 {
        0.5 * inner(x, &self.curvature.times(x)) + inner(&self.slope, x) + self.constant
    }

    pub(crate) fn add(&mut self, other: &Quadratic) {
        self.curvature.add(1.0, &other.curvature);
        self.slope.add(1.0, &other.slope);
        self.constant += other.constant;
    }

    fn check(
        &self,
        what: &'static str,
        player: impl Into<Option<usize>>,
        states: usize,
    ) -> Result<(), Error> {
        let player = player.into();
        symmetric(&self.curvature, states, what, player)?;
        size(&self.slope, (states, 1), what, player)?;
        finite(&[self.constant], what, player)
    }
}

/// What one player's control `u` does in somebody's payoff: `−½u'Ru + u'(Mx + m)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Use {
    pub(crate) cost: Matrix,
    pub(crate) cross: Matrix,
    /// A column.
    pub(crate) gain: Matrix,
}

impl Use {
    fn zero(controls: usize, states: usize) -> Self {
        Use {
            cost: Matrix::zero(controls, controls),
            cross: Matrix::zero(controls, states),
            gain: Matrix::zero(controls, 1),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        [&self.cost, &self.cross, &self.gain].iter().all(|m| m.largest() == 0.0)
    }

    /// Adds `other` as the controls from number `start` on.
    fn add_part(&mut self, start: usize, other: &Use) {
        self.cost.add_block(start, start, 1.0, &other.cost);
        self.cross.add_block(start, 0, 1.0, &other.cross);
        self.gain.add_block(start, 0, 1.0, &other.gain);
    }
}

/// A player: how its controls move the state, what they cost, how it discounts and what it earns.
///
/// ```math
/// J_i=\int_0^{T} e^{-r_it}\Bigl[\tfrac12x'Q_ix+q_i'x+k_i-\tfrac12u_i'R_iu_i+u_i'(M_ix+m_i)
///     +\sum_{j\ne i}\bigl(-\tfrac12u_j'R_{ij}u_j+u_j'(M_{ij}x+m_{ij})\bigr)\Bigr]dt+e^{-r_iT}S_i(x(T))
/// ```
///
/// Payoffs are **maximised**: costs R are positive definite, Q is negative semidefinite where a state is costly. Where
/// a source minimises `½x'Qx + ½u'Ru`, give −Q and R; where it writes `x'Qx + u'Ru` without halves, double both.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    effect: Matrix,
    discount: f64,
    state_payoff: Option<Quadratic>,
    salvage: Option<Quadratic>,
    own: (Matrix, Option<(Matrix, Matrix)>),
    spillovers: Vec<(usize, Use)>,
}

impl Agent {
    /// A player whose controls move the state by `effect` (the matrix B: a row a state, a column a control) at the cost
    /// `½u'Ru` a unit of time, discounted at rate `discount` ≥ 0.
    pub fn new(effect: impl Into<Matrix>, cost: impl Into<Matrix>, discount: f64) -> Self {
        Agent {
            effect: effect.into(),
            discount,
            state_payoff: None,
            salvage: None,
            own: (cost.into(), None),
            spillovers: Vec::new(),
        }
    }

    /// Earns `½x'Qx + q'x + k` a unit of time.
    #[must_use]
    pub fn earns(mut self, curvature: impl Into<Matrix>, slope: &[f64], constant: f64) -> Self {
        self.state_payoff =
            Some(Quadratic { curvature: curvature.into(), slope: Matrix::column(slope), constant });
        self
    }

    /// Earns `u'(Mx + m)` a unit of time from its own controls: a row of `cross` and an entry of `gain` a control.
    #[must_use]
    pub fn gains(mut self, cross: impl Into<Matrix>, gain: &[f64]) -> Self {
        self.own.1 = Some((cross.into(), Matrix::column(gain)));
        self
    }

    /// Has `−½u_j'Ru_j + u_j'(Mx + m)` in its payoff from the controls of another player, counted from 0: a part of the
    /// other's cost that it carries, a spillover.
    #[must_use]
    pub fn bears(
        mut self,
        other: usize,
        cost: impl Into<Matrix>,
        cross: impl Into<Matrix>,
        gain: &[f64],
    ) -> Self {
        let part = Use { cost: cost.into(), cross: cross.into(), gain: Matrix::column(gain) };
        self.spillovers.push((other, part));
        self
    }

    /// Receives `½x'Sx + s'x + k` at the end of a finite horizon; without it, nothing.
    #[must_use]
    pub fn salvages(mut self, curvature: impl Into<Matrix>, slope: &[f64], constant: f64) -> Self {
        self.salvage =
            Some(Quadratic { curvature: curvature.into(), slope: Matrix::column(slope), constant });
        self
    }
}

/// A linear-quadratic differential game, `x' = Ax + Σ_j B_j u_j + d`, with the payoffs of [`Agent`].
///
/// ```
/// use coopad::dynamic::linear_quadratic::{Agent, LinearQuadratic, LinearQuadraticError};
///
/// let agent = Agent::new(1.0, -1.0, 0.1).earns(-1.0, &[0.0], 0.0);
/// let game = LinearQuadratic::new(-1.0, &[0.0], vec![agent]);
/// assert!(matches!(game, Err(LinearQuadraticError::NotConcave { player: 0, .. })));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearQuadratic {
    pub(crate) transition: Matrix,
    /// A column.
    pub(crate) drift: Matrix,
    pub(crate) effects: Vec<Matrix>,
    pub(crate) discounts: Vec<f64>,
    pub(crate) state_payoffs: Vec<Quadratic>,
    pub(crate) salvages: Vec<Quadratic>,
    /// `uses[i][j]`: what the controls of j do in the payoff of i.
    pub(crate) uses: Vec<Vec<Use>>,
    pub(crate) reduced: Reduced,
}

impl LinearQuadratic {
    /// A game from its state equation (`transition` is A, `drift` is d) and its players.
    ///
    /// # Errors
    ///
    /// [`LinearQuadraticError`](Error): sizes that do not fit, entries that are not finite, quadratic forms that are
    /// not symmetric, costs that are not positive definite, negative discount rates, unknown players.
    pub fn new(transition: impl Into<Matrix>, drift: &[f64], players: Vec<Agent>) -> Result<Self, Error> {
        let transition = transition.into();
        let n = transition.rows();
        if n == 0 {
            return Err(out_of_range("the number of states", None, 0.0, "at least 1"));
        }
        if players.is_empty() {
            return Err(out_of_range("the number of players", None, 0.0, "at least 1"));
        }
        size(&transition, (n, n), "the matrix of the state equation", None)?;
        let drift = column("the drift", drift, n)?;
        let count = players.len();
        let controls: Vec<usize> = players.iter().map(|p| p.effect.columns()).collect();
        let mut uses: Vec<Vec<Use>> =
            (0..count).map(|_| controls.iter().map(|m| Use::zero(*m, n)).collect()).collect();
        let (mut effects, mut discounts) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut state_payoffs, mut salvages) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (i, player) in players.into_iter().enumerate() {
            size(&player.effect, (n, controls[i]), "the effect matrix", Some(i))?;
            if !(player.discount >= 0.0 && player.discount.is_finite()) {
                let allowed = "finite and not negative";
                return Err(out_of_range("the discount rate", Some(i), player.discount, allowed));
            }
            let (cost, gains) = player.own;
            symmetric(&cost, controls[i], "the cost matrix", i)?;
            concave(i, &cost)?;
            uses[i][i].cost = cost;
            if let Some((cross, gain)) = gains {
                (uses[i][i].cross, uses[i][i].gain) = (cross, gain);
            }
            for (j, part) in player.spillovers {
                if j >= count || j == i {
                    return Err(Error::Players { player: j, players: count, times: usize::from(j == i) });
                }
                symmetric(&part.cost, controls[j], "the cost matrix of another's controls", i)?;
                check_gains(&part, controls[j], n, i)?;
                uses[i][j].add_part(0, &part);
            }
            check_gains(&uses[i][i], controls[i], n, i)?;
            let state_payoff = player.state_payoff.unwrap_or_else(|| Quadratic::zero(n));
            state_payoff.check("the payoff from the state", i, n)?;
            let salvage = player.salvage.unwrap_or_else(|| Quadratic::zero(n));
            salvage.check("the salvage value", i, n)?;
            effects.push(player.effect);
            discounts.push(player.discount);
            state_payoffs.push(state_payoff);
            salvages.push(salvage);
        }
        Self::assemble(transition, drift, effects, discounts, state_payoffs, salvages, uses)
    }

    fn assemble(
        transition: Matrix,
        drift: Matrix,
        effects: Vec<Matrix>,
        discounts: Vec<f64>,
        state_payoffs: Vec<Quadratic>,
        salvages: Vec<Quadratic>,
        uses: Vec<Vec<Use>>,
    ) -> Result<Self, Error> {
        let reduced = Reduced::new(&transition, &drift, &effects, &discounts, &state_payoffs, &uses)?;
        Ok(LinearQuadratic { transition, drift, effects, discounts, state_payoffs, salvages, uses, reduced })
    }

    /// How many states.
    pub fn states(&self) -> usize {
        self.transition.rows()
    }

    /// How many players.
    pub fn players(&self) -> usize {
        self.effects.len()
    }

    /// The game in which the players of each coalition decide jointly and maximise the sum of their payoffs; the new
    /// players are the coalitions, in this order, with their members' controls in the order given.
    ///
    /// # Errors
    ///
    /// [`Players`](Error::Players) unless every player stands in exactly one coalition,
    /// [`DifferentDiscounts`](Error::DifferentDiscounts) within a coalition, and [`NotConcave`](Error::NotConcave) where
    /// spillovers outweigh a cost.
    pub fn coalitions(&self, partition: &[Vec<usize>]) -> Result<Self, Error> {
        let (n, players) = (self.states(), self.players());
        for player in 0..players {
            let times = partition.iter().flatten().filter(|p| **p == player).count();
            if times != 1 {
                return Err(Error::Players { player, players, times });
            }
        }
        if let Some(&player) = partition.iter().flatten().find(|p| **p >= players) {
            return Err(Error::Players { player, players, times: 0 });
        }
        let groups: Vec<&Vec<usize>> = partition.iter().filter(|group| !group.is_empty()).collect();
        let width = |group: &[usize]| group.iter().map(|j| self.effects[*j].columns()).sum::<usize>();
        let (mut effects, mut discounts) = (Vec::new(), Vec::new());
        let (mut state_payoffs, mut salvages, mut uses) = (Vec::new(), Vec::new(), Vec::new());
        for group in &groups {
            let rates = || group.iter().map(|i| self.discounts[*i]);
            let first = self.discounts[group[0]];
            if let Some(second) = rates().find(|r| *r != first) {
                return Err(Error::DifferentDiscounts { first, second });
            }
            discounts.push(first);
            let mut effect = Matrix::zero(n, width(group));
            let (mut earned, mut salvage) = (Quadratic::zero(n), Quadratic::zero(n));
            let mut start = 0;
            for &i in *group {
                effect.add_block(0, start, 1.0, &self.effects[i]);
                start += self.effects[i].columns();
                earned.add(&self.state_payoffs[i]);
                salvage.add(&self.salvages[i]);
            }
            effects.push(effect);
            state_payoffs.push(earned);
            salvages.push(salvage);
            let row = groups.iter().map(|deciders| {
                let mut joint = Use::zero(width(deciders), n);
                for &i in *group {
                    let mut start = 0;
                    for &j in *deciders {
                        joint.add_part(start, &self.uses[i][j]);
                        start += self.effects[j].columns();
                    }
                }
                joint
            });
            uses.push(row.collect::<Vec<Use>>());
        }
        for (i, row) in uses.iter().enumerate() {
            concave(i, &row[i].cost)?;
        }
        Self::assemble(
            self.transition.clone(),
            self.drift.clone(),
            effects,
            discounts,
            state_payoffs,
            salvages,
            uses,
        )
    }

    /// The game with one player who has all controls and maximises the sum of all payoffs.
    ///
    /// # Errors
    ///
    /// As [`coalitions`](Self::coalitions).
    pub fn cooperative(&self) -> Result<Self, Error> {
        self.coalitions(&[(0..self.players()).collect()])
    }
}

/// The game after every player's control is written as `u = R⁻¹(Mx + m) + R⁻¹B'∇V`: what remains has no cross terms
/// between a player's own control and the state, and all matrices are as large as the state.
///
/// With `G_j = B_jR_j⁻¹`, `K_j = R_j⁻¹M_j`, `κ_j = R_j⁻¹m_j`: `S_j = G_jB_j'`, `S_ij = G_jR_ijG_j'`,
/// `N_ij = G_j(M_ij − R_ijK_j)`, `n_ij = G_j(m_ij − R_ijκ_j)`, and the state's own motion and payoffs at `u = K_jx + κ_j`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reduced {
    pub(crate) transition: Matrix,
    pub(crate) drift: Matrix,
    pub(crate) discounts: Vec<f64>,
    pub(crate) payoffs: Vec<Quadratic>,
    /// S_j.
    pub(crate) powers: Vec<Matrix>,
    /// S_ij, N_ij, n_ij of another's control in one's payoff, where there is any; S_ii = S_i with the rest zero is
    /// not stored.
    pub(crate) spillovers: Vec<Vec<Option<(Matrix, Matrix, Matrix)>>>,
    /// G_j, K_j, κ_j.
    pub(crate) replies: Vec<(Matrix, Matrix, Matrix)>,
}

impl Reduced {
    fn new(
        transition: &Matrix,
        drift: &Matrix,
        effects: &[Matrix],
        discounts: &[f64],
        state_payoffs: &[Quadratic],
        uses: &[Vec<Use>],
    ) -> Result<Self, Error> {
        let count = effects.len();
        let mut replies = Vec::with_capacity(count);
        let (mut transition, mut drift) = (transition.clone(), drift.clone());
        for (i, effect) in effects.iter().enumerate() {
            let Use { cost, cross, gain } = &uses[i][i];
            let inverse = |rhs: &Matrix| {
                cost.solve(rhs)
                    .ok_or(Error::NotFinite { what: "R⁻¹", player: Some(i), value: f64::INFINITY })
            };
            let reply = (inverse(&effect.transpose())?.transpose(), inverse(cross)?, inverse(gain)?);
            transition.add(1.0, &effect.times(&reply.1));
            drift.add(1.0, &effect.times(&reply.2));
            replies.push(reply);
        }
        let powers: Vec<Matrix> = replies
            .iter()
            .zip(effects)
            .map(|((g, ..), effect)| symmetrised(&g.times(&effect.transpose())))
            .collect();
        let mut payoffs = state_payoffs.to_vec();
        let mut spillovers = Vec::with_capacity(count);
        for i in 0..count {
            let mut row = Vec::with_capacity(count);
            for j in 0..count {
                let Use { cost, cross, gain } = &uses[i][j];
                let (g, slope, intercept) = &replies[j];
                let payoff = &mut payoffs[i];
                // What the control u = Kx + κ earns: −½u'Ru + u'(Mx + m).
                let (rk, rc) = (cost.times(slope), cost.times(intercept));
                payoff.curvature.add(1.0, &slope.transpose_times(cross).plus_transpose());
                payoff.curvature.add(-1.0, &slope.transpose_times(&rk));
                payoff.slope.add(1.0, &slope.transpose_times(gain));
                payoff.slope.add(1.0, &cross.transpose_times(intercept));
                payoff.slope.add(-1.0, &slope.transpose_times(&rc));
                payoff.constant += inner(intercept, gain) - 0.5 * inner(intercept, &rc);
                row.push((i != j && !uses[i][j].is_zero()).then(|| {
                    (
                        symmetrised(&g.times(cost).times(&g.transpose())),
                        g.times(&cross.clone().minus(&rk)),
                        g.times(&gain.clone().minus(&rc)),
                    )
                }));
            }
            payoffs[i].curvature = symmetrised(&payoffs[i].curvature);
            spillovers.push(row);
        }
        let all = [&transition, &drift].into_iter().chain(&powers);
        for matrix in all.chain(payoffs.iter().flat_map(|p| [&p.curvature, &p.slope])) {
            finite(matrix.entries(), "the game without cross terms", None)?;
        }
        Ok(Reduced { transition, drift, discounts: discounts.to_vec(), payoffs, powers, spillovers, replies })
    }

    pub(crate) fn states(&self) -> usize {
        self.transition.rows()
    }

    pub(crate) fn players(&self) -> usize {
        self.powers.len()
    }
}

pub(crate) fn symmetrised(matrix: &Matrix) -> Matrix {
    matrix.clone().plus_transpose().scaled(0.5)
}

pub(crate) fn inner(a: &Matrix, b: &Matrix) -> f64 {
    a.entries().iter().zip(b.entries()).map(|(x, y)| x * y).sum()
}

pub(crate) fn out_of_range(
    what: &'static str,
    player: Option<usize>,
    value: f64,
    allowed: &'static str,
) -> Error {
    Error::OutOfRange { what, player, value, allowed }
}

pub(crate) fn finite(entries: &[f64], what: &'static str, player: Option<usize>) -> Result<(), Error> {
    entries
        .iter()
        .find(|e| !e.is_finite())
        .map_or(Ok(()), |value| Err(Error::NotFinite { what, player, value: *value }))
}

/// Has this size and only finite entries.
pub(crate) fn size(
    matrix: &Matrix,
    needed: (usize, usize),
    what: &'static str,
    player: Option<usize>,
) -> Result<(), Error> {
    let given = (matrix.rows(), matrix.columns());
    if given != needed {
        return Err(Error::Size { what, player, given, needed });
    }
    finite(matrix.entries(), what, player)
}

pub(crate) fn column(what: &'static str, entries: &[f64], needed: usize) -> Result<Matrix, Error> {
    let column = Matrix::column(entries);
    size(&column, (needed, 1), what, None)?;
    Ok(column)
}

/// Symmetric but for the rounding of whoever computed it.
pub(crate) fn symmetric(
    matrix: &Matrix,
    order: usize,
    what: &'static str,
    player: impl Into<Option<usize>>,
) -> Result<(), Error> {
    let player = player.into();
    size(matrix, (order, order), what, player)?;
    let tolerance = 1e-12 * matrix.largest();
    for i in 0..order {
        for j in i + 1..order {
            let (upper, lower) = (matrix[(i, j)], matrix[(j, i)]);
            if (upper - lower).abs() > tolerance {
                return Err(Error::NotSymmetric { what, player, upper, lower });
            }
        }
    }
    Ok(())
}

fn check_gains(part: &Use, controls: usize, states: usize, player: usize) -> Result<(), Error> {
    size(&part.cross, (controls, states), "the matrix of gains from controls", Some(player))?;
    size(&part.gain, (controls, 1), "the list of gains from controls", Some(player))
}

/// Positive definite, by Cholesky's elimination.
pub(crate) fn concave(player: usize, cost: &Matrix) -> Result<(), Error> {
    let mut rest = cost.clone();
    for k in 0..rest.rows() {
        let pivot = rest[(k, k)];
        // A pivot that is rounding noise is no curvature.
        if pivot.is_nan() || pivot <= 1e-14 * cost[(k, k)].abs() {
            return Err(Error::NotConcave { player, curvature: pivot });
        }
        for i in k + 1..rest.rows() {
            let factor = rest[(i, k)] / pivot;
            for j in k + 1..rest.rows() {
                rest.set(i, j, rest[(i, j)] - factor * rest[(k, j)]);
            }
        }
    }
    Ok(())
}
