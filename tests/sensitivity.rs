//! Sensitivities: against closed forms run on dual numbers, by hand at corners, in games with prices and bounds that
//! depend on parameters, and through the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::Draws;
use coopad::analysis::{Sign, around, comparative_statics, second_derivatives, sensitivities};
use coopad::models::{Channel, DualBrand, HuangLi, Model, PlatformAlliance, alliance, dual_brand, huang_li};
use coopad::prelude::*;
use coopad::{Dual, SolveError};

/// Games a structure.
const GAMES: usize = 40;

/// A number, its parameter's first derivative and, twice along it, its second.
type Second = Dual<Dual<f64>>;

fn along(values: &[f64], column: usize) -> Vec<Second> {
    let number = |(at, &value): (usize, &f64)| {
        let slope = if at == column { 1.0 } else { 0.0 };
        Dual { value: Dual { value, slope }, slope: Dual { value: slope, slope: 0.0 } }
    };
    values.iter().enumerate().map(number).collect()
}

/// All first derivatives, and the second ones along each parameter, as the closed form on dual numbers has them.
fn exact<M: Model + StaticGame>(
    draw: fn(&mut Draws) -> M,
    structure: &str,
    form: impl Fn(&[Second]) -> Vec<Second>,
    payoffs: impl Fn(&M, &[Second], &[Second]) -> Vec<Second>,
) {
    let rules = M::structure(structure).unwrap();
    let mut draws = Draws(11);
    for _ in 0..GAMES {
        let game = draw(&mut draws);
        let values = game.values().concat();
        for solution in [game.solve(&rules).unwrap(), game.solve_numerically(&rules).unwrap()] {
            let first = sensitivities(&game, &solution).unwrap();
            let second = second_derivatives(&game, &solution).unwrap();
            assert!(first.smooth());
            for (column, parameter) in first.parameters.iter().enumerate() {
                let moved = along(&values, column);
                let decisions = form(&moved);
                let payoffs = payoffs(&game, &moved, &decisions);
                let spends = solution.profile().iter().fold(0.0, |most: f64, x| most.max(x.abs()));
                let largest = solution.payoffs().iter().fold(0.0, |most: f64, x| most.max(x.abs()));
                let name = parameter.name.as_str();
                let rows = first.decisions.iter().zip(&decisions).map(|(row, number)| {
                    let bend = second.of_decision(&row.name, name, name).unwrap();
                    (row, bend, number, row.value.abs().max(1e-9 * spends))
                });
                let more = first.payoffs.iter().zip(&payoffs).map(|(row, number)| {
                    (row, second.of_payoff(&row.name, name, name).unwrap(), number, largest)
                });
                for (row, bend, number, size) in rows.chain(more) {
                    let slope = row.to[column].slope.value().unwrap();
                    let length = if parameter.value == 0.0 { 1.0 } else { parameter.value.abs() };
                    let what = format!(
                        "{structure} d {}/d {name} of {game_values:?}",
                        row.name,
                        game_values = values
                    );
                    let off = (slope - number.value.slope).abs();
                    let scale = number.value.slope.abs().max(size / length);
                    assert!(off <= 1e-8 * scale, "{what}: {slope:e}, not {:e}", number.value.slope);
                    let off = (bend - number.slope.slope).abs();
                    let scale = number.slope.slope.abs().max(scale / length);
                    assert!(off <= 1e-6 * scale, "second {what}: {bend:e}, not {:e}", number.slope.slope);
                }
            }
        }
    }
}

#[test]
fn huang_li_on_dual_numbers() {
    fn numbers(v: &[Second]) -> huang_li::Parameters<Second> {
        huang_li::Parameters {
            saturation: v[0],
            shortfall: v[1],
            local_exponent: v[2],
            national_exponent: v[3],
            manufacturer_margin: v[4],
            retailer_margin: v[5],
        }
    }
    type Form = fn(&huang_li::Parameters<Second>) -> [Second; 3];
    let forms: [(&str, Form); 4] = [
        ("manufacturer_leads", |p| p.manufacturer_leads()),
        ("simultaneous", |p| p.simultaneous()),
        ("cooperative", |p| p.cooperative()),
        ("retailer_leads", |p| p.retailer_leads()),
    ];
    for (structure, form) in forms {
        exact::<HuangLi>(
            Draws::huang_li,
            structure,
            |v| form(&numbers(v)).to_vec(),
            |_, v, x| numbers(v).payoffs(x[0], x[1], x[2]).to_vec(),
        );
    }
}

