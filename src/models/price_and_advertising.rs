//! What the models of a retail price beside two kinds of advertising share: [`XieWei`](super::XieWei),
//! [`SeyedEsfahani`](super::SeyedEsfahani) and [`AustBuscher`](super::AustBuscher).
//!
//! Demand falls in a curve with the retail price `p` and rises with the square roots of local advertising `a` and
//! national advertising `A`; `w` is the wholesale price, `t` the share of `a` that the manufacturer pays:
//!
//! ```math
//! D=(\alpha-\beta p)^{1/v}\,\bigl(k_r\sqrt a+k_m\sqrt A\bigr),\qquad
//! \pi_m=(w-c)D-t\,a-A,\qquad \pi_r=(p-w-d)D-(1-t)\,a .
//! ```
//!
//! The models differ in who chooses what, and when. Everything that is not a number of money follows from two ratios,
//! the curvature `v` and `k = (k_m/k_r)²`: prices count from `c + d` in units of the widest markup `α/β − c − d`, so
//! that `w' = (w − c)/(α/β − c − d)`, `m' = (p − w − d)/(α/β − c − d)` and `p' = w' + m'`. What is left below the
//! highest price is the room `u = 1 − p'`; the led games are roots of quadratics in it, written here without
//! cancellation.
//!
//! ```
//! use coopad::models::price_and_advertising::Parameters;
//!
//! let numbers = Parameters {
//!     demand_intercept: 100.0, demand_slope: 2.0, production_cost: 8.0, handling_cost: 2.0,
//!     price_curvature: 1.0, local_effect: 0.6, national_effect: 0.45,
//! };
//! // The widest markup is 50 − 8 − 2 = 40; together the firms take half of it, v/(v + 1).
//! assert_eq!(numbers.cooperative().retailer_margin, 20.0);
//! assert!((numbers.simultaneous().retailer_margin - 40.0 / 3.0).abs() < 1e-12);
//! ```
//!
//! The closed forms were derived for this library and checked by independent numerics; the models' pages name their
//! sources.

use serde::{Deserialize, Serialize};

use super::{Channel, Measure, Parameter, Range};
use crate::error::ParameterError;
use crate::game::{Condition, Decision, Interval};
use crate::response::{CurvedPrice, SquareRoot, SupportedSpend, after_support};
use crate::scalar::{Over, Scalar};
use crate::solve::Surplus;

/// The numbers of the models; `P` is `f64` but where sensitivities are computed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters<P = f64> {
    /// `α > 0`; nothing is sold at the price `α/β`.
    pub demand_intercept: P,
    /// `β > 0`, per unit of money.
    pub demand_slope: P,
    /// `c ≥ 0`, the manufacturer's cost of one unit.
    pub production_cost: P,
    /// `d ≥ 0`, the retailer's cost of handling one unit; `c + d < α/β`.
    pub handling_cost: P,
    /// `v > 0`: demand is convex in the price for `v < 1`, straight for `v = 1`, concave for `v > 1`.
    pub price_curvature: P,
    /// `k_r > 0`, what a unit of √money of local advertising does.
    pub local_effect: P,
    /// `k_m > 0`, what a unit of √money of national advertising does.
    pub national_effect: P,
}

/// The parameters of all three models. Without a curvature demand is straight.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::new("demand_intercept", "alpha", "demand^v", Range::POSITIVE),
    Parameter::new("demand_slope", "beta", "demand^v per money", Range::POSITIVE),
    Parameter::new("production_cost", "c", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("handling_cost", "d", "money per unit", Range::NON_NEGATIVE),
    Parameter::new("price_curvature", "v", "none", Range::POSITIVE).or(1.0),
    Parameter::new("local_effect", "k_r", "per √money", Range::POSITIVE),
    Parameter::new("national_effect", "k_m", "per √money", Range::POSITIVE),
];

/// What happens in a game: unit margins, support and spends, all in money but the rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome<P = f64> {
    /// `w − c`.
    pub manufacturer_margin: P,
    /// `p − w − d`.
    pub retailer_margin: P,
    /// `t`.
    pub participation_rate: P,
    /// `A`.
    pub national_advertising: P,
    /// `a`.
    pub local_advertising: P,
}

