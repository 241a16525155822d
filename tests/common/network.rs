//! Random networks of one manufacturer and several retailers, corners included.

use coopad::models::karray_zaccour::{Additive, Preset, Raju, StoreBrand};
use coopad::models::{KarrayZaccour, KarrayZaccourAdditive, Wang, ZhangXie, wang, zhang_xie};

use super::Draws;

impl Draws {
    /// Stealing up to stronger than own effects, and spill-overs: corners at which a retailer is not supported or
    /// does not advertise are common.
    pub(crate) fn wang(&mut self) -> Wang {
        let mut pair = |low: f64, high: f64| [self.between(low, high), self.between(low, high)];
        let numbers = wang::Parameters {
            base_sales: pair(10.0, 50.0),
            local_effect: pair(0.2, 4.0),
            competition_effect: pair(-0.5, 2.0),
            national_effect: pair(0.0, 3.0),
            manufacturer_margin: 0.0,
            retailer_margin: pair(0.1, 6.0),
        };
        Wang::new(wang::Parameters { manufacturer_margin: self.between(0.1, 6.0), ..numbers }).unwrap()
    }

    /// One to five retailers with margins from far below the manufacturer's to far above: with and without support.
    pub(crate) fn zhang_xie(&mut self) -> ZhangXie {
        let count = 1 + (self.unit() * 5.0) as usize;
        let manufacturer_margin = self.scale(0.2, 10.0);
        let mut retailer = || zhang_xie::Retailer {
            margin: self.scale(0.2, 10.0),
            local_effect: self.scale(0.2, 5.0),
            national_effect: self.between(0.0, 3.0),
        };
        let retailers = (0..count).map(|_| retailer()).collect();
        ZhangXie::new(zhang_xie::Parameters { manufacturer_margin, retailers }).unwrap()
    }

    /// Effects of advertising up to close to where the games with support cease to have an equilibrium.
    pub(crate) fn karray_zaccour(&mut self) -> KarrayZaccour {
        loop {
            let game = KarrayZaccour::new(Raju {
                market_size: self.scale(1.0, 100.0),
                cross_price_effect: self.between(0.0, 2.0),
                advertising_effect: self.between(0.05, 1.1),
            });
            if let Some(game) = game.ok().filter(playable) {
                return game;
            }
        }
    }

    pub(crate) fn karray_zaccour_additive(&mut self) -> KarrayZaccourAdditive {
        loop {
            let market_size = self.scale(1.0, 100.0);
            let game = KarrayZaccourAdditive::new(Additive {
                market_size,
                store_brand_size: self.between(0.0, 1.2) * market_size,
                cross_price_effect: self.between(0.0, 0.8),
                advertising_effect: self.between(0.05, 1.1),
            });
            if let Some(game) = game.ok().filter(playable) {
                return game;
            }
        }
    }
}

/// Whether the leader's rate stays clear of the highest one.
fn playable<D: Preset>(game: &StoreBrand<D>) -> bool {
    [0.0, 1.0].into_iter().all(|sold| {
        let demand = game.demand(sold);
        demand.advertising.powi(2) * demand.lift() < 0.95 * 2.0 * demand.slope()
    })
}
