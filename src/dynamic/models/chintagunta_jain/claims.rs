//! Claims about [`ChintaguntaJain`](super::ChintaguntaJain), CJ1 to CJ4: coordinated efforts against
//! uncoordinated ones.
//!
//! Values are quadratic with coefficients that solve coupled Riccati equations, for which there is no
//! formula: every claim is [decided by solving](crate::claim::Decided) the game by matrices. A point is the
//! list of the model's parameters, goodwill at the start included. CJ1 holds by definition, strictly where
//! efforts differ; CJ2 and CJ4 were sampled (2,000 points each); CJ3 is false.

use super::super::affine::{efforts, inside};
use super::{ChintaguntaJain, Firm, Parameters};
use crate::claim::{Axis, Claim, Experiment, axis};
use crate::dynamic::DifferentialGame;
use crate::dynamic::linear_quadratic::FeedbackNash;

/// The parameters, their interaction within these bounds, then goodwill.
const fn domain(lowest: f64, highest: f64) -> [Axis; 14] {
    [
        axis("r", 0.03, 0.3),
        axis("piM", 0.3, 3.0),
        axis("piR", 0.3, 3.0),
        axis("cM", 0.5, 5.0),
        axis("cR", 0.5, 5.0),
        axis("d1", 0.1, 1.0),
        axis("d2", 0.1, 1.0),
        axis("a1", 0.3, 3.0),
        axis("a2", 0.3, 3.0),
        axis("e1", 0.1, 1.0),
        axis("e2", 0.1, 1.0),
        axis("kap", lowest, highest),
        axis("G1", 0.0, 3.0),
        axis("G2", 0.0, 3.0),
    ]
}

const ANY: &[Axis] = &domain(-0.1, 0.1);
const HELPING: &[Axis] = &domain(0.0, 0.1);
const HINDERING: &[Axis] = &domain(-0.1, 0.0);

/// Matrices are known nearly to rounding.
const ACCURACY: f64 = 1e-10;

const DEFINITION: &str =
    "ours, for the specification of this library: nobody does better together than jointly";
const SAMPLED: &str = "ours, sampled, for the specification of this library";

const fn claim<E: Experiment>(
    id: &'static str,
    statement: &'static str,
    source: &'static str,
    domain: &'static [Axis],
) -> Claim {
    Claim::by_solving::<E>(id, statement, source, domain, ACCURACY).given(
        "G_i <= a_i / e_i, what sells most; below it both firms make an effort, jointly and not",
        regular,
    )
}

pub(super) const CLAIMS: &[Claim] = &[
    claim::<MoreTogether>("CJ1", "both firms together have more if they coordinate", DEFINITION, ANY),
    claim::<MoreEffort>(
        "CJ2",
        "both make more effort if they coordinate, at the same goodwills, which do not hinder each other",
        SAMPLED,
        HELPING,
    ),
    claim::<MoreEffort>(
        "CJ3",
        "both make more effort if they coordinate, at the same goodwills, which hinder each other",
        "ours, refuted",
        HINDERING,
    )
    .refuted_at(REFUTED),
    claim::<Answers>(
        "CJ4",
        "uncoordinated, each firm makes the more effort the more goodwill the other has built",
        SAMPLED,
        ANY,
    )
    .only_where("goodwills help each other, kap >= 0", UNANSWERED),
];

/// A manufacturer's goodwill that sells little, and gets in the way of the retailer's.
const REFUTED: &[f64] = &[0.04, 1.75, 0.46, 0.54, 1.67, 0.5, 0.88, 0.42, 1.4, 0.43, 0.98, -0.07, 0.85, 0.88];
/// The example, but for the sign.
const UNANSWERED: &[f64] = &[0.1, 1.0, 0.7, 1.0, 1.0, 0.3, 0.4, 1.0, 0.8, 0.2, 0.3, -0.05, 1.0, 1.0];

/// The game at a point, uncoordinated and coordinated.
fn solved(p: &[f64]) -> Option<[FeedbackNash; 2]> {
    let matrices = game(p)?.linear_quadratic().ok()?;
    Some([matrices.feedback_nash().ok()?, matrices.cooperative().ok()?.feedback_nash().ok()?])
}

fn game(p: &[f64]) -> Option<ChintaguntaJain> {
    if p.len() == ANY.len() { ChintaguntaJain::new(Parameters::from_list(p)).ok() } else { None }
}

/// Whether goodwill is below what sells most, and the matrices hold up to there.
fn regular(p: &[f64]) -> bool {
    let (Some(game), Some(solved)) = (game(p), solved(p)) else { return false };
    let unsaturated = |firm: Firm| firm.initial_goodwill <= firm.goodwill_sales / firm.saturation;
    game.numbers().firms().into_iter().all(unsaturated)
        && solved.iter().all(|found| inside(found, &game.states()))
}

/// Goodwill at a point: the last two of the parameters.
fn goodwill(p: &[f64]) -> Option<&[f64]> {
    p.get(12..)
}

struct MoreTogether;
impl Experiment for MoreTogether {
    fn margin(p: &[f64]) -> Option<f64> {
        let [alone, joint] = solved(p)?;
        let total = |found: &FeedbackNash| -> Option<f64> {
            found.values().iter().map(|value| value.at(goodwill(p)?).ok()).sum()
        };
        Some(total(&joint)? / total(&alone)? - 1.0)
    }
}

struct MoreEffort;
impl Experiment for MoreEffort {
    fn margin(p: &[f64]) -> Option<f64> {
        let [alone, joint] = solved(p)?;
        let (alone, joint) = (efforts(&alone, goodwill(p)?)?, efforts(&joint, goodwill(p)?)?);
        Some((joint[0] / alone[0] - 1.0).min(joint[1] / alone[1] - 1.0))
    }
}

struct Answers;
impl Experiment for Answers {
    fn margin(p: &[f64]) -> Option<f64> {
        let [alone, _] = solved(p)?;
        let here = efforts(&alone, &[0.0, 0.0])?;
        let (other, own) = (efforts(&alone, &[0.0, 1.0])?, efforts(&alone, &[1.0, 0.0])?);
        Some((other[0] - here[0]).min(own[1] - here[1]))
    }
}
