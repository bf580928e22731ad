//! Runs the real program: makes an area, gives people accounts, takes files in, serves it, and stops it.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::text::roles::{Audience, Roles};
use crate::world::World;

/// An area in a folder that goes with it.
pub struct Area {
    program: PathBuf,
    folder: tempfile::TempDir,
}

/// The demonstration user of each agency, whose role is changed from audience to audience.
const USERS: &[(&str, &str)] = &[
    ("police", "police"),
    ("social_care", "head"),
    ("health", "health"),
    ("schools", "school"),
    ("probation", "probation"),
    ("housing", "housing"),
    ("services", "services"),
];

/// The agencies that send files.
pub const AGENCIES: &[&str] =
    &["police", "social_care", "health", "schools", "probation", "housing", "services"];

/// The demonstration user of an agency.
#[must_use]
pub fn user_of(agency: &str) -> Option<&'static str> {
    USERS.iter().find(|(of, _)| *of == agency).map(|(_, user)| *user)
}

impl Area {
    /// An invented area in which every audience has somebody, with the world's files taken in.
    pub fn of(program: &Path, world: &World, roles: &Roles) -> Outcome<Self> {
        let area = Self { program: program.to_owned(), folder: tempfile::tempdir()? };
        area.run(&["init", "--area", "Testshire", "--invented"])?;
        for (at, audience) in roles.audiences.iter().enumerate() {
            area.add(&format!("user{at}"), audience)?;
        }
        let exports = area.folder.path().join("exports");
        world.write(&exports)?;
        area.run(&["ingest", &exports.to_string_lossy()])?;
        Ok(area)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--db").arg(self.db()).env_remove("THROUGHLINE_DB").stdin(Stdio::null());
        command
    }

    fn db(&self) -> PathBuf {
        self.folder.path().join("area")
    }

    /// Runs the program; done and done with findings are both well.
    pub fn run(&self, words: &[&str]) -> Outcome<String> {
        let output = self.command(words).output()?;
        if !matches!(output.status.code(), Some(0 | 1)) {
            return Err(format!("throughline {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn add(&self, user: &str, audience: &Audience) -> Outcome<()> {
        let words =
            ["user", "add", user, "--name", user, "--agency", &audience.agency, "--role", &audience.role];
        let mut child = self
            .command(&words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(b"seven green kettles on a shelf\n")?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("user add {user}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(())
    }

    /// Gives the demonstration user of an agency the role of an audience.
    pub fn become_one_of(&self, audience: &Audience) -> Outcome<&'static str> {
        let user = user_of(&audience.agency)
            .ok_or_else(|| format!("{} has no demonstration user", audience.agency))?;
        self.run(&["user", "role", user, &audience.role])?;
        Ok(user)
    }

    /// Whose record is whose: file and row to person.
    pub fn links(&self) -> Outcome<BTreeMap<(String, String), String>> {
        let out = self.folder.path().join("links.csv");
        self.run(&["export", "links", "--out", &out.to_string_lossy()])?;
        let mut links = BTreeMap::new();
        for row in csv::Reader::from_path(out)?.into_deserialize() {
            let (file, key, person): (String, String, String) = row?;
            links.insert((file, key), person);
        }
        Ok(links)
    }

    /// Serves the area until dropped.
    pub fn serve(&self) -> Outcome<Serving> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = self.folder.path().join("serve.log");
        let file = std::fs::File::create(&log)?;
        let child = self
            .command(&["serve", "--listen", &address.to_string()])
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let serving = Serving { child, address, log };
        let patience = Instant::now();
        while TcpStream::connect(address).is_err() {
            if patience.elapsed() > Duration::from_secs(60) {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(serving)
    }
}

/// A server; stopped when dropped.
pub struct Serving {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Serving {
    /// Its address as a link.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it wrote to its output and error output.
    pub fn log(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
