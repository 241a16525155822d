//! What results of games over time add to those of a game of one moment, as data.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Against, Failure, Quantity, by_name};

/// What an equilibrium over time has beyond its decisions and payoffs at the initial state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OutcomeOverTime {
    /// What the players know of the state while they play: `feedback` or `open_loop`.
    pub information: &'static str,
    /// Where the game starts: the state of the decisions and payoffs beside this.
    #[serde(serialize_with = "by_name")]
    pub initial_state: Vec<Quantity>,
    /// Who moves first, at every moment or with all of its course; empty where all move at once.
    pub leaders: Vec<String>,
    /// Who decides together: every player is in one of these.
    pub coalitions: Vec<Vec<String>>,
    /// What everybody's future is worth as a function of the state, one entry a player; empty where nobody sees it.
    #[serde(serialize_with = "by_player")]
    pub value_functions: Vec<(String, PlayerValue)>,
    /// The range of each state on which they were found: what the scenario asks for, else the model's own or, where they are
    /// not resolved there, a part of it that the course from the initial state does not leave. Empty where there are none.
    #[serde(serialize_with = "ends_by_state")]
    pub region: Vec<(String, [f64; 2])>,
    /// Where the states rest, stable points first.
    pub steady_states: Rests,
    /// The states that the scenario asks for.
    pub at: Vec<Reported>,
    /// When the game ends; `null` for one that does not. Decisions and values are then those of the first day.
    pub horizon: Option<f64>,
    /// How long a stage lasts, where decisions fall at the beginning of stages; `null` where they move at every moment.
    pub stage: Option<f64>,
    /// What open-loop equilibria add; `null` for others.
    pub plan: Option<Plan>,
    /// What searching for somebody who would gain by deviating found; `null` for a game that ends, for open-loop
    /// equilibria, and for a game of more than three states or twelve decisions, where it would take minutes.
    pub evidence: Option<Evidence>,
}

/// What everybody has committed to, in an open-loop equilibrium.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// What a unit more of each state is worth to each player at the start, by player and state.
    #[serde(serialize_with = "by_state")]
    pub costates: Vec<(String, Vec<Quantity>)>,
    /// The state at the end; where there is none, where it comes to rest.
    #[serde(serialize_with = "by_name")]
    pub final_state: Vec<Quantity>,
    /// Whether planning afresh later on would change nothing.
    pub time_consistent: bool,
    /// Whether each player's course is known to be the best of all (`concave`) or of those close by (`local`), is not
    /// (`fails`), or cannot be judged (`undecided`; `leads` for one whose course others reply to).
    #[serde(serialize_with = "by_word")]
    pub second_order: Vec<(String, &'static str)>,
}

/// Evidence for a feedback equilibrium, by routes other than the solver's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Evidence {
    /// Nobody was found to gain.
    #[non_exhaustive]
    Found {
        /// How many states were looked at.
        states: usize,
        /// The largest gain found in the game of any of these moments, in payoff a unit of time.
        regret: f64,
        /// The gain that the search's own rounding can feign.
        resolution: f64,
        /// The largest difference of what the policies are worth by themselves from the value functions, as a share of
        /// the values; `null` where the grid would be too large or states grow out of it.
        evaluation: Option<f64>,
        /// The same of what paths earn; `null` where noise matters.
        discrepancy: Option<f64>,
        /// The most that any coalition gains by another course over time.
        gain: Option<f64>,
    },
    /// A search could not be made.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// What a player's future is worth as a function of the state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PlayerValue {
    /// `V(s) = constant + slopes·s + ½ s·curvature·s`, at all states.
    #[non_exhaustive]
    Quadratic {
        /// The value at state zero.
        constant: f64,
        /// The slopes at state zero, by state.
        #[serde(serialize_with = "by_name")]
        slopes: Vec<Quantity>,
        /// The second derivatives, by state and state.
        #[serde(serialize_with = "by_state")]
        curvature: Vec<(String, Vec<Quantity>)>,
    },
    /// A polynomial in each state, on the region.
    #[non_exhaustive]
    Polynomial {
        /// Its degree in each state.
        degree: usize,
        /// Its values at the initial state and at the states that the scenario asks for.
        values: Vec<f64>,
    },
}

