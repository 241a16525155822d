//! Rivals whose advertising builds their own goodwill and harms the other's: a specification of ours, not the paper's, after
//! Viscolani (2012).
//!
//! ```math
//! \dot G_i=\gamma_ia_i-\eta_ja_j-\delta G_i,\qquad D_i=\max(0,\ \alpha_i+\beta_iG_i),\qquad
//! \text{profits}\quad\pi_iD_i-\tfrac{c_i}2a_i^2 .
//! ```
//!
//! While a firm sells, a unit of its goodwill is worth `πᵢβᵢ/(r + δ)`, whatever the rival does, and it advertises
//! constantly,
//!
//! ```math
//! a_i^*=\frac{\gamma_i}{c_i}\,\frac{\pi_i\beta_i}{r+\delta},
//! ```
//!
//! (`πᵢβᵢ(1 − e^{−(r+δ)(T−t)})/(r + δ)` where the game ends at `T`): values are linear, and it makes no difference whether
//! firms commit to a course or answer goodwill. Demand cannot be negative, though: a firm that is pushed out of the market
//! does not advertise. [`Interference::constant_equilibria`] goes through the cases, both selling, one of them, none.
//!
//! # Source
//!
//! Viscolani, "Pure-strategy Nash equilibria in an advertising game with interference", European Journal of Operational
//! Research 216 (2012): not read; two manufacturers whose advertising interferes, with demands piecewise linear in
//! goodwill. The dynamics, the cases and the solution are ours.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{Interference, Rival};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = Interference::example();
//! let nash = market.feedback(&Structure::simultaneous())?;
//! // Goodwill is worth 1·1/(0.1 + 0.4).
//! assert!((nash.policy(&[1.0, 1.0])?[Interference::FIRST] - 2.0).abs() < 1e-9);
//! let [first, _] = market.value_functions(&Structure::simultaneous()).ok_or("no formula")?;
//! assert!((nash.payoff(Rival::First) - first.at(&[1.0, 1.0])?).abs() < 1e-8);
//! assert_eq!(market.constant_equilibria()[0].selling, [true, true]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::Rival;
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game};
use crate::models::{Model, Parameter, Range, Scheme, checked, required};
use crate::scalar::Scalar;
use crate::structure::Structure;

/// One firm's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// `γ`, its own goodwill per unit of its advertising.
    pub effectiveness: f64,
    /// `η`, the rival's goodwill lost per unit of its advertising.
    pub interference: f64,
    /// `α`, demand without goodwill; negative where some goodwill is needed to sell at all.
    pub base_demand: f64,
    /// `β`, demand per unit of goodwill.
    pub goodwill_effect: f64,
    /// `π`, money per unit.
    pub margin: f64,
    /// `c`, the cost of advertising: `c a²/2` a unit of time.
    pub cost: f64,
    /// `G(0)`.
    pub initial_goodwill: f64,
}

/// The numbers of the model; see [`Interference::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `r`, both firms' discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of goodwill lost a unit of time.
    pub decay: f64,
    /// The first firm.
    pub first: Firm,
    /// The second firm.
    pub second: Firm,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let firm = |of: usize| Firm {
            effectiveness: v[2 + of],
            interference: v[4 + of],
            base_demand: v[6 + of],
            goodwill_effect: v[8 + of],
            margin: v[10 + of],
            cost: v[12 + of],
            initial_goodwill: v[14 + of],
        };
        Parameters { discount_rate: v[0], decay: v[1], first: firm(0), second: firm(1) }
    }

    fn firms(&self) -> [Firm; 2] {
        [self.first, self.second]
    }

    /// What a unit of its goodwill is worth to a firm that sells for ever.
    fn worth(&self, firm: Firm) -> f64 {
        firm.margin * firm.goodwill_effect / (self.discount_rate + self.decay)
    }

    /// The advertising of a firm that sells for ever.
    fn advertising(&self, firm: Firm) -> f64 {
        firm.effectiveness * self.worth(firm) / firm.cost
    }

    /// A firm's own problem while the rival advertises that much.
    fn own_problem(&self, i: usize, rival: f64) -> Own {
        let (own, other) = (self.firms()[i], self.firms()[1 - i]);
        let demand = own.base_demand + own.goodwill_effect * own.initial_goodwill;
        let loss = own.goodwill_effect * other.interference * rival - self.decay * own.base_demand;
        let push = own.goodwill_effect * own.effectiveness * self.advertising(own);
        let worth = own.margin / (self.discount_rate + self.decay);
        Own { demand, loss, push, worth, discount: self.discount_rate, decay: self.decay }
    }
}

