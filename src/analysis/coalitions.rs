//! The coalition game behind a game: what every group of players could make for itself, and what that says about
//! sharing the whole.

use std::borrow::Cow;

use coopgame::game::exact::{ExactGame, Rational};
use coopgame::num_traits::ToPrimitive;
use coopgame::{Coalition, Domain as Among, ExplicitGame, nucleolus, properties, values, verify};
use serde::Serialize;
use smallvec::SmallVec;
use thiserror::Error;

use crate::equilibrium::Equilibrium;
use crate::error::SolveError;
use crate::game::{Condition, Decision, Game, Interval, StaticGame};
use crate::player::Player;
use crate::scalar::Scalar;
use crate::solve::Solve;
use crate::structure::{Coalitions, Order, Structure};

/// The most parties of a [`CoalitionGame`]: 1023 coalitions.
pub const MOST_PARTIES: usize = 10;

/// The most parties of a [`PartitionFunction`]: 203 partitions.
pub const MOST_PARTIES_IN_PARTITIONS: usize = 6;

/// A worth or a payoff is equal to another, for verdicts, within this share of the largest worth.
pub const TOLERANCE: f64 = 1e-7;

/// What a coalition expects of those outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Convention {
    /// γ: everybody else stays alone, and all are in equilibrium.
    #[default]
    Gamma,
    /// α: the others do to it the worst that they can, whatever it costs them.
    Alpha,
}

impl Convention {
    /// The name used in files: `gamma`, `alpha`.
    pub fn name(self) -> &'static str {
        match self {
            Convention::Gamma => "gamma",
            Convention::Alpha => "alpha",
        }
    }
}

/// A coalition game cannot be built or solved.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CoalitionError {
    /// Fewer than two parties, or more than can be enumerated.
    #[error("a coalition game of {parties} parties: from 2 to {most} are possible")]
    Parties {
        /// How many there are.
        parties: usize,
        /// How many there may be.
        most: usize,
    },
    /// The game has no equilibrium under one coalition structure, or none that could be found.
    #[error("no equilibrium under the coalition structure {partition}: {source}")]
    Unsolved {
        /// The coalition structure.
        partition: String,
        /// Why.
        #[source]
        source: SolveError,
    },
    /// What a coalition may choose depends on what outsiders choose after it: no worst case is defined.
    #[error(
        "the worst case of {coalition} is not defined: the bounds of its {decision} depend on the others"
    )]
    Interdependent {
        /// The coalition.
        coalition: String,
        /// The decision.
        decision: String,
    },
    /// A table of worths of the wrong length, or a worth that is not finite.
    #[error("{parties} parties need {needed} finite worths, one for each coalition; {given} given")]
    Worths {
        /// How many parties there are.
        parties: usize,
        /// How many finite worths were given.
        given: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The parties have more alone than together: there is no payoff that all accept.
    #[error("no imputation: alone the parties have more than together")]
    NoImputation,
    /// The linear programs behind a solution failed.
    #[error("a linear program of the {solution} could not be solved")]
    Numerical {
        /// Of which solution.
        solution: &'static str,
    },
}

/// Everybody's payoffs under a structure.
pub(crate) type Payoffs<'a, P> = &'a dyn Fn(&Structure<P>) -> Result<Vec<f64>, SolveError>;

/// The worth `v(S)` of every coalition `S` of the parties of a game (von Neumann and Morgenstern's characteristic
/// function), found by solving the game for it.
///
/// The parties are the coalitions of a base structure: single players mostly, one owner of two brands as one. The base
/// also says in which order decisions fall and which are fixed or tied; who decides together is then varied.
///
/// Under the default convention `γ` (Hart and Kurz 1983; Chander and Tulkens 1997), `S` decides together, every other
/// party alone, and `v(S)` is what the members of `S` earn in that equilibrium:
///
/// ```math
/// v_\gamma(S)=\sum_{i\in S}\pi_i\bigl(x^*\{S,\{j\}_{j\notin S}\}\bigr),\qquad
/// v_\alpha(S)=\max_{x_S}\min_{x_{N\setminus S}}\sum_{i\in S}\pi_i(x).
/// ```
///
/// The parties' worths alone are thus their payoffs under the base, and `v(N)` is the largest joint payoff. What those
/// outside earn when `S` forms is **not** their worth: `S` may help or hurt them, and `v(S) + v(N∖S)` may then exceed
/// `v(N)`. [`PartitionFunction`] holds the numbers apart.
///
/// ```
/// use coopad::analysis::CoalitionGame;
/// use coopad::models::{DualBrand, Model};
///
/// let base = DualBrand::structure("rival_owners").unwrap();
/// let game = CoalitionGame::new(&DualBrand::example(), &base)?;
/// assert_eq!(game.parties(), ["manufacturer_1", "manufacturer_2", "retailer"]);
///
/// // Everything is shared.
/// let total = game.worth(&[0, 1, 2]).unwrap();
/// let (shapley, nucleolus) = (game.shapley(), game.nucleolus()?.payoffs);
/// assert!((shapley.iter().sum::<f64>() - total).abs() < 1e-9 * total);
///
/// // A maker and the retailer gain by joining at the other maker's expense: more than the whole can make good.
/// assert!(game.core_is_empty()?);
/// let objection = game.objection(&nucleolus).unwrap();
/// assert!(objection.excess > 0.0 && objection.coalition.contains(&2));
/// # Ok::<(), coopad::analysis::CoalitionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CoalitionGame {
    parties: Vec<String>,
    /// By coalition, party `i` standing for the bit `2^i`.
    table: ExplicitGame,
}

