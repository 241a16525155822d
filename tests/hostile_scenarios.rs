//! The example scenarios with something wrong in each: whatever it is, the program ends, with the exit code that it says.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/splitmix.rs"]
mod splitmix;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How many files are tried, the commands taking turns.
const FILES: usize = 480;
const COMMANDS: [&str; 5] = ["solve", "compare", "sensitivities", "coalitions", "simulate"];
/// Whatever runs longer than this hangs. What is wanted is an end within seconds; a busy machine is no failure.
const HANGS: Duration = Duration::from_secs(120);

/// Draws of SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        (splitmix::next(&mut self.0) % count as u64) as usize
    }
}

/// The text with one line of `key = value` made wrong, and what was done.
fn mutated(text: &str, dice: &mut Dice) -> (String, String) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let given: Vec<usize> = (0..lines.len())
        .filter(|&at| {
            lines[at].split('#').next().unwrap_or_default().contains('=') && !lines[at].starts_with('#')
        })
        .collect();
    let at = given[dice.below(given.len())];
    let (key, value) =
        lines[at].split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned())).unwrap();
    let value = value.split('#').next().unwrap_or_default().trim().to_owned();
    let replace = |value: &str| format!("{key} = {value}");
    let line = match dice.below(12) {
        0 => replace("0"),
        1 => replace(&format!("-{}", value.trim_start_matches('-'))),
        2 => replace("1e300"),
        3 => replace("1e-300"),
        4 => replace("nan"),
        5 => replace("\"many\""),
        6 => replace(&format!("[{value}, {value}, {value}]")),
        7 => replace("[]"),
        8 => String::new(),
        9 => format!("{0}\n{0}", replace(&value)),
        10 => format!("{key}s = {value}"),
        _ => replace("1e9"),
    };
    let what = format!("line {}: {line:?} instead of {:?}", at + 1, lines[at]);
    lines[at] = line;
    (lines.join("\n"), what)
}

/// The end of a program, or none if it does not come.
fn end(program: &mut Child) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        match program.try_wait().unwrap() {
            Some(status) => return Some(status),
            None if started.elapsed() > HANGS => {
                program.kill().unwrap();
                program.wait().unwrap();
                return None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Whether a result in JSON holds a structure without one.
fn holds_an_error(value: &Value) -> bool {
    let rows = value.get("results").or(value.get("structures"));
    let empty = rows.and_then(Value::as_array).is_some_and(Vec::is_empty);
    let failed = rows.and_then(Value::as_array).into_iter().flatten().any(|row| row.get("error").is_some());
    empty || failed || value.get("error").is_some()
}

/// Tries one file; what is wrong with how the program took it.
fn tried(number: usize, examples: &[PathBuf], room: &Path) -> (Duration, String, Option<String>) {
    let mut dice = Dice(number as u64);
    let example = &examples[number % examples.len()];
    let command = COMMANDS[number / examples.len() % COMMANDS.len()];
    let (text, what) = mutated(&fs::read_to_string(example).unwrap(), &mut dice);
    let place = |end: &str| room.join(format!("{number}.{end}"));
    fs::write(place("toml"), text).unwrap();
    let name = example.file_stem().unwrap().to_string_lossy().into_owned();
    let what = format!("{number}: {command} {name}, {what}");
    let started = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_coopad"))
        .args([command, place("toml").to_str().unwrap(), "--format", "json"])
        .stdout(File::create(place("out")).unwrap())
        .stderr(File::create(place("err")).unwrap())
        .spawn()
        .unwrap();
    let ended = end(&mut program);
    let took = started.elapsed();
    let [out, err] = ["out", "err"].map(|end| fs::read_to_string(place(end)).unwrap());
    let code = ended.map(|status| status.code());
    let right = match code {
        // Everything was solved, or what was not is said.
        Some(Some(code @ (0 | 1))) => {
            let result = serde_json::from_str::<Value>(&out);
            err.is_empty() && result.is_ok_and(|result| holds_an_error(&result) == (code == 1))
        }
        // One line that names the file, or the model that the command is not for.
        Some(Some(2)) => {
            out.is_empty() && err.lines().count() == 1 && (err.contains(".toml:") || err.contains(" is for "))
        }
        _ => false,
    };
    let wrong = (!right).then(|| format!("{what}: {code:?} {err}"));
    (took, what, wrong)
}

#[test]
fn four_hundred_and_eighty_wrong_files() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios");
    let mut examples: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    examples.sort();
    let room = std::env::temp_dir().join(format!("coopad-hostile-{}", std::process::id()));
    fs::create_dir_all(&room).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut all = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= FILES {
                return all;
            }
            all.push(tried(number, &examples, &room));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    fs::remove_dir_all(&room).unwrap();
    all.sort_by_key(|(took, ..)| std::cmp::Reverse(*took));
    for (took, what, _) in all.iter().take(10) {
        println!("{:.1} s: {what}", took.as_secs_f64());
    }
    let wrong: Vec<&String> = all.iter().filter_map(|(.., wrong)| wrong.as_ref()).collect();
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
