//! A maker pays a share of what one or two rivals spend, each within a budget, on two to four media.

use coopad::prelude::*;

use super::{Draw, Family, Name, best_of, golden, share};

/// Sales of a rival alone are `Σ worth · s/(1 + s)` over its media, `s = (spend/half)^steepness`; the other's draw a part away,
/// at most `drawn` where it sells all that it can.
#[derive(Clone, Debug)]
pub(crate) struct Budgets {
    margin: f64,
    drawn: f64,
    rivals: Vec<Rival>,
    typical: Option<f64>,
    /// The most that the maker can have.
    best: f64,
}

#[derive(Clone, Debug)]
struct Rival {
    margin: f64,
    budget: f64,
    media: Vec<Medium>,
    /// What the first media sell at most with every share of the budget, and what of it the last of them takes: by dynamic
    /// programming, where some start slowly.
    plans: Plans,
}

#[derive(Clone, Copy, Debug)]
struct Medium {
    worth: f64,
    half: f64,
    steepness: f64,
}

/// Dynamic programming's tables: too long to print.
#[derive(Clone, Default)]
struct Plans(Vec<Vec<(f64, usize)>>);

impl std::fmt::Debug for Plans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.len())
    }
}

const MOST: f64 = 0.95;
const SHARES: usize = 200;
const NAMES: [Name; 2] = ["a", "b"];

impl Medium {
    fn sales(&self, spend: f64) -> f64 {
        let s = (spend / self.half).powf(self.steepness);
        self.worth * s / (s + 1.0)
    }

    /// The spend beyond any turn of the response at which one more unit sells so much more; 0 where none does. In logarithms
    /// the marginal response is concave, so that Newton's method comes in from above.
    fn spend(&self, marginal: f64) -> f64 {
        let s = self.steepness;
        let log = |z: f64| {
            let u = (s * z).exp();
            let value = (s * self.worth / self.half).ln() + (s - 1.0) * z - 2.0 * u.ln_1p();
            (value - marginal.ln(), s - 1.0 - 2.0 * s * u / (u + 1.0))
        };
        if s > 1.0 && log(((s - 1.0) / (s + 1.0)).ln() / s).0 <= 0.0 {
            return 0.0;
        }
        let mut z = 30.0 / s;
        for _ in 0..100 {
            let (value, slope) = log(z);
            let step = value / slope;
            z -= step;
            if step.abs() < 1e-14 {
                break;
            }
        }
        self.half * z.exp()
    }
}

impl Rival {
    fn prepare(&mut self) {
        if self.media.iter().all(|medium| medium.steepness <= 1.0) {
            return;
        }
        let mut sold = vec![0.0; SHARES + 1];
        for medium in &self.media {
            let own: Vec<f64> = (0..=SHARES).map(|k| medium.sales(self.share(k))).collect();
            let best = |all: usize| {
                let pairs = (0..=all).map(|k| (sold[all - k] + own[k], k));
                pairs.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0))
            };
            let plan: Vec<(f64, usize)> = (0..=SHARES).map(best).collect();
            sold = plan.iter().map(|plan| plan.0).collect();
            self.plans.0.push(plan);
        }
    }

    fn share(&self, k: usize) -> f64 {
        self.budget * k as f64 / SHARES as f64
    }

    fn sales(&self, spends: &[f64]) -> f64 {
        self.media.iter().zip(spends).map(|(medium, spend)| medium.sales(*spend)).sum()
    }

    /// What it has where a part of its sales is left to it and it pays so much of its spends.
    fn payoff(&self, left: f64, paid: f64, spends: &[f64]) -> f64 {
        self.margin * left * self.sales(spends) - paid * spends.iter().sum::<f64>()
    }

    /// Equal marginals of all media that are on: bisection on the price of money.
    fn level(&self, left: f64, paid: f64, on: &[bool]) -> Vec<f64> {
        let spends = |price: f64| -> Vec<f64> {
            let each = self.media.iter().zip(on);
            each.map(|(medium, on)| if *on { medium.spend(price / (self.margin * left)) } else { 0.0 })
                .collect()
        };
        let free = spends(paid);
        if free.iter().sum::<f64>() <= self.budget {
            return free;
        }
        let (mut low, mut high) = (paid.ln(), paid.ln() + 60.0);
        for _ in 0..54 {
            let middle = 0.5 * (low + high);
            if spends(middle.exp()).iter().sum::<f64>() > self.budget { low = middle } else { high = middle }
        }
        spends(high.exp())
    }

    /// The best split.
    fn reply(&self, left: f64, paid: f64) -> Vec<f64> {
        let count = self.media.len();
        let mut on = vec![true; count];
        if self.plans.0.is_empty() {
            return self.level(left, paid, &on);
        }
        let totals = &self.plans.0[count - 1];
        let value = |k: usize| self.margin * left * totals[k].0 - paid * self.share(k);
        let mut rest = (0..=SHARES).max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap_or(0);
        let mut planned = vec![0.0; count];
        for (medium, plan) in self.plans.0.iter().enumerate().rev() {
            planned[medium] = self.share(plan[rest].1);
            (on[medium], rest) = (planned[medium] > 0.0, rest - plan[rest].1);
        }
        self.exchange(left, paid, &mut planned);
        let mut best = (self.payoff(left, paid, &planned), planned);
        for flip in 0..=count {
            let mut on = on.clone();
            if flip < count {
                on[flip] = !on[flip];
            }
            let spends = self.level(left, paid, &on);
            let worth = self.payoff(left, paid, &spends);
            // Level marginals are exact, exchanges nearly so.
            if worth >= best.0 - 1e-12 * self.margin * self.sales(&best.1) {
                best = (worth, spends);
            }
        }
        best.1
    }

    /// Money moved from medium to medium, and in and out, while somebody gains.
    fn exchange(&self, left: f64, paid: f64, spends: &mut [f64]) {
        for _ in 0..6 {
            let before = self.payoff(left, paid, spends);
            for to in 0..spends.len() {
                for from in 0..=to {
                    let rest = (self.budget - spends.iter().sum::<f64>()).max(0.0);
                    let mut at = spends.to_vec();
                    let sum = if from == to { spends[to] + rest } else { spends[to] + spends[from] };
                    let mut value = |own: f64| {
                        if from != to {
                            at[from] = sum - own;
                        }
                        at[to] = own;
                        self.payoff(left, paid, &at)
                    };
                    let width = self.share(1);
                    let here = spends[to];
                    let found = golden([(here - width).max(0.0), (here + width).min(sum)], &mut value);
                    let own = if value(found[0]) > value(here) { found[0] } else { here };
                    if from != to {
                        spends[from] = sum - own;
                    }
                    spends[to] = own;
                }
            }
            if self.payoff(left, paid, spends) - before <= 1e-13 * before.abs() {
                break;
            }
        }
    }
}

