//! Tests of every kernel but convolution against plain loops, for sizes around the width of a vector.

mod pixels;
mod values;

use unet_kernels::tensor::Tensor;

fn floats(x: &Tensor) -> &[f32] {
    x.as_f32().unwrap()
}
