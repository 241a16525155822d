//! Who decides together, and in which order: the solution concept as a value.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::error::StructureError;
use crate::player::Player;
use crate::row::Row;

/// The decisions of each stage.
type Stages = SmallVec<[Row<usize>; 2]>;

/// The rules of play of a game: its coalitions, the order in which decisions fall, what is held fixed and what is
/// tied to one common value.
///
/// Nash, Stackelberg with either leader, leadership over colluding retailers, a rate announced before the same firm
/// sets its advertising, full integration: all are values of this type, for every game.
///
/// ```
/// use coopad::Structure;
///
/// // The manufacturer announces one common rate for two retailers (decisions 0 and 1) and its national advertising
/// // (2); the two retailers then choose their local advertising (3, 4) together.
/// let collusion = Structure::sequence([vec![0, 1, 2], vec![3, 4]])
///     .coalition(["retailer_1", "retailer_2"])
///     .tie([0, 1])
///     .named("leader over colluding retailers, uniform rate");
/// assert_eq!(collusion.name(), "leader over colluding retailers, uniform rate");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Structure<P> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) order: Order<P>,
    pub(crate) coalitions: Coalitions<P>,
    pub(crate) fixed: Vec<(usize, f64)>,
    pub(crate) tied: Vec<Vec<usize>>,
    pub(crate) transfers: Transfers,
}

/// What becomes of all transfers, however many the game has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Transfers {
    /// Each is chosen.
    Chosen,
    /// Those of one owner, in one unit, take one common value.
    Tied,
    /// All stay at their neutral values.
    Neutral,
}

/// In which order the decisions fall.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order<P> {
    /// All at once.
    Simultaneous,
    /// Those of one player first, everybody else's after them.
    Leader(P),
    /// Stage by stage; decisions that no stage names fall in the last one.
    Stages(Vec<Vec<usize>>),
}

/// Who decides together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Coalitions<P> {
    /// Everybody.
    Grand,
    /// These groups; everybody else decides alone.
    Groups(Vec<Vec<P>>),
}

impl<P: Player> Structure<P> {
    fn new(name: impl Into<Cow<'static, str>>, order: Order<P>, coalitions: Coalitions<P>) -> Self {
        let (fixed, tied, transfers) = (Vec::new(), Vec::new(), Transfers::Chosen);
        Structure { name: name.into(), order, coalitions, fixed, tied, transfers }
    }

    /// Everybody decides alone and at once: Nash equilibrium.
    pub fn simultaneous() -> Self {
        Self::new("simultaneous", Order::Simultaneous, Coalitions::Groups(Vec::new()))
    }

    /// One player commits to all its decisions; the others see them and reply at once: Stackelberg equilibrium.
    pub fn leader(player: P) -> Self {
        Self::new(format!("{} leads", player.name()), Order::Leader(player), Coalitions::Groups(Vec::new()))
    }

    /// Everybody decides together: the sum of all payoffs is maximised, and transfers drop out.
    pub fn cooperative() -> Self {
        Self::new("cooperative", Order::Simultaneous, Coalitions::Grand)
    }

    /// Decisions fall stage by stage, each stage seeing the ones before it. The entries are decision numbers;
    /// decisions that no stage names fall in the last stage.
    pub fn sequence(stages: impl IntoIterator<Item = Vec<usize>>) -> Self {
        Self::new("sequence", Order::Stages(stages.into_iter().collect()), Coalitions::Groups(Vec::new()))
    }

    /// These players decide together, for the sum of their payoffs.
    #[must_use]
    pub fn coalition(mut self, players: impl IntoIterator<Item = P>) -> Self {
        if let Coalitions::Groups(groups) = &mut self.coalitions {
            groups.push(players.into_iter().collect());
        }
        self
    }

    /// Decision number `decision` is held at `value`.
    #[must_use]
    pub fn fix(mut self, decision: usize, value: f64) -> Self {
        self.fixed.push((decision, value));
        self
    }

    /// These decisions of one decision-maker all take one common value.
    #[must_use]
    pub fn tie(mut self, decisions: impl IntoIterator<Item = usize>) -> Self {
        self.tied.push(decisions.into_iter().collect());
        self
    }

