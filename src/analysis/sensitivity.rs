//! How an equilibrium moves with the parameters of its game.

use std::collections::BTreeMap;

use serde::Serialize;

use super::compare::Entry;
use crate::equilibrium::{Equilibrium, Solution};
use crate::error::SolveError;
use crate::game::StaticGame;
use crate::models::Model;
use crate::player::Player;
use crate::recorded::by_seat;
use crate::solve::Solve;
use crate::solve::derivatives::{Given, first_order, pairs, second_order};
use crate::structure::Structure;

/// The derivatives of everybody's decisions and payoffs in all parameters, at an equilibrium of `game`.
///
/// The equilibrium may come from a closed form, from the engine or from the caller; it is held against the first-order
/// conditions before it is differentiated. Where `$F(x,\theta)=0$` are these conditions, replies of later stages
/// included, for the free decisions `$x$` at the parameters `$\theta$`, the implicit function theorem says
///
/// ```math
/// \frac{dx}{d\theta}=-\Bigl(\frac{\partial F}{\partial x}\Bigr)^{-1}\frac{\partial F}{\partial\theta},\qquad
/// \frac{d\pi_i}{d\theta}=\frac{\partial\pi_i}{\partial\theta}+\frac{\partial\pi_i}{\partial x}\frac{dx}{d\theta}.
/// ```
///
/// It is carried out on dual numbers, exact to rounding: a parameter is a decision that nature takes before everybody
/// else, and the equilibrium a reply to it. No equation is solved twice and no difference is taken.
///
/// # Corners
///
/// A decision pressed against a bound moves with the bound. One that rests on it with no pressure (a participation rate
/// just where support begins to pay) leaves it when a parameter moves one way and stays when it moves the other: then
/// the derivatives from the left and from the right differ, and [`Sided`] holds both. A decision without any effect (a
/// rate on a spend of zero) stays where it is.
///
/// # Errors
///
/// * [`SolveError::NotStationary`] where `solution` is no equilibrium of `game`;
/// * [`SolveError::Kink`] where it has no derivatives: on a kink of a later stage's reply, where a payoff is flat, or
///   where no regime holds on one side of a corner;
/// * [`SolveError::TooDeep`] with more than four stages of moves;
/// * [`SolveError::IdleParameters`] where the game has [arguments](crate::Game::arguments) and none of its formulas depends on any,
///   as when [`StaticGame::payoffs_at`] was forgotten.
///
/// ```
/// use coopad::analysis::sensitivities;
/// use coopad::models::{Channel, HuangLi};
/// use coopad::prelude::*;
///
/// let channel = HuangLi::example(); // margins 20 and 8, γ = 0.6
/// # use coopad::models::Model;
/// let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
/// let found = sensitivities(&channel, &led)?;
///
/// // t = 1 − 1/(κ − γ) with κ = ρ_m/ρ_r = 2.5: dt/dρ_m = 1/(1.9² · 8).
/// let rate = found.of_decision("participation_rate", "manufacturer_margin").unwrap();
/// assert!((rate.slope.value().unwrap() - 1.0 / (1.9 * 1.9 * 8.0)).abs() < 1e-12);
/// // One per cent more margin, 1.46 per cent more support.
/// let percent = rate.elasticity.unwrap().value().unwrap();
/// assert!((percent - 2.5 / (1.9 * 0.9)).abs() < 1e-10);
/// # Ok::<(), coopad::SolveError>(())
/// ```
pub fn sensitivities<G: StaticGame>(
    game: &G,
    solution: &Solution<G::Player>,
) -> Result<Sensitivities, SolveError> {
    let found = differentiated(game, solution, first_order)?;
    let parameters: Vec<Entry> =
        game.arguments().into_iter().map(|(name, value)| Entry { name, value }).collect();
    let response = |name: String, value: f64, slopes: Vec<[f64; 2]>| {
        let each = slopes.into_iter().zip(&parameters);
        let to = each.map(|(slope, parameter)| Sensitivity::new(slope, value, parameter.value));
        Response { name, value, to: to.collect() }
    };
    let sum = |column: usize| {
        found.payoffs.iter().fold([0.0; 2], |sum, row| [sum[0] + row[column][0], sum[1] + row[column][1]])
    };
    let total = (0..parameters.len()).map(sum).collect();
    let decisions = solution.decisions().iter().zip(solution.profile()).zip(found.decisions);
    let payoffs = solution.players().iter().zip(solution.payoffs()).zip(found.payoffs);
    Ok(Sensitivities {
        structure: solution.structure().name().to_owned(),
        decisions: decisions.map(|((d, x), slopes)| response(d.name.to_string(), *x, slopes)).collect(),
        payoffs: payoffs.map(|((p, v), slopes)| response(p.name().into_owned(), *v, slopes)).collect(),
        total: response("total".to_owned(), solution.total(), total),
        parameters,
    })
}

