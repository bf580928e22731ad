//! The picture that each audience sees: drawn again from the records its policy lets it have, as these are cut for it.
//! It stands on shelves of its own, so that lists, counts and searches cannot tell of anything else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::next_family::Answers;
use throughline_domain::picture::{self, Joined, Kept, KnownRecord, Settings};
use throughline_domain::sharing::{Cut, Sieve, cut_all};
use throughline_store::ShelfContents;

use super::DeriveError;
use super::shelves::{Lay, of_picture, of_today, to_ask};
use crate::access::Watch;
use crate::shelf::{self, CutBlock, Involved, OpenFamilies, row};

/// Pictures drawn side by side before they are laid out. Each is as large as the area: all at once would fill the memory of the
/// machine, and a large area could not be drawn at all.
const AT_ONCE: usize = 2;

/// Draws the picture of every audience and has each laid out before the next are drawn. `facts` tells which facts speak of whom.
pub fn drawn(
    records: &[KnownRecord],
    facts: &BTreeMap<PersonId, BTreeSet<u64>>,
    watch: &Watch,
    (settings, kept, answers): (&Settings, &Kept, &Answers),
    on: Date,
    lay: &mut Lay<'_>,
) -> Result<(), DeriveError> {
    if watch.audiences.is_empty() {
        return Ok(());
    }
    let mut about: HashMap<u64, Vec<PersonId>> = HashMap::new();
    for (person, facts) in facts {
        for seq in facts {
            about.entry(*seq).or_default().push(person.clone());
        }
    }
    let about = records.iter().map(|known| about.remove(&known.seq).unwrap_or_default()).collect();
    let sieve = Sieve::new(records, about, watch.reach, on);
    for some in watch.audiences.chunks(AT_ONCE) {
        let drawn = some.par_iter().map(|watching| {
            let (audience, permits) = (&watching.audience, watch.permits(watching, on));
            let cuts = sieve.cuts(audience, &permits);
            let seen = cut_all(records, audience, &cuts, &permits);
            let drawn = picture::draw_with(&seen, settings, kept, Joined::Confirmed(answers), on);
            let mut shelves = of_picture(&drawn)?;
            let agency = &audience.agency;
            let known = drawn.asked.iter().filter(|asked| asked.known_to.contains(agency));
            let asked = to_ask(known, agency, answers, settings, on);
            let open = OpenFamilies(picture::open_families(&drawn, agency, settings, on));
            shelves.push(of_today(&drawn, settings, on, &shelf::whose(audience), asked, open)?);
            shelves.push(headlines(sieve.involved(audience, &cuts, &permits))?);
            shelves.push(blocks(cuts)?);
            let theirs = |contents: ShelfContents| ShelfContents {
                shelf: shelf::of_audience(&contents.shelf, audience),
                rows: contents.rows,
            };
            Ok(shelves.into_iter().map(theirs).collect())
        });
        let drawn: Result<Vec<Vec<ShelfContents>>, serde_json::Error> = drawn.collect();
        drawn?.into_iter().try_for_each(&mut *lay)?;
    }
    Ok(())
}

fn headlines(involved: BTreeMap<PersonId, BTreeSet<AgencyId>>) -> Result<ShelfContents, serde_json::Error> {
    let rows = involved.into_iter().map(|(person, agencies)| {
        let key = person.as_str().to_owned();
        row(&key, &Involved { person, agencies }, Vec::new())
    });
    Ok(ShelfContents { shelf: shelf::INVOLVED.to_owned(), rows: rows.collect::<Result<_, _>>()? })
}

fn blocks(cuts: Vec<Cut>) -> Result<ShelfContents, serde_json::Error> {
    let mut blocks: BTreeMap<String, CutBlock> = BTreeMap::new();
    for cut in cuts {
        blocks.entry(shelf::who_key(cut.seq)).or_default().push(cut);
    }
    let rows = blocks.into_iter().map(|(key, block)| row(key, &block, Vec::new()));
    Ok(ShelfContents { shelf: shelf::CUT.to_owned(), rows: rows.collect::<Result<_, _>>()? })
}
