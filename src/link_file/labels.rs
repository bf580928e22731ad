//! Reads what is known of the records: whose they are (`record_id,person_id`), which pairs are one person
//! (`record_a,record_b,same`), and which group each belongs to.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use csv::ByteRecord;
use throughline_linkage::Decision;

use super::fault::Fault;
use super::ids::Ids;
use super::measure::UNKNOWN;
use super::{rows, table};

/// Two records that somebody judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// One record.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Whether they are one person.
    pub same: bool,
}

/// What a file of labels holds.
pub enum Labels {
    /// For each record its true person.
    People {
        /// Numbers that stand for people; `UNKNOWN` where nothing is known.
        truth: Vec<u32>,
        /// The numbers by the names of the file.
        names: HashMap<String, u32>,
    },
    /// Pairs that were judged.
    Pairs(Vec<Judged>),
}

/// What was read, and how many of its rows name no record of this file.
pub struct Known<T> {
    /// What was read.
    pub held: T,
    /// Rows that name no record of this file, or say neither yes nor no.
    pub unused: u64,
}

struct Columns<'a> {
    file: &'a Path,
    names: Vec<String>,
}

impl Columns<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|held| held == name)
    }

    /// What was found is not repeated: without these columns the first row may be one of data.
    fn missing(&self, expected: &str) -> Fault {
        let problem = format!("the header does not name the columns expected: {expected}; is it missing?");
        Fault::file(self.file, problem)
    }
}

/// Calls for each row of a file, with the places of the columns it must have.
fn each_row(file: &Path, wanted: &[&str], mut call: impl FnMut(&ByteRecord, &[usize])) -> Result<(), Fault> {
    let mut opened = table::open(file)?;
    let columns = Columns { file, names: table::names(&opened.header) };
    let places: Vec<usize> = wanted.iter().filter_map(|name| columns.find(name)).collect();
    if places.len() != wanted.len() {
        return Err(columns.missing(&wanted.join(",")));
    }
    let mut row = ByteRecord::new();
    while opened.rows.read_byte_record(&mut row).map_err(|e| Fault::file(file, e))? {
        call(&row, &places);
    }
    Ok(())
}

/// Names of the columns of a file.
fn columns(file: &Path) -> Result<Columns<'_>, Fault> {
    Ok(Columns { file, names: table::names(&table::open(file)?.header) })
}

/// Reads labels in either form.
pub fn read(file: &Path, ids: &Ids) -> Result<Known<Labels>, Fault> {
    let columns = columns(file)?;
    if columns.find("record_a").is_some() {
        let pairs = judged(file, ids)?;
        return Ok(Known { held: Labels::Pairs(pairs.held), unused: pairs.unused });
    }
    if columns.find("record_id").is_none() || columns.find("person_id").is_none() {
        return Err(columns.missing("record_id,person_id or record_a,record_b,same"));
    }
    let mut truth = vec![UNKNOWN; ids.len()];
    let mut names: HashMap<String, u32> = HashMap::new();
    let mut unused = 0;
    each_row(file, &["record_id", "person_id"], |row, places| {
        let get = |which: usize| rows::text(row, places.get(which).copied());
        let (place, name) = (ids.find(&get(0)), get(1));
        match place.and_then(|place| truth.get_mut(place as usize)).filter(|_| !name.is_empty()) {
            Some(slot) => {
                let next = u32::try_from(names.len()).unwrap_or(UNKNOWN - 1);
                *slot = match names.get(name.as_ref()) {
                    Some(number) => *number,
                    None => *names.entry(name.into_owned()).or_insert(next),
                };
            }
            None => unused += 1,
        }
    })?;
    Ok(Known { held: Labels::People { truth, names }, unused })
}

/// No more pairs than this are asked about; more would tell no more.
const ASKED: usize = 200_000;

