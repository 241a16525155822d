//! What solving a game gives: a profile with its evidence.

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

use crate::game::Decision;
use crate::player::Player;
use crate::structure::Structure;

/// What static, feedback and open-loop equilibria have in common.
pub trait Equilibrium {
    /// How a player is named.
    type Player: Player;

    /// The rules under which this is an equilibrium: its coalitions and the order of moves.
    fn structure(&self) -> &Structure<Self::Player>;
    /// The players, in the order of [`Equilibrium::payoffs`].
    fn players(&self) -> &[Self::Player];
    /// The payoffs, one a player.
    fn payoffs(&self) -> &[f64];
    /// How the equilibrium was found.
    fn report(&self) -> &Report;

    /// The payoff of one player; NaN for somebody who is not in the game.
    fn payoff(&self, player: Self::Player) -> f64 {
        let seat = self.players().iter().position(|p| *p == player);
        seat.and_then(|seat| self.payoffs().get(seat)).copied().unwrap_or(f64::NAN)
    }

    /// The sum of all payoffs.
    fn total(&self) -> f64 {
        self.payoffs().iter().sum()
    }
}

/// How a profile was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// From the model's formula; for a [contract](crate::contract) with a limited plan, by pieces.
    ClosedForm,
    /// By the numerical engine.
    Engine,
    /// Put forward by the caller ([`Solution::propose`](crate::Solution)).
    Proposed,
}

impl Method {
    /// The name used in files: `closed_form`, `engine`, `proposed`.
    pub fn name(self) -> &'static str {
        match self {
            Method::ClosedForm => "closed_form",
            Method::Engine => "engine",
            Method::Proposed => "proposed",
        }
    }
}

/// Where a decision stands against its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Side {
    /// Between its bounds.
    Free,
    /// At its lower bound.
    Lower,
    /// At its upper bound.
    Upper,
    /// Without any effect on its owner's payoff, and held at its neutral value.
    Idle,
}

/// A modelling condition that fails at an equilibrium: the formulas hold, their reading may not.
#[derive(Clone, Debug, PartialEq)]
pub struct Caveat {
    /// The quantity that should not be negative.
    pub quantity: Cow<'static, str>,
    /// Its value.
    pub value: f64,
}

/// What limits several decisions at once, a [constraint](crate::Constraint) or a bound that moves with another decision, as it is
/// at an equilibrium.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// What must not be negative: `budget`.
    pub quantity: Cow<'static, str>,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
    /// The stage at which it is kept, counted from 1.
    pub stage: usize,
    /// Who keeps it: the members of each coalition, as places among the game's players.
    pub coalitions: Vec<Vec<usize>>,
    /// Its value.
    pub value: f64,
    /// Whether it binds.
    pub binds: bool,
    /// The multiplier: what one more unit of it is worth, in payoff, to whoever keeps it, everybody else's decisions given; 0 where
    /// it does not bind.
    pub worth: f64,
}

impl Limit {
    /// Whether several coalitions share it and it binds: then the equilibrium is one of many, that at which one more unit is worth
    /// the same to all.
    pub fn one_of_many(&self) -> bool {
        self.binds && self.coalitions.len() > 1
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limit { quantity, value, worth, unit, .. } = self;
        match (self.binds, self.coalitions.len() > 1) {
            (false, _) => write!(f, "{quantity}: {value:.6} left ({unit})"),
            (true, false) => write!(f, "{quantity} binds: one more unit ({unit}) is worth {worth:.6}"),
            (true, true) => write!(
                f,
                "{quantity} binds and is shared: one more unit ({unit}) is worth {worth:.6} to each; one equilibrium of many"
            ),
        }
    }
}

/// How an equilibrium was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The route.
    pub method: Method,
    /// Newton iterations of the first stage (0 for a closed form).
    pub iterations: usize,
    /// The largest first-order gain that a decision-maker could make by a relative change of one decision, as a
    /// share of the largest payoff. Not known for a closed form until it is [verified](Solution::verify), nor where
    /// many followers' replies would have to be differentiated for it.
    pub residual: Option<f64>,
    /// Decisions at a bound or without effect, by number.
    pub binding: Vec<(usize, Side)>,
    /// What limits several decisions at once; only from the engine.
    pub limits: Vec<Limit>,
    /// Whether the first mover's optimum lies on a kink, where a later reply changes regime.
    pub at_kink: bool,
    /// Where a later reply jumps right here: the whole profile with the other reply. Whoever replies has as much from either; of
    /// the two it makes the one that whoever moved before it prefers (an optimistic tie).
    pub at_jump: Option<Vec<f64>>,
    /// Whether it is one of a continuum: equilibria go on in some direction of the first movers' decisions, as where only a sum of
    /// theirs counts. (A [`Limit`] that is shared says so itself.)
    pub continuum: bool,
    /// Modelling conditions that fail here.
    pub caveats: Vec<Caveat>,
}

