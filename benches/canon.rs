//! Every model over time under every structure of its literature, by the generic machinery: how often value functions are
//! found, and what they cost.
//!
//! `cargo bench --bench canon` prints for each structure a line over a thousand random games (`COOPAD_SETS` sets another
//! number, `COOPAD_DEGREE` another highest degree, `-- NAME` takes one model): each parameter of the model's example times a random factor from 1/2 to 2. How many
//! were found (feedback equilibria; Deal's courses are announced, Sorger's game ends, Breton's has stages), how many end
//! in a typed error, the worst residual between the nodes, and the median and the worst time.
//! Criterion then times the example. Last comes what formulas cost for many retailers.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hint::black_box;
use std::time::{Duration, Instant};

use coopad::dynamic::models::*;
use coopad::dynamic::{Collocation, DifferentialGame, DynamicError, Information, SolveOverTime};
use coopad::models::{Model, Network};
use coopad::prelude::*;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

#[path = "../tests/common/mod.rs"]
mod common;
use common::Draws;

fn canon(c: &mut Criterion) {
    println!(
        "{:<30}{:<32}{:>8}{:>8}{:>12}{:>12}{:>12}",
        "model", "structure", "found", "error", "residual", "median µs", "worst µs"
    );
    model::<ChannelPricing>(c);
    model::<ChannelPricingMultiplicative>(c);
    model::<GoodwillChannel>(c);
    model::<JorgensenSigueZaccour>(c);
    model::<PricingAndLeadership>(c);
    model::<Promotions>(c);
    model::<MyopicPromotions>(c);
    model::<ChintaguntaJain>(c);
    model::<NationalPrivateLabel>(c);
    model::<ShelfSpace>(c);
    model::<Interference>(c);
    model::<HePrasadSethi>(c);
    model::<HePrasadSethiPriced>(c);
    model::<CompetingRetailers>(c);
    model::<ChutaniSethi>(c);
    model::<NerloveArrow>(c);
    model::<Sethi>(c);
    model::<VidaleWolfe>(c);
    model::<PrasadSethi>(c);
    model::<Lanchester>(c);
    model::<StickyPrices>(c);
    model::<Sorger>(c);
    model::<Deal>(c);
    model::<BretonJarrarZaccour>(c);
    model::<CoCreation>(c);
    model::<NonlinearCoCreation>(c);
}

/// As criterion does: with names on the command line, those alone.
fn wanted(name: &str) -> bool {
    let mut filters = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    filters.peek().is_none() || filters.any(|filter| name.contains(&filter))
}

fn model<M: Model + DifferentialGame + Debug>(c: &mut Criterion) {
    if !wanted(M::NAME) {
        return;
    }
    for scheme in M::structures() {
        survey::<M>(&scheme.structure, scheme.name);
    }
    let mut group = c.benchmark_group(M::NAME);
    let example = M::example();
    for scheme in M::structures() {
        group.bench_function(scheme.name, |b| {
            b.iter(|| solved(black_box(&example), black_box(&scheme.structure)));
        });
    }
}

/// The equilibrium that the model is known for: somebody's payoff, and the residual.
fn solved<G: DifferentialGame>(
    game: &G,
    structure: &Structure<G::Player>,
) -> Result<(f64, Option<f64>), DynamicError> {
    fn told<E: Equilibrium>(found: &E) -> (f64, Option<f64>) {
        (found.payoffs()[0], found.report().residual)
    }
    let degree = std::env::var("COOPAD_DEGREE").ok().and_then(|degree| degree.parse().ok());
    let degree = degree.unwrap_or(Collocation::default().degree);
    let settings = Collocation { degree, ..Collocation::default() };
    match (game.information(), game.horizon(), game.stage()) {
        (Information::OpenLoop, end, _) => {
            game.open_loop(structure, end.unwrap_or(f64::INFINITY)).map(|found| told(&found))
        }
        (_, Some(end), _) => settings.solve_until(game, structure, end).map(|found| told(&found)),
        (_, None, Some(length)) => {
            settings.solve_in_stages(game, structure, length).map(|found| told(&found))
        }
        (_, None, None) => settings.solve(game, structure).map(|found| told(&found)),
    }
}

/// The example with each parameter times a factor of its own; `None` where the model refuses that.
fn drawn<M: Model>(draws: &mut Draws) -> Option<M> {
    let vary = |list: Vec<f64>| list.into_iter().map(|value| value * draws.scale(0.5, 2.0)).collect();
    M::from_values(&M::example().values().into_iter().map(vary).collect::<Vec<_>>()).ok()
}

/// One line of the table.
fn survey<M: Model + DifferentialGame + Debug>(structure: &Structure<M::Player>, name: &str) {
    let sets = std::env::var("COOPAD_SETS").ok().and_then(|sets| sets.parse().ok()).unwrap_or(1000);
    let (mut right, mut errors, mut residual) = (0, 0, 0.0_f64);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut times = Vec::with_capacity(sets);
    let mut draws = Draws(1962);
    let games = std::iter::repeat_with(|| drawn::<M>(&mut draws)).take(10 * sets).flatten();
    for game in games.take(sets) {
        let start = Instant::now();
        let found = solved(black_box(&game), black_box(structure));
        times.push(start.elapsed().as_secs_f64() * 1e6);
        match found {
            Ok((_, left)) => {
                right += 1;
                residual = residual.max(left.unwrap_or(0.0));
            }
            Err(error) => {
                errors += 1;
                // The error's name: what comes before its data.
                let text = format!("{error:?}");
                let name = text.split([' ', '(']).next().unwrap_or_default().to_owned();
                *kinds.entry(name).or_insert(0) += 1;
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    let worst = times.last().copied().unwrap_or(f64::NAN);
    println!("{:<30}{name:<32}{right:>8}{errors:>8}{residual:>12.1e}{median:>12.1}{worst:>12.1}", M::NAME);
    if !kinds.is_empty() {
        let each: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        println!("{:<30}{}", "", each.join(", "));
    }
}

/// Formulas for many retailers.
fn scaling(c: &mut Criterion) {
    let mut group = c.benchmark_group("chutani_sethi_formulas");
    let retailer = |at: usize| chutani_sethi::Retailer {
        effectiveness: 0.3 + 0.02 * (at % 10) as f64,
        decay: 0.3,
        manufacturer_margin: 5.0,
        retailer_margin: 0.5 + 0.1 * (at % 7) as f64,
        initial_share: 0.0,
    };
    for count in [2, 10, 30, 100] {
        let retailers = (0..count).map(retailer).collect();
        let Ok(game) = ChutaniSethi::new(chutani_sethi::Parameters { discount_rate: 0.1, retailers }) else {
            return;
        };
        for structure in
            [ChutaniSethi::no_support(), ChutaniSethi::equal_rate(), Structure::leader(Network::Manufacturer)]
        {
            group.bench_function(BenchmarkId::new(structure.name(), count), |b| {
                b.iter(|| black_box(&game).value_functions(black_box(&structure)));
            });
        }
    }
}

criterion_group! {
    name = benches;
    // Forty structures: half a second each.
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = canon, scaling
}
criterion_main!(benches);
