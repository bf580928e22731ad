//! Draws the picture of an invented area with perfect linkage, so that the rules of the picture can be measured apart
//! from linkage.
//!
//! `draw_area RECORDS.ndjson PEOPLE.csv OUT ON [TIMES]` reads records as lines of JSON and who is who from PEOPLE.csv
//! (`file,row_key,person_id`), draws the picture for the day ON and writes `links.csv`, `households.csv`,
//! `incidents.csv`, `next-family.csv` and `children.csv` into the folder OUT.
//! With TIMES the area is drawn that many times over as one big area, to measure speed; nothing is written then.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a measuring tool reads files, the clock and prints; the crate itself does not"
)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::{Kept, KnownRecord, Picture, Settings, draw, primary_parties, today};
use throughline_domain::record::{Mention, Place, Record, Who};
use throughline_domain::when::When;

#[derive(Deserialize)]
struct Line {
    agency: AgencyId,
    file: String,
    seq: u64,
    received: Timestamp,
    recorded: Option<When>,
    record: Record,
    #[serde(default)]
    sealed: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([records, people, out, on] | [records, people, out, on, _]) = arguments.as_slice() else {
        return Err("usage: draw_area RECORDS.ndjson PEOPLE.csv OUT ON [TIMES]".into());
    };
    let times: u64 = arguments.get(4).map_or(Ok(1), |times| times.parse())?;
    let on: Date = on.parse()?;
    let who = read_people(people)?;
    let mut links = String::from("file,row_key,person_id\n");
    let mut known: Vec<KnownRecord> = Vec::new();
    for line in fs::read_to_string(records)?.lines() {
        let line: Line = serde_json::from_str(line)?;
        let mut persons = Vec::new();
        for mention in &line.record.people {
            let key = link_key(&line.record, mention);
            let person = who.get(&(line.file.clone(), key.clone())).cloned();
            if let Some(person) = &person {
                writeln!(links, "{},{},{person}", line.file, cell(&key))?;
            }
            persons.push(PersonId::from(person.unwrap_or_else(|| nobody(&line, mention, &key))));
        }
        let Line { agency, file, seq, received, recorded, record, sealed } = line;
        known.push(KnownRecord { seq, agency, recorded, received, file, record, persons, sealed });
    }
    let settings = Settings::built_in()?;
    let known =
        (0..times).flat_map(|copy| known.iter().map(move |record| copied(record, copy))).collect::<Vec<_>>();
    let began = Instant::now();
    let picture = draw(&known, &settings, &Kept::none(), on);
    let took = began.elapsed();
    let queue = today(&picture, &settings, on);
    println!(
        "{} records drawn in {took:?}: {} people, {} incidents, {} households, {} families, {} child rows, {} profiles, {} next families, {} lines today",
        known.len(),
        picture.people.len(),
        picture.incidents.len(),
        picture.households.len(),
        picture.families.len(),
        picture.children.len(),
        picture.harm.len(),
        picture.next_families.len(),
        queue.items.len()
    );
    if times == 1 {
        write_out(Path::new(out), &links, &picture)?;
    }
    Ok(())
}

/// The same record in another place with other people.
fn copied(record: &KnownRecord, copy: u64) -> KnownRecord {
    let mut record = record.clone();
    if copy == 0 {
        return record;
    }
    let other = |text: &mut String| write!(text, "~{copy}").unwrap_or_default();
    let who = |who: &mut Who| match who {
        Who::Here(_) => {}
        Who::Local(text) | Who::Group(text) => other(text),
    };
    let place = |place: &mut Place| {
        if let Place::Known(address) = place {
            other(&mut address.lines);
            other(&mut address.postcode);
            address.uprn.iter_mut().for_each(other);
        }
    };
    record.seq += copy * 10_000_000;
    record.persons = record.persons.iter().map(|id| PersonId::from(format!("{id}~{copy}"))).collect();
    let row = &mut record.record;
    other(&mut row.row_key);
    for mention in &mut row.people {
        mention.local_refs.iter_mut().chain(&mut mention.groups).for_each(other);
    }
    for relation in &mut row.relations {
        who(&mut relation.of);
        who(&mut relation.to);
    }
    for residence in &mut row.residences {
        who(&mut residence.who);
        place(&mut residence.place);
    }
    for event in &mut row.events {
        event.reference.iter_mut().for_each(other);
        event.involved.iter_mut().for_each(|involved| who(&mut involved.who));
        event.place.iter_mut().for_each(place);
    }
    record
}

/// A mention whose person nobody knows is somebody of their own, or whom the agency's number says.
fn nobody(line: &Line, mention: &Mention, key: &str) -> String {
    match mention.local_refs.first() {
        Some(local) => format!("?{}:{local}", line.agency),
        None => format!("?{}:{key}", line.file),
    }
}

fn link_key(record: &Record, mention: &Mention) -> String {
    let key = mention.link_key.as_ref().unwrap_or(&record.row_key);
    if mention.sub.is_empty() || mention.link_key.is_some() {
        key.clone()
    } else {
        format!("{key}#{}", mention.sub)
    }
}

fn read_people(path: &str) -> Result<HashMap<(String, String), String>, Box<dyn Error>> {
    let mut who = HashMap::new();
    for line in fs::read_to_string(path)?.lines().skip(1) {
        let mut cells = line.rsplitn(2, ',');
        let (Some(person), Some(rest)) = (cells.next(), cells.next()) else { continue };
        let Some((file, key)) = rest.split_once(',') else { continue };
        who.insert((file.to_owned(), key.trim_matches('"').to_owned()), person.to_owned());
    }
    Ok(who)
}

fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn time(when: Option<When>) -> String {
    when.map(|when| when.to_string()).unwrap_or_default()
}

fn write_out(out: &Path, links: &str, picture: &Picture) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    fs::write(out.join("links.csv"), links)?;

    let mut text = String::from("person_id,household_id,from,to,source\n");
    for person in picture.people.values() {
        for stay in &person.residences {
            let agencies: Vec<&str> = stay.sources.iter().map(|source| source.agency.as_str()).collect();
            let (from, to) = (time(stay.from), time(stay.to));
            let basis = format!("{:?} {}", stay.basis, agencies.join(" "));
            writeln!(text, "{},{},{from},{to},{basis}", person.id, stay.household)?;
        }
    }
    fs::write(out.join("households.csv"), text)?;

    let mut text = String::from(
        "incident_ref,occurred_at,person_causing_harm,victims,children,harm_class,domestic,because,roles\n",
    );
    for incident in picture.incidents.values() {
        let parties = primary_parties(incident, picture);
        let join = |ids: &[PersonId]| ids.iter().map(PersonId::as_str).collect::<Vec<_>>().join("|");
        let roles: Vec<String> = incident
            .involved
            .iter()
            .flat_map(|part| part.roles.iter().map(move |role| format!("{role:?}:{}", part.person)))
            .collect();
        writeln!(
            text,
            "{},{},{},{},{},{},{},{},{}",
            incident.reference,
            incident.at,
            join(&parties.causing_harm),
            join(&parties.harmed),
            join(&parties.children),
            incident.harm_class,
            incident.domestic,
            cell(&incident.domestic_because),
            roles.join("|")
        )?;
    }
    fs::write(out.join("incidents.csv"), text)?;

    let mut text = String::from(
        "person_id,earlier_household,new_household,first_seen,source,probability,new_partner,because,signs\n",
    );
    for next in &picture.next_families {
        let earlier = next.earlier_household.as_ref().map_or("", |id| id.as_str());
        let signs: Vec<String> = next.signs.iter().map(|sign| format!("{} {}", sign.at, sign.text)).collect();
        let partner = next.new_partner.as_ref().map_or("", |id| id.as_str());
        let (seen, feed, sure) = (next.first_seen, &next.source_feed, next.probability);
        let (because, signs) = (cell(&next.because), cell(&signs.join(" / ")));
        writeln!(
            text,
            "{},{earlier},{},{seen},{feed},{sure},{partner},{because},{signs}",
            next.person, next.new_household
        )?;
    }
    fs::write(out.join("next-family.csv"), text)?;

    let mut text = String::from(
        "person_id,family_id,last_seen,seen_alone,spoken_to,by_agency,gap_reason,first_incident,founder\n",
    );
    let founders: BTreeMap<&str, &str> = picture
        .families
        .values()
        .map(|family| {
            let harmed = family
                .members
                .iter()
                .find(|member| member.part != throughline_domain::picture::FamilyPart::CausingHarm);
            (family.id.as_str(), harmed.map_or("", |member| member.person.as_str()))
        })
        .collect();
    for child in &picture.children {
        let seen =
            |seen: &Option<throughline_domain::picture::ContactSeen>| time(seen.as_ref().map(|seen| seen.at));
        let by = child.last_seen.as_ref().map_or("", |seen| seen.source.agency.as_str());
        writeln!(
            text,
            "{},{},{},{},{},{by},{},{},{}",
            child.person,
            child.family,
            seen(&child.last_seen),
            seen(&child.last_alone),
            seen(&child.last_spoken),
            cell(&child.gap),
            time(child.first_incident),
            founders.get(child.family.as_str()).copied().unwrap_or_default()
        )?;
    }
    fs::write(out.join("children.csv"), text)?;

    let mut text =
        String::from("person_id,family_id,kind,date,source,due,answered,first_visible,harmed,number,signs\n");
    for point in &picture.critical {
        let person = point.causing_harm.as_ref().or(point.harmed.as_ref()).map_or("", |id| id.as_str());
        let signs: Vec<String> = point
            .signs
            .iter()
            .map(|sign| format!("{} {} {}", sign.at, sign.source.agency, sign.source.seq))
            .collect();
        writeln!(
            text,
            "{person},{},{},{},{},{},{},{},{},{},{}",
            point.family.as_ref().map_or("", |id| id.as_str()),
            point.kind,
            point.at,
            point.signs.first().map_or("", |sign| sign.source.agency.as_str()),
            point.due,
            time(point.answered.as_ref().map(|answered| answered.at)),
            point.first_visible,
            point.harmed.as_ref().map_or("", |id| id.as_str()),
            point.number,
            signs.join(" / ")
        )?;
    }
    fs::write(out.join("critical-points.csv"), text)?;

    let mut text = String::from("person_id,coercive_control,domains,times,seen\n");
    for control in picture.control.values() {
        let seen: Vec<String> = control
            .domains
            .iter()
            .filter(|domain| domain.times > 0)
            .map(|domain| format!("{} {}", domain.name, domain.times))
            .collect();
        let times: u32 = control.domains.iter().map(|domain| domain.times).sum();
        let pattern = if control.leading_since.is_some() { "Y" } else { "N" };
        writeln!(text, "{},{pattern},{},{times},{}", control.person, seen.len(), seen.join(" / "))?;
    }
    fs::write(out.join("control.csv"), text)?;
    Ok(())
}
