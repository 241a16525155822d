//! A game as data: what every solver plays, whatever the game's own type.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::StructureError;
use crate::formula::{Formula, FormulaError, Names, Term};
use crate::game::{Condition, ConditionKind, Decision, Game, Interval, StaticGame};
use crate::player::Player;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// A player of a [`Recorded`] game: a seat under a name.
///
/// Names are kept for as long as the program runs, each once, so that a player stays a small value that can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seat {
    number: usize,
    name: &'static str,
}

impl Seat {
    /// The player at this place among the game's players, counted from 0.
    pub fn new(number: usize, name: &str) -> Self {
        Seat { number, name: kept(name) }
    }

    /// Its place among the game's players.
    pub fn number(self) -> usize {
        self.number
    }
}

/// A name that stays.
fn kept(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let new: &'static str = Box::leak(name.into());
    names.insert(new);
    new
}

impl Player for Seat {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }
}

/// A game as data: its players and decisions by name, its formulas [recorded](crate::formula).
///
/// [`StaticGame::record`](crate::StaticGame::record) gives it. It is a game itself, not generic, and can be cloned, sent to
/// another thread, stored and read again; games of all kinds stand side by side in one list.
///
/// ```
/// use coopad::models::{Channel, HuangLi, Model, PlatformAlliance};
/// use coopad::prelude::*;
///
/// let games = [HuangLi::example().record()?, PlatformAlliance::example().record()?];
/// for game in &games {
///     let leader = game.players()[0];
///     let found = game.solve(&Structure::leader(leader))?;
///     assert!(found.payoff(leader) > 0.0);
/// }
///
/// // Stored and read again, it is the same game.
/// let stored = serde_json::to_string(&games[0])?;
/// assert_eq!(serde_json::from_str::<coopad::Recorded>(&stored)?, games[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A formula that needs numerics inside (a root found by iteration) cannot be recorded: a closed form of that kind stays
/// with the game's own type, and the recorded game is solved by the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub(crate) players: Arc<[Seat]>,
    pub(crate) decisions: Arc<[Decision<Seat>]>,
    /// The parameters, each with its value.
    pub(crate) parameters: Arc<[(String, f64)]>,
    pub(crate) formulas: Arc<Formulas>,
}

/// A game's formulas. The inputs of each are the parameters, then, but for neutral values, the decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Formulas {
    /// Everybody's payoff.
    pub(crate) payoffs: Formula,
    /// The lower end of every decision's range and its upper end, the first decision's first.
    pub(crate) bounds: Formula,
    /// What must not be negative; the outputs are named by the quantities.
    pub(crate) conditions: Formula,
    pub(crate) kinds: Vec<ConditionKind>,
    /// Every decision's neutral value.
    pub(crate) neutral: Formula,
}

/// The parameters' values alone.
pub(crate) fn values(parameters: &[(String, f64)]) -> Vec<f64> {
    parameters.iter().map(|(_, value)| *value).collect()
}

/// The seats of a game's own players.
pub(crate) fn seats<P: Player>(players: &[P]) -> Arc<[Seat]> {
    players.iter().enumerate().map(|(number, player)| Seat::new(number, &player.name())).collect()
}

/// A game's own decisions, their players by seat.
pub(crate) fn seated<P: Player>(
    decisions: Vec<Decision<P>>,
    players: &[P],
    seats: &[Seat],
) -> Result<Vec<Decision<Seat>>, StructureError> {
    let seat = |player: &P| {
        let at = players.iter().position(|other| other == player);
        at.map(|at| seats[at]).ok_or_else(|| StructureError::NoSuchPlayer { player: player.name().into_owned() })
    };
    decisions.into_iter().map(|decision| decision.with_players(seat)).collect()
}

/// The same rules for seats.
pub(crate) fn by_seat<P: Player>(
    structure: &Structure<P>,
    players: &[P],
    seats: &[Seat],
) -> Result<Structure<Seat>, StructureError> {
    structure.with_players(|player| {
        let at = players.iter().position(|other| other == player);
        at.map(|at| seats[at]).ok_or_else(|| StructureError::NoSuchPlayer { player: player.name().into_owned() })
    })
}

