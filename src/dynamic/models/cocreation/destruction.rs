//! Co-destruction: how much misuse of voice turns co-creation into its opposite.

use super::super::crossing;
use super::linear_state::LinearStateGame;
use super::{CoCreation, Effort, Parameters};

/// Where a threshold of misuse is looked for, and in how many steps.
const STEPS: usize = 256;

/// Thresholds of misuse `χ`. A threshold above 1 is never reached.
impl CoCreation {
    /// Voice turns destructive above `1/(1 + ω)`: its good no longer makes up for its harm.
    pub fn voice_threshold(&self) -> f64 {
        1.0 / (1.0 + self.numbers().misuse_harm)
    }

    /// One more participant lowers the value of all together above
    ///
    /// ```math
    /// \chi_N=\frac1{1+\omega}\Bigl(1+\frac{R_N}{\sum_i\kappa_iR_{B_i}/(\rho+\delta_i+\varepsilon_i\chi)}\Bigr),\qquad R=\sum_kr_k :
    /// ```
    ///
    /// income per participant buys tolerance beyond the threshold of voice. Decay is that at the present misuse, so that
    /// this is exact where `ε = 0`; infinite where nobody speaks for brands.
    pub fn base_threshold(&self) -> f64 {
        let p = self.numbers();
        let total = |state: usize| {
            (0..self.game().players()).map(|k| self.game().numbers().state_income[(k, state)]).sum::<f64>()
        };
        let spoken = p.brands.iter().enumerate();
        let spoken = spoken.map(|(i, b)| b.word_of_mouth * total(i) / (p.discount_rate + p.decay(b)));
        let bought = total(p.brands.len()) / spoken.sum::<f64>();
        self.voice_threshold() * (1.0 + bought)
    }

    /// Engagement with a brand, as much as the community chooses, lowers the value of all together: where `2Σ_k m_{ky} <
    /// m_{Cy}`, all at the misuse in question. `None` where it never does, or does without any misuse. (Where the community itself stops engaging at less
    /// misuse, `m_{Cy} ≤ 0`, that comes first.)
    pub fn engagement_threshold(&self, brand: usize) -> Option<f64> {
        let community = self.enterprises() + 1;
        self.weighted_threshold(brand, |k| if k == community { 1.0 } else { 2.0 })
    }

    /// The platform stops supporting engagement with a brand: where `2m_{Py} < m_{Cy}`. `None` where it never does, or does
    /// not support without misuse either.
    pub fn support_threshold(&self, brand: usize) -> Option<f64> {
        let community = self.enterprises() + 1;
        self.weighted_threshold(brand, |k| match k {
            0 => 2.0,
            k if k == community => -1.0,
            _ => 0.0,
        })
    }

    /// All engagement together lowers the value of all together: where `Σ_i(m_{\text{all},y_i}y_i − c_iy_i²/2)` falls below
    /// zero at the engagement `y` that the community chooses. `None` where it does not for any misuse from 0 to 1.
    pub fn total_engagement_threshold(&self) -> Option<f64> {
        let community = self.enterprises() + 1;
        first_fall(|misuse| {
            let game = self.at_misuse(misuse);
            let each = (0..self.enterprises()).filter_map(|i| self.effort(Effort::Engagement(i)));
            let gained = each.map(|h| {
                let cost = game.numbers().cost[h];
                let done = game.worth(community, h).max(0.0) / cost;
                game.worths_of(h).iter().sum::<f64>() * done - 0.5 * cost * done * done
            });
            gained.sum()
        })
    }

    /// The game at another misuse of voice.
    fn at_misuse(&self, misuse: f64) -> LinearStateGame {
        LinearStateGame::assembled(Parameters { misuse, ..self.numbers().clone() }.linear_state())
    }

    /// Where the weighted worth of engagement with a brand turns negative as misuse grows.
    ///
    /// Without extra decay by misuse the worth times a positive number is a quadratic in the net voice, of which the largest
    /// root below 1 counts; with it, the first change of sign on `[0, 1]` is looked for.
    fn weighted_threshold(&self, brand: usize, weight: impl Fn(usize) -> f64) -> Option<f64> {
        let (p, effort) = (self.numbers(), self.effort(Effort::Engagement(brand))?);
        if p.brands.iter().any(|b| b.misuse_decay != 0.0) {
            return first_fall(|misuse| {
                let game = self.at_misuse(misuse);
                game.worths_of(effort).iter().enumerate().map(|(k, worth)| weight(k) * worth).sum()
            });
        }
        let (n, game) = (p.brands.len(), self.game().numbers());
        let weighted =
            |of: &dyn Fn(usize) -> f64| (0..self.game().players()).map(|k| weight(k) * of(k)).sum::<f64>();
        let income = |state: usize| weighted(&|k| game.state_income[(k, state)]);
        let direct = weighted(&|k| game.effort_income[(k, effort)]);
        let own = p.brands.get(brand)?;
        let slow = |i: usize| p.discount_rate + p.brands[i].decay;
        let loops: f64 = (0..n).map(|i| p.brands[i].word_of_mouth * p.brands[i].attraction / slow(i)).sum();
        let spoken: f64 = (0..n).map(|i| p.brands[i].word_of_mouth * income(i) / slow(i)).sum();
        let base = p.discount_rate + p.base_decay;
        let (built, reached) =
            (p.binding * own.engagement_effect / slow(brand), p.binding * own.engagement_reach);
        let quadratic = [
            base * direct + reached * income(n),
            base * built * income(brand) - loops * direct
                + reached * spoken
                + built * own.attraction * income(n),
            built * (own.attraction * spoken - loops * income(brand)),
        ];
        let positive = quadratic.iter().sum::<f64>() > 0.0;
        let voice = largest_root_below(quadratic, 1.0).filter(|_| positive)?;
        Some((1.0 - voice) / (1.0 + p.misuse_harm))
    }
}

/// The largest root below `limit` of `q₀ + q₁x + q₂x²`.
fn largest_root_below([q0, q1, q2]: [f64; 3], limit: f64) -> Option<f64> {
    let roots = if q2 == 0.0 {
        [-q0 / q1, f64::NAN]
    } else {
        let root = (q1 * q1 - 4.0 * q2 * q0).sqrt();
        // Without cancellation.
        let half = -0.5 * (q1 + root.copysign(q1));
        [half / q2, q0 / half]
    };
    roots.into_iter().filter(|root| root.is_finite() && *root < limit).reduce(f64::max)
}

/// Where a function of misuse, positive at first, first turns negative.
fn first_fall(f: impl Fn(f64) -> f64) -> Option<f64> {
    let at = |step: usize| step as f64 / STEPS as f64;
    let positive = f(0.0) > 0.0;
    let fallen = (1..=STEPS).find(|step| f(at(*step)) < 0.0)?;
    positive.then(|| crossing(at(fallen - 1), at(fallen), |misuse| -f(misuse)))
}
