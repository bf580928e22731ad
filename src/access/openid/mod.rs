//! Signing in through one's own agency (OpenID Connect): the code flow with PKCE. The agency says who somebody is; who
//! may come in here, and as what, is decided by the accounts that were made here before.

mod settings;
mod web;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use throughline_domain::staff::Roles;

pub use settings::{Provider, SettingsError};

use super::drafts::DraftError;
use super::passwords::HashingError;
use super::site::Site;
use super::slips::Slips;
use web::Web;

/// Clocks of two machines may differ by as much.
const SKEW: Duration = Duration::from_secs(60);
/// What an agency said about itself is asked for again after so long, in milliseconds.
const FRESH: i64 = 5 * 60 * 1000;
/// Where none came, it is asked again after so long: whoever loads the page often must not make us ask often.
const FAILED: i64 = 10 * 1000;
/// What a slip is bound to besides the cookie it is kept in.
const BOUND: &str = "agency";
/// Signatures that count: those with a public key only.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What else an agency's server says about itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct More {
    end_session_endpoint: Option<Url>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for More {}

/// Claims of any name: which one counts is a setting.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}
impl AdditionalClaims for Claims {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Tokens = StandardTokenResponse<
    IdTokenFields<
        Claims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type AgencyClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What an agency said about itself, and when it was asked; nothing when it did not answer.
type Known = Option<(i64, Option<Arc<Metadata>>)>;

/// Every agency that signs its people in itself.
pub struct Agencies {
    all: Vec<Provider>,
    slips: Slips,
    web: Web,
    known: HashMap<String, Mutex<Known>>,
}

/// What must be remembered while somebody is at their agency.
#[derive(Serialize, Deserialize)]
struct Away {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    before: Option<String>,
}

/// Where somebody goes, and what their browser keeps meanwhile.
pub struct Leaving {
    /// The agency's address.
    pub to: String,
    /// The slip to keep.
    pub slip: String,
}

/// What they come back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Returned {
    /// What they were given to bring back.
    pub state: String,
    code: String,
    iss: Option<String>,
}

/// Who an agency says somebody is.
pub struct Proof<'a> {
    /// Which agency.
    pub provider: &'a Provider,
    /// By what it knows them.
    pub subject: String,
    /// Their session from before, for what they were writing.
    pub before: Option<String>,
}

/// Why somebody cannot be sent to their agency.
#[derive(Debug, thiserror::Error)]
pub enum AwayError {
    /// It does not answer, or not as it must.
    #[error("the agency’s sign-in cannot be reached")]
    Unreachable,
    /// A fault of this program.
    #[error(transparent)]
    Ours(#[from] DraftError),
}

impl Agencies {
    /// Those that the area's folder names.
    pub fn open(folder: &Path, roles: &Roles) -> Result<Self, AgenciesError> {
        let all = settings::read(folder, roles)?;
        let known = all.iter().map(|one| (one.id.clone(), Mutex::default())).collect();
        Ok(Self { all, slips: Slips::new()?, web: Web::default(), known })
    }

    /// All of them.
    pub fn all(&self) -> &[Provider] {
        &self.all
    }

    /// One of them.
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.all.iter().find(|one| one.id == id)
    }

