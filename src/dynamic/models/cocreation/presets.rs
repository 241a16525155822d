//! Three modes of co-creation as parameter sets, invented to carry the contrasts between them.

use super::CoCreation;
use super::parameters::{Brand, Parameters, Stakeholder};

/// What differs between the modes, the same for both brands.
struct Mode {
    capability_cost: [f64; 3],
    capability_reach: [f64; 3],
    capability_effect: [f64; 3],
    capability_sales: [f64; 3],
    /// `β_z, α_z, k_z`.
    interaction: [f64; 3],
    /// `β_y, α_y, c_y, h`.
    engagement: [f64; 4],
    advertising_reach: f64,
    word_of_mouth: f64,
    attraction: f64,
    binding: f64,
    misuse: f64,
    misuse_harm: f64,
    /// `γ_w, c_w`.
    study: [f64; 2],
    /// `v, τ`, the cost of a unit, `φ`.
    sale: [f64; 4],
    /// Of the brands, of the base.
    volatility: [f64; 2],
}

impl Mode {
    fn parameters(&self) -> Parameters {
        let [interaction_effect, interaction_reach, coordination_cost] = self.interaction;
        let [engagement_effect, engagement_reach, engagement_cost, engagement_pleasure] = self.engagement;
        let [study_effect, study_cost] = self.study;
        let [price, commission, unit_cost, participant_sales] = self.sale;
        let [volatility, base_volatility] = self.volatility;
        let brand = |decay: f64, brand_sales: f64| Brand {
            decay,
            misuse_decay: 0.1,
            word_of_mouth: self.word_of_mouth,
            attraction: self.attraction,
            inflow: 0.0,
            initial: 1.0,
            volatility,
            base_sales: 1.0,
            brand_sales,
            participant_sales,
            price,
            commission,
            unit_cost,
            community_surplus: 0.2,
            stakeholder_surplus: 0.1,
            participant_income: 0.05,
            income: 0.0,
            capability_effect: self.capability_effect,
            capability_sales: self.capability_sales,
            guard: 0.2,
            interaction_cost: 1.0,
            coordination_cost,
            interaction_effect,
            interaction_reach,
            advertising_cost: 1.0,
            advertising_effect: 0.3,
            advertising_reach: self.advertising_reach,
            study_cost,
            study_effect,
            engagement_cost,
            engagement_effect,
            engagement_reach,
            engagement_pleasure,
            contribution_effect: 0.2,
        };
        Parameters {
            discount_rate: 0.1,
            binding: self.binding,
            misuse: self.misuse,
            misuse_harm: self.misuse_harm,
            base_decay: 0.25,
            base_inflow: 0.0,
            initial_base: 1.0,
            base_volatility,
            platform_participant_income: 0.1,
            community_participant_income: 0.1,
            platform_income: 0.0,
            community_income: 0.0,
            capability_cost: self.capability_cost,
            capability_reach: self.capability_reach,
            brands: vec![brand(0.3, 1.0), brand(0.35, 0.8)],
            rivalry: vec![vec![0.0, 0.05], vec![0.05, 0.0]],
            stakeholder: Some(Stakeholder { participant_income: 0.02, income: 0.0, cost: 2.0, reach: 0.05 }),
        }
    }
}

/// Three modes of co-creation: two brands, a stakeholder, everything at 1 at the start. Illustrations, not estimates.
impl CoCreation {
    /// E-commerce: participants come cheaply and take part much; enterprises co-create little, since coordinating many is
    /// dear; announced interaction is carried out loosely and voice is misused more.
    pub fn ecommerce() -> Self {
        let mode = Mode {
            capability_cost: [0.5, 1.0, 1.0],
            capability_reach: [1.2, 0.3, 0.1],
            capability_effect: [0.1, 0.3, 0.2],
            capability_sales: [0.0, 0.1, 0.4],
            interaction: [0.4, 0.4, 2.5],
            engagement: [0.3, 0.5, 0.6, 0.5],
            advertising_reach: 0.1,
            word_of_mouth: 0.1,
            attraction: 0.05,
            binding: 0.6,
            misuse: 0.12,
            misuse_harm: 4.0,
            study: [0.3, 1.0],
            sale: [1.0, 0.25, 0.3, 0.15],
            volatility: [0.6, 1.2],
        };
        Self::assembled(mode.parameters())
    }

    /// Manufacturing: few participants, dearly reached, closely bound, whose word can be trusted.
    pub fn manufacturing() -> Self {
        let mode = Mode {
            capability_cost: [3.0, 1.5, 3.0],
            capability_reach: [0.3, 0.05, 0.05],
            capability_effect: [0.1, 0.4, 0.5],
            capability_sales: [0.0, 0.1, 0.5],
            interaction: [0.6, 0.05, 0.4],
            engagement: [0.5, 0.05, 1.0, 0.1],
            advertising_reach: 0.05,
            word_of_mouth: 0.06,
            attraction: 0.03,
            binding: 0.95,
            misuse: 0.02,
            misuse_harm: 1.0,
            study: [0.4, 1.2],
            sale: [1.6, 0.12, 0.4, 0.5],
            volatility: [0.2, 0.2],
        };
        Self::assembled(mode.parameters())
    }

    /// Services: analytics and the study of consumers match offers to people.
    pub fn services() -> Self {
        let mode = Mode {
            capability_cost: [1.5, 1.0, 1.0],
            capability_reach: [0.6, 0.2, 0.1],
            capability_effect: [0.1, 0.4, 0.3],
            capability_sales: [0.05, 0.2, 0.9],
            interaction: [0.5, 0.2, 1.0],
            engagement: [0.5, 0.25, 1.0, 0.1],
            advertising_reach: 0.1,
            word_of_mouth: 0.06,
            attraction: 0.05,
            binding: 0.85,
            misuse: 0.06,
            misuse_harm: 2.0,
            study: [1.1, 1.6],
            sale: [1.2, 0.15, 0.3, 0.3],
            volatility: [0.3, 0.4],
        };
        Self::assembled(mode.parameters())
    }
}
