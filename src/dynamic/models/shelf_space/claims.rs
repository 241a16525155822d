//! Claims about [`ShelfSpace`](super::ShelfSpace), SS1 to SS4: what commitment does, and who gets the shelf.
//!
//! SS1 to SS3 are [decided by solving](crate::claim::Decided) the game as a plan; a point is the list of the
//! model's parameters, goodwill at the start included, then how long the game lasts and which share of that
//! time has passed. SS1 is what the paper says of its game, and proved for this one: the retailer does not
//! act on what it expects. SS2, the same of a manufacturer that leads the other, is false: its rival does.
//! SS3 holds since whoever commits first can commit to what it would do at once.
//!
//! SS4, by formula: with `m = m₁/m₂` and goodwill in units of `b/a_i`,
//!
//! ```math
//! S_1-\tfrac12=\frac{m(g_1+\tfrac12)-(g_2+\tfrac12)}{1+m} .
//! ```
//!
//! That the order of moves at a moment makes no difference is an equality, for which there is a test.

use super::{Parameters, ShelfSpace};
use crate::claim::{Axis, Claim, Experiment, Inequality, axis};
use crate::dynamic::{OpenLoop, Stage};
use crate::equilibrium::Equilibrium;
use crate::models::Brands;
use crate::scalar::Scalar;
use crate::solve::Solve;
use crate::structure::Structure;

/// How many of the axes are the parameters.
const PARAMETERS: usize = 14;

/// The parameters, the time, and the share of it that has passed.
const PLANS: &[Axis; PARAMETERS + 2] = &[
    axis("r", 0.05, 0.3),
    axis("b", 2.0, 5.0),
    axis("a1", 0.5, 1.5),
    axis("a2", 0.5, 1.5),
    axis("d1", 0.4, 1.0),
    axis("d2", 0.4, 1.0),
    axis("c1", 2.0, 6.0),
    axis("c2", 2.0, 6.0),
    axis("pi1", 0.5, 1.5),
    axis("pi2", 0.5, 1.5),
    axis("m1", 0.5, 1.5),
    axis("m2", 0.5, 1.5),
    axis("G1", 0.0, 0.3),
    axis("G2", 0.0, 0.3),
    axis("T", 1.0, 5.0),
    axis("t / T", 0.1, 0.9),
];

const SHELVES: &[Axis] = &[axis("m_1 / m_2", 0.2, 5.0), axis("g_1", 0.0, 2.0), axis("g_2", 0.0, 2.0)];

/// What a share of payoffs must exceed to count as a gain, and how well plans are known.
const NOTHING: f64 = 1e-9;
const ACCURACY: f64 = 1e-10;

const OURS: &str = "ours, for the specification of this library";

pub(super) const CLAIMS: &[Claim] = &[
    Claim::by_solving::<KeepTheirWord>(
        "SS1",
        "manufacturers who commit to advertising before the retailer gain nothing by planning afresh later",
        "Martin-Herran, Taboubi and Zaccour 2005, abstract, on our specification",
        PLANS,
        ACCURACY,
    ),
    Claim::by_solving::<KeepsItsWord>(
        "SS2",
        "a manufacturer who commits before its rival and the retailer gains nothing by planning afresh later",
        "ours, refuted",
        PLANS,
        ACCURACY,
    )
    .refuted_at(TEMPTED),
    Claim::by_solving::<CommitmentPays>(
        "SS3",
        "manufacturers together have more if they commit before the retailer than at once with it",
        OURS,
        PLANS,
        ACCURACY,
    ),
    Claim::new::<LargerShelf>("SS4", "the brand with more goodwill has more of the shelf", OURS, SHELVES)
        .given("neither brand alone fills the shelf, g_1 <= m_2 / m_1 and g_2 <= m_1 / m_2", both_shelved)
        .only_where(
            "it earns the retailer more at half of the shelf, too: m (g + 1/2) is larger where g is",
            &[0.5, 0.2, 0.1],
        ),
];