impl Budgets {
    /// What is left to a rival of its sales, the other's spends given.
    fn left(&self, rival: usize, spends: &[Vec<f64>]) -> f64 {
        match self.rivals.get(1 - rival) {
            None => 1.0,
            Some(other) => {
                let most: f64 = other.media.iter().map(|medium| medium.worth).sum();
                1.0 - self.drawn * other.sales(&spends[1 - rival]) / most
            }
        }
    }

    /// The rivals' equilibrium at a rate: best replies in turn.
    fn replies(&self, rate: f64) -> Vec<Vec<f64>> {
        let mut spends: Vec<Vec<f64>> =
            self.rivals.iter().map(|rival| vec![0.0; rival.media.len()]).collect();
        for _ in 0..if self.rivals.len() == 1 { 1 } else { 60 } {
            let mut moved: f64 = 0.0;
            for (at, rival) in self.rivals.iter().enumerate() {
                let reply = rival.reply(self.left(at, &spends), 1.0 - rate);
                let off = reply.iter().zip(&spends[at]).map(|(a, b)| (a - b).abs() / rival.budget);
                moved = off.fold(moved, f64::max);
                spends[at] = reply;
            }
            if moved < 1e-13 {
                break;
            }
        }
        spends
    }

    fn maker(&self, rate: f64, spends: &[Vec<f64>]) -> f64 {
        let each = self.rivals.iter().zip(spends).enumerate();
        each.map(|(at, (rival, own))| {
            self.margin * self.left(at, spends) * rival.sales(own) - rate * own.iter().sum::<f64>()
        })
        .sum()
    }

    fn maker_best(&self) -> f64 {
        let rates: Vec<f64> = (0..=60).map(|k| MOST * f64::from(k) / 60.0).collect();
        best_of(&rates, &mut |rate| self.maker(rate, &self.replies(rate)))[1]
    }

    fn spends(&self, x: &[f64]) -> Vec<Vec<f64>> {
        x[1..].chunks(self.rivals[0].media.len()).map(<[f64]>::to_vec).collect()
    }
}

impl Game for Budgets {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        let mut all = vec!["maker"];
        all.extend(&NAMES[..self.rivals.len()]);
        all
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        let mut all = vec![Decision::new("rate", "maker")];
        for (rival, name) in self.rivals.iter().zip(NAMES) {
            for medium in 0..rival.media.len() {
                let spend = Decision::new(format!("spend of {name} on {medium}"), name);
                all.push(if let Some(usual) = self.typical { spend.typical(usual) } else { spend });
            }
        }
        all
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let nothing = T::constant(0.0);
        if decision == 0 { Interval::new(nothing, T::constant(MOST)) } else { Interval::at_least(nothing) }
    }
}

