//! One manufacturer, two retailers.

use super::*;

/// Wang et al. 2011 with unequal retailers.
struct TwoRetailers {
    base: [f64; 2],
    own: [f64; 2],
    stolen: [f64; 2],
    national: [f64; 2],
    maker: f64,
    margin: [f64; 2],
}

impl Game for TwoRetailers {
    type Player = Name;
    fn players(&self) -> Vec<Name> {
        vec!["manufacturer", "retailer 1", "retailer 2"]
    }
    fn decisions(&self) -> Vec<Decision<Name>> {
        vec![
            Decision::transfer("rate 1", "manufacturer", "retailer 1"),
            Decision::transfer("rate 2", "manufacturer", "retailer 2"),
            Decision::new("national", "manufacturer"),
            Decision::new("local 1", "retailer 1"),
            Decision::new("local 2", "retailer 2"),
        ]
    }
    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        if decision < 2 { Interval::unit() } else { Interval::at_least(number(0.0)) }
    }
}

impl StaticGame for TwoRetailers {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let demand = |i: usize, j: usize| {
            x[3 + i].sqrt() * self.own[i] - x[3 + j].sqrt() * self.stolen[i]
                + x[2].sqrt() * self.national[i]
                + self.base[i]
        };
        let (first, second) = (demand(0, 1), demand(1, 0));
        out[0] = (first + second) * self.maker - x[0] * x[3] - x[1] * x[4] - x[2];
        out[1] = first * self.margin[0] - x[3] + x[0] * x[3];
        out[2] = second * self.margin[1] - x[4] + x[1] * x[4];
    }
}

impl TwoRetailers {
    /// The known answer: `[t₁, t₂, A, a₁, a₂]`.
    fn answer(&self, collusion: bool, uniform: bool) -> [f64; 5] {
        let returns = |i: usize, j: usize| {
            let e = self.maker * (self.own[i] - self.stolen[j]);
            let harm = if collusion { self.margin[j] * self.stolen[j] } else { 0.0 };
            (e, f64::max(self.margin[i] * self.own[i] - harm, 0.0))
        };
        let [(e1, r1), (e2, r2)] = [returns(0, 1), returns(1, 0)];
        let rate = |e: f64, r: f64| if r > 0.0 { ((2.0 * e - r) / (2.0 * e + r)).max(0.0) } else { 0.0 };
        let (t1, t2) = match uniform {
            true => {
                let x = (e1 * r1 + e2 * r2) / (r1 * r1 + r2 * r2) + 0.5;
                let t = (1.0 - 1.0 / x).max(0.0);
                (t, t)
            }
            false => (rate(e1, r1), rate(e2, r2)),
        };
        let spend = |r: f64, t: f64| (r / (2.0 * (1.0 - t))).powi(2);
        let national = (self.maker * (self.national[0] + self.national[1]) / 2.0).powi(2);
        [t1, t2, national, spend(r1, t1), spend(r2, t2)]
    }

    fn rules(collusion: bool, uniform: bool) -> Rules {
        let rules = Rules::leader("manufacturer");
        let rules = if collusion { rules.coalition(["retailer 1", "retailer 2"]) } else { rules };
        if uniform { rules.tie([0, 1]) } else { rules }
    }
}

#[test]
fn a_leader_over_two_unequal_retailers() {
    let mut draws = Draws(11);
    let mut corners = 0;
    for set in 0..25 {
        let mut pair = |low: f64, high: f64| [draws.between(low, high), draws.between(low, high)];
        let own = pair(1.0, 4.0);
        let game = TwoRetailers {
            base: pair(5.0, 20.0),
            own,
            // Up to most of the other's effect: weak supporters, and colluding retailers who do not advertise.
            stolen: [pair(0.0, 0.9)[0] * own[1], pair(0.0, 0.9)[1] * own[0]],
            national: pair(0.5, 2.0),
            maker: pair(0.5, 4.0)[0],
            margin: pair(0.5, 4.0),
        };
        for (collusion, uniform) in [(false, false), (false, true), (true, false), (true, true)] {
            let rules = TwoRetailers::rules(collusion, uniform);
            let expected = game.answer(collusion, uniform);
            corners += usize::from(expected.contains(&0.0));
            let found = game.solve(&rules).unwrap_or_else(|e| panic!("set {set} {collusion} {uniform}: {e}"));
            for (at, (f, e)) in found.profile().iter().zip(expected).enumerate() {
                assert!(
                    (f - e).abs() <= 1e-8 * e.max(1e-3),
                    "set {set}, collusion {collusion}, uniform {uniform}, decision {at}: {:?} instead of {expected:?}",
                    found.profile()
                );
            }
            if set < 3 {
                found.verify(&game).unwrap();
            }
        }
    }
    assert!(corners > 10, "only {corners} of the games end in a corner");
}
