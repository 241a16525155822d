//! A structure made ready for one game: who chooses which numbers, and when.

use smallvec::SmallVec;

use crate::error::StructureError;
use crate::game::{Decision, Interval};
use crate::player::Player;
use crate::recorded::{Recorded, Seat};
use crate::row::Row;
use crate::structure::{Structure, Transfers};

/// The most stages that [`crate::level`]'s chain of nested duals can differentiate through.
pub(crate) const STAGE_LIMIT: usize = 4;

/// A number that one coalition chooses: one decision, or several tied ones.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// The decision, or the first of the tied ones.
    pub(crate) decision: usize,
    /// The others tied to it.
    pub(crate) tied: Vec<usize>,
    pub(crate) coalition: usize,
}

impl Variable {
    pub(crate) fn decisions(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.decision).chain(self.tied.iter().copied())
    }

    /// Gives every one of its decisions this value.
    #[inline]
    pub(crate) fn set<T: Copy>(&self, x: &mut [T], value: T) {
        x[self.decision] = value;
        for &decision in &self.tied {
            x[decision] = value;
        }
    }
}

/// What the engine needs to know of a number that is given or decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) neutral: f64,
    pub(crate) typical: Option<f64>,
    /// Whether it only moves money.
    pub(crate) transfer: bool,
}

/// What becomes of a decision under a structure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    /// It is chosen, as the number at this place is: its own, or that of the first of those tied to it.
    Chosen(usize),
    /// It is held at this value.
    Held(f64),
    /// It stands at its neutral value, which may move with the parameters.
    Neutral,
}

/// A structure, made ready for one game.
///
/// A profile holds the parameters first, then the decisions.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How many parameters there are.
    pub(crate) given: usize,
    /// Parameters and decisions.
    pub(crate) decisions: Row<Mark>,
    /// What becomes of each decision.
    pub(crate) roles: Vec<Role>,
    /// The members of each coalition, by seat. Nature, where it decides on the parameters, is a coalition of nobody: the last.
    pub(crate) coalitions: Vec<Row<usize>>,
    /// The variables of each stage.
    pub(crate) stages: Vec<Vec<Variable>>,
    /// The parameters, then every decision at its fixed, typical or neutral value.
    pub(crate) profile: Vec<f64>,
}

impl Plan {
    /// The plan for a game. Where `nature` is to decide on the parameters it does so in a stage before all others, so that
    /// everything can be differentiated in them.
    pub(crate) fn new(
        game: &Recorded,
        structure: &Structure<Seat>,
        nature: bool,
    ) -> Result<Self, StructureError> {
        let (players, decisions) = (&game.players[..], &game.decisions[..]);
        let given = game.parameters.len();
        let count = decisions.len();
        let owners: Row<Seat> = decisions.iter().map(|d| d.owner).collect();
        let coalitions = structure.coalitions(players)?;
        let seat = |player: Seat| {
            let at = players.iter().position(|p| *p == player);
            at.and_then(|at| coalitions.iter().position(|members| members.contains(&at)))
                .ok_or_else(|| StructureError::NoSuchPlayer { player: player.name().into_owned() })
        };

        // What is not chosen: fixed decisions, and transfers inside a coalition.
        let mut held: Row<Option<Role>> = SmallVec::from_elem(None, count);
        for &(decision, value) in &structure.fixed {
            *held.get_mut(decision).ok_or(StructureError::NoSuchDecision { decision, count })? =
                Some(Role::Held(value));
        }
        let mut owner_of: Row<usize> = SmallVec::with_capacity(count);
        for (decision, held) in decisions.iter().zip(&mut held) {
            let owner = seat(decision.owner)?;
            if let Some(counterparty) = decision.counterparty
                && seat(counterparty)? == owner
            {
                *held = held.or(Some(Role::Neutral));
            }
            if !decision.chosen
                || (decision.counterparty.is_some() && structure.transfers == Transfers::Neutral)
            {
                *held = held.or(Some(Role::Neutral));
            }
            owner_of.push(owner);
        }
        let value = |d: usize| match held[d] {
            Some(Role::Held(value)) => value,
            Some(_) => decisions[d].neutral,
            None => decisions[d].typical.unwrap_or(decisions[d].neutral),
        };
        let parameters = game.parameters.iter().map(|(_, value)| *value);
        let profile: Vec<f64> = parameters.chain((0..count).map(value)).collect();
        if !structure.fixed.is_empty() {
            let mut ends = vec![f64::NAN; 2 * count];
            game.formulas.bounds.fill(&profile, &mut ends);
            for &(decision, value) in &structure.fixed {
                let bounds = Interval { lower: ends[2 * decision], upper: ends[2 * decision + 1] };
                if !(value >= bounds.lower && value <= bounds.upper) {
                    let name = decisions[decision].name.clone().into_owned();
                    let Interval { lower, upper } = bounds;
                    return Err(StructureError::FixedOutOfBounds { decision: name, value, lower, upper });
                }
            }
        }

        let tied = ties(structure, decisions);
        let mut tie_of: Row<Option<usize>> = SmallVec::from_elem(None, count);
        for (tie, group) in tied.iter().enumerate() {
            for &decision in group {
                let slot =
                    tie_of.get_mut(decision).ok_or(StructureError::NoSuchDecision { decision, count })?;
                if slot.replace(tie).is_some() {
                    return Err(StructureError::DecidedTwice { decision });
                }
            }
        }

        let members = structure.stages(players, &owners)?;
        let mut roles: Vec<Role> =
            held.iter().enumerate().map(|(d, held)| held.unwrap_or(Role::Chosen(given + d))).collect();
        let mut stages: Vec<Vec<Variable>> = Vec::with_capacity(members.len());
        let mut variable_of_tie: Vec<Option<(usize, usize)>> = vec![None; tied.len()];
        for (stage, members) in members.into_iter().enumerate() {
            let mut variables: Vec<Variable> = Vec::with_capacity(members.len());
            for decision in members.into_iter().filter(|&d| held[d].is_none()) {
                let coalition = owner_of[decision];
                let own = Variable { decision: given + decision, tied: Vec::new(), coalition };
                let Some(tie) = tie_of[decision] else {
                    variables.push(own);
                    continue;
                };
                match variable_of_tie[tie] {
                    None => {
                        variable_of_tie[tie] = Some((stage, variables.len()));
                        variables.push(own);
                    }
                    Some((s, v)) if s == stage && variables[v].coalition == coalition => {
                        variables[v].tied.push(own.decision);
                        roles[decision] = Role::Chosen(variables[v].decision);
                    }
                    Some(_) => {
                        let first = tied[tie].iter().find(|&&d| d != decision).copied();
                        return Err(StructureError::CannotTie {
                            first: first.map_or_else(String::new, |d| decisions[d].name.clone().into_owned()),
                            second: decisions[decision].name.clone().into_owned(),
                        });
                    }
                }
            }
            match stages.last_mut() {
                _ if variables.is_empty() => {}
                // A coalition that moves twice in a row, alone, decides once.
                Some(before) if alone(before).is_some() && alone(before) == alone(&variables) => {
                    before.extend(variables);
                }
                _ => stages.push(variables),
            }
        }
        // Above the stages that can be differentiated through, one decision-maker can still climb on payoffs alone.
        let deep = stages.len().saturating_sub(STAGE_LIMIT);
        if stages[..deep].iter().any(|stage| alone(stage).is_none()) {
            return Err(StructureError::TooManyStages { stages: stages.len(), limit: STAGE_LIMIT });
        }
        let parameter =
            |(_, value): &(String, f64)| Mark { neutral: 0.0, typical: Some(*value), transfer: false };
        let decision = |d: &Decision<Seat>| Mark {
            neutral: d.neutral,
            typical: d.typical,
            transfer: d.counterparty.is_some(),
        };
        let marks = game.parameters.iter().map(parameter).chain(decisions.iter().map(decision)).collect();
        let mut coalitions = coalitions;
        if nature {
            let coalition = coalitions.len();
            coalitions.push(Row::new());
            let own = |decision| Variable { decision, tied: Vec::new(), coalition };
            stages.insert(0, (0..given).map(own).collect());
        }
        Ok(Plan { given, decisions: marks, roles, coalitions, stages, profile })
    }

