//! Checks the rules of a row: people, relations, residences, events.

use throughline_domain::record::{Basis, EventKind, IdentifierKind, NameKind};

use super::terms::our_word;
use super::{Checked, ShapeCheck, numbered, wrong};
use crate::mapping::feed::{
    Choice, ContactRule, EventRule, InvolvedRule, NameRule, Person, PlaceRule, RelationRule, ResidenceRule,
};
use crate::mapping::spec::{
    ColumnKind, ContactSpec, EventSpec, InvolvedSpec, NameSpec, PersonSpec, PlaceSpec, RelationSpec,
    ResidenceSpec, SingleSpec,
};
use crate::value::name::Single;
use crate::value::phrase::spaced;

impl ShapeCheck<'_> {
    pub(super) fn person(&self, place: &str, spec: &PersonSpec) -> Checked<Person> {
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

    pub(super) fn relation(&self, place: &str, spec: &RelationSpec) -> Checked<RelationRule> {
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

    pub(super) fn residence(&self, place: &str, spec: &ResidenceSpec) -> Checked<ResidenceRule> {
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

    pub(super) fn event(&self, place: &str, spec: &EventSpec) -> Checked<EventRule> {
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
