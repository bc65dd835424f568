//! Lowering of each kernel: its shader, parameters and buffers.

mod convolution;
mod elementwise;
mod matrix;
mod movement;
mod normalization;
mod pooling;
mod reduction;
mod resampling;
mod sampling;
mod wgsl;

use super::program::Builder;
use unet_kernels::error::Result;
use unet_plan::Kernel;

/// WGSL files that several shaders include.
mod files {
    use super::wgsl::wgsl;

    pub(super) const GRID: &str = wgsl!("grid.wgsl");
    pub(super) const PLANES: &str = wgsl!("planes.wgsl");
    pub(super) const WINDOW: &str = wgsl!("window.wgsl");
    pub(super) const ACTIVATION: &str = wgsl!("activation.wgsl");
    pub(super) const BINARY: &str = wgsl!("binary.wgsl");
    pub(super) const REDUCTION: &str = wgsl!("reduction.wgsl");
    pub(super) const TOTAL: &str = wgsl!("total.wgsl");
    pub(super) const AXIS: &str = wgsl!("axis.wgsl");
    pub(super) const CONVOLUTION: &str = wgsl!("convolution.wgsl");
}

#[cfg(test)]
mod tests;

/// All shaders.
#[cfg(test)]
fn shaders() -> Vec<&'static super::shader::Shader> {
    [
        convolution::SHADERS,
        elementwise::SHADERS,
        matrix::SHADERS,
        movement::SHADERS,
        normalization::SHADERS,
        pooling::SHADERS,
        reduction::SHADERS,
        resampling::SHADERS,
        sampling::SHADERS,
    ]
    .concat()
}

pub(crate) fn lower(b: &mut Builder) -> Result<()> {
    match &b.step.kernel {
        Kernel::Conv { window, groups, weight, epilogue } => {
            convolution::conv(b, window, *groups, *weight, epilogue)
        }
        Kernel::MaxPool { window } => pooling::max_pool(b, window),
        Kernel::AveragePool { window, count_include_pad, pad_end } => {
            pooling::average_pool(b, window, *count_include_pad, *pad_end)
        }
        Kernel::MaxUnpool { window } => pooling::max_unpool(b, window),
        Kernel::Gather(gather) => movement::gather(b, gather),
        Kernel::Resample { y, x } => resampling::resample(b, y, x),
        &Kernel::DepthToSpace { block, mode, skip } => resampling::depth_to_space(b, block, mode, skip),
        Kernel::SpaceToDepth { block } => resampling::space_to_depth(b, *block),
        Kernel::Concat { axis } => movement::concat(b, *axis),
        Kernel::Unary(function) => elementwise::unary(b, *function),
        Kernel::Binary { op, activation } => elementwise::binary(b, *op, *activation),
        Kernel::ReduceSpatial(kind) => reduction::spatial(b, *kind),
        Kernel::ReduceChannels(kind) => reduction::channels(b, *kind),
        Kernel::ArgMaxChannels { last } => reduction::argmax_channels(b, *last),
        Kernel::SoftmaxChannels => reduction::softmax_channels(b),
        Kernel::GroupNorm { groups, epsilon, scale, shift } => {
            normalization::group_norm(b, *groups, *epsilon, *scale, *shift)
        }
        Kernel::ChannelNorm { epsilon, scale, shift } => {
            normalization::channel_norm(b, *epsilon, *scale, *shift)
        }
        Kernel::LayerNorm { inner, epsilon, scale, shift } => {
            normalization::layer_norm(b, *inner, *epsilon, *scale, *shift)
        }
        Kernel::ReduceAxis { kind, outer, axis, inner } => reduction::axis(b, *kind, [*outer, *axis, *inner]),
        Kernel::SoftmaxAxis { outer, axis, inner } => reduction::softmax_axis(b, [*outer, *axis, *inner]),
        Kernel::ArgMaxAxis { outer, axis, inner, last } => {
            reduction::argmax_axis(b, [*outer, *axis, *inner], *last)
        }
        Kernel::TopKAxis { outer, axis, inner, k, largest } => {
            sampling::top_k_axis(b, [*outer, *axis, *inner], *k, *largest)
        }
        Kernel::GridSample(sample) => sampling::grid_sample(b, *sample),
        Kernel::MatMul(matmul) => matrix::matmul(b, matmul),
        Kernel::Transpose { perm } => matrix::transpose(b, perm),
        &Kernel::Reshape { first } => movement::reshape(b, first),
    }
}
