//! Convolution: choice of the kernel, and shared geometry.
//!
//! * 3×3 and 2×2 with stride 1, except for small pictures and large dilations: [`winograd`], with a quarter
//!   and about half of the multiplications.
//! * Up to four outputs (last layers): [`narrow_output`], lanes are input channels.
//! * One channel a group: [`depthwise`], lanes are channels.
//! * Everything else: [`direct`], with pixels gathered into rows of a matrix product.

mod depthwise;
mod direct;
mod epilogue;
mod narrow_output;
#[cfg(test)]
mod tests;
mod transform;
mod winograd;

pub(super) use depthwise::pack_depthwise;
pub(super) use direct::pack_panels;
pub(super) use narrow_output::pack_input_lanes;
pub(super) use winograd::pack_winograd;

use super::planes::Planes;
use super::task::Task;
use super::weights::{Packing, WeightCache};
use epilogue::Epilogue;
use unet_kernels::error::Result;
use unet_plan::{self, Plan, Window};

/// Operands and geometry of a convolution.
#[derive(Clone, Copy)]
struct Shape {
    x: Planes,
    y: Planes,
    window: Window,
    groups: usize,
}

impl Shape {
    fn taps(&self) -> usize {
        self.window.kernel[0] * self.window.kernel[1]
    }

    /// Views an image whose pixels are computed independently as one long row.
    fn flattened(self) -> Self {
        let Window { kernel, stride, pad_begin, .. } = self.window;
        if kernel != [1, 1] || stride != [1, 1] || pad_begin != [0, 0] || self.x.plane() != self.y.plane() {
            return self;
        }
        let row = |planes: Planes| Planes { h: 1, w: planes.plane(), ..planes };
        Self { x: row(self.x), y: row(self.y), ..self }
    }

    /// Whether there are few output channels, and windows overlap enough to make copying whole rows pay.
    fn has_narrow_output(&self) -> bool {
        let Window { kernel, stride, dilation, .. } = self.window;
        let near = (0..2).all(|i| stride[i] <= 2 && (kernel[i] - 1) * dilation[i] <= 64);
        near && self.groups == 1 && self.y.c <= 4 && self.x.c.is_multiple_of(4)
    }

    fn is_winograd(&self) -> bool {
        let Window { kernel, stride, dilation, .. } = self.window;
        let plain = stride == [1, 1] && self.groups == 1;
        let tiles = winograd::tile_count(self.y, dilation);
        // Winograd has 36 weights per kernel; with few tiles, reading them costs more than it saves.
        let enough = match kernel {
            [3, 3] => 2,
            [2, 2] => 16,
            _ => usize::MAX,
        };
        // With a dilation many tiles may be only partly full.
        let full = dilation == [1, 1] || 16 * tiles <= 2 * self.y.plane();
        plain && full && self.x.c > 4 && self.y.c >= 8 && tiles >= enough
    }
}

/// The task for [`unet_plan::Kernel::Conv`].
pub(super) fn prepare(
    plan: &Plan,
    [x, y]: [Planes; 2],
    (window, groups, weight): (Window, usize, unet_plan::ConstId),
    epilogue: &unet_plan::Epilogue,
    cache: &mut WeightCache,
) -> Result<Box<dyn Task>> {
    let shape = Shape { x, y, window, groups };
    let epilogue = Epilogue::new(plan, epilogue, y.c, cache)?;
    let mut weights = |packing| cache.get(&plan.constants[weight.0], packing);
    Ok(if shape.is_winograd() {
        Box::new(winograd::Winograd::new(shape, weights(Packing::Winograd)?, epilogue))
    } else if groups == x.c && groups == y.c && groups > 1 {
        Box::new(depthwise::Depthwise { shape, weights: weights(Packing::Depthwise)?, epilogue })
    } else if shape.has_narrow_output() {
        Box::new(narrow_output::NarrowOutput { shape, weights: weights(Packing::InputLanes)?, epilogue })
    } else {
        Box::new(direct::Direct::new(shape, weights(Packing::Panels { groups })?, epilogue))
    })
}
