//! Conversion between tensors and the bits of a buffer, and packing of weights for convolutions.

use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_plan::{Layout, storage_len};

/// Storage order of a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Packing {
    Layout(Layout),
    /// Weights of a convolution whose groups are whole blocks:
    /// `[C_out/4][C_in/groups/4][kh][kw]` matrices, column-major, a column for each input channel.
    Blocks,
    /// Weights of a depthwise convolution: `[C/4][kh][kw][4]`.
    Depthwise,
}

/// Number of packed elements of `tensor`, `None` on overflow.
pub(crate) fn packed_len(tensor: &Tensor, packing: Packing) -> Option<usize> {
    match (packing, tensor.shape()) {
        (Packing::Blocks, &[out, inner, kh, kw]) => {
            unet_kernels::tensor::checked_len(&[out.div_ceil(4), inner.div_ceil(4), kh, kw, 16])
        }
        (Packing::Depthwise, &[c, _, kh, kw]) => {
            unet_kernels::tensor::checked_len(&[c.div_ceil(4), kh, kw, 4])
        }
        (Packing::Layout(layout), shape) => storage_len(layout, shape),
        _ => Some(tensor.len()),
    }
}

/// Elements of a tensor as 32 bits each, in row-major order. Integers beyond 32 bits are clamped.
fn bits(tensor: &Tensor) -> Vec<u32> {
    match tensor.data() {
        Data::F32(v) => bytemuck::cast_slice(v).to_vec(),
        Data::I64(v) => v.iter().map(|&i| i.clamp(i32::MIN.into(), i32::MAX.into()) as i32 as u32).collect(),
    }
}

/// Elements of the tensor in the order of `packing`; padding is zero.
pub(crate) fn pack(tensor: &Tensor, packing: Packing) -> Vec<u32> {
    let flat = bits(tensor);
    match (packing, tensor.shape()) {
        (Packing::Blocks, &[out, inner, kh, kw]) => pack_blocks(&flat, [out, inner, kh * kw]),
        (Packing::Depthwise, &[c, _, kh, kw]) => to_planes(&flat, [1, c, kh * kw]),
        (Packing::Layout(Layout::Nchwc4), &[n, c, h, w]) => to_planes(&flat, [n, c, h * w]),
        _ => flat,
    }
}

fn pack_blocks(flat: &[u32], [out, inner, taps]: [usize; 3]) -> Vec<u32> {
    let inner_blocks = inner.div_ceil(4);
    let mut packed = vec![0; out.div_ceil(4) * inner_blocks * taps * 16];
    for o in 0..out {
        for i in 0..inner {
            for t in 0..taps {
                let matrix = ((o / 4) * inner_blocks + i / 4) * taps + t;
                packed[matrix * 16 + (i % 4) * 4 + o % 4] = flat[(o * inner + i) * taps + t];
            }
        }
    }
    packed
}

fn to_planes(flat: &[u32], [samples, channels, area]: [usize; 3]) -> Vec<u32> {
    let blocks = channels.div_ceil(4);
    let mut planes = vec![0; samples * blocks * area * 4];
    for (row, source) in flat.chunks_exact(area.max(1)).enumerate() {
        let (n, c) = (row / channels, row % channels);
        let first = ((n * blocks + c / 4) * area) * 4 + c % 4;
        for (to, &from) in planes[first..].iter_mut().step_by(4).zip(source) {
            *to = from;
        }
    }
    planes
}

/// Converts a buffer's contents to a tensor.
///
/// # Errors
/// `OutOfMemory` if the result cannot be allocated; `Gpu` if the buffer is too short.
pub(crate) fn unpack(stored: &[u32], layout: Layout, shape: &[usize], dtype: DType) -> Result<Tensor> {
    let len = unet_kernels::tensor::checked_len(shape).unwrap_or(usize::MAX);
    let mut flat: Vec<u32> = Vec::new();
    flat.try_reserve_exact(len).map_err(|_| Error::OutOfMemory(4 * len as u64))?;
    match (layout, shape) {
        (Layout::Nchwc4, &[_, channels, h, w]) => {
            let area = h * w;
            let blocks = channels.div_ceil(4);
            let rows = len.checked_div(area).unwrap_or(0);
            for row in 0..rows {
                let (n, c) = (row / channels, row % channels);
                let first = ((n * blocks + c / 4) * area) * 4 + c % 4;
                flat.extend(stored.iter().skip(first).step_by(4).take(area));
            }
        }
        _ => flat.extend(stored.iter().take(len)),
    }
    if flat.len() != len {
        return Err(Error::Gpu(format!("a value of shape {shape:?} came back short")));
    }
    let data = match dtype {
        DType::F32 => Data::F32(bytemuck::cast_vec(flat)),
        DType::I64 => Data::I64(flat.into_iter().map(|b| i64::from(b as i32)).collect()),
    };
    Tensor::new(shape.to_vec(), data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_round_trip() {
        for shape in [vec![2, 5, 3, 2], vec![1, 4, 1, 1], vec![1, 0, 2, 2], vec![3, 1, 2, 7]] {
            let len: usize = shape.iter().product();
            let tensor = Tensor::f32(shape.clone(), (0..len).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
            let stored = pack(&tensor, Packing::Layout(Layout::Nchwc4));
            assert_eq!(Some(stored.len()), storage_len(Layout::Nchwc4, &shape));
            assert_eq!(unpack(&stored, Layout::Nchwc4, &shape, DType::F32).unwrap(), tensor);
        }
    }

    #[test]
    fn integers_round_trip() {
        let tensor = Tensor::i64([4], [-1, 0, 7, 1 << 40]).unwrap();
        let stored = pack(&tensor, Packing::Layout(Layout::RowMajor));
        let back = unpack(&stored, Layout::RowMajor, &[4], DType::I64).unwrap();
        assert_eq!(back.as_i64().unwrap(), [-1, 0, 7, i64::from(i32::MAX)]);
    }

    #[test]
    fn each_matrix_column_holds_an_input_channel() {
        let weights = Tensor::f32([5, 2, 1, 1], (0..10).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
        let stored: Vec<f32> = bytemuck::cast_vec(pack(&weights, Packing::Blocks));
        assert_eq!(stored[..8], [0., 2., 4., 6., 1., 3., 5., 7.]);
        assert_eq!(stored[16..24], [8., 0., 0., 0., 9., 0., 0., 0.]);
        assert_eq!(packed_len(&weights, Packing::Blocks), Some(stored.len()));
    }
}
