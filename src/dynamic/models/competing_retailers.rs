//! Two competing retailers that share a market, and a manufacturer that may support them (He, Krishnamoorthy, Prasad and
//! Sethi 2011; Savaskan and Sethi 2020).
//!
//! `x` is the first retailer's share of the market, and `1 − x` the second one's. Each advertises to win the other's
//! customers, and customers churn:
//!
//! ```math
//! dx=\bigl(k_1u_1\sqrt{1-x}-k_2u_2\sqrt x-\delta(2x-1)\bigr)dt+\sigma\sqrt{x(1-x)}\,dz .
//! ```
//!
//! The manufacturer earns `M₁` and `M₂` on the two shares and pays the shares `θ₁` and `θ₂` of what the efforts cost:
//!
//! ```math
//! M_1x+M_2(1-x)-\theta_1u_1^2-\theta_2u_2^2,\qquad m_1x-(1-\theta_1)u_1^2,\qquad m_2(1-x)-(1-\theta_2)u_2^2 .
//! ```
//!
//! With `M₂ = 0` the second retailer is an outsider, who sells somebody else's goods.
//!
//! Values are linear, `V_M = α_M + Bx`, `V₁ = α₁ + b₁x`, `V₂ = α₂ + b₂(1 − x)`, and noise changes neither policies nor
//! values. Under the manufacturer's leadership at every moment
//!
//! ```math
//! \theta_1=\max\Bigl(0,\frac{2B-b_1}{2B+b_1}\Bigr),\quad\theta_2=\max\Bigl(0,\frac{-2B-b_2}{-2B+b_2}\Bigr),\quad
//! u_1=\frac{k_1b_1}{2(1-\theta_1)}\sqrt{1-x},\quad u_2=\frac{k_2b_2}{2(1-\theta_2)}\sqrt x :
//! ```
//!
//! **at most one retailer is supported**, the one on whose share the manufacturer earns more, since `B` has the sign of
//! `M₁ − M₂`.
//!
//! # Source
//!
//! He, Krishnamoorthy, Prasad and Sethi, "Retail competition and cooperative advertising", Operations Research Letters 39
//! (2011), abstract read; Savaskan and Sethi (2020), abstract and conclusions read. The equations are reconstructed from
//! them and from `prasad_sethi`; the solution, and that it is the only one of its form, was derived
//! for this library.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::CompetingRetailers;
//! use coopad::models::{Model, Network};
//! use coopad::prelude::*;
//!
//! let market = CompetingRetailers::example();
//! let led = market.feedback(&Structure::leader(Network::Manufacturer))?;
//! let now = led.policy(&[0.5])?;
//! assert!((now[CompetingRetailers::FIRST_RATE] - 0.2430318).abs() < 1e-7);
//! assert_eq!(now[CompetingRetailers::SECOND_RATE], 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::committed::best;
use super::super::game::{DifferentialGame, State};
use super::prasad_sethi::{self, Firm};
use super::{SHARE, crossing, forever};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Model, Network, Parameter, Range, Scheme, checked, required, singles};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One retailer's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retailer {
    /// `k`, what a unit of effort wins.
    pub effectiveness: f64,
    /// `M`, what the manufacturer would earn a unit of time if this retailer had the whole market.
    pub manufacturer_margin: f64,
    /// `m`, what the retailer would earn.
    pub retailer_margin: f64,
}

/// The numbers of the model; see [`CompetingRetailers::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The first retailer.
    pub first: Retailer,
    /// The second retailer.
    pub second: Retailer,
    /// `r`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of either retailer's customers who go to the other, a unit of time.
    pub churn: f64,
    /// `σ`, the strength of the noise `σ√(x(1−x))`.
    pub volatility: f64,
    /// `x(0)`, the first retailer's share at the start.
    pub initial_share: f64,
}

