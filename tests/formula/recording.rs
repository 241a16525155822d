//! What is recorded is what was run, and what goes wrong is an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

use coopad::formula::{Dependence, Formula, FormulaError, Term};
use coopad::{Dual, Over, Scalar};
use num_traits::{Inv, NumOps, One, Pow, Zero};

use crate::random::{Draws, Random, all_same};

const FUNCTIONS: u64 = 4_000;

fn recorded(function: &Random) -> Formula {
    Formula::record(function.names(), |x| function.run(x)).unwrap()
}

#[test]
fn formulas_give_the_bits_of_the_functions_they_were_recorded_from() {
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::wild(&mut draws);
        let formula = recorded(&function);
        for _ in 0..8 {
            let x = function.point(&mut draws, true);
            let (direct, run) = (function.run(&x), formula.run(&x).unwrap());
            assert!(
                all_same(&direct, &run),
                "{seed}: {function:?}\n{formula}\nat {x:?}: {direct:?}, {run:?}"
            );
        }
    }
}

#[test]
fn a_formula_recorded_from_a_formula_is_the_same() {
    for seed in 0..FUNCTIONS / 4 {
        let function = Random::wild(&mut Draws(seed));
        let formula = recorded(&function);
        let again = Formula::record(function.names(), |x| formula.run(x).unwrap()).unwrap();
        // The order of constants may differ: what else used them is gone.
        let texts = [&formula, &again].map(|formula| (formula.operations(), formula.to_string()));
        assert_eq!(texts[0], texts[1], "{seed}");
    }
}

#[test]
fn binding_inputs_is_running_with_them() {
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::wild(&mut draws);
        let formula = recorded(&function);
        let all: Vec<usize> = (0..function.inputs).collect();
        // Derivatives have operations that functions have not.
        for formula in [formula.derivative(&all).unwrap(), formula] {
            let x = function.point(&mut draws, true);
            let (first, rest) = x.split_at(draws.below(x.len() + 1));
            let bound = formula.bind(first).unwrap();
            assert_eq!(bound.inputs(), &formula.inputs()[first.len()..]);
            let (run, bound_run) = (formula.run(&x).unwrap(), bound.run(rest).unwrap());
            assert!(
                all_same(&run, &bound_run),
                "{seed}\n{formula}\nat {first:?} {rest:?}: {run:?}\n{bound}: {bound_run:?}"
            );
        }
    }
    let sum = Formula::record(["x", "y"], |x| vec![x[0] + x[1]]).unwrap().named(["sum"]);
    assert_eq!(sum.bind(&[1.0]).unwrap().to_string(), "sum = y + 1");
    assert_eq!(sum.bind(&[1.0, 2.0]).unwrap().run::<f64>(&[]).unwrap(), [3.0]);
    let error = sum.bind(&[1.0; 3]).unwrap_err();
    assert_eq!(error, FormulaError::Count { what: "numbers", given: 3, needed: 2 });
}

#[test]
fn one_output_alone_is_that_output() {
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::wild(&mut draws);
        let formula = recorded(&function).named(["first", "second"]);
        let x = function.point(&mut draws, true);
        let all = formula.run(&x).unwrap();
        for (output, value) in all.iter().enumerate() {
            let alone = formula.only(output).unwrap();
            assert!(alone.operations() <= formula.operations());
            assert!(all_same(&alone.run(&x).unwrap(), &[*value]), "{seed}");
            if output < 2 {
                assert_eq!(alone.output(0), formula.output(output));
            }
        }
        let count = all.len();
        let error = formula.only(count).unwrap_err();
        assert_eq!(error, FormulaError::NoSuch { what: "output", at: count, count });
    }
}

