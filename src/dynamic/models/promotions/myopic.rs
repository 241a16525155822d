//! The same channel with a retailer that looks at today alone.

use std::borrow::Cow;

use super::coefficients::Course;
use super::{AT_ONCE, LEADS, PARAMETERS, Parameters, Promotions, Rule};
use crate::claim::Claim;
use crate::dynamic::game::{DifferentialGame, State};
use crate::dynamic::linear_quadratic::{LinearQuadraticError, Quadratic};
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Model, Scheme, checked, required, singles};
use crate::player::Player;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The channel's two firms, and who decides for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Store {
    /// Builds the brand.
    Manufacturer,
    /// Earns what is sold, now and later; decides nothing.
    Retailer,
    /// Promotes for the retailer and is judged by today's profit alone: by what it misses of the best of the day.
    Manager,
}

impl Player for Store {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Store::Manufacturer => "manufacturer".into(),
            Store::Retailer => "retailer".into(),
            Store::Manager => "store_manager".into(),
        }
    }
}

/// [`Promotions`] with a myopic retailer: it promotes as if goodwill were worth nothing to it (the benchmark of Jørgensen,
/// Taboubi and Zaccour 2003).
///
/// A player's decisions and its worth are one thing in a game, so that the retailer is two here: the firm, which earns,
/// and a manager, which promotes and is paid for nothing but what it misses of the best that could be earned today,
///
/// ```math
/// -\frac{\bigl((1-D)vP-\pi_R(s_P+s_{PG}G)\bigr)^2}{2v}
/// ```
///
/// (`1 − D` times it). The manager misses nothing, is always worth 0, and therefore cares for no goodwill:
/// `P = π_R(s_P + s_PG G)/((1 − D)v)`. Everything else is as in [`Promotions`], with that in place of `n_R` where the
/// retailer's reply is meant.
///
/// ```
/// use coopad::dynamic::SolveOverTime;
/// use coopad::dynamic::models::{MyopicPromotions, Promotions, promotions::Store};
/// use coopad::models::{Channel, Model};
/// use coopad::prelude::*;
///
/// let channel = MyopicPromotions::example();
/// let myopic = channel.feedback(&Structure::simultaneous())?;
/// let today = myopic.policy(&[1.0])?;
/// // 0.8·(1 + 0.1)/2: what a promotion sells today.
/// assert!((today[MyopicPromotions::PROMOTION] - 0.44).abs() < 1e-12);
/// assert!(myopic.payoff(Store::Manager).abs() < 1e-9);
/// // Looking ahead the retailer would spare the brand.
/// let farsighted = Promotions::example();
/// let farsighted = farsighted.feedback(&Structure::simultaneous())?;
/// assert!(farsighted.policy(&[1.0])?[Promotions::PROMOTION] < 0.44);
/// assert!(farsighted.payoff(Channel::Retailer) > myopic.payoff(Store::Retailer));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MyopicPromotions(Parameters);

impl MyopicPromotions {
    /// The share `D` of promotion's cost that the manufacturer pays.
    pub const PARTICIPATION: usize = Promotions::PARTICIPATION;
    /// The manufacturer's effort of advertising `A`.
    pub const ADVERTISING: usize = Promotions::ADVERTISING;
    /// The manager's effort of promotion `P`.
    pub const PROMOTION: usize = Promotions::PROMOTION;

    /// The model at these parameters, as [`Promotions::new`].
    ///
    /// # Errors
    ///
    /// As [`Promotions::new`].
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(MyopicPromotions(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The values of manufacturer and retailer, quadratic in goodwill; the manager's is 0. As
    /// [`Promotions::value_functions`], without a formula for cooperation, which has no place for a manager.
    ///
    /// # Errors
    ///
    /// As [`Promotions::value_functions`].
    pub fn value_functions(
        &self,
        structure: &Structure<Store>,
    ) -> Option<Result<[Quadratic; 2], LinearQuadraticError>> {
        Some(self.course(structure)?.map(|course| course.values()))
    }

    /// Where goodwill rests, as [`Promotions::steady_state`].
    pub fn steady_state(&self, structure: &Structure<Store>) -> Option<f64> {
        self.course(structure)?.ok()?.steady_state()
    }

    fn rule(structure: &Structure<Store>) -> Option<Rule> {
        Rule::of(structure, Store::Manufacturer).filter(|rule| *rule != Rule::Together)
    }

    fn course(&self, structure: &Structure<Store>) -> Option<Result<Course, LinearQuadraticError>> {
        Course::new(&self.0, Self::rule(structure)?, true)
    }
}

impl Game for MyopicPromotions {
    type Player = Store;

    fn players(&self) -> Vec<Store> {
        vec![Store::Manufacturer, Store::Retailer, Store::Manager]
    }

    fn decisions(&self) -> Vec<Decision<Store>> {
        let [advertising, promotion] = self.0.typical();
        let effort = |name: &'static str, symbol: &'static str, owner: Store, typical: f64| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(typical)
        };
        vec![
            Decision::transfer("participation_rate", Store::Manufacturer, Store::Retailer)
                .symbol("D")
                .unit("share of spend"),
            effort("national_advertising", "A", Store::Manufacturer, advertising),
            effort("promotion", "P", Store::Manager, promotion),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for MyopicPromotions {
    fn states(&self) -> Vec<State> {
        vec![self.0.goodwill()]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = self.0.motion(state[0], x[Self::ADVERTISING], x[Self::PROMOTION]);
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let (rate, promotion) = (x[Self::PARTICIPATION], x[Self::PROMOTION]);
        [out[0], out[1]] = p.profits(state[0], [rate, x[Self::ADVERTISING], promotion]);
        let borne = promotion - rate * promotion;
        let missed = borne * p.promotion_cost - p.pull(state[0]) * p.retailer_margin;
        out[2] = -missed.square() * (0.5 / p.promotion_cost);
    }

    fn discount(&self, _: Store) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Store>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(rule) = Self::rule(structure) else { return false };
        x.copy_from_slice(&self.0.moment(rule, true, state[0], [costates[0], costates[1]]));
        true
    }
}

impl Model for MyopicPromotions {
    const NAME: &'static str = "promotions_myopic";
    const TITLE: &'static str = "brand advertising and promotions by a retailer that looks at today alone";
    const SOURCE: &'static str = Promotions::SOURCE;
    const PROVENANCE: &'static str = Promotions::PROVENANCE;

    fn parameters() -> &'static [crate::models::Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        singles(&self.0.list())
    }

    fn structures() -> Vec<Scheme<Store>> {
        vec![
            Scheme::new("simultaneous", AT_ONCE, Structure::simultaneous()).also(&["nash", "no_support"]),
            Scheme::new("manufacturer_leads", LEADS, Structure::leader(Store::Manufacturer)),
        ]
    }

    fn claims() -> &'static [Claim] {
        &[]
    }

    fn example() -> Self {
        MyopicPromotions(Promotions::example().0)
    }
}
