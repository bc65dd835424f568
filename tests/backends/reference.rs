//! A plan by plain loops on row-major tensors, in f64: what the shaders are measured against.

use unet_playground::ops::evaluate as evaluate_unary;
use unet_playground::plan::{
    AxisIndex, AxisTaps, Binary, DepthMode, Epilogue, Kernel, MatMul, Operand, Plan, ReduceKind, TIE_EPSILON,
    Window,
};
use unet_playground::tensor::{DType, Data, Tensor, strides};

/// A value as loops like it: any number is a float here.
#[derive(Clone)]
struct Array {
    shape: Vec<usize>,
    data: Vec<f64>,
}

impl Array {
    fn new(tensor: &Tensor) -> Self {
        let data = match tensor.data() {
            Data::F32(v) => v.iter().map(|&x| x.into()).collect(),
            Data::I64(v) => v.iter().map(|&x| x as f64).collect(),
        };
        Self { shape: tensor.shape().to_vec(), data }
    }

    /// The function of every index, in row-major order.
    fn from(shape: &[usize], f: impl Fn(&[usize]) -> f64) -> Self {
        let strides = strides(shape);
        let index = |i: usize| -> Vec<usize> { strides.iter().zip(shape).map(|(s, d)| i / s % d).collect() };
        let data = (0..shape.iter().product()).map(|i| f(&index(i))).collect();
        Self { shape: shape.to_vec(), data }
    }

    fn at(&self, index: &[usize]) -> f64 {
        self.data[strides(&self.shape).iter().zip(index).map(|(s, i)| s * i).sum::<usize>()]
    }

    /// Outside of height and width: nothing.
    fn pixel(&self, n: usize, c: usize, y: isize, x: isize) -> Option<f64> {
        let inside = y >= 0 && x >= 0 && (y as usize) < self.shape[2] && (x as usize) < self.shape[3];
        inside.then(|| self.at(&[n, c, y as usize, x as usize]))
    }

    fn repeated(&self, index: &[usize]) -> f64 {
        let own: Vec<_> = index.iter().zip(&self.shape).map(|(&i, &d)| i.min(d - 1)).collect();
        self.at(&own)
    }

    /// Elements along one axis through `index`.
    fn along(&self, index: &[usize], axis: usize) -> Vec<f64> {
        let mut index = index.to_vec();
        (0..self.shape[axis])
            .map(|i| {
                index[axis] = i;
                self.at(&index)
            })
            .collect()
    }

    fn tensor(&self, dtype: DType) -> Tensor {
        match dtype {
            DType::F32 => Tensor::f32(&*self.shape, self.data.iter().map(|&x| x as f32).collect::<Vec<_>>()),
            DType::I64 => Tensor::i64(&*self.shape, self.data.iter().map(|&x| x as i64).collect::<Vec<_>>()),
        }
        .unwrap()
    }
}

/// Outputs of a plan.
pub(crate) fn interpret(plan: &Plan, inputs: &[&Tensor]) -> Vec<Tensor> {
    let mut values: Vec<Option<Array>> = vec![None; plan.values.len()];
    for (tensor, id) in inputs.iter().zip(&plan.inputs) {
        values[id.0] = Some(Array::new(tensor));
    }
    for step in &plan.steps {
        let operands: Vec<Array> = (step.inputs.iter())
            .map(|operand| match operand {
                Operand::Value(id) => values[id.0].clone().unwrap(),
                Operand::Const(id) => Array::new(&plan.constants[id.0].tensor),
            })
            .collect();
        let shape = &plan.values[step.outputs[0].0].shape;
        let results = evaluate(plan, &step.kernel, &operands, shape);
        for (result, id) in results.into_iter().zip(&step.outputs) {
            values[id.0] = Some(result);
        }
    }
    plan.outputs.iter().map(|id| values[id.0].as_ref().unwrap().tensor(plan.values[id.0].dtype)).collect()
}

