//! Tests of every convolution kernel against plain loops, for sizes around the widths of vectors and tiles.

use crate::testing::{Case, Random, assert_close, at, constant, positions};
use unet_kernels::tensor::Tensor;
use unet_plan::{Epilogue, Kernel, Unary, Window};

const SAME: Window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pad_begin: [1, 1] };

fn naive(x: &Tensor, weight: &Tensor, window: Window, groups: usize, output: &[usize]) -> Vec<f32> {
    let (per_group, c_in) = (output[1] / groups, weight.shape()[1]);
    let [kh, kw] = window.kernel;
    positions(output)
        .map(|[n, o, y, column]| {
            let mut sum = 0.0f64;
            for c in 0..c_in {
                for (ky, kx) in (0..kh * kw).map(|k| (k / kw, k % kw)) {
                    let position = |i: usize, at: usize, k: usize| {
                        (at * window.stride[i] + k * window.dilation[i]) as isize - window.pad_begin[i]
                    };
                    let source = [position(0, y, ky), position(1, column, kx)];
                    if let Some(x) = at(x, [n, o / per_group * c_in + c], source) {
                        let w = weight.as_f32().unwrap()[((o * c_in + c) * kh + ky) * kw + kx];
                        sum += f64::from(x) * f64::from(w);
                    }
                }
            }
            sum as f32
        })
        .collect()
}

fn plain() -> Epilogue {
    Epilogue { bias: None, residual: false, activation: Unary::Identity, scale_shift: None }
}

fn check(random: &mut Random, input: [usize; 4], window: Window, groups: usize, output: [usize; 4]) {
    let x = random.tensor(&input);
    let weight = random.tensor(&[output[1], input[1] / groups, window.kernel[0], window.kernel[1]]);
    let wanted = naive(&x, &weight, window, groups, &output);
    let kernel = Kernel::Conv { window, groups, weight: constant(0), epilogue: plain() };
    let case = Case { constants: vec![weight], ..Case::planes(kernel, &[&x], &output) };
    let what = format!("{input:?} {window:?} groups {groups} -> {output:?}");
    let terms = input[1] / groups * window.kernel[0] * window.kernel[1];
    assert_close(&case.floats(), &wanted, f32::max(2e-5, 1e-7 * terms as f32), &what);
}

#[test]
fn three_by_three_with_all_channel_counts() {
    let mut random = Random::new(1);
    for c_in in 1..=9 {
        for c_out in [1, 2, 3, 4, 5, 7, 8, 9, 12, 17] {
            check(&mut random, [1, c_in, 6, 7], SAME, 1, [1, c_out, 6, 7]);
        }
    }
}

#[test]
fn three_by_three_at_all_sizes() {
    let mut random = Random::new(2);
    for h in 1..=17 {
        for w in [1, 2, 3, 4, 5, 8, 9, 13, 16, 17] {
            check(&mut random, [1, 6, h, w], SAME, 1, [1, 9, h, w]);
        }
    }
    check(&mut random, [3, 7, 9, 10], SAME, 1, [3, 11, 9, 10]);
    check(&mut random, [1, 5, 40, 40], SAME, 1, [1, 8, 40, 40]);
}

#[test]
fn padding_of_any_kind() {
    let mut random = Random::new(3);
    for pad in [[0, 0], [2, 2], [1, 0], [0, 2], [-1, -2], [5, 4]] {
        for (c_in, c_out) in [(5, 8), (3, 6), (8, 3)] {
            let window = Window { pad_begin: pad, ..SAME };
            check(&mut random, [1, c_in, 9, 8], window, 1, [1, c_out, 10, 9]);
        }
    }
}

#[test]
fn other_kernels_strides_and_dilations() {
    let mut random = Random::new(4);
    let cases = [
        ([1, 1], [1, 1], [1, 1], [0, 0]),
        ([1, 1], [2, 2], [1, 1], [0, 0]),
        ([2, 2], [1, 1], [1, 1], [1, 0]),
        ([2, 2], [2, 2], [1, 1], [0, 0]),
        ([3, 3], [2, 2], [1, 1], [1, 1]),
        ([3, 3], [1, 1], [2, 3], [2, 3]),
        ([7, 7], [2, 2], [1, 1], [3, 3]),
        ([1, 5], [1, 3], [1, 2], [0, 4]),
    ];
    for (kernel, stride, dilation, pad_begin) in cases {
        let window = Window { kernel, stride, dilation, pad_begin };
        for (c_in, c_out) in [(1, 1), (3, 8), (4, 2), (8, 4), (8, 3), (8, 1), (6, 13)] {
            check(&mut random, [2, c_in, 11, 13], window, 1, [2, c_out, 5, 6]);
        }
    }
}

#[test]
fn dilations_in_phases() {
    let mut random = Random::new(9);
    for (dilation, [h, w]) in [([2, 2], [16, 24]), ([3, 1], [27, 9]), ([1, 4], [8, 37]), ([2, 3], [23, 31])] {
        for pad_begin in [[0, 0], dilation.map(|d: usize| d as isize)] {
            let window = Window { dilation, pad_begin, ..SAME };
            let size = |i: usize, side: usize| side + 2 * pad_begin[i] as usize - 2 * dilation[i];
            check(&mut random, [2, 6, h, w], window, 1, [2, 10, size(0, h), size(1, w)]);
        }
    }
}

