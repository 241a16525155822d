//! Rules and decisions handed from players of one type to those of another.

use crate::game::Decision;
use crate::structure::{Coalitions, Order, Structure};

impl<P> Structure<P> {
    /// The same rules for players of another type; none where one of them has no counterpart.
    pub(super) fn for_players<Q>(&self, counterpart: impl Fn(&P) -> Option<Q>) -> Option<Structure<Q>> {
        let order = match &self.order {
            Order::Simultaneous => Order::Simultaneous,
            Order::Leader(leader) => Order::Leader(counterpart(leader)?),
            Order::Stages(stages) => Order::Stages(stages.clone()),
        };
        let coalitions = match &self.coalitions {
            Coalitions::Grand => Coalitions::Grand,
            Coalitions::Groups(groups) => {
                let group = |group: &Vec<P>| group.iter().map(&counterpart).collect::<Option<_>>();
                Coalitions::Groups(groups.iter().map(group).collect::<Option<_>>()?)
            }
        };
        let (name, transfers) = (self.name.clone(), self.transfers);
        let (fixed, tied) = (self.fixed.clone(), self.tied.clone());
        Some(Structure { name, order, coalitions, fixed, tied, transfers })
    }
}

impl<P> Decision<P> {
    /// The same decision for players of another type; none where its owner has no counterpart.
    pub(super) fn for_players<Q>(self, counterpart: impl Fn(&P) -> Option<Q>) -> Option<Decision<Q>> {
        let owner = counterpart(&self.owner)?;
        let counterparty = self.counterparty.as_ref().and_then(counterpart);
        let Decision { name, symbol, unit, neutral, typical, chosen, .. } = self;
        Some(Decision { name, symbol, owner, counterparty, unit, neutral, typical, chosen })
    }
}