#[test]
fn dual_brand_on_dual_numbers() {
    fn numbers(v: &[Second]) -> dual_brand::Parameters<Second> {
        let pair = |at: usize| [v[2 * at], v[2 * at + 1]];
        dual_brand::Parameters {
            base_sales: pair(0),
            stimulating_effect: pair(1),
            competition_effect: pair(2),
            manufacturer_margin: pair(3),
            retailer_margin: pair(4),
            effort_cost: pair(5),
            national_effect: pair(6),
        }
    }
    type Form = fn(&dual_brand::Parameters<Second>) -> [Second; 6];
    let forms: [(&str, Form); 5] = [
        ("no_support", |p| p.no_support()),
        ("brand_rates", |p| p.brand_rates(false)),
        ("uniform_rate", |p| p.uniform_rate()),
        ("cooperative", |p| p.cooperative()),
        ("rival_owners", |p| p.brand_rates(true)),
    ];
    for (structure, form) in forms {
        exact::<DualBrand>(
            Draws::dual_brand,
            structure,
            |v| form(&numbers(v)).to_vec(),
            |_, v, x| numbers(v).payoffs([x[0], x[1]], [x[2], x[3]], [x[4], x[5]]).to_vec(),
        );
    }
}

/// Three stages below nature: the deepest that second derivatives reach through.
#[test]
fn platform_alliance_on_dual_numbers() {
    fn numbers(v: &[Second]) -> alliance::ResponseMatrix<Second> {
        alliance::ResponseMatrix {
            platform_own: v[0],
            platform_cross: v[1],
            participant_cross: v[2],
            participant_own: v[3],
            platform_base: v[4],
            participant_base: v[5],
        }
    }
    type Form = fn(&alliance::ResponseMatrix<Second>) -> [Second; 4];
    let forms: [(&str, Form); 5] = [
        ("no_support", |p| p.supported(false, false)),
        ("platform_supports", |p| p.supported(true, false)),
        ("participant_supports", |p| p.supported(false, true)),
        ("bilateral", |p| p.supported(true, true)),
        ("integrated", |p| p.integrated()),
    ];
    for (structure, form) in forms {
        exact::<PlatformAlliance>(
            Draws::alliance,
            structure,
            |v| form(&numbers(v)).to_vec(),
            |_, v, x| numbers(v).payoffs(x[0], x[1], x[2], x[3]).to_vec(),
        );
    }
}

/// Support begins at `κ = 1 + γ`: there the rate moves up with the manufacturer's margin and does not move down.
#[test]
fn huang_li_where_support_begins() {
    let (gamma, delta, retailer) = (0.5, 0.25, 8.0);
    let channel = HuangLi::new(huang_li::Parameters {
        saturation: 1000.0,
        shortfall: 400.0,
        local_exponent: gamma,
        national_exponent: delta,
        manufacturer_margin: (1.0 + gamma) * retailer,
        retailer_margin: retailer,
    })
    .unwrap();
    let rules = Structure::leader(Channel::Manufacturer);
    for solution in [channel.solve(&rules).unwrap(), channel.solve_numerically(&rules).unwrap()] {
        let found = sensitivities(&channel, &solution).unwrap();
        let slope = |parameter| found.of_decision("participation_rate", parameter).unwrap().slope;
        // t = (κ − γ − 1)/(κ − γ), so that dt/dκ = 1 at the threshold.
        let margin = slope("manufacturer_margin");
        assert!(
            !margin.smooth() && margin.left == 0.0 && (margin.right - 1.0 / retailer).abs() < 1e-9,
            "{margin:?}"
        );
        let margin = slope("retailer_margin");
        assert!((margin.left + (1.0 + gamma) / retailer).abs() < 1e-9 && margin.right == 0.0, "{margin:?}");
        let exponent = slope("local_exponent");
        assert!((exponent.left + 1.0).abs() < 1e-9 && exponent.right == 0.0, "{exponent:?}");
        assert_eq!(slope("shortfall").value(), Some(0.0));
        // Nor is the spend that it supports smooth: without support it answers to r alone, with it to m − γ r.
        let spend = found.of_decision("local_advertising", "manufacturer_margin").unwrap().slope;
        let own = solution[HuangLi::LOCAL] / (1.0 + gamma + delta);
        let (m, answered) = ((1.0 + gamma) * retailer, retailer);
        assert!((spend.left + delta * own / m).abs() < 1e-8 * own, "{spend:?}");
        assert!((spend.right - own / answered).abs() < 1e-8 * own, "{spend:?}");
        // The leader's payoff is smooth, by the envelope theorem.
        let payoff = found.of_payoff("manufacturer", "manufacturer_margin").unwrap().slope;
        assert!((payoff.left - payoff.right).abs() < 1e-7 * payoff.left.abs(), "{payoff:?}");
        let signs = found.signs();
        assert_eq!(signs.of_decision("participation_rate", "manufacturer_margin"), Some(Sign::PlusOrZero));
        assert_eq!(signs.of_decision("local_advertising", "manufacturer_margin"), Some(Sign::Depends));
        assert!(matches!(second_derivatives(&channel, &solution), Err(SolveError::Kink { stage: 1, .. })));
    }
}

