//! A manufacturer that builds a brand and a retailer that promotes it (Jørgensen, Taboubi and Zaccour 2001, 2003).
//!
//! The manufacturer advertises (`A`), which builds the brand's goodwill `G`. The retailer promotes (`P`), which sells at
//! once and may help the brand (`μ > 0`) or harm it (`μ < 0`). The manufacturer may pay the share `D` of what promotion
//! costs:
//!
//! ```math
//! \dot G=\lambda A+\mu P-\delta G,\qquad
//! S=s_0+s_PP+s_GG+s_{PG}PG-\tfrac12s_{GG}G^2,
//! ```
//!
//! ```math
//! \text{profit}_M=\pi_MS-\tfrac u2A^2-D\tfrac v2P^2,\qquad\text{profit}_R=\pi_RS-(1-D)\tfrac v2P^2 .
//! ```
//!
//! Values are quadratic, `Vᵢ = aᵢG²/2 + bᵢG + cᵢ`, as long as nobody stands at a corner. With
//! `nᵢ = πᵢ(s_P + s_PG G) + μVᵢ'`, what a unit of promotion is worth to each, `A = λV_M'/u` and
//!
//! ```math
//! P=\frac{n_R}{(1-D)v}\ \text{at a given rate},\qquad
//! P=\frac{2n_M+n_R}{2v},\quad D=\frac{2n_M-n_R}{2n_M+n_R}\ \text{if the manufacturer leads.}
//! ```
//!
//! The rate depends on goodwill unless `μ = 0`. Coefficients follow by matching powers of `G`; of several solutions the
//! one is taken that continues the game without `s_PG` and `s_GG`, whose values are linear, and whose goodwill grows more
//! slowly than half the discount rate: see [`Promotions::value_functions`]. A retailer that looks at today alone is
//! [`MyopicPromotions`]; [`Promotions::incentives`] has threats under which both firms do what is jointly best.
//!
//! # Source
//!
//! Jørgensen, Taboubi and Zaccour, "Cooperative advertising in a marketing channel", Journal of Optimization Theory and
//! Applications 110 (2001), and "Retail promotions with negative brand image effects: is cooperation possible?", European
//! Journal of Operational Research 150 (2003); Jørgensen and Zaccour, "Channel coordination over time: incentive equilibria
//! and credibility", Journal of Economic Dynamics and Control 27 (2003). Only the abstracts could be read. **This sales
//! function is ours**, a family that covers the plausible ones; all solutions were derived for this library. The second
//! paper's condition for support, that goodwill be small at first or the harm be small, is not supported by this family:
//! where both firms prefer support can be everywhere, nowhere, or at low or high goodwill, depending on the numbers. It is
//! not among the [claims](Model::claims).
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::Promotions;
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = Promotions::example();
//! let led = Structure::leader(Channel::Manufacturer);
//! let supported = channel.feedback(&led)?;
//! let [manufacturer, _] = channel.value_functions(&led).ok_or("a corner")??;
//! assert!((supported.payoff(Channel::Manufacturer) - manufacturer.at(&[1.0])?).abs() < 1e-8);
//! // Promotions harm the brand; to support them pays all the same.
//! let apart = channel.feedback(&Structure::simultaneous())?;
//! assert!(supported.payoff(Channel::Manufacturer) > apart.payoff(Channel::Manufacturer));
//! assert!(channel.steady_state(&led) < channel.steady_state(&Structure::simultaneous()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod coefficients;
mod incentives;
mod myopic;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::{LinearQuadraticError, Quadratic};
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required, singles};
use crate::player::Player;
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

use coefficients::Course;
pub use incentives::Incentives;
pub use myopic::{MyopicPromotions, Store};

