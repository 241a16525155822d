//! Who decides together and who may support whose effort: the rules of a linear-state game, and the same as a `Structure`.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{CoCreation, CoCreator};
use crate::error::StructureError;
use crate::models::Scheme;
use crate::structure::{Coalitions, Order, Structure, Transfers};

use CoCreator::{Community, Enterprise, Platform};

/// One coalition may pay a share of the cost of another's effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) effort: usize,
    /// The first member of the coalition.
    pub(super) supporter: usize,
}

/// The rules of a linear-state game: a partition of the players into coalitions, and links by which coalitions support
/// efforts of others.
///
/// Supporters announce their rates first, all at once; then everybody decides on efforts, all at once. Made by
/// [`LinearStateGame::regime`](super::LinearStateGame::regime) and [`CoCreation::regime`].
#[derive(Clone, Debug, PartialEq)]
pub struct Regime {
    name: Cow<'static, str>,
    /// For each player the first member of its coalition.
    seats: Vec<usize>,
    /// Sorted by effort.
    links: Vec<Link>,
    /// Who owns which effort in the game that the rules are for.
    owners: Vec<usize>,
}

impl Regime {
    pub(super) fn new(
        name: Cow<'static, str>,
        players: usize,
        owners: &[usize],
        groups: &[Vec<usize>],
        links: &[(usize, usize)],
    ) -> Result<Self, StructureError> {
        let named = |player: usize| format!("player {player}");
        let mut seats: Vec<usize> = (0..players).collect();
        let mut placed = vec![false; players];
        for group in groups {
            let first = group.iter().copied().min().unwrap_or_default();
            for &player in group {
                match placed.get_mut(player) {
                    None => return Err(StructureError::NoSuchPlayer { player: named(player) }),
                    Some(true) => return Err(StructureError::TwoCoalitions { player: named(player) }),
                    Some(seat) => *seat = true,
                }
                seats[player] = first;
            }
        }
        let mut whole = Vec::with_capacity(links.len());
        for &(supporter, effort) in links {
            let Some(&owner) = owners.get(effort) else {
                return Err(StructureError::NoSuchDecision { decision: effort, count: owners.len() });
            };
            let Some(&seat) = seats.get(supporter) else {
                return Err(StructureError::NoSuchPlayer { player: named(supporter) });
            };
            if seat == seats[owner] {
                return Err(StructureError::SupportsItself { player: named(supporter), effort });
            }
            whole.push(Link { effort, supporter: seat });
        }
        whole.sort_unstable();
        whole.dedup();
        Ok(Regime { name, seats, links: whole, owners: owners.to_vec() })
    }

    /// Rules without support, by the first member of each player's coalition.
    pub(super) fn plain(name: &'static str, seats: Vec<usize>, owners: &[usize]) -> Self {
        Regime { name: Cow::Borrowed(name), seats, links: Vec::new(), owners: owners.to_vec() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The coalitions, by numbers of players.
    pub fn coalitions(&self) -> Vec<Vec<usize>> {
        let members = |first: usize| -> Vec<usize> {
            (0..self.seats.len()).filter(|player| self.seats[*player] == first).collect()
        };
        (0..self.seats.len()).filter(|player| self.seats[*player] == *player).map(members).collect()
    }

    pub(super) fn seats(&self) -> &[usize] {
        &self.seats
    }

    pub(super) fn links(&self) -> &[Link] {
        &self.links
    }

    /// Whether the rules are for a game of these players and efforts.
    pub(super) fn fits(&self, players: usize, owners: &[usize]) -> Result<(), StructureError> {
        let (given, needed) = (self.seats.len() + self.owners.len(), players + owners.len());
        if self.seats.len() == players && self.owners == owners {
            Ok(())
        } else {
            Err(StructureError::ProfileLength { given, needed })
        }
    }

    /// Whether everybody decides together.
    fn whole(&self) -> bool {
        self.seats.iter().all(|seat| *seat == 0)
    }
}

/// What a structure of the co-creation model comes to.
pub(super) struct Rules {
    /// For each player the first member of its coalition.
    pub(super) seats: SmallVec<[usize; 8]>,
    /// Whether a rate is announced.
    pub(super) open: SmallVec<[bool; 64]>,
}

/// The numbers of a game's decisions: first the rates, effort by effort, one for each player but its owner; then the
/// efforts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'g> {
    pub(super) players: usize,
    pub(super) owners: &'g [usize],
}

impl Places<'_> {
    /// How many rates there are.
    pub(super) fn rates(&self) -> usize {
        self.owners.len() * (self.players - 1)
    }