#[test]
fn windows_split_into_parts() {
    let mut random = Random::new(10);
    let large = Window { kernel: [9, 9], pad_begin: [4, 4], ..SAME };
    let one = Window { kernel: [1, 1], pad_begin: [0, 0], ..SAME };
    check(&mut random, [2, 12, 9, 10], large, 1, [2, 9, 9, 10]);
    check(&mut random, [1, 20, 9, 10], large, 2, [1, 6, 9, 10]);
    check(&mut random, [1, 1601, 3, 3], one, 1, [1, 9, 3, 3]);
    check(&mut random, [1, 802, 3, 4], Window { kernel: [1, 2], ..one }, 1, [1, 8, 3, 3]);
}

#[test]
fn groups() {
    let mut random = Random::new(5);
    let strided = Window { stride: [2, 2], ..SAME };
    let dilated = Window { dilation: [2, 2], pad_begin: [3, 2], ..SAME };
    for (c_in, groups, c_out) in [(8, 2, 8), (6, 3, 6), (6, 2, 10), (4, 4, 8), (24, 2, 40), (6, 3, 3)] {
        check(&mut random, [2, c_in, 7, 9], SAME, groups, [2, c_out, 7, 9]);
        check(&mut random, [1, c_in, 7, 9], strided, groups, [1, c_out, 4, 5]);
    }
    for channels in 2..=9 {
        check(&mut random, [2, channels, 7, 9], SAME, channels, [2, channels, 7, 9]);
        check(&mut random, [1, channels, 7, 9], strided, channels, [1, channels, 4, 5]);
        check(&mut random, [1, channels, 7, 9], dilated, channels, [1, channels, 8, 8]);
        check(&mut random, [1, channels, 5, 40], strided, channels, [1, channels, 3, 20]);
        check(&mut random, [1, channels, 5, 40], dilated, channels, [1, channels, 5, 39]);
    }
}

/// `y = activation(sum + bias + residual)·scale + shift` in every kernel.
#[test]
fn epilogues() {
    let mut random = Random::new(6);
    let plain = |case| (case, [1, 1]);
    let cases = [(8, 10, 1), (3, 10, 1), (8, 3, 1), (6, 6, 6), (6, 6, 2)].map(plain);
    for ((c_in, c_out, groups), dilation) in cases.into_iter().chain([((8, 10, 1), [2, 2])]) {
        let window = Window { dilation, pad_begin: dilation.map(|d| d as isize), ..SAME };
        for activation in
            [Unary::Relu, Unary::Clip { min: -0.5, max: 0.75 }, Unary::LeakyRelu { alpha: 0.25 }]
        {
            let shape = [2, c_out, 14, 12];
            let x = random.tensor(&[2, c_in, 14, 12]);
            let weight = random.tensor(&[c_out, c_in / groups, 3, 3]);
            let [bias, scale, shift] = [(); 3].map(|()| random.tensor(&[c_out]));
            let residual = random.tensor(&shape);
            let sums = naive(&x, &weight, window, groups, &shape);
            let of = |t: &Tensor, i: usize| t.as_f32().unwrap()[i];
            let wanted: Vec<f32> = sums
                .iter()
                .enumerate()
                .map(|(i, sum)| {
                    let channel = i / 168 % c_out;
                    let v = sum + of(&bias, channel) + of(&residual, i);
                    let v = match activation {
                        Unary::Relu => v.max(0.0),
                        Unary::Clip { min, max } => v.clamp(min, max),
                        _ => {
                            if v < 0.0 {
                                0.25 * v
                            } else {
                                v
                            }
                        }
                    };
                    v * of(&scale, channel) + of(&shift, channel)
                })
                .collect();
            let epilogue = Epilogue {
                bias: Some(constant(1)),
                residual: true,
                activation,
                scale_shift: Some((constant(2), constant(3))),
            };
            let kernel = Kernel::Conv { window, groups, weight: constant(0), epilogue };
            let constants = vec![weight, bias, scale, shift];
            let case = Case { constants, ..Case::planes(kernel, &[&x, &residual], &shape) };
            assert_close(&case.floats(), &wanted, 2e-5, &format!("{c_in}→{c_out}, {activation:?}"));
        }
    }
}

/// With many channels the rounding error stays that of ordinary single precision.
#[test]
fn winograd_is_as_exact_as_direct_convolution() {
    let mut random = Random::new(7);
    let x = random.tensor(&[1, 128, 16, 16]);
    let weight = random.tensor(&[8, 128, 3, 3]);
    let wanted = naive(&x, &weight, SAME, 1, &[1, 8, 16, 16]);
    let largest = wanted.iter().fold(0f32, |m, v| m.max(v.abs()));
    let kernel = Kernel::Conv { window: SAME, groups: 1, weight: constant(0), epilogue: plain() };
    let got = Case { constants: vec![weight], ..Case::planes(kernel, &[&x], &[1, 8, 16, 16]) }.floats();
    let worst = got.iter().zip(&wanted).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst <= 4e-6 * largest, "{worst} of {largest}");
}

/// With so many channels a block of tiles takes several units.
#[test]
fn large_layers_take_several_units() {
    check(&mut Random::new(8), [2, 300, 5, 6], SAME, 1, [2, 412, 5, 6]);
}
