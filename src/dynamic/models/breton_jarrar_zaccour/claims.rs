//! Claims about [`BretonJarrarZaccour`](super::BretonJarrarZaccour), BJZ1 to BJZ4: what it is worth to decide
//! first.
//!
//! No formula is known for the values: every claim is [decided by solving](crate::claim::Decided) the game. A
//! point is the list of the model's parameters, the share at which firms are compared last. BJZ1 holds by
//! definition, since whoever leads a stage may still do what it does at once; BJZ2 follows from the
//! follower's reply; BJZ3 was sampled; BJZ4 is false.

use super::{BretonJarrarZaccour, Parameters};
use crate::claim::{Axis, Claim, Experiment, axis};
use crate::dynamic::models::Rival;
use crate::dynamic::{SolveOverTime, StagedFeedback};
use crate::equilibrium::Equilibrium;
use crate::solve::Solve;
use crate::structure::Structure;

const DOMAIN: &[Axis; 7] = &[
    axis("k1", 0.3, 1.0),
    axis("k2", 0.3, 1.0),
    axis("q1", 0.5, 2.0),
    axis("q2", 0.5, 2.0),
    axis("r", 0.2, 0.8),
    axis("h", 0.1, 0.6),
    axis("x0", 0.1, 0.9),
];

/// To which policies and values are known.
const ACCURACY: f64 = 1e-7;

const OURS: &str = "ours, for the equations of this library";
const SAMPLED: &str = "ours, sampled, for the equations of this library";

const fn claim<E: Experiment>(id: &'static str, statement: &'static str, source: &'static str) -> Claim {
    Claim::by_solving::<E>(id, statement, source, DOMAIN, ACCURACY)
}

pub(super) const CLAIMS: &[Claim] = &[
    claim::<StagePays>(
        "BJZ1",
        "either firm gains by leading one stage, the future being worth what it is if nobody leads",
        OURS,
    ),
    claim::<BySigns>(
        "BJZ2",
        "who leads one stage does more where the follower's value is convex at its end, less where concave",
        OURS,
    ),
    claim::<GapFalls>(
        "BJZ3",
        "the largest difference that either firm's leading makes to efforts falls with half as long stages",
        SAMPLED,
    ),
    claim::<LeadingPays>("BJZ4", "either firm gains by leading all stages", "ours, refuted")
        .refuted_at(LOSING),
];

/// The example: either firm loses by it.
const LOSING: &[f64] = &[0.5, 0.8, 1.0, 1.5, 0.3, 0.5, 0.5];

/// The leader first, then the follower, as places among the firms.
const ROLES: [(usize, usize, Rival); 2] = [(0, 1, Rival::First), (1, 0, Rival::Second)];

fn game(p: &[f64]) -> Option<BretonJarrarZaccour> {
    if p.len() == DOMAIN.len() { BretonJarrarZaccour::new(Parameters::from_list(p)).ok() } else { None }
}

fn solved<'g>(
    game: &'g BretonJarrarZaccour,
    structure: &Structure<Rival>,
    length: f64,
) -> Option<StagedFeedback<'g, BretonJarrarZaccour>> {
    game.feedback_in_stages(structure, length).ok()
}

/// One stage led, after the same at once: by how much more the leader has, as a share, by how much more it
/// does, and the follower's curvature where the stage at once ends; for either leader.
fn led_stage(p: &[f64]) -> Option<[[f64; 3]; 2]> {
    let game = game(p)?;
    let Parameters { stage, initial_share, .. } = *game.numbers();
    let both = solved(&game, &Structure::simultaneous(), stage)?;
    let here = [initial_share];
    let (at_once, end) = (both.policy(&here).ok()?, both.next(&here).ok()?);
    let of = |(leader, follower, name): (usize, usize, Rival)| {
        let led = both.stage(&here).ok()?.solve(&Structure::leader(name)).ok()?;
        let curvature = *both.values().get(follower)?.curvatures(&end).first()?.first()?;
        let more = led.payoff(name) / at_once.payoff(name) - 1.0;
        Some([more, led[leader] - at_once[leader], curvature])
    };
    let [first, second] = ROLES;
    Some([of(first)?, of(second)?])
}

struct StagePays;
impl Experiment for StagePays {
    fn margin(p: &[f64]) -> Option<f64> {
        let [[first, ..], [second, ..]] = led_stage(p)?;
        Some(first.min(second))
    }
}

struct BySigns;
impl Experiment for BySigns {
    fn margin(p: &[f64]) -> Option<f64> {
        let [first, second] = led_stage(p)?.map(|[_, more, curvature]| more * curvature);
        Some(first.min(second))
    }
}

/// The largest difference of efforts between leading and deciding at once, at any share.
fn gap(game: &BretonJarrarZaccour, leader: Rival, length: f64) -> Option<f64> {
    let both = solved(game, &Structure::simultaneous(), length)?;
    let led = solved(game, &Structure::leader(leader), length)?;
    let mut largest = 0.0_f64;
    for tenths in 0..=10_u8 {
        let share = [f64::from(tenths) / 10.0];
        let (both, led) = (both.policy(&share).ok()?, led.policy(&share).ok()?);
        for (one, other) in both.profile().iter().zip(led.profile()) {
            largest = largest.max((one - other).abs());
        }
    }
    Some(largest)
}

struct GapFalls;
impl Experiment for GapFalls {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let length = game.numbers().stage;
        let falls =
            |leader: Rival| Some(1.0 - gap(&game, leader, 0.5 * length)? / gap(&game, leader, length)?);
        Some(falls(Rival::First)?.min(falls(Rival::Second)?))
    }
}

struct LeadingPays;
impl Experiment for LeadingPays {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let length = game.numbers().stage;
        let both = solved(&game, &Structure::simultaneous(), length)?;
        let gain = |leader: Rival| {
            let led = solved(&game, &Structure::leader(leader), length)?;
            Some(led.payoff(leader) / both.payoff(leader) - 1.0)
        };
        Some(gain(Rival::First)?.min(gain(Rival::Second)?))
    }
}
