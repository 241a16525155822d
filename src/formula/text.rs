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

/// The longest expression that is not given a name of its own: a sum of ten thousand terms would be copied that often.
const LONGEST: usize = 2000;

/// In which notation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Plain,
    Tex,
}

impl fmt::Display for Formula {
    /// One line an output, `profit = margin*sqrt(spend) - spend`; before them, one for each part that is used more than once,
    /// or that would make a line too long to read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.equations(Notation::Plain).join("\n"))
    }
}

impl Formula {
    /// The formula in TeX, an `aligned` environment with one line an output; before them, one for each part that is used more
    /// than once, or that would make a line too long to read. Names stand upright, their subscripts after the first
    /// underscore; what is no word stands as text.
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
        let letter = self.letter();
        let mut equations = Vec::new();
        let mut parts: Vec<(String, Hold)> = Vec::with_capacity(lines.len());
        let mut shared = 0;
        let equal = if notation == Notation::Tex { " &= " } else { " = " };
        for (at, line) in lines.iter().enumerate() {
            let (text, hold) = self.expression(*line, &parts, notation);
            // What is written nowhere else.
            let done = line.arguments().filter(|argument| uses[*argument as usize] < 2);
            done.for_each(|argument| parts[argument as usize].0 = String::new());
            let small = matches!(line, Line::Input(_) | Line::Constant(_));
            if small || uses[at] < 2 && text.len() <= LONGEST {
                parts.push((text, hold));
                continue;
            }
            shared += 1;
            let name = match notation {
                Notation::Plain => format!("{letter}{shared}"),
                Notation::Tex => format!("{letter}_{{{shared}}}"),
            };
            equations.push(format!("{name}{equal}{text}"));
            parts.push((name, Hold::Whole));
        }
        for (output, result) in self.results().iter().enumerate() {
            let name = name(&self.output(output), notation);
            equations.push(format!("{name}{equal}{}", parts[*result as usize].0));
        }
        equations
    }

    /// What shared parts are called, a number after it: something that no input and no output is called.
    fn letter(&self) -> String {
        let taken = |letter: &str| {
            self.inputs().iter().chain(self.output_names().iter()).any(|name| {
                let number = name.strip_prefix(letter).map(|rest| rest.strip_prefix('_').unwrap_or(rest));
                number.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        };
        let mut letter = "u".to_owned();
        while taken(&letter) {
            letter.push('u');
        }
        letter
    }

    fn expression(&self, line: Line, parts: &[(String, Hold)], notation: Notation) -> (String, Hold) {
        use Notation::{Plain, Tex};
        // An argument, in brackets where it holds together less than it must.
        let at_least = |at: u32, least: Hold| match &parts[at as usize] {
            (text, hold) if *hold >= least => text.clone(),
            (text, _) if notation == Tex => format!("\\left({text}\\right)"),
            (text, _) => format!("({text})"),
        };
        // The same after an operator. In TeX two factors stand side by side, and a sign would make them a difference.
        let after = |at: u32, least: Hold| {
            let signed = notation == Tex && parts[at as usize].0.starts_with('-');
            at_least(at, if signed { Hold::Whole } else { least })
        };
        let whole = |at: u32| parts[at as usize].0.clone();
        let call = |function: &str, arguments: &[String]| {
            let all = arguments.join(", ");
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
        let product = |a: String, b: String| match notation {
            Plain => (format!("{a}*{b}"), Hold::Product),
            Tex if b.starts_with(|c: char| c.is_ascii_digit()) => (format!("{a} \\cdot {b}"), Hold::Product),
            Tex => (format!("{a} {b}"), Hold::Product),
        };
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
                let text = constant(c, notation);
                let hold = match c {
                    _ if text.contains(' ') => Hold::Product,
                    _ if text.starts_with('-') => Hold::Sign,
                    _ => Hold::Whole,
                };
                (text, hold)
            }
            // A sign before a product does not hold it together.
            Line::Unary(Unary::Neg, a) => {
                let hold = if parts[a as usize].1 == Hold::Product { Hold::Product } else { Hold::Sign };
                (format!("-{}", after(a, Hold::Product)), hold)
            }
            Line::Unary(Unary::Recip, a) => fraction(("1".into(), "1".into()), both(a, Hold::Sign)),
            Line::Unary(Unary::Sqrt, a) if notation == Tex => {
                (format!("\\sqrt{{{}}}", whole(a)), Hold::Whole)
            }
            Line::Unary(op, a) => call(function(op), &[whole(a)]),
            Line::Binary(Binary::Add, a, b) => {
                (format!("{} + {}", whole(a), after(b, Hold::Product)), Hold::Sum)
            }
            Line::Binary(Binary::Sub, a, b) => {
                (format!("{} - {}", whole(a), after(b, Hold::Product)), Hold::Sum)
            }
            Line::Binary(Binary::Mul | Binary::Along, a, b) => {
                product(at_least(a, Hold::Product), after(b, Hold::Sign))
            }
            Line::Binary(Binary::Div, a, b) => fraction(both(a, Hold::Product), both(b, Hold::Sign)),
            Line::Binary(Binary::Pow, a, b) => {
                let simple = parts[b as usize].1 == Hold::Whole;
                power(at_least(a, Hold::Whole), whole(b), simple)
            }
            Line::Binary(Binary::Rem, a, b) => call("rem", &[whole(a), whole(b)]),
            Line::Binary(Binary::Max, a, b) => call("max", &[whole(a), whole(b)]),
            Line::Binary(Binary::Min, a, b) => call("min", &[whole(a), whole(b)]),
            Line::Fixed(Fixed::Plus, a, c) if c.is_sign_negative() => {
                (format!("{} - {}", whole(a), constant(-c, notation)), Hold::Sum)
            }
            Line::Fixed(Fixed::Plus, a, c) => {
                (format!("{} + {}", whole(a), constant(c, notation)), Hold::Sum)
            }
            Line::Fixed(Fixed::From, a, c) => {
                (format!("{} - {}", constant(c, notation), after(a, Hold::Product)), Hold::Sum)
            }
            Line::Fixed(Fixed::Times, a, c) => product(number(c).0, after(a, Hold::Sign)),
            Line::Fixed(Fixed::Per, a, c) => fraction(both(a, Hold::Product), number(c)),
            Line::Fixed(Fixed::Into, a, c) => fraction(number(c), both(a, Hold::Sign)),
            Line::Fixed(Fixed::Power, a, c) => {
                power(at_least(a, Hold::Whole), constant(c, notation), c >= 0.0)
            }
            Line::Fixed(Fixed::Modulo, a, c) => call("rem", &[whole(a), constant(c, notation)]),
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
                let (log, _) = call("ln", &[whole(a)]);
                let log = match notation {
                    _ if order == 1 => log,
                    Plain => format!("{log}^{order}"),
                    Tex => format!("{log}^{{{order}}}"),
                };
                product(power, log)
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
    let size = c.abs();
    let text = if c == 0.0 || !c.is_finite() || (1e-4..1e15).contains(&size) {
        format!("{c}")
    } else {
        format!("{c:e}")
    };
    match notation {
        Notation::Plain => text,
        Notation::Tex if c.is_nan() => "\\mathrm{NaN}".into(),
        Notation::Tex if c.is_infinite() => text.replace("inf", "\\infty"),
        Notation::Tex => match text.split_once('e') {
            Some((digits, power)) => format!("{digits} \\cdot 10^{{{power}}}"),
            None => text,
        },
    }
}

/// A name: one letter as it is, a word upright, anything else as text.
fn name(name: &str, notation: Notation) -> String {
    if notation == Notation::Plain {
        return name.to_owned();
    }
    let upright = |text: &str| match text.chars().count() {
        1 if text.chars().all(char::is_alphanumeric) => text.to_owned(),
        _ => format!("\\mathrm{{{}}}", text.replace('_', "\\_")),
    };
    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return format!("\\text{{{}}}", name.chars().map(escaped).collect::<String>());
    }
    match name.split_once('_') {
        Some((head, tail)) if !head.is_empty() && !tail.is_empty() => {
            format!("{}_{{{}}}", upright(head), upright(tail))
        }
        _ => upright(name),
    }
}

/// A character in a text of TeX.
fn escaped(c: char) -> String {
    match c {
        '\\' => "\\textbackslash{}".into(),
        '^' => "\\textasciicircum{}".into(),
        '~' => "\\textasciitilde{}".into(),
        '{' | '}' | '$' | '%' | '&' | '#' | '_' => format!("\\{c}"),
        c if c.is_control() => " ".into(),
        c => c.into(),
    }
}
