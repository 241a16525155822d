//! What tells modes of co-creation apart, and what is said about the three presets, true and false.

use super::{CoCreation, Effort, Parameters};

/// Depths of interaction at which coordination is compared.
const DEPTHS: [f64; 5] = [0.25, 0.5, 1.0, 1.5, 2.0];

/// What tells one mode of co-creation from another, when everybody decides alone and starts at 1 in every state.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Indicators {
    /// `dN/dt` at the start.
    pub base_growth: f64,
    /// Participants in the long run.
    pub participants: f64,
    /// Brand values in the long run.
    pub brands: Vec<f64>,
    /// What a unit of reach costs, `c/λ_N²` of connectivity.
    pub reach_cost: f64,
    /// Engagement with all brands.
    pub engagement: f64,
    /// Participants in the long run times engagement.
    pub interaction_volume: f64,
    /// The enterprises' co-creation, on average.
    pub depth: f64,
    /// The cost of coordination as a share of what enterprises earn on sales in the long run.
    pub coordination_share: f64,
    /// The same where co-creation with both brands is 1/4, 1/2, 1, 3/2 and 2.
    pub coordination_share_at: [f64; 5],
    /// What all together earn a unit of time in the long run.
    pub value_flow: f64,
    /// That per participant.
    pub value_per_participant: f64,
    /// What the future is worth to all together.
    pub total_value: f64,
    /// The standard deviation of all discounted payoffs together, as a share of their mean.
    pub relative_uncertainty: f64,
    /// The share of value lost because announced interaction is not all carried out.
    pub implementation_loss: f64,
    /// Sales per unit of analytics.
    pub matched_sales: f64,
    /// What studying consumers costs.
    pub study_cost: f64,
    /// That as a share of what enterprises spend on efforts.
    pub study_share: f64,
    /// `ν`, the quality of data and voice.
    pub net_voice: f64,
    /// The misuse above which voice is destructive.
    pub voice_threshold: f64,
    /// The misuse above which one more participant is.
    pub base_threshold: f64,
    /// The misuse above which all engagement together is; infinite where it never is.
    pub engagement_threshold: f64,
    /// How much more misuse that leaves room for.
    pub safety_margin: f64,
}

impl CoCreation {
    /// The indicators.
    pub fn indicators(&self) -> Indicators {
        let (game, p, n) = (self.game(), self.numbers(), self.enterprises());
        let start = vec![1.0; n + 1];
        let efforts = game.solve(&game.alone()).map(|found| found.efforts().to_vec()).unwrap_or_default();
        let rest = game.steady_state(&efforts).unwrap_or_else(|| vec![f64::NAN; n + 1]);
        let done =
            |effort: Effort| self.effort(effort).and_then(|h| efforts.get(h)).copied().unwrap_or(f64::NAN);
        let sum = |effort: fn(usize) -> Effort| (0..n).map(|i| done(effort(i))).sum::<f64>();
        // What enterprises earn on sales at rest if co-creation with every brand were as given.
        let share = |depths: &[f64]| {
            let mut efforts = efforts.clone();
            for (i, depth) in depths.iter().enumerate() {
                if let Some(z) = self.effort(Effort::CoCreation(i)).and_then(|h| efforts.get_mut(h)) {
                    *z = *depth;
                }
            }
            let rest = game.steady_state(&efforts).unwrap_or_else(|| vec![f64::NAN; n + 1]);
            let sales = |i: usize| {
                let b = &p.brands[i];
                let sold =
                    b.capability_sales.iter().zip(&efforts).map(|(sold, done)| sold * done).sum::<f64>();
                let study = self.effort(Effort::Study(i)).map_or(f64::NAN, |h| efforts[h]);
                b.base_sales
                    + b.brand_sales * rest[i]
                    + b.participant_sales * rest[n]
                    + sold
                    + b.study_effect * study
            };
            let revenue: f64 = (0..n).map(|i| p.brands[i].margin() * sales(i)).sum();
            let cost: f64 =
                depths.iter().zip(&p.brands).map(|(z, b)| 0.5 * b.coordination_cost * z * z).sum();
            cost / revenue
        };
        let total = |model: &CoCreation| -> f64 {
            let game = model.game();
            game.solve(&game.alone()).map_or(f64::NAN, |found| game.values(&found, &start).iter().sum())
        };
        let spent = |cost: f64, effort: f64| 0.5 * cost * effort * effort;
        let study = |i: usize| spent(p.brands[i].study_cost, done(Effort::Study(i)));
        let all_spent = |i: usize| {
            let b = &p.brands[i];
            study(i)
                + spent(b.advertising_cost, done(Effort::Advertising(i)))
                + spent(b.interaction_cost + b.coordination_cost, done(Effort::CoCreation(i)))
        };
        let study_cost: f64 = (0..n).map(study).sum();
        let numbers = game.numbers();
        let value_flow: f64 = (0..game.players())
            .map(|k| {
                let states = rest.iter().enumerate().map(|(s, x)| numbers.state_income[(k, s)] * x);
                let direct = efforts.iter().enumerate().map(|(h, e)| numbers.effort_income[(k, h)] * e);
                numbers.income[k] + states.sum::<f64>() + direct.sum::<f64>()
            })
            .sum::<f64>()
            - efforts.iter().zip(&numbers.cost).map(|(e, c)| spent(*c, *e)).sum::<f64>();
        let everybody: Vec<usize> = (0..game.players()).collect();
        let total_value = total(self);
        let engagement_threshold = self.total_engagement_threshold().unwrap_or(f64::INFINITY);
        let bound = CoCreation::assembled(Parameters { binding: 1.0, ..p.clone() });
        Indicators {
            base_growth: game.drift(&efforts, &start).last().copied().unwrap_or(f64::NAN),
            participants: rest[n],
            reach_cost: p.capability_cost[0] / p.capability_reach[0].powi(2),
            engagement: sum(Effort::Engagement),
            interaction_volume: rest[n] * sum(Effort::Engagement),
            depth: sum(Effort::CoCreation) / n as f64,
            coordination_share: share(&(0..n).map(|i| done(Effort::CoCreation(i))).collect::<Vec<_>>()),
            coordination_share_at: DEPTHS.map(|depth| share(&vec![depth; n])),
            value_flow,
            value_per_participant: value_flow / rest[n],
            total_value,
            relative_uncertainty: game.variance_of(&everybody, &p.volatility()).sqrt() / total_value,
            implementation_loss: 1.0 - total_value / total(&bound),
            matched_sales: p.brands.iter().map(|b| b.capability_sales[2]).sum(),
            study_cost,
            study_share: study_cost / (0..n).map(all_spent).sum::<f64>(),
            net_voice: self.net_voice(),
            voice_threshold: self.voice_threshold(),
            base_threshold: self.base_threshold(),
            engagement_threshold,
            safety_margin: engagement_threshold - p.misuse,
            brands: rest[..n].to_vec(),
        }
    }