impl Recorded {
    /// Records a game, its arguments as inputs.
    pub(crate) fn of<G: StaticGame + ?Sized>(game: &G) -> Result<Self, RecordError> {
        let players = game.players();
        let seats = seats(&players);
        let decisions = seated(game.decisions(), &players, &seats)?;
        let parameters = game.arguments();
        let names = |all: &mut dyn Iterator<Item = &str>| all.map(|name| Cow::Owned(name.to_owned())).collect();
        let given: Names = names(&mut parameters.iter().map(|(name, _)| &**name));
        let own = decisions.iter().map(|decision| &*decision.name);
        let all: Names = names(&mut parameters.iter().map(|(name, _)| &**name).chain(own));
        let count = parameters.len();
        let payoffs = Formula::record_named(all.clone(), |x| {
            let mut out = vec![Term::constant(0.0); players.len()];
            game.payoffs_at(&x[..count], &x[count..], &mut out);
            out
        })?;
        let bounds = Formula::record_named(all.clone(), |x| {
            let ends = |decision| {
                let Interval { lower, upper } = game.bounds_at(&x[..count], decision, &x[count..]);
                [lower, upper]
            };
            (0..decisions.len()).flat_map(ends).collect()
        })?;
        let (mut kinds, mut quantities) = (Vec::new(), Vec::new());
        let conditions = Formula::record_named(all, |x| {
            let all = game.conditions_at(&x[..count], &x[count..]).into_iter();
            let each = all.map(|Condition { quantity, value, kind }| {
                kinds.push(kind);
                quantities.push(quantity);
                value
            });
            each.collect()
        })?;
        let neutral = Formula::record_named(given, |p| {
            (0..decisions.len()).map(|decision| game.neutral_at(p, decision)).collect()
        })?;
        let formulas = Formulas {
            payoffs: payoffs.named(seats.iter().map(|seat| seat.name)),
            bounds,
            conditions: conditions.named(quantities),
            kinds,
            neutral,
        };
        Ok(Recorded {
            players: seats,
            decisions: decisions.into(),
            parameters: parameters.into(),
            formulas: Arc::new(formulas),
        })
    }

    /// Everybody's payoff, a formula of the [parameters](Game::arguments) and then the decisions.
    pub fn payoff_formula(&self) -> &Formula {
        &self.formulas.payoffs
    }

    /// The lower and the upper end of each decision's range, the first decision's first: a formula of the parameters and
    /// then the decisions.
    pub fn bound_formula(&self) -> &Formula {
        &self.formulas.bounds
    }

    /// The quantities that must not be negative: a formula of the parameters and then the decisions.
    pub fn condition_formula(&self) -> &Formula {
        &self.formulas.conditions
    }

    /// The same game at other values of its parameters.
    ///
    /// # Errors
    ///
    /// [`FormulaError::Count`] where there are not as many as the game has.
    pub fn at(&self, values: &[f64]) -> Result<Self, FormulaError> {
        let (given, needed) = (values.len(), self.parameters.len());
        if given != needed {
            return Err(FormulaError::Count { what: "parameters", given, needed });
        }
        let named = self.parameters.iter().zip(values);
        let parameters = named.map(|((name, _), value)| (name.clone(), *value)).collect();
        Ok(Recorded { parameters, ..self.clone() })
    }

    /// Fills in what depends on parameters and decisions, at the parameters' own values.
    fn fill<T: Scalar>(&self, formula: &Formula, x: &[T], out: &mut [T]) {
        let all: Vec<T> =
            self.parameters.iter().map(|(_, value)| T::constant(*value)).chain(x.iter().copied()).collect();
        fill_safely(formula, &all, out);
    }
}

/// Runs a formula where the numbers may not fit, since callers of a game's own methods may hand in anything: then nothing is
/// a number.
fn fill_safely<T: Scalar>(formula: &Formula, x: &[T], out: &mut [T]) {
    if formula.run_into(x, out).is_err() {
        out.fill(T::constant(f64::NAN));
    }
}

impl Game for Recorded {
    type Player = Seat;

    fn players(&self) -> Vec<Seat> {
        self.players.to_vec()
    }

    fn decisions(&self) -> Vec<Decision<Seat>> {
        self.decisions.to_vec()
    }

    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        let mut ends = vec![T::constant(f64::NAN); 2 * self.decisions.len()];
        self.fill(&self.formulas.bounds, x, &mut ends);
        match ends.get(2 * decision..2 * decision + 2) {
            Some(&[lower, upper]) => Interval { lower, upper },
            _ => Interval { lower: T::constant(f64::NAN), upper: T::constant(f64::NAN) },
        }
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        self.parameters.to_vec()
    }
}

impl StaticGame for Recorded {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.fill(&self.formulas.payoffs, x, out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        fill_safely(&self.formulas.payoffs, &[p, x].concat(), out);
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        let mut ends = vec![T::constant(f64::NAN); 2 * self.decisions.len()];
        fill_safely(&self.formulas.bounds, &[p, x].concat(), &mut ends);
        match ends.get(2 * decision..2 * decision + 2) {
            Some(&[lower, upper]) => Interval { lower, upper },
            _ => Interval { lower: T::constant(f64::NAN), upper: T::constant(f64::NAN) },
        }
    }

    fn conditions<T: Scalar>(&self, x: &[T]) -> Vec<Condition<T>> {
        let mut values = vec![T::constant(f64::NAN); self.formulas.kinds.len()];
        self.fill(&self.formulas.conditions, x, &mut values);
        self.named(values)
    }

