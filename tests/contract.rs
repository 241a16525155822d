//! Contracts: conservation, plans on their kinks against brute force, and which contracts coordinate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]
mod common;

use common::{Draws, close};
use coopad::contract::{
    BaseChannel, Clause, Contract, Contracted, Coordination, CoordinationError, FixedPrice, Limit,
    LimitedSupport, LinearPriced, Value,
};
use coopad::models::Channel::{self, Manufacturer, Retailer};
use coopad::prelude::*;
use coopad::response::{LinearPrice, SquareRoot};
use coopad::{Method, ParameterError, SolveError};

impl Draws {
    fn linear_priced(&mut self) -> LinearPriced {
        let choke = self.between(5.0, 20.0);
        let slope = self.scale(0.2, 5.0);
        LinearPriced {
            price: LinearPrice { intercept: choke * slope, slope },
            base: self.between(0.0, 2.0),
            local: SquareRoot { effect: self.scale(0.05, 1.0) },
            national: SquareRoot { effect: self.scale(0.05, 1.0) },
            production_cost: self.between(0.0, 0.4) * choke,
            handling_cost: self.between(0.0, 0.2) * choke,
        }
    }

    fn fixed_price(&mut self) -> FixedPrice {
        FixedPrice {
            price: self.between(8.0, 20.0),
            production_cost: self.between(0.5, 3.0),
            handling_cost: self.between(0.0, 1.0),
            base_sales: self.between(0.0, 30.0),
            local: SquareRoot { effect: self.scale(0.2, 4.0) },
            national: SquareRoot { effect: self.scale(0.2, 4.0) },
        }
    }

    /// A plan whose limits are of the order of what is spent, so that each of them binds now and then.
    fn plan(&mut self, wholesale: f64, spend: f64) -> Contract {
        let mut plan = Contract::new().wholesale_price(wholesale).participation(self.between(0.1, 0.9));
        let kind = (self.unit() * 4.0) as usize;
        if kind != 0 {
            plan = plan.cap(self.scale(0.05, 2.0) * spend);
        }
        if kind != 1 {
            plan = plan.accrual(self.scale(0.01, 0.3));
        }
        if kind == 3 {
            plan = plan.unit_accrual(self.scale(0.01, 0.3)).claim_rate(self.between(0.3, 1.0));
        }
        plan
    }
}

/// A contract with every clause, half of them open.
fn everything(draws: &mut Draws) -> Contract {
    let within = |by: Channel| Value::decided_by(by, 0.0..=1.0);
    Contract::new()
        .wholesale_price(Value::decided_by(Manufacturer, 0.0..=5.0))
        .quantity_discount(draws.between(0.0, 0.1))
        .participation(within(Manufacturer))
        .national_share(within(Retailer))
        .revenue_share(draws.unit())
        .margin_share(draws.unit())
        .profit_share(draws.unit())
        .fixed_fee(Value::decided_by(Retailer, -5.0..=5.0))
        .accrual(draws.unit())
        .unit_accrual(draws.unit())
        .cap(draws.between(0.0, 5.0))
        .claim_rate(within(Retailer))
}

#[test]
fn payoffs_sum_to_the_channels_profit_whatever_the_contract() {
    let mut draws = Draws(11);
    for _ in 0..2000 {
        let channel = draws.linear_priced();
        let game = Contracted::new(channel, everything(&mut draws)).unwrap();
        let choke = channel.price.intercept / channel.price.slope;
        let mut x = vec![draws.unit() * choke, draws.scale(1e-3, 1e3), draws.scale(1e-3, 1e3)];
        x.extend([5.0 * draws.unit(), draws.unit(), draws.unit(), draws.between(-5.0, 5.0), draws.unit()]);
        assert_eq!(x.len(), game.decisions().len());
        let mut payoffs = [0.0; 2];
        game.payoffs(&x, &mut payoffs);
        let ledger = game.ledger(&x);
        let size = ledger.revenue + ledger.production + ledger.local + ledger.national + 1.0;
        let joint = channel.ledger(&x[..3]).profit();
        assert!((payoffs[0] + payoffs[1] - joint).abs() <= 1e-12 * size);
        // The same with the open terms fixed.
        let fixed = Contracted::new(channel, game.contract().at(&x[3..])).unwrap();
        let mut again = [0.0; 2];
        fixed.payoffs(&x[..3], &mut again);
        assert_eq!(payoffs, again);
    }
}

