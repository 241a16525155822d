//! Claims about [`NonlinearCoCreation`](super::NonlinearCoCreation), NC1 to NC6.
//!
//! Value functions of this form have no formula, and neither has a margin: every claim is decided by solving games
//! ([`Decided::BySolving`](crate::claim::Decided)). NC6 follows from the envelope theorem: with `W` the value of the joint
//! optimum and `x` its course,
//!
//! ```math
//! \frac{\partial W}{\partial\iota}=\int_0^\infty e^{-\rho t}s\,(M_zz+M_yy)\,dt\ge0,\qquad
//! \frac{\partial W}{\partial k_z}=-\int_0^\infty e^{-\rho t}\tfrac12N^2z^2\,dt\le0,
//! ```
//!
//! since `z` and `y` are positive only where the joint worths `M_z`, `M_y` of a unit are. The others were sampled: the notes on
//! the model have 200 regular draws, tests draw anew. A draw is regular if each rate of support is positive in the whole region
//! or zero in it: where one switches, value functions have a kink and the claims lack support.

use super::{CoCreator, NonlinearCoCreation, Parameters, Platform};
use crate::claim::{Axis, Claim, Experiment, axis};
use crate::dynamic::{Collocation, Feedback, SteadyState};
use crate::equilibrium::Equilibrium;
use crate::structure::Structure;

/// How many of the axes are the parameters up to the players' incomes; then comes the state.
const PARAMETERS: usize = 34;
const STATE: usize = PARAMETERS + 2;

/// The parameters in their order, the state, and by how much a parameter rises.
const DOMAIN: &[Axis; STATE + 1] = &[
    axis("rho", 0.06, 0.15),
    axis("delta", 0.2, 0.5),
    axis("delta_N", 0.15, 0.4),
    axis("psi", 0.6, 1.0),
    axis("chi", 0.0, 0.3),
    axis("omega", 0.5, 2.0),
    axis("kappa", 0.0, 0.2),
    axis("eta", 0.0, 0.08),
    axis("bass", 0.0, 0.15),
    axis("iota", 0.05, 0.4),
    axis("beta_z", 0.2, 0.7),
    axis("beta_u", 0.2, 0.6),
    axis("beta_y", 0.2, 0.6),
    axis("lam_c", 0.2, 0.7),
    axis("alpha_z", 0.05, 0.4),
    axis("alpha_y", 0.05, 0.4),
    axis("c_c", 0.7, 2.0),
    axis("c_s", 1.5, 3.0),
    axis("c_a", 0.7, 2.0),
    axis("c_z", 0.7, 2.0),
    axis("k_z", 0.0, 2.0),
    axis("c_u", 0.7, 2.0),
    axis("c_y", 0.7, 2.0),
    axis("h", 0.0, 0.2),
    axis("d0", 0.1, 1.0),
    axis("theta", 0.3, 0.7),
    axis("phi", 0.2, 0.8),
    axis("gamma_a", 0.1, 0.5),
    axis("w_P", 0.4, 0.9),
    axis("w_E", 0.2, 0.8),
    axis("w_C", 0.2, 0.6),
    axis("xi_P", 0.0, 0.3),
    axis("xi_E", 0.0, 0.3),
    axis("xi_C", 0.0, 0.3),
    axis("B", 0.2, 4.0),
    axis("N", 0.1, 0.9),
    axis("more", 0.01, 0.1),
];

/// Without the last axis.
const AT_STATE: &[Axis] = match DOMAIN.split_last() {
    Some((_, rest)) => rest,
    None => &[],
};

/// The greatest brand value looked at.
const GREATEST: f64 = 8.0;
/// The accuracy to which values are sought, as a share of the payoffs; and of what is claimed of them.
const TOLERANCE: f64 = 1e-8;
const ACCURACY: f64 = 1e-5;

const SAMPLED: &str = "ours, sampled: 200 of 200 regular draws";
const REFUTED: &str = "ours, refuted: true on 196 of 200 regular draws only";
const PROVED: &str = "ours, proved by the envelope theorem";

const fn sampled<E: Experiment>(id: &'static str, statement: &'static str, source: &'static str) -> Claim {
    Claim::by_solving::<E>(id, statement, source, AT_STATE, ACCURACY)
        .given("regular: no rate of support switches on or off within the region", regular)
}

const fn proved<E: Experiment>(id: &'static str, statement: &'static str) -> Claim {
    Claim::by_solving::<E>(id, statement, PROVED, DOMAIN, ACCURACY)
}

