//! Any number of retailers that fill a market together, and a manufacturer that may support them (Chutani and Sethi 2012).
//!
//! Retailer `i`'s effort `u_i` wins customers from what is left of the market, and its customers forget; `x_i` is its share:
//!
//! ```math
//! \dot x_i=k_iu_i\sqrt{1-\textstyle\sum_jx_j}-\delta_ix_i,\qquad
//! \text{profits}\quad\sum_iM_ix_i-\theta_iu_i^2,\qquad m_ix_i-(1-\theta_i)u_i^2 .
//! ```
//!
//! Values are linear. With `K_j = r + δ_j`, and `C_i` and `C_M` what an empty market is worth a unit of time,
//!
//! ```math
//! rV_i=C_i+\frac{r\,m_i}{K_i}x_i-C_i\sum_j\frac{r\,x_j}{K_j},\qquad
//! rV_M=C_M+\sum_j\frac{r\,(M_j-C_M)}{K_j}x_j .
//! ```
//!
//! Under the manufacturer's leadership at every moment, with `b_j = (m_j − C_j)/K_j` and `B_j = (M_j − C_M)/K_j`,
//!
//! ```math
//! \theta_j=\max\Bigl(0,\frac{2B_j-b_j}{2B_j+b_j}\Bigr),\qquad
//! u_j=\frac{k_jb_j}{2(1-\theta_j)}\sqrt{1-\textstyle\sum_ix_i} .
//! ```
//!
//! The law may forbid to tell retailers apart; then one rate holds for all of them ([`ChutaniSethi::equal_rate`]):
//!
//! ```math
//! \theta=\max\Bigl(0,\frac{2P-Q}{2P+Q}\Bigr),\qquad P=\sum_jk_j^2B_jb_j,\quad Q=\sum_jk_j^2b_j^2 .
//! ```
//!
//! # Source
//!
//! Chutani and Sethi, "Cooperative advertising in a dynamic retail market oligopoly", Dynamic Games and Applications 2
//! (2012). Only the abstract could be read: the state equation is the extension of Sethi's model to several firms that the
//! paper names. The solution, and its reduction to at most two scalar unknowns, was derived for this library.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::ChutaniSethi;
//! use coopad::models::{Model, Network};
//! use coopad::prelude::*;
//!
//! let market = ChutaniSethi::example();
//! let structure = Structure::leader(Network::Manufacturer);
//! let led = market.feedback(&structure)?;
//! let values = market.value_functions(&structure).ok_or("no formula")?;
//! let start = market.initial_shares();
//! let payoffs = values.at(&start).ok_or("two shares")?;
//! assert!((led.payoff(Network::Manufacturer) - payoffs[0]).abs() < 1e-8);
//! // A hundred retailers take no collocation.
//! let many = ChutaniSethi::alike(0.1, market.numbers().retailers[0], 100)?;
//! assert_eq!(many.steady_state(&structure).ok_or("no formula")?.len(), 100);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod pulls;

use serde::{Deserialize, Serialize};

use self::pulls::Pulls;
use super::super::committed::best;
use super::super::game::{DifferentialGame, State};
use super::super::linear_quadratic::Quadratic;
use super::{SHARE, crossing};
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Model, Network, Parameter, Range, Scheme, checked, required};
use crate::response::{CommonRate, SupportedSpend};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One retailer's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retailer {
    /// `k`, what a unit of effort wins.
    pub effectiveness: f64,
    /// `δ`, the share of the retailer's customers lost a unit of time.
    pub decay: f64,
    /// `M`, what the manufacturer would earn a unit of time if this retailer had the whole market.
    pub manufacturer_margin: f64,
    /// `m`, what the retailer would earn.
    pub retailer_margin: f64,
    /// `x(0)`, its share at the start.
    pub initial_share: f64,
}

impl Retailer {
    /// `M + m`.
    fn joint_margin(&self) -> f64 {
        self.manufacturer_margin + self.retailer_margin
    }
}

