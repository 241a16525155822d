//! Formulas in files: exact when they are read again, and harmless when they are damaged.

use coopad::formula::{Formula, Term};
use coopad::{Dual, Scalar};
use serde_json::{Value, json};

use crate::random::{Draws, Random, SPECIAL, all_same};

const FUNCTIONS: u64 = 2_000;
const MUTATIONS: usize = 100_000;

fn read(text: &str) -> Result<Formula, serde_json::Error> {
    serde_json::from_str(text)
}

#[test]
fn formulas_are_read_as_they_were_written() {
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::wild(&mut draws);
        let formula =
            Formula::record(function.names(), |x| function.run(x)).unwrap().named(["first, \"quoted\""]);
        let all: Vec<usize> = (0..function.inputs).collect();
        for formula in [formula.derivative(&all).unwrap(), formula] {
            let text = serde_json::to_string(&formula).unwrap();
            let back = read(&text).unwrap();
            assert_eq!(back, formula, "{seed}: {text}");
            assert_eq!(serde_json::to_string(&back).unwrap(), text);
            let x = function.point(&mut draws, true);
            assert!(all_same(&back.run(&x).unwrap(), &formula.run(&x).unwrap()), "{seed}: {text}");
        }
    }
    // A NaN of either sign is one.
    for constant in SPECIAL.into_iter().chain([-f64::NAN, 0.1, 1.0 / 3.0, 123_456_789.123_456_79]) {
        let write =
            |x: &[Term]| vec![x[0] * constant, Term::constant(constant), Term::constant(constant) - x[0]];
        let formula = Formula::record(["x"], write).unwrap();
        let back = read(&serde_json::to_string(&formula).unwrap()).unwrap();
        assert_eq!(back, formula);
        assert!(all_same(&back.run(&[1.0]).unwrap(), &formula.run(&[1.0]).unwrap()));
    }
}

fn good() -> Value {
    json!({
        "version": 1,
        "inputs": ["x", "y"],
        "outputs": ["f"],
        "lines": ["input 0", "input 1", "mul 0 1", "plus 2 0.5", "select 0 2 3"],
        "results": [4]
    })
}

