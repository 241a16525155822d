//! Claims about the linear-state form, CCS1 to CCA5.
//!
//! Most are about one effort, since values are sums over efforts: what a unit is worth to its owner is `b`, to a supporter
//! `a`, to others `m`, the cost coefficient is 1 and time is measured so that `ρ = 1`. Claims about the commission are made
//! for one enterprise with a unit margin to share: the platform has `τ`, the enterprise `1 − τ` of what a unit of sales
//! earns; the platform's effort sells `p` and the enterprise's `e` units; the platform also earns `x` a unit of the
//! enterprise's effort on participants.
//!
//! What the notes prove is marked so; the rest was found in samples, with the counts that the page of the model gives.

use super::linear_state::{LinearState, LinearStateGame};
use crate::claim::{Axis, Claim, Inequality, axis};
use crate::dynamic::linear_quadratic::Matrix;
use crate::response::SupportedEffort;
use crate::scalar::Scalar;

const PROVED: &str = "ours, proved";
const PROVED_AND_BROKEN: &str = "ours, the condition proved";

const LINK: &[Axis] = &[axis("b", 0.01, 10.0), axis("a", -10.0, 10.0)];
const LINK_AND_OTHER: &[Axis] = &[axis("b", 0.01, 10.0), axis("a", 0.0, 10.0), axis("m", -10.0, 10.0)];
const SUPPORTERS: &[Axis] =
    &[axis("b", 0.01, 10.0), axis("a_1", 0.0, 10.0), axis("a_2", 0.0, 10.0), axis("m", 0.0, 10.0)];
const SIGNED: &[Axis] = &[axis("m_o", -10.0, 10.0), axis("m_1", -10.0, 10.0), axis("m_2", -10.0, 10.0)];
const STAKES: &[Axis] =
    &[axis("m_o", 0.0, 10.0), axis("m_1", 0.0, 10.0), axis("m_2", 0.0, 10.0), axis("m_3", 0.0, 10.0)];
const COMMISSION: &[Axis] = &[
    axis("tau", 0.0, 0.85),
    axis("more", 0.0, 0.1),
    axis("p", 0.1, 5.0),
    axis("e", 0.1, 5.0),
    axis("x", 0.0, 2.0),
];

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<OwnerGains>(
        "CCS1",
        "the owner of a supported effort does not lose by support",
        PROVED,
        LINK,
    ),
    Claim::new::<SupporterGains>("CCS1b", "the supporter does not lose by it", PROVED, LINK),
    Claim::new::<OtherGains>("CCS2", "nobody else loses by it", PROVED_AND_BROKEN, LINK_AND_OTHER)
        .only_where("m ≥ 0 or 2a ≤ b: no harmful spill-over, or no support", &[1.0, 2.0, -1.0]),
    Claim::new::<MostToSupporter>(
        "CCS3",
        "most of the pair's gain goes to the supporter",
        PROVED_AND_BROKEN,
        LINK,
    )
    .given("2a > b: there is support", |p| 2.0 * p[1] > p[0])
    .only_where("a > 3b/2", &[1.0, 1.0]),
    Claim::new::<SupportCreates>(
        "CCS4",
        "support raises the sum of all payoffs",
        PROVED_AND_BROKEN,
        LINK_AND_OTHER,
    )
    .only_where(
        "a + b + m ≥ (3b + 2a)/4 or 2a ≤ b: what it is worth to all is at least its mean cost",
        &[1.0, 2.0, -2.0],
    ),
    Claim::new::<MeshCreates>(
        "CCS5",
        "two supporters create at least as much as either alone where the effort hurts nobody",
        PROVED,
        SUPPORTERS,
    ),
    Claim::new::<WholeCreates>(
        "CCO1",
        "all together create at least as much as everybody alone",
        PROVED,
        SIGNED,
    ),
    Claim::new::<PartCreates>(
        "CCO2",
        "two who join create at least as much for all as everybody alone",
        PROVED_AND_BROKEN,
        SIGNED,
    )
    .given("m_o ≥ 0", |p| p[0] >= 0.0)
    .only_where(
        "(e − m_o)(m_o + m_1 + m_2 − (e + m_o)/2) ≥ 0 with their joint effort e = [m_o + m_1]⁺",
        &[1.0, 2.0, -3.0],
    ),
    Claim::new::<Superadditive>(
        "CCK4",
        "owner and second player lose nothing when the third joins them",
        PROVED_AND_BROKEN,
        SIGNED,
    )
    .given("m_o ≥ 0", |p| p[0] >= 0.0)
    .only_where(
        "[m_o + m_1 + m_2]⁺² ≥ [m_o + m_1]⁺² + 2m_om_2, as where m_1 and m_2 have one sign",
        &[1.0, 1.0, -0.9],
    ),
    Claim::new::<ThreeStay>(
        "CCK5",
        "in an alliance of three, some split keeps everybody from leaving",
        PROVED,
        &[axis("m_o", 0.0, 10.0), axis("m_1", 0.0, 10.0), axis("m_2", 0.0, 10.0)],
    ),
    Claim::new::<FourStay>("CCK5b", "in an alliance of four, too", PROVED_AND_BROKEN, STAKES).only_where(
        "2(m_1² + m_2² + m_3²) ≥ (m_1 + m_2 + m_3)²: stakes are concentrated",
        &[1.0, 1.0, 1.0, 1.0],
    ),
    Claim::new::<WholeUnmoved>(
        "CCA1",
        "a higher commission changes nothing in what all make together",
        PROVED,
        COMMISSION,
    ),
    Claim::new::<AloneConcave>(
        "CCA2",
        "what all make alone is a concave function of the commission: at its middle at least the mean",
        PROVED,
        COMMISSION,
    ),
    Claim::new::<SupportRateRises>(
        "CCA4",
        "a higher commission does not lower the platform's rate for the enterprise's effort",
        PROVED,
        COMMISSION,
    ),
    Claim::new::<CreditRises>(
        "CCA5",
        "a higher commission raises what the platform's Shapley value credits it with",
        PROVED_AND_BROKEN,
        COMMISSION,
    )
    .only_where("p²(3t − 1) + e²(2 − 3t) ≥ ex, at the commission t half way", &[0.7, 0.1, 0.1, 5.0, 1.0]),
];

