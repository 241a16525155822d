//! Claims about [`ChannelPricing`](super::ChannelPricing), ZL1 to ZL7, and about
//! [`ChannelPricingMultiplicative`](super::ChannelPricingMultiplicative), ZM1 to ZM7.
//!
//! Units scale out: one of time is `1/ρ`, `α − βc` and `β` are 1, and so is what effort adds to demand. What remains are
//! the decay rates, in multiples of the discount rate, and the strength of either kind of advertising,
//!
//! ```math
//! e_j=\frac{\theta_j^2l_j^2}{\beta k_jd_j(\rho+d_j)},
//! ```
//!
//! times `(α − βc)²/s₀` where goodwill multiplies demand. Where it adds to demand, cooperation keeps up the goodwill
//! `θ_jG_j = e_j(α − βc)/(2 − e_M − e_R)`: the strengths must not sum to 2. A state is given by what goodwill adds to
//! demand, in multiples of `α − βc` (to reach, in multiples of `s₀`).
//!
//! Margins compare value functions by their coefficients, evidence comes from solved games. Only what is derived above is
//! proved; the rest survived searches for counterexamples.

use super::coefficients::{Coefficients, Market, Rules};
use super::{Additive, Demand, Multiplicative, Parameters, PricedChannel};
use crate::claim::{Axis, Claim, Inequality, axis};
use crate::dynamic::{Feedback, SolveOverTime, SteadyState};
use crate::models::Channel;
use crate::response::SupportedSpend;
use crate::scalar::Scalar;
use crate::structure::Structure;

const D_M: Axis = axis("d_M / rho", 0.5, 20.0);
const D_R: Axis = axis("d_R / rho", 0.5, 20.0);
const E_M: Axis = axis("e_M", 0.02, 1.6);
const E_R: Axis = axis("e_R", 0.02, 1.6);
/// As strong as in the parameter sets that were studied.
const MILD_M: Axis = axis("e_M", 0.02, 0.3);
const MILD_R: Axis = axis("e_R", 0.02, 0.3);
/// Where goodwill multiplies demand nothing ties the strengths together.
const FREE_M: Axis = axis("e_M", 0.02, 5.0);
const FREE_R: Axis = axis("e_R", 0.02, 5.0);
const G_M: Axis = axis("g_M", 0.0, 5.0);
const G_R: Axis = axis("g_R", 0.0, 5.0);
/// Production cost, as a share of the price at which nobody buys.
const SHARE: Axis = axis("beta c / alpha", 0.05, 0.9);

const GAMES: &[Axis] = &[D_M, D_R, E_M, E_R];
const STATES: &[Axis] = &[D_M, D_R, E_M, E_R, G_M, G_R];
const MILD: &[Axis] = &[D_M, D_R, MILD_M, MILD_R, G_M, G_R];
const COSTS: &[Axis] = &[D_M, D_R, E_M, E_R, SHARE];
/// Strong national advertising beside weak local one.
const NATIONAL: &[Axis] = &[
    axis("d_M / rho", 10.0, 20.0),
    axis("d_R / rho", 10.0, 20.0),
    axis("e_M", 1.5, 1.6),
    axis("e_R", 0.08, 0.2),
];
const FREE_GAMES: &[Axis] = &[D_M, D_R, FREE_M, FREE_R];
const FREE_STATES: &[Axis] = &[D_M, D_R, FREE_M, FREE_R, G_M, G_R];

const ABSTRACT: &str = "Zhou and Lin 2014, abstract, on a reconstructed model";
const OURS: &str = "derived for this library";

/// A claim about games in which cooperation has a steady state, and not only just.
const fn additive<I: Inequality>(
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    domain: &'static [Axis],
) -> Claim {
    Claim::new::<I>(id, statement, source, domain).given("e_M + e_R <= 1.8", |p| p[2] + p[3] <= 1.8)
}

const RATE_RISES: &str = "where (2 V_M' − V_R')/(2 V_M' + V_R') at rest rises, derivatives in local goodwill; no simpler condition is known";

