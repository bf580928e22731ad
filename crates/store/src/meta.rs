//! What an area says about itself: its name, its kind, and the version of its tables. Name and kind are
//! sealed with a hash, because a real area that passes for an invented one would open the sharing door.

use throughline_domain::sharing::AreaKind;

use crate::chain::{self, Cell};
use crate::error::{Damage, StoreError};
use crate::model::Area;
use crate::sqlite::Link;
use crate::statements;

/// Name of the row that holds the schema version.
pub(crate) const SCHEMA: &str = "schema";
/// Name of the row that says with which hash the record of who looked begins.
pub(crate) const LOOKS: &str = "looks";
/// Name of the row with the secret that goes into ids.
pub(crate) const NAMING_KEY: &str = "naming_key";
const NAME: &str = "area_name";
const KIND: &str = "area_kind";
const SEAL: &str = "area_seal";

pub(crate) fn put(link: &Link, name: &str, value: &str) -> Result<(), StoreError> {
    link.run(statements::PUT_META, &[Cell::text(name), Cell::text(value)]).map(drop)
}

pub(crate) fn get(link: &Link, name: &str) -> Result<Option<String>, StoreError> {
    link.one(statements::GET_META, &[Cell::text(name)], |row| row.text(0).map(str::to_owned))
}

/// The version of the tables; 0 before the first migration.
pub(crate) fn schema(link: &Link) -> Result<u64, StoreError> {
    match get(link, SCHEMA)? {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| damaged()),
    }
}

/// Writes down what the area is.
pub(crate) fn describe(link: &Link, area: &Area) -> Result<(), StoreError> {
    put(link, NAME, &area.name)?;
    put(link, KIND, chain::kind_word(area.kind))?;
    put(link, SEAL, &chain::beginning(area, "").to_string())
}

/// What the area is.
pub(crate) fn area(link: &Link) -> Result<Area, StoreError> {
    let kind = match get(link, KIND)?.as_deref() {
        Some("invented") => AreaKind::Invented,
        Some("real") => AreaKind::Real,
        _ => return Err(damaged()),
    };
    let area = Area { name: get(link, NAME)?.ok_or_else(damaged)?, kind };
    if get(link, SEAL)? == Some(chain::beginning(&area, "").to_string()) { Ok(area) } else { Err(damaged()) }
}

fn damaged() -> StoreError {
    StoreError::Damaged(Damage {
        agency: None,
        seq: None,
        what: "what the area says about itself (its name, its kind or its version) was changed".into(),
    })
}