/// Two rates that both begin at once, one for each brand: four active sets.
#[test]
fn two_corners_at_once() {
    let brands = DualBrand::new(dual_brand::Parameters {
        manufacturer_margin: [1.0, 1.0],
        retailer_margin: [2.0, 2.0],
        ..DualBrand::example().numbers().clone()
    })
    .unwrap();
    let rules = DualBrand::structure("brand_rates").unwrap();
    let solution = brands.solve(&rules).unwrap();
    let found = sensitivities(&brands, &solution).unwrap();
    // 2·other = own at equal margins 1 : 2; t = (2o − s)/(2o + s), dt = 2 do/(2 s) there.
    let parameters = brands.numbers();
    for brand in 0..2 {
        let rate = |margin: usize| {
            let name = format!("participation_rate_{}", brand + 1);
            found.of_decision(&name, &format!("manufacturer_margin[{margin}]")).unwrap().slope
        };
        let (beta, gamma) = (parameters.stimulating_effect[brand], parameters.competition_effect[brand]);
        let own = 2.0 * (beta - gamma);
        let (mine, other) = (rate(brand), rate(1 - brand));
        assert!(mine.left == 0.0 && (mine.right - beta / own).abs() < 1e-9, "{mine:?}");
        assert!((other.left + gamma / own).abs() < 1e-9 && other.right == 0.0, "{other:?}");
    }
}

/// A profile that is no equilibrium has no derivatives.
#[test]
fn what_is_no_equilibrium() {
    let channel = HuangLi::example();
    let rules = Structure::leader(Channel::Manufacturer);
    let good = channel.solve(&rules).unwrap();
    for (decision, factor) in [(0, 1.05), (1, 0.9), (2, 1.001)] {
        let mut profile = good.profile().to_vec();
        profile[decision] *= factor;
        let error = sensitivities(&channel, &channel.propose(&rules, profile).unwrap()).unwrap_err();
        assert!(matches!(error, SolveError::NotStationary { .. }), "{error}");
    }
    // At a bound that it is pushed away from.
    let alone = HuangLi::structure("simultaneous").unwrap();
    let alone = channel.solve(&alone).unwrap();
    let error =
        sensitivities(&channel, &channel.propose(&rules, alone.profile().to_vec()).unwrap()).unwrap_err();
    assert!(matches!(error, SolveError::NotStationary { .. }), "{error}");
}

/// A maker sells at a wholesale price to a shop that adds a margin; demand `size − price`. The shop must cover the
/// wholesale price, whoever deals, and the price may not pass a ceiling.
#[derive(Debug)]
struct Chain {
    cost: f64,
    size: f64,
    ceiling: f64,
}

const PRICE: usize = 1;

impl Game for Chain {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![
            Decision::transfer("wholesale_price", "maker", "shop")
                .neutral(self.cost)
                .typical(self.size / 2.0),
            Decision::new("price", "shop").typical(self.size),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        self.bounds_at(
            &[T::constant(self.cost), T::constant(self.size), T::constant(self.ceiling)],
            decision,
            x,
        )
    }

