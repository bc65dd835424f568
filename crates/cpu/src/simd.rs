//! Four float lanes: WebAssembly SIMD128 (with fused multiply-add under relaxed SIMD), SSE on x86-64, plain
//! arrays elsewhere. This is the only file with intrinsics and `unsafe`.
//!
//! Pixels of the `Nchwc4` layout are `[f32; 4]`, and loads and stores take array references: the length is in
//! the type, so that the kernels' inner loops need no bounds checks.
#![allow(unsafe_code)]

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// Four consecutive channels of one pixel, as they lie in memory.
pub(crate) type Px = [f32; 4];

/// Four float lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct F32x4(lanes::V);

/// Result of a comparison: each lane all ones or all zeros.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Mask(lanes::V);

impl F32x4 {
    #[inline(always)]
    pub(crate) fn splat(x: f32) -> Self {
        Self(lanes::splat(x))
    }

    #[inline(always)]
    pub(crate) fn zero() -> Self {
        Self::splat(0.0)
    }

    #[inline(always)]
    pub(crate) fn load(p: &Px) -> Self {
        Self(lanes::load(p))
    }

    #[inline(always)]
    pub(crate) fn store(self, p: &mut Px) {
        lanes::store(self.0, p);
    }

    #[inline(always)]
    pub(crate) fn to_array(self) -> Px {
        let mut out = [0.0; 4];
        self.store(&mut out);
        out
    }

    /// `self·b + c`; rounded once on machines with a fused instruction, else twice.
    #[inline(always)]
    pub(crate) fn mul_add(self, b: Self, c: Self) -> Self {
        Self(lanes::mul_add(self.0, b.0, c.0))
    }

    /// `other < self ? other : self`: keeps NaN in `self`, ignores NaN in `other`.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(lanes::min(self.0, other.0))
    }

    /// `self < other ? other : self`: keeps NaN in `self`, ignores NaN in `other`.
    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        Self(lanes::max(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn abs(self) -> Self {
        Self(lanes::abs(self.0))
    }

    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        Self(lanes::sqrt(self.0))
    }

    #[inline(always)]
    pub(crate) fn floor(self) -> Self {
        Self(lanes::floor(self.0))
    }

    #[inline(always)]
    pub(crate) fn ceil(self) -> Self {
        Self(lanes::ceil(self.0))
    }

    /// Nearest integer; halves round to even.
    #[inline(always)]
    pub(crate) fn round(self) -> Self {
        Self(lanes::round(self.0))
    }

    #[inline(always)]
    pub(crate) fn lt(self, other: Self) -> Mask {
        Mask(lanes::lt(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn le(self, other: Self) -> Mask {
        Mask(lanes::le(self.0, other.0))
    }

    /// The magnitude of `self` with the sign of `sign`.
    #[inline(always)]
    pub(crate) fn copysign(self, sign: Self) -> Self {
        Self(lanes::copysign(self.0, sign.0))
    }

    /// 2 to the power of whole numbers in −126..=127; unspecified outside that range.
    #[inline(always)]
    pub(crate) fn exp2_whole(self) -> Self {
        Self(lanes::exp2_whole(self.0))
    }

    /// Sum of the four lanes.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + b) + (c + d)
    }

    /// Transposes a 4×4 matrix.
    #[inline(always)]
    pub(crate) fn transpose(rows: [Self; 4]) -> [Self; 4] {
        lanes::transpose(rows.map(|r| r.0)).map(Self)
    }
}

impl Mask {
    /// Picks lanes of `yes` where the mask is set, else of `no`. Bits pass unchanged, so lanes may hold
    /// integers.
    #[inline(always)]
    pub(crate) fn select(self, yes: F32x4, no: F32x4) -> F32x4 {
        F32x4(lanes::select(self.0, yes.0, no.0))
    }
}

impl From<Px> for F32x4 {
    #[inline(always)]
    fn from(p: Px) -> Self {
        Self::load(&p)
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self(lanes::add(self.0, b.0))
    }
}

impl AddAssign for F32x4 {
    #[inline(always)]
    fn add_assign(&mut self, b: Self) {
        *self = *self + b;
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Self(lanes::sub(self.0, b.0))
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Self(lanes::mul(self.0, b.0))
    }
}

impl Div for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        Self(lanes::div(self.0, b.0))
    }
}

