//! Workbooks, made here by hand from their parts.

use std::io::{Cursor, Write};

use super::try_file;

/// A workbook with one sheet after an empty one.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut sheet = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (number, row) in rows.iter().enumerate() {
        sheet.push_str(&format!(r#"<row r="{}">"#, number + 1));
        for (column, text) in row.iter().enumerate() {
            let name = char::from(b'A' + u8::try_from(column).unwrap());
            let place = format!("{name}{}", number + 1);
            match text.strip_prefix('=') {
                Some(number) => sheet.push_str(&format!(r#"<c r="{place}" s="1"><v>{number}</v></c>"#)),
                None if text.is_empty() => {}
                None => {
                    sheet.push_str(&format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#))
                }
            }
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    archive(&[("xl/worksheets/sheet2.xml", sheet.as_bytes())])
}

fn archive(more: &[(&str, &[u8])]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let kinds = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
    let rels = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="Notes" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="2" r:id="rId2"/></sheets></workbook>"#
    );
    let parts = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{REL}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="{REL}/styles" Target="styles.xml"/></Relationships>"#
    );
    let styles = format!(
        r#"<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#
    );
    let empty = format!(r#"<worksheet xmlns="{MAIN}"><sheetData/></worksheet>"#);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let fixed: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", kinds.as_bytes()),
        ("_rels/.rels", rels.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", parts.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", empty.as_bytes()),
    ];
    for (name, bytes) in fixed.iter().chain(more) {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_read_like_a_delimited_file() {
    let bytes = workbook(&[
        &["Visits of the week"],
        &[
            "VisitID",
            "PersonID",
            "VisitDate",
            "VisitType",
            "Worker",
            "Seen",
            "SeenAlone",
            "SpokenTo",
            "Place",
            "Note",
            "Updated",
        ],
        &[
            "V1",
            "501",
            "=45609.4659722",
            "CIN",
            "Jo Reed",
            "Y",
            "Y",
            "Y",
            "Home",
            "a, b &amp; \"c\"",
            "=45610",
        ],
        &["V2", "502", "31-Apr-2024", "CIN", "Jo Reed", "Y"],
        &[],
        &["V3", "503", "=45611", "CIN", "Jo Reed", "N"],
    ]);
    let given = try_file("social_care/visits.xlsx", &bytes).unwrap();
    assert_eq!(given.keys(), ["V1", "V3"]);
    let first = given.good.first().unwrap();
    assert_eq!((first.line, first.stamp.as_str()), (3, "2024-11-14T00:00:00"));
    assert_eq!(first.happened.map(|when| when.to_string()).as_deref(), Some("2024-11-13T11:11"));
    assert_eq!(first.record.events.first().unwrap().text.as_deref(), Some("a, b & \"c\""));
    assert_eq!(given.bad.first().map(|bad| (bad.line, bad.key.as_str())), Some((4, "V2")));
    assert_eq!(given.good.get(1).map(|row| row.line), Some(6));
}

#[test]
fn a_workbook_without_the_columns_is_refused() {
    let refusal = try_file("social_care/visits.xlsx", &workbook(&[&["a", "b"]])).unwrap_err().to_string();
    assert!(refusal.contains("no heading"), "{refusal}");
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_opened() {
    let zeros = vec![0_u8; 600 << 20];
    let bytes = archive(&[("xl/worksheets/sheet2.xml", &zeros)]);
    assert!(bytes.len() < 4 << 20);
    let refusal = try_file("social_care/visits.xlsx", &bytes).unwrap_err().to_string();
    assert!(refusal.contains("512 MiB"), "{refusal}");
}

#[test]
fn other_workbooks_and_damaged_ones_are_refused_clearly() {
    let refusal = |bytes: &[u8]| try_file("social_care/visits.xlsx", bytes).unwrap_err().to_string();
    assert!(refusal(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains(".xls format"));
    assert!(refusal(b"PK\x03\x04 and nothing else").contains("damaged"));
}
