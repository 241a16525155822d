//! The models: one file each, with its parameters, payoffs, closed forms, claims and source.

pub mod alliance;
pub mod aust_buscher;
pub mod berger;
pub mod berger_percentage;
pub mod dant_berger;
pub mod dual_brand;
mod firms;
pub mod huang_li;
pub mod jeuland_shugan;
pub mod karray_zaccour;
pub mod kunter;
mod peak;
pub mod price_and_advertising;
pub mod seyed_esfahani;
pub mod szmerekovsky_zhang;
pub mod wang;
pub mod weng;
pub mod xie_neyret;
pub mod xie_wei;
pub mod yue;
pub mod zhang_xie;

use std::fmt;

pub use alliance::{Partner, PlatformAlliance};
pub use aust_buscher::AustBuscher;
pub use berger::{BergerLogarithm, BergerSquareRoot};
pub use berger_percentage::BergerPercentage;
pub use dant_berger::{DantBerger, Franchise};
pub use dual_brand::{Brands, DualBrand};
pub use firms::{Channel, Network};
pub use huang_li::HuangLi;
pub use jeuland_shugan::JeulandShugan;
pub use karray_zaccour::{KarrayZaccour, KarrayZaccourAdditive};
pub use kunter::Kunter;
pub use seyed_esfahani::SeyedEsfahani;
pub use szmerekovsky_zhang::SzmerekovskyZhang;
pub use wang::Wang;
pub use weng::Weng;
pub use xie_neyret::XieNeyret;
pub use xie_wei::XieWei;
pub use yue::Yue;
pub use zhang_xie::ZhangXie;

use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::Game;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The values that a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The smallest value.
    pub lower: f64,
    /// Whether the smallest value itself is allowed.
    pub closed: bool,
    /// All values are below this one.
    pub below: f64,
    /// The words for it.
    pub words: &'static str,
}

impl Range {
    /// Above zero.
    pub const POSITIVE: Range =
        Range { lower: 0.0, closed: false, below: f64::INFINITY, words: "a positive number" };
    /// Zero or above.
    pub const NON_NEGATIVE: Range =
        Range { lower: 0.0, closed: true, below: f64::INFINITY, words: "zero or a positive number" };
    /// Any finite number.
    pub const FINITE: Range =
        Range { lower: f64::NEG_INFINITY, closed: false, below: f64::INFINITY, words: "a finite number" };
    /// Above one.
    pub const ABOVE_ONE: Range =
        Range { lower: 1.0, closed: false, below: f64::INFINITY, words: "a number above 1" };
    /// Above zero and below one.
    pub const FRACTION: Range =
        Range { lower: 0.0, closed: false, below: 1.0, words: "a number between 0 and 1, both excluded" };

    /// Whether `value` is finite and in the range.
    pub fn contains(self, value: f64) -> bool {
        let above = value > self.lower || (self.closed && value == self.lower);
        value.is_finite() && above && value < self.below
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }
}

/// How many numbers a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// One.
    One,
    /// One for each of so many brands or firms.
    Each(usize),
    /// One for each retailer, as many as there are.
    List,
    /// One for each pair of firms, row by row: the square of the number of entries of every list.
    Square,
    /// One: how many entries every list has. May be left out where a list tells it.
    Length,
}

impl Entries {
    /// The most retailers that a single number may call for; lists that are written out may be longer.
    pub const LONGEST: usize = 10_000;

    /// How many numbers, where that does not depend on the others' values.
    pub fn count(self) -> Option<usize> {
        match self {
            Entries::One | Entries::Length => Some(1),
            Entries::Each(count) => Some(count),
            Entries::List | Entries::Square => None,
        }
    }

    /// Whether several numbers are meant, so that each is named by its place.
    fn indexed(self) -> bool {
        matches!(self, Entries::List | Entries::Square) || self.count() > Some(1)
    }
}

/// One parameter of a model: how it is called, measured and limited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// The key in scenario files, in words: `manufacturer_margin`.
    pub name: &'static str,
    /// The letter in formulas and reference files: `rho_m`.
    pub symbol: &'static str,
    /// What it is measured in.
    pub unit: &'static str,
    /// What is allowed.
    pub range: Range,
    /// How many numbers it holds.
    pub entries: Entries,
    /// The value when it is left out; `None` when it must be given.
    pub default: Option<f64>,
    /// The form of the model that it belongs to; empty when there is only one.
    pub form: &'static str,
}

impl Parameter {
    /// A single required number.
    pub const fn new(name: &'static str, symbol: &'static str, unit: &'static str, range: Range) -> Self {
        Parameter { name, symbol, unit, range, entries: Entries::One, default: None, form: "" }
    }

    /// One number for each of `entries` brands.
    #[must_use]
    pub const fn each(mut self, entries: usize) -> Self {
        self.entries = Entries::Each(entries);
        self
    }