/// The slopes of the values of manufacturer and retailers in `x`: `B`, `b₁` and `−b₂`.
type Slopes = [f64; 3];

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let retailer = |of: usize| Retailer {
            effectiveness: v[of],
            manufacturer_margin: v[2 + of],
            retailer_margin: v[4 + of],
        };
        Parameters {
            first: retailer(0),
            second: retailer(1),
            discount_rate: v[6],
            churn: v[7],
            volatility: v[8],
            initial_share: v[9],
        }
    }

    /// The same market with the retailers exchanged.
    fn mirrored(&self) -> Self {
        Parameters { first: self.second, second: self.first, ..*self }
    }

    /// `K = r + 2δ`.
    fn fading(&self) -> f64 {
        self.discount_rate + 2.0 * self.churn
    }

    /// `k₁²` and `k₂²`.
    fn powers(&self) -> [f64; 2] {
        [self.first, self.second].map(|retailer| retailer.effectiveness * retailer.effectiveness)
    }

    /// `M₁ − M₂`.
    fn interest(&self) -> f64 {
        self.first.manufacturer_margin - self.second.manufacturer_margin
    }

    /// `b₁` and `b₂` at given rates: a duopoly of firms that pay the rest of their costs.
    fn rivals(&self, rates: [f64; 2]) -> [f64; 2] {
        let firm = |retailer: Retailer, rate: f64| Firm {
            discount_rate: self.discount_rate,
            effectiveness: retailer.effectiveness,
            cost: 1.0 - rate,
            margin: retailer.retailer_margin,
        };
        prasad_sethi::Parameters {
            first: firm(self.first, rates[0]),
            second: firm(self.second, rates[1]),
            churn: self.churn,
            volatility: self.volatility,
            initial_share: self.initial_share,
        }
        .slopes()
    }

    /// The least `M₁ − M₂` at which the first retailer is supported.
    fn threshold(&self) -> f64 {
        let ([b1, _], [k1, _]) = (self.rivals([0.0; 2]), self.powers());
        0.5 * self.first.retailer_margin + 0.125 * k1 * b1 * b1
    }

    /// The least `M₁ − M₂` at which support of the first retailer does not hurt the manufacturer at its share.
    fn gain_threshold(&self, share: f64) -> Option<f64> {
        let gain = |interest: f64| {
            let earning = |retailer, manufacturer_margin| Retailer { manufacturer_margin, ..retailer };
            let (first, second) = (earning(self.first, interest), earning(self.second, 0.0));
            let game = CompetingRetailers(Parameters { first, second, ..*self });
            let [with, without] =
                [Structure::leader(Network::Manufacturer), CompetingRetailers::no_support()].map(
                    |structure| game.value_functions(&structure).and_then(|[v, ..]| v.at(&[share]).ok()),
                );
            with.zip(without).map_or(f64::NAN, |(with, without)| with - without)
        };
        let low = self.threshold();
        let mut high = 2.0 * low;
        while gain(high) < 0.0 {
            high *= 2.0;
        }
        let known = gain(high).is_finite();
        known.then(|| crossing(low, high, gain))
    }

    /// Slopes when the manufacturer sets the rates at every moment.
    fn led(&self) -> Slopes {
        if self.interest() < 0.0 {
            let [b, first, second] = self.mirrored().led();
            return [-b, -second, -first];
        }
        let (fading, [k1, k2], interest) = (self.fading(), self.powers(), self.interest());
        let [b1, b2] = self.rivals([0.0; 2]);
        if interest <= self.threshold() {
            return [interest / (fading + 0.5 * (k1 * b1 + k2 * b2)), b1, -b2];
        }
        // Both retailers' slopes at S = 2B + b₁; the second one's as the positive root of its equation.
        let retailers = |sum: f64| {
            let y = fading + 0.25 * k1 * sum;
            let margin = self.second.retailer_margin;
            let b2 = 2.0 * margin / (y + (y * y + k2 * margin).sqrt());
            [self.first.retailer_margin / (fading + 0.125 * k1 * sum + 0.5 * k2 * b2), b2]
        };
        let total = 2.0 * interest + self.first.retailer_margin;
        let excess = |sum: f64| {
            let [b1, b2] = retailers(sum);
            sum * (fading + 0.125 * k1 * (sum + b1) + 0.5 * k2 * b2) - total
        };
        let sum = crossing(2.0 * b1, total / fading, excess);
        let [b1, b2] = retailers(sum);
        [0.5 * (sum - b1), b1, -b2]
    }

    /// What a unit of the first share is worth to all three together, more than one of the second.
    fn joint(&self) -> f64 {
        let own = |retailer: Retailer| retailer.manufacturer_margin + retailer.retailer_margin;
        let (gap, fading, [k1, k2]) = (own(self.first) - own(self.second), self.fading(), self.powers());
        let power = if gap > 0.0 { k1 } else { k2 };
        2.0 * gap / (fading + (fading * fading + power * gap.abs()).sqrt())
    }
}

