//! One-time codes of an authenticator app (RFC 6238), the picture that sets it up, and recovery codes for when the
//! telephone is lost.

use data_encoding::BASE32_NOPAD;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use super::passwords::HashingError;

/// Seconds of one code.
const STEP: u64 = 30;
/// How many recovery codes are given out.
const RECOVERY: usize = 8;

/// A new secret: 160 bits, as the standard recommends.
pub fn new_secret() -> Result<[u8; 20], HashingError> {
    super::chance()
}

/// The secret as people type it into an app: groups of four.
pub fn as_text(secret: &[u8]) -> String {
    let text = BASE32_NOPAD.encode(secret);
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
    groups.join(" ")
}

/// The step whose code this is, if it is one of now, half a minute ago or in half a minute.
pub fn step_of(secret: &[u8], typed: &str, seconds: u64) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = typed.len() == 6 && typed.bytes().all(|b| b.is_ascii_digit());
    totp(secret).filter(|_| fits)?.check(&typed, seconds)
}

/// The code of a moment.
#[cfg(test)]
pub fn code_at(secret: &[u8], seconds: u64) -> String {
    totp(secret).unwrap().generate(seconds).to_string()
}

fn totp(secret: &[u8]) -> Option<Totp> {
    let secret = <[u8; 20]>::try_from(secret).ok()?;
    let builder = Builder::new().with_digits(6).with_skew(1).with_step_duration(STEP);
    builder.with_secret(secret).build().ok()
}

/// The picture that an app reads, as SVG. The area's name tells people with several accounts which is which.
pub fn picture(secret: &[u8], area: &str, user: &str) -> Option<String> {
    let word = |text: &str| crate::web::pages::stage::path(text);
    let issuer = format!("Throughline {area}");
    let address = format!(
        "otpauth://totp/{}:{}?secret={}&issuer={}",
        word(&issuer),
        word(user),
        BASE32_NOPAD.encode(secret),
        word(&issuer)
    );
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(220, 220).build())
}

/// New recovery codes, each as people write it down.
pub fn new_recovery() -> Result<Vec<String>, HashingError> {
    let one = |_| {
        let bits: [u8; 10] = super::chance()?;
        let text = BASE32_NOPAD.encode(&bits).to_lowercase();
        let groups: Vec<String> =
            text.as_bytes().chunks(4).map(|g| String::from_utf8_lossy(g).into_owned()).collect();
        Ok(groups.join("-"))
    };
    (0..RECOVERY).map(one).collect()
}

/// The hash by which a recovery code is known. 80 random bits need no slow hash.
pub fn recovery_hash(typed: &str) -> [u8; 32] {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(format!("throughline recovery 1 {}", plain.to_lowercase())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six digits.
        let secret = b"12345678901234567890";
        assert_eq!(code_at(secret, 59), "287082");
        assert_eq!(step_of(secret, "287 082", 59), Some(1));
        assert_eq!(step_of(secret, "287082", 59 + 30), Some(1), "a slow hand still gets in");
        assert_eq!(step_of(secret, "287082", 59 + 90), None);
        for odd in ["", "28708", "2870822", "28708x", "²87082"] {
            assert_eq!(step_of(secret, odd, 59), None, "{odd}");
        }
    }

    #[test]
    fn a_secret_is_shown_as_text_and_as_a_picture() {
        let secret = new_secret().unwrap();
        assert_eq!(as_text(&secret).replace(' ', "").len(), 32);
        let picture = picture(&secret, "Calder & Wick", "ruth").unwrap();
        assert!(picture.contains("<svg") && !picture.contains("<script"));
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let codes = new_recovery().unwrap();
        assert_eq!(codes.len(), 8);
        let first = &codes[0];
        assert_eq!(first.len(), 19);
        assert_eq!(recovery_hash(first), recovery_hash(&first.replace('-', " ").to_uppercase()));
        assert_ne!(recovery_hash(first), recovery_hash(&codes[1]));
    }
}