/// Derivatives of a solution of `game`, of whichever order.
fn differentiated<G: StaticGame, R>(
    game: &G,
    solution: &Solution<G::Player>,
    order: impl FnOnce(&Given<'_>) -> Result<R, SolveError>,
) -> Result<R, SolveError> {
    let recorded = game.record()?;
    recorded.depends_on_parameters()?;
    let rules = by_seat(solution.structure(), solution.players(), &recorded.players)?;
    let at_kink = solution.report().at_kink;
    order(&Given { game: &recorded, structure: &rules, profile: solution.profile(), at_kink })
}

/// A derivative from below and from above: the same but at a corner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sided {
    /// As the parameter rises to its value.
    pub left: f64,
    /// As the parameter rises from its value.
    pub right: f64,
}

impl Sided {
    /// Whether both are the same, so that there is one derivative.
    pub fn smooth(self) -> bool {
        self.left == self.right
    }

    /// The derivative, where both are the same.
    pub fn value(self) -> Option<f64> {
        self.smooth().then_some(self.right)
    }

    fn times(self, factor: f64) -> Sided {
        Sided { left: self.left * factor, right: self.right * factor }
    }
}

/// How one number moves with one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The derivative, in units of the number per unit of the parameter.
    pub slope: Sided,
    /// By how many per cent the number moves when the parameter rises by one; `None` where either is 0.
    ///
    /// Of a negative number it is the relative change, so that a loss that shrinks has a negative elasticity.
    pub elasticity: Option<Sided>,
}

impl Sensitivity {
    fn new([left, right]: [f64; 2], value: f64, parameter: f64) -> Self {
        let slope = Sided { left, right };
        let elasticity = (value != 0.0 && parameter != 0.0).then(|| slope.times(parameter / value));
        Sensitivity { slope, elasticity }
    }
}

/// How one number moves with every parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Response {
    /// Of what: a decision or a player.
    pub name: String,
    /// The number at the equilibrium.
    pub value: f64,
    /// One entry a parameter, in the order of [`Sensitivities::parameters`].
    pub to: Vec<Sensitivity>,
}

/// How an equilibrium moves with the parameters; see [`sensitivities`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Sensitivities {
    /// The name of the equilibrium's structure.
    pub structure: String,
    /// The parameters with their values.
    pub parameters: Vec<Entry>,
    /// How every decision moves.
    pub decisions: Vec<Response>,
    /// How every player's payoff moves.
    pub payoffs: Vec<Response>,
    /// How the sum of all payoffs moves.
    pub total: Response,
}

impl Sensitivities {
    /// How the decision of that name moves with the parameter of that name.
    pub fn of_decision(&self, decision: &str, parameter: &str) -> Option<Sensitivity> {
        self.find(self.decisions.iter().find(|row| row.name == decision)?, parameter)
    }

    /// How the payoff of the player of that name moves with the parameter of that name.
    pub fn of_payoff(&self, player: &str, parameter: &str) -> Option<Sensitivity> {
        self.find(self.payoffs.iter().find(|row| row.name == player)?, parameter)
    }

    /// How the sum of all payoffs moves with the parameter of that name.
    pub fn of_total(&self, parameter: &str) -> Option<Sensitivity> {
        self.find(&self.total, parameter)
    }

    /// Whether every derivative is the same from both sides.
    pub fn smooth(&self) -> bool {
        let all = self.decisions.iter().chain(&self.payoffs).flat_map(|row| &row.to);
        all.clone().all(|sensitivity| sensitivity.slope.smooth())
    }

