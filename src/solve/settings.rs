//! How hard the engine tries.

use crate::error::ParameterError;

/// How static games are solved numerically: to which accuracy, from how many starts, with how much work.
///
/// ```
/// use coopad::Settings;
///
/// let patient = Settings { starts: 20, ..Settings::default() };
/// assert_eq!(patient.iterations, Settings::default().iterations);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The step, in units of each decision's scale, below which an iteration has arrived. The default is 1e-12: Newton's error
    /// is the square of its last step, so that decisions are exact to rounding.
    pub tolerance: f64,
    /// The most Newton iterations of a stage from one start. The default is 80; ordinary games take five to fifteen, and what
    /// has not arrived after 80 has been seen to wander for ever.
    pub iterations: usize,
    /// From how many starts a stage is searched. The default is 6: typical values first, then points spread over the ranges.
    pub starts: usize,
    /// The most iterations over all stages and starts, replies included; then the search ends with
    /// [`SolveError::NotConverged`](crate::SolveError::NotConverged) and its last profile. The default, a million, is some
    /// seconds of work; games of two stages take a few hundred.
    pub budget: usize,
    /// Whether a closed form is used where the game knows one. The default is that it is.
    pub closed_form: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { tolerance: 1e-12, iterations: 80, starts: 6, budget: 1_000_000, closed_form: true }
    }
}

impl Settings {
    /// Refuses a tolerance that is not positive, or so wide that anything would pass, and numbers of iterations or starts that
    /// are 0.
    pub(super) fn checked(&self) -> Result<(), ParameterError> {
        let refuse = |parameter: &str, value: f64, allowed: &str| {
            let (parameter, allowed) = (parameter.to_owned(), allowed.to_owned());
            Err(ParameterError::OutOfRange { parameter, value, allowed })
        };
        if !(self.tolerance > 0.0 && self.tolerance <= LOOSEST) {
            return refuse("tolerance", self.tolerance, "a positive number, at most 0.001");
        }
        let counts = [("iterations", self.iterations), ("starts", self.starts), ("budget", self.budget)];
        match counts.into_iter().find(|(_, count)| *count == 0) {
            Some((name, _)) => refuse(name, 0.0, "at least 1"),
            None => Ok(()),
        }
    }
}

/// The widest tolerance: with a wider one Newton's steps would not have begun to shrink.
const LOOSEST: f64 = 1e-3;
