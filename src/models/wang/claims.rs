//! Claims about [`Wang`](super::Wang), WA1 to WA9.
//!
//! Payoffs separate by retailer: with `E` the manufacturer's return, `R` the retailer's own and `L` the retailers'
//! joint one per root of `a`, the margins are sums over the two retailers of expressions in these. The general claims
//! run over two different retailers (with ρ_m = k₁ = 1); those that are not general over two alike, where their exact
//! conditions are short.

use super::{Parameters, Profile};
use crate::claim::{Axis, Claim, Inequality};
use crate::response::SupportedSpend;
use crate::scalar::Scalar;

const TWO: &[Axis] = &[
    Axis { name: "rho_1", lower: 0.1, upper: 5.0 },
    Axis { name: "rho_2", lower: 0.1, upper: 5.0 },
    Axis { name: "k_2", lower: 0.2, upper: 5.0 },
    Axis { name: "l_1", lower: 0.01, upper: 5.0 },
    Axis { name: "l_2", lower: 0.01, upper: 1.0 },
];
const ALIKE: &[Axis] =
    &[Axis { name: "rho", lower: 0.2, upper: 5.0 }, Axis { name: "l", lower: 0.1, upper: 0.95 }];
const ABSTRACT: &str =
    "Wang, Zhou, Min and Zhong 2011, games of the abstract; inequality derived for this library";
const OURS: &str = "derived for this library";

/// A claim about two retailers, each of whose advertising sells more than it steals.
const fn general<I: Inequality>(id: &'static str, statement: &'static str) -> Claim {
    Claim::new::<I>(id, statement, ABSTRACT, TWO)
        .given("k_1 > l_2 and k_2 > l_1", |p| 1.0 > p[4] && p[2] > p[3])
}

const fn special<I: Inequality>(id: &'static str, statement: &'static str) -> Claim {
    Claim::new::<I>(id, statement, OURS, ALIKE)
}

pub(super) const CLAIMS: &[Claim] = &[
    general::<CollusionAdvertisesLess>("WA1", "colluding retailers advertise less, led or not"),
    general::<LeaderRaisesLocal>("WA2", "leadership raises local advertising, of rivals and of colluding retailers"),
    general::<CollusionIsPaidMore>("WA3", "colluding retailers are paid higher rates").only_where(
        "for each retailer rho_i k_i > rho_j l_j, or 2 (k_i − l_j) <= rho_i k_i",
        &[0.2, 4.0, 1.0, 0.2, 0.4],
    ),
    general::<NationalLessThanJoint>(
        "WA4",
        "national advertising is the same in all games, and less than under cooperation",
    ),
    general::<LeaderLikesRivals>("WA5", "a leading manufacturer earns more from rivals than from colluding retailers"),
    general::<LeaderGains>("WA5b", "the manufacturer gains by leading, rivals and colluding retailers alike"),
    general::<FollowerLikesRivals>("WA5c", "without leadership too it earns more from rivals"),
    special::<RivalryOverLeadership>(
        "WA5d",
        "the manufacturer earns more from rivals that it does not lead than from colluding retailers that it leads",
    )
    .only_where("rho >= 2, or (1 − l)(2 + rho)^2 <= 8 rho", &[0.5, 0.1]),
    general::<RetailersGainByCollusion>("WA6", "retailers together gain by colluding when led"),
    general::<RetailersGainByCollusionUnled>("WA6b", "retailers together gain by colluding when not led"),
    general::<JointIsLargest>("WA7", "the profit of all three is largest under cooperation"),
    special::<ChannelLikesRivals>("WA8", "without leadership all three earn more when retailers are rivals")
        .only_where("2 (1 − l) >= rho l", &[5.0, 0.5]),
    special::<ChannelLikesLeader>("WA8b", "all three earn more when rival retailers are led")
        .only_where("2 (1 − l) <= rho, or 2 (1 − l) + rho >= 4 rho l", &[0.7, 0.6]),
    special::<ChannelLikesLedRivals>("WA8c", "all three earn more when led retailers are rivals").only_where(
        "max(2 (1 − l), rho) + rho <= (1 − l)(4 + 3 rho − max(2, rho))",
        &[1.0, 0.8],
    ),
    special::<RatesAreSupport>("WA9", "the rates of the coordinating contract are no fees")
        .only_where("l (1 + rho) <= 1", &[1.0, 0.8]),
];

/// The game of two different retailers, or of two alike.
fn game(p: &[f64]) -> Parameters {
    let (rho, k, l) = match p {
        [rho, l] => ([*rho; 2], 1.0, [*l; 2]),
        _ => ([p[0], p[1]], p[2], [p[3], p[4]]),
    };
    Parameters {
        base_sales: [0.0; 2],
        local_effect: [1.0, k],
        competition_effect: l,
        national_effect: [0.0; 2],
        manufacturer_margin: 1.0,
        retailer_margin: rho,
    }
}