/// The numbers of the model; see [`ChutaniSethi::new`] for what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// The retailers, at least one.
    pub retailers: Vec<Retailer>,
}

impl Parameters {
    /// `K = r + δ`.
    fn fading(&self, retailer: &Retailer) -> f64 {
        self.discount_rate + retailer.decay
    }

    /// What is left of the market at the start.
    fn untapped(&self) -> f64 {
        1.0 - self.retailers.iter().map(|retailer| retailer.initial_share).sum::<f64>()
    }

    /// The same with the manufacturer's margins multiplied.
    fn earning(&self, factor: f64) -> Self {
        let scaled = |retailer: &Retailer| Retailer {
            manufacturer_margin: factor * retailer.manufacturer_margin,
            ..*retailer
        };
        Parameters { retailers: self.retailers.iter().map(scaled).collect(), ..*self }
    }
}

/// Everybody's value, linear in the shares: the manufacturer's, then the retailers'.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    constants: Vec<f64>,
    /// A row a player, a column a share.
    slopes: Vec<f64>,
}

impl Values {
    /// What an empty market is worth to each.
    pub fn constants(&self) -> &[f64] {
        &self.constants
    }

    /// What a unit of each share is worth, a row a player.
    pub fn slopes(&self) -> impl Iterator<Item = &[f64]> {
        self.slopes.chunks_exact(self.slopes.len() / self.constants.len())
    }

    /// Everybody's value at these shares; `None` where their number is wrong.
    pub fn at(&self, shares: &[f64]) -> Option<Vec<f64>> {
        let value = |(constant, slopes): (&f64, &[f64])| {
            constant + slopes.iter().zip(shares).map(|(slope, share)| slope * share).sum::<f64>()
        };
        let fits = shares.len() * self.constants.len() == self.slopes.len();
        fits.then(|| self.constants.iter().zip(self.slopes()).map(value).collect())
    }
}

/// Which formulas hold.
enum Rules {
    /// A rate for each retailer.
    Own,
    /// One for all.
    Equal,
    /// These.
    Given(Vec<f64>),
    /// Everybody decides together.
    Together,
}

/// A manufacturer, any number of retailers and their shares of a market. See the [module](self).
///
/// The decisions are the rates, `0` to `n − 1`, and the efforts, `n` to `2n − 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChutaniSethi(Parameters);