    /// Puts decisions that stand at their neutral values where those are at the parameters in `x`.
    pub(crate) fn settle_neutral(&self, game: &Recorded, x: &mut [f64]) {
        if self.given == 0 || !self.roles.contains(&Role::Neutral) {
            return;
        }
        let neutral = game.formulas.neutral.written(&x[..self.given]);
        for (decision, role) in self.roles.iter().enumerate() {
            if *role == Role::Neutral {
                x[self.given + decision] = neutral[decision];
            }
        }
    }

    /// Puts the decisions of a profile that are chosen into `x`; those tied to another are as it is.
    pub(crate) fn place(&self, profile: &[f64], x: &mut [f64]) {
        for (decision, role) in self.roles.iter().enumerate() {
            if let Role::Chosen(at) = *role {
                x[self.given + decision] = profile[at - self.given];
            }
        }
    }

    /// The variables of the last stage.
    pub(crate) fn last(&self) -> &[Variable] {
        self.stages.last().map_or(&[], Vec::as_slice)
    }
}

/// The groups of tied decisions: those that the structure names, and transfers of one owner in one unit if it ties all.
fn ties(structure: &Structure<Seat>, decisions: &[Decision<Seat>]) -> Vec<Vec<usize>> {
    let mut tied = structure.tied.clone();
    if structure.transfers == Transfers::Tied {
        let transfers = || decisions.iter().enumerate().filter(|(_, d)| d.counterparty.is_some());
        let named = |d: usize| structure.tied.iter().flatten().any(|&other| other == d);
        let mut groups: Vec<(Seat, &str, Vec<usize>)> = Vec::new();
        for (at, decision) in transfers().filter(|(at, _)| !named(*at)) {
            match groups
                .iter_mut()
                .find(|(owner, unit, _)| *owner == decision.owner && *unit == decision.unit)
            {
                Some((.., group)) => group.push(at),
                None => groups.push((decision.owner, &decision.unit, vec![at])),
            }
        }
        tied.extend(groups.into_iter().map(|(.., group)| group));
    }
    tied
}

/// The coalition that owns the whole stage, if one does.
fn alone(stage: &[Variable]) -> Option<usize> {
    let first = stage.first()?.coalition;
    stage.iter().all(|v| v.coalition == first).then_some(first)
}
