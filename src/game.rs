//! What a game is: players, decisions, payoffs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::player::Player;
use crate::recorded::{RecordError, Recorded};
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
    pub unit: Cow<'static, str>,
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
            unit: "money".into(),
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
        Decision { chosen: false, unit: "0 or 1".into(), ..Decision::new(name, owner) }
    }

    /// The letter used in formulas.
    #[must_use]
    pub fn symbol(mut self, symbol: impl Into<Cow<'static, str>>) -> Self {
        self.symbol = symbol.into();
        self
    }

    /// The unit of measurement.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'static, str>>) -> Self {
        self.unit = unit.into();
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

impl<P> Decision<P> {
    /// The same decision for players of another type.
    pub(crate) fn with_players<Q, E>(
        self,
        counterpart: impl Fn(&P) -> Result<Q, E>,
    ) -> Result<Decision<Q>, E> {
        let owner = counterpart(&self.owner)?;
        let counterparty = self.counterparty.as_ref().map(counterpart).transpose()?;
        let Decision { name, symbol, unit, neutral, typical, chosen, .. } = self;
        Ok(Decision { name, symbol, owner, counterparty, unit, neutral, typical, chosen })
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

/// A number that must not be negative where a profile of decisions makes sense: sales, a margin, a price.
///
/// A payoff that multiplies a margin by sales looks profitable where both are negative. A game that can go there
/// says so, and the engine never searches there.
///
/// ```
/// use coopad::Condition;
///
/// let sales = Condition::require("sales", 3.0);
/// assert!(sales.holds() && !Condition::require("sales", -1.0).holds());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition<T> {
    /// What must not be negative.
    pub quantity: Cow<'static, str>,
    /// Its value.
    pub value: T,
    /// What it means where it is negative.
    pub kind: ConditionKind,
}

/// What a [`Condition`] that does not hold means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    /// The profile is no possible outcome: an equilibrium found there is an error.
    Required,
    /// The formulas still hold but the model is in doubt: an equilibrium found there is returned with this caveat in its
    /// report.
    Expected,
}

impl<T> Condition<T> {
    /// Where `value` is negative, the profile is no possible outcome.
    pub fn require(quantity: impl Into<Cow<'static, str>>, value: T) -> Self {
        Condition { quantity: quantity.into(), value, kind: ConditionKind::Required }
    }

    /// Where `value` is negative, the model is in doubt.
    pub fn expect(quantity: impl Into<Cow<'static, str>>, value: T) -> Self {
        Condition { quantity: quantity.into(), value, kind: ConditionKind::Expected }
    }
}

impl Condition<f64> {
    /// Whether the number is not negative; what is no number does not hold.
    pub fn holds(&self) -> bool {
        self.value >= 0.0
    }
}

/// A number that must not be negative, `g(x) ≥ 0`, and the players whom it binds: a budget, a shared capacity, a
/// leader's own limit on what its followers do.
///
/// Whom it binds and whose decisions it depends on say what it means. Where these are the decisions of one coalition at one
/// stage it is that coalition's own limit. Where several coalitions of one stage decide on it and are bound, it is shared: what
/// is found is the *variational* equilibrium, at which one more unit is worth the same to all, and the report says that it is one
/// of many. Where it depends on what is decided later, whoever is bound and moves before keeps it through the replies. Who is bound but decides
/// nothing that it depends on is not limited.
///
/// ```
/// use coopad::Constraint;
///
/// let budget = Constraint::new("budget", 10.0 - 4.0).unit("money").binding("retailer");
/// assert_eq!((budget.value, &budget.players[..]), (6.0, &["retailer"][..]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint<T, P> {
    /// What must not be negative: `budget`.
    pub quantity: Cow<'static, str>,
    /// Its value.
    pub value: T,
    /// What it is measured in.
    pub unit: Cow<'static, str>,
    /// Whom it binds; nobody named is everybody in the game.
    pub players: Vec<P>,
}

impl<T, P> Constraint<T, P> {
    /// `value` must not be negative, whoever decides on it. In units of money.
    pub fn new(quantity: impl Into<Cow<'static, str>>, value: T) -> Self {
        Constraint { quantity: quantity.into(), value, unit: "money".into(), players: Vec::new() }
    }

    /// It binds this player, and whom else it is said to bind.
    #[must_use]
    pub fn binding(mut self, player: P) -> Self {
        self.players.push(player);
        self
    }

    /// The unit of measurement.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'static, str>>) -> Self {
        self.unit = unit.into();
        self
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

    /// The numbers that the game's formulas take as parameters, each with its name and value: `manufacturer_margin`,
    /// `base_sales[0]`. They are inputs of the game's recorded formulas: sensitivities are derivatives in them, and a
    /// [prepared](crate::Prepared) game can be solved at other values. A static game that has some is recorded by its
    /// methods of their values ([`StaticGame::payoffs_at`] and its neighbours). The default is none: every number is a constant.
    fn arguments(&self) -> Vec<(String, f64)> {
        Vec::new()
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
pub trait StaticGame: Game + Sized {
    /// Everybody's payoff at the profile `x`, in the order of [`Game::players`].
    ///
    /// Written once, over any [`Scalar`], without branches on values: use [`Scalar::max`], [`Scalar::min`] and
    /// [`Scalar::select`]. `out` holds one entry a player.
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]);

