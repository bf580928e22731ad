//! Children: every child of every household in which abuse is recorded, the unborn too, so that none is missed.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::Child;

use super::frame::Frame;
use super::pager::{pager, part};
use super::stage::{self, PageError};
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChildrenPage {
    /// What stands around it.
    pub frame: Frame,
    /// Every child, in the order to show.
    pub children: Vec<Child>,
    /// Who they are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What their families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// Which of them to show.
    pub which: Which,
    /// Which page of the list, from 1.
    pub page: usize,
}

/// Which children to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those for whom somebody must look now.
    Missing,
    /// Those of whom one agency alone has records, although abuse is recorded around them.
    OneAgency,
    /// Those not yet born.
    Unborn,
}

/// Lines on one page.
const SIZE: usize = 50;

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &ChildrenPage) -> Result<String, PageError> {
    let lets = |child: &&Child| match model.which {
        Which::All => true,
        Which::Missing => !child.gap.is_empty(),
        Which::OneAgency => child.one_agency_only(),
        Which::Unborn => child.unborn,
    };
    let found: Vec<&Child> = model.children.iter().filter(lets).collect();
    let (shown_now, page) = part(&found, model.page, SIZE);
    let code = match model.which {
        Which::All => "all",
        Which::Missing => "missing",
        Which::OneAgency => "one_agency",
        Which::Unborn => "unborn",
    };
    let missing = model.children.iter().filter(|child| !child.gap.is_empty()).count();
    let unborn = model.children.iter().filter(|child| child.unborn).count();
    let one_agency = model.children.iter().filter(|child| child.one_agency_only()).count();
    let all = model.children.len();
    let summary = format!(
        "{}. For {} of them somebody must look now. {} not yet born.",
        shown::count(all, "child", "children"),
        missing,
        if unborn == 1 { "1 is".to_owned() } else { format!("{unborn} are") }
    );
    let worked_out = context! {
        shown_now => Value::from(Serde(shown_now)),
        found => found.len(),
        all,
        missing,
        one_agency,
        unborn,
        summary,
        code,
        pages => Value::from(Serde(pager(found.len(), page, SIZE, |page| format!("/children?which={code}&page={page}")))),
        view_words => "",
    };
    // Only the part that is shown goes to the template: an area may list thousands.
    let lean = ChildrenPage {
        frame: model.frame.clone(),
        children: Vec::new(),
        labels: shown::only(&model.labels, shown_now.iter().map(|child| &child.person)),
        families: shown::only(&model.families, shown_now.iter().map(|child| &child.family)),
        which: model.which,
        page,
    };
    stage::page("children.html", &lean, worked_out)
}
