//! Signing in through an agency, against a small provider of our own with its own key: who comes in, and everything that
//! must not let anybody in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use program::{Area, Reply, Server, run, throughline};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SECRET: &str = "hush";

/// What the provider will say about whoever brings a code.
#[derive(Clone)]
struct Grant {
    claims: Value,
    /// The PKCE challenge the code was asked with.
    challenge: String,
    /// Sign with a key that the provider does not publish.
    other_key: bool,
}

/// A provider on a port of its own.
struct Provider {
    issuer: String,
    grants: Arc<Mutex<HashMap<String, Grant>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(&json!({"alg": "ES256", "kid": "one"})), part(claims));
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let (grants, asked) = (Arc::new(Mutex::default()), Arc::new(Mutex::default()));
        let provider =
            Self { issuer: issuer.clone(), grants: Arc::clone(&grants), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &issuer, &grants, &asked);
            }
        });
        provider
    }

    /// Will hand these claims out once, for this code.
    fn grant(&self, code: &str, claims: Value, challenge: &str) {
        let grant = Grant { claims, challenge: challenge.to_owned(), other_key: false };
        self.grants.lock().unwrap().insert(code.to_owned(), grant);
    }
}

fn answer(
    mut stream: TcpStream,
    issuer: &str,
    grants: &Mutex<HashMap<String, Grant>>,
    asked: &Mutex<Vec<String>>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let (status, told) = match path.as_str() {
        "/.well-known/openid-configuration" => (
            200,
            json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "end_session_endpoint": format!("{issuer}/out"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": true
            }),
        ),
        "/keys" => {
            let point = key(1).verifying_key().to_sec1_point(false);
            let part = |at: usize| BASE64URL_NOPAD.encode(&point.as_bytes()[at..at + 32]);
            let one =
                json!({"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": part(1), "y": part(33)});
            (200, json!({"keys": [one]}))
        }
        "/token" => {
            let form = fields(&String::from_utf8(body).unwrap());
            // A code counts once, and only with the verifier of its challenge.
            let grant = grants.lock().unwrap().remove(&form["code"]);
            let proves = |grant: &Grant| {
                let digest = Sha256::digest(form["code_verifier"].as_bytes());
                BASE64URL_NOPAD.encode(&digest) == grant.challenge
            };
            match grant.filter(proves) {
                Some(grant) => {
                    let token = sign(&key(if grant.other_key { 2 } else { 1 }), &grant.claims);
                    (200, json!({"access_token": "x", "token_type": "Bearer", "id_token": token}))
                }
                None => (400, json!({"error": "invalid_grant"})),
            }
        }
        _ => (404, json!({})),
    };
    let told = told.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{told}",
        told.len()
    );
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}

fn fields(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), unescaped(value))).collect()
}

