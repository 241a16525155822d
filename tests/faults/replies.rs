//! Replies that jump, replies far away, and certificates that see them.

use coopad::SolveError;
use coopad::prelude::*;

type Name = &'static str;

/// A maker pays a share of what a shop spends; sales are `worth · s/(1 + s)` with `s = (spend/half)^steepness` (Hill).
struct Hill {
    margins: [f64; 2],
    worth: f64,
    half: f64,
    steepness: f64,
    typical: Option<f64>,
    most: f64,
}

impl Game for Hill {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        let spend = Decision::new("spend", "shop");
        let spend = if let Some(usual) = self.typical { spend.typical(usual) } else { spend };
        vec![Decision::transfer("rate", "maker", "shop"), spend]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let nothing = T::constant(0.0);
        if decision == 0 {
            Interval::new(nothing, T::constant(self.most))
        } else {
            Interval::at_least(nothing)
        }
    }
}

impl StaticGame for Hill {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let s = (x[1] / self.half).powf(self.steepness);
        let sales = s / (s + 1.0) * self.worth;
        out[0] = sales * self.margins[0] - x[0] * x[1];
        out[1] = sales * self.margins[1] - x[1] + x[0] * x[1];
    }
}

impl Hill {
    /// The shop's best spend at a rate, its payoff and the maker's: by 1,200 points over twenty-four decades and golden section.
    fn reply(&self, rate: f64) -> [f64; 3] {
        let shop = |spend: f64| {
            let s = (spend / self.half).powf(self.steepness);
            s / (s + 1.0) * self.worth * self.margins[1] - spend * (1.0 - rate)
        };
        let point = |k: f64| self.half * 10_f64.powf(-20.0 + k / 50.0);
        let mut best = (0.0, 0.0);
        let hills: Vec<f64> = (0..=1200).map(|k| shop(point(f64::from(k)))).collect();
        for k in 1..1200 {
            if hills[k] < hills[k - 1] || hills[k] < hills[k + 1] {
                continue;
            }
            let (mut low, mut high) = (point(k as f64 - 1.0), point(k as f64 + 1.0));
            while high - low > 1e-12 * high {
                let third = (high - low) / 3.0;
                if shop(low + third) < shop(high - third) { low += third } else { high -= third }
            }
            let top = 0.5 * (low + high);
            if shop(top) >= best.1 {
                best = (top, shop(top));
            }
        }
        let s = (best.0 / self.half).powf(self.steepness);
        let maker =
            if best.0 > 0.0 { s / (s + 1.0) * self.worth * self.margins[0] - rate * best.0 } else { 0.0 };
        [best.0, best.1, maker]
    }

    /// The rate from which on the shop spends anything, where the response is S-shaped: from the tangent through the origin.
    fn start(&self) -> f64 {
        let s = self.steepness;
        1.0 - self.margins[1] * self.worth * (s - 1.0).powf((s - 1.0) / s) / (s * self.half)
    }

    /// The most that the maker can have, over 400 rates and the one at which the shop starts.
    fn best(&self) -> f64 {
        let maker = |rate: f64| self.reply(rate)[2];
        let start = self.start();
        let mut best = f64::max(maker(0.0), maker(self.most));
        if self.steepness > 1.0 && start > 0.0 && start <= self.most {
            best = best.max(maker(start + 1e-12));
        }
        let at = |k: usize| k as f64 / 400.0 * self.most;
        let rates: Vec<f64> = (0..=400).map(|k| maker(at(k))).collect();
        let top = (1..400).max_by(|a, b| rates[*a].total_cmp(&rates[*b])).unwrap();
        let [mut low, mut high] = [at(top - 1), at(top + 1)];
        for _ in 0..60 {
            let third = (high - low) / 3.0;
            if maker(low + third) < maker(high - third) { low += third } else { high -= third }
        }
        best.max(maker(0.5 * (low + high)))
    }
}

fn leads() -> Structure<Name> {
    Structure::leader("maker")
}

#[test]
fn the_leader_stops_where_the_reply_jumps() {
    // By hand: the shop jumps from 0 to 50 at a rate of 0.2, and the maker stops there with 40.
    let game = Hill {
        margins: [100.0, 80.0],
        worth: 1.0,
        half: 50.0,
        steepness: 2.0,
        typical: Some(50.0),
        most: 1.0,
    };
    let found = game.solve(&leads()).unwrap();
    assert!((found[0] - 0.2).abs() < 1e-9, "{:?}", found.profile());
    assert!((found[1] - 50.0).abs() < 1e-6 && (found.payoff("maker") - 40.0).abs() < 1e-6);
    found.verify(&game).unwrap();
}

