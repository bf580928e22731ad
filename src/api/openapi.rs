//! The OpenAPI 3.1 document, made from one table of addresses and the schemas of the views.

use axum::Json;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::features::{
    account, calendar, child, directory, fact, family, glass, harm, incident, incoming, links, looked,
    next_family, person, requests, risk, search, share, today, work,
};

/// What an address answers.
struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: &'static [Parameter],
    answer: fn(&mut SchemaGenerator) -> Schema,
}

/// What an address or its query may hold.
struct Parameter {
    name: &'static str,
    place: &'static str,
    means: &'static str,
}

const fn path(name: &'static str, means: &'static str) -> Parameter {
    Parameter { name, place: "path", means }
}

const fn query(name: &'static str, means: &'static str) -> Parameter {
    Parameter { name, place: "query", means }
}

const PERSON: Parameter = path("id", "Id of a person: `P` and 16 hex digits");
const BEFORE: Parameter = query("before", "Only entries before this one");
const FACT: Parameter = path("seq", "Number of a fact");

/// Every address but this document's own.
const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/session",
        summary: "Who is signed in, and what their role lets them do",
        parameters: &[],
        answer: schema::<account::SessionView>,
    },
    Operation {
        method: "get",
        path: "/api/today",
        summary: "What must not wait until tomorrow",
        parameters: &[],
        answer: schema::<today::TodayView>,
    },
    Operation {
        method: "get",
        path: "/api/work",
        summary: "The reader's own lines of Today, and who in their agency has how much",
        parameters: &[],
        answer: schema::<work::WorkView>,
    },
    Operation {
        method: "get",
        path: "/api/calendar",
        summary: "What is known ahead for a month, after which the risk must be looked at afresh",
        parameters: &[query("month", "The month, as `2026-12`; this month where it is not given")],
        answer: schema::<calendar::CalendarView>,
    },
    Operation {
        method: "post",
        path: "/api/search",
        summary: "Do we know this person, place or reference? What is looked for stands in the body",
        parameters: &[],
        answer: schema::<search::SearchView>,
    },
    Operation {
        method: "get",
        path: "/api/people/{id}",
        summary: "One person, on whose word, with one chronology across agencies",
        parameters: &[PERSON],
        answer: schema::<person::PersonView>,
    },
    Operation {
        method: "get",
        path: "/api/people/{id}/why",
        summary: "Why these records are held to be one person",
        parameters: &[PERSON],
        answer: schema::<person::WhyView>,
    },
    Operation {
        method: "get",
        path: "/api/people/{id}/part",
        summary: "One person's records by the links that hold them, the weakest place first",
        parameters: &[PERSON],
        answer: schema::<links::part::PartView>,
    },
    Operation {
        method: "post",
        path: "/api/share/decide",
        summary: "Can this be shared? One sharing request in, what the policies say out",
        parameters: &[],
        answer: schema::<share::ShareDecision>,
    },
    Operation {
        method: "get",
        path: "/api/requests",
        summary: "Requests for information: to answer, asked by us, settled",
        parameters: &[],
        answer: schema::<requests::RequestsView>,
    },
    Operation {
        method: "get",
        path: "/api/requests/{seq}",
        summary: "One request for information with its answer",
        parameters: &[FACT],
        answer: schema::<requests::RequestView>,
    },
    Operation {
        method: "get",
        path: "/api/links",
        summary: "Links to decide, those first where a wrong answer would cost most",
        parameters: &[],
        answer: schema::<links::LinksView>,
    },
    Operation {
        method: "get",
        path: "/api/links/{id}",
        summary: "Are these one person? Both sides, what agrees and what speaks against, what would change",
        parameters: &[path("id", "Id of a link: `L` and 16 hex digits")],
        answer: schema::<links::pair::PairView>,
    },
    Operation {
        method: "get",
        path: "/api/links/proposals/{seq}",
        summary: "A decision that waits for a second person",
        parameters: &[FACT],
        answer: schema::<links::proposal::ProposalView>,
    },
    Operation {
        method: "get",
        path: "/api/people-causing-harm",
        summary: "Everybody recorded as causing harm",
        parameters: &[],
        answer: schema::<harm::HarmList>,
    },
    Operation {
        method: "get",
        path: "/api/people-causing-harm/{id}",
        summary: "One person causing harm: whom they are near now, what has been tried, and what recorded episodes show, also as known on a day",
        parameters: &[
            PERSON,
            query("as_known_on", "The pattern as known on this day, `2025-05-31`"),
            query("known_to", "The pattern as known to this agency"),
        ],
        answer: schema::<harm::HarmView>,
    },
    Operation {
        method: "get",
        path: "/api/people-causing-harm/{id}/risk",
        summary: "Risk from one person: what is judged for each person at risk, and what was asked; also as known on a day",
        parameters: &[
            PERSON,
            query("as_known_on", "As known on this day, `2025-05-31`"),
            query("known_to", "As known to this agency"),
        ],
        answer: schema::<risk::RiskView>,
    },
    Operation {
        method: "get",
        path: "/api/people-causing-harm/{id}/next-families",
        summary: "What suggests that one person has joined another family, where it is yours to say whether it is so, and what your agency said",
        parameters: &[PERSON],
        answer: schema::<next_family::NextFamilyView>,
    },
    Operation {
        method: "get",
        path: "/api/families/{id}",
        summary: "One family across agencies, also as known on a day, to an agency",
        parameters: &[
            path("id", "Id of a family"),
            query("as_known_on", "As known on this day, `2025-05-31`"),
            query("known_to", "As known to this agency"),
        ],
        answer: schema::<family::FamilyView>,
    },
    Operation {
        method: "get",
        path: "/api/incidents/{seq}",
        summary: "One incident with everyone's part in it",
        parameters: &[FACT],
        answer: schema::<incident::IncidentView>,
    },
    Operation {
        method: "get",
        path: "/api/children",
        summary: "The list in which no child is missed",
        parameters: &[
            query(
                "show",
                "`gap`: only children with a gap; `one_agency`: only those of whom one agency alone has records",
            ),
            query("from", "Where the page begins"),
        ],
        answer: schema::<child::ChildList>,
    },
    Operation {
        method: "get",
        path: "/api/children/{id}",
        summary: "One child: seen, alone, spoken to, and what they said",
        parameters: &[PERSON],
        answer: schema::<child::ChildView>,
    },
    Operation {
        method: "get",
        path: "/api/facts/{seq}",
        summary: "One fact with its three times: the proof of a line",
        parameters: &[FACT],
        answer: schema::<fact::FactView>,
    },
    Operation {
        method: "get",
        path: "/api/incoming",
        summary: "What arrived, what is late",
        parameters: &[],
        answer: schema::<incoming::IncomingView>,
    },
    Operation {
        method: "get",
        path: "/api/incoming/aside",
        summary: "Rows put aside, with their reasons",
        parameters: &[],
        answer: schema::<incoming::AsidesView>,
    },
    Operation {
        method: "post",
        path: "/api/people/{id}/break-glass",
        summary: "Break glass for one person: an hour, told at once, reviewed by another agency. The reason stands in the body",
        parameters: &[PERSON],
        answer: schema::<glass::Broken>,
    },
    Operation {
        method: "get",
        path: "/api/looked",
        summary: "Who looked: broken glass, reading in bulk, looks that nothing explains",
        parameters: &[],
        answer: schema::<looked::LookedView>,
    },
    Operation {
        method: "get",
        path: "/api/looked/mine",
        summary: "Who else opened the families you work with",
        parameters: &[],
        answer: schema::<looked::mine::MineView>,
    },
    Operation {
        method: "get",
        path: "/api/looked/people/{id}",
        summary: "Who of other agencies looked at a person",
        parameters: &[PERSON, BEFORE],
        answer: schema::<looked::lists::ListView>,
    },
    Operation {
        method: "get",
        path: "/api/looked/workers/{user}",
        summary: "What a worker of another agency looked at",
        parameters: &[path("user", "Name to sign in with"), BEFORE],
        answer: schema::<looked::lists::ListView>,
    },
    Operation {
        method: "get",
        path: "/api/directory",
        summary: "Services that can help",
        parameters: &[query("need", "Only services that offer this, or are for these people")],
        answer: schema::<directory::DirectoryView>,
    },
];

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The document.
pub async fn document() -> Json<Value> {
    Json(made())
}

