//! One row of the file becomes one record of linkage; what in it cannot be read is counted, never guessed.

use std::borrow::Cow;

use csv::ByteRecord;
use serde::{Deserialize, Serialize};
use throughline_domain::identifier;
use throughline_domain::record::{IdentifierKind, Verdict};
use throughline_linkage::{PersonAddress, PersonName, PersonNumber, Record, Sex};

use super::dates;
use super::header::{Columns, Field};

/// What a row held that could not be taken up; the rest of the row was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubts {
    /// A date of birth that is no date.
    pub born: u32,
    /// A sex in no known word.
    pub sex: u32,
    /// Not UTF-8, read as Windows-1252.
    pub encoding: u32,
}

impl Doubts {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.born += other.born;
        self.sex += other.sex;
        self.encoding += other.encoding;
    }
}

/// Numbers that agencies share: column, kind, word of linkage.
const NUMBERS: [(Field, IdentifierKind, &str); 3] = [
    (Field::NhsNumber, IdentifierKind::Nhs, "nhs"),
    (Field::Upn, IdentifierKind::Upn, "upn"),
    (Field::PncId, IdentifierKind::Pnc, "pnc"),
];

/// A field as text: UTF-8, or what older programs write.
pub fn text<'a>(row: &'a ByteRecord, place: Option<usize>) -> Cow<'a, str> {
    let bytes = place.and_then(|place| row.get(place)).unwrap_or_default().trim_ascii();
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The record of a row. `this_year` places the two-digit years of PNC ids.
pub fn record(columns: &Columns, row: &ByteRecord, this_year: i16) -> (Record, Doubts) {
    let get = |field: Field| text(row, columns.place(field));
    let own = |field: Field| get(field).into_owned();
    let encoding = u32::from(std::str::from_utf8(row.as_slice()).is_err());
    let dob = get(Field::Born);
    let born = dates::born(&dob);
    let sex_word = get(Field::Sex);
    let sex = sex(&sex_word);
    let doubts = Doubts {
        born: u32::from(born.is_none() && !dob.is_empty()),
        sex: u32::from(sex == Word::Strange),
        encoding,
    };
    let filled =
        |texts: Vec<String>| -> Vec<String> { texts.into_iter().filter(|t| !t.is_empty()).collect() };
    let source_id = get(Field::SourceId);
    let name = PersonName {
        forenames: filled(vec![own(Field::Forename), own(Field::Middle)]),
        surname: own(Field::Surname),
        ..PersonName::default()
    };
    let address = PersonAddress { lines: own(Field::AddressLine), postcode: own(Field::Postcode) };
    let record = Record {
        id: own(Field::RecordId),
        source: own(Field::Agency),
        recorded: dates::day_number(&get(Field::RecordedAt)),
        refs: if source_id.is_empty() { Vec::new() } else { vec![format!("row:{source_id}")] },
        names: if name.forenames.is_empty() && name.surname.is_empty() { Vec::new() } else { vec![name] },
        born,
        sex: match sex {
            Word::Is(sex) => Some(sex),
            _ => None,
        },
        addresses: if address == PersonAddress::default() { Vec::new() } else { vec![address] },
        phones: filled(vec![own(Field::Phone)]),
        identifiers: NUMBERS
            .iter()
            .filter_map(|(column, kind, word)| number(*kind, word, &get(*column), this_year))
            .collect(),
        ..Record::default()
    };
    (record, doubts)
}

fn number(kind: IdentifierKind, word: &str, text: &str, this_year: i16) -> Option<PersonNumber> {
    let found = identifier::check(kind, text, this_year)?;
    Some(PersonNumber { kind: word.to_owned(), value: found.value, valid: found.verdict == Verdict::Valid })
}

#[derive(PartialEq, Eq)]
enum Word {
    Is(Sex),
    NotSaid,
    Strange,
}

fn sex(text: &str) -> Word {
    let among = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if among(&["f", "female", "2"]) {
        Word::Is(Sex::Female)
    } else if among(&["m", "male", "1"]) {
        Word::Is(Sex::Male)
    } else if among(&[
        "",
        "u",
        "x",
        "i",
        "0",
        "9",
        "unknown",
        "not known",
        "not specified",
        "indeterminate",
        "other",
    ]) {
        Word::NotSaid
    } else {
        Word::Strange
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &[&str], row: &[&[u8]]) -> (Record, Doubts) {
        let columns = Columns::find(&ByteRecord::from(header.to_vec())).unwrap();
        record(&columns, &ByteRecord::from(row.to_vec()), 2026)
    }

    #[test]
    fn a_row_becomes_a_record() {
        let (record, doubts) = read(
            &["upn", "record_id", "nhs_number", "pnc_id", "sex", "forename", "middle", "source_id", "dob"],
            &[
                b"B801200005001",
                b"R1",
                b"943 476 5870",
                b"81/34U",
                b"female",
                b" Zofia ",
                b"",
                b"S-4",
                b"1988",
            ],
        );
        assert_eq!(doubts, Doubts::default());
        let valid: Vec<(&str, &str, bool)> =
            record.identifiers.iter().map(|n| (n.kind.as_str(), n.value.as_str(), n.valid)).collect();
        let expected =
            [("nhs", "9434765870", true), ("upn", "B801200005001", true), ("pnc", "1981/0000034U", true)];
        assert_eq!(valid, expected);
        assert_eq!(record.names[0].forenames, ["Zofia"]);
        assert_eq!((record.sex, record.refs), (Some(Sex::Female), vec!["row:S-4".to_owned()]));
        assert!(record.addresses.is_empty() && record.phones.is_empty());
    }

    #[test]
    fn a_wrong_check_digit_is_kept_as_such() {
        let (record, _) =
            read(&["record_id", "nhs_number", "upn"], &[b"R1", b"943 476 5871", b"A801200005001"]);
        assert!(record.identifiers.iter().all(|number| !number.valid) && record.identifiers.len() == 2);
    }

    #[test]
    fn what_cannot_be_read_is_counted() {
        let (record, doubts) =
            read(&["record_id", "surname", "dob", "sex"], &[b"R1", b"M\xfcller", b"spring", b"girlfriend"]);
        assert_eq!(doubts, Doubts { born: 1, sex: 1, encoding: 1 });
        assert_eq!(record.names[0].surname, "Müller");
        assert_eq!((record.born, record.sex), (None, None));
    }
}
