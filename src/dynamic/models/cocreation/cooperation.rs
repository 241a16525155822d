//! What coalitions are worth, how the whole may be shared, and which agreements last.

#[cfg(feature = "coalitions")]
use super::CoCreation;
use super::linear_state::{LinearStateGame, RegimeSolution};
use super::regime::Regime;
#[cfg(feature = "coalitions")]
use crate::analysis::{CoalitionError, CoalitionGame};
use crate::error::ParameterError;
#[cfg(feature = "coalitions")]
use crate::player::Player;

/// The most players whose coalitions are enumerated.
const MOST: usize = 16;
/// Points in time at which a path is looked at, and how often the best of them is refined.
const TIMES: usize = 2000;
const REFINEMENTS: usize = 60;

/// An agreement for ever: player `k` is to have `ξ_k(x) = c_k + b_k'x` at every state.
///
/// All decide together; each keeps its own revenue and cost and gets a constant stipend. Since the state enters all values
/// alike, nobody ever has a reason to renegotiate, on the path or off it, and after a break-up at any date nobody has less
/// than it would have had alone if no gain is negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// `c_k`, what the agreement is worth at state zero.
    pub constants: Vec<f64>,
    /// `ρ(c_k − a_k)`, what each gets a unit of time beside its own revenue less its own cost. They add up to zero.
    pub stipends: Vec<f64>,
    /// `d_k`, what each gains over everybody's deciding alone, at every state.
    pub gains: Vec<f64>,
}

impl Agreement {
    /// Whether it survives a break-up at any date: nobody gains by having been alone from the start.
    pub fn survives_break_up(&self) -> bool {
        self.gains.iter().all(|gain| *gain >= 0.0)
    }
}

/// The share of the whole that a player must have along a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Needed {
    /// The largest ratio of what it has alone to what all have together.
    pub share: f64,
    /// When; infinite where the ratio grows for ever towards the steady state.
    pub time: f64,
}

/// Cooperation. Outsiders' efforts do not react to who decides together, so that the worth of a coalition is the same by
/// every convention, and the state adds to it without changing who gains: `v(S; x) = v₀(S) + Σ_S b_k'x`.
impl LinearStateGame {
    /// The rules under which everybody decides alone and nobody supports anybody.
    pub fn alone(&self) -> Regime {
        Regime::plain("no_support", (0..self.players()).collect(), &self.numbers().owner)
    }

    /// The rules under which all decide together.
    pub fn together(&self) -> Regime {
        Regime::plain("cooperative", vec![0; self.players()], &self.numbers().owner)
    }

    /// What a group of players is worth at a state: the sum of its payoffs when it decides together and all others alone.
    ///
    /// ```math
    /// \rho v_0(S)=\sum_{k\in S}(\bar q_k+b_k's)+\sum_{h:o\in S}\frac{([m_{Sh}]^+)^2}{2c_h}
    /// +\sum_{h:o\notin S}\frac{m_{Sh}[m_{oh}]^+}{c_h},\qquad m_{Sh}=\sum_{k\in S}m_{kh} .
    /// ```
    ///
    /// NaN for a state of the wrong length.
    pub fn coalition_worth(&self, members: &[usize], state: &[f64]) -> f64 {
        let inside = |k: usize| members.contains(&k);
        self.worth_at_zero(inside) + self.state_worth(inside, state)
    }

    fn worth_at_zero(&self, inside: impl Fn(usize) -> bool) -> f64 {
        let standing = self.standing().iter().enumerate().filter(|(k, _)| inside(*k)).map(|(_, s)| s);
        let mut worth: f64 = standing.sum();
        for (h, (&owner, &cost)) in self.numbers().owner.iter().zip(&self.numbers().cost).enumerate() {
            let worths = self.worths_of(h);
            let joint: f64 = worths.iter().enumerate().filter(|(k, _)| inside(*k)).map(|(_, m)| m).sum();
            worth += if inside(owner) {
                joint.max(0.0).powi(2) / (2.0 * cost)
            } else {
                joint * worths[owner].max(0.0) / cost
            };
        }
        worth / self.numbers().discount_rate
    }