    /// Which way everything moves, here: the comparative statics of one game.
    pub fn signs(&self) -> ComparativeStatics {
        let row = |response: &Response| {
            // Against the largest movement that any parameter causes, and the number itself, rounding is nothing.
            let weights = self.parameters.iter().map(|p| if p.value == 0.0 { 1.0 } else { p.value.abs() });
            let moves = response.to.iter().zip(weights).map(|(s, weight)| s.slope.times(weight));
            let moves: Vec<Sided> = moves.collect();
            let size = |s: &Sided| s.left.abs().max(s.right.abs());
            let scale = moves.iter().map(size).fold(response.value.abs(), f64::max);
            let sign = |slope: f64| match slope {
                slope if slope.abs() <= NOTHING * scale => Sign::Zero,
                slope if slope > 0.0 => Sign::Plus,
                _ => Sign::Minus,
            };
            let signs = moves.iter().map(|s| sign(s.left).or(sign(s.right)));
            Signs { name: response.name.clone(), to: signs.collect() }
        };
        ComparativeStatics {
            structure: self.structure.clone(),
            parameters: self.parameters.iter().map(|parameter| parameter.name.clone()).collect(),
            decisions: self.decisions.iter().map(row).collect(),
            payoffs: self.payoffs.iter().map(row).collect(),
            total: row(&self.total),
            games: 1,
            left_out: 0,
            left_out_because: BTreeMap::new(),
        }
    }

    fn find(&self, response: &Response, parameter: &str) -> Option<Sensitivity> {
        let column = self.parameters.iter().position(|entry| entry.name == parameter)?;
        response.to.get(column).copied()
    }
}

/// A movement below this share of the largest is none.
const NOTHING: f64 = 1e-10;

/// Which way a number moves when a parameter rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Up.
    Plus,
    /// Down.
    Minus,
    /// Not at all.
    Zero,
    /// Up in some games or to one side, not at all in others.
    PlusOrZero,
    /// Down in some games or to one side, not at all in others.
    MinusOrZero,
    /// Up in some games or to one side, down in others.
    Depends,
}

impl Sign {
    /// As it stands in tables: `+`, `−`, `0`, `+ or 0`, `− or 0`, `depends`.
    pub fn symbol(self) -> &'static str {
        match self {
            Sign::Plus => "+",
            Sign::Minus => "−",
            Sign::Zero => "0",
            Sign::PlusOrZero => "+ or 0",
            Sign::MinusOrZero => "− or 0",
            Sign::Depends => "depends",
        }
    }

    /// What can be said where both occur.
    #[must_use]
    pub fn or(self, other: Sign) -> Sign {
        let occurs = |sign: Sign| match sign {
            Sign::Plus => [true, false, false],
            Sign::Minus => [false, true, false],
            Sign::Zero => [false, false, true],
            Sign::PlusOrZero => [true, false, true],
            Sign::MinusOrZero => [false, true, true],
            Sign::Depends => [true, true, false],
        };
        let ([up, down, still], [too_up, too_down, too_still]) = (occurs(self), occurs(other));
        match (up || too_up, down || too_down, still || too_still) {
            (true, true, _) => Sign::Depends,
            (true, false, false) => Sign::Plus,
            (true, false, true) => Sign::PlusOrZero,
            (false, true, false) => Sign::Minus,
            (false, true, true) => Sign::MinusOrZero,
            (false, false, _) => Sign::Zero,
        }
    }
}

/// Which way one number moves with every parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Signs {
    /// Of what: a decision or a player.
    pub name: String,
    /// One entry a parameter, in the order of [`ComparativeStatics::parameters`].
    pub to: Vec<Sign>,
}

/// The table of comparative statics: rows are decisions and payoffs, columns parameters; see [`comparative_statics`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComparativeStatics {
    /// The structure's name.
    pub structure: String,
    /// The parameters.
    pub parameters: Vec<String>,
    /// A row a decision.
    pub decisions: Vec<Signs>,
    /// A row a player.
    pub payoffs: Vec<Signs>,
    /// The sum of all payoffs.
    pub total: Signs,
    /// How many games the signs were seen in.
    pub games: usize,
    /// How many games were left out: no equilibrium was found, or it has no derivatives, or it is a game with other
    /// decisions or parameters than the first.
    pub left_out: usize,
    /// How many for which reason: the [kind](SolveError::kind) of error, `other_game`, or `budget` where the sample of a large
    /// game was cut short.
    pub left_out_because: BTreeMap<&'static str, usize>,
}

impl ComparativeStatics {
    /// Which way the decision of that name moves with the parameter of that name.
    pub fn of_decision(&self, decision: &str, parameter: &str) -> Option<Sign> {
        self.find(self.decisions.iter().find(|row| row.name == decision)?, parameter)
    }

    /// Which way the payoff of the player of that name moves with the parameter of that name.
    pub fn of_payoff(&self, player: &str, parameter: &str) -> Option<Sign> {
        self.find(self.payoffs.iter().find(|row| row.name == player)?, parameter)
    }

    /// Which way the sum of all payoffs moves with the parameter of that name.
    pub fn of_total(&self, parameter: &str) -> Option<Sign> {
        self.find(&self.total, parameter)
    }

