//! What a game is: players, decisions, payoffs.

use std::borrow::Cow;

use crate::player::Player;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One number that one player chooses.
///
/// A decision that only moves money between its owner and a `counterparty` (a participation rate, a wholesale
/// price) is a [transfer](Decision::transfer): inside a coalition that holds both it drops out of the game, at its
/// neutral value.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<P> {
    /// The decision in words, as it appears in tables and files: `local_advertising`.
    pub name: Cow<'static, str>,
    /// The letter that stands for it in formulas: `a`.
    pub symbol: Cow<'static, str>,
    /// Who chooses it.
    pub owner: P,
    /// Who is at the other end, when the decision only moves money.
    pub counterparty: Option<P>,
    /// What it is measured in: `money`, `share of spend`, …
    pub unit: &'static str,
    /// The value at which it has no effect: 0 for a participation rate.
    pub neutral: f64,
    /// A value of the right order of magnitude, where a search for an equilibrium starts.
    pub typical: Option<f64>,
    /// Whether anybody chooses it; otherwise it is a rule of the game. See [`Decision::rule`].
    pub chosen: bool,
}

impl<P: Player> Decision<P> {
    /// A decision of `owner`, in units of money, neutral at 0.
    pub fn new(name: impl Into<Cow<'static, str>>, owner: P) -> Self {
        let name = name.into();
        Decision {
            symbol: name.clone(),
            name,
            owner,
            counterparty: None,
            unit: "money",
            neutral: 0.0,
            typical: None,
            chosen: true,
        }
    }

    /// A decision of `owner` that only moves money between `owner` and `counterparty`.
    pub fn transfer(name: impl Into<Cow<'static, str>>, owner: P, counterparty: P) -> Self {
        Decision { counterparty: Some(counterparty), ..Decision::new(name, owner) }
    }

    /// A rule of the game around `owner`, which nobody chooses: it stays at its neutral value unless a structure
    /// [fixes](Structure::fix) it. Whether a margin is capped, say, or whether a second brand is sold.
    pub fn rule(name: impl Into<Cow<'static, str>>, owner: P) -> Self {
        Decision { chosen: false, unit: "0 or 1", ..Decision::new(name, owner) }
    }

    /// The letter used in formulas.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<Cow<'static, str>>) -> Self {
        self.symbol = symbol.into();
        self
    }

    /// The unit of measurement.
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// The value at which the decision has no effect.
    #[must_use]
    pub fn neutral(mut self, neutral: f64) -> Self {
        self.neutral = neutral;
        self
    }

    /// A value of the right order of magnitude.
    #[must_use]
    pub fn typical(mut self, typical: f64) -> Self {
        self.typical = Some(typical);
        self
    }
}

/// The values that a decision may take, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval<T> {
    /// The smallest value; may be `-∞`.
    pub lower: T,
    /// The largest value; may be `+∞`.
    pub upper: T,
}

impl<T: Scalar> Interval<T> {
    /// From `lower` to `upper`.
    pub fn new(lower: T, upper: T) -> Self {
        Interval { lower, upper }
    }

    /// From `lower` upwards without end.
    pub fn at_least(lower: T) -> Self {
        Interval { lower, upper: T::constant(f64::INFINITY) }
    }

    /// From 0 to 1: a rate.
    pub fn unit() -> Self {
        Interval { lower: T::constant(0.0), upper: T::constant(1.0) }
    }
}

/// Whether a profile of decisions makes sense in the model, beyond the bounds of each decision.
///
/// A payoff that multiplies a margin by sales looks profitable where both are negative. A game that can go there
/// says so, and the engine never searches there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// The profile makes sense.
    Inside,
    /// The formulas still hold but a modelling condition fails (say, sales of one brand come out negative): an
    /// equilibrium found here is returned with this caveat in its report.
    Doubtful {
        /// The quantity that should not be negative.
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
    /// The profile is no possible outcome; an equilibrium found here is an error.
    Outside {
        /// The quantity that must not be negative.
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
}

impl Domain {
    /// `Inside` when `value >= 0`, otherwise `Outside` with the quantity's name.
    pub fn require(quantity: &'static str, value: f64) -> Self {
        if value >= 0.0 { Domain::Inside } else { Domain::Outside { quantity, value } }
    }

    /// `Inside` when `value >= 0`, otherwise `Doubtful` with the quantity's name.
    pub fn expect(quantity: &'static str, value: f64) -> Self {
        if value >= 0.0 { Domain::Inside } else { Domain::Doubtful { quantity, value } }
    }

    /// The worse of two findings; of two equally bad ones, the first.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Domain::Outside { .. }, _) | (_, Domain::Inside) => self,
            (_, Domain::Outside { .. }) | (Domain::Inside, _) => other,
            _ => self,
        }
    }
}

/// What static and differential games share: players, and decisions with their bounds.
pub trait Game {
    /// How a player is named.
    type Player: Player;

    /// The players, in the order of their payoffs.
    fn players(&self) -> Vec<Self::Player>;

    /// The decisions, in the order of a profile's entries.
    fn decisions(&self) -> Vec<Decision<Self::Player>>;

