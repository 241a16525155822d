//! The coefficients of the quadratic values, by matching powers of goodwill.

use super::{Parameters, Rule};
use crate::dual::Dual;
use crate::dynamic::linear_quadratic::{LinearQuadraticError, Quadratic};
use crate::level::D1;
use crate::scalar::Scalar;

/// Newton's steps at one weight; a step below `SMALL` of the unknowns is followed by one more.
const STEPS: usize = 50;
const SMALL: f64 = 1e-11;
/// The shortest stretch of weight that the path is followed in.
const SHORTEST: f64 = 1e-9;
/// What counts as a corner is beyond it by more than this share of the decision's size.
const ROUNDING: f64 = 1e-10;

/// `c + s·G`, as `[c, s]`.
type Line<T = f64> = [T; 2];
/// `k₀ + k₁G + k₂G²`.
type Parabola<T> = [T; 3];

fn times<T: Scalar>(a: Line<T>, b: Line<T>) -> Parabola<T> {
    [a[0] * b[0], a[0] * b[1] + a[1] * b[0], a[1] * b[1]]
}

fn scaled<T: Scalar>(a: Line<T>, by: f64) -> Line<T> {
    a.map(|entry| entry * by)
}

fn plus<T: Scalar>(a: Line<T>, b: Line<T>) -> Line<T> {
    [a[0] + b[0], a[1] + b[1]]
}

/// Everybody's course under one rule: values, and decisions as functions of goodwill.
pub(super) struct Course {
    /// `Vᵢ'`, the manufacturer's first.
    slopes: [Line; 2],
    constants: [f64; 2],
    /// How fast goodwill moves.
    motion: Line,
}

impl Course {
    /// `None` where it meets a corner in the range of goodwill.
    pub(super) fn new(
        p: &Parameters,
        rule: Rule,
        myopic: bool,
    ) -> Option<Result<Self, LinearQuadraticError>> {
        let trial = |rule: Rule| {
            let equations = Equations { p, rule, myopic, weight: 1.0 };
            let slopes = equations.solve()?;
            let course = equations.course(slopes);
            match course.constants.iter().find(|constant| !constant.is_finite()) {
                Some(&value) => {
                    Err(LinearQuadraticError::NotFinite { what: "the values", player: None, value })
                }
                None => Ok((course, equations.decided(slopes))),
            }
        };
        let ends = [0.0, p.reach()];
        let inside = |line: Line| {
            let [low, high] = ends.map(|goodwill| line[0] + line[1] * goodwill);
            low.min(high) >= -ROUNDING * low.abs().max(high.abs())
        };
        let promoted = |d: &Decided<f64>| inside(d.advertising) && inside(d.promotion) && inside(d.own);
        // Where nothing is to be gained by support at any goodwill, there is none.
        if rule == Rule::Led
            && let Ok((course, decided)) = trial(Rule::Given(0.0))
            && inside(decided.support.map(|entry| -entry))
        {
            return promoted(&decided).then_some(Ok(course));
        }
        let (course, decided) = match trial(rule) {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        let supported = rule != Rule::Led || inside(decided.support);
        (promoted(&decided) && supported).then_some(Ok(course))
    }

    pub(super) fn values(&self) -> [Quadratic; 2] {
        [0, 1].map(|i| {
            let [slope, curvature] = self.slopes[i];
            Quadratic::of(&[vec![curvature]], &[slope], self.constants[i])
        })
    }

    /// Where goodwill rests, if it does.
    pub(super) fn steady_state(&self) -> Option<f64> {
        let [pushed, growth] = self.motion;
        (growth < 0.0).then(|| -pushed / growth)
    }
}

/// What everybody decides, corners aside.
struct Decided<T> {
    advertising: Line<T>,
    promotion: Line<T>,
    /// What the retailer bears of promotion's cost.
    kept: Parabola<T>,
    /// What a unit of promotion is worth to the one who promotes.
    own: Line<T>,
    /// Has the sign of the manufacturer's interest in support.
    support: Line<T>,
}

/// The equations of one rule, with `s_PG` and `s_GG` at some weight.
struct Equations<'p> {
    p: &'p Parameters,
    rule: Rule,
    myopic: bool,
    weight: f64,
}