impl<P: Scalar> Parameters<P> {
    pub(super) fn from_list(v: &[P]) -> Self {
        Parameters {
            demand_intercept: v[0],
            demand_slope: v[1],
            production_cost: v[2],
            handling_cost: v[3],
            price_curvature: v[4],
            local_effect: v[5],
            national_effect: v[6],
        }
    }

    /// What the retail price does to demand.
    pub fn price_response(&self) -> CurvedPrice<P> {
        CurvedPrice {
            intercept: self.demand_intercept,
            slope: self.demand_slope,
            curvature: self.price_curvature,
        }
    }

    /// Units sold at the retail price `p ≤ α/β` with local advertising `a` and national advertising `national`.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(&self, p: T, national: T, a: T) -> T {
        let local = SquareRoot { effect: self.local_effect };
        let everywhere = SquareRoot { effect: self.national_effect };
        self.price_response().factor(p) * (local.sales(a) + everywhere.sales(national))
    }

    /// The payoffs of manufacturer and retailer at the retail price `p` that these unit margins make up.
    #[inline]
    pub(super) fn payoffs<T: Scalar + Over<P>>(
        &self,
        margins: [T; 2],
        p: T,
        [t, national, a]: [T; 3],
    ) -> [T; 2] {
        let sales = self.sales(p, national, a);
        after_support(margins.map(|margin| sales * margin), t, a, national)
    }

    /// `α/β`, the price at which nothing is sold.
    pub fn highest_price(&self) -> P {
        self.demand_intercept / self.demand_slope
    }

    /// `α/β − c − d`, the widest markup over both costs.
    pub fn widest_markup(&self) -> P {
        self.highest_price() - self.production_cost - self.handling_cost
    }

    /// The bounds of `[w, t, A, p, a]`: no price below the costs that it has to cover, nor beyond the highest one. None
    /// of them moves with another decision.
    pub(super) fn bounds<T: Scalar + Over<P>>(&self, decision: usize) -> Interval<T> {
        let number = |p: P| T::constant(0.0) + p;
        let (c, d, highest) = (self.production_cost, self.handling_cost, self.highest_price());
        match decision {
            0 => Interval::new(number(c), number(highest - d)),
            1 => Interval::unit(),
            3 => Interval::new(number(c + d), number(highest)),
            _ => Interval::at_least(number(P::constant(0.0))),
        }
    }

    /// The payoffs at `[w, t, A, p, a]`.
    #[inline]
    pub(super) fn payoffs_at_prices<T: Scalar + Over<P>>(&self, x: &[T]) -> [T; 2] {
        let (w, p) = (x[0], x[3]);
        self.payoffs([w - self.production_cost, p - w - self.handling_cost], p, [x[1], x[2], x[4]])
    }

    /// Unit margins and what is left below the highest price, none of them negative: a negative margin times no
    /// demand looks harmless, and beyond the highest price nothing is sold.
    pub(super) fn conditions<T: Scalar + Over<P>>(&self, w: T, p: T) -> Vec<Condition<T>> {
        vec![
            Condition::require("manufacturer margin", w - self.production_cost),
            Condition::require("retailer margin", p - self.handling_cost - w),
            Condition::require("room below the highest price", -(p - self.highest_price())),
        ]
    }
}

/// Closed forms, branch-free, over any scalar.
impl<P: Scalar> Parameters<P> {
    /// The manufacturer announces `w`, `t` and `A`; the retailer replies with its price (or, which is the same, its
    /// margin) and `a`.
    ///
    /// ```math
    /// w'=1-(v+1)u,\quad m'=vu,\quad t=\frac{2w'-m'}{2w'+m'}>0,\quad
    /// u=\frac{4(1+k)}{(v+2)\,[v+2+2k(v+1)]+v\sqrt{(v+2)^2+4(v+1)^2k(1+k)}}
    /// ```
    pub fn manufacturer_leads(&self) -> Outcome<P> {
        let v = self.price_curvature;
        let u = self.room_under_manufacturer();
        let (outcome, [n, m]) = self.without_support([-((v + 1.0) * u - 1.0), v * u]);
        let local = SupportedSpend { own: self.local_effect * m, other: self.local_effect * n };
        Outcome { participation_rate: local.rate(), local_advertising: local.root().square(), ..outcome }
    }

