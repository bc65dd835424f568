//! Tests of element-wise functions, reductions over channels and matrix kernels.

use super::floats;
use crate::testing::{Case, Random, assert_close, at, constant, positions};
use unet_kernels::tensor::{DType, Tensor};
use unet_plan::{Binary, Kernel, Layout, MatMul, ReduceKind, Unary};

#[test]
fn functions_of_one_element() {
    let mut random = Random::new(19);
    let x = Tensor::f32(
        [2, 3, 3, 5],
        random.tensor(&[90]).as_f32().unwrap().iter().map(|x| 4.0 * x).collect::<Vec<_>>(),
    )
    .unwrap();
    type Exact = fn(f64) -> f64;
    let cases: [(Unary, Exact); 17] = [
        (Unary::Relu, |x| x.max(0.0)),
        (Unary::LeakyRelu { alpha: 0.25 }, |x| if x < 0.0 { 0.25 * x } else { x }),
        (Unary::Clip { min: -1.0, max: 2.0 }, |x| x.clamp(-1.0, 2.0)),
        (Unary::Sigmoid, |x| 1.0 / (1.0 + (-x).exp())),
        (Unary::Tanh, f64::tanh),
        (Unary::HardSwish, |x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
        (Unary::HardSigmoid { alpha: 0.2, beta: 0.5 }, |x| (0.2 * x + 0.5).clamp(0.0, 1.0)),
        (Unary::GeluTanh, |x| {
            x / 2.0 * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
        }),
        (Unary::Silu, |x| x / (1.0 + (-x).exp())),
        (Unary::Mish, |x| x * x.exp().ln_1p().tanh()),
        (Unary::Elu { alpha: 1.5 }, |x| if x < 0.0 { 1.5 * x.exp_m1() } else { x }),
        (Unary::Softplus, |x| x.exp().ln_1p()),
        (Unary::Exp, f64::exp),
        (Unary::Abs, f64::abs),
        (Unary::Neg, |x| -x),
        (Unary::Round, f64::round_ties_even),
        (Unary::Affine { scale: 2.5, shift: -1.0 }, |x| 2.5 * x - 1.0),
    ];
    for (function, exact) in cases {
        let wanted: Vec<f32> = floats(&x).iter().map(|&x| exact(f64::from(x)) as f32).collect();
        let name = format!("{function:?}");
        assert_close(&Case::planes(Kernel::Unary(function), &[&x], x.shape()).floats(), &wanted, 2e-6, &name);
        assert_close(&Case::plain(Kernel::Unary(function), &[&x], x.shape()).floats(), &wanted, 2e-6, &name);
    }
}

#[test]
fn functions_of_two_elements_broadcast() {
    let mut random = Random::new(20);
    let ops = [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div, Binary::Min, Binary::Max, Binary::PRelu];
    let shapes = [[2, 6, 3, 5], [1, 6, 1, 1], [2, 1, 3, 5], [1, 6, 3, 1], [2, 6, 1, 5], [1, 1, 1, 1]];
    let output = [2, 6, 3, 5];
    for op in ops {
        for shape in shapes {
            for swap in [false, true] {
                let (full, part) = (random.tensor(&output), random.tensor(&shape));
                let (a, b) = if swap { (&part, &full) } else { (&full, &part) };
                let value = |x: &Tensor, p: [usize; 4]| {
                    let [n, c, y, column]: [usize; 4] = std::array::from_fn(|i| p[i] % x.shape()[i]);
                    at(x, [n, c], [y as isize, column as isize]).unwrap()
                };
                let wanted: Vec<f32> = positions(&output)
                    .map(|p| {
                        let (a, b) = (value(a, p), value(b, p));
                        let y = match op {
                            Binary::Add => a + b,
                            Binary::Sub => a - b,
                            Binary::Mul => a * b,
                            Binary::Div => a / b,
                            Binary::Min => a.min(b),
                            Binary::Max => a.max(b),
                            _ => {
                                if a < 0.0 {
                                    a * b
                                } else {
                                    a
                                }
                            }
                        };
                        y.max(0.0)
                    })
                    .collect();
                let kernel = Kernel::Binary { op, activation: Unary::Relu };
                assert_eq!(
                    Case::planes(kernel.clone(), &[a, b], &output).floats(),
                    wanted,
                    "{op:?} {shape:?}"
                );
                assert_eq!(Case::plain(kernel, &[a, b], &output).floats(), wanted, "{op:?} {shape:?}");
            }
        }
    }
}

#[test]
fn reductions_softmax_and_arg_max() {
    let mut random = Random::new(21);
    for c in 1..=9 {
        let x = random.tensor(&[2, c, 3, 5]);
        let channels = |n: usize, y: usize, column: usize| -> Vec<f32> {
            (0..c).map(|i| at(&x, [n, i], [y as isize, column as isize]).unwrap()).collect()
        };
        let reduce = |kind: ReduceKind, values: &[f32]| match kind {
            ReduceKind::Sum => values.iter().sum(),
            ReduceKind::Mean => values.iter().sum::<f32>() / values.len() as f32,
            ReduceKind::Max => values.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b)),
            ReduceKind::Min => values.iter().fold(f32::INFINITY, |a, b| a.min(*b)),
            ReduceKind::MaxAbs => values.iter().fold(0.0f32, |a, b| a.max(b.abs())),
        };
        for kind in [ReduceKind::Mean, ReduceKind::Max, ReduceKind::Min, ReduceKind::Sum, ReduceKind::MaxAbs]
        {
            let wanted: Vec<f32> = floats(&x).chunks(15).map(|plane| reduce(kind, plane)).collect();
            let got = Case::planes(Kernel::ReduceSpatial(kind), &[&x], &[2, c, 1, 1]).floats();
            assert_close(&got, &wanted, 1e-6, "spatial");
            let wanted: Vec<f32> = positions(&[2, 1, 3, 5])
                .map(|[n, _, y, column]| reduce(kind, &channels(n, y, column)))
                .collect();
            let got = Case::planes(Kernel::ReduceChannels(kind), &[&x], &[2, 1, 3, 5]).floats();
            assert_close(&got, &wanted, 1e-6, "channels");
            let kernel = Kernel::ReduceAxis { kind, outer: 2, axis: c, inner: 15 };
            assert_close(&Case::plain(kernel, &[&x], &[2, 1, 3, 5]).floats(), &wanted, 1e-6, "axis");
        }
        let wanted: Vec<f32> = positions(x.shape())
            .map(|[n, i, y, column]| {
                let values = channels(n, y, column);
                let sum: f32 = values.iter().map(|v| v.exp()).sum();
                values[i].exp() / sum
            })
            .collect();
        let softmax = Kernel::SoftmaxAxis { outer: 2, axis: c, inner: 15 };
        assert_close(&Case::plain(softmax, &[&x], x.shape()).floats(), &wanted, 2e-6, "softmax");
        let got = Case::planes(Kernel::SoftmaxChannels, &[&x], x.shape()).floats();
        assert_close(&got, &wanted, 2e-6, "softmax of channels");
        for last in [false, true] {
            let coarse =
                Tensor::f32(x.shape(), floats(&x).iter().map(|v| (2.0 * v).round()).collect::<Vec<_>>())
                    .unwrap();
            let wanted: Vec<i64> = positions(&[2, 1, 3, 5])
                .map(|[n, _, y, column]| {
                    let value = |i: usize| at(&coarse, [n, i], [y as isize, column as isize]).unwrap();
                    let max = (0..c).map(value).fold(f32::NEG_INFINITY, f32::max);
                    let mut ties = (0..c).filter(|&i| value(i) == max);
                    (if last { ties.next_back() } else { ties.next() }).unwrap() as i64
                })
                .collect();
            let outputs = vec![(DType::I64, vec![2, 1, 3, 5])];
            let planes = Case { outputs, ..Case::planes(Kernel::ArgMaxChannels { last }, &[&coarse], &[]) };
            assert_eq!(planes.run()[0].as_i64().unwrap(), wanted);
            let kernel = Kernel::ArgMaxAxis { outer: 2, axis: c, inner: 15, last };
            assert_eq!(
                Case { kernel, layout: Layout::RowMajor, ..planes }.run()[0].as_i64().unwrap(),
                wanted
            );
        }
    }
}

