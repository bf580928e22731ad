//! Which agencies sign their people in themselves: `sign-in.toml` in the area's folder, read and checked when the server
//! starts. The secret of each lies elsewhere, in a file or the environment.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use openidconnect::url::Url;
use serde::Deserialize;
use throughline_domain::ids::AgencyId;
use throughline_domain::staff::Roles;

/// The file in the area's folder.
pub const FILE: &str = "sign-in.toml";

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {place}: {what}", file.display())]
pub struct SettingsError {
    file: PathBuf,
    place: String,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default)]
    provider: Vec<Provider>,
}

/// An agency's own sign-in, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// By what it is named in addresses: small letters, digits, `-`.
    pub id: String,
    /// Whose people may come through it.
    pub agency: AgencyId,
    /// What people read.
    pub label: String,
    /// Its address, exactly as it names itself.
    pub issuer: String,
    /// By what it knows this program.
    pub client_id: String,
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    /// Which claim says who somebody is.
    #[serde(default = "subject")]
    pub claim: String,
    /// Whether it asks for a second factor itself; otherwise a code or passkey is asked for here.
    #[serde(default)]
    pub second_factor: bool,
    /// Scopes to ask for besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The secret by which this program proves itself.
    #[serde(skip)]
    pub secret: String,
}

fn subject() -> String {
    "sub".to_owned()
}

/// Reads the file of an area; no file means none.
pub fn read(folder: &Path, roles: &Roles) -> Result<Vec<Provider>, SettingsError> {
    let file = folder.join(FILE);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(SettingsError { file, place: "reading".into(), what: why.to_string() }),
    };
    check(&text, roles, &|variable| std::env::var(variable).ok()).map_err(|(place, what)| SettingsError {
        file,
        place,
        what,
    })
}

type Wrong = (String, String);

fn check(
    text: &str,
    roles: &Roles,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Provider>, Wrong> {
    let written: Written = toml::from_str(text).map_err(|why| ("syntax".to_owned(), why.to_string()))?;
    if written.version != 1 {
        return Err(("version".into(), format!("found {}, expected 1", written.version)));
    }
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    for (number, provider) in (1..).zip(written.provider) {
        let wrong = |field: &str, what: String| (format!("provider {number}, {field}"), what);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if provider.id.is_empty() || !provider.id.chars().all(fits) || !ids.insert(provider.id.clone()) {
            let what =
                format!("found `{}`, expected small letters, digits and `-`, each name once", provider.id);
            return Err(wrong("id", what));
        }
        if !roles.agencies().any(|agency| *agency == provider.agency) {
            let what = format!("found `{}`, expected an agency of `throughline user roles`", provider.agency);
            return Err(wrong("agency", what));
        }
        let issuer = Url::parse(&provider.issuer).ok();
        let safe = issuer.as_ref().is_some_and(|url| match url.scheme() {
            "https" => url.has_host(),
            // Nothing on the way can read or change it.
            "http" => url.host_str() == Some("localhost"),
            _ => false,
        });
        if !safe || issuer.is_some_and(|url| url.query().is_some() || url.fragment().is_some()) {
            let what = format!("found `{}`, expected an address that begins with https://", provider.issuer);
            return Err(wrong("issuer", what));
        }
        for (field, value) in [("label", &provider.label), ("client_id", &provider.client_id)] {
            if value.trim().is_empty() {
                return Err(wrong(field, "is empty".to_owned()));
            }
        }
        // Addresses and names are given to somebody else when people leave; a subject never is.
        if matches!(provider.claim.as_str(), "" | "email" | "name" | "preferred_username" | "upn") {
            let what = format!(
                "found `{}`, expected a claim that is never given to another person, as `sub` or `oid`",
                provider.claim
            );
            return Err(wrong("claim", what));
        }
        let secret = secret(&provider, environment).map_err(|what| wrong("client_secret_file", what))?;
        all.push(Provider { secret, ..provider });
    }
    Ok(all)
}

fn secret(provider: &Provider, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let found = match (&provider.client_secret_file, &provider.client_secret_env) {
        (Some(file), None) => {
            std::fs::read_to_string(file).map_err(|why| format!("{}: {why}", file.display()))?
        }
        (None, Some(variable)) => {
            environment(variable).ok_or_else(|| format!("the variable {variable} is not set"))?
        }
        _ => return Err("expected this or `client_secret_env`, and not both".to_owned()),
    };
    match found.trim() {
        "" => Err("the secret is empty".to_owned()),
        secret => Ok(secret.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
version = 1
[[provider]]
id = "police"
agency = "police"
label = "Testshire Police"
issuer = "https://login.police.example/"
client_id = "throughline"
client_secret_env = "SECRET"
"#;

    fn checked(text: &str) -> Result<Vec<Provider>, String> {
        let environment = |variable: &str| (variable == "SECRET").then(|| "hush\n".to_owned());
        check(text, &Roles::built_in().unwrap(), &environment)
            .map_err(|(place, what)| format!("{place}: {what}"))
    }

    #[test]
    fn a_good_file_is_read() {
        let all = checked(GOOD).unwrap();
        assert_eq!(
            (all[0].claim.as_str(), all[0].secret.as_str(), all[0].second_factor),
            ("sub", "hush", false)
        );
        assert!(checked("version = 1").unwrap().is_empty());
    }

    #[test]
    fn whatever_is_wrong_is_named_with_its_place() {
        for (good, bad, says) in [
            ("version = 1", "version = 2", "version: found 2"),
            ("id = \"police\"", "id = \"Police\"", "provider 1, id"),
            ("agency = \"police\"", "agency = \"polise\"", "provider 1, agency: found `polise`"),
            ("https://", "http://", "provider 1, issuer"),
            ("client_id = \"throughline\"", "client_id = \" \"", "provider 1, client_id"),
            ("client_id", "claim = \"email\"\nclient_id", "provider 1, claim"),
            ("\"SECRET\"", "\"OTHER\"", "the variable OTHER is not set"),
            ("client_secret_env", "client_secret_file", "client_secret_file"),
            ("client_secret_env = \"SECRET\"", "", "and not both"),
            ("label", "lable", "syntax"),
        ] {
            assert!(GOOD.contains(good), "{good}");
            let told = checked(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert!(told.contains(says), "{told}");
        }
        let twice = format!("{GOOD}{}", GOOD.replace("version = 1", ""));
        assert!(checked(&twice).unwrap_err().contains("provider 2, id"));
    }
}
