//! The program on games over time: the example scenarios, reference numbers through its output, and bad input.
//!
//! Expected numbers come from the project's reference files and from arithmetic, never from the program.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use common::program::{Temporary, coopad, example, json, partly, partly_json, refused, row, success};
use common::{close_to, fixture, number};
use serde_json::Value;

/// The reference's letters and the scenario's words.
const PARAMETERS: [(&str, &str); 13] = [
    ("rho", "discount_rate"),
    ("alpha", "base_demand"),
    ("beta", "price_effect"),
    ("c", "production_cost"),
    ("l_M", "national_effectiveness"),
    ("l_R", "local_effectiveness"),
    ("d_M", "national_decay"),
    ("d_R", "local_decay"),
    ("k_M", "national_cost"),
    ("k_R", "local_cost"),
    ("th_M", "national_demand_effect"),
    ("th_R", "local_demand_effect"),
    ("G0", "initial_goodwill"),
];
const DECISIONS: [(&str, &str); 5] = [
    ("w", "wholesale_price"),
    ("phi", "participation_rate"),
    ("u_M", "national_advertising"),
    ("p", "retail_price"),
    ("u_R", "local_advertising"),
];
const STATES: [(&str, &str); 2] = [("G_M", "national_goodwill"), ("G_R", "local_goodwill")];

/// Set 1 of the reference's documentation, with changes and further tables.
fn channel(changes: &[(&str, &str)], tables: &str) -> String {
    let set =
        ["0.05", "12.0", "1.0", "2.0", "0.8", "0.6", "0.2", "0.3", "2.0", "1.5", "0.2", "0.25", "[1.0, 1.0]"];
    let lines = PARAMETERS.iter().zip(set).map(|((_, name), usual)| {
        let change = changes.iter().find(|(changed, _)| changed == name);
        format!("{name} = {}\n", change.map_or(usual, |(_, value)| value))
    });
    let parameters: String = lines.collect();
    format!(
        "model = 'channel_pricing'\nstructures = ['no_support', 'manufacturer_leads', 'cooperative']\n[parameters]\n\
         {parameters}{tables}"
    )
}

// ---- Reference numbers -------------------------------------------------------------------------------------------

/// Every row of the reference: decisions today and at rest, payoffs, value functions.
#[test]
fn reference_rows_through_the_program() {
    let file = fixture("foundations");
    for (name, structure) in
        [("no_support", "no_support"), ("stackelberg", "manufacturer_leads"), ("cooperative", "cooperative")]
    {
        for wanted in file["C_dynamic_additive"][name].as_array().unwrap() {
            let parameters: String = PARAMETERS
                .iter()
                .map(|(letter, words)| format!("{words} = {}\n", wanted["params"][letter]))
                .collect();
            let text = format!(
                "model = 'channel_pricing'\nstructures = ['{structure}']\n[parameters]\n{parameters}"
            );
            let file = Temporary::new(&text);
            let solved = json(&["solve", file.path()]);
            let found = &solved["results"][0];
            assert_eq!(found["method"], "engine");
            let rests = found["over_time"]["steady_states"].as_array().unwrap();
            assert_eq!((rests.len(), &rests[0]["stable"]), (1, &Value::Bool(true)));
            for (letter, words) in DECISIONS {
                for (place, decisions) in
                    [("decisions_at_G0", &found["decisions"]), ("steady_state", &rests[0]["decisions"])]
                {
                    if let Some(value) = wanted[place][letter].as_f64() {
                        close_to(number(&decisions[words]), value, 1e-9);
                    }
                }
            }
            for (letter, words) in STATES {
                close_to(number(&rests[0]["state"][words]), number(&wanted["steady_state"][letter]), 1e-9);
            }
            for (player, value) in wanted["payoffs_at_G0"].as_object().unwrap() {
                let found = if player == "manufacturer" || player == "retailer" {
                    &found["payoffs"][player]
                } else {
                    &found["total"]
                };
                close_to(number(found), value.as_f64().unwrap(), 1e-9);
            }
            for (key, player) in [("V_M", "manufacturer"), ("V_R", "retailer")] {
                if let Some(wanted) = wanted["coefficients"].get(key) {
                    let found = &found["over_time"]["value_functions"][player];
                    close_to(number(&found["constant"]), number(&wanted["a"]), 1e-9);
                    close_to(number(&found["slopes"]["national_goodwill"]), number(&wanted["b_M"]), 1e-9);
                    let mixed = &found["curvature"]["national_goodwill"]["local_goodwill"];
                    close_to(number(mixed), number(&wanted["P_MR"]), 1e-9);
                }
            }
        }
    }
}

