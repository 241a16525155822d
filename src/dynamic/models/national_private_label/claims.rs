//! Claims about [`NationalPrivateLabel`](super::NationalPrivateLabel), NPL1 to NPL5: what both firms would do
//! jointly.
//!
//! NPL1 is proved. Jointly the prices are
//!
//! ```math
//! p_N=\frac{bI_N+\psi I_S}{2(b^2-\psi^2)},\qquad p_S=\frac{bI_S+\psi I_N}{2(b^2-\psi^2)} ,
//! ```
//!
//! the label's the same as before; each for itself, the national brand costs `I_N/(6b)` more, whatever the
//! label.
//!
//! The others are [decided by solving](crate::claim::Decided) the game; a point is the list of the model's
//! parameters, goodwill at the start included. NPL2 holds by definition, NPL3 was sampled (519 games). NPL4
//! and NPL5 are false. Jointly the label was advertised less in 501 of the games, for the harm that this does
//! to the manufacturer; with next to no harm it is advertised more. And the manufacturer can gain (in one of
//! the games) where a brand's advertising does more harm, since the retailer is the more careful with its
//! own.

use super::super::affine::{efforts, inside};
use super::{NationalPrivateLabel, Parameters};
use crate::claim::{Axis, Claim, Experiment, Inequality, axis};
use crate::dynamic::linear_quadratic::FeedbackNash;
use crate::dynamic::{DifferentialGame, SolveOverTime};
use crate::equilibrium::Equilibrium;
use crate::scalar::Scalar;
use crate::structure::Structure;

const PRICES: &[Axis] = &[axis("psi / b", 0.0, 0.9), axis("I_S / I_N", 0.05, 20.0)];

/// The parameters, then goodwill.
const DOMAIN: &[Axis; 14] = &[
    axis("r", 0.03, 0.3),
    axis("aN", 0.5, 3.0),
    axis("aS", 0.5, 3.0),
    axis("gN", 0.2, 0.6),
    axis("gS", 0.2, 0.6),
    axis("dN", 0.3, 1.0),
    axis("dS", 0.3, 1.0),
    axis("cM", 2.0, 6.0),
    axis("cR", 2.0, 6.0),
    axis("b", 0.8, 1.5),
    axis("psi", 0.0, 0.4),
    axis("th", 0.0, 0.3),
    axis("G_N", 0.0, 1.0),
    axis("G_S", 0.0, 1.0),
];

const ACCURACY: f64 = 1e-8;

const OURS: &str = "ours, for the specification of this library";
const DEFINITION: &str =
    "ours, for the specification of this library: nobody does better together than jointly";
const SAMPLED: &str = "ours, sampled, for the specification of this library";
const REFUTED: &str = "ours, refuted";

const fn claim<E: Experiment>(id: &'static str, statement: &'static str, source: &'static str) -> Claim {
    Claim::by_solving::<E>(id, statement, source, DOMAIN, ACCURACY)
        .given("values exist, and both firms advertise at every goodwill in range", regular)
}

pub(super) const CLAIMS: &[Claim] = &[
    Claim::new::<LowerPrice>(
        "NPL1",
        "jointly the national brand is cheaper on the shelf, at the same goodwills",
        OURS,
        PRICES,
    ),
    claim::<MoreTogether>("NPL2", "both firms together have more jointly", DEFINITION),
    claim::<MoreNational>(
        "NPL3",
        "jointly the national brand is advertised more, at the same goodwills",
        SAMPLED,
    ),
    claim::<LessPrivate>("NPL4", "jointly the label is advertised less, at the same goodwills", REFUTED)
        .refuted_at(HARMLESS),
    claim::<HarmHurts>(
        "NPL5",
        "both firms have less the more a brand's advertising harms the other brand",
        REFUTED,
    )
    .refuted_at(CAREFUL),
];

/// Advertising does no harm, and the label sells the better the more the national brand does.
const HARMLESS: &[f64] = &[0.12, 0.73, 1.77, 0.37, 0.47, 0.51, 0.32, 2.4, 4.0, 0.97, 0.31, 0.0, 0.57, 0.07];
/// The retailer advertises its label less the more that harms the national brand.
const CAREFUL: &[f64] =
    &[0.112, 1.51, 0.994, 0.554, 0.274, 0.315, 0.739, 3.58, 2.53, 0.831, 0.327, 0.128, 0.837, 0.61];

