//! Matrix products.

use super::super::{Kernel, Layout, MatMul as Product, Operand};
use super::{Lowered, Lowering};
use unet_kernels::tensor::DType;
use unet_onnx::graph::Node;
use unet_onnx::ops::{Gemm, MatMul, Product as Sizes};

impl Lowering<'_> {
    pub(super) fn gemm(&mut self, node: &Node, op: &Gemm) -> Lowered {
        let [m, k, n] = op.resolve(&self.facts(node))?;
        let mut operands = vec![self.plain(node, 0)?, self.plain(node, 1)?];
        if node.inputs.get(2).copied().flatten().is_some() {
            let c = self.plain(node, 2)?;
            let mut two = vec![1; 2usize.saturating_sub(self.b.shape(c).len())];
            two.extend_from_slice(self.b.shape(c));
            operands.push(self.b.reshape(c, &two, Layout::RowMajor)?);
        }
        let product = Product {
            batch: 1,
            m,
            k,
            n,
            trans_a: op.trans_a,
            trans_b: op.trans_b,
            alpha: op.alpha,
            beta: op.beta,
        };
        Ok(self.b.push(Kernel::MatMul(product), operands, DType::F32, &[m, n], Layout::RowMajor)?)
    }

    pub(super) fn matmul(&mut self, node: &Node, op: &MatMul) -> Lowered {
        let sizes = op.resolve(&self.facts(node))?;
        let (a, b) = (self.plain(node, 0)?, self.plain(node, 1)?);
        self.matrices(a, b, &sizes)
    }

    /// Product of two stacks of matrices.
    pub(super) fn matrices(&mut self, a: Operand, b: Operand, sizes: &Sizes) -> Lowered {
        let (m, k, n) = (sizes.m, sizes.k, sizes.n);
        let batch: usize = sizes.batch.iter().product();
        let a = self.batched(a, &sizes.batch_a, &sizes.batch, [m, k])?;
        let b = self.batched(b, &sizes.batch_b, &sizes.batch, [k, n])?;
        let product = Product { batch, m, k, n, trans_a: false, trans_b: false, alpha: 1.0, beta: 0.0 };
        let kernel = Kernel::MatMul(product);
        let y = self.b.push(kernel, vec![a, b], DType::F32, &[batch, m, n], Layout::RowMajor)?;
        Ok(self.b.reshape(y, &sizes.output, Layout::RowMajor)?)
    }

    /// The operand as a stack of matrices that repeats, whose number divides the batch.
    fn batched(
        &mut self,
        x: Operand,
        own: &[usize],
        batch: &[usize],
        [rows, columns]: [usize; 2],
    ) -> Lowered {
        let own: Vec<usize> = own.iter().copied().skip_while(|&d| d == 1).collect();
        // Trailing dimensions that agree repeat cyclically; anything else is expanded by a copy.
        let stack = if batch.ends_with(&own) {
            own
        } else {
            let mut full = own;
            full.extend([rows, columns]);
            let matrix = self.b.reshape(x, &full, Layout::RowMajor)?;
            let mut target = batch.to_vec();
            target.extend([rows, columns]);
            let expanded = self.expand(matrix, &target)?;
            return Ok(self.b.reshape(
                expanded,
                &[batch.iter().product(), rows, columns],
                Layout::RowMajor,
            )?);
        };
        Ok(self.b.reshape(x, &[stack.iter().product(), rows, columns], Layout::RowMajor)?)
    }

    fn plain(&mut self, node: &Node, i: usize) -> Lowered {
        let operand = self.arg(node, i)?;
        Ok(self.b.to(operand, Layout::RowMajor)?)
    }
}
