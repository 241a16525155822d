//! Printed formulas mean what they compute: read back by a small reader of ordinary notation.

use std::collections::HashMap;

use coopad::formula::{Formula, Term};
use coopad::{Over, Scalar};

use crate::random::{Draws, Random, all_same, same};

/// Reads equations, one a line, and evaluates them in turn. Ordinary precedence: sums, products from the left, signs, powers.
struct Reader<'a> {
    text: &'a str,
    known: &'a HashMap<String, f64>,
}

impl Reader<'_> {
    fn equations(text: &str, names: &[String], x: &[f64]) -> HashMap<String, f64> {
        let mut known: HashMap<String, f64> = names.iter().cloned().zip(x.iter().copied()).collect();
        for line in text.lines() {
            let (name, text) = line.split_once(" = ").unwrap();
            let mut reader = Reader { text, known: &known };
            let value = reader.sum();
            assert!(reader.text.is_empty(), "left over of {line}: {}", reader.text);
            known.insert(name.to_owned(), value);
        }
        known
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.text.strip_prefix(token);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn must(&mut self, token: &str) {
        assert!(self.eat(token), "{token} expected at {}", self.text);
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            if self.eat(" + ") {
                value += self.product();
            } else if self.eat(" - ") {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.sign();
        loop {
            if self.eat("*") {
                value *= self.sign();
            } else if self.eat("/") {
                value /= self.sign();
            } else {
                return value;
            }
        }
    }

    fn sign(&mut self) -> f64 {
        if self.eat("-") { -self.sign() } else { self.power() }
    }

    fn power(&mut self) -> f64 {
        let base = self.whole();
        if self.eat("^") { base.powf(self.whole()) } else { base }
    }

    fn whole(&mut self) -> f64 {
        if self.eat("(") {
            let value = self.sum();
            self.must(")");
            return value;
        }
        let mut length = self.text.chars().take_while(|c| c.is_alphanumeric() || "_.".contains(*c)).count();
        if self.text.starts_with(|c: char| c.is_ascii_digit()) && self.text[..length].ends_with('e') {
            // The sign of a power of ten.
            let rest = &self.text[length + 1..];
            length += 1 + rest.chars().take_while(char::is_ascii_digit).count();
        }
        let (word, rest) = self.text.split_at(length);
        self.text = rest;
        if let Ok(number) = word.parse() {
            return number;
        }
        if !self.eat("(") {
            return *self.known.get(word).unwrap_or_else(|| panic!("unknown: {word:?} before {rest}"));
        }
        let mut arguments = vec![self.sum()];
        if word == "if" {
            self.must(" > 0");
        }
        while self.eat(", ") {
            arguments.push(self.sum());
        }
        self.must(")");
        match (word, &arguments[..]) {
            ("sqrt", [x]) => x.sqrt(),
            ("exp", [x]) => x.exp(),
            ("expm1", [x]) => x.exp_m1(),
            ("ln", [x]) => x.ln(),
            ("ln1p", [x]) => x.ln_1p(),
            ("tanh", [x]) => x.tanh(),
            ("rem", [x, y]) => x % y,
            // Not those of the standard library, which leave out what is no number.
            ("max", [x, y]) => Scalar::max(*x, *y),
            ("min", [x, y]) => Scalar::min(*x, *y),
            ("if", [margin, then, otherwise]) => f64::select(*margin, *then, *otherwise),
            _ => panic!("{word} of {arguments:?}"),
        }
    }
}

/// The outputs by the printed formula.
fn by_text(formula: &Formula, names: &[String], x: &[f64]) -> Vec<f64> {
    let known = Reader::equations(&formula.to_string(), names, x);
    (0..formula.outputs()).map(|output| known[&*formula.output(output)]).collect()
}

#[test]
fn printed_formulas_mean_what_they_compute() {
    for seed in 0..6_000 {
        let mut draws = Draws(seed);
        let function = if seed % 2 == 0 { Random::wild(&mut draws) } else { Random::ordinary(&mut draws) };
        let formula = Formula::record(function.names(), |x| function.run(x)).unwrap();
        let x = function.point(&mut draws, false);
        let (text, run) = (by_text(&formula, &function.names(), &x), formula.run(&x).unwrap());
        // Two operations that derivatives alone are made of are printed as what they are meant to be.
        let meant = seed % 2 == 0 && function.of_derivatives();
        assert!(meant || all_same(&text, &run), "{seed} at {x:?}: {text:?}, {run:?}\n{formula}");
        // Derivatives: to rounding, and where no slope of zero meets an infinite derivative.
        let all: Vec<usize> = (0..function.inputs).collect();
        let slopes = formula.derivative(&all).unwrap();
        let (text, run) = (by_text(&slopes, &function.names(), &x), slopes.run(&x).unwrap());
        if seed % 2 == 1 {
            let scale = run.iter().filter(|x| x.is_finite()).fold(1.0, |scale: f64, x| scale.max(x.abs()));
            let close = |(a, b): (&f64, &f64)| {
                same(*a, *b) || !a.is_finite() || !b.is_finite() || (a - b).abs() <= 1e-6 * scale
            };
            assert!(text.iter().zip(&run).all(close), "{seed} at {x:?}: {text:?}, {run:?}\n{slopes}");
        }
    }
}

type Write = fn(Term, Term) -> Term;

fn printed(write: Write) -> (String, String) {
    let formula = Formula::record(["x", "y"], |x| vec![write(x[0], x[1])]).unwrap().named(["f"]);
    let tex = formula.tex();
    let tex = tex.lines().nth(1).unwrap().to_owned();
    (formula.to_string(), tex)
}

#[test]
fn signs_products_and_powers_are_told_apart() {
    let cases: [(Write, &str, &str); 20] = [
        (|x, y| x / -(x * y), "x/(-x*y)", r"\frac{x}{-x y}"),
        (|x, y| x * -y, "x*-y", r"x \left(-y\right)"),
        (|x, y| x - -y, "x - -y", r"x - \left(-y\right)"),
        (|x, y| -(x * y) / y, "-x*y/y", r"\frac{-x y}{y}"),
        (|x, y| -(x + y) * y, "-(x + y)*y", r"-\left(x + y\right) y"),
        (|x, y| (-x).powf(y), "(-x)^y", r"\left(-x\right)^{y}"),
        (|x, y| -x.powf(y), "-x^y", r"-x^{y}"),
        (|x, _| x.powf(-2.0), "x^(-2)", "x^{-2}"),
        (|x, y| x.powf(2.0).powf(y), "(x^2)^y", r"\left(x^{2}\right)^{y}"),
        (|x, y| x.powf(-y), "x^(-y)", "x^{-y}"),
        (|x, y| x / (y / x), "x/(y/x)", r"\frac{x}{\frac{y}{x}}"),
        (|x, y| x - (y - x), "x - (y - x)", r"x - \left(y - x\right)"),
        (|x, y| x * (y * x), "x*(y*x)", r"x \left(y x\right)"),
        (|x, _| (-x) * 2.0, "2*-x", r"2 \left(-x\right)"),
        (|_, y| Term::constant(2.5).powf(y) * 2.0, "2*2.5^y", r"2 \cdot 2.5^{y}"),
        (|x, _| x * 1e-7, "1e-7*x", r"1 \cdot 10^{-7} x"),
        (|x, _| x * -1e22, "(-1e22)*x", r"(-1 \cdot 10^{22}) x"),
        (|x, _| x + f64::NEG_INFINITY, "x - inf", r"x - \infty"),
        (|x, _| x % 2.0, "rem(x, 2)", r"\operatorname{rem}\left(x, 2\right)"),
        (
            |x, y| Term::select(x, y, x.max(y)),
            "if(x > 0, y, max(x, y))",
            r"\begin{cases} y & x > 0 \\ \operatorname{max}\left(x, y\right) & \text{otherwise} \end{cases}",
        ),
    ];
    for (write, plain, tex) in cases {
        assert_eq!(
            printed(write),
            (format!("f = {plain}"), format!(r"\mathrm{{f}} &= {tex}").replace(r"\mathrm{f}", "f"))
        );
    }
}

/// Braces, brackets and environments in pairs.
fn balanced(tex: &str) -> bool {
    let plain = tex.replace("\\\\", "").replace("\\{", "").replace("\\}", "");
    let mut depth = 0_i32;
    let never_below = plain.chars().all(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth >= 0
    });
    let count = |token: &str| tex.matches(token).count();
    never_below && depth == 0 && count("\\left(") == count("\\right)") && count("\\begin{") == count("\\end{")
}