/// The numbers of the model; see [`Promotions::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// `λ`, goodwill per unit of advertising effort.
    pub advertising_effect: f64,
    /// `μ`, goodwill per unit of promotion effort; negative where promotions harm the brand.
    pub promotion_effect: f64,
    /// `u`, the cost of advertising: `u A²/2` a unit of time.
    pub advertising_cost: f64,
    /// `v`, the cost of promotion: `v P²/2` a unit of time.
    pub promotion_cost: f64,
    /// `π_M`, money per unit.
    pub manufacturer_margin: f64,
    /// `π_R`, money per unit.
    pub retailer_margin: f64,
    /// `s₀`, sales without goodwill and promotion.
    pub base_sales: f64,
    /// `s_P`, sales per unit of promotion effort, whatever goodwill is.
    pub promotion_sales: f64,
    /// `s_G`, sales per unit of goodwill.
    pub goodwill_sales: f64,
    /// `s_PG`, sales per unit of promotion effort and of goodwill.
    pub interaction: f64,
    /// `s_GG`, how fast goodwill's effect on sales fades: sales fall by `s_GG G²/2`.
    pub saturation: f64,
    /// `G(0)`, goodwill at the start.
    pub initial_goodwill: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            discount_rate: v[0],
            decay: v[1],
            advertising_effect: v[2],
            promotion_effect: v[3],
            advertising_cost: v[4],
            promotion_cost: v[5],
            manufacturer_margin: v[6],
            retailer_margin: v[7],
            base_sales: v[8],
            promotion_sales: v[9],
            goodwill_sales: v[10],
            interaction: v[11],
            saturation: v[12],
            initial_goodwill: v[13],
        }
    }

    fn list(&self) -> [f64; 14] {
        [
            self.discount_rate,
            self.decay,
            self.advertising_effect,
            self.promotion_effect,
            self.advertising_cost,
            self.promotion_cost,
            self.manufacturer_margin,
            self.retailer_margin,
            self.base_sales,
            self.promotion_sales,
            self.goodwill_sales,
            self.interaction,
            self.saturation,
            self.initial_goodwill,
        ]
    }

    fn margins(&self) -> [f64; 2] {
        [self.manufacturer_margin, self.retailer_margin]
    }

    /// What a unit of goodwill is worth to a margin where values are linear.
    fn linear_worth(&self, margin: f64) -> f64 {
        margin * self.goodwill_sales / (self.discount_rate + self.decay)
    }

    /// Goodwill well above any that is kept up, but not where more of it would sell less.
    fn reach(&self) -> f64 {
        let joint = self.manufacturer_margin + self.retailer_margin;
        let advertising = self.advertising_effect * self.linear_worth(joint) / self.advertising_cost;
        let promotion = joint * self.promotion_sales / self.promotion_cost;
        let built = self.advertising_effect * advertising + self.promotion_effect.max(0.0) * promotion;
        let kept = (built / self.decay).max(self.initial_goodwill);
        let wide = if kept > 0.0 { 3.0 * kept } else { 1.0 };
        let peak = if self.saturation > 0.0 && self.goodwill_sales > 0.0 {
            self.goodwill_sales / self.saturation
        } else {
            f64::INFINITY
        };
        wide.min(peak).max(self.initial_goodwill)
    }

    fn goodwill(&self) -> State {
        let goodwill = State::new("goodwill", 0.0, self.reach()).symbol("G").unit("goodwill");
        goodwill.starting_at(self.initial_goodwill)
    }

    /// Usual efforts: of advertising and of promotion.
    fn typical(&self) -> [f64; 2] {
        let goodwill = 0.5 * self.reach();
        let pull = self.promotion_sales + self.interaction * goodwill;
        let promotion = self.retailer_margin * pull / self.promotion_cost;
        let sold = self.goodwill_sales + self.interaction * promotion;
        let worth = self.manufacturer_margin * sold / (self.discount_rate + self.decay);
        [0.5 * self.advertising_effect * worth / self.advertising_cost, promotion]
    }

    /// What a unit of promotion sells.
    #[inline]
    fn pull<T: Scalar>(&self, goodwill: T) -> T {
        goodwill * self.interaction + self.promotion_sales
    }

    /// What both firms earn a unit of time.
    #[inline]
    fn profits<T: Scalar>(&self, goodwill: T, [rate, advertising, promotion]: [T; 3]) -> [T; 2] {
        let sales = goodwill * self.goodwill_sales - goodwill.square() * (0.5 * self.saturation)
            + promotion * self.pull(goodwill)
            + self.base_sales;
        let spent = promotion.square() * (0.5 * self.promotion_cost);
        let paid = rate * spent;
        let advertised = advertising.square() * (0.5 * self.advertising_cost);
        [sales * self.manufacturer_margin - advertised - paid, sales * self.retailer_margin - spent + paid]
    }

    /// How fast goodwill moves.
    #[inline]
    fn motion<T: Scalar>(&self, goodwill: T, advertising: T, promotion: T) -> T {
        advertising * self.advertising_effect + promotion * self.promotion_effect - goodwill * self.decay
    }

    /// What everybody decides at a goodwill that is worth so much to each: rate, advertising, promotion.
    #[inline]
    fn moment<T: Scalar>(&self, rule: Rule, myopic: bool, goodwill: T, worth: [T; 2]) -> [T; 3] {
        // Promotion is supported spending: what it is worth to each, in units of the root of its cost.
        let scale = (0.5 * self.promotion_cost).sqrt();
        let pull = self.pull(goodwill);
        let [margin_m, margin_r] = self.margins();
        let later = if myopic { T::constant(0.0) } else { worth[1] * self.promotion_effect };
        let spend = SupportedSpend {
            own: (pull * margin_r + later) / scale,
            other: (pull * margin_m + worth[0] * self.promotion_effect) / scale,
        };
        let (rate, root) = match rule {
            Rule::Given(rate) => (T::constant(rate), spend.root_alone() / (1.0 - rate)),
            Rule::Led => (spend.rate(), spend.root()),
            Rule::Together => (T::constant(0.0), spend.root_together()),
        };
        let worth = if rule == Rule::Together { worth[0] + worth[1] } else { worth[0] };
        let advertising = worth * (self.advertising_effect / self.advertising_cost);
        [rate, advertising.positive_part(), root / scale]
    }
}

