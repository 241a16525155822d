//! Sales response and the support it attracts: the bricks that models are made of.
//!
//! A brick is a formula with its numbers, over any [`Scalar`](crate::Scalar): what advertising sells
//! ([`SquareRoot`], [`Power`], [`Logarithm`], [`Saturating`], between two advertisers [`Spillovers`]), how a price scales it ([`LinearPrice`],
//! [`IsoelasticPrice`], [`CurvedPrice`]), and who pays ([`SupportedSpend`], [`SupportedEffort`], [`CommonRate`], [`after_support`], [`after_supports`]). A game of your own
//! multiplies and adds them:
//!
//! ```
//! use coopad::prelude::*;
//! use coopad::response::{LinearPrice, SquareRoot};
//!
//! let price = LinearPrice { intercept: 10.0, slope: 1.0 };
//! let local = SquareRoot { effect: 0.5 };
//! assert_eq!(price.factor(6.0) * local.sales(16.0), 8.0); // (10 − 6)·0.5·√16
//! ```

mod advertising;
mod price;
mod saturating;
mod spillovers;
mod supported;

pub use advertising::{Logarithm, Power, SquareRoot};
pub use price::{CurvedPrice, IsoelasticPrice, LinearPrice};
pub use saturating::Saturating;
pub use spillovers::Spillovers;
pub use supported::{CommonRate, SupportedEffort, SupportedSpend, after_support, after_supports};