pub(super) const CLAIMS: &[Claim] = &[
    sampled::<SupportAgainstLeadership>(
        "NC1",
        "all three gain by support, over leadership without rates",
        SAMPLED,
    ),
    sampled::<SupportAgainstNash>("NC1b", "all three gain by support, over decisions at once", SAMPLED),
    sampled::<TotalsRise>("NC2", "total value rises from nash to leader to support to full", SAMPLED),
    sampled::<RestsRise>("NC3", "brand and base at rest rise from nash to support to full", SAMPLED),
    sampled::<LeadershipHelps>("NC4", "leadership without rates helps the platform", REFUTED).refuted_at(&[
        0.134, 0.26, 0.176, 0.976, 0.3, 1.362, 0.132, 0.058, 0.047, 0.126, // rates
        0.256, 0.515, 0.299, 0.569, 0.376, 0.355, // effects
        1.151, 2.358, 1.504, 1.396, 1.482, 0.998, 1.109, 0.004, // costs
        0.269, 0.588, 0.483, 0.111, 0.439, 0.518, 0.594, 0.271, 0.222, 0.244, // sales and who earns
        0.2, 0.1,
    ]),
    sampled::<MoreIntelligence>(
        "NC5",
        "the leader's intelligence is at least that of nash at the same state",
        SAMPLED,
    ),
    sampled::<DepthFalls>("NC5b", "depth of interaction falls as the base grows (nash)", SAMPLED),
    sampled::<StatesAreGood>(
        "NC5c",
        "a unit more of brand or base hurts nobody, in the whole region",
        SAMPLED,
    ),
    sampled::<BaseRestsInside>("NC5d", "the base rests between nobody and everybody", SAMPLED),
    proved::<AmplificationPays>("NC6", "the total of the joint optimum rises with amplification ι"),
    proved::<CoordinationCosts>(
        "NC6b",
        "the total of the joint optimum falls with the cost of coordination k_z",
    ),
];

/// The game at a point of the domain, which starts at the point's state.
fn game(p: &[f64]) -> Option<NonlinearCoCreation> {
    let (parameters, rest) = p.split_at_checked(PARAMETERS)?;
    let list = [parameters, &[GREATEST], rest.get(..2)?].concat();
    NonlinearCoCreation::new(Parameters::from_list(&list)).ok()
}

fn solved<'g>(
    game: &'g NonlinearCoCreation,
    structure: &Structure<CoCreator>,
) -> Option<Feedback<'g, NonlinearCoCreation>> {
    Collocation { tolerance: TOLERANCE, ..Collocation::default() }.solve(game, structure).ok()
}

fn support() -> Structure<CoCreator> {
    Structure::leader(Platform)
}

/// States all over the region, its edges included.
fn states() -> impl Iterator<Item = [f64; 2]> {
    let share = |k: u8| f64::from(k) / 4.0;
    (0..5).flat_map(move |b| (0..5).map(move |n| [GREATEST * share(b), share(n)]))
}

/// Whether support is solved, each rate positive in the whole region or zero in it.
fn regular(p: &[f64]) -> bool {
    let at = |game: &NonlinearCoCreation| -> Option<bool> {
        let found = solved(game, &support())?;
        let mut seen = [[false; 2]; 3];
        for state in states() {
            let policy = found.policy(&state).ok()?;
            for (seen, rate) in seen.iter_mut().zip(policy.profile()) {
                seen[usize::from(*rate > 0.0)] = true;
            }
        }
        Some(seen.iter().all(|seen| *seen != [true; 2]))
    };
    game(p).as_ref().and_then(at).unwrap_or(false)
}

fn least(all: impl IntoIterator<Item = f64>) -> f64 {
    all.into_iter().fold(f64::INFINITY, f64::min)
}

/// What each gains at the point's state by moving from one structure to another.
fn gains(p: &[f64], from: &Structure<CoCreator>, to: &Structure<CoCreator>) -> Option<Vec<f64>> {
    let game = game(p)?;
    let (before, after) = (solved(&game, from)?, solved(&game, to)?);
    Some(after.payoffs().iter().zip(before.payoffs()).map(|(after, before)| after - before).collect())
}

/// Of a list, the least rise from one entry to the next.
fn least_rise<const N: usize>(all: [f64; N]) -> f64 {
    least(all.windows(2).map(|pair| pair[1] - pair[0]))
}

struct SupportAgainstLeadership;
impl Experiment for SupportAgainstLeadership {
    fn margin(p: &[f64]) -> Option<f64> {
        Some(least(gains(p, &NonlinearCoCreation::leadership(), &support())?))
    }
}

struct SupportAgainstNash;
impl Experiment for SupportAgainstNash {
    fn margin(p: &[f64]) -> Option<f64> {
        Some(least(gains(p, &NonlinearCoCreation::nash(), &support())?))
    }
}