pub(super) const ADDITIVE: &[Claim] = &[
    additive::<Efforts<false>>("ZL1", "cooperation raises both efforts, at every goodwill", ABSTRACT, STATES),
    additive::<RestingGoodwill<false>>("ZL1b", "cooperation keeps up more of both goodwills", OURS, GAMES),
    additive::<JointValue<false>>("ZL2", "cooperation raises joint profit, at every goodwill", ABSTRACT, STATES),
    additive::<Support<false>>("ZL3", "support improves both firms, at every goodwill", OURS, STATES),
    additive::<SupportedEfforts<false>>("ZL3b", "support raises both efforts, at every goodwill", OURS, STATES),
    additive::<Price<false>>("ZL4", "cooperation lowers the retail price, at the same goodwill", OURS, STATES),
    additive::<RestingPrice>("ZL4b", "cooperation lowers the retail price, each at its own steady state", OURS, GAMES)
        .only_where(
            "X_C <= 3/2 X_L, with X = alpha − beta c + theta'G at the steady states; X_C = (alpha − beta c)/(1 − (e_M + e_R)/2)",
            &[5.0, 5.0, 0.8, 0.8],
        ),
    additive::<Rate<false>>("ZL5", "the rate lies between 0.42 and 0.63, at every goodwill", OURS, STATES),
    additive::<Rate<true>>("ZL5b", "the rate lies between 0.575 and 0.605, at every goodwill, where advertising is not strong", OURS, MILD),
    additive::<Moves<0>>("ZL7a", "a higher discount rate lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<1>>("ZL7b", "higher base demand raises efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<2>>("ZL7c", "a larger price effect lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<3>>("ZL7d", "a higher production cost lowers efforts and goodwill at rest", OURS, COSTS),
    additive::<Moves<4>>("ZL7e", "more effective national advertising raises efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<5>>("ZL7f", "more effective local advertising raises efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<6>>("ZL7g", "faster decay of national goodwill lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<7>>("ZL7h", "faster decay of local goodwill lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<8>>("ZL7i", "dearer national advertising lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<9>>("ZL7j", "dearer local advertising lowers efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<10>>("ZL7k", "a larger demand effect of national goodwill raises efforts, goodwill and price at rest", OURS, COSTS),
    additive::<Moves<11>>("ZL7l", "a larger demand effect of local goodwill raises efforts, goodwill and price at rest", OURS, COSTS),
    additive::<PriceFollowsCost<true>>("ZL7m", "a higher production cost raises the led price at rest", OURS, COSTS)
        .only_where("alpha − beta c + theta'G <= 4/3 (alpha − beta c) at rest", &[5.0, 5.0, 0.8, 0.8, 0.5]),
    additive::<PriceFollowsCost<false>>("ZL7n", "a higher production cost raises the cooperative price at rest", OURS, COSTS)
        .only_where("e_M + e_R <= 1", &[5.0, 5.0, 0.8, 0.8, 0.5]),
    additive::<RateMoves<8>>("ZL7o", "dearer national advertising raises the rate at rest", OURS, GAMES),
    additive::<RateMoves<6>>("ZL7p", "faster decay of national goodwill raises the rate at rest", OURS, GAMES),
    additive::<RateMoves<5>>("ZL7q", "more effective local advertising raises the rate at rest", OURS, NATIONAL)
        .only_where(RATE_RISES, &[20.0, 20.0, 1.6, 0.13]),
    additive::<RateMoves<2>>("ZL7r", "a larger price effect raises the rate at rest", OURS, GAMES)
        .only_where(RATE_RISES, &[1.0, 10.0, 0.05, 0.8]),
    additive::<RateMoves<0>>("ZL7s", "a higher discount rate raises the rate at rest", OURS, GAMES)
        .only_where(RATE_RISES, &[20.0, 0.5, 0.2, 1.2]),
    additive::<RateMoves<7>>("ZL7t", "faster decay of local goodwill raises the rate at rest", OURS, GAMES)
        .only_where(RATE_RISES, &[1.0, 10.0, 0.05, 0.8]),
];

pub(super) const MULTIPLICATIVE: &[Claim] = &[
    Claim::new::<Efforts<true>>(
        "ZM1",
        "cooperation raises both efforts, at every goodwill",
        ABSTRACT,
        FREE_STATES,
    ),
    Claim::new::<RestingGoodwill<true>>(
        "ZM1b",
        "cooperation keeps up more of both goodwills",
        OURS,
        FREE_GAMES,
    ),
    Claim::new::<JointValue<true>>(
        "ZM2",
        "cooperation raises joint profit, at every goodwill",
        ABSTRACT,
        FREE_STATES,
    ),
    Claim::new::<Support<true>>("ZM3", "support improves both firms, at every goodwill", OURS, FREE_STATES),
    Claim::new::<SupportedEfforts<true>>(
        "ZM3b",
        "support raises local effort, at every goodwill",
        OURS,
        FREE_STATES,
    ),
    Claim::new::<Price<true>>(
        "ZM4",
        "cooperation lowers the retail price, at any two goodwills",
        OURS,
        FREE_STATES,
    ),
    Claim::new::<RateIsThreeFifths>("ZM5", "the rate is 3/5, at every goodwill", OURS, FREE_STATES),
    Claim::new::<MovesAlone>(
        "ZM7",
        "each effort and goodwill at rest rises with base demand and its own effects, falls with price effect, production and own effort cost, discounting and its own decay",
        OURS,
        FREE_GAMES,
    ),
];

/// The twelve numbers that the games share, in the order of [`Parameters::from_list`], at `[d_M, d_R, e_M, e_R, …]` with
/// production cost at a share of the price at which nobody buys.
fn normalised<T: Scalar>(p: &[T], share: T) -> [T; 12] {
    let one = T::constant(1.0);
    let cost = |j: usize| (p[j] * p[2 + j] * (p[j] + 1.0)).recip();
    let alpha = (one - share).recip();
    [one, alpha, one, alpha * share, one, one, p[0], p[1], cost(0), cost(1), one, one]
}

/// The games at which statements about states are made.
fn game<T: Scalar>(p: &[T]) -> [T; 12] {
    normalised(p, T::constant(0.5))
}

fn surplus<T: Scalar>(list: &[T; 12]) -> T {
    list[1] - list[2] * list[3]
}

fn market<T: Scalar>(multiplies: bool, list: &[T; 12]) -> Market<T> {
    let flow = if multiplies { REACH.flow(surplus(list)) } else { Additive.flow(surplus(list)) };
    Market {
        discount: list[0],
        flow: flow.map(|part| part / list[2]),
        decay: [list[6], list[7]],
        power: [list[4].square() / list[8], list[5].square() / list[9]],
        effect: [list[10], list[11]],
    }
}

/// The form with a reach of 1 without goodwill.
const REACH: Multiplicative = Multiplicative { base_reach: 1.0 };

/// One of the games under one of the structures.
struct Played<T> {
    list: [T; 12],
    rules: Rules,
    market: Market<T>,
    values: Coefficients<T>,
}

impl<T: Scalar> Played<T> {
    fn new(multiplies: bool, list: [T; 12], rules: Rules) -> Self {
        let market = market(multiplies, &list);
        Played { list, rules, market, values: market.coefficients(rules) }
    }

    /// `u_M` and `u_R`.
    fn efforts(&self, goodwill: [T; 2]) -> [T; 2] {
        let drive = self.rules.drive(&self.values.costates(goodwill));
        [0, 1].map(|j| drive[j] * self.list[4 + j] / self.list[8 + j])
    }

    fn rest(&self) -> [T; 2] {
        self.market.rest(self.rules, &self.values)
    }

    /// The led retailer's share of local advertising that the manufacturer pays.
    fn rate(&self, goodwill: [T; 2]) -> T {
        let [[_, manufacturer], [_, retailer]] = self.values.costates(goodwill);
        (manufacturer * 2.0 - retailer) / (manufacturer * 2.0 + retailer)
    }

    /// The retail price where goodwill adds to demand.
    fn price(&self, goodwill: [T; 2]) -> T {
        let at_cost = surplus(&self.list) + self.list[10] * goodwill[0] + self.list[11] * goodwill[1];
        self.list[3] + at_cost / self.list[2] * markup(self.rules)
    }

    /// What moves at rest: efforts, goodwill, price.
    fn moving(&self) -> [T; 5] {
        let rest = self.rest();
        let [national, local] = self.efforts(rest);
        [national, local, rest[0], rest[1], self.price(rest)]
    }
}

/// The retail price's share of the way from cost to the price at which nobody buys.
fn markup(rules: Rules) -> f64 {
    if rules == Rules::Together { 0.5 } else { 0.75 }
}

/// By how much the first is larger, as a share; the smaller of two.
fn ahead<T: Scalar>(more: [T; 2], less: [T; 2]) -> T {
    (more[0] / less[0] - 1.0).min(more[1] / less[1] - 1.0)
}

fn goodwill<T: Scalar>(p: &[T]) -> [T; 2] {
    [p[4], p[5]]
}

// ---- Evidence -----------------------------------------------------------------------------------------------------

/// The game at these numbers and at a state.
fn channel<D: Demand>(form: D, list: &[f64; 12], goodwill: [f64; 2]) -> Option<PricedChannel<D>> {
    let all = [&list[..], &goodwill, &form.values()].concat();
    PricedChannel::new(Parameters::from_list(&all)).ok()
}

fn structure<D: Demand>(rules: Rules) -> Structure<Channel> {
    match rules {
        Rules::Led => Structure::leader(Channel::Manufacturer),
        Rules::Unsupported => PricedChannel::<D>::no_support(),
        Rules::Together => Structure::cooperative(),
    }
}

/// What one game tells at a state and at rest.
#[derive(Clone, Copy)]
struct Told {
    values: [f64; 2],
    here: Decided,
    rest: [f64; 2],
    there: Decided,
}

#[derive(Clone, Copy)]
struct Decided {
    efforts: [f64; 2],
    price: f64,
    rate: f64,
}

fn told<D: Demand>(form: D, list: &[f64; 12], goodwill: [f64; 2], rules: Rules) -> Option<Told> {
    let game = channel(form, list, goodwill)?;
    let found: Feedback<'_, PricedChannel<D>> = game.feedback(&structure::<D>(rules)).ok()?;
    let rest = found.steady_states().ok()?.into_iter().find(SteadyState::is_stable)?;
    let decided = |x: &[f64]| Decided {
        efforts: [x[PricedChannel::<D>::NATIONAL], x[PricedChannel::<D>::LOCAL]],
        price: x[PricedChannel::<D>::RETAIL_PRICE],
        rate: x[PricedChannel::<D>::PARTICIPATION],
    };
    Some(Told {
        values: [Channel::Manufacturer, Channel::Retailer].map(|who| found.value(who, &goodwill)),
        here: decided(found.policy(&goodwill).ok()?.profile()),
        rest: [rest.state[0], rest.state[1]],
        there: decided(rest.decisions.profile()),
    })
}

/// The same of either form.
fn tell(multiplies: bool, list: &[f64; 12], goodwill: [f64; 2], rules: Rules) -> Option<Told> {
    if multiplies { told(REACH, list, goodwill, rules) } else { told(Additive, list, goodwill, rules) }
}

fn at_state(multiplies: bool, p: &[f64], rules: Rules) -> Option<Told> {
    tell(multiplies, &game(p), goodwill(p), rules)
}

fn at_rest(multiplies: bool, list: &[f64; 12], rules: Rules) -> Option<Told> {
    tell(multiplies, list, [0.0; 2], rules)
}

// ---- Statements about both forms; `MULTIPLIES` says about which ----------------------------------------------------

struct Efforts<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> Inequality for Efforts<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| Played::new(MULTIPLIES, game(p), rules).efforts(goodwill(p));
        ahead(of(Rules::Together), of(Rules::Led))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_state(MULTIPLIES, p, rules)?.here.efforts);
        Some(ahead(of(Rules::Together)?, of(Rules::Led)?))
    }
}

struct RestingGoodwill<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> Inequality for RestingGoodwill<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| Played::new(MULTIPLIES, game(p), rules).rest();
        ahead(of(Rules::Together), of(Rules::Led))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_rest(MULTIPLIES, &game(p), rules)?.rest);
        Some(ahead(of(Rules::Together)?, of(Rules::Led)?))
    }
}

