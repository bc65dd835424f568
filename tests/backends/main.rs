//! Every kernel against plain loops, and whole plans, on each backend: on the CPU always, on WebGPU
//! where there is an adapter (natively Vulkan). Natively, and in the browser.

mod cpu;
#[cfg(feature = "gpu")]
mod faults;
#[cfg(feature = "gpu")]
mod gpu;
mod kernels;
mod layers;
mod nets;
// Linking takes minutes in a browser's profile, and so the two are one there.
#[cfg(target_arch = "wasm32")]
#[path = "../operators/main.rs"]
mod operators;
mod plans;
mod reference;
#[cfg(feature = "gpu")]
mod submissions;

use std::sync::Arc;
use unet_playground::plan::{
    ConstId, Constant, Epilogue, Kernel, Layout, Operand, Plan, PlanValue, Step, Unary, ValueId, Window,
};
use unet_playground::tensor::{DType, Data, Tensor};

enum Backend {
    Cpu,
    #[cfg(feature = "gpu")]
    Gpu(unet_playground::backend::gpu::Gpu),
}

impl Backend {
    /// Backends add in another order than the reference, and have their own exp and tanh: results
    /// agree within this share of the largest magnitude.
    fn tolerance(&self) -> f32 {
        match self {
            Self::Cpu => 1e-5,
            #[cfg(feature = "gpu")]
            Self::Gpu(_) => gpu::TOLERANCE,
        }
    }

    /// Outputs of the plan.
    async fn run(&self, plan: &Arc<Plan>, inputs: &[&Tensor]) -> Vec<Tensor> {
        match self {
            Self::Cpu => cpu::run(plan, inputs),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu::run(gpu, plan, inputs).await,
        }
    }
}

/// Makes tests of functions that take a backend. Natively a test blocks; in the browser, where nothing
/// may, its runner awaits it.
macro_rules! on_backends {
    ($($test:ident)*) => {$(
        mod $test {
            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn on_cpu() {
                pollster::block_on(super::$test(crate::Backend::Cpu));
            }

            #[cfg(target_arch = "wasm32")]
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn on_cpu() {
                super::$test(crate::Backend::Cpu).await;
            }

            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            #[test]
            fn on_gpu() {
                pollster::block_on(async {
                    if let Some(gpu) = crate::gpu::request().await {
                        super::$test(crate::Backend::Gpu(gpu)).await;
                    }
                });
            }

            #[cfg(all(feature = "gpu", target_arch = "wasm32"))]
            #[wasm_bindgen_test::wasm_bindgen_test]
            async fn on_gpu() {
                if let Some(gpu) = crate::gpu::request().await {
                    super::$test(crate::Backend::Gpu(gpu)).await;
                }
            }
        }
    )*};
}
pub(crate) use on_backends;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Repeatable numbers in [−1, 1).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    fn tensor(&mut self, shape: &[usize]) -> Tensor {
        let len = shape.iter().product();
        Tensor::f32(shape, (0..len).map(|_| self.next()).collect::<Vec<_>>()).unwrap()
    }

    /// Sizes 1 to 17, more often small.
    fn size(&mut self) -> usize {
        let x = (self.next() + 1.0) / 2.0;
        1 + (x * x * 17.0) as usize
    }

    fn below(&mut self, n: usize) -> usize {
        (((self.next() + 1.0) / 2.0) * n as f32) as usize
    }
}

/// Builds plans step by step.
#[derive(Default)]
struct PlanBuilder {
    plan: Option<Plan>,
}

impl PlanBuilder {
    fn plan(&mut self) -> &mut Plan {
        self.plan.get_or_insert_with(|| Plan {
            values: vec![],
            constants: vec![],
            steps: vec![],
            inputs: vec![],
            outputs: vec![],
        })
    }

    fn value(&mut self, shape: &[usize], dtype: DType, layout: Layout) -> ValueId {
        let plan = self.plan();
        let name = format!("v{}", plan.values.len());
        let live = (usize::MAX, 0);
        plan.values.push(PlanValue { name, shape: shape.to_vec(), dtype, layout, parent: None, live });
        ValueId(plan.values.len() - 1)
    }

    fn planes(&mut self, shape: &[usize]) -> ValueId {
        self.value(shape, DType::F32, Layout::Nchwc4)
    }

    fn input(&mut self, tensor: &Tensor, layout: Layout) -> ValueId {
        let id = self.value(tensor.shape(), tensor.dtype(), layout);
        self.plan().inputs.push(id);
        id
    }

    fn constant(&mut self, tensor: Tensor) -> ConstId {
        let plan = self.plan();
        plan.constants.push(Constant { tensor: Arc::new(tensor), layout: Layout::RowMajor });
        ConstId(plan.constants.len() - 1)
    }

