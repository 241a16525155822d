//! Firms that share one capacity: the equilibrium at which it is worth the same to all.

use coopad::prelude::*;

use super::{Draw, Family, Name, share};

/// Prices `demand - slope · quantities`; a firm's cost is `linear · q + rising · q²`; a piece of its takes `takes` of the capacity.
#[derive(Clone, Debug)]
pub(crate) struct Capacity {
    demand: f64,
    slope: f64,
    firms: Vec<Firm>,
    room: f64,
}

#[derive(Clone, Copy, Debug)]
struct Firm {
    linear: f64,
    rising: f64,
    takes: f64,
}

const NAMES: [Name; 5] = ["a", "b", "c", "d", "e"];

impl Capacity {
    /// What is made where a unit of the capacity costs so much: bisection on the sum, in which each one's quantity falls.
    fn made(&self, worth: f64) -> Vec<f64> {
        let each = |all: f64| -> Vec<f64> {
            let own = |firm: &Firm| {
                let marginal = self.demand - self.slope * all - firm.linear - worth * firm.takes;
                (marginal / (self.slope + 2.0 * firm.rising)).max(0.0)
            };
            self.firms.iter().map(own).collect()
        };
        let (mut low, mut high) = (0.0, self.demand / self.slope);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if each(middle).iter().sum::<f64>() > middle { low = middle } else { high = middle }
        }
        each(0.5 * (low + high))
    }

    fn taken(&self, made: &[f64]) -> f64 {
        made.iter().zip(&self.firms).map(|(q, firm)| q * firm.takes).sum()
    }

    fn variational(&self) -> Vec<f64> {
        if self.taken(&self.made(0.0)) <= self.room {
            return self.made(0.0);
        }
        let least = self.firms.iter().fold(f64::INFINITY, |least, firm| least.min(firm.takes));
        let (mut low, mut high) = (0.0, self.demand / least);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if self.taken(&self.made(middle)) > self.room { low = middle } else { high = middle }
        }
        self.made(0.5 * (low + high))
    }

    fn payoff(&self, x: &[f64], at: usize, own: f64) -> f64 {
        let all = x.iter().sum::<f64>() - x[at] + own;
        let firm = self.firms[at];
        (self.demand - self.slope * all - firm.linear - firm.rising * own) * own
    }
}

impl Game for Capacity {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        NAMES[..self.firms.len()].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        self.players().into_iter().map(|name| Decision::new(format!("made by {name}"), name)).collect()
    }
}

impl StaticGame for Capacity {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let price = x.iter().fold(T::constant(self.demand), |price, q| price - *q * self.slope);
        for ((out, q), firm) in out.iter_mut().zip(x).zip(&self.firms) {
            *out = (price - firm.linear - *q * firm.rising) * *q;
        }
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Name>> {
        let taken = x.iter().zip(&self.firms);
        let left = taken.fold(T::constant(self.room), |left, (q, firm)| left - *q * firm.takes);
        vec![Constraint::new("capacity", left)]
    }
}

impl Family for Capacity {
    const NAME: &'static str = "shared capacity";

    fn draw(draw: &mut Draw) -> Self {
        let (demand, slope) = (draw.decades(-1.0, 3.0), draw.decades(-2.0, 2.0));
        let firm = |draw: &mut Draw| Firm {
            linear: demand * draw.between(0.0, 0.7),
            rising: if draw.unit() < 0.5 { 0.0 } else { slope * draw.decades(-1.0, 1.0) },
            takes: draw.decades(-0.5, 0.5),
        };
        let firms: Vec<Firm> = (0..draw.count(2, 5)).map(|_| firm(draw)).collect();
        let mut game = Capacity { demand, slope, firms, room: 0.0 };
        // Of what would be taken without it.
        game.room = game.taken(&game.made(0.0)) * draw.decades(-2.0, 0.3);
        game
    }

    fn structure(&self) -> Structure<Name> {
        Structure::simultaneous()
    }

    fn regret(&self, x: &[f64]) -> f64 {
        let taken = self.taken(x);
        if taken > self.room * (1.0 + 1e-10) || x.iter().any(|q| *q < 0.0) {
            return f64::INFINITY;
        }
        let each = self.firms.iter().enumerate().map(|(at, firm)| {
            let others = x.iter().sum::<f64>() - x[at];
            let top = (self.demand - self.slope * others - firm.linear) / (2.0 * (self.slope + firm.rising));
            // What rounding leaves of the capacity is nobody's gain.
            let most = (self.room * (1.0 - 1e-9) - taken) / firm.takes + x[at];
            let best = top.max(0.0).min(most.max(0.0));
            let has = self.payoff(x, at, x[at]);
            share(self.payoff(x, at, best) - has, has, self.demand * (best + x[at]))
        });
        each.fold(0.0, f64::max)
    }

    fn is_the_one(&self, x: &[f64]) -> bool {
        let right = self.variational();
        let size = right.iter().fold(0.0, |size: f64, q| size.max(*q));
        right.iter().zip(x).all(|(right, x)| (right - x).abs() <= 1e-6 * size)
    }

    fn others(&self, right: &[f64], draw: &mut Draw) -> Vec<Vec<f64>> {
        // Other splits of the capacity: many of them are equilibria, too.
        let split = |draw: &mut Draw| {
            let shares: Vec<f64> =
                right.iter().map(|q| (q + 1e-3 * self.room) * draw.decades(-1.0, 1.0)).collect();
            let all = self.taken(&shares);
            shares.iter().map(|share| share / all * self.room).collect()
        };
        let mut all: Vec<Vec<f64>> = (0..3).map(|_| split(draw)).collect();
        all.push(self.made(0.0));
        all.push(vec![0.0; right.len()]);
        all
    }
}
