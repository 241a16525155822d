//! Costs that are fixed, and what is paid from some number on: payoffs that jump.

use coopad::prelude::*;

use super::{Draw, Family, Name, best_of, share, where_tied};

/// Who moves first, `up`, and who replies, `low`.
#[derive(Clone, Debug)]
enum Kind {
    /// Two firms sell at `demand - slope · quantities`; the second pays a fixed cost if it sells at all.
    Entry { demand: f64, slope: f64, costs: [f64; 2], fixed: f64 },
    /// A maker pays a share of what a shop spends on sales of `2 √spend`; the shop pays a fixed cost if it spends at all.
    Campaign { margins: [f64; 2], fixed: f64 },
    /// A maker pays a bonus if the shop spends a threshold; sales are `spend^power`.
    Bonus { margins: [f64; 2], power: f64, threshold: f64 },
}

#[derive(Clone, Debug)]
pub(crate) struct Jump {
    kind: Kind,
    /// The most that the first can have.
    best: f64,
}

impl Kind {
    fn first_at_most(&self) -> Option<f64> {
        match *self {
            Kind::Entry { demand, slope, .. } => Some(demand / slope),
            Kind::Campaign { .. } => Some(0.999),
            Kind::Bonus { .. } => None,
        }
    }

    fn payoffs(&self, [first, second]: [f64; 2]) -> [f64; 2] {
        match *self {
            Kind::Entry { demand, slope, costs, fixed } => {
                let price = demand - slope * (first + second);
                let paid = if second > 0.0 { fixed } else { 0.0 };
                [(price - costs[0]) * first, (price - costs[1]) * second - paid]
            }
            Kind::Campaign { margins, fixed } => {
                let sales = 2.0 * second.sqrt();
                let paid = if second > 0.0 { fixed } else { 0.0 };
                [margins[0] * sales - first * second, margins[1] * sales - (1.0 - first) * second - paid]
            }
            Kind::Bonus { margins, power, threshold } => {
                let sales = second.powf(power);
                let paid = if second >= threshold { first } else { 0.0 };
                [margins[0] * sales - paid, margins[1] * sales - second + paid]
            }
        }
    }

    /// The sizes of what payoffs are made of.
    fn terms(&self, [first, second]: [f64; 2]) -> [f64; 2] {
        match *self {
            Kind::Entry { demand, fixed, .. } => [demand * first, demand * second + fixed],
            Kind::Campaign { margins, fixed } => {
                [margins[0] * second.sqrt(), margins[1] * second.sqrt() + second + fixed]
            }
            Kind::Bonus { margins, power, .. } => {
                [margins[0] * second.powf(power) + first, margins[1] * second.powf(power) + second + first]
            }
        }
    }

    /// Where the second's hills have their tops, everything given: by hand.
    fn replies(&self, first: f64) -> Vec<f64> {
        match *self {
            Kind::Entry { demand, slope, costs, .. } => {
                vec![0.0, ((demand - costs[1] - slope * first) / (2.0 * slope)).max(0.0)]
            }
            Kind::Campaign { margins, .. } => vec![0.0, (margins[1] / (1.0 - first)).powi(2)],
            Kind::Bonus { margins, power, threshold } => {
                let alone = (power * margins[1]).powf(1.0 / (1.0 - power));
                vec![alone, threshold]
            }
        }
    }

    /// The best reply; of two alike the one that counts most by `prefers`.
    fn best_reply(&self, first: f64, prefers: &dyn Fn(f64) -> f64) -> f64 {
        let replies = self.replies(first);
        let worth = |second: f64| self.payoffs([first, second])[1];
        let most = replies.iter().fold(f64::NEG_INFINITY, |most, reply| most.max(worth(*reply)));
        let size = replies.iter().fold(0.0, |size: f64, reply| size.max(self.terms([first, *reply])[1]));
        let alike = replies.iter().copied().filter(|reply| worth(*reply) >= most - 1e-11 * size);
        alike.max_by(|a, b| prefers(*a).total_cmp(&prefers(*b))).unwrap_or(0.0)
    }

    /// The reply that the first prefers.
    fn reply(&self, first: f64) -> f64 {
        self.best_reply(first, &|second| self.payoffs([first, second])[0])
    }

    /// The choices of the first at which the second is indifferent: by hand.
    fn ties(&self) -> Vec<f64> {
        match *self {
            Kind::Entry { demand, slope, costs, fixed } => {
                vec![(demand - costs[1] - 2.0 * (slope * fixed).sqrt()) / slope]
            }
            Kind::Campaign { margins, fixed } => vec![1.0 - margins[1] * margins[1] / fixed],
            Kind::Bonus { margins, power, threshold } => {
                let worth = |spend: f64| margins[1] * spend.powf(power) - spend;
                let alone = (power * margins[1]).powf(1.0 / (1.0 - power));
                vec![worth(alone) - worth(threshold)]
            }
        }
    }