    /// One number for each retailer, as many as there are. One number alone stands for all of them.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.entries = Entries::List;
        self
    }

    /// One number for each pair of firms, row by row. One number alone stands for all of them.
    #[must_use]
    pub const fn square(mut self) -> Self {
        self.entries = Entries::Square;
        self
    }

    /// How many entries the model's lists have.
    #[must_use]
    pub const fn length(mut self) -> Self {
        self.entries = Entries::Length;
        self
    }

    /// Whether it must be given.
    pub fn required(&self) -> bool {
        self.default.is_none() && self.entries != Entries::Length
    }

    /// May be left out.
    #[must_use]
    pub const fn or(mut self, default: f64) -> Self {
        self.default = Some(default);
        self
    }

    /// Belongs to one form of the model.
    #[must_use]
    pub const fn of(mut self, form: &'static str) -> Self {
        self.form = form;
        self
    }

    /// Checks the numbers given for this parameter.
    ///
    /// # Errors
    ///
    /// When one of them is out of range or not finite.
    pub fn check(&self, values: &[f64]) -> Result<(), ParameterError> {
        match values.iter().position(|v| !self.range.contains(*v)) {
            None => Ok(()),
            Some(at) => {
                let parameter = self.entry(at);
                let allowed = self.range.words.to_owned();
                Err(ParameterError::OutOfRange { parameter, value: values[at], allowed })
            }
        }
    }

    /// The name of number `at` of this parameter: `base_sales[0]`.
    fn entry(&self, at: usize) -> String {
        if self.entries.indexed() { format!("{}[{at}]", self.name) } else { self.name.to_owned() }
    }
}

/// A structure that a model's paper studies, under the name used in scenario files.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheme<P> {
    /// The name in scenario files: `manufacturer_leads`.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// The rules.
    pub structure: Structure<P>,
    /// Other names that the literature gives it, understood in scenario files.
    pub aliases: &'static [&'static str],
}

impl<P: crate::Player> Scheme<P> {
    /// A structure under a name; the usual four of a channel also answer to their names in the literature.
    pub fn new(name: &'static str, meaning: &'static str, structure: Structure<P>) -> Self {
        let aliases: &[&str] = match name {
            "manufacturer_leads" => &["stackelberg_manufacturer", "stackelberg"],
            "retailer_leads" => &["stackelberg_retailer"],
            "simultaneous" => &["nash"],
            "cooperative" => &["centralized", "joint", "integrated", "coordinated"],
            _ => &[],
        };
        Scheme { name, meaning, structure: structure.named(name), aliases }
    }

    /// Other names that the literature gives it.
    #[must_use]
    pub fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// A number that follows from everybody's decisions: sales, a retail price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// The name in results: `retail_price`.
    pub name: &'static str,
    /// The letter in formulas: `p`.
    pub symbol: &'static str,
    /// What it is measured in.
    pub unit: &'static str,
    /// The number.
    pub value: f64,
}

impl Measure {
    /// A number under a name.
    pub fn new(name: &'static str, symbol: &'static str, unit: &'static str, value: f64) -> Self {
        Measure { name, symbol, unit, value }
    }
}

/// A game of the literature: named, sourced, with its structures and claims.
pub trait Model: Game + Sized {
    /// The name in scenario files.
    const NAME: &'static str;
    /// Other names that scenario files may use.
    const ALIASES: &'static [&'static str] = &[];
    /// The model in a sentence.
    const TITLE: &'static str;
    /// Authors, year, DOI.
    const SOURCE: &'static str;
    /// How far the equations could be checked against the source.
    const PROVENANCE: &'static str;

    /// The parameters, in the order of [`Model::values`].
    fn parameters() -> &'static [Parameter];
    /// The model at these values, one entry a parameter; an empty entry stands for the default or, where a model
    /// has several forms, for a parameter of another form.
    ///
    /// # Errors
    ///
    /// When a value is missing, out of range or does not fit the others.
    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError>;
    /// The values of all parameters; empty for those of another form.
    fn values(&self) -> Vec<Vec<f64>>;
    /// The structures that the model's literature studies.
    fn structures() -> Vec<Scheme<Self::Player>>;
    /// The propositions about it.
    fn claims() -> &'static [Claim];
    /// A worked example.
    fn example() -> Self;

    /// What else is worth knowing at the profile `x`: sales, prices that are no decisions.
    fn measures(&self, x: &[f64]) -> Vec<Measure> {
        let _ = x;
        Vec::new()
    }

    /// The structures for this very game, where they depend on how many players it has. By default those of
    /// [`Model::structures`].
    fn schemes(&self) -> Vec<Scheme<Self::Player>> {
        Self::structures()
    }

    /// The structure of that name for this very game.
    fn scheme(&self, name: &str) -> Option<Structure<Self::Player>> {
        let known = |scheme: &Scheme<Self::Player>| scheme.name == name || scheme.aliases.contains(&name);
        self.schemes().into_iter().find(known).map(|scheme| scheme.structure)
    }

    /// The structure of that name, or of that name in the literature.
    fn structure(name: &str) -> Option<Structure<Self::Player>> {
        let known = |scheme: &Scheme<Self::Player>| scheme.name == name || scheme.aliases.contains(&name);
        Self::structures().into_iter().find(known).map(|scheme| scheme.structure)
    }

    /// The name of a structure with these rules, whatever it is called.
    fn recognise(structure: &Structure<Self::Player>) -> Option<&'static str> {
        let same = |scheme: &Scheme<Self::Player>| scheme.structure.same_rules(structure);
        Self::structures().into_iter().find(same).map(|scheme| scheme.name)
    }
}

