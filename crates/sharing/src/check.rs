//! Probes a partnership's policies for what no partnership may change: hard-stops, conflict bars and shared channels
//! (handbook 5.6). A folder can be well formed and still let an address out; this finds it.

use crate::policies::Policies;
use crate::request::{Categories, Request};
use crate::words::{Agency, Category, Channel, Consent, Purpose, Relation, Risk, Subject};

/// Kinds of data that never reach the person causing harm, or a channel others read.
const HARD: [Category; 6] =
    [Category::Loc, Category::Safe, Category::Disc, Category::Third, Category::Risk, Category::Min];
/// Who may act for the person causing harm. An employer may learn of a risk at work (row 41).
const PROXIES: [Agency; 3] = [Agency::FamilyMember, Agency::LegalRepresentative, Agency::Employer];

fn said<T: Copy>(all: &[T]) -> impl Iterator<Item = Option<T>> + Clone {
    all.iter().copied().map(Some).chain([None])
}

impl Policies {
    /// Where these policies open what must stay shut: one line for each kind, with a request that shows it.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        let probes: [(&str, Vec<Request>); 6] = [
            ("a hard-stop opens to the person causing harm", to_person_causing_harm()),
            ("a location opens to those who may act for the person causing harm", locations_to_proxies()),
            ("a conflict of interest does not bar", conflicts()),
            ("a hard-stop opens into a channel that others read", shared_channels()),
            ("a location opens to those who work with the person causing harm", locations_to_his_workers()),
            ("a location stands in figures", locations_in_figures()),
        ];
        let day = jiff::civil::Date::constant(2026, 11, 20);
        probes
            .into_iter()
            .filter_map(|(what, requests)| {
                requests.iter().find_map(|request| {
                    let decision = self.decide_afresh(request, day);
                    let fields: Vec<&str> = decision.fields.iter().map(|field| field.as_str()).collect();
                    (!fields.is_empty()).then(|| {
                        format!(
                            "{what}: {} goes to {} for {} by {}; expected refuse; put the policies of hard_stops.cedar \
                             and general.cedar back, or narrow the rule",
                            fields.join(" "),
                            request.agency.map_or("an agency not said", Agency::as_str),
                            request.purpose.map_or("no purpose", Purpose::as_str),
                            decision.rules.join(" ")
                        )
                    })
                })
            })
            .collect()
    }
}

fn to_person_causing_harm() -> Vec<Request> {
    let mut requests = Vec::new();
    for purpose in said(Purpose::ALL) {
        for subject in said(Subject::ALL) {
            for relation in [None, Some(Relation::Oneself), Some(Relation::ParentalResponsibility)] {
                for risk in [None, Some(Risk::Imminent)] {
                    requests.push(Request {
                        agency: Some(Agency::PersonCausingHarm),
                        categories: Categories::of(&HARD),
                        consent: Some(Consent::Given),
                        purpose,
                        subject,
                        relation,
                        risk,
                        ..Request::default()
                    });
                }
            }
        }
    }
    requests
}

fn locations_to_proxies() -> Vec<Request> {
    let each =
        PROXIES.into_iter().flat_map(|agency| said(Purpose::ALL).map(move |purpose| (agency, purpose)));
    each.flat_map(|(agency, purpose)| {
        said(Subject::ALL).map(move |subject| Request {
            agency: Some(agency),
            categories: Categories::of(&[Category::Loc]),
            consent: Some(Consent::Given),
            purpose,
            subject,
            ..Request::default()
        })
    })
    .collect()
}

fn conflicts() -> Vec<Request> {
    let each = said(Agency::ALL).flat_map(|agency| said(Purpose::ALL).map(move |purpose| (agency, purpose)));
    each.flat_map(|(agency, purpose)| {
        [None, Some(Risk::Imminent)].map(|risk| Request {
            agency,
            purpose,
            risk,
            relation: Some(Relation::Conflict),
            categories: Categories::of(&[Category::Id, Category::Loc, Category::Inc]),
            subject: Some(Subject::Victim),
            ..Request::default()
        })
    })
    .collect()
}

fn shared_channels() -> Vec<Request> {
    let each = said(Agency::ALL).flat_map(|agency| said(Purpose::ALL).map(move |purpose| (agency, purpose)));
    each.flat_map(|(agency, purpose)| {
        let each = [Channel::SharedInbox, Channel::JointDocument].into_iter();
        let each = each.flat_map(|channel| [Risk::High, Risk::Imminent].map(|risk| (channel, risk)));
        each.map(move |(channel, risk)| Request {
            agency,
            purpose,
            channel: Some(channel),
            categories: Categories::of(&HARD),
            subject: Some(Subject::Victim),
            risk: Some(risk),
            ..Request::default()
        })
    })
    .collect()
}

fn locations_to_his_workers() -> Vec<Request> {
    let agencies = [Agency::Probation, Agency::Prison, Agency::PerpetratorProgramme].into_iter();
    let each = agencies.flat_map(|agency| said(Purpose::ALL).map(move |purpose| (agency, purpose)));
    each.flat_map(|(agency, purpose)| {
        [None, Some(Risk::Imminent)].map(|risk| Request {
            agency: Some(agency),
            purpose,
            risk,
            categories: Categories::of(&[Category::Loc]),
            subject: Some(Subject::Victim),
            consent: Some(Consent::Given),
            relation: Some(Relation::OwnCase),
            ..Request::default()
        })
    })
    .collect()
}

fn locations_in_figures() -> Vec<Request> {
    let purposes = [Purpose::Statistics, Purpose::Evaluation, Purpose::PatternDetection, Purpose::Fault];
    let each = said(Agency::ALL).flat_map(|agency| purposes.map(|purpose| (agency, purpose)));
    each.map(|(agency, purpose)| Request {
        agency,
        purpose: Some(purpose),
        categories: Categories::of(&[Category::Loc]),
        subject: Some(Subject::Victim),
        ..Request::default()
    })
    .collect()
}
