//! Puts it together: the rules of an area, an invented world, the program that serves it, and everybody who looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::Outcome;
use crate::probe::{self, Catalogue, Depth, Eyes, Finding, Kind, Report, Setting, papers};
use crate::program::{AGENCIES, Area, user_of};
use crate::talk::{Answers, Server};
use crate::text::cedar::Policies;
use crate::text::known::{Known, Linked, Standing};
use crate::text::roles::{Audience, Roles};
use crate::world::{Plan, Sort, World, invent};

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
    pub fn new(area: &Path, families: usize, seed: u64) -> Outcome<Self> {
        Self::of(area, families, seed, Sort::Contents, false)
    }

    /// The same, as one of two worlds that differ in protected facts.
    pub fn of(area: &Path, families: usize, seed: u64, sort: Sort, other: bool) -> Outcome<Self> {
        let read = |name: &str| {
            let path = area.join(name);
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
        };
        let viewing: Viewing = toml::from_str(&read("policies/viewing.toml")?)?;
        Ok(Self {
            roles: Roles::read(&read("roles.toml")?)?,
            policies: Policies::read(&area.join("policies"))?,
            months: viewing.works_with_months,
            world: invent(&Plan { today: jiff::Zoned::now().date(), families, seed, sort, other }),
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
    let mut catalogue = learn(&area, &server, &setting, depth.every)?;
    catalogue.people = links.values().cloned().collect();
    let sight = |agency: &str, role: &str, standing: &Standing| {
        let audience = ground.roles.audiences.iter().find(|one| one.agency == agency && one.role == role);
        audience.map_or_else(BTreeSet::new, |audience| {
            linked.known(audience, &ground.roles, &ground.policies, ground.months, standing).people
        })
    };
    catalogue.papers = papers::make(&area, &server, &ground.roles, &linked, &sight)?;
    let standings = standings(&area, &linked)?;
    let wanted = |audience: &Audience| {
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
                let theirs = ground.roles.audiences.iter().enumerate();
                let theirs = theirs.filter(|(_, audience)| audience.agency == *agency && wanted(audience));
                let theirs: Vec<(usize, &Audience)> = theirs.collect();
                scope.spawn(move || {
                    let mut report = Report::default();
                    for (turn, audience) in theirs {
                        let user = area.become_one_of(audience)?;
                        let standing = standings.get(user).cloned().unwrap_or_default();
                        let mut eyes = Eyes::of(setting, audience, user, &standing);
                        catalogue.papers.open(&mut eyes);
                        report.merge(probe::visit(
                            server,
                            setting,
                            catalogue,
                            &eyes,
                            Depth { turn, ..depth },
                        )?);
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
    report.waited = server.waited();
    report.merge(probe::exports::check(area, program, &linked)?);
    for word in probe::look::words(&format!("{}{}", serving.log()?, area.said())) {
        let what = format!("{word} in what the server logged or the command line said");
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
        for (family, id, words) in known.iter().take(2) {
            run("allocate", &["--user", user], words)?;
            standing.allocated.insert(id.clone());
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
        confirms: false,
    };
    let (known, standing) = (Known::default(), Standing::default());
    Eyes { audience, user: String::new(), known, below: Vec::new(), standing }
}

/// Learns what there is from whoever oversees the work of each agency.
/// Of facts every so many-th is learned.
pub fn learn(area: &Area, server: &dyn Answers, setting: &Setting<'_>, every: usize) -> Outcome<Catalogue> {
    let mut agencies: BTreeSet<String> = BTreeSet::new();
    let facts =
        u64::try_from(setting.linked.world.records.len()).unwrap_or(0).saturating_mul(2).saturating_add(40);
    let first = |audience: &&Audience| audience.oversees && agencies.insert(audience.agency.clone());
    let who: Vec<&Audience> = setting.roles.audiences.iter().filter(first).collect();
    let learned: Vec<Outcome<Catalogue>> = std::thread::scope(|scope| {
        let threads: Vec<_> = who
            .into_iter()
            .map(|audience| {
                scope.spawn(move || {
                    let mut catalogue = Catalogue::default();
                    let user = area.become_one_of(audience)?;
                    let eyes = Eyes::of(setting, audience, user, &Standing::default());
                    let facts = (1..=facts).step_by(every.max(1));
                    probe::catalogue(server, setting, &eyes, &mut catalogue, facts)?;
                    Ok(catalogue)
                })
            })
            .collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Outcome<Catalogue>>| {
            thread.join().unwrap_or_else(|_| Err("a thread of the check broke".into()))
        };
        threads.into_iter().map(join).collect()
    });
    let mut catalogue = Catalogue::default();
    for learned in learned {
        let learned = learned?;
        for (family, members) in learned.families {
            catalogue.families.entry(family).or_default().extend(members);
        }
        for (seq, record) in learned.facts {
            let known = catalogue.facts.entry(seq).or_default();
            *known = known.or(record);
        }
        catalogue.links.extend(learned.links);
    }
    catalogue.facts.retain(|_, record| record.is_some());
    Ok(catalogue)
}
