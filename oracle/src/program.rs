//! Runs the real program: makes an area, gives people accounts, takes files in, serves it, and stops it.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::text::roles::{Audience, Roles};
use crate::world::World;

/// An area in a folder that goes with it.
pub struct Area {
    program: PathBuf,
    folder: tempfile::TempDir,
    /// What the command line wrote to its output and error output.
    said: Mutex<String>,
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

/// With what people who are added here sign in for the first time.
pub const PASSWORD: &str = "seven green kettles on a shelf";

/// Who was added for an audience.
#[must_use]
pub fn user_at(audience: usize) -> String {
    format!("user{audience}")
}

/// The agencies that send files.
pub const AGENCIES: &[&str] =
    &["police", "social_care", "health", "schools", "probation", "housing", "services"];

/// All demonstration users.
pub fn users() -> impl Iterator<Item = &'static str> {
    USERS.iter().map(|(_, user)| *user)
}

/// The demonstration user of an agency.
#[must_use]
pub fn user_of(agency: &str) -> Option<&'static str> {
    USERS.iter().find(|(of, _)| *of == agency).map(|(_, user)| *user)
}

impl Area {
    /// An invented area in which every audience has somebody, with the world's files taken in.
    pub fn of(program: &Path, world: &World, roles: &Roles) -> Outcome<Self> {
        let area = Self::empty(program, roles)?;
        area.take_in(world)?;
        Ok(area)
    }

    /// An invented area in which every audience has somebody: a demonstration user, or one called `user` and the place of the
    /// audience.
    pub fn empty(program: &Path, roles: &Roles) -> Outcome<Self> {
        let area = Self { program: program.to_owned(), folder: tempfile::tempdir()?, said: Mutex::default() };
        area.run(&["init", "--area", "Testshire", "--invented"])?;
        for (at, audience) in roles.audiences.iter().enumerate() {
            area.add(&user_at(at), audience)?;
        }
        Ok(area)
    }

    /// The same area again, in a folder of its own: adding people takes long, since each has a password.
    pub fn again(&self) -> Outcome<Self> {
        let area =
            Self { program: self.program.clone(), folder: tempfile::tempdir()?, said: Mutex::default() };
        std::fs::create_dir(area.db())?;
        for entry in std::fs::read_dir(self.db())? {
            let entry = entry?;
            std::fs::copy(entry.path(), area.db().join(entry.file_name()))?;
        }
        Ok(area)
    }

    /// Takes a world's files in.
    pub fn take_in(&self, world: &World) -> Outcome<()> {
        let exports = self.folder.path().join("exports");
        world.write(&exports)?;
        self.run(&["ingest", &exports.to_string_lossy()])?;
        std::fs::remove_dir_all(exports)?;
        Ok(())
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
        if let Ok(mut said) = self.said.lock() {
            said.push_str(&String::from_utf8_lossy(&output.stdout));
            said.push_str(&String::from_utf8_lossy(&output.stderr));
        }
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
            writeln!(input, "{PASSWORD}")?;
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

    /// What the command line said so far.
    #[must_use]
    pub fn said(&self) -> String {
        self.said.lock().map(|said| said.clone()).unwrap_or_default()
    }

    /// Exports a whole list, if the program writes it.
    pub fn export(&self, what: &str) -> Outcome<Option<String>> {
        let out = self.folder.path().join(format!("{what}.csv"));
        let words = ["export", what, "--out", &out.to_string_lossy()].map(str::to_owned);
        let output = self.command(&words.iter().map(String::as_str).collect::<Vec<_>>()).output()?;
        let wrote = output.status.success();
        let text = if out.exists() { Some(std::fs::read_to_string(&out)?) } else { None };
        if wrote != text.is_some() {
            return Err(
                format!("export {what}: {:?}, and a file: {}", output.status.code(), text.is_some()).into()
            );
        }
        Ok(text)
    }

    /// An area that holds real people as far as the program knows, with the world's files taken in.
    pub fn real(program: &Path, world: &World) -> Outcome<Self> {
        let area = Self { program: program.to_owned(), folder: tempfile::tempdir()?, said: Mutex::default() };
        area.run(&["init", "--area", "Testshire"])?;
        area.take_in(world)?;
        Ok(area)
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
