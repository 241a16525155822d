//! The firms that many models share.

use std::borrow::Cow;

use crate::player::Player;

/// The two firms of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Makes the good, advertises nationally, may support local advertising.
    Manufacturer,
    /// Sells the good and advertises locally.
    Retailer,
}

impl Channel {
    /// Both, in the order of their payoffs.
    pub(crate) fn both() -> Vec<Channel> {
        vec![Channel::Manufacturer, Channel::Retailer]
    }
}

impl Player for Channel {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Channel::Manufacturer => "manufacturer".into(),
            Channel::Retailer => "retailer".into(),
        }
    }
}

/// A manufacturer and its retailers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// Makes the good, advertises nationally, may support local advertising.
    Manufacturer,
    /// A retailer, counted from 0 here and from 1 in its name.
    Retailer(usize),
}

impl Player for Network {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Network::Manufacturer => "manufacturer".into(),
            Network::Retailer(number) => format!("retailer_{}", number + 1).into(),
        }
    }
}
