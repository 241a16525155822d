//! The model as a differential game and as a model of the catalogue.

use smallvec::SmallVec;

use super::parameters::parameters;
use super::regime::Rules;
use super::{CoCreation, CoCreator, Effort, Parameters};
use crate::claim::Claim;
use crate::dynamic::game::{DifferentialGame, State};
use crate::dynamic::linear_quadratic::Quadratic;
use crate::error::ParameterError;
use crate::game::{Decision, Game, Interval};
use crate::models::{Model, Parameter, Scheme, required};
use crate::player::Player;
use crate::response::SupportedEffort;
use crate::row::on_stack;
use crate::scalar::Scalar;
use crate::structure::Structure;

impl CoCreation {
    /// The decision by which a player pays a share of the cost of another's effort, as a game over time numbers it; `None`
    /// where there is none.
    pub fn rate(&self, supporter: CoCreator, effort: Effort) -> Option<usize> {
        let (seat, effort) = (self.seat(supporter)?, self.effort(effort)?);
        let places = self.places();
        (places.owners.get(effort) != Some(&seat)).then(|| places.rate(effort, seat))
    }

    /// The decision that an effort is in a game over time.
    pub fn decision(&self, effort: Effort) -> Option<usize> {
        Some(self.places().effort(self.effort(effort)?))
    }
}

impl Game for CoCreation {
    type Player = CoCreator;

    fn players(&self) -> Vec<CoCreator> {
        (0..self.places().players).map(|seat| self.player(seat)).collect()
    }

    fn decisions(&self) -> Vec<Decision<CoCreator>> {
        let (places, efforts, game) = (self.places(), self.efforts(), self.game());
        let rate = |rate: usize| {
            let (supporter, effort) = places.supporter(rate);
            let (supporter, owner) = (self.player(supporter), self.player(places.owners[effort]));
            let paid = efforts.get(effort).copied().unwrap_or(Effort::Connectivity);
            Decision::transfer(format!("{}_pays_{}", supporter.name(), paid.name()), supporter, owner)
                .symbol(format!("t_{}_{}", supporter.name(), paid.symbol()))
                .unit("share of spend")
                // Little enough that all supporters together do not pay for everything.
                .typical(0.5 / places.players as f64)
        };
        let effort = |(h, effort): (usize, &Effort)| {
            let typical = game.worth(places.owners[h], h) / game.numbers().cost[h];
            let decision = Decision::new(effort.name(), self.player(places.owners[h]));
            decision.symbol(effort.symbol()).unit("effort").typical(typical.max(1e-3))
        };
        let rates = (0..places.rates()).map(rate);
        rates.chain(efforts.iter().enumerate().map(effort)).collect()
    }

    fn bounds<T: Scalar>(&self, decision: usize, _: &[T]) -> Interval<T> {
        let is_rate = decision < self.places().rates();
        if is_rate { Interval::unit() } else { Interval::at_least(T::constant(0.0)) }
    }
}

impl DifferentialGame for CoCreation {
    fn states(&self) -> Vec<State> {
        let n = self.enterprises();
        let initial = self.numbers().initial();
        let state = |(at, (initial, reach)): (usize, (f64, &f64))| {
            let (name, symbol, unit) = if at < n {
                (format!("brand_{}", at + 1), format!("B{}", at + 1), "brand")
            } else {
                ("base".to_owned(), "N".to_owned(), "participants")
            };
            State::new(name, 0.0, *reach).symbol(symbol).unit(unit).starting_at(initial)
        };
        initial.into_iter().zip(&self.reach).enumerate().map(state).collect()
    }

