//! Memory of a run besides its values, measured before anything is packed or allocated.

use super::prepare;
use super::weights::{Packing, WeightCache};
use unet_kernels::error::Result;
use unet_plan::{Operand, Plan};

/// Bytes of a plan's packed constants, each counted once.
///
/// # Errors
/// `OutOfMemory` if there is not even room to measure.
pub fn packed_bytes(plan: &Plan) -> Result<u64> {
    Ok(measure(plan)?.0)
}

/// Bytes of working memory of a plan's kernels.
///
/// # Errors
/// As [`packed_bytes`].
pub fn scratch_bytes(plan: &Plan) -> Result<u64> {
    Ok(measure(plan)?.1)
}

fn measure(plan: &Plan) -> Result<(u64, u64)> {
    let mut cache = WeightCache::measuring();
    // Addresses of values do not matter here.
    let places = vec![0; plan.values.len()];
    let mut scratch = 0;
    for step in &plan.steps {
        scratch = scratch.max(prepare(plan, step, &places, &mut cache)?.scratch());
        for operand in &step.inputs {
            if let Operand::Const(id) = operand {
                let constant = &plan.constants[id.0];
                cache.get(constant, Packing::Operand(constant.layout))?;
            }
        }
    }
    Ok((cache.bytes(), scratch as u64 * 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Executor;
    use crate::testing::{Case, Random, constant};
    use std::sync::Arc;
    use unet_plan::{Epilogue, Kernel, Unary, Window};

    #[test]
    fn an_executor_takes_what_was_measured() {
        let mut random = Random::new(1);
        // Output channels, input channels, kernel, groups: one case per packed layout.
        for [c_out, c_in, k, groups] in
            [[13, 7, 3, 1], [3, 8, 1, 1], [6, 6, 3, 6], [10, 5, 5, 5], [16, 3, 3, 1]]
        {
            let x = random.tensor(&[1, c_in, 9, 10]);
            let window =
                Window { kernel: [k; 2], stride: [1; 2], dilation: [1; 2], pad_begin: [k as isize / 2; 2] };
            let epilogue = Epilogue {
                bias: Some(constant(1)),
                residual: false,
                activation: Unary::Relu,
                scale_shift: None,
            };
            let kernel = Kernel::Conv { window, groups, weight: constant(0), epilogue };
            let mut case = Case::planes(kernel, &[&x], &[1, c_out, 9, 10]);
            case.constants = vec![random.tensor(&[c_out, c_in / groups, k, k]), random.tensor(&[c_out])];
            let plan = Arc::new(case.plan());
            let mut cache = WeightCache::new();
            let executor = Executor::new(plan.clone(), &mut cache).unwrap();
            assert_eq!(packed_bytes(&plan).unwrap(), cache.bytes());
            assert_eq!(scratch_bytes(&plan).unwrap(), executor.scratch_bytes());
        }
    }
}
