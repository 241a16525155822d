//! Stochastic paths: `dS = g(t, S) dt + σ(S) dW`, with a Wiener process of its own for every state.

mod normal;

use crate::ParameterError;
use normal::Normals;
use serde::Serialize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Steps of one path, and numbers kept from all of them, beyond which a simulation is refused.
const MOST: f64 = 1e9;
/// Within so many standard deviations of a step from a bound at which noise vanishes, steps are taken to points inside: a normal one
/// would lead out of the range more often than once in three million times.
const NEAR: f64 = 5.0;
/// The relative width of a difference, the cube root of rounding.
const WIDTH: f64 = 6e-6;

/// What many simulated paths say: the state over time, what everybody earns, the state at the end.
///
/// All figures are sums over paths in their order, and the same bits for a seed however many threads there were.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bands {
    /// The times asked for.
    pub times: Vec<f64>,
    /// The mean of each state, for every time: `mean[time][state]`.
    pub mean: Vec<Vec<f64>>,
    /// The levels of the quantiles, between 0 and 1.
    pub levels: Vec<f64>,
    /// The quantiles of each state, for every time: `quantiles[time][state][level]`. Between two paths they are
    /// interpolated linearly.
    pub quantiles: Vec<Vec<Vec<f64>>>,
    /// The discounted payoff of each player, over all paths.
    pub payoffs: Vec<Estimate>,
    /// For each state its values at the last time, sorted: over a long time, a sample of the long-run distribution.
    pub sample: Vec<Vec<f64>>,
    /// The share of steps, over all states, that were cut off at a bound. What the cut adds to a state biases the
    /// result; it goes to zero with the step, like its root where noise pushes against the bound.
    pub clipped: f64,
}

/// A mean over paths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error; infinite if there is one path only. It does not see the bias of finite steps.
    pub standard_error: f64,
}

/// A function of the state that fills one number for each state.
pub(crate) type Field<'a> = &'a (dyn Fn(&[f64], &mut [f64]) + Sync);

/// How a step is taken. Both schemes have means that are right to first order in the step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `ΔS = g h + σ ΔW`: paths right to order 1/2.
    EulerMaruyama,
    /// The same and `½ σσ' (ΔW² − h)`: paths right to order 1, if the noise of a state depends on that state alone
    /// (otherwise 1/2 again). `σσ'` is taken from a difference of `σ²`, at points within the bounds: it is finite where
    /// `σ = √(x(1−x))` has an infinite slope.
    Milstein,
}

/// What to simulate.
///
/// Close to a bound at which the noise vanishes, as it does at those of market shares, a normal step would overshoot, and putting
/// what does on the bound would add to the mean, time after time: as much as the root of the step in all. There the step leads to one
/// of two points within the bounds, chosen at random so that mean and variance are those of the step (as for a two-point
/// weak scheme: Kloeden and Platen 1992, section 14.1, doi:10.1007/978-3-662-12616-5): means are right to first order in the
/// step up to the bound. A state that a step carries past a bound otherwise is put on the bound: where the noise does not vanish there,
/// this simulates a path reflected, right to the root of the step.
#[derive(Clone, Copy)]
pub(crate) struct Simulation<'a> {
    /// The state at time 0.
    pub(crate) start: &'a [f64],
    /// The least value of each state, or minus infinity.
    pub(crate) lower: &'a [f64],
    /// The largest value of each state, or infinity.
    pub(crate) upper: &'a [f64],
    /// When to look at the state, increasing; the last is the end. Steps are chosen to meet these times.
    pub(crate) times: &'a [f64],
    /// The longest step.
    pub(crate) step: f64,
    pub(crate) scheme: Scheme,
    /// Each player's discount rate.
    pub(crate) discounts: &'a [f64],
    /// Which quantiles.
    pub(crate) levels: &'a [f64],
    pub(crate) paths: usize,
    pub(crate) seed: u64,
    /// How many threads share the paths; the result does not depend on it.
    pub(crate) threads: usize,
}

/// Why there are no paths.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NoiseError<E> {
    /// The simulation makes no sense.
    Parameter(ParameterError),
    /// The right-hand side failed; of all paths that failed, the first.
    Failed { path: usize, time: f64, state: Vec<f64>, error: E },
    /// A state or a payoff is not finite any more; of all paths that failed, the first.
    NotFinite { path: usize, time: f64, state: Vec<f64> },
}

