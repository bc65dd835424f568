//! Sorting of a few keys, in one place: each type of key that the standard library sorts costs a
//! visitor some kilobytes.

use std::collections::{BTreeMap, BinaryHeap};

/// Most significant part first; the last part is usually what is sorted.
pub type Key = [u64; 3];

/// The keys in ascending order.
pub fn ascending(keys: Vec<Key>) -> Vec<Key> {
    BinaryHeap::from(keys).into_sorted_vec()
}

/// The entries as a map; of equal keys the last counts. `collect` would sort them first.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}
