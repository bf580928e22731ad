//! One invented row per kind of file, and all that is made of it. A change of a mapping shows here.

use super::{Given, file};

/// Record, kept places and warnings of the rows of a file.
fn shown(given: &Given) -> String {
    let mut out = String::new();
    for row in &given.good {
        let record = serde_json::to_string_pretty(&row.record).unwrap();
        let times = format!("stamp {:?} happened {:?} recorded {:?}", row.stamp, row.happened, row.recorded);
        let kept: Vec<_> =
            row.kept.iter().map(|kept| format!("{} {:?} ({})", kept.id, kept.address, kept.why)).collect();
        out.push_str(&format!(
            "{} line {} {times}\n{record}\nkept {kept:#?}\nwarnings {:#?}\n",
            row.key, row.line, row.warnings
        ));
    }
    for row in &given.bad {
        out.push_str(&format!("BAD {row:#?}\n"));
    }
    out
}

macro_rules! sample {
    ($test:ident, $file:literal, $text:expr) => {
        #[test]
        fn $test() {
            insta::assert_snapshot!(shown(&file($file, $text)));
        }
    };
}

sample!(
    police_incident,
    "police/incidents.csv",
    "INCIDENT_REF,REPORTED,OCCURRED_FROM,OCCURRED_TO,OFFENCE_CODE,OFFENCE_DESC,DA_FLAG,RISK_GRADE,LOCATION,LOC_POSTCODE,BEAT,NARRATIVE,OUTCOME,LAST_UPDATED\r\n\
    99/000001/24,04/11/2024 03:00,04/11/2024 02:43,,10501,COMMON ASSAULT AND BATTERY,Y,STANDARD,\"7 Elm Row, Overby\",hd181aa,C1,\"SUS (husband) shouted, then left.\",NFA,05/11/2024 06:46\r\n"
);

sample!(
    police_involvement,
    "police/involvements.csv",
    "INCIDENT_REF,NOMINAL_REF,ROLE,FULL_NAME,DOB,SEX,ADDRESS,POSTCODE,PHONE,PNC_ID,RELATIONSHIP,CHILD_CHECK,LAST_UPDATED\r\n\
    99/000001/24,N1,SUS,\"MOSS, Tom Alan\",24/10/1977,M,\"7 ELM ROW, OVERBY\",HD18 1AA,+44 7700 900123,1979/0163001B,sep. husband,,05/11/2024 06:46\r\n\
    99/000001/24,N2,CHP,\"MOSS, UNK\",01/01/1900,F,CONFIDENTIAL,,,,daughter,S2,05/11/2024 06:46\r\n"
);

sample!(
    social_care_person,
    "social_care/people.csv",
    "PersonID,LAchildID,PersonType,Surname,Forename,KnownAs,DOB,Sex,Ethnicity,NHSNumber,UPN,Address,Postcode,AddressRestricted,Relationships,FirstKnown,LastUpdated\n\
    501,C501,CHILD,Moss,Ada May,Addie,08-Dec-2013,F,WBRI,943 476 5870,B801200005001,\"7 Elm Row, Overby\",HD18 1AA,Y,MOTHER:502|MOTHER'S PARTNER:503,13-May-2024,26-Jul-2024 10:41\n\
    504,C504,CHILD,Moss,Baby,,20-Sep-2024,U,,9434765871,,,,Y,,13-May-2024,26-Jul-2024 10:41\n"
);

sample!(
    social_care_visit,
    "social_care/visits.csv",
    "VisitID,PersonID,VisitDate,VisitType,Worker,Seen,SeenAlone,SpokenTo,Place,Note,Updated\n\
    V1,501,13-Nov-2024 11:11,CIN,Jo Reed,Y,N,,Home,Ada seen with parent in the room.,14-Nov-2024 14:42\n"
);

