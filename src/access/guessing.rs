//! How fast somebody may try to sign in: one account from one address, one account from everywhere, one address for
//! all accounts. Names are kept as hashes, in memory, and no more than a bounded number of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use throughline_domain::staff::{Line, Pace, Turn};

/// Lines that are remembered at most; the oldest go first.
const MOST: usize = 20_000;

type Key = [u8; 32];

/// Everybody's lines.
#[derive(Default)]
pub struct Guessing(Mutex<HashMap<Key, (Line, Pace)>>);

impl Guessing {
    /// Takes a place for a try and says how long to wait, or when to come back.
    pub fn take(&self, user: &str, from: IpAddr, now: i64) -> Turn {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() > MOST {
            lines.retain(|_, (line, pace)| !line.is_old(now, pace));
        }
        if lines.len() > MOST {
            lines.clear();
        }
        let mut longest = 0;
        for (key, pace) in keys(user, from) {
            let (line, _) = lines.entry(key).or_insert((Line::default(), pace));
            match line.take(now, &pace) {
                Turn::After(wait) => longest = longest.max(wait),
                come_back @ Turn::ComeBack(_) => return come_back,
            }
        }
        Turn::After(longest)
    }

    /// A try was right: this account from this address starts anew.
    pub fn succeed(&self, user: &str, from: IpAddr) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((key, _)) = keys(user, from).first() {
            lines.remove(key);
        }
    }
}

/// The lines of a try, the narrowest first, so that who is stopped there does not lengthen the others.
fn keys(user: &str, from: IpAddr) -> [(Key, Pace); 3] {
    let user = user.trim().to_lowercase();
    // Whoever has one IPv6 address has all of its network.
    let from = match from {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    };
    let key = |text: String| Sha256::digest(text).into();
    [
        (key(format!("one\0{user}\0{from}")), Pace::ONE),
        (key(format!("account\0{user}")), Pace::ACCOUNT),
        (key(format!("address\0{from}")), Pace::ADDRESS),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn somebody_guessing_elsewhere_does_not_keep_the_owner_out() {
        let guessing = Guessing::default();
        for _ in 0..50 {
            guessing.take("ruth", THERE, 1_000);
        }
        assert!(matches!(guessing.take("ruth", THERE, 1_000), Turn::ComeBack(_)));
        assert_eq!(guessing.take("ruth", HERE, 1_000), Turn::After(0));
        guessing.succeed("ruth", HERE);
        assert!(
            matches!(guessing.take("Ruth ", THERE, 1_000), Turn::ComeBack(_)),
            "spelling changes nothing"
        );
    }

    #[test]
    fn names_that_nobody_has_wait_like_those_that_somebody_has() {
        let turns = |user: &str| {
            let guessing = Guessing::default();
            (0..12).map(|n| guessing.take(user, HERE, n)).collect::<Vec<_>>()
        };
        assert_eq!(turns("ruth"), turns("nobody"));
    }

    #[test]
    fn memory_is_bounded() {
        let guessing = Guessing::default();
        for n in 0..30_000 {
            guessing.take(&format!("user{n}"), HERE, i64::from(n));
        }
        assert!(guessing.0.lock().unwrap().len() <= MOST + 3);
    }
}
