//! Invented people for the tests: a town of strangers, and builders for the few who matter.

use throughline_linkage::{
    Born, Linked, NameKind, PersonAddress, PersonName, PersonNumber, Record, Settings, Sex, Tie, TieKind,
    link,
};

const FORENAMES: [&str; 24] = [
    "Orla", "Petra", "Quentin", "Rosalind", "Silas", "Tamsin", "Ursel", "Viggo", "Wilma", "Xenia", "Yorick",
    "Zelda", "Ansel", "Bettina", "Corin", "Delphine", "Ephraim", "Fenella", "Gideon", "Honora", "Ivo",
    "Jocasta", "Kester", "Lavinia",
];
const SURNAMES: [&str; 25] = [
    "Ambleforth",
    "Brackenby",
    "Cottesloe",
    "Dunmere",
    "Eddlestone",
    "Farthingale",
    "Gorsefield",
    "Hawksworthy",
    "Inglebrook",
    "Jessamine",
    "Kettlewick",
    "Lambourne",
    "Mossgrove",
    "Netherby",
    "Oxbarrow",
    "Pennyfeather",
    "Quillfeather",
    "Ravenshaw",
    "Silverdale",
    "Thistlewood",
    "Underhay",
    "Vinegarth",
    "Wrenfield",
    "Yarborough",
    "Zouchley",
];

/// A record with an id and a source.
pub fn record(id: &str, source: &str) -> Record {
    Record { id: id.into(), source: source.into(), ..Record::default() }
}

/// Adds to a record in one line each.
pub trait With: Sized {
    fn named(self, fore: &str, sur: &str) -> Self;
    fn born(self, year: i16, month: i8, day: i8) -> Self;
    fn living(self, lines: &str, postcode: &str) -> Self;
    fn phone(self, number: &str) -> Self;
    fn number(self, kind: &str, value: &str) -> Self;
    fn sex(self, sex: Sex) -> Self;
    fn tied(self, kind: TieKind, other: u32) -> Self;
    fn known_as(self, reference: &str) -> Self;
}

impl With for Record {
    fn named(mut self, fore: &str, sur: &str) -> Self {
        self.names.push(PersonName {
            kind: NameKind::Official,
            forenames: fore.split_whitespace().map(Into::into).collect(),
            surname: sur.into(),
        });
        self
    }
    fn born(mut self, year: i16, month: i8, day: i8) -> Self {
        self.born = Some(Born { year, month: Some(month), day: Some(day) });
        self
    }
    fn living(mut self, lines: &str, postcode: &str) -> Self {
        self.addresses.push(PersonAddress { lines: lines.into(), postcode: postcode.into() });
        self
    }
    fn phone(mut self, number: &str) -> Self {
        self.phones.push(number.into());
        self
    }
    fn number(mut self, kind: &str, value: &str) -> Self {
        self.identifiers.push(PersonNumber { kind: kind.into(), value: value.into(), valid: true });
        self
    }
    fn sex(mut self, sex: Sex) -> Self {
        self.sex = Some(sex);
        self
    }
    fn tied(mut self, kind: TieKind, other: u32) -> Self {
        self.ties.push(Tie { other, kind });
        self
    }
    fn known_as(mut self, reference: &str) -> Self {
        self.refs.push(reference.into());
        self
    }
}

/// Spreads a number, so that no two facts of a person go together.
pub fn spread(i: usize, salt: u64) -> usize {
    let mut x = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 33) as usize
}

/// A town of 600 strangers, each known to two agencies.
pub fn town() -> Vec<Record> {
    let mut out = Vec::new();
    for i in 0..600usize {
        let (fore, sur) = (FORENAMES[spread(i, 1) % 24], SURNAMES[spread(i, 2) % 25]);
        let (year, month, day) =
            (1955 + (spread(i, 3) % 65) as i16, 1 + (spread(i, 4) % 12) as i8, 1 + (spread(i, 5) % 28) as i8);
        let home = format!("{} {} Rise", 1 + i % 90, SURNAMES[spread(i, 6) % 25]);
        let letter = |salt: u64| char::from(b'A' + (spread(i, salt) % 26) as u8);
        let postcode =
            format!("QX{} {}{}{}", 1 + spread(i, 7) % 40, spread(i, 8) % 10, letter(9), letter(10));
        let sex = if spread(i, 11).is_multiple_of(2) { Sex::Female } else { Sex::Male };
        for source in ["health", "police"] {
            let base = record(&format!("town-{source}-{i:04}"), source)
                .named(fore, sur)
                .born(year, month, day)
                .sex(sex);
            out.push(base.living(&home, &postcode).phone(&format!("077{:08}", spread(i, 12) % 100_000_000)));
        }
    }
    out
}

/// Links some records together with the town; answers whose records are one person by their ids.
pub struct Town {
    pub records: Vec<Record>,
    pub linked: Linked,
}

impl Town {
    /// Ties in `records` are told by their place among `records`.
    pub fn with(records: Vec<Record>) -> Self {
        let mut all = records;
        all.extend(town());
        let linked = link(&all, &[], &Settings::built_in().unwrap());
        Self { records: all, linked }
    }

    /// Whether two records are one person.
    pub fn one(&self, a: &str, b: &str) -> bool {
        let person = |id: &str| {
            let place = self.records.iter().position(|record| record.id == id).unwrap();
            self.linked.cluster[place]
        };
        person(a) == person(b)
    }
}