sample!(
    health,
    "health/bundle.ndjson",
    concat!(
        r#"{"resourceType":"Patient","id":"p1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00","security":[{"code":"R"}]},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"943 476 5870"}],"name":[{"use":"official","family":"MOSS","given":["Ann","May"],"prefix":["Mrs"]},{"use":"maiden","family":"Reed"},{"use":"nickname","given":["Annie"]}],"telecom":[{"system":"phone","value":"07700 900123"},{"system":"email","value":"x@example.org"}],"gender":"female","birthDate":"1990-05-01","address":[{"line":["7 Elm Row"],"city":"Overby","postalCode":"HD18 1AA","period":{"start":"2020-01-01"}}]}"#,
        "\n",
        r#"{"resourceType":"RelatedPerson","id":"r1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"patient":{"reference":"Patient/p1"},"relationship":[{"coding":[{"code":"DOMPART"}],"text":"FOB"}],"name":[{"family":"Moss","given":["TBC"]}],"gender":"male","birthDate":"1989","period":{"start":"2024-07-01"}}"#,
        "\n",
        r#"{"resourceType":"Encounter","id":"e1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"status":"finished","class":{"code":"HH"},"type":[{"text":"6-8 week review"}],"subject":{"reference":"Patient/p9"},"period":{"start":"2024-07-01T09:08:00+01:00","end":"2024-07-01T10:08:00+01:00"},"reasonCode":[{"text":"6-8 week review"}],"text":{"div":"<div>Mother out of room for part, child spoken to.</div>"},"serviceProvider":{"display":"0-19 Service"}}"#,
        "\n",
        r#"{"resourceType":"Condition","id":"c1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"77386006"}],"text":"Pregnancy"},"subject":{"reference":"Patient/p1"},"onsetDateTime":"2024-04-01","recordedDate":"2024-07-01T10:08:00+01:00","note":[{"text":"EDD 06/01/2025"}]}"#,
        "\n",
        r#"{"resourceType":"QuestionnaireResponse","id":"q1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"},"subject":{"reference":"Patient/p1"},"authored":"2024-07-01T10:00:00+01:00","author":{"display":"Jo Reed"},"item":[{"linkId":"re1","answer":[{"valueCoding":{"code":"not-asked"}}]},{"linkId":"re2","answer":[{"valueString":"Partner present"}]}]}"#,
        "\n",
        r#"{"resourceType":"Flag","id":"f1","status":"active","code":{"text":"See safeguarding tab"},"subject":{"reference":"Patient/p1"}}"#,
        "\n",
        r#"{"resourceType":"Basic","id":"b1","meta":{"lastUpdated":"2024-07-01T10:08:00+01:00"}}"#,
        "\n",
    )
);

sample!(
    census,
    "social_care/cin_census.xml",
    r#"<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection></CollectionDetails><Source><DateTime>2024-10-31T06:10:00</DateTime></Source></Header>
<Children>
<Child><ChildIdentifiers><LAchildID>C501</LAchildID><UPN>B801200005001</UPN><PersonBirthDate>2013-12-08</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<CINdetails><CINreferralDate>2024-05-13</CINreferralDate><ReferralSource>6</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
<Assessments><AssessmentActualStartDate>2024-05-14</AssessmentActualStartDate><FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>4A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
<Section47><S47ActualStartDate>2024-05-20</S47ActualStartDate><ICPCnotRequired>true</ICPCnotRequired></Section47>
<CINPlanDates><CINPlanStartDate>2024-06-01</CINPlanStartDate><CINPlanEndDate>2024-08-26</CINPlanEndDate></CINPlanDates>
<ReferralNFA>false</ReferralNFA>
<ChildProtectionPlans><CPPstartDate>2024-06-10</CPPstartDate><InitialCategoryOfAbuse>EMO</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse></ChildProtectionPlans>
</CINdetails><TeamNote>x &amp; y</TeamNote></Child>
<Child><ChildIdentifiers><LAchildID>C502</LAchildID><ExpectedPersonBirthDate>2024-12-24</ExpectedPersonBirthDate><Sex>U</Sex></ChildIdentifiers>
<CINdetails><CINreferralDate>2024-10-01</CINreferralDate></CINdetails></Child>
</Children></Message>"#
);

sample!(
    pupil,
    "schools/pupils.csv",
    "SchoolURN,SchoolName,AdmissionNo,LegalSurname,LegalForename,MiddleNames,PreferredName,UPN,DOB,Sex,EntryDate,LeavingDate,LeavingReason,Address,Postcode,AddressRestricted,Contact1Name,Contact1Relation,Contact1Phone,Contact1Added,Contact2Name,Contact2Relation,Contact2Phone,Contact2Added,Contact3Name,Contact3Relation,Contact3Phone,Contact3Added,ContactNotes,LastChanged\n\
    199001,Overby Primary,03003,Moss,Ada,May,Addie,B801200005001,08/12/2013,F,03/09/2018,,,WITHHELD,,Y,Mrs Ann Moss,Mother,07700900123,03/09/2018,Henderson,Mum's partner,,11/02/2024,,,,,Dad not to collect,11/02/2024\n"
);