/// A point of the nucleolus, with how far it was certified.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Nucleolus {
    /// What each party gets.
    pub payoffs: Vec<f64>,
    /// Whether it was certified, or computed, in exact rational arithmetic from the worths as they are.
    pub certified: bool,
}

/// The coalition that has most to say against a division of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Objection {
    /// Its parties, by number.
    pub coalition: Vec<usize>,
    /// What it could make for itself beyond what it gets; negative when it is better off.
    pub excess: f64,
}

impl CoalitionGame {
    /// The coalition game of `game` with the parties and the order of moves of `base`, by the convention γ.
    ///
    /// # Errors
    ///
    /// [`CoalitionError::Parties`] for fewer than 2 parties or more than [`MOST_PARTIES`], and
    /// [`CoalitionError::Unsolved`] with the coalition structure that has no equilibrium.
    pub fn new<G: StaticGame>(game: &G, base: &Structure<G::Player>) -> Result<Self, CoalitionError> {
        Self::by(game, base, &plainly(game))
    }

    /// The same by the convention α: what a coalition can make sure of, whatever the others do.
    ///
    /// The members of `S` decide at once and first, the others see it and reply with the worst for `S`. Where nothing
    /// stops them from ruining it (a rival whose advertising takes sales, an input price without an upper bound) there
    /// is no worst case and no worth.
    ///
    /// # Errors
    ///
    /// As [`CoalitionGame::new`]; [`CoalitionError::Unsolved`] with [`SolveError::Unbounded`] or
    /// [`SolveError::NotFinite`] where the threat has no end, [`CoalitionError::Interdependent`] where a coalition's
    /// bounds depend on what outsiders choose later.
    pub fn pessimistic<G: StaticGame>(game: &G, base: &Structure<G::Player>) -> Result<Self, CoalitionError> {
        let parties = Parties::of(game, base, MOST_PARTIES)?;
        parties.tabulate(|coalition| match parties.outside(coalition).as_slice() {
            [] => parties.worth_in(&[coalition.to_vec()], coalition, &plainly(game)),
            others => parties.worst(game, coalition, others),
        })
    }

    /// The same as [`CoalitionGame::new`], with a route to each equilibrium of the caller's.
    pub(crate) fn by<G: StaticGame>(
        game: &G,
        base: &Structure<G::Player>,
        payoffs: Payoffs<'_, G::Player>,
    ) -> Result<Self, CoalitionError> {
        let parties = Parties::of(game, base, MOST_PARTIES)?;
        // The same for all who are alone.
        let apart = parties.payoffs(&parties.apart(), payoffs)?;
        parties.tabulate(|coalition| match coalition {
            [single] => Ok(parties.sum(&[*single], &apart)),
            _ => {
                let mut partition = vec![coalition.to_vec()];
                partition.extend(parties.outside(coalition).into_iter().map(|party| vec![party]));
                parties.worth_in(&partition, coalition, payoffs)
            }
        })
    }

