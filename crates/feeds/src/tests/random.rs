//! Arbitrary bytes: nothing panics, and every row is handed out once, good or bad.

use std::io::Cursor;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::context;
use crate::{FeedBook, ReadContext, Row, read, read_again};

/// Bytes that look enough like agency files to get past the door.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b",".to_vec()),
        Just(b";".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"V1,501,13-Nov-2024,CIN,Jo,Y,Y,Y,Home,x,14-Nov-2024\n".to_vec()),
        Just(b"31-Apr-2024".to_vec()),
        Just(b"<Child>".to_vec()),
        Just(b"</Child>".to_vec()),
        Just(b"<a><b/></a>".to_vec()),
        Just(b"&amp;".to_vec()),
        Just(b"{\"resourceType\":\"Patient\",\"id\":\"p\"}\n".to_vec()),
        Just(b"{\"resourceType\":".to_vec()),
        Just(b"[[{\"a\":".to_vec()),
        Just("é\u{a0}İ".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..12),
        "[ -~]{0,20}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const HEADS: [(&str, &str, &str); 4] = [
    (
        "social_care.visits",
        "VisitID,PersonID,VisitDate,VisitType,Worker,Seen,SeenAlone,SpokenTo,Place,Note,Updated\n",
        "",
    ),
    (
        "probation.events",
        "EventID;CRN;EventDate;EventType;Outcome;Detail;ProposedAddress;ProposedPostcode;OtherResidents;Updated\n",
        "",
    ),
    ("health.fhir", "", ""),
    (
        "social_care.census",
        "<Message><Header><CollectionDetails><Collection>CIN</Collection></CollectionDetails></Header><Children>",
        "</Children></Message>",
    ),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_it_panic_and_rows_are_conserved(bytes in soup()) {
        let book = FeedBook::built_in().unwrap();
        for (id, head, tail) in HEADS {
            let feed = book.feed(id).unwrap();
            let whole = [head.as_bytes(), &bytes, tail.as_bytes()].concat();
            let mut given = 0;
            let summary = read(feed, &mut Cursor::new(whole), &context(id), &mut |_| {
                given += 1;
                ControlFlow::Continue(())
            });
            if let Ok(summary) = summary {
                prop_assert_eq!(summary.rows, given);
            }
            let text = String::from_utf8_lossy(&bytes);
            prop_assert!(!matches!(read_again(feed, head, &text, &context(id)).as_slice(), [] if id != "health.fhir" && tail.is_empty()));
        }
    }

    #[test]
    fn no_name_and_no_head_make_the_book_panic(name in "[ -~]{0,30}", bytes in soup()) {
        let book = FeedBook::built_in().unwrap();
        for name in [name.as_str(), "visits.csv", "bundle.ndjson", "cin_census.xml", "social_care/people.xlsx"] {
            let _ = book.identify(name, &bytes);
        }
    }

    #[test]
    fn every_mapping_survives_any_cells(cells in proptest::collection::vec("[ -~é]{0,24}", 34), quote in any::<bool>()) {
        let book = FeedBook::built_in().unwrap();
        for feed in book.feeds().iter().filter(|feed| feed.required_columns() != "") {
            let (Some(shape), delimiter) = (feed.shapes.first(), char::from(feed.delimiter)) else { continue };
            let names: Vec<&str> = shape.columns.iter().filter(|c| c.group.is_none()).map(|c| c.name.as_str()).collect();
            let join = |cells: Vec<String>| cells.join(&delimiter.to_string());
            let head = join(names.iter().map(|name| (*name).to_owned()).collect());
            let cell = |text: &String| if quote { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.replace(['"', delimiter], " ") };
            let row = join(cells.iter().take(names.len()).map(cell).collect());
            let mut rows = 0;
            let context = ReadContext { file: "x".to_owned(), today: super::TODAY };
            let summary = read(feed, &mut Cursor::new(format!("{head}\n{row}\n").into_bytes()), &context, &mut |row| {
                rows += 1;
                if let Row::Good(row) = row {
                    assert!(!row.key.is_empty() && row.content.len() == 64);
                }
                ControlFlow::Continue(())
            });
            prop_assert_eq!(summary.unwrap().rows, rows);
        }
    }
}