#[test]
fn a_reply_far_from_what_is_usual_is_found() {
    let game = Hill {
        margins: [5.0, 3.0],
        worth: 20.0,
        half: 60.0,
        steepness: 2.0,
        typical: Some(200.0),
        most: 0.95,
    };
    for typical in [Some(200.0), None, Some(1e-3), Some(1e6)] {
        let game = Hill { typical, ..game };
        let found = game.solve(&leads()).unwrap();
        assert!(
            (found[0] - 0.5).abs() < 1e-9 && (found[1] - 60.0).abs() < 1e-5,
            "{typical:?} {:?}",
            found.profile()
        );
        assert!((found.payoff("maker") - 20.0).abs() < 1e-6);
        found.verify(&game).unwrap();
        let wrong = game.propose(&leads(), vec![0.0, 0.0]).unwrap().verify(&game);
        assert!(matches!(wrong, Err(SolveError::Refuted { .. })), "{wrong:?}");
    }
}

/// Games of all slopes and sizes.
struct Draw(u64);

impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn decades(&mut self, low: f64, high: f64) -> f64 {
        10_f64.powf(self.between(low, high))
    }

    fn hill(&mut self) -> Hill {
        let margins = [self.decades(-1.0, 1.0), self.decades(-1.0, 1.0)];
        let half = self.decades(-2.0, 2.0);
        let steepness = self.between(0.4, 3.0);
        // From a tenth to a hundred times what would make the shop start by itself.
        let worth = self.decades(-1.0, 2.0) * half / margins[1];
        let off = self.decades(-3.0, 3.0);
        let typical = [None, Some(half), Some(half * off)][(3.0 * self.unit()) as usize];
        Hill { margins, worth, half, steepness, typical, most: 1.0 - 1e-6 }
    }
}

