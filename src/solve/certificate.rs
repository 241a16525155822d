//! The certificate: nobody gains by deviating, as far as a search over everything can tell.
//!
//! Each coalition, at each stage at which it moves, is searched for a better choice over the whole range of its decisions, alone
//! and together, at all scales. Later stages reply to each trial. A reply may be proposed by the engine; it counts if its coalition's
//! payoff, looked at over everything that it could choose instead, is nowhere higher. So no first-order condition, no derivative
//! and no reply of the engine's is believed without payoffs that bear it out.

use super::board::Board;
use super::crowd;
use super::everywhere::Everywhere;
use super::induction::Engine;
use super::plan::Plan;
use crate::equilibrium::{Certificate, Deviation};
use crate::formula::FormulaError;
use crate::row::Profile;

/// Profiles that a search may look at: some seconds of work. Games of ordinary size take a few thousand to a million.
const BUDGET: usize = 30_000_000;
/// Variables of a stage above which most do not feel a trial, and are not looked at again ([`crowd`]).
const MANY: usize = 50;

/// Searches every coalition's deviations from a profile, players by their seats.
pub(super) fn search(
    board: &Board,
    plan: &Plan,
    profile: &[f64],
) -> Result<Certificate<usize>, FormulaError> {
    if plan.stages.iter().any(|stage| stage.len() > MANY) {
        return crowd::search(board, plan, profile);
    }
    let mut engine = Engine::new(board, plan);
    engine.settings.starts = 1;
    let mut everywhere = Everywhere::new(&mut engine, BUDGET);
    let mut deviations = Vec::new();
    for stage in 0..plan.stages.len() {
        for coalition in 0..plan.coalitions.len() {
            if everywhere.own(stage, coalition).is_empty() {
                continue;
            }
            everywhere.stand(profile);
            let payoff = everywhere.payoff(coalition, profile);
            // What the same profile is worth with replies found anew: how exact the profile's own are.
            let mut replied = Profile::from_slice(profile);
            let again = everywhere.outcome(stage, coalition, &mut replied);
            let noise = if again.is_finite() { (again - payoff).abs() } else { 0.0 };
            let mut best = everywhere.choose(stage, coalition, profile);
            if best.value > payoff {
                // A gain counts if it is made whichever way the replies are come to.
                everywhere.stand(profile);
                best.value = best.value.min(everywhere.outcome(stage, coalition, &mut best.at));
            }
            let gain = if best.value > payoff { best.value - payoff } else { 0.0 };
            deviations.push(Deviation {
                stage: stage + 1,
                coalition: plan.coalitions[coalition].to_vec(),
                gain,
                resolution: noise.max(everywhere.least(coalition, profile, &best.at)),
                profile: if gain > 0.0 { &best.at[..] } else { profile }[plan.given..].to_vec(),
            });
        }
    }
    let regret = deviations.iter().fold(0.0, |worst: f64, d| worst.max(d.gain));
    let resolution = deviations.iter().fold(0.0, |worst: f64, d| worst.max(d.resolution));
    let (evaluations, thinned) = (everywhere.seen(), everywhere.thinned);
    Ok(Certificate { regret, resolution, deviations, evaluations, thinned })
}