    /// `Σ_S b_k'x`.
    fn state_worth(&self, inside: impl Fn(usize) -> bool, state: &[f64]) -> f64 {
        let prices = self.shadow_prices();
        if prices.columns() != state.len() {
            return f64::NAN;
        }
        let of = |k: usize| state.iter().enumerate().map(|(s, x)| prices[(k, s)] * x).sum::<f64>();
        (0..self.players()).filter(|k| inside(*k)).map(of).sum()
    }

    /// What every group is worth at a state, player `k` standing for the bit `2^k`; the empty group, worth nothing, comes
    /// first. `None` for more than 16 players.
    pub fn characteristic_function(&self, state: &[f64]) -> Option<Vec<f64>> {
        (self.players() <= MOST).then(|| {
            let worth = |set: usize| {
                let inside = |k: usize| set >> k & 1 == 1;
                self.worth_at_zero(inside) + self.state_worth(inside, state)
            };
            (0..1_usize << self.players()).map(worth).collect()
        })
    }

    /// The Shapley value at a state. Where no effort hurts anybody it has a closed form, effort by effort: with `o` the
    /// owner, `M` and `Q` the sum and the sum of squares of the others' worths,
    ///
    /// ```math
    /// \text{owner: }\frac{m_o^2+Q/6+M^2/3}{2c\rho},\qquad
    /// k\ne o:\ \frac{m_k}{c\rho}\Bigl(m_o+\frac{m_k}4+\frac{M-m_k}3\Bigr),
    /// ```
    ///
    /// plus `(q̄_k + b_k's)/ρ + b_k'x`. Elsewhere groups are enumerated: `None` for more than 16 players then.
    pub fn shapley(&self, state: &[f64]) -> Option<Vec<f64>> {
        if self.least_worth() < 0.0 {
            return Some(enumerated_shapley(&self.characteristic_function(state)?, self.players()));
        }
        let rho = self.numbers().discount_rate;
        let mut all: Vec<f64> = self.standing().iter().map(|standing| standing / rho).collect();
        for (h, (&owner, &cost)) in self.numbers().owner.iter().zip(&self.numbers().cost).enumerate() {
            let worths = self.worths_of(h);
            let others = || worths.iter().enumerate().filter(|(k, _)| *k != owner).map(|(_, m)| *m);
            let (sum, squares) = (others().sum::<f64>(), others().map(|m| m * m).sum::<f64>());
            let own = worths[owner];
            for (k, (value, m)) in all.iter_mut().zip(worths).enumerate() {
                *value += if k == owner {
                    (own * own + squares / 6.0 + sum * sum / 3.0) / (2.0 * cost * rho)
                } else {
                    m * (own + m / 4.0 + (sum - m) / 3.0) / (cost * rho)
                };
            }
        }
        let priced =
            all.into_iter().enumerate().map(|(k, value)| value + self.state_worth(|j| j == k, state));
        Some(priced.collect())
    }

    /// Whether, for each effort, those who do not own it all gain by it or all lose: then the coalition game is convex, so
    /// that joining pays the more the larger the group, and the Shapley value lies in the core.
    pub fn of_one_mind(&self) -> bool {
        self.numbers().owner.iter().enumerate().all(|(h, owner)| {
            let mut others =
                self.worths_of(h).iter().enumerate().filter(|(k, _)| k != owner).map(|(_, worth)| *worth);
            others.clone().all(|worth| worth >= 0.0) || others.all(|worth| worth <= 0.0)
        })
    }

    /// Whether the coalition game is convex, by enumeration; `None` for more than 16 players. The state makes no
    /// difference.
    pub fn is_convex(&self) -> Option<bool> {
        let players = self.players();
        let worths = self.characteristic_function(&vec![0.0; self.shadow_prices().columns()])?;
        let size = worths.iter().fold(f64::MIN_POSITIVE, |size, worth| size.max(worth.abs()));
        let convex = |set: usize| {
            let outside = || (0..players).filter(move |k| set >> k & 1 == 0);
            outside().all(|i| {
                outside().filter(|j| *j > i).all(|j| {
                    let [one, two] = [set | 1 << i, set | 1 << j];
                    worths[one | two] + worths[set] >= worths[one] + worths[two] - 1e-12 * size
                })
            })
        };
        Some((0..worths.len()).all(convex))
    }

