//! The words a sharing request may use (a contract: scripts write them), each with its place in a packed request.

/// A word that is none of those known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} `{found}` is not known; write one of: {known}")]
pub struct UnknownWord {
    /// Which field it stood in.
    pub field: &'static str,
    /// What was written.
    pub found: String,
    /// The words there are.
    pub known: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident $field:literal { $($word:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the words are the field's own")]
        pub enum $name { $($word),* }

        impl $name {
            /// All of them, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$word),*];

            /// As it is written in a request.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text),* }
            }

            /// Reads a word.
            ///
            /// # Errors
            /// [`UnknownWord`], which lists those there are.
            pub fn parse(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| UnknownWord {
                    field: $field,
                    found: text.to_owned(),
                    known: Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" "),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

words! {
    /// Who asks, or who holds what is asked for.
    Agency "agency" {
        Police = "police",
        SocialCare = "social_care",
        Health = "health",
        Education = "education",
        Housing = "housing",
        Probation = "probation",
        Prison = "prison",
        SpecialistService = "specialist_service",
        AdultCare = "adult_care",
        AdultMentalHealth = "adult_mental_health",
        SubstanceMisuse = "substance_misuse",
        PerpetratorProgramme = "perpetrator_programme",
        Court = "court",
        Inspection = "inspection",
        Review = "review",
        OtherArea = "other_area",
        EmergencyService = "emergency_service",
        Immigration = "immigration",
        ElectedMember = "elected_member",
        Press = "press",
        Research = "research",
        Supplier = "supplier",
        Analytics = "analytics",
        Interpreter = "interpreter",
        CommunityBody = "community_body",
        LegalRepresentative = "legal_representative",
        Employer = "employer",
        FamilyMember = "family_member",
        PersonCausingHarm = "person_causing_harm",
        Victim = "victim",
        Child = "child",
    }
}

words! {
    /// What the person who asks does.
    Role "role" {
        Officer = "officer",
        Researcher = "researcher",
        SafeguardingLead = "safeguarding_lead",
        ClassTeacher = "class_teacher",
        OfficeStaff = "office_staff",
        Gp = "gp",
        Midwife = "midwife",
        HealthVisitor = "health_visitor",
        EmergencyDepartment = "emergency_department",
        Camhs = "camhs",
        SocialWorker = "social_worker",
        Idva = "idva",
        RefugeWorker = "refuge_worker",
        MaracRepresentative = "marac_representative",
        HousingOfficer = "housing_officer",
        RepairsContractor = "repairs_contractor",
        OffenderManager = "offender_manager",
        Clinician = "clinician",
        Keyworker = "keyworker",
        ProgrammeWorker = "programme_worker",
        PartnerSupportWorker = "partner_support_worker",
        PanelMember = "panel_member",
        Applicant = "applicant",
        Chair = "chair",
        Inspector = "inspector",
        Judge = "judge",
        Engineer = "engineer",
        Carer = "carer",
        Other = "other",
    }
}

words! {
    /// How the person who asks stands to the family.
    Relation "relation" {
        OwnCase = "own_case",
        OnAgenda = "on_agenda",
        NotInvolved = "not_involved",
        Conflict = "conflict",
        Oneself = "self",
        ParentalResponsibility = "parental_responsibility",
        None = "none",
    }
}

words! {
    /// What it is for.
    Purpose "purpose" {
        IncidentNotification = "incident_notification",
        Encompass = "encompass",
        ConcernForChild = "concern_for_child",
        CheckSection47 = "check_section_47",
        CheckSection17 = "check_section_17",
        Assessment = "assessment",
        DirectCare = "direct_care",
        Therapy = "therapy",
        PupilSupport = "pupil_support",
        SupportVictim = "support_victim",
        Marac = "marac",
        MaracMinutes = "marac_minutes",
        Matac = "matac",
        ChildSafety = "child_safety",
        Rehousing = "rehousing",
        TenancyEnforcement = "tenancy_enforcement",
        Visit = "visit",
        CourtOrder = "court_order",
        SubjectAccess = "subject_access",
        EmployerRisk = "employer_risk",
        DisclosureSchemeDecision = "disclosure_scheme_decision",
        DisclosureSchemeAsk = "disclosure_scheme_ask",
        SentencePlan = "sentence_plan",
        PublicProtection = "public_protection",
        Programme = "programme",
        ProgrammeDropout = "programme_dropout",
        AdultSafeguarding = "adult_safeguarding",
        DangerToOthers = "danger_to_others",
        AreaTransfer = "area_transfer",
        AddressMarker = "address_marker",
        ImmigrationEnforcement = "immigration_enforcement",
        CaseworkEnquiry = "casework_enquiry",
        Statistics = "statistics",
        Evaluation = "evaluation",
        Review = "review",
        Inspection = "inspection",
        Fault = "fault",
        PatternDetection = "pattern_detection",
        FamilyEnquiry = "family_enquiry",
        Placement = "placement",
        Interpreting = "interpreting",
        SchoolTransfer = "school_transfer",
        Investigation = "investigation",
        SpecificLineOfEnquiry = "specific_line_of_enquiry",
        ImminentThreat = "imminent_threat",
        Curiosity = "curiosity",
    }
}

words! {
    /// Kinds of data (handbook 5.4).
    Category "category" {
        Id = "ID",
        Loc = "LOC",
        Safe = "SAFE",
        Disc = "DISC",
        Risk = "RISK",
        Inc = "INC",
        Crim = "CRIM",
        Hlth = "HLTH",
        Sexh = "SEXH",
        Soc = "SOC",
        Edu = "EDU",
        Hous = "HOUS",
        Fin = "FIN",
        Ord = "ORD",
        Perp = "PERP",
        Third = "THIRD",
        Imm = "IMM",
        Min = "MIN",
        Prof = "PROF",
    }
}

words! {
    /// Whose data.
    Subject "subject" {
        Victim = "victim",
        Child = "child",
        Unborn = "unborn",
        PersonCausingHarm = "person_causing_harm",
        Relative = "relative",
    }
}

words! {
    /// What was said about consent.
    Consent "consent" {
        Given = "given",
        Refused = "refused",
        NotSought = "not_sought",
        NotApplicable = "not_applicable",
    }
}

words! {
    /// How the risk was graded.
    Risk "risk" {
        Standard = "standard",
        Medium = "medium",
        High = "high",
        Imminent = "imminent",
    }
}

words! {
    /// How far the work has come (handbook 5.5b).
    Stage "stage" {
        IncidentNotification = "incident_notification",
        FrontDoorChecks = "front_door_checks",
        Section17 = "section_17",
        Section47 = "section_47",
        ChildProtectionPlan = "child_protection_plan",
        Marac = "marac",
        MatacMappa = "matac_mappa",
        DisclosureSchemeDecision = "disclosure_scheme_decision",
        ProtectionOrder = "protection_order",
        Court = "court",
        StepDownClosure = "step_down_closure",
        Review = "review",
    }
}

words! {
    /// How it would be sent.
    Channel "channel" {
        NamedPerson = "named_person",
        SharedInbox = "shared_inbox",
        Letter = "letter",
        JointDocument = "joint_document",
        Spoken = "spoken",
        Portal = "portal",
        Api = "api",
    }
}

/// A stage as people write it: handbook 5.5b gives them titles, not words, so several spellings are read as one.
///
/// # Errors
/// [`UnknownWord`].
pub fn read_stage(text: &str) -> Result<Stage, UnknownWord> {
    let alias = match text {
        "front_door" | "front_door_check" | "mash" => Stage::FrontDoorChecks,
        "s17"
        | "section_17_assessment"
        | "section_17_plan"
        | "section_17_assessment_plan"
        | "s17_assessment"
        | "s17_plan"
        | "s17_assessment_plan"
        | "s_17_assessment_plan"
        | "assessment"
        | "assessment_plan" => Stage::Section17,
        "s47"
        | "strategy"
        | "strategy_discussion"
        | "strategy_s47"
        | "strategy_section_47"
        | "strategy_discussion_s47"
        | "strategy_discussion_s_47"
        | "strategy_discussion_section_47"
        | "section_47_enquiry" => Stage::Section47,
        "icpc"
        | "cp_plan"
        | "icpc_cp_plan"
        | "child_protection"
        | "child_protection_conference"
        | "initial_child_protection_conference"
        | "conference" => Stage::ChildProtectionPlan,
        "matac" | "mappa" => Stage::MatacMappa,
        "dvds" | "dvds_decision" | "disclosure_scheme" => Stage::DisclosureSchemeDecision,
        "protection_order_application" => Stage::ProtectionOrder,
        "private_public_law_court"
        | "family_court"
        | "law_court"
        | "private_law_court"
        | "public_law_court"
        | "private_law"
        | "public_law"
        | "court_proceedings" => Stage::Court,
        "step_down" | "closure" => Stage::StepDownClosure,
        "dardr" | "lcspr" | "dardr_lcspr" | "review_dardr_lcspr" => Stage::Review,
        other => return Stage::parse(other),
    };
    Ok(alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_named_with_those_there_are() {
        let unknown = Risk::parse("middling").unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "risk `middling` is not known; write one of: standard medium high imminent"
        );
    }

    #[test]
    fn every_word_reads_as_itself() {
        for word in Purpose::ALL {
            assert_eq!(Purpose::parse(word.as_str()), Ok(*word));
        }
        for word in Stage::ALL {
            assert_eq!(read_stage(word.as_str()), Ok(*word));
        }
        assert_eq!(read_stage("icpc"), Ok(Stage::ChildProtectionPlan));
    }
}