/// One path at the times asked for, all states of the first time, then of the next; and what was earned on it.
struct Path {
    states: Vec<f64>,
    payoffs: Vec<f64>,
    clips: usize,
    steps: usize,
}

impl Simulation<'_> {
    /// Simulates.
    ///
    /// `dynamics()` makes the right-hand side of one path, `f(t, S, drift, flow)`, which gives the drift of each state
    /// and the flow of payoff to each player, undiscounted. It is made anew for every path, so that what it remembers
    /// within a path (a warm start) cannot make one path depend on another. `salvage(S, out)` adds what everybody gets at
    /// the end, discounted.
    ///
    /// Within a step a flow of payoff is the one at its start, with the discount integrated. That goes with Euler's
    /// drift: where the value is linear in the state the two errors cancel up to one of the order of discount rate times
    /// step; a trapezoidal rule would leave an error of the order of the drift's rate times step.
    ///
    /// # Errors
    ///
    /// [`NoiseError`].
    pub(crate) fn run<E, F>(
        &self,
        dynamics: impl Fn() -> F + Sync,
        diffusion: Field<'_>,
        salvage: Field<'_>,
    ) -> Result<Bands, NoiseError<E>>
    where
        F: FnMut(f64, &[f64], &mut [f64], &mut [f64]) -> Result<(), E>,
        E: Send + Sync,
    {
        self.check().map_err(NoiseError::Parameter)?;
        let slots: Vec<OnceLock<Result<Path, NoiseError<E>>>> =
            (0..self.paths).map(|_| OnceLock::new()).collect();
        // Paths are handed out in order. After a failure no more are, but all before it were: the first is seen.
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let work = || {
            while !failed.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(slot) = slots.get(number) else { break };
                let path = self.path(number, dynamics(), diffusion, salvage);
                failed.fetch_or(path.is_err(), Ordering::Relaxed);
                // Nobody else has this number.
                let _ = slot.set(path);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.min(self.paths) {
                // Where no thread is to be had, the others do its work.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let paths: Result<Vec<Path>, _> = slots.into_iter().filter_map(OnceLock::into_inner).collect();
        Ok(self.summary(&paths?))
    }

    fn path<E>(
        &self,
        number: usize,
        mut dynamics: impl FnMut(f64, &[f64], &mut [f64], &mut [f64]) -> Result<(), E>,
        diffusion: Field<'_>,
        salvage: Field<'_>,
    ) -> Result<Path, NoiseError<E>> {
        let (n, players) = (self.start.len(), self.discounts.len());
        let mut normals = Normals::new(self.seed, number as u64);
        let mut stepper = Stepper::new(self, diffusion);
        let (mut noise, mut drift, mut flow) = (vec![0.0; n], vec![0.0; n], vec![0.0; players]);
        let mut weights = vec![1.0; players];
        let mut path = Path { states: Vec::new(), payoffs: vec![0.0; players], clips: 0, steps: 0 };
        let mut evaluate = |t: f64, state: &[f64], drift: &mut [f64], flow: &mut [f64]| {
            let finite = |numbers: &[f64]| numbers.iter().all(|v| v.is_finite());
            let outcome = if finite(state) { dynamics(t, state, drift, flow) } else { Ok(()) };
            match outcome {
                Err(error) => Err(NoiseError::Failed { path: number, time: t, state: state.to_vec(), error }),
                Ok(()) if finite(state) && finite(drift) && finite(flow) => Ok(()),
                Ok(()) => Err(NoiseError::NotFinite { path: number, time: t, state: state.to_vec() }),
            }
        };
        let mut from = 0.0;
        for &until in self.times {
            let steps = self.steps(from, until);
            let h = (until - from) / steps as f64;
            let root = h.sqrt();
            let decays: Vec<f64> = self.discounts.iter().map(|r| (-r * h).exp()).collect();
            // A flow of 1 over a step, discounted to its start.
            let shares: Vec<f64> =
                self.discounts.iter().map(|r| if *r == 0.0 { h } else { -(-r * h).exp_m1() / r }).collect();
            for k in 0..steps {
                evaluate(from + k as f64 * h, &stepper.state, &mut drift, &mut flow)?;
                for (i, payoff) in path.payoffs.iter_mut().enumerate() {
                    *payoff += weights[i] * shares[i] * flow[i];
                    weights[i] *= decays[i];
                }
                noise.fill_with(|| root * normals.draw());
                path.clips += stepper.advance(h, &drift, &noise, &mut normals);
            }
            path.steps += steps;
            path.states.extend(&stepper.state);
            from = until;
        }
        salvage(&stepper.state, &mut flow);
        for ((payoff, value), weight) in path.payoffs.iter_mut().zip(&flow).zip(&weights) {
            *payoff += weight * value;
        }
        if stepper.state.iter().chain(&path.payoffs).all(|v| v.is_finite()) {
            Ok(path)
        } else {
            Err(NoiseError::NotFinite { path: number, time: from, state: stepper.state })
        }
    }

    /// How many steps lead from one time to another.
    fn steps(&self, from: f64, until: f64) -> usize {
        // A step is not halved for the sake of a rounding.
        ((until - from) / self.step * (1.0 - 1e-12)).ceil().max(1.0) as usize
    }

    fn check(&self) -> Result<(), ParameterError> {
        let refuse = |parameter: &str, value: f64, allowed: &str| {
            let (parameter, allowed) = (parameter.to_owned(), allowed.to_owned());
            Err(ParameterError::OutOfRange { parameter, value, allowed })
        };
        let n = self.start.len();
        for (parameter, given) in [("lower bounds", self.lower.len()), ("upper bounds", self.upper.len())] {
            if given != n {
                return Err(ParameterError::WrongLength {
                    parameter: parameter.to_owned(),
                    given,
                    needed: n,
                });
            }
        }
        for ((x, lower), upper) in self.start.iter().zip(self.lower).zip(self.upper) {
            if !(x.is_finite() && lower <= x && x <= upper) {
                return refuse("start", *x, &format!("finite and within [{lower}, {upper}]"));
            }
        }
        let Some(&end) = self.times.last() else {
            return Err(ParameterError::WrongLength { parameter: "times".to_owned(), given: 0, needed: 1 });
        };
        let mut from = 0.0;
        for &t in self.times {
            if !(t.is_finite() && t >= from) {
                return refuse("times", t, "finite, not negative and in increasing order");
            }
            from = t;
        }
        if !(self.step > 0.0 && self.step.is_finite() && end / self.step <= MOST) {
            return refuse("step", self.step, "positive, finite, and at least a billionth of the last time");
        }
        if let Some(&r) = self.discounts.iter().find(|r| !r.is_finite()) {
            return refuse("discount rate", r, "finite");
        }
        if let Some(&level) = self.levels.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return refuse("level of a quantile", level, "between 0 and 1");
        }
        let kept = self.paths as f64 * (n * self.times.len() + self.discounts.len() + 1) as f64;
        if self.paths == 0 || kept > MOST {
            return refuse("paths", self.paths as f64, "at least 1, and few enough to be kept");
        }
        Ok(())
    }

    fn summary(&self, paths: &[Path]) -> Bands {
        let (n, count) = (self.start.len(), paths.len() as f64);
        let mut bands = Bands {
            times: self.times.to_vec(),
            mean: Vec::new(),
            levels: self.levels.to_vec(),
            quantiles: Vec::new(),
            payoffs: Vec::new(),
            sample: Vec::new(),
            clipped: 0.0,
        };
        for time in 0..self.times.len() {
            let (mut mean, mut quantiles) = (Vec::new(), Vec::new());
            bands.sample.clear();
            for state in 0..n {
                let mut values: Vec<f64> = paths.iter().map(|p| p.states[time * n + state]).collect();
                mean.push(values.iter().sum::<f64>() / count);
                values.sort_by(f64::total_cmp);
                quantiles.push(self.levels.iter().map(|level| quantile(&values, *level)).collect());
                bands.sample.push(values);
            }
            bands.mean.push(mean);
            bands.quantiles.push(quantiles);
        }
        for player in 0..self.discounts.len() {
            let values = || paths.iter().map(|p| p.payoffs[player]);
            let mean = values().sum::<f64>() / count;
            let squares: f64 = values().map(|v| (v - mean) * (v - mean)).sum();
            let standard_error =
                if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { f64::INFINITY };
            bands.payoffs.push(Estimate { mean, standard_error });
        }
        let (clips, steps) = paths.iter().fold((0, 0), |(c, s), p| (c + p.clips, s + p.steps * n));
        bands.clipped = if steps > 0 { clips as f64 / steps as f64 } else { 0.0 };
        bands
    }
}

