//! What given policies are worth: linear equations, whatever the game.

use nalgebra::DMatrix;

use super::collocation::Grid;
use super::moment::Moments;

/// The equations `ρV = f + g·∇V + ½Σσ²∂²V` of given policies at the nodes of a grid; with other moves than `g·∇`, those of
/// a game in stages.
pub(crate) struct Policies<'n> {
    grid: &'n Grid,
    /// A row a node, a column a player.
    flows: DMatrix<f64>,
    /// `g·∇ + ½Σσ²∂²` of each product: a row a node.
    moves: DMatrix<f64>,
    drift: Vec<f64>,
    flow: Vec<f64>,
}

impl<'n> Policies<'n> {
    pub(crate) fn new(grid: &'n Grid, players: usize) -> Self {
        let count = grid.nodes.len();
        Policies {
            grid,
            flows: DMatrix::zeros(count, players),
            moves: DMatrix::zeros(count, count),
            drift: vec![0.0; grid.basis.states()],
            flow: vec![0.0; players],
        }
    }

    /// The policies at node number `at`: those at which `moments` has just been.
    pub(crate) fn record(&mut self, at: usize, moments: &Moments<'_>) {
        moments.flow(&mut self.flow);
        moments.drift(&mut self.drift);
        self.flows.row_mut(at).iter_mut().zip(&self.flow).for_each(|(to, flow)| *to = *flow);
        let (rows, noise) = (&self.grid.rows[at], moments.played.noise(&self.grid.nodes[at]));
        let mut moves = self.moves.row_mut(at);
        moves.fill(0.0);
        for (share, row) in self.drift.iter().zip(&rows.slopes).chain(noise.iter().zip(&rows.curvatures)) {
            moves.iter_mut().zip(row).for_each(|(to, entry)| *to += share * entry);
        }
    }

    /// The policies at node number `at`, from what they earn and from how much they move each product.
    pub(crate) fn put(
        &mut self,
        at: usize,
        flows: impl Iterator<Item = f64>,
        moves: impl Iterator<Item = f64>,
    ) {
        self.flows.row_mut(at).iter_mut().zip(flows).for_each(|(to, flow)| *to = flow);
        self.moves.row_mut(at).iter_mut().zip(moves).for_each(|(to, entry)| *to = entry);
    }

    /// The coefficients of everybody's worth; none where the equations have no solution.
    pub(crate) fn worths(&self, discounts: &[f64]) -> Option<Vec<Vec<f64>>> {
        let count = self.grid.nodes.len();
        let mut worths = vec![Vec::new(); discounts.len()];
        for (player, discount) in discounts.iter().enumerate() {
            if !worths[player].is_empty() {
                continue;
            }
            let moves = &self.moves;
            let system = DMatrix::from_fn(count, count, |at, m| {
                discount * self.grid.rows[at].values[m] - moves[(at, m)]
            });
            // Whoever discounts alike has the same equations.
            let alike: Vec<usize> =
                (player..discounts.len()).filter(|&other| discounts[other] == *discount).collect();
            let found = system.lu().solve(&self.flows.select_columns(&alike))?;
            for (other, column) in alike.iter().zip(found.column_iter()) {
                worths[*other] = column.iter().copied().collect();
            }
        }
        Some(worths)
    }
}
