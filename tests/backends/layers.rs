//! Convolution, pooling and resizing.

use super::*;
use unet_playground::plan::{AxisTaps, DepthMode, ReduceKind, TIE_EPSILON};

on_backends! {
    convolutions_of_every_shape
    pooling
    ties_in_max_pooling
    resampling
    depth_and_space
}

/// Output size of a window.
fn size(input: usize, kernel: usize, stride: usize, dilation: usize, pads: usize) -> Option<usize> {
    (input + pads).checked_sub(dilation * (kernel - 1) + 1).map(|rest| rest / stride + 1)
}

async fn convolutions_of_every_shape(backend: Backend) {
    let mut numbers = Numbers(7);
    // Groups, and input and output channels of each: whole blocks, depthwise, and neither.
    let groupings = [(1, 0, 0), (1, 0, 0), (1, 8, 16), (2, 4, 8), (3, 4, 4), (7, 1, 1), (3, 2, 5), (2, 3, 4)];
    for case in 0..48 {
        let (groups, c_in, c_out) = groupings[case % groupings.len()];
        let c_in = if c_in == 0 { numbers.size() } else { c_in };
        let c_out = if c_out == 0 { numbers.size() } else { c_out };
        let three = case % 3 == 0;
        let kernel = if three { [3, 3] } else { [1 + numbers.below(5), 1 + numbers.below(4)] };
        let stride = if three { [1, 1] } else { [1 + numbers.below(3), 1 + numbers.below(3)] };
        let dilation = if three { [1, 1] } else { [1 + numbers.below(2), 1 + numbers.below(3)] };
        let pads = [numbers.below(3), numbers.below(3)];
        let (n, h, w) = (1 + numbers.below(2), numbers.size(), numbers.size());
        let (Some(out_h), Some(out_w)) = (
            size(h, kernel[0], stride[0], dilation[0], 2 * pads[0]),
            size(w, kernel[1], stride[1], dilation[1], 2 * pads[1]),
        ) else {
            continue;
        };
        let window = Window { kernel, stride, dilation, pad_begin: pads.map(|p| p as isize) };
        let output = [n, c_out * groups, out_h, out_w];
        let mut b = PlanBuilder::default();
        let mut vector = |b: &mut PlanBuilder| b.constant(numbers.tensor(&[c_out * groups]));
        let bias = (case % 2 == 0).then(|| vector(&mut b));
        let scale_shift = (case % 5 == 0).then(|| (vector(&mut b), vector(&mut b)));
        let residual = case % 4 == 1;
        let activation = [Unary::Identity, Unary::Relu, Unary::LeakyRelu { alpha: 0.1 }][case % 3];
        let epilogue = Epilogue { bias, residual, activation, scale_shift };
        let weight = b.constant(numbers.tensor(&[c_out * groups, c_in, kernel[0], kernel[1]]));
        let mut inputs = vec![numbers.tensor(&[n, c_in * groups, h, w])];
        if residual {
            inputs.push(numbers.tensor(&output));
        }
        let ids: Vec<_> = inputs.iter().map(|t| b.input(t, Layout::Nchwc4)).collect();
        let y = b.planes(&output);
        b.step(Kernel::Conv { window, groups, weight, epilogue }, &ids, &[y]);
        check(&backend, &b.finish(&[y]), &refs(&inputs)).await;
    }
}

/// Averages, maxima and their positions, and maxima put back.
async fn pooling(backend: Backend) {
    let mut numbers = Numbers(11);
    for case in 0..24 {
        let kernel = [1 + numbers.below(3), 1 + numbers.below(3)];
        let stride = if case % 2 == 0 { kernel } else { [1 + numbers.below(2), 1 + numbers.below(3)] };
        let pads = [numbers.below(kernel[0].div_ceil(2)), numbers.below(kernel[1].div_ceil(2))];
        let shape = [1 + numbers.below(2), numbers.size(), numbers.size() + 2, numbers.size() + 2];
        let window = Window { kernel, stride, dilation: [1, 1], pad_begin: pads.map(|p| p as isize) };
        let (Some(h), Some(w)) = (
            size(shape[2], kernel[0], stride[0], 1, 2 * pads[0]),
            size(shape[3], kernel[1], stride[1], 1, 2 * pads[1]),
        ) else {
            continue;
        };
        let pooled = [shape[0], shape[1], h, w];
        // A few levels only, so that equal values are common.
        let x = numbers.tensor(&shape);
        let levels = x.as_f32().unwrap().iter().map(|v| (v * 2.0).round() / 2.0).collect::<Vec<_>>();
        let x = Tensor::f32(shape, levels).unwrap();

        let mut b = PlanBuilder::default();
        let input = b.input(&x, Layout::Nchwc4);
        let (y, positions) = (b.planes(&pooled), b.value(&pooled, DType::I64, Layout::Nchwc4));
        let back = b.planes(&shape);
        let (mean, padded_mean) = (b.planes(&pooled), b.planes(&pooled));
        b.step(Kernel::MaxPool { window }, &[input], &[y, positions]);
        b.step(Kernel::MaxUnpool { window }, &[y, positions], &[back]);
        for (value, count_include_pad) in [(mean, false), (padded_mean, true)] {
            b.step(Kernel::AveragePool { window, count_include_pad, pad_end: pads }, &[input], &[value]);
        }
        check(&backend, &b.finish(&[y, positions, back, mean, padded_mean]), &[&x]).await;
    }
}

