//! The people of one case, with what is true of them whoever writes it down.

use jiff::civil::Date;

use crate::calendar::age;

/// A person of a case, by place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Px(pub(crate) usize);

/// Sex as registered. No role follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sex {
    #[default]
    Female,
    Male,
}

impl Sex {
    pub(crate) fn letter(self) -> &'static str {
        if self == Self::Female { "F" } else { "M" }
    }

    pub(crate) fn other(self) -> Self {
        if self == Self::Female { Self::Male } else { Self::Female }
    }

    /// he, his, him, himself of that sex.
    pub(crate) fn pronouns(self) -> [&'static str; 4] {
        if self == Self::Female { ["she", "her", "her", "herself"] } else { ["he", "his", "him", "himself"] }
    }
}

/// A true person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Number in the truth.
    pub(crate) id: u32,
    pub(crate) sex: Sex,
    pub(crate) culture: usize,
    pub(crate) forename: String,
    pub(crate) middle: String,
    pub(crate) surname: String,
    /// Surnames before marriage or a deed.
    pub(crate) former: Vec<String>,
    pub(crate) known_as: Option<String>,
    /// Day of birth, or the day expected.
    pub(crate) born: Date,
    /// Not born by the last day of the window.
    pub(crate) unborn: bool,
    pub(crate) mother: Option<Px>,
    pub(crate) father: Option<Px>,
    pub(crate) twin: Option<Px>,
    pub(crate) same_name_as: Option<Px>,
    /// Words for the truth: perpetrator, victim, child, next_partner, other, background.
    pub(crate) roles: Vec<&'static str>,
    /// Number of the family the person first belongs to.
    pub(crate) family: u32,
    pub(crate) nhs: String,
    pub(crate) upn: Option<String>,
    pub(crate) pnc: Option<String>,
    pub(crate) phone: Option<String>,
    /// Police person numbers: usually one.
    pub(crate) nominals: Vec<u32>,
    /// Social care person number, once known there.
    pub(crate) social: Option<u32>,
    /// Health record ids: usually one.
    pub(crate) patients: Vec<String>,
    /// Probation case number.
    pub(crate) crn: Option<String>,
    /// Nobody sees or speaks to this child on their own.
    pub(crate) overlooked: bool,
}

impl Person {
    /// Years of age on a day.
    pub(crate) fn age(&self, on: Date) -> i64 {
        age(self.born, on)
    }

    pub(crate) fn unborn_on(&self, on: Date) -> bool {
        self.born > on
    }

    /// Forename and surname, as everyone would say them.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.forename, self.surname)
    }

    /// The name people use for them.
    pub(crate) fn called(&self) -> &str {
        self.known_as.as_deref().unwrap_or(&self.forename)
    }

    pub(crate) fn add_role(&mut self, role: &'static str) {
        if !self.roles.contains(&role) {
            self.roles.push(role);
        }
    }

    /// Someone who is nowhere; stands in where a list has no such person.
    pub(crate) fn nobody() -> Self {
        Self {
            id: 0,
            sex: Sex::Female,
            culture: 0,
            forename: String::new(),
            middle: String::new(),
            surname: String::new(),
            former: Vec::new(),
            known_as: None,
            born: Date::constant(1900, 1, 1),
            unborn: false,
            mother: None,
            father: None,
            twin: None,
            same_name_as: None,
            roles: Vec::new(),
            family: 0,
            nhs: String::new(),
            upn: None,
            pnc: None,
            phone: None,
            nominals: Vec::new(),
            social: None,
            patients: Vec::new(),
            crn: None,
            overlooked: false,
        }
    }
}
