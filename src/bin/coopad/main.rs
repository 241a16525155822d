//! The `coopad` program: who should pay for whose advertising, and who gains.

mod cards;
mod coalitions;
mod movements;
mod numbers;
mod over_time;
mod progress;
mod simulation;
mod tables;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coopad::scenario::{Catalogue, Route, Sample, Scenario, ScenarioError};

use progress::with_progress;

/// Co-op advertising games: who should pay for whose advertising, and who gains.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  every structure asked for has a result
  1  some structure has none; the output says which, and why
  2  nothing was done: the command or the file cannot be read";

#[derive(Subcommand)]
enum Command {
    /// Solve every structure of a scenario file
    Solve(Job),
    /// Solve every structure of a scenario file, and say who gains against the baseline
    Compare(Job),
    /// Say how every equilibrium of a scenario file moves with the parameters
    Sensitivities(Movements),
    /// Where the equilibria of a scenario file lead, in a game over time
    Simulate(simulation::Job),
    /// What every coalition of a scenario's parties is worth, and how to share the whole
    Coalitions(coalitions::Job),
    /// List the models, or show one with its parameters and structures
    Models {
        /// The model to show
        name: Option<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Args)]
struct Job {
    /// The scenario file (TOML)
    file: PathBuf,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How to find equilibria; `auto` takes the closed form where there is one
    #[arg(long, value_enum, default_value_t)]
    method: Method,
}

#[derive(Args)]
struct Movements {
    #[command(flatten)]
    job: Job,
    /// Show per cent per per cent instead of derivatives
    #[arg(long)]
    elasticities: bool,
    /// Signs are seen at this many parameter sets around the scenario's
    #[arg(long, default_value_t = 64, value_parser = draws)]
    draws: usize,
    /// How far these reach: every parameter between 1/SPREAD and SPREAD times its value
    #[arg(long, default_value_t = 2.0, value_parser = spread)]
    spread: f64,
}

fn draws(text: &str) -> Result<usize, String> {
    let draws = text.parse().ok().filter(|&draws| Sample::new(2.0, draws).is_some());
    draws.ok_or_else(|| format!("it must be a whole number from 1 to {}", Sample::MOST))
}

fn spread(text: &str) -> Result<f64, String> {
    let spread = text.parse().ok().filter(|&spread| Sample::new(spread, 1).is_some());
    spread.ok_or_else(|| format!("it must be a number above 1, at most {}", Sample::WIDEST))
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// A table for people
    #[default]
    Table,
    /// JSON for programs
    Json,
}

#[derive(Clone, Copy, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Method {
    #[default]
    Auto,
    ClosedForm,
    Engine,
}

impl From<Method> for Route {
    fn from(method: Method) -> Self {
        match method {
            Method::Auto => Route::Auto,
            Method::ClosedForm => Route::ClosedForm,
            Method::Engine => Route::Engine,
        }
    }
}

/// What is printed, and whether a structure has no result.
struct Printed {
    text: String,
    failed: bool,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let Printed { text, failed } = match with_progress("coopad", || run(&command)) {
        Ok(printed) => printed,
        Err(error) => return complain(&error.to_string()),
    };
    match writeln!(std::io::stdout().lock(), "{}", text.trim_end()) {
        // A reader that has seen enough (`coopad models | head`) is no failure.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("the result cannot be written: {error}"))
        }
        _ => ExitCode::from(u8::from(failed)),
    }
}

fn run(command: &Command) -> Result<Printed, ScenarioError> {
    let (text, failed) = match command {
        Command::Solve(job) => {
            let solved = Scenario::read(&job.file)?.solve(job.method.into());
            let text = match job.format {
                Format::Table => tables::solved(&solved),
                Format::Json => solved.to_json(),
            };
            (text, solved.failed())
        }
        Command::Compare(job) => {
            let compared = Scenario::read(&job.file)?.compare(job.method.into());
            let text = match job.format {
                Format::Table => tables::compared(&compared),
                Format::Json => compared.to_json(),
            };
            (text, compared.failed())
        }
        Command::Sensitivities(Movements { job, elasticities, draws, spread }) => {
            // Both were checked as they were read.
            let sample = Sample::new(*spread, *draws).unwrap_or_default();
            let found = Scenario::read(&job.file)?.differentiate(job.method.into(), sample)?;
            let text = match job.format {
                Format::Table => movements::differentiated(&found, *elasticities),
                Format::Json => found.to_json(),
            };
            (text, found.failed())
        }
        Command::Simulate(job) => simulation::run(job)?,
        Command::Coalitions(job) => coalitions::run(job)?,
        Command::Models { name, format } => {
            let models = name.as_ref().map_or_else(|| Ok(Catalogue::new()), |name| Catalogue::only(name))?;
            let text = match (format, name) {
                (Format::Json, _) => models.to_json(),
                (Format::Table, None) => cards::list(&models),
                (Format::Table, Some(_)) => cards::cards(&models),
            };
            (text, false)
        }
    };
    Ok(Printed { text, failed })
}

/// One line on standard error, and exit code 2.
fn complain(message: &str) -> ExitCode {
    complain_about(message);
    ExitCode::from(2)
}

/// One line on standard error.
fn complain_about(message: &str) {
    // Nobody is left to tell when standard error is closed too.
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}
