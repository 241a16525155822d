//! National and local advertising under saturation, with what a channel of fixed margins spends on them.

use crate::scalar::{Over, Scalar};

/// Sales rise with local advertising `a` and national advertising `q` towards saturation:
///
/// ```math
/// S(a,q)=\alpha-\beta a^{-\gamma}q^{-\delta}.
/// ```
///
/// Around it stand the equilibria of a manufacturer that earns `m` a unit, spends `q` and may pay the share `t` of `a`,
/// and a retailer that earns `r` a unit and spends `a` (Huang and Li 2001). They are functions of the margins, so that a
/// model with prices can put its own margins in.
///
/// ```
/// use coopad::response::Saturating;
///
/// let s = Saturating { saturation: 1000.0, shortfall: 400.0, local_exponent: 0.6, national_exponent: 0.4 };
/// let [t, ..] = s.manufacturer_leads([20.0, 8.0]);
/// assert!((t - 9.0 / 19.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturating<P = f64> {
    /// `α`, sales when advertising is unlimited, in units of the good.
    pub saturation: P,
    /// `β > 0`, sales short of saturation at one unit of money in both kinds of advertising.
    pub shortfall: P,
    /// `γ > 0`, the exponent of local advertising.
    pub local_exponent: P,
    /// `δ > 0`, the exponent of national advertising.
    pub national_exponent: P,
}

impl<P: Copy> Saturating<P> {
    /// Units sold at local advertising `a > 0` and national advertising `q > 0`.
    #[inline]
    pub fn sales<T: Scalar + Over<P>>(&self, a: T, q: T) -> T {
        let exponent = a.ln() * self.local_exponent + q.ln() * self.national_exponent;
        -((-exponent).exp() * self.shortfall - self.saturation)
    }
}

/// Closed forms: `[t, q, a]` from the margins `[m, r]`, branch-free, over any scalar.
impl<P: Scalar> Saturating<P> {
    /// `a = (βγR · w^{-δ})^{1/N}` and `q = w a`, in logarithms: `R` is the margin that local advertising answers to.
    fn spends(&self, margin: P, ratio: P) -> (P, P) {
        let (gamma, delta) = (self.local_exponent, self.national_exponent);
        let log = (self.shortfall * gamma * margin).ln() - delta * ratio.ln();
        let a = (log / (gamma + delta + 1.0)).exp();
        (ratio * a, a)
    }

    /// The manufacturer announces `t` and `q`; the retailer replies with `a`.
    ///
    /// ```math
    /// t=\frac{[m-(1+\gamma)r]^+}{\max(m-\gamma r,r)},\quad
    /// \frac qa=\frac{\delta\min(m,(1+\gamma)r)}{\gamma(1+\gamma)r}
    /// ```
    pub fn manufacturer_leads(&self, [m, r]: [P; 2]) -> [P; 3] {
        let gamma = self.local_exponent;
        let threshold = (gamma + 1.0) * r;
        let answered = (m - gamma * r).max(r);
        let ratio = self.national_exponent * m.min(threshold) / (gamma * threshold);
        let (q, a) = self.spends(answered, ratio);
        [(m - threshold).positive_part() / answered, q, a]
    }

    /// Everybody decides at once: no support, since `t` then only costs the manufacturer money.
    pub fn simultaneous(&self, [m, r]: [P; 2]) -> [P; 3] {
        let (q, a) = self.spends(r, self.national_exponent * m / (self.local_exponent * r));
        [P::constant(0.0), q, a]
    }

    /// The joint profit at the joint margin `rho` is maximised; `t` is internal.
    pub fn cooperative(&self, rho: P) -> [P; 3] {
        let (q, a) = self.spends(rho, self.national_exponent / self.local_exponent);
        [P::constant(0.0), q, a]
    }

    /// The retailer announces `a`; the manufacturer replies with `q` (and `t = 0`).
    pub fn retailer_leads(&self, [m, r]: [P; 2]) -> [P; 3] {
        let more = self.national_exponent + 1.0;
        let ratio = self.national_exponent * more * m / (self.local_exponent * r);
        let (q, a) = self.spends(r / more, ratio);
        [P::constant(0.0), q, a]
    }
}

impl Saturating {
    /// The order of magnitude of both spends where `margin` a unit is earned, for searches to start from: marginal revenue
    /// meets marginal cost there if both are equal.
    pub(crate) fn usual_spend(&self, margin: f64) -> f64 {
        let exponents = 1.0 + self.local_exponent + self.national_exponent;
        ((self.shortfall * margin).ln() / exponents).exp().clamp(1e-100, 1e100)
    }
}