    /// [`StaticGame::payoffs`] if the [arguments](Game::arguments) were `p`. The formula stays one: write it over
    /// parameters `P` and decisions `T: Scalar + Over<P>`, and call it with `P = f64` in [`StaticGame::payoffs`] and with
    /// `P = T` here. The default is for payoffs that do not depend on them.
    ///
    /// ```
    /// use coopad::analysis::sensitivities;
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
    ///     fn arguments(&self) -> Vec<(String, f64)> { vec![("margin".into(), self.margin)] }
    /// }
    /// impl StaticGame for Shop {
    ///     fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) { out[0] = profit(self.margin, x[0]); }
    ///     fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) { out[0] = profit(p[0], x[0]); }
    /// }
    ///
    /// // It spends (margin / 2)²: one more unit of margin, margin / 2 more.
    /// let shop = Shop { margin: 6.0 };
    /// let found = sensitivities(&shop, &shop.solve(&Structure::simultaneous())?)?;
    /// let slope = found.of_decision("spend", "margin").and_then(|s| s.slope.value());
    /// assert!((slope.unwrap_or(f64::NAN) - 3.0).abs() < 1e-9);
    /// # Ok::<(), coopad::SolveError>(())
    /// ```
    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let _ = p;
        self.payoffs(x, out);
    }

    /// [`Game::bounds`] if the arguments were `p`. The default is for bounds that do not depend on them.
    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let _ = p;
        self.bounds(decision, x)
    }

    /// What must not be negative where the profile makes sense: margins, sales, prices. The default is nothing.
    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        let _ = x;
        Vec::new()
    }

    /// [`StaticGame::conditions`] if the arguments were `p`. The default is for conditions that do not depend on them.
    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        let _ = p;
        self.conditions(x)
    }

    /// What limits several decisions at once: budgets, capacities. See [`Constraint`]. The default is nothing.
    ///
    /// ```
    /// use coopad::prelude::*;
    ///
    /// /// A retailer spends a budget of 1 on two media.
    /// struct Media;
    ///
    /// impl Game for Media {
    ///     type Player = &'static str;
    ///     fn players(&self) -> Vec<&'static str> { vec!["retailer"] }
    ///     fn decisions(&self) -> Vec<Decision<&'static str>> {
    ///         vec![Decision::new("radio", "retailer"), Decision::new("posters", "retailer")]
    ///     }
    /// }
    /// impl StaticGame for Media {
    ///     fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) { out[0] = x[0].sqrt() * 3.0 + x[1].sqrt() * 4.0; }
    ///     fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, &'static str>> {
    ///         vec![Constraint::new("budget", -(x[0] + x[1]) + 1.0)]
    ///     }
    /// }
    ///
    /// let best = Media.solve(&Structure::simultaneous())?;
    /// assert!((best[0] - 0.36).abs() < 1e-9 && (best[1] - 0.64).abs() < 1e-9);
    /// // One more unit of budget is worth 3/(2 √0.36).
    /// assert!((best.report().limits[0].worth - 2.5).abs() < 1e-8);
    /// # Ok::<(), coopad::SolveError>(())
    /// ```
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Self::Player>> {
        let _ = x;
        Vec::new()
    }

    /// [`StaticGame::constraints`] if the arguments were `p`. The default is for constraints that do not depend on them.
    fn constraints_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Constraint<T, Self::Player>> {
        let _ = p;
        self.constraints(x)
    }

    /// [`Decision::neutral`] of decision number `decision` if the arguments were `p`: for a wholesale price that is
    /// neutral at production cost, that cost. The default is for neutral values that do not depend on them.
    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        let _ = p;
        T::constant(self.decisions().get(decision).map_or(0.0, |decision| decision.neutral))
    }

    /// The game as data: its formulas recorded, its [arguments](Game::arguments) as their inputs. What every solver plays.
    ///
    /// # Errors
    ///
    /// A [`RecordError`] where a formula is too long, or a decision belongs to nobody in the game.
    fn record(&self) -> Result<Recorded, RecordError> {
        Recorded::of(self)
    }

    /// The equilibrium profile under `structure` if the arguments were `p`, where a straight formula for it is known: one
    /// without branches on values and without numerics inside. The default is none.
    fn closed_form_at<T: Scalar>(&self, p: &[T], structure: &Structure<Self::Player>) -> Option<Vec<T>> {
        let _ = (p, structure);
        None
    }

    /// The equilibrium profile under `structure` where a formula for it is known, by any means: one that looks for a root
    /// is a function and cannot be recorded.
    ///
    /// `None` where there is none: the engine then solves the game numerically. `Some(Err(_))` where the formula
    /// shows that no equilibrium exists. The default is [`StaticGame::closed_form_at`] at the game's own numbers.
    fn closed_form(
        &self,
        structure: &Structure<Self::Player>,
    ) -> Option<Result<Vec<f64>, crate::SolveError>> {
        let p: Vec<f64> = self.arguments().into_iter().map(|(_, value)| value).collect();
        self.closed_form_at(&p, structure).map(Ok)
    }
}
