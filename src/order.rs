//! Sorting of a few keys, in one place: each type of key that the standard library sorts costs a
//! visitor some kilobytes.

use std::collections::BinaryHeap;

/// Most significant part first; the last part is usually what is sorted.
pub type Key = [u64; 3];

/// The keys in ascending order.
pub fn ascending(keys: Vec<Key>) -> Vec<Key> {
    BinaryHeap::from(keys).into_sorted_vec()
}