/// Gains are differences of the documented values, and the region's verdict is the reference's: support is a strict
/// improvement at every state tested, cooperation creates more, and its price is lower at the same state but need not be
/// in the long run.
#[test]
fn comparison_of_the_documented_set() {
    let file = Temporary::new(channel(&[], ""));
    let compared = json(&["compare", file.path()]);
    assert_eq!(compared["baseline"], "no_support");
    let rows = &compared["structures"];
    let led = row(rows, "manufacturer_leads");
    assert_eq!(led["pareto"], "strict");
    let (manufacturer, retailer) = (281.947_314_1 - 276.634_216_6, 147.379_577_6 - 143.642_603_7);
    close_to(number(&led["change"]["payoffs"]["manufacturer"]), manufacturer, 1e-6);
    close_to(number(&led["change"]["payoffs"]["retailer"]), retailer, 1e-6);
    close_to(number(&led["created"]), manufacturer + retailer, 1e-6);
    close_to(number(&led["shares"]["manufacturer"]), manufacturer / (manufacturer + retailer), 1e-6);
    let state_by_state = &led["comparisons"][0];
    assert_eq!(state_by_state["baseline"], "no_support");
    let places: Vec<_> =
        state_by_state["at"].as_array().unwrap().iter().map(|at| at["place"].as_str().unwrap()).collect();
    assert_eq!(
        places,
        ["initial", "baseline_at_rest", "at_rest", "centre", "corner", "corner", "corner", "corner"]
    );
    for at in state_by_state["at"].as_array().unwrap() {
        assert_eq!(at["pareto"], "strict", "{at}");
    }
    assert_eq!(state_by_state["region"]["states"], 25);
    assert_eq!(
        (&state_by_state["region"]["share"], &state_by_state["region"]["creating"]),
        (&1.0.into(), &25.into())
    );
    assert_eq!(state_by_state["region"]["everybody_gains"].as_array().unwrap().len(), 25);

    let joint = row(rows, "cooperative");
    close_to(number(&joint["total"]), 608.259_696_9, 1e-9);
    let against: Vec<_> = joint["comparisons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| held["baseline"].as_str().unwrap())
        .collect();
    assert_eq!(against, ["no_support", "manufacturer_leads"]);
    assert_eq!(joint["over_time"]["coalitions"], serde_json::json!([["manufacturer", "retailer"]]));
    let held = &joint["comparisons"][1];
    // A split exists at every state at which both could gain.
    assert_eq!(held["region"]["creating"], 25);
    close_to(number(&held["at"][0]["created"]), 608.259_696_9 - 281.947_314_1 - 147.379_577_6, 1e-8);
    close_to(number(&held["at"][0]["change"]["decisions"]["retail_price"]), 7.225 - 9.8375, 1e-9);
    close_to(number(&held["at_rest"]["decisions"]["retail_price"]), 8.245_538_901 - 10.421_916_34, 1e-8);
    close_to(number(&held["at_rest"]["states"]["national_goodwill"]), 7.994_289_793 - 3.616_356_628, 1e-8);

    let table = success(&["compare", file.path()]);
    for words in [
        "Where each comes to rest:",
        "manufacturer leads at every moment",
        "Everybody gains at 25 of 25 states",
    ] {
        assert!(table.contains(words), "{words} is not in\n{table}");
    }
}

/// Existence is a matter of the structure: the reference has the cooperative game fail first as goodwill weighs more.
#[test]
fn an_unbounded_cooperative_game_stands_beside_a_fine_led_one() {
    for (factor, exists) in [(2.2, [true, true, true]), (2.5, [true, true, false]), (3.0, [false; 3])] {
        let effects = [(0.2 * factor).to_string(), (0.25 * factor).to_string()];
        let changes = [("national_demand_effect", &*effects[0]), ("local_demand_effect", &*effects[1])];
        let file = Temporary::new(channel(&changes, ""));
        for command in ["solve", "compare"] {
            let arguments = [command, file.path()];
            let solved = if exists == [true; 3] { json(&arguments) } else { partly_json(&arguments) };
            let rows = solved.get("results").or(solved.get("structures")).unwrap();
            for (row, exists) in rows.as_array().unwrap().iter().zip(exists) {
                assert_eq!(row.get("error").is_none(), exists, "{row}");
                if let Some(error) = row.get("error") {
                    assert!(["no_value", "explosive"].contains(&error["kind"].as_str().unwrap()), "{error}");
                    assert!(!error["message"].as_str().unwrap().is_empty());
                    assert!(error["multiple"].is_number() || error["growth"].is_number(), "{error}");
                }
            }
        }
        let compare = ["compare", file.path()];
        let table = if exists == [true; 3] { success(&compare) } else { partly(&compare) };
        assert_eq!(table.contains("cooperative: no result:"), !exists[2], "{table}");
    }
}

/// A game with a last day: values, slopes and where it leads are the reference's, and nothing is said of rest points.
#[test]
fn a_game_that_ends() {
    let file = fixture("dynamic");
    let words = [
        ("r", "discount_rate"),
        ("T", "horizon"),
        ("q1", "margin_1"),
        ("q2", "margin_2"),
        ("c1", "cost_1"),
        ("c2", "cost_2"),
        ("S1", "salvage_1"),
        ("S2", "salvage_2"),
        ("x0", "initial_share"),
    ];
    for wanted in file["sorger_1989_finite_horizon"].as_array().unwrap() {
        let line = |(letter, word): &(&str, &str)| format!("{word} = {}\n", wanted["params"][letter]);
        let parameters: String = words.iter().map(line).collect();
        let text = format!("model = 'sorger'\nstructures = ['simultaneous']\n[parameters]\n{parameters}");
        let file = Temporary::new(&text);
        let found = &json(&["solve", file.path()])["results"][0];
        let course = &found["over_time"];
        assert_eq!((&course["horizon"], &course["evidence"]), (&wanted["params"]["T"], &Value::Null));
        assert_eq!(course["steady_states"], serde_json::json!([]));
        let simulated = json(&["simulate", file.path()]);
        let last = simulated["results"][0]["states"]["share"].as_array().unwrap().last().unwrap();
        close_to(number(last), number(&wanted["x_T"]), 1e-8);
        for (player, sign) in [(0, 1.0), (1, -1.0)] {
            let name = ["firm_1", "firm_2"][player];
            close_to(number(&found["payoffs"][name]), number(&wanted["payoffs"][player]), 1e-8);
            let slope = sign * number(&wanted["A_at_0"][player]);
            close_to(number(&course["value_functions"][name]["slopes"]["share"]), slope, 1e-8);
        }
        assert!(success(&["compare", file.path()]).contains("the game ends after"));
    }
    // Any game can be given a last day.
    let text = "model = 'vidale_wolfe'\n[parameters]\ndiscount_rate = 0.1\neffectiveness = 1\ndecay = 0.1\nmargin = 1\n\
                initial_share = 0.1\n[time]\nhorizon = 2\n";
    let file = Temporary::new(text);
    let found = &json(&["solve", file.path()])["results"][0];
    // Two units of time earn less than two units of the whole market.
    assert!((0.0..2.0).contains(&number(&found["total"])));
    let refused = refused(&["solve", Temporary::new(text.replace("= 2\n", "= -2\n")).path()]);
    assert!(refused.contains("time.horizon"), "{refused}");
}

/// Deal's duopoly is known for announced courses: the reference's rows, and what is said of a plan.
#[test]
fn announced_courses() {
    let file = fixture("dynamic");
    for wanted in file["deal_1979_open_loop"].as_array().unwrap() {
        let words = [
            ("rho", "discount_rate"),
            ("T", "horizon"),
            ("a", "decay"),
            ("b", "effectiveness"),
            ("c", "margin"),
            ("e", "attack"),
            ("w", "salvage"),
        ];
        let mut parameters = String::new();
        for (letter, name) in words {
            for (suffix, place) in [("", ""), ("1", "_1"), ("2", "_2")] {
                if let Some(value) = wanted["params"].get(format!("{letter}{suffix}")) {
                    parameters
                        .push_str(&format!("{name}{place} = {value:?}\n", value = value.as_f64().unwrap()));
                }
            }
        }
        for firm in ["1", "2"] {
            let share = &wanted["params"][format!("x{firm}0")];
            parameters.push_str(&format!("initial_share_{firm} = {share}\n"));
        }
        let text = format!("model = 'deal'\nstructures = ['simultaneous']\n[parameters]\n{parameters}");
        let file = Temporary::new(&text);
        let solved = json(&["solve", file.path()]);
        let found = &solved["results"][0];
        let plan = &found["over_time"]["plan"];
        assert_eq!(found["over_time"]["information"], "open_loop");
        assert_eq!(plan["time_consistent"], true);
        for (firm, player) in ["firm_1", "firm_2"].into_iter().enumerate() {
            let number = |value: &Value| value.as_f64().unwrap();
            close_to(number(&found["payoffs"][player]), number(&wanted["payoffs"][firm]), 1e-9);
            let effort = format!("advertising_{}", firm + 1);
            close_to(number(&found["decisions"][&effort]), number(&wanted["u_at"]["0"][firm]), 1e-9);
            let share = format!("share_{}", firm + 1);
            close_to(number(&plan["final_state"][&share]), number(&wanted["x_at"]["T"][firm]), 1e-9);
            let own = format!("l{0}{0}", firm + 1);
            close_to(
                number(&plan["costates"][player][&share]),
                number(&wanted["initial_costates"][&own]),
                1e-9,
            );
        }
        // What is earned to date grows to the payoff less what is paid for the last state.
        let moved = json(&["simulate", file.path()]);
        let course = &moved["results"][0];
        let last = |series: &Value| series.as_array().unwrap().last().unwrap().as_f64().unwrap();
        let (rho, end) = (number(&wanted["params"]["rho"]), number(&wanted["params"]["T"]));
        let paid = number(&wanted["params"]["w1"]) * last(&course["states"]["share_1"]);
        let earned = last(&course["payoffs"]["firm_1"]) + (-rho * end).exp() * paid;
        assert!((earned - number(&wanted["payoffs"][0])).abs() < 1e-8);
    }
}

/// More firms than a grid of value functions could hold: what the formulas say everybody's future is worth is what the path
/// earns that is integrated in time.
#[test]
fn many_firms() {
    let alliance = std::fs::read_to_string(example("cocreation_services"))
        .unwrap()
        .replace(
            "\"enterprises_support_platform\", \"enterprises_support_community\", \"mesh\", \"cooperative\"",
            "",
        )
        .replace("enterprises = 2", "enterprises = 5")
        .replace("[0.3, 0.35]", "0.3")
        .replace("[1.0, 0.8]", "0.9")
        .replace("[[0.0, 0.05], [0.05, 0.0]]", "0.0")
        .replace("brand_volatility = 0.3", "brand_volatility = 0.0")
        .replace("base_volatility = 0.4", "base_volatility = 0.0");
    let (alliance, _) = alliance.split_once("[simulate]").unwrap();
    let retailers = "model = 'chutani_sethi'\nstructures = ['no_support', 'manufacturer_leads']\n[parameters]\n\
                     retailers = 10\ndiscount_rate = 0.1\neffectiveness = 0.3\ndecay = 0.3\n\
                     manufacturer_margin = 2\nretailer_margin = 1\ninitial_share = 0.01\n";
    for (name, text, firm) in [("alliance", alliance, "enterprise_5"), ("market", retailers, "retailer_10")] {
        let file = Temporary::new(format!("{text}\n[simulate]\nhorizon = 250\npoints = 2\n"));
        let (solved, moved) = (json(&["solve", file.path()]), json(&["simulate", file.path()]));
        for (found, course) in
            solved["results"].as_array().unwrap().iter().zip(moved["results"].as_array().unwrap())
        {
            assert_eq!(found["method"], "closed_form", "{found}");
            let worth = number(&found["payoffs"][firm]);
            close_to(number(&course["payoffs"][firm][1]), worth, 1e-7);
        }
        // Formulas may be asked for by name; a game in stages has none.
        if name == "market" {
            let named = json(&["solve", file.path(), "--method", "closed_form"]);
            assert_eq!(named["results"], solved["results"]);
            let staged = Temporary::new(format!("{text}\n[time]\nstage = 0.5\n"));
            let none = partly_json(&["solve", staged.path(), "--method", "closed_form"]);
            assert_eq!(none["results"][0]["error"]["kind"], "no_closed_form");
        }
    }
}

/// The same game with announced courses and without: an end, or rest for ever, a leader that would break its word.
#[test]
fn information_can_be_chosen() {
    let text = std::fs::read_to_string(example("goodwill_channel")).unwrap()
        + "\n[time]\ninformation = 'open_loop'\n";
    let announced = Temporary::new(&text);
    let solved = json(&["solve", announced.path()]);
    for found in solved["results"].as_array().unwrap() {
        let rests = found["over_time"]["steady_states"].as_array().unwrap();
        assert_eq!(rests.len(), 1, "{found}");
        assert_eq!(rests[0]["state"], found["over_time"]["plan"]["final_state"]);
    }
    // Values are linear: what is announced is what would be decided at every state.
    let seen = json(&["solve", &example("goodwill_channel")]);
    for structure in ["no_support", "manufacturer_leads", "cooperative"] {
        let payoff = |solved: &Value| row(&solved["results"], structure)["payoffs"]["retailer"].clone();
        close_to(number(&payoff(&solved)), payoff(&seen).as_f64().unwrap(), 1e-8);
    }
    success(&["compare", announced.path()]);
    success(&["solve", announced.path()]);

    let text = std::fs::read_to_string(example("deal")).unwrap() + "\n[time]\nstates = [{ share_1 = 0.1 }]\n";
    let states = Temporary::new(&text);
    assert!(refused(&["solve", states.path()]).contains("nobody sees the state"));
    let text = std::fs::read_to_string(example("deal")).unwrap() + "\n[time]\ninformation = 'closed_loop'\n";
    let unknown = Temporary::new(&text);
    assert!(refused(&["solve", unknown.path()]).contains("open_loop"));
}

/// What `solve` says of a game without end was searched for gains at many states and over time.
#[test]
fn evidence_comes_with_the_values() {
    let solved = json(&["solve", &example("sethi")]);
    let evidence = &solved["results"][0]["over_time"]["evidence"];
    assert!(evidence["states"].as_u64().unwrap() >= 4, "{evidence}");
    for key in ["regret", "evaluation", "discrepancy", "gain"] {
        assert!(number(&evidence[key]) < 1e-6, "{evidence}");
    }
    assert!(success(&["solve", &example("channel_pricing")]).contains("The same at 10 states"));
}

// ---- Shape -------------------------------------------------------------------------------------------------------

/// All example scenarios, of games over time and others, by every command that is for them.
#[test]
fn every_example_scenario_runs() {
    let mut seen = 0;
    for entry in Path::new(&example("any")).parent().unwrap().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        // What `solve` says is part of it.
        let compared = json(&["compare", path]);
        for row in compared["structures"].as_array().unwrap() {
            assert!(row["total"].is_number(), "{path}: {row}");
        }
        if compared["structures"][0].get("over_time").is_some() {
            let simulated = json(&["simulate", path]);
            for course in simulated["results"].as_array().unwrap() {
                assert!(course.get("error").is_none(), "{path}: {course}");
            }
            seen += 1;
        }
    }
    assert!(seen >= 9, "{seen} games over time");
}

