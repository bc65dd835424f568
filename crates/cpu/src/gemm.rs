//! Inner loop of every convolution and matrix product.

use crate::simd::{F32x4, Px};

/// Number of columns of a weight panel.
pub(super) const PANEL: usize = 8;

/// One row of a weight panel: [`PANEL`] output channels.
pub(super) type PanelRow = [Px; 2];

/// Views a buffer as rows of a panel.
pub(super) fn panel_rows(buffer: &[f32]) -> &[PanelRow] {
    buffer.as_chunks().0.as_chunks().0
}

/// Number of terms added up before their sum joins the total: with 512 terms this cuts the rounding error by
/// a factor of 2.5, at one extra addition per 64.
const RUN: usize = 64;

/// Product of four rows and a panel: `sum over k of a[k][i]·b[k][..]` for i in 0..4.
#[inline(always)]
pub(super) fn multiply(a: &[Px], b: &[PanelRow]) -> [[F32x4; 2]; 4] {
    if a.len() <= RUN {
        return sums(a, b);
    }
    let mut totals = [[F32x4::zero(); 2]; 4];
    for (a, b) in a.chunks(RUN).zip(b.chunks(RUN)) {
        for (total, sum) in totals.iter_mut().zip(sums(a, b)) {
            total[0] += sum[0];
            total[1] += sum[1];
        }
    }
    totals
}

/// One k per iteration, with 8 sums, 2 weights and 1 value in registers: V8 has 15 vector registers, and LLVM
/// keeps more values alive if it sees several k at once. Reading a in the layout of planes, four channels of
/// a pixel side by side, saves the transposition but is slower: by 5% with one k per iteration, by 17% with
/// four.
#[inline(always)]
fn sums(a: &[Px], b: &[PanelRow]) -> [[F32x4; 2]; 4] {
    let mut sums = [[F32x4::zero(); 2]; 4];
    for (a, [b0, b1]) in a.iter().zip(b) {
        let (b0, b1) = (F32x4::load(b0), F32x4::load(b1));
        for (sum, &a) in sums.iter_mut().zip(a) {
            let a = F32x4::splat(a);
            sum[0] = a.mul_add(b0, sum[0]);
            sum[1] = a.mul_add(b1, sum[1]);
        }
    }
    sums
}
