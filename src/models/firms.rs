//! The firms that many models share.

use std::borrow::Cow;

use crate::game::Decision;
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

    /// The manufacturer's share `t` of what the retailer spends on local advertising.
    pub(crate) fn participation_rate() -> Decision<Channel> {
        Decision::transfer("participation_rate", Channel::Manufacturer, Channel::Retailer)
            .symbol("t")
            .unit("share of spend")
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

/// The decisions that every network has, symbols and sizes left to the model.
impl Network {
    /// The share of retailer `i`'s local advertising that the manufacturer pays.
    pub(crate) fn participation_rate(i: usize) -> Decision<Network> {
        let name = format!("participation_rate_{}", i + 1);
        Decision::transfer(name, Network::Manufacturer, Network::Retailer(i)).unit("share of spend")
    }

    /// What retailer `i` spends on local advertising.
    pub(crate) fn local_advertising(i: usize) -> Decision<Network> {
        Decision::new(format!("local_advertising_{}", i + 1), Network::Retailer(i))
    }
}

impl Player for Network {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Network::Manufacturer => "manufacturer".into(),
            Network::Retailer(number) => format!("retailer_{}", number + 1).into(),
        }
    }
}
