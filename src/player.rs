//! Who takes part in a game.

use std::borrow::Cow;
use std::fmt::Debug;

/// A participant of a game: somebody who owns decisions and receives a payoff.
///
/// A model uses a small enum ([`Channel`](crate::models::Channel)); a quick game of your own can use names as they are, since
/// `&'static str` is a player.
///
/// ```
/// use coopad::Player;
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Channel { Manufacturer, Retailer(usize) }
///
/// impl Player for Channel {
///     fn name(&self) -> std::borrow::Cow<'static, str> {
///         match self {
///             Channel::Manufacturer => "manufacturer".into(),
///             Channel::Retailer(i) => format!("retailer_{}", i + 1).into(),
///         }
///     }
/// }
/// assert_eq!(Channel::Retailer(0).name(), "retailer_1");
/// ```
pub trait Player: Copy + Eq + Debug {
    /// The player's name as it appears in tables, errors and files.
    fn name(&self) -> Cow<'static, str>;
}

impl Player for &'static str {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self)
    }
}
