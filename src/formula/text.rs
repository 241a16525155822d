//! Formulas to be read: as lines of ordinary notation, and as TeX.

use std::fmt;

use super::{Binary, Fixed, Formula, Line, Ternary, Unary};

/// How strongly an expression holds together: what stands inside a stronger one is put in brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    Sum,
    Product,
    Sign,
    Power,
    Whole,
}

/// In which notation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Plain,
    Tex,
}

impl fmt::Display for Formula {
    /// One line an output, `profit = margin*sqrt(spend) - spend`; before them, one for each part that is used more than once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.equations(Notation::Plain).join("\n"))
    }
}

impl Formula {
    /// The formula in TeX, an `aligned` environment with one line an output; before them, one for each part that is used more
    /// than once. Names stand upright, their subscripts after the first underscore.
    ///
    /// ```
    /// use coopad::Scalar;
    /// use coopad::formula::Formula;
    ///
    /// let profit = Formula::record(["m", "a"], |x| vec![x[0] * x[1].sqrt() / 2.0 - x[1]])?.named(["profit"]);
    /// assert_eq!(
    ///     profit.tex(),
    ///     r"\begin{aligned}
    /// \mathrm{profit} &= \frac{m \sqrt{a}}{2} - a
    /// \end{aligned}"
    /// );
    /// # Ok::<(), coopad::formula::FormulaError>(())
    /// ```
    pub fn tex(&self) -> String {
        format!("\\begin{{aligned}}\n{}\n\\end{{aligned}}", self.equations(Notation::Tex).join(" \\\\\n"))
    }

    fn equations(&self, notation: Notation) -> Vec<String> {
        let lines = self.lines();
        let mut uses = vec![0_usize; lines.len()];
        let arguments = lines.iter().flat_map(|line| line.arguments());
        arguments.chain(self.results().iter().copied()).for_each(|at| uses[at as usize] += 1);
        let mut equations = Vec::new();
        let mut parts: Vec<(String, Hold)> = Vec::with_capacity(lines.len());
        let mut shared = 0;
        let equal = if notation == Notation::Tex { " &= " } else { " = " };
        for (at, line) in lines.iter().enumerate() {
            let (text, hold) = self.expression(*line, &parts, notation);
            let small = matches!(line, Line::Input(_) | Line::Constant(_));
            if uses[at] < 2 || small {
                parts.push((text, hold));
                continue;
            }
            shared += 1;
            let name = self.part(shared, notation);
            equations.push(format!("{name}{equal}{text}"));
            parts.push((name, Hold::Whole));
        }
        for (output, result) in self.results().iter().enumerate() {
            let name = name(&self.output(output), notation);
            equations.push(format!("{name}{equal}{}", parts[*result as usize].0));
        }
        equations
    }

    /// What a shared part is called: a name that no input has.
    fn part(&self, number: usize, notation: Notation) -> String {
        let mut letter = "u".to_owned();
        while self.inputs().iter().any(|input| *input == format!("{letter}{number}")) {
            letter.push('_');
        }
        match notation {
            Notation::Plain => format!("{letter}{number}"),
            Notation::Tex => format!("u_{{{number}}}"),
        }
    }

