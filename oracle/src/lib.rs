//! An independent check of who sees what. It reads the rules as people read them (`docs/guides/who-sees-what.md`,
//! `area/policies/*.cedar`, `area/roles.toml`), invents an area in which every cell that says anything holds a word of its
//! own, serves it with the real program, asks everything as everybody, and compares what came back with what may come back.
//! It uses none of the program's packages, so that a mistake there cannot hide itself here.

pub mod chance;
pub mod pairs;
pub mod probe;
pub mod program;
pub mod run;
pub mod seeded;
pub mod talk;
pub mod text;
pub mod world;

/// What a step gives, or why it could not.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
