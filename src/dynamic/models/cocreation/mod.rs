//! Value co-creation on a platform: a platform, enterprises, their community and perhaps another stakeholder build brands
//! and a base of participants together, and may destroy them together.
//!
//! The states are a brand value `B_i` for each enterprise and the base `N` of participants. Everybody's efforts move them:
//!
//! ```math
//! \begin{aligned}
//! \dot B_i&=\textstyle\sum_hg_{ih}e_h+\kappa_i\nu N-(\delta_i+\varepsilon_i\chi)B_i+s_{B_i},\\
//! \dot N&=\textstyle\sum_hg_{Nh}e_h+\sum_i\eta_iB_i-\delta_NN+s_N,\qquad \nu=1-(1+\omega)\chi .
//! \end{aligned}
//! ```
//!
//! Participants speak for brands (`κ`) as far as voice is not misused (`χ`, with harm `ω`; the net voice `ν` may be
//! negative), and strong brands attract participants (`η`): a flywheel. Sales are
//! `Q_i = d_i + θ_iB_i + φ_iN + Σγ_{ih}e_h`; everybody has a margin on sales, the platform's is the commission `τ_iv_i`, and
//! an income from each participant; an effort costs `c_he_h²/2`.
//!
//! | effort | whose | moves |
//! |---|---|---|
//! | connectivity, intelligence, analytics | the platform's | brands, base, sales; analytics also guards brands against misuse |
//! | co-creation `z_i` | enterprise `i`'s | its brand and the base, in the share `ψ` that is carried out; coordination costs more |
//! | advertising `u_i` | enterprise `i`'s | its brand, others' brands (rivalry), the base |
//! | consumer study `w_i` | enterprise `i`'s | its sales |
//! | engagement `y_i` | the community's | brand `i` in the share `ψν`, the base in the share `ψ`; a pleasure in itself |
//! | contribution | the stakeholder's | brands and base |
//!
//! It is a [`LinearStateGame`]: the [`ValueOfEffort`] matrix says what a unit of every effort is worth to every player, and
//! with it every [`Regime`], who decides together and who supports whom, is solved in closed form.
//!
//! # Source
//!
//! The model is this library's own, with all its theorems. Two essays, on brand co-creation that a platform empowers and on
//! modes of co-creation in e-commerce, manufacturing and services, gave the questions; they contain no equations.
//!
//! ```
//! use coopad::dynamic::models::CoCreation;
//!
//! let shop = CoCreation::ecommerce();
//! let alone = shop.solve(&shop.regime("no_support").ok_or("no such regime")?)?;
//! let together = shop.solve(&shop.regime("cooperative").ok_or("no such regime")?)?;
//! let total = |solution| shop.game().values(solution, &[1.0; 3]).iter().sum::<f64>();
//! assert!((total(&alone) - 129.040232712).abs() < 1e-8 && (total(&together) - 224.855271153).abs() < 1e-8);
//! println!("{}", shop.value_of_effort());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bridge;
mod claims;
mod cooperation;
mod destruction;
mod effort;
mod indicators;
mod linear_state;
mod over_time;
mod parameters;
mod presets;
mod regime;

use std::borrow::Cow;

pub use cooperation::{Agreement, Needed};
pub use effort::{Effort, ValueOfEffort};
pub use indicators::{Contrast, Indicators};
pub use linear_state::{LinearState, LinearStateGame, RegimeSolution};
pub use parameters::{Brand, Parameters, Stakeholder};
pub use regime::Regime;

use crate::dynamic::linear_quadratic::Matrix;
use crate::equilibrium::Caveat;
use crate::error::{ParameterError, StructureError};
use crate::player::Player;
use linear_state::unbounded;
use regime::Places;

/// Somebody who takes part in creating value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoCreator {
    /// Connects, senses and analyses; earns a commission.
    Platform,
    /// Sells under a brand of its own; counted from 0 here and from 1 in its name.
    Enterprise(usize),
    /// The customers, who engage with brands.
    Community,
    /// A supplier, a creator, a regulator.
    Stakeholder,
}

