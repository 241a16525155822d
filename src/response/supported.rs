//! One kind of advertising, paid by one firm and supported by another.

use crate::scalar::Scalar;

/// Advertising with a square-root response, paid by one party and possibly supported by another.
///
/// The spender earns `own` per unit of √spend, the supporter `other`. The supporter announces a participation rate
/// `t`, the spender then spends `a`:
///
/// ```math
/// \max_a\; s\sqrt a-(1-t)a,\qquad \max_t\; o\sqrt a-t\,a
/// ```
///
/// with `s = own`, `o = other`, both in money per √money; either may be negative (advertising that hurts).
///
/// ```
/// use coopad::response::SupportedSpend;
///
/// let spend = SupportedSpend { own: 2.0, other: 3.0 };
/// assert_eq!(spend.rate(), 0.5); // (2·3 − 2)/(2·3 + 2)
/// assert_eq!(spend.root(), 2.0); // √a = (2·3 + 2)/4
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SupportedSpend<T> {
    /// The spender's marginal revenue per unit of √spend.
    pub own: T,
    /// The supporter's marginal revenue per unit of √spend.
    pub other: T,
}

impl<T: Scalar> SupportedSpend<T> {
    /// The rate that the supporter announces, in `[0, 1)`:
    ///
    /// ```math
    /// t^*=\frac{2o-s}{2o+s}\quad\text{if } s>0 \text{ and } 2o>s,\qquad 0\text{ otherwise.}
    /// ```
    ///
    /// As `own` falls to 0 the rate rises to 1; at `own ≤ 0` nothing is spent at any rate, and 0 is reported.
    pub fn rate(self) -> T {
        self.supported().rate(self.other)
    }

    /// The square root of the spend under the announced rate: `(2o + s)/4`, or `max(s, 0)/2` without support.
    pub fn root(self) -> T {
        self.supported().worth() * 0.5
    }

    /// The same as an effort, which is the root, with one supporter.
    fn supported(self) -> SupportedEffort<T> {
        SupportedEffort::of(self.own, [self.other])
    }

    /// The square root of the spend without support: `max(s, 0)/2`.
    pub fn root_alone(self) -> T {
        self.own.positive_part() * 0.5
    }

    /// The square root of the spend that is best for both together: `max(s + o, 0)/2`.
    pub fn root_together(self) -> T {
        (self.own + self.other).positive_part() * 0.5
    }
}

/// An effort of quadratic cost that any number of others support at the same time.
///
/// A unit of the effort `e` is worth `b` to its owner and `a_J` to supporter `J`. The supporters announce the shares `t_J`
/// of its cost that they pay, all at once; the owner then chooses `e`:
///
/// ```math
/// \max_e\; be-(1-{\textstyle\sum}t)\tfrac c2e^2,\qquad \max_{t_J}\; a_Je-t_J\tfrac c2e^2 .
/// ```
///
/// A supporter's payoff moves with its rate as `(a_J − b/2)(1 − Σt) − t_J b` does: it supports when `2a_J > b`, whatever
/// the others do, and
///
/// ```math
/// ce=b+\sum_J\bigl[a_J-\tfrac b2\bigr]^+,\qquad t_J=\frac{[a_J-b/2]^+}{ce},
/// ```
///
/// nothing at all if `b ≤ 0`. With one supporter it is [`SupportedSpend`] (`e = √spend`, `c = 2`). Every supporter adds what
/// it would add alone; a further one lowers the others' rates, not the effort.
///
/// ```
/// use coopad::response::SupportedEffort;
///
/// let effort = SupportedEffort::of(2.0, [3.0, 2.0, 0.5]);
/// assert_eq!(effort.worth(), 5.0); // 2 + (3 − 1) + (2 − 1)
/// assert_eq!([3.0, 2.0, 0.5].map(|other| effort.rate(other)), [0.4, 0.2, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SupportedEffort<T> {
    own: T,
    /// `2ce`, where there is an effort.
    doubled: T,
}

