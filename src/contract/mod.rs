//! Contracts as a layer: any channel, any payment between its two firms.
//!
//! A contract is one number: the payment from the retailer to the manufacturer, as a function of what flows in the
//! channel. A [`BaseChannel`] has the physical decisions and says what flows ([`Ledger`]); a [`Contract`] says what is
//! paid for it; [`Contracted`] puts the two together into a game:
//!
//! ```math
//! \pi_m=P-C-A,\qquad \pi_r=R-H-a-P,\qquad \pi_m+\pi_r=R-C-H-a-A\ \text{ whatever } P .
//! ```
//!
//! `R` is what consumers pay, `C` and `H` the costs of production and handling, `a` and `A` local and national
//! advertising. Each [`Clause`] adds its part to the payment:
//!
//! | clause | adds to the payment |
//! |---|---|
//! | [`WholesalePrice`](Clause::WholesalePrice) `w` | `w Q` |
//! | [`QuantityDiscount`](Clause::QuantityDiscount) `s` | `−s Q²`: the price falls by `s` a unit bought |
//! | [`RevenueShare`](Clause::RevenueShare) `φ` | `φ R` |
//! | [`MarginShare`](Clause::MarginShare) `φ` | `C + φ (R − C − H)` |
//! | [`ProfitShare`](Clause::ProfitShare) `φ` | `C + A + φ (R − C − H − a − A)` |
//! | [`FixedFee`](Clause::FixedFee) `F` | `F` |
//! | [`NationalShare`](Clause::NationalShare) `s` | `s A` |
//! | [`Participation`](Clause::Participation) `t`, with the limits of a plan | `−ρ min(t a, αP₀ + uQ, K)` |
//!
//! In the last line `P₀ = wQ − sQ²` are the retailer's purchases, `α` the [`Accrual`](Clause::Accrual), `u` the
//! [`UnitAccrual`](Clause::UnitAccrual), `K` the [`Cap`](Clause::Cap) and `ρ` the [`ClaimRate`](Clause::ClaimRate): a
//! real co-op plan. Limits that a contract does not name do not limit.
//!
//! A term is a fixed number, or it is open: in a game it is then a transfer that one player decides, and
//! [`Coordination`] looks for its value.
//!
//! ```
//! use coopad::contract::{Contract, Contracted, FixedPrice};
//! use coopad::models::Channel;
//! use coopad::prelude::*;
//! use coopad::response::SquareRoot;
//!
//! let channel = FixedPrice {
//!     price: 10.0, production_cost: 2.0, handling_cost: 0.0, base_sales: 5.0,
//!     local: SquareRoot { effect: 2.0 }, national: SquareRoot { effect: 1.0 },
//! };
//! // The retailer earns 10 − 7 = 3 a unit and the manufacturer 7 − 2 = 5; it chooses its share of local advertising.
//! let contract = Contract::new().wholesale_price(7.0).participation(0.0..=1.0);
//! let game = Contracted::new(channel, contract)?;
//! let led = game.solve(&Structure::leader(Channel::Manufacturer))?;
//! let rate = led.decision("participation_rate").unwrap_or(f64::NAN);
//! assert!((rate - 7.0 / 13.0).abs() < 1e-9); // (2·5 − 3)/(2·5 + 3)
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base;
mod coordinate;
mod plan;
mod search;

use std::ops::RangeInclusive;

pub use base::{FixedPrice, LinearPriced};
pub use coordinate::{Agreed, Coordination, CoordinationError};
pub use plan::{Limit, LimitedSupport, Settled};

use crate::error::{ParameterError, SolveError};
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::models::{Channel, Range};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// What flows in a channel before anybody pays anybody. All in money but the quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ledger<T> {
    /// What consumers pay the retailer.
    pub revenue: T,
    /// Units sold, which the retailer buys from the manufacturer.
    pub quantity: T,
    /// What producing them costs the manufacturer.
    pub production: T,
    /// What handling (selling, stocking) them costs the retailer.
    pub handling: T,
    /// Local advertising, spent by the retailer.
    pub local: T,
    /// National advertising, spent by the manufacturer.
    pub national: T,
}

impl<T: Scalar> Ledger<T> {
    /// What the channel earns: revenue less all costs.
    pub fn profit(self) -> T {
        self.revenue - self.production - self.handling - self.local - self.national
    }

    /// The payoffs of manufacturer and retailer when the retailer pays the manufacturer `payment`.
    pub fn after(self, payment: T) -> [T; 2] {
        [payment - self.production - self.national, self.revenue - self.handling - self.local - payment]
    }
}

