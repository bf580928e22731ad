//! Plants leaks into answers that a real server gave, each of another kind, and asks whether the check finds them. What the
//! server answered is kept once; each leak is then planted into what was kept, between server and check.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use crate::Outcome;
use crate::probe::{self, Catalogue, Depth, Eyes, Report, Setting, look};
use crate::program::Area;
use crate::run::{Ground, learn, nobody};
use crate::talk::{Answer, Answers, Ask, Server};
use crate::text::known::{Linked, Standing};
use crate::world::{Piece, World};

/// Keeps what a server answered.
struct Keeping<'a> {
    server: &'a dyn Answers,
    kept: Mutex<BTreeMap<Ask, Answer>>,
}

impl Answers for Keeping<'_> {
    fn ask(&self, ask: &Ask) -> Outcome<Answer> {
        let answer = self.server.ask(ask)?;
        if let Ok(mut kept) = self.kept.lock() {
            kept.insert(ask.clone(), answer.clone());
        }
        Ok(answer)
    }
}

/// Answers what was kept, with a leak planted.
struct Planted<'a> {
    kept: &'a BTreeMap<Ask, Answer>,
    hidden: &'a Hidden,
    plant: Option<Plant>,
}

impl Answers for Planted<'_> {
    fn ask(&self, ask: &Ask) -> Outcome<Answer> {
        let answer = self.kept.get(ask).cloned();
        let mut answer = answer.ok_or_else(|| format!("{} {} was not asked before", ask.method, ask.path))?;
        if let Some(plant) = self.plant {
            plant(ask, &mut answer, self.hidden);
        }
        Ok(answer)
    }
}

/// Things that the one who looks may not know.
struct Hidden {
    person: String,
    name: String,
    words: String,
    phone: String,
    number: String,
    kept: String,
    aside: String,
}

type Plant = fn(&Ask, &mut Answer, &Hidden);

fn page(ask: &Ask, path: &str) -> bool {
    ask.method == "GET" && ask.path == path
}

fn about(ask: &Ask, hidden: &Hidden) -> bool {
    ask.method == "GET" && ask.path.ends_with(&hidden.person)
}

fn searched(ask: &Ask, hidden: &Hidden) -> bool {
    ask.body.as_ref().is_some_and(|(_, body)| body.to_lowercase().contains(&hidden.name))
}

fn before(answer: &mut Answer, mark: &str, text: &str) {
    answer.body = match answer.body.contains(mark) {
        true => answer.body.replacen(mark, &format!("{text}{mark}"), 1),
        false => format!("{}{text}", answer.body),
    };
}

fn raise(answer: &mut Answer, field: &str) {
    let mut view = answer.json();
    if let Some(value) = view.get_mut(field) {
        *value = (value.as_u64().unwrap_or(0).saturating_add(1)).into();
        answer.body = view.to_string();
    }
}

fn header(answer: &mut Answer, name: &str, value: &str) {
    answer.headers.insert(name.to_owned(), value.to_owned());
}

/// Plants into one page, before a mark, a text with something hidden in place of `@`.
macro_rules! in_page {
    ($path:literal, $mark:literal, $text:literal, $what:ident) => {
        |ask, answer, hidden| {
            if page(ask, $path) {
                before(answer, $mark, &$text.replace('@', &hidden.$what));
            }
        }
    };
}

/// Changes the answer about somebody hidden.
macro_rules! in_absence {
    ($change:expr) => {
        |ask, answer, hidden| {
            if about(ask, hidden) {
                let change: fn(&mut Answer) = $change;
                change(answer);
            }
        }
    };
}