    /// The rate by which a player pays for an effort of another's.
    pub(super) fn rate(&self, effort: usize, supporter: usize) -> usize {
        effort * (self.players - 1) + supporter - usize::from(supporter > self.owners[effort])
    }

    /// Whose rate it is, and for which effort.
    pub(super) fn supporter(&self, rate: usize) -> (usize, usize) {
        let (effort, other) = (rate / (self.players - 1), rate % (self.players - 1));
        (other + usize::from(other >= self.owners[effort]), effort)
    }

    /// The decision that is an effort.
    pub(super) fn effort(&self, effort: usize) -> usize {
        self.rates() + effort
    }
}

impl CoCreation {
    /// The same rules as a [`Structure`] of this game.
    ///
    /// # Errors
    ///
    /// When the rules are those of a game of other players or efforts.
    pub fn structure_of(&self, regime: &Regime) -> Result<Structure<CoCreator>, StructureError> {
        let places = self.places();
        regime.fits(places.players, places.owners)?;
        if regime.whole() {
            return Ok(Structure::cooperative().named(regime.name.clone()));
        }
        let mut structure = if regime.links.is_empty() {
            Structure::simultaneous().no_transfers()
        } else {
            let (rates, all) = (places.rates(), places.effort(places.owners.len()));
            let closed = (0..rates).filter(|rate| {
                let (supporter, effort) = places.supporter(*rate);
                let inside = regime.seats[supporter] == regime.seats[places.owners[effort]];
                !inside && !regime.links.contains(&Link { effort, supporter })
            });
            closed.fold(Structure::sequence([(0..rates).collect(), (rates..all).collect()]), |rules, rate| {
                rules.fix(rate, 0.0)
            })
        };
        for group in regime.coalitions().iter().filter(|group| group.len() > 1) {
            structure = structure.coalition(group.iter().map(|&player| self.player(player)));
        }
        Ok(structure.named(regime.name.clone()))
    }

    /// The rules of this game that a structure stands for: rates of its choice before all efforts, others held at zero.
    /// `None` for other orders of moves, rates held elsewhere or tied, and two members of a coalition who support one
    /// effort.
    pub fn regime_of(&self, structure: &Structure<CoCreator>) -> Option<Regime> {
        let (places, rules) = (self.places(), self.rules_of(structure)?);
        let open = rules.open.iter().enumerate().filter(|(_, open)| **open);
        let mut links: Vec<Link> = open
            .map(|(rate, _)| {
                let (supporter, effort) = places.supporter(rate);
                Link { effort, supporter }
            })
            .collect();
        links.sort_unstable();
        let (name, seats) = (Cow::Owned(structure.name().to_owned()), rules.seats.to_vec());
        Some(Regime { name, seats, links, owners: places.owners.to_vec() })
    }

