//! What people see: pages, pictures, and what every answer of the program carries. Filled by routes, tested by
//! invented people.

pub mod assets;
pub mod components;
pub mod figures;
pub mod headers;
pub mod pages;
pub mod problem;
pub mod shown;
