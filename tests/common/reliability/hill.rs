//! A maker pays shares of what a shop spends on one or two media, each with a response of its own: S-shaped or not.

use coopad::prelude::*;

use super::{Draw, Family, Name, best_of, golden, share, where_tied};

/// Sales are `worth · s/(1 + s)` with `s = (spend/half)^steepness`.
#[derive(Clone, Debug)]
struct Medium {
    worth: f64,
    half: f64,
    steepness: f64,
    typical: Option<f64>,
    /// The most that the maker can have of it.
    best: f64,
}

/// One or two of them; each is supported at a rate of its own, so that what is best is best for each alone.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    margins: [f64; 2],
    media: Vec<Medium>,
}

const MOST: f64 = 1.0 - 1e-6;

impl Medium {
    fn sales(&self, spend: f64) -> f64 {
        let s = (spend / self.half).powf(self.steepness);
        self.worth * s / (s + 1.0)
    }

    fn shop(&self, margin: f64, rate: f64, spend: f64) -> f64 {
        self.sales(spend) * margin - spend * (1.0 - rate)
    }

    fn maker(&self, margin: f64, rate: f64, spend: f64) -> f64 {
        self.sales(spend) * margin - spend * rate
    }

    /// The tops of the shop's hills at a rate, 0 among them.
    fn tops(&self, margin: f64, rate: f64) -> Vec<[f64; 2]> {
        let point = |k: usize| self.half * 10_f64.powf(-16.0 + k as f64 / 15.0);
        let heights: Vec<f64> = (0..=480).map(|k| self.shop(margin, rate, point(k))).collect();
        let mut tops = vec![[0.0, 0.0]];
        for k in 1..480 {
            if heights[k] >= heights[k - 1] && heights[k] > heights[k + 1] {
                tops.push(golden([point(k - 1), point(k + 1)], &mut |spend| self.shop(margin, rate, spend)));
            }
        }
        tops
    }

    /// The shop's best spend at a rate; of those alike the one that counts most by `prefers`.
    fn best_reply(&self, margin: f64, rate: f64, prefers: &dyn Fn(f64) -> f64) -> f64 {
        let tops = self.tops(margin, rate);
        let most =
            tops.iter().fold([0.0; 2], |most: [f64; 2], top| if top[1] > most[1] { *top } else { most });
        let size = |top: &[f64; 2]| self.sales(top[0]) * margin + top[0];
        let rounding = 1e-11 * tops.iter().map(size).fold(0.0, f64::max);
        let alike = tops.iter().filter(|top| top[1] >= most[1] - rounding);
        alike.max_by(|a, b| prefers(a[0]).total_cmp(&prefers(b[0]))).map_or(0.0, |top| top[0])
    }

    /// The reply that the maker prefers.
    fn reply(&self, margins: [f64; 2], rate: f64) -> f64 {
        self.best_reply(margins[1], rate, &|spend| self.maker(margins[0], rate, spend))
    }

    /// The rate from which on the shop spends anything, where the response is S-shaped: from the tangent through the origin.
    fn start(&self, margin: f64) -> Option<f64> {
        let s = self.steepness;
        let start = 1.0 - margin * self.worth * (s - 1.0).powf((s - 1.0) / s) / (s * self.half);
        (s > 1.0 && start > 0.0 && start < MOST).then_some(start)
    }

    fn maker_best(&self, margins: [f64; 2]) -> f64 {
        let mut rates: Vec<f64> = (0..=160).map(|k| k as f64 / 160.0 * MOST).collect();
        rates.extend((10..=60).map(|k| 1.0 - 10_f64.powf(-f64::from(k) / 10.0)));
        if let Some(start) = self.start(margins[1]) {
            rates.extend([start, (start + 1e-12).min(MOST)]);
        }
        rates.sort_unstable_by(f64::total_cmp);
        rates.dedup();
        best_of(&rates, &mut |rate| self.maker(margins[0], rate, self.reply(margins, rate)))[1]
    }
}