fn payoffs(p: &Parameters, x: Profile<f64>) -> [f64; 3] {
    p.payoffs([x[0], x[1]], x[2], [x[3], x[4]])
}

/// The manufacturer's, the retailers' joint and everybody's payoff in one game less those in another.
fn gains(p: &[f64], to: fn(&Parameters) -> Profile<f64>, from: fn(&Parameters) -> Profile<f64>) -> [f64; 3] {
    let numbers = game(p);
    let [after, before] = [to, from].map(|play| payoffs(&numbers, play(&numbers)));
    let [manufacturer, first, second] = [0, 1, 2].map(|i| after[i] - before[i]);
    [manufacturer, first + second, manufacturer + first + second]
}

fn led_apart(p: &Parameters) -> Profile<f64> {
    p.leader(false)
}
fn led_together(p: &Parameters) -> Profile<f64> {
    p.leader(true)
}
fn apart(p: &Parameters) -> Profile<f64> {
    p.simultaneous(false)
}
fn together(p: &Parameters) -> Profile<f64> {
    p.simultaneous(true)
}

/// One retailer's advertising: `E`, `R` and `L` of the note above.
#[derive(Clone, Copy)]
struct Spend<T> {
    e: T,
    r: T,
    l: T,
}

impl<T: Scalar> Spend<T> {
    fn apart(self) -> SupportedSpend<T> {
        SupportedSpend { own: self.r, other: self.e }
    }
    fn together(self) -> SupportedSpend<T> {
        SupportedSpend { own: self.l, other: self.e }
    }
    /// What all three earn from a root `x` of it.
    fn channel(self, x: T) -> T {
        (self.e + self.l - x) * x
    }
    /// How much less all three earn from a root `x` than from the best one, as a sum of non-negative terms.
    fn short_of_best(self, x: T) -> T {
        let earned = self.e + self.l;
        (x - earned.positive_part() * 0.5).square() + x * (-earned).positive_part()
    }
}

/// What the leader earns from a supported spend: `((2E + R)² − max(R − 2E, 0)²)/16` where anything is spent.
fn led_value<T: Scalar>(spend: SupportedSpend<T>) -> T {
    let interior = (spend.other * 2.0 + spend.own).square();
    let corner = (spend.own - spend.other * 2.0).positive_part().square();
    T::select(spend.own, (interior - corner) / 16.0, T::constant(0.0))
}

/// The advertising of two different retailers.
fn two<T: Scalar>(p: &[T]) -> [Spend<T>; 2] {
    let one = T::constant(1.0);
    let spend = |rho: T, k: T, other_rho: T, stolen: T| Spend {
        e: k - stolen,
        r: rho * k,
        l: rho * k - other_rho * stolen,
    };
    [spend(p[0], one, p[1], p[4]), spend(p[1], p[2], p[0], p[3])]
}

/// The advertising of either of two retailers alike.
fn alike<T: Scalar>(p: &[T]) -> Spend<T> {
    let kept = -(p[1] - 1.0);
    Spend { e: kept, r: p[0], l: p[0] * kept }
}

fn both<T: Scalar>(p: &[T], of: impl Fn(Spend<T>) -> T) -> T {
    let [first, second] = two(p);
    of(first) + of(second)
}

fn least<T: Scalar>(p: &[T], of: impl Fn(Spend<T>) -> T) -> T {
    let [first, second] = two(p);
    of(first).min(of(second))
}

/// The least rise of a decision of either retailer.
fn least_rise(
    p: &[f64],
    decisions: [usize; 2],
    to: fn(&Parameters) -> Profile<f64>,
    from: fn(&Parameters) -> Profile<f64>,
) -> f64 {
    let numbers = game(p);
    let (to, from) = (to(&numbers), from(&numbers));
    decisions.map(|d| to[d].sqrt() - from[d].sqrt()).into_iter().fold(f64::INFINITY, f64::min)
}

const LOCAL: [usize; 2] = super::Wang::LOCAL;

struct CollusionAdvertisesLess;
impl Inequality for CollusionAdvertisesLess {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let led = least(p, |s| s.apart().root() - s.together().root());
        led.min(least(p, |s| s.apart().root_alone() - s.together().root_alone()))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(least_rise(p, LOCAL, led_apart, led_together).min(least_rise(p, LOCAL, apart, together)))
    }
}

