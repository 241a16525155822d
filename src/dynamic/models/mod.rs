//! The models over time: one file each, with its parameters, dynamics, payoffs, closed forms, claims and source.

pub mod channel_pricing;

pub use channel_pricing::{ChannelPricing, ChannelPricingMultiplicative};
