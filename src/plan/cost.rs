//! What a step costs, counted as a direct computation: multiplications and additions, each one.

use super::{Constant, Kernel, Plan, PlanValue, Step};

pub(super) fn count(plan: &mut Plan) {
    let Plan { values, constants, steps, .. } = plan;
    for step in steps {
        step.flops = flops(step, values, constants);
    }
}

fn flops(step: &Step, values: &[PlanValue], constants: &[Constant]) -> u64 {
    let logical = |value: &PlanValue| value.shape.iter().map(|&d| d as u64).product::<u64>();
    let output = &values[step.outputs[0].0];
    let elements = logical(output);
    let input = || match step.inputs.first() {
        Some(super::Operand::Value(v)) => logical(&values[v.0]),
        _ => elements,
    };
    match &step.kernel {
        Kernel::Conv { weight, .. } => {
            let w = constants[weight.0].tensor.shape();
            2 * elements * w[1..].iter().map(|&d| d as u64).product::<u64>()
        }
        Kernel::MaxPool { window } | Kernel::AveragePool { window, .. } => {
            elements * (window.kernel[0] * window.kernel[1]) as u64
        }
        Kernel::Resample { y, x } => 2 * elements * (y.taps * x.taps) as u64,
        Kernel::MatMul(m) => 2 * elements * m.k as u64,
        Kernel::GroupNorm { .. }
        | Kernel::LayerNorm { .. }
        | Kernel::SoftmaxChannels
        | Kernel::SoftmaxAxis { .. } => 5 * elements,
        Kernel::ReduceSpatial(_)
        | Kernel::ReduceChannels(_)
        | Kernel::ReduceAxis { .. }
        | Kernel::ArgMaxChannels { .. }
        | Kernel::ArgMaxAxis { .. } => input(),
        Kernel::Unary(_) | Kernel::Binary { .. } => elements,
        Kernel::MaxUnpool { .. }
        | Kernel::Gather(_)
        | Kernel::DepthToSpace { .. }
        | Kernel::SpaceToDepth { .. }
        | Kernel::Concat { .. }
        | Kernel::Transpose { .. }
        | Kernel::Reshape => 0,
    }
}

impl Plan {
    /// Multiplications and additions of a run, counted as direct computation.
    pub fn flops(&self) -> u64 {
        self.steps.iter().map(|step| step.flops).sum()
    }

    /// Largest single buffer in bytes: what a GPU has to be able to bind.
    pub fn largest_value_bytes(&self) -> u64 {
        self.values.iter().map(|value| 4 * value.len() as u64).max().unwrap_or(0)
    }
}