#[test]
fn what_changes_nothing_is_not_written_and_what_changes_a_bit_is() {
    let operations =
        |write: fn(Term) -> Term| Formula::record(["x"], |x| vec![write(x[0])]).unwrap().operations();
    for write in [
        |x| x * 1.0,
        |x| x / 1.0,
        |x| x - 0.0,
        |x| x + -0.0,
        |x: Term| -(-x),
        |x: Term| x.powf(1.0),
        |x| x * Term::constant(1.0),
        |x| x + Term::at_rest(),
        |x| Term::select(x, x, x),
        |x| Term::select(Term::constant(1.0), x, x.exp()),
    ] as [fn(Term) -> Term; 10]
    {
        assert_eq!(operations(write), 0);
    }
    // A sum with 0 loses the sign of −0, a product with 0 what is no number, and zeros have signs.
    for (write, count) in [
        (|x| x + 0.0, 1),
        (|x| x * 0.0, 1),
        (|x| x - x, 1),
        (|x| Term::select(x, Term::constant(0.0), Term::constant(-0.0)), 3),
        (|x| x.exp() + x.exp() * x.exp(), 3),
        (|x| (x * 2.0).exp() - (Term::constant(2.0) * x).exp(), 3),
    ] as [(fn(Term) -> Term, usize); 6]
    {
        assert_eq!(operations(write), count);
    }
    let sign =
        Formula::record(["x"], |x| vec![Term::select(x[0], Term::constant(0.0), Term::constant(-0.0))]);
    assert!(sign.unwrap().run(&[-1.0]).unwrap()[0].is_sign_negative());
    let shared =
        Formula::record(["x", "y"], |x| vec![x[0] * x[1] - x[1] * x[0], x[0] - x[1], x[1] - x[0]]).unwrap();
    assert_eq!(shared.operations(), 4);
}

#[test]
fn formulas_may_have_no_inputs_and_no_outputs() {
    let none = Formula::record([""; 0], |_| vec![]).unwrap();
    assert_eq!((none.run::<f64>(&[]).unwrap(), none.to_string()), (vec![], String::new()));
    assert_eq!(none.derivative(&[]).unwrap(), none);
    let idle = Formula::record(["x"], |_| vec![]).unwrap();
    assert!(idle.derivative(&[0, 0]).unwrap().run(&[1.0]).unwrap().is_empty());
    let constant = Formula::record([""; 0], |_| vec![Term::constant(2.0), Term::at_rest()]).unwrap();
    assert_eq!(constant.run::<f64>(&[]).unwrap(), [2.0, 0.0]);
    let passed = Formula::record(["x", "y"], |x| vec![x[1], x[1], x[0]]).unwrap();
    assert_eq!((passed.run(&[1.0, 2.0]).unwrap(), passed.operations()), (vec![2.0, 2.0, 1.0], 0));
    assert!(passed.run(&[1.0]).is_err() && passed.run(&[1.0; 3]).is_err());
    assert!(passed.run_into(&[1.0; 2], &mut [0.0; 2]).is_err());
}

#[test]
fn names_beyond_the_outputs_are_left_out() {
    let sum = Formula::record(["x"], |x| vec![x[0] + 1.0]).unwrap().named(["sum", "nothing"]);
    assert_eq!((sum.output(0), sum.output(1)), ("sum".into(), "output_1".into()));
    let text = serde_json::to_string(&sum).unwrap();
    assert_eq!(serde_json::from_str::<Formula>(&text).unwrap(), sum);
    // A copy under another name leaves the first as it is.
    let other = sum.clone().named(["other"]);
    assert_eq!((sum.output(0), other.output(0)), ("sum".into(), "other".into()));
}