    fn arguments(&self) -> Vec<(String, f64)> {
        [("cost", self.cost), ("size", self.size), ("ceiling", self.ceiling)]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec()
    }
}

impl StaticGame for Chain {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        self.payoffs_at(&[T::constant(self.cost), T::constant(self.size), T::constant(self.ceiling)], x, out);
    }

    fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
        let sales = p[1] - x[PRICE];
        out[0] = (x[0] - p[0]) * sales;
        out[1] = (x[PRICE] - x[0]) * sales;
    }

    fn bounds_at<T: Scalar>(&self, p: &[T], decision: usize, x: &[T]) -> Interval<T> {
        if decision == PRICE { Interval::new(x[0], p[2]) } else { Interval::new(p[0], p[2]) }
    }

    fn neutral_at<T: Scalar>(&self, p: &[T], _: usize) -> T {
        p[0]
    }
}

#[test]
fn bounds_and_neutral_values_move_with_parameters() {
    let chain = Chain { cost: 2.0, size: 10.0, ceiling: 20.0 };
    let of = |chain: &Chain, rules: &Structure<&'static str>, decision: &str, parameter: &str| {
        let found = sensitivities(chain, &chain.solve(rules).unwrap()).unwrap();
        found.of_decision(decision, parameter).unwrap().slope.value().unwrap()
    };
    let near =
        |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
    // w = (size + cost)/2, price = (3 size + cost)/4.
    let led = Structure::leader("maker");
    near(of(&chain, &led, "wholesale_price", "cost"), 0.5);
    near(of(&chain, &led, "price", "cost"), 0.25);
    near(of(&chain, &led, "price", "size"), 0.75);
    near(of(&chain, &led, "price", "ceiling"), 0.0);
    // Together: price = (size + cost)/2, and the wholesale price stays at cost, wherever that goes.
    let joint = Structure::cooperative();
    near(of(&chain, &joint, "price", "cost"), 0.5);
    near(of(&chain, &joint, "wholesale_price", "cost"), 1.0);
    let found = sensitivities(&chain, &chain.solve(&joint).unwrap()).unwrap();
    near(found.of_payoff("maker", "cost").unwrap().slope.right, 0.0);
    near(found.of_payoff("shop", "cost").unwrap().slope.right, -4.0);
    near(found.of_total("cost").unwrap().slope.right, -4.0);
    // A ceiling that binds the joint price is followed.
    let tight = Chain { ceiling: 5.0, ..chain };
    near(of(&tight, &joint, "price", "ceiling"), 1.0);
    near(of(&tight, &joint, "price", "size"), 0.0);
    // One that only touches it (6 = (10 + 2)/2) is a corner: from below it is followed, from above left.
    let touching = Chain { ceiling: 6.0, ..tight };
    let found = sensitivities(&touching, &touching.solve(&joint).unwrap()).unwrap();
    let price = |parameter| found.of_decision("price", parameter).unwrap().slope;
    near(price("ceiling").left, 1.0);
    near(price("ceiling").right, 0.0);
    near(price("size").left, 0.5);
    near(price("size").right, 0.0);
    // A leader whose reply runs into a ceiling has its optimum on a kink there, and no derivative.
    let kinked = Chain { ceiling: 8.0, ..touching };
    let solution = kinked.solve(&led).unwrap();
    let error = sensitivities(&kinked, &solution).unwrap_err();
    assert!(matches!(error, SolveError::Kink { .. } | SolveError::NotStationary { .. }), "{error}");
}