    /// Both margins are equal, at `w' = m' = v/(2v + 1)`, without support: everybody decides at once, and the
    /// manufacturer's margin is capped by the retailer's, or the retailer chooses its margin instead of the price.
    pub fn simultaneous(&self) -> Outcome<P> {
        let v = self.price_curvature;
        self.without_support([v / (v * 2.0 + 1.0); 2]).0
    }

    /// Joint profit is maximised, at `p' = v/(v + 1)`; `w` and `t` are internal, at `c` and 0.
    pub fn cooperative(&self) -> Outcome<P> {
        let v = self.price_curvature;
        let (outcome, [n, m]) = self.without_support([P::constant(0.0), v / (v + 1.0)]);
        let national = SupportedSpend { own: self.national_effect * n, other: self.national_effect * m };
        Outcome { national_advertising: national.root_together().square(), ..outcome }
    }

    /// The retailer announces `p` and `a`; the manufacturer replies with `w`, up to the retailer's own margin, and
    /// `A`. The price is that of cooperation, the margins are equal, both spends a quarter of the cooperative ones.
    pub fn retailer_leads_with_price(&self) -> Outcome<P> {
        let v = self.price_curvature;
        self.without_support([v / ((v + 1.0) * 2.0); 2]).0
    }

    /// The retailer announces its margin `m` and `a`; the manufacturer replies with `w` and `A`.
    ///
    /// ```math
    /// w'=vu,\quad m'=1-(v+1)u,\quad
    /// u=\frac{2}{(v+2)(v+1-kv)+v\sqrt{(v+1-kv)^2+4(v+1)k^2}}
    /// ```
    ///
    /// Where `kv > v + 1` the conjugate form, in which nothing cancels.
    pub fn retailer_leads_with_margin(&self) -> Outcome<P> {
        let v = self.price_curvature;
        let u = self.room_under_retailer();
        self.without_support([v * u, -((v + 1.0) * u - 1.0)]).0
    }

    /// `u` when the manufacturer leads. Numerator and denominator carry `k_r²`, so that neither effect divides.
    pub(super) fn room_under_manufacturer(&self) -> P {
        let (v, [r, m]) = (self.price_curvature, self.squared_effects());
        let root = ((v + 2.0).square() * r.square() + (v + 1.0).square() * m * (r + m) * 4.0).sqrt();
        (r + m) * 4.0 / ((v + 2.0) * ((v + 2.0) * r + (v + 1.0) * m * 2.0) + v * root)
    }

    /// `u` when the retailer leads with its margin.
    pub(super) fn room_under_retailer(&self) -> P {
        let (v, [r, m]) = (self.price_curvature, self.squared_effects());
        let (more, y) = (v + 1.0, (v + 1.0) * r - v * m);
        let root = (y.square() + more * m.square() * 4.0).sqrt();
        let sum = (v + 2.0) * y.max(-y) + v * root;
        P::select(y, r * 2.0 / sum, sum / (more.square() * (v * m * 2.0 - more * r) * 2.0))
    }

    fn squared_effects(&self) -> [P; 2] {
        [self.local_effect.square(), self.national_effect.square()]
    }

    /// The outcome at these shares of the widest markup when each firm pays for its own advertising, with what a
    /// unit of advertising response earns each of them.
    fn without_support(&self, shares: [P; 2]) -> (Outcome<P>, [P; 2]) {
        let widest = self.widest_markup();
        let margins = shares.map(|share| share * widest);
        let price = self.production_cost + self.handling_cost + margins[0] + margins[1];
        let factor = self.price_response().factor(price);
        let [n, m] = margins.map(|margin| margin * factor);
        let alone = |own: P| SupportedSpend { own, other: P::constant(0.0) }.root_alone().square();
        let outcome = Outcome {
            manufacturer_margin: margins[0],
            retailer_margin: margins[1],
            participation_rate: P::constant(0.0),
            national_advertising: alone(self.national_effect * n),
            local_advertising: alone(self.local_effect * m),
        };
        (outcome, [n, m])
    }

