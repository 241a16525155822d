//! Co-op advertising in a channel over time at fixed margins: the founding channel without its prices.
//!
//! A manufacturer earns `m_M` and a retailer `m_R` a unit. National and local advertising (`u_M`, `u_R`) each build a
//! goodwill, and the manufacturer pays the share `φ` of the cost of local advertising:
//!
//! ```math
//! \dot G_M=l_Mu_M-d_MG_M,\qquad\dot G_R=l_Ru_R-d_RG_R,\qquad D=\alpha+\theta_MG_M+\theta_RG_R,
//! ```
//!
//! ```math
//! \pi_M=m_MD-\tfrac{k_M}2u_M^2-\varphi\tfrac{k_R}2u_R^2,\qquad\pi_R=m_RD-(1-\varphi)\tfrac{k_R}2u_R^2 .
//! ```
//!
//! Values are linear in goodwill, `∂Vᵢ/∂Gⱼ = mᵢθⱼ/(ρ + dⱼ)`, and everybody's decisions are constant. Under the
//! manufacturer's leadership
//!
//! ```math
//! \varphi=\max\Bigl(0,\frac{2m_M-m_R}{2m_M+m_R}\Bigr),\qquad
//! u_M=\frac{l_Mm_M\theta_M}{k_M(\rho+d_M)},\qquad
//! u_R=\frac{l_R\theta_R}{k_R(\rho+d_R)}\max\Bigl(m_R,m_M+\frac{m_R}2\Bigr):
//! ```
//!
//! it supports the retailer when it earns more than half of what the retailer does. Together they choose the same with
//! `m_M + m_R` in place of both margins.
//!
//! # Source
//!
//! The reading of Zhou and Lin (2014) with margins that are given instead of chosen, next to
//! [`channel_pricing`](super::channel_pricing); all of it was derived for this library.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::GoodwillChannel;
//! use coopad::models::{Channel, Model};
//! use coopad::prelude::*;
//!
//! let channel = GoodwillChannel::example();
//! let structure = Structure::leader(Channel::Manufacturer);
//! let led = channel.feedback(&structure)?;
//! // Margins of 3 and 2: (2·3 − 2)/(2·3 + 2).
//! assert!((led.policy(&[1.0, 1.0])?[GoodwillChannel::PARTICIPATION] - 0.5).abs() < 1e-12);
//! let [manufacturer, _] = channel.value_functions(&structure).ok_or("no formula")?;
//! assert!((led.payoff(Channel::Manufacturer) - manufacturer.at(&[1.0, 1.0])?).abs() < 1e-8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::super::stage::hamiltonians;
use super::channel_pricing::Goodwill;
use crate::claim::Claim;
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Channel, Model, Parameter, Range, Scheme, checked, required};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The numbers of the model; see [`GoodwillChannel::new`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `ρ`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `α`, demand without goodwill.
    pub base_demand: f64,
    /// `m_M`, money per unit.
    pub manufacturer_margin: f64,
    /// `m_R`, money per unit.
    pub retailer_margin: f64,
    /// National advertising and its goodwill.
    pub national: Goodwill,
    /// Local advertising and its goodwill.
    pub local: Goodwill,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let goodwill = |of: usize| Goodwill {
            effectiveness: v[4 + of],
            decay: v[6 + of],
            cost: v[8 + of],
            demand_effect: v[10 + of],
            initial: v[12 + of],
        };
        Parameters {
            discount_rate: v[0],
            base_demand: v[1],
            manufacturer_margin: v[2],
            retailer_margin: v[3],
            national: goodwill(0),
            local: goodwill(1),
        }
    }

    /// What a unit of goodwill is worth to somebody with this margin: `mθ/(ρ + d)`.
    fn worth(&self, margin: f64, goodwill: &Goodwill) -> f64 {
        margin * goodwill.demand_effect / (self.discount_rate + goodwill.decay)
    }

    /// The manufacturer's worths of both goodwills, then the retailer's.
    fn worths(&self) -> [f64; 4] {
        let (m, r) = (self.manufacturer_margin, self.retailer_margin);
        let (national, local) = (&self.national, &self.local);
        [self.worth(m, national), self.worth(m, local), self.worth(r, national), self.worth(r, local)]
    }

    /// The effort that is best for both together.
    fn joint(&self, goodwill: &Goodwill) -> f64 {
        let margin = self.manufacturer_margin + self.retailer_margin;
        goodwill.effectiveness * self.worth(margin, goodwill) / goodwill.cost
    }

    /// Goodwill well above any that is kept up.
    fn reach(&self, goodwill: &Goodwill) -> f64 {
        let kept = goodwill.effectiveness * self.joint(goodwill) / goodwill.decay;
        3.0 * kept.max(goodwill.initial).max(f64::MIN_POSITIVE)
    }
}