impl StaticGame for Budgets {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let sum =
            |values: &mut dyn Iterator<Item = T>| values.fold(T::constant(0.0), |sum, value| sum + value);
        let own: Vec<&[T]> = x[1..].chunks(self.rivals[0].media.len()).collect();
        let sales: Vec<T> = own
            .iter()
            .zip(&self.rivals)
            .map(|(own, rival)| {
                sum(&mut own.iter().zip(&rival.media).map(|(spend, medium)| {
                    let s = (*spend / medium.half).powf(medium.steepness);
                    s / (s + 1.0) * medium.worth
                }))
            })
            .collect();
        out[0] = T::constant(0.0);
        for (at, rival) in self.rivals.iter().enumerate() {
            let left = match self.rivals.get(1 - at) {
                None => T::constant(1.0),
                Some(other) => {
                    let most: f64 = other.media.iter().map(|medium| medium.worth).sum();
                    -sales[1 - at] * (self.drawn / most) + 1.0
                }
            };
            let spent = sum(&mut own[at].iter().copied());
            out[0] = out[0] + left * sales[at] * self.margin - x[0] * spent;
            out[at + 1] = left * sales[at] * rival.margin - spent + x[0] * spent;
        }
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Name>> {
        let own = x[1..].chunks(self.rivals[0].media.len());
        let each = own.zip(&self.rivals).zip(NAMES);
        each.map(|((own, rival), name)| {
            let left = own.iter().fold(T::constant(rival.budget), |left, spend| left - *spend);
            Constraint::new(format!("budget of {name}"), left).binding(name)
        })
        .collect()
    }
}

impl Family for Budgets {
    const NAME: &'static str = "budgets over media";

    fn draw(draw: &mut Draw) -> Self {
        let (size, count) = (draw.decades(-1.0, 2.0), draw.count(2, 4));
        let rivals = draw.count(1, 2);
        // With rivals responses are concave, so that there is one equilibrium at each rate.
        let steepest = if rivals == 1 { 2.5 } else { 0.95 };
        let mut rival = || {
            let margin = draw.decades(-0.5, 0.5);
            let media: Vec<Medium> = (0..count)
                .map(|_| {
                    let half = size * draw.decades(-0.5, 0.5);
                    let worth = half / margin * draw.decades(0.0, 1.5);
                    Medium { worth, half, steepness: draw.between(0.4, steepest) }
                })
                .collect();
            let budget = size * count as f64 * draw.decades(-1.0, 1.0);
            let mut rival = Rival { margin, budget, media, plans: Plans::default() };
            rival.prepare();
            rival
        };
        let rivals: Vec<Rival> = (0..rivals).map(|_| rival()).collect();
        let typical = [None, Some(size)][draw.count(0, 1)];
        let (margin, drawn) = (draw.decades(-0.5, 0.5), draw.between(0.0, 0.5));
        let mut game = Budgets { margin, drawn, rivals, typical, best: 0.0 };
        game.best = game.maker_best();
        game
    }

    fn structure(&self) -> Structure<Name> {
        Structure::leader("maker")
    }

    fn regret(&self, x: &[f64]) -> f64 {
        let spends = self.spends(x);
        let mut regret: f64 = 0.0;
        for (at, rival) in self.rivals.iter().enumerate() {
            if spends[at].iter().sum::<f64>() > rival.budget * (1.0 + 1e-10) {
                return f64::INFINITY;
            }
            let (left, paid) = (self.left(at, &spends), 1.0 - x[0]);
            let best = rival.payoff(left, paid, &rival.reply(left, paid));
            let has = rival.payoff(left, paid, &spends[at]);
            let terms = rival.margin * rival.sales(&spends[at]) + paid * spends[at].iter().sum::<f64>();
            regret = regret.max(share(best - has, has, terms));
        }
        let has = self.maker(x[0], &spends);
        let again = self.maker(x[0], &self.replies(x[0]));
        regret.max(share(self.best - has.max(again), has, has.abs()))
    }

    fn others(&self, right: &[f64], draw: &mut Draw) -> Vec<Vec<f64>> {
        let mut all = Vec::new();
        let count = self.rivals[0].media.len();
        // Other rates with the best replies to them; all money in one medium; two media changed for each other.
        for rate in [0.0, MOST * draw.unit()] {
            all.push([&[rate][..], &self.replies(rate).concat()].concat());
        }
        for at in 0..count {
            let total: f64 = right[1..=count].iter().sum();
            let mut one = right.to_vec();
            one[1..=count].fill(0.0);
            one[1 + at] = total;
            all.push(one);
        }
        let mut swapped = right.to_vec();
        swapped.swap(1, 2);
        all.push(swapped);
        all
    }
}
