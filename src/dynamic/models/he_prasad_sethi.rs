//! Co-op advertising for a market share (He, Prasad and Sethi 2009): one manufacturer, one retailer.
//!
//! The retailer's effort `u` wins customers from the untapped market, customers forget, and a manufacturer pays the share
//! `θ` of what the effort costs; it may advertise itself (`u_M`). `x` is the share of the market that is served:
//!
//! ```math
//! dx=\bigl((ku+k_Mu_M)\sqrt{1-x}-\delta x\bigr)dt+\sigma\sqrt{x(1-x)}\,dz,
//! ```
//!
//! ```math
//! \text{profits}\quad Mx-\theta u^2-c_Mu_M^2,\qquad mx-(1-\theta)u^2 .
//! ```
//!
//! Margins `M` and `m` are given here ([`HePrasadSethi`]) or follow from prices ([`HePrasadSethiPriced`]). Values are
//! linear, `V_M = α + Ax` and `V_R = β + Bx`, so that noise changes neither policies nor values. Under the manufacturer's
//! leadership at every moment (feedback Stackelberg)
//!
//! ```math
//! \theta=\max\Bigl(0,\frac{2A-B}{2A+B}\Bigr),\qquad u=\frac{kB}{2(1-\theta)}\sqrt{1-x},\qquad
//! u_M=\frac{k_MA}{2c_M}\sqrt{1-x} .
//! ```
//!
//! With `K = r + δ`, `q = k_M²/c_M` and `S = 2A + B` the slopes obey, where there is support,
//!
//! ```math
//! KA=M-\tfrac1{16}k^2S^2-\tfrac14qA^2,\qquad KB=m-\tfrac18k^2BS-\tfrac12qAB .
//! ```
//!
//! # Source
//!
//! He, Prasad and Sethi, "Cooperative advertising and pricing in a dynamic stochastic supply chain: feedback Stackelberg
//! strategies", Production and Operations Management 18 (2009); national advertising after Ezimadu and Nwozo (2017). Only
//! abstracts could be read. The equations are reconstructed from them; the solution was derived for this library.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::HePrasadSethi;
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = HePrasadSethi::example();
//! let led = channel.feedback(&Structure::leader(Channel::Manufacturer))?;
//! let alone = channel.feedback(&HePrasadSethi::no_support())?;
//! assert!((led.policy(&[0.2])?[HePrasadSethi::PARTICIPATION] - 0.1094694).abs() < 1e-7);
//! // The manufacturer supports, and is worse off for it.
//! let manufacturer = Channel::Manufacturer;
//! assert!((led.payoff(manufacturer) - alone.payoff(manufacturer) + 0.0897).abs() < 1e-4);
//! assert!((channel.support_threshold() - 0.87082).abs() < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod priced;

use serde::{Deserialize, Serialize};

