//! The real program, run as people run it: commands, an area in a temporary folder, a server on a free port.
//! Shared by all tests that go through the binary.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The program with these words, ready to run.
pub fn throughline(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
    command.args(words).env_remove("THROUGHLINE_DB").stdin(Stdio::null());
    command
}

/// Runs it and expects this exit code.
pub fn run(words: &[&str], code: i32) -> Output {
    let output = throughline(words).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "throughline {words:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// An area in a folder that goes when the test ends.
pub struct Area {
    folder: tempfile::TempDir,
    db: String,
}

impl Area {
    /// A folder for an area, nothing in it.
    pub fn nowhere() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("area").to_string_lossy().into_owned();
        Self { folder, db }
    }

    /// An empty invented area.
    pub fn empty() -> Self {
        let area = Self::nowhere();
        run(&["init", "--db", area.db(), "--area", "Testshire", "--invented"], 0);
        area
    }

    /// The demonstration area with its exports.
    pub fn demonstration() -> Self {
        let area = Self::nowhere();
        run(&["demo", "--no-serve", "--families", "24", "--seed", "7", "--db", area.db()], 0);
        area
    }

    /// The folder of the area.
    pub fn db(&self) -> &str {
        &self.db
    }

    /// A path beside the area.
    pub fn beside(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Writes the exports of an invented area beside it.
    pub fn sample(&self, families: u32, seed: u64) -> String {
        let out = self.beside("exports");
        let (families, seed) = (families.to_string(), seed.to_string());
        run(&["sample", "--out", &out, "--families", &families, "--seed", &seed, "--until", "2026-10-31"], 0);
        out
    }

    /// Takes files in and returns the report.
    pub fn ingest(&self, path: &str) -> Value {
        let output = throughline(&["ingest", "--db", self.db(), path, "--json"]).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// One list as text.
    pub fn export(&self, what: &str) -> String {
        let out = self.beside(&format!("{what}.csv"));
        run(&["export", what, "--db", self.db(), "--out", &out], 0);
        std::fs::read_to_string(out).unwrap()
    }
}

/// A sum over the files of a report.
pub fn total(report: &Value, what: &str) -> u64 {
    report["files"].as_array().unwrap().iter().map(|f| f[what].as_u64().unwrap()).sum()
}

/// The server on a free port; stopped when the test ends.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

/// What came back.
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Reply {
    /// A header by its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

impl Server {
    /// Serves an area and waits until it answers.
    pub fn start(area: &Area) -> Self {
        Self::start_with(area, &[])
    }

    /// Serves an area with more words on the command line.
    pub fn start_with(area: &Area, more: &[&str]) -> Self {
        Self::start_by(|address| {
            let mut command = throughline(&["serve", "--db", area.db(), "--listen", address]);
            command.args(more).stdout(Stdio::null());
            command
        })
    }

    /// Serves by another command, which is given the address to listen on.
    pub fn start_by(command: impl FnOnce(&str) -> Command) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = command(&address.to_string()).spawn().unwrap();
        let server = Self { child, address };
        let patience = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < patience, "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// The process that serves.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its address as a link.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a request with these headers and this body, word for word.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).unwrap();
        read(stream)
    }

    /// Reads something through the API as the head of safeguarding.
    pub fn api(&self, path: &str) -> Reply {
        self.send("GET", &format!("/api{path}"), &[("Authorization", "Bearer head")], "")
    }

    /// Signs in and returns the cookie.
    pub fn sign_in(&self, user: &str) -> String {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let reply = self.send("POST", "/sign-in", &form, &format!("user={user}"));
        let cookie = reply.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {}", reply.body));
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Opens a page with a cookie.
    pub fn page(&self, path: &str, cookie: &str) -> Reply {
        self.send("GET", path, &[("Cookie", cookie)], "")
    }
}

/// Somebody signed in, with what their forms send back.
pub struct Hand<'s> {
    /// Where.
    pub server: &'s Server,
    /// As whom.
    pub user: String,
    /// What the browser holds.
    pub cookie: String,
    token: String,
}

impl<'s> Hand<'s> {
    /// Signs a demonstration user in.
    pub fn of(server: &'s Server, user: &str) -> Self {
        let cookie = server.sign_in(user);
        let page = server.page("/search", &cookie).body;
        let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
        Self { server, user: user.to_owned(), token: page[at..at + 32].to_owned(), cookie }
    }

    /// Sends a form as it stands.
    pub fn post(&self, path: &str, body: &str) -> Reply {
        let form = [("Cookie", self.cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        self.server.send("POST", path, &form, body)
    }

    /// Sends a form from one of our own pages.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = format!("form_token={}", self.token);
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", value.replace(' ', "+")));
        }
        self.post(path, &body)
    }

    /// Sends a form that is taken and leads on to an address.
    pub fn done(&self, path: &str, fields: &[(&str, &str)], to: &str) {
        let reply = self.send(path, fields);
        assert_eq!((reply.status, reply.header("location")), (303, Some(to)), "{}", reply.body);
    }

    /// Opens a page.
    pub fn page(&self, path: &str) -> Reply {
        self.server.page(path, &self.cookie)
    }

    /// Reads something through the API.
    pub fn api(&self, path: &str) -> Reply {
        let bearer = format!("Bearer {}", self.user);
        self.server.send("GET", &format!("/api{path}"), &[("Authorization", &bearer)], "")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stream: TcpStream) -> Reply {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body).unwrap();
    let chunked = headers.iter().any(|(n, v)| n == "transfer-encoding" && v == "chunked");
    let body = if chunked { unchunk(&body) } else { body };
    Reply { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|pair| pair == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        let start = end + 2;
        whole.extend_from_slice(&bytes[start..start + size]);
        bytes = &bytes[start + size + 2..];
    }
    whole
}

/// Everything below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files_below(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}
