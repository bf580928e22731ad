//! The header of a file of person records: which column stands where, in whatever order, and what is wrong with it.

use csv::ByteRecord;

/// Columns this room knows, in the order in which they are asked for.
pub const KNOWN: [&str; 15] = [
    "record_id",
    "agency",
    "source_id",
    "recorded_at",
    "forename",
    "middle",
    "surname",
    "dob",
    "sex",
    "address_line",
    "postcode",
    "phone",
    "nhs_number",
    "upn",
    "pnc_id",
];

/// One of the known columns, by its place among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    RecordId,
    Agency,
    SourceId,
    RecordedAt,
    Forename,
    Middle,
    Surname,
    Born,
    Sex,
    AddressLine,
    Postcode,
    Phone,
    NhsNumber,
    Upn,
    PncId,
}

/// Where each known column stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    at: [Option<usize>; KNOWN.len()],
    /// Fields of every row.
    pub width: usize,
    /// Columns that say nothing here.
    pub others: Vec<String>,
}

impl Columns {
    /// Finds the known columns; the error says what was found and what was expected.
    pub fn find(header: &ByteRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(name).collect();
        let found = || names.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
        let mut columns = Self { width: names.len(), ..Self::default() };
        for (place, name) in names.iter().enumerate() {
            match KNOWN.iter().position(|known| known == name) {
                None => columns.others.push(name.clone()),
                Some(which) => {
                    let slot = columns.at.get_mut(which);
                    if slot.as_ref().is_some_and(|slot| slot.is_some()) {
                        return Err(format!(
                            "the column '{name}' stands twice in the header ({}); leave one",
                            found()
                        ));
                    }
                    if let Some(slot) = slot {
                        *slot = Some(place);
                    }
                }
            }
        }
        if columns.others.len() == columns.width {
            // Without one known name this may be a row of data, which must not be repeated.
            return Err(format!(
                "the first row names none of the columns expected ({}); is the header missing?",
                KNOWN.join(", ")
            ));
        }
        if columns.place(Field::RecordId).is_none() {
            return Err(format!(
                "there is no column 'record_id' in the header; found {}; expected record_id and any of {}",
                found(),
                KNOWN.iter().skip(1).copied().collect::<Vec<_>>().join(", ")
            ));
        }
        Ok(columns)
    }

    /// Where a known column stands.
    pub fn place(&self, field: Field) -> Option<usize> {
        self.at.get(usize::from(field as u8)).copied().flatten()
    }

    /// Known columns that the file does not have.
    pub fn missing(&self) -> Vec<&'static str> {
        KNOWN.iter().zip(&self.at).filter(|(_, at)| at.is_none()).map(|(name, _)| *name).collect()
    }
}

/// A column's name as it is compared: no spaces around it, small letters.
fn name(field: &[u8]) -> String {
    String::from_utf8_lossy(field).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_any_order_and_others_are_let_be() {
        let header = ByteRecord::from(vec![" Surname", "shoe_size", "RECORD_ID"]);
        let columns = Columns::find(&header).unwrap();
        assert_eq!((columns.place(Field::Surname), columns.place(Field::RecordId)), (Some(0), Some(2)));
        assert_eq!(columns.place(Field::Born), None);
        assert_eq!(columns.others, ["shoe_size"]);
        assert_eq!(columns.missing().len(), KNOWN.len() - 2);
    }

    #[test]
    fn fields_stand_where_their_names_do() {
        let header = ByteRecord::from(KNOWN.to_vec());
        let columns = Columns::find(&header).unwrap();
        let named = [(Field::RecordId, "record_id"), (Field::Born, "dob"), (Field::PncId, "pnc_id")];
        for (field, name) in named {
            assert_eq!(columns.place(field).and_then(|place| KNOWN.get(place)), Some(&name));
        }
        assert_eq!(usize::from(Field::PncId as u8), KNOWN.len() - 1);
    }

    #[test]
    fn a_header_without_ids_says_what_was_found_and_expected() {
        let error = Columns::find(&ByteRecord::from(vec!["id", "surname"])).unwrap_err();
        assert!(error.contains("found 'id', 'surname'; expected record_id and any of agency"), "{error}");
        let no_header = Columns::find(&ByteRecord::from(vec!["R1", "Orla Dunmere"])).unwrap_err();
        assert!(no_header.contains("is the header missing"), "{no_header}");
        assert!(!no_header.to_lowercase().contains("dunmere"), "a row of data is not repeated: {no_header}");
        let twice = Columns::find(&ByteRecord::from(vec!["record_id", "dob", "dob"])).unwrap_err();
        assert!(twice.contains("'dob' stands twice"), "{twice}");
    }
}
