//! What coalitions are worth, for people: worths, divisions, and a reading of the core.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use coopad::scenario::{Coalitions, Divided, Division, Quantity, Scenario, ScenarioError};

use crate::numbers::{number, signed, table, text};
use crate::{Format, Method, tables};

#[derive(Args)]
pub(crate) struct Job {
    /// The scenario file (TOML)
    file: PathBuf,
    /// The structure whose decision-makers are the parties and whose order of moves is kept; the scenario's baseline
    /// if left out
    #[arg(long)]
    structure: Option<String>,
    /// What a coalition expects of the others
    #[arg(long, value_enum, default_value_t)]
    convention: Convention,
    /// List the worths in every partition of the parties, too
    #[arg(long)]
    partitions: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How to find equilibria; `auto` takes the closed form where there is one
    #[arg(long, value_enum, default_value_t)]
    method: Method,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Convention {
    /// Each of them stays alone, and all are in equilibrium
    #[default]
    Gamma,
    /// They do to it the worst that they can
    Alpha,
}

impl From<Convention> for coopad::analysis::Convention {
    fn from(convention: Convention) -> Self {
        match convention {
            Convention::Gamma => coopad::analysis::Convention::Gamma,
            Convention::Alpha => coopad::analysis::Convention::Alpha,
        }
    }
}

/// What is printed, and whether there is no result.
pub(crate) fn run(job: &Job) -> Result<(String, bool), ScenarioError> {
    let scenario = Scenario::read(&job.file)?;
    let convention = job.convention.into();
    let found =
        scenario.coalitions(job.structure.as_deref(), convention, job.partitions, job.method.into())?;
    let text = match job.format {
        Format::Table => for_people(&found),
        Format::Json => found.to_json(),
    };
    Ok((text, found.failed()))
}

fn for_people(found: &Coalitions) -> String {
    let mut out = tables::heading(found.model, found.title.as_deref());
    let _ = writeln!(out, "Coalitions around {}, convention {}:", found.base, found.convention);
    match &found.result {
        Divided::Solved(division) => out.push_str(&solved(division)),
        Divided::Failed { error } => {
            let _ = writeln!(out, "no result: {}", error.message);
        }
    }
    out
}

fn solved(division: &Division) -> String {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut worths = table(words(&["coalition", "worth [money]"]));
    for each in &division.worths {
        worths.add_row([each.coalition.join(" + "), number(each.worth)]);
    }
    let mut out = text(worths, true) + "\n\n";

    let mut shares = table(words(&["party", "alone", "Shapley value", "gain", "nucleolus", "gain"]));
    let values = |list: &[Quantity]| list.iter().map(|quantity| quantity.value).collect::<Vec<_>>();
    let lists = [&division.alone, &division.shapley, &division.nucleolus].map(|list| values(list));
    for (at, party) in division.parties.iter().enumerate() {
        let [alone, shapley, nucleolus] = [0, 1, 2].map(|list: usize| lists[list][at]);
        shares.add_row([
            party.clone(),
            number(alone),
            number(shapley),
            signed(shapley - alone),
            number(nucleolus),
            signed(nucleolus - alone),
        ]);
    }
    out.push_str(&text(shares, true));
    out.push_str("\n\n");

    for partition in division.partitions.iter().flatten() {
        let each = partition.iter().map(|w| format!("{} {}", w.coalition.join(" + "), number(w.worth)));
        let _ = writeln!(out, "partition: {}", each.collect::<Vec<_>>().join(" | "));
    }
    let least = number(division.least_excess);
    let core = if division.core_empty {
        format!("The core is empty: under any division some coalition is short by {least} or more.")
    } else {
        let inside = if division.shapley_in_core { "lies" } else { "does not lie" };
        format!("The core is not empty (least excess {least}); the Shapley value {inside} in it.")
    };
    let joining = if division.superadditive { "no coalition loses" } else { "some coalitions lose" };
    let _ = writeln!(
        out,
        "Cooperation creates {} over being alone; {joining} by joining.",
        number(division.created)
    );
    let _ = writeln!(out, "{core}");
    if !division.nucleolus_certified {
        let _ = writeln!(out, "The nucleolus is numerical: no exact certificate was found.");
    }
    out
}
