//! Tests of kernels that move pixels or read windows of them.

use super::floats;
use crate::testing::{Case, Random, assert_close, at, positions};
use unet_kernels::tensor::{DType, Tensor};
use unet_plan::{AxisIndex, AxisTaps, DepthMode, Gather, Kernel, TIE_EPSILON, Window};

/// Values of a window in row-major order, with their positions in the plane.
fn window_of(x: &Tensor, window: Window, [n, c, y, column]: [usize; 4]) -> Vec<(i64, f32)> {
    let mut seen = Vec::new();
    for ky in 0..window.kernel[0] {
        for kx in 0..window.kernel[1] {
            let position = |i: usize, at: usize, k: usize| {
                (at * window.stride[i] + k * window.dilation[i]) as isize - window.pad_begin[i]
            };
            let [y, column] = [position(0, y, ky), position(1, column, kx)];
            if let Some(value) = at(x, [n, c], [y, column]) {
                seen.push((y as i64 * x.shape()[3] as i64 + column as i64, value));
            }
        }
    }
    seen
}

const HALF: Window = Window { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], pad_begin: [0, 0] };
const WIDE: Window = Window { kernel: [3, 3], stride: [2, 2], dilation: [1, 1], pad_begin: [1, 1] };
const SPREAD: Window = Window { kernel: [2, 3], stride: [1, 2], dilation: [2, 1], pad_begin: [1, 0] };

fn check_max_pool(x: &Tensor, window: Window, output: &[usize]) {
    let kernel = Kernel::MaxPool { window };
    let outputs = vec![(DType::F32, output.to_vec()), (DType::I64, output.to_vec())];
    let &[n, c, h, w] = x.shape() else { panic!("pictures have four dimensions") };
    let of = |i: usize| &floats(x)[i * c * h * w..][..c * h * w];
    let largest = |i: usize| {
        let channels = of(i / (h * w)).iter().skip(i % (h * w)).step_by(h * w);
        channels.fold(0.0, |a: f32, v| a.max(v.abs()))
    };
    let magnitude = Tensor::f32([n, 1, h, w], (0..n * h * w).map(largest).collect::<Vec<_>>()).unwrap();
    let both = Case { outputs, ..Case::planes(kernel.clone(), &[x, &magnitude], output) }.run();
    let alone = Case::planes(kernel, &[x], output).floats();
    for (i, position) in positions(output).enumerate() {
        let seen = window_of(x, window, position);
        let max = seen.iter().fold(f32::NEG_INFINITY, |m, (_, v)| m.max(*v));
        let seen_magnitudes = window_of(&magnitude, window, [position[0], 0, position[2], position[3]]);
        let slack = TIE_EPSILON * seen_magnitudes.iter().fold(0.0, |a: f32, (_, v)| a.max(*v));
        let first = seen.iter().find(|(_, v)| *v >= max - slack).unwrap().0;
        assert_eq!(floats(&both[0])[i], max);
        assert_eq!(alone[i], max);
        assert_eq!(both[1].as_i64().unwrap()[i], first, "{window:?} at {position:?}");
    }
}

#[test]
fn max_pooling_and_its_positions() {
    let mut random = Random::new(11);
    for c in 1..=9 {
        for (h, w) in [(2, 2), (4, 6), (5, 7), (9, 17)] {
            let x = random.tensor(&[2, c, h, w]);
            check_max_pool(&x, HALF, &[2, c, h / 2, w / 2]);
            check_max_pool(&x, WIDE, &[2, c, h.div_ceil(2), w.div_ceil(2)]);
        }
        check_max_pool(&random.tensor(&[1, c, 9, 11]), SPREAD, &[1, c, 9, 5]);
    }
}

/// Constant, clipped and gradient pictures with the rounding noise of a fast convolution: the first of nearly
/// equal values wins.
#[test]
fn ties_go_to_the_first() {
    let mut random = Random::new(12);
    for kind in 0..3 {
        let data: Vec<f32> = (0..6 * 8 * 8)
            .map(|i| {
                let value = match kind {
                    0 => 0.7,
                    1 => (random.next() * 3.0).clamp(0.0, 1.0) * 50.0,
                    _ => (i % 8) as f32,
                };
                value * (1.0 + 2e-6 * random.next())
            })
            .collect();
        let x = Tensor::f32([1, 6, 8, 8], data).unwrap();
        check_max_pool(&x, HALF, &[1, 6, 4, 4]);
        check_max_pool(&x, WIDE, &[1, 6, 4, 4]);
        if kind == 0 {
            let outputs = vec![(DType::F32, vec![1, 6, 4, 4]), (DType::I64, vec![1, 6, 4, 4])];
            let magnitude = Tensor::f32([1, 1, 8, 8], [0.7; 64]).unwrap();
            let case =
                Case { outputs, ..Case::planes(Kernel::MaxPool { window: HALF }, &[&x, &magnitude], &[]) };
            assert_eq!(case.run()[1].as_i64().unwrap()[5], 2 * 8 + 2);
        }
    }
}

