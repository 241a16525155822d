//! The program from outside.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// What the program does with these arguments; whatever it is, it does not panic.
pub(crate) fn coopad(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_coopad")).args(arguments).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{arguments:?}: {output:?}");
    output
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the program prints when all is well.
#[track_caller]
pub(crate) fn success(arguments: &[&str]) -> String {
    let output = coopad(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    text(&output.stdout)
}

/// What the program prints where some structure has no result; exit code 1.
#[track_caller]
pub(crate) fn partly(arguments: &[&str]) -> String {
    let output = coopad(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    text(&output.stdout)
}

#[track_caller]
pub(crate) fn partly_json(arguments: &[&str]) -> Value {
    serde_json::from_str(&partly(&[arguments, &["--format", "json"]].concat())).unwrap()
}

#[track_caller]
pub(crate) fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&success(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// The one line with which the program refuses; exit code 2.
#[track_caller]
pub(crate) fn refused(arguments: &[&str]) -> String {
    let output = coopad(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let error = text(&output.stderr);
    let line = error.strip_suffix('\n').unwrap_or_else(|| panic!("no end of line: {error:?}"));
    assert!(!line.contains('\n'), "one line: {error:?}");
    line.to_owned()
}

/// The file of an example scenario.
pub(crate) fn example(name: &str) -> String {
    format!("{}/examples/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// The row of a structure.
#[track_caller]
pub(crate) fn row<'a>(rows: &'a Value, structure: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row["structure"] == structure).unwrap()
}

/// A file of this test run; removed when it goes out of scope.
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn new(content: impl AsRef<[u8]>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("coopad-test-{}-{}.toml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::write(&path, content).unwrap();
        Temporary(path)
    }
    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
