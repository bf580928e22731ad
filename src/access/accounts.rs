//! Everybody who can sign in to one area, and how they prove it: password, then a one-time code. Whatever is wrong,
//! the answer and the time it takes are the same.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use throughline_domain::ids::{AgencyId, RoleId, UnitId};
use throughline_domain::looks::Looker;
use throughline_domain::sharing::{AreaKind, Viewer};
use throughline_domain::staff::{Account, Limits, Roles, Steady, user_name};
use throughline_store::{Area, SessionHash, Staff, Stage, StoreError};

use super::codes;
use super::drafts::DraftError;
use super::guessing::Guessing;
use super::keys::{self, Key, KeyError, KeyFile};
use super::openid::Proof;
use super::passwords::Hashing;
use super::tells::{Log, Tells, Told};

/// Why accounts cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Secrets could not be sealed or opened.
    #[error(transparent)]
    Secrets(#[from] DraftError),
    /// The roles.
    #[error(transparent)]
    Roles(#[from] throughline_domain::staff::RolesError),
}

/// Everybody who can sign in.
pub struct Accounts {
    /// The database.
    pub staff: Staff,
    /// What roles there are.
    pub roles: Roles,
    /// How long sessions last.
    pub limits: Limits,
    /// How fast somebody may guess.
    pub guessing: Guessing,
    /// Who keeps the book.
    tells: Arc<dyn Tells>,
    /// Where the key lies that seals secrets.
    pub key_file: KeyFile,
    pub(super) hashing: Hashing,
    /// Whether nobody in the area is real.
    invented: bool,
    clock: Mutex<Steady>,
    started: Instant,
    /// Through which agency's own sign-in sessions came.
    pub(super) ways: Mutex<HashMap<SessionHash, String>>,
    /// Secrets that somebody is setting up, by the hash of their session.
    setting_up: Mutex<HashMap<String, [u8; 20]>>,
}

/// What became of a try to sign in.
pub enum Entered {
    /// In, or on to the next step: what the browser shall hold.
    On(Stage, String),
    /// Not right.
    Refused,
}

impl Accounts {
    /// Opens the accounts of an area. An invented one has its demonstration users from the beginning.
    pub fn open(folder: &Path, area: &Area) -> Result<Self, AccountsError> {
        let invented = area.kind == AreaKind::Invented;
        let accounts = Self {
            staff: Staff::open(folder, area)?,
            roles: Roles::built_in()?,
            limits: if invented { Limits::INVENTED } else { Limits::REAL },
            guessing: Guessing::default(),
            tells: Arc::new(Log),
            key_file: KeyFile::of(folder).map_err(DraftError::from)?,
            hashing: Hashing::default(),
            invented,
            clock: Mutex::new(Steady::new(wall(), 0)),
            started: Instant::now(),
            ways: Mutex::default(),
            setting_up: Mutex::default(),
        };
        if invented {
            for account in demonstration_accounts() {
                accounts.staff.add(&account, None, false)?;
            }
        }
        accounts.seal_old_codes()?;
        Ok(accounts)
    }

    /// Secrets of an earlier version lay open: they are sealed, and what the database still remembers of them goes.
    fn seal_old_codes(&self) -> Result<(), AccountsError> {
        let mut old = self.staff.codes()?;
        old.retain(|(_, secret)| keys::is_plain(secret));
        if old.is_empty() {
            return Ok(());
        }
        let key = self.key_to_seal()?;
        for (user, secret) in &old {
            self.staff.seal_code(user, secret, &key.seal(user, secret).map_err(DraftError::from)?)?;
        }
        Ok(self.staff.settle()?)
    }

    /// The key, made where there is none yet. One that is missed is never replaced: what it sealed would be lost.
    fn key_to_seal(&self) -> Result<Key, DraftError> {
        match self.key_file.read() {
            Err(KeyError::Missing(_)) if self.staff.codes()?.iter().all(|(_, code)| keys::is_plain(code)) => {
                Ok(self.key_file.make()?)
            }
            other => Ok(other?),
        }
    }

    /// Whether codes can be checked: the key is there and opens what is sealed. An area with real people that has no
    /// key yet gets one, so that nobody is kept from setting codes up later.
    pub fn unlock(&self) -> Result<(), AccountsError> {
        let sealed = self.staff.codes()?;
        if sealed.is_empty() && self.invented {
            return Ok(());
        }
        let key = self.key_to_seal()?;
        if let Some((user, code)) = sealed.first() {
            key.open(user, code).map_err(DraftError::from)?;
        }
        Ok(())
    }

    /// Now, in milliseconds, on a clock that never goes back.
    pub fn now(&self) -> i64 {
        let counted = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).tick(wall(), counted)
    }

    /// An account as the door sees it; `None` when its role is no role of its agency any more.
    pub fn viewer(&self, account: &Account) -> Option<Viewer> {
        let role = self.roles.fitting(&account.role, &account.agency).ok()?;
        let title = account.title.trim();
        Some(Viewer {
            user: account.user.clone(),
            name: account.name.clone(),
            agency: account.agency.clone(),
            role: if title.is_empty() { role.label.clone() } else { title.to_owned() },
            role_id: account.role.clone(),
            teams: account.teams.clone(),
            units: account.units.clone(),
            rights: role.rights,
        })
    }

    /// Why an account cannot be as it is wanted: a role that answers for units, as schools are, names them where real
    /// people are concerned.
    pub fn needs_unit(&self, role: &RoleId, units: &[UnitId]) -> Option<String> {
        let by_unit = self.roles.get(role).is_some_and(|role| role.by_unit);
        (by_unit && units.is_empty() && !self.invented)
            .then(|| "Enter the number (URN) of each school they answer for".to_owned())
    }

    /// A demonstration user of an invented area, by the name they sign in with.
    pub fn demonstration(&self, user: &str) -> Result<Option<Viewer>, StoreError> {
        if !self.invented {
            return Ok(None);
        }
        let account = self.staff.account(user)?.filter(|a| a.demonstration && !a.disabled);
        Ok(account.and_then(|account| self.viewer(&account)))
    }

    /// Every demonstration user who may sign in.
    pub fn demonstration_users(&self) -> Result<Vec<Viewer>, StoreError> {
        if !self.invented {
            return Ok(Vec::new());
        }
        let order: Vec<Account> = demonstration_accounts();
        let place = |user: &str| order.iter().position(|one| one.user == user);
        let mut all = self.staff.accounts()?;
        all.retain(|account| account.demonstration && !account.disabled);
        all.sort_by_key(|account| place(&account.user));
        Ok(all.iter().filter_map(|account| self.viewer(account)).collect())
    }

    /// The first step: name and password.
    pub fn enter(&self, typed: &str, password: &str, before: Option<&str>) -> Result<Entered, DraftError> {
        let known = match user_name(typed) {
            Ok(user) => self.staff.account(&user)?,
            Err(_) => None,
        };
        let known = known.filter(|account| !account.disabled && !account.demonstration);
        let user = known.as_ref().map(|account| account.user.clone()).unwrap_or_default();
        let secrets = self.staff.secrets(&user)?;
        let right = self.hashing.is(password, secrets.password.as_deref())?;
        let Some(account) = known.filter(|account| right && self.viewer(account).is_some()) else {
            self.tell(Told::Refused, &user, "")?;
            return Ok(Entered::Refused);
        };
        let stage = match secrets.code {
            Some(_) => Stage::Code,
            None => self.after_code(secrets.must_change, false),
        };
        // In the record before there is a session: where it cannot be written, nobody comes in.
        if stage != Stage::Code {
            self.tell(Told::SignedIn, &account.user, &account.user)?;
        }
        let cookie = self.begin(&account.user, stage, before)?;
        Ok(Entered::On(stage, cookie))
    }

    /// The second step: a one-time code, or a recovery code in its place.
    pub fn enter_code(&self, user: &str, typed: &str, before: &str) -> Result<Entered, DraftError> {
        if !self.code_is_right(user, typed)? {
            self.tell(Told::Refused, user, "")?;
            return Ok(Entered::Refused);
        }
        let stage = self.after_code(self.staff.secrets(user)?.must_change, true);
        self.tell(Told::SignedIn, user, user)?;
        let cookie = self.begin(user, stage, Some(before))?;
        Ok(Entered::On(stage, cookie))
    }

    /// Signs in whom an agency vouches for, if they have an account here that was made before. Where the agency asks for
    /// no second factor, ours is still asked for.
    pub fn enter_from_agency(&self, proof: &Proof<'_>) -> Result<Entered, DraftError> {
        let mut known = self.known_outside(&proof.provider.agency, &proof.subject)?;
        known.retain(|one| !one.disabled && !one.demonstration && self.viewer(one).is_some());
        let [account] = known.as_slice() else {
            self.tell(Told::Refused, "", "")?;
            return Ok(Entered::Refused);
        };
        let secrets = self.staff.secrets(&account.user)?;
        let stage = match (proof.provider.second_factor, secrets.code.is_some()) {
            (true, _) => Stage::In,
            (false, true) => Stage::Code,
            (false, false) => self.after_code(secrets.must_change, false),
        };
        if stage != Stage::Code {
            self.tell(Told::SignedIn, &account.user, &account.user)?;
        }
        let cookie = self.begin(&account.user, stage, proof.before.as_deref())?;
        self.note_way(&cookie, &proof.provider.id);
        Ok(Entered::On(stage, cookie))
    }

    /// Who of an agency is known by this name at its own sign-in. More than one is nobody.
    pub fn known_outside(&self, agency: &AgencyId, subject: &str) -> Result<Vec<Account>, StoreError> {
        let mut all = self.staff.accounts()?;
        all.retain(|one| !subject.is_empty() && one.outside == subject && one.agency == *agency);
        Ok(all)
    }

    /// Whether a code is right; it is used up by asking.
    pub fn code_is_right(&self, user: &str, typed: &str) -> Result<bool, DraftError> {
        let Some(sealed) = self.staff.secrets(user)?.code else { return Ok(false) };
        let secret = self.key_file.read()?.open(user, &sealed)?;
        if let Some(step) = codes::step_of(&secret, typed, self.seconds()) {
            return Ok(self.staff.use_code(user, step)?);
        }
        let right = self.staff.use_recovery(user, &codes::recovery_hash(typed))?;
        if right {
            self.tell(Told::RecoveryUsed, user, user)?;
        }
        Ok(right)
    }

    /// Whether a password is right.
    pub fn password_is_right(&self, user: &str, password: &str) -> Result<bool, DraftError> {
        let secrets = self.staff.secrets(user)?;
        Ok(self.hashing.is(password, secrets.password.as_deref())?)
    }

    /// What must be set up before somebody may go on: another password, one-time codes.
    pub fn to_set_up(&self, user: &str) -> Result<(bool, bool), StoreError> {
        let secrets = self.staff.secrets(user)?;
        Ok((secrets.must_change, !self.invented && secrets.code.is_none()))
    }

    pub(super) fn after_code(&self, must_change: bool, has_code: bool) -> Stage {
        match must_change || (!self.invented && !has_code) {
            true => Stage::SettingUp,
            false => Stage::In,
        }
    }

    /// The secret that somebody is setting up in this session.
    pub fn secret_to_set_up(&self, cookie: &str) -> Result<[u8; 20], DraftError> {
        let mut all = self.setting_up.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > 1_000 {
            all.clear();
        }
        if let Some(secret) = all.get(cookie) {
            return Ok(*secret);
        }
        let secret = codes::new_secret()?;
        all.insert(cookie.to_owned(), secret);
        Ok(secret)
    }

    /// Sets codes up, once one of them was typed; gives the recovery codes.
    pub fn set_up_codes(
        &self,
        user: &str,
        cookie: &str,
        typed: &str,
    ) -> Result<Option<Vec<String>>, DraftError> {
        let secret = self.secret_to_set_up(cookie)?;
        let Some(step) = codes::step_of(&secret, typed, self.seconds()) else { return Ok(None) };
        let recovery = codes::new_recovery()?;
        let hashes: Vec<[u8; 32]> = recovery.iter().map(|code| codes::recovery_hash(code)).collect();
        let sealed = self.key_to_seal()?.seal(user, &secret)?;
        self.tell(Told::CodesChanged, user, user)?;
        self.staff.set_code(user, Some(&sealed), step, &hashes)?;
        self.setting_up.lock().unwrap_or_else(PoisonError::into_inner).remove(cookie);
        Ok(Some(recovery))
    }

    /// Has somebody keep the book of who signed in and who changed what others may do.
    #[must_use]
    pub fn told_to(mut self, tells: Arc<dyn Tells>) -> Self {
        self.tells = tells;
        self
    }

    /// Tells whoever keeps the book. Where they cannot write it down, nobody is let go on.
    pub fn tell(&self, told: Told, user: &str, by: &str) -> Result<(), StoreError> {
        self.tells.tell(told, &self.looker(user)?, &self.looker(by)?, Timestamp::now())
    }

    /// Notes for whoever runs the machine that somebody guesses too fast. Not in the book: nobody could end it.
    pub fn slowed_down(&self) {
        crate::cli::log(&format!("{} {}", Timestamp::now(), Told::SlowedDown.word()));
    }

    /// Somebody as the book names them.
    fn looker(&self, user: &str) -> Result<Looker, StoreError> {
        let account = self.staff.account(user)?;
        let viewer = account.as_ref().and_then(|account| self.viewer(account));
        Ok(match (viewer, account) {
            (Some(viewer), _) => Looker::from(&viewer),
            (None, Some(account)) => {
                Looker { user: account.user, agency: account.agency, role: account.role.as_str().to_owned() }
            }
            (None, None) => Looker { user: user.to_owned(), ..Looker::default() },
        })
    }

    fn seconds(&self) -> u64 {
        u64::try_from(self.now() / 1000).unwrap_or(0)
    }
}