/// Four stages have first derivatives and no second ones; five have none.
#[test]
fn deep_structures() {
    struct Line {
        players: Vec<&'static str>,
        pull: f64,
    }
    impl Game for Line {
        type Player = &'static str;
        fn players(&self) -> Vec<&'static str> {
            self.players.clone()
        }
        fn decisions(&self) -> Vec<Decision<&'static str>> {
            self.players.iter().map(|p| Decision::new(*p, *p).typical(1.0)).collect()
        }

        fn arguments(&self) -> Vec<(String, f64)> {
            vec![("pull".to_owned(), self.pull)]
        }
    }
    impl StaticGame for Line {
        fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
            self.payoffs_at(&[T::constant(self.pull)], x, out);
        }

        /// Each sells alike goods at a price of `pull` less what all sell.
        fn payoffs_at<T: Scalar>(&self, p: &[T], x: &[T], out: &mut [T]) {
            let price = x.iter().fold(p[0], |price, sold| price - *sold);
            out.iter_mut().zip(x).for_each(|(out, sold)| *out = price * *sold);
        }
    }
    for (count, first, second) in [(3, true, true), (4, true, false), (5, false, false)] {
        let players = ["a", "b", "c", "d", "e"][..count].to_vec();
        let line = Line { players, pull: 3.0 };
        let rules = Structure::sequence((0..count).map(|decision| vec![decision]));
        // Each sells half of what is left of the market: 3/2, 3/4, 3/8, …
        let profile: Vec<f64> = (1..=count).map(|k| 3.0 * 0.5_f64.powi(k as i32)).collect();
        let solution = line.propose(&rules, profile).unwrap();
        let found = sensitivities(&line, &solution);
        let bends = second_derivatives(&line, &solution);
        assert_eq!((found.is_ok(), bends.is_ok()), (first, second));
        if let Ok(found) = found {
            for (k, row) in found.decisions.iter().enumerate() {
                assert!((row.to[0].slope.right - 0.5_f64.powi(k as i32 + 1)).abs() < 1e-9, "{row:?}");
                assert!((row.to[0].elasticity.unwrap().right - 1.0).abs() < 1e-9, "{row:?}");
            }
        } else {
            assert!(matches!(found, Err(SolveError::TooDeep { order: 1, stages: 5, limit: 4 })));
        }
        if let Ok(bends) = bends {
            assert!(bends.of_decision("a", "pull", "pull").unwrap().abs() < 1e-9);
            // The first earns pull²/2^(count + 1).
            let payoff = bends.of_payoff("a", "pull", "pull").unwrap();
            assert!((payoff - 2.0_f64.powi(-(count as i32))).abs() < 1e-9, "{payoff}");
        } else {
            assert!(matches!(bends, Err(SolveError::TooDeep { order: 2, limit: 3, .. })));
        }
    }
}

/// A power response with its exponent among the parameters, at a spend of nothing.
#[test]
fn powers_at_zero() {
    let zero = Dual { value: 0.0, slope: 0.0 };
    let power = coopad::Over::<Dual<f64>>::powf(zero, Dual::variable(0.4));
    assert_eq!((power.value, power.slope), (0.0, 0.0));
    assert!(!coopad::Over::<Dual<f64>>::powf(zero, Dual::variable(-0.4)).slope.is_finite());
}

#[test]
fn signs_over_games() {
    let games = around(&HuangLi::example(), 4.0, 60);
    assert_eq!(games.len(), 60);
    let led = Structure::leader(Channel::Manufacturer);
    let table = comparative_statics(&games, &led).unwrap();
    assert_eq!((table.games, table.left_out), (60, 0));
    let rate = |parameter| table.of_decision("participation_rate", parameter).unwrap();
    // t = [κ − γ − 1]⁺/(κ − γ).
    assert_eq!(rate("manufacturer_margin"), Sign::PlusOrZero);
    assert_eq!(rate("retailer_margin"), Sign::MinusOrZero);
    assert_eq!(rate("local_exponent"), Sign::MinusOrZero);
    assert_eq!(rate("national_exponent"), Sign::Zero);
    assert_eq!(rate("shortfall"), Sign::Zero);
    // More margin raises what supported advertising answers to, and lowers what unsupported advertising does.
    assert_eq!(table.of_decision("local_advertising", "manufacturer_margin"), Some(Sign::Depends));
    assert_eq!(table.of_total("saturation"), Some(Sign::Plus));
    assert_eq!(table.of_decision("nothing", "saturation"), None);
    // Nothing to see, and nothing that can be seen.
    assert_eq!(comparative_statics::<HuangLi>([], &led).unwrap().games, 0);
    let wrong = Structure::sequence([vec![7]]);
    assert!(matches!(comparative_statics(&games, &wrong), Err(SolveError::Structure(_))));
    // Two forms of a model have different parameters: only those like the first are counted.
    let matrix = PlatformAlliance::new(alliance::ResponseMatrix::dominant_platform()).unwrap();
    let sales = PlatformAlliance::from_joint_sales(alliance::JointSales {
        platform_margin: 2.0,
        participant_margin: 1.0,
        platform_effect: 2.0,
        participant_effect: 3.0,
        base_sales: 1.0,
    })
    .unwrap();
    let rules = PlatformAlliance::structure("bilateral").unwrap();
    let table = comparative_statics([&matrix, &sales], &rules).unwrap();
    assert_eq!((table.games, table.left_out, table.parameters.len()), (1, 1, 6));
}