/// The quantile of sorted values, interpolated.
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = level * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// One path's state, and what moves it.
struct Stepper<'a> {
    plan: &'a Simulation<'a>,
    diffusion: Field<'a>,
    state: Vec<f64>,
    sigma: Vec<f64>,
    /// `σσ'`, for Milstein's term.
    product: Vec<f64>,
    near: Vec<f64>,
    /// At which of its bounds the noise of a state vanishes.
    contained: Vec<[bool; 2]>,
}

impl<'a> Stepper<'a> {
    fn new(plan: &'a Simulation<'a>, diffusion: Field<'a>) -> Self {
        let zero = vec![0.0; plan.start.len()];
        let vanishes = |i: usize, bound: f64| {
            let (mut at, mut sigma) = (plan.start.to_vec(), zero.clone());
            at[i] = bound;
            bound.is_finite() && {
                diffusion(&at, &mut sigma);
                sigma[i] == 0.0
            }
        };
        let contained = (0..zero.len()).map(|i| [vanishes(i, plan.lower[i]), vanishes(i, plan.upper[i])]);
        Stepper {
            contained: contained.collect(),
            plan,
            diffusion,
            state: plan.start.to_vec(),
            sigma: zero.clone(),
            product: zero.clone(),
            near: zero,
        }
    }

