//! Who wins how many customers in equilibrium, from one or two scalar equations, however many retailers there are.
//!
//! With `K_j = r + δ_j` and the slopes `b_jj` and `B_j` of retailer `j`'s and the manufacturer's value, let
//!
//! ```math
//! t_j=\frac{k_j^2b_{jj}}{2K_j},\quad w_j=\frac{t_j}{1-\theta_j},\quad e_j=\frac{k_j^2B_j}{K_j},\quad
//! \mu_j=\frac{k_j^2m_j}{K_j^2},\quad Z=1+\sum_jw_j:
//! ```
//!
//! `K_jw_j` is the rate at which retailer `j` wins the customers who are left. The equations for the values are
//!
//! ```math
//! t_j(2Z-w_j)=\mu_j(Z-w_j),\qquad C_M=\sum_{\theta_j>0}\frac{K_j^2}{k_j^2}w_j^2+\sum_{\theta_j=0}(M_j-C_M)w_j,\qquad
//! e_j=\frac{k_j^2}{K_j^2}(M_j-C_M),
//! ```
//!
//! and `w_j = max(t_j, (e_j + t_j)/2)`. Either equation for `t_j` is quadratic; `w_j/Z` falls as `Z` rises, so that `Z` is
//! the one root of `(Z − 1)/Z = Σ w_j/Z`. Where rates are given nothing else is left; where they are not, `C_M` or the
//! common rate is.

use super::Parameters;
use crate::dynamic::models::crossing;

/// What one retailer is in these equations.
struct Scaled {
    /// `k²/K²`.
    power: f64,
    /// `μ`.
    margin: f64,
    /// `M`.
    interest: f64,
    /// `K/k`: the effort that pulls by 1.
    effort: f64,
}

/// Rates `θ_j` and pulls `w_j`.
pub(super) struct Pulls {
    pub(super) rates: Vec<f64>,
    pub(super) pulls: Vec<f64>,
}

impl Parameters {
    fn scaled(&self) -> Vec<Scaled> {
        let each = self.retailers.iter().map(|retailer| {
            let effort = self.fading(retailer) / retailer.effectiveness;
            let power = 1.0 / (effort * effort);
            let (margin, interest) = (power * retailer.retailer_margin, retailer.manufacturer_margin);
            Scaled { power, margin, interest, effort }
        });
        each.collect()
    }

    /// Every retailer has the rate of its place in the list.
    pub(super) fn given(&self, rates: &[f64]) -> Pulls {
        let lifts: Vec<f64> = rates.iter().map(|rate| 1.0 / (1.0 - rate)).collect();
        let (pulls, _) = lifted(&self.scaled(), &lifts);
        Pulls { rates: rates.to_vec(), pulls }
    }

    /// The manufacturer sets a rate for each retailer at every moment.
    pub(super) fn led(&self) -> Pulls {
        let retailers = self.scaled();
        let most = retailers.iter().fold(0.0_f64, |most, retailer| most.max(retailer.interest));
        let excess = |flow: f64| {
            let found = wanted(&retailers, flow);
            let earned = retailers.iter().zip(&found).map(|(retailer, &[t, w])| match w > t {
                true => (retailer.effort * w).powi(2),
                false => (retailer.interest - flow) * w,
            });
            flow - earned.sum::<f64>()
        };
        let found = wanted(&retailers, crossing(0.0, most, excess));
        let rate = |&[t, w]: &[f64; 2]| if w > t { (w - t) / w } else { 0.0 };
        Pulls { rates: found.iter().map(rate).collect(), pulls: found.iter().map(|[_, w]| *w).collect() }
    }

    /// The manufacturer sets one rate for all retailers at every moment.
    ///
    /// ```math
    /// \frac1{1-\theta}=\max\Bigl(1,\frac{\sum(M_j-C_M)t_j}{2\sum(K_jt_j/k_j)^2}+\frac12\Bigr),\qquad
    /// ZC_M=\sum M_jw_j-\theta\sum(K_jw_j/k_j)^2 .
    /// ```
    pub(super) fn equal(&self) -> Pulls {
        let retailers = self.scaled();
        let count = retailers.len();
        let excess = |lift: f64| {
            let (pulls, z) = lifted(&retailers, &vec![lift; count]);
            let sum = |of: &dyn Fn(&Scaled, f64) -> f64| -> f64 {
                retailers.iter().zip(&pulls).map(|(retailer, w)| of(retailer, *w)).sum()
            };
            let spent = sum(&|retailer, w| (retailer.effort * w).powi(2));
            let flow = (sum(&|retailer, w| retailer.interest * w) - (1.0 - 1.0 / lift) * spent) / z;
            lift - 0.5 - 0.5 * lift * sum(&|retailer, w| (retailer.interest - flow) * w) / spent
        };
        let lift = if excess(1.0) < 0.0 {
            let mut high = 2.0;
            while excess(high) < 0.0 {
                high *= 2.0;
            }
            crossing(0.5 * high, high, excess)
        } else {
            1.0
        };
        let (pulls, _) = lifted(&retailers, &vec![lift; count]);
        Pulls { rates: vec![1.0 - 1.0 / lift; count], pulls }
    }

