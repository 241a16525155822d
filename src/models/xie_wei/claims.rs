//! Claims about [`XieWei`] with straight demand, `v = 1`.
//!
//! Only `k = (k_m/k_r)²` matters then. With `u = 1 − p'`, the led game has `w' = 1 − 2u`, `m' = u`, `t = (2 − 5u)/(2 − 3u)`
//! and `u = 4(1 + k)/(9 + 12k + S)`, `S = √(9 + 16k(1 + k))`, which falls from 1/3 at `k = 0` to 1/4: the bounds of
//! rate and prices are all one or the other end of `u`.

use super::XieWei;
use crate::claim::{Axis, Claim, Inequality};
use crate::equilibrium::{Equilibrium, Solution};
use crate::models::price_and_advertising::normalised;
use crate::models::{Channel, Model};
use crate::scalar::Scalar;
use crate::solve::Solve;

const AXIS: &[Axis] = &[Axis { name: "k", lower: 0.01, upper: 16.0 }];
const LITERATURE: &str = "Xie and Wei 2009 and related papers; bounds derived for this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<RoomBelowAThird<Rate>>(
        "XW1",
        "the leading manufacturer's rate exceeds 1/3",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<RoomAboveAQuarter<Rate>>("XW1b", "its rate stays below 3/5", LITERATURE, AXIS),
    Claim::new::<RoomBelowAThird<Wholesale>>(
        "XW2",
        "its margin exceeds 1/3 of the widest markup",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<RoomAboveAQuarter<Wholesale>>(
        "XW2b",
        "its margin stays below 1/2 of the widest markup",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<RoomBelowAThird<Price>>(
        "XW3",
        "the retail markup exceeds 2/3 of the widest one",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<RoomAboveAQuarter<Price>>(
        "XW3b",
        "the retail markup stays below 3/4 of the widest one",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<AllRise>(
        "XW4",
        "rate, wholesale price and retail price rise with the relative effect of national advertising",
        LITERATURE,
        AXIS,
    ),
    Claim::new::<CheaperTogether>("XW5", "cooperation lowers the retail price", LITERATURE, AXIS),
    Claim::new::<MoreLocal>("XW5b", "cooperation raises local advertising", LITERATURE, AXIS),
    Claim::new::<MoreNational>("XW5c", "cooperation raises national advertising", LITERATURE, AXIS),
    Claim::new::<JointGain>("XW6", "joint profit is larger under cooperation", LITERATURE, AXIS),
];

fn played(k: f64, structure: &str) -> Option<Solution<Channel>> {
    XieWei(normalised::parameters(1.0, k)).solve(&XieWei::structure(structure)?).ok()
}

/// What cooperation changes in one decision.
fn change(k: f64, decision: usize) -> Option<f64> {
    Some(played(k, "cooperative")?[decision] - played(k, "manufacturer_leads")?[decision])
}

fn room<T: Scalar>(k: T) -> T {
    normalised::parameters(T::constant(1.0), k).room_under_manufacturer()
}

/// `S`.
fn root<T: Scalar>(k: T) -> T {
    (k * (k + 1.0) * 16.0 + 9.0).sqrt()
}

/// A number of the led game that falls with `u`: its ends at `u = 1/3` and at `u = 1/4`.
trait Ends {
    const DECISION: usize;
    const ENDS: [f64; 2];
}

struct Rate;
impl Ends for Rate {
    const DECISION: usize = XieWei::PARTICIPATION;
    const ENDS: [f64; 2] = [1.0 / 3.0, 0.6];
}

struct Wholesale;
impl Ends for Wholesale {
    const DECISION: usize = XieWei::WHOLESALE;
    const ENDS: [f64; 2] = [1.0 / 3.0, 0.5];
}

struct Price;
impl Ends for Price {
    const DECISION: usize = XieWei::PRICE;
    const ENDS: [f64; 2] = [2.0 / 3.0, 0.75];
}

/// `u < 1/3`: `S > 3`.
struct RoomBelowAThird<E>(E);
impl<E: Ends> Inequality for RoomBelowAThird<E> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * (p[0] + 1.0) * 16.0 / (root(p[0]) + 3.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p[0], "manufacturer_leads")?[E::DECISION] - E::ENDS[0])
    }
}

/// `u > 1/4`: `(7 + 4k)² > S²`.
struct RoomAboveAQuarter<E>(E);
impl<E: Ends> Inequality for RoomAboveAQuarter<E> {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[0] + 1.0) * 40.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(E::ENDS[1] - played(p[0], "manufacturer_leads")?[E::DECISION])
    }
}

/// `−du/dk` has the sign of `(1 − 2u)(4u − 1)`.
struct AllRise;
impl Inequality for AllRise {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let u = room(p[0]);
        -(u * 2.0 - 1.0) * (u * 4.0 - 1.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let (less, more) = (played(p[0], "manufacturer_leads")?, played(1.001 * p[0], "manufacturer_leads")?);
        let rise = |decision: usize| more[decision] - less[decision];
        Some(rise(XieWei::PARTICIPATION).min(rise(XieWei::WHOLESALE)).min(rise(XieWei::PRICE)))
    }
}

struct CheaperTogether;
impl Inequality for CheaperTogether {
    fn margin<T: Scalar>(p: &[T]) -> T {
        -(room(p[0]) - 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        change(p[0], XieWei::PRICE).map(|change| -change)
    }
}

/// `1/2 > (2 − 3u)u`.
struct MoreLocal;
impl Inequality for MoreLocal {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (room(p[0]) - 1.0 / 3.0).square() * 3.0 + 1.0 / 6.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        change(p[0], XieWei::LOCAL)
    }
}

/// `1/4 > (1 − 2u)u`.
struct MoreNational;
impl Inequality for MoreNational {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (room(p[0]) - 0.25).square() * 2.0 + 0.125
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        change(p[0], XieWei::NATIONAL)
    }
}

/// What the price costs the channel, and what each kind of advertising does: three squares.
struct JointGain;
impl Inequality for JointGain {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let (k, u) = (p[0], room(p[0]));
        let price = (u - 0.5).square() * (k + 1.0) * (u - u.square() + 0.25) * 0.25;
        price + u.square().square() * (k * 4.0 + 1.0) / 16.0
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(played(p[0], "cooperative")?.total() - played(p[0], "manufacturer_leads")?.total())
    }
}