#[test]
fn terms_that_do_not_fit_are_refused() {
    let mut draws = Draws(1);
    let channel = draws.fixed_price();
    let refused = |contract: Contract| Contracted::new(channel, contract).unwrap_err();
    let range = |error: ParameterError| matches!(error, ParameterError::OutOfRange { .. });
    let fit = |error: ParameterError| matches!(error, ParameterError::Inconsistent { .. });
    assert!(range(refused(Contract::new().participation(1.5))));
    assert!(range(refused(Contract::new().wholesale_price(f64::NAN))));
    assert!(range(refused(Contract::new().participation(0.5).cap(f64::INFINITY))));
    assert!(range(refused(Contract::new().fixed_fee(0.0..=f64::INFINITY))));
    assert!(fit(refused(Contract::new().fixed_fee(-f64::MAX..=f64::MAX))));
    assert!(fit(refused(Contract::new().participation(Value::decided_by(Retailer, 0.7..=0.2)))));
    assert!(fit(refused(Contract::new().cap(3.0))));
    assert!(fit(refused(Contract::new().participation(0.5).accrual(0.1))));
    assert!(fit(refused(Contract::new().quantity_discount(0.1))));
    assert_eq!(Contract::new().cap(1.0).cap(2.0).terms().len(), 1);
}

// ---- Plans -------------------------------------------------------------------------------------------------------

/// The largest value of `f` on a box by a fine grid that closes in slowly on the best point.
fn brute<const N: usize>(
    mut low: [f64; N],
    mut high: [f64; N],
    f: impl Fn(&[f64; N]) -> f64,
) -> ([f64; N], f64) {
    const POINTS: usize = 17;
    let (mut best, mut most) = (low, f64::NEG_INFINITY);
    let (first, last) = (low, high);
    for _ in 0..55 {
        for index in 0..POINTS.pow(N as u32) {
            let at = |k: usize| (index / POINTS.pow(k as u32)) % POINTS;
            let x: [f64; N] =
                std::array::from_fn(|k| low[k] + (high[k] - low[k]) * at(k) as f64 / (POINTS - 1) as f64);
            let value = f(&x);
            if value > most {
                (best, most) = (x, value);
            }
        }
        for k in 0..N {
            let half = 0.3 * (high[k] - low[k]);
            (low[k], high[k]) = ((best[k] - half).max(first[k]), (best[k] + half).min(last[k]));
        }
    }
    (best, most)
}