struct JointValue<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> Inequality for JointValue<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| {
            let [first, second] = Played::new(MULTIPLIES, game(p), rules).values.values(goodwill(p));
            first + second
        };
        of(Rules::Together) / of(Rules::Led) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_state(MULTIPLIES, p, rules)?.values.iter().sum::<f64>());
        Some(of(Rules::Together)? - of(Rules::Led)?)
    }
}

struct Support<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> Inequality for Support<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| Played::new(MULTIPLIES, game(p), rules).values.values(goodwill(p));
        ahead(of(Rules::Led), of(Rules::Unsupported))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_state(MULTIPLIES, p, rules)?.values);
        Some(ahead(of(Rules::Led)?, of(Rules::Unsupported)?))
    }
}

struct SupportedEfforts<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> SupportedEfforts<MULTIPLIES> {
    /// Where goodwill multiplies demand, support leaves national effort as it is.
    fn relevant<T: Copy>([national, local]: [T; 2]) -> [T; 2] {
        if MULTIPLIES { [local, local] } else { [national, local] }
    }
}
impl<const MULTIPLIES: bool> Inequality for SupportedEfforts<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| Self::relevant(Played::new(MULTIPLIES, game(p), rules).efforts(goodwill(p)));
        ahead(of(Rules::Led), of(Rules::Unsupported))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(Self::relevant(at_state(MULTIPLIES, p, rules)?.here.efforts));
        Some(ahead(of(Rules::Led)?, of(Rules::Unsupported)?))
    }
}

