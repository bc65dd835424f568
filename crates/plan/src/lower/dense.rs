//! Transposed convolution of a single pixel, the dense layer at the start of generators.

use super::super::{AxisIndex, Epilogue, Gather, Kernel, Layout, Operand, Window};
use super::conv::Scattered;
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::ops::OpError;

impl Lowering<'_> {
    /// A 1×1 convolution with one output channel per channel and kernel position, rearranged to pixels.
    pub(super) fn conv_transpose_of_pixel(
        &mut self,
        x: Operand,
        source: &Scattered,
        window: Window,
        bias: Option<Vec<f32>>,
        shape: &[usize],
    ) -> Lowered {
        let &[n, c_out, h, w] = shape else { return Err(OpError("rank".into()).into()) };
        let [kh, kw] = window.kernel;
        let c_in = source.c_in / source.groups;
        let mut weight = Vec::with_capacity(source.weight.len());
        for o in 0..c_out * kh * kw {
            let (channel, k) = (o / (kh * kw), o % (kh * kw));
            weight.extend((0..c_in).map(|c| source.weight[source.at(channel, c) + k]));
        }
        let weight = self.b.tensor(&[c_out * kh * kw, c_in, 1, 1], weight, Layout::RowMajor)?;
        let pixel = Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad_begin: [0, 0] };
        let kernel =
            Kernel::Conv { window: pixel, groups: source.groups, weight, epilogue: Epilogue::plain(None) };
        let dense = [n, c_out * kh * kw, 1, 1];
        let y = self.b.push(kernel, vec![x], DType::F32, &dense, Layout::Nchwc4)?;
        let mut y = self.b.reshape(y, &[n, c_out, kh, kw], Layout::Nchwc4)?;
        // Position i of the output is kernel position (i + pad)/dilation, if that is an integer.
        let table = |axis: usize, len: usize| -> Vec<i32> {
            let at = |i: usize| i as isize + window.pad_begin[axis];
            let dilation = window.dilation[axis] as isize;
            let inside =
                |at: isize| at >= 0 && at % dilation == 0 && at / dilation < window.kernel[axis] as isize;
            (0..len).map(|i| if inside(at(i)) { (at(i) / dilation) as i32 } else { -1 }).collect()
        };
        let tables = [table(0, h), table(1, w)];
        let same =
            tables.iter().zip(window.kernel).all(|(table, len)| table.iter().copied().eq(0..len as i32));
        if !same {
            let [rows, columns] = tables.map(AxisIndex::Table);
            let index = [AxisIndex::Same, AxisIndex::Same, rows, columns];
            let kernel = Kernel::Gather(Gather { index, fill: 0.0 });
            y = self.b.push(kernel, vec![y], DType::F32, shape, Layout::Nchwc4)?;
        }
        match bias {
            Some(bias) => self.scale_channels(y, vec![1.0; c_out], bias),
            None => Ok(y),
        }
    }
}
