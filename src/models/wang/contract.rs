//! The two-sided cost-sharing contract under which everybody's own choice is the cooperative one.

use serde::Serialize;

use super::{Parameters, Wang};

/// Terms under which both retailers (each for itself) and the manufacturer choose what cooperation would:
/// the manufacturer pays the share `t_i` of local advertising, the retailers together pay the share `s` of national
/// advertising.
///
/// ```math
/// t_i=1-\frac{\rho_ik_i}{(\rho_m+\rho_i)k_i-(\rho_m+\rho_j)l_j},\qquad
/// s=1-\frac{\rho_m(g_1+g_2)}{(\rho_m+\rho_1)g_1+(\rho_m+\rho_2)g_2}.
/// ```
///
/// How `s` is split between the retailers moves money and no decision, and so does a lump sum: with both, every
/// division of the gain from cooperation can be reached.
///
/// **Caveat.** Where advertising steals much of the other's sales, `ρ_m k_i < (ρ_m + ρ_j) l_j`, the rate `t_i` is
/// negative: the retailer then advertises too much on its own, and the contract is a fee on advertising, not support.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CostSharing {
    /// `t_i`, the manufacturer's share of each retailer's local advertising; below 1, and negative for a fee.
    pub rates: [f64; 2],
    /// `s`, the retailers' share of national advertising, in `[0, 1)`.
    pub national_share: f64,
}

impl CostSharing {
    /// The retailers' single shares `[s₁, s₂]` of national advertising when the first bears the part `split` (0 to 1)
    /// of what they bear together.
    pub fn shares(&self, split: f64) -> [f64; 2] {
        [self.national_share * split, self.national_share * (1.0 - split)]
    }

    /// The payoffs of the manufacturer and of both retailers under these terms, before lump sums.
    pub fn payoffs(&self, numbers: &Parameters, split: f64, national: f64, local: [f64; 2]) -> [f64; 3] {
        let [manufacturer, first, second] = numbers.payoffs(self.rates, national, local);
        let shares = self.shares(split);
        let shared = self.national_share * national;
        [manufacturer + shared, first - shares[0] * national, second - shares[1] * national]
    }

    /// What the manufacturer pays each retailer once (negative: is paid) so that the gain from cooperation over the
    /// payoffs `status_quo` is divided in the proportions `weights`, both in the order manufacturer, retailers.
    /// `None` unless the weights are finite, none is negative and one is positive.
    pub fn lump_sums(
        &self,
        numbers: &Parameters,
        split: f64,
        status_quo: [f64; 3],
        weights: [f64; 3],
    ) -> Option<[f64; 2]> {
        let all: f64 = weights.iter().sum();
        if weights.iter().any(|w| w.is_nan() || *w < 0.0) || !all.is_finite() || all == 0.0 {
            return None;
        }
        let [_, _, national, first, second] = numbers.cooperative();
        let payoffs = self.payoffs(numbers, split, national, [first, second]);
        let gain = payoffs.iter().sum::<f64>() - status_quo.iter().sum::<f64>();
        let sum = |i: usize| status_quo[i] + gain * weights[i] / all - payoffs[i];
        Some([sum(1), sum(2)])
    }
}

impl Wang {
    /// The contract that coordinates the three firms; see [`CostSharing`]. `None` where cooperation would have a
    /// retailer not advertise at all, which no finite fee achieves.
    ///
    /// ```
    /// use coopad::models::{Model, Wang};
    /// use coopad::prelude::*;
    ///
    /// let network = Wang::example();
    /// let contract = network.cost_sharing().unwrap();
    /// let before = network.solve(&Wang::structure("leader_cournot").unwrap())?;
    /// let status_quo = [before.payoffs()[0], before.payoffs()[1], before.payoffs()[2]];
    /// // An equal division of the gain, national shares split evenly.
    /// let [first, second] = contract.lump_sums(network.numbers(), 0.5, status_quo, [1.0; 3]).unwrap();
    /// assert!(first.is_finite() && second.is_finite());
    /// # Ok::<(), coopad::SolveError>(())
    /// ```
    pub fn cost_sharing(&self) -> Option<CostSharing> {
        let p = self.numbers();
        let (own, joint) = (p.spends(false), p.spends(true));
        let earned = [0, 1].map(|i| joint[i].own + joint[i].other);
        if !earned.iter().all(|earned| *earned > 0.0) {
            return None;
        }
        let together = p.national_return(p.retailer_margin.map(|margin| margin + p.manufacturer_margin));
        let retailers = p.national_return(p.retailer_margin);
        Some(CostSharing {
            rates: [0, 1].map(|i| (earned[i] - own[i].own) / earned[i]),
            // Without national advertising there is nothing to share.
            national_share: if together > 0.0 { retailers / together } else { 0.0 },
        })
    }
}