impl Player for CoCreator {
    fn name(&self) -> Cow<'static, str> {
        match self {
            CoCreator::Platform => "platform".into(),
            CoCreator::Enterprise(number) => format!("enterprise_{}", number + 1).into(),
            CoCreator::Community => "community".into(),
            CoCreator::Stakeholder => "stakeholder".into(),
        }
    }
}

/// A platform with its co-creators. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct CoCreation {
    parameters: Parameters,
    game: LinearStateGame,
    /// How large each state may well become.
    reach: Vec<f64>,
}

impl CoCreation {
    /// The most enterprises.
    pub const MOST_ENTERPRISES: usize = 30;

    /// The model at these parameters. What is allowed is listed by [`Model::parameters`](crate::models::Model::parameters):
    /// decay and costs positive, effects zero or positive, rivalry and incomes of either sign, misuse from 0 to 1, binding
    /// above 0 and up to 1, commissions from 0 to below 1.
    ///
    /// # Errors
    ///
    /// For a number that is not, lists that do not fit together, and states that grow as fast as discounting or faster:
    /// where the net voice is not negative, a [flywheel gain](CoCreation::flywheel_gain) of 1 or more.
    pub fn new(parameters: Parameters) -> Result<Self, ParameterError> {
        parameters.check()?;
        let growth = if parameters.net_voice() >= 0.0 {
            ("flywheel_gain", parameters.flywheel_gain(parameters.discount_rate), 1.0, "below 1")
        } else {
            let growth = parameters.linear_state().motion.growth().unwrap_or(f64::NAN);
            ("growth_of_states", growth, parameters.discount_rate, "below the discount rate")
        };
        let (quantity, value, limit, condition) = growth;
        let bounded = value < limit;
        if bounded { Ok(Self::assembled(parameters)) } else { Err(unbounded(quantity, value, condition)) }
    }

    /// The model at parameters that are known to be allowed.
    fn assembled(parameters: Parameters) -> Self {
        let game = LinearStateGame::assembled(parameters.linear_state());
        let initial = parameters.initial();
        let mut model = CoCreation { parameters, game, reach: initial };
        let together = model.game.solve(&model.game.together()).ok();
        let rest = together.and_then(|together| model.game.steady_state(together.efforts()));
        for (reach, rest) in model.reach.iter_mut().zip(rest.into_iter().flatten()) {
            *reach = reach.max(rest);
        }
        model.reach.iter_mut().for_each(|reach| *reach = 1.5 * reach.max(1e-3));
        model
    }

    /// The parameters.
    pub fn numbers(&self) -> &Parameters {
        &self.parameters
    }

    /// The linear-state game: players as [`CoCreation::seat`] numbers them, efforts in the order of
    /// [`CoCreation::efforts`], states `B_0, …, N`.
    pub fn game(&self) -> &LinearStateGame {
        &self.game
    }

    /// How many enterprises, and brands, there are.
    pub fn enterprises(&self) -> usize {
        self.parameters.brands.len()
    }

    /// The number of a player: the platform, the enterprises, the community, the stakeholder.
    pub fn seat(&self, player: CoCreator) -> Option<usize> {
        let n = self.enterprises();
        match player {
            CoCreator::Platform => Some(0),
            CoCreator::Enterprise(number) => (number < n).then_some(number + 1),
            CoCreator::Community => Some(n + 1),
            CoCreator::Stakeholder => self.parameters.stakeholder.map(|_| n + 2),
        }
    }

    /// The player of that number.
    fn player(&self, seat: usize) -> CoCreator {
        match seat {
            0 => CoCreator::Platform,
            seat if seat <= self.enterprises() => CoCreator::Enterprise(seat - 1),
            seat if seat == self.enterprises() + 1 => CoCreator::Community,
            _ => CoCreator::Stakeholder,
        }
    }