/// Normalizes runs of `len` elements; `channel` selects the scale and shift of an element.
fn normalize(x: &[f32], len: usize, affine: [&Tensor; 2], channel: impl Fn(usize) -> usize) -> Vec<f32> {
    let mut out = Vec::new();
    for (run, values) in x.chunks(len).enumerate() {
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / len as f64;
        let variance = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / len as f64;
        for (i, &v) in values.iter().enumerate() {
            let [scale, shift] = affine.map(|t| f64::from(floats(t)[channel(run * len + i)]));
            out.push(((f64::from(v) - mean) / (variance + 1e-3).sqrt() * scale + shift) as f32);
        }
    }
    out
}

#[test]
fn normalization() {
    let mut random = Random::new(22);
    for (c, groups) in [(1, 1), (5, 5), (8, 2), (8, 1), (12, 2), (6, 3), (10, 2), (9, 3), (7, 1)] {
        let x = random.tensor(&[2, c, 5, 7]);
        let [scale, shift] = [random.tensor(&[c]), random.tensor(&[c])];
        let wanted = normalize(floats(&x), c / groups * 35, [&scale, &shift], |i| i / 35 % c);
        let kernel =
            Kernel::GroupNorm { groups, epsilon: 1e-3, scale: Some(constant(0)), shift: Some(constant(1)) };
        let case = Case { constants: vec![scale, shift], ..Case::planes(kernel, &[&x], x.shape()) };
        assert_close(&case.floats(), &wanted, 1e-5, &format!("{c} channels, {groups} groups"));
    }
    let x = random.tensor(&[3, 5, 7]);
    let [scale, shift] = [random.tensor(&[7]), random.tensor(&[7])];
    let wanted = normalize(floats(&x), 7, [&scale, &shift], |i| i % 7);
    let kernel =
        Kernel::LayerNorm { inner: 7, epsilon: 1e-3, scale: Some(constant(0)), shift: Some(constant(1)) };
    let case = Case { constants: vec![scale, shift], ..Case::plain(kernel, &[&x], x.shape()) };
    assert_close(&case.floats(), &wanted, 1e-5, "layer");
}