/// The kinds of leaks.
const PLANTS: &[(&str, Plant)] = &[
    ("a name in a list", in_page!("/children", "</main>", "<p>@</p>", name)),
    ("a name in the title of a page", in_page!("/", "</title>", " @", name)),
    ("a name in a description", in_page!("/", "</head>", "<meta name=description content=\"@\">", name)),
    ("a name in an alternative text", in_page!("/harm", "</main>", "<img alt=\"@\">", name)),
    ("a name in a title attribute", in_page!("/harm", "</main>", "<a title=\"@\">x</a>", name)),
    ("a name in a data attribute", in_page!("/links", "</main>", "<i data-who=\"@\"></i>", name)),
    ("a name in a comment", in_page!("/requests", "</body>", "<!-- @ -->", name)),
    ("a name in a drawing", in_page!("/", "</main>", "<svg><title>@</title></svg>", name)),
    ("a name in a hidden field", in_page!("/search", "</form>", "<input type=hidden value=\"@\">", name)),
    (
        "a name among suggestions",
        in_page!("/search", "</form>", "<datalist><option value=\"@\"></datalist>", name),
    ),
    (
        "a name in a label for screen readers",
        in_page!("/incoming", "</main>", "<a aria-label=\"@\">x</a>", name),
    ),
    ("a name in capitals", |ask, answer, hidden| {
        if page(ask, "/directory") {
            before(answer, "</main>", &hidden.name.to_uppercase());
        }
    }),
    ("a name in a link, percent-encoded", |ask, answer, hidden| {
        if page(ask, "/directory") {
            let coded: String = hidden.name.bytes().map(|byte| format!("%{byte:02x}")).collect();
            before(answer, "</main>", &format!("<a href=\"/x?{coded}\">x</a>"));
        }
    }),
    ("a name in entities", |ask, answer, hidden| {
        if page(ask, "/help") {
            let coded: String = hidden.name.bytes().map(|byte| format!("&#{byte};")).collect();
            before(answer, "</main>", &coded);
        }
    }),
    ("a name in a script's text, escaped", |ask, answer, hidden| {
        if page(ask, "/api/today") {
            let coded: String = hidden.name.bytes().map(|byte| format!("\\u{:04x}", byte)).collect();
            answer.body.push_str(&coded);
        }
    }),
    ("a name in a field of the API", in_page!("/api/children", "{", "{\"also\":\"@\"},", name)),
    ("a name in the API's description", in_page!("/api/openapi.json", "{", "{\"example\":\"@\"},", name)),
    ("a name in a cell of a table", in_page!("/export/people.csv", "\u{0}", "id,name\n1,@\n", name)),
    ("a name in a suggestion address", in_page!("/suggest?q=zq", "\u{0}", "[\"@\"]", name)),
    ("a name in a header", |ask, answer, hidden| {
        if page(ask, "/harm") {
            header(answer, "x-debug", &hidden.name);
        }
    }),
    ("a name in the name of a file", |ask, answer, hidden| {
        if page(ask, "/children") {
            header(answer, "content-disposition", &format!("attachment; filename={}.csv", hidden.name));
        }
    }),
    ("a name where a page leads on to", |ask, answer, hidden| {
        if page(ask, "/draft") {
            header(answer, "location", &format!("/search?{}", hidden.name));
        }
    }),
    ("a name in the text of an error", |ask, answer, hidden| {
        if about(ask, hidden) {
            before(answer, "</main>", &hidden.name);
        }
    }),
    ("a name for those who are not signed in", |ask, answer, hidden| {
        if ask.cookie.is_none() && ask.bearer.is_none() && ask.path == "/help" {
            before(answer, "</main>", &hidden.name);
        }
    }),
    ("words of another agency in a chronology", in_page!("/api/children", "{", "{\"text\":\"@\"},", words)),
    ("a telephone number in groups", |ask, answer, hidden| {
        if page(ask, "/api/harm") || page(ask, "/api/people-causing-harm") {
            let (one, two) = hidden.phone.split_at_checked(5).unwrap_or_default();
            answer.body.push_str(&format!("{one} {two}"));
        }
    }),
    ("a health number", in_page!("/api/today", "{", "{\"nhs\":\"@\"},", number)),
    ("a place that is kept", in_page!("/api/today", "{", "{\"place\":\"@ Road\"},", kept)),
    ("a row that another agency's file held", in_page!("/quarantine", "</main>", "<td>@</td>", aside)),
    ("forbidden instead of not found", in_absence!(|answer| answer.status = 403)),
    ("gone instead of not found", in_absence!(|answer| answer.status = 410)),
    ("other words for not found", in_absence!(|answer| before(answer, "nothing", "for you "))),
    ("nothing at all instead of not found", in_absence!(|answer| answer.body.clear())),
    (
        "an empty view instead of not found",
        in_absence!(|answer| {
            answer.status = 200;
            answer.body = "{}".to_owned();
        }),
    ),
    ("a tag that differs", in_absence!(|answer| header(answer, "etag", "\"1\""))),
    (
        "a time of change",
        in_absence!(|answer| header(answer, "last-modified", "Sun, 01 Nov 2026 10:00:00 GMT")),
    ),
    ("a header that says how long to wait", in_absence!(|answer| header(answer, "retry-after", "60"))),
    ("another kind of content", in_absence!(|answer| header(answer, "content-type", "text/plain"))),
    ("verbs that would be allowed", |ask, answer, hidden| {
        if ask.method == "OPTIONS" && ask.path.contains(&hidden.person) {
            header(answer, "allow", "GET, HEAD, POST");
        }
    }),
    ("another refusal of a verb", |ask, answer, hidden| {
        if ask.method == "DELETE" && ask.path.contains(&hidden.person) {
            answer.status = 409;
        }
    }),
    ("a total with the hidden ones", |ask, answer, _| {
        if page(ask, "/api/children") {
            raise(answer, "total");
        }
    }),
    ("a number of gaps with the hidden ones", |ask, answer, _| {
        if page(ask, "/api/children") {
            raise(answer, "with_gap");
        }
    }),
    ("a number of links with the hidden ones", |ask, answer, _| {
        if page(ask, "/api/links") {
            raise(answer, "all");
        }
    }),
    ("how many more a search found", |ask, answer, hidden| {
        if searched(ask, hidden) {
            raise(answer, "more");
        }
    }),
    ("did you mean", |ask, answer, hidden| {
        if searched(ask, hidden) {
            before(answer, "</main>", "Somebody like this is known.");
        }
    }),
    ("already there", |ask, answer, hidden| {
        if searched(ask, hidden) {
            answer.status = 409;
        }
    }),
];

