//! Axes along which two buffers of plain values are traversed together.

/// Length of an axis, and its stride in both buffers: 0 where broadcast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub len: usize,
    pub strides: [usize; 2],
}

/// Axes of more than one element; neighbors that both buffers traverse alike are merged, up to a length of
/// `most`.
pub(super) fn joined(axes: impl Iterator<Item = Axis>, most: usize) -> Vec<Axis> {
    let mut joined: Vec<Axis> = Vec::new();
    for next in axes.filter(|axis| axis.len != 1) {
        let follows = |before: &Axis| before.strides == next.strides.map(|stride| stride * next.len);
        match joined.last_mut() {
            Some(before) if follows(before) && before.len * next.len <= most => {
                *before = Axis { len: before.len * next.len, ..next };
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// Number of positions along the axes.
pub(super) fn count(axes: &[Axis]) -> usize {
    axes.iter().map(|axis| axis.len).product()
}

/// Offsets in both buffers of position `i` along the axes, in row-major order.
pub(super) fn offsets(axes: &[Axis], mut i: usize) -> [usize; 2] {
    let mut offsets = [0; 2];
    for axis in axes.iter().rev() {
        let at = i % axis.len;
        i /= axis.len;
        offsets = std::array::from_fn(|buffer| offsets[buffer] + at * axis.strides[buffer]);
    }
    offsets
}
