//! Linear-state games: states that move linearly, payoffs linear in them, efforts of quadratic cost.

use super::regime::Regime;
use crate::dynamic::linear_quadratic::Matrix;
use crate::error::{ParameterError, StructureError};
use crate::models::Range;
use crate::response::SupportedEffort;

/// The numbers of a linear-state game of `K` players with `H` efforts that move `S` states (there may be none).
///
/// ```math
/// \dot x=Mx+ge+s,\qquad \pi_k=\bar q_k+r_k'x+f_k'e-\text{costs},\qquad\text{cost of effort } h:\ \tfrac{c_h}2e_h^2 .
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearState {
    /// `ρ > 0`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `M`, how states move each other: a row a state, `S × S`.
    pub motion: Matrix,
    /// `s`, what flows into each state by itself.
    pub inflow: Vec<f64>,
    /// `g`, how efforts move states: a row a state, `S × H`.
    pub effect: Matrix,
    /// `q̄`, what each player earns a unit of time whatever happens.
    pub income: Vec<f64>,
    /// `r`, what each player earns on each state: a row a player, `K × S`.
    pub state_income: Matrix,
    /// `f`, what each player earns on each effort at once: a row a player, `K × H`.
    pub effort_income: Matrix,
    /// `c > 0`, the cost of each effort.
    pub cost: Vec<f64>,
    /// Who decides on each effort and pays for it: a player's number.
    pub owner: Vec<usize>,
}

/// A linear-state game: its numbers, and what follows from them under any rules.
///
/// The state enters every player's payoff through the same shadow prices `b_k`, whatever is played, and an effort is worth
/// `m_{kh}` to player `k`:
///
/// ```math
/// b_k=(\rho I-M')^{-1}r_k,\qquad m_{kh}=f_{kh}+b_k'g_h .
/// ```
///
/// All equilibria are read off `m`, effort by effort ([`SupportedEffort`]): feedback and open-loop equilibria are the same,
/// decisions do not depend on the state, and values are `V_k(x) = a_k + b_k'x`.
///
/// ```
/// use coopad::dynamic::linear_quadratic::Matrix;
/// use coopad::dynamic::models::cocreation::{LinearState, LinearStateGame};
///
/// // A platform's effort builds a brand on which both earn, the enterprise twice as much; it may pay a part.
/// let game = LinearStateGame::new(LinearState {
///     discount_rate: 0.1,
///     motion: Matrix::from(-0.4),
///     inflow: vec![0.0],
///     effect: Matrix::from(1.0),
///     income: vec![0.0, 0.0],
///     state_income: Matrix::from([[1.0], [2.0]]),
///     effort_income: Matrix::from([[0.0], [0.0]]),
///     cost: vec![1.0],
///     owner: vec![0],
/// })?;
/// assert!((game.worth(0, 0) - 2.0).abs() < 1e-12 && (game.worth(1, 0) - 4.0).abs() < 1e-12); // r/(ρ + 0.4)
/// let supported = game.solve(&game.regime("supported", &[], &[(1, 0)])?)?;
/// assert!((supported.rate(0, 1) - 0.6).abs() < 1e-12); // (2·4 − 2)/(2·4 + 2)
/// assert!((supported.efforts()[0] - 5.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearStateGame {
    numbers: LinearState,
    /// `b`, a row a player.
    prices: Matrix,
    /// `m`, effort by effort: what it is worth to each player.
    worths: Vec<f64>,
    /// `q̄_k + b_k's`.
    standing: Vec<f64>,
}

/// What everybody does in a linear-state game under some rules, and what it is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct RegimeSolution {
    efforts: Vec<f64>,
    /// The shares of each effort's cost that the players pay for its owner, effort by effort.
    rates: Vec<f64>,
    constants: Vec<f64>,
}

impl RegimeSolution {
    /// `e`, the efforts.
    pub fn efforts(&self) -> &[f64] {
        &self.efforts
    }

    /// `t`, the share of an effort's cost that a player pays for its owner; a coalition's share is booked on its first
    /// member. Zero for who or what is not in the game.
    pub fn rate(&self, effort: usize, supporter: usize) -> f64 {
        let players = self.constants.len();
        let at = effort.checked_mul(players).and_then(|row| row.checked_add(supporter));
        let known = at.filter(|_| supporter < players).and_then(|at| self.rates.get(at));
        known.copied().unwrap_or(0.0)
    }