struct LeaderRaisesLocal;
impl Inequality for LeaderRaisesLocal {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let rise = |spend: SupportedSpend<T>| {
            let pull = (spend.other * 2.0 - spend.own).positive_part() * 0.25;
            T::select(spend.own, pull, T::constant(0.0))
        };
        least(p, |s| rise(s.apart())).min(least(p, |s| rise(s.together())))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(least_rise(p, LOCAL, led_apart, apart).min(least_rise(p, LOCAL, led_together, together)))
    }
}

struct CollusionIsPaidMore;
impl Inequality for CollusionIsPaidMore {
    fn margin<T: Scalar>(p: &[T]) -> T {
        least(p, |s| s.together().rate() - s.apart().rate())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let numbers = game(p);
        let (to, from) = (numbers.leader(true), numbers.leader(false));
        Some((to[0] - from[0]).min(to[1] - from[1]))
    }
}

struct NationalLessThanJoint;
impl Inequality for NationalLessThanJoint {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // National effects 1 and k₂.
        (p[0] + p[1] * p[2]) * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let mut numbers = game(p);
        numbers.national_effect = [1.0, p[2]];
        let [national, ..] = [led_apart, led_together, apart, together].map(|play| play(&numbers)[2]);
        let same = [led_together, apart, together].iter().all(|play| play(&numbers)[2] == national);
        same.then(|| numbers.cooperative()[2].sqrt() - national.sqrt())
    }
}

struct LeaderLikesRivals;
impl Inequality for LeaderLikesRivals {
    fn margin<T: Scalar>(p: &[T]) -> T {
        both(p, |s| led_value(s.apart()) - led_value(s.together()))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, led_apart, led_together)[0])
    }
}

struct LeaderGains;
impl Inequality for LeaderGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let gain = |spend: SupportedSpend<T>| {
            let pull = (spend.other * 2.0 - spend.own).positive_part().square() / 16.0;
            T::select(spend.own, pull, T::constant(0.0))
        };
        both(p, |s| gain(s.apart())).min(both(p, |s| gain(s.together())))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, led_apart, apart)[0].min(gains(p, led_together, together)[0]))
    }
}

struct FollowerLikesRivals;
impl Inequality for FollowerLikesRivals {
    fn margin<T: Scalar>(p: &[T]) -> T {
        both(p, |s| s.e * (s.r - s.l.positive_part()) * 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, apart, together)[0])
    }
}

struct RivalryOverLeadership;
impl Inequality for RivalryOverLeadership {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let spend = alike(p);
        spend.e * spend.r * 0.5 - led_value(spend.together())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, apart, led_together)[0])
    }
}

struct RetailersGainByCollusion;
impl Inequality for RetailersGainByCollusion {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // Of a supported spend the spender keeps (L − R/2)√a, whatever the rate.
        both(p, |s| s.together().root() * s.l * 0.5 - s.apart().root() * (s.l - s.r * 0.5))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, led_together, led_apart)[1])
    }
}

struct RetailersGainByCollusionUnled;
impl Inequality for RetailersGainByCollusionUnled {
    fn margin<T: Scalar>(p: &[T]) -> T {
        both(p, |s| (s.r - s.l.positive_part()).square() * 0.25 + s.r * (-s.l).positive_part() * 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, together, apart)[1])
    }
}

struct JointIsLargest;
impl Inequality for JointIsLargest {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let led = both(p, |s| s.short_of_best(s.apart().root()));
        let led = led.min(both(p, |s| s.short_of_best(s.together().root())));
        let unled = both(p, |s| s.short_of_best(s.apart().root_alone()));
        led.min(unled).min(both(p, |s| s.short_of_best(s.together().root_alone())))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let over = |play| gains(p, Parameters::cooperative, play)[2];
        Some([led_apart, led_together, apart, together].map(over).into_iter().fold(f64::INFINITY, f64::min))
    }
}

struct ChannelLikesRivals;
impl Inequality for ChannelLikesRivals {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let s = alike(p);
        s.channel(s.apart().root_alone()) - s.channel(s.together().root_alone())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, apart, together)[2])
    }
}

struct ChannelLikesLeader;
impl Inequality for ChannelLikesLeader {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let s = alike(p);
        s.channel(s.apart().root()) - s.channel(s.apart().root_alone())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, led_apart, apart)[2])
    }
}

struct ChannelLikesLedRivals;
impl Inequality for ChannelLikesLedRivals {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let s = alike(p);
        s.channel(s.apart().root()) - s.channel(s.together().root())
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, led_apart, led_together)[2])
    }
}

struct RatesAreSupport;
impl Inequality for RatesAreSupport {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(p[1] * (p[0] + 1.0) - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let [first, second] = super::Wang(game(p)).cost_sharing()?.rates;
        Some(first.min(second))
    }
}