struct TotalsRise;
impl Experiment for TotalsRise {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let total = |structure: &Structure<_>| Some(solved(&game, structure)?.total());
        let [nash, leader] = [NonlinearCoCreation::nash(), NonlinearCoCreation::leadership()];
        let totals = [total(&nash)?, total(&leader)?, total(&support())?, total(&Structure::cooperative())?];
        Some(least_rise(totals))
    }
}

/// The first stable rest point.
fn rest(game: &NonlinearCoCreation, structure: &Structure<CoCreator>) -> Option<Vec<f64>> {
    let rests = solved(game, structure)?.steady_states().ok()?;
    Some(rests.into_iter().find(SteadyState::is_stable)?.state)
}

struct RestsRise;
impl Experiment for RestsRise {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let rest = |structure: &Structure<_>| rest(&game, structure);
        let (nash, led) = (rest(&NonlinearCoCreation::nash())?, rest(&support())?);
        let full = rest(&Structure::cooperative())?;
        let each = nash.iter().zip(&led).zip(&full);
        Some(least(each.map(|((nash, led), full)| least_rise([*nash, *led, *full]))))
    }
}

struct LeadershipHelps;
impl Experiment for LeadershipHelps {
    fn margin(p: &[f64]) -> Option<f64> {
        let [nash, leader] = [NonlinearCoCreation::nash(), NonlinearCoCreation::leadership()];
        gains(p, &nash, &leader)?.first().copied()
    }
}

/// A decision at a state.
fn decided(found: &Feedback<'_, NonlinearCoCreation>, decision: usize, state: [f64; 2]) -> Option<f64> {
    found.policy(&state).ok()?.profile().get(decision).copied()
}

struct MoreIntelligence;
impl Experiment for MoreIntelligence {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let Parameters { initial_brand, initial_base, .. } = *game.numbers();
        let intelligence = |structure: &Structure<_>| {
            let found = solved(&game, structure)?;
            decided(&found, NonlinearCoCreation::INTELLIGENCE, [initial_brand, initial_base])
        };
        Some(intelligence(&NonlinearCoCreation::leadership())? - intelligence(&NonlinearCoCreation::nash())?)
    }
}

/// When the base is larger by this.
const LARGER: f64 = 0.05;

struct DepthFalls;
impl Experiment for DepthFalls {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let Parameters { initial_brand, initial_base, .. } = *game.numbers();
        let found = solved(&game, &NonlinearCoCreation::nash())?;
        let depth = |base: f64| decided(&found, NonlinearCoCreation::INTERACTION, [initial_brand, base]);
        Some(depth(initial_base)? - depth(initial_base + LARGER)?)
    }
}

fn four() -> [Structure<CoCreator>; 4] {
    [NonlinearCoCreation::nash(), NonlinearCoCreation::leadership(), support(), Structure::cooperative()]
}

struct StatesAreGood;
impl Experiment for StatesAreGood {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let mut lowest = f64::INFINITY;
        for structure in four() {
            let found = solved(&game, &structure)?;
            lowest = lowest.min(least(states().flat_map(|state| found.costates(&state))));
        }
        Some(lowest)
    }
}

struct BaseRestsInside;
impl Experiment for BaseRestsInside {
    fn margin(p: &[f64]) -> Option<f64> {
        let game = game(p)?;
        let mut room = f64::INFINITY;
        for structure in four() {
            let base = *rest(&game, &structure)?.get(1)?;
            room = room.min(base.min(1.0 - base));
        }
        Some(room)
    }
}

/// By how much the total of the joint optimum rises when a parameter does.
fn joint_rise(p: &[f64], raised: impl Fn(&mut Parameters, f64)) -> Option<f64> {
    let (here, more) = (game(p)?, *p.get(STATE)?);
    let mut numbers = *here.numbers();
    raised(&mut numbers, more);
    let there = NonlinearCoCreation::new(numbers).ok()?;
    let total = |game: &NonlinearCoCreation| Some(solved(game, &Structure::cooperative())?.total());
    Some(total(&there)? - total(&here)?)
}

struct AmplificationPays;
impl Experiment for AmplificationPays {
    fn margin(p: &[f64]) -> Option<f64> {
        joint_rise(p, |numbers, more| numbers.amplification += more)
    }
}

struct CoordinationCosts;
impl Experiment for CoordinationCosts {
    fn margin(p: &[f64]) -> Option<f64> {
        Some(-joint_rise(p, |numbers, more| numbers.coordination_cost += more)?)
    }
}