    /// `[w, t, A, p, a]`.
    pub(super) fn with_price(&self, outcome: Outcome<P>) -> [P; 5] {
        let [w, t, national, m, a] = self.with_margin(outcome);
        [w, t, national, w + self.handling_cost + m, a]
    }

    /// `[w, t, A, m, a]`.
    pub(super) fn with_margin(&self, outcome: Outcome<P>) -> [P; 5] {
        [
            self.production_cost + outcome.manufacturer_margin,
            outcome.participation_rate,
            outcome.national_advertising,
            outcome.retailer_margin,
            outcome.local_advertising,
        ]
    }
}

impl Parameters {
    /// Whether something can be sold above both costs.
    pub(super) fn sells(&self) -> Result<(), ParameterError> {
        let widest = self.widest_markup();
        if widest > 0.0 && widest.is_finite() {
            return Ok(());
        }
        Err(ParameterError::Inconsistent {
            parameter: "demand_intercept".to_owned(),
            value: self.demand_intercept,
            condition:
                "the price at which nothing is sold, demand_intercept / demand_slope, must be finite and \
                        exceed production_cost + handling_cost"
                    .to_owned(),
        })
    }

    pub(super) fn values(&self) -> Vec<Vec<f64>> {
        super::singles(&[
            self.demand_intercept,
            self.demand_slope,
            self.production_cost,
            self.handling_cost,
            self.price_curvature,
            self.local_effect,
            self.national_effect,
        ])
    }

    /// The unit margin that a search starts from: equal margins, as under simultaneous moves.
    pub(super) fn typical_margin(&self) -> f64 {
        self.simultaneous().retailer_margin
    }

    /// `[w, t, A, …, a]`; what the retailer asks for comes from the model.
    pub(super) fn decisions(&self, retail: Decision<Channel>) -> Vec<Decision<Channel>> {
        use Channel::{Manufacturer, Retailer};
        let cost = self.production_cost;
        let margin = self.typical_margin();
        // What either firm would spend at these margins.
        let price = cost + self.handling_cost + 2.0 * margin;
        let revenue = margin * self.price_response().factor(price);
        let spend = |effect: f64| (0.5 * effect * revenue).square().clamp(1e-100, 1e100);
        vec![
            Decision::transfer("wholesale_price", Manufacturer, Retailer)
                .symbol("w")
                .unit("money per unit")
                .neutral(cost)
                .typical(cost + margin),
            Channel::participation_rate(),
            Decision::new("national_advertising", Manufacturer)
                .symbol("A")
                .typical(spend(self.national_effect)),
            retail.unit("money per unit"),
            Decision::new("local_advertising", Retailer).symbol("a").typical(spend(self.local_effect)),
        ]
    }

    /// The retail price as a decision of the retailer.
    pub(super) fn retail_price(&self) -> Decision<Channel> {
        let typical = self.production_cost + self.handling_cost + 2.0 * self.typical_margin();
        Decision::new("retail_price", Channel::Retailer).symbol("p").typical(typical)
    }

    pub(super) fn sold(&self, p: f64, national: f64, a: f64) -> Measure {
        Measure::new("sales", "D", "units", self.sales(p, national, a))
    }

    /// Retail margin and sales at `[w, t, A, p, a]`.
    pub(super) fn measures_at_prices(&self, x: &[f64]) -> Vec<Measure> {
        let (w, p) = (x[0], x[3]);
        let margin = Measure::new("retail_margin", "m", "money per unit", p - w - self.handling_cost);
        vec![margin, self.sold(p, x[2], x[4])]
    }

    /// The wholesale prices and rates at which cooperation leaves both firms at least as well off as the status quo
    /// payoffs `[manufacturer, retailer]`. See [`ParetoTransfers`].
    ///
    /// ```
    /// use coopad::models::{Model, SeyedEsfahani};
    ///
    /// let p = *SeyedEsfahani::example().numbers();
    /// let transfers = p.pareto_transfers([294.0, 255.0]);
    /// // The surplus shared evenly, with a rate of a half: both gain the same.
    /// let w = transfers.wholesale_price(0.5, 0.5 * transfers.surplus.gain);
    /// let [lowest, highest] = transfers.wholesale_prices(0.5);
    /// assert!((w - 0.5 * (lowest + highest)).abs() < 1e-9);
    /// ```
    pub fn pareto_transfers(&self, status_quo: [f64; 2]) -> ParetoTransfers {
        let joint = self.cooperative();
        let (national, a) = (joint.national_advertising, joint.local_advertising);
        let [_, _, _, p, _] = self.with_price(joint);
        let [manufacturer, retailer] = self.payoffs([0.0, joint.retailer_margin], p, [0.0, national, a]);
        ParetoTransfers {
            surplus: Surplus::new(manufacturer + retailer, status_quo),
            sales: self.sales(p, national, a),
            local_advertising: a,
            national_advertising: national,
            production_cost: self.production_cost,
        }
    }
}

