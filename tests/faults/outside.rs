//! 200 constrained games against an outside solver: SciPy's SLSQP (`tests/fixtures/constrained.py`).

use coopad::prelude::*;
use serde_json::Value;

type Name = &'static str;

const RIVALS: [Name; 5] = ["a", "b", "c", "d", "e"];
const SPENDS: [Name; 5] = ["1", "2", "3", "4", "5"];

fn rows(kind: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../fixtures/constrained.json")).unwrap();
    let rows: Vec<Value> = all.into_iter().filter(|row| row["kind"] == kind).collect();
    assert_eq!(rows.len(), 100);
    rows
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap()
}

fn numbers(row: &Value, key: &str) -> Vec<f64> {
    row[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn close(found: &[f64], right: &[f64], what: &str) {
    let size = right.iter().fold(1e-3_f64, |size, value| size.max(value.abs()));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-8 * size;
    assert!(
        found.len() == right.len() && found.iter().zip(right).all(near),
        "{what}: {found:?}, not {right:?}"
    );
}

/// One firm's spends under a budget, a limit on squares and a least share of the first.
struct Firm {
    worths: Vec<f64>,
    halves: Vec<f64>,
    cross: f64,
    limits: [f64; 3],
}
impl Game for Firm {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["firm"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        SPENDS[..self.worths.len()].iter().map(|name| Decision::new(*name, "firm")).collect()
    }
}
impl StaticGame for Firm {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let total = x.iter().fold(T::constant(0.0), |sum, x| sum + *x);
        let each = x.iter().zip(self.worths.iter().zip(&self.halves));
        let earned = each.fold(T::constant(0.0), |sum, (x, (w, k))| sum + (*x / *k).ln_1p() * *w);
        out[0] = earned - total - total.square() * self.cross;
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Name>> {
        let [budget, squares, share] = self.limits;
        let zero = T::constant(0.0);
        let total = x.iter().fold(zero, |sum, x| sum + *x);
        let square = x.iter().fold(zero, |sum, x| sum + x.square());
        vec![
            Constraint::new("budget", -total + budget).binding("firm"),
            Constraint::new("squares", -square + squares).binding("firm"),
            Constraint::new("share", x[0] - total * share).binding("firm"),
        ]
    }
}

/// Rivals with linear demand who share a capacity.
struct Rivals {
    chokes: Vec<f64>,
    slopes: Vec<f64>,
    uses: Vec<f64>,
    substitute: f64,
    capacity: f64,
}
impl Game for Rivals {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        RIVALS[..self.chokes.len()].to_vec()
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        self.players().into_iter().map(|name| Decision::new(name, name)).collect()
    }
}
impl StaticGame for Rivals {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let total = x.iter().fold(T::constant(0.0), |sum, x| sum + *x);
        for (i, out) in out.iter_mut().enumerate() {
            let price = -x[i] * self.slopes[i] - (total - x[i]) * self.substitute + self.chokes[i];
            *out = x[i] * price;
        }
    }
    fn constraints<T: Scalar>(&self, x: &[T]) -> Vec<Constraint<T, Name>> {
        let used = x.iter().zip(&self.uses).fold(T::constant(0.0), |sum, (x, use_)| sum + *x * *use_);
        let room = Constraint::new("capacity", -used + self.capacity);
        vec![self.players().into_iter().fold(room, Constraint::binding)]
    }
}

#[test]
fn firms_under_three_limits() {
    for (at, row) in rows("firm").iter().enumerate() {
        let limits = ["budget", "squares", "share"].map(|key| number(row, key));
        let game = Firm {
            worths: numbers(row, "w"),
            halves: numbers(row, "k"),
            cross: number(row, "cross"),
            limits,
        };
        let what = format!("firm {at}");
        let found = game.solve(&Structure::simultaneous()).unwrap_or_else(|error| panic!("{what}: {error}"));
        close(found.profile(), &numbers(row, "x"), &what);
        close(found.payoffs(), &[number(row, "payoff")], &what);
        let worths: Vec<f64> = found.report().limits.iter().map(|limit| limit.worth).collect();
        close(&worths, &numbers(row, "worth"), &what);
        assert!(found.report().residual.unwrap() < 1e-8, "{what}: {:?}", found.report());
        found.verify(&game).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

#[test]
fn rivals_who_share_a_capacity() {
    for (at, row) in rows("rivals").iter().enumerate() {
        let game = Rivals {
            chokes: numbers(row, "a"),
            slopes: numbers(row, "b"),
            uses: numbers(row, "use"),
            substitute: number(row, "substitute"),
            capacity: number(row, "capacity"),
        };
        let what = format!("rivals {at}");
        let found = game.solve(&Structure::simultaneous()).unwrap_or_else(|error| panic!("{what}: {error}"));
        close(found.profile(), &numbers(row, "x"), &what);
        close(found.payoffs(), &numbers(row, "payoffs"), &what);
        let limit = &found.report().limits[0];
        close(&[limit.worth], &numbers(row, "worth"), &what);
        assert_eq!(limit.binds && limit.one_of_many(), limit.worth > 0.0, "{what}: {limit}");
        found.verify(&game).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}
