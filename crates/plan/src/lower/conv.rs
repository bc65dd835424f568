//! Convolution, and transposed convolution as convolution followed by depth-to-space.

use super::super::{AxisIndex, ConstId, DepthMode, Epilogue, Gather, Kernel, Layout, Operand, Window};
use super::move_data::check_lengths;
use super::{Lowered, Lowering};
use std::sync::Arc;
use unet_kernels::tensor::{DType, Tensor};
use unet_onnx::graph::Node;
use unet_onnx::ops::{Conv, ConvTranspose, OpError};

/// Maximum number of weights of a transposed convolution in its lowered form: 256 MB.
const MOST_WEIGHTS: usize = 1 << 26;

impl Lowering<'_> {
    pub(super) fn conv(&mut self, node: &Node, op: &Conv) -> Lowered {
        let (x, [_, _, h, w]) = self.picture(node, 0)?;
        let (weight, [_, _, kh, kw]) = self.weight(node)?;
        let (window, ..) = op.window([h, w], [kh, kw])?;
        let weight = self.b.constant(&weight, Layout::RowMajor);
        let bias = self.bias(node)?.map(|b| self.b.vector(b)).transpose()?;
        let shape = self.output_shape(node, 0)?;
        let kernel = Kernel::Conv { window, groups: op.group, weight, epilogue: Epilogue::plain(bias) };
        Ok(self.b.push(kernel, vec![x], DType::F32, &shape, Layout::Nchwc4)?)
    }

    /// Lowers a transposed convolution: every output block of stride × stride pixels is a linear function of
    /// the same few input pixels, so one convolution with stride² times the channels computes all of them.
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
        let taps = [0, 1].map(|i| Taps::new(&window, i));
        if window.stride == [1, 1] || taps[0].len * taps[1].len > kh * kw {
            return self.zero_insertion(node, x, &source, window, bias, &shape);
        }
        let block = window.stride;
        let phases = block[0] * block[1];
        // Channels of one phase stay together where possible, so that pixels move in whole vectors.
        let mode = if op.group == 1 { DepthMode::Dcr } else { DepthMode::Crd };
        let recipe = [&block[..], &window.dilation, &[kh, kw, op.group]].concat();
        let weight = self.derived(node, recipe, || source.by_phase(&taps, mode))?;
        let mut spread = vec![0.0; c_out * phases];
        for (c, &value) in bias.iter().flatten().enumerate() {
            (0..phases).for_each(|phase| spread[mode.channel(c, phase, c_out, phases)] = value);
        }
        let bias = bias.is_some().then(|| self.b.vector(spread)).transpose()?;
        // Cropping at the beginning: whole blocks, then pixels of the first remaining block.
        let cut = |i: usize| {
            (
                window.pad_begin[i].div_euclid(block[i] as isize),
                window.pad_begin[i].rem_euclid(block[i] as isize) as usize,
            )
        };
        let (blocks_cut, skip) = ([cut(0).0, cut(1).0], [cut(0).1, cut(1).1]);
        let window = Window {
            kernel: [taps[0].len, taps[1].len],
            stride: [1, 1],
            dilation: [1, 1],
            pad_begin: [0, 1].map(|i| taps[i].len as isize - 1 - blocks_cut[i]),
        };
        let count = |i: usize| (skip[i] + shape[2 + i]).div_ceil(block[i]);
        let blocks = [n, c_out * phases, count(0), count(1)];
        let kernel = Kernel::Conv { window, groups: op.group, weight, epilogue: Epilogue::plain(bias) };
        let blocks = self.b.push(kernel, vec![x], DType::F32, &blocks, Layout::Nchwc4)?;
        let kernel = Kernel::DepthToSpace { block, mode, skip };
        Ok(self.b.push(kernel, vec![blocks], DType::F32, &shape, Layout::Nchwc4)?)
    }

    /// Textbook lowering, for blocks that would take more multiplications: zeros between the pixels, then a
    /// convolution with the kernel rotated by 180°.
    fn zero_insertion(
        &mut self,
        node: &Node,
        mut x: Operand,
        source: &Scattered,
        window: Window,
        bias: Option<Vec<f32>>,
        shape: &[usize],
    ) -> Lowered {
        let [n, c, h, w]: [usize; 4] = self.b.shape(x).try_into().map_err(|_| OpError("rank".into()))?;
        if window.stride != [1, 1] {
            // Zeros follow the last pixel too, so that every axis grows by exactly its stride.
            let length = |len: usize, stride: usize| len.saturating_mul(stride);
            check_lengths([length(h, window.stride[0]), length(w, window.stride[1])])?;
            let spread = |len: usize, stride: usize| -> Vec<i32> {
                let at = |i: usize| if i.is_multiple_of(stride) { (i / stride) as i32 } else { -1 };
                (0..length(len, stride)).map(at).collect()
            };
            let (ys, xs) = (spread(h, window.stride[0]), spread(w, window.stride[1]));
            let spaced = [n, c, ys.len(), xs.len()];
            let index = [AxisIndex::Same, AxisIndex::Same, AxisIndex::Table(ys), AxisIndex::Table(xs)];
            let gather = Kernel::Gather(Gather { index, fill: 0.0 });
            x = self.b.push(gather, vec![x], DType::F32, &spaced, Layout::Nchwc4)?;
        }
        let weight = self.derived(node, vec![source.groups], || source.flipped())?;
        let bias = bias.map(|b| self.b.vector(b)).transpose()?;
        let kernel = mirrored(window, weight, source.groups, bias);
        Ok(self.b.push(kernel, vec![x], DType::F32, shape, Layout::Nchwc4)?)
    }

    /// A constant derived from a node's weight; for a weight in the file it is made once for all plans.
    fn derived(
        &mut self,
        node: &Node,
        recipe: Vec<usize>,
        make: impl FnOnce() -> Result<Tensor, OpError>,
    ) -> Lowered<ConstId> {
        let edge = node.inputs.get(1).copied().flatten();
        let tensor = match edge.filter(|edge| self.graph.initializers.contains_key(edge)) {
            Some(edge) => self.graph.derived.get(edge, recipe, make)?,
            None => Arc::new(make()?),
        };
        Ok(self.b.constant(&tensor, Layout::RowMajor))
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

/// Transposed convolution with stride 1: a convolution with the mirrored kernel, padded by the kernel's span
/// less the cropping.
fn mirrored(window: Window, weight: ConstId, groups: usize, bias: Option<ConstId>) -> Kernel {
    let pad = |i: usize| (window.dilation[i] * (window.kernel[i] - 1)) as isize - window.pad_begin[i];
    let window = Window { stride: [1, 1], pad_begin: [pad(0), pad(1)], ..window };
    Kernel::Conv { window, groups, weight, epilogue: Epilogue::plain(bias) }
}

/// Taps of a block of `stride` output pixels along one axis. Before cropping, output pixel stride·q + r
/// receives input pixel q − m through kernel position (r + stride·m) / dilation, if that is an integer; m
/// runs from 0 to `len` − 1.
struct Taps {
    stride: usize,
    dilation: usize,
    kernel: usize,
    len: usize,
}

impl Taps {
    fn new(window: &Window, axis: usize) -> Self {
        let (stride, dilation, kernel) = (window.stride[axis], window.dilation[axis], window.kernel[axis]);
        Self { stride, dilation, kernel, len: dilation * (kernel - 1) / stride + 1 }
    }

    /// Kernel position that connects tap `t`, in order of input pixels, to pixel `r` of the block.
    fn position(&self, r: usize, t: usize) -> Option<usize> {
        let reach = r + self.stride * (self.len - 1 - t);
        let k = reach / self.dilation;
        (reach.is_multiple_of(self.dilation) && k < self.kernel).then_some(k)
    }
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
    /// Offset of the kernel that connects input channel `c` of output channel `o`'s group to `o`.
    pub(super) fn at(&self, o: usize, c: usize) -> usize {
        let c = o / self.per_group * (self.c_in / self.groups) + c;
        (c * self.per_group + o % self.per_group) * self.kernel[0] * self.kernel[1]
    }

    fn flipped(&self) -> Result<Tensor, OpError> {
        let [kh, kw] = self.kernel;
        let (c_out, c_in) = (self.per_group * self.groups, self.c_in / self.groups);
        let mut out = Vec::with_capacity(self.weight.len());
        for (o, c) in (0..c_out).flat_map(|o| (0..c_in).map(move |c| (o, c))) {
            out.extend(self.weight[self.at(o, c)..][..kh * kw].iter().rev());
        }
        tensor([c_out, c_in, kh, kw], out)
    }

    fn by_phase(&self, taps: &[Taps; 2], mode: DepthMode) -> Result<Tensor, OpError> {
        let [y, x] = taps;
        let phases = y.stride * x.stride;
        let (c_out, c_in, window) = (self.per_group * self.groups, self.c_in / self.groups, y.len * x.len);
        let shape = [c_out * phases, c_in, y.len, x.len];
        let len = [c_out, phases, c_in, window].iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        let len = len.filter(|&len| len <= MOST_WEIGHTS).ok_or_else(|| {
            OpError(format!("its weights by output pixel, {shape:?}, are more than {MOST_WEIGHTS}"))
        })?;
        let mut out = vec![0.0; len];
        for phase in 0..phases {
            let at = |t: usize| {
                y.position(phase / x.stride, t / x.len).zip(x.position(phase % x.stride, t % x.len))
            };
            let reached: Vec<(usize, usize)> =
                (0..window).filter_map(|t| at(t).map(|(ky, kx)| (t, ky * self.kernel[1] + kx))).collect();
            for o in 0..c_out {
                let rows = &mut out[mode.channel(o, phase, c_out, phases) * c_in * window..][..c_in * window];
                for (c, row) in rows.chunks_exact_mut(window).enumerate() {
                    let kernel = &self.weight[self.at(o, c)..];
                    reached.iter().for_each(|&(t, k)| row[t] = kernel[k]);
                }
            }
        }
        tensor(shape, out)
    }
}

fn tensor(shape: [usize; 4], data: Vec<f32>) -> Result<Tensor, OpError> {
    Tensor::f32(shape, data).map_err(|e| OpError(e.to_string()))
}
