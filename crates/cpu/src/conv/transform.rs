//! Winograd F(4×4, 3×3) at the points 0, ±1/√2, ±√2 and infinity.
//!
//! These points are as fast as the usual 0, ±1, ±2 and halve the rounding error. With a = 1/√2 and b = √2 (ab
//! = 1), the three Cook–Toom transforms are
//!
//! ```text
//!      ⎡1   0  −5/2   0   1  0⎤       ⎡  1     0      0 ⎤       ⎡1  1    1     1    1   0⎤
//!      ⎢0  −b   −2    a   1  0⎥       ⎢−2/3 −2a/3  −1/3⎥       ⎢0  a   −a     b   −b   0⎥
//! Bᵀ = ⎢0   b   −2   −a   1  0⎥   G = ⎢−2/3  2a/3  −1/3⎥  Aᵀ = ⎢0 1/2  1/2    2    2   0⎥
//!      ⎢0  −a  −1/2   b   1  0⎥       ⎢ 1/6   b/6   1/3⎥       ⎣0 a³  −a³    b³  −b³   1⎦
//!      ⎢0   a  −1/2  −b   1  0⎥       ⎢ 1/6  −b/6   1/3⎥
//!      ⎣0   1    0  −5/2  0  1⎦       ⎣  0     0      1 ⎦
//! ```

use crate::simd::F32x4;
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// Bᵀ·d
#[inline(always)]
pub(super) fn input(d: [F32x4; 6]) -> [F32x4; 6] {
    let [minus_2, minus_half, minus_5_halves] = [-2.0, -0.5, -2.5].map(F32x4::splat);
    let [a, minus_a] = [FRAC_1_SQRT_2, -FRAC_1_SQRT_2].map(F32x4::splat);
    let [b, minus_b] = [SQRT_2, -SQRT_2].map(F32x4::splat);
    let (even_a, odd_a) = (d[2].mul_add(minus_2, d[4]), d[1].mul_add(minus_2, d[3]));
    let (even_b, odd_b) = (d[2].mul_add(minus_half, d[4]), d[1].mul_add(minus_half, d[3]));
    [
        d[2].mul_add(minus_5_halves, d[0] + d[4]),
        odd_a.mul_add(a, even_a),
        odd_a.mul_add(minus_a, even_a),
        odd_b.mul_add(b, even_b),
        odd_b.mul_add(minus_b, even_b),
        d[3].mul_add(minus_5_halves, d[1] + d[5]),
    ]
}

/// Aᵀ·m
#[inline(always)]
pub(super) fn output(m: [F32x4; 6]) -> [F32x4; 4] {
    let (sum_a, sum_b) = (m[1] + m[2], m[3] + m[4]);
    // With a² = 1/2 and b² = 2: a³ = a/2 and b³ = 2b.
    let odd_a = (m[1] - m[2]) * F32x4::splat(FRAC_1_SQRT_2);
    let odd_b = (m[3] - m[4]) * F32x4::splat(SQRT_2);
    let (half, two) = (F32x4::splat(0.5), F32x4::splat(2.0));
    [
        m[0] + sum_a + sum_b,
        odd_a + odd_b,
        sum_a.mul_add(half, sum_b * two),
        odd_a.mul_add(half, odd_b.mul_add(two, m[5])),
    ]
}

/// G·g·Gᵀ, in double precision since it is computed only once.
pub(super) fn weight(g: &[f32; 9]) -> [f32; 36] {
    let (a, b) = (0.5f64.sqrt(), 2f64.sqrt());
    let rows: [[f64; 3]; 6] = [
        [1.0, 0.0, 0.0],
        [-2.0 / 3.0, -2.0 * a / 3.0, -1.0 / 3.0],
        [-2.0 / 3.0, 2.0 * a / 3.0, -1.0 / 3.0],
        [1.0 / 6.0, b / 6.0, 1.0 / 3.0],
        [1.0 / 6.0, -b / 6.0, 1.0 / 3.0],
        [0.0, 0.0, 1.0],
    ];
    std::array::from_fn(|i| {
        let (y, x) = (&rows[i / 6], &rows[i % 6]);
        let mut sum = 0.0;
        for ky in 0..3 {
            for kx in 0..3 {
                sum += y[ky] * x[kx] * f64::from(g[3 * ky + kx]);
            }
        }
        sum as f32
    })
}
