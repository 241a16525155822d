//! The `coopad` program: who should pay for whose advertising, and who gains.

mod cards;
mod coalitions;
mod numbers;
mod tables;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coopad::scenario::{Catalogue, Route, Scenario, ScenarioError};

/// Co-op advertising games: who should pay for whose advertising, and who gains.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Solve every structure of a scenario file
    Solve(Job),
    /// Solve every structure of a scenario file, and say who gains against the baseline
    Compare(Job),
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

fn main() -> ExitCode {
    let output = match run(&Cli::parse().command) {
        Ok(output) => output,
        Err(error) => return complain(&error.to_string()),
    };
    match writeln!(std::io::stdout().lock(), "{}", output.trim_end()) {
        // A reader that has seen enough (`coopad models | head`) is no failure.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("the result cannot be written: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}

fn run(command: &Command) -> Result<String, ScenarioError> {
    Ok(match command {
        Command::Solve(job) => {
            let solved = Scenario::read(&job.file)?.solve(job.method.into());
            match job.format {
                Format::Table => tables::solved(&solved),
                Format::Json => solved.to_json(),
            }
        }
        Command::Compare(job) => {
            let compared = Scenario::read(&job.file)?.compare(job.method.into());
            match job.format {
                Format::Table => tables::compared(&compared),
                Format::Json => compared.to_json(),
            }
        }
        Command::Coalitions(job) => coalitions::run(job)?,
        Command::Models { name, format } => {
            let models = name.as_ref().map_or_else(|| Ok(Catalogue::new()), |name| Catalogue::only(name))?;
            match (format, name) {
                (Format::Json, _) => models.to_json(),
                (Format::Table, None) => cards::list(&models),
                (Format::Table, Some(_)) => cards::cards(&models),
            }
        }
    })
}

/// One line on standard error, and exit code 2.
fn complain(message: &str) -> ExitCode {
    // Nobody is left to tell when standard error is closed too.
    let _ = writeln!(std::io::stderr().lock(), "{message}");
    ExitCode::from(2)
}
