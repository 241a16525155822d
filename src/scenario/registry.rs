//! The models that scenario files can name, and the one face behind which they are all alike.

use std::fmt::Debug;

use serde_json::json;

use super::Route;
use super::bargaining::{Presented, Terms};
use super::catalogue::{ModelCard, describe, describe_over_time};
#[cfg(feature = "coalitions")]
use super::coalitions::{Division, Question};
use super::output::{Against, Differences, Failure, Outcome, PartyChange, Played, Quantity, Row};
use super::over_time::{Lasting, OverTime};
use super::sensitivity::{self, Moving, Sample};
use super::time::Time;
use crate::analysis::{Change, Comparison, Entry};
#[cfg(feature = "coalitions")]
use crate::analysis::{CoalitionError, MOST_PARTIES};
use crate::dynamic::DifferentialGame;
use crate::dynamic::models::{
    ChannelPricing, ChannelPricingMultiplicative, ChintaguntaJain, ChutaniSethi, CoCreation,
    CompetingRetailers, GoodwillChannel, HePrasadSethi, HePrasadSethiPriced, Interference,
    JorgensenSigueZaccour, Lanchester, MyopicPromotions, NationalPrivateLabel, NerloveArrow,
    NonlinearCoCreation, PrasadSethi, PricingAndLeadership, Promotions, Sethi, ShelfSpace, Sorger,
    StickyPrices, VidaleWolfe,
};
use crate::equilibrium::{Equilibrium, Method, Side, Solution, Verified};
use crate::error::{ParameterError, SolveError};
use crate::game::{Decision, StaticGame};
use crate::models::{
    AustBuscher, BergerLogarithm, BergerPercentage, BergerSquareRoot, DantBerger, DualBrand, HuangLi,
    JeulandShugan, KarrayZaccour, KarrayZaccourAdditive, Kunter, Measure, Model, Parameter, PlatformAlliance,
    Scheme, SeyedEsfahani, SzmerekovskyZhang, Wang, Weng, XieNeyret, XieWei, Yue, ZhangXie,
};
use crate::player::Player;
use crate::solve::Solve;
use crate::structure::Structure;

/// The models, in the order in which they are listed.
pub(super) static MODELS: &[Registered] = &[
    Registered::of::<PlatformAlliance>(),
    Registered::of::<DualBrand>(),
    Registered::of::<HuangLi>(),
    Registered::of::<BergerSquareRoot>(),
    Registered::of::<BergerLogarithm>(),
    Registered::of::<BergerPercentage>(),
    Registered::of::<DantBerger>(),
    Registered::of::<Yue>(),
    Registered::of::<XieWei>(),
    Registered::of::<XieNeyret>(),
    Registered::of::<SzmerekovskyZhang>(),
    Registered::of::<SeyedEsfahani>(),
    Registered::of::<AustBuscher>(),
    Registered::of::<Kunter>(),
    Registered::of::<KarrayZaccour>(),
    Registered::of::<KarrayZaccourAdditive>(),
    Registered::of::<Wang>(),
    Registered::of::<ZhangXie>(),
    Registered::of::<JeulandShugan>(),
    Registered::of::<Weng>(),
    Registered::over_time::<ChannelPricing>(),
    Registered::over_time::<ChannelPricingMultiplicative>(),
    Registered::over_time::<GoodwillChannel>(),
    Registered::over_time::<JorgensenSigueZaccour>(),
    Registered::over_time::<PricingAndLeadership>(),
    Registered::over_time::<Promotions>(),
    Registered::over_time::<MyopicPromotions>(),
    Registered::over_time::<ChintaguntaJain>(),
    Registered::over_time::<NationalPrivateLabel>(),
    Registered::over_time::<ShelfSpace>(),
    Registered::over_time::<HePrasadSethi>(),
    Registered::over_time::<HePrasadSethiPriced>(),
    Registered::over_time::<CompetingRetailers>(),
    Registered::over_time::<CoCreation>(),
    Registered::over_time::<NonlinearCoCreation>(),
    Registered::over_time::<ChutaniSethi>(),
    Registered::over_time::<NerloveArrow>(),
    Registered::over_time::<Sethi>(),
    Registered::over_time::<VidaleWolfe>(),
    Registered::over_time::<PrasadSethi>(),
    Registered::over_time::<Sorger>(),
    Registered::over_time::<Lanchester>(),
    Registered::over_time::<Interference>(),
    Registered::over_time::<StickyPrices>(),
];

