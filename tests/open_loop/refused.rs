//! Input that must be refused.

use super::*;

#[test]
fn horizons() {
    for horizon in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        let found = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), horizon);
        assert!(matches!(found, Err(DynamicError::Parameter(_))), "{horizon}");
    }
    let found = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), 1.0).unwrap();
    for time in [-1e-9, 1.0 + 1e-9, f64::NAN, f64::INFINITY] {
        assert!(matches!(found.at(time), Err(DynamicError::Parameter(_))), "{time}");
    }
    for tolerance in [0.0, -1.0, f64::NAN, 1.0, f64::INFINITY] {
        let settings = MaximumPrinciple { tolerance, ..MaximumPrinciple::default() };
        let found = settings.solve(&Goodwill::EXAMPLE, &Structure::simultaneous(), 1.0);
        assert!(matches!(found, Err(DynamicError::Parameter(_))), "{tolerance}");
    }
}

#[test]
fn games_that_make_no_sense() {
    let nan = Goodwill { decay: f64::NAN, ..Goodwill::EXAMPLE };
    assert!(OpenLoop::solve(&nan, &Structure::simultaneous(), 5.0).is_err());
    let discount = Goodwill { rate: f64::NAN, ..Goodwill::EXAMPLE };
    assert!(OpenLoop::solve(&discount, &Structure::simultaneous(), 5.0).is_err());
    let stranger = OpenLoop::solve(&Goodwill::EXAMPLE, &Structure::leader("nobody"), 5.0);
    assert!(matches!(stranger, Err(DynamicError::Structure(_))));
}

/// `s' = s² + u + v`, from 1: left alone, it is infinite at time 1.
struct Explosive;
duopoly!(Explosive);

impl Explosive {
    fn range<T: Scalar>(&self) -> Interval<T> {
        Interval::at_least(T::constant(0.0))
    }
}

impl DifferentialGame for Explosive {
    fn states(&self) -> Vec<State> {
        vec![State::new("heat", 0.0, 2.0).starting_at(1.0)]
    }
    fn drift<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        out[0] = s[0].square() + x[0] + x[1];
    }
    fn flow<T: Scalar>(&self, s: &[T], x: &[T], out: &mut [T]) {
        (0..2).for_each(|i| out[i] = s[0] - x[i].square());
    }
    fn discount(&self, _: &'static str) -> f64 {
        0.1
    }
}

#[test]
fn explosions() {
    let found = OpenLoop::solve(&Explosive, &Structure::simultaneous(), 3.0);
    match found {
        Err(DynamicError::NoPath { reached, ref last, .. }) => {
            assert!(reached < 1.0 && !last.is_empty(), "{reached}");
        }
        Err(DynamicError::Stage { .. }) => {}
        other => panic!("{:?}", other.map(|found| found.payoffs().to_vec())),
    }
    let short = OpenLoop::solve(&Explosive, &Structure::simultaneous(), 0.2).unwrap();
    assert!(short.payoffs().iter().all(|payoff| payoff.is_finite()));
}
