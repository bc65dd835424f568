//! Buffers: sharing between values, and a pool for reuse.

use unet_kernels::order::ascending;

/// Storage for values and weights alike.
const USAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_SRC).union(wgpu::BufferUsages::COPY_DST);

pub(crate) fn storage_buffer(device: &wgpu::Device, bytes: u64) -> wgpu::Buffer {
    let descriptor =
        wgpu::BufferDescriptor { label: None, size: bytes, usage: USAGE, mapped_at_creation: false };
    device.create_buffer(&descriptor)
}

/// Maximum total size of spare buffers, in bytes.
const MAX_SPARE: u64 = 256 << 20;

/// Buffers that no executor uses, the latest last. They are destroyed explicitly, because a browser frees
/// dropped buffers only at its next garbage collection.
#[derive(Default)]
pub(crate) struct Pool {
    free: Vec<wgpu::Buffer>,
}

impl Pool {
    /// The smallest spare buffer that holds `bytes` and wastes less than half, or a new one.
    pub(crate) fn take(&mut self, device: &wgpu::Device, bytes: u64) -> wgpu::Buffer {
        let fits = |b: &wgpu::Buffer| b.size() >= bytes && b.size() / 2 <= bytes;
        let best = (0..self.free.len()).filter(|&i| fits(&self.free[i])).min_by_key(|&i| self.free[i].size());
        match best {
            Some(i) => self.free.remove(i),
            None => storage_buffer(device, bytes),
        }
    }

    pub(crate) fn put(&mut self, buffer: wgpu::Buffer) {
        self.free.push(buffer);
        let mut spare: u64 = self.free.iter().map(wgpu::Buffer::size).sum();
        while spare > MAX_SPARE {
            let oldest = self.free.remove(0);
            spare -= oldest.size();
            oldest.destroy();
        }
    }

    /// Destroys all spare buffers; returns the freed bytes.
    pub(crate) fn clear(&mut self) -> u64 {
        self.free.drain(..).inspect(wgpu::Buffer::destroy).map(|buffer| buffer.size()).sum()
    }
}

/// A piece of storage, and the steps (inclusive) during which it is in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    pub bytes: u64,
    pub first: usize,
    pub last: usize,
}

/// Slot of each piece, and the slots' sizes. Pieces share a slot only if their lifetimes are disjoint.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Slots {
    pub slot_of: Vec<usize>,
    pub bytes: Vec<u64>,
}

/// Assigns each piece, in order of first use, to the smallest free slot that fits, or else enlarges the
/// largest free slot.
pub(crate) fn assign(pieces: &[Lifetime]) -> Slots {
    let mut slots = Slots { slot_of: vec![0; pieces.len()], bytes: Vec::new() };
    let mut busy_until: Vec<usize> = Vec::new();
    let order = pieces.iter().enumerate().map(|(i, piece)| [piece.first as u64, !piece.bytes, i as u64]);
    for [_, _, i] in ascending(order.collect()) {
        let i = i as usize;
        let piece = pieces[i];
        let free = || (0..busy_until.len()).filter(|&s| busy_until[s] < piece.first);
        let holding = free().filter(|&s| slots.bytes[s] >= piece.bytes).min_by_key(|&s| slots.bytes[s]);
        let slot = match holding.or_else(|| free().max_by_key(|&s| slots.bytes[s])) {
            Some(s) => s,
            None => {
                slots.bytes.push(0);
                busy_until.push(0);
                slots.bytes.len() - 1
            }
        };
        slots.bytes[slot] = slots.bytes[slot].max(piece.bytes);
        busy_until[slot] = piece.last;
        slots.slot_of[i] = slot;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: u64, first: usize, last: usize) -> Lifetime {
        Lifetime { bytes, first, last }
    }

    #[test]
    fn a_chain_needs_two_slots() {
        let slots = assign(&[piece(64, 0, 1), piece(64, 1, 2), piece(64, 2, 3), piece(64, 3, 4)]);
        assert_eq!(slots.bytes, [64, 64]);
        assert_eq!(slots.slot_of, [0, 1, 0, 1]);
    }

    #[test]
    fn pieces_alive_together_get_separate_slots() {
        let pieces = [piece(10, 0, 9), piece(99, 1, 3), piece(5, 2, 4), piece(40, 4, 5), piece(7, 5, 6)];
        let slots = assign(&pieces);
        for (i, a) in pieces.iter().enumerate() {
            assert!(slots.bytes[slots.slot_of[i]] >= a.bytes);
            for (j, b) in pieces.iter().enumerate().skip(i + 1) {
                if a.first <= b.last && b.first <= a.last {
                    assert_ne!(slots.slot_of[i], slots.slot_of[j], "{a:?} {b:?}");
                }
            }
        }
        assert!(slots.bytes.len() <= 4);
    }
}
