//! Writes the agencies' files, each in its agency's own form (`area/feeds/*.toml` say what the columns mean).

use std::fs;
use std::path::Path;

use super::World;
use crate::Outcome;

const HEADERS: &[(&str, &str)] = &[
    (
        "police/incidents.csv",
        "INCIDENT_REF,REPORTED,OCCURRED_FROM,OCCURRED_TO,OFFENCE_CODE,OFFENCE_DESC,DA_FLAG,RISK_GRADE,LOCATION,LOC_POSTCODE,BEAT,NARRATIVE,OUTCOME,LAST_UPDATED",
    ),
    (
        "police/involvements.csv",
        "INCIDENT_REF,NOMINAL_REF,ROLE,FULL_NAME,DOB,SEX,ADDRESS,POSTCODE,PHONE,PNC_ID,RELATIONSHIP,CHILD_CHECK,LAST_UPDATED",
    ),
    (
        "social_care/people.csv",
        "PersonID,LAchildID,PersonType,Surname,Forename,KnownAs,DOB,Sex,Ethnicity,NHSNumber,UPN,Address,Postcode,AddressRestricted,Relationships,FirstKnown,LastUpdated",
    ),
    (
        "social_care/visits.csv",
        "VisitID,PersonID,VisitDate,VisitType,Worker,Seen,SeenAlone,SpokenTo,Place,Note,Updated",
    ),
    (
        "schools/pupils.csv",
        "SchoolURN,SchoolName,AdmissionNo,LegalSurname,LegalForename,MiddleNames,PreferredName,UPN,DOB,Sex,EntryDate,LeavingDate,LeavingReason,Address,Postcode,AddressRestricted,Contact1Name,Contact1Relation,Contact1Phone,Contact1Added,Contact2Name,Contact2Relation,Contact2Phone,Contact2Added,Contact3Name,Contact3Relation,Contact3Phone,Contact3Added,ContactNotes,LastChanged",
    ),
    (
        "schools/concerns.csv",
        "ConcernID,SchoolURN,UPN,PupilName,LoggedAt,Category,SpokenToAlone,StaffRole,Concern,Action,Updated",
    ),
    (
        "probation/cases.csv",
        "CRN;NOMS;PNC;Surname;Forename1;Forename2;DateOfBirth;Gender;Address;Postcode;MainOffence;OrderType;OrderStart;OrderEnd;RoshLevel;DARegistration;Status",
    ),
    (
        "probation/events.csv",
        "EventID;CRN;EventDate;EventType;Outcome;Detail;ProposedAddress;ProposedPostcode;OtherResidents;Updated",
    ),
    (
        "housing/tenancies.csv",
        "TenancyRef,UPRN,PropertyAddress,Postcode,TenancyType,TenancyStart,TenancyEnd,MemberNo,MemberName,MemberDOB,RelationToTenant,MovedIn,MovedOut,AddedOn",
    ),
    (
        "housing/contacts.csv",
        "ContactRef,TenancyRef,Logged,Channel,Category,CallerName,Description,Status,Updated",
    ),
    (
        "services/referrals.csv",
        "ReferralID,Received,Source,ClientName,KnownAs,ClientDOB,Phone,ClientAddress,ClientPostcode,PersonCausingHarm,PersonCausingHarmDOB,Relationship,Children,Needs,StatedWishes,SafeContact,ConsentToShare,RiskScore,Outcome,Closed,Updated",
    ),
    (
        "services/refuge.csv",
        "PlacementID,RefugeCode,ClientName,ClientDOB,Children,Arrived,Departed,RefugeAddress,RefugePostcode,MoveOnAddress,MoveOnPostcode,Confidential",
    ),
];

impl World {
    /// Writes all files below a folder, one folder for each agency.
    pub fn write(&self, folder: &Path) -> Outcome<()> {
        for (file, rows) in &self.files {
            let path = folder.join(file);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let Some((_, header)) = HEADERS.iter().find(|(name, _)| name == file) else {
                let lines: Vec<String> = rows.iter().map(|cells| cells.concat()).collect();
                let (before, after) = match *file {
                    "social_care/cin_census.xml" => (census_head(self), "</Children></Message>\n".to_owned()),
                    _ => (String::new(), "\n".to_owned()),
                };
                fs::write(path, format!("{before}{}{after}", lines.join("\n")))?;
                continue;
            };
            let delimiter = if file.starts_with("probation/") { b';' } else { b',' };
            let mut out = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_path(path)?;
            out.write_record(header.split(char::from(delimiter)))?;
            for cells in rows {
                out.write_record(cells)?;
            }
            out.flush()?;
        }
        Ok(())
    }
}

fn census_head(world: &World) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message><Header><CollectionDetails><Collection>CIN</Collection>\
         <Year>{0}</Year><ReferenceDate>{1}</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel>\
         <LEA>999</LEA><SoftwareCode>Invented</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo>\
         <DateTime>{1}T00:10:00</DateTime></Source></Header><Children>\n",
        world.today.year(),
        super::stated(world.today)
    )
}
