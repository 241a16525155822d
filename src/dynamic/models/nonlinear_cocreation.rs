//! Value co-creation where the base of participants saturates and intelligence multiplies what others do.
//!
//! One brand of value `B`, a base of participants `N` that is a share of all who might take part. The platform sets
//! connectivity `c`, intelligence `s` and analytics `a`; the enterprise the depth `z` of interaction and advertising `u`;
//! the community its engagement `y`. Intelligence multiplies interaction and engagement, by `A = 1 + ιs`, and newcomers
//! are those who are not yet there:
//!
//! ```math
//! \begin{aligned}
//! \dot B&=A\psi(\beta_zz+\nu\beta_yy)+\beta_uu+\kappa\nu N-\delta B,\\
//! \dot N&=(1-N)\bigl[\lambda_cc+A\psi(\alpha_zz+\alpha_yy)+\eta B+bN\bigr]-\delta_NN,\\
//! Q&=d+\theta B+\phi N+\gamma_aaN,\qquad\nu=1-(1+\omega)\chi .
//! \end{aligned}
//! ```
//!
//! Everybody earns `wₖQ + ξₖN` less its own costs, `c_h e_h²/2` each; interaction costs `(c_z + k_zN²)z²/2`, since depth is
//! coordinated with every participant; engagement is a pleasure too, `hAy`. The platform may pay the shares `t_z`, `t_u`,
//! `t_y` of interaction, advertising and engagement.
//!
//! The game of the moment is solved in closed form. Per unit of `A` an effort `e` with cost `C` is worth `b` to its owner
//! and `a` to the platform: `e = b⁺/C`, with support `t = (2a − b)⁺/(2a + b)` and `e = (2a + b)/(2C)`; with `H` what the
//! platform (or all together) gets of interaction and engagement in this way,
//!
//! ```math
//! s=\frac{j\iota H}{c_s-j\iota^2H},\qquad j=1\text{ if all decide at once, }2\text{ if the platform leads.}
//! ```
//!
//! Where `jι²H ≥ c_s` intelligence pays for ever more of itself, and there is no equilibrium.
//!
//! # Source
//!
//! Original to this library, as is the linear form it generalises: the sources are essays without equations. What is a
//! theorem and what was found numerically is told by the documentation of the model.
//!
//! ```
//! use coopad::dynamic::SolveOverTime;
//! use coopad::dynamic::models::{CoCreator, NonlinearCoCreation};
//! use coopad::models::Model;
//! use coopad::prelude::*;
//!
//! let market = NonlinearCoCreation::example();
//! let led = market.feedback(&NonlinearCoCreation::leadership())?;
//! let supported = market.feedback(&Structure::leader(CoCreator::Platform))?;
//! // Support is good for all three.
//! assert!(led.payoffs().iter().zip(supported.payoffs()).all(|(without, with)| with > without));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;

use serde::{Deserialize, Serialize};

use super::super::game::{DifferentialGame, State};
use super::SHARE;
use super::cocreation::CoCreator;
use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Model, Parameter, Range, Scheme, checked, required, singles};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;
use CoCreator::{Community, Enterprise, Platform};

