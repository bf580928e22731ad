//! One person as all records together tell, with who says what.

use std::collections::BTreeMap;

use super::centres::Area;
use super::ground::P;
use super::relations::relations;
use super::shape::{IdentifierSeen, Person, Supported};
use crate::ids::{FamilyId, PersonId};
use crate::record::{IdentifierKind, Sex, Verdict};

/// Everyone.
pub(crate) fn people(
    area: Area<'_, '_>,
    families: &BTreeMap<P, Vec<FamilyId>>,
) -> BTreeMap<PersonId, Person> {
    (0..area.ground.count())
        .map(|at| {
            let person = person(area, at, families.get(&at).cloned().unwrap_or_default());
            (person.id.clone(), person)
        })
        .collect()
}

fn person(area: Area<'_, '_>, at: P, families: Vec<FamilyId>) -> Person {
    let ground = area.ground;
    let bio = area.bios.of(at);
    let mut phones: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut identifiers: BTreeMap<(IdentifierKind, &str), (Verdict, Vec<usize>)> = BTreeMap::new();
    let mut sexes: BTreeMap<Sex, u32> = BTreeMap::new();
    for said in ground.said_of(at) {
        if let Some(sex) = said.mention.sex {
            *sexes.entry(sex).or_default() += 1;
        }
        for phone in &said.mention.phones {
            phones.entry(phone).or_default().push(said.rec);
        }
        for number in &said.mention.identifiers {
            let known = identifiers.entry((number.kind, &number.value));
            known.or_insert_with(|| (number.verdict, Vec::new())).1.push(said.rec);
        }
    }
    let mut phones: Vec<(&str, Vec<usize>)> = phones.into_iter().collect();
    phones.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    Person {
        id: ground.id(at),
        name: bio.name.clone(),
        names: bio.names.clone(),
        born: bio.born,
        born_otherwise: bio.born_otherwise.clone(),
        expected: bio.expected,
        sex: sexes
            .into_iter()
            .max_by_key(|(sex, count)| (*count, std::cmp::Reverse(*sex)))
            .map(|(sex, _)| sex),
        stage: area.bios.stage(at, ground.on),
        residences: area.homes.of_person(at).map(|spell| area.homes.stay(ground, spell)).collect(),
        phones: phones
            .into_iter()
            .map(|(text, recs)| Supported { text: text.to_owned(), sources: ground.sources(recs) })
            .collect(),
        identifiers: identifiers
            .into_iter()
            .map(|((kind, value), (verdict, recs))| IdentifierSeen {
                label: identifier_label(kind).to_owned(),
                value: value.to_owned(),
                verdict,
                sources: ground.sources(recs),
            })
            .collect(),
        relations: relations(ground, at),
        families,
        records: ground.by_agency(&ground.records_about(at)),
    }
}

fn identifier_label(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Nhs => "NHS number",
        IdentifierKind::Upn => "Unique pupil number",
        IdentifierKind::Pnc => "PNC number",
        IdentifierKind::Noms => "Prison number",
        IdentifierKind::Cro => "CRO number",
    }
}