fn evaluate(plan: &Plan, kernel: &Kernel, inputs: &[Array], shape: &[usize]) -> Vec<Array> {
    let x = &inputs[0];
    let constant =
        |id: &Option<unet_playground::plan::ConstId>| id.map(|id| Array::new(&plan.constants[id.0].tensor));
    vec![match kernel {
        Kernel::Conv { window, groups, weight, epilogue } => {
            let weight = Array::new(&plan.constants[weight.0].tensor);
            conv(plan, window, *groups, &weight, epilogue, inputs, shape)
        }
        Kernel::MaxPool { window } => return max_pool(window, x, inputs.get(1), shape),
        Kernel::AveragePool { window, count_include_pad, pad_end } => Array::from(shape, |i| {
            let (mut sum, mut count) = (0.0, 0.0_f64);
            for [y, x_] in positions(window, i) {
                let inside = x.pixel(i[0], i[1], y, x_);
                let end = [x.shape[2] + pad_end[0], x.shape[3] + pad_end[1]];
                let padded = *count_include_pad && y < end[0] as isize && x_ < end[1] as isize;
                sum += inside.unwrap_or(0.0);
                count += f64::from(u8::from(inside.is_some() || padded));
            }
            sum / count.max(1.0)
        }),
        Kernel::MaxUnpool { .. } => {
            let mut y = Array::from(shape, |_| 0.0);
            let area = shape[2] * shape[3];
            let pooled = x.shape[2] * x.shape[3];
            for (i, (&value, &position)) in x.data.iter().zip(&inputs[1].data).enumerate() {
                if (0.0..area as f64).contains(&position) {
                    y.data[i / pooled * area + position as usize] = value;
                }
            }
            y
        }
        Kernel::Gather(gather) => Array::from(shape, |i| {
            let source = |axis: usize| match &gather.index[axis] {
                AxisIndex::Same => i[axis] as i32,
                AxisIndex::Table(table) => table[i[axis]],
            };
            let from: Vec<i32> = (0..4).map(source).collect();
            if from.contains(&-1) {
                return gather.fill.into();
            }
            x.at(&from.iter().map(|&i| i as usize).collect::<Vec<_>>())
        }),
        Kernel::Resample { y: rows, x: columns } => Array::from(shape, |i| {
            let tap = |taps: &AxisTaps, at: usize, t: usize| {
                let k = at * taps.taps + t;
                (taps.index[k] as usize, f64::from(taps.weight[k]))
            };
            let mut sum = 0.0;
            for ty in 0..rows.taps {
                for tx in 0..columns.taps {
                    let ((y, wy), (x_, wx)) = (tap(rows, i[2], ty), tap(columns, i[3], tx));
                    sum += wy * wx * x.at(&[i[0], i[1], y, x_]);
                }
            }
            sum
        }),
        Kernel::DepthToSpace { block: [bh, bw], mode, skip } => Array::from(shape, |i| {
            let (y, x_) = (i[2] + skip[0], i[3] + skip[1]);
            let within = y % bh * bw + x_ % bw;
            let c = match mode {
                DepthMode::Dcr => within * shape[1] + i[1],
                DepthMode::Crd => i[1] * bh * bw + within,
            };
            x.at(&[i[0], c, y / bh, x_ / bw])
        }),
        Kernel::SpaceToDepth { block: b } => Array::from(shape, |i| {
            let (within, c) = (i[1] / x.shape[1], i[1] % x.shape[1]);
            x.at(&[i[0], c, i[2] * b + within / b, i[3] * b + within % b])
        }),
        Kernel::Concat { axis } => Array::from(shape, |i| {
            let mut i = i.to_vec();
            for operand in inputs {
                if i[*axis] < operand.shape[*axis] {
                    return operand.at(&i);
                }
                i[*axis] -= operand.shape[*axis];
            }
            unreachable!("the result is longer than its operands")
        }),
        Kernel::Unary(f) => Array::from(shape, |i| evaluate_unary(*f, x.at(i))),
        Kernel::Binary { op, activation } => Array::from(shape, |i| {
            evaluate_unary(*activation, binary(*op, x.repeated(i), inputs[1].repeated(i)))
        }),
        Kernel::ReduceSpatial(kind) => Array::from(shape, |i| {
            let area = x.shape[2] * x.shape[3];
            reduce(*kind, &x.data[(i[0] * x.shape[1] + i[1]) * area..][..area])
        }),
        Kernel::ReduceChannels(kind) => Array::from(shape, |i| reduce(*kind, &x.along(i, 1))),
        Kernel::ArgMaxChannels { last } => Array::from(shape, |i| argmax(&x.along(i, 1), *last)),
        Kernel::SoftmaxChannels => Array::from(shape, |i| softmax(&x.along(i, 1), i[1])),
        Kernel::GroupNorm { groups, epsilon, scale, shift } => {
            let (scale, shift) = (constant(scale), constant(shift));
            let size = x.data.len() / (shape[0] * groups);
            Array::from(shape, |i| {
                let group = i[1] / (shape[1] / groups);
                let members = &x.data[(i[0] * groups + group) * size..][..size];
                normalised(x.at(i), members, *epsilon, i[1], &scale, &shift)
            })
        }
        Kernel::ChannelNorm { epsilon, scale, shift } => {
            let (scale, shift) = (constant(scale), constant(shift));
            Array::from(shape, |i| normalised(x.at(i), &x.along(i, 1), *epsilon, i[1], &scale, &shift))
        }
        Kernel::LayerNorm { inner, epsilon, scale, shift } => {
            let (scale, shift) = (constant(scale), constant(shift));
            let value = |k: usize| {
                let row = &x.data[k / inner * inner..][..*inner];
                normalised(x.data[k], row, *epsilon, k % inner, &scale, &shift)
            };
            Array { shape: shape.to_vec(), data: (0..x.data.len()).map(value).collect() }
        }
        Kernel::ReduceAxis { kind, outer, axis, inner } => {
            rows(x, shape, [*outer, *axis, *inner], 1, |row, _| reduce(*kind, row))
        }
        Kernel::SoftmaxAxis { outer, axis, inner } => rows(x, shape, [*outer, *axis, *inner], *axis, softmax),
        Kernel::ArgMaxAxis { outer, axis, inner, last } => {
            rows(x, shape, [*outer, *axis, *inner], 1, |row, _| argmax(row, *last))
        }
        Kernel::TopKAxis { outer, axis, inner, k, largest } => {
            let view = [*outer, *axis, *inner];
            let order = |row: &[f64]| {
                let mut order: Vec<usize> = (0..row.len()).collect();
                order.sort_by(
                    |&a, &b| if *largest { row[b].total_cmp(&row[a]) } else { row[a].total_cmp(&row[b]) },
                );
                order
            };
            let values = rows(x, shape, view, *k, |row, i| row[order(row)[i]]);
            return vec![values, rows(x, shape, view, *k, |row, i| order(row)[i] as f64)];
        }
        Kernel::GridSample(sample) => Array::from(shape, |i| {
            let taps = |axis: usize, len: usize| sample.taps(inputs[1].at(&[i[0], i[2], i[3], axis]), len);
            let mut sum = 0.0;
            for (row, by) in taps(1, x.shape[2]) {
                for (column, weight) in taps(0, x.shape[3]) {
                    if let (Some(row), Some(column)) = (row, column) {
                        sum += by * weight * x.at(&[i[0], i[1], row, column]);
                    }
                }
            }
            sum
        }),
        Kernel::MatMul(product) => matmul(product, inputs, shape),
        Kernel::Transpose { perm } => Array::from(shape, |i| {
            let mut from = vec![0; i.len()];
            perm.iter().zip(i).for_each(|(&axis, &i)| from[axis] = i);
            x.at(&from)
        }),
        Kernel::Reshape { first } => {
            let count = shape.iter().product::<usize>();
            Array { shape: shape.to_vec(), data: x.data[*first..][..count].to_vec() }
        }
    }]
}

