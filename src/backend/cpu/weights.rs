//! Constants as kernels want them, packed once a model and shared by the plans of all sizes.

use super::gemm::PANEL;
use super::{conv, layout};
use crate::plan::{Constant, Layout};
use crate::tensor::Tensor;
use std::collections::HashMap;
use std::sync::Arc;

/// A packed constant.
pub(super) type Packed = Arc<Vec<f32>>;

/// How a constant is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Packing {
    /// An operand in the plan's layout.
    Operand(Layout),
    /// Per-channel vector: padded with zeros to whole panels.
    Vector,
    /// `[C_out/8][36][C_in][8]`, transformed.
    Winograd,
    /// `[groups][ceil(C_out/groups/8)][kh·kw·C_in/groups][8]`
    Panels { groups: usize },
    /// `[ceil(C_in/4)][kh·kw][C_out][4]`: lanes are input channels.
    InputLanes,
    /// `[C/4][kh·kw][4]`
    Depthwise,
}

/// Packed constants by the tensor they were made from.
#[derive(Default)]
pub struct WeightCache {
    /// The tensor is kept so that its address stays its own.
    packed: HashMap<(usize, Packing), (Arc<Tensor>, Packed)>,
}

impl WeightCache {
    pub fn new() -> Self {
        Self::default()
    }

    /// Memory of the packed constants in bytes.
    pub fn bytes(&self) -> u64 {
        self.packed.values().map(|(_, packed)| packed.len() as u64 * 4).sum()
    }

    pub(super) fn get(&mut self, constant: &Constant, packing: Packing) -> Packed {
        let key = (Arc::as_ptr(&constant.tensor) as usize, packing);
        let make = || (constant.tensor.clone(), Arc::new(pack(&constant.tensor, packing)));
        self.packed.entry(key).or_insert_with(make).1.clone()
    }
}

fn pack(tensor: &Tensor, packing: Packing) -> Vec<f32> {
    let floats = tensor.as_f32().unwrap_or(&[]);
    let shape = tensor.shape();
    match packing {
        Packing::Operand(layout) => layout::from_tensor(tensor, layout),
        Packing::Vector => {
            let mut out = floats.to_vec();
            out.resize(floats.len().next_multiple_of(PANEL), 0.0);
            out
        }
        Packing::Winograd => conv::pack_winograd(floats, shape),
        Packing::Panels { groups } => conv::pack_panels(floats, shape, groups),
        Packing::InputLanes => conv::pack_input_lanes(floats, shape),
        Packing::Depthwise => conv::pack_depthwise(floats, shape),
    }
}
