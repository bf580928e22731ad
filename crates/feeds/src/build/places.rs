//! Where people live. A place that somebody asked to be kept becomes an id here, before anything else sees it.

use sha2::{Digest, Sha256};
use throughline_domain::fact::KeptPlace;
use throughline_domain::ids::KeptPlaceId;
use throughline_domain::record::{Address, Basis, Place, Residence};

use super::record::{Builder, hex};
use crate::mapping::feed::PlaceRule;
use crate::mapping::words::Words;
use crate::value::address::{Written, read};

fn no_words(_: &Words, _: &str) -> Option<Basis> {
    None
}

impl Builder<'_> {
    pub(super) fn residences(&mut self) {
        let shape = self.shape;
        for rule in &shape.residences {
            self.each(rule.each, &mut |builder, ordinal| {
                if !builder.cells.holds(&rule.when) {
                    return;
                }
                let Some(who) = builder.who(&rule.who, ordinal) else { return };
                let Some(basis) = builder.choose(&rule.basis, no_words) else { return };
                let custody = builder.is_custody(&rule.place);
                let Some(place) = builder.place(&rule.place) else { return };
                let cells = &builder.cells;
                let residence = Residence {
                    who,
                    place,
                    from: cells.when(rule.from),
                    to: cells.when(rule.to),
                    told: cells.when(rule.told),
                    basis: if custody { Basis::Custody } else { basis },
                };
                builder.record.residences.push(residence);
            });
        }
    }

    fn address_text(&self, rule: &PlaceRule) -> String {
        rule.address.whatever_is_there(&|at| self.cells.text(at)).unwrap_or_default()
    }

    fn is_custody(&self, rule: &PlaceRule) -> bool {
        self.feed.words.is_custody(&self.address_text(rule))
    }

    /// A place, or the id of a kept one; nothing when the row tells of none.
    pub(super) fn place(&mut self, rule: &PlaceRule) -> Option<Place> {
        let cell = |at: Option<usize>| at.map_or("", |at| self.cells.text(at));
        let lines = self.address_text(rule);
        let written = read(&lines, cell(rule.postcode), cell(rule.uprn), &self.feed.words);
        let asked = !rule.kept_when.is_empty() && self.cells.holds(&rule.kept_when);
        match written {
            Written::Address(address) if !asked && !self.feed.sealed => Some(Place::Known(address)),
            Written::Address(address) => Some(self.keep(address, &rule.why)),
            Written::Withheld(address) => Some(self.keep(address, "withheld in the agency's own record")),
            // Marked, but the address itself was not sent: that there is one to keep is told all the same.
            Written::Nothing if asked => Some(self.keep(Address::default(), &rule.why)),
            Written::Nothing => None,
        }
    }

    fn keep(&mut self, address: Address, why: &str) -> Place {
        if let Some(known) = self.kept.iter().find(|kept| kept.address == address && kept.why == why) {
            return Place::Kept(known.id.clone());
        }
        // Made of the row, not of the address: the id must not be a way to guess at the place.
        let mut hash = Sha256::new();
        for part in ["kept place", self.record.feed.as_str(), &self.record.row_key, &self.stamp] {
            hash.update(part.as_bytes());
            hash.update([31]);
        }
        hash.update(self.kept.len().to_string().as_bytes());
        let digits = hex(&hash.finalize());
        let id = KeptPlaceId::from(format!("kept-{}", digits.get(..20).unwrap_or_default()));
        self.kept.push(KeptPlace { id: id.clone(), address, why: why.to_owned() });
        Place::Kept(id)
    }
}