/// The numbers of the model; see [`Model::parameters`] for what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `ρ`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `δ`, the share of brand value lost a unit of time.
    pub brand_decay: f64,
    /// `δ_N`, the share of the participants who leave a unit of time.
    pub base_decay: f64,
    /// `ψ`, the part of an announced interaction that is carried out.
    pub binding: f64,
    /// `χ`, the part of voice that is misused.
    pub misuse: f64,
    /// `ω`, the harm of a misused unit of voice as a multiple of the good of a unit well used.
    pub misuse_harm: f64,
    /// `κ`, how participants speak for the brand.
    pub word_of_mouth: f64,
    /// `η`, how the brand attracts participants.
    pub attraction: f64,
    /// `b`, how participants attract participants.
    pub imitation: f64,
    /// `ι`, by how much a unit of intelligence multiplies interaction and engagement.
    pub amplification: f64,
    /// `β_z`, `β_u`, `β_y`: how interaction, advertising and engagement build the brand.
    pub brand_effects: [f64; 3],
    /// `λ_c`, `α_z`, `α_y`: how connectivity, interaction and engagement bring participants.
    pub base_effects: [f64; 3],
    /// `c_c`, `c_s`, `c_a`: the costs of connectivity, intelligence and analytics.
    pub capability_costs: [f64; 3],
    /// `c_z`, the cost of interaction.
    pub interaction_cost: f64,
    /// `k_z`, the cost of coordinating it with all participants.
    pub coordination_cost: f64,
    /// `c_u`, the cost of advertising.
    pub advertising_cost: f64,
    /// `c_y`, the community's cost of engagement.
    pub engagement_cost: f64,
    /// `h`, its pleasure.
    pub engagement_pleasure: f64,
    /// `d`, sales without brand and base.
    pub base_sales: f64,
    /// `θ`, sales per brand value.
    pub brand_sales: f64,
    /// `φ`, sales of the whole base.
    pub participant_sales: f64,
    /// `γ_a`, sales per unit of analytics of the whole base.
    pub matching: f64,
    /// `w`, what a unit sold is worth to platform, enterprise and community.
    pub margins: [f64; 3],
    /// `ξ`, what the whole base is worth to each of them, a unit of time.
    pub participant_incomes: [f64; 3],
    /// The greatest brand value that is looked at.
    pub greatest_brand: f64,
    /// `B(0)`, brand value at the start.
    pub initial_brand: f64,
    /// `N(0)`, the base at the start, a share of all.
    pub initial_base: f64,
}

impl Parameters {
    fn from_list(v: &[f64]) -> Self {
        let three = |of: usize| [v[of], v[of + 1], v[of + 2]];
        Parameters {
            discount_rate: v[0],
            brand_decay: v[1],
            base_decay: v[2],
            binding: v[3],
            misuse: v[4],
            misuse_harm: v[5],
            word_of_mouth: v[6],
            attraction: v[7],
            imitation: v[8],
            amplification: v[9],
            brand_effects: three(10),
            base_effects: three(13),
            capability_costs: three(16),
            interaction_cost: v[19],
            coordination_cost: v[20],
            advertising_cost: v[21],
            engagement_cost: v[22],
            engagement_pleasure: v[23],
            base_sales: v[24],
            brand_sales: v[25],
            participant_sales: v[26],
            matching: v[27],
            margins: three(28),
            participant_incomes: three(31),
            greatest_brand: v[34],
            initial_brand: v[35],
            initial_base: v[36],
        }
    }

    /// The numbers up to the margins, in the order of the parameters.
    fn technology(&self) -> Vec<f64> {
        let motion = [
            self.discount_rate,
            self.brand_decay,
            self.base_decay,
            self.binding,
            self.misuse,
            self.misuse_harm,
            self.word_of_mouth,
            self.attraction,
            self.imitation,
            self.amplification,
        ];
        let effects = [self.brand_effects, self.base_effects, self.capability_costs];
        let rest = [
            self.interaction_cost,
            self.coordination_cost,
            self.advertising_cost,
            self.engagement_cost,
            self.engagement_pleasure,
            self.base_sales,
            self.brand_sales,
            self.participant_sales,
            self.matching,
        ];
        [&motion, effects.as_flattened(), &rest].concat()
    }

    /// `ν`: what is left of a unit of voice when misuse is taken off.
    fn net_voice(&self) -> f64 {
        1.0 - (1.0 + self.misuse_harm) * self.misuse
    }

    /// What a unit of each effort with intelligence at zero moves a unit of time: the brand and the newcomers.
    fn effects(&self) -> [[f64; 2]; 3] {
        let Parameters { binding, brand_effects: [bz, bu, by], base_effects: [_, az, ay], .. } = *self;
        [[binding * bz, binding * az], [bu, 0.0], [binding * self.net_voice() * by, binding * ay]]
    }
}

/// A platform, an enterprise and a community on a market that saturates. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct NonlinearCoCreation(Parameters);

impl NonlinearCoCreation {
    /// The share `t_z` of interaction that the platform pays.
    pub const INTERACTION_RATE: usize = 0;
    /// The share `t_u` of advertising that the platform pays.
    pub const ADVERTISING_RATE: usize = 1;
    /// The share `t_y` of engagement that the platform pays.
    pub const ENGAGEMENT_RATE: usize = 2;
    /// The platform's connectivity `c`.
    pub const CONNECTIVITY: usize = 3;
    /// The platform's intelligence `s`.
    pub const INTELLIGENCE: usize = 4;
    /// The platform's analytics `a`.
    pub const ANALYTICS: usize = 5;
    /// The depth `z` of the enterprise's interaction with the community.
    pub const INTERACTION: usize = 6;
    /// The enterprise's advertising `u`.
    pub const ADVERTISING: usize = 7;
    /// The community's engagement `y`.
    pub const ENGAGEMENT: usize = 8;