    /// All [transfers](crate::Decision::transfer) of one owner that are measured in one unit take one common value:
    /// one participation rate for every retailer, however many there are.
    ///
    /// ```
    /// use coopad::models::{Network, ZhangXie, zhang_xie};
    /// use coopad::prelude::*;
    ///
    /// let retailer = |margin| zhang_xie::Retailer { margin, local_effect: 1.0, national_effect: 1.0 };
    /// let network = ZhangXie::new(zhang_xie::Parameters {
    ///     manufacturer_margin: 3.0, retailers: vec![retailer(1.0), retailer(2.0)],
    /// })?;
    /// let led = network.solve(&Structure::leader(Network::Manufacturer).tie_transfers())?;
    /// assert_eq!(led[0], led[1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tie_transfers(mut self) -> Self {
        self.transfers = Transfers::Tied;
        self
    }

    /// All [transfers](crate::Decision::transfer) stay at their neutral values: nobody supports anybody.
    #[must_use]
    pub fn no_transfers(mut self) -> Self {
        self.transfers = Transfers::Neutral;
        self
    }

    /// The same rules under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// The name of the structure.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether `other` has the same rules, whatever it is called.
    pub fn same_rules(&self, other: &Self) -> bool {
        self.order == other.order
            && self.coalitions == other.coalitions
            && self.fixed == other.fixed
            && self.tied == other.tied
            && self.transfers == other.transfers
    }

    /// The value at which a decision is held, if it is.
    pub fn held(&self, decision: usize) -> Option<f64> {
        self.fixed.iter().rev().find(|(held, _)| *held == decision).map(|(_, value)| *value)
    }

    /// Whether `other` has the same rules but for the values at which this decision is held, if it is.
    pub fn same_rules_but(&self, decision: usize, other: &Self) -> bool {
        let others = |structure: &Self| -> Vec<(usize, f64)> {
            structure.fixed.iter().copied().filter(|(held, _)| *held != decision).collect()
        };
        self.order == other.order
            && self.coalitions == other.coalitions
            && others(self) == others(other)
            && self.tied == other.tied
            && self.transfers == other.transfers
    }

    /// The same rules for players of another type.
    pub(crate) fn with_players<Q, E>(
        &self,
        counterpart: impl Fn(&P) -> Result<Q, E>,
    ) -> Result<Structure<Q>, E> {
        let order = match &self.order {
            Order::Simultaneous => Order::Simultaneous,
            Order::Leader(leader) => Order::Leader(counterpart(leader)?),
            Order::Stages(stages) => Order::Stages(stages.clone()),
        };
        let coalitions = match &self.coalitions {
            Coalitions::Grand => Coalitions::Grand,
            Coalitions::Groups(groups) => {
                // Loops: this is compiled for every kind of player, and chains of adapters with it.
                let mut others = Vec::with_capacity(groups.len());
                for group in groups {
                    let mut other = Vec::with_capacity(group.len());
                    for player in group {
                        other.push(counterpart(player)?);
                    }
                    others.push(other);
                }
                Coalitions::Groups(others)
            }
        };
        let (name, transfers) = (self.name.clone(), self.transfers);
        let (fixed, tied) = (self.fixed.clone(), self.tied.clone());
        Ok(Structure { name, order, coalitions, fixed, tied, transfers })
    }

    /// The stages as decision numbers, for a game of `players` whose decisions belong to `owners`.
    pub(crate) fn stages(&self, players: &[P], owners: &[P]) -> Result<Stages, StructureError> {
        let everything = 0..owners.len();
        match &self.order {
            Order::Simultaneous => Ok(Stages::from_elem(everything.collect(), 1)),
            Order::Leader(leader) if !players.contains(leader) => {
                Err(StructureError::NoSuchPlayer { player: leader.name().into_owned() })
            }
            Order::Leader(leader) => {
                let (first, second) = everything.partition(|&d| owners[d] == *leader);
                Ok(Stages::from_iter([first, second]))
            }
            Order::Stages(stages) => {
                let mut placed = vec![false; owners.len()];
                for &decision in stages.iter().flatten() {
                    match placed.get_mut(decision) {
                        None => return Err(StructureError::NoSuchDecision { decision, count: owners.len() }),
                        Some(true) => return Err(StructureError::DecidedTwice { decision }),
                        Some(seat) => *seat = true,
                    }
                }
                let mut stages: Stages = stages.iter().map(|stage| Row::from_slice(stage)).collect();
                let rest = everything.filter(|&d| !placed[d]);
                match stages.last_mut() {
                    Some(last) => last.extend(rest),
                    None => stages.push(rest.collect()),
                }
                Ok(stages)
            }
        }
    }

    /// The coalitions as positions in `players`, everybody in exactly one.
    pub(crate) fn coalitions(&self, players: &[P]) -> Result<Vec<Row<usize>>, StructureError> {
        let groups = match &self.coalitions {
            Coalitions::Grand => return Ok(vec![(0..players.len()).collect()]),
            Coalitions::Groups(groups) => groups,
        };
        let mut placed: Row<bool> = SmallVec::from_elem(false, players.len());
        let mut coalitions = Vec::with_capacity(players.len());
        for group in groups {
            let mut members = Row::new();
            for player in group {
                let Some(seat) = players.iter().position(|p| p == player) else {
                    return Err(StructureError::NoSuchPlayer { player: player.name().into_owned() });
                };
                if std::mem::replace(&mut placed[seat], true) {
                    return Err(StructureError::TwoCoalitions { player: player.name().into_owned() });
                }
                members.push(seat);
            }
            coalitions.push(members);
        }
        coalitions
            .extend((0..players.len()).filter(|&seat| !placed[seat]).map(|seat| Row::from_slice(&[seat])));
        Ok(coalitions)
    }
}