    fn expression(&self, line: Line, parts: &[(String, Hold)], notation: Notation) -> (String, Hold) {
        use Notation::{Plain, Tex};
        // An argument, in brackets where it holds together less than it must.
        let at_least = |at: u32, least: Hold| match &parts[at as usize] {
            (text, hold) if *hold >= least => text.clone(),
            (text, _) if notation == Tex => format!("\\left({text}\\right)"),
            (text, _) => format!("({text})"),
        };
        let whole = |at: u32| parts[at as usize].0.clone();
        let call = |function: &str, arguments: &[u32]| {
            let all: Vec<String> = arguments.iter().map(|at| whole(*at)).collect();
            let all = all.join(", ");
            let text = match notation {
                Plain => format!("{function}({all})"),
                Tex => format!("\\operatorname{{{function}}}\\left({all}\\right)"),
            };
            (text, Hold::Whole)
        };
        let power = |base: String, exponent: String, simple: bool| match notation {
            Tex => (format!("{base}^{{{exponent}}}"), Hold::Power),
            Plain if simple => (format!("{base}^{exponent}"), Hold::Power),
            Plain => (format!("{base}^({exponent})"), Hold::Power),
        };
        let product = if notation == Tex { " " } else { "*" };
        let fraction = |over: (String, String), below: (String, String)| match notation {
            Tex => (format!("\\frac{{{}}}{{{}}}", over.1, below.1), Hold::Product),
            Plain => (format!("{}/{}", over.0, below.0), Hold::Product),
        };
        let both = |at: u32, least: Hold| (at_least(at, least), whole(at));
        let number = |c: f64| {
            let text = constant(c, notation);
            (if c < 0.0 { format!("({text})") } else { text.clone() }, text)
        };
        match line {
            Line::Input(at) => (name(&self.inputs()[at as usize], notation), Hold::Whole),
            Line::Constant(c) => {
                (constant(c, notation), if c.is_sign_negative() { Hold::Sign } else { Hold::Whole })
            }
            Line::Unary(Unary::Neg, a) => (format!("-{}", at_least(a, Hold::Product)), Hold::Sign),
            Line::Unary(Unary::Recip, a) => fraction(("1".into(), "1".into()), both(a, Hold::Sign)),
            Line::Unary(Unary::Sqrt, a) if notation == Tex => (format!("\\sqrt{{{}}}", whole(a)), Hold::Whole),
            Line::Unary(op, a) => call(function(op), &[a]),
            Line::Binary(Binary::Add, a, b) => {
                (format!("{} + {}", whole(a), at_least(b, Hold::Product)), Hold::Sum)
            }
            Line::Binary(Binary::Sub, a, b) => {
                (format!("{} - {}", whole(a), at_least(b, Hold::Product)), Hold::Sum)
            }
            Line::Binary(Binary::Mul | Binary::Along, a, b) => {
                let (a, b) = (at_least(a, Hold::Product), at_least(b, Hold::Sign));
                (format!("{a}{product}{b}"), Hold::Product)
            }
            Line::Binary(Binary::Div, a, b) => fraction(both(a, Hold::Product), both(b, Hold::Sign)),
            Line::Binary(Binary::Pow, a, b) => {
                let simple = parts[b as usize].1 == Hold::Whole;
                power(at_least(a, Hold::Whole), whole(b), simple)
            }
            Line::Binary(Binary::Rem, a, b) => call("rem", &[a, b]),
            Line::Binary(Binary::Max, a, b) => call("max", &[a, b]),
            Line::Binary(Binary::Min, a, b) => call("min", &[a, b]),
            Line::Fixed(Fixed::Plus, a, c) if c.is_sign_negative() => {
                (format!("{} - {}", whole(a), constant(-c, notation)), Hold::Sum)
            }
            Line::Fixed(Fixed::Plus, a, c) => {
                (format!("{} + {}", whole(a), constant(c, notation)), Hold::Sum)
            }
            Line::Fixed(Fixed::From, a, c) => {
                (format!("{} - {}", constant(c, notation), at_least(a, Hold::Product)), Hold::Sum)
            }
            Line::Fixed(Fixed::Times, a, c) => {
                (format!("{}{product}{}", number(c).0, at_least(a, Hold::Sign)), Hold::Product)
            }
            Line::Fixed(Fixed::Per, a, c) => fraction(both(a, Hold::Product), number(c)),
            Line::Fixed(Fixed::Into, a, c) => fraction(number(c), both(a, Hold::Sign)),
            Line::Fixed(Fixed::Power, a, c) => {
                power(at_least(a, Hold::Whole), constant(c, notation), c >= 0.0)
            }
            Line::Fixed(Fixed::Modulo, a, c) => {
                (format!("rem({}, {})", whole(a), constant(c, notation)), Hold::Whole)
            }
            Line::Ternary(Ternary::Select, a, b, c) => {
                let [a, b, c] = [a, b, c].map(whole);
                match notation {
                    Plain => (format!("if({a} > 0, {b}, {c})"), Hold::Whole),
                    Tex => {
                        let cases = format!("{b} & {a} > 0 \\\\ {c} & \\text{{otherwise}}");
                        (format!("\\begin{{cases}} {cases} \\end{{cases}}"), Hold::Whole)
                    }
                }
            }
            // The power as it is meant: one less is known, which spares a second power.
            Line::Ternary(Ternary::Raised, _, base, exponent) => {
                let simple = parts[exponent as usize].1 == Hold::Whole;
                power(at_least(base, Hold::Whole), whole(exponent), simple)
            }
            Line::PowerAndLog(a, b, order) => {
                let simple = parts[b as usize].1 == Hold::Whole;
                let (power, _) = power(at_least(a, Hold::Whole), whole(b), simple);
                let (log, _) = call("ln", &[a]);
                let log = if order == 1 { log } else { format!("{log}^{order}") };
                (format!("{power}{product}{log}"), Hold::Product)
            }
        }
    }
}

fn function(op: Unary) -> &'static str {
    match op {
        Unary::Neg => "neg",
        Unary::Recip => "recip",
        Unary::Sqrt => "sqrt",
        Unary::Exp => "exp",
        Unary::ExpM1 => "expm1",
        Unary::Ln => "ln",
        Unary::Ln1p => "ln1p",
        Unary::Tanh => "tanh",
    }
}

/// A number as short as it can be without losing a digit.
fn constant(c: f64, notation: Notation) -> String {
    if notation == Notation::Tex && c.is_infinite() {
        return if c > 0.0 { "\\infty".into() } else { "-\\infty".into() };
    }
    let size = c.abs();
    if c == 0.0 || !c.is_finite() || (1e-4..1e15).contains(&size) { format!("{c}") } else { format!("{c:e}") }
}

fn name(name: &str, notation: Notation) -> String {
    if notation == Notation::Plain {
        return name.to_owned();
    }
    let upright = |text: &str| match text.chars().count() {
        1 => text.to_owned(),
        _ => format!("\\mathrm{{{}}}", text.replace('_', "\\_")),
    };
    match name.split_once('_') {
        Some((head, tail)) if !head.is_empty() && !tail.is_empty() => {
            format!("{}_{{{}}}", upright(head), upright(tail))
        }
        _ => upright(name),
    }
}