fn made() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.for_serialize().into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(operation.method.to_owned(), described(operation, &mut generator));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Throughline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The same views as the pages, as JSON. Every view passes the sharing door.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{"session": []}, {"demonstration": []}],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": crate::access::cookie_name(true)},
                "demonstration": {
                    "type": "http", "scheme": "bearer",
                    "description": "Name of a demonstration user; in invented areas only",
                },
            },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|p| {
            json!({
                "name": p.name, "in": p.place, "description": p.means,
                "required": p.place == "path", "schema": {"type": "string"},
            })
        })
        .collect();
    let problem = json!({
        "description": "A problem document (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    });
    let mut described = json!({
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": operation.summary,
                "content": {"application/json": {"schema": (operation.answer)(generator)}},
            },
            "default": problem,
        },
    });
    if let Some(body) = (operation.method == "post").then(|| described.as_object_mut()).flatten() {
        let asked = match operation.path {
            "/api/share/decide" => generator.subschema_for::<share::ShareRequest>(),
            "/api/people/{id}/break-glass" => generator.subschema_for::<glass::Given>(),
            _ => generator.subschema_for::<search::Asked>(),
        };
        body.insert(
            "requestBody".to_owned(),
            json!({"required": true, "content": {"application/json": {"schema": asked}}}),
        );
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = made();
        let text = document.to_string();
        for rest in text.split("#/components/schemas/").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
        assert!(text.contains("#/components/schemas/"));
    }

    #[test]
    fn every_address_in_the_table_is_in_the_router() {
        let router = include_str!("mod.rs");
        for operation in OPERATIONS {
            let route = format!("\"{}\", {}(", operation.path.trim_start_matches("/api"), operation.method);
            assert!(router.contains(&route), "{route}");
        }
    }
}