/// A firm's problem while its rival advertises constantly: demand moves as `y' = β γ a − loss − δy` and earns `π max(0, y)`.
///
/// Goodwill moves in one direction only along a best course, so that a firm starts or stops to sell once at most. Earning
/// `πy` up to a time and nothing from it on, or the other way round, is a linear problem; the best time is best over all.
struct Own {
    demand: f64,
    loss: f64,
    /// `β γ a*`.
    push: f64,
    /// What a unit of demand is worth to a firm that sells for ever.
    worth: f64,
    discount: f64,
    decay: f64,
}

impl Own {
    /// How many times are looked at, and how often the best is refined.
    const POINTS: usize = 400;
    const REFINED: usize = 40;

    /// What advertising nets a unit of time once it is worth its all, `c a*²/2 = βγa*·worth/2`.
    fn earned(&self) -> f64 {
        0.5 * self.push * self.worth
    }

    /// The worth of selling for ever.
    fn always(&self) -> f64 {
        self.worth * self.demand + (self.earned() - self.loss * self.worth) / self.discount
    }

    /// The worth of selling up to the time at which `e^{−(r+δ)T}` is this.
    fn until(&self, left: f64) -> f64 {
        let (r, d, kappa) = (self.discount, self.decay, self.discount + self.decay);
        let faded = left.powf(r / kappa);
        let (sure, early) = ((1.0 - faded) / r, (faded - left) / d);
        let square = sure - 2.0 * early + (faded - left * left) / (2.0 * kappa - r);
        self.demand * self.worth * (1.0 - left) + self.earned() * square
            - self.loss * self.worth * (sure - early)
    }

    /// The worth of selling from the time on at which `e^{−(r+δ)T}` is this.
    fn from(&self, left: f64) -> f64 {
        let (r, d, kappa) = (self.discount, self.decay, self.discount + self.decay);
        let faded = left.powf(r / kappa);
        self.demand * self.worth * left + self.earned() * (faded - left * left) / (2.0 * kappa - r)
            - self.loss * self.worth * (faded - left) / d
            + faded * (self.earned() - self.loss * self.worth) / r
    }

    /// What the firm gains at best by another course than to sell for ever, or never.
    fn gain(&self, selling: bool) -> f64 {
        let course = |left: f64| if selling { self.until(left) - self.always() } else { self.from(left) };
        let step = 1.0 / Self::POINTS as f64;
        let points = (1..=Self::POINTS).map(|k| k as f64 * step).map(|left| (left, course(left)));
        let (mut at, mut best) = points.fold((0.0, 0.0), |b, p| if p.1 > b.1 { p } else { b });
        let mut reach = step;
        for _ in 0..Self::REFINED {
            reach *= 0.6;
            for left in [at - reach, at + reach].map(|left: f64| left.clamp(0.0, 1.0)) {
                let found = course(left);
                if found > best {
                    (at, best) = (left, found);
                }
            }
        }
        best
    }

    /// The size of what is at stake.
    fn size(&self) -> f64 {
        let flows = (self.earned() + self.loss.abs() * self.worth) / self.discount;
        self.worth * self.demand.abs() + flows
    }
}

/// A case in which every firm sells for ever or never, and advertises constantly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// Who sells.
    pub selling: [bool; 2],
    /// What each firm does.
    pub advertising: [f64; 2],
    /// Where goodwill rests.
    pub goodwill: [f64; 2],
    /// What the firms earn.
    pub payoffs: [f64; 2],
}

/// Two firms whose advertising interferes. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Interference(Parameters);