    fn find(&self, signs: &Signs, parameter: &str) -> Option<Sign> {
        let column = self.parameters.iter().position(|name| name == parameter)?;
        signs.to.get(column).copied()
    }

    fn rows(&self) -> impl Iterator<Item = &Signs> {
        self.decisions.iter().chain(&self.payoffs).chain([&self.total])
    }

    fn alike(&self, other: &ComparativeStatics) -> bool {
        let names = |of: &Self| of.rows().map(|row| row.name.clone()).collect::<Vec<_>>();
        self.parameters == other.parameters && names(self) == names(other)
    }

    /// Counts games that are left out for one more reason.
    pub(crate) fn leave_out(&mut self, reason: &'static str, games: usize) {
        if games > 0 {
            self.left_out += games;
            *self.left_out_because.entry(reason).or_insert(0) += games;
        }
    }

    /// Takes the signs of other games in.
    pub(crate) fn merge(&mut self, other: &ComparativeStatics) {
        if !self.alike(other) {
            return self.leave_out("other_game", other.games + other.left_out);
        }
        let own = self.decisions.iter_mut().chain(&mut self.payoffs).chain([&mut self.total]);
        for (row, more) in own.zip(other.rows()) {
            row.to.iter_mut().zip(&more.to).for_each(|(sign, more)| *sign = sign.or(*more));
        }
        self.games += other.games;
        other.left_out_because.iter().for_each(|(reason, games)| self.leave_out(reason, *games));
    }
}

/// Which way everything moves with every parameter, over many games: each is solved under `structure`, and a cell says
/// what was seen: `+`, `−`, `0`, or that it depends on where one is.
///
/// What was seen in a sample is evidence, not a proof: a sign that turns in a corner which no game of the sample lies in
/// is not seen to turn. See [`around`] for a sample.
///
/// # Errors
///
/// The first game's, when no game has an equilibrium with derivatives. Without any games the table is empty.
///
/// ```
/// use coopad::analysis::{Sign, around, comparative_statics};
/// use coopad::models::{Channel, HuangLi, Model};
/// use coopad::prelude::*;
///
/// let games = around(&HuangLi::example(), 3.0, 50);
/// let table = comparative_statics(&games, &Structure::leader(Channel::Manufacturer))?;
/// // Support rises with the manufacturer's margin where there is any.
/// assert_eq!(table.of_decision("participation_rate", "manufacturer_margin"), Some(Sign::PlusOrZero));
/// // What saturation adds to sales is sold whatever is spent.
/// assert_eq!(table.of_decision("local_advertising", "saturation"), Some(Sign::Zero));
/// # Ok::<(), coopad::SolveError>(())
/// ```
pub fn comparative_statics<'g, G: StaticGame + 'g>(
    games: impl IntoIterator<Item = &'g G>,
    structure: &Structure<G::Player>,
) -> Result<ComparativeStatics, SolveError> {
    let mut table: Option<ComparativeStatics> = None;
    let mut failed = BTreeMap::new();
    let mut failure = None;
    for game in games {
        let signs = game.solve(structure).and_then(|solution| sensitivities(game, &solution));
        match (signs.map(|found| found.signs()), &mut table) {
            (Ok(signs), None) => table = Some(signs),
            (Ok(signs), Some(table)) => table.merge(&signs),
            (Err(error), _) => {
                *failed.entry(error.kind()).or_insert(0) += 1;
                failure = failure.or(Some(error));
            }
        }
    }
    match (table, failure) {
        (Some(mut table), _) => {
            failed.into_iter().for_each(|(reason, games)| table.leave_out(reason, games));
            Ok(table)
        }
        (None, Some(failure)) => Err(failure),
        (None, None) => Ok(ComparativeStatics {
            structure: structure.name().to_owned(),
            parameters: Vec::new(),
            decisions: Vec::new(),
            payoffs: Vec::new(),
            total: Signs { name: "total".to_owned(), to: Vec::new() },
            games: 0,
            left_out: 0,
            left_out_because: BTreeMap::new(),
        }),
    }
}

/// Models around one: every parameter between `1/factor` and `factor` times its value, evenly in the logarithm, by a
/// sequence that is the same on every run.
///
/// Parameters that are 0 stay 0. A set of values that the model does not allow is left out, so that there may be fewer
/// than `count`.
pub fn around<M: Model>(model: &M, factor: f64, count: usize) -> Vec<M> {
    let values = model.values();
    values_around(&values, factor, count).filter_map(|drawn| M::from_values(&drawn).ok()).collect()
}