pub use self::priced::{HePrasadSethiPriced, PricedParameters};
use super::super::committed::best;
use super::super::game::{DifferentialGame, State};
use super::{SHARE, crossing, forever};
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required, singles};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`HePrasadSethi::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `M`, money a unit of time for the whole market.
    pub manufacturer_margin: f64,
    /// `m`, money a unit of time for the whole market.
    pub retailer_margin: f64,
    /// `k`, what a unit of the retailer's effort wins.
    pub effectiveness: f64,
    /// `r`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of customers lost a unit of time.
    pub decay: f64,
    /// `k_M`, what a unit of national effort wins; 0 where there is no national advertising.
    pub national_effectiveness: f64,
    /// `c_M`, the cost of national effort: `c_M u_M²` a unit of time.
    pub national_cost: f64,
    /// `σ`, the strength of the noise `σ√(x(1−x))`.
    pub volatility: f64,
    /// `x(0)`, the share served at the start.
    pub initial_share: f64,
}

/// What `V_M` and `V_R` gain as the market fills: `A` and `B`.
type Slopes = [f64; 2];

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        Parameters {
            manufacturer_margin: v[0],
            retailer_margin: v[1],
            effectiveness: v[2],
            discount_rate: v[3],
            decay: v[4],
            national_effectiveness: v[5],
            national_cost: v[6],
            volatility: v[7],
            initial_share: v[8],
        }
    }

    /// `K = r + δ`.
    fn fading(&self) -> f64 {
        self.discount_rate + self.decay
    }

    /// `k²` and `q = k_M²/c_M`.
    fn powers(&self) -> [f64; 2] {
        let (local, national) = (self.effectiveness, self.national_effectiveness);
        [local * local, national * national / self.national_cost]
    }

    /// `B` where `2A = B`: the retailer's slope when the manufacturer is about to support, and the least `M` at which it
    /// does.
    fn brink(&self) -> [f64; 2] {
        let (fading, [local, national]) = (self.fading(), self.powers());
        let slope = root(local + national, fading, self.retailer_margin);
        [slope, 0.5 * slope * (fading + (0.5 * local + 0.125 * national) * slope)]
    }

    /// Slopes when the manufacturer sets the rate at every moment.
    fn led(&self) -> Slopes {
        let [brink, margin] = self.brink();
        if self.manufacturer_margin <= margin {
            return self.given(0.0);
        }
        let (fading, [local, national]) = (self.fading(), self.powers());
        let total = 2.0 * self.manufacturer_margin + self.retailer_margin;
        // B at S = 2A + B: the lesser root of q B²/4 − (K + (k²/8 + q/4) S) B + m = 0.
        let retailer = |sum: f64| {
            let y = fading + (0.125 * local + 0.25 * national) * sum;
            2.0 * self.retailer_margin / (y + (y * y - national * self.retailer_margin).max(0.0).sqrt())
        };
        // Rises from 2 B on.
        let excess = |sum: f64| {
            let b = retailer(sum);
            sum * (fading + 0.125 * local * (sum + b)) + 0.125 * national * (sum - b) * (sum + b) - total
        };
        let sum = crossing(2.0 * brink, total / fading, excess);
        let b = retailer(sum);
        [0.5 * (sum - b), b]
    }

    /// Slopes when the rate is given, and below 1.
    fn given(&self, rate: f64) -> Slopes {
        let (fading, [local, national]) = (self.fading(), self.powers());
        let power = local / (1.0 - rate);
        let manufacturer = |b: f64| {
            let paid = 0.25 * rate * power / (1.0 - rate) * b * b;
            root(national, fading + 0.5 * power * b, self.manufacturer_margin + paid)
        };
        let excess = |b: f64| {
            b * (fading + 0.25 * power * b + 0.5 * national * manufacturer(b)) - self.retailer_margin
        };
        let most = root(power, fading, self.retailer_margin);
        let b = if national == 0.0 { most } else { crossing(0.0, most, excess) };
        [manufacturer(b), b]
    }

    /// What a full market is worth to both together.
    fn joint(&self) -> f64 {
        let [local, national] = self.powers();
        root(local + national, self.fading(), self.manufacturer_margin + self.retailer_margin)
    }
}

/// The positive root of `power b²/4 + y b = margin`, without cancellation.
fn root(power: f64, y: f64, margin: f64) -> f64 {
    2.0 * margin / (y + (y * y + power * margin).sqrt())
}

/// One manufacturer, one retailer and a market share, margins given. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct HePrasadSethi(Parameters);

impl HePrasadSethi {
    /// The participation rate `θ`, the manufacturer's.
    pub const PARTICIPATION: usize = 0;
    /// The effort of national advertising `u_M`, the manufacturer's; it costs `c_M u_M²`.
    pub const NATIONAL: usize = 1;
    /// The effort of local advertising `u`, the retailer's; it costs `u²`, shared.
    pub const LOCAL: usize = 2;

    /// The model at these parameters: margins, effectiveness, discount rate and national cost positive; decay, national
    /// effectiveness and volatility zero or positive; the initial share from 0 to 1.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(HePrasadSethi(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The manufacturer leads at every moment but pays for nobody's advertising but its own.
    pub fn no_support() -> Structure<Channel> {
        Structure::leader(Channel::Manufacturer).fix(Self::PARTICIPATION, 0.0).named("no_support")
    }

    /// The rate, and national and local effort in an empty market: at the share `x` efforts are `√(1−x)` times that.
    ///
    /// `None` under rules other than the manufacturer's leadership, with a rate of its choice or a given one below 1, and
    /// cooperation.
    ///
    /// The slopes come from one equation, which rises, by bisection to the last bit: for `S = 2A + B`
    ///
    /// ```math
    /// KS+\tfrac18k^2S(S+B)+\tfrac18q(S^2-B^2)=2M+m,\qquad
    /// \tfrac14qB^2-\bigl(K+\tfrac18k^2S+\tfrac14qS\bigr)B+m=0
    /// ```
    ///
    /// from `S = 2B` on where there is support; for `B` where there is none.
    pub fn policy(&self, structure: &Structure<Channel>) -> Option<[f64; 3]> {
        let rate = structure.held(Self::PARTICIPATION);
        let slopes = match rate {
            _ if structure.same_rules(&Structure::cooperative()) => [0.0, self.0.joint()],
            None => self.0.led(),
            Some(rate) if rate < 1.0 => self.0.given(rate),
            Some(_) => return None,
        };
        let mut x = [0.0; 3];
        self.closed_form_at(structure, &[0.0], &slopes, &mut x).then_some(x)
    }

    /// The values of manufacturer and retailer, linear in the share; `None` as for [`HePrasadSethi::policy`].
    ///
    /// ```math
    /// A=\frac{M+\theta\bar u^2+c_M\bar u_M^2}{K+a},\qquad r\alpha=aA-\theta\bar u^2-c_M\bar u_M^2,\qquad
    /// a=k\bar u+k_M\bar u_M,
    /// ```
    ///
    /// with the efforts `ū` in an empty market, and likewise for the retailer.
    pub fn value_functions(&self, structure: &Structure<Channel>) -> Option<[Quadratic; 2]> {
        let p = &self.0;
        let [rate, national, local] = self.policy(structure)?;
        let pull = p.national_effectiveness * national + p.effectiveness * local;
        let worth =
            |margin: f64, cost: f64| forever([-cost, margin + cost], [pull, pull + p.decay], p.discount_rate);
        let (spend, paid) = (local * local, rate * local * local);
        Some([
            worth(p.manufacturer_margin, p.national_cost * national * national + paid),
            worth(p.retailer_margin, spend - paid),
        ])
    }

    /// The share to which the market moves, on average where there is noise: `a/(a + δ)` with `a = kū + k_Mū_M`. `None`
    /// as for [`HePrasadSethi::policy`].
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<f64> {
        let [_, national, local] = self.policy(structure)?;
        let pull = self.0.national_effectiveness * national + self.0.effectiveness * local;
        Some(pull / (pull + self.0.decay))
    }

    /// The ratio of margins `M/m` above which the leading manufacturer supports the retailer, `m` and all else kept:
    ///
    /// ```math
    /// \frac Mm>\frac b{2m}\Bigl(K+\tfrac12k^2b+\tfrac18qb\Bigr),\qquad Kb+\tfrac14(k^2+q)b^2=m .
    /// ```
    pub fn support_threshold(&self) -> f64 {
        self.0.brink()[1] / self.0.retailer_margin
    }

    /// The ratio of margins `M/m` above which support does not hurt the manufacturer, `m` and all else kept; the same at
    /// every share.
    ///
    /// It is higher than [`support_threshold`](Self::support_threshold): between the two a manufacturer that sets its
    /// rate at every moment supports, and would be better off if it could not. The retailer, counting on support to
    /// come, values a customer less and advertises less for its own money.
    ///
    /// With or without support `rα = M − KA`, so that support gains the manufacturer `(K/r − x)` times what it takes from
    /// `A`. Without national advertising
    ///
    /// ```math
    /// \frac Mm=\frac{s^2(1+2z)}{8(1+z)},\qquad s=\frac{z-1+\sqrt{1+2z+5z^2}}z,\qquad
    /// z=\frac12\Bigl(\sqrt{1+k^2m/K^2}-1\Bigr),
    /// ```
    ///
    /// which lies between 1/2 and `(3 + √5)/2`; with it the ratio is found by bisection.
    ///
    /// `None` beyond the range of numbers.
    ///
    /// ```
    /// use coopad::dynamic::models::HePrasadSethi;
    /// use coopad::models::Model;
    ///
    /// let gains = HePrasadSethi::example().gain_threshold().ok_or("out of range")?;
    /// assert!((gains - 2.04345).abs() < 1e-5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn gain_threshold(&self) -> Option<f64> {
        let gain = |margin: f64| {
            let p = Parameters { manufacturer_margin: margin, ..self.0 };
            let ([with, _], [without, _]) = (p.led(), p.given(0.0));
            without - with
        };
        let [_, low] = self.0.brink();
        let mut high = 2.0 * low;
        while gain(high) < 0.0 {
            high *= 2.0;
        }
        let known = gain(high).is_finite();
        known.then(|| crossing(low, high, gain) / self.0.retailer_margin)
    }

    /// The rate that a manufacturer would announce at this share if it could bind itself to it for ever.
    ///
    /// It is at least as good for the manufacturer as the rate that it sets at every moment, and as none: who can commit
    /// never loses by support. Without national advertising it is also lower, perhaps 0. Right to about 10⁻⁹; the value is
    /// that under [`Structure::fix`]. For games without formulas there is
    /// [`Collocation::commit`](crate::dynamic::Collocation::commit).
    ///
    /// ```
    /// use coopad::dynamic::models::HePrasadSethi;
    /// use coopad::models::Model;
    ///
    /// // Set at every moment the rate is 0.109, and hurts.
    /// assert_eq!(HePrasadSethi::example().committed_rate(0.2), 0.0);
    /// ```
    pub fn committed_rate(&self, share: f64) -> f64 {
        best(&mut |rate| {
            let held = Structure::leader(Channel::Manufacturer).fix(Self::PARTICIPATION, rate);
            let worth =
                self.value_functions(&held).and_then(|[manufacturer, _]| manufacturer.at(&[share]).ok());
            worth.unwrap_or(f64::NEG_INFINITY)
        })
    }
}