    /// `T`, the share of an effort's cost that its supporters pay together.
    pub fn shared(&self, effort: usize) -> f64 {
        (0..self.constants.len()).map(|player| self.rate(effort, player)).sum()
    }

    /// `a`, what each player's future is worth at state zero.
    pub fn constants(&self) -> &[f64] {
        &self.constants
    }
}

impl LinearStateGame {
    /// The game with these numbers.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for numbers that are not finite, a discount rate or a cost that is not positive, matrices and
    /// lists that do not fit together, and states that grow as fast as discounting or faster: payoffs would be unbounded.
    pub fn new(numbers: LinearState) -> Result<Self, ParameterError> {
        checked(&numbers)?;
        let growth = numbers.motion.growth().unwrap_or(f64::NAN);
        let bounded = growth < numbers.discount_rate;
        if !bounded {
            return Err(unbounded("growth_of_states", growth, "below the discount rate"));
        }
        let game = Self::assembled(numbers);
        if game.prices.is_finite() {
            return Ok(game);
        }
        Err(unbounded("discount_rate", game.numbers.discount_rate, "above the growth of the states"))
    }

    /// The same where numbers are known to fit and payoffs to be bounded; otherwise shadow prices may be no numbers.
    pub(super) fn assembled(numbers: LinearState) -> Self {
        let (players, states, efforts) = (numbers.income.len(), numbers.inflow.len(), numbers.cost.len());
        let rho = numbers.discount_rate;
        let system = numbers.motion.transpose().scaled(-1.0).plus(&Matrix::identity(states).scaled(rho));
        let prices = system.solve(&numbers.state_income.transpose()).map(|prices| prices.transpose());
        let prices = prices.unwrap_or_else(|| Matrix::zero(players, states).scaled(f64::NAN));
        let mut worths = Vec::with_capacity(efforts * players);
        for h in 0..efforts {
            for k in 0..players {
                let moved: f64 = (0..states).map(|s| prices[(k, s)] * numbers.effect[(s, h)]).sum();
                worths.push(numbers.effort_income[(k, h)] + moved);
            }
        }
        let standing = (0..players).map(|k| {
            let flows: f64 =
                numbers.inflow.iter().enumerate().map(|(s, inflow)| prices[(k, s)] * inflow).sum();
            numbers.income[k] + flows
        });
        let standing = standing.collect();
        LinearStateGame { numbers, prices, worths, standing }
    }

    /// The numbers.
    pub fn numbers(&self) -> &LinearState {
        &self.numbers
    }

    /// How many players there are.
    pub fn players(&self) -> usize {
        self.standing.len()
    }

    /// How many efforts there are.
    pub fn efforts(&self) -> usize {
        self.numbers.cost.len()
    }

    /// `b`, what a unit of each state is worth to each player: a row a player.
    pub fn shadow_prices(&self) -> &Matrix {
        &self.prices
    }

    /// `m_{kh}`, what a unit of an effort is worth to a player; NaN for one that is not in the game.
    pub fn worth(&self, player: usize, effort: usize) -> f64 {
        self.worths_of(effort).get(player).copied().unwrap_or(f64::NAN)
    }

    /// What a unit of an effort is worth to each player.
    pub(super) fn worths_of(&self, effort: usize) -> &[f64] {
        let players = self.players();
        let from = effort.saturating_mul(players);
        self.worths.get(from..from.saturating_add(players)).unwrap_or_default()
    }

    /// `q̄_k + b_k's`, by player.
    pub(super) fn standing(&self) -> &[f64] {
        &self.standing
    }