impl<T: Scalar> SupportedEffort<T> {
    /// The effort whose unit is worth `own` to its owner and `others` to its supporters.
    pub fn of(own: T, others: impl IntoIterator<Item = T>) -> Self {
        let (pulls, count) = others
            .into_iter()
            .fold((T::constant(0.0), 0), |(pulls, count), other| (pulls + (other * 2.0).max(own), count + 1));
        // Supporters who stay away pull with `own`, and count for nothing.
        SupportedEffort { own, doubled: own * (2.0 - f64::from(count)) + pulls }
    }

    /// What the last unit of the effort costs, `ce`: to all who pay for it together.
    pub fn worth(self) -> T {
        T::select(self.own, self.doubled * 0.5, T::constant(0.0))
    }

    /// The rate that a supporter announces to whom a unit is worth `other`, in `[0, 1)`.
    pub fn rate(self, other: T) -> T {
        let pull = (other * 2.0).max(self.own);
        T::select(self.own, (pull - self.own) / self.doubled, T::constant(0.0))
    }
}

/// One rate for several spends: what a supporter announces when it may not tell them apart.
///
/// With `s_i = max(own_i, 0)` and `o_i = other_i`, over the spends with `s_i > 0`,
///
/// ```math
/// \frac1{1-t}=x=\max\Bigl(1,\ \frac{\sum o_is_i}{\sum s_i^2}+\frac12\Bigr),\qquad \sqrt{a_i}=\frac{s_ix}2 .
/// ```
///
/// ```
/// use coopad::response::{CommonRate, SupportedSpend};
///
/// let spends = [SupportedSpend { own: 1.0, other: 3.0 }, SupportedSpend { own: 2.0, other: 3.0 }];
/// let common = CommonRate::of(spends);
/// assert!((common.rate - 1.0 + 1.0 / 2.3).abs() < 1e-15); // x = 9/5 + 1/2
/// assert!((common.root(spends[1]) - 2.3).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommonRate<T> {
    /// The rate `t`, in `[0, 1)`; 0 where nothing is spent at any rate.
    pub rate: T,
    /// `x = 1/(1 − t)`, by which support multiplies the root of each spend.
    pub lift: T,
}

impl<T: Scalar> CommonRate<T> {
    /// The rate that the supporter of all these spends announces.
    pub fn of(spends: impl IntoIterator<Item = SupportedSpend<T>>) -> Self {
        let zero = T::constant(0.0);
        let (squares, answered) = spends.into_iter().fold((zero, zero), |(squares, answered), spend| {
            let own = spend.own.positive_part();
            (squares + own.square(), answered + spend.other * own)
        });
        let pull = (answered * 2.0).max(squares);
        CommonRate {
            rate: T::select(squares, (pull - squares) / (pull + squares), zero),
            // 1/(1 − t), written without the cancellation.
            lift: T::select(squares, (pull + squares) / (squares * 2.0), T::constant(1.0)),
        }
    }

    /// The square root of a spend under the common rate.
    pub fn root(self, spend: SupportedSpend<T>) -> T {
        spend.own.positive_part() * self.lift * 0.5
    }
}

/// What is left of revenues when the first firm pays for national advertising and a share of local advertising, and
/// the second firm for the rest of it:
///
/// ```math
/// \pi_1=r_1-t\,a-q,\qquad \pi_2=r_2-(1-t)\,a .
/// ```
///
/// All in money; `rate` is the share `t`.
#[inline]
pub fn after_support<T: Scalar>(revenues: [T; 2], rate: T, local: T, national: T) -> [T; 2] {
    let mut left = revenues;
    after_supports(&mut left, &[rate], &[local], national);
    left
}

/// [`after_support`] with several supported firms: turns everybody's revenues, the supporter's first, into what is
/// left of them. `rates` and `local` hold one entry for each firm after the first.
#[inline]
pub fn after_supports<T: Scalar>(revenues: &mut [T], rates: &[T], local: &[T], national: T) {
    if let Some((supporter, supported)) = revenues.split_first_mut() {
        for ((left, &rate), &spend) in supported.iter_mut().zip(rates).zip(local) {
            let paid = rate * spend;
            *supporter = *supporter - paid;
            *left = *left - spend + paid;
        }
        *supporter = *supporter - national;
    }
}
