//! Kernels that are no layers of their own: functions of elements, moves, reductions, matrices.

use super::*;
use unet_playground::ops::{self, Attributes};
use unet_playground::plan::{AxisIndex, Binary, Gather, MatMul, ReduceKind};

on_backends! {
    functions_of_one_element
    integers_and_floats
    functions_of_two_elements
    powers
    gathers
    concatenations
    reductions
    normalisations
    matrices
    other_orders_and_shapes
}

const KINDS: [ReduceKind; 5] =
    [ReduceKind::Mean, ReduceKind::Max, ReduceKind::Min, ReduceKind::Sum, ReduceKind::MaxAbs];

/// Every function that an ONNX operator has, and those that only lowering makes.
fn functions() -> Vec<Unary> {
    let attributes = Attributes { opset: 25, outputs: 1, ..Attributes::default() };
    let named = ops::Unary::names().map(|name| ops::Unary::new(name, &attributes).unwrap().unwrap());
    let mut functions: Vec<Unary> = named.flat_map(|op| op.functions).collect();
    functions.extend([
        Unary::LeakyRelu { alpha: 0.3 },
        Unary::Clip { min: -1.5, max: 2.0 },
        Unary::Clip { min: f32::NEG_INFINITY, max: 0.5 },
        Unary::HardSigmoid { alpha: 0.3, beta: 0.4 },
        Unary::Elu { alpha: 0.3 },
        Unary::GeluTanh,
        Unary::Affine { scale: -2.0, shift: 0.7 },
    ]);
    functions
}

async fn functions_of_one_element(backend: Backend) {
    let wide =
        Tensor::f32([1, 3, 5, 4], (0..60).map(|i| (i as f32 - 29.5) / 3.0).collect::<Vec<_>>()).unwrap();
    let positive = Tensor::f32([1, 3, 5, 4], (1..61).map(|i| i as f32 / 7.0).collect::<Vec<_>>()).unwrap();
    let saturated = Tensor::f32([1, 1, 1, 4], [-1e4, -100.0, 100.0, 1e4]).unwrap();
    for f in functions() {
        let finite =
            |x: &Tensor| x.as_f32().unwrap().iter().all(|&x| (ops::evaluate(f, x.into()) as f32).is_finite());
        let x = if finite(&wide) { &wide } else { &positive };
        check_planes(&backend, Kernel::Unary(f), &[x], &[1, 3, 5, 4]).await;
        if finite(&saturated) {
            check_planes(&backend, Kernel::Unary(f), &[&saturated], &[1, 1, 1, 4]).await;
        }
    }
}

async fn integers_and_floats(backend: Backend) {
    // Small integers are subnormal floats, which arithmetic would flush.
    let x = Tensor::i64([7], [-3, 0, 1, 2, 77, -100_000, 1 << 20]).unwrap();
    let mut b = PlanBuilder::default();
    let input = b.input(&x, Layout::RowMajor);
    let float = b.value(&[7], DType::F32, Layout::RowMajor);
    let half = b.value(&[7], DType::F32, Layout::RowMajor);
    let back = b.value(&[7], DType::I64, Layout::RowMajor);
    b.step(Kernel::Unary(Unary::IntToFloat), &[input], &[float]);
    b.step(Kernel::Unary(Unary::Affine { scale: 0.5, shift: 0.0 }), &[float], &[half]);
    b.step(Kernel::Unary(Unary::FloatToInt), &[half], &[back]);
    check(&backend, &b.finish(&[input, float, half, back]), &[&x]).await;
}

async fn functions_of_two_elements(backend: Backend) {
    let mut numbers = Numbers(2);
    let ops = [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div, Binary::Min, Binary::Max, Binary::PRelu];
    let shapes: [[&[usize]; 3]; 5] = [
        [&[2, 5, 3, 4], &[2, 5, 3, 4], &[2, 5, 3, 4]],
        [&[2, 5, 3, 4], &[1, 5, 1, 1], &[2, 5, 3, 4]],
        [&[1, 1, 3, 4], &[2, 7, 1, 4], &[2, 7, 3, 4]],
        [&[1, 1, 1, 1], &[1, 6, 2, 2], &[1, 6, 2, 2]],
        [&[1, 1, 2, 9], &[1, 1, 2, 1], &[1, 1, 2, 9]],
    ];
    for op in ops {
        for [a, b, y] in shapes {
            let inputs = [numbers.tensor(a), away_from_zero(&numbers.tensor(b))];
            let kernel = Kernel::Binary { op, activation: Unary::Tanh };
            check_planes(&backend, kernel.clone(), &refs(&inputs), y).await;
            check_plain(&backend, kernel, &refs(&inputs), y, DType::F32).await;
        }
    }
    let kernel = Kernel::Binary { op: Binary::Sub, activation: Unary::Identity };
    let inputs = [numbers.tensor(&[1, 2, 1, 3, 1, 2, 2]), numbers.tensor(&[2, 1, 2, 1, 2, 1, 2])];
    check_plain(&backend, kernel, &refs(&inputs), &[2, 2, 2, 3, 2, 2, 2], DType::F32).await;
}