    /// A coalition game from its worths: of `{0}`, `{1}`, `{0, 1}`, `{2}`, `{0, 2}`, …, party `i` counting `2^i`.
    ///
    /// # Errors
    ///
    /// When there are fewer than 2 or more than [`MOST_PARTIES`] parties, or not a finite worth for each of the
    /// `2^n − 1` coalitions.
    pub fn from_worths(
        parties: impl IntoIterator<Item = impl Into<String>>,
        worths: &[f64],
    ) -> Result<Self, CoalitionError> {
        let parties: Vec<String> = parties.into_iter().map(Into::into).collect();
        counted(parties.len(), MOST_PARTIES)?;
        let needed = (1 << parties.len()) - 1;
        let given = worths.iter().filter(|worth| worth.is_finite()).count();
        let wrong = CoalitionError::Worths { parties: parties.len(), given, needed };
        if worths.len() != needed || given != needed {
            return Err(wrong);
        }
        let table = ExplicitGame::from_binary(worths).map_err(|_| wrong)?;
        Ok(CoalitionGame { parties, table })
    }

    /// The names of the parties, in their order.
    pub fn parties(&self) -> &[String] {
        &self.parties
    }

    /// What a coalition of parties, by number, is worth; `None` where a number is beyond them.
    pub fn worth(&self, coalition: &[usize]) -> Option<f64> {
        let set = Coalition::try_from_players(self.parties.len(), coalition).ok()?;
        Some(self.table.value(set))
    }

    /// Every coalition, by numbers of parties, with its worth; smaller coalitions first.
    pub fn worths(&self) -> Vec<(Vec<usize>, f64)> {
        let each = (1..1_u64 << self.parties.len()).map(Coalition);
        let mut all: Vec<(Vec<usize>, f64)> =
            each.map(|set| (set.members().collect(), self.table.value(set))).collect();
        all.sort_by(|(one, _), (two, _)| one.len().cmp(&two.len()).then_with(|| one.cmp(two)));
        all
    }

    /// What each party has alone.
    pub fn alone(&self) -> Vec<f64> {
        self.table.singleton_values()
    }

    /// What all parties together make, `v(N)`.
    pub fn together(&self) -> f64 {
        self.table.value(self.table.grand())
    }

    /// The Shapley (1953) value: every party's marginal contribution to the coalition that it joins, averaged over all
    /// orders of joining. It shares all of `v(N)`; it need not lie in the core.
    pub fn shapley(&self) -> Vec<f64> {
        values::shapley(&self.table)
    }

    /// The nucleolus (Schmeidler 1969): of all divisions of `v(N)` that leave no single party worse off than alone,
    /// the one whose largest excess `v(S) − x(S)` is smallest, then the second largest, and so on. It is unique, and
    /// lies in the core if there is one.
    ///
    /// Found by linear programs and certified in exact rational arithmetic; where near-ties defeat the certificate, it
    /// is computed in rationals for up to 8 parties.
    ///
    /// # Errors
    ///
    /// [`CoalitionError::NoImputation`] when the parties have more alone than together.
    pub fn nucleolus(&self) -> Result<Nucleolus, CoalitionError> {
        let failed = |error: coopgame::Error| match error {
            coopgame::Error::EmptyImputationSet => CoalitionError::NoImputation,
            _ => CoalitionError::Numerical { solution: "nucleolus" },
        };
        let payoffs = nucleolus::nucleolus(&self.table).map_err(failed)?.into_allocation();
        let exactly = |x: &[Rational]| x.iter().filter_map(ToPrimitive::to_f64).collect::<Vec<f64>>();
        if let Ok(report) = verify::certify(&self.table, &payoffs, Among::Imputation)
            && report.satisfied
        {
            return Ok(Nucleolus { payoffs: exactly(&report.allocation), certified: true });
        }
        // Worths that are equal but for rounding: rationals tell them apart, and the nucleolus is continuous in them.
        let exact = (self.parties.len() <= 8)
            .then(|| ExactGame::from_explicit(&self.table))
            .and_then(Result::ok)
            .and_then(|table| nucleolus::exact::nucleolus(&table, Among::Imputation).ok());
        Ok(match exact {
            Some(exact) => Nucleolus { payoffs: exactly(&exact.allocation), certified: true },
            None => Nucleolus { payoffs, certified: false },
        })
    }

    /// The smallest `ε` such that some division of `v(N)` leaves every coalition at most `ε` short of its worth (the
    /// least core of Maschler, Peleg and Shapley 1979). The core is empty where `ε > 0`; where `ε < 0`, it has room.
    ///
    /// # Errors
    ///
    /// [`CoalitionError::Numerical`] when the linear program fails.
    pub fn least_excess(&self) -> Result<f64, CoalitionError> {
        let least = nucleolus::least_core(&self.table, Among::Preimputation);
        Ok(least.map_err(|_| CoalitionError::Numerical { solution: "least core" })?.epsilon())
    }

