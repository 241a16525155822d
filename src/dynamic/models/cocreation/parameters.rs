//! The numbers of the model, by name.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::super::SHARE;
use crate::error::ParameterError;
use crate::models::{Parameter, Range};

/// An enterprise with its brand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// `δ > 0`, how fast brand value decays, a unit of time.
    pub decay: f64,
    /// `ε`, how much faster when all voice is misused.
    pub misuse_decay: f64,
    /// `κ`, how participants speak for the brand: brand value per participant and time.
    pub word_of_mouth: f64,
    /// `η`, how the brand attracts participants: participants per brand value and time.
    pub attraction: f64,
    /// `s_B`, brand value that comes by itself, a unit of time.
    pub inflow: f64,
    /// `B(0)`, brand value at the start.
    pub initial: f64,
    /// `σ_B`, the strength of noise.
    pub volatility: f64,
    /// `d`, sales without brand and base.
    pub base_sales: f64,
    /// `θ`, sales per brand value.
    pub brand_sales: f64,
    /// `φ`, sales per participant.
    pub participant_sales: f64,
    /// `v`, the price of a unit.
    pub price: f64,
    /// `τ`, the share of the price that the platform keeps, below 1.
    pub commission: f64,
    /// What a unit costs the enterprise.
    pub unit_cost: f64,
    /// `s_C`, what a unit sold is worth to the community beyond its price.
    pub community_surplus: f64,
    /// `s_S`, what the stakeholder earns on a unit sold.
    pub stakeholder_surplus: f64,
    /// `ξ_E`, what the enterprise earns on a participant, a unit of time.
    pub participant_income: f64,
    /// `q_E`, what it earns whatever happens.
    pub income: f64,
    /// `λ_B`, how connectivity, intelligence and analytics build the brand.
    pub capability_effect: [f64; 3],
    /// `λ_Q`, how they sell at once.
    pub capability_sales: [f64; 3],
    /// How much of the brand a unit of analytics saves when all voice is misused.
    pub guard: f64,
    /// `c_z`, the cost of co-creation.
    pub interaction_cost: f64,
    /// `k_z`, the cost of coordinating it with customers.
    pub coordination_cost: f64,
    /// `β_z`, how co-creation builds the brand.
    pub interaction_effect: f64,
    /// `α_z`, how it brings participants.
    pub interaction_reach: f64,
    /// `c_u`, the cost of advertising.
    pub advertising_cost: f64,
    /// `β_u`, how it builds the brand.
    pub advertising_effect: f64,
    /// `α_u`, how it brings participants.
    pub advertising_reach: f64,
    /// `c_w`, the cost of studying consumers.
    pub study_cost: f64,
    /// `γ_w`, how that sells at once.
    pub study_effect: f64,
    /// `c_y`, the community's cost of engagement with the brand.
    pub engagement_cost: f64,
    /// `β_y`, how engagement builds the brand.
    pub engagement_effect: f64,
    /// `α_y`, how it brings participants.
    pub engagement_reach: f64,
    /// `h`, its pleasure.
    pub engagement_pleasure: f64,
    /// `β_g`, how the stakeholder's contribution builds the brand.
    pub contribution_effect: f64,
}

impl Brand {
    /// `(1 − τ)v` less the cost of a unit: what the enterprise earns on a sale.
    pub fn margin(&self) -> f64 {
        (1.0 - self.commission) * self.price - self.unit_cost
    }
}

/// A supplier, a creator, a regulator: somebody else who contributes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stakeholder {
    /// `ξ_S`, what it earns on a participant, a unit of time.
    pub participant_income: f64,
    /// `q_S`, what it earns whatever happens.
    pub income: f64,
    /// `c_g`, the cost of its contribution.
    pub cost: f64,
    /// `α_g`, how it brings participants.
    pub reach: f64,
}

/// The numbers of the model. See [`CoCreation::new`](super::CoCreation::new) for what is allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `ρ > 0`, everybody's discount rate, a unit of time.
    pub discount_rate: f64,
    /// `ψ`, the part of an announced interaction that is carried out; its cost is paid on the whole.
    pub binding: f64,
    /// `χ`, the part of voice that is misused.
    pub misuse: f64,
    /// `ω`, the harm of a misused unit of voice as a multiple of the good of a unit well used.
    pub misuse_harm: f64,
    /// `δ_N > 0`, how fast participants leave.
    pub base_decay: f64,
    /// `s_N`, participants that come by themselves, a unit of time.
    pub base_inflow: f64,
    /// `N(0)`, participants at the start.
    pub initial_base: f64,
    /// `σ_N`, the strength of noise.
    pub base_volatility: f64,
    /// `ξ_P`, what the platform earns on a participant, a unit of time.
    pub platform_participant_income: f64,
    /// `ξ_C`, what belonging is worth to the community, per participant and time.
    pub community_participant_income: f64,
    /// `q_P`, what the platform earns whatever happens.
    pub platform_income: f64,
    /// `q_C`, what the community has whatever happens.
    pub community_income: f64,
    /// `c`, the costs of connectivity, intelligence and analytics.
    pub capability_cost: [f64; 3],
    /// `λ_N`, how they bring participants.
    pub capability_reach: [f64; 3],
    /// The enterprises.
    pub brands: Vec<Brand>,
    /// How much brand `j` loses by a unit of enterprise `i`'s advertising, a row for each `i`; negative where it gains. The
    /// diagonal is ignored.
    pub rivalry: Vec<Vec<f64>>,
    /// The other stakeholder, if there is one.
    pub stakeholder: Option<Stakeholder>,
}