    fn places(&self) -> Places<'_> {
        Places { players: self.game.players(), owners: &self.game.numbers().owner }
    }

    /// Everybody's efforts and what they are worth under some rules; values at a state are
    /// [`LinearStateGame::values`].
    ///
    /// # Errors
    ///
    /// When the rules are those of a game of other players or efforts.
    pub fn solve(&self, regime: &Regime) -> Result<RegimeSolution, StructureError> {
        self.game.solve(regime)
    }

    /// `ν = 1 − (1 + ω)χ`: what is left of a unit of voice when misuse is taken off. Where it is negative, voice destroys.
    pub fn net_voice(&self) -> f64 {
        self.parameters.net_voice()
    }

    /// The flywheel gain, what comes back of a unit of base by way of the brands that it strengthens:
    ///
    /// ```math
    /// \Gamma(\rho)=\frac{\nu}{\rho+\delta_N}\sum_i\frac{\kappa_i\eta_i}{\rho+\delta_i+\varepsilon_i\chi} .
    /// ```
    ///
    /// Where `ν ≥ 0` values are finite if and only if `Γ(ρ) < 1` at the discount rate, and brands and base are bounded if
    /// and only if `Γ(0) < 1`. Between them the base grows for ever and is worth something finite.
    pub fn flywheel_gain(&self, rate: f64) -> f64 {
        self.parameters.flywheel_gain(rate)
    }

    /// The value-of-effort matrix.
    pub fn value_of_effort(&self) -> ValueOfEffort {
        ValueOfEffort::of(self)
    }

    /// What should be known before a solution is believed: a base that grows for ever, a steady state with a negative entry
    /// (the values are then those of a model without bounds on states), an effort that hurts somebody (claims that need all
    /// worths positive are then not guaranteed), an enterprise that sells at a loss.
    pub fn caveats(&self, solution: &RegimeSolution) -> Vec<Caveat> {
        let growth = -self.game.growth();
        let rest = self.game.steady_state(solution.efforts());
        let lowest = rest.map_or(f64::INFINITY, |rest| rest.into_iter().fold(f64::INFINITY, f64::min));
        let margins = self.parameters.brands.iter().map(Brand::margin);
        let all = [
            ("the decay of brands and base together", growth, growth <= 0.0),
            ("the lowest state at rest", lowest, lowest < 0.0),
            ("the least worth of an effort", self.game.least_worth(), self.game.least_worth() < 0.0),
            (
                "the lowest enterprise margin",
                margins.clone().fold(f64::INFINITY, f64::min),
                margins.clone().any(|m| m < 0.0),
            ),
        ];
        all.into_iter()
            .filter(|(.., due)| *due)
            .map(|(quantity, value, _)| Caveat { quantity: quantity.into(), value })
            .collect()
    }

    /// The variance of everybody's discounted payoff under the noise of the parameters: see
    /// [`LinearStateGame::variances`].
    pub fn variances(&self) -> Vec<f64> {
        self.game.variances(&self.parameters.volatility())
    }
}

impl Parameters {
    fn net_voice(&self) -> f64 {
        1.0 - (1.0 + self.misuse_harm) * self.misuse
    }

    fn flywheel_gain(&self, rate: f64) -> f64 {
        let each = self.brands.iter().map(|b| b.word_of_mouth * b.attraction / (rate + self.decay(b)));
        self.net_voice() * each.sum::<f64>() / (rate + self.base_decay)
    }

    /// `δ + εχ`.
    fn decay(&self, brand: &Brand) -> f64 {
        brand.decay + brand.misuse_decay * self.misuse
    }