    /// The same without a list: it is asked for at every state of a path.
    pub(super) fn rules_of(&self, structure: &Structure<CoCreator>) -> Option<Rules> {
        let places = self.places();
        let (players, rates) = (places.players, places.rates());
        let mut seats: SmallVec<[usize; 8]> = (0..players).collect();
        match &structure.coalitions {
            Coalitions::Grand => seats.fill(0),
            Coalitions::Groups(groups) => {
                let mut placed: SmallVec<[bool; 8]> = SmallVec::from_elem(false, players);
                for group in groups {
                    let numbers = || group.iter().map(|player| self.seat(*player));
                    let first = numbers().min().flatten()?;
                    for number in numbers() {
                        let number = number?;
                        // Nobody in two groups.
                        if std::mem::replace(placed.get_mut(number)?, true) {
                            return None;
                        }
                        seats[number] = first;
                    }
                }
            }
        }
        if !structure.tied.is_empty() || structure.transfers == Transfers::Tied {
            return None;
        }
        let mut open: SmallVec<[bool; 64]> = SmallVec::from_elem(false, rates);
        match &structure.order {
            // Rates announced together with efforts only cost money.
            Order::Simultaneous => {}
            Order::Stages(stages) => {
                let [announced, later] = stages.as_slice() else { return None };
                if later.iter().any(|decision| *decision < rates) {
                    return None;
                }
                for rate in announced {
                    *open.get_mut(*rate)? = structure.transfers == Transfers::Chosen;
                }
            }
            Order::Leader(_) => return None,
        }
        for (decision, value) in &structure.fixed {
            let rate = open.get_mut(*decision).filter(|_| *value == 0.0)?;
            *rate = false;
        }
        // What is left open must not be inside a coalition, and be booked on the first member of one.
        for (effort, (open, owner)) in open.chunks_exact_mut(players - 1).zip(places.owners).enumerate() {
            for (at, open) in open.iter_mut().enumerate().filter(|(_, open)| **open) {
                let supporter = places.supporter(effort * (players - 1) + at).0;
                *open = seats[supporter] != seats[*owner];
                if *open && seats[supporter] != supporter {
                    return None;
                }
            }
        }
        Some(Rules { seats, open })
    }

    /// The named regime; see [`CoCreation::regimes`]. Its names in the notes (`none`, `coalition_P_Eall`, `full`, …) are
    /// understood too.
    pub fn regime(&self, name: &str) -> Option<Regime> {
        let known = |named: &&Named| named.name == name || named.aliases.contains(&name);
        NAMED.iter().find(known).map(|named| self.named(named))
    }

    /// The fourteen named regimes:
    ///
    /// | name | who supports, or decides together |
    /// |---|---|
    /// | `no_support` | nobody |
    /// | `platform_supports_enterprises` | the platform supports every effort of every enterprise |
    /// | `platform_supports_community` | the platform supports engagement with every brand |
    /// | `platform_supports_both` | both |
    /// | `enterprises_support_platform` | every enterprise supports connectivity, intelligence and analytics |
    /// | `enterprises_support_community` | every enterprise supports engagement with its own brand |
    /// | `bilateral` | platform and enterprises support each other |
    /// | `mesh` | everybody supports every effort of everybody else |
    /// | `coalition_platform_enterprises`, `coalition_platform_enterprise_1`, `coalition_enterprise_1_community`, `coalition_enterprises_community`, `coalition_platform_community` | these decide together, the others alone; no support |
    /// | `cooperative` | all decide together |
    pub fn regimes(&self) -> Vec<Regime> {
        NAMED.iter().map(|named| self.named(named)).collect()
    }

    fn named(&self, named: &Named) -> Regime {
        let members: Vec<usize> =
            (0..self.places().players).filter(|player| (named.together)(self.player(*player))).collect();
        let owners = self.places().owners;
        let pairs = (0..owners.len()).flat_map(|effort| (0..self.places().players).map(move |k| (k, effort)));
        let linked = |(supporter, effort): &(usize, usize)| {
            let owner = owners[*effort];
            let own = self
                .brand_of(*effort)
                .is_none_or(|brand| self.player(*supporter) == CoCreator::Enterprise(brand));
            *supporter != owner && (named.supports)(self.player(*supporter), self.player(owner), own)
        };
        let links: Vec<(usize, usize)> = pairs.filter(linked).collect();
        let groups = if members.len() > 1 { vec![members] } else { Vec::new() };
        let regime = Regime::new(Cow::Borrowed(named.name), self.places().players, owners, &groups, &links);
        // Named regimes have one group at most, and no links inside it.
        regime.unwrap_or_else(|_| self.game().alone())
    }

