//! Every fault that agencies' files have: each costs as little as it can, and nothing is lost in silence.

use super::{context, file, try_file};
use crate::{FeedBook, Row, read_again};

const HEAD: &str = "VisitID,PersonID,VisitDate,VisitType,Worker,Seen,SeenAlone,SpokenTo,Place,Note,Updated\n";

fn visit(number: u32, note: &str) -> String {
    format!("V{number},50{number},13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Y,Home,{note},14-Nov-2024 14:42\n")
}

fn visits(rows: &[String]) -> String {
    format!("{HEAD}{}", rows.concat())
}

#[test]
fn lines_that_are_no_rows_are_not_counted_as_rows() {
    let text = format!(
        "{HEAD}{}\n,,,,,,,,,,\n{HEAD}{}\"Total rows: 2\"\n-- End of report --\n",
        visit(1, "a"),
        visit(2, "b")
    );
    let given = file("social_care/visits.csv", &text);
    assert_eq!((given.keys(), given.bad.len()), (vec!["V1", "V2"], 0));
    assert_eq!(given.summary.other_lines, 6);
}

#[test]
fn a_quote_never_closed_costs_its_own_row() {
    let rows = [
        visit(1, "a"),
        visit(2, "\"never closed"),
        visit(3, "\"c, d\""),
        visit(4, "\"two\nlines\""),
        visit(5, "e"),
    ];
    let given = file("social_care/visits.csv", &visits(&rows));
    assert_eq!(given.keys(), ["V1", "V3", "V4", "V5"]);
    let bad = given.bad.first().unwrap();
    assert_eq!((bad.line, bad.key.as_str(), bad.field.as_str()), (3, "V2", "(row)"));
    let lines: Vec<u64> = given.good.iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 4, 5, 7]);
}

#[test]
fn a_quote_never_closed_in_the_last_row_takes_nothing_with_it() {
    let given = file("social_care/visits.csv", &visits(&[visit(1, "a"), visit(2, "\"never closed")]));
    assert_eq!((given.keys(), given.bad.len()), (vec!["V1"], 1));
}

#[test]
fn wrong_columns_are_kept_aside_with_their_key() {
    let more = "V2,502,13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Y,Home,Flat 2,note,14-Nov-2024 14:42\n".to_owned();
    let fewer = "V3,503,13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Home,note,14-Nov-2024 14:42\n".to_owned();
    let given = file("social_care/visits.csv", &visits(&[visit(1, "a"), more.clone(), fewer, visit(4, "b")]));
    assert_eq!(given.keys(), ["V1", "V4"]);
    let bad: Vec<_> = given.bad.iter().map(|bad| (bad.line, bad.key.as_str())).collect();
    assert_eq!(bad, [(3, "V2"), (4, "V3")]);
    assert_eq!(given.bad.first().map(|bad| bad.raw.as_str()), Some(more.trim_end()));
}

#[test]
fn a_key_made_of_two_columns_is_read_from_both_ends() {
    let head = "CRN;NOMS;PNC;Surname;Forename1;Forename2;DateOfBirth;Gender;Address;Postcode;MainOffence;OrderType;OrderStart;OrderEnd;RoshLevel;DARegistration;Status\n";
    let row = "X1;;;Moss;Tom;;24-10-1977;Male;9 Oak Row;Flat 2;HD18 1AB;Common Assault;Licence;02-12-2023;01-12-2024;Medium;;Active\n";
    let given = file("probation/cases.csv", &format!("{head}{row}"));
    assert_eq!(given.bad.first().map(|bad| bad.key.as_str()), Some("X1|02-12-2023"));
}

#[test]
fn a_file_cut_off_keeps_its_last_row_aside() {
    let text = visits(&[visit(1, "a"), "V2,502,13-Nov-2024 11:1".to_owned()]);
    let given = file("social_care/visits.csv", &text);
    assert_eq!(given.keys(), ["V1"]);
    let bad = given.bad.first().unwrap();
    assert!(bad.key == "V2" && bad.reason.contains("ends in the middle"), "{bad:?}");
}

#[test]
fn a_last_line_without_a_line_end_is_a_row() {
    let text = visits(&[visit(1, "a"), visit(2, "b")]);
    assert_eq!(file("social_care/visits.csv", text.trim_end()).keys(), ["V1", "V2"]);
}