fn away_from_zero(t: &Tensor) -> Tensor {
    let apart = t.as_f32().unwrap().iter().map(|v| v + 0.5_f32.copysign(*v)).collect::<Vec<_>>();
    Tensor::f32(t.shape(), apart).unwrap()
}

async fn powers(backend: Backend) {
    let base = Tensor::f32([9], [2.0, 0.0, 0.0, -2.0, -2.0, -2.0, 9.0, 1.5, -1.0]).unwrap();
    let exponent = Tensor::f32([9], [3.0, 2.0, 0.0, 3.0, 2.0, 0.5, 0.5, -2.0, 0.0]).unwrap();
    let kernel = Kernel::Binary { op: Binary::Pow, activation: Unary::Identity };
    check_plain(&backend, kernel, &[&base, &exponent], &[9], DType::F32).await;
}

async fn gathers(backend: Backend) {
    let mut numbers = Numbers(4);
    let table = |entries: &[i32]| AxisIndex::Table(entries.to_vec());
    let same = || AxisIndex::Same;
    let cases = [
        ([2, 9, 4, 5], [same(), same(), table(&[-1, 0, 1, 2, 3, -1]), table(&[4, 3, 0])]),
        ([2, 9, 4, 5], [table(&[1]), table(&[4, 5, 6, 7]), same(), same()]),
        ([1, 9, 2, 2], [same(), table(&[8, -1, 0, 3, 3, 1]), same(), table(&[1, 1, -1])]),
        ([1, 1, 2, 2], [table(&[0, 0]), table(&[0, 0, 0, 0, 0]), same(), same()]),
        ([1, 9, 1, 3], [same(), table(&[4, 5, 6, 7, -1, -1, -1, -1, 8]), same(), same()]),
    ];
    for (shape, index) in cases {
        let size = |axis: usize| match &index[axis] {
            AxisIndex::Same => shape[axis],
            AxisIndex::Table(table) => table.len(),
        };
        let output = [size(0), size(1), size(2), size(3)];
        let x = numbers.tensor(&shape);
        check_planes(&backend, Kernel::Gather(Gather { index, fill: 0.25 }), &[&x], &output).await;
    }
}

async fn concatenations(backend: Backend) {
    let mut numbers = Numbers(9);
    for axis in 0..4 {
        for sizes in [vec![3, 2, 6], vec![4, 1], vec![1, 1, 1]] {
            let mut shape = [2, 5, 3, 2];
            let inputs: Vec<Tensor> = (sizes.iter())
                .map(|&size| {
                    shape[axis] = size;
                    numbers.tensor(&shape)
                })
                .collect();
            shape[axis] = sizes.iter().sum();
            check_planes(&backend, Kernel::Concat { axis }, &refs(&inputs), &shape).await;
            check_plain(&backend, Kernel::Concat { axis }, &refs(&inputs), &shape, DType::F32).await;
        }
    }
}

async fn reductions(backend: Backend) {
    let mut numbers = Numbers(12);
    for shape in [[1, 1, 1, 1], [2, 5, 3, 7], [1, 8, 17, 16], [3, 17, 2, 1]] {
        let x = numbers.tensor(&shape);
        let [n, c, h, w] = shape;
        for kind in KINDS {
            check_planes(&backend, Kernel::ReduceSpatial(kind), &[&x], &[n, c, 1, 1]).await;
            check_planes(&backend, Kernel::ReduceChannels(kind), &[&x], &[n, 1, h, w]).await;
            let kernel = Kernel::ReduceAxis { kind, outer: n * c, axis: h, inner: w };
            check_plain(&backend, kernel, &[&x], &[n, c, w], DType::F32).await;
        }
        check_planes(&backend, Kernel::SoftmaxChannels, &[&x], &shape).await;
        let kernel = Kernel::SoftmaxAxis { outer: n, axis: c, inner: h * w };
        check_plain(&backend, kernel, &[&x], &shape, DType::F32).await;
        // Levels, so that there are equals.
        let levels = x.as_f32().unwrap().iter().map(|v| v.round()).collect::<Vec<_>>();
        let x = Tensor::f32(shape, levels).unwrap();
        for last in [false, true] {
            let mut b = PlanBuilder::default();
            let input = b.input(&x, Layout::Nchwc4);
            let y = b.value(&[n, 1, h, w], DType::I64, Layout::Nchwc4);
            b.step(Kernel::ArgMaxChannels { last }, &[input], &[y]);
            check(&backend, &b.finish(&[y]), &[&x]).await;
            let kernel = Kernel::ArgMaxAxis { outer: n * c, axis: h * w, inner: 1, last };
            check_plain(&backend, kernel, &[&x], &[n, c], DType::I64).await;
        }
    }
}