#[test]
fn matrix_products() {
    let mut random = Random::new(23);
    for (batch, m, k, n) in [(1, 1, 1, 1), (1, 5, 7, 9), (3, 4, 8, 8), (2, 33, 3, 17), (6, 9, 5, 3)] {
        for (trans_a, trans_b) in [(false, false), (true, false), (false, true), (true, true)] {
            let a = random.tensor(&if trans_a { [batch, k, m] } else { [batch, m, k] });
            // Fewer matrices than products, so that they repeat.
            let stack = if batch == 6 { 2 } else { batch };
            let b = random.tensor(&if trans_b { [stack, n, k] } else { [stack, k, n] });
            let c = random.tensor(&[1, n]);
            let mut wanted = Vec::new();
            for (i, row, column) in (0..batch * m * n).map(|i| (i / (m * n), i / n % m, i % n)) {
                let mut sum = 0.0;
                for at in 0..k {
                    let left = if trans_a { at * m + row } else { row * k + at };
                    let right = if trans_b { column * k + at } else { at * n + column };
                    sum += floats(&a)[i * m * k + left] * floats(&b)[i % stack * k * n + right];
                }
                wanted.push(0.5 * sum + 2.0 * floats(&c)[column]);
            }
            let sizes = MatMul { batch, m, k, n, trans_a, trans_b, alpha: 0.5, beta: 2.0 };
            let case = Case::plain(Kernel::MatMul(sizes), &[&a, &b, &c], &[batch, m, n]);
            assert_close(&case.floats(), &wanted, 1e-5, "product");
        }
    }
}

#[test]
fn transposition() {
    let x = Random::new(24).tensor(&[2, 3, 4, 5]);
    let got = Case::plain(Kernel::Transpose { perm: vec![2, 0, 3, 1] }, &[&x], &[4, 2, 5, 3]).floats();
    let wanted: Vec<f32> = positions(&[4, 2, 5, 3])
        .map(|[c, a, d, b]| at(&x, [a, b], [c as isize, d as isize]).unwrap())
        .collect();
    assert_eq!(got, wanted);
}

#[test]
fn reshaping_keeps_the_order() {
    let x = Random::new(25).tensor(&[2, 6, 3, 5]);
    for shape in [[2, 6, 3, 5], [1, 9, 4, 5], [4, 5, 9, 1]] {
        assert_eq!(Case::planes(Kernel::Reshape { first: 0 }, &[&x], &shape).floats(), floats(&x));
        assert_eq!(Case::plain(Kernel::Reshape { first: 0 }, &[&x], &shape).floats(), floats(&x));
    }
}
