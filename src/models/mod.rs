//! The models: one file each, with its parameters, payoffs, closed forms, claims and source.

pub mod alliance;
pub mod dual_brand;
mod firms;
pub mod huang_li;
pub mod jeuland_shugan;
pub mod kunter;
pub mod weng;

use std::fmt;

pub use alliance::{Partner, PlatformAlliance};
pub use dual_brand::{Brands, DualBrand};
pub use firms::{Channel, Network};
pub use huang_li::HuangLi;
pub use jeuland_shugan::JeulandShugan;
pub use kunter::Kunter;
pub use weng::Weng;

use crate::claim::Claim;
use crate::error::ParameterError;
use crate::game::Parametric;
use crate::structure::Structure;

/// The values that a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The smallest value.
    pub lower: f64,
    /// Whether the smallest value itself is allowed.
    pub closed: bool,
    /// The words for it.
    pub words: &'static str,
}

impl Range {
    /// Above zero.
    pub const POSITIVE: Range = Range { lower: 0.0, closed: false, words: "a positive number" };
    /// Zero or above.
    pub const NON_NEGATIVE: Range = Range { lower: 0.0, closed: true, words: "zero or a positive number" };
    /// Any finite number.
    pub const FINITE: Range = Range { lower: f64::NEG_INFINITY, closed: false, words: "a finite number" };

    /// Whether `value` is finite and in the range.
    pub fn contains(self, value: f64) -> bool {
        value.is_finite() && (value > self.lower || (self.closed && value == self.lower))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
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
    /// How many numbers it holds: 1, or one a brand.
    pub entries: usize,
    /// The value when it is left out; `None` when it must be given.
    pub default: Option<f64>,
    /// The form of the model that it belongs to; empty when there is only one.
    pub form: &'static str,
}

impl Parameter {
    /// A single required number.
    pub const fn new(name: &'static str, symbol: &'static str, unit: &'static str, range: Range) -> Self {
        Parameter { name, symbol, unit, range, entries: 1, default: None, form: "" }
    }

    /// One number for each of `entries` brands.
    #[must_use]
    pub const fn each(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
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
                let parameter =
                    if self.entries == 1 { self.name.to_owned() } else { format!("{}[{}]", self.name, at) };
                let allowed = self.range.words.to_owned();
                Err(ParameterError::OutOfRange { parameter, value: values[at], allowed })
            }
        }
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
            "cooperative" => &["centralized", "joint", "integrated"],
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
pub trait Model: Parametric + Sized {
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
    let all = M::parameters().iter().zip(model.values());
    let each = |(parameter, values): (&Parameter, Vec<f64>)| -> Vec<(String, f64)> {
        let one = values.len() == 1 && parameter.entries == 1;
        let name = |at: usize| {
            if one { parameter.name.to_owned() } else { format!("{}[{at}]", parameter.name) }
        };
        values.into_iter().enumerate().map(|(at, value)| (name(at), value)).collect()
    };
    all.flat_map(each).collect()
}

/// A list of single numbers as [`Model::values`] has them.
pub(crate) fn singles(list: &[f64]) -> Vec<Vec<f64>> {
    list.iter().map(|&value| vec![value]).collect()
}

/// The model, if all of its values are in range.
pub(crate) fn checked<M: Model>(model: M) -> Result<M, ParameterError> {
    M::parameters()
        .iter()
        .zip(model.values())
        .try_for_each(|(parameter, values)| parameter.check(&values))?;
    Ok(model)
}

/// Every parameter's values, defaults filled in and checked; `values` has one entry a parameter.
pub(crate) fn required(
    parameters: &[Parameter],
    values: &[Vec<f64>],
) -> Result<Vec<Vec<f64>>, ParameterError> {
    let nothing = Vec::new();
    let filled = parameters.iter().enumerate().map(|(at, parameter)| {
        let given = values.get(at).unwrap_or(&nothing);
        let filled = match (given.len(), parameter.default) {
            (0, Some(default)) => vec![default; parameter.entries],
            // One number for all brands.
            (1, _) => vec![given[0]; parameter.entries],
            (n, _) if n == parameter.entries => given.clone(),
            (n, _) => {
                return Err(ParameterError::WrongLength {
                    parameter: parameter.name.to_owned(),
                    given: n,
                    needed: parameter.entries,
                });
            }
        };
        parameter.check(&filled)?;
        Ok(filled)
    });
    filled.collect()
}