    /// Where to send somebody who wants to sign in there.
    pub fn leave(
        &self,
        provider: &Provider,
        site: &Site,
        before: Option<&str>,
        now: i64,
    ) -> Result<Leaving, AwayError> {
        let metadata = self.metadata(provider, now).ok_or(AwayError::Unreachable)?;
        let client = client(provider, &metadata, site).ok_or(AwayError::Unreachable)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let asked = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = provider.scopes.iter().cloned().map(Scope::new);
        let (to, state, nonce) = asked.add_scopes(scopes).set_pkce_challenge(challenge).url();
        let away = Away {
            provider: provider.id.clone(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            before: before.map(str::to_owned),
        };
        let slip = self.slips.seal(away, BOUND, now)?;
        Ok(Leaving { to: to.into(), slip })
    }

    /// Who somebody is who came back; `None` when anything about it is not as it must be.
    pub fn come_back(
        &self,
        provider: &str,
        returned: &Returned,
        slip: &str,
        site: &Site,
        now: i64,
    ) -> Option<Proof<'_>> {
        let slip = self.slips.open::<Away>(slip, BOUND, now)?;
        let away = &slip.holds;
        let same_state: bool = away.state.as_bytes().ct_eq(returned.state.as_bytes()).into();
        if !same_state || away.provider != provider || !self.slips.spend(&slip, now) {
            return None;
        }
        let provider = self.get(provider)?;
        let metadata = self.metadata(provider, now)?;
        let said_by = match &returned.iss {
            Some(issuer) => *issuer == provider.issuer,
            None => !metadata.additional_metadata().authorization_response_iss_parameter_supported,
        };
        if !said_by || returned.code.is_empty() {
            return None;
        }
        let client = client(provider, &metadata, site)?;
        let tokens = client.exchange_code(AuthorizationCode::new(returned.code.clone())).ok()?;
        let tokens = tokens.set_pkce_verifier(PkceCodeVerifier::new(away.verifier.clone()));
        let tokens = tokens.request(&self.web).ok()?;
        let token = tokens.id_token()?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(|| (SystemTime::now() - SKEW).into())
            .set_issue_time_verifier_fn(|issued| {
                let limit = SystemTime::now() + SKEW;
                if SystemTime::from(issued) <= limit {
                    Ok(())
                } else {
                    Err("issued in the future".to_owned())
                }
            });
        let claims = token.claims(&verifier, &Nonce::new(away.nonce.clone())).ok();
        let Some(claims) = claims else {
            // Keys may just have changed: they are read again for whoever tries next.
            self.forget(provider);
            return None;
        };
        let subject = match provider.claim.as_str() {
            "sub" => claims.subject().to_string(),
            other => claims.additional_claims().all.get(other)?.as_str()?.to_owned(),
        };
        let before = away.before.clone();
        (!subject.is_empty()).then_some(Proof { provider, subject, before })
    }

    /// Where somebody signs out at their agency too, if it has a place for that.
    pub fn way_out(&self, provider: &Provider, site: &Site, now: i64) -> Option<String> {
        let mut to = self.metadata(provider, now)?.additional_metadata().end_session_endpoint.clone()?;
        to.query_pairs_mut()
            .append_pair("client_id", &provider.client_id)
            .append_pair("post_logout_redirect_uri", &format!("{}/sign-in", site.origin()));
        Some(to.into())
    }

    fn metadata(&self, provider: &Provider, now: i64) -> Option<Arc<Metadata>> {
        // Held while it is asked: one question is enough for all who wait.
        let mut known = self.known.get(&provider.id)?.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, found)) = known.as_ref() {
            let keeps = if found.is_some() { FRESH } else { FAILED };
            if now - at < keeps {
                return found.clone();
            }
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).ok()?;
        let found = Metadata::discover(&issuer, &self.web).map_err(|why| {
            crate::cli::log(&format!("sign-in.toml, provider `{}`: {why}", provider.id));
        });
        let found = found.ok().map(Arc::new);
        *known = Some((now, found.clone()));
        found
    }

    fn forget(&self, provider: &Provider) {
        if let Some(known) = self.known.get(&provider.id) {
            *known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

fn client(provider: &Provider, metadata: &Metadata, site: &Site) -> Option<AgencyClient> {
    let back = format!("{}/sign-in/agency/{}/back", site.origin(), provider.id);
    let (id, secret) =
        (ClientId::new(provider.client_id.clone()), ClientSecret::new(provider.secret.clone()));
    let client = AgencyClient::from_provider_metadata(metadata.clone(), id, Some(secret));
    Some(client.set_redirect_uri(RedirectUrl::new(back).ok()?))
}

/// Why the agencies' own sign-ins cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum AgenciesError {
    /// The file.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Chance.
    #[error(transparent)]
    Chance(#[from] HashingError),
}
