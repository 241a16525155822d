//! Scenario files: a model, its parameters and the structures to solve, in TOML; results as data or JSON.
//!
//! ```toml
//! model = "huang_li"                       # platform_alliance | dual_brand | huang_li
//! title = "A worked example"               # optional
//! structures = ["manufacturer_leads", "simultaneous", "cooperative"] # optional: all of the model's
//! baseline = "simultaneous"                # optional: the first structure
//!
//! [parameters]                             # names and ranges: `coopad models`
//! saturation = 1000.0
//! shortfall = 400
//! local_exponent = 0.6
//! national_exponent = 0.4
//! manufacturer_margin = 20
//! retailer_margin = 8
//!
//! [bargaining]                             # optional
//! status_quo = "simultaneous"              # what holds without an agreement
//! power = 0.5                              # the first party's bargaining power
//! exponents = [0.8, 0.5]                   # of power utilities, with
//! powers = [0.4, 0.6]                      # the parties' powers
//! aversion = [1.5, 0.5]                    # absolute risk aversion
//! rules = ["kalai_smorodinsky"]            # bargaining rules to report: nash, kalai_smorodinsky, egalitarian
//! limits = [0, 1]                          # of the rate (or of the first party's share), for these rules
//! ```
//!
//! A game over time (`channel_pricing`, say) takes two more tables, both optional:
//!
//! ```toml
//! [time]
//! information = "feedback"                 # feedback | open_loop; if left out, as the model is known for
//! states = [{ national_goodwill = 2.0 }]   # where decisions and values are reported, too; the rest as at the start
//! region = { national_goodwill = [0, 40] } # where value functions are sought and compared
//! tolerance = 1e-10                        # of the Hamilton-Jacobi-Bellman system, as a share of the payoffs
//! evaluations = 500000                     # games of the moment that a search may solve before it ends without a result
//! points = 5                               # along each state, at which comparisons look for who gains
//! horizon = 10                             # if left out, the model's own last day or, without one, never
//! # stage = 0.5                            # instead of a horizon: decisions fall at the beginning of stages
//!
//! [simulate]
//! horizon = 40                             # if left out, until what comes later counts a twentieth
//! points = 21                              # times of output
//! paths = 1000                             # these only where there is noise
//! seed = 1
//! step = 0.01
//! scheme = "milstein"                      # euler | milstein
//! quantiles = [0.05, 0.5, 0.95]
//! ```
//!
//! A parameter that holds one number for each of two brands is an array of two, or one number for both. Anything
//! that is not as it should be is a [`ScenarioError`]: one line with file, line, key, value and what is allowed.
//!
//! Results are verified: each carries its regret, the largest gain found for anybody who deviates. Where one firm
//! owns several players (both makers of the dual-brand game, except under `rival_owners`), payoffs hold an entry
//! with the firm's name beside those of its players; totals count each player once.
//!
//! ```
//! use coopad::scenario::{Route, Scenario};
//!
//! let scenario = Scenario::parse("channel.toml", r#"
//!     model = "huang_li"
//!     structures = ["manufacturer_leads"]
//!     [parameters]
//!     saturation = 1000.0
//!     shortfall = 400
//!     local_exponent = 0.6
//!     national_exponent = 0.4
//!     manufacturer_margin = 20
//!     retailer_margin = 8
//! "#)?;
//! let json = scenario.solve(Route::Auto).to_json();
//! assert!(json.contains(r#""participation_rate": 0.47368421"#)); // 9/19
//!
//! let error = Scenario::parse("channel.toml", "model = \"huang_lee\"").unwrap_err();
//! assert!(error.to_string().ends_with("did you mean huang_li?"));
//! # Ok::<(), coopad::scenario::ScenarioError>(())
//! ```

mod at_once;
mod bargaining;
mod catalogue;
#[cfg(feature = "coalitions")]
mod coalitions;
mod document;
mod error;
mod output;
mod over_time;
mod parse;
mod registry;
mod sensitivity;
mod simulation;
mod time;

use std::io::Read;
use std::path::Path;

pub use catalogue::{
    Catalogue, ClaimCard, DecisionCard, MeasureCard, ModelCard, ParameterCard, StructureCard,
};
#[cfg(feature = "coalitions")]
pub use coalitions::{Coalitions, Divided, Division, Worth};
pub use error::ScenarioError;
pub use output::over_time::{
    AgainstOverTime, ChangeAt, Evidence, Held, LongRun, OutcomeOverTime, Plan, PlayerValue, Reported, Rest,
    Rests, Seen, StateByState, WhereAllGain,
};
pub use output::{
    Against, Agreement, Bargained, Bargains, Compared, Differences, Failure, NashPayoffs, Outcome,
    PartyChange, Played, Quantity, Row, Solved, Split,
};
pub use sensitivity::{Differentiated, Moved, Movements, Moving, Sample};
pub use simulation::{Course, Level, Ran, Series, Simulated, Spread, Trace};

