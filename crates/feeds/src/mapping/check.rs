//! Checks a mapping and makes it ready to use. Every mistake is told with its file, table and field, with what
//! stands there and what could stand there.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use throughline_domain::record::{Basis, EventKind, IdentifierKind, NameKind};

use super::error::MappingError;
use super::feed::{
    Choice, Column, ColumnSource, Condition, ContactRule, EventRule, Feed, Group, GroupSource, InvolvedRule,
    NameRule, Person, PlaceRule, RelationRule, ResidenceRule, Shape, TextPart, WhoRule, XmlLayout,
};
use super::path::Path;
use super::spec::{
    ColumnKind, ColumnSpec, ConditionSpec, ContactSpec, EventSpec, FeedSpec, Format, GroupSpec, InvolvedSpec,
    NameSpec, PersonSpec, PlaceSpec, ProofSpec, RelationSpec, ResidenceSpec, RowSpec, SingleSpec,
};
use super::template::{Part, Piece, Template, pieces};
use super::words::Words;
use crate::value::date::DatePattern;
use crate::value::name::Single;
use crate::value::phrase::{plain, spaced};

/// What goes wrong inside one file: place, found, expected.
struct Wrong {
    place: String,
    found: String,
    expected: String,
}

type Checked<T> = Result<T, Wrong>;

fn wrong(place: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Wrong {
    Wrong { place: place.into(), found: found.into(), expected: expected.into() }
}

/// Reads one mapping file.
pub(crate) fn feed(file: &str, text: &str, words: &Arc<Words>) -> Result<Feed, MappingError> {
    let spec: FeedSpec = read_toml(file, text)?;
    checked(spec, words).map_err(|Wrong { place, found, expected }| MappingError {
        file: file.to_owned(),
        place,
        found,
        expected,
    })
}

/// Reads TOML with the line of a mistake.
pub(crate) fn read_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, MappingError> {
    toml::from_str(text).map_err(|error| {
        let line =
            error.span().map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        MappingError {
            file: file.to_owned(),
            place: line.map_or_else(|| "the file".to_owned(), |line| format!("line {line}")),
            found: error.message().to_owned(),
            expected: "a mapping as area/feeds/README.md explains it".to_owned(),
        }
    })
}

fn checked(spec: FeedSpec, words: &Arc<Words>) -> Checked<Feed> {
    if !spec.id.contains('.') {
        return Err(wrong("id", format!("`{}`", spec.id), "agency and file, as in `police.incidents`"));
    }
    if spec.file.names.is_empty() {
        return Err(wrong("file.names", "no pattern", "at least one, as in `incidents*.csv`"));
    }
    if spec.file.names.iter().any(|name| name.contains('/')) {
        return Err(wrong("file.names", "a folder", "file names without their folder"));
    }
    let delimiter = u8::try_from(spec.file.delimiter)
        .ok()
        .filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r".contains(byte))
        .ok_or_else(|| {
            wrong("file.delimiter", format!("`{}`", spec.file.delimiter), "a comma, semicolon, tab or bar")
        })?;
    if spec.row.is_empty() {
        return Err(wrong("row", "no row", "at least one [[row]]"));
    }
    let shapes = spec
        .row
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let shape = ShapeCheck::new(row, spec.file.format, words)?.shape();
            shape.map_err(|error| Wrong { place: format!("row {}, {}", at + 1, error.place), ..error })
        })
        .collect::<Checked<Vec<_>>>()?;
    if spec.file.format == Format::Table && shapes.len() > 1 {
        return Err(wrong(
            "row",
            format!("{} kinds of row", shapes.len()),
            "one: a table has one kind of row",
        ));
    }
    let xml = match (spec.file.format, spec.file.xml) {
        (Format::Xml, Some(xml)) => Some(xml_layout(xml, &spec.row)?),
        (Format::Xml, None) => return Err(wrong("file.xml", "nothing", "the elements root, head and row")),
        (_, Some(_)) => return Err(wrong("file.xml", "a table", "nothing, as the format is not xml")),
        (_, None) => None,
    };
    Ok(Feed {
        id: spec.id.into(),
        agency: spec.agency.into(),
        title: spec.title,
        expected_every_days: spec.expected_every_days,
        sealed: spec.sealed,
        names: spec.file.names.iter().map(|name| name.to_lowercase()).collect(),
        format: spec.file.format,
        delimiter,
        dates: date_patterns("file.dates", &spec.file.dates)?
            .into_iter()
            .chain(unmistakable_dates())
            .collect(),
        xml,
        shapes,
        words: Arc::clone(words),
    })
}

