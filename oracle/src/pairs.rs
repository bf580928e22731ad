//! Two worlds that differ in one protected fact of each family must be the same to everybody from whom it is protected.
//! One area of many families that have nothing to do with each other is many pairs: each family differs in one fact, and
//! whatever could be told of it to a viewer would stand in the pages of that family, in a list, or in a search.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::Serialize;

use crate::Outcome;
use crate::probe::look;
use crate::program::{Area, Serving};
use crate::run::Ground;
use crate::talk::{Answer, Answers, Ask, Server};
use crate::text::roles::Roles;
use crate::world::Secret;

/// Agencies from whom all of these secrets are protected: none of them holds one, and what health and services hold of it
/// may not go to them.
const BLIND: &[&str] = &["police", "social_care", "schools", "probation", "housing"];

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub struct Told {
    /// Pairs: families that differ in one protected fact.
    pub pairs: usize,
    /// Of which kind.
    pub kinds: BTreeMap<String, usize>,
    /// Answers that were compared.
    pub compared: usize,
    /// Answers that differ: audience, address, where.
    pub differ: Vec<String>,
}

struct Side<'a> {
    area: &'a Area,
    serving: Serving,
    links: BTreeMap<(String, String), String>,
}

impl<'a> Side<'a> {
    fn of(area: &'a Area) -> Outcome<Self> {
        Ok(Self { area, serving: area.serve()?, links: area.links()? })
    }
}

/// Compares two worlds for everybody from whom what differs is protected.
pub fn run(rules: &Path, program: &Path, families: usize, seed: u64) -> Outcome<Told> {
    let (one, other) =
        (Ground::new(rules, families, seed, false)?, Ground::new(rules, families, seed, true)?);
    let blind = one.roles.only(overseers(&one.roles));
    let (area, area_of_other) =
        (Area::of(program, &one.world, &blind)?, Area::of(program, &other.world, &blind)?);
    let (one_side, other_side) = (Side::of(&area)?, Side::of(&area_of_other)?);
    let mut told = Told::default();
    for family in one.world.families_that_differ(&other.world) {
        told.pairs = told.pairs.saturating_add(1);
        let kind = told.kinds.entry(format!("{:?}", Secret::of(family))).or_default();
        *kind = kind.saturating_add(1);
    }
    if one_side.links != other_side.links {
        return Err("the two worlds were linked otherwise; a protected fact tells who is who".into());
    }
    let mut people: Vec<&String> = one_side.links.values().collect();
    people.sort();
    people.dedup();
    let parts: Vec<Outcome<(usize, Vec<String>)>> = std::thread::scope(|scope| {
        let (one_side, other_side, people) = (&one_side, &other_side, &people);
        let threads: Vec<_> = blind
            .audiences
            .iter()
            .map(|audience| {
                scope.spawn(move || {
                    let user = one_side.area.become_one_of(audience)?;
                    other_side.area.become_one_of(audience)?;
                    compare(&audience.agency, user, [one_side, other_side], people)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread broke".into())))
            .collect()
    });
    for part in parts {
        let (compared, differ) = part?;
        told.compared = told.compared.saturating_add(compared);
        told.differ.extend(differ);
    }
    Ok(told)
}

fn overseers(roles: &Roles) -> Vec<crate::text::roles::Audience> {
    BLIND
        .iter()
        .filter_map(|agency| {
            let of = |audience: &&crate::text::roles::Audience| {
                audience.agency == **agency
                    && audience.oversees
                    && audience.role_word != "marac_representative"
            };
            roles.audiences.iter().find(of).cloned()
        })
        .collect()
}

const LISTS: &[&str] = &[
    "/",
    "/children",
    "/harm",
    "/links",
    "/requests",
    "/releases",
    "/quarantine",
    "/directory",
    "/api/today",
    "/api/children",
    "/api/people-causing-harm",
    "/api/links",
    "/api/requests",
    "/api/incoming",
    "/api/incoming/aside",
];

fn compare(
    agency: &str,
    user: &str,
    sides: [&Side<'_>; 2],
    people: &[&String],
) -> Outcome<(usize, Vec<String>)> {
    let own = Own::new()?;
    let mut asks: Vec<Ask> = LISTS.iter().map(|path| Ask::get(path)).collect();
    let mut families = std::collections::BTreeSet::new();
    let family = Regex::new("F[0-9a-f]{16}")?;
    let [one, other] = sides.map(|side| Server::at(&side.serving.url()));
    let (cookie, cookie_of_other) = (sign_in(&one, user)?, sign_in(&other, user)?);
    let (mut compared, mut differ) = (0_usize, Vec::new());
    let mut hold = |ask: &Ask| -> Outcome<Answer> {
        let [a, b] = [(&one, &cookie), (&other, &cookie_of_other)].map(|(server, cookie)| {
            let mut ask = ask.clone();
            match ask.path.starts_with("/api/") {
                true => ask.bearer = Some(user.to_owned()),
                false => ask.cookie = Some(cookie.clone()),
            }
            server.ask(&ask)
        });
        let (a, b) = (a?, b?);
        compared = compared.saturating_add(1);
        let (text, text_of_other) = (own.removed(&a.text()), own.removed(&b.text()));
        if text != text_of_other && differ.len() < 50 {
            differ.push(format!("{agency} {}: {}", ask.path, look::difference(&text, &text_of_other)));
        }
        Ok(a)
    };
    for person in people {
        let answer = hold(&Ask::get(&format!("/api/people/{person}")))?;
        families.extend(family.find_iter(&answer.body).map(|id| id.as_str().to_owned()));
    }
    asks.extend(families.iter().map(|id| Ask::get(&format!("/family/{id}"))));
    for ask in &asks {
        hold(ask)?;
    }
    Ok((compared, differ))
}

fn sign_in(server: &Server, user: &str) -> Outcome<String> {
    let ask = Ask::get("/sign-in").sending("application/x-www-form-urlencoded", format!("user={user}"));
    let answer = server.ask(&ask)?;
    let cookie = answer.headers.get("set-cookie").and_then(|cookie| cookie.split(';').next());
    Ok(cookie.ok_or("cannot sign in")?.to_owned())
}

/// What is each server's own: tokens of sessions, and when files came in.
struct Own {
    token: Regex,
    moment: Regex,
    digest: Regex,
    printed: Regex,
}

impl Own {
    fn new() -> Outcome<Self> {
        Ok(Self {
            token: Regex::new(r#"name="form_token" value="[0-9a-f]+""#)?,
            moment: Regex::new(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")?,
            digest: Regex::new(r"[0-9a-f]{64}")?,
            printed: Regex::new(r"Printed [^<]{1,60}")?,
        })
    }

    fn removed(&self, text: &str) -> String {
        let text = self.token.replace_all(text, "");
        let text = self.moment.replace_all(&text, "");
        let text = self.printed.replace_all(&text, "");
        self.digest.replace_all(&text, "").into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_servers_own_is_removed() {
        let own = Own::new().unwrap();
        let page = |word: &str, token: &str| {
            own.removed(&format!("<input name=\"form_token\" value=\"{token}\"> {word}"))
        };
        assert_eq!(page("a", "0f"), page("a", "1e"));
        assert_ne!(page("a", "0f"), page("b", "0f"));
    }
}
