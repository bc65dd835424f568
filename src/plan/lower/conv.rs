//! Convolution, and transposed convolution as convolution followed by depth-to-space.

use super::super::{AxisIndex, ConstId, DepthMode, Epilogue, Gather, Kernel, Layout, Operand, Window};
use super::move_data::check_lengths;
use super::{Lowered, Lowering};
use crate::graph::Node;
use crate::ops::{Conv, ConvTranspose, OpError};
use crate::tensor::{DType, Tensor};
use std::sync::Arc;

impl Lowering<'_> {
    pub(super) fn conv(&mut self, node: &Node, op: &Conv) -> Lowered {
        let (x, [_, _, h, w]) = self.picture(node, 0)?;
        let (weight, [_, _, kh, kw]) = self.weight(node)?;
        let (window, ..) = op.window([h, w], [kh, kw])?;
        let weight = self.b.constant(&weight, Layout::Plain);
        let bias = self.bias(node)?.map(|b| self.b.vector(b)).transpose()?;
        let shape = self.output_shape(node, 0)?;
        let kernel = Kernel::Conv { window, groups: op.group, weight, epilogue: Epilogue::plain(bias) };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Planes)?)
    }

    /// Every output block of stride × stride pixels is a linear function of the same few input
    /// pixels: a convolution with stride² times the channels gives all of them at once.
    pub(super) fn conv_transpose(&mut self, node: &Node, op: &ConvTranspose) -> Lowered {
        let (x, [n, c_in, h, w]) = self.picture(node, 0)?;
        let (weight, [_, per_group, kh, kw]) = self.weight(node)?;
        let (window, _) = op.window([h, w], [kh, kw])?;
        let bias = self.bias(node)?;
        let shape = self.output_shape(node, 0)?;
        let floats = weight.as_f32().ok_or_else(|| OpError("the weight must be float".into()))?;
        let c_out = per_group * op.group;
        let source = Scattered { weight: floats, c_in, per_group, groups: op.group, kernel: [kh, kw] };
        if [h, w] == [1, 1] {
            return self.conv_transpose_of_pixel(x, &source, window, bias, &shape);
        }
        let [s, sx] = window.stride;
        if s != sx || window.dilation != [1, 1] {
            return self.zero_insertion(x, &source, window, bias, &shape);
        }
        if s == 1 {
            let flipped = source.flipped()?;
            let weight = self.b.tensor(&[c_out, c_in / op.group, kh, kw], flipped, Layout::Plain)?;
            let bias = bias.map(|b| self.b.vector(b)).transpose()?;
            let kernel = mirrored(window, weight, op.group, bias);
            return Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Planes)?);
        }
        let taps = [Taps::new(s, kh, window.pad_begin[0]), Taps::new(s, kw, window.pad_begin[1])];
        // Channels of one phase stay together where they can: then pixels move in whole vectors.
        let mode = if op.group == 1 { DepthMode::Dcr } else { DepthMode::Crd };
        let weight = source.by_phase(&taps, mode)?;
        let count = [c_out * s * s, c_in / op.group, taps[0].len, taps[1].len];
        let weight = self.b.tensor(&count, weight, Layout::Plain)?;
        let spread =
            |b: Vec<f32>| (0..c_out * s * s).map(|o| b[channel(o, s, c_out, mode).0]).collect::<Vec<_>>();
        let bias = bias.map(|b| self.b.vector(spread(b))).transpose()?;
        let window = Window {
            kernel: [taps[0].len, taps[1].len],
            stride: [1, 1],
            dilation: [1, 1],
            pad_begin: [-taps[0].first, -taps[1].first],
        };
        let blocks = [n, c_out * s * s, shape[2].div_ceil(s), shape[3].div_ceil(s)];
        let kernel = Kernel::Conv { window, groups: op.group, weight, epilogue: Epilogue::plain(bias) };
        let phases = self.b.push(kernel, vec![x], DType::F32, &blocks, Layout::Planes)?;
        let kernel = Kernel::DepthToSpace { block: s, mode };
        Ok(self.b.push(kernel, vec![phases], DType::F32, &shape, Layout::Planes)?)
    }

    /// The textbook way, for dilated kernels and strides that differ: zeros between the pixels,
    /// then a convolution with the kernel turned by half a turn.
    fn zero_insertion(
        &mut self,
        x: Operand,
        source: &Scattered,
        window: Window,
        bias: Option<Vec<f32>>,
        shape: &[usize],
    ) -> Lowered {
        let [n, c, h, w]: [usize; 4] = self.b.shape(x).try_into().map_err(|_| OpError("rank".into()))?;
        let length = |len: usize, stride: usize| (len - 1) * stride + 1;
        check_lengths([length(h, window.stride[0]), length(w, window.stride[1])])?;
        let spread = |len: usize, stride: usize| -> Vec<i32> {
            let at = |i: usize| if i.is_multiple_of(stride) { (i / stride) as i32 } else { -1 };
            (0..length(len, stride)).map(at).collect()
        };
        let (ys, xs) = (spread(h, window.stride[0]), spread(w, window.stride[1]));
        let spaced = [n, c, ys.len(), xs.len()];
        let index = [AxisIndex::Same, AxisIndex::Same, AxisIndex::Table(ys), AxisIndex::Table(xs)];
        let gather = Kernel::Gather(Gather { index, fill: 0.0 });
        let spaced = self.b.push(gather, vec![x], DType::F32, &spaced, Layout::Planes)?;
        let [kh, kw] = source.kernel;
        let c_out = source.per_group * source.groups;
        let dims = [c_out, source.c_in / source.groups, kh, kw];
        let weight = self.b.tensor(&dims, source.flipped()?, Layout::Plain)?;
        let bias = bias.map(|b| self.b.vector(b)).transpose()?;
        let kernel = mirrored(window, weight, source.groups, bias);
        Ok(self.b.push(kernel, vec![spaced], DType::F32, shape, Layout::Planes)?)
    }

    fn weight(&self, node: &Node) -> Lowered<(Arc<Tensor>, [usize; 4])> {
        let weight =
            self.constant(node, 1, "the weight")?.ok_or_else(|| OpError("the weight is missing".into()))?;
        let shape: [usize; 4] = weight.shape().try_into().map_err(|_| {
            OpError(format!("the weight must have four dimensions; its shape is {:?}", weight.shape()))
        })?;
        if shape.contains(&0) {
            return Err(OpError(format!("the weight of shape {shape:?} is empty")).into());
        }
        Ok((weight, shape))
    }

    fn bias(&self, node: &Node) -> Lowered<Option<Vec<f32>>> {
        self.floats(node, 2, "the bias")
    }
}