    fn conditions_at<T: Scalar>(&self, p: &[T], x: &[T]) -> Vec<Condition<T>> {
        let mut values = vec![T::constant(f64::NAN); self.formulas.kinds.len()];
        fill_safely(&self.formulas.conditions, &[p, x].concat(), &mut values);
        self.named(values)
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], decision: usize) -> T {
        let mut all = vec![T::constant(f64::NAN); self.decisions.len()];
        fill_safely(&self.formulas.neutral, p, &mut all);
        all.get(decision).copied().unwrap_or(T::constant(f64::NAN))
    }

    fn record(&self) -> Result<Recorded, RecordError> {
        Ok(self.clone())
    }
}

impl Recorded {
    fn named<T>(&self, values: Vec<T>) -> Vec<Condition<T>> {
        let quantity = |at| Cow::Owned(self.formulas.conditions.output(at).into_owned());
        let each = values.into_iter().zip(&self.formulas.kinds).enumerate();
        each.map(|(at, (value, kind))| Condition { quantity: quantity(at), value, kind: *kind }).collect()
    }
}

/// Why a game could not be recorded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// One of its formulas could not.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// A decision belongs to somebody who is not in the game.
    #[error(transparent)]
    Structure(#[from] StructureError),
    /// What was read does not fit together.
    #[error("the stored game does not fit together: {problem}")]
    Damaged {
        /// What does not fit.
        problem: String,
    },
    /// A stored game of a version that is not known here.
    #[error("the stored game has version {version}; this library reads version {known}")]
    Version {
        /// Its version.
        version: u32,
        /// The version that is read.
        known: u32,
    },
}

/// The version of stored games that is written, and the only one so far.
const VERSION: u32 = 1;

/// A game as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    players: Vec<String>,
    decisions: Vec<StoredDecision>,
    parameters: Vec<(String, f64)>,
    formulas: Formulas,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDecision {
    name: String,
    symbol: String,
    owner: usize,
    counterparty: Option<usize>,
    unit: String,
    neutral: f64,
    typical: Option<f64>,
    chosen: bool,
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let decision = |d: &Decision<Seat>| StoredDecision {
            name: d.name.to_string(),
            symbol: d.symbol.to_string(),
            owner: d.owner.number,
            counterparty: d.counterparty.map(Seat::number),
            unit: d.unit.to_string(),
            neutral: d.neutral,
            typical: d.typical,
            chosen: d.chosen,
        };
        let stored = Stored {
            version: VERSION,
            players: self.players.iter().map(|seat| seat.name.to_owned()).collect(),
            decisions: self.decisions.iter().map(decision).collect(),
            parameters: self.parameters.to_vec(),
            formulas: Formulas::clone(&self.formulas),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Recorded::try_from(Stored::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl TryFrom<Stored> for Recorded {
    type Error = RecordError;

    fn try_from(stored: Stored) -> Result<Self, RecordError> {
        let Stored { version, players, decisions, parameters, formulas } = stored;
        if version != VERSION {
            return Err(RecordError::Version { version, known: VERSION });
        }
        let damaged = |problem: &str| RecordError::Damaged { problem: problem.to_owned() };
        let all = parameters.len() + decisions.len();
        let fits = |formula: &Formula, inputs: usize, outputs: usize, what: &str| {
            let fit = formula.inputs().len() == inputs && formula.outputs() == outputs;
            if fit { Ok(()) } else { Err(damaged(&format!("inputs or outputs of the {what}"))) }
        };
        fits(&formulas.payoffs, all, players.len(), "payoffs")?;
        fits(&formulas.bounds, all, 2 * decisions.len(), "bounds")?;
        fits(&formulas.conditions, all, formulas.kinds.len(), "conditions")?;
        fits(&formulas.neutral, parameters.len(), decisions.len(), "neutral values")?;
        let seats: Arc<[Seat]> = players.iter().enumerate().map(|(at, name)| Seat::new(at, name)).collect();
        let seat = |at: usize| seats.get(at).copied().ok_or_else(|| damaged("a decision's player"));
        let decision = |d: StoredDecision| {
            Ok(Decision {
                name: d.name.into(),
                symbol: d.symbol.into(),
                owner: seat(d.owner)?,
                counterparty: d.counterparty.map(seat).transpose()?,
                unit: d.unit.into(),
                neutral: d.neutral,
                typical: d.typical,
                chosen: d.chosen,
            })
        };
        let decisions = decisions.into_iter().map(decision).collect::<Result<Vec<_>, RecordError>>()?;
        Ok(Recorded {
            decisions: decisions.into(),
            parameters: parameters.into(),
            formulas: Arc::new(formulas),
            players: seats,
        })
    }
}