    /// All decide together: `C = Σ (P_j − C)⁺² k_j²/(4K_j²)` with `P_j = M_j + m_j` has one root.
    pub(super) fn joint(&self) -> Pulls {
        let retailers = self.scaled();
        let margins: Vec<f64> = self.retailers.iter().map(super::Retailer::joint_margin).collect();
        let pull = |flow: f64, at: usize| 0.5 * retailers[at].power * (margins[at] - flow).max(0.0);
        let excess = |flow: f64| {
            let each = retailers.iter().enumerate().map(|(at, r)| (r.effort * pull(flow, at)).powi(2));
            flow - each.sum::<f64>()
        };
        let most = margins.iter().copied().fold(0.0, f64::max);
        let flow = crossing(0.0, most, excess);
        let pulls: Vec<f64> = (0..retailers.len()).map(|at| pull(flow, at)).collect();
        Pulls { rates: vec![0.0; pulls.len()], pulls }
    }

    /// By what the manufacturer's margins must be multiplied for it to support some retailer: from the game without
    /// support, in which `C_M` is proportional to them.
    pub(super) fn brink(&self) -> Option<f64> {
        let retailers = self.scaled();
        let (pulls, z) = lifted(&retailers, &vec![1.0; retailers.len()]);
        let flow = retailers.iter().zip(&pulls).map(|(retailer, w)| retailer.interest * w).sum::<f64>() / z;
        let factors = retailers.iter().zip(&pulls).map(|(retailer, w)| {
            let wanted = retailer.power * (retailer.interest - flow);
            if wanted > 0.0 { w / wanted } else { f64::INFINITY }
        });
        Some(factors.fold(f64::INFINITY, f64::min)).filter(|factor| factor.is_finite())
    }
}

/// `Z`, where the sum of the pulls at `Z` is `Z − 1`; they are at most `most`.
fn balance(most: f64, pulls: impl Fn(f64) -> f64) -> f64 {
    crossing(1.0, 2.0 + most, |z| z - 1.0 - pulls(z))
}

/// Pulls and `Z` where retailers pay the inverses of these numbers of their costs: `ℓt² − (2Z + μℓ)t + μZ = 0`.
fn lifted(retailers: &[Scaled], lifts: &[f64]) -> (Vec<f64>, f64) {
    let pull = |z: f64, (retailer, &lift): (&Scaled, &f64)| {
        let margin = lift * retailer.margin;
        2.0 * margin * z / (2.0 * z + margin + (4.0 * z * z + margin * margin).sqrt())
    };
    let each = || retailers.iter().zip(lifts);
    let most = each().map(|(retailer, lift)| 0.5 * lift * retailer.margin).sum();
    let z = balance(most, |z| each().map(|of| pull(z, of)).sum());
    (each().map(|of| pull(z, of)).collect(), z)
}

/// `t` and `w` of every retailer where the manufacturer's value of an empty market is `flow/r`.
fn wanted(retailers: &[Scaled], flow: f64) -> Vec<[f64; 2]> {
    let each = |z: f64, retailer: &Scaled| {
        let (e, mu) = (retailer.power * (retailer.interest - flow), retailer.margin);
        let alone = 2.0 * mu * z / (2.0 * z + mu + (4.0 * z * z + mu * mu).sqrt());
        if e <= alone {
            return [alone, alone];
        }
        // The lesser root of t² − (4Z − e + μ)t + μ(2Z − e) = 0; where Z is too small for one, a pull above it.
        let (left, y) = ((2.0 * z - e).max(0.0), 4.0 * z - e);
        let t =
            if left > 0.0 { 2.0 * mu * left / (y + mu + (y * y + mu * (mu + 2.0 * e)).sqrt()) } else { 0.0 };
        [t, 0.5 * (e + t)]
    };
    let bound = |retailer: &Scaled| {
        let e = retailer.power * (retailer.interest - flow);
        0.5 * retailer.margin.max(e + 0.5 * retailer.margin)
    };
    let most = retailers.iter().map(bound).sum();
    let z = balance(most, |z| retailers.iter().map(|retailer| each(z, retailer)[1]).sum());
    retailers.iter().map(|retailer| each(z, retailer)).collect()
}