async fn normalisations(backend: Backend) {
    let mut numbers = Numbers(13);
    for (shape, groups) in [([2, 6, 3, 5], 6), ([1, 6, 9, 5], 2), ([3, 5, 2, 2], 1), ([1, 8, 20, 20], 2)] {
        for (with_scale, with_shift) in [(true, true), (false, true), (false, false)] {
            let mut b = PlanBuilder::default();
            let x = numbers.tensor(&shape);
            let input = b.input(&x, Layout::Nchwc4);
            let scale = with_scale.then(|| b.constant(numbers.tensor(&[shape[1]])));
            let shift = with_shift.then(|| b.constant(numbers.tensor(&[shape[1]])));
            let y = b.planes(&shape);
            b.step(Kernel::GroupNorm { groups, epsilon: 1e-3, scale, shift }, &[input], &[y]);
            check(&backend, &b.finish(&[y]), &[&x]).await;

            let mut b = PlanBuilder::default();
            let x = numbers.tensor(&shape);
            let input = b.input(&x, Layout::Nchwc4);
            let scale = with_scale.then(|| b.constant(numbers.tensor(&[shape[1]])));
            let shift = with_shift.then(|| b.constant(numbers.tensor(&[shape[1]])));
            let y = b.planes(&shape);
            b.step(Kernel::ChannelNorm { epsilon: 1e-3, scale, shift }, &[input], &[y]);
            check(&backend, &b.finish(&[y]), &[&x]).await;

            let mut b = PlanBuilder::default();
            let inner = shape[2] * shape[3];
            let x = numbers.tensor(&shape);
            let input = b.input(&x, Layout::RowMajor);
            let scale = with_scale.then(|| b.constant(numbers.tensor(&[inner])));
            let shift = with_shift.then(|| b.constant(numbers.tensor(&[inner])));
            let y = b.value(&shape, DType::F32, Layout::RowMajor);
            b.step(Kernel::LayerNorm { inner, epsilon: 1e-3, scale, shift }, &[input], &[y]);
            check(&backend, &b.finish(&[y]), &[&x]).await;
        }
    }
}

async fn matrices(backend: Backend) {
    let mut numbers = Numbers(14);
    for (m, k, n) in [(1, 1, 1), (3, 5, 7), (17, 16, 33), (16, 40, 1)] {
        for (trans_a, trans_b) in [(false, false), (true, false), (false, true), (true, true)] {
            let a_shape = if trans_a { [6, k, m] } else { [6, m, k] };
            let b_shape = if trans_b { [2, n, k] } else { [2, k, n] };
            let product = MatMul { batch: 6, m, k, n, trans_a, trans_b, alpha: 0.5, beta: 2.0 };
            let mut inputs = vec![numbers.tensor(&a_shape), numbers.tensor(&b_shape)];
            check_plain(&backend, Kernel::MatMul(product), &refs(&inputs), &[6, m, n], DType::F32).await;
            for c in [[m, n], [1, n], [m, 1], [1, 1]] {
                inputs.truncate(2);
                inputs.push(numbers.tensor(&c));
                check_plain(&backend, Kernel::MatMul(product), &refs(&inputs), &[6, m, n], DType::F32).await;
            }
        }
    }
}

async fn other_orders_and_shapes(backend: Backend) {
    let mut numbers = Numbers(15);
    let x = numbers.tensor(&[2, 3, 4, 5]);
    let kernel = Kernel::Transpose { perm: vec![3, 1, 0, 2] };
    check_plain(&backend, kernel, &[&x], &[5, 3, 2, 4], DType::F32).await;
    let six = numbers.tensor(&[1, 3, 2, 2, 4, 5]);
    let kernel = Kernel::Transpose { perm: vec![0, 1, 4, 2, 5, 3] };
    check_plain(&backend, kernel, &[&six], &[1, 3, 4, 2, 5, 2], DType::F32).await;

    let shapes = [[2, 3, 4, 5], [1, 10, 4, 3], [5, 1, 1, 24], [1, 120, 1, 1]];
    for from in [Layout::Nchwc4, Layout::RowMajor] {
        for to in [Layout::Nchwc4, Layout::RowMajor] {
            for shape in shapes {
                let mut b = PlanBuilder::default();
                let input = b.input(&x, from);
                let y = b.value(&shape, DType::F32, to);
                b.step(Kernel::Reshape { first: 0 }, &[input], &[y]);
                check(&backend, &b.finish(&[y]), &[&x]).await;
            }
        }
    }
    // A part of plain values, copied or where it lies.
    for (first, in_place) in [(0, true), (8, false), (7, false)] {
        let mut b = PlanBuilder::default();
        let input = b.input(&x, Layout::RowMajor);
        let (doubled, part) = (
            b.value(x.shape(), DType::F32, Layout::RowMajor),
            b.value(&[3, 5], DType::F32, Layout::RowMajor),
        );
        let y = b.value(&[3, 5], DType::F32, Layout::RowMajor);
        b.step(Kernel::Unary(Unary::Affine { scale: 2.0, shift: 0.5 }), &[input], &[doubled]);
        b.step(Kernel::Reshape { first }, &[doubled], &[part]);
        b.step(Kernel::Unary(Unary::Abs), &[part], &[y]);
        if in_place {
            b.plan().values[part.0].parent = Some((doubled, first));
        }
        check(&backend, &b.finish(&[y, part]), &[&x]).await;
    }
}