    /// The named regimes as structures of this game.
    pub(super) fn structures_of_regimes(&self) -> Vec<Scheme<CoCreator>> {
        let scheme = |named: &Named| {
            let structure = self.structure_of(&self.named(named)).ok()?;
            Some(Scheme::new(named.name, named.meaning, structure).also(named.aliases))
        };
        NAMED.iter().filter_map(scheme).collect()
    }
}

/// A named regime, for any number of enterprises.
struct Named {
    name: &'static str,
    /// Its other names.
    aliases: &'static [&'static str],
    meaning: &'static str,
    /// Who belongs to the one group that decides together.
    together: fn(CoCreator) -> bool,
    /// Whether the first supports efforts of the second; the third tells whether the effort is for the first one's brand.
    supports: fn(CoCreator, CoCreator, bool) -> bool,
}

fn nobody(_: CoCreator) -> bool {
    false
}

fn unsupported(_: CoCreator, _: CoCreator, _: bool) -> bool {
    false
}

fn platform_to_enterprises(from: CoCreator, to: CoCreator, _: bool) -> bool {
    matches!((from, to), (Platform, Enterprise(_)))
}

fn enterprises_to_platform(from: CoCreator, to: CoCreator, _: bool) -> bool {
    matches!((from, to), (Enterprise(_), Platform))
}

const fn support(
    name: &'static str,
    meaning: &'static str,
    supports: fn(CoCreator, CoCreator, bool) -> bool,
) -> Named {
    Named { name, aliases: &[], meaning, together: nobody, supports }
}

const fn group(
    name: &'static str,
    aliases: &'static [&'static str],
    meaning: &'static str,
    together: fn(CoCreator) -> bool,
) -> Named {
    Named { name, aliases, meaning, together, supports: unsupported }
}

const NAMED: &[Named] = &[
    group("no_support", &["none"], "everybody decides alone, nobody supports anybody", nobody),
    support(
        "platform_supports_enterprises",
        "the platform announces rates for every effort of every enterprise",
        platform_to_enterprises,
    ),
    support(
        "platform_supports_community",
        "the platform announces rates for the community's engagement with every brand",
        |from, to, _| matches!((from, to), (Platform, Community)),
    ),
    support(
        "platform_supports_both",
        "the platform announces rates for enterprises and community",
        |from, to, _| matches!((from, to), (Platform, Enterprise(_) | Community)),
    ),
    support(
        "enterprises_support_platform",
        "every enterprise announces rates for the platform's three efforts",
        enterprises_to_platform,
    ),
    support(
        "enterprises_support_community",
        "every enterprise announces a rate for engagement with its own brand",
        |from, to, own| matches!((from, to), (Enterprise(_), Community)) && own,
    ),
    support(
        "bilateral",
        "platform and enterprises announce rates for each other's efforts",
        |from, to, own| platform_to_enterprises(from, to, own) || enterprises_to_platform(from, to, own),
    ),
    support("mesh", "everybody announces rates for every effort of everybody else", |_, _, _| true),
    group(
        "coalition_platform_enterprises",
        &["coalition_P_Eall"],
        "platform and enterprises decide together, the others alone; no support",
        |player| matches!(player, Platform | Enterprise(_)),
    ),
    group(
        "coalition_platform_enterprise_1",
        &["coalition_P_E0"],
        "platform and first enterprise decide together, the others alone; no support",
        |player| matches!(player, Platform | Enterprise(0)),
    ),
    group(
        "coalition_enterprise_1_community",
        &["coalition_E0_C"],
        "first enterprise and community decide together, the others alone; no support",
        |player| matches!(player, Enterprise(0) | Community),
    ),
    group(
        "coalition_enterprises_community",
        &["coalition_Eall_C"],
        "enterprises and community decide together, the platform (and stakeholder) alone; no support",
        |player| matches!(player, Enterprise(_) | Community),
    ),
    group(
        "coalition_platform_community",
        &["coalition_P_C"],
        "platform and community decide together, the others alone; no support",
        |player| matches!(player, Platform | Community),
    ),
    group("cooperative", &["full", "integrated"], "all decide together", |_| true),
];