/// A channel without its contract: the physical decisions and what flows.
///
/// ```
/// use coopad::contract::{BaseChannel, Ledger};
/// use coopad::models::Channel;
/// use coopad::prelude::*;
///
/// /// A price and nothing else: demand 10 − p, produced at 2.
/// #[derive(Clone)]
/// struct Plain;
/// impl BaseChannel for Plain {
///     fn decisions(&self) -> Vec<Decision<Channel>> { vec![Decision::new("retail_price", Channel::Retailer)] }
///     fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
///         Interval::new(T::constant(0.0), T::constant(10.0))
///     }
///     fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T> {
///         let (zero, quantity) = (T::constant(0.0), -(x[0] - 10.0));
///         Ledger {
///             revenue: x[0] * quantity, quantity, production: quantity * 2.0, handling: zero, local: zero, national: zero,
///         }
///     }
/// }
/// assert_eq!(Plain.ledger(&[6.0]).profit(), 16.0);
/// ```
pub trait BaseChannel: Clone {
    /// The physical decisions, in the order of a profile's entries.
    fn decisions(&self) -> Vec<Decision<Channel>>;

    /// The values that a decision may take, as [`Game::bounds`]. The default is `[0, ∞)`.
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        let _ = (decision, x);
        Interval::at_least(T::constant(0.0))
    }

    /// What must not be negative where the profile makes sense, as [`StaticGame::conditions`]. The default is nothing.
    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        let _ = x;
        Vec::new()
    }

    /// What flows at these decisions.
    fn ledger<T: Scalar>(&self, x: &[T]) -> Ledger<T>;
}

/// What a term of a contract is about. The formulas stand in the [module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// `w`, money a unit bought.
    WholesalePrice,
    /// `s ≥ 0`, by how much the price of all units falls with each unit bought.
    QuantityDiscount,
    /// `t`, the manufacturer's share of local advertising; the reimbursement rate of a plan.
    Participation,
    /// `s_A`, the retailer's share of national advertising.
    NationalShare,
    /// `φ`, the manufacturer's share of what consumers pay.
    RevenueShare,
    /// `φ`, the manufacturer's share of what is left of revenue after both unit costs; production is paid for.
    MarginShare,
    /// `φ`, the manufacturer's share of the channel's profit; production and national advertising are paid for.
    ProfitShare,
    /// `F`, money; negative when the manufacturer pays.
    FixedFee,
    /// `α`, the share of purchases that accrues to a plan's fund.
    Accrual,
    /// `u ≥ 0`, money a unit bought that accrues to a plan's fund.
    UnitAccrual,
    /// `K ≥ 0`, the most that a plan pays.
    Cap,
    /// `ρ`, the share of what a retailer may claim that it does claim.
    ClaimRate,
}

impl Clause {
    /// The words for it: `wholesale_price`.
    pub fn name(self) -> &'static str {
        self.card().0
    }

    /// Name, symbol, unit, and the value at which it has no effect.
    fn card(self) -> (&'static str, &'static str, &'static str, f64) {
        match self {
            Clause::WholesalePrice => ("wholesale_price", "w", "money per unit", 0.0),
            Clause::QuantityDiscount => ("quantity_discount", "s", "money per unit squared", 0.0),
            Clause::Participation => ("participation_rate", "t", "share of spend", 0.0),
            Clause::NationalShare => ("national_share", "s_A", "share of spend", 0.0),
            Clause::RevenueShare => ("revenue_share", "phi", "share of revenue", 0.0),
            Clause::MarginShare => ("margin_share", "phi", "share of margin", 0.0),
            Clause::ProfitShare => ("profit_share", "phi", "share of profit", 0.0),
            Clause::FixedFee => ("fixed_fee", "F", "money", 0.0),
            Clause::Accrual => ("accrual", "alpha", "share of purchases", 0.0),
            Clause::UnitAccrual => ("unit_accrual", "u", "money per unit", 0.0),
            Clause::Cap => ("cap", "K", "money", 0.0),
            Clause::ClaimRate => ("claim_rate", "rho", "share of claims", 0.0),
        }
    }

    fn allows(self, value: f64) -> bool {
        match self {
            Clause::WholesalePrice | Clause::FixedFee => Range::FINITE.contains(value),
            Clause::QuantityDiscount | Clause::UnitAccrual | Clause::Cap => {
                Range::NON_NEGATIVE.contains(value)
            }
            _ => (0.0..=1.0).contains(&value),
        }
    }

    fn allowed(self) -> &'static str {
        match self {
            Clause::WholesalePrice | Clause::FixedFee => Range::FINITE.words,
            Clause::QuantityDiscount | Clause::UnitAccrual | Clause::Cap => Range::NON_NEGATIVE.words,
            _ => "between 0 and 1",
        }
    }
}

