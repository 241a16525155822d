//! The models that scenario files can name: recorded games, and what else files need to know of them.

use super::bargaining::{self, Agree, Owner, Terms};
use super::catalogue::{ModelCard, describe, describe_over_time};
use super::output::Row;
use super::time::Time;
use super::{Route, at_once, over_time};
use crate::dynamic::DifferentialGame;
use crate::dynamic::models::{
    BretonJarrarZaccour, ChannelPricing, ChannelPricingMultiplicative, ChintaguntaJain, ChutaniSethi,
    CoCreation, CompetingRetailers, Deal, GoodwillChannel, HePrasadSethi, HePrasadSethiPriced, Interference,
    JorgensenSigueZaccour, Lanchester, MyopicPromotions, NationalPrivateLabel, NerloveArrow,
    NonlinearCoCreation, PrasadSethi, PricingAndLeadership, Promotions, Sethi, ShelfSpace, Sorger,
    StickyPrices, VidaleWolfe,
};
use crate::error::{ParameterError, StructureError};
use crate::game::StaticGame;
use crate::models::{
    AustBuscher, BergerLogarithm, BergerPercentage, BergerSquareRoot, DantBerger, DualBrand, HuangLi,
    JeulandShugan, KarrayZaccour, KarrayZaccourAdditive, Kunter, Measure, Model, Parameter, PlatformAlliance,
    Scheme, SeyedEsfahani, SzmerekovskyZhang, Wang, Weng, XieNeyret, XieWei, Yue, ZhangXie,
};
use crate::recorded::{RecordError, Recorded, Seat, by_seat};
use crate::structure::Structure;

/// The models, in the order in which they are listed.
pub(super) static MODELS: &[Registered] = &[
    Registered {
        status_quo: bargaining::WITHOUT_ALLIANCE,
        agreement: bargaining::profit_sharing,
        ..Registered::of::<PlatformAlliance>()
    },
    Registered { owner: bargaining::maker_of_both, ..Registered::of::<DualBrand>() },
    Registered {
        status_quo: bargaining::WITHOUT_COOPERATION,
        agreement: bargaining::pareto_rates,
        ..Registered::of::<HuangLi>()
    },
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

/// A model by its name: what scenario files need to know of it.
#[derive(Debug)]
pub(super) struct Registered {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    pub(super) parameters: fn() -> &'static [Parameter],
    pub(super) structures: fn() -> Vec<&'static str>,
    /// Other names of structures, each with ours.
    pub(super) structure_aliases: fn() -> Vec<(&'static str, &'static str)>,
    /// Structures that may be the status quo of a bargain, the default first; empty where there is no bargain.
    pub(super) status_quo: &'static [&'static str],
    /// How the gain that a structure brings can be shared.
    pub(super) agreement: Agree,
    /// The firm that owns several players under a structure, and their seats.
    pub(super) owner: Owner,
    /// [`Model::measures`] at the parameters' values.
    pub(super) measures: fn(&[Vec<f64>], &[f64]) -> Vec<Measure>,
    pub(super) describe: fn() -> ModelCard,
    build: Build,
}

/// Records a model at its parameters' values.
type Build = fn(&'static Registered, &[Vec<f64>]) -> Result<Playable, Unplayable>;

impl Registered {
    /// A game of one moment.
    const fn of<M>() -> Self
    where
        M: Model<Player: Send + Sync> + StaticGame + Send + Sync + 'static,
    {
        let build: Build = |known, values| {
            let model = M::from_values(values)?;
            let game = model.record()?;
            Playable::new(known, model, game, Recorded::beside)
        };
        Self::new::<M>(build, describe::<M>)
    }

    /// A game over time.
    const fn over_time<M>() -> Self
    where
        M: Model<Player: Send + Sync> + DifferentialGame + Send + Sync + 'static,
    {
        let build: Build = |known, values| {
            let model = M::from_values(values)?;
            let game = model.record()?;
            Playable::new(known, model, game, Recorded::beside_over_time)
        };
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
            agreement: |_, _, _, _| None,
            owner: |_| None,
            measures: |values, x| {
                M::from_values(values).map_or_else(|_| Vec::new(), |model| model.measures(x))
            },
            describe,
            build,
        }
    }

    /// The model at its parameters' values, one entry a parameter.
    pub(super) fn at(&'static self, values: &[Vec<f64>]) -> Result<Playable, Unplayable> {
        (self.build)(self, values)
    }

    /// The terms of a bargain of which nothing is said.
    pub(super) fn terms(&self) -> Terms {
        Terms { status_quo: self.status_quo.first().copied().unwrap_or_default(), ..Terms::default() }
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
#[derive(Debug)]
pub(super) struct Playable {
    pub(super) known: &'static Registered,
    pub(super) game: Recorded,
    /// The parameters' values, defaults filled in; empty for those of another form.
    pub(super) values: Vec<Vec<f64>>,
    structures: Vec<(&'static str, Structure<Seat>)>,
}

/// Why a model cannot be played at some values.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unplayable {
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Playable {
    fn new<M: Model>(
        known: &'static Registered,
        model: M,
        game: Recorded,
        beside: fn(Recorded, M) -> Recorded,
    ) -> Result<Self, Unplayable> {
        let players = model.players();
        let seated = |s: Scheme<M::Player>| Ok((s.name, by_seat(&s.structure, &players, &game.players)?));
        let structures = model.schemes().into_iter().map(seated).collect::<Result<_, StructureError>>();
        let structures = structures.map_err(RecordError::from)?;
        Ok(Playable { known, values: model.values(), structures, game: beside(game, model) })
    }

    /// The parameters in use, by name.
    pub(super) fn parameters(&self) -> Vec<(&'static str, Vec<f64>)> {
        let named = (self.known.parameters)().iter().map(|parameter| parameter.name).zip(&self.values);
        named.filter(|(_, values)| !values.is_empty()).map(|(name, values)| (name, values.clone())).collect()
    }

    /// The structure of that name, if this very game has it.
    pub(super) fn structure(&self, name: &str) -> Option<&Structure<Seat>> {
        self.structures.iter().find(|(known, _)| *known == name).map(|(_, structure)| structure)
    }

    /// Whether it is a game over time.
    pub(super) fn lasts(&self) -> bool {
        self.game.lasting.is_some()
    }

    /// What else is worth knowing at a profile.
    pub(super) fn measures(&self, x: &[f64]) -> Vec<Measure> {
        (self.known.measures)(&self.values, x)
    }

    /// The firm that owns several players under a structure, and these.
    pub(super) fn owner(&self, structure: &str) -> Option<(&'static str, Vec<Seat>)> {
        let (name, seats) = (self.known.owner)(structure)?;
        Some((name, seats.iter().filter_map(|&seat| self.game.players.get(seat).copied()).collect()))
    }

    /// Every structure asked for, solved and verified, and held against the baseline if there is one.
    pub(super) fn play(&self, request: &Request<'_>) -> Vec<Row> {
        if self.lasts() { over_time::play(self, request) } else { at_once::play(self, request) }
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