    /// Whether no division of `v(N)` gives every coalition at least its worth, beyond the [`TOLERANCE`].
    ///
    /// # Errors
    ///
    /// As [`CoalitionGame::least_excess`].
    pub fn core_is_empty(&self) -> Result<bool, CoalitionError> {
        Ok(self.least_excess()? > self.threshold())
    }

    /// Whether these payoffs share `v(N)` such that every coalition gets at least its worth, within the [`TOLERANCE`].
    pub fn in_core(&self, payoffs: &[f64]) -> bool {
        properties::is_in_core(&self.table, payoffs, self.threshold())
    }

    /// The coalition short of its worth by most under these payoffs; `None` where they are not one number a party.
    pub fn objection(&self, payoffs: &[f64]) -> Option<Objection> {
        if payoffs.len() != self.parties.len() {
            return None;
        }
        let excess = |set: &Coalition| self.table.value(*set) - set.sum(payoffs);
        let proper = (1..(1_u64 << self.parties.len()) - 1).map(Coalition);
        let worst = proper.max_by(|one, two| excess(one).total_cmp(&excess(two)))?;
        Some(Objection { coalition: worst.members().collect(), excess: excess(&worst) })
    }

    /// Whether no two disjoint coalitions lose by joining, beyond the [`TOLERANCE`].
    ///
    /// Under γ this may fail: what a party has while all are alone, it need not have after the others joined.
    pub fn is_superadditive(&self) -> bool {
        properties::is_superadditive(&self.table)
    }

    /// Whether a party adds the more to a coalition the larger that is, beyond the [`TOLERANCE`]: then the Shapley value
    /// lies in the core.
    pub fn is_convex(&self) -> bool {
        properties::is_convex(&self.table)
    }

    fn threshold(&self) -> f64 {
        TOLERANCE * self.table.max_abs_value()
    }
}

/// The worth of every coalition in every partition of the parties (Thrall and Lucas 1963): what it earns in the
/// equilibrium in which each coalition of the partition decides together.
///
/// What a coalition is worth depends on how the others are grouped: [`CoalitionGame`] by γ holds, of all these numbers,
/// those in which everybody else is alone.
///
/// ```
/// use coopad::analysis::PartitionFunction;
/// use coopad::models::{DualBrand, Model};
///
/// let base = DualBrand::structure("rival_owners").unwrap();
/// let function = PartitionFunction::new(&DualBrand::example(), &base)?;
/// assert_eq!(function.partitions().len(), 5);
/// // The retailer's worth when the makers are rivals, and when they are one.
/// let rivals = function.worth(&[2], &[vec![0], vec![1], vec![2]]).unwrap();
/// let merged = function.worth(&[2], &[vec![0, 1], vec![2]]).unwrap();
/// assert!(rivals > merged); // each counts only its own sales, and supports more
/// # Ok::<(), coopad::analysis::CoalitionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionFunction {
    parties: Vec<String>,
    partitions: Vec<Partition>,
}

/// One partition of the parties, with what each of its coalitions is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Partition {
    /// The coalitions, by numbers of parties, each in order, by their first parties.
    pub coalitions: Vec<Vec<usize>>,
    /// What each of them is worth.
    pub worths: Vec<f64>,
}

impl PartitionFunction {
    /// The partition function of `game` with the parties and the order of moves of `base`.
    ///
    /// # Errors
    ///
    /// [`CoalitionError::Parties`] for fewer than 2 parties or more than [`MOST_PARTIES_IN_PARTITIONS`], and
    /// [`CoalitionError::Unsolved`] with the partition that has no equilibrium.
    pub fn new<G: StaticGame>(game: &G, base: &Structure<G::Player>) -> Result<Self, CoalitionError> {
        Self::by(game, base, &plainly(game))
    }

    /// The same, with a route to each equilibrium of the caller's.
    pub(crate) fn by<G: StaticGame>(
        game: &G,
        base: &Structure<G::Player>,
        payoffs: Payoffs<'_, G::Player>,
    ) -> Result<Self, CoalitionError> {
        let parties = Parties::of(game, base, MOST_PARTIES_IN_PARTITIONS)?;
        let embed = |coalitions: Vec<Vec<usize>>| {
            let earned = parties.payoffs(&coalitions, payoffs)?;
            let worths = coalitions.iter().map(|coalition| parties.sum(coalition, &earned)).collect();
            Ok(Partition { coalitions, worths })
        };
        let partitions =
            partitions(parties.members.len()).into_iter().map(embed).collect::<Result<_, _>>()?;
        Ok(PartitionFunction { parties: parties.names, partitions })
    }

