//! The one place of this room that speaks to the engine: records go in by the chunk, who is who comes out.

use std::path::Path;

use throughline_linkage::{Decision, LinkStage, Linked, Model, Record, Register, Settings};

use super::fault::Fault;

/// Records on their way into linkage.
pub struct Engine {
    settings: Settings,
    register: Register,
}

impl Engine {
    /// Nothing taken up yet.
    pub fn new(settings: Settings) -> Self {
        Self { register: Register::new(&settings), settings }
    }

    /// Takes up a chunk.
    pub fn add(&mut self, chunk: &[Record]) {
        self.register.add_all(chunk);
    }

    /// Links what was taken up, with a kept model or by learning. `told` hears what is being done.
    pub fn link(self, decisions: &[Decision], model: Option<&Model>, told: &(dyn Fn(&str) + Sync)) -> Linked {
        self.register.link(decisions, &self.settings, model, &|stage| {
            told(match stage {
                LinkStage::Order => "putting records in order",
                LinkStage::Block => "finding who shares a key",
                LinkStage::Learn => "learning weights",
                LinkStage::Compare => "comparing pairs",
                LinkStage::Join => "joining",
            });
        })
    }
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