impl Interference {
    /// The first firm's advertising `a₁`.
    pub const FIRST: usize = 0;
    /// The second firm's advertising `a₂`.
    pub const SECOND: usize = 1;

    /// The model at these parameters: interference zero or positive, base demand and goodwill at the start any number, all
    /// else positive.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(Interference(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The firms' values while both sell, linear in their own goodwill,
    ///
    /// ```math
    /// V_i=\frac{\pi_i\alpha_i}r+\frac{\pi_i\beta_i}{r+\delta}\Bigl(G_i+\frac{\gamma_ia_i^*/2-\eta_ja_j^*}r\Bigr).
    /// ```
    ///
    /// `None` under rules other than simultaneous play, and where a firm whose demand is all but gone would rather leave:
    /// both sell for ever, wherever they start with some demand, exactly if
    /// `γᵢaᵢ*/2 + δαᵢ/βᵢ ≥ ηⱼaⱼ*` for both.
    pub fn value_functions(&self, structure: &Structure<Rival>) -> Option<[Quadratic; 2]> {
        let p = &self.0;
        if Rival::together(structure) != Some(false) || !self.stays().iter().all(|stays| *stays) {
            return None;
        }
        let advertising = p.firms().map(|firm| p.advertising(firm));
        Some([0, 1].map(|i| {
            let (own, other) = (p.firms()[i], p.firms()[1 - i]);
            let worth = p.worth(own);
            let moved = 0.5 * own.effectiveness * advertising[i] - other.interference * advertising[1 - i];
            let mut slope = [0.0; 2];
            slope[i] = worth;
            let constant = (own.margin * own.base_demand + worth * moved) / p.discount_rate;
            Quadratic::of(&[vec![0.0; 2], vec![0.0; 2]], &slope, constant)
        }))
    }

    /// Which firms would sell for ever from where their demand begins, the rival advertising all it can.
    fn stays(&self) -> [bool; 2] {
        let p = &self.0;
        [0, 1].map(|i| {
            let own = p.own_problem(i, p.advertising(p.firms()[1 - i]));
            0.5 * own.push >= own.loss
        })
    }

    /// The equilibria from the initial goodwills in which every firm sells for ever or never: both, one of them, none; as
    /// many as there are, the one in which most sell first. Firms commit to constant advertising, `a*` where they sell and 0
    /// elsewhere. A case is in the list if demands have its signs all the way, and no firm gains by any other course over
    /// time, to start selling later or to stop.
    ///
    /// Empty where firms start or stop to sell on the way.
    pub fn constant_equilibria(&self) -> Vec<Case> {
        let cases = [[true, true], [true, false], [false, true], [false, false]];
        cases.into_iter().filter_map(|selling| self.case(selling)).collect()
    }

    fn case(&self, selling: [bool; 2]) -> Option<Case> {
        let p = &self.0;
        let firms = p.firms();
        let advertising = [0, 1].map(|i| if selling[i] { p.advertising(firms[i]) } else { 0.0 });
        let mut case = Case { selling, advertising, goodwill: [0.0; 2], payoffs: [0.0; 2] };
        for i in 0..2 {
            let own = p.own_problem(i, advertising[1 - i]);
            let rest = if selling[i] { own.push - own.loss } else { -own.loss };
            let signs = [own.demand, rest];
            let consistent =
                if selling[i] { signs.iter().all(|y| *y >= 0.0) } else { signs.iter().all(|y| *y <= 0.0) };
            if !consistent || own.gain(selling[i]) > 1e-12 * own.size() {
                return None;
            }
            let built = firms[i].effectiveness * advertising[i];
            case.goodwill[i] = (built - firms[1 - i].interference * advertising[1 - i]) / p.decay;
            case.payoffs[i] = if selling[i] { own.always() } else { 0.0 };
        }
        case.payoffs.iter().chain(&case.goodwill).all(|number| number.is_finite()).then_some(case)
    }
}

impl Game for Interference {
    type Player = Rival;

    fn players(&self) -> Vec<Rival> {
        Rival::both()
    }