/// Parameter values around these, drawn as [`around`] says, allowed or not.
pub(crate) fn values_around(
    values: &[Vec<f64>],
    factor: f64,
    count: usize,
) -> impl Iterator<Item = Vec<Vec<f64>>> {
    (1..=count).map(move |draw| {
        // Multiples of square roots of primes spread evenly in as many dimensions as there are parameters.
        let mut roots =
            (2_u32..).filter(|n| (2..*n).all(|d| n % d != 0)).map(|prime| f64::from(prime).sqrt());
        let mut next = || (0.5 + draw as f64 * roots.next().unwrap_or(1.0)).fract();
        let moved = |value: &f64, at: f64| value * factor.powf(2.0 * at - 1.0);
        values.iter().map(|list| list.iter().map(|value| moved(value, next())).collect()).collect()
    })
}

/// The second derivatives of everybody's decisions and payoffs in all pairs of parameters, at an equilibrium of `game`.
///
/// They are exact like the first ones, by numbers that carry two directions at once.
///
/// # Errors
///
/// As [`sensitivities`], with at most three stages of moves, and [`SolveError::Kink`] at a corner that one parameter
/// would open.
///
/// ```
/// use coopad::analysis::second_derivatives;
/// use coopad::models::{Channel, HuangLi, Model};
/// use coopad::prelude::*;
///
/// let channel = HuangLi::example();
/// let led = channel.solve(&Structure::leader(Channel::Manufacturer))?;
/// let second = second_derivatives(&channel, &led)?;
///
/// // t = 1 − 1/(κ − γ): support rises with the margin, more slowly as it grows: −2/(1.9³ · 8²).
/// let bend = second.of_decision("participation_rate", "manufacturer_margin", "manufacturer_margin").unwrap();
/// assert!((bend + 2.0 / (1.9_f64.powi(3) * 64.0)).abs() < 1e-12);
/// # Ok::<(), coopad::SolveError>(())
/// ```
pub fn second_derivatives<G: StaticGame>(
    game: &G,
    solution: &Solution<G::Player>,
) -> Result<SecondDerivatives, SolveError> {
    let found = differentiated(game, solution, second_order)?;
    let parameters: Vec<String> = game.arguments().into_iter().map(|(name, _)| name).collect();
    let names = |names: Vec<String>, rows: Vec<Vec<f64>>| -> Vec<Bends> {
        names.into_iter().zip(rows).map(|(name, by)| Bends { name, by }).collect()
    };
    let decisions = solution.decisions().iter().map(|d| d.name.to_string()).collect();
    let players = solution.players().iter().map(|p| p.name().into_owned()).collect();
    Ok(SecondDerivatives {
        structure: solution.structure().name().to_owned(),
        pairs: pairs(parameters.len()).collect(),
        parameters,
        decisions: names(decisions, found.decisions),
        payoffs: names(players, found.payoffs),
    })
}

/// The second derivatives of one number in every pair of parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bends {
    /// Of what: a decision or a player.
    pub name: String,
    /// One entry a pair, in the order of [`SecondDerivatives::pairs`].
    pub by: Vec<f64>,
}

/// How an equilibrium's movements bend; see [`second_derivatives`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SecondDerivatives {
    /// The name of the equilibrium's structure.
    pub structure: String,
    /// The parameters.
    pub parameters: Vec<String>,
    /// Pairs of parameters, by number, each once.
    pub pairs: Vec<[usize; 2]>,
    /// Of every decision.
    pub decisions: Vec<Bends>,
    /// Of every player's payoff.
    pub payoffs: Vec<Bends>,
}

impl SecondDerivatives {
    /// Of the decision of that name, in two parameters (or twice in one).
    pub fn of_decision(&self, decision: &str, first: &str, second: &str) -> Option<f64> {
        self.find(self.decisions.iter().find(|row| row.name == decision)?, [first, second])
    }

    /// Of the payoff of the player of that name, in two parameters (or twice in one).
    pub fn of_payoff(&self, player: &str, first: &str, second: &str) -> Option<f64> {
        self.find(self.payoffs.iter().find(|row| row.name == player)?, [first, second])
    }

    fn find(&self, bends: &Bends, names: [&str; 2]) -> Option<f64> {
        let number = |name: &str| self.parameters.iter().position(|parameter| parameter == name);
        let (one, other) = (number(names[0])?, number(names[1])?);
        let column = self.pairs.iter().position(|pair| *pair == [one.min(other), one.max(other)])?;
        bends.by.get(column).copied()
    }
}
