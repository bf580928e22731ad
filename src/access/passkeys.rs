//! Passkeys: keys on people's devices that sign in without a password, or take the place of a one-time code. The
//! checks themselves are `webauthn-rs`'s; here is what they are bound to: one site, one browser, one use, five minutes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use throughline_domain::staff::Account;
use throughline_store::StoredPasskey;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::accounts::{Accounts, Entered};
use super::drafts::DraftError;
use super::site::Site;
use super::slips::Slips;
use super::tells::Told;

/// How many passkeys somebody may have.
const MOST: usize = 10;

/// Why a question could not be put: a fault of this program, not of what was answered.
#[derive(Debug, thiserror::Error)]
#[error("a passkey could not be asked for: {0}")]
pub struct PasskeyError(String);

/// Checks the passkeys of one site.
pub struct Passkeys {
    webauthn: Webauthn,
    slips: Slips,
}

/// A question to the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What the browser is asked, as JSON.
    pub options: String,
    /// What comes back with the answer, sealed.
    pub state: String,
    /// The site on which the browser may answer.
    pub origin: String,
}

/// The answer to an [`Offer`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    state: String,
    answer: String,
}

impl Answer {
    /// In whose name a try counts: that of the passkey, as everybody in an office may come from one address.
    pub fn line(&self) -> String {
        let answer = serde_json::from_str::<PublicKeyCredential>(&self.answer);
        answer.map_or_else(|_| "no passkey".to_owned(), |answer| format!("passkey {}", answer.id))
    }
}

/// What was asked, and for what an answer may be used.
#[derive(Serialize, Deserialize)]
enum Asked {
    Add(Box<PasskeyRegistration>, Uuid),
    SignIn(Box<DiscoverableAuthentication>),
    Prove(Box<PasskeyAuthentication>),
}

impl Passkeys {
    /// For a site, named as people know it.
    pub fn of(host: &str, url: &Url, name: &str) -> Result<Self, DraftError> {
        let wrong = |why: &dyn std::fmt::Display| PasskeyError(why.to_string());
        let builder = WebauthnBuilder::new(host, url).map_err(|e| wrong(&e))?;
        let webauthn = builder.rp_name(name).build().map_err(|e| wrong(&e))?;
        Ok(Self { webauthn, slips: Slips::new()? })
    }

    /// Puts a question; `bound` is what an answer must come with: the cookie of a session.
    fn ask(
        &self,
        options: &impl Serialize,
        asked: Asked,
        (now, bound): (i64, &str),
    ) -> Result<(String, String), DraftError> {
        let wrong = |_| PasskeyError("it could not be written as JSON".to_owned());
        let options = serde_json::to_string(options).map_err(wrong)?;
        Ok((options, self.slips.seal(asked, bound, now)?))
    }
}

/// What binds a question to a session: never the cookie itself.
fn bound(cookie: &str) -> String {
    let digest = Sha256::digest(format!("throughline passkey 1 {cookie}"));
    data_encoding::HEXLOWER.encode(&digest)
}

/// What a question before signing in is bound to.
const NOBODY: &str = "sign-in";

fn decode(stored: &StoredPasskey) -> Result<Passkey, DraftError> {
    let odd = |_| PasskeyError("staff.db holds one that this program cannot read".to_owned());
    Ok(serde_json::from_slice(&stored.body).map_err(odd)?)
}

impl Accounts {
    /// Asks for a passkey of whoever is there: nobody is named, so nothing tells who has an account.
    pub fn ask_anybody(&self, site: &Site) -> Result<Offer, DraftError> {
        let passkeys = &site.passkeys;
        let (options, state) = passkeys.webauthn.start_discoverable_authentication().map_err(broken)?;
        let asked = Asked::SignIn(Box::new(state));
        let (options, state) = passkeys.ask(&options.public_key, asked, (self.now(), NOBODY))?;
        Ok(Offer { options, state, origin: site.origin() })
    }