    /// What is left of the whole when every player gets what it would have if it alone left, the others staying together:
    ///
    /// ```math
    /// V_{\text{all}}-\sum_kV_k(\{k\},\text{the others})=\frac1{2\rho}\sum_h\frac{2Q_h-M_h^2}{c_h}
    /// ```
    ///
    /// where no effort hurts anybody (`M` and `Q` as for [`LinearStateGame::shapley`]). Where it is negative, no split keeps
    /// everybody from leaving: a binding contract is needed.
    pub fn stability_room(&self) -> f64 {
        let whole = self.worth_at_zero(|_| true);
        let leaves = |k: usize| -> f64 {
            let seats = (0..self.players()).map(|j| if j == k { k } else { usize::from(k == 0) }).collect();
            let apart = Regime::plain("one leaves", seats, &self.numbers().owner);
            self.solve(&apart).map_or(f64::NAN, |apart| apart.constants().get(k).copied().unwrap_or(f64::NAN))
        };
        whole - (0..self.players()).map(leaves).sum::<f64>()
    }

    /// The agreement that gives every player a gain over deciding alone.
    ///
    /// # Errors
    ///
    /// When there is not one gain a player, or the gains do not add up to what deciding together creates.
    pub fn agreement(&self, gains: &[f64]) -> Result<Agreement, ParameterError> {
        let (given, needed) = (gains.len(), self.players());
        if given != needed {
            return Err(ParameterError::WrongLength { parameter: "gains".to_owned(), given, needed });
        }
        let (before, after) = (self.constants(&self.alone()), self.constants(&self.together()));
        let created = after.iter().sum::<f64>() - before.iter().sum::<f64>();
        let sum: f64 = gains.iter().sum();
        let size = after.iter().fold(f64::MIN_POSITIVE, |size, constant| size.max(constant.abs()));
        let shared = (sum - created).abs() <= 1e-9 * size;
        if !shared {
            return Err(ParameterError::Inconsistent {
                parameter: "the sum of gains".to_owned(),
                value: sum,
                condition: format!("deciding together creates {created}"),
            });
        }
        let rho = self.numbers().discount_rate;
        let constants: Vec<f64> = before.iter().zip(gains).map(|(before, gain)| before + gain).collect();
        let stipends =
            constants.iter().zip(&after).map(|(agreed, natural)| rho * (agreed - natural)).collect();
        Ok(Agreement { constants, stipends, gains: gains.to_vec() })
    }

    /// What deciding together creates over everybody's deciding alone, at every state.
    pub fn created(&self) -> f64 {
        let [alone, together] = [self.alone(), self.together()].map(|rules| self.constants(&rules));
        together.iter().sum::<f64>() - alone.iter().sum::<f64>()
    }

    /// The gains by which the Shapley value exceeds what everybody has alone; the same at every state. `None` as for
    /// [`LinearStateGame::shapley`].
    pub fn shapley_gains(&self) -> Option<Vec<f64>> {
        let shapley = self.shapley(&vec![0.0; self.shadow_prices().columns()])?;
        Some(shapley.iter().zip(self.constants(&self.alone())).map(|(value, alone)| value - alone).collect())
    }

    fn constants(&self, rules: &Regime) -> Vec<f64> {
        self.solve(rules).map(|found| found.constants().to_vec()).unwrap_or_default()
    }

    /// What an agreement pays each player a unit of time at a state, its own revenue less its own cost included:
    /// `ρξ_k(x) − b_k'ẋ`.
    pub fn payment_rates(&self, agreement: &Agreement, state: &[f64]) -> Vec<f64> {
        let Ok(together) = self.solve(&self.together()) else { return Vec::new() };
        let (rho, drift) = (self.numbers().discount_rate, self.drift(together.efforts(), state));
        let rate = |(k, constant): (usize, &f64)| {
            let worth = |at: &[f64]| self.state_worth(|j| j == k, at);
            rho * (constant + worth(state)) - worth(&drift)
        };
        agreement.constants.iter().enumerate().map(rate).collect()
    }

    /// What each has alone at a state as a share of what all have together: less than that nobody accepts of a shared
    /// profit. `None` where there is nothing to share.
    ///
    /// Shares are acceptable to all if and only if these add up to 1 or less; player `k`'s may then lie between its own and
    /// 1 less all the others'.
    pub fn needed_shares(&self, state: &[f64]) -> Option<Vec<f64>> {
        let alone = self.solve(&self.alone()).ok()?;
        let together = self.solve(&self.together()).ok()?;
        self.ratios(&alone, &together, state)
    }

