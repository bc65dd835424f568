//! Operations on a convolution's sum before it is stored.

use crate::aligned::Aligned;
use crate::elementwise;
use crate::gemm::PANEL;
use crate::simd::{F32x4, Px};
use crate::weights::{Packed, Packing, WeightCache};
use std::sync::Arc;
use unet_kernels::error::Result;
use unet_plan::{self, ConstId, Plan, Unary};

/// `y = activation(sum + bias + residual)·scale + shift`
pub(super) struct Epilogue {
    bias: Packed,
    low: F32x4,
    high: F32x4,
    /// An activation that is not a clamp, and the operations after it.
    rest: Option<Rest>,
}

struct Rest {
    activation: Unary,
    scale_shift: Option<(Packed, Packed)>,
}

impl Epilogue {
    pub(super) fn new(
        plan: &Plan,
        epilogue: &unet_plan::Epilogue,
        channels: usize,
        cache: &mut WeightCache,
    ) -> Result<Self> {
        let mut vector = |id: ConstId| cache.get(&plan.constants[id.0], Packing::Vector);
        let bias = match epilogue.bias {
            Some(id) => vector(id)?,
            None => Arc::new(Aligned::zeros(channels.next_multiple_of(PANEL))?),
        };
        let scale_shift = match epilogue.scale_shift {
            Some((scale, shift)) => Some((vector(scale)?, vector(shift)?)),
            None => None,
        };
        let (low, high, activation) = match epilogue.activation {
            Unary::Relu => (0.0, f32::INFINITY, Unary::Identity),
            Unary::Clip { min, max } => (min, max, Unary::Identity),
            other => (f32::NEG_INFINITY, f32::INFINITY, other),
        };
        let plain = activation == Unary::Identity && scale_shift.is_none();
        let rest = (!plain).then_some(Rest { activation, scale_shift });
        Ok(Self { bias, low: F32x4::splat(low), high: F32x4::splat(high), rest })
    }

    /// Bias of a block of four channels.
    #[inline(always)]
    pub(super) fn bias(&self, block: usize) -> F32x4 {
        F32x4::load(&self.bias.as_chunks().0[block])
    }

    /// Stores sums that include bias and residual.
    #[inline(always)]
    pub(super) fn store(&self, sum: F32x4, y: &mut Px) {
        sum.max(self.low).min(self.high).store(y);
    }

    /// Applies the remaining operations; to be called on every run of stored pixels.
    #[inline(always)]
    pub(super) fn finish(&self, block: usize, stored: &mut [Px]) {
        if let Some(rest) = &self.rest {
            rest.apply(block, stored);
        }
    }
}

impl Rest {
    #[inline(never)]
    fn apply(&self, block: usize, stored: &mut [Px]) {
        elementwise::map(self.activation, stored);
        if let Some((scale, shift)) = &self.scale_shift {
            let scale = F32x4::load(&scale.as_chunks().0[block]);
            let shift = F32x4::load(&shift.as_chunks().0[block]);
            for px in stored {
                F32x4::load(px).mul_add(scale, shift).store(px);
            }
        }
    }
}