/// A manufacturer, two competing retailers and a market share. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct CompetingRetailers(Parameters);

impl CompetingRetailers {
    /// The first retailer's rate `θ₁`, the manufacturer's decision.
    pub const FIRST_RATE: usize = 0;
    /// The second retailer's rate `θ₂`, the manufacturer's decision.
    pub const SECOND_RATE: usize = 1;
    /// The first retailer's effort `u₁`; it costs `u₁²`, shared.
    pub const FIRST: usize = 2;
    /// The second retailer's effort `u₂`; it costs `u₂²`, shared.
    pub const SECOND: usize = 3;

    /// The model at these parameters: effectiveness, the retailers' margins and the discount rate positive; the
    /// manufacturer's margins, churn and volatility zero or positive; the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(CompetingRetailers(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The manufacturer supports nobody: the game of [`PrasadSethi`](super::PrasadSethi), looked on by a third.
    pub fn no_support() -> Structure<Network> {
        Structure::leader(Network::Manufacturer)
            .fix(Self::FIRST_RATE, 0.0)
            .fix(Self::SECOND_RATE, 0.0)
            .named("no_support")
    }

    /// Both rates and both efforts: the first retailer's in a market that is all the second one's, and the other way
    /// round. At the share `x` the efforts are `√(1−x)` and `√x` times that.
    ///
    /// `None` under rules other than the manufacturer's leadership, with both rates of its choice or both given and below
    /// 1, and cooperation.
    ///
    /// Where the first retailer is supported its slope and the others' follow from one equation in `S = 2B + b₁`, which
    /// rises, by bisection to the last bit:
    ///
    /// ```math
    /// S\bigl(K+\tfrac18k_1^2(S+b_1)+\tfrac12k_2^2b_2\bigr)=2(M_1-M_2)+m_1,
    /// ```
    ///
    /// ```math
    /// \tfrac14k_2^2b_2^2+\bigl(K+\tfrac14k_1^2S\bigr)b_2=m_2,\qquad
    /// b_1=\frac{m_1}{K+\frac18k_1^2S+\frac12k_2^2b_2},\qquad K=r+2\delta .
    /// ```
    pub fn policy(&self, structure: &Structure<Network>) -> Option<[f64; 4]> {
        let p = &self.0;
        let slopes = match Self::rates(structure) {
            _ if structure.same_rules(&Structure::cooperative()) => [p.joint(), 0.0, 0.0],
            [None, None] => p.led(),
            [Some(first), Some(second)] if first < 1.0 && second < 1.0 => {
                let [b1, b2] = p.rivals([first, second]);
                // The manufacturer's own slope decides nothing then.
                [0.0, b1, -b2]
            }
            _ => return None,
        };
        // The first in an empty market, the second in a full one.
        let [mut empty, mut full] = [[0.0; 4]; 2];
        let known = self.closed_form_at(structure, &[0.0], &slopes, &mut empty)
            && self.closed_form_at(structure, &[1.0], &slopes, &mut full);
        let [first, second, effort, _] = empty;
        known.then_some([first, second, effort, full[Self::SECOND]])
    }

    /// The values of the manufacturer, the first and the second retailer, linear in the first one's share; `None` as for
    /// [`CompetingRetailers::policy`].
    pub fn value_functions(&self, structure: &Structure<Network>) -> Option<[Quadratic; 3]> {
        let p = &self.0;
        let [rate1, rate2, first, second] = self.policy(structure)?;
        let (won, lost) = (p.first.effectiveness * first, p.second.effectiveness * second);
        let drift = [won + p.churn, won + lost + 2.0 * p.churn];
        // What is earned at share 0, where the first effort is in full, and at share 1.
        let worth = |at0: f64, at1: f64| forever([at0, at1 - at0], drift, p.discount_rate);
        let (spend1, spend2) = (first * first, second * second);
        let (paid1, paid2) = (rate1 * spend1, rate2 * spend2);
        Some([
            worth(p.second.manufacturer_margin - paid1, p.first.manufacturer_margin - paid2),
            worth(paid1 - spend1, p.first.retailer_margin),
            worth(p.second.retailer_margin, paid2 - spend2),
        ])
    }