#[test]
fn models_over_time_are_on_the_list() {
    let card = json(&["models", "channel_pricing"]);
    let states = &card["models"][0]["states"];
    assert_eq!((&states[0]["name"], &states[0]["symbol"]), (&"national_goodwill".into(), &"G_M".into()));
    assert!(success(&["models", "channel_pricing"]).contains("local_goodwill"));
    assert!(json(&["models", "huang_li"])["models"][0].get("states").is_none());
}

#[test]
fn states_asked_for() {
    let tables =
        "[time]\nstates = [{ national_goodwill = 0, local_goodwill = 0 }, { local_goodwill = 1e3 }]\n";
    let file = Temporary::new(channel(&[], tables));
    let solved = json(&["solve", file.path()]);
    let at = &row(&solved["results"], "manufacturer_leads")["over_time"]["at"];
    // At zero goodwill a value function is its constant, and w = (α + βc)/2β.
    close_to(number(&at[0]["values"]["manufacturer"]), 277.889_282_7, 1e-9);
    close_to(number(&at[0]["values"]["retailer"]), 145.305_189_7, 1e-9);
    close_to(number(&at[0]["decisions"]["wholesale_price"]), 7.0, 1e-12);
    // What is left out stands at its initial value; quadratic values hold outside of the region, too.
    assert_eq!(at[1]["state"], serde_json::json!({ "national_goodwill": 1.0, "local_goodwill": 1000.0 }));
    close_to(number(&at[1]["decisions"]["wholesale_price"]), 7.0 + 0.5 * (0.2 + 250.0), 1e-12);
    assert!(success(&["solve", file.path()]).contains("At national_goodwill = 0, local_goodwill = 0:"));
}

