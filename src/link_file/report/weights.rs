//! What each comparison says: the weight of every level against two strangers, and the shares it comes from.

use throughline_linkage::Model;

use super::chart::{Bar, bars};
use super::html::{figure, head, p, table, tiny};
use crate::web::figures::Figure;

/// Nothing is drawn longer than this many bits.
const LONGEST: f64 = 22.0;

pub fn section(model: &Model) -> String {
    let mut drawn = Vec::new();
    let (mut rows, mut shares) = (Vec::new(), Vec::new());
    for comparison in &model.comparisons {
        for (place, level) in comparison.levels.iter().enumerate() {
            let against = |other: f64| (level.same.max(1e-300) / other.max(1e-300)).log2();
            let (bits, household) = (against(level.strangers), against(level.household));
            let (comparison, name) = (comparison.name.replace('_', " "), level.name.replace('_', " "));
            drawn.push(Bar {
                name: name.clone(),
                value: bits.clamp(-LONGEST, LONGEST),
                interval: None,
                words: format!("{bits:+.1}"),
                heading: (place == 0).then(|| comparison.clone()),
            });
            rows.push(vec![
                comparison.clone(),
                name.clone(),
                format!("{bits:+.2}"),
                format!("{household:+.2}"),
            ]);
            shares.push(vec![
                comparison,
                name,
                tiny(level.same),
                tiny(level.strangers),
                tiny(level.household),
            ]);
        }
    }
    let title =
        "What speaks for one person (to the right) and for two (to the left), in bits against strangers";
    let picture = Figure {
        id: "weights".to_owned(),
        title: title.to_owned(),
        svg: bars("weights", title, &drawn, -LONGEST, LONGEST),
        head: head(["comparison", "level", "against strangers", "against one household"]),
        rows,
    };
    let prior = format!(
        "Two people taken at random are one with probability {:.3e}, that is {:.1} bits before anything is compared; for each such pair there are {:.2} pairs of two people of one household. Common names weigh less than the picture shows and rare ones more, together at most {:.1} bits.",
        model.prior,
        model.prior.max(1e-300).log2(),
        model.household_ratio,
        model.names_most
    );
    p(&prior)
        + &figure(&picture)
        + "<h3>Shares learned</h3>"
        + &table(
            "How often each level is seen: m among pairs that are one person, u among strangers, h among two people of one household",
            &head(["comparison", "level", "m", "u", "h"]),
            &shares,
        )
}