    /// What is said about the three presets, with the answers; some of it is false.
    ///
    /// ```
    /// use coopad::dynamic::models::CoCreation;
    ///
    /// let all = CoCreation::contrasts();
    /// assert_eq!((all.len(), all.iter().filter(|contrast| contrast.holds).count()), (20, 15));
    /// let modes = [CoCreation::ecommerce(), CoCreation::manufacturing(), CoCreation::services()];
    /// let modes = modes.map(|mode| mode.indicators());
    /// assert!(all.iter().all(|contrast| contrast.check(&modes) == contrast.holds));
    /// ```
    pub fn contrasts() -> &'static [Contrast] {
        CONTRASTS
    }
}

/// A statement about the three presets.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Contrast {
    /// What is said.
    pub statement: &'static str,
    /// Whether it is true.
    pub holds: bool,
    check: fn(&[Indicators; 3]) -> bool,
}

impl Contrast {
    const fn new(statement: &'static str, holds: bool, check: fn(&[Indicators; 3]) -> bool) -> Self {
        Contrast { statement, holds, check }
    }

    /// Whether it is true of these modes: e-commerce, manufacturing, services.
    pub fn check(&self, modes: &[Indicators; 3]) -> bool {
        (self.check)(modes)
    }
}

const SHOP: usize = 0;
const FACTORY: usize = 1;
const SERVICE: usize = 2;

/// Whether this mode has more of something than both others.
fn most(modes: &[Indicators; 3], mode: usize, of: impl Fn(&Indicators) -> f64) -> bool {
    modes.iter().enumerate().all(|(other, all)| other == mode || of(&modes[mode]) > of(all))
}

const CONTRASTS: &[Contrast] = &[
    Contrast::new("e-commerce: the base grows fastest from the same start", true, |m| {
        most(m, SHOP, |i| i.base_growth)
    }),
    Contrast::new("e-commerce: most participants in the long run", true, |m| {
        most(m, SHOP, |i| i.participants)
    }),
    Contrast::new("e-commerce: cheapest reach", true, |m| most(m, SHOP, |i| -i.reach_cost)),
    Contrast::new("e-commerce: largest volume of interaction", true, |m| {
        most(m, SHOP, |i| i.interaction_volume)
    }),
    Contrast::new(
        "every mode: coordination costs a larger share of revenue the deeper co-creation is",
        true,
        |m| m.iter().all(|i| i.coordination_share_at.windows(2).all(|pair| pair[0] < pair[1])),
    ),
    Contrast::new("e-commerce: that share is highest at every equal depth", true, |m| {
        (0..5).all(|at| most(m, SHOP, |i| i.coordination_share_at[at]))
    }),
    Contrast::new("e-commerce: that share is highest at the depth that enterprises choose", false, |m| {
        most(m, SHOP, |i| i.coordination_share)
    }),
    Contrast::new("e-commerce: most uncertain value", true, |m| most(m, SHOP, |i| i.relative_uncertainty)),
    Contrast::new("e-commerce: most is lost in carrying things out", true, |m| {
        most(m, SHOP, |i| i.implementation_loss)
    }),
    Contrast::new("e-commerce: nearest to destruction by engagement", true, |m| {
        most(m, SHOP, |i| -i.safety_margin)
    }),
    Contrast::new("e-commerce: most value per participant", false, |m| {
        most(m, SHOP, |i| i.value_per_participant)
    }),
    Contrast::new("e-commerce: most value in total", false, |m| most(m, SHOP, |i| i.total_value)),
    Contrast::new("manufacturing: fewest participants", true, |m| most(m, FACTORY, |i| -i.participants)),
    Contrast::new("manufacturing: most value per participant", true, |m| {
        most(m, FACTORY, |i| i.value_per_participant)
    }),
    Contrast::new("manufacturing: dearest reach", true, |m| most(m, FACTORY, |i| i.reach_cost)),
    Contrast::new("manufacturing: best data", true, |m| most(m, FACTORY, |i| i.net_voice)),
    Contrast::new("manufacturing: most participants in the long run", false, |m| {
        most(m, FACTORY, |i| i.participants)
    }),
    Contrast::new("services: most matched sales per unit of analytics", true, |m| {
        most(m, SERVICE, |i| i.matched_sales)
    }),
    Contrast::new("services: largest share of study in what enterprises spend", true, |m| {
        most(m, SERVICE, |i| i.study_share)
    }),
    Contrast::new("services: lowest cost of study", false, |m| most(m, SERVICE, |i| -i.study_cost)),
];