#[cfg(feature = "cli")]
mod program {
    use crate::common::program::{Temporary, coopad, example, json, success};

    #[test]
    fn derivatives_elasticities_and_signs_in_json() {
        let file = example("huang_li");
        let found = json(&["sensitivities", &file, "--draws", "16"]);
        assert_eq!(found["sample"], serde_json::json!({ "spread": 2.0, "draws": 16 }));
        let led = &found["results"][0];
        assert_eq!(led["structure"], "manufacturer_leads");
        assert_eq!(led["smooth"], true);
        let cell = |table: &str| led[table]["decisions"]["participation_rate"]["manufacturer_margin"].clone();
        let slope = cell("derivatives").as_f64().unwrap();
        assert!((slope - 1.0 / (1.9 * 1.9 * 8.0)).abs() < 1e-12, "{slope}");
        let percent = cell("elasticities").as_f64().unwrap();
        assert!((percent - 2.5 / (1.9 * 0.9)).abs() < 1e-10, "{percent}");
        assert_eq!(cell("signs"), "plus");
        assert_eq!(cell("signs_around"), "plus_or_zero");
        assert_eq!(led["games"], 17);
        assert_eq!(led["left_out"], 0);
        let nash = &found["results"][1];
        assert!(nash["elasticities"]["decisions"]["participation_rate"]["saturation"].is_null());
        let total = led["derivatives"]["total"]["saturation"].as_f64().unwrap();
        assert!((total - 28.0).abs() < 1e-9, "both margins on one more unit sold: {total}");
    }

    #[test]
    fn tables() {
        for name in ["huang_li", "platform_alliance", "orange_juice"] {
            for flags in [&["--draws", "4"][..], &["--draws", "4", "--elasticities"]] {
                let file = example(name);
                let table = success(&[&["sensitivities", &file][..], flags].concat());
                assert!(table.contains(": signs\n") && table.contains("payoff of "), "{table}");
                assert!(!table.contains("no result"), "{table}");
            }
        }
    }

    /// A corner: both derivatives, marked in the table and told apart in JSON.
    #[test]
    fn a_corner() {
        let text = "model = 'huang_li'\nstructures = ['manufacturer_leads']\n[parameters]\nsaturation = 1000\n\
                    shortfall = 400\nlocal_exponent = 0.5\nnational_exponent = 0.25\nmanufacturer_margin = 12\n\
                    retailer_margin = 8\n";
        let file = Temporary::new(text);
        let table = success(&["sensitivities", file.path(), "--draws", "1"]);
        let found = json(&["sensitivities", file.path(), "--draws", "1"]);
        assert!(table.contains("0 / +0.125 *"), "{table}");
        assert!(table.contains("* At a corner"), "{table}");
        let led = &found["results"][0];
        assert_eq!(led["smooth"], false);
        let cell = &led["derivatives"]["decisions"]["participation_rate"]["manufacturer_margin"];
        assert_eq!(cell["left"], 0.0);
        assert!((cell["right"].as_f64().unwrap() - 0.125).abs() < 1e-9, "{cell}");
    }

    #[test]
    fn wrong_use() {
        let file = example("huang_li");
        for flags in [
            ["--draws", "0"],
            ["--draws", "100000"],
            ["--spread", "1"],
            ["--spread", "nan"],
            ["--spread", "1e9"],
        ] {
            let output = coopad(&[&["sensitivities", &file][..], &flags].concat());
            assert_eq!(output.status.code(), Some(2), "{flags:?}: {output:?}");
        }
        assert_eq!(coopad(&["sensitivities", "no such file.toml"]).status.code(), Some(2));
    }
}