    fn decisions(&self) -> Vec<Decision<Rival>> {
        Rival::efforts(self.0.firms().map(|firm| 0.5 * self.0.advertising(firm)))
    }
}

impl DifferentialGame for Interference {
    /// From where a firm's demand begins to well above all that is kept up; from below it where the firm would not always
    /// stay, so that values are not linear.
    fn states(&self) -> Vec<State> {
        let p = &self.0;
        let state = |i: usize, stays: bool| {
            let firm = p.firms()[i];
            let edge = -firm.base_demand / firm.goodwill_effect;
            let kept = (firm.effectiveness * p.advertising(firm) / p.decay).max(firm.initial_goodwill);
            let upper = edge + 2.0 * (kept - edge).abs();
            let lower = if stays { edge } else { 2.0 * edge - upper };
            let state = State::new(format!("goodwill_{}", i + 1), lower.min(firm.initial_goodwill), upper);
            state.symbol(format!("G{}", i + 1)).unit("goodwill").starting_at(firm.initial_goodwill)
        };
        let [first, second] = self.stays();
        vec![state(0, first), state(1, second)]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { first, second, decay, .. } = self.0;
        out[0] = x[0] * first.effectiveness - x[1] * second.interference - state[0] * decay;
        out[1] = x[1] * second.effectiveness - x[0] * first.interference - state[1] * decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        for (i, firm) in self.0.firms().iter().enumerate() {
            let demand = (state[i] * firm.goodwill_effect + firm.base_demand).positive_part();
            out[i] = demand * firm.margin - x[i].square() * (0.5 * firm.cost);
        }
    }

    fn discount(&self, _: Rival) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Rival>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(together) = Rival::together(structure) else { return false };
        let Parameters { first, second, .. } = self.0;
        let worth = |state: usize, owner: usize| {
            let alone = costates[2 * owner + state];
            if together { alone + costates[2 * (1 - owner) + state] } else { alone }
        };
        let effort = |i: usize, firm: Firm| {
            let gain = worth(i, i) * firm.effectiveness - worth(1 - i, i) * firm.interference;
            (gain / firm.cost).positive_part()
        };
        x[0] = effort(0, first);
        x[1] = effort(1, second);
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "r", "per time", Range::POSITIVE),
    Parameter::new("decay", "d", "per time", Range::POSITIVE),
    Parameter::new("effectiveness", "g", "goodwill per effort", Range::POSITIVE).each(2),
    Parameter::new("interference", "h", "goodwill per effort", Range::NON_NEGATIVE).each(2),
    Parameter::new("base_demand", "al", "units per time", Range::FINITE).each(2).or(0.0),
    Parameter::new("goodwill_effect", "be", "units per goodwill", Range::POSITIVE).each(2).or(1.0),
    Parameter::new("margin", "pi", "money per unit", Range::POSITIVE).each(2),
    Parameter::new("cost", "c", "money per effort squared", Range::POSITIVE).each(2),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::FINITE).each(2).or(1.0),
];

impl Model for Interference {
    const NAME: &'static str = "interference";
    const TITLE: &'static str = "two firms whose advertising harms the other's goodwill, over time";
    const SOURCE: &'static str = "after Viscolani 2012, European Journal of Operational Research 216";
    const PROVENANCE: &'static str = "not read; the specification is ours, solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let both = |of: fn(&Firm) -> f64| self.0.firms().iter().map(of).collect::<Vec<f64>>();
        vec![
            vec![self.0.discount_rate],
            vec![self.0.decay],
            both(|f| f.effectiveness),
            both(|f| f.interference),
            both(|f| f.base_demand),
            both(|f| f.goodwill_effect),
            both(|f| f.margin),
            both(|f| f.cost),
            both(|f| f.initial_goodwill),
        ]
    }

    fn structures() -> Vec<Scheme<Rival>> {
        Rival::schemes()
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.1, 0.4, 1.0, 1.2, 0.3, 0.2, 0.0, 0.0, 1.0, 1.0, 1.0, 1.5, 1.0, 1.5, 1.0, 1.0];
        Interference(Parameters::from_list(&list))
    }
}
