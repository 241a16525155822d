//! The program from outside: the example scenarios, the shape of its output, and every kind of bad input.
//!
//! Expected numbers come from the project's reference files and from arithmetic, never from the program.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn coopad(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_coopad")).args(arguments).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{arguments:?}: {output:?}");
    output
}

fn example(name: &str) -> String {
    format!("{}/examples/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// A file of this test run; removed when it goes out of scope.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("coopad-test-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Temporary(path)
    }
    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the program prints when all is well.
fn success(arguments: &[&str]) -> String {
    let output = coopad(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    text(&output.stdout)
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&success(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// The one line with which the program refuses a file.
fn refusal(path: &str) -> String {
    let mut lines = Vec::new();
    for command in ["solve", "compare"] {
        let output = coopad(&[command, path]);
        assert_eq!(output.status.code(), Some(2), "{path}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let error = text(&output.stderr);
        assert!(error.ends_with('\n') && error.matches('\n').count() == 1, "one line: {error:?}");
        assert!(error.chars().all(|c| c == '\n' || !c.is_control()), "{error:?}");
        assert!(error.starts_with(path), "names the file: {error}");
        lines.push(error[path.len()..].trim_end().to_owned());
    }
    assert_eq!(lines[0], lines[1]);
    lines.remove(0)
}

/// The line with which the program refuses a scenario of this text.
fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    refusal(Temporary::new(name, content).path())
}

fn row<'a>(rows: &'a Value, structure: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row["structure"] == structure).unwrap()
}

fn close(value: &Value, expected: f64, tolerance: f64) {
    let number = value.as_f64().unwrap_or_else(|| panic!("{value} is no number, expected {expected}"));
    assert!((number - expected).abs() <= tolerance * expected.abs().max(1.0), "{number} is not {expected}");
}

// ---- The examples ------------------------------------------------------------------------------------------------

#[test]
fn orange_juice_rates_are_those_of_the_reference() {
    // calibration.json, h_dual_brand, h4_phi_cost_0.6.
    let expected = [("participation_rate_1", 0.358_127_639_7), ("participation_rate_2", 0.430_372_154)];
    for method in ["auto", "closed_form", "engine"] {
        let compared = json(&["compare", &example("orange_juice"), "--method", method]);
        let rivals = row(&compared["structures"], "rival_owners");
        for (name, rate) in expected {
            close(&rivals["decisions"][name], rate, 1e-6);
        }
        assert_eq!(rivals["pareto"], "strict");
        assert!(rivals["payoffs"].get("manufacturer").is_none(), "rivals are two firms");
        assert_eq!(row(&compared["structures"], "cooperative")["pareto"], "none");
        for structure in compared["structures"].as_array().unwrap() {
            let payoffs = &structure["payoffs"];
            let [first, second, retailer] =
                ["manufacturer_1", "manufacturer_2", "retailer"].map(|p| payoffs[p].as_f64().unwrap());
            close(&structure["total"], first + second + retailer, 1e-12);
            if structure["structure"] != "rival_owners" {
                close(&payoffs["manufacturer"], first + second, 1e-12);
            }
            // Every brand is featured in a share of stores between 0 and 1.
            for spend in ["local_advertising_1", "local_advertising_2"] {
                let share = structure["decisions"][spend].as_f64().unwrap() / 350.0;
                assert!(0.0 < share && share < 1.0, "{structure}");
            }
        }
    }
}

#[test]
fn orange_juice_reads_in_plain_words() {
    let table = success(&["compare", &example("orange_juice")]);
    for words in [
        "no_support (baseline)",
        "0.358128",
        "0.430372",
        "- rival_owners: everybody gains (a strict Pareto improvement); value created",
        "- cooperative: manufacturer gains, retailer loses (no Pareto improvement)",
    ] {
        assert!(table.contains(words), "{words} is not in\n{table}");
    }
}

#[test]
fn huang_li_by_arithmetic() {
    let solved = json(&["solve", &example("huang_li")]);
    assert_eq!(solved["model"], "huang_li");
    assert_eq!(solved["parameters"]["saturation"], 1000.0);
    let lead = row(&solved["results"], "manufacturer_leads");
    // t = (κ − γ − 1)/(κ − γ) with κ = 20/8: 0.9/1.9.
    close(&lead["decisions"]["participation_rate"], 9.0 / 19.0, 1e-12);
    // q/a = δ min(ρ_m, (1+γ)ρ_r)/(γ(1+γ)ρ_r) = 0.4/0.6; a = (βγ(ρ_m − γρ_r)(q/a)^{-δ})^{1/2}.
    let a = (400.0 * 0.6 * (20.0 - 0.6 * 8.0) / (2.0_f64 / 3.0).powf(0.4)).sqrt();
    close(&lead["decisions"]["local_advertising"], a, 1e-12);
    close(&lead["decisions"]["national_advertising"], 2.0 / 3.0 * a, 1e-12);
    assert_eq!(lead["method"], "closed_form");
    assert_eq!(lead["iterations"], 0);
    assert!(lead["regret"].as_f64().unwrap() < 1e-6);
    assert!(lead["residual"].as_f64().unwrap() < 1e-9);

    let engine = json(&["solve", &example("huang_li"), "--method", "engine"]);
    let lead = row(&engine["results"], "manufacturer_leads");
    assert_eq!(lead["method"], "engine");
    close(&lead["decisions"]["participation_rate"], 9.0 / 19.0, 1e-9);
}

#[test]
fn alliance_by_arithmetic() {
    let compared = json(&["compare", &example("platform_alliance")]);
    let rows = &compared["structures"];
    assert_eq!(compared["baseline"], "no_support");
    // a = (b_p/2)² = 2.25 alone, ((2·6 + 3)/4)² = 14.0625 supported at φ = (2·6 − 3)/(2·6 + 3).
    let support = row(rows, "platform_supports");
    close(&support["decisions"]["platform_rate"], 0.6, 1e-12);
    close(&support["change"]["decisions"]["participant_advertising"], 14.0625 - 2.25, 1e-12);
    // Platform: 6(3.75 − 1.5) − 0.6·14.0625 = 5.0625; participant: 3·2.25 − (0.4·14.0625 − 2.25) = 3.375.
    close(&support["change"]["payoffs"]["platform"], 5.0625, 1e-12);
    close(&support["change"]["payoffs"]["participant"], 3.375, 1e-12);
    close(&support["created"], 8.4375, 1e-12);
    close(&support["shares"]["platform"], 0.6, 1e-12);
    assert_eq!(support["pareto"], "strict");
    let baseline = row(rows, "no_support");
    assert_eq!(baseline["pareto"], "same");
    assert_eq!(baseline["created"], 0.0);
    assert_eq!(baseline["shares"], Value::Null);
    // Π = 15 + (7/2)² + (9/2)² = 47.5 against 23 + 13.25.
    let sharing = &row(rows, "integrated")["profit_sharing"];
    assert_eq!(sharing["status_quo"], "no_support");
    close(&sharing["joint"], 47.5, 1e-12);
    close(&sharing["surplus"], 11.25, 1e-12);
    close(&sharing["acceptable"][0], 23.0 / 47.5, 1e-12);
    close(&sharing["acceptable"][1], 1.0 - 13.25 / 47.5, 1e-12);
    close(&sharing["nash"]["platform"], 23.0 + 5.625, 1e-12);
    close(&sharing["nash"]["participant"], 13.25 + 5.625, 1e-12);
}

/// Three rows of static.json, "bargaining": parameters, then t_min, t_max, t_equal_split, gain and rate with constant
/// risk aversions 1.5 and 0.5, gain and rate with power utilities of exponents 0.8, 0.5 and powers 0.4, 0.6.
const BARGAINS: [([f64; 6], [f64; 7]); 3] = [
    (
        [37.7522, 11.8426, 0.2968, 0.3988, 6.8053, 0.9092],
        [
            0.845886417817018,
            0.8647215676329146,
            0.8553039927249664,
            0.060593976237849546,
            0.8554458911117949,
            0.06350548304516222,
            0.8550002000215179,
        ],
    ),
    (
        [49.319, 39.614, 0.6116, 0.8326, 7.0543, 2.893],
        [
            0.36194141179269423,
            0.5644080328403759,
            0.46317472231653506,
            0.7198603942087335,
            0.4796222319527399,
            0.8872313455483802,
            0.459909131650485,
        ],
    ),
    (
        [37.9453, 17.5969, 0.6723, 0.8176, 2.0912, 2.4952],
        [
            -0.63472893685964,
            -0.0706965143419447,
            -0.35271272560079237,
            1.0289973098314322,
            -0.2913523124733569,
            1.3575669416774154,
            -0.36181002277446217,
        ],
    ),
];

#[test]
fn bargains_are_those_of_the_reference() {
    for (row_number, (p, expected)) in BARGAINS.iter().enumerate() {
        let scenario = format!(
            "model = 'huang_li'\nstructures = ['cooperative']\n[parameters]\nsaturation = {}\nshortfall = {}\n\
             local_exponent = {}\nnational_exponent = {}\nmanufacturer_margin = {}\nretailer_margin = {}\n\
             [bargaining]\nstatus_quo = 'manufacturer_leads'\nexponents = [0.8, 0.5]\npowers = [0.4, 0.6]\n\
             aversion = [1.5, 0.5]\n",
            p[0], p[1], p[2], p[3], p[4], p[5]
        );
        let file = Temporary::new(&format!("bargain-{row_number}.toml"), scenario);
        let solved = json(&["solve", file.path()]);
        let rates = &solved["results"][0]["pareto_rates"];
        assert_eq!(rates["status_quo"], "manufacturer_leads");
        let found = [
            &rates["lowest"],
            &rates["highest"],
            &rates["equal_split"],
            &rates["cara_split"]["gain"],
            &rates["cara_split"]["rate"],
            &rates["power_split"]["gain"],
            &rates["power_split"]["rate"],
        ];
        // The reference's payoffs carry some eleven digits, so its gains and rates somewhat fewer.
        for (found, expected) in found.iter().zip(expected) {
            close(found, *expected, 1e-8);
        }
    }
}

// ---- The catalogue -----------------------------------------------------------------------------------------------

#[test]
fn models_as_json() {
    let models = json(&["models"]);
    let models = models["models"].as_array().unwrap();
    let names: Vec<_> = models.iter().map(|model| model["name"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["platform_alliance", "dual_brand", "huang_li"]);
    for model in models {
        for key in ["title", "source", "provenance"] {
            assert!(!model[key].as_str().unwrap().is_empty(), "{key}");
        }
        for (list, keys) in [
            (
                "parameters",
                &["symbol", "name", "unit", "range", "entries", "required", "default", "form"][..],
            ),
            ("decisions", &["symbol", "name", "owner", "unit"]),
            ("structures", &["name", "aliases", "meaning"]),
            ("claims", &["id", "statement", "source", "condition", "holds_where", "counterexample"]),
        ] {
            let entries = model[list].as_array().unwrap();
            // Games over time are not all somebody's proposition.
            assert!(!entries.is_empty() || (list == "claims" && model.get("states").is_some()), "{list}");
            for entry in entries {
                assert_eq!(entry.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{list}");
            }
        }
        // One firm alone is a game only over time.
        assert!(
            model["players"].as_array().unwrap().len() >= if model.get("states").is_some() { 1 } else { 2 }
        );
    }
    let margin = &models[2]["parameters"][4];
    assert_eq!((&margin["symbol"], &margin["name"]), (&"rho_m".into(), &"manufacturer_margin".into()));
    assert_eq!(margin["default"], Value::Null);
}

#[test]
fn models_for_people() {
    let table = success(&["models"]);
    assert!(table.contains("huang_li") && table.contains("coopad models NAME"));
    let card = success(&["models", "dual_brand"]);
    assert!(card.contains("manufacturer_margin") && card.contains("rival_owners"));
    assert!(!card.contains("huang_li"));
    let one = json(&["models", "huang_li2001"]);
    assert_eq!(one["models"][0]["name"], "huang_li");
    let output = coopad(&["models", "hunag_li"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr), "hunag_li is no model; did you mean huang_li?\n");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coopad"))
        .arg("models")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

// ---- The shape of results ----------------------------------------------------------------------------------------

#[test]
fn results_have_the_documented_keys() {
    let solved = json(&["solve", &example("huang_li")]);
    for result in solved["results"].as_array().unwrap() {
        for key in
            ["structure", "decisions", "payoffs", "total", "method", "residual", "iterations", "regret"]
        {
            assert!(result.get(key).is_some(), "{key} in {result}");
        }
        for key in ["change", "pareto", "error"] {
            assert!(result.get(key).is_none(), "{key} in {result}");
        }
    }
    let compared = json(&["compare", &example("huang_li")]);
    assert_eq!(compared["baseline"], "simultaneous");
    for result in compared["structures"].as_array().unwrap() {
        for key in ["structure", "decisions", "payoffs", "change", "pareto", "created", "shares"] {
            assert!(result.get(key).is_some(), "{key} in {result}");
        }
    }
}

#[test]
fn all_structures_by_default_and_the_first_is_the_baseline() {
    let file = Temporary::new(
        "defaults.toml",
        "model = 'dual_brand'\n[parameters]\nbase_sales = 20\nstimulating_effect = [3, 2.5]\n\
         competition_effect = [0.5, 0.6]\nmanufacturer_margin = 2\nretailer_margin = 1.5\n",
    );
    let compared = json(&["compare", file.path()]);
    let names: Vec<_> =
        compared["structures"].as_array().unwrap().iter().map(|row| &row["structure"]).collect();
    assert_eq!(names, ["no_support", "brand_rates", "uniform_rate", "cooperative", "rival_owners"]);
    assert_eq!(compared["baseline"], "no_support");
    // One number for both brands, and defaults, are written out.
    assert_eq!(compared["parameters"]["base_sales"], serde_json::json!([20.0, 20.0]));
    assert_eq!(compared["parameters"]["effort_cost"], serde_json::json!([1.0, 1.0]));
    // Common margins: both rates are (2·2 − 1.5)/(2·2 + 1.5).
    let rates = &row(&compared["structures"], "brand_rates")["decisions"];
    close(&rates["participation_rate_1"], 2.5 / 5.5, 1e-12);
    close(&rates["participation_rate_2"], 2.5 / 5.5, 1e-12);
}

#[test]
fn joint_sales_form_of_the_alliance() {
    // foundations.json, A_platform_joint_sales, participant_supports, first row.
    let file = Temporary::new(
        "joint.toml",
        "model = 'platform_alliance'\nstructures = ['participant_supports']\n[parameters]\n\
         platform_margin = 0.221\nparticipant_margin = 0.7366\nplatform_effect = 0.3923\n\
         participant_effect = 1.5786\nbase_sales = 1.9526\n",
    );
    let solved = json(&["solve", file.path()]);
    let result = &solved["results"][0];
    close(&result["decisions"]["participant_rate"], 0.73910990437965, 1e-10);
    close(&result["decisions"]["platform_advertising"], 0.027608701954582, 1e-10);
    close(&result["payoffs"]["platform"], 0.64156023856251, 1e-10);
    close(&result["payoffs"]["participant"], 1.8039179382212, 1e-10);
    assert_eq!(
        solved["parameters"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["platform_margin", "participant_margin", "platform_effect", "participant_effect", "base_sales"]
    );
}

const HUANG_LI: [&str; 6] = [
    "saturation",
    "shortfall",
    "local_exponent",
    "national_exponent",
    "manufacturer_margin",
    "retailer_margin",
];

fn huang_li(values: [&str; 6]) -> String {
    let lines: Vec<_> =
        HUANG_LI.iter().zip(values).map(|(name, value)| format!("{name} = {value}\n")).collect();
    format!("model = \"huang_li\"\n[parameters]\n{}", lines.concat())
}

/// Every number in a JSON value is finite; where there was none, there is `null`.
#[test]
fn extreme_numbers_give_results_or_error_entries() {
    for value in ["1e300", "1e-300", "5e-324", "1.7e308", "1000000000000000000000000000000"] {
        for method in ["auto", "engine"] {
            let file = Temporary::new(&format!("extreme-{method}.toml"), huang_li([value; 6]));
            for command in ["solve", "compare"] {
                success(&[command, file.path(), "--method", method]);
                let results = json(&[command, file.path(), "--method", method]);
                let rows = results.get("results").or(results.get("structures")).unwrap().as_array().unwrap();
                assert_eq!(rows.len(), 4);
                for row in rows {
                    match row.get("error") {
                        Some(error) => assert!(
                            error["kind"].is_string() && !error["message"].as_str().unwrap().is_empty(),
                            "{row}"
                        ),
                        None => assert!(row["total"].is_number(), "{row}"),
                    }
                }
            }
        }
    }
}

#[test]
fn an_error_entry_says_what_failed_and_the_rest_is_shown() {
    // Payoffs overflow: spends of 1e600.
    let file = Temporary::new(
        "overflow.toml",
        "model = 'platform_alliance'\n[parameters]\nplatform_own = 1e300\nplatform_cross = 1\n\
         participant_cross = 1\nparticipant_own = 1\n",
    );
    let solved = json(&["solve", file.path()]);
    let error = &solved["results"][0]["error"];
    assert_eq!(error["kind"], "not_finite");
    assert!(error["player"].is_string() && error["last"].is_array(), "{error}");
    assert!(success(&["compare", file.path()]).contains("no_support: no result: the payoff of"));
}

#[test]
fn numbers_may_be_integers_of_any_kind() {
    let file = Temporary::new("integers.toml", huang_li(["1_000", "0x190", "6e-1", ".4", "20", "8"]));
    assert_eq!(refusal(file.path()).split(':').nth(1), Some("6"), "a leading point is no TOML");
    let file = Temporary::new("integers.toml", huang_li(["1_000", "0x190", "6e-1", "0.4", "+20", "0b1000"]));
    let solved = json(&["solve", file.path()]);
    let given: Vec<_> = HUANG_LI.iter().map(|name| solved["parameters"][name].as_f64().unwrap()).collect();
    assert_eq!(given, [1000.0, 400.0, 0.6, 0.4, 20.0, 8.0]);
}

// ---- Bad input ---------------------------------------------------------------------------------------------------

#[test]
fn misspelt_names_get_a_suggestion() {
    let good = huang_li(["1000", "400", "0.6", "0.4", "20", "8"]);
    for (from, to, expected) in [
        (
            "retailer_margin",
            "retailer_margn",
            ":8: parameters.retailer_margn is not a parameter of huang_li; did you mean retailer_margin?",
        ),
        (
            "saturation",
            "alpha",
            ":3: parameters.alpha is not a parameter of huang_li; did you mean saturation?",
        ),
        (
            "\"huang_li\"",
            "\"huang_lee\"",
            ":1: model = \"huang_lee\" is not allowed: it must be one of MODELS; did you mean huang_li?",
        ),
        (
            "[parameters]",
            "structures = [\"simultaneous\",\n \"coperative\"]\n[parameters]",
            ":3: structures = \"coperative\" is not allowed: it must be one of manufacturer_leads, simultaneous, \
             cooperative, retailer_leads; did you mean cooperative?",
        ),
        (
            "[parameters]",
            "basline = \"simultaneous\"\n[parameters]",
            ":2: basline is not a key of scenario files; did you mean baseline?",
        ),
        (
            "[parameters]",
            "[parameters]\nbaseline = \"simultaneous\"",
            ":3: parameters.baseline is not a parameter of huang_li; did you mean baseline, above [parameters]?",
        ),
        (
            "[parameters]",
            "[bargaining]\npowr = 0.5\n[parameters]",
            ":3: bargaining.powr is not a key of [bargaining] for huang_li; did you mean power?",
        ),
        (
            "[parameters]",
            "colour = 3\n[parameters]",
            ":2: colour is not a key of scenario files; allowed: model, title, structures, baseline, parameters, \
             bargaining, time, simulate",
        ),
    ] {
        let expected = expected.replace("MODELS", &every_model());
        assert_eq!(refused("misspelt.toml", good.replacen(from, to, 1)), expected);
    }
}

#[test]
fn bad_values_are_named_with_what_is_allowed() {
    for (value, shown) in [
        ("nan", "nan"),
        ("inf", "inf"),
        ("-inf", "-inf"),
        ("-8.0", "-8.0"),
        ("0", "0"),
        ("1e999", "1e999"),
        ("\"8\"", "\"8\""),
        ("true", "true"),
        ("[8]", "[8]"),
        ("{ each = 8 }", "{ each = 8 }"),
        ("2026-01-01", "2026-01-01"),
    ] {
        assert_eq!(
            refused("value.toml", huang_li(["1000", "400", "0.6", "0.4", "20", value])),
            format!(":8: parameters.retailer_margin = {shown} is not allowed: it must be a positive number")
        );
    }
}

#[test]
fn bad_pairs() {
    let dual = |base: &str| format!("model = 'dual_brand'\n[parameters]\nbase_sales = {base}\n");
    let length =
        "is not allowed: it must be an array of 2 or one number for all, each zero or a positive number";
    for value in ["[1, 2, 3]", "[1]", "[]", "\"a\"", "[[1, 2]]"] {
        assert_eq!(
            refused("pair.toml", dual(value)),
            format!(":3: parameters.base_sales = {value} {length}")
        );
    }
    for (value, at, entry) in [("[1, -2]", 1, "-2"), ("[nan, 1]", 0, "nan"), ("[1, \"x\"]", 1, "\"x\"")] {
        assert_eq!(
            refused("pair.toml", dual(value)),
            format!(
                ":3: parameters.base_sales[{at}] = {entry} is not allowed: it must be zero or a positive number"
            )
        );
    }
}

/// The models as a refusal lists them.
fn every_model() -> String {
    let models = json(&["models"]);
    let names: Vec<_> =
        models["models"].as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap()).collect();
    names.join(", ")
}

#[test]
fn lists_have_one_length() {
    let file = |margins: &str, effects: &str, more: &str| {
        format!(
            "model = 'zhang_xie'\n[parameters]\nmanufacturer_margin = 2\nretailer_margin = {margins}\n\
             local_effect = {effects}\nnational_effect = 1\n{more}"
        )
    };
    let refused_list =
        |margins: &str, effects: &str, more: &str| refused("lists.toml", file(margins, effects, more));
    assert_eq!(
        refused_list("[1, 2, 3]", "[1, 2]", ""),
        ":5: parameters.local_effect = 2 does not fit: 3 numbers are needed"
    );
    assert_eq!(
        refused_list("[1, 2, 3]", "1", "retailers = 2\n"),
        ":4: parameters.retailer_margin = 3 does not fit: 2 numbers are needed"
    );
    assert_eq!(
        refused_list("1", "1", "retailers = 2.5\n"),
        ":7: parameters.retailers = 2.5 does not fit: a whole number from 1 to 10000"
    );
    let list =
        "it must be an array of numbers, one a retailer, or one number for all, each a positive number";
    for wrong in ["[]", "'many'"] {
        assert_eq!(
            refused_list(wrong, "1", ""),
            format!(":4: parameters.retailer_margin = {wrong} is not allowed: {list}")
        );
    }
    assert_eq!(
        refused_list("[1, -2]", "1", ""),
        ":4: parameters.retailer_margin[1] = -2 is not allowed: it must be a positive number"
    );
}

/// A thousand retailers from a file: solved, verified, and honest about how thoroughly.
#[test]
fn a_thousand_retailers_from_a_file() {
    let numbers = |of: fn(usize) -> f64| (0..1000).map(|i| of(i).to_string()).collect::<Vec<_>>().join(", ");
    let file = Temporary::new(
        "thousand.toml",
        format!(
            "model = 'zhang_xie'\nstructures = ['specific_rates', 'uniform_rate']\n[parameters]\n\
             manufacturer_margin = 2\nretailer_margin = [{}]\nlocal_effect = [{}]\nnational_effect = 0.01\n",
            numbers(|i| 0.5 + 0.005 * i as f64),
            numbers(|i| 1.0 + 0.01 * (i % 7) as f64)
        ),
    );
    let solved = json(&["solve", file.path()]);
    let first = &solved["results"][0];
    assert_eq!(first["structure"], "specific_rates");
    // (2·2 − 0.5)/(2·2 + 0.5)
    let rate = first["decisions"]["participation_rate_1"].as_f64().unwrap();
    assert!((rate - 7.0 / 9.0).abs() < 1e-14, "{rate}");
    assert_eq!(first["thinned"], true);
    assert!(success(&["solve", file.path()]).contains("that search was thinned out"));
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(refused("empty.toml", ""), format!(":1: missing: model (one of {})", every_model()));
    assert_eq!(
        refused(
            "missing.toml",
            huang_li(["1000", "400", "0.6", "0.4", "20", "8"]).replace("shortfall = 400\n", "")
        ),
        ":2: missing: parameters.shortfall (a positive number)"
    );
    assert_eq!(
        refused(
            "form.toml",
            "model = 'platform_alliance'\n\n[parameters]\nplatform_margin = 1\nparticipant_margin = 2\n"
        ),
        ":3: missing: parameters.platform_effect (a positive number), parameters.participant_effect (a positive number)"
    );
    let neither = refused("form.toml", "model = 'platform_alliance'\n");
    assert!(
        neither.contains("response_matrix: platform_own") && neither.contains("joint_sales: platform_margin")
    );
    assert_eq!(
        refused(
            "mixed.toml",
            "model = 'platform_alliance'\n[parameters]\nplatform_margin = 1\nplatform_own = 2\n"
        ),
        ":4: parameters.platform_own = 2 does not fit: it belongs to the form response_matrix, but platform_margin \
         on line 3 to the form joint_sales; give one form only"
    );
}

#[test]
fn structures_and_baseline() {
    let with = |line: &str| {
        huang_li(["1000", "400", "0.6", "0.4", "20", "8"]).replacen(
            "[parameters]",
            &format!("{line}\n[parameters]"),
            1,
        )
    };
    let known = "manufacturer_leads, simultaneous, cooperative, retailer_leads";
    for (line, expected) in [
        (
            "structures = []",
            format!(":2: structures = [] is not allowed: it must be a list of one or more of {known}"),
        ),
        (
            "structures = 'simultaneous'",
            format!(
                ":2: structures = 'simultaneous' is not allowed: it must be a list of one or more of {known}"
            ),
        ),
        ("structures = [3]", format!(":2: structures = 3 is not allowed: it must be one of {known}")),
        (
            "structures = ['simultaneous', 'simultaneous']",
            ":2: structures names simultaneous twice: each may be named once".to_owned(),
        ),
        (
            "structures = ['simultaneous']\nbaseline = 'cooperative'",
            ":3: baseline = 'cooperative' is not allowed: it must be one of simultaneous".to_owned(),
        ),
        ("title = 3", ":2: title = 3 is not allowed: it must be text in quotes".to_owned()),
        ("model = 'huang_li'", ":2: duplicate key, found: model".to_owned()),
    ] {
        assert_eq!(refused("structures.toml", with(line)), expected);
    }
}

#[test]
fn bargaining_terms() {
    let with = |lines: &str| huang_li(["1000", "400", "0.6", "0.4", "20", "8"]) + "[bargaining]\n" + lines;
    for (lines, expected) in [
        ("power = 2", ":10: bargaining.power = 2 is not allowed: it must be between 0 and 1"),
        ("power = nan", ":10: bargaining.power = nan is not allowed: it must be between 0 and 1"),
        (
            "status_quo = 'cooperative'",
            ":10: bargaining.status_quo = 'cooperative' is not allowed: it must be one of manufacturer_leads, \
             simultaneous, retailer_leads",
        ),
        (
            "powers = [1, 2]",
            ":9: missing: bargaining.exponents (an array of 2 positive numbers; exponents and powers come together)",
        ),
        ("aversion = [1, 0]", ":10: bargaining.aversion[1] = 0 is not allowed: it must be a positive number"),
    ] {
        assert_eq!(refused("bargaining.toml", with(lines)), expected);
    }
    let dual = refused("bargaining.toml", "model = 'dual_brand'\n[bargaining]\npower = 0.5\n");
    assert!(dual.starts_with(":2: bargaining is not a table for dual_brand"), "{dual}");
}

#[test]
fn hostile_files() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(refused("deep.toml", format!("model = {deep}")).starts_with(":1: "));
    let tables = "{a=".repeat(100_000) + "1" + &"}".repeat(100_000);
    assert!(refused("tables.toml", format!("model = {tables}")).starts_with(":1: "));
    assert!(refused("keys.toml", "a.".repeat(100_000) + "b = 1").starts_with(":1: "));
    assert!(refused("headers.toml", "[".to_owned() + &"a.".repeat(100_000) + "b]").starts_with(":1: "));
    assert!(refused("syntax.toml", "model = \n").starts_with(":1: "));
    assert!(refused("long.toml", "a".repeat(500_000) + " = 1").contains("… is not a key"));
    assert!(refused("escape.toml", "\"a\\n\\u001b[31mb\" = 1\n").starts_with(":1: a"));

    assert_eq!(
        refused("big.toml", "# ".to_owned() + &"x".repeat(10_000_000)),
        ": is longer than the 1048576 bytes allowed for a scenario file"
    );
    assert_eq!(
        refused("binary.toml", (0..=255).collect::<Vec<u8>>()),
        ": is not a text file: no UTF-8 at byte 128"
    );
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let directory = directory.to_str().unwrap();
    let refusal_of_directory = refusal(directory);
    assert!(refusal_of_directory.starts_with(": "), "{refusal_of_directory}");
    assert_eq!(refusal("no such file.toml"), ": there is no such file");
}

#[test]
fn wrong_use_exits_with_2() {
    for arguments in [
        &["solve"][..],
        &["solv", "x"],
        &["solve", "x", "--method", "guess"],
        &["models", "--format", "xml"],
        &[],
    ] {
        assert_eq!(coopad(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

// ---- Splitting the gain ------------------------------------------------------------------------------------------

/// Joint profit 47.5 against 23 and 13.25: a gain of 11.25.
const ALLIANCE: &str = "model = 'platform_alliance'\nstructures = ['integrated']\n[parameters]\nplatform_own = 4\n\
     platform_cross = 6\nparticipant_cross = 3\nparticipant_own = 3\nplatform_base = 10\nparticipant_base = 5\n\
     [bargaining]\nstatus_quo = 'no_support'\n";

#[test]
fn rules_of_bargaining_by_arithmetic() {
    let bargains = |name: &str, lines: &str| {
        let file = Temporary::new(name, ALLIANCE.to_owned() + lines);
        json(&["solve", file.path()])["results"][0]["profit_sharing"]["bargains"].clone()
    };
    let rules = "rules = ['nash', 'kalai_smorodinsky', 'egalitarian']\n";
    assert_eq!(bargains("none.toml", "power = 0.4\n"), Value::Null);
    let all = bargains("rules.toml", &format!("{rules}aversion = [1.5, 0.5]\n"));
    let names: Vec<_> = all.as_array().unwrap().iter().map(|b| (&b["rule"], &b["utilities"])).collect();
    assert_eq!(names.len(), 6);
    for (at, rule) in ["nash", "kalai_smorodinsky", "egalitarian"].iter().enumerate() {
        assert_eq!(names[2 * at], (&Value::from(*rule), &"linear".into()));
        assert_eq!(names[2 * at + 1], (&Value::from(*rule), &"cara".into()));
        close(&all[2 * at]["gain"], 5.625, 1e-12);
        close(&all[2 * at]["share"], (23.0 + 5.625) / 47.5, 1e-12);
    }
    close(&all[5]["gain"], 11.25 / 4.0, 1e-12);

    // A share of at most 0.55 leaves the platform a gain of 3.125.
    let limited = bargains("limits.toml", &format!("{rules}limits = [0, 0.55]\n"));
    for (at, gain) in [3.125, 3.125 * 11.25 / (3.125 + 11.25), 3.125].iter().enumerate() {
        close(&limited[at]["gain"], *gain, 1e-12);
    }
    let nothing = bargains("nothing.toml", &format!("{rules}limits = [0, 0.4]\n"));
    assert!(
        nothing["error"].as_str().unwrap().contains("none leaves both parties without a loss"),
        "{nothing}"
    );
    // Utilities or limits without a rule: Nash's.
    let implied = bargains("implied.toml", "exponents = [0.5, 1]\npowers = [1, 1]\n");
    close(&implied[1]["gain"], 11.25 / 3.0, 1e-12);
    assert_eq!(implied[1]["rule"], "nash");

    let table = success(&["solve", Temporary::new("table.toml", ALLIANCE.to_owned() + rules).path()]);
    assert!(table.contains("kalai-smorodinsky (linear utilities): the platform gains 5.625"), "{table}");
}

#[test]
fn rules_and_limits_are_checked() {
    let with = |lines: &str| huang_li(["1000", "400", "0.6", "0.4", "20", "8"]) + "[bargaining]\n" + lines;
    for (lines, expected) in [
        (
            "rules = ['kalai_smorodinski']",
            ":10: bargaining.rules = 'kalai_smorodinski' is not allowed: it must be one of nash, kalai_smorodinsky, \
             egalitarian; did you mean kalai_smorodinsky?",
        ),
        (
            "rules = []",
            ":10: bargaining.rules = [] is not allowed: it must be a list of one or more of nash, \
             kalai_smorodinsky, egalitarian",
        ),
        (
            "limits = [1, 0]",
            ":10: bargaining.limits = [1, 0] is not allowed: it must be two numbers, the smaller one first",
        ),
        ("limits = [nan, 1]", ":10: bargaining.limits[0] = nan is not allowed: it must be a finite number"),
    ] {
        assert_eq!(refused("rules.toml", with(lines)), expected);
    }
    let file = Temporary::new("rates.toml", with("rules = ['kalai_smorodinsky']\nlimits = [0, 1]"));
    let solved = json(&["solve", file.path()]);
    let rates = &row(&solved["results"], "cooperative")["pareto_rates"];
    let found = &rates["bargains"][0];
    let rate = found["rate"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&rate), "{rates}");
    // Between what each could have at most: at the rate 0 or t_min, and at 1 or t_max.
    let [low, high] = ["lowest", "highest"].map(|key| rates[key].as_f64().unwrap());
    let (most, least) = (low.max(0.0), high.min(1.0));
    let (first, second) = ((high - rate) / (high - most), (rate - low) / (least - low));
    assert!((first - second).abs() < 1e-9, "{first} {second}");
}

#[test]
fn coalitions_of_a_scenario() {
    let file = example("orange_juice");
    let found = json(&["coalitions", &file, "--structure", "rival_owners", "--partitions"]);
    assert_eq!((&found["base"], &found["convention"]), (&"rival_owners".into(), &"gamma".into()));
    assert_eq!(found["worths"].as_array().unwrap().len(), 7);
    assert_eq!(found["partitions"].as_array().unwrap().len(), 5);
    let solved = json(&["solve", &file]);
    let rivals = row(&solved["results"], "rival_owners");
    let mut sums = [0.0; 3];
    for (at, key) in ["alone", "shapley", "nucleolus"].iter().enumerate() {
        let entries = found[key].as_object().unwrap();
        assert_eq!(entries.len(), 3);
        sums[at] = entries.values().map(|value| value.as_f64().unwrap()).sum();
    }
    for (party, alone) in found["alone"].as_object().unwrap() {
        close(alone, rivals["payoffs"][party].as_f64().unwrap(), 1e-9);
    }
    let together = row(&solved["results"], "cooperative")["total"].as_f64().unwrap();
    close(&found["together"], together, 1e-9);
    close(&found["created"], together - sums[0], 1e-6);
    for sum in &sums[1..] {
        assert!((sum - together).abs() < 1e-9 * together);
    }
    assert_eq!(found["core_empty"], found["least_excess"].as_f64().unwrap() > 1e-7 * together);
    assert!(found["regret"].as_f64().unwrap() < 1e-6 * together);

    let table = success(&["coalitions", &file, "--structure", "rival_owners"]);
    for words in ["manufacturer_1 + retailer", "Shapley value", "nucleolus", "core", "Cooperation creates"] {
        assert!(table.contains(words), "{words} is not in\n{table}");
    }
    // Two parties, by default around the baseline.
    let two = json(&["coalitions", &example("huang_li")]);
    assert_eq!((two["parties"].as_array().unwrap().len(), &two["base"]), (2, &"simultaneous".into()));
    assert_eq!(two["core_empty"], false);
    // Every other example, too.
    assert!(json(&["coalitions", &example("platform_alliance")]).get("error").is_none());
}

#[test]
fn coalitions_that_cannot_be() {
    let file = example("orange_juice");
    let one = json(&["coalitions", &file, "--structure", "centralized"]);
    assert_eq!((&one["error"]["kind"], &one["error"]["parties"]), (&"parties".into(), &1.into()));
    let worst = json(&["coalitions", &file, "--structure", "rival_owners", "--convention", "alpha"]);
    assert!(worst["error"]["partition"].as_str().unwrap().contains("against the worst"), "{worst}");
    let table = success(&["coalitions", &file, "--structure", "cooperative"]);
    assert!(table.contains("no result: a coalition game of 1 parties"), "{table}");
    let formula = json(&["coalitions", &file, "--structure", "rival_owners", "--method", "closed_form"]);
    assert_eq!(formula["error"]["kind"], "no_closed_form");

    let output = coopad(&["coalitions", &file, "--structure", "rival_owner"]);
    assert_eq!(output.status.code(), Some(2));
    let expected = "rival_owner is not a structure of dual_brand; did you mean rival_owners?\n";
    assert_eq!(text(&output.stderr), expected);
}