    /// The game that these parameters make.
    fn linear_state(&self) -> LinearState {
        let n = self.brands.len();
        let (base, players) = (n, n + 2 + usize::from(self.stakeholder.is_some()));
        let efforts = 4 * n + 3 + usize::from(self.stakeholder.is_some());
        let (voice, psi) = (self.net_voice(), self.binding);
        let mut motion = Matrix::zero(n + 1, n + 1);
        let mut effect = Matrix::zero(n + 1, efforts);
        let mut state_income = Matrix::zero(players, n + 1);
        let mut effort_income = Matrix::zero(players, efforts);
        // Efforts by brand: how each moves the sales of its brand.
        let mut sales = Matrix::zero(n, efforts);
        let (mut cost, mut owner) = (vec![0.0; efforts], vec![0; efforts]);
        motion.set(base, base, -self.base_decay);
        for (q, (c, reach)) in self.capability_cost.iter().zip(&self.capability_reach).enumerate() {
            cost[q] = *c;
            effect.set(base, q, *reach);
        }
        for (i, b) in self.brands.iter().enumerate() {
            motion.set(i, i, -self.decay(b));
            motion.set(i, base, b.word_of_mouth * voice);
            motion.set(base, i, b.attraction);
            for (q, (moved, sold)) in b.capability_effect.iter().zip(&b.capability_sales).enumerate() {
                let guarded = if q == 2 { b.guard * self.misuse } else { 0.0 };
                effect.set(i, q, moved + guarded);
                sales.set(i, q, *sold);
            }
            let [z, u, w, y] = [3 * i + 3, 3 * i + 4, 3 * i + 5, 3 * n + 3 + i];
            (cost[z], owner[z]) = (b.interaction_cost + b.coordination_cost, i + 1);
            effect.set(i, z, psi * b.interaction_effect);
            effect.set(base, z, psi * b.interaction_reach);
            (cost[u], owner[u]) = (b.advertising_cost, i + 1);
            for (j, lost) in self.rivalry.get(i).into_iter().flatten().enumerate() {
                if j < n {
                    effect.set(j, u, if j == i { b.advertising_effect } else { -lost });
                }
            }
            effect.set(base, u, b.advertising_reach);
            (cost[w], owner[w]) = (b.study_cost, i + 1);
            sales.set(i, w, b.study_effect);
            (cost[y], owner[y]) = (b.engagement_cost, n + 1);
            effect.set(i, y, psi * voice * b.engagement_effect);
            effect.set(base, y, psi * b.engagement_reach);
        }
        let mut income = vec![self.platform_income];
        income.extend(self.brands.iter().map(|b| b.income));
        income.push(self.community_income);
        if let Some(s) = &self.stakeholder {
            let g = efforts - 1;
            (cost[g], owner[g]) = (s.cost, n + 2);
            effect.set(base, g, s.reach);
            self.brands.iter().enumerate().for_each(|(i, b)| effect.set(i, g, b.contribution_effect));
            income.push(s.income);
        }
        for k in 0..players {
            let mut participant = match k {
                0 => self.platform_participant_income,
                k if k <= n => self.brands[k - 1].participant_income,
                k if k == n + 1 => self.community_participant_income,
                _ => self.stakeholder.as_ref().map_or(0.0, |s| s.participant_income),
            };
            for (i, b) in self.brands.iter().enumerate() {
                let margin = match k {
                    0 => b.commission * b.price,
                    k if k <= n => {
                        if k == i + 1 {
                            b.margin()
                        } else {
                            0.0
                        }
                    }
                    k if k == n + 1 => b.community_surplus,
                    _ => b.stakeholder_surplus,
                };
                income[k] += margin * b.base_sales;
                participant += margin * b.participant_sales;
                state_income.set(k, i, margin * b.brand_sales);
                for h in 0..efforts {
                    effort_income.set(k, h, effort_income[(k, h)] + margin * sales[(i, h)]);
                }
                if k == n + 1 {
                    let y = 3 * n + 3 + i;
                    effort_income.set(k, y, effort_income[(k, y)] + b.engagement_pleasure);
                }
            }
            state_income.set(k, base, participant);
        }
        let inflow = self.brands.iter().map(|b| b.inflow).chain([self.base_inflow]).collect();
        let discount_rate = self.discount_rate;
        LinearState {
            discount_rate,
            motion,
            inflow,
            effect,
            income,
            state_income,
            effort_income,
            cost,
            owner,
        }
    }
}
