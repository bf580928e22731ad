//! How the server is reached: one struct, checked before anything listens.

use std::net::SocketAddr;

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