    fn ratios(&self, alone: &RegimeSolution, together: &RegimeSolution, state: &[f64]) -> Option<Vec<f64>> {
        let whole: f64 = self.values(together, state).iter().sum();
        (whole > 0.0).then(|| self.values(alone, state).iter().map(|value| value / whole).collect())
    }

    /// The largest share that each needs at any time while all decide together from `state` on. Constant shares that
    /// everybody accepts at every date exist if and only if these add up to 1 or less. `None` where there is nothing to
    /// share at some date.
    ///
    /// The path is looked at 2000 times until departures from the steady state have vanished (without a stable one, until
    /// the rest counts nothing), and the largest ratio refined.
    pub fn needed_shares_along(&self, state: &[f64]) -> Option<Vec<Needed>> {
        let alone = self.solve(&self.alone()).ok()?;
        let together = self.solve(&self.together()).ok()?;
        let growth = self.growth();
        let stable = growth < 0.0;
        let horizon = 40.0 / if stable { -growth } else { self.numbers().discount_rate };
        // Denser at the start, where most happens.
        let time = |at: f64| horizon * (at / TIMES as f64).powi(2);
        let ratios =
            |at: f64| self.ratios(&alone, &together, &self.state_at(together.efforts(), state, time(at)));
        let sampled = (0..=TIMES).map(|at| ratios(at as f64)).collect::<Option<Vec<Vec<f64>>>>()?;
        let rest = if stable { self.steady_state(together.efforts()) } else { None };
        let limit = match rest {
            Some(rest) => Some(self.ratios(&alone, &together, &rest)?),
            None => None,
        };
        let needed = |k: usize| {
            let of = |all: &Vec<f64>| all.get(k).copied().unwrap_or(f64::NAN);
            let at = |at: f64| ratios(at).as_ref().map_or(f64::NAN, of);
            let mut best = 0;
            for (number, all) in sampled.iter().enumerate() {
                if of(all) > of(&sampled[best]) {
                    best = number;
                }
            }
            // What has come as near as rounding is there.
            let top = of(&sampled[best]);
            if let Some(last) = limit.as_ref().map(of).filter(|last| top - last <= 1e-12 * top.abs()) {
                return Needed { share: last, time: f64::INFINITY };
            }
            // Golden section between its neighbours.
            let (mut low, mut high) = (best.saturating_sub(1) as f64, (best + 1).min(TIMES) as f64);
            for _ in 0..REFINEMENTS {
                let step = 0.381_966_011_250_105 * (high - low);
                if at(low + step) < at(high - step) { low += step } else { high -= step }
            }
            let middle = 0.5 * (low + high);
            if at(middle) > top {
                Needed { share: at(middle), time: time(middle) }
            } else {
                Needed { share: top, time: time(best as f64) }
            }
        };
        Some((0..self.players()).map(needed).collect())
    }
}

/// The Shapley value of a table of worths by bits.
fn enumerated_shapley(worths: &[f64], players: usize) -> Vec<f64> {
    // |S|!(K − |S| − 1)!/K!, from one size to the next.
    let mut weights = vec![1.0 / players as f64];
    for size in 1..players {
        weights.push(weights[size - 1] * size as f64 / (players - size) as f64);
    }
    let value = |k: usize| {
        let without = (0..worths.len()).filter(|set| set >> k & 1 == 0);
        without.map(|set| weights[set.count_ones() as usize] * (worths[set | 1 << k] - worths[set])).sum()
    };
    (0..players).map(value).collect()
}

#[cfg(feature = "coalitions")]
impl CoCreation {
    /// The coalition game at a state, with its nucleolus and core.
    ///
    /// # Errors
    ///
    /// As [`CoalitionGame::from_worths`]: for more than 10 players, and for a state of the wrong length.
    pub fn coalition_game(&self, state: &[f64]) -> Result<CoalitionGame, CoalitionError> {
        use crate::game::Game;
        let names = self.players().iter().map(|player| player.name().into_owned()).collect::<Vec<_>>();
        let worths = self.game().characteristic_function(state).unwrap_or_default();
        CoalitionGame::from_worths(names, worths.get(1..).unwrap_or_default())
    }
}