/// The value of a term: a number, or open within an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// This number.
    Fixed(f64),
    /// Open: in a game one player decides it, and [`Coordination`] looks for it.
    Open {
        /// The smallest value.
        lower: f64,
        /// The largest value.
        upper: f64,
        /// Who decides it in a game.
        by: Channel,
    },
}

impl Value {
    /// Open within a range, decided by one of the firms.
    pub fn decided_by(by: Channel, within: RangeInclusive<f64>) -> Self {
        Value::Open { lower: *within.start(), upper: *within.end(), by }
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Fixed(value)
    }
}

/// Open within the range, decided by the manufacturer in a game.
impl From<RangeInclusive<f64>> for Value {
    fn from(within: RangeInclusive<f64>) -> Self {
        Value::decided_by(Channel::Manufacturer, within)
    }
}

/// One term of a contract.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// What it is about.
    pub clause: Clause,
    /// Its value.
    pub value: Value,
}

/// The terms between a manufacturer and a retailer: at most one a clause.
///
/// ```
/// use coopad::contract::Contract;
///
/// // Half of local advertising, at most three per cent of purchases and 10 000; a fifth is never claimed.
/// let plan = Contract::new()
///     .wholesale_price(12.0)
///     .participation(0.5)
///     .accrual(0.03)
///     .cap(10_000.0)
///     .claim_rate(0.8);
/// assert_eq!(plan.terms().len(), 5);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contract {
    terms: Vec<Term>,
}

impl Contract {
    /// No payment at all.
    pub fn new() -> Self {
        Contract::default()
    }

    /// With this term, in place of one about the same clause.
    #[must_use]
    pub fn with(mut self, clause: Clause, value: impl Into<Value>) -> Self {
        let term = Term { clause, value: value.into() };
        match self.terms.iter_mut().find(|term| term.clause == clause) {
            Some(held) => *held = term,
            None => self.terms.push(term),
        }
        self
    }

    /// `w` a unit bought.
    #[must_use]
    pub fn wholesale_price(self, value: impl Into<Value>) -> Self {
        self.with(Clause::WholesalePrice, value)
    }

    /// The price of all units falls by `s` with each unit bought.
    #[must_use]
    pub fn quantity_discount(self, value: impl Into<Value>) -> Self {
        self.with(Clause::QuantityDiscount, value)
    }

    /// The manufacturer pays the share `t` of local advertising.
    #[must_use]
    pub fn participation(self, value: impl Into<Value>) -> Self {
        self.with(Clause::Participation, value)
    }

    /// The retailer pays the share `s` of national advertising.
    #[must_use]
    pub fn national_share(self, value: impl Into<Value>) -> Self {
        self.with(Clause::NationalShare, value)
    }

    /// The manufacturer receives the share `φ` of revenue.
    #[must_use]
    pub fn revenue_share(self, value: impl Into<Value>) -> Self {
        self.with(Clause::RevenueShare, value)
    }

    /// The retailer pays for production, and the share `φ` of what both unit costs leave of revenue.
    #[must_use]
    pub fn margin_share(self, value: impl Into<Value>) -> Self {
        self.with(Clause::MarginShare, value)
    }

    /// The retailer pays for production and national advertising, and the share `φ` of the channel's profit.
    #[must_use]
    pub fn profit_share(self, value: impl Into<Value>) -> Self {
        self.with(Clause::ProfitShare, value)
    }

    /// A sum that depends on nothing.
    #[must_use]
    pub fn fixed_fee(self, value: impl Into<Value>) -> Self {
        self.with(Clause::FixedFee, value)
    }

    /// Reimbursement is limited to a fund: the share `α` of purchases accrues to it.
    #[must_use]
    pub fn accrual(self, value: impl Into<Value>) -> Self {
        self.with(Clause::Accrual, value)
    }

    /// Reimbursement is limited to a fund: `u` a unit bought accrues to it.
    #[must_use]
    pub fn unit_accrual(self, value: impl Into<Value>) -> Self {
        self.with(Clause::UnitAccrual, value)
    }

