//! One-step plans for testing kernels.

use super::{Executor, WeightCache};
use std::sync::Arc;
use unet_kernels::tensor::{DType, Data, Tensor};
use unet_plan::{ConstId, Constant, Kernel, Layout, Operand, Plan, PlanValue, Step, ValueId, storage_len};

/// Seeded random numbers in −1..1.
pub(super) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    pub(crate) fn tensor(&mut self, shape: &[usize]) -> Tensor {
        let data: Vec<f32> = (0..shape.iter().product()).map(|_| self.next()).collect();
        Tensor::f32(shape, data).unwrap()
    }
}

/// A kernel with its operands.
pub(super) struct Case {
    pub kernel: Kernel,
    pub layout: Layout,
    pub inputs: Vec<Tensor>,
    pub constants: Vec<Tensor>,
    pub outputs: Vec<(DType, Vec<usize>)>,
}

impl Case {
    /// A kernel on planes with one float output.
    pub(crate) fn planes(kernel: Kernel, inputs: &[&Tensor], output: &[usize]) -> Self {
        Self {
            kernel,
            layout: Layout::Nchwc4,
            inputs: inputs.iter().map(|&x| x.clone()).collect(),
            constants: Vec::new(),
            outputs: vec![(DType::F32, output.to_vec())],
        }
    }

    /// A kernel on plain values with one float output.
    pub(crate) fn plain(kernel: Kernel, inputs: &[&Tensor], output: &[usize]) -> Self {
        Self { layout: Layout::RowMajor, ..Self::planes(kernel, inputs, output) }
    }

    pub(crate) fn plan(&self) -> Plan {
        let value = |dtype: DType, shape: &[usize], live| PlanValue {
            name: String::new(),
            shape: shape.to_vec(),
            dtype,
            layout: self.layout,
            parent: None,
            live,
        };
        let mut values: Vec<PlanValue> =
            self.inputs.iter().map(|x| value(x.dtype(), x.shape(), (0, 0))).collect();
        let inputs: Vec<ValueId> = (0..values.len()).map(ValueId).collect();
        values.extend(self.outputs.iter().map(|(dtype, shape)| value(*dtype, shape, (0, 1))));
        let outputs: Vec<ValueId> = (inputs.len()..values.len()).map(ValueId).collect();
        let constant = |x: &Tensor| Constant { tensor: Arc::new(x.clone()), layout: Layout::RowMajor };
        let step = Step {
            name: String::new(),
            op: "",
            nodes: vec![],
            kernel: self.kernel.clone(),
            inputs: inputs.iter().map(|&v| Operand::Value(v)).collect(),
            outputs: outputs.clone(),
            flops: 1000,
        };
        Plan {
            values,
            constants: self.constants.iter().map(constant).collect(),
            steps: vec![step],
            inputs,
            outputs,
        }
    }

    /// Runs the kernel in one go and unit by unit; both must agree bit for bit.
    pub(crate) fn run(&self) -> Vec<Tensor> {
        let plan = self.plan();
        for value in &plan.values {
            storage_len(value.layout, &value.shape).unwrap();
        }
        let mut executor = Executor::new(Arc::new(plan), &mut WeightCache::new()).unwrap();
        let inputs: Vec<&Tensor> = self.inputs.iter().collect();
        executor.start(&inputs).unwrap();
        assert!(executor.advance(u64::MAX));
        let whole = executor.outputs().unwrap();
        executor.start(&inputs).unwrap();
        while !executor.advance(1) {}
        let bits = |tensors: &[Tensor]| -> Vec<Vec<u64>> { tensors.iter().map(bits).collect() };
        assert_eq!(bits(&executor.outputs().unwrap()), bits(&whole), "units disagree");
        whole
    }

    /// Floats of the first output.
    pub(crate) fn floats(&self) -> Vec<f32> {
        self.run()[0].as_f32().unwrap().to_vec()
    }
}

fn bits(tensor: &Tensor) -> Vec<u64> {
    match tensor.data() {
        Data::F32(v) => v.iter().map(|x| x.to_bits().into()).collect(),
        Data::I64(v) => v.iter().map(|&x| x as u64).collect(),
    }
}

/// Constant `i` of a case.
pub(super) fn constant(i: usize) -> ConstId {
    ConstId(i)
}

/// All row-major positions of a rank-4 shape.
pub(super) fn positions(shape: &[usize]) -> impl Iterator<Item = [usize; 4]> {
    let &[n, c, h, w] = shape else { panic!("rank") };
    (0..n * c * h * w).map(move |i| [i / (c * h * w), i / (h * w) % c, i / w % h, i % w])
}

/// Element of a rank-4 tensor; `None` outside H and W.
pub(super) fn at(x: &Tensor, [n, c]: [usize; 2], [y, column]: [isize; 2]) -> Option<f32> {
    let &[_, channels, h, w] = x.shape() else { panic!("rank") };
    let inside = (0..h as isize).contains(&y) && (0..w as isize).contains(&column);
    inside.then(|| x.as_f32().unwrap()[((n * channels + c) * h + y as usize) * w + column as usize])
}

pub(super) fn assert_close(got: &[f32], wanted: &[f32], tolerance: f32, what: &str) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (i, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        let error = (got - wanted).abs();
        assert!(error <= tolerance * wanted.abs().max(1.0), "{what}: element {i} is {got}, not {wanted}");
    }
}