    /// The names of the parties, in their order.
    pub fn parties(&self) -> &[String] {
        &self.parties
    }

    /// Every partition, from all together to all apart.
    pub fn partitions(&self) -> &[Partition] {
        &self.partitions
    }

    /// What a coalition is worth in a partition that it is part of; orders do not matter.
    pub fn worth(&self, coalition: &[usize], partition: &[Vec<usize>]) -> Option<f64> {
        let sorted = |list: &[usize]| {
            let mut list = list.to_vec();
            list.sort_unstable();
            list
        };
        let mut wanted: Vec<Vec<usize>> = partition.iter().map(|coalition| sorted(coalition)).collect();
        wanted.sort();
        let found = self.partitions.iter().find(|partition| partition.coalitions == wanted)?;
        let at = found.coalitions.iter().position(|members| *members == sorted(coalition))?;
        found.worths.get(at).copied()
    }
}

/// All partitions of `0..count`, each sorted, from one coalition to `count` of them.
fn partitions(count: usize) -> Vec<Vec<Vec<usize>>> {
    let mut all: Vec<Vec<Vec<usize>>> = vec![Vec::new()];
    for party in 0..count {
        let mut grown = Vec::new();
        for partition in all {
            for home in 0..partition.len() {
                let mut joined = partition.clone();
                joined[home].push(party);
                grown.push(joined);
            }
            grown.push([partition, vec![vec![party]]].concat());
        }
        all = grown;
    }
    all.sort_by_key(Vec::len);
    all
}

/// The payoffs under a structure, by whichever route.
fn plainly<G: StaticGame>(game: &G) -> impl Fn(&Structure<G::Player>) -> Result<Vec<f64>, SolveError> {
    |structure| Ok(game.solve(structure)?.payoffs().to_vec())
}

fn counted(parties: usize, most: usize) -> Result<(), CoalitionError> {
    if (2..=most).contains(&parties) { Ok(()) } else { Err(CoalitionError::Parties { parties, most }) }
}

/// The parties of a game under a base structure.
struct Parties<P> {
    base: Structure<P>,
    players: Vec<P>,
    /// The players of each party, by seat.
    members: Vec<Vec<usize>>,
    names: Vec<String>,
}

impl<P: Player> Parties<P> {
    fn of<G: StaticGame<Player = P>>(
        game: &G,
        base: &Structure<P>,
        most: usize,
    ) -> Result<Self, CoalitionError> {
        let players = game.players();
        let coalitions = base.coalitions(&players).map_err(|error| CoalitionError::Unsolved {
            partition: format!("of '{}'", base.name()),
            source: error.into(),
        })?;
        let mut members: Vec<Vec<usize>> = coalitions.into_iter().map(SmallVec::into_vec).collect();
        counted(members.len(), most)?;
        members.sort_by_key(|seats| seats.first().copied());
        let name = |seats: &Vec<usize>| {
            let names: Vec<Cow<'_, str>> = seats.iter().map(|&seat| players[seat].name()).collect();
            names.join(" and ")
        };
        let names = members.iter().map(name).collect();
        Ok(Parties { base: base.clone(), players, members, names })
    }

    fn apart(&self) -> Vec<Vec<usize>> {
        (0..self.members.len()).map(|party| vec![party]).collect()
    }

    fn outside(&self, coalition: &[usize]) -> Vec<usize> {
        (0..self.members.len()).filter(|party| !coalition.contains(party)).collect()
    }

    /// The players of a coalition of parties, by seat.
    fn seats(&self, coalition: &[usize]) -> Vec<usize> {
        coalition.iter().flat_map(|&party| self.members[party].iter().copied()).collect()
    }

    /// The base structure with this partition of its parties.
    fn structure(&self, partition: &[Vec<usize>]) -> Structure<P> {
        let mut structure = self.base.clone().named(self.words(partition));
        if partition.len() == 1 {
            // All decide together: the order of their moves does not matter.
            (structure.order, structure.coalitions) = (Order::Simultaneous, Coalitions::Grand);
            return structure;
        }
        let group = |coalition: &Vec<usize>| -> Vec<P> {
            self.seats(coalition).into_iter().map(|seat| self.players[seat]).collect()
        };
        let groups = partition.iter().map(group).filter(|group| group.len() > 1);
        structure.coalitions = Coalitions::Groups(groups.collect());
        structure
    }