sample!(
    concern,
    "schools/concerns.csv",
    "ConcernID,SchoolURN,UPN,PupilName,LoggedAt,Category,SpokenToAlone,StaffRole,Concern,Action,Updated\n\
    SC1,199001,,\"Moss, Ada\",2024-11-07 13:26,Op. Encompass,,DSL,Encompass notification.,Monitor,2024-11-07 13:26\n\
    SC2,199001,B801200005001,Ada Moss,2024-11-08 13:26,Wellbeing,Y,DSL,Ada said she is tired.,Monitor,2024-11-08 13:26\n"
);

sample!(
    attendance,
    "schools/attendance.csv",
    "SchoolURN,UPN,Month,SessionsPossible,SessionsAttended,AuthorisedAbsence,UnauthorisedAbsence,Late\n\
    199001,B801200005001,2024-11,44,40,3,1,2\n"
);

sample!(
    probation_case,
    "probation/cases.csv",
    "CRN;NOMS;PNC;Surname;Forename1;Forename2;DateOfBirth;Gender;Address;Postcode;MainOffence;OrderType;OrderStart;OrderEnd;RoshLevel;DARegistration;Status\n\
    X1;A1234BC;1979/0163001B;Moss;Tom;Alan;24-10-1977;Male;HMP Overby, Overby;HD18 1AB;Common Assault;Licence;02-12-2023;01-12-2030;Medium;ADVP 28-06-2023;Active\n"
);

sample!(
    probation_event,
    "probation/events.csv",
    "EventID;CRN;EventDate;EventType;Outcome;Detail;ProposedAddress;ProposedPostcode;OtherResidents;Updated\n\
    E1;X1;07-12-2024;Address proposed;;Wants to live with new partner;9 Oak Row, Overby;HD18 1AE;Bea O'Dell (partner), 2 children;08-12-2024\n"
);

sample!(
    tenancy,
    "housing/tenancies.csv",
    "TenancyRef,UPRN,PropertyAddress,Postcode,TenancyType,TenancyStart,TenancyEnd,MemberNo,MemberName,MemberDOB,RelationToTenant,MovedIn,MovedOut,AddedOn\r\n\
    T1,000100088688637,\"7 Elm Row, Overby\",HD18 1AA,Secure,21-Aug-21,,1,Mrs A MOSS,01-May-90,Tenant,21-Aug-21,,21-Aug-21\r\n\
    T1,000100088688637,\"7 Elm Row, Overby\",HD18 1AA,Secure,21-Aug-21,,2,\"Reed, Jo \",01-Jan-00,Spouse,29-Feb-24,,03-Mar-24\r\n"
);

sample!(
    housing_contact,
    "housing/contacts.csv",
    "ContactRef,TenancyRef,Logged,Channel,Category,CallerName,Description,Status,Updated\r\n\
    HC1,T1,07-Nov-23 15:11,Online,Rep - Door,Neighbour,\"Front door kicked in.\",Closed,10-Nov-23 04:01\r\n\
    HC2,T1,07-Nov-24 15:11,Phone,HHM-CHG,Mrs A MOSS,\"Add to household: Jo Reed, dob 27-Apr-83, from 01-Nov-24.\",Closed,10-Nov-24 04:01\r\n"
);

sample!(
    referral,
    "services/referrals.csv",
    "ReferralID,Received,Source,ClientName,KnownAs,ClientDOB,Phone,ClientAddress,ClientPostcode,PersonCausingHarm,PersonCausingHarmDOB,Relationship,Children,Needs,StatedWishes,SafeContact,ConsentToShare,RiskScore,Outcome,Closed,Updated\r\n\
    R-1,15 Nov 2024,GP,Ann Moss,Annie,1 May 1990,07700 900123,c/o Women's Aid,,Tom,24 Oct 1977,estranged husband,Ada 10; Bo 4,housing; pets,I want to sleep.,Text only.,No,15,Support ongoing,,20 Nov 2024\r\n"
);

sample!(
    refuge,
    "services/refuge.csv",
    "PlacementID,RefugeCode,ClientName,ClientDOB,Children,Arrived,Departed,RefugeAddress,RefugePostcode,MoveOnAddress,MoveOnPostcode,Confidential\r\n\
    RF1,RFG-9,Ann Moss,1990-05-01,Ada 08/12/13,2024-06-21,2024-09-01,\"3 Ash Row, Overby\",HD18 1AD,\"5 Fir Row, Overby\",HD18 1AE,Y\r\n"
);