/// The steady states of an equilibrium, or why they cannot be told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Rests {
    /// All that were found.
    Found(Vec<Rest>),
    /// At one of them the game of the moment has no solution.
    Failed {
        /// Why.
        error: Failure,
    },
}

impl Rests {
    /// The first stable one.
    pub fn stable(&self) -> Option<&Rest> {
        match self {
            Rests::Found(all) => all.iter().find(|rest| rest.stable),
            Rests::Failed { .. } => None,
        }
    }
}

/// A point at which the states rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Rest {
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// What everybody decides there.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
    /// What the future is worth there, to each player.
    #[serde(serialize_with = "by_name")]
    pub values: Vec<Quantity>,
    /// Whether the state returns there after a small departure.
    pub stable: bool,
    /// The eigenvalues of the closed loop, real and imaginary parts, a unit of time; the slowest first.
    pub eigenvalues: Vec<[f64; 2]>,
}

/// A state that the scenario asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reported {
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// What happens there, or why that cannot be told.
    #[serde(flatten)]
    pub seen: Seen,
}

/// Decisions and values at a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Seen {
    /// They are known.
    Known {
        /// What everybody decides.
        #[serde(serialize_with = "by_name")]
        decisions: Vec<Quantity>,
        /// What the future is worth to each player.
        #[serde(serialize_with = "by_name")]
        values: Vec<Quantity>,
    },
    /// They are not.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// What changes from another structure, state by state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AgainstOverTime {
    /// The other structure.
    pub baseline: &'static str,
    /// What changes, or why that cannot be told.
    #[serde(flatten)]
    pub held: Held,
}

/// What came of holding one feedback equilibrium against another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Held {
    /// What changes.
    Compared(Box<StateByState>),
    /// They cannot be compared.
    Failed {
        /// Why.
        error: Failure,
    },
}

/// The changes at the states that matter, and where everybody gains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StateByState {
    /// At the initial state, where either equilibrium rests, at the centre and the corners of the region.
    pub at: Vec<ChangeAt>,
    /// In the long run, each equilibrium at its own steady state; `null` where one has none that is stable.
    pub at_rest: Option<LongRun>,
    /// Over the region.
    pub region: WhereAllGain,
}

/// What changes at one state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangeAt {
    /// Which state: `initial`, `baseline_at_rest`, `at_rest`, `centre`, `corner`.
    pub place: &'static str,
    /// The state.
    #[serde(serialize_with = "by_name")]
    pub state: Vec<Quantity>,
    /// The change; payoffs are the values from there on.
    #[serde(flatten)]
    pub against: Against,
}

/// What changes in the long run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LongRun {
    /// The change of every state.
    #[serde(serialize_with = "by_name")]
    pub states: Vec<Quantity>,
    /// The change of every decision.
    #[serde(serialize_with = "by_name")]
    pub decisions: Vec<Quantity>,
}

/// Where in the region everybody gains, on a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WhereAllGain {
    /// The ends of the region, by state.
    #[serde(serialize_with = "ends_by_state")]
    pub ends: Vec<(String, [f64; 2])>,
    /// How many states were looked at.
    pub states: usize,
    /// At how many of them value is created.
    pub creating: usize,
    /// The share of them at which everybody gains.
    pub share: f64,
    /// Each player's smallest gain over them.
    #[serde(serialize_with = "by_name")]
    pub least_gains: Vec<Quantity>,
    /// The states at which everybody gains, entries in the order of `ends`.
    pub everybody_gains: Vec<Vec<f64>>,
}

fn by_player<S: Serializer>(values: &[(String, PlayerValue)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(player, value)| (player, value)))
}

fn by_word<S: Serializer>(words: &[(String, &'static str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(words.iter().map(|(player, word)| (player, word)))
}

fn ends_by_state<S: Serializer>(ends: &[(String, [f64; 2])], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(ends.iter().map(|(state, ends)| (state, ends)))
}

fn by_state<S: Serializer>(rows: &[(String, Vec<Quantity>)], serializer: S) -> Result<S::Ok, S::Error> {
    /// A row of a matrix.
    #[derive(Serialize)]
    struct OneRow<'a>(#[serde(serialize_with = "by_name")] &'a [Quantity]);
    let mut map = serializer.serialize_map(Some(rows.len()))?;
    for (state, row) in rows {
        map.serialize_entry(state, &OneRow(row))?;
    }
    map.end()
}