/// A value function that is no polynomial of degree 2, on its region only.
#[test]
fn a_region_ends_where_it_ends() {
    let scenario = "model = 'vidale_wolfe'\n[parameters]\ndiscount_rate = 0.1\neffectiveness = 1\ndecay = 0.1\n\
         margin = 1\ninitial_share = 0.1\n[time]\nstates = [{ share = 0.5 }, { share = 2 }]\n";
    let file = Temporary::new(scenario);
    let solved = json(&["solve", file.path()]);
    let course = &solved["results"][0]["over_time"];
    assert!(course["value_functions"]["firm"]["degree"].as_u64().unwrap() > 2);
    assert!(course["at"][0]["values"]["firm"].is_number());
    assert_eq!(course["at"][1]["error"]["kind"], "leaves_region");
    // The steady state without the value function: 2u(r + b + au) = aπ(1 − x) with u = bx/(a(1 − x)).
    let rest = &course["steady_states"][0];
    let (x, u) = (number(&rest["state"]["share"]), number(&rest["decisions"]["advertising"]));
    assert!(
        (u - 0.1 * x / (1.0 - x)).abs() < 1e-9 && (2.0 * u * (0.2 + u) - (1.0 - x)).abs() < 1e-7,
        "{x} {u}"
    );
    assert!(success(&["solve", file.path()]).contains("monopoly: no result there: share leaves its region"));
}

