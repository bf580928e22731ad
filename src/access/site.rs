//! The address under which browsers know this server. Passkeys are bound to it, and an agency's own sign-in leads back
//! to it; without it neither is offered.

use webauthn_rs::prelude::Url;

use super::passkeys::Passkeys;

/// An address that cannot be one.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not an address that browsers could know this server by; expected one like https://throughline.example.gov.uk, without a path, or http://localhost:8080 on this machine"
)]
pub struct NotASite(String);

/// Where browsers find this server.
pub struct Site {
    url: Url,
    /// Checks its passkeys.
    pub passkeys: Passkeys,
}

impl Site {
    /// Reads an address. Only with TLS, or on this very machine: browsers keep passkeys from everything else.
    pub fn of(address: &str, area: &str) -> Result<Self, NotASite> {
        let wrong = || NotASite(address.to_owned());
        let url = Url::parse(address.trim()).map_err(|_| wrong())?;
        let host = url.domain().ok_or_else(wrong)?.to_owned();
        let here = host == "localhost" && url.scheme() == "http";
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !(url.scheme() == "https" || here) || !bare || !url.username().is_empty() {
            return Err(wrong());
        }
        let passkeys = Passkeys::of(&host, &url, &format!("Throughline {area}")).map_err(|_| wrong())?;
        Ok(Self { url, passkeys })
    }

    /// As browsers say it.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_with_tls_or_on_this_machine() {
        assert_eq!(
            Site::of("https://Throughline.Example.gov.uk/", "Testshire").unwrap().origin(),
            "https://throughline.example.gov.uk"
        );
        assert_eq!(Site::of("http://localhost:8080", "Testshire").unwrap().origin(), "http://localhost:8080");
        for odd in [
            "",
            "throughline.example.gov.uk",
            "http://throughline.example.gov.uk",
            "http://127.0.0.1:8080",
            "https://10.0.0.4",
            "https://somebody@throughline.example.gov.uk",
            "https://throughline.example.gov.uk/path",
            "ftp://localhost",
        ] {
            assert!(Site::of(odd, "Testshire").is_err(), "{odd}");
        }
    }
}