fn date_patterns(place: &str, patterns: &[String]) -> Checked<Vec<DatePattern>> {
    let read = |pattern: &String| {
        DatePattern::parse(pattern).ok_or_else(|| {
            wrong(place, format!("`{pattern}`"), "a pattern with a year, as in `DD/MM/YYYY hh:mm`")
        })
    };
    patterns.iter().map(read).collect()
}

/// Ways of writing a date that nobody can misread, and that workbooks come in. Any file may use them.
fn unmistakable_dates() -> impl Iterator<Item = DatePattern> {
    ["YYYY-MM-DD", "YYYY-MM-DD hh:mm", "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm:sszz", "YYYY-MM-DDThh:mmzz"]
        .into_iter()
        .filter_map(DatePattern::parse)
}

fn proof(place: &str, spec: &ProofSpec) -> Checked<(Path, String)> {
    Ok((path(place, &spec.path)?, spec.is.clone()))
}

fn path(place: &str, text: &str) -> Checked<Path> {
    Path::parse(text)
        .ok_or_else(|| wrong(place, format!("`{text}`"), "a path, as in `name[use=official].family`"))
}

fn xml_layout(spec: super::spec::XmlSpec, rows: &[RowSpec]) -> Checked<XmlLayout> {
    let mut known: std::collections::BTreeSet<String> = spec.not_read.iter().cloned().collect();
    let columns =
        rows.iter().flat_map(|row| row.columns.values()).filter_map(|column| column.path.as_deref());
    let groups = rows.iter().flat_map(|row| row.groups.values()).filter_map(|group| group.path.as_deref());
    for text in columns.chain(groups) {
        if let Some(path) = Path::parse(text.trim_start_matches('/')) {
            known.extend(path.names().map(str::to_owned));
        }
    }
    let proof = spec.proof.as_ref().map(|spec| proof("file.xml.proof", spec)).transpose()?;
    Ok(XmlLayout { spec, proof, known })
}

/// One row being checked, with its names of columns and groups.
struct ShapeCheck<'a> {
    row: &'a RowSpec,
    words: &'a Words,
    columns: Vec<(&'a str, &'a ColumnSpec)>,
    groups: Vec<(&'a str, &'a GroupSpec)>,
    table: bool,
}

impl<'a> ShapeCheck<'a> {
    fn new(row: &'a RowSpec, format: Format, words: &'a Words) -> Checked<Self> {
        Ok(Self {
            row,
            words,
            columns: row.columns.iter().map(|(name, spec)| (name.as_str(), spec)).collect(),
            groups: row.groups.iter().map(|(name, spec)| (name.as_str(), spec)).collect(),
            table: format == Format::Table,
        })
    }

    fn shape(&self) -> Checked<Shape> {
        let columns = self
            .columns
            .iter()
            .map(|(name, spec)| self.column_rule(name, spec))
            .collect::<Checked<Vec<_>>>()?;
        self.headings_differ(&columns)?;
        let groups = self
            .groups
            .iter()
            .map(|(name, spec)| self.group_rule(name, spec))
            .collect::<Checked<Vec<_>>>()?;
        let row = self.row;
        Ok(Shape {
            only: row.only.as_ref().map(|spec| proof("only", spec)).transpose()?,
            unexpected: row.unexpected.clone(),
            key: self.template("key", &row.key)?,
            stamp: self.date_column("stamp", row.stamp.as_deref())?,
            happened: self.date_columns("happened", &row.happened)?,
            recorded: self.date_column("recorded", row.recorded.as_deref())?,
            columns,
            groups,
            people: numbered("people", &row.people, |at, spec| self.person(at, spec))?,
            relations: numbered("relations", &row.relations, |at, spec| self.relation(at, spec))?,
            residences: numbered("residences", &row.residences, |at, spec| self.residence(at, spec))?,
            events: numbered("events", &row.events, |at, spec| self.event(at, spec))?,
        })
    }

