//! What written policy lets one role of one agency see: each question of the door put to the standing agreement
//! (`area/policies/joint_working.cedar`).

use std::sync::Arc;

use jiff::civil::Date;
use throughline_domain::sharing::{self as door, Ask, Grade, Permits};
use throughline_sharing::words::{Agency, Category, Channel, Consent, Relation, Risk, Role, Stage, Subject};
use throughline_sharing::{Outcome, Policies, Request};

/// What answers for one audience on one day.
pub struct OfRole {
    policies: Arc<Policies>,
    agency: Agency,
    role: Role,
    on: Date,
}

impl OfRole {
    /// Answers for a role, by the words of sharing requests.
    pub fn new(policies: Arc<Policies>, agency: Agency, role: Role, on: Date) -> Self {
        Self { policies, agency, role, on }
    }
}

impl Permits for OfRole {
    fn grade(&self, ask: &Ask<'_>) -> Grade {
        let Some((category, holder)) =
            Category::parse(ask.category).ok().zip(agency_word(ask.holder.as_str()))
        else {
            return Grade::Absent;
        };
        let request = Request {
            agency: Some(self.agency),
            role: Some(self.role),
            relation: Some(Relation::OwnCase),
            holder: Some(holder),
            subject: Some(subject(ask.subject)),
            consent: Some(consent(ask.consent)),
            risk: Some(risk(ask.situation.risk)),
            stage: stage(ask.situation.stage),
            channel: Some(Channel::Portal),
            ..Request::default()
        };
        match self.policies.sees(&request, category, self.on).0 {
            Outcome::Share => Grade::Full,
            Outcome::ShareMinimum => Grade::Brief,
            Outcome::Ask | Outcome::Refuse => Grade::Absent,
        }
    }
}

/// What sharing requests call an agency that feeds name.
pub fn agency_word(agency: &str) -> Option<Agency> {
    match agency {
        "schools" => Some(Agency::Education),
        "services" => Some(Agency::SpecialistService),
        agency => Agency::parse(agency).ok(),
    }
}

fn subject(subject: door::Subject) -> Subject {
    match subject {
        door::Subject::Victim => Subject::Victim,
        door::Subject::Child => Subject::Child,
        door::Subject::Unborn => Subject::Unborn,
        door::Subject::PersonCausingHarm => Subject::PersonCausingHarm,
    }
}

fn consent(consent: door::Consent) -> Consent {
    match consent {
        door::Consent::Given => Consent::Given,
        door::Consent::Refused => Consent::Refused,
        door::Consent::NotSought => Consent::NotSought,
    }
}

fn risk(risk: door::Risk) -> Risk {
    match risk {
        door::Risk::Standard => Risk::Standard,
        door::Risk::Medium => Risk::Medium,
        door::Risk::High => Risk::High,
    }
}

fn stage(stage: door::Stage) -> Option<Stage> {
    match stage {
        door::Stage::None => None,
        door::Stage::IncidentNotification => Some(Stage::IncidentNotification),
        door::Stage::FrontDoorChecks => Some(Stage::FrontDoorChecks),
        door::Stage::Section17 => Some(Stage::Section17),
        door::Stage::Section47 => Some(Stage::Section47),
        door::Stage::ChildProtectionPlan => Some(Stage::ChildProtectionPlan),
    }
}
