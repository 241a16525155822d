//! Random games of the models with prices and saturation, of Berger's and of the franchise.

use coopad::models::berger::{self, Berger, Shape};
use coopad::models::{
    BergerPercentage, DantBerger, SzmerekovskyZhang, XieNeyret, Yue, berger_percentage, dant_berger,
    szmerekovsky_zhang, xie_neyret, yue,
};
use coopad::response::Saturating;

use super::Draws;

impl Draws {
    /// Advertising that a channel with these margins, leading or not, finds worth its money: at most this share of
    /// saturation is missed when everybody decides at once.
    fn saturating(&mut self, margins: [f64; 2], missed: f64) -> Saturating {
        let response = Saturating {
            saturation: 0.0,
            shortfall: self.scale(1.0, 1e3),
            local_exponent: self.scale(0.05, 2.0),
            national_exponent: self.scale(0.05, 2.0),
        };
        let [_, q, a] = response.simultaneous(margins);
        let saturation = -response.sales(a, q) / self.scale(0.01, missed);
        Saturating { saturation, ..response }
    }

    /// Cuts and support, alone and together, and neither.
    pub(crate) fn yue(&mut self) -> Yue {
        let list_price = self.scale(1.0, 100.0);
        let manufacturer = self.scale(0.05, 0.6);
        let margins = [manufacturer, self.scale(0.05, 0.39)].map(|share| share * list_price);
        let response = self.saturating(margins, 0.2);
        Yue::new(yue::Parameters {
            list_price,
            manufacturer_margin: margins[0],
            retailer_margin: margins[1],
            price_elasticity: 1.0 + self.scale(0.2, 8.0),
            saturation: response.saturation,
            shortfall: response.shortfall,
            local_exponent: response.local_exponent,
            national_exponent: response.national_exponent,
        })
        .unwrap()
    }

    /// Wholesale prices on both sides of where support sets in.
    pub(crate) fn xie_neyret(&mut self) -> XieNeyret {
        let [production_cost, handling_cost] = [self.between(0.0, 10.0), self.between(0.0, 5.0)];
        let price_slope = self.scale(0.01, 10.0);
        let room = self.scale(0.1, 50.0);
        let each = room * room * price_slope / 9.0;
        let response = self.saturating([each, each], 0.3);
        XieNeyret::new(xie_neyret::Parameters {
            price_intercept: price_slope * (production_cost + handling_cost + room),
            price_slope,
            production_cost,
            handling_cost,
            saturation: response.saturation,
            shortfall: response.shortfall,
            local_exponent: response.local_exponent,
            national_exponent: response.national_exponent,
        })
        .unwrap()
    }

    pub(crate) fn szmerekovsky_zhang(&mut self) -> SzmerekovskyZhang {
        let production_cost = self.scale(0.1, 20.0);
        let price_elasticity = 1.0 + self.scale(0.2, 5.0);
        let price = |cost: f64| cost * price_elasticity / (price_elasticity - 1.0);
        let w = price(production_cost);
        let factor = price(w).powf(-price_elasticity);
        let response = self.saturating([(w - production_cost) * factor, (price(w) - w) * factor], 0.3);
        SzmerekovskyZhang::new(szmerekovsky_zhang::Parameters {
            production_cost,
            price_elasticity,
            saturation: response.saturation,
            shortfall: response.shortfall,
            local_exponent: response.local_exponent,
            national_exponent: response.national_exponent,
        })
        .unwrap()
    }

    /// Allowances and none, and with the logarithm retailers that do not advertise by themselves.
    pub(crate) fn berger<R: Shape>(&mut self) -> Berger<R> {
        let production_cost = self.between(0.0, 3.0);
        let wholesale_price = production_cost + self.scale(0.1, 10.0);
        Berger::new(berger::Parameters {
            production_cost,
            wholesale_price,
            retail_price: wholesale_price + self.scale(0.05, 10.0),
            base_sales: self.between(0.0, 8.0),
            effect: self.scale(0.2, 10.0),
        })
        .unwrap()
    }

    pub(crate) fn berger_percentage(&mut self) -> BergerPercentage {
        BergerPercentage::new(berger_percentage::Parameters {
            manufacturer_margin: self.scale(0.1, 10.0),
            retailer_margin: self.scale(0.1, 10.0),
            base_sales: self.between(0.0, 10.0),
            effect: self.scale(0.2, 5.0),
            exponent: self.between(0.1, 0.8),
        })
        .unwrap()
    }

    /// Away from equal worth, where everybody's share is open, and from twice the worth, where both choices of a leading
    /// franchisor earn it the same.
    pub(crate) fn dant_berger(&mut self) -> DantBerger {
        loop {
            let p = dant_berger::Parameters {
                franchisor_margin: self.scale(0.1, 20.0),
                franchisee_margin: self.scale(0.1, 20.0),
                base_sales: self.between(0.0, 10.0),
                effect: self.scale(0.2, 5.0),
                perception: self.scale(0.5, 2.0),
            };
            let ratio = p.franchisor_margin / (p.franchisee_margin * p.perception);
            if (ratio - 1.0).abs() > 1e-3 && (ratio - 2.0).abs() > 0.02 {
                return DantBerger::new(p).unwrap();
            }
        }
    }
}
