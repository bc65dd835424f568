//! Lanes as plain arrays, for machines without a SIMD module.

use super::Px;

#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub struct V([f32; 4]);

#[inline(always)]
fn zip(a: V, b: V, f: impl Fn(f32, f32) -> f32) -> V {
    V(std::array::from_fn(|i| f(a.0[i], b.0[i])))
}

#[inline(always)]
fn mask(set: bool) -> f32 {
    f32::from_bits(if set { u32::MAX } else { 0 })
}

#[inline(always)]
pub fn load(p: &Px) -> V {
    V(*p)
}

#[inline(always)]
pub fn store(v: V, p: &mut Px) {
    *p = v.0;
}

#[inline(always)]
pub fn splat(x: f32) -> V {
    V([x; 4])
}

#[inline(always)]
pub fn add(a: V, b: V) -> V {
    zip(a, b, |a, b| a + b)
}

#[inline(always)]
pub fn sub(a: V, b: V) -> V {
    zip(a, b, |a, b| a - b)
}

#[inline(always)]
pub fn mul(a: V, b: V) -> V {
    zip(a, b, |a, b| a * b)
}

#[inline(always)]
pub fn div(a: V, b: V) -> V {
    zip(a, b, |a, b| a / b)
}

#[inline(always)]
pub fn neg(a: V) -> V {
    V(a.0.map(|x| -x))
}

#[inline(always)]
pub fn mul_add(a: V, b: V, c: V) -> V {
    add(mul(a, b), c)
}

#[inline(always)]
pub fn min(a: V, b: V) -> V {
    zip(a, b, |a, b| if b < a { b } else { a })
}

#[inline(always)]
pub fn max(a: V, b: V) -> V {
    zip(a, b, |a, b| if a < b { b } else { a })
}

#[inline(always)]
pub fn abs(a: V) -> V {
    V(a.0.map(f32::abs))
}

#[inline(always)]
pub fn sqrt(a: V) -> V {
    V(a.0.map(f32::sqrt))
}

#[inline(always)]
pub fn floor(a: V) -> V {
    V(a.0.map(f32::floor))
}

#[inline(always)]
pub fn ceil(a: V) -> V {
    V(a.0.map(f32::ceil))
}

#[inline(always)]
pub fn round(a: V) -> V {
    V(a.0.map(f32::round_ties_even))
}

#[inline(always)]
pub fn lt(a: V, b: V) -> V {
    zip(a, b, |a, b| mask(a < b))
}

#[inline(always)]
pub fn le(a: V, b: V) -> V {
    zip(a, b, |a, b| mask(a <= b))
}

#[inline(always)]
pub fn copysign(magnitude: V, sign: V) -> V {
    zip(magnitude, sign, f32::copysign)
}

#[inline(always)]
pub fn exp2_whole(v: V) -> V {
    V(v.0.map(|x| f32::from_bits(((x as i32).wrapping_add(127) as u32) << 23)))
}

#[inline(always)]
pub fn select(mask: V, yes: V, no: V) -> V {
    V(std::array::from_fn(|i| {
        let m = mask.0[i].to_bits();
        f32::from_bits((yes.0[i].to_bits() & m) | (no.0[i].to_bits() & !m))
    }))
}

#[inline(always)]
pub fn transpose(rows: [V; 4]) -> [V; 4] {
    std::array::from_fn(|j| V(std::array::from_fn(|i| rows[i].0[j])))
}