impl Labels {
    /// Pairs of records known to be one person, evenly chosen where there are many.
    pub fn true_pairs(&self) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        match self {
            Self::Pairs(judged) => out.extend(judged.iter().filter(|j| j.same).map(|j| (j.a, j.b))),
            Self::People { truth, .. } => {
                let mut people: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
                for (record, person) in (0..).zip(truth).filter(|(_, person)| **person != UNKNOWN) {
                    people.entry(*person).or_default().push(record);
                }
                for records in people.values() {
                    for (i, a) in records.iter().enumerate() {
                        out.extend(records.iter().skip(i + 1).map(|b| (*a, *b)));
                    }
                }
            }
        }
        let every = out.len().div_ceil(ASKED).max(1);
        out.into_iter().step_by(every).collect()
    }
}

/// A word for yes or no; anything else, and an empty field, is neither.
fn yes_or_no(text: &str) -> Option<bool> {
    let among = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if among(&["1", "true", "yes", "y", "same"]) {
        Some(true)
    } else if among(&["0", "false", "no", "n", "not same", "different"]) {
        Some(false)
    } else {
        None
    }
}

/// Calls for each row of a file `record_a,record_b,same`.
fn each_pair(file: &Path, mut call: impl FnMut(&str, &str, Option<bool>)) -> Result<(), Fault> {
    each_row(file, &["record_a", "record_b", "same"], |row, places| {
        let get = |which: usize| rows::text(row, places.get(which).copied());
        call(&get(0), &get(1), yes_or_no(&get(2)));
    })
}

fn judged(file: &Path, ids: &Ids) -> Result<Known<Vec<Judged>>, Fault> {
    let mut known = Known { held: Vec::new(), unused: 0 };
    each_pair(file, |a, b, same| match (ids.find(a), ids.find(b), same) {
        (Some(a), Some(b), Some(same)) if a != b => known.held.push(Judged { a, b, same }),
        _ => known.unused += 1,
    })?;
    Ok(known)
}

/// Reads decisions of people; they bind.
pub fn decisions(file: &Path, ids: &Ids) -> Result<Known<Vec<Decision>>, Fault> {
    let mut known = Known { held: Vec::new(), unused: 0 };
    each_pair(file, |a, b, same| match same {
        Some(same) if a != b && ids.find(a).is_some() && ids.find(b).is_some() => {
            known.held.push(Decision { a: a.to_owned(), b: b.to_owned(), same });
        }
        _ => known.unused += 1,
    })?;
    Ok(known)
}

/// Reads decisions about any records.
pub fn all_decisions(file: &Path) -> Result<Vec<Decision>, Fault> {
    let mut held = Vec::new();
    each_pair(file, |a, b, same| {
        held.extend(same.filter(|_| a != b).map(|same| Decision { a: a.to_owned(), b: b.to_owned(), same }));
    })?;
    Ok(held)
}

/// Groups of records.
pub struct Groups {
    /// Names, in alphabetical order.
    pub names: Vec<String>,
    /// For each record the place of its group's name; `UNKNOWN` where it has none.
    pub of: Vec<u32>,
}

