//! Scratch.

use coopad::models::*;
use coopad::prelude::*;
fn main() {
    let g = Weng::from_values(
        &[
            289.0942700987329,
            23.25634870736915,
            6.023835743308455,
            0.06385096042557556,
            0.007834513868196483,
            1.1598431129894726,
            0.05611954137635121,
            44.355674923232364,
        ]
        .map(|v| vec![v]),
    );
    let g = g.unwrap();
    let s = Weng::structure("manufacturer_leads").unwrap();
    println!("{:?}", g.solve(&s).map(|s| s.profile().to_vec()));
    println!("{:?}", g.solve_numerically(&s).map(|s| s.profile().to_vec()));
    let r = g.record().unwrap();
    println!("{}", r.payoff_formula());
    println!("{}", r.bound_formula());
}
