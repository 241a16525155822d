//! Decisions that bound each other: budgets, capacities, a leader's own limits.
