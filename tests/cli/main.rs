//! The program from outside: the example scenarios, the shape of its output, and every kind of bad input.
//!
//! Expected numbers come from the project's reference files and from arithmetic, never from the program.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod refusals;

use std::path::Path;
use std::process::{Command, Stdio};

use common::program::{Temporary, coopad, example, json, partly, partly_json, row, success, text};
use common::{close_to, number};
use serde_json::Value;

/// The one line with which the program refuses a file.
fn refusal(path: &str) -> String {
    let mut lines = Vec::new();
    for command in ["solve", "compare"] {
        let error = common::program::refused(&[command, path]);
        assert!(error.chars().all(|c| !c.is_control()), "{error:?}");
        assert!(error.starts_with(path), "names the file: {error}");
        lines.push(error[path.len()..].to_owned());
    }
    assert_eq!(lines[0], lines[1]);
    lines.remove(0)
}

/// The line with which the program refuses a scenario of this text.
fn refused(content: impl AsRef<[u8]>) -> String {
    refusal(Temporary::new(content).path())
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
            close_to(number(&rivals["decisions"][name]), rate, 1e-6);
        }
        assert_eq!(rivals["pareto"], "strict");
        assert!(rivals["payoffs"].get("manufacturer").is_none(), "rivals are two firms");
        assert_eq!(row(&compared["structures"], "cooperative")["pareto"], "none");
        for structure in compared["structures"].as_array().unwrap() {
            let payoffs = &structure["payoffs"];
            let [first, second, retailer] =
                ["manufacturer_1", "manufacturer_2", "retailer"].map(|p| number(&payoffs[p]));
            close_to(number(&structure["total"]), first + second + retailer, 1e-12);
            if structure["structure"] != "rival_owners" {
                close_to(number(&payoffs["manufacturer"]), first + second, 1e-12);
            }
            // Every brand is featured in a share of stores between 0 and 1.
            for spend in ["local_advertising_1", "local_advertising_2"] {
                let share = number(&structure["decisions"][spend]) / 350.0;
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
    close_to(number(&lead["decisions"]["participation_rate"]), 9.0 / 19.0, 1e-12);
    // q/a = δ min(ρ_m, (1+γ)ρ_r)/(γ(1+γ)ρ_r) = 0.4/0.6; a = (βγ(ρ_m − γρ_r)(q/a)^{-δ})^{1/2}.
    let a = (400.0 * 0.6 * (20.0 - 0.6 * 8.0) / (2.0_f64 / 3.0).powf(0.4)).sqrt();
    close_to(number(&lead["decisions"]["local_advertising"]), a, 1e-12);
    close_to(number(&lead["decisions"]["national_advertising"]), 2.0 / 3.0 * a, 1e-12);
    assert_eq!(lead["method"], "closed_form");
    assert_eq!(lead["iterations"], 0);
    assert!(number(&lead["regret"]) < 1e-6);
    assert!(number(&lead["residual"]) < 1e-9);

    let engine = json(&["solve", &example("huang_li"), "--method", "engine"]);
    let lead = row(&engine["results"], "manufacturer_leads");
    assert_eq!(lead["method"], "engine");
    close_to(number(&lead["decisions"]["participation_rate"]), 9.0 / 19.0, 1e-9);
}

#[test]
fn alliance_by_arithmetic() {
    let compared = json(&["compare", &example("platform_alliance")]);
    let rows = &compared["structures"];
    assert_eq!(compared["baseline"], "no_support");
    // a = (b_p/2)² = 2.25 alone, ((2·6 + 3)/4)² = 14.0625 supported at φ = (2·6 − 3)/(2·6 + 3).
    let support = row(rows, "platform_supports");
    close_to(number(&support["decisions"]["platform_rate"]), 0.6, 1e-12);
    close_to(number(&support["change"]["decisions"]["participant_advertising"]), 14.0625 - 2.25, 1e-12);
    // Platform: 6(3.75 − 1.5) − 0.6·14.0625 = 5.0625; participant: 3·2.25 − (0.4·14.0625 − 2.25) = 3.375.
    close_to(number(&support["change"]["payoffs"]["platform"]), 5.0625, 1e-12);
    close_to(number(&support["change"]["payoffs"]["participant"]), 3.375, 1e-12);
    close_to(number(&support["created"]), 8.4375, 1e-12);
    close_to(number(&support["shares"]["platform"]), 0.6, 1e-12);
    assert_eq!(support["pareto"], "strict");
    let baseline = row(rows, "no_support");
    assert_eq!(baseline["pareto"], "same");
    assert_eq!(baseline["created"], 0.0);
    assert_eq!(baseline["shares"], Value::Null);
    // Π = 15 + (7/2)² + (9/2)² = 47.5 against 23 + 13.25.
    let sharing = &row(rows, "integrated")["profit_sharing"];
    assert_eq!(sharing["status_quo"], "no_support");
    close_to(number(&sharing["joint"]), 47.5, 1e-12);
    close_to(number(&sharing["surplus"]), 11.25, 1e-12);
    close_to(number(&sharing["acceptable"][0]), 23.0 / 47.5, 1e-12);
    close_to(number(&sharing["acceptable"][1]), 1.0 - 13.25 / 47.5, 1e-12);
    close_to(number(&sharing["nash"]["platform"]), 23.0 + 5.625, 1e-12);
    close_to(number(&sharing["nash"]["participant"]), 13.25 + 5.625, 1e-12);
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
    for (p, expected) in &BARGAINS {
        let scenario = format!(
            "model = 'huang_li'\nstructures = ['cooperative']\n[parameters]\nsaturation = {}\nshortfall = {}\n\
             local_exponent = {}\nnational_exponent = {}\nmanufacturer_margin = {}\nretailer_margin = {}\n\
             [bargaining]\nstatus_quo = 'manufacturer_leads'\nexponents = [0.8, 0.5]\npowers = [0.4, 0.6]\n\
             aversion = [1.5, 0.5]\n",
            p[0], p[1], p[2], p[3], p[4], p[5]
        );
        let file = Temporary::new(scenario);
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
            close_to(number(found), *expected, 1e-8);
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
    close_to(number(&rates["participation_rate_1"]), 2.5 / 5.5, 1e-12);
    close_to(number(&rates["participation_rate_2"]), 2.5 / 5.5, 1e-12);
}

#[test]
fn joint_sales_form_of_the_alliance() {
    // foundations.json, A_platform_joint_sales, participant_supports, first row.
    let file = Temporary::new(
        "model = 'platform_alliance'\nstructures = ['participant_supports']\n[parameters]\n\
         platform_margin = 0.221\nparticipant_margin = 0.7366\nplatform_effect = 0.3923\n\
         participant_effect = 1.5786\nbase_sales = 1.9526\n",
    );
    let solved = json(&["solve", file.path()]);
    let result = &solved["results"][0];
    close_to(number(&result["decisions"]["participant_rate"]), 0.73910990437965, 1e-10);
    close_to(number(&result["decisions"]["platform_advertising"]), 0.027608701954582, 1e-10);
    close_to(number(&result["payoffs"]["platform"]), 0.64156023856251, 1e-10);
    close_to(number(&result["payoffs"]["participant"]), 1.8039179382212, 1e-10);
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
            let file = Temporary::new(huang_li([value; 6]));
            for command in ["solve", "compare"] {
                let output = coopad(&[command, file.path(), "--method", method, "--format", "json"]);
                let results: Value = serde_json::from_slice(&output.stdout).unwrap();
                let rows = results.get("results").or(results.get("structures")).unwrap().as_array().unwrap();
                assert_eq!(rows.len(), 4);
                let failed = rows.iter().any(|row| row.get("error").is_some());
                assert_eq!(output.status.code(), Some(i32::from(failed)), "{output:?}");
                assert_eq!(coopad(&[command, file.path(), "--method", method]).status, output.status);
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
        "model = 'platform_alliance'\n[parameters]\nplatform_own = 1e300\nplatform_cross = 1\n\
         participant_cross = 1\nparticipant_own = 1\n",
    );
    let solved = partly_json(&["solve", file.path()]);
    let error = &solved["results"][0]["error"];
    assert_eq!(error["kind"], "not_finite");
    assert!(error["player"].is_string() && error["last"].is_array(), "{error}");
    assert!(partly(&["compare", file.path()]).contains("no_support: no result: the payoff of"));
}

#[test]
fn numbers_may_be_integers_of_any_kind() {
    let file = Temporary::new(huang_li(["1_000", "0x190", "6e-1", ".4", "20", "8"]));
    assert_eq!(refusal(file.path()).split(':').nth(1), Some("6"), "a leading point is no TOML");
    let file = Temporary::new(huang_li(["1_000", "0x190", "6e-1", "0.4", "+20", "0b1000"]));
    let solved = json(&["solve", file.path()]);
    let given: Vec<_> = HUANG_LI.iter().map(|name| number(&solved["parameters"][name])).collect();
    assert_eq!(given, [1000.0, 400.0, 0.6, 0.4, 20.0, 8.0]);
}

// ---- Splitting the gain ------------------------------------------------------------------------------------------

/// Joint profit 47.5 against 23 and 13.25: a gain of 11.25.
const ALLIANCE: &str = "model = 'platform_alliance'\nstructures = ['integrated']\n[parameters]\nplatform_own = 4\n\
     platform_cross = 6\nparticipant_cross = 3\nparticipant_own = 3\nplatform_base = 10\nparticipant_base = 5\n\
     [bargaining]\nstatus_quo = 'no_support'\n";

#[test]
fn rules_of_bargaining_by_arithmetic() {
    let bargains = |lines: &str| {
        let file = Temporary::new(ALLIANCE.to_owned() + lines);
        json(&["solve", file.path()])["results"][0]["profit_sharing"]["bargains"].clone()
    };
    let rules = "rules = ['nash', 'kalai_smorodinsky', 'egalitarian']\n";
    assert_eq!(bargains("power = 0.4\n"), Value::Null);
    let all = bargains(&format!("{rules}aversion = [1.5, 0.5]\n"));
    let names: Vec<_> = all.as_array().unwrap().iter().map(|b| (&b["rule"], &b["utilities"])).collect();
    assert_eq!(names.len(), 6);
    for (at, rule) in ["nash", "kalai_smorodinsky", "egalitarian"].iter().enumerate() {
        assert_eq!(names[2 * at], (&Value::from(*rule), &"linear".into()));
        assert_eq!(names[2 * at + 1], (&Value::from(*rule), &"cara".into()));
        close_to(number(&all[2 * at]["gain"]), 5.625, 1e-12);
        close_to(number(&all[2 * at]["share"]), (23.0 + 5.625) / 47.5, 1e-12);
    }
    close_to(number(&all[5]["gain"]), 11.25 / 4.0, 1e-12);

    // A share of at most 0.55 leaves the platform a gain of 3.125.
    let limited = bargains(&format!("{rules}limits = [0, 0.55]\n"));
    for (at, gain) in [3.125, 3.125 * 11.25 / (3.125 + 11.25), 3.125].iter().enumerate() {
        close_to(number(&limited[at]["gain"]), *gain, 1e-12);
    }
    let nothing = bargains(&format!("{rules}limits = [0, 0.4]\n"));
    assert!(
        nothing["error"].as_str().unwrap().contains("none leaves both parties without a loss"),
        "{nothing}"
    );
    // Utilities or limits without a rule: Nash's.
    let implied = bargains("exponents = [0.5, 1]\npowers = [1, 1]\n");
    close_to(number(&implied[1]["gain"]), 11.25 / 3.0, 1e-12);
    assert_eq!(implied[1]["rule"], "nash");

    let table = success(&["solve", Temporary::new(ALLIANCE.to_owned() + rules).path()]);
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
        assert_eq!(refused(with(lines)), expected);
    }
    let file = Temporary::new(with("rules = ['kalai_smorodinsky']\nlimits = [0, 1]"));
    let solved = json(&["solve", file.path()]);
    let rates = &row(&solved["results"], "cooperative")["pareto_rates"];
    let found = &rates["bargains"][0];
    let rate = number(&found["rate"]);
    assert!((0.0..=1.0).contains(&rate), "{rates}");
    // Between what each could have at most: at the rate 0 or t_min, and at 1 or t_max.
    let [low, high] = ["lowest", "highest"].map(|key| number(&rates[key]));
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
        close_to(number(alone), number(&rivals["payoffs"][party]), 1e-9);
    }
    let together = row(&solved["results"], "cooperative")["total"].as_f64().unwrap();
    close_to(number(&found["together"]), together, 1e-9);
    close_to(number(&found["created"]), together - sums[0], 1e-6);
    for sum in &sums[1..] {
        assert!((sum - together).abs() < 1e-9 * together);
    }
    assert_eq!(found["core_empty"], number(&found["least_excess"]) > 1e-7 * together);
    assert!(number(&found["regret"]) < 1e-6 * together);

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
    let one = partly_json(&["coalitions", &file, "--structure", "centralized"]);
    assert_eq!((&one["error"]["kind"], &one["error"]["parties"]), (&"parties".into(), &1.into()));
    let worst = partly_json(&["coalitions", &file, "--structure", "rival_owners", "--convention", "alpha"]);
    assert!(worst["error"]["partition"].as_str().unwrap().contains("against the worst"), "{worst}");
    let table = partly(&["coalitions", &file, "--structure", "cooperative"]);
    assert!(table.contains("no result: a coalition game of 1 parties"), "{table}");
    let formula =
        partly_json(&["coalitions", &file, "--structure", "rival_owners", "--method", "closed_form"]);
    assert_eq!(formula["error"]["kind"], "no_closed_form");

    let output = coopad(&["coalitions", &file, "--structure", "rival_owner"]);
    assert_eq!(output.status.code(), Some(2));
    let expected = "rival_owner is not a structure of dual_brand; did you mean rival_owners?\n";
    assert_eq!(text(&output.stderr), expected);
}
