//! The words of sharing requests as people say them, in one table for every form that offers them.

use serde::Serialize;
use throughline_domain::ids::AgencyId;
use throughline_sharing::words::{
    Agency, Category, Channel, Consent, Purpose, Relation, Risk, Role, Stage, Subject,
};

use crate::web::shown;

/// One choice of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub text: String,
}

/// Every word that a form can offer.
#[derive(Clone, Debug, Serialize)]
pub struct Choices {
    agencies: Vec<Choice>,
    roles: Vec<Choice>,
    relations: Vec<Choice>,
    purposes: Vec<Choice>,
    subjects: Vec<Choice>,
    consents: Vec<Choice>,
    risks: Vec<Choice>,
    stages: Vec<Choice>,
    channels: Vec<Choice>,
}

impl Choices {
    /// All of them, each list in the order of the contract.
    pub fn all() -> Self {
        fn list<'w>(words: impl Iterator<Item = (&'w str, String)>) -> Vec<Choice> {
            let words = words.map(|(value, text)| Choice { value: value.to_owned(), text });
            std::iter::once(Choice { value: String::new(), text: "Not said".to_owned() })
                .chain(words)
                .collect()
        }
        let said = |word: &'static str| (word, word_label(word));
        Self {
            agencies: list(Agency::ALL.iter().map(|word| said(word.as_str()))),
            roles: list(Role::ALL.iter().map(|word| said(word.as_str()))),
            relations: list(Relation::ALL.iter().map(|word| said(word.as_str()))),
            purposes: list(Purpose::ALL.iter().map(|word| said(word.as_str()))),
            subjects: list(Subject::ALL.iter().map(|word| said(word.as_str()))),
            consents: list(Consent::ALL.iter().map(|word| said(word.as_str()))),
            risks: list(Risk::ALL.iter().map(|word| said(word.as_str()))),
            stages: list(Stage::ALL.iter().map(|word| said(word.as_str()))),
            channels: list(Channel::ALL.iter().map(|word| said(word.as_str()))),
        }
    }
}

/// A box to tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    name: String,
    value: &'static str,
    text: &'static str,
    checked: bool,
}

/// A box to tick for each kind of data.
pub fn categories(ticked: &[Category]) -> Vec<Tick> {
    let tick = |word: &Category| Tick {
        name: format!("cat-{word}"),
        value: "yes",
        text: category(*word),
        checked: ticked.contains(word),
    };
    Category::ALL.iter().map(tick).collect()
}

/// A kind of data, as people say it.
pub fn category(word: Category) -> &'static str {
    match word {
        Category::Id => "Names and dates of birth",
        Category::Loc => "Where somebody lives, goes to school or can be reached",
        Category::Safe => "How it is safe to make contact",
        Category::Disc => "What a victim or child has told somebody",
        Category::Risk => "Grade of risk and what it rests on",
        Category::Inc => "What happened, as police wrote it down",
        Category::Crim => "Convictions and intelligence",
        Category::Hlth => "Health, mental health, pregnancy, medicine",
        Category::Sexh => "Sexual health, termination, gender history",
        Category::Soc => "Social care record",
        Category::Edu => "Attendance and behaviour at school",
        Category::Hous => "Tenancy and housing",
        Category::Fin => "Benefits, rent and money",
        Category::Ord => "Orders and conditions",
        Category::Perp => "Whereabouts and programmes of the person causing harm",
        Category::Third => "Neighbours, relatives and whoever told somebody",
        Category::Imm => "Immigration",
        Category::Min => "Minutes and action plans of a MARAC",
        Category::Prof => "Names of workers",
    }
}

/// A kind of data by its word, as people say it; the word itself where it is none.
pub fn category_label(word: &str) -> String {
    Category::parse(word).map_or_else(|_| word.to_owned(), |word| category(word).to_owned())
}

