//! Addresses of values in one memory block: values that are never alive together share memory.

use super::{Plan, ValueId};
use unet_kernels::error::{Error, Result};
use unet_kernels::order::{Key, ascending};

/// Offsets are multiples of this many elements (256 bytes).
const ALIGN: usize = 64;

/// Offsets of all values of a plan, in 4-byte elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arena {
    /// One per value; a child lies inside its parent.
    pub offsets: Vec<usize>,
    /// Length of the whole block.
    pub len: usize,
}

/// Assigns offsets by best fit: the largest values first, each into the smallest gap that is free during its
/// lifetime. Depends on the plan alone.
///
/// # Errors
/// `TooLarge` if the block could not be addressed.
pub fn assign(plan: &Plan) -> Result<Arena> {
    let roots = (0..plan.values.len()).filter(|&v| plan.values[v].parent.is_none());
    let key = |v: usize| [!(plan.values[v].len() as u64), plan.values[v].live.0 as u64, v as u64];
    let mut offsets = vec![0; plan.values.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut len = 0;
    for [_, _, v] in ascending(roots.map(key).collect()) {
        let v = v as usize;
        let value = &plan.values[v];
        let size = value.len();
        let busy = placed
            .iter()
            .filter(|&&other| overlap(plan.values[other].live, value.live))
            .map(|&other| [offsets[other] as u64, (offsets[other] + plan.values[other].len()) as u64, 0]);
        offsets[v] = best_gap(&ascending(busy.collect()), size);
        let end = offsets[v] as u64 + size as u64;
        if 4 * end > isize::MAX as u64 {
            let what = "running the model at this size".into();
            return Err(Error::TooLarge { what, needed: 4 * end, limit: isize::MAX as u64 });
        }
        len = len.max(end as usize);
        placed.push(v);
    }
    for v in 0..offsets.len() {
        offsets[v] = absolute(plan, &offsets, ValueId(v));
    }
    Ok(Arena { offsets, len })
}

fn overlap(a: (usize, usize), b: (usize, usize)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

/// Start of the smallest gap of at least `size` between sorted intervals; after the last if none fits.
fn best_gap(busy: &[Key], size: usize) -> usize {
    let mut best: Option<(usize, usize)> = None;
    let mut free = 0usize;
    for &[start, end, _] in busy {
        let (start, end) = (start as usize, end as usize);
        if start >= free && start - free >= size && best.is_none_or(|(gap, _)| start - free < gap) {
            best = Some((start - free, free));
        }
        free = free.max(end.next_multiple_of(ALIGN));
    }
    best.map_or(free, |(_, at)| at)
}

/// Offset of a value through its chain of parents, whose roots have been placed.
fn absolute(plan: &Plan, roots: &[usize], ValueId(v): ValueId) -> usize {
    match plan.values[v].parent {
        None => roots[v],
        Some((parent, first)) => absolute(plan, roots, parent) + first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, PlanValue};
    use unet_kernels::tensor::DType;

    /// Channels, first and last step of use, and parent value with the channel at which the value begins.
    type Value = (usize, (usize, usize), Option<(usize, usize)>);

    fn plan(values: &[Value]) -> Plan {
        let values = values
            .iter()
            .map(|&(channels, live, parent)| PlanValue {
                name: String::new(),
                shape: vec![1, channels, 5, 7],
                dtype: DType::F32,
                layout: Layout::Nchwc4,
                parent: parent.map(|(v, channel)| (ValueId(v), channel * 5 * 7)),
                live,
            })
            .collect();
        Plan { values, constants: vec![], steps: vec![], inputs: vec![], outputs: vec![] }
    }

    #[test]
    fn values_alive_together_do_not_overlap() {
        let mut random = 1u64;
        let mut next = |n: u64| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) % n
        };
        for _ in 0..50 {
            let values: Vec<_> = (0..20)
                .map(|_| {
                    let start = next(20) as usize;
                    (1 + next(40) as usize, (start, start + next(6) as usize), None)
                })
                .collect();
            let plan = plan(&values);
            let arena = assign(&plan).unwrap();
            let end = |v: usize| arena.offsets[v] + plan.values[v].len();
            for a in 0..20 {
                assert!(end(a) <= arena.len);
                for b in 0..a {
                    let apart = end(a) <= arena.offsets[b] || end(b) <= arena.offsets[a];
                    assert!(apart || !overlap(plan.values[a].live, plan.values[b].live));
                }
            }
        }
    }

    #[test]
    fn a_chain_needs_two_buffers() {
        let plan = plan(&[(4, (0, 0), None), (4, (0, 1), None), (4, (1, 2), None), (4, (2, 3), None)]);
        assert_eq!(assign(&plan).unwrap().len, 192 + 140);
    }

    #[test]
    fn children_lie_inside_their_parent() {
        let plan = plan(&[(16, (0, 3), None), (8, (0, 1), Some((0, 8))), (4, (0, 0), Some((1, 4)))]);
        let arena = assign(&plan).unwrap();
        assert_eq!(arena.offsets[1], arena.offsets[0] + 8 * 35);
        assert_eq!(arena.offsets[2], arena.offsets[0] + 12 * 35);
    }
}