    fn best(&self) -> f64 {
        let most = self.first_at_most().unwrap_or_else(|| 4.0 * self.ties()[0].max(0.0) + 1e-300);
        let mut points: Vec<f64> = (0..=1000).map(|k| most * f64::from(k) / 1000.0).collect();
        for tie in self.ties() {
            let near = [tie * (1.0 - 1e-12), tie, tie * (1.0 + 1e-12)];
            points.extend(near.into_iter().filter(|at| (0.0..=most).contains(at)));
        }
        points.sort_unstable_by(f64::total_cmp);
        best_of(&points, &mut |first| self.payoffs([first, self.reply(first)])[0])[1]
    }
}

impl Game for Jump {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["up", "low"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        let first = match self.kind {
            Kind::Campaign { .. } => Decision::transfer("first", "up", "low"),
            _ => Decision::new("first", "up"),
        };
        vec![first, Decision::new("second", "low")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let nothing = T::constant(0.0);
        match self.kind.first_at_most() {
            Some(most) if decision == 0 => Interval::new(nothing, T::constant(most)),
            _ => Interval::at_least(nothing),
        }
    }
}

impl StaticGame for Jump {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let (first, second) = (x[0], x[1]);
        let number = T::constant;
        match self.kind {
            Kind::Entry { demand, slope, costs, fixed } => {
                let price = -(first + second) * slope + demand;
                let paid = T::select(second, number(fixed), number(0.0));
                out[0] = (price - costs[0]) * first;
                out[1] = (price - costs[1]) * second - paid;
            }
            Kind::Campaign { margins, fixed } => {
                let sales = second.sqrt() * 2.0;
                let paid = T::select(second, number(fixed), number(0.0));
                out[0] = sales * margins[0] - first * second;
                out[1] = sales * margins[1] - second + first * second - paid;
            }
            Kind::Bonus { margins, power, threshold } => {
                let sales = second.powf(power);
                // Reached, and not only passed.
                let paid = T::select(number(threshold) - second, number(0.0), first);
                out[0] = sales * margins[0] - paid;
                out[1] = sales * margins[1] - second + paid;
            }
        }
    }
}

impl Family for Jump {
    const NAME: &'static str = "fixed costs and tiers";

    fn draw(draw: &mut Draw) -> Self {
        let kind = match draw.count(0, 2) {
            0 => {
                let (demand, slope) = (draw.decades(-1.0, 3.0), draw.decades(-2.0, 2.0));
                let costs = [0.0, 0.0].map(|_: f64| demand * draw.between(0.0, 0.4));
                // Of what the second would have alone: from next to nothing to more than that.
                let alone = (demand - costs[1]).powi(2) / (4.0 * slope);
                Kind::Entry { demand, slope, costs, fixed: alone * draw.decades(-4.0, 0.2) }
            }
            1 => {
                let margins = [draw.decades(-1.0, 1.0), draw.decades(-1.0, 1.0)];
                Kind::Campaign { margins, fixed: margins[1].powi(2) * draw.decades(-1.0, 1.5) }
            }
            _ => {
                let margins = [draw.decades(-1.0, 1.0), draw.decades(-1.0, 1.0)];
                let power = draw.between(0.2, 0.7);
                let alone = (power * margins[1]).powf(1.0 / (1.0 - power));
                Kind::Bonus { margins, power, threshold: alone * draw.decades(0.05, 1.5) }
            }
        };
        let best = kind.best();
        Jump { kind, best }
    }

    fn structure(&self) -> Structure<Name> {
        Structure::leader("up")
    }

    fn regret(&self, x: &[f64]) -> f64 {
        let x = [x[0], x[1]];
        // Of replies alike the one that it is near, and the one that the first prefers.
        let near = self.kind.best_reply(x[0], &|second| -(second - x[1]).abs());
        let replied = [near, self.kind.reply(x[0])].map(|second| [x[0], second]);
        let (has, terms) = (self.kind.payoffs(x), self.kind.terms(x));
        let again = replied.map(|at| self.kind.payoffs(at));
        let low = share(again[0][1] - has[1], has[1], terms[1].max(self.kind.terms(replied[0])[1]));
        let up = again.map(|again| share(self.best - has[0].max(again[0]), has[0], terms[0]));
        where_tied(low, up)
    }

    fn others(&self, right: &[f64], draw: &mut Draw) -> Vec<Vec<f64>> {
        let mut firsts = vec![right[0], right[0] * draw.unit()];
        firsts.extend(self.kind.ties().into_iter().filter(|tie| *tie >= 0.0));
        if let Some(most) = self.kind.first_at_most() {
            firsts.push(most * draw.unit());
            firsts.retain(|first| *first <= most);
        }
        let pairs =
            firsts.into_iter().flat_map(|f| self.kind.replies(f).into_iter().map(move |s| vec![f, s]));
        pairs.filter(|pair| pair != right).collect()
    }
}
