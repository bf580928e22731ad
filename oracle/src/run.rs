//! Puts it together: the rules of an area, an invented world, the program that serves it, and everybody who looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::Outcome;
use crate::probe::{self, Catalogue, Depth, Eyes, Finding, Kind, Report, Setting};
use crate::program::{AGENCIES, Area, user_of};
use crate::talk::{Answers, Server};
use crate::text::cedar::Policies;
use crate::text::known::{Known, Linked, Standing};
use crate::text::roles::{Audience, Roles};
use crate::world::{Plan, World, invent};

/// The rules and an invented world.
pub struct Ground {
    /// Who works here.
    pub roles: Roles,
    /// What may go to whom.
    pub policies: Policies,
    /// For how many months an agency works with somebody.
    pub months: i32,
    /// The world.
    pub world: World,
}

#[derive(Deserialize)]
struct Viewing {
    works_with_months: i32,
}

impl Ground {
    /// Reads the rules of an area folder and invents a world for them.
    pub fn new(area: &Path, families: usize, seed: u64, other: bool) -> Outcome<Self> {
        let read = |name: &str| {
            let path = area.join(name);
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
        };
        let viewing: Viewing = toml::from_str(&read("policies/viewing.toml")?)?;
        Ok(Self {
            roles: Roles::read(&read("roles.toml")?)?,
            policies: Policies::read(&area.join("policies"))?,
            months: viewing.works_with_months,
            world: invent(&Plan { today: jiff::Zoned::now().date(), families, seed, other }),
        })
    }
}

/// Asks everything as everybody (or only as these audiences).
pub fn probe(ground: &Ground, program: &Path, depth: Depth, only: &BTreeSet<String>) -> Outcome<Report> {
    let area = Area::of(program, &ground.world, &ground.roles)?;
    let links = area.links()?;
    let linked = Linked::new(&ground.world, &links)?;
    let setting =
        Setting { linked: &linked, roles: &ground.roles, policies: &ground.policies, months: ground.months };
    let serving = area.serve()?;
    let server = Server::at(&serving.url());
    let mut catalogue = learn(&area, &server, &setting)?;
    catalogue.people = links.values().cloned().collect();
    let standings = standings(&area, &linked)?;
    let wanted = |audience: &&Audience| {
        only.is_empty() || only.contains(&format!("{}/{}", audience.agency, audience.role))
    };
    let agencies: BTreeSet<&str> =
        ground.roles.audiences.iter().map(|audience| audience.agency.as_str()).collect();
    let mut report = Report::default();
    let (area, setting, catalogue, server, standings) = (&area, &setting, &catalogue, &server, &standings);
    let done: Vec<Outcome<Report>> = std::thread::scope(|scope| {
        let threads: Vec<_> = agencies
            .iter()
            .map(|agency| {
                let theirs = ground
                    .roles
                    .audiences
                    .iter()
                    .filter(|audience| audience.agency == *agency)
                    .filter(wanted);
                let theirs: Vec<&Audience> = theirs.collect();
                scope.spawn(move || {
                    let mut report = Report::default();
                    for audience in theirs {
                        let user = area.become_one_of(audience)?;
                        let standing = standings.get(user).cloned().unwrap_or_default();
                        let eyes = Eyes::of(setting, audience, user, &standing);
                        report.merge(probe::visit(server, setting, catalogue, &eyes, depth)?);
                    }
                    Ok(report)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread of the check broke".into())))
            .collect()
    });
    for part in done {
        report.merge(part?);
    }
    let nobody = nobody();
    report.merge(probe::stranger(server, setting, catalogue, &nobody)?);
    for word in probe::look::words(&serving.log()?) {
        let what = format!("{word} in what the server logged");
        report.find(Finding {
            kind: Kind::Leak,
            channel: "log",
            audience: String::new(),
            ask: String::new(),
            what,
        });
    }
    Ok(report)
}

/// Allocates two families to everybody who looks, bars one of them from somebody, and an agency from somebody else.
fn standings(area: &Area, linked: &Linked<'_>) -> Outcome<BTreeMap<&'static str, Standing>> {
    let known: Vec<(usize, String, Vec<String>)> = (0..linked.world.size())
        .filter_map(|family| linked.victim_of(family).map(|(id, words)| (family, id, words)))
        .collect();
    let mut standings: BTreeMap<&'static str, Standing> = BTreeMap::new();
    let run = |what: &str, whom: &[&str], record: &[String]| {
        let mut words = vec!["user", what];
        words.extend(whom);
        words.extend(record.iter().map(String::as_str));
        area.run(&words).map(drop)
    };
    for agency in AGENCIES {
        let Some(user) = user_of(agency) else { continue };
        let standing = standings.entry(user).or_default();
        for (family, _, words) in known.iter().take(2) {
            run("allocate", &["--user", user], words)?;
            standing.families.insert(*family);
        }
        let barred = match *agency {
            "police" => known.get(2).map(|(_, id, words)| (id, vec!["--user", user], words)),
            "social_care" => known.get(3).map(|(_, id, words)| (id, vec!["--agency", "social_care"], words)),
            _ => None,
        };
        if let Some((id, mut whom, words)) = barred {
            whom.extend(["--reason", "lives next door"]);
            run("bar", &whom, words)?;
            standing.barred.insert(id.clone());
        }
    }
    Ok(standings)
}

/// Somebody who is not signed in.
#[must_use]
pub fn nobody() -> Eyes {
    let audience = Audience {
        agency: "nobody".to_owned(),
        role: "nobody".to_owned(),
        agency_word: String::new(),
        role_word: String::new(),
        oversees: false,
        reviews: false,
    };
    Eyes { audience, user: String::new(), known: Known::default() }
}

/// Learns what there is from whoever oversees the work of each agency.
pub fn learn(area: &Area, server: &dyn Answers, setting: &Setting<'_>) -> Outcome<Catalogue> {
    let mut catalogue = Catalogue::default();
    let mut agencies = BTreeSet::new();
    let facts =
        u64::try_from(setting.linked.world.records.len()).unwrap_or(0).saturating_mul(2).saturating_add(40);
    for audience in setting.roles.audiences.iter().filter(|audience| audience.oversees) {
        if agencies.insert(&audience.agency) {
            let user = area.become_one_of(audience)?;
            let eyes = Eyes::of(setting, audience, user, &Standing::default());
            probe::catalogue(server, setting, &eyes, &mut catalogue, facts)?;
        }
    }
    catalogue.facts.retain(|_, record| record.is_some());
    Ok(catalogue)
}
