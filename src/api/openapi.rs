//! The OpenAPI 3.1 document: what each address answers, with schemas of the picture's shapes.

use axum::Json;
use serde_json::{Value, json};
