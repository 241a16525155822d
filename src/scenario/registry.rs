//! The models that scenario files can name, and the one face behind which they are all alike.

use std::fmt::Debug;

use super::Route;
use super::at_once::AtOnce;
use super::bargaining::{Presented, Terms};
use super::catalogue::{ModelCard, describe, describe_over_time};
use super::output::Row;
use super::over_time::OverTime;
use super::time::Time;
use crate::dynamic::DifferentialGame;
use crate::dynamic::models::{
    BretonJarrarZaccour, ChannelPricing, ChannelPricingMultiplicative, ChintaguntaJain, ChutaniSethi,
    CoCreation, CompetingRetailers, Deal, GoodwillChannel, HePrasadSethi, HePrasadSethiPriced, Interference,
    JorgensenSigueZaccour, Lanchester, MyopicPromotions, NationalPrivateLabel, NerloveArrow,
    NonlinearCoCreation, PrasadSethi, PricingAndLeadership, Promotions, Sethi, ShelfSpace, Sorger,
    StickyPrices, VidaleWolfe,
};
use crate::error::ParameterError;
use crate::models::{
    AustBuscher, BergerLogarithm, BergerPercentage, BergerSquareRoot, DantBerger, DualBrand, HuangLi,
    JeulandShugan, KarrayZaccour, KarrayZaccourAdditive, Kunter, Model, Parameter, PlatformAlliance, Scheme,
    SeyedEsfahani, SzmerekovskyZhang, Wang, Weng, XieNeyret, XieWei, Yue, ZhangXie,
};

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
    Registered::over_time::<BretonJarrarZaccour>(),
    Registered::over_time::<Deal>(),
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
    const fn of<M: Presented + Sync + 'static>() -> Self {
        let build: Build = |values| Ok(Box::new(AtOnce(Box::new(M::from_values(values)?))));
        Registered { status_quo: M::STATUS_QUO, terms: M::TERMS, ..Self::new::<M>(build, describe::<M>) }
    }

    /// A game over time.
    const fn over_time<M>() -> Self
    where
        M: Model<Player: Send + Sync> + DifferentialGame + Debug + Sync + 'static,
    {
        let build: Build = |values| Ok(Box::new(OverTime(Box::new(M::from_values(values)?))));
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

/// A model with its parameters, as scenarios play it.
pub(super) trait Playable: Debug {
    /// The parameters in use, by name.
    fn parameters(&self) -> Vec<(&'static str, Vec<f64>)>;
    /// Every structure asked for, solved and verified, and held against the baseline if there is one.
    fn play(&self, request: &Request<'_>) -> Vec<Row>;
    /// As a game of one moment, if it is one.
    fn at_once(&self) -> Option<&AtOnce> {
        None
    }
    /// As a game over time, if it is one.
    fn over_time(&self) -> Option<&OverTime> {
        None
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
