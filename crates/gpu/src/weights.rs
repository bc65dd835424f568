//! Constants on the device, shared by the plans of one model for all its picture sizes.

use super::device::Gpu;
use super::memory::storage_buffer;
use super::pack::{Packing, pack, packed_len};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Packed constants by the tensor they were made from; those of tensors that are gone are dropped.
/// One cache serves one [`Gpu`].
#[derive(Default)]
pub struct WeightCache {
    // While the weak reference is held the tensor's address stays its own, even when it is gone.
    buffers: HashMap<(*const Tensor, Packing), (Weak<Tensor>, wgpu::Buffer)>,
}

impl WeightCache {
    /// A cache without any buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes held on the device.
    pub fn bytes(&self) -> u64 {
        self.buffers.values().map(|(_, buffer)| buffer.size()).sum()
    }

    /// The tensor's buffer, made and filled if need be. To be called within error scopes; a buffer
    /// whose making failed has to be dropped with [`WeightCache::clear`].
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

    /// Drops what was packed from tensors that nothing else holds, such as the merged weights of
    /// plans that are gone.
    pub(super) fn drop_unused(&mut self) {
        self.buffers.retain(|_, (tensor, buffer)| {
            let used = tensor.strong_count() > 0;
            if !used {
                buffer.destroy();
            }
            used
        });
    }

    /// Once no executor is left that uses the buffers: a browser frees what is only dropped when it collects
    /// its garbage.
    pub fn destroy(&mut self) {
        self.buffers.drain().for_each(|(_, (_, buffer))| buffer.destroy());
    }

    /// Drops all buffers; those that an executor still uses live on with it.
    pub fn clear(&mut self) {
        self.buffers.clear();
    }
}

/// # Errors
/// `TooLarge` where the packed tensor exceeds what a kernel can be given.
pub(super) fn check_size(gpu: &Gpu, name: &str, tensor: &Tensor, packing: Packing) -> Result<()> {
    let needed = packed_len(tensor, packing).map_or(u64::MAX, |n| (n as u64).saturating_mul(4));
    let limit = gpu.max_value_bytes();
    if needed > limit {
        return Err(Error::TooLarge { what: format!("constant of node {name:?}"), needed, limit });
    }
    Ok(())
}
