//! What scenario results say about a model beyond its equilibria: who owns whom, and how the gain from cooperation
//! can be shared.

use super::output::{Agreement, Bargained, Bargains, Failure, NashPayoffs, Split};
use crate::error::{ParameterError, SolveError};
use crate::models::huang_li::ParetoRates;
use crate::models::{HuangLi, Model, PlatformAlliance};
use crate::solve::bargaining::relative;
use crate::solve::{Bargain, Rule, Surplus, Utility, cara_split, power_split};

/// The rules that a scenario can ask for.
pub(super) const RULES: [&str; 3] = ["nash", "kalai_smorodinsky", "egalitarian"];

/// The terms of a bargain: the scenario's `[bargaining]`, defaults filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Terms {
    /// The structure that holds without an agreement.
    pub(super) status_quo: &'static str,
    /// The first party's bargaining power, 0 to 1.
    pub(super) power: Option<f64>,
    /// Exponents of the parties' power utilities, with their powers.
    pub(super) utilities: Option<([f64; 2], [f64; 2])>,
    /// The parties' absolute risk aversions.
    pub(super) aversion: Option<[f64; 2]>,
    /// Which of [`RULES`] are asked for.
    pub(super) rules: [bool; RULES.len()],
    /// The limits of what is bargained over: a rate, a share of joint profit.
    pub(super) limits: Option<[f64; 2]>,
}

/// Everybody's payoff under the structure of that name, solved the way that the scenario asks for.
pub(super) type Solver<'a> = &'a dyn Fn(&str) -> Result<Vec<f64>, SolveError>;

/// How the gain that a structure brings can be shared: of a model's parameters' values, the structure's name, the terms, and a
/// route to payoffs under other structures.
pub(super) type Agree = fn(&[Vec<f64>], &str, &Terms, Solver<'_>) -> Option<Agreement>;

/// The keys of `[bargaining]`.
pub(super) const TERMS: &[&str] =
    &["status_quo", "power", "exponents", "powers", "aversion", "rules", "limits"];

/// The firm that owns several players, and their seats.
type Firm = (&'static str, &'static [usize]);

/// Who owns several players under the structure of that name.
pub(super) type Owner = fn(&str) -> Option<Firm>;

/// Both brands of the dual-brand game have one owner in the paper; only rivals are two firms.
pub(super) fn maker_of_both(structure: &str) -> Option<Firm> {
    (structure != "rival_owners").then_some(("manufacturer", &[0, 1]))
}

/// What may hold in a channel that does not cooperate.
pub(super) const WITHOUT_COOPERATION: &[&str] = &["manufacturer_leads", "simultaneous", "retailer_leads"];

/// The rates that leave both firms of [`HuangLi`] better off when they cooperate.
pub(super) fn pareto_rates(
    values: &[Vec<f64>],
    structure: &str,
    terms: &Terms,
    solve: Solver<'_>,
) -> Option<Agreement> {
    if structure != "cooperative" {
        return None;
    }
    let channel = HuangLi::from_values(values).ok()?;
    let before = solve(terms.status_quo);
    let rates = before.and_then(|before| {
        let payoff = |at: usize| before.get(at).copied().unwrap_or(f64::NAN);
        channel.pareto_rates([payoff(0), payoff(1)])
    });
    Some(match rates {
        Ok(rates) => agreed_rates(&rates, terms),
        Err(error) => unknown(terms, &error),
    })
}

fn agreed_rates(rates: &ParetoRates, terms: &Terms) -> Agreement {
    // The joint optimum cannot create less than nothing but for rounding.
    let surplus = rates.surplus.gain.max(0.0);
    let split = |gain: f64| Split { gain, rate: rates.rate(gain) };
    Agreement::ParetoRates {
        status_quo: terms.status_quo,
        lowest: rates.lowest,
        highest: rates.highest,
        surplus: rates.surplus.gain,
        equal_split: rates.rate(0.5 * surplus),
        nash_split: terms.power.map(|power| split(power * surplus)),
        power_split: terms
            .utilities
            .and_then(|(exponents, powers)| power_split(surplus, exponents, powers).ok())
            .map(split),
        cara_split: terms.aversion.and_then(|aversion| cara_split(surplus, aversion).ok()).map(split),
        bargains: bargains(
            terms,
            rates.surplus,
            terms.limits.is_some(),
            &Over {
                // The higher the rate, the less is left to the manufacturer.
                limits: &|[lowest, highest]| [rates.gain(highest), rates.gain(lowest)],
                split: &|found| Bargained { rate: Some(rates.rate(found.gain)), ..found },
            },
        ),
    }
}

/// What is bargained over, and how it moves money.
struct Over<'a> {
    /// Limits of it as limits of the first party's gain.
    limits: &'a dyn Fn([f64; 2]) -> [f64; 2],
    /// What of it brings about a gain.
    split: &'a dyn Fn(Bargained) -> Bargained,
}