impl Game for HePrasadSethi {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let p = &self.0;
        let joint = 0.25 * p.joint();
        let local = (p.effectiveness * joint).max(f64::MIN_POSITIVE);
        let national = p.national_effectiveness * joint / p.national_cost;
        // Where there is none, a size is needed all the same.
        let national = if national > 0.0 { national } else { local };
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, typical: f64| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(typical)
        };
        vec![
            Channel::participation_rate().symbol("theta"),
            effort("national_advertising", "u_M", Channel::Manufacturer, national),
            effort("local_advertising", "u", Channel::Retailer, local),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for HePrasadSethi {
    fn states(&self) -> Vec<State> {
        let share = State::new("share", 0.0, 1.0).symbol("x").unit("share of the market");
        vec![share.starting_at(self.0.initial_share)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let effort = x[Self::LOCAL] * p.effectiveness + x[Self::NATIONAL] * p.national_effectiveness;
        out[0] = (-state[0] + 1.0).sqrt() * effort - state[0] * p.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let spend = x[Self::LOCAL].square();
        let paid = x[Self::PARTICIPATION] * spend;
        let national = x[Self::NATIONAL].square() * p.national_cost;
        out[0] = state[0] * p.manufacturer_margin - national - paid;
        out[1] = state[0] * p.retailer_margin - spend + paid;
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    fn diffusion<T: Scalar>(&self, state: &[T], out: &mut [T]) {
        out[0] = (state[0] * -(state[0] - 1.0)).positive_part().sqrt() * self.0.volatility;
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let p = &self.0;
        let spend =
            SupportedSpend { own: costates[1] * p.effectiveness, other: costates[0] * p.effectiveness };
        let (worth, rate, local) = if structure.same_rules(&Structure::cooperative()) {
            (costates[0] + costates[1], T::constant(0.0), spend.root_together())
        } else if structure.same_rules_but(Self::PARTICIPATION, &Structure::leader(Channel::Manufacturer)) {
            match structure.held(Self::PARTICIPATION) {
                // The rate is the same at every share, where nothing is left to win, too.
                None => (costates[0], spend.rate(), spend.root()),
                Some(rate) => (costates[0], T::constant(rate), spend.root_alone() / (1.0 - rate)),
            }
        } else {
            return false;
        };
        let open = (-state[0] + 1.0).sqrt();
        let national = (worth * (0.5 * p.national_effectiveness / p.national_cost)).positive_part();
        x[Self::PARTICIPATION] = rate;
        x[Self::NATIONAL] = national * open;
        x[Self::LOCAL] = local * open;
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("manufacturer_margin", "M", "money per time", Range::POSITIVE),
    Parameter::new("retailer_margin", "m", "money per time", Range::POSITIVE),
    Parameter::new("effectiveness", "k", "per effort per time", Range::POSITIVE),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "delta", "per time", Range::NON_NEGATIVE),
    Parameter::new("national_effectiveness", "k_M", "per effort per time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("national_cost", "c_M", "money per effort squared", Range::POSITIVE).or(1.0),
    Parameter::new("volatility", "sigma", "per root time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).or(0.2),
];

const SOURCE: &str = "He, Prasad and Sethi 2009, Production and Operations Management 18";
const PROVENANCE: &str =
    "model reconstructed from the abstract, the paper's text not read; solution derived here";

fn schemes() -> Vec<Scheme<Channel>> {
    vec![
        Scheme::new(
            "manufacturer_leads",
            "at every moment the manufacturer announces its decisions, the retailer replies",
            Structure::leader(Channel::Manufacturer),
        ),
        Scheme::new("no_support", "the same without a participation rate", HePrasadSethi::no_support()),
        Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
    ]
}

impl Model for HePrasadSethi {
    const NAME: &'static str = "he_prasad_sethi";
    const ALIASES: &'static [&'static str] = &["he_prasad_sethi2009", "he_prasad_sethi_2009"];
    const TITLE: &'static str = "a market share over time, one manufacturer, one retailer; margins fixed";
    const SOURCE: &'static str = SOURCE;
    const PROVENANCE: &'static str = PROVENANCE;

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        singles(&[
            p.manufacturer_margin,
            p.retailer_margin,
            p.effectiveness,
            p.discount_rate,
            p.decay,
            p.national_effectiveness,
            p.national_cost,
            p.volatility,
            p.initial_share,
        ])
    }

    fn structures() -> Vec<Scheme<Channel>> {
        schemes()
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        HePrasadSethi(Parameters::from_list(&[1.0, 1.0, 1.0, 0.05, 0.1, 0.0, 1.0, 0.25, 0.2]))
    }
}