#[test]
fn dates_that_cannot_be_keep_a_row_aside() {
    let of = |date: &str| format!("V1,501,{date},CIN,Jo Reed,Y,Y,Y,Home,note,14-Nov-2024 14:42\n");
    for (date, part) in [
        ("31-Apr-2024 15:40", "no day of the calendar"),
        ("14-Jun-2034 09:33", "is after"),
        ("", ""),
        ("soon", "no date"),
    ] {
        let given = file("social_care/visits.csv", &visits(&[of(date)]));
        if part.is_empty() {
            assert!(given.good.first().unwrap().warnings.iter().any(|w| w.field == "VisitDate"), "{date}");
        } else {
            let bad = given.bad.first().unwrap_or_else(|| panic!("{date}"));
            assert!(bad.field == "VisitDate" && bad.reason.contains(part), "{bad:?}");
        }
    }
    let serial = file("social_care/visits.csv", &visits(&[of("45758")]));
    let row = serial.good.first().unwrap();
    assert_eq!(row.happened.map(|when| when.to_string()).as_deref(), Some("2025-04-11"));
    assert_eq!(row.warnings.len(), 1);
}

#[test]
fn births_that_cannot_be_are_left_out_with_a_warning() {
    let head = "PlacementID,RefugeCode,ClientName,ClientDOB,Children,Arrived,Departed,RefugeAddress,RefugePostcode,MoveOnAddress,MoveOnPostcode,Confidential\n";
    let cases = [
        ("1900-01-01", None, true),
        ("2003-04-31", None, true),
        ("2025-03-27", None, true),
        ("31923", Some("1987-05-26"), true),
        ("1987", Some("1987"), true),
        ("1987-05-26", Some("1987-05-26"), false),
        ("", None, false),
    ];
    for (written, read, warned) in cases {
        let given =
            file("services/refuge.csv", &format!("{head}RF1,RFG-9,Ann Moss,{written},,2024-06-21,,,,,,Y\n"));
        let row = given.good.first().unwrap();
        let born = row.record.people.first().unwrap().born.map(|when| when.to_string());
        assert_eq!((born.as_deref(), !row.warnings.is_empty()), (read, warned), "{written}");
    }
}

#[test]
fn a_line_in_another_encoding_is_read_and_told() {
    let mut bytes = HEAD.as_bytes().to_vec();
    for number in [1, 2] {
        bytes.extend(visit(number, "caf\u{e9}").as_bytes());
    }
    bytes.extend(
        visit(3, "NOTE").replace("NOTE", "caf#").bytes().map(|byte| if byte == b'#' { 0xE9 } else { byte }),
    );
    let given = try_file("social_care/visits.csv", &bytes).unwrap();
    let told: Vec<bool> = given.good.iter().map(|row| !row.warnings.is_empty()).collect();
    assert_eq!(told, [false, false, true]);
    assert!(given.good.iter().all(|row| row.record.events.first().unwrap().text.as_deref() == Some("café")));
}

#[test]
fn renamed_and_reordered_columns_say_the_same() {
    let row = "V1,501,13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Y,Home,note,14-Nov-2024 14:42\n";
    let plain = file("social_care/visits.csv", &format!("{HEAD}{row}"));
    let head = "Last Updated,Visit Notes,Person ID,VISIT_ID,Date of Visit,Visit Type,Social Worker,Child Seen,Seen Alone,Spoken To,Place\n";
    let row = "14-Nov-2024 14:42,note,501,V1,13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Y,Home\n";
    let other = file("social_care/visits_20241120.csv", &format!("{head}{row}"));
    let (a, b) = (plain.good.first().unwrap(), other.good.first().unwrap());
    assert_eq!((&a.record, &a.content, &a.stamp), (&b.record, &b.content, &b.stamp));
    assert!(other.summary.notes.iter().any(|note| note.field == "Worker"), "{:?}", other.summary.notes);
}

#[test]
fn shortened_headings_are_found_where_only_one_column_fits() {
    let head = "Tenancy Reference,Address,Post Code,Member Number,Name,Date of Birth,Relationship,Moved In,Date Added\n";
    let given = file(
        "housing/tenancies_1.csv",
        &format!("{head}T1,\"7 Elm Row, Overby\",HD18 1AA,1,Ann Moss,01-May-90,Tenant,21-Aug-21,22-Aug-21\n"),
    );
    let row = given.good.first().unwrap();
    assert_eq!((row.key.as_str(), row.stamp.as_str()), ("T1/1", "2021-08-22T00:00:00"));
    assert_eq!(
        row.record.people.first().unwrap().born.map(|when| when.to_string()).as_deref(),
        Some("1990-05-01")
    );
}

#[test]
fn a_file_with_less_than_half_of_its_columns_is_another_file() {
    let five = "ConcernID,SchoolURN,LoggedAt,PupilName,Concern";
    assert!(try_file("schools/concerns.csv", format!("{five}\n").as_bytes()).is_err());
    assert!(try_file("schools/concerns.csv", format!("{five},Action\n").as_bytes()).is_ok());
}

