//! The one place of this room that speaks to the engine: records go in by the chunk, who is who comes out.

use std::path::Path;

use throughline_linkage::{Decision, LinkStage, Linked, Model, Record, Register, Settings, splink};

use super::fault::Fault;
use super::index::Index;

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

impl Engine {
    /// Nothing taken up yet; everything is linked together.
    pub fn new(settings: Settings) -> Self {
        Self { to: To::Register(Box::new(Register::new(&settings))), settings }
    }

    /// Only collects the records.
    pub fn collecting(settings: Settings) -> Self {
        Self { to: To::List(Vec::new()), settings }
    }

    /// Takes up a chunk.
    pub fn add(&mut self, chunk: Vec<Record>) {
        match &mut self.to {
            To::Register(register) => register.add_all(&chunk),
            To::List(list) => list.extend(chunk),
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