#[test]
fn the_reply_to_a_plan_is_the_best_of_all_spends() {
    let mut draws = Draws(3);
    let mut seen = std::collections::HashMap::new();
    for _ in 0..3000 {
        let own = draws.scale(0.5, 20.0);
        let fund = [draws.between(0.0, 0.1) * own * own, draws.between(0.0, 0.5) * own];
        // A cap near what the fund comes to, or anywhere.
        let near = (fund[0] + fund[1] * own * draws.between(0.4, 0.8), draws.scale(0.02, 1.0) * own * own);
        let plan = LimitedSupport {
            own,
            rate: draws.between(0.0, 1.0),
            fund: (draws.unit() < 0.7).then_some(fund),
            cap: (draws.unit() < 0.7).then_some(if draws.unit() < 0.5 { near.0 } else { near.1 }),
            claims: draws.between(0.2, 0.98),
        };
        let payoff = |root: f64| {
            let fund = plan.fund.map_or(f64::INFINITY, |[start, growth]| start + growth * root);
            let spend = root * root;
            let support = (plan.rate * spend).min(fund).min(plan.cap.unwrap_or(f64::INFINITY));
            plan.own * root - spend + plan.claims * support
        };
        let (spend, binding) = plan.reply().unwrap();
        let highest = plan.own / (2.0 * (1.0 - plan.claims * plan.rate)) + 10.0;
        let (_, most) = brute([0.0], [highest], |[root]| payoff(*root));
        let found = payoff(spend.sqrt());
        assert!(found >= most - 1e-12 * most.abs(), "{plan:?}: {found} at {spend}, but {most} is possible");
        *seen.entry(format!("{binding:?}")).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert!(seen.values().all(|times| *times > 20), "{seen:?}");
    // All of it paid for, without a limit: no best spend.
    let free = LimitedSupport { own: 1.0, rate: 1.0, fund: None, cap: None, claims: 1.0 };
    assert_eq!(free.reply(), None);
    // No fund and no cap: (R / (2(1 − t)))².
    assert_eq!(LimitedSupport { rate: 0.5, ..free }.reply(), Some((1.0, vec![Limit::Rate])));
    // A fund that grows with the spend: R = 4, t = 1/2, α w k = 1, nothing sold without advertising. With half paid the
    // retailer would spend 16, but the fund √a covers half of the spend only up to a = 4; beyond it (4 + 1)/2 is best.
    let fund = LimitedSupport { own: 4.0, rate: 0.5, fund: Some([0.0, 1.0]), cap: None, claims: 1.0 };
    assert_eq!(fund.reply(), Some((6.25, vec![Limit::Fund])));
    assert_eq!(LimitedSupport { own: 2.5, ..fund }.reply(), Some((4.0, vec![Limit::Rate, Limit::Fund])));
    assert_eq!(LimitedSupport { cap: Some(2.2), ..fund }.reply().unwrap().1, [Limit::Fund, Limit::Cap]);
}

#[test]
fn a_retailer_alone_is_solved_on_every_kink() {
    let mut draws = Draws(5);
    let (mut kinks, mut engine) = (0, 0);
    for _ in 0..150 {
        let channel = FixedPrice { national: SquareRoot { effect: 0.0 }, ..draws.fixed_price() };
        let wholesale = draws.between(0.4, 0.8) * channel.price;
        let margin = channel.price - wholesale - channel.handling_cost;
        let own = margin * channel.local.effect;
        let contract = draws.plan(wholesale, 0.25 * own * own);
        let value = |clause: Clause| {
            let fixed = |v| match v {
                Value::Fixed(v) => v,
                Value::Open { .. } => f64::NAN,
            };
            contract.terms().iter().find(|term| term.clause == clause).map(|term| fixed(term.value))
        };
        let accrual =
            value(Clause::Accrual).map(|a| a * wholesale + value(Clause::UnitAccrual).unwrap_or(0.0));
        let plan = LimitedSupport {
            own,
            rate: value(Clause::Participation).unwrap(),
            fund: accrual.map(|a| [a * channel.base_sales, a * channel.local.effect]),
            cap: value(Clause::Cap),
            claims: value(Clause::ClaimRate).unwrap_or(1.0),
        };
        let (spend, binding) = plan.reply().unwrap();
        let game = Contracted::new(channel, contract).unwrap();
        let structure = Structure::simultaneous().fix(FixedPrice::NATIONAL, 0.0);
        let settled = game.settle(&structure).unwrap();
        close(settled.solution[FixedPrice::LOCAL], spend, 1e-8, &format!("{plan:?}"));
        assert_eq!(settled.binding.iter().map(|b| b.0).collect::<Vec<_>>(), binding);
        assert_eq!(settled.solution.report().method, Method::Engine);
        close(game.solve(&structure).unwrap()[FixedPrice::LOCAL], spend, 1e-8, "solve");
        kinks += usize::from(settled.at_kink());
        // The engine itself, on the payoff with its kinks: right or refused.
        if let Ok(plain) = game.solve_numerically(&structure) {
            close(plain[FixedPrice::LOCAL], spend, 1e-6, "engine");
            engine += 1;
        }
    }
    assert!(kinks > 15 && engine > 75, "{kinks} kinks, {engine} by the engine");
}

/// Price and advertising both chosen: ridges and points at which two and three limits meet.
#[test]
fn price_and_spend_are_solved_on_ridges() {
    let mut draws = Draws(17);
    let mut seen = [0; 4];
    for _ in 0..40 {
        let channel = LinearPriced { national: SquareRoot { effect: 0.0 }, ..draws.linear_priced() };
        let choke = channel.price.intercept / channel.price.slope;
        let wholesale = channel.production_cost + draws.between(0.05, 0.3) * choke;
        let contract = Contract::new().wholesale_price(wholesale);
        let structure = Structure::simultaneous().fix(LinearPriced::NATIONAL, 0.0);
        let free = Contracted::new(channel, contract).unwrap().solve(&structure).unwrap();
        let spend = free[LinearPriced::LOCAL];
        let contract = draws.plan(wholesale, spend);
        let game = Contracted::new(channel, contract).unwrap();
        let settled = game.settle(&structure).unwrap_or_else(|e| panic!("{game:?}\n{e}"));
        let retailer = |p: f64, a: f64| {
            let mut payoffs = [0.0; 2];
            game.payoffs(&[p, a, 0.0], &mut payoffs);
            payoffs[1]
        };
        let (x, most) =
            brute([0.0, 0.0], [choke, 200.0 * spend.sqrt().max(0.1)], |[p, root]| retailer(*p, root * root));
        let found = settled.solution.payoff(Retailer);
        let size = found.abs() + game.ledger(settled.solution.profile()).revenue;
        assert!(found >= most - 1e-9 * size, "{game:?}\n{found} at {settled:?}, but {most} at {x:?}");
        seen[settled.binding.len()] += 1;
    }
    assert!(seen[1] > 4 && seen[2] > 4, "{seen:?}");
}

/// A manufacturer that leads with its national advertising, the retailer on whatever kink.
#[test]
fn a_leading_manufacturer_sees_the_kinks() {
    let mut draws = Draws(23);
    let mut kinks = 0;
    for _ in 0..30 {
        let channel = draws.fixed_price();
        let wholesale = draws.between(0.4, 0.8) * channel.price;
        let margin = channel.price - wholesale - channel.handling_cost;
        let own = margin * channel.local.effect;
        let contract = draws.plan(wholesale, 0.25 * own * own);
        let game = Contracted::new(channel, contract).unwrap();
        let led = game.settle(&Structure::leader(Manufacturer)).unwrap();
        let reply = |national: f64| {
            let alone = Structure::simultaneous().fix(FixedPrice::NATIONAL, national);
            game.settle(&alone).unwrap().solution
        };
        let effect = (wholesale - channel.production_cost) * channel.national.effect;
        let (_, most) = brute([0.0], [1.5 * effect], |[root]| reply(root * root).payoff(Manufacturer));
        let found = led.solution.payoff(Manufacturer);
        assert!(found >= most - 1e-11 * most.abs(), "{game:?}\n{found}, but {most}");
        kinks += usize::from(led.at_kink());
    }
    assert!(kinks > 1, "{kinks}");
}

/// A cap on which the retailer stops, derived by hand, under all structures that a plan can have.
#[test]
fn a_cap_by_hand() {
    let channel = FixedPrice {
        price: 10.0,
        production_cost: 2.0,
        handling_cost: 0.0,
        base_sales: 0.0,
        local: SquareRoot { effect: 2.0 },
        national: SquareRoot { effect: 1.0 },
    };
    // The retailer earns 3·2 = 6 per √a: 36 with half paid, 9 with nothing paid. Half of 20 is the cap, so it stops
    // there. The manufacturer earns 5 per √A: A = 6.25.
    let contract = Contract::new().wholesale_price(7.0).participation(0.5).cap(10.0);
    let game = Contracted::new(channel, contract.clone()).unwrap();
    for structure in [Structure::simultaneous(), Structure::leader(Manufacturer)] {
        let settled = game.settle(&structure).unwrap();
        close(settled.solution[FixedPrice::LOCAL], 20.0, 1e-9, "local");
        close(settled.solution[FixedPrice::NATIONAL], 6.25, 1e-5, "national");
        assert!(settled.at_kink());
        // The weights: 6/(2√20) = 1 − λ/2.
        let weight = 2.0 * (1.0 - 3.0 / 20.0_f64.sqrt());
        close(settled.binding[0].1, weight, 1e-7, "weight");
        settled.solution.verify(&game).unwrap();
    }
    // Integration: the plan is internal.
    let joint = game.settle(&Structure::cooperative()).unwrap();
    close(joint.solution[FixedPrice::LOCAL], 64.0, 1e-8, "local, joint");
    assert!(joint.binding.is_empty());
    // A manufacturer that also chooses the rate, up to 90 %: beyond the kink a higher rate changes nothing but the spend
    // at which the cap is reached, a = 10/t, as long as the retailer follows it.
    let open = Contract::new().wholesale_price(7.0).participation(0.0..=0.9).cap(10.0);
    let game = Contracted::new(channel, open).unwrap();
    let led = game.settle(&Structure::leader(Manufacturer)).unwrap();
    let rate = led.solution.decision("participation_rate").unwrap();
    let value = |t: f64| {
        let plan = LimitedSupport { own: 6.0, rate: t, fund: None, cap: Some(10.0), claims: 1.0 };
        let (a, _) = plan.reply().unwrap();
        10.0 * a.sqrt() - (t * a).min(10.0)
    };
    let ([best], most) = brute([0.0], [0.9], |[t]| value(*t));
    close(rate, best, 1e-6, "rate");
    close(led.solution.payoff(Manufacturer), most + 6.25, 1e-10, "payoff");
}

/// Both at once, with a fund that the manufacturer's advertising fills: what is returned is verified, and otherwise an
/// error says that there is none.
#[test]
fn simultaneous_moves_under_a_fund_are_verified_or_refused() {
    let mut draws = Draws(31);
    let (mut found, mut none) = (0, 0);
    for _ in 0..25 {
        let channel = draws.fixed_price();
        let wholesale = draws.between(0.4, 0.8) * channel.price;
        let contract =
            Contract::new().wholesale_price(wholesale).participation(draws.between(0.2, 0.8)).accrual(0.1);
        let game = Contracted::new(channel, contract).unwrap();
        match game.settle(&Structure::simultaneous()) {
            Ok(settled) => {
                found += 1;
                assert!(settled.solution.verify(&game).is_ok());
            }
            Err(SolveError::Refuted { .. } | SolveError::NoEquilibrium { .. }) => none += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(found > 5, "{found} found, {none} without");
}

// ---- Coordination ------------------------------------------------------------------------------------------------

fn priced() -> LinearPriced {
    LinearPriced {
        price: LinearPrice { intercept: 10.0, slope: 1.0 },
        base: 1.0,
        local: SquareRoot { effect: 0.2 },
        national: SquareRoot { effect: 0.3 },
        production_cost: 2.0,
        handling_cost: 0.5,
    }
}

fn search(contract: Contract, structure: Structure<Channel>) -> (LinearPriced, Contract, Structure<Channel>) {
    (priced(), contract, structure)
}

/// Does a contract coordinate? Its best terms.
fn best(case: (LinearPriced, Contract, Structure<Channel>)) -> coopad::contract::Agreed {
    let (channel, contract, structure) = case;
    Coordination::new(channel, contract, structure).unwrap().best().unwrap()
}

#[test]
fn a_wholesale_price_alone_does_not_coordinate() {
    let alone = best(search(Contract::new().wholesale_price(0.0..=9.0), Structure::simultaneous()));
    assert!(!alone.is_first_best() && alone.efficiency < 0.999, "{alone:?}");
    // Nor does what a leading manufacturer chooses itself: its margin is on top of the retailer's.
    let contract = Contract::new().wholesale_price(2.0..=9.0);
    let game = Contracted::new(priced(), contract.clone()).unwrap();
    let led = game.solve(&Structure::leader(Manufacturer)).unwrap();
    let joint = game.solve(&Structure::cooperative()).unwrap();
    assert!(led[LinearPriced::PRICE] > 1.05 * joint[LinearPriced::PRICE]);
    assert!(led.total() < 0.9 * joint.total());
    // A channel with a price and nothing else is coordinated by w = c, at which the manufacturer earns nothing.
    let none = SquareRoot { effect: 0.0 };
    let plain = LinearPriced { local: none, national: none, ..priced() };
    let agreed = best((plain, contract, Structure::simultaneous()));
    assert!(agreed.is_first_best());
    close(agreed.term(Clause::WholesalePrice).unwrap(), 2.0, 1e-6, "w");
    assert!(agreed.solution.payoff(Manufacturer).abs() < 1e-6);
}

#[test]
fn a_two_part_tariff_coordinates_all_but_national_advertising() {
    let contract = Contract::new().wholesale_price(0.0..=9.0).fixed_fee(3.0);
    let with = best(search(contract.clone(), Structure::simultaneous()));
    assert!(!with.is_first_best());
    // At w = c price and local advertising would be right if national advertising were; it is 0, and nobody pays for it.
    let at_cost = Contracted::new(priced(), Contract::new().wholesale_price(2.0).fixed_fee(3.0)).unwrap();
    let joint = at_cost.solve(&Structure::cooperative()).unwrap();
    let played = at_cost.solve(&Structure::simultaneous()).unwrap();
    close(played[LinearPriced::PRICE], joint[LinearPriced::PRICE], 1e-9, "p");
    close(played[LinearPriced::LOCAL], joint[LinearPriced::LOCAL], 1e-9, "a");
    assert!(played[LinearPriced::NATIONAL].abs() < 1e-12 && joint[LinearPriced::NATIONAL] > 0.1);
    // Without national advertising it coordinates, and the fee divides.
    let channel = LinearPriced { national: SquareRoot { effect: 0.0 }, ..priced() };
    let contract = Contract::new().wholesale_price(0.0..=9.0).fixed_fee(0.0..=14.0);
    let search = Coordination::new(channel, contract, Structure::simultaneous()).unwrap();
    for (fee, agreed) in search.frontier(Clause::FixedFee, 5).unwrap() {
        let agreed = agreed.unwrap();
        assert!(agreed.is_first_best());
        close(agreed.solution.payoff(Manufacturer), fee, 1e-6, "the fee is the manufacturer's payoff");
    }
    let fees = search.acceptable(Clause::FixedFee, [4.0, 5.0]).unwrap().unwrap();
    close(fees.lower, 4.0, 1e-6, "lowest fee");
    close(fees.upper, search.first_best().total() - 5.0, 1e-6, "highest fee");
    assert_eq!(search.acceptable(Clause::FixedFee, [9.0, 9.0]).unwrap(), None);
}

#[test]
fn participation_alone_coordinates_local_advertising_only() {
    let mut draws = Draws(41);
    for _ in 0..5 {
        let channel = draws.fixed_price();
        let wholesale = draws.between(0.4, 0.8) * channel.price;
        let contract = Contract::new().wholesale_price(wholesale).participation(0.0..=0.99);
        // With national advertising: no, the manufacturer underspends.
        let both =
            Coordination::new(channel, contract.clone(), Structure::simultaneous()).unwrap().best().unwrap();
        assert!(!both.is_first_best());
        // Without: yes, at the manufacturer's share of the joint margin, t = ρ_m/(ρ_m + ρ_r).
        let local = FixedPrice { national: SquareRoot { effect: 0.0 }, ..channel };
        let agreed = Coordination::new(local, contract, Structure::simultaneous()).unwrap().best().unwrap();
        assert!(agreed.is_first_best());
        let joint = channel.price - channel.production_cost - channel.handling_cost;
        let share = (wholesale - channel.production_cost) / joint;
        close(agreed.term(Clause::Participation).unwrap(), share, 1e-7, "t");
    }
    // Where the price is a decision, it stays too high.
    let channel = LinearPriced { national: SquareRoot { effect: 0.0 }, ..priced() };
    let contract = Contract::new().wholesale_price(5.0).participation(0.0..=0.99);
    assert!(!best((channel, contract, Structure::simultaneous())).is_first_best());
}

#[test]
fn two_way_cost_sharing_with_revenue_sharing_coordinates_for_every_share() {
    let contract = Contract::new()
        .wholesale_price(0.0..=9.0)
        .participation(0.0..=0.99)
        .national_share(0.0..=0.99)
        .revenue_share(0.1..=0.9);
    // With a handling cost, which the retailer bears alone, the price condition sets w = (1 − φ)c − φd.
    let channel = LinearPriced { handling_cost: 0.0, ..priced() };
    for structure in [Structure::simultaneous(), Structure::leader(Manufacturer), Structure::leader(Retailer)]
    {
        let search = Coordination::new(channel, contract.clone(), structure).unwrap();
        for (share, agreed) in search.frontier(Clause::RevenueShare, 3).unwrap() {
            let agreed = agreed.unwrap();
            assert!(agreed.is_first_best(), "{share}: {agreed:?}");
            for (clause, expected) in [
                (Clause::WholesalePrice, (1.0 - share) * channel.production_cost),
                (Clause::Participation, share),
                (Clause::NationalShare, 1.0 - share),
            ] {
                close(agreed.term(clause).unwrap(), expected, 1e-6, clause.name());
            }
            close(agreed.solution.payoff(Manufacturer), share * search.first_best().total(), 1e-8, "payoff");
        }
    }
    let search = Coordination::new(channel, contract, Structure::simultaneous()).unwrap();
    let total = search.first_best().total();
    let shares = search.acceptable(Clause::RevenueShare, [0.3 * total, 0.4 * total]).unwrap().unwrap();
    close(shares.lower, 0.3, 1e-6, "lowest share");
    close(shares.upper, 0.6, 1e-6, "highest share");
    let missing = search.at(Clause::FixedFee, 1.0).unwrap_err();
    assert_eq!(missing, CoordinationError::NotOpen(Clause::FixedFee));
    assert!(matches!(search.at(Clause::RevenueShare, 2.0), Err(CoordinationError::Parameter(_))));
}

#[test]
fn profit_and_margin_shares_coordinate_what_they_share() {
    let profit = Contract::new().profit_share(0.1..=0.9);
    let channel = priced();
    for structure in [Structure::simultaneous(), Structure::leader(Manufacturer)] {
        let search = Coordination::new(channel, profit.clone(), structure).unwrap();
        for (share, agreed) in search.frontier(Clause::ProfitShare, 3).unwrap() {
            let agreed = agreed.unwrap();
            assert!(agreed.is_first_best());
            close(agreed.solution.payoff(Manufacturer), share * search.first_best().total(), 1e-8, "payoff");
        }
    }
    // Jeuland and Shugan's discount shares the margin: it coordinates the price, and leaves both kinds of advertising to
    // those who pay for them.
    let none = SquareRoot { effect: 0.0 };
    let plain = LinearPriced { local: none, national: none, ..channel };
    let discount = Contract::new().margin_share(0.3).fixed_fee(1.0);
    assert!(best((plain, discount.clone(), Structure::simultaneous())).is_first_best());
    assert!(!best((channel, discount.clone(), Structure::simultaneous())).is_first_best());
    // With both costs shared in the same proportion it coordinates them too.
    let shared = discount.participation(0.0..=0.9).national_share(0.0..=0.9);
    let agreed = best((channel, shared, Structure::simultaneous()));
    assert!(agreed.is_first_best());
    close(agreed.term(Clause::Participation).unwrap(), 0.3, 1e-6, "t");
    close(agreed.term(Clause::NationalShare).unwrap(), 0.7, 1e-6, "s");
}

#[test]
fn a_linear_quantity_discount_coordinates_a_price() {
    // π_r = (p − w + sQ − d)Q with Q = α − βp: the right price for a line of (w, s); one of them free suffices.
    let none = SquareRoot { effect: 0.0 };
    let plain = LinearPriced { local: none, national: none, ..priced() };
    let contract = Contract::new().wholesale_price(5.0).quantity_discount(0.0..=0.9);
    let agreed = best((plain, contract, Structure::simultaneous()));
    assert!(agreed.is_first_best());
    // Marginal payment w − 2sQ = c at Q* = (10 − 2.5)/2 = 3.75.
    close(agreed.term(Clause::QuantityDiscount).unwrap(), 3.0 / 7.5, 1e-6, "s");
}

/// The table of docs/contracts.md; efficiencies from a separate script that knows the replies in closed form.
#[test]
fn the_table_of_the_docs() {
    let (w, unit) = (0.0..=9.0, 0.0..=0.99);
    for (contract, efficiency) in [
        (Contract::new().wholesale_price(w.clone()), 0.851_579),
        (Contract::new().wholesale_price(5.0).participation(unit.clone()), 0.769_699),
        (Contract::new().wholesale_price(w.clone()).participation(unit.clone()), 0.859_605),
        (Contract::new().wholesale_price(w.clone()).revenue_share(0.0..=0.95), 0.933_182),
        (Contract::new().margin_share(unit.clone()), 0.933_182),
        (Contract::new().margin_share(0.3).participation(unit.clone()).national_share(unit.clone()), 1.0),
        (Contract::new().profit_share(0.3), 1.0),
    ] {
        let found = best(search(contract.clone(), Structure::simultaneous()));
        assert!((found.efficiency - efficiency).abs() < 1e-6, "{contract:?}: {}", found.efficiency);
    }
    let game = Contracted::new(priced(), Contract::new().wholesale_price(2.0..=9.0)).unwrap();
    let led = game.solve(&Structure::leader(Manufacturer)).unwrap();
    let joint = game.solve(&Structure::cooperative()).unwrap();
    assert!((led.total() / joint.total() - 0.680_550).abs() < 1e-5, "{}", led.total() / joint.total());
    assert!((joint.total() - 20.489_501_953_125).abs() < 1e-9);
}
