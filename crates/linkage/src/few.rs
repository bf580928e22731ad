//! A list that is nearly always empty or of one: kept in place then, so that comparing people waits for memory less.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// None, one or many values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Few<T> {
    /// Nothing.
    #[default]
    None,
    /// One value, in place.
    One(T),
    /// Several, elsewhere.
    Many(Box<[T]>),
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::None => &mut [],
            Self::One(value) => std::slice::from_mut(value),
            Self::Many(values) => values,
        }
    }
}

impl<T: Copy> Few<T> {
    /// The values of a list.
    pub(crate) fn of(values: &[T]) -> Self {
        match values {
            [] => Self::None,
            [only] => Self::One(*only),
            several => Self::Many(several.into()),
        }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut values: Vec<T>) -> Self {
        if values.len() > 1 {
            return Self::Many(values.into());
        }
        values.pop().map_or(Self::None, Self::One)
    }
}

impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.deref().serialize(to)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Vec::deserialize(from).map(Self::from)
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_like_the_list_it_was_made_from() {
        for list in [vec![], vec![1], vec![1, 2, 3]] {
            let few = Few::from(list.clone());
            assert_eq!(*few, *list);
            assert_eq!(Few::of(&list), few);
            assert_eq!((&few).into_iter().copied().collect::<Vec<_>>(), list);
        }
    }
}
