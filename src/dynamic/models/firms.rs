//! The firms of a market that is not a channel.

use std::borrow::Cow;

use crate::game::Decision;
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

    /// Whether both decide together (`true`) or each for itself; `None` under other rules.
    #[inline]
    pub(crate) fn together(structure: &Structure<Rival>) -> Option<bool> {
        let same = |rules: &Structure<Rival>| structure.same_rules(rules);
        if same(&Structure::simultaneous()) {
            Some(false)
        } else {
            same(&Structure::cooperative()).then_some(true)
        }
    }

    /// What a unit of the one state is worth to those who set the first and the second firm's decision: to each firm
    /// itself, or to both together; `None` under other rules.
    #[inline]
    pub(crate) fn worths<T: Scalar>(structure: &Structure<Rival>, costates: &[T]) -> Option<[T; 2]> {
        let (first, second) = (costates[0], costates[1]);
        Some(if Rival::together(structure)? { [first + second; 2] } else { [first, second] })
    }

    /// What each firm does for its share, and how much of it is usual.
    pub(crate) fn efforts(typical: [f64; 2]) -> Vec<Decision<Rival>> {
        let names = [("advertising_1", "u1", Rival::First), ("advertising_2", "u2", Rival::Second)];
        let effort = |((name, symbol, owner), typical): ((&'static str, &'static str, Rival), f64)| {
            Decision::new(name, owner).symbol(symbol).unit("effort").typical(typical)
        };
        names.into_iter().zip(typical).map(effort).collect()
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
