//! When a child was seen, seen alone and spoken to, against when there were incidents: a gap is drawn as a gap.

use jiff::civil::Date;
use throughline_domain::picture::shape::{Entry, Incident};
use throughline_domain::record::ChildContact;
use throughline_domain::when::When;

use super::Figure;
use super::lines::Lines;
use super::svg::{Drawing, INK, PALETTE};
use crate::web::shown;

const LEFT: f64 = 130.0;

type Told = fn(&ChildContact) -> Option<bool>;

const ROWS: [(&str, Told); 3] = [
    ("Seen", |contact| contact.seen),
    ("Seen alone", |contact| contact.alone),
    ("Spoken to", |contact| contact.spoken_to),
];

/// Draws the line of time of one child.
#[must_use]
pub fn draw(id: &str, contacts: &[&Entry], incidents: &[&Incident], today: Date) -> Figure {
    let mut with_contact: Vec<(&Entry, &ChildContact)> =
        contacts.iter().filter_map(|entry| entry.contact.as_ref().map(|contact| (*entry, contact))).collect();
    with_contact.sort_by_key(|(entry, _)| (entry.at, entry.seq));
    let times =
        with_contact.iter().map(|(entry, _)| entry.at).chain(incidents.iter().map(|incident| incident.at));
    let Some(from) = times.map(When::first_day).min() else {
        return Figure::nothing(id, "No agency has recorded seeing or speaking to this child.");
    };
    let mut picture = Lines::begin(from, today, LEFT, 3, incidents);
    for (name, told) in ROWS {
        let y = picture.line(name);
        for (entry, contact) in &with_contact {
            if let Some(yes) = told(contact) {
                let x = picture.x(entry.at.first_day());
                let title = format!("{name}: {}, {}", said(Some(yes)), shown::when(entry.at));
                answer(&mut picture.drawing, x, y, yes, &title);
            }
        }
    }
    let y = picture.now(today);
    let mut drawing = picture.drawing;
    key(&mut drawing, y);
    let title = sentence(&with_contact);
    let description = "Marks show each time an agency recorded whether the child was seen, alone, and spoken to. The table below has the same facts.";
    let (head, rows) = twin(&with_contact, incidents);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

fn answer(drawing: &mut Drawing, x: f64, y: f64, yes: bool, title: &str) {
    drawing.open(title);
    if yes {
        drawing.shape("circle").at("cx", x).at("cy", y).at("r", 7.0).set("fill", PALETTE[0]).draw();
    } else {
        for (dx, dy) in [(6.0, 6.0), (6.0, -6.0)] {
            drawing.line((x - dx, y - dy), (x + dx, y + dy)).set("stroke-width", "2.5").draw();
        }
    }
    drawing.close();
}

fn key(drawing: &mut Drawing, y: f64) {
    answer(drawing, LEFT + 7.0, y - 4.0, true, "recorded: yes");
    drawing.text(LEFT + 22.0, y, 12.0, "recorded: yes").draw();
    answer(drawing, LEFT + 137.0, y - 4.0, false, "recorded: no");
    drawing.text(LEFT + 152.0, y, 12.0, "recorded: no").draw();
    drawing.text_with(LEFT + 260.0, y, 12.0, INK, "no mark: nobody recorded it").draw();
}

fn said(told: Option<bool>) -> &'static str {
    match told {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not recorded",
    }
}

fn sentence(contacts: &[(&Entry, &ChildContact)]) -> String {
    let times = |told: Told| contacts.iter().filter(|(_, contact)| told(contact) == Some(true)).count();
    let [seen, alone, spoken] = ROWS.map(|(_, told)| times(told));
    let times = |number: usize| match number {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    format!("Recorded as seen {}, alone {}, spoken to {}.", times(seen), times(alone), times(spoken))
}

fn twin(contacts: &[(&Entry, &ChildContact)], incidents: &[&Incident]) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["When", "What", "Seen", "Alone", "Spoken to", "By"].map(ToOwned::to_owned).to_vec();
    let mut rows: Vec<(When, Vec<String>)> = Vec::new();
    for (entry, contact) in contacts {
        let by = entry.by.clone().unwrap_or_else(|| shown::agency(&entry.agency));
        let [seen, alone, spoken] = ROWS.map(|(_, told)| said(told(contact)).to_owned());
        rows.push((
            entry.at,
            vec![shown::when(entry.at), entry.kind.label().to_owned(), seen, alone, spoken, by],
        ));
    }
    for incident in incidents {
        let none = || String::new();
        rows.push((
            incident.at,
            vec![
                shown::when(incident.at),
                format!("Incident: {}", incident.offence),
                none(),
                none(),
                none(),
                none(),
            ],
        ));
    }
    rows.sort();
    (head, rows.into_iter().map(|(_, row)| row).collect())
}