/// Input positions of an output position's window.
fn positions(w: &Window, i: &[usize]) -> Vec<[isize; 2]> {
    let at = |axis: usize, k: usize| {
        (i[2 + axis] * w.stride[axis] + k * w.dilation[axis]) as isize - w.pad_begin[axis]
    };
    let row = |ky: usize| (0..w.kernel[1]).map(move |kx| [at(0, ky), at(1, kx)]);
    (0..w.kernel[0]).flat_map(row).collect()
}

fn conv(
    plan: &Plan,
    window: &Window,
    groups: usize,
    weight: &Array,
    epilogue: &Epilogue,
    inputs: &[Array],
    shape: &[usize],
) -> Array {
    let x = &inputs[0];
    let vector =
        |id: unet_playground::plan::ConstId, c: usize| Array::new(&plan.constants[id.0].tensor).data[c];
    let width = x.shape[1] / groups;
    Array::from(shape, |i| {
        let group = i[1] / (shape[1] / groups);
        let mut sum = 0.0;
        for c in 0..width {
            for (k, [y, x_]) in positions(window, i).into_iter().enumerate() {
                let w = weight.at(&[i[1], c, k / window.kernel[1], k % window.kernel[1]]);
                sum += w * x.pixel(i[0], group * width + c, y, x_).unwrap_or(0.0);
            }
        }
        sum += epilogue.bias.map_or(0.0, |id| vector(id, i[1]));
        sum += if epilogue.residual { inputs[1].at(i) } else { 0.0 };
        let y = evaluate_unary(epilogue.activation, sum);
        epilogue.scale_shift.map_or(y, |(scale, shift)| y * vector(scale, i[1]) + vector(shift, i[1]))
    })
}