impl Report {
    /// A report of which nothing is known but the route.
    pub(crate) fn of(method: Method) -> Self {
        Report {
            method,
            iterations: 0,
            residual: None,
            binding: Vec::new(),
            limits: Vec::new(),
            at_kink: false,
            at_jump: None,
            continuum: false,
            caveats: Vec::new(),
        }
    }

    /// A report of a search over time.
    pub(crate) fn found(method: Method, iterations: usize, residual: f64) -> Self {
        let residual = Some(residual);
        Report { residual, iterations, ..Report::of(method) }
    }
}

/// An equilibrium of a static game, as found: not yet [verified](Solution::verify).
#[derive(Clone, Debug, PartialEq)]
pub struct Solution<P> {
    pub(crate) structure: Structure<P>,
    pub(crate) players: Vec<P>,
    pub(crate) decisions: Vec<Decision<P>>,
    pub(crate) profile: Vec<f64>,
    pub(crate) payoffs: Vec<f64>,
    pub(crate) report: Report,
}

impl<P: Player> Solution<P> {
    /// What everybody decides, in the order of the game's decisions.
    pub fn profile(&self) -> &[f64] {
        &self.profile
    }

    /// The decisions that [`Solution::profile`] gives values of.
    pub fn decisions(&self) -> &[Decision<P>] {
        &self.decisions
    }

    /// The value of the decision called `name`.
    pub fn decision(&self, name: &str) -> Option<f64> {
        self.decisions.iter().position(|d| d.name == name).map(|at| self.profile[at])
    }
}

impl<P: Player> Equilibrium for Solution<P> {
    type Player = P;

    fn structure(&self) -> &Structure<P> {
        &self.structure
    }
    fn players(&self) -> &[P] {
        &self.players
    }
    fn payoffs(&self) -> &[f64] {
        &self.payoffs
    }
    fn report(&self) -> &Report {
        &self.report
    }
}

/// A decision by its number: `equilibrium[HuangLi::PARTICIPATION]`.
///
/// # Panics
///
/// As a slice does, when the number is beyond the game's decisions; [`Solution::profile`] with `get` does not.
impl<P> Index<usize> for Solution<P> {
    type Output = f64;

    fn index(&self, decision: usize) -> &f64 {
        &self.profile[decision]
    }
}

/// The largest gain that one coalition can make by deviating at one stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation<P> {
    /// The stage, counted from 1.
    pub stage: usize,
    /// Who deviates together.
    pub coalition: Vec<P>,
    /// What it gains; 0 when no better choice was found.
    pub gain: f64,
    /// The gain that the search's own rounding can feign here: later stages' replies are found by line searches, and
    /// the payoff of whoever moves before them feels their rounding.
    pub resolution: f64,
    /// The best profile found, later stages' replies included.
    pub profile: Vec<f64>,
}

/// Evidence that nobody gains by deviating, found by a search that knows nothing of first-order conditions.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Certificate<P> {
    /// The largest gain of any coalition at any of its stages, in payoff units.
    pub regret: f64,
    /// The largest [`Deviation::resolution`]: an estimate of the gain below which an improvement cannot be told from
    /// rounding.
    pub resolution: f64,
    /// The best deviation of each coalition at each of its stages.
    pub deviations: Vec<Deviation<P>>,
    /// How often the payoffs were evaluated.
    pub evaluations: usize,
    /// Whether some coalition's search ended early because its budget was spent: the game is large, and the search saw
    /// fewer points, or fewer directions, than it sees in a small one.
    pub thinned: bool,
}

/// An equilibrium with its certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<P> {
    pub(crate) solution: Solution<P>,
    pub(crate) certificate: Certificate<P>,
}

impl<P: Player> Verified<P> {
    /// The equilibrium.
    pub fn solution(&self) -> &Solution<P> {
        &self.solution
    }

    /// The evidence.
    pub fn certificate(&self) -> &Certificate<P> {
        &self.certificate
    }

    /// What everybody decides.
    pub fn profile(&self) -> &[f64] {
        &self.solution.profile
    }
}

impl<P: Player> Equilibrium for Verified<P> {
    type Player = P;

    fn structure(&self) -> &Structure<P> {
        self.solution.structure()
    }
    fn players(&self) -> &[P] {
        self.solution.players()
    }
    fn payoffs(&self) -> &[f64] {
        self.solution.payoffs()
    }
    fn report(&self) -> &Report {
        self.solution.report()
    }
}

impl<P> Index<usize> for Verified<P> {
    type Output = f64;

    fn index(&self, decision: usize) -> &f64 {
        &self.solution[decision]
    }
}