    /// Reimbursement is limited to `K`.
    #[must_use]
    pub fn cap(self, value: impl Into<Value>) -> Self {
        self.with(Clause::Cap, value)
    }

    /// Of what could be claimed, the share `ρ` is.
    #[must_use]
    pub fn claim_rate(self, value: impl Into<Value>) -> Self {
        self.with(Clause::ClaimRate, value)
    }

    /// The terms, in the order in which they were given.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The open terms with their ranges, in order.
    pub fn open(&self) -> Vec<(Clause, Interval<f64>)> {
        self.ranges().collect()
    }

    fn ranges(&self) -> impl Iterator<Item = (Clause, Interval<f64>)> {
        self.terms.iter().filter_map(|term| match term.value {
            Value::Fixed(_) => None,
            Value::Open { lower, upper, .. } => Some((term.clause, Interval { lower, upper })),
        })
    }

    /// The contract with its open terms fixed at these values, in order.
    #[must_use]
    pub fn at(&self, values: &[f64]) -> Self {
        let open = self.open();
        open.iter()
            .zip(values)
            .fold(self.clone(), |contract, ((clause, _), &value)| contract.with(*clause, value))
    }

    /// What the retailer pays the manufacturer when `ledger` flows; `open` holds the values of the open terms, in order.
    pub fn payment<T: Scalar>(&self, ledger: &Ledger<T>, open: &[T]) -> T {
        self.charges(ledger, open) - self.reimbursement(ledger, open, None)
    }

    /// The value of a term, if the contract has it.
    fn value<T: Scalar>(&self, clause: Clause, open: &[T]) -> Option<T> {
        let mut next = 0;
        for term in &self.terms {
            match term.value {
                Value::Fixed(value) if term.clause == clause => return Some(T::constant(value)),
                Value::Fixed(_) => {}
                Value::Open { .. } if term.clause == clause => return open.get(next).copied(),
                Value::Open { .. } => next += 1,
            }
        }
        None
    }

    fn purchases<T: Scalar>(&self, l: &Ledger<T>, open: &[T]) -> T {
        let price = self.value(Clause::WholesalePrice, open).unwrap_or(T::constant(0.0));
        let price = match self.value(Clause::QuantityDiscount, open) {
            Some(discount) => price - discount * l.quantity,
            None => price,
        };
        price * l.quantity
    }

    /// The payment without the reimbursement.
    fn charges<T: Scalar>(&self, l: &Ledger<T>, open: &[T]) -> T {
        let mut sum = self.purchases(l, open);
        for Term { clause, .. } in &self.terms {
            let Some(value) = self.value(*clause, open) else { continue };
            sum = sum
                + match clause {
                    Clause::RevenueShare => value * l.revenue,
                    Clause::MarginShare => l.production + value * (l.revenue - l.production - l.handling),
                    Clause::ProfitShare => l.production + l.national + value * l.profit(),
                    Clause::FixedFee => value,
                    Clause::NationalShare => value * l.national,
                    _ => continue,
                };
        }
        sum
    }

    /// What the plan would pay if each limit were the only one: the rate, the fund, the cap.
    fn limits<T: Scalar>(&self, l: &Ledger<T>, open: &[T]) -> [Option<T>; 3] {
        let Some(rate) = self.value(Clause::Participation, open) else { return [None; 3] };
        let by_value = self.value(Clause::Accrual, open).map(|share| share * self.purchases(l, open));
        let by_unit = self.value(Clause::UnitAccrual, open).map(|sum| sum * l.quantity);
        let fund = match (by_value, by_unit) {
            (Some(value), Some(unit)) => Some(value + unit),
            (value, unit) => value.or(unit),
        };
        [Some(rate * l.local), fund, self.value(Clause::Cap, open)]
    }

    /// What the manufacturer reimburses: the least of the limits, or their mixture with `weights`.
    fn reimbursement<T: Scalar>(&self, l: &Ledger<T>, open: &[T], weights: Option<[f64; 3]>) -> T {
        let limits = self.limits(l, open);
        let least = match weights {
            None => limits.into_iter().flatten().reduce(|least, limit| least.min(limit)),
            Some(weights) => {
                let counted = limits.into_iter().zip(weights).filter(|(_, weight)| *weight != 0.0);
                counted.filter_map(|(limit, weight)| Some(limit? * weight)).reduce(|sum, part| sum + part)
            }
        };
        let least = least.unwrap_or(T::constant(0.0));
        match self.value(Clause::ClaimRate, open) {
            Some(claimed) => claimed * least,
            None => least,
        }
    }