    /// Two columns must never answer to one heading.
    fn headings_differ(&self, columns: &[Column]) -> Checked<()> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for column in columns.iter().filter(|column| matches!(column.source, ColumnSource::Cell)) {
            for heading in &column.headings {
                if let Some(other) = seen.insert(heading, &column.name) {
                    let place = format!("columns.{}", column.name);
                    return Err(wrong(place, format!("a heading of `{other}` too"), "headings that differ"));
                }
            }
        }
        Ok(())
    }

    fn column_rule(&self, name: &str, spec: &ColumnSpec) -> Checked<Column> {
        let place = format!("columns.{name}");
        let group = spec.group.as_deref().map(|group| self.group(&place, group)).transpose()?;
        let source = match (&spec.path, &spec.part) {
            (Some(text), None) if !self.table => match text.strip_prefix('/') {
                Some(text) => ColumnSource::Head(path(&place, text)?),
                None => ColumnSource::Tree(path(&place, text)?),
            },
            (None, Some(part)) if group.is_some() => match part.parse::<usize>() {
                Ok(at) if at > 0 => ColumnSource::Part(at),
                _ => ColumnSource::Named(part.clone()),
            },
            (None, None) if self.table => ColumnSource::Cell,
            (Some(_), _) => return Err(wrong(place, "a path", "no path: a table has headings")),
            (None, Some(_)) => {
                return Err(wrong(place, "a part without a group", "the group it is a part of"));
            }
            (None, None) => return Err(wrong(place, "no path", "where it stands in the tree")),
        };
        let names = || std::iter::once(name).chain(spec.also.iter().map(String::as_str));
        let mut headings: Vec<String> = Vec::new();
        for heading in names().map(plain) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        Ok(Column {
            name: name.to_owned(),
            required: spec.required,
            alike: names().map(|heading| self.words.heading(heading)).collect(),
            headings,
            kind: spec.is,
            source,
            group,
            join: spec.join.clone().unwrap_or_else(|| " ".to_owned()),
            after: spec.after.clone(),
            not_after: self.date_columns(&format!("{place}.not_after"), &spec.not_after)?,
            dropped_after: self.date_columns(&format!("{place}.dropped_after"), &spec.dropped_after)?,
            refers_to: spec.refers_to.clone(),
            dates: date_patterns(&format!("{place}.dates"), &spec.dates)?,
        })
    }

    fn group_rule(&self, name: &str, spec: &GroupSpec) -> Checked<Group> {
        let place = format!("groups.{name}");
        let within = spec.within.as_deref().map(|group| self.group(&place, group)).transpose()?;
        if within.is_some_and(|outer| self.groups.get(outer).is_some_and(|(_, spec)| spec.within.is_some())) {
            return Err(wrong(
                place,
                "a group inside a group inside a group",
                "at most one group inside another",
            ));
        }
        let source = match (&spec.path, &spec.split, &spec.people_in, &spec.text) {
            (Some(text), None, None, None) => GroupSource::Tree(path(&place, text)?),
            (None, Some(column), None, None) => GroupSource::Split {
                column: self.column(&place, column)?,
                between: spec
                    .between
                    .clone()
                    .filter(|text| !text.is_empty())
                    .unwrap_or_else(|| ";".to_owned()),
                parts: spec.parts.clone().filter(|text| !text.is_empty()),
            },
            (None, None, Some(column), None) => GroupSource::People { column: self.column(&place, column)? },
            (None, None, None, Some(column)) => GroupSource::Text {
                column: self.column(&place, column)?,
                patterns: spec
                    .patterns
                    .iter()
                    .map(|text| text_pattern(&place, text))
                    .collect::<Checked<_>>()?,
            },
            _ => {
                return Err(wrong(place, "none or several of them", "one of path, split, people_in or text"));
            }
        };
        Ok(Group { within, source })
    }

    fn group(&self, place: &str, name: &str) -> Checked<usize> {
        let at = self.groups.iter().position(|(known, _)| *known == name);
        at.ok_or_else(|| {
            wrong(place, format!("group `{name}`"), one_of(self.groups.iter().map(|(name, _)| *name)))
        })
    }

    fn each(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        name.map(|name| self.group(place, name)).transpose()
    }

    fn column(&self, place: &str, name: &str) -> Checked<usize> {
        let at = self.columns.iter().position(|(known, _)| *known == name);
        at.ok_or_else(|| {
            wrong(place, format!("column `{name}`"), one_of(self.columns.iter().map(|(name, _)| *name)))
        })
    }

    fn optional(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        name.map(|name| self.column(place, name)).transpose()
    }

    fn date_column(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        let at = self.column(place, name)?;
        match self.columns.get(at) {
            Some((_, spec))
                if matches!(
                    spec.is,
                    ColumnKind::Text | ColumnKind::Name | ColumnKind::OffenceCode | ColumnKind::Markup
                ) =>
            {
                let expected = "a column with `is = \"date\"`, `\"event_date\"` or `\"birth\"`";
                Err(wrong(place, format!("column `{name}`, which is no date"), expected))
            }
            _ => Ok(Some(at)),
        }
    }

    fn date_columns(&self, place: &str, names: &[String]) -> Checked<Vec<usize>> {
        let read = |name: &String| self.date_column(place, Some(name));
        Ok(names.iter().map(read).collect::<Checked<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn template(&self, place: &str, text: &str) -> Checked<Template> {
        let pieces = pieces(text).ok_or_else(|| wrong(place, format!("`{text}`"), "every { with its }"))?;
        let part = |piece: Piece<'_>| {
            Ok(match piece {
                Piece::Text(text) => Part::Text(text.to_owned()),
                Piece::Ordinal => Part::Ordinal,
                Piece::Column { name, table } => Part::Column {
                    at: self.column(place, name)?,
                    table: table.map(|table| self.table(place, table)).transpose()?.map(plain_keys),
                },
            })
        };
        Ok(Template::new(pieces.into_iter().map(part).collect::<Checked<_>>()?))
    }

    fn optional_template(&self, place: &str, text: Option<&str>) -> Checked<Option<Template>> {
        text.map(|text| self.template(place, text)).transpose()
    }

    fn templates(&self, place: &str, texts: &[String]) -> Checked<Vec<Template>> {
        texts.iter().map(|text| self.template(place, text)).collect()
    }

    fn table(&self, place: &str, name: &str) -> Checked<&BTreeMap<String, String>> {
        self.row.tables.get(name).or_else(|| self.words.tables.get(name)).ok_or_else(|| {
            let known = self.row.tables.keys().chain(self.words.tables.keys()).map(String::as_str);
            wrong(place, format!("table `{name}`"), one_of(known))
        })
    }

    /// One of our words, or a column with the table that leads to them.
    fn choice<T: for<'de> Deserialize<'de>>(&self, place: &str, text: &str) -> Checked<Choice<T>> {
        let parts = pieces(text).unwrap_or_default();
        match parts.as_slice() {
            [Piece::Text(word)] => Ok(Choice::Fixed(our_word(place, word)?)),
            [Piece::Column { name, table: Some("relation") }] => {
                Ok(Choice::Words { column: self.column(place, name)? })
            }
            [Piece::Column { name, table: Some(table) }] => {
                let column = self.column(place, name)?;
                let rows = self.table(place, table)?;
                let read = |(key, word): (&String, &String)| {
                    let place = format!("{place}, tables.{table}.{key}");
                    let word = if word.is_empty() { None } else { Some(our_word(&place, word)?) };
                    Ok((plain_key(key), word))
                };
                Ok(Choice::Table { column, table: rows.iter().map(read).collect::<Checked<_>>()? })
            }
            _ => Err(wrong(place, format!("`{text}`"), "one of our words, or `{Column:table}`")),
        }
    }

    fn optional_choice<T: for<'de> Deserialize<'de>>(
        &self,
        place: &str,
        text: Option<&str>,
    ) -> Checked<Option<Choice<T>>> {
        text.map(|text| self.choice(place, text)).transpose()
    }

    fn conditions(&self, place: &str, specs: &[ConditionSpec]) -> Checked<Vec<Condition>> {
        let read = |spec: &ConditionSpec| {
            Ok(Condition {
                column: self.column(place, &spec.column)?,
                is: spec.is.iter().map(|text| plain(text)).collect(),
                not: spec.not.iter().map(|text| plain(text)).collect(),
                filled: spec.filled,
                has: spec.has.iter().map(|text| spaced(text)).collect(),
            })
        };
        specs.iter().map(read).collect()
    }

    fn who(&self, place: &str, text: &str) -> Checked<WhoRule> {
        let rule = match text.split_once(':') {
            Some(("here", sub)) => WhoRule::Here(self.template(place, sub)?),
            Some(("local", number)) => WhoRule::Local(self.template(place, number)?),
            Some(("group", number)) => WhoRule::Group(self.template(place, number)?),
            _ => {
                let expected = "`here:` with a sub, `local:` with a number or `group:` with a number";
                return Err(wrong(place, format!("`{text}`"), expected));
            }
        };
        Ok(rule)
    }

    fn person(&self, place: &str, spec: &PersonSpec) -> Checked<Person> {
        let identifiers = spec.identifiers.iter().map(|(kind, column)| {
            let place = format!("{place}.identifiers.{kind}");
            Ok((our_word::<IdentifierKind>(&place, kind)?, self.column(&place, column)?))
        });
        Ok(Person {
            each: self.each(place, spec.each.as_deref())?,
            when: self.conditions(&format!("{place}.when"), &spec.when)?,
            sub: self.template(&format!("{place}.sub"), &spec.sub)?,
            link_key: self.optional_template(&format!("{place}.link_key"), spec.link_key.as_deref())?,
            local_refs: self.templates(&format!("{place}.local_refs"), &spec.local_refs)?,
            groups: self.templates(&format!("{place}.groups"), &spec.groups)?,
            names: numbered(&format!("{place}.names"), &spec.names, |place, spec| self.name(place, spec))?,
            born: self.date_column(&format!("{place}.born"), spec.born.as_deref())?,
            expected_when_born_after: self.date_column(
                &format!("{place}.expected_when_born_after"),
                spec.expected_when_born_after.as_deref(),
            )?,
            age: self.optional(&format!("{place}.age"), spec.age.as_deref())?,
            expected: self.date_column(&format!("{place}.expected"), spec.expected.as_deref())?,
            sex: self.optional_choice(&format!("{place}.sex"), spec.sex.as_deref())?,
            stage: self.optional_choice(&format!("{place}.stage"), spec.stage.as_deref())?,
            phones: spec
                .phones
                .iter()
                .map(|column| self.column(&format!("{place}.phones"), column))
                .collect::<Checked<_>>()?,
            identifiers: identifiers.collect::<Checked<_>>()?,
            name_expected: spec.name_expected,
        })
    }

    fn name(&self, place: &str, spec: &NameSpec) -> Checked<NameRule> {
        let cell = self.optional(&format!("{place}.cell"), spec.cell.as_deref())?;
        let spaced = cell.and_then(|at| self.columns.get(at)).filter(|(_, spec)| spec.is != ColumnKind::Name);
        if let Some((name, _)) = spaced.filter(|(_, spec)| spec.group.is_none()) {
            return Err(wrong(
                place,
                format!("column `{name}`, which is no name"),
                "a column with `is = \"name\"`",
            ));
        }
        if cell.is_some() == (spec.forenames.is_some() || spec.surname.is_some()) {
            return Err(wrong(place, "none or both of them", "either `cell`, or `forenames` and `surname`"));
        }
        Ok(NameRule {
            each: self.each(place, spec.each.as_deref())?,
            kind: match &spec.kind {
                Some(kind) => self.choice(&format!("{place}.kind"), kind)?,
                None => Choice::Fixed(NameKind::Official),
            },
            cell,
            single: match spec.single {
                SingleSpec::Surname => Single::Surname,
                SingleSpec::Forename => Single::Forename,
            },
            forenames: self.optional_template(&format!("{place}.forenames"), spec.forenames.as_deref())?,
            middle: self.optional_template(&format!("{place}.middle"), spec.middle.as_deref())?,
            surname: self.optional_template(&format!("{place}.surname"), spec.surname.as_deref())?,
        })
    }

    fn relation(&self, place: &str, spec: &RelationSpec) -> Checked<RelationRule> {
        Ok(RelationRule {
            each: self.each(place, spec.each.as_deref())?,
            when: self.conditions(&format!("{place}.when"), &spec.when)?,
            of: self.who(&format!("{place}.of"), &spec.of)?,
            to: self.who(&format!("{place}.to"), &spec.to)?,
            words: self.template(&format!("{place}.words"), &spec.words)?,
            is: self.optional_choice(&format!("{place}.is"), spec.is.as_deref())?,
            since: self.date_column(&format!("{place}.since"), spec.since.as_deref())?,
        })
    }

    fn residence(&self, place: &str, spec: &ResidenceSpec) -> Checked<ResidenceRule> {
        Ok(ResidenceRule {
            each: self.each(place, spec.each.as_deref())?,
            when: self.conditions(&format!("{place}.when"), &spec.when)?,
            who: self.who(&format!("{place}.who"), &spec.who)?,
            place: self.place(&format!("{place}.place"), &spec.place)?,
            from: self.date_column(&format!("{place}.from"), spec.from.as_deref())?,
            to: self.date_column(&format!("{place}.to"), spec.to.as_deref())?,
            told: self.date_column(&format!("{place}.told"), spec.told.as_deref())?,
            basis: self.choice::<Basis>(&format!("{place}.basis"), &spec.basis)?,
        })
    }

    fn place(&self, place: &str, spec: &PlaceSpec) -> Checked<PlaceRule> {
        Ok(PlaceRule {
            address: self.template(&format!("{place}.address"), &spec.address)?,
            postcode: self.optional(&format!("{place}.postcode"), spec.postcode.as_deref())?,
            uprn: self.optional(&format!("{place}.uprn"), spec.uprn.as_deref())?,
            kept_when: self.conditions(&format!("{place}.kept_when"), &spec.kept_when)?,
            why: spec.why.clone().unwrap_or_else(|| "marked restricted by the agency".to_owned()),
        })
    }

    fn event(&self, place: &str, spec: &EventSpec) -> Checked<EventRule> {
        let details = spec
            .details
            .iter()
            .map(|(name, text)| Ok((name.clone(), self.template(&format!("{place}.details.{name}"), text)?)));
        Ok(EventRule {
            each: self.each(place, spec.each.as_deref())?,
            when: self.conditions(&format!("{place}.when"), &spec.when)?,
            kind: self.choice::<EventKind>(&format!("{place}.kind"), &spec.kind)?,
            at: self.date_columns(&format!("{place}.at"), &spec.at)?,
            until: self.date_column(&format!("{place}.until"), spec.until.as_deref())?,
            reference: self.optional_template(&format!("{place}.reference"), spec.reference.as_deref())?,
            title: self.templates(&format!("{place}.title"), &spec.title)?,
            text: self.templates(&format!("{place}.text"), &spec.text)?,
            by: self.templates(&format!("{place}.by"), &spec.by)?,
            place: spec.place.as_ref().map(|spec| self.place(&format!("{place}.place"), spec)).transpose()?,
            involved: numbered(&format!("{place}.involved"), &spec.involved, |place, spec| {
                self.involved(place, spec)
            })?,
            details: details.collect::<Checked<_>>()?,
            child_contact: spec
                .child_contact
                .as_ref()
                .map(|spec| self.contact(&format!("{place}.child_contact"), spec))
                .transpose()?,
            relation_words: self
                .optional(&format!("{place}.relation_words"), spec.relation_words.as_deref())?,
        })
    }

    fn involved(&self, place: &str, spec: &InvolvedSpec) -> Checked<InvolvedRule> {
        Ok(InvolvedRule {
            each: self.each(place, spec.each.as_deref())?,
            who: self.who(&format!("{place}.who"), &spec.who)?,
            role: self.choice(&format!("{place}.role"), &spec.role)?,
        })
    }

    fn contact(&self, place: &str, spec: &ContactSpec) -> Checked<ContactRule> {
        let phrases = |list: &[String]| list.iter().map(|text| spaced(text)).collect();
        Ok(ContactRule {
            when: self.conditions(&format!("{place}.when"), &spec.when)?,
            seen: self.optional(&format!("{place}.seen"), spec.seen.as_deref())?,
            alone: self.optional(&format!("{place}.alone"), spec.alone.as_deref())?,
            spoken_to: self.optional(&format!("{place}.spoken_to"), spec.spoken_to.as_deref())?,
            code: self.optional_template(&format!("{place}.code"), spec.code.as_deref())?,
            text: self.optional_template(&format!("{place}.text"), spec.text.as_deref())?,
            says_not_seen: phrases(&spec.says_not_seen),
            says_seen: phrases(&spec.says_seen),
            says_alone: phrases(&spec.says_alone),
            says_not_alone: phrases(&spec.says_not_alone),
            says_spoken_to: phrases(&spec.says_spoken_to),
            says_not_spoken_to: phrases(&spec.says_not_spoken_to),
        })
    }
}