    /// Asks for a passkey of this account; `None` when it has none.
    pub fn ask_for_passkey(
        &self,
        site: &Site,
        user: &str,
        cookie: &str,
    ) -> Result<Option<Offer>, DraftError> {
        let known = self.staff.passkeys(user)?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        if known.is_empty() {
            return Ok(None);
        }
        let passkeys = &site.passkeys;
        let (options, state) = passkeys.webauthn.start_passkey_authentication(&known).map_err(broken)?;
        let asked = Asked::Prove(Box::new(state));
        let bound = bound(cookie);
        let (options, state) = passkeys.ask(&options.public_key, asked, (self.now(), &bound))?;
        Ok(Some(Offer { options, state, origin: site.origin() }))
    }

    /// Asks for a new passkey; `None` when they have as many as anybody may have.
    pub fn ask_for_new_passkey(
        &self,
        site: &Site,
        account: &Account,
        cookie: &str,
    ) -> Result<Option<Offer>, DraftError> {
        let stored = self.staff.passkeys(&account.user)?;
        if stored.len() >= MOST {
            return Ok(None);
        }
        let handle = stored.first().and_then(|one| Uuid::from_slice(&one.handle).ok());
        let handle = match handle {
            Some(handle) => handle,
            None => Uuid::from_bytes(super::chance()?),
        };
        let known = stored.iter().map(|one| one.id.clone()).collect();
        let passkeys = &site.passkeys;
        let begun =
            passkeys.webauthn.start_passkey_registration(handle, &account.user, &account.name, Some(known));
        let (mut options, state) = begun.map_err(broken)?;
        // Devices that can shall remember it by themselves, so that it signs in without a name.
        if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
            selection.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        let asked = Asked::Add(Box::new(state), handle);
        let bound = bound(cookie);
        let (options, state) = passkeys.ask(&options.public_key, asked, (self.now(), &bound))?;
        Ok(Some(Offer { options, state, origin: site.origin() }))
    }

    /// Adds the passkey of an answer; `false` when it is not right.
    pub fn add_passkey(
        &self,
        site: &Site,
        (user, cookie): (&str, &str),
        label: &str,
        answer: &Answer,
    ) -> Result<bool, DraftError> {
        let (passkeys, now) = (&site.passkeys, self.now());
        let Some(question) = passkeys.slips.open::<Asked>(&answer.state, &bound(cookie), now) else {
            return Ok(false);
        };
        let Asked::Add(state, handle) = &question.holds else { return Ok(false) };
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(&answer.answer) else {
            return Ok(false);
        };
        let Ok(passkey) = passkeys.webauthn.finish_passkey_registration(&answer, state) else {
            return Ok(false);
        };
        if !passkeys.slips.spend(&question, now) {
            return Ok(false);
        }
        let odd = |_| PasskeyError("it could not be written as JSON".to_owned());
        let new = StoredPasskey {
            id: passkey.cred_id().to_vec(),
            user: user.to_owned(),
            handle: handle.as_bytes().to_vec(),
            label: label.to_owned(),
            body: serde_json::to_vec(&passkey).map_err(odd)?,
            made: now,
            used: None,
        };
        self.tell(Told::PasskeysChanged, user, user)?;
        Ok(self.staff.add_passkey(&new)?)
    }

    /// Signs in whoever the answer is of. The device has asked for its own code, finger or face: that is two proofs.
    pub fn enter_by_passkey(
        &self,
        site: &Site,
        answer: &Answer,
        before: Option<&str>,
    ) -> Result<Entered, DraftError> {
        let Some(user) = self.owner_of(site, answer)? else {
            self.tell(Told::Refused, "", "")?;
            return Ok(Entered::Refused);
        };
        let secrets = self.staff.secrets(&user)?;
        let stage = self.after_code(secrets.must_change, secrets.code.is_some());
        self.tell(Told::SignedIn, &user, &user)?;
        let cookie = self.begin(&user, stage, before)?;
        Ok(Entered::On(stage, cookie))
    }

