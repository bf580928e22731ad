//! Which category of data a record belongs to: the table of handbook 5.4 in our own words. It is not taken from the program,
//! and a test below holds it against the table that people read (`docs/guides/who-sees-what.md`).

/// What a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What happened, as police wrote it down.
    Incident,
    /// Who was there and as what.
    PartInIncident,
    /// Social care knows somebody.
    KnownToSocialCare,
    /// A social worker was there.
    Visit,
    /// A referral to social care, with a plan.
    Plan,
    /// Somebody's contact with health.
    HealthContact,
    /// Somebody was asked about abuse by health.
    Enquiry,
    /// A child is expected.
    Pregnancy,
    /// A child is at a school.
    OnRoll,
    /// A teacher noticed something.
    Concern,
    /// A sentence is served under supervision.
    Supervision,
    /// Somebody came to an office or did not.
    Appointment,
    /// A court forbids somebody something.
    Order,
    /// An address somebody wants to live at.
    AddressProposed,
    /// Somebody lives with a landlord.
    Tenancy,
    /// Somebody rang a landlord.
    Call,
    /// Somebody came to a service, and what they told there.
    Referral,
}

impl Kind {
    /// The category, by what handbook 5.4 says that each one holds.
    #[must_use]
    pub const fn category(self) -> &'static str {
        match self {
            // "police incident narrative"; who took which part is told by it.
            Self::Incident | Self::PartInIncident => "INC",
            // "social-care record"
            Self::KnownToSocialCare | Self::Visit | Self::Plan => "SOC",
            // "health, mental health, pregnancy, medication"; what is asked in a surgery stands in the health record.
            Self::HealthContact | Self::Enquiry | Self::Pregnancy => "HLTH",
            // "attendance, behaviour": what a school keeps about a pupil.
            Self::OnRoll | Self::Concern => "EDU",
            // "convictions/ intelligence"; a sentence follows a conviction.
            Self::Supervision => "CRIM",
            // "perpetrator whereabouts/ programme"
            Self::Appointment => "PERP",
            // "orders/conditions"
            Self::Order => "ORD",
            // "victim/child address, …, route, workplace, refuge": it may be where the victim lives.
            Self::AddressProposed => "LOC",
            // "tenancy"
            Self::Tenancy | Self::Call => "HOUS",
            // "victim/child disclosures, IDVA notes"
            Self::Referral => "DISC",
        }
    }

    /// How the guide calls it.
    #[cfg(test)]
    const fn in_the_guide(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::PartInIncident => "part in an incident",
            Self::KnownToSocialCare => "first known",
            Self::Visit => "visit",
            Self::Plan => "plan",
            Self::HealthContact => "contact with health",
            Self::Enquiry => "routine enquiry",
            Self::Pregnancy => "pregnancy",
            Self::OnRoll => "on a roll",
            Self::Concern => "school concern",
            Self::Supervision => "supervision",
            Self::Appointment => "appointment",
            Self::Order => "protective order",
            Self::AddressProposed => "address proposed or approved",
            Self::Tenancy => "in a tenancy",
            Self::Call => "contact with a landlord",
            Self::Referral => "referral to a service",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Kind] = &[
        Kind::Incident,
        Kind::PartInIncident,
        Kind::KnownToSocialCare,
        Kind::Visit,
        Kind::Plan,
        Kind::HealthContact,
        Kind::Enquiry,
        Kind::Pregnancy,
        Kind::OnRoll,
        Kind::Concern,
        Kind::Supervision,
        Kind::Appointment,
        Kind::Order,
        Kind::AddressProposed,
        Kind::Tenancy,
        Kind::Call,
        Kind::Referral,
    ];

    #[test]
    fn the_guide_says_the_same() {
        let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guides/who-sees-what.md");
        let guide = std::fs::read_to_string(guide).unwrap();
        for kind in ALL {
            let row = format!(" | {} |", kind.category());
            let says = guide.lines().filter(|line| line.starts_with("| ") && line.ends_with(&row));
            let mut kinds =
                says.flat_map(|line| line.trim_start_matches("| ").trim_end_matches(&row).split(", "));
            assert!(kinds.any(|said| said == kind.in_the_guide()), "{kind:?}");
        }
    }
}