fn wall() -> i64 {
    Timestamp::now().as_millisecond()
}

/// People who may sign in to an invented area, one of each kind of agency.
pub fn demonstration_accounts() -> Vec<Account> {
    [
        ("head", "Head of safeguarding", "social_care", "head_of_safeguarding"),
        ("police", "Detective sergeant", "police", "domestic_abuse_officer"),
        ("health", "Named nurse", "health", "safeguarding_nurse"),
        ("school", "Safeguarding lead", "schools", "designated_safeguarding_lead"),
        ("probation", "Probation practitioner", "probation", "offender_manager"),
        ("housing", "Housing officer", "housing", "tenancy_officer"),
        ("services", "Domestic abuse adviser", "services", "independent_adviser"),
    ]
    .into_iter()
    .map(|(user, name, agency, role)| Account {
        user: user.to_owned(),
        name: name.to_owned(),
        agency: agency.into(),
        role: role.into(),
        demonstration: true,
        ..Account::default()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sessions::Found;
    use super::*;

    fn accounts(kind: AreaKind) -> (tempfile::TempDir, Accounts) {
        let folder = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(folder.path(), &Area { name: "Testshire".into(), kind }).unwrap();
        let ruth = Account {
            user: "ruth".into(),
            name: "Ruth".into(),
            agency: "police".into(),
            role: "response_officer".into(),
            ..Account::default()
        };
        accounts.staff.add(&ruth, None, false).unwrap();
        accounts.change_password("ruth", "correct horse battery", false, None).unwrap();
        (folder, accounts)
    }

    fn stage(entered: Entered) -> Option<Stage> {
        match entered {
            Entered::On(stage, _) => Some(stage),
            Entered::Refused => None,
        }
    }

    #[test]
    fn every_demonstration_user_fits_their_role() {
        let (_folder, accounts) = accounts(AreaKind::Invented);
        let users = accounts.demonstration_users().unwrap();
        assert_eq!(users.len(), demonstration_accounts().len());
        assert_eq!(users[0].role, "Head of safeguarding");
        assert!(users[0].rights.administers && !users[4].rights.decides_links);
        accounts.staff.change("police", |account| account.disabled = true).unwrap();
        assert!(accounts.demonstration("police").unwrap().is_none());
        assert!(accounts.demonstration("ruth").unwrap().is_none(), "others have a password");
    }

    #[test]
    fn a_real_area_has_no_demonstration_users_and_wants_codes() {
        let (_folder, accounts) = accounts(AreaKind::Real);
        assert!(accounts.demonstration_users().unwrap().is_empty());
        let entered = accounts.enter("Ruth ", "correct horse battery", None).unwrap();
        let Entered::On(Stage::SettingUp, cookie) = entered else { panic!("codes must be set up first") };
        let secret = accounts.secret_to_set_up(&cookie).unwrap();
        assert!(accounts.set_up_codes("ruth", &cookie, "no code").unwrap().is_none());
        let code = codes::code_at(&secret, accounts.seconds());
        let recovery = accounts.set_up_codes("ruth", &cookie, &code).unwrap().unwrap();
        assert_eq!(stage(accounts.enter("ruth", "correct horse battery", None).unwrap()), Some(Stage::Code));
        assert!(!accounts.code_is_right("ruth", &code).unwrap(), "a code counts once");
        assert_eq!(stage(accounts.enter_code("ruth", &recovery[0], &cookie).unwrap()), Some(Stage::In));
        assert_eq!(stage(accounts.enter_code("ruth", &recovery[0], &cookie).unwrap()), None);
    }

    #[test]
    fn secrets_that_lay_open_are_sealed_and_a_key_is_never_replaced() {
        let (folder, accounts) = accounts(AreaKind::Real);
        accounts.staff.set_code("ruth", Some(&[7; 20]), 0, &[]).unwrap();
        drop(accounts);
        let area = Area { name: "Testshire".into(), kind: AreaKind::Real };
        let accounts = Accounts::open(folder.path(), &area).unwrap();
        assert!(!keys::is_plain(&accounts.staff.secrets("ruth").unwrap().code.unwrap()));
        for file in ["staff.db", "staff.db-wal"] {
            let stored = std::fs::read(folder.path().join(file)).unwrap_or_default();
            assert!(!stored.windows(20).any(|some| some == [7; 20]), "{file}");
        }
        let code = codes::code_at(&[7; 20], accounts.seconds());
        assert!(accounts.code_is_right("ruth", &code).unwrap());
        accounts.unlock().unwrap();

        std::fs::remove_file(accounts.key_file.path()).unwrap();
        for _ in 0..2 {
            let missing = accounts.unlock().unwrap_err().to_string();
            assert!(missing.contains(".key is not there"), "{missing}");
        }
        assert!(accounts.code_is_right("ruth", &code).is_err());
        accounts.staff.set_code("ruth", None, 0, &[]).unwrap();
        accounts.unlock().unwrap();
        assert!(accounts.key_file.path().exists(), "nobody has codes: a new one is made");
        std::fs::remove_file(accounts.key_file.path()).unwrap();
    }

    #[test]
    fn whatever_is_wrong_is_refused_alike() {
        let (_folder, accounts) = accounts(AreaKind::Invented);
        for (user, password) in [
            ("ruth", "wrong horse battery"),
            ("nobody", "correct horse battery"),
            ("head", ""),
            ("' or 1=1", "x"),
            ("", ""),
        ] {
            assert_eq!(stage(accounts.enter(user, password, None).unwrap()), None, "{user}");
        }
        accounts.staff.change("ruth", |account| account.disabled = true).unwrap();
        assert_eq!(stage(accounts.enter("ruth", "correct horse battery", None).unwrap()), None);
    }

    #[test]
    fn whoever_is_disabled_is_out_on_the_next_request() {
        let (_folder, accounts) = accounts(AreaKind::Invented);
        let entered = accounts.enter("ruth", "correct horse battery", None).unwrap();
        let Entered::On(Stage::In, cookie) = entered else { panic!("an invented area asks for no code") };
        assert!(matches!(accounts.find(&cookie).unwrap(), Found::Holds(_)));
        accounts.staff.change("ruth", |account| account.disabled = true).unwrap();
        assert!(matches!(accounts.find(&cookie).unwrap(), Found::Over(user) if user == "ruth"));
        accounts.staff.change("ruth", |account| account.disabled = false).unwrap();
        assert!(matches!(accounts.find(&cookie).unwrap(), Found::Over(_)), "and stays out");
        assert!(matches!(accounts.find("guessed").unwrap(), Found::Unknown));
    }
}