/// An area with an officer whose agency knows them as `s-1`, and one it does not know.
fn area(provider: &Provider, more: &str) -> Area {
    let area = Area::empty();
    for user in ["ruth", "sam", "nurse"] {
        let (agency, role) =
            if user == "nurse" { ("health", "midwife") } else { ("police", "response_officer") };
        let words =
            ["user", "add", user, "--db", area.db(), "--name", user, "--agency", agency, "--role", role];
        let mut child = throughline(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
        assert!(child.wait().unwrap().success());
    }
    run(&["user", "outside", "ruth", "s-1", "--db", area.db()], 0);
    run(&["user", "outside", "nurse", "s-2", "--db", area.db()], 0);
    std::fs::write(area.beside("secret"), format!("{SECRET}\n")).unwrap();
    let settings = format!(
        "version = 1\n[[provider]]\nid = \"police\"\nagency = \"police\"\nlabel = \"Testshire Police\"\n\
         issuer = \"{}\"\nclient_id = \"throughline\"\nclient_secret_file = \"{}\"\n{more}\n",
        provider.issuer,
        area.beside("secret")
    );
    std::fs::write(format!("{}/sign-in.toml", area.db()), settings).unwrap();
    area
}

/// Somebody on the way to their agency.
struct Going {
    cookie: String,
    asked: HashMap<String, String>,
}

fn go(server: &Server) -> Going {
    let reply = server.page("/sign-in/agency/police", "");
    assert_eq!(reply.status, 303, "{}", reply.body);
    let to = reply.header("location").unwrap();
    let set = reply.header("set-cookie").unwrap();
    assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
    let asked = fields(to.split_once('?').unwrap().1);
    Going { cookie: set.split(';').next().unwrap().to_owned(), asked }
}

impl Going {
    fn claims(&self, provider: &Provider, subject: &str) -> Value {
        json!({
            "iss": provider.issuer, "sub": subject, "aud": "throughline", "nonce": self.asked["nonce"],
            "iat": now(), "exp": now() + 300, "oid": "o-1"
        })
    }

    fn back(&self, server: &Server, provider: &Provider, code: &str) -> Reply {
        let query = format!("state={}&code={code}&iss={}", self.asked["state"], provider.issuer);
        server.page(&format!("/sign-in/agency/police/back?{query}"), &self.cookie)
    }
}

fn session(reply: &Reply) -> Option<String> {
    let set = reply.headers.iter().filter(|(name, _)| name == "set-cookie");
    let held = set.map(|(_, value)| value.split(';').next().unwrap().to_owned());
    held.into_iter().find(|held| held.starts_with("throughline_session="))
}

#[test]
fn somebody_with_an_account_comes_in_once_and_signs_out_again() {
    let provider = Provider::start();
    let area = area(&provider, "second_factor = true");
    let server = Server::start(&area);
    assert!(server.page("/sign-in", "").body.contains("href=\"/sign-in/agency/police\">Testshire Police"));
    let going = go(&server);
    assert_eq!(going.asked["client_id"], "throughline");
    assert_eq!(
        (going.asked["response_type"].as_str(), going.asked["code_challenge_method"].as_str()),
        ("code", "S256")
    );
    assert!(going.asked["redirect_uri"].ends_with("/sign-in/agency/police/back"));
    provider.grant("c1", going.claims(&provider, "s-1"), &going.asked["code_challenge"]);
    let back = going.back(&server, &provider, "c1");
    assert_eq!(back.status, 200, "{}", back.body);
    assert!(back.body.contains("<meta http-equiv=\"refresh\" content=\"0; url=/\">"), "{}", back.body);
    let held = session(&back).unwrap();
    let api = server.send("GET", "/api/session", &[("Cookie", &held)], "").json();
    assert_eq!((&api["user"], &api["agency"]), (&"ruth".into(), &"police".into()));

    // What was used once – code, state and slip – counts for nobody again.
    provider.grant("c1", going.claims(&provider, "s-1"), &going.asked["code_challenge"]);
    let again = going.back(&server, &provider, "c1");
    assert_eq!((again.status, session(&again)), (403, None));

    // The password is the same person's.
    let body = "name=ruth&password=correct+horse+battery";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let own = server.send("POST", "/sign-in/password", &[form], body);
    let half = session(&own).unwrap();
    assert_eq!(server.page("/account/set-up", &half).status, 200);

    let page = server.page("/account", &held);
    let at = page.body.find("name=\"form_token\" value=\"").unwrap() + 25;
    let token = &page.body[at..at + 32];
    let out = server.send("POST", "/sign-out", &[form, ("Cookie", &held)], &format!("form_token={token}"));
    assert_eq!(out.header("location"), Some("/sign-in/agency/police/out"));
    assert_eq!(server.page("/account", &held).header("location"), Some("/sign-in"));
    let out = server.page("/sign-in/agency/police/out", "");
    assert!(
        out.body.contains(&format!("href=\"{}/out?client_id=throughline", provider.issuer)),
        "{}",
        out.body
    );
    // Closed here is closed, whatever the agency says.
    run(&["user", "disable", "ruth", "--db", area.db()], 0);
    let going = go(&server);
    provider.grant("c2", going.claims(&provider, "s-1"), &going.asked["code_challenge"]);
    assert_eq!(going.back(&server, &provider, "c2").status, 403);
    // What it says about itself was asked for once, not each time.
    let asked = provider.asked.lock().unwrap();
    assert_eq!(asked.iter().filter(|path| path.contains("well-known")).count(), 1);
}

/// Makes what a provider says wrong.
type Spoil = Box<dyn Fn(&mut Value)>;

#[test]
fn nothing_that_is_not_as_it_must_be_lets_anybody_in() {
    let provider = Provider::start();
    let area = area(&provider, "second_factor = true");
    let server = Server::start(&area);
    let set = |claims: &mut Value, name: &str, to: Value| claims[name] = to;
    let spoiled: Vec<(&str, Spoil)> = vec![
        ("another nonce", Box::new(move |c| set(c, "nonce", json!("other")))),
        ("no nonce", Box::new(|c| drop(c.as_object_mut().unwrap().remove("nonce")))),
        ("another audience", Box::new(move |c| set(c, "aud", json!("somebody-else")))),
        ("an audience besides", Box::new(move |c| set(c, "aud", json!(["throughline", "somebody-else"])))),
        ("another issuer", Box::new(move |c| set(c, "iss", json!("https://elsewhere.example")))),
        ("expired", Box::new(move |c| set(c, "exp", json!(now() - 90)))),
        ("from the future", Box::new(move |c| set(c, "iat", json!(now() + 600)))),
        ("nobody here", Box::new(move |c| set(c, "sub", json!("s-9")))),
        ("somebody of another agency", Box::new(move |c| set(c, "sub", json!("s-2")))),
        ("a name of an account", Box::new(move |c| set(c, "sub", json!("ruth")))),
        ("nothing", Box::new(move |c| set(c, "sub", json!("")))),
    ];
    let refused = |reply: &Reply, what: &str| {
        assert_eq!((reply.status, session(reply)), (403, None), "{what}: {}", reply.body);
        assert!(reply.body.contains("did not say who you are here"), "{what}");
    };
    for (what, spoil) in &spoiled {
        let going = go(&server);
        let mut claims = going.claims(&provider, "s-1");
        spoil(&mut claims);
        provider.grant("c", claims, &going.asked["code_challenge"]);
        refused(&going.back(&server, &provider, "c"), what);
    }
    // Signed with a key that is not the agency's; unsigned.
    let going = go(&server);
    provider.grant("c", going.claims(&provider, "s-1"), &going.asked["code_challenge"]);
    provider.grants.lock().unwrap().get_mut("c").unwrap().other_key = true;
    refused(&going.back(&server, &provider, "c"), "another key");
    // A code that the agency does not know, and one that was asked for by somebody else's browser.
    let going = go(&server);
    refused(&going.back(&server, &provider, "unknown"), "unknown code");
    let (mine, theirs) = (go(&server), go(&server));
    provider.grant("c", theirs.claims(&provider, "s-1"), &theirs.asked["code_challenge"]);
    refused(&mine.back(&server, &provider, "c"), "somebody else's code");
    // State and cookie that do not belong together, or are not there.
    let (mine, theirs) = (go(&server), go(&server));
    let mixed = Going { cookie: mine.cookie.clone(), asked: theirs.asked.clone() };
    provider.grant("c", theirs.claims(&provider, "s-1"), &theirs.asked["code_challenge"]);
    refused(&mixed.back(&server, &provider, "c"), "somebody else's state");
    let bare = Going { cookie: String::new(), asked: theirs.asked.clone() };
    refused(&bare.back(&server, &provider, "c"), "no cookie");
    refused(&server.page("/sign-in/agency/police/back", &mine.cookie), "nothing brought back");
    // Another provider answering, or none that says who it is.
    for (what, iss) in [("another server", "&iss=https%3A%2F%2Felsewhere.example"), ("no server", "")] {
        let going = go(&server);
        provider.grant("c", going.claims(&provider, "s-1"), &going.asked["code_challenge"]);
        let query = format!("state={}&code=c{iss}", going.asked["state"]);
        refused(&server.page(&format!("/sign-in/agency/police/back?{query}"), &going.cookie), what);
    }
    assert_eq!(server.page("/sign-in/agency/fire", "").status, 404);
    // Clocks may differ by a minute, and after all that the right one still comes in.
    let going = go(&server);
    let mut claims = going.claims(&provider, "s-1");
    (claims["exp"], claims["iat"]) = (json!(now() - 30), json!(now() + 30));
    provider.grant("c", claims, &going.asked["code_challenge"]);
    assert!(session(&going.back(&server, &provider, "c")).is_some());
}

#[test]
fn an_agency_without_a_second_factor_of_its_own_does_not_spare_ours() {
    let provider = Provider::start();
    let area = area(&provider, "claim = \"oid\"");
    run(&["user", "outside", "ruth", "o-1", "--db", area.db()], 0);
    run(&["user", "outside", "sam", "o-1", "--db", area.db()], 2);
    let server = Server::start(&area);
    let going = go(&server);
    provider.grant("c", going.claims(&provider, "whoever"), &going.asked["code_challenge"]);
    let back = going.back(&server, &provider, "c");
    assert!(back.body.contains("url=/account/set-up"), "{}", back.body);
    assert_eq!(server.page("/search", &session(&back).unwrap()).header("location"), Some("/account/set-up"));
    drop(server);

    // An agency that does not answer keeps nobody from a password.
    let settings = format!("{}/sign-in.toml", area.db());
    let written = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, written.replace(&provider.issuer, "http://localhost:9")).unwrap();
    let server = Server::start(&area);
    let reply = server.page("/sign-in/agency/police", "");
    assert_eq!(reply.status, 503);
    assert!(reply.body.contains("does not answer just now") && reply.body.contains("name=\"password\""));
    drop(server);
    // A file that cannot be read stops the server and names the place.
    std::fs::write(&settings, written.replace("agency = \"police\"", "agency = \"polise\"")).unwrap();
    let wrong = run(&["serve", "--db", area.db(), "--listen", "127.0.0.1:0"], 3);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("sign-in.toml: provider 1, agency: found `polise`"), "{said}");
    // Behind a proxy nobody knows the way back without an address.
    std::fs::write(&settings, &written).unwrap();
    let wrong = run(&["serve", "--db", area.db(), "--listen", "127.0.0.1:0", "--behind-proxy"], 2);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--address"));
}