/// What came of one planted leak.
#[derive(Debug, serde::Serialize)]
pub struct Planting {
    /// What was planted.
    pub leak: &'static str,
    /// Whether the check found it.
    pub found: bool,
}

/// What came of all.
#[derive(Debug, serde::Serialize)]
pub struct Seeded {
    /// What was found although nothing was planted.
    pub unseeded: Report,
    /// Each leak.
    pub leaks: Vec<Planting>,
}

impl Seeded {
    /// Whether every planted leak was found, and nothing else.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.unseeded.is_clean() && self.leaks.iter().all(|leak| leak.found)
    }
}

/// Plants every kind of leak and says which were found. The one who looks is a landlord's officer, who may know little.
pub fn run(ground: &Ground, program: &Path) -> Outcome<Seeded> {
    let area = Area::of(program, &ground.world, &ground.roles)?;
    let links = area.links()?;
    let linked = Linked::new(&ground.world, &links)?;
    let setting =
        Setting { linked: &linked, roles: &ground.roles, policies: &ground.policies, months: ground.months };
    let serving = area.serve()?;
    let server = Server::at(&serving.url());
    let mut catalogue = learn(&area, &server, &setting, 1)?;
    catalogue.people = links.values().cloned().collect();
    let audience = ground.roles.audiences.iter().find(|audience| audience.role == "tenancy_officer");
    let audience = audience.ok_or("roles.toml has no tenancy officer")?;
    let user = area.become_one_of(audience)?;
    let eyes = Eyes::of(&setting, audience, user, &Standing::default());
    let hidden =
        hidden(&ground.world, &linked, &eyes, &catalogue).ok_or("nothing is hidden from this viewer")?;

    let keeping = Keeping { server: &server, kept: Mutex::default() };
    let look = |answers: &dyn Answers| -> Outcome<Report> {
        let mut report =
            probe::visit(answers, &setting, &catalogue, &eyes, Depth { every: 1, verbs: 1_000, turn: 0 })?;
        report.merge(probe::stranger(answers, &setting, &catalogue, &nobody())?);
        Ok(report)
    };
    let unseeded = look(&keeping)?;
    let kept = keeping.kept.into_inner().map_err(|_| "what was kept is broken")?;
    let known = unseeded.all.leaks;
    let mut leaks = Vec::new();
    for (leak, plant) in PLANTS {
        let planted = Planted { kept: &kept, hidden: &hidden, plant: Some(*plant) };
        leaks.push(Planting { leak, found: look(&planted)?.all.leaks > known });
    }
    let log = format!("{}\nopened {}", serving.log()?, hidden.name);
    leaks.push(Planting { leak: "a name in what the server logs", found: !look::words(&log).is_empty() });
    Ok(Seeded { unseeded, leaks })
}

/// Something of each kind that this viewer may not know.
fn hidden(world: &World, linked: &Linked<'_>, eyes: &Eyes, catalogue: &Catalogue) -> Option<Hidden> {
    let may = |word: &str| eyes.known.may.contains(&word.to_lowercase());
    let word = |is: fn(&Piece) -> bool, begins: &str| {
        let words = world.records.iter().flat_map(|record| &record.words);
        let mut words = words.filter(|(word, piece)| is(piece) && word.starts_with(begins) && !may(word));
        words.next().map(|(word, _)| word.to_lowercase())
    };
    let person = catalogue.people.iter().find(|id| {
        let names = linked.names.get(*id);
        !eyes.known.people.contains(*id) && names.is_some_and(|names| names.iter().any(|name| !may(name)))
    })?;
    Some(Hidden {
        person: person.clone(),
        name: linked.names.get(person)?.iter().find(|name| !may(name))?.clone(),
        words: word(|piece| matches!(piece, Piece::Words), "zq")?,
        phone: word(|piece| matches!(piece, Piece::Living(_)), "07700")?,
        number: word(|piece| matches!(piece, Piece::Number(_)), "999")?,
        kept: word(|piece| matches!(piece, Piece::Kept), "zq")?,
        aside: world.asides.iter().find(|aside| !may(&aside.word))?.word.to_lowercase(),
    })
}