use bargaining::Terms;
use registry::{Playable, Request};
use time::{Simulate, Time};

/// The longest scenario file that is read, in bytes.
pub const LONGEST_FILE: u64 = 1 << 20;

/// By which route equilibria are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// The closed form where there is one, the engine elsewhere.
    #[default]
    Auto,
    /// The closed form only.
    ClosedForm,
    /// The engine only.
    Engine,
}

/// A model with its parameters and the structures to solve. See the [module](self).
#[derive(Debug)]
pub struct Scenario {
    title: Option<String>,
    model: Playable,
    structures: Vec<&'static str>,
    baseline: &'static str,
    terms: Terms,
    time: Time,
    simulation: Simulate,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or as [`Scenario::parse`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let file = error::on_one_line(&path.display().to_string());
        if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
            let reason = "is a table of data (.csv); a scenario is a TOML file that names a model".to_owned();
            return Err(ScenarioError::Unreadable { file: file.into(), reason });
        }
        let text =
            read(path).map_err(|reason| ScenarioError::Unreadable { file: file.as_str().into(), reason })?;
        Self::parse(&file, &text)
    }

    /// A scenario from its text; `file` is what errors call it.
    ///
    /// # Errors
    ///
    /// A [`ScenarioError`] that says where the text is not as it should be.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        parse::scenario(file, text)
    }

    /// The name of the model.
    pub fn model(&self) -> &'static str {
        self.model.known.name
    }

    /// The structures, in the order in which they are solved.
    pub fn structures(&self) -> &[&'static str] {
        &self.structures
    }

    /// The structure that the others are held against.
    pub fn baseline(&self) -> &'static str {
        self.baseline
    }

    /// Solves every structure and verifies every solution.
    pub fn solve(&self, route: Route) -> Solved {
        Solved {
            model: self.model(),
            title: self.title.clone(),
            parameters: self.model.parameters(),
            results: self.play(route, None),
        }
    }

    /// Solves every structure, verifies every solution, and holds each against the baseline.
    pub fn compare(&self, route: Route) -> Compared {
        Compared {
            model: self.model(),
            title: self.title.clone(),
            parameters: self.model.parameters(),
            baseline: self.baseline,
            structures: self.play(route, Some(self.baseline)),
        }
    }

    /// Solves every structure and differentiates every solution in all parameters; signs are also seen over a sample of
    /// parameter sets around the scenario's.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::OtherKind`] when the model is a game over time.
    pub fn differentiate(&self, route: Route, sample: Sample) -> Result<Differentiated, ScenarioError> {
        let game = self.at_once("sensitivities")?;
        Ok(Differentiated {
            model: self.model(),
            title: self.title.clone(),
            parameters: self.model.parameters(),
            symbols: sensitivity::symbols(game),
            sample,
            results: sensitivity::differentiate(game, &self.structures, route, sample),
        })
    }

    /// The model as a game of one moment, which this command is for.
    fn at_once(&self, command: &'static str) -> Result<&Playable, ScenarioError> {
        let (kind, model) = ("games of one moment", self.model());
        if self.model.lasts() {
            Err(ScenarioError::OtherKind { command, kind, model })
        } else {
            Ok(&self.model)
        }
    }

    /// A structure of the model, by its name or one in the literature.
    #[cfg(feature = "coalitions")]
    fn structure_named(&self, name: &str) -> Result<&'static str, ScenarioError> {
        let model = self.model.known;
        let (known, aliases) = ((model.structures)(), (model.structure_aliases)());
        let alias = aliases.iter().find(|(alias, _)| *alias == name).map(|(_, name)| *name);
        known.iter().copied().find(|known| *known == name).or(alias).ok_or_else(|| {
            ScenarioError::NoSuchStructure {
                structure: error::shown(name),
                model: self.model(),
                allowed: known.join(", "),
                suggestion: error::nearest(name, known.iter().copied()),
            }
        })
    }

    fn play(&self, route: Route, baseline: Option<&'static str>) -> Vec<Row> {
        self.model.play(&Request {
            structures: &self.structures,
            baseline,
            route,
            terms: self.terms,
            time: &self.time,
        })
    }
}

/// The text of a file that is not too long; otherwise why it cannot be had.
fn read(path: &Path) -> Result<String, String> {
    let because = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "this is a directory, not a file".to_owned(),
        _ => error::on_one_line(&format!("cannot be read: {error}")),
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(because)?;
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(because)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(format!("is longer than the {LONGEST_FILE} bytes allowed for a scenario file"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("is not a text file: no UTF-8 at byte {at}")
    })
}

impl Solved {
    /// The result as JSON.
    pub fn to_json(&self) -> String {
        output::to_json(self)
    }
}

impl Compared {
    /// The result as JSON.
    pub fn to_json(&self) -> String {
        output::to_json(self)
    }
}
