//! Long lists in pages: which part to show, and the links to the others.

use serde::{Deserialize, Serialize};

/// Links to the parts of a long list, as the pagination component wants them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pager {
    previous: Option<Link>,
    next: Option<Link>,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    href: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Item {
    Page { number: usize, href: String, current: bool },
    Gap { ellipsis: bool },
}

/// One part of a list, from page 1 on; a page beyond the end is the last one.
#[must_use]
pub fn part<T>(all: &[T], page: usize, size: usize) -> (&[T], usize) {
    let size = size.max(1);
    let pages = all.len().div_ceil(size).max(1);
    let page = page.clamp(1, pages);
    let start = ((page - 1) * size).min(all.len());
    let end = (start + size).min(all.len());
    (all.get(start..end).unwrap_or_default(), page)
}

/// Links to the other parts, or nothing when there is only one. `address` makes the address of a page.
#[must_use]
pub fn pager(total: usize, page: usize, size: usize, address: impl Fn(usize) -> String) -> Option<Pager> {
    let pages = total.div_ceil(size.max(1));
    if pages < 2 {
        return None;
    }
    let mut items = Vec::new();
    let mut before = 0;
    for number in (1..=pages).filter(|n| *n == 1 || *n == pages || n.abs_diff(page) <= 1) {
        if number > before + 1 {
            items.push(Item::Gap { ellipsis: true });
        }
        items.push(Item::Page { number, href: address(number), current: number == page });
        before = number;
    }
    let link = |number: usize| Link { href: address(number) };
    Some(Pager {
        previous: (page > 1).then(|| link(page - 1)),
        next: (page < pages).then(|| link(page + 1)),
        items,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_is_on_exactly_one_page(count in 0_usize..400, size in 1_usize..60) {
            let all: Vec<usize> = (0..count).collect();
            let pages = count.div_ceil(size).max(1);
            let seen: Vec<usize> = (1..=pages).flat_map(|page| part(&all, page, size).0.to_vec()).collect();
            prop_assert_eq!(&seen, &all);
            let (last, page) = part(&all, usize::MAX, size);
            prop_assert_eq!(page, pages);
            prop_assert_eq!(last.last(), all.last());
        }
    }

    #[test]
    fn one_page_needs_no_links() {
        assert!(pager(50, 1, 50, |n| n.to_string()).is_none());
        assert_eq!(pager(1000, 5, 50, |n| n.to_string()).unwrap().items.len(), 7);
    }
}