/// Builds a model from its parameters' values.
type Build = fn(&[Vec<f64>]) -> Result<Box<dyn Playable>, ParameterError>;

/// A model by its name: what scenario files need to know of it.
#[derive(Debug)]
pub(super) struct Registered {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) parameters: fn() -> &'static [Parameter],
    pub(super) structures: fn() -> Vec<&'static str>,
    /// Other names of structures, each with ours.
    pub(super) structure_aliases: fn() -> Vec<(&'static str, &'static str)>,
    pub(super) status_quo: &'static [&'static str],
    pub(super) terms: &'static [&'static str],
    pub(super) build: Build,
    pub(super) describe: fn() -> ModelCard,
}

impl Registered {
    /// A game of one moment.
    const fn of<M: Presented + 'static>() -> Self {
        let build: Build = |values| Ok(Box::new(M::from_values(values)?));
        Registered { status_quo: M::STATUS_QUO, terms: M::TERMS, ..Self::new::<M>(build, describe::<M>) }
    }

    /// A game over time.
    const fn over_time<M>() -> Self
    where
        M: Model<Player: Sync> + DifferentialGame + Debug + Sync + 'static,
    {
        let build: Build = |values| Ok(Box::new(OverTime(M::from_values(values)?)));
        Self::new::<M>(build, describe_over_time::<M>)
    }

    const fn new<M: Model + 'static>(build: Build, describe: fn() -> ModelCard) -> Self {
        Registered {
            name: M::NAME,
            aliases: M::ALIASES,
            parameters: M::parameters,
            structures: || M::structures().into_iter().map(|scheme| scheme.name).collect(),
            structure_aliases: || {
                let own = |s: Scheme<M::Player>| s.aliases.iter().map(move |&alias| (alias, s.name));
                M::structures().into_iter().flat_map(own).collect()
            },
            status_quo: &[],
            terms: &[],
            build,
            describe,
        }
    }
}

/// What a scenario asks of a model.
pub(super) struct Request<'a> {
    pub(super) structures: &'a [&'static str],
    pub(super) baseline: Option<&'static str>,
    pub(super) route: Route,
    pub(super) terms: Terms,
    pub(super) time: &'a Time,
}