impl Parameters {
    /// Brand values and base at the start.
    pub fn initial(&self) -> Vec<f64> {
        self.brands.iter().map(|b| b.initial).chain([self.initial_base]).collect()
    }

    /// The strength of noise in brand values and base.
    pub fn volatility(&self) -> Vec<f64> {
        self.brands.iter().map(|b| b.volatility).chain([self.base_volatility]).collect()
    }

    /// All numbers of these parameters, in the order of [`parameters`].
    pub(super) fn values(&self) -> Vec<Vec<f64>> {
        let mut all = self.clone();
        FIELDS.iter().map(|(_, at)| at(&mut all).into_iter().map(|value| *value).collect()).collect()
    }

    /// The parameters from all numbers but the first two, how many enterprises there are and whether there is a
    /// stakeholder.
    pub(super) fn from_values(enterprises: usize, stakeholder: bool, values: &[Vec<f64>]) -> Self {
        let mut all = blank(enterprises, stakeholder);
        for ((_, at), values) in FIELDS.iter().zip(values) {
            at(&mut all).into_iter().zip(values).for_each(|(to, from)| *to = *from);
        }
        all
    }

    /// Whether all numbers are in range and lists fit together.
    pub(super) fn check(&self) -> Result<(), ParameterError> {
        let n = self.brands.len();
        let wrong = |parameter: &str, given: usize, needed: usize| {
            Err(ParameterError::WrongLength { parameter: parameter.to_owned(), given, needed })
        };
        if n == 0 || n > super::CoCreation::MOST_ENTERPRISES {
            let allowed = format!("a whole number from 1 to {}", super::CoCreation::MOST_ENTERPRISES);
            return Err(ParameterError::OutOfRange {
                parameter: "enterprises".to_owned(),
                value: n as f64,
                allowed,
            });
        }
        if self.rivalry.len() != n {
            return wrong("rivalry", self.rivalry.len(), n);
        }
        if let Some(row) = self.rivalry.iter().find(|row| row.len() != n) {
            return wrong("rivalry", row.len(), n);
        }
        FIELDS.iter().zip(self.values()).try_for_each(|((parameter, _), values)| parameter.check(&values))
    }
}

/// A parameter, and where its numbers stand.
type Field = (Parameter, fn(&mut Parameters) -> Vec<&mut f64>);

/// Above 0 and up to 1.
const BINDING: Range =
    Range { lower: 0.0, closed: false, below: 1.0 + f64::EPSILON, words: "a number above 0, at most 1" };
/// From 0 to below 1.
const COMMISSION: Range = Range { lower: 0.0, closed: true, below: 1.0, words: "a number from 0 to below 1" };

/// One number for each brand.
fn each(p: &mut Parameters, of: fn(&mut Brand) -> &mut f64) -> Vec<&mut f64> {
    p.brands.iter_mut().map(of).collect()
}

/// One of the stakeholder's numbers.
fn its(p: &mut Parameters, of: fn(&mut Stakeholder) -> &mut f64) -> Vec<&mut f64> {
    p.stakeholder.iter_mut().map(of).collect()
}

/// A single number that must be given.
const fn one(name: &'static str, symbol: &'static str, unit: &'static str, range: Range) -> Parameter {
    Parameter::new(name, symbol, unit, range)
}

/// A number for each enterprise that must be given.
const fn list(name: &'static str, symbol: &'static str, unit: &'static str, range: Range) -> Parameter {
    Parameter::new(name, symbol, unit, range).list()
}

/// A number for each enterprise, 0 when it is left out.
const fn option(name: &'static str, symbol: &'static str, unit: &'static str, range: Range) -> Parameter {
    Parameter::new(name, symbol, unit, range).list().or(0.0)
}