/// Scattering with stride 1 is convolution with the mirrored kernel, padded by its reach less
/// what is cut off.
fn mirrored(window: Window, weight: ConstId, groups: usize, bias: Option<ConstId>) -> Kernel {
    let pad = |i: usize| (window.dilation[i] * (window.kernel[i] - 1)) as isize - window.pad_begin[i];
    let window = Window { stride: [1, 1], pad_begin: [pad(0), pad(1)], ..window };
    Kernel::Conv { window, groups, weight, epilogue: Epilogue::plain(bias) }
}

/// Which input pixels an output block of `stride` pixels needs along one axis. Output pixel
/// stride·i + r gets input pixel i + ⌊(r + pad)/stride⌋ − m through kernel position
/// (r + pad) mod stride + stride·m.
struct Taps {
    stride: isize,
    kernel: isize,
    pad: isize,
    /// First input pixel, relative to the block's number.
    first: isize,
    len: usize,
}

impl Taps {
    fn new(stride: usize, kernel: usize, pad: isize) -> Self {
        let (stride, kernel) = (stride as isize, kernel as isize);
        let last = (stride - 1 + pad).div_euclid(stride);
        let first = (0..stride)
            .map(|r| {
                let deepest = (kernel - 1 - (r + pad).rem_euclid(stride)).div_euclid(stride);
                (r + pad).div_euclid(stride) - deepest
            })
            .min()
            .unwrap_or(0)
            .min(last);
        Self { stride, kernel, pad, first, len: (last - first + 1) as usize }
    }

    /// Kernel position through which tap `t` reaches pixel `r` of the block.
    fn position(&self, r: usize, t: usize) -> Option<usize> {
        let shifted = r as isize + self.pad;
        let m = shifted.div_euclid(self.stride) - (self.first + t as isize);
        let k = shifted.rem_euclid(self.stride) + self.stride * m;
        usize::try_from(k).ok().filter(|_| m >= 0 && k < self.kernel)
    }
}

/// Output channel and `[y, x]` of its pixel in the block, of phase channel `o`.
fn channel(o: usize, s: usize, c_out: usize, mode: DepthMode) -> (usize, [usize; 2]) {
    let (c, phase) = match mode {
        DepthMode::Dcr => (o % c_out, o / c_out),
        DepthMode::Crd => (o / (s * s), o % (s * s)),
    };
    (c, [phase / s, phase % s])
}

/// The weight of a transposed convolution, `[C_in, C_out/groups, kh, kw]`.
pub(super) struct Scattered<'a> {
    pub weight: &'a [f32],
    pub c_in: usize,
    per_group: usize,
    pub groups: usize,
    kernel: [usize; 2],
}

impl Scattered<'_> {
    pub fn at(&self, o: usize, c_in_group: usize, [ky, kx]: [usize; 2]) -> f32 {
        let c = o / self.per_group * (self.c_in / self.groups) + c_in_group;
        let [kh, kw] = self.kernel;
        self.weight[((c * self.per_group + o % self.per_group) * kh + ky) * kw + kx]
    }

    fn flipped(&self) -> Lowered<Vec<f32>> {
        let [kh, kw] = self.kernel;
        let mut out = Vec::with_capacity(self.weight.len());
        for o in 0..self.per_group * self.groups {
            for c in 0..self.c_in / self.groups {
                for k in (0..kh * kw).rev() {
                    out.push(self.at(o, c, [k / kw, k % kw]));
                }
            }
        }
        Ok(out)
    }

    fn by_phase(&self, taps: &[Taps; 2], mode: DepthMode) -> Lowered<Vec<f32>> {
        let s = taps[0].stride as usize;
        let (c_out, c_in) = (self.per_group * self.groups, self.c_in / self.groups);
        let len =
            [c_out, s * s, c_in, taps[0].len, taps[1].len].iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        if len.is_none_or(|len| len > 1 << 25) {
            return Err(OpError("the kernel is too large".into()).into());
        }
        let mut out = Vec::new();
        for o in 0..c_out * s * s {
            let (oc, [ry, rx]) = channel(o, s, c_out, mode);
            for c in 0..c_in {
                for ty in 0..taps[0].len {
                    for tx in 0..taps[1].len {
                        let k = taps[0].position(ry, ty).zip(taps[1].position(rx, tx));
                        out.push(k.map_or(0.0, |(ky, kx)| self.at(oc, c, [ky, kx])));
                    }
                }
            }
        }
        Ok(out)
    }
}