/// Prices at the same goodwill differ by a quarter of the way from cost to the price at which nobody buys.
struct Price<const MULTIPLIES: bool>;
impl<const MULTIPLIES: bool> Inequality for Price<MULTIPLIES> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let pull = goodwill(p)[0] + goodwill(p)[1];
        let choke = if MULTIPLIES { T::constant(1.0) } else { pull + 1.0 };
        choke * (markup(Rules::Led) - markup(Rules::Together))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_state(MULTIPLIES, p, rules)?.here.price);
        Some(of(Rules::Led)? - of(Rules::Together)?)
    }
}

// ---- Where goodwill adds to demand ---------------------------------------------------------------------------------

struct RestingPrice;
impl Inequality for RestingPrice {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |rules| {
            let played = Played::new(false, game(p), rules);
            played.price(played.rest())
        };
        of(Rules::Led) - of(Rules::Together)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |rules| Some(at_rest(false, &game(p), rules)?.there.price);
        Some(of(Rules::Led)? - of(Rules::Together)?)
    }
}

/// Where the rate of the led game lies, for mild advertising and for any: numerical evidence only.
struct Rate<const MILD: bool>;
impl<const MILD: bool> Rate<MILD> {
    const RANGE: [f64; 2] = if MILD { [0.575, 0.605] } else { [0.42, 0.63] };
}
impl<const MILD: bool> Inequality for Rate<MILD> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let rate = Played::new(false, game(p), Rules::Led).rate(goodwill(p));
        (rate - Self::RANGE[0]).min(-rate + Self::RANGE[1])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let rate = at_state(false, p, Rules::Led)?.here.rate;
        Some((rate - Self::RANGE[0]).min(Self::RANGE[1] - rate))
    }
}

