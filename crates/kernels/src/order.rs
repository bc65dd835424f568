//! Sorting by integer keys, in one place: the standard library's sort is compiled anew for each type of key,
//! which adds some kilobytes to the download.

use std::collections::{BTreeMap, BinaryHeap};

/// Sort key, most significant part first; the last part usually identifies the item.
pub type Key = [u64; 3];

/// Sorts the keys in ascending order.
pub fn ascending(keys: Vec<Key>) -> Vec<Key> {
    BinaryHeap::from(keys).into_sorted_vec()
}

/// Collects entries into a map; for equal keys the last entry wins. `collect` would sort them first.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    map
}