// ---- Paths -------------------------------------------------------------------------------------------------------

/// The documented set's path ends at the documented steady state, and payoffs to date tend to the documented values.
#[test]
fn a_path_ends_where_the_reference_rests() {
    let file = Temporary::new(channel(&[], "[simulate]\nhorizon = 400\npoints = 5\n"));
    let simulated = json(&["simulate", file.path()]);
    let led = row(&simulated["results"], "manufacturer_leads");
    assert_eq!(led["times"], serde_json::json!([0.0, 100.0, 200.0, 300.0, 400.0]));
    close_to(number(&led["states"]["national_goodwill"][0]), 1.0, 1e-12);
    close_to(number(&led["states"]["national_goodwill"][4]), 3.616_356_628, 1e-7);
    close_to(number(&led["decisions"]["wholesale_price"][0]), 7.225, 1e-9);
    close_to(number(&led["decisions"]["wholesale_price"][4]), 7.614_610_892, 1e-7);
    close_to(number(&led["payoffs"]["manufacturer"][4]), 281.947_314_1, 1e-7);
    close_to(number(&led["payoffs"]["retailer"][4]), 147.379_577_6, 1e-7);
    assert_eq!(led["payoffs"]["retailer"][0], 0.0);

    let csv = success(&["simulate", file.path(), "--format", "csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 3 * 5);
    assert_eq!(
        lines[0],
        "structure,time,national_goodwill,local_goodwill,wholesale_price,participation_rate,national_advertising,\
         retail_price,local_advertising,flow_of_manufacturer,flow_of_retailer,payoff_of_manufacturer,\
         payoff_of_retailer"
    );
    assert!(lines[1].starts_with("no_support,0,1,1,"), "{}", lines[1]);
    assert!(lines.iter().all(|line| line.split(',').count() == 13), "{csv}");
}

/// Sethi's mean share has a closed form, and the same seed gives the same bits.
#[test]
fn bands_of_a_noisy_share() {
    let scenario = |seed: usize| {
        format!(
            "model = 'sethi'\n[parameters]\ndiscount_rate = 0.05\ndecay = 0.1\neffectiveness = 1\nmargin = 1\n\
             volatility = 0.1\ninitial_share = 0.5\n[simulate]\nhorizon = 4\npoints = 3\npaths = 400\n\
             seed = {seed}\nstep = 0.02\nscheme = 'milstein'\nquantiles = [0.1, 0.9]\n"
        )
    };
    let run = |seed: usize| {
        let file = Temporary::new(scenario(seed));
        success(&["simulate", file.path(), "--format", "json"])
    };
    let text = run(7);
    assert_eq!(text, run(7));
    assert_ne!(text, run(8));
    let found: Value = serde_json::from_str(&text).unwrap();
    let found = &found["results"][0];
    assert_eq!(
        (&found["paths"], &found["seed"], &found["scheme"]),
        (&400.into(), &7.into(), &"milstein".into())
    );
    // λ = 2(√((ρ + δ)² + r²π) − (ρ + δ))/r²; the mean tends to b/(b + δ) at the rate b + δ, where b = r²λ/2.
    let b = 0.15_f64.hypot(1.0) - 0.15;
    let rate = b + 0.1;
    for (at, time) in [(0, 0.0), (1, 2.0), (2, 4.0)] {
        let mean = b / rate + (0.5 - b / rate) * f64::exp(-rate * time);
        let spread = 0.1 * 0.5 / (2.0 * rate).sqrt() / 20.0;
        let value = number(&found["mean"]["share"][at]);
        assert!((value - mean).abs() <= 4.0 * spread + 0.005, "{time}: {value} {mean}");
        let [low, high] =
            [0, 1].map(|level: usize| number(&found["quantiles"][level]["states"]["share"][at]));
        assert!(low <= value && value <= high);
    }
    assert!(number(&found["payoffs"]["firm"]["standard_error"]) > 0.0);
    let file = Temporary::new(scenario(7));
    let csv = success(&["simulate", file.path(), "--format", "csv"]);
    assert!(
        csv.starts_with("structure,time,share_mean,share_q0.1,share_q0.9\nmonopoly,0,0.5,0.5,0.5\n"),
        "{csv}"
    );
    assert!(success(&["simulate", file.path()]).contains("400 paths in steps of 0.02 (milstein), seed 7"));
}

#[test]
fn a_structure_without_a_path_is_named() {
    let changes = [("national_demand_effect", "0.5"), ("local_demand_effect", "0.625")];
    let file = Temporary::new(channel(&changes, "[simulate]\nhorizon = 2\npoints = 3\n"));
    let simulated = partly_json(&["simulate", file.path()]);
    assert!(row(&simulated["results"], "cooperative")["error"]["kind"].is_string());
    assert!(row(&simulated["results"], "no_support").get("error").is_none());
    let output = coopad(&["simulate", file.path(), "--format", "csv"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("cooperative: no result:"), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1 + 2 * 3);
}

// ---- Bad input ---------------------------------------------------------------------------------------------------

#[test]
fn tables_are_checked() {
    for (tables, expected) in [
        ("[time]\nstate = {}", ":18: time.state is not a key of [time]; did you mean states?"),
        (
            "[time]\nstates = { nationl_goodwill = 1 }",
            ":18: time.states.nationl_goodwill is not a state of the model; did you mean national_goodwill?",
        ),
        (
            "[time]\nstates = [{ G_R = 1 }]",
            ":18: time.states[0].G_R is not a state of the model; did you mean local_goodwill?",
        ),
        (
            "[time]\nstates = 3",
            ":18: time.states = 3 is not allowed: it must be a table of states, { national_goodwill = 1.0 }",
        ),
        (
            "[time]\nstates = [{ local_goodwill = inf }]",
            ":18: time.states[0].local_goodwill = inf is not allowed: it must be a finite number",
        ),
        (
            "[time]\nregion = { local_goodwill = [2, 40] }",
            ":18: time.region.local_goodwill = [2, 40] is not allowed: it must be two numbers, the smaller one first, \
             with 1 between them",
        ),
        (
            "[time]\nregion = { local_goodwill = [40, 0] }",
            ":18: time.region.local_goodwill = [40, 0] is not allowed: it must be two numbers, the smaller one first, \
             with 1 between them",
        ),
        (
            "[time.region]\nlocal_goodwill = 5",
            ":18: time.region.local_goodwill = 5 is not allowed: it must be two numbers, the smaller one first, with 1 \
             between them",
        ),
        (
            "[time]\ntolerance = 0",
            ":18: time.tolerance = 0 is not allowed: it must be a number from 1e-12 to 0.01",
        ),
        ("[time]\npoints = 1", ":18: time.points = 1 is not allowed: it must be a whole number from 2 to 25"),
        (
            "[time]\npoints = 2.5",
            ":18: time.points = 2.5 is not allowed: it must be a whole number from 2 to 25",
        ),
        (
            "time = 3",
            ":17: parameters.time is not a parameter of channel_pricing; did you mean time, above [parameters]?",
        ),
        ("[[time]]", ":17: time = [[time]] is not allowed: it must be a table, [time]"),
        (
            "[simulate]\nhorizon = -1",
            ":18: simulate.horizon = -1 is not allowed: it must be a positive number",
        ),
        (
            "[simulate]\npoints = 1e9",
            ":18: simulate.points = 1e9 is not allowed: it must be a whole number from 2 to 100001",
        ),
        (
            "[simulate]\npaths = 10",
            ":18: simulate.paths is not a key of [simulate] for channel_pricing, which has no noise at these \
             parameters; allowed: horizon, points",
        ),
        ("[simulate]\nhorizn = 1", ":18: simulate.horizn is not a key of [simulate]; did you mean horizon?"),
        (
            "[bargaining]\npower = 0.5",
            ":17: bargaining is not a table for channel_pricing: its notes state no bargain; allowed: model, title, \
             structures, baseline, parameters",
        ),
        ("theta = 3", ":17: parameters.theta is not a parameter of channel_pricing; allowed: "),
    ] {
        let file = Temporary::new(channel(&[], tables));
        for command in ["solve", "compare", "simulate"] {
            let error = refused(&[command, file.path()]);
            let error = error.strip_prefix(file.path()).unwrap();
            assert!(error.starts_with(expected), "{error}\nfor\n{expected}");
        }
    }
}

#[test]
fn noise_is_checked() {
    let scenario = |line: &str| {
        format!(
            "model = 'sethi'\n[parameters]\ndiscount_rate = 0.05\ndecay = 0.1\neffectiveness = 1\nmargin = 1\n\
             volatility = 0.1\n[simulate]\n{line}\n"
        )
    };
    let levels = "it must be a list of 1 to 99 numbers between 0 and 1, the smaller ones first";
    for (line, expected) in [
        ("paths = 0", "simulate.paths = 0 is not allowed: it must be a whole number from 1 to 1000000".to_owned()),
        ("seed = -1", "simulate.seed = -1 is not allowed: it must be a whole number from 0 to 4294967295".to_owned()),
        ("step = 0", "simulate.step = 0 is not allowed: it must be a positive number".to_owned()),
        (
            "scheme = 'milstien'",
            "simulate.scheme = 'milstien' is not allowed: it must be one of euler, milstein; did you mean milstein?"
                .to_owned(),
        ),
        ("quantiles = []", format!("simulate.quantiles = [] is not allowed: {levels}")),
        ("quantiles = [0.5, 0.2]", format!("simulate.quantiles = [0.5, 0.2] is not allowed: {levels}")),
        ("quantiles = [0.5, 1.2]", format!("simulate.quantiles = [0.5, 1.2] is not allowed: {levels}")),
        (
            "paths = 1000000\npoints = 11\nstep = 1",
            "simulate.paths = 1000000 does not fit: points times paths may be at most 10000000".to_owned(),
        ),
        (
            "step = 1e-9\nhorizon = 100",
            "simulate.step = 1e-9 does not fit: all paths together may take at most 1e9 steps".to_owned(),
        ),
        (
            "step = 1e-9",
            "simulate.step = 1e-9 does not fit: all paths together may take at most 1e9 steps".to_owned(),
        ),
    ] {
        let file = Temporary::new(scenario(line));
        let error = refused(&["simulate", file.path()]);
        assert!(error.ends_with(&expected), "{error}\nfor\n{expected}");
    }
}

/// Commands and tables for one kind of model refuse the other.
#[test]
fn kinds_of_models_are_told_apart() {
    let path = example("channel_pricing");
    assert_eq!(
        refused(&["sensitivities", &path]),
        "sensitivities is for games of one moment, and channel_pricing is not one"
    );
    assert_eq!(
        refused(&["coalitions", &path]),
        "coalitions is for games of one moment, and channel_pricing is not one"
    );
    assert_eq!(
        refused(&["simulate", &example("huang_li")]),
        "simulate is for games over time, and huang_li is not one"
    );
    for table in ["time", "simulate"] {
        let text =
            std::fs::read_to_string(example("huang_li")).unwrap() + &format!("\n[{table}]\npoints = 3\n");
        let file = Temporary::new(&text);
        let error = refused(&["solve", file.path()]);
        let expected = format!(
            "{table} is not a table for huang_li: it is a game of one moment; allowed: model, title,"
        );
        assert!(error.contains(&expected), "{error}");
    }
    // There is no formula for a value function.
    let solved = partly_json(&["solve", &path, "--method", "closed_form"]);
    assert_eq!(solved["results"][0]["error"]["kind"], "no_closed_form");
}

/// Whatever the numbers, there is a result or an error entry, and every number is finite or null.
#[test]
fn extreme_numbers_give_results_or_error_entries() {
    for value in ["1e300", "1e-300", "5e-324", "1e9"] {
        for name in
            ["discount_rate", "price_effect", "national_decay", "local_cost", "national_demand_effect"]
        {
            let file = Temporary::new(channel(&[(name, value)], "[simulate]\nhorizon = 1\npoints = 3\n"));
            for command in ["solve", "compare", "simulate"] {
                let output = coopad(&[command, file.path(), "--format", "json"]);
                match output.status.code() {
                    Some(0 | 1) => {
                        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
                        let rows =
                            found.get("results").or(found.get("structures")).unwrap().as_array().unwrap();
                        assert_eq!(rows.len(), 3);
                    }
                    // Demand at production cost may not be positive, or what is asked for does not fit.
                    Some(2) => {
                        let error = String::from_utf8_lossy(&output.stderr);
                        assert!(error.contains("base_demand") || error.contains(name), "{output:?}")
                    }
                    _ => panic!("{name} = {value}: {output:?}"),
                }
            }
        }
    }
}
