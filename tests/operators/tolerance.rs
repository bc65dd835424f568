//! How far a result may be from the expected one: one table, with reasons.

use unet_playground::tensor::{Data, Tensor};

/// Largest difference, as a share of the expected output's largest magnitude (at least 1: outputs
/// near zero are compared absolutely). Integers must be equal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tolerance {
    /// Single operators.
    pub operator: f32,
    /// ONNX's own cases, some of which are printed with four digits.
    pub conformance: f32,
    /// Whole networks.
    pub network: f32,
}

/// The reference sums in double precision and rounds once: what remains is the rounding of
/// PyTorch's own single-precision sums, over up to a few hundred terms in an operator and over tens
/// of layers in a network.
pub(crate) const REFERENCE: Tolerance = Tolerance { operator: 1e-5, conformance: 1e-4, network: 1e-4 };

/// Sums in single precision in another order than PyTorch; Winograd's transforms cancel about one
/// decimal of a 3×3 convolution.
pub(crate) const CPU: Tolerance = Tolerance { operator: 1e-4, conformance: 1e-4, network: 1e-4 };

/// WGSL lets exp, tanh, pow, division and square roots be off by several units in the last place,
/// and drivers may contract or reorder sums.
#[cfg(feature = "gpu")]
pub(crate) const GPU: Tolerance = Tolerance { operator: 1e-3, conformance: 1e-3, network: 1e-3 };

/// Where `actual` is not what is expected.
pub(crate) fn difference(expected: &Tensor, actual: &Tensor, tolerance: f32) -> Option<String> {
    if expected.shape() != actual.shape() {
        return Some(format!("shape {:?}, expected {:?}", actual.shape(), expected.shape()));
    }
    match (expected.data(), actual.data()) {
        (Data::I64(e), Data::I64(a)) => {
            let at = e.iter().zip(a).position(|(e, a)| e != a)?;
            Some(format!("{} at {at}, expected {}", a[at], e[at]))
        }
        (Data::F32(e), Data::F32(a)) => {
            let magnitude = e.iter().filter(|v| v.is_finite()).fold(1.0, |m: f32, v| m.max(v.abs()));
            let limit = tolerance * magnitude;
            let equal = |e: f32, a: f32| e == a || (e.is_nan() && a.is_nan()) || (e - a).abs() <= limit;
            let at = e.iter().zip(a).position(|(&e, &a)| !equal(e, a))?;
            Some(format!("{} at {at}, expected {} within {limit:e}", a[at], e[at]))
        }
        _ => Some(format!("type {:?}, expected {:?}", actual.dtype(), expected.dtype())),
    }
}
