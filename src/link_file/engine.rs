//! The one place of this room that speaks to the engine: records go in by the chunk, who is who comes out.

use std::path::Path;

use throughline_linkage::{
    Batch, Decision, Filling, LinkStage, Linked, Model, Record, Register, Settings, splink,
};

use super::fault::Fault;
use super::index::Index;
use super::reading::Make;

/// Records on their way into linkage.
pub struct Engine {
    settings: Settings,
    to: To,
}

enum To {
    /// To be linked together.
    Register(Box<Register>),
    /// To be linked one by one.
    List(Vec<Record>),
}

/// How records are made ready for an engine, whatever it does meanwhile.
pub enum Preparing {
    Together(Box<Settings>),
    OneByOne,
}

impl Preparing {
    /// Begins to make so many records ready.
    pub fn begin(&self, records: usize) -> Begun<'_> {
        match self {
            Self::Together(settings) => Begun::Batch(Box::new(Batch::filling(settings, records))),
            Self::OneByOne => Begun::List(Vec::with_capacity(records)),
        }
    }
}

/// Records being made ready.
pub enum Begun<'a> {
    Batch(Box<Filling<'a>>),
    List(Vec<Record>),
}

impl Make for Begun<'_> {
    type Made = Prepared;

    fn add(&mut self, record: &Record) {
        match self {
            Self::Batch(filling) => filling.add(record),
            Self::List(list) => list.push(record.clone()),
        }
    }

    fn made(self) -> Prepared {
        match self {
            Self::Batch(filling) => Prepared::Batch(Box::new(filling.done())),
            Self::List(list) => Prepared::List(list),
        }
    }
}

/// Records made ready.
pub enum Prepared {
    Batch(Box<Batch>),
    List(Vec<Record>),
}

impl Prepared {
    /// The id of a record.
    pub fn id(&self, own: usize) -> &str {
        match self {
            Self::Batch(batch) => batch.id(own),
            Self::List(list) => list.get(own).map_or("", |record| record.id.as_str()),
        }
    }

    /// Leaves out the records of these places, which come in order.
    pub fn without(self, gone: &[usize]) -> Self {
        match self {
            Self::Batch(batch) => Self::Batch(Box::new(batch.without(gone))),
            Self::List(list) => {
                let all = (0..).zip(list);
                let left = all.filter(|(own, _): &(usize, _)| gone.binary_search(own).is_err());
                Self::List(left.map(|(_, record)| record).collect())
            }
        }
    }
}

impl Engine {
    /// Nothing taken up yet; everything is linked together.
    pub fn new(settings: Settings) -> Self {
        Self { to: To::Register(Box::new(Register::new(&settings))), settings }
    }

    /// Only collects the records.
    pub fn collecting(settings: Settings) -> Self {
        Self { to: To::List(Vec::new()), settings }
    }

    /// How records are to be made ready.
    pub fn preparing(&self) -> Preparing {
        match self.to {
            To::Register(_) => Preparing::Together(Box::new(self.settings.clone())),
            To::List(_) => Preparing::OneByOne,
        }
    }

    /// Takes up records made ready.
    pub fn take(&mut self, prepared: Prepared) {
        match (&mut self.to, prepared) {
            (To::Register(register), Prepared::Batch(batch)) => register.take(*batch),
            (To::Register(register), Prepared::List(list)) => register.add_all(&list),
            (To::List(list), Prepared::List(more)) => list.extend(more),
            (To::List(_), Prepared::Batch(_)) => {}
        }
    }

    /// Pairs to learn from, and pairs of one person of whom to say by which rules they were compared.
    pub fn know(&mut self, taught: Vec<Decision>, asked: Vec<(u32, u32)>) {
        if let To::Register(register) = &mut self.to {
            register.learn_from(taught);
            register.ask_about(asked);
        }
    }

    /// What was collected.
    pub fn collected(self) -> Vec<Record> {
        match self.to {
            To::Register(_) => Vec::new(),
            To::List(list) => list,
        }
    }

    /// Links what was taken up, with a kept model or by learning, and fills the index if there is one. `told` hears
    /// what is being done.
    pub fn link(
        self,
        decisions: &[Decision],
        model: Option<&Model>,
        index: Option<&mut Index>,
        told: &(dyn Fn(&str) + Sync),
    ) -> Result<Linked, Fault> {
        let watch = |stage| {
            told(match stage {
                LinkStage::Order => "putting records in order",
                LinkStage::Block => "finding who shares a key",
                LinkStage::Learn => "learning weights",
                LinkStage::Compare => "comparing pairs",
                LinkStage::Join => "joining",
            });
        };
        let To::Register(register) = self.to else { return Ok(Linked::default()) };
        match index {
            None => Ok(register.link(decisions, &self.settings, model, &watch)),
            Some(index) => register.link_and_keep(decisions, &self.settings, model, index, &watch),
        }
    }
}

/// Our settings document, or a Splink model; and what of the latter could not be taken over.
pub fn settings_of(name: &str, text: &str) -> Result<(Settings, Vec<String>), Fault> {
    let wrong = |e: throughline_linkage::SettingsError| Fault::Settings(e.to_string());
    if text.trim_start().starts_with('{') {
        let (settings, left) = splink::import(name, text).map_err(wrong)?;
        return Ok((settings, left.into_iter().map(|note| format!("Splink model: {note}")).collect()));
    }
    Settings::read(name, text).map(|settings| (settings, Vec::new())).map_err(wrong)
}

/// Reads a kept model.
pub fn model(file: &Path) -> Result<Model, Fault> {
    let text =
        std::fs::read_to_string(file).map_err(|e| Fault::file(file, format!("cannot be read: {e}")))?;
    let model: Model = serde_json::from_str(&text)
        .map_err(|e| Fault::file(file, format!("is not a model kept with --save-model: {e}")))?;
    if model.version != 1 || model.comparisons.is_empty() {
        return Err(Fault::file(file, "is not a model of this version; keep one again with --save-model"));
    }
    Ok(model)
}