/// Reads a column of groups from a file whose rows are records or true people.
pub fn groups(
    file: &Path,
    column: &str,
    ids: &Ids,
    people: Option<(&[u32], &HashMap<String, u32>)>,
) -> Result<Groups, Fault> {
    let (columns, column) = (columns(file)?, column.to_lowercase());
    let by_record = columns.find("record_id").is_some();
    if columns.find(&column).is_none() || !(by_record || columns.find("person_id").is_some()) {
        return Err(columns.missing(&format!("record_id or person_id, and {column} (--group-column)")));
    }
    if !by_record && people.is_none() {
        return Err(Fault::Use(format!(
            "{}: groups are told by person_id, so --labels must say which record is which person",
            file.display()
        )));
    }
    let mut said: HashMap<u32, String> = HashMap::new();
    each_row(file, &[if by_record { "record_id" } else { "person_id" }, &column], |row, places| {
        let get = |which: usize| rows::text(row, places.get(which).copied());
        let key = get(0);
        let place = match people {
            Some((_, names)) if !by_record => names.get(key.as_ref()).copied(),
            _ => ids.find(&key),
        };
        let group = get(1);
        if let Some(place) = place.filter(|_| !group.is_empty()) {
            said.insert(place, group.into_owned());
        }
    })?;
    let mut places: BTreeMap<&str, u32> = said.values().map(|name| (name.as_str(), 0)).collect();
    for (next, place) in (0..).zip(places.values_mut()) {
        *place = next;
    }
    let of_key = |key: u32| said.get(&key).and_then(|name| places.get(name.as_str())).copied();
    let of = (0..u32::try_from(ids.len()).unwrap_or(UNKNOWN)).map(|record| {
        let key = match people {
            Some((truth, _)) if !by_record => truth.get(record as usize).copied().unwrap_or(UNKNOWN),
            _ => record,
        };
        of_key(key).unwrap_or(UNKNOWN)
    });
    let of = of.collect();
    Ok(Groups { names: places.into_keys().map(ToOwned::to_owned).collect(), of })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn ids(names: &[&str]) -> Ids {
        let mut ids = Ids::default();
        names.iter().for_each(|name| assert!(ids.add(name).is_ok()));
        ids
    }

    #[test]
    fn labels_come_by_person_or_by_pair() {
        let ids = ids(&["R1", "R2", "R3"]);
        let people = file("person_id,record_id\nP9,R3\nP9,R1\nP1,R7\n,R2\n");
        let known = read(people.path(), &ids).unwrap();
        let Labels::People { truth, .. } = known.held else { panic!() };
        assert_eq!((truth, known.unused), (vec![0, UNKNOWN, 0], 2));
        let pairs = file("record_a,record_b,same\nR1,R2,yes\nR2,R3,0\nR1,R3,\nR1,R1,yes\n");
        let known = read(pairs.path(), &ids).unwrap();
        let Labels::Pairs(pairs) = known.held else { panic!() };
        assert_eq!(pairs, [Judged { a: 0, b: 1, same: true }, Judged { a: 1, b: 2, same: false }]);
        assert_eq!(known.unused, 2);
    }

    #[test]
    fn groups_come_by_record_or_by_person() {
        let ids = ids(&["R1", "R2", "R3"]);
        let by_record = file("record_id,culture\nR2,welsh\nR1,polish\n");
        let groups_found = groups(by_record.path(), "culture", &ids, None).unwrap();
        assert_eq!(
            (groups_found.names, groups_found.of),
            (vec!["polish".into(), "welsh".into()], vec![0, 1, UNKNOWN])
        );
        let by_person = file("person_id,culture\nP1,welsh\n");
        assert!(groups(by_person.path(), "culture", &ids, None).is_err());
        let names = HashMap::from([("P1".to_owned(), 4)]);
        let found = groups(by_person.path(), "culture", &ids, Some((&[4, 5, 4], &names))).unwrap();
        assert_eq!(found.of, [0, UNKNOWN, 0]);
        let wrong = groups(by_person.path(), "kulture", &ids, None).err().unwrap().to_string();
        assert!(wrong.contains("kulture"), "{wrong}");
    }

    #[test]
    fn a_file_without_header_is_named_and_its_first_row_not_repeated() {
        let ids = ids(&["R1"]);
        let row = file("REC-0001,Orla Dunmere\n");
        let faults = [
            read(row.path(), &ids).err().unwrap(),
            groups(row.path(), "culture", &ids, None).err().unwrap(),
            decisions(row.path(), &ids).err().unwrap(),
        ];
        for fault in faults {
            let text = fault.to_string();
            assert!(!text.to_lowercase().contains("dunmere") && !text.contains("REC-0001"), "{text}");
            let name = row.path().file_name().unwrap().to_string_lossy().into_owned();
            assert!(text.contains(&name) && text.contains("record_"), "{text}");
        }
    }
}
