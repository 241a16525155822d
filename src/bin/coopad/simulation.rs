//! Paths for people.

use std::fmt::Write;

use coopad::scenario::{Ran, Scenario, ScenarioError, Series, Simulated, Spread, Trace};

use crate::numbers::{brief, number, table, text};
use crate::tables::heading;
use crate::{Method, complain_about};

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Job {
    /// The scenario file (TOML)
    file: PathBuf,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How to find equilibria of the moment; `auto` takes the formula where there is one
    #[arg(long, value_enum, default_value_t)]
    method: Method,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A table for people
    #[default]
    Table,
    /// JSON for programs
    Json,
    /// Comma-separated values, a line a structure and time
    Csv,
}

/// What is printed, and whether a structure has no result.
pub(crate) fn run(job: &Job) -> Result<(String, bool), ScenarioError> {
    let found = Scenario::read(&job.file)?.simulate(job.method.into())?;
    let text = match job.format {
        Format::Table => for_people(&found),
        Format::Json => found.to_json(),
        Format::Csv => {
            // There is no place for them among the values.
            for (structure, error) in failures(&found) {
                complain_about(&format!("{structure}: no result: {error}"));
            }
            found.to_csv()
        }
    };
    Ok((text, found.failed()))
}

fn failures(found: &Simulated) -> impl Iterator<Item = (&'static str, &str)> {
    found.results.iter().filter_map(|course| match &course.ran {
        Ran::Failed { error } => Some((course.structure, error.message.as_str())),
        _ => None,
    })
}

fn for_people(found: &Simulated) -> String {
    let mut out = heading(found.model, found.title.as_deref());
    let mut legend = None;
    for course in &found.results {
        match &course.ran {
            Ran::Path(trace) => {
                let _ = writeln!(out, "\n{}:", course.structure);
                out.push_str(&path(trace));
                legend.get_or_insert_with(|| {
                    let named = trace.states.iter().chain(&trace.decisions);
                    words(named) + ". Earned: discounted payoffs to date."
                });
            }
            Ran::Bands(spread) => {
                let _ = writeln!(out, "\n{}:", course.structure);
                out.push_str(&bands(spread));
                legend.get_or_insert_with(|| words(spread.mean.iter()) + ".");
            }
            Ran::Failed { error } => {
                let _ = writeln!(out, "\n{}: no result: {}", course.structure, error.message);
            }
        }
    }
    if let Some(legend) = legend {
        let _ = writeln!(out, "\n{legend}");
    }
    out
}

fn words<'a>(series: impl Iterator<Item = &'a Series>) -> String {
    let each: Vec<String> = series.map(|s| format!("{} {} [{}]", s.symbol, s.name, s.unit)).collect();
    each.join(", ")
}

fn path(trace: &Trace) -> String {
    let all: Vec<&Series> = trace.states.iter().chain(&trace.decisions).chain(&trace.payoffs).collect();
    let mut header = vec!["time".to_owned()];
    let earned = trace.payoffs.iter().map(|series| format!("earned by\n{}", series.name));
    header.extend(
        trace.states.iter().chain(&trace.decisions).map(|series| series.symbol.clone()).chain(earned),
    );
    lines(header, &trace.times, &all)
}

fn bands(spread: &Spread) -> String {
    let mut header = vec!["time".to_owned()];
    let mut all: Vec<&Series> = Vec::new();
    for (at, mean) in spread.mean.iter().enumerate() {
        header.push(format!("{}\nmean", mean.symbol));
        all.push(mean);
        for quantile in &spread.quantiles {
            if let Some(series) = quantile.states.get(at) {
                header.push(format!("\n{} %", number(100.0 * quantile.level)));
                all.push(series);
            }
        }
    }
    let mut out = lines(header, &spread.times, &all);
    for (player, payoff) in &spread.payoffs {
        let _ = writeln!(
            out,
            "{player} earns {} (standard error {}) over this time, discounted.",
            number(payoff.mean),
            number(payoff.standard_error)
        );
    }
    let cut = if spread.clipped > 0.0 {
        format!("; {} of the steps were cut off at the end of a range", brief(spread.clipped))
    } else {
        String::new()
    };
    let _ = writeln!(
        out,
        "{} paths in steps of {} ({}), seed {}{cut}.",
        spread.paths,
        number(spread.step),
        spread.scheme,
        spread.seed
    );
    out
}

/// Four significant digits are enough to see where a path goes.
fn lines(header: Vec<String>, times: &[f64], all: &[&Series]) -> String {
    let mut lines = table(header);
    for (at, time) in times.iter().enumerate() {
        let mut cells = vec![short(*time)];
        cells.extend(all.iter().map(|series| series.values.get(at).map_or_else(String::new, |v| short(*v))));
        lines.add_row(cells);
    }
    text(lines, true) + "\n"
}

fn short(value: f64) -> String {
    crate::numbers::digits(value, 4)
}
