//! Constants on the device, shared by a model's plans for all picture sizes.

use super::device::Gpu;
use super::memory::storage_buffer;
use super::pack::{Packing, pack, packed_len};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Packed constants by source tensor; entries of dropped tensors are removed. A cache belongs to one [`Gpu`].
#[derive(Default)]
pub struct WeightCache {
    // While the weak reference is held, the tensor's address is not reused, even after the tensor is dropped.
    buffers: HashMap<(*const Tensor, Packing), (Weak<Tensor>, wgpu::Buffer)>,
}

impl WeightCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes held on the device.
    pub fn bytes(&self) -> u64 {
        self.buffers.values().map(|(_, buffer)| buffer.size()).sum()
    }

    /// The tensor's buffer, created and filled on first use. To be called within error scopes; if creating a
    /// buffer failed, call [`WeightCache::clear`].
    pub(super) fn get(&mut self, gpu: &Gpu, tensor: &Arc<Tensor>, packing: Packing) -> wgpu::Buffer {
        let key = (Arc::as_ptr(tensor), packing);
        let entry = self.buffers.entry(key).or_insert_with(|| {
            let mut data = pack(tensor, packing);
            // Shaders read vectors of four.
            data.resize(data.len().max(1).next_multiple_of(4), 0);
            let buffer = storage_buffer(gpu.device(), 4 * data.len() as u64);
            gpu.queue().write_buffer(&buffer, 0, bytemuck::cast_slice(&data));
            (Arc::downgrade(tensor), buffer)
        });
        entry.1.clone()
    }

    /// Drops entries whose tensors nothing else holds, such as merged weights of dropped plans.
    pub(super) fn drop_unused(&mut self) {
        self.buffers.retain(|_, (tensor, buffer)| {
            let used = tensor.strong_count() > 0;
            if !used {
                buffer.destroy();
            }
            used
        });
    }

    /// Destroys all buffers; to be called when no executor uses them. A browser frees dropped buffers only at
    /// its next garbage collection.
    pub fn destroy(&mut self) {
        self.buffers.drain().for_each(|(_, (_, buffer))| buffer.destroy());
    }

    /// Drops all buffers; executors keep those that they use alive.
    pub fn clear(&mut self) {
        self.buffers.clear();
    }
}

/// Checks that a kernel can bind the packed tensor.
///
/// # Errors
/// `TooLarge` if the packed tensor exceeds the size limit of a binding.
pub(super) fn check_size(gpu: &Gpu, name: &str, tensor: &Tensor, packing: Packing) -> Result<()> {
    let needed = packed_len(tensor, packing).map_or(u64::MAX, |n| (n as u64).saturating_mul(4));
    let limit = gpu.max_value_bytes();
    if needed > limit {
        return Err(Error::TooLarge { what: format!("constant of node {name:?}"), needed, limit });
    }
    Ok(())
}
