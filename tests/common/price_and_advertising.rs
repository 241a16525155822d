//! Channels with a retail price and two kinds of advertising.

use coopad::models::price_and_advertising::Parameters;
use coopad::models::{AustBuscher, SeyedEsfahani, XieWei};

use super::Draws;

impl Draws {
    /// Curved demand, in any units. Corners: no costs, a narrow markup, advertising of one kind next to useless.
    fn price_and_advertising(&mut self) -> Parameters {
        let highest_price = self.scale(1.0, 100.0);
        let demand_slope = self.scale(1.0, 20.0) / highest_price.sqrt();
        let local_effect = self.scale(0.1, 3.0);
        let often = |unit: f64| unit > 0.15;
        let cost = highest_price * self.between(0.0, 0.9) * f64::from(often(self.unit()));
        let handled = self.unit() * f64::from(often(self.unit()));
        Parameters {
            demand_intercept: demand_slope * highest_price,
            demand_slope,
            production_cost: cost * (1.0 - handled),
            handling_cost: cost * handled,
            price_curvature: self.scale(0.2, 4.0),
            local_effect,
            national_effect: self.scale(0.05, 4.0) * local_effect,
        }
    }

    /// Straight demand, the paper's own, in half of the games.
    pub(crate) fn xie_wei(&mut self) -> XieWei {
        let straight = self.unit() < 0.5;
        let mut numbers = self.price_and_advertising();
        numbers.price_curvature = if straight { 1.0 } else { numbers.price_curvature };
        XieWei::new(numbers).unwrap()
    }

    pub(crate) fn seyed_esfahani(&mut self) -> SeyedEsfahani {
        SeyedEsfahani::new(self.price_and_advertising()).unwrap()
    }

    pub(crate) fn aust_buscher(&mut self) -> AustBuscher {
        AustBuscher::new(self.price_and_advertising()).unwrap()
    }
}