impl Game for Media {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["maker", "shop"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        let names = ["first", "second"].into_iter().zip(&self.media);
        let rates =
            names.clone().map(|(name, _)| Decision::transfer(format!("{name} rate"), "maker", "shop"));
        let spends = names.map(|(name, medium)| {
            let spend = Decision::new(format!("{name} spend"), "shop");
            if let Some(usual) = medium.typical { spend.typical(usual) } else { spend }
        });
        rates.chain(spends).collect()
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let nothing = T::constant(0.0);
        if decision < self.media.len() {
            Interval::new(nothing, T::constant(MOST))
        } else {
            Interval::at_least(nothing)
        }
    }
}

impl StaticGame for Media {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        out.fill(T::constant(0.0));
        let (rates, spends) = x.split_at(self.media.len());
        for ((medium, rate), spend) in self.media.iter().zip(rates).zip(spends) {
            let s = (*spend / medium.half).powf(medium.steepness);
            let sales = s / (s + 1.0) * medium.worth;
            out[0] = out[0] + sales * self.margins[0] - *rate * *spend;
            out[1] = out[1] + sales * self.margins[1] - *spend + *rate * *spend;
        }
    }
}

impl Family for Media {
    const NAME: &'static str = "Hill responses";

    fn draw(draw: &mut Draw) -> Self {
        let margins = [draw.decades(-1.0, 1.0), draw.decades(-1.0, 1.0)];
        let size = draw.decades(-2.0, 2.0);
        let mut medium = || {
            // Of comparable size, so that neither is rounding of the other.
            let half = size * draw.decades(-0.5, 0.5);
            let steepness = draw.between(0.4, 3.0);
            // From a tenth to a hundred times what would make the shop start by itself.
            let worth = draw.decades(-1.0, 2.0) * half / margins[1];
            let off = draw.decades(-3.0, 3.0);
            let typical = [None, Some(half), Some(half * off)][draw.count(0, 2)];
            let mut medium = Medium { worth, half, steepness, typical, best: 0.0 };
            medium.best = medium.maker_best(margins);
            medium
        };
        let mut media = vec![medium()];
        let second = medium();
        if draw.unit() < 0.5 {
            media.push(second);
        }
        Media { margins, media }
    }

    fn structure(&self) -> Structure<Name> {
        Structure::leader("maker")
    }

    fn regret(&self, x: &[f64]) -> f64 {
        let (rates, spends) = x.split_at(self.media.len());
        let (mut best, mut has, mut again, mut terms) = ([0.0; 2], [0.0; 2], [0.0; 2], [0.0; 2]);
        for ((medium, &rate), &spend) in self.media.iter().zip(rates).zip(spends) {
            let reply = medium.reply(self.margins, rate);
            best[0] += medium.best;
            best[1] += medium.shop(self.margins[1], rate, reply);
            has[0] += medium.maker(self.margins[0], rate, spend);
            has[1] += medium.shop(self.margins[1], rate, spend);
            // Of replies alike the one on the hill on which it stands.
            let near = medium.best_reply(self.margins[1], rate, &|top| -(top - spend).abs());
            again[0] += medium.maker(self.margins[0], rate, near);
            again[1] += medium.maker(self.margins[0], rate, reply);
            let size = medium.sales(spend.max(reply));
            terms[0] += size * self.margins[0];
            terms[1] += size * self.margins[1] + spend.max(reply);
        }
        let shop = share(best[1] - has[1], has[1], terms[1]);
        // What replies alone would change is no choice of the maker's.
        let maker = again.map(|again| share(best[0] - has[0].max(again), has[0], terms[0]));
        where_tied(shop, maker)
    }

    fn others(&self, right: &[f64], draw: &mut Draw) -> Vec<Vec<f64>> {
        let count = self.media.len();
        let mut all = Vec::new();
        for (k, medium) in self.media.iter().enumerate() {
            // Another hill of the shop's at the same rate, and any hill at another.
            for rate in [right[k], draw.unit() * MOST, medium.start(self.margins[1]).unwrap_or(0.0)] {
                for top in medium.tops(self.margins[1], rate) {
                    let mut at = right.to_vec();
                    (at[k], at[count + k]) = (rate, top[0]);
                    if at != right {
                        all.push(at);
                    }
                }
            }
        }
        all
    }
}