/// Any other word, as people say it.
pub fn word_label(word: &str) -> String {
    let known = match word {
        "social_care" => "Children’s social care",
        "education" => "School, college or nursery",
        "specialist_service" => "Specialist domestic abuse service",
        "adult_care" => "Adult social care",
        "substance_misuse" => "Drug and alcohol service",
        "perpetrator_programme" => "Programme for people causing harm",
        "inspection" => "Inspectors",
        "review" => "Statutory review after a death or serious harm",
        "other_area" => "The same kind of agency in another area",
        "emergency_service" => "Ambulance or fire service",
        "immigration" => "Immigration enforcement",
        "elected_member" => "Councillor or member of parliament",
        "analytics" => "A program that looks for patterns",
        "community_body" => "Faith or community body",
        "legal_representative" => "Solicitor or other legal representative",
        "victim" => "The adult who is or may be harmed",
        "gp" => "GP",
        "emergency_department" => "Emergency department",
        "camhs" => "Child and adolescent mental health worker",
        "idva" => "Independent domestic violence adviser",
        "marac_representative" => "MARAC representative",
        "carer" => "Carer from the family",
        "own_case" => "They work with the family now",
        "on_agenda" => "The case is on the agenda of their meeting",
        "not_involved" => "They do not work with the family",
        "conflict" => "They know or are related to somebody in it",
        "self" => "It is about themselves",
        "parental_responsibility" => "They have parental responsibility for the child",
        "none" => "None",
        "incident_notification" => "Tell that an incident happened",
        "encompass" => "Operation Encompass: tell the school",
        "concern_for_child" => "A concern about a child",
        "check_section_47" => "Checks for a child protection enquiry (section 47)",
        "check_section_17" => "Checks for a child in need assessment (section 17)",
        "direct_care" => "Health care now",
        "support_victim" => "Support an adult who is or may be harmed",
        "marac" => "MARAC: a meeting on a high-risk case",
        "marac_minutes" => "Minutes of a MARAC",
        "matac" => "MATAC: a meeting on a person causing harm",
        "visit" => "Make a visit safe",
        "court_order" => "A court has ordered it",
        "subject_access" => "Somebody asks for their own data",
        "employer_risk" => "Risk somebody is at their work",
        "disclosure_scheme_decision" => "Disclosure scheme (Clare’s Law): the decision",
        "disclosure_scheme_ask" => "Disclosure scheme (Clare’s Law): somebody asks",
        "programme" => "A programme for people causing harm",
        "programme_dropout" => "Somebody left a programme or made threats",
        "adult_safeguarding" => "Adult safeguarding enquiry (section 42)",
        "danger_to_others" => "Somebody is a danger to others",
        "area_transfer" => "A family or person has moved to another area",
        "address_marker" => "A marker on an address",
        "casework_enquiry" => "An elected member’s enquiry",
        "fault" => "Find a fault in a program",
        "pattern_detection" => "Look for patterns",
        "family_enquiry" => "A relative asks how they are",
        "placement" => "A child lives or will live with a carer",
        "school_transfer" => "A child changes school",
        "specific_line_of_enquiry" => "A specific line of enquiry, in writing",
        "imminent_threat" => "A life is in danger now",
        "relative" => "A relative",
        "unborn" => "A child not yet born",
        "given" => "They agreed",
        "refused" => "They said no",
        "not_sought" => "Nobody asked, or it was not safe to ask",
        "not_applicable" => "It does not hang on consent",
        "imminent" => "A life is in danger now",
        "high" => "High",
        "front_door_checks" => "A referral is being looked at",
        "section_17" => "Child in need assessment or plan (section 17)",
        "section_47" => "Strategy discussion or child protection enquiry (section 47)",
        "matac_mappa" => "MATAC or MAPPA",
        "step_down_closure" => "Stepping down or closing",
        "named_person" => "To one named person",
        "spoken" => "By word of mouth",
        "portal" => "Opened in Throughline",
        "api" => "From program to program",
        other => return shown::sentence_case(other),
    };
    known.to_owned()
}

/// An agency as sharing requests call it.
pub fn agency_word(agency: &AgencyId) -> &str {
    match agency.as_str() {
        "schools" => "education",
        "services" => "specialist_service",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_said_in_plain_words() {
        let all = Choices::all();
        for list in [&all.agencies, &all.roles, &all.purposes, &all.stages, &all.channels, &all.relations] {
            for choice in list {
                assert!(choice.text.len() > 1 && !choice.text.contains('_'), "{choice:?}");
            }
        }
    }

    #[test]
    fn agencies_of_the_area_have_a_word_of_the_policies() {
        for agency in ["police", "social_care", "health", "schools", "probation", "housing", "services"] {
            assert!(Agency::parse(agency_word(&agency.into())).is_ok(), "{agency}");
        }
    }
}
