//! Linear maps along one axis: `CumSum` (`torch.cumsum`) and `DFT` (`torch.fft.fft`, `rfft`, `ifft`, `irfft`, as
//! real and imaginary parts in a last axis).

use super::attributes::Attributes;
use super::cost::made;
use super::elements::{floats, output, tensor};
use super::input_info::{InputInfo, axis, checked_shape, input_infos, known_tensor, required_float};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Cumulative sum. Inputs: x and axis.
#[derive(Debug, Clone, PartialEq)]
pub struct CumSum {
    exclusive: bool,
    reverse: bool,
}

/// Discrete Fourier transform. Inputs: x `[…, n, …, 1 or 2]`, optional dft_length, and from opset 20 optional
/// axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Dft {
    inverse: bool,
    onesided: bool,
    /// Axis up to opset 19; later it is the third input, or the last but one axis.
    pub axis: Option<i64>,
}

/// A DFT of known sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The transformed axis.
    pub axis: usize,
    /// Input length of the axis.
    pub input: usize,
    /// Output length of the axis.
    pub output: usize,
    /// Numbers per element of input and output, 1 (real) or 2 (real and imaginary).
    pub parts: [usize; 2],
    length: usize,
    inverse: bool,
}

fn number(inputs: &[Option<InputInfo>], i: usize, name: &str) -> Result<Option<i64>, OpError> {
    let Some(tensor) = known_tensor(inputs, i, name)? else { return Ok(None) };
    match tensor.as_i64() {
        Some(&[value]) => Ok(Some(value)),
        _ => Err(OpError(format!("input {i} ({name}) must be one integer"))),
    }
}

impl CumSum {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self { exclusive: a.flag("exclusive", false)?, reverse: a.flag("reverse", false)? })
    }

    /// Axis of summation, the second input.
    ///
    /// # Errors
    /// The axis is missing, not known before the run, or not one of x.
    pub fn axis(&self, inputs: &[Option<InputInfo>]) -> Result<usize, OpError> {
        let rank = super::input_info::required(inputs, 0, "x")?.shape().len();
        axis(number(inputs, 1, "axis")?.ok_or_else(|| OpError("input 1 (axis) is missing".into()))?, rank)
    }

    /// Whether the sum at position i includes the element at position j.
    pub fn takes(&self, i: usize, j: usize) -> bool {
        (i == j && !self.exclusive) || if self.reverse { j > i } else { j < i }
    }
}

impl Dft {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let axis = if a.opset < 20 { Some(a.int_or("axis", 1)?) } else { None };
        Ok(Self { inverse: a.flag("inverse", false)?, onesided: a.flag("onesided", false)?, axis })
    }

    /// The transform for inputs of these shapes.
    ///
    /// # Errors
    /// The last axis of the input is neither real nor complex, or axis and length do not fit the input.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Transform, OpError> {
        let shape = required_float(inputs, 0, "input")?.shape();
        let rank = shape.len();
        let parts = shape.last().copied().filter(|parts| rank >= 2 && (1..=2).contains(parts));
        let parts = parts.ok_or_else(|| {
            OpError(format!(
                "input of shape {shape:?} must end in an axis of 1 or 2: real and imaginary parts"
            ))
        })?;
        let given = match self.axis {
            Some(axis) => axis,
            None => number(inputs, 2, "axis")?.unwrap_or(-2),
        };
        let axis = axis(given, rank)?;
        let back = self.inverse && self.onesided;
        let default = if back { 2 * shape[axis].saturating_sub(1) } else { shape[axis] };
        let length = match number(inputs, 1, "dft_length")? {
            Some(length) => usize::try_from(length).unwrap_or(0),
            None => default,
        };
        if axis + 1 == rank || !(1..=super::attributes::MAX_EXTENT).contains(&length) {
            return Err(OpError(format!("a transform of length {length} along axis {axis} of {shape:?}")));
        }
        if self.onesided && !self.inverse && parts == 2 {
            return Err(OpError("a onesided transform takes real input".into()));
        }
        let output = if self.onesided && !back { length / 2 + 1 } else { length };
        let parts = [parts, if back { 1 } else { 2 }];
        Ok(Transform { axis, input: shape[axis], output, parts, length, inverse: self.inverse })
    }
}