    /// The first retailer's share to which the market moves, on average where there is noise; `None` as for
    /// [`CompetingRetailers::policy`], and where nobody moves it.
    pub fn steady_state(&self, structure: &Structure<Network>) -> Option<f64> {
        let p = &self.0;
        let [.., first, second] = self.policy(structure)?;
        let (won, lost) = (p.first.effectiveness * first, p.second.effectiveness * second);
        Some((won + p.churn) / (won + lost + 2.0 * p.churn)).filter(|share| share.is_finite())
    }

    /// How much more the manufacturer must earn on a retailer's share than on the other's to support it:
    ///
    /// ```math
    /// M_i-M_j>\tfrac12m_i+\tfrac18k_i^2b_i^2,
    /// ```
    ///
    /// with `b_i` of the game without support. The first retailer's, then the second one's.
    pub fn support_thresholds(&self) -> [f64; 2] {
        [self.0.threshold(), self.0.mirrored().threshold()]
    }

    /// How much more the manufacturer must earn on a retailer's share than on the other's for support not to hurt it when
    /// the first one's share is `share`: the first retailer's, then the second one's.
    ///
    /// Against a weak rival it is higher than [the least at which it supports](Self::support_thresholds), as with
    /// [one retailer](super::HePrasadSethi::gain_threshold); against a strong one, from whom support wins customers,
    /// the two may be the same. All else is kept; what the manufacturer earns on both shares alike changes nothing.
    ///
    /// `None` beyond the range of numbers.
    ///
    /// ```
    /// use coopad::dynamic::models::CompetingRetailers;
    /// use coopad::models::Model;
    ///
    /// // Retailers alike: support pays as soon as it is given.
    /// let market = CompetingRetailers::example();
    /// let [gains, _] = market.gain_thresholds(0.3).ok_or("out of range")?;
    /// assert!((gains - market.support_thresholds()[0]).abs() < 1e-6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn gain_thresholds(&self, share: f64) -> Option<[f64; 2]> {
        Some([self.0.gain_threshold(share)?, self.0.mirrored().gain_threshold(1.0 - share)?])
    }

    /// The rates that a manufacturer would announce at this share of the first retailer if it could bind itself to them for
    /// ever: the best one for the retailer on whose share it earns more, and none for the other.
    ///
    /// Right to about 10⁻⁹; the value is that under [`Structure::fix`] of both.
    pub fn committed_rates(&self, share: f64) -> [f64; 2] {
        let rates = |rate: f64| if self.0.interest() < 0.0 { [0.0, rate] } else { [rate, 0.0] };
        let rate = best(&mut |rate| {
            let [first, second] = rates(rate);
            let led = Structure::leader(Network::Manufacturer);
            let held = led.fix(Self::FIRST_RATE, first).fix(Self::SECOND_RATE, second);
            let worth =
                self.value_functions(&held).and_then(|[manufacturer, ..]| manufacturer.at(&[share]).ok());
            worth.unwrap_or(f64::NEG_INFINITY)
        });
        rates(rate)
    }

    /// The values at which the rates are held, if they are.
    fn rates(structure: &Structure<Network>) -> [Option<f64>; 2] {
        [Self::FIRST_RATE, Self::SECOND_RATE].map(|rate| structure.held(rate))
    }
}

impl Game for CompetingRetailers {
    type Player = Network;

    fn players(&self) -> Vec<Network> {
        vec![Network::Manufacturer, Network::Retailer(0), Network::Retailer(1)]
    }

    fn decisions(&self) -> Vec<Decision<Network>> {
        let effort = |i: usize, symbol: &'static str, retailer: Retailer, b: f64| {
            let typical = (0.5 * retailer.effectiveness * b).max(f64::MIN_POSITIVE);
            Decision::new(format!("local_advertising_{}", i + 1), Network::Retailer(i))
                .symbol(symbol)
                .unit("effort")
                .typical(typical)
        };
        let [b1, b2] = self.0.rivals([0.0; 2]);
        vec![
            Network::participation_rate(0).symbol("theta1"),
            Network::participation_rate(1).symbol("theta2"),
            effort(0, "u1", self.0.first, b1),
            effort(1, "u2", self.0.second, b2),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < Self::FIRST { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for CompetingRetailers {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, churn, .. } = self.0;
        let (share, rest) = (state[0], -state[0] + 1.0);
        let won = rest.sqrt() * x[Self::FIRST] * first.effectiveness;
        let lost = share.sqrt() * x[Self::SECOND] * second.effectiveness;
        out[0] = won - lost + (rest - share) * churn;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, .. } = self.0;
        let (share, rest) = (state[0], -state[0] + 1.0);
        let [spend1, spend2] = [x[Self::FIRST].square(), x[Self::SECOND].square()];
        let [paid1, paid2] = [x[Self::FIRST_RATE] * spend1, x[Self::SECOND_RATE] * spend2];
        out[0] = share * first.manufacturer_margin + rest * second.manufacturer_margin - paid1 - paid2;
        out[1] = share * first.retailer_margin - spend1 + paid1;
        out[2] = rest * second.retailer_margin - spend2 + paid2;
    }