    /// Whose passkey answered a question before signing in.
    fn owner_of(&self, site: &Site, answer: &Answer) -> Result<Option<String>, DraftError> {
        let (passkeys, now) = (&site.passkeys, self.now());
        let Some(question) = passkeys.slips.open::<Asked>(&answer.state, NOBODY, now) else {
            return Ok(None);
        };
        let Asked::SignIn(state) = &question.holds else { return Ok(None) };
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(&answer.answer) else { return Ok(None) };
        let Ok((handle, id)) = passkeys.webauthn.identify_discoverable_authentication(&answer) else {
            return Ok(None);
        };
        let Some(stored) = self.staff.passkey(id)?.filter(|one| one.handle == handle.as_bytes()) else {
            return Ok(None);
        };
        let open = self.staff.account(&stored.user)?;
        let open = open.filter(|one| !one.disabled && !one.demonstration && self.viewer(one).is_some());
        let passkey = decode(&stored)?;
        let done =
            passkeys.webauthn.finish_discoverable_authentication_v2(&answer, (**state).clone(), &passkey);
        let (Some(_), Ok(done)) = (open, done) else { return Ok(None) };
        let counted = passkeys.slips.spend(&question, now) && self.note_use(&stored, passkey, &done, now)?;
        Ok(counted.then_some(stored.user))
    }

    /// The second step, with a passkey in place of a code.
    pub fn enter_passkey(
        &self,
        site: &Site,
        user: &str,
        before: &str,
        answer: &Answer,
    ) -> Result<Entered, DraftError> {
        if !self.passkey_is_right(site, user, before, answer)? {
            self.tell(Told::Refused, user, "")?;
            return Ok(Entered::Refused);
        }
        let stage = self.after_code(self.staff.secrets(user)?.must_change, true);
        self.tell(Told::SignedIn, user, user)?;
        let cookie = self.begin(user, stage, Some(before))?;
        Ok(Entered::On(stage, cookie))
    }

    /// Whether an answer is of a passkey of this account, to a question put to this very session.
    pub fn passkey_is_right(
        &self,
        site: &Site,
        user: &str,
        cookie: &str,
        answer: &Answer,
    ) -> Result<bool, DraftError> {
        let (passkeys, now) = (&site.passkeys, self.now());
        let Some(question) = passkeys.slips.open::<Asked>(&answer.state, &bound(cookie), now) else {
            return Ok(false);
        };
        let Asked::Prove(state) = &question.holds else { return Ok(false) };
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(&answer.answer) else {
            return Ok(false);
        };
        let Ok(done) = passkeys.webauthn.finish_passkey_authentication(&answer, state) else {
            return Ok(false);
        };
        // Removed meanwhile counts as removed.
        let stored = self.staff.passkey(done.cred_id())?.filter(|one| one.user == user);
        let Some(stored) = stored else { return Ok(false) };
        let passkey = decode(&stored)?;
        Ok(passkeys.slips.spend(&question, now) && self.note_use(&stored, passkey, &done, now)?)
    }

    /// Notes the use and the counter. A counter that fell behind is a copied device: the library refuses it before.
    fn note_use(
        &self,
        stored: &StoredPasskey,
        mut passkey: Passkey,
        done: &webauthn_rs::prelude::AuthenticationResult,
        now: i64,
    ) -> Result<bool, DraftError> {
        passkey.update_credential(done);
        let odd = |_| PasskeyError("it could not be written as JSON".to_owned());
        let body = serde_json::to_vec(&passkey).map_err(odd)?;
        Ok(self.staff.use_passkey(&stored.id, &body, now)?)
    }

    /// Removes a passkey; `false` when there is none such.
    pub fn remove_passkey(&self, user: &str, id: &[u8]) -> Result<bool, DraftError> {
        self.tell(Told::PasskeysChanged, user, user)?;
        Ok(self.staff.remove_passkey(user, id)?)
    }
}

fn broken(why: webauthn_rs::prelude::WebauthnError) -> DraftError {
    PasskeyError(why.to_string()).into()
}