/// One effort, worth this much to its owner and to others.
fn one_effort(worths: &[f64]) -> Option<LinearStateGame> {
    game(Matrix::from_rows(worths.len(), 1, worths)?, &[0])
}

/// Efforts of cost 1 without states, from a value-of-effort matrix.
fn game(worths: Matrix, owner: &[usize]) -> Option<LinearStateGame> {
    let players = worths.rows();
    LinearStateGame::new(LinearState {
        discount_rate: 1.0,
        motion: Matrix::zero(0, 0),
        inflow: Vec::new(),
        effect: Matrix::zero(0, owner.len()),
        income: vec![0.0; players],
        state_income: Matrix::zero(players, 0),
        effort_income: worths,
        cost: vec![1.0; owner.len()],
        owner: owner.to_vec(),
    })
    .ok()
}

/// What each gains by support of the first effort by these players.
fn gains(worths: &[f64], supporters: &[usize]) -> Option<Vec<f64>> {
    let game = one_effort(worths)?;
    let links: Vec<(usize, usize)> = supporters.iter().map(|supporter| (*supporter, 0)).collect();
    let after = game.solve(&game.regime("supported", &[], &links).ok()?).ok()?;
    let before = game.solve(&game.alone()).ok()?;
    Some(after.constants().iter().zip(before.constants()).map(|(after, before)| after - before).collect())
}

/// `[a − b/2]⁺`, what support adds to the effort.
fn added<T: Scalar>(b: T, a: T) -> T {
    (a - b * 0.5).positive_part()
}

struct OwnerGains;
impl Inequality for OwnerGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[0] * added(p[0], p[1]) * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gains(p, &[1])?.first().copied()
    }
}

struct SupporterGains;
impl Inequality for SupporterGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        added(p[0], p[1]).square() * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gains(p, &[1])?.get(1).copied()
    }
}

struct OtherGains;
impl Inequality for OtherGains {
    fn margin<T: Scalar>(p: &[T]) -> T {
        p[2] * added(p[0], p[1])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        gains(p, &[1])?.get(2).copied()
    }
}

struct MostToSupporter;
impl Inequality for MostToSupporter {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1] * 2.0 - p[0]) * (p[1] * 2.0 - p[0] * 3.0) * 0.125
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let gains = gains(p, &[1])?;
        Some(gains.get(1)? - gains.first()?)
    }
}

struct SupportCreates;
impl Inequality for SupportCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        added(p[0], p[1]) * (p[0] + p[1] + p[2] - (p[1] * 2.0 + p[0] * 3.0) * 0.25)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(gains(p, &[1])?.iter().sum())
    }
}

struct MeshCreates;
impl Inequality for MeshCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let all = p[0] + p[1] + p[2] + p[3];
        let [first, second] = [added(p[0], p[1]), added(p[0], p[2])];
        let over = |one: T, other: T| other * (all - p[0] - one - other * 0.5);
        over(first, second).min(over(second, first))
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |supporters: &[usize]| Some(gains(p, supporters)?.iter().sum::<f64>());
        Some(total(&[1, 2])? - total(&[1])?.max(total(&[2])?))
    }
}

