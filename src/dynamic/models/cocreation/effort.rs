//! The efforts by name, and what each is worth to everybody.

use std::fmt;

use super::{CoCreation, CoCreator};
use crate::player::Player;

/// An effort of the model, brands counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effort {
    /// The platform's entries, traffic and links.
    Connectivity,
    /// The platform's sensing and serving.
    Intelligence,
    /// The platform's collecting and processing of data.
    Analytics,
    /// An enterprise's interaction with customers, `z_i`.
    CoCreation(usize),
    /// An enterprise's advertising, `u_i`.
    Advertising(usize),
    /// An enterprise's study of consumers, `w_i`.
    Study(usize),
    /// The community's engagement with a brand, `y_i`.
    Engagement(usize),
    /// The stakeholder's contribution.
    Contribution,
}

impl Effort {
    /// The name in results: `co_creation_1`.
    pub fn name(self) -> String {
        match self {
            Effort::Connectivity => "connectivity".to_owned(),
            Effort::Intelligence => "intelligence".to_owned(),
            Effort::Analytics => "analytics".to_owned(),
            Effort::CoCreation(brand) => format!("co_creation_{}", brand + 1),
            Effort::Advertising(brand) => format!("advertising_{}", brand + 1),
            Effort::Study(brand) => format!("consumer_study_{}", brand + 1),
            Effort::Engagement(brand) => format!("engagement_{}", brand + 1),
            Effort::Contribution => "contribution".to_owned(),
        }
    }

    /// The letter in formulas: `z1`.
    pub fn symbol(self) -> String {
        match self {
            Effort::Connectivity => "conn".to_owned(),
            Effort::Intelligence => "intel".to_owned(),
            Effort::Analytics => "anal".to_owned(),
            Effort::CoCreation(brand) => format!("z{}", brand + 1),
            Effort::Advertising(brand) => format!("u{}", brand + 1),
            Effort::Study(brand) => format!("w{}", brand + 1),
            Effort::Engagement(brand) => format!("y{}", brand + 1),
            Effort::Contribution => "g".to_owned(),
        }
    }
}

impl CoCreation {
    /// All efforts in their order: the platform's three, `z, u, w` of each enterprise, engagement with each brand, the
    /// stakeholder's contribution.
    pub fn efforts(&self) -> Vec<Effort> {
        let n = self.enterprises();
        let mut all = vec![Effort::Connectivity, Effort::Intelligence, Effort::Analytics];
        all.extend((0..n).flat_map(|i| [Effort::CoCreation(i), Effort::Advertising(i), Effort::Study(i)]));
        all.extend((0..n).map(Effort::Engagement));
        all.extend(self.numbers().stakeholder.map(|_| Effort::Contribution));
        all
    }

    /// The number of an effort; `None` if it is not in the game.
    pub fn effort(&self, effort: Effort) -> Option<usize> {
        let n = self.enterprises();
        let of = |brand: usize, at: usize| (brand < n).then_some(at);
        match effort {
            Effort::Connectivity => Some(0),
            Effort::Intelligence => Some(1),
            Effort::Analytics => Some(2),
            Effort::CoCreation(i) => of(i, 3 + 3 * i),
            Effort::Advertising(i) => of(i, 4 + 3 * i),
            Effort::Study(i) => of(i, 5 + 3 * i),
            Effort::Engagement(i) => of(i, 3 + 3 * n + i),
            Effort::Contribution => self.numbers().stakeholder.map(|_| 3 + 4 * n),
        }
    }

    /// The brand that an effort is for, if it is for one.
    pub(super) fn brand_of(&self, effort: usize) -> Option<usize> {
        let n = self.enterprises();
        match effort {
            h if (3..3 + 3 * n).contains(&h) => Some((h - 3) / 3),
            h if (3 + 3 * n..3 + 4 * n).contains(&h) => Some(h - 3 - 3 * n),
            _ => None,
        }
    }
}

/// The value-of-effort matrix: what a unit of every effort is worth to every player, now and for ever,
///
/// ```math
/// m_{kh}=f_{kh}+b_k'g_h .
/// ```
///
/// Every strategic fact of the game stands in it: an effort's owner stops where the cost of a unit is its own worth; somebody
/// to whom it is worth more than half as much supports it; all together go on to the sum of the column.
///
/// Printed, it has a row a player and a column an effort, owners marked by a star.
///
/// ```
/// use coopad::dynamic::models::CoCreation;
///
/// let factory = CoCreation::manufacturing();
/// let text = factory.value_of_effort().to_string();
/// assert!(text.lines().any(|line| line.starts_with("platform") && line.contains('*')));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ValueOfEffort {
    players: Vec<CoCreator>,
    efforts: Vec<Effort>,
    owners: Vec<usize>,
    /// Effort by effort.
    worths: Vec<Vec<f64>>,
}

impl ValueOfEffort {
    pub(super) fn of(model: &CoCreation) -> Self {
        let game = model.game();
        ValueOfEffort {
            players: (0..game.players()).map(|seat| model.player(seat)).collect(),
            efforts: model.efforts(),
            owners: game.numbers().owner.clone(),
            worths: (0..game.efforts()).map(|h| game.worths_of(h).to_vec()).collect(),
        }
    }

    /// The players, a row each.
    pub fn players(&self) -> &[CoCreator] {
        &self.players
    }

    /// The efforts, a column each.
    pub fn efforts(&self) -> &[Effort] {
        &self.efforts
    }

    /// What a unit of an effort is worth to a player; NaN for one that is not in the game.
    pub fn worth(&self, player: CoCreator, effort: Effort) -> f64 {
        let column = self.efforts.iter().position(|other| *other == effort);
        let row = self.players.iter().position(|other| *other == player);
        let found = column.and_then(|h| self.worths.get(h)).zip(row).and_then(|(column, k)| column.get(k));
        found.copied().unwrap_or(f64::NAN)
    }

    /// Who decides on an effort.
    pub fn owner(&self, effort: Effort) -> Option<CoCreator> {
        let column = self.efforts.iter().position(|other| *other == effort)?;
        self.players.get(*self.owners.get(column)?).copied()
    }
}

impl fmt::Display for ValueOfEffort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.players.iter().map(Player::name).collect();
        let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
        write!(f, "{:width$}", "")?;
        for effort in &self.efforts {
            write!(f, " {:>9}", effort.symbol())?;
        }
        for (k, name) in names.iter().enumerate() {
            let mut row = format!("{name:width$}");
            for (column, owner) in self.worths.iter().zip(&self.owners) {
                let star = if *owner == k { "*" } else { " " };
                row += &format!(" {:>8.4}{star}", column.get(k).copied().unwrap_or(f64::NAN));
            }
            write!(f, "\n{}", row.trim_end())?;
        }
        Ok(())
    }
}