impl Equations<'_> {
    /// What a unit of promotion is worth to each firm.
    fn worths<T: Scalar>(&self, slopes: [Line<T>; 2]) -> [Line<T>; 2] {
        let p = self.p;
        let [m, r] = p.margins();
        let later = slopes.map(|slope| scaled(slope, p.promotion_effect));
        let worth = |margin: f64, later: Line<T>| {
            [later[0] + margin * p.promotion_sales, later[1] + margin * self.weight * p.interaction]
        };
        [worth(m, later[0]), worth(r, later[1])]
    }

    fn decided<T: Scalar>(&self, slopes: [Line<T>; 2]) -> Decided<T> {
        let p = self.p;
        let [worth_m, worth_r] = self.worths(slopes);
        let own = if self.myopic { self.worths([[T::constant(0.0); 2]; 2])[1] } else { worth_r };
        let unit = 1.0 / p.promotion_cost;
        let promotion = match self.rule {
            Rule::Given(rate) => scaled(own, unit / (1.0 - rate)),
            Rule::Led => scaled(plus(scaled(worth_m, 2.0), own), 0.5 * unit),
            Rule::Together => scaled(plus(worth_m, worth_r), unit),
        };
        let kept = match self.rule {
            Rule::Together => times(promotion, promotion).map(|k| k * (0.5 * p.promotion_cost)),
            _ => times(promotion, own).map(|k| k * 0.5),
        };
        let worth = if self.rule == Rule::Together { plus(slopes[0], slopes[1]) } else { slopes[0] };
        Decided {
            advertising: scaled(worth, p.advertising_effect / p.advertising_cost),
            promotion,
            kept,
            own: if self.rule == Rule::Together { promotion } else { own },
            support: plus(scaled(worth_m, 2.0), scaled(own, -1.0)),
        }
    }

    /// Everybody's Hamiltonian as a function of goodwill.
    fn hamiltonians<T: Scalar>(&self, slopes: [Line<T>; 2]) -> [Parabola<T>; 2] {
        let p = self.p;
        let Decided { advertising, promotion, kept, .. } = self.decided(slopes);
        let advertised = times(advertising, advertising);
        let promoted = times(promotion, promotion);
        let worths = self.worths(slopes);
        [0, 1].map(|i| {
            let margin = p.margins()[i];
            let built = times(scaled(advertising, p.advertising_effect), slopes[i]);
            let sold = times(promotion, worths[i]);
            let state = [p.base_sales, p.goodwill_sales, -0.5 * self.weight * p.saturation];
            let faded = [T::constant(0.0), slopes[i][0] * p.decay, slopes[i][1] * p.decay];
            std::array::from_fn(|k| {
                let spent = match i {
                    0 => {
                        advertised[k] * (0.5 * p.advertising_cost) + promoted[k] * (0.5 * p.promotion_cost)
                            - kept[k]
                    }
                    _ => kept[k],
                };
                built[k] + sold[k] - faded[k] - spent + margin * state[k]
            })
        })
    }

    /// How fast goodwill moves.
    fn motion(&self, slopes: [Line; 2]) -> Line {
        let Decided { advertising, promotion, .. } = self.decided(slopes);
        let p = self.p;
        plus(
            [0.0, -p.decay],
            plus(scaled(advertising, p.advertising_effect), scaled(promotion, p.promotion_effect)),
        )
    }

    fn course(&self, slopes: [Line; 2]) -> Course {
        let constants = self.hamiltonians(slopes).map(|h| h[0] / self.p.discount_rate);
        Course { slopes, constants, motion: self.motion(slopes) }
    }

    /// The path from weight 0, where values are linear, to 1; then the slopes.
    fn solve(&self) -> Result<[Line; 2], LinearQuadraticError> {
        let mut curvatures = [0.0; 2];
        let (mut reached, mut stride) = (0.0, 1.0_f64);
        while reached < 1.0 {
            let next = (reached + stride).min(1.0);
            let at = Equations { weight: next, ..*self };
            match at.newton(curvatures) {
                Some(found) => {
                    (curvatures, reached) = (found, next);
                    stride *= 2.0;
                }
                None => {
                    stride = 0.25 * stride.min(1.0 - reached);
                    if stride < SHORTEST {
                        return Err(LinearQuadraticError::NoStabilisingSolution { weight: reached });
                    }
                }
            }
        }
        // Given the curvatures, the equations of G are linear in the slopes.
        let of = |slopes: [D1; 2]| {
            let all = [0, 1].map(|i| [slopes[i], D1::constant(curvatures[i])]);
            let h = self.hamiltonians(all);
            [0, 1].map(|i| slopes[i] * self.p.discount_rate - h[i][1])
        };
        let slopes =
            step(of, [0.0; 2]).ok_or(LinearQuadraticError::Singular { what: "the values' slopes" })?;
        Ok([0, 1].map(|i| [-slopes[i], curvatures[i]]))
    }

    /// The curvatures near those given, if goodwill then grows slowly enough.
    fn newton(&self, mut a: [f64; 2]) -> Option<[f64; 2]> {
        let of = |a: [D1; 2]| {
            let h = self.hamiltonians(a.map(|a| [D1::constant(0.0), a]));
            [0, 1].map(|i| a[i] * (0.5 * self.p.discount_rate) - h[i][2])
        };
        for _ in 0..STEPS {
            let step = step(of, a)?;
            let size = |of: [f64; 2]| of[0].abs().max(of[1].abs());
            let settled = size(step) <= SMALL * size(a);
            a = [a[0] - step[0], a[1] - step[1]];
            if settled {
                let [_, growth] = self.motion(a.map(|a| [0.0, a]));
                return (growth < 0.5 * self.p.discount_rate).then_some(a);
            }
        }
        None
    }
}

/// Newton's step for two equations in two unknowns.
fn step(of: impl Fn([D1; 2]) -> [D1; 2], at: [f64; 2]) -> Option<[f64; 2]> {
    let along = |k: usize| of([0, 1].map(|i| Dual { value: at[i], slope: if i == k { 1.0 } else { 0.0 } }));
    let [first, second] = [along(0), along(1)];
    let [f, g] = first.map(|entry| entry.value);
    let [fx, gx] = first.map(|entry| entry.slope);
    let [fy, gy] = second.map(|entry| entry.slope);
    let determinant = fx * gy - fy * gx;
    let step = [(gy * f - fy * g) / determinant, (fx * g - gx * f) / determinant];
    step.iter().all(|entry| entry.is_finite()).then_some(step)
}
