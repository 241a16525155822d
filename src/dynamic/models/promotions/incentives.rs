//! Incentive equilibrium: each firm's decision answers the other's, so that nobody leaves the joint optimum.

use super::Promotions;
use crate::dynamic::linear_quadratic::LinearQuadraticError;

/// A sum this small, as a share of its terms, is 0.
const ROUNDING: f64 = 1e-14;

/// Constant decisions that are jointly best, and how each firm answers a departure of the other.
///
/// The retailer plays `P* + k_R(A − A*)` when the manufacturer advertises `A`, the manufacturer `A* + k_M(P − P*)` when the
/// retailer promotes `P`. Given the other's answer, each firm's best decision is `A*` and `P*`. Nobody pays for the
/// other's costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incentives {
    /// `A*`.
    pub advertising: f64,
    /// `P*`.
    pub promotion: f64,
    /// `k_R`, promotion effort per advertising effort.
    pub retailer_answer: f64,
    /// `k_M`, advertising effort per promotion effort.
    pub manufacturer_answer: f64,
}

impl Promotions {
    /// The incentive equilibrium of the linear-state game, `s_PG = s_GG = 0` (after Jørgensen and Zaccour 2003).
    ///
    /// With `bᵢ = πᵢs_G/(r + δ)` and `b = b_M + b_R`,
    ///
    /// ```math
    /// A^*=\frac{\lambda b}u,\quad P^*=\frac{(\pi_M+\pi_R)s_P+\mu b}v,\qquad
    /// k_R=\frac{uA^*-\lambda b_M}{\pi_Ms_P+\mu b_M},\quad k_M=\frac{vP^*-\pi_Rs_P-\mu b_R}{\lambda b_R} .
    /// ```
    ///
    /// Either answer makes good what the firm does not see of its decision's worth to the other.
    ///
    /// ```
    /// use coopad::dynamic::models::{Promotions, promotions};
    ///
    /// let channel = Promotions::new(promotions::Parameters {
    ///     discount_rate: 0.1, decay: 0.3, advertising_effect: 1.0, promotion_effect: -0.2,
    ///     advertising_cost: 2.0, promotion_cost: 1.0, manufacturer_margin: 1.0, retailer_margin: 0.8,
    ///     base_sales: 0.0, promotion_sales: 1.0, goodwill_sales: 1.0, interaction: 0.0, saturation: 0.0,
    ///     initial_goodwill: 1.0,
    /// })?;
    /// let both = channel.incentives()?;
    /// assert!((both.advertising - 2.25).abs() < 1e-12 && (both.promotion - 0.9).abs() < 1e-12);
    /// // One unit of advertising less, and the retailer promotes four units less.
    /// assert!((both.retailer_answer - 4.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](LinearQuadraticError::OutOfRange) where `s_PG` or `s_GG` is not 0, or a jointly best effort is
    /// negative; [`Singular`](LinearQuadraticError::Singular) where what one firm does is worth nothing to the other, whom no answer
    /// can move then: `π_Ms_P + μb_M = 0`, or `λb_R = 0`.
    pub fn incentives(&self) -> Result<Incentives, LinearQuadraticError> {
        let p = &self.0;
        let refuse = |what: &'static str, value: f64, allowed: &'static str| {
            Err(LinearQuadraticError::OutOfRange { what, player: None, value, allowed })
        };
        for (what, value) in [("the interaction s_PG", p.interaction), ("the saturation s_GG", p.saturation)]
        {
            if value != 0.0 {
                return refuse(what, value, "0 in a linear-state game");
            }
        }
        let [margin_m, margin_r] = p.margins();
        let [worth_m, worth_r] = p.margins().map(|margin| p.linear_worth(margin));
        let advertising = p.advertising_effect * (worth_m + worth_r) / p.advertising_cost;
        let joint = [
            margin_m * p.promotion_sales + p.promotion_effect * worth_m,
            margin_r * p.promotion_sales + p.promotion_effect * worth_r,
        ];
        let promotion = (joint[0] + joint[1]) / p.promotion_cost;
        // What each firm leaves out is what its decision is worth to the other.
        let (promoted, advertised) = (joint[0], p.advertising_effect * worth_r);
        let singular = |what: &'static str| Err(LinearQuadraticError::Singular { what });
        if promoted.abs() <= ROUNDING * margin_m * p.promotion_sales {
            return singular("the retailer's answer");
        }
        if advertised == 0.0 {
            return singular("the manufacturer's answer");
        }
        if promotion < 0.0 {
            return refuse("the jointly best promotion", promotion, "zero or positive");
        }
        Ok(Incentives {
            advertising,
            promotion,
            retailer_answer: advertised / promoted,
            manufacturer_answer: promoted / advertised,
        })
    }
}