/// A model with its parameters, whatever its players are: the erased adapter.
pub(super) trait Playable: Debug {
    /// The parameters in use, by name.
    fn parameters(&self) -> Vec<(&'static str, Vec<f64>)>;
    /// Every structure asked for, solved and verified, and held against the baseline if there is one.
    fn play(&self, request: &Request<'_>) -> Vec<Row>;
    /// As a game of one moment, if it is one.
    fn at_once(&self) -> Option<&dyn AtOnce> {
        None
    }
    /// As a game over time, if it is one.
    fn over_time(&self) -> Option<&dyn Lasting> {
        None
    }
}

/// What only games of one moment can be asked.
pub(super) trait AtOnce {
    /// The coalition game around a structure, with its solutions.
    #[cfg(feature = "coalitions")]
    fn divide(&self, question: &Question) -> Result<Division, CoalitionError>;
    /// The letters of all parameters in use, number by number.
    fn symbols(&self) -> Vec<String>;
    /// Every structure asked for, solved and differentiated.
    fn differentiate(&self, structures: &[&'static str], route: Route, sample: Sample) -> Vec<Moving>;
}

type Attempt<P> = Result<Verified<P>, SolveError>;

impl<M: Presented> Playable for M {
    fn parameters(&self) -> Vec<(&'static str, Vec<f64>)> {
        parameters(self)
    }

    fn at_once(&self) -> Option<&dyn AtOnce> {
        Some(self)
    }

    fn play(&self, request: &Request<'_>) -> Vec<Row> {
        let solve = |structure: &Structure<M::Player>| solve(self, structure, request.route);
        let attempt = |name: &&'static str| -> Option<(&'static str, Attempt<M::Player>)> {
            let structure = M::structure(name)?;
            Some((name, solve(&structure).and_then(|solution| solution.verify(self))))
        };
        let attempts: Vec<_> = request.structures.iter().filter_map(attempt).collect();
        let baseline = attempts.iter().find(|(name, _)| Some(*name) == request.baseline);
        let row = |(name, attempt): &(&'static str, Attempt<M::Player>)| match attempt {
            Ok(verified) => {
                let solution = verified.solution();
                let mut outcome = outcome(verified, self.measures(solution.profile()), M::owner(name));
                outcome.agreement = self.agreement(name, &request.terms, &solve);
                let against = match baseline {
                    Some((from, Ok(before))) => {
                        let changes = Comparison::new(before.solution(), &[solution]);
                        let change = changes.ok().and_then(|mut all| all.changes.pop());
                        // One firm in both structures: its account beside those of its players.
                        let owner = M::owner(from).and(M::owner(name));
                        change.map(|change| against(change, solution.decisions(), owner))
                    }
                    _ => None,
                };
                Row { against, ..Row::of(name, Played::Equilibrium(Box::new(outcome))) }
            }
            Err(error) => Row::of(name, Played::Failed { error: Failure::from(error) }),
        };
        attempts.iter().map(row).collect()
    }
}

impl<M: Presented> AtOnce for M {
    #[cfg(feature = "coalitions")]
    fn divide(&self, question: &Question) -> Result<Division, CoalitionError> {
        let Some(base) = M::structure(question.base) else {
            return Err(CoalitionError::Parties { parties: 0, most: MOST_PARTIES });
        };
        super::coalitions::division(self, &base, question, |structure| {
            solve(self, structure, question.route)?.verify(self)
        })
    }

    fn symbols(&self) -> Vec<String> {
        sensitivity::symbols(self)
    }

    fn differentiate(&self, structures: &[&'static str], route: Route, sample: Sample) -> Vec<Moving> {
        sensitivity::differentiate(self, structures, route, sample)
    }
}

/// A model's parameters in use, by name.
pub(super) fn parameters<M: Model>(model: &M) -> Vec<(&'static str, Vec<f64>)> {
    let named = M::parameters().iter().map(|parameter| parameter.name).zip(model.values());
    named.filter(|(_, values)| !values.is_empty()).collect()
}

/// The equilibrium by the route asked for.
pub(super) fn solve<M: Model + StaticGame>(
    model: &M,
    structure: &Structure<M::Player>,
    route: Route,
) -> Result<Solution<M::Player>, SolveError> {
    match route {
        Route::Auto => model.solve(structure),
        Route::ClosedForm => model.solve_in_closed_form(structure),
        Route::Engine => model.solve_numerically(structure),
    }
}

/// The firm that owns several players under a structure, and these.
type Owner<P> = Option<(&'static str, Vec<P>)>;

/// A verified equilibrium as a scenario reports it.
pub(super) fn outcome<P: Player>(verified: &Verified<P>, measures: Vec<Measure>, owner: Owner<P>) -> Outcome {
    let solution = verified.solution();
    let report = solution.report();
    let decisions = solution.decisions().iter().zip(solution.profile());
    let mut payoffs: Vec<Quantity> = solution
        .players()
        .iter()
        .zip(solution.payoffs())
        .map(|(player, &value)| money(player.name(), value))
        .collect();
    if let Some((name, members)) = &owner {
        payoffs.push(money(*name, members.iter().map(|&member| solution.payoff(member)).sum()));
    }
    let side = |side: Side| match side {
        Side::Free => "free",
        Side::Lower => "lower",
        Side::Upper => "upper",
        Side::Idle => "idle",
    };
    let bound = |&(at, at_side): &(usize, Side)| {
        solution.decisions().get(at).map(|decision| (decision.name.to_string(), json!(side(at_side))))
    };
    let certificate = verified.certificate();
    Outcome {
        decisions: decisions
            .map(|(d, &value)| Quantity { name: d.name.to_string(), unit: d.unit, value })
            .collect(),
        payoffs,
        owner: owner.map(|(name, _)| name),
        measures: measures
            .iter()
            .map(|m| Quantity { name: m.name.to_owned(), unit: m.unit, value: m.value })
            .collect(),
        total: solution.total(),
        method: report.method.name(),
        residual: report.residual,
        iterations: report.iterations,
        regret: certificate.regret,
        resolution: certificate.resolution,
        thinned: certificate.thinned,
        at_kink: report.at_kink,
        binding: (report.method == Method::Engine).then(|| report.binding.iter().filter_map(bound).collect()),
        caveats: report
            .caveats
            .iter()
            .map(|c| Quantity { name: c.quantity.to_owned(), unit: "", value: c.value })
            .collect(),
        agreement: None,
        over_time: None,
    }
}

pub(super) fn money(name: impl Into<String>, value: f64) -> Quantity {
    Quantity { name: name.into(), unit: "money", value }
}

/// A change as a scenario reports it.
pub(super) fn against<P: Player>(change: Change, decided: &[Decision<P>], owner: Owner<P>) -> Against {
    let Change { decisions, payoffs, parties, pareto, created, shares, .. } = change;
    let owner = owner.map(|(name, members)| {
        (name, members.iter().map(|member| member.name().into_owned()).collect::<Vec<_>>())
    });
    let with_owner = |entries: Vec<Entry>, unit: &'static str| {
        let sum = |members: &[String]| {
            entries.iter().filter(|entry| members.contains(&entry.name)).map(|entry| entry.value).sum()
        };
        let joint = owner.as_ref().map(|(name, members)| Quantity {
            name: (*name).to_owned(),
            unit,
            value: sum(members),
        });
        let own = entries.iter().map(|e| Quantity { name: e.name.clone(), unit, value: e.value });
        own.chain(joint).collect::<Vec<_>>()
    };
    let party_name = |players: &[String]| match &owner {
        Some((name, members)) if members == players => (*name).to_owned(),
        _ => players.join(" and "),
    };
    let units = decided.iter().map(|decision| decision.unit);
    Against {
        change: Differences {
            decisions: decisions
                .into_iter()
                .zip(units)
                .map(|(e, unit)| Quantity { name: e.name, unit, value: e.value })
                .collect(),
            payoffs: with_owner(payoffs, "money"),
        },
        pareto,
        parties: parties
            .into_iter()
            .map(|p| PartyChange { name: party_name(&p.players), gain: p.gain, direction: p.direction })
            .collect(),
        created,
        shares: shares.map(|shares| with_owner(shares, "share of gain")),
    }
}

/// Every model by the name that scenario files use.
pub(super) fn names() -> Vec<&'static str> {
    MODELS.iter().map(|model| model.name).collect()
}

/// Other names of models, each with ours.
pub(super) fn aliases() -> Vec<(&'static str, &'static str)> {
    MODELS.iter().flat_map(|model| model.aliases.iter().map(|&alias| (alias, model.name))).collect()
}

/// The structures of a model by name, and their names in the literature, each with ours.
#[cfg(feature = "coalitions")]
pub(super) fn structures_of(model: &str) -> (Vec<&'static str>, Vec<(&'static str, &'static str)>) {
    let known = MODELS.iter().find(|known| known.name == model);
    known.map_or_else(Default::default, |model| ((model.structures)(), (model.structure_aliases)()))
}
