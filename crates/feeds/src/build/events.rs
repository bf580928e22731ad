//! What happened, to whom, in which role.

use std::collections::BTreeMap;

use throughline_domain::record::{Event, EventKind, Involved, RelationKind, Role};

use super::record::Builder;
use crate::mapping::feed::EventRule;
use crate::mapping::template::Template;
use crate::mapping::words::Words;
use crate::value::phrase::tidy;

fn no_kind(_: &Words, _: &str) -> Option<EventKind> {
    None
}

fn no_role(_: &Words, _: &str) -> Option<Role> {
    None
}

/// The word under which records store a kind.
fn kind_word(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Partner => "partner",
        RelationKind::FormerPartner => "former_partner",
        RelationKind::Parent => "parent",
        RelationKind::PartnerOfParent => "partner_of_parent",
        RelationKind::Child => "child",
        RelationKind::Sibling => "sibling",
        RelationKind::Relative => "relative",
        RelationKind::CausesHarmTo => "causes_harm_to",
        RelationKind::Other => "other",
    }
}

impl Builder<'_> {
    pub(super) fn events(&mut self) {
        let shape = self.shape;
        for rule in &shape.events {
            self.each(rule.each, &mut |builder, ordinal| {
                if builder.cells.holds(&rule.when)
                    && let Some(event) = builder.event(rule, ordinal)
                {
                    builder.record.events.push(event);
                }
            });
        }
    }

    /// A date is told in our way, anything else as written.
    fn detail(&self, template: &Template, ordinal: usize) -> Option<String> {
        if let Some(when) = self.cells.when(template.only_column()) {
            return Some(when.to_string());
        }
        Some(tidy(&self.text(template, ordinal)?))
    }

    fn event(&mut self, rule: &EventRule, ordinal: usize) -> Option<Event> {
        let kind = self.choose(&rule.kind, no_kind)?;
        let Some(at) = self.cells.first_when(&rule.at) else {
            let name =
                rule.at.first().and_then(|at| self.shape.columns.get(*at)).map_or("(row)", |c| &c.name);
            self.warn(name, format!("no date, so that nothing can be said of when: {}", kind.label()));
            return None;
        };
        let mut involved: Vec<Involved> = Vec::new();
        for part in &rule.involved {
            self.each(part.each, &mut |builder, inner| {
                let ordinal = if part.each.is_some() { inner } else { ordinal };
                if let Some(who) = builder.who(&part.who, ordinal)
                    && let Some(role) = builder.choose(&part.role, no_role)
                {
                    involved.push(Involved { who, role });
                }
            });
        }
        let place = rule.place.as_ref().and_then(|place| self.place(place));
        let child_contact = rule.child_contact.as_ref().and_then(|contact| self.child_contact(contact));
        let details = rule.details.iter().filter_map(|(name, template)| {
            Some((name.clone(), self.detail(template, ordinal)?)).filter(|(_, text)| !text.is_empty())
        });
        let mut details: BTreeMap<String, String> = details.collect();
        if let Some(words) =
            rule.relation_words.map(|at| tidy(self.cells.text(at))).filter(|text| !text.is_empty())
        {
            if let Some(kind) = self.feed.words.relation(&words) {
                details.insert("relation_kind".to_owned(), kind_word(kind).to_owned());
            }
            details.insert("relation_words".to_owned(), words);
        }
        Some(Event {
            kind,
            reference: self.optional_text(rule.reference.as_ref(), ordinal),
            at,
            until: self.cells.when(rule.until),
            title: self.first_text(&rule.title, ordinal).map(|text| tidy(&text)).unwrap_or_default(),
            text: self.first_text(&rule.text, ordinal),
            by: self.first_text(&rule.by, ordinal).map(|text| tidy(&text)),
            details,
            involved,
            place,
            child_contact,
        })
    }
}
