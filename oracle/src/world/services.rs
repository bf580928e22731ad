//! What specialist services record: referrals; and stays in a refuge, which are confidential.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, cells, stated};

const REFERRALS: &str = "services/referrals.csv";
const REFUGE: &str = "services/refuge.csv";

impl World {
    pub(super) fn services(&mut self, family: &Family, how: Acquaintance) {
        let key = format!("SR{:06}", self.serial());
        let [client, causing, older] = [family.victim, family.harm, family.children[0]]
            .map(|who| self.or_stranger(who, Secret::Referral, family.at));
        let [victim, harm, child] = [client, causing, older].map(|who| self.person(who));
        let phone = self.phone();
        let (address, lives) = self.address();
        let [source, needs, safe, risk, outcome] = std::array::from_fn(|_| self.word());
        let wishes = self.secret(Secret::Disclosure, family.at);
        let (consent, written) = match self.chance.below(3) {
            0 => ("given", "Yes"),
            1 => ("refused", "No"),
            _ => ("not_sought", ""),
        };
        let day = how.first.strftime("%-d %b %Y").to_string();
        let updated = how.last.strftime("%-d %b %Y").to_string();
        let closed = if how.open { String::new() } else { updated.clone() };
        self.put(
            REFERRALS,
            cells(&[
                &key,
                &day,
                &format!("Friend {source}"),
                &format!("{} {}", victim.forename, victim.surname),
                "",
                &victim.born.strftime("%-d %b %Y").to_string(),
                &phone,
                &address,
                "ZX7 7ZX",
                &format!("{} {}", harm.forename, harm.surname),
                &harm.born.strftime("%-d %b %Y").to_string(),
                "Partner",
                &format!("{} {} {}", child.forename, child.surname, child.born.strftime("%d/%m/%y")),
                &format!("counselling {needs}"),
                &format!("I want {wishes}."),
                &format!("Text only {safe}"),
                written,
                &format!("18 {risk}"),
                &format!("Waiting {outcome}"),
                &closed,
                &updated,
            ]),
        );
        let mut record = Record::new(REFERRALS, key, Kind::Referral, how.first)
            .recorded_on(how.last)
            .open_if(how.open)
            .naming(client, "", &[Said::Victim], &victim.surname)
            .naming(causing, "harm", &[Said::CausingHarm], &harm.surname)
            .naming(older, "child1", &[Said::Child], &child.surname)
            .with(&phone, Piece::Living(0))
            .with(&lives, Piece::Living(0))
            .with(&source, Piece::Line)
            .with(&needs, Piece::Words)
            .with(&wishes, Piece::Words)
            .with(&safe, Piece::Safe)
            .with(&risk, Piece::Risk)
            .with(&outcome, Piece::Line);
        record.consent = consent;
        self.records.push(record);
    }

    pub(super) fn refuge(&mut self, family: &Family) {
        let key = format!("PL{:05}", self.serial());
        let stays = self.or_stranger(family.victim, Secret::Stay, family.at);
        let victim = self.person(stays);
        let hidden = self.secret(Secret::Refuge, family.at);
        let (address, word) = self.address_with(hidden);
        let (on, on_word) = family.kept.clone().unwrap_or_default();
        let code = self.word();
        let day = self.ago(60);
        self.put(
            REFUGE,
            cells(&[
                &key,
                &format!("RFG-{code}"),
                &format!("{} {}", victim.forename, victim.surname),
                &stated(victim.born),
                "",
                &stated(day),
                &stated(self.ago(10)),
                &address,
                "ZY1 1ZY",
                &on,
                "ZX9 9ZX",
                "Y",
            ]),
        );
        let mut record = Record::new(REFUGE, key, Kind::Referral, day)
            .with(&word, Piece::Kept)
            .with(&on_word, Piece::Kept)
            .with(&code, Piece::Kept);
        record.sealed = true;
        self.records.push(record);
    }
}
