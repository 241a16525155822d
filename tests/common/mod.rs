//! Shared by the tests: reference values and how close to them is close, games by both routes, the program from outside, and
//! a small seeded generator, so that every run draws the same games on every machine.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(unused_imports, reason = "each test file uses its part")]

mod classics;
mod close;
mod cocreation;
mod coordination;
mod differences;
mod fixture;
mod hostile;
mod integrated;
mod network;
mod price_and_advertising;
#[cfg(feature = "cli")]
pub(crate) mod program;
mod reference;
mod routes;
mod splitmix;

use coopad::models::{DualBrand, HuangLi, PlatformAlliance, alliance, dual_brand, huang_li};

pub(crate) use close::{close, close_all, close_row, close_to, close_to_all, near};
pub(crate) use cocreation::{cocreation, cocreation_games, letter};
pub(crate) use differences::Differences;
pub(crate) use fixture::{DIGITS, build, fixture, number, numbers, rows, table};
pub(crate) use hostile::{endures, refuses};
pub(crate) use integrated::integrated;
pub(crate) use reference::reference;
pub(crate) use routes::{ROUTES, decided, feedback};

/// Draws of SplitMix64.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn unit(&mut self) -> f64 {
        (splitmix::next(&mut self.0) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Evenly in the logarithm.
    pub(crate) fn scale(&mut self, low: f64, high: f64) -> f64 {
        (self.between(low.ln(), high.ln())).exp()
    }

    pub(crate) fn huang_li(&mut self) -> HuangLi {
        HuangLi::new(huang_li::Parameters {
            saturation: self.scale(10.0, 1e4),
            shortfall: self.scale(1.0, 1e3),
            local_exponent: self.scale(0.05, 2.0),
            national_exponent: self.scale(0.05, 2.0),
            manufacturer_margin: self.scale(0.1, 100.0),
            retailer_margin: self.scale(0.1, 100.0),
        })
        .unwrap()
    }

    /// Cross effects of either sign: corners at which nobody supports, or the supported spend vanishes jointly.
    pub(crate) fn alliance(&mut self) -> PlatformAlliance {
        PlatformAlliance::new(alliance::ResponseMatrix {
            platform_own: self.scale(0.1, 20.0),
            platform_cross: self.between(-5.0, 20.0),
            participant_cross: self.between(-5.0, 20.0),
            participant_own: self.scale(0.1, 20.0),
            platform_base: self.between(0.0, 10.0),
            participant_base: self.between(0.0, 10.0),
        })
        .unwrap()
    }

    /// Heterogeneous margins and strong competition: corners at which a brand is not advertised are common.
    pub(crate) fn dual_brand(&mut self) -> DualBrand {
        let mut pair = |low: f64, high: f64| [self.between(low, high), self.between(low, high)];
        DualBrand::new(dual_brand::Parameters {
            base_sales: pair(10.0, 50.0),
            stimulating_effect: pair(0.2, 4.0),
            competition_effect: pair(0.0, 2.0),
            manufacturer_margin: pair(0.1, 8.0),
            retailer_margin: pair(0.1, 8.0),
            effort_cost: pair(0.2, 5.0),
            national_effect: pair(0.0, 3.0),
        })
        .unwrap()
    }
}