#[test]
fn average_pooling() {
    let mut random = Random::new(13);
    for window in [HALF, WIDE, SPREAD] {
        for count_include_pad in [false, true] {
            let x = random.tensor(&[2, 5, 7, 9]);
            let reach = |i: usize| window.dilation[i] * (window.kernel[i] - 1) + 1;
            let size = |i: usize, len: usize| {
                (len + window.pad_begin[i] as usize + 1 - reach(i)) / window.stride[i] + 1
            };
            let output = [2, 5, size(0, 7), size(1, 9)];
            let wanted: Vec<f32> = positions(&output)
                .map(|position| {
                    let seen = window_of(&x, window, position);
                    let sum: f32 = seen.iter().map(|(_, v)| v).sum();
                    let padded = |i: usize, at: usize, len: usize| {
                        let position = |k: usize| (at * window.stride[i] + k * window.dilation[i]) as isize;
                        let limit = len as isize + 1 + window.pad_begin[i];
                        (0..window.kernel[i]).filter(|&k| position(k) < limit).count()
                    };
                    let [_, _, y, column] = position;
                    let counted =
                        if count_include_pad { padded(0, y, 7) * padded(1, column, 9) } else { seen.len() };
                    sum / counted as f32
                })
                .collect();
            let kernel = Kernel::AveragePool { window, count_include_pad, pad_end: [1, 1] };
            assert_close(&Case::planes(kernel, &[&x], &output).floats(), &wanted, 1e-6, "average");
        }
    }
}

#[test]
fn unpooling_puts_values_back() {
    let mut random = Random::new(14);
    let x = random.tensor(&[2, 5, 2, 3]);
    let places: Vec<i64> = (0..60).map(|i| if i % 7 == 0 { -1 } else { (i * 5) % 24 }).collect();
    let indices = Tensor::i64([2, 5, 2, 3], places.clone()).unwrap();
    let mut wanted = vec![0.0; 2 * 5 * 24];
    for (i, place) in places.iter().enumerate() {
        if *place >= 0 {
            wanted[i / 6 * 24 + *place as usize] = floats(&x)[i];
        }
    }
    let case = Case::planes(Kernel::MaxUnpool { window: HALF }, &[&x, &indices], &[2, 5, 4, 6]);
    assert_eq!(case.floats(), wanted);
}

fn check_gather(x: &Tensor, tables: [Option<Vec<i32>>; 4]) {
    let output: [usize; 4] = std::array::from_fn(|i| tables[i].as_ref().map_or(x.shape()[i], Vec::len));
    let source = |i: usize, at: usize| tables[i].as_ref().map_or(at as i32, |table| table[at]);
    let wanted: Vec<f32> = positions(&output)
        .map(|p| {
            let [n, c, y, column] = std::array::from_fn(|i| source(i, p[i]) as isize);
            let outside = n < 0 || c < 0;
            let value = (!outside).then(|| at(x, [n as usize, c as usize], [y, column])).flatten();
            value.unwrap_or(7.5)
        })
        .collect();
    let index = tables.map(|table| table.map_or(AxisIndex::Same, AxisIndex::Table));
    let kernel = Kernel::Gather(Gather { index, fill: 7.5 });
    assert_eq!(Case::planes(kernel, &[x], &output).floats(), wanted);
}

