//! Games over time: regions, scales, bounds, noise.
