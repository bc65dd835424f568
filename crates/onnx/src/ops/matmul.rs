//! Matrix products: `MatMul` of the last two axes, broadcasting the others (`torch.matmul`), and `Gemm`,
//! alpha·A·B + beta·C on matrices that may be transposed (`torch.nn.Linear`, `torch.addmm`).

use super::OpError;
use super::attributes::Attributes;
use super::cost::made;
use super::elements::{broadcast_places, floats, output};
use super::input_info::optional;
use super::input_info::{InputInfo, broadcast, checked_shape, input_infos, required_float};
use super::{Cost, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor};

/// Product of stacks of matrices. Inputs: A and B.
#[derive(Debug, Clone, PartialEq)]
pub struct MatMul;

/// General matrix product. Inputs: A, B, and optionally C (broadcast to the result).
#[derive(Debug, Clone, PartialEq)]
pub struct Gemm {
    /// Factor of the product A·B.
    pub alpha: f32,
    /// Factor of C.
    pub beta: f32,
    /// Whether A is transposed first: `[K, M]`, not `[M, K]`.
    pub trans_a: bool,
    /// Whether B is transposed first: `[N, K]`, like the weight of `torch.nn.Linear`.
    pub trans_b: bool,
}

/// Sizes of a product of stacks of matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Leading dimensions of A.
    pub batch_a: Vec<usize>,
    /// Leading dimensions of B.
    pub batch_b: Vec<usize>,
    /// Leading dimensions to which both broadcast.
    pub batch: Vec<usize>,
    /// Rows of A and of the result.
    pub m: usize,
    /// Columns of A and rows of B, the summed dimension.
    pub k: usize,
    /// Columns of B and of the result.
    pub n: usize,
    /// Shape of the result, without the axes of vector operands.
    pub output: Vec<usize>,
}

impl MatMul {
    /// Sizes for inputs of these shapes, by the rules of `torch.matmul`.
    ///
    /// # Errors
    /// An inner dimension differs, leading dimensions do not broadcast, or an operand is a scalar.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Product, OpError> {
        let a = required_float(inputs, 0, "A")?.shape();
        let b = required_float(inputs, 1, "B")?.shape();
        let mismatch = || OpError(format!("shapes {a:?} and {b:?} cannot be multiplied"));
        // A vector is a row on the left and a column on the right; its axis is dropped from the result.
        let (batch_a, m, k, row) = match *a {
            [] => return Err(mismatch()),
            [k] => (&a[..0], 1, k, true),
            [ref batch @ .., m, k] => (batch, m, k, false),
        };
        let (batch_b, k_b, n, column) = match *b {
            [] => return Err(mismatch()),
            [k] => (&b[..0], k, 1, true),
            [ref batch @ .., k, n] => (batch, k, n, false),
        };
        if k != k_b {
            return Err(mismatch());
        }
        let batch = broadcast(batch_a, batch_b)?;
        let mut output = batch.clone();
        if !row {
            output.push(m);
        }
        if !column {
            output.push(n);
        }
        let output = checked_shape(output)?;
        Ok(Product { batch_a: batch_a.to_vec(), batch_b: batch_b.to_vec(), batch, m, k, n, output })
    }
}

impl Gemm {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        Ok(Self {
            alpha: a.float_or("alpha", 1.0)?,
            beta: a.float_or("beta", 1.0)?,
            trans_a: a.flag("transA", false)?,
            trans_b: a.flag("transB", false)?,
        })
    }

    /// M, K, N.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<[usize; 3], OpError> {
        let a = required_float(inputs, 0, "A")?.shape();
        let b = required_float(inputs, 1, "B")?.shape();
        let (&[a0, a1], &[b0, b1]) = (a, b) else {
            return Err(OpError(format!("A {a:?} and B {b:?} must be matrices")));
        };
        let (m, k) = if self.trans_a { (a1, a0) } else { (a0, a1) };
        let (k_b, n) = if self.trans_b { (b1, b0) } else { (b0, b1) };
        if k != k_b {
            return Err(OpError(format!("A {a:?} and B {b:?} cannot be multiplied")));
        }
        checked_shape(vec![m, n])?;
        Ok([m, k, n])
    }
}

impl Operator for MatMul {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(DType::F32, self.resolve(inputs)?.output)])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let Product { batch_a, batch_b, batch, m, k, n, output: shape } =
            self.resolve(&input_infos(inputs))?;
        let (a, b) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let mut y = Vec::new();
        for (i, j) in broadcast_places(&batch_a, &batch).zip(broadcast_places(&batch_b, &batch)) {
            for row in 0..m {
                for column in 0..n {
                    let term = |t: usize| {
                        f64::from(a[(i * m + row) * k + t]) * f64::from(b[(j * k + t) * n + column])
                    };
                    y.push((0..k).map(term).sum::<f64>() as f32);
                }
            }
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..2
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), self.resolve(inputs).map_or(0, |p| 2 * p.k as u64))
    }
}

impl Operator for Gemm {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        let [m, _, n] = self.resolve(inputs)?;
        if optional(inputs, 2).is_some() {
            let c = required_float(inputs, 2, "C")?.shape();
            if broadcast(c, &[m, n])? != [m, n] {
                return Err(OpError(format!("C {c:?} does not broadcast to {m} by {n}")));
            }
        }
        Ok(vec![(DType::F32, vec![m, n])])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.infer(&input_infos(inputs))?;
        let [m, k, n] = self.resolve(&input_infos(inputs))?;
        let (a, b) = (floats(inputs, 0)?, floats(inputs, 1)?);
        let mut y = Vec::new();
        for row in 0..m {
            for column in 0..n {
                let term = |t: usize| {
                    let a = if self.trans_a { a[t * m + row] } else { a[row * k + t] };
                    let b = if self.trans_b { b[column * k + t] } else { b[t * n + column] };
                    f64::from(a) * f64::from(b)
                };
                y.push(f64::from(self.alpha) * (0..k).map(term).sum::<f64>());
            }
        }
        if let Some(c) = optional(inputs, 2) {
            let values = floats(inputs, 2)?;
            for (y, place) in y.iter_mut().zip(broadcast_places(c.shape(), &[m, n])) {
                *y += f64::from(self.beta) * f64::from(values[place]);
            }
        }
        output([m, n], Data::F32(y.into_iter().map(|v| v as f32).collect()))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..3
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        Cost::each(made(outputs), self.resolve(inputs).map_or(0, |[_, k, _]| 2 * k as u64))
    }
}