    /// Whether every value is allowed and the terms fit together.
    fn check(&self) -> Result<(), ParameterError> {
        for Term { clause, value } in &self.terms {
            let (lower, upper) = match *value {
                Value::Fixed(value) => (value, value),
                Value::Open { lower, upper, .. } => (lower, upper),
            };
            if let Some(value) = [lower, upper].into_iter().find(|value| !clause.allows(*value)) {
                let (parameter, allowed) = (clause.name().to_owned(), clause.allowed().to_owned());
                return Err(ParameterError::OutOfRange { parameter, value, allowed });
            }
            let without = |value: f64, condition: &str| {
                let (parameter, condition) = (clause.name().to_owned(), condition.to_owned());
                Err(ParameterError::Inconsistent { parameter, value, condition })
            };
            if !(upper - lower).is_finite() {
                return without(upper, "the range must be finite");
            }
            if lower > upper {
                return without(lower, &format!("it must not exceed the upper end, {upper}"));
            }
            let has = |clause: Clause| self.terms.iter().any(|term| term.clause == clause);
            match clause {
                Clause::Accrual | Clause::QuantityDiscount if !has(Clause::WholesalePrice) => {
                    return without(lower, "it needs a wholesale price");
                }
                Clause::Accrual | Clause::UnitAccrual | Clause::Cap | Clause::ClaimRate
                    if !has(Clause::Participation) =>
                {
                    return without(lower, "it limits a participation rate, and there is none");
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A channel under a contract: a game between [`Channel::Manufacturer`] and [`Channel::Retailer`].
///
/// Its decisions are those of the channel, then the contract's open terms as transfers. Payoffs sum to the ledger's
/// [profit](Ledger::profit), whatever the contract.
///
/// Where a plan's limits make kinks, [`Solve::solve`](crate::Solve::solve) finds the equilibrium by pieces: see
/// [`Contracted::settle`].
#[derive(Clone, Debug)]
pub struct Contracted<C> {
    base: C,
    contract: Contract,
    /// How many decisions are the channel's.
    physical: usize,
    /// Weights of a plan's limits, where they are mixed instead of compared.
    weights: Option<[f64; 3]>,
}

impl<C: BaseChannel> Contracted<C> {
    /// The channel under the contract.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] for a term that is not allowed, or that needs another one.
    pub fn new(base: C, contract: Contract) -> Result<Self, ParameterError> {
        contract.check()?;
        let physical = base.decisions().len();
        Ok(Contracted { base, contract, physical, weights: None })
    }

    /// The channel.
    pub fn base(&self) -> &C {
        &self.base
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What flows at these decisions.
    pub fn ledger(&self, x: &[f64]) -> Ledger<f64> {
        self.base.ledger(&x[..self.physical.min(x.len())])
    }
}

impl<C: BaseChannel> Game for Contracted<C> {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let term = |term: &Term| {
            let Value::Open { lower, upper, by } = term.value else { return None };
            let other = match by {
                Channel::Manufacturer => Channel::Retailer,
                Channel::Retailer => Channel::Manufacturer,
            };
            let (name, symbol, unit, neutral) = term.clause.card();
            let decision = Decision::transfer(name, by, other).symbol(symbol).unit(unit);
            Some(decision.neutral(neutral.clamp(lower, upper)))
        };
        let mut decisions = self.base.decisions();
        decisions.extend(self.contract.terms.iter().filter_map(term));
        decisions
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision.checked_sub(self.physical) {
            None => self.base.bounds(decision, &x[..self.physical]),
            Some(at) => {
                let within =
                    self.contract.ranges().nth(at).map_or(Interval::new(0.0, 0.0), |(_, within)| within);
                Interval::new(T::constant(within.lower), T::constant(within.upper))
            }
        }
    }
}

impl<C: BaseChannel> StaticGame for Contracted<C> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let (physical, open) = x.split_at(self.physical);
        let ledger = self.base.ledger(physical);
        let reimbursed = self.contract.reimbursement(&ledger, open, self.weights);
        out.copy_from_slice(&ledger.after(self.contract.charges(&ledger, open) - reimbursed));
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.base.conditions(&x[..self.physical.min(x.len())])
    }

    /// Where a plan's limits make kinks: the equilibrium by pieces.
    fn closed_form(&self, structure: &Structure<Channel>) -> Option<Result<Vec<f64>, SolveError>> {
        self.by_pieces(structure).map(|settled| settled.map(|settled| settled.solution.profile().to_vec()))
    }
}
