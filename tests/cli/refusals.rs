//! Bad input.

use super::*;

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
        assert_eq!(refused(good.replacen(from, to, 1)), expected);
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
            refused(huang_li(["1000", "400", "0.6", "0.4", "20", value])),
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
        assert_eq!(refused(dual(value)), format!(":3: parameters.base_sales = {value} {length}"));
    }
    for (value, at, entry) in [("[1, -2]", 1, "-2"), ("[nan, 1]", 0, "nan"), ("[1, \"x\"]", 1, "\"x\"")] {
        assert_eq!(
            refused(dual(value)),
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
    let refused_list = |margins: &str, effects: &str, more: &str| refused(file(margins, effects, more));
    assert_eq!(
        refused_list("[1, 2, 3]", "[1, 2]", ""),
        ":5: parameters.local_effect = [1, 2] does not fit: 3 numbers are needed, 2 given"
    );
    assert_eq!(
        refused_list("[1, 2, 3]", "1", "retailers = 2\n"),
        ":4: parameters.retailer_margin = [1, 2, 3] does not fit: 2 numbers are needed, 3 given"
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
    let file = Temporary::new(format!(
        "model = 'zhang_xie'\nstructures = ['specific_rates', 'uniform_rate']\n[parameters]\n\
             manufacturer_margin = 2\nretailer_margin = [{}]\nlocal_effect = [{}]\nnational_effect = 0.01\n",
        numbers(|i| 0.5 + 0.005 * i as f64),
        numbers(|i| 1.0 + 0.01 * (i % 7) as f64)
    ));
    let solved = json(&["solve", file.path()]);
    let first = &solved["results"][0];
    assert_eq!(first["structure"], "specific_rates");
    // (2·2 − 0.5)/(2·2 + 0.5)
    let rate = number(&first["decisions"]["participation_rate_1"]);
    assert!((rate - 7.0 / 9.0).abs() < 1e-14, "{rate}");
    assert_eq!(first["thinned"], true);
    assert!(success(&["solve", file.path()]).contains("that search was thinned out"));
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(refused(""), format!(":1: missing: model (one of {})", every_model()));
    assert_eq!(
        refused(huang_li(["1000", "400", "0.6", "0.4", "20", "8"]).replace("shortfall = 400\n", "")),
        ":2: missing: parameters.shortfall (a positive number)"
    );
    assert_eq!(
        refused("model = 'platform_alliance'\n\n[parameters]\nplatform_margin = 1\nparticipant_margin = 2\n"),
        ":3: missing: parameters.platform_effect (a positive number), parameters.participant_effect (a positive number)"
    );
    let neither = refused("model = 'platform_alliance'\n");
    assert!(
        neither.contains("response_matrix: platform_own") && neither.contains("joint_sales: platform_margin")
    );
    assert_eq!(
        refused("model = 'platform_alliance'\n[parameters]\nplatform_margin = 1\nplatform_own = 2\n"),
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
        assert_eq!(refused(with(line)), expected);
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
        assert_eq!(refused(with(lines)), expected);
    }
    let dual = refused("model = 'dual_brand'\n[bargaining]\npower = 0.5\n");
    assert!(dual.starts_with(":2: bargaining is not a table for dual_brand"), "{dual}");
}

#[test]
fn hostile_files() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(refused(format!("model = {deep}")).starts_with(":1: "));
    let tables = "{a=".repeat(100_000) + "1" + &"}".repeat(100_000);
    assert!(refused(format!("model = {tables}")).starts_with(":1: "));
    assert!(refused("a.".repeat(100_000) + "b = 1").starts_with(":1: "));
    assert!(refused("[".to_owned() + &"a.".repeat(100_000) + "b]").starts_with(":1: "));
    assert!(refused("model = \n").starts_with(":1: "));
    assert!(refused("a".repeat(500_000) + " = 1").contains("… is not a key"));
    assert!(refused("\"a\\n\\u001b[31mb\" = 1\n").starts_with(":1: a"));

    assert_eq!(
        refused("# ".to_owned() + &"x".repeat(10_000_000)),
        ": is longer than the 1048576 bytes allowed for a scenario file"
    );
    assert_eq!(refused((0..=255).collect::<Vec<u8>>()), ": is not a text file: no UTF-8 at byte 128");
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
