//! What is told about signing in, for whoever keeps the book. Nothing here says what anybody looked at.

use jiff::Timestamp;
use throughline_domain::looks::Looker;
use throughline_store::StoreError;

/// Something that happened to an account or a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Signed in.
    SignedIn,
    /// A password or code was not right, or the account is closed.
    Refused,
    /// Had to come back later.
    SlowedDown,
    /// Signed out.
    SignedOut,
    /// Signed out everywhere.
    SignedOutEverywhere,
    /// Gave the password or a code again.
    SteppedUp,
    /// Used a recovery code.
    RecoveryUsed,
    /// The password changed.
    PasswordChanged,
    /// One-time codes were set up or taken away.
    CodesChanged,
    /// A passkey was added or removed.
    PasskeysChanged,
    /// An account was added.
    Added,
    /// An account got another role, team or state.
    Changed,
    /// A person was allocated, or an allocation ended.
    Allocated,
    /// A conflict was declared or a bar set or ended.
    Barred,
}

impl Told {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Refused => "sign_in_refused",
            Self::SlowedDown => "sign_in_slowed_down",
            Self::SignedOut => "signed_out",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::SteppedUp => "stepped_up",
            Self::RecoveryUsed => "recovery_code_used",
            Self::PasswordChanged => "password_changed",
            Self::CodesChanged => "codes_changed",
            Self::PasskeysChanged => "passkeys_changed",
            Self::Added => "account_added",
            Self::Changed => "account_changed",
            Self::Allocated => "allocation_changed",
            Self::Barred => "bar_changed",
        }
    }
}

/// Keeps the book of sign-ins. `whose` is the account it happened to, and empty where nobody has that name; `by` is who
/// did it.
pub trait Tells: Send + Sync {
    /// Something happened. Where it cannot be written down, whoever did it is not let go on.
    fn tell(&self, told: Told, whose: &Looker, by: &Looker, at: Timestamp) -> Result<(), StoreError>;
}

/// A line in the log of the machine for what somebody should notice, without any name.
pub struct Log;

impl Tells for Log {
    fn tell(&self, told: Told, _whose: &Looker, _by: &Looker, at: Timestamp) -> Result<(), StoreError> {
        if matches!(told, Told::Refused | Told::SlowedDown | Told::RecoveryUsed) {
            crate::cli::log(&format!("{at} {}", told.word()));
        }
        Ok(())
    }
}