/// A channel with fixed margins and two goodwills. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct GoodwillChannel(Parameters);

impl GoodwillChannel {
    /// The participation rate `φ`, the manufacturer's.
    pub const PARTICIPATION: usize = 0;
    /// The effort of national advertising `u_M`, the manufacturer's.
    pub const NATIONAL: usize = 1;
    /// The effort of local advertising `u_R`, the retailer's.
    pub const LOCAL: usize = 2;

    /// The model at these parameters: rates, costs, effectiveness and margins positive, demand effects, base demand and
    /// goodwill zero or positive.
    ///
    /// # Errors
    ///
    /// For a number that is not.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(GoodwillChannel(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// The manufacturer leads at every moment but pays for nobody's advertising but its own.
    pub fn no_support() -> Structure<Channel> {
        Structure::leader(Channel::Manufacturer).fix(Self::PARTICIPATION, 0.0).named("no_support")
    }

    /// What everybody decides at every moment and every goodwill: rate, national and local effort. `None` under rules
    /// other than the manufacturer's leadership, with a rate of its choice or a given one, and cooperation.
    pub fn policy(&self, structure: &Structure<Channel>) -> Option<[f64; 3]> {
        let mut x = [0.0; 3];
        self.closed_form_at(structure, &[0.0; 2], &self.0.worths(), &mut x).then_some(x)
    }

    /// The values of manufacturer and retailer, linear in goodwill; `None` as for [`GoodwillChannel::policy`].
    pub fn value_functions(&self, structure: &Structure<Channel>) -> Option<[Quadratic; 2]> {
        let (x, worths) = (self.policy(structure)?, self.0.worths());
        // What flows without goodwill, and what moving it is worth, for ever.
        let mut flows = [0.0; 2];
        hamiltonians(self, &[0.0; 2], &worths, &x, &mut flows);
        let [m, r] = flows.map(|flow| flow / self.0.discount_rate);
        let flat = [vec![0.0; 2], vec![0.0; 2]];
        Some([Quadratic::of(&flat, &worths[..2], m), Quadratic::of(&flat, &worths[2..], r)])
    }

    /// The goodwill to which national and local advertising lead; `None` as for [`GoodwillChannel::policy`].
    pub fn steady_state(&self, structure: &Structure<Channel>) -> Option<[f64; 2]> {
        let [_, national, local] = self.policy(structure)?;
        let kept = |goodwill: &Goodwill, effort: f64| goodwill.effectiveness * effort / goodwill.decay;
        Some([kept(&self.0.national, national), kept(&self.0.local, local)])
    }
}

impl Game for GoodwillChannel {
    type Player = Channel;

    fn players(&self) -> Vec<Channel> {
        Channel::both()
    }

