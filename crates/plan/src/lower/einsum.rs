//! Operators that become matrix products: `Einsum`, and linear maps along an axis (`CumSum`, `DFT`).

use super::super::builder::Builder;
use super::super::{Binary, Kernel, Layout, MatMul as Product, Operand, ReduceKind};
use super::{Lowered, Lowering};
use unet_kernels::tensor::{DType, strides};
use unet_onnx::graph::Node;
use unet_onnx::ops::{Contraction, CumSum, Dft, Einsum, OpError};

/// Maximum axis length for which a matrix is built.
const LONGEST: usize = 4096;

/// An operand whose axes have distinct labels.
struct Labeled {
    x: Operand,
    labels: Vec<usize>,
}

impl Lowering<'_> {
    /// Transposes: output axis i is axis perm[i] of x.
    pub(super) fn permute(&mut self, x: Operand, perm: &[usize]) -> Lowered {
        let (source, order) = self.unpermuted(x);
        let perm: Vec<usize> = perm.iter().map(|&axis| order[axis]).collect();
        if perm.iter().zip(0..).all(|(&axis, i)| axis == i) {
            return Ok(source);
        }
        let (dtype, shape) = (self.dtype(source), self.b.shape(source).to_vec());
        let plain = self.b.to(source, Layout::RowMajor)?;
        let output: Vec<usize> = perm.iter().map(|&axis| shape[axis]).collect();
        let kernel = Kernel::Transpose { perm: perm.clone() };
        let y = self.b.push(kernel, vec![plain], dtype, &output, Layout::RowMajor)?;
        if let Operand::Value(v) = y {
            self.permuted.insert(v, (source, perm));
        }
        Ok(y)
    }

    pub(super) fn einsum(&mut self, node: &Node, op: &Einsum) -> Lowered {
        let of = op.resolve(&self.facts(node))?;
        let mut all: Option<Labeled> = None;
        for (i, labels) in of.operands.iter().enumerate() {
            let x = self.arg(node, i)?;
            let next = self.diagonal(x, labels, &of)?;
            let later = || of.operands[i + 1..].iter().flatten().chain(&of.result);
            let needed = |label: &usize| later().any(|other| other == label);
            all = Some(match all {
                None => next,
                Some(before) => {
                    let shared: Vec<usize> = before.labels.clone();
                    let next = self.summed(next, |label| needed(label) || shared.contains(label))?;
                    let own: Vec<usize> = next.labels.clone();
                    let before = self.summed(before, |label| needed(label) || own.contains(label))?;
                    self.contract(before, next, needed, &of.sizes)?
                }
            });
        }
        let all = all.ok_or_else(|| OpError("it has no operands".into()))?;
        let all = self.summed(all, |label| of.result.contains(label))?;
        let Labeled { x, labels } = self.spread(all, &of.result, &of.sizes)?;
        let place = |label: &usize| labels.iter().position(|own| own == label).unwrap_or(0);
        let perm: Vec<usize> = of.result.iter().map(place).collect();
        self.permute(x, &perm)
    }

    /// The operand with each label once: axes that share a label are reduced to their diagonal.
    fn diagonal(&mut self, x: Operand, labels: &[usize], of: &Contraction) -> Lowered<Labeled> {
        let mut once = labels.to_vec();
        once.sort_unstable();
        once.dedup();
        if once.len() == labels.len() {
            return Ok(Labeled { x, labels: labels.to_vec() });
        }
        let from = strides(self.b.shape(x));
        let shape: Vec<usize> = once.iter().map(|&label| of.sizes[label]).collect();
        let to = strides(&shape);
        let place = |i: usize| {
            let at =
                |label: usize| once.iter().position(|own| *own == label).map_or(0, |a| i / to[a] % shape[a]);
            labels.iter().zip(&from).map(|(&label, step)| at(label) * step).sum()
        };
        let places: Vec<usize> = (0..shape.iter().product()).map(place).collect();
        let x = self.rows(x, 1, &places, &shape)?;
        Ok(Labeled { x, labels: once })
    }

    /// Sums over labels that are no longer needed.
    fn summed(&mut self, of: Labeled, needed: impl Fn(&usize) -> bool) -> Lowered<Labeled> {
        let gone: Vec<bool> = of.labels.iter().map(|label| !needed(label)).collect();
        if !gone.contains(&true) {
            return Ok(of);
        }
        let x = self.reduced(of.x, ReduceKind::Sum, &gone)?;
        let labels: Vec<usize> = of.labels.into_iter().filter(|label| needed(label)).collect();
        let shape: Vec<usize> =
            self.b.shape(x).iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(&n, _)| n).collect();
        let x = self.b.reshape(x, &shape, Builder::natural(&shape))?;
        Ok(Labeled { x, labels })
    }

    /// Expands broadcast axes of length 1, and adds an axis for each missing wanted label.
    fn spread(&mut self, of: Labeled, wanted: &[usize], sizes: &[usize]) -> Lowered<Labeled> {
        let missing = wanted.iter().filter(|label| !of.labels.contains(label));
        let labels: Vec<usize> = of.labels.iter().chain(missing).copied().collect();
        let mut view = self.b.shape(of.x).to_vec();
        view.resize(labels.len(), 1);
        let x = self.b.reshape(of.x, &view, Builder::natural(&view))?;
        let full: Vec<usize> = labels.iter().map(|&label| sizes[label]).collect();
        Ok(Labeled { x: self.expand(x, &full)?, labels })
    }

    /// Product of two operands, summed over the shared labels that are no longer needed.
    fn contract(
        &mut self,
        a: Labeled,
        b: Labeled,
        needed: impl Fn(&usize) -> bool,
        sizes: &[usize],
    ) -> Lowered<Labeled> {
        let both = |label: &usize| a.labels.contains(label) && b.labels.contains(label);
        let pick = |labels: &[usize], keep: &dyn Fn(&usize) -> bool| -> Vec<usize> {
            labels.iter().copied().filter(|label| keep(label)).collect()
        };
        let batch = pick(&a.labels, &|label| both(label) && needed(label));
        let inner = pick(&a.labels, &|label| both(label) && !needed(label));
        let rows = pick(&a.labels, &|label| !both(label));
        let columns = pick(&b.labels, &|label| !both(label));
        let labels = [&batch[..], &rows, &columns].concat();
        let elementwise = inner.is_empty() || (rows.is_empty() && columns.is_empty());
        if elementwise {
            // Axes that one operand lacks are broadcast.
            let all = [&batch[..], &rows, &columns, &inner].concat();
            let (a, b) = (self.aligned(a, &all)?, self.aligned(b, &all)?);
            let x = self.combine(a, Binary::Mul, b)?;
            return self.summed(Labeled { x, labels: all }, |label| !inner.contains(label));
        }
        let (a_order, b_order) =
            ([&batch[..], &rows, &inner].concat(), [&batch[..], &inner, &columns].concat());
        let (a, b) = (self.spread(a, &a_order, sizes)?, self.spread(b, &b_order, sizes)?);
        let (a, b) = (self.aligned(a, &a_order)?, self.aligned(b, &b_order)?);
        let len = |labels: &[usize]| labels.iter().map(|&label| sizes[label]).product::<usize>();
        let (batch, m, k, n) = (len(&batch), len(&rows), len(&inner), len(&columns));
        let a = self.b.reshape(a, &[batch, m, k], Layout::RowMajor)?;
        let b = self.b.reshape(b, &[batch, k, n], Layout::RowMajor)?;
        let y = self.product([a, b], [batch, m, k, n])?;
        let shape: Vec<usize> = labels.iter().map(|&label| sizes[label]).collect();
        Ok(Labeled { x: self.b.reshape(y, &shape, Builder::natural(&shape))?, labels })
    }

    /// The operand with its axes in this order; 1 where it lacks a label.
    fn aligned(&mut self, of: Labeled, order: &[usize]) -> Lowered {
        let perm: Vec<usize> =
            order.iter().filter_map(|label| of.labels.iter().position(|own| own == label)).collect();
        let x = self.permute(of.x, &perm)?;
        let own = self.b.shape(of.x).to_vec();
        let len = |label: &usize| of.labels.iter().position(|own| own == label).map_or(1, |axis| own[axis]);
        let view: Vec<usize> = order.iter().map(len).collect();
        Ok(self.b.reshape(x, &view, Builder::natural(&view))?)
    }

    fn product(&mut self, operands: [Operand; 2], [batch, m, k, n]: [usize; 4]) -> Lowered {
        let product = Product { batch, m, k, n, trans_a: false, trans_b: false, alpha: 1.0, beta: 0.0 };
        let kernel = Kernel::MatMul(product);
        Ok(self.b.push(kernel, operands.to_vec(), DType::F32, &[batch, m, n], Layout::RowMajor)?)
    }

    /// Cumulative sum: a product with a triangular matrix of ones.
    pub(super) fn cum_sum(&mut self, node: &Node, op: &CumSum) -> Lowered {
        let at = op.axis(&self.facts(node))?;
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        if self.is_integer(node, 0) {
            return Err(
                OpError("arithmetic on integers that depend on the picture is not supported".into()).into()
            );
        }
        let n = shape[at];
        check_length(n)?;
        let (outer, inner) = (shape[..at].iter().product(), shape[at + 1..].iter().product());
        let ones = (0..n * n).map(|i| f32::from(u8::from(op.takes(i / n, i % n)))).collect();
        let triangle = Operand::Const(self.b.tensor(&[1, n, n], ones, Layout::RowMajor)?);
        let x = self.b.reshape(x, &[outer, n, inner], Layout::RowMajor)?;
        let y = self.product([triangle, x], [outer, n, n, inner])?;
        Ok(self.b.reshape(y, &shape, Builder::natural(&shape))?)
    }

    /// Discrete Fourier transform: a product with its matrix, on real and imaginary parts side by side.
    pub(super) fn dft(&mut self, node: &Node, op: &Dft) -> Lowered {
        let of = op.resolve(&self.facts(node))?;
        let output = self.output_shape(node, 0)?;
        let x = self.arg(node, 0)?;
        let shape = self.b.shape(x).to_vec();
        let ([from, to], rank) = (of.parts, shape.len());
        let (k, n) = (of.input * from, of.output * to);
        check_length(k.max(n))?;
        let matrix =
            (0..k * n).map(|i| of.factor([i / n / from, i / n % from], [i % n / to, i % n % to]) as f32);
        let matrix = matrix.collect();
        let matrix = Operand::Const(self.b.tensor(&[1, k, n], matrix, Layout::RowMajor)?);
        // The axis goes last but one, beside the parts.
        let others = (0..rank - 1).filter(|&axis| axis != of.axis);
        let perm: Vec<usize> = others.chain([of.axis, rank - 1]).collect();
        let x = self.permute(x, &perm)?;
        let m = shape.iter().product::<usize>() / k.max(1);
        let x = self.b.reshape(x, &[1, m, k], Layout::RowMajor)?;
        let y = self.product([x, matrix], [1, m, k, n])?;
        let moved: Vec<usize> = perm.iter().map(|&axis| output[axis]).collect();
        let y = self.b.reshape(y, &moved, Builder::natural(&moved))?;
        let back: Vec<usize> =
            (0..rank).map(|axis| perm.iter().position(|&p| p == axis).unwrap_or(0)).collect();
        self.permute(y, &back)
    }
}

fn check_length(n: usize) -> Result<(), OpError> {
    match n {
        0..=LONGEST => Ok(()),
        _ => Err(OpError(format!("an axis of length {n}; at most {LONGEST} is supported"))),
    }
}