/// The game at a point.
fn game(p: &[f64]) -> Option<NationalPrivateLabel> {
    if p.len() == DOMAIN.len() { NationalPrivateLabel::new(Parameters::from_list(p)).ok() } else { None }
}

/// Each for itself, by matrices.
fn alone(game: &NationalPrivateLabel) -> Option<FeedbackNash> {
    game.linear_quadratic().ok()?.feedback_nash().ok()
}

fn regular(p: &[f64]) -> bool {
    let at = |game: NationalPrivateLabel| {
        let found = alone(&game)?;
        let joint = game.feedback(&Structure::cooperative()).is_ok();
        Some(joint && inside(&found, &game.states()))
    };
    game(p).and_then(at).unwrap_or(false)
}

fn goodwill(p: &[f64]) -> Option<&[f64]> {
    p.get(12..)
}

struct LowerPrice;
impl Inequality for LowerPrice {
    fn margin<T: Scalar>(p: &[T]) -> T {
        // I_N/(6b) as a share of p_N.
        (-p[0].square() + 1.0) / ((p[0] * p[1] + 1.0) * 3.0)
    }
    fn evidence(p: &[f64]) -> Option<f64> {
        // Advertising so costly that there are values whatever the prices; no goodwill at the start.
        let list = [0.5, 1.0, p[1], 0.01, 0.01 * p[1], 1.0, 1.0, 1e4, 1e4, 1.0, p[0], 0.0, 0.0, 0.0];
        let game = game(&list)?;
        let price = |structure: &Structure<_>| {
            let today = game.feedback(structure).ok()?.policy(&[0.0; 2]).ok()?;
            Some(today[NationalPrivateLabel::WHOLESALE_PRICE] + today[NationalPrivateLabel::RETAIL_MARGIN])
        };
        Some(price(&Structure::simultaneous())? / price(&Structure::cooperative())? - 1.0)
    }
}

/// What both have together, and both efforts, each for itself and jointly.
fn compared(p: &[f64]) -> Option<[(f64, [f64; 2]); 2]> {
    let (game, at) = (game(p)?, goodwill(p)?);
    let found = alone(&game)?;
    let total = found.values().iter().map(|value| value.at(at).ok()).sum::<Option<f64>>()?;
    let joint = game.feedback(&Structure::cooperative()).ok()?;
    let today = joint.policy(at).ok()?;
    let together = [today[NationalPrivateLabel::NATIONAL], today[NationalPrivateLabel::PRIVATE]];
    Some([(total, efforts(&found, at)?), (joint.total(), together)])
}

struct MoreTogether;
impl Experiment for MoreTogether {
    fn margin(p: &[f64]) -> Option<f64> {
        let [(alone, _), (joint, _)] = compared(p)?;
        Some(joint / alone - 1.0)
    }
}

struct MoreNational;
impl Experiment for MoreNational {
    fn margin(p: &[f64]) -> Option<f64> {
        let [(_, alone), (_, joint)] = compared(p)?;
        Some(joint[0] / alone[0] - 1.0)
    }
}

struct LessPrivate;
impl Experiment for LessPrivate {
    fn margin(p: &[f64]) -> Option<f64> {
        let [(_, alone), (_, joint)] = compared(p)?;
        Some(1.0 - joint[1] / alone[1])
    }
}

/// By how much more a unit of advertising harms.
const MORE: f64 = 0.05;

struct HarmHurts;
impl Experiment for HarmHurts {
    fn margin(p: &[f64]) -> Option<f64> {
        let (game, at) = (game(p)?, goodwill(p)?);
        let mut numbers = *game.numbers();
        numbers.interference += MORE;
        let harmed = NationalPrivateLabel::new(numbers).ok()?;
        let (before, after) = (alone(&game)?, alone(&harmed)?);
        if !inside(&after, &harmed.states()) {
            return None;
        }
        let mut least = f64::INFINITY;
        for (before, after) in before.values().iter().zip(after.values()) {
            least = least.min(1.0 - after.at(at).ok()? / before.at(at).ok()?);
        }
        Some(least)
    }
}
