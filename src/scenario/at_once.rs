//! Games of one moment as scenarios play them.

use serde_json::json;

use super::Route;
use super::output::{Against, Differences, Failure, Limited, Outcome, PartyChange, Played, Quantity, Row};
use super::registry::{Playable, Request};
use crate::analysis::{Change, Comparison, Entry};
use crate::equilibrium::{Equilibrium, Method, Side, Solution, Verified};
use crate::error::SolveError;
use crate::game::Decision;
use crate::models::Measure;
use crate::player::Player;
use crate::recorded::{Recorded, Seat};
use crate::solve::Solve;
use crate::structure::Structure;

/// Every structure asked for, solved and verified, and held against the baseline if there is one.
pub(super) fn play(playable: &Playable, request: &Request<'_>) -> Vec<Row> {
    let game = &playable.game;
    let attempt = |name: &&'static str| {
        let solved = solve(game, playable.structure(name)?, request.route);
        Some((*name, solved.and_then(|solution| solution.verify(game))))
    };
    let attempts: Vec<_> = request.structures.iter().filter_map(attempt).collect();
    let baseline = attempts.iter().find(|(name, _)| Some(*name) == request.baseline);
    let payoffs = |name: &str| {
        let unknown = || SolveError::NoClosedForm { structure: name.to_owned() };
        let structure = playable.structure(name).ok_or_else(unknown)?;
        Ok(solve(game, structure, request.route)?.payoffs().to_vec())
    };
    let row = |(name, attempt): &(&'static str, Result<Verified<Seat>, SolveError>)| match attempt {
        Ok(verified) => {
            let solution = verified.solution();
            let measures = playable.measures(solution.profile());
            let mut outcome = outcome(verified, measures, playable.owner(name));
            let agreement = playable.known.agreement;
            outcome.agreement = agreement(&playable.values, name, &request.terms, &payoffs);
            let against = match baseline {
                Some((from, Ok(before))) => {
                    let changes = Comparison::new(before.solution(), &[solution]);
                    let change = changes.ok().and_then(|mut all| all.changes.pop());
                    // One firm in both structures: its account beside those of its players.
                    let owner = playable.owner(from).and(playable.owner(name));
                    change.map(|change| against(change, solution.decisions(), owner))
                }
                _ => None,
            };
            Row { against, ..Row::of(name, Played::Equilibrium(Box::new(outcome))) }
        }
        Err(error) => Row::of(name, Played::Failed { error: Failure::from(error) }),
    };
    attempts.iter().map(row).collect()
}

/// The equilibrium by the route asked for.
pub(super) fn solve(
    game: &Recorded,
    structure: &Structure<Seat>,
    route: Route,
) -> Result<Solution<Seat>, SolveError> {
    match route {
        Route::Auto => game.solve(structure),
        Route::ClosedForm => game.solve_in_closed_form(structure),
        Route::Engine => game.solve_numerically(structure),
    }
}

/// The firm that owns several players under a structure, and these.
type Owner = Option<(&'static str, Vec<Seat>)>;

/// A verified equilibrium as a scenario reports it.
pub(super) fn outcome(verified: &Verified<Seat>, measures: Vec<Measure>, owner: Owner) -> Outcome {
    let solution = verified.solution();
    let report = solution.report();
    let decisions = solution.decisions().iter().zip(solution.profile());
    let mut payoffs: Vec<Quantity> = solution
        .players()
        .iter()
        .zip(solution.payoffs())
        .map(|(player, &value)| money(player.name(), value))
        .collect();
    if let Some((name, members)) = &owner {
        payoffs.push(money(*name, members.iter().map(|&member| solution.payoff(member)).sum()));
    }
    let side = |side: Side| match side {
        Side::Free => "free",
        Side::Lower => "lower",
        Side::Upper => "upper",
        Side::Idle => "idle",
    };
    let bound = |&(at, at_side): &(usize, Side)| {
        solution.decisions().get(at).map(|decision| (decision.name.to_string(), json!(side(at_side))))
    };
    let certificate = verified.certificate();
    Outcome {
        decisions: decisions
            .map(|(d, &value)| Quantity { name: d.name.to_string(), unit: d.unit.clone(), value })
            .collect(),
        payoffs,
        owner: owner.map(|(name, _)| name),
        measures: measures
            .iter()
            .map(|m| Quantity { name: m.name.to_owned(), unit: m.unit.into(), value: m.value })
            .collect(),
        total: solution.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        regret: certificate.regret,
        resolution: certificate.resolution,
        thinned: certificate.thinned,
        at_kink: report.at_kink,
        at_jump: report.at_jump.as_ref().map(|other| {
            let named = solution.decisions().iter().zip(other);
            named.map(|(decision, value)| (decision.name.to_string(), (*value).into())).collect()
        }),
        continuum: report.continuum,
        binding: (report.method == Method::Engine).then(|| report.binding.iter().filter_map(bound).collect()),
        limits: report
            .limits
            .iter()
            .map(|limit| Limited {
                name: limit.quantity.to_string(),
                unit: limit.unit.to_string(),
                value: limit.value,
                binds: limit.binds,
                worth: limit.worth,
                one_of_many: limit.one_of_many(),
            })
            .collect(),
        caveats: report
            .caveats
            .iter()
            .map(|c| Quantity { name: c.quantity.to_string(), unit: "".into(), value: c.value })
            .collect(),
        agreement: None,
        over_time: None,
    }
}

pub(super) fn money(name: impl Into<String>, value: f64) -> Quantity {
    Quantity { name: name.into(), unit: "money".into(), value }
}

/// A change as a scenario reports it.
pub(super) fn against(change: Change, decided: &[Decision<Seat>], owner: Owner) -> Against {
    let Change { decisions, payoffs, parties, pareto, created, shares, .. } = change;
    let owner = owner.map(|(name, members)| {
        (name, members.iter().map(|member| member.name().into_owned()).collect::<Vec<_>>())
    });
    let with_owner = |entries: Vec<Entry>, unit: &'static str| {
        let sum = |members: &[String]| {
            entries.iter().filter(|entry| members.contains(&entry.name)).map(|entry| entry.value).sum()
        };
        let joint = owner.as_ref().map(|(name, members)| Quantity {
            name: (*name).to_owned(),
            unit: unit.into(),
            value: sum(members),
        });
        let own =
            entries.iter().map(|e| Quantity { name: e.name.clone(), unit: unit.into(), value: e.value });
        own.chain(joint).collect::<Vec<_>>()
    };
    let party_name = |players: &[String]| match &owner {
        Some((name, members)) if members == players => (*name).to_owned(),
        _ => players.join(" and "),
    };
    let units = decided.iter().map(|decision| decision.unit.clone());
    Against {
        change: Differences {
            decisions: decisions
                .into_iter()
                .zip(units)
                .map(|(e, unit)| Quantity { name: e.name, unit, value: e.value })
                .collect(),
            payoffs: with_owner(payoffs, "money"),
        },
        pareto,
        parties: parties
            .into_iter()
            .map(|p| PartyChange { name: party_name(&p.players), gain: p.gain, direction: p.direction })
            .collect(),
        created,
        shares: shares.map(|shares| with_owner(shares, "share of gain")),
    }
}