#[test]
fn a_mark_spaces_and_carriage_returns_make_no_difference() {
    let text = visits(&[visit(1, "a")]);
    let plain = file("social_care/visits.csv", &text);
    let windows = file("social_care/visits.csv", &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    let spaced = file("social_care/visits.csv", &text.replace(",CIN,", ",  CIN ,"));
    let content = |given: &super::Given| given.good.first().map(|row| row.content.clone());
    assert_eq!(content(&plain), content(&windows));
    assert_eq!(content(&plain), content(&spaced));
}

#[test]
fn files_with_nothing_in_them() {
    for bytes in [b"".as_slice(), b"\xEF\xBB\xBF", b" \r\n\r\n"] {
        let given = try_file("probation/events_20261025.csv", bytes).unwrap();
        let bad = given.bad.first().unwrap();
        assert_eq!((given.summary.rows, bad.key.as_str(), bad.line), (1, "(file)", 1));
    }
    let given = file("social_care/visits.csv", HEAD);
    assert_eq!((given.summary.rows, given.good.len(), given.bad.len()), (0, 0, 0));
}

#[test]
fn unknown_files_are_refused_by_name() {
    let refusal = try_file("police/custody.csv", b"a,b\n").unwrap_err().to_string();
    assert!(refusal.contains("police/custody.csv") && refusal.contains("incidents*.csv"), "{refusal}");
    let refusal = try_file("police/incidents.csv", b"a,b\n1,2\n").unwrap_err().to_string();
    assert!(refusal.contains("INCIDENT_REF"), "{refusal}");
    let refusal = try_file("police/incidents.csv", b"\xFF\xFEI\0N\0C\0").unwrap_err().to_string();
    assert!(refusal.contains("UTF-16"), "{refusal}");
}

#[test]
fn a_broken_resource_costs_its_own_line() {
    let good = r#"{"resourceType":"Encounter","id":"e1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"class":{"code":"AMB"},"subject":{"reference":"Patient/p1"},"period":{"start":"2024-07-01T09:08:00+01:00"}}"#;
    let cut = r#"{"resourceType": "Encounter", "id": "e2", "meta": {"lastUpd"#;
    let bomb = format!(r#"{{"resourceType":"Encounter","id":"e3","x":{}"#, "[".repeat(5000));
    let given = file("health/bundle.ndjson", &format!("{good}\n{cut}\n\n{bomb}\n"));
    assert_eq!(given.keys(), ["Encounter/e1"]);
    let bad: Vec<_> = given.bad.iter().map(|bad| (bad.line, bad.key.as_str())).collect();
    assert_eq!(bad, [(2, "Encounter/e2"), (4, "Encounter/e3")]);
}

#[test]
fn references_that_lead_nowhere_are_told_where_the_file_has_such_rows() {
    let patient = r#"{"resourceType":"Patient","id":"p1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"name":[{"use":"official","family":"Moss","given":["Ann"]}]}"#;
    let encounter = r#"{"resourceType":"Encounter","id":"e1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"class":{"code":"AMB"},"subject":{"reference":"Patient/p2"},"period":{"start":"2024-07-01T09:08:00+01:00"}}"#;
    let given = file("health/bundle.ndjson", &format!("{encounter}\n{patient}\n"));
    assert_eq!(given.good.first().unwrap().warnings.len(), 1);
    let alone = file("health/bundle.ndjson", encounter);
    assert_eq!(alone.good.first().unwrap().warnings.len(), 0);
}

const CENSUS: &str = "<Message><Header><CollectionDetails><Collection>CIN</Collection></CollectionDetails></Header><Children>\n<Child><ChildIdentifiers><LAchildID>C1</LAchildID></ChildIdentifiers><CINdetails><CINreferralDate>2024-05-13</CINreferralDate></CINdetails></Child>\n</Children></Message>";

#[test]
fn nothing_of_a_census_cut_short_enters() {
    for cut in [CENSUS.len() - 1, CENSUS.len() - 20, CENSUS.find("<CINdetails>").unwrap()] {
        let given = file("social_care/cin_census_resend.xml", CENSUS.get(..cut).unwrap());
        assert_eq!((given.good.len(), given.bad.len()), (0, 1));
        assert_eq!(given.bad.first().map(|bad| (bad.key.as_str(), bad.line)), Some(("(file)", 1)));
    }
    assert_eq!(file("social_care/cin_census_resend.xml", CENSUS).keys(), ["C1"]);
    assert_eq!(file("social_care/cin_census_resend.xml", CENSUS).good.first().map(|row| row.line), Some(2));
}

#[test]
fn harmful_xml_is_refused() {
    let refusal =
        |text: &str| try_file("social_care/cin_census.xml", text.as_bytes()).unwrap_err().to_string();
    let entities = r#"<!DOCTYPE Message [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>"#;
    assert!(refusal(&format!("{entities}{CENSUS}")).contains("document type"));
    assert!(refusal(&CENSUS.replace("C1", "&secret;")).contains("secret"));
    let deep = CENSUS.replace("C1", &format!("{}{}", "<a>".repeat(500), "</a>".repeat(500)));
    assert!(refusal(&deep).contains("deep"));
    assert!(refusal("<Messages><Message/></Messages>").contains("outermost"));
    assert!(refusal(&CENSUS.replace("CIN<", "SSDA<")).contains("CIN"));
}

#[test]
fn a_row_beyond_measure_is_kept_aside_in_little_memory() {
    let long = "x".repeat(3 << 20);
    let given = file("social_care/visits.csv", &visits(&[visit(1, "a"), visit(2, &long), visit(3, "b")]));
    assert_eq!(given.keys(), ["V1", "V3"]);
    assert!(given.bad.first().is_some_and(|bad| bad.raw.len() <= 4096 && bad.key == "V2"));
    let given =
        file("health/bundle.ndjson", &format!("{{\"resourceType\":\"Patient\",\"id\":\"{long}\"}}\n"));
    assert_eq!(given.bad.len(), 1);
    let census = file("social_care/cin_census.xml", &CENSUS.replace("C1", &long));
    assert_eq!((census.good.len(), census.bad.first().map(|bad| bad.key.as_str())), (0, Some("(file)")));
}

#[test]
fn a_text_kept_aside_can_be_read_again() {
    let book = FeedBook::built_in().unwrap();
    let feed = book.feed("social_care.visits").unwrap();
    let more = "V2,502,13-Nov-2024 11:11,CIN,Jo Reed,Y,Y,Y,Home,Flat 2,note,14-Nov-2024 14:42\n".to_owned();
    let given = file("social_care/visits.csv", &visits(&[more]));
    let bad = given.bad.first().unwrap();
    let again = read_again(feed, &bad.header, &bad.raw, &context("social_care/visits.csv"));
    assert!(matches!(again.as_slice(), [Row::Bad(_)]));
    let mended = bad.raw.replace("Flat 2,", "");
    let again = read_again(feed, &bad.header, &mended, &context("social_care/visits.csv"));
    assert!(matches!(again.as_slice(), [Row::Good(row)] if row.key == "V2"), "{again:?}");
    assert!(matches!(read_again(feed, &bad.header, "", &context("x")).as_slice(), [Row::Bad(_)]));
    assert!(matches!(read_again(feed, "", &mended, &context("x")).as_slice(), [Row::Bad(_)]));
}

#[test]
fn an_element_kept_aside_can_be_read_again_with_its_head() {
    let wrong = CENSUS.replace("2024-05-13", "2024-05-32");
    let given = file("social_care/cin_census.xml", &wrong);
    let bad = given.bad.first().unwrap();
    assert_eq!((bad.key.as_str(), bad.field.as_str(), bad.line), ("C1", "referral_date", 2));
    let book = FeedBook::built_in().unwrap();
    let feed = book.feed("social_care.census").unwrap();
    let again =
        read_again(feed, &bad.header, &bad.raw.replace("-32", "-31"), &context("social_care/cin_census.xml"));
    assert!(matches!(again.as_slice(), [Row::Good(row)] if row.key == "C1"), "{again:?}");
}

#[test]
fn everything_in_the_refuge_export_is_kept() {
    let head = "PlacementID,RefugeCode,ClientName,ClientDOB,Children,Arrived,Departed,RefugeAddress,RefugePostcode,MoveOnAddress,MoveOnPostcode,Confidential\n";
    let row = "RF1,RFG-9,Ann Moss,1990-05-01,Ada 08/12/13,2024-06-21,2024-09-01,\"3 Ash Row, Overby\",HD18 1AD,\"5 Fir Row, Overby\",HD18 1AE,Y\n";
    let given = file("services/refuge.csv", &format!("{head}{row}"));
    let record = serde_json::to_string(&given.good.first().unwrap().record).unwrap();
    for secret in ["Ash Row", "HD18 1AD", "Fir Row", "HD18 1AE"] {
        assert!(!record.contains(secret), "{secret} in {record}");
    }
    let kept = &given.good.first().unwrap().kept;
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|kept| !kept.id.as_str().contains("Row")));
}