    /// The model at these parameters.
    ///
    /// # Errors
    ///
    /// For a number that is out of its range.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        checked(NonlinearCoCreation(parameters))
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.0
    }

    /// Everybody decides at once, nobody supports anybody.
    pub fn nash() -> Structure<CoCreator> {
        Structure::simultaneous().no_transfers().named("nash")
    }

    /// The platform leads at every moment but supports nobody.
    pub fn leadership() -> Structure<CoCreator> {
        Structure::leader(Platform).no_transfers().named("leader")
    }
}

impl Game for NonlinearCoCreation {
    type Player = CoCreator;

    fn players(&self) -> Vec<CoCreator> {
        vec![Platform, Enterprise(0), Community]
    }

    fn decisions(&self) -> Vec<Decision<CoCreator>> {
        let rate = |name: &'static str, symbol: &'static str, to| {
            Decision::transfer(name, Platform, to).symbol(symbol).unit("share of cost")
        };
        let effort = |name: &'static str, symbol: &'static str, owner| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(0.3)
        };
        vec![
            rate("interaction_rate", "tz", Enterprise(0)),
            rate("advertising_rate", "tu", Enterprise(0)),
            rate("engagement_rate", "ty", Community),
            effort("connectivity", "c", Platform),
            effort("intelligence", "s", Platform),
            effort("analytics", "a", Platform),
            effort("interaction", "z", Enterprise(0)),
            effort("advertising", "u", Enterprise(0)),
            effort("engagement", "y", Community),
        ]
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < Self::CONNECTIVITY { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for NonlinearCoCreation {
    fn states(&self) -> Vec<State> {
        let Parameters { greatest_brand, initial_brand, initial_base, .. } = self.0;
        vec![
            State::new("brand", 0.0, greatest_brand)
                .symbol("B")
                .unit("brand value")
                .starting_at(initial_brand),
            State::new("base", 0.0, 1.0).symbol("N").unit("share of all").starting_at(initial_base),
        ]
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (p, [brand, base]) = (&self.0, [state[0], state[1]]);
        let [z, u, y] = p.effects();
        let amplifier = x[Self::INTELLIGENCE] * p.amplification + 1.0;
        let worked = |k: usize| (x[Self::INTERACTION] * z[k] + x[Self::ENGAGEMENT] * y[k]) * amplifier;
        let spoken = base * (p.word_of_mouth * p.net_voice());
        out[0] = worked(0) + x[Self::ADVERTISING] * u[0] + spoken - brand * p.brand_decay;
        let drawn = x[Self::CONNECTIVITY] * p.base_effects[0] + brand * p.attraction + base * p.imitation;
        out[1] = (worked(1) + drawn) * (-base + 1.0) - base * p.base_decay;
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (p, [brand, base]) = (&self.0, [state[0], state[1]]);
        let sales = brand * p.brand_sales
            + base * (x[Self::ANALYTICS] * p.matching + p.participant_sales)
            + p.base_sales;
        for ((out, margin), income) in out.iter_mut().zip(p.margins).zip(p.participant_incomes) {
            *out = sales * margin + base * income;
        }
        let cost = |decision: usize, cost: T| x[decision].square() * cost * 0.5;
        for (decision, c) in (Self::CONNECTIVITY..).zip(p.capability_costs) {
            out[0] = out[0] - cost(decision, T::constant(c));
        }
        let amplifier = x[Self::INTELLIGENCE] * p.amplification + 1.0;
        out[2] = out[2] + amplifier * x[Self::ENGAGEMENT] * p.engagement_pleasure;
        for (which, (owner, c)) in [1, 1, 2].into_iter().zip(self.costs(base)).enumerate() {
            let whole = cost(Self::INTERACTION + which, c);
            let paid = x[which] * whole;
            out[0] = out[0] - paid;
            out[owner] = out[owner] - whole + paid;
        }
    }

    fn discount(&self, _: CoCreator) -> f64 {
        self.0.discount_rate
    }

    #[inline]
    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<CoCreator>,
        state: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let together = structure.same_rules(&Structure::cooperative());
        let supported = structure.same_rules(&Structure::leader(Platform));
        let leads = together || supported || structure.same_rules(&Self::leadership());
        if !leads && !structure.same_rules(&Self::nash()) {
            return false;
        }
        let (p, base) = (&self.0, state[1]);
        let room = -base + 1.0;
        let worth = |player: usize| [costates[2 * player], costates[2 * player + 1] * room];
        let platform = |of: &dyn Fn(usize) -> T| if together { of(0) + of(1) + of(2) } else { of(0) };
        // Connectivity brings newcomers; analytics sells at once.
        let newcomers = platform(&|player| worth(player)[1]);
        x[Self::CONNECTIVITY] = (newcomers * (p.base_effects[0] / p.capability_costs[0])).positive_part();
        let margin = platform(&|player| T::constant(p.margins[player]));
        x[Self::ANALYTICS] = base * margin * (p.matching / p.capability_costs[2]);
        let mut gathered = T::constant(0.0);
        let owners = [1, 1, 2];
        for (which, ([brand, newcomer], cost)) in p.effects().into_iter().zip(self.costs(base)).enumerate() {
            let value = |player: usize| {
                let [b, n] = worth(player);
                let pleasure = if which == 2 && player == 2 { p.engagement_pleasure } else { 0.0 };
                b * brand + n * newcomer + pleasure
            };
            let own = value(owners[which]);
            let other = if together { value(0) + value(3 - owners[which]) } else { value(0) };
            let spend = SupportedSpend { own, other };
            let (rate, root) = match (together, supported) {
                (true, _) => (T::constant(0.0), spend.root_together()),
                (false, true) => (spend.rate(), spend.root()),
                (false, false) => (T::constant(0.0), spend.root_alone()),
            };
            let effort = root / cost * 2.0;
            (x[which], x[Self::INTERACTION + which]) = (rate, effort);
            if which != 1 {
                let borne = if together { T::constant(1.0) } else { rate };
                let earned = if together { own + other } else { other };
                gathered = gathered + earned * effort - borne * cost * effort.square() * 0.5;
            }
        }
        // Intelligence: what it multiplies is worth `gathered` per unit of its square (of itself, decided at once).
        let pull = gathered * (p.amplification * if leads { 2.0 } else { 1.0 });
        let left = -(pull * p.amplification - p.capability_costs[1]);
        let intelligence = T::select(left, (pull / left).positive_part(), T::constant(f64::NAN));
        x[Self::INTELLIGENCE] = intelligence;
        let amplifier = intelligence * p.amplification + 1.0;
        x[Self::INTERACTION] = x[Self::INTERACTION] * amplifier;
        x[Self::ENGAGEMENT] = x[Self::ENGAGEMENT] * amplifier;
        true
    }
}

impl NonlinearCoCreation {
    /// The cost coefficients of interaction, advertising and engagement.
    fn costs<T: Scalar>(&self, base: T) -> [T; 3] {
        let p = &self.0;
        let interaction = base.square() * p.coordination_cost + p.interaction_cost;
        [interaction, T::constant(p.advertising_cost), T::constant(p.engagement_cost)]
    }
}

/// Above 0 and up to 1.
const PART: Range =
    Range { lower: 0.0, closed: false, below: 1.0 + f64::EPSILON, words: "above 0, at most 1" };

const PARAMETERS: &[Parameter] = &[
    Parameter::new("discount_rate", "rho", "per time", Range::POSITIVE),
    Parameter::new("brand_decay", "delta", "per time", Range::POSITIVE),
    Parameter::new("base_decay", "delta_N", "per time", Range::POSITIVE),
    Parameter::new("binding", "psi", "share", PART).or(1.0),
    Parameter::new("misuse", "chi", "share", SHARE).or(0.0),
    Parameter::new("misuse_harm", "omega", "none", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("word_of_mouth", "kappa", "brand value per base and time", Range::NON_NEGATIVE),
    Parameter::new("attraction", "eta", "per brand value and time", Range::NON_NEGATIVE),
    Parameter::new("imitation", "bass", "per time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("amplification", "iota", "per effort", Range::NON_NEGATIVE).or(0.0),
    Parameter::new(
        "interaction_brand_effect",
        "beta_z",
        "brand value per effort and time",
        Range::NON_NEGATIVE,
    ),
    Parameter::new(
        "advertising_brand_effect",
        "beta_u",
        "brand value per effort and time",
        Range::NON_NEGATIVE,
    ),
    Parameter::new(
        "engagement_brand_effect",
        "beta_y",
        "brand value per effort and time",
        Range::NON_NEGATIVE,
    ),
    Parameter::new("connectivity_effect", "lam_c", "newcomers per effort and time", Range::NON_NEGATIVE),
    Parameter::new(
        "interaction_base_effect",
        "alpha_z",
        "newcomers per effort and time",
        Range::NON_NEGATIVE,
    ),
    Parameter::new("engagement_base_effect", "alpha_y", "newcomers per effort and time", Range::NON_NEGATIVE),
    Parameter::new("connectivity_cost", "c_c", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("intelligence_cost", "c_s", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("analytics_cost", "c_a", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("interaction_cost", "c_z", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("coordination_cost", "k_z", "the same at the whole base", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("advertising_cost", "c_u", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("engagement_cost", "c_y", "money per effort squared and time", Range::POSITIVE),
    Parameter::new("engagement_pleasure", "h", "money per effort and time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("base_sales", "d0", "units per time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("brand_sales", "theta", "units per brand value and time", Range::NON_NEGATIVE),
    Parameter::new("participant_sales", "phi", "units per base and time", Range::NON_NEGATIVE),
    Parameter::new("matching", "gamma_a", "units per effort, base and time", Range::NON_NEGATIVE).or(0.0),
    Parameter::new("margin", "w", "money per unit: platform, enterprise, community", Range::NON_NEGATIVE)
        .each(3),
    Parameter::new("participant_income", "xi", "money per base and time, each", Range::NON_NEGATIVE)
        .each(3)
        .or(0.0),
    Parameter::new("greatest_brand", "Bmax", "brand value", Range::POSITIVE),
    Parameter::new("initial_brand", "B0", "brand value", Range::NON_NEGATIVE).or(1.0),
    Parameter::new("initial_base", "N0", "share of all", SHARE).or(0.3),
];

impl Model for NonlinearCoCreation {
    const NAME: &'static str = "nonlinear_cocreation";
    const TITLE: &'static str = "value co-creation with a base that saturates and intelligence that multiplies: platform, enterprise, community";
    const SOURCE: &'static str = "this library";
    const PROVENANCE: &'static str = "original; the sources are essays without equations";

    fn parameters() -> &'static [Parameter] {
        PARAMETERS
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        Self::new(Parameters::from_list(&required(PARAMETERS, values)?.concat()))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let p = &self.0;
        let each = [p.margins.to_vec(), p.participant_incomes.to_vec()];
        let ends = singles(&[p.greatest_brand, p.initial_brand, p.initial_base]);
        singles(&p.technology()).into_iter().chain(each).chain(ends).collect()
    }

    fn structures() -> Vec<Scheme<CoCreator>> {
        vec![
            Scheme::new("nash", "everybody decides at once, without support", Self::nash())
                .also(&["simultaneous"]),
            Scheme::new(
                "leader",
                "at every moment the platform decides first, without support",
                Self::leadership(),
            )
            .also(&["platform_leads"]),
            Scheme::new(
                "support",
                "at every moment the platform announces its efforts and three participation rates, the others reply",
                Structure::leader(Platform),
            )
            .also(&["platform_supports"]),
            Scheme::new("full", "joint profit is maximised", Structure::cooperative()).also(&["cooperative"]),
        ]
    }

    fn claims() -> &'static [Claim] {
        claims::CLAIMS
    }

    fn example() -> Self {
        NonlinearCoCreation(Parameters::from_list(&[
            0.1, 0.3, 0.25, 0.9, 0.1, 1.5, 0.1, 0.05, 0.1, 0.3, // rates
            0.5, 0.4, 0.4, 0.5, 0.2, 0.2, // effects
            1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.1, // costs
            0.5, 0.5, 0.6, 0.3, 0.5, 0.7, 0.3, 0.2, 0.1, 0.2, // sales and who earns
            6.0, 1.0, 0.3,
        ]))
    }
}