impl ChutaniSethi {
    /// The model at these parameters: effectiveness, decay, the retailers' margins and the discount rate positive; the
    /// manufacturer's margins zero or positive; initial shares from 0 to 1, below 1 together; at least one retailer.
    ///
    /// # Errors
    ///
    /// For a number that is not, and when there is no retailer.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        if parameters.retailers.is_empty() {
            let parameter = "effectiveness".to_owned();
            return Err(ParameterError::WrongLength { parameter, given: 0, needed: 1 });
        }
        let model = checked(ChutaniSethi(parameters))?;
        let untapped = model.0.untapped();
        if untapped > 0.0 {
            return Ok(model);
        }
        Err(ParameterError::Inconsistent {
            parameter: "initial_share".to_owned(),
            value: 1.0 - untapped,
            condition: "the initial shares must sum to less than 1".to_owned(),
        })
    }

    /// `count` retailers alike, each with `1/count` of the initial share given.
    ///
    /// # Errors
    ///
    /// As [`ChutaniSethi::new`].
    pub fn alike(discount_rate: f64, retailer: Retailer, count: usize) -> Result<Self, ParameterError> {
        let retailer = Retailer { initial_share: retailer.initial_share / count as f64, ..retailer };
        Self::new(Parameters { discount_rate, retailers: vec![retailer; count] })
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// How many retailers there are.
    pub fn retailers(&self) -> usize {
        self.0.retailers.len()
    }

    /// The shares at the start.
    pub fn initial_shares(&self) -> Vec<f64> {
        self.0.retailers.iter().map(|retailer| retailer.initial_share).collect()
    }

    /// The manufacturer supports nobody.
    pub fn no_support() -> Structure<Network> {
        Structure::leader(Network::Manufacturer).no_transfers().named("no_support")
    }

    /// The manufacturer must offer the same rate to all.
    pub fn equal_rate() -> Structure<Network> {
        Structure::leader(Network::Manufacturer).tie_transfers().named("equal_rate")
    }

    /// The retailers' rates, then their efforts in an empty market: elsewhere efforts are `√(1 − Σx)` times that.
    ///
    /// `None` under rules other than the manufacturer's leadership, with rates of its choice, one for all or all of them
    /// given and below 1, and cooperation; and beyond the range of numbers.
    ///
    /// The equations for the values, `n + 1` of them, leave one monotone scalar equation where rates are given or all
    /// decide together, and one more for what the manufacturer chooses; all by bisection, in time proportional to `n`.
    /// Without support, with given rates and under cooperation the solution is the only one. With rates of the
    /// manufacturer's choice there is always one, and there was no second one on 1,500 random games.
    pub fn policy(&self, structure: &Structure<Network>) -> Option<Vec<f64>> {
        let p = &self.0;
        let Pulls { rates, pulls } = match self.rules(structure)? {
            Rules::Own => p.led(),
            Rules::Equal => p.equal(),
            Rules::Given(rates) => p.given(&rates),
            Rules::Together => p.joint(),
        };
        let efforts = p.retailers.iter().zip(pulls).map(|(of, pull)| pull * p.fading(of) / of.effectiveness);
        let decided: Vec<f64> = rates.into_iter().chain(efforts).collect();
        decided.iter().all(|decision| decision.is_finite()).then_some(decided)
    }

    /// Everybody's value; `None` as for [`ChutaniSethi::policy`].
    ///
    /// With `w_j = k_jū_j/K_j`, efforts `ū` in an empty market,
    ///
    /// ```math
    /// C_i=\frac{m_iw_i-(1-\theta_i)\bar u_i^2}{1+\sum_jw_j},\qquad
    /// C_M=\frac{\sum_jM_jw_j-\theta_j\bar u_j^2}{1+\sum_jw_j} .
    /// ```
    pub fn value_functions(&self, structure: &Structure<Network>) -> Option<Values> {
        let (p, decided) = (&self.0, self.policy(structure)?);
        let (rates, efforts) = decided.split_at(self.retailers());
        let each = || p.retailers.iter().zip(rates).zip(efforts);
        let pull = |of: &Retailer, effort: f64| of.effectiveness * effort / p.fading(of);
        let z = 1.0 + each().map(|((of, _), &effort)| pull(of, effort)).sum::<f64>();
        let made = each().map(|((of, rate), &effort)| {
            let (won, spent) = (pull(of, effort), effort * effort);
            [of.manufacturer_margin * won - rate * spent, of.retailer_margin * won - (1.0 - rate) * spent]
        });
        let (of_all, of_each): (Vec<f64>, Vec<f64>) = made.map(|[m, r]| (m, r / z)).unzip();
        let manufacturer = of_all.iter().sum::<f64>() / z;
        let mut slopes = Vec::with_capacity((1 + of_each.len()) * of_each.len());
        slopes.extend(p.retailers.iter().map(|of| (of.manufacturer_margin - manufacturer) / p.fading(of)));
        for (i, flow) in of_each.iter().enumerate() {
            let margin = |j: usize, of: &Retailer| if i == j { of.retailer_margin } else { 0.0 };
            let row = p.retailers.iter().enumerate();
            slopes.extend(row.map(|(j, of)| (margin(j, of) - flow) / p.fading(of)));
        }
        let constants =
            [manufacturer].into_iter().chain(of_each).map(|flow| flow / p.discount_rate).collect();
        Some(Values { constants, slopes })
    }

    /// The shares to which the market moves; `None` as for [`ChutaniSethi::policy`].
    ///
    /// ```math
    /// \bar x_j=\frac{y_j}{\delta_j}\Big/\Bigl(1+\sum_i\frac{y_i}{\delta_i}\Bigr),\qquad y_j=k_j\bar u_j .
    /// ```
    pub fn steady_state(&self, structure: &Structure<Network>) -> Option<Vec<f64>> {
        let decided = self.policy(structure)?;
        let won = self.0.retailers.iter().zip(&decided[self.retailers()..]);
        let ratios: Vec<f64> = won.map(|(of, effort)| of.effectiveness * effort / of.decay).collect();
        let all = 1.0 + ratios.iter().sum::<f64>();
        Some(ratios.into_iter().map(|ratio| ratio / all).collect())
    }

    /// The factor by which all of the manufacturer's margins must be multiplied for it to support somebody: beyond it the
    /// first retailer is supported. `None` where the manufacturer earns nothing on any share.
    ///
    /// For retailers alike, with the slope `b` of the game without support,
    ///
    /// ```math
    /// \frac Mm>\frac b{2m}\Bigl(K+\tfrac n2k^2b\Bigr),\qquad
    /// b=\frac{m-C}K,\quad C\Bigl(1+(n-1)\frac{k^2b}{2K}\Bigr)=\tfrac14k^2b^2 .
    /// ```
    pub fn support_threshold(&self) -> Option<f64> {
        self.0.brink()
    }

    /// The factor by which all of the manufacturer's margins must be multiplied for support not to hurt it, for retailers
    /// alike; the same at all shares.
    ///
    /// As with [one retailer](super::HePrasadSethi::gain_threshold) it is higher than
    /// [`support_threshold`](Self::support_threshold), and a manufacturer that sets its rate at every moment loses between
    /// the two. `rV_M = C_M(1 − Σ rx_j/K_j) + Σ rM_jx_j/K_j`, so that it gains exactly where support raises `C_M`.
    ///
    /// `None` for retailers who differ, where the gain can change its sign several times as the margins rise, and beyond the
    /// range of numbers.
    pub fn gain_threshold(&self) -> Option<f64> {
        let place = |retailer: &Retailer| Retailer { initial_share: 0.0, ..*retailer };
        let first = place(self.0.retailers.first()?);
        if self.0.retailers.iter().any(|retailer| place(retailer) != first) {
            return None;
        }
        let gain = |factor: f64| {
            let game = ChutaniSethi(self.0.earning(factor));
            let led = Structure::leader(Network::Manufacturer);
            let [with, without] = [led, Self::no_support()]
                .map(|structure| game.value_functions(&structure).map_or(f64::NAN, |v| v.constants[0]));
            with - without
        };
        let low = self.0.brink()?;
        let mut high = 2.0 * low;
        while gain(high) < 0.0 {
            high *= 2.0;
        }
        let known = gain(high).is_finite();
        known.then(|| crossing(low, high, gain))
    }

    /// The one rate for all retailers that a manufacturer would announce at these shares if it could bind itself to it for
    /// ever; `None` where the number of shares is wrong.
    ///
    /// Right to about 10⁻⁹; the value is that under [`Structure::fix`] of all rates.
    pub fn committed_rate(&self, shares: &[f64]) -> Option<f64> {
        let count = self.retailers();
        let value = |rate: f64| {
            let values = self.value_functions(&Self::held(&vec![rate; count]))?;
            Some(values.at(shares)?[0])
        };
        (shares.len() == count).then(|| best(&mut |rate| value(rate).unwrap_or(f64::NEG_INFINITY)))
    }

    /// The manufacturer's leadership with these rates given.
    pub fn held(rates: &[f64]) -> Structure<Network> {
        let led = Structure::leader(Network::Manufacturer);
        rates.iter().enumerate().fold(led, |led, (at, rate)| led.fix(at, *rate)).named("held_rates")
    }

    fn rules(&self, structure: &Structure<Network>) -> Option<Rules> {
        let count = self.retailers();
        let led = Structure::leader(Network::Manufacturer);
        if structure.same_rules(&led) {
            return Some(Rules::Own);
        } else if structure.same_rules(&Structure::cooperative()) {
            return Some(Rules::Together);
        } else if structure.same_rules(&led.clone().tie_transfers()) {
            return Some(Rules::Equal);
        } else if structure.same_rules(&led.clone().no_transfers()) {
            return Some(Rules::Given(vec![0.0; count]));
        }
        let rates: Vec<f64> = (0..count).map(|at| structure.held(at)).collect::<Option<_>>()?;
        let mut free = structure.clone();
        free.fixed.retain(|(decision, _)| *decision >= count);
        (free.same_rules(&led) && rates.iter().all(|rate| *rate < 1.0)).then_some(Rules::Given(rates))
    }
}