#[test]
fn gathering() {
    let mut random = Random::new(15);
    let doubled = |n: i32| Some((0..2 * n).map(|i| i / 2).collect::<Vec<i32>>());
    for c in 1..=9 {
        let x = random.tensor(&[2, c, 3, 5]);
        check_gather(&x, [None, None, doubled(3), doubled(5)]);
        check_gather(&x, [None, None, Some(vec![-1, 0, 1, 2, -1]), Some(vec![-1, -1, 4, 3, 2, 1, 0])]);
        check_gather(&x, [Some(vec![1, 0, 1]), Some((0..c as i32).rev().chain([-1]).collect()), None, None]);
    }
    let x = random.tensor(&[1, 14, 3, 5]);
    for (from, to) in [(0, 4), (4, 14), (3, 9), (8, 11)] {
        check_gather(&x, [None, Some((from..to).collect()), None, None]);
    }
}

#[test]
fn resampling() {
    let mut random = Random::new(16);
    for taps in [2, 4] {
        let axis = |random: &mut Random, from: usize, to: usize| AxisTaps {
            taps,
            index: (0..to * taps).map(|i| ((i * 7) % from) as i32).collect(),
            weight: (0..to * taps).map(|_| random.next()).collect(),
        };
        let (y, x) = (axis(&mut random, 5, 9), axis(&mut random, 6, 4));
        let input = random.tensor(&[2, 6, 5, 6]);
        let wanted: Vec<f32> = positions(&[2, 6, 9, 4])
            .map(|[n, c, row, column]| {
                let mut sum = 0.0;
                for (ty, tx) in (0..taps * taps).map(|t| (row * taps + t / taps, column * taps + t % taps)) {
                    let value = at(&input, [n, c], [y.index[ty] as isize, x.index[tx] as isize]).unwrap();
                    sum += y.weight[ty] * x.weight[tx] * value;
                }
                sum
            })
            .collect();
        let case = Case::planes(Kernel::Resample { y, x }, &[&input], &[2, 6, 9, 4]);
        assert_close(&case.floats(), &wanted, 1e-5, "resample");
    }
}

#[test]
fn depth_and_space() {
    let mut random = Random::new(17);
    for c in 1..=9 {
        for size in [2, 3] {
            for mode in [DepthMode::Dcr, DepthMode::Crd] {
                let x = random.tensor(&[2, c * size * size, 3, 2]);
                for output in [[2, c, 3 * size, 2 * size], [2, c, 3 * size - 1, 2 * size - 1]] {
                    let wanted: Vec<f32> = positions(&output)
                        .map(|[n, o, y, column]| {
                            let phase = y % size * size + column % size;
                            let channel = match mode {
                                DepthMode::Dcr => phase * c + o,
                                DepthMode::Crd => o * size * size + phase,
                            };
                            at(&x, [n, channel], [(y / size) as isize, (column / size) as isize]).unwrap()
                        })
                        .collect();
                    let kernel = Kernel::DepthToSpace { block: [size; 2], mode, skip: [0; 2] };
                    assert_eq!(Case::planes(kernel, &[&x], &output).floats(), wanted);
                }
            }
            let x = random.tensor(&[2, c, 3 * size, 2 * size]);
            let output = [2, c * size * size, 3, 2];
            let wanted: Vec<f32> = positions(&output)
                .map(|[n, o, y, column]| {
                    let phase = o / c;
                    let source = [y * size + phase / size, column * size + phase % size];
                    at(&x, [n, o % c], source.map(|i| i as isize)).unwrap()
                })
                .collect();
            assert_eq!(Case::planes(Kernel::SpaceToDepth { block: size }, &[&x], &output).floats(), wanted);
        }
    }
}

#[test]
fn concatenation() {
    let mut random = Random::new(18);
    for axis in 0..4 {
        for lengths in [[4, 8, 3], [1, 2, 6], [3, 4, 5]] {
            let mut shape = [2, 5, 3, 4];
            let parts = lengths.map(|len| {
                shape[axis] = len;
                random.tensor(&shape)
            });
            shape[axis] = lengths.iter().sum();
            let wanted: Vec<f32> = positions(&shape)
                .map(|mut p| {
                    let part = parts.iter().find(|part| {
                        let here = p[axis] < part.shape()[axis];
                        p[axis] -= if here { 0 } else { part.shape()[axis] };
                        here
                    });
                    at(part.unwrap(), [p[0], p[1]], [p[2] as isize, p[3] as isize]).unwrap()
                })
                .collect();
            let inputs: Vec<&Tensor> = parts.iter().collect();
            assert_eq!(Case::planes(Kernel::Concat { axis }, &inputs, &shape).floats(), wanted);
            assert_eq!(Case::plain(Kernel::Concat { axis }, &inputs, &shape).floats(), wanted);
        }
    }
}
