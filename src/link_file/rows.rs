//! One row of the file becomes one record of linkage; what in it cannot be read is counted, never guessed.

use std::borrow::Cow;

use csv::ByteRecord;
use serde::{Deserialize, Serialize};
use throughline_domain::identifier;
use throughline_domain::record::{IdentifierKind, Verdict};
use throughline_linkage::{PersonNumber, Record, Sex};

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

/// Makes `record` that of a row, in the room that another one had. `this_year` places the two-digit years of PNC ids.
pub fn record(columns: &Columns, row: &ByteRecord, this_year: i16, record: &mut Record) -> Doubts {
    // Looked through once for all fields: nearly every row is UTF-8.
    let whole = std::str::from_utf8(row.as_slice()).ok();
    let get = |field: Field| {
        let place = columns.place(field);
        let found = whole.zip(place.and_then(|place| row.range(place)));
        let found = found.and_then(|(whole, range)| whole.get(range));
        found.map_or_else(|| text(row, place), |text| Cow::Borrowed(text.trim_ascii()))
    };
    let dob = get(Field::Born);
    let born = dates::born(&dob);
    let sex_word = get(Field::Sex);
    let sex = sex(&sex_word);
    let doubts = Doubts {
        born: u32::from(born.is_none() && !dob.is_empty()),
        sex: u32::from(sex == Word::Strange),
        encoding: u32::from(whole.is_none()),
    };
    record.born = born;
    record.sex = match sex {
        Word::Is(sex) => Some(sex),
        _ => None,
    };
    record.recorded = dates::day_number(&get(Field::RecordedAt));
    write(&mut record.id, &[&get(Field::RecordId)]);
    write(&mut record.source, &[&get(Field::Agency)]);
    let source_id = get(Field::SourceId);
    if let Some(reference) = only(&mut record.refs, !source_id.is_empty()) {
        write(reference, &["row:", &source_id]);
    }
    let (forenames, surname) = ([get(Field::Forename), get(Field::Middle)], get(Field::Surname));
    let named = forenames.iter().any(|text| !text.is_empty()) || !surname.is_empty();
    if let Some(name) = only(&mut record.names, named) {
        let filled = || forenames.iter().filter(|text| !text.is_empty());
        name.forenames.resize_with(filled().count(), String::new);
        name.forenames.iter_mut().zip(filled()).for_each(|(slot, text)| write(slot, &[text]));
        write(&mut name.surname, &[&surname]);
    }
    let (lines, postcode) = (get(Field::AddressLine), get(Field::Postcode));
    if let Some(address) = only(&mut record.addresses, !lines.is_empty() || !postcode.is_empty()) {
        write(&mut address.lines, &[&lines]);
        write(&mut address.postcode, &[&postcode]);
    }
    let phone = get(Field::Phone);
    if let Some(slot) = only(&mut record.phones, !phone.is_empty()) {
        write(slot, &[&phone]);
    }
    record.identifiers.clear();
    let numbers = NUMBERS.iter();
    let numbers = numbers.filter_map(|(column, kind, word)| number(*kind, word, &get(*column), this_year));
    record.identifiers.extend(numbers);
    doubts
}

/// Writes pieces of text over another.
fn write(slot: &mut String, pieces: &[&str]) {
    slot.clear();
    pieces.iter().for_each(|piece| slot.push_str(piece));
}

/// The one entry of a list, or none.
fn only<T: Default>(list: &mut Vec<T>, there: bool) -> Option<&mut T> {
    list.resize_with(usize::from(there), T::default);
    list.first_mut()
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
        let mut out = Record::default();
        let doubts = record(&columns, &ByteRecord::from(row.to_vec()), 2026, &mut out);
        (out, doubts)
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
    fn nothing_of_one_record_is_left_in_the_next() {
        let header = [
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
        ];
        let columns = Columns::find(&ByteRecord::from(header.to_vec())).unwrap();
        let full = [
            "R1",
            "police",
            "S-4",
            "2020-01-01",
            "Zofia",
            "Ann",
            "Marlow",
            "1988-03-07",
            "f",
            "4 Mill Lane",
            "QX1 2AB",
            "01632 960001",
            "9434765870",
        ];
        let none = ["R2", "", "", "", "", "", "", "", "", "", "", "", ""];
        let mut held = Record::default();
        for row in [full, none, full] {
            let row = ByteRecord::from(row.to_vec());
            let mut afresh = Record::default();
            record(&columns, &row, 2026, &mut held);
            record(&columns, &row, 2026, &mut afresh);
            assert_eq!(held, afresh);
        }
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