/// Values that rounding alone tells apart count as equal, others do not.
async fn ties_in_max_pooling(backend: Backend) {
    let e = TIE_EPSILON;
    for (row, first) in [
        ([1.0, 1.0 + 0.5 * e], 0),
        ([1.0, 1.0 + 3.0 * e], 1),
        ([100.0, 100.0 * (1.0 + 0.5 * e)], 0),
        ([100.0, 100.0 * (1.0 + 3.0 * e)], 1),
        ([-1.0 - 0.5 * e, -1.0], 0),
        ([0.0, 0.5 * e], 1),
        ([1e-6, 1e-6 * (1.0 + 0.5 * e)], 0),
        ([1e-6, 1e-6 * (1.0 + 3.0 * e)], 1),
    ] {
        let x = Tensor::f32([1, 1, 1, 2], row).unwrap();
        let mut b = PlanBuilder::default();
        let input = b.input(&x, Layout::Nchwc4);
        let shape = [1, 1, 1, 1];
        let (y, positions) = (b.planes(&shape), b.value(&shape, DType::I64, Layout::Nchwc4));
        let magnitude = b.planes(&[1, 1, 1, 2]);
        b.step(Kernel::ReduceChannels(ReduceKind::MaxAbs), &[input], &[magnitude]);
        let pool = Kernel::MaxPool { window: window([1, 2], [1, 2], [0, 0]) };
        b.step(pool, &[input, magnitude], &[y, positions]);
        let plan = b.finish(&[y, positions]);
        let found = backend.run(&plan, &[&x]).await;
        assert_eq!(found[1].as_i64().unwrap(), [first], "{row:?}");
    }
}

async fn resampling(backend: Backend) {
    let mut numbers = Numbers(5);
    for (taps, shape, h, w) in [(1, [1, 3, 4, 5], 7, 2), (2, [2, 9, 5, 3], 9, 17), (4, [1, 4, 1, 8], 3, 4)] {
        let mut axis = |from: usize, to: usize| AxisTaps {
            taps,
            index: (0..to * taps).map(|_| numbers.below(from) as i32).collect(),
            weight: (0..to * taps).map(|_| numbers.next()).collect(),
        };
        let kernel = Kernel::Resample { y: axis(shape[2], h), x: axis(shape[3], w) };
        let x = numbers.tensor(&shape);
        check_planes(&backend, kernel, &[&x], &[shape[0], shape[1], h, w]).await;
    }
}

async fn depth_and_space(backend: Backend) {
    let mut numbers = Numbers(6);
    for mode in [DepthMode::Dcr, DepthMode::Crd] {
        for (block, c, h, w) in [(2, 3, 4, 3), (3, 1, 2, 5), (2, 8, 1, 1), (1, 5, 2, 2)] {
            let x = numbers.tensor(&[2, c * block * block, h, w]);
            // The second result is cropped.
            for crop in 0..block.min(2) {
                let output = [2, c, h * block - crop, w * block - crop];
                let kernel = Kernel::DepthToSpace { block: [block; 2], mode, skip: [0; 2] };
                check_planes(&backend, kernel, &[&x], &output).await;
            }
        }
        for (block, skip, output) in
            [([2, 3], [1, 2], [6, 7]), ([1, 2], [0, 1], [4, 3]), ([4, 2], [3, 0], [9, 6])]
        {
            for c in [1, 4, 6] {
                let x = numbers.tensor(&[1, c * block[0] * block[1], 4, 3]);
                let kernel = Kernel::DepthToSpace { block, mode, skip };
                check_planes(&backend, kernel, &[&x], &[1, c, output[0], output[1]]).await;
            }
        }
    }
    for (block, c, h, w) in [(2, 3, 4, 6), (3, 1, 3, 6), (2, 8, 2, 2), (1, 5, 2, 2)] {
        let x = numbers.tensor(&[2, c, h, w]);
        let output = [2, c * block * block, h / block, w / block];
        check_planes(&backend, Kernel::SpaceToDepth { block }, &[&x], &output).await;
    }
}