/// Every number but how many enterprises there are and whether there is a stakeholder.
const FIELDS: &[Field] = &[
    (one("discount_rate", "rho", "per time", Range::POSITIVE), |p| vec![&mut p.discount_rate]),
    (one("binding", "psi", "share", BINDING).or(1.0), |p| vec![&mut p.binding]),
    (one("misuse", "chi", "share", SHARE).or(0.0), |p| vec![&mut p.misuse]),
    (one("misuse_harm", "omega", "units of good voice", Range::NON_NEGATIVE).or(0.0), |p| {
        vec![&mut p.misuse_harm]
    }),
    (list("brand_decay", "delta", "per time", Range::POSITIVE), |p| each(p, |b| &mut b.decay)),
    (option("misuse_decay", "eps", "per time", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.misuse_decay)),
    (option("word_of_mouth", "kappa", "brand per participant per time", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.word_of_mouth)
    }),
    (option("attraction", "eta", "participants per brand per time", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.attraction)
    }),
    (one("base_decay", "delta_N", "per time", Range::POSITIVE), |p| vec![&mut p.base_decay]),
    (option("brand_inflow", "s_B", "brand per time", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.inflow)),
    (one("base_inflow", "s_N", "participants per time", Range::NON_NEGATIVE).or(0.0), |p| {
        vec![&mut p.base_inflow]
    }),
    (list("initial_brand", "B0", "brand", Range::NON_NEGATIVE).or(1.0), |p| each(p, |b| &mut b.initial)),
    (one("initial_base", "N0", "participants", Range::NON_NEGATIVE).or(1.0), |p| vec![&mut p.initial_base]),
    (option("brand_volatility", "sigma_B", "brand per root time", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.volatility)
    }),
    (one("base_volatility", "sigma_N", "participants per root time", Range::NON_NEGATIVE).or(0.0), |p| {
        vec![&mut p.base_volatility]
    }),
    (option("base_sales", "d0", "units per time", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.base_sales)),
    (list("brand_sales", "theta", "units per brand per time", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.brand_sales)
    }),
    (option("participant_sales", "phi", "units per participant per time", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.participant_sales)
    }),
    (list("price", "v", "money per unit", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.price)),
    (list("commission", "tau", "share of price", COMMISSION), |p| each(p, |b| &mut b.commission)),
    (option("unit_cost", "uc", "money per unit", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.unit_cost)),
    (option("community_surplus", "s_C", "money per unit", Range::FINITE), |p| {
        each(p, |b| &mut b.community_surplus)
    }),
    (option("stakeholder_surplus", "s_S", "money per unit", Range::FINITE), |p| {
        each(p, |b| &mut b.stakeholder_surplus)
    }),
    (
        one("platform_participant_income", "xi_P", "money per participant per time", Range::FINITE).or(0.0),
        |p| vec![&mut p.platform_participant_income],
    ),
    (option("participant_income", "xi_E", "money per participant per time", Range::FINITE), |p| {
        each(p, |b| &mut b.participant_income)
    }),
    (
        one("community_participant_income", "xi_C", "money per participant per time", Range::FINITE).or(0.0),
        |p| vec![&mut p.community_participant_income],
    ),
    (
        one("stakeholder_participant_income", "xi_S", "money per participant per time", Range::FINITE)
            .or(0.0),
        |p| its(p, |s| &mut s.participant_income),
    ),
    (one("platform_income", "q_P", "money per time", Range::FINITE).or(0.0), |p| {
        vec![&mut p.platform_income]
    }),
    (option("enterprise_income", "q_E", "money per time", Range::FINITE), |p| each(p, |b| &mut b.income)),
    (one("community_income", "q_C", "money per time", Range::FINITE).or(0.0), |p| {
        vec![&mut p.community_income]
    }),
    (one("stakeholder_income", "q_S", "money per time", Range::FINITE).or(0.0), |p| {
        its(p, |s| &mut s.income)
    }),
    (one("capability_cost", "c_plat", "money per effort squared", Range::POSITIVE).each(3), |p| {
        p.capability_cost.iter_mut().collect()
    }),
    (one("capability_reach", "lamN", "participants per effort", Range::NON_NEGATIVE).each(3), |p| {
        p.capability_reach.iter_mut().collect()
    }),
    (option("connectivity_effect", "lamB0", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_effect[0])
    }),
    (option("intelligence_effect", "lamB1", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_effect[1])
    }),
    (option("analytics_effect", "lamB2", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_effect[2])
    }),
    (option("connectivity_sales", "lamQ0", "units per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_sales[0])
    }),
    (option("intelligence_sales", "lamQ1", "units per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_sales[1])
    }),
    (option("analytics_sales", "lamQ2", "units per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.capability_sales[2])
    }),
    (option("guard", "guard", "brand per effort", Range::NON_NEGATIVE), |p| each(p, |b| &mut b.guard)),
    (list("interaction_cost", "c_z", "money per effort squared", Range::POSITIVE), |p| {
        each(p, |b| &mut b.interaction_cost)
    }),
    (option("coordination_cost", "k_z", "money per effort squared", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.coordination_cost)
    }),
    (list("interaction_effect", "beta_z", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.interaction_effect)
    }),
    (option("interaction_reach", "alpha_z", "participants per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.interaction_reach)
    }),
    (list("advertising_cost", "c_u", "money per effort squared", Range::POSITIVE), |p| {
        each(p, |b| &mut b.advertising_cost)
    }),
    (list("advertising_effect", "beta_u", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.advertising_effect)
    }),
    (option("advertising_reach", "alpha_u", "participants per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.advertising_reach)
    }),
    (one("rivalry", "rival", "brand per effort", Range::FINITE).square().or(0.0), |p| {
        p.rivalry.iter_mut().flatten().collect()
    }),
    (list("study_cost", "c_w", "money per effort squared", Range::POSITIVE), |p| {
        each(p, |b| &mut b.study_cost)
    }),
    (list("study_effect", "gamma_w", "units per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.study_effect)
    }),
    (list("engagement_cost", "c_y", "money per effort squared", Range::POSITIVE), |p| {
        each(p, |b| &mut b.engagement_cost)
    }),
    (list("engagement_effect", "beta_y", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.engagement_effect)
    }),
    (option("engagement_reach", "alpha_y", "participants per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.engagement_reach)
    }),
    (option("engagement_pleasure", "h", "money per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.engagement_pleasure)
    }),
    (one("contribution_cost", "c_g", "money per effort squared", Range::POSITIVE).or(1.0), |p| {
        its(p, |s| &mut s.cost)
    }),
    (option("contribution_effect", "beta_g", "brand per effort", Range::NON_NEGATIVE), |p| {
        each(p, |b| &mut b.contribution_effect)
    }),
    (one("contribution_reach", "alpha_g", "participants per effort", Range::NON_NEGATIVE).or(0.0), |p| {
        its(p, |s| &mut s.reach)
    }),
];

