//! The comparisons linkage makes and the levels each can come out at. Settings and model are tables over these.

/// How many comparisons there are.
pub(crate) const COMPARISONS: usize = 11;
/// The most levels a comparison has.
pub(crate) const LEVELS: usize = 16;
/// Nothing to compare: counts neither way.
pub(crate) const NOTHING: u8 = u8::MAX;

/// One comparison: its name, and its levels in order, each with the group within which shares sum to one.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) levels: &'static [(&'static str, u8)],
}

pub(crate) const FORENAME: usize = 0;
pub(crate) const MIDDLE: usize = 1;
pub(crate) const SURNAME: usize = 2;
pub(crate) const BORN: usize = 3;
pub(crate) const SEX: usize = 4;
pub(crate) const PLACE: usize = 5;
/// First of the three comparisons of shared numbers.
pub(crate) const NUMBER: usize = 6;
pub(crate) const ASSOCIATES: usize = 9;
pub(crate) const CIRCLE: usize = 10;

/// Kinds of shared number with a comparison of their own; every other kind shares the last.
pub(crate) const NUMBER_KINDS: [&str; 2] = ["nhs", "upn"];

macro_rules! levels {
    ($module:ident: $($name:ident = $value:literal),* $(,)?) => {
        pub(crate) mod $module { $(pub(crate) const $name: u8 = $value;)* }
    };
}

levels!(forename: EXACT = 0, VARIANT = 1, SHORT = 2, CLOSE = 3, OTHER = 4, SWAPPED = 5, INITIAL = 6, SIMILAR = 7, DIFFERENT = 8, INITIAL_DIFFERENT = 9, TWO_NAMES = 10);
levels!(middle: EXACT = 0, CLOSE = 1, INITIAL = 2, DIFFERENT = 3, INITIAL_DIFFERENT = 4);
levels!(surname: EXACT = 0, VARIANT = 1, PART = 2, CLOSE = 3, SIMILAR = 4, DIFFERENT = 5, MIDDLE = 6);
levels!(born: EXACT = 0, NEW_YEAR = 1, SWAPPED = 2, DIGIT = 3, YEAR = 4, NEAR = 5, DIFFERENT = 6,
        AGE = 7, AGE_NEAR = 8, AGE_DIFFERENT = 9, EXPECTED = 10, NOT_EXPECTED = 11, STAGE_DIFFERENT = 12, GENERATION = 13);
levels!(sex: SAME = 0, DIFFERENT = 1);
levels!(place: PHONE_ADDRESS = 0, PHONE = 1, ADDRESS = 2, BUSY = 3, POSTCODE = 4, NEAR = 5, DIFFERENT = 6, IMPLIED = 7, BOTH_DIFFERENT = 8, PHONE_DIFFERENT = 9);
levels!(number: SAME = 0, NEAR = 1, UNCHECKED = 2, DIFFERENT = 3);
levels!(associates: PARTNER = 0, PARENT = 1, CHILD = 2, OTHER = 3, EVENT = 4, CONFLICT = 5, DIRECT = 6);

levels!(circle: SAME = 0, DIFFERENT = 1);

const NUMBER_LEVELS: &[(&str, u8)] = &[("same", 0), ("near", 0), ("unchecked", 0), ("different", 0)];

/// All comparisons, in the order of the constants above.
pub(crate) const SHAPES: [Shape; COMPARISONS] = [
    Shape {
        name: "forename",
        levels: &[
            ("exact", 0),
            ("variant", 0),
            ("short", 0),
            ("close", 0),
            ("other", 0),
            ("swapped", 0),
            ("initial", 1),
            ("similar", 0),
            ("different", 0),
            ("initial_different", 1),
            ("two_names", 0),
        ],
    },
    Shape {
        name: "middle",
        levels: &[("exact", 0), ("close", 0), ("initial", 1), ("different", 0), ("initial_different", 1)],
    },
    Shape {
        name: "surname",
        levels: &[
            ("exact", 0),
            ("variant", 0),
            ("part", 0),
            ("close", 0),
            ("similar", 0),
            ("different", 0),
            ("middle", 0),
        ],
    },
    Shape {
        name: "born",
        levels: &[
            ("exact", 0),
            ("new_year", 0),
            ("swapped", 0),
            ("digit", 0),
            ("year", 0),
            ("near", 0),
            ("different", 0),
            ("age", 1),
            ("age_near", 1),
            ("age_different", 1),
            ("expected", 2),
            ("not_expected", 2),
            ("stage_different", 3),
            ("generation", 0),
        ],
    },
    Shape { name: "sex", levels: &[("same", 0), ("different", 0)] },
    Shape {
        name: "place",
        levels: &[
            ("phone_address", 0),
            ("phone", 0),
            ("address", 0),
            ("busy", 0),
            ("postcode", 0),
            ("near", 0),
            ("different", 0),
            ("implied", 1),
            ("both_different", 0),
            ("phone_different", 2),
        ],
    },
    Shape { name: "nhs", levels: NUMBER_LEVELS },
    Shape { name: "upn", levels: NUMBER_LEVELS },
    Shape { name: "other_number", levels: NUMBER_LEVELS },
    Shape {
        name: "associates",
        levels: &[
            ("partner", 0),
            ("parent", 1),
            ("child", 2),
            ("other", 3),
            ("event", 4),
            ("conflict", 5),
            ("direct", 6),
        ],
    },
    Shape { name: "circle", levels: &[("same", 0), ("different", 0)] },
];

/// The levels two people came out at.
pub(crate) type Levels = [u8; COMPARISONS];