struct WholeCreates;
impl Inequality for WholeCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let all = p[0] + p[1] + p[2];
        let own = p[0].positive_part();
        (all.positive_part() - own).square() * 0.5 + (-all).positive_part() * own
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(one_effort(p)?.created())
    }
}

struct PartCreates;
impl Inequality for PartCreates {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let joint = (p[0] + p[1]).positive_part();
        (joint - p[0]) * (p[0] + p[1] + p[2] - (joint + p[0]) * 0.5)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let game = one_effort(p)?;
        let joined = game.solve(&game.regime("joined", &[vec![0, 1]], &[]).ok()?).ok()?;
        let alone = game.solve(&game.alone()).ok()?;
        Some(joined.constants().iter().sum::<f64>() - alone.constants().iter().sum::<f64>())
    }
}

struct Superadditive;
impl Inequality for Superadditive {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let square = |worth: T| worth.positive_part().square() * 0.5;
        square(p[0] + p[1] + p[2]) - square(p[0] + p[1]) - p[0] * p[2]
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let game = one_effort(p)?;
        let worth = |members: &[usize]| game.coalition_worth(members, &[]);
        Some(worth(&[0, 1, 2]) - worth(&[0, 1]) - worth(&[2]))
    }
}

/// `(2Q − M²)/2` of the others' stakes.
fn concentration<T: Scalar>(stakes: &[T]) -> T {
    let zero = T::constant(0.0);
    let (sum, squares) =
        stakes.iter().fold((zero, zero), |(sum, squares), m| (sum + *m, squares + m.square()));
    squares - sum.square() * 0.5
}

struct ThreeStay;
impl Inequality for ThreeStay {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[1] - p[2]).square() * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(one_effort(p)?.stability_room())
    }
}

struct FourStay;
impl Inequality for FourStay {
    fn margin<T: Scalar>(p: &[T]) -> T {
        concentration(&p[1..])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(one_effort(p)?.stability_room())
    }
}

/// Platform and enterprise at a commission.
fn market(p: &[f64], commission: f64) -> Option<LinearStateGame> {
    let [_, _, sold, partner, participants] = *p else { return None };
    let rest = 1.0 - commission;
    let worths = Matrix::from([
        [commission * sold, commission * partner + participants],
        [rest * sold, rest * partner],
    ]);
    game(worths, &[0, 1])
}

/// What is told of the market changes by this much when the commission rises.
fn rise(p: &[f64], of: impl Fn(&LinearStateGame) -> Option<f64>) -> Option<f64> {
    Some(of(&market(p, p[0] + p[1])?)? - of(&market(p, p[0])?)?)
}

struct WholeUnmoved;
impl Inequality for WholeUnmoved {
    /// The commission drops out of the sum of payoffs.
    fn margin<T: Scalar>(_: &[T]) -> T {
        T::constant(0.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        Some(-rise(p, |game| Some(game.coalition_worth(&[0, 1], &[])))?.abs())
    }
}

struct AloneConcave;
impl Inequality for AloneConcave {
    fn margin<T: Scalar>(p: &[T]) -> T {
        (p[2].square() + p[3].square()) * p[1].square() * 0.125
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        let total = |commission: f64| {
            let game = market(p, commission)?;
            Some(game.solve(&game.alone()).ok()?.constants().iter().sum::<f64>())
        };
        Some(total(p[0] + 0.5 * p[1])? - 0.5 * (total(p[0])? + total(p[0] + p[1])?))
    }
}

struct SupportRateRises;
impl Inequality for SupportRateRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let rate = |commission: T| {
            let (own, other) = ((-commission + 1.0) * p[3], commission * p[3] + p[4]);
            SupportedEffort::of(own, [other]).rate(other)
        };
        rate(p[0] + p[1]) - rate(p[0])
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        rise(p, |game| Some(game.solve(&game.regime("led", &[], &[(0, 1)]).ok()?).ok()?.rate(1, 0)))
    }
}

struct CreditRises;
impl Inequality for CreditRises {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let middle = p[0] + p[1] * 0.5;
        let own = p[2].square() * (middle * 3.0 - 1.0);
        let partner = p[3].square() * (-(middle * 3.0) + 2.0);
        (own + partner - p[3] * p[4]) * p[1] * 0.5
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        rise(p, |game| game.shapley(&[])?.first().copied())
    }
}