fn sets(usual: usize) -> usize {
    std::env::var("COOPAD_SETS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn hill_responses_of_all_slopes_and_sizes() {
    let (mut draw, count) = (Draw(7), sets(40));
    let mut wrong = Vec::new();
    for game_number in 0..count {
        let game = draw.hill();
        let Hill { margins, worth, half, steepness, typical, .. } = game;
        let best = game.best();
        let found = match game.solve(&leads()) {
            Ok(found) => found,
            Err(error) => {
                wrong.push(format!(
                    "{game_number}: {error} {margins:?} {worth} {half} {steepness} {typical:?} {best}"
                ));
                continue;
            }
        };
        let maker = found.payoff("maker");
        let [_, shop, _] = game.reply(found[0]);
        let size = best.abs().max(1e-6 * worth * margins[0]);
        let stands = found.payoff("shop") >= shop - 1e-11 * (worth * margins[1] + found[1]);
        if (maker - best).abs() > 1e-6 * size || !stands {
            wrong.push(format!(
                "{game_number}: {maker} for {best}, shop {} of {shop}, {:?}, {margins:?} {worth} {half} {steepness} {typical:?} start {}",
                found.payoff("shop"),
                found.profile(),
                game.start()
            ));
        }
        if let Err(error) = found.verify(&game) {
            wrong.push(format!("{game_number}: refuted, {error}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// An incumbent, then an entrant that pays a fixed cost if it sells at all; prices `90 - quantities`.
struct Entry(f64);

impl Game for Entry {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["incumbent", "entrant"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![
            Decision::new("first", "incumbent").typical(30.0),
            Decision::new("second", "entrant").typical(30.0),
        ]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::new(T::constant(0.0), T::constant(100.0))
    }
}

impl StaticGame for Entry {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = -(x[0] + x[1]) + 90.0;
        out[0] = price * x[0];
        out[1] = price * x[1] - T::select(x[1], T::constant(self.0), T::constant(0.0));
    }
}

#[test]
fn a_fixed_cost_keeps_an_entrant_out() {
    // By hand: it stays out from 90 - 2√F on; the incumbent deters it where that pays, or need not care.
    let led = Structure::leader("incumbent");
    for cost in [1.0, 50.0, 200.0, 400.0, 506.0, 507.0, 900.0, 1500.0, 2500.0] {
        let limit = 90.0 - 2.0 * f64::sqrt(cost);
        let deterring = if limit <= 45.0 { 2025.0 } else { (90.0 - limit) * limit };
        let (first, wanted) = match deterring > 1012.5 {
            true => (limit.max(45.0), deterring),
            false => (45.0, 1012.5),
        };
        let game = Entry(cost);
        let found = game.solve(&led).unwrap_or_else(|error| panic!("{cost}: {error}"));
        assert!((found[0] - first).abs() < 1e-7 * first, "{cost}: {:?} for {first}", found.profile());
        assert!((found.payoff("incumbent") - wanted).abs() < 1e-7 * wanted, "{cost}");
        found.verify(&game).unwrap_or_else(|error| panic!("{cost}: {error}"));
    }
    let right = Entry(200.0).propose(&led, vec![90.0 - 2.0 * f64::sqrt(200.0), 0.0]).unwrap();
    right.verify(&Entry(200.0)).unwrap();
    let wrong = Entry(200.0).propose(&led, vec![45.0, 22.5]).unwrap().verify(&Entry(200.0));
    assert!(matches!(wrong, Err(SolveError::Refuted { .. })), "{wrong:?}");
}

/// Cournot, price `9 - quantities`, no cost.
struct Cournot(usize);

const NAMES: [Name; 16] =
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"];

impl Game for Cournot {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        NAMES[..self.0].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        NAMES[..self.0].iter().map(|name| Decision::new(*name, *name)).collect()
    }
}

impl StaticGame for Cournot {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = x.iter().fold(T::constant(9.0), |price, x| price - *x);
        out.iter_mut().zip(x).for_each(|(out, x)| *out = price * *x);
    }
}

#[test]
fn many_followers_and_many_turns_are_verified() {
    for followers in [1, 3, 11, 12, 15] {
        let game = Cournot(followers + 1);
        let profile = std::iter::once(4.5).chain((0..followers).map(|_| 4.5 / (followers + 1) as f64));
        let led = Structure::leader("1");
        game.propose(&led, profile.collect())
            .unwrap()
            .verify(&game)
            .unwrap_or_else(|e| panic!("{followers}: {e}"));
        game.solve(&led).unwrap().verify(&game).unwrap();
    }
    for firms in 2..=5 {
        let game = Cournot(firms);
        let turns = Structure::sequence((0..firms).map(|firm| vec![firm]));
        let profile: Vec<f64> = (1..=firms).map(|k| 9.0 * 0.5_f64.powi(k as i32)).collect();
        let started = std::time::Instant::now();
        game.propose(&turns, profile).unwrap().verify(&game).unwrap_or_else(|e| panic!("{firms}: {e}"));
        println!("{firms} in turn: {:?}", started.elapsed());
    }
    for stages in [vec![0..4, 4..8, 8..12], vec![0..3, 3..6, 6..9, 9..12]] {
        let game = Cournot(12);
        let started = std::time::Instant::now();
        let found =
            game.solve(&Structure::sequence(stages.into_iter().map(|firms| firms.collect()))).unwrap();
        println!("{:?} {:?}", started.elapsed(), found.profile());
        found.verify(&game).unwrap();
        println!("{:?}", started.elapsed());
    }
}

/// A large player beside a small one, each for itself.
struct Unequal;

impl Game for Unequal {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["large", "small"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("x", "large"), Decision::new("y", "small")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl StaticGame for Unequal {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out[0] = (x[0].sqrt() * 2.0 - x[0]) * 1e6;
        out[1] = x[1].sqrt() * 2.0 - x[1];
    }
}

#[test]
fn a_small_gain_counts_for_who_is_small() {
    let nash = Structure::simultaneous();
    Unequal.propose(&nash, vec![1.0, 1.0]).unwrap().verify(&Unequal).unwrap();
    for small in [0.01, 0.9, 0.99, 1.01, 3.0, 1e6] {
        let wrong = Unequal.propose(&nash, vec![1.0, small]).unwrap().verify(&Unequal);
        assert!(
            matches!(&wrong, Err(SolveError::Refuted { player, .. }) if player == "small"),
            "{small}: {wrong:?}"
        );
    }
}

/// Two media with a response each, each supported at a rate of its own: what is best is best for each alone.
struct TwoMedia([Hill; 2]);

impl Game for TwoMedia {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        let spend = |name: Name, hill: &Hill| match hill.typical {
            Some(usual) => Decision::new(name, "shop").typical(usual),
            None => Decision::new(name, "shop"),
        };
        vec![
            Decision::transfer("rate_1", "maker", "shop"),
            Decision::transfer("rate_2", "maker", "shop"),
            spend("spend_1", &self.0[0]),
            spend("spend_2", &self.0[1]),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let nothing = T::constant(0.0);
        if decision < 2 {
            Interval::new(nothing, T::constant(self.0[decision].most))
        } else {
            Interval::at_least(nothing)
        }
    }
}

impl StaticGame for TwoMedia {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let mut one = [T::constant(0.0); 2];
        out.fill(T::constant(0.0));
        for (k, hill) in self.0.iter().enumerate() {
            hill.payoffs(&[x[k], x[k + 2]], &mut one);
            out.iter_mut().zip(one).for_each(|(all, one)| *all = *all + one);
        }
    }
}

#[test]
fn two_media_jump_apart() {
    let (mut draw, count) = (Draw(11), sets(20));
    let mut wrong = Vec::new();
    for number in 0..count {
        let first = draw.hill();
        // Of comparable size, so that neither is rounding of the other.
        let mut second = draw.hill();
        let factor = first.half * draw.decades(-1.0, 1.0) / second.half;
        (second.half, second.worth) = (second.half * factor, second.worth * factor);
        second.typical = second.typical.map(|usual| usual * factor);
        let best = first.best() + second.best();
        let game = TwoMedia([first, second]);
        let started = std::time::Instant::now();
        match game.solve(&leads()) {
            Ok(found) => {
                let maker = found.payoff("maker");
                let took = started.elapsed();
                if (maker - best).abs() > 1e-6 * best.abs().max(1e-6 * game.0[0].worth * game.0[0].margins[0])
                {
                    wrong.push(format!("{number}: {maker} for {best}, {:?} {took:?}", found.profile()));
                }
                if let Err(error) = found.verify(&game) {
                    wrong.push(format!("{number}: refuted, {error}"));
                }
            }
            Err(error) => wrong.push(format!("{number}: {error}, best {best} {:?}", started.elapsed())),
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// The maker pays a bonus if the shop spends at least so much; sales are `2 m √spend`.
struct Bonus {
    margins: [f64; 2],
    threshold: f64,
}

impl Game for Bonus {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![Decision::new("bonus", "maker"), Decision::new("spend", "shop")]
    }
    fn bounds<T: Scalar>(&self, _: usize, _: &[T]) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl StaticGame for Bonus {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        // Reached, and not only passed.
        let paid = T::select(T::constant(self.threshold) - x[1], T::constant(0.0), x[0]);
        let sales = x[1].sqrt() * 2.0;
        out[0] = sales * self.margins[0] - paid;
        out[1] = sales * self.margins[1] - x[1] + paid;
    }
}

#[test]
fn a_bonus_buys_what_it_is_worth() {
    // By hand: without a bonus the shop spends r², and has r²; it goes to T for r² - 2 r √T + T = (√T - r)².
    let (mut draw, count) = (Draw(5), sets(20));
    let mut wrong = Vec::new();
    for number in 0..count {
        let margins = [draw.decades(-1.0, 1.0), draw.decades(-1.0, 1.0)];
        let threshold = margins[1] * margins[1] * draw.decades(0.05, 1.5);
        let cost = (threshold.sqrt() - margins[1]).powi(2);
        let bought = 2.0 * margins[0] * threshold.sqrt() - cost;
        let best = f64::max(2.0 * margins[0] * margins[1], bought);
        let game = Bonus { margins, threshold };
        match game.solve(&leads()) {
            Ok(found) => {
                let maker = found.payoff("maker");
                if (maker - best).abs() > 1e-6 * best {
                    wrong.push(format!(
                        "{number}: {maker} for {best}, {:?} {margins:?} {threshold}",
                        found.profile()
                    ));
                }
                if let Err(error) = found.verify(&game) {
                    wrong.push(format!("{number}: refuted, {error}"));
                }
            }
            Err(error) => wrong.push(format!("{number}: {error} {margins:?} {threshold} best {best}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