impl Game for ChutaniSethi {
    type Player = Network;

    fn players(&self) -> Vec<Network> {
        [Network::Manufacturer].into_iter().chain((0..self.retailers()).map(Network::Retailer)).collect()
    }

    fn decisions(&self) -> Vec<Decision<Network>> {
        let p = &self.0;
        let rates =
            (0..self.retailers()).map(|i| Network::participation_rate(i).symbol(format!("theta{}", i + 1)));
        let pulls = p.given(&vec![0.0; self.retailers()]).pulls;
        let efforts = p.retailers.iter().zip(pulls).enumerate().map(|(i, (of, pull))| {
            let typical = (pull * p.fading(of) / of.effectiveness).max(f64::MIN_POSITIVE);
            let effort = Network::local_advertising(i).symbol(format!("u{}", i + 1));
            effort.unit("effort").typical(typical)
        });
        rates.chain(efforts).collect()
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < self.retailers() { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

/// What is left of a market, and its root.
#[inline]
fn open<T: Scalar>(shares: &[T]) -> T {
    let left = shares.iter().fold(T::constant(1.0), |left, share| left - *share);
    left.positive_part().sqrt()
}

impl DifferentialGame for ChutaniSethi {
    /// Shares in a box that holds the initial ones and in which they never sum to more than 1. Values are linear, and
    /// hold beyond it.
    fn states(&self) -> Vec<State> {
        let room = self.0.untapped() / self.retailers() as f64;
        let share = |(i, of): (usize, &Retailer)| {
            State::new(format!("share_{}", i + 1), 0.0, of.initial_share + room)
                .symbol(format!("x{}", i + 1))
                .unit("share of the market")
                .starting_at(of.initial_share)
        };
        self.0.retailers.iter().enumerate().map(share).collect()
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (root, efforts) = (open(state), &x[state.len()..]);
        for (((drift, share), effort), of) in out.iter_mut().zip(state).zip(efforts).zip(&self.0.retailers) {
            *drift = root * *effort * of.effectiveness - *share * of.decay;
        }
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (rates, efforts) = x.split_at(state.len());
        let mut manufacturer = T::constant(0.0);
        let decided = rates.iter().zip(efforts);
        for (((of, share), (rate, effort)), earned) in
            self.0.retailers.iter().zip(state).zip(decided).zip(&mut out[1..])
        {
            let spend = effort.square();
            let paid = *rate * spend;
            manufacturer = manufacturer + *share * of.manufacturer_margin - paid;
            *earned = *share * of.retailer_margin - spend + paid;
        }
        out[0] = manufacturer;
    }

    fn discount(&self, _: Network) -> f64 {
        self.0.discount_rate
    }

    fn known_values(&self, structure: &Structure<Network>) -> Option<Vec<Quadratic>> {
        let values = self.value_functions(structure)?;
        let each = values.constants().iter().zip(values.slopes());
        each.map(|(constant, slopes)| Quadratic::affine(slopes, *constant).ok()).collect()
    }

    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Network>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(rules) = self.rules(structure) else { return false };
        let (count, root) = (self.retailers(), open(state));
        let spend = |at: usize| {
            let k = self.0.retailers[at].effectiveness;
            SupportedSpend { own: costates[(at + 1) * count + at] * k, other: costates[at] * k }
        };
        let common = CommonRate::of((0..count).map(spend));
        for at in 0..count {
            let (rate, effort) = match &rules {
                Rules::Own => (spend(at).rate(), spend(at).root()),
                Rules::Equal => (common.rate, common.root(spend(at))),
                Rules::Given(rates) => (T::constant(rates[at]), spend(at).root_alone() / (1.0 - rates[at])),
                Rules::Together => {
                    let worths = costates.iter().skip(at).step_by(count);
                    let all = worths.fold(T::constant(0.0), |all, worth| all + *worth);
                    let root = (all * (0.5 * self.0.retailers[at].effectiveness)).positive_part();
                    (T::constant(0.0), root)
                }
            };
            x[at] = rate;
            x[count + at] = effort * root;
        }
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("retailers", "n", "number", Range::POSITIVE).length(),
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("effectiveness", "k", "per effort per time", Range::POSITIVE).list(),
    Parameter::new("decay", "delta", "per time", Range::POSITIVE).list(),
    Parameter::new("manufacturer_margin", "M", "money per time", Range::NON_NEGATIVE).list(),
    Parameter::new("retailer_margin", "m", "money per time", Range::POSITIVE).list(),
    Parameter::new("initial_share", "x0", "share of the market", SHARE).list().or(0.0),
];

impl Model for ChutaniSethi {
    const NAME: &'static str = "chutani_sethi";
    const ALIASES: &'static [&'static str] = &["chutani_sethi2012", "chutani_sethi_2012"];
    const TITLE: &'static str = "market shares over time, one manufacturer, any number of retailers";
    const SOURCE: &'static str = "Chutani and Sethi 2012, Dynamic Games and Applications 2";
    const PROVENANCE: &'static str =
        "model reconstructed from the abstract, the paper's text not read; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        // The number of retailers has been held against the lists, and is known from them.
        let lists = required(PARAMETERS, values)?;
        let entry = |list: usize, at: usize| lists[list][at];
        let retailer = |at: usize| Retailer {
            effectiveness: entry(2, at),
            decay: entry(3, at),
            manufacturer_margin: entry(4, at),
            retailer_margin: entry(5, at),
            initial_share: entry(6, at),
        };
        Self::new(Parameters {
            discount_rate: entry(1, 0),
            retailers: (0..lists[2].len()).map(retailer).collect(),
        })
    }

    /// Without the number of retailers, which the lists tell.
    fn values(&self) -> Vec<Vec<f64>> {
        let list = |of: fn(&Retailer) -> f64| self.0.retailers.iter().map(of).collect();
        vec![
            Vec::new(),
            vec![self.0.discount_rate],
            list(|r| r.effectiveness),
            list(|r| r.decay),
            list(|r| r.manufacturer_margin),
            list(|r| r.retailer_margin),
            list(|r| r.initial_share),
        ]
    }

    fn structures() -> Vec<Scheme<Network>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces a rate for each retailer, the retailers reply",
                Structure::leader(Network::Manufacturer),
            ),
            Scheme::new(
                "equal_rate",
                "the same with one rate for all, as the law may demand",
                Self::equal_rate(),
            )
            .also(&["common_rate", "anti_discrimination"]),
            Scheme::new("no_support", "the same without participation rates", Self::no_support()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let retailer = |effectiveness, decay, manufacturer_margin, retailer_margin| Retailer {
            effectiveness,
            decay,
            manufacturer_margin,
            retailer_margin,
            initial_share: 0.1,
        };
        let retailers = vec![retailer(0.6, 0.3, 2.0, 1.0), retailer(0.4, 0.2, 1.5, 0.6)];
        ChutaniSethi(Parameters { discount_rate: 0.1, retailers })
    }
}
