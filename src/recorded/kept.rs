//! A model is recorded once a process: its formulas serve every game of its kind, and with them what solvers make of them.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::source::{Cast, Source};
use super::{RecordError, Recorded, Seat};
use crate::game::StaticGame;
use crate::structure::Structure;

/// The most structures under which something is kept for one model, and the most kinds of models: more than the literature
/// has. What comes later is made anew each time.
const MOST: usize = 64;

/// What solvers have made of a game's formulas, a structure each.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Entry>>);

struct Entry {
    structure: Structure<Seat>,
    what: Arc<dyn Any + Send + Sync>,
}

impl Kept {
    /// What was made under these rules, or what `make` makes now.
    pub(crate) fn get<T: Send + Sync + 'static, E>(
        &self,
        structure: &Structure<Seat>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let find = |entries: &[Entry]| {
            let mut same = entries.iter().filter(|entry| entry.structure.same_rules(structure));
            same.find_map(|entry| Arc::clone(&entry.what).downcast::<T>().ok())
        };
        if let Some(known) = find(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        // Two threads may both make it; the first one's stays.
        let made = Arc::new(make()?);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = find(&entries) {
            return Ok(known);
        }
        if entries.len() < MOST {
            entries.push(Entry { structure: structure.clone(), what: Arc::clone(&made) as Arc<_> });
        }
        Ok(made)
    }
}

impl Clone for Kept {
    /// A copy starts with nothing.
    fn clone(&self) -> Self {
        Kept::default()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// The games recorded so far, each with the numbers of the one that was recorded.
static RECORDED: Mutex<Vec<(TypeId, Recorded)>> = Mutex::new(Vec::new());

impl Recorded {
    /// Records a game of a type whose formulas depend on its arguments alone: once a process for as many players, decisions and
    /// arguments.
    pub(crate) fn once<G: StaticGame + 'static>(game: &G) -> Result<Self, RecordError> {
        Self::once_of(TypeId::of::<G>(), game)
    }

    fn once_of(kind: TypeId, game: &dyn Source) -> Result<Self, RecordError> {
        let (Cast { players, decisions }, parameters) = (game.cast()?, game.parameters());
        let same = |(other, recorded): &&(TypeId, Recorded)| {
            *other == kind
                && recorded.players == players
                && recorded.decisions.len() == decisions.len()
                && recorded.parameters.len() == parameters.len()
                && recorded.parameters.iter().zip(&parameters).all(|((a, _), (b, _))| a == b)
        };
        let known = {
            let all = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().find(same).map(|(_, recorded)| recorded.clone())
        };
        if let Some(known) = known {
            return Ok(Recorded { decisions: decisions.into(), parameters: parameters.into(), ..known });
        }
        let mut recorded = Recorded::from_source(game)?;
        if let Some(formulas) = Arc::get_mut(&mut recorded.formulas) {
            formulas.kept = Some(Kept::default());
        }
        let mut all = RECORDED.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST && !all.iter().any(|entry| same(&entry)) {
            all.push((kind, recorded.clone()));
        }
        Ok(recorded)
    }
}