    fn step(&mut self, kernel: Kernel, inputs: &[ValueId], outputs: &[ValueId]) {
        let plan = self.plan();
        plan.steps.push(Step {
            name: format!("s{}", plan.steps.len()),
            op: "Test",
            nodes: vec![],
            kernel,
            inputs: inputs.iter().map(|&v| Operand::Value(v)).collect(),
            outputs: outputs.to_vec(),
            flops: 1000,
        });
    }

    /// A 3×3 or 1×1 convolution that keeps the size, with bias.
    fn conv(&mut self, x: ValueId, channels: usize, size: usize, numbers: &mut Numbers) -> ValueId {
        let mut shape = self.plan().values[x.0].shape.clone();
        let weight = numbers.tensor(&[channels, shape[1], size, size]);
        let bias = numbers.tensor(&[channels]);
        let epilogue = Epilogue {
            bias: Some(self.constant(bias)),
            residual: false,
            activation: Unary::Relu,
            scale_shift: None,
        };
        let window = window([size; 2], [1, 1], [(size / 2) as isize; 2]);
        let kernel = Kernel::Conv { window, groups: 1, weight: self.constant(weight), epilogue };
        shape[1] = channels;
        let y = self.planes(&shape);
        self.step(kernel, &[x], &[y]);
        y
    }

    /// The plan with lifetimes counted.
    fn finish(mut self, outputs: &[ValueId]) -> Arc<Plan> {
        let plan = self.plan();
        plan.outputs = outputs.to_vec();
        let end = plan.steps.len();
        let mut spans: Vec<(ValueId, usize)> = plan.inputs.iter().map(|&v| (v, 0)).collect();
        spans.extend(plan.outputs.iter().map(|&v| (v, end)));
        for (i, step) in plan.steps.iter().enumerate() {
            spans.extend(step.outputs.iter().map(|&v| (v, i)));
            spans.extend(step.inputs.iter().filter_map(|operand| match operand {
                Operand::Value(v) => Some((*v, i)),
                Operand::Const(_) => None,
            }));
        }
        for (id, at) in spans {
            let mut next = Some(id);
            while let Some(id) = next {
                let value = &mut plan.values[id.0];
                value.live = (value.live.0.min(at), value.live.1.max(at));
                next = value.parent.map(|(parent, _)| parent);
            }
        }
        Arc::new(self.plan.unwrap())
    }
}

fn window(kernel: [usize; 2], stride: [usize; 2], pad_begin: [isize; 2]) -> Window {
    Window { kernel, stride, dilation: [1, 1], pad_begin }
}

fn refs(tensors: &[Tensor]) -> Vec<&Tensor> {
    tensors.iter().collect()
}

/// Runs the plan and compares every output with the reference.
async fn check(backend: &Backend, plan: &Arc<Plan>, inputs: &[&Tensor]) {
    let found = backend.run(plan, inputs).await;
    let wanted = reference::interpret(plan, inputs);
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_close(found, wanted, backend.tolerance(), &format!("{:?}", plan.steps));
    }
}

/// Whether two tensors agree within this share of the largest magnitude; integers exactly.
fn assert_close(found: &Tensor, wanted: &Tensor, tolerance: f32, what: &str) {
    assert_eq!(found.shape(), wanted.shape(), "{what}");
    match (found.data(), wanted.data()) {
        (Data::F32(found), Data::F32(wanted)) => {
            let largest = wanted.iter().fold(0_f32, |m, x| m.max(x.abs()));
            for (i, (f, w)) in found.iter().zip(wanted).enumerate() {
                let close = (f - w).abs() <= tolerance * largest || (f.is_nan() && w.is_nan());
                assert!(close, "element {i} is {f}, not {w}; largest {largest}\n{what}");
            }
        }
        (found, wanted) => assert_eq!(found, wanted, "{what}"),
    }
}

/// One kernel on tensors in blocks of four channels, with one such result.
async fn check_planes(backend: &Backend, kernel: Kernel, inputs: &[&Tensor], output: &[usize]) {
    let mut b = PlanBuilder::default();
    let ids: Vec<_> = inputs.iter().map(|t| b.input(t, Layout::Nchwc4)).collect();
    let y = b.planes(output);
    b.step(kernel, &ids, &[y]);
    check(backend, &b.finish(&[y]), inputs).await;
}

/// The same for row-major values.
async fn check_plain(backend: &Backend, kernel: Kernel, inputs: &[&Tensor], output: &[usize], dtype: DType) {
    let mut b = PlanBuilder::default();
    let ids: Vec<_> = inputs.iter().map(|t| b.input(t, Layout::RowMajor)).collect();
    let y = b.value(output, dtype, Layout::RowMajor);
    b.step(kernel, &ids, &[y]);
    check(backend, &b.finish(&[y]), inputs).await;
}