impl Transform {
    /// Factor of part `q` of element `k` of the input in part `p` of element `t` of the output.
    pub fn factor(&self, [k, q]: [usize; 2], [t, p]: [usize; 2]) -> f64 {
        let n = self.length;
        let half = n / 2 + 1;
        let back = self.parts[1] == 1;
        if k >= if back { half } else { n } {
            return 0.0;
        }
        // Reduced modulo n first, because cos and sin are less accurate for large products.
        let angle = (k * t % n) as f64 * std::f64::consts::TAU / n as f64;
        let (cos, sin) = (angle.cos(), if self.inverse { angle.sin() } else { -angle.sin() });
        let turned = match (q, p) {
            (0, 0) | (1, 1) => cos,
            (0, _) => sin,
            _ => -sin,
        };
        // The other half of the spectrum is the conjugate of this one.
        let twice = if back && k != 0 && 2 * k != n { 2.0 } else { 1.0 };
        turned * twice / if self.inverse { n as f64 } else { 1.0 }
    }

    fn shape(&self, input: &[usize]) -> Vec<usize> {
        let mut shape = input.to_vec();
        shape[self.axis] = self.output;
        shape[input.len() - 1] = self.parts[1];
        shape
    }
}

impl Operator for CumSum {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        self.axis(inputs)?;
        let x = super::input_info::required(inputs, 0, "x")?;
        Ok(vec![(x.dtype(), x.shape().to_vec())])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let at = self.axis(&input_infos(inputs))?;
        let x = tensor(inputs, 0)?;
        let (len, inner) = (x.shape()[at], x.shape()[at + 1..].iter().product::<usize>());
        // For element i: indices of the elements up to and including it, in summation order.
        let order = |row: usize| {
            (0..len).map(move |i| {
                let position = if self.reverse { len - 1 - i } else { i };
                (row / inner * len + position) * inner + row % inner
            })
        };
        let rows = 0..x.len() / len.max(1);
        let data = match x.data() {
            Data::F32(x) => {
                let mut y = vec![0.0; x.len()];
                for row in rows {
                    let mut sum = 0.0;
                    for place in order(row) {
                        let with = sum + f64::from(x[place]);
                        y[place] = (if self.exclusive { sum } else { with }) as f32;
                        sum = with;
                    }
                }
                Data::F32(y)
            }
            Data::I64(x) => {
                let mut y = vec![0; x.len()];
                for row in rows {
                    let mut sum = 0i64;
                    for place in order(row) {
                        let with = sum.wrapping_add(x[place]);
                        y[place] = if self.exclusive { sum } else { with };
                        sum = with;
                    }
                }
                Data::I64(y)
            }
        };
        output(x.shape(), data)
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, _: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), 1)
    }
}

impl Operator for Dft {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let shape = self.resolve(inputs)?.shape(required_float(inputs, 0, "input")?.shape());
        Ok(vec![(DType::F32, checked_shape(shape)?)])
    }

    /// Computes the definition, with sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let of = self.resolve(&input_infos(inputs))?;
        let x = floats(inputs, 0)?;
        let shape = tensor(inputs, 0)?.shape();
        let outer: usize = shape[..of.axis].iter().product();
        let inner: usize = shape[of.axis + 1..shape.len() - 1].iter().product();
        let mut y = Vec::new();
        for place in 0..outer * of.output * inner * of.parts[1] {
            let (p, column) = (place % of.parts[1], place / of.parts[1] % inner);
            let (t, row) = (place / of.parts[1] / inner % of.output, place / of.parts[1] / inner / of.output);
            let term = |i: usize| {
                let (k, q) = (i / of.parts[0], i % of.parts[0]);
                let value = x[((row * of.input + k) * inner + column) * of.parts[0] + q];
                f64::from(value) * of.factor([k, q], [t, p])
            };
            y.push((0..of.input * of.parts[0]).map(term).sum::<f64>() as f32);
        }
        output(of.shape(shape), Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..1
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        // Counted as a matrix product.
        let terms = self.resolve(inputs).map_or(0, |of| (2 * of.input * of.parts[0]) as u64);
        Cost::each(made(outputs), terms)
    }
}
