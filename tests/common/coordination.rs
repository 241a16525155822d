//! Random channels with coordinating contracts.

use coopad::models::{JeulandShugan, Kunter, Weng, jeuland_shugan, kunter, weng};

use super::Draws;

impl Draws {
    pub(crate) fn kunter(&mut self) -> Kunter {
        let end = self.scale(1.0, 50.0);
        let slope = self.scale(0.1, 10.0);
        Kunter::new(kunter::Parameters {
            intercept: end * slope,
            slope,
            local_effect: self.scale(0.02, 2.0),
            national_effect: self.scale(0.02, 2.0),
            production_cost: self.between(0.01, 0.9) * end,
            revenue_share: self.between(0.03, 0.97),
        })
        .unwrap()
    }

    pub(crate) fn jeuland_shugan(&mut self) -> JeulandShugan {
        let end = self.scale(1.0, 50.0);
        let slope = self.scale(0.1, 10.0);
        JeulandShugan::new(jeuland_shugan::Parameters {
            intercept: end * slope,
            slope,
            production_cost: self.between(0.0, 0.5) * end,
            handling_cost: self.between(0.0, 0.4) * end,
            margin_share: self.between(0.03, 0.97),
            fixed_fee: self.between(-10.0, 10.0),
        })
        .unwrap()
    }

    /// Order costs at which both firms trade under every structure.
    pub(crate) fn weng(&mut self) -> Weng {
        let end = self.scale(5.0, 50.0);
        let slope = self.scale(5.0, 100.0);
        let production_cost = self.between(0.05, 0.6) * end;
        // In shares of what an integrated channel could earn without any such cost.
        let reach: f64 = end * slope - slope * production_cost;
        let gross = reach * reach / (4.0 * slope);
        Weng::new(weng::Parameters {
            intercept: end * slope,
            slope,
            production_cost,
            manufacturer_order_cost: self.scale(1e-4, 5e-3) * gross,
            manufacturer_holding_cost: self.scale(1e-4, 1e-2) * end,
            retailer_order_cost: self.scale(1e-4, 5e-3) * gross,
            retailer_holding_cost: self.scale(1e-4, 1e-2) * end,
            franchise_fee: self.between(0.0, 0.5) * gross,
        })
        .unwrap()
    }
}