fn max_pool(window: &Window, x: &Array, magnitude: Option<&Array>, shape: &[usize]) -> Vec<Array> {
    let inside = |i: &[usize]| -> Vec<(f64, f64)> {
        let value = |[y, x_]: [isize; 2]| {
            x.pixel(i[0], i[1], y, x_).map(|v| (v, (y * x.shape[3] as isize + x_) as f64))
        };
        positions(window, i).into_iter().filter_map(value).collect()
    };
    let largest = |i: &[usize]| inside(i).iter().fold(f64::MIN, |m, v| m.max(v.0));
    let first = |i: &[usize]| {
        let m = largest(i);
        let seen = |[y, x]: [isize; 2]| magnitude.and_then(|a| a.pixel(i[0], 0, y, x));
        let tie =
            f64::from(TIE_EPSILON) * positions(window, i).into_iter().filter_map(seen).fold(0.0, f64::max);
        inside(i).into_iter().find(|v| m - v.0 <= tie).map_or(-1.0, |v| v.1)
    };
    vec![Array::from(shape, largest), Array::from(shape, first)]
}

fn binary(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => a.powf(b),
        Binary::Min => a.min(b),
        Binary::Max => a.max(b),
        Binary::PRelu if a < 0.0 => a * b,
        Binary::PRelu => a,
        Binary::Mod => a - b * (a / b).floor(),
        Binary::Fmod => a % b,
        Binary::Less => f64::from(u8::from(a < b)),
        Binary::LessOrEqual => f64::from(u8::from(a <= b)),
        Binary::Equal => f64::from(u8::from(a == b)),
        Binary::Mask if b != 0.0 => a,
        Binary::Mask => 0.0,
    }
}

fn reduce(kind: ReduceKind, row: &[f64]) -> f64 {
    let sum = row.iter().sum::<f64>();
    match kind {
        ReduceKind::Mean => sum / row.len() as f64,
        ReduceKind::Max => row.iter().copied().fold(f64::MIN, f64::max),
        ReduceKind::Min => row.iter().copied().fold(f64::MAX, f64::min),
        ReduceKind::Sum => sum,
        ReduceKind::MaxAbs => row.iter().fold(0.0, |a, x| x.abs().max(a)),
    }
}

fn argmax(row: &[f64], last: bool) -> f64 {
    let largest = reduce(ReduceKind::Max, row);
    let mut found = (0..row.len()).filter(|&i| row[i] == largest);
    if last { found.next_back() } else { found.next() }.unwrap() as f64
}

fn softmax(row: &[f64], i: usize) -> f64 {
    let largest = reduce(ReduceKind::Max, row);
    (row[i] - largest).exp() / row.iter().map(|v| (v - largest).exp()).sum::<f64>()
}

fn normalised(
    value: f64,
    members: &[f64],
    epsilon: f32,
    i: usize,
    scale: &Option<Array>,
    shift: &Option<Array>,
) -> f64 {
    let mean = reduce(ReduceKind::Mean, members);
    let variance = members.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / members.len() as f64;
    let y = (value - mean) / (variance + f64::from(epsilon)).sqrt();
    y * scale.as_ref().map_or(1.0, |s| s.data[i]) + shift.as_ref().map_or(0.0, |s| s.data[i])
}

/// A function of every row along the middle axis, `results` for each.
fn rows(
    x: &Array,
    shape: &[usize],
    [outer, axis, inner]: [usize; 3],
    results: usize,
    f: impl Fn(&[f64], usize) -> f64,
) -> Array {
    let x = Array { shape: vec![outer, axis, inner], data: x.data.clone() };
    let y = Array::from(&[outer, results, inner], |i| f(&x.along(&[i[0], 0, i[2]], 1), i[1]));
    Array { shape: shape.to_vec(), data: y.data }
}

fn matmul(p: &MatMul, inputs: &[Array], shape: &[usize]) -> Array {
    let matrix = |x: &Array, i: usize, rows: usize, columns: usize| {
        let size = rows * columns;
        let first = i % (x.data.len() / size) * size;
        Array { shape: vec![rows, columns], data: x.data[first..first + size].to_vec() }
    };
    let y = Array::from(&[p.batch, p.m, p.n], |i| {
        let a =
            if p.trans_a { matrix(&inputs[0], i[0], p.k, p.m) } else { matrix(&inputs[0], i[0], p.m, p.k) };
        let b =
            if p.trans_b { matrix(&inputs[1], i[0], p.n, p.k) } else { matrix(&inputs[1], i[0], p.k, p.n) };
        let term = |k: usize| {
            let a = if p.trans_a { a.at(&[k, i[1]]) } else { a.at(&[i[1], k]) };
            a * if p.trans_b { b.at(&[i[2], k]) } else { b.at(&[k, i[2]]) }
        };
        let c = inputs.get(2).map_or(0.0, |c| c.repeated(&i[1..]));
        f64::from(p.alpha) * (0..p.k).map(term).sum::<f64>() + f64::from(p.beta) * c
    });
    Array { shape: shape.to_vec(), data: y.data }
}
