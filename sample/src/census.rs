//! The children-in-need census: one XML element for each child with a referral.

use std::fmt::Write as _;

use crate::build::Maker;
use crate::calendar::{plus, working};
use crate::case::{Case, Level, Referral};
use crate::export::{Exports, FileId, Row};
use crate::people::Px;
use crate::social_care::{census_sex, ethnicity};

/// The authority's id of a child.
pub(crate) fn child_id(social: u32) -> String {
    format!("OST{social}")
}

/// What stands before the first child.
pub(crate) fn head(make_until: jiff::civil::Date, authority: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message>\n  <Header>\n    <CollectionDetails>\n      \
         <Collection>CIN</Collection>\n      <Year>{year}</Year>\n      <ReferenceDate>{make_until}</ReferenceDate>\n    \
         </CollectionDetails>\n    <Source>\n      <SourceLevel>L</SourceLevel>\n      <LEA>{authority}</LEA>\n      \
         <SoftwareCode>InventedCMS</SoftwareCode>\n      <Release>1</Release>\n      <SerialNo>001</SerialNo>\n      \
         <DateTime>{make_until}T05:40:00</DateTime>\n    </Source>\n  </Header>\n  <Children>\n",
        year = make_until.year()
    )
}

/// What stands after the last child.
pub(crate) const TAIL: &str = "  </Children>\n</Message>\n";

/// Writes an element for every child with a referral.
pub(crate) fn write(case: &Case, make: &mut Maker<'_>, out: &mut Exports) {
    let mut children: Vec<Px> = case.referrals.iter().flat_map(|r| r.children.iter().copied()).collect();
    children.sort();
    children.dedup();
    for child in children {
        let p = case.person(child);
        let Some(social) = p.social else { continue };
        let key = child_id(social);
        let mut xml = String::with_capacity(2000);
        let mut line = |depth: usize, text: String| {
            let _ = writeln!(xml, "{:width$}{text}", "", width = depth * 2);
        };
        line(2, "<Child>".into());
        line(3, "<ChildIdentifiers>".into());
        line(4, element("LAchildID", &key));
        match p.upn.as_ref().filter(|_| make.dice.chance(80)) {
            Some(upn) => line(4, element("UPN", upn)),
            None => line(4, element("UPNunknown", if p.unborn { "UN7" } else { "UN1" })),
        }
        let born = if p.unborn { "ExpectedPersonBirthDate" } else { "PersonBirthDate" };
        line(4, element(born, &p.born.to_string()));
        line(4, element("Sex", census_sex(p)));
        line(3, "</ChildIdentifiers>".into());
        line(3, "<ChildCharacteristics>".into());
        let culture = make.words.names.culture.get(p.culture).map_or("", |culture| &culture.name);
        line(4, element("Ethnicity", ethnicity(culture)));
        line(4, "<Disabilities>".into());
        let disability =
            if make.dice.chance(8) { make.dice.of(&["AUT", "BEH", "COMM", "LD"]) } else { "NONE" };
        line(5, element("Disability", disability));
        line(4, "</Disabilities>".into());
        line(3, "</ChildCharacteristics>".into());
        let mine: Vec<&Referral> = case.referrals.iter().filter(|r| r.children.contains(&child)).collect();
        for (before, referral) in mine.iter().enumerate() {
            details(referral, before, make, &mut line);
        }
        line(2, "</Child>".into());
        let first = mine.first().map_or(make.window.until, |r| r.on);
        out.push(FileId::Census, Row::text(first.at(0, 0, 0, 0), key, xml).about(p.id));
    }
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{text}</{name}>")
}

fn details(r: &Referral, before: usize, make: &mut Maker<'_>, line: &mut impl FnMut(usize, String)) {
    let until = make.window.until;
    let dice = &mut *make.dice;
    line(3, "<CINdetails>".into());
    line(4, element("CINreferralDate", &r.on.to_string()));
    line(4, element("ReferralSource", r.source));
    if r.level > Level::NoAction {
        line(4, element("PrimaryNeedCode", dice.of(&["N1", "N1", "N1", "N5"])));
    }
    if let Some(closed) = r.closed {
        line(4, element("CINclosureDate", &closed.to_string()));
        let reason = if r.level == Level::NoAction { "RC9" } else { dice.of(&["RC8", "RC8", "RC7"]) };
        line(4, element("ReasonForClosure", reason));
    }
    if r.level > Level::NoAction {
        line(4, "<Assessments>".into());
        line(5, element("AssessmentActualStartDate", &working(plus(r.on, 2)).to_string()));
        let authorised = working(plus(r.on, dice.between(28, 60)));
        if authorised <= r.closed.unwrap_or(until).min(until) {
            line(5, element("AssessmentAuthorisationDate", &authorised.to_string()));
        }
        line(5, "<FactorsIdentifiedAtAssessment>".into());
        let mut factors = vec![if dice.chance(85) { "3B" } else { "4B" }];
        if dice.chance(45) {
            factors.push("3A");
        }
        factors.push(dice.of(&["1B", "2B", "4B", "16A", "17A"]));
        factors.dedup();
        for factor in factors {
            line(6, element("AssessmentFactors", factor));
        }
        line(5, "</FactorsIdentifiedAtAssessment>".into());
        line(4, "</Assessments>".into());
    }
    let end = r.closed.filter(|closed| *closed <= until);
    let planned = working(plus(r.on, 40));
    if r.level == Level::InNeed && planned <= until {
        line(4, "<CINPlanDates>".into());
        line(5, element("CINPlanStartDate", &planned.to_string()));
        if let Some(end) = end {
            line(5, element("CINPlanEndDate", &end.to_string()));
        }
        line(4, "</CINPlanDates>".into());
    }
    if r.level == Level::Protection {
        let start = working(plus(r.on, 1));
        let conference = working(plus(r.on, 15));
        line(4, "<Section47>".into());
        line(5, element("S47ActualStartDate", &start.to_string()));
        line(5, element("InitialCPCtarget", &working(plus(start, 21)).to_string()));
        if conference <= until {
            line(5, element("DateOfInitialCPC", &conference.to_string()));
        }
        line(5, element("ICPCnotRequired", "false"));
        line(4, "</Section47>".into());
        line(4, element("ReferralNFA", "false"));
        if conference <= until {
            line(4, "<ChildProtectionPlans>".into());
            line(5, element("CPPstartDate", &conference.to_string()));
            if let Some(end) = end {
                line(5, element("CPPendDate", &end.to_string()));
            }
            let category = dice.of(&["EMO", "EMO", "PHY", "NEG"]);
            line(5, element("InitialCategoryOfAbuse", category));
            line(5, element("LatestCategoryOfAbuse", category));
            line(5, element("NumberOfPreviousCPP", if before > 1 { "1" } else { "0" }));
            line(4, "</ChildProtectionPlans>".into());
        }
    } else {
        let no_action = if r.level == Level::NoAction { "true" } else { "false" };
        line(4, element("ReferralNFA", no_action));
    }
    line(3, "</CINdetails>".into());
}
