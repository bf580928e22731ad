//! The keys of people under every rule, and which of them too many share.

use crate::blocking::{RuleCost, crowded};
use crate::keys::Keys;
use crate::parted::{Person, Words};
use crate::settings::{BlockingKey, Settings};

/// Makes the keys of people.
pub struct Keyring<'a> {
    keys: Keys<'a>,
    rules: &'a [BlockingKey],
}

impl<'a> Keyring<'a> {
    /// For the rules of some settings.
    #[must_use]
    pub fn new(words: &'a Words, settings: &'a Settings) -> Self {
        Self { keys: Keys::new(&words.tables), rules: &settings.blocking }
    }

    /// Gives the keys of somebody, each with the number of its rule.
    pub fn of(&mut self, person: &Person, put: &mut impl FnMut(u8, u64)) {
        let mut number = 0;
        self.keys.each(&person.profile, self.rules, |_, keys| {
            keys.iter().for_each(|key| put(number, *key));
            number += 1;
        });
    }
}

/// Tells which keys too many share, and what each rule costs.
#[derive(Debug)]
pub struct Crowding<'a> {
    rules: &'a [BlockingKey],
    left_out: Option<&'a [u64]>,
    /// What each rule cost so far.
    pub costs: Vec<RuleCost>,
    /// Keys left out so far.
    pub crowded: Vec<u64>,
}

impl<'a> Crowding<'a> {
    /// By some settings. `left_out` are the keys a known model leaves out, in order.
    #[must_use]
    pub fn new(settings: &'a Settings, left_out: Option<&'a [u64]>) -> Self {
        let rules = &settings.blocking;
        let costs = rules.iter().map(|rule| RuleCost { key: rule.name.clone(), ..RuleCost::default() });
        Self { rules, left_out, costs: costs.collect(), crowded: Vec::new() }
    }

    /// Whether the people who share a key are compared: all who share it must be counted.
    pub fn compares(&mut self, rule: u8, key: u64, sharing: usize) -> bool {
        let at = usize::from(rule);
        let (Some(rule), Some(cost)) = (self.rules.get(at), self.costs.get_mut(at)) else { return false };
        if sharing < 2 {
            return false;
        }
        if crowded(rule, key, sharing, self.left_out) {
            cost.crowded += 1;
            self.crowded.push(key);
            return false;
        }
        let size = sharing as u64;
        cost.groups += 1;
        cost.pairs += size * (size - 1) / 2;
        true
    }
}
