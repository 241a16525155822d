//! How the equilibria of a scenario move with its parameters, as data: each type is the JSON that it serialises to.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Route;
use super::at_once::solve;
use super::output::{Failure, by_parameter, to_json};
use super::registry::Playable;
use crate::analysis::sensitivity::values_around;
use crate::analysis::{ComparativeStatics, Response, Sensitivities, Sided, Sign, Signs, sensitivities};
use crate::models::{Entries, Parameter};
use crate::solve::Solve;

/// The parameter sets over which signs are seen.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Sample {
    /// Every parameter lies between its value over `spread` and its value times `spread`.
    pub spread: f64,
    /// How many sets are drawn; those that the model does not allow are left out.
    pub draws: usize,
}

impl Sample {
    /// The largest spread.
    pub const WIDEST: f64 = 100.0;
    /// The most draws.
    pub const MOST: usize = 10_000;

    /// A sample; `None` unless `1 < spread ≤ WIDEST` and `1 ≤ draws ≤ MOST`.
    pub fn new(spread: f64, draws: usize) -> Option<Self> {
        let fits = spread > 1.0 && spread <= Self::WIDEST && (1..=Self::MOST).contains(&draws);
        fits.then_some(Sample { spread, draws })
    }
}

/// 64 sets between half and twice the scenario's parameters.
impl Default for Sample {
    fn default() -> Self {
        Sample { spread: 2.0, draws: 64 }
    }
}

/// How the equilibria of a scenario move with its parameters.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Differentiated {
    /// The model's name.
    pub model: &'static str,
    /// The scenario's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The parameters, defaults filled in.
    #[serde(serialize_with = "by_parameter")]
    pub parameters: Vec<(&'static str, Vec<f64>)>,
    /// The letters of all parameters, in the order of the derivatives.
    #[serde(skip)]
    pub symbols: Vec<String>,
    /// The sample behind `signs_around`.
    pub sample: Sample,
    /// One entry a structure.
    pub results: Vec<Moving>,
}

impl Differentiated {
    /// The result as JSON.
    pub fn to_json(&self) -> String {
        to_json(self)
    }

    /// Whether a structure has no result, or there is none at all: the program then ends with exit code 1.
    pub fn failed(&self) -> bool {
        let failed = |moving: &Moving| matches!(moving.moved, Moved::Failed { .. });
        self.results.is_empty() || self.results.iter().any(failed)
    }
}

/// One structure of a scenario.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Moving {
    /// The structure's name.
    pub structure: &'static str,
    /// How its equilibrium moves, or why that cannot be said.
    #[serde(flatten)]
    pub moved: Moved,
}

/// What came of differentiating one structure's equilibrium.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Moved {
    /// Derivatives and signs.
    Differentiated(Box<Movements>),
    /// There is no equilibrium, or it has no derivatives.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// Derivatives and signs of one equilibrium.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Movements {
    /// The derivatives.
    pub here: Sensitivities,
    /// Their signs.
    pub signs: ComparativeStatics,
    /// Their signs over the sample, and here.
    pub around: ComparativeStatics,
}

/// `{ "derivatives": T, "elasticities": T, "signs": T, "signs_around": T, … }`, where a table `T` is
/// `{ "decisions": { decision: { parameter: cell } }, "payoffs": { player: { parameter: cell } }, "total": { parameter: cell } }`.
impl Serialize for Movements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<&str> = self.here.parameters.iter().map(|entry| entry.name.as_str()).collect();
        let slopes = |row: &Response| row.to.iter().map(|s| Cell::Number(Some(s.slope))).collect();
        let elasticities = |row: &Response| row.to.iter().map(|s| Cell::Number(s.elasticity)).collect();
        let signs = |row: &Signs| row.to.iter().map(|sign| Cell::Sign(*sign)).collect();
        let numbers = |cells: &dyn Fn(&Response) -> Vec<Cell>| {
            let Sensitivities { decisions, payoffs, total, .. } = &self.here;
            let row = |row: &Response| (row.name.clone(), Row::new(&names, cells(row)));
            Table::new(decisions.iter().map(row), payoffs.iter().map(row), Row::new(&names, cells(total)))
        };
        let signed = |table: &ComparativeStatics| {
            let row = |row: &Signs| (row.name.clone(), Row::new(&names, signs(row)));
            let total = Row::new(&names, signs(&table.total));
            Table::new(table.decisions.iter().map(row), table.payoffs.iter().map(row), total)
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("smooth", &self.here.smooth())?;
        map.serialize_entry("derivatives", &numbers(&slopes))?;
        map.serialize_entry("elasticities", &numbers(&elasticities))?;
        map.serialize_entry("signs", &signed(&self.signs))?;
        map.serialize_entry("signs_around", &signed(&self.around))?;
        map.serialize_entry("games", &self.around.games)?;
        map.serialize_entry("left_out", &self.around.left_out)?;
        map.serialize_entry("left_out_because", &self.around.left_out_because)?;
        map.end()
    }
}

