//! The static platform alliance and the linear-state game are one object: a conversion each way.

use super::linear_state::{LinearState, LinearStateGame, RegimeSolution};
use crate::dynamic::linear_quadratic::Matrix;
use crate::error::ParameterError;
use crate::models::alliance::{PlatformAlliance, ResponseMatrix};

impl LinearStateGame {
    /// The static alliance in which the owner of `platform_effort` is the platform and the owner of `participant_effort` the
    /// participant, at a state, all other efforts as in `around`.
    ///
    /// Spends are `A = c_Pe_P²/2` and `a = c_Ee_E²/2`, and responses `a_P = m_{P,h_P}√(2/c_P)` and so on. Its payoffs are
    /// `ρV_k(x)` of this game at **every** state, with the same rates and spends, whoever supports whom.
    ///
    /// # Errors
    ///
    /// For efforts that are not in the game or have one owner, for a worth to its own owner that is not positive (the static
    /// model needs that), and for a state of the wrong length.
    pub fn alliance(
        &self,
        [platform_effort, participant_effort]: [usize; 2],
        around: &RegimeSolution,
        state: &[f64],
    ) -> Result<PlatformAlliance, ParameterError> {
        let n = self.numbers();
        let not = |parameter: &str, value: usize, allowed: &str| ParameterError::OutOfRange {
            parameter: parameter.to_owned(),
            value: value as f64,
            allowed: allowed.to_owned(),
        };
        let owner = |name: &str, effort: usize| {
            n.owner.get(effort).copied().ok_or_else(|| not(name, effort, "the number of an effort"))
        };
        let platform = owner("platform_effort", platform_effort)?;
        let participant = owner("participant_effort", participant_effort)?;
        if platform == participant {
            return Err(not("participant_effort", participant_effort, "an effort of another player"));
        }
        let (given, needed) = (around.efforts().len(), self.efforts());
        if given != needed {
            return Err(ParameterError::WrongLength { parameter: "around".to_owned(), given, needed });
        }
        let response =
            |player: usize, effort: usize| self.worth(player, effort) * (2.0 / n.cost[effort]).sqrt();
        let base = |player: usize| {
            let worth: f64 =
                state.iter().enumerate().map(|(s, x)| self.shadow_prices()[(player, s)] * x).sum();
            let others = (0..self.efforts()).filter(|h| ![platform_effort, participant_effort].contains(h));
            let earned = others.map(|h| {
                let (done, cost) = (around.efforts()[h], n.cost[h]);
                let paid = if n.owner[h] == player { 1.0 - around.shared(h) } else { around.rate(h, player) };
                self.worth(player, h) * done - paid * 0.5 * cost * done * done
            });
            self.standing()[player] + n.discount_rate * worth + earned.sum::<f64>()
        };
        if state.len() != n.inflow.len() {
            let (given, needed) = (state.len(), n.inflow.len());
            return Err(ParameterError::WrongLength { parameter: "state".to_owned(), given, needed });
        }
        PlatformAlliance::new(ResponseMatrix {
            platform_own: response(platform, platform_effort),
            platform_cross: response(platform, participant_effort),
            participant_cross: response(participant, platform_effort),
            participant_own: response(participant, participant_effort),
            platform_base: base(platform),
            participant_base: base(participant),
        })
    }

    /// A static alliance, played for ever: no states, efforts that are the roots of the spends. Player 0 is the platform,
    /// player 1 the participant; `ρV` are the alliance's payoffs.
    ///
    /// # Errors
    ///
    /// For a discount rate that is not positive.
    pub fn of_alliance(alliance: &PlatformAlliance, discount_rate: f64) -> Result<Self, ParameterError> {
        let r = alliance.response();
        LinearStateGame::new(LinearState {
            discount_rate,
            motion: Matrix::zero(0, 0),
            inflow: Vec::new(),
            effect: Matrix::zero(0, 2),
            income: vec![r.platform_base, r.participant_base],
            state_income: Matrix::zero(2, 0),
            effort_income: Matrix::from([
                [r.platform_own, r.platform_cross],
                [r.participant_cross, r.participant_own],
            ]),
            cost: vec![2.0; 2],
            owner: vec![0, 1],
        })
    }
}