#[test]
fn tex_is_balanced_whatever_the_names() {
    let names = [
        "a_{b}",
        "}",
        "$x^2",
        "\\",
        "_",
        "",
        "u1",
        "u_2",
        "größe",
        "50 %",
        "a & b",
        "new\nline",
        "x_1_2",
        "~",
    ];
    for seed in 0..2_000 {
        let mut draws = Draws(seed);
        let function = Random::wild(&mut draws);
        let inputs: Vec<&str> = (0..function.inputs).map(|_| draws.of(&names)).collect();
        let outputs: Vec<&str> = (0..3).map(|_| draws.of(&names)).collect();
        let formula = Formula::record(inputs, |x| function.run(x)).unwrap().named(outputs);
        let all: Vec<usize> = (0..function.inputs).collect();
        for formula in [formula.derivative(&all).unwrap(), formula] {
            let tex = formula.tex();
            assert!(balanced(&tex), "{seed}: {tex}");
            assert!(!formula.to_string().is_empty() && !format!("{formula:?}").is_empty());
        }
    }
    let slopes = Formula::record(["my_spend", "a"], |x| vec![x[0] * x[1]]).unwrap().named(["my_profit"]);
    let tex = slopes.derivative(&[0]).unwrap().tex();
    let wanted = r"\begin{aligned}
\mathrm{my}_{\mathrm{profit}} &= \mathrm{my}_{\mathrm{spend}} a \\
\text{d my\_profit / d my\_spend} &= a
\end{aligned}";
    assert_eq!(tex, wanted);
}