/// Which way each of the twelve numbers moves efforts and goodwill at rest.
const WAYS: [f64; 12] = [-1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, 1.0, 1.0];
const COST: usize = 3;
/// The change for which a claim stands.
const PER_CENT: f64 = 1.01;

fn moved<T: Scalar>(mut list: [T; 12], at: usize) -> [T; 12] {
    list[at] = list[at] * PER_CENT;
    list
}

/// Everything at rest, under leadership and cooperation, moves as it should when number `AT` is one per cent higher. The
/// price is left aside where that number is production cost.
struct Moves<const AT: usize>;
impl<const AT: usize> Inequality for Moves<AT> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let list = normalised(p, p[4]);
        let of = |list, rules| Played::new(false, list, rules).moving();
        let least = |rules| least_change::<T>(AT, of(list, rules), of(moved(list, AT), rules));
        least(Rules::Led).min(least(Rules::Together))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let list = normalised(p, p[4]);
        let of = |list: [f64; 12], rules| {
            let Told { rest, there, .. } = at_rest(false, &list, rules)?;
            Some([there.efforts[0], there.efforts[1], rest[0], rest[1], there.price])
        };
        let least = |rules| Some(least_change(AT, of(list, rules)?, of(moved(list, AT), rules)?));
        Some(least(Rules::Led)?.min(least(Rules::Together)?))
    }
}