/// Who sets the participation rate, as far as there are formulas.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// It is given.
    Given(f64),
    /// The manufacturer, before the retailer promotes.
    Led,
    /// Nobody: both firms decide together.
    Together,
}

impl Rule {
    /// The rule of a structure; `None` where there is no formula.
    fn of<P: Player>(structure: &Structure<P>, manufacturer: P) -> Option<Self> {
        let held = structure.held(Promotions::PARTICIPATION);
        let but_rate = |rules: Structure<P>| structure.same_rules_but(Promotions::PARTICIPATION, &rules);
        if structure.same_rules(&Structure::cooperative()) {
            Some(Rule::Together)
        } else if but_rate(Structure::simultaneous()) {
            // At once nobody pays for what is promoted anyway.
            Some(Rule::Given(held.unwrap_or(0.0))).filter(|_| held.is_none_or(|rate| rate < 1.0))
        } else if but_rate(Structure::leader(manufacturer)) {
            match held {
                None => Some(Rule::Led),
                Some(rate) => (rate < 1.0).then_some(Rule::Given(rate)),
            }
        } else {
            None
        }
    }
}

/// A channel in which the retailer's promotions move the brand's goodwill. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Promotions(Parameters);

impl Promotions {
    /// The share `D` of promotion's cost that the manufacturer pays.
    pub const PARTICIPATION: usize = 0;
    /// The manufacturer's effort of advertising `A`.
    pub const ADVERTISING: usize = 1;
    /// The retailer's effort of promotion `P`.
    pub const PROMOTION: usize = 2;

    /// The model at these parameters: rates, costs and margins positive, effects on sales, advertising's effect on goodwill,
    /// saturation and goodwill zero or positive; promotion's effect on goodwill and base sales any number.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(Promotions(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The values of manufacturer and retailer, quadratic in goodwill. `None` under rules other than simultaneous play, the
    /// manufacturer's leadership, either with a given rate, and cooperation; and where somebody would stand at a corner
    /// (no advertising, no promotion, a rate that is 0 at some goodwill only) in the state's range, since then values are
    /// not quadratic and [`feedback`](crate::dynamic::SolveOverTime::feedback) has to find them.
    ///
    /// With the rules of the [module](self), `q = λ²/u`, and `T_M`, `T_R` what promotion earns each firm now and later,
    ///
    /// ```math
    /// \begin{aligned}
    /// rV_M&=\pi_M\bigl(s_0+s_GG-\tfrac12s_{GG}G^2\bigr)+\tfrac q2V_M'^2-\delta GV_M'+T_M,\\
    /// rV_R&=\pi_R\bigl(s_0+s_GG-\tfrac12s_{GG}G^2\bigr)+qV_M'V_R'-\delta GV_R'+T_R,
    /// \end{aligned}
    /// ```
    ///
    /// ```math
    /// T_M=\frac{(2n_M+n_R)^2}{8v},\ T_R=\frac{n_R(2n_M+n_R)}{4v}\ \text{with support},\qquad
    /// T_M=\frac{n_Mn_R}v,\ T_R=\frac{n_R^2}{2v}\ \text{without.}
    /// ```
    ///
    /// The two equations of `G²` in `a_M` and `a_R` are followed from `s_PG = s_GG = 0`, where both are 0, to their full
    /// weight; the rest is linear. Where `μ = 0` they have an explicit solution: with `T_{M2}G²`, `T_{R2}G²` the quadratic
    /// terms of `T`,
    ///
    /// ```math
    /// a_M=\frac{2\kappa}{r+2\delta+\sqrt{(r+2\delta)^2-4q\kappa}},\quad\kappa=2T_{M2}-\pi_Ms_{GG},\qquad
    /// a_R=\frac{2T_{R2}-\pi_Rs_{GG}}{r+2\delta-2qa_M},
    /// ```
    ///
    /// which exists as long as `4qκ ≤ (r + 2δ)²`: beyond, goodwill would feed on itself.
    ///
    /// # Errors
    ///
    /// [`NoStabilisingSolution`](LinearQuadraticError::NoStabilisingSolution) where the path ends before `s_PG` and `s_GG`
    /// have their full weight: no solution, or none under which goodwill grows more slowly than half the discount rate;
    /// [`NotFinite`](LinearQuadraticError::NotFinite) for values too large to be written.
    pub fn value_functions(
        &self,
        structure: &Structure<Channel>,
    ) -> Option<Result<[Quadratic; 2], LinearQuadraticError>> {
        let course = self.course(structure)?;
        Some(course.map(|course| course.values()))
    }

