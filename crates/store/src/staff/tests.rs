//! Accounts and sessions on a real database.

use throughline_domain::sharing::AreaKind;
use throughline_domain::staff::{Barred, Worker};

use super::*;

fn area() -> Area {
    Area { name: "Testshire".into(), kind: AreaKind::Real }
}

fn staff() -> (tempfile::TempDir, Staff) {
    let folder = tempfile::tempdir().unwrap();
    let staff = Staff::open(folder.path(), &area()).unwrap();
    (folder, staff)
}

fn ruth() -> Account {
    Account { user: "ruth".into(), name: "Ruth".into(), agency: "police".into(), ..Account::default() }
}

#[test]
fn an_account_is_added_once_and_found_again() {
    let (folder, staff) = staff();
    assert!(staff.add(&ruth(), Some("hash"), true).unwrap());
    assert!(!staff.add(&Account { name: "Other".into(), ..ruth() }, Some("other"), false).unwrap());
    drop(staff);
    let staff = Staff::open(folder.path(), &area()).unwrap();
    assert_eq!(staff.account("ruth").unwrap(), Some(ruth()));
    let secrets = staff.secrets("ruth").unwrap();
    assert_eq!((secrets.password.as_deref(), secrets.must_change), (Some("hash"), true));
    assert_eq!(staff.secrets("nobody").unwrap(), Secrets::default());
    let other = Area { name: "Elsewhere".into(), ..area() };
    assert!(matches!(Staff::open(folder.path(), &other), Err(StoreError::OtherArea(_))));
}

#[test]
fn whoever_is_disabled_or_gets_another_role_is_out_at_once() {
    let (_folder, staff) = staff();
    staff.add(&ruth(), None, false).unwrap();
    let ended = |change: &dyn Fn(&mut Account)| {
        let hash = [staff.revision().unwrap() as u8; 32];
        staff.begin(&hash, "ruth", 5, Stage::In, "t").unwrap();
        assert!(!staff.session(&hash).unwrap().unwrap().ended);
        staff.change("ruth", |account| change(account)).unwrap();
        staff.session(&hash).unwrap().unwrap().ended
    };
    assert!(ended(&|account| account.disabled = true));
    assert!(ended(&|account| account.disabled = false));
    assert!(ended(&|account| account.role = "officer".into()));
    assert!(ended(&|account| account.agency = "health".into()));
    assert!(!ended(&|account| account.title = "Sergeant".into()), "a new title is no other right");
    assert!(staff.change("nobody", |_| {}).unwrap().is_none());
}

#[test]
fn a_session_is_used_stepped_up_and_ended() {
    let (_folder, staff) = staff();
    staff.add(&ruth(), None, false).unwrap();
    let (one, two) = ([1; 32], [2; 32]);
    staff.begin(&one, "ruth", 1_000, Stage::Code, "token").unwrap();
    staff.begin(&two, "ruth", 2_000, Stage::In, "token").unwrap();
    let found = staff.session(&one).unwrap().unwrap();
    assert_eq!((found.stage, found.life.stepped), (Stage::Code, None));
    staff.used(&one, 3_000).unwrap();
    staff.used(&one, 2_500).unwrap();
    staff.stepped(&one, 3_000).unwrap();
    let life = staff.session(&one).unwrap().unwrap().life;
    assert_eq!((life.began, life.used, life.stepped), (1_000, 3_000, Some(3_000)), "use never goes back");
    staff.end(&one).unwrap();
    assert!(staff.session(&one).unwrap().unwrap().ended);
    assert_eq!(staff.sessions_of("ruth", 0, 0).unwrap(), 1);
    staff.set_password("ruth", "new", false, Some(&two)).unwrap();
    assert!(!staff.session(&two).unwrap().unwrap().ended);
    staff.end_all("ruth").unwrap();
    assert!(staff.session(&two).unwrap().unwrap().ended);
    staff.sweep(2_900).unwrap();
    assert!(staff.session(&two).unwrap().is_none() && staff.session(&one).unwrap().is_some());
}

#[test]
fn a_code_counts_once() {
    let (_folder, staff) = staff();
    staff.add(&ruth(), Some("hash"), false).unwrap();
    assert!(!staff.use_code("ruth", 9).unwrap(), "nobody without codes uses one");
    staff.set_code("ruth", Some(b"secret"), 10, &[[7; 32], [8; 32]]).unwrap();
    assert!(!staff.use_code("ruth", 10).unwrap());
    assert!(staff.use_code("ruth", 11).unwrap());
    assert!(!staff.use_code("ruth", 11).unwrap());
    assert!(staff.use_recovery("ruth", &[7; 32]).unwrap());
    assert!(!staff.use_recovery("ruth", &[7; 32]).unwrap());
    assert_eq!(staff.recovery_left("ruth").unwrap(), 1);
    assert_eq!(staff.secrets("ruth").unwrap().password.as_deref(), Some("hash"));
}

#[test]
fn standings_are_ended_and_not_forgotten() {
    let (_folder, staff) = staff();
    let at: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let before = staff.revision().unwrap();
    let key = throughline_domain::ids::MentionKey { feed: "police.incidents".into(), row_key: "1#2".into() };
    let given = staff.allocate(&Worker::Team("north".into()), vec![key.clone()], "head", at).unwrap();
    let barred = Barred::Agency("police".into());
    let bar = staff.bar(&barred, vec![key], "her husband works there", "head", at).unwrap();
    let told = staff.declare("ruth", "brother", &Default::default(), at).unwrap();
    assert!(staff.revision().unwrap() > before);
    assert!(!staff.end_allocation(bar, at).unwrap(), "another kind's number ends nothing");
    assert!(staff.end_allocation(given, at).unwrap() && !staff.end_allocation(given, at).unwrap());
    assert_eq!(staff.allocations().unwrap()[0].until, Some(at));
    assert_eq!(staff.bars().unwrap()[0].who, barred);
    assert_eq!(staff.declared("ruth").unwrap()[0].id, told);
    assert!(staff.declared("sam").unwrap().is_empty());
    assert!(staff.end_bar(bar, at).unwrap());
}

#[test]
fn a_declaration_ends_once_with_who_and_why() {
    let (_folder, staff) = staff();
    let at: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let told = staff.declare("ruth", "brother", &Default::default(), at).unwrap();
    let end = End { by: "head".into(), reason: "a namesake".into() };
    assert!(!staff.end_declared("sam", told, &end, at).unwrap(), "somebody else's");
    let before = staff.revision().unwrap();
    assert!(staff.end_declared("ruth", told, &end, at).unwrap());
    assert!(staff.revision().unwrap() > before);
    let other = End { by: "sam".into(), reason: "again".into() };
    assert!(!staff.end_declared("ruth", told, &other, at).unwrap(), "only once");
    let declared = staff.declared("ruth").unwrap();
    assert_eq!((declared.len(), declared[0].ended, declared[0].end.clone()), (1, Some(at), Some(end)));
}

#[test]
fn a_draft_is_kept_moved_and_thrown_away() {
    let (_folder, staff) = staff();
    let draft = Draft { user: "ruth".into(), kept: 5, body: vec![1, 2] };
    staff.keep_draft(&[1; 32], &draft).unwrap();
    assert_eq!(staff.draft(&[1; 32]).unwrap(), Some(draft.clone()));
    assert_eq!(staff.draft(&[2; 32]).unwrap(), None);
    staff.sweep(5).unwrap();
    assert!(staff.draft(&[1; 32]).unwrap().is_some());
    staff.sweep(6).unwrap();
    assert!(staff.draft(&[1; 32]).unwrap().is_none());
}