/// The least change in the direction that number `at` should give.
fn least_change<T: Scalar>(at: usize, before: [T; 5], after: [T; 5]) -> T {
    let change = |which: usize| (after[which] / before[which] - 1.0) * WAYS[at];
    let without_price = change(0).min(change(1)).min(change(2)).min(change(3));
    if at == COST { without_price } else { without_price.min(change(4)) }
}

struct PriceFollowsCost<const LED: bool>;
impl<const LED: bool> PriceFollowsCost<LED> {
    const RULES: Rules = if LED { Rules::Led } else { Rules::Together };
}
impl<const LED: bool> Inequality for PriceFollowsCost<LED> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let list = normalised(p, p[4]);
        let of = |list| Played::new(false, list, Self::RULES).moving()[4];
        of(moved(list, COST)) / of(list) - 1.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let list = normalised(p, p[4]);
        let of = |list| Some(at_rest(false, &list, Self::RULES)?.there.price);
        Some(of(moved(list, COST))? / of(list)? - 1.0)
    }
}

struct RateMoves<const AT: usize>;
impl<const AT: usize> Inequality for RateMoves<AT> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |list| {
            let played = Played::new(false, list, Rules::Led);
            played.rate(played.rest())
        };
        of(moved(game(p), AT)) - of(game(p))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |list| Some(at_rest(false, &list, Rules::Led)?.there.rate);
        Some(of(moved(game(p), AT))? - of(game(p))?)
    }
}

// ---- Where goodwill multiplies demand ------------------------------------------------------------------------------

/// The worth of goodwill to each is as its share of trade.
struct RateIsThreeFifths;
impl Inequality for RateIsThreeFifths {
    fn margin<T: Scalar>(_: &[T]) -> T {
        let [other, own] = Rules::Led.shares().map(T::constant);
        -(SupportedSpend { own, other }.rate() - 0.6).square()
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(-(at_state(true, p, Rules::Led)?.here.rate - 0.6).abs())
    }
}

/// Each number moves everything, or its own kind of advertising: the other it does not touch.
struct MovesAlone;
impl MovesAlone {
    /// The least change in the right direction, given efforts and goodwill at rest; `None` if those could not be had.
    fn least<T: Scalar>(at_rest: impl Fn([T; 12]) -> Option<[[T; 2]; 2]>, list: [T; 12]) -> Option<T> {
        let before = at_rest(list)?;
        let changes = |at: usize| -> Option<T> {
            let after = at_rest(moved(list, at))?;
            let kind = |j: usize| {
                let change = |which: usize| (after[which][j] / before[which][j] - 1.0) * WAYS[at];
                change(0).min(change(1))
            };
            Some(if at > COST { kind(at % 2) } else { kind(0).min(kind(1)) })
        };
        (1..list.len()).try_fold(changes(0)?, |least, at| Some(least.min(changes(at)?)))
    }
}
impl Inequality for MovesAlone {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let of = |list| {
            let played = Played::new(true, list, Rules::Led);
            let rest = played.rest();
            Some([played.efforts(rest), rest])
        };
        Self::least(of, game(p)).unwrap_or(T::constant(f64::NAN))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let of = |list: [f64; 12]| {
            let Told { rest, there, .. } = at_rest(true, &list, Rules::Led)?;
            Some([there.efforts, rest])
        };
        Self::least(of, game(p))
    }
}