/// How cooperation can be paid for: wholesale price and participation rate only divide the joint profit.
///
/// The retail price being free, what the manufacturer receives depends on the pair `(w, t)` alone, and for every rate
/// there is one wholesale price that gives it the gain `g` over its status quo payoff `π⁰`:
///
/// ```math
/// w=c+\frac{\pi_m^0+g+t\,a^c+A^c}{D^c},\qquad 0\le g\le\Delta .
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParetoTransfers {
    /// The joint gain over the status quo.
    pub surplus: Surplus,
    /// `D^c`, units sold under cooperation.
    pub sales: f64,
    /// `a^c`.
    pub local_advertising: f64,
    /// `A^c`.
    pub national_advertising: f64,
    /// `c`.
    pub production_cost: f64,
}

impl ParetoTransfers {
    /// The wholesale price that, with the rate `t`, gives the manufacturer `gain` of the surplus.
    pub fn wholesale_price(&self, t: f64, gain: f64) -> f64 {
        let due = self.surplus.status_quo[0] + gain + t * self.local_advertising + self.national_advertising;
        self.production_cost + due / self.sales
    }

    /// The wholesale prices, lowest and highest, at which with the rate `t` nobody loses. A surplus below 0 leaves
    /// none: the lowest is then the higher one.
    pub fn wholesale_prices(&self, t: f64) -> [f64; 2] {
        [self.wholesale_price(t, 0.0), self.wholesale_price(t, self.surplus.gain)]
    }
}

/// What claims are made of.
pub(super) mod normalised {
    use super::{Outcome, Parameters};
    use crate::claim::Axis;
    use crate::scalar::Scalar;

    pub(in crate::models) const BOX: &[Axis] =
        &[Axis { name: "v", lower: 0.2, upper: 4.0 }, Axis { name: "k", lower: 0.01, upper: 16.0 }];

    /// Costs 0, `α`, `β` and `k_r` 1: the only numbers that matter are `v` and `k = (k_m/k_r)²`.
    pub(in crate::models) fn parameters<T: Scalar>(v: T, k: T) -> Parameters<T> {
        let (zero, one) = (T::constant(0.0), T::constant(1.0));
        Parameters {
            demand_intercept: one,
            demand_slope: one,
            production_cost: zero,
            handling_cost: zero,
            price_curvature: v,
            local_effect: one,
            national_effect: k.sqrt(),
        }
    }

    /// What a unit of advertising response earns manufacturer and retailer, `n = w'u^{1/v}` and `m = m'u^{1/v}`.
    pub(in crate::models) fn revenues<T: Scalar>(v: T, outcome: Outcome<T>) -> [T; 2] {
        let Outcome { manufacturer_margin: w, retailer_margin: m, .. } = outcome;
        let factor = (-(w + m - 1.0)).powf(v.recip());
        [w * factor, m * factor]
    }

    /// Joint profit at the joint revenue `g`, both spends being the best ones: `(1 + k) g²/4`.
    pub(in crate::models) fn joint<T: Scalar>(k: T, g: T) -> T {
        (k + 1.0) * g.square() * 0.25
    }

    /// Payoffs of an outcome.
    pub(in crate::models) fn payoffs<T: Scalar>(numbers: &Parameters<T>, outcome: Outcome<T>) -> [T; 2] {
        let Outcome { manufacturer_margin: w, retailer_margin: m, .. } = outcome;
        let spends = [outcome.participation_rate, outcome.national_advertising, outcome.local_advertising];
        numbers.payoffs([w, m], w + m, spends)
    }
}