const TEMPTED: &[f64] = &[0.1, 4.0, 1.0, 1.0, 0.5, 0.5, 3.0, 3.0, 1.0, 1.0, 1.0, 1.0, 0.3, 0.3, 5.0, 0.4];

fn both_shelved(p: &[f64]) -> bool {
    p[1] * p[0] <= 1.0 && p[2] <= p[0]
}

/// The game at a point.
fn game(p: &[f64]) -> Option<ShelfSpace> {
    let list = p.get(..PARAMETERS)?;
    ShelfSpace::new(Parameters::from_list(list)).ok()
}

/// Both manufacturers as one.
fn makers() -> [Brands; 2] {
    [Brands::Manufacturer(0), Brands::Manufacturer(1)]
}

fn before_the_retailer() -> Structure<Brands> {
    ShelfSpace::manufacturers_lead().coalition(makers())
}

/// What these players have by the plan, and what they gain by planning afresh.
fn plan(p: &[f64], structure: &Structure<Brands>, leaders: &[Brands]) -> Option<[f64; 2]> {
    let (game, horizon, passed) = (game(p)?, *p.get(PARAMETERS)?, *p.get(PARAMETERS + 1)?);
    let plan = OpenLoop::solve(&game, structure, horizon).ok()?;
    let payoff = leaders.iter().map(|leader| plan.payoff(*leader)).sum();
    Some([payoff, plan.temptation(passed * horizon).ok()?])
}

/// Whether planning afresh gains next to nothing, as a share of payoffs.
fn kept([payoff, gain]: [f64; 2]) -> f64 {
    NOTHING - gain / payoff.abs()
}

struct KeepTheirWord;
impl Experiment for KeepTheirWord {
    fn margin(p: &[f64]) -> Option<f64> {
        Some(kept(plan(p, &before_the_retailer(), &makers())?))
    }
}

struct KeepsItsWord;
impl Experiment for KeepsItsWord {
    fn margin(p: &[f64]) -> Option<f64> {
        let first = vec![ShelfSpace::FIRST];
        let structure = Structure::sequence([first, vec![ShelfSpace::SECOND, ShelfSpace::SHELF]]);
        Some(kept(plan(p, &structure, &[Brands::Manufacturer(0)])?))
    }
}

struct CommitmentPays;
impl Experiment for CommitmentPays {
    fn margin(p: &[f64]) -> Option<f64> {
        let (game, horizon) = (game(p)?, *p.get(PARAMETERS)?);
        let together = |structure: &Structure<Brands>| -> Option<f64> {
            let plan = OpenLoop::solve(&game, structure, horizon).ok()?;
            Some(makers().iter().map(|maker| plan.payoff(*maker)).sum())
        };
        let at_once = together(&Structure::simultaneous().coalition(makers()))?;
        Some((together(&before_the_retailer())? - at_once) / at_once.abs())
    }
}

/// How far the brands' goodwills are apart, and by how much more the first earns the retailer at half of the
/// shelf.
fn ahead<T: Scalar>(p: &[T]) -> [T; 2] {
    [p[1] - p[2], p[0] * (p[1] + 0.5) - p[2] - 0.5]
}

struct LargerShelf;
impl Inequality for LargerShelf {
    fn margin<T: Scalar>(p: &[T]) -> T {
        let [goodwill, earned] = ahead(p);
        goodwill * earned
    }
    /// The retailer's best shelf, found without a formula.
    fn evidence(p: &[f64]) -> Option<f64> {
        let list = [0.1, 1.0, 1.0, 1.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, p[0], 1.0, p[1], p[2]];
        let game = game(&list)?;
        let stage = Stage::new(&game, &[p[1], p[2]], &[0.0; 6]).ok()?;
        let today = stage.solve_numerically(&Structure::simultaneous()).ok()?;
        Some((p[1] - p[2]) * (today[ShelfSpace::SHELF] - 0.5))
    }
}