fn numbered<S, T>(place: &str, specs: &[S], read: impl Fn(&str, &S) -> Checked<T>) -> Checked<Vec<T>> {
    specs.iter().enumerate().map(|(at, spec)| read(&format!("{place} {}", at + 1), spec)).collect()
}

fn our_word<T: for<'de> Deserialize<'de>>(place: &str, word: &str) -> Checked<T> {
    use serde::de::value::{Error, StrDeserializer};
    T::deserialize(StrDeserializer::<Error>::new(word)).map_err(|error| {
        let text = error.to_string();
        let expected = text.split_once("expected ").map_or(text.clone(), |(_, expected)| expected.to_owned());
        wrong(place, format!("`{word}`"), expected)
    })
}

fn plain_key(key: &str) -> String {
    if key == "*" { key.to_owned() } else { plain(key) }
}

fn plain_keys(table: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    table.iter().map(|(key, word)| (plain_key(key), word.clone())).collect()
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "nothing here, as none is declared".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    }
}

fn text_pattern(place: &str, text: &str) -> Checked<Vec<TextPart>> {
    let parts = pieces(text).ok_or_else(|| wrong(place, format!("`{text}`"), "every { with its }"))?;
    let read = |piece: &Piece<'_>| match piece {
        Piece::Text(words) => TextPart::Words((*words).to_owned()),
        Piece::Column { name, .. } => TextPart::Find((*name).to_owned()),
        Piece::Ordinal => TextPart::Words("#".to_owned()),
    };
    let parts: Vec<TextPart> = parts.iter().map(read).collect();
    match parts.first() {
        Some(TextPart::Words(_)) => Ok(parts),
        _ => Err(wrong(place, format!("`{text}`"), "words first, so that it is clear where to look")),
    }
}
