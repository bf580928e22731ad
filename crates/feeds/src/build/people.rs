//! Everyone a row names, and what they are to each other.

use throughline_domain::identifier;
use throughline_domain::record::{LifeStage, Mention, Name, NameKind, Relation, RelationKind, Verdict, Who};

use super::record::Builder;
use crate::mapping::feed::{NameRule, Person};
use crate::mapping::template::Template;
use crate::mapping::words::{NotAName, Words};
use crate::value::name::{Names, in_one_cell, in_two_cells};
use crate::value::phrase::tidy;

fn no_words<T>(_: &Words, _: &str) -> Option<T> {
    None
}

impl Builder<'_> {
    pub(super) fn people(&mut self) {
        let shape = self.shape;
        for rule in &shape.people {
            self.each(rule.each, &mut |builder, ordinal| {
                if builder.cells.holds(&rule.when)
                    && let Some(mention) = builder.person(rule, ordinal)
                {
                    builder.record.people.push(mention);
                }
            });
        }
    }

    fn person(&mut self, rule: &Person, ordinal: usize) -> Option<Mention> {
        let names = self.names(rule);
        let sub = self.text(&rule.sub, ordinal)?;
        let phones = rule.phones.iter().flat_map(|at| phones(self.cells.text(*at))).collect();
        let mut mention = Mention {
            link_key: self.optional_text(rule.link_key.as_ref(), ordinal),
            local_refs: rule.local_refs.iter().filter_map(|template| self.text(template, ordinal)).collect(),
            groups: rule.groups.iter().filter_map(|template| self.text(template, ordinal)).collect(),
            born: self.cells.when(rule.born),
            age: rule.age.and_then(|at| self.cells.text(at).parse().ok()).filter(|age| *age < 120),
            expected: self.cells.when(rule.expected).map(throughline_domain::when::When::first_day),
            sex: rule.sex.as_ref().and_then(|choice| self.choose(choice, no_words)),
            stage: rule
                .stage
                .as_ref()
                .and_then(|choice| self.choose(choice, no_words))
                .unwrap_or(LifeStage::Unknown),
            identifiers: Vec::new(),
            phones,
            names,
            sub,
        };
        if mention.expected.is_some() && mention.born.is_none() {
            mention.stage = LifeStage::Unborn;
        }
        self.identify(rule, &mut mention);
        self.perhaps_unborn(rule, &mut mention);
        let told = !mention.names.is_empty()
            || mention.born.is_some()
            || mention.expected.is_some()
            || !mention.phones.is_empty()
            || !mention.identifiers.is_empty()
            || !mention.local_refs.is_empty();
        (mention.sub.is_empty() || told).then_some(mention)
    }

    /// Offices write the day a child is expected where the birth belongs. Of an adult it is a mistake.
    fn perhaps_unborn(&mut self, rule: &Person, mention: &mut Mention) {
        let written = self.cells.when(rule.expected_when_born_after);
        let Some(born) =
            mention.born.filter(|born| written.is_some_and(|day| born.first_day() > day.last_day()))
        else {
            return;
        };
        mention.born = None;
        let name = rule.born.and_then(|at| self.shape.columns.get(at)).map_or("", |column| &column.name);
        if mention.stage == LifeStage::Adult {
            self.warn(name, "a birth after the row was written; left out");
        } else {
            self.warn(name, "a birth after the row was written; read as the day the child was expected");
            mention.stage = LifeStage::Unborn;
            mention.expected = Some(born.first_day());
        }
    }

    fn identify(&mut self, rule: &Person, mention: &mut Mention) {
        let shape = self.shape;
        for (kind, at) in &rule.identifiers {
            let Some(found) = identifier::check(*kind, self.cells.text(*at), self.context.today.year())
            else {
                continue;
            };
            let name = shape.columns.get(*at).map_or("", |column| &column.name);
            match found.verdict {
                Verdict::Valid => {}
                Verdict::BadCheck => self.warn(name, "the check digit is wrong; kept as a doubtful number"),
                Verdict::BadFormat => {
                    self.warn(name, "not in the form of such a number; kept as a doubtful number")
                }
                Verdict::Temporary => self.warn(name, "a temporary number"),
            }
            mention.identifiers.push(found);
        }
    }

    fn names(&mut self, rule: &Person) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for name in &rule.names {
            self.each(name.each, &mut |builder, _| {
                let (field, found) = builder.name(name);
                builder.add_names(name, rule.name_expected, &field, found, &mut names);
            });
        }
        // A rule of the file may put a nickname before the name.
        names.sort_by_key(|name| name.kind != NameKind::Official);
        let surname =
            names.iter().find(|name| name.kind == NameKind::Official).map(|name| name.surname.clone());
        for name in names.iter_mut().filter(|name| name.kind == NameKind::KnownAs && name.surname.is_empty())
        {
            name.surname = surname.clone().unwrap_or_default();
        }
        let forenames =
            names.iter().find(|name| name.kind == NameKind::Official).map(|name| name.forenames.clone());
        for name in names.iter_mut().filter(|name| name.kind == NameKind::Former && name.forenames.is_empty())
        {
            name.forenames = forenames.clone().unwrap_or_default();
        }
        names
    }

    fn name(&self, rule: &NameRule) -> (String, Names) {
        let words = &self.feed.words;
        let column =
            |at: usize| self.shape.columns.get(at).map(|column| column.name.clone()).unwrap_or_default();
        if let Some(at) = rule.cell {
            return (column(at), in_one_cell(self.cells.text(at), rule.single, words));
        }
        let field =
            rule.forenames.as_ref().or(rule.surname.as_ref()).and_then(|template| template.columns().next());
        let part = |template: &Option<Template>| -> String {
            let Some(template) = template else { return String::new() };
            template.whatever_is_there(&|at| self.cells.text(at)).unwrap_or_default()
        };
        let names = in_two_cells(&part(&rule.forenames), &part(&rule.middle), &part(&rule.surname), words);
        (field.map(column).unwrap_or_default(), names)
    }

    fn add_names(
        &mut self,
        rule: &NameRule,
        expected: bool,
        field: &str,
        found: Names,
        names: &mut Vec<Name>,
    ) {
        let kind = self.choose(&rule.kind, no_words).unwrap_or(NameKind::Official);
        match found.placeholder {
            Some(_) if !expected => {}
            Some(NotAName::Unknown) => self.warn(field, "words that stand for a name not known; left out"),
            Some(NotAName::Baby) => self.warn(field, "words that stand for a child not yet named; left out"),
            None if expected && kind == NameKind::Official => {
                if found.names.first().is_none_or(|name| name.forenames.is_empty()) {
                    self.warn(field, "no forename");
                } else if found.names.first().is_none_or(|name| name.surname.is_empty()) {
                    self.warn(field, "no surname");
                }
            }
            None => {}
        }
        for mut name in found.names {
            if name.kind == NameKind::Official {
                name.kind = kind;
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }

    pub(super) fn relations(&mut self) {
        let shape = self.shape;
        for rule in &shape.relations {
            self.each(rule.each, &mut |builder, ordinal| {
                if !builder.cells.holds(&rule.when) {
                    return;
                }
                let words = tidy(&builder.text(&rule.words, ordinal).unwrap_or_default());
                let (Some(of), Some(to)) = (builder.who(&rule.of, ordinal), builder.who(&rule.to, ordinal))
                else {
                    return;
                };
                let chosen = rule.is.as_ref().map(|choice| builder.choose(choice, Words::relation));
                let is = match chosen {
                    Some(Some(kind)) => kind,
                    _ if words.is_empty() => return,
                    _ => builder.feed.words.relation(&words).unwrap_or_else(|| {
                        let column = rule.words.columns().next().and_then(|at| shape.columns.get(at));
                        let name = column.map_or("(row)", |column| &column.name);
                        builder.warn(name, "a word for a relationship that this mapping does not know");
                        RelationKind::Other
                    }),
                };
                let since = builder.cells.when(rule.since);
                builder.relate(Relation { of, is, to, words, since });
            });
        }
    }

    fn relate(&mut self, relation: Relation) {
        let same = matches!((&relation.of, &relation.to), (Who::Here(a), Who::Here(b)) if a == b);
        if !same && !self.record.relations.contains(&relation) {
            self.record.relations.push(relation);
        }
    }
}

/// The numbers of a cell, which may hold several.
fn phones(cell: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in cell.split([';', '/', ',', '|']) {
        if let Some(phone) = identifier::phone(part)
            && !found.contains(&phone)
        {
            found.push(phone);
        }
    }
    found
}
