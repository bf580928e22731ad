//! Record ids of a large file, held as one text: a million small strings would cost five times as much memory.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

/// Ids in the order in which they came.
#[derive(Debug, Default)]
pub struct Ids {
    text: String,
    ends: Vec<usize>,
    /// Where each id stands, by its hash. Not made while every id comes after the one before it in the alphabet too, as
    /// in most files: none can be there twice then.
    places: OnceLock<Places>,
}

type Places = HashMap<u64, u32, BuildHasherDefault<Plain>>;

/// A hash that is one already.
#[derive(Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

impl Ids {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The id at a place; empty beyond the end.
    pub fn get(&self, place: u32) -> &str {
        let place = place as usize;
        let Some(end) = self.ends.get(place) else { return "" };
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..*end).unwrap_or_default()
    }

    /// Adds an id that is not there yet and says where it stands, or where it stood before.
    pub fn add(&mut self, id: &str) -> Result<u32, u32> {
        let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        let in_order = || next.checked_sub(1).is_none_or(|last| self.get(last) < id);
        if self.places.get().is_some() || !in_order() {
            match self.places().get(&hash(id)) {
                Some(held) if self.get(*held) == id => return Err(*held),
                Some(_) => {}
                None => {
                    self.places.get_mut().and_then(|places| places.insert(hash(id), next));
                }
            }
        }
        self.text.push_str(id);
        self.ends.push(self.text.len());
        Ok(next)
    }

    /// Where an id stands.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.places().get(&hash(id)).copied().filter(|place| self.get(*place) == id)
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let count = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            // From the last to the first, so that the first of two with one hash stays.
            (0..count).rev().map(|place| (hash(self.get(place)), place)).collect()
        })
    }

    /// Lets go of what finding needs, once everything has been found.
    pub fn only_read(&mut self) {
        self.places = OnceLock::new();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_held_once_and_found_again() {
        let mut ids = Ids::default();
        assert_eq!([ids.add("A"), ids.add("B"), ids.add("B"), ids.add("A")], [Ok(0), Ok(1), Err(1), Err(0)]);
        assert_eq!(
            (ids.find("A"), ids.find("C"), ids.add("C"), ids.find("C")),
            (Some(0), None, Ok(2), Some(2))
        );
        let mut ids = Ids::default();
        assert_eq!((ids.add("R1"), ids.add(""), ids.add("R2"), ids.add("R1")), (Ok(0), Ok(1), Ok(2), Err(0)));
        assert_eq!((ids.get(0), ids.get(1), ids.get(2), ids.get(3)), ("R1", "", "R2", ""));
        assert_eq!((ids.find("R2"), ids.find("R3"), ids.len()), (Some(2), None, 3));
    }
}
