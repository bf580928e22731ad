//! How this program asks an agency's sign-in server: over TLS with the roots the machine trusts, no redirects, little
//! patience, and no long answers.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, SyncHttpClient};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST: u64 = 1024 * 1024;

/// Asks over the network.
pub struct Web(Agent);

impl Default for Web {
    fn default() -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider);
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false);
        Self(config.build().into())
    }
}

impl SyncHttpClient for Web {
    type Error = ureq::Error;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let answer = match request.body().is_empty() {
            true => self.0.run(request.map(drop))?,
            false => self.0.run(request)?,
        };
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(LONGEST).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, body))
    }
}