    #[inline]
    fn drift<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let numbers = self.game().numbers();
        let (_, efforts) = x.split_at(self.places().rates());
        let rows = numbers.motion.entries().chunks_exact(state.len());
        let pushes = numbers.effect.entries().chunks_exact(efforts.len());
        for ((out, inflow), (row, push)) in out.iter_mut().zip(&numbers.inflow).zip(rows.zip(pushes)) {
            *out = along(along(T::constant(*inflow), state, row), efforts, push);
        }
    }

    #[inline]
    fn flow<T: Scalar>(&self, state: &[T], x: &[T], out: &mut [T]) {
        let (numbers, places) = (self.game().numbers(), self.places());
        let (rates, efforts) = x.split_at(places.rates());
        let rows = numbers.state_income.entries().chunks_exact(state.len());
        let direct = numbers.effort_income.entries().chunks_exact(efforts.len());
        for ((out, income), (row, direct)) in out.iter_mut().zip(&numbers.income).zip(rows.zip(direct)) {
            *out = along(along(T::constant(*income), state, row), efforts, direct);
        }
        let each = efforts.iter().zip(&numbers.cost).zip(&numbers.owner);
        for (((&effort, cost), &owner), rates) in each.zip(rates.chunks_exact(places.players - 1)) {
            let spent = effort.square() * (0.5 * cost);
            let mut own = spent;
            for (at, &rate) in rates.iter().enumerate() {
                let supporter = at + usize::from(at >= owner);
                let paid = rate * spent;
                out[supporter] = out[supporter] - paid;
                own = own - paid;
            }
            out[owner] = out[owner] - own;
        }
    }

    fn discount(&self, _: CoCreator) -> f64 {
        self.numbers().discount_rate
    }

    fn diffusion<T: Scalar>(&self, _: &[T], out: &mut [T]) {
        out.iter_mut().zip(self.numbers().volatility()).for_each(|(out, sigma)| *out = T::constant(sigma));
    }

    fn known_values(&self, structure: &Structure<CoCreator>) -> Option<Vec<Quadratic>> {
        let solution = self.solve(&self.regime_of(structure)?).ok()?;
        let states = self.game().numbers().inflow.len();
        let prices = self.game().shadow_prices().entries().chunks_exact(states);
        let each = solution.constants().iter().zip(prices);
        each.map(|(constant, prices)| Quadratic::affine(prices, *constant).ok()).collect()
    }

    fn closed_form_at<T: Scalar>(
        &self,
        structure: &Structure<CoCreator>,
        _: &[T],
        costates: &[T],
        x: &mut [T],
    ) -> bool {
        let Some(Rules { seats, open }) = self.rules_of(structure) else { return false };
        let (numbers, places) = (self.game().numbers(), self.places());
        let (players, states) = (places.players, numbers.inflow.len());
        let zero = T::constant(0.0);
        let (rates, efforts) = x.split_at_mut(places.rates());
        let effects = numbers.effect.entries();
        let announced = rates.chunks_exact_mut(players - 1).zip(open.chunks_exact(players - 1));
        // What a unit of an effort is worth to each coalition at these costates, in its first member's place.
        on_stack(players, zero, |worths: &mut [T]| {
            let mut moving: SmallVec<[(usize, f64); 8]> = SmallVec::new();
            for (h, (done, (rates, open))) in efforts.iter_mut().zip(announced).enumerate() {
                worths.fill(zero);
                // Most efforts move few states.
                let effect = effects.iter().skip(h).step_by(numbers.cost.len()).copied().enumerate();
                moving.clear();
                moving.extend(effect.filter(|(_, g)| *g != 0.0));
                for ((k, costates), seat) in costates.chunks_exact(states).enumerate().zip(&seats) {
                    let moved = moving.iter().fold(zero, |moved, (s, g)| moved + costates[*s] * *g);
                    worths[*seat] = worths[*seat] + moved + numbers.effort_income[(k, h)];
                }
                let (owner, cost) = (numbers.owner[h], numbers.cost[h]);
                let supporter = |at: usize| at + usize::from(at >= owner);
                let linked = open.iter().enumerate().filter(|(_, open)| **open).map(|(at, _)| at);
                let effort =
                    SupportedEffort::of(worths[seats[owner]], linked.map(|at| worths[supporter(at)]));
                for (at, (rate, open)) in rates.iter_mut().zip(open).enumerate() {
                    *rate = if *open { effort.rate(worths[supporter(at)]) } else { zero };
                }
                *done = effort.worth() / cost;
            }
        });
        true
    }
}

/// `from + Σ weight·x`; nothing is done for weights of zero, of which there are many.
#[inline]
fn along<T: Scalar>(from: T, x: &[T], weights: &[f64]) -> T {
    x.iter()
        .zip(weights)
        .filter(|(_, weight)| **weight != 0.0)
        .fold(from, |sum, (&x, &weight)| sum + x * weight)
}

impl Model for CoCreation {
    const NAME: &'static str = "cocreation";
    const TITLE: &'static str = "brands and a base of participants over time: a platform, enterprises, their community, a stakeholder";
    const SOURCE: &'static str = "this library's own, after two essays on brand co-creation and platforms";
    const PROVENANCE: &'static str =
        "an original model: the essays pose the questions and have no equations; all results derived here";

    fn parameters() -> &'static [Parameter] {
        parameters()
    }

    fn from_values(values: &[Vec<f64>]) -> Result<Self, ParameterError> {
        let most = Self::MOST_ENTERPRISES;
        let told = values.first().and_then(|told| told.first().copied());
        let longest = values.iter().map(Vec::len).max().unwrap_or_default();
        // A square of one number for each pair is the longest list there is.
        if let Some(value) =
            told.filter(|told| *told > most as f64).or((longest > most * most).then_some(longest as f64))
        {
            let allowed = format!("a whole number from 1 to {most}");
            return Err(ParameterError::OutOfRange { parameter: "enterprises".to_owned(), value, allowed });
        }
        let all = required(parameters(), values)?;
        // Every list has as many entries as there are enterprises.
        let lists = parameters().iter().zip(&all);
        let enterprises =
            lists.filter(|(p, _)| p.entries == crate::models::Entries::List).map(|(_, v)| v.len()).max();
        let stakeholder = all.get(1).and_then(|given| given.first()).is_some_and(|given| *given != 0.0);
        Self::new(Parameters::from_values(
            enterprises.unwrap_or(1),
            stakeholder,
            all.get(2..).unwrap_or_default(),
        ))
    }

    fn values(&self) -> Vec<Vec<f64>> {
        let stakeholder = f64::from(u8::from(self.numbers().stakeholder.is_some()));
        let mut all = vec![Vec::new(), vec![stakeholder]];
        all.extend(self.numbers().values());
        all
    }

    fn structures() -> Vec<Scheme<CoCreator>> {
        Self::example().structures_of_regimes()
    }

    fn schemes(&self) -> Vec<Scheme<CoCreator>> {
        self.structures_of_regimes()
    }

    fn claims() -> &'static [Claim] {
        super::claims::CLAIMS
    }

    fn example() -> Self {
        Self::services()
    }
}