    /// A step of length h, given the change of every Wiener process; how many states were cut off at a bound.
    fn advance(&mut self, h: f64, drift: &[f64], noise: &[f64], normals: &mut Normals) -> usize {
        if self.plan.scheme == Scheme::Milstein {
            self.differences();
        }
        (self.diffusion)(&self.state, &mut self.sigma);
        let (mut clips, root) = (0, h.sqrt());
        for (i, x) in self.state.iter_mut().enumerate() {
            let (dw, bend, [lower, upper]) =
                (noise[i], self.product[i], [self.plan.lower[i], self.plan.upper[i]]);
            let (mean, spread) = (*x + drift[i] * h, self.sigma[i].abs() * root);
            let [low, high] = self.contained[i];
            let reach = NEAR * (spread + 0.5 * NEAR * bend.abs() * h);
            let near = (low && mean - lower < reach) || (high && upper - mean < reach);
            let moved = if near && mean >= lower && mean <= upper {
                one_of_two(mean, spread, [lower, upper], normals.uniform())
            } else {
                mean + self.sigma[i] * dw + 0.5 * bend * (dw * dw - h)
            };
            // Not `clamp`: that a number is none has to be seen.
            *x = if moved < lower {
                lower
            } else if moved > upper {
                upper
            } else {
                moved
            };
            clips += usize::from(*x != moved);
        }
        clips
    }

    /// `σσ' = ½(σ²)'` by differences that stay within the bounds.
    fn differences(&mut self) {
        self.near.copy_from_slice(&self.state);
        for (i, x) in self.state.iter().enumerate() {
            let size = x.abs().max(self.plan.start[i].abs());
            let width = WIDTH * if size > 0.0 { size } else { 1.0 };
            let mut square = |to: f64| {
                self.near[i] = to;
                (self.diffusion)(&self.near, &mut self.sigma);
                self.sigma[i] * self.sigma[i]
            };
            let (left, right) = ((x - width).max(self.plan.lower[i]), (x + width).min(self.plan.upper[i]));
            let change = square(right) - square(left);
            self.product[i] = if right > left { 0.5 * change / (right - left) } else { 0.0 };
            self.near[i] = *x;
        }
    }
}

/// One of two points within the bounds, which `uniform` chooses, with this mean and, as far as the bounds admit, this standard
/// deviation.
fn one_of_two(mean: f64, spread: f64, [lower, upper]: [f64; 2], uniform: f64) -> f64 {
    let (below, above) = (mean - lower, upper - mean);
    // A mean of 0 and a variance of `down` times `up`.
    let (down, up) = if below < spread {
        (below, (spread * spread / below).min(above))
    } else if above < spread {
        ((spread * spread / above).min(below), above)
    } else {
        (spread, spread)
    };
    if uniform * (down + up) < down { mean + up } else { mean - down }
}

#[cfg(test)]
mod tests;