/// A cell of a table: a number, `{ "left": …, "right": … }` at a corner, `null` where there is none, or a sign.
enum Cell {
    Number(Option<Sided>),
    Sign(Sign),
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Number(None) => serializer.serialize_none(),
            Cell::Number(Some(sided)) => match sided.value() {
                Some(value) => serializer.serialize_f64(value),
                None => sided.serialize(serializer),
            },
            Cell::Sign(sign) => sign.serialize(serializer),
        }
    }
}

/// One cell a parameter, by name.
struct Row(Vec<(String, Cell)>);

impl Row {
    fn new(names: &[&str], cells: Vec<Cell>) -> Self {
        Row(names.iter().map(|name| (*name).to_owned()).zip(cells).collect())
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, cell)| (name, cell)))
    }
}

/// Rows by name.
struct Rows(Vec<(String, Row)>);

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, row)| (name, row)))
    }
}

#[derive(serde::Serialize)]
struct Table {
    decisions: Rows,
    payoffs: Rows,
    total: Row,
}

impl Table {
    fn new(
        decisions: impl Iterator<Item = (String, Row)>,
        payoffs: impl Iterator<Item = (String, Row)>,
        total: Row,
    ) -> Self {
        Table { decisions: Rows(decisions.collect()), payoffs: Rows(payoffs.collect()), total }
    }
}

/// How much work is spent on one structure's sample: some seconds. Sixty-four draws of twenty decisions and sixty parameters
/// take a tenth of that; of a hundred retailers each draw would take seconds.
const MOST_WORK: usize = 20_000_000;

/// Every structure asked for, solved and differentiated.
pub(super) fn differentiate(
    playable: &Playable,
    structures: &[&'static str],
    route: Route,
    sample: Sample,
) -> Vec<Moving> {
    let game = &playable.game;
    let (count, given) = (game.decisions.len(), game.parameters.len());
    // A system of all decisions is solved for each decision and each parameter.
    let work = count.pow(2).saturating_mul(count + given).max(1);
    let draws = sample.draws.min(MOST_WORK / work);
    let drawn: Vec<Playable> = values_around(&playable.values, sample.spread, draws)
        .filter_map(|values| playable.known.at(&values).ok())
        .collect();
    let moving = |name: &&'static str| {
        let structure = playable.structure(name)?;
        let here = solve(game, structure, route).and_then(|solution| sensitivities(game, &solution));
        let moved = match here {
            Ok(here) => {
                let signs = here.signs();
                // The scenario's own game is one of those seen.
                let mut around = signs.clone();
                for Playable { game: other, .. } in &drawn {
                    match other.solve(structure).and_then(|solution| sensitivities(other, &solution)) {
                        Ok(seen) => around.merge(&seen.signs()),
                        Err(error) => around.leave_out(error.kind(), 1),
                    }
                }
                around.leave_out("budget", sample.draws - draws);
                Moved::Differentiated(Box::new(Movements { here, signs, around }))
            }
            Err(error) => Moved::Failed { error: Failure::from(&error) },
        };
        Some(Moving { structure: name, moved })
    };
    structures.iter().filter_map(moving).collect()
}

/// The letters of all parameters that the model has values for: `rho_m`, `beta[0]`.
pub(super) fn symbols(playable: &Playable) -> Vec<String> {
    let each = |(parameter, values): (&Parameter, &Vec<f64>)| {
        let symbol = |at: usize| match parameter.entries {
            Entries::One | Entries::Length => parameter.symbol.to_owned(),
            _ => format!("{}[{at}]", parameter.symbol),
        };
        (0..values.len()).map(symbol).collect::<Vec<_>>()
    };
    (playable.known.parameters)().iter().zip(&playable.values).flat_map(each).collect()
}
