//! Parameters that nobody should give to a game over time.

use coopad::ParameterError;
use coopad::dynamic::{Collocation, DifferentialGame};
use coopad::models::Model;
use coopad::prelude::*;

/// No number, infinite and negative parameters, and zero where it is out of range, are refused by name.
pub(crate) fn refuses<M: Model>() {
    let good = M::example().values();
    assert_eq!(M::from_values(&good).unwrap().values(), good, "{}", M::NAME);
    for (at, parameter) in M::parameters().iter().enumerate() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
            let mut values = good.clone();
            values[at][0] = bad;
            let error = M::from_values(&values).err();
            let named = matches!(&error, Some(ParameterError::OutOfRange { parameter: name, .. })
                if name.starts_with(parameter.name));
            assert!(named, "{}: {} = {bad}: {error:?}", M::NAME, parameter.name);
        }
        let mut values = good.clone();
        values[at][0] = 0.0;
        // A price of zero may be allowed alone and not fit the others.
        let zero = parameter.range.contains(0.0);
        assert!(zero || M::from_values(&values).is_err(), "{}: {} = 0", M::NAME, parameter.name);
    }
    assert!(M::from_values(&[]).is_err(), "{}", M::NAME);
}

/// Numbers that are allowed but extreme give values or a typed error, and no panic; nor does what is done `also`.
pub(crate) fn endures<M: Model + DifferentialGame>(also: impl Fn(&M, &Structure<M::Player>)) {
    let good = M::example().values();
    for at in 0..good.len() {
        for extreme in [0.0, f64::MIN_POSITIVE, 1e-150, 1e-9, 1e9, 1e150, f64::MAX] {
            let mut values = good.clone();
            values[at][0] = extreme;
            let Ok(game) = M::from_values(&values) else { continue };
            for scheme in M::structures() {
                also(&game, &scheme.structure);
                // Coarse, since only panics are looked for.
                let quick = Collocation { degree: 8, ..Collocation::default() };
                if let Ok(found) = quick.solve(&game, &scheme.structure) {
                    let finite = found.payoffs().iter().all(|payoff| payoff.is_finite());
                    assert!(finite, "{} {}: {:?}", M::NAME, scheme.name, found.payoffs());
                }
            }
        }
    }
}