/// Every rule asked for with every utility given; where `implied` and no rule is named, Nash's.
fn bargains(terms: &Terms, surplus: Surplus, implied: bool, over: &Over<'_>) -> Option<Bargains> {
    let named = terms.rules.contains(&true);
    if !named && !implied {
        return None;
    }
    let power = terms.power.unwrap_or(0.5);
    let mut utilities = vec![("linear", [Utility::Linear; 2], power)];
    utilities.extend(
        terms.utilities.map(|(exponents, powers)| ("power", exponents.map(Utility::Power), relative(powers))),
    );
    utilities.extend(terms.aversion.map(|aversion| ("cara", aversion.map(Utility::Cara), power)));
    let found = || -> Result<Vec<Bargained>, ParameterError> {
        // The joint optimum cannot create less than nothing but for rounding.
        let mut bargain = Bargain::over(Surplus { gain: surplus.gain.max(0.0), ..surplus })?;
        if let Some(limits) = terms.limits {
            bargain = bargain.limited((over.limits)(limits))?;
        }
        let mut all = Vec::new();
        for (name, asked) in RULES.into_iter().zip(terms.rules) {
            for &(utilities, pair, power) in &utilities {
                let rule = match name {
                    "nash" => Rule::Nash { power },
                    "kalai_smorodinsky" => Rule::KalaiSmorodinsky,
                    _ => Rule::Egalitarian,
                };
                if asked || (!named && name == "nash") {
                    let gain = bargain.with(pair)?.gain(rule)?;
                    all.push((over.split)(Bargained {
                        rule: name,
                        utilities,
                        gain,
                        rate: None,
                        share: None,
                    }));
                }
            }
        }
        Ok(all)
    };
    Some(match found() {
        Ok(all) => Bargains::Agreed(all),
        Err(error) => Bargains::None { error: error.to_string() },
    })
}

/// What may hold on a platform without an agreement.
pub(super) const WITHOUT_ALLIANCE: &[&str] =
    &["no_support", "platform_supports", "participant_supports", "bilateral"];

/// The shares of joint profit that leave both partners of a [`PlatformAlliance`] better off.
pub(super) fn profit_sharing(
    values: &[Vec<f64>],
    structure: &str,
    terms: &Terms,
    _: Solver<'_>,
) -> Option<Agreement> {
    if structure != "integrated" {
        return None;
    }
    let alliance = PlatformAlliance::from_values(values).ok()?;
    Some(match alliance.profit_sharing(&PlatformAlliance::structure(terms.status_quo)?) {
        Ok(sharing) => Agreement::ProfitSharing {
            status_quo: terms.status_quo,
            joint: sharing.joint,
            surplus: sharing.surplus.gain,
            acceptable: sharing.acceptable(),
            nash: sharing
                .surplus
                .nash(terms.power.unwrap_or(0.5))
                .ok()
                .map(|[platform, participant]| NashPayoffs { platform, participant }),
            bargains: {
                let before = sharing.surplus.status_quo[0];
                let implied = terms.limits.is_some() || terms.utilities.is_some() || terms.aversion.is_some();
                bargains(
                    terms,
                    sharing.surplus,
                    implied,
                    &Over {
                        limits: &|shares| shares.map(|share| share * sharing.joint - before),
                        split: &|found| {
                            let share = (sharing.joint > 0.0).then(|| (before + found.gain) / sharing.joint);
                            Bargained { share, ..found }
                        },
                    },
                )
            },
        },
        Err(error) => unknown(terms, &error),
    })
}

fn unknown(terms: &Terms, error: &SolveError) -> Agreement {
    Agreement::Unknown { status_quo: terms.status_quo, error: Failure::from(error) }
}
