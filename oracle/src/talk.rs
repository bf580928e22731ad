//! Asks a server over HTTP and keeps whatever came back, headers and all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Outcome;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// The verb.
    pub method: String,
    /// Address below the server's, with its query.
    pub path: String,
    /// Bearer token.
    pub bearer: Option<String>,
    /// Session cookie.
    pub cookie: Option<String>,
    /// Kind of body and body.
    pub body: Option<(&'static str, String)>,
}

impl Ask {
    /// Reads an address.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self { method: "GET".to_owned(), path: path.to_owned(), bearer: None, cookie: None, body: None }
    }

    /// With another verb.
    #[must_use]
    pub fn by(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// Sends a body.
    #[must_use]
    pub fn sending(mut self, kind: &'static str, body: String) -> Self {
        self.body = Some((kind, body));
        self.by("POST")
    }
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case, without the time of day.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Everything that somebody can read of it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.status.to_string();
        for (name, value) in &self.headers {
            text.push('\n');
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
        }
        text.push('\n');
        text.push_str(&self.body);
        text
    }

    /// The body as JSON, or null.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Whoever answers: a server, or what a server answered before.
pub trait Answers: Sync {
    /// Asks.
    fn ask(&self, ask: &Ask) -> Outcome<Answer>;
}

/// A server.
pub struct Server {
    agent: ureq::Agent,
    url: String,
    waited: AtomicU64,
}

/// How often one request is asked again after it was told to wait, and for how long at most.
const TURNS: usize = 10;
const LONGEST: u64 = 60;
/// How long it waits where the answer does not say.
const OTHERWISE: u64 = 2;

impl Server {
    /// The server at this address, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn at(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_idle_connections_per_host(16)
            .allow_non_standard_methods(true)
            .accept_encoding("identity")
            .build();
        Self { agent: config.into(), url: url.trim_end_matches('/').to_owned(), waited: AtomicU64::new(0) }
    }

    /// How often it was told to wait: whoever reads many people's records in a day is slowed or stopped.
    #[must_use]
    pub fn waited(&self) -> u64 {
        self.waited.load(Ordering::Relaxed)
    }

    /// Asks, over a new connection where a kept one was closed by the other side in the meantime.
    fn surely(&self, ask: &Ask) -> Outcome<Answer> {
        let mut last = None;
        for _ in 0..3 {
            match self.once(ask) {
                Ok(answer) => return Ok(answer),
                Err(why) => last = Some(why),
            }
        }
        Err(format!("{} {}: {}", ask.method, ask.path, last.map_or_else(String::new, |why| why.to_string()))
            .into())
    }
}

impl Answers for Server {
    /// Asks, and waits as long as it is told to. An answer that still says so after that is the answer.
    fn ask(&self, ask: &Ask) -> Outcome<Answer> {
        let mut answer = self.surely(ask)?;
        for _ in 0..TURNS {
            let Some(seconds) = wait(&answer) else { break };
            self.waited.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_secs(seconds));
            answer = self.surely(ask)?;
        }
        Ok(answer)
    }
}

/// How long an answer says to wait, if it does.
fn wait(answer: &Answer) -> Option<u64> {
    let seconds = answer.headers.get("retry-after").and_then(|value| value.trim().parse::<u64>().ok());
    (answer.status == 429).then(|| seconds.unwrap_or(OTHERWISE).min(LONGEST))
}

impl Server {
    fn once(&self, ask: &Ask) -> Outcome<Answer> {
        let mut request = ureq::http::Request::builder()
            .method(ask.method.as_str())
            .uri(format!("{}{}", self.url, ask.path))
            .header("origin", &self.url);
        if let Some(bearer) = &ask.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if let Some(cookie) = &ask.cookie {
            request = request.header("cookie", cookie);
        }
        let (kind, body) = ask.body.clone().unwrap_or_default();
        let mut response = if body.is_empty() {
            self.agent.run(request.body(())?)?
        } else {
            self.agent.run(request.header("content-type", kind).body(body)?)?
        };
        let named = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.as_str().to_lowercase(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut headers: BTreeMap<String, String> = response.headers().iter().map(named).collect();
        headers.remove("date");
        // Whether the connection goes on depends on when a body that nobody read arrived.
        headers.remove("connection");
        let bytes = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_vec()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn waits_as_long_as_it_is_told_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut answers = ["429 Too Many Requests\r\nretry-after: 1", "200 OK"].into_iter();
            for stream in listener.incoming() {
                let (mut stream, Some(answer)) = (stream.unwrap(), answers.next()) else { break };
                let _ = stream.read(&mut [0; 4096]).unwrap();
                let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let server = Server::at(&url);
        assert_eq!(server.ask(&Ask::get("/")).unwrap().status, 200);
        assert_eq!(server.waited(), 1);
    }
}
