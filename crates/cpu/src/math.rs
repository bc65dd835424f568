//! Functions of four lanes, with a relative error of about 10⁻⁶.

use crate::simd::F32x4;

#[inline(always)]
fn polynomial<const N: usize>(x: F32x4, coefficients: [f32; N]) -> F32x4 {
    let mut terms = coefficients.into_iter().map(F32x4::splat);
    let first = terms.next().unwrap_or_else(F32x4::zero);
    terms.fold(first, |sum, term| sum.mul_add(x, term))
}

/// Reduces x = n·ln 2 + r with |r| ≤ ln 2 / 2 to n and e^r − 1.
#[inline(always)]
fn reduce(x: F32x4) -> (F32x4, F32x4) {
    let n = (x * F32x4::splat(std::f32::consts::LOG2_E)).round();
    // ln 2 in two parts, the first with few digits so that its product with n is exact.
    let r = n.mul_add(F32x4::splat(-0.693_359_4), x);
    let r = n.mul_add(F32x4::splat(2.121_944_4e-4), r);
    let tail = polynomial(r, [1.987_569_2e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    (n, (r * r).mul_add(tail, r))
}

/// eˣ; saturates to 0 and infinity.
#[inline(always)]
pub(super) fn exp(x: F32x4) -> F32x4 {
    let (n, rest) = reduce(x.max(F32x4::splat(-104.0)).min(F32x4::splat(89.0)));
    // In two factors, because 2ⁿ alone may be out of the range of normal floats.
    let half = (n * F32x4::splat(0.5)).floor();
    (rest + F32x4::splat(1.0)) * half.exp2_whole() * (n - half).exp2_whole()
}

/// eˣ for x ≤ 0; 0 below −87.
#[inline(always)]
pub(super) fn exp_below_zero(x: F32x4) -> F32x4 {
    let least = F32x4::splat(-87.0);
    let (n, rest) = reduce(x.max(least));
    let scale = n.exp2_whole();
    x.lt(least).select(F32x4::zero(), rest.mul_add(scale, scale))
}

/// eˣ − 1, accurate near 0 too, for x ≤ 88.
#[inline(always)]
pub(super) fn exp_m1(x: F32x4) -> F32x4 {
    let (n, rest) = reduce(x.max(F32x4::splat(-80.0)).min(F32x4::splat(88.0)));
    let scale = n.exp2_whole();
    scale.mul_add(rest, scale - F32x4::splat(1.0))
}

#[inline(always)]
pub(super) fn sigmoid(x: F32x4) -> F32x4 {
    let one = F32x4::splat(1.0);
    one / (one + exp(-x))
}

#[inline(always)]
pub(super) fn tanh(x: F32x4) -> F32x4 {
    // Above 10 the result rounds to 1.
    let magnitude = x.abs().min(F32x4::splat(10.0));
    let t = exp_m1(magnitude + magnitude);
    (t / (t + F32x4::splat(2.0))).copysign(x)
}

/// Gauss error function: an odd rational approximation of degree 13 over 8 on [−4, 4].
#[inline(always)]
pub(super) fn erf(x: F32x4) -> F32x4 {
    let x = x.max(F32x4::splat(-4.0)).min(F32x4::splat(4.0));
    let square = x * x;
    let above = polynomial(
        square,
        [
            -2.726_142_3e-10,
            2.770_681_4e-8,
            -2.101_024e-6,
            -5.692_506_4e-5,
            -7.349_906_3e-4,
            -2.954_6e-3,
            -1.609_603_3e-2,
        ],
    );
    let below = polynomial(
        square,
        [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329_2e-3, -1.426_473_9e-2],
    );
    x * above / below
}

/// sin x on [−π/2, π/2].
#[inline(always)]
fn sin_reduced(x: F32x4) -> F32x4 {
    let square = x * x;
    let tail = polynomial(square, [2.608_316e-6, -1.981_069e-4, 8.333_079e-3, -1.666_666e-1]);
    (square * x).mul_add(tail, x)
}

/// Per lane, x − (n + shift)·π within ±π/2, and the sign of cos(n·π). Computed in double precision, because
/// for large x a float has few digits left.
#[inline(always)]
fn half_turns(x: F32x4, shift: f64) -> (F32x4, F32x4) {
    use std::f64::consts::{FRAC_1_PI, PI};
    let (mut rest, mut sign) = ([0.0; 4], [0.0; 4]);
    for (i, x) in x.to_array().into_iter().enumerate() {
        let x = f64::from(x);
        let n = (x * FRAC_1_PI - shift).round_ties_even();
        rest[i] = (x - (n + shift) * PI) as f32;
        sign[i] = (1.0 - 2.0 * (n - 2.0 * (n * 0.5).floor())) as f32;
    }
    (F32x4::from(rest), F32x4::from(sign))
}

/// sin x, accurate up to |x| = 10⁸.
#[inline(always)]
pub(super) fn sin(x: F32x4) -> F32x4 {
    let (rest, sign) = half_turns(x, 0.0);
    sign * sin_reduced(rest)
}

/// cos x = cos(n·π + π/2 + r) = −cos(n·π)·sin r, accurate up to |x| = 10⁸.
#[inline(always)]
pub(super) fn cos(x: F32x4) -> F32x4 {
    let (rest, sign) = half_turns(x, 0.5);
    -sign * sin_reduced(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        name: &str,
        fast: impl Fn(F32x4) -> F32x4,
        exact: impl Fn(f64) -> f64,
        range: [f32; 2],
        tolerance: f64,
    ) {
        for i in 0..=4000 {
            let x = range[0] + (range[1] - range[0]) * i as f32 / 4000.0;
            let (got, wanted) = (f64::from(fast(F32x4::splat(x)).to_array()[0]), exact(f64::from(x)));
            let error = (got - wanted).abs() / wanted.abs().max(1e-30);
            assert!(error <= tolerance, "{name}({x}) = {got}, not {wanted}");
        }
    }

    /// Maclaurin series in double precision; accurate up to 4.
    fn erf_series(x: f64) -> f64 {
        let mut term = x;
        let mut sum = x;
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn functions_agree_with_double_precision() {
        check("exp", exp, f64::exp, [-87.0, 88.7], 1e-6);
        check("exp_m1", exp_m1, f64::exp_m1, [-20.0, 20.0], 1e-6);
        check("exp_m1", exp_m1, f64::exp_m1, [-1e-3, 1e-3], 1e-6);
        check("sigmoid", sigmoid, |x| 1.0 / (1.0 + (-x).exp()), [-80.0, 80.0], 1e-6);
        check("tanh", tanh, f64::tanh, [-20.0, 20.0], 1e-6);
        check("tanh", tanh, f64::tanh, [-1e-3, 1e-3], 1e-6);
        check("erf", erf, erf_series, [-3.8, 3.8], 2e-6);
        check("erf", erf, erf_series, [-1e-3, 1e-3], 1e-6);
        for range in [[-1.5, 1.5], [-100.0, 100.0], [1e5, 1.001e5], [-1e8, 1e8]] {
            let absolute = |x: f64| x + 2.0;
            let up = |y: F32x4| y + F32x4::splat(2.0);
            check("sin + 2", |x| up(sin(x)), |x| absolute(x.sin()), range, 5e-7);
            check("cos + 2", |x| up(cos(x)), |x| absolute(x.cos()), range, 5e-7);
        }
    }

    #[test]
    fn functions_saturate_at_the_ends_of_their_range() {
        let at = |f: fn(F32x4) -> F32x4, x: f32| f(F32x4::splat(x)).to_array()[0];
        assert_eq!(at(exp, f32::NEG_INFINITY), 0.0);
        assert_eq!(at(exp, f32::INFINITY), f32::INFINITY);
        assert_eq!(at(exp, 0.0), 1.0);
        assert_eq!(at(sigmoid, -1000.0), 0.0);
        assert_eq!(at(sigmoid, 1000.0), 1.0);
        assert_eq!(at(tanh, -1000.0), -1.0);
        assert!(at(exp, f32::NAN).is_nan());
        assert!(at(tanh, f32::NAN).is_nan());
    }
}
