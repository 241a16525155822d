//! The firms of a market that is not a channel.

use std::borrow::Cow;

use crate::models::Scheme;
use crate::player::Player;
use crate::scalar::Scalar;
use crate::structure::Structure;

/// The only firm of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Monopolist;

impl Monopolist {
    /// Whether the firm decides everything, with nothing held fixed.
    pub(crate) fn is_free(structure: &Structure<Monopolist>) -> bool {
        structure.same_rules(&Structure::cooperative()) || structure.same_rules(&Structure::simultaneous())
    }
}

impl Player for Monopolist {
    fn name(&self) -> Cow<'static, str> {
        "firm".into()
    }
}

/// One of the two firms of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rival {
    /// The firm whose share the state is, where the state is a share.
    First,
    /// The other one.
    Second,
}

impl Rival {
    /// Both, in the order of their payoffs.
    pub(crate) fn both() -> Vec<Rival> {
        vec![Rival::First, Rival::Second]
    }

    /// What a unit of the one state is worth to those who set the first and the second firm's decision: to each firm
    /// itself, or to both together; `None` under other rules.
    #[inline]
    pub(crate) fn worths<T: Scalar>(structure: &Structure<Rival>, costates: &[T]) -> Option<[T; 2]> {
        if structure.same_rules(&Structure::simultaneous()) {
            Some([costates[0], costates[1]])
        } else if structure.same_rules(&Structure::cooperative()) {
            Some([costates[0] + costates[1]; 2])
        } else {
            None
        }
    }

    /// What the literature studies.
    pub(crate) fn schemes() -> Vec<Scheme<Rival>> {
        vec![
            Scheme::new(
                "simultaneous",
                "both decide for themselves at every moment",
                Structure::simultaneous(),
            ),
            Scheme::new("cooperative", "joint profit is maximised", Structure::cooperative()),
        ]
    }
}

impl Player for Rival {
    fn name(&self) -> Cow<'static, str> {
        match self {
            Rival::First => "firm_1".into(),
            Rival::Second => "firm_2".into(),
        }
    }
}