impl Neg for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(lanes::neg(self.0))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use super::Px;
    use core::arch::wasm32::*;
    pub(super) use core::arch::wasm32::{
        f32x4_abs as abs, f32x4_add as add, f32x4_ceil as ceil, f32x4_div as div, f32x4_floor as floor,
        f32x4_le as le, f32x4_lt as lt, f32x4_mul as mul, f32x4_nearest as round, f32x4_neg as neg,
        f32x4_pmax as max, f32x4_pmin as min, f32x4_splat as splat, f32x4_sqrt as sqrt, f32x4_sub as sub,
        v128 as V,
    };

    #[inline(always)]
    pub(super) fn load(p: &Px) -> V {
        // SAFETY: a reference to 16 readable bytes; v128_load has no alignment requirement.
        unsafe { v128_load(p.as_ptr().cast()) }
    }

    #[inline(always)]
    pub(super) fn store(v: V, p: &mut Px) {
        // SAFETY: a unique reference to 16 writable bytes; v128_store needs no alignment.
        unsafe { v128_store(p.as_mut_ptr().cast(), v) }
    }

    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    pub(super) fn mul_add(a: V, b: V, c: V) -> V {
        f32x4_relaxed_madd(a, b, c)
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    pub(super) fn mul_add(a: V, b: V, c: V) -> V {
        add(mul(a, b), c)
    }

    #[inline(always)]
    pub(super) fn copysign(magnitude: V, sign: V) -> V {
        v128_bitselect(sign, magnitude, splat(-0.0))
    }

    #[inline(always)]
    pub(super) fn exp2_whole(v: V) -> V {
        i32x4_shl(i32x4_add(i32x4_trunc_sat_f32x4(v), i32x4_splat(127)), 23)
    }

    #[inline(always)]
    pub(super) fn select(mask: V, yes: V, no: V) -> V {
        v128_bitselect(yes, no, mask)
    }

    #[inline(always)]
    pub(super) fn transpose([a, b, c, d]: [V; 4]) -> [V; 4] {
        let ab_low = i32x4_shuffle::<0, 4, 1, 5>(a, b);
        let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a, b);
        let cd_low = i32x4_shuffle::<0, 4, 1, 5>(c, d);
        let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c, d);
        [
            i64x2_shuffle::<0, 2>(ab_low, cd_low),
            i64x2_shuffle::<1, 3>(ab_low, cd_low),
            i64x2_shuffle::<0, 2>(ab_high, cd_high),
            i64x2_shuffle::<1, 3>(ab_high, cd_high),
        ]
    }
}

#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::Px;
    pub(super) use core::arch::x86_64::__m128 as V;
    use core::arch::x86_64::*;

    #[inline(always)]
    pub(super) fn load(p: &Px) -> V {
        // SAFETY: a reference to 16 readable bytes; the unaligned load has no other requirement.
        unsafe { _mm_loadu_ps(p.as_ptr()) }
    }

    #[inline(always)]
    pub(super) fn store(v: V, p: &mut Px) {
        // SAFETY: a unique reference to 16 writable bytes; the store needs no alignment.
        unsafe { _mm_storeu_ps(p.as_mut_ptr(), v) }
    }

    // The blocks below are safe because every x86-64 has SSE2.

    #[inline(always)]
    pub(super) fn splat(x: f32) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_set1_ps(x) }
    }

    #[inline(always)]
    pub(super) fn add(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_add_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn sub(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_sub_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn mul(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_mul_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn div(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_div_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn sqrt(a: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_sqrt_ps(a) }
    }

    #[inline(always)]
    pub(super) fn lt(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_cmplt_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn le(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_cmple_ps(a, b) }
    }

    #[inline(always)]
    pub(super) fn neg(a: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_xor_ps(a, splat(-0.0)) }
    }

    #[cfg(target_feature = "fma")]
    #[inline(always)]
    pub fn mul_add(a: V, b: V, c: V) -> V {
        // SAFETY: compiled only where the whole program may use FMA.
        unsafe { _mm_fmadd_ps(a, b, c) }
    }

    #[cfg(not(target_feature = "fma"))]
    #[inline(always)]
    pub(super) fn mul_add(a: V, b: V, c: V) -> V {
        add(mul(a, b), c)
    }

    // minps and maxps return their second operand when either is NaN.

    #[inline(always)]
    pub(super) fn min(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_min_ps(b, a) }
    }

    #[inline(always)]
    pub(super) fn max(a: V, b: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_max_ps(b, a) }
    }

    #[inline(always)]
    pub(super) fn abs(a: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_andnot_ps(splat(-0.0), a) }
    }

    // SSE2 has no rounding instructions.

    #[inline(always)]
    fn map(a: V, f: impl Fn(f32) -> f32) -> V {
        let mut out = [0.0; 4];
        store(a, &mut out);
        load(&out.map(f))
    }

    #[inline(always)]
    pub(super) fn floor(a: V) -> V {
        map(a, f32::floor)
    }

    #[inline(always)]
    pub(super) fn ceil(a: V) -> V {
        map(a, f32::ceil)
    }

    #[inline(always)]
    pub(super) fn round(a: V) -> V {
        map(a, f32::round_ties_even)
    }

    #[inline(always)]
    pub(super) fn copysign(magnitude: V, sign: V) -> V {
        select(splat(-0.0), sign, magnitude)
    }

    #[inline(always)]
    pub(super) fn exp2_whole(v: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe {
            let biased = _mm_add_epi32(_mm_cvttps_epi32(v), _mm_set1_epi32(127));
            _mm_castsi128_ps(_mm_slli_epi32::<23>(biased))
        }
    }

    #[inline(always)]
    pub(super) fn select(mask: V, yes: V, no: V) -> V {
        // SAFETY: SSE2, see above.
        unsafe { _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no)) }
    }

    #[inline(always)]
    pub(super) fn transpose([mut a, mut b, mut c, mut d]: [V; 4]) -> [V; 4] {
        // SAFETY: SSE2, see above.
        unsafe { _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d) };
        [a, b, c, d]
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
#[path = "simd/portable.rs"]
mod lanes;

#[cfg(test)]
mod tests;