/// The parameters that a model has values for, each number with its name.
pub(crate) fn named<M: Model>(model: &M) -> Vec<(String, f64)> {
    names(M::parameters(), model.values())
}

fn names(parameters: &[Parameter], values: Vec<Vec<f64>>) -> Vec<(String, f64)> {
    let mut all = Vec::with_capacity(values.len());
    for (parameter, values) in parameters.iter().zip(values) {
        for (at, value) in values.into_iter().enumerate() {
            all.push((parameter.entry(at), value));
        }
    }
    all
}

/// The neutral value of a decision of a game in which a wholesale price is neutral at production `cost`.
pub(crate) fn neutral_at<G: Game, T: Scalar>(game: &G, decision: usize, wholesale: usize, cost: T) -> T {
    let declared = || game.decisions().get(decision).map_or(0.0, |d| d.neutral);
    if decision == wholesale { cost } else { T::constant(declared()) }
}

/// A list of single numbers as [`Model::values`] has them.
pub(crate) fn singles(list: &[f64]) -> Vec<Vec<f64>> {
    list.iter().map(|&value| vec![value]).collect()
}

/// The model, if all of its values are in range.
pub(crate) fn checked<M: Model>(model: M) -> Result<M, ParameterError> {
    in_range(M::parameters(), &model.values())?;
    Ok(model)
}

fn in_range(parameters: &[Parameter], values: &[Vec<f64>]) -> Result<(), ParameterError> {
    parameters.iter().zip(values).try_for_each(|(parameter, values)| parameter.check(values))
}

/// Every parameter's values, defaults filled in and checked; `values` has one entry a parameter.
pub(crate) fn required(
    parameters: &[Parameter],
    values: &[Vec<f64>],
) -> Result<Vec<Vec<f64>>, ParameterError> {
    let nothing = Vec::new();
    let given = |at: usize| values.get(at).unwrap_or(&nothing);
    let length = list_length(parameters, given)?;
    let filled = parameters.iter().enumerate().map(|(at, parameter)| {
        let given = given(at);
        let needed = match parameter.entries {
            Entries::Square => length * length,
            entries => entries.count().unwrap_or(length),
        };
        let filled = match (given.len(), parameter.default) {
            (0, _) if parameter.entries == Entries::Length => Vec::new(),
            (0, Some(default)) => vec![default; needed],
            // One number for all.
            (1, _) => vec![given[0]; needed],
            (n, _) if n == needed => given.clone(),
            (n, _) => {
                return Err(ParameterError::WrongLength {
                    parameter: parameter.name.to_owned(),
                    given: n,
                    needed,
                });
            }
        };
        parameter.check(&filled)?;
        Ok(filled)
    });
    filled.collect()
}

/// How many entries every list has: what the [`Entries::Length`] parameter says, or else the longest list.
fn list_length<'v>(
    parameters: &[Parameter],
    given: impl Fn(usize) -> &'v Vec<f64>,
) -> Result<usize, ParameterError> {
    let of = |entries: Entries| parameters.iter().enumerate().filter(move |(_, p)| p.entries == entries);
    let longest = of(Entries::List).map(|(at, _)| given(at).len()).max().unwrap_or(0).max(1);
    let told =
        of(Entries::Length).find_map(|(at, parameter)| given(at).first().map(|told| (parameter, *told)));
    match told {
        None => Ok(longest),
        Some((_, told)) if told == longest as f64 => Ok(longest),
        Some((_, told)) if told.fract() == 0.0 && told >= 1.0 && told <= Entries::LONGEST as f64 => {
            Ok(told as usize)
        }
        Some((parameter, value)) => Err(ParameterError::OutOfRange {
            parameter: parameter.name.to_owned(),
            value,
            allowed: format!("a whole number from 1 to {}", Entries::LONGEST),
        }),
    }
}
