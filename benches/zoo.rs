//! Every model under every structure, solved by the engine: how often it is right, and what it costs.
//!
//! `cargo bench --bench zoo` prints for each structure a line over ten thousand random games (`COOPAD_SETS` sets
//! another number, `-- NAME` takes one model): how many agree with the closed form, how many end in a typed error, how many are wrong, and the
//! median and the worst time of a solve. Criterion then times the model's example.

use std::fmt::Debug;
use std::hint::black_box;
use std::time::{Duration, Instant};

use coopad::models::*;
use coopad::prelude::*;
use coopad::{Solution, SolveError};
use criterion::{Criterion, criterion_group, criterion_main};

#[path = "../tests/common/mod.rs"]
mod common;
use common::Draws;

fn zoo(c: &mut Criterion) {
    println!(
        "{:<24}{:<32}{:>8}{:>8}{:>8}{:>12}{:>12}",
        "model", "structure", "right", "error", "wrong", "median µs", "worst µs"
    );
    model::<PlatformAlliance>(c, Draws::alliance);
    model::<DualBrand>(c, Draws::dual_brand);
    model::<HuangLi>(c, Draws::huang_li);
    model::<BergerSquareRoot>(c, Draws::berger);
    model::<BergerLogarithm>(c, Draws::berger);
    model::<BergerPercentage>(c, Draws::berger_percentage);
    model::<DantBerger>(c, Draws::dant_berger);
    model::<Yue>(c, Draws::yue);
    model::<XieWei>(c, Draws::xie_wei);
    model::<XieNeyret>(c, Draws::xie_neyret);
    model::<SzmerekovskyZhang>(c, Draws::szmerekovsky_zhang);
    model::<SeyedEsfahani>(c, Draws::seyed_esfahani);
    model::<AustBuscher>(c, Draws::aust_buscher);
    model::<Kunter>(c, Draws::kunter);
    model::<KarrayZaccour>(c, Draws::karray_zaccour);
    model::<KarrayZaccourAdditive>(c, Draws::karray_zaccour_additive);
    model::<Wang>(c, Draws::wang);
    model::<ZhangXie>(c, Draws::zhang_xie);
    model::<JeulandShugan>(c, Draws::jeuland_shugan);
    model::<Weng>(c, Draws::weng);
}

fn model<M: Model + StaticGame + Debug>(c: &mut Criterion, draw: fn(&mut Draws) -> M) {
    // As criterion does: with names on the command line, those alone.
    let mut filters = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    if filters.peek().is_some() && !filters.any(|filter| M::NAME.contains(&filter)) {
        return;
    }
    for scheme in M::structures() {
        survey(&scheme.structure, scheme.name, draw);
    }
    let mut group = c.benchmark_group(M::NAME);
    let example = M::example();
    for scheme in M::structures() {
        group.bench_function(scheme.name, |b| {
            b.iter(|| black_box(&example).solve_numerically(black_box(&scheme.structure)));
        });
    }
}

/// One line of the table.
fn survey<M: Model + StaticGame + Debug>(
    structure: &Structure<M::Player>,
    name: &str,
    draw: fn(&mut Draws) -> M,
) {
    let sets = std::env::var("COOPAD_SETS").ok().and_then(|sets| sets.parse().ok()).unwrap_or(10_000);
    let (mut right, mut errors, mut wrong) = (0, 0, 0);
    let mut times = Vec::with_capacity(sets);
    // Other games than the tests': they must not be the ones that the engine was tuned on.
    let mut draws = Draws(1972);
    for _ in 0..sets {
        let game = draw(&mut draws);
        let start = Instant::now();
        let engine = black_box(&game).solve_numerically(black_box(structure));
        times.push(start.elapsed().as_secs_f64() * 1e6);
        match (engine, game.solve_in_closed_form(structure)) {
            (Ok(engine), Ok(formula)) if agree(&engine, &formula) => right += 1,
            (Ok(engine), Err(SolveError::NoClosedForm { .. })) if engine.clone().verify(&game).is_ok() => {
                right += 1;
            }
            (Err(_), _) => errors += 1,
            (Ok(engine), formula) => {
                wrong += 1;
                eprintln!("wrong: {game:?} {name}\n{:?}\n{formula:?}", engine.profile());
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    let worst = times.last().copied().unwrap_or(f64::NAN);
    println!("{:<24}{name:<32}{right:>8}{errors:>8}{wrong:>8}{median:>12.1}{worst:>12.1}", M::NAME);
}

/// Payoffs equal to a ten-millionth of the largest.
fn agree<P: Player>(engine: &Solution<P>, formula: &Solution<P>) -> bool {
    let size = formula.payoffs().iter().fold(0.0, |s: f64, p| s.max(p.abs()));
    engine.payoffs().iter().zip(formula.payoffs()).all(|(x, y)| (x - y).abs() <= 1e-7 * size)
}

criterion_group! {
    name = benches;
    // Eighty structures: half a second each.
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = zoo
}
criterion_main!(benches);