/// Terms of another recording, or of none, are errors however they are used.
#[test]
fn foreign_terms_are_errors() {
    let mut kept = None;
    let own = Formula::record(["x"], |x| {
        kept = Some(x[0].exp());
        vec![x[0]]
    });
    assert!(own.is_ok());
    let kept = kept.unwrap();
    let uses: [fn(Term, Term) -> Vec<Term>; 8] = [
        |_, kept| vec![kept],
        |x, kept| vec![x + kept],
        |x, kept| vec![-kept, x],
        |x, kept| vec![Term::select(Term::constant(1.0), kept, x)],
        |x, kept| vec![kept.powf(x)],
        |x, kept| vec![Term::along(x, kept)],
        // Even where the result does not depend on it.
        |x, kept| vec![(kept * 2.0 - x) * Term::at_rest()],
        |x, kept| vec![x, kept.power_and_log(x, 2)],
    ];
    for write in uses {
        let error = Formula::record(["x"], |x| write(x[0], kept)).unwrap_err();
        assert_eq!(error, FormulaError::Foreign);
    }
    // Outside of recordings such a term is no number, and nothing panics.
    assert!(uses.iter().all(|write| !write(kept, kept).is_empty()));
    // A term of the recording around, and one of the recording inside.
    let outer = Formula::record(["x"], |outer| {
        let inner = Formula::record(["y"], |inner| vec![inner[0] * outer[0]]);
        assert_eq!(inner.unwrap_err(), FormulaError::Foreign);
        let inner = Formula::record(["y"], |inner| vec![inner[0].exp()]).unwrap();
        inner.run(outer).unwrap()
    });
    assert_eq!(outer.unwrap().to_string(), "output_0 = exp(x)");
    let mut inside = None;
    let outer = Formula::record(["x"], |outer| {
        Formula::record(["y"], |inner| {
            inside = Some(inner[0]);
            vec![]
        })
        .unwrap();
        vec![outer[0] + inside.unwrap()]
    });
    assert_eq!(outer.unwrap_err(), FormulaError::Foreign);
}

#[test]
fn terms_of_another_thread_are_foreign() {
    let (send, receive) = channel();
    let (done, wait) = channel();
    let other = std::thread::spawn(move || {
        Formula::record(["x"], |x| {
            // A line far down, while both threads record.
            let far = (0..1000).fold(x[0], |sum, at| sum.exp() + f64::from(at));
            send.send(far).unwrap();
            wait.recv().unwrap();
            vec![far]
        })
    });
    let mine = Formula::record(["x"], |x| vec![x[0], receive.recv().unwrap()]);
    done.send(()).unwrap();
    assert_eq!(mine.unwrap_err(), FormulaError::Foreign);
    assert!(other.join().unwrap().is_ok());
}

#[test]
fn a_panic_in_a_function_ends_its_recording_alone() {
    let outer = Formula::record(["x"], |x| {
        let inner = catch_unwind(AssertUnwindSafe(|| {
            Formula::record(["y"], |y| {
                let _ = y[0].exp();
                std::panic::resume_unwind(Box::new("the function's own"))
            })
        }));
        assert!(inner.is_err());
        vec![x[0].ln() * 2.0]
    });
    assert_eq!(outer.unwrap().run(&[1.0]).unwrap(), [0.0]);
    assert!(Formula::record(["x"], |x| vec![x[0]]).is_ok());
}

#[test]
fn what_is_too_long_is_an_error() {
    let long =
        Formula::record(["x"], |x| vec![(0..5_000_000).fold(x[0], |sum, at| sum + f64::from(at) + 0.5)]);
    assert!(matches!(long, Err(FormulaError::TooLong { .. })));
    // So are derivatives that would be, before any memory is asked for.
    let wide = Formula::record((0..3000).map(|at| format!("x{at}")), |x| x.to_vec()).unwrap();
    let all: Vec<usize> = (0..3000).collect();
    assert!(matches!(wide.derivative(&all), Err(FormulaError::TooLong { .. })));
    assert!(matches!(
        wide.derivative(&[3000]),
        Err(FormulaError::NoSuch { what: "input", at: 3000, count: 3000 })
    ));
}

#[test]
fn dependence_is_what_derivatives_say() {
    for seed in 0..FUNCTIONS {
        let mut draws = Draws(seed);
        let function = Random::ordinary(&mut draws);
        let formula = recorded(&function);
        for input in 0..function.inputs {
            for _ in 0..4 {
                let at = function.point(&mut draws, false);
                let mut x: Vec<Dual<Dual<f64>>> = at.iter().map(|x| Dual::constant(*x)).collect();
                (x[input].value.slope, x[input].slope.value) = (1.0, 1.0);
                for (output, value) in formula.run(&x).unwrap().iter().enumerate() {
                    let (first, second) = (value.value.slope, value.slope.slope);
                    // What is no number says nothing.
                    let zero = |slope: f64| slope == 0.0 || slope.is_nan();
                    let fits = match formula.dependence(output, input).unwrap() {
                        Dependence::None => zero(first) && zero(second),
                        Dependence::Linear => zero(second),
                        _ => true,
                    };
                    assert!(fits, "{seed}: {output} in {input} at {at:?}: {first}, {second}\n{formula}");
                }
            }
        }
    }
}