#[test]
fn shared_parts_have_names_of_their_own() {
    let write = |x: &[Term]| {
        let part = (x[0] + x[1]).exp();
        vec![part * x[0], part / x[1]]
    };
    let text = |inputs: [&'static str; 2], outputs: [&'static str; 2]| {
        let formula = Formula::record(inputs, write).unwrap().named(outputs);
        (formula.to_string(), formula.tex())
    };
    assert_eq!(text(["x", "y"], ["f", "g"]).0, "u1 = exp(x + y)\nf = u1*x\ng = u1/y");
    // Neither an input's name nor an output's, in either notation.
    assert_eq!(text(["u1", "y"], ["f", "g"]).0, "uu1 = exp(u1 + y)\nf = uu1*u1\ng = uu1/y");
    assert!(text(["x", "u_1"], ["f", "g"]).1.contains(r"uu_{1} &="));
    assert!(text(["x", "y"], ["u1", "uu1"]).0.starts_with("uuu1 = "));
}

/// What a chain of operations prints grows with its length, not with its square.
#[test]
fn long_formulas_print_in_parts() {
    let length = 100_000;
    let chain = Formula::record(["x", "y"], |x| {
        vec![(0..length).fold(x[0], |sum, at| if at % 2 == 0 { sum + x[1] } else { sum * 1.5 })]
    })
    .unwrap();
    let text = chain.to_string();
    assert!(text.len() < 100 * length, "{}", text.len());
    let parts = text.lines().count();
    assert!((100..5_000).contains(&parts), "{parts}");
    assert!(balanced(&chain.tex()));
    let names = ["x".to_owned(), "y".to_owned()];
    let small = chain.run(&[1.0, 1e-300]).unwrap();
    assert_eq!(by_text(&chain, &names, &[1.0, 1e-300]), small);
}
