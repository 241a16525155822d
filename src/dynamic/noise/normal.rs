//! Normal deviates that are the same bits on every platform.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Independent standard normal deviates, one stream for each number under a seed.
///
/// ChaCha with 8 rounds keyed by the seed, its stream selected by the number; pairs of deviates by Marsaglia's polar
/// method. Nothing but the four operations and the square root, which IEEE 754 rounds correctly, is used: the bits
/// depend on seed and stream alone.
pub(super) struct Normals {
    bits: ChaCha8Rng,
    spare: Option<f64>,
}

impl Normals {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut bits = ChaCha8Rng::from_seed(key);
        bits.set_stream(stream);
        Normals { bits, spare: None }
    }

    pub(super) fn draw(&mut self) -> f64 {
        if let Some(deviate) = self.spare.take() {
            return deviate;
        }
        // A point in the unit disc, off its centre.
        let (x, y, square) = loop {
            let (x, y) = (self.between_ones(), self.between_ones());
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                break (x, y, square);
            }
        };
        let stretch = (-2.0 * logarithm(square) / square).sqrt();
        self.spare = Some(y * stretch);
        x * stretch
    }

    /// Uniform on [0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        0.5 * (self.between_ones() + 1.0)
    }

    /// Uniform on [-1, 1), in steps of 2⁻⁵².
    fn between_ones(&mut self) -> f64 {
        ((self.bits.next_u64() as i64) >> 11) as f64 / (1_u64 << 52) as f64
    }
}

/// The natural logarithm of a positive normal number, to two roundings; the system's differs between platforms.
fn logarithm(x: f64) -> f64 {
    // x = m·2^e with m between √½ and √2, and ln m = 2 artanh f.
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let (m, e) = if mantissa > std::f64::consts::SQRT_2 {
        (0.5 * mantissa, exponent + 1)
    } else {
        (mantissa, exponent)
    };
    let f = (m - 1.0) / (m + 1.0);
    let series = (0..12).rev().fold(0.0, |sum, k| sum * f * f + 1.0 / f64::from(2 * k + 1));
    e as f64 * std::f64::consts::LN_2 + 2.0 * f * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_one() {
        let mut worst: f64 = 0.0;
        for k in (1..100_000).filter(|k| *k != 50_000) {
            let x = f64::from(k) / 50_000.0;
            worst = worst.max((logarithm(x) / x.ln() - 1.0).abs());
        }
        assert!(worst < 6e-16, "{worst}");
        assert!((logarithm(1e-300) - 1e-300_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn deviates_are_normal_and_streams_differ() {
        let count = 400_000;
        let mut normals = Normals::new(7, 3);
        let draws: Vec<f64> = (0..count).map(|_| normals.draw()).collect();
        // Mean, second, third and fourth power: 0, 1, 0, 3, with variances 1, 2, 15, 96.
        for (power, moment, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)] {
            let mean = draws.iter().map(|z| z.powi(power)).sum::<f64>() / f64::from(count);
            assert!((mean - moment).abs() < 4.0 * (variance / f64::from(count)).sqrt(), "{power}: {mean}");
        }
        // P(|Z| < 1).
        let inside = draws.iter().filter(|z| z.abs() < 1.0).count() as f64 / f64::from(count);
        assert!((inside - 0.682_689_492_137).abs() < 4.0 * (0.2166 / f64::from(count)).sqrt());
        // No correlation from one to the next, nor with the next stream.
        let mut other = Normals::new(7, 4);
        let next = draws.windows(2).map(|z| z[0] * z[1]).sum::<f64>() / f64::from(count);
        let across = draws.iter().map(|z| z * other.draw()).sum::<f64>() / f64::from(count);
        assert!(next.abs().max(across.abs()) < 4.0 / f64::from(count).sqrt());
    }

    #[test]
    fn the_stream_is_chacha() {
        // By a script of its own, from the definition of ChaCha with 8 rounds.
        let draws = |stream, skip: usize| {
            let mut normals = Normals::new(7, stream);
            let mut draws = std::iter::repeat_with(move || normals.draw()).skip(skip);
            [draws.next().unwrap(), draws.next().unwrap()]
        };
        let close = |a: [f64; 2], b: [f64; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-15);
        assert!(close(draws(3, 0), [-1.561_126_095_030_307, 0.255_673_457_336_256_9]));
        assert!(close(draws(3, 998), [-1.055_765_149_163_554_2, 0.701_647_983_388_990_5]));
        assert!(close(draws((1 << 40) + 1, 0), [-0.159_595_898_036_892_4, -0.865_989_333_013_042]));
    }
}
