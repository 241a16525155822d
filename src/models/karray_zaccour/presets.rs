//! The two demands: what the store brand does to the market.

use serde::{Deserialize, Serialize};

use super::claims::{ADDITIVE, RAJU};
use super::{Demand, Preset};
use crate::claim::Claim;
use crate::models::{Parameter, Range};
use crate::scalar::Scalar;

/// Demand before entry, `q_n = v − p_n + θa`, moved the share `sold` of the way to demand after it.
fn entered<P: Scalar>(size: P, advertising: P, sold: P, after: [P; 4]) -> Demand<P> {
    let (zero, one) = (P::constant(0.0), P::constant(1.0));
    let between = |before: P, after: P| (after - before) * sold + before;
    Demand {
        national: between(size, after[0]),
        store: between(zero, after[1]),
        own: between(one, after[2]),
        cross: between(zero, after[3]),
        advertising,
        sold,
    }
}

const SIZE: Parameter = Parameter::new("market_size", "v", "units", Range::POSITIVE);
const CROSS: Parameter =
    Parameter::new("cross_price_effect", "psi", "units per unit of money", Range::NON_NEGATIVE);
const EFFECT: Parameter =
    Parameter::new("advertising_effect", "theta", "units per unit of effort", Range::POSITIVE);

/// The store brand takes half of the market (after Raju, Sethuraman and Dhar 1995):
///
/// ```math
/// q_i=\tfrac12\bigl[v-p_i+\psi(p_j-p_i)\bigr],\qquad\text{with }\theta a\text{ added for the national brand.}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raju {
    /// `v`, units at prices 0, of the national brand alone or of both.
    pub market_size: f64,
    /// `ψ`, how strongly a difference of prices moves demand between the brands.
    pub cross_price_effect: f64,
    /// `θ`, units per unit of effort.
    pub advertising_effect: f64,
}

impl Preset for Raju {
    const NAMES: (&'static str, &'static [&'static str]) = ("karray_zaccour", &["karray_zaccour2006_raju"]);
    const TITLE: &'static str =
        "a store brand that shares the national brand's market, and support against it";
    const PARAMETERS: &'static [Parameter] = &[SIZE, CROSS, EFFECT];
    const CLAIMS: &'static [Claim] = RAJU;
    const EXAMPLE: Self = Raju { market_size: 10.0, cross_price_effect: 0.3, advertising_effect: 0.6 };

    fn list(&self) -> [f64; 4] {
        [self.market_size, self.cross_price_effect, self.advertising_effect, 0.0]
    }

    fn from_list(v: &[f64]) -> Self {
        Raju { market_size: v[0], cross_price_effect: v[1], advertising_effect: v[2] }
    }

    fn demand<P: Scalar>(v: &[P], sold: P) -> Demand<P> {
        let half = v[0] * 0.5;
        entered(v[0], v[2], sold, [half, half, (v[1] + 1.0) * 0.5, v[1] * 0.5])
    }
}

/// The store brand brings buyers of its own: `q_n = v − p_n + ψp_s + θa`, `q_s = μ − p_s + ψp_n`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Additive {
    /// `v`, units of the national brand at prices 0.
    pub market_size: f64,
    /// `μ`, units of the store brand at prices 0.
    pub store_brand_size: f64,
    /// `ψ < 1`, units gained per unit of money on the other's price.
    pub cross_price_effect: f64,
    /// `θ`, units per unit of effort.
    pub advertising_effect: f64,
}

impl Preset for Additive {
    const NAMES: (&'static str, &'static [&'static str]) =
        ("karray_zaccour_additive", &["karray_zaccour2006_type"]);
    const TITLE: &'static str = "a store brand that brings a market of its own, and support beside it";
    const PARAMETERS: &'static [Parameter] =
        &[SIZE, Parameter::new("store_brand_size", "mu", "units", Range::NON_NEGATIVE), CROSS, EFFECT];
    const CLAIMS: &'static [Claim] = ADDITIVE;
    const EXAMPLE: Self = Additive {
        market_size: 10.0,
        store_brand_size: 4.0,
        cross_price_effect: 0.3,
        advertising_effect: 0.6,
    };

    fn list(&self) -> [f64; 4] {
        [self.market_size, self.store_brand_size, self.cross_price_effect, self.advertising_effect]
    }

    fn from_list(v: &[f64]) -> Self {
        Additive {
            market_size: v[0],
            store_brand_size: v[1],
            cross_price_effect: v[2],
            advertising_effect: v[3],
        }
    }

    fn demand<P: Scalar>(v: &[P], sold: P) -> Demand<P> {
        entered(v[0], v[3], sold, [v[0], v[1], P::constant(1.0), v[2]])
    }
}