#[test]
fn damage_is_named() {
    let formula: Formula = serde_json::from_value(good()).unwrap();
    assert_eq!(formula.run(&[2.0, 3.0]).unwrap(), [6.0]);
    let wrong = |change: &dyn Fn(&mut Value), message: &str| {
        let mut value = good();
        change(&mut value);
        let error = serde_json::from_value::<Formula>(value).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    wrong(&|v| v["version"] = json!(2), "the stored formula has version 2; this library reads version 1");
    wrong(&|v| v["version"] = json!(0), "version 0");
    wrong(&|v| v["version"] = json!("1"), "invalid type");
    wrong(&|v| v["more"] = json!(1), "unknown field `more`");
    wrong(&|v| v["results"] = json!([5]), "there is no line number 5");
    wrong(&|v| v["results"] = json!([-1]), "invalid value");
    wrong(&|v| v["outputs"] = json!(["f", "g"]), "2 names of outputs given where the formula has 1");
    for (line, message) in [
        ("", "names no operation"),
        ("mull 0 1", "names no operation"),
        ("mul 0", "has too few numbers"),
        ("mul 0 1 1", "has something after its end"),
        ("mul 0 1 ", "has something after its end"),
        ("mul 0  1", "has something else where a line's number should be"),
        ("mul 0 -1", "has something else where a line's number should be"),
        ("mul 0 2", "does not stand before it"),
        ("mul 0 99999999999", "has something else"),
        ("input 2", "an input that the formula does not have"),
        ("constant one", "where a number should be"),
        ("power_and_log 0 1 4000000000", "too high a power"),
    ] {
        wrong(&|v| v["lines"][2] = json!(line), message);
        let error = {
            let mut value = good();
            value["lines"][2] = json!(line);
            serde_json::from_value::<Formula>(value).unwrap_err().to_string()
        };
        assert!(error.starts_with("line 2 of the stored formula"), "{error}");
    }
    assert!(read(&"[".repeat(100_000)).is_err());
    assert!(read(&"{\"lines\":".repeat(100_000)).is_err());
}

/// Everything that can be done with what was read: nothing panics, and nothing takes long.
fn use_up(formula: &Formula) {
    let inputs = formula.inputs().len();
    assert!(inputs < 1_000 && formula.operations() < 1_000);
    for number in [0.0, 0.7, f64::NAN] {
        assert_eq!(formula.run(&vec![number; inputs]).unwrap().len(), formula.outputs());
    }
    formula.run(&vec![Dual::<Dual<f64>>::constant(0.5); inputs]).unwrap();
    assert!(formula.tex().len() + formula.to_string().len() < 10_000_000);
    let all: Vec<usize> = (0..inputs).collect();
    let slopes = formula.derivative(&all).unwrap();
    assert_eq!(slopes.outputs(), formula.outputs() * (1 + inputs));
    slopes.run(&vec![0.3; inputs]).unwrap();
    let bound = formula.bind(&vec![1.0; inputs.min(1)]).unwrap();
    bound.run(&vec![0.3; inputs.saturating_sub(1)]).unwrap();
    for output in 0..formula.outputs() {
        formula.only(output).unwrap();
        all.iter().for_each(|input| assert!(formula.dependence(output, *input).is_ok()));
    }
    assert_eq!(read(&serde_json::to_string(formula).unwrap()).unwrap(), *formula);
}

fn mutate(text: &mut Vec<u8>, draws: &mut Draws) {
    const NUMBERS: [&str; 14] = [
        "0",
        "1",
        "2",
        "3",
        "7",
        "-1",
        "4294967295",
        "4294967296",
        "1e999",
        "NaN",
        "-inf",
        "-0.0",
        "0.5",
        "null",
    ];
    const WORDS: [&str; 12] = [
        "neg",
        "pow",
        "along",
        "select",
        "raised",
        "power_and_log",
        "into",
        "modulo",
        "input",
        "constant",
        "rem",
        "tanh",
    ];
    let digit = |c: &u8| c.is_ascii_digit();
    let length = text.len();
    if length == 0 {
        return;
    }
    let at = draws.below(length);
    match draws.below(9) {
        0 => text[at] = draws.next() as u8,
        1 => text.insert(at, draws.next() as u8),
        2 => drop(text.remove(at)),
        3 => text.truncate(at),
        4 => {
            let end = (at + draws.below(40)).min(length);
            let piece = text[at..end].to_vec();
            let to = draws.below(length);
            text.splice(to..to, piece);
        }
        // Another number, another word, wherever there is one.
        5..=7 => {
            let Some(start) = text[at..].iter().position(digit) else { return };
            let end = text[at + start..].iter().position(|c| !digit(c)).unwrap_or(0);
            let number = draws.of(&NUMBERS);
            text.splice(at + start..at + start + end, number.bytes());
        }
        _ => {
            let Some(start) = text[at..].iter().position(|c| *c == b'"') else { return };
            let start = at + start + 1;
            let end = text[start..].iter().position(|c| !c.is_ascii_lowercase()).unwrap_or(0);
            let word = draws.of(&WORDS);
            text.splice(start..start + end, word.bytes());
        }
    }
}

#[test]
fn damaged_files_are_errors_or_formulas() {
    let mut draws = Draws(7);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    while texts.len() < 200 {
        let function = Random::wild(&mut draws);
        let formula = Formula::record(function.names(), |x| function.run(x)).unwrap().named(["f"]);
        texts.push(serde_json::to_vec(&formula).unwrap());
        if function.inputs > 0 {
            texts.push(serde_json::to_vec(&formula.derivative(&[0]).unwrap()).unwrap());
        }
    }
    let mut read = 0;
    for at in 0..MUTATIONS {
        let mut text = texts[at % texts.len()].clone();
        for _ in 0..1 + draws.below(3) {
            mutate(&mut text, &mut draws);
        }
        if let Ok(formula) = serde_json::from_slice::<Formula>(&text) {
            use_up(&formula);
            read += 1;
        }
    }
    // Some damage does no harm, most does.
    assert!((MUTATIONS / 20..MUTATIONS * 4 / 5).contains(&read), "{read}");
}