    /// The smallest `m_{kh}`: where it is not negative nobody's effort hurts anybody.
    pub fn least_worth(&self) -> f64 {
        self.worths.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The rules in which these groups of players decide together, everybody else alone, and each link `(supporter,
    /// effort)` lets the supporter's coalition announce first which share of the effort's cost it pays.
    ///
    /// # Errors
    ///
    /// [`StructureError`] for a player or an effort that is not in the game, a player in two groups, and support for an
    /// effort of the supporter's own coalition.
    pub fn regime(
        &self,
        name: impl Into<std::borrow::Cow<'static, str>>,
        groups: &[Vec<usize>],
        links: &[(usize, usize)],
    ) -> Result<Regime, StructureError> {
        Regime::new(name.into(), self.players(), &self.numbers.owner, groups, links)
    }

    /// What everybody does under these rules, and what it is worth.
    ///
    /// # Errors
    ///
    /// When the rules are those of a game of other players or efforts.
    pub fn solve(&self, regime: &Regime) -> Result<RegimeSolution, StructureError> {
        let (players, efforts) = (self.players(), self.efforts());
        regime.fits(players, &self.numbers.owner)?;
        let seats = regime.seats();
        let mut solution = RegimeSolution {
            efforts: Vec::with_capacity(efforts),
            rates: vec![0.0; efforts * players],
            constants: self.standing.clone(),
        };
        let mut links = regime.links();
        for (h, rates) in solution.rates.chunks_exact_mut(players.max(1)).enumerate() {
            let count = links.iter().take_while(|link| link.effort == h).count();
            let (supporters, rest) = links.split_at(count);
            links = rest;
            let (worths, cost) = (self.worths_of(h), self.numbers.cost[h]);
            let of = |seat: usize| -> f64 {
                seats.iter().zip(worths).filter(|(other, _)| **other == seat).map(|(_, worth)| worth).sum()
            };
            let owner = seats[self.numbers.owner[h]];
            let effort = SupportedEffort::of(of(owner), supporters.iter().map(|link| of(link.supporter)));
            let done = effort.worth() / cost;
            let spent = 0.5 * cost * done * done;
            let mut own = spent;
            for link in supporters {
                let rate = effort.rate(of(link.supporter));
                rates[link.supporter] = rate;
                solution.constants[link.supporter] -= rate * spent;
                own -= rate * spent;
            }
            solution.constants[self.numbers.owner[h]] -= own;
            for (constant, worth) in solution.constants.iter_mut().zip(worths) {
                *constant += worth * done;
            }
            solution.efforts.push(done);
        }
        solution.constants.iter_mut().for_each(|constant| *constant /= self.numbers.discount_rate);
        Ok(solution)
    }

    /// `V(x) = a + b'x`: what everybody's future is worth at a state. NaN for a state of the wrong length.
    pub fn values(&self, solution: &RegimeSolution, state: &[f64]) -> Vec<f64> {
        let states = self.numbers.inflow.len();
        let value = |(k, constant): (usize, &f64)| {
            let worth: f64 =
                state.iter().take(states).enumerate().map(|(s, x)| self.prices[(k, s)] * x).sum();
            if state.len() == states { constant + worth } else { f64::NAN }
        };
        solution.constants.iter().take(self.players()).enumerate().map(value).collect()
    }

    /// How fast the states move at a state under these efforts; empty for a state of the wrong length.
    pub fn drift(&self, efforts: &[f64], state: &[f64]) -> Vec<f64> {
        if state.len() != self.numbers.inflow.len() {
            return Vec::new();
        }
        let moved = |(row, pushed): (usize, f64)| {
            let moved: f64 = state.iter().enumerate().map(|(s, x)| self.numbers.motion[(row, s)] * x).sum();
            moved + pushed
        };
        self.push(efforts).into_iter().enumerate().map(moved).collect()
    }

    /// `ge + s`.
    fn push(&self, efforts: &[f64]) -> Vec<f64> {
        let numbers = &self.numbers;
        let pushed = |(row, inflow): (usize, &f64)| {
            let each = efforts.iter().take(self.efforts()).enumerate();
            inflow + each.map(|(h, e)| numbers.effect[(row, h)] * e).sum::<f64>()
        };
        numbers.inflow.iter().enumerate().map(pushed).collect()
    }

    /// Where the states rest under these efforts, `−M⁻¹(ge + s)`; `None` where there is no one such point. Whether they
    /// go there is told by [`LinearStateGame::growth`].
    pub fn steady_state(&self, efforts: &[f64]) -> Option<Vec<f64>> {
        let push = self.push(efforts).into_iter().map(|push| -push).collect::<Vec<f64>>();
        let rest = self.numbers.motion.solve(&Matrix::column(&push))?;
        Some(rest.entries().to_vec())
    }

    /// The fastest growth rate of the states left to themselves: they tend to the steady state where it is negative.
    pub fn growth(&self) -> f64 {
        self.numbers.motion.growth().unwrap_or(f64::NAN)
    }

    /// The state at time `time` under these efforts, from `state` on; empty for a state of the wrong length.
    ///
    /// ```math
    /// x(t)=e^{Mt}x_0+\int_0^te^{M(t-u)}du\,(ge+s) .
    /// ```
    pub fn state_at(&self, efforts: &[f64], state: &[f64], time: f64) -> Vec<f64> {
        let states = self.numbers.inflow.len();
        if state.len() != states {
            return Vec::new();
        }
        // The constant push is one more state: no steady state is needed.
        let mut whole = Matrix::zero(states + 1, states + 1);
        whole.add_block(0, 0, 1.0, &self.numbers.motion);
        whole.add_block(0, states, 1.0, &Matrix::column(&self.push(efforts)));
        let moved = whole.exponential(time).times(&Matrix::column(&[state, &[1.0]].concat()));
        moved.entries().iter().take(states).copied().collect()
    }

    /// The variance of each player's discounted payoff when additive noise of these strengths moves the states. It changes
    /// no decision and no expected value, and depends on no rules:
    ///
    /// ```math
    /// \mathrm{Var}=\frac1{2\rho}\sum_j(\sigma_jb_{kj})^2 .
    /// ```
    pub fn variances(&self, volatility: &[f64]) -> Vec<f64> {
        (0..self.players()).map(|k| self.variance_of(&[k], volatility)).collect()
    }

    /// The variance of the discounted payoff of several players together.
    pub fn variance_of(&self, members: &[usize], volatility: &[f64]) -> f64 {
        let known = || members.iter().copied().filter(|k| *k < self.players());
        let each = volatility.iter().take(self.numbers.inflow.len()).enumerate();
        let squares =
            each.map(|(s, sigma)| (sigma * known().map(|k| self.prices[(k, s)]).sum::<f64>()).powi(2));
        squares.sum::<f64>() / (2.0 * self.numbers.discount_rate)
    }
}

/// Payoffs would be unbounded.
pub(super) fn unbounded(quantity: &str, value: f64, condition: &str) -> ParameterError {
    let condition = format!("{condition}: payoffs are unbounded otherwise");
    ParameterError::Inconsistent { parameter: quantity.to_owned(), value, condition }
}

fn checked(n: &LinearState) -> Result<(), ParameterError> {
    let (players, states, efforts) = (n.income.len(), n.inflow.len(), n.cost.len());
    let lengths = [
        ("motion", n.motion.rows() * n.motion.columns(), states * states),
        ("effect", n.effect.rows(), states),
        ("effect", n.effect.columns(), efforts),
        ("state_income", n.state_income.rows(), players),
        ("state_income", n.state_income.columns(), states),
        ("effort_income", n.effort_income.rows(), players),
        ("effort_income", n.effort_income.columns(), efforts),
        ("owner", n.owner.len(), efforts),
    ];
    for (parameter, given, needed) in lengths {
        if given != needed {
            return Err(ParameterError::WrongLength { parameter: parameter.to_owned(), given, needed });
        }
    }
    let entries = [
        ("discount_rate", std::slice::from_ref(&n.discount_rate), Range::POSITIVE),
        ("cost", &n.cost, Range::POSITIVE),
        ("motion", n.motion.entries(), Range::FINITE),
        ("inflow", &n.inflow, Range::FINITE),
        ("effect", n.effect.entries(), Range::FINITE),
        ("income", &n.income, Range::FINITE),
        ("state_income", n.state_income.entries(), Range::FINITE),
        ("effort_income", n.effort_income.entries(), Range::FINITE),
    ];
    for (name, values, range) in entries {
        if let Some((at, value)) = values.iter().enumerate().find(|(_, value)| !range.contains(**value)) {
            let (parameter, allowed) = (format!("{name}[{at}]"), range.words.to_owned());
            return Err(ParameterError::OutOfRange { parameter, value: *value, allowed });
        }
    }
    if let Some(owner) = n.owner.iter().find(|owner| **owner >= players) {
        return Err(ParameterError::OutOfRange {
            parameter: "owner".to_owned(),
            value: *owner as f64,
            allowed: format!("a player's number, below {players}"),
        });
    }
    Ok(())
}