static PARAMETERS: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    let heads = [
        Parameter::new("enterprises", "n", "number", Range::POSITIVE).length(),
        Parameter::new("stakeholder", "S", "0 or 1", SHARE).or(0.0),
    ];
    heads.into_iter().chain(FIELDS.iter().map(|(parameter, _)| *parameter)).collect()
});

/// All parameters as scenario files have them: first how many enterprises there are, and whether there is a stakeholder.
pub(super) fn parameters() -> &'static [Parameter] {
    &PARAMETERS
}

/// Parameters to be filled in.
fn blank(enterprises: usize, stakeholder: bool) -> Parameters {
    let brand = Brand {
        decay: 0.0,
        misuse_decay: 0.0,
        word_of_mouth: 0.0,
        attraction: 0.0,
        inflow: 0.0,
        initial: 0.0,
        volatility: 0.0,
        base_sales: 0.0,
        brand_sales: 0.0,
        participant_sales: 0.0,
        price: 0.0,
        commission: 0.0,
        unit_cost: 0.0,
        community_surplus: 0.0,
        stakeholder_surplus: 0.0,
        participant_income: 0.0,
        income: 0.0,
        capability_effect: [0.0; 3],
        capability_sales: [0.0; 3],
        guard: 0.0,
        interaction_cost: 0.0,
        coordination_cost: 0.0,
        interaction_effect: 0.0,
        interaction_reach: 0.0,
        advertising_cost: 0.0,
        advertising_effect: 0.0,
        advertising_reach: 0.0,
        study_cost: 0.0,
        study_effect: 0.0,
        engagement_cost: 0.0,
        engagement_effect: 0.0,
        engagement_reach: 0.0,
        engagement_pleasure: 0.0,
        contribution_effect: 0.0,
    };
    Parameters {
        discount_rate: 0.0,
        binding: 1.0,
        misuse: 0.0,
        misuse_harm: 0.0,
        base_decay: 0.0,
        base_inflow: 0.0,
        initial_base: 0.0,
        base_volatility: 0.0,
        platform_participant_income: 0.0,
        community_participant_income: 0.0,
        platform_income: 0.0,
        community_income: 0.0,
        capability_cost: [0.0; 3],
        capability_reach: [0.0; 3],
        brands: vec![brand; enterprises],
        rivalry: vec![vec![0.0; enterprises]; enterprises],
        stakeholder: stakeholder.then_some(Stakeholder {
            participant_income: 0.0,
            income: 0.0,
            cost: 1.0,
            reach: 0.0,
        }),
    }
}
