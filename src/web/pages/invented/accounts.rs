//! Invented people who sign in, for the pages about accounts.

use super::World;
use crate::access::Offer;
use crate::web::pages::account::{
    AccountPage, CodePage, CodesPage, ConfirmPage, DeclaredLine, DetailsPage, DraftPage, PasswordPage,
    SetUpPage,
};
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::passkeys::{PasskeyLine, PasskeysPage, SignInPage};
use crate::web::pages::plain::AgencyPage;
use crate::web::pages::staff::{Choice, NewPage, OnePage, StaffLine, StaffPage, StandingLine};

const AT: &str = "2026-10-05T09:30:00Z";

impl World {
    fn without_anybody(&self) -> Frame {
        Frame { viewer: None, ..self.frame(Nav::None) }
    }

    fn fault(&self, field: &str, says: &str) -> Option<(String, String)> {
        Some((field.to_owned(), self.t(says)))
    }

    pub fn code_page(&self) -> CodePage {
        CodePage {
            frame: self.without_anybody(),
            offer: Some(self.offer()),
            error: Some(self.t("What you entered is not right")),
        }
    }

    fn offer(&self) -> Offer {
        Offer {
            options: self.t("{\"challenge\":\"x\"}"),
            state: self.t("c2VhbGVk"),
            origin: self.t("https://throughline.example"),
        }
    }

    pub fn agency_page(&self, out: bool) -> AgencyPage {
        let way = Some("https://login.police.example/out?client_id=throughline".to_owned());
        AgencyPage {
            frame: self.without_anybody(),
            next: "/".to_owned(),
            out: out.then(|| (self.t("Testshire Police"), way)),
        }
    }

    pub fn passkey_sign_in_page(&self) -> SignInPage {
        SignInPage {
            frame: self.without_anybody(),
            offer: self.offer(),
            error: Some(self.t("The passkey was not taken")),
        }
    }

    pub fn passkeys_page(&self) -> PasskeysPage {
        let line = |id: &str, label: &str, used| PasskeyLine {
            id: self.t(id),
            label: self.t(label),
            made: AT.parse().unwrap(),
            used,
        };
        PasskeysPage {
            frame: self.frame(Nav::None),
            lines: vec![
                line("01", "work laptop", None),
                line("02", "security key", Some(AT.parse().unwrap())),
            ],
            offer: Some(self.offer()),
            address: self.t("https://throughline.example"),
            error: self.fault("label", "Say on which device it is"),
        }
    }

    pub fn set_up_page(&self) -> SetUpPage {
        SetUpPage { frame: self.without_anybody(), password: true, codes: true }
    }

    pub fn account_page(&self) -> AccountPage {
        AccountPage {
            frame: self.frame(Nav::None),
            user: self.t("marian"),
            teams: vec![self.t("north")],
            sessions: 2,
            has_codes: true,
            passkeys: Some(1),
            recovery_left: 7,
            demonstration: false,
        }
    }

    pub fn password_page(&self) -> PasswordPage {
        PasswordPage {
            frame: self.frame(Nav::None),
            error: self.fault("again", "Enter the same password twice"),
        }
    }

    pub fn codes_page(&self) -> CodesPage {
        CodesPage {
            frame: self.frame(Nav::None),
            secret: self.t("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"),
            recovery: Vec::new(),
            next: String::new(),
            error: Some(self.t("Enter the 6 digits your app shows now")),
        }
    }

    pub fn recovery_page(&self) -> CodesPage {
        let recovery = vec![self.t("abcd-efgh-ijkl-mnop"), self.t("qrst-uvwx-yz23-4567")];
        CodesPage { recovery, next: "/account".to_owned(), error: None, ..self.codes_page() }
    }

    pub fn confirm_page(&self) -> ConfirmPage {
        let error = Some(self.t("What you entered is not right. Try again"));
        ConfirmPage {
            frame: self.frame(Nav::None),
            demonstration: false,
            has_codes: false,
            offer: None,
            error,
        }
    }

    pub fn details_page(&self) -> DetailsPage {
        let known = Some((self.t("Okoye"), Some(jiff::civil::Date::constant(1979, 5, 6)), 1, 0));
        DetailsPage {
            frame: self.frame(Nav::None),
            declares: false,
            known,
            declared: Vec::new(),
            error: None,
        }
    }

    pub fn conflicts_page(&self) -> DetailsPage {
        let declared = vec![DeclaredLine {
            relationship: self.t("my brother"),
            name: self.t("Daniel Okoye"),
            at: AT.parse().unwrap(),
            ended: None,
        }];
        let error = self.fault("relationship", "Say what this person is to you");
        DetailsPage { declares: true, known: None, declared, error, ..self.details_page() }
    }

    pub fn draft_page(&self) -> DraftPage {
        let fields = vec![
            ("reason".to_owned(), self.t("Telephoned the school office")),
            ("verdict".to_owned(), "same".to_owned()),
        ];
        DraftPage { frame: self.frame(Nav::None), path: "/links/L0123456789abcdef".to_owned(), fields }
    }

    pub fn staff_page(&self) -> StaffPage {
        let people = vec![StaffLine {
            user: "tom".to_owned(),
            name: self.t("Tom Iqbal"),
            agency: "schools".into(),
            role: self.t("Designated safeguarding lead"),
            teams: vec![self.t("north")],
            disabled: true,
        }];
        StaffPage { frame: self.frame(Nav::None), people }
    }

    fn posts(&self) -> Vec<Choice> {
        vec![Choice { value: "schools/class_teacher".to_owned(), text: self.t("Schools: Class teacher") }]
    }

    pub fn new_page(&self) -> NewPage {
        NewPage {
            frame: self.frame(Nav::None),
            posts: self.posts(),
            user: self.t("tom"),
            name: self.t("Tom Iqbal"),
            post: "schools/class_teacher".to_owned(),
            title: String::new(),
            teams: String::new(),
            units: String::new(),
            error: self.fault("user", "Somebody else signs in with this name. Choose another"),
        }
    }

    pub fn one_page(&self) -> OnePage {
        let standing = |id, what: &str, reason: &str| StandingLine {
            id,
            what: self.t(what),
            records: 3,
            reason: self.t(reason),
            by: self.t("marian"),
            from: AT.parse().unwrap(),
            until: None,
            waits: id == 3,
        };
        let ended = StandingLine { until: Some(AT.parse().unwrap()), ..standing(2, "To the team north", "") };
        OnePage {
            frame: self.frame(Nav::None),
            user: "tom".to_owned(),
            name: self.t("Tom Iqbal"),
            agency: "schools".into(),
            role: self.t("Class teacher"),
            post: "schools/class_teacher".to_owned(),
            posts: self.posts(),
            title: String::new(),
            teams: self.t("north"),
            units: "199001".to_owned(),
            outside: self.t("s-1"),
            agency_signs_in: true,
            disabled: false,
            demonstration: false,
            own: false,
            has_codes: true,
            allocations: vec![standing(1, "To them", ""), ended],
            bars: vec![standing(3, "Them", "Her neighbour")],
            declared: vec![standing(4, "my brother", "")],
            error: None,
        }
    }
}
