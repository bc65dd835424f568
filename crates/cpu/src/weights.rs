//! Constants in the kernels' packed layouts, packed once per model and shared by the plans of all sizes.

use super::aligned::Aligned;
use super::gemm::PANEL;
use super::{conv, layout};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use unet_kernels::error::Result;
use unet_kernels::tensor::Tensor;
use unet_plan::{Constant, Layout};

/// A packed constant.
pub(super) type Packed = Arc<Aligned>;

/// Packed layout of a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Packing {
    /// Operand in the plan's layout.
    Operand(Layout),
    /// Per-channel vector: padded with zeros to whole panels.
    Vector,
    /// `[C_out/8][36][C_in][8]`, transformed for Winograd.
    Winograd,
    /// `[groups][ceil(C_out/groups/8)][kh·kw·C_in/groups][8]`
    Panels { groups: usize },
    /// `[ceil(C_in/4)][kh·kw][C_out][4]`: lanes are input channels.
    InputLanes,
    /// `[C/4][kh·kw][4]`
    Depthwise,
}

/// Packed constants by source tensor; entries of dropped tensors are removed.
#[derive(Default)]
pub struct WeightCache {
    packed: HashMap<(usize, Packing), Entry>,
    /// Whether only lengths are computed.
    measuring: bool,
}

struct Entry {
    /// While this reference is held, the tensor's address is not reused, even after the tensor is dropped.
    tensor: Weak<Tensor>,
    len: usize,
    packed: Packed,
}

impl WeightCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that only adds up lengths; its constants are empty.
    pub(super) fn measuring() -> Self {
        Self { measuring: true, ..Self::default() }
    }

    /// Size of the packed constants in bytes.
    pub fn bytes(&self) -> u64 {
        self.packed.values().map(|entry| entry.len as u64 * 4).sum()
    }

    /// Drops entries whose tensors nothing else holds, such as merged weights of dropped plans.
    pub(super) fn drop_unused(&mut self) {
        self.packed.retain(|_, entry| entry.tensor.strong_count() > 0);
    }

    /// Returns the packed constant, packing it on first use.
    ///
    /// # Errors
    /// `OutOfMemory` if the allocator refuses.
    pub(super) fn get(&mut self, constant: &Constant, packing: Packing) -> Result<Packed> {
        let tensor = &constant.tensor;
        let key = (Arc::as_ptr(tensor) as usize, packing);
        if let Some(entry) = self.packed.get(&key) {
            return Ok(entry.packed.clone());
        }
        let len = packed_len(tensor.shape(), packing);
        let mut packed = Aligned::default();
        if !self.measuring {
            packed = Aligned::zeros(len)?;
            pack(tensor, packing, &mut packed);
        }
        let packed = Arc::new(packed);
        self.packed.insert(key, Entry { tensor: Arc::downgrade(tensor), len, packed: packed.clone() });
        Ok(packed)
    }
}

/// Length of a packed tensor of this shape.
fn packed_len(shape: &[usize], packing: Packing) -> usize {
    let len: usize = shape.iter().product();
    // Weights are [C_out, C_in/groups, kh, kw].
    let per_output = || shape[1..].iter().product::<usize>();
    match packing {
        Packing::Operand(layout) => unet_plan::storage_len(layout, shape).unwrap_or(0),
        Packing::Vector => len.next_multiple_of(PANEL),
        Packing::Winograd => shape[0].next_multiple_of(PANEL) * 36 * shape[1],
        Packing::Panels { groups } => groups * (shape[0] / groups).next_multiple_of(PANEL) * per_output(),
        Packing::InputLanes => len,
        Packing::Depthwise => shape[0].next_multiple_of(4) * per_output(),
    }
}

/// Packs a tensor into `out`, zeros of the packed length.
fn pack(tensor: &Tensor, packing: Packing, out: &mut [f32]) {
    let floats = tensor.as_f32().unwrap_or(&[]);
    let shape = tensor.shape();
    match packing {
        Packing::Operand(layout) => layout::write_tensor(tensor, layout, out),
        Packing::Vector => out[..floats.len()].copy_from_slice(floats),
        Packing::Winograd => conv::pack_winograd(floats, shape, out),
        Packing::Panels { groups } => conv::pack_panels(floats, shape, groups, out),
        Packing::InputLanes => conv::pack_input_lanes(floats, shape, out),
        Packing::Depthwise => conv::pack_depthwise(floats, shape, out),
    }
}