    fn discount(&self, _: Network) -> f64 {
        self.0.discount_rate
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = (state[0] * -(state[0] - 1.0)).positive_part().sqrt() * self.0.volatility;
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Network>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Parameters { first, second, .. } = self.0;
        let spend = |own: T, other: T, k: f64| SupportedSpend { own: own * k, other: other * k };
        let spends = [
            spend(costates[1], costates[0], first.effectiveness),
            spend(-costates[2], -costates[0], second.effectiveness),
        ];
        let zero = T::constant(0.0);
        let decided = if structure.same_rules(&Structure::cooperative()) {
            let all = costates[0] + costates[1] + costates[2];
            [(all, first), (-all, second)]
                .map(|(worth, retailer)| (zero, worth.positive_part() * (0.5 * retailer.effectiveness)))
        } else {
            let held = Self::rates(structure);
            let led = Structure::leader(Network::Manufacturer);
            let rules = match held[1] {
                Some(rate) => led.fix(Self::SECOND_RATE, rate),
                None => led,
            };
            if !structure.same_rules_but(Self::FIRST_RATE, &rules) {
                return false;
            }
            // The rate is the same at every share, where nothing is left to win, too.
            let decide = |spend: SupportedSpend<T>, held: Option<f64>| match held {
                None => (spend.rate(), spend.root()),
                Some(rate) => (T::constant(rate), spend.root_alone() / (1.0 - rate)),
            };
            [decide(spends[0], held[0]), decide(spends[1], held[1])]
        };
        let [(rate1, effort1), (rate2, effort2)] = decided;
        x[Self::FIRST_RATE] = rate1;
        x[Self::SECOND_RATE] = rate2;
        x[Self::FIRST] = effort1 * (-state[0] + 1.0).sqrt();
        x[Self::SECOND] = effort2 * state[0].sqrt();
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("effectiveness_1", "k1", "per effort per time", Range::POSITIVE),
    Parameter::new("effectiveness_2", "k2", "per effort per time", Range::POSITIVE),
    Parameter::new("manufacturer_margin_1", "M1", "money per time", Range::NON_NEGATIVE),
    Parameter::new("manufacturer_margin_2", "M2", "money per time", Range::NON_NEGATIVE),
    Parameter::new("retailer_margin_1", "m1", "money per time", Range::POSITIVE),
    Parameter::new("retailer_margin_2", "m2", "money per time", Range::POSITIVE),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("churn", "delta", "per time", Range::NON_NEGATIVE),
    Parameter::new("volatility", "sigma", "per root time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.5),
];

impl Model for CompetingRetailers {
    const NAME: &'static str = "competing_retailers";
    const ALIASES: &'static [&'static str] =
        &["savaskan_sethi", "savaskan_sethi_2020", "he_krishnamoorthy_prasad_sethi_2011"];
    const TITLE: &'static str = "market shares over time, one manufacturer, two competing retailers";
    const SOURCE: &'static str = "He, Krishnamoorthy, Prasad and Sethi 2011, Operations Research Letters 39; Savaskan and \
                                  Sethi 2020";
    const PROVENANCE: &'static str =
        "model reconstructed from abstracts, the papers' texts not read; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { first, second, discount_rate, churn, volatility, initial_share } = self.0;
        let each = |of: fn(&Retailer) -> f64| [of(&first), of(&second)];
        let retailers =
            [each(|r| r.effectiveness), each(|r| r.manufacturer_margin), each(|r| r.retailer_margin)];
        singles(&[&retailers.concat()[..], &[discount_rate, churn, volatility, initial_share]].concat())
    }

    fn structures() -> Vec<Scheme<Network>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces both rates, the retailers reply",
                Structure::leader(Network::Manufacturer),
            ),
            Scheme::new("no_support", "the same without participation rates", Self::no_support()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.05, 0.05, 0.1, 0.5];
        CompetingRetailers(Parameters::from_list(&list))
    }
}