#[test]
fn dependence_sees_what_games_are_made_of() {
    use Dependence::{Linear, None, Other};
    let formula = Formula::record(["margin", "rate", "spend", "floor"], |x| {
        let (margin, rate, spend, floor) = (x[0], x[1], x[2], x[3]);
        let profit = margin * spend.sqrt() - (-(rate - 1.0)) * spend;
        let chosen = Term::select(floor - 1.0, rate * 2.0, margin / floor);
        vec![profit, chosen, spend.max(floor), rate * rate, Term::constant(1.0), (rate - margin) / 2.0 % 3.0]
    })
    .unwrap();
    let kinds: Vec<Vec<Dependence>> = (0..formula.outputs())
        .map(|output| (0..4).map(|input| formula.dependence(output, input).unwrap()).collect())
        .collect();
    let wanted = [
        [Linear, Linear, Other, None],
        [Linear, Linear, None, Other],
        [None, None, Other, Other],
        [None, Other, None, None],
        [None; 4],
        [Other, Other, None, None],
    ];
    assert_eq!(kinds, wanted);
    assert!(formula.dependence(6, 0).is_err() && formula.dependence(0, 4).is_err());
}

/// Code that knows of num-traits alone.
fn generic<T>(x: T, y: T) -> T
where
    T: Zero + One + NumOps + Inv<Output = T> + Pow<f64, Output = T> + Pow<T, Output = T> + Copy,
{
    let sum = [x, y, x * y].into_iter().fold(T::zero(), |sum, one| sum + one);
    let product = [x, y].into_iter().fold(T::one(), |product, one| product * one);
    (sum / product + y.inv()).pow(1.5) - x.pow(y) % (T::one() + T::one())
}

#[test]
fn code_written_for_num_traits_runs_on_our_numbers() {
    let formula = Formula::record(["x", "y"], |x| vec![generic(x[0], x[1])]).unwrap();
    let slopes = formula.derivative(&[0, 1]).unwrap();
    // By hand on dual numbers of terms: zeros and ones of num-traits do not move.
    let moved = Formula::record(["x", "y"], |x| {
        let [x, y] = [
            Dual { value: x[0], slope: Term::constant(1.0) },
            Dual::constant(0.0) + Dual { value: x[1], slope: Term::at_rest() },
        ];
        let along = generic(x, y);
        vec![along.value, along.slope]
    })
    .unwrap();
    assert!(moved.operations() < 40, "{}", moved.operations());
    for (x, y) in [(0.7, 1.3), (2.0, 0.4), (5.0, 2.5)] {
        let direct = generic(x, y);
        assert_eq!(formula.run(&[x, y]).unwrap(), [direct]);
        let along =
            [generic(Dual::variable(x), Dual::constant(y)), generic(Dual::constant(x), Dual::variable(y))];
        assert_eq!(slopes.run(&[x, y]).unwrap()[1..], along.map(|along| along.slope));
        assert_eq!(moved.run(&[x, y]).unwrap()[1], along[0].slope);
        let step = 1e-6;
        let numeric = (generic(x + step, y) - generic(x - step, y)) / (2.0 * step);
        assert!((numeric - along[0].slope).abs() < 1e-6 * numeric.abs().max(1.0), "{numeric} {along:?}");
    }
    assert!(Term::zero().is_zero() && Term::one().is_one() && !Dual::<f64>::variable(0.0).is_zero());
    assert!(Dual::<f64>::zero().is_zero() && Dual::<f64>::one().is_one());
}
