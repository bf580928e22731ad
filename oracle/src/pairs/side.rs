//! One of two worlds, served, with everything done in it that is not in files: families that are allocated, and conflicts of
//! interest that somebody declared.

use std::collections::BTreeMap;

use crate::Outcome;
use crate::program::{Area, PASSWORD, Serving, users};
use crate::run::Ground;
use crate::talk::{Answer, Answers, Ask, Server};
use crate::text::known::{Id, Linked};

/// The team to which families are allocated.
pub const TEAM: &str = "all";

/// One of two worlds.
pub struct Side<'a> {
    pub ground: &'a Ground,
    pub area: Area,
    pub linked: Linked<'a>,
    serving: Serving,
}

impl<'a> Side<'a> {
    /// Serves a world in a copy of an area in which everybody has an account.
    pub fn of(ready: &Area, ground: &'a Ground, allocated: usize) -> Outcome<Self> {
        let area = ready.again()?;
        area.take_in(&ground.world)?;
        let links: BTreeMap<(String, String), Id> = area.links()?;
        let linked = Linked::new(&ground.world, &links)?;
        for family in 0..allocated.min(ground.world.size()) {
            if let Some((_, record)) = linked.victim_of(family) {
                let mut words = vec!["user", "allocate", "--team", TEAM];
                words.extend(record.iter().map(String::as_str));
                area.run(&words)?;
            }
        }
        let serving = area.serve()?;
        Ok(Self { ground, area, linked, serving })
    }

    /// A connection to it.
    pub fn server(&self) -> Server {
        Server::at(&self.serving.url())
    }
}

/// Somebody signed in at a server.
pub struct Signed {
    server: Server,
    user: String,
    cookie: String,
}

impl Signed {
    /// Signs a demonstration user in.
    pub fn of(side: &Side<'_>, user: &str) -> Outcome<Self> {
        let server = side.server();
        let answer = server.ask(&form("/sign-in", &format!("user={user}")))?;
        let cookie = cookie(&answer).ok_or_else(|| format!("{user} cannot sign in"))?;
        Ok(Self { server, user: user.to_owned(), cookie })
    }

    /// Signs somebody in who has a password, which must be changed the first time.
    pub fn with_password(side: &Side<'_>, user: &str) -> Outcome<Self> {
        let server = side.server();
        let typed = format!("name={user}&password={}", PASSWORD.replace(' ', "+"));
        let entered = server.ask(&form("/sign-in/password", &typed))?;
        let mut signed = Self {
            server,
            user: user.to_owned(),
            cookie: cookie(&entered).ok_or("cannot sign in by password")?,
        };
        let token = signed.token("/account/password")?;
        let new = "nine+red+lanterns+in+a+row";
        let old = PASSWORD.replace(' ', "+");
        let body = format!("form_token={token}&old={old}&new={new}&again={new}");
        let changed = signed.ask(&form("/account/password", &body))?;
        signed.cookie = cookie(&changed).ok_or("the password could not be changed")?;
        Ok(signed)
    }

    /// Asks: the API by name, pages by session.
    pub fn ask(&self, ask: &Ask) -> Outcome<Answer> {
        let mut ask = ask.clone();
        match ask.path.starts_with("/api/") {
            true => ask.bearer = Some(self.user.clone()),
            false => ask.cookie = Some(self.cookie.clone()),
        }
        self.server.ask(&ask)
    }

    fn token(&self, page: &str) -> Outcome<String> {
        let page = self.ask(&Ask::get(page))?;
        let rest = page.body.split("name=\"form_token\" value=\"").nth(1);
        let token = rest.and_then(|rest| rest.split('"').next());
        Ok(token.ok_or_else(|| format!("{}: a page without a form", self.user))?.to_owned())
    }

    /// Declares a conflict of interest with somebody: the given name, the surnames they may have, and their day of birth.
    pub fn declare(&self, of: &[Declared]) -> Outcome<()> {
        let token = self.token("/account/conflicts")?;
        for one in of {
            let (born, surnames) = (one.born, one.surnames.join(","));
            let body = format!(
                "form_token={token}&relationship=Neighbour&forenames={}&surnames={surnames}&born-day={}&born-month={}\
                 &born-year={}",
                one.forename,
                born.day(),
                born.month(),
                born.year()
            );
            let answer = self.ask(&form("/account/conflicts", &body))?;
            if answer.status != 303 {
                return Err(format!("a conflict cannot be declared: status {}", answer.status).into());
            }
        }
        Ok(())
    }
}

/// Somebody with whom somebody has a conflict of interest.
pub struct Declared {
    pub forename: String,
    pub surnames: Vec<String>,
    pub born: jiff::civil::Date,
}

/// Declares the same as every demonstration user.
pub fn declare_by_all(side: &Side<'_>, of: &[Declared]) -> Outcome<()> {
    let done: Vec<Outcome<()>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            users().map(|user| scope.spawn(move || Signed::of(side, user)?.declare(of))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread broke".into())))
            .collect()
    });
    done.into_iter().collect()
}

fn form(path: &str, body: &str) -> Ask {
    Ask::get(path).sending("application/x-www-form-urlencoded", body.to_owned())
}

fn cookie(answer: &Answer) -> Option<String> {
    answer.headers.get("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned)
}
