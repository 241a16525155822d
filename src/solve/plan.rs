//! A structure made ready for one game: who chooses which numbers, and when.

use smallvec::SmallVec;

use super::rules::Rules;
use crate::error::StructureError;
use crate::game::{Decision, Game, Interval};
use crate::level::Level;
use crate::scalar::Scalar;
use crate::structure::{Structure, Transfers};

/// Numbers of one stage; on the stack for games of ordinary size.
pub(crate) type Row<T> = SmallVec<[T; 8]>;

/// Lends `work` a row of `count` numbers: on the stack for games of ordinary size, on the heap for larger ones.
#[inline]
pub(crate) fn on_stack<T: Copy, R>(count: usize, fill: T, work: impl FnOnce(&mut [T]) -> R) -> R {
    let (mut four, mut eight, mut heap);
    // Two sizes, since to fill a row of deep duals costs as much as some of the work done on it.
    let row: &mut [T] = if count <= 4 {
        four = [fill; 4];
        &mut four[..count]
    } else if count <= 8 {
        eight = [fill; 8];
        &mut eight[..count]
    } else {
        heap = vec![fill; count];
        &mut heap
    };
    work(row)
}

/// The most stages that [`crate::scalar`]'s chain of nested duals can differentiate through.
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

/// The players and decisions of a game, by name.
#[derive(Clone, Debug)]
pub(crate) struct Cast<P> {
    pub(crate) players: Vec<P>,
    pub(crate) decisions: Vec<Decision<P>>,
}

/// What the engine needs to know of a decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) neutral: f64,
    pub(crate) typical: Option<f64>,
    /// Whether it only moves money.
    pub(crate) transfer: bool,
}

/// A structure, made ready for one game.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// How many players there are.
    pub(crate) players: usize,
    pub(crate) decisions: Row<Mark>,
    /// The members of each coalition, as positions in `players`.
    pub(crate) coalitions: Vec<Row<usize>>,
    /// The variables of each stage.
    pub(crate) stages: Vec<Vec<Variable>>,
    /// Every decision at its fixed, typical or neutral value.
    pub(crate) profile: Vec<f64>,
}

impl<P: crate::Player> Cast<P> {
    pub(crate) fn of<G: Game<Player = P>>(game: &G) -> Self {
        Cast { players: game.players(), decisions: game.decisions() }
    }
}

impl Plan {
    pub(crate) fn new<P: crate::Player>(
        game: &dyn Rules,
        cast: &Cast<P>,
        structure: &Structure<P>,
    ) -> Result<Self, StructureError> {
        let Cast { players, decisions } = cast;
        let count = decisions.len();
        let owners: Row<P> = decisions.iter().map(|d| d.owner).collect();
        let coalitions = structure.coalitions(players)?;
        let seat = |player: P| {
            let at = players.iter().position(|p| *p == player);
            at.and_then(|at| coalitions.iter().position(|members| members.contains(&at)))
                .ok_or_else(|| StructureError::NoSuchPlayer { player: player.name().into_owned() })
        };

        // What is not chosen: fixed decisions, and transfers inside a coalition.
        let mut held: Row<Option<f64>> = SmallVec::from_elem(None, count);
        for &(decision, value) in &structure.fixed {
            *held.get_mut(decision).ok_or(StructureError::NoSuchDecision { decision, count })? = Some(value);
        }
        let mut owner_of: Row<usize> = SmallVec::with_capacity(count);
        for (decision, held) in decisions.iter().zip(&mut held) {
            let owner = seat(decision.owner)?;
            if let Some(counterparty) = decision.counterparty
                && seat(counterparty)? == owner
            {
                *held = held.or(Some(decision.neutral));
            }
            if !decision.chosen
                || (decision.counterparty.is_some() && structure.transfers == Transfers::Neutral)
            {
                *held = held.or(Some(decision.neutral));
            }
            owner_of.push(owner);
        }
        let profile: Vec<f64> = (0..count)
            .map(|d| held[d].unwrap_or(decisions[d].typical.unwrap_or(decisions[d].neutral)))
            .collect();
        for &(decision, value) in &structure.fixed {
            let bounds = game.bounds(decision, &profile);
            if !(value >= bounds.lower && value <= bounds.upper) {
                let name = decisions[decision].name.clone().into_owned();
                let Interval { lower, upper } = bounds;
                return Err(StructureError::FixedOutOfBounds { decision: name, value, lower, upper });
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
        let mut stages: Vec<Vec<Variable>> = Vec::with_capacity(members.len());
        let mut variable_of_tie: Vec<Option<(usize, usize)>> = vec![None; tied.len()];
        for (stage, members) in members.into_iter().enumerate() {
            let mut variables: Vec<Variable> = Vec::with_capacity(members.len());
            for decision in members.into_iter().filter(|&d| held[d].is_none()) {
                let coalition = owner_of[decision];
                let Some(tie) = tie_of[decision] else {
                    variables.push(Variable { decision, tied: Vec::new(), coalition });
                    continue;
                };
                match variable_of_tie[tie] {
                    None => {
                        variable_of_tie[tie] = Some((stage, variables.len()));
                        variables.push(Variable { decision, tied: Vec::new(), coalition });
                    }
                    Some((s, v)) if s == stage && variables[v].coalition == coalition => {
                        variables[v].tied.push(decision);
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
        let mark = |d: &Decision<P>| Mark {
            neutral: d.neutral,
            typical: d.typical,
            transfer: d.counterparty.is_some(),
        };
        let decisions = decisions.iter().map(mark).collect();
        Ok(Plan { players: players.len(), decisions, coalitions, stages, profile })
    }

    /// The bounds of a variable: those of its decision, or the intersection over tied ones.
    pub(crate) fn bounds<T: Level>(&self, game: &dyn Rules, variable: &Variable, x: &[T]) -> Interval<T> {
        let first = game.bounds(variable.decision, x);
        variable.tied.iter().map(|&d| game.bounds(d, x)).fold(first, |a, b| {
            Interval::new(
                if b.lower.real() > a.lower.real() { b.lower } else { a.lower },
                if b.upper.real() < a.upper.real() { b.upper } else { a.upper },
            )
        })
    }

    /// The payoff of a coalition: the sum over its members.
    #[inline]
    pub(crate) fn joint<T: Scalar>(&self, coalition: usize, payoffs: &[T]) -> T {
        self.coalitions[coalition].iter().fold(T::constant(0.0), |sum, &player| sum + payoffs[player])
    }
}

/// The groups of tied decisions: those that the structure names, and transfers of one owner in one unit if it ties all.
fn ties<P: crate::Player>(structure: &Structure<P>, decisions: &[Decision<P>]) -> Vec<Vec<usize>> {
    let mut tied = structure.tied.clone();
    if structure.transfers == Transfers::Tied {
        let transfers = || decisions.iter().enumerate().filter(|(_, d)| d.counterparty.is_some());
        let named = |d: usize| structure.tied.iter().flatten().any(|&other| other == d);
        let mut groups: Vec<(P, &str, Vec<usize>)> = Vec::new();
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
