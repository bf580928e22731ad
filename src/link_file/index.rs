//! The index kept beside a linked file, so that later records are linked one by one: hands linkage's questions to the
//! store and keeps model and settings with it.

use std::path::Path;

use throughline_domain::sharing::Door;
use throughline_linkage::{Changes, Keeper, Live, Model, NewTexts, Settings};
use throughline_store::{LinkChanges, LinkIndex, StoreError};

use super::engine;
use super::fault::Fault;

const MODEL: &str = "model";
const SETTINGS: &str = "settings";

/// An index open for linking.
pub struct Index(LinkIndex);

impl Index {
    /// Whether a folder holds one.
    pub fn is_in(folder: &Path) -> Result<bool, Fault> {
        Ok(LinkIndex::is_in(folder)?)
    }

    /// An empty one, to be filled by linking a whole file.
    pub fn create(folder: &Path) -> Result<Self, Fault> {
        Ok(Self(LinkIndex::create(folder)?))
    }

    /// Opens one, with the settings and the model that were kept.
    pub fn open(folder: &Path) -> Result<(Self, Live), Fault> {
        let index = LinkIndex::open(folder)?;
        let document = |name: &str| -> Result<String, Fault> {
            let bytes = index.document(name)?.map(Door::open_to_derive).unwrap_or_default();
            String::from_utf8(bytes).map_err(|e| Fault::file(folder, format!("{name}: {e}")))
        };
        let text = document(SETTINGS)?;
        if text.is_empty() {
            let problem =
                "the index was not finished; remove its link-index.db and link the whole file again";
            return Err(Fault::file(folder, problem));
        }
        let settings = engine::settings_of("settings kept with the index", &text)?.0;
        let model: Model = serde_json::from_str(&document(MODEL)?).map_err(|e| {
            Fault::file(
                folder,
                format!("the index was not finished ({e}); remove it and link the file again"),
            )
        })?;
        let texts = |kind| index.texts(kind).map(Door::open_to_derive);
        let texts = NewTexts { words: texts(0)?, places: texts(1)?, spaces: texts(2)? };
        let live = Live::new(settings, model, &texts);
        Ok((Self(index), live))
    }

    /// Keeps model and settings, and makes the index ready for use.
    pub fn finish(mut self, model: &Model, settings: &str) -> Result<(), Fault> {
        self.0.finish()?;
        let model = serde_json::to_vec(model).map_err(|e| Fault::Settings(e.to_string()))?;
        self.0.put_document(MODEL, &model)?;
        // Last: an index without settings is one whose making was cut off.
        Ok(self.0.put_document(SETTINGS, settings.as_bytes())?)
    }
}

impl Keeper for Index {
    type Error = Fault;

    fn bases_with(&mut self, keys: &[u64]) -> Result<Vec<u32>, Fault> {
        Ok(self.0.bases_with(keys)?)
    }

    fn base(&mut self, number: u32) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.0.base(number)?.map(Door::open_to_derive))
    }

    fn base_of(&mut self, handle: u128) -> Result<Option<u32>, Fault> {
        Ok(self.0.base_of(handle)?)
    }

    fn next(&mut self) -> Result<u32, Fault> {
        Ok(self.0.next())
    }

    fn write(&mut self, changes: &Changes) -> Result<(), Fault> {
        let texts = &changes.texts;
        Ok(self.0.write(&LinkChanges {
            bases: &changes.bases,
            gone: &changes.gone,
            keys: &changes.keys,
            keys_gone: &changes.keys_gone,
            handles: &changes.handles,
            handles_gone: &changes.handles_gone,
            texts: [&texts.words, &texts.places, &texts.spaces],
        })?)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotOurs(path) => {
                Self::file(&path, "is not an index of Throughline; name another folder with --index")
            }
            other => Self::Settings(format!("the index: {other}")),
        }
    }
}

/// The settings an index was made with, taken over as they were written.
pub fn settings_text(settings: Option<&Path>) -> Result<String, Fault> {
    match settings {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|e| Fault::file(file, format!("cannot be read: {e}")))
        }
        None => Ok(Settings::DEFAULT_DOCUMENT.to_owned()),
    }
}