    /// The values that decision number `decision` may take, given the whole profile `x`.
    ///
    /// Bounds may depend on the other decisions (a generalised Nash game: a price that covers the wholesale
    /// price). The default is `[0, ∞)`.
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        let _ = (decision, x);
        Interval::at_least(T::constant(0.0))
    }
}

/// A one-shot game: everybody's payoff is a function of everybody's decisions.
///
/// The whole of a game of your own is [`Game::players`], [`Game::decisions`], [`Game::bounds`] and
/// [`StaticGame::payoffs`]; [`Solve`](crate::Solve) then finds its equilibrium under any [`Structure`].
///
/// ```
/// use coopad::prelude::*;
///
/// /// A retailer with margin 2 advertises; a manufacturer with margin 3 may pay a share of it.
/// struct Campaign;
///
/// impl Game for Campaign {
///     type Player = &'static str;
///     fn players(&self) -> Vec<&'static str> { vec!["manufacturer", "retailer"] }
///     fn decisions(&self) -> Vec<Decision<&'static str>> {
///         vec![Decision::transfer("rate", "manufacturer", "retailer"), Decision::new("spend", "retailer")]
///     }
///     fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
///         if decision == 0 { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
///     }
/// }
/// impl StaticGame for Campaign {
///     fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
///         let (rate, spend) = (x[0], x[1]);
///         out[0] = spend.sqrt() * 3.0 - rate * spend;
///         out[1] = spend.sqrt() * 2.0 - spend + rate * spend;
///     }
/// }
///
/// let equilibrium = Campaign.solve(&Structure::leader("manufacturer"))?;
/// assert!((equilibrium[0] - 0.5).abs() < 1e-10); // (2·3 − 2)/(2·3 + 2)
/// # Ok::<(), coopad::SolveError>(())
/// ```
pub trait StaticGame: Game {
    /// Everybody's payoff at the profile `x`, in the order of [`Game::players`].
    ///
    /// Written once, over any [`Scalar`], without branches on values: use [`Scalar::max`], [`Scalar::min`] and
    /// [`Scalar::select`]. `out` holds one entry a player.
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]);

    /// One player's payoff, exactly as [`StaticGame::payoffs`] has it, for a large game in which it is much cheaper than
    /// everybody's: the certificate asks for little else. The default is `None`: no cheaper way.
    fn payoff_alone(&self, player: usize, x: &[f64]) -> Option<f64> {
        let _ = (player, x);
        None
    }

    /// Whether the profile makes sense: margins, sales and prices that must not be negative.
    fn domain(&self, x: &[f64]) -> Domain {
        let _ = x;
        Domain::Inside
    }

    /// The equilibrium profile under `structure` where a formula for it is known.
    ///
    /// `None` where there is none: the engine then solves the game numerically. `Some(Err(_))` where the formula
    /// shows that no equilibrium exists.
    fn closed_form(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Option<Result<Vec<f64>, crate::SolveError>> {
        let _ = structure;
        None
    }
}

/// A game whose formulas also run on parameters that are numbers of any kind: what sensitivities need.
///
/// The formula stays one: write it over parameters `P` and decisions `T: Scalar + Over<P>`, and call it with
/// `P = f64` in [`StaticGame::payoffs`] and with `P = T` here.
///
/// ```
/// use coopad::prelude::*;
///
/// /// A retailer advertises: `margin √a − a`.
/// struct Shop { margin: f64 }
///
/// fn profit<P, T: Scalar + Over<P>>(margin: P, spend: T) -> T {
///     spend.sqrt() * margin - spend
/// }
///
/// impl Game for Shop {
///     type Player = &'static str;
///     fn players(&self) -> Vec<&'static str> { vec!["retailer"] }
///     fn decisions(&self) -> Vec<Decision<&'static str>> { vec![Decision::new("spend", "retailer")] }
/// }
/// impl StaticGame for Shop {
///     fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) { out[0] = profit(self.margin, x[0]); }
/// }
/// impl Parametric for Shop {
///     fn arguments(&self) -> Vec<(String, f64)> { vec![("margin".into(), self.margin)] }
///     fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) { out[0] = profit(p[0], x[0]); }
/// }
/// ```
pub trait Parametric: StaticGame {
    /// The parameters, each number with its name: `manufacturer_margin`, `base_sales[0]`.
    fn arguments(&self) -> Vec<(String, f64)>;

    /// [`StaticGame::payoffs`] if the parameters were `p`, one entry an [argument](Parametric::arguments).
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]);

    /// [`Game::bounds`] if the parameters were `p`. The default is for bounds that do not depend on them.
    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let _ = p;
        self.bounds(decision, x)
    }

    /// [`StaticGame::domain`] if the parameters were `p`. The default is for a domain that does not depend on them.
    fn domain_at(&self, p: &[f64], x: &[f64]) -> Domain {
        let _ = p;
        self.domain(x)
    }

    /// [`Decision::neutral`] of decision number `decision` if the parameters were `p`: for a wholesale price that is
    /// neutral at production cost, that cost. The default is for neutral values that do not depend on them.
    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        let _ = p;
        T::constant(self.decisions().get(decision).map_or(0.0, |decision| decision.neutral))
    }
}