    /// Where goodwill rests; `None` as for [`Promotions::value_functions`], where there are no values, and where goodwill
    /// grows for ever, more slowly than discounting. Where promotions harm the brand it can be negative.
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<f64> {
        self.course(structure)?.ok()?.steady_state()
    }

    fn course(&self, structure: &Structure<Channel>) -> Option<Result<Course, LinearQuadraticError>> {
        Course::new(&self.0, Rule::of(structure, Channel::Manufacturer)?, false)
    }
}

impl Game for Promotions {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let [advertising, promotion] = self.0.typical();
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, typical: f64| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(typical)
        };
        vec![
            Channel::participation_rate().symbol("D"),
            effort("national_advertising", "A", Channel::Manufacturer, advertising),
            effort("promotion", "P", Channel::Retailer, promotion),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for Promotions {
    fn states(&self) -> Vec<State> {
        vec![self.0.goodwill()]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        out[0] = self.0.motion(state[0], x[Self::ADVERTISING], x[Self::PROMOTION]);
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let decided = [x[Self::PARTICIPATION], x[Self::ADVERTISING], x[Self::PROMOTION]];
        out.copy_from_slice(&self.0.profits(state[0], decided));
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(rule) = Rule::of(structure, Channel::Manufacturer) else { return false };
        x.copy_from_slice(&self.0.moment(rule, false, state[0], [costates[0], costates[1]]));
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::POSITIVE),
    Parameter::new("advertising_effect", "lam", "goodwill per effort", Range::NON_NEGATIVE),
    Parameter::new("promotion_effect", "mu", "goodwill per effort", Range::FINITE),
    Parameter::new("advertising_cost", "u", "money per effort squared", Range::POSITIVE),
    Parameter::new("promotion_cost", "v", "money per effort squared", Range::POSITIVE),
    Parameter::new("manufacturer_margin", "piM", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "piR", "money per unit", Range::POSITIVE),
    Parameter::new("base_sales", "s0", "units per time", Range::FINITE).or(0.0),
    Parameter::new("promotion_sales", "sP", "units per effort", Range::NON_NEGATIVE),
    Parameter::new("goodwill_sales", "sG", "units per goodwill", Range::NON_NEGATIVE),
    Parameter::new("interaction", "sPG", "units per effort and goodwill", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("saturation", "sGG", "units per goodwill squared", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).or(1.0),
];

/// What two rules mean.
const AT_ONCE: &str = "both decide for themselves at every moment; nobody supports the other";
const LEADS: &str =
    "at every moment the manufacturer announces its rate and advertising, the retailer then promotes";

impl Model for Promotions {
    const NAME: &'static str = "promotions";
    const TITLE: &'static str = "brand advertising and promotions that help or harm the brand, over time";
    const SOURCE: &'static str =
        "after Jorgensen, Taboubi and Zaccour 2001, 2003; Jorgensen and Zaccour 2003";
    const PROVENANCE: &'static str = "abstracts read; the sales function is ours, a family that covers the plausible ones; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        singles(&self.0.list())
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new("simultaneous", AT_ONCE, Structure::simultaneous()).also(&["nash", "no_support"]),
            Scheme::new("manufacturer_leads", LEADS, Structure::leader(Channel::Manufacturer)),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 0.4, 1.0, -0.1, 2.0, 2.0, 1.0, 0.8, 0.0, 1.0, 1.0, 0.1, 0.1, 1.0];
        Promotions(Parameters::from_list(&list))
    }
}
