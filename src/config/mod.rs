//! What is set from outside: how the server is reached, checked before anything listens, and the partnership's own copies of
//! settings in the folder of an area.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;

/// A partnership's own copy of some settings, read in place of those built in: its name, for errors, and its text. Nothing where
/// the folder of the area has none.
///
/// # Errors
/// Names the file that cannot be read.
pub fn own_copy(area: &Path, name: &str) -> Result<Option<(String, String)>, String> {
    let path = area.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Where and how to listen.
#[derive(Clone, Debug)]
pub struct Listening {
    /// Address and port.
    pub address: SocketAddr,
    /// A proxy in front of us ends TLS and is the only one who can reach us.
    pub behind_proxy: bool,
}

/// An address that would show people's data to the network unprotected.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} can be reached from other machines and would carry everything unencrypted; listen on 127.0.0.1, or put a proxy that ends TLS in front and say so with --behind-proxy"
)]
pub struct Unprotected(pub SocketAddr);

impl Listening {
    /// Accepts loopback, or any address behind a proxy.
    pub fn new(address: SocketAddr, behind_proxy: bool) -> Result<Self, Unprotected> {
        match address.ip().is_loopback() || behind_proxy {
            true => Ok(Self { address, behind_proxy }),
            false => Err(Unprotected(address)),
        }
    }

    /// The address under which browsers know us: the one that was given; on this machine alone, `localhost`.
    pub fn known_as(&self, given: Option<&str>) -> Option<String> {
        let here = (!self.behind_proxy).then(|| format!("http://localhost:{}", self.address.port()));
        given.map(str::to_owned).or(here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_without_a_proxy() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(Listening::new(address("127.0.0.1:8080"), false).is_ok());
        assert!(Listening::new(address("[::1]:8080"), false).is_ok());
        assert!(Listening::new(address("0.0.0.0:8080"), false).is_err());
        assert!(Listening::new(address("10.0.0.4:8080"), false).is_err());
        assert!(Listening::new(address("0.0.0.0:8080"), true).is_ok());
    }
}