    /// A partition in words: `{manufacturer, retailer_1} {retailer_2}`.
    fn words(&self, partition: &[Vec<usize>]) -> String {
        let set = |coalition: &Vec<usize>| {
            let names: Vec<&str> = coalition.iter().map(|&party| self.names[party].as_str()).collect();
            format!("{{{}}}", names.join(", "))
        };
        partition.iter().map(set).collect::<Vec<_>>().join(" ")
    }

    fn payoffs(&self, partition: &[Vec<usize>], payoffs: Payoffs<'_, P>) -> Result<Vec<f64>, CoalitionError> {
        payoffs(&self.structure(partition))
            .map_err(|source| CoalitionError::Unsolved { partition: self.words(partition), source })
    }

    /// What a coalition of parties earns.
    fn sum(&self, coalition: &[usize], payoffs: &[f64]) -> f64 {
        self.seats(coalition).into_iter().map(|seat| payoffs[seat]).sum()
    }

    fn worth_in(
        &self,
        partition: &[Vec<usize>],
        coalition: &[usize],
        payoffs: Payoffs<'_, P>,
    ) -> Result<f64, CoalitionError> {
        Ok(self.sum(coalition, &self.payoffs(partition, payoffs)?))
    }

    /// The coalition game in which a coalition's worth is this.
    fn tabulate(
        &self,
        worth: impl Fn(&[usize]) -> Result<f64, CoalitionError>,
    ) -> Result<CoalitionGame, CoalitionError> {
        let coalitions = (1..1_u64 << self.members.len()).map(Coalition);
        let worths = coalitions.map(|set| worth(&set.members().collect::<Vec<_>>()));
        CoalitionGame::from_worths(self.names.clone(), &worths.collect::<Result<Vec<f64>, _>>()?)
    }

    /// What a coalition can make sure of against `others`.
    fn worst<G: StaticGame<Player = P>>(
        &self,
        game: &G,
        coalition: &[usize],
        others: &[usize],
    ) -> Result<f64, CoalitionError> {
        let partition = [coalition.to_vec(), others.to_vec()];
        let (ours, theirs) = (self.seats(coalition), self.seats(others));
        let threat = Threat { game, ours, theirs };
        let decisions = game.decisions();
        let is_ours =
            |decision: usize| threat.ours.iter().any(|&seat| self.players[seat] == decisions[decision].owner);
        let (first, second): (Vec<usize>, Vec<usize>) = (0..decisions.len()).partition(|&d| is_ours(d));

        // A choice that others can shrink after it was made is none.
        let typical: Vec<f64> = decisions.iter().map(|d| d.typical.unwrap_or(d.neutral)).collect();
        let mut moved = typical.clone();
        second.iter().for_each(|&d| moved[d] = 0.5 * typical[d] + 0.25);
        for &decision in &first {
            if game.bounds(decision, &typical) != game.bounds(decision, &moved) {
                return Err(CoalitionError::Interdependent {
                    coalition: self.words(&partition[..1]),
                    decision: decisions[decision].name.clone().into_owned(),
                });
            }
        }
        let mut structure = self.structure(&partition);
        structure.order = Order::Stages(vec![first, second]);
        let solution = threat.solve_numerically(&structure).map_err(|source| CoalitionError::Unsolved {
            partition: format!("{} against the worst from the others", self.words(&partition[..1])),
            source,
        })?;
        Ok(self.sum(coalition, solution.payoffs()))
    }
}

/// A game in which outsiders want nothing but to hurt a coalition.
struct Threat<'a, G> {
    game: &'a G,
    ours: Vec<usize>,
    theirs: Vec<usize>,
}

impl<G: StaticGame> Game for Threat<'_, G> {
    type Player = G::Player;

    fn players(&self) -> Vec<G::Player> {
        self.game.players()
    }
    fn decisions(&self) -> Vec<Decision<G::Player>> {
        self.game.decisions()
    }
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.game.bounds(decision, x)
    }
}

impl<G: StaticGame> StaticGame for Threat<'_, G> {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.game.payoffs(x, out);
        let zero = T::constant(0.0);
        let earned = self.ours.iter().fold(zero, |sum, &seat| sum + out[seat]);
        self.theirs.iter().for_each(|&seat| out[seat] = zero);
        if let Some(&seat) = self.theirs.first() {
            out[seat] = -earned;
        }
    }
    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        self.game.conditions(x)
    }
}