    fn decisions(&self) -> Vec<Decision<Channel>> {
        let effort = |name: &'static str, symbol: &'static str, owner: Channel, goodwill: &Goodwill| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(0.5 * self.0.joint(goodwill))
        };
        vec![
            Channel::participation_rate().symbol("phi"),
            effort("national_advertising", "u_M", Channel::Manufacturer, &self.0.national),
            effort("local_advertising", "u_R", Channel::Retailer, &self.0.local),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision == Self::PARTICIPATION { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for GoodwillChannel {
    fn states(&self) -> Vec<State> {
        let state = |name: &'static str, symbol: &'static str, goodwill: &Goodwill| {
            let state = State::new(name, 0.0, self.0.reach(goodwill)).symbol(symbol).unit("goodwill");
            state.starting_at(goodwill.initial)
        };
        vec![
            state("national_goodwill", "G_M", &self.0.national),
            state("local_goodwill", "G_R", &self.0.local),
        ]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let Parameters { national, local, .. } = &self.0;
        out[0] = x[Self::NATIONAL] * national.effectiveness - state[0] * national.decay;
        out[1] = x[Self::LOCAL] * local.effectiveness - state[1] * local.decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let p = &self.0;
        let demand = state[0] * p.national.demand_effect + state[1] * p.local.demand_effect + p.base_demand;
        let national = x[Self::NATIONAL].square() * (0.5 * p.national.cost);
        let local = x[Self::LOCAL].square() * (0.5 * p.local.cost);
        let paid = x[Self::PARTICIPATION] * local;
        out[0] = demand * p.manufacturer_margin - national - paid;
        out[1] = demand * p.retailer_margin - local + paid;
    }

    fn discount(&self, _: Channel) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<Channel>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Parameters { national, local, .. } = &self.0;
        // Local advertising is supported spending: what it is worth to each, in units of the root of its cost.
        let scale = (0.5 * local.cost).sqrt();
        let unit = local.effectiveness / scale;
        let spend = SupportedSpend { own: costates[3] * unit, other: costates[1] * unit };
        let zero = T::constant(0.0);
        let (worth, rate, root) = if structure.same_rules(&Structure::cooperative()) {
            (costates[0] + costates[2], zero, spend.root_together())
        } else if structure.same_rules_but(Self::PARTICIPATION, &Structure::leader(Channel::Manufacturer)) {
            match structure.held(Self::PARTICIPATION) {
                None => (costates[0], spend.rate(), spend.root()),
                Some(rate) => (costates[0], T::constant(rate), spend.root_alone() / (1.0 - rate)),
            }
        } else {
            return false;
        };
        x[Self::PARTICIPATION] = rate;
        x[Self::NATIONAL] = (worth * (national.effectiveness / national.cost)).positive_part();
        x[Self::LOCAL] = root / scale;
        true
    }
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "rho", "per time", Range::POSITIVE),
    Parameter::new("base_demand", "alpha", "units per time", Range::NON_NEGATIVE),
    Parameter::new("manufacturer_margin", "m_M", "money per unit", Range::POSITIVE),
    Parameter::new("retailer_margin", "m_R", "money per unit", Range::POSITIVE),
    Parameter::new("national_effectiveness", "l_M", "goodwill per effort", Range::POSITIVE),
    Parameter::new("local_effectiveness", "l_R", "goodwill per effort", Range::POSITIVE),
    Parameter::new("national_decay", "d_M", "per time", Range::POSITIVE),
    Parameter::new("local_decay", "d_R", "per time", Range::POSITIVE),
    Parameter::new("national_cost", "k_M", "money per effort squared", Range::POSITIVE),
    Parameter::new("local_cost", "k_R", "money per effort squared", Range::POSITIVE),
    Parameter::new("national_demand_effect", "th_M", "units per goodwill", Range::NON_NEGATIVE),
    Parameter::new("local_demand_effect", "th_R", "units per goodwill", Range::NON_NEGATIVE),
    Parameter::new("initial_goodwill", "G0", "goodwill", Range::NON_NEGATIVE).each(2).or(0.0),
];

impl Model for GoodwillChannel {
    const NAME: &'static str = "goodwill_channel";
    const TITLE: &'static str = "two goodwills over time, one manufacturer, one retailer; margins fixed";
    const SOURCE: &'static str = "after Zhou and Lin 2014";
    const PROVENANCE: &'static str =
        "reconstructed from the abstract, with margins given instead of chosen; solution derived here";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let Parameters { discount_rate, base_demand, manufacturer_margin, retailer_margin, national, local } =
            self.0;
        let single = |value: f64| vec![value];
        let both = |of: fn(&Goodwill) -> f64| [vec![of(&national)], vec![of(&local)]];
        [discount_rate, base_demand, manufacturer_margin, retailer_margin]
            .map(single)
            .into_iter()
            .chain(both(|g| g.effectiveness))
            .chain(both(|g| g.decay))
            .chain(both(|g| g.cost))
            .chain(both(|g| g.demand_effect))
            .chain([vec![national.initial, local.initial]])
            .collect()
    }

    fn structures() -> Vec<Scheme<Channel>> {
        vec![
            Scheme::new(
                "manufacturer_leads",
                "at every moment the manufacturer announces its rate and advertising, the retailer replies",
                Structure::leader(Channel::Manufacturer),
            ),
            Scheme::new("no_support", "the same without a participation rate", Self::no_support()),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        let list = [0.05, 10.0, 3.0, 2.0, 0.8, 0.6, 0.2, 0.3, 2.0, 1.5, 0.2, 0.25, 1.0, 1.0];
        GoodwillChannel(Parameters::from_list(&list))
    }
}
